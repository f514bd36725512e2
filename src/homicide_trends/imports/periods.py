"""Counts for periods: entries in order, without doubles or gaps that nobody decided about."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..problems import Problem, harmless
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
        message = f"has counts for a {unit}, which are not turned into others"
        remedy = "leave --unit out; it is for days and for one row a death"
        raise UnclearError([dialect.problem(0, "", "", message, remedy)])
    values, problems = _once(dialect, layout, found, chosen)
    problems += _totals(dialect, found, values, chosen)
    known = {when: entry for when, entry in values.items() if entry.count is not None}
    if not known:
        message, remedy = "has no count at all", "name another column with --deaths-column"
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
                shown = "no count" if there.count is None else str(there.count)
                message = f"is for {entry.when}, and so is row {there.row} ({shown} there)"
            else:
                message = f"is for {entry.when}, and so are {entry.rows - 1} more of the rows"
            remedy = (
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
        message = f"and {more} more doubles"
        problems[MOST_NAMED:] = [dialect.problem(0, "", "", message, "decide on these first")]
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
            message = f"is not the sum, which is {summed}"
            remedy = "find which is wrong, or leave totals unasked with --totals ignore"
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
        how = "unasked (--totals ignore)" if chosen.totals == "ignore" else "equal to the sum"
        if total.count is None:
            how = "without a number"
        where = "" if total.of_row else f"row {total.row} "
        what = "column " if total.of_row else ""
        lines[f"{where}{what}'{harmless(total.name, 80)}', a total, {how}"] = None
    return list(lines)


def _edges(values: dict[When, Entry], known: dict[When, Entry]) -> list[str]:
    """A line for dates without a count before the first and after the last."""
    first, last = min(known), max(known)
    outside = [when for when in values if when < first or when > last]
    if not outside:
        return []
    names = ", ".join(map(str, outside[:12])) + (", ..." if len(outside) > 12 else "")
    return [f"{len(outside)} dates without a count before the first or after the last: {names}"]


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
            message = f"is outside {option} {day}"
            remedy = f"another {option}, or leave such rows out with --skip"
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
        message = f"is the first death: does the list cover the days from {start} on?"
        remedy = f"--from {start} if it does, --from {first.first} if it begins there"
        yield dialect.problem(entry.row, entry.column, str(first), message, remedy)
    if chosen.end is None and last.last < end:
        entry = known[last]
        message = f"is the last death: does the list cover the days up to {end}?"
        remedy = f"--to {end} if it does, --to {last.last} if it ends there"
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
    names = [str(_named(result.unit, start)) for start, _ in gaps]
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return [f"{len(gaps)} periods without a count, as asked (--gaps missing): {shown}"] * bool(gaps)


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
    remedy = "add it; or --gaps missing to leave it out, --gaps zero where nobody was killed"
    for start, end in gaps[:MOST_NAMED]:
        name = _named(unit, start)
        if layout.shape == "days":
            day = next(d for d, _ in _spans("day", start, end)
                       if When(d.year, d.month, d.day) not in known)  # fmt: skip
            when = When(day.year, day.month, day.day)
            lacking = sum(When(d.year, d.month, d.day) not in known
                          for d, _ in _spans("day", start, end))  # fmt: skip
            what = f"{lacking} of the days of {name}" if lacking > 1 else "the day"
        else:
            when, what = name, f"the {unit}"
        if when in values:
            entry = values[when]
            message = f"has no count for {what}"
        else:
            later = [each for each in known if each > when]
            entry = known[min(later) if later else max(known)]
            where = "before" if later else "after"
            verb = "are" if what.endswith(str(name)) else "is"
            message = f"{what} {verb} missing {where} this row"
        yield dialect.problem(entry.row, entry.column, str(when), message, remedy)
    if len(gaps) > MOST_NAMED:
        message = f"and {len(gaps) - MOST_NAMED} more gaps"
        yield dialect.problem(0, "", "", message, "decide on these first")
