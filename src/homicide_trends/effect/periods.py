"""Counts by period, read from a table: their dates, exposure, and place on the time axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Periods:
    """Consecutive periods: their dates, their place on the time axis, and their unit."""

    start: pd.DatetimeIndex
    end: pd.DatetimeIndex
    time: npt.NDArray[np.int64]  # 1 = the first period; a missing period leaves a gap
    unit: str

    def locate(self, date: pd.Timestamp) -> tuple[int, float]:
        """Time of the period that holds `date`, and the share of its days from `date` on."""
        first = self.start[0]
        if self.unit == "month":
            time = (date.year - first.year) * 12 + date.month - first.month + 1
            share = (date.days_in_month - date.day + 1) / date.days_in_month
        elif self.unit == "year":
            time = date.year - first.year + 1
            share = ((pd.Timestamp(date.year, 12, 31) - date).days + 1) / (365 + date.is_leap_year)
        else:
            length = (self.end[0] - first).days + 1
            whole, days = divmod((date - first).days, length)
            time, share = whole + 1, (length - days) / length
        return time, share


def periods(start: pd.Series, end: pd.Series) -> Periods:
    """Periods from columns of first and last days, sorted; months, years or equal lengths."""
    first, last = pd.DatetimeIndex(start), pd.DatetimeIndex(end)
    overlap = first[1:] <= last[:-1]
    if overlap.any():
        raise ValueError(
            f"periods overlap at {first[1:][overlap][0]:%Y-%m-%d}: give one row a period "
            "(one place, one agency)"
        )
    length = (last - first).days + 1
    if ((first.day == 1) & (last == first + pd.offsets.MonthEnd(0))).all():
        unit, time = "month", (first.year - first.year[0]) * 12 + first.month - first.month[0]
    elif ((first.day_of_year == 1) & (last == first + pd.offsets.YearEnd(0))).all():
        unit, time = "year", first.year - first.year[0]
    elif (length == length[0]).all() and ((first - first[0]).days % length[0] == 0).all():
        unit, time = f"{length[0]} days", (first - first[0]).days // length[0]
    else:
        raise ValueError(
            "the periods are neither calendar months, nor calendar years, nor of equal length: "
            f"the first is {first[0]:%Y-%m-%d} to {last[0]:%Y-%m-%d}, the last "
            f"{first[-1]:%Y-%m-%d} to {last[-1]:%Y-%m-%d}"
        )
    return Periods(first, last, np.asarray(time, dtype=np.int64) + 1, unit)


@dataclass(frozen=True, slots=True, eq=False)
class CountSeries:
    """Deaths and exposure of consecutive periods; deaths not on file are NaN."""

    times: Periods
    observed: Floats
    exposure: Floats


def read_counts(
    table: pd.DataFrame, *, deaths: str, exposure: str | None, start: str, end: str
) -> CountSeries:
    """Read one series from a table, sorted by its starts; `exposure` None takes the days."""
    wanted = [deaths, start, end] + ([exposure] if exposure else [])
    missing = [column for column in wanted if column not in table.columns]
    if missing:
        raise ValueError(f"no column {missing[0]!r}; the table has {', '.join(table.columns)}")
    if len(table) == 0:
        raise ValueError("the table has no rows")
    rows = table.sort_values(start)
    times = periods(pd.to_datetime(rows[start]), pd.to_datetime(rows[end]))
    observed = rows[deaths].to_numpy(dtype=float, na_value=np.nan)
    if (observed < 0).any():
        raise ValueError(f"{deaths} has a negative count, {np.nanmin(observed):g}")
    days = ((times.end - times.start).days + 1).to_numpy(dtype=float)
    size = rows[exposure].to_numpy(dtype=float, na_value=np.nan) if exposure else days
    if not (size > 0).all():
        bad = times.start[~(size > 0)]
        raise ValueError(
            f"{exposure} is missing or not positive in {len(bad)} periods, first "
            f"{bad[0]:%Y-%m-%d}; exposure=None takes the days of each period"
        )
    return CountSeries(times, observed, size)
