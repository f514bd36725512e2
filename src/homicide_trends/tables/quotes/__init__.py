"""Proof that every figure stands in its text, where the table says and with the value it gives.

For each row of ``figures.csv`` the source's file is found by its SHA-256, the token
``as_reported`` is looked for at the lines of ``locator``, and the number or date in the token is
compared with ``value``, ``unit``, ``qualifier``, ``start`` and ``end``. So that a changed digit,
letter or line makes a proof fail:

- ``locator`` is ``N`` or ``N-M`` and tight: the token begins on line N and ends on line M, counted
  and compared as ``quotable`` says.
- The token is whole, and its number or date is the one that the text around it gives: not ``60``
  of ``60%``, ``five`` of ``twenty-five``, ``one`` of ``one million``, ``2013`` of ``July 2013``.
- A token holds one number or, for the unit ``date``, one date; there is no guess between several.
- A value has the number's sign and full magnitude (165000000 for ``$165 million``). Percent signs,
  currencies, time units and ``per 100,000`` agree with the unit; the hedging word in or directly
  before the token (``nearly``, ``an estimated``) is the qualifier.
- ``Last year`` and ``today`` count from the date of the source, as far as that is known.
- The same token at the same place is the same figure: two rows of one measure are refused.
- Dates of a figure that is no date suit the year named in its lines, or else within 60 characters
  of it, where there is only one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from ...language import _, ngettext
from ..load import DataError, Folder, data_folder
from ..problems import Problem, quoted
from ..rawtables import Record, plain_day, plain_number, read_raw
from .numerals import Number, parse_numbers, qualifier_before
from .quotable import Fault, Shelf, Text
from .written_dates import PartialDate, WrittenDate, parse_dates

LONGEST_TOKEN = 200  # characters
CONTEXT = 60  # characters on each side of a token where its number or date may go on

_CURRENCIES = {
    "$": "dollar|usd", "US$": "dollar|usd", "USD": "dollar|usd",
    "€": "euro?", "EUR": "euro?", "£": "pound|gbp", "GBP": "pound|gbp",
}  # fmt: skip
_FIGURE_COLUMNS = (
    "source_id", "locator", "as_reported", "measure", "value", "unit", "qualifier",
    "start", "end", "baseline_start", "baseline_end",
)  # fmt: skip
_PLACE = ("source_id", "locator", "as_reported", "measure")
_SOURCE_COLUMNS = ("source_id", "date", "reference", "sha256")
_TIMES = ("day", "week", "month", "year")


@dataclass(frozen=True)
class Proof:
    """How many figures of how many were proven, and what is wrong with the others."""

    proven: int
    total: int
    problems: list[Problem] = field(default_factory=list)


def prove_figures(data: Folder | None = None, *, texts: Folder) -> Proof:
    """Look up every figure in the texts it was taken from.

    ``data`` is a folder of tables, by default the one in force; ``texts`` the folder of the text
    files, named as in column ``reference`` of ``sources.csv`` (a file of another name is accepted
    when its SHA-256 is the recorded one). Nothing is raised for what is wrong in a file; DataError
    for a folder that does not exist.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     proof = prove_figures(texts=empty)
    >>> proof.proven, len(proof.problems)
    (0, 5)
    """
    folder = data_folder(data)
    texts_folder = Path(texts).expanduser()
    if not texts_folder.is_dir():
        raise DataError(_("{folder}: no such folder of texts", folder=texts))
    figures, sources = (read_raw(folder / name) for name in ("figures.csv", "sources.csv"))
    unread = [table for table in (figures, sources) if isinstance(table, Problem)]
    if isinstance(figures, Problem) or isinstance(sources, Problem):
        return Proof(0, 0, unread)
    unasked = [
        Problem(table.file, 1, name, "", _("is missing from the header"), _("add the column"))
        for table, names in ((figures, _FIGURE_COLUMNS), (sources, _SOURCE_COLUMNS))
        for name in names
        if name not in table.header
    ]
    if unasked:
        return Proof(0, len(figures.rows), unasked)
    shelf = Shelf(sources, texts_folder)
    problems: list[Problem] = []
    taken: dict[tuple[str, ...], int] = {}
    proven = 0
    for line, record in figures.records():
        source = shelf.source(record["source_id"])
        if source is None:
            message = _("is not in {file}", file=sources.file)
            faults = [("source_id", message, _("name a source of that table"))]
        elif source.text is None:
            continue  # said once, of the source
        else:
            faults = _faults(record, source.text, source.published)
            place = tuple(record[name] for name in _PLACE)
            if taken.setdefault(place, line) != line:
                message = _("is the place of line {line} too", line=taken[place])
                faults.append(("locator", message, _("a token at a place is one figure")))
            proven += source.sound and not faults
        problems += [
            Problem(figures.file, line, column, record[column], message, remedy)
            for column, message, remedy in faults
        ]
    return Proof(proven, len(figures.rows), shelf.problems + problems)


def _faults(record: Record, text: Text, published: PartialDate) -> list[Fault]:
    """What keeps a figure from being proven by its text; nothing when it is proven."""
    token = record["as_reported"]
    if not token.strip() or len(token) > LONGEST_TOKEN:
        message = _("is too long") if token.strip() else _("is empty")
        return [("as_reported", message, _("give the shortest token that carries the figure"))]
    named = re.fullmatch(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", record["locator"])
    first, last = (int(named[1]), int(named[2] or named[1])) if named else (0, 0)
    if not named or (named[2] and first >= last):
        remedy = _("write the number of a line, or N-M with N below M")
        return [("locator", _("names no lines of a text"), remedy)]
    if last > text.length:
        message = ngettext(
            "is beyond the {number} line of the text",
            "is beyond the {number} lines of the text",
            text.length,
        )
        return [("locator", message, _("correct the line"))]
    spans = {span: text.lines_of(*span) for span in text.spans(token)}
    here = [span for span, lines in spans.items() if lines == (first, last)]
    if not here:
        places = [f"{a}" if a == b else f"{a}-{b}" for a, b in dict.fromkeys(spans.values())]
        message = _("does not hold {token} from its first line to its last", token=quoted(token))
        return [("locator", message, _elsewhere(places))]
    judge = _dated if record["unit"] == "date" or record["measure"] == "date" else _numbered
    return min((list(judge(record, text, span, published)) for span in here), key=len)


def _elsewhere(places: list[str]) -> str:
    if not places:
        return _("the text has it nowhere as a whole token; copy letters, digits and case exactly")
    more = ", ..." if len(places) > 10 else ""
    return _("it stands at {lines}", lines=", ".join(places[:10]) + more)


def _numbered(
    record: Record, text: Text, span: tuple[int, int], published: PartialDate
) -> Iterator[Fault]:
    """Faults of a figure that is a number."""
    token = record["as_reported"]
    alone = [number for number in parse_numbers(token) if not number.denominator]
    if len(alone) != 1:
        message = _("holds several numbers") if alone else _("holds no number")
        yield "as_reported", message, _("give a token with one number")
        return
    if alone[0].value.is_nan():
        message, remedy = _("holds a number that cannot be read"), _("see the rules of numerals")
        yield "as_reported", message, remedy
        return
    context, start, end = text.around(*span, CONTEXT)
    numbers = parse_numbers(context)
    within = [each for each in numbers if each.start < end and each.end > start]
    if [(each.value, each.unit) for each in within] != [(alone[0].value, alone[0].unit)]:
        message = _("is cut from {text}", text=quoted(_stretch(context, start, end, within)))
        yield "as_reported", message, _("give the whole number with its unit")
        return
    number = within[0]
    if plain_number(record["value"]) is None or Decimal(record["value"]) != number.value:
        message = _("is not the number in {token}", token=quoted(token))
        yield "value", message, _("the text says {number}", number=f"{number.value:f}")
    yield from _unit(record["unit"], number, numbers)
    if record["qualifier"] != number.qualifier:
        yield "qualifier", _("is not the one in the text"), _has(number.qualifier)
    yield from _year(record, text, span, context)


def _has(qualifier: str) -> str:
    return _("it has {word}", word=quoted(qualifier)) if qualifier else _("it has none")


def _stretch(context: str, start: int, end: int, within: Sequence[Number | WrittenDate]) -> str:
    """The token together with the numbers or dates that reach out of it."""
    first = min([start, *(each.start for each in within)])
    return context[first : max([end, *(each.end for each in within)])]


def _unit(unit: str, number: Number, numbers: tuple[Number, ...]) -> Iterator[Fault]:
    """Faults of a unit beside the signs and words that follow the number."""
    words = unit.lower()
    points = words.startswith("percentage point")
    percent = words.startswith(("percent", "per cent", "%")) and not points
    if percent != (number.unit == "percent") or points != (number.unit == "percentage points"):
        remedy = (
            _("the text has {unit}", unit=number.unit)
            if number.unit.startswith("percent")
            else _("the text has no percent sign")
        )
        yield "unit", _("does not suit the token"), remedy
    currency = _CURRENCIES.get(number.unit)
    if currency and not re.search(currency, words):
        yield "unit", _("does not suit the token"), _("the text has {unit}", unit=number.unit)
    noun = number.noun.lower().removesuffix("s")
    if noun in _TIMES and words.removesuffix("s") != noun:
        yield "unit", _("does not suit the text"), _("it says {unit}", unit=f"{noun}s")
    after = [each for each in numbers if each.start > number.start][:1]
    if after and after[0].denominator:
        per = re.search(r"per ([0-9][0-9,]*)", words)
        if not per or Decimal(per[1].replace(",", "")) != after[0].value:
            base = f"{after[0].value:,f}"
            yield "unit", _("does not suit the text"), _("it says per {number}", number=base)


def _year(record: Record, text: Text, span: tuple[int, int], context: str) -> Iterator[Fault]:
    """Whether the row's dates leave out the only year that the text names for the figure."""
    names = ("start", "end", "baseline_start", "baseline_end")
    start, end, before, until = (plain_day(record[name]) for name in names)
    if not any((start, end, before, until)):
        return
    located = text.between(*text.lines_of(*span))
    years = _years(located) or _years(context)
    if len(years) != 1:
        return
    (year,) = years
    if not any(
        (a or b) and (a or date.min).year <= year <= (b or date.max).year
        for a, b in ((start, end), (before, until))
    ):
        column = "start" if start else "end" if end else "baseline_start"
        column = column if record[column] else "baseline_end"
        message = _("and the other dates leave out {year}", year=year)
        yield column, message, _("the text names this year")


def _years(text: str) -> set[int]:
    dates = parse_dates(text)
    return {when.year for each in dates for when in (each.first, each.last) if when.year}


def _dated(
    record: Record, text: Text, span: tuple[int, int], published: PartialDate
) -> Iterator[Fault]:
    """Faults of a figure that is a date."""
    alone = parse_dates(record["as_reported"])
    if len(alone) != 1:
        message = _("can be read as several dates") if alone else _("holds no date")
        yield "as_reported", message, _("give a token with one date")
        return
    context, start, end = text.around(*span, CONTEXT)
    within = [each for each in parse_dates(context) if each.start < end and each.end > start]
    if [each.meaning() for each in within] != [alone[0].meaning()]:
        message = _("is cut from {text}", text=quoted(_stretch(context, start, end, within)))
        yield "as_reported", message, _("give the whole date")
        return
    if record["value"]:
        remedy = _("leave it empty; start and end hold the date")
        yield "value", _("is given for a date"), remedy
    hedge = qualifier_before(context[: within[0].start])
    if record["qualifier"] not in ("", hedge):
        yield "qualifier", _("is not in the text"), _has(hedge)
    days = plain_day(record["start"]), plain_day(record["end"])
    if days[0] is None or days[1] is None:
        column = "start" if days[0] is None else "end"
        yield column, _("is not a date"), _("a date has start and end")
    elif column := alone[0].contradicted(days[0], days[1], published=published):
        message = _("is not what {token} says", token=quoted(record["as_reported"]))
        yield column, message, _("correct the date")
