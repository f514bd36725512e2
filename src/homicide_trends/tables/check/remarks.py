"""What is worth knowing of a folder of tables and is no error: months that nobody counted.

A gap may be all that there is: nobody published the month. It is said, and the folder is well.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from ...language import _, ngettext
from ..load import Folder, data_folder
from ..problems import Problem, harmless
from ..rawtables import Record, Tables, plain_day, read_raw

MOST_GAPS = 6  # of a place that are named

Month = int  # years times twelve, and months


def remarks(data: Folder | None = None) -> list[Problem]:
    """Gaps in the months of each place and measure, one remark for each that has any.

    A gap lies between two months on file and has no row of its own from any agency. ``row`` is
    the line of the month after the first gap. Raises DataError when there is no such folder.

    >>> [each.value for each in remarks()][0]
    '2009-01-01'
    """
    table = read_raw(data_folder(data) / "counts.csv")
    return [] if isinstance(table, Problem) else list(gaps({"counts": table}))


def gaps(tables: Tables) -> Iterator[Problem]:
    """A remark for each place and measure whose months have gaps."""
    counts = tables["counts"]
    runs: dict[tuple[str, str], dict[Month, int]] = defaultdict(dict)
    for line, record in counts.records():
        month = _month(record)
        if month is not None:
            key = record.get("place", ""), record.get("measure", "")
            runs[key].setdefault(month, line)
    for (place, measure), lines in runs.items():
        found = [(a, b) for a, b in pairwise(sorted(lines)) if b - a > 1]
        if found:
            yield _remark(counts.file, place, measure, found, lines)


def _remark(
    file: str, place: str, measure: str, found: list[tuple[Month, Month]], lines: dict[Month, int]
) -> Problem:
    missing = sum(after - before - 1 for before, after in found)
    named = ", ".join(_written(before + 1, after - 1) for before, after in found[:MOST_GAPS])
    if len(found) > MOST_GAPS:
        named += ", ..."
    after = found[0][1]
    message = ngettext(
        "comes after a gap: no count of {measure} in {place} is on file for {number} month: {gaps}",
        "comes after a gap: no count of {measure} in {place} is on file for {number} months: "
        "{gaps}",
        missing,
        measure=harmless(measure, 40),
        place=harmless(place, 40),
        gaps=named,
    )
    remedy = _("add them where somebody counted them; reports show a break in the line")
    return Problem(file, lines[after], "start", f"{_written(after, after)}-01", message, remedy)


def _month(record: Record) -> Month | None:
    """The calendar month that a row covers from its first to its last day, if it does."""
    start, end = plain_day(record.get("start", "")), plain_day(record.get("end", ""))
    if not start or not end or (start.year, start.month) != (end.year, end.month):
        return None
    whole = start.day == 1 and end.day == monthrange(end.year, end.month)[1]
    return 12 * start.year + start.month - 1 if whole else None


def _written(first: Month, last: Month) -> str:
    start, end = (f"{month // 12:04}-{month % 12 + 1:02}" for month in (first, last))
    return start if first == last else _("{first} to {last}", first=start, last=end)
