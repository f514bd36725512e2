"""Limits for over-dispersed, autocorrelated counts: numbers from outside, and properties."""

import numpy as np
import pandas as pd
import pytest

from homicide_trends.rates.limits import PERSISTENCES, model_limits, step_limits
from homicide_trends.rates.period_limits import units_of_time
from homicide_trends.series import monthly_series


@pytest.fixture(scope="module")
def months():
    """El Salvador, January 2011 to December 2013: deaths and person-years."""
    table = monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    return table["deaths"].to_numpy(), table["person_years"].to_numpy()


def after(n, step):
    return np.arange(n) >= step


class TestNumbers:
    """Limits found for the same counts by an implementation with dense matrices."""

    def test_a_year_before(self, months):
        deaths, lived = (values[2:] for values in months)
        found = step_limits(deaths, lived, after(34, 12))
        assert found.ratio[0] == pytest.approx(0.512003, abs=1e-6)
        assert found.ratio_lower[0] == pytest.approx(0.368614, abs=1e-5)
        assert found.ratio_upper[0] == pytest.approx(0.711170, abs=1e-5)
        assert found.expected == pytest.approx(8308.54, abs=0.01)
        assert found.averted_lower == pytest.approx(1730.95, abs=0.1)
        assert found.averted_upper == pytest.approx(7280.25, abs=0.1)

    def test_all_months_before(self, months):
        found = step_limits(*months, after(36, 14))
        assert found.ratio_lower[0] == pytest.approx(0.376117, abs=1e-5)
        assert found.ratio_upper[0] == pytest.approx(0.710974, abs=1e-5)
        assert found.averted_lower == pytest.approx(1732.64, abs=0.1)
        assert found.averted_upper == pytest.approx(7050.06, abs=0.1)
        assert found.persistence == pytest.approx(0.79771, abs=1e-4)

    def test_on_a_trend(self, months):
        found = step_limits(*months, after(36, 14), trend=True)
        assert found.ratio[0] == pytest.approx(0.406299, abs=1e-6)
        assert found.ratio_lower[0] == pytest.approx(0.291396, abs=1e-5)
        assert found.averted_upper == pytest.approx(10334.00, abs=0.1)

    def test_with_missing_months(self, months):
        deaths = months[0].copy()
        deaths[[3, 9, 20]] = np.nan
        found = step_limits(deaths, months[1], after(36, 14))
        assert found.ratio_lower[0] == pytest.approx(0.378802, abs=1e-5)
        assert found.averted_lower == pytest.approx(1682.12, abs=0.1)


def test_weights_are_those_of_the_dense_likelihood(months):
    """The filter's restricted likelihood against determinants and inverses of whole matrices.

    Two totals of three months stand among the months: their rows of R are means over them.
    """
    rng = np.random.default_rng(5)
    length = np.array([1, 1, 3, 1, 1, 1, 3, 1, 1, 1, 1, 1])
    first = np.r_[0, np.cumsum(length)[:-1]] + np.r_[np.zeros(9, int), [2, 2, 2]]
    x = np.column_stack([np.ones(12), after(12, 6)])
    deaths = rng.poisson(100 * length).astype(float)
    found = model_limits(deaths, length.astype(float), x, x * [1, 0], window=after(12, 6),
                         first=first, length=length)  # fmt: skip

    totals = np.array([deaths[:6].sum(), deaths[6:].sum()])
    rate = totals / [length[:6].sum(), length[6:].sum()]
    mean = length * rate[after(12, 6).astype(int)]
    share = np.zeros((12, first[-1] + 1))
    for row, (start, units) in enumerate(zip(first, length, strict=True)):
        share[row, start : start + units] = 1 / units
    residual = 2 * (np.sqrt(deaths + 0.375) - np.sqrt(mean + 0.375))
    unit = mean.sum() / length.sum()
    z = x * np.sqrt(mean)[:, None]
    project = np.eye(12) - z @ np.linalg.inv(z.T @ z) @ z.T
    most = np.log(20 + 60 * (residual @ project @ residual) / 10)
    kappa = np.expm1(np.linspace(0, most, 30))
    edges = np.r_[0, (PERSISTENCES[1:] + PERSISTENCES[:-1]) / 2, 1]
    ahead = np.r_[np.zeros(6), length[6:] / length[6:].sum()]
    behind = np.r_[length[:6] / length[:6].sum(), np.zeros(6)]
    weights, variances = [], []
    for at, rho in enumerate(PERSISTENCES):
        lags = np.abs(np.subtract.outer(*[np.arange(first[-1] + 1)] * 2))
        matrix = share @ rho ** lags.astype(float) @ share.T
        for k in kappa:
            v = np.eye(12) + k * np.sqrt(np.outer(mean, mean)) / unit * matrix
            inverse = np.linalg.inv(v)
            inner = z.T @ inverse @ z
            left = inverse - inverse @ z @ np.linalg.inv(inner) @ z.T @ inverse
            log = np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1]
            weights.append(np.log(np.diff(edges)[at]) - (log + residual @ left @ residual) / 2)
            contrast = ahead - behind
            variances.append((1 / totals).sum() + k / unit * contrast @ matrix @ contrast)
    weights = np.exp(np.array(weights) - max(weights))
    weights /= weights.sum()
    from scipy.optimize import brentq
    from scipy.special import ndtr

    sd = np.sqrt(variances)
    half = brentq(lambda h: weights @ ndtr(h / sd) - 0.975, 0, 9)
    assert np.log(found.ratio_upper[1] / found.ratio[1]) == pytest.approx(half, rel=1e-7)
    assert found.persistence == pytest.approx(weights.reshape(14 - 1, 30).sum(1) @ PERSISTENCES)


def test_a_batch_gives_what_each_series_gives(months):
    ends = np.arange(20, 36)
    many = step_limits(*months, after(36, 14), used=np.arange(36) <= ends[:, None])
    for row, end in enumerate(ends):
        one = step_limits(*(v[: end + 1] for v in months), after(end + 1, 14))
        assert many.ratio_upper[row, 0] == pytest.approx(one.ratio_upper[0], rel=1e-9)
        assert many.expected_lower[row] == pytest.approx(float(one.expected_lower), rel=1e-9)


def test_months_of_both_sides_only(months):
    """Months between baseline and study, left out, keep the distance of time."""
    used = np.ones(36, bool)
    used[10:14] = False
    kept = step_limits(*(v[used] for v in months), after(36, 14)[used],
                       first=np.arange(36)[used])  # fmt: skip
    masked = step_limits(*months, after(36, 14), used=used)
    assert masked.ratio_upper[0] == pytest.approx(kept.ratio_upper[0], rel=1e-9)


def test_no_deaths_after(months):
    """Independent deaths of mean 10: none has the chance 2.5 % at a ratio of ln(40)/10."""
    deaths = np.r_[np.full(60, 10.0), 0.0]
    found = step_limits(deaths, np.ones(61), after(61, 60))
    assert found.ratio[0] == found.ratio_lower[0] == 0
    assert np.log(40) / 10 < found.ratio_upper[0] < 1.2 * np.log(40) / 10
    assert found.averted == pytest.approx(10)
    assert found.expected_lower < 10 < found.expected_upper


def test_missing_without_deaths_before_and_with_few_periods():
    nothing = step_limits([0.0] * 6 + [5.0] * 6, np.ones(12), after(12, 6))
    assert np.isnan([nothing.ratio[0], nothing.ratio_upper[0], nothing.expected]).all()
    few = step_limits([9.0, 8.0, 7.0, 5.0, 4.0], np.ones(5), after(5, 3))
    assert np.isnan([few.ratio_lower[0], few.expected_upper]).all()


def test_a_season_narrows_the_limits_of_a_seasonal_series():
    month = np.arange(48)
    deaths = np.round(300 * np.exp(0.3 * np.sin(month * np.pi / 6)) * np.where(month < 24, 1, 0.6))
    plain, seasonal = (step_limits(deaths, np.ones(48), month >= 24, season=k) for k in (0, 1))
    widths = [float(np.log(f.ratio_upper[0] / f.ratio_lower[0])) for f in (plain, seasonal)]
    assert widths[1] < widths[0] / 2


def test_several_steps(months):
    steps = np.column_stack([np.ones(36), after(36, 14), after(36, 26)])
    found = model_limits(*months, steps, steps * [1, 0, 0], window=after(36, 14))
    deaths, lived = months
    rates = [deaths[a:b].sum() / lived[a:b].sum() for a, b in ((0, 14), (14, 26), (26, 36))]
    assert found.ratio[1:] == pytest.approx([rates[1] / rates[0], rates[2] / rates[1]])
    assert float(found.expected) == pytest.approx(rates[0] * lived[14:].sum())


def test_periods_out_of_order_are_refused():
    with pytest.raises(ValueError, match="order of time"):
        step_limits([1.0] * 9, np.ones(9), after(9, 4), first=np.arange(9)[::-1])


def test_no_periods_cover_no_unit_of_time():
    none = pd.Series(pd.DatetimeIndex([]))
    assert [len(each) for each in units_of_time(none, none)] == [0, 0]
