"""Options and words that several commands share."""

import os
import re
from pathlib import Path
from typing import Any

import click

from .. import language
from ..language import N_, _
from .spoken import ENVIRONMENT_VARIABLE, speak

STATUS = "\b\n" + N_("""\
Exit status: 0 done; 1 a notebook failed, or the check found problems;
2 a mistake in what was asked or given (nothing is written); 130 interrupted.""")


class _Local(click.Path):
    """A path of this machine: an address would become a folder called ``s3:``."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", os.fspath(value)):
            self.fail(_("{value} is an address; a path on this machine is needed", value=value),
                      param, ctx)  # fmt: skip
        return super().convert(value, param, ctx)


PATH = _Local(path_type=Path)
DATA = click.option(
    "--data",
    metavar="DIR",
    type=PATH,
    help="Folder of tables to use instead of the shipped ones.",
)
NOTEBOOKS = click.option(
    "--notebooks",
    metavar="DIR",
    type=PATH,
    help="Folder of notebooks with a reports.yml to use instead of the shipped ones.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many notebooks run at once (default: one a processor).",
)


def report_names(context: click.Context, _argument: Any, begun: str) -> list[str]:
    """The reports that a word may become, for the completion of a shell."""
    from ..reports import load_reports

    given = context.params
    try:
        known = load_reports(given.get("notebooks"), data=given.get("data"))
    except (ValueError, OSError):
        return []
    return [name for name in known if name.startswith(begun)]


def _speak(context: click.Context, _option: click.Parameter, lang: str | None) -> None:
    """Speak the language from here on, and remember that it was asked for."""
    if lang is not None:
        speak(lang)
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
