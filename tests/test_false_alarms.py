"""False alarms: hand calculation, what is known of the simulation, the size of a sound test."""

import numpy as np
import pandas as pd
import pytest
from monthly import months

from homicide_trends.methods.false_alarms import (
    HELD,
    INDEPENDENT,
    QUASI,
    RANDOM,
    SPELLS,
    alarms,
    quasi_p,
    simulated,
)

SALVADOR = [354, 320, 377, 340, 368, 360, 364, 391, 372, 384, 375, 366, 411, 402, 255, 156, 172,
            166, 175, 157, 162, 193, 159, 168, 191, 184, 171, 148, 170, 182, 253, 255]  # fmt: skip
"""Deaths a month from January 2011 to August 2013, as in data/counts.csv."""


def test_p_by_hand() -> None:
    # Rates 102 and 49; chi-square 14 x 4/102 + (6 x 1 + 4 x 4) / 49 over 22; the log of the ratio
    # 49/102 has the variance phi (1/1428 + 1/490).
    deaths = np.array([[100.0, 104] * 7 + [50, 48] * 3 + [51, 47] * 2])
    phi = (14 * 4 / 102 + (6 * 1 + 4 * 4) / 49) / 22
    z = np.log(102 / 49) / np.sqrt(phi * (1 / 1428 + 1 / 490))
    from scipy.stats import norm

    found = quasi_p(deaths, np.ones(24), np.arange(24)[None] >= 14)
    assert found[0] == pytest.approx(2 * norm.sf(z))


def test_no_deaths_on_one_side_has_no_p() -> None:
    deaths = np.array([[5.0] * 12 + [0.0] * 12])
    assert np.isnan(quasi_p(deaths, np.ones(24), np.arange(24)[None] >= 12)).all()


def test_simulated_counts_have_the_dispersion_and_the_correlation_asked_for() -> None:
    # Counts of mean 400 and dispersion 9: nearly all scatter is that of the rate, whose
    # autocorrelation of 0.8 is 0.8 x 8/9 in the counts.
    n = 20_000
    drawn = simulated(np.full(n, 400.0), np.arange(n), np.ones(n, int), (0.8, 9.0), 1,
                      np.random.default_rng(3))[0]  # fmt: skip
    assert drawn.mean() == pytest.approx(400, rel=0.02)
    assert drawn.var() / drawn.mean() == pytest.approx(9, rel=0.06)
    assert np.corrcoef(drawn[1:], drawn[:-1])[0, 1] == pytest.approx(0.8 * 8 / 9, abs=0.02)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    rates = alarms(months(SALVADOR), intervention="2012-03-01", runs=300, seed=4).rates
    return rates.set_index(["test", "chance", "dated"])


def test_a_sound_test_is_near_its_level_and_the_usual_one_is_not(found: pd.DataFrame) -> None:
    share = found["false_alarms"]
    assert (found["level"] == 0.05).all()  # a test at 5 %, as the report says
    assert share[QUASI, INDEPENDENT, RANDOM] == pytest.approx(5, abs=3.8)  # 3 standard errors
    assert share[QUASI, SPELLS, RANDOM] > 25
    assert (share[HELD] < 8).all()


def test_the_noise_is_that_of_the_limits(found: pd.DataFrame) -> None:
    from homicide_trends.rates.limits import step_limits

    table = months(SALVADOR)
    told = step_limits(table["deaths"], table["person_years"], np.arange(32) >= 14)
    rows = found.xs(SPELLS, level="chance")
    assert set(rows["dispersion"].round(6)) == {round(float(told.dispersion), 6)}
    assert set(rows["autocorrelation"].round(6)) == {round(float(told.persistence), 6)}


def test_same_seed_same_alarms() -> None:
    first, again = (
        alarms(months(SALVADOR), intervention="2012-03-01", runs=20, seed=7) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first.rates, again.rates)


def test_too_few_periods_are_refused_with_a_reason() -> None:
    few = alarms(months(SALVADOR[:18]), intervention="2012-03-01", runs=5, seed=1)
    assert few.rates.empty
    assert few.reason.startswith("4 months lie on one side of the intervention: at least 6")
