"""Equations solved for a whole array at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def first_integer(
    holds: Callable[[Floats], NDArray[np.bool_]], low: ArrayLike, high: ArrayLike
) -> Floats:
    """Return the smallest integer in low..high where a condition holds that holds from there on.

    ``high`` is given back where nothing below it holds; the condition is not tried there.
    """
    left, right = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    right = np.maximum(left, right)
    while bool(np.any(left < right)):
        is_open = left < right
        middle = np.floor((left + right) / 2)
        yes = holds(middle)
        left, right = (
            np.where(is_open & ~yes, middle + 1, left),
            np.where(is_open & yes, middle, right),
        )
    return np.asarray(right)


def first_integer_near(holds: Callable[[Floats], NDArray[np.bool_]], near: Floats) -> Floats:
    """Return the smallest integer of 0 or more where a condition holds that holds from there on.

    The search starts at ``near`` and doubles its steps; NaN gives NaN.
    """
    low = high = np.maximum(np.floor(near), 0.0)
    for step in 2.0 ** np.arange(60):
        short = ~holds(high) & ~np.isnan(high)
        if not bool(np.any(short)):
            break
        low, high = np.where(short, high + 1, low), np.where(short, high + step, high)
    for step in 2.0 ** np.arange(60):
        below = np.maximum(low - 1, 0.0)
        deep = (low > 0) & holds(below)
        if not bool(np.any(deep)):
            break
        high = np.where(deep, below, high)
        low = np.where(deep, np.maximum(below - step, 0.0), low)
    return first_integer(holds, low, high)


def root(
    value_and_slope: Callable[[Floats], tuple[Floats, Floats]], low: Floats, high: Floats
) -> Floats:
    """Return the root of a smooth increasing function between low and high.

    Newton's steps, halved where one would leave the bracket; NaN where a bracket is NaN.
    """
    at = (low + high) / 2
    # The error after a Newton step is of the order of the step's square.
    small = 1e-9 * (high - low)
    searching = low < high
    with np.errstate(all="ignore"):
        for _ in range(100):
            if not bool(np.any(searching)):
                break
            value, slope = value_and_slope(at)
            low, high = np.where(value < 0, at, low), np.where(value < 0, high, at)
            newton = at - value / slope
            inside = (newton >= low) & (newton <= high)
            new = np.where(inside, newton, (low + high) / 2)
            at, searching = np.where(searching, new, at), searching & (np.abs(new - at) > small)
    return np.asarray(at)
