"""What a claim means, which comparisons it allows, and the verdict: numbers only.

>>> from homicide_trends import claims
>>> claims.claim("deaths-prevented", limits=False).first.verdict.code
'only_if'
"""

from .accepted import accepted
from .judge import claim, claims, examine
from .readings import appearance, claim_on_file, claims_on_file
from .result import Accepted, ClaimResult, Level, Reading, ReadingResult, Verdict

__all__ = [
    "Accepted",
    "ClaimResult",
    "Level",
    "Reading",
    "ReadingResult",
    "Verdict",
    "accepted",
    "appearance",
    "claim",
    "claim_on_file",
    "claims",
    "claims_on_file",
    "examine",
]
