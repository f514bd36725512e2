"""What was understood of a file, line by line, for somebody to look at before it is written."""

from typing import TYPE_CHECKING

from ..problems import harmless
from .dialects import SEPARATOR_NAMES

if TYPE_CHECKING:
    from .understanding import Understood

_SHAPES = {
    "years": "a row is a year",
    "months": "a row is a month",
    "wide": "months stand side by side",
    "days": "a row is a day",
    "deaths": "a row is a death",
}
_SHOWN = 2  # counts at the beginning and at the end


def account(understood: "Understood") -> list[str]:
    """Name and text of each line, with a tab between: file, shape, dates, numbers, period, sums.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from homicide_trends.imports import understand
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
    header = f"header on row {dialect.header_row}" if dialect.header_row else "no header"
    separator = SEPARATOR_NAMES[dialect.separator]
    read = f"{scan.size:,} bytes, {scan.encoding}{why}, separator {separator}, {header}"
    lines = [
        f"File\t{harmless(dialect.file, 80)}, {read}",
        f"Shape\t{layout.shape}: {_SHAPES[layout.shape]}",
        f"Columns\t{_columns(understood)}",
    ]
    if found.example:
        text, when = found.example
        order = f", {harmless(found.dates_read_as, 160)}" if found.dates_read_as else ""
        lines.append(f"Dates\t'{harmless(text, 80)}' is {when}{order}")
    if found.numbers_read_as:
        lines.append(f"Numbers\t{harmless(found.numbers_read_as, 160)}")
    unit = understood.periods.unit
    lines += [
        f"Covers\t{counts[0].start} to {counts[-1].end}, one count a {unit}: {len(counts):,}",
        f"Deaths\t{understood.deaths:,}",
    ]
    shown = [f"{each.start} to {each.end}: {each.deaths:,}" for each in counts]
    if len(shown) > 2 * _SHOWN:
        shown[_SHOWN:-_SHOWN] = ["..."]
    lines += _listed("Counts", shown)
    lines += _listed("Left out", understood.periods.left_out)
    return lines


def _columns(understood: "Understood") -> str:
    dialect, layout = understood.dialect, understood.layout

    def name(place: int) -> str:
        return f"'{harmless(dialect.header[place], 80)}'"

    parts = [f"dates in {name(layout.date)}"] if layout.date >= 0 else []
    if layout.month >= 0:
        parts.append(f"months in {name(layout.month)}")
    if layout.deaths >= 0:
        parts.append(f"deaths in {name(layout.deaths)}")
    if layout.labels:
        parts.append(f"deaths in {len(layout.labels)} columns from {name(layout.labels[0][0])} "
                     f"to {name(layout.labels[-1][0])}")  # fmt: skip
    parts += [f"only rows with {name(place)} '{harmless(text, 80)}'"
              for place, text in layout.filters]  # fmt: skip
    read = {layout.date, layout.month, layout.deaths, *layout.totals}
    read |= {place for place, _, _ in layout.labels} | {place for place, _ in layout.filters}
    others = [name(n) for n, text in enumerate(dialect.header) if text and n not in read]
    if others:
        parts.append("not read: " + ", ".join(others[:6]) + (", ..." if len(others) > 6 else ""))
    return ", ".join(parts)


def _listed(title: str, lines: list[str]) -> list[str]:
    return [f"{title if number == 0 else ''}\t{line}" for number, line in enumerate(lines)]
