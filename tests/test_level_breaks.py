"""Dates that counts choose for themselves: planted breaks, a hand calculation, refusals."""

from math import log

import numpy as np
import pandas as pd
import pytest
from monthly import months

import homicide_trends as ht
from homicide_trends.methods.level_breaks import breaks_of_level
from homicide_trends.wording.breaks import several


def test_planted_break_is_found_and_compared() -> None:
    found = breaks_of_level(
        months([100, 104] * 6 + [50, 47] * 5), intervention="2012-01-01", end="2012-10-31"
    )
    row = found.single.iloc[0]
    assert (row["best"], row["asked"], row["place_of_intervention"]) == (
        "Jan 2012", "Jan 2012", "1 of 11")  # fmt: skip
    assert row["best_ratio"] == pytest.approx((485 / 10) / (1224 / 12))
    assert row["excess"] == 0
    assert found.candidates.loc[found.candidates["within"], "first"].tolist() == [
        pd.Timestamp("2012-01-01")
    ]
    assert found.reason == ""


def test_date_beside_the_break_is_worse_by_twice_its_log_likelihood() -> None:
    # 12 months at 100 and 12 at 50; a break a month late puts one 50 among the hundreds.
    found = breaks_of_level(
        months([100] * 12 + [50] * 12), intervention="2012-02-01", end="2012-12-31"
    )

    def cost(deaths: float, periods: int) -> float:
        return -2 * (deaths * log(deaths / periods) - deaths)

    expected = cost(1250, 13) + cost(550, 11) - cost(1200, 12) - cost(600, 12)
    row = found.single.iloc[0]
    assert found.dispersion == 1  # no spread at all counts as Poisson's
    assert row["excess"] == pytest.approx(expected, abs=1e-8)
    assert row["place_of_intervention"] == "2 of 13"


def test_later_larger_break_takes_the_place_of_the_first() -> None:
    table = months([100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4)
    found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    assert found.single["best"].tolist() == ["Jan 2012", "Nov 2012"]
    assert found.single["end"].tolist() == [pd.Timestamp("2012-10-31"), pd.Timestamp("2013-06-30")]
    assert found.single["rank"].iloc[1] > 1
    assert found.several["when"].tolist() == ["Jan 2012", "Nov 2012"]
    assert found.several["best_ratio"].to_numpy() == pytest.approx([48.5 / 102, 200.5 / 48.5])


def test_dispersion_about_the_break_widens_the_set() -> None:
    rng = np.random.default_rng(2)
    # Variance of eight times the mean: negative binomial with p = 1/8.
    deaths = np.append(rng.negative_binomial(100 / 7, 1 / 8, 20),
                       rng.negative_binomial(60 / 7, 1 / 8, 20))  # fmt: skip
    found = breaks_of_level(months(list(deaths)), intervention="2012-09-01", end="2014-04-30")
    assert 4 < found.dispersion < 14
    limit = found.candidates.loc[found.candidates["within"], "excess"].max()
    assert limit < 7.35  # Hansen 2000, table 1, 95 percent
    assert found.candidates.loc[~found.candidates["within"], "excess"].min() > 7.35


def test_series_is_used_up_to_its_first_gap() -> None:
    table = months([100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4)
    table.loc[24, "deaths"] = float("nan")
    found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    assert found.single["end"].tolist() == [pd.Timestamp("2012-10-31"), pd.Timestamp("2012-12-31")]


def test_too_few_periods_are_refused_with_a_reason() -> None:
    found = breaks_of_level(months([5] * 11), intervention="2011-06-01", end="2011-11-30")
    assert found.reason == (
        "11 months up to 30 Nov 2011: a break of level needs at least 6 on each side of it."
    )
    assert found.candidates.empty
    assert found.single.empty
    assert {"best", "asked", "place_of_intervention", "excess"} <= set(found.single)
    assert {"when", "limits", "best_ratio"} <= set(found.several)


def test_date_near_an_end_is_no_candidate_and_that_is_said() -> None:
    found = breaks_of_level(months([100, 104] * 10), intervention="2011-03-01", end="2012-08-31")
    assert found.reason.startswith("1 Mar 2011 lies within 6 months of an end")


def test_number_of_breaks_is_chosen_with_the_dispersion_that_is_stated() -> None:
    """One more break has to be worth more than the scatter of the months; the sentence says so.

    El Salvador 2011-2015: a fifth break lowers -2 log-likelihood by 15.9, which is more than
    2 ln 60 = 8.2 but, over a dispersion of 4.7, 3.4 only.
    """
    table = ht.series.covering_series("SLV", ("2011-01-01", "2015-12-31"))
    found = breaks_of_level(table, intervention="2012-03-01", end="2013-12-31")
    assert found.dispersion == pytest.approx(4.70, abs=0.01)
    assert 15.9 > 2 * log(60) > 15.9 / found.dispersion
    assert len(found.several) == 4
    assert "by BIC, with the same dispersion" in several(found)
