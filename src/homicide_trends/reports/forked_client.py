"""An engine of papermill that runs notebooks in forked kernels."""

import json
import os
from types import SimpleNamespace
from typing import Any

import ipykernel_launcher
from jupyter_client.session import Session
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NBClientEngine

from ..language import _
from .forked import ForkedKernel, ParentLost, forget_lost
from .kernels import ADDRESS, BATCH, OPTIONS, say_slower


class ForkedEngine(Engine):
    """Runs notebooks in kernels that a batch forks; without a batch, in ordinary kernels."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells of a notebook, with the options of papermill's own engine."""
        if not _executed(nb_man, options):
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)


def _executed(notebook: Any, options: dict[str, Any]) -> bool:
    """Run the cells of papermill's notebook manager; False where no kernel can be forked."""
    address = os.environ.get(ADDRESS)
    if address is None:
        return False
    known = {name: each for name, each in options.items() if name in _Client.class_trait_names()}
    client = _Client(notebook, record_timing=False, **known)
    try:
        client.kernel = _forked(address)
    except ParentLost:
        os.environ.pop(ADDRESS, None)  # the preloaded process is not coming back
        return False
    try:
        started = client.run()
    finally:
        client.kernel.end()
    if not started:
        forget_lost()  # nothing of the notebook has been run
        say_slower(_("a forked kernel did not start"))
    return started


def _forked(address: str) -> ForkedKernel:
    env = {**os.environ, BATCH: os.path.dirname(address)}
    del env[ADDRESS]
    # As those of an ordinary kernel that nbclient starts.
    history = f"--HistoryManager.hist_file={_Client.ipython_hist_file.default_value}"
    argv = [str(ipykernel_launcher.__file__), "-f", "", *OPTIONS, history]
    return ForkedKernel(address, argv, env, os.getcwd())


class _Client(PapermillNotebookClient):
    """Papermill's client, which asks the kernel by itself: no event loop, one thing at a time."""

    kernel: ForkedKernel

    def run(self) -> bool:
        """Run all cells; False when the kernel did not even start."""
        self.reset_execution_trackers()
        self.session = Session(key=b"")
        self.shell_channel = SimpleNamespace(send=self._send)
        self.kc = self  # of a client, widgets use these two
        try:
            self._received()  # that it starts
        except DeadKernelError:
            return False
        if self.on_notebook_start:
            self.on_notebook_start(notebook=self.nb)
        self.papermill_execute_cells()
        reply = self._asked("kernel_info_request", {})
        self.nb.metadata["language_info"] = reply["content"]["language_info"]
        self.set_widgets_metadata()
        return True

    def execute_cell(self, cell: Any, cell_index: int, **_options: Any) -> Any:
        """Run a cell; raises CellExecutionError when it fails, DeadKernelError for the kernel."""
        if self.on_cell_start:
            self.on_cell_start(cell=cell, cell_index=cell_index)
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        self.code_cells_executed += 1
        cell.outputs = []
        self.clear_before_next_output = False
        reply = self._asked(
            "execute_request",
            {"code": cell.source, "silent": False, "store_history": True, "user_expressions": {},
             "allow_stdin": False, "stop_on_error": False},
            cell,
            cell_index,
        )  # fmt: skip
        if reply["content"]["status"] == "error":
            run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def _asked(self, kind: str, content: dict[str, Any], *cell: Any) -> dict[str, Any]:
        """The reply to a request; what comes before it belongs to the cell, if there is one."""
        request = self.session.msg(kind, content)
        del request["header"]["date"]  # reading it again takes longer than all else of a message
        self._send(request)
        reply: dict[str, Any] = {}
        while True:
            message = self._received()
            if message["parent_header"].get("msg_id") != request["msg_id"]:
                continue
            if message["msg_type"] == kind.replace("request", "reply"):
                reply = message
            elif message["content"].get("execution_state") == "idle":
                return reply
            elif cell:
                self.process_message(message, *cell)

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self.kernel.send(self.session.serialize(message))
        except OSError:
            raise DeadKernelError("Kernel died") from None

    def _received(self) -> dict[str, Any]:
        try:
            parts: list[Any] = self.session.feed_identities(self.kernel.receive())[1]
        except (OSError, EOFError):
            raise DeadKernelError("Kernel died") from None
        # Not by the session, which would look for dates in everything.
        header, parent, metadata, content = (json.loads(part) for part in parts[1:5])
        return {
            "header": header,
            "msg_type": header["msg_type"],
            "parent_header": parent,
            "metadata": metadata,
            "content": content,
            "buffers": parts[5:],
        }
