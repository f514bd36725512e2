"""The levels of the axes start, end and baseline: a closed list, the same for every claim.

Months where the counts allow it, else calendar years. A level that is not on the list is shown
and does not vote.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from .comparisons import Baseline, Ends
from .evidence import Counts
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


@dataclass(frozen=True, slots=True)
class Options:
    """First days, last days and baselines of a reading; ``by_year`` where years are compared."""

    starts: Ends
    ends: Ends
    baselines: tuple[Baseline, ...]
    by_year: bool


def month_start(day: Day) -> Day:
    """The first day of a day's month."""
    return day.replace(day=1)


def following_month(day: Day) -> Day:
    """The first whole month from a day on.

    >>> f"{following_month(pd.Timestamp('2012-03-09')):%Y-%m-%d}"
    '2012-04-01'
    """
    return day if day.day == 1 else month_start(day) + pd.DateOffset(months=1)


def following_year(day: Day) -> Day:
    """The first whole calendar year from a day on."""
    return day if (day.month, day.day) == (1, 1) else pd.Timestamp(day.year + 1, 1, 1)


def by_months(reading: Reading, sources: Sequence[Counts], last: Day) -> Options | None:
    """Options by months; None where a reading has neither an event nor a first day."""
    anchor = reading.occurred or reading.start
    if anchor is None:
        return None
    if reading.start is not None:
        starts = Ends((reading.start,), (True,))
    else:
        days = sorted({*reading.event, following_month(reading.event[-1])})
        starts = Ends(tuple(days), (True,) * len(days))
    ends = _month_ends(reading, starts.days, last)
    if reading.baseline is not None:
        compared: tuple[Baseline, ...] = (Baseline(STATED, *reading.baseline),)
    else:
        compared = before(anchor, sources)
    return Options(starts, ends, compared, by_year=False)


def _month_ends(reading: Reading, starts: tuple[Day, ...], last: Day) -> Ends:
    """The ends that vote, and every other month's end up to the last day."""
    first = following_month(starts[0])
    # Counts that end before the text did are all that there is to go by.
    closing = last if last.is_month_end else month_start(last) - ONE_DAY
    end = min(reading.end or closing, closing) if reading.end_rule != STATED_END else reading.end
    end = end or closing
    others = list(pd.date_range(first, max(end, last), freq="ME"))
    if reading.end_rule == STATED_END:
        return Ends((end,), (True,))
    if reading.end_rule == IMMEDIATE:
        voting = list(pd.date_range(first, periods=IMMEDIATE_MONTHS, freq="ME"))
    else:
        voting = [end]
    days = sorted({*others, *voting})
    return Ends(tuple(days), tuple(day in voting for day in days))


def before(anchor: Day, sources: Sequence[Counts]) -> tuple[Baseline, ...]:
    """The eve, the twelve months before; the calendar year and three years are shown."""
    month = month_start(anchor)
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


def by_years(reading: Reading, counted: pd.DatetimeIndex, last: Day) -> Options | None:
    """Options by calendar years; ``counted`` are the first days of the years on file.

    The first wholly treated year is the one that begins with or after the event; the event's own
    year is in neither period. No baseline is longer than the study period, but there is one.
    """
    anchor = reading.opens
    if anchor is None:
        return None
    start = following_year(anchor)
    years = pd.date_range(start, max(last, start + pd.DateOffset(years=1)), freq="YE")
    if reading.end is not None and (reading.end_rule == STATED_END or reading.start is not None):
        ends = Ends((reading.end,), (True,))
    elif reading.end_rule == IMMEDIATE:
        ends = Ends((years[0],), (True,))
    else:
        until = [year for year in years if reading.end is None or year <= reading.end] or [years[0]]
        ends = Ends(tuple(years), tuple(year == until[-1] for year in years))
    starts = Ends((start,), (True,))
    if reading.baseline is not None:
        return Options(starts, ends, (Baseline(STATED, *reading.baseline),), by_year=True)
    before = pd.Timestamp(anchor.year, 1, 1) - ONE_DAY
    study = max(day.year for day, votes in zip(ends.days, ends.votes, strict=True) if votes)
    length = study - start.year + 1
    earlier = counted[counted <= before]
    compared = [Baseline(PREVIOUS_YEAR, before.replace(month=1, day=1), before)]
    for key, first in (
        (THREE_YEARS, pd.Timestamp(before.year - 2, 1, 1)),
        (ALL_BEFORE, earlier.min() if len(earlier) else before),
    ):
        if first >= compared[-1].start:
            continue
        years_long = before.year - first.year + 1
        compared.append(Baseline(key, first, before, votes=years_long <= length))
    return Options(starts, ends, tuple(compared), by_year=True)
