"""docs/own-data.md: every command of the page is run, and prints what the page says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "own-data.md"


def blocks() -> list[tuple[str, str]]:
    """The kind and the text of each block of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r"^```(\w+[^\n]*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOMICIDE_TRENDS_DATA", raising=False)
    ran = 0
    for kind, text in blocks():
        if kind.startswith("csv "):
            (tmp_path / kind.removeprefix("csv ")).write_text(text, encoding="cp1252")
            continue
        for command, *printed in (each.splitlines() for each in text.split("$ ")[1:]):
            words = shlex.split(command)
            assert words[0] == "homicide-trends"
            done = subprocess.run(
                [sys.executable, "-m", "homicide_trends", *words[1:]],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            lines = (done.stdout + done.stderr).splitlines()
            assert [line for line in printed if line not in lines] == [], lines
            assert done.returncode == (2 if "Error: " in "".join(printed) else 0), lines
            ran += 1
    assert ran == 9
