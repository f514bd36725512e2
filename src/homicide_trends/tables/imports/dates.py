"""Periods as people write them: days, weeks, months, quarters, years, years that span two.

``readings`` says what a text can mean, by kind; which kind a column has is decided by all of its
texts together.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from ..rawtables import EARLIEST, LATEST
from .words import MONTHS, folded, month_named

ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
ONE_DAY = timedelta(days=1)

_YEAR, _NAME = "(?P<year>[0-9]{4})", r"(?P<name>[a-z]+)\.?"
# How kinds of periods are written. Where a year has two digits, its century is asked about.
_FORMS = {
    kind: [re.compile(form) for form in forms]
    for kind, forms in {
        "month": (
            rf"{_YEAR}\s*[-/.m ]\s*(?P<number>[0-9]{{1,2}})",
            r"(?P<year>[12][0-9]{3})(?P<number>[0-9]{2})",
            rf"(?P<number>[0-9]{{1,2}})\s*[-/. ]\s*{_YEAR}",
            rf"{_NAME}[\s,./-]*(?:del?\s+)?'?(?P<year>[0-9]{{4}}|[0-9]{{2}})",
            rf"{_YEAR}[\s,./-]*(?:de\s+)?{_NAME}",
        ),
        "span": (
            rf"{_YEAR}\s*[-/. ]\s*(?P<next>[0-9]{{2}})",
            rf"{_YEAR}\s*[-/\u2013]\s*(?P<next>[0-9]{{4}})",
            (rf"{_NAME}\s*(?:de\s+)?{_YEAR}\s*(?:-|to|a|ate|al|au|through)\s*"
             r"(?P<last>[a-z]+)\.?\s*(?:de\s+)?(?P<next>[0-9]{4})"),
        ),
        "quarter": (
            rf"{_YEAR}[\s-]*(?:q|t|trim\.?|trimestre)[\s-]*(?P<number>[1-4])",
            rf"(?:q|t)\s*(?P<number>[1-4])[\s/-]*{_YEAR}",
            (r"(?P<number>[1-4])(?:st|nd|rd|th|er|o|\u00ba)?\.?\s*(?:quarter|trim\.?|trimestre)\s*"
             rf"(?:de\s+)?{_YEAR}"),
        ),
        "week": (rf"{_YEAR}[\s-]*w(?:eek)?\s*(?P<number>[0-9]{{1,2}})",),
        "year": (_YEAR, rf"{_YEAR} \[yr(?P=year)\]"),  # the second as the World Bank heads them
        "number": ("(?P<number>0?[1-9]|1[0-2])",),
        "quarter_alone": (r"[qt]?\s?(?P<number>[1-4])", "(?P<roman>i{1,3}|iv)",
                          r"(?P<number>[1-4])(?:er|o|\u00ba)? trim\w*\.?"),
    }.items()
}  # fmt: skip
_DAYS = [
    re.compile(form)
    for form in (
        r"(?P<year>(?:1[89]|20|21)[0-9]{2})(?P<number>[0-9]{2})(?P<day>[0-9]{2})",
        (
            r"(?:[a-z]+,?\s+)?(?P<day>[0-9]{1,2})[\s./-]*(?:de\s+|of\s+|st\s|nd\s|rd\s|th\s)?"
            rf"{_NAME}[\s,./-]*(?:del?\s+)?(?P<year>[0-9]{{4}}|[0-9]{{2}})"
        ),
        rf"{_NAME}[\s-]+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[\s-]+{_YEAR}",
    )
]
_THREE = re.compile(r"([0-9]{1,4})\s*([-/. ])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,4})")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_TIME = re.compile(r"(?<=[0-9])(?:[tT]|\s+)[0-9]{1,2}:[0-9]{2}.*$", re.DOTALL)
# A note's mark behind a year or a month: 2020*, 2020 (p), 2020 p.
_MARKED = re.compile(r"(.*[0-9a-z.])\s*(\*+|\([a-z*]{1,3}\)|(?<=[0-9]) ?[pr]/?|\u2020)")


class Period(NamedTuple):
    """From a first day to a last one, and whether that is a year, quarter, month, week or day."""

    first: date
    last: date
    unit: str

    def __str__(self) -> str:
        year, month = f"{self.first:%Y}", f"{self.first:%Y-%m}"
        written = {"month": month, "day": str(self.first),
                   "quarter": f"{year}Q{(self.first.month + 2) // 3}"}  # fmt: skip
        if self.unit == "year" and self.first.month == 1:
            return year
        return written.get(self.unit, f"{self.first} - {self.last}")


def period(unit: str, year: int, month: int = 1, day: int = 1) -> Period | None:
    """The period that begins on a day; None where the calendar does not have it.

    >>> print(*period("month", 2012, 2)[:2], period("quarter", 2012, 4))
    2012-02-01 2012-02-29 2012Q2
    """
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    if not EARLIEST <= year <= LATEST:
        return None
    return Period(first, following(first, unit) - ONE_DAY, unit)


def following(first: date, unit: str) -> date:
    """The first day of the next period."""
    if unit in ("day", "week"):
        return first + timedelta(days=7 if unit == "week" else 1)
    months = first.year * 12 + first.month - 1 + {"month": 1, "quarter": 3, "year": 12}[unit]
    last = monthrange(months // 12, months % 12 + 1)[1]
    return date(months // 12, months % 12 + 1, min(first.day, last))


def without_time(text: str) -> str:
    """A date without the time of day after it."""
    return _TIME.sub("", text) if ":" in text else text


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
    if days := _days(plain):
        return {"day": days}
    found: dict[str, Any] = {}
    for kind, forms in _FORMS.items():
        said = [match.groupdict() for form in forms if (match := form.fullmatch(plain))]
        meant = next(filter(None, (_meant(kind, each) for each in said)), None)
        if meant:
            found[kind] = meant
    if month := month_named(plain):
        found["name"] = month
    return found


def _meant(kind: str, said: dict[str, str]) -> Any:
    """What a written form means; nothing where the calendar has no such period."""
    year, number = said.get("year", ""), int(said.get("number") or 0)
    if len(year) == 4 and not EARLIEST <= int(year) <= LATEST:
        return None
    if kind == "year":
        return year
    if kind == "number":
        return number
    if kind == "quarter_alone":
        return number or _ROMAN[said["roman"]]
    if kind == "span":
        first = MONTHS.get(said.get("name", ""), 0)
        if "name" in said and (not first or MONTHS.get(said["last"]) != (first - 2) % 12 + 1):
            return None
        after = str(int(year) + (first != 1))
        return (year, first) if after.endswith(said["next"]) else None
    if "name" in said:
        number = MONTHS.get(said["name"], 0)
    return (year, number) if 1 <= number <= (12 if kind == "month" else 53) else None


@lru_cache(1 << 16)
def marked(text: str) -> tuple[str, str]:
    """A year or month and the mark of a note behind it, where there is one.

    >>> marked("2020*"), marked("2021 (p)"), marked("ene-20"), marked("2012-03")
    (('2020', '*'), ('2021', '(p)'), ('ene-20', ''), ('2012-03', ''))
    """
    if readings(text) or not (match := _MARKED.fullmatch(text.strip().casefold())):
        return text, ""
    return (match[1], match[2].strip()) if readings(match[1]) else (text, "")


def unmarked(text: str) -> dict[str, Any]:
    """What a text can mean without the mark of a note behind it."""
    return readings(marked(text)[0])


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
    for form in _DAYS:
        if match := form.fullmatch(text):
            said = match.groupdict()
            month = int(said.get("number") or MONTHS.get(said.get("name", ""), 0))
            return {"": (said["year"], month, int(said["day"]))}
    if re.fullmatch(r"[0-9]{8}", text):
        cells, orders = (text[:2], text[2:4], text[4:]), ["dmy", "mdy"]
    elif three := _THREE.fullmatch(text):
        cells = (three[1], three[3], three[4])
        if len(cells[0]) == 4 and len(cells[2]) <= 2:
            return {"": (cells[0], int(cells[1]), int(cells[2]))}
        if len(cells[0]) > 2 or len(cells[2]) not in (2, 4):
            return {}
        orders = list(ORDERS)[: 2 if len(cells[2]) == 4 else 3]
    else:
        return {}
    read = {order: [cells[place] for place in ORDERS[order]] for order in orders}
    return {order: (year, int(month), int(day)) for order, (year, month, day) in read.items()
            if len(year) >= 2}  # fmt: skip
