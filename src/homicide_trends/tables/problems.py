"""What is wrong with a table or a quotation: one problem, one line, safe to print."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields

from ..language import _
from ..refusals import nearest

LONGEST_VALUE = 80
LONGEST_TEXT = 600
MOST_NAMES = 2000  # among which the nearest is looked for
# Categories of characters that a terminal obeys, or that nobody sees.
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def harmless(text: str, longest: int = LONGEST_TEXT) -> str:
    r"""A text cut to a length, its control and invisible characters written out.

    >>> harmless("\x1b[31mred"), harmless("a" * 9, 4)
    ('\\x1b[31mred', 'aaaa...')
    """
    cut = text[:longest] + ("..." if len(text) > longest else "")
    return "".join(
        letter.encode("unicode_escape").decode("ascii")
        if unicodedata.category(letter) in HIDDEN
        else letter
        for letter in cut
    )


@dataclass(frozen=True)
class Problem:
    r"""One thing that is wrong, where it stands, and what would be right.

    ``row`` is the line of the file on which the row begins (the header is line 1), 0 when the
    whole file is meant; ``column`` and ``value`` are empty when no single cell is meant. Texts
    are cut and made harmless, so that a value from a file can be printed.

    >>> print(Problem("counts.csv", 12, "count", "-5", "is below 0", "deaths are counted from 0"))
    counts.csv:12: count '-5' is below 0; deaths are counted from 0
    """

    file: str
    row: int
    column: str
    value: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        for each in fields(self):
            given = getattr(self, each.name)
            if isinstance(given, str):
                longest = LONGEST_VALUE if each.name in ("value", "column") else LONGEST_TEXT
                object.__setattr__(self, each.name, harmless(given, longest))

    def __str__(self) -> str:
        """One line: file, row, column, value, message and remedy."""
        where = f"{self.file}:{self.row}:" if self.row else f"{self.file}:"
        column = f" {self.column}" if self.column else ""
        value = f" '{self.value}'" if self.value else ""
        return f"{where}{column}{value} {self.message}; {self.remedy}"


def quoted(value: str) -> str:
    """A value in quotes and made harmless, for the middle of a message."""
    return f"'{harmless(value, LONGEST_VALUE)}'"


def suggestion(value: str, known: Iterable[str]) -> str:
    """What may have been meant, for a remedy.

    >>> suggestion("SVL", ["SLV", "HND"]), suggestion("x", ["SLV", "HND"])
    ("did you mean 'SLV'?", 'known are HND, SLV')
    """
    names = sorted(set(known))
    if near := nearest(value[:LONGEST_VALUE], names[:MOST_NAMES]):
        return _("did you mean {near}?", near=quoted(near))
    listed = ", ".join(names[:12]) + (f", ... ({len(names)})" if len(names) > 12 else "")
    return _("known are {names}", names=listed) if names else _("none is known")


def either(first: str, *others: str) -> str:
    """Of several things one.

    >>> either("2012-04-03", "2012-03-04"), either("a", "b", "c"), either("a")
    ('2012-04-03 or 2012-03-04', 'a or b or c', 'a')
    """
    for other in others:
        first = _("{first} or {other}", first=first, other=other)
    return first


def shortened(names: Iterable[object]) -> str:
    """The first twelve of several names, and dots for the others.

    >>> shortened(["SLV", "HND"]), shortened(range(13))[-11:]
    ('SLV, HND', '10, 11, ...')
    """
    listed = [str(name) for name in names]
    return ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "")
