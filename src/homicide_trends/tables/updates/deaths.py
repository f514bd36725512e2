"""Homicides a year worked back from the World Bank's rate, compared with the counts on file.

The service publishes a rate. The tables hold the count behind it: the rate times a population,
which is a whole number when it is the population by which the rate was divided. That is first
tried with the population of the same answer, then with each series on file.
"""

from collections.abc import Mapping

import pandas as pd

from ..load import Folder, load_counts, load_sources
from .changes import Change, Kind, series_on_file
from .worldbank import Answer

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
