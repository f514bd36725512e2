"""The levels of the axes start, end and baseline: a closed list, the same for every claim.

Months where the counts allow it, else calendar years. A level that is not on the list is shown
and does not vote.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from .comparisons import Baseline, Votes
from .evidence import Counted, Counts
from .readings import IMMEDIATE, IMMEDIATE_MONTHS, ONE_DAY, STATED_END
from .result import (
    ALL_BEFORE,
    EVE,
    PREVIOUS_YEAR,
    STATED,
    THREE_YEARS,
    YEAR_BEFORE,
    Day,
    Reading,
)

EVE_DAYS, EVE_DEATHS = 60, 100
NEAR_EVE = 7
"""Days by which a count may end before the eve and be shown beside it."""
LATEST = pd.DateOffset(years=4)
"""Without a date of the text, and for ends that are only shown: so long after the event."""


class Options(NamedTuple):
    """First days, last days and baselines of a reading."""

    starts: Votes
    ends: Votes
    baselines: tuple[Baseline, ...]


def following_month(day: Day) -> Day:
    """The first whole month from a day on.

    >>> f"{following_month(pd.Timestamp('2012-03-09')):%Y-%m-%d}"
    '2012-04-01'
    """
    return day if day.day == 1 else day.replace(day=1) + pd.DateOffset(months=1)


def following_year(day: Day) -> Day:
    """The first whole calendar year from a day on."""
    return day if (day.month, day.day) == (1, 1) else pd.Timestamp(day.year + 1, 1, 1)


def by_months(reading: Reading, sources: Sequence[Counted], last: Day) -> Options:
    """Options by months, of a reading with an event or a first day."""
    anchor = reading.occurred or reading.start
    assert anchor is not None
    if reading.start is not None:
        starts = {reading.start: True}
    else:
        days = sorted({*reading.event, following_month(reading.event[-1])})
        starts = dict.fromkeys(days, True)
    ends = _month_ends(reading, min(starts), last)
    if reading.baseline is not None:
        compared: tuple[Baseline, ...] = (Baseline(STATED, *reading.baseline),)
    else:
        compared = before(anchor, sources)
    return Options(starts, ends, compared)


def _month_ends(reading: Reading, start: Day, last: Day) -> Votes:
    """The ends that vote, and every other month's end up to the last day."""
    first = following_month(start)
    # Counts that end before the text did are all that there is to go by.
    closing = last if last.is_month_end else last.replace(day=1) - ONE_DAY
    end = min(reading.end or closing, closing) if reading.end_rule != STATED_END else reading.end
    end = end or closing
    others = list(pd.date_range(first, max(end, last), freq="ME"))
    if reading.end_rule == STATED_END:
        return {end: True}
    if reading.end_rule == IMMEDIATE:
        voting = list(pd.date_range(first, periods=IMMEDIATE_MONTHS, freq="ME"))
    else:
        voting = [end]
    return {day: day in voting for day in sorted({*others, *voting})}


def before(anchor: Day, sources: Sequence[Counts]) -> tuple[Baseline, ...]:
    """The eve, the twelve months before; the calendar year and three years are shown."""
    month = anchor.replace(day=1)
    january = pd.Timestamp(anchor.year, 1, 1)
    found = []
    for end in (anchor - ONE_DAY, month - ONE_DAY):
        deaths = [float(each.deaths([january], [end])[0]) for each in sources if january <= end]
        counted = max((each for each in deaths if each == each), default=0.0)
        if (end - january).days + 1 >= EVE_DAYS and counted >= EVE_DEATHS:
            found.append(Baseline(EVE, january, end))
            break
    found.append(Baseline(YEAR_BEFORE, month - pd.DateOffset(months=12), month - ONE_DAY))
    december = january - ONE_DAY
    for key, years in ((PREVIOUS_YEAR, 1), (THREE_YEARS, 3)):
        first = pd.Timestamp(anchor.year - years, 1, 1)
        if (first, december) != (found[-1].start, found[-1].end):
            found.append(Baseline(key, first, december, votes=False))
    return tuple(found)


def beside_the_eve(options: Options, rows: pd.DataFrame) -> tuple[tuple[str, Baseline], ...]:
    """Counts that begin with the eve and end a few days before it, with who counted.

    ``rows`` as ``load_counts`` gives them. They are shown beside the eve and do not vote.
    """
    eve = next((each for each in options.baselines if each.key == EVE), None)
    if eve is None:
        return ()
    near = rows[
        (rows["start"] == eve.start)
        & rows["end"].between(eve.end - pd.Timedelta(days=NEAR_EVE), eve.end - ONE_DAY)
        & ~rows["status"].isin(["doubtful", "allocated"])
    ]
    return tuple(
        (str(row["agency"]), replace(eve, end=row["end"], votes=False))
        for row in near.to_dict("records")
    )


def by_years(reading: Reading, sources: Sequence[Counted], last: Day) -> Options:
    """Options by calendar years.

    The first wholly treated year is the one that begins with or after the event; the event's own
    year is in neither period. No baseline is longer than the study period, but there is one.
    """
    anchor = reading.opens
    assert anchor is not None
    start = following_year(anchor)
    years = pd.date_range(start, max(last, start + pd.DateOffset(years=1)), freq="YE")
    if reading.end is not None and (reading.end_rule == STATED_END or reading.start is not None):
        ends = {reading.end: True}
    elif reading.end_rule == IMMEDIATE:
        ends = {years[0]: True}
    else:
        until = [year for year in years if reading.end is None or year <= reading.end] or [years[0]]
        ends = {year: year == until[-1] for year in years}
    starts = {start: True}
    if reading.baseline is not None:
        return Options(starts, ends, (Baseline(STATED, *reading.baseline),))
    before = pd.Timestamp(anchor.year, 1, 1) - ONE_DAY
    study = max(day.year for day, votes in ends.items() if votes)
    length = study - start.year + 1
    starts_on_file = [curve.counted["start"] for each in sources for curve in each.curves]
    earlier = [days[days.dt.is_year_start & (days <= before)].min() for days in starts_on_file]
    first_year = min([day for day in earlier if not pd.isna(day)], default=before)
    compared = [Baseline(PREVIOUS_YEAR, before.replace(month=1, day=1), before)]
    for key, first in (
        (THREE_YEARS, pd.Timestamp(before.year - 2, 1, 1)),
        (ALL_BEFORE, first_year),
    ):
        if first >= compared[-1].start:
            continue
        years_long = before.year - first.year + 1
        compared.append(Baseline(key, first, before, votes=years_long <= length))
    return Options(starts, ends, tuple(compared))
