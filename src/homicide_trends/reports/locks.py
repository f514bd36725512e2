"""One command at a time in a folder of reports: a lock that the system lifts when it ends.

The lock is one of the operating system's, on a hidden file. However a process ends, its lock is
gone, so that a file which is left behind is not taken for a lock.
"""

import contextlib
import errno
import json
import os
import socket
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ..language import _

NAME = ".lock"

_UNKNOWN = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


class Locked(OSError):
    """Another process renders into the folder."""


class Lock:
    """A folder's lock while it is held."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._folder, self._descriptor = folder, descriptor

    def check(self) -> None:
        """Raise OSError when the folder was removed or replaced since it was locked."""
        try:
            same = os.path.samestat((self._folder / NAME).stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            same = False
        if not same:
            raise FileNotFoundError(
                errno.ENOENT,
                _("was removed while reports were rendered into it"),
                str(self._folder),
            )


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[Lock]:
    """Hold the folder's lock; raises Locked, naming the process that has it, or OSError."""
    path = folder / NAME
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _take(descriptor, path)
            # Its last holder may have removed the file between the two calls.
            if _is(path, descriptor):
                break
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    try:
        holder = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
        }
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(holder).encode())
        yield Lock(folder, descriptor)
    finally:
        if os.name == "posix":
            with contextlib.suppress(OSError):
                if _is(path, descriptor):
                    path.unlink()
        os.close(descriptor)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _take(descriptor: int, path: Path) -> None:
    """Lock an open file or raise Locked; on a file system without locks do nothing."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # Far behind the text, which others can read while it is locked.
            os.lseek(descriptor, 1 << 20, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _UNKNOWN:
            return
        raise Locked(errno.EAGAIN, _message(path), str(path.parent)) from None


def _message(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return _(
            "process {process} on {host}, since {since}, is rendering into it; wait for it to "
            "end, or choose another folder with --out",
            **{name: holder[name] for name in ("process", "host", "since")},
        )
    except (OSError, ValueError, KeyError, TypeError):
        return _(
            "another process is rendering into it; wait for it to end, or choose another folder "
            "with --out"
        )
