"""Counts by period, read from a table: their dates, exposure, and place on the time axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import counts, need_columns
from ..language import refusal

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Periods:
    """Consecutive periods: their dates, their place on the time axis, and their unit.

    A period may be a total of several months, which is one observation: `length` is its units.
    """

    start: pd.DatetimeIndex
    end: pd.DatetimeIndex
    time: npt.NDArray[np.int64]  # first unit, 1 = that of the first period; gaps stay gaps
    unit: str
    length: npt.NDArray[np.int64]

    def mean(self, of_unit: Callable[[Floats], Floats]) -> Floats:
        """Mean over the units of each period of what a function gives for units of time."""
        offset = np.cumsum(self.length) - self.length
        within = np.arange(self.length.sum()) - np.repeat(offset, self.length)
        values = of_unit((np.repeat(self.time, self.length) + within).astype(np.float64))
        return np.asarray(np.add.reduceat(values, offset) / self.length)

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
        raise refusal(
            "periods overlap at {day}: give one row a period (one place, one agency)",
            day=f"{first[1:][overlap][0]:%Y-%m-%d}",
        )
    length = (last - first).days + 1
    units = np.ones(len(first), dtype=np.int64)
    if ((first.day_of_year == 1) & (last == first + pd.offsets.YearEnd(0))).all():
        unit, time = "year", first.year - first.year[0]
    elif ((first.day == 1) & last.is_month_end).all():
        unit, time = "month", (first.year - first.year[0]) * 12 + first.month - first.month[0]
        units = np.asarray((last.year - first.year) * 12 + last.month - first.month + 1)
    elif (length == length[0]).all() and ((first - first[0]).days % length[0] == 0).all():
        unit, time = f"{length[0]} days", (first - first[0]).days // length[0]
    else:
        raise refusal(
            "the periods are neither whole months, nor calendar years, nor of equal "
            "length: the first is {first_start} to {first_end}, the last {last_start} to "
            "{last_end}",
            first_start=f"{first[0]:%Y-%m-%d}",
            first_end=f"{last[0]:%Y-%m-%d}",
            last_start=f"{first[-1]:%Y-%m-%d}",
            last_end=f"{last[-1]:%Y-%m-%d}",
        )
    return Periods(first, last, np.asarray(time, dtype=np.int64) + 1, unit, units)


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
    need_columns(table, deaths, start, end, *([exposure] if exposure else []))
    if len(table) == 0:
        raise refusal("the table has no rows")
    rows = table.sort_values(start, kind="stable")
    times = periods(pd.to_datetime(rows[start]), pd.to_datetime(rows[end]))
    observed = counts(rows[deaths], deaths)
    days = ((times.end - times.start).days + 1).to_numpy(dtype=float)
    size = rows[exposure].to_numpy(dtype=float, na_value=np.nan) if exposure else days
    if not (size > 0).all():
        bad = times.start[~(size > 0)]
        raise refusal(
            "{exposure} is missing or not positive in {number} periods, first {first}; "
            "exposure=None takes the days of each period",
            exposure=exposure,
            number=len(bad),
            first=f"{bad[0]:%Y-%m-%d}",
        )
    return CountSeries(times, observed, size)
