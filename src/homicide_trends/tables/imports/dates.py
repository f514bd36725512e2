"""Dates as people write them: days, months, years.

Names of months are read in English, Spanish, Portuguese and French.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ...language import _
from ..problems import either
from .choices import Choices
from .doubts import OneChoice, no_date, only_the_first, years_like_months

EARLIEST, LATEST = 1800, 2100

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene janeiro janvier janv",
            "february feb febrero fevereiro fev fevrier fevr",
            "march mar marzo marco mars",
            "april apr abril abr avril avr",
            "may mayo maio mai",
            "june jun junio junho juin",
            "july jul julio julho juillet juil",
            "august aug agosto ago aout",
            "september sep sept septiembre setiembre set setembro septembre",
            "october oct octubre outubro out octobre",
            "november nov noviembre novembro novembre",
            "december dec diciembre dic dezembro dez decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_TOTAL = re.compile(r"(?:(?:sub|gran|grand|gran\s*d)[\s-]*)?tota(?:l|les|ls)\b|sum(?:a|as)?\b")
_TIME = re.compile(r"(?<=\d)(?:t|\s+)\d{1,2}:\d{2}.*$", re.IGNORECASE | re.DOTALL)
_NAMED_DAY = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})[\s./-]*(?:de\s+|of\s+|st\s|nd\s|rd\s|th\s)?"
                        r"([a-z]+)\.?[\s,./-]*(?:del?\s+)?(\d{4}|\d{2})")  # fmt: skip
_DAY_AFTER = re.compile(r"([a-z]+)\.?[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4}|\d{2})")
_NAMED_MONTH = re.compile(r"([a-z]+)\.?[\s,./-]*(?:del?\s+)?(\d{4}|\d{2})")
_MONTH_AFTER = re.compile(r"(\d{4})[\s,./-]*(?:de\s+)?([a-z]+)\.?")


@dataclass(frozen=True, order=True, slots=True)
class When:
    """A year, a month of it, or a day of that; 0 where it says no month or no day.

    >>> When(2012, 2).unit, When(2012, 2).first, When(2012, 2).last
    ('month', datetime.date(2012, 2, 1), datetime.date(2012, 2, 29))
    """

    year: int
    month: int = 0
    day: int = 0

    @property
    def unit(self) -> str:
        """Year, month or day."""
        return "day" if self.day else "month" if self.month else "year"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """Its last day."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates by text, how the order of day and month was found, and what is wrong with which."""

    dates: dict[str, When]
    read_as: str = ""
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)


def is_total(text: str) -> bool:
    """Whether a cell names a total rather than a date.

    >>> is_total("TOTAL 2012"), is_total("Gran total"), is_total("2012")
    (True, True, False)
    """
    return bool(_TOTAL.match(_folded(text[:80])))


def month_named(text: str) -> int:
    """The month of a name in one of four languages, whole or shortened; 0 for anything else.

    >>> month_named("Enero"), month_named("sept."), month_named("juil."), month_named("13")
    (1, 9, 7, 0)
    """
    return _MONTHS.get(_folded(text[:40]).rstrip("."), 0)


def month_written(text: str) -> int:
    """The month of a name or of a number from 1 to 12; 0 for anything else.

    >>> month_written("03"), month_written("marzo"), month_written("13")
    (3, 3, 0)
    """
    if re.fullmatch(r"0?[1-9]|1[0-2]", text):
        return int(text)
    return month_named(text)


def without_time(text: str) -> str:
    """A date without the time of day after it.

    >>> without_time("2012-03-09 14:05:00"), without_time("9 Mar 2012")
    ('2012-03-09', '9 Mar 2012')
    """
    return _TIME.sub("", text) if ":" in text else text


def unit_of(text: str) -> str:
    """Year, month or day, whatever the order and the century; empty for what is no date.

    >>> unit_of("03/04/12"), unit_of("mar 2012"), unit_of("2012"), unit_of("n/a")
    ('day', 'month', 'year', '')
    """
    readings = _readings(text, 2000)
    return next(iter(readings.values())).unit if isinstance(readings, dict) else ""


def read_dates(texts: Mapping[str, int], chosen: Choices) -> Dates:
    """The dates that texts stand for; the order of day and month is decided for all together.

    ``texts`` are the different cells of a column with the row where each is first. One order
    has to fit all of them; where two fit and give different days, the first such text is among
    the ``wrong`` with what decides it.

    >>> read_dates({"03/04/2012": 2, "25/04/2012": 3}, Choices()).dates["03/04/2012"]
    When(year=2012, month=4, day=3)
    >>> read_dates({"03/04/2012": 2}, Choices()).wrong["03/04/2012"][0]
    'is 2012-04-03 or 2012-03-04'
    >>> read_dates({"marzo de 2012": 2, "abr-2012": 3}, Choices()).dates["abr-2012"]
    When(year=2012, month=4, day=0)
    """
    wrong: dict[str, tuple[str, str]] = {}
    found: dict[str, dict[str, When]] = {}
    for text in texts:
        readings = _readings(text, chosen.two_digit_years)
        if isinstance(readings, tuple):
            wrong[text] = readings
        else:
            found[text] = readings
    wrong = only_the_first(wrong) | years_like_months(found, chosen)
    ordered = {text: each for text, each in found.items() if "" not in each}
    order, read_as = chosen.date_order, _("as asked")
    if ordered and not order:
        fitting = [name for name in _ORDERS if all(name in each for each in ordered.values())]
        differing = [t for t, each in ordered.items() if len(set(each.values())) > 1]
        if len(fitting) == 1 or (fitting and not differing):
            order = fitting[0]
            shown = next((t for t, each in ordered.items() if len(set(each)) == 1), "")
            read_as = (
                _("row {row}: '{text}'", row=texts[shown], text=shown)
                if shown
                else _("all the same either way")
            )
        elif fitting:
            text = differing[0]
            given = [str(ordered[text][name]) for name in fitting]
            remedy = ", ".join(
                _("{option} for {value}", option=f"--date-order {name}", value=date)
                for name, date in zip(fitting, given, strict=True)
            )
            wrong[text] = _("is {options}", options=either(*given)), remedy
        else:
            wrong |= _contradicting(ordered, texts)
    dates = {text: each[""] for text, each in found.items() if "" in each}
    if order:
        for text, each in ordered.items():
            if order in each:
                dates[text] = each[order]
            else:
                other = ", ".join(
                    _("{order} would be {date}", order=name, date=when)
                    for name, when in each.items()
                )
                wrong[text] = _("is not a date in the order {order}", order=order), other
        names = {"dmy": _("day first"), "mdy": _("month first"), "ymd": _("year first")}
        read_as = f"{names[order]} ({read_as})" if ordered else ""
    return Dates(dates, read_as if ordered else "", wrong)


def _contradicting(
    ordered: Mapping[str, Mapping[str, When]], texts: Mapping[str, int]
) -> dict[str, tuple[str, str]]:
    """The first text that no order of the texts before it fits."""
    left = set(_ORDERS)
    first = next(iter(ordered))
    for text, each in ordered.items():
        if not left & set(each):
            message = _(
                "is in the order {order}, and '{other}' on row {row} in the order {other_order}",
                order="/".join(each),
                other=first,
                row=texts[first],
                other_order="/".join(ordered[first]),
            )
            return {text: (message, _("correct one of them: one order has to fit all rows"))}
        if len(each) < len(left):
            first = text
        left &= set(each)
    return {}


def _readings(text: str, century: int | None) -> dict[str, When] | tuple[str, str]:
    """The date by the order it is read in ("" for any), or what is wrong with it."""
    folded = _folded(without_time(text)) if len(text) <= 80 else ""
    parts = _numbered(folded) or _named(folded)
    if parts is None:
        wrong = _("is not a date"), _("correct it, or leave such rows out with --skip")
        return no_date(text) or wrong
    readings: dict[str, When] = {}
    for order, (year, month, day) in parts.items():
        if len(year) == 2 and century is None:
            remedy = _("--two-digit-years 1950 puts them from 1950 to 2049, and so on")
            return OneChoice((_("has a year of two digits"), remedy))
        when = _when(_full_year(year, century), month, day)
        if when:
            readings[order] = when
    if not readings:
        return _("is not in the calendar"), _("correct it, or leave such rows out with --skip")
    return readings


_Parts = dict[str, tuple[str, int, int]]


def _numbered(text: str) -> _Parts | None:
    """Year, month and day of a date in digits, by order."""
    if re.fullmatch(r"\d{4}", text):
        return {"": (text, 0, 0)}
    if re.fullmatch(r"(1[89]|20|21)\d{6}", text):
        return {"": (text[:4], int(text[4:6]), int(text[6:]))}
    if re.fullmatch(r"\d{8}", text):
        return {
            "dmy": (text[4:], int(text[2:4]), int(text[:2])),
            "mdy": (text[4:], int(text[:2]), int(text[2:4])),
        }
    if two := re.fullmatch(r"(\d{1,4})\s*[-/.]\s*(\d{1,4})", text):
        if len(two[1]) == 4 and len(two[2]) <= 2:
            return {"": (two[1], int(two[2]) or 13, 0)}
        if len(two[2]) == 4 and len(two[1]) <= 2:
            return {"": (two[2], int(two[1]) or 13, 0)}
        return None
    three = re.fullmatch(r"(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})", text)
    if not three:
        return None
    cells = (three[1], three[3], three[4])
    if len(cells[0]) == 4 and len(cells[2]) <= 2:
        return {"": (cells[0], int(cells[1]) or 13, int(cells[2]) or 32)}
    if len(cells[0]) > 2 or len(cells[2]) not in (2, 4):
        return None
    orders = ("dmy", "mdy") if len(cells[2]) == 4 else ("dmy", "mdy", "ymd")
    found: _Parts = {}
    for order in orders:
        year, month, day = (cells[place] for place in _ORDERS[order])
        if len(year) >= 2:
            found[order] = (year, int(month) or 13, int(day) or 32)
    return found


def _named(text: str) -> _Parts | None:
    """Year, month and day of a date with the month's name."""
    patterns: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, str, str]]], ...]
    patterns = (
        (_NAMED_DAY, lambda m: (m[3], m[2], m[1])),
        (_DAY_AFTER, lambda m: (m[3], m[1], m[2])),
        (_NAMED_MONTH, lambda m: (m[2], m[1], "")),
        (_MONTH_AFTER, lambda m: (m[1], m[2], "")),
    )
    for pattern, parts in patterns:
        match = pattern.fullmatch(text)
        if match:
            year, name, day = parts(match)
            if name in _MONTHS:
                return {"": (year, _MONTHS[name], (int(day) or 32) if day else 0)}
    return None


def _full_year(year: str, century: int | None) -> int:
    if len(year) == 4 or century is None:
        return int(year)
    return century + (int(year) - century) % 100


def _when(year: int, month: int, day: int) -> When | None:
    """A date that is in the calendar, in a year that people may have counted in."""
    if not EARLIEST <= year <= LATEST or month > 12:
        return None
    if day and day > monthrange(year, month)[1]:
        return None
    return When(year, month, day)


def _folded(text: str) -> str:
    """Small letters without accents, single blanks."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
