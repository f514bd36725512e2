"""Sentences made from results, so that no number is ever typed into prose.

Each takes a result table and says only what its rows say: a fall after a date is never called
a fall because of it.
"""

from .changes import (
    averted,
    beside_stated,
    change,
    limits_in_words,
    rate_of,
    region_changes,
    resolution,
)
from .counts import agencies, conflicts, levels, needed_population
from .texts import (
    agreement,
    declared,
    in_readers_words,
    local_counts,
    named,
    stated_year,
    unsaid,
)
from .words import level_of, listed, quoted

__all__ = [
    "agencies",
    "agreement",
    "averted",
    "beside_stated",
    "change",
    "conflicts",
    "declared",
    "in_readers_words",
    "level_of",
    "levels",
    "limits_in_words",
    "listed",
    "local_counts",
    "named",
    "needed_population",
    "quoted",
    "rate_of",
    "region_changes",
    "resolution",
    "stated_year",
    "unsaid",
]
