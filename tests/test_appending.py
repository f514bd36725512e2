"""Rows added to a folder of tables: all of its files or none, whenever the process dies."""

import hashlib
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from homicide_trends.tables.appending import Additions, additions, finished
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.folders import DataError
from homicide_trends.tables.newfolder import new_folder

ROWS = {
    "places": [{"place": "ABW", "name": "Aruba", "kind": "country"}],
    "population": [
        {"place": "ABW", "year": "2011", "population": "102000", "series": "X", "status": "final",
         "source_id": "wbpop"}
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_folder(tmp_path / "mine", place="SLV")
    return tmp_path / "mine"


def state(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def killed_at(made: Additions, operation: int) -> bool:
    """Write in a process that is killed before its n-th change of a file; whether it was."""
    child = os.fork()
    if not child:
        left = operation

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            writes = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
            if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        made.write()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process of its own")
def test_a_kill_at_any_operation_leaves_the_old_folder_or_one_that_heals(folder: Path) -> None:
    made = additions(ROWS, folder, {"place_names.csv": b"name,place,kind\n"})
    before, states = state(folder), set()
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    operation = 0
    while killed_at(made, operation):
        finished(folder)
        found = state(folder)
        assert not list(folder.glob(".*"))
        states.add(found == before)
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()
        for name, content in kept.items():
            (folder / name).write_bytes(content)
        operation += 1
    assert states == {True, False}  # some kills came before it was decided, some after
    assert operation > 10
    assert check_tables(folder) == []


def test_a_change_by_hand_that_nobody_recorded_stays_one(folder: Path) -> None:
    with (folder / "events.csv").open("a") as opened:
        opened.write("\n")
    before = [str(each) for each in check_tables(folder)]
    additions(ROWS, folder).write()
    assert [str(each) for each in check_tables(folder)] == before != []
    with (folder / "population.csv").open("a") as opened:
        opened.write("\n")
    with pytest.raises(DataError, match=r"population\.csv: differs .* check --record"):
        additions(ROWS, folder)


def test_a_table_that_was_changed_meanwhile_is_not_written_over(folder: Path) -> None:
    made = additions(ROWS, folder)
    (folder / "places.csv").write_text("place,name,kind,within\n")
    before = state(folder)
    with pytest.raises(DataError, match=r"places\.csv was changed meanwhile"):
        made.write()
    assert state(folder) == before


def test_an_interrupted_change_does_not_undo_later_work(folder: Path) -> None:
    laid = folder / ".update"
    laid.mkdir()
    shutil.copyfile(folder / "places.csv", laid / "population.csv")
    (laid / "before.json").write_text('{"population.csv": "' + "0" * 64 + '"}')
    before = state(folder)
    with pytest.raises(DataError, match=r"was changed meanwhile.* delete .*\.update"):
        finished(folder)
    with pytest.raises(DataError, match="at work, or was interrupted"):
        additions(ROWS, folder).write()
    assert state(folder) == before


def test_what_check_would_find_is_refused(folder: Path) -> None:
    rows = {"places": [{"place": "ABW", "name": "Aruba", "kind": "island"}]}
    with pytest.raises(DataError, match="island"):
        additions(rows, folder)
    record(folder)
    assert check_tables(folder) == []
