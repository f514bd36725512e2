"""The rows that a folder of tables would get from an imported file, with their place and source."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ...language import N_, _, ngettext
from ..appending import (
    ORDER,
    Additions,
    Row,
    additions,
    agency_row,
    tables_of,
    writable,
)
from ..folders import GROUPS, DataError, Folder, shipped
from ..problems import Problem, quoted
from ..rawtables import RawTable, read_raw
from ..writing import as_csv
from .choices import KINDS, Question, UnclearError, answer, question
from .counts import Count, weakest
from .dates import ONE_DAY
from .periods import and_more
from .understanding import Understood
from .words import folded, group

PLACE_NAMES = "place_names.csv"

_KEYS = {
    "counts": ("place", "measure", "start", "end", "agency", "status", "source_id", *GROUPS),
    "population": ("place", "year", "series"),
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

    place: str
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


@dataclass(slots=True)
class _Draft:
    """What a proposal is made from: a file, what is said of it, a folder, and what is open."""

    file: Understood
    about: About
    folder: Path
    tables: dict[str, RawTable]
    added: dict[str, list[Row]]
    asked: list[Question | str]

    def ask(self, question: str, known: Iterable[str] = ()) -> None:
        """A question that a text answers, with what is on file already."""
        names = ", ".join(list(dict.fromkeys(known))[:30])
        self.asked.append(question + (_(" On file: {names}.", names=names) if names else ""))

    def ask_kind(self, message: str, file: str, value: str, kinds: Iterable[str]) -> None:
        """A question of which kind a place is."""
        answers = (answer("--place-kind", each) for each in kinds)
        self.asked.append(question(file, message, *answers, value=value))


def propose(understood: Understood, about: About, *, data: Folder | None = None) -> Proposal:
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
    folder, people = writable(data), understood.chosen.population
    nothing: dict[str, list[Row]] = {name: [] for name in ORDER}
    draft = _Draft(understood, about, folder, tables_of(folder), {**nothing}, [])
    beside: dict[str, bytes] = {}
    proposed: dict[str, Place] = {}
    if "place" in understood.apart:
        names, proposed, beside = _places(draft)
    else:
        one = _place(draft)
        names = {"": one} if one else {}
    if about.codes == "write" and proposed:
        return Proposal(nothing, 0, 0, additions({}, folder, beside), len(proposed))
    places = list(dict.fromkeys(names.values()))
    known = draft.tables["places"].column("place")
    draft.added["places"] = [each._asdict() for each in places if each.place not in known]
    agency = "" if people else _agency(draft, places)
    source = _source(draft)
    open_ones = [each for each in draft.asked if isinstance(each, Question)]
    if len(open_ones) < len(draft.asked):
        raise DataError("\n".join(map(str, draft.asked)))
    if open_ones:
        raise UnclearError(*open_ones)
    table = "population" if people else "counts"
    counts = [(names[each.place], each) for each in understood.counts if each.place in names]
    if people:
        rows = [_people(place, each, about, source) for place, each in counts]
    else:
        rows = [_count(draft, place, each, agency, source) for place, each in counts]
        if about.years and understood.unit == "month":
            rows += whole_years(rows, draft.tables["counts"])
    new, present, others = _new(table, draft.tables[table], rows)
    if not new:
        return Proposal(nothing, present, others, additions({}, folder))
    draft.added[table] = new
    added = additions(draft.added, folder, beside)
    return Proposal(draft.added, present, others, added, len(proposed))


# --- places -------------------------------------------------------------------------------------


def _by_code(table: RawTable) -> dict[str, Place]:
    fields = Place._fields
    return {row["place"]: Place(*(row[each] for each in fields)) for _line, row in table.records()}


def _ours() -> dict[str, Place]:
    """The places that come with the program."""
    table = read_raw(shipped("data") / "places.csv")
    if isinstance(table, Problem):
        raise DataError(str(table))
    return _by_code(table)


def _place(draft: _Draft) -> Place | None:
    """The one place that a file is about."""
    about, on_file = draft.about, _by_code(draft.tables["places"])
    place = about.place or (next(iter(on_file)) if len(on_file) == 1 else "")
    if not place:
        draft.ask(_("--place: of which place are these counts?"), on_file)
        return None
    if place in on_file:
        return on_file[place]
    country = "country" if re.fullmatch("[A-Z]{3}", place) else ""
    ours = _ours().get(place, Place(place, "", country, ""))
    name, kind = about.place_name or ours.name, about.place_kind or ours.kind
    if not name:
        message = _("--place-name: what is the name of {place!r}? It is not in places.csv.",
                    place=place)  # fmt: skip
        draft.ask(message, on_file)
        return None
    if not kind:
        message = _("is a new place: of which kind?")
        draft.ask_kind(message, "places.csv", place, KINDS[1:])
        return None
    within = "" if kind == "country" else place.partition("-")[0]
    if within and within not in on_file:
        message = _(
            "--place: {place!r} lies in {within!r} by its code, which places.csv does not have; "
            "add that row first, or give --place-kind country",
            place=place, within=within,
        )  # fmt: skip
        draft.ask(message)
    return Place(place, name, kind, within)


def _places(draft: _Draft) -> tuple[dict[str, Place], dict[str, Place], dict[str, bytes]]:
    """The place of each name of the file's column; the new ones; the table that keeps names."""
    about, on_file, ours = draft.about, _by_code(draft.tables["places"]), _ours()
    countries = [each.place for each in on_file.values() if each.kind == "country"]
    parent = about.place or (countries[0] if len(countries) == 1 else "")
    described, kept = ours | on_file, _names_on_file(draft.folder)
    by_name: dict[str, set[str]] = defaultdict(set)
    for each in described.values():
        same = each.kind == about.place_kind and each.within == parent
        if same or each.kind == "country" or each.place in on_file:
            by_name[folded(each.name).removesuffix(f" ({each.kind})")].add(each.place)
    found: dict[str, Place] = {}
    proposed: dict[str, Place] = {}
    for name in dict.fromkeys(each.place for each in draft.file.counts):
        kind, named = about.place_kind or "", by_name[folded(name)]
        codes = [c for c in named if not kind or described[c].kind == kind]
        if name in described:
            codes = [name]
        if name in kept:
            code, kind = kept[name]
            if code:
                within = "" if kind == "country" else parent or code.partition("-")[0]
                found[name] = described.get(code, Place(code, name, kind, within))
        elif len(codes) == 1:
            found[name] = described[codes[0]]
        else:
            within = "" if kind == "country" else parent
            taken = {*described, *(each.place for each in proposed.values())}
            proposed[name] = Place(_code(name, within, kind, taken), name, kind, within)
            if named and about.codes != "write":  # as a state has the name of its country
                message = _("is the name of {codes}: which place is it?",
                            codes=", ".join(sorted(named)))  # fmt: skip
                says = _("they are written there, to be edited")
                written = answer("--codes", "write", says=says)
                draft.asked.append(question(PLACE_NAMES, message, written, value=name))
    if proposed and not parent and about.place_kind != "country":
        message = _(
            "--place: in which place of places.csv do they lie? (--place-kind country: in none)"
        )
        draft.ask(message, on_file)
    elif proposed and not about.place_kind:
        message, value = _("are new places: of which kind?"), ", ".join(list(proposed)[:5])
        draft.ask_kind(message, PLACE_NAMES, value, KINDS)
    elif proposed and about.codes is None:
        shown = ", ".join(f"{name} = {each.place}" for name, each in list(proposed.items())[:4])
        message = ngettext(
            "{number} name has no code; proposed is {shown}",
            "{number} names have no code; proposed are {shown}",
            len(proposed), shown=shown,
        )  # fmt: skip
        taken_or_written = (answer("--codes", "proposed", says=_("they are taken")),
                            answer("--codes", "write",
                                   says=_("they are written there, to be edited")))  # fmt: skip
        draft.asked.append(question(PLACE_NAMES, message, *taken_or_written))
    if not proposed:
        return found, {}, {}
    lines = [[name, *kept[name]] for name in kept]
    lines += [[name, each.place, each.kind] for name, each in proposed.items()]
    text = as_csv([["name", "place", "kind"], *lines])
    return found | proposed, proposed, {PLACE_NAMES: text.encode()}


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


def _code(name: str, parent: str, kind: str, taken: set[str]) -> str:
    """A code for a name: the country's and the name in plain letters, its kind where taken."""
    plain = "-".join([*([parent] if parent else []), *re.findall("[a-z0-9]+", folded(name))])
    code, number = plain if plain != parent else f"{parent}-place", 1
    while code in taken:
        code = f"{plain}-{kind or 'place'}" + (f"-{number}" if number > 1 else "")
        number += 1
    return code


# --- agency and source --------------------------------------------------------------------------


def _agency(draft: _Draft, places: Sequence[Place]) -> str:
    """The agency's short name; where it is new for a place, it comes after all others of that."""
    about, by = draft.about, defaultdict(list)
    for _line, cells in draft.tables["agencies"].records():
        by[cells["place"]].append(cells)
    here = list(dict.fromkeys(cells["agency"] for place in places for cells in by[place.place]))
    agency = about.agency or (here[0] if len(here) == 1 else "")
    if not agency:
        draft.ask(_("--agency: who counted?"), here)
        return ""
    same = [cells for rows in by.values() for cells in rows if cells["agency"] == agency]
    known = {cells["place"] for cells in same}
    lacking = [place.place for place in places if place.place not in known]
    first = same[0] if same else {}
    name = about.agency_name or first.get("name", "")
    if lacking and not name:
        message = _(
            "--agency-name: what is the full name of {agency!r}? It is not in agencies.csv for "
            "{place!r}.",
            agency=agency, place=lacking[0],
        )  # fmt: skip
        draft.ask(message, here)
    rule = about.agency_rule or first.get("rule") or N_(
        "its rule is not stated in the sources used"
    )  # fmt: skip
    draft.added["agencies"] += [agency_row(by[place], place, agency, name, rule)
                                for place in lacking]  # fmt: skip
    return agency


def _source(draft: _Draft) -> str:
    """The source's short name, likewise; a file is told by its checksum."""
    about, file, digest = draft.about, draft.file.path, draft.file.columns.opened.sha256
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", file.name.partition(".")[0]).strip("-._")
    source = about.source or plain
    if not source:
        draft.ask(_("--source: a short name for the file as a source, in letters and digits"))
        return ""
    for line, cells in draft.tables["sources"].records():
        if cells["source_id"] == source:
            if cells["sha256"] not in ("", digest):
                message = _(
                    "--source: {source!r} is another file on line {line} of sources.csv (SHA-256 "
                    "{other}..., this one {this}...); give this one a name of its own",
                    source=source, line=line, other=cells["sha256"][:12], this=digest[:12],
                )  # fmt: skip
                draft.ask(message)
            return source
    if not about.source_title:
        draft.ask(_("--source-title: what is the title of the source {source!r}?", source=source))
    if not about.publisher:
        draft.ask(_("--publisher: who published the source {source!r}?", source=source))
    draft.added["sources"].append(
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

# Prose of a table: translated where it is shown.
_SUMMED = {"days": N_("counts of days, added up"), "deaths": N_("deaths of a list, counted")}


def _count(draft: _Draft, place: Place, each: Count, agency: str, source: str) -> Row:
    """A row of counts.csv; where that has no columns of limits, they go into the note."""
    about, summed = draft.about, _SUMMED.get(draft.file.shape, "")
    groups = {}
    for name in GROUPS:
        text = getattr(each, name)
        groups[name] = group(name, text)
        if groups[name] is None:
            message, remedy = (_("is no sex that is known"),
                               _("leave such rows out with --where, or correct it"))  # fmt: skip
            raise DataError(f"{quoted(text)} {message}; {remedy}")
    notes, limits = [about.note or summed], {}
    if each.high is not None:
        if "high" in draft.tables["counts"].header:
            limits = {"low": str(each.low), "high": str(each.high)}
        else:
            notes.append(f"published as {each.low} to {each.high}")
    return {
        "place": place.place,
        "measure": about.measure,
        "start": str(each.start),
        "end": str(each.end),
        "count": str(each.deaths),
        "agency": agency,
        "status": about.status or each.status or ("derived" if summed else "final"),
        "source_id": source,
        "note": "; ".join(filter(None, notes)),
        **{name: value or "" for name, value in groups.items()},
        **limits,
    }


def _people(place: Place, each: Count, about: About, source: str) -> Row:
    """A row of population.csv."""
    if (each.start.month, each.start.day) != (1, 1) or (each.end - each.start).days < 364:
        period = f"{each.start} - {each.end}"
        raise DataError(_("{period} is no year: populations are of a year", period=period))
    return {
        "place": place.place,
        "year": str(each.start.year),
        "population": str(each.deaths),
        "series": about.series or source,
        "status": "final",
        "source_id": source,
        "note": "; ".join(filter(None, (about.note, each.status))),
    }


def whole_years(months: Sequence[Row], counts: RawTable) -> list[Row]:
    """A row for each year whose days are all in rows of ``counts.csv``, with their sum.

    The sum is a derived count. It is left out where ``counts`` has a count of the year by the
    same agency from elsewhere.
    """
    of = ("place", "measure", "agency", *GROUPS)
    known = {
        _key(cells, (*of, "start", "end"))
        for _line, cells in counts.records()
        if (cells["source_id"], cells["status"]) != (months[0]["source_id"], "derived")
    }
    by: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in months:
        by[(*_key(row, of), row["start"][:4])].append(row)
    found = []
    for (*key, year), rows in by.items():
        first, last = f"{year}-01-01", f"{year}-12-31"
        whole = sum(_days(row["start"], row["end"]) for row in rows) == _days(first, last)
        if whole and (*key, first, last) not in known:
            limits = {}
            if any(row.get("high") for row in rows):
                limits = {name: str(sum(int(row.get(name) or row["count"]) for row in rows))
                          for name in ("low", "high")}  # fmt: skip
            status = weakest(row["status"] for row in rows) or "derived"
            summed = str(sum(int(row["count"]) for row in rows))
            note = N_("sum of the months")
            found.append({**rows[0], "start": first, "end": last, "status": status,
                          "count": summed, "note": note, **limits})  # fmt: skip
    return found


def _days(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start) + ONE_DAY).days


def _key(row: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(row.get(each, "") for each in names)


def _new(name: str, table: RawTable, rows: Sequence[Row]) -> tuple[list[Row], int, int]:
    """Rows that are not there yet, how many are, and how many periods have another source."""
    value, keys = {"counts": "count"}.get(name, name), _KEYS[name]
    loose = [each for each in keys if each not in ("status", "source_id")]
    known = {_key(cells, keys): (line, cells[value]) for line, cells in table.records()}
    periods = {_key(cells, loose) for _line, cells in table.records()}
    added, problems, beside = [], [], 0
    for row in rows:
        key = _key(row, keys)
        line, on_file = known.get(key, (0, ""))
        if not line:
            beside += _key(row, loose) in periods
            added.append(row)
        elif on_file != row[value]:
            message = _("is on file for {key}; the import has {value}",
                        key=" ".join(filter(None, key)), value=row[value])  # fmt: skip
            remedy = _("correct one, or import under another --source, --status or --series")
            problems.append(Problem(table.file, line, value, on_file, message, remedy))
    if len(problems) > 5:
        remedy = _("decide on these first")
        problems[5:] = [Problem(table.file, 0, "", "", and_more(len(problems) - 5), remedy)]
    if problems:
        raise UnclearError(*problems)
    return added, len(rows) - len(added), beside
