"""One notebook, run through papermill with this very environment's Python, and cleaned.

What is left of a run depends on its inputs only: times, paths, random cell ids and memory
addresses are removed, so that the same inputs give the same bytes.
"""

import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..display.saving import VARIABLE as FIGURES
from ..tables.folders import ENVIRONMENT_VARIABLE
from ..language import _
from .engine import NAME, ForkedEngine, end_children
from .parameters import Value
from .pool import SETTINGS, variables_set

INJECTED = "injected-parameters"

_KERNEL = "python3"
# Of an ordinary kernel: being interrupted at its end is no error that it should report.
_OPTIONS = ("--IPKernelApp.log_level=CRITICAL", "--HistoryManager.enabled=False")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 2_000

# Folders of runs in progress, for whoever has to end this process before they are done.
folders: set[Path] = set()


class CellError(RuntimeError):
    """A cell failed, or its kernel did; holds what is needed to find the cell."""

    def __init__(self, cell: str, error: str, text: str, notebook: bytes) -> None:
        self.cell, self.error, self.text, self.notebook = cell, error, text, notebook
        super().__init__(f"{cell}: {error}: {text}" if text else f"{cell}: {error}")


def execute(
    notebook: str,
    parameters: Mapping[str, Value],
    *,
    data: str | None,
    figures: str = "svg",
    timeout: float | None = None,
) -> dict[str, Any]:
    """The executed and cleaned notebook, as the JSON object that its file would hold.

    ``notebook`` is the text of a notebook file, ``parameters`` the checked values to inject,
    ``data`` the absolute path of a folder of tables (None for the one in force), ``figures`` what
    pictures are (svg or png), ``timeout`` how many seconds all of it may take (None: no limit).
    Raises CellError for an error in a cell, for a kernel that dies or does not start, and when
    time is up.
    """
    before_nbformat()
    import nbformat
    import papermill  # noqa: F401  (the time for it is not the report's)

    given = nbformat.reads(notebook, as_version=4)
    until = None if timeout is None else time.monotonic() + timeout
    with _private_folder() as folder, variables_set(_variables(folder, data, figures)):
        try:
            executed = _run(given, dict(parameters), folder, until)
        except CellError as error:
            if error.error != "TimeoutError" or until is None or time.monotonic() < until:
                raise
            text = _("the report was not done after {seconds} s", seconds=f"{timeout:g}")
            raise CellError(error.cell, error.error, text, error.notebook) from None
    return clean(executed, json.loads(notebook))


class Clock:
    """Ends an ordinary kernel when time is up: one that hangs cannot be asked to."""

    def __init__(self, until: float | None) -> None:
        self._until = until
        self.over = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        if self._until is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._until is not None:
            self._thread.join()

    def _watch(self) -> None:
        assert self._until is not None
        # Again until the run gives up: at the end of the time a kernel may just be starting.
        while not self._stopped.wait(max(0.2, self._until - time.monotonic())):
            self.over = True
            end_children()


def before_nbformat() -> None:
    """Keep jsonschema from grammars and time zones that notebooks do not need (2 s a process)."""
    for name in ("rfc3987_syntax", "isoduration"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder for one run: its working directory, settings, and an ordinary kernel's sockets."""
    folder = Path(tempfile.mkdtemp(prefix="run-"))
    folders.add(folder)
    try:
        for name in ("work", "sockets", "ipython", "jupyter/kernels/" + _KERNEL):
            (folder / name).mkdir(parents=True)
        # An empty file shields the figures from the user's own matplotlib settings.
        (folder / "work" / "matplotlibrc").touch()
        specification: dict[str, Any] = {
            "argv": [
                *(sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"),
                *_OPTIONS,
            ],
            "display_name": "Python 3",
            "language": "python",
            "metadata": {"supported_encryption": ["curve"]},
        }
        path = folder / "jupyter" / "kernels" / _KERNEL / "kernel.json"
        path.write_text(json.dumps(specification), encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folders.discard(folder)


def _variables(folder: Path, data: str | None, figures: str) -> dict[str, str | None]:
    """The environment of a run; papermill has no other way to hand one over."""
    return {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "sockets"),
        "IPYTHONDIR": str(folder / "ipython"),
        **SETTINGS,
        FIGURES: None if figures == "svg" else figures,
        **({} if data is None else {ENVIRONMENT_VARIABLE: data}),
    }


def _run(given: Any, parameters: dict[str, Value], folder: Path, until: float | None) -> Any:
    """Execute through papermill; a failure is turned into CellError with the notebook so far."""
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook, raise_for_execution_errors
    from papermill.utils import chdir
    from traitlets.config import Config

    for name in ("papermill", "traitlets"):
        logging.getLogger(name).disabled = True  # what they say, the failure says too
    config = Config()
    config.KernelManager.connection_file = str(folder / "sockets" / "connection.json")
    if os.name == "posix" and len(os.fsencode(folder)) < 88:
        # Sockets in the private folder: no port to be taken by others, nothing listens on TCP.
        config.KernelManager.transport = "ipc"
        config.KernelManager.ip = str(folder / "sockets" / "kernel")
    else:
        config.KernelManager.transport_encryption = "auto"
    engine = NAME if ForkedEngine.ready else None
    options: dict[str, Any] = {"folder": folder, "until": until} if engine else {"config": config}
    started: list[Any] = []
    last = [0]
    clock = Clock(None if engine else until)
    try:
        # Papermill in two steps: in one, it would also turn the results into text, for no file.
        executed = execute_notebook(
            given,
            None,
            parameters=parameters,
            engine_name=engine,
            prepare_only=True,
            kernel_name=_KERNEL,
            language="python",
        )
        with chdir(str(folder / "work")), clock:
            executed = papermill_engines.execute_notebook_with_engine(
                engine,
                executed,
                kernel_name=_KERNEL,
                progress_bar=False,
                autosave_cell_every=0,
                shutdown_kernel="immediate",
                on_notebook_start=lambda notebook: started.append(notebook),
                on_cell_start=lambda cell, cell_index: last.__setitem__(0, cell_index),
                **options,
            )
        raise_for_execution_errors(executed, None)
        return executed
    except PapermillExecutionError as error:
        raise _failure(started[0], last[0], error.ename, error.evalue) from None
    except Exception as error:  # a dead kernel or a time-out: nbclient's and zmq's many kinds
        kind = "TimeoutError" if clock.over else type(error).__name__
        where = last[0] if started else None
        raise _failure([*started, given][0], where, kind, str(error)) from None


def _failure(notebook: Any, index: int | None, error: str, text: str) -> CellError:
    """What failed where: the cell is counted in the notebook as it was given, from 1."""
    from papermill.execute import remove_error_markers

    notebook = remove_error_markers(notebook)  # as cells of their own they shift the count
    cells = notebook.cells
    if index is None:
        where = _("before the first cell")
    elif INJECTED in cells[index].metadata.get("tags", []):
        where = _("the injected parameters")
    else:
        injected = [INJECTED in cell.metadata.get("tags", []) for cell in cells[:index]]
        where = _about(cells, index, index + 1 - sum(injected))
    content = json.dumps(clean(notebook, None), ensure_ascii=False, indent=1) + "\n"
    text = plain(text).strip()
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + " ..."
    return CellError(where, plain(error), shown, content.encode())


def _about(cells: list[Any], index: int, number: int) -> str:
    """A cell by its number, the heading that it stands under, and its first line."""
    lines = [line.strip() for line in cells[index].source.splitlines()]
    first = next((line for line in lines if line and not line.startswith("#")), "")
    headings = [
        line.lstrip("#").strip()
        for cell in cells[:index]
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match(r"#{1,6} ", line)
    ]
    said = {"number": number, "line": plain(first)[:80]}
    if headings:
        return _('cell {number} under "{heading}" ({line})', heading=plain(headings[-1]), **said)
    return _("cell {number} ({line})", **said)


def plain(text: str) -> str:
    """Text without colours and control characters, safe to print on a terminal."""
    return _CONTROL.sub("", _ANSI.sub("", text))


def clean(executed: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """An executed notebook without anything that differs from run to run.

    ``given`` is the notebook as it was read: where it has no cell ids of its own, cells are
    numbered. The injected parameters and their values stay.
    """
    notebook: dict[str, Any] = json.loads(json.dumps(executed))
    metadata = notebook["metadata"]
    recorded = metadata.pop("papermill", {})
    metadata["papermill"] = {"parameters": recorded.get("parameters", {})}
    ours = given is None or all("id" in cell for cell in given["cells"])
    for number, cell in enumerate(notebook["cells"], start=1):
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if INJECTED in cell["metadata"].get("tags", []):
            cell["id"] = INJECTED
        elif not ours:
            cell["id"] = f"cell-{number}"
        if "outputs" in cell:
            cell["outputs"] = _clean_outputs(cell["outputs"])
    return notebook


def _clean_outputs(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs with a stream's pieces joined and memory addresses removed."""
    cleaned: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream":
            if cleaned and cleaned[-1].get("name") == output["name"]:
                cleaned[-1]["text"] += output["text"]
                continue
        elif "text/plain" in output.get("data", {}):
            text = "".join(output["data"]["text/plain"])
            output["data"]["text/plain"] = _ADDRESS.sub("", text)
        cleaned.append(output)
    return cleaned
