"""Specification curve: one estimate for every combination of choices, and its summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import need_columns
from ..language import refusal

MAD_TO_SD = 1.4826
"""The median absolute deviation times this estimates a normal standard deviation."""


def specification_curve(
    grid: Mapping[str, Sequence[Any]], fit: Callable[..., Mapping[str, Any]]
) -> pd.DataFrame:
    """Call `fit` with every combination of the choices in `grid`, given as keywords.

    A row a combination, in the order of the grid: the axes, what `fit` returned (an `estimate`
    and, if it likes, `se` and more), `status` "fitted" or "failed" and `reason`. A ValueError
    of `fit` makes a failed row with its message, and any other error stops the run. Errors:
    ValueError for an axis without choices, or a result named like an axis.

    Source: Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4:1208-1214; Steegen,
    Tuerlinckx, Gelman and Vanpaemel 2016, Perspect Psychol Sci 11:702-712.

    >>> curve = specification_curve(
    ...     {"baseline": [13.6, 12.0], "days": [300, 600]},
    ...     lambda baseline, days: {"estimate": baseline * days - 8 * days})
    >>> curve["estimate"].round().tolist()
    [1680.0, 3360.0, 1200.0, 2400.0]
    """
    for axis, choices in grid.items():
        if isinstance(choices, str) or len(choices) == 0:
            raise refusal(
                "axis {axis!r}: give a list of choices, not {choices!r}", axis=axis, choices=choices
            )
    rows = []
    for values in product(*grid.values()):
        choice = dict(zip(grid, values, strict=True))
        try:
            found = dict(fit(**choice))
        except ValueError as error:
            rows.append(choice | {"status": "failed", "reason": str(error)})
            continue
        taken = sorted(set(found) & {*grid, "status", "reason"})
        if taken:
            raise refusal(
                "fit returned {name!r}, which is the name of an axis or column", name=taken[0]
            )
        rows.append(choice | found | {"status": "fitted", "reason": ""})
    table = pd.DataFrame(rows)
    return table[[c for c in table if c not in ("status", "reason")] + ["status", "reason"]]


def specification_summary(
    curve: pd.DataFrame,
    *,
    by: str | None = None,
    estimate: str = "estimate",
    se: str | None = None,
    null: float = 0.0,
    level: float = 0.05,
) -> pd.DataFrame:
    """Summarise the estimates of a curve, in one row or a row a choice of the axis `by`.

    `n` estimates, `n_failed` combinations without one, `n_distinct` estimates (to 10 digits:
    Poisson and quasi-Poisson have the same), `median, min, max, q25, q75` (quantiles by
    linear interpolation, R's type 7), `mad` (median absolute deviation x 1.4826),
    `share_negative` and `share_positive` of the estimates below and above `null`,
    `share_same_sign` (of the side where the median lies), and `share_significant`: the share
    whose normal two-sided p is below `level`, NaN without `se`. Shares are of the
    specifications given, not probabilities. Errors: ValueError for an unknown column.

    >>> curve = pd.DataFrame({"estimate": [-2.0, -1.0, 1.0, -4.0], "se": [1.0, 0.25, 1.0, 1.0]})
    >>> row = specification_summary(curve, se="se").iloc[0]
    >>> print(row["median"], row["share_negative"], row["share_significant"])
    -1.5 0.75 0.75
    """
    need_columns(curve, estimate, *([se] if se else []), *([by] if by else []))
    if by is None:
        return pd.DataFrame([_summary(curve, estimate, se, null, level)])
    groups = curve.groupby(by, sort=False, dropna=False)
    return pd.DataFrame(
        [{by: name} | _summary(group, estimate, se, null, level) for name, group in groups]
    )


def _summary(
    curve: pd.DataFrame, estimate: str, se: str | None, null: float, level: float
) -> dict[str, Any]:
    from scipy.special import ndtri

    rows = curve[curve[estimate].notna()]
    values = rows[estimate].to_numpy(dtype=float) - null
    n = len(values)
    summary: dict[str, Any] = {
        "n": n,
        "n_failed": len(curve) - n,
        "n_distinct": len({f"{value:.9e}" for value in values}),
    }
    if n == 0:
        return summary
    low, q25, median, q75, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1])
    negative, positive = float(np.mean(values < 0)), float(np.mean(values > 0))
    significant = float("nan")
    if se is not None:
        bound = -ndtri(level / 2)
        significant = float(np.mean(np.abs(values) > bound * rows[se].to_numpy(dtype=float)))
    return summary | {
        "median": median + null,
        "min": low + null,
        "max": high + null,
        "q25": q25 + null,
        "q75": q75 + null,
        "mad": float(np.median(np.abs(values - median))) * MAD_TO_SD,
        "share_negative": negative,
        "share_positive": positive,
        "share_same_sign": negative if median < 0 else positive,
        "share_significant": significant,
    }
