"""Cells run by IPython's own shell, in a process forked for them; what they show goes to a pipe.

Each message is a list in JSON, its kind first: ``cell`` (its index) when one begins, ``output``,
``update``, ``clear`` and ``stream`` for what it shows, ``done`` (its execution count, and whether
it failed) when it ends. Output of child processes is read from the files that descriptors 1 and 2
lead to, before anything else that is shown, so that it has its place among the rest.
"""

import asyncio
import binascii
import builtins
import io
import multiprocessing
import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from IPython.core import page, payloadpage
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import json_packer
from traitlets import Type
from traitlets.config import Config

from ..language import _
from . import warm

STREAMS = {"stdout": 1, "stderr": 2}

# As in a Jupyter kernel.
_ENVIRONMENT = {
    **{"TERM": "xterm-color", "PAGER": "cat", "GIT_PAGER": "cat"},
    **dict.fromkeys(("CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"), "1"),
}


def prepared() -> "Shell":
    """The shell of this process, made once: in the process that is forked, so that forks have it."""
    shell: Shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    return shell


def run(to: Connection, cells: Sequence[tuple[int, str, bool]], folder: Path) -> NoReturn:
    """Be the process of a notebook: run cells (index, source, whether it may fail), then end.

    ``folder`` holds ``work``, where the process is, ``ipython``, and the files of its output.
    """
    try:
        shell = _settled(to, folder)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_run(shell, cells))
    finally:
        os._exit(0)


def _settled(to: Connection, folder: Path) -> "Shell":
    """Make this process one that nothing has run in."""
    multiprocessing.set_start_method(None, force=True)  # that of the fork server is not theirs
    os.environ.update(_ENVIRONMENT)
    time.tzset()
    os.chdir(folder / "work")
    sys.argv[:] = ["ipykernel_launcher.py"]
    sys.path[:] = warm.PATH  # no folder of the caller's, but the run's own, as in a kernel
    sites = (i for i, path in enumerate(sys.path) if path.endswith("-packages"))
    sys.path.insert(next(sites, 0), "")
    # Inherited random states would be the same in every report.
    random.seed()
    if numpy_random := sys.modules.get("numpy.random"):
        numpy_random.seed()
    shell = prepared()
    sender = shell.sender = Sender(to, folder)
    sys.stdout, sys.stderr = _Stream("stdout", sender), _Stream("stderr", sender)
    builtins.input = _no_input
    shell.ipython_dir = str(folder / "ipython")
    shell.profile_dir = ProfileDir.create_profile_dir_by_name(shell.ipython_dir, "default")
    shell._db = None  # opened when it is needed
    shell.starting_dir = os.getcwd()
    shell.user_ns["_dh"][:] = [Path.cwd()]
    return shell


async def _run(shell: "Shell", cells: Sequence[tuple[int, str, bool]]) -> None:
    for index, source, may_fail in cells:
        shell.sender.say("cell", index)
        result = await shell.result_of(source)
        await asyncio.sleep(0)  # what a cell has begun goes on
        shell.sender.say("done", result.execution_count, not result.success)
        if not (result.success or may_fail):
            return


def _no_input(prompt: object = "", /) -> NoReturn:
    raise StdinNotImplementedError(_("nobody is there to answer: this is a report being rendered"))


class Sender:
    """Sends messages from this process; in a fork of it, text goes to its standard output."""

    def __init__(self, to: Connection, folder: Path) -> None:
        self._to, self._owner, self._lock = to, os.getpid(), threading.RLock()
        self._files = {}
        for name, descriptor in STREAMS.items():
            file = (folder / name).open("ab", buffering=0)
            os.dup2(file.fileno(), descriptor)
            file.close()
            self._files[name] = (folder / name).open("rb", buffering=0)

    def say(self, kind: str, *content: Any) -> None:
        """Send a message, after what child processes have written."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            for name, file in self._files.items():
                if written := file.read():
                    self._send("stream", name, written.decode(errors="replace"), len(written))
            self._send(kind, *content)

    def text(self, name: str, text: str) -> None:
        """Send what is printed."""
        if os.getpid() == self._owner:
            self.say("stream", name, text, 0)
        else:
            os.write(STREAMS[name], text.encode(errors="replace"))

    def _send(self, *content: Any) -> None:
        self._to.send_bytes(json_packer(content))


class _Stream(io.TextIOBase):
    encoding, errors = "UTF-8", "replace"

    def __init__(self, name: str, sender: Sender) -> None:
        self.name, self._sender = name, sender

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._sender.text(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STREAMS[self.name]


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, source: Any = None, **given: Any) -> None:
        """Send what is shown, or what replaces it."""
        kind = "update" if given.get("update") else "output"
        display = (given.get("transient") or {}).get("display_id")
        content = {"metadata": metadata or {}, "data": _as_text(data)}
        self.shell.sender.say(kind, "display_data", content, display)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.sender.say("clear", wait)


class _Hook(DisplayHook):
    shell: Any

    def write_output_prompt(self) -> None:
        """There is no terminal."""

    finish_displayhook = write_output_prompt

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        content = {"metadata": md_dict or {}, "data": _as_text(format_dict),
                   "execution_count": self.prompt_count}  # fmt: skip
        self.shell.sender.say("output", "execute_result", content, None)

    def log_output(self, format_dict: Any) -> None:
        """There is no log."""


def _as_text(data: dict[str, Any]) -> dict[str, Any]:
    return {
        kind: binascii.b2a_base64(each, newline=False).decode() if isinstance(each, bytes) else each
        for kind, each in data.items()
    }


class Shell(InteractiveShell):
    """IPython's shell, which says what a cell shows."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    sender: Sender
    extension_manager: Any

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.extension_manager.load_extension("storemagic")
        self.set_hook("show_in_pager", page.as_hook(payloadpage.page), 99)

    async def result_of(self, source: str) -> Any:
        """Run a cell, within the event loop that is running."""
        problem = None
        try:
            transformed = self.transform_cell(source)
        except Exception:
            transformed, problem = source, sys.exc_info()
        options: dict[str, Any] = {
            "transformed_cell": transformed, "preprocessing_exc_tuple": problem
        }  # fmt: skip
        if not self.should_run_async(source, **options):
            return self.run_cell(source, store_history=True)
        result = await self.run_cell_async(source, store_history=True, **options)
        self.events.trigger("post_execute")
        self.events.trigger("post_run_cell", result)
        return result

    def ask_exit(self) -> None:
        """End at once, as a kernel that is asked to by a cell."""
        os._exit(0)

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        content = {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.sender.say("output", "error", content, None)
