"""The counts of a file one by one, each with its date, its row and its column."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...language import N_, _, localised, ngettext, translated
from ..problems import Problem, harmless
from .choices import MOST_NAMED, Choices, UnclearError, and_more
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
        message = _("holds only totals and rows that are left out")
        remedy = _("check --date-column and --skip")
        raise UnclearError([dialect.problem(0, column, "", message, remedy)])
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
        left_out.append(ngettext("a blank row", "{number} blank rows", blank))
    for each in found:
        if chosen.skips(each.date):
            left_out.append(_skipped(each.row, each.date, each.rows - 1))
        elif is_total(each.date) or (each.month and is_total(each.month)):
            totals.append(each)
        else:
            kept.append(each)
    return kept, totals, left_out


def _skipped(row: int, text: str, more: int = 0) -> str:
    """A line for a row that is left out, and for those like it."""
    shown = harmless(text, 80)
    if not more:
        return _("row {row} '{text}', as asked (--skip)", row=row, text=shown)
    return ngettext(
        "row {row} '{text}' and {number} like it, as asked (--skip)",
        "row {row} '{text}' and {number} like it, as asked (--skip)",
        more,
        row=row,
        text=shown,
    )


def _of_two_columns(kept: Iterable[Group]) -> Dates:
    """Dates of rows with the year in one column and the month in another."""
    found = Dates({})
    for each in kept:
        key = f"{each.date} {each.month}"
        year = read_dates({each.date: each.row}, Choices())
        month = month_written(each.month)
        when = year.dates.get(each.date)
        if when is None or when.unit != "year":
            remedy = _("name that column by --date-column")
            found.wrong[key] = _("does not begin with a year"), remedy
        elif not month:
            remedy = _("write a name or a number from 1 to 12, or leave such rows out with --skip")
            found.wrong[key] = _("does not end in a month"), remedy
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
    message = and_more(number - MOST_NAMED)
    return [dialect.problem(0, column, "", message, _("correct these first"))]


def _empty_or(text: str, why: tuple[str, str]) -> tuple[str, str]:
    if text:
        return why
    return _("is empty"), _("fill it in, or leave rows without a date out with --skip ''")


# The unit of a date, and that of the others.
_NOT_OF_UNIT = {
    ("year", "month"): N_("is a year, and here a row is for a month"),
    ("year", "day"): N_("is a year, and here a row is for a day"),
    ("month", "year"): N_("is a month, and here a row is for a year"),
    ("month", "day"): N_("is a month, and here a row is for a day"),
    ("day", "year"): N_("is a day, and here a row is for a year"),
    ("day", "month"): N_("is a day, and here a row is for a month"),
}


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
            translated(_NOT_OF_UNIT[dates.dates[_key(each, layout)].unit, wanted]),
            _("leave such rows out with --skip, or name another --shape"),
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
            most = localised(f"{_MOST_WIDE:,}")
            message = _("has more than {most} rows of months side by side", most=most)
            raise UnclearError([dialect.problem(row, "", "", message, _("check --shape"))])
    found = Entries([])
    of_months = layout.labels[0][2] == 0  # rows are months where columns are years
    dates = _row_labels(dialect, layout, chosen, table, of_months)
    places = [label[0] for label in layout.labels]
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
            found.left_out.append(_skipped(row, text))
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
        message, remedy = _("has no row of counts"), _("check --where, --skip, --header-row")
        raise UnclearError([dialect.problem(0, "", "", message, remedy)])
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
        return {row: When(0) for row, _cells in table}
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
            message = _("is not a month") if of_months else _("is not a year")
            message = message if text else _("is empty")
            remedy = _("correct it, or leave such rows out with --skip")
            column = dialect.header[layout.date]
            problems.append(dialect.problem(row, column, text, message, remedy))
        else:
            labels[row] = when
    if problems:
        raise UnclearError(problems[:MOST_NAMED] + _and_more(dialect, "", len(problems)))
    return labels
