"""Options and words that several commands share."""

from pathlib import Path

import click

from .. import language
from ..language import N_
from .spoken import ENVIRONMENT_VARIABLE

STATUS = "\b\n" + N_("""\
Exit status: 0 done; 1 a notebook failed, or the check found problems;
2 a mistake in what was asked or given (nothing is written); 130 interrupted.""")

DATA = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of tables to use instead of the shipped ones.",
)
NOTEBOOKS = click.option(
    "--notebooks",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of notebooks with a reports.yml to use instead of the shipped ones.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many notebooks run at once (default: one a processor).",
)


def _speak(context: click.Context, _: click.Parameter, lang: str | None) -> None:
    """Speak the language from here on, and remember that it was asked for."""
    if lang is not None:
        language.use(lang)
        context.meta[__name__] = lang


def asked_language() -> str | None:
    """The language that was asked for, if any was."""
    found: str | None = click.get_current_context().meta.get(__name__)
    return found


_HELP = N_("Language of messages and reports: en or es. [default: en]")
LANG = click.option(
    "--lang",
    type=click.Choice(language.LANGUAGES),
    metavar="LANG",
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help=_HELP,
)
LANG_OF_ALL = click.option(
    "--lang",
    type=click.Choice(language.LANGUAGES),
    metavar="LANG",
    is_eager=True,
    expose_value=False,
    callback=_speak,
    envvar=ENVIRONMENT_VARIABLE,
    show_envvar=True,
    help=_HELP,
)
