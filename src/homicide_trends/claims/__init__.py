"""For which definitions is a stated figure true: the grid of definitions and the verdict.

>>> from homicide_trends import claims
>>> claims.verdict("memo-violence-free").set_index("layer").loc["consistent", "verdict"]
'yes'
"""

from .axes import axes_for
from .examination import (
    LAYERS,
    Claim,
    appearance,
    choices,
    drivers,
    evaluate,
    examine,
    figure_row,
    specifications,
    verdict,
)
from .layers import SCALE, scale
from .placebo import placebo_changes
from .precision import Accepted, accepted_range, consistent_percent
from .published import genealogy
from .questions import (
    baselines_needed,
    by_choice,
    ends_reached,
    hidden_deaths,
    holding,
    not_computed,
    overview,
    placebos,
    published_values,
    sources_used,
    surface,
)

__all__ = [
    "LAYERS",
    "SCALE",
    "Accepted",
    "Claim",
    "accepted_range",
    "appearance",
    "axes_for",
    "baselines_needed",
    "by_choice",
    "choices",
    "consistent_percent",
    "drivers",
    "ends_reached",
    "evaluate",
    "examine",
    "figure_row",
    "genealogy",
    "hidden_deaths",
    "holding",
    "not_computed",
    "overview",
    "placebo_changes",
    "placebos",
    "published_values",
    "scale",
    "sources_used",
    "specifications",
    "surface",
    "verdict",
]
