"""Expected and averted deaths: by hand, by simulation, and the truce months of El Salvador."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.rates.counterfactual import (
    averted_deaths,
    averted_deaths_variants,
    cumulative_averted,
    expected_deaths,
)
from homicide_trends.rates.intervals import prediction_limits
from homicide_trends.rates.limits import level_limits, step_limits
from homicide_trends.rates.period_limits import counted_periods, limits_of_pairs
from homicide_trends.series import compare, curve_of

# Months of March 2012 to November 2013, police counts in the press and from July 2013 partly the
# forensic institute's; September and October 2013 are shares of their total, 475.
TRUCE = [255, 156, 172, 166, 175, 157, 162, 193, 159, 168]
TRUCE += [191, 184, 171, 148, 170, 182, 253, 255, 234, 241, 254]


def months(deaths: list[float], start: str, **columns: Any) -> pd.DataFrame:
    first = pd.date_range(start, periods=len(deaths), freq="MS")
    table = pd.DataFrame({"start": first, "end": first + pd.offsets.MonthEnd(0)})
    return table.assign(deaths=np.asarray(deaths, float), **columns)


def salvador(baseline_start: str, baseline_end: str, deaths_a_day: float) -> pd.DataFrame:
    """The truce months after a baseline of so many deaths a day."""
    start, end = pd.Timestamp(baseline_start), pd.Timestamp(baseline_end)
    before = pd.DataFrame(
        {"start": [start], "end": [end], "deaths": deaths_a_day * ((end - start).days + 1)}
    )
    return pd.concat([before, months(TRUCE, "2012-03-01")], ignore_index=True)


class TestElSalvador:
    """Averted since 9 March 2012 for two baselines; 1-8 March at 13.62 deaths a day (El Faro)."""

    # Last day, days, observed, averted from 11.98 a day (2011), from 13.62 (to 8 March 2012).
    TABLE = (
        ("2013-08-31", 541, 3208, 3273, 4160),
        ("2013-09-30", 571, 3442, 3399, 4335),
        ("2013-10-31", 602, 3683, 3529, 4516),
        ("2013-11-30", 632, 3937, 3634, 4671),
    )

    @pytest.mark.parametrize(("end", "days", "observed", "averted", "_"), TABLE)
    def test_baseline_2011(self, end: str, days: int, observed: int, averted: int, _: int) -> None:
        early = pd.DataFrame({"start": ["2012-03-01"], "end": ["2012-03-08"], "count": [13.62 * 8]})
        row = averted_deaths(
            curve_of(salvador("2011-01-01", "2011-12-31", 11.98), reported=early),
            baseline=("2011-01-01", "2011-12-31"),
            window=("2012-03-09", end),
            exposure="days",
        ).iloc[0]
        assert row["days"] == days
        assert round(row["deaths"]) == observed
        assert round(row["averted"]) == averted
        assert row["expected"] == pytest.approx(11.98 * days)

    @pytest.mark.parametrize(("end", "days", "observed", "_", "averted"), TABLE)
    def test_baseline_to_8_march_2012(
        self, end: str, days: int, observed: int, _: int, averted: int
    ) -> None:
        table = salvador("2012-01-01", "2012-02-29", 13.62)
        early = pd.DataFrame({"start": ["2012-03-01"], "end": ["2012-03-08"], "count": [13.62 * 8]})
        growing = cumulative_averted(
            curve_of(table, reported=early),
            baseline=("2012-01-01", "2012-03-08"),
            window=("2012-03-09", "2013-11-30"),
            exposure="days",
        )
        row = growing[growing["end"] == end].iloc[0]
        assert row["days"] == days
        assert round(row["deaths"]) == observed
        assert round(row["averted"]) == averted
        assert row["baseline_deaths"] == pytest.approx(13.62 * 68)


YEARS = pd.DataFrame(
    {
        "start": ["2011-01-01", "2012-01-01", "2013-01-01"],
        "end": ["2011-12-31", "2012-12-31", "2013-12-31"],
        "deaths": [4371, 2594, 2513],
        "person_years": [6_000_000.0, 6_000_000.0, 7_500_000.0],
    }
)
BEFORE, AFTER = ("2011-01-01", "2011-12-31"), ("2012-01-01", "2013-12-31")


class TestAverted:
    def test_by_hand(self) -> None:
        # 4371 x 13.5/6 = 9834.75 expected; normal limits 9834.75 -+ 1.959964 sqrt(9834.75 x 3.25).
        row = averted_deaths(YEARS, baseline=BEFORE, window=AFTER, method="normal").iloc[0]
        half = 1.959964 * np.sqrt(9834.75 * 3.25)
        assert row["expected"] == pytest.approx(9834.75)
        assert row["expected_lower"] == pytest.approx(9834.75 - half)
        assert row["averted"] == pytest.approx(9834.75 - 5107)
        assert row["averted_lower"] == pytest.approx(9834.75 - half - 5107)
        assert row["averted_upper"] == pytest.approx(9834.75 + half - 5107)
        assert row["p_score"] == pytest.approx(100 * (5107 / 9834.75 - 1))
        assert row["p_score_lower"] == pytest.approx(100 * (5107 / (9834.75 + half) - 1))
        assert row["p_score_upper"] == pytest.approx(100 * (5107 / (9834.75 - half) - 1))
        assert row["window_to_baseline"] == pytest.approx(731 / 365)
        assert row["expected_method"] == ("constant rate per person-year; normal prediction limits")
        assert row["averted_conf"] == 0.95

    def test_days_need_no_population(self) -> None:
        table = YEARS.drop(columns="person_years")
        row = averted_deaths(table, baseline=BEFORE, window=AFTER, exposure="days").iloc[0]
        assert row["expected"] == pytest.approx(4371 / 365 * 731)
        assert "a day" in row["averted_method"]
        with pytest.raises(ValueError, match="person-years of the baseline are missing.*'days'"):
            averted_deaths(table, baseline=BEFORE, window=AFTER)

    def test_published_prediction_limits(self) -> None:
        # R 4.2.2: 2014 deaths in 6 periods, 12 to come: 3815 to 4248, given the sum binomial.
        table = pd.DataFrame(
            {
                "start": ["2012-01-01", "2012-01-07"],
                "end": ["2012-01-06", "2012-01-18"],
                "deaths": [2014, 4000],
            }
        )
        row = averted_deaths(
            table,
            baseline=("2012-01-01", "2012-01-06"),
            window=("2012-01-07", "2012-01-18"),
            exposure="days",
            method="exact",
        ).iloc[0]
        assert row[["expected", "expected_lower", "expected_upper"]].tolist() == [4028, 3815, 4248]
        assert row[["averted", "averted_lower", "averted_upper"]].tolist() == [28, -185, 248]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 500), min_size=4, max_size=10), st.integers(1, 3))
    def test_averted_is_expected_less_observed(self, deaths: list[int], split: int) -> None:
        table = months([float(count) for count in deaths], "2012-01-01")
        cut = table["end"][split - 1]
        row = averted_deaths(
            table,
            baseline=("2012-01-01", cut),
            window=(cut + pd.Timedelta(days=1), table["end"].iloc[-1]),
            exposure="days",
        ).iloc[0]
        for limit in ("", "_lower", "_upper"):
            assert row[f"averted{limit}"] == pytest.approx(row[f"expected{limit}"] - row["deaths"])
        assert row["averted_lower"] <= row["averted"] <= row["averted_upper"]
        if row["expected"]:
            # The identity O (1/RR - 1) = E - O, with the rate ratio RR = O/E.
            assert row["p_score"] == pytest.approx(-100 * row["averted"] / row["expected"])
        else:
            assert np.isnan(row["p_score"])

    def test_refuses(self) -> None:
        def averted(baseline: Any = BEFORE, window: Any = AFTER, **more: Any) -> None:
            averted_deaths(YEARS, baseline=baseline, window=window, **more)

        with pytest.raises(ValueError, match="overlap"):
            averted(window=("2011-12-31", "2012-12-31"))
        with pytest.raises(ValueError, match="window ends on 2012-01-01, before"):
            averted(window=("2012-02-01", "2012-01-01"))
        with pytest.raises(ValueError, match="no count for 2014-01-01"):
            averted(window=("2012-01-01", "2014-12-31"))
        with pytest.raises(ValueError, match="unknown exposure 'population'"):
            averted(exposure="population")
        with pytest.raises(ValueError, match="unknown method 'garwood'"):
            averted(method="garwood")


class TestExpected:
    def test_each_period_and_none_in_the_baseline(self) -> None:
        found = expected_deaths(YEARS, baseline=BEFORE, method="exact")
        assert found["expected"].tolist() == pytest.approx([4371, 4371, 4371 * 1.25])
        limits = prediction_limits(4371, 6, [6, 7.5])
        assert found["expected_lower"].tolist()[1:] == limits.lower.tolist()
        assert found["expected_upper"].tolist()[1:] == limits.upper.tolist()
        assert np.isnan(found["expected_lower"][0])
        assert found["expected_method"].tolist() == [
            "in the baseline: nothing to predict",
            *["constant rate per person-year; exact prediction limits"] * 2,
        ]

    def test_missing_counts_and_populations_stay_missing(self) -> None:
        table = YEARS.assign(deaths=[4371, np.nan, 2513], person_years=[6e6, 6e6, np.nan])
        found = expected_deaths(table, baseline=BEFORE)
        assert found["expected"].isna().tolist() == [False, False, True]
        assert found["expected_upper"].isna().tolist() == [True, False, True]
        with pytest.raises(ValueError, match="no count for 2012-01-01 to 2012-12-31"):
            expected_deaths(table, baseline=("2011-01-01", "2012-12-31"))

    def test_wider_than_plug_in(self) -> None:
        wide = expected_deaths(YEARS, baseline=BEFORE, method="exact")
        narrow = expected_deaths(YEARS, baseline=BEFORE, method="plug-in")
        assert (wide["expected_lower"] < narrow["expected_lower"])[1:].all()
        assert "without the error of the baseline" in narrow["expected_method"][1]


class TestCumulative:
    TABLE = months([350, 340, 360, 345, 355, 350, 200, 190, 210, 205], "2011-09-01")
    BASELINE, WINDOW = ("2011-09-01", "2012-02-29"), ("2012-03-01", "2012-06-30")

    def test_ends_with_the_total(self) -> None:
        periods = {"baseline": self.BASELINE, "window": self.WINDOW, "exposure": "days"}
        growing = cumulative_averted(self.TABLE, **periods)  # type: ignore[arg-type]
        assert len(growing) == 4
        whole = averted_deaths(self.TABLE, **periods)  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(growing.tail(1).reset_index(drop=True), whole)

    def test_limits_of_a_total_are_not_sums_of_monthly_limits(self) -> None:
        whole = averted_deaths(
            self.TABLE, baseline=self.BASELINE, window=self.WINDOW, exposure="days"
        )
        monthly = expected_deaths(self.TABLE, baseline=self.BASELINE, exposure="days").tail(4)
        summed = monthly["expected_upper"].sum() - monthly["expected_lower"].sum()
        total = whole.loc[0, "expected_upper"] - whole.loc[0, "expected_lower"]
        assert total < 0.75 * summed
        assert monthly["expected"].sum() == pytest.approx(whole.loc[0, "expected"])


class TestSeriesLimits:
    TABLE = months([80, 120, 80, 120, 40, 60, 40, 60], "2012-01-01", person_years=1.0)
    PERIODS: ClassVar[dict[str, Any]] = {
        "baseline": ("2012-01-01", "2012-04-30"), "window": ("2012-05-01", "2012-08-31")
    }  # fmt: skip

    def test_are_the_default_and_those_of_the_months(self) -> None:
        row = averted_deaths(self.TABLE, **self.PERIODS).iloc[0]
        told = step_limits(self.TABLE["deaths"], np.ones(8), np.arange(8) >= 4)
        assert row[["expected", "averted"]].tolist() == [400, 200]
        assert row["expected_upper"] == pytest.approx(float(told.expected_upper))
        assert row["averted_lower"] == pytest.approx(float(told.averted_lower))
        alone = averted_deaths(self.TABLE, method="exact", **self.PERIODS).iloc[0]
        assert row["averted_lower"] < alone["averted_lower"]

    def test_shares_of_one_total_count_as_one_period(self) -> None:
        table = self.TABLE.assign(status=["final", "allocated", "allocated", *["final"] * 5])
        assert len(counted_periods(table)) == 7
        other = table["sources"] = ["a", "b", "c", *"aaaaa"]
        assert len(counted_periods(table)) == 8 == len(other)

    def test_too_few_periods_take_deaths_as_independent_and_say_so(self) -> None:
        few = self.TABLE.head(5)
        row = averted_deaths(
            few, baseline=("2012-01-01", "2012-03-31"), window=("2012-04-01", "2012-05-31")
        ).iloc[0]
        assert row["averted_method"].endswith("too few periods to tell their scatter")

    def test_totals_beside_more_of_the_series_take_its_scatter(self) -> None:
        periods = {"baseline": ("2012-01-01", "2012-01-31"),
                   "window": ("2012-02-01", "2012-02-29")}  # fmt: skip
        row = averted_deaths(self.TABLE, **periods).iloc[0]  # type: ignore[arg-type]
        assert row["averted_method"].endswith("all periods on file")
        assert row["averted_upper"] > 40

    def test_a_counted_date_inside_a_month_makes_two_counts_of_it(self) -> None:
        # April is 30 deaths to the 10th and 90 after; the window begins on the 11th.
        known = self.TABLE[["start", "end", "deaths"]].assign(place="AAA")
        first = {"start": "2012-04-01", "end": "2012-04-10", "count": 30}
        curve = curve_of(known, reported=pd.DataFrame([first | {"place": "AAA"}]))
        assert curve.observed()["deaths"].tolist() == [80, 120, 80, 30, 90, 40, 60, 40, 60]
        pair = compare(curve, baseline=("2012-01-01", "2012-04-10"),
                       window=("2012-04-11", "2012-08-31"))  # fmt: skip
        found = limits_of_pairs(pair, curve, exposure="days").iloc[0]
        rows = curve.observed()
        # Both halves of April lie in the fourth month.
        told = step_limits(rows["deaths"], rows["days"], np.arange(9) >= 4,
                           first=[0, 1, 2, 3, 3, 4, 5, 6, 7])  # fmt: skip
        assert found["count_factor"] == pytest.approx(
            float(told.expected_upper / told.expected), rel=1e-12
        )

    def test_a_year_that_both_periods_cut_is_one_period_of_the_scatter(self) -> None:
        years = pd.DataFrame({"start": pd.date_range("2004", periods=9, freq="YS"),
                              "end": pd.date_range("2004", periods=9, freq="YE"),
                              "deaths": [99, 140, 98, 155, 110, 90, 131, 100, 60]})  # fmt: skip
        cut = {"baseline_start": "2011-01-01", "baseline_end": "2012-03-08"}
        pairs = pd.DataFrame([
            cut | {"start": "2012-03-09", "end": "2012-12-31"},
            cut | {"start": "2012-04-01", "end": "2012-12-31"},
        ])  # fmt: skip
        together = limits_of_pairs(pairs, years, exposure="days")
        alone = limits_of_pairs(pairs.tail(1), years, exposure="days")
        assert together["periods"].tolist() == [2, 2]  # 2011 and 2012
        assert together["told_by"].unique().tolist() == ["all periods"]
        # Another pair beside it changes nothing.
        pd.testing.assert_frame_equal(together.tail(1), alone)
        days = np.where(years["start"].dt.is_leap_year, 366.0, 365.0)
        before, after = np.zeros(9), np.zeros(9)
        before[7:], after[8] = [1, 68 / 366], 275 / 366  # to 8 March; April to December
        told = level_limits(years["deaths"], days, before, after)
        assert alone["count_factor"].iloc[0] == pytest.approx(
            float(told.expected_upper / told.expected)
        )


def test_variants_have_the_default_first() -> None:
    table = TestCumulative.TABLE.assign(person_years=range(100, 110))
    periods: Any = {"baseline": TestCumulative.BASELINE, "window": TestCumulative.WINDOW}
    found = averted_deaths_variants(table, conf=0.9, **periods)
    one = averted_deaths(table, conf=0.9, **periods)
    pd.testing.assert_frame_equal(found.drop(columns="method").head(1), one)
    kinds = [text.split(";")[0].removeprefix("constant ") for text in found["method"]]
    assert kinds == ["rate per person-year", "number a day", "rate per person-year"]
    assert found["method"].str.contains("exact").tolist() == [False, False, True]
    assert (found["averted_conf"] == 0.9).all()


def test_coverage_of_simulated_totals() -> None:
    # Eighteen periods of 28 days with 300 expected deaths each: a baseline of 12, a window of 6.
    generator = np.random.default_rng(11)
    start = pd.Series(pd.date_range("2011-01-01", periods=18, freq="28D"))
    table = pd.DataFrame({"start": start, "end": start + pd.Timedelta(days=27)})
    held = 0
    for deaths in generator.poisson(300, (150, 18)):
        row = averted_deaths(
            table.assign(deaths=deaths),
            baseline=(table["start"][0], table["end"][11]),
            window=(table["start"][12], table["end"][17]),
            exposure="days",
            method="exact",
        ).iloc[0]
        held += int(row["averted_lower"] <= 0 <= row["averted_upper"])
    # 150 draws at 95 %: 142.5 with a standard deviation of 2.7.
    assert 134 <= held <= 150
