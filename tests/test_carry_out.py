"""A folder of reports from run to run: what is rendered, what stays, and what an error leaves.

Notebooks are not run here: what would run them is replaced by a function that makes the outcome.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from test_html import check_page
from tiny import code, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends.reports import (
    Failure,
    Locked,
    Outcome,
    Rendered,
    Stopped,
    carry_out,
    compare,
    due,
    plan,
)
from homicide_trends.reports.findings import FIELDS
from homicide_trends.reports.publish import locked
from homicide_trends.reports.rendering import Job
from homicide_trends.tables import writing
from homicide_trends.tables.load import digest

SWEEP = "title: Both <countries>\nreport: first\nparameters: {place: [SLV, HND], weak: [true]}\n"


class Runner:
    """Makes outcomes in this process; ``first`` reads one table and ``other`` another."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.broken: set[str] = set()
        self.estimate = 69.9
        self.before_each: Callable[[Job], object] = lambda job: None

    def __call__(
        self, function: object, jobs: Sequence[Job], *, workers: int
    ) -> Iterator[tuple[Job, Outcome | Exception]]:
        for job in jobs:
            self.before_each(job)
            self.ran.append(job.report)
            yield job, self.outcome(job)

    def outcome(self, job: Job) -> Outcome | Exception:
        if job.report in self.broken:
            return Outcome(job.report, failure=Failure(job.report, f"{job.report}: no", b"{}"))
        table = "counts.csv" if job.source == "first.ipynb" else "figures.csv"
        checksum = digest(Path(job.data or "", table))
        row = dict.fromkeys(FIELDS) | {"report": job.report, "name": "rate"}
        record = {
            "report": job.report,
            "title": job.title,
            "notebook": job.source,
            "command": job.command,
            "parameters": job.parameters,
            "verdicts": [],
            "findings": [{**row, "estimate": self.estimate}],
            "main": f"Main of {job.report}.",
            "provenance": {"tables": {table: checksum}, "versions": {}, "sources": []},
        }
        page = f"<html>{job.report} {self.estimate}</html>\n".encode()
        return Outcome(job.report, {"html": page, "ipynb": b'{"cells": []}\n'}, record)


@pytest.fixture
def runner() -> Runner:
    return Runner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    other = notebook(parameters("only: int = 1  # here alone"), code("1"))
    write_notebooks(tmp_path / "notebooks", first=usual(), other=other)
    write_tables(tmp_path / "data")
    (tmp_path / "sweep.yml").write_text(SWEEP)
    return tmp_path


def run(folder: Path, runner: Runner, *names: str, **more: Any) -> Rendered:
    inputs = {name: more.pop(name) for name in ("sweep", "parameters") if name in more}
    planned = plan(names, notebooks=folder / "notebooks", data=folder / "data", **inputs)
    return carry_out(planned, out=more.pop("out", folder / "out"), each=runner, **more)


def contents(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


def test_a_second_run_renders_nothing_and_changes_nothing(folder: Path, runner: Runner) -> None:
    first = run(folder, runner)
    before = contents(folder / "out")
    times = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*.*")}
    second = run(folder, runner)
    assert (list(first.written), first.fresh) == (["first", "other"], [])
    assert (list(second.written), second.fresh) == ([], ["first", "other"])
    assert contents(folder / "out") == before
    assert times == {path: path.stat().st_mtime_ns for path in times}
    assert runner.ran == ["first", "other"]


def test_a_changed_table_renders_its_readers_alone(folder: Path, runner: Runner) -> None:
    run(folder, runner)
    with (folder / "data" / "figures.csv").open("a") as table:
        table.write("\n")
    assert list(run(folder, runner).written) == ["other"]


def test_force_renders_all(folder: Path, runner: Runner) -> None:
    run(folder, runner)
    assert list(run(folder, runner, force=True).written) == ["first", "other"]


def test_due_says_why_and_writes_nothing(folder: Path, runner: Runner) -> None:
    planned = plan(notebooks=folder / "notebooks", data=folder / "data")
    assert due(planned, out=folder / "out") == dict.fromkeys(("first", "other"), "not rendered yet")
    assert not (folder / "out").exists()
    run(folder, runner)
    (folder / "out" / "first.ipynb").unlink()
    assert due(planned, out=folder / "out") == {"first": "first.ipynb is missing", "other": None}


def test_a_report_that_fails_is_tried_again(folder: Path, runner: Runner) -> None:
    runner.broken = {"first"}
    assert [failure.report for failure in run(folder, runner).failures] == ["first"]
    runner.broken = set()
    assert list(run(folder, runner).written) == ["first"]
    assert not (folder / "out" / "failed" / "first.ipynb").exists()


def test_fail_fast_stops(folder: Path, runner: Runner) -> None:
    runner.broken = {"first"}
    rendered = run(folder, runner, fail_fast=True)
    assert (runner.ran, rendered.not_run) == (["first"], ["other"])


def test_a_sweep_has_an_index_and_findings_over_all(folder: Path, runner: Runner) -> None:
    rendered = run(folder, runner, sweep=folder / "sweep.yml")
    slv, hnd = "first--place-SLV--weak-true", "first--place-HND--weak-true"
    assert list(rendered.written) == [slv, hnd]
    page = (folder / "out" / "index.html").read_bytes()
    links = [link.get("href") for link in check_page(page).all("a")]
    assert links.index(f"{slv}.html") < links.index(f"{hnd}.html")
    text = page.decode()
    assert "<h1>Homicide trends: Both &lt;countries&gt;</h1>" in text
    assert f"Main of {slv}." in text
    rows = list(csv.DictReader(io.StringIO((folder / "out" / "findings.csv").read_text())))
    assert [row["report"] for row in rows] == [slv, hnd]
    assert [row["parameter_place"] for row in rows] == ["SLV", "HND"]
    assert {(row["of_report"], row["parameter_weak"], row["estimate"]) for row in rows} == {
        ("first", "true", "69.9")
    }


def test_a_sweep_is_finished_by_the_same_command(folder: Path, runner: Runner) -> None:
    def interrupt(job: Job) -> None:
        if "HND" in job.report:
            raise KeyboardInterrupt

    runner.before_each = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(folder, runner, sweep=folder / "sweep.yml")
    index = (folder / "out" / "index.html").read_text()
    assert "Main of first--place-SLV--weak-true." in index
    assert "Not rendered." in index
    runner.before_each = lambda job: None
    rendered = run(folder, runner, sweep=folder / "sweep.yml")
    assert rendered.fresh == ["first--place-SLV--weak-true"]
    assert list(rendered.written) == ["first--place-HND--weak-true"]
    undisturbed = folder / "undisturbed"
    run(folder, runner, sweep=folder / "sweep.yml", out=undisturbed)
    assert contents(folder / "out") == contents(undisturbed)


def test_what_a_sweep_no_longer_holds_leaves_its_index(folder: Path, runner: Runner) -> None:
    run(folder, runner, sweep=folder / "sweep.yml")
    (folder / "sweep.yml").write_text("report: first\nparameters: {place: [HND], weak: [true]}")
    for _ in range(2):
        rendered = run(folder, runner, sweep=folder / "sweep.yml")
        assert rendered.left_out == ["first--place-SLV--weak-true"]
    rows = json.loads((folder / "out" / "findings.json").read_bytes())
    assert {row["report"] for row in rows} == {*rendered.written, *rendered.fresh}
    assert "SLV" not in (folder / "out" / "index.html").read_text()
    assert (folder / "out" / "first--place-SLV--weak-true.html").exists()


def test_other_reports_in_a_sweeps_folder_stay_in_its_index(folder: Path, runner: Runner) -> None:
    run(folder, runner, sweep=folder / "sweep.yml")
    run(folder, runner, "other")
    page = (folder / "out" / "index.html").read_bytes()
    assert {"other.html", "first--place-SLV--weak-true.html"} <= {
        link.get("href") for link in check_page(page).all("a")
    }


@pytest.mark.parametrize("content", ["{", "[]", '{"name": 1}', '{"outputs": [1]}'])
def test_a_broken_memory_of_a_sweep_is_no_sweep(folder: Path, runner: Runner, content: str) -> None:
    run(folder, runner, sweep=folder / "sweep.yml")
    (folder / "out" / "findings" / "sweep" / "plan.json").write_text(content)
    run(folder, runner, "other")
    check_page((folder / "out" / "index.html").read_bytes())


def test_compare_lists_what_differs_and_leaves_the_folder_alone(
    folder: Path, runner: Runner
) -> None:
    run(folder, runner)
    before = contents(folder / "out")
    planned = plan(notebooks=folder / "notebooks", data=folder / "data")
    assert compare(planned, out=folder / "out", each=runner).differences == []
    runner.estimate = 62.91  # 69.9 less 10 per cent
    runner.broken = {"other"}
    found = compare(planned, out=folder / "out", each=runner)
    assert found.differences == ["first: rate: estimate 69.9 -> 62.91 (-6.99, -10 %)"]
    assert [failure.report for failure in found.failures] == ["other"]
    assert contents(folder / "out") == before


def test_two_at_once_are_refused(folder: Path, runner: Runner) -> None:
    (folder / "out").mkdir()
    with locked(folder / "out"), pytest.raises(Locked, match=f"process {os.getpid()} on"):
        run(folder, runner)
    assert runner.ran == []


def test_what_a_killed_command_left_half_written_goes(folder: Path, runner: Runner) -> None:
    run(folder, runner)
    out = folder / "out"
    for name in (
        ".a.html.999999999.part",
        "findings/.a.json.999999999.part",
        "failed/.a.ipynb.999999999.part",
    ):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(b"half")
    (out / ".mine.part").touch()
    (out / ".lock").write_bytes(b"")
    run(folder, runner)
    assert [name for name in contents(out) if name.startswith(".") or "/." in name] == [
        ".mine.part"
    ]


def test_a_full_disk_leaves_whole_old_reports(
    folder: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, runner)
    before = contents(folder / "out")
    real = os.fsync
    left = [4]  # who holds the lock, and the files of one report

    def fills(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fills)
    monkeypatch.setattr(writing, "_sync", lambda folder: None)
    runner.estimate = 70.0
    with pytest.raises(Stopped, match="No space left on device") as caught:
        run(folder, runner, force=True)
    assert list(caught.value.rendered.written) == ["first"]
    monkeypatch.undo()
    after = contents(folder / "out")
    assert {name for name in before if after[name] != before[name]} == {
        *("first.html", "findings/first.json")
    }
    assert after.keys() == before.keys()
    assert run(folder, runner).fresh == ["first", "other"]
    assert "70.0" in (folder / "out" / "findings.csv").read_text()


def test_a_folder_that_is_removed_stays_removed(folder: Path, runner: Runner) -> None:
    runner.before_each = lambda job: shutil.rmtree(folder / "out", ignore_errors=True)
    with pytest.raises(Stopped, match="was removed while reports were rendered into it"):
        run(folder, runner)
    assert not (folder / "out").exists()


def test_a_kill_between_two_files_is_mended(
    folder: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder, runner, "first")
    real = os.replace

    def killed(source: Path, target: Path) -> None:
        if target.suffix == ".ipynb":
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", killed)
    runner.estimate = 70.0
    with pytest.raises(KeyboardInterrupt):
        run(folder, runner, "first", force=True)
    monkeypatch.undo()
    planned = plan(["first"], notebooks=folder / "notebooks", data=folder / "data")
    assert due(planned, out=folder / "out") == {"first": "first.html was altered"}
    run(folder, runner, "first")
    assert due(planned, out=folder / "out") == {"first": None}
