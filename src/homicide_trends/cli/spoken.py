"""Help and messages of the command line in the language in force: ours, and those of click."""

import copy
import gettext
import inspect
import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import click

from .. import language
from ..language import translated

ENVIRONMENT_VARIABLE = "HOMICIDE_TRENDS_LANG"


class Group(click.Group):
    """A group of commands whose help is in the language in force."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Begin in the language asked for: click looks at --help, and what is wrong, before it."""
        asked = _asked(args) or os.environ.get(ENVIRONMENT_VARIABLE)
        speak(asked if asked in language.LANGUAGES else "en")
        return super().make_context(info_name, args, parent, **extra)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, with help in the language that is in force when it is asked for."""
        found = super().get_command(ctx, cmd_name)
        return None if found is None else _speaking(found)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        click.Group.format_help(in_language(self), ctx, formatter)


def speak(lang: str) -> None:
    """Speak a language from here on, and have click do so, which asks gettext's own domain."""
    language.use(lang)
    os.environ["LANGUAGE"] = lang  # where gettext looks first
    gettext.bindtextdomain("click", language.CATALOGUES)
    gettext.textdomain("click")


def _asked(args: list[str]) -> str | None:
    """The last language among the words of a command line, wherever it stands."""
    values = [word.partition("=")[2] for word in args if word.startswith("--lang=")]
    values += [value for word, value in pairwise(args) if word == "--lang"]
    return values[-1] if values else None


def _speaking(command: click.Command) -> click.Command:
    """A copy that translates when it speaks: its own --lang comes after it is found."""
    found: Any = copy.copy(command)
    of_class = type(command)
    found.format_help = lambda ctx, formatter: of_class.format_help(
        in_language(command), ctx, formatter
    )
    found.get_short_help_str = lambda limit=45: of_class.get_short_help_str(
        in_language(command), limit
    )
    return found


def in_language(command: Any) -> Any:
    """A command with its help in the language in force."""
    if language.current() == "en":
        return command
    spoken = copy.copy(command)
    spoken.help = _paragraphs_in_language(command.help)
    spoken.epilog = _paragraphs_in_language(command.epilog)
    spoken.params = [_parameter(each) for each in command.params]
    spoken._help_option = None  # made anew, because click keeps it with its words
    return spoken


def _parameter(parameter: click.Parameter) -> click.Parameter:
    spoken: Any = copy.copy(parameter)
    if getattr(parameter, "help", None):
        spoken.help = _paragraphs_in_language(spoken.help)
    return spoken


def paragraphs(text: str | None) -> Iterator[tuple[str, str]]:
    """Paragraphs of a help text as messages, each with the mark that forbids to wrap it.

    >>> list(paragraphs("One\\n  thing.\\n\\n\\b\\nexit 0\\nexit 1"))
    [('', 'One thing.'), ('\\x08\\n', 'exit 0\\nexit 1')]
    """
    for part in inspect.cleandoc(text or "").split("\n\n"):
        if part.startswith("\b\n"):
            yield "\b\n", part.removeprefix("\b\n").strip()
        else:
            yield "", " ".join(part.split())


def _paragraphs_in_language(text: str | None) -> str:
    return "\n\n".join(mark + translated(part) for mark, part in paragraphs(text))
