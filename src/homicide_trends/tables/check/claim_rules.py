"""Rules of the table of claims: what its cells name exists, and a reading is a whole one."""

from collections.abc import Iterator

from ...language import _
from ..problems import Problem, suggestion
from ..rawtables import Record, Tables

LONGEST_TOKEN = 40
WEIGHTS_OFF = 0.01  # by which rounded weights may miss 1
_PARTS = ("token", "measure", "per", "place", "start", "end", "baseline", "parts",
          "compared_with", "method")  # fmt: skip
_NAMED = (
    ("figures", "figures", "figure_id"),
    ("places", "places", "place"),
    ("event", "events", "event_id"),
    ("compared_with", "places", "place"),
)
_COMPARED = ("share", "rank", "rate_ratio")
"""Measures that may be set beside another place."""
_BY_OTHERS = ("synthetic_control", "differences")
"""Methods that set other places beside those of the claim."""


def broken(tables: Tables) -> Iterator[Problem]:
    """Every place where a rule of the claims is broken."""
    table = tables.get("claims")
    if table is None or not {"claim_id", "second_reading_of", "figures"} <= set(table.header):
        return
    rows = list(table.records())
    heads = {record["claim_id"]: record for _line, record in rows
             if not record["second_reading_of"]}  # fmt: skip
    seconds: dict[str, str] = {}
    for line, record in rows:
        yield from _of_a_claim(table.file, line, record, heads, seconds)
        yield from _names(table.file, line, record, tables)
        yield from _parts(table.file, line, record, tables)
        yield from _words(table.file, line, record)
        yield from _baseline(table.file, line, record)


def _of_a_claim(
    file: str, line: int, record: Record, heads: dict[str, Record], seconds: dict[str, str]
) -> Iterator[Problem]:
    """A claim has a question and a source; a second reading belongs to a claim, one to each."""
    head = record["second_reading_of"]
    if not head:
        for column in ("question", "source_id"):
            if column in record and not record[column]:
                message = _("is empty for a claim")
                remedy = (
                    _("write the claim as a question that people ask")
                    if column == "question"
                    else _("name the text, or name the claim in second_reading_of")
                )
                yield Problem(file, line, column, "", message, remedy)
        return
    if head not in heads:
        message = _("is not the claim_id of a claim")
        yield Problem(file, line, "second_reading_of", head, message, suggestion(head, heads))
    elif head in seconds:
        message = _("has another second reading, {row!r}", row=seconds[head])
        remedy = _("a claim has two readings at most: delete one")
        yield Problem(file, line, "second_reading_of", head, message, remedy)
    seconds.setdefault(head, record["claim_id"])


def _names(file: str, line: int, record: Record, tables: Tables) -> Iterator[Problem]:
    """What a cell names stands in the other table."""
    for column, other, key in _NAMED:
        known = tables.get(other)
        if known is None or key not in known.header:
            continue
        for each in _listed(record.get(column, "")):
            name = each.partition("=")[0] if column == "compared_with" else each
            if name not in known.column(key):
                message = _("is not in {file}", file=known.file)
                yield Problem(
                    file, line, column, name, message, suggestion(name, known.column(key))
                )
    others = record.get("compared_with", "")
    if not others or record.get("method") in _BY_OTHERS:
        yield from _weights(file, line, others, record.get("method", ""))
        return
    if record.get("measure") not in _COMPARED:
        message = _("is given for a claim of {measure!r}", measure=record.get("measure", ""))
        remedy = _("leave it empty: it is for a share, a rank or a ratio of places")
        yield Problem(file, line, "compared_with", others, message, remedy)
    elif ";" in others or "=" in others:
        message = _("names several places, or a weight")
        remedy = _("name one: several are for a method that sets other places beside the claim's")
        yield Problem(file, line, "compared_with", others, message, remedy)


def _weights(file: str, line: int, others: str, method: str) -> Iterator[Problem]:
    """Weights are those of a synthetic control; every place has one, and they add up to 1."""
    pairs = [part.partition("=") for part in _listed(others)]
    weights = [weight for _name, _equals, weight in pairs if weight]
    if not weights:
        return
    if method != "synthetic_control" or len(weights) < len(pairs):
        message = _("has weights for some places only, or for another method")
        remedy = _("give every place its weight, code=0.25, for synthetic_control; else none")
        yield Problem(file, line, "compared_with", others, message, remedy)
    elif abs(sum(map(float, weights)) - 1) > WEIGHTS_OFF:
        message = _("has weights that add up to {total}", total=f"{sum(map(float, weights)):.3f}")
        remedy = _("give the weights of the study: they add up to 1")
        yield Problem(file, line, "compared_with", others, message, remedy)


def _parts(file: str, line: int, record: Record, tables: Tables) -> Iterator[Problem]:
    """Parts are years, or places that are spoken of."""
    spoken = _listed(record.get("places", ""))
    for part in _listed(record.get("parts", "")):
        if not (part.isdigit() and len(part) == 4) and part not in spoken:
            message = _("is neither a year nor one of the row's places")
            yield Problem(file, line, "parts", part, message, suggestion(part, spoken))


def _words(file: str, line: int, record: Record) -> Iterator[Problem]:
    """Words are short tokens, each with the part of the reading that it fixes."""
    for each in _listed(record.get("words", "")):
        part, equals, token = each.partition("=")
        if not equals or part not in _PARTS:
            message = _("does not say which part of the reading it fixes")
            remedy = _("write part=token, with one of {parts}", parts=", ".join(_PARTS))
            yield Problem(file, line, "words", each, message, remedy)
        elif len(token) > LONGEST_TOKEN:
            message = _("is longer than {most} characters", most=LONGEST_TOKEN)
            yield Problem(file, line, "words", each, message, _("the shortest token will do"))


def _baseline(file: str, line: int, record: Record) -> Iterator[Problem]:
    """A stated comparison has both of its days."""
    names = ("baseline_start", "baseline_end")
    for column, other in (names, names[::-1]):
        if record.get(column) and not record.get(other):
            message = _("stands without {column}", column=other)
            remedy = _("give both days, or neither")
            yield Problem(file, line, column, record[column], message, remedy)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
