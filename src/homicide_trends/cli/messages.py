"""What goes wrong, as messages and an exit status; text that every terminal takes."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from ..language import _

MOST = 10  # problems of tables that cannot be used


@contextmanager
def refused() -> Iterator[None]:
    """Turn what is wrong with the input into messages and exit status 2."""
    from ..reports.notebook import NotebookError
    from ..reports.parameters import ParameterError
    from ..tables.folders import DataError

    try:
        yield
    except ParameterError as error:
        raise Mistake(error.problems) from None
    except (NotebookError, DataError) as error:
        raise Mistake([str(error)]) from None
    except OSError as error:
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise Mistake([text]) from None


@contextmanager
def suspecting(data: Path | None) -> Iterator[None]:
    """Blame the tables for what nobody foresaw, where the check finds something wrong with them.

    What happens with tables that are well is a fault of ours, and is raised as it is.
    """
    from ..tables.folders import DataError

    try:
        yield
    except (click.ClickException, ValueError, ArithmeticError, LookupError, TypeError) as error:
        from ..reports.notebook import NotebookError
        from ..reports.parameters import ParameterError

        foreseen = (click.ClickException, DataError, NotebookError, ParameterError)
        if isinstance(error, (*foreseen, UnicodeEncodeError)):
            raise
        from ..tables.check import check_tables

        try:
            found = check_tables(data)
        except DataError:
            found = []
        if not found:
            raise
        first = _("the tables cannot be used; homicide-trends check says what is wrong with them:")
        raise Mistake([first, *map(str, found[:MOST])]) from None


class Mistake(click.ClickException):
    """One line for each thing that is wrong."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))

    def show(self, file: Any = None) -> None:
        """Print a line for each."""
        for line in self.message.split("\n"):
            said = _("Error: {message}", message=printable(line))
            click.echo(_marked(said), file=file, err=file is None)


class Failed(Mistake):
    """What went wrong later, when something was written already."""

    exit_code = 1

    def __init__(self, problem: str) -> None:
        super().__init__([problem])


def say_failures(failures: Sequence[Any], kept: Sequence[Path | str] = ()) -> None:
    """Name the reports that failed, and where their notebooks are kept, if they are."""
    for failure, file in zip_longest(failures, kept):
        said = _("Failed: {message}", message=printable(failure.message))
        click.echo(_marked(said), err=True)
        if file is not None:
            click.echo(_("  kept for inspection: {file}", file=file), err=True)


def plain_terminal() -> bool:
    """Whether somebody wants no colours and no lines that change."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def _marked(text: str) -> str:
    """A line whose first word is red where a terminal has colours."""
    word, colon, rest = text.partition(":")
    return text if plain_terminal() else click.style(word + colon, fg="red", bold=True) + rest


def printable(text: str) -> str:
    r"""Text that every terminal and log takes, and that does nothing there.

    >>> printable("a\x1b[31mb\nc\u202ed")
    'a\\x1b[31mb\nc\\u202ed'
    """
    from ..tables.problems import harmless

    return "\n".join(harmless(line, len(line)) for line in text.split("\n"))


def json_text(value: Any) -> str:
    r"""JSON for people to read, in which characters that a terminal obeys are written out.

    >>> json_text("a\u202ed\x9b")
    '"a\\u202ed\\u009b"'
    """
    from ..tables.problems import HIDDEN

    written = json.dumps(value, ensure_ascii=False, indent=1)
    return "".join(
        json.dumps(letter)[1:-1]
        if unicodedata.category(letter) in HIDDEN and letter != "\n"
        else letter
        for letter in written
    )


class Bar:
    """Progress on standard error: a line that changes on a terminal, now and then one in a log."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._failed = 0

    def start(self, length: int) -> None:
        """Begin with nothing done of ``length`` reports."""
        from tqdm import tqdm  # type: ignore[import-untyped]

        tqdm.monitor_interval = 0  # no thread
        seconds = 0.1 if sys.stderr.isatty() and not plain_terminal() else 15.0
        self._bar = tqdm(
            total=length, file=sys.stderr, leave=False, dynamic_ncols=True, disable=not length,
            delay=seconds if seconds > 1 else 0, mininterval=seconds, miniters=1,
            bar_format=_("Rendering {done}, {left} left", done="{n_fmt}/{total_fmt}",
                         left="{remaining}") + "{postfix}",
        )  # fmt: skip

    def step(self, outcome: Any) -> None:
        """Count one report; ``outcome`` has its name as ``report``, and perhaps its failure."""
        self._failed += outcome.failure is not None
        failed = [_("{number} failed", number=self._failed)] if self._failed else []
        self._bar.set_postfix_str(": ".join([*failed, outcome.report]), refresh=False)
        self._bar.update()

    def finish(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.close()
