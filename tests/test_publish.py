"""The folder of reports holds whole files only, and one report does not push out another."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from homicide_trends.reports import publish
from homicide_trends.reports.rendering import Failure
from homicide_trends.tables import writing


def record(name: str) -> dict[str, object]:
    return {
        "report": name,
        "title": f"Title {name}",
        "main": f"Main of {name}.",
        "parameters": [],
        "provenance": {"tables": {"counts.csv": "00"}, "versions": {}, "sources": []},
        "findings": [{"report": name, "name": "rate", "estimate": 1.5}],
    }


def put(out: Path, name: str, **files: bytes) -> None:
    publish.publish(out, name, files or {"html": b"h", "ipynb": b"n"}, record(name))


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.html"
    writing.write(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        writing.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.html"]


def test_files_can_be_read_by_others_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        writing.write(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_the_index_holds_reports_of_earlier_runs_in_the_order_of_the_list(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        put(tmp_path, name)
    publish.publish_index(tmp_path, ["c", "a"])
    assert [r["report"] for r in json.loads((tmp_path / "findings.json").read_bytes())] == [
        *("c", "a", "b")
    ]
    page = (tmp_path / "index.html").read_text()
    assert page.index("c.html") < page.index("a.html") < page.index("b.html")
    assert "Main of b." in page


def test_a_file_of_another_format_would_show_another_run_and_goes(tmp_path: Path) -> None:
    put(tmp_path, "a")
    put(tmp_path, "a", ipynb=b"new")
    assert not (tmp_path / "a.html").exists()
    publish.publish_index(tmp_path, [])
    assert "a.html" not in (tmp_path / "index.html").read_text()


def test_a_failed_notebook_is_kept_apart_and_the_index_says_so_until_it_is_mended(
    tmp_path: Path,
) -> None:
    put(tmp_path, "a")
    publish.keep_failed(tmp_path, Failure("a", "message", b"failed"))
    publish.publish_index(tmp_path, [])
    assert (tmp_path / "a.ipynb").read_bytes() == b"n"
    assert (tmp_path / "failed" / "a.ipynb").read_bytes() == b"failed"
    assert "last attempt to render this report failed" in (tmp_path / "index.html").read_text()
    put(tmp_path, "a")
    publish.publish_index(tmp_path, [])
    assert "last attempt" not in (tmp_path / "index.html").read_text()


def test_a_record_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a")
    for number, content in enumerate([b"{", b"[]", b"{}", b"\xff"]):
        (tmp_path / "findings" / f"x{number}.json").write_bytes(content)
    assert [each["report"] for each in publish.read_records(tmp_path, [])] == ["a"]


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        publish.prepare(tmp_path / "file")
    publish.prepare(tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
