"""Dates as texts write them: ``July 26, 2013``, ``June 3 to 5, 2012``, ``1980s``.

What a date leaves out stays empty: ``June 22-23`` has no year and only binds month and day.
Months are read with a capital (``may`` is a verb), all-figure dates only as ``YYYY-MM-DD``
(``6/7/2012`` differs between countries), years from 1800 to 2100. Two days of one month joined by
``and`` are read as first and last day. ``2011-12`` is a month in one habit and two years in
another: both are returned.
"""

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .numerals import ORDINAL_SUFFIXES


@dataclass(frozen=True)
class PartialDate:
    """A date of which year, month or day may be unsaid (None)."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def first(self) -> date | None:
        """The first day that it can mean; None without a year."""
        if self.year is None:
            return None
        return date(self.year, self.month or 1, self.day or 1)

    def last(self) -> date | None:
        """The last day that it can mean; None without a year."""
        if self.year is None:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def possible(self) -> bool:
        """Whether the calendar has such a day (29 February of an unsaid year counts)."""
        if self.month is None:
            return self.day is None
        if not 1 <= self.month <= 12:
            return False
        days = monthrange(2000 if self.year is None else self.year, self.month)[1]
        return self.day is None or 1 <= self.day <= days


@dataclass(frozen=True)
class WrittenDate:
    """A date or period in a text: its first and last date and its place in the text.

    ``relative`` is the unit (``year``, ``day``) of a date that counts from the day of
    publication, and ``offset`` the number of units: -1 for ``last year``, 0 for ``today``.
    """

    first: PartialDate
    last: PartialDate
    start: int
    end: int
    relative: str = ""
    offset: int = 0

    def meaning(self) -> tuple[PartialDate, PartialDate, str, int]:
        """What the date says, wherever it stands."""
        return self.first, self.last, self.relative, self.offset

    def contradicted(self, start: date, end: date, *, published: PartialDate | None = None) -> str:
        """Which end of a period, ``start`` or ``end``, is not as written; empty if none is.

        What is not written cannot contradict. ``published`` is the date of the text.

        >>> parse_dates("March 2012")[0].contradicted(date(2012, 3, 1), date(2012, 3, 31))
        ''
        >>> parse_dates("June 22-23")[0].contradicted(date(2011, 6, 22), date(2011, 6, 24))
        'end'
        >>> last_year = parse_dates("Last year")[0]
        >>> printed = PartialDate(2013, 12)
        >>> last_year.contradicted(date(2011, 1, 1), date(2012, 12, 31), published=printed)
        'start'
        """
        first, last = self._placed(published or PartialDate())
        ends = (("start", start, first, first.first()), ("end", end, last, last.last()))
        for column, given, said, bound in ends:
            if bound is not None and given != bound:
                return column
            if bound is None and said.month and (given.month, given.day) != (said.month, said.day):
                return column
        return "end" if last.year is None and start.year != end.year else ""

    def _placed(self, published: PartialDate) -> tuple[PartialDate, PartialDate]:
        """First and last date, with a relative one counted from the date of the text."""
        if self.relative == "year" and published.year:
            year = PartialDate(published.year + self.offset)
            return year, year
        if self.relative == "day" and published.day:
            day = (published.first() or date.min) + timedelta(self.offset)
            when = PartialDate(day.year, day.month, day.day)
            return when, when
        return self.first, self.last


_YEAR = r"(?:1[89][0-9]{2}|20[0-9]{2}|2100)"


MONTHS = {name: number for number in range(1, 13)
          for name in (month_name[number], month_name[number][:3])} | {"Sept": 9}  # fmt: skip


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Named shapes of dates, the more specific before those it contains."""
    names = {*MONTHS, *(name.upper() for name in MONTHS)}
    month = f"(?:{'|'.join(sorted(names, key=lambda name: (-len(name), name)))})\\.?"
    day = rf"[0-9]{{1,2}}(?:{ORDINAL_SUFFIXES})?(?![0-9])"
    to = r"(?:\s*-\s*|\s+(?:to|through|until|and)\s+)"
    of = r"\s+(?:of\s+)?"
    tail = rf"(?:,?\s+(?P<y2>{_YEAR}))?"
    full = rf"(?P<m1>{month})\s+(?P<d1>{day})(?:,?\s+(?P<y1>{_YEAR}))?"
    shapes = [
        ("days", full + rf"{to}(?P<m2>{month})\s+(?P<d2>{day}){tail}"),
        ("days", rf"(?P<m1>{month})\s+(?P<d1>{day}){to}(?P<d2>{day}){tail}"),
        ("days", rf"(?P<d1>{day}){to}(?P<d2>{day}){of}(?P<m1>{month}){tail}"),
        ("days", rf"(?P<d1>{day}){of}(?P<m1>{month}){tail}"),
        ("days", rf"(?P<m1>{month}){of}(?P<y1>{_YEAR}){to}(?P<m2>{month}){of}(?P<y2>{_YEAR})"),
        ("days", rf"(?P<m1>{month}){to}(?P<m2>{month}){of}(?P<y2>{_YEAR})"),
        ("days", rf"(?P<m1>{month}){of}(?P<y2>{_YEAR})"),
        ("days", rf"(?P<m1>{month})\s+(?P<d1>{day}){tail}"),
        ("iso", rf"(?P<y>{_YEAR})-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}})"),
        ("years", rf"(?P<y1>{_YEAR}){to}(?P<y2>{_YEAR})"),
        ("short", rf"(?P<y>{_YEAR})-(?P<m>[0-9]{{2}})"),
        ("decade", r"(?P<y>(?:1[89]|20)[0-9]0)s"),
        ("years", rf"(?P<y1>{_YEAR})"),
        ("relative", r"(?:[Ll]ast|[Tt]his)\s+year|[Tt]oday|[Yy]esterday"),
    ]
    alone = r"(?<![\w-])(?<![0-9][.,/])(?:{})(?![\w]|[-.,/][0-9])"
    return [(name, re.compile(alone.format(shape))) for name, shape in shapes]


def parse_dates(text: str) -> tuple[WrittenDate, ...]:
    """The dates in a short text, in order; two at one place where the text is ambiguous.

    >>> [(w.first.first(), w.last.last()) for w in parse_dates("between May 3 and 9, 2010")]
    [(datetime.date(2010, 5, 3), datetime.date(2010, 5, 9))]
    >>> parse_dates("September of 2013")[0].last.last()
    datetime.date(2013, 9, 30)
    >>> parse_dates("June 22-23")[0].last
    PartialDate(year=None, month=6, day=23)
    >>> [w.last.year for w in parse_dates("2011-12")], parse_dates("June 31, 2012")
    ([2011, 2012], ())
    """
    patterns = _patterns()
    dates: list[WrittenDate] = []
    place = 0
    while True:
        hits = [(name, hit) for name, shape in patterns if (hit := shape.search(text, place))]
        if not hits:
            return tuple(dates)
        name, hit = min(hits, key=lambda found: found[1].start())
        dates += [read for read in _READERS[name](hit) if _sound(read)]
        place = hit.end()


def _sound(read: WrittenDate) -> bool:
    """Whether both dates exist and stand in order."""
    first, last = read.first, read.last
    if not (first.possible() and last.possible()):
        return False
    if first.year is None or last.year is None:
        return True
    return (first.first() or date.min) <= (last.last() or date.max)


def _number(hit: re.Match[str], name: str) -> int | None:
    """A group of the pattern as a number, without an ordinal's ending; None if it is absent."""
    found = re.match(r"[0-9]+", hit.groupdict().get(name) or "")
    return int(found.group()) if found else None


def _days(hit: re.Match[str]) -> list[WrittenDate]:
    """Days or months with a month's name; an unsaid first year is the last one's."""
    months = {name.lower(): value for name, value in MONTHS.items()}
    said = hit.groupdict()
    first_month = months[said["m1"].rstrip(".").lower()]
    last_month = months[said["m2"].rstrip(".").lower()] if said.get("m2") else first_month
    last_year = _number(hit, "y2")
    first_day = _number(hit, "d1")
    first = PartialDate(_number(hit, "y1") or last_year, first_month, first_day)
    last_day = _number(hit, "d2") if said.get("d2") else first_day
    return [WrittenDate(first, PartialDate(last_year, last_month, last_day), *hit.span())]


def _iso(hit: re.Match[str]) -> list[WrittenDate]:
    year, month, day = _number(hit, "y"), _number(hit, "m"), _number(hit, "d")
    return _one(hit, PartialDate(year, month, day)) if 1 <= (month or 0) <= 12 else []


def _years(hit: re.Match[str]) -> list[WrittenDate]:
    first = _number(hit, "y1")
    last = _number(hit, "y2") if hit.groupdict().get("y2") else first
    return [WrittenDate(PartialDate(first), PartialDate(last), *hit.span())]


def _short(hit: re.Match[str]) -> list[WrittenDate]:
    """``2011-12``: a month, two years, or both."""
    year, tail = _number(hit, "y") or 0, _number(hit, "m") or 0
    as_month = _one(hit, PartialDate(year, tail)) if 1 <= tail <= 12 else []
    second = PartialDate(year - year % 100 + tail)
    as_years = [WrittenDate(PartialDate(year), second, *hit.span())] if tail > year % 100 else []
    return as_month + as_years


def _decade(hit: re.Match[str]) -> list[WrittenDate]:
    year = _number(hit, "y") or 0
    return [WrittenDate(PartialDate(year), PartialDate(year + 9), *hit.span())]


def _relative(hit: re.Match[str]) -> list[WrittenDate]:
    text = hit.group().lower()
    unit = "year" if text.endswith("year") else "day"
    offset = -1 if text.startswith(("last", "yesterday")) else 0
    return [WrittenDate(PartialDate(), PartialDate(), *hit.span(), unit, offset)]


def _one(hit: re.Match[str], when: PartialDate) -> list[WrittenDate]:
    return [WrittenDate(when, when, *hit.span())]


_READERS = {
    "days": _days,
    "iso": _iso,
    "years": _years,
    "short": _short,
    "decade": _decade,
    "relative": _relative,
}
