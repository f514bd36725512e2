"""Joinpoint regression: against NCI's printed output, other libraries, hand calculation, truth."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.joinpoint_selection import (
    count_placements,
    fit,
    grid,
    permutation_test,
    placements,
    smallest_sums,
)
from homicide_trends.methods.joinpoints import aapc, aapc_from_apc, joinpoint


def noisy(n: int = 20, seed: int = 3, spread: float = 0.08) -> pd.DataFrame:
    """A rise by 6 percent a year up to the ninth year, then a fall by 4, with noise."""
    year = np.arange(n)
    mean = 2.0 + 0.06 * year - 0.10 * np.maximum(year - 8, 0)
    random = np.random.default_rng(seed)
    rate = np.exp(mean + random.normal(0, spread, n))
    return pd.DataFrame({"year": 1995 + year, "rate": rate, "se": rate * random.uniform(0.02, 0.1)})


def uneven(n: int = 16, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    years = np.cumsum(random.choice([1.0, 1.5, 2.0, 4.0], n))
    return years, random.normal(0, 1, n), random.uniform(0.5, 3, n)


def brute_force(
    years: np.ndarray, y: np.ndarray, w: np.ndarray, k: int, end: int, between: int
) -> tuple[float, tuple[int, ...]]:
    """The definition itself: a fresh weighted least squares for every placement."""
    root, best = np.sqrt(w), (math.inf, ())
    for chosen in combinations(range(end, len(years) - end), k):
        if any(b - a <= between for a, b in zip(chosen, chosen[1:], strict=False)):
            continue
        columns = [np.ones_like(years), years]
        columns += [np.maximum(years - years[i], 0) for i in chosen]
        design = np.column_stack(columns) * root[:, None]
        missed = y * root - design @ np.linalg.lstsq(design, y * root, rcond=None)[0]
        best = min(best, (float(missed @ missed), chosen))
    return best


# The search.


@pytest.mark.parametrize(("k", "end", "between"), [(1, 2, 2), (2, 2, 2), (2, 3, 4), (3, 2, 1)])
def test_search_finds_the_least_squares_placement(k: int, end: int, between: int) -> None:
    years, y, w = uneven()
    sse, chosen = brute_force(years, y, w, k, end, between)
    found = fit(grid(years, w, min_to_end=end, min_between=between), y, k)
    assert found.positions == chosen
    assert found.sse == pytest.approx(sse, rel=1e-10)


def test_placements_are_counted_by_hand() -> None:
    # 9 years, 2 at each end left out: 5 places. Two joinpoints with 2 years between: 1-4, 1-5, 2-5.
    on = grid(np.arange(9.0), np.ones(9), min_to_end=2, min_between=2)
    assert count_placements(on, 1) == 5
    assert [row.tolist() for block in placements(on, 2) for row in block] == [
        [2, 5],
        [2, 6],
        [3, 6],
    ]
    assert count_placements(on, 2) == 3
    assert count_placements(on, 3) == 0


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_the_fast_search_over_many_responses_agrees_with_one_by_one(k: int) -> None:
    years, _, w = uneven()
    on = grid(years, w, min_to_end=2, min_between=2)
    responses = np.random.default_rng(1).normal(size=(16, 7))
    sums = smallest_sums(on, on.root_weights[:, None] * responses, k)
    one_by_one = [fit(on, response, k).sse for response in responses.T]
    assert sums == pytest.approx(one_by_one, rel=1e-9)


# The inference.


@pytest.mark.parametrize("se", [None, "se"])
def test_without_joinpoints_it_is_the_weighted_line_of_statsmodels(se: str | None) -> None:
    import statsmodels.api as sm

    table = noisy()
    weights = np.ones(20) if se is None else (table["rate"] / table["se"]) ** 2
    line = sm.WLS(np.log(table["rate"]), sm.add_constant(table["year"]), weights=weights).fit()
    segment = joinpoint(table, se=se, joinpoints=0).segments.iloc[0]
    assert segment["slope"] == pytest.approx(line.params["year"], rel=1e-9)
    assert segment["intercept"] == pytest.approx(line.params["const"], rel=1e-9)
    assert segment["slope_se"] == pytest.approx(line.bse["year"], rel=1e-9)
    assert segment["p_value"] == pytest.approx(line.pvalues["year"], rel=1e-8)
    low, high = line.conf_int().loc["year"]
    assert segment["apc_lower"] == pytest.approx(100 * math.expm1(low), rel=1e-9)
    assert segment["apc_upper"] == pytest.approx(100 * math.expm1(high), rel=1e-9)


def test_standard_errors_are_those_of_separate_lines_without_the_joinpoints() -> None:
    import statsmodels.api as sm

    table = noisy()
    result = joinpoint(table, se="se", joinpoints=2)
    dates = result.joinpoints["joinpoint"].tolist()
    own = table[~table["year"].isin(dates)]
    segment = np.searchsorted(dates, own["year"])
    columns = [np.where(segment == i, own["year"] ** p, 0.0) for i in range(3) for p in (0, 1)]
    weights = (own["rate"] / own["se"]) ** 2
    lines = sm.WLS(np.log(own["rate"]), np.column_stack(columns), weights=weights).fit()
    # n - k - 2(k+1) = 20 - 2 - 6
    assert result.segments["df"].tolist() == [12, 12, 12] == [lines.df_resid] * 3
    assert result.segments["slope_se"].tolist() == pytest.approx(lines.bse[1::2], rel=1e-6)


def test_fitted_line_is_continuous_and_hits_the_segments() -> None:
    result = joinpoint(noisy(), joinpoints=2)
    fitted = np.log(result.series.set_index("year")["fitted"])
    for row in result.segments.itertuples():
        rise = fitted[row.end] - fitted[row.start]
        assert rise / (row.end - row.start) == pytest.approx(row.slope, rel=1e-9)
        assert fitted[row.start] == pytest.approx(row.intercept + row.slope * row.start, rel=1e-9)
    assert result.segments["end"].tolist()[:-1] == result.segments["start"].tolist()[1:]


# NCI Joinpoint 4.5.0.1, file 04_opioid_rates_icd10type.modelestimates of github mkiang/
# opioid_trends: joinpoint, its 95% limits, slope change, its standard error, statistic and p.
NCI = {
    "us_drug_black_1999_2015": [
        (2006, 2005, 2008, -0.114118, 0.029913, -3.815002, 0.004121),
        (2010, 2008, 2013, 0.149175, 0.030988, 4.814017, 0.000955),
    ],
    "us_drug_total_1999_2015": [
        (2006, 2004, 2008, -0.067195, 0.009949, -6.754065, 0.000083),
        (2013, 2008, 2013, 0.063472, 0.037024, 1.714354, 0.120608),
    ],
    "us_heroin_black_1999_2015": [(2010, 2009, 2011, 0.294298, 0.025504, 11.539264, 0.000000)],
    "us_heroin_white_1999_2015": [
        (2005, 2001, 2008, 0.111176, 0.037217, 2.987237, 0.015269),
        (2010, 2008, 2012, 0.152388, 0.034220, 4.453129, 0.001593),
    ],
    "us_nonopioid_black_1999_2015": [
        (2003, 2001, 2007, 0.076209, 0.064122, 1.188500, 0.279540),
        (2006, 2005, 2010, -0.246335, 0.083917, -2.935458, 0.026101),
        (2009, 2008, 2013, 0.154026, 0.059394, 2.593272, 0.041031),
    ],
}


@pytest.mark.parametrize("name", NCI)
def test_joinpoints_and_slope_changes_as_printed_by_nci(shared: Path, name: str) -> None:
    content = json.loads((shared / "vectors" / "joinpoint.json").read_text(encoding="utf-8"))
    inputs = next(case["inputs"] for case in content["cases"] if case["id"] == name)
    table = pd.DataFrame({key: inputs[key] for key in ("year", "rate", "se")})
    found = joinpoint(table, se="se", joinpoints=len(NCI[name])).joinpoints
    for row, printed in zip(found.itertuples(), NCI[name], strict=True):
        assert (row.joinpoint, row.joinpoint_lower, row.joinpoint_upper) == printed[:3]
        estimates = (row.slope_change, row.slope_change_se, row.statistic, row.p_value)
        assert estimates == pytest.approx(printed[3:], abs=6e-7, rel=2e-6)


# APC and AAPC.


def test_aapc_of_printed_segments() -> None:
    # Clegg et al. 2009 and NCI's help: prostate cancer 1994-2003.
    assert round(aapc_from_apc([-10.7, 0.5], [1, 8]), 1) == -0.8
    assert aapc_from_apc([-50, 100], [2, 2]) == pytest.approx(0, abs=1e-12)
    assert aapc_from_apc(3.5, 7) == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("apc", "length", "message"),
    [
        ([1, 2], [3], "2 APCs and 1 lengths"),
        ([-100], [3], "above -100"),
        ([float("nan")], [3], "above -100"),
        ([1], [0], "years above 0"),
        ([], [], "0 APCs"),
    ],
)
def test_aapc_refuses(apc: list[float], length: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        aapc_from_apc(apc, length)


def test_aapc_over_a_range_by_hand() -> None:
    result = joinpoint(noisy(), joinpoints=1)
    date = result.joinpoints["joinpoint"].iloc[0]
    (b0, b1), (s0, s1) = result.segments["slope"], result.segments["slope_se"]
    row = aapc(result, date - 3, date + 1).iloc[0]
    mean, error = 0.75 * b0 + 0.25 * b1, math.hypot(0.75 * s0, 0.25 * s1)
    assert row["aapc"] == pytest.approx(100 * math.expm1(mean))
    assert row["aapc_upper"] == pytest.approx(100 * math.expm1(mean + 1.959963984540054 * error))
    assert "normal" in row["aapc_method"]
    inside = aapc(result, 1995, 1998).iloc[0]
    for name in ("apc", "apc_lower", "apc_upper", "p_value"):
        assert inside["a" + name if name != "p_value" else name] == pytest.approx(
            result.segments[name].iloc[0]
        )


def test_average_of_percent_changes_agrees_with_the_fit() -> None:
    result = joinpoint(noisy(), joinpoints=2)
    lengths = result.segments["end"] - result.segments["start"]
    assert result.aapc["aapc"].iloc[0] == pytest.approx(
        aapc_from_apc(result.segments["apc"], lengths)
    )


@pytest.mark.parametrize("years", [(1990, 2000), (2000, 2000), (2005, 2001), (2000, 2030)])
def test_aapc_refuses_a_range_outside_the_fit(years: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="the fit runs from 1995 to 2014"):
        aapc(joinpoint(noisy(), joinpoints=0), *years)


# Properties.


def test_shift_of_years_and_scale_of_rates_change_nothing_else() -> None:
    table = noisy()
    moved = table.assign(
        year=table["year"] - 1900, rate=table["rate"] * 37, se=table["se"] * 37
    ).sample(frac=1, random_state=1)
    one = joinpoint(table, se="se", permutations=199)
    other = joinpoint(moved, se="se", permutations=199)
    same = ["slope", "slope_se", "p_value", "apc", "apc_lower", "apc_upper"]
    pd.testing.assert_frame_equal(one.segments[same], other.segments[same], rtol=1e-7)
    assert (one.joinpoints["joinpoint"] - 1900).tolist() == other.joinpoints["joinpoint"].tolist()
    assert one.selection["p_value"].tolist() == other.selection["p_value"].tolist()
    assert other.series["year"].is_monotonic_increasing


def test_poisson_standard_errors_weight_by_deaths() -> None:
    table = noisy().assign(deaths=lambda t: (t["rate"] * 60).round())
    table["se"] = table["rate"] / np.sqrt(table["deaths"])
    weighted = joinpoint(table, se="se", joinpoints=1)
    on = grid(
        table["year"].to_numpy(float), table["deaths"].to_numpy(), min_to_end=2, min_between=2
    )
    assert weighted.models["sse"].iloc[1] == pytest.approx(
        fit(on, np.log(table["rate"].to_numpy()), 1).sse
    )


@pytest.mark.parametrize("selection", ["permutation", "bic", "wbic", "bic3"])
def test_a_known_truth_is_recovered(selection: Any) -> None:
    result = joinpoint(noisy(spread=0.01), selection=selection, permutations=499)
    assert result.joinpoints["joinpoint"].tolist() == [2003]
    assert result.segments["slope"].tolist() == pytest.approx([0.06, -0.04], abs=0.004)
    assert result.models["selected"].tolist() == [False, True, False, False]


def test_a_perfect_broken_line_needs_no_noise_to_be_found() -> None:
    year = np.arange(14)
    rate = 5.0 * np.exp(0.1 * year - 0.2 * np.maximum(year - 6, 0))
    result = joinpoint(pd.DataFrame({"year": 2000 + year, "rate": rate}), permutations=99)
    assert result.joinpoints["joinpoint"].tolist() == [2006]
    assert result.selection["p_value"].tolist() == [0.01, 1.0]
    straight = pd.DataFrame({"year": 2000 + year, "rate": 5.0 * 1.1**year})
    assert joinpoint(straight, permutations=99).joinpoints.empty


def test_true_slopes_and_joinpoint_lie_within_their_limits() -> None:
    # 2003, +6 and -4 percent on the log scale; 40 series, 95 % limits: 32 or fewer hits have
    # a probability below 0.001.
    hits = np.zeros(3)
    for seed in range(40):
        result = joinpoint(noisy(seed=seed), joinpoints=1)
        first, last = result.segments.iloc[0], result.segments.iloc[1]
        place = result.joinpoints.iloc[0]
        hits += [
            first["slope_lower"] <= 0.06 <= first["slope_upper"],
            last["slope_lower"] <= -0.04 <= last["slope_upper"],
            place["joinpoint_lower"] <= 2003 <= place["joinpoint_upper"],
        ]
    assert (hits > 32).all()


# Selecting the number.


def test_permutation_test_keeps_its_level_without_a_joinpoint() -> None:
    # 200 straight lines, level 0.1: 20 rejections expected, 36 or more have probability 0.0003.
    random = np.random.default_rng(11)
    on = grid(np.arange(12.0), np.ones(12), min_to_end=2, min_between=2)
    p = []
    for seed in range(200):
        y = random.normal(size=12)
        tested = permutation_test(on, y, fit(on, y, 0), fit(on, y, 2), permutations=99, seed=seed)
        p.append(tested[1])
    assert 6 <= np.sum(np.array(p) <= 0.1) <= 35
    assert 0.4 < np.mean(p) < 0.6


def test_sequence_of_tests_and_their_levels() -> None:
    selection = joinpoint(noisy(spread=0.03), max_joinpoints=3, permutations=499).selection
    # 0 against 3 is rejected; 1 against 3 and then 1 against 2 are not.
    assert selection[["k0", "k1"]].to_numpy().tolist() == [[0, 3], [1, 3], [1, 2]]
    assert selection["level"].tolist() == pytest.approx([0.05 / 3, 0.025, 0.025])
    assert selection["decision"].tolist() == [3, 1, 1]
    assert selection["p_value"].iloc[0] == 1 / 500


def test_statistic_by_hand() -> None:
    result = joinpoint(noisy(), max_joinpoints=1, permutations=99)
    sse0, sse1 = result.models["sse"]
    assert result.selection["statistic"].iloc[0] == pytest.approx((sse0 - sse1) / sse1)


def test_same_seed_same_answer_and_no_global_random_state() -> None:
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, again, other = (
        joinpoint(noisy(spread=0.3), permutations=99, seed=seed).selection for seed in (4, 4, 5)
    )
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    pd.testing.assert_frame_equal(one, again)
    assert one["p_value"].tolist() != other["p_value"].tolist()


def test_information_criteria_by_hand() -> None:
    models = joinpoint(noisy(), joinpoints=1).models
    sse = models["sse"].iloc[1]
    assert models["bic"].iloc[1] == pytest.approx(math.log(sse / 20) + 4 * math.log(20) / 20)
    assert models["bic3"].iloc[1] == pytest.approx(math.log(sse / 20) + 5 * math.log(20) / 20)
    assert models["mse"].iloc[1] == pytest.approx(sse / 16)


@pytest.mark.parametrize(
    ("n", "most"), [(6, 0), (7, 1), (11, 1), (12, 2), (17, 3), (22, 4), (27, 5)]
)
def test_recommended_number_of_joinpoints(n: int, most: int) -> None:
    assert joinpoint(noisy(n), selection="bic").spec["max_joinpoints"] == most


def test_a_test_that_would_take_days_is_refused() -> None:
    table = noisy(120)
    on = grid(table["year"].to_numpy(float), np.ones(120), min_to_end=2, min_between=2)
    y = np.log(table["rate"].to_numpy())
    null = fit(on, y, 0)
    many = type(null)((9, 19, 29, 39, 49), null.slopes, null.fitted, 1.0, null.profile)
    with pytest.raises(ValueError, match="placements of 5 joinpoints on 120 years are too many"):
        permutation_test(on, y, null, many, permutations=9, seed=0)


# Other choices.


def test_linear_rates_have_slopes_and_no_percent() -> None:
    year = np.arange(12)
    table = pd.DataFrame({"year": year, "rate": 3.0 - year + 2 * np.maximum(year - 5, 0)})
    result = joinpoint(table, joinpoints=1, log=False)
    assert result.segments["slope"].tolist() == pytest.approx([-1, 1])
    assert result.segments["apc"].isna().all()
    assert result.aapc["aapc"].isna().all()
    assert result.aapc["slope"].iloc[0] == pytest.approx((-5 + 6) / 11)
    assert result.series["fitted"].tolist() == pytest.approx(table["rate"].tolist())


def test_weights_are_named_and_differ_with_the_log() -> None:
    table = noisy()
    assert joinpoint(table, se="se", joinpoints=0).spec["weights"] == "(rate/se)^2"
    assert joinpoint(table, joinpoints=0).spec["weights"] == "constant"
    linear = joinpoint(table, se="se", joinpoints=0, log=False)
    assert linear.spec["weights"] == "1/se^2"
    missed = (linear.series["rate"] - linear.series["fitted"]) / linear.series["se"]
    assert linear.models["sse"].iloc[0] == pytest.approx((missed**2).sum())


def test_spec_can_be_written_down() -> None:
    spec = joinpoint(noisy(), permutations=99).spec
    assert json.loads(json.dumps(spec)) == spec
    assert spec["seed"] == 0
    assert spec["selection"] == "permutation"


def test_a_segment_with_one_year_has_no_standard_error() -> None:
    year = np.arange(10)
    rate = np.where(year == 8, 40.0, 10.0) + np.sin(year)
    table = pd.DataFrame({"year": year, "rate": rate})
    result = joinpoint(table, joinpoints=1, min_to_end=1)
    assert result.joinpoints["joinpoint"].tolist() == [8]
    assert result.segments["observations"].tolist() == [8, 1]
    # NCI: df = n* - p*, here 9 - (2 + 1)
    assert result.segments["df"].tolist() == [6, 6]
    assert result.segments["slope_se"].isna().tolist() == [False, True]
    assert result.aapc["slope_se"].isna().all()


@pytest.mark.parametrize(
    ("change", "choices", "message"),
    [
        ({"rate": 0.0}, {}, r"'rate' is 0 in row 4 \(year 1999\); it must be above 0"),
        ({"rate": -1.0}, {}, "log=False"),
        ({"rate": math.nan}, {}, r"'rate' is nan in row 4 \(year 1999\)"),
        ({"rate": math.inf}, {"log": False}, "'rate' is inf in row 4"),
        ({"se": 0.0}, {"se": "se"}, "'se' is 0 in row 4"),
        ({"se": math.nan}, {"se": "se"}, "'se' is nan in row 4"),
        ({"year": 1997}, {}, "year 1997 stands in more than one row"),
        ({"year": math.nan}, {}, "'year' is nan in row 4"),
        ({}, {"rate": "rat"}, "no column 'rat'; did you mean 'rate'"),
        ({}, {"selection": "aic"}, "'bic3' or 'wbic'; got 'aic'"),
        ({}, {"joinpoints": 1, "max_joinpoints": 2}, "give joinpoints=k to fix"),
        ({}, {"joinpoints": -1}, "0 or more; got -1"),
        ({}, {"permutations": 0}, "1 or more; got 0"),
        ({}, {"alpha": 0.0}, "alpha lies between 0 and 1; got 0"),
        ({}, {"conf": 95}, "conf lies between 0 and 1; got 95"),
        ({}, {"min_to_end": 0}, "min_to_end is 1 or more"),
        ({}, {"joinpoints": 6}, "20 years are too few for 6 joinpoints: at least 21 are needed"),
        ({}, {"joinpoints": 2, "min_between": 15}, r"k = 21 and 3k \+ 3 = 9"),
    ],
)
def test_refusals(change: dict[str, float], choices: dict[str, Any], message: str) -> None:
    table = noisy().astype({"year": float})
    for column, value in change.items():
        table.loc[4, column] = value
    with pytest.raises(ValueError, match=message):
        joinpoint(table, **choices)


def test_dates_are_not_years() -> None:
    table = noisy().assign(year=pd.date_range("1995", periods=20, freq="YS"))
    with pytest.raises(ValueError, match="column 'year' holds datetime64"):
        joinpoint(table)


@pytest.mark.parametrize(("n", "k", "needed"), [(2, 0, 3), (5, 1, 6), (8, 2, 9)])
def test_too_few_years_are_refused_with_the_rule(n: int, k: int, needed: int) -> None:
    with pytest.raises(ValueError, match=rf"at least {needed} are needed, the larger of"):
        joinpoint(noisy(n), joinpoints=k)
    joinpoint(noisy(needed), joinpoints=k)
