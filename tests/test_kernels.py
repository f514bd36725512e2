"""Forked kernels: the same bytes, nothing leaks from one report to the next, nothing is left."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from tiny import code, markdown, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends.reports import execution, kernels
from homicide_trends.reports.execution import CellError, execute
from homicide_trends.tables.folders import shipped

forks = pytest.mark.skipif(kernels.why_not() is not None, reason=f"{kernels.why_not()}")

# As an ordinary kernel has it, a forked one must; ppid tells which of the two it is.
LOOK = """\
import json, os, random, signal, sys, threading, warnings
import matplotlib, numpy, pandas
import matplotlib.pyplot as plt
print(json.dumps({
    "cwd": sorted(os.listdir()), "variable": os.environ.get("LEAK"), "hash": hash("text"),
    "environment": sorted(set(os.environ) - {"JPY_PARENT_PID", "HOMICIDE_TRENDS_BATCH"}),
    "path": sys.path,
    "argv": [sys.argv[0], *sys.argv[3:]],
    "figures": plt.get_fignums(), "backend": matplotlib.get_backend(),
    "size": matplotlib.rcParams["figure.figsize"], "rows": pandas.get_option("display.max_rows"),
    "errors": numpy.geterr()["divide"],
    "filters": [text for text in map(str, warnings.filters) if "UserWarning" in text],
    "module": "colorsys" in sys.modules,
    "names": sorted(name for name in globals() if "leak" in name),
    "threads": os.environ["OMP_NUM_THREADS"], "collects": __import__("gc").isenabled(),
    "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
    "session": os.getsid(0) == os.getpid(),
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
os.environ["LEAK"] = "1"; pd.set_option("display.max_rows", 7); os.chdir("/")
leaked = 1; import builtins; builtins.leaked = 1; sys.path.insert(0, "/leak")
threading.Thread(target=time.sleep, args=(60,)).start()
children = [subprocess.Popen(["sleep", "61.5"], start_new_session=new) for new in (False, True)]
print(os.getppid())
"""


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The libraries warn of each other's plans when they are imported; that is not ours."""
    execution.before_nbformat()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill  # noqa: F401


@pytest.fixture(scope="module")
def batch() -> Iterator[int]:
    """A preloaded process for all tests of this file."""
    if kernels.why_not():
        pytest.skip(str(kernels.why_not()))
    with kernels.preloaded():
        yield max(kernels.preloaded_processes)


@pytest.fixture
def short() -> Iterator[Path]:
    """A temporary folder with a path that is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="ht-") as folder:
        yield Path(folder)


def run(*cells: str, forked: bool = True, **given: Any) -> list[dict[str, Any]]:
    """The outputs of the cells, each a list joined to one."""
    address = os.environ.pop(kernels.ADDRESS, None) if not forked else None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done = execute(
                json.dumps(notebook(*map(code, cells))), {}, data=given.pop("data", None), **given
            )
    finally:
        if address is not None:
            os.environ[kernels.ADDRESS] = address
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


def gone(*words: str, within: float = 10) -> bool:
    until = time.monotonic() + within
    while processes_with(*words):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_nothing_of_a_report_reaches_the_next(batch: int) -> None:
    before = run(LOOK, DRAWN)
    polluted = run(POLLUTE)
    assert printed(polluted[0]) == batch  # it was a forked kernel
    after = run(LOOK, DRAWN)
    assert printed(before[0]) == printed(after[0])
    assert gone("61.5")
    one, other = printed(before[1]), printed(after[1])
    assert one[2] == other[2] == batch
    assert one[3] != other[3]
    # Inherited, both random states would be the same in the two reports.
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_a_forked_kernel_is_as_an_ordinary_one(batch: int) -> None:
    forked, ordinary = run(LOOK, DRAWN), run(LOOK, DRAWN, forked=False)
    assert printed(forked[0]) == printed(ordinary[0])
    assert printed(ordinary[1])[2] == os.getpid()
    # With matplotlib_inline preloaded, a figure would be its text only.
    assert forked[2]["data"]["image/png"] == ordinary[2]["data"]["image/png"]


# What a notebook can do besides computing; each has to come out as from an ordinary kernel.
BEHAVIOURS = {
    "result": "1 / 3",
    "several results": "from IPython.display import display, HTML\n"
    "display(HTML('<b>a</b>'), 2)\n{'a': float('nan')}",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "loop": "import asyncio; asyncio.get_event_loop().is_running()",
    "errors": "import sys\nprint('one'); print('two', file=sys.stderr); print('three')",
    "much": "print('x' * 3_000_000)",
    "cleared": "from IPython.display import clear_output\nprint('a'); clear_output(); print('b')",
    "updated": "from IPython.display import display\nh = display(1, display_id='x')\nh.update(2)",
    "asked": "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)",
    "outside": "import os, time\n"
    "os.system('echo from outside; sleep 0.5; echo errors >&2'); time.sleep(0.5)",
    "forked": "import os, time, warnings\nwarnings.simplefilter('ignore')\npid = os.fork()\n"
    "if pid == 0:\n    print('child', flush=True); time.sleep(1); os._exit(0)\n"
    "os.waitpid(pid, 0); print('parent')",
    "thread": "import threading\nt = threading.Thread(target=print, args=('thread',))\n"
    "t.start(); t.join()",
    "shell": "!echo from a shell",
    "magic": "%cd .\n_dh[-1].name",
    "stored": "stored = 5\n%store stored\n%store",
    "folders": "import os\nip = get_ipython()\n[os.path.relpath(each) for each in "
    "(ip.ipython_dir, ip.profile_dir.location, ip.db.root, ip.starting_dir)]",
    "shape": "ip = get_ipython()\ntype(ip).__name__, ip.kernel.shell is ip, Out, In[-1], _dh",
    "quiet": "print('hidden') if False else None;",
}


@pytest.mark.parametrize("what", BEHAVIOURS)
def test_a_notebook_does_the_same_in_a_forked_kernel(
    batch: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # kernels then let pytest have standard output
    forked, ordinary = (
        re.sub(r"homicide-trends-\w+/(run-\w+/)?", "run/", json.dumps(each))
        for each in (run(BEHAVIOURS[what]), run(BEHAVIOURS[what], forked=False))
    )
    assert forked == ordinary


def test_an_error_is_as_from_an_ordinary_kernel(batch: int) -> None:
    errors = []
    for forked in (True, False):
        with pytest.raises(CellError) as caught:
            run("x = 1", "print('before')\nx / 0", forked=forked)
        errors.append((str(caught.value), caught.value.notebook))
    assert errors[0] == errors[1]
    assert errors[0][0] == "cell 2 (print('before')): ZeroDivisionError: division by zero"


def test_widgets_reach_their_state(batch: int) -> None:
    pytest.importorskip("ipywidgets")
    cells = (
        "import ipywidgets\nout = ipywidgets.Output()\nout",
        "with out:\n    print('inside')\nprint('outside')",
        "len(out.outputs)",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        done = execute(json.dumps(notebook(*map(code, cells))), {}, data=None)
    state = done["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    assert any("inside" in str(each["state"].get("outputs")) for each in state.values())
    assert [each["text"] for each in done["cells"][1]["outputs"]] == ["outside\n"]
    assert done["cells"][2]["outputs"][0]["data"]["text/plain"] == "1"  # the kernel was told


@forks
def test_a_kernel_that_does_not_start_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.py").write_text(
        "from homicide_trends.reports import piped_kernel\npiped_kernel.PipedKernelApp.serve = None"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(kernels, "_said", set())
    with kernels.preloaded(["broken"]):
        (output,) = run("import os; print(os.getppid())")
        run("1")
    assert printed(output) == os.getpid()
    assert capfd.readouterr().err.count("a forked kernel did not start") == 1


def test_no_kernel_listens_on_the_network(batch: int) -> None:
    look = "import json, psutil, sys; print(json.dumps(psutil.Process().net_connections('inet')))"
    assert printed(run(look)[0]) == []
    (output,) = run("import json, sys\nprint(open(sys.argv[2]).read())", forked=False)
    assert printed(output)["transport"] == "ipc"  # sockets in the private folder of the run


@pytest.mark.parametrize("report", ["02-trend", "03-change"])
def test_forked_and_ordinary_reports_have_the_same_bytes(batch: int, report: str) -> None:
    from homicide_trends.reports import findings

    text = (shipped("notebooks") / f"{report}.ipynb").read_text(encoding="utf-8")
    forked = findings.to_json(execute(text, {"place": "SLV"}, data=None))
    address = os.environ.pop(kernels.ADDRESS)
    try:
        ordinary = findings.to_json(execute(text, {"place": "SLV"}, data=None))
    finally:
        os.environ[kernels.ADDRESS] = address
    assert b"image/png" in forked
    assert forked == ordinary


def test_only_tables_that_a_report_reads_are_its_own(batch: int) -> None:
    """The preloaded process has read all tables, which must not show."""
    (output,) = run(
        "import json\nfrom homicide_trends import tables\ntables.load_places()\n"
        "print(json.dumps(list(data.tables_read())))"
    )
    assert printed(output) == ["places.csv"]


def test_what_a_dead_kernel_leaves_is_ended(batch: int) -> None:
    killed = POLLUTE + "os.kill(os.getpid(), 9)"
    with pytest.raises(CellError, match="DeadKernelError"):
        run(killed)
    assert gone("61.5")
    assert printed(run("print(7)")[0]) == 7


# nbclient forgets the process of a kernel that is killed from outside.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_hung_kernel_fails_when_time_is_up(batch: int) -> None:
    begin = time.monotonic()
    with pytest.raises(CellError) as caught:
        run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", timeout=3)
    assert str(caught.value).endswith("TimeoutError: the report was not done after 3 s")
    assert str(caught.value).startswith("cell 1 (import os")
    assert time.monotonic() - begin < 30
    with pytest.raises(CellError, match="not done after 2 s"):
        run("while True: pass", timeout=2, forked=False)
    assert psutil.pid_exists(batch)
    gc.collect()


@forks
def test_a_report_survives_the_preloaded_process(monkeypatch: pytest.MonkeyPatch) -> None:
    once = (
        "import os, pathlib, json, time\n"
        "if os.getppid() == parent:\n    os.kill(parent, 9); time.sleep(60)\n"
        "print(json.dumps(os.getppid()))"
    )
    with kernels.preloaded():
        parent = max(kernels.preloaded_processes)
        (output,) = run(f"parent = {parent}\n{once}")
    assert printed(output) == os.getpid()  # an ordinary kernel


@forks
def test_the_batch_ends_with_its_context(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(short))
    with kernels.preloaded():
        assert processes_with(str(short))
    assert gone(str(short), within=2)
    assert list(short.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("sys.platform", "darwin"), "forking is not safe on darwin"),
        (("sys.platform", "win32"), "forking is not safe on win32"),
        (("sys.gettrace", lambda: print), "a debugger is attached"),
        (("tempfile.tempdir", "/" + "x" * 71), "too long for a socket"),
        (("homicide_trends.reports.kernels.ENGINE", "none"), "is not registered"),
    ],
)
def test_where_forking_is_not_safe_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, Any],
    reason: str,
) -> None:
    if sys.platform != "linux":
        pytest.skip("not where forking is safe")
    monkeypatch.setattr(*change)
    monkeypatch.delenv(kernels.ADDRESS, raising=False)
    monkeypatch.setattr(kernels, "_said", set())
    for _ in range(2):
        with kernels.preloaded():
            assert kernels.ADDRESS not in os.environ
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert reason in said[0]


@forks
def test_a_module_that_starts_a_thread_is_not_forked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with kernels.preloaded(["threaded"]):
        (output,) = run("import os; print(os.getppid())")
    assert printed(output) == os.getpid()


@forks
def test_the_preloaded_process_starts_no_thread_and_no_connection() -> None:
    look = (
        "import gc, sys, threading, os\n"
        "from homicide_trends.reports import kernel_parent as parent\n"
        "parent._preload(parent.USUAL)\n"
        "from matplotlib import pyplot\nimport zmq\n"
        "assert threading.active_count() == len(os.listdir('/proc/self/task')) == 1\n"
        "assert not any(isinstance(each, zmq.Context) for each in gc.get_objects())\n"
        "assert pyplot.get_fignums() == [] and pyplot._backend_mod is None\n"
        "assert 'matplotlib_inline' not in sys.modules\n"
        "from importlib import import_module\n"
        "[import_module(name) for name in parent.USUAL]\n"
    )
    environment = dict(os.environ) | {
        name: value for name, value in execution.SETTINGS.items() if value is not None
    }
    environment.pop("PYTHONWARNINGS", None)
    subprocess.run([sys.executable, "-c", look], check=True, env=environment)


@forks
@pytest.mark.parametrize("victim", ["command", "parent", "worker", "kernel"])
def test_no_process_outlives_the_command(short: Path, victim: str) -> None:
    marks = short / "marks"
    marks.mkdir()
    wait = f"""\
import os, pathlib, subprocess, time
mark = pathlib.Path({str(marks)!r}, "kernel")
if not mark.exists():
    mark.write_text(f"{{os.getpid()}} {{os.getppid()}}")
    subprocess.Popen(["sleep", "62.5"], start_new_session=True)
    time.sleep(60)
"""
    folder = write_notebooks(short / "notebooks", one=usual(code(wait)))
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
    until = time.monotonic() + 60
    while not (marks / "kernel").exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.2)
    kernel, parent = map(int, (marks / "kernel").read_text().split())
    workers = [
        child.pid
        for child in psutil.Process(command.pid).children()
        if child.pid != parent and "spawn_main" in " ".join(child.cmdline())
    ]
    chosen = {"command": command.pid, "parent": parent, "worker": workers[0], "kernel": kernel}
    os.kill(chosen[victim], signal.SIGKILL)
    _, errors = command.communicate(timeout=60)
    expected = {"command": -signal.SIGKILL, "parent": 0, "worker": 0, "kernel": 1}
    assert command.returncode == expected[victim], errors
    assert gone(str(short), "62.5")
    assert not list(short.glob("homicide-trends-*"))
    written = sorted(path.name for path in short.glob("out/*.html"))
    # Only a dead kernel is the report's own fault; a lost parent or worker is made up for.
    assert ("one.html" in written) == (victim in ("parent", "worker"))


def test_late_modules_are_those_that_several_notebooks_need() -> None:
    effect = json.dumps(notebook(markdown("# x"), parameters(), code("effect.fit()")))
    assert kernels.late_modules([effect, "{}"]) == []
    assert "statsmodels.genmod.generalized_linear_model" in kernels.late_modules([effect, effect])
