from .judge import claim as claim
from .judge import claims as claims
from .readings import claim_on_file as claim_on_file
from .readings import claims_on_file as claims_on_file
from .result import Claim as Claim
from .result import ClaimResult as ClaimResult
from .slips import own_numbers as own_numbers
