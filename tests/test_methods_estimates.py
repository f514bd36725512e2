"""Published estimates beside re-estimates on national counts, and all of them in one table."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from monthly import months, years

from homicide_trends.display.tables import show
from homicide_trends.methods.estimates import (
    CONSTANT,
    PUBLISHED,
    RE_ESTIMATED,
    all_estimates,
    changes_beside,
    modelled_beside,
    ratios_beside,
    years_on_file,
)
from homicide_trends.methods.other_countries import Elsewhere, elsewhere
from homicide_trends.methods.step_models import STEP, StepModels, step_models

BASELINE, WINDOW = ("2011-01-01", "2012-02-29"), ("2012-03-01", "2012-12-31")
COUNTS = months([100, 104] * 7 + [50, 47] * 5).assign(days=30, deaths_method="whole")


def study(**changed: Any) -> pd.DataFrame:
    """One row of published estimates with its source."""
    row = {
        "source_id": "s", "place": "XXX", "estimate": 0.61, "lower": 0.54, "upper": 0.69,
        "start": pd.Timestamp(WINDOW[0]), "end": pd.Timestamp(WINDOW[1]),
        "baseline_start": pd.Timestamp(BASELINE[0]), "baseline_end": pd.Timestamp(BASELINE[1]),
        "method": "model over towns, without controls", "publisher": "A. B. Author, C. Other",
        "published": "2016-09-01", "note": "as read in the abstract",
    }  # fmt: skip
    return pd.DataFrame([row | changed])


# --- years --------------------------------------------------------------------------------


def test_years_on_file_are_no_error_where_there_are_none() -> None:
    nothing = years_on_file("SLV", agency="nobody")
    assert nothing.empty
    assert {"start", "end", "deaths", "person_years"} <= set(nothing)
    known = years_on_file("SLV").set_index(years_on_file("SLV")["start"].dt.year)["deaths"]
    assert known[2011] == 4371
    assert known[2012] == 2594


# --- beside published estimates --------------------------------------------------------------


def test_ratio_is_re_estimated_for_the_windows_of_the_study() -> None:
    found = ratios_beside(study(), COUNTS, conf=0.95)
    assert found["by"].tolist() == [PUBLISHED, RE_ESTIMATED]
    assert found["name"].tolist() == ["Author 2016"] * 2
    assert found["rate_ratio"].tolist() == pytest.approx([0.61, (485 / 10) / (1428 / 14)])
    assert found["rate_ratio_lower"].iloc[0] == 0.54
    assert found["note"].fillna("").tolist() == ["as read in the abstract", ""]
    assert np.isnan(found["rate_ratio_conf"].iloc[0])  # the table does not say
    assert found["rate_ratio_conf"].iloc[1] == 0.95
    # Sources are never mixed: the study's for its own number, the counts' for ours.
    assert found["source_id"].fillna("").tolist() == ["s", ""]
    assert found["sources"].fillna("").tolist() == ["", "a"]


def test_one_re_estimate_for_two_models_of_the_same_study_and_window() -> None:
    both = pd.concat([study(), study(estimate=0.55)], ignore_index=True)
    found = ratios_beside(both, COUNTS, conf=0.95)
    assert found["by"].tolist() == [PUBLISHED, PUBLISHED, RE_ESTIMATED]


def test_ratio_that_the_counts_do_not_cover_is_missing_with_a_reason() -> None:
    found = ratios_beside(study(baseline_start=pd.Timestamp("2009-01-01")), COUNTS, conf=0.95)
    assert pd.isna(found["rate_ratio"].iloc[1])
    assert found["method"].iloc[1].startswith("not possible: no count for 2009-01-01")


def test_change_is_observed_less_expected_with_limits_exchanged() -> None:
    row = study(estimate=-500.0, lower=np.nan, upper=np.nan, baseline_start=pd.NaT,
                baseline_end=pd.NaT)  # fmt: skip
    found = changes_beside(row, COUNTS, baseline=BASELINE, conf=0.95)
    own = found.iloc[1]
    assert own["change_in_deaths"] == pytest.approx(485 - 1020)  # 102 a month for 10 months
    assert own["change_in_deaths_lower"] < 485 - 1020 < own["change_in_deaths_upper"] < 0
    assert own["baseline_start"] == pd.Timestamp(BASELINE[0])
    assert pd.isna(found["baseline_start"].iloc[0])  # the study states none
    # What was read has none, which is not to say that the study has none.
    assert found["interval"].iloc[0] == "none seen"
    abstract = changes_beside(row.assign(note="abstract only"), COUNTS, baseline=BASELINE, conf=0.9)
    assert abstract["interval"].iloc[0] == "none seen (abstract only)"


def test_change_takes_the_baseline_that_the_study_states() -> None:
    row = study(baseline_start=pd.Timestamp("2011-01-01"), baseline_end=pd.Timestamp("2011-01-31"))
    found = changes_beside(row, COUNTS, baseline=BASELINE, conf=0.95)
    assert found["change_in_deaths"].iloc[1] == pytest.approx(485 - 1000)  # 100 in January


def test_without_published_estimates_there_are_columns_to_show() -> None:
    nothing = study().head(0)
    for rows, quantity in (
        (ratios_beside(nothing, COUNTS, conf=0.95), "rate_ratio"),
        (changes_beside(nothing, COUNTS, baseline=BASELINE, conf=0.95), "change_in_deaths"),
    ):
        shown = show(rows, ["name", "by", "window", quantity, "method"], caption="", empty="None.")
        assert shown.bundle["text/plain"] == "None."


def test_modelled_deaths_stand_beside_counts_of_the_same_year() -> None:
    modelled = pd.DataFrame(
        {"place": "XXX", "start": pd.to_datetime(["2012-01-01", "2011-01-01", "2030-01-01"]),
         "end": pd.to_datetime(["2012-12-31", "2011-12-31", "2030-12-31"]),
         "estimate": [90.0, 100, 1], "lower": [80.0, 90, 0], "upper": [100.0, 110, 2],
         "method": "modelled", "source_id": "w"}
    )  # fmt: skip
    counted = years([1, 2], "2011-01-01").assign(deaths=[50.0, 20.0])
    found = modelled_beside(modelled, counted)
    assert found[["modelled", "deaths"]].to_numpy().tolist() == [[100, 50], [90, 20]]
    shown = show(found, ["window", "modelled", "deaths"], caption="").findings
    told = shown[["name", "method", "agency", "sources"]].head(2).fillna("").to_numpy().tolist()
    assert told == [["modelled", "modelled", "", "w"], ["deaths", "", "A", "a"]]


# --- all of them -----------------------------------------------------------------------------


def models() -> StepModels:
    return step_models(COUNTS, intervention=WINDOW[0], transition="after")


def nobody_else() -> Elsewhere:
    panel = years([10, 11], "2011-01-01").assign(name="X", person_years=1.0)
    return elsewhere(panel, place="XXX", intervention=WINDOW[0], start="2011-01-01",
                     end="2012-12-31")  # fmt: skip


def together(*studies: pd.DataFrame) -> pd.DataFrame:
    return all_estimates(COUNTS, models(), nobody_else(), *studies, baseline=BASELINE,
                         window=WINDOW, conf=0.95)  # fmt: skip


def test_own_estimates_come_first_and_each_says_what_it_assumes() -> None:
    found = together(ratios_beside(study(), COUNTS, conf=0.95))
    assert found["name"].iloc[:2].tolist() == [CONSTANT, STEP]
    assert found["name"].iloc[-2:].tolist() == [
        "Author 2016, without controls", "Author 2016, national counts"
    ]  # fmt: skip
    assert found["averted"].iloc[0] == pytest.approx(1020 - 485)
    assert found["averted"].iloc[1] == pytest.approx(1020 - 485)
    assert found["rate_ratio"].iloc[-2:].tolist() == pytest.approx([0.61, 48.5 / 102])
    assert (found["assumption"] != "").all()
    assert (found["interval"] != "").all()


def test_published_change_becomes_averted_with_the_sign_turned() -> None:
    change = study(estimate=-500.0, lower=np.nan, upper=np.nan, end=pd.Timestamp("2012-06-30"))
    found = together(changes_beside(change, COUNTS, baseline=BASELINE, conf=0.95))
    assert RE_ESTIMATED not in set(found["by"])  # that is the constant rate, which has a row
    found = found.iloc[-1]
    assert found["averted"] == 500
    assert found["name"] == "Author 2016, without controls (Mar to Jun 2012)"


def test_study_of_another_time_is_left_out_as_a_whole() -> None:
    near, far = study(), study(start=pd.Timestamp("2020-01-01"), end=pd.Timestamp("2020-12-31"))
    rows = ratios_beside(pd.concat([near, far]), COUNTS, conf=0.95)
    assert (together(rows)["by"] == PUBLISHED).sum() == 2  # one source, one window in common
    rows = ratios_beside(far.assign(source_id="t"), COUNTS, conf=0.95)
    assert (together(rows)["by"] == PUBLISHED).sum() == 0


def test_without_counts_there_is_a_table_without_rows() -> None:
    empty = COUNTS.head(2)
    found = all_estimates(
        empty, step_models(empty, intervention=WINDOW[0], transition="after"),
        nobody_else(), baseline=BASELINE, window=WINDOW, conf=0.95,
    )  # fmt: skip
    assert found.empty
    assert {"name", "averted", "rate_ratio", "assumption", "interval"} <= set(found)
