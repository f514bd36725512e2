"""What an answer of the World Bank would add to the tables, row by row; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...language import _
from ..appending import Additions, Row, additions, writable
from ..check import check_tables
from ..folders import DataError, Folder, closest
from ..load import load_agencies, load_places, load_sources
from .comparison import (
    AGENCY,
    Change,
    death_changes,
    population_changes,
    series_on_file,
    sources_of_series,
)
from .worldbank import Answer

AGENCY_NAME = "UNODC, worked back from the World Bank's rate"
AGENCY_RULE = (
    "intentional homicides as UNODC holds them and the World Bank publishes them as a rate; "
    "annual only"
)
LICENCE = "CC BY 4.0 (World Bank)"

Known = Mapping[str, Mapping[str, object]]


def new_rows(
    answer: Answer,
    deaths: list[Change],
    people: list[Change],
    *,
    status: Mapping[int, str],
    series: str,
    basis: str,
    data: Folder | None = None,
) -> dict[str, list[Row]]:
    """The rows to append, by table; none where nothing is new.

    Of a population series that is on file the new years, of another one every year.

    >>> from datetime import date
    >>> day = date(2026, 10, 7)
    >>> answer = Answer("SLV", {2023: 2.4}, {2023: 6309624}, day, day)
    >>> rows = new_rows(answer, [Change("counts", 2023, "added", 154, None)], [],
    ...     status={2023: "derived"}, series="WPP2024", basis="")
    >>> {table: len(each) for table, each in rows.items()}, rows["counts"][0]["source_id"]
    ({'sources': 3, 'counts': 1}, 'unodc-implied-2026-10-07')
    """
    counted = [each for each in deaths if each.kind in ("added", "revised")]
    opened = series not in series_on_file(answer.place, data)
    peopled = [each for each in people if opened or each.kind == "added"]
    divided = basis and all(
        each.year in series_on_file(answer.place, data)[basis] for each in counted
    )
    rate, census, implied = _sources(answer, basis, not divided, data)
    rows: dict[str, list[Row]] = {"sources": [], "agencies": [], "counts": [], "population": []}
    if peopled or (counted and not divided):
        rows["sources"].append(census)
    if counted:
        rows["sources"] += [rate, implied]
        rows["agencies"] = _agency(answer.place, data)
    known = set(load_sources(data=data)["source_id"])
    rows["sources"] = [each for each in rows["sources"] if each["source_id"] not in known]
    rows["counts"] = [
        {
            "place": answer.place, "measure": "homicides", "start": f"{each.year}-01-01",
            "end": f"{each.year}-12-31", "count": str(each.value), "agency": AGENCY,
            "status": status[each.year], "source_id": implied["source_id"], "note": _revises(each),
        }
        for each in counted
    ]  # fmt: skip
    rows["population"] = [
        {
            "place": answer.place, "year": str(each.year), "population": str(each.value),
            "series": series, "status": "final", "source_id": census["source_id"],
            "note": _revises(each),
        }
        for each in peopled
    ]  # fmt: skip
    return {table: each for table, each in rows.items() if each}


def _agency(place: str, data: Folder | None) -> list[Row]:
    """The agency's row for a place that does not have it, after all others."""
    agencies = load_agencies(data=data)
    here = agencies[agencies["place"] == place]
    if AGENCY in set(here["agency"]):
        return []
    last = here["preference"].max()
    rank = 1 if pd.isna(last) else int(last) + 1
    return [
        {"place": place, "agency": AGENCY, "start": "", "end": "", "preference": str(rank),
         "name": AGENCY_NAME, "rule": AGENCY_RULE}
    ]  # fmt: skip


def _revises(change: Change) -> str:
    if change.kind != "revised":
        return ""
    return f"revises {change.on_file} ({change.source_id})"


def _sources(answer: Answer, basis: str, own: bool, data: Folder | None) -> tuple[Row, Row, Row]:
    """The sources of rates, of populations, and of the counts worked out from both."""
    known = {str(row["source_id"]): row.to_dict() for _, row in load_sources(data=data).iterrows()}
    where = f"retrieved {answer.retrieved} from {answer.endpoint}"
    common = {"date": str(answer.updated), "quality": "solid", "sha256": ""}
    dataset = {**common, "publisher": "World Bank", "kind": "dataset", "licence": LICENCE,
               "derived_from": "", "note": ""}  # fmt: skip
    rate = _named(
        {**dataset, "source_id": f"wdi-homicides-{answer.retrieved}",
         "title": "World Development Indicators, intentional homicides per 100,000 people",
         "reference": f"indicator VC.IHR.PSRC.P5; {where}",
         "url": "https://data.worldbank.org/indicator/VC.IHR.PSRC.P5"}, known,
    )  # fmt: skip
    census = _named(
        {**dataset, "source_id": f"wdi-population-{answer.retrieved}",
         "title": "World Development Indicators, total population",
         "reference": f"indicator SP.POP.TOTL; {where}",
         "url": "https://data.worldbank.org/indicator/SP.POP.TOTL"}, known,
    )  # fmt: skip
    by = sources_of_series(answer.place, data)
    divisors = sorted({source for (name, _), source in by.items() if name == basis})
    parents = [rate["source_id"], *divisors, *([census["source_id"]] if own else [])]
    implied = _named(
        {**common, "source_id": f"unodc-implied-{answer.retrieved}",
         "publisher": "homicide-trends", "kind": "derived", "licence": "CC BY 4.0",
         "title": "Arithmetic: World Bank homicide rate x population / 100,000",
         "reference": f"computed {answer.retrieved}", "url": "",
         "derived_from": ";".join(dict.fromkeys(parents)),
         "note": "a product within 0.001 of a whole number is taken to be the count behind the "
                 "rate; rows where it is not are marked rounded"}, known,
    )  # fmt: skip
    return rate, census, implied


def _named(source: Row, known: Known) -> Row:
    """The source under its name, or with a number where another has that name already."""
    base, number = source["source_id"], 1
    while source["source_id"] in known and known[source["source_id"]] != source:
        number += 1
        source = {**source, "source_id": f"{base}-{number}"}
    return source


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

    def additions(self, data: Folder | None = None) -> Additions:
        """The files of the folder as they would be; DataError where it is not in order."""
        folder = writable(data)
        problems = check_tables(folder)
        if problems:
            raise DataError(
                _(
                    "{folder} is not in order and is not changed; the first problem of {count}: "
                    "{problem}",
                    folder=folder,
                    count=len(problems),
                    problem=problems[0],
                )
            )
        return additions(self.rows, folder)


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
