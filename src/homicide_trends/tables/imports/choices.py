"""What decides where a file can be read in several ways, and the question when nothing does."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from ...language import _, localised, ngettext
from ..folders import GROUPS, DataError
from ..problems import Problem

APART = ("place", *GROUPS)
KINDS = ("country", "region", "state", "department", "municipality", "city", "district")
MARKS = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
KNOWN = {
    "shape": ("years", "quarters", "months", "weeks", "days", "deaths", "wide"),
    "across": APART,
    "separator": tuple(SEPARATORS),
    "date_order": ("dmy", "mdy", "ymd"),
    "decimal": ("point", "comma"),
    "thousands": tuple(MARKS),
    "gaps": ("missing", "zero"),
    "duplicates": ("sum",),
    "totals": ("ignore", "add"),
    "unit": ("month", "year", "day"),
}
RANGES = {"two_digit_years": (1800, 2001), "year": (1800, 2100), "year_starts": (1, 12)}
# What becomes of a number with a mark such as 1234*: a status of counts.csv, or more.
KEPT_AS = ("final", "preliminary", "rounded", "doubtful", "range", "missing")

_SHOWN = 8  # answers that a question names


@dataclass(frozen=True, slots=True)
class Answer:
    """An option with its values, as words of a command, and what follows from it."""

    words: tuple[str, ...]
    says: str = ""

    def __str__(self) -> str:
        return shlex.join(self.words) + (f" ({self.says})" if self.says else "")


def answer(*words: str, deaths: float | None = None, says: str = "") -> Answer:
    """An answer, which may say how many deaths follow from it."""
    if deaths is not None and deaths == int(deaths):
        says = ngettext("{number} death", "{number} deaths", int(deaths))
    elif deaths is not None:
        says = localised(f"{float(deaths):,.1f}")
    return Answer(words, says)


@dataclass(frozen=True)
class Question(Problem):
    """A problem that an option may decide; ``answers`` has the options."""

    answers: tuple[Answer, ...] = ()


def question(
    file: str, message: str, *answers: Answer, also: str = "", row: int = 0, column: str = "",
    value: str = "",
) -> Question:  # fmt: skip
    """A question with its answers as the remedy; ``also`` is what helps beside them, or alone."""
    remedy = "; ".join([*map(str, answers[:_SHOWN]), *([also] if also else [])])
    return Question(file, row, column, value, message, remedy, answers[:_SHOWN])


class UnclearError(DataError):
    """A file can be read in more ways than one, or in none; each problem names what decides."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be read; what is None is found out, or asked where it cannot be.

    Columns go by their header, or by number where ``header_row`` is 0. ``shape`` says what a row
    is; two-digit years lie in the hundred years that begin with ``two_digit_years``; ``year`` is
    that of months without one, ``year_starts`` the month in which years such as 2018/19 begin.
    Several ``deaths_column`` are added; ``across`` says what heads them, of which each is then a
    count. ``missing`` are texts that stand for no count, ``mark`` pairs of a mark and a word of
    KEPT_AS, ``skip`` beginnings of date cells whose rows are left out (an empty one means empty
    cells), ``where`` pairs of a column and a text that rows have in it (of several texts of a
    column one). ``sum`` are columns whose different values are added up, ``duplicates`` adds up all
    rows of a period. ``place_column``, ``sex_column``, ``age_column``, ``mechanism_column`` and
    ``motive_column`` keep their values apart. ``start`` and ``end`` are the days that the file
    covers; ``unit`` is what days and deaths are added up to. ``population`` is whether the file has
    people rather than deaths.
    """

    shape: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    separator: str | None = None
    encoding: str | None = None
    date_column: str | None = None
    month_column: str | None = None
    deaths_column: tuple[str, ...] = ()
    across: str | None = None
    date_order: str | None = None
    two_digit_years: int | None = None
    year: int | None = None
    year_starts: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] = ()
    mark: tuple[tuple[str, str], ...] = ()
    skip: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    sum: tuple[str, ...] = ()
    place_column: str | None = None
    sex_column: str | None = None
    age_column: str | None = None
    mechanism_column: str | None = None
    motive_column: str | None = None
    gaps: str | None = None
    duplicates: str | None = None
    totals: str | None = None
    start: date | None = None
    end: date | None = None
    unit: str | None = None
    population: bool = False

    def kept_as(self, mark: str) -> str | None:
        """What becomes of numbers with a mark; None where nobody decided."""
        kept = {known.replace(" ", ""): how for known, how in self.mark}
        return kept.get(mark.replace(" ", ""))


NAMES = tuple(each.name for each in fields(Choices))


def choices(given: Mapping[str, Any]) -> Choices:
    """Choices with their values checked; DataError for one that there is not.

    >>> choices({"date_order": "dmy", "deaths_column": "killed"}).deaths_column
    ('killed',)
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if isinstance(asked.get("deaths_column"), str):
        asked["deaths_column"] = (asked["deaths_column"],)
    listed = [(name, asked[name], known) for name, known in KNOWN.items() if name in asked]
    listed += [("mark", how, KEPT_AS) for _mark, how in asked.get("mark", ())]
    for name, value, known in listed:
        if value not in known:
            message = _("{name} is {value!r}; it can be {known}",
                        name=name, value=value, known=", ".join(known))  # fmt: skip
            raise DataError(message)
    for name, (least, most) in RANGES.items():
        if name in asked and not (isinstance(asked[name], int) and least <= asked[name] <= most):
            message = _("{name} is {value!r}; it can be a number from {least} to {most}",
                        name=name, value=asked[name], least=least, most=most)  # fmt: skip
            raise DataError(message)
    across = asked.get("across", "")
    if f"{across}_column" in asked:
        message = _("across is {value!r}, and {name} is given, too: give one of them",
                    value=across, name=f"{across}_column")  # fmt: skip
        raise DataError(message)
    if "decimal" in asked and asked["decimal"] == asked.get("thousands"):
        message = _("decimal and thousands are both {value!r}: give one of them",
                    value=asked["decimal"])  # fmt: skip
        raise DataError(message)
    return Choices(**asked)
