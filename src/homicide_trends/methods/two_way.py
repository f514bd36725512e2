"""Two-way differences: treated places and others, before and after, in a panel of rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..arguments import confidence, need_columns
from ..language import _
from ..refusals import RefusedError

Scale = Literal["ratio", "difference"]


def two_way_differences(
    panel: pd.DataFrame,
    *,
    treated: Sequence[Any],
    intervention: Any,
    scale: Scale,
    unit: str = "place",
    time: str = "year",
    outcome: str = "rate",
    conf: float = 0.95,
) -> pd.DataFrame:
    """How much more the treated places changed than the others, with limits clustered by place.

    `panel` has a row a place and time, each place with a value at every time; `intervention` is the
    first time that counts as after. The change of a place is the mean of its outcomes after less
    that before; on the scale "ratio" of their logarithms, and the estimate is a ratio of ratios.
    In such a panel the estimate is that of a regression with an effect of each place and time, and
    the limits are those of its cluster-robust errors (by place, with the factor n/(n - 1) within
    each group), on Student's t with as many degrees of freedom as places less 2.

    One treated place has no scatter of its own: its limits take that of the others (one place in
    as many could change as much by itself), and need 5 others or more. One row: `estimate` with
    `_lower, _upper, _method, _conf`, `p` (two-sided), `treated_places`, `other_places`.

    Errors: ValueError for a missing or repeated value, a zero on the scale "ratio", no treated or
    fewer than two other places, no time before or after.

    Source: Bertrand, Duflo and Mullainathan 2004, Q J Econ 119:249-275 (clusters); Conley and
    Taber 2011, Rev Econ Stat 93:113-125 (few treated).

    >>> panel = pd.DataFrame({"place": list("AABBCCDD"), "year": [2011, 2012] * 4,
    ...     "rate": [10.0, 4, 12, 7, 9, 8, 11, 11]})
    >>> found = two_way_differences(panel, treated=["A", "B"], intervention=2012,
    ...                             scale="difference")
    >>> found["estimate"].tolist()  # (-6 - 5) / 2 - (-1 + 0) / 2
    [-5.0]
    """
    need_columns(panel, unit, time, outcome)
    level = confidence(conf)
    if scale not in ("ratio", "difference"):
        raise RefusedError(_("scale {scale!r}: give 'ratio' or 'difference'", scale=scale))
    if panel.duplicated([unit, time]).any():
        first = panel[panel.duplicated([unit, time])].iloc[0]
        raise RefusedError(
            _("more than one row for {unit} at {time}", unit=first[unit], time=first[time])
        )
    wide = panel.pivot(index=time, columns=unit, values=outcome).astype(float)
    after = np.asarray(wide.index >= intervention)
    inside = np.asarray(wide.columns.isin(list(treated)))
    absent = wide.columns[wide.isna().any()]
    if len(absent):
        raise RefusedError(
            _("{place} lacks a value at some of the times: leave it out", place=absent[0])
        )
    if not after.any() or after.all():
        raise RefusedError(_("no time before {day}, or none from it on", day=intervention))
    values = wide.to_numpy()
    if scale == "ratio":
        if not (values > 0).all():
            raise RefusedError(_("a rate of 0 has no ratio: use scale='difference'"))
        values = np.log(values)
    change = values[after].mean(axis=0) - values[~after].mean(axis=0)
    mine, others = change[inside], change[~inside]
    if len(mine) < 1 or len(others) < 2:
        raise RefusedError(
            _(
                "{treated} treated places and {others} others: at least 1 and 2 are needed",
                treated=len(mine),
                others=len(others),
            )
        )
    estimate = mine.mean() - others.mean()
    error, df, method = _error(mine, others)
    return _row(estimate, error, df, method, scale, level).assign(
        treated_places=len(mine), other_places=len(others)
    )


FEWEST_OTHERS = 5


def _error(mine: Any, others: Any) -> tuple[float, int, str]:
    """Standard error of the difference of two mean changes, its degrees of freedom, its kind."""
    spread = others.var(ddof=1)
    if len(mine) > 1:
        error = np.sqrt(mine.var(ddof=1) / len(mine) + spread / len(others))
        return float(error), len(mine) + len(others) - 2, "clusters by place, t"
    if len(others) < FEWEST_OTHERS:
        return float("nan"), 1, "one treated place, too few others"
    return float(np.sqrt(spread * (1 + 1 / len(others)))), len(others) - 1, "scatter of others, t"


def _row(
    estimate: float, error: float, df: int, method: str, scale: Scale, conf: float
) -> pd.DataFrame:
    from scipy.special import stdtr, stdtrit

    half = stdtrit(df, (1 + conf) / 2) * error
    found = np.array([estimate, estimate - half, estimate + half])
    if scale == "ratio":
        found = np.exp(found)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(2 * stdtr(df, -abs(np.float64(estimate) / error)))
    return pd.DataFrame(
        {
            "estimate": [found[0]],
            "estimate_lower": found[1],
            "estimate_upper": found[2],
            "estimate_method": method,
            "estimate_conf": conf,
            "p": p,
        }
    )
