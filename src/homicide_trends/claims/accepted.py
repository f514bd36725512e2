"""The values that a stated figure stands for, and the state of an estimate beside them.

A figure stands for v plus or minus h. h is half a unit of its last digit that is not zero (a zero
printed after the point was meant), but for a plain number at least v/50 and at most v/20, for a
hedged one or a word ("about", "halved", "a third") at least v/20 and at most v/10. "Nearly" cuts
at v from above; "more than" stands for v to 1.5 v, "fewer than" for v/1.5 to v. Without a number
a rise or a fall is a twentieth or more that way, a marked one a fifth; "among the most" is one of
the first three, or of the first tenth of thirty or more.
"""

import math
import re
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from ..language import _
from .result import GIVES, NEAR, OUT, Accepted

HEDGES = frozenset({"about", "estimated", "some"})
BELOW = frozenset({"nearly", "almost"})
MORE = frozenset({"more than", "over", "at least"})
FEWER = frozenset({"fewer than", "less than", "under", "up to"})
MARKED, AMONG = "marked", "among the most"
QUALIFIERS = (*sorted(HEDGES | BELOW | MORE | FEWER), MARKED, AMONG)
"""What the column ``qualifier`` may hold, in ``figures.csv`` and ``claims.csv``."""

_WORD = re.compile(
    r"hal(f|v)|third|quarter|doubl|tripl|twice|mitad|tercio|tercera|cuart[ao]|doble|duplic|triplic",
    re.IGNORECASE,
)
NEAR_BY = 1.5  # times h: how far from the value an estimate is still near


def accepted(
    value: float,
    *,
    as_reported: str = "",
    qualifier: str = "",
    rank_of: int = 0,
    factor: float = 1.0,
) -> Accepted:
    """The range of a stated value; of a direction without a number for a missing one.

    ``qualifier`` as in ``figures.csv``; ``as_reported`` tells words and printed zeros; ``rank_of``
    is the number of places that a rank is among; ``factor`` scales h. Raises ValueError for zero
    and for what is not finite but not missing.

    >>> a = accepted(70.1)
    >>> round(a.lower, 3), round(a.upper, 3), round(a.near_upper, 3)
    (68.698, 71.502, 72.203)
    >>> nearly = accepted(60, qualifier="nearly")
    >>> nearly.near_lower, nearly.lower, nearly.upper, nearly.near_upper
    (52.5, 55.0, 60.0, 60.0)
    >>> accepted(math.nan, qualifier="marked").lower
    20.0
    """
    if rank_of:
        return _rank(value, qualifier, rank_of)
    if math.isnan(value):
        # Nothing at all is not "anything that way": the least is above zero.
        least, near = (20.0, 10.0) if qualifier == MARKED else (5.0, 1e-9)
        word = MARKED if qualifier == MARKED else "direction"
        return Accepted(math.nan, least, math.inf, near, math.inf, math.nan, word)
    if not math.isfinite(value) or value == 0:
        raise ValueError(
            _("the precision of {value!r} cannot be read off; give a non-zero number", value=value)
        )
    size = abs(float(value))
    if qualifier in MORE:
        ends, word = (size, 1.5 * size, size, 1.5 * size), "more"
    elif qualifier in FEWER:
        ends, word = (size / 1.5, size, size / 1.5, size), "fewer"
    else:
        hedged = qualifier in HEDGES | BELOW or bool(_WORD.search(as_reported))
        least, most = (size / 20, size / 10) if hedged else (size / 50, size / 20)
        half = factor * min(max(printed_half(size, as_reported), least), most)
        near = NEAR_BY * half
        ends, word = (size - half, size + half, size - near, size + near), "plain"
        if qualifier in BELOW:
            ends, word = (ends[0], size, ends[2], size), "nearly"
        elif hedged:
            word = "hedged"
        return _signed(value, ends, half, word)
    return _signed(value, ends, math.nan, word)


def _signed(value: float, ends: tuple[float, ...], half: float, word: str) -> Accepted:
    if value < 0:
        ends = (-ends[1], -ends[0], -ends[3], -ends[2])
    return Accepted(value, ends[0], ends[1], ends[2], ends[3], half, word)


def _rank(value: float, qualifier: str, of: int) -> Accepted:
    """A rank stands for itself, "among the most" for the first three or the first tenth."""
    if qualifier == AMONG or math.isnan(value):
        last = float(of // 10 if of >= 30 else 3)
        return Accepted(math.nan, 1.0, last, 1.0, last + 1, math.nan, "rank")
    return Accepted(value, value, value, value - 1, value + 1, math.nan, "rank")


def printed_half(size: float, as_reported: str) -> float:
    """Half a unit of the last digit that was meant."""
    exponent = Decimal(repr(float(size))).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    # A zero printed after the point was meant; the digits of "6.34 million" are not of the value.
    number = re.search(r"\d+\.\d+", as_reported)
    printed = len(number[0].partition(".")[2]) if number and float(number[0]) == size else 0
    return float(Decimal(1).scaleb(min(exponent, -printed) if printed else exponent)) / 2


def states(estimates: npt.ArrayLike, range_: Accepted) -> npt.NDArray[np.object_]:
    """``gives``, ``near`` or ``out`` for each estimate; "" for a missing one.

    >>> states([70.3, 72.0, 75.0, math.nan], accepted(70.1)).tolist()
    ['gives', 'near', 'out', '']
    """
    x = np.asarray(estimates, dtype=float)
    tiny = 1e-9 * np.maximum(1.0, np.abs(x))  # limits are meant, not their last binary digit
    inside = (x >= range_.lower - tiny) & (x <= range_.upper + tiny)
    near = (x >= range_.near_lower - 1e-10) & (x <= range_.near_upper + tiny)
    known = ~np.isnan(x)
    return np.select([~known, inside, near], ["", GIVES, NEAR], default=OUT).astype(object)


def sides(estimates: npt.ArrayLike, range_: Accepted) -> npt.NDArray[Any]:
    """1 where the claim is too high for the estimate, -1 too low, 0 where it gives.

    >>> sides([50.0, 60.0, 70.0], accepted(60.0)).tolist()
    [1, 0, -1]
    """
    x = np.asarray(estimates, dtype=float)
    sign = -1 if range_.value < 0 or range_.word == "rank" else 1
    middle = range_.value if math.isfinite(range_.value) else range_.lower
    found = np.where(states(x, range_) == GIVES, 0, np.sign(middle - x) * sign)
    return np.asarray(np.nan_to_num(found).astype(int))
