"""Populations as the World Bank has them, compared with the series on file.

Revisions are not mixed: where the answer differs in any year from every series on file, it
becomes a series of its own, whole, and the one on file stays as it is.
"""

from collections.abc import Mapping

from ...language import _
from ..load import DataError, Folder, load_counts
from .changes import Change, Kind, people_on_file, series_on_file, sources_of_series
from .worldbank import Answer

MOST_REVISED = 2.0  # no revision ever changed a country's population by such a factor


def population_changes(
    answer: Answer, series: str | None = None, data: Folder | None = None
) -> tuple[list[Change], str]:
    """Every year compared with the series on file that is nearest, and the name for new rows.

    Raises DataError where ``series`` has other values, and for a population that is no revision
    but another country's.

    >>> from datetime import date
    >>> day = date(2026, 10, 7)
    >>> answer = Answer("SLV", {2011: 71.8}, {2010: 6050000, 2011: 6090127}, day, day)
    >>> changes, name = population_changes(answer)
    >>> [(each.kind, each.value, each.on_file) for each in changes], name
    ([('revised', 6050000, 6068249), ('unchanged', 6090127, 6090127)], 'WDI-2026-10-07')
    """
    on_file = series_on_file(answer.place, data)
    sources = sources_of_series(answer.place, data)
    derived = _derived_years(answer.place, data)
    compared = series if series in on_file else _nearest(answer, on_file, derived)
    known = on_file.get(compared, {})
    changes = []
    for year, persons in answer.population.items():
        if year < _first_year(answer, known, data):
            continue
        _not_another_country(answer, year, persons, known.get(year))
        if year not in known:
            kind: Kind = "added"
        else:
            same = _same(persons, known[year], answer.rates.get(year), (compared, year) in derived)
            kind = "unchanged" if same else "revised"
        source = sources.get((compared, year), "")
        changes.append(Change("population", year, kind, persons, known.get(year), source))
    revised = [each.year for each in changes if each.kind == "revised"]
    if series in on_file and revised:
        raise DataError(
            _(
                "population.csv has another value of {place} in series {series!r} for {year}; "
                "give --series a new name, or leave it out",
                place=answer.place,
                series=series,
                year=revised[0],
            )
        )
    name = series or (compared if known and not revised else f"WDI-{answer.updated}")
    if name != compared and name in on_file:
        raise DataError(
            _(
                "population.csv has a series {series!r} for {place} with other values; give "
                "--series a new name",
                series=name,
                place=answer.place,
            )
        )
    return changes, name


def _derived_years(place: str, data: Folder | None) -> set[tuple[str, int]]:
    rows = people_on_file(place, data)
    rows = rows[rows["status"] == "derived"]
    return {(str(row.series), int(row.year)) for row in rows.itertuples()}


def _nearest(
    answer: Answer, on_file: Mapping[str, Mapping[int, int]], derived: set[tuple[str, int]]
) -> str:
    """The series on file that agrees in most years; among equals the one with most years."""

    def agreement(name: str) -> tuple[int, int]:
        years = on_file[name].keys() & answer.population.keys()
        agreeing = sum(
            _same(
                answer.population[year], on_file[name][year], answer.rates.get(year),
                (name, year) in derived,
            )
            for year in years
        )  # fmt: skip
        return agreeing, len(years)

    return max(on_file, key=agreement, default="")


def _same(persons: int, known: int, rate: float | None, derived: bool) -> bool:
    """Whether two populations are one; a derived one is known as well as its rate was.

    Those on file were worked back from rates with four decimals.
    """
    if not derived:
        return persons == known
    return abs(persons - known) <= 1 + 0.0001 / (rate or 1) * known


def _first_year(answer: Answer, known: Mapping[int, int], data: Folder | None) -> int:
    """The first year that has a use: of a count, of a rate, or of the series."""
    counts = load_counts(answer.place, data=data)["start"].dt.year
    return min([*answer.rates, *known, *counts.astype(int)])


def _not_another_country(answer: Answer, year: int, persons: int, known: int | None) -> None:
    if known and not 1 / MOST_REVISED <= persons / known <= MOST_REVISED:
        raise DataError(
            _(
                "the answer of {endpoint} gives {persons} people of {place} in {year}, "
                "population.csv has {known}: no revision is so large, nothing of it is used",
                endpoint=answer.endpoint,
                persons=f"{persons:,}",
                place=answer.place,
                year=year,
                known=f"{known:,}",
            )
        )
