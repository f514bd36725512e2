"""Fresh figures: what a service has that the tables have not, proposed, shown, then appended.

``retrieve`` asks, ``propose`` compares; the proposal's ``additions`` appends the new rows. Nothing
on file is ever overwritten: a revised value stands beside the old one, with its own source.

>>> from datetime import date
>>> from homicide_trends.tables import updates
>>> answer = updates.Answer("SLV", {2022: 496 / 6280319 * 1e5}, {2022: 6280319},
...     date(2026, 10, 7), date(2026, 11, 22))
>>> updates.propose(answer).empty
True
"""

from .comparison import Change
from .proposal import Proposal, country, propose
from .worldbank import ENDPOINT, Answer, retrieve

__all__ = [
    "ENDPOINT",
    "Answer",
    "Change",
    "Proposal",
    "country",
    "propose",
    "retrieve",
]
