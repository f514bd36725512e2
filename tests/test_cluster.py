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
from dataclasses import dataclass, field
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
def here() -> Iterator[Path]:
    """Notebook, tables and a sweep of six reports, and a folder for what they tell."""
    # In a temporary folder with a path that is short enough for sockets.
    with tempfile.TemporaryDirectory(prefix="cl-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        slow = code(SLOW.format(marks=str(folder / "marks"), seconds=900))
        write_notebooks(folder / "notebooks", first=usual(slow))
        write_tables(folder / "data")
        sweep = "report: first\nparameters: {text: [a, b, c, d, e, f]}\n"
        (folder / "sweep.yml").write_text(sweep)
        for each in ("marks", "tmp"):
            (folder / each).mkdir()
        yield folder


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


@dataclass
class Ring:
    """A scheduler and two workers, as processes of their own, for all tests of this module."""

    folder: Path
    scheduler: subprocess.Popen[str]
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(json.loads((self.folder / "scheduler.json").read_text())["address"])

    def worker(self, *words: str, **more: str) -> subprocess.Popen[str]:
        return start(
            self.folder, "distributed.cli.dask_worker", "--scheduler-file", "scheduler.json",
            *("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", "tmp"),
            *("--preload", "idle.py"), *words, **more,
        )  # fmt: skip

    def running(self, folder: Path) -> list[int]:
        """The processes that told of themselves in a test's folder and are still there."""
        pids = [int(path.name.split()[1]) for path in (folder / "marks").glob("? *")]
        alive = {process.pid for process in marked(self.folder)}
        return [pid for pid in pids if pid in alive]

    def is_free(self, folder: Path) -> bool:
        """Whether nothing is left that makes reports."""
        return not self.running(folder) and not marked(self.folder, "forkserver")


@pytest.fixture(scope="module")
def one_ring() -> Iterator[Ring]:
    with tempfile.TemporaryDirectory(prefix="cl-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        # A worker keeps what makes reports for a while, should its command want more.
        soon = "from homicide_trends.reports import cluster\ncluster._IDLE = 3.0\n"
        (folder / "idle.py").write_text(soon)
        ring = Ring(folder, start(
            folder, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
            *("--no-dashboard", "--scheduler-file", "scheduler.json"),
        ))  # fmt: skip
        try:
            file = folder / "scheduler.json"
            assert until(lambda: file.exists() and file.read_text().endswith("}"))
            yield ring
        finally:
            for left in marked(folder):
                left.kill()
            for process in [ring.scheduler, *ring.workers]:
                process.communicate(timeout=20)


@pytest.fixture
def dask(one_ring: Ring) -> Ring:
    """The scheduler with two workers: another takes the place of one that a test has killed."""
    lost = [each for each in one_ring.workers if each.poll() is not None]
    one_ring.workers = [each for each in one_ring.workers if each not in lost]
    for each in lost:
        each.communicate(timeout=20)
    while len(one_ring.workers) < 2:
        one_ring.workers.append(one_ring.worker())
    return one_ring


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


def told(folder: Path) -> int:
    """How many processes have told of themselves, alive or not."""
    return len(list((folder / "marks").glob("? *")))


def test_each_report_arrives_once_when_a_worker_is_killed(here: Path, dask: Ring) -> None:
    process = command(here, "--scheduler", dask.address)
    assert until(lambda: len(dask.running(here)) == 2)
    dask.workers[0].kill()
    (here / "marks" / "go").touch()
    status, output, errors = ended(process)
    assert (status, written(output)) == (0, REPORTS), errors
    assert until(lambda: dask.is_free(here))
    # The killed worker's report was begun twice and is there once.
    assert told(here) == 7
    words = ("render", "--sweep", "sweep.yml", "--out", "local", "--notebooks", "notebooks")
    local = start(here, "homicide_trends", *words, "--data", "data", "--jobs", "1")
    assert ended(local)[0] == 0
    assert contents(here / "out") == contents(here / "local")


def test_a_cluster_of_its_own_survives_the_kill_of_a_worker(here: Path) -> None:
    process = command(here, "--jobs", "2")
    assert until(lambda: told(here) == 2)
    spawned = marked(here, "spawn_main")
    assert len(spawned) == 2
    spawned[0].kill()
    (here / "marks" / "go").touch()
    status, output, errors = ended(process)
    assert (status, written(output)) == (0, REPORTS), errors
    assert until(lambda: not marked(here))
    assert list((here / "tmp").iterdir()) == []


def test_a_command_that_is_ended_frees_the_workers(here: Path, dask: Ring) -> None:
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        process = command(here, "--scheduler", dask.address)
        assert until(lambda: len(dask.running(here)) == 2)
        os.killpg(process.pid, number)
        found, _, errors = ended(process)
        assert found == status
        if number == signal.SIGINT:
            assert errors.strip() == "Interrupted."
        assert until(lambda: dask.is_free(here))
        assert [each.poll() for each in dask.workers] == [None, None]
    (here / "marks" / "go").touch()
    status, output, errors = ended(command(here, "--scheduler", dask.address))
    assert (status, written(output)) == (0, REPORTS), errors


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_cluster_of_its_own_ends_with_its_command(
    here: Path, number: signal.Signals, status: int
) -> None:
    process = command(here, "--jobs", "2")
    assert until(lambda: told(here) == 2)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.kill()
    found, _, errors = ended(process)
    assert found == status
    if number == signal.SIGINT:
        assert errors.strip() == "Interrupted."
    assert until(lambda: not marked(here))


def test_a_report_that_takes_too_long_fails_alone(here: Path, dask: Ring) -> None:
    # Long enough for the others where much else is done on the machine.
    broken = code("if text == 'b':\n    time.sleep(900)\nif text == 'c':\n    1 / 0")
    write_notebooks(here / "notebooks", first=usual(code("import time"), broken))
    status, output, errors = ended(command(here, "--scheduler", dask.address, "--timeout", "20"))
    assert (status, written(output)) == (1, [REPORTS[0], *REPORTS[3:]])
    assert "TimeoutError: the report was not done after 20 s" in errors
    assert "ZeroDivisionError: division by zero" in errors
    assert until(lambda: dask.is_free(here))


def test_workers_that_differ_are_refused(here: Path, dask: Ring) -> None:
    from distributed import Client

    other = here / "other" / "pillow-99.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: pillow\nVersion: 99.0\n")
    unlike_worker = dask.worker("--name", "unlike", PYTHONPATH=str(here / "other"))
    try:

        def names() -> set[str]:
            return {each["name"] for each in client.scheduler_info()["workers"].values()}

        with Client(dask.address, set_as_default=False) as client:
            assert until(lambda: "unlike" in names())
        status, output, errors = ended(command(here, "--scheduler", dask.address))
    finally:
        unlike_worker.kill()
        unlike_worker.communicate(timeout=20)
    assert status == 2
    assert "1 of 3 workers would make other reports" in errors
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
    ("said", "seconds", "message"),
    [
        (b"SSH-2.0-server\r\n" * 9, 20, "what answers is something else"),
        (b"", 1, "no answer within 1 s"),
    ],
)
def test_what_is_no_scheduler_is_told_from_one(
    here: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, seconds: float, message: str
) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", seconds)
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


def test_a_worker_is_no_scheduler(here: Path, dask: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client

    with Client(dask.address, set_as_default=False) as client:
        client.wait_for_workers(1)
        address = next(iter(client.nthreads()))
    monkeypatch.chdir(here)
    words = ("--notebooks", "notebooks", "--data", "data", "--executor", "dask")
    result = invoke(*words, "--scheduler", address)
    assert (result.exit_code, result.output) == (
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
