"""What makes a report due: each of its inputs by contents, and nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tiny import usual, write_notebooks, write_tables

from homicide_trends.reports import freshness, publish
from homicide_trends.reports.planning import plan
from homicide_trends.reports.rendering import Failure, Job


@pytest.fixture
def job(tmp_path: Path) -> Job:
    write_notebooks(tmp_path / "notebooks", first=usual())
    write_tables(tmp_path / "data")
    (tmp_path / "out").mkdir()
    return plan(notebooks=tmp_path / "notebooks", data=tmp_path / "data").jobs[0]


@pytest.fixture
def out(tmp_path: Path, job: Job) -> Path:
    """A folder in which the report is up to date, having read one table."""
    digest = hashlib.sha256((tmp_path / "data" / "counts.csv").read_bytes()).hexdigest()
    record: dict[str, Any] = {
        "report": "first",
        "title": job.title,
        "notebook": job.source,
        "main": None,
        "command": job.command,
        "parameters": job.parameters,
        "findings": [],
        "inputs": freshness.Environment().inputs(job, {"counts.csv": digest}),
    }
    publish.publish(tmp_path / "out", "first", {"html": b"h", "ipynb": b"n"}, record)
    return tmp_path / "out"


def reason(out: Path, job: Job) -> str | None:
    return freshness.Environment().reason(out, job)


def change_record(out: Path, **more: Any) -> None:
    record = publish.read_record(out, "first")
    assert record is not None
    assert not record.pop("altered")
    record["inputs"] |= more
    (out / "findings" / "first.json").write_bytes(publish._sealed(record))


def test_nothing_changed(out: Path, job: Job) -> None:
    assert reason(out, job) is None


def test_file_times_play_no_part(out: Path, job: Job) -> None:
    for path in [*out.parent.rglob("*.csv"), *out.glob("*.html")]:
        os.utime(path, (0, 0))
    assert reason(out, job) is None


def test_a_table_that_was_read_makes_it_due_and_another_does_not(out: Path, job: Job) -> None:
    data = out.parent / "data"
    (data / "README.md").write_text("changed")
    (data / "figures.csv").write_text("changed")
    (data / "more.csv").write_text("new")
    assert reason(out, job) is None
    with (data / "counts.csv").open("a") as table:
        table.write("\n")
    assert reason(out, job) == "counts.csv changed"
    (data / "counts.csv").unlink()
    assert reason(out, job) == "counts.csv is gone"


def test_a_notebook_that_does_not_say_what_it_reads_may_read_any_table(out: Path, job: Job) -> None:
    inputs = freshness.Environment().inputs(job, {})
    assert sorted(inputs["tables"]) == [
        *("counts.csv", "figures.csv", "places.csv", "population.csv")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"notebook": '{"cells": []}'}, "first.ipynb changed"),
        ({"title": "Other"}, "its title, command or the help for its parameters changed"),
        ({"command": "x"}, "its title, command or the help for its parameters changed"),
        ({"formats": ("html",)}, "first.ipynb: not asked for any more"),
        ({"formats": ("html", "ipynb", "pdf")}, "first.pdf: not made yet"),
    ],
)
def test_what_is_asked_for(out: Path, job: Job, change: dict[str, Any], expected: str) -> None:
    assert reason(out, dataclasses.replace(job, **change)) == expected


def test_a_value(out: Path, job: Job) -> None:
    values = [
        {**each, "value": "HND"} if each["name"] == "place" else each for each in job.parameters
    ]
    other = dataclasses.replace(job, parameters=values)
    assert reason(out, other) == 'place "SLV" -> "HND"'


def test_a_version_of_what_computes(out: Path, job: Job) -> None:
    path = out / "findings" / "first.json"
    versions = json.loads(path.read_bytes())["inputs"]["versions"]
    assert {"python", "numpy", "pandas", "scipy", "statsmodels", "matplotlib"} <= versions.keys()
    assert {"scipy", "papermill", "ipykernel", "pillow", "jinja2"} <= versions.keys()
    change_record(out, versions={**versions, "numpy": "1.0"})
    assert reason(out, job) == f"numpy 1.0 -> {versions['numpy']}"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("code", "the library's code changed"),
        ("types", "the types of the tables' columns changed"),
        ("figures", "its figures are asked for in another format"),
    ],
)
def test_code_types_and_figures(out: Path, job: Job, key: str, expected: str) -> None:
    change_record(out, **{key: "other"})
    assert reason(out, job) == expected


def test_a_changed_line_of_code_or_style_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    (package / "reports" / "templates").mkdir(parents=True)
    (package / "a.py").write_text("a = 1")
    (package / "reports" / "templates" / "s.css").write_text("a")
    monkeypatch.setattr(freshness, "_PACKAGE", package)
    before = freshness.Environment()
    (package / "README.md").write_text("no code")
    assert freshness.Environment().code == before.code
    (package / "a.py").write_text("a = 2")
    after = freshness.Environment()
    assert after.code != before.code
    (package / "reports" / "templates" / "s.css").write_text("b")
    assert freshness.Environment().code != after.code


def test_running_and_saving_a_notebook_makes_nothing_due(out: Path, job: Job) -> None:
    book = json.loads(job.notebook)
    book["metadata"]["language_info"] = {"version": "9"}
    for number, cell in enumerate(book["cells"]):
        cell |= {"id": f"other-{number}", "metadata": {**cell["metadata"], "collapsed": True}}
        if cell["cell_type"] == "code":
            cell |= {"execution_count": 7, "outputs": [{"output_type": "stream", "text": "x"}]}
    assert reason(out, dataclasses.replace(job, notebook=json.dumps(book))) is None
    book["cells"][-1]["metadata"]["tags"] = ["skip-execution"]
    assert reason(out, dataclasses.replace(job, notebook=json.dumps(book))) == "first.ipynb changed"


def test_what_changes_while_a_report_is_made_is_not_recorded_as_read(
    out: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = out.parent / "data" / "counts.csv"
    digest = hashlib.sha256(counts.read_bytes()).hexdigest()
    environment = freshness.Environment()
    assert environment.kept(job, {"counts.csv": digest}) == environment.inputs(
        job, {"counts.csv": digest}
    )
    counts.write_text("changed\n")
    assert environment.kept(job, {"counts.csv": digest})["tables"] == {"counts.csv": None}
    package = out.parent / "package"
    package.mkdir()
    (package / "a.py").write_text("a = 1")
    monkeypatch.setattr(freshness, "_PACKAGE", package)
    assert environment.kept(job, {})["code"] is None


def test_an_altered_record_is_made_again(out: Path, job: Job) -> None:
    path = out / "findings" / "first.json"
    path.write_bytes(path.read_bytes().replace(b'"main": null', b'"main": "It fell."'))
    assert reason(out, job) == "its record was altered"


def test_files_that_are_not_those_of_the_record(out: Path, job: Job) -> None:
    (out / "first.html").write_bytes(b"edited")
    assert reason(out, job) == "first.html was altered"
    (out / "first.html").unlink()
    assert reason(out, job) == "first.html is missing"


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"\xff", b"null"])
def test_a_broken_record(out: Path, job: Job, content: bytes) -> None:
    (out / "findings" / "first.json").write_bytes(content)
    assert reason(out, job) == "not rendered yet"


@pytest.mark.parametrize("inputs", [None, [], {}, {"tables": []}])
def test_a_record_without_inputs(out: Path, job: Job, inputs: Any) -> None:
    record = {"report": "first", "files": {}, "findings": [], "inputs": inputs}
    (out / "findings" / "first.json").write_bytes(publish._sealed(record))
    assert reason(out, job) == "what it was made from is not on record"


def test_a_failed_attempt_is_made_again(out: Path, job: Job) -> None:
    publish.keep_failed(out, Failure("first", "m", b"n"))
    assert reason(out, job) == "the last attempt failed"


def test_force(out: Path, job: Job) -> None:
    environment = freshness.Environment()
    assert freshness.reasons(out, [job], environment) == {"first": None}
    assert freshness.reasons(out, [job], environment, force=True) == {
        "first": "asked for with --force"
    }
