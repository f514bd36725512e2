"""Forked kernels for jupyter_client: a kernel provisioner, registered by entry point.

It differs from the ordinary one in how a process begins, and in nothing else. Without a preloaded
process to fork from, or with a kernel that is not ours, it is the ordinary one.
"""

import array
import json
import os
import select
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from .kernels import ADDRESS, BATCH

_PATIENCE = 120  # seconds for the imports of the preloaded process
_ORDINARY = [sys.executable, "-m", "ipykernel_launcher"]

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
    """A kernel that another process forked, with the part of Popen that jupyter_client uses.

    Raises ParentLost when the kernel cannot be had.
    """

    stdin = stdout = stderr = None

    def __init__(self, address: str, argv: list[str], env: dict[str, str], cwd: str) -> None:
        self.args = argv
        self.returncode: int | None = None
        request = json.dumps({"argv": argv, "env": env, "cwd": cwd}).encode()
        outputs = array.array("i", [1, 2])
        self._connection = socket.socket(socket.AF_UNIX)
        self._answer = b""
        try:
            self._connection.settimeout(_PATIENCE)
            self._connection.connect(address)
            self._connection.sendmsg(
                [struct.pack("!I", len(request))],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, outputs)],
            )
            self._connection.sendall(request)
            self.pid = int(self._line())
        except (OSError, ValueError) as error:
            self._connection.close()
            raise ParentLost(str(error)) from None
        running.add(self)

    def _line(self) -> bytes:
        while b"\n" not in self._answer:
            piece = self._connection.recv(100)
            if not piece:
                raise ParentLost("the preloaded process closed the connection")
            self._answer += piece
        line, _, self._answer = self._answer.partition(b"\n")
        return line

    def poll(self) -> int | None:
        """The exit status, or None while the kernel runs."""
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._finish()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status."""
        if self.returncode is None:
            select.select([self._connection], [], [], timeout)
            self._finish()
        assert self.returncode is not None
        return self.returncode

    def _finish(self) -> None:
        try:
            self.returncode = int(self._line())
        except (OSError, ValueError):
            # The preloaded process is gone, and with it whoever would have ended the kernel.
            _lost.append(self)
            os.environ.pop(ADDRESS, None)
            self._signal(signal.SIGKILL)
            self.returncode = -signal.SIGKILL
        self._connection.close()
        running.discard(self)

    def _signal(self, number: int) -> None:
        with suppress(OSError):
            os.killpg(self.pid, number)

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and to what it started."""
        if self.poll() is None:
            self._signal(number)

    def kill(self) -> None:
        """Kill the kernel and what it started."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """End the kernel and what it started."""
        self.send_signal(signal.SIGTERM)


class ForkingProvisioner(LocalProvisioner):
    """Forks a kernel from the preloaded process of the batch, or starts an ordinary one."""

    forked: ForkedKernel | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Have the kernel forked where that is possible."""
        import ipykernel_launcher

        address = os.environ.get(ADDRESS)
        if address is None or cmd[:3] != _ORDINARY:
            return await super().launch_kernel(cmd, **kwargs)
        env = {**kwargs.get("env", os.environ)}
        env[BATCH] = os.path.dirname(env.pop(ADDRESS, address))
        argv = [str(ipykernel_launcher.__file__), *cmd[3:]]
        try:
            kernel = ForkedKernel(address, argv, env, str(kwargs.get("cwd") or os.getcwd()))
        except ParentLost:
            os.environ.pop(ADDRESS, None)  # the preloaded process is not coming back
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = kernel
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info
