"""What can be chosen for a comparison in a place: who counted, populations, events, baselines.

Both explorers, the page in the browser and the panel in JupyterLab, are made from it, so that
they offer the same choices and get the same numbers.

>>> explored = explore_place("SLV")
>>> explored.curves["preferred"].deaths("2012-01-01", "2012-03-08")
array(926.)
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..arguments import EPOCH, choice
from ..language import _
from ..rates.period_limits import limits_of_pairs
from ..series.curve import DailyCurve
from ..series.periods import days_compared
from ..series.population import PersonTime
from ..tables.folders import Folder
from ..tables.load import (
    DataError,
    load_counts,
    load_events,
    load_population,
    load_sources,
    place_name,
)
from .comparisons import METHODS, PLAIN, Baseline, estimates, expected_by_years, limits_of
from .evidence import Counted, Evidence, Lived
from .options import before
from .result import (
    ALL_BEFORE,
    PREVIOUS_YEAR,
    THREE_YEARS,
    YEAR_BEFORE,
    ClaimResult,
    Reading,
    ReadingResult,
)

MEASURES = ("percent_decline", "percent_increase", "averted_deaths", "homicide_rate", "daily_mean",
            "homicides", "rate_ratio")  # fmt: skip
"""Measures that counts over time answer; a list, a rank or a share is another matter."""

FEWEST_PERIODS = 2
"""Counted periods of an agency of its own: with fewer nothing can be compared."""

FEWEST_MONTHS = 3
"""Dates counted up to since January of the year before: with fewer years alone are compared."""

WITHIN = 62
"""Days after an event within which a period that begins is compared with what was before it."""

SHORTEST = 28
"""Days of a count that is worth standing beside another of nearly the same dates."""


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """A place with its curves by agency, the preferred one first.

    ``people`` has ``year, population`` by series; ``events`` has ``start, label``; ``anchors`` are
    the days from which interventions are counted; ``reported`` are single counts, whoever made
    them: ``start, end, count, agency``.
    """

    place: str
    name: str
    curves: dict[str, DailyCurve]
    people: dict[str, pd.DataFrame]
    anchors: list[pd.Timestamp]
    events: pd.DataFrame
    reported: pd.DataFrame

    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day with a count of anybody."""
        ends = [(each.knots["date"].iloc[0], each.knots["date"].iloc[-1])
                for each in self.curves.values()]  # fmt: skip
        first, last = min(a for a, _b in ends), max(b for _a, b in ends)
        return first, last - pd.Timedelta(days=1)

    def plain(self) -> dict[str, Any]:
        """The same as numbers and names for a script: days are those since 1970-01-01.

        What follows from the rest is left out: ``counted`` where each knot ends a counted period,
        ``groups`` where all knots are of one, years that follow each other.
        """
        return {
            "name": self.name,
            "anchors": [_day(each) for each in self.anchors],
            "events": [[_day(start), label] for start, label in self.events.to_numpy()],
            "sources": [_plain_curve(agency, curve) for agency, curve in self.curves.items()],
            "people": {
                series: {
                    **_years(years["year"].tolist()),
                    "people": [_short(value) for value in years["population"]],
                }
                for series, years in self.people.items()
            },
            "reported": [
                [_day(start), _day(end), _short(count), agency]
                for start, end, count, agency in self.reported.to_numpy()
            ],
        }


def _plain_curve(agency: str, curve: DailyCurve) -> dict[str, Any]:
    days = [_day(date) for date in curve.knots["date"]]
    groups = curve.knots["group"].tolist()
    counted = [[_day(a), _day(b)] for a, b in curve.observed()[["start", "end"]].to_numpy()]
    each = [[a, b - 1] for a, b in pairwise(days)]
    return {
        "key": agency,
        "days": days,
        "deaths": [_short(value) for value in curve.knots["deaths"]],
        "gaps": [[_day(a), _day(b)] for a, b in curve.gaps.to_numpy()],
        **({"groups": groups} if any(groups) else {}),
        **({"counted": counted} if counted != each else {}),
    }


def _years(years: list[int]) -> dict[str, Any]:
    whole = years == list(range(years[0], years[0] + len(years)))
    return {"first": years[0]} if whole else {"years": years}


def explore_place(
    place: str,
    *,
    named: Collection[str] = (),
    evidence: Evidence | None = None,
    data: Folder | None = None,
) -> Explored:
    """The choices that a place offers; DataError for an unknown place and one without counts.

    Of agencies with the same counts one is kept: those of ``named``, else the first.
    """
    evidence = evidence or Evidence(data)
    known, kept = evidence.curves(place), dict[str, DailyCurve]()
    for agency, curve in known.items():
        others = [known[other] for other in (*kept, *named) if other in known]
        new = agency in named or not any(_same(curve, other) for other in others)
        if not kept or (len(curve.counted) >= FEWEST_PERIODS and new):
            kept[agency] = curve
    if not kept:
        raise DataError(_("nothing to explore: no homicides of {place} on file", place=place))
    population = load_population(data=data)
    population = population[population["place"] == place].sort_values(["year"], kind="stable")
    events = load_events(place, data=data)
    labelled = events[events["label"].ne("") & events["label"].notna()]
    whole = events[events["role"] == "intervention"]
    return Explored(
        place,
        place_name(place, data=data),
        kept,
        {
            str(series): rows[["year", "population"]].reset_index(drop=True)
            for series, rows in population.groupby("series", sort=False)
        },
        sorted(pd.Timestamp(day) for day in whole["start"].unique()),
        labelled[["start", "label"]].reset_index(drop=True),
        _reported(place, list(kept.values()), data),
    )


def explore_places(
    results: Sequence[ReadingResult],
    *,
    evidence: Evidence | None = None,
    data: Folder | None = None,
) -> dict[str, Explored]:
    """The places of readings, with every agency that their comparisons name."""
    named = dict.fromkeys(str(name) for each in results for name in each.cells["source"])
    codes = dict.fromkeys(place for each in results for place in each.reading.places)
    evidence = evidence or Evidence(data)
    return {code: explore_place(code, named=named, evidence=evidence, data=data) for code in codes}


def explorable(reading: Reading) -> bool:
    """Whether a reading is of counts over time, in one place at a time."""
    alone = len(reading.places) == 1 or set(reading.places) <= set(reading.parts)
    return reading.measure in MEASURES and alone


def computed_readings(result: ClaimResult) -> list[ReadingResult]:
    """The readings of a claim that can be explored, the one whose verdict heads it first."""
    given = (result.told, result.first, result.second)
    found = {id(each): each for each in given if each is not None
             and explorable(each.reading) and len(each.cells)}  # fmt: skip
    return list(found.values())


def opening(found: ReadingResult) -> dict[str, Any]:
    """The comparison that is a reading by itself, as a row of its ``cells``.

    That of its last end with the first source, and the year before where no baseline is stated;
    of several populations for a level the one in the middle.
    """
    cells = found.cells[found.cells["votes"]]
    cells = cells[cells["end"] == cells["end"].max()]
    usual = cells[cells["baseline"] == YEAR_BEFORE]
    row = (usual if len(usual) else cells).iloc[0]
    if row["baseline"] == "":
        row = cells.sort_values("estimate", kind="stable").iloc[len(cells) // 2]
    return {str(name): value for name, value in row.items()}


def _reported(place: str, curves: list[DailyCurve], data: Folder | None) -> pd.DataFrame:
    """Solid counts of some length that are no counted period of a curve by itself."""
    counts = load_counts(place, measure="homicides", data=data)
    solid = counts["source_id"].map(load_sources(data=data).set_index("source_id")["quality"])
    long = (counts["end"] - counts["start"]).dt.days + 1 >= SHORTEST
    kept = counts[long & (counts["status"] != "doubtful") & solid.ne("weak")]
    columns = ["start", "end", "count", "agency"]
    kept = kept[columns].drop_duplicates(columns[:3])
    told = {
        (row["start"], row["end"], row["deaths"])
        for curve in curves
        for row in curve.counted[["start", "end", "deaths"]].to_dict("records")
    }
    again = [(a, b, n) in told for a, b, n, _agency in kept.to_numpy()]
    return kept[~np.array(again, dtype=bool)].reset_index(drop=True)


def _same(one: DailyCurve, other: DailyCurve) -> bool:
    columns = ["date", "deaths", "group"]
    return one.knots[columns].equals(other.knots[columns])


def _day(date: pd.Timestamp) -> int:
    return int((date - EPOCH).days)


def _short(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)


class Compared(NamedTuple):
    """Deaths and exposure (days or person-years) of a period and of its baseline.

    ``ratio_factor`` and ``count_factor`` are those by which chance may move the ratio of the two
    rates and the expected deaths (``rates.period_limits``); missing where nothing tells of it.
    ``expected`` are the deaths of the period at the rate of the baseline, or by another method.
    """

    deaths: float
    time: float
    baseline_deaths: float
    baseline_time: float
    ratio_factor: float = float("nan")
    count_factor: float = float("nan")
    method: str = PLAIN
    by_years: float = float("nan")

    @property
    def expected(self) -> float:
        """Deaths of the period to expect by the method; missing where that is unknown."""
        if self.method != PLAIN:
            return self.by_years
        if not self.baseline_time > 0:
            return float("nan")
        return self.baseline_deaths / self.baseline_time * self.time

    def value(self, measure: str) -> float:
        """What the comparison gives, in the unit of a measure."""
        before = (self.baseline_deaths, self.baseline_time)
        if self.method != PLAIN:
            before = (self.by_years, self.time)
        return float(estimates(measure, self.deaths, self.time, *before))

    def limits(self, measure: str) -> tuple[float, float]:
        """The 95 percent limits of that value; missing for a level, which is compared to nothing.

        >>> Compared(50.0, 1.0, 100.0, 1.0, 1.25, 1.5).limits("percent_decline")
        (37.5, 60.0)
        """
        ratio = self.deaths / self.expected if self.expected > 0 else float("nan")
        low, high = ratio / self.ratio_factor, ratio * self.ratio_factor
        counts = (self.expected / self.count_factor, self.expected * self.count_factor)
        known = limits_of(measure, self.deaths, (low, high), counts)
        return known or (float("nan"), float("nan"))


def compare(
    explored: Explored,
    *,
    agency: str,
    population: str | None,
    baseline: tuple[Any, Any],
    study: tuple[Any, Any],
    method: str = PLAIN,
) -> Compared:
    """One comparison from the curve; NaN where a day has no count or no population.

    ``population`` None compares per day. Periods that share days compare nothing. ``method`` is
    one of ``comparisons.METHODS``; all but the plain one need a baseline of calendar years, and
    have no limits here.

    >>> found = compare(explore_place("SLV"), agency="preferred", population=None,
    ...     baseline=("2012-01-01", "2012-03-08"), study=("2012-03-09", "2013-11-30"))
    >>> found.deaths, round(found.expected - found.deaths)
    (3933.0, 4673)
    """
    curve = explored.curves[agency]
    period, before = ((pd.Timestamp(start), pd.Timestamp(end)) for start, end in (study, baseline))
    bounds = tuple(zip(period, before, strict=True))
    deaths = curve.deaths(*bounds).tolist()
    if population is None:
        lived = Lived("")
        time = [float(days) for days in days_compared(period, before)]
    else:
        lived = Lived("", (PersonTime.of_years(explored.people[population]),))
        time = lived.between(*bounds).tolist()
    if before[0] <= period[1] and period[0] <= before[1]:
        deaths[1] = time[1] = float("nan")
    found = (deaths[0], time[0], deaths[1], time[1])
    if choice(method, METHODS, "method") != PLAIN:
        expected = float("nan")
        if not np.isnan(deaths[1]):
            expected = expected_by_years(method, curve, lived, before, period)
        return Compared(*found, method=method, by_years=expected)
    pair = pd.DataFrame([dict(zip(["start", "end", "baseline_start", "baseline_end"],
                                  (*period, *before), strict=True))])  # fmt: skip
    limits = limits_of_pairs(pair, curve, exposure="days")
    return Compared(*found, *limits[["ratio_factor", "count_factor"]].iloc[0].astype(float))


def listed_baselines(
    explored: Explored, agency: str, start: Any, *, within: int | None = WITHIN
) -> list[Baseline]:
    """The baselines that are offered for a period that begins on ``start``.

    Those of ``claims.options``: where months were counted the eve and the twelve months before,
    else all years before; and the calendar ones that texts use. ``within`` is for how many days a
    period counts as one after the event, None for ever.

    >>> for each in listed_baselines(explore_place("SLV"), "preferred", "2012-03-09"):
    ...     print(each.key, f"{each.start:%Y-%m-%d}", f"{each.end:%Y-%m-%d}")
    eve 2012-01-01 2012-03-08
    year_before 2011-03-01 2012-02-29
    previous_year 2011-01-01 2011-12-31
    three_years 2009-01-01 2011-12-31
    """
    curve, begin = explored.curves[agency], pd.Timestamp(start)
    event = next(
        (
            day
            for day in explored.anchors
            if day <= begin and (within is None or (begin - day).days <= within)
        ),
        begin,
    )
    december = pd.Timestamp(event.year - 1, 12, 31)
    first = curve.knots["date"].iloc[0]
    knots = curve.knots.loc[curve.knots["group"] >= 0, "date"]
    if ((knots > pd.Timestamp(event.year - 1, 1, 1)) & (knots < event)).sum() >= FEWEST_MONTHS:
        found = list(before(event, [Counted("", (each,)) for each in explored.curves.values()]))
    else:
        found = [
            Baseline(key, pd.Timestamp(event.year - years, 1, 1), december)
            for key, years in ((PREVIOUS_YEAR, 1), (THREE_YEARS, 3))
        ]
        if first < found[-1].start:
            found.append(Baseline(ALL_BEFORE, first, december))
    return [each for each in found if each.start >= first]
