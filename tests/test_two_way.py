"""Two-way differences: the regression with effects of places and times, hand calculation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.two_way import two_way_differences


def panel(places: int, treated: int, effect: float, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(places):
        for year in range(2006, 2016):
            after = year >= 2012 and place < treated
            rate = np.exp(2 + 0.1 * place + 0.02 * year % 7 + effect * after)
            rows.append((f"P{place:02d}", year, rate * np.exp(rng.normal(0, 0.1))))
    return pd.DataFrame(rows, columns=["place", "year", "rate"])


def test_is_the_regression_with_effects_of_places_and_times() -> None:
    import statsmodels.formula.api as smf

    table = panel(12, 4, -0.4)
    treated = [f"P{place:02d}" for place in range(4)]
    found = two_way_differences(table, treated=treated, intervention=2012, scale="ratio").iloc[0]
    table["did"] = table["place"].isin(treated) & (table["year"] >= 2012)
    fit = smf.ols("np.log(rate) ~ C(place) + C(year) + did", data=table).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(table["place"])[0], "use_correction": False},
    )
    assert np.log(found["estimate"]) == pytest.approx(fit.params["did[T.True]"], rel=1e-9)
    # Without a correction the groups' variances have n where ours have n - 1.
    half = np.log(found["estimate_upper"] / found["estimate"]) / 2.228139  # t(0.975, 10)
    change = np.log(table.pivot(index="year", columns="place", values="rate"))
    delta = (change.loc[2012:].mean() - change.loc[:2011].mean()).to_numpy()
    mine, others = delta[:4], delta[4:]
    assert half**2 == pytest.approx(mine.var(ddof=1) / 4 + others.var(ddof=1) / 8, rel=1e-6)
    plain = mine.var() / 4 + others.var() / 8
    assert fit.bse["did[T.True]"] ** 2 == pytest.approx(plain, rel=1e-6)


def test_by_hand() -> None:
    # Changes -6 and -5 against -1 and 0: -5.5 + 0.5; variance 0.5/2 + 0.5/2; t(0.975, 2).
    table = pd.DataFrame({"place": list("AABBCCDD"), "year": [2011, 2012] * 4,
                          "rate": [10.0, 4, 12, 7, 9, 8, 11, 11]})  # fmt: skip
    row = two_way_differences(
        table, treated=["A", "B"], intervention=2012, scale="difference"
    ).iloc[0]
    assert row["estimate_lower"] == pytest.approx(-5 - 4.302653 * np.sqrt(0.5), rel=1e-6)
    assert row["other_places"] == 2


def test_one_treated_place_is_held_against_the_scatter_of_the_others() -> None:
    table = panel(11, 1, -0.5)
    row = two_way_differences(table, treated=["P00"], intervention=2012, scale="ratio").iloc[0]
    assert row["estimate_method"] == "scatter of others, t"
    assert row["estimate_lower"] < np.exp(-0.5) < row["estimate_upper"] < 1
    few = table[table["place"] < "P04"]
    alone = two_way_differences(few, treated=["P00"], intervention=2012, scale="ratio").iloc[0]
    assert np.isnan(alone["estimate_lower"])


def test_limits_hold_a_true_ratio_of_one() -> None:
    held = [
        (row["estimate_lower"] <= 1 <= row["estimate_upper"]).item()
        for seed in range(200)
        for row in [
            two_way_differences(
                panel(10, 3, 0.0, seed),
                treated=["P00", "P01", "P02"],
                intervention=2012,
                scale="ratio",
            ).iloc[0]
        ]  # fmt: skip
    ]
    assert 0.90 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scale": "odds"}, "give 'ratio' or 'difference'"),
        ({"intervention": 2030}, "no time before"),
        ({"treated": []}, "0 treated places"),
        ({"scale": "ratio"}, "a rate of 0"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    table = pd.DataFrame({"place": list("AABBCC"), "year": [2011, 2012] * 3,
                          "rate": [10.0, 0, 12, 7, 9, 8]})  # fmt: skip
    choices: dict[str, Any] = {"treated": ["A"], "intervention": 2012, "scale": "difference"}
    with pytest.raises(ValueError, match=message):
        two_way_differences(table, **(choices | change))
