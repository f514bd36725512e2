"""What an answer of the World Bank would add to the tables, row by row; nothing is overwritten."""

from dataclasses import dataclass

from ...language import _
from ..load import DataError, Folder, closest, load_places
from .changes import Change
from .deaths import death_changes
from .new_rows import Row, new_rows
from .populations import population_changes
from .worldbank import Answer


@dataclass(frozen=True)
class Proposal:
    """What an answer would change: every year compared, and the rows to be appended.

    ``rows`` has the new rows of each table, ``series`` is the population series that the
    populations belong to, ``basis`` the population that gave whole numbers of deaths.
    """

    answer: Answer
    changes: list[Change]
    rows: dict[str, list[Row]]
    series: str
    basis: str

    @property
    def empty(self) -> bool:
        """Whether there is nothing to append."""
        return not self.rows


def propose(answer: Answer, *, series: str | None = None, data: Folder | None = None) -> Proposal:
    """Compare an answer with the tables of a folder.

    ``series`` names the population series of new rows; without it the series on file that
    agrees with the answer in every year, or, where none does, one named after the day of the
    World Bank's update. Raises DataError for a place that is no country of ``places.csv``, for a
    series that would get two values for a year, and for a population that is not a revision but
    another country's.

    >>> from datetime import date
    >>> answer = Answer("SLV", {2022: 496 / 6280319 * 1e5, 2023: 154 / 6309624 * 1e5},
    ...     {2022: 6280319, 2023: 6309624}, date(2026, 10, 7), date(2026, 11, 22))
    >>> [each[1:4] for each in propose(answer).changes if each.kind != "withdrawn"]
    [(2022, 'unchanged', 496), (2023, 'added', 154), (2022, 'unchanged', 6280319),
     (2023, 'unchanged', 6309624)]
    """
    country(answer.place, data=data)
    people, name = population_changes(answer, series, data)
    deaths, status, basis = death_changes(answer, data)
    rows = new_rows(answer, deaths, people, status=status, series=name, basis=basis, data=data)
    return Proposal(answer, deaths + people, rows, name, basis)


def country(place: str, *, data: Folder | None = None) -> str:
    """Name of a country of ``places.csv``; DataError for any other place.

    >>> country("SLV")
    'El Salvador'
    """
    places = load_places(data=data).set_index("place")
    if place not in places.index:
        raise DataError(
            _(
                "places.csv has no place {place!r}{known}",
                place=place,
                known=closest(place, places.index),
            )
        )
    kind = places["kind"][place]
    if kind != "country" or len(place) != 3 or not place.isalpha() or not place.isupper():
        raise DataError(
            _(
                "{place} is not a country with a code of three letters: the World Bank has "
                "countries",
                place=place,
            )
        )
    return str(places["name"][place])
