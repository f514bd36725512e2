"""Marked places against the rest: by hand, against a regression, and on panels of known truth."""

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.two_way_counts import compare_places, two_way_counts
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
    found = two_way_counts(
        [[40, 20], [60, 30], [50, 27], [40, 40], [80, 76], [60, 66]],
        [True] * 3 + [False] * 3,
        [False, True],
    )
    # (77 / 150) / (182 / 180) = 0.5077
    assert found.ratio == pytest.approx(0.50769, abs=1e-5)
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
    assert two_way_counts(deaths, marked, AFTER).ratio == pytest.approx(
        np.exp(fit.params[-1]), rel=1e-5
    )


@pytest.mark.parametrize("effect", [1.0, 0.7])
def test_the_limits_hold_the_truth_on_panels_of_municipalities(effect: float) -> None:
    rng = np.random.default_rng(262)
    found = [two_way_counts(panel(rng, effect), MARKED, AFTER) for _ in range(600)]
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
    assert found == two_way_counts(deaths[order], MARKED[order], AFTER)
    assert (found.marked, found.others) == (11, 251)
    with pytest.raises(ValueError, match="stand twice"):
        compare_places(pd.concat([rows, rows[:1]]), ["SLV-1"], first=2013)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(RefusedError, match="3 places of each kind, not 2"):
        two_way_counts([[1, 2]] * 6, [True] * 2 + [False] * 4, [False, True])
    with pytest.raises(RefusedError, match="before and after the date"):
        two_way_counts([[1, 2]] * 6, [True] * 3 + [False] * 3, [True, True])
    with pytest.raises(RefusedError, match="deaths of both kinds"):
        two_way_counts([[0, 2]] * 3 + [[1, 2]] * 3, [True] * 3 + [False] * 3, [False, True])
