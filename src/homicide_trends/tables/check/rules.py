"""Rules that a table schema cannot say: between columns, between rows and between tables.

Each rule is about a row and yields the faults that it finds. A cell that is not of its type is left
to the schema; a column or table that is missing leaves its rules unasked.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from ...language import N_, _, translated
from ..folders import GROUPS
from ..problems import Problem, harmless, quoted, suggestion
from ..quotes.numerals import parse_numbers
from ..rawtables import (
    EARLIEST,
    LATEST,
    Record,
    Tables,
    misfit,
    plain_day,
    plain_number,
)
from . import count_rules

LONGEST_TOKEN = 40
WEIGHTS_OFF = 0.01  # by which rounded weights may miss 1

Types = dict[str, dict[str, str]]
Faults = Iterator[tuple[str, str, str, str]]  # column, value, message, remedy

_SPANS = (("start", "end"), ("baseline_start", "baseline_end"), ("declared_start", "declared_end"))
_IDENTIFIERS = ("source_id", "figure_id", "event_id", "estimate_id", "claim_id", "place", "within")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_KEYS = {"figures": "figure_id", "places": "place", "events": "event_id", "sources": "source_id"}


@dataclass(slots=True)
class _Known:
    """What rules must know of other rows and tables."""

    files: dict[str, str]
    names: dict[str, set[str]]
    sources: dict[str, Record]
    agencies: dict[str, set[str]] | None
    claims: set[str]
    second: dict[str, str] = field(default_factory=dict)
    counted: dict[tuple[str, ...], tuple[int, Record]] = field(default_factory=dict)


def broken(tables: Tables, types: Types) -> Iterator[Problem]:
    """Every place where a rule is broken; ``types`` gives each table's columns with their type."""
    known = _known(tables)
    for name, table in tables.items():
        rules = [rule for rule, needed in _OF_A_ROW.get(name, ()) if needed <= set(table.header)]
        for line, record in table.records():
            for fault in (*_cells(record, types.get(name, {})), *_spans(record)):
                yield Problem(table.file, line, *fault)
            for rule in rules:
                for fault in rule(record, known, line):
                    yield Problem(table.file, line, *fault)
    yield from count_rules.broken(tables)


def _known(tables: Tables) -> _Known:
    there = {name: [row for _line, row in table.records()] for name, table in tables.items()
             if name in (*_KEYS, "agencies", "claims")}  # fmt: skip
    names = {name: {row[key] for row in there[name]} for name, key in _KEYS.items()
             if name in there and key in tables[name].header}  # fmt: skip
    agencies: dict[str, set[str]] | None = None
    if "agencies" in tables and {"place", "agency"} <= set(tables["agencies"].header):
        agencies = defaultdict(set)
        for row in there["agencies"]:
            agencies[row["place"]].add(row["agency"])
    claims = {row.get("claim_id", "") for row in there.get("claims", ())
              if not row.get("second_reading_of")}  # fmt: skip
    sources = {row.get("source_id", ""): row for row in there.get("sources", ())}
    files = {name: table.file for name, table in tables.items()}
    return _Known(files, names, sources, agencies, claims)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


# --- every table --------------------------------------------------------------------------------


def _cells(record: Record, types: dict[str, str]) -> Faults:
    """Rules for a single cell."""
    for column, cell in record.items():
        kind, seen = types.get(column, "string"), cell.replace("\n", "")
        day = plain_day(cell) if kind == "date" else None
        if not cell.isprintable() and seen != harmless(seen, len(seen)):
            said = _("holds a control or invisible character"), _("type the text anew")
        elif cell != cell.strip():
            said = _("begins or ends with a blank"), _("delete it")
        elif kind in ("integer", "number") and cell and plain_number(cell) is None:
            said = (
                _("is not a plain number"),
                _("write digits with a decimal point, without separators or exponent"),
            )
        # The schema's own reading takes 2012-3-1 and digits of other scripts, ours does not.
        elif kind == "date" and cell and not (day and EARLIEST <= day.year <= LATEST):
            said = misfit(cell, {"type": kind})
        elif column in _IDENTIFIERS and cell and not _IDENTIFIER.fullmatch(cell):
            said = (
                _("is not an identifier"),
                _("use letters without accents, digits, '-', '_' and '.', a letter or digit first"),
            )
        else:
            continue
        yield column, cell, *said


def _spans(record: Record) -> Faults:
    """No period ends before it starts."""
    for start, end in _SPANS:
        first, last = plain_day(record.get(start, "")), plain_day(record.get(end, ""))
        if first and last and first > last:
            message = _("is after {column} {day}", column=end, day=last)
            yield start, str(first), message, _("a period starts before it ends")


# --- sources and figures ------------------------------------------------------------------------


def _derived(record: Record, known: _Known, _line: int) -> Faults:
    """A derived source says from what."""
    kind, parents = record["kind"], _listed(record["derived_from"])
    if kind == "derived" and not parents:
        remedy = _("name the sources it was worked out from, joined by ';'")
        yield "derived_from", "", _("is empty for a derived source"), remedy
    if kind != "derived" and parents:
        message = _("is given for a source of kind {kind}", kind=quoted(kind))
        remedy = _("leave it empty, or make the kind 'derived'")
        yield "derived_from", "; ".join(parents), message, remedy
    for parent in parents:
        if parent == record["source_id"]:
            yield "derived_from", parent, _("is the source itself"), _("name others")
        elif parent not in known.sources:
            remedy = suggestion(parent, known.sources)
            yield "derived_from", parent, _("is not a source_id"), remedy


def _found(record: Record, _known: _Known, _line: int) -> Faults:
    """A source has an address or its text."""
    digest, kind = record.get("sha256", ""), record["kind"]
    if digest and not re.fullmatch("[0-9a-f]{64}", digest):
        remedy = _("write 64 digits 0-9 and a-f, as sha256sum prints them")
        yield "sha256", digest, _("is not a SHA-256"), remedy
    # A file that was read has its checksum, by which it can be told, in place of an address.
    lacks_address = not record.get("url") and "url" in record and not digest
    if lacks_address and record.get("quality") == "solid" and kind not in ("text", "derived"):
        message = _("is empty for a solid source of kind {kind}", kind=quoted(kind))
        yield "url", "", message, _("give the address, or the file's sha256, or make it 'weak'")


def _located(record: Record, known: _Known, _line: int) -> Faults:
    """A figure of a text that was kept as a file says on which line it stands."""
    source = known.sources.get(record.get("source_id", ""), {})
    if not record["locator"] and source.get("kind") == "text":
        message = _("is empty for a figure of a text that was kept as a file")
        yield "locator", "", message, _("give the line, or the first and the last: 12 or 12-13")


def _figure(record: Record, _known: _Known, _line: int) -> Faults:
    """A percentage is not a fraction, unless the text itself says so (``0.5%``)."""
    stated = [number for number in parse_numbers(record.get("as_reported", "")[:200])
              if number.unit == "percent"]  # fmt: skip
    if not any(float(each.value) == plain_number(record.get("value", "")) for each in stated):
        yield from _fraction(record, "value")


def _fraction(record: Record, *columns: str) -> Faults:
    for column in columns:
        number = plain_number(record.get(column, "")) or 0
        if record.get("unit") in ("percent", "%") and 0 < abs(number) < 1:
            share = f"{100 * number:g}"
            message = _("is a fraction, not a percentage")
            yield column, record[column], message, _("{share} percent?", share=share)


def _estimate(record: Record, _known: _Known, _line: int) -> Faults:
    """Limits enclose their estimate, and a percentage is not a fraction."""
    yield from _limits(record, "lower", "estimate", "upper")
    yield from _fraction(record, "lower", "estimate", "upper")


def _limits(record: Record, lower: str, value: str, upper: str) -> Faults:
    """A value lies between its limits, and these in their order where it is missing."""
    known = {name: number for name in (lower, value, upper)
             if (number := plain_number(record.get(name, ""))) is not None}  # fmt: skip
    middle = value if value in known else upper
    for column, other, sign in ((lower, middle, 1), (upper, value, -1)):
        if {column, other} <= known.keys() and (known[column] - known[other]) * sign > 0:
            said = {"column": other, "value": record[other]}
            message = _("is above {column} {value}", **said)
            if sign < 0:
                message = _("is below {column} {value}", **said)
            yield column, record[column], message, f"{lower} <= {value} <= {upper}"


# --- counts -------------------------------------------------------------------------------------

_UNEXPLAINED = {
    "doubtful": (N_("is empty for a count that is doubtful"), N_("say what contradicts it")),
    "allocated": (N_("is empty for a count that is allocated"), N_("say what was split")),
}


def _count(record: Record, _known: _Known, _line: int) -> Faults:
    """Deaths are not negative, and a doubtful or allocated count says why it is."""
    if (plain_number(record.get("count", "")) or 0) < 0:
        remedy = _("write the number counted, or leave the row out")
        yield "count", record["count"], _("is below 0"), remedy
    yield from _limits(record, "low", "count", "high")
    status = record.get("status", "")
    if status in _UNEXPLAINED and not record.get("note") and "note" in record:
        message, remedy = map(translated, _UNEXPLAINED[status])
        yield "note", "", message, remedy


def _counted_by_known(record: Record, known: _Known, _line: int) -> Faults:
    """Every agency that counts in a place is described for that place."""
    place, agency = record["place"], record["agency"]
    if known.agencies is not None and agency not in known.agencies[place]:
        message = _("is not an agency of {place} in {file}",
                    place=quoted(place), file=known.files["agencies"])  # fmt: skip
        yield "agency", agency, message, suggestion(agency, known.agencies[place])


def _not_before_its_end(record: Record, known: _Known, _line: int) -> Faults:
    """A count's period had ended when its source appeared: nobody counts the deaths to come."""
    end = record.get("end", "")
    published = known.sources.get(record.get("source_id", ""), {}).get("date", "")
    # A date may hold the year or the month alone: then the period may end in it.
    if plain_day(end) and _DATE.fullmatch(published) and end[: len(published)] > published:
        message = _("is after its source appeared ({date})", date=published)
        yield "end", end, message, _("correct the year of the period, or the date of the source")


_SAME = ("place", "measure", "agency", "start", "end", "status")


def _agreeing(record: Record, known: _Known, line: int) -> Faults:
    """Counts of one agency, period, status and date of source agree, or each says why it does not.

    Conflicting reports stand side by side, but nothing could choose between two that differ in
    nothing else. A note on both rows is the documented exception.
    """
    source = record.get("source_id", "")
    published = known.sources.get(source, {}).get("date") or source
    key = (*(record.get(name, "") for name in (*_SAME, *GROUPS)), published)
    earlier, other = known.counted.setdefault(key, (line, record))
    if record["count"] != other["count"] and not (record.get("note") and other.get("note")):
        message = _(
            "differs from {value} on line {line}: same agency, period, status {status} and "
            "date of source",
            value=quoted(other["count"]), line=earlier, status=quoted(record["status"]),
        )  # fmt: skip
        remedy = _("correct one, give another status, or say in the note of both why they differ")
        yield "count", record["count"], message, remedy


# --- claims -------------------------------------------------------------------------------------

_PARTS = ("token", "measure", "per", "place", "start", "end", "baseline", "parts",
          "compared_with", "method")  # fmt: skip
_NAMED = (
    ("figures", "figures"), ("places", "places"), ("event", "events"), ("compared_with", "places"),
)  # fmt: skip
_COMPARED = ("share", "rank", "rate_ratio")  # measures that may be set beside another place
_BY_OTHERS = ("synthetic_control", "differences")  # methods that set others beside the claim's


def _claim(record: Record, known: _Known, _line: int) -> Faults:
    """A claim has a question and a source; a second reading belongs to a claim, one to each."""
    head = record["second_reading_of"]
    remedies = {
        "question": N_("write the claim as a question that people ask"),
        "source_id": N_("name the text, or name the claim in second_reading_of"),
    }
    for column, remedy in remedies.items() if not head else ():
        if column in record and not record[column]:
            yield column, "", _("is empty for a claim"), translated(remedy)
    if head and head not in known.claims:
        message, remedy = _("is not the claim_id of a claim"), suggestion(head, known.claims)
        yield "second_reading_of", head, message, remedy
    elif head in known.second:
        message = _("has another second reading, {row!r}", row=known.second[head])
        remedy = _("a claim has two readings at most: delete one")
        yield "second_reading_of", head, message, remedy
    if head:
        known.second.setdefault(head, record["claim_id"])


def _named(record: Record, known: _Known, _line: int) -> Faults:
    """What a cell names stands in the other table."""
    for column, other in _NAMED:
        for each in _listed(record.get(column, "")) if other in known.names else ():
            name = each.partition("=")[0] if column == "compared_with" else each
            if name not in known.names[other]:
                message = _("is not in {file}", file=known.files[other])
                yield column, name, message, suggestion(name, known.names[other])


def _compared(record: Record, _known: _Known, _line: int) -> Faults:
    """Another place is for some measures; several of them, and weights, are for methods."""
    cell, method = record.get("compared_with", ""), record.get("method", "")
    weights = [part.partition("=")[2] for part in _listed(cell)]
    total = sum(plain_number(weight) or 0 for weight in weights)
    if method not in _BY_OTHERS and cell and record.get("measure") not in _COMPARED:
        said = (_("is given for a claim of {measure!r}", measure=record.get("measure", "")),
                _("leave it empty: it is for a share, a rank or a ratio of places"))  # fmt: skip
    elif method not in _BY_OTHERS and (";" in cell or "=" in cell):
        said = (
            _("names several places, or a weight"),
            _("name one: several are for a method that sets other places beside the claim's"),
        )
    elif any(weights) and (method != "synthetic_control" or not all(weights)):
        said = (
            _("has weights for some places only, or for another method"),
            _("give every place its weight, code=0.25, for synthetic_control; else none"),
        )
    elif any(weights) and abs(total - 1) > WEIGHTS_OFF:
        said = (_("has weights that add up to {total}", total=f"{total:.3f}"),
                _("give the weights of the study: they add up to 1"))  # fmt: skip
    else:
        return
    yield "compared_with", cell, *said


def _reading(record: Record, _known: _Known, _line: int) -> Faults:
    """Parts are years or places that are spoken of; words are short, each fixes a part."""
    spoken = _listed(record.get("places", ""))
    for part in _listed(record.get("parts", "")):
        if not (part.isdigit() and len(part) == 4) and part not in spoken:
            message = _("is neither a year nor one of the row's places")
            yield "parts", part, message, suggestion(part, spoken)
    for each in _listed(record.get("words", "")):
        part, equals, token = each.partition("=")
        if not equals or part not in _PARTS:
            remedy = _("write part=token, with one of {parts}", parts=", ".join(_PARTS))
            yield "words", each, _("does not say which part of the reading it fixes"), remedy
        elif len(token) > LONGEST_TOKEN:
            message = _("is longer than {most} characters", most=LONGEST_TOKEN)
            yield "words", each, message, _("the shortest token will do")
    days = ("baseline_start", "baseline_end")
    for column, other in (days, days[::-1]):
        if record.get(column) and not record.get(other):
            message = _("stands without {column}", column=other)
            yield column, record[column], message, _("give both days, or neither")


Rule = Callable[[Record, _Known, int], Faults]
# With the columns that each needs.
_OF_A_CLAIM = {"claim_id", "second_reading_of", "figures"}
_OF_A_ROW: dict[str, Collection[tuple[Rule, set[str]]]] = {
    "figures": ((_figure, set()), (_located, {"locator"})),
    "estimates": ((_estimate, set()),),
    "counts": (
        (_count, set()),
        (_counted_by_known, {"place", "agency"}),
        (_not_before_its_end, set()),
        (_agreeing, {*_SAME, "count"}),
    ),
    "sources": tuple((rule, {"source_id", "kind", "derived_from"}) for rule in (_derived, _found)),
    "claims": tuple((rule, _OF_A_CLAIM) for rule in (_claim, _named, _compared, _reading)),
}
