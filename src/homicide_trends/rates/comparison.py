"""Rates, ratios and differences of a table's counts: the table comes back with columns appended.

A quantity ``q`` arrives as ``q, q_lower, q_upper, q_method, q_conf``. No row is ever dropped: a
row whose deaths or exposure are missing has missing results. A table that already has a column of
the name is refused; ``name=`` gives another.

The limits are those of the underlying rate. From two totals alone they are those of Poisson counts,
which take deaths as independent; homicides of successive months vary more than that and come in
spells, so read them as the narrowest limits. Given the series that the totals were taken from, a
ratio and a percent change have limits that carry both.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import counts, floats, need_columns, positive, with_columns, with_quantity
from ..language import N_, _, refusal
from ..series.periods import Series
from ..series.population import days_in_period, decimal_year
from .intervals import Limits, difference_limits, poisson_limits, poisson_method_used, ratio_limits
from .period_limits import ALL, NOTHING, limits_of_pairs

Floats = NDArray[np.float64]

FROM_PERIODS = N_("scatter and spells of the periods")
FROM_ALL = N_("scatter and spells of all periods on file")
TOO_FEW = N_("independent deaths: too few periods to tell their scatter")

PER = 100_000
YEAR_LENGTH = 365.25


def crude_rate(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    person_years: str = "person_years",
    per: float = PER,
    conf: float = 0.95,
    method: str = "exact",
    name: str = "rate",
) -> pd.DataFrame:
    """Append deaths per 100,000 person-years with confidence limits.

    ``deaths`` and ``person_years`` name the columns; ``method`` is one of
    ``intervals.poisson_limits``, and the ``_method`` column says which was used in each row.

    Appends ``rate, rate_lower, rate_upper, rate_method, rate_conf``. Raises ValueError for an
    absent column, negative deaths, person-years that are not positive, or a wrong choice.

    >>> table = pd.DataFrame({"deaths": [4371], "person_years": [6090127]})
    >>> crude_rate(table).round(1)[["rate", "rate_lower", "rate_upper"]].to_numpy().tolist()
    [[71.8, 69.7, 73.9]]
    """
    x, t = _exposed(table, deaths, person_years)
    return with_quantity(table, name, *_rate(x, t, per, conf, method), conf)


def daily_mean(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    days: str = "days",
    conf: float = 0.95,
    method: str = "exact",
    name: str = "per_day",
) -> pd.DataFrame:
    """Append deaths a day with confidence limits.

    Appends ``per_day, per_day_lower, per_day_upper, per_day_method, per_day_conf``. Choices and
    errors as in ``crude_rate``.

    >>> daily_mean(pd.DataFrame({"deaths": [255], "days": [31]})).round(2)["per_day"].tolist()
    [8.23]
    """
    x, t = _exposed(table, deaths, days)
    return with_quantity(table, name, *_rate(x, t, 1.0, conf, method), conf)


def annualise(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    population: str = "population",
    start: str = "start",
    end: str = "end",
    per: float = PER,
    year_length: float = YEAR_LENGTH,
    calendar_year: bool = False,
    conf: float = 0.95,
    method: str = "exact",
    name: str = "annual_rate",
) -> pd.DataFrame:
    """Append the rate a year from counts of periods of any length.

    rate = per x deaths / (population x days / year_length), the days from ``start`` to ``end``
    both counted. Over a calendar year that is 365/365.25 of a year; ``calendar_year=True``
    measures each period in calendar years of their own lengths instead, so that a whole one is 1.

    Appends ``annual_rate`` with its limits, and ``annual_rate_days`` and
    ``annual_rate_person_years``. Raises ValueError as ``crude_rate``, for a period that ends
    before it starts, and for ``year_length`` together with ``calendar_year``.

    >>> january = pd.DataFrame({"start": ["2012-01-01"], "end": ["2012-01-31"],
    ...     "deaths": [411], "population": [6100000]})
    >>> annualise(january)["annual_rate"].round(2).tolist()
    [79.39]
    """
    need_columns(table, start, end)
    x, persons = _exposed(table, deaths, population)
    length = days_in_period(table[start], table[end])
    if calendar_year:
        if year_length != YEAR_LENGTH:
            raise refusal(
                "year_length is {year_length} and calendar_year is True; give one",
                year_length=f"{year_length:g}",
            )
        after = pd.to_datetime(table[end]) + pd.Timedelta(days=1)
        years = decimal_year(after) - decimal_year(table[start])
    else:
        years = length / positive(year_length, "year_length")
    lived = np.asarray(persons * years)
    found = with_quantity(table, name, *_rate(x, lived, per, conf, method), conf)
    return with_columns(found, {f"{name}_days": length, f"{name}_person_years": lived})


def rate_ratio(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    person_years: str = "person_years",
    baseline_deaths: str = "baseline_deaths",
    baseline_person_years: str = "baseline_person_years",
    series: Series | None = None,
    conf: float = 0.95,
    method: str = "exact",
    name: str = "rate_ratio",
) -> pd.DataFrame:
    """Append the ratio of each row's rate to its baseline's, with confidence limits.

    ``series`` is the series table that the rows of ``windows.compare`` were taken from: its periods
    tell how far they scatter and how much neighbouring ones resemble each other
    (``rates.limits``), and the limits carry both. Without it, or where its periods are too few,
    ``method`` makes them: ``exact``, ``mid-p`` or ``log-normal`` (``intervals.ratio_limits``), all
    of which take deaths as independent. The ``_method`` column says which it was. With no deaths
    in the baseline the ratio is infinite, with none in either it is missing.

    Appends ``rate_ratio, rate_ratio_lower, rate_ratio_upper, rate_ratio_method,
    rate_ratio_conf``. Raises ValueError as ``crude_rate``.

    >>> row = pd.DataFrame({"deaths": [255], "person_years": [31],
    ...     "baseline_deaths": [377], "baseline_person_years": [31]})
    >>> rate_ratio(row, method="log-normal").round(3).iloc[0, 4:7].tolist()
    [0.676, 0.577, 0.793]
    """
    parts = _two(table, deaths, person_years, baseline_deaths, baseline_person_years)
    ratio = _ratio(*parts)
    limits, how = _ratio_limits(table, parts, ratio, series, person_years, conf, method)
    return with_quantity(table, name, ratio, limits, how, conf)


def percent_change(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    person_years: str = "person_years",
    baseline_deaths: str = "baseline_deaths",
    baseline_person_years: str = "baseline_person_years",
    minimum_baseline: float = 5,
    series: Series | None = None,
    conf: float = 0.95,
    method: str = "exact",
    name: str = "percent_change",
) -> pd.DataFrame:
    """Append the change of each row's rate since its baseline, 100 x (rate ratio - 1), in percent.

    The limits are those of the ratio, not a margin added to the percentage. A baseline of fewer
    than ``minimum_baseline`` deaths has no percent change, nor has one without person-years: the
    result is missing and the ``_method`` column says why.

    Appends ``percent_change, percent_change_lower, percent_change_upper, percent_change_method,
    percent_change_conf``. Choices and errors as in ``rate_ratio``.

    >>> row = pd.DataFrame({"deaths": [255], "person_years": [31],
    ...     "baseline_deaths": [377], "baseline_person_years": [31]})
    >>> percent_change(row, method="log-normal").round(1).iloc[0, 4:7].tolist()
    [-32.4, -42.3, -20.7]
    """
    parts = _two(table, deaths, person_years, baseline_deaths, baseline_person_years)
    few = parts[2] < minimum_baseline
    ratio = _ratio(*parts)
    limits, how = _ratio_limits(table, parts, ratio, series, person_years, conf, method)
    change, lower, upper = (np.where(few, np.nan, 100 * (value - 1)) for value in (ratio, *limits))
    too_few = _("fewer than {deaths} deaths in the baseline", deaths=f"{minimum_baseline:g}")
    reasons = {
        _("person-years are missing"): np.isnan(parts[1]) | np.isnan(parts[3]),
        _("no deaths in the baseline, and nothing is a percentage of zero"): parts[2] == 0,
        too_few: few,
    }
    refused = [f"refused: {reason}" for reason in reasons]
    why = np.select(list(reasons.values()), refused, default=how)
    return with_quantity(table, name, change, Limits(lower, upper), why, conf)


def rate_difference(
    table: pd.DataFrame,
    *,
    deaths: str = "deaths",
    person_years: str = "person_years",
    baseline_deaths: str = "baseline_deaths",
    baseline_person_years: str = "baseline_person_years",
    per: float = PER,
    conf: float = 0.95,
    method: str = "wald",
    name: str = "rate_difference",
) -> pd.DataFrame:
    """Append each row's rate minus its baseline's, per 100,000 person-years, with limits.

    ``method`` is ``wald`` or ``mover`` (``intervals.difference_limits``).

    Appends ``rate_difference, rate_difference_lower, rate_difference_upper,
    rate_difference_method, rate_difference_conf``. Raises ValueError as ``crude_rate``.

    >>> row = pd.DataFrame({"deaths": [41], "person_years": [28010],
    ...     "baseline_deaths": [15], "baseline_person_years": [19017]})
    >>> rate_difference(row).round(1).iloc[0, 4:7].tolist()
    [67.5, 7.5, 127.5]
    """
    parts = _two(table, deaths, person_years, baseline_deaths, baseline_person_years)
    limits = difference_limits(*parts, conf=conf, method=method)
    difference = parts[0] / parts[1] - parts[2] / parts[3]
    scaled = Limits(per * limits.lower, per * limits.upper)
    return with_quantity(table, name, per * difference, scaled, method, conf)


def _rate(x: Floats, t: Floats, per: float, conf: float, method: str) -> tuple[Floats, Limits, Any]:
    limits = poisson_limits(x, conf=conf, method=method)
    scaled = Limits(per * limits.lower / t, per * limits.upper / t)
    return np.asarray(per * x / t), scaled, poisson_method_used(x, method=method)


def _ratio_limits(
    table: pd.DataFrame,
    parts: tuple[Floats, Floats, Floats, Floats],
    ratio: Floats,
    series: Series | None,
    exposure: str,
    conf: float,
    method: str,
) -> tuple[Limits, Any]:
    """Limits of a ratio, by the series where it tells enough, and how each row's were made."""
    limits = ratio_limits(*parts, conf=conf, method=method)
    if series is None:
        return limits, method
    found = limits_of_pairs(table, series, exposure=exposure, conf=conf)
    factor, none = (floats(found[name], name) for name in ("ratio_factor", "ratio_none"))
    told, known = found["told_by"].to_numpy(), ~np.isnan(np.where(np.isnan(none), factor, none))
    lower = np.where(np.isnan(none), ratio / factor, 0.0)
    upper = np.where(np.isnan(none), ratio * factor, none)
    how = np.where(told == ALL, FROM_ALL, FROM_PERIODS)
    return (
        Limits(np.where(known, lower, limits.lower), np.where(known, upper, limits.upper)),
        np.where(known & (told != NOTHING), how, TOO_FEW),
    )


def _ratio(x: Floats, t: Floats, baseline_x: Floats, baseline_t: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((x / t) / (baseline_x / baseline_t))


def _exposed(table: pd.DataFrame, deaths: str, exposure: str) -> tuple[Floats, Floats]:
    return _read(table, deaths, counts), _read(table, exposure, positive)


def _two(
    table: pd.DataFrame, deaths: str, exposure: str, baseline_deaths: str, baseline_exposure: str
) -> tuple[Floats, Floats, Floats, Floats]:
    return (
        *_exposed(table, deaths, exposure),
        *_exposed(table, baseline_deaths, baseline_exposure),
    )


def _read(table: pd.DataFrame, column: str, check: Callable[[Any, str], Floats]) -> Floats:
    need_columns(table, column)
    return check(table[column], column)
