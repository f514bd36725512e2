from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.interrupted import (
    averted,
    interrupted_time_series,
    pre_period_forecast,
)
from homicide_trends.methods.projection import counterfactual_total

BEFORE, AFTER = [12.0, 10, 8, 11, 9, 12, 13, 9, 10, 11, 8, 12], [6.0, 4, 5, 7, 5, 3]
WINDOW = ("2012-01-01", "2012-06-30")


def table(deaths: list[float]) -> pd.DataFrame:
    start = pd.date_range("2011-01-01", periods=len(deaths), freq="MS")
    made = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    return made.assign(deaths=deaths, exposure=1.0)


def forecast(deaths: list[float], **choices: Any) -> Any:
    defaults = {"trend": False, "family": "poisson", "exposure": "exposure"}
    return pre_period_forecast(table(deaths), intervention="2012-01-01", **(defaults | choices))


def interrupted(deaths: list[float], **choices: Any) -> Any:
    defaults = {"trend": True, "family": "poisson", "exposure": "exposure"}
    return interrupted_time_series(
        table(deaths), interventions=["2012-01-01"], **(defaults | choices)
    )


def rows(result: pd.DataFrame) -> pd.DataFrame:
    return result[result["covariance"] != "spells"].set_index(["covariance", "interval"])


def test_forecast_of_a_constant_rate_by_hand() -> None:
    # E = x0 t1/t0; variance of the mean E^2/x0, of a count E (1 + t1/t0) (Nelson 1982).
    found = rows(averted(forecast(BEFORE + AFTER), *WINDOW))
    x0, expected = sum(BEFORE), sum(BEFORE) * 6 / 12
    assert found["expected"].to_numpy() == pytest.approx(expected)
    assert found["averted"].to_numpy() == pytest.approx(expected - sum(AFTER))
    assert found.loc[("model", "confidence"), "averted_se"] == pytest.approx(expected / x0**0.5)
    spread = np.sqrt(expected * (1 + 6 / 12))
    assert found.loc[("model", "prediction"), "averted_se"] == pytest.approx(spread)


def test_limits_of_averted_are_those_of_expected_less_observed() -> None:
    found = averted(forecast(BEFORE + AFTER), *WINDOW)
    for limit in ("lower", "upper"):
        difference = found[f"expected_{limit}"] - found["observed"]
        assert found[f"averted_{limit}"].to_numpy() == pytest.approx(difference.to_numpy())


def test_step_identity() -> None:
    # The score equation of the step: averted = observed x (1/RR - 1).
    effect = interrupted(BEFORE + AFTER)
    ratio = effect.terms.query("term == 'level'")["rate_ratio"].iloc[0]
    found = averted(effect, *WINDOW)["averted"]
    assert found.to_numpy() == pytest.approx(sum(AFTER) * (1 / ratio - 1))


def test_bootstrap_agrees_with_the_delta_method_and_with_itself() -> None:
    many = [100 * count for count in BEFORE + AFTER]
    effect = forecast(many, family="quasi-poisson")
    delta = rows(averted(effect, *WINDOW))
    drawn = averted(effect, *WINDOW, method="bootstrap", seed=3, draws=20_000)
    bootstrap = rows(drawn)
    ratio = bootstrap["averted_se"] / delta["averted_se"]
    assert ratio.to_numpy() == pytest.approx(1, abs=0.03)
    # The SD of a quantile of 20,000 normal draws is about 0.02 SD.
    for limit in ("averted_lower", "averted_upper"):
        gap = (bootstrap[limit] - delta[limit]) / delta["averted_se"]
        assert np.abs(gap).max() < 0.15
    again = averted(effect, *WINDOW, method="bootstrap", seed=3, draws=20_000)
    pd.testing.assert_frame_equal(drawn, again)


def test_negative_binomial_counts_scatter_by_alpha() -> None:
    rng = np.random.default_rng(2)
    deaths = rng.negative_binomial(5, 5 / 105, 36).astype(float).tolist()
    effect = pre_period_forecast(
        table(deaths),
        intervention="2013-01-01",
        trend=False,
        family="negative-binomial",
        exposure="exposure",
    )
    alpha, mean = effect.diagnostics.alpha, np.mean(deaths[:24])
    window = ("2013-01-01", "2013-12-31")
    found = rows(averted(effect, *window))
    count = 12 * (mean + alpha * mean**2)
    of_mean = 12**2 * (mean + alpha * mean**2) / 24
    expected = np.sqrt(count + of_mean)
    assert found.loc[("model", "prediction"), "averted_se"] == pytest.approx(expected, rel=1e-6)
    drawn = rows(averted(effect, *window, method="bootstrap", seed=1, draws=20_000))
    assert drawn.loc[("model", "prediction"), "averted_se"] == pytest.approx(expected, rel=0.05)


def test_only_the_named_intervention_is_taken_away() -> None:
    deaths = [20.0] * 12 + [10.0] * 6 + [30.0] * 6
    effect = interrupted_time_series(
        table(deaths),
        interventions=["2012-01-01", "2012-07-01"],
        trend=False,
        family="poisson",
        exposure="exposure",
    )
    window = ("2012-07-01", "2012-12-31")
    neither = counterfactual_total(effect, *window)
    without_second = counterfactual_total(effect, *window, without=["2012-07-01"])
    assert neither.expected == pytest.approx(120)
    assert without_second.expected == pytest.approx(60)


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (("2012-01-09", "2012-06-30"), "splits a period; whole periods run from 2012-01-01"),
        (("2015-01-01", "2015-06-30"), "no period between"),
    ],
)
def test_wrong_windows_are_named(window: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        averted(forecast(BEFORE + AFTER), *window)


def test_missing_deaths_in_the_window_are_named() -> None:
    effect = forecast(BEFORE + [6.0, np.nan, 5, 7, 5, 3])
    with pytest.raises(ValueError, match="no deaths on file for the period from 2012-02-01"):
        averted(effect, *WINDOW)


def test_wrong_method_and_too_few_draws_are_named() -> None:
    effect = forecast(BEFORE + AFTER)
    with pytest.raises(ValueError, match="there are delta, bootstrap"):
        averted(effect, *WINDOW, method="exact")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="draws=10"):
        averted(effect, *WINDOW, method="bootstrap", seed=1, draws=10)
