"""Parameters cells are read as papermill reads them, and only literals are taken."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from tiny import PARAMETERS, notebook, parameters, write_notebooks

from homicide_trends.reports.execution import before_nbformat
from homicide_trends.reports.notebook import NotebookError, read_parameters
from homicide_trends.reports.parameters import Parameter
from homicide_trends.tables.folders import shipped

NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))


def read(tmp_path: Path, source: str) -> list[Parameter]:
    return read_parameters(write_notebooks(tmp_path, a=notebook(parameters(source))) / "a.ipynb")


def test_the_parameters_cell_is_read_with_types_defaults_and_comments(tmp_path: Path) -> None:
    cell = read(tmp_path, PARAMETERS)
    assert [(p.name, p.type, p.default, p.help) for p in cell] == [
        ("place", "str", "SLV", "code of the place"),
        ("text", "str", "plain", "any text"),
        ("window_start", "str", "2012-03-01", "first day"),
        ("window_end", "str", "2013-12-31", "last day"),
        ("conf", "float", 0.95, "confidence level"),
        ("years", "int", 3, "how many"),
        ("weak", "bool", False, "let weak sources in"),
        ("places", "list[str]", ["SLV"], "several places"),
    ]
    assert [p.name for p in cell if p.is_date] == ["window_start", "window_end"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_cell_is_read_as_papermill_reads_it(path: Path) -> None:
    before_nbformat()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from papermill import inspect_notebook
    theirs = inspect_notebook(str(path))
    ours = read_parameters(path)
    assert [p.name for p in ours] == list(theirs)
    for p in ours:
        assert theirs[p.name]["inferred_type_name"] == p.type
        assert theirs[p.name]["help"] == p.help
        assert theirs[p.name]["default"].replace("'", '"') == json.dumps(p.default)


def test_no_parameters_cell_means_no_parameters(tmp_path: Path) -> None:
    assert read_parameters(write_notebooks(tmp_path, a=notebook()) / "a.ipynb") == []


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os", "line 1 .* not of the form"),
        ("a = b = 1", "not of the form"),
        ("a: int", "not of the form"),
        ("a: int = 1\nb: int = a", "line 2 .* default of b is not a literal"),
        ("a: dict = {}", "type dict"),
        ("a: int = 'x'", "'x' is not a whole number"),
        ("conf: float = 95.0", "95 percent is 0.95"),
        ("a: int =", "cannot be read"),
    ],
)
def test_a_cell_with_anything_else_is_refused(tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(NotebookError, match=reason):
        read(tmp_path, source)


def test_two_parameters_cells_are_refused(tmp_path: Path) -> None:
    folder = write_notebooks(tmp_path, a=notebook(parameters("a: int = 1"), parameters("b = 1")))
    with pytest.raises(NotebookError, match="2 cells are tagged parameters"):
        read_parameters(folder / "a.ipynb")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"cells": []}', b'{"cells": [1]}']
)
def test_what_is_not_a_notebook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match="a.ipynb: not a notebook"):
        read_parameters(path)
