"""Where a series of counts breaks, when it is not told of any intervention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .. import formats
from ..changepoints import candidate_breaks, changepoints, compare_break
from .step_models import context, no_rows, unit_of

MIN_SIZE = 6
"""Fewest periods of a level between two breaks."""


@dataclass(frozen=True, slots=True, eq=False)
class Breaks:
    """Where a series of counts puts breaks of level, with the intervention not told.

    - `candidates`: a row a date, `first` of the new level: `excess` (of -2 log-likelihood over
      the best date), `within` (the set of confidence `conf`), `rate_ratio`.
    - `single`: a row a stretch of the series asked for one break: the `best` date and its
      `best_ratio`, the date `asked`, its `place_of_intervention` among all dates and `excess`.
    - `several`: a row a break when the number is left to the data: `when`, `limits`,
      `best_ratio`, `counted_by` (both agencies, where the break is also a change of agency).

    `dispersion` is the variance of the counts about one break as a multiple of their mean.
    """

    candidates: pd.DataFrame
    single: pd.DataFrame
    several: pd.DataFrame
    dispersion: float
    reason: str


def breaks_of_level(
    table: pd.DataFrame,
    *,
    intervention: str | pd.Timestamp,
    end: str | pd.Timestamp,
    conf: float = 0.95,
) -> Breaks:
    """Ask a series of counts where its level breaks: until `end`, and as far as it goes.

    `table` is a series table with `start, end, deaths, person_years` that may run past `end`;
    later rows are used up to the first that lacks a count. A level lasts 6 periods or more.
    Costs are divided by the dispersion about the best single break until `end`, 1 at least.

    Errors: ValueError for a table without the columns.

    >>> months = pd.date_range("2011-01-01", periods=30, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4
    >>> table["person_years"] = 1.0
    >>> found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    >>> found.single[["end", "best", "within"]].astype(str).to_numpy().tolist()
    [['2012-10-31', 'Jan 2012', 'True'], ['2013-06-30', 'Nov 2012', 'False']]
    """
    known = _unbroken(table)
    until = known[known["end"] <= pd.Timestamp(end)]
    unit = unit_of(until)
    if len(until) < 2 * MIN_SIZE:
        have = formats.count_of(len(until), unit, f"{unit}s up to {formats.day(pd.Timestamp(end))}")
        reason = f"{have}: a break of level needs at least {MIN_SIZE} on each side of it."
        return _none(reason)
    try:
        options: dict[str, Any] = {"model": "poisson", "min_size": MIN_SIZE, "conf": conf}
        about_one = changepoints(**_read(until), **options, n_changepoints=1).models
        options["dispersion"] = max(1.0, float(about_one["dispersion"].iloc[1]))
        candidates = candidate_breaks(**_read(until), **options)
        first, last = candidates["first"].iloc[0], candidates["first"].iloc[-1]
        if not first <= pd.Timestamp(intervention) < candidates["next"].iloc[-1]:
            return _none(
                f"{formats.day(pd.Timestamp(intervention))} lies within {MIN_SIZE} {unit}s of an "
                f"end of the series: a new level that can be compared begins from "
                f"{formats.day(first)} to {formats.day(last)}."
            )
        stretches = [until, known] if len(known) > len(until) else [until]
        single = [_single(rows, pd.Timestamp(intervention), options) for rows in stretches]
        several = changepoints(**_read(known), **options, penalty="bic").breaks
    except ValueError as error:
        return _none(f"{error}.")
    about = context(until)
    return Breaks(
        candidates=candidates.rename(columns={"ratio": "rate_ratio"}).assign(
            start=until["start"].iloc[0], end=until["end"].iloc[-1], **about
        ),
        single=pd.concat(single, ignore_index=True).assign(**about),
        several=_several(several, known).assign(**context(known)),
        dispersion=options["dispersion"],
        reason="",
    )


def _none(reason: str) -> Breaks:
    return Breaks(
        no_rows("first", "excess", "within", "rate_ratio"),
        no_rows("best", "best_ratio", "asked", "place_of_intervention", "excess"),
        no_rows("when", "limits", "best_ratio", "counted_by"),
        float("nan"),
        reason,
    )


def _unbroken(table: pd.DataFrame) -> pd.DataFrame:
    """Rows up to the first without a count or an exposure."""
    missing = table[["deaths", "person_years"]].isna().any(axis=1).to_numpy()
    return table[np.cumsum(missing) == 0]


def _read(rows: pd.DataFrame) -> dict[str, Any]:
    return {"values": rows["deaths"], "exposure": rows["person_years"], "dates": rows["start"]}


def _single(
    rows: pd.DataFrame, intervention: pd.Timestamp, options: dict[str, Any]
) -> pd.DataFrame:
    found = compare_break(candidate_breaks(**_read(rows), **options), intervention).iloc[0]
    ends = rows.set_index("start")["end"]
    return pd.DataFrame(
        {
            "start": [rows["start"].iloc[0]],
            "end": [rows["end"].iloc[-1]],
            "best": formats.period(found["best_first"], ends[found["best_first"]]),
            "best_ratio": found["best_ratio"],
            "asked": formats.period(found["first"], ends[found["first"]]),
            "place_of_intervention": f"{found['rank']} of {found['of']}",
            "rank": found["rank"],
            "of": found["of"],
            "excess": found["excess"],
            "within": found["within"],
        }
    )


def _several(found: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    starts, ends = rows["start"].to_numpy(), rows["end"].to_numpy()

    def when(first: float, last: float) -> str:
        return formats.period(starts[int(first)], ends[int(last)])

    limits = zip(found["position_lower"], found["position_upper"], strict=True)
    return pd.DataFrame(
        {
            "when": [when(position, position) for position in found["position"]],
            "limits": [when(low, high) for low, high in limits],
            "best_ratio": found["ratio"].to_numpy(),
            "counted_by": [_counted_by(rows, int(position)) for position in found["position"]],
            "start": rows["start"].iloc[0],
            "end": rows["end"].iloc[-1],
        }
    )


def _counted_by(rows: pd.DataFrame, position: int) -> str:
    """Who counted the period that begins a level, and before it who counted the last one."""
    if "agency" not in rows:
        return ""
    before, after = (str(rows["agency"].iloc[at]) for at in (position - 1, position))
    return after if before == after else f"{after}, before it {before}"
