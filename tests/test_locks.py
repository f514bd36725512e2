"""One command at a time in a folder, and no lock outlives its holder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from homicide_trends.reports.publish import HOLDER, LOCK, Locked, locked


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from homicide_trends.reports.publish import "
        "locked\nwith locked(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_holds_it_and_a_killed_one_holds_nothing(
    tmp_path: Path,
) -> None:
    process = hold(tmp_path)
    try:
        with pytest.raises(Locked) as caught, locked(tmp_path):
            pass
        assert f"process {process.pid} on " in str(caught.value)
        assert "choose another folder with --out" in str(caught.value)
        assert str(tmp_path) in str(caught.value)
    finally:
        process.kill()
        process.communicate()
    with locked(tmp_path):
        assert str(os.getpid()) in (tmp_path / HOLDER).read_text()
    assert [path.name for path in tmp_path.iterdir() if path.name != LOCK] == []


def test_the_same_process_cannot_hold_it_twice(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(Locked), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_lock_file_with_any_content_is_no_lock(tmp_path: Path) -> None:
    for name in (LOCK, HOLDER):
        (tmp_path / name).write_bytes(b"\xff{")
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("name", [LOCK, HOLDER])
def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_whole(
    tmp_path: Path, name: str
) -> None:
    mine, folder = tmp_path / "mine.csv", tmp_path / "out"
    mine.write_text("place,count\n")
    folder.mkdir()
    (folder / name).symlink_to(mine)
    with pytest.raises(OSError, match="is a link"), locked(folder):
        pass
    assert mine.read_text() == "place,count\n"
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_folder_that_is_removed_or_replaced_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    with locked(folder) as check:
        check()
        shutil.rmtree(folder)
        with pytest.raises(FileNotFoundError, match="was removed"):
            check()
        folder.mkdir()
        with locked(folder), pytest.raises(FileNotFoundError, match="was removed"):
            check()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "none"):
        pass
