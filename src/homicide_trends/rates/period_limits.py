"""How far chance can carry the change between two periods, told by the series they belong to.

A pair of totals alone does not tell how its months scatter; the table of the series does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import choice, floats, need_columns
from ..series.curve import DailyCurve
from ..series.periods import Series
from ..series.population import days_in_period
from .limits import FEWEST_LEFT, ModelLimits, level_limits, step_limits

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

EXPOSURES = {"person_years": "per person-year", "days": "a day"}

FEWEST_PERIODS = 2 + FEWEST_LEFT
"""Counted periods in a baseline and its window that tell of their own scatter at the least."""

BOTH, ALL, NOTHING = "both periods", "all periods", ""
"""What told of the scatter: the periods compared, all periods on file, or nothing."""


def limits_of_pairs(
    pairs: pd.DataFrame, series: Series, *, exposure: str = "person_years", conf: float = 0.95
) -> pd.DataFrame:
    """Factors by which chance may move a rate ratio and an expected total, a row a pair.

    `pairs` are rows of `windows.compare` or `by_end`: `start, end, baseline_start, baseline_end`,
    and `place` where the series has several. `series` is the series table or the daily curve they
    were taken from.
    Neighbouring rows that are shares of one total count as that one total, and a count with a
    counted date inside as two; a row that a period cuts gives its share by days.

    Columns: `ratio_factor` (the ratio's limits are the ratio divided and multiplied by it),
    `count_factor` (the same for the expected total, whose limits hold a count), `ratio_none` (the
    ratio's upper limit where the window has no deaths), `persistence`, `dispersion`, `periods`,
    and `told_by`. With fewer than 6 counted periods in both together the scatter is that of all
    the series' periods about one level, which takes every change in it for chance; with fewer
    than 6 on file nothing tells of it, and the factors are missing.

    >>> months = pd.DataFrame({"start": pd.date_range("2011-01-01", periods=24, freq="MS"),
    ...     "end": pd.date_range("2011-01-01", periods=24, freq="ME"), "deaths": [50, 60] * 12})
    >>> pair = pd.DataFrame({"baseline_start": ["2011-01-01"], "baseline_end": ["2011-12-31"],
    ...     "start": ["2012-01-01"], "end": ["2012-12-31"]})
    >>> limits_of_pairs(pair, months, exposure="days")[["periods", "told_by"]].values.tolist()
    [[24, 'both periods']]
    """
    choice(exposure, EXPOSURES, "exposure")
    need_columns(pairs, "start", "end", "baseline_start", "baseline_end")
    if isinstance(series, DailyCurve):
        series = series.observed()
    need_columns(series, "start", "end", "deaths")
    parts = []
    several = "place" in series and "place" in pairs
    for place, rows in pairs.groupby("place", sort=False) if several else [(None, pairs)]:
        own = series[series["place"] == place] if several else series
        parts += [
            _of_one_baseline(some, counted_periods(own), exposure, conf)
            for _baseline, some in rows.groupby(["baseline_start", "baseline_end"], sort=False)
        ]
    return pd.concat(parts).reindex(pairs.index)


def counted_periods(table: pd.DataFrame) -> pd.DataFrame:
    """The table with neighbouring periods that were split from one total added up again.

    Shares of a total do not scatter: 36 months of which 3 are thirds of a quarter, and another 3
    halves of something longer, are fewer observations than rows. Rows without a count are kept.

    >>> quarter = pd.DataFrame({"start": pd.date_range("2012-01-01", periods=3, freq="MS"),
    ...     "end": pd.date_range("2012-01-01", periods=3, freq="ME"), "deaths": [31.0, 29.0, 31.0],
    ...     "status": "allocated"})
    >>> counted_periods(quarter)[["end", "deaths"]].astype(str).values.tolist()
    [['2012-03-31', '91.0']]
    """
    dated = table.assign(start=pd.to_datetime(table["start"]), end=pd.to_datetime(table["end"]))
    rows = dated.sort_values("start", kind="stable", ignore_index=True)
    if "status" not in rows or not rows["status"].eq("allocated").any():
        return rows
    shared = rows["status"].eq("allocated")
    same = shared & shared.shift(fill_value=False)
    same &= rows["start"] == rows["end"].shift() + pd.Timedelta(days=1)
    for name in ("agency", "sources"):
        if name in rows:
            same &= rows[name].eq(rows[name].shift())
    how: dict[str, object] = dict.fromkeys(rows.columns, "first")
    how["end"] = "last"
    # A sum with a missing count is missing, not smaller.
    for name in ("deaths", "deaths_low", "deaths_high", "days", "person_years"):
        if name in rows:
            how[name] = lambda values: values.sum(skipna=False)
    return rows.groupby((~same).cumsum(), sort=False).agg(how).reset_index(drop=True)


def units_of_time(start: pd.Series, end: pd.Series) -> tuple[Whole, Whole]:
    """First unit of time of each period and how many it covers: years, months or shorter ones."""
    first, last = pd.DatetimeIndex(start), pd.DatetimeIndex(end)
    if not len(first):
        return np.zeros(0, dtype=np.int64), np.ones(0, dtype=np.int64)
    days = np.asarray((last - first).days + 1)
    if ((first.day_of_year == 1) & (last == first + pd.offsets.YearEnd(0))).all():
        begins, ends = first.year.to_numpy(), last.year.to_numpy()
    elif np.median(days) >= 28:
        begins, ends = (at.year.to_numpy() * 12 + at.month.to_numpy() for at in (first, last))
    else:
        unit = int(np.median(days))
        begins = np.asarray((first - first[0]).days) // unit
        ends = begins + np.maximum(np.rint(days / unit).astype(np.int64), 1) - 1
    return begins.astype(np.int64) - int(begins[0]), (ends - begins + 1).astype(np.int64)


def _of_one_baseline(
    pairs: pd.DataFrame, rows: pd.DataFrame, exposure: str, conf: float
) -> pd.DataFrame:
    size = (
        days_in_period(rows["start"], rows["end"])
        if exposure == "days"
        else floats(rows[exposure], exposure)
    )
    deaths = floats(rows["deaths"], "deaths")
    known = ~(np.isnan(deaths) | np.isnan(size))
    rows, size, deaths = rows[known], size[known], deaths[known]
    before = _shares(rows, pairs["baseline_start"].iloc[:1], pairs["baseline_end"].iloc[:1])
    after = _shares(rows, pairs["start"], pairs["end"])
    first, length = units_of_time(rows["start"], rows["end"])
    periods = ((before > 0) | (after > 0)).sum(1)
    told = np.where(
        periods >= FEWEST_PERIODS, BOTH, ALL if len(rows) >= FEWEST_PERIODS else NOTHING
    )
    found = pd.DataFrame(index=pairs.index, columns=_COLUMNS, dtype=float)
    some = told == BOTH
    if some.any():
        # A row that both periods cut gives each its share: one observation before, one after.
        cut = ((before > 0) & (after[some] > 0)).any(0)
        asked = ((before > 0) | (after[some] > 0)).any(0)
        at = np.repeat(np.arange(len(rows)), asked * (1 + cut))
        second = np.r_[False, at[1:] == at[:-1]][: len(at)]
        own = np.where(second, 0.0, before[:, at])
        others = np.where(np.r_[second[1:], False], 0.0, after[some][:, at])
        share = own + others
        held = np.where(share > 0, share, 1.0)
        limits = step_limits(
            held * deaths[at], held * size[at], others > 0, used=share > 0, first=first[at],
            length=length[at], conf=conf,
        )  # fmt: skip
        found.loc[some, _COLUMNS] = np.column_stack(_factors(limits))
    some = told == ALL
    if some.any():
        limits = level_limits(
            deaths, size, before, after[some], first=first, length=length, conf=conf
        )
        found.loc[some, _COLUMNS] = np.column_stack(_factors(limits))
    return found.assign(periods=periods, told_by=told)


_COLUMNS = ["ratio_factor", "count_factor", "ratio_none", "persistence", "dispersion"]


def _factors(limits: ModelLimits) -> list[Floats]:
    ratio, upper = limits.ratio[:, 0], limits.ratio_upper[:, 0]
    none = ratio == 0
    return [
        upper / np.where(none, np.nan, ratio),
        limits.expected_upper / limits.expected,
        np.where(none, upper, np.nan),
        limits.persistence,
        limits.dispersion,
    ]


def _shares(rows: pd.DataFrame, start: pd.Series, end: pd.Series) -> Floats:
    """Share of the days of each row that lies in each period: (periods, rows)."""
    first, last = (pd.to_datetime(values).to_numpy()[:, None] for values in (start, end))
    opens, closes = rows["start"].to_numpy(), rows["end"].to_numpy()
    day = np.timedelta64(1, "D")
    inside = (np.minimum(last, closes) - np.maximum(first, opens)) / day + 1
    return np.asarray(np.clip(inside, 0, None) / ((closes - opens) / day + 1))
