"""Marked places against the rest: by hand, against a regression, and on panels of known truth."""

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.two_way import TwoWay, compare_places, two_way_differences
from homicide_trends.refusals import RefusedError

MARKED = np.arange(262) < 11
AFTER = np.arange(2008, 2015) >= 2013


def panel(rng: np.random.Generator, effect: float) -> np.ndarray:
    """262 places over 7 years: levels and years of their own, and years of a place that scatter."""
    level = rng.gamma(0.6, 20, 262)
    year = np.array([1.0, 1.3, 1.2, 1.35, 0.8, 0.75, 1.1])
    scatter = rng.gamma(4, 1 / 4, (262, 7))
    mean = level[:, None] * year * scatter * np.where(MARKED[:, None] & AFTER, effect, 1)
    return rng.poisson(mean)


def test_by_hand() -> None:
    found = two_way_differences(
        [[40, 20], [60, 30], [50, 27], [40, 40], [80, 76], [60, 66]],
        [True] * 3 + [False] * 3,
        [False, True],
    )
    # (77 / 150) / (182 / 180) = 0.5077
    assert found.ratio == pytest.approx(0.50769, abs=1e-5)
    assert (found.marked_before, found.marked_after) == (150, 77)
    assert (found.others_before, found.others_after) == (180, 182)
    # Marked: 20/77 - 40/150, 30/77 - 60/150, 27/77 - 50/150 = -0.00693, -0.01039, 0.01732, of
    # shares 0.2632, 0.3948, 0.3420; over 1 - share: -0.00940, -0.01717, 0.02632: squares 0.001076.
    # Others: -0.00244, -0.02686, 0.02930 of 0.2210, 0.4310, 0.3480: squares 0.004259.
    # Places worth 2.923 and 2.811, less one: 0.005334^2 / (0.001076^2 / 1.923 + 0.004259^2 / 1.811)
    # = 2.681 degrees of freedom, t = 3.408.
    assert np.log(found.upper / found.ratio) == pytest.approx(3.408 * 0.005334**0.5, rel=0.001)


def test_the_estimate_is_that_of_a_regression_with_places_and_years() -> None:
    import statsmodels.api as sm

    deaths = panel(np.random.default_rng(5), 0.7)[np.r_[0:11, 20:40]] + 1
    marked = np.arange(31) < 11
    place, year = np.repeat(np.arange(31), 7), np.tile(np.arange(7), 31)
    design = np.column_stack([
        place[:, None] == np.arange(31), year[:, None] == np.arange(1, 7),
        marked[place] & AFTER[year],
    ]).astype(float)  # fmt: skip
    fit = sm.GLM(deaths.ravel(), design, family=sm.families.Poisson()).fit()
    assert two_way_differences(deaths, marked, AFTER).ratio == pytest.approx(
        np.exp(fit.params[-1]), rel=1e-5
    )


@pytest.mark.parametrize("effect", [1.0, 0.7])
def test_the_limits_hold_the_truth_on_panels_of_municipalities(effect: float) -> None:
    rng = np.random.default_rng(262)
    found = [two_way_differences(panel(rng, effect), MARKED, AFTER) for _ in range(600)]
    held = np.mean([each.lower <= effect <= each.upper for each in found])
    assert 0.92 <= held <= 0.985
    assert np.median([each.ratio for each in found]) == pytest.approx(effect, rel=0.05)


def test_a_table_of_places_and_years() -> None:
    deaths = panel(np.random.default_rng(7), 0.7)
    rows = pd.DataFrame({
        "place": np.repeat([f"SLV-{i}" for i in range(262)], 7),
        "year": np.tile(np.arange(2008, 2015), 262), "deaths": deaths.ravel(),
    })  # fmt: skip
    found = compare_places(rows, [f"SLV-{i}" for i in range(11)], first=2013)
    order = np.argsort(np.char.add("SLV-", np.arange(262).astype(str)))
    assert found == two_way_differences(deaths[order], MARKED[order], AFTER)
    assert (found.marked, found.others) == (11, 251)
    with pytest.raises(ValueError, match="stand twice"):
        compare_places(pd.concat([rows, rows[:1]]), ["SLV-1"], first=2013)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(RefusedError, match="3 places of each kind, not 2"):
        two_way_differences([[1, 2]] * 6, [True] * 2 + [False] * 4, [False, True])
    with pytest.raises(RefusedError, match="before and after the date"):
        two_way_differences([[1, 2]] * 6, [True] * 3 + [False] * 3, [True, True])
    with pytest.raises(RefusedError, match="deaths of both kinds"):
        two_way_differences([[0, 2]] * 3 + [[1, 2]] * 3, [True] * 3 + [False] * 3, [False, True])


# --- logarithms ---------------------------------------------------------------------------------


def rates(places: int, treated: int, effect: float, seed: int = 3) -> np.ndarray:
    """Rates of places over ten years, of which the treated ones change in the seventh."""
    rng = np.random.default_rng(seed)
    place, year = np.arange(places)[:, None], np.arange(2006, 2016)
    after = (year >= 2012) & (place < treated)
    level = np.exp(2 + 0.1 * place + 0.02 * year % 7 + effect * after)
    return level * np.exp(rng.normal(0, 0.1, (places, 10)))


def of_logs(values: np.ndarray, treated: int) -> TwoWay:
    marked = np.arange(len(values)) < treated
    return two_way_differences(values, marked, np.arange(2006, 2016) >= 2012, logs=True)


def test_logarithms_give_the_regression_with_effects_of_places_and_times() -> None:
    import statsmodels.formula.api as smf

    values = rates(12, 4, -0.4)
    found = of_logs(values, 4)
    place, year = np.repeat(np.arange(12), 10), np.tile(np.arange(2006, 2016), 12)
    table = pd.DataFrame({"log_rate": np.log(values).ravel(), "place": place, "year": year,
                          "did": (place < 4) & (year >= 2012)})  # fmt: skip
    fit = smf.ols("log_rate ~ C(place) + C(year) + did", data=table).fit(
        cov_type="cluster", cov_kwds={"groups": place, "use_correction": False}
    )
    assert np.log(found.ratio) == pytest.approx(fit.params["did[T.True]"], rel=1e-9)
    # Without a correction the groups' variances have n where ours have n - 1.
    half = np.log(found.upper / found.ratio) / 2.228139  # t(0.975, 10)
    logs = np.log(values)
    delta = logs[:, 6:].mean(1) - logs[:, :6].mean(1)
    mine, others = delta[:4], delta[4:]
    assert half**2 == pytest.approx(mine.var(ddof=1) / 4 + others.var(ddof=1) / 8, rel=1e-6)
    plain = mine.var() / 4 + others.var() / 8
    assert fit.bse["did[T.True]"] ** 2 == pytest.approx(plain, rel=1e-6)


def test_one_marked_place_is_held_against_the_scatter_of_the_others() -> None:
    values = rates(11, 1, -0.5)
    found = of_logs(values, 1)
    assert found.lower < np.exp(-0.5) < found.upper < 1
    assert np.isnan(of_logs(values[:4], 1).lower)


def test_limits_of_logarithms_hold_a_true_ratio_of_one() -> None:
    held = [each.lower <= 1 <= each.upper for each in
            (of_logs(rates(10, 3, 0.0, seed), 3) for seed in range(200))]  # fmt: skip
    assert 0.90 <= np.mean(held) <= 0.99


def test_logarithms_of_nothing_are_refused() -> None:
    with pytest.raises(RefusedError, match="deaths of both kinds"):
        two_way_differences([[1, 2], [1, 0], [3, 4]], [True, False, False], [False, True],
                            logs=True)  # fmt: skip
