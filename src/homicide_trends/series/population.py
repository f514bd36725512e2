"""Populations between known dates, and the person-years that a place has lived."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..arguments import choice, day_numbers, floats, positive
from ..language import refusal

Floats = NDArray[np.float64]
Days = NDArray[np.int64]
Dates: TypeAlias = "ArrayLike | pd.Series | pd.DatetimeIndex"

METHODS = ("exponential", "linear")
SCALES = ("days", "decimal_year")


def interpolate(
    times: ArrayLike,
    values: ArrayLike,
    at: ArrayLike,
    *,
    method: str = "exponential",
    extrapolate: bool = False,
) -> Floats:
    """Values between known ones, on any scale of time that is given in numbers.

    ``times`` and ``values`` are the known points, in any order, at least two; ``at`` may have any
    shape. ``linear`` is v1 + (v2-v1) f and ``exponential`` is v1 (v2/v1)^f, f being the share of
    the time between two neighbours that has passed (US Census Bureau, Population Analysis
    Spreadsheets, ADJINT). Outside the known times the result is NaN; ``extrapolate=True``
    continues the first or last piece.

    Raises ValueError for fewer than two points, a missing or repeated one, a negative value, or
    a zero with ``exponential``.

    >>> interpolate([2000.5, 2010.5], [1, 2], [2005.5, 2015.5], method="linear")
    array([1.5, nan])
    """
    choice(method, METHODS, "method")
    known, known_values = floats(times, "times").ravel(), floats(values, "values").ravel()
    _refuse_points(known, known_values, method)
    order = np.argsort(known, kind="stable")
    known, known_values = known[order], known_values[order]
    asked = floats(at, "at")
    piece = np.clip(np.searchsorted(known, asked, side="right") - 1, 0, len(known) - 2)
    share = (asked - known[piece]) / (known[piece + 1] - known[piece])
    before, after = known_values[piece], known_values[piece + 1]
    if method == "linear":
        found = before + (after - before) * share
    else:
        found = before * (after / before) ** share
    inside = (asked >= known[0]) & (asked <= known[-1])
    return np.where(inside | extrapolate, found, np.nan)


def interpolate_population(
    known_dates: Dates,
    populations: ArrayLike,
    dates: Dates,
    *,
    method: str = "exponential",
    by: str = "days",
    extrapolate: bool = False,
) -> Floats:
    """Populations (persons) at any dates between dates at which they are known.

    A projection for a year refers to its middle, a census to its own day; ``PersonTime`` has the
    population of a period.
    ``by="days"`` measures time in days, ``by="decimal_year"`` in years of their own lengths;
    they differ in the sixth digit. Outside the known dates, and for a missing date, the result
    is NaN unless ``extrapolate=True``.

    Raises ValueError as ``interpolate`` does, and for what is not a date.

    >>> census = ["2007-05-12", "2024-05-02"]
    >>> interpolate_population(census, [5744113, 6029976], ["2012-07-01"]).round()
    array([5829195.])
    """
    choice(by, SCALES, "by")
    scale = _day_numbers if by == "days" else decimal_year
    return interpolate(
        scale(known_dates), populations, scale(dates), method=method, extrapolate=extrapolate
    )


def decimal_year(dates: Dates) -> Floats:
    """Dates as years and the share of the year that has passed at their beginning.

    2012-07-01 is 2012 + 182/366. Missing dates give NaN. Raises ValueError for what is no date.

    >>> decimal_year(["2012-07-01", "2013-07-01"]).round(4).tolist()
    [2012.4973, 2013.4959]
    """
    moments = _moments(dates)
    year = moments.astype("datetime64[Y]")
    # A missing date has no year; the arithmetic of NaT becomes NaN at the end.
    following = np.asarray(year + np.timedelta64(1, "Y"), dtype="datetime64[Y]")
    first, length = _days(year), _days(following) - _days(year)
    return np.asarray(1970 + _years(year) + (_days(moments) - first) / length)


def growth_rate(
    date1: Dates, population1: ArrayLike, date2: Dates, population2: ArrayLike
) -> Floats:
    """Rate of exponential growth a year between two dates, as a fraction.

    log(population2/population1) over the decimal years between. Raises ValueError for a
    population that is not positive.

    >>> float(growth_rate("2007-05-12", 5744113, "2024-05-02", 6029976).round(6))
    0.002861
    """
    ratio = positive(population2, "population2") / positive(population1, "population1")
    return np.asarray(np.log(ratio) / (decimal_year(date2) - decimal_year(date1)))


def days_in_period(start: Dates, end: Dates) -> Floats:
    """Days from ``start`` to ``end``, both counted; NaN where either is missing.

    Raises ValueError for a period that ends before it starts.

    >>> float(days_in_period("2012-02-01", "2012-02-29"))
    29.0
    """
    days = _days(_moments(end)) - _days(_moments(start)) + 1
    if bool(np.any(days < 1)):
        raise refusal(
            "a period ends {days} days before its start", days=f"{1 - float(np.nanmin(days)):g}"
        )
    return days


@dataclass(frozen=True, slots=True)
class Course:
    """A cumulative quantity at the beginning of each day since ``opening`` (days since 1970).

    ``unknown`` counts the days so far of which nothing is known.
    """

    opening: int
    values: Floats
    unknown: Days

    def between(self, opening: Days, closing: Days) -> Floats:
        """The quantity from each day up to and without another; NaN where a day is unknown."""
        a, b = opening - self.opening, closing - self.opening
        last = len(self.values) - 1
        inside = (a >= 0) & (b <= last) & (b > a)
        a, b = np.clip(a, 0, last), np.clip(b, 0, last)
        known = inside & (self.unknown[b] == self.unknown[a])
        return np.asarray(np.where(known, self.values[b] - self.values[a], np.nan))

    def lacking(self, days: Days) -> Days:
        """Those of some days that are unknown."""
        return days[np.isnan(self.between(days, days + 1))]


def spread(opening: Days, closing: Days, amounts: Floats) -> Course:
    """The course of amounts that are spread evenly over stretches of days; NaN is unknown.

    >>> course = spread(np.array([0, 10]), np.array([10, 20]), np.array([5.0, np.nan]))
    >>> course.between(np.array([2, 2]), np.array([4, 11]))
    array([ 1., nan])
    """
    if not len(opening):
        return Course(0, np.zeros(1), np.zeros(1, dtype=np.int64))
    first, last = int(opening[0]), int(closing[-1])
    known = ~np.isnan(amounts)
    days = np.unique(np.append(opening, closing))
    steps = np.zeros(len(days))
    steps[np.searchsorted(days, opening[known]) + 1] = amounts[known]
    values = np.cumsum(steps)
    # Parts of a whole number add up to it again.
    whole = np.round(values)
    values = np.where(np.abs(values - whole) < 1e-9, whole, values)
    covered = np.zeros(last - first + 1, dtype=np.int64)
    np.add.at(covered, opening[known] - first, 1)
    np.add.at(covered, closing[known] - first, -1)
    unknown = np.append(0, np.cumsum(np.cumsum(covered)[:-1] == 0))
    grid = np.arange(first, last + 1)
    return Course(first, np.interp(grid, days, values), unknown.astype(np.int64))


@dataclass(frozen=True, slots=True)
class PersonTime:
    """Person-days and person-years lived between any two days.

    From estimates for the middle of calendar years. Between two middles the population grows
    evenly, by the same factor a day; before the first and after the last it stays, so that each
    estimate serves its whole year. A day adds the population of its noon over the days of its
    calendar year, times what makes a year with an estimate add up to just that estimate.

    >>> years = pd.DataFrame({"year": [2011, 2012], "population": [365.0, 366.0]})
    >>> time = PersonTime.of_years(years)
    >>> time.person_years(["2011-01", "2012-12", "2011"], ["2011-01", "2012-12", "2012"]).round(1)
    array([ 31.,  31., 731.])
    >>> time.population(["2012"], ["2012"]), time.person_years(["2010-12-31"], ["2011-01-01"])
    (array([366.]), array([nan]))
    """

    days: Course
    years: Course

    @classmethod
    def of_years(cls, estimates: pd.DataFrame) -> "PersonTime":
        """From a table of ``year`` and ``population``, in any order."""
        known = estimates.sort_values("year", kind="stable")
        year, people = (known[name].to_numpy() for name in ("year", "population"))
        if not len(year):
            nothing = spread(np.array([]), np.array([]), np.array([]))
            return cls(nothing, nothing)
        year, people = year.astype(np.int64), people.astype(float)
        starts = _january(np.arange(year[0], year[-1] + 2))
        middles = (_january(year) + _january(year + 1)) / 2
        noons = np.arange(starts[0], starts[-1]) + 0.5
        if len(year) > 1:
            daily = interpolate(middles, people, np.clip(noons, middles[0], middles[-1]))
        else:
            daily = np.full(len(noons), people[0])
        lengths = np.diff(starts)
        none = np.zeros(len(daily) + 1, dtype=np.int64)
        # A whole year has the person-years of its estimate, as published rates take them.
        every = np.arange(year[0], year[-1] + 1)
        means = np.add.reduceat(daily, starts[:-1] - starts[0]) / lengths
        whole = means.copy()
        whole[np.searchsorted(every, year)] = people
        daily = daily * np.repeat(whole / means, lengths)
        lived = daily / np.repeat(lengths, lengths)
        days, years = (np.append(0.0, np.cumsum(values)) for values in (daily, lived))
        first = int(starts[0])
        return cls(Course(first, days, none), Course(first, years, none))

    def person_years(self, starts: Any, ends: Any) -> Floats:
        """Person-years from each start to each end, both counted; NaN without a population."""
        return self.years.between(*numbers(starts, ends))

    def population(self, starts: Any, ends: Any) -> Floats:
        """Mean population of the days from each start to each end."""
        opening, closing = numbers(starts, ends)
        length = np.where(closing > opening, closing - opening, 1)
        return np.asarray(self.days.between(opening, closing) / length)


def numbers(starts: Any, ends: Any) -> tuple[Days, Days]:
    """Each start, and the day after each end, as days since 1970.

    >>> numbers(["1970-01-02"], ["1970-01-31"])
    (array([1]), array([31]))
    """
    closing = np.asarray(day_numbers(ends, "a period's end", end=True) + 1)
    return day_numbers(starts, "a period's start"), closing


def _january(years: Days) -> Days:
    """Days from 1970 to 1 January of each year."""
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def _refuse_points(times: Floats, values: Floats, method: str) -> None:
    if len(times) != len(values):
        raise refusal(
            "{times} known times and {values} values; one each is needed",
            times=len(times),
            values=len(values),
        )
    if len(times) < 2:
        raise refusal("{times} known value; interpolation needs at least two", times=len(times))
    if bool(np.any(np.isnan(times) | np.isnan(values))):
        raise refusal("a known time or value is missing; leave such points out")
    if len(np.unique(times)) < len(times):
        raise refusal("a known time is given twice; each needs one value")
    if bool(np.any(values < 0)):
        raise refusal(
            "a known value is {number}; it must not be negative", number=f"{values.min():g}"
        )
    if method == "exponential" and bool(np.any(values == 0)):
        raise refusal("a known value is 0, which exponential growth cannot reach; use linear")


def _moments(dates: Dates) -> NDArray[np.datetime64]:
    given: NDArray[Any] = np.asarray(dates)
    # Bare numbers would be read as nanoseconds since 1970.
    if given.dtype.kind in "iufb" and not np.all(np.isnan(given.astype(float))):
        raise refusal("dates such as 2012-03-09 are needed, not {given}", given=given.flat[0])
    try:
        found = pd.to_datetime(pd.Index(given.ravel()))
    except (TypeError, ValueError) as error:
        raise refusal("not a date such as 2012-03-09: {error}", error=error) from None
    return found.to_numpy().astype("datetime64[s]").reshape(given.shape)


def _days(moments: NDArray[np.datetime64]) -> Floats:
    """Days since 1970 with their fraction; NaN for a missing moment."""
    seconds = moments.astype("datetime64[s]")
    return np.where(np.isnat(seconds), np.nan, seconds.astype("int64") / 86400)


def _day_numbers(dates: Dates) -> Floats:
    return _days(_moments(dates))


def _years(years: NDArray[np.datetime64]) -> Floats:
    return np.where(np.isnat(years), np.nan, years.astype("int64").astype(float))
