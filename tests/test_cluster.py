"""The same reports from a Dask cluster: each once, whole, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result
from tiny import code, usual, write_notebooks, write_tables

from homicide_trends.cli import cli
from homicide_trends.reports import cluster
from homicide_trends.reports.cluster import Batch, Order, Unlike, unlike

MARK = "HOMICIDE_TRENDS_TEST_MARK"

# Tells which process runs it, then takes its time until it is let go.
SLOW = """\
import time
marks = Path({marks!r})
(marks / f"{{text}} {{os.getpid()}}").touch()
until = time.monotonic() + {seconds}
while not (marks / "go").exists() and time.monotonic() < until:
    time.sleep(0.05)
"""
REPORTS = [f"first--text-{letter}" for letter in "abcdef"]


@pytest.fixture
def short() -> Iterator[Path]:
    """A temporary folder with a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="cl-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def here(short: Path) -> Path:
    """Notebook, tables and a sweep of six reports, and a folder for what they tell."""
    slow = code(SLOW.format(marks=str(short / "marks"), seconds=900))
    write_notebooks(short / "notebooks", first=usual(slow))
    write_tables(short / "data")
    (short / "sweep.yml").write_text("report: first\nparameters: {text: [a, b, c, d, e, f]}\n")
    for name in ("marks", "tmp"):
        (short / name).mkdir()
    return short


def environment(folder: Path, **more: str) -> dict[str, str]:
    left_out = {"MPLBACKEND", "PYTHONWARNINGS", "HOMICIDE_TRENDS_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TMPDIR": str(folder / "tmp"), MARK: str(folder), **more}


def start(folder: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=environment(folder, **more), start_new_session=True,
    )  # fmt: skip


def command(folder: Path, *words: str) -> subprocess.Popen[str]:
    return start(
        folder, "homicide_trends", "render", "--sweep", "sweep.yml", "--out", "out",
        *("--notebooks", "notebooks", "--data", "data", "--executor", "dask"), *words,
    )  # fmt: skip


def until(true: Callable[[], Any], seconds: float = 240) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def marked(folder: Path, word: str = "") -> list[psutil.Process]:
    """Processes that were started in a test's environment, with a word in their command."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(folder) and word in " ".join(process.cmdline()):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone meanwhile, or a zombie
            continue
    return found


def running(folder: Path) -> list[int]:
    """The processes that told of themselves and are still there."""
    pids = [int(path.name.split()[1]) for path in (folder / "marks").glob("? *")]
    alive = {process.pid for process in marked(folder)}
    return [pid for pid in pids if pid in alive]


def is_free(folder: Path) -> bool:
    """Whether nothing is left that makes reports."""
    return not running(folder) and not marked(folder, "forkserver")


Workers = list[subprocess.Popen[str]]


@pytest.fixture
def dask(here: Path) -> Iterator[tuple[str, Workers]]:
    """A scheduler and two workers, as processes of their own; its address and the workers."""
    scheduler = start(
        here, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        *("--no-dashboard", "--scheduler-file", "scheduler.json"),
    )  # fmt: skip
    started = [scheduler]
    try:
        assert until((here / "scheduler.json").exists)
        workers = [worker(here) for _ in range(2)]
        started += workers
        assert until(lambda: (here / "scheduler.json").read_text().endswith("}"))
        yield json.loads((here / "scheduler.json").read_text())["address"], workers
    finally:
        for process in started:
            process.kill()
        for left in marked(here):
            left.kill()
        for process in started:
            process.communicate(timeout=20)


def worker(folder: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    return start(
        folder, "distributed.cli.dask_worker", "--scheduler-file", "scheduler.json",
        *("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", "tmp"), *words,
        **more,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=480)
    return process.returncode, output, errors


def written(output: str) -> list[str]:
    """The reports that a command says it has written, by their pages."""
    pages = [Path(line) for line in output.splitlines() if line.endswith(".html")]
    return sorted(page.stem for page in pages if page.stem not in ("checksums", "index"))


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_each_report_arrives_once_when_a_worker_is_killed(
    here: Path, dask: tuple[str, Workers]
) -> None:
    address, workers = dask
    process = command(here, "--scheduler", address)
    assert until(lambda: len(running(here)) == 2)
    workers[0].kill()
    (here / "marks" / "go").touch()
    status, output, errors = ended(process)
    assert (status, written(output)) == (0, REPORTS), errors
    assert until(lambda: is_free(here))
    # The killed worker's report was begun twice and is there once.
    assert len(list((here / "marks").glob("? *"))) == 7
    local = start(
        here, "homicide_trends", "render", "--sweep", "sweep.yml", "--out", "local",
        *("--notebooks", "notebooks", "--data", "data", "--jobs", "1"),
    )  # fmt: skip
    assert ended(local)[0] == 0
    assert contents(here / "out") == contents(here / "local")


def test_a_cluster_of_its_own_survives_the_kill_of_a_worker(here: Path) -> None:
    process = command(here, "--jobs", "2")
    assert until(lambda: len(running(here)) == 2)
    spawned = marked(here, "spawn_main")
    assert len(spawned) == 2
    spawned[0].kill()
    (here / "marks" / "go").touch()
    status, output, errors = ended(process)
    assert (status, written(output)) == (0, REPORTS), errors
    assert until(lambda: not marked(here))
    assert list((here / "tmp").iterdir()) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_command_that_is_ended_frees_the_workers(
    here: Path, dask: tuple[str, Workers], number: signal.Signals, status: int
) -> None:
    address, workers = dask
    process = command(here, "--scheduler", address)
    assert until(lambda: len(running(here)) == 2)
    os.killpg(process.pid, number)
    found, _, errors = ended(process)
    assert found == status
    if number == signal.SIGINT:
        assert errors.strip() == "Interrupted."
    assert until(lambda: is_free(here))
    assert [each.poll() for each in workers] == [None, None]
    (here / "marks" / "go").touch()
    status, output, errors = ended(command(here, "--scheduler", address))
    assert (status, written(output)) == (0, REPORTS), errors


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_cluster_of_its_own_ends_with_its_command(
    here: Path, number: signal.Signals, status: int
) -> None:
    process = command(here, "--jobs", "2")
    assert until(lambda: len(running(here)) == 2)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.kill()
    found, _, errors = ended(process)
    assert found == status
    if number == signal.SIGINT:
        assert errors.strip() == "Interrupted."
    assert until(lambda: not marked(here))


def test_a_report_that_takes_too_long_fails_alone(here: Path, dask: tuple[str, Workers]) -> None:
    address, _ = dask
    broken = code("if text == 'b':\n    time.sleep(900)\nif text == 'c':\n    1 / 0")
    write_notebooks(here / "notebooks", first=usual(code("import time"), broken))
    status, output, errors = ended(command(here, "--scheduler", address, "--timeout", "60"))
    assert (status, written(output)) == (1, [REPORTS[0], *REPORTS[3:]])
    assert "TimeoutError: the report was not done after 60 s" in errors
    assert "ZeroDivisionError: division by zero" in errors
    assert until(lambda: is_free(here))


def test_workers_that_differ_are_refused(here: Path, dask: tuple[str, Workers]) -> None:
    address, workers = dask
    workers[1].kill()
    other = here / "other" / "pillow-99.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 99.0\n")
    unlike_worker = worker(here, "--name", "unlike", PYTHONPATH=str(here / "other"))
    try:
        from distributed import Client

        def names() -> set[str]:
            return {each["name"] for each in client.scheduler_info()["workers"].values()}

        with Client(address, set_as_default=False) as client:
            assert until(lambda: len(names()) == 2 and "unlike" in names())
        status, output, errors = ended(command(here, "--scheduler", address))
    finally:
        unlike_worker.kill()
        unlike_worker.communicate(timeout=20)
    assert status == 2
    assert "pillow 99.0, here " in errors
    assert not list((here / "out").glob("*"))


def invoke(*words: str) -> Result:
    return CliRunner().invoke(cli, ["render", *words], catch_exceptions=False)


def test_without_a_scheduler_there_is_a_message(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 0.5)
    monkeypatch.chdir(here)
    words = ("--notebooks", "notebooks", "--data", "data", "--executor", "dask", "--scheduler")
    for address in ("tcp://127.0.0.1:9", "nonsense://here"):
        result = invoke(*words, address)
        assert result.exit_code == 2
        assert f"Error: {address}: no Dask scheduler answers there" in result.output
        assert result.output.count("\n") == 1
        assert not (here / "reports").exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [(b"SSH-2.0-server\r\n" * 9, "what answers is something else"), (b"", "no answer within 5 s")],
)
def test_what_is_no_scheduler_is_told_from_one(
    here: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, message: str
) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 5)
    monkeypatch.chdir(here)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    kept[-1].sendall(said)

        kept: list[socket.socket] = []
        threading.Thread(target=answer, daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        words = ("--notebooks", "notebooks", "--data", "data", "--executor", "dask")
        result = invoke(*words, "--scheduler", address)
        for each in kept:
            each.close()
        server.shutdown(socket.SHUT_RDWR)
    assert result.exit_code == 2
    assert result.output == f"Error: {address}: no Dask scheduler answers there: {message}\n"


def test_a_worker_is_no_scheduler(here: Path, dask: tuple[str, Workers]) -> None:
    from distributed import Client

    with Client(dask[0], set_as_default=False) as client:
        client.wait_for_workers(1)
        address = next(iter(client.nthreads()))
    status, _, errors = ended(command(here, "--scheduler", address))
    assert (status, errors) == (
        2, f"Error: {address}: no Dask scheduler answers there: what answers is a Worker\n"
    )  # fmt: skip


def test_without_dask_there_is_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = invoke("--executor", "dask")
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert cluster.INSTALL in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--scheduler", "tcp://x:1"), "--scheduler needs --executor dask"),
        (("--executor", "dask", "--scheduler", ""), "--scheduler needs an address, such as"),
        (("--executor", "dask", "--scheduler", "tcp://x:1", "--jobs", "2"), "--jobs is for"),
    ],
)
def test_options_that_contradict_each_other(words: tuple[str, ...], message: str) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert message in result.output


def test_a_worker_that_joins_later_and_differs_makes_no_report() -> None:
    order = Order("batch", tables={}, words=(), formats=("html",), expected={"code": "0" * 64})
    with pytest.raises(Unlike, match="code [0-9a-f]{8}, here 00000000; types"):
        Batch(order)


def test_differences_are_named_with_both_versions() -> None:
    assert unlike({"a": "1", "b": "2"}, {"a": "1", "b": "2"}) == ""
    assert unlike({"a": "1"}, {"a": ""}) == "a (none), here 1"
    assert unlike({"a": "1", "b": "2"}, {"b": "3"}) == "a (none), here 1; b 3, here 2"
    assert unlike({"code": "0" * 64}, {"code": "f" * 64}) == "code ffffffff, here 00000000"
