"""The process that kernels are forked from: everything imported, nothing started.

Run as ``python -m homicide_trends.reports.kernel_parent FD FOLDER [MODULE]...``. It listens on
the Unix socket FD, removes FOLDER when it ends, and imports each MODULE beside the usual ones.
It ends when its standard input does, which its batch holds open, and takes its kernels along.

A request is one JSON object with ``argv``, ``env`` and ``cwd``, its length before it, and the
descriptors for output, errors and the client's messages beside it; the answer is the kernel's
process id, and its exit status when it is over. A requester that goes away ends its kernel.
"""

import array
import ctypes
import gc
import json
import os
import random
import selectors
import shutil
import signal
import socket
import string
import struct
import sys
import threading
import time
import warnings
from contextlib import suppress
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from . import scratch, wire
from .execution import before_nbformat

# What notebooks import, and what these libraries import late, at the first figure or table.
# Not matplotlib_inline: imported before its kernel is there, it turns every figure into text.
# What IPython itself needs comes with the kernel that is set up.
USUAL = (
    "numpy.random",
    "pandas",
    "pandas.core.methods.to_dict",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.dates",
    "PIL.PngImagePlugin",
    "scipy.special",
    "tornado.platform.asyncio",
    "homicide_trends.rates.counterfactual",
    "homicide_trends.tables.load",
    "homicide_trends.wording.descriptions",
    "homicide_trends.display.plots",
    "homicide_trends.rates.comparison",
    "homicide_trends.wording.sentences",
    "homicide_trends.series.counts",
    "homicide_trends.series.shares",
    "homicide_trends.display.tables",
    "homicide_trends.series.periods",
)

_LONGEST = 16_000_000
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # of Linux' prctl


class Parent:
    """Forks kernels on request, and tells their requesters when they are over."""

    def __init__(self, listener: socket.socket, set_by_imports: dict[str, str]) -> None:
        self._listener = listener
        self._set_by_imports = set_by_imports
        self._prctl = ctypes.CDLL(None).prctl
        self._selector = selectors.DefaultSelector()
        self._kernels: dict[int, socket.socket] = {}
        self._ending = False

    def serve(self) -> None:
        """Fork until standard input ends."""
        # What a kernel leaves behind becomes a child of this process, which ends it.
        self._prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        awake, wake = socket.socketpair()
        for end in (awake, wake):
            end.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "_ending", True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for readable in (self._listener, awake, sys.stdin):
            self._selector.register(readable, selectors.EVENT_READ)
        self._close_in_child = [self._listener, awake, wake]
        while not self._ending:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is awake:
                    with suppress(BlockingIOError):
                        awake.recv(4096)
                elif key.fileobj is sys.stdin:
                    self._ending = True
                else:
                    self._gone(key.data)
            self._reap()

    def end(self) -> None:
        """Kill all kernels and what they started."""
        for pid in list(self._kernels):
            _kill_group(pid)
        for _ in range(100):
            self._reap()
            if not self._kernels and not _children():
                return
            time.sleep(0.01)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(10)  # a requester that stops in the middle does not stop the others
        descriptors: list[int] = []
        try:
            request = _receive(connection, descriptors)
            pid = self._fork(request, descriptors)
            connection.sendall(f"{pid}\n".encode())
        except (OSError, EOFError, ValueError):
            connection.close()
            return
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self._kernels[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, pid)

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> int:
        if threading.active_count() > 1 or len(os.listdir("/proc/self/task")) > 1:
            raise ValueError("a preloaded module has started a thread")
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_kernel(request, descriptors, me)
        return pid

    def _become_kernel(self, request: dict[str, Any], descriptors: list[int], me: int) -> NoReturn:
        try:
            self._prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != me:
                os._exit(1)
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._selector.close()
            for held in (*self._close_in_child, *self._kernels.values()):
                held.close()
            nothing = os.open(os.devnull, os.O_RDONLY)
            *outputs, client = descriptors
            for target, given in enumerate((nothing, *outputs)):
                os.dup2(given, target)
            for descriptor in (nothing, *outputs):
                os.close(descriptor)
            os.set_inheritable(client, False)
            _run_kernel(request, socket.socket(fileno=client), self._set_by_imports)
        finally:
            os._exit(1)

    def _gone(self, pid: int) -> None:
        """A requester closed its connection, or is dead: it has no use for its kernel."""
        connection = self._kernels.get(pid)
        if connection is not None:
            self._selector.unregister(connection)
            connection.close()
            self._kernels.pop(pid)
            _kill_group(pid)

    def _reap(self) -> None:
        """Take note of what is over; end what a kernel left behind."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            _kill_group(pid)
            connection = self._kernels.pop(pid, None)
            if connection is not None:
                self._selector.unregister(connection)
                with suppress(OSError):
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                connection.close()
        for child in _children():
            if child not in self._kernels:
                with suppress(OSError):
                    os.kill(child, signal.SIGKILL)


def _receive(connection: socket.socket, descriptors: list[int]) -> dict[str, Any]:
    size = array.array("i").itemsize
    head, ancillary, _, _ = connection.recvmsg(4, socket.CMSG_LEN(3 * size))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.extend(array.array("i", data[: len(data) // size * size]))
    (length,) = struct.unpack("!I", head) if len(head) == 4 else (0,)
    if not 0 < length <= _LONGEST or len(descriptors) != 3:
        raise ValueError("not a request")
    request: dict[str, Any] = json.loads(wire.whole(connection.recv, length))
    return request


def _run_kernel(
    request: dict[str, Any], client: socket.socket, set_by_imports: dict[str, str]
) -> None:
    """Be the kernel that the command line ``argv`` would have started."""
    os.environ.clear()
    os.environ.update({**set_by_imports, **request["env"]})
    time.tzset()
    os.chdir(request["cwd"])
    # Inherited random states would be the same in every report.
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    sys.argv = request["argv"]
    gc.enable()
    from . import piped_kernel

    piped_kernel.run(client)


def _kill_group(pid: int) -> None:
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:
        return []


def _preload(modules: Iterable[str]) -> None:
    """Import and rehearse; what is missing or broken is for the notebook that needs it to say."""
    before_nbformat()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            with suppress(Exception):
                import_module(module)
        for rehearse in (_read, _draw, _prepare):
            with suppress(Exception):
                rehearse()


def _read() -> None:
    """Parse the tables; a report counts as their reader only when it asks for them itself."""
    from ..tables import load as data

    try:
        for table in data.schemas():
            with suppress(data.DataError):
                data.load_counts() if table == "counts" else data.read_table(table)
    finally:
        data._tables_read.clear()


def _draw() -> None:
    """Fill caches of fonts and glyphs; without pyplot, whose backend is each kernel's own."""
    import numpy as np
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ..display import saving, style

    with rc_context(style.STYLE):
        figure = Figure(figsize=(1, 1), dpi=saving.DPI)
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        ax.plot(np.array(["2012-01-01", "2013-01-01"], dtype="datetime64[D]"), [0, 1])
        style.date_axis(ax)
        ax.set_title(string.printable.split("\t")[0].replace("$", ""), fontweight="bold")
        for size in (8, 9, 9.5, 10, 10.5):
            ax.text(0, 0, string.ascii_letters + string.digits, fontsize=size)
        saving.png(figure)
        saving.svg(ax)


def _prepare() -> None:
    """Set up all of a kernel that is the same for every notebook."""
    from . import piped_kernel

    piped_kernel.prepared()


def main() -> None:
    """Preload, then serve."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    folder = sys.argv[2]
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    before, command = dict(os.environ), os.getppid()
    try:
        gc.disable()
        _preload([*USUAL, *sys.argv[3:]])
        gc.collect()
        gc.freeze()  # the collector would touch, and so copy, every page in every kernel
        parent = Parent(listener, dict(os.environ.items() - before.items()))
        try:
            parent.serve()
        finally:
            parent.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if os.getppid() != command:
            scratch.leave()
    os._exit(0)  # the prepared kernel has no end of its own: it never ran


if __name__ == "__main__":
    main()
