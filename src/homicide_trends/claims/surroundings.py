"""What stands beside a verdict: intervals, what would make the claim true, how sure all is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..curve import DailyCurve
from ..intervals import poisson_limits, ratio_limits
from ..methods.limits import step_limits
from ..refusals import RefusedError
from .accepted import states
from .comparisons import PersonTime
from .result import GIVES, OUT, Accepted, Day, HowSure, Level, Needed, Reading

if TYPE_CHECKING:
    from .judge import Evidence

CLOSELY, ROUGHLY = 2.0, 10.0
"""Percent between the largest and the smallest count of the same days."""
FIRM = 0.2
"""Share of the estimate that an interval may be wide and the size still be firm."""
SETTLING = 30
"""Days of a growing period in which its decline jumps about and says nothing."""
AVERTED, DECLINE = "averted_deaths", "percent_decline"
INCREASE, RATIO = "percent_increase", "rate_ratio"


def with_limits(cells: pd.DataFrame, reading: Reading, evidence: Evidence) -> pd.DataFrame:
    """The same cells with ``lower, upper`` where their end votes, at 95 percent.

    Of a change or deaths averted the limits that allow for scatter and spells in the periods
    counted (``methods.limits``); where those are too few, or of a level, the exact ones for
    independent deaths. A full list, a share and a rank have none.
    """
    found = cells.copy()
    own = cells["end"].isin(cells.loc[cells["votes"], "end"])
    if reading.measure in ("homicides", "daily_mean", "homicide_rate"):
        limits = poisson_limits(cells["deaths"].to_numpy())
        scale = (cells["estimate"] / cells["deaths"]).to_numpy()
        return found.assign(lower=limits.lower * scale, upper=limits.upper * scale)
    if reading.measure not in (AVERTED, DECLINE, INCREASE, RATIO) or reading.compared_with:
        return found
    bounds = {}
    keys = ["source", "baseline_start", "baseline_end", "start", "end"]
    for at, row in cells[own].iterrows():
        key = tuple(row[name] for name in keys)
        if key not in bounds:
            bounds[key] = _ratio(row, reading, evidence)
        low, high = bounds[key]
        if math.isnan(low):
            exact = ratio_limits(row["deaths"], row["time"], row["baseline_deaths"],
                                 row["baseline_time"], method="exact")  # fmt: skip
            low, high = float(exact.lower), float(exact.upper)
        found.loc[at, ["lower", "upper"]] = _of_ratio(reading.measure, row, low, high)
    return found


def _of_ratio(measure: str, row: pd.Series, low: float, high: float) -> tuple[float, float]:
    """Limits in the unit of the measure from those of the rate ratio."""
    if measure == DECLINE:
        return 100 * (1 - high), 100 * (1 - low)
    if measure == INCREASE:
        return 100 * (low - 1), 100 * (high - 1)
    if measure == RATIO:
        return low, high
    deaths = float(row["deaths"])
    if low <= 0:
        return math.nan, math.nan
    return deaths / high - deaths, deaths / low - deaths


def _ratio(row: pd.Series, reading: Reading, evidence: Evidence) -> tuple[float, float]:
    """Limits of the rate ratio that allow for spells; missing where too little was counted."""
    missing = math.nan, math.nan
    if len(reading.places) != 1:
        return missing
    name = str(row["source"]).partition(", ")[0]
    curve = evidence.curves(reading.places[0]).get(name)
    if curve is None:
        return missing
    before = _pieces(curve, row["baseline_start"], row["baseline_end"])
    after = _pieces(curve, row["start"], row["end"])
    if before is None or after is None:
        return missing
    pieces = pd.concat([before, after], ignore_index=True)
    step = np.arange(len(pieces)) >= len(before)
    try:
        limits = step_limits(
            pieces["deaths"], pieces["days"], step,
            first=pieces["first"].to_numpy(), length=pieces["length"].to_numpy(),
        )  # fmt: skip
    except RefusedError:
        return missing
    if reading.measure == AVERTED:
        # Of a total the limits are those of the count that would have been seen.
        scale = _estimate(row) * float(limits.expected)
        return scale / float(limits.expected_upper), scale / float(limits.expected_lower)
    # Limits are by days; the estimate may be by person-years.
    scale = _estimate(row) / float(limits.ratio[0])
    return float(limits.ratio_lower[0]) * scale, float(limits.ratio_upper[0]) * scale


def _estimate(row: pd.Series) -> float:
    """The rate ratio of a cell."""
    return float(row["deaths"] / row["time"] / (row["baseline_deaths"] / row["baseline_time"]))


def _pieces(curve: DailyCurve, start: Day, end: Day) -> pd.DataFrame | None:
    """The counted periods between two days; months that are shares of one total are one."""
    counted = curve.counted
    rows = counted[(counted["end"] >= start) & (counted["start"] <= end)]
    if rows.empty:
        return None
    shared = rows["status"].eq("allocated")
    follows = shared & shared.shift(fill_value=False) & rows["sources"].eq(rows["sources"].shift())
    group = (~follows).cumsum()
    first = rows["start"].groupby(group).min().clip(lower=start)
    last = rows["end"].groupby(group).max().clip(upper=end)
    deaths = curve.deaths(first, last)
    if np.isnan(deaths).any():
        return None
    unit = first.dt.year * 12 + first.dt.month
    return pd.DataFrame(
        {
            "deaths": deaths,
            "days": (last - first).dt.days + 1,
            "first": unit,
            "length": last.dt.year * 12 + last.dt.month - unit + 1,
        }
    )


def needed(
    value: float,
    reading: Reading,
    cells: pd.DataFrame,
    range_: Accepted,
    evidence: Evidence,
    times: Sequence[PersonTime],
) -> tuple[Needed, ...]:
    """What would make a stated change or number of deaths averted true, by the first source."""
    voting = cells[cells["votes"]]
    if reading.measure not in (AVERTED, DECLINE) or math.isnan(value) or voting.empty:
        return ()
    row = voting[voting["end"] == voting["end"].max()].iloc[0]
    deaths, time = float(row["deaths"]), float(row["time"])
    whole = value + deaths if reading.measure == AVERTED else deaths / (1 - value / 100)
    found = [Needed("", whole / time, row["end"])]
    event = reading.event[0] if reading.event else None
    known = {each.name: each for each in evidence.counted(reading.places, event)}
    source = known.get(str(row["source"]))
    if source is None:
        return tuple(found)
    days = pd.date_range(row["start"], row["end"])
    openings = pd.DatetimeIndex([row["start"]] * len(days))
    counted = np.array([curve.deaths(openings, days) for curve in source.curves]).sum(0)
    lived = next(each for each in times if each.name == row["population"]).between(openings, days)
    least = value if reading.measure == AVERTED else range_.lower
    for key, some in voting.groupby("baseline", observed=True, sort=False):
        first = some[some["votes"]].iloc[0]
        rate = float(first["baseline_deaths"] / first["baseline_time"])
        found.append(
            Needed(str(key), rate, _day(reading.measure, rate, least, counted, lived, days))
        )
    return tuple(found)


def _day(
    measure: str,
    rate: float,
    least: float,
    counted: np.ndarray[tuple[int], np.dtype[np.float64]],
    lived: np.ndarray[tuple[int], np.dtype[np.float64]],
    days: pd.DatetimeIndex,
) -> Day | None:
    """The first day on which so many deaths are averted; the last with so large a fall."""
    expected = rate * lived
    if measure == AVERTED:
        enough = np.flatnonzero(expected - counted >= least)
        return pd.Timestamp(days[enough[0]]) if len(enough) else None
    fell = 100 * (1 - counted / expected) >= least
    fell[:SETTLING] = False
    held = np.flatnonzero(fell)
    return pd.Timestamp(days[held[-1]]) if len(held) else None


def how_sure(
    cells: pd.DataFrame,
    told: Sequence[Level],
    range_: Accepted,
    reading: Reading,
    evidence: Evidence,
) -> HowSure:
    """How well the counts agree, how much the comparison decides, how sure the size is."""
    spread = _disagreement(cells, told, reading, evidence)
    counts = (
        "one" if math.isnan(spread)
        else "closely" if spread <= CLOSELY else "roughly" if spread <= ROUGHLY else "poorly"
    )  # fmt: skip
    compared = [level for level in told if level.axis == "baseline" and level.votes]
    medians = [level.median for level in compared]
    moves = max(medians) - min(medians) if medians else 0.0
    found = set(states(medians, range_)) if medians else set()
    comparison = (
        "most" if GIVES in found and OUT in found
        else "little" if len(found) <= 1 and not _wide(moves, range_) else "something"
    )  # fmt: skip
    return HowSure(counts, spread, comparison, moves, _size(cells))


def _wide(moves: float, range_: Accepted) -> bool:
    return not math.isnan(range_.half) and moves > range_.half


def _size(cells: pd.DataFrame) -> str:
    """Firm where every interval is narrow, unknown where one holds nothing at all."""
    own = cells[cells["votes"]].dropna(subset=["lower", "upper"])
    if own.empty:
        return "unknown"
    if ((own["lower"] <= 0) & (own["upper"] >= 0)).any():
        return "unknown"
    width = (own["upper"] - own["lower"]) / own["estimate"].abs()
    return "firm" if bool((width <= FIRM).all()) else "rough"


def _disagreement(
    cells: pd.DataFrame, told: Sequence[Level], reading: Reading, evidence: Evidence
) -> float:
    """Percent by which counts of the same days differ; missing where there is but one."""
    voting = cells[cells["votes"]]
    keys = ["population", "baseline_start", "baseline_end", "start", "end"]
    if voting.empty:
        return math.nan
    spans = [
        100 * (some.max() / some.min() - 1)
        for column in ("deaths", "baseline_deaths")
        for _key, some in voting.groupby(keys, observed=True, dropna=False)[column]
        if some.nunique() > 1 and some.min() > 0
    ]
    curve = next(
        (found for place in reading.places for found in evidence.curves(place).values()), None
    )
    if curve is not None:
        first = voting[["start", "baseline_start"]].min().min()
        rows = curve.counted
        rows = rows[(rows["start"] >= first) & (rows["end"] <= voting["end"].max())]
        low, high = rows["deaths_low"].sum(), rows["deaths_high"].sum()
        if len(rows) and low > 0 and high > low:
            spans.append(100 * float(high / low - 1))
    return (
        max(spans) if spans else (0.0 if len(told) and voting["source"].nunique() > 1 else math.nan)
    )
