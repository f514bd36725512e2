"""Temporary files of a run go with it, and with the next run where it was killed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from homicide_trends.reports import scratch


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_all_of_it_goes_in_the_end(place: Path) -> None:
    with scratch.own_folder():
        inside = Path(tempfile.mkdtemp())
        (inside / "left").touch()
        assert inside.parent.parent == place
        assert os.environ["TMPDIR"] == str(inside.parent)
    assert list(place.iterdir()) == []
    assert os.environ["TMPDIR"] == str(place)
    assert Path(tempfile.gettempdir()) == place


def test_what_a_killed_run_left_goes_and_what_another_run_holds_stays(place: Path) -> None:
    stale, young = place / "ht-aaaaaaaa", place / "ht-bbbbbbbb"
    others = place / "ht-other-program"
    for folder in (stale, young, others):
        (folder / "kernel").mkdir(parents=True)
    with scratch.own_folder():
        held = Path(tempfile.gettempdir())
        for folder in (stale, others, held):
            os.utime(folder, (0, 0))
        tempfile.tempdir = str(place)
        with scratch.own_folder():
            pass
        assert sorted(place.iterdir()) == sorted([young, others, held])
        tempfile.tempdir = str(held)


def test_the_last_worker_of_a_killed_command_removes_the_folder(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch.leave()
    assert place.exists()  # not a run's own
    folder = place / "ht-aaaaaaaa"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    scratch.leave()
    assert not folder.exists()
    scratch.leave()
