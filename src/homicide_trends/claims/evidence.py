"""What a folder holds on the places of claims: who counted, deaths, days and person-years."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.curve import DailyCurve
from ..series.population import PersonTime
from ..series.sources import curves, reported
from ..tables.load import DataError, Folder, load_counts, load_population, load_sources
from .result import Claim, Day, Lacking, Reading
from .slips import own_numbers

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

LONGEST_CUT = 62
"""Days of the longest counted period that a first or last day may cut: a total of two months."""


class Counts(Protocol):
    """Who counted: a name, and deaths of any periods, missing where it has no count of its own."""

    @property
    def name(self) -> str:
        """Who counted."""
        ...

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period."""
        ...


@dataclass(frozen=True)
class Counted:
    """The curves of one source over the places of a claim, added up.

    A period counts as the source's own where it was counted from its first to its last day, or
    from and to days nearby: neither may lie inside a counted period of more than ``LONGEST_CUT``
    days, nor inside one that reaches across ``event``, whose deaths before and after the event
    are not known apart.
    """

    name: str
    curves: tuple[DailyCurve, ...]
    event: Day | None = None
    _knots: list[list[Days]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        knots = [
            [
                np.unique(rows["date"].to_numpy().astype("<M8[D]"))
                for group, rows in curve.knots.groupby("group")
                if group >= 0 and len(rows) > 1
            ]
            for curve in self.curves
        ]
        object.__setattr__(self, "_knots", knots)

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period; NaN where the source has no count of its own."""
        first, last = (pd.DatetimeIndex(days) for days in (starts, ends))
        total = np.zeros(len(first))
        bounds = first.to_numpy(), (last + pd.Timedelta(days=1)).to_numpy()
        for curve, groups in zip(self.curves, self._knots, strict=True):
            own = np.zeros(len(first), dtype=bool)
            for knots in groups:
                own |= self._own(bounds[0], knots) & self._own(bounds[1], knots)
            total = total + np.where(own, curve.deaths(first, last), np.nan)
        return total

    def _own(self, bounds: Any, knots: Days) -> npt.NDArray[np.bool_]:
        """Whether each bound is a day up to which the source counted, or near enough to two."""
        days = bounds.astype("<M8[D]")
        at = np.searchsorted(knots, days)
        before = knots[np.clip(at - 1, 0, len(knots) - 1)]
        after = knots[np.clip(at, 0, len(knots) - 1)]
        near = (after - before).astype(int) <= LONGEST_CUT
        if self.event is not None:
            event = np.datetime64(self.event, "D")
            near &= ~((before < event) & (event < after))
        return np.asarray((after == days) | (near & (at > 0) & (at < len(knots))))


@dataclass(frozen=True, slots=True)
class Reported:
    """Counts that somebody reported for exactly some periods."""

    name: str
    known: dict[tuple[Day, Day], float]

    def deaths(self, starts: Any, ends: Any) -> Floats:
        """Deaths of each period; NaN for another period than those reported."""
        periods = zip(pd.DatetimeIndex(starts), pd.DatetimeIndex(ends), strict=True)
        return np.array([self.known.get(period, np.nan) for period in periods], dtype=float)


@dataclass(frozen=True, slots=True)
class Lived:
    """Days, or person-years of one population series in the places of a claim.

    ``votes`` is false for a series that was published after the text.
    """

    name: str
    people: tuple[PersonTime, ...] = ()
    votes: bool = True

    def between(self, starts: Any, ends: Any) -> Floats:
        """Time of each period; NaN where a population is not on file."""
        first, last = pd.DatetimeIndex(starts), pd.DatetimeIndex(ends)
        if not self.people:
            return np.asarray((last - first).days.to_numpy() + 1, dtype=float)
        return np.asarray(sum(each.person_years(first, last) for each in self.people))


def exactly(places: Sequence[str], start: Day, end: Day, *, data: Folder | None) -> list[Reported]:
    """The distinct counts that were reported for exactly a period, the preferred first."""
    if len(places) != 1:
        return []
    rows = reported(places[0], start, end, data=data)
    rows = rows[rows["status"] != "allocated"]
    return [
        Reported("; ".join(dict.fromkeys(some["agency"])), {(start, end): float(deaths)})
        for deaths, some in rows.groupby("deaths", sort=False)
    ]


def populations(places: Sequence[str], *, by: Day | None, data: Folder | None) -> list[Lived]:
    """Person-years of each population series on file, in the order of their publication.

    Those published by a day vote; the last one, of the most years, is today's.
    """
    known = load_population(data=data)
    known = known[known["place"].isin(list(places))]
    dates = load_sources(data=data).set_index("source_id")["date"]
    found = []
    for series, rows in known.groupby("series", sort=False):
        if set(rows["place"]) < set(places):
            continue
        published = max(str(dates.get(source, "")) for source in rows["source_id"].unique())
        people = tuple(PersonTime.of_years(rows[rows["place"] == place]) for place in places)
        # What has no date cannot be shown to have been there.
        late = by is not None and (not published or published > f"{by:%Y-%m-%d}"[: len(published)])
        found.append(((published, len(rows)), Lived(str(series), people, not late)))
    found.sort(key=lambda item: item[0])
    return [time for _order, time in found]


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


@dataclass(frozen=True, slots=True)
class Case:
    """A reading of a claim, and what there is to judge it by."""

    stated: Claim
    reading: Reading
    evidence: Evidence

    @property
    def data(self) -> Folder | None:
        """The folder of tables."""
        return self.evidence.data

    def counted(self) -> list[Counted]:
        """Sources that counted in the reading's places, before and after its event."""
        return self.evidence.counted(self.reading.places, self.reading.occurred)

    def times(self, *places: str) -> list[Lived]:
        """What deaths are set over: days, or person-years of each population series.

        Of the reading's own places at least one, or that is ``Lacking``.
        """
        if self.reading.per != "inhabitant":
            return [Lived("")]
        by = self.stated.appeared[1] if self.stated.appeared else None
        found = populations(places or self.reading.places, by=by, data=self.data)
        if not found and not places:
            raise Lacking(self.reading.lacks("population"))
        return found

    def lacking(self, times: Sequence[Lived]) -> Lacking:
        """Why nothing could be computed: counts, or populations, of the period."""
        start, end = self.reading.opens, self.reading.end
        if start is not None and end is not None and start <= end:
            sources = self.evidence.counted(self.reading.places, None)
            counted = any(not np.isnan(each.deaths([start], [end])[0]) for each in sources)
            lived = [each.between([start], [end])[0] for each in times]
            if counted and np.isnan(lived).all():
                return Lacking(self.reading.lacks("population"))
        missing = self.reading.lacks("counts")
        if self.reading.baseline is not None:
            first = min(filter(None, (self.reading.baseline[0], start)))
            missing = replace(missing, start=first)
        return Lacking(missing)
