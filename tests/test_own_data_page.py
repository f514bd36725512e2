"""Pages on somebody's own data: every command of a page is run, and prints what the page says."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.cli import cli

DOCS = Path(__file__).resolve().parents[1] / "docs"
PROVINCES = DOCS / "examples" / "provinces"


def blocks(page: Path) -> list[tuple[str, str]]:
    """The kind and the text of each block of a page."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```(\w+[^\n]*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("page", "commands"), [(DOCS / "own-data.md", 9), (PROVINCES / "README.md", 7)],
    ids=["own-data", "provinces"],
)  # fmt: skip
def test_every_command_of_the_page(
    warm: None, page: Path, commands: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in page.parent.glob("*.csv"):
        shutil.copyfile(path, tmp_path / path.name)
    monkeypatch.delenv("HOMICIDE_TRENDS_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    ran = 0
    for kind, text in blocks(page):
        if kind.startswith("csv "):
            (tmp_path / kind.removeprefix("csv ")).write_text(text, encoding="cp1252")
            continue
        for command, *printed in (each.splitlines() for each in text.split("$ ")[1:]):
            words = shlex.split(command)
            assert words[0] == "homicide-trends"
            done = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
            lines = (done.stdout + done.stderr).splitlines()
            assert [line for line in printed if line not in lines] == [], lines
            assert done.exit_code == (2 if "Error: " in "".join(printed) else 0), lines
            ran += 1
    assert ran == commands
    if page.parent == PROVINCES:
        # From simulate.py: 28 in place of 40 per 100,000 in Costa, so 30 % fewer.
        record = json.loads((tmp_path / "out" / "findings" / "change.json").read_text("utf-8"))
        (found, *_others) = (
            row for row in record["findings"]
            if row["name"] == "percent_change" and row["lower"] is not None
        )  # fmt: skip
        assert found["lower"] < -30 < found["upper"]
        assert found["estimate"] == pytest.approx(-30, abs=6)


def test_the_simulation_writes_the_same_files(tmp_path: Path) -> None:
    script = PROVINCES / "simulate.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=60)
    for path in PROVINCES.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
