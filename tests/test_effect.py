from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import shared_folder

from homicide_trends.methods.interrupted import (
    CountEffect,
    Intervention,
    averted,
    interrupted_time_series,
    nested_test,
    pre_period_forecast,
)


def monthly(deaths: list[float], first: str = "2011-01-01") -> pd.DataFrame:
    start = pd.date_range(first, periods=len(deaths), freq="MS")
    table = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    return table.assign(deaths=np.array(deaths, dtype=float), exposure=1.0)


def fitted(table: pd.DataFrame, **choices: Any) -> CountEffect:
    defaults: dict[str, Any] = {
        "interventions": ["2012-03-01"],
        "trend": False,
        "family": "poisson",
        "exposure": "exposure",
    }
    return interrupted_time_series(table, **(defaults | choices))


def sicily(shared: Path) -> pd.DataFrame:
    data = pd.read_csv(shared / "vectors" / "data_sicily.csv")
    table = monthly(data["aces"].tolist(), "2002-01-01")
    return table.assign(exposure=data["stdpop"])


STEP = [12.0, 10, 8, 11, 9, 12, 13, 9, 10, 11, 8, 12, 14, 11] + [6.0, 4, 5, 7, 5, 3, 5, 6]


def test_step_is_the_ratio_of_the_means_with_its_log_normal_limits() -> None:
    level = fitted(monthly(STEP)).terms.query("term == 'level'").set_index("covariance")
    before, after = sum(STEP[:14]), sum(STEP[14:])
    ratio, se = (after / 8) / (before / 14), np.sqrt(1 / before + 1 / after)
    row = level.loc["model"]
    assert row["rate_ratio"] == pytest.approx(ratio)
    assert row["se"] == pytest.approx(se)
    assert row["rate_ratio_lower"] == pytest.approx(ratio * np.exp(-1.959964 * se))
    assert row["p"] == pytest.approx(2 * 0.5 * _erfc(abs(np.log(ratio)) / se), rel=1e-6)


def _erfc(z: float) -> float:
    from math import erfc, sqrt

    return erfc(z / sqrt(2))


def test_student_limits_use_the_degrees_of_freedom() -> None:
    normal, student = (
        fitted(monthly(STEP), reference=reference).terms.query("covariance != 'spells'")
        for reference in ("normal", "t")
    )
    width = np.log(student["rate_ratio_upper"] / student["rate_ratio"])
    # t(0.975, 20 df) = 2.085963.
    assert width.to_numpy() == pytest.approx(normal["se"].to_numpy() * 2.085963, rel=1e-5)


def test_published_results_for_sicily(shared: Path) -> None:
    # Lopez Bernal, Cummins and Gasparrini 2017, with their correction; official code in R.
    choices = {"interventions": ["2005-01-01"], "trend": True}
    step = fitted(sicily(shared), **choices)
    row = step.terms.query("term == 'level' and covariance == 'model'").iloc[0]
    limits = ["rate_ratio", "rate_ratio_lower", "rate_ratio_upper"]
    assert row[limits].tolist() == pytest.approx([0.894, 0.865, 0.925], abs=5e-4)
    assert step.diagnostics.dispersion == pytest.approx(3.56, abs=5e-3)
    quasi = fitted(sicily(shared), family="quasi-poisson", season=2, **choices)
    row = quasi.terms.query("term == 'level' and covariance == 'quasi'").iloc[0]
    assert row[limits].tolist() == pytest.approx([0.885, 0.839, 0.933], abs=5e-4)
    sloped = fitted(
        sicily(shared),
        family="quasi-poisson",
        season=2,
        trend=True,
        interventions=[Intervention("2005-01-01", slope=True)],
    )
    rows = sloped.terms.query("covariance == 'quasi'").set_index("term")
    assert rows.loc["level", limits].tolist() == pytest.approx([0.877, 0.827, 0.929], abs=6e-4)
    assert rows.loc["slope", limits].tolist() == pytest.approx([1.0015, 0.998, 1.005], abs=6e-4)
    test = nested_test(quasi, sloped).iloc[0]
    assert (test["f"], test["p"]) == pytest.approx((0.639, 0.428), abs=5e-4)


def test_the_trend_decides_the_sign_in_sicily(shared: Path) -> None:
    # methods: +2,241 averted with a trend, -646 with a constant mean.
    common: dict[str, Any] = {
        "intervention": "2005-01-01",
        "family": "poisson",
        "exposure": "exposure",
    }
    trend = pre_period_forecast(sicily(shared), trend=True, season=2, **common)
    mean = pre_period_forecast(sicily(shared), trend=False, **common)
    window = ("2005-01-01", "2006-11-30")
    assert averted(trend, *window)["averted"].iloc[0] == pytest.approx(2241, abs=0.5)
    assert averted(mean, *window)["averted"].iloc[0] == pytest.approx(-646, abs=0.5)


def test_population_unit_moves_the_constant_only() -> None:
    table = monthly(STEP)
    one = fitted(table, trend=True).terms.set_index(["term", "covariance"])
    other = fitted(table.assign(exposure=1000.0), trend=True)
    two = other.terms.set_index(["term", "covariance"])
    change = one["estimate"] - two["estimate"]
    assert change["constant"].to_numpy() == pytest.approx(np.log(1000))
    assert change[["trend", "level"]].to_numpy() == pytest.approx(0, abs=1e-9)
    assert one["se"].to_numpy() == pytest.approx(two["se"].to_numpy())


def test_month_dummies_reproduce_the_total_after() -> None:
    rng = np.random.default_rng(5)
    table = monthly(rng.poisson(30, 48).tolist(), "2009-01-01")
    effect = fitted(table, interventions=["2011-07-01"], season="months", trend=True)
    after = effect.series["start"] >= "2011-07-01"
    assert effect.series["fitted"][after].sum() == pytest.approx(table["deaths"][after].sum())


def test_known_effect_is_recovered_from_simulated_counts() -> None:
    # Truth: step 0.6, trend +0.5 % a month, slope -1 % a month, days as exposure.
    rng = np.random.default_rng(11)
    table = monthly([0.0] * 120, "2005-01-01").drop(columns="exposure")
    time = np.arange(1, 121)
    days = (table["end"] - table["start"]).dt.days + 1
    after = time > 80
    log_mean = np.log(200 * days / 30) + 0.005 * time + after * (np.log(0.6) - 0.01 * (time - 80))
    table["deaths"] = rng.poisson(np.exp(log_mean))
    date = table["start"][80]
    effect = fitted(
        table, interventions=[Intervention(date, slope=True)], trend=True, exposure=None
    )
    rows = effect.terms.query("covariance == 'model'").set_index("term")
    for term, truth in {"trend": 0.005, "level": np.log(0.6), "slope": -0.01}.items():
        assert abs(rows.loc[term, "estimate"] - truth) < 3 * rows.loc[term, "se"]


def test_missing_deaths_are_left_out_and_stay_in_the_series() -> None:
    gap = list(STEP)
    gap[3] = np.nan
    effect = fitted(monthly(gap))
    assert effect.diagnostics.n == len(STEP) - 1
    assert effect.series["used"].sum() == len(STEP) - 1
    assert np.isfinite(effect.series["fitted"]).all()


def test_counterfactual_limits_before_and_after() -> None:
    series = fitted(monthly(STEP)).series
    mean, total = sum(STEP[:14]) / 14, sum(STEP[:14])
    assert series["counterfactual"].to_numpy() == pytest.approx(mean)
    width = np.log(series["counterfactual_upper"] / series["counterfactual"])
    assert width.to_numpy() == pytest.approx(1.959964 / np.sqrt(total), rel=1e-6)
    width = np.log(series["counterfactual"] / series["counterfactual_lower"])
    assert width.to_numpy() == pytest.approx(1.959964 / np.sqrt(total), rel=1e-6)
    assert (series["prediction_lower"] < series["counterfactual_lower"]).all()
    assert (series["prediction_upper"] > series["counterfactual_upper"]).all()


def test_overdispersion_is_named_where_poisson_limits_are_asked_for() -> None:
    effect = fitted(monthly([30.0, 5, 22, 9, 40, 3, 28, 11, 35, 2, 19, 8, 33, 7] + [5.0, 20] * 4))
    assert any("over-dispersed" in note for note in effect.notes)


def test_negative_binomial_without_overdispersion_says_so() -> None:
    effect = fitted(monthly([100.0, 101] * 7 + [50.0, 51] * 4), family="negative-binomial")
    assert effect.spec["family"] == "negative-binomial"
    assert effect.spec["family_fitted"] == "poisson"
    assert any("not over-dispersed" in note for note in effect.notes)


def test_long_forecast_is_named() -> None:
    effect = pre_period_forecast(
        monthly(STEP),
        intervention="2012-03-01",
        trend=False,
        family="poisson",
        exposure="exposure",
    )
    assert "8 periods from 14" in effect.notes[0]
    assert effect.series["fitted"].isna().sum() == 8


def test_specification_is_plain_data() -> None:
    given = Intervention("2012-03-09", transition="drop", until="2012-04-30", name="truce")
    spec = fitted(monthly(STEP), interventions=[given]).spec
    assert json.loads(json.dumps(spec)) == spec
    assert spec["interventions"][0]["until"] == "2012-04-30"


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"interventions": []}, "at least one date"),
        ({"interventions": ["2012-03-09"]}, "give transition="),
        ({"interventions": ["2010-03-01"]}, "2011-01-01 to 2012-10-31"),
        ({"trend": "no"}, "trend='no'"),
        ({"family": "gamma"}, "quasi-poisson"),
        ({"season": "months"}, "12 periods cannot carry 13 terms"),
        ({"covariance": "robust"}, "'robust'"),
        ({"conf": 95}, "conf is 95"),
        ({"reference": "z"}, "'z'"),
        ({"exposure": "population"}, "no column 'population'"),
        ({"deaths": "homicides"}, "no column 'homicides'"),
    ],
)
def test_wrong_choices_are_named(choices: dict[str, Any], message: str) -> None:
    table = monthly(STEP[:12] if "season" in choices else STEP)
    with pytest.raises(ValueError, match=message):
        fitted(table, **({"interventions": ["2011-08-01"]} | choices))


def test_forecast_needs_its_season_before() -> None:
    with pytest.raises(ValueError, match="month"):
        pre_period_forecast(
            monthly(STEP),
            intervention="2011-09-01",
            trend=False,
            season="months",
            family="poisson",
            exposure="exposure",
        )


def test_models_of_different_periods_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different periods"):
        nested_test(fitted(monthly(STEP)), fitted(monthly(STEP[:-1]), trend=True))
    with pytest.raises(ValueError, match="more terms"):
        nested_test(fitted(monthly(STEP)), fitted(monthly(STEP)))


@pytest.mark.parametrize(
    ("columns", "step", "trend"),
    [
        # Chapman, Alpers and Jones, JAMA 2016;316:291-299: firearm deaths; all suicides and
        # homicides; those not by firearm; all suicides. Limits as printed.
        (["suicidegun", "homocidegun"], (0.669, 0.589, 0.760), 0.981),
        (["suicidetotal", "homocidetotal"], (0.991, 0.918, 1.071), 0.975),
        (["suicidenotgun", "homocidenotgun"], (1.054, 0.974, 1.141), 0.966),
        (["suicidetotal"], (1.004, 0.931, 1.083), 0.975),
    ],
)
def test_published_analysis_of_australian_firearm_laws(
    columns: list[str], step: tuple[float, float, float], trend: float
) -> None:
    file = shared_folder() / "replications" / "australia_deaths_1979_2013.csv"
    if not file.is_file():
        pytest.skip(f"no {file}")
    data = pd.read_csv(file)
    table = pd.DataFrame(
        {
            "start": pd.to_datetime(data["year"].astype(str) + "-01-01"),
            "end": pd.to_datetime(data["year"].astype(str) + "-12-31"),
            "deaths": data[columns].sum(axis=1),
            "person_years": data["personyearsatrisk"],
        }
    )
    fit = interrupted_time_series(
        table,
        interventions=[Intervention("1997-01-01", slope=True)],
        trend=True,
        family="negative-binomial",
    )
    rows = fit.terms[fit.terms["covariance"] == "model"].set_index("term")
    limits = rows.loc["level", ["rate_ratio", "rate_ratio_lower", "rate_ratio_upper"]]
    assert limits.to_numpy(float) == pytest.approx(step, abs=0.0025)
    assert rows.loc["slope", "rate_ratio"] == pytest.approx(trend, abs=0.0006)


@pytest.mark.parametrize(("first", "said"), [("2011-11-01", True), ("2012-05-01", False)])
def test_a_forecast_longer_than_half_of_its_fit_says_so(first: str, said: bool) -> None:
    # 24 months: 14 after 10, and 8 after 16.
    months = pd.date_range("2011-01-01", periods=24, freq="MS")
    table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0), "deaths": 100})
    effect = pre_period_forecast(
        table, intervention=first, trend=False, family="poisson", exposure=None
    )
    assert any("longer than half" in note for note in effect.notes) is said
