"""Cells in forks: the same as from an ordinary kernel, nothing leaks, nothing is left."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil
import pytest
from tiny import code, notebook, usual, write_notebooks, write_tables

from homicide_trends.reports import execution, pool
from homicide_trends.reports.execution import CellError
from homicide_trends.reports.pool import Gone, Pool, Unwanted
from homicide_trends.tables.folders import shipped

forks = pytest.mark.skipif(pool.why_not() is not None, reason=f"{pool.why_not()}")

# As an ordinary kernel has it, a fork must.
LOOK = """\
import json, os, random, signal, sys, threading, warnings
import matplotlib, numpy, pandas
import matplotlib.pyplot as plt
print(json.dumps({
    "cwd": sorted(os.listdir()), "variable": os.environ.get("LEAK"), "hash": hash("text"),
    "environment": sorted(
        set(os.environ) - {"JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL", "PYTEST_CURRENT_TEST"}),
    "path": sys.path,
    "argv": [os.path.basename(sys.argv[0])],
    "figures": plt.get_fignums(), "backend": matplotlib.get_backend(),
    "size": matplotlib.rcParams["figure.figsize"], "rows": pandas.get_option("display.max_rows"),
    "errors": numpy.geterr()["divide"],
    "filters": [text for text in map(str, warnings.filters) if "UserWarning" in text],
    "module": "colorsys" in sys.modules,
    "names": sorted(name for name in globals() if "leak" in name),
    "threads": os.environ["OMP_NUM_THREADS"], "collects": __import__("gc").isenabled(),
    "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
    "session": os.getsid(0) == os.getpid(),
    "language": __import__("homicide_trends.language").language.current(),
    "main": type(sys.modules["__main__"]).__name__, "input": os.read(0, 1).decode(),
}, default=str))
"""
DRAWN = """\
print(json.dumps([random.random(), float(numpy.random.random()), os.getppid(), os.getpid()]))
plt.plot([1, 2]); None
"""
POLLUTE = """\
import colorsys, os, random, subprocess, sys, threading, time, warnings
import matplotlib.pyplot as plt, numpy as np, pandas as pd
random.seed(1); np.random.seed(1); np.seterr(divide="ignore")
plt.rcParams["figure.figsize"] = (1, 1); plt.figure(); plt.ioff()
warnings.simplefilter("error", UserWarning)
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside a thread
os.environ["LEAK"] = "1"; pd.set_option("display.max_rows", 7); os.chdir("/")
leaked = 1; import builtins; builtins.leaked = 1; sys.path.insert(0, "/leak")
threading.Thread(target=time.sleep, args=(60,)).start()
children = [subprocess.Popen(["sleep", "61.5"], start_new_session=new) for new in (False, True)]
if os.fork() == 0:
    os.setsid(); time.sleep(61.5); os._exit(0)
"""


def execute(given: tuple[str, dict[str, Any], float | None]) -> dict[str, Any]:
    """In a worker: a notebook that was executed, or what failed in it."""
    text, values, timeout = given
    try:
        return execution.execute(text, values, data=None, timeout=timeout)
    except CellError as error:
        return {"error": str(error), "notebook": json.loads(error.notebook)}


def identify(_: object) -> int:
    return os.getpid()


Run = Callable[..., dict[str, Any]]


def runner(made: Pool) -> Run:
    def run(*cells: str, timeout: float | None = None) -> dict[str, Any]:
        text = json.dumps(notebook(*map(code, cells)))
        return made.result(execute, (text, {}, timeout), wanted=lambda: True)

    return run


@pytest.fixture(scope="module")
def forking(cold: None) -> Iterator[Pool]:
    if pool.why_not():
        pytest.skip(str(pool.why_not()))
    with Pool() as made:
        yield made


@pytest.fixture(scope="module")
def run(forking: Pool) -> Run:
    """Runs cells in a fork."""
    return runner(forking)


@pytest.fixture(scope="module")
def kernels() -> Iterator[Pool]:
    """Workers with ordinary kernels, which must not know that they are a test's."""
    with Pool(kernel=True) as made, pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")
        made.result(identify, 0, wanted=lambda: True)  # its worker has started
        yield made


@pytest.fixture(scope="module")
def ordinary(kernels: Pool) -> Run:
    """Runs cells in an ordinary kernel."""
    return runner(kernels)


@pytest.fixture
def short() -> Iterator[Path]:
    """A temporary folder with a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="e-") as folder:
        yield Path(folder)


def outputs(done: dict[str, Any]) -> list[dict[str, Any]]:
    return [output for cell in done["cells"] for output in cell.get("outputs", [])]


def printed(output: dict[str, Any]) -> Any:
    return json.loads(output["text"])


def processes_with(*words: str) -> list[psutil.Process]:
    """Processes with a word in their command line or in the environment they began with."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            text = " ".join([*process.cmdline(), *process.environ().values()])
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if process.pid != os.getpid() and any(word in text for word in words):
            found.append(process)
    return found


def until(true: Callable[[], Any], within: float = 60) -> bool:
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(*words: str) -> bool:
    return until(lambda: not processes_with(*words))


# --- the cells ---------------------------------------------------------------------------------


def test_nothing_of_a_report_reaches_the_next(forking: Pool, run: Run) -> None:
    before = outputs(run(LOOK, DRAWN))
    worker = forking.result(identify, 0, wanted=lambda: True)
    run(POLLUTE)
    assert gone("61.5")
    after = outputs(run(LOOK, DRAWN))
    assert printed(before[0]) == printed(after[0])
    one, other = printed(before[1]), printed(after[1])
    assert one[2] == other[2] == worker  # forked from it
    assert not psutil.Process(worker).children()
    assert one[3] != other[3]
    # Inherited, both random states would be the same in the two reports.
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_a_fork_is_as_an_ordinary_kernel(run: Run, ordinary: Run) -> None:
    forked, usual_ = outputs(run(LOOK, DRAWN)), outputs(ordinary(LOOK, DRAWN))
    assert printed(forked[0]) == printed(usual_[0])
    # With matplotlib_inline preloaded, a figure would be its text only.
    assert forked[2]["data"]["image/png"] == usual_[2]["data"]["image/png"]


# What a notebook can do besides computing; each has to come out as from an ordinary kernel.
BEHAVIOURS = {
    "result": "1 / 3",
    "several results": "from IPython.display import display, HTML\n"
    "display(HTML('<b>a</b>'), 2)\n{'a': float('nan')}",
    "bytes": "from PIL import Image\nImage.new('1', (2, 2))",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "loop": "import asyncio; asyncio.get_event_loop().is_running()",
    "errors": "import sys\nprint('one'); sys.stdout.flush(); print('two', file=sys.stderr)",
    "much": "print('x' * 300_000)",
    "cleared": "from IPython.display import clear_output\nprint('a'); clear_output(); print('b')",
    "cleared later": "from IPython.display import clear_output\n"
    "print('a'); clear_output(wait=True); print('b')",
    "updated": "from IPython.display import display\nh = display(1, display_id='x')\nh.update(2)",
    "asked": "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)",
    "outside": "import os, time\nos.system('echo from outside')\ntime.sleep(0.1)",
    # A kernel's thread reads what a child wrote, and may still be at it when the child has ended.
    "much outside": "import subprocess, time\nsubprocess.run(['seq', '19999'], check=True)\n"
    "time.sleep(0.5)",
    "forked": "import os, time, warnings\nwarnings.simplefilter('ignore')\npid = os.fork()\n"
    "if pid == 0:\n    print('child', flush=True); time.sleep(0.1); os._exit(0)\n"
    "os.waitpid(pid, 0); time.sleep(0.1); print('parent')",
    "thread": "import threading\nt = threading.Thread(target=print, args=('thread',))\n"
    "t.start(); t.join()",
    "shell": "!echo from a shell",
    "magic": "%cd .\n_dh[-1].name",
    "stored": "stored = 5\n%store stored\ndel stored\n%store -r stored\nstored",
    "written": "%%writefile beside.py\nx = 1",
    "asked about": "len?",
    "folders": "import os\nip = get_ipython()\n[os.path.relpath(each) for each in "
    "(ip.ipython_dir, ip.profile_dir.location, getattr(ip.db, 'root', '.'), ip.starting_dir)]",
    "shape": "Out, In[-1], _dh",
    "quiet": "print('hidden') if False else None;",
    "processes": "import multiprocessing as m\nm.get_start_method(), m.current_process().daemon",
    "inner": "import multiprocessing as m\np = m.get_context('fork').Process(target=print, "
    "args=('inner',))\np.start(); p.join(); p.exitcode",
    "warned": "import warnings\nwith warnings.catch_warnings(record=True) as w:\n"
    "    warnings.simplefilter('always'); warnings.warn('x')\nlen(w)",
}


def test_a_notebook_does_the_same_in_a_fork(run: Run, ordinary: Run) -> None:
    cells = [*BEHAVIOURS.values()]
    for what, one, other in zip(
        BEHAVIOURS, run(*cells)["cells"], ordinary(*cells)["cells"], strict=True
    ):
        texts = [re.sub(r"[\w/-]{0,90}/run-\w+", "run", json.dumps(each)) for each in (one, other)]
        assert texts[0] == texts[1], what


def test_what_a_cell_has_begun_goes_on(run: Run) -> None:
    begun = "import asyncio\nasync def f(): print('task')\nt = asyncio.ensure_future(f())"
    assert outputs(run(begun))[0]["text"] == "task\n"


def test_an_error_is_as_from_an_ordinary_kernel(run: Run, ordinary: Run) -> None:
    one, other = (each("x = 1", "print('before')\nx / 0", "2") for each in (run, ordinary))
    # IPython colours the line, in the two in different ways.
    texts = [re.sub(r"\\u001b\[[0-9;]*m", "", json.dumps(each)) for each in (one, other)]
    assert texts[0] == texts[1]
    assert one["error"] == "cell 2 (print('before')): ZeroDivisionError: division by zero"
    assert "SyntaxError: invalid syntax" in run("x = = 1")["error"]


def test_a_report_has_the_same_bytes_either_way(forking: Pool, kernels: Pool) -> None:
    text = (shipped("notebooks") / "03-change.ipynb").read_text(encoding="utf-8")
    given = (text, {"place": "SLV"}, None)
    one, other = (json.dumps(each.result(execute, given, wanted=lambda: True))
                  for each in (forking, kernels))  # fmt: skip
    assert "image/" in one
    assert one == other


def test_only_tables_that_a_report_reads_are_its_own(run: Run) -> None:
    """The fork server has read all tables, which must not show."""
    (output,) = outputs(run(
        "import json\nfrom homicide_trends.tables import load\nload.load_places()\n"
        "print(json.dumps(list(load.tables_read())))"
    ))  # fmt: skip
    assert printed(output) == ["places.csv"]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("os.kill(os.getpid(), 9)", "DeadKernelError: Kernel died"),
        ("os.kill(os.getpid(), signal.SIGSTOP)", "TimeoutError: the report was not done after 6 s"),
        ("while True: pass", "TimeoutError: the report was not done after 6 s"),
        ("exit()", "DeadKernelError: Kernel died"),
    ],
)
def test_the_notebook_so_far_is_kept_and_the_cell_named(run: Run, end: str, why: str) -> None:
    timeout = 6 if "Timeout" in why else None
    middle = f"pass\n{POLLUTE}import signal\nprint('before')\nos.system('echo x')\n{end}"
    done = run("print('first')", middle, "1", timeout=timeout)
    assert done["error"] == f"cell 2 (pass): {why}"
    first, second, third = done["notebook"]["cells"]
    assert first["outputs"][0]["text"] == "first\n"
    if end != "exit()":
        assert second["outputs"][0]["text"] == "before\nx\n"
    assert third["outputs"] == []
    assert gone("61.5")
    assert outputs(run("print(7)"))[0]["text"] == "7\n"


# --- the processes -----------------------------------------------------------------------------


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


def wait(file: str) -> None:
    subprocess.Popen(["sleep", "63.5"], start_new_session=True)
    Path(file).write_text(str(os.getpid()))
    time.sleep(60)


def test_results_and_errors_come_with_their_items(forking: Pool) -> None:
    found = dict(forking.each(square, [2, -1, 3], workers=2))
    assert (found[2], found[3]) == (4, 9)
    assert str(found[-1]) == "ValueError: -1 is negative"
    assert list(forking.each(square, [], workers=2)) == []


def test_a_dead_worker_fails_only_its_own_item(forking: Pool, tmp_path: Path) -> None:
    orders = ["well", "always", f"once {tmp_path / 'mark'}"]
    found = dict(forking.each(die, orders, workers=1))
    assert str(found["always"]) == "its process died, twice"
    assert (found["well"], found[orders[2]]) == ("well", orders[2])


def test_leaving_early_ends_what_was_begun(forking: Pool, tmp_path: Path) -> None:
    class LeftError(Exception):
        pass

    def leave() -> bool:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            raise LeftError
        return True

    with pytest.raises(LeftError):
        forking.result(wait, str(tmp_path / "pid"), wanted=leave)
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))
    assert gone("63.5")


def test_what_nobody_wants_is_not_finished(forking: Pool, tmp_path: Path) -> None:
    with pytest.raises(Unwanted):
        forking.result(wait, str(tmp_path / "pid"), wanted=lambda: False)
    with pytest.raises(Gone):
        forking.result(die, "always", wanted=lambda: True)


@pytest.fixture
def no_server(forking: Pool) -> Iterator[None]:
    """The fork server, of which a process has one, is not there yet."""
    forking.end()
    yield
    forking.__enter__()


@pytest.mark.usefixtures("no_server")
def test_a_pool_ends_with_its_context(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short))
    with Pool() as made:
        assert made.result(square, 3, wanted=lambda: True) == 9
        assert processes_with(str(short))
        assert [path.name for path in short.iterdir()] == [made.folder.name]
    left = [process.cmdline() for process in processes_with(str(short))]
    assert [words for words in left if "resource_tracker" not in str(words)] == []
    assert list(short.iterdir()) == []


def test_a_folder_that_a_killed_command_left_goes_and_one_in_use_stays(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short))
    left, new = short / "ht-12345678", short / "ht-abcdefgh"
    for folder in (left, new):
        folder.mkdir()
        (folder / "run-1").mkdir()
    (short / "ht-linked1").symlink_to(new)
    with Pool(kernel=True) as used:
        for folder in (left, used.folder):
            os.utime(folder, (0, 0))
        with Pool(kernel=True):
            names = {path.name for path in short.iterdir()}
    assert {new.name, "ht-linked1", used.folder.name} <= names
    assert left.name not in names


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("sys.platform", "darwin"), "forking is not safe on darwin"),
        (("sys.gettrace", lambda: print), "a debugger is attached"),
        (("tempfile.tempdir", "/" + "x" * 71), "too long for a socket"),
    ],
)
def test_where_forking_is_not_safe_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, Any],
    reason: str,
) -> None:
    monkeypatch.setattr(*change)
    monkeypatch.setattr(pool, "_said", set())
    for _ in range(2):
        assert not Pool()._forks
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert reason in said[0]


@forks
@pytest.mark.usefixtures("no_server")
@pytest.mark.parametrize("threads", [True, False])
def test_nothing_is_forked_from_a_process_with_threads(
    short: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], threads: bool
) -> None:
    # Every Python of this environment imports such a module first.
    (short / "sitecustomize.py").write_text(
        "import sys, threading, time\n"
        "if any('forkserver' in each for each in sys.orig_argv):\n"
        "    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
        if threads else ""
    )  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(short))
    monkeypatch.setattr(pool, "_said", set())
    with Pool() as made:
        (output,) = outputs(runner(made)("import sys; print('ipykernel.kernelapp' in sys.modules)"))
    assert output["text"] == f"{threads}\n"
    assert ("has started a thread" in capfd.readouterr().err) == threads


@forks
def test_the_fork_server_has_no_thread_no_connection_and_no_figure() -> None:
    look = (
        "import gc, os, sys\nfrom homicide_trends.reports import warm\n"
        "from matplotlib import pyplot\nimport zmq\n"
        "assert warm.READY and len(os.listdir('/proc/self/task')) == 1\n"
        "assert not any(isinstance(each, zmq.Context) for each in gc.get_objects())\n"
        "assert pyplot.get_fignums() == [] and pyplot._backend_mod is None\n"
        "assert 'matplotlib_inline' not in sys.modules\n"
        "from importlib import import_module\n"
        "[import_module(name) for name in (*warm._USUAL, *sum(warm._LATE.values(), ()))]\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        given = {"folder": folder, "words": [*("methods", "claims", "joinpoints", "change_points")]}
        environment = dict(os.environ) | {
            name: value for name, value in pool.SETTINGS.items() if value is not None
        }
        environment |= {"HOMICIDE_TRENDS_WARM": json.dumps(given)}
        environment.pop("PYTHONWARNINGS", None)
        subprocess.run([sys.executable, "-c", look], check=True, env=environment)


@forks
@pytest.mark.parametrize("victim", ["command", "server", "worker", "cells"])
def test_no_process_outlives_the_command(short: Path, victim: str) -> None:
    mark = short / "mark"
    held = f"""\
import os, pathlib, subprocess, time
mark = pathlib.Path({str(mark)!r})
if not mark.exists():
    subprocess.Popen(["sleep", "62.5"], start_new_session=True)
    mark.with_name("new").write_text(str(os.getpid()))
    mark.with_name("new").rename(mark)
    time.sleep(60)
"""
    folder = write_notebooks(short / "notebooks", one=usual(code(held)))
    command = subprocess.Popen(
        [
            *(sys.executable, "-m", "homicide_trends", "render", "--jobs", "1"),
            *("--notebooks", str(folder), "--out", str(short / "out")),
            *("--data", str(write_tables(short / "data"))),
        ],
        env={**os.environ, "TMPDIR": str(short)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert until(mark.exists)
    cells = psutil.Process(int(mark.read_text()))
    worker = cells.parent()
    assert worker is not None
    server = worker.parent()
    assert server is not None
    assert server.ppid() == command.pid
    chosen = {"command": command, "server": server, "worker": worker, "cells": cells}
    os.kill(chosen[victim].pid, signal.SIGKILL)
    _, errors = command.communicate(timeout=60)
    expected = {"command": -signal.SIGKILL, "server": 0, "worker": 0, "cells": 1}
    assert command.returncode == expected[victim], errors
    assert gone(str(short), "62.5")
    assert not list(short.glob("ht-*"))
    # Only the dead cells are the report's own fault; a lost server or worker is made up for.
    written = sorted(path.name for path in short.glob("out/*.html"))
    assert ("one.html" in written) == (victim in ("server", "worker"))
    assert "Traceback" not in errors


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_server_that_is_killed_while_a_worker_starts_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect, left = forkserver.connect_to_new_process, [1]

    def killed(descriptors: list[int]) -> tuple[int, int]:
        if left[0]:
            left[0] -= 1
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
            raise EOFError("unexpected EOF")
        return connect(descriptors)

    with Pool() as made:
        monkeypatch.setattr(forkserver, "connect_to_new_process", killed)
        assert [result for _, result in made.each(square, [3], workers=1)] == [9]
    assert left == [0]
