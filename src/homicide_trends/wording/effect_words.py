"""What sentences about an intervention have in common: intervals, and names inside a sentence."""

from collections.abc import Mapping
from typing import Any

from ..language import _
from . import formats
from .sentences import level_of

Row = Mapping[Any, Any]


def confidence(row: Row, quantity: str, decimals: int, *, percent: bool = False) -> str:
    """The confidence interval of a quantity, with its level.

    >>> row = {"rate_ratio_lower": 0.474, "rate_ratio_upper": 0.565, "rate_ratio_conf": 0.95}
    >>> confidence(row, "rate_ratio", 2).replace(formats.NBSP, " ")
    '95 % confidence interval 0.47 to 0.56'
    """
    limits = _limits(row, quantity, decimals) + f"{formats.NBSP}%" * percent
    level = level_of(row[f"{quantity}_conf"])
    return _("{level} confidence interval {limits}", level=level, limits=limits)


def prediction(row: Row, quantity: str) -> str:
    """The prediction interval of a count, with its level.

    >>> row = {"averted_lower": 3363.0, "averted_upper": 4608.0, "averted_conf": 0.95}
    >>> prediction(row, "averted").replace(formats.NBSP, " ")
    '95 % prediction interval 3,363 to 4,608'
    """
    return _(
        "{level} prediction interval {limits}",
        level=level_of(row[f"{quantity}_conf"]),
        limits=_limits(row, quantity, 0),
    )


def inside(name: str) -> str:
    """A name as it stands inside a sentence.

    >>> inside("Step without trend")
    'step without trend'
    """
    return name[:1].lower() + name[1:]


def _limits(row: Row, quantity: str, decimals: int) -> str:
    return formats.interval(row[f"{quantity}_lower"], row[f"{quantity}_upper"], decimals)
