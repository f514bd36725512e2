"""Which counts make a curve: each day counted once, and a knot wherever a count begins or ends.

Rows are fitted in one after the other, in this order:

1. whole calendar months;
2. longer spans of whole months within a calendar year, the shorter first and the year itself
   last; then those over the turn of a year: they count the
   days that have no count yet, as what they leave over after those that have. Only a calendar
   year may leave over from counts of another agency, and only where both plausibly count the
   same: where they do not, the agency that comes first in the order of preference stands;
3. any other dates, for days that have no count, and for knots inside a period of the same agency
   where the figure fits between the knots around it.

A count that begins or ends inside a period of its own agency and goes on where nothing else is
on file counts from just there. A row that would need anything else is no part of the curve.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import day_numbers

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

COUNTED = ("final", "derived", "rounded")
"""Statuses good enough for a date of its own; months and years may also be preliminary."""

ALLOCATED = "allocated"
BEYOND, LONG = 1000, 10**6


@dataclass(frozen=True, slots=True)
class Count:
    """A reported count: days since 1970 from ``opening`` up to and without ``closing``."""

    opening: int
    closing: int
    deaths: float
    low: float
    high: float
    agency: str
    status: str
    sources: str
    rank: float = 0.0
    year: bool = False


@dataclass(slots=True)
class Run:
    """Days whose deaths are shared out evenly, and the count that they belong to."""

    opening: int
    closing: int
    deaths: float
    count: Count

    def share(self, opening: int, closing: int) -> float:
        """Deaths of the days that a period has of the run."""
        days = min(self.closing, closing) - max(self.opening, opening)
        return self.deaths * days / (self.closing - self.opening)


def counts_of(rows: pd.DataFrame, *, every: bool = False) -> list[Count]:
    """Counts in the order in which they are fitted in, of rows that hold each period once.

    Needs ``start, end, deaths``; used where present are ``deaths_low, deaths_high, agency,
    status, sources`` and ``preference`` (of the agency; the least is the best). Rows of other
    dates than a month or a year that are preliminary, allocated or doubtful are left out, unless
    ``every`` row is wanted.
    """
    opening, closing = (
        day_numbers(rows["start"], "start"),
        day_numbers(rows["end"], "end", end=True),
    )
    days = pd.DataFrame({"opening": opening, "closing": closing + 1})
    first = pd.to_datetime(opening, unit="D")
    last = pd.to_datetime(closing, unit="D")
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.is_month_start & last.is_month_end
    # A span over the turn of a year comes after the calendar years, which it must not contradict.
    months = months + np.where(first.year == last.year, 0, BEYOND)
    days["months"] = np.where(whole, months, LONG)
    days["year"] = whole & (months == 12) & (first.month == 1)
    deaths = rows["deaths"].to_numpy(dtype=float)
    days["deaths"] = deaths
    for name in ("low", "high"):
        given = f"deaths_{name}"
        days[name] = rows[given].to_numpy(dtype=float) if given in rows else deaths
    for name in ("agency", "status", "sources"):
        days[name] = rows[name].fillna("").astype(str).to_numpy() if name in rows else ""
    good = days["status"].isin([*COUNTED, ""]) | (days["months"] == 1) | days["year"] | every
    days["rank"] = rows["preference"].to_numpy(dtype=float) if "preference" in rows else 0.0
    days["length"] = days["closing"] - days["opening"]
    ordered = days[good & days["deaths"].notna()].sort_values(
        ["months", "closing", "length"], kind="stable"
    )
    columns = (ordered[name].tolist() for name in Count.__dataclass_fields__)
    return [Count(*values) for values in zip(*columns, strict=True)]


class Fitted:
    """Counts fitted together: runs in order of time, and which days were counted from one another.

    >>> rows = pd.DataFrame({"start": ["2012-02-01", "2012-03-01", "2012-02-01"],
    ...     "end": ["2012-02-29", "2012-03-31", "2012-03-08"], "deaths": [402, 255, 515]})
    >>> [run.deaths for run in Fitted(counts_of(rows)).runs]  # 515 - 402, and the rest of 255
    [402.0, 113.0, 142.0]
    """

    def __init__(self, counts: Iterable[Count], *, shares: bool = False) -> None:
        # Of a table of one's own every row is a count; in counts.csv the allocated ones are shares
        # of a longer one that stands beside them.
        self._shares = shares
        self.runs: list[Run] = []
        self._openings: list[int] = []
        self._joined: dict[int, int] = {}
        self.sources: dict[int, str] = {}
        """The source of each knot inside a period, by day."""
        for count in counts:
            self._add(count)

    def _add(self, count: Count) -> None:
        inside = self._inside(count.opening, count.closing)
        strangers = [run for run in inside if not _alike(run.count, count)]
        if count.year and strangers and not _plausible(inside, count):
            if any(run.count.rank <= count.rank for run in strangers):
                return
            self.runs = [run for run in self.runs if run not in strangers]
            self._openings = [run.opening for run in self.runs]
            inside = self._inside(count.opening, count.closing)
        gaps = _gaps(inside, count.opening, count.closing)
        if not gaps:
            self._refine(count)
            return
        astride = [day for day in (count.opening, count.closing) if self._cuts(day)]
        strange = any(not _alike(run.count, count) for run in inside)
        left = count.deaths - sum(run.share(count.opening, count.closing) for run in inside)
        if left < 0 or (strange and (astride or not count.year)):
            return
        for day in astride:
            self._cut(day)
        length = sum(closing - opening for opening, closing in gaps)
        for opening, closing in gaps:
            share = (closing - opening) / length
            part = count
            if inside:
                exact = len(gaps) == 1 and not astride
                part = Count(opening, closing, left * share, left * share, left * share,
                             count.agency, "derived" if exact else ALLOCATED, count.sources,
                             count.rank, count.year)  # fmt: skip
            self._insert(Run(opening, closing, part.deaths, part))
        if self._shares or count.status != ALLOCATED:
            self._join(count.opening, count.closing)

    def _refine(self, count: Count) -> None:
        """Add the date up to which, or from which, a row counts, where it fits."""
        if count.status not in (*COUNTED, ""):
            return
        known = [not self._cuts(count.opening), not self._cuts(count.closing)]
        if all(known):
            if abs(self._between(count.opening, count.closing) - count.deaths) < 1e-9:
                self._join(count.opening, count.closing)
            return
        if not any(known):
            return
        new = count.closing if known[0] else count.opening
        run = self._run(new)
        if not _alike(run.count, count):
            return
        if known[0]:
            before = count.deaths - self._between(count.opening, run.opening)
        else:
            before = run.deaths - (count.deaths - self._between(run.closing, count.closing))
        if 0 <= before <= run.deaths:
            self._cut(new, before)
            self._join(count.opening, count.closing)
            self.sources[new] = count.sources

    def _run(self, day: int) -> Run:
        """The last run that begins on a day or before it."""
        return self.runs[max(bisect_right(self._openings, day) - 1, 0)]

    def _cuts(self, day: int) -> bool:
        """Whether a day lies inside a run, its first day apart."""
        return bool(self.runs) and self._run(day).opening < day < self._run(day).closing

    def _cut(self, day: int, before: float | None = None) -> None:
        """Make two runs of the one around a day, by its days unless deaths before it are known."""
        run = self._run(day)
        if before is None:
            before = run.share(run.opening, day)
        rest = Run(day, run.closing, run.deaths - before, run.count)
        run.closing, run.deaths = day, before
        self._insert(rest)

    def _inside(self, opening: int, closing: int) -> list[Run]:
        """Runs that share days with a period."""
        first = max(bisect_right(self._openings, opening) - 1, 0)
        last = bisect_right(self._openings, closing - 1)
        return [run for run in self.runs[first:last] if run.closing > opening]

    def _between(self, opening: int, closing: int) -> float:
        """Deaths between two knots."""
        return sum(run.deaths for run in self._inside(opening, closing))

    def _insert(self, run: Run) -> None:
        at = bisect_right(self._openings, run.opening)
        self._openings.insert(at, run.opening)
        self.runs.insert(at, run)

    def _join(self, one: int, other: int) -> None:
        """Say that the deaths between two days were counted."""
        a, b = self._root(one), self._root(other)
        self._joined[max(a, b)] = min(a, b)

    def _root(self, day: int) -> int:
        self._joined.setdefault(day, day)
        while self._joined[day] != day:
            day = self._joined[day]
        return day

    def groups(self, days: Days) -> Days:
        """Number of the group of each knot, counted from one another; -1 where nothing was."""
        roots = [self._root(int(day)) if int(day) in self._joined else -1 for day in days]
        names: dict[int, int] = {}
        for root, knots in Counter(roots).items():
            if root != -1 and knots > 1:
                names[root] = len(names)
        return np.asarray([names.get(root, -1) for root in roots], dtype=np.int64)


def _alike(one: Count, other: Count) -> bool:
    """Whether two counts are of one agency; what does not name one is of any."""
    return one.agency == other.agency or not one.agency or not other.agency


def _plausible(inside: list[Run], year: Count) -> bool:
    """Whether counts of other agencies fit the total of a calendar year.

    Where they count all its days they differ by a twentieth at most; else they leave over between
    half and twice as many deaths a day as they count (within ten deaths: chance moves few more).
    """
    counted = sum(run.share(year.opening, year.closing) for run in inside)
    days = sum(closing - opening for opening, closing in _gaps(inside, year.opening, year.closing))
    left = year.deaths - counted
    if days == 0:
        return abs(left) <= max(year.deaths / 20, 5)
    expected = counted * days / (year.closing - year.opening - days)
    return max(expected / 2 - 10, 0) <= left <= 2 * expected + 10


def _gaps(runs: list[Run], opening: int, closing: int) -> list[tuple[int, int]]:
    """Days of a period that no run has, as stretches."""
    edges = [opening, *(run.closing for run in runs)]
    begins = [*(run.opening for run in runs), closing]
    return [(edge, begin) for edge, begin in zip(edges, begins, strict=True) if begin > edge]
