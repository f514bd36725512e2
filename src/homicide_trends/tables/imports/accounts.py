"""What was understood of a file, line by line, for somebody to look at before it is written."""

from typing import TYPE_CHECKING

from ...language import N_, _, localised, ngettext, translated
from ..problems import harmless
from .layouts import HEAD
from .periods import what_a_row_is

if TYPE_CHECKING:
    from .understanding import Understood

_ONE_EACH = {
    "year": N_("{start} to {end}, one count a year: {number}"),
    "quarter": N_("{start} to {end}, one count a quarter: {number}"),
    "month": N_("{start} to {end}, one count a month: {number}"),
    "week": N_("{start} to {end}, one count a week: {number}"),
    "day": N_("{start} to {end}, one count a day: {number}"),
}
_APART = {
    "place": N_("places in {column}"),
    "sex": N_("sexes in {column}"),
    "age": N_("ages in {column}"),
    "mechanism": N_("mechanisms in {column}"),
    "motive": N_("motives in {column}"),
}
_SHOWN = 2  # counts at the beginning and at the end


def account(understood: "Understood") -> list[str]:
    """Name and text of each line, with a tab between: file, shape, dates, numbers, period, sums.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from homicide_trends.tables.imports import understand
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "killed.csv"
    ...     _ = path.write_text("year,count\\n2011,4371\\n2012,2594\\n")
    ...     lines = account(understand(path))
    >>> for line in lines: print(line.expandtabs(10))
    File      killed.csv, 31 bytes, utf-8, separator comma, header on row 1
    Shape     years: a row is a year
    Columns   dates in 'year', deaths in 'count'
    Dates     '2011' is 2011
    Numbers   whole numbers without separators
    Covers    2011-01-01 to 2012-12-31, one count a year: 2
    Deaths    6,965
    Counts    2011-01-01 to 2011-12-31: 4,371
              2012-01-01 to 2012-12-31: 2,594
    """
    columns, counts = understood.columns, understood.counts
    opened, row = columns.opened, columns.header_row
    header = _("header on row {row}", row=row) if row else _("no header")
    size = ngettext("{number} byte", "{number} bytes", opened.size)
    dates = ""
    if understood.example:
        text, when = understood.example
        order = f", {harmless(understood.dates_read_as, 160)}" if understood.dates_read_as else ""
        dates = _("'{text}' is {date}", text=harmless(text, 80), date=when) + order
    covers = translated(_ONE_EACH[understood.unit]).format(
        start=min(each.start for each in counts), end=max(each.end for each in counts),
        number=localised(f"{len(counts):,}"),
    )  # fmt: skip
    shown = []
    for each in counts:
        deaths = localised(f"{each.deaths:,}")
        whose = (each.place, each.sex, each.age, each.mechanism)
        line = _("{start} to {end}: {deaths}", start=each.start, end=each.end, deaths=deaths)
        shown.append(line + harmless("".join(f", {text}" for text in whose if text), 160))
    if len(shown) > 2 * _SHOWN:
        shown[_SHOWN:-_SHOWN] = ["..."]
    people = understood.chosen.population
    told = (
        (_("File"), [", ".join([harmless(opened.file, 80), size, opened.read_as, header])]),
        (_("Above it"), [harmless(each, 160) for each in columns.preamble[:5]]),
        (_("Shape"), [f"{understood.shape}: {what_a_row_is(understood.shape)}"]),
        (_("Columns"), [_columns(understood)]),
        (_("Dates"), [dates] if dates else []),
        (_("Numbers"), [harmless(each, 160) for each in (understood.numbers_read_as,) if each]),
        (_("Covers"), [covers]),
        (_("People") if people else _("Deaths"), [localised(f"{understood.deaths:,}")]),
        (_("Counts"), shown),
        (_("Left out"), understood.notes),
    )
    return [
        f"{title if number == 0 else ''}\t{line}"
        for title, lines in told
        for number, line in enumerate(lines)
    ]


def _columns(understood: "Understood") -> str:
    names = understood.columns.names

    def name(n: int) -> str:
        return f"'{harmless(names[n], 80)}'"

    across = understood.across
    heads = understood.numbers if HEAD in understood.dims else []
    parts = [_("dates in {column}", column=name(n)) for n, _kind in understood.when]
    parts += [_("deaths in {column}", column=name(n)) for n in understood.numbers if not heads]
    if across or heads:
        first, *_others, last = across or [*heads, heads[0]][: max(2, len(heads))]
        parts.append(
            ngettext(
                "deaths in {number} column from {first} to {last}",
                "deaths in {number} columns from {first} to {last}",
                len(across or heads), first=name(first), last=name(last),
            )
        )  # fmt: skip
    apart = dict(zip(understood.apart, understood.dims, strict=False))
    parts += [translated(_APART[what]).format(column=name(n))
              for what, n in apart.items() if n != HEAD]  # fmt: skip
    for n, texts in understood.only.items():
        listed = ", ".join(f"'{harmless(text, 80)}'" for text in sorted(texts))
        parts.append(_("only rows with {column} {text}", column=name(n), text=listed))
    read = {*dict(understood.when), *understood.numbers, *across, *understood.totals,
            *apart.values(), *understood.only}  # fmt: skip
    others = [name(n) for n in range(len(names)) if n not in read]
    if others:
        listed = ", ".join(others[:6]) + (", ..." if len(others) > 6 else "")
        parts.append(_("not read: {columns}", columns=listed))
    return ", ".join(parts)
