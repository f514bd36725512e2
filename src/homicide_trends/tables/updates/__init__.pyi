from .proposal import Change as Change
from .proposal import Proposal as Proposal
from .proposal import country as country
from .proposal import propose as propose
from .worldbank import ENDPOINT as ENDPOINT
from .worldbank import Answer as Answer
from .worldbank import retrieve as retrieve
