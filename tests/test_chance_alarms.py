"""False alarms of the step test: the test by hand and against the fit, simulated rates."""

from math import log, sqrt

import numpy as np
import pandas as pd
import pytest
from monthly import months

from homicide_trends.methods.chance_alarms import alarms, step_test
from homicide_trends.methods.false_alarms import level_test

DATE = pd.Timestamp("2012-01-01")


def test_p_by_hand() -> None:
    # 12 months of 100 or 104 and 12 of 98 or 96: 1224 and 1164 deaths.
    table = months([100, 104] * 6 + [98, 96] * 6)
    phi = (12 * 4 / 102 + 12 * 1 / 97) / 22
    z = log(1164 / 1224) / sqrt(phi * (1 / 1164 + 1 / 1224))
    from scipy.stats import norm

    assert step_test(table, DATE) == pytest.approx(2 * norm.cdf(z), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_p_is_that_of_the_fitted_model(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = months(list(rng.negative_binomial(30, 0.3, 30)))
    table["person_years"] = rng.uniform(900, 1100, 30)
    fitted = level_test(trend=False, family="quasi-poisson", covariance="quasi")
    assert step_test(table, DATE) == pytest.approx(fitted(table, DATE), rel=1e-7)


def test_no_deaths_on_one_side_has_no_p() -> None:
    assert np.isnan(step_test(months([0] * 12 + [3] * 12), DATE))


def test_counts_without_any_spread_raise_no_warning() -> None:
    assert step_test(months([9] * 12 + [3] * 12), DATE) == 0
    assert np.isnan(step_test(months([9] * 24), DATE))


def test_poisson_series_dated_at_random_alarm_at_about_the_level() -> None:
    rng = np.random.default_rng(11)
    table = months(list(rng.poisson(300, 14)) + [150] * 22)
    found = alarms(table, before="2012-03-01", runs=400, seed=3, chances=["poisson"])
    at_random, peak = (
        found.rates.set_index("dated").loc[dated] for dated in ("at random", "after the peak")
    )
    # Five in a hundred of 400, with four standard errors on either side.
    assert at_random["false_alarms"] == pytest.approx(5, abs=4.4)
    assert at_random["false_alarms_lower"] < 5 < at_random["false_alarms_upper"]
    assert peak["false_alarms"] > at_random["false_alarms"] - 2
    assert found.reason == ""


def test_persistent_rates_alarm_more_often() -> None:
    deaths = [200, 210, 250, 260, 300, 310, 350, 300, 280, 240, 220, 200, 190, 240]
    table = months(deaths + [150] * 22)
    found = alarms(table, before="2012-03-01", runs=150, seed=3)
    rate = found.rates.groupby("chance")["false_alarms"].mean()
    assert rate["spread and persistence as found before"] > rate["independent deaths"] + 20
    assert found.rates[["periods", "unit"]].iloc[0].tolist() == [14, "month"]


def test_same_seed_same_alarms() -> None:
    table = months([10, 14] * 12)
    first, again = (alarms(table, before="2012-03-01", runs=20, seed=5).rates for _ in range(2))
    assert first.equals(again)


def test_too_few_periods_are_refused_with_a_reason() -> None:
    found = alarms(months([5] * 12), before="2011-02-01", runs=10, seed=1)
    assert found.reason == (
        "1 month lies before the intervention: at least 6 are needed to simulate more."
    )
    assert {"chance", "dated", "runs", "false_alarms"} <= set(found.rates)
    found = alarms(months([5] * 10), before="2011-08-01", runs=10, seed=1)
    assert found.reason.startswith("10 periods leave no date")
