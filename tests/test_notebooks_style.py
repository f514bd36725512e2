"""Every notebook keeps the notebook rules, and the rules find planted mistakes."""

import copy
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbstripout import strip_output
from notebook_rules import Cell, problems

CHECKOUT = Path(__file__).resolve().parents[1]
NOTEBOOKS = CHECKOUT / "notebooks"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    # As git sees it: running and saving a notebook changes nothing that is judged here.
    found = problems(committed(path))
    assert not found, "\n".join(found)


def committed(path: Path) -> dict[str, Any]:
    """A notebook without what running and saving it adds, as the filter of ``make env`` has it."""
    notebook = nbformat.read(path, as_version=4)
    keys = [f"metadata.language_info.{key}" for key in notebook.metadata.language_info]
    keys = [key for key in keys if not key.endswith(".name")]
    clean: dict[str, Any] = strip_output(
        notebook,
        keep_output=False,
        keep_count=False,
        keep_id=True,
        extra_keys=[*keys, "metadata.widgets"],
    )
    return clean


def test_a_notebook_that_was_run_and_saved_is_what_it_was(tmp_path: Path) -> None:
    path = next(NOTEBOOKS.glob("*.ipynb"))
    saved = nbformat.read(path, as_version=4)
    saved.metadata.language_info |= {"version": "3.99", "mimetype": "text/x-python"}
    for cell in saved.cells:
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="4371")]
    nbformat.write(saved, tmp_path / "saved.ipynb")
    assert problems(json.loads((tmp_path / "saved.ipynb").read_text(encoding="utf-8")))
    assert committed(tmp_path / "saved.ipynb") == committed(path)


@pytest.mark.skipif(
    not (CHECKOUT / ".git").exists() or shutil.which("git") is None, reason="not a git checkout"
)
def test_no_notebook_is_committed_with_outputs() -> None:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        shown = ["git", "-C", str(CHECKOUT), "show", f"HEAD:notebooks/{path.name}"]
        done = subprocess.run(shown, capture_output=True, check=False)
        if done.returncode == 0:  # a new notebook is not committed yet
            assert problems(json.loads(done.stdout)) == [], path.name


def test_notebooks_are_numbered_in_reading_order() -> None:
    names = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    assert names
    # A number that a notebook has left stays free: people's scripts hold the names.
    assert len({name[:2] for name in names}) == len(names)
    assert all(re.fullmatch(r"\d\d-[a-z-]+", name) for name in names)


def test_the_start_page_has_every_notebook_with_its_question() -> None:
    page = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([\w-]+)\]\(([\w.-]+)\) \| \*\*(.+?)\*\* \S.+\|$", page, re.MULTILINE)
    titles = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"][0].strip()
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    }
    assert [(name, target, f"# {title}") for name, target, title in rows] == [
        (name, f"{name}.ipynb", title) for name, title in titles.items()
    ]


# --- the rules themselves, on a notebook with planted mistakes ------------------------------


def cell(name: str, kind: str, source: str, **metadata: object) -> Cell:
    return {"id": name, "cell_type": kind, "metadata": metadata, "source": source}


GOOD: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}},
    "cells": [
        cell("title", "markdown", "# How many?\n\nA count. Data: `counts.csv`. Method: a sum."),
        cell(
            "parameters",
            "code",
            'place: str = "SLV"  # code of the place\nconf: float = 0.95  # confidence level',
            tags=["parameters"],
        ),
        cell("imports", "code", "import homicide_trends as ht"),
        cell("how-many", "markdown", "## How many a year?\n\nDeaths per 100,000; see 02-trend."),
        cell("how-many-table", "code", "counts = ht.load_counts(place)\ncounts"),
        cell("limits", "markdown", "## Limits\n\nAgencies differ."),
    ],
}

PLANTED: dict[str, tuple[str, Cell, str]] = {
    # what is planted: (the cell, what it becomes, words of the finding)
    "stored output": ("how-many-table", {"outputs": [{"output_type": "stream"}]}, "stored output"),
    "execution count": ("how-many-table", {"execution_count": 3}, "stored output"),
    "times": ("how-many-table", {"metadata": {"execution": {}}}, "metadata"),
    "random id": ("how-many", {"id": "1f0c9a3e"}, "random number"),
    "same id": ("how-many", {"id": "limits"}, "not unique"),
    "no question": (
        "title",
        {"source": "# Counts\n\nA count. Data: `counts.csv`. Method: a sum."},
        "not a question",
    ),
    "no tables": (
        "title",
        {"source": "# How many?\n\nA count. A sum. That is all."},
        "name its tables",
    ),
    "nothing said": ("title", {"source": "# How many?"}, "what, which data"),
    "no parameters": ("parameters", {"metadata": {}}, "0 cells"),
    "two parameters": ("imports", {"metadata": {"tags": ["parameters"]}}, "2 cells"),
    "no comment": ("parameters", {"source": 'place: str = "SLV"'}, "no comment"),
    "no type": ("parameters", {"source": 'place = "SLV"  # code'}, "name: type = default"),
    "no literal": ("parameters", {"source": 'place: str = "SLV".lower()  # code'}, "not a literal"),
    "computed": ("parameters", {"source": "a: int = 1  # one\nb: int = a  # two"}, "not a literal"),
    "wrong type": ("parameters", {"source": "conf: float = '0.95'  # level"}, "not of type"),
    "truth for a number": ("parameters", {"source": "jobs: int = True  # number"}, "not of type"),
    "late import": (
        "how-many-table",
        {"source": "import pandas\ncounts = 1\ncounts"},
        "no other cell import",
    ),
    "work beside imports": ("imports", {"source": "import pandas\npandas.options"}, "only import"),
    "language not chosen": (
        "parameters",
        {"source": 'lang: str = "en"  # language'},
        "go together",
    ),
    "statement as H2": ("how-many", {"source": "## Counts a year\n\nDeaths."}, "not a question"),
    "no reading help": ("how-many", {"source": "## How many a year?"}, "how to read"),
    "H3": (
        "how-many",
        {"source": "## How many a year?\n\n### More\n\nDeaths."},
        "no other heading",
    ),
    "limits missing": ("limits", {"source": "## Which others apply?\n\nNone."}, "the limits"),
    "year in prose": ("limits", {"source": "## Limits\n\nTrue for 2012."}, "'2012.'"),
    "percentage in prose": ("limits", {"source": "## Limits\n\nIt fell by 60 %."}, "'60'"),
    "spelled number": ("limits", {"source": "## Limits\n\nNot for all eleven."}, "'eleven'"),
    "shows nothing": (
        "how-many-table",
        {"source": "counts = ht.load_counts(place)"},
        "exactly one thing",
    ),
    "shows two": (
        "how-many-table",
        {"source": "ht.load_counts(place)\nht.load_events(place)"},
        "exactly one thing",
    ),
    "for": ("how-many-table", {"source": "for a in b:\n    print(a)\na"}, "for"),
    "while": ("how-many-table", {"source": "while a:\n    a = b\na"}, "while"),
    "with": ("how-many-table", {"source": "with a:\n    b = 1\nb"}, "with"),
    "def": ("how-many-table", {"source": "def a():\n    return b\na()"}, "def"),
    "lambda": ("how-many-table", {"source": "a(lambda x: x)"}, "lambda"),
    "comprehension": ("how-many-table", {"source": "[a for a in b]"}, "a loop"),
    "path": ("how-many-table", {"source": "ht.load_counts(place, data='../data')"}, "path"),
    "file": ("how-many-table", {"source": "pd.read_csv('counts.csv')"}, "path"),
    "open": ("how-many-table", {"source": "open(place)"}, "path"),
    "pyplot": ("imports", {"source": "import matplotlib.pyplot as plt"}, "styling"),
    "styling": ("how-many-table", {"source": "ax.set_title(place)"}, "styling"),
    "number in a caption": (
        "how-many-table",
        {"source": "show(a, caption='Deaths in 2012')"},
        "number typed into",
    ),
    "long cell": (
        "how-many-table",
        {"source": "a = b\na = b\na = b\na = b\na = b\na = b\na = b\na = b\na"},
        "9 lines",
    ),
    "magic": ("how-many-table", {"source": "%matplotlib inline\na"}, "not Python"),
}


def test_good_notebook_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize("mistake", PLANTED)
def test_planted_mistake_is_found(mistake: str) -> None:
    name, change, words = PLANTED[mistake]
    notebook = copy.deepcopy(GOOD)
    next(cell for cell in notebook["cells"] if cell["id"] == name).update(change)
    assert words in "\n".join(problems(notebook))


def test_version_of_one_machine_is_found() -> None:
    notebook = copy.deepcopy(GOOD)
    notebook["metadata"]["language_info"]["version"] = "3.11.7"
    assert problems(notebook) == [
        "language_info: should have the name alone, the rest is of one machine"
    ]
