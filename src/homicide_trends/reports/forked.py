"""A kernel that the preloaded process of a batch forks, seen from the process that uses it."""

import array
import json
import os
import select
import signal
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress

from . import wire
from .kernels import ADDRESS

_PATIENCE = 120  # seconds for the imports of the preloaded process
_PIECE = 1 << 20

# Kernels that are running, for whoever has to end them before they are done.
running: set["ForkedKernel"] = set()
_lost: list["ForkedKernel"] = []


def forget_lost() -> bool:
    """Whether kernels were lost with their preloaded process, since this was asked last."""
    lost = bool(_lost)
    _lost.clear()
    return lost


class ParentLost(OSError):
    """There is no preloaded process to fork a kernel from."""


class ForkedKernel:
    """A process that another one forked, and the messages that go to it and come from it.

    ``argv``, ``env`` and ``cwd`` are what an ordinary kernel would have been started with. Raises
    ParentLost when the kernel cannot be had.
    """

    def __init__(self, address: str, argv: list[str], env: dict[str, str], cwd: str) -> None:
        self.returncode: int | None = None
        request = json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode()
        self._connection = socket.socket(socket.AF_UNIX)
        self._channel, theirs = socket.socketpair()
        self._answer = b""
        try:
            self._connection.settimeout(_PATIENCE)
            self._connection.connect(address)
            self._connection.sendmsg(
                [struct.pack("!I", len(request))],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2, theirs.fileno()]))],
            )
            self._connection.sendall(request)
            self.pid = int(self._line())
        except (OSError, ValueError) as error:
            self._connection.close()
            self._channel.close()
            raise ParentLost(str(error)) from None
        finally:
            theirs.close()
        running.add(self)

    def send(self, parts: Sequence[bytes]) -> None:
        """Send a message; raises OSError when the kernel is over."""
        self._channel.sendall(wire.packed(parts))

    def receive(self) -> list[bytes]:
        """The next message; raises EOFError when the kernel is over and has said all."""
        return wire.unpacked(self._some)

    def _some(self, most: int) -> bytes:
        # What the kernel has started may hold its end of the channel longer than it lives.
        ready, _, _ = select.select([self._channel, self._connection], [], [])
        return self._channel.recv(min(most, _PIECE)) if self._channel in ready else b""

    def _line(self) -> bytes:
        while b"\n" not in self._answer:
            piece = self._connection.recv(100)
            if not piece:
                raise ParentLost("the preloaded process closed the connection")
            self._answer += piece
        line, _, self._answer = self._answer.partition(b"\n")
        return line

    def end(self) -> None:
        """End the kernel and what it started, and wait for that."""
        self.kill()
        if self.returncode is None:
            self._finish()
        self._channel.close()

    def kill(self) -> None:
        """Kill the kernel and what it started."""
        # Its number may be another's once the preloaded process has told its exit status.
        with suppress(OSError, ValueError):  # another thread may be ending it
            if self.returncode is None and not select.select([self._connection], [], [], 0)[0]:
                os.killpg(self.pid, signal.SIGKILL)

    def _finish(self) -> None:
        try:
            self.returncode = int(self._line())
        except (OSError, ValueError):
            # The preloaded process is gone, and with it whoever would have ended the kernel.
            _lost.append(self)
            os.environ.pop(ADDRESS, None)
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
            self.returncode = -signal.SIGKILL
        self._connection.close()
        running.discard(self)
