"""CSV files as text cells with the line where each row begins, or what is wrong with the file.

Nothing is converted here. A file that is no table, or too large to be one of ours, is refused
before it is parsed.
"""

import codecs
import csv
import io
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..language import N_, _, localised, pgettext, translated
from .problems import Problem

LARGEST_TABLE = (
    50_000_000  # bytes; some half a million rows, and these tables hold published counts
)
LONGEST_LINE = 1_000_000  # bytes
LONGEST_CELL = 100_000  # characters; below csv's own limit, which other libraries change

EARLIEST, LATEST = 1800, 2100  # years of the dates that a table may hold

_TYPES = {
    "date": (N_("is not of type date"), N_("write it as YYYY-MM-DD")),
    "integer": (
        N_("is not of type integer"),
        N_("write a whole number without separators"),
    ),
    "number": (
        N_("is not of type number"),
        N_("write a number with a decimal point and without separators"),
    ),
    "year": (N_("is not of type year"), N_("write a year of four digits")),
    "boolean": (N_("is not of type boolean"), N_("write true or false")),
}
_SIGNATURES = (
    (b"PK\x03\x04", N_("a zip archive or spreadsheet")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ", N_("an xz archive")),
    (b"7z\xbc\xaf", N_("a 7z archive")),
    (b"\xd0\xcf\x11\xe0", N_("an old spreadsheet")),
    (b"%PDF", N_("a PDF")),
    (b"PAR1", N_("a Parquet file")),
    (b"SQLite format 3", N_("a database")),
    (codecs.BOM_UTF16_LE, N_("UTF-16 text")),
    (codecs.BOM_UTF16_BE, N_("UTF-16 text")),
)
_AS_CSV = N_("save it as CSV: UTF-8, columns separated by commas")


@dataclass(frozen=True)
class RawTable:
    """A table as text: its file name, header, and rows with the line on which each begins."""

    file: str
    header: list[str]
    lines: list[int]
    rows: list[list[str]]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line and cells by column of each row; a cell that is missing is empty."""
        for line, row in zip(self.lines, self.rows, strict=True):
            cells = dict.fromkeys(self.header, "")
            cells.update(zip(self.header, row, strict=False))
            yield line, cells

    def column(self, name: str) -> list[str]:
        """The cells of a column; none when there is no such column."""
        if name not in self.header:
            return []
        place = self.header.index(name)
        return [row[place] if place < len(row) else "" for row in self.rows]


Tables = dict[str, RawTable]
Record = dict[str, str]


@lru_cache(maxsize=10_000)
def plain_day(text: str) -> date | None:
    """A date written YYYY-MM-DD; None for anything else.

    >>> plain_day("2012-03-09"), plain_day("2012-02-30"), plain_day("20120309")
    (datetime.date(2012, 3, 9), None, None)
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def plain_number(text: str) -> float | None:
    """A number in digits with a decimal point; None for anything else.

    >>> plain_number("-41.5"), plain_number("1e5"), plain_number("1,000"), plain_number("")
    (-41.5, None, None, None)
    """
    plain = len(text) < 40 and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text)
    return float(text) if plain else None


def misfit(cell: str, field: Mapping[str, Any]) -> tuple[str, str]:
    """Why a cell does not fit its column, and what would: its limits, else its type."""
    kind, limits = field.get("type", "string"), field.get("constraints", {})
    number, day = plain_number(cell), plain_day(cell)
    least, most = limits.get("minimum"), limits.get("maximum")
    if number is not None and isinstance(least, int | float) and number < least:
        return _("is below {least}", least=least), _("the least is {least}", least=least)
    if number is not None and isinstance(most, int | float) and number > most:
        return _("is above {most}", most=most), _("the most is {most}", most=most)
    if kind == "date" and day and not EARLIEST <= day.year <= LATEST:
        message = _("is not in a year from {first} to {last}", first=EARLIEST, last=LATEST)
        return message, _("correct the year")
    if kind in _TYPES:
        message, remedy = map(translated, _TYPES[kind])
        return message, remedy
    return _("is not of type {type}", type=kind), _("see the column's schema")


def read_bytes(path: Path, largest: int = LARGEST_TABLE) -> bytes | Problem:
    """The bytes of a regular file that is not too large, else the problem.

    A link to another folder is refused: what it leads to is not among the tables that were handed
    over, and would be published with them.
    """

    def refused(message: str, remedy: str) -> Problem:
        return Problem(path.name, 0, "", "", message, remedy)

    try:
        status = path.stat()
        if path.is_symlink() and path.resolve().parent != path.parent.resolve():
            return refused(_("is a link out of its folder"), _("put the file there"))
        if not stat.S_ISREG(status.st_mode):
            return refused(_("is not a file"), _("put the file there"))
        if status.st_size > largest:
            size, most = (localised(f"{each / 1e6:,.0f}") for each in (status.st_size, largest))
            message = _("is too large ({megabytes} MB)", megabytes=size)
            return refused(message, _("at most {megabytes} MB are read", megabytes=most))
        with path.open("rb") as opened:
            # It may have grown since; what is past the limit is not wanted.
            return opened.read(largest)
    except FileNotFoundError:
        return refused(_("does not exist"), _("put the file there"))
    except (OSError, ValueError) as error:
        return refused(_("cannot be read ({reason})", reason=error), _("make it readable"))


def read_raw(path: Path) -> RawTable | Problem:
    """A CSV file as text, or the problem that keeps it from being read."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        return content
    refusal = _no_table(path.name, content)
    if refusal:
        return refusal
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = _("byte {byte} is not UTF-8", byte=f"0x{content[error.start]:02x}")
        return Problem(path.name, line, "", "", message, _("save the file as UTF-8"))
    return _parsed(path.name, text)


def foreign_kind(beginning: bytes) -> str:
    """What a file is by its first bytes where it is known and no text; empty otherwise."""
    known = next((kind for signature, kind in _SIGNATURES if beginning.startswith(signature)), "")
    text = beginning[:1000].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<?xml", b"<meta")):
        return _("a web page or XML")
    if text.startswith((b'{"', b'[{"', b"[{", b"{\n", b"{\r\n")):
        return "JSON"
    return translated(known)


def _no_table(file: str, content: bytes) -> Problem | None:
    """The problem of content that is no text table; None when it may be one."""

    def refused(message: str, remedy: str, line: int = 0) -> Problem:
        return Problem(file, line, "", "", message, remedy)

    if not content.strip():
        remedy = _("the first line names the columns, even of a table without rows")
        return refused(pgettext("file", "is empty"), remedy)
    if kind := foreign_kind(content):
        return refused(_("is {kind}, not a CSV file", kind=kind), translated(_AS_CSV))
    if content.startswith(codecs.BOM_UTF8):
        return refused(_("begins with a byte-order mark"), _("save it as UTF-8 without one"), 1)
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        message = _("holds a NUL byte: a binary file, not a CSV file")
        return refused(message, translated(_AS_CSV), line)
    for number, line_of_bytes in enumerate(io.BytesIO(content), start=1):
        if len(line_of_bytes) > LONGEST_LINE:
            size, most = (localised(f"{each:,}") for each in (len(line_of_bytes), LONGEST_LINE))
            message = _("this line has {bytes} bytes", bytes=size)
            remedy = _("at most {most} are read; is a quote open?", most=most)
            return refused(message, remedy, number)
    return None


def _parsed(file: str, text: str) -> RawTable | Problem:
    """The rows of a text, or the problem of one that is not a CSV file."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    begins = 1
    try:
        for row in reader:
            if max(map(len, row), default=0) > LONGEST_CELL:
                most = localised(f"{LONGEST_CELL:,}")
                message = _("has a cell of more than {most} characters", most=most)
                return Problem(file, begins, "", "", message, _("shorten it; is a quote open?"))
            lines.append(begins)
            rows.append(row)
            begins = reader.line_num + 1
    except csv.Error as error:
        remedy = _(
            "quote a cell that holds a comma, a quote or a line break, and double its quotes"
        )
        message = _("is not CSV from here on ({error})", error=error)
        return Problem(file, begins, "", "", message, remedy)
    header = rows[0] if rows else []
    if len(header) < 2:
        first = header[0] if header else ""
        marks = [mark for mark in (";", "\t", "|") if mark in first]
        message = (
            _("columns are separated by {mark!r}", mark=marks[0])
            if marks
            else _("has no header of columns")
        )
        return Problem(file, 1, "", first, message, translated(_AS_CSV))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message, remedy = _("stands twice in the header"), _("keep one of them")
        return Problem(file, 1, twice[0], "", message, remedy)
    return RawTable(file, header, lines[1:], rows[1:])
