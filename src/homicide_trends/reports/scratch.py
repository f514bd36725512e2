"""A folder for everything that a run writes on its way, so that nothing of it is left behind.

Workers and kernels find it as the folder for temporary files. What a killed worker leaves in it
goes with it at the run's end; what a killed command leaves is removed by the next one.
"""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Short, because the paths of sockets inside may have some hundred bytes only.
PREFIX = "ht-"

_NEW = 60.0  # seconds in which a folder may not have its lock yet


@contextlib.contextmanager
def own_folder() -> Iterator[None]:
    """Within this context, temporary files of this process and its children lie in one folder."""
    before, usual = os.environ.get("TMPDIR"), tempfile.tempdir
    _remove_stale(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    descriptor = _lock(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = usual
        if before is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before
        shutil.rmtree(folder, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def leave() -> None:
    """In a worker whose command was killed: remove the run's folder when all others left it."""
    folder = Path(tempfile.gettempdir())
    for _ in range(20 if folder.name.startswith(PREFIX) else 0):
        with contextlib.suppress(FileNotFoundError):
            try:
                folder.rmdir()
            except OSError:
                time.sleep(0.1)
                continue
        return


def _lock(folder: Path) -> int | None:
    """A descriptor that locks a folder for as long as this process lives; None if it is locked."""
    if sys.platform == "win32":
        return None
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove_stale(place: Path) -> None:
    """Remove our folders that no command holds any more."""
    for folder in place.glob(f"{PREFIX}????????"):
        with contextlib.suppress(OSError):
            state = folder.lstat()
            ours = sys.platform != "win32" and state.st_uid == os.geteuid()
            if not ours or folder.is_symlink() or time.time() - state.st_mtime < _NEW:
                continue
            descriptor = _lock(folder)
            if descriptor is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(descriptor)
