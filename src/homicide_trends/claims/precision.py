"""The range that a printed figure stands for.

A figure is read as rounded at the place of its last non-zero digit: 70.1 stands for 70.05 to
70.15, 60 for 55 to 65, 4,500 for 4,450 to 4,550. ``nearly`` cuts the range at the value from
above, ``more than`` from below. A zero printed after the point is a digit that was meant, so
70.0 stands for 69.95 to 70.05.
"""

import math
from decimal import Decimal
from typing import NamedTuple

from ..language import _, localised

ABOVE_IS_CUT = frozenset({"nearly", "almost", "fewer than", "less than", "under", "up to"})
BELOW_IS_CUT = frozenset({"more than", "over", "at least"})


class Accepted(NamedTuple):
    """Values that a printed figure may stand for: ``lower <= value < upper``."""

    lower: float
    upper: float
    step: float
    rule: str

    def holds(self, value: float) -> bool:
        """Whether a value rounds to the figure; never for a missing value."""
        return bool(self.lower <= value < self.upper)


def accepted_range(value: float, *, as_reported: str = "", qualifier: str = "") -> Accepted:
    """The range of values that round to a printed figure, and the rule in words.

    ``value`` in the figure's own unit; ``as_reported`` only tells zeros printed after the
    point; ``qualifier`` as in ``figures.csv``. Raises ValueError for a value that is not finite
    and for zero, whose precision cannot be read off.

    >>> accepted_range(70.1)[:2], accepted_range(4500)[:2]
    ((70.05, 70.15), (4450.0, 4550.0))
    >>> accepted_range(60, qualifier="nearly")[:2], accepted_range(2000, qualifier="more than")[:2]
    ((55.0, 60.0), (2000.0, 2500.0))
    """
    if not math.isfinite(value) or value == 0:
        raise ValueError(
            _("the precision of {value!r} cannot be read off; give a non-zero number", value=value)
        )
    step = _step(value, as_reported)
    magnitude = Decimal(repr(abs(float(value))))
    low, high = magnitude - step / 2, magnitude + step / 2
    words = _("printed to the nearest {step}", step=_words(step))
    if qualifier in ABOVE_IS_CUT:
        high = magnitude
        words += _(", and \u201c{qualifier}\u201d means below the value", qualifier=qualifier)
    elif qualifier in BELOW_IS_CUT:
        low = magnitude
        words += _(", and \u201c{qualifier}\u201d means above the value", qualifier=qualifier)
    lower, upper = (low, high) if value > 0 else (-high, -low)
    return Accepted(float(lower), float(upper), float(step), words)


def _step(value: float, as_reported: str) -> Decimal:
    """Unit of the last digit that was meant."""
    exponent = Decimal(repr(abs(float(value)))).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    digits = as_reported.rpartition(".")[2] if "." in as_reported else ""
    printed = len(digits) - len(digits.lstrip("0123456789"))
    return Decimal(1).scaleb(min(exponent, -printed) if printed else exponent)


def _words(step: Decimal) -> str:
    return f"{step.normalize():f}" if step < 1 else localised(f"{int(step):,}")


def consistent_percent(
    decline: float, count: float, base_count: float, *, as_reported: str = "", qualifier: str = ""
) -> bool:
    """Whether a printed decline agrees with the two counts printed beside it.

    The decline of 694 against 1,224 is 43.3 %: a printed 45 does not agree, a printed 43 does.

    >>> consistent_percent(45, 694, 1224), consistent_percent(43, 694, 1224)
    (False, True)
    >>> consistent_percent(54.4, 1608, 3525), consistent_percent(41, 2576, 4371)
    (True, True)
    """
    accepted = accepted_range(decline, as_reported=as_reported, qualifier=qualifier)
    return accepted.holds(100 * (1 - count / base_count))
