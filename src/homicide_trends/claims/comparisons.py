"""Counts, person-time, and every comparison of a period with a baseline at once.

A comparison is a cell: deaths and time of a period, deaths and time of its baseline. ``evaluate``
lays out the product of sources, populations, baselines, first days and last days as arrays, so
that a million of them take seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.curve import DailyCurve
from ..series.sources import reported
from ..tables.load import Folder, load_population, load_sources
from .result import CELL_COLUMNS, Day

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

LONGEST_CUT = 62
"""Days of the longest counted period that a first or last day may cut: a total of two months."""

PLAIN, MEAN_OF_RATES, TREND = METHODS = ("plain", "mean_of_rates", "trend")
"""What a baseline says of another period: its rate, the mean of its yearly rates, their trend."""

FEWEST_YEARS = 3
"""Years through which a trend is drawn, at least."""

YEAR = 365.25  # days


class Counts(Protocol):
    """Who counted: a name, and deaths of any periods, missing where it has no count of its own."""

    @property
    def name(self) -> str:
        """Who counted."""
        ...

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period."""
        ...


@dataclass(frozen=True)
class Counted:
    """The curves of one source over the places of a claim, added up.

    A period counts as the source's own where it was counted from its first to its last day, or
    from and to days nearby: neither may lie inside a counted period of more than ``LONGEST_CUT``
    days, nor inside one that reaches across ``event``, whose deaths before and after the event
    are not known apart.
    """

    name: str
    curves: tuple[DailyCurve, ...]
    event: Day | None = None
    _knots: list[list[Days]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        knots = [
            [
                np.unique(rows["date"].to_numpy().astype("<M8[D]"))
                for group, rows in curve.knots.groupby("group")
                if group >= 0 and len(rows) > 1
            ]
            for curve in self.curves
        ]
        object.__setattr__(self, "_knots", knots)

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period; NaN where the source has no count of its own."""
        first, last = (pd.DatetimeIndex(days) for days in (starts, ends))
        total = np.zeros(len(first))
        bounds = first.to_numpy(), (last + pd.Timedelta(days=1)).to_numpy()
        for curve, groups in zip(self.curves, self._knots, strict=True):
            own = np.zeros(len(first), dtype=bool)
            for knots in groups:
                own |= self._own(bounds[0], knots) & self._own(bounds[1], knots)
            total = total + np.where(own, curve.deaths(first, last), np.nan)
        return total

    def _own(self, bounds: Any, knots: Days) -> npt.NDArray[np.bool_]:
        """Whether each bound is a day up to which the source counted, or near enough to two."""
        days = bounds.astype("<M8[D]")
        at = np.searchsorted(knots, days)
        before = knots[np.clip(at - 1, 0, len(knots) - 1)]
        after = knots[np.clip(at, 0, len(knots) - 1)]
        near = (after - before).astype(int) <= LONGEST_CUT
        if self.event is not None:
            event = np.datetime64(self.event, "D")
            near &= ~((before < event) & (event < after))
        return np.asarray((after == days) | (near & (at > 0) & (at < len(knots))))


@dataclass(frozen=True, slots=True)
class Reported:
    """Counts that somebody reported for exactly some periods."""

    name: str
    known: dict[tuple[Day, Day], float]

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period; NaN for another period than those reported."""
        periods = zip(pd.DatetimeIndex(starts), pd.DatetimeIndex(ends), strict=True)
        return np.array([self.known.get(period, np.nan) for period in periods], dtype=float)


@dataclass(frozen=True, slots=True)
class PersonTime:
    """Days, or person-years of one population series over the places of a claim.

    ``votes`` is false for a series that was published after the text.
    """

    name: str
    curves: tuple[DailyCurve, ...] = ()
    votes: bool = True

    def between(self, starts: Any, ends: Any) -> Floats:
        """Time of each period; NaN where a population is not on file."""
        first, last = pd.DatetimeIndex(starts), pd.DatetimeIndex(ends)
        if not self.curves:
            return np.asarray((last - first).days.to_numpy() + 1, dtype=float)
        return np.asarray(sum(curve.person_years(first, last) for curve in self.curves))


@dataclass(frozen=True, slots=True)
class Baseline:
    """A period of comparison; ``votes`` is false for one that is only shown."""

    key: str
    start: Day
    end: Day
    votes: bool = True


@dataclass(frozen=True, slots=True)
class Ends:
    """First or last days of the period, and whether each votes."""

    days: tuple[Day, ...]
    votes: tuple[bool, ...]


def exactly(places: Sequence[str], start: Day, end: Day, *, data: Folder | None) -> list[Reported]:
    """The distinct counts that were reported for exactly a period, the preferred first."""
    if len(places) != 1:
        return []
    rows = reported(places[0], start, end, data=data)
    rows = rows[rows["status"] != "allocated"]
    return [
        Reported("; ".join(dict.fromkeys(some["agency"])), {(start, end): float(deaths)})
        for deaths, some in rows.groupby("deaths", sort=False)
    ]


def populations(
    places: Sequence[str],
    curves: Sequence[DailyCurve],
    *,
    by: Day | None,
    data: Folder | None,
) -> list[PersonTime]:
    """Person-time by each population series on file, in the order of their publication.

    Those published by a day vote; the last one, of the most years, is today's.
    """
    known = load_population(data=data)
    known = known[known["place"].isin(list(places))]
    dates = load_sources(data=data).set_index("source_id")["date"]
    found = []
    for series, rows in known.groupby("series", sort=False):
        if set(rows["place"]) < set(places):
            continue
        published = max(str(dates.get(source, "")) for source in rows["source_id"].unique())
        told = tuple(curve.with_population(str(series), data=data) for curve in curves)
        # What has no date cannot be shown to have been there.
        late = by is not None and (not published or published > f"{by:%Y-%m-%d}"[: len(published)])
        found.append(((published, len(rows)), PersonTime(str(series), told, not late)))
    found.sort(key=lambda item: item[0])
    return [time for _order, time in found]


def evaluate(
    measure: str,
    sources: Sequence[Counts],
    times: Sequence[PersonTime],
    starts: Ends,
    ends: Ends,
    baselines: Sequence[Baseline],
    *,
    part: str = "",
) -> pd.DataFrame:
    """Every comparison that the counts can carry: a table of ``CELL_COLUMNS``.

    ``estimate`` is in the unit of ``measure``; without baselines that of a level. ``lower, upper,
    state, compatible`` are left empty. Periods without days or counts of their own are left out.
    """
    first, last = (pd.DatetimeIndex(each.days).to_numpy() for each in (starts, ends))
    opening = np.repeat(first, len(last))
    closing = np.tile(last, len(first))
    real = closing >= opening
    opening, closing = opening[real], closing[real]
    period_votes = np.outer(starts.votes, ends.votes).ravel()[real]
    compared = list(baselines)
    base = [
        pd.DatetimeIndex([getattr(each, name) for each in compared]) for name in ("start", "end")
    ]
    none = not compared

    deaths = np.array([source.deaths(opening, closing) for source in sources])
    time = np.array([each.between(opening, closing) for each in times])
    before = _ones(sources) if none else np.array([each.deaths(*base) for each in sources])
    before_time = _ones(times) if none else np.array([each.between(*base) for each in times])
    shape = (len(sources), len(times), before.shape[1], len(opening))
    axes = [np.arange(n) for n in shape]
    s, p, b, d = (grid.ravel() for grid in np.meshgrid(*axes, indexing="ij"))
    x, x_time = deaths[s, d], time[p, d]
    y, y_time = before[s, b], before_time[p, b]
    keep = ~np.isnan(x) & ~np.isnan(x_time)
    if not none:
        keep &= ~np.isnan(y) & ~np.isnan(y_time) & (base[1].to_numpy()[b] < opening[d])
    s, p, b, d, x, x_time, y, y_time = (each[keep] for each in (s, p, b, d, x, x_time, y, y_time))
    if not none:  # calendar years set beside each other: a leap year is no longer than another
        by_days = np.array([not each.curves for each in times], dtype=bool)
        years, before_years = calendar_years(opening, closing), calendar_years(*base)
        whole = by_days[p] & (years[d] > 0) & (before_years[b] > 0)
        x_time = np.where(whole, YEAR * years[d], x_time)
        y_time = np.where(whole, YEAR * before_years[b], y_time)
    votes = period_votes[d] & np.array([each.votes for each in times], dtype=bool)[p]
    if not none:
        votes = votes & np.array([each.votes for each in compared], dtype=bool)[b]
    table = pd.DataFrame(
        {
            "source": _named(s, [each.name for each in sources]),
            "population": _named(p, [each.name for each in times]),
            "method": pd.Categorical.from_codes(np.zeros(len(s), dtype=int), [PLAIN]),
            "baseline": _named(b, [""] if none else [each.key for each in compared]),
            "baseline_start": pd.NaT if none else base[0].to_numpy()[b],
            "baseline_end": pd.NaT if none else base[1].to_numpy()[b],
            "start": opening[d],
            "end": closing[d],
            "baseline_deaths": np.nan if none else y,
            "baseline_time": np.nan if none else y_time,
            "deaths": x,
            "time": x_time,
        }
    )
    table["estimate"] = estimates(measure, x, x_time, y, y_time)
    return table.assign(
        lower=np.nan, upper=np.nan, state="", compatible=False, votes=votes, part=part
    )[CELL_COLUMNS]


def calendar_years(start: Any, end: Any) -> Floats:
    """How many whole calendar years a period is; 0 for one that is cut."""
    first, last = (np.asarray(each).astype("<M8[D]") for each in (start, end))
    after = last + 1
    opening, closing = first.astype("<M8[Y]"), after.astype("<M8[Y]")
    whole = (opening.astype("<M8[D]") == first) & (closing.astype("<M8[D]") == after)
    return np.where(whole, (closing - opening).astype(float), 0.0)


def by_years(start: Day, end: Day) -> list[tuple[Day, Day]]:
    """A period cut at the ends of calendar years."""
    return [
        (max(start, pd.Timestamp(year, 1, 1)), min(end, pd.Timestamp(year, 12, 31)))
        for year in range(start.year, end.year + 1)
    ]


def expected_by_years(method: str, years: Any, rates: Any, ahead: Any, lived: Any) -> float:
    """Deaths to expect by the yearly rates of a baseline; NaN where these do not tell.

    ``rates`` (deaths a unit of time) are those of whole ``years``, ``lived`` is the time of each
    year ``ahead`` or of its part. ``mean_of_rates`` gives each year the same weight; ``trend`` is
    a log-linear one by least squares, through ``FEWEST_YEARS`` years with deaths or more.

    >>> round(expected_by_years("trend", [2001, 2002, 2003], [4, 2, 1], [2004, 2005], [10, 4]), 6)
    6.0
    """
    known, levels, time = (np.asarray(each, dtype=float) for each in (years, rates, lived))
    if method == MEAN_OF_RATES:
        return float(levels.mean() * time.sum()) if len(levels) else float("nan")
    if len(levels) < FEWEST_YEARS or not (levels > 0).all():
        return float("nan")
    slope, level = np.polyfit(known - known[0], np.log(levels), 1)
    later = np.asarray(ahead, dtype=float) - known[0]
    return float((np.exp(level + slope * later) * time).sum())


def _ones(each: Sequence[Any]) -> Floats:
    return np.ones((len(each), 1))


def _named(codes: npt.NDArray[np.int64], names: list[str]) -> pd.Categorical:
    """Codes as names; two baselines of one key stay one level."""
    unique = list(dict.fromkeys(names))
    positions = np.array([unique.index(name) for name in names], dtype=int)
    return pd.Categorical.from_codes(positions[codes], unique)


def estimates(measure: str, x: Floats, time: Floats, y: Floats, before: Floats) -> Floats:
    """What each comparison gives, in the unit of the measure.

    ``x`` deaths in ``time``; ``y`` deaths in the time ``before`` of the baseline.

    >>> one = np.ones(1)
    >>> estimates("percent_decline", 60 * one, one, 100 * one, one).tolist()
    [40.0]
    >>> estimates("averted_deaths", 60 * one, one, 100 * one, one).tolist()
    [40.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = y * time / before
        found = {
            "percent_decline": lambda: 100 * (1 - x / expected),
            "percent_increase": lambda: 100 * (x / expected - 1),
            "rate_ratio": lambda: x / expected,
            "averted_deaths": lambda: expected - x,
            "share": lambda: 100 * x / y,
            "homicides": lambda: x,
            "daily_mean": lambda: x / time,
            "homicide_rate": lambda: 1e5 * x / time,
        }[measure]()
        return np.asarray(np.where(np.isfinite(found), found, np.nan), dtype=float)
