"""The one curve: deaths and person-time of a place between any two days, from a chosen source.

Cumulative deaths run through every date up to which the source counted (a *knot*). Between two
knots deaths are shared out evenly by days, and whoever asks is told how large that share is.
Periods add up, and a period's deaths never depend on what else is asked.

Which rows of ``counts.csv`` make the curve, each day being counted once:

1. whole calendar months, the preferred figure of each (see ``monthly_series``);
2. longer spans of whole months, the shorter first, calendar years among them: they count the
   days that have no count yet, as what they leave over after those that have. Only a calendar
   year may leave over from counts of another agency;
3. any other dates of the same agency, for the days that have no count and for knots inside a
   period, where the figure fits between the knots around it.

Doubtful counts and weak sources are left out. What another agency reported for exactly some
period is no part of the curve: ``reported`` has it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import EPOCH, day_numbers
from ..language import _
from ..tables.folders import DataError, Folder, closest
from ..tables.load import (
    load_agencies,
    load_counts,
    load_population,
    load_sources,
    place_name,
)
from .counts import PREFERRED, QUALITY, _ranked

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]
Dates: TypeAlias = Any
"""A day, a month or a year, or an array, Series or index of them."""

EXACT = ("final", "derived", "rounded")
KNOTS = ["date", "deaths", "group", "source"]
PERIODS = ["start", "end", "days", "deaths", "deaths_low", "deaths_high", "agency", "status",
           "sources"]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class DailyCurve:
    """Deaths and person-years of one place between any two days, both counted.

    ``knots`` (``date, deaths, group, source``) holds the curve: cumulative deaths at the
    beginning of ``date``, straight lines in between. The difference of two knots of the same
    ``group`` was counted; group -1 is a bend at which no count begins or ends. ``gaps``
    (``start, end``) are days without a count. ``counted`` has a row a counted period: ``start,
    end, days, deaths, deaths_low, deaths_high, agency, status, sources``. ``population`` has
    ``year, population`` of ``population_series``.

    >>> curve = daily_curve("SLV")
    >>> float(curve.deaths("2012-03-01", "2012-03-31"))
    255.0
    >>> curve.deaths(["2012-03-09", "2012-04-01"], ["2012-03-31", "2012-04-30"]).tolist()
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
    _opening: int
    _deaths: Floats
    _uncounted: Days
    _group: Days
    _lived_from: int
    _lived: Floats

    def __repr__(self) -> str:
        first, last = self.counted["start"].iloc[0], self.counted["end"].iloc[-1]
        span = f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        return f"DailyCurve({self.place!r}, agency={self.agency!r}, {span})"

    def deaths(self, starts: Dates, ends: Dates) -> Floats:
        """Deaths from each start to each end, both days counted; NaN where a day has no count.

        Months and years are whole periods: as a start the first day, as an end the last.
        """
        a, b, inside = self._within(starts, ends)
        known = inside & (self._uncounted[b] == self._uncounted[a])
        return np.asarray(np.where(known, self._deaths[b] - self._deaths[a], np.nan))

    def person_years(self, starts: Dates, ends: Dates) -> Floats:
        """Person-years lived from each start to each end; NaN where a day has no population.

        A calendar year has lived as many person-years as its middle-of-year estimate says, the
        first and the last on file too; ``person_time`` has the rule within the year.
        """
        a, b = _opening_days(starts) - self._lived_from, _closing_days(ends) - self._lived_from
        last = len(self._lived) - 1
        inside = (a >= 0) & (b <= last) & (b > a)
        a, b = np.clip(a, 0, last), np.clip(b, 0, last)
        return np.asarray(np.where(inside, self._lived[b] - self._lived[a], np.nan))

    def shared(self, starts: Dates, ends: Dates) -> Floats:
        """The share, 0 to 1, of each period's deaths that had to be shared out by days.

        0 where the source counted from just this start to just this end; NaN without a count.
        """
        a, b, inside = self._within(starts, ends)
        deaths = self.deaths(starts, ends)
        exact = np.zeros(np.broadcast(a, b).shape)
        days = np.arange(len(self._group))
        for group in np.unique(self._group[self._group >= 0]):
            member = self._group == group
            following = np.where(member, days, len(days))
            following = np.minimum.accumulate(following[::-1])[::-1]
            before = np.maximum.accumulate(np.where(member, days, -1))
            first, last = following[a], before[b]
            whole = first < last
            between = (
                self._deaths[np.where(whole, last, 0)] - self._deaths[np.where(whole, first, 0)]
            )
            exact = np.maximum(exact, np.where(whole, between, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(deaths > 0, 1 - exact / deaths, 0.0)
        # A difference in the last digit is no sharing.
        share = np.where(np.abs(share) < 1e-12, 0.0, share)
        return np.asarray(np.where(np.isnan(deaths), np.nan, share))

    def missing(self, start: Dates, end: Dates) -> pd.DataFrame:
        """Days of a period that lack a count or a population: ``what, start, end, days``.

        ``what`` is ``count`` or ``population``; no rows where nothing lacks.
        """
        first, last = int(_opening_days(start)), int(_closing_days(end))
        wanted = np.arange(first, last)
        at = np.clip(wanted - self._opening, 0, max(len(self._uncounted) - 2, 0))
        counted = (wanted >= self._opening) & (wanted < self._opening + len(self._deaths) - 1)
        if len(self._uncounted) > 1:
            counted &= self._uncounted[at + 1] == self._uncounted[at]
        lacking = {"count": wanted[~counted]}
        if self.population_series is not None:
            lived = (wanted >= self._lived_from) & (
                wanted < self._lived_from + len(self._lived) - 1
            )
            lacking["population"] = wanted[~lived]
        rows = [
            (what, _date(run[0]), _date(run[-1]), len(run))
            for what, days in lacking.items()
            for run in np.split(days, np.flatnonzero(np.diff(days) > 1) + 1)
            if len(run)
        ]
        return pd.DataFrame(rows, columns=["what", "start", "end", "days"])

    def with_population(self, series: str | None, *, data: Folder | None = None) -> DailyCurve:
        """The same deaths over another population series, or over none."""
        years = _population(self.place, series, data)
        first, lived = person_time(years["year"], years["population"])
        return replace(
            self, population_series=series, population=years, _lived_from=first, _lived=lived
        )

    def _within(self, starts: Dates, ends: Dates) -> tuple[Days, Days, npt.NDArray[np.bool_]]:
        a, b = _opening_days(starts) - self._opening, _closing_days(ends) - self._opening
        last = len(self._deaths) - 1
        inside = (a >= 0) & (b <= last) & (b > a)
        return np.clip(a, 0, last), np.clip(b, 0, last), inside


def daily_curve(
    place: str,
    *,
    agency: str | Sequence[str] = PREFERRED,
    measure: str = "homicides",
    population_series: str | None = "WPP2024",
    weak: bool = False,
    data: Folder | None = None,
) -> DailyCurve:
    """The daily curve of deaths and person-time of a place.

    ``agency`` is ``"preferred"`` (the order of ``agencies.csv``), one agency, or a sequence of
    agencies, most preferred first. ``population_series=None`` joins no population; a series that
    has no year of the place gives no person-years, and ``missing`` says so. ``weak=True`` lets
    in sources without an address of their own.

    Raises DataError for an unknown place, agency, measure or population series, and when no
    count is on file.

    >>> curve = daily_curve("SLV")
    >>> round(float(curve.deaths("2012-03-11", "2012-12-28")), 2)
    1622.46
    >>> round(float(curve.shared("2012-03-11", "2012-12-28")), 3)
    0.135
    >>> round(float(curve.person_years("2011", "2011")))
    6090127
    """
    place_name(place, data=data)
    counts = load_counts(place, measure=measure, data=data)
    sources = load_sources(data=data).set_index("source_id")
    rows = counts[counts["status"] != "doubtful"]
    if not weak:
        rows = rows[rows["source_id"].map(sources["quality"]).ne("weak")]
    rows = _ranked(rows, agency, load_agencies(data=data))
    if rows.empty:
        raise DataError(
            _(
                "no {measure} for {places} from agency {agency!r}{hint}",
                measure=measure,
                places=place,
                agency=agency,
                hint=closest(str(agency), counts["agency"]),
            )
        )
    rows = rows.assign(published=rows["source_id"].map(sources["date"]))
    found = _Runs()
    for row in _best_rows(rows):
        found.add(row)
    years = _population(place, population_series, data)
    name = agency if isinstance(agency, str) else ", ".join(agency)
    return found.curve(place, name, measure, population_series, years)


def reported(
    place: str,
    start: Dates,
    end: Dates,
    *,
    measure: str = "homicides",
    weak: bool = False,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Counts that any agency reported for exactly these days, the preferred first.

    Columns ``place, start, end, days, deaths, agency, status, sources, note``; doubtful ones are
    left out. They stand beside the curve's number, which may be another.

    >>> reported("SLV", "2012-03-11", "2012-12-28")[["deaths", "agency"]].values.tolist()
    [[1608.0, 'presidency']]
    """
    first, last = _date(int(_opening_days(start))), _date(int(_closing_days(end)) - 1)
    counts = load_counts(place, measure=measure, data=data)
    sources = load_sources(data=data).set_index("source_id")
    rows = counts[
        (counts["start"] == first) & (counts["end"] == last) & (counts["status"] != "doubtful")
    ]
    if not weak:
        rows = rows[rows["source_id"].map(sources["quality"]).ne("weak")]
    rows = _ranked(rows, PREFERRED, load_agencies(data=data))
    rows = _in_order(rows.assign(published=rows["source_id"].map(sources["date"])))
    rows = rows.assign(
        deaths=rows["count"].astype(float), sources=rows["source_id"],
        days=(rows["end"] - rows["start"]).dt.days + 1,
    )  # fmt: skip
    return rows[["place", "start", "end", "days", "deaths", "agency", "status", "sources", "note"]]


def curves(
    place: str,
    *,
    measure: str = "homicides",
    population_series: str | None = "WPP2024",
    data: Folder | None = None,
) -> list[DailyCurve]:
    """The preferred curve, then one for each agency with counts of its own, in order of names.

    Doubtful counts and weak sources are left out; modelled deaths are in ``estimates.csv``.

    >>> [curve.agency for curve in curves("HND")][:2]
    ['preferred', 'UNODC']
    """
    chosen: dict[str, Any] = {
        "measure": measure, "population_series": population_series, "data": data,
    }  # fmt: skip
    found = [daily_curve(place, **chosen)]
    for agency in sorted(set(load_counts(place, measure=measure, data=data)["agency"])):
        try:
            found.append(daily_curve(place, agency=agency, **chosen))
        except DataError:
            continue
    return found


def person_time(years: Dates, people: Dates) -> tuple[int, Floats]:
    """Cumulative person-years at the beginning of each day, from a day (since 1970) on.

    ``people`` is the population in the middle of each of ``years``. A year with an estimate has
    lived just so many person-years, as published rates take it. Within the year they follow the
    population at each noon, which grows evenly (by the same factor a day) between two middles
    and stays before the first and after the last. A year without an estimate between others has
    the mean of those noons.

    >>> first, lived = person_time([2011, 2012], [365.0, 732.0])
    >>> _date(first), round(float(lived[365]), 9), round(float(lived[-1]), 9)
    (Timestamp('2011-01-01 00:00:00'), 365.0, 1097.0)
    """
    known = np.asarray(years, dtype=np.int64)
    order = np.argsort(known, kind="stable")
    known, number = known[order], np.asarray(people, dtype=float)[order]
    if not len(known):
        return 0, np.zeros(1)
    every = np.arange(known[0], known[-1] + 1)
    starts = _january(np.append(every, every[-1] + 1))
    middles = (_january(known) + _january(known + 1)) / 2
    days = np.arange(starts[0], starts[-1])
    noons = np.exp(np.interp(days + 0.5, middles, np.log(number)))
    sums = np.add.reduceat(noons, starts[:-1] - starts[0])
    lengths = np.diff(starts)
    lived = np.where(np.isin(every, known), 0.0, sums / lengths)
    lived[np.searchsorted(every, known)] = number
    return int(starts[0]), np.append(0.0, np.cumsum(noons * np.repeat(lived / sums, lengths)))


def _january(years: Any) -> Days:
    """Days from 1970 to 1 January of each year."""
    whole = np.asarray(years, dtype=np.int64) - 1970
    return whole.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _date(number: int) -> pd.Timestamp:
    return EPOCH + pd.Timedelta(days=int(number))


def _opening_days(values: Dates) -> Days:
    """Number, since 1970, of the first day of each date."""
    return day_numbers(values, "a period's start")


def _closing_days(values: Dates) -> Days:
    """Number of the day after the last of each date."""
    return day_numbers(values, "a period's end", end=True) + 1


def _population(place: str, series: str | None, data: Folder | None) -> pd.DataFrame:
    if series is None:
        return pd.DataFrame({"year": [], "population": []})
    known = load_population(series=series, data=data)
    known = known[known["place"] == place].sort_values("year", kind="stable")
    return known[["year", "population"]].reset_index(drop=True)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the preferred first, by the rule of ``monthly_series``."""
    return rows.assign(
        quality=rows["status"].map(QUALITY), derived=rows["status"].eq("derived"),
        order=range(len(rows)),
    ).sort_values(
        ["quality", "preference", "derived", "published", "order"],
        ascending=[True, True, True, False, True],
    )  # fmt: skip


def _best_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The preferred row of each period, in the order in which they make the curve."""
    keys = ["start", "end"]
    spread = rows.groupby(keys)["count"].agg(deaths_low="min", deaths_high="max")
    best = _in_order(rows).drop_duplicates(keys).join(spread, on=keys)
    months = (best["end"].dt.year - best["start"].dt.year) * 12 + (
        best["end"].dt.month - best["start"].dt.month + 1
    )
    whole = best["start"].dt.is_month_start & best["end"].dt.is_month_end
    year = whole & (months == 12) & (best["start"].dt.month == 1)
    days = (best["end"] - best["start"]).dt.days + 1
    usable = best["status"].isin(EXACT) | (whole & (months == 1)) | year
    best = best.assign(
        whole=whole, year=year, months=months.where(whole, 10**6), length=days,
        opening=(best["start"] - EPOCH).dt.days, closing=(best["end"] - EPOCH).dt.days + 1,
    )[usable]  # fmt: skip
    best = best.sort_values(["months", "closing", "length"], kind="stable")
    return [{str(name): value for name, value in row.items()} for row in best.to_dict("records")]


class _Runs:
    """Counted days as runs of evenly shared deaths, each row fitted in after the other."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.deaths: list[float] = []
        self.rows: list[dict[str, Any]] = []
        self.joined: dict[int, int] = {}
        self.sources: dict[int, str] = {}

    def add(self, row: dict[str, Any]) -> None:
        """Take in a row as far as it counts days that have no count, or a date inside a period."""
        opening, closing = row["opening"], row["closing"]
        gaps = self._gaps(opening, closing)
        if not gaps:
            self._refine(row)
            return
        inside = [n for n, start in enumerate(self.starts) if opening <= start < closing]
        if inside and self.ends[inside[-1]] > closing:
            return
        first = self._around(opening)
        if first is not None and self.starts[first] < opening:
            return
        if any(self.rows[n]["agency"] != row["agency"] for n in inside) and not row["year"]:
            return
        left = float(row["count"]) - sum(self.deaths[n] for n in inside)
        if left < 0:
            return
        length = sum(end - start for start, end in gaps)
        status = row["status"]
        if inside:
            status = "derived" if len(gaps) == 1 else "allocated"
        for start, end in gaps:
            part = left * (end - start) / length
            self._insert(start, end, part, {**row, "status": status, "total": part})
        if row["status"] != "allocated":
            self._join(opening, closing)

    def _refine(self, row: dict[str, Any]) -> None:
        """Add the date up to, or from, which a row counts, where it fits."""
        opening, closing, count = row["opening"], row["closing"], float(row["count"])
        if row["status"] not in EXACT:
            return
        ends = set(self.starts) | set(self.ends)
        if opening in ends and closing in ends:
            if abs(self._between(opening, closing) - count) < 1e-9:
                self._join(opening, closing)
            return
        for known, new, way in ((opening, closing, 1), (closing, opening, -1)):
            if known not in ends or new in ends:
                continue
            n = self._around(new)
            if n is None or self.rows[n]["agency"] != row["agency"]:
                return
            if way == 1:
                part = count - self._between(known, self.starts[n])
            else:
                part = self.deaths[n] - (count - self._between(self.ends[n], known))
            if 0 <= part <= self.deaths[n]:
                self._cut(n, new, part)
                self._join(opening, closing)
                self.sources.setdefault(new, str(row["source_id"]))

    def _around(self, day: int) -> int | None:
        """The run that holds a day."""
        n = bisect_right(self.starts, day) - 1
        return n if n >= 0 and day < self.ends[n] else None

    def _between(self, opening: int, closing: int) -> float:
        """Deaths between two ends of runs, with nothing missing between them."""
        return sum(
            deaths
            for start, deaths in zip(self.starts, self.deaths, strict=True)
            if opening <= start < closing
        )

    def _gaps(self, opening: int, closing: int) -> list[tuple[int, int]]:
        gaps, at = [], opening
        for start, end in zip(self.starts, self.ends, strict=True):
            if end <= opening or start >= closing:
                continue
            if start > at:
                gaps.append((at, start))
            at = max(at, end)
        if at < closing:
            gaps.append((at, closing))
        return gaps

    def _insert(self, start: int, end: int, deaths: float, row: dict[str, Any]) -> None:
        n = bisect_right(self.starts, start)
        self.starts.insert(n, start)
        self.ends.insert(n, end)
        self.deaths.insert(n, deaths)
        self.rows.insert(n, row)

    def _cut(self, n: int, day: int, part: float) -> None:
        rest, end = self.deaths[n] - part, self.ends[n]
        self.ends[n], self.deaths[n] = day, part
        self._insert(day, end, rest, self.rows[n])

    def _join(self, one: int, other: int) -> None:
        """Say that the deaths between two days were counted."""
        a, b = self._root(one), self._root(other)
        self.joined[max(a, b)] = min(a, b)

    def _root(self, day: int) -> int:
        self.joined.setdefault(day, day)
        while self.joined[day] != day:
            day = self.joined[day]
        return day

    def curve(
        self, place: str, agency: str, measure: str, series: str | None, years: pd.DataFrame
    ) -> DailyCurve:
        """The curve of all that was taken in."""
        starts, ends = np.array(self.starts), np.array(self.ends)
        opening, closing = int(starts[0]), int(ends[-1])
        covered = np.zeros(closing - opening, dtype=bool)
        for start, end in zip(starts, ends, strict=True):
            covered[start - opening : end - opening] = True
        days = np.unique(np.append(starts, ends))
        steps = np.zeros(len(days) - 1)
        steps[np.searchsorted(days, starts)] = self.deaths
        values = np.append(0.0, np.cumsum(steps))
        whole = np.round(values)
        values = np.where(np.abs(values - whole) < 1e-9, whole, values)
        roots = [self._root(int(date)) if int(date) in self.joined else -1 for date in days]
        sizes = pd.Series(roots).value_counts()
        names = {root: n for n, root in enumerate(sorted(r for r in sizes.index if r != -1))}
        groups = np.array([names.get(root, -1) if sizes[root] > 1 else -1 for root in roots])
        grid = np.arange(opening, closing + 1)
        group = np.full(len(grid), -1, dtype=np.int64)
        group[days - opening] = groups
        holes = np.flatnonzero(~covered)
        runs = np.split(holes, np.flatnonzero(np.diff(holes) > 1) + 1) if len(holes) else []
        first, lived = person_time(years["year"], years["population"])
        return DailyCurve(
            place=place, agency=agency, measure=measure, population_series=series,
            knots=pd.DataFrame({
                "date": [_date(n) for n in days], "deaths": values, "group": groups,
                "source": [self.sources.get(int(n), "") for n in days],
            }),
            gaps=pd.DataFrame(
                [(_date(run[0] + opening), _date(run[-1] + opening)) for run in runs],
                columns=["start", "end"],
            ),
            counted=self._counted(),
            population=years,
            _opening=opening,
            _deaths=np.interp(grid, days, values),
            _uncounted=np.append(0, np.cumsum(~covered)).astype(np.int64),
            _group=group,
            _lived_from=first,
            _lived=lived,
        )  # fmt: skip

    def _counted(self) -> pd.DataFrame:
        """A row for each counted period, knots inside it apart."""
        rows: list[dict[str, Any]] = []
        last: dict[str, Any] | None = None
        for start, end, deaths, row in zip(
            self.starts, self.ends, self.deaths, self.rows, strict=True
        ):
            if row is last and rows[-1]["closing"] == start:
                rows[-1]["closing"], rows[-1]["deaths"] = end, rows[-1]["deaths"] + deaths
                continue
            last = row
            rows.append({"opening": start, "closing": end, "deaths": deaths, "row": row})
        table = []
        for each in rows:
            row, deaths = each["row"], each["deaths"]
            reported_whole = each["deaths"] == row["count"]
            table.append({
                "start": _date(each["opening"]), "end": _date(each["closing"] - 1),
                "days": each["closing"] - each["opening"], "deaths": deaths,
                "deaths_low": float(row["deaths_low"]) if reported_whole else deaths,
                "deaths_high": float(row["deaths_high"]) if reported_whole else deaths,
                "agency": row["agency"], "status": row["status"], "sources": row["source_id"],
            })  # fmt: skip
        return pd.DataFrame(table, columns=PERIODS)
