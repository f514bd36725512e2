"""Days, or person-years, between any two days."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.population import interpolate_population

Floats = npt.NDArray[np.float64]


class PersonTime:
    """Cumulative exposure by day: days, or person-years of a population by year.

    ``population`` has ``year, population``; ``None`` counts days. A year's population is that
    of its middle, in between it grows evenly; a day adds its share of its calendar year.
    Days before the first or after the last known middle have none.

    >>> years = pd.DataFrame({"year": [2010, 2011, 2012], "population": [100.0, 100.0, 100.0]})
    >>> PersonTime(years).between(["2011-01-01"], ["2011-12-31"]).round(6)
    array([100.])
    >>> PersonTime(None).between(["2011-01-01"], ["2011-12-31"])
    array([365.])
    """

    def __init__(self, population: pd.DataFrame | None) -> None:
        self._start = pd.Timestamp("1900-01-01")
        self._cumulative: Floats | None = None
        if population is not None and len(population) >= 2:
            ordered = population.sort_values("year", kind="stable")
            opening = pd.to_datetime(ordered["year"].astype(str) + "-01-01")
            lengths = np.where(opening.dt.is_leap_year, 366, 365)
            middles = opening + pd.to_timedelta(lengths / 2, unit="D")
            self._start = middles.iloc[0].normalize() + pd.Timedelta(days=1)
            days = pd.date_range(self._start, middles.iloc[-1].normalize() - pd.Timedelta(days=1))
            people = interpolate_population(
                middles.to_numpy(),
                ordered["population"].to_numpy(dtype=float),
                (days + pd.Timedelta(hours=12)).to_numpy(),
            )
            year_days = np.where(days.is_leap_year, 366, 365)
            self._cumulative = np.append(0.0, np.cumsum(np.asarray(people) / year_days))

    def between(self, start: Any, end: Any) -> Floats:
        """Exposure from each ``start`` to each ``end``, both inclusive; missing if unknown."""
        opening = (pd.DatetimeIndex(start) - self._start).days.to_numpy()
        closing = (pd.DatetimeIndex(end) - self._start).days.to_numpy() + 1
        if self._cumulative is None:
            return np.asarray(closing - opening, dtype=float)
        last = len(self._cumulative) - 1
        inside = (opening >= 0) & (closing <= last)
        a, b = np.clip(opening, 0, last), np.clip(closing, 0, last)
        return np.asarray(np.where(inside, self._cumulative[b] - self._cumulative[a], np.nan))
