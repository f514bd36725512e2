"""For which definitions is a stated figure true: the grid of definitions and the verdict.

>>> from homicide_trends import claims
>>> claims.verdict("memo-violence-free").set_index("layer").loc["reproduced", "verdict"]
'no'
"""

from .axes import axes_for
from .layers import SCALE, placebo_changes, scale
from .precision import Accepted, accepted_range, consistent_percent
from .presuppositions import baselines_needed, ends_reached, hidden_deaths, surface
from .verdicts import (
    Claim,
    choices,
    drivers,
    evaluate,
    examine,
    figure_row,
    publication_date,
    specifications,
    verdict,
)

__all__ = [
    "SCALE",
    "Accepted",
    "Claim",
    "accepted_range",
    "axes_for",
    "baselines_needed",
    "choices",
    "consistent_percent",
    "drivers",
    "ends_reached",
    "evaluate",
    "examine",
    "figure_row",
    "hidden_deaths",
    "placebo_changes",
    "publication_date",
    "scale",
    "specifications",
    "surface",
    "verdict",
]
