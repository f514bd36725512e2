"""Counts for periods: entries in order, without doubles or gaps that nobody decided about."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ...language import N_, _, ngettext, translated
from ..problems import Problem, harmless, shortened
from .choices import MOST_NAMED, Choices, UnclearError
from .dates import When
from .dialects import Dialect
from .entries import Entries, Entry, Total
from .layouts import Layout

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Deaths from a first day to a last one, both counted."""

    start: date
    end: date
    deaths: int


@dataclass(slots=True)
class Periods:
    """Counts in order, the length of each, and what was left out."""

    counts: list[Count]
    unit: str
    left_out: list[str] = field(default_factory=list)


def periods(dialect: Dialect, layout: Layout, found: Entries, chosen: Choices) -> Periods:
    """One count a period; UnclearError for doubles, gaps, wrong totals and open ends.

    Days and deaths are added up to months, or to what ``unit`` says.
    """
    by_day = layout.shape in ("days", "deaths")
    unit = (chosen.unit or "month") if by_day else found.entries[0].when.unit
    if not by_day and chosen.unit not in (None, unit):
        message = (
            _("has counts for a year, which are not turned into others")
            if unit == "year"
            else _("has counts for a month, which are not turned into others")
        )
        remedy = _("leave --unit out; it is for days and for one row a death")
        raise UnclearError([dialect.problem(0, "", "", message, remedy)])
    values, problems = _once(dialect, layout, found, chosen)
    problems += _totals(dialect, found, values, chosen)
    known = {when: entry for when, entry in values.items() if entry.count is not None}
    if not known:
        message = _("has no count at all")
        remedy = _("name another column with --deaths-column")
        problems.append(dialect.problem(0, found.entries[0].column, "", message, remedy))
    if problems:
        raise UnclearError(problems)
    start, end = _covered(dialect, layout, known, chosen)
    result = Periods([], unit, found.left_out + _edges(values, known) + _said(found, chosen))
    result.left_out += _counted(dialect, layout, values, known, (start, end), chosen, result)
    return result


def _once(
    dialect: Dialect, layout: Layout, found: Entries, chosen: Choices
) -> tuple[dict[When, Entry], list[Problem]]:
    """One entry for each date: several rows are added up for deaths, or when asked for."""
    values: dict[When, Entry] = {}
    first_of: dict[When, Entry] = {}
    problems = []
    for entry in found.entries:
        other = values.get(entry.when)
        there = first_of.setdefault(entry.when, entry)
        double = entry.rows > 1 or other is not None
        if double and layout.shape != "deaths" and chosen.duplicates != "sum":
            if other:
                message = _(
                    "is for {date}, and so is row {row} ({count} there)",
                    date=entry.when,
                    row=there.row,
                    count=_("no count") if there.count is None else there.count,
                )
            else:
                message = ngettext(
                    "is for {date}, and so is {number} more of the rows",
                    "is for {date}, and so are {number} more of the rows",
                    entry.rows - 1,
                    date=entry.when,
                )
            remedy = _(
                "delete one; or --duplicates sum, where they are parts that add up; "
                "or --where COLUMN TEXT for some of the rows"
            )
            shown = "" if entry.count is None else str(entry.count)
            problems.append(dialect.problem(entry.row, entry.column, shown, message, remedy))
        count = entry.count
        if count is not None and layout.shape != "deaths":
            count *= entry.rows
        if other:
            known = [each for each in (count, other.count) if each is not None]
            count = sum(known) if len(known) == 2 else None
        first = other or entry
        values[entry.when] = Entry(entry.when, count, 1, first.row, first.column)
    more = len(problems) - MOST_NAMED
    if more > 0:
        message = ngettext("and {number} more double", "and {number} more doubles", more)
        problems[MOST_NAMED:] = [dialect.problem(0, "", "", message, _("decide on these first"))]
    return dict(sorted(values.items())), problems


def _totals(
    dialect: Dialect, found: Entries, values: dict[When, Entry], chosen: Choices
) -> list[Problem]:
    """Totals that are not the sum of what they stand for."""
    if chosen.totals == "ignore":
        return []
    problems = []
    by_row: dict[int, list[Entry]] = defaultdict(list)
    for entry in found.entries:
        by_row[entry.row].append(entry)
    for total in found.totals:
        if total.of_row:
            parts = by_row[total.of_row]
        else:
            parts = [entry for when, entry in values.items() if _within(when, total)]
        summed = sum(entry.count or 0 for entry in parts)
        if total.count is not None and total.count != summed:
            message = _("is not the sum, which is {sum}", sum=summed)
            remedy = _("find which is wrong, or leave totals unasked with --totals ignore")
            problems.append(dialect.problem(total.row, total.column, str(total.count), message,
                                            remedy))  # fmt: skip
    return problems[:MOST_NAMED]


def _within(when: When, total: Total) -> bool:
    return (not total.year or when.year == total.year) and (
        not total.month or when.month == total.month
    )


def _said(found: Entries, chosen: Choices) -> list[str]:
    """A line for each row or column of totals."""
    lines: dict[str, None] = {}
    for total in found.totals:
        name = harmless(total.name, 80)
        what = (
            _("column '{name}'", name=name)
            if total.of_row
            else _("row {row} '{text}'", row=total.row, text=name)
        )
        if total.count is None:
            line = _("{what}, a total, without a number", what=what)
        elif chosen.totals == "ignore":
            line = _("{what}, a total, unasked (--totals ignore)", what=what)
        else:
            line = _("{what}, a total, equal to the sum", what=what)
        lines[line] = None
    return list(lines)


def _edges(values: dict[When, Entry], known: dict[When, Entry]) -> list[str]:
    """A line for dates without a count before the first and after the last."""
    first, last = min(known), max(known)
    outside = [when for when in values if when < first or when > last]
    if not outside:
        return []
    return [
        ngettext(
            "{number} date without a count before the first or after the last: {dates}",
            "{number} dates without a count before the first or after the last: {dates}",
            len(outside),
            dates=shortened(outside),
        )
    ]


def _covered(
    dialect: Dialect, layout: Layout, known: dict[When, Entry], chosen: Choices
) -> tuple[date, date]:
    """The first and the last day that the file covers."""
    first, last = min(known), max(known)
    start, end = chosen.start or first.first, chosen.end or last.last
    problems = []
    for when, option, day, outside in (
        (first, "--from", chosen.start, bool(chosen.start) and first.last < start),
        (last, "--to", chosen.end, bool(chosen.end) and last.first > end),
    ):
        if outside:
            entry = known[when]
            message = _("is outside {option}", option=f"{option} {day}")
            remedy = _("another {option}, or leave such rows out with --skip", option=option)
            problems.append(dialect.problem(entry.row, entry.column, str(when), message, remedy))
    if layout.shape == "deaths":
        problems += _open_ends(dialect, known, chosen)
    if problems:
        raise UnclearError(problems)
    return start, end


def _open_ends(dialect: Dialect, known: dict[When, Entry], chosen: Choices) -> Iterator[Problem]:
    """A list of deaths that begins or ends inside a month does not say what it covers."""
    whole = _span(chosen.unit if chosen.unit == "year" else "month")
    first, last = min(known), max(known)
    start, end = whole(first.first)[0], whole(last.last)[1]
    if chosen.start is None and first.first > start:
        entry = known[first]
        message = _("is the first death: does the list cover the days from {day} on?", day=start)
        remedy = _(
            "--from {start} if it does, --from {first} if it begins there",
            start=start,
            first=first.first,
        )
        yield dialect.problem(entry.row, entry.column, str(first), message, remedy)
    if chosen.end is None and last.last < end:
        entry = known[last]
        message = _("is the last death: does the list cover the days up to {day}?", day=end)
        remedy = _("--to {end} if it does, --to {last} if it ends there", end=end, last=last.last)
        yield dialect.problem(entry.row, entry.column, str(last), message, remedy)


def _span(unit: str) -> Callable[[date], tuple[date, date]]:
    """First and last day of the period of a day."""

    def around(day: date) -> tuple[date, date]:
        when = When(day.year, day.month if unit != "year" else 0, day.day if unit == "day" else 0)
        return when.first, when.last

    return around


def _spans(unit: str, start: date, end: date) -> Iterator[tuple[date, date]]:
    """Every period from a first day to a last one, the first and last of them cut there."""
    around, day = _span(unit), start
    while day <= end:
        last = min(around(day)[1], end)
        yield day, last
        day = last + _DAY


def _counted(
    dialect: Dialect,
    layout: Layout,
    values: dict[When, Entry],
    known: dict[When, Entry],
    covered: tuple[date, date],
    chosen: Choices,
    result: Periods,
) -> list[str]:
    """Fill the counts; lines for the periods that are left out; UnclearError for open gaps."""
    deaths: dict[tuple[int, int, int], int] = defaultdict(int)
    days: dict[tuple[int, int, int], int] = defaultdict(int)
    for when, entry in known.items():
        key = _period(result.unit, when.first)
        deaths[key] += entry.count or 0
        days[key] += 1
    gaps: list[tuple[date, date]] = []
    for start, end in _spans(result.unit, *covered):
        key = _period(result.unit, start)
        wanted = (end - start).days + 1 if layout.shape == "days" else 1
        if days[key] >= wanted or chosen.gaps == "zero":
            result.counts.append(Count(start, end, deaths[key]))
        else:
            gaps.append((start, end))
    if gaps and chosen.gaps is None:
        raise UnclearError(_gaps(dialect, layout, values, known, gaps, result.unit))
    line = ngettext(
        "{number} period without a count, as asked (--gaps missing): {periods}",
        "{number} periods without a count, as asked (--gaps missing): {periods}",
        len(gaps),
        periods=shortened(_named(result.unit, gap[0]) for gap in gaps),
    )
    return [line] * bool(gaps)


def _period(unit: str, day: date) -> tuple[int, int, int]:
    return day.year, day.month if unit != "year" else 0, day.day if unit == "day" else 0


def _named(unit: str, day: date) -> When:
    return When(*_period(unit, day))


def _gaps(
    dialect: Dialect,
    layout: Layout,
    values: dict[When, Entry],
    known: dict[When, Entry],
    gaps: list[tuple[date, date]],
    unit: str,
) -> Iterator[Problem]:
    """A problem for each period that lacks a count, or some of its days."""
    remedy = _("add it; or --gaps missing to leave it out, --gaps zero where nobody was killed")
    for start, end in gaps[:MOST_NAMED]:
        when = name = _named(unit, start)
        lacking, what = 1, unit
        if layout.shape == "days":
            days = [day for day, _same in _spans("day", start, end)
                    if When(day.year, day.month, day.day) not in known]  # fmt: skip
            when = When(days[0].year, days[0].month, days[0].day)
            lacking, what = len(days), "day"
        if when in values:
            entry, said = values[when], 0
        else:
            later = [each for each in known if each > when]
            entry, said = known[min(later) if later else max(known)], 1 if later else 2
        message = (
            translated(_ONE_MISSING[what][said])
            if lacking == 1
            else translated(_SEVERAL_MISSING[said]).format(number=lacking, period=name)
        )
        yield dialect.problem(entry.row, entry.column, str(when), message, remedy)
    if more := max(len(gaps) - MOST_NAMED, 0):
        message = ngettext("and {number} more gap", "and {number} more gaps", more)
        yield dialect.problem(0, "", "", message, _("decide on these first"))


# What is missing: on a row of its own that has no count, before a row, after it.
_ONE_MISSING = {
    "year": (
        N_("has no count for the year"),
        N_("the year is missing before this row"),
        N_("the year is missing after this row"),
    ),
    "month": (
        N_("has no count for the month"),
        N_("the month is missing before this row"),
        N_("the month is missing after this row"),
    ),
    "day": (
        N_("has no count for the day"),
        N_("the day is missing before this row"),
        N_("the day is missing after this row"),
    ),
}
_SEVERAL_MISSING = (
    N_("has no count for {number} of the days of {period}"),
    N_("{number} of the days of {period} are missing before this row"),
    N_("{number} of the days of {period} are missing after this row"),
)
