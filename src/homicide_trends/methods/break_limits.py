"""How well the position of a change of level is known: limits and sets of positions."""

from __future__ import annotations

from math import ceil, floor, log, nan, pi, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def likelihood_ratio_limit(conf: float) -> float:
    """Return how far -2 log-likelihood at the true position of a break may lie above its minimum.

    For a small change the excess is the larger of two independent exponential variables of mean 2,
    hence -2 ln(1 - sqrt(conf)); for a large change the limit is on the safe side.

    Source: Siegmund 1988, Int Stat Rev 56:31-48; Hansen 2000, Econometrica 68:575-603, whose
    table gives 7.35 at 0.95:

    >>> round(likelihood_ratio_limit(0.95), 2)
    7.35
    """
    return -2 * log(1 - sqrt(conf))


def bai_limits(
    values: Floats, positions: tuple[int, ...], conf: float
) -> list[tuple[float, float]]:
    """Return limits of each break in the mean, as numbers of observations before it.

    Each segment has a variance of its own. Limits may lie outside 1..n, where the data do not bound
    the break; they are NaN where a segment has no variance or the distribution is too lopsided.

    Source: Bai 1997, Rev Econ Stat 79:551-563; Bai and Perron 2003, J Appl Econometrics 18:1-22.

    >>> bai_limits(np.array([5.0, 6, 5, 4, 5, 9, 8, 9, 10, 9]), (5,), 0.95)
    [(4.0, 6.0)]
    """
    ends = [0, *positions, len(values)]
    means = [values[a:b].mean() for a, b in zip(ends, ends[1:], strict=False)]
    variances = [values[a:b].var() for a, b in zip(ends, ends[1:], strict=False)]
    limits = []
    for i, position in enumerate(positions):
        before, after, shift = variances[i], variances[i + 1], means[i + 1] - means[i]
        quantiles = _argmax_quantiles(after / before, conf) if before and after else (nan, nan)
        # Measured from the break backwards: the upper quantile gives the lower limit.
        low, high = (q * before / shift**2 for q in quantiles)
        limits.append((nan, nan) if low != low else (position - ceil(high), position - floor(low)))
    return [(float(lower), float(upper)) for lower, upper in limits]


def _argmax_quantiles(ratio: float, conf: float) -> tuple[float, float]:
    from scipy.optimize import brentq

    tail = (1 - conf) / 2
    if not tail <= _argmax_distribution(0.0, ratio) <= 1 - tail:
        return nan, nan
    low, high = -1.0, 1.0
    while _argmax_distribution(low, ratio) > tail:
        low *= 2
    while _argmax_distribution(high, ratio) < 1 - tail:
        high *= 2
    return (
        float(brentq(lambda x: _argmax_distribution(x, ratio) - tail, low, 0.0)),
        float(brentq(lambda x: _argmax_distribution(x, ratio) - (1 - tail), 0.0, high)),
    )


def _argmax_distribution(x: float, ratio: float) -> float:
    """Return P(argmax V <= x), V a two-sided Wiener process with drift -|x|/2.

    Its variance per step is 1 below zero and `ratio` above.
    """
    from scipy.special import log_ndtr, ndtr

    a, r = abs(x), ratio
    root = sqrt(a)
    if x < 0:
        tilted = np.exp((1 + 1 / r) / r * a / 2 + log_ndtr(-(0.5 + 1 / r) * root))
        return float(
            -root * np.exp(-a / 8) / sqrt(2 * pi)
            - r * (r + 2) / (r + 1) * tilted
            + (a / 2 - 2 + (r + 2) ** 2 / (r + 1)) * ndtr(-root / 2)
        )
    tilted = np.exp((r + 1) * a / 2 + log_ndtr(-(r + 0.5) / sqrt(r) * root))
    return float(
        1
        + root * np.exp(-a / (8 * r)) / sqrt(2 * pi * r)
        + (2 * r + 1) / (r * (r + 1)) * tilted
        - ((2 * r + 1) ** 2 / (r * (r + 1)) - 2 + a / (2 * r)) * ndtr(-root / (2 * sqrt(r)))
    )
