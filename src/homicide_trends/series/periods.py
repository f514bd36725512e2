"""Totals of periods, and periods beside their baselines.

Each function takes a daily curve (``daily_curve``), or a *series table* of one's own: one row a
period of one place, with ``start``, ``end`` (both inclusive; or an index of dates or periods) and
``deaths``; used where present are ``deaths_low, deaths_high, population, person_years,
population_series, status, agency, sources``. Periods may be days, months or years. A period that
cuts a row of a table shares its deaths out by days; the curve of a place knows more dates.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import DateLike, Window, choice, days_of, need_columns, separate
from ..language import _
from .curve import DailyCurve, MissingPeriods
from .sources import curve_of

Floats = npt.NDArray[np.float64]
INCOMPLETE = ("raise", "drop")
YEAR = 365.25  # days
Series: TypeAlias = pd.DataFrame | DailyCurve


def total(table: Series, start: DateLike, end: DateLike) -> pd.DataFrame:
    """Deaths and person-years from ``start`` to ``end``, both days counted, as one row.

    Columns as in ``DailyCurve.total``. Raises ValueError (MissingPeriods) naming the days without
    a count, or without a population of the curve; and for overlapping rows, several places, or an
    end before the start.

    >>> months = pd.DataFrame({"deaths": [255, 156]},
    ...     index=pd.period_range("2012-03", periods=2, freq="M"))
    >>> total(months, "2012-03-09", "2012-04-30")[["days", "deaths", "status"]]
       days      deaths     status
    0    53  345.193548  allocated
    """
    return _total(_curve(table), days_of((start, end), "window"))


def compare(
    table: Series,
    *,
    baseline: Window,
    window: Window,
    by: str | None = None,
    incomplete: str = "raise",
) -> pd.DataFrame:
    """Total of a window beside that of its baseline: one row, or one for each value of ``by``.

    ``baseline`` and ``window`` are (start, end), both days counted. The window's columns are
    those of ``total``; the baseline's are the same with ``baseline_`` before them. ``by`` names a
    column of a table whose values are separate series, such as ``place``; with
    ``incomplete="drop"`` a series without counts for all of both periods has no row.

    Raises ValueError as ``total``, and when the two periods overlap.

    >>> years = pd.DataFrame({"start": ["2011", "2012"], "end": ["2011", "2012"],
    ...     "deaths": [4371, 2594]})
    >>> row = compare(years, baseline=("2011", "2011"), window=("2012", "2012"))
    >>> row.loc[0, ["baseline_deaths", "deaths"]].tolist()
    [4371.0, 2594.0]
    """
    separate(baseline, window)
    choice(incomplete, INCOMPLETE, "incomplete")
    periods = days_of(baseline, "baseline"), days_of(window, "window")
    if by is None or isinstance(table, DailyCurve):
        return _beside(_curve(table), *periods)
    need_columns(table, by)
    rows = []
    for value, series in table.groupby(by, sort=False):
        try:
            row = _beside(_curve(series), *periods)
            if by not in row:
                row.insert(0, by, value)
            rows.append(row)
        except MissingPeriods as gap:
            if incomplete == "raise":
                raise MissingPeriods(f"{value}: {gap}") from None
    if not rows:
        raise MissingPeriods(_("no series has counts for all of both periods"))
    return pd.concat(rows, ignore_index=True)


def side_by_side(table: Series, *, baseline: Window, window: Window) -> pd.DataFrame:
    """Totals of a baseline and of a window, as two rows with ``role`` before them.

    Columns and errors as in ``total``; ``role`` is ``baseline`` or ``window``.

    >>> years = pd.DataFrame({"start": ["2011", "2012"], "end": ["2011", "2012"],
    ...     "deaths": [4371, 2594]})
    >>> both = side_by_side(years, baseline=("2011", "2011"), window=("2012", "2012"))
    >>> both[["role", "deaths"]].to_numpy().tolist()
    [['baseline', 4371.0], ['window', 2594.0]]
    """
    separate(baseline, window)
    curve = _curve(table)
    periods = days_of(baseline, "baseline"), days_of(window, "window")
    both = pd.concat([_total(curve, period) for period in periods], ignore_index=True)
    both.insert(0, "role", ["baseline", "window"])
    return both


def by_end(table: Series, *, baseline: Window, window: Window) -> pd.DataFrame:
    """Totals of a growing window beside its baseline, one row for the end of each period.

    Every row starts on the window's first day and ends with one of its counted periods; the last
    is the whole window. Columns and errors as in ``compare``.

    >>> months = pd.DataFrame({"deaths": [402, 255, 156]},
    ...     index=pd.period_range("2012-02", periods=3, freq="M"))
    >>> growing = by_end(months, baseline=("2012-02", "2012-02"), window=("2012-03", "2012-04"))
    >>> growing["deaths"].tolist()
    [255.0, 411.0]
    """
    separate(baseline, window)
    curve = _curve(table)
    first, last = days_of(window, "window")
    curve.require((first, last))
    ends = curve.counted["end"]
    inside = pd.DatetimeIndex([*ends[(ends >= first) & (ends < last)], last])
    before = _total(curve, days_of(baseline, "baseline")).add_prefix("baseline_")
    rows = curve.total([first] * len(inside), inside)
    return rows.join(_only(before).loc[[0] * len(rows)].reset_index(drop=True))


def calendar_years(start: Any, end: Any) -> Floats:
    """How many whole calendar years a period is; 0 for one that is cut."""
    first, last = (np.asarray(each).astype("<M8[D]") for each in (start, end))
    after = last + np.timedelta64(1, "D")
    opening, closing = first.astype("<M8[Y]"), after.astype("<M8[Y]")
    whole = (opening.astype("<M8[D]") == first) & (closing.astype("<M8[D]") == after)
    return np.where(whole, (closing - opening).astype(float), 0.0)


def days_compared(period: tuple[Any, Any], baseline: tuple[Any, Any]) -> tuple[Floats, Floats]:
    """Days of periods and of their baselines, each given by first and last days.

    Whole calendar years that are set beside each other are equally long: a leap year is no longer.

    >>> from_2011, to_2011, from_2012, to_2012 = pd.to_datetime(
    ...     ["2011-01-01", "2011-12-31", "2012-01-01", "2012-12-31"])
    >>> [float(days) for days in days_compared((from_2012, to_2012), (from_2011, to_2011))]
    [365.25, 365.25]
    """
    years = [calendar_years(*each) for each in (period, baseline)]
    whole = (years[0] > 0) & (years[1] > 0)
    first, second = (
        np.where(whole, YEAR * length, _days(last) - _days(start) + 1.0)
        for length, (start, last) in zip(years, (period, baseline), strict=True)
    )
    return first, second


def _days(dates: Any) -> Floats:
    return np.asarray(dates, dtype="<M8[D]").astype(float)


def by_years(start: pd.Timestamp, end: pd.Timestamp) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """A period cut at the ends of calendar years."""
    return [
        (max(start, pd.Timestamp(year, 1, 1)), min(end, pd.Timestamp(year, 12, 31)))
        for year in range(start.year, end.year + 1)
    ]


def are_years(rows: pd.DataFrame) -> bool:
    """Whether all periods of a table are as long as a year."""
    days = (pd.to_datetime(rows["end"]) - pd.to_datetime(rows["start"])).dt.days + 1
    return bool((days > 360).all())


def _curve(table: Series) -> DailyCurve:
    return table if isinstance(table, DailyCurve) else curve_of(table)


def _total(curve: DailyCurve, period: tuple[Any, Any]) -> pd.DataFrame:
    curve.require(period)
    return curve.total(*period)


def _beside(curve: DailyCurve, baseline: tuple[Any, Any], window: tuple[Any, Any]) -> pd.DataFrame:
    before = _total(curve, baseline).add_prefix("baseline_")
    return _total(curve, window).join(_only(before))


def _only(before: pd.DataFrame) -> pd.DataFrame:
    """A baseline's columns, without its place."""
    return before.drop(columns="baseline_place")
