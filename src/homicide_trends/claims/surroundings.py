"""What stands beside a verdict: intervals, what would make the claim true, how sure all is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..rates.intervals import poisson_limits, ratio_limits
from ..rates.period_limits import limits_of_pairs
from .accepted import states
from .comparisons import PersonTime
from .evidence import Evidence
from .readings import CHANGES, LEVELS, OTHER_PLACES
from .result import GIVES, OUT, Accepted, Day, HowSure, Level, Needed, Reading

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
    counted (``rates.period_limits``); where those are too few, or of a level, the exact ones for
    independent deaths. A list, a share, a rank and a mean yearly change have none.
    """
    if reading.measure in LEVELS:
        limits = poisson_limits(cells["deaths"].to_numpy())
        scale = (cells["estimate"] / cells["deaths"]).to_numpy()
        return cells.assign(lower=limits.lower * scale, upper=limits.upper * scale)
    if reading.measure not in CHANGES or reading.compared_with or reading.method in OTHER_PLACES:
        return cells
    own = cells["end"].isin(cells.loc[cells["votes"], "end"])
    rows = cells[own]
    exact = ratio_limits(
        rows["deaths"], rows["time"], rows["baseline_deaths"], rows["baseline_time"], method="exact"
    )
    expected = (rows["baseline_deaths"] * rows["time"] / rows["baseline_time"]).to_numpy()
    deaths = rows["deaths"].to_numpy()
    low, high = _factors(rows, reading, evidence)
    told = np.isfinite(low)
    with np.errstate(divide="ignore", invalid="ignore"):
        if reading.measure == AVERTED:
            lower = np.where(told, expected * low, deaths / exact.upper) - deaths
            upper = np.where(told, expected * high, deaths / exact.lower) - deaths
        else:
            ratio = deaths / expected
            least = np.where(told, ratio * low, exact.lower)
            most = np.where(told, ratio * high, exact.upper)
            lower, upper = {
                DECLINE: lambda: (100 * (1 - most), 100 * (1 - least)),
                INCREASE: lambda: (100 * (least - 1), 100 * (most - 1)),
                RATIO: lambda: (least, most),
            }[reading.measure]()
    found = cells.copy()
    found.loc[own, "lower"] = np.where(np.isfinite(lower), lower, np.nan)
    found.loc[own, "upper"] = np.where(np.isfinite(upper), upper, np.nan)
    return found


def _factors(
    rows: pd.DataFrame, reading: Reading, evidence: Evidence
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """By what chance may move each estimate down and up; missing where nothing tells of it."""
    factor = np.full(len(rows), np.nan)
    if len(reading.places) == 1:
        known = evidence.curves(reading.places[0])
        column = "count_factor" if reading.measure == AVERTED else "ratio_factor"
        names = rows["source"].astype(str).str.partition(", ")[0].to_numpy()
        days = ["baseline_start", "baseline_end", "start", "end"]
        for name in dict.fromkeys(names):
            if name not in known:
                continue
            at = np.flatnonzero(names == name)
            pairs = rows.iloc[at][days]
            unique = pairs.drop_duplicates().reset_index(drop=True)
            limits = limits_of_pairs(unique, known[name], exposure="days")
            told = pairs.merge(unique.assign(factor=limits[column]), on=days, how="left")
            factor[at] = told["factor"].to_numpy()
    return 1 / factor, factor


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
    scale = 1e5 if reading.per == "inhabitant" else 1.0
    found = [Needed("", scale * whole / time, row["end"])]
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
            Needed(str(key), scale * rate, _day(reading.measure, rate, least, counted, lived, days))
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
    """Firm where the middle interval is narrow, unknown where half of them hold no change."""
    own = cells[cells["votes"]].dropna(subset=["lower", "upper"])
    if own.empty:
        return "unknown"
    if ((own["lower"] <= 0) & (own["upper"] >= 0)).mean() >= 0.5:
        return "unknown"
    width = ((own["upper"] - own["lower"]) / own["estimate"].abs()).median()
    return "firm" if width <= FIRM else "rough"


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
