"""Work in other processes: in parallel, outliving nothing, failing alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homicide_trends.reports.workers import each, processors


def square(number: int) -> int:
    if number < 0:
        raise ValueError(f"{number} is negative")
    return number * number


def die(order: str) -> str:
    """Kill the worker: always, or only the first time (a file tells)."""
    if order == "always":
        os.kill(os.getpid(), signal.SIGKILL)
    if order.startswith("once ") and not Path(order[5:]).exists():
        Path(order[5:]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return order


def wait(folder: str) -> None:
    Path(folder, str(os.getpid())).touch()
    time.sleep(60)


def test_results_and_errors_come_with_their_items() -> None:
    found = dict(each(square, [2, -1, 3], workers=2))
    assert found[2] == 4
    assert found[3] == 9
    assert isinstance(found[-1], ValueError)


def test_nothing_to_do_starts_nothing() -> None:
    assert list(each(square, [], workers=2)) == []


def test_a_dead_worker_fails_only_its_own_item(tmp_path: Path) -> None:
    orders = ["well", "always", f"once {tmp_path / 'mark'}"]
    found = dict(each(die, orders, workers=1))
    assert isinstance(found["always"], RuntimeError)
    assert "died" in str(found["always"])
    assert found["well"] == "well"
    assert found[orders[2]] == orders[2]


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    def interrupt(*_: object) -> None:
        raise InterruptedError

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 3)
    try:
        with pytest.raises(InterruptedError):
            list(each(wait, [str(tmp_path)], workers=1))
    finally:
        signal.signal(signal.SIGALRM, before)
    (pid,) = [int(path.name) for path in tmp_path.iterdir()]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


ASKED_TWICE = """
import os, signal, time
from homicide_trends.reports import execution, workers
begun = []
def end_kernels():
    begun.append(1)
    if len(begun) > 1:
        raise AttributeError("what the first began is half done")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.1)
execution.end_kernels = end_kernels
workers._prepare()
try:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(5)
except AttributeError as error:
    print("still there:", error)
"""


def test_a_worker_that_is_asked_twice_ends() -> None:
    # From Python 3.12 on, a pool that lost a worker terminates the others twice and waits for them.
    done = subprocess.run(
        [sys.executable, "-c", ASKED_TWICE], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == ""
    assert done.returncode == 128 + signal.SIGTERM


def test_there_is_a_processor() -> None:
    assert processors() >= 1
