"""Rules between the rows of ``counts.csv``, and with agencies, places, population and sources."""

import re
from bisect import bisect_left
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple

from ...language import _, localised
from ..folders import GROUPS
from ..problems import Problem, quoted, suggestion
from ..rawtables import Record, Tables, plain_day, plain_number

# The forensic institute's months of January to August 2014 add up to 0.8 % more than the total it
# published for them later: corrections of this size are ordinary.
EXCESS = 1.01
SLACK = 2  # deaths by which rounded parts may exceed a small whole

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def broken(tables: Tables) -> Iterator[Problem]:
    """Every place where a rule is broken; none without a table of counts."""
    for rule in (
        _counted_by_known,
        _not_above_population,
        _not_before_its_end,
        _agreeing,
        _parts_and_wholes,
        _months_and_year,
        _groups_and_all,
    ):
        if "counts" in tables:
            yield from rule(tables)


def _counted_by_known(tables: Tables) -> Iterator[Problem]:
    """Every agency that counts in a place is described for that place."""
    both = [tables[name] for name in ("counts", "agencies") if name in tables]
    if len(both) < 2 or not all({"place", "agency"} <= set(table.header) for table in both):
        return
    known = defaultdict(set)
    for _line, record in tables["agencies"].records():
        known[record.get("place", "")].add(record.get("agency", ""))
    counts = tables["counts"]
    for line, record in counts.records():
        place, agency = record.get("place", ""), record.get("agency", "")
        if agency not in known[place]:
            message = _(
                "is not an agency of {place} in {file}",
                place=quoted(place),
                file=tables["agencies"].file,
            )
            remedy = suggestion(agency, known[place])
            yield Problem(counts.file, line, "agency", agency, message, remedy)


def _not_above_population(tables: Tables) -> Iterator[Problem]:
    """A count is not larger than the population of its place in its years.

    The largest series of those years is taken, where there is none the largest of all years,
    and for a place without population that of the place around it.
    """
    people: dict[str, dict[int, float]] = defaultdict(dict)
    if "population" in tables:
        for _line, record in tables["population"].records():
            place, year = record.get("place", ""), plain_number(record.get("year", ""))
            persons = plain_number(record.get("population", ""))
            if year is not None and persons is not None:
                people[place][int(year)] = max(persons, people[place].get(int(year), 0))
    around = {
        record.get("place", ""): record.get("within", "")
        for _line, record in (tables["places"].records() if "places" in tables else ())
    }
    most = {place: max(years.values()) for place, years in people.items()}
    counts = tables["counts"]
    for line, record in counts.records():
        place, count = record.get("place", ""), plain_number(record.get("count", ""))
        start, end = plain_day(record.get("start", "")), plain_day(record.get("end", ""))
        if place not in most:
            place = around.get(place, "")
        if count is None or start is None or end is None or place not in most:
            continue
        years = people[place]
        limit = max(
            (years[year] for year in range(start.year, end.year + 1) if year in years),
            default=most[place],
        )
        if count > limit:
            message = _(
                "is more than the {people} people of {place} in {year}",
                people=localised(f"{limit:,.0f}"),
                place=place,
                year=start.year,
            )
            remedy = _("correct the count, the place or the population")
            yield Problem(counts.file, line, "count", record["count"], message, remedy)


def _not_before_its_end(tables: Tables) -> Iterator[Problem]:
    """A count's period had ended when its source appeared: nobody counts the deaths to come."""
    if "sources" not in tables:
        return
    dates = {
        record.get("source_id", ""): record.get("date", "")
        for _line, record in tables["sources"].records()
    }
    counts = tables["counts"]
    for line, record in counts.records():
        end, published = record.get("end", ""), dates.get(record.get("source_id", ""), "")
        # A date may hold the year or the month alone: then the period may end in it.
        if plain_day(end) and _DATE.fullmatch(published) and end[: len(published)] > published:
            message = _("is after its source appeared ({date})", date=published)
            remedy = _("correct the year of the period, or the date of the source")
            yield Problem(counts.file, line, "end", end, message, remedy)


def _agreeing(tables: Tables) -> Iterator[Problem]:
    """Counts of one agency, period, status and date of source agree, or each says why it does not.

    Conflicting reports stand side by side, but nothing could choose between two that differ in
    nothing else. A note on both rows is the documented exception.
    """
    dates = {
        record.get("source_id", ""): record.get("date", "")
        for _line, record in (tables["sources"].records() if "sources" in tables else ())
    }
    counts = tables["counts"]
    if not {"place", "measure", "agency", "start", "end", "status", "count"} <= set(counts.header):
        return
    seen: dict[tuple[str, ...], tuple[int, Record]] = {}
    for line, record in counts.records():
        source = record.get("source_id", "")
        published = dates.get(source) or source
        key = tuple(record[name] for name in ("place", "measure", "agency", "start", "end"))
        key += _group(record)
        earlier, other = seen.setdefault((*key, record["status"], published), (line, record))
        noted = record.get("note") and other.get("note")
        if record["count"] != other["count"] and not noted:
            message = _(
                "differs from {value} on line {line}: same agency, period, status {status} and "
                "date of source",
                value=quoted(other["count"]),
                line=earlier,
                status=quoted(record["status"]),
            )
            remedy = _(
                "correct one, give another status, or say in the note of both why they differ"
            )
            yield Problem(counts.file, line, "count", record["count"], message, remedy)


def _parts_and_wholes(tables: Tables) -> Iterator[Problem]:
    """No part of a period has more deaths than the whole, by more than one per cent.

    Only counts that are final or derived are compared: a first count, a rounded or a doubtful
    one may well exceed a later total.
    """
    counts = tables["counts"]
    groups = defaultdict(list)
    for line, record in counts.records():
        start, end = plain_day(record.get("start", "")), plain_day(record.get("end", ""))
        count = plain_number(record.get("count", ""))
        settled = record.get("status") in ("final", "derived")
        if settled and start and end and start <= end and count is not None and count >= 0:
            key = tuple(record.get(name, "") for name in ("place", "measure", "agency"))
            key += _group(record)
            groups[key].append(_Counted(start, end, count, line))
    for group in groups.values():
        for part, whole in _exceeding(group):
            message = _(
                "is more than the {deaths} from {start} to {end} on line {line}, of which it is "
                "a part",
                deaths=f"{whole.deaths:g}",
                start=whole.start,
                end=whole.end,
                line=whole.line,
            )
            remedy = _("correct one of them, or give the superseded one the status it has")
            yield Problem(counts.file, part.line, "count", f"{part.deaths:g}", message, remedy)


def _months_and_year(tables: Tables) -> Iterator[Problem]:
    """Twelve months of an agency add up to its year, within one per cent.

    Only settled counts are compared; a month with several is let have any of them.
    """
    counts = tables["counts"]
    months: dict[tuple[str, ...], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    years: dict[tuple[str, ...], list[tuple[int, float]]] = defaultdict(list)
    for line, record in counts.records():
        start, end = plain_day(record.get("start", "")), plain_day(record.get("end", ""))
        count = plain_number(record.get("count", ""))
        if record.get("status") not in ("final", "derived") or not start or not end:
            continue
        if count is None or start.year != end.year or start.day > 1:
            continue
        counted = (record.get(name, "") for name in ("place", "measure", "agency"))
        key = (*counted, *_group(record), str(start.year))
        if start.month == end.month and end.day == monthrange(end.year, end.month)[1]:
            months[key][start.month].append(count)
        elif (start.month, end.month, end.day) == (1, 12, 31):
            years[key].append((line, count))
    for key, found in years.items():
        parts = months.get(key, {})
        if len(parts) < 12:
            continue
        least, most = (sum(map(choose, parts.values())) for choose in (min, max))
        for line, count in found:
            if not least / EXCESS <= count <= most * EXCESS:
                total = f"{least:g}" if least == most else f"{least:g}-{most:g}"
                message = _(
                    "is not what the twelve months of {year} by the same agency add up to, {total}",
                    year=key[-1],
                    total=total,
                )
                remedy = _("correct the year or the month that is wrong, or give it its status")
                yield Problem(counts.file, line, "count", f"{count:g}", message, remedy)


def _groups_and_all(tables: Tables) -> Iterator[Problem]:
    """Deaths by sex, age, mechanism or motive do not add up to more than those they are part of.

    Compared are settled counts of one agency and period. What is left between the parts and
    their whole may be unknown, and is no error; ages that overlap are not added up.
    """
    counts = tables["counts"]
    wholes: dict[tuple[str, ...], float] = {}
    parts: dict[tuple[tuple[str, ...], int], dict[str, tuple[int, float]]] = defaultdict(dict)
    for line, record in counts.records():
        count = plain_number(record.get("count", ""))
        if record.get("status") not in ("final", "derived") or count is None:
            continue
        group = _group(record)
        same = tuple(
            record.get(name, "") for name in ("place", "measure", "agency", "start", "end")
        )
        key = (*same, *group)
        wholes[key] = max(count, wholes.get(key, 0))
        for at, value in enumerate(group):
            if value:
                around = (*same, *group[:at], "", *group[at + 1 :])
                parts[around, at].setdefault(value, (line, count))
    for (around, at), found in parts.items():
        if around not in wholes or (GROUPS[at] == "age" and _overlap(found)):
            continue
        whole, total = wholes[around], sum(count for _line, count in found.values())
        if total > max(whole * EXCESS, whole + SLACK):
            line, count = max(found.values())
            message = _(
                "is one of the parts by {column} that add up to {total:g}, more than the {whole:g} "
                "deaths of which they are parts",
                column=GROUPS[at],
                total=total,
                whole=whole,
            )
            remedy = _("correct one of them, or make the parts doubtful and say why")
            yield Problem(counts.file, line, "count", f"{count:g}", message, remedy)


def _group(record: Record) -> tuple[str, ...]:
    """Whose deaths a count is about: a value or nothing for each column of groups."""
    return tuple(record.get(name, "") for name in GROUPS)


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


class _Counted(NamedTuple):
    start: date
    end: date
    deaths: float
    line: int


def _exceeding(group: list[_Counted]) -> Iterator[tuple[_Counted, _Counted]]:
    """Parts that exceed the smallest whole around them, with that whole.

    Taken by start, a period lies within an earlier one exactly when that ends no sooner: a tree
    of least counts by end answers this in n log n steps, as a table of any size needs.
    """
    ends = sorted({each.end for each in group})
    least: list[_Counted | None] = [None] * (len(ends) + 1)
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


def _by_count(each: _Counted) -> float:
    return each.deaths
