"""What was understood of a file, line by line, for somebody to look at before it is written."""

from typing import TYPE_CHECKING

from ...language import N_, _, localised, ngettext, translated
from ..problems import harmless

if TYPE_CHECKING:
    from .understanding import Understood

_SHAPES = {
    "years": N_("a row is a year"),
    "quarters": N_("a row is a quarter"),
    "months": N_("a row is a month"),
    "weeks": N_("a row is a week"),
    "wide": N_("periods stand side by side"),
    "days": N_("a row is a day"),
    "deaths": N_("a row is a death"),
}
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
    table, layout, found = understood.table_read, understood.layout, understood.counted
    counts = understood.counts
    header = _("header on row {row}", row=table.header_row) if table.header_row else _("no header")
    size = ngettext("{number} byte", "{number} bytes", table.opened.size)
    lines = _listed(
        _("File"), [", ".join([harmless(table.file, 80), size, table.opened.read_as, header])]
    )
    if table.preamble:
        lines += _listed(_("Above it"), [harmless(each, 160) for each in table.preamble[:5]])
    lines += _listed(_("Shape"), [f"{layout.shape}: {translated(_SHAPES[layout.shape])}"])
    lines += _listed(_("Columns"), [_columns(understood)])
    if found.example:
        text, when = found.example
        order = f", {harmless(found.dates_read_as, 160)}" if found.dates_read_as else ""
        example = _("'{text}' is {date}", text=harmless(text, 80), date=when)
        lines += _listed(_("Dates"), [f"{example}{order}"])
    if found.numbers_read_as:
        lines += _listed(_("Numbers"), [harmless(found.numbers_read_as, 160)])
    first, last = min(each.start for each in counts), max(each.end for each in counts)
    number = localised(f"{len(counts):,}")
    covers = translated(_ONE_EACH[found.unit]).format(start=first, end=last, number=number)
    lines += _listed(_("Covers"), [covers])
    title = _("People") if understood.chosen.population else _("Deaths")
    lines += _listed(title, [localised(f"{understood.deaths:,}")])
    shown = [
        _(
            "{start} to {end}: {deaths}",
            start=each.start,
            end=each.end,
            deaths=localised(f"{each.deaths:,}"),
        )
        + harmless(
            "".join(
                f", {text}" for text in (each.place, each.sex, each.age, each.mechanism) if text
            ),
            160,
        )
        for each in counts
    ]
    if len(shown) > 2 * _SHOWN:
        shown[_SHOWN:-_SHOWN] = ["..."]
    return lines + _listed(_("Counts"), shown) + _listed(_("Left out"), found.notes)


def _columns(understood: "Understood") -> str:
    table, layout = understood.table_read, understood.layout

    def name(place: int) -> str:
        return f"'{harmless(table.names[place], 80)}'"

    parts = [_("dates in {column}", column=name(n)) for n, _kind in layout.when]
    parts += [_("deaths in {column}", column=name(n)) for n in layout.deaths]
    if layout.across:
        parts.append(
            ngettext(
                "deaths in {number} column from {first} to {last}",
                "deaths in {number} columns from {first} to {last}",
                len(layout.across),
                first=name(layout.across[0]),
                last=name(layout.across[-1]),
            )
        )
    parts += [translated(_APART[what]).format(column=name(n)) for what, n in layout.apart.items()]
    for n, texts in layout.only.items():
        listed = ", ".join(f"'{harmless(text, 80)}'" for text in sorted(texts))
        parts.append(_("only rows with {column} {text}", column=name(n), text=listed))
    read = {
        *dict(layout.when),
        *layout.deaths,
        *layout.across,
        *layout.totals,
        *layout.apart.values(),
        *layout.only,
    }
    others = [name(n) for n in range(len(table.names)) if n not in read]
    if others:
        listed = ", ".join(others[:6]) + (", ..." if len(others) > 6 else "")
        parts.append(_("not read: {columns}", columns=listed))
    return ", ".join(parts)


def _listed(title: str, lines: list[str]) -> list[str]:
    return [f"{title if number == 0 else ''}\t{line}" for number, line in enumerate(lines)]
