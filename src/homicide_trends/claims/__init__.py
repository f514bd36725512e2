"""For which definitions is a stated figure true: the grid of definitions and the verdict.

>>> from homicide_trends import claims
>>> claims.verdict("memo-violence-free").set_index("layer").loc["reproduced", "verdict"]
'no'
"""

from .axes import axes_for
from .genealogy import genealogy
from .layers import SCALE, placebo_changes, scale
from .precision import Accepted, accepted_range, consistent_percent
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
from .review import claim_review, listing
from .verdicts import (
    LAYERS,
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
from .wording import answer, hidden, placebo, presupposes, values_published, verdicts

__all__ = [
    "LAYERS",
    "SCALE",
    "Accepted",
    "Claim",
    "accepted_range",
    "answer",
    "axes_for",
    "baselines_needed",
    "by_choice",
    "choices",
    "claim_review",
    "consistent_percent",
    "drivers",
    "ends_reached",
    "evaluate",
    "examine",
    "figure_row",
    "genealogy",
    "hidden",
    "hidden_deaths",
    "holding",
    "listing",
    "not_computed",
    "overview",
    "placebo",
    "placebo_changes",
    "placebos",
    "presupposes",
    "publication_date",
    "published_values",
    "scale",
    "sources_used",
    "specifications",
    "surface",
    "values_published",
    "verdict",
    "verdicts",
]
