"""Help and messages of the command line in the language in force: ours, and those of click."""

import copy
import inspect
import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import click
from click import core, exceptions, formatting, parser, types

from .. import language
from ..language import N_, translated

ENVIRONMENT_VARIABLE = "HOMICIDE_TRENDS_LANG"

# What click itself says: it asks its modules' gettext, which know no Spanish.
OF_CLICK = (
    N_("Aborted!"),
    N_("Choose from:\n\t{choices}"),
    N_("Commands"),
    N_("Could not open file {filename!r}: {message}"),
    N_("Did you mean {possibility}?"),
    N_("Error: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("Missing option"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Option {name!r} requires an argument."),
    N_("Option {name!r} requires {nargs} arguments."),
    N_("Options"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Positional arguments"),
    N_("Show the version and exit."),
    N_("Show this message and exit."),
    N_("Takes {nargs} values but 1 was given."),
    N_("Takes {nargs} values but {len} were given."),
    N_("Try '{command} {option}' for help."),
    N_("Usage:"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("default: {default}"),
    N_("env var: {var}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value!r} is not one of {choices}."),
    N_("{value!r} is not {choice}."),
    N_("{value} is not in the range {range}."),
)


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
        language.use(asked if asked in language.LANGUAGES else "en")
        return super().make_context(info_name, args, parent, **extra)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, with help in the language that is in force when it is asked for."""
        found = super().get_command(ctx, cmd_name)
        return None if found is None else _speaking(found)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        click.Group.format_help(in_language(self), ctx, formatter)


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


def _of_click(one: str, many: str, number: int) -> str:
    return translated(one if number == 1 else many)


def teach_click() -> None:
    """Let click's own words be looked up here."""
    for module in (core, exceptions, formatting, parser, types, click.decorators):
        for name, spoken in (("_", translated), ("ngettext", _of_click)):
            if hasattr(module, name):
                setattr(module, name, spoken)
