"""Odds of a binomial with a of one kind and b of the other: tails, limits and p-values.

Given their sum two Poisson counts are binomial, and its odds are the ratio of the two rates times
the ratio of their exposures. Arrays of one shape; a and b may be fractions.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .roots import first_integer, root

Floats = NDArray[np.float64]


def at_least(a: Floats, b: Floats, p: Floats) -> Floats:
    """Return P(X >= a) for X binomial among a+b."""
    return np.where(a == 0, 1.0, special.betainc(a, b + 1, p))


def more_than(a: Floats, b: Floats, p: Floats) -> Floats:
    """Return P(X > a) for X binomial among a+b."""
    return np.where(b == 0, 0.0, special.betainc(a + 1, b, p))


def exact_lower(a: Floats, b: Floats, tail: float) -> Floats:
    """Return the lower Clopper-Pearson limit of the odds; the upper is 1 / that of (b, a)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # p and 1-p each from its own inverse: neither may lose its digits near 0.
        odds = special.betaincinv(a, b + 1, tail) / special.betainccinv(b + 1, a, tail)
    return np.where(a == 0, 0.0, odds)


def mid_p_lower(a: Floats, b: Floats, tail: float) -> Floats:
    """Return the lower mid-P limit of the odds; the upper is 1 / that of (b, a)."""

    log_choose = -np.log1p(a + b) - special.betaln(a + 1, b + 1)

    def log_tail(log_odds: Floats) -> tuple[Floats, Floats]:
        p, q = special.expit(log_odds), special.expit(-log_odds)
        log_p, log_q = special.log_expit(log_odds), special.log_expit(-log_odds)
        mass = np.exp(log_choose + a * log_p + b * log_q)
        held = at_least(a, b, p) - mass / 2
        return np.log(held / tail), mass * (a * q + b * p) / (2 * held)

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # The exact limits lie outside the mid-P ones and bracket them.
        low = np.where((a == 0) | (b == 0), np.nan, np.log(exact_lower(a, b, tail)))
        high = -np.log(exact_lower(b, a, tail))
        odds = np.exp(root(log_tail, low, high))
        # With none of the other kind, half of p^a is the whole tail.
        log_p = np.log(2 * tail) / a
        odds = np.where(b == 0, np.exp(log_p) / -np.expm1(log_p), odds)
    return np.where(a == 0, 0.0, odds)


def minlike_p_value(a: Floats, b: Floats, p: Floats, q: Floats) -> Floats:
    """Return the probability of all outcomes no likelier than a, for X binomial among a+b.

    ``q`` is 1-p. Whole counts; outcomes within 1e-7 count as equally likely, as in R.
    """
    n = a + b
    # Mirrored where needed, so that the observed count lies in the lower tail.
    mirror = a > n * p
    x, p, q = np.where(mirror, b, a), np.where(mirror, q, p), np.where(mirror, p, q)

    def log_mass(k: Floats) -> Floats:
        choose = -np.log1p(n) - special.betaln(k + 1, n - k + 1)
        return np.asarray(choose + special.xlogy(k, p) + special.xlogy(n - k, q))

    limit = log_mass(x) + np.log1p(1e-7)
    opposite = first_integer(lambda k: log_mass(k) <= limit, np.ceil(n * p), n + 1)
    upper = np.where(opposite > n, 0.0, at_least(opposite, np.maximum(n - opposite, 0), p))
    both = np.minimum(at_least(n - x, x, q) + upper, 1.0)
    return np.where(np.isnan(n), np.nan, np.where(x == n * p, 1.0, both))
