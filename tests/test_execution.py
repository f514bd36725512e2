"""Running one notebook in a kernel of this environment, and cleaning what it leaves."""

from __future__ import annotations

import copy
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from tiny import code, markdown, notebook, parameters

from homicide_trends.reports import execution
from homicide_trends.reports.execution import CellError, clean, execute, plain

LOOK = """\
import json, os, sys
from pathlib import Path
print(json.dumps({
    "python": sys.executable, "cwd": sorted(p.name for p in Path.cwd().iterdir()),
    "ipython": os.environ["IPYTHONDIR"], "data": os.environ.get("HOMICIDE_TRENDS_DATA"),
    "hash": os.environ.get("PYTHONHASHSEED"), "threads": os.environ.get("OMP_NUM_THREADS"),
    "bytecode": sys.dont_write_bytecode, "text": text, "years": years,
}))
"""
TEXT = "a\"b'\n{x} {{y}} </script>\\ \u00e1"


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The libraries warn of each other's plans when they are imported; that is not ours."""
    execution.before_nbformat()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill  # noqa: F401


def run(book: dict[str, Any], **values: Any) -> dict[str, Any]:
    data = values.pop("data", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return execute(json.dumps(book), values, data=data)


def test_the_kernel_is_this_python_shielded_from_the_users_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    book = notebook(parameters(), code(LOOK), code("object()"), code("1"))
    before = dict(os.environ)
    done = run(book, text=TEXT, years=7, data="/a/folder")
    assert dict(os.environ) == before
    assert list(tmp_path.iterdir()) == []

    saw = json.loads(done["cells"][2]["outputs"][0]["text"])
    assert saw.pop("python") == sys.executable
    assert saw.pop("ipython").startswith(str(tmp_path))
    assert saw == {
        "cwd": ["matplotlibrc"],
        "data": "/a/folder",
        "hash": "0",
        "threads": "1",
        "bytecode": False,
        "text": TEXT,
        "years": 7,
    }
    # Nothing that differs from run to run is left.
    assert done["cells"][3]["outputs"][0]["data"]["text/plain"] == "<object>"
    injected = done["cells"][1]
    assert injected["id"] == "injected-parameters"
    assert [cell["id"] for cell in done["cells"] if cell is not injected] == [
        "c0",
        "c1",
        "c2",
        "c3",
    ]
    assert done["metadata"]["papermill"] == {"parameters": {"text": TEXT, "years": 7}}
    assert not any("papermill" in cell["metadata"] for cell in done["cells"])
    assert not any("execution" in cell["metadata"] for cell in done["cells"])


def test_a_failing_cell_is_counted_as_in_the_notebook_that_was_given() -> None:
    book = notebook(
        markdown("# Title"),
        parameters(),
        markdown("## Which?"),
        code("# a comment\nraise ValueError('\x1b[31mred\x1b[0m wrong \x07' + text)"),
        code("2"),
    )
    with pytest.raises(CellError) as caught:
        run(book, text="x")
    assert str(caught.value) == (
        "cell 4 under \"Which?\" (raise ValueError('red wrong ' + text)): ValueError: red wrong x"
    )
    kept = json.loads(caught.value.notebook)
    assert [cell["cell_type"] for cell in kept["cells"]] == [
        *("markdown", "code", "code", "markdown", "code", "code")
    ]
    assert kept["cells"][4]["outputs"][0]["ename"] == "ValueError"


def test_a_kernel_that_dies_is_a_failure_of_its_cell() -> None:
    book = notebook(code("1"), code("import os\nos.kill(os.getpid(), 9)"))
    with pytest.raises(CellError, match=r"^cell 2 \(import os\): DeadKernelError: Kernel died"):
        run(book)


def executed(*outputs: dict[str, Any]) -> dict[str, Any]:
    book = notebook({**code("a"), "outputs": list(outputs)})
    book["metadata"]["papermill"] = {"input_path": "/secret", "start_time": "now"}
    book["cells"][0]["metadata"] = {
        "tags": [],
        "papermill": {"duration": 1.5},
        "execution": {"iopub.execute_input": "now"},
    }
    return book


def test_cleaning_joins_the_pieces_of_a_stream() -> None:
    pieces = [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")]
    ]
    book = clean(executed(*pieces), executed())
    assert [(o["name"], o["text"]) for o in book["cells"][0]["outputs"]] == [
        ("stdout", "ab"), ("stderr", "c"), ("stdout", "d")
    ]  # fmt: skip


def test_cleaning_leaves_no_times_paths_or_random_ids() -> None:
    book = executed()
    given = copy.deepcopy(book)
    del given["cells"][0]["id"]
    book["cells"][0]["id"] = "8f3a"
    done = clean(book, given)
    assert done["cells"][0]["id"] == "cell-1"
    assert done["cells"][0]["metadata"] == {}
    assert done["metadata"]["papermill"] == {"parameters": {}}
    assert book["cells"][0]["id"] == "8f3a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("a\x07b\x9bc", "abc"),
        ("keep\tand\n", "keep\tand\n"),
        ("\x1b]0;title\x07x", "]0;titlex"),
    ],
)
def test_plain_text_cannot_steer_a_terminal(text: str, expected: str) -> None:
    assert plain(text) == expected
