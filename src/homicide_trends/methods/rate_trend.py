"""The trend of annual rates by joinpoint regression, in the tables of a report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .joinpoints import JoinpointResult, Selection, aapc, joinpoint
from .step_models import context, no_rows


@dataclass(frozen=True, slots=True, eq=False)
class RateTrend:
    """Joinpoint regression of annual rates.

    - `series`: a row a year: `rate`, `fitted`, `is_joinpoint`.
    - `segments`: a row a segment: `years`, `apc` (percent a year).
    - `averages`: two rows, all years and the years about the intervention: `years`, `aapc`.
    """

    series: pd.DataFrame
    segments: pd.DataFrame
    averages: pd.DataFrame
    joinpoints: tuple[int, ...]
    result: JoinpointResult | None
    reason: str


def trend_of_rates(
    table: pd.DataFrame,
    *,
    about: tuple[str, str],
    permutations: int,
    seed: int,
    selection: Selection = "permutation",
    conf: float = 0.95,
) -> RateTrend:
    """Fit a joinpoint regression to annual rates, weighted by the Poisson error of each count.

    `table` has a row a year with `start, end, deaths, rate`; years without a rate are left out.
    `about` is (start, end), dates whose years the second average covers. The other choices are
    those of `joinpoint.joinpoint`.

    Errors: ValueError for a table without the columns.

    >>> years = pd.date_range("2000-01-01", periods=12, freq="YS")
    >>> table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0)})
    >>> rates = [50 * 1.1**year for year in range(7)]  # 10 percent more a year, then 5 less
    >>> table["rate"] = rates + [rates[-1] * 0.95**year for year in range(1, 6)]
    >>> table["deaths"] = 1000
    >>> found = trend_of_rates(table, about=("2003-01-01", "2005-12-31"), permutations=99, seed=1)
    >>> found.joinpoints, found.averages["aapc"].round(1).tolist()
    ((2006,), [2.9, 10.0])
    """
    known = table.dropna(subset=["rate", "deaths"])
    known = known.assign(
        year=pd.to_datetime(known["start"]).dt.year, se=known["rate"] / np.sqrt(known["deaths"])
    )
    try:
        result = joinpoint(
            known, se="se", permutations=permutations, seed=seed, selection=selection, conf=conf
        )
    except ValueError as error:
        return RateTrend(
            no_rows("rate", "fitted", "is_joinpoint"),
            no_rows("years", "apc"),
            no_rows("years", "aapc"),
            (),
            None,
            f"{error}.",
        )
    first, last = (int(result.series["year"].iloc[end]) for end in (0, -1))
    inside = [min(max(pd.Timestamp(date).year, first), last) for date in about]
    averages = [result.aapc]
    if inside[0] < inside[1]:
        averages.append(aapc(result, *inside))
    counted = ["place", "agency", "population_series", "sources"]
    kept = ["year", "start", "end", "rate", *(name for name in counted if name in known)]
    fitted = result.series[["year", "fitted", "is_joinpoint"]]
    return RateTrend(
        series=known[kept].merge(fitted, on="year"),
        segments=_dated(result.segments).assign(**context(known)),
        averages=_dated(pd.concat(averages, ignore_index=True)).assign(**context(known)),
        joinpoints=tuple(int(year) for year in result.joinpoints["joinpoint"]),
        result=result,
        reason="",
    )


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    """Years as text, and as first and last days for the findings."""
    first, last = rows["start"].astype(str), rows["end"].astype(str)
    return rows.assign(
        years=first + "\u2013" + last,
        start=pd.to_datetime(first + "-01-01"),
        end=pd.to_datetime(last + "-12-31"),
    )
