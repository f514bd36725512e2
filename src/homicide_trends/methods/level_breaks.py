"""Where a series of counts breaks, when it is not told of any intervention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..language import _, ngettext, translated
from ..wording import formats
from .change_points import candidate_breaks, changepoints, compare_break
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
    - `several`: a row a break when the number is left to the data: `first` day, `when`, `limits`,
      `best_ratio`, `counted_by` (both agencies, where the break is also a change of agency,
      which `agency_changes` says too).

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
    Costs are divided by the dispersion of their own stretch, 1 at least: about the best single
    break where one is asked for, about as many as can be where the number is left open.

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
    if len(until) < 2 * MIN_SIZE:
        return _none(_too_few(len(until), unit_of(until), pd.Timestamp(end)))
    try:
        options = _options(until, conf)
        candidates = candidate_breaks(**_read(until), **options)
        first, last = candidates["first"].iloc[0], candidates["first"].iloc[-1]
        if not first <= pd.Timestamp(intervention) < candidates["next"].iloc[-1]:
            return _none(_near_an_end(pd.Timestamp(intervention), unit_of(until), first, last))
        stretches = [until, known] if len(known) > len(until) else [until]
        single = [
            _single(rows, pd.Timestamp(intervention), _options(rows, conf)) for rows in stretches
        ]
        several = changepoints(**_read(known), **_options(known, conf, -1), penalty="bic").breaks
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


def _options(rows: pd.DataFrame, conf: float, breaks: int = 1) -> dict[str, Any]:
    """Cost and size of segments, with the dispersion about so many breaks (-1: the most)."""
    options: dict[str, Any] = {"model": "poisson", "min_size": MIN_SIZE, "conf": conf}
    models = changepoints(**_read(rows), **options, n_changepoints=1).models
    phi = float(models["dispersion"].iloc[breaks])
    return options | {"dispersion": max(1.0, phi)}


def _none(reason: str) -> Breaks:
    return Breaks(
        no_rows("first", "excess", "within", "rate_ratio"),
        no_rows("best", "best_ratio", "asked", "place_of_intervention", "excess"),
        no_rows("first", "when", "limits", "best_ratio", "counted_by", "agency_changes"),
        float("nan"),
        reason,
    )


def _too_few(periods: int, unit: str, end: pd.Timestamp) -> str:
    """Why no date is compared."""
    said = {"day": formats.day(end), "size": MIN_SIZE}
    if unit == "year":
        return ngettext(
            "{number} year up to {day}: a break of level needs at least {size} on each side of it.",
            "{number} years up to {day}: a break of level needs at least {size} on each side of "
            "it.",
            periods,
            **said,
        )
    return ngettext(
        "{number} month up to {day}: a break of level needs at least {size} on each side of it.",
        "{number} months up to {day}: a break of level needs at least {size} on each side of it.",
        periods,
        **said,
    )


def _near_an_end(
    intervention: pd.Timestamp, unit: str, first: pd.Timestamp, last: pd.Timestamp
) -> str:
    """Why the intervention has no place among the dates."""
    said = {
        "day": formats.day(intervention),
        "size": MIN_SIZE,
        "first": formats.day(first),
        "last": formats.day(last),
    }
    if unit == "year":
        return _(
            "{day} lies within {size} years of an end of the series: a new level that can be "
            "compared begins from {first} to {last}.",
            **said,
        )
    return _(
        "{day} lies within {size} months of an end of the series: a new level that can be compared "
        "begins from {first} to {last}.",
        **said,
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
            "place_of_intervention": _("{rank} of {of}", rank=found["rank"], of=found["of"]),
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
    counted = [_counted_by(rows, int(position)) for position in found["position"]]
    return pd.DataFrame(
        {
            "first": [pd.Timestamp(starts[int(position)]) for position in found["position"]],
            "when": [when(position, position) for position in found["position"]],
            "limits": [when(low, high) for low, high in limits],
            "best_ratio": found["ratio"].to_numpy(),
            "counted_by": [text for text, _changes in counted],
            "agency_changes": np.array([changes for _text, changes in counted], dtype=bool),
            "start": rows["start"].iloc[0],
            "end": rows["end"].iloc[-1],
        }
    )


def _counted_by(rows: pd.DataFrame, position: int) -> tuple[str, bool]:
    """Who counted the period that begins a level, and before it who counted the last one.

    The second is whether the two differ.
    """
    if "agency" not in rows:
        return "", False
    before, after = (str(rows["agency"].iloc[at]) for at in (position - 1, position))
    if before == after:
        return after, False
    said = {"after": translated(after), "before": translated(before)}
    return _("{after}, before it {before}", **said), True
