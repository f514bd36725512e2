"""What goes wrong, as messages and an exit status; text that every terminal takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from ..language import _


@contextmanager
def refused() -> Iterator[None]:
    """Turn what is wrong with the input into messages and exit status 2."""
    from ..folders import DataError
    from ..reports.parameter_cell import NotebookError
    from ..reports.parameters import ParameterError

    try:
        yield
    except ParameterError as error:
        raise Mistake(error.problems) from None
    except (NotebookError, DataError) as error:
        raise Mistake([str(error)]) from None
    except OSError as error:
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise Mistake([text]) from None


class Mistake(click.ClickException):
    """One line for each thing that is wrong."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))

    def show(self, file: Any = None) -> None:
        """Print a line for each."""
        for line in self.message.split("\n"):
            click.echo(_("Error: {message}", message=printable(line)), file=file, err=file is None)


class Failed(Mistake):
    """What went wrong later, when something was written already."""

    exit_code = 1

    def __init__(self, problem: str) -> None:
        super().__init__([problem])


def printable(text: str) -> str:
    r"""Text that every terminal and log takes: control characters are written out.

    >>> printable("\x1b[31mred\nline")
    '\\x1b[31mred\nline'
    """
    from ..problems import harmless

    return "\n".join(harmless(line, len(line)) for line in text.split("\n"))
