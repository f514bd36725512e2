"""A year of a table, as an answer has it and as it is on file; what is on file for a place."""

from typing import Literal, NamedTuple

import pandas as pd

from ..load import Folder, load_population

Kind = Literal["added", "revised", "unchanged", "withdrawn"]


class Change(NamedTuple):
    """A year of a table: what the answer says, and what is on file (None where nothing is)."""

    table: str
    year: int
    kind: Kind
    value: int | None
    on_file: int | None
    source_id: str = ""


def people_on_file(place: str, data: Folder | None) -> pd.DataFrame:
    """Rows of ``population.csv`` for a place; none where it has none."""
    rows = load_population(data=data)
    return rows[rows["place"] == place]


def series_on_file(place: str, data: Folder | None) -> dict[str, dict[int, int]]:
    """Populations of a place by series and year.

    >>> series_on_file("SLV", None)["WPP2024"][2011]
    6090127
    """
    return {
        str(name): {
            int(year): int(persons)
            for year, persons in zip(group["year"], group["population"], strict=True)
        }
        for name, group in people_on_file(place, data).groupby("series", sort=False)
    }


def sources_of_series(place: str, data: Folder | None) -> dict[tuple[str, int], str]:
    """The source of each population of a place, by series and year.

    >>> sources_of_series("SLV", None)["WPP2024", 2011]
    'wbpop'
    """
    rows = people_on_file(place, data)
    return {(str(row.series), int(row.year)): str(row.source_id) for row in rows.itertuples()}
