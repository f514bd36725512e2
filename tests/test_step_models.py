"""Interrupted time series side by side: hand calculations, identities, refusals."""

from math import exp, log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from monthly import months

from homicide_trends.methods.step_models import (
    SLOPE,
    STEP,
    TREND,
    after,
    context,
    step_models,
    unit_of,
)
from homicide_trends.rates.limits import step_limits

SEESAW = months([100, 104] * 7 + [50, 47] * 5)


def test_step_without_trend_by_hand() -> None:
    # 1428 deaths in 14 months, 485 in 10 months of the same exposure.
    models = step_models(SEESAW, intervention="2012-03-01", transition="after")
    row = models.ratios.set_index(["model", "errors"]).loc[(STEP, "Poisson")]
    ratio, se = (485 / 10) / (1428 / 14), sqrt(1 / 485 + 1 / 1428)
    assert row["rate_ratio"] == pytest.approx(ratio, abs=1e-9)
    assert row["rate_ratio_lower"] == pytest.approx(exp(log(ratio) - 1.959964 * se), abs=1e-6)
    assert row["rate_ratio_upper"] == pytest.approx(exp(log(ratio) + 1.959964 * se), abs=1e-6)
    assert np.isnan(row["trend_apc"])
    assert models.averted["averted"].iloc[0] == pytest.approx(10 * 102 - 485)
    assert models.diagnostics.set_index("model").loc[STEP, "periods"] == 24


def test_quasi_errors_are_poisson_errors_times_the_root_of_the_dispersion() -> None:
    models = step_models(SEESAW, intervention="2012-03-01", transition="after")
    rows = models.ratios[models.ratios["model"] == STEP].set_index("errors")
    width = np.log(rows["rate_ratio_upper"] / rows["rate_ratio_lower"])
    # Pearson: 14 x 2^2 / 102 + 10 x 1.5^2 / 48.5, over 22 degrees of freedom.
    phi = (14 * 4 / 102 + 10 * 2.25 / 48.5) / 22
    assert width["quasi-Poisson"] / width["Poisson"] == pytest.approx(sqrt(phi), abs=1e-9)
    assert models.diagnostics["dispersion"].iloc[0] == pytest.approx(phi)


def test_trend_and_step_of_a_series_that_has_them() -> None:
    # 1 percent more a month throughout, halved from month 15 on; alternately 0.2 percent off.
    time = np.arange(24)
    level = 1000 * 1.01**time * np.where(time >= 14, 0.5, 1)
    models = step_models(
        months(list(level * np.where(time % 2, 1.002, 0.998))),
        intervention="2012-03-01", transition="after",
    )  # fmt: skip
    row = models.ratios.set_index(["model", "errors"]).loc[(TREND, "quasi-Poisson")]
    assert row["rate_ratio"] == pytest.approx(0.5, rel=0.01)
    assert row["trend_apc"] == pytest.approx(100 * (1.01**12 - 1), rel=0.02)  # 12.7 a year
    without = 1000 * (1.01**14 * (1.01**10 - 1) / 0.01)  # geometric series
    averted = models.averted.set_index(["model", "errors"])["averted"]
    assert averted[TREND, "quasi-Poisson"] == pytest.approx(without / 2, rel=0.02)
    assert averted[STEP, "quasi-Poisson"] < 0.85 * without / 2  # what a constant rate misses


def test_averted_is_observed_times_inverse_ratio_less_one_for_a_poisson_step() -> None:
    rng = np.random.default_rng(7)
    table = months(list(rng.poisson(90, 20).astype(float)))
    models = step_models(table, intervention="2012-03-01", transition="after")
    both = models.averted.merge(models.ratios, on=["model", "errors"])
    both = both[both["model"] != SLOPE]
    identity = both["deaths"] * (1 / both["rate_ratio"] - 1)
    assert both["averted"].to_numpy() == pytest.approx(identity.to_numpy(), abs=1e-6)


def test_the_first_limits_carry_scatter_and_spells() -> None:
    rng = np.random.default_rng(3)
    table = months(
        list(rng.poisson(80, 16).astype(float)) + list(rng.poisson(40, 20).astype(float))
    )
    found = step_models(table, intervention="2012-05-01", transition="after")
    told = step_limits(table["deaths"], table["person_years"], np.arange(36) >= 16)
    first = found.ratios.iloc[0]
    assert (first["errors"], first["held"]) == ("scatter and spells", 95)
    assert first["rate_ratio_lower"] == pytest.approx(told.ratio_lower[0])
    assert found.averted.iloc[0]["averted_upper"] == pytest.approx(float(told.averted_upper))
    # Poisson series: narrower limits hold less often than wider ones, and less than they say.
    step = found.ratios[found.ratios["model"] == STEP]
    width = step["rate_ratio_upper"] / step["rate_ratio_lower"]
    assert (width.rank() == step["held"].rank()).all()


def test_months_that_were_split_are_one_period() -> None:
    whole = months([100, 104] * 7 + [50, 47] * 5)
    parts = whole.assign(status="final", agency="A", sources="s")
    total = parts["deaths"].iloc[16:19].sum()
    parts.loc[16:18, ["deaths", "status"]] = [total / 3, "allocated"]
    joined = pd.concat([whole.iloc[:16], whole.iloc[19:]], ignore_index=True)
    total_row = {"start": whole["start"][16], "end": whole["end"][18], "deaths": total}
    total_row["person_years"] = whole["person_years"].iloc[16:19].sum()
    joined = pd.concat([joined, pd.DataFrame([total_row])], ignore_index=True)
    choices: dict[str, Any] = {"intervention": "2012-03-01", "transition": "after"}
    found, by_hand = (step_models(table, **choices) for table in (parts, joined))
    assert found.diagnostics["periods"].tolist() == [22] * 3
    assert found.ratios["rate_ratio_upper"].tolist() == by_hand.ratios["rate_ratio_upper"].tolist()


@pytest.mark.parametrize(
    ("transition", "first"),
    [("after", "2012-03-01"), ("ramp", "2012-03-01"), ("before", "2012-04-01"),
     ("drop", "2012-04-01")],
)  # fmt: skip
def test_period_that_the_intervention_splits(transition: str, first: str) -> None:
    found = step_models(SEESAW, intervention="2012-03-09", transition=transition)  # type: ignore[arg-type]
    assert set(found.averted["start"]) == {pd.Timestamp(first)}
    assert set(found.averted["end"]) == {pd.Timestamp("2012-12-31")}
    fit = found.fits[STEP]
    assert after(fit).sum() == (10 if first == "2012-03-01" else 9)


def test_years_have_trends_by_the_year() -> None:
    years = pd.date_range("2000-01-01", periods=18, freq="YS")
    level = 500 * 1.05 ** np.arange(18) * np.where(np.arange(18) % 2, 1.01, 0.99)
    table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0),
                          "deaths": level, "person_years": 1.0})  # fmt: skip
    found = step_models(table, intervention="2013-01-01", transition="after")
    rows = found.ratios[found.ratios["model"] == TREND]
    assert rows["trend_apc"].to_numpy() == pytest.approx(5, rel=0.1)


@pytest.mark.parametrize(
    ("deaths", "start", "reason", "models"),
    [
        ([5] * 5 + [4] * 9, "2011-10-01", "5 months before 1 Mar 2012 and 9 from it on: a step", 0),
        ([5] * 20 + [4] * 2, "2010-07-01", "20 months before 1 Mar 2012 and 2 from it on: a", 0),
        (
            [5, 6] * 4 + [4, 3] * 4,
            "2011-07-01",
            "8 months before 1 Mar 2012 and 8 from it on: a",
            1,
        ),
    ],
)
def test_too_few_periods_are_refused_with_a_reason(
    deaths: list[float], start: str, reason: str, models: int
) -> None:
    table = months(deaths, start)
    found = step_models(table, intervention="2012-03-01", transition="after")
    assert found.reason.startswith(reason)
    assert list(found.fits) == [STEP][:models]
    assert found.averted["model"].unique().tolist() == [STEP][:models]
    assert {"model", "errors", "rate_ratio", "trend_apc"} <= set(found.ratios)
    assert {"averted", "expected"} <= set(found.averted)


def test_what_a_model_cannot_carry_is_named() -> None:
    table = months([100, 104] * 7 + [0] * 10)
    found = step_models(table, intervention="2012-03-01", transition="after")
    assert not found.fits
    assert found.reason.startswith("Step without trend: term 'level 2012-03-01': no deaths")


def test_wrong_transition_is_an_error() -> None:
    with pytest.raises(ValueError, match="transition 'later'"):
        step_models(SEESAW, intervention="2012-03-01", transition="later")  # type: ignore[arg-type]


def test_rows_say_place_window_and_who_counted() -> None:
    row = step_models(SEESAW, intervention="2012-03-01", transition="after").averted.iloc[0]
    assert row[["place", "agency", "sources"]].tolist() == ["XXX", "A", "a"]
    assert row["baseline_start"] == pd.Timestamp("2011-01-01")
    assert row["baseline_end"] == pd.Timestamp("2012-02-29")


def test_nothing_is_expected_before_the_intervention() -> None:
    rows = step_models(SEESAW, intervention="2012-03-01", transition="after").series
    assert (rows["expected"].notna() == rows["after"]).all()
    assert rows["fitted"].notna().all()


def test_context_and_unit() -> None:
    assert context(pd.DataFrame({"place": ["A", "A"], "agency": ["x; y", None]})) == {
        "place": "A", "agency": "x; y"}  # fmt: skip
    assert unit_of(SEESAW) == "month"
