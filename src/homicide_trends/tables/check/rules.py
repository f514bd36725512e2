"""Rules that a table schema cannot say: between columns, between rows and between tables.

Each rule yields a Problem for every place where it is broken. A cell that is not of its type is
left to the schema; a column or table that is missing leaves its rules unasked.
"""

import re
from collections.abc import Callable, Iterator

from ...language import N_, _, translated
from ..load import EARLIEST, LATEST
from ..problems import Problem, harmless, quoted, suggestion
from ..quotes.numerals import parse_numbers
from ..rawtables import Record, Tables, plain_day, plain_number
from . import claim_rules, count_rules

Types = dict[str, dict[str, str]]

_SPANS = (("start", "end"), ("baseline_start", "baseline_end"), ("declared_start", "declared_end"))
_IDENTIFIERS = ("source_id", "figure_id", "event_id", "estimate_id", "claim_id", "place", "within")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def broken(tables: Tables, types: Types) -> Iterator[Problem]:
    """Every place where a rule is broken; ``types`` gives each table's columns with their type."""
    for name, table in tables.items():
        for line, record in table.records():
            yield from _cells(table.file, line, record, types.get(name, {}))
            yield from _spans(table.file, line, record)
            if name in _OF_A_ROW:
                yield from _OF_A_ROW[name](table.file, line, record)
    if "sources" in tables:
        yield from _sources(tables)
        yield from _located(tables)
    yield from count_rules.broken(tables)
    yield from claim_rules.broken(tables)


def _cells(file: str, line: int, record: Record, types: dict[str, str]) -> Iterator[Problem]:
    """Rules for a single cell."""
    for column, cell in record.items():
        kind = types.get(column, "string")
        if not cell.isprintable() and _hidden(cell.replace("\n", "")):
            message = _("holds a control or invisible character")
            yield Problem(file, line, column, cell, message, _("type the text anew"))
        elif cell != cell.strip():
            message = _("begins or ends with a blank")
            yield Problem(file, line, column, cell, message, _("delete it"))
        elif kind in ("integer", "number") and cell and plain_number(cell) is None:
            message = _("is not a plain number")
            remedy = _("write digits with a decimal point, without separators or exponent")
            yield Problem(file, line, column, cell, message, remedy)
        elif kind == "date" and cell and not plain_day(cell):
            # The schema's own reading takes 2012-3-1 and digits of other scripts, ours does not.
            message, remedy = _("is not of type date"), _("write it as YYYY-MM-DD")
            yield Problem(file, line, column, cell, message, remedy)
        elif kind == "date" and (day := plain_day(cell)) and not EARLIEST <= day.year <= LATEST:
            message = _("is not in a year from {first} to {last}", first=EARLIEST, last=LATEST)
            yield Problem(file, line, column, cell, message, _("correct the year"))
        elif column in _IDENTIFIERS and cell and not _IDENTIFIER.fullmatch(cell):
            message = _("is not an identifier")
            remedy = _(
                "use letters without accents, digits, '-', '_' and '.', a letter or digit first"
            )
            yield Problem(file, line, column, cell, message, remedy)


def _hidden(cell: str) -> bool:
    return cell != harmless(cell, len(cell))


def _spans(file: str, line: int, record: Record) -> Iterator[Problem]:
    """No period ends before it starts."""
    for start, end in _SPANS:
        first, last = plain_day(record.get(start, "")), plain_day(record.get(end, ""))
        if first and last and first > last:
            message = _("is after {column} {day}", column=end, day=last)
            remedy = _("a period starts before it ends")
            yield Problem(file, line, start, str(first), message, remedy)


def _sources(tables: Tables) -> Iterator[Problem]:
    """A source has an address or its text, and a derived one says from what."""
    table = tables["sources"]
    if not {"source_id", "kind", "derived_from"} <= set(table.header):
        return
    known = set(table.column("source_id"))
    for line, record in table.records():
        yield from _derived(table.file, line, record, known)
        yield from _found(table.file, line, record)


def _located(tables: Tables) -> Iterator[Problem]:
    """A figure of a text that was kept as a file says on which line it stands."""
    figures, sources = tables.get("figures"), tables["sources"]
    if figures is None or "locator" not in figures.header:
        return
    texts = {
        each.get("source_id") for _line, each in sources.records() if each.get("kind") == "text"
    }
    for line, record in figures.records():
        if not record["locator"] and record.get("source_id") in texts:
            message = _("is empty for a figure of a text that was kept as a file")
            remedy = _("give the line, or the first and the last: 12 or 12-13")
            yield Problem(figures.file, line, "locator", "", message, remedy)


def _derived(file: str, line: int, record: Record, known: set[str]) -> Iterator[Problem]:
    identifier, kind = record["source_id"], record["kind"]
    parents = [each.strip() for each in record["derived_from"].split(";") if each.strip()]
    if kind == "derived" and not parents:
        message = _("is empty for a derived source")
        remedy = _("name the sources it was worked out from, joined by ';'")
        yield Problem(file, line, "derived_from", "", message, remedy)
    if kind != "derived" and parents:
        remedy = _("leave it empty, or make the kind 'derived'")
        message = _("is given for a source of kind {kind}", kind=quoted(kind))
        yield Problem(file, line, "derived_from", "; ".join(parents), message, remedy)
    for parent in parents:
        if parent == identifier:
            message, remedy = _("is the source itself"), _("name others")
            yield Problem(file, line, "derived_from", parent, message, remedy)
        elif parent not in known:
            message, remedy = _("is not a source_id"), suggestion(parent, known)
            yield Problem(file, line, "derived_from", parent, message, remedy)


def _found(file: str, line: int, record: Record) -> Iterator[Problem]:
    digest, kind = record.get("sha256", ""), record["kind"]
    if digest and not re.fullmatch("[0-9a-f]{64}", digest):
        remedy = _("write 64 digits 0-9 and a-f, as sha256sum prints them")
        yield Problem(file, line, "sha256", digest, _("is not a SHA-256"), remedy)
    # A file that was read has its checksum, by which it can be told, in place of an address.
    lacks_address = not record.get("url") and "url" in record and not digest
    if lacks_address and record.get("quality") == "solid" and kind not in ("text", "derived"):
        message = _("is empty for a solid source of kind {kind}", kind=quoted(kind))
        remedy = _("give the address, or the file's sha256, or make it 'weak'")
        yield Problem(file, line, "url", "", message, remedy)


def _figure(file: str, line: int, record: Record) -> Iterator[Problem]:
    """A percentage is not a fraction, unless the text itself says so (``0.5%``)."""
    said = parse_numbers(record.get("as_reported", "")[:200])
    if _is_fraction(record.get("value", ""), record.get("unit", "")) and not any(
        number.unit == "percent" and float(number.value) == plain_number(record["value"])
        for number in said
    ):
        yield _fraction(file, line, "value", record["value"])


def _estimate(file: str, line: int, record: Record) -> Iterator[Problem]:
    """Limits enclose their estimate, and a percentage is not a fraction."""
    names = ("lower", "estimate", "upper")
    yield from _limits(file, line, record, *names)
    for column in names:
        if _is_fraction(record.get(column, ""), record.get("unit", "")):
            yield _fraction(file, line, column, record[column])


def _limits(
    file: str, line: int, record: Record, lower: str, value: str, upper: str
) -> Iterator[Problem]:
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
            remedy = f"{lower} <= {value} <= {upper}"
            yield Problem(file, line, column, record[column], message, remedy)


def _is_fraction(value: str, unit: str) -> bool:
    return unit in ("percent", "%") and 0 < abs(plain_number(value) or 0) < 1


def _fraction(file: str, line: int, column: str, value: str) -> Problem:
    share = f"{100 * float(value):g}"
    message = _("is a fraction, not a percentage")
    return Problem(file, line, column, value, message, _("{share} percent?", share=share))


def _count(file: str, line: int, record: Record) -> Iterator[Problem]:
    """Deaths are not negative, and a doubtful or allocated count says why it is."""
    if (plain_number(record.get("count", "")) or 0) < 0:
        remedy = _("write the number counted, or leave the row out")
        yield Problem(file, line, "count", record["count"], _("is below 0"), remedy)
    yield from _limits(file, line, record, "low", "count", "high")
    status = record.get("status", "")
    if status in _UNEXPLAINED and not record.get("note") and "note" in record:
        message, remedy = map(translated, _UNEXPLAINED[status])
        yield Problem(file, line, "note", "", message, remedy)


_UNEXPLAINED = {
    "doubtful": (N_("is empty for a count that is doubtful"), N_("say what contradicts it")),
    "allocated": (N_("is empty for a count that is allocated"), N_("say what was split")),
}


_OF_A_ROW: dict[str, Callable[[str, int, Record], Iterator[Problem]]] = {
    "figures": _figure,
    "estimates": _estimate,
    "counts": _count,
}
