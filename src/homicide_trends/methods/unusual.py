"""What the counts alone say of a change: its size, how unusual it is here, by which agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from ..arguments import Window, day, days_of, need_columns
from ..rates.comparison import percent_change
from ..series.curve import DailyCurve
from ..series.periods import compare
from .level_breaks import Breaks
from .other_countries import Elsewhere
from .rate_trend import RateTrend
from .step_models import StepModels, no_rows

MOST_SHARED = 0.4
"""Share of a period's deaths that may be shared out by days, and the count be an agency's own."""


@dataclass(frozen=True, slots=True, eq=False)
class RankedChange:
    """The change between two spans of years beside every other one of the same lengths on file.

    `changes`: a row a change: `first` (year of the span that changed), `last`, `percent_change`,
    `own` (the one asked about), `earlier` (it or one that ended before it). `rank` and `of` count
    among all, `earlier_rank` and `earlier_of` among the earlier ones; 1 is the change that goes
    farthest in the direction of the one asked about. Nothing is ranked (0 of 0) where the years of
    either span are not on file.
    """

    changes: pd.DataFrame
    rank: int = 0
    of: int = 0
    earlier_rank: int = 0
    earlier_of: int = 0

    def farthest(self, number: int = 10) -> pd.DataFrame:
        """So many of the largest falls, the largest first, with `years` in words."""
        rows = self.changes.sort_values("percent_change", kind="stable").head(number)
        first, last = rows["first"].astype(str), rows["last"].astype(str)
        return rows.assign(years=first.where(first == last, first + "\u2013" + last))


def ranked_change(
    years: pd.DataFrame, *, baseline: Window, window: Window, exposure: str = "person_years"
) -> RankedChange:
    """Rank a change among those between all spans of years as long and as far apart.

    `years` has a row a calendar year of one place: `start, end, deaths` and the exposure
    (`person_years`, or `days` for a change of deaths a day). A year belongs to the period that has
    more than half of its days.

    >>> from homicide_trends.methods import years_on_file
    >>> found = ranked_change(years_on_file("SLV"), baseline=("2011", "2011"),
    ...                       window=("2012", "2012"))
    >>> (found.rank, found.of), (found.earlier_rank, found.earlier_of)
    ((3, 28), (1, 18))
    """
    need_columns(years, "start", "end", "deaths", exposure)
    known = years.dropna(subset=["deaths", exposure])
    rows = known.assign(year=pd.to_datetime(known["start"]).dt.year).set_index("year")
    before, after = (_years(days_of(each, "a period")) for each in (baseline, window))
    nothing = RankedChange(
        pd.DataFrame(columns=["first", "last", "percent_change", "own", "earlier"])
    )
    if not before or not after or rows.empty:
        return nothing
    shift = after[0] - before[0]
    found = []
    for first in range(int(rows.index.min()), int(rows.index.max()) + 1):
        spans = [
            range(first, first + len(before)),
            range(first + shift, first + shift + len(after)),
        ]
        if not all(set(span) <= set(rows.index) for span in spans):
            continue
        rates = [rows.loc[list(span), ["deaths", exposure]].sum() for span in spans]
        if rates[0]["deaths"] == 0:
            continue
        ratio = (rates[1]["deaths"] / rates[1][exposure]) / (
            rates[0]["deaths"] / rates[0][exposure]
        )
        found.append((spans[1][0], spans[1][-1], 100 * (ratio - 1), first == before[0]))
    table = pd.DataFrame(found, columns=["first", "last", "percent_change", "own"])
    if not table["own"].any():
        return nothing
    own = table[table["own"]].iloc[0]
    table["earlier"] = table["last"] <= own["last"]
    farther = table["percent_change"] <= own["percent_change"]
    if own["percent_change"] > 0:
        farther = table["percent_change"] >= own["percent_change"]
    return RankedChange(
        table,
        int(farther.sum()),
        len(table),
        int((farther & table["earlier"]).sum()),
        int(table["earlier"].sum()),
    )


def _years(period: tuple[pd.Timestamp, pd.Timestamp]) -> list[int]:
    """Calendar years of which a period has more than half of the days."""
    start, end = period
    found = []
    for year in range(start.year, end.year + 1):
        first, last = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        inside = (min(end, last) - max(start, first)).days + 1
        if 2 * inside > (last - first).days + 1:
            found.append(year)
    return found


BEFORE = 3
"""Months before an intervention in which what was agreed may have worked already."""


def counts_alone(
    curve: DailyCurve,
    *,
    baseline_start: str | pd.Timestamp,
    intervention: str | pd.Timestamp,
    end: str | pd.Timestamp,
    conf: float = 0.95,
) -> pd.DataFrame:
    """The change of the rate at an intervention, and without the last months before it.

    Two rows, of which the second leaves the three months before the intervention out of the
    baseline: what was known or agreed before the date can have moved counts before it. Columns of
    `series.compare` and `percent_change` with its limits; `expected` has the deaths at the rate of
    the baseline. The second row is left out where fewer than three months of baseline would be
    left. Raises MissingPeriods where a count or a population lacks.

    >>> from homicide_trends.series import daily_curve
    >>> found = counts_alone(daily_curve("SLV"), baseline_start="2011-01-01",
    ...     intervention="2012-03-01", end="2013-12-31")
    >>> found["baseline_end"].dt.strftime("%Y-%m").tolist(), round(found["percent_change"].iloc[0])
    (['2012-02', '2011-11'], -48)
    """
    date = day(intervention, "intervention")
    months = pd.DateOffset(months=BEFORE)
    first = day(baseline_start, "baseline_start")
    rows = []
    for eve in (date, date - months):
        if eve < date and eve - months < first:
            break
        pair = compare(curve, baseline=(first, eve - pd.Timedelta(days=1)), window=(date, end))
        row = percent_change(pair, series=curve, conf=conf)
        rows.append(row.assign(expected=row["baseline_deaths"] * row["person_years"]
                               / row["baseline_person_years"]))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def agency_by_agency(
    curves: Iterable[DailyCurve], pairs: Sequence[tuple[Window, Window]], *, conf: float = 0.95
) -> pd.DataFrame:
    """The same changes by each agency's own counts alone, so that a change of agency cannot be one.

    `pairs` are (baseline, window). A row a pair and curve that counted half of each period or more
    by itself, without a gap: the dates in `start, end, baseline_start, baseline_end` are those that
    it did count; `shared` is the part of the deaths that was shared out by days, 0.4 at most. Other
    columns: those of `series.compare` and `percent_change` with its limits; `curve` names the
    agency, or the series as preferred, and `pair` counts the pairs.

    >>> from homicide_trends.series import curves
    >>> table = agency_by_agency(curves("SLV"),
    ...     [(("2013-01", "2013-06"), ("2013-07", "2013-12"))])
    >>> table[["curve", "baseline_deaths", "deaths"]].head(1).values.tolist()
    [['preferred', 1046.0, 1445.0]]
    """
    rows = []
    known = [(curve, curve.observed()) for curve in curves]
    for number, (baseline, window) in enumerate(pairs):
        for curve, observed in known:
            own = [_counted(observed, days_of(each, "a period")) for each in (baseline, window)]
            if own[0] is None or own[1] is None:
                continue
            row = compare(curve, baseline=own[0], window=own[1])
            if max(row["shared"].iloc[0], row["baseline_shared"].iloc[0]) > MOST_SHARED:
                continue
            time = "days" if row["person_years"].isna().any() else "person_years"
            row = percent_change(
                row, person_years=time, baseline_person_years=f"baseline_{time}", series=observed,
                conf=conf,
            )  # fmt: skip
            rows.append(row.assign(curve=curve.agency, pair=number))
    if not rows:
        return no_rows("curve", "pair", "agency", "baseline_deaths", "deaths", "shared",
                       "baseline_shared", "percent_change")  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def _counted(
    observed: pd.DataFrame, period: tuple[pd.Timestamp, pd.Timestamp]
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The longest stretch of a period that was counted, if it is half of it or more."""
    start, end = period
    rows = observed[(observed["start"] <= end) & (observed["end"] >= start)]
    breaks = (rows["start"] != rows["end"].shift() + pd.Timedelta(days=1)).cumsum()
    spans = [
        (max(some["start"].iloc[0], start), min(some["end"].iloc[-1], end))
        for _at, some in rows.groupby(breaks)
    ]
    longest = max(spans, key=lambda span: span[1] - span[0], default=None)
    if longest is None or 2 * ((longest[1] - longest[0]).days + 1) < (end - start).days + 1:
        return None
    return longest


SIDE = pd.DateOffset(months=6)
"""Either side of a break of level that falls on a change of agency."""


def pairs_by_agency(
    breaks: Breaks, baseline: Window, window: Window
) -> list[tuple[Window, Window]]:
    """Pairs that show whether a change of agency makes a change, for `agency_by_agency`.

    The baseline and the window; the window up to each break of level in it that is also a change of
    agency; and the half years before and from each such break.

    >>> from types import SimpleNamespace
    >>> found = pd.DataFrame({"first": pd.to_datetime(["2013-07-01"]), "agency_changes": [True]})
    >>> pairs = pairs_by_agency(SimpleNamespace(several=found), ("2011", "2011"), ("2012", "2013"))
    >>> [f"{after[1]:%Y-%m-%d}" for _before, after in pairs[1:]]
    ['2013-06-30', '2013-12-31']
    """
    rows, one = breaks.several, pd.Timedelta(days=1)
    if rows.empty:
        return [(baseline, window)]
    days = list(pd.to_datetime(rows.loc[rows["agency_changes"].astype(bool), "first"]))
    start, end = days_of(window, "window")
    return [
        (baseline, window),
        *((baseline, (start, each - one)) for each in days if start < each <= end),
        *(((each - SIDE, each - one), (each, each + SIDE - one)) for each in days),
    ]


def number_of_tests(models: StepModels, breaks: Breaks, trend: RateTrend, others: Elsewhere) -> int:
    """How many tests the methods of a page ask: steps, one break, joinpoints, a placebo.

    >>> from types import SimpleNamespace as Some
    >>> number_of_tests(Some(fits={"a": 1}), Some(candidates=pd.DataFrame({"first": [1]})),
    ...                 Some(result=None), Some(refused=True))
    2
    """
    return (
        len(models.fits)
        + int(not breaks.candidates.empty)
        + int(trend.result is not None)
        + int(not others.refused)
    )
