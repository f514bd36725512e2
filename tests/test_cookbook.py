"""Pages of docs/ whose code prints what stands below it, and those that are made from code.

Each recipe of the cookbook runs in an empty folder, the tutorial as a whole. `python docs/make.py`
writes all of them anew.
"""

import contextlib
import difflib
import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from homicide_trends import language

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "cookbook.md"
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


@pytest.fixture(scope="module")
def made() -> ModuleType:
    """docs/make.py as a module."""
    found = importlib.util.spec_from_file_location("make", DOCS / "make.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["tutorial.md", "reference.md"])
def test_a_page_is_as_its_code_makes_it(name: str, made: ModuleType) -> None:
    page = (DOCS / name).read_text("utf-8")
    again = made.PAGES[name](page)
    changed = difflib.unified_diff(page.splitlines(), again.splitlines(), lineterm="", n=0)
    assert list(changed) == [], "python docs/make.py writes it anew"


def test_the_gallery_is_as_the_reports_are_rendered(made: ModuleType) -> None:
    for name, page in made.gallery().items():
        assert len(page) <= 300_000, name
        assert (DOCS / "gallery" / name).read_bytes() == page, "python docs/make.py writes it anew"


def test_lines_fit_a_notebook() -> None:
    codes = [code for each in RECIPES.values() for code, _ in each]
    codes += [code for code, _ in RECIPE.findall((DOCS / "tutorial.md").read_text("utf-8"))]
    assert len(codes) >= 14
    assert [line for code in codes for line in code.splitlines() if len(line) > 100] == []
