"""What an answer of the World Bank says, year by year, beside what is on file.

The service publishes a rate. The tables hold the count behind it: the rate times a population,
which is a whole number when it is the population by which the rate was divided. That is first
tried with the population of the same answer, then with each series on file. Revisions are not
mixed: where populations differ in any year from every series on file, they become a series of
their own, whole, and the one on file stays as it is.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import pandas as pd

from ...language import _
from ..folders import DataError, Folder
from ..load import load_counts, load_population, load_sources
from .worldbank import Answer

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


AGENCY = "UNODC"

WHOLE = 0.001  # how near a product lies to a whole number when it is a count
VAGUE = 0.25  # with a rate printed so coarsely, nearness to a whole number says nothing


def death_changes(
    answer: Answer, data: Folder | None = None
) -> tuple[list[Change], dict[int, str], str]:
    """Every year of the rate compared with the count in force, each one's status, and the basis.

    The basis is the population series that gave whole numbers, empty for the answer's own.

    >>> from datetime import date
    >>> day = date(2026, 10, 7)
    >>> answer = Answer("SLV", {2021: 1085 / 6255782 * 1e5}, {2021: 6255782}, day, day)
    >>> changes, status, _ = death_changes(answer)
    >>> [(each.kind, each.year) for each in changes][-2:], status
    ([('unchanged', 2021), ('withdrawn', 2022)], {2021: 'derived'})
    """
    basis, people = _basis(answer, data)
    vague = _vagueness(answer.rates)
    on_file = _counts_in_force(answer.place, data)
    changes, status = [], {}
    for year, rate in answer.rates.items():
        persons = people.get(year, answer.population.get(year))
        if persons is None:
            continue
        product, doubt = rate * persons / 1e5, vague * persons / 1e5
        count = round(product)
        status[year] = "derived" if _whole(product, doubt) else "rounded"
        known, source = on_file.get(year, (None, ""))
        if known is None:
            kind: Kind = "added"
        else:
            kind = "unchanged" if count == known or abs(product - known) <= doubt else "revised"
        changes.append(Change("counts", year, kind, count, known, source))
    changes += [
        Change("counts", year, "withdrawn", None, known, source)
        for year, (known, source) in on_file.items()
        if year not in answer.rates
    ]
    return sorted(changes, key=lambda each: each.year), status, basis


def _counts_in_force(place: str, data: Folder | None) -> dict[int, tuple[int, str]]:
    """The agency's count of each calendar year, of several the one published last."""
    published = load_sources(data=data).set_index("source_id")["date"]
    counts = load_counts(place, data=data)
    counts = counts[(counts["agency"] == AGENCY) & (counts["status"] != "doubtful")]
    whole = (counts["start"].dt.strftime("%m-%d") == "01-01") & (
        counts["end"] == counts["start"] + pd.offsets.YearEnd(0)
    )
    found: dict[int, tuple[str, int, str]] = {}
    for row in counts[whole].itertuples():
        date = str(published.get(row.source_id, ""))
        if row.start.year not in found or date > found[row.start.year][0]:
            found[row.start.year] = (date, int(row.count), str(row.source_id))
    return {year: (count, source) for year, (_, count, source) in found.items()}


def _basis(answer: Answer, data: Folder | None) -> tuple[str, Mapping[int, int]]:
    """The population by which the rate was divided: the one that gives most whole numbers."""
    candidates: list[tuple[str, Mapping[int, int]]] = [("", answer.population)]
    candidates += list(series_on_file(answer.place, data).items())
    vague = _vagueness(answer.rates)

    def wholes(people: Mapping[int, int]) -> int:
        return sum(
            _whole(rate * people[year] / 1e5, vague * people[year] / 1e5)
            for year, rate in answer.rates.items()
            if year in people
        )

    return max(candidates, key=lambda each: wholes(each[1]))


def _vagueness(rates: Mapping[int, float]) -> float:
    """Half a unit of the last decimal with which the rates are printed."""
    decimals = max(len(repr(rate).partition(".")[2]) for rate in rates.values())
    return 0.5 * 10.0**-decimals


def _whole(product: float, doubt: float) -> bool:
    return doubt < VAGUE and abs(product - round(product)) <= WHOLE + doubt


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
