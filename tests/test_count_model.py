from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.count_model import CountFit, count_limits, diagnostics, fit_counts


def constant_fit(
    observed: list[float], family: str = "poisson", time: list[int] | None = None
) -> CountFit:
    n = len(observed)
    return fit_counts(
        np.array(observed, dtype=float),
        np.ones((n, 1)),
        np.ones(n),
        np.array(time or range(1, n + 1)),
        family=family,  # type: ignore[arg-type]
        terms=["constant"],
    )


def test_negative_binomial_of_mites_on_apple_leaves() -> None:
    # Bliss and Fisher 1953, Biometrics 9:176-200: mean 1.1467, maximum-likelihood k = 1.0246.
    leaves = [70, 38, 17, 10, 9, 3, 2, 1]
    fit = constant_fit([count for count, n in enumerate(leaves) for _ in range(n)],
                       "negative-binomial")  # fmt: skip
    assert np.exp(fit.estimate[0]) == pytest.approx(1.1467, abs=5e-5)
    assert 1 / fit.alpha == pytest.approx(1.0246, abs=5e-5)


def test_negative_binomial_falls_back_where_counts_are_not_overdispersed() -> None:
    fit = constant_fit([98, 101, 100, 103, 97, 101], "negative-binomial")
    assert (fit.family, fit.alpha) == ("poisson", 0)
    assert "not over-dispersed" in fit.notes[0]
    assert np.isfinite(fit.covariance("model")).all()


def test_covariances_of_a_constant_by_hand() -> None:
    # Mean 10, so V = 1/60; deviations +2 +2 -1 -1 -2 0, squares 14, lag-1 products 4-2+1+2+0=5.
    fit = constant_fit([12, 12, 9, 9, 8, 10])
    v = 1 / 60
    assert fit.covariance("model")[0, 0] == pytest.approx(v)
    assert fit.covariance("quasi")[0, 0] == pytest.approx(v * (14 / 10) / 5)
    assert fit.covariance("hc0")[0, 0] == pytest.approx(v**2 * 14)
    assert fit.covariance("hc1")[0, 0] == pytest.approx(v**2 * 14 * 6 / 5)
    # Bartlett weight 1/2 at lag 1, counted twice.
    assert fit.covariance("hac", 1)[0, 0] == pytest.approx(v**2 * (14 + 5))
    assert fit.covariance("hac-adjusted", 1)[0, 0] == pytest.approx(v**2 * (14 + 5) * 6 / 5)


def test_hac_does_not_join_months_across_a_gap() -> None:
    # With a month missing after the second, the product 2 x -1 = -2 falls out: 14 + 7.
    fit = constant_fit([12, 12, 9, 9, 8, 10], time=[1, 2, 4, 5, 6, 7])
    assert fit.covariance("hac", 1)[0, 0] == pytest.approx((14 + 7) / 3600)


def test_default_lag() -> None:
    # floor(4 (n/100)^(2/9)): 3.55 for 59 periods, 2.58 for 14.
    assert constant_fit([5.0, 6.0] * 29 + [7.0]).lag(None) == 3
    assert constant_fit([5.0, 6.0] * 7).lag(None) == 2
    with pytest.raises(ValueError, match="lag=14"):
        constant_fit([5.0, 6.0] * 7).lag(14)


def test_diagnostics_by_hand() -> None:
    fit = constant_fit([11, 9] * 10)
    found = diagnostics(fit, lag=None)
    assert found.dispersion == pytest.approx(20 * (1 / 10) / 19)
    # Alternating: autocorrelation -19/20 at lag 1, +18/20 at lag 2 (about the mean residual).
    assert found.autocorrelation["acf"].to_numpy()[:2] == pytest.approx([-0.95, 0.9], abs=1e-9)
    box = 20 * 22 * (0.95**2 / 19 + 0.9**2 / 18)
    assert found.autocorrelation["ljung_box"].iloc[1] == pytest.approx(box)
    assert found.to_frame().shape[0] == 1


def test_limits_of_a_count_are_those_of_the_negative_binomial() -> None:
    # 2,014 in 6 periods, one more ahead: R's qnbinom(c(.025, .975), 2014.5, 6/7) is 298, 375.
    mean = np.array([2014 / 6])
    lower, upper = count_limits(mean, mean * (1 + 1 / 6), conf=0.95)
    assert (lower[0], upper[0]) == (298, 375)


def test_what_cannot_be_estimated_is_refused() -> None:
    y, time = np.array([5.0, 6.0, 0.0, 0.0]), np.arange(1, 5)
    after = np.array([0.0, 0, 1, 1])
    fit = {"exposure": np.ones(4), "time": time, "family": "poisson"}
    with pytest.raises(ValueError, match="term 'level': no deaths"):
        fit_counts(y, np.column_stack([np.ones(4), after]), terms=["constant", "level"], **fit)
    with pytest.raises(ValueError, match="without any deaths"):
        fit_counts(
            y[::-1], np.column_stack([np.ones(4), after]), terms=["constant", "level"], **fit
        )
    with pytest.raises(ValueError, match="repeat one another"):
        fit_counts(
            y, np.column_stack([np.ones(4), time, 2 * time]), terms=["constant", "a", "b"], **fit
        )
    with pytest.raises(ValueError, match="4 periods cannot carry 4 terms"):
        fit_counts(y, np.eye(4), terms=list("abcd"), **fit)
    with pytest.raises(ValueError, match="family 'gauss'"):
        fit_counts(y, np.ones((4, 1)), terms=["constant"], **(fit | {"family": "gauss"}))


@pytest.mark.parametrize(
    ("trend", "kind", "expected"),
    [
        (False, "hac-andrews", [0.0235186705161, 0.0746870728771]),
        (False, "hac-prewhitened", [0.0203345795411, 0.0761518228672]),
        (True, "hac-andrews", [0.03868967744504, 0.09687420448121, 0.00492848186095]),
        (True, "hac-prewhitened", [0.04021108491438, 0.08565965139793, 0.00492325837299]),
    ],
)
def test_andrews_errors_are_those_of_r(trend: bool, kind: Any, expected: list[float]) -> None:
    # R 4.2.2, sandwich 3.0-2: m <- glm(deaths ~ post [+ t], offset = log(days), family = poisson,
    # control = list(epsilon = 1e-14)); sqrt(diag(vcovHAC(m))), and vcovHAC(m, prewhite = 1).
    # Deaths a month in El Salvador, 2011 to 2013; `post` from March 2012.
    deaths = [354, 320, 377, 340, 368, 360, 364, 391, 372, 384, 375, 366, 411, 402, 255, 156, 172,
              166, 175, 157, 162, 193, 159, 168, 191, 184, 171, 148, 170, 182, 253, 255, 234, 241,
              254, 208]  # fmt: skip
    start = pd.date_range("2011-01-01", periods=36, freq="MS")
    columns = [np.ones(36), np.arange(36) >= 14, *([np.arange(1, 37)] if trend else [])]
    fit = fit_counts(
        np.array(deaths, float),
        np.column_stack(columns).astype(float),
        start.days_in_month.to_numpy(float),
        np.arange(36),
        family="poisson",
        terms=["constant", "level", "trend"][: len(columns)],
    )
    # R leaves out weights of the kernel below 1e-7.
    assert np.sqrt(np.diag(fit.covariance(kind))) == pytest.approx(expected, rel=2e-8)
