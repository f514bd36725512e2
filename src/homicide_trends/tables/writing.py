"""Putting files into place, for all of the project: each is the old one or the new one, whole.

A file is written beside the one that it replaces, as ``.NAME.PID.part``, and takes its place in
one step; an error or a kill leaves the old one. Files that belong together are replaced by
``write_together``: the new ones are laid into ``.update`` inside the folder, beside the checksums
of those that they replace, under a name that is given in one step when all of them are there. From
then on the change is decided, and after a kill ``complete`` moves what is still to be moved.
"""

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..language import _
from .folders import DataError, Folder

DECIDED = ".update"

_BEFORE = "before.json"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LEFT_OVER = re.compile(r"\..+\.([0-9]+)\.part")


def checksum(content: bytes) -> str:
    """SHA-256 of a content, as hexadecimal digits.

    >>> checksum(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def cell(value: Any) -> str:
    """Text of a cell; what a spreadsheet would run as a formula is given an apostrophe.

    >>> cell("=1+1"), cell("-41.1"), cell("-41.1 %"), cell(None)
    ("'=1+1", '-41.1', "'-41.1 %", '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = ";".join(map(str, value))
    text = value if isinstance(value, str) else repr(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith(("=", "+", "-", "@", "\t", "\n")) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def as_csv(rows: Iterable[Iterable[Any]], *, safe: bool = False, end: str = "\n") -> str:
    """Rows as CSV; ``safe`` makes each a ``cell``, exact, the same everywhere, and no formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    writer.writerows(map(cell, row) if safe else row for row in rows)
    return text.getvalue()


def write(path: Folder, content: bytes) -> None:
    """Put a file into place in one step."""
    write_all({Path(path): content})


def write_all(contents: Mapping[Path, bytes]) -> None:
    """Put files into place in quick succession, when all of them are written whole.

    A file that is replaced keeps its permissions. Raises OSError, with the file's name.
    """
    # In the same folder, because a move between file systems copies.
    temporary = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in contents}
    path = None
    try:
        for path, content in contents.items():
            _write_whole(temporary[path], content)
            with contextlib.suppress(FileNotFoundError):
                shutil.copymode(path, temporary[path])
        for path in contents:
            os.replace(temporary[path], path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            for left in temporary.values():
                left.unlink(missing_ok=True)
        if isinstance(error, OSError) and path is not None:
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    for folder in {path.parent for path in contents}:
        _sync(folder)


def write_changed(contents: Mapping[Path, bytes]) -> None:
    """Put those files into place that are not so already; like ``write_all``."""
    write_all({path: content for path, content in contents.items() if _content(path) != content})


def write_together(
    folder: Folder, contents: Mapping[str, bytes], before: Mapping[str, str | None]
) -> None:
    """Replace files of a folder, all or none: after a kill, ``complete`` finishes what is decided.

    ``contents`` are by name and take their places in this order. ``before`` are the checksums of
    files as they were when the contents were made (None: it was not there).
    Raises DataError, and changes nothing, where one of these is not so any more, or another change
    is at work.
    """
    folder = Path(folder)
    laid = folder / f"{DECIDED}.{os.getpid()}.part"
    laid.mkdir()
    try:
        for name, content in contents.items():
            _write_whole(laid / name, content)
            with contextlib.suppress(FileNotFoundError):
                shutil.copymode(folder / name, laid / name)
        replaced = {name: before.get(name) for name in contents}
        _write_whole(laid / _BEFORE, json.dumps(replaced).encode())
        _sync(laid)
        _refuse_changed(folder, before)
        try:
            laid.rename(folder / DECIDED)
        except OSError:
            if not (folder / DECIDED).exists():
                raise
            raise DataError(
                _(
                    "another change of {folder} is at work, or was interrupted; nothing of this "
                    "one is written: run it again",
                    folder=folder,
                )
            ) from None
    except BaseException:
        shutil.rmtree(laid, ignore_errors=True)
        raise
    _sync(folder)
    complete(folder)


def complete(folder: Folder) -> bool:
    """Finish a change of a folder that was interrupted after it was decided; whether there was one.

    Raises DataError, and changes nothing, where a file was changed by somebody else meanwhile.
    """
    folder = Path(folder)
    laid = folder / DECIDED
    if not laid.is_dir():
        return False
    if any(laid.iterdir()):
        try:
            before = json.loads((laid / _BEFORE).read_bytes())
            left = {name: before[name] for name in before if (laid / name).is_file()}
        except (OSError, ValueError, TypeError):
            raise DataError(
                _(
                    "{path} is not what an interrupted change leaves; look at it, delete it, and "
                    "run this again",
                    path=laid,
                )
            ) from None
        _refuse_changed(folder, left)
        for name in left:
            os.replace(laid / name, folder / name)
        _sync(folder)
        (laid / _BEFORE).unlink()
    laid.rmdir()
    return True


def clear(folder: Folder) -> None:
    """Remove what a killed process left half-written in a folder."""
    for path in Path(folder).glob(".*.part"):
        found = _LEFT_OVER.fullmatch(path.name)
        if found and not _alive(int(found[1])):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _write_whole(path: Path, content: bytes) -> None:
    """A new file that lasts through a power cut."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _refuse_changed(folder: Path, before: Mapping[str, str | None]) -> None:
    for name, known in before.items():
        content = _content(folder / name)
        if (None if content is None else checksum(content)) != known:
            raise DataError(
                _(
                    "{path} was changed meanwhile, and nothing is written over it; delete {laid}, "
                    "if it is there, and run this again",
                    path=folder / name,
                    laid=folder / DECIDED,
                )
            )


def _alive(process: int) -> bool:
    import psutil

    return process != os.getpid() and bool(psutil.pid_exists(process))


def _sync(folder: Path) -> None:
    """Make a new name last through a power cut, where folders can be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
