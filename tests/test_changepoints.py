"""Change points: published breaks, hand calculation, brute force, simulated truth."""

from __future__ import annotations

import json
import math
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.break_limits import (
    _argmax_distribution,
    bai_limits,
    likelihood_ratio_limit,
)
from homicide_trends.methods.change_points import candidate_breaks, changepoints, compare_break

# Flow of the Nile at Aswan, 10^8 m3, 1871-1970 (Cobb 1978, Biometrika 65:243-251; R's `Nile`).
NILE = [
    *(1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960),
    *(1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694),
    *(940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764),
    *(821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822),
    *(1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050),
    *(918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740),
]
# British coal-mining disasters a year, 1851-1962 (Jarrett 1979, Biometrika 66:191-193).
COAL = [
    *(4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4),
    *(2, 5, 2, 2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2),
    *(0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2),
    *(3, 3, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1),
]
FEW = [9, 11, 10, 8, 3, 4, 2, 5]


def poisson_cost(values: list[float], exposure: list[float]) -> float:
    """Minus twice the log-likelihood, up to the factorials, by its formula."""
    total, spent = sum(values), sum(exposure)
    return -2 * (total * math.log(total / spent) - total) if total else 0.0


# Published breaks.


def test_the_nile_falls_after_1898() -> None:
    # Zeileis et al. 2003, Comput Stat Data Anal 44:109-123: break 1898, 95 % limits 1895 and 1902;
    # help page of strucchange's breakpoints(): RSS 2835157 and 1597457, BIC 1318 and 1270.
    series = pd.Series(NILE, index=pd.date_range("1871", periods=100, freq="YS"))
    result = changepoints(series, model="l2", min_size=15, penalty="bic")
    row = result.breaks.iloc[0]
    assert len(result.breaks) == 1
    assert (row["last"].year, row["first"].year) == (1898, 1899)
    assert (1870 + row["position_lower"], 1870 + row["position_upper"]) == (1895, 1902)
    assert result.models["cost"].iloc[:2].round().tolist() == [2835157, 1597457]
    assert result.models["bic"].iloc[:2].round().tolist() == [1318, 1270]
    assert (round(row["rate_before"], 2), round(row["rate_after"], 2)) == (1097.75, 849.97)


def test_coal_mining_disasters_fall_after_1891() -> None:
    # Carlin, Gelfand and Smith 1992, Appl Stat 41:389-405: most probable position 41 (1891), about
    # 3.1 disasters a year before and 0.9 after; R's changepoint 2.3 also breaks after 41 years.
    table = candidate_breaks(COAL, model="poisson", min_size=2, dates=range(1851, 1963))
    best = table.loc[table["rank"] == 1].iloc[0]
    assert (best["position"], best["last"]) == (41, 1891)
    assert (round(best["rate_before"], 1), round(best["rate_after"], 1)) == (3.1, 0.9)


def test_distribution_of_the_break_of_a_mean() -> None:
    # Bai 1997, Rev Econ Stat 79:551-563: 95 % of the distances lie within 11 when the
    # variances are equal, and 90 % within 7.7.
    assert _argmax_distribution(11.0, 1.0) == pytest.approx(0.975, abs=0.001)
    assert _argmax_distribution(7.7, 1.0) == pytest.approx(0.95, abs=0.001)
    for x in (0.5, 3.0, 20.0):
        both = _argmax_distribution(x, 1.0) + _argmax_distribution(-x, 1.0)
        assert both == pytest.approx(1.0, abs=1e-9)
        # Exchanging the sides of the break mirrors it, on a scale of its own variance.
        mirrored = 1 - _argmax_distribution(-x / 4.0, 0.25)
        assert _argmax_distribution(x, 4.0) == pytest.approx(mirrored, abs=1e-9)
    assert _argmax_distribution(-1e-12, 4.0) == pytest.approx(
        _argmax_distribution(0.0, 4.0), abs=1e-5
    )


def test_limits_of_the_likelihood_ratio_are_hansens() -> None:
    # Hansen 2000, Econometrica 68:575-603, table 1.
    found = [round(likelihood_ratio_limit(conf), 2) for conf in (0.8, 0.9, 0.95, 0.99)]
    assert found == [4.50, 5.94, 7.35, 10.59]


# The segmentation.


@pytest.mark.parametrize("model", ["poisson", "l2"])
@pytest.mark.parametrize("size", [1, 3])
def test_every_number_of_breaks_is_optimal(model: Any, size: int) -> None:
    values = np.random.default_rng(2).poisson(np.repeat([9, 4, 12], 5)).astype(float)
    result = changepoints(values, model=model, min_size=size, n_changepoints=3)
    for row in result.models.itertuples():
        costs = {}
        for positions in combinations(range(1, 15), row.n_changepoints):
            ends = [0, *positions, 15]
            parts = [values[a:b] for a, b in zip(ends, ends[1:], strict=False)]
            if min(map(len, parts)) < size:
                continue
            if model == "l2":
                costs[positions] = sum(((part - part.mean()) ** 2).sum() for part in parts)
            else:
                costs[positions] = sum(poisson_cost(list(p), [1.0] * len(p)) for p in parts)
        assert row.cost == pytest.approx(min(costs.values()))
        assert costs[row.positions] == pytest.approx(min(costs.values()))


@pytest.mark.parametrize("penalty", [4.0, 10.0, 25.0])
def test_a_penalty_picks_the_cheapest_of_all_numbers(penalty: float) -> None:
    by_penalty = changepoints(COAL, model="poisson", min_size=5, penalty=penalty)
    models = by_penalty.models
    cheapest = (models["cost"] + penalty * models["n_changepoints"]).argmin()
    assert len(by_penalty.breaks) == cheapest
    assert models["selected"].to_numpy().argmax() == cheapest
    assert by_penalty.breaks["position"].tolist() == list(models["positions"].iloc[cheapest])


def test_bic_of_poisson_is_two_parameters_a_break() -> None:
    result = changepoints(COAL, model="poisson", min_size=5, penalty="bic")
    expected = result.models["cost"] + (2 * result.models["n_changepoints"] + 1) * math.log(112)
    assert result.models["bic"].tolist() == pytest.approx(expected.tolist())
    assert result.models.loc[result.models["selected"], "bic"].iloc[0] == result.models["bic"].min()


def test_costs_rates_and_limits_by_hand() -> None:
    days = [31.0, 28, 31, 30, 31, 30, 31, 31]
    result = changepoints(FEW, model="poisson", min_size=2, n_changepoints=1, exposure=days)
    assert result.breaks["position"].tolist() == [4]
    apart = poisson_cost(FEW[:4], days[:4]) + poisson_cost(FEW[4:], days[4:])
    assert result.models["cost"].tolist()[:2] == pytest.approx([poisson_cost(FEW, days), apart])
    assert result.breaks["gain"].iloc[0] == pytest.approx(poisson_cost(FEW, days) - apart)
    segments = result.segments
    assert segments["total"].tolist() == [38, 14]
    assert segments["exposure"].tolist() == [120, 123]
    assert segments["rate"].tolist() == pytest.approx([38 / 120, 14 / 123])
    # Exact limits of 14 deaths: 7.65 and 23.49 (Ulm 1990, Am J Epidemiol 131:373-375).
    assert segments["rate_lower"].iloc[1] * 123 == pytest.approx(7.65, abs=0.005)
    assert segments["rate_upper"].iloc[1] * 123 == pytest.approx(23.49, abs=0.005)
    mean = [38 * day / 120 for day in days[:4]]
    pearson = sum((x - m) ** 2 / m for x, m in zip(FEW[:4], mean, strict=True))
    assert segments["dispersion"].iloc[0] == pytest.approx(pearson / 3)


def test_periods_of_different_length_are_no_change() -> None:
    days = np.repeat([31.0, 10.0], 6)
    result = changepoints(days * 4, model="poisson", min_size=2, penalty="bic", exposure=days)
    assert result.breaks.empty
    without = changepoints(days * 4, model="poisson", min_size=2, penalty="bic")
    assert without.breaks["position"].tolist() == [6]


def test_scale_and_offset_move_no_break_of_a_mean() -> None:
    one = changepoints(NILE, model="l2", min_size=10, n_changepoints=3)
    other = changepoints(1e6 + 7 * np.array(NILE), model="l2", min_size=10, n_changepoints=3)
    assert one.breaks["position"].tolist() == other.breaks["position"].tolist()
    limits = ["position_lower", "position_upper"]
    pd.testing.assert_frame_equal(one.breaks[limits], other.breaks[limits])


def test_student_limits_of_a_mean() -> None:
    result = changepoints([1.0, 3.0, 10.0, 10.0], model="l2", min_size=2, n_changepoints=1)
    # Mean 2, s = sqrt(2), s/sqrt(2) = 1; t with 1 df at 0.975 is 12.7062.
    assert result.segments["rate_lower"].iloc[0] == pytest.approx(2 - 12.7062, abs=1e-4)
    assert result.segments["rate_upper"].iloc[1] == pytest.approx(10)
    alone = changepoints([1.0, 9.0, 9.0], model="l2", min_size=1, n_changepoints=1)
    assert math.isnan(alone.segments["rate_lower"].iloc[0])


def test_without_variance_a_break_has_no_limits() -> None:
    [(lower, upper)] = bai_limits(np.array([1.0, 1, 1, 5, 6, 5]), (3,), 0.95)
    assert math.isnan(lower)
    assert math.isnan(upper)


# Over-dispersion.


def test_dispersion_asks_for_stronger_evidence() -> None:
    random = np.random.default_rng(4)
    values = random.negative_binomial(100 / 4, 1 / 5, 60)  # mean 100, variance 500, no break
    plain = changepoints(values, model="poisson", min_size=3, penalty="bic")
    phi = plain.models["dispersion"].iloc[0]
    assert 3 < phi < 8
    quasi = changepoints(values, model="poisson", min_size=3, penalty="bic", dispersion=phi)
    assert len(plain.breaks) > 0
    assert quasi.breaks.empty
    one, wide = (
        changepoints(FEW, model="poisson", min_size=2, n_changepoints=1, dispersion=d).segments
        for d in (1.0, 4.0)
    )
    assert (wide["rate_upper"] > one["rate_upper"]).all()


def test_the_set_of_positions_holds_the_truth_as_often_as_it_says() -> None:
    # 200 series of 30 counts of mean 20 and 30 of mean 14: 183 hits or fewer have a probability of
    # 0.02 at a coverage of 0.95, and less at the true one.
    random = np.random.default_rng(8)
    hits = 0
    for _ in range(200):
        values = random.poisson(np.repeat([20, 14], 30))
        table = candidate_breaks(values, model="poisson", min_size=2)
        hits += bool(table.loc[table["position"] == 30, "within"].iloc[0])
    assert hits > 183


# A date against the best date.


def months() -> pd.DataFrame:
    start = pd.date_range("2011-01-01", periods=24, freq="MS")
    deaths = np.random.default_rng(1).poisson(np.repeat([360, 190], [15, 9]))
    return pd.DataFrame({"start": start, "days": start.days_in_month, "deaths": deaths})


def test_a_true_date_is_the_best_and_another_is_not() -> None:
    table = months()
    candidates = candidate_breaks(
        table["deaths"], model="poisson", min_size=3, exposure=table["days"], dates=table["start"]
    )
    true = compare_break(candidates, "2012-04-17").iloc[0]
    assert (true["rank"], true["of"], true["excess"]) == (1, 19, 0)
    assert true["first"] == true["best_first"] == pd.Timestamp("2012-04-01")
    other = compare_break(candidates, pd.Timestamp("2011-08-01")).iloc[0]
    assert other["rank"] > 1
    assert not other["within"]
    assert other["best_first"] == pd.Timestamp("2012-04-01")
    last = compare_break(candidates, "2012-10-31").iloc[0]
    assert last["first"] == pd.Timestamp("2012-10-01")


def test_candidates_agree_with_the_search() -> None:
    table = candidate_breaks(COAL, model="poisson", min_size=2)
    result = changepoints(COAL, model="poisson", min_size=2, n_changepoints=1)
    assert table["cost"].min() == pytest.approx(result.models["cost"].iloc[1])
    within = table.loc[table["within"], "position"]
    row = result.breaks.iloc[0]
    assert (row["position_lower"], row["position_upper"]) == (within.min(), within.max())
    assert row["position_lower"] <= row["position"] <= row["position_upper"]


def test_excess_of_a_mean_is_hansens_ratio() -> None:
    table = candidate_breaks(NILE, model="l2", min_size=15)
    best = table["cost"].min()
    assert best == pytest.approx(1597457.19444444)
    row = table.iloc[0]
    assert row["excess"] == pytest.approx(100 * (row["cost"] - best) / best)


@pytest.mark.parametrize("at", ["2011-03-31", "2012-11-01", "2014-01-01"])
def test_a_date_that_cannot_be_a_break_is_refused(at: str) -> None:
    table = months()
    candidates = candidate_breaks(
        table["deaths"], model="poisson", min_size=3, dates=table["start"]
    )
    with pytest.raises(ValueError, match="a new level can begin from 2011-04-01"):
        compare_break(candidates, at)


# What comes in and goes out.


def test_dates_come_from_the_index_of_a_series() -> None:
    index = pd.period_range("2011-01", periods=8, freq="M")
    by_index = changepoints(pd.Series(FEW, index=index), model="poisson", min_size=2, penalty="bic")
    assert by_index.breaks["first"].tolist() == [pd.Timestamp("2011-05-01")]
    by_number = changepoints(pd.Series(FEW), model="poisson", min_size=2, penalty="bic")
    assert by_number.breaks["first"].tolist() == [5]


def test_no_break_is_an_empty_table_with_the_same_columns() -> None:
    none = changepoints([5, 5, 6, 5, 5, 6], model="poisson", min_size=2, penalty="bic")
    one = changepoints(FEW, model="poisson", min_size=2, penalty="bic")
    assert none.breaks.empty
    assert none.breaks.columns.tolist() == one.breaks.columns.tolist()
    assert len(none.segments) == 1


def test_periods_without_deaths_have_a_limit_above() -> None:
    result = changepoints([0, 0, 0, 7, 9, 8], model="poisson", min_size=2, n_changepoints=1)
    first = result.segments.iloc[0]
    assert (first["rate"], first["rate_lower"], first["dispersion"]) == (0, 0, 0)
    # Exact upper limit of no death: -ln(0.025) = 3.689
    assert first["rate_upper"] == pytest.approx(-math.log(0.025) / 3)
    assert math.isnan(result.breaks["ratio"].iloc[0])


def test_spec_can_be_written_down() -> None:
    spec = changepoints(FEW, model="poisson", min_size=2, penalty="bic").spec
    assert json.loads(json.dumps(spec)) == spec


GIVEN = {"model": "poisson", "min_size": 2, "n_changepoints": 1}


@pytest.mark.parametrize(
    ("values", "choices", "message"),
    [
        ([1, 2, math.nan, 4], {}, r"value is nan; leave no period out \(observation 3, 3\)"),
        ([1, 2, math.inf, 4], {}, "value is inf"),
        ([1, 2, -3, 4], {}, r"value is -3.0; a count is 0 or more \(observation 3"),
        (["a", "b"], {}, "values must be numbers"),
        ([[1, 2], [3, 4]], {}, "values has 2 dimensions"),
        (FEW, {"exposure": [1] * 7}, "8 values and 7 exposure"),
        (FEW, {"exposure": [1] * 7 + [0]}, "exposure is 0.0; it must be above 0"),
        (FEW, {"dates": range(7)}, "8 values and 7 dates"),
        (FEW, {"dates": [1, 2, 3, 3, 4, 5, 6, 7]}, "dates must increase"),
        (FEW, {"model": "poison"}, "did you mean 'poisson'"),
        (FEW, {"model": "l2", "exposure": [1] * 8}, "belong to model='poisson'"),
        (FEW, {"model": "l2", "dispersion": 2.0}, "belong to model='poisson'"),
        (FEW, {"dispersion": 0.0}, "dispersion is 0.0"),
        (FEW, {"min_size": 0}, "min_size is 0"),
        (FEW, {"min_size": 9, "n_changepoints": 0}, "8 observations in segments of 9 or more"),
        (
            FEW,
            {"n_changepoints": 4},
            "n_changepoints is 4; 8 observations in segments of 2 or more",
        ),
        (FEW, {"max_changepoints": -1}, "max_changepoints is -1"),
        (FEW, {"penalty": 3.0}, "either n_changepoints or a penalty"),
        (FEW, {"n_changepoints": None}, "either n_changepoints or a penalty"),
        (FEW, {"n_changepoints": None, "penalty": "aic"}, "unknown penalty 'aic'"),
        (FEW, {"n_changepoints": None, "penalty": 0.0}, "penalty is 0.0"),
        (FEW, {"conf": 95}, "conf is 95"),
    ],
)
def test_refusals(values: list[Any], choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changepoints(values, **(GIVEN | choices))


def test_a_series_too_short_for_two_levels() -> None:
    with pytest.raises(ValueError, match="3 observations are too few for two segments of 2"):
        candidate_breaks([1, 2, 3], model="poisson", min_size=2)
