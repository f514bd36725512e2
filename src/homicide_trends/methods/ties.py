"""The lowest of computed values, where what differs by rounding only counts as equal.

Two ways of computing one number end in different last digits, and which of them is lower depends
on the machine: a report would name one definition here, and another there.
"""

import numpy as np
import numpy.typing as npt

_ROUNDING = 1e-9  # of the largest value: far above rounding, far below printed digits


def first_lowest(values: npt.ArrayLike) -> int:
    """The position of the first of the lowest values; missing ones do not count.

    ``values`` has shape (n,), in any unit; at least one is known.

    >>> 0.1 + 0.2 == 0.3, first_lowest([1.0, 0.1 + 0.2, 0.3, float("nan")])
    (False, 1)
    """
    known = np.asarray(values, dtype=float)
    size = np.abs(known[np.isfinite(known)]).max(initial=0.0)
    return int((known <= np.nanmin(known) + _ROUNDING * size).argmax())


def first_highest(values: npt.ArrayLike) -> int:
    """The position of the first of the highest values; like ``first_lowest``.

    >>> first_highest([0.3, 0.1 + 0.2, 0.2])
    0
    """
    return first_lowest(-np.asarray(values, dtype=float))
