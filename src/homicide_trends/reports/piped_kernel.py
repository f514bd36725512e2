"""An IPython kernel that speaks over one socket, without ZeroMQ, connection file and threads.

It is ipykernel's own kernel with other channels: a kernel that is forked for one notebook needs
none of what lets many clients come and go, and saves the time for it.
"""

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from traitlets import Any as AnyTrait

from . import wire
from .kernels import OPTIONS


class _Part(bytes):
    """A part of a message, as a session takes it from a ZMQStream."""

    bytes = buffer = property(lambda self: self)


class Channel:
    """What kernel and client say to each other, with the part of a ZMQStream that kernels use."""

    def __init__(self) -> None:
        self._sending = threading.Lock()
        self._receive: Callable[[list[Any]], Any] = lambda _: None
        self._running: set[asyncio.Future[Any]] = set()

    def connect(self, connection: socket.socket) -> None:
        """Begin, in the process that the kernel will be."""
        self._connection = connection
        self._owner = os.getpid()

    def on_recv(self, callback: Callable[[list[Any]], Any], copy: bool = True) -> None:
        """Say what takes the messages."""
        self._receive = callback

    def flush(self, *_: Any, **__: Any) -> None:
        """Nothing is held back."""

    def send_multipart(self, parts: Sequence[bytes], *_: Any, **__: Any) -> None:
        """Send a message; what a process prints that the notebook has forked joins its output."""
        if os.getpid() == self._owner:
            message = wire.packed([bytes(part) for part in parts])
            with self._sending:
                self._connection.sendall(message)
        elif parts[0].startswith(b"stream."):
            # The kernel watches its standard output and errors, as those of any process it starts.
            text = json.loads(parts[-1])["text"].encode(errors="replace")
            os.write(2 if parts[0].endswith(b"stderr") else 1, text)

    def serve(self) -> None:
        """Pass on messages until the client hangs up."""
        loop = asyncio.get_event_loop()
        loop.add_reader(self._connection, self._next, loop)
        loop.run_forever()

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            parts = wire.unpacked(self._connection.recv)
        except (OSError, EOFError):
            loop.stop()
            return
        received = self._receive([_Part(part) for part in parts])
        if received is not None:
            task = asyncio.ensure_future(received)
            self._running.add(task)  # the loop itself would forget it
            task.add_done_callback(self._running.discard)


class _Publishing(IOPubThread):
    """In the place of the thread that publishes output: it is sent at once, by whoever asks."""

    def __init__(self, channel: Channel) -> None:
        # Not the thread's own beginning: there is no thread.
        self.thread: Any = None
        self.io_loop: Any = self
        self._channel = channel

    def send_multipart(self, *args: Any, **options: Any) -> None:
        """Send a message."""
        self._channel.send_multipart(*args, **options)

    def schedule(self, function: Callable[[], None]) -> None:
        function()

    def call_later(self, delay: float, function: Callable[[], None]) -> None:
        """Send what is printed, in a while: more may be printed."""
        timer = threading.Timer(delay, function)
        timer.daemon = True
        with suppress(RuntimeError):  # the process is about to end
            timer.start()

    def stop(self) -> None:
        """Nothing runs."""

    close = stop


class _NoThread:
    """In the place of the thread that receives messages: cells run in the main thread."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class _Kernel(IPythonKernel):
    shell_stream = AnyTrait()
    shell_channel_thread = AnyTrait(_NoThread())
    _supports_kernel_subshells = False


class PipedKernelApp(IPKernelApp):
    """The application that sets a kernel up, in two steps: what all kernels share comes first."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.channel = Channel()

    def _nothing(self) -> None:
        """There is no file, no socket and no thread to begin."""

    init_connection_file = init_poller = init_heartbeat = log_connection_info = _nothing

    def write_connection_file(self, **_: Any) -> None:
        """There is none."""

    def init_sockets(self) -> None:
        """Prepare what output will go to."""
        self.session = Session(parent=self, key=b"")
        self.iopub_thread = self.iopub_socket = _Publishing(self.channel)
        self.configure_tornado_logger()

    def init_kernel(self) -> None:
        """Make the kernel."""
        kernel = _Kernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.channel,
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel = kernel
        for name in ("transform_cell", "should_run_async"):  # kernel and shell both ask, each time
            setattr(kernel.shell, name, lru_cache(maxsize=1)(getattr(kernel.shell, name)))
        self.displayhook.get_execution_count = lambda: kernel.execution_count

    def move(self, folder: str) -> None:
        """Use another folder of settings, and this process' working directory."""
        kernel: Any = self.kernel
        shell: Any = self.shell
        profile = type(shell.profile_dir).create_profile_dir_by_name(folder, self.profile)
        for each in (self, shell):
            each.ipython_dir = folder
        for each in (self, kernel, shell):
            each.profile_dir = profile
        shell._db = None  # opened when it is needed
        shell.starting_dir = os.getcwd()
        shell.user_ns["_dh"][:] = [Path.cwd()]

    def serve(self, connection: socket.socket) -> None:
        """Be the kernel of the client behind a connection, until it hangs up."""
        self.session.pid = os.getpid()
        self.channel.connect(connection)
        sys.stdout = self.kernel._stdout = OutStream(self.session, self.iopub_thread, "stdout")
        sys.stderr = self.kernel._stderr = OutStream(self.session, self.iopub_thread, "stderr")
        self.init_signal()
        asyncio.set_event_loop(asyncio.new_event_loop())
        self.kernel.start()
        self.channel.serve()


def prepared() -> PipedKernelApp:
    """An application with a kernel that has run nothing, for this process or forks of it."""
    if not PipedKernelApp.initialized():
        # Output stays what it is until there is somebody to send it to.
        PipedKernelApp.instance(outstream_class=None).initialize([*OPTIONS])
    return PipedKernelApp.instance()


def run(connection: socket.socket) -> None:
    """Be the kernel of a notebook."""
    app = prepared()
    app.move(os.environ["IPYTHONDIR"])
    app.serve(connection)
