"""The text of a file as rows of cells: its separator, its header, its first rows."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from ...language import N_, _, translated
from ..problems import Problem, either
from .choices import SEPARATORS, Choices, UnclearError
from .encodings import Scan

SAMPLE = 1000  # rows that the separator and the columns are found by

SEPARATOR_NAMES = {mark: name for name, mark in SEPARATORS.items()}
# As values of an option they stay what they are; in sentences they are words.
_WORDS = (N_("comma"), N_("semicolon"), N_("tab"), N_("bar"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are told apart, and where its header stands (0: nowhere)."""

    scan: Scan
    separator: str
    header_row: int
    header: tuple[str, ...]
    sample: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def file(self) -> str:
        """The file's name."""
        return self.scan.path.name

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Number and stripped cells of every row below the header; the file's first row is 1."""
        return _below(self.scan, self.separator, self.header_row)

    def problem(self, row: int, column: str, value: str, message: str, remedy: str) -> Problem:
        """A problem of this file."""
        return Problem(self.file, row, column, value, message, remedy)


def texts(found: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Different texts with the row where each is first."""
    first: dict[str, int] = {}
    for text, row in found:
        first.setdefault(text, row)
    return first


def dialect(scan: Scan, chosen: Choices) -> Dialect:
    """The separator and the header of a file, by its first rows; UnclearError where several fit."""
    declared = _declared(scan) if chosen.header_row is None else ""
    if declared:
        chosen = replace(
            chosen,
            separator=chosen.separator or SEPARATOR_NAMES[declared],
            header_row=2,
        )
    separator = SEPARATORS[chosen.separator] if chosen.separator else _separator(scan, chosen)
    header_row = 1 if chosen.header_row is None else chosen.header_row
    sample = tuple(islice(_below(scan, separator, header_row), SAMPLE))
    if header_row:
        above = islice(_below(scan, separator, 0), header_row)
        header = next((cells for row, cells in above if row == header_row), ())
    else:
        header = tuple(str(n) for n in range(1, max((len(c) for _, c in sample), default=0) + 1))
    if not any(header):
        message = _("has no cell: the header is not there")
        remedy = _("name the row of the column names with --header-row (0: there is none)")
        raise UnclearError([Problem(scan.path.name, header_row, "", "", message, remedy)])
    return Dialect(scan, separator, header_row, header, sample)


def _below(scan: Scan, separator: str, header_row: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows below the header; UnclearError where the file is no CSV file from some row on."""
    row = 0
    try:
        with scan.path.open(encoding=scan.encoding, newline="") as text:
            for cells in csv.reader(_from_text(text), delimiter=separator, strict=True):
                row += 1
                if row > header_row:
                    yield row, tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        message = _("is not CSV from here on ({error})", error=error)
        remedy = _("close its quotes, double a quote inside a quoted cell")
        raise UnclearError([Problem(scan.path.name, row + 1, "", "", message, remedy)]) from None
    except UnicodeError as error:
        message = _("is not {encoding} ({error})", encoding=scan.encoding, error=error)
        remedy = _("name another with --encoding")
        raise UnclearError([Problem(scan.path.name, row + 1, "", "", message, remedy)]) from None


def _from_text(text: io.TextIOBase) -> Iterator[str]:
    """Lines without the byte-order mark that an encoding named by hand leaves in."""
    for number, line in enumerate(text):
        yield line.lstrip("\ufeff") if number == 0 else line


def _declared(scan: Scan) -> str:
    """The separator that spreadsheets take from a first line such as sep=; and empty without."""
    try:
        with scan.path.open(encoding=scan.encoding, newline="") as text:
            first = text.readline(20).lstrip("\ufeff").strip().strip('"')
    except UnicodeError:
        return ""
    mark = first[4:] or "\t"
    return mark if first.casefold().startswith("sep=") and mark in SEPARATOR_NAMES else ""


def _separator(scan: Scan, chosen: Choices) -> str:
    """The one separator that divides the header and most rows into the same number of cells."""
    fitting = {}
    for mark in SEPARATORS.values():
        try:
            rows = list(islice(_below(scan, mark, 0), 200))
        except UnclearError:
            continue
        start = max((chosen.header_row or 1) - 1, 0)
        widths = [len(cells) for _row, cells in rows[start:] if any(cells)]
        if widths and widths[0] > 1:
            fitting[mark] = sum(width == widths[0] for width in widths) / len(widths)
    sure = [mark for mark, share in fitting.items() if share > 0.5]
    if len(sure) == 1:
        return sure[0]
    if not fitting:
        _refuse_title(scan, chosen)
        return ","  # a single column
    names = either(*(f"--separator {SEPARATOR_NAMES[mark]}" for mark in sure or fitting))
    header = next((" ".join(cells) for _row, cells in _below(scan, "\t", 0)), "")
    if not sure:
        message = _("is divided into another number of cells than most rows below it")
        remedy = _(
            "name the row of the column names with --header-row, or {options}; a cell that holds "
            "the separator has to be quoted",
            options=names,
        )
    else:
        message = _("is divided by more than one separator")
        remedy = names
    raise UnclearError(
        [Problem(scan.path.name, chosen.header_row or 1, "", header, message, remedy)]
    )


def _refuse_title(scan: Scan, chosen: Choices) -> None:
    """Refuse a first row of one cell above rows of several: a title is no header."""
    for mark, name in SEPARATOR_NAMES.items():
        try:
            rows = [
                (row, len(cells)) for row, cells in islice(_below(scan, mark, 0), 200) if any(cells)
            ]
        except UnclearError:
            continue
        several = [row for row, width in rows if width > 1]
        if chosen.header_row is None and 2 * len(several) >= len(rows) > 0:
            message = _(
                "has one cell, and row {row} has several, separated by {separator}",
                row=several[0],
                separator=translated(name),
            )
            remedy = _("{option} if the columns are named there",
                       option=f"--header-row {several[0]}")  # fmt: skip
            raise UnclearError([Problem(scan.path.name, rows[0][0], "", "", message, remedy)])
