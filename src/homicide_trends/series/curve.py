"""The one curve: deaths and person-time of a place between any two days, from a chosen source.

Cumulative deaths run through every date up to which the source counted (a *knot*). Between two
knots deaths are shared out evenly by days, and whoever asks is told how large that share is.
Periods add up, and a period's deaths never depend on what else is asked. Which counts make the
curve is said in ``counted``; what another agency reported for exactly some period is no part of
it, and ``reported`` has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import (
    EPOCH,
    DateLike,
    Window,
    day_numbers,
    days_of,
)
from ..language import N_, _
from ..tables.load import DataError, Folder, load_population
from .counted import ALLOCATED
from .counts import COLUMNS
from .population import Course, PersonTime, numbers

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]
Dates: TypeAlias = Any
"""A day, a month or a year, or an array, Series or index of them."""

WHOLE = N_("sum of whole periods")
PIECES = N_("cut periods from reported counts")
SHARED = N_("cut periods allocated by days")
STATUSES = ("final", "derived", "preliminary", "rounded", "allocated", "doubtful")


class MissingPeriods(DataError):  # noqa: N818 - it names what is missing
    """Some days of a period have no count, or no population."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DailyCurve:
    """Deaths and person-years of one place between any two days, both counted.

    ``knots`` (``date, deaths, group, source``) holds the curve: cumulative deaths at the
    beginning of ``date``, straight lines in between. The difference of two knots of the same
    ``group`` was counted; group -1 is a bend at which no count begins or ends. ``gaps``
    (``start, end``) are days without a count. ``counted`` has a row a counted period: ``start,
    end, days, deaths, deaths_low, deaths_high, agency, status, sources``. ``population`` has
    ``year, population`` of ``population_series``. These few numbers are the whole curve.

    >>> from homicide_trends.series import daily_curve
    >>> curve = daily_curve("SLV")
    >>> float(curve.deaths("2012-03-01", "2012-03-31"))
    255.0
    >>> curve.deaths(["2012-03-09", "2012-04"], ["2012-03-31", "2012-04"]).tolist()
    [142.0, 156.0]
    """

    place: str
    agency: str
    measure: str
    population_series: str | None
    knots: pd.DataFrame
    gaps: pd.DataFrame
    counted: pd.DataFrame
    population: pd.DataFrame
    _deaths: Course
    _low: Course
    _high: Course
    _time: PersonTime
    _group: Days

    def __repr__(self) -> str:
        first, last = self.counted["start"].iloc[0], self.counted["end"].iloc[-1]
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        return f"DailyCurve({self.place!r}, agency={self.agency!r}, {span})"

    def deaths(self, starts: Dates, ends: Dates) -> Floats:
        """Deaths from each start to each end, both days counted; NaN where a day has no count.

        Months and years are whole periods: as a start the first day, as an end the last.
        """
        return self._deaths.between(*numbers(starts, ends))

    def person_years(self, starts: Dates, ends: Dates) -> Floats:
        """Person-years lived from each start to each end; NaN where a day has no population.

        The population grows evenly between the middles of two years, and each estimate serves its
        whole year, the first and the last on file too; ``PersonTime`` has the rule.
        """
        return self._time.person_years(starts, ends)

    def shared(self, starts: Dates, ends: Dates) -> Floats:
        """The share, 0 to 1, of each period's deaths that had to be shared out by days.

        0 where the source counted from just this start to just this end; NaN without a count.
        What was counted inside the period, between two knots of one group, is not shared out.
        """
        opening, closing = numbers(starts, ends)
        deaths = self._deaths.between(opening, closing)
        values, first = self._deaths.values, self._deaths.opening
        days = np.arange(len(values))
        a = np.clip(opening - first, 0, len(values) - 1)
        b = np.clip(closing - first, 0, len(values) - 1)
        exact = np.zeros(deaths.shape)
        for group in np.unique(self._group[self._group >= 0]):
            member = self._group == group
            following = np.where(member, days, len(days))
            following = np.minimum.accumulate(following[::-1])[::-1][a]
            before = np.maximum.accumulate(np.where(member, days, -1))[b]
            inside = following < before
            between = values[np.where(inside, before, 0)] - values[np.where(inside, following, 0)]
            exact = np.maximum(exact, np.where(inside, between, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(deaths > 0, 1 - exact / deaths, 0.0)
        # A difference in the last digit is no sharing.
        share = np.where(share < 1e-12, 0.0, share)
        return np.asarray(np.where(np.isnan(deaths), np.nan, share))

    def missing(self, start: DateLike, end: DateLike) -> pd.DataFrame:
        """Days of a period that lack a count or a population: ``what, start, end, days``.

        ``what`` is ``count`` or ``population``; no rows where nothing lacks.

        >>> from homicide_trends.series import daily_curve
        >>> daily_curve("SLV").missing("2024-09", "2025-01")[["what", "days"]].values.tolist()
        [['count', 123], ['population', 31]]
        """
        days = _every_day(start, end)
        lacking = {"count": self._deaths.lacking(days)}
        if self.population_series is not None:
            lacking["population"] = self._time.years.lacking(days)
        rows = [
            (what, date(run[0]), date(run[-1]), len(run))
            for what, found in lacking.items()
            for run in stretches(found)
        ]
        return pd.DataFrame(rows, columns=["what", "start", "end", "days"])

    def require(self, *periods: Window, population: bool = True) -> None:
        """Refuse periods of which a day lacks a count, or a population where one is asked for.

        Raises MissingPeriods with the days that lack and what to add.
        """
        for period in periods:
            start, end = days_of(period, "window")
            table = self.missing(start, end)
            for what, rows in table.groupby("what", sort=True):
                said = {
                    "spans": _spans(rows), "start": start.date(), "end": end.date(),
                    "place": self.place, "agency": self.agency,
                }  # fmt: skip
                if what == "count":
                    raise MissingPeriods(_no_count(said))
                if population:
                    lacking = pd.concat([rows["start"], rows["end"]]).dt.year
                    years = range(lacking.min(), lacking.max() + 1)
                    known = set(self.population["year"])
                    raise MissingPeriods(
                        _(
                            "no population of {series} for {spans} in the period {start} to {end}: "
                            "add rows of {place} for {years} to population.csv, choose another "
                            "series, or compare deaths a day",
                            series=self.population_series,
                            years=", ".join(str(year) for year in years if year not in known),
                            **said,
                        )
                    )

    def total(self, starts: Dates, ends: Dates) -> pd.DataFrame:
        """Deaths and person-time of periods, one row each, and what they rest on.

        Columns: ``place, start, end`` (inclusive), ``days, deaths, deaths_low, deaths_high``
        (sums of the lowest and of the highest figures, no confidence limits), ``agency, status``
        (``allocated`` where deaths were shared out by days, ``missing`` without a count, else the
        distinct ones), ``sources, population`` (mean over the days), ``person_years,
        population_series, deaths_method``, and ``shared`` as above.

        >>> from homicide_trends.series import daily_curve
        >>> row = daily_curve("SLV").total("2012-03-09", "2012-04").iloc[0]
        >>> float(row["deaths"]), row["deaths_method"]
        (298.0, 'cut periods from reported counts; sum of whole periods')
        """
        opening, closing = (np.atleast_1d(days) for days in numbers(starts, ends))
        opening, closing = np.broadcast_arrays(opening, closing)
        period = opening, closing
        start, last = dates(opening), dates(closing - 1)
        table = pd.DataFrame(
            {
                "place": self.place,
                "start": start,
                "end": last,
                "days": closing - opening,
                "deaths": self._deaths.between(*period),
                "deaths_low": self._low.between(*period),
                "deaths_high": self._high.between(*period),
                "population": self._time.days.between(*period) / (closing - opening),
                "person_years": self._time.years.between(*period),
                "population_series": self.population_series or "",
                "shared": self.shared(start, last),
            }
        )
        starts, ends = numbers(self.counted["start"], self.counted["end"])
        knots = {
            int(day): str(source)
            for day, group, source in zip(
                day_numbers(self.knots["date"], "date"), self.knots["group"], self.knots["source"],
                strict=True,
            )
            if group >= 0
        }  # fmt: skip
        words = []
        for a, b, share in zip(opening, closing, table["shared"], strict=True):
            inside = slice(np.searchsorted(ends, a, side="right"), np.searchsorted(starts, b))
            cuts = []
            if not np.isnan(share):
                cuts = [int(a)] * int(starts[inside][0] < a) + [int(b)] * int(ends[inside][-1] > b)
            words.append(self._words(self.counted[inside], cuts, int(a), float(share), knots))
        for n, name in enumerate(("agency", "status", "sources", "deaths_method")):
            table[name] = [each[n] for each in words]
        return table[[*COLUMNS, "deaths_method", "shared"]]

    def months(self, start: DateLike, end: DateLike) -> pd.DataFrame:
        """A row a calendar month from start to end, whose ends may cut the first and the last.

        Columns as in ``total``; a month without a count has ``deaths`` missing.

        >>> from homicide_trends.series import daily_curve
        >>> table = daily_curve("SLV").months("2010-01", "2010-03")
        >>> table[["deaths", "status"]].round(1).values.tolist()
        [[392.0, 'final'], [333.0, 'allocated'], [368.7, 'allocated']]
        """
        first, last = days_of((start, end), "window")
        return self._rows(first, last, pd.date_range(first, last, freq="MS"))

    def observed(self) -> pd.DataFrame:
        """What was observed of the curve, a row each: ``start, end, days, deaths, person_years``.

        Months that are shares of one longer count are that one count, because the days of a count
        say nothing about each other; a month with a date inside up to which the source counted is
        two. Limits and models of scatter take these rows.

        >>> from homicide_trends.series import daily_curve
        >>> table = daily_curve("SLV").observed()
        >>> table.loc[table["start"].between("2012-02-28", "2012-04-01"), "deaths"].tolist()
        [113.0, 79.0, 63.0, 156.0]
        >>> table.loc[table["start"] == "2010-02-01", ["days", "deaths"]].values.tolist()
        [[150.0, 1784.0]]
        """
        rows = self.counted
        shared = rows["status"].eq(ALLOCATED)
        follows = shared & shared.shift(fill_value=False)
        follows &= rows["sources"].eq(rows["sources"].shift())
        follows &= rows["start"] == rows["end"].shift() + pd.Timedelta(days=1)
        opening, closing = numbers(rows["start"], rows["end"])
        first, last = opening[~follows], closing[~follows.shift(-1, fill_value=False)]
        knots = day_numbers(self.knots["date"], "date")
        group = dict(zip(knots.tolist(), self.knots["group"], strict=True))
        inside = np.setdiff1d(knots[self.knots["group"] >= 0], opening)
        at = np.searchsorted(first, inside, side="right") - 1
        within = [
            day
            for day, row in zip(inside.tolist(), at.tolist(), strict=True)
            if row >= 0
            and day < last[row]
            and group[day] in (group[int(first[row])], group[int(last[row])])
        ]
        starts = dates(np.unique([*first, *within]))
        ends = dates(np.unique([*last, *within]) - 1)
        return pd.DataFrame(
            {
                "start": starts,
                "end": ends,
                "days": (ends - starts).days + 1,
                "deaths": self.deaths(starts, ends),
                "person_years": self.person_years(starts, ends),
            }
        )

    def covering(self, *periods: Window, complete: bool = True, margin: int = 0) -> pd.DataFrame:
        """An even table that covers some periods, to be drawn: months where the source has them.

        Where fewer than half of the needed days were counted by the month or finer, the rows are
        years, or else the counted periods. A row with a knot inside is cut where one of the
        periods begins or ends. ``complete=False`` is content with counts for half of the days,
        and with no population.
        ``margin`` adds so many months after the last period, as far as counts go. Raises
        MissingPeriods when counts are missing.

        >>> from homicide_trends.series import daily_curve
        >>> before, after = ("2011-03", "2012-02"), ("2012-03", "2013")
        >>> len(daily_curve("SLV").covering(before, after))
        34
        """
        spans = [days_of(period, "a period") for period in periods]
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        days = np.unique(np.concatenate([_every_day(start, end) for start, end in spans]))
        lacking = len(self._deaths.lacking(days))
        if complete or lacking > len(days) / 2:
            self.require(*periods, population=complete)
        reach = max(last, min(last + pd.DateOffset(months=margin), self.counted["end"].iloc[-1]))
        bounds = self._bounds(first, reach, days[~np.isin(days, self._deaths.lacking(days))])
        edges = {day for start, end in spans for day in (start, end + pd.Timedelta(days=1))}
        bounds = sorted({*bounds, *self._cutting(sorted(bounds), edges)})
        return self._rows(bounds[0], bounds[-1] - pd.Timedelta(days=1), bounds)

    def _bounds(self, first: pd.Timestamp, last: pd.Timestamp, known: Days) -> list[pd.Timestamp]:
        """Where even rows begin: months, else calendar years, else the counted periods."""
        fine = self.counted[self.counted["days"] <= 31]
        counted = [_every_day(row.start, row.end) for row in fine.itertuples()]
        rows = self.counted[(self.counted["end"] >= first) & (self.counted["start"] <= last)]
        if 2 * np.isin(known, np.concatenate([known[:0], *counted])).sum() >= len(known):
            step = "M"
        elif (rows["days"] >= 365).any():
            step = "Y"
        else:
            return [*rows["start"], *(rows["end"] + pd.Timedelta(days=1))]
        even = pd.period_range(first.to_period(step), last.to_period(step), freq=step)
        return [*even.start_time, even[-1].end_time.normalize() + pd.Timedelta(days=1)]

    def with_population(self, series: str | None, *, data: Folder | None = None) -> DailyCurve:
        """The same deaths over another population series, or over none."""
        years = estimates_of(self.place, series, data)
        time = PersonTime.of_years(years)
        return replace(self, population_series=series, population=years, _time=time)

    def _cutting(
        self, bounds: list[pd.Timestamp], edges: Iterable[pd.Timestamp]
    ) -> list[pd.Timestamp]:
        """Edges inside a row of which some part was counted: elsewhere sharing by days will do."""
        knots = self.knots["date"].to_numpy()
        found = []
        for edge in edges:
            around = [pair for pair in pairwise(bounds) if pair[0] < edge < pair[1]]
            if around and ((knots > around[0][0]) & (knots < around[0][1])).any():
                found.append(edge)
        return found

    def _rows(
        self, first: pd.Timestamp, last: pd.Timestamp, bounds: Iterable[pd.Timestamp]
    ) -> pd.DataFrame:
        """Rows from a day to another, a new one at each bound between them."""
        after = last + pd.Timedelta(days=1)
        edges = [first, *sorted({day for day in bounds if first < day < after}), after]
        starts = pd.DatetimeIndex(edges[:-1])
        return self.total(starts, pd.DatetimeIndex(edges[1:]) - pd.Timedelta(days=1))

    def _words(
        self,
        rows: pd.DataFrame,
        cuts: list[int],
        opening: int,
        share: float,
        knots: dict[int, str],
    ) -> tuple[str, str, str, str]:
        """Agency, status, sources and method of a period that cuts the first or last of rows."""
        if np.isnan(share):
            return "", "missing", "", ""
        known = [knots[day] for day in cuts if day in knots]
        ways = [PIECES if day in knots else SHARED for day in cuts]
        # One row may be cut at both ends.
        if len(rows) > len(cuts):
            ways.insert(1 if opening in cuts else 0, WHOLE)
        if share > 0 and SHARED not in ways:
            ways.append(SHARED)
        statuses = {status for text in rows["status"] for status in text.split("; ") if status}
        if known:
            statuses.add("derived")
        status = "; ".join(sorted(statuses, key=lambda word: (_rank(word), word)))
        return (
            joined(rows["agency"], "; "),
            ALLOCATED if share > 0 or ALLOCATED in statuses else status,
            joined([*rows["sources"], *known], ";"),
            "; ".join(dict.fromkeys(ways)),
        )


def estimates_of(place: str, series: str | None, data: Folder | None) -> pd.DataFrame:
    """Estimates of a population by year: ``year, population``; none for ``None``."""
    if series is None:
        return pd.DataFrame({"year": [], "population": []})
    known = load_population(series=series, data=data)
    known = known[known["place"] == place].sort_values("year", kind="stable")
    return known[["year", "population"]].reset_index(drop=True)


def _no_count(said: dict[str, Any]) -> str:
    if not said["place"]:
        return _("no count for {spans} in the period {start} to {end}", **said)
    return _(
        "no count for {spans} in the period {start} to {end}: choose other dates or another "
        "agency, or add counts of {place} for these days to counts.csv",
        **said,
    )


def _spans(rows: pd.DataFrame) -> str:
    return ", ".join(
        _("{first} to {last}", first=row.start.date(), last=row.end.date())
        for row in rows.itertuples()
    )


def date(number: int) -> pd.Timestamp:
    """The day that is so many days after 1 January 1970."""
    return EPOCH + pd.Timedelta(days=int(number))


def dates(numbers: Days) -> pd.DatetimeIndex:
    """The days that are so many days after 1 January 1970."""
    return pd.DatetimeIndex(np.asarray(numbers).astype("datetime64[D]").astype("datetime64[us]"))


def stretches(days: Days) -> list[Days]:
    """Days in order, as stretches without a gap."""
    if not len(days):
        return []
    return np.split(days, np.flatnonzero(np.diff(days) > 1) + 1)


def _every_day(start: DateLike, end: DateLike) -> Days:
    """Number of each day from one to another, both counted."""
    opening, closing = numbers(start, end)
    return np.arange(int(opening), int(closing))


def _rank(status: str) -> int:
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def joined(texts: Iterable[str], separator: str) -> str:
    """The distinct members of separated lists, in order, as one list."""
    members = (member.strip() for text in texts for member in text.split(separator.strip()))
    return separator.join(dict.fromkeys(member for member in members if member))
