"""What stands beside a verdict: intervals, what would make the claim true, how sure all is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..rates.intervals import poisson_limits, ratio_limits
from ..rates.period_limits import limits_of_pairs
from .comparisons import limits_of
from .evidence import Case, Evidence, Floats
from .readings import CHANGES, LEVELS, OTHER_PLACES
from .result import GIVES, OUT, Accepted, Day, HowSure, Level, Needed, Reading
from .rule import states

CLOSELY, ROUGHLY = 2.0, 10.0
"""Percent between the largest and the smallest count of the same days."""
FIRM = 0.2
"""Share of the estimate that an interval may be wide and the size still be firm."""
SETTLING = 30
"""Days of a growing period in which its decline jumps about and says nothing."""
AVERTED, DECLINE = "averted_deaths", "percent_decline"


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
    most = _factors(rows, reading, evidence)
    least, told = 1 / most, np.isfinite(most)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = deaths / expected
        bounds = limits_of(
            reading.measure, deaths,
            (np.where(told, ratio * least, exact.lower),
             np.where(told, ratio * most, exact.upper)),
            (np.where(told, expected * least, deaths / exact.upper),
             np.where(told, expected * most, deaths / exact.lower)),
        )  # fmt: skip
    assert bounds is not None
    found = cells.copy()
    for name, values in zip(("lower", "upper"), bounds, strict=True):
        found.loc[own, name] = np.where(np.isfinite(values), values, np.nan)
    return found


def _factors(rows: pd.DataFrame, reading: Reading, evidence: Evidence) -> Floats:
    """By what chance may move each estimate; missing where nothing tells of it."""
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
    return factor


def needed(case: Case, cells: pd.DataFrame, range_: Accepted) -> tuple[Needed, ...]:
    """What would make a stated change or number of deaths averted true, by the first source."""
    reading, value = case.reading, case.stated.value
    voting = cells[cells["votes"]]
    if reading.measure not in (AVERTED, DECLINE) or math.isnan(value) or voting.empty:
        return ()
    if reading.measure == DECLINE and value >= 100:  # no normal rate makes some deaths none
        return ()
    row = voting[voting["end"] == voting["end"].max()].iloc[0]
    deaths, time = float(row["deaths"]), float(row["time"])
    least = value if reading.measure == AVERTED else range_.lower
    whole = least + deaths if reading.measure == AVERTED else deaths / (1 - least / 100)
    scale = 1e5 if reading.per == "inhabitant" else 1.0
    found = [Needed("", scale * whole / time, row["end"])]
    known = {each.name: each for each in case.counted()}
    source = known.get(str(row["source"]))
    if source is None:
        return tuple(found)
    days = pd.date_range(row["start"], row["end"])
    openings = pd.DatetimeIndex([row["start"]] * len(days))
    counted = np.array([curve.deaths(openings, days) for curve in source.curves]).sum(0)
    lived = next(each for each in case.times() if each.name == row["population"]).between(
        openings, days
    )
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
    counted: Floats,
    lived: Floats,
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
