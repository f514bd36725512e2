"""The rows that a folder of tables would get from an imported file, with their place and source."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...language import N_, _, ngettext
from ..appending import ORDER, Additions, Row, additions, tables_of, writable
from ..folders import GROUPS, DataError, Folder, shipped
from ..problems import Problem, quoted
from ..rawtables import RawTable, read_raw
from .choices import Answer, UnclearError, question
from .counts import Count
from .dates import folded
from .layouts import is_total

if TYPE_CHECKING:
    from .understanding import Understood

PLACE_NAMES = "place_names.csv"
KINDS = ("country", "region", "state", "department", "municipality", "city", "district")

_KEYS = {
    "counts": ("place", "measure", "start", "end", "agency", "status", "source_id", *GROUPS),
    "population": ("place", "year", "series"),
}
_VALUES = {"counts": "count", "population": "population"}
# What files call sexes and mechanisms; an age is digits with a hyphen or a plus.
_WORDS = {
    "sex": {
        "female": "f female females woman women mujer mujeres femenino femenina feminino mulher "
        "mulheres femme femmes w",
        "male": "m male males man men hombre hombres masculino masculina homem homens homme "
        "hommes h",
        "unknown": "u unknown desconocido ignorado indeterminado inconnu n/d nd",
    },
    "mechanism": {
        "firearm": "firearm firearms gun guns shooting arma de fuego armas de fuego arme a feu",
        "sharp object": "sharp object knife knives stabbing arma blanca armas blancas arme blanche",
        "other": "other others otro otros otra otras outros outro autre autres",
        "unknown": "unknown desconocido ignorado indeterminado inconnu",
    },
}


@dataclass(frozen=True, slots=True)
class About:
    """What a file does not say of its counts; None where the folder of tables knows it.

    ``place``, ``agency`` and ``source`` are short names; what follows each describes one that
    the folder does not have yet. Where the file has a column of places, ``place`` is what they lie
    in, ``place_kind`` what they are, and ``codes`` is ``"proposed"`` to take the codes that are
    proposed, ``"write"`` to have them written down for editing first. ``series`` names populations.
    ``status`` None is final, or derived where days or deaths were added up. ``years`` adds the sum
    of every whole year whose months are all there, as a derived count, unless the folder has that
    agency's count of the year: some reports ask for years.
    """

    place: str | None = None
    place_name: str | None = None
    place_kind: str | None = None
    codes: str | None = None
    agency: str | None = None
    agency_name: str | None = None
    agency_rule: str | None = None
    source: str | None = None
    source_title: str | None = None
    publisher: str | None = None
    source_date: str | None = None
    url: str | None = None
    kind: str = "dataset"
    licence: str = "facts only"
    quality: str = "solid"
    measure: str = "homicides"
    series: str | None = None
    status: str | None = None
    note: str | None = None
    years: bool = True


class Place(NamedTuple):
    """A place: code, name, kind, and the place in which it lies."""

    code: str
    name: str
    kind: str
    within: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows to add by table, how many are there already, and the files as they would be.

    ``beside`` counts periods of which the folder has another source's count of the same agency,
    ``names`` the rows of place_names.csv that are new.
    """

    added: dict[str, list[Row]]
    present: int
    beside: int
    additions: Additions = field(repr=False)
    names: int = 0


def propose(understood: "Understood", about: About, *, data: Folder | None = None) -> Proposal:
    """The rows that a folder of tables would get; nothing is written.

    Raises DataError with everything that has to be said about place, agency and source, and with
    the rows that contradict those on file or break a rule of ``check``.

    >>> import tempfile
    >>> from homicide_trends.tables import imports, newfolder
    >>> about = About(place="GTM", agency="police", agency_name="Police", source="list",
    ...     source_title="Homicides a year", publisher="Police", source_date="2013-02-01",
    ...     url="https://example.org")
    >>> with tempfile.TemporaryDirectory() as made:
    ...     path, mine = Path(made, "list.csv"), Path(made, "mine")
    ...     _files = newfolder.new_folder(mine, place="GTM")
    ...     _size = path.write_text("year,deaths\\n2011,12\\n2012,9\\n")
    ...     proposed = propose(imports.understand(path), about, data=mine)
    >>> {table: len(rows) for table, rows in proposed.added.items()}, proposed.present
    ({'sources': 1, 'places': 0, 'agencies': 1, 'population': 0, 'counts': 2}, 0)
    """
    folder = writable(data)
    tables = tables_of(folder)
    added: dict[str, list[Row]] = {name: [] for name in ORDER}
    asked: list[Problem | str] = []
    people = understood.chosen.population
    names: dict[str, Place] = {}
    beside: dict[str, bytes] = {}
    new_names = 0
    if "place" in understood.layout.apart:
        names, new_names, beside = _places(folder, tables["places"], understood, about, asked)
        wanted = list(dict.fromkeys(names.values()))
    else:
        wanted = _place(tables["places"], about, asked)
        names = dict.fromkeys([""], wanted[0]) if wanted else {}
    if about.codes == "write" and new_names:
        return Proposal(added, 0, 0, additions({}, folder, beside), new_names)
    known = set(tables["places"].column("place"))
    added["places"] = [
        {"place": each.code, "name": each.name, "kind": each.kind, "within": each.within}
        for each in wanted
        if each.code not in known
    ]
    agency = "" if people else _agency(tables["agencies"], about, wanted, added["agencies"], asked)
    source = _source(tables["sources"], about, understood, added["sources"], asked)
    if asked:
        raise (
            UnclearError([each for each in asked if isinstance(each, Problem)])
            if all(isinstance(each, Problem) for each in asked)
            else DataError("\n".join(map(str, asked)))
        )
    table = "population" if people else "counts"
    counts = [(names[each.place], each) for each in understood.counts if each.place in names]
    if people:
        rows = _people(counts, about, source)
    else:
        rows = _counts(understood, counts, about, agency, source)
        if about.years and understood.counted.unit == "month":
            rows += whole_years(rows, tables["counts"])
    added[table], present, others = _new(table, tables[table], rows)
    if not added[table]:
        return Proposal({name: [] for name in ORDER}, present, others, additions({}, folder))
    return Proposal(added, present, others, additions(added, folder, beside), new_names)


# --- places -------------------------------------------------------------------------------------


def _place(places: RawTable, about: About, asked: list[Problem | str]) -> list[Place]:
    """The one place that a file is about, and the places in which it lies that are new."""
    known = places.column("place")
    place = about.place or (known[0] if len(known) == 1 else "")
    if not place:
        asked.append(_("--place: of which place are these counts?") + _there_are(known))
        return []
    if place in known:
        row = next(cells for _line, cells in places.records() if cells["place"] == place)
        return [Place(place, row["name"], row["kind"], row["within"])]
    ours = next(
        (cells for _line, cells in _shipped("places").records() if cells["place"] == place), None
    )
    name = about.place_name or (ours or {}).get("name")
    if not name:
        message = _(
            "--place-name: what is the name of {place!r}? It is not in places.csv.", place=place
        )
        asked.append(message + _there_are(known))
        return []
    country = bool(re.fullmatch("[A-Z]{3}", place))
    kind = about.place_kind or (ours or {}).get("kind") or ("country" if country else "")
    if not kind:
        answers = [Answer(("--place-kind", each)) for each in KINDS[1:]]
        asked.append(
            question("places.csv", _("is a new place: of which kind?"), answers, value=place)
        )
        return []
    within = "" if kind == "country" else place.partition("-")[0]
    if within and within not in known:
        asked.append(
            _(
                "--place: {place!r} lies in {within!r} by its code, which places.csv does not "
                "have; "
                "add that row first, or give --place-kind country",
                place=place,
                within=within,
            )
        )
    return [Place(place, name, kind, within)]


def _places(
    folder: Path,
    places: RawTable,
    understood: "Understood",
    about: About,
    asked: list[Problem | str],
) -> tuple[dict[str, Place], int, dict[str, bytes]]:
    """The place of each name of the file's column, and the table of names that keeps them."""
    on_file = {cells["place"]: cells for _line, cells in places.records()}
    countries = [code for code, cells in on_file.items() if cells["kind"] == "country"]
    parent = about.place or (countries[0] if len(countries) == 1 else "")
    kept = _names_on_file(folder)
    ours = {cells["place"]: cells for _line, cells in _shipped("places").records()}
    by_name = {}
    for table in (ours, on_file):
        for code, cells in table.items():
            same = cells["kind"] == about.place_kind and cells["within"] == parent
            if cells["kind"] == "country" or table is on_file or same:
                by_name[folded(cells["name"]).removesuffix(f" ({cells['kind']})")] = code
    found: dict[str, Place] = {}
    proposed: dict[str, Place] = {}
    for name in dict.fromkeys(each.place for each in understood.counts):
        if name in kept:
            code, kind = kept[name]
            if code:
                within = "" if kind == "country" else parent or code.partition("-")[0]
                found[name] = _described(code, name, kind, within, on_file, ours)
            continue
        code = name if name in on_file or name in ours else by_name.get(folded(name), "")
        if code:
            found[name] = _described(code, name, "country", "", on_file, ours)
        else:
            kind = about.place_kind or ""
            within = "" if kind == "country" else parent
            taken = {*on_file, *ours, *(each.code for each in proposed.values())}
            code = _code(name, within, kind, taken)
            proposed[name] = Place(code, name, kind, within)
    if proposed and not parent and about.place_kind != "country":
        asked.append(
            _("--place: in which place of places.csv do they lie? (--place-kind country: in none)")
            + _there_are(list(on_file))
        )
    elif proposed and not about.place_kind:
        answers = [Answer(("--place-kind", each)) for each in KINDS]
        message = _("are new places: of which kind?")
        asked.append(question(PLACE_NAMES, message, answers, value=", ".join(list(proposed)[:5])))
    elif proposed and about.codes is None:
        shown = ", ".join(f"{name} = {each.code}" for name, each in list(proposed.items())[:4])
        message = ngettext(
            "{number} name has no code; proposed is {shown}",
            "{number} names have no code; proposed are {shown}",
            len(proposed),
            shown=shown,
        )
        answers = [
            Answer(("--codes", "proposed"), _("they are taken")),
            Answer(("--codes", "write"), _("they are written there, to be edited")),
        ]
        asked.append(question(PLACE_NAMES, message, answers))
    if not proposed:
        return found, 0, {}
    lines = [[name, *kept[name]] for name in kept] + [
        [n, p.code, p.kind] for n, p in proposed.items()
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["name", "place", "kind"], *lines])
    return found | proposed, len(proposed), {PLACE_NAMES: text.getvalue().encode()}


def _names_on_file(folder: Path) -> dict[str, tuple[str, str]]:
    """Codes and kinds by name, as place_names.csv keeps them; an empty code leaves a name out."""
    if not (folder / PLACE_NAMES).is_file():
        return {}
    table = read_raw(folder / PLACE_NAMES)
    if isinstance(table, Problem):
        raise DataError(str(table))
    absent = [name for name in ("name", "place", "kind") if name not in table.header]
    if absent:
        message, remedy = _("is missing from the header"), _("add the column")
        raise DataError(str(Problem(PLACE_NAMES, 1, absent[0], "", message, remedy)))
    found = {}
    for line, cells in table.records():
        if cells["place"] and cells["kind"] not in KINDS:
            message, remedy = _("is not a kind of place"), ", ".join(KINDS)
            raise DataError(str(Problem(PLACE_NAMES, line, "kind", cells["kind"], message, remedy)))
        found[cells["name"]] = cells["place"], cells["kind"]
    return found


def _described(
    code: str, name: str, kind: str, within: str, *known: Mapping[str, Mapping[str, str]]
) -> Place:
    row = next((table[code] for table in known if code in table), None)
    return (
        Place(code, row["name"], row["kind"], row["within"])
        if row
        else Place(code, name, kind, within)
    )


def _code(name: str, parent: str, kind: str, taken: set[str]) -> str:
    """A code for a name: the country's and the name in plain letters, its kind where taken."""
    plain = "-".join([*([parent] if parent else []), *re.findall("[a-z0-9]+", folded(name))])
    code, number = plain if plain != parent else f"{parent}-place", 1
    while code in taken:
        code = f"{plain}-{kind or 'place'}" + (f"-{number}" if number > 1 else "")
        number += 1
    return code


def _there_are(known: Sequence[str]) -> str:
    """What is on file already, for a question."""
    names = ", ".join(dict.fromkeys(known[:30]))
    return _(" On file: {names}.", names=names) if names else ""


def _shipped(name: str) -> RawTable:
    table = read_raw(shipped("data") / f"{name}.csv")
    if isinstance(table, Problem):
        raise DataError(str(table))
    return table


# --- agency and source --------------------------------------------------------------------------


def _agency(
    agencies: RawTable,
    about: About,
    places: Sequence[Place],
    added: list[Row],
    asked: list[Problem | str],
) -> str:
    """The agency's short name; where it is new for a place, it comes after all others of that."""
    by: dict[str, list[Row]] = defaultdict(list)
    for _line, cells in agencies.records():
        by[cells["place"]].append(cells)
    here = list(dict.fromkeys(cells["agency"] for place in places for cells in by[place.code]))
    agency = about.agency or (here[0] if len(here) == 1 else "")
    if not agency:
        asked.append(_("--agency: who counted?") + _there_are(here))
        return ""
    lacking = [
        place for place in places if agency not in {cells["agency"] for cells in by[place.code]}
    ]
    elsewhere = next(
        (cells for rows in by.values() for cells in rows if cells["agency"] == agency), {}
    )
    name = about.agency_name or elsewhere.get("name", "")
    if lacking and not name:
        asked.append(
            _(
                "--agency-name: what is the full name of {agency!r}? It is not in agencies.csv "
                "for {place!r}.",
                agency=agency,
                place=lacking[0].code,
            )
            + _there_are(here)
        )
    for place in lacking:
        ranks = [
            int(cells["preference"]) for cells in by[place.code] if cells["preference"].isdecimal()
        ]
        rule = (
            about.agency_rule
            or elsewhere.get("rule")
            or N_("its rule is not stated in the sources used")
        )
        added.append(
            {
                "place": place.code,
                "agency": agency,
                "preference": str(max(ranks, default=0) + 1),
                "name": name,
                "rule": rule,
            }
        )
    return agency


def _source(
    sources: RawTable,
    about: About,
    understood: "Understood",
    added: list[Row],
    asked: list[Problem | str],
) -> str:
    """The source's short name, likewise; a file is told by its checksum."""
    file, digest = understood.path, understood.table_read.opened.sha256
    known = {cells["source_id"]: (line, cells) for line, cells in sources.records()}
    source = about.source or re.sub(r"[^A-Za-z0-9._-]+", "-", file.name.partition(".")[0]).strip(
        "-._"
    )
    if not source:
        asked.append(_("--source: a short name for the file as a source, in letters and digits"))
    elif source in known:
        line, cells = known[source]
        if cells["sha256"] not in ("", digest):
            asked.append(
                _(
                    "--source: {source!r} is another file on line {line} of sources.csv (SHA-256 "
                    "{other}..., this one "
                    "{this}...); give this one a name of its own",
                    source=source,
                    line=line,
                    other=cells["sha256"][:12],
                    this=digest[:12],
                )
            )
    else:
        if not about.source_title:
            asked.append(
                _("--source-title: what is the title of the source {source!r}?", source=source)
            )
        if not about.publisher:
            asked.append(_("--publisher: who published the source {source!r}?", source=source))
        added.append(
            {
                "source_id": source,
                "publisher": about.publisher or "",
                "title": about.source_title or "",
                "date": about.source_date or "",
                "reference": file.name,
                "url": about.url or "",
                "kind": about.kind,
                "licence": about.licence,
                "quality": about.quality,
                "sha256": digest,
            }
        )
    return source


# --- rows ---------------------------------------------------------------------------------------


def _counts(
    understood: "Understood",
    counts: Sequence[tuple[Place, Count]],
    about: About,
    agency: str,
    source: str,
) -> list[Row]:
    # Prose of a table: translated where it is shown.
    notes = {"days": N_("counts of days, added up"), "deaths": N_("deaths of a list, counted")}
    summed = notes.get(understood.shape, "")
    rows = []
    for place, each in counts:
        limits = f"published as {each.low} to {each.high}" if each.high is not None else ""
        rows.append(
            {
                "place": place.code,
                "measure": about.measure,
                "start": str(each.start),
                "end": str(each.end),
                "count": str(each.deaths),
                "agency": agency,
                "status": about.status or each.status or ("derived" if summed else "final"),
                "source_id": source,
                "note": "; ".join(filter(None, (about.note or summed, limits))),
                **{name: known_word(name, getattr(each, name)) for name in GROUPS},
            }
        )
    return rows


def known_word(what: str, text: str) -> str:
    """A sex, age or mechanism of a file as counts.csv writes it; empty for all of them.

    >>> known_word("sex", "Mujeres"), known_word("age", "15 a 29"), known_word("age", "60+")
    ('female', '15-29', '60+')
    >>> known_word("mechanism", "Arma de fuego"), known_word("sex", "Ambos sexos")
    ('firearm', '')
    """
    if not text or is_total(text):
        return ""
    if what == "age":
        numbers = re.findall("[0-9]+", text)
        if len(numbers) == 2:
            return "-".join(numbers)
        if len(numbers) == 1:
            more = re.search(
                r"\+|more|over|older|m[aá]s|mayor|mais|plus|above", text, re.IGNORECASE
            )
            less = re.search("<|under|less|menos|menor|moins", text, re.IGNORECASE)
            return (
                f"{numbers[0]}+"
                if more
                else f"0-{int(numbers[0]) - 1}"
                if less
                else f"{numbers[0]}-{numbers[0]}"
            )
        return "unknown"
    for word, names in _WORDS.get(what, {}).items():
        if (
            folded(text) in names.split()
            or (" " in folded(text) and folded(text) in names)
            or folded(text) == word
        ):
            return word
    if what == "sex":
        message, remedy = (
            _("is no sex that is known"),
            _("leave such rows out with --where, or correct it"),
        )
        raise DataError(f"{quoted(text)} {message}; {remedy}")
    return text


def _people(counts: Sequence[tuple[Place, Count]], about: About, source: str) -> list[Row]:
    rows = []
    for place, each in counts:
        if (each.start.month, each.start.day) != (1, 1) or (each.end - each.start).days < 364:
            message = _(
                "{period} is no year: populations are of a year",
                period=f"{each.start} - {each.end}",
            )
            raise DataError(message)
        note = "; ".join(filter(None, (about.note, each.status)))
        rows.append(
            {
                "place": place.code,
                "year": str(each.start.year),
                "population": str(each.deaths),
                "series": about.series or source,
                "status": "final",
                "source_id": source,
                "note": note or "",
            }
        )
    return rows


def whole_years(months: Sequence[Row], counts: RawTable) -> list[Row]:
    """A row for each year whose days are all in rows of ``counts.csv``, with their sum.

    The sum is a derived count. It is left out where ``counts`` has a count of the year by the
    same agency from elsewhere.

    >>> month = {"place": "SLV", "measure": "homicides", "agency": "PNC", "status": "final",
    ...          "source_id": "s", "note": ""}
    >>> halves = [{**month, "start": "2012-01-01", "end": "2012-06-30", "count": "1562"},
    ...           {**month, "start": "2012-07-01", "end": "2012-12-31", "count": "1014"}]
    >>> empty = RawTable("counts.csv", list(halves[0]), [], [])
    >>> [(row["start"], row["count"], row["status"]) for row in whole_years(halves, empty)]
    [('2012-01-01', '2576', 'derived')]
    """
    of = ("place", "measure", "agency", *GROUPS)
    known = {
        tuple(cells.get(name, "") for name in (*of, "start", "end"))
        for _line, cells in counts.records()
        if cells["source_id"] != (months[0]["source_id"] if months else "")
        or cells["status"] != "derived"
    }
    by: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in months:
        by[(*(row.get(name, "") for name in of), row["start"][:4])].append(row)
    found = []
    for (*key, year), rows in by.items():
        first, last = date(int(year), 1, 1), date(int(year), 12, 31)
        statuses = {row["status"] for row in rows}
        weak = next(
            (each for each in ("doubtful", "rounded", "preliminary") if each in statuses), "derived"
        )
        if (
            sum(map(_days, rows)) == (last - first).days + 1
            and (*key, str(first), str(last)) not in known
        ):
            found.append(
                {
                    **rows[0],
                    "start": str(first),
                    "end": str(last),
                    "status": weak,
                    "count": str(sum(int(row["count"]) for row in rows)),
                    "note": N_("sum of the months"),
                }
            )
    return found


def _days(row: Row) -> int:
    return (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days + 1


def _new(name: str, table: RawTable, rows: Sequence[Row]) -> tuple[list[Row], int, int]:
    """Rows that are not there yet, how many are, and how many periods have another source."""
    value, keys = _VALUES[name], _KEYS[name]
    known: dict[tuple[str, ...], tuple[int, str]] = {}
    periods = set()
    loose = [each for each in keys if each not in ("status", "source_id")]
    for line, cells in table.records():
        known[tuple(cells.get(each, "") for each in keys)] = line, cells[value]
        periods.add(tuple(cells.get(each, "") for each in loose))
    added, problems, beside = [], [], 0
    for row in rows:
        key = tuple(row.get(each, "") for each in keys)
        if key not in known:
            beside += tuple(row.get(each, "") for each in loose) in periods
            added.append(row)
        elif known[key][1] != row[value]:
            line, on_file = known[key]
            message = _(
                "is on file for {key}; the import has {value}",
                key=" ".join(filter(None, key)),
                value=row[value],
            )
            remedy = _("correct one, or import under another --source, --status or --series")
            problems.append(Problem(table.file, line, value, on_file, message, remedy))
    if len(problems) > 5:
        message = ngettext(
            "and {number} more like this", "and {number} more like these", len(problems) - 5
        )
        problems[5:] = [Problem(table.file, 0, "", "", message, _("decide on these first"))]
    if problems:
        raise UnclearError(problems)
    return added, len(rows) - len(added), beside
