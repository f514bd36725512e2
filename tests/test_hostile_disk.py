"""Folders that somebody else has filled, and disks that fail: no code runs, nothing is half."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tiny import code, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends.cli import cli
from homicide_trends.reports import publish
from homicide_trends.site import publishing
from homicide_trends.tables import writing
from homicide_trends.tables.check import record
from homicide_trends.tables.folders import shipped

SCRIPT = Path(sys.executable).with_name("homicide-trends")


@pytest.mark.parametrize("more", [[], ["--kernel"]], ids=["forks", "kernel"])
def test_a_folder_that_one_stands_in_runs_no_code(tmp_path: Path, more: list[str]) -> None:
    here = tmp_path / "here"
    here.mkdir()
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    for name in names:
        mark = here / f"{name}-was-run"
        (here / f"{name}.py").write_text(f"open({str(mark)!r}, 'w')\nraise SystemExit(9)\n")
    data = write_tables(tmp_path / "data")
    books = write_notebooks(tmp_path / "notebooks", first=usual())
    done = subprocess.run(
        [SCRIPT, "render", "--data", data, "--notebooks", books, "--out", tmp_path / "out", *more],
        cwd=here, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not [path.name for path in here.iterdir() if path.name.endswith("-was-run")]


def test_a_notebook_that_exits_is_named_and_stops_no_other(tmp_path: Path) -> None:
    books = write_notebooks(
        tmp_path / "notebooks",
        first=usual(),
        ends=notebook(parameters("text: str = ''  # t"), code("import os\nos._exit(3)")),
    )
    data, out = write_tables(tmp_path / "data"), tmp_path / "out"
    words = ["render", "--data", str(data), "--notebooks", str(books), "--out", str(out)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    failed = [line for line in done.stderr.splitlines() if line.startswith("Failed: ")]
    assert failed == ["Failed: ends: ends.ipynb, cell 2 (import os): DeadKernelError: Kernel died"]
    assert (out / "first.html").is_file()


@pytest.mark.parametrize("name", ["counts.csv", "README.md", "datapackage.json"])
@pytest.mark.parametrize("command", ["check", "site", "claims"])
def test_a_link_out_of_a_folder_of_tables_is_not_followed(
    tmp_path: Path, name: str, command: str
) -> None:
    secret, data = tmp_path / "secret", tmp_path / "data"
    shutil.copytree(shipped("data"), data)
    (data / name).rename(secret)
    (data / name).symlink_to(secret)
    words = ["check", str(data)] if command == "check" else [command, "--data", str(data)]
    if command == "site":
        words += ["--out", str(tmp_path / "site")]
    if name == "README.md" and command != "check":
        from homicide_trends.site import downloads

        assert downloads.readme(data) is None
        return
    if name == "datapackage.json" and command == "claims":
        return  # which does not read it
    done = CliRunner().invoke(cli, words)
    assert done.exit_code in (1, 2) or name == "README.md"
    assert name == "README.md" or "is a link out of its folder" in done.output


# --- each write fails once --------------------------------------------------------------------

Act = Callable[[Path], object]

PAGES = {"html": b"new page", "ipynb": b"new notebook"}


def render(out: Path) -> None:
    publish.prepare(out)
    with publish.locked(out):
        publish.recover(out)
        record_ = {"report": "a", "title": "A", "findings": [], "parameters": [], "main": None,
                   "provenance": {"tables": {}, "versions": {}, "sources": []}}  # fmt: skip
        publish.publish(out, "a", PAGES, record_, {"a.svg": b"new picture"})
        publish.publish_index(out, ["a"])


def site(out: Path) -> None:
    publishing.recover(out)
    new = {"index.html": b"new", "en/b.html": b"new b"}
    listed = publishing.manifest(new, title="New", languages=["en"])
    publishing.replace(out, {**new, "site.json": listed})


def imported(out: Path) -> None:
    writing.clear(out)
    if not writing.complete(out):
        new = {"counts.csv": b"new", "sources.csv": b"new sources"}
        before = {name: writing.checksum((out / name).read_bytes()) for name in new}
        writing.write_together(out, new, before)


def recorded(out: Path) -> None:
    writing.clear(out)
    record(out)


def old_render(out: Path) -> None:
    out.mkdir()
    for name in ("a.html", "a.ipynb", "a.svg", "index.html"):
        (out / name).write_bytes(b"old")


def old_site(out: Path) -> None:
    old = {"index.html": b"old", "en/a.html": b"old a"}
    publishing.replace(out, {**old, "site.json": publishing.manifest(old, title="", languages=[])})


def old_tables(out: Path) -> None:
    out.mkdir()
    for name in ("counts.csv", "sources.csv"):
        (out / name).write_bytes(b"old")


def old_described(out: Path) -> None:
    shutil.copytree(shipped("data"), out)
    with (out / "places.csv").open("a", encoding="utf-8") as table:
        table.write("ABW,Aruba,country,\n")


class Faults:
    """Counts what is asked of the disk, and lets one of it fail."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int = 0, error: BaseException | None = None):
        self.number, self._at, self._error = 0, at, error
        for name in ("fsync", "replace", "rename", "mkdir"):
            patch.setattr(os, name, self._counted(getattr(os, name)))
        opened = Path.open

        def open_(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
            if "w" in mode:
                self._count()
            return opened(path, mode, *more, **named)

        patch.setattr(Path, "open", open_)

    def _count(self) -> None:
        self.number += 1
        if self.number == self._at:
            assert self._error is not None
            raise self._error

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self._count()
            return function(*given, **named)

        return call


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("error", ["full", "broken", "interrupted"])
@pytest.mark.parametrize(
    ("before", "act", "together"),
    [(old_render, render, False), (old_site, site, True), (old_tables, imported, True),
     (old_described, recorded, True)],
    ids=["render", "site", "import", "record"],
)  # fmt: skip
def test_a_write_that_fails_leaves_the_old_or_the_new_and_the_next_run_heals(
    tmp_path: Path, before: Act, act: Act, together: bool, error: str
) -> None:
    raised = {"full": OSError(errno.ENOSPC, "No space left on device"),
              "broken": OSError(errno.EIO, "Input/output error"),
              "interrupted": KeyboardInterrupt()}[error]  # fmt: skip
    undisturbed = tmp_path / "undisturbed" / "out"
    undisturbed.parent.mkdir()
    before(undisturbed)
    old = contents(undisturbed)
    with pytest.MonkeyPatch.context() as patch:
        faults = Faults(patch)
        act(undisturbed)
    new = contents(undisturbed)
    assert faults.number > 3
    assert old != new
    for at in range(1, faults.number + 1):
        place = tmp_path / str(at)
        place.mkdir()
        out = place / "out"
        before(out)
        with pytest.MonkeyPatch.context() as patch:
            Faults(patch, at, raised)
            with suppress(OSError, KeyboardInterrupt):
                act(out)
        left = {name: each for name, each in contents(out).items() if ".part" not in name}
        whole = {name: each for name, each in left.items() if not name.startswith(".")}
        assert all(each in (old.get(name), new.get(name)) for name, each in whole.items()), at
        assert together is False or ".update/before.json" in left or whole in (old, new), at
        act(out)
        assert contents(out) == new, at
        assert [path.name for path in place.iterdir()] == ["out"], at
