"""Costs of segments and the search for the best ones: what change points are made of.

Arrays in, arrays out; `homicide_trends.methods.change_points` is the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, pi
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..arguments import choice, floats
from ..language import N_, refusal, translated
from .break_limits import Floats, bai_limits, likelihood_ratio_limit

# Above this, numbers of breaks are only tabulated when asked for.
_TABULATED = 10


@dataclass(frozen=True, slots=True)
class Observations:
    """Checked observations and the running sums from which every segment's cost follows.

    `sums` has a row each for values, exposure, centred values and their squares.
    """

    model: str
    values: Floats
    exposure: Floats
    dates: pd.Index[Any]
    dispersion: float
    sums: Floats

    def cost(self, start: Any, end: Any) -> Any:
        """Return the cost of the observations start..end-1; arrays of starts and ends broadcast."""
        from scipy.special import xlogy

        total, exposure, centred, squares = (row[end] - row[start] for row in self.sums)
        if self.model == "l2":
            return np.maximum(squares - centred**2 / exposure, 0.0)
        return -2 * (xlogy(total, total / exposure) - total) / self.dispersion

    def rate(self, start: Any, end: Any) -> Any:
        """Return the total over the exposure of the observations start..end-1."""
        total, exposure = (row[end] - row[start] for row in self.sums[:2])
        return total / exposure


def observations(
    values: ArrayLike | pd.Series[Any],
    model: str,
    exposure: ArrayLike | None,
    dates: ArrayLike | pd.Index[Any] | None,
    dispersion: float,
    min_size: int,
) -> Observations:
    """Return checked observations, with running sums; see `changepoints` for the arguments."""
    choice(model, ["poisson", "l2"], "model")
    if min_size < 1:
        raise refusal(
            "min_size is {min_size}; a segment has 1 observation or more", min_size=min_size
        )
    if model == "l2" and (exposure is not None or dispersion != 1):
        raise refusal("exposure and dispersion belong to model='poisson'; give rates to 'l2'")
    if not (np.isfinite(dispersion) and dispersion > 0):
        raise refusal(
            "dispersion is {dispersion}; it must be above 0, and is 1 for Poisson",
            dispersion=dispersion,
        )
    numbers = floats(values, "values")
    if numbers.ndim != 1:
        raise refusal("values has {ndim} dimensions; give one number a period", ndim=numbers.ndim)
    if dates is None and isinstance(values, pd.Series):
        index = values.index
        dates = index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
        dates = dates if isinstance(dates, pd.DatetimeIndex) else None
    labels: Any = np.arange(1, len(numbers) + 1) if dates is None else dates
    when: pd.Index[Any] = pd.Index(labels)
    spent = np.ones(len(numbers)) if exposure is None else floats(exposure, "exposure")
    for what, size in (("dates", len(when)), ("exposure", spent.size)):
        if size != len(numbers):
            raise refusal(
                "{values} values and {size} {what}; give one {what} a value",
                values=len(numbers),
                size=size,
                what=what,
            )
    if not (when.is_monotonic_increasing and when.is_unique):
        raise refusal("dates must increase from one observation to the next")
    _refuse(
        ~np.isfinite(numbers), numbers, when,
        N_("value is {value}; leave no period out (observation {row}, {when})"),
    )  # fmt: skip
    _refuse(
        ~(spent > 0) | np.isinf(spent), spent, when,
        N_("exposure is {value}; it must be above 0 (observation {row}, {when})"),
    )  # fmt: skip
    if model == "poisson":
        _refuse(
            numbers < 0, numbers, when,
            N_("value is {value}; a count is 0 or more (observation {row}, {when})"),
        )  # fmt: skip
    centred = numbers - numbers.mean()
    rows = np.array([numbers, spent, centred, centred**2])
    sums = np.hstack([np.zeros((4, 1)), rows.cumsum(axis=1)])
    return Observations(model, numbers, spent, when, dispersion, sums)


def _refuse(bad: Any, numbers: Floats, when: pd.Index[Any], message: str) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        text = translated(message)
        raise ValueError(text.format(value=numbers[at], row=at + 1, when=when[at]))


def most_breaks(n: int, min_size: int, n_changepoints: int | None, limit: int | None) -> int:
    """Return up to how many breaks segmentations are tabulated."""
    feasible = n // min_size - 1
    for name, number in (("n_changepoints", n_changepoints), ("max_changepoints", limit)):
        if number is not None and not 0 <= number <= feasible:
            raise refusal(
                "{name} is {number}; {n} observations in segments of {min_size} or more allow"
                " 0 to {most}",
                name=name,
                number=number,
                n=n,
                min_size=min_size,
                most=max(feasible, 0),
            )
    if feasible < 0:
        raise refusal(
            "{n} observations are too few for a segment of {min_size} or more",
            n=n,
            min_size=min_size,
        )
    default = min(max(ceil(n / min_size) - 2, 0), _TABULATED)
    return max(n_changepoints or 0, default if limit is None else limit)


def _costs(series: Observations, min_size: int) -> Floats:
    """Cost of every segment start..end-1 as a matrix (start, end); infinite where too short."""
    at = np.arange(len(series.values) + 1)
    cost = np.full((len(at), len(at)), np.inf)
    start, end = np.nonzero(at[None] - at[:, None] >= min_size)
    cost[start, end] = series.cost(start, end)
    return cost


def by_number(series: Observations, most: int, min_size: int) -> list[tuple[int, ...]]:
    """Return the best segmentation with 0, 1, ... breaks, as positions.

    Dynamic programming: the best k breaks before a position are the best k - 1 before some earlier
    one, and the segment from there on (Bellman and Roth 1969, J Am Stat Assoc 64:1079-1084).
    """
    cost = _costs(series, min_size)
    best, back = cost[0], [np.zeros(len(cost), dtype=np.int64)]
    found: list[tuple[int, ...]] = [()]
    for k in range(1, most + 1):
        total = best[:, None] + cost
        back.append(np.argmin(total, axis=0))
        best = total.min(axis=0)
        position, positions = len(cost) - 1, []
        for previous in back[k:0:-1]:
            position = int(previous[position])
            positions.append(position)
        found.append(tuple(reversed(positions)))
    return found


def by_penalty(series: Observations, penalty: float, min_size: int) -> tuple[int, ...]:
    """Return the segmentation with the smallest cost plus penalty times number of breaks.

    Optimal partitioning (Jackson et al. 2005, IEEE Signal Process Lett 12:105-108).
    """
    cost = _costs(series, min_size) + penalty
    best = np.full(len(cost), np.inf)
    best[0] = -penalty
    back = np.zeros(len(cost), dtype=np.int64)
    for end in range(min_size, len(cost)):
        total = best[:end] + cost[:end, end]
        back[end] = int(np.argmin(total))
        best[end] = total[back[end]]
    positions = []
    position = int(back[-1])
    while position:
        positions.append(position)
        position = int(back[position])
    return tuple(reversed(positions))


def segment_ends(series: Observations, positions: tuple[int, ...]) -> tuple[Any, Any]:
    """Return where each segment starts, and where the next one does."""
    ends = np.array([0, *positions, len(series.values)])
    return ends[:-1], ends[1:]


def bic(series: Observations, positions: tuple[int, ...]) -> float:
    """Return the criterion, for "poisson" up to a constant; 2k+1 or 2k+2 parameters."""
    n, k = len(series.values), len(positions)
    cost = series.cost(*segment_ends(series, positions)).sum()
    if series.model == "poisson":
        return float(cost + (2 * k + 1) * log(n))
    with np.errstate(divide="ignore"):
        return float(n * (np.log(cost / n) + 1 + log(2 * pi)) + 2 * (k + 1) * log(n))


def pearson(series: Observations, start: int, end: int) -> float:
    """Return Pearson's chi-square of one segment; zero where it holds no deaths."""
    mean = series.rate(start, end) * series.exposure[start:end]
    missed = (series.values[start:end] - mean) ** 2
    return float(np.sum(np.divide(missed, mean, out=np.zeros_like(mean), where=mean > 0)))


def rate_ratio(before: Any, after: Any) -> Any:
    """Return the ratio of two rates, NaN where the first is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, after / before, np.nan)


def model_table(
    series: Observations, segmentations: list[tuple[int, ...]], chosen: tuple[int, ...]
) -> pd.DataFrame:
    """Return cost and criteria of each number of breaks."""
    rows = []
    for k, positions in enumerate(segmentations):
        starts, ends = segment_ends(series, positions)
        df = len(series.values) - k - 1
        chi_square = sum(pearson(series, a, b) for a, b in zip(starts, ends, strict=True))
        rows.append(
            {
                "n_changepoints": k,
                "positions": positions,
                "cost": float(series.cost(starts, ends).sum()),
                "bic": bic(series, positions),
                "dispersion": chi_square / df if series.model == "poisson" and df else np.nan,
                "selected": k == len(chosen),
            }
        )
    return pd.DataFrame(rows)


def break_table(
    series: Observations, positions: tuple[int, ...], min_size: int, conf: float
) -> pd.DataFrame:
    """Return the breaks with their limits and the rates on both sides."""
    starts, ends = segment_ends(series, positions)
    before, after = series.rate(starts[:-1], ends[:-1]), series.rate(starts[1:], ends[1:])
    position = np.array(positions, dtype=np.int64)
    joined = series.cost(starts[:-1], ends[1:])
    apart = series.cost(starts[:-1], position) + series.cost(position, ends[1:])
    if series.model == "l2":
        method, limits = "Bai", bai_limits(series.values, positions, conf)
    else:
        method, limits = "likelihood ratio", _ratio_limits(series, positions, min_size, conf)
    return pd.DataFrame(
        {
            "position": position,
            "last": series.dates[position - 1],
            "first": series.dates[position],
            "position_lower": [lower for lower, _ in limits],
            "position_upper": [upper for _, upper in limits],
            "position_method": method,
            "position_conf": conf,
            "rate_before": before,
            "rate_after": after,
            "ratio": rate_ratio(before, after),
            "gain": joined - apart,
        }
    )


def _ratio_limits(
    series: Observations, positions: tuple[int, ...], min_size: int, conf: float
) -> list[tuple[float, float]]:
    """Return the outermost positions that the likelihood allows, the other breaks held."""
    starts, ends = segment_ends(series, positions)
    limits = []
    for start, end in zip(starts[:-1], ends[1:], strict=True):
        tried = np.arange(start + min_size, end - min_size + 1)
        cost = series.cost(start, tried) + series.cost(tried, end)
        inside = tried[cost - cost.min() <= likelihood_ratio_limit(conf)]
        limits.append((float(inside[0]), float(inside[-1])))
    return limits


def segment_table(series: Observations, positions: tuple[int, ...], conf: float) -> pd.DataFrame:
    """Return the segments with their rates and the limits of these."""
    starts, ends = segment_ends(series, positions)
    total, exposure = (row[ends] - row[starts] for row in series.sums[:2])
    counts = ends - starts
    spread = np.full(len(counts), np.nan)
    if series.model == "poisson":
        from ..rates.intervals import poisson_limits

        limits = poisson_limits(total, conf=conf, dispersion=series.dispersion)
        lower, upper = limits.lower / exposure, limits.upper / exposure
        pairs = zip(starts, ends, counts, strict=True)
        spread = np.array([pearson(series, a, b) / (m - 1 or np.nan) for a, b, m in pairs])
    else:
        half = _half_widths(series.cost(starts, ends), counts, conf)
        lower, upper = total / exposure - half, total / exposure + half
    return pd.DataFrame(
        {
            "segment": np.arange(1, len(counts) + 1),
            "first": series.dates[starts],
            "last": series.dates[ends - 1],
            "observations": counts,
            "total": total,
            "exposure": exposure,
            "rate": total / exposure,
            "rate_lower": lower,
            "rate_upper": upper,
            "rate_method": "exact" if series.model == "poisson" else "t",
            "rate_conf": conf,
            "dispersion": spread,
        }
    )


def _half_widths(sums_of_squares: Floats, counts: Any, conf: float) -> Floats:
    """Return the half-widths of Student's limits of means, NaN for a single observation."""
    from scipy.special import stdtrit

    df = np.where(counts > 1, counts - 1.0, np.nan)
    half: Floats = stdtrit(df, (1 + conf) / 2) * np.sqrt(sums_of_squares / df / counts)
    return half
