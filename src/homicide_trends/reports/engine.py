"""An engine of papermill that runs the cells of each notebook in a fork of this process.

It is for a process that is warm and has no thread, as the pool's workers are. What the cells do
stays in their process; what they show comes as text, and the notebook so far is here whatever
becomes of them. Nothing that they have started is left.
"""

import ctypes
import json
import multiprocessing
import os
import platform
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar

NAME = "homicide-trends"

_LOOK = 0.5  # seconds between two looks at a process that others keep from being heard
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # of Linux' prctl


class ForkedEngine:
    """In the place of papermill's class: whatever imports papermill imports this module."""

    # Whether this process can be forked; and its connections, which are not for the cells.
    ready = False
    connections: ClassVar[list[Connection]] = []

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Run a notebook, with the options of papermill's engines."""
        from papermill.engines import Engine

        return Engine.execute_notebook.__func__(cls, nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel that a notebook names."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """The language that a notebook names."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        until: float | None = None,
        folder: Path | None = None,
        on_notebook_start: Callable[..., object] | None = None,
        on_cell_start: Callable[..., object] | None = None,
        **options: Any,
    ) -> None:
        """Run the cells of papermill's notebook manager.

        ``folder`` is a folder for this run, as ``shell.run`` needs it; without one, an ordinary
        kernel runs the cells. Raises TimeoutError at the time ``until``, and DeadKernelError when
        the process of the cells is gone.
        """
        from nbclient.exceptions import DeadKernelError
        from papermill.engines import NBClientEngine

        if folder is None or not cls.ready:
            NBClientEngine.execute_managed_notebook(
                nb_man, kernel_name, on_notebook_start=on_notebook_start,
                on_cell_start=on_cell_start, **options,
            )  # fmt: skip
            return
        if on_notebook_start:
            on_notebook_start(notebook=nb_man.nb)
        chosen = [(index, cell) for index, cell in enumerate(nb_man.nb.cells) if _runs(cell)]
        sources = [(index, cell.source, "raises-exception" in cell.metadata.get("tags", []))
                   for index, cell in chosen]  # fmt: skip
        cells = Cells(folder, sources)
        try:
            for index, cell in chosen:
                if on_cell_start:
                    on_cell_start(cell=cell, cell_index=index)
                nb_man.cell_start(cell, index)
                try:
                    failed = cells.result(cell, until)
                except EOFError:
                    raise DeadKernelError("Kernel died") from None
                nb_man.cell_complete(cell, index)
                if failed:
                    nb_man.cell_exception(nb_man.nb.cells[index], cell_index=index)
                    if "raises-exception" not in cell.metadata.get("tags", []):
                        break
        finally:
            cells.end()
        nb_man.nb.metadata["language_info"] = {**_LANGUAGE}


def _runs(cell: Any) -> bool:
    skipped = "skip-execution" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and not skipped


# What an ordinary kernel says of its language.
_LANGUAGE = {
    "name": "python",
    "version": platform.python_version(),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class Cells:
    """The process of a notebook's cells, and what it has shown so far."""

    def __init__(self, folder: Path, sources: list[tuple[int, str, bool]]) -> None:
        self._folder = folder
        self._read = dict.fromkeys(("stdout", "stderr"), 0)
        self._shown: dict[str, list[Any]] = {}
        self._clear_first = False
        self._from, to = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_run, args=(self._from, to, sources, folder))
        self._process.start()
        to.close()

    def result(self, cell: Any, until: float | None) -> bool:
        """Take what a cell shows until it is done; whether it failed.

        Raises EOFError when its process is gone, and TimeoutError when time is up.
        """
        cell.outputs = []
        self._clear_first = False
        while True:
            try:
                kind, *content = self._message(until)
            except (EOFError, TimeoutError):
                self._take_last_words(cell)
                raise
            if kind == "done":
                cell.execution_count, failed = content
                return bool(failed)
            self._take(cell, kind, *content)

    def _message(self, until: float | None) -> list[Any]:
        while True:
            left = _LOOK if until is None else min(_LOOK, until - time.monotonic())
            # What the cells have started may hold the pipe longer than they live.
            over = self._process.exitcode is not None
            if self._from.poll(0 if over else max(0, left)):
                message: list[Any] = json.loads(self._from.recv_bytes())
                return message
            if over:
                raise EOFError
            if until is not None and time.monotonic() >= until:
                raise TimeoutError

    def _take(self, cell: Any, kind: str, *content: Any) -> None:
        if kind == "stream":
            name, text, read = content
            self._read[name] += read
            self._clear(cell, now=self._clear_first)
            if cell.outputs and cell.outputs[-1].get("name") == name:
                cell.outputs[-1].text += text
            else:
                cell.outputs.append(_output("stream", {"name": name, "text": text}))
        elif kind == "output":
            what, given, display = content
            self._clear(cell, now=self._clear_first)
            cell.outputs.append(_output(what, given))
            if display:
                self._shown.setdefault(display, []).append(cell.outputs[-1])
        elif kind == "update":
            _what, given, display = content
            for output in self._shown.get(display, []):
                output.update(_output(output.output_type, given))
        elif kind == "clear":
            self._clear_first = bool(content[0])
            self._clear(cell, now=not self._clear_first)

    def _clear(self, cell: Any, *, now: bool) -> None:
        if now:
            cell.outputs.clear()
            self._clear_first = False

    def _take_last_words(self, cell: Any) -> None:
        """What was written to standard output and errors before the process was gone."""
        for name, read in self._read.items():
            with suppress(OSError), (self._folder / name).open("rb") as file:
                file.seek(read)
                if text := file.read().decode(errors="replace"):
                    self._take(cell, "stream", name, text, len(text))

    def end(self) -> None:
        """End the process and all that it has started."""
        self._process.kill()
        self._process.join()
        self._from.close()
        end_children()


def _output(kind: str, content: dict[str, Any]) -> Any:
    from nbformat import from_dict

    return from_dict({"output_type": kind, **content})


def _run(given: Connection, to: Connection, sources: Any, folder: Path) -> None:
    """In the process that was forked: run the cells."""
    try:
        parent = multiprocessing.parent_process()
        end_with(parent.pid if parent else None, signal.SIGKILL)
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for connection in (given, *ForkedEngine.connections):
            connection.close()
        may_have_children()
        from . import shell

        shell.run(to, sources, folder)
    finally:
        os._exit(1)


def may_have_children() -> None:
    """Let this process have children although multiprocessing ends it with its parent."""
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]


def end_with(parent: int | None, number: int) -> None:
    """Have Linux send this process a signal when its parent is gone, or end if that is so."""
    ctypes.CDLL(None).prctl(_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def adopt() -> None:
    """Become the parent of what those leave behind that this process has started."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children() -> None:
    """Kill what this process has started, and what that has."""
    import psutil

    me = psutil.Process()
    # Again, until none is left: what loses its parent becomes a child of this process.
    for _attempt in range(100):
        children = me.children(recursive=True)
        if not children:
            return
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=1)
