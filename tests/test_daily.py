"""Deaths between any two days, from counts of months and of other exact dates."""

import math

import numpy as np
import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends.series.daily import daily_curve, split_at


def test_days_inside_a_month_are_shared_out_and_marked():
    months = pd.DataFrame(
        {"start": pd.to_datetime(["2012-04-01"]), "end": pd.to_datetime(["2012-04-30"]),
         "deaths": [150.0]}
    )  # fmt: skip
    deaths, shared = daily_curve(months).deaths(["2012-04-11"], ["2012-04-20"])
    assert deaths[0] == pytest.approx(50)
    assert shared[0]


def test_a_missing_month_gives_no_number():
    months = pd.DataFrame(
        {"start": pd.to_datetime(["2012-04-01", "2012-05-01"]),
         "end": pd.to_datetime(["2012-04-30", "2012-05-31"]), "deaths": [150.0, math.nan]}
    )  # fmt: skip
    deaths, _ = daily_curve(months).deaths(
        ["2012-04-01", "2012-05-10", "2012-03-01"], ["2012-04-30", "2012-05-11", "2012-04-30"]
    )
    assert deaths[0] == 150
    assert np.isnan(deaths[1:]).all()


def test_a_reported_count_of_another_agency_or_beyond_the_month_is_not_used():
    months = pd.DataFrame(
        {"start": pd.to_datetime(["2012-04-01"]), "end": pd.to_datetime(["2012-04-30"]),
         "deaths": [150.0], "agency": ["PNC"]}
    )  # fmt: skip
    ledger = pd.DataFrame(
        {"start": pd.to_datetime(["2012-04-01"] * 2),
         "end": pd.to_datetime(["2012-04-10", "2012-04-20"]), "count": [20, 900],
         "agency": ["IML", "PNC"], "status": ["final", "final"]}
    )  # fmt: skip
    curve = daily_curve(months, ledger)
    assert curve.deaths(["2012-04-01"], ["2012-04-10"])[0][0] == pytest.approx(50)
    assert curve.deaths(["2012-04-01"], ["2012-04-20"])[0][0] == pytest.approx(100)


def test_a_period_is_split_where_a_count_reaches_and_nowhere_else():
    """El Salvador, March 2012: 255 deaths, of which 926 - 411 - 402 = 113 to the 8th."""
    months = ht.monthly_series("SLV", start="2012-01-01", end="2012-04-30")
    dates = [pd.Timestamp("2012-03-09"), pd.Timestamp("2012-04-11")]
    finer = split_at(months, ht.load_counts("SLV"), dates)
    assert finer["deaths"].tolist() == [411, 402, 113, 142, 156]
    assert finer["days"].tolist() == [31, 29, 8, 23, 30]
    assert finer["person_years"].sum() == pytest.approx(months["person_years"].sum())
    assert finer["status"].tolist()[2:4] == ["derived", "derived"]
    assert "faro8097" in finer["sources"].iloc[2]


def test_a_series_that_nothing_cuts_stays_as_it_is():
    months = ht.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    same = split_at(months, ht.load_counts("SLV"), [pd.Timestamp("2012-03-01")])
    pd.testing.assert_frame_equal(same, months)
