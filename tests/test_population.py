"""Population between known dates, and person-years."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.series.population import (
    PersonTime,
    days_in_period,
    decimal_year,
    growth_rate,
    interpolate,
    interpolate_population,
)

CENSUS = ["2007-05-12", "2024-05-02"]
PERSONS = [5_744_113, 6_029_976]


def test_published() -> None:
    # R 4.2.2, formulas of the Census Bureau's ADJINT as in DemoTools, 1 July 2012.
    exponential = interpolate_population(CENSUS, PERSONS, "2012-07-01")
    assert float(exponential) == pytest.approx(5829195.1123, abs=1e-4)
    linear = interpolate_population(CENSUS, PERSONS, "2012-07-01", method="linear")
    assert float(linear) == pytest.approx(5830655.7179, abs=1e-4)
    by_year = interpolate_population(CENSUS, PERSONS, "2012-07-01", by="decimal_year")
    assert float(by_year) == pytest.approx(5829186.6411, abs=1e-4)
    rate = growth_rate(CENSUS[0], PERSONS[0], CENSUS[1], PERSONS[1])
    assert float(rate) == pytest.approx(0.00286121705402416)


def test_decimal_year_of_a_leap_year() -> None:
    # 1 July is day 182 of 366 in 2012, and day 181 of 365 in 2013.
    assert decimal_year(["2012-07-01", "2013-07-01"]) == pytest.approx(
        [2012 + 182 / 366, 2013 + 181 / 365], abs=1e-9
    )
    assert np.isnan(decimal_year([pd.NaT, "2012-01-01"])).tolist() == [True, False]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 10**7), min_size=2, max_size=8),
    st.sampled_from(["linear", "exponential"]),
    st.sampled_from(["days", "decimal_year"]),
    st.randoms(),
)
def test_hits_the_known_points_in_any_order(
    persons: list[int], method: str, by: str, order: Any
) -> None:
    known = [(f"{2000 + n}-07-01", value) for n, value in enumerate(persons)]
    order.shuffle(known)
    dates, values = zip(*known, strict=True)
    found = interpolate_population(dates, values, dates, method=method, by=by)
    assert found == pytest.approx(np.array(values, float))


def test_outside_the_known_dates_only_when_asked() -> None:
    outside = ["2006-01-01", "2012-07-01", "2025-01-01"]
    assert np.isnan(interpolate_population(CENSUS, PERSONS, outside)).tolist() == [
        True,
        False,
        True,
    ]
    # DemoTools, its own test: 1 in 2000.5 and 2 in 2010.5 is 2.5 in 2015.5.
    found = interpolate([2000.5, 2010.5], [1, 2], 2015.5, method="linear", extrapolate=True)
    assert float(found) == 2.5
    # Exponential: the factor of ten years, 2, goes on; ten years before the first it is 1/2.
    found = interpolate([2000, 2010, 2020], [1, 2, 4], [1990, 2030], extrapolate=True)
    assert found.tolist() == pytest.approx([0.5, 8])


def test_person_time_of_a_growing_population() -> None:
    years = pd.DataFrame({"year": [2012, 2010, 2011], "population": [121.0, 100.0, 110.0]})
    time = PersonTime.of_years(years)
    # A whole year has the person-years of its estimate, as published rates take it.
    assert time.person_years(["2010", "2011", "2012"], ["2010", "2011", "2012"]) == pytest.approx(
        [100, 110, 121]
    )
    # Growth of 10 % a year, k = ln 1.1: within 2011 the second half has exp(k/2) of the first.
    halves = time.person_years(["2011-01", "2011-07-02"], ["2011-07-01", "2011-12"])
    k = math.log(1.1)
    assert halves[1] / halves[0] == pytest.approx(math.exp(k / 2) * 183 / 182, rel=2e-3)
    # In 2012 it grows to the middle and stays: the halves are as (1 - exp(-k/2)) / (k/2) to 1.
    first, second = (1 - math.exp(-k / 2)) / (k / 2), 1.0
    assert time.person_years("2012-07-02", "2012-12-31") == pytest.approx(
        121 * second / (first + second), rel=1e-4
    )
    assert time.person_years("2012", "2012-07-01") == pytest.approx(
        121 * first / (first + second), rel=1e-4
    )
    assert np.isnan(time.person_years(["2009-12-31", "2012"], ["2010-01-01", "2013-01-01"])).all()


def test_one_estimate_serves_its_year_and_a_year_between_estimates_has_a_population() -> None:
    one = PersonTime.of_years(pd.DataFrame({"year": [2011], "population": [365.0]}))
    assert one.person_years("2011-03-01", "2011-03-31") == pytest.approx(31)
    # 100 grows to 121 in two years: 110 in the middle of the year between.
    gap = PersonTime.of_years(pd.DataFrame({"year": [2010, 2012], "population": [100.0, 121.0]}))
    assert gap.person_years("2011", "2011") == pytest.approx(110, rel=1e-3)
    none = PersonTime.of_years(pd.DataFrame({"year": [], "population": []}))
    assert np.isnan(none.person_years("2011", "2011"))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(10**3, 10**7), min_size=1, max_size=6),
    st.lists(st.integers(0, 364), min_size=3, max_size=3),
)
def test_person_years_add_up(people: list[int], days: list[int]) -> None:
    years = pd.DataFrame({"year": range(2000, 2000 + len(people)), "population": people})
    time, first = PersonTime.of_years(years), pd.Timestamp("2000-01-01")
    a, b, c = sorted(days)
    at = [first + pd.Timedelta(days=n) for n in (a, b, b + 1, c + 1)]
    parts = time.person_years([at[0], at[2]], [at[1], at[3]])
    assert parts.sum() == pytest.approx(float(time.person_years(at[0], at[3])))


@pytest.mark.parametrize(
    ("known", "values", "options", "message"),
    [
        (CENSUS, [0, 1], {}, "0, which exponential growth cannot reach; use linear"),
        (CENSUS, [-1, 1], {"method": "linear"}, "value is -1"),
        (CENSUS, [1, math.nan], {}, "missing; leave such points out"),
        (CENSUS[:1], [1], {}, "1 known value; interpolation needs at least two"),
        (CENSUS, [1, 2, 3], {}, "2 known times and 3 values"),
        ([CENSUS[0]] * 2, [1, 2], {}, "given twice"),
        (CENSUS, PERSONS, {"method": "cubic"}, "unknown method 'cubic'"),
        (CENSUS, PERSONS, {"by": "hours"}, "unknown by 'hours'"),
        ([2007, 2024], PERSONS, {}, "dates such as 2012-03-09 are needed, not 2007"),
        (["2007-05-12", "soon"], PERSONS, {}, "not a date such as 2012-03-09"),
    ],
)
def test_refuses(known: Any, values: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        interpolate_population(known, values, "2012-07-01", **options)


def test_zero_is_interpolated_linearly() -> None:
    assert interpolate([0, 1], [0, 10], 0.5, method="linear") == 5


def test_days_of_a_period() -> None:
    assert days_in_period(["2012-02-01"], ["2012-02-29"]).tolist() == [29]
    with pytest.raises(ValueError, match="ends 30 days before its start"):
        days_in_period("2012-01-31", "2012-01-01")
