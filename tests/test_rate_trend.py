"""Joinpoints of annual rates in the tables of a report."""

import numpy as np
import pandas as pd
import pytest
from monthly import years

from homicide_trends.methods.rate_trend import trend_of_rates

# 10 percent more a year from 2000 to 2006, then 5 percent less.
RATES = [50 * 1.1**year for year in range(7)]
RATES += [RATES[-1] * 0.95**year for year in range(1, 6)]


def test_exact_bend_is_found() -> None:
    found = trend_of_rates(
        years(RATES, "2000-01-01"), about=("2005-06-01", "2007-01-31"), permutations=99, seed=1
    )
    assert found.joinpoints == (2006,)
    assert found.segments["years"].tolist() == ["2000\u20132006", "2006\u20132011"]
    assert found.segments["apc"].to_numpy() == pytest.approx([10, -5])
    assert found.segments["start"].iloc[1] == pd.Timestamp("2006-01-01")
    assert found.segments["end"].iloc[1] == pd.Timestamp("2011-12-31")
    assert found.series["is_joinpoint"].sum() == 1
    # Six years of the one and five of the other; one year of each from 2005 to 2007.
    whole = 100 * np.expm1((6 * np.log(1.1) + 5 * np.log(0.95)) / 11)
    about = 100 * (np.sqrt(1.1 * 0.95) - 1)
    assert found.averages["aapc"].to_numpy() == pytest.approx([whole, about])
    assert found.averages["years"].tolist() == ["2000\u20132011", "2005\u20132007"]


def test_years_without_a_rate_are_left_out() -> None:
    table = years(RATES, "2000-01-01")
    table.loc[2, "rate"] = float("nan")
    found = trend_of_rates(table, about=("2003-01-01", "2004-12-31"), permutations=99, seed=1)
    assert found.series["year"].tolist() == [2000, 2001, *range(2003, 2012)]


def test_range_outside_the_series_has_no_average_of_its_own() -> None:
    found = trend_of_rates(
        years(RATES, "2000-01-01"), about=("2015-01-01", "2016-12-31"), permutations=99, seed=1
    )
    assert found.averages["years"].tolist() == ["2000\u20132011"]


def test_every_year_keeps_its_own_source() -> None:
    table = years(RATES, "2000-01-01")
    table.loc[3, "sources"] = "b"
    found = trend_of_rates(table, about=("2003-01-01", "2004-12-31"), permutations=99, seed=1)
    assert found.series["sources"].tolist() == ["a"] * 3 + ["b"] + ["a"] * 8
    assert set(found.segments["sources"]) == {"a;b"}


def test_weights_are_those_of_poisson_counts() -> None:
    # A rate of 4 deaths has a standard error of half of itself.
    found = trend_of_rates(
        years(RATES, "2000-01-01", deaths=4), about=("2000-01-01", "2001-12-31"), permutations=99,
        seed=1,
    )  # fmt: skip
    assert found.result is not None
    se = found.result.series["se"] / found.result.series["rate"]
    assert se.to_numpy() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("rates", "words"),
    [([50, 40], "2 years are too few"), ([50, 0, 40, 30, 20], "'rate' is 0 in row 1 (year 2001)"),
     ([], "0 years are too few")],
)  # fmt: skip
def test_what_cannot_be_fitted_has_a_reason(rates: list[float], words: str) -> None:
    table = years(rates, "2000-01-01")
    found = trend_of_rates(table, about=("2000-01-01", "2001-12-31"), permutations=99, seed=1)
    assert words in found.reason
    assert found.result is None
    assert found.joinpoints == ()
    assert {"years", "apc"} <= set(found.segments)
    assert {"years", "aapc"} <= set(found.averages)
