"""What decides where a file can be read in several ways, and the question when nothing does."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from ...language import _, localised, ngettext
from ..folders import GROUPS, DataError
from ..problems import Problem

MARKS = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
KNOWN = {
    "shape": ("years", "quarters", "months", "weeks", "days", "deaths", "wide"),
    "separator": tuple(SEPARATORS),
    "date_order": ("dmy", "mdy", "ymd"),
    "decimal": ("point", "comma"),
    "thousands": tuple(MARKS),
    "gaps": ("missing", "zero"),
    "duplicates": ("sum",),
    "totals": ("ignore", "add"),
    "unit": ("month", "year", "day"),
}
# What becomes of a number with a mark such as 1234*: a status of counts.csv, or more.
KEPT_AS = ("final", "preliminary", "rounded", "doubtful", "range", "missing")

_SHOWN = 8  # values and answers that a question names


@dataclass(frozen=True, slots=True)
class Answer:
    """An option with its values, as words of a command, and what follows from it."""

    words: tuple[str, ...]
    says: str = ""

    def __str__(self) -> str:
        return shlex.join(self.words) + (f" ({self.says})" if self.says else "")


@dataclass(frozen=True)
class Question(Problem):
    """A problem that an option decides; ``answers`` has the options."""

    answers: tuple[Answer, ...] = ()


def question(
    file: str,
    message: str,
    answers: Iterable[Answer],
    *,
    row: int = 0,
    column: str = "",
    value: str = "",
    also: str = "",
) -> Question:
    """A question with its answers as the remedy; ``also`` is what helps beside them.

    >>> print(question("f.csv", "has months without a year", [Answer(("--year", "2012"))], row=1))
    f.csv:1: has months without a year; --year 2012
    """
    kept = tuple(answers)[:_SHOWN]
    remedy = "; ".join([*map(str, kept), *([also] if also else [])])
    return Question(file, row, column, value, message, remedy, kept)


def deaths_said(number: float) -> str:
    """A number of deaths as what follows from an answer.

    >>> deaths_said(180), deaths_said(10.5)
    ('180 deaths', '10.5')
    """
    if number == int(number):
        return ngettext("{number} death", "{number} deaths", int(number))
    return localised(f"{float(number):,.1f}")


class UnclearError(DataError):
    """A file can be read in more ways than one, or in none; each problem names what decides."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be read; what is None is found out, or asked where it cannot be.

    Columns go by their header, or by number where ``header_row`` is 0. ``shape`` says what a row
    is; two-digit years lie in the hundred years that begin with ``two_digit_years``; ``year`` is
    that of months without one, ``year_starts`` the month in which years such as 2018/19 begin.
    Several ``deaths_column`` are added. ``missing`` are texts that stand for no count, ``mark``
    pairs of a mark and a word of KEPT_AS, ``skip`` beginnings of date cells whose rows are left
    out (an empty one means empty cells), ``where`` pairs of a column and a text that rows have in
    it (of several texts of a column one). ``sum`` are columns whose different values are added up,
    ``duplicates`` adds up all rows of a period. ``place_column``, ``sex_column``,
    ``age_column``, ``mechanism_column`` and ``motive_column`` keep their values apart. ``start``
    and ``end`` are the days that the file covers; ``unit`` is what days and deaths are added up
    to. ``population`` is whether the file has people rather than deaths.
    """

    shape: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    separator: str | None = None
    encoding: str | None = None
    date_column: str | None = None
    month_column: str | None = None
    deaths_column: tuple[str, ...] = ()
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

    def skips(self, text: str) -> bool:
        """Whether rows with this date cell are left out."""
        return any(
            text.casefold().startswith(each.casefold()) if each else not text for each in self.skip
        )

    @property
    def kept_apart(self) -> dict[str, str]:
        """The columns whose values make counts of their own, by what they are."""
        names = {each: getattr(self, f"{each}_column") for each in APART}
        return {each: name for each, name in names.items() if name}


APART = ("place", *GROUPS)
NAMES = tuple(each.name for each in fields(Choices))


def choices(given: Mapping[str, Any]) -> Choices:
    """Choices with their values checked; DataError for one that there is not.

    >>> choices({"date_order": "dmy", "deaths_column": "killed"}).deaths_column
    ('killed',)
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if isinstance(asked.get("deaths_column"), str):
        asked["deaths_column"] = (asked["deaths_column"],)
    for name, known in KNOWN.items():
        if name in asked and asked[name] not in known:
            raise DataError(
                _("{name} is {value!r}; it can be {known}",
                  name=name, value=asked[name], known=", ".join(known))
            )  # fmt: skip
    for name, least, most in (("two_digit_years", 1800, 2001), ("year", 1800, 2100),
                              ("year_starts", 1, 12)):  # fmt: skip
        if name in asked and not (isinstance(asked[name], int) and least <= asked[name] <= most):
            raise DataError(
                _("{name} is {value!r}; it can be a number from {least} to {most}",
                  name=name, value=asked[name], least=least, most=most)
            )  # fmt: skip
    for _mark, how in asked.get("mark", ()):
        if how not in KEPT_AS:
            raise DataError(
                _("{name} is {value!r}; it can be {known}",
                  name="mark", value=how, known=", ".join(KEPT_AS))
            )  # fmt: skip
    if "decimal" in asked and asked["decimal"] == asked.get("thousands"):
        raise DataError(
            _("decimal and thousands are both {value!r}: give one of them", value=asked["decimal"])
        )
    return Choices(**asked)
