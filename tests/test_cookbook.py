"""Pages of docs/ whose code prints what stands below it, and those that are made from code.

Each recipe of the cookbook runs in an empty folder, the tutorial as a whole. `python docs/make.py`
writes all of them anew.
"""

import difflib
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"


def _made() -> ModuleType:
    """docs/make.py as a module."""
    found = importlib.util.spec_from_file_location("make", DOCS / "make.py")
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


MADE = _made()
PAGE = DOCS / "cookbook.md"
SECTIONS = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
RECIPES = {each.partition("\n")[0]: MADE.EXAMPLE.findall(each + "\n") for each in SECTIONS}


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_prints_what_the_page_says(title: str) -> None:
    ((code, expected),) = RECIPES[title]
    with MADE.empty_folder():
        printed = MADE.printed(code, title, {"__name__": "recipe"})
    assert printed == expected


@pytest.mark.locked
@pytest.mark.parametrize("name", ["tutorial.md", "reference.md"])
def test_a_page_is_as_its_code_makes_it(name: str) -> None:
    page = (DOCS / name).read_text("utf-8")
    again = MADE.PAGES[name](page)
    changed = difflib.unified_diff(page.splitlines(), again.splitlines(), lineterm="", n=0)
    assert list(changed) == [], "python docs/make.py writes it anew"


@pytest.mark.locked
def test_the_gallery_is_as_the_reports_are_rendered(warm: None) -> None:
    for name, page in MADE.gallery().items():
        assert len(page) <= 300_000, name
        assert (DOCS / "gallery" / name).read_bytes() == page, "python docs/make.py writes it anew"


def test_lines_fit_a_notebook() -> None:
    codes = [code for each in RECIPES.values() for code, _ in each]
    codes += [code for code, _ in MADE.EXAMPLE.findall((DOCS / "tutorial.md").read_text("utf-8"))]
    assert len(codes) >= 14
    assert [line for code in codes for line in code.splitlines() if len(line) > 100] == []
