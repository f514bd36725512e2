"""Limits against published numbers, against their definitions, and properties that must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from homicide_trends.rates import intervals
from homicide_trends.rates.intervals import (
    difference_limits,
    median_unbiased_ratio,
    poisson_limits,
    prediction_limits,
    ratio_limits,
    ratio_p_value,
    tolerance_limits,
)

counts = st.integers(min_value=0, max_value=20_000)
some_counts = st.integers(min_value=1, max_value=20_000)
exposures = st.floats(min_value=1e-3, max_value=1e7)
confs = st.floats(min_value=0.5, max_value=0.999)
few = settings(max_examples=60, deadline=None)


def pair(limits: intervals.Limits) -> list[float]:
    return [float(limits.lower), float(limits.upper)]


class TestPoissonLimits:
    @pytest.mark.parametrize(
        ("method", "count", "conf", "lower", "upper"),
        [
            # Ulm (1990), Am J Epidemiol 131:373-375.
            ("exact", 10, 0.95, 4.795389, 18.390356),
            # R 4.2.2 stats::poisson.test.
            ("exact", 1, 0.95, 0.02531781, 5.571643),
            ("exact", 255, 0.95, 224.65953, 288.29557),
            ("exact", 15, 0.95, 0.0209884653319583 * 400, 0.0618505471787146 * 400),
            # PHEindicatormethods, its own test data (Byar's method).
            ("byar", 65, 0.95, 50.16318771, 82.84913855),
            ("byar", 65, 0.998, 42.88026147, 94.00029084),
            # The same package exact below 10, Byar from 10 on.
            ("phe", 5, 0.95, 1.62348639, 11.66833208),
            ("phe", 65, 0.95, 50.16318771, 82.84913855),
            # R DescTools PoissonCI(15, 400), times 400.
            ("byar-half", 15, 0.95, 0.0219084369245707 * 400, 0.0602933510943048 * 400),
            ("normal", 15, 0.95, 0.0185227303217751 * 400, 0.0564772696782249 * 400),
            # R ratesci / DescTools score limits of 15 in 400, by statsmodels' tests.
            ("score", 15, 0.95, 0.0227264749053794 * 400, 0.0618771721463559 * 400),
        ],
    )
    def test_published(
        self, method: str, count: int, conf: float, lower: float, upper: float
    ) -> None:
        found = pair(poisson_limits(count, conf=conf, method=method))
        assert found == pytest.approx([lower, upper], rel=3e-7)

    def test_no_deaths(self) -> None:
        # All of the upper tail is exp(-mean): exact -log(0.025), mid-P -log(0.05).
        assert pair(poisson_limits(0)) == pytest.approx([0, -math.log(0.025)])
        assert pair(poisson_limits(0, method="mid-p")) == pytest.approx([0, -math.log(0.05)])
        assert pair(poisson_limits(0, method="normal")) == [0, 0]
        for method in intervals.POISSON_METHODS:
            assert poisson_limits(0, method=method).lower == 0

    @pytest.mark.parametrize("count", [1, 4, 37, 2594])
    @pytest.mark.parametrize("conf", [0.8, 0.95, 0.998])
    def test_exact_and_mid_p_by_their_definitions(self, count: int, conf: float) -> None:
        tail = (1 - conf) / 2
        lower, upper = pair(poisson_limits(count, conf=conf))
        assert stats.poisson.sf(count - 1, lower) == pytest.approx(tail, rel=1e-9)
        assert stats.poisson.cdf(count, upper) == pytest.approx(tail, rel=1e-9)
        lower, upper = pair(poisson_limits(count, conf=conf, method="mid-p"))
        own = stats.poisson.pmf(count, [lower, upper])
        assert stats.poisson.sf(count, lower) + own[0] / 2 == pytest.approx(tail, rel=1e-9)
        assert stats.poisson.cdf(count, upper) - own[1] / 2 == pytest.approx(tail, rel=1e-9)

    @few
    @given(counts, confs, st.sampled_from(intervals.POISSON_METHODS))
    def test_hold_the_count_and_grow_with_conf(self, count: int, conf: float, method: str) -> None:
        lower, upper = pair(poisson_limits(count, conf=conf, method=method))
        assert 0 <= lower <= count <= upper
        wider = pair(poisson_limits(count, conf=conf + (1 - conf) / 2, method=method))
        assert wider[0] <= lower
        assert wider[1] >= upper

    @few
    @given(counts, confs)
    def test_exact_hold_mid_p(self, count: int, conf: float) -> None:
        exact = pair(poisson_limits(count, conf=conf))
        mid_p = pair(poisson_limits(count, conf=conf, method="mid-p"))
        assert exact[0] <= mid_p[0] * (1 + 1e-12)
        assert mid_p[1] <= exact[1] * (1 + 1e-12)

    @few
    @given(some_counts, st.floats(min_value=1, max_value=50))
    def test_dispersion_widens_on_the_log_scale(self, count: int, phi: float) -> None:
        plain, wide = poisson_limits(count), poisson_limits(count, dispersion=phi)
        for one, other in zip(plain, wide, strict=True):
            assert math.log(other / count) == pytest.approx(
                math.sqrt(phi) * math.log(one / count), rel=1e-9
            )

    def test_dispersion_of_no_deaths_multiplies_the_upper_limit(self) -> None:
        assert pair(poisson_limits(0, dispersion=4)) == pytest.approx([0, -4 * math.log(0.025)])

    @pytest.mark.parametrize("method", intervals.POISSON_METHODS)
    def test_arrays_of_any_shape_with_missing(self, method: str) -> None:
        x = np.array([[0, 3, np.nan], [12, 255, 1e7]])
        limits = poisson_limits(x, method=method)
        assert limits.lower.shape == limits.upper.shape == (2, 3)
        assert np.isnan(limits.lower[0, 2])
        assert np.isnan(limits.upper[0, 2])
        alone = [limits.lower[1, 1], limits.upper[1, 1]]
        assert pair(poisson_limits(255, method=method)) == pytest.approx(alone, rel=1e-14)
        # Ten million deaths: all methods are the normal one to within a thousandth of a width.
        width = 1.959964 * math.sqrt(1e7)
        assert limits.upper[1, 2] == pytest.approx(1e7 + width, abs=width / 1e3)

    def test_scalars_give_arrays_without_dimension(self) -> None:
        for limit in poisson_limits(10):
            assert isinstance(limit, np.ndarray)
            assert limit.shape == ()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"count": -1}, "count is -1; a count must be 0 or more"),
            ({"count": math.inf}, "count is inf"),
            ({"count": "many"}, "count must be numbers, not 'many'"),
            ({"count": 1, "conf": 95}, "conf is 95; it must lie between 0 and 1"),
            ({"count": 1, "conf": 0}, "conf is 0"),
            ({"count": 1, "method": "byars"}, "unknown method 'byars'; did you mean 'byar'"),
            ({"count": 1, "dispersion": 0}, "dispersion is 0; it must be above 0"),
        ],
    )
    def test_refuses(self, arguments: dict[str, Any], message: str) -> None:
        count = arguments.pop("count")
        with pytest.raises(ValueError, match=message):
            poisson_limits(count, **arguments)


class TestRatio:
    def test_published(self) -> None:
        # R documentation of poisson.test: c(11, 6+8+7) in c(800, 1083+1050+878).
        parts = (11, 800, 21, 3011)
        assert pair(ratio_limits(*parts)) == pytest.approx([0.8584264, 4.2772659], rel=1e-6)
        p = ratio_p_value(*parts, method="exact-minlike")
        assert p == pytest.approx(0.07967, abs=5e-6)

    def test_equally_likely_outcomes_count_on_both_sides(self) -> None:
        # R 4.2.2 binom.test(255, 632): with equal exposures the binomial is symmetric, and
        # the outcome as likely as 255, 377, belongs to the other tail.
        for method in ("exact-minlike", "exact-central"):
            p = float(intervals.ratio_p_value(255, 31, 377, 31, method=method))
            assert p == pytest.approx(1.38341728e-06, rel=1e-7)

    def test_published_mid_p(self) -> None:
        # epitools rateratio() on Rothman & Greenland's fluoroscopy data; its roots hold 1e-4.
        parts = (41, 28010, 15, 19017)
        found = pair(ratio_limits(*parts, method="mid-p"))
        assert found == pytest.approx([1.041036, 3.449052], rel=2e-4)
        assert median_unbiased_ratio(*parts) == pytest.approx(1.842977, rel=1e-4)
        assert ratio_p_value(*parts, method="mid-p") == pytest.approx(0.03545742, rel=1e-6)
        found = pair(ratio_limits(*parts, method="log-normal"))
        assert found == pytest.approx([1.027226, 3.352563], rel=1e-6)

    @pytest.mark.parametrize("method", ["exact", "mid-p"])
    def test_zeros(self, method: str) -> None:
        lower, upper = pair(ratio_limits(0, 10, 3, 10, method=method))
        assert lower == 0
        # P(X = 0 of 3) = q^3 is the whole tail (mid-P: half of it): upper odds 1/q - 1.
        tail = 0.025 if method == "exact" else 0.05
        assert upper == pytest.approx(tail ** (-1 / 3) - 1)
        flipped = pair(ratio_limits(3, 10, 0, 10, method=method))
        assert flipped == pytest.approx([1 / upper, math.inf])
        assert np.isnan(pair(ratio_limits(0, 10, 0, 10, method=method))).all()

    def test_zeros_have_no_log(self) -> None:
        for a, b in ((0, 3), (3, 0), (0, 0)):
            assert np.isnan(pair(ratio_limits(a, 1, b, 1, method="log-normal"))).all()

    @pytest.mark.parametrize(("a", "b"), [(1, 1), (3, 40), (255, 377), (1, 900_000), (70_000, 3)])
    def test_mid_p_by_its_definition(self, a: int, b: int) -> None:
        for limit, tail in zip(
            ratio_limits(a, 2.0, b, 0.5, method="mid-p"), ("sf", "cdf"), strict=True
        ):
            odds = float(limit) * 4
            binomial = stats.binom(a + b, odds / (1 + odds))
            beyond = binomial.sf(a) if tail == "sf" else binomial.cdf(a - 1)
            assert beyond + binomial.pmf(a) / 2 == pytest.approx(0.025, rel=1e-7)

    @few
    @given(counts, exposures, counts, exposures, confs, st.sampled_from(intervals.RATIO_METHODS))
    def test_exchange(self, a: int, t1: float, b: int, t0: float, conf: float, method: str) -> None:
        there = pair(ratio_limits(a, t1, b, t0, conf=conf, method=method))
        back = pair(ratio_limits(b, t0, a, t1, conf=conf, method=method))
        with np.errstate(divide="ignore"):
            exchanged = list(1 / np.array(back[::-1]))
        assert there == pytest.approx(exchanged, rel=1e-9, nan_ok=True)

    @few
    @given(some_counts, some_counts, confs)
    def test_hold_the_ratio_and_grow_with_conf(self, a: int, b: int, conf: float) -> None:
        for method in intervals.RATIO_METHODS:
            lower, upper = pair(ratio_limits(a, 1, b, 1, conf=conf, method=method))
            assert lower < a / b < upper
            wider = pair(ratio_limits(a, 1, b, 1, conf=conf + (1 - conf) / 2, method=method))
            assert wider[0] < lower < upper < wider[1]

    @few
    @given(st.integers(1, 300), st.integers(1, 300), st.floats(0.2, 5))
    def test_p_values_agree_with_limits(self, a: int, b: int, t1: float) -> None:
        for limits, p_value in (("exact", "exact-central"), ("mid-p", "mid-p")):
            lower, upper = pair(ratio_limits(a, t1, b, 1, method=limits))
            p = float(intervals.ratio_p_value(a, t1, b, 1, method=p_value))
            if abs(p - 0.05) > 1e-9:
                assert (p < 0.05) == (not lower < 1 < upper)

    @few
    @given(st.integers(0, 400), st.integers(0, 400), st.floats(0.01, 100))
    def test_minlike_is_the_binomial_test(self, a: int, b: int, t1: float) -> None:
        found = float(intervals.ratio_p_value(a, t1, b, 1, method="exact-minlike"))
        if a + b == 0:
            assert found == 1
        else:
            expected = stats.binomtest(a, a + b, t1 / (t1 + 1)).pvalue
            assert found == pytest.approx(expected, rel=1e-6)

    def test_minlike_needs_whole_counts(self) -> None:
        with pytest.raises(ValueError, match="whole counts"):
            ratio_p_value(1.5, 1, 2, 1, method="exact-minlike")

    def test_refuses_an_exposure_of_zero(self) -> None:
        with pytest.raises(ValueError, match="exposure0 is 0; it must be above 0"):
            ratio_limits(1, 1, 1, 0)

    @pytest.mark.parametrize("method", intervals.RATIO_METHODS)
    def test_arrays_with_missing(self, method: str) -> None:
        limits = ratio_limits([3, np.nan, 5], 1, [4, 4, 4], [1, 1, np.nan], method=method)
        assert np.isnan(limits.lower).tolist() == [False, True, True]
        assert limits.upper[0] == ratio_limits(3, 1, 4, 1, method=method).upper


class TestDifference:
    def test_wald_by_hand(self) -> None:
        # 41/28010 - 15/19017 = 6.74995e-4; sqrt(41/28010^2 + 15/19017^2) = 3.06163e-4.
        found = pair(difference_limits(41, 28010, 15, 19017))
        assert found == pytest.approx([7.49272e-5, 1.275063e-3], rel=1e-5)

    @pytest.mark.parametrize("parts", [(41, 28.01, 15, 19.017), (0, 1, 3, 1), (5, 2, 0, 3)])
    def test_mover_is_that_of_statsmodels(self, parts: tuple[float, ...]) -> None:
        from statsmodels.stats.rates import confint_poisson_2indep

        expected = confint_poisson_2indep(*parts, compare="diff", method="mover")
        assert pair(difference_limits(*parts, method="mover")) == pytest.approx(expected)

    @few
    @given(counts, exposures, counts, exposures, st.sampled_from(["wald", "mover"]))
    def test_exchange(self, a: int, t1: float, b: int, t0: float, method: str) -> None:
        there = pair(difference_limits(a, t1, b, t0, method=method))
        back = pair(difference_limits(b, t0, a, t1, method=method))
        assert there == pytest.approx([-back[1], -back[0]])
        assert there[0] <= a / t1 - b / t0 <= there[1]


class TestPrediction:
    @pytest.mark.parametrize(
        ("x", "t", "s"), [(20, 5, 1), (28, 1, 1), (0, 12, 12), (1, 1, 30), (2014, 6, 12)]
    )
    @pytest.mark.parametrize("conf", [0.5, 0.95, 0.999])
    def test_by_their_definitions(self, x: int, t: float, s: float, conf: float) -> None:
        tail, mean, y = (1 - conf) / 2, x * s / t, np.arange(40_000)
        # Exact: all y that neither one-sided binomial test of x among x+y rejects.
        share = t / (s + t)
        kept = (stats.binom.sf(x - 1, x + y, share) > tail) & (
            stats.binom.cdf(x, x + y, share) > tail
        )
        limits = prediction_limits(x, t, s, conf=conf)
        assert pair(limits) == [y[kept].min(), y[kept].max()]
        limits = prediction_limits(x, t, s, conf=conf, method="jeffreys")
        assert pair(limits) == list(stats.nbinom.ppf([tail, 1 - tail], x + 0.5, share))
        limits = prediction_limits(x, t, s, conf=conf, method="plug-in")
        quantiles = stats.poisson.ppf([tail, 1 - tail], mean) if mean else [0, 0]
        assert pair(limits) == list(quantiles)
        half = stats.norm.ppf(1 - tail) * math.sqrt(mean * (1 + s / t))
        limits = prediction_limits(x, t, s, conf=conf, method="normal")
        assert pair(limits) == pytest.approx([mean - half, mean + half])

    def test_fractional_counts_are_between_whole_ones(self) -> None:
        lower = prediction_limits([100, 100.5, 101], 1, 1).lower
        assert lower[0] <= lower[1] <= lower[2]

    @few
    @given(counts, st.floats(0.1, 100), st.floats(0.1, 100), confs)
    def test_wider_than_plug_in(self, x: int, t: float, s: float, conf: float) -> None:
        narrow = pair(prediction_limits(x, t, s, conf=conf, method="plug-in"))
        wide = pair(prediction_limits(x, t, s, conf=conf))
        assert wide[0] <= narrow[0]
        assert wide[1] >= narrow[1]

    @few
    @given(counts, st.floats(0.1, 100), st.floats(0.1, 100), confs, st.floats(1, 30))
    def test_wider_with_conf_and_with_dispersion(
        self, x: int, t: float, s: float, conf: float, phi: float
    ) -> None:
        for method in intervals.PREDICTION_METHODS:
            lower, upper = pair(prediction_limits(x, t, s, conf=conf, method=method))
            more = pair(prediction_limits(x, t, s, conf=conf + (1 - conf) / 2, method=method))
            assert more[0] <= lower <= upper <= more[1]
        plain = pair(prediction_limits(x, t, s, method="normal"))
        spread = pair(prediction_limits(x, t, s, method="normal", dispersion=phi))
        assert spread[0] <= plain[0]
        assert plain[1] <= spread[1]

    def test_dispersion_gives_the_negative_binomial_of_that_variance(self) -> None:
        # Mean (200+0.5)*2, variance 3*(1+2) times that: size = mean/(9-1), prob = 1/9.
        mean = 401.0
        found = prediction_limits(200, 1, 2, method="jeffreys", dispersion=3)
        assert pair(found) == list(stats.nbinom.ppf([0.025, 0.975], mean / 8, 1 / 9))

    def test_coverage_of_simulated_counts(self) -> None:
        # 40,000 pairs of Poisson counts at one rate, the window twice as long as the baseline.
        generator = np.random.default_rng(20120309)
        x, y = generator.poisson(60, 40_000), generator.poisson(120, 40_000)
        covered = {}
        for method in intervals.PREDICTION_METHODS:
            limits = prediction_limits(x, 1, 2, method=method)
            covered[method] = float(np.mean((limits.lower <= y) & (y <= limits.upper)))
        assert covered["exact"] >= 0.95
        assert covered["jeffreys"] == pytest.approx(0.95, abs=0.012)
        assert covered["normal"] == pytest.approx(0.95, abs=0.012)
        # Without the baseline's error the limits are 1/sqrt(3) as wide: about 74 %.
        assert covered["plug-in"] == pytest.approx(0.74, abs=0.03)

    def test_coverage_with_dispersion(self) -> None:
        # Negative binomial counts with variance 4 times the mean, in 12 and in 22 months.
        generator = np.random.default_rng(7)
        months = generator.negative_binomial(365 / 3, 1 / 4, (20_000, 34))
        x, y = months[:, :12].sum(axis=1), months[:, 12:].sum(axis=1)
        limits = prediction_limits(x, 12, 22, method="jeffreys", dispersion=4)
        assert np.mean((limits.lower <= y) & (y <= limits.upper)) == pytest.approx(0.95, abs=0.01)

    def test_arrays_with_missing(self) -> None:
        for method in intervals.PREDICTION_METHODS:
            limits = prediction_limits([5, np.nan, 5], 1, [1, 1, np.nan], method=method)
            assert np.isnan(limits.lower).tolist() == [False, True, True]
            assert np.isnan(limits.upper).tolist() == [False, True, True]

    def test_refuses_dispersion_without_a_form(self) -> None:
        with pytest.raises(ValueError, match="'exact' has no form for dispersion 2; there are jef"):
            prediction_limits(10, 1, 1, dispersion=2)
        with pytest.raises(ValueError, match="dispersion is 0.5; for a prediction"):
            prediction_limits(10, 1, 1, method="normal", dispersion=0.5)

    @pytest.mark.parametrize(
        ("method", "lower", "upper"),
        [("normal", 104, 200), ("score", 106, 202), ("exact", 105, 202)],
    )
    def test_tolerance_published(self, method: str, lower: int, upper: int) -> None:
        # R package tolerance, poistol.int(150, 100, m = 100), by statsmodels' tests.
        assert pair(tolerance_limits(150, 100, 100, method=method)) == [lower, upper]


def test_many_elements_at_once_are_each_as_alone() -> None:
    generator = np.random.default_rng(3)
    x, y = generator.integers(0, 3000, 10_000), generator.integers(0, 3000, 10_000)
    some = [0, 17, 4444, 9999]
    for method in intervals.RATIO_METHODS:
        whole = ratio_limits(x, 2, y, 3, method=method)
        alone = [pair(ratio_limits(x[i], 2, y[i], 3, method=method)) for i in some]
        assert np.transpose(whole)[some] == pytest.approx(np.array(alone), rel=1e-13)
    for method in intervals.PREDICTION_METHODS:
        whole = prediction_limits(x, 2, 3, method=method)
        assert np.transpose(whole)[some].tolist() == [
            pair(prediction_limits(x[i], 2, 3, method=method)) for i in some
        ]


def test_e_test_of_two_counts() -> None:
    # Krishnamoorthy and Thomson's test by statsmodels 0.15; the exact one of R is 0.2890625.
    assert float(intervals.ratio_p_value(6, 1, 2, 1, method="e-test")) == pytest.approx(
        0.17487482, abs=1e-7
    )
    assert float(intervals.ratio_p_value(6, 1, 2, 1, method="exact-minlike")) == pytest.approx(
        0.2890625
    )
    assert float(intervals.ratio_p_value(0, 1, 0, 1, method="e-test")) == 1
