from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.effect_periods import read_counts
from homicide_trends.methods.false_alarms import background, false_alarm_rate, level_test, simulate
from homicide_trends.methods.interrupted import interrupted_time_series


def monthly(deaths: Any) -> pd.DataFrame:
    start = pd.date_range("2005-01-01", periods=len(deaths), freq="MS")
    table = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    return table.assign(deaths=np.asarray(deaths, dtype=float), exposure=1.0)


def counts(table: pd.DataFrame) -> Any:
    return read_counts(table, deaths="deaths", exposure="exposure", start="start", end="end")


def poisson_series() -> pd.DataFrame:
    return monthly(np.random.default_rng(4).poisson(100, 48))


def rates(table: pd.DataFrame, **more: Any) -> pd.DataFrame:
    defaults: dict[str, Any] = {
        "before": "2007-01-01",
        "chance": "poisson",
        "runs": 200,
        "seed": 1,
        "exposure": "exposure",
        "test": level_test(trend=False, family="poisson", covariance="model", exposure="exposure"),
    }
    return false_alarm_rate(table, **(defaults | more)).set_index("dated")


def test_a_sound_test_at_a_random_date_and_regression_to_the_mean_after_a_peak() -> None:
    found = rates(poisson_series())
    random, peak = found.loc["at random"], found.loc["after the peak"]
    assert random["false_alarm_rate_lower"] < 0.05 < random["false_alarm_rate_upper"]
    assert peak["false_alarm_rate"] > random["false_alarm_rate"]
    # Clopper-Pearson by its defining binomial tail.
    from scipy.stats import binom

    k = int(random["alarms"])
    assert binom.sf(k - 1, 200, random["false_alarm_rate_lower"]) == pytest.approx(0.025)


def test_the_date_is_the_first_period_after_the_highest() -> None:
    seen: list[tuple[float, float]] = []

    def test(table: pd.DataFrame, date: pd.Timestamp) -> float:
        position = int(np.flatnonzero(table["start"] == date)[0])
        means = table["deaths"].rolling(2).mean().to_numpy()
        seen.append((means[position - 1], means[5:42].max()))  # 6 periods on either side
        return 1.0

    rates(poisson_series(), test=test, peak=2, runs=20)
    assert all(before == highest for before, highest in seen[::2])
    assert not all(before == highest for before, highest in seen[1::2])


def test_poisson_errors_cry_wolf_on_overdispersed_counts() -> None:
    rng = np.random.default_rng(6)
    table = monthly(rng.negative_binomial(25, 0.2, 48))  # mean 100, dispersion 5
    plain = rates(table, chance="overdispersed", runs=100)
    quasi = level_test(trend=False, family="poisson", covariance="quasi", exposure="exposure")
    scaled = rates(table, chance="overdispersed", runs=100, test=quasi)
    assert plain.loc["at random", "false_alarm_rate"] > 0.2
    assert scaled.loc["at random", "false_alarm_rate"] < 0.13


def test_same_seed_same_answer() -> None:
    table = poisson_series()
    pd.testing.assert_frame_equal(rates(table, runs=20), rates(table, runs=20))


def test_background_is_recovered_from_a_long_series() -> None:
    rng = np.random.default_rng(7)
    truth = background(counts(monthly([50.0] * 100 + [150.0] * 100)), before=pd.Timestamp("2025"))
    assert truth.rate == 100
    assert truth.autocorrelation == 0.95  # blocks: the strongest that is simulated
    # Rate 100, dispersion 5, autocorrelation 0.6 of the rates.
    from homicide_trends.methods.false_alarms import Background

    wanted = Background(100.0, 5.0, 0.6)
    long = counts(monthly([1.0] * 3000))
    made = simulate(wanted, long, chance="autocorrelated", rng=rng)
    found = background(counts(monthly(made)), before=pd.Timestamp("2200-01-01"))
    assert found.rate == pytest.approx(100, rel=0.03)
    assert found.dispersion == pytest.approx(5, rel=0.1)
    assert found.autocorrelation == pytest.approx(0.6, abs=0.06)
    plain = simulate(wanted, long, chance="overdispersed", rng=rng)
    again = background(counts(monthly(plain)), before=pd.Timestamp("2200-01-01"))
    assert again.dispersion == pytest.approx(5, rel=0.1)
    assert again.autocorrelation < 0.1


def test_level_test_is_the_p_of_the_fit() -> None:
    table = poisson_series()
    choices: dict[str, Any] = {"trend": True, "family": "quasi-poisson", "exposure": "exposure"}
    effect = interrupted_time_series(table, interventions=["2007-01-01"], **choices)
    row = effect.terms.query("term == 'level' and covariance == 'hac'").iloc[0]
    test = level_test(covariance="hac", **choices)
    assert test(table, pd.Timestamp("2007-01-01")) == pytest.approx(row["p"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"chance": "white"}, "'white'"),
        ({"runs": 0}, "1 or more"),
        ({"margin": 30}, "leave no date"),
        ({"before": "2005-03-01"}, "2 periods before"),
    ],
)
def test_wrong_values_are_named(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rates(poisson_series(), **more)
