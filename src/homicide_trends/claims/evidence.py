"""What a folder holds on the places of claims: curves, counts and person-time, built once."""

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ..series.curve import DailyCurve
from ..series.sources import curves
from ..tables.load import DataError, Folder, load_counts
from .comparisons import Counted, PersonTime, populations
from .readings import Claim
from .result import Day, Reading
from .slips import own_numbers


class Evidence:
    """The curves of a folder, built once for several claims."""

    def __init__(self, data: Folder | None = None) -> None:
        self.data = data
        self._curves: dict[str, dict[str, DailyCurve]] = {}

    def curves(self, place: str) -> dict[str, DailyCurve]:
        """The curves of a place by agency, the preferred first; none where nothing is on file."""
        if place not in self._curves:
            try:
                found = curves(place, population_series=None, data=self.data)
            except DataError:
                found = []
            self._curves[place] = {curve.agency: curve for curve in found}
        return self._curves[place]

    def counted(self, places: Sequence[str], event: Day | None) -> list[Counted]:
        """Sources with curves in all of some places."""
        each = [self.curves(place) for place in places]
        if not each or not all(each):
            return []
        return [
            Counted(name, tuple(found[name] for found in each), event)
            for name in each[0]
            if all(name in found for found in each)
        ]

    def uncounted(self, places: Sequence[str]) -> tuple[str, ...]:
        """Places of which no count is on file."""
        return tuple(place for place in places if not self.curves(place))

    @cached_property
    def own_numbers(self) -> pd.DataFrame:
        """Figures that other figures of the same text give again."""
        return own_numbers(data=self.data)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Every count of homicides on file."""
        return load_counts(data=self.data)


def person_times(
    stated: Claim, reading: Reading, evidence: Evidence, places: Sequence[str]
) -> list[PersonTime]:
    """What deaths are set over: days, or person-years of each population series."""
    if reading.per != "inhabitant":
        return [PersonTime("")]
    preferred = [next(iter(evidence.curves(place).values())) for place in places]
    by = stated.appeared[1] if stated.appeared else None
    return populations(places, preferred, by=by, data=evidence.data)
