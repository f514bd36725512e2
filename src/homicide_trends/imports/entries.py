"""The counts of a file one by one, each with its date, its row and its column."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..problems import Problem, harmless
from .choices import MOST_NAMED, Choices, UnclearError
from .dates import Dates, When, is_total, month_written, read_dates, without_time
from .dialects import Dialect, texts
from .layouts import Layout
from .numbers import Numbers, read_numbers
from .reading import Group, groups, too_many

_MOST_WIDE = 100_000  # rows of a table of months


@dataclass(frozen=True, slots=True)
class Entry:
    """A date with its count (None: there is no number), from so many rows, the first of them."""

    when: When
    count: int | None
    rows: int
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Total:
    """A row or column of totals: what it says, and the entries whose sum that should be."""

    name: str
    count: int | None
    row: int
    column: str
    year: int = 0
    month: int = 0
    of_row: int = 0


@dataclass(slots=True)
class Entries:
    """All counts of a file, its totals, and what was left out or decided on the way."""

    entries: list[Entry]
    totals: list[Total] = field(default_factory=list)
    dates_read_as: str = ""
    numbers_read_as: str = ""
    example: tuple[str, When] | None = None
    left_out: list[str] = field(default_factory=list)


def entries(dialect: Dialect, layout: Layout, chosen: Choices) -> Entries:
    """Every count with its date; UnclearError, with the cells, where one is neither."""
    if layout.shape == "wide":
        return _wide(dialect, layout, chosen)
    return _long(dialect, layout, chosen)


def _long(dialect: Dialect, layout: Layout, chosen: Choices) -> Entries:
    """One date a row."""
    found, blank = groups(dialect, layout)
    kept, totals, left_out = _without_totals(found, blank, chosen)
    column = dialect.header[layout.date]
    if layout.month >= 0:
        dates = _of_two_columns(kept)
    else:
        dates = read_dates(texts((each.date, each.row) for each in kept), chosen)
    problems = _at_cells(dialect, column, dates.wrong, _rows_of(kept, layout))
    numbers = Numbers({"": None})
    if layout.shape != "deaths":
        counts = texts((each.deaths, each.row) for each in [*kept, *totals])
        numbers = read_numbers(counts, chosen)
        problems += _at_cells(dialect, dialect.header[layout.deaths], numbers.wrong, counts)
    problems = problems or _of_one_unit(dialect, layout, kept, dates)
    if problems:
        raise UnclearError(problems)
    if not kept:
        message = "holds only totals and rows that are left out"
        raise UnclearError(
            [dialect.problem(0, column, "", message, "check --date-column and --skip")]
        )
    deaths = dialect.header[layout.deaths] if layout.deaths >= 0 else column
    return Entries(
        [
            Entry(
                dates.dates[_key(each, layout)],
                each.rows if layout.shape == "deaths" else numbers.counts[each.deaths],
                each.rows,
                each.row,
                deaths,
            )
            for each in kept
        ],
        [
            Total(each.date or each.month, numbers.counts.get(each.deaths), each.row, deaths,
                  _year_in(f"{each.date} {each.month}"))
            for each in totals
        ],
        dates.read_as,
        numbers.read_as if layout.shape != "deaths" else "",
        next(((_key(each, layout), dates.dates[_key(each, layout)]) for each in kept), None),
        left_out,
    )  # fmt: skip


def _without_totals(
    found: list[Group], blank: int, chosen: Choices
) -> tuple[list[Group], list[Group], list[str]]:
    """Rows that count, rows of totals, and a line for each that is neither."""
    kept, totals, left_out = [], [], []
    if blank:
        left_out.append(f"{blank} blank rows" if blank > 1 else "a blank row")
    for each in found:
        if chosen.skips(each.date):
            more = f" and {each.rows - 1} like it" if each.rows > 1 else ""
            left_out.append(f"row {each.row} '{harmless(each.date, 80)}'{more}, as asked (--skip)")
        elif is_total(each.date) or (each.month and is_total(each.month)):
            totals.append(each)
        else:
            kept.append(each)
    return kept, totals, left_out


def _of_two_columns(kept: Iterable[Group]) -> Dates:
    """Dates of rows with the year in one column and the month in another."""
    found = Dates({})
    for each in kept:
        key = f"{each.date} {each.month}"
        year = read_dates({each.date: each.row}, Choices())
        month = month_written(each.month)
        when = year.dates.get(each.date)
        if when is None or when.unit != "year":
            found.wrong[key] = "does not begin with a year", "name that column by --date-column"
        elif not month:
            remedy = "write a name or a number from 1 to 12, or leave such rows out with --skip"
            found.wrong[key] = "does not end in a month", remedy
        else:
            found.dates[key] = When(when.year, month)
    return found


def _key(group: Group, layout: Layout) -> str:
    return f"{group.date} {group.month}" if layout.month >= 0 else group.date


def _rows_of(kept: Iterable[Group], layout: Layout) -> dict[str, int]:
    return texts((_key(each, layout), each.row) for each in kept)


def _at_cells(
    dialect: Dialect, column: str, wrong: dict[str, tuple[str, str]], rows: dict[str, int]
) -> list[Problem]:
    """A problem for each text that is wrong, in the order of rows."""
    ordered = sorted(wrong, key=lambda text: rows[text])
    problems = [
        dialect.problem(rows[text], column, text, *_empty_or(text, wrong[text]))
        for text in ordered[:MOST_NAMED]
    ]
    return problems + _and_more(dialect, column, len(ordered))


def _and_more(dialect: Dialect, column: str, number: int) -> list[Problem]:
    if number <= MOST_NAMED:
        return []
    message = f"and {number - MOST_NAMED} more like these"
    return [dialect.problem(0, column, "", message, "correct these first")]


def _empty_or(text: str, why: tuple[str, str]) -> tuple[str, str]:
    if text:
        return why
    return "is empty", "fill it in, or leave rows without a date out with --skip ''"


def _of_one_unit(
    dialect: Dialect, layout: Layout, kept: list[Group], dates: Dates
) -> list[Problem]:
    """Dates that are longer or shorter than the others."""
    wanted = {"years": "year", "months": "month", "days": "day"}.get(layout.shape)
    wanted = wanted or (dates.dates[_key(kept[0], layout)].unit if kept else "day")
    others = [each for each in kept if dates.dates[_key(each, layout)].unit != wanted]
    column = dialect.header[layout.date]
    return [
        dialect.problem(
            each.row,
            column,
            each.date,
            f"is a {dates.dates[_key(each, layout)].unit}, and here a row is for a {wanted}",
            "leave such rows out with --skip, or name another --shape",
        )
        for each in others[:MOST_NAMED]
    ] + _and_more(dialect, column, len(others))


def _year_in(text: str) -> int:
    """The year that the name of a total speaks of; 0 when it names none."""
    years = [word for word in text.replace("-", " ").split() if len(word) == 4 and word.isdigit()]
    return int(years[0]) if len(years) == 1 else 0


def _wide(dialect: Dialect, layout: Layout, chosen: Choices) -> Entries:
    """Months, or years, side by side."""
    table: list[tuple[int, tuple[str, ...]]] = []
    for row, cells in dialect.rows():
        if any(cells[len(dialect.header) :]):
            raise UnclearError([too_many(dialect, row, cells)])
        padded = cells + ("",) * (len(dialect.header) - len(cells))
        if any(cells) and all(padded[n] == text for n, text in layout.filters):
            table.append((row, padded))
        if len(table) > _MOST_WIDE:
            message = f"has more than {_MOST_WIDE:,} rows of months side by side"
            raise UnclearError([dialect.problem(row, "", "", message, "check --shape")])
    found = Entries([])
    of_months = layout.labels[0][2] == 0  # rows are months where columns are years
    dates = _row_labels(dialect, layout, chosen, table, of_months)
    places = [place for place, _, _ in layout.labels]
    counts = texts(
        (cells[n], row)
        for row, cells in table
        if not chosen.skips(_label(cells, layout))
        for n in (*places, *layout.totals)
    )
    numbers = read_numbers(counts, chosen)
    first_at: dict[str, Problem] = {}
    for row, cells in table:
        if not chosen.skips(_label(cells, layout)):
            for n in (*places, *layout.totals):
                if (text := cells[n]) in numbers.wrong and text not in first_at:
                    first_at[text] = dialect.problem(
                        row, dialect.header[n], text, *numbers.wrong[text]
                    )
    problems = list(first_at.values())
    if problems:
        raise UnclearError(problems[:MOST_NAMED] + _and_more(dialect, "", len(problems)))
    for row, cells in table:
        text = _label(cells, layout)
        if chosen.skips(text):
            found.left_out.append(f"row {row} '{harmless(text, 80)}', as asked (--skip)")
            continue
        total = is_total(text)
        for n, year, month in layout.labels:
            count = numbers.counts[cells[n]]
            if total:
                found.totals.append(Total(text, count, row, dialect.header[n], year, month))
                continue
            when = When(year or dates[row].year, month or dates[row].month)
            found.entries.append(Entry(when, count, 1, row, dialect.header[n]))
        for n in layout.totals:
            count = numbers.counts[cells[n]]
            of_row = 0 if total else row
            found.totals.append(Total(dialect.header[n], count, row, dialect.header[n],
                                      of_row=of_row))  # fmt: skip
    if not found.entries:
        message = "has no row of counts"
        raise UnclearError(
            [dialect.problem(0, "", "", message, "check --where, --skip, --header-row")]
        )
    found.numbers_read_as = numbers.read_as
    first = found.entries[0]
    found.example = (f"{_label(dict(table)[first.row], layout)} {first.column}".strip(), first.when)
    return found


def _label(cells: tuple[str, ...], layout: Layout) -> str:
    return without_time(cells[layout.date]) if layout.date >= 0 else ""


def _row_labels(
    dialect: Dialect,
    layout: Layout,
    chosen: Choices,
    table: list[tuple[int, tuple[str, ...]]],
    of_months: bool,
) -> dict[int, When]:
    """The year of each row, or its month where the columns are years."""
    if layout.date < 0:
        return {row: When(0) for row, _ in table}
    labels: dict[int, When] = {}
    problems = []
    for row, cells in table:
        text = _label(cells, layout)
        if is_total(text) or chosen.skips(text):
            continue
        if of_months:
            month = month_written(text)
            when = When(0, month) if month else None
        else:
            when = read_dates({text: row}, chosen).dates.get(text)
            when = when if when and when.unit == "year" else None
        if when is None:
            what = "a month" if of_months else "a year"
            message = f"is not {what}" if text else "is empty"
            remedy = "correct it, or leave such rows out with --skip"
            column = dialect.header[layout.date]
            problems.append(dialect.problem(row, column, text, message, remedy))
        else:
            labels[row] = when
    if problems:
        raise UnclearError(problems[:MOST_NAMED] + _and_more(dialect, "", len(problems)))
    return labels
