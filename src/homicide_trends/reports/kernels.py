"""The preloaded process of a batch, from which the kernels of its reports are forked.

Each kernel is a fresh process; what a fork saves is its imports. Where a fork is not safe, each
kernel is started by itself, and that is said once.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..tables.folders import ENVIRONMENT_VARIABLE
from ..language import _

# Says to the workers of a batch where to ask for kernels.
ADDRESS = "HOMICIDE_TRENDS_KERNELS"
ENGINE = "homicide-trends-forked"
# Of every kernel: being interrupted at its end is no error that it should report.
OPTIONS = ("--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False")

# In the environment of everything that a batch starts.
BATCH = "HOMICIDE_TRENDS_BATCH"
_GROUP = "papermill.engine"
_LONGEST_FOLDER = 70  # bytes, of the temporary folder; Linux takes 107 in all

# What single modules of ours import late: worth the time where several reports need it.
_LATE = {
    "effect": (
        "homicide_trends.methods.interrupted",
        "scipy.stats",
        "statsmodels.discrete.discrete_model",
        "statsmodels.genmod.generalized_linear_model",
        "statsmodels.stats.diagnostic",
        "statsmodels.stats.sandwich_covariance",
        "statsmodels.tsa.stattools",
    ),
    "claims": ("homicide_trends.claims",),
    "joinpoint": ("homicide_trends.methods.joinpoints", "scipy.stats"),
    "changepoints": ("homicide_trends.methods.change_points", "ruptures", "scipy.optimize"),
}
# Their process ids, for whoever ends the kernels of this process.
preloaded_processes: set[int] = set()
_said: set[str] = set()


def why_not() -> str | None:
    """Why kernels cannot be forked here, or None."""
    if sys.platform != "linux":
        return _("forking is not safe on {system}", system=sys.platform)
    if not hasattr(socket, "AF_UNIX"):
        return _("there are no Unix sockets")
    if sys.gettrace() is not None or sys.modules.keys() & {"pydevd", "_pydevd_bundle"}:
        return _("a debugger is attached")
    return None


def _why_not_from_here() -> str | None:
    from importlib.metadata import entry_points

    if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        return _("the path of the folder for temporary files is too long for a socket")
    if not entry_points(group=_GROUP, name=ENGINE):
        return _("the engine for papermill is not registered; install homicide-trends again")
    return None


def late_modules(notebooks: Iterable[str]) -> list[str]:
    """What to preload for the texts of these notebooks, besides the usual: what two or more use."""
    texts = list(notebooks)
    found: list[str] = []
    for word, modules in _LATE.items():
        if sum(word in text for text in texts) > 1:
            found += modules
    return list(dict.fromkeys(found))


@contextmanager
def preloaded(modules: Iterable[str] = (), *, data: str | None = None) -> Iterator[None]:
    """Within this context, the reports of this process and of its workers get forked kernels.

    ``modules`` are imported beside the usual ones, ``data`` is the folder of tables that most of
    the reports will read (None for the one in force); either only saves time.

    The preloaded process ends with the context, and also when this process is killed; kernels
    that are still there end with it. Where forking is not safe, a line on standard error says so
    once, and kernels are started one by one.
    """
    reason = why_not() or _why_not_from_here()
    if reason is not None:
        say_slower(reason)
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="homicide-trends-"))
    process = None
    before = os.environ.get(ADDRESS)
    try:
        process = _start(folder, modules, data)
        preloaded_processes.add(process.pid)
        os.environ[ADDRESS] = str(folder / "kernels")
        yield
    finally:
        if before is None:
            os.environ.pop(ADDRESS, None)
        else:
            os.environ[ADDRESS] = before
        if process is not None:
            _end(process, folder)
            preloaded_processes.discard(process.pid)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, modules: Iterable[str], data: str | None) -> "subprocess.Popen[bytes]":
    from .execution import SETTINGS

    # As in a kernel's own folder: an empty file shields from the user's settings of matplotlib.
    (folder / "matplotlibrc").touch()
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment |= {name: value for name, value in SETTINGS.items() if value is not None}
    environment[BATCH] = str(folder)
    environment["IPYTHONDIR"] = str(folder / "ipython")
    if data is not None:
        environment[ENVIRONMENT_VARIABLE] = data
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "kernels"))
        listener.listen(64)
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "homicide_trends.reports.kernel_parent"),
                *(str(listener.fileno()), str(folder), *modules),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(listener.fileno(),),
            cwd=folder,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the command, which ends its batch
        )


def _end(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        status = process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    if status != 0:
        _end_strays(folder)


def _end_strays(folder: Path) -> None:
    """Kill what notebooks of the batch had started, where the preloaded process no longer can."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(BATCH) == str(folder):
                process.kill()


def say_slower(reason: str) -> None:
    """Say on standard error why kernels are not forked; each reason once."""
    text = _("Each report starts a kernel of its own, which takes longer: {reason}.", reason=reason)
    if text not in _said:
        _said.add(text)
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text + "\n")
