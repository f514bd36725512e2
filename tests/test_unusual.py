"""What the counts alone say: ranks among all years, one agency at a time, the months before."""

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods import (
    agency_by_agency,
    counts_alone,
    joinpoint,
    ranked_change,
)
from homicide_trends.series import curve_of
from homicide_trends.wording.effect_sentences import BY_WHOM, by_whom


def years(deaths: list[float], first: int = 2000) -> pd.DataFrame:
    starts = pd.date_range(f"{first}-01-01", periods=len(deaths), freq="YS")
    return pd.DataFrame({"start": starts, "end": starts + pd.offsets.YearEnd(0), "deaths": deaths,
                         "person_years": 1e5})  # fmt: skip


def test_a_fall_is_ranked_among_all_years_and_among_the_earlier_ones() -> None:
    # Changes: -50, +100, -20, -10, -60, +25 %.
    table = years([100, 50, 100, 80, 72, 28.8, 36])
    found = ranked_change(table, baseline=("2002", "2002"), window=("2003", "2003"))
    assert (found.rank, found.of) == (3, 6)  # -60 and -50 went farther
    assert (found.earlier_rank, found.earlier_of) == (2, 3)
    rise = ranked_change(table, baseline=("2005", "2005"), window=("2006", "2006"))
    assert (rise.rank, rise.of, rise.earlier_rank) == (2, 6, 2)


def test_spans_of_several_years_and_parts_of_them() -> None:
    table = years([100, 100, 50, 50, 60, 60, 60])
    # 2000 and 2001 beside 2003 and 2004; a gap of a year stays a gap of a year.
    found = ranked_change(table, baseline=("2000", "2001-08"), window=("2003", "2004"))
    assert found.changes["percent_change"].tolist() == pytest.approx([-45, -20, 20])
    assert (found.rank, found.of) == (1, 3)
    assert ranked_change(table, baseline=("1999", "1999"), window=("2000", "2000")).of == 0


def months(deaths: list[int], agency: list[str]) -> pd.DataFrame:
    starts = pd.date_range("2012-01-01", periods=len(deaths), freq="MS")
    return pd.DataFrame({"start": starts, "end": starts + pd.offsets.MonthEnd(0), "deaths": deaths,
                         "agency": agency, "person_years": 1.0})  # fmt: skip


def test_a_step_of_the_mixed_series_that_no_agency_shows() -> None:
    # One agency counts 100 a month, the other 60, all the time: the mixed series halves.
    both = curve_of(months([100] * 12 + [60] * 12, ["A"] * 12 + ["B"] * 12))
    alone = curve_of(months([60] * 24, ["B"] * 24))
    short = curve_of(months([100] * 12, ["A"] * 12))
    pair = (("2012-07", "2012-12"), ("2013-01", "2013-06"))
    found = agency_by_agency([both, alone, short], [pair])
    assert found["deaths"].tolist() == [360, 360]  # the third has no 2013
    assert found["percent_change"].iloc[0] == pytest.approx(-40, abs=0.5)
    assert found["percent_change"].iloc[1] == pytest.approx(0, abs=0.5)


def test_the_part_of_a_baseline_that_an_agency_counted_is_said() -> None:
    table = months([100] * 24, ["A"] * 24).drop(index=[0, 1])
    pair = (("2012-01", "2012-12"), ("2013-01", "2013-12"))
    found = agency_by_agency([curve_of(table)], [pair])
    assert found["baseline_start"].tolist() == [pd.Timestamp("2012-03-01")]
    assert agency_by_agency([curve_of(table.tail(16))], [pair]).empty  # a third of 2012


def test_the_months_before_are_left_out() -> None:
    # 100 a month; 40 in the three months before and after.
    table = months([100] * 9 + [40] * 15, ["A"] * 24)
    found = counts_alone(curve_of(table), baseline_start="2012-01", intervention="2013-01-01",
                         end="2013-12-31")  # fmt: skip
    change = [100 * (480 / 1020 - 1), 100 * (40 / 100 - 1)]
    # Every month has the same person-time here.
    assert found["percent_change"].tolist() == pytest.approx(change)
    assert found["expected"].tolist() == pytest.approx([1020, 1200])


def test_the_weighted_criterion_lies_between_the_two() -> None:
    # Exact bends explain all of the scatter about one line: the harsher one. None: the milder.
    rng = np.random.default_rng(4)
    rates = 50 * 1.05 ** np.minimum(np.arange(20), 10.0)
    bent = joinpoint(pd.DataFrame({"year": range(20), "rate": rates * np.exp(
        rng.normal(0, 1e-3, 20))}), selection="wbic")  # fmt: skip
    models = bent.models.set_index("n_joinpoints")
    assert models["weight"].iloc[0] == 0
    assert models["weight"].iloc[1] > 0.99
    assert models["wbic"].to_numpy() == pytest.approx(
        ((1 - models["weight"]) * models["bic"] + models["weight"] * models["bic3"]).to_numpy()
    )
    # The one bend's partial R-squared is that of the whole series: 1 - SSE(1) / SSE(0).
    assert models["weight"].iloc[1] == pytest.approx(
        1 - models["sse"].iloc[1] / models["sse"].iloc[0]
    )
    assert bent.joinpoints["joinpoint"].tolist() == [10]


def test_nobody_who_counted_both_is_an_empty_table_with_its_columns() -> None:
    found = agency_by_agency([], [(("2012", "2012"), ("2013", "2013"))])
    assert {"agency", "baseline_deaths", "deaths", "percent_change", "pair"} <= set(found.columns)
    assert by_whom(found)[BY_WHOM[0]].tolist() == []
