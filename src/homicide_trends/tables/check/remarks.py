"""What is worth knowing of a folder of tables and is no error: months that nobody counted, parts.

A gap may be all that there is: nobody published the month. It is said, and the folder is well.
So is what lies between a whole and its parts: sex or weapon of some was not recorded.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from ...language import _, localised, ngettext
from ..load import Folder, data_folder
from ..problems import Problem, harmless
from ..rawtables import read_raw
from .count_rules import EXCESS, SLACK, Counted, counted, divided

MOST_GAPS = 6  # of a place that are named


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
