"""Exploring in JupyterLab: the numbers are those of the claims, and the verdict stands beside."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from conftest import CHECKOUT

from homicide_trends.claims.comparisons import Baseline
from homicide_trends.display import explore
from homicide_trends.refusals import MissingExtraError
from homicide_trends.tables.load import DataError
from homicide_trends.wording import claims as wording


@pytest.fixture(scope="module")
def averted() -> explore.Prepared:
    return explore.prepare("deaths-prevented")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def test_all_claims_that_counts_answer_are_offered() -> None:
    offered = explore.claims_to_explore()
    assert {"rate-2011", "about-sixty", "nearly-sixty", "deaths-prevented"} <= {*offered["claim"]}
    assert "eleven-towns" not in {*offered["claim"]}


@pytest.mark.parametrize("claim", ["rate-2011", "about-sixty", "fall-2012", "rising-rates"])
def test_the_first_choice_is_a_comparison_of_the_claim(claim: str) -> None:
    ready = explore.prepare(claim)
    found = explore.answer(ready, explore.first(ready))
    cells = ready.reading.cells
    near = (cells["estimate"] - found.value).abs().min()
    assert near < 1e-9 * max(1, abs(found.value))


def test_the_number_is_that_of_the_counts(averted: explore.Prepared) -> None:
    found = explore.answer(averted, explore.first(averted))
    # 4,510 deaths in the 366 days before, 3,933 in the 632 days that follow.
    assert found.value == pytest.approx(4510 / 366 * 632 - 3933, rel=1e-12)
    assert found.lower < found.value < found.upper
    assert found.state == "near"  # the limits reach 4,500
    eve = Baseline("eve", day("2012-01-01"), day("2012-03-08"))
    found = explore.answer(averted, replace(explore.first(averted), baseline=eve))
    assert found.value == pytest.approx(926 / 68 * 632 - 3933, rel=1e-12)
    assert found.state == "gives"


def test_a_comparison_that_gives_it_leaves_the_verdict(averted: explore.Prepared) -> None:
    eve = Baseline("eve", day("2012-01-01"), day("2012-03-08"))
    said = explore.summary(
        averted, explore.answer(averted, replace(explore.first(averted), baseline=eve))
    )
    assert said["state"].startswith("This comparison gives")
    assert said["verdict"] == wording.verdict(averted.result)
    assert said["told"] == wording.sentence(averted.result)
    assert "4,673 fewer" in said["sentence"]
    assert "the ten weeks before" in said["sentence"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"baseline": Baseline("own", day("2012-03-01"), day("2012-04-30"))}, "share days"),
        ({"agency": "IML", "start": day("2013-01-01"), "end": day("2013-02-28")}, "No count"),
        ({"start": day("2090-01-01"), "end": day("2090-12-31")}, "No count on file"),
    ],
)
def test_what_cannot_be_compared_is_said(
    averted: explore.Prepared, change: dict[str, object], refusal: str
) -> None:
    found = explore.answer(averted, replace(explore.first(averted), **change))  # type: ignore[arg-type]
    assert found.state == ""
    assert refusal in explore.summary(averted, found)["sentence"]


def test_a_claim_that_counts_do_not_answer_says_why() -> None:
    with pytest.raises(DataError, match="cannot be explored"):
        explore.prepare("eleven-towns")


def test_moving_a_slider_moves_number_state_and_command() -> None:
    box = explore.panel("deaths-prevented")
    before = box.state.shown.value
    box.baseline.value = "eve"
    assert box.state.shown.value != before
    assert "4,673" in box.state.shown.value
    assert "-p baseline_start 2012-01-01" in box.state.shown.value
    verdict = "Only if the ten weeks before are normal"
    assert verdict in before
    assert verdict in box.state.shown.value
    box.end.value = day("2013-06-30")
    assert "-p window_end 2013-06-30" in box.state.shown.value
    box.claim.value = "rising-rates"
    assert "Right for Honduras" in box.state.shown.value
    box.place.value = "HND"
    # 6,236 deaths in 2010 and 5,280 in 2009, over populations that grew by 2 percent.
    assert box.state.found.value == pytest.approx(15.74, abs=0.01)


def test_nothing_of_the_tables_is_markup(averted: explore.Prepared) -> None:
    hostile = replace(averted.result, as_reported="<script>alert(1)</script>")
    box = explore.panel("deaths-prevented")
    box.state.ready = replace(averted, result=hostile)
    box.state.show()
    assert "<script>" not in box.state.shown.value
    assert "&lt;script&gt;" in box.state.shown.value


def test_a_folder_of_ones_own_can_be_explored(tmp_path: Path) -> None:
    mine = shutil.copytree(CHECKOUT / "docs" / "examples" / "simulated", tmp_path / "mine")
    ready = explore.prepare("true-decline", data=mine)
    found = explore.answer(ready, explore.first(ready))
    assert found.value == pytest.approx(30, abs=3)  # the truth of the simulation
    assert f"--data {mine}" in explore.command(ready, found.chosen)


def test_without_ipywidgets_it_is_said_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtraError, match=re.escape("homicide-trends[lab]")):
        explore.panel("deaths-prevented")
