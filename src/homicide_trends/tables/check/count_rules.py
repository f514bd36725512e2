"""Rules between the rows of ``counts.csv``, and what is worth knowing of them and is no error.

A gap may be all that there is: nobody published the month. It is said, and the folder is well.
So is what lies between a whole and its parts: sex or weapon of some was not recorded.
"""

from bisect import bisect_left
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple

from ...language import _, localised, ngettext
from ..folders import GROUPS, Folder, data_folder
from ..problems import Problem, harmless
from ..rawtables import RawTable, Tables, plain_day, plain_number, read_raw

# The forensic institute's months of January to August 2014 add up to 0.8 % more than the total it
# published for them later: corrections of this size are ordinary.
EXCESS = 1.01
SLACK = 2  # deaths by which rounded parts may exceed a small whole
MOST_GAPS = 6  # of a place that are named


class Counted(NamedTuple):
    """A row of counts that can be compared: its period, its number, who counted what, of whom."""

    start: date
    end: date
    deaths: float
    line: int
    who: tuple[str, ...]  # place, measure, agency
    group: tuple[str, ...]  # sex, age, mechanism, motive; empty where all are meant
    status: str

    @property
    def settled(self) -> bool:
        """Whether it may be held to others: a first, rounded or doubtful count may well differ."""
        return self.status in ("final", "derived")

    @property
    def month(self) -> int | None:
        """The calendar month that it covers, in years times twelve and months, if it does."""
        last = monthrange(self.end.year, self.end.month)[1]
        month = 12 * self.start.year + self.start.month - 1
        whole = self.start.day == 1 and self.end.day == last
        return month if whole and month == 12 * self.end.year + self.end.month - 1 else None

    def problem(self, file: str, message: str, remedy: str) -> Problem:
        """A problem with its number."""
        return Problem(file, self.line, "count", f"{self.deaths:g}", message, remedy)


def counted(counts: RawTable) -> list[Counted]:
    """The rows of counts whose days and number can be read."""
    found = []
    for line, record in counts.records():
        start, end = plain_day(record.get("start", "")), plain_day(record.get("end", ""))
        deaths = plain_number(record.get("count", ""))
        if start and end and start <= end and deaths is not None and deaths >= 0:
            who, group = (tuple(record.get(name, "") for name in names)
                          for names in (("place", "measure", "agency"), GROUPS))  # fmt: skip
            status = record.get("status", "")
            found.append(Counted(start, end, deaths, line, who, group, status))
    return found


def broken(tables: Tables) -> Iterator[Problem]:
    """Every place where a rule is broken; none without a table of counts."""
    if "counts" not in tables:
        return
    rows, file = counted(tables["counts"]), tables["counts"].file
    yield from _not_above_population(tables, rows)
    settled = [row for row in rows if row.settled]
    for rule in (_parts_and_wholes, _months_and_year, _groups_and_all):
        yield from rule(file, settled)


def _not_above_population(tables: Tables, rows: Iterable[Counted]) -> Iterator[Problem]:
    """A count is not larger than the population of its place in its years.

    The largest series of those years is taken, where there is none the largest of all years,
    and for a place without population that of the place around it.
    """
    people: dict[str, dict[int, float]] = defaultdict(dict)
    for _line, record in tables["population"].records() if "population" in tables else ():
        years, year = people[record.get("place", "")], plain_number(record.get("year", ""))
        persons = plain_number(record.get("population", ""))
        if year is not None and persons is not None:
            years[int(year)] = max(persons, years.get(int(year), 0))
    places = tables["places"].records() if "places" in tables else ()
    around = {row.get("place", ""): row.get("within", "") for _line, row in places}
    for row in rows:
        place = row.who[0] if people.get(row.who[0]) else around.get(row.who[0], "")
        years = people.get(place, {})
        if not years:
            continue
        these = (years[year] for year in range(row.start.year, row.end.year + 1) if year in years)
        limit = max(these, default=max(years.values()))
        if row.deaths > limit:
            people_there = localised(f"{limit:,.0f}")
            message = _("is more than the {people} people of {place} in {year}",
                        people=people_there, place=place, year=row.start.year)  # fmt: skip
            remedy = _("correct the count, the place or the population")
            cell = f"{row.deaths:.0f}"
            yield Problem(tables["counts"].file, row.line, "count", cell, message, remedy)


def _grouped(
    rows: Iterable[Counted], key: Callable[[Counted], object]
) -> dict[object, list[Counted]]:
    found: dict[object, list[Counted]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _parts_and_wholes(file: str, rows: Iterable[Counted]) -> Iterator[Problem]:
    """No part of a period has more deaths than the whole, by more than one per cent."""
    for group in _grouped(rows, lambda each: (each.who, each.group)).values():
        for part, whole in _exceeding(group):
            message = _(
                "is more than the {deaths} from {start} to {end} on line {line}, of which it is "
                "a part",
                deaths=f"{whole.deaths:g}", start=whole.start, end=whole.end, line=whole.line,
            )  # fmt: skip
            remedy = _("correct one of them, or give the superseded one the status it has")
            yield part.problem(file, message, remedy)


def _exceeding(group: list[Counted]) -> Iterator[tuple[Counted, Counted]]:
    """Parts that exceed the smallest whole around them, with that whole.

    Taken by start, a period lies within an earlier one exactly when that ends no sooner: a tree
    of least counts by end answers this in n log n steps, as a table of any size needs.
    """
    ends = sorted({each.end for each in group})
    least: list[Counted | None] = [None] * (len(ends) + 1)
    ordered = sorted(group, key=lambda each: (each.start, -each.end.toordinal()))
    for _period, same in groupby(ordered, key=lambda each: (each.start, each.end)):
        period = list(same)
        last = len(ends) - bisect_left(ends, period[0].end)
        place, smallest = last, None
        while place:
            smallest = min(filter(None, (smallest, least[place])), key=_by_count, default=None)
            place -= place & -place
        for part in period:
            if smallest and part.deaths > smallest.deaths * EXCESS:
                yield part, smallest
        new = min(period, key=_by_count)
        place = last
        while place <= len(ends):
            least[place] = min(filter(None, (new, least[place])), key=_by_count)
            place += place & -place


def _by_count(each: Counted) -> float:
    return each.deaths


def _months_and_year(file: str, rows: Iterable[Counted]) -> Iterator[Problem]:
    """Twelve months of an agency add up to its year, within one per cent.

    A month with several counts is let have any of them.
    """
    within = [row for row in rows if row.start.year == row.end.year and row.start.day == 1]
    for same in _grouped(within, lambda each: (each.who, each.group, each.start.year)).values():
        months = _grouped((row for row in same if row.month), lambda each: each.month)
        if len(months) < 12:
            continue
        least, most = (sum(choose(each.deaths for each in month) for month in months.values())
                       for choose in (min, max))  # fmt: skip
        total = f"{least:g}" if least == most else f"{least:g}-{most:g}"
        for row in same:
            year = (row.start.month, row.end.month, row.end.day) == (1, 12, 31)
            if year and not least / EXCESS <= row.deaths <= most * EXCESS:
                message = _(
                    "is not what the twelve months of {year} by the same agency add up to, {total}",
                    year=row.start.year, total=total,
                )  # fmt: skip
                remedy = _("correct the year or the month that is wrong, or give it its status")
                yield row.problem(file, message, remedy)


def _groups_and_all(file: str, rows: Iterable[Counted]) -> Iterator[Problem]:
    """Deaths by sex, age, mechanism or motive do not add up to more than those they are part of.

    What is left between the parts and their whole may be unknown, and is no error.
    """
    for column, whole, parts in divided(rows):
        total = sum(each.deaths for each in parts)
        if total > max(whole.deaths * EXCESS, whole.deaths + SLACK):
            message = _(
                "is one of the parts by {column} that add up to {total:g}, more than the {whole:g} "
                "deaths of which they are parts",
                column=column, total=total, whole=whole.deaths,
            )  # fmt: skip
            remedy = _("correct one of them, or make the parts doubtful and say why")
            yield max(parts, key=lambda each: each.line).problem(file, message, remedy)


def divided(rows: Iterable[Counted]) -> Iterator[tuple[str, Counted, list[Counted]]]:
    """Counts that others divide by sex, age, mechanism or motive: column, whole, and parts.

    They are of one agency and period. Ages that overlap are not added up.
    """
    wholes: dict[object, Counted] = {}
    parts: dict[tuple[object, int], dict[str, Counted]] = defaultdict(dict)
    for row in rows:
        same = (row.who, row.start, row.end)
        largest = wholes.setdefault((*same, row.group), row)
        if row.deaths > largest.deaths:
            wholes[*same, row.group] = row
        for at, value in enumerate(row.group):
            if value:
                whose = (*row.group[:at], "", *row.group[at + 1 :])
                parts[(*same, whose), at].setdefault(value, row)
    for (around, at), found in parts.items():
        if around in wholes and not (GROUPS[at] == "age" and _overlap(found)):
            yield GROUPS[at], wholes[around], list(found.values())


def _overlap(ages: Iterable[str]) -> bool:
    """Whether some ages, as 15-29 and 60+, have a year in common or are not understood."""
    spans = []
    for age in ages:
        first, _dash, last = age.rstrip("+").partition("-")
        if age == "unknown":
            continue
        if not first.isdigit() or (last and not last.isdigit()):
            return True
        spans.append((int(first), int(last or first) if not age.endswith("+") else 999))
    return any(after[0] <= before[1] for before, after in pairwise(sorted(spans)))


# --- what is no error ---------------------------------------------------------------------------


def remarks(data: Folder | None = None) -> list[Problem]:
    """Gaps in the months of each place and measure, and parts that are less than their whole.

    A gap lies between two months on file and has no row of its own from any agency; ``row`` is
    the line of the month after the first. Of parts there is a remark for each of sex, age,
    mechanism and motive; ``row`` is the line of the whole that lacks most. Raises DataError when
    there is no such folder.

    >>> [each.value for each in remarks()][0]
    '2009-01-01'
    """
    table = read_raw(data_folder(data) / "counts.csv")
    if isinstance(table, Problem):
        return []
    rows = counted(table)
    return [*_gaps(table.file, rows), *_less(table.file, rows)]


def _gaps(file: str, rows: Iterable[Counted]) -> Iterator[Problem]:
    """A remark for each place and measure whose months have gaps."""
    runs: dict[tuple[str, ...], dict[int, int]] = defaultdict(dict)
    for row in rows:
        if row.month is not None:
            runs[row.who[:2]].setdefault(row.month, row.line)
    for (place, measure), lines in runs.items():
        found = [(a, b) for a, b in pairwise(sorted(lines)) if b - a > 1]
        if not found:
            continue
        missing = sum(after - before - 1 for before, after in found)
        named = ", ".join(_written(before + 1, after - 1) for before, after in found[:MOST_GAPS])
        message = ngettext(
            "comes after a gap: no count of {measure} in {place} is on file for {number} month: "
            "{gaps}",
            "comes after a gap: no count of {measure} in {place} is on file for {number} months: "
            "{gaps}",
            missing, measure=harmless(measure, 40), place=harmless(place, 40),
            gaps=named + ", ..." * (len(found) > MOST_GAPS),
        )  # fmt: skip
        remedy, after = (_("add them where somebody counted them; reports show a break in the "
                           "line"), found[0][1])  # fmt: skip
        first = f"{_written(after, after)}-01"
        yield Problem(file, lines[after], "start", first, message, remedy)


def _less(file: str, rows: Iterable[Counted]) -> Iterator[Problem]:
    """A remark for each column whose parts add up to less than their wholes."""
    lacking: dict[str, list[tuple[float, Counted]]] = defaultdict(list)
    for column, whole, parts in divided(row for row in rows if row.settled):
        total = sum(each.deaths for each in parts)
        if len(parts) > 1 and max(total * EXCESS, total + SLACK) < whole.deaths:
            lacking[column].append((whole.deaths - total, whole))
    for column, found in lacking.items():
        most, whole = max(found)
        message = ngettext(
            "is not what its parts by {column} add up to: {deaths} lack, and so in {number} row; "
            "this one lacks most",
            "is not what its parts by {column} add up to: {deaths} lack, and so in {number} rows; "
            "this one lacks most",
            len(found), column=column, deaths=localised(f"{most:,.0f}"),
        )  # fmt: skip
        remedy = _("add the missing part where somebody counted it, unknown where nobody knows")
        yield whole.problem(file, message, remedy)


def _written(first: int, last: int) -> str:
    start, end = (f"{month // 12:04}-{month % 12 + 1:02}" for month in (first, last))
    return start if first == last else _("{first} to {last}", first=start, last=end)
