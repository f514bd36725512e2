"""What an answer of the World Bank says, year by year, beside what is on file, and as new rows.

The service publishes a rate. The tables hold the count behind it: the rate times a population,
which is a whole number when it is the population by which the rate was divided. That is first
tried with the population of the same answer, then with each series on file. Revisions are not
mixed: where populations differ in any year from every series on file, they become a series of
their own, whole, and the one on file stays as it is. Nothing is overwritten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd

from ...language import _
from ..appending import Additions, Row, additions, agency_row, writable
from ..check import check_tables
from ..folders import DataError, Folder, closest
from ..load import load_agencies, load_counts, load_places, load_population, load_sources
from .worldbank import Answer

AGENCY = "UNODC"
AGENCY_NAME = "UNODC, worked back from the World Bank's rate"
AGENCY_RULE = (
    "intentional homicides as UNODC holds them and the World Bank publishes them as a rate; "
    "annual only"
)
LICENCE = "CC BY 4.0 (World Bank)"
WHOLE = 0.001  # how near a product lies to a whole number when it is a count
VAGUE = 0.25  # with a rate printed so coarsely, nearness to a whole number says nothing
MOST_REVISED = 2.0  # no revision ever changed a country's population by such a factor

Kind = Literal["added", "revised", "unchanged", "withdrawn"]


class Change(NamedTuple):
    """A year of a table: what the answer says, and what is on file (None where nothing is)."""

    table: str
    year: int
    kind: Kind
    value: int | None
    on_file: int | None
    source_id: str = ""

    @property
    def note(self) -> str:
        """What a new row says of the one that it revises."""
        return f"revises {self.on_file} ({self.source_id})" if self.kind == "revised" else ""


class _People(NamedTuple):
    """A population on file: persons, its source, and whether it was worked back from a rate."""

    persons: int
    source: str
    derived: bool = False


Series = dict[str, dict[int, _People]]


def _series_on_file(place: str, data: Folder | None) -> Series:
    """Populations of a place by series and year."""
    found: Series = {}
    rows = load_population(data=data)
    for row in rows[rows["place"] == place].itertuples():
        held = _People(int(row.population), str(row.source_id), row.status == "derived")
        found.setdefault(str(row.series), {})[int(row.year)] = held
    return found


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


def _changes(
    table: str, values: Mapping[int, int], known: Mapping[int, tuple[int, str]],
    same: Callable[[int], bool],
) -> list[Change]:  # fmt: skip
    """Each year's value beside the one on file."""
    found = []
    for year, value in values.items():
        on_file, source = known.get(year, (None, ""))
        kind: Kind = "added" if on_file is None else "unchanged" if same(year) else "revised"
        found.append(Change(table, year, kind, value, on_file, source))
    return found


def _death_changes(
    answer: Answer, series: Series, data: Folder | None
) -> tuple[list[Change], dict[int, str], str]:
    """Every year of the rate compared with the count in force, each one's status, and the basis.

    The basis is the population series that gave most whole numbers, empty for the answer's own.
    """
    decimals = max(len(repr(rate).partition(".")[2]) for rate in answer.rates.values())
    vague = 0.5 * 10.0**-decimals  # half a unit of the last decimal with which rates are printed
    candidates: dict[str, Mapping[int, int]] = {"": answer.population}
    for name, years in series.items():
        candidates[name] = {year: held.persons for year, held in years.items()}

    def product(year: int, persons: int) -> tuple[float, float, bool]:
        """Deaths, how far they may be off, and whether they are a whole number."""
        deaths, doubt = answer.rates[year] * persons / 1e5, vague * persons / 1e5
        return deaths, doubt, doubt < VAGUE and abs(deaths - round(deaths)) <= WHOLE + doubt

    def wholes(name: str) -> int:
        people = candidates[name]
        return sum(product(year, people[year])[2] for year in answer.rates.keys() & people.keys())

    basis = max(candidates, key=wholes)
    people = {**answer.population, **candidates[basis]}
    on_file = _counts_in_force(answer.place, data)
    products = {year: product(year, people[year]) for year in answer.rates.keys() & people.keys()}
    status = {year: "derived" if each[2] else "rounded" for year, each in products.items()}

    def same(year: int) -> bool:
        deaths, doubt, _whole = products[year]
        return round(deaths) == on_file[year][0] or abs(deaths - on_file[year][0]) <= doubt

    values = {year: round(each[0]) for year, each in products.items()}
    changes = _changes("counts", values, on_file, same)
    changes += [
        Change("counts", year, "withdrawn", None, known, source)
        for year, (known, source) in on_file.items()
        if year not in answer.rates
    ]
    return sorted(changes, key=lambda each: each.year), status, basis


def _population_changes(
    answer: Answer, on_file: Series, series: str | None, data: Folder | None
) -> tuple[list[Change], str]:
    """Every year compared with the series on file that is nearest, and the name for new rows."""

    def same(year: int, held: _People) -> bool:
        """A derived population is known as well as its rate was, to four decimals."""
        off = abs(answer.population[year] - held.persons)
        rate = answer.rates.get(year) or 1
        return off <= 1 + 0.0001 / rate * held.persons if held.derived else off == 0

    def agreement(name: str) -> tuple[int, int]:
        """In how many years a series agrees, and how many there are to compare."""
        years = on_file[name].keys() & answer.population.keys()
        return sum(same(year, on_file[name][year]) for year in years), len(years)

    compared = series if series in on_file else max(on_file, key=agreement, default="")
    known = on_file.get(compared or "", {})
    counted = load_counts(answer.place, data=data)["start"].dt.year.astype(int)
    first = min([*answer.rates, *known, *counted])  # the first year that has a use
    values = {year: persons for year, persons in answer.population.items() if year >= first}
    for year in values.keys() & known.keys():
        if not 1 / MOST_REVISED <= values[year] / known[year].persons <= MOST_REVISED:
            message = _(
                "the answer of {endpoint} gives {persons} people of {place} in {year}, "
                "population.csv has {known}: no revision is so large, nothing of it is used",
                endpoint=answer.endpoint, persons=f"{values[year]:,}", place=answer.place,
                year=year, known=f"{known[year].persons:,}",
            )  # fmt: skip
            raise DataError(message)
    on_record = {year: held[:2] for year, held in known.items()}
    changes = _changes("population", values, on_record, lambda year: same(year, known[year]))
    revised = [each.year for each in changes if each.kind == "revised"]
    name = series or (compared if known and not revised else f"WDI-{answer.updated}")
    if name in on_file and revised:
        message = _(
            "population.csv has another value of {place} in series {series!r} for {year}; give "
            "--series a new name, or leave it out",
            place=answer.place, series=name, year=revised[0],
        )  # fmt: skip
        raise DataError(message)
    return changes, name or ""


# --- rows ---------------------------------------------------------------------------------------


def _agency(place: str, data: Folder | None) -> list[Row]:
    """The agency's row for a place that does not have it, after all others."""
    agencies = load_agencies(data=data)
    here = agencies[agencies["place"] == place]
    if AGENCY in set(here["agency"]):
        return []
    rows = here.astype(str).to_dict("records")
    return [agency_row(rows, place, AGENCY, AGENCY_NAME, AGENCY_RULE)]


def _sources(
    answer: Answer, divisors: list[str], own: bool, known: Mapping[str, Row]
) -> tuple[Row, Row, Row]:
    """The sources of rates, of populations, and of the counts worked out from both."""

    def named(**source: str) -> Row:
        """A source under its name, or with a number where another has that name already."""
        row, base, number = common | source, source["source_id"], 1
        while row["source_id"] in known and known[row["source_id"]] != row:
            number += 1
            row["source_id"] = f"{base}-{number}"
        return row

    def indicator(name: str, code: str, title: str) -> Row:
        return named(
            source_id=f"wdi-{name}-{answer.retrieved}", publisher="World Bank", kind="dataset",
            licence=LICENCE, title=f"World Development Indicators, {title}",
            reference=f"indicator {code}; retrieved {answer.retrieved} from {answer.endpoint}",
            url=f"https://data.worldbank.org/indicator/{code}",
        )  # fmt: skip

    common = {"date": str(answer.updated), "quality": "solid", "sha256": "", "url": "", "note": "",
              "derived_from": ""}  # fmt: skip
    rate = indicator("homicides", "VC.IHR.PSRC.P5", "intentional homicides per 100,000 people")
    census = indicator("population", "SP.POP.TOTL", "total population")
    parents = [rate["source_id"], *divisors, *([census["source_id"]] if own else [])]
    implied = named(
        source_id=f"unodc-implied-{answer.retrieved}", publisher="homicide-trends", kind="derived",
        licence="CC BY 4.0", title="Arithmetic: World Bank homicide rate x population / 100,000",
        reference=f"computed {answer.retrieved}", derived_from=";".join(dict.fromkeys(parents)),
        note="a product within 0.001 of a whole number is taken to be the count behind the "
             "rate; rows where it is not are marked rounded",
    )  # fmt: skip
    return rate, census, implied


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
            message = _(
                "{folder} is not in order and is not changed; the first problem of {count}: "
                "{problem}",
                folder=folder, count=len(problems), problem=problems[0],
            )  # fmt: skip
            raise DataError(message)
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
    >>> proposed = propose(answer)
    >>> [each[1:4] for each in proposed.changes if each.kind != "withdrawn"]
    [(2022, 'unchanged', 496), (2023, 'added', 154), (2022, 'unchanged', 6280319),
     (2023, 'unchanged', 6309624)]
    >>> {table: len(rows) for table, rows in proposed.rows.items()}
    {'sources': 3, 'counts': 1}
    """
    place = answer.place
    country(place, data=data)
    on_file = _series_on_file(place, data)
    people, name = _population_changes(answer, on_file, series, data)
    deaths, status, basis = _death_changes(answer, on_file, data)
    counted = [each for each in deaths if each.kind in ("added", "revised")]
    # Of a population series that is on file the new years, of another one every year.
    peopled = [each for each in people if name not in on_file or each.kind == "added"]
    divided = bool(basis) and all(each.year in on_file[basis] for each in counted)
    known = {str(row["source_id"]): row.to_dict() for _, row in load_sources(data=data).iterrows()}
    divisors = sorted({held.source for held in on_file.get(basis, {}).values()})
    rate, census, implied = _sources(answer, divisors, not divided, known)
    sources = [census] if peopled or (counted and not divided) else []
    sources += [rate, implied] if counted else []
    rows = {
        "sources": [each for each in sources if each["source_id"] not in known],
        "agencies": _agency(place, data) if counted else [],
        "counts": [
            {"place": place, "measure": "homicides", "start": f"{each.year}-01-01",
             "end": f"{each.year}-12-31", "count": str(each.value), "agency": AGENCY,
             "status": status[each.year], "source_id": implied["source_id"], "note": each.note}
            for each in counted
        ],
        "population": [
            {"place": place, "year": str(each.year), "population": str(each.value),
             "series": name, "status": "final", "source_id": census["source_id"],
             "note": each.note}
            for each in peopled
        ],
    }  # fmt: skip
    rows = {table: each for table, each in rows.items() if each}
    return Proposal(answer, deaths + people, rows, name, basis)


def country(place: str, *, data: Folder | None = None) -> str:
    """Name of a country of ``places.csv``; DataError for any other place.

    >>> country("SLV")
    'El Salvador'
    """
    places = load_places(data=data).set_index("place")
    if place not in places.index:
        known = closest(place, places.index)
        raise DataError(_("no place {place!r}{known} in places.csv", place=place, known=known))
    kind = places["kind"][place]
    if kind != "country" or len(place) != 3 or not place.isalpha() or not place.isupper():
        message = _(
            "{place} is not a country with a code of three letters: the World Bank has countries",
            place=place,
        )
        raise DataError(message)
    return str(places["name"][place])
