"""Standard errors, tests and limits of a joinpoint fit, as tidy tables.

Source: NCI's manual of the Joinpoint Regression Program, statistical notes, after Lerman 1980 (Appl
Stat 29:77-84). `homicide_trends.methods.joinpoints` is the door for tables.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .joinpoint_selection import Fit, Floats, Grid, information


def _year(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def _observed_segments(on: Grid, fitted: Fit) -> NDArray[np.int64]:
    """Return the segment of each year from 0, and -1 for the joinpoints, which belong to two."""
    number = np.searchsorted(np.asarray(fitted.positions, dtype=np.int64), np.arange(len(on.years)))
    number[list(fitted.positions)] = -1
    return number


def _slope_errors(on: Grid, response: Floats, fitted: Fit) -> tuple[Floats, NDArray[np.int64], int]:
    """Return the standard error and the number of years of each segment, and the common df.

    One line a segment through its own years without the joinpoints; one variance for all of them.
    A segment with fewer than two such years has no standard error.
    """
    number = _observed_segments(on, fitted)
    k = len(fitted.positions)
    spread, counts = np.full(k + 1, np.nan), np.zeros(k + 1, dtype=np.int64)
    sse, parameters = 0.0, 0
    for segment in range(k + 1):
        own = number == segment
        x, y, w = on.years[own], response[own], on.root_weights[own] ** 2
        counts[segment] = own.sum()
        parameters += min(int(counts[segment]), 2)
        if counts[segment] < 2:
            continue
        dx, dy = x - np.average(x, weights=w), y - np.average(y, weights=w)
        spread[segment] = np.sum(w * dx**2)
        sse += float(np.sum(w * (dy - dx * np.sum(w * dx * dy) / spread[segment]) ** 2))
    df = int(counts.sum()) - parameters
    return np.sqrt(sse / df / spread), counts, df


def _tested(estimate: Floats, se: Floats, df: float, conf: float) -> dict[str, Floats]:
    """Return the limits, statistic and two-sided p of estimates; df = inf means normal."""
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    tail = (1 + conf) / 2
    quantile = ndtri(tail) if np.isinf(df) else stdtrit(df, tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = estimate / se
    below = ndtr(-np.abs(statistic)) if np.isinf(df) else stdtr(df, -np.abs(statistic))
    return {
        "lower": estimate - quantile * se,
        "upper": estimate + quantile * se,
        "statistic": statistic,
        "p_value": 2 * below,
    }


def _percent(slope: Floats, log: bool) -> Floats:
    return np.asarray(100 * np.expm1(slope)) if log else np.full(len(slope), np.nan)


def segment_table(
    on: Grid, response: Floats, fitted: Fit, *, log: bool, conf: float
) -> pd.DataFrame:
    """Return the slope and annual percent change of each segment, with Student's limits."""
    se, counts, df = _slope_errors(on, response, fitted)
    ends = [0, *fitted.positions, len(on.years) - 1]
    slope = fitted.slopes
    tested = _tested(slope, se, df, conf)
    return pd.DataFrame(
        {
            "segment": np.arange(1, len(slope) + 1),
            "start": [_year(on.years[i]) for i in ends[:-1]],
            "end": [_year(on.years[i]) for i in ends[1:]],
            "observations": counts,
            "intercept": fitted.fitted[ends[:-1]] - slope * on.years[ends[:-1]],
            "slope": slope,
            "slope_se": se,
            "slope_lower": tested["lower"],
            "slope_upper": tested["upper"],
            "statistic": tested["statistic"],
            "df": df,
            "p_value": tested["p_value"],
            "apc": _percent(slope, log),
            "apc_lower": _percent(tested["lower"], log),
            "apc_upper": _percent(tested["upper"], log),
            "apc_method": "segment by segment, t",
            "apc_conf": conf,
        }
    )


def location_table(on: Grid, fitted: Fit, segments: pd.DataFrame, *, conf: float) -> pd.DataFrame:
    """Return the joinpoints with their limits and the change of slope at each.

    The limits are the first observed years outside the set where the smallest sum of squares is
    within k F(k, n-2k-2) mean squares of its minimum, or the last admissible years.
    """
    from scipy.special import fdtri

    k, n = len(fitted.positions), len(on.years)
    lower, upper = [], []
    if k:
        df = n - 2 * k - 2
        limit = fitted.sse * (1 + k * fdtri(k, df, conf) / df)
        for profile in fitted.profile:
            admissible = np.flatnonzero(np.isfinite(profile))
            inside = np.flatnonzero(profile <= limit) if fitted.sse else np.array([], dtype=int)
            inside = np.union1d(inside, [profile.argmin()])
            lower.append(_year(on.years[max(inside[0] - 1, admissible[0])]))
            upper.append(_year(on.years[min(inside[-1] + 1, admissible[-1])]))
    slope, se = segments["slope"].to_numpy(), segments["slope_se"].to_numpy()
    change, change_se = np.diff(slope), np.hypot(se[:-1], se[1:])
    tested = _tested(change, change_se, float(segments["df"].iloc[0]), conf)
    return pd.DataFrame(
        {
            "joinpoint": [_year(on.years[i]) for i in fitted.positions],
            "joinpoint_lower": lower,
            "joinpoint_upper": upper,
            "joinpoint_method": "grid, F",
            "joinpoint_conf": conf,
            "slope_change": change,
            "slope_change_se": change_se,
            "slope_change_lower": tested["lower"],
            "slope_change_upper": tested["upper"],
            "statistic": tested["statistic"],
            "p_value": tested["p_value"],
        }
    )


def average_table(
    segments: pd.DataFrame, start: float, end: float, *, log: bool, conf: float
) -> pd.DataFrame:
    """Return the mean slope and average annual percent change over a range of years, one row."""
    ends = segments["end"].to_numpy(dtype=float).clip(max=end)
    lasted = ends - segments["start"].to_numpy(dtype=float).clip(min=start)
    inside = lasted > 0
    share = lasted[inside] / lasted[inside].sum()
    slope = np.array([share @ segments["slope"].to_numpy()[inside]])
    se = np.array([np.sqrt(share**2 @ segments["slope_se"].to_numpy()[inside] ** 2)])
    within = int(inside.sum()) == 1
    tested = _tested(slope, se, float(segments["df"].iloc[0]) if within else np.inf, conf)
    return pd.DataFrame(
        {
            "start": [_year(start)],
            "end": [_year(end)],
            "slope": slope,
            "slope_se": se,
            "slope_lower": tested["lower"],
            "slope_upper": tested["upper"],
            "statistic": tested["statistic"],
            "p_value": tested["p_value"],
            "aapc": _percent(slope, log),
            "aapc_lower": _percent(tested["lower"], log),
            "aapc_upper": _percent(tested["upper"], log),
            "aapc_method": "within one segment, t" if within else "several segments, normal",
            "aapc_conf": conf,
        }
    )


def series_table(data: pd.DataFrame, on: Grid, fitted: Fit, *, log: bool) -> pd.DataFrame:
    """Return the observed and fitted rate of each year, and the segment that ends or holds it."""
    number = np.searchsorted(np.asarray(fitted.positions, dtype=np.int64), np.arange(len(on.years)))
    return data.assign(
        fitted=np.exp(fitted.fitted) if log else fitted.fitted,
        segment=number + 1,
        is_joinpoint=np.isin(np.arange(len(on.years)), fitted.positions),
    )


def model_table(on: Grid, response: Floats, fits: Mapping[int, Fit]) -> pd.DataFrame:
    """Return the sum of squares and the criteria of each number of joinpoints.

    BIC = ln(SSE/n) + (2k+2) ln(n)/n, BIC3 = ln(SSE/n) + (3k+2) ln(n)/n. The weighted BIC lies
    between them: (1-w) BIC + w BIC3, w being the largest share of the scatter about one line that a
    bend at a joinpoint explains in its two segments (Kim et al. 2023, J Appl Stat 50:1992-2013).
    """
    n = len(on.years)
    rows = []
    for k, fitted in fits.items():
        df = n - 2 * k - 2
        weight = _largest_bend(on, response, fitted)
        bic, bic3 = (information(fitted.sse, n, each * k + 2) for each in (2, 3))
        rows.append(
            {
                "n_joinpoints": k,
                "joinpoints": tuple(_year(on.years[i]) for i in fitted.positions),
                "sse": fitted.sse,
                "df": df,
                "mse": fitted.sse / df,
                "bic": bic,
                "bic3": bic3,
                "wbic": information(fitted.sse, n, (2 + weight) * k + 2),
                "weight": weight,
            }
        )
    return pd.DataFrame(rows)


def _largest_bend(on: Grid, response: Floats, fitted: Fit) -> float:
    """Return the largest partial R-squared of a joinpoint's bend between its neighbours."""
    edges = [-1, *fitted.positions, len(on.years) - 1]
    found = [0.0]
    for before, at, after in zip(edges, edges[1:], edges[2:], strict=False):
        inside = slice(before + 1, after + 1)
        root, years = on.root_weights[inside], on.years[inside]
        line = np.linalg.qr(root[:, None] * np.column_stack([np.ones_like(years), years]))[0]
        y, bend = (
            values - line @ (line.T @ values)
            for values in (root * response[inside], root * np.maximum(years - on.years[at], 0))
        )
        total = float((y @ y) * (bend @ bend))
        found.append(float((y @ bend) ** 2) / total if total > 0 else 0.0)
    return min(max(found), 1.0)
