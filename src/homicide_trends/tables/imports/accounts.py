"""What was understood of a file, line by line, for somebody to look at before it is written."""

from typing import TYPE_CHECKING

from ...language import N_, _, localised, ngettext, translated
from ..problems import harmless
from .dialects import SEPARATOR_NAMES

if TYPE_CHECKING:
    from .understanding import Understood

_SHAPES = {
    "years": N_("a row is a year"),
    "months": N_("a row is a month"),
    "wide": N_("months stand side by side"),
    "days": N_("a row is a day"),
    "deaths": N_("a row is a death"),
}
_ONE_EACH = {
    "year": N_("{start} to {end}, one count a year: {number}"),
    "month": N_("{start} to {end}, one count a month: {number}"),
    "day": N_("{start} to {end}, one count a day: {number}"),
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
    dialect, layout, found = understood.dialect, understood.layout, understood.entries
    scan, counts = dialect.scan, understood.counts
    why = f" ({scan.found_by})" if scan.found_by else ""
    header = (
        _("header on row {row}", row=dialect.header_row) if dialect.header_row else _("no header")
    )
    read = [
        harmless(dialect.file, 80),
        ngettext("{number} byte", "{number} bytes", scan.size),
        f"{scan.encoding}{why}",
        _("separator {name}", name=translated(SEPARATOR_NAMES[dialect.separator])),
        header,
    ]
    shape = translated(_SHAPES[layout.shape])
    lines = _listed(_("File"), [", ".join(read)])
    lines += _listed(_("Shape"), [f"{layout.shape}: {shape}"])
    lines += _listed(_("Columns"), [_columns(understood)])
    if found.example:
        text, when = found.example
        order = f", {harmless(found.dates_read_as, 160)}" if found.dates_read_as else ""
        example = _("'{text}' is {date}", text=harmless(text, 80), date=when)
        lines += _listed(_("Dates"), [f"{example}{order}"])
    if found.numbers_read_as:
        lines += _listed(_("Numbers"), [harmless(found.numbers_read_as, 160)])
    covered = translated(_ONE_EACH[understood.periods.unit]).format(
        start=counts[0].start, end=counts[-1].end, number=localised(f"{len(counts):,}")
    )
    lines += _listed(_("Covers"), [covered])
    lines += _listed(_("Deaths"), [localised(f"{understood.deaths:,}")])
    shown = [
        _("{start} to {end}: {deaths}", start=each.start, end=each.end,
          deaths=localised(f"{each.deaths:,}"))
        for each in counts
    ]  # fmt: skip
    if len(shown) > 2 * _SHOWN:
        shown[_SHOWN:-_SHOWN] = ["..."]
    lines += _listed(_("Counts"), shown)
    lines += _listed(_("Left out"), understood.periods.left_out)
    return lines


def _columns(understood: "Understood") -> str:
    dialect, layout = understood.dialect, understood.layout

    def name(place: int) -> str:
        return f"'{harmless(dialect.header[place], 80)}'"

    parts = [_("dates in {column}", column=name(layout.date))] if layout.date >= 0 else []
    if layout.month >= 0:
        parts.append(_("months in {column}", column=name(layout.month)))
    if layout.deaths >= 0:
        parts.append(_("deaths in {column}", column=name(layout.deaths)))
    if layout.labels:
        parts.append(
            ngettext(
                "deaths in {number} column from {first} to {last}",
                "deaths in {number} columns from {first} to {last}",
                len(layout.labels),
                first=name(layout.labels[0][0]),
                last=name(layout.labels[-1][0]),
            )
        )
    parts += [
        _("only rows with {column} '{text}'", column=name(place), text=harmless(text, 80))
        for place, text in layout.filters
    ]
    read = {layout.date, layout.month, layout.deaths, *layout.totals}
    read |= {place for place, _year, _month in layout.labels}
    read |= {place for place, _text in layout.filters}
    others = [name(n) for n, text in enumerate(dialect.header) if text and n not in read]
    if others:
        listed = ", ".join(others[:6]) + (", ..." if len(others) > 6 else "")
        parts.append(_("not read: {columns}", columns=listed))
    return ", ".join(parts)


def _listed(title: str, lines: list[str]) -> list[str]:
    return [f"{title if number == 0 else ''}\t{line}" for number, line in enumerate(lines)]
