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
    days_in_period,
    decimal_year,
    growth_rate,
    interpolate,
    interpolate_population,
    mid_period,
    mid_year,
    period_population,
    person_years,
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
    known = list(zip(mid_year(range(2000, 2000 + len(persons))), persons, strict=True))
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


def test_middles() -> None:
    assert mid_year([2011]).astype(str).tolist() == ["2011-07-01T00:00:00"]
    # March has 31 days: its middle is 15.5 days after its beginning.
    assert mid_period("2012-03-01", "2012-03-31").astype(str) == "2012-03-16T12:00:00"
    # A whole leap year is longest to the beginning of 2 July: 183 of 366 days.
    assert mid_period("2012-01-01", "2012-12-31").astype(str) == "2012-07-02T00:00:00"


def test_period_population_is_that_of_its_middle() -> None:
    # From 1 July 2011 to 1 July 2012 there are 366 days; 1 October to 31 December has its
    # middle 138 of them later.
    found = period_population([2011, 2012], [100, 110], ["2011-10-01"], ["2011-12-31"])
    assert found == pytest.approx([100 * 1.1 ** (138 / 366)])


def test_person_years_of_january() -> None:
    # 6.1 million x 31 / 365.25.
    table = pd.DataFrame({"start": ["2012-01-01"] * 2, "end": ["2012-01-31"] * 2})
    found = person_years([6_100_000, np.nan], table["start"], table["end"])
    assert found[0] == pytest.approx(517727.58384668)
    assert np.isnan(found[1])
    year = person_years(1000, "2011-01-01", "2011-12-31", year_length=365)
    assert float(year) == 1000
    assert days_in_period(table["start"], table["end"]).tolist() == [31, 31]


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


def test_refuses_a_reversed_period() -> None:
    with pytest.raises(ValueError, match="ends 30 days before its start"):
        person_years(1, "2012-01-31", "2012-01-01")
