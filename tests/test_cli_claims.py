"""The command that says whether claims are true: one screen, one page, JSON, refusals."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.cli import cli


def invoke(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["claims", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def everything() -> list[dict[str, object]]:
    status, out, err = invoke("--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert isinstance(found, list)
    return found


def test_all_claims_are_a_few_lines_each():
    status, out, _ = invoke()
    assert status == 0
    assert "Did the truce prevent 4,500 deaths?  ONLY IF THE TEN WEEKS BEFORE ARE NORMAL" in out
    assert len(out.splitlines()) <= 48  # one screen


def test_a_claim_by_itself_is_a_page_and_a_figure_names_its_claim():
    status, out, _ = invoke("deaths-prevented")
    assert status == 0
    assert "Only if the ten weeks before are normal" in out
    assert "How sure is it?" in out
    assert "method" not in out  # what has one level is no choice
    assert invoke("memo-averted") == (0, out, "")


def test_json_has_every_field(everything: list[dict[str, object]]):
    fields = {"claim", "question", "who", "date", "as_reported", "verdict", "condition", "sentence",
              "reading", "specifications", "cells", "claimReview"}  # fmt: skip
    cell = {"source", "population", "baseline_start", "baseline_end", "start", "end", "method",
            "baseline_deaths", "deaths", "estimate", "lower", "upper", "state"}  # fmt: skip
    assert len(everything) >= 10
    for claim in everything:
        assert fields <= set(claim)
        assert {"measure", "start", "end"} <= set(claim["reading"])  # type: ignore[call-overload]
        for each in claim["cells"]:  # type: ignore[attr-defined]
            assert cell <= set(each)
            assert each["state"] in ("gives", "compatible", "excluded")


def test_specifications_are_the_distinct_cells_that_vote(
    everything: list[dict[str, object]],
) -> None:
    for claim in everything:
        rows = {
            tuple(value for name, value in cell.items() if name != "source"): cell["state"]
            for cell in claim["cells"]  # type: ignore[attr-defined]
            if cell["votes"]
        }
        states = list(rows.values())
        counted: dict[str, int] = claim["specifications"]  # type: ignore[assignment]
        assert counted["count"] == len(states)
        assert counted["give"] == states.count("gives")
        assert counted["give"] + counted["compatible"] + counted["exclude"] == len(states)


def test_a_claim_that_cannot_be_told_has_no_rating(everything: list[dict[str, object]]):
    for claim in everything:
        review: dict[str, object] = claim["claimReview"]  # type: ignore[assignment]
        assert review["@type"] == "ClaimReview"
        assert ("reviewRating" in review) == (claim["code"] != "cannot_tell")


def test_the_figures_without_a_claim_are_listed_when_asked():
    _, out, _ = invoke("--all")
    assert "insight-aid: $165 million" in out
    assert "insight-aid" not in invoke()[1]


def test_spanish_asks_and_answers_in_spanish():
    _, out, _ = invoke("deaths-prevented", "--lang", "es")
    assert out.startswith("¿Evitó la tregua 4,500 muertes?")
    assert "Solo si lo normal eran las diez semanas previas" in out


def test_an_unknown_claim_is_refused_with_the_nearest():
    status, out, err = invoke("deaths-preventet")
    assert (status, out) == (2, "")
    assert "did you mean 'deaths-prevented'?" in err


def test_a_figure_that_is_no_claim_is_refused_with_the_reason():
    status, out, err = invoke("insight-aid")
    assert (status, out) == (2, "")
    assert "is no claim" in err
