"""docs/cookbook.md: every recipe runs in an empty folder and prints what stands below it."""

import contextlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from homicide_trends import language

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cookbook.md"
SECTIONS = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
RECIPE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
RECIPES = {each.partition("\n")[0]: RECIPE.findall(each + "\n") for each in SECTIONS}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """No recipe leaves its language to the next."""
    yield
    language.use("en")


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_prints_what_the_page_says(
    title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOMICIDE_TRENDS_DATA", raising=False)
    ((code, expected),) = RECIPES[title]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, title, "exec"), {"__name__": "recipe"})
    assert printed.getvalue() == expected


def test_lines_fit_a_notebook() -> None:
    codes = [code for each in RECIPES.values() for code, _ in each]
    assert len(codes) >= 14
    assert [line for code in codes for line in code.splitlines() if len(line) > 100] == []
