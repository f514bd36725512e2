"""Tails of Poisson, binomial and negative binomial counts, turned into limits.

Arrays of one shape; counts may be fractions. ``tail`` is the probability beyond each limit.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .binomial_odds import at_least
from .roots import first_integer_near, root

Floats = NDArray[np.float64]


class Limits(NamedTuple):
    """Lower and upper limits, two arrays of one shape."""

    lower: Floats
    upper: Floats


def z_value(tail: float) -> float:
    """Return the normal deviate that leaves ``tail`` above it."""
    return float(-special.ndtri(tail))


def exact_limits(x: Floats, tail: float) -> Limits:
    """Return exact limits of the mean: chi-square quantiles."""
    lower = np.where(x == 0, 0.0, special.gammaincinv(x, tail))
    return Limits(lower, np.asarray(special.gammainccinv(x + 1, tail)))


def byar_limits(x: Floats, z: float, below: float, above: float) -> Limits:
    """Return Byar's cube-root limits, with what is added to x below and above."""
    low, high = x + below, x + above
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = low * (1 - 1 / (9 * low) - z / (3 * np.sqrt(low))) ** 3
        upper = high * (1 - 1 / (9 * high) + z / (3 * np.sqrt(high))) ** 3
    # Near 0 the bracket can be negative, and its cube with it.
    return Limits(np.where(x == 0, 0.0, np.maximum(lower, 0.0)), np.asarray(upper))


def mid_p_limits(x: Floats, tail: float) -> Limits:
    """Return limits of the mean with half of the observed probability in each tail."""
    some = np.where(x == 0, np.nan, x)
    exact = exact_limits(some, tail)

    def mass(mean: Floats) -> Floats:
        return np.asarray(np.exp(x * np.log(mean) - mean - special.gammaln(x + 1)))

    # On the log scale, where the smallest fraction of a count is as well found as the largest.
    def lower_tail(log_mean: Floats) -> tuple[Floats, Floats]:
        mean = np.exp(log_mean)
        own = mass(mean)
        held = special.gammainc(some, mean) - own / 2
        return np.log(held / tail), own * (mean + some) / (2 * held)

    def upper_tail(log_mean: Floats) -> tuple[Floats, Floats]:
        mean = np.exp(log_mean)
        own = mass(mean)
        held = special.gammaincc(some + 1, mean) - own / 2
        return np.log(tail / held), own * (mean + some) / (2 * held)

    # The exact limits bracket the mid-P ones. With no deaths half of exp(-mean) is the whole tail.
    with np.errstate(divide="ignore"):
        low, high = np.log(exact.lower), np.log(exact.upper)
    lower = np.where(x == 0, 0.0, np.exp(root(lower_tail, low, high)))
    upper = np.where(x == 0, -np.log(2 * tail), np.exp(root(upper_tail, low, high)))
    return Limits(lower, upper)


def exact_prediction(
    x: Floats, p: Floats, q: Floats, tail: float, expected: Floats, spread: Floats
) -> Limits:
    """Return limits for y by the binomial of x among x+y; p and q are their exposure's shares."""
    z = z_value(tail)
    first = first_integer_near(lambda y: at_least(x, y, p) > tail, expected - z * spread)
    beyond = first_integer_near(lambda y: at_least(y, x, q) <= tail, expected + z * spread)
    return Limits(first, np.asarray(beyond - 1))


def poisson_quantiles(lower_mean: Floats, upper_mean: Floats, tail: float) -> Limits:
    """Return the lower quantile of one Poisson mean and the upper one of another."""
    z = z_value(tail)
    lower = first_integer_near(
        lambda y: special.gammaincc(y + 1, lower_mean) >= tail, lower_mean - z * np.sqrt(lower_mean)
    )
    upper = first_integer_near(
        lambda y: special.gammainc(y + 1, upper_mean) <= tail, upper_mean + z * np.sqrt(upper_mean)
    )
    return Limits(lower, upper)


def negative_binomial_quantiles(mean: Floats, index: Floats, tail: float) -> Limits:
    """Return negative binomial quantiles; the variance is ``index`` (above 1) times the mean."""
    size, p, q = mean / (index - 1), 1 / index, (index - 1) / index
    half = z_value(tail) * np.sqrt(mean * index)
    lower = first_integer_near(lambda y: special.betainc(size, y + 1, p) >= tail, mean - half)
    upper = first_integer_near(lambda y: special.betainc(y + 1, size, q) <= tail, mean + half)
    return Limits(lower, upper)
