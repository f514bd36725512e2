"""The command that prints verdicts: text, ClaimReview, proof, and refusals."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.claims.layers import SCALE
from homicide_trends.cli import cli


def invoke(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["claims", *map(str, words)])
    return result.exit_code, result.stdout, result.stderr


def test_a_verdict_names_its_layers_and_their_rules():
    status, out, _ = invoke("track6-rate")
    assert status == 0
    # 4,371 deaths / 70.15 and / 70.05 per 100,000 inhabitants.
    assert "6,230,934 to 6,239,829" in out
    assert out.count("(rule: ") == len(SCALE) == 5


def test_claim_reviews_carry_no_rating_where_nobody_can_tell():
    status, out, _ = invoke("track6-rate", "insight-aid", "--json")
    assert status == 0
    rate, aid = json.loads(out)
    assert rate["@context"] == "https://schema.org"
    assert rate["@type"] == aid["@type"] == "ClaimReview"
    assert rate["reviewRating"]["alternateName"] in SCALE["robust"]
    assert "ratingValue" not in rate["reviewRating"]
    assert "reviewRating" not in aid
    assert [layer["name"] for layer in aid["additionalProperty"]] == list(SCALE)


def test_an_unknown_figure_is_refused_with_the_nearest():
    status, out, err = invoke("memo-avertet")
    assert (status, out) == (2, "")
    assert "did you mean 'memo-averted'?" in err


def test_texts_decide_whether_a_figure_is_quoted(shared: Path, tmp_path: Path):
    status, out, _ = invoke("insight-aid", "--texts", shared / "texts")
    assert status == 0
    assert "quoted      yes" in out
    texts = Path(shutil.copytree(shared / "texts", tmp_path / "texts"))
    (changed,) = [path for path in texts.iterdir() if "$165 million" in path.read_text("utf-8")]
    changed.chmod(0o644)
    changed.write_text(changed.read_text("utf-8").replace("$165", "$166"), encoding="utf-8")
    _, out, _ = invoke("insight-aid", "--texts", texts)
    assert "quoted      no" in out


def test_a_folder_of_texts_that_is_not_there_is_refused(tmp_path: Path):
    status, out, err = invoke("insight-aid", "--texts", tmp_path / "absent")
    assert (status, out) == (2, "")
    assert "absent" in err


@pytest.mark.parametrize("conf", ["0", "1", "x"])
def test_an_impossible_level_is_refused(conf: str):
    assert invoke("insight-aid", "--conf", conf)[0] == 2
