"""The list of reports, the values each gets, and a folder of rendered reports."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_html import NASTY, check_page
from tiny import code, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends.reports import Rendered, Text, check_values, choose, load_reports, render
from homicide_trends.reports.notebook import NotebookError
from homicide_trends.reports.parameters import ParameterError
from homicide_trends.tables.folders import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    other = notebook(parameters('place: str = "SLV"  # where\nonly: int = 1  # here alone'))
    return write_notebooks(tmp_path / "notebooks", first=usual(), other=other)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_tables(tmp_path / "data")


def test_every_shipped_report_has_a_title_a_notebook_and_help_for_its_parameters() -> None:
    reports = load_reports()
    assert {report.notebook.parent for report in reports.values()} == {shipped("notebooks")}
    listed = {report.notebook.name for report in reports.values()}
    # 00-explore is for the hand, not for paper.
    every = {path.name for path in shipped("notebooks").glob("*.ipynb")}
    assert listed == every - {"00-explore.ipynb"}
    for report in reports.values():
        assert report.title.strip()
        assert all(parameter.help for parameter in report.parameters), report.name


def test_the_defaults_of_every_shipped_report_are_values_it_takes() -> None:
    reports = load_reports()
    values = {name: dict(report.values) for name, report in reports.items()}
    assert check_values(list(reports.values()), {}) == values


def change_list(folder: Path, text: str) -> None:
    (folder / "reports.yml").write_text(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no reports"),
        ("reports: [a]", "no reports"),
        ("reports: {index: {notebook: first.ipynb}}", "'index' cannot be the name"),
        ("reports: {../a: {notebook: first.ipynb}}", "cannot be the name"),
        ("reports: {a: first.ipynb}", "names no notebook"),
        ("reports: {a: {notebook: none.ipynb}}", "none.ipynb: No such file"),
        ("reports: {a: {notebook: first.ipynb, tittle: x}}", "did you mean 'title'"),
        ("reports: {a: {notebook: first.ipynb, parameters: {plaice: x}}}", "did you mean 'place'"),
        ("reports: {a: {notebook: first.ipynb, parameters: {years: x}}}", "not a whole number"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(folder: Path, text: str, message: str) -> None:
    change_list(folder, text)
    with pytest.raises(NotebookError, match=message):
        load_reports(folder)


def test_an_unknown_report_is_refused_with_the_nearest(folder: Path) -> None:
    known = load_reports(folder)
    assert [report.name for report in choose(known, ["other", "first", "other"])] == [
        *("first", "other")
    ]
    with pytest.raises(ParameterError, match="no report 'frist'; did you mean 'first'"):
        choose(known, ["frist"])


def test_a_value_goes_to_every_report_that_has_the_parameter(folder: Path, data: Path) -> None:
    reports = list(load_reports(folder).values())
    given = {"place": Text("HND"), "only": Text("7"), "window_start": datetime.date(2012, 1, 1)}
    assert check_values(reports, given, {"first": {"place": "SLV"}}, data=data) == {
        "first": {"place": "SLV", "window_start": "2012-01-01"},
        "other": {"place": "HND", "only": 7},
    }


def test_everything_that_is_wrong_is_said_at_once(folder: Path, data: Path) -> None:
    reports = list(load_reports(folder).values())
    given = {
        "import os; x": Text("1"),
        "years": Text("many"),
        "conf": Text("95"),
        "window_start": Text("2012-02-30"),
        "place": Text("SVL"),
    }
    with pytest.raises(ParameterError) as caught:
        check_values(reports, given, {"other": {"yeers": 1}}, data=data)
    problems = "\n".join(caught.value.problems)
    for part in ("'import os; x' is not a parameter", "years: 'many'", "conf: 95.0", "29 days",
                 "place: no counts for 'SVL'", "other: 'yeers'"):  # fmt: skip
        assert part in problems
    assert len(caught.value.problems) == len(set(caught.value.problems))


def test_a_default_that_the_readers_tables_do_not_have_is_refused(tmp_path: Path) -> None:
    folder = write_notebooks(
        tmp_path / "n", a=notebook(parameters('place: str = "COL"\nagency: str = "preferred"'))
    )
    with pytest.raises(ParameterError, match="place: no counts for 'COL'"):
        check_values(list(load_reports(folder).values()), {}, data=write_tables(tmp_path / "data"))


BROKEN = notebook(parameters("text: str = 'a'  # t"), code("1 / 0"))
ODD = notebook(
    parameters("text: str = 'a'  # t"),
    code(
        "from IPython.display import display\n"
        "display({'application/vnd.homicide-trends+json': {'findings': [{'nam': 1}]}}, raw=True)"
    ),
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("b\u00f3oks {x}")
    return write_notebooks(folder, first=usual(), second=usual(), broken=BROKEN, odd=ODD)


Rendering = tuple[Rendered, Path]


@pytest.fixture(scope="module")
def make(books: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Rendering]:
    data = write_tables(tmp_path_factory.mktemp("tables"))

    def _make(*names: str, out: Path | None = None, **more: Any) -> Rendering:
        folder = out or tmp_path_factory.mktemp("out") / "r\u00e9ports {y}"
        return render(names, out=folder, data=data, notebooks=books, **more), folder

    return _make


@pytest.fixture(scope="module")
def once(make: Callable[..., Rendering]) -> Rendering:
    return make("first", "second", "broken", "odd", parameters={"text": NASTY})


def contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_each_report_leaves_a_page_and_a_notebook_and_all_an_index(once: Rendering) -> None:
    rendered, out = once
    assert sorted({*contents(out)} - {".lock"}) == [
        "checksums.html",
        "failed/broken.ipynb",
        "failed/odd.ipynb",
        "findings.csv",
        "findings.json",
        "findings/first.json",
        "findings/second.json",
        "first.html",
        "first.ipynb",
        "index.html",
        "second.html",
        "second.ipynb",
    ]
    assert set(rendered.written) == {"first", "second"}
    check_page((out / "first.html").read_bytes())
    check_page((out / "index.html").read_bytes())


def test_a_value_stays_data_from_the_command_to_the_page(once: Rendering) -> None:
    _, out = once
    (first, second) = json.loads((out / "findings.json").read_bytes())
    assert first["note"] == NASTY
    assert (first["report"], second["report"]) == ("first", "second")
    assert (first["estimate"], first["lower"], first["upper"]) == (69.9, 67.9, 72.1)
    page = (out / "first.html").read_text()
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "-p text &#39;&lt;/script&gt;" in page
    notebook = json.loads((out / "first.ipynb").read_bytes())
    assert notebook["metadata"]["papermill"]["parameters"]["text"] == NASTY


def test_a_failing_notebook_is_named_and_kept_and_the_others_are_rendered(once: Rendering) -> None:
    rendered, out = once
    messages = {failure.report: failure.message for failure in rendered.failures}
    assert messages["broken"] == (
        "broken: broken.ipynb, cell 2 (1 / 0): ZeroDivisionError: division by zero"
    )
    assert "finding None has a field 'nam'; did you mean 'name'?" in messages["odd"]
    kept = json.loads((out / "failed" / "broken.ipynb").read_bytes())
    assert kept["cells"][-1]["outputs"][0]["ename"] == "ZeroDivisionError"
    # The tables' folder is the reader's own: the command does not give away where it lies.
    assert "--data FOLDER_OF_THESE_TABLES" in (out / "first.html").read_text()
    temporary = os.path.join(tempfile.gettempdir(), "")  # below it lies all that a run makes
    assert os.fsencode(temporary) not in (out / "first.html").read_bytes()


def test_the_same_inputs_give_the_same_bytes(
    once: Rendering, make: Callable[..., Rendering]
) -> None:
    _, out = once
    _, again = make("first", "second", parameters={"text": NASTY}, jobs=1)
    names = [name for name in contents(out) if not name.startswith("failed")]
    assert {name: contents(out)[name] for name in names} == contents(again)


def test_one_report_again_keeps_the_others(
    make: Callable[..., Rendering], once: Rendering, tmp_path: Path
) -> None:
    out = tmp_path / "copy"
    shutil.copytree(once[1], out)
    before = contents(out)
    seen: list[object] = []
    make("second", out=out, parameters={"place": "HND"}, formats=["html"], started=seen.append,
         progress=lambda outcome: seen.append(outcome.report))  # fmt: skip
    after = contents(out)
    assert seen == [1, "second"]
    assert [row["place"] for row in json.loads(after["findings.json"])] == ["SLV", "HND"]
    assert after["first.html"] == before["first.html"]
    assert "second.ipynb" not in after
    index = after["index.html"].decode()
    assert index.index("first.html") < index.index("second.html")


def test_nothing_is_written_when_a_value_is_refused(
    make: Callable[..., Rendering], tmp_path: Path
) -> None:
    with pytest.raises(ParameterError):
        make("first", out=tmp_path / "out", parameters={"place": "SVL"})
    assert not (tmp_path / "out").exists()


def test_planning_imports_nothing_heavy(folder: Path, data: Path) -> None:
    code = (
        "import sys; from homicide_trends import reports;"
        f"r = reports.load_reports({str(folder)!r});"
        f"reports.check_values(list(r.values()), {{}}, data={str(data)!r});"
        "heavy = {'pandas', 'papermill', 'nbformat', 'nbconvert', 'jinja2', 'matplotlib'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
