from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.donor_pool import simplex_weights
from homicide_trends.methods.synthetic import (
    leave_one_out,
    placebo_in_space,
    placebo_in_time,
    synthetic_control,
)

YEARS = np.arange(2000, 2015)


def long(wide: pd.DataFrame) -> pd.DataFrame:
    return wide.rename_axis("year").reset_index().melt("year", var_name="place", value_name="rate")


def walks(units: int, seed: int = 8) -> pd.DataFrame:
    """Rates that wander, by year, without any effect."""
    rng = np.random.default_rng(seed)
    values = (
        40 + 3 * rng.normal(size=(len(YEARS), units)).cumsum(axis=0) + 10 * rng.normal(size=units)
    )
    return pd.DataFrame(values, index=YEARS, columns=[f"U{i:02d}" for i in range(units)])


def mixture() -> pd.DataFrame:
    """Unit A is 0.3 U00 + 0.7 U01 to 2011, and 20 lower from 2012 on."""
    wide = walks(5)
    effect = np.where(wide.index >= 2012, -20.0, 0.0)
    return wide.assign(A=0.3 * wide["U00"] + 0.7 * wide["U01"] + effect)


def arguments(**more: Any) -> dict[str, Any]:
    fixed = {"unit": "place", "time": "year", "outcome": "rate", "treated": "A"}
    return fixed | {"intervention": 2012} | more


def weights(wide: pd.DataFrame, **more: Any) -> pd.Series:
    result = synthetic_control(long(wide), **arguments(**more))
    return result.weights.set_index("unit")["weight"].sort_index()


def test_known_weights_and_effect_are_recovered() -> None:
    result = synthetic_control(long(mixture()), **arguments())
    found = result.weights.set_index("unit")["weight"]
    assert found.to_numpy() == pytest.approx([0.3, 0.7, 0, 0, 0], abs=1e-9)
    assert result.series["gap"][result.series["after"]].to_numpy() == pytest.approx(-20)
    assert result.rmspe_post == pytest.approx(20)
    assert (result.unique, result.refused) == (True, "")


def test_minimum_on_the_simplex_by_hand() -> None:
    # Target 0; donors (1, 1) and (3, -1): |w (1,1) + (1-w)(3,-1)|^2 = (3-2w)^2 + (2w-1)^2 has
    # its minimum at w = 1, gap (1, 1). Donors (1, 1) and (-1, 2): (2w-1)^2 + (2-w)^2, w = 4/5.
    zero = np.zeros(2)
    assert simplex_weights(zero, np.array([[1.0, 3], [1, -1]]))[0] == pytest.approx([1, 0])
    assert simplex_weights(zero, np.array([[1.0, -1], [1, 2]]))[0] == pytest.approx([0.8, 0.2])


def test_weights_do_not_depend_on_the_order_of_units() -> None:
    wide = mixture().assign(A=lambda w: w["A"] + np.sin(w.index))
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(wide.columns)
        pd.testing.assert_series_equal(weights(wide), weights(wide[list(order)]))
        rows = long(wide).sample(frac=1, random_state=seed)
        result = synthetic_control(rows, **arguments())
        again = result.weights.set_index("unit")["weight"].sort_index()
        pd.testing.assert_series_equal(weights(wide), again)


def test_weights_do_not_depend_on_scale_and_shift_of_all_units() -> None:
    wide = mixture().assign(A=lambda w: w["A"] + np.sin(w.index))
    assert weights(5 * wide + 100).to_numpy() == pytest.approx(weights(wide).to_numpy(), abs=1e-9)


def test_weights_are_a_minimum() -> None:
    wide = mixture().assign(A=lambda w: w["A"] + 4 * np.sin(w.index))
    found, before = weights(wide), wide.loc[:2011]
    donors, target = before[found.index].to_numpy(), before["A"].to_numpy()
    best = np.sum((target - donors @ found.to_numpy()) ** 2)
    rng = np.random.default_rng(0)
    for other in rng.dirichlet(np.ones(5), size=2000):
        mixed = 0.99 * found.to_numpy() + 0.01 * other
        assert np.sum((target - donors @ mixed) ** 2) >= best - 1e-9


def test_a_unit_outside_the_donors_is_refused() -> None:
    wide = mixture().assign(A=lambda w: w["A"] + 60)
    result = synthetic_control(long(wide), **arguments())
    assert "A is not matched before 2012" in result.refused
    assert "above the limit of 10.0%" in result.refused
    test = placebo_in_space(long(wide), **arguments())
    assert np.isnan(test.p)
    assert test.refused == result.refused
    assert placebo_in_space(long(wide), **arguments(max_share=5.0)).p > 0


def test_arbitrary_weights_are_refused() -> None:
    # More donors than times before, and the unit inside them: many exact matches.
    wide = walks(12)
    wide["A"] = wide.mean(axis=1)
    result = synthetic_control(long(wide.loc[2009:]), **arguments())
    assert not result.unique
    assert "matched exactly by many weightings" in result.refused


def test_placebos_in_space_count_the_treated_unit() -> None:
    wide = walks(9)
    wide["A"] = wide.mean(axis=1) + 0.5 * np.sin(wide.index) - 50 * (wide.index >= 2012)
    test = placebo_in_space(long(wide), **arguments(treated_as_donor=False))
    assert (test.rank, test.n_units, test.p) == (1, 10, 0.1)
    assert test.units["unit"].iloc[0] == "A"
    assert test.smallest_p == 0.1


def test_placebo_p_is_uniform_without_an_effect() -> None:
    # Any of 8 alike units is as likely as another to rank first: p <= 1/4 in about a quarter.
    hits = 0
    for seed in range(60):
        wide = walks(8, seed).rename(columns={"U00": "A"})
        hits += placebo_in_space(long(wide), **arguments(max_share=np.inf)).p <= 0.25
    assert 5 <= hits <= 27  # binomial(60, 1/4): 99.9 % of draws


def test_california_ranks_third(shared: Path) -> None:
    # R, quadprog: pre RMSPE 1.6564, rank 3 of 39 states.
    wide = pd.read_csv(shared / "vectors" / "data_prop99_cigsale.csv", index_col="year")
    given = arguments(treated="California", intervention=1989)
    result = synthetic_control(long(wide), **given)
    assert result.rmspe_pre == pytest.approx(1.6564, abs=5e-5)
    assert result.weights.set_index("unit").loc["Utah", "weight"] == pytest.approx(0.3939, abs=5e-5)
    test = placebo_in_space(long(wide), **given)
    assert (test.rank, test.n_units) == (3, 39)


def test_placebo_in_time_looks_at_nothing_after_the_intervention() -> None:
    wide = mixture()
    table = placebo_in_time(long(wide), **arguments(placebos=[2006, 2009]))
    assert table["times_after"].tolist() == [6, 3]
    assert table["mean_gap"].to_numpy() == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="placebo 2013"):
        placebo_in_time(long(wide), **arguments(placebos=[2013]))


def test_leave_one_out_leaves_out_each_donor_with_weight() -> None:
    table = leave_one_out(long(mixture()), **arguments())
    assert table["left_out"].unique().tolist() == ["U00", "U01"]
    assert len(table) == 2 * len(YEARS)
    assert (table.groupby("left_out")["rmspe_pre"].first() > 0).all()


def test_donors_with_gaps_are_named() -> None:
    wide = mixture()
    wide.loc[2005, "U03"] = np.nan
    result = synthetic_control(long(wide), **arguments())
    assert result.notes[0] == "Left out for missing values: U03."
    assert "U03" not in set(result.weights["unit"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"outcome": "deaths"}, "no column 'deaths'"),
        ({"treated": "SVL"}, "unknown unit 'SVL'; there are A, U00"),
        ({"donors": ["U00", "X"]}, "unknown unit 'X'"),
        ({"intervention": 2001}, "1 times before 2001"),
        ({"intervention": 2030}, "0 from it on"),
        ({"donors": []}, "no donor"),
    ],
)
def test_wrong_values_are_named(more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        synthetic_control(long(mixture()), **arguments(**more))


def test_two_rows_for_one_unit_and_time_are_refused() -> None:
    rows = pd.concat([long(mixture()), long(mixture()).iloc[[3]]])
    with pytest.raises(ValueError, match="more than one row for U00 at 2003"):
        synthetic_control(rows, **arguments())


def test_weights_of_somebody_else_are_taken_as_they_are() -> None:
    table = pd.DataFrame({"place": np.repeat(["A", "B", "C"], 4),
                          "year": [2009, 2010, 2011, 2012] * 3,
                          "rate": [30.0, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})  # fmt: skip
    choices = {"unit": "place", "time": "year", "outcome": "rate", "treated": "A",
               "intervention": 2012, "max_share": 1.0}  # fmt: skip
    found = synthetic_control(table, weights={"B": 0.25, "C": 0.75}, **choices)
    assert found.series["synthetic"].iloc[-1] == 0.25 * 22 + 0.75 * 40
    for wrong, message in (({"D": 1.0}, "unknown donor 'D'"), ({"B": 0.5}, "not to 0.500")):
        with pytest.raises(ValueError, match=message):
            synthetic_control(table, weights=wrong, **choices)


def test_as_many_donors_as_times_before_bring_a_note() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        [(place, year, rng.uniform(5, 20)) for place in range(31) for year in range(2000, 2011)],
        columns=["place", "year", "rate"],
    )
    found = synthetic_control(table, unit="place", time="year", outcome="rate", treated=0,
                              intervention=2009, max_share=1.0)  # fmt: skip
    assert "30 donors and 9 times before" in found.notes[0]
