"""What decides where a file can be read in several ways, and the refusal when nothing does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ...language import _, ngettext
from ..folders import DataError
from ..problems import Problem

SHAPES = ("years", "months", "wide", "days", "deaths")
UNITS = ("month", "year", "day")
DATE_ORDERS = ("dmy", "mdy", "ymd")
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MARKS = {"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}

MOST_NAMED = 20  # problems of one kind


def and_more(number: int) -> str:
    """What stands for the problems that are not named."""
    return ngettext("and {number} more like this", "and {number} more like these", number)


class UnclearError(DataError):
    """A file can be read in more ways than one, or in none; each problem names what decides."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be read; what is None is found out, or refused where it cannot be.

    ``shape`` is one of SHAPES. Columns go by their header, or by number where ``header_row`` is 0.
    ``date_order`` is one of DATE_ORDERS; two-digit years lie in the hundred years that begin with
    ``two_digit_years``. ``decimal`` and ``thousands`` are words of MARKS, ``separator`` one of
    SEPARATORS. ``missing`` are texts that stand for no count, ``skip`` the beginnings of date
    cells whose rows are left out (an empty one means empty cells), ``where`` pairs of a column and
    the text that rows must have in it. ``gaps`` is ``"missing"`` or ``"zero"``, ``duplicates``
    ``"sum"``, ``totals`` ``"ignore"``. ``start`` and ``end`` are the days that the file covers;
    ``unit`` is the length of the periods that days are added up to.
    """

    shape: str | None = None
    date_column: str | None = None
    month_column: str | None = None
    deaths_column: str | None = None
    header_row: int | None = None
    separator: str | None = None
    encoding: str | None = None
    date_order: str | None = None
    two_digit_years: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    gaps: str | None = None
    duplicates: str | None = None
    totals: str | None = None
    start: date | None = None
    end: date | None = None
    unit: str | None = None

    def skips(self, text: str) -> bool:
        """Whether rows with this date cell are left out."""
        return any(
            text.casefold().startswith(each.casefold()) if each else not text for each in self.skip
        )


KNOWN = {
    "shape": SHAPES,
    "separator": tuple(SEPARATORS),
    "date_order": DATE_ORDERS,
    "decimal": ("point", "comma"),
    "thousands": tuple(MARKS),
    "gaps": ("missing", "zero"),
    "duplicates": ("sum",),
    "totals": ("ignore",),
    "unit": UNITS,
}


def choices(**given: object) -> Choices:
    """Choices with their values checked; DataError for one that there is not.

    >>> choices(date_order="dmy").date_order
    'dmy'
    """
    for name, known in KNOWN.items():
        value = given.get(name)
        if value is not None and value not in known:
            raise DataError(
                _("{name} is {value!r}; it can be {known}",
                  name=name, value=value, known=", ".join(known))
            )  # fmt: skip
    century = given.get("two_digit_years")
    if century is not None and not (isinstance(century, int) and 1800 <= century <= 2001):
        raise DataError(
            _("two_digit_years is {value!r}; it can be a year from 1800 to 2001", value=century)
        )
    if given.get("decimal") is not None and given.get("decimal") == given.get("thousands"):
        raise DataError(
            _("decimal and thousands are both {value!r}: give one of them", value=given["decimal"])
        )
    return Choices(**given)  # type: ignore[arg-type]
