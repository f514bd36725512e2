"""Rates, ratios and differences appended to a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends import rates
from homicide_trends.rates.limits import step_limits
from homicide_trends.series import periods as windows

PAIR = {"deaths": 255, "person_years": 31, "baseline_deaths": 377, "baseline_person_years": 31}


def pair(**changed: Any) -> pd.DataFrame:
    return pd.DataFrame([PAIR | changed])


def values(table: pd.DataFrame, name: str) -> list[float]:
    return table.loc[0, [name, f"{name}_lower", f"{name}_upper"]].astype(float).tolist()


class TestCrudeRate:
    def test_published(self) -> None:
        # PHEindicatormethods, its own test data: areas 1, 5 and 7, rates per 100,000.
        table = pd.DataFrame({"deaths": [1, 5, 222], "person_years": [100, 100, 3215]})
        found = rates.crude_rate(table, method="phe")
        assert found["rate"].tolist() == pytest.approx([1000, 5000, 6905.132192846])
        assert found["rate_lower"].tolist() == pytest.approx([25.317808, 1623.48639, 6026.57488])
        assert found["rate_upper"].tolist() == pytest.approx([5571.64339, 11668.33208, 7875.72937])
        assert found["rate_method"].tolist() == ["exact", "exact", "byar"]
        assert found["rate_conf"].tolist() == [0.95] * 3

    def test_no_row_is_dropped_and_missing_stays_missing(self) -> None:
        table = pd.DataFrame(
            {
                "place": list("abcd"),
                "deaths": [0, np.nan, 3, 4],
                "person_years": [1e5, 1, np.nan, 8e5],
            }
        )
        found = rates.crude_rate(table)
        assert list(found["place"]) == list("abcd")
        assert found["rate"].tolist() == pytest.approx([0, np.nan, np.nan, 0.5], nan_ok=True)
        for name in ("rate_lower", "rate_upper"):
            assert found[name].isna().tolist() == [False, True, True, False]
        # No deaths: -log(0.025) per 100,000.
        assert values(found, "rate") == pytest.approx([0, 0, 3.688879454])

    def test_columns_are_the_callers(self) -> None:
        table = pd.DataFrame({"muertes": [10], "personas": [1e5]}, index=[7])
        found = rates.crude_rate(table, deaths="muertes", person_years="personas", name="tasa")
        assert list(found)[2:] == ["tasa", "tasa_lower", "tasa_upper", "tasa_method", "tasa_conf"]
        assert found.index.tolist() == [7]
        assert list(table) == ["muertes", "personas"]

    def test_nullable_and_empty_columns(self) -> None:
        table = pd.DataFrame({"deaths": pd.array([10, None], dtype="Int64"), "person_years": 1e5})
        assert rates.crude_rate(table)["rate"].isna().tolist() == [False, True]
        assert len(rates.crude_rate(table.head(0))) == 0

    @pytest.mark.parametrize(
        ("change", "options", "message"),
        [
            ({}, {"deaths": "death"}, "no column 'death'; did you mean 'deaths'"),
            ({"deaths": -1}, {}, "deaths is -1; a count must be 0 or more"),
            ({"deaths": "many"}, {}, "deaths must be numbers"),
            ({"person_years": 0}, {}, "person_years is 0; it must be above 0"),
            ({"rate": 1}, {}, "already has a column 'rate'; give another name="),
            ({}, {"method": "wald"}, "unknown method 'wald'"),
            ({}, {"conf": 1.0}, "conf is 1.0"),
        ],
    )
    def test_refuses(self, change: dict[str, Any], options: dict[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            rates.crude_rate(pair(**change), **options)


def test_daily_mean() -> None:
    # 255 deaths in the 31 days of March 2012; exact limits of 255 are 224.660 and 288.296 (R).
    table = pd.DataFrame({"deaths": [255], "days": [31]})
    found = values(rates.daily_mean(table), "per_day")
    assert found == pytest.approx([255 / 31, 224.659530757 / 31, 288.295571113 / 31])


class TestAnnualise:
    def january(self, **changed: Any) -> pd.DataFrame:
        row = {"start": "2012-01-01", "end": "2012-01-31", "deaths": 411, "population": 6_100_000}
        return pd.DataFrame([row | changed])

    def test_by_hand(self) -> None:
        # 411 x 100,000 / (6,100,000 x 31/365.25) = 79.385378
        found = rates.annualise(self.january())
        assert found.loc[0, "annual_rate"] == pytest.approx(79.38537810682179)
        assert found.loc[0, "annual_rate_days"] == 31
        assert found.loc[0, "annual_rate_person_years"] == pytest.approx(517727.58384668)

    def test_a_calendar_year_is_one_year(self) -> None:
        for year in (2011, 2012):
            table = self.january(start=f"{year}-01-01", end=f"{year}-12-31", population=100_000)
            assert rates.annualise(table, calendar_year=True).loc[0, "annual_rate"] == 411
        days = rates.annualise(table)
        assert days.loc[0, "annual_rate"] == pytest.approx(411 * 365.25 / 366)

    def test_calendar_years_of_a_period_across_a_leap_year(self) -> None:
        # July 2011 to June 2012: 184/365 + 182/366 of a year.
        table = self.january(start="2011-07-01", end="2012-06-30", population=100_000)
        found = rates.annualise(table, calendar_year=True)
        assert found.loc[0, "annual_rate"] == pytest.approx(411 / (184 / 365 + 182 / 366))

    def test_refuses(self) -> None:
        with pytest.raises(ValueError, match="year_length is 365 and calendar_year is True"):
            rates.annualise(self.january(), calendar_year=True, year_length=365)
        with pytest.raises(ValueError, match="before its start"):
            rates.annualise(self.january(end="2011-12-31"))
        with pytest.raises(ValueError, match="no column 'begin'"):
            rates.annualise(self.january(), start="begin")


class TestRatio:
    def test_published(self) -> None:
        # Police counts of March 2012 and 2011 in InSight Crime (June 2012); exact limits R's.
        found = rates.rate_ratio(pair())
        assert values(found, "rate_ratio") == pytest.approx([0.676392573, 0.574728027, 0.795004264])
        change = rates.percent_change(pair())
        assert values(change, "percent_change") == pytest.approx(
            [-32.3607427, -42.5271973, -20.4995736]
        )
        assert change.loc[0, "percent_change_method"] == "exact"

    def test_unequal_exposures_by_hand(self) -> None:
        # (10/200) / (20/100) = 0.25; log-normal half-width 1.959964 sqrt(1/10 + 1/20) = 0.759091.
        table = pair(deaths=10, person_years=200, baseline_deaths=20, baseline_person_years=100)
        found = values(rates.rate_ratio(table, method="log-normal"), "rate_ratio")
        half = 0.7590907
        assert found == pytest.approx([0.25, 0.25 * np.exp(-half), 0.25 * np.exp(half)])

    def test_zeros_and_missing(self) -> None:
        table = pd.concat(
            [pair(deaths=0), pair(baseline_deaths=0), pair(deaths=0, baseline_deaths=0)]
            + [pair(deaths=np.nan), pair(person_years=np.nan)],
            ignore_index=True,
        )
        found = rates.rate_ratio(table)
        expected = [0, np.inf, np.nan, np.nan, np.nan]
        assert found["rate_ratio"].tolist() == pytest.approx(expected, nan_ok=True)
        assert found["rate_ratio_lower"].isna().tolist() == [False, False, True, True, True]
        assert found.loc[0, "rate_ratio_lower"] == 0
        assert found.loc[1, "rate_ratio_upper"] == np.inf

    def test_no_percent_change_from_nearly_nothing(self) -> None:
        found = rates.percent_change(pair(baseline_deaths=4))
        assert np.isnan(values(found, "percent_change")).all()
        assert found.loc[0, "percent_change_method"] == (
            "refused: fewer than 5 deaths in the baseline"
        )
        kept = rates.percent_change(pair(baseline_deaths=4), minimum_baseline=0)
        assert kept.loc[0, "percent_change"] == pytest.approx(100 * (255 / 4 - 1))

    @settings(max_examples=40, deadline=None)
    @given(st.integers(1, 5000), st.integers(5, 5000), st.floats(0.01, 1e7), st.floats(0.01, 1e7))
    def test_percent_change_is_the_ratio(self, a: int, b: int, t1: float, t0: float) -> None:
        table = pair(deaths=a, person_years=t1, baseline_deaths=b, baseline_person_years=t0)
        ratio = np.array(values(rates.rate_ratio(table), "rate_ratio"))
        change = values(rates.percent_change(table), "percent_change")
        assert change == pytest.approx(100 * (ratio - 1))

    def test_limits_told_by_the_series(self) -> None:
        # 24 months alternating about 350 and 175 a month: the ratio is that of the totals, and its
        # limits are those of the months themselves.
        months = pd.DataFrame({"start": pd.date_range("2011-01-01", periods=24, freq="MS")})
        months["end"] = months["start"] + pd.offsets.MonthEnd(0)
        months["deaths"] = [280, 420, 350] * 4 + [140, 210, 175] * 4
        months["person_years"] = 1.0
        both = windows.compare(
            months, baseline=("2011-01-01", "2011-12-31"), window=("2012-01-01", "2012-12-31")
        )
        found = rates.rate_ratio(both, series=months)
        told = step_limits(months["deaths"], months["person_years"], np.arange(24) >= 12)
        assert values(found, "rate_ratio") == pytest.approx(
            [0.5, told.ratio_lower[0], told.ratio_upper[0]]
        )
        assert found.loc[0, "rate_ratio_method"] == "scatter and spells of the periods"

    def test_a_series_too_short_to_tell(self) -> None:
        years: Any = {"start": ["2011-01-01", "2012-01-01"], "end": ["2011-12-31", "2012-12-31"]}
        years = pd.DataFrame(years).assign(deaths=[400, 300], person_years=1.0)
        both = windows.compare(
            years, baseline=("2011-01-01", "2011-12-31"), window=("2012-01-01", "2012-12-31")
        )
        found = rates.percent_change(both, series=years)
        alone = rates.percent_change(both)
        assert values(found, "percent_change") == values(alone, "percent_change")
        assert "too few periods" in found.loc[0, "percent_change_method"]


class TestDifference:
    def test_published(self) -> None:
        # Rothman & Greenland's fluoroscopy data; per 100,000: 67.4995 (7.4927 to 127.5063).
        table = pair(deaths=41, person_years=28010, baseline_deaths=15, baseline_person_years=19017)
        found = rates.rate_difference(table)
        assert values(found, "rate_difference") == pytest.approx([67.4995, 7.49272, 127.50628])
        assert found.loc[0, "rate_difference_method"] == "wald"

    def test_per(self) -> None:
        one = rates.rate_difference(pair(), per=1)
        thousand = rates.rate_difference(pair(), per=1000)
        assert values(thousand, "rate_difference") == pytest.approx(
            [1000 * value for value in values(one, "rate_difference")]
        )
