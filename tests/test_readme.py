"""README.md claims only what running it bears out."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.cli import cli
from homicide_trends.reports import load_reports

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every ``homicide-trends ...`` that the text quotes, without the placeholders for files."""
    quoted = re.findall(r"`(homicide-trends [^`]+)`", README)
    return [shlex.split(command)[1:] for command in quoted]


def test_the_worked_example_runs_and_says_what_the_counts_say():
    (example,) = blocks("python")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(example, "README.md", "exec"), {})
    text = out.getvalue().replace("\u00a0", " ")
    # Sums of the months by hand: 4,510 deaths from March 2011, 4,254 from March 2012 on.
    assert "4,510 deaths" in text
    assert "4,254 deaths" in text
    assert "fell by 48." in text


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_quoted_command_exists(words: list[str]):
    result = CliRunner().invoke(cli, [words[0], "--help"])
    assert result.exit_code == 0
    options = [word for word in words if word.startswith("--")]
    assert all(option in result.output for option in options)


def test_every_report_of_the_table_exists():
    known = load_reports()
    table = README.split("| stated in the texts |")[1].split("\n\n")[0]
    column = [line.split("|")[2] for line in table.splitlines() if line.startswith("|")]
    named = {name.split()[0] for cell in column for name in re.findall(r"`([^`]+)`", cell)}
    assert named <= set(known)
    assert {"figures", "trend", "change", "averted", "municipalities", "region"} <= named


def test_the_picture_is_there_and_has_an_alternative_text():
    (alt, path) = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", README).groups()
    assert len(alt) > 40
    assert (Path(__file__).resolve().parents[1] / path).is_file()
