"""Periods as people write them: days, weeks, months, quarters, years, years that span two.

Names of months are read in English, Spanish, Portuguese and French. ``readings`` says what a text
can mean, by kind; which kind a column has is decided by all of its texts together.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

EARLIEST, LATEST = 1800, 2100
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}

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
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_TIME = re.compile(r"(?<=[0-9])(?:[tT]|\s+)[0-9]{1,2}:[0-9]{2}.*$", re.DOTALL)
_NAMED_DAY = re.compile(r"(?:[a-z]+,?\s+)?([0-9]{1,2})[\s./-]*(?:de\s+|of\s+|st\s|nd\s|rd\s|th\s)?"
                        r"([a-z]+)\.?[\s,./-]*(?:del?\s+)?([0-9]{4}|[0-9]{2})")  # fmt: skip
_DAY_AFTER = re.compile(r"([a-z]+)\.?[\s-]+([0-9]{1,2})(?:st|nd|rd|th)?,?[\s-]+([0-9]{4})")
_NAMED_MONTH = re.compile(r"([a-z]+)\.?[\s,./-]*(?:del?\s+)?([0-9]{4}|'?[0-9]{2})")
_MONTH_AFTER = re.compile(r"([0-9]{4})[\s,./-]*(?:de\s+)?([a-z]+)\.?")
_BETWEEN = re.compile(r"([a-z]+)\.?\s*(?:de\s+)?([0-9]{4})\s*(?:-|to|a|ate|al|au|through)\s*"
                      r"([a-z]+)\.?\s*(?:de\s+)?([0-9]{4})")  # fmt: skip
# A note's mark behind a year or a month: 2020*, 2020 (p), 2020 p.
_MARKED = re.compile(r"(.*[0-9a-z.])\s*(\*+|\([a-z*]{1,3}\)|(?<=[0-9]) ?[pr]/?|\u2020)")


class Period(NamedTuple):
    """From a first day to a last one, and whether that is a year, quarter, month, week or day."""

    first: date
    last: date
    unit: str

    def __str__(self) -> str:
        year, month = f"{self.first:%Y}", f"{self.first:%Y-%m}"
        written = {"year": year, "month": month, "day": str(self.first),
                   "quarter": f"{year}Q{(self.first.month + 2) // 3}"}  # fmt: skip
        whole = self.unit != "year" or self.first.month == 1
        return written.get(self.unit, "") if self.unit != "week" and whole else (
            f"{self.first} - {self.last}"
        )  # fmt: skip


def period(unit: str, year: int, month: int = 1, day: int = 1) -> Period | None:
    """The period that begins on a day; None where the calendar does not have it.

    >>> print(*period("month", 2012, 2)[:2], period("quarter", 2012, 4))
    2012-02-01 2012-02-29 2012Q2
    """
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    return Period(first, following(first, unit) - timedelta(days=1), unit)


def following(first: date, unit: str) -> date:
    """The first day of the next period."""
    if unit in ("day", "week"):
        return first + timedelta(days=7 if unit == "week" else 1)
    months = first.year * 12 + first.month - 1 + {"month": 1, "quarter": 3, "year": 12}[unit]
    last = monthrange(months // 12, months % 12 + 1)[1]
    return date(months // 12, months % 12 + 1, min(first.day, last))


def folded(text: str) -> str:
    """Small letters without accents, single blanks.

    >>> folded(" A\u00d1O  1 ")
    'ano 1'
    """
    plain = unicodedata.normalize("NFD", text.strip().casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def without_time(text: str) -> str:
    """A date without the time of day after it.

    >>> without_time("2012-03-09 14:05:00"), without_time("9 Mar 2012")
    ('2012-03-09', '9 Mar 2012')
    """
    return _TIME.sub("", text) if ":" in text else text


def month_named(text: str) -> int:
    """The month of a name in one of four languages, whole or shortened; 0 for anything else.

    >>> month_named("Enero"), month_named("sept."), month_named("juil."), month_named("13")
    (1, 9, 7, 0)
    """
    return _MONTHS.get(folded(text[:40]).rstrip("."), 0)


@lru_cache(1 << 17)
def readings(text: str) -> dict[str, Any]:
    """What a text can mean as a period: a value for each kind.

    day: (year, month, day) by order, "" for any; month: (year, month); quarter, week: (year,
    number); span: (year, first month, 0 where it does not say); year; name: a month alone;
    number: 1 to 12; quarter_alone. Years are texts, because two digits say no century.

    >>> readings("03/04/2012")["day"]["dmy"], readings("2020M01"), readings("2019Q4")
    (('2012', 4, 3), {'month': ('2020', 1)}, {'quarter': ('2019', 4)})
    >>> readings("2009/10"), readings("ene-20")["month"], readings("n/a")
    ({'month': ('2009', 10), 'span': ('2009', 0)}, ('20', 1), {})
    """
    plain = folded(without_time(text)) if len(text) <= 80 else ""
    found: dict[str, Any] = {}
    if days := _days(plain):
        found["day"] = days
        return found
    if match := re.fullmatch(r"([0-9]{4})\s*[-/.m ]\s*([0-9]{1,2})|([12][0-9]{3})([0-9]{2})"
                             r"|([0-9]{1,2})\s*[-/. ]\s*([0-9]{4})", plain):  # fmt: skip
        year = match[1] or match[3] or match[6]
        month = int(match[2] or match[4] or match[5])
        if 1 <= month <= 12 and EARLIEST <= int(year) <= LATEST:
            found["month"] = (year, month)
        two = match[2] if match[2] and "m" not in plain else ""
        if len(two) == 2 and int(two) == (int(year) + 1) % 100:
            found["span"] = (year, 0)
    if match := re.fullmatch(r"([0-9]{4})\s*[-/\u2013]\s*([0-9]{4})", plain):
        if int(match[2]) == int(match[1]) + 1:
            found["span"] = (match[1], 0)
    for pattern, year_at, name_at in ((_NAMED_MONTH, 2, 1), (_MONTH_AFTER, 1, 2)):
        match = pattern.fullmatch(plain)
        if match and match[name_at] in _MONTHS:
            found["month"] = (match[year_at].lstrip("'"), _MONTHS[match[name_at]])
    if (match := _BETWEEN.fullmatch(plain)) and match[1] in _MONTHS and match[3] in _MONTHS:
        first, last = _MONTHS[match[1]], _MONTHS[match[3]]
        if last == (first - 2) % 12 + 1 and int(match[4]) == int(match[2]) + (first > 1):
            found["span"] = (match[2], first)
    if match := re.fullmatch(
        r"([0-9]{4})[\s-]*(?:q|t|trim\.?|trimestre)[\s-]*([1-4])"
        r"|(?:q|t)\s*([1-4])[\s/-]*([0-9]{4})"
        r"|([1-4])(?:st|nd|rd|th|er|o|\u00ba)?\.?\s*(?:quarter|trim\.?|trimestre)\s*(?:de\s+)?([0-9]{4})",
        plain,
    ):
        found["quarter"] = (match[1] or match[4] or match[6], int(match[2] or match[3] or match[5]))
    if match := re.fullmatch(r"([0-9]{4})[\s-]*w(?:eek)?\s*([0-9]{1,2})", plain):
        found["week"] = (match[1], int(match[2]))
    if re.fullmatch(r"[0-9]{4}", plain) and EARLIEST <= int(plain) <= LATEST:
        found["year"] = plain
    if match := re.fullmatch(r"([0-9]{4}) \[yr\1\]", plain):  # as the World Bank heads its years
        found["year"] = match[1]
    if month := month_named(plain):
        found["name"] = month
    if re.fullmatch(r"0?[1-9]|1[0-2]", plain):
        found["number"] = int(plain)
    if match := re.fullmatch(
        r"[qt]?\s?([1-4])|(i{1,3}|iv)|([1-4])(?:er|o|\u00ba)? trim\w*\.?", plain
    ):
        found["quarter_alone"] = int(match[1] or _QUARTERS.get(match[2] or "", 0) or match[3])
    return found


@lru_cache(1 << 16)
def marked(text: str) -> tuple[str, str]:
    """A year or month and the mark of a note behind it, where there is one.

    >>> marked("2020*"), marked("2021 (p)"), marked("ene-20"), marked("2012-03")
    (('2020', '*'), ('2021', '(p)'), ('ene-20', ''), ('2012-03', ''))
    """
    if readings(text) or not (match := _MARKED.fullmatch(text.strip().casefold())):
        return text, ""
    return (match[1], match[2].strip()) if readings(match[1]) else (text, "")


def _days(text: str) -> dict[str, tuple[str, int, int]]:
    """Year, month and day by the order they are read in, "" for any; none where it is no day."""
    found = {}
    for order, (year, month, day) in _written(text).items():
        full = int(year) if len(year) == 4 else 2000 + int(year)
        if EARLIEST <= full <= LATEST and 1 <= month <= 12:
            if 1 <= day <= monthrange(2000 if len(year) < 4 else full, month)[1]:
                found[order] = (year, month, day)
    return found


def _written(text: str) -> dict[str, tuple[str, int, int]]:
    if re.fullmatch(r"(1[89]|20|21)[0-9]{6}", text):
        return {"": (text[:4], int(text[4:6]), int(text[6:]))}
    if re.fullmatch(r"[0-9]{8}", text):
        return {"dmy": (text[4:], int(text[2:4]), int(text[:2])),
                "mdy": (text[4:], int(text[:2]), int(text[2:4]))}  # fmt: skip
    three = re.fullmatch(r"([0-9]{1,4})\s*([-/. ])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,4})", text)
    if three:
        cells = (three[1], three[3], three[4])
        if len(cells[0]) == 4 and len(cells[2]) <= 2:
            return {"": (cells[0], int(cells[1]), int(cells[2]))}
        if len(cells[0]) > 2 or len(cells[2]) not in (2, 4):
            return {}
        orders = ("dmy", "mdy") if len(cells[2]) == 4 else ("dmy", "mdy", "ymd")
        found = {}
        for order in orders:
            year, month, day = (cells[place] for place in ORDERS[order])
            if len(year) >= 2:
                found[order] = (year, int(month), int(day))
        return found
    for pattern, parts in ((_NAMED_DAY, (3, 2, 1)), (_DAY_AFTER, (3, 1, 2))):
        match = pattern.fullmatch(text)
        if match and match[parts[1]] in _MONTHS:
            return {"": (match[parts[0]], _MONTHS[match[parts[1]]], int(match[parts[2]]))}
    return {}


def orders_of(texts: Iterable[str]) -> Mapping[str, dict[str, tuple[str, int, int]]]:
    """The readings of those texts that are days whose order has to be found."""
    days = {text: readings(text).get("day", {}) for text in texts}
    return {text: each for text, each in days.items() if each and "" not in each}
