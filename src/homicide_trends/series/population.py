"""Populations between known dates, and person-years: arrays in, arrays out."""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..arguments import choice, floats, positive
from ..language import _

Floats = NDArray[np.float64]
Dates: TypeAlias = "ArrayLike | pd.Series | pd.DatetimeIndex"

METHODS = ("exponential", "linear")
SCALES = ("days", "decimal_year")
YEAR_LENGTH = 365.25


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

    For the population of a period ask for its middle (``mid_period``), not its first day. A
    projection for a year refers to its middle (``mid_year``), a census to its own day.
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


def mid_year(years: ArrayLike) -> NDArray[np.datetime64]:
    """1 July of each year, the day to which a yearly population figure refers.

    >>> mid_year([2011, 2012]).astype("datetime64[D]").astype(str).tolist()
    ['2011-07-01', '2012-07-01']
    """
    whole = np.asarray(years, dtype=int)
    january = (whole - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    return np.asarray(january + np.timedelta64(6, "M")).astype("datetime64[s]")


def mid_period(start: Dates, end: Dates) -> NDArray[np.datetime64]:
    """The moment in the middle of each period, from the start of ``start`` to the end of ``end``.

    >>> mid_period(["2012-02-01"], ["2012-02-29"]).astype(str).tolist()
    ['2012-02-15T12:00:00']
    """
    first, last = _moments(start), _moments(end)
    return np.asarray(first + (last - first + np.timedelta64(1, "D")) // 2)


def period_population(
    years: ArrayLike,
    populations: ArrayLike,
    start: Dates,
    end: Dates,
    *,
    method: str = "exponential",
    extrapolate: bool = False,
) -> Floats:
    """Population at the middle of periods, from yearly figures that refer to 1 July.

    ``start`` and ``end`` are inclusive. NaN outside the known years unless ``extrapolate=True``.
    Raises ValueError as ``interpolate``.

    >>> period_population([2011, 2012], [6090127, 6113975], ["2011-10-01"], ["2011-12-31"]).round()
    array([6099108.])
    """
    return interpolate_population(
        mid_year(years), populations, mid_period(start, end), method=method, extrapolate=extrapolate
    )


def person_years(
    population: ArrayLike, start: Dates, end: Dates, *, year_length: float = YEAR_LENGTH
) -> Floats:
    """Person-years lived in periods: population times days (both ends counted) over 365.25.

    ``population`` is persons at the middle of the period; missing stays missing. Raises
    ValueError for a negative population, a period that ends before it starts or a
    ``year_length`` that is not positive.

    >>> float(person_years(6100000, "2012-01-01", "2012-01-31").round(1))
    517727.6
    """
    persons = floats(population, "population")
    if bool(np.any(persons < 0)):
        raise ValueError(
            _(
                "population is {number}; it must be 0 or more",
                number=f"{persons[persons < 0].flat[0]:g}",
            )
        )
    length = positive(year_length, "year_length")
    return np.asarray(persons * days_in_period(start, end) / length)


def days_in_period(start: Dates, end: Dates) -> Floats:
    """Days from ``start`` to ``end``, both counted; NaN where either is missing.

    Raises ValueError for a period that ends before it starts.

    >>> float(days_in_period("2012-02-01", "2012-02-29"))
    29.0
    """
    days = _days(_moments(end)) - _days(_moments(start)) + 1
    if bool(np.any(days < 1)):
        raise ValueError(
            _("a period ends {days} days before its start", days=f"{1 - float(np.nanmin(days)):g}")
        )
    return days


def _refuse_points(times: Floats, values: Floats, method: str) -> None:
    if len(times) != len(values):
        raise ValueError(
            _(
                "{times} known times and {values} values; one each is needed",
                times=len(times),
                values=len(values),
            )
        )
    if len(times) < 2:
        raise ValueError(
            _("{times} known value; interpolation needs at least two", times=len(times))
        )
    if bool(np.any(np.isnan(times) | np.isnan(values))):
        raise ValueError(_("a known time or value is missing; leave such points out"))
    if len(np.unique(times)) < len(times):
        raise ValueError(_("a known time is given twice; each needs one value"))
    if bool(np.any(values < 0)):
        raise ValueError(
            _("a known value is {number}; it must not be negative", number=f"{values.min():g}")
        )
    if method == "exponential" and bool(np.any(values == 0)):
        raise ValueError(_("a known value is 0, which exponential growth cannot reach; use linear"))


def _moments(dates: Dates) -> NDArray[np.datetime64]:
    given: NDArray[Any] = np.asarray(dates)
    # Bare numbers would be read as nanoseconds since 1970.
    if given.dtype.kind in "iufb" and not np.all(np.isnan(given.astype(float))):
        raise ValueError(_("dates such as 2012-03-09 are needed, not {given}", given=given.flat[0]))
    try:
        found = pd.to_datetime(pd.Index(given.ravel()))
    except (TypeError, ValueError) as error:
        raise ValueError(_("not a date such as 2012-03-09: {error}", error=error)) from None
    return found.to_numpy().astype("datetime64[s]").reshape(given.shape)


def _days(moments: NDArray[np.datetime64]) -> Floats:
    """Days since 1970 with their fraction; NaN for a missing moment."""
    seconds = moments.astype("datetime64[s]")
    return np.where(np.isnat(seconds), np.nan, seconds.astype("int64") / 86400)


def _day_numbers(dates: Dates) -> Floats:
    return _days(_moments(dates))


def _years(years: NDArray[np.datetime64]) -> Floats:
    return np.where(np.isnat(years), np.nan, years.astype("int64").astype(float))
