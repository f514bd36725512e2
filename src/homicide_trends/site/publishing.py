"""The folder of a site: the old one or the new one, whole, at any moment.

Beside ``DIR`` lie two hidden folders: ``.DIR.reports``, where reports are kept as they were
rendered, so that what is up to date is not rendered again, and while a site is being put in place
``.DIR.new``, which changes places with ``DIR`` when all of it is written. On Linux that is one
step. Elsewhere it is two, with the old one in ``.DIR.old`` between them; after a kill just there
the next run puts it back.
"""

import ctypes
import errno
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..language import _
from ..tables.writing import checksum, write_all

MANIFEST = "site.json"
GENERATOR = "homicide-trends site"


def beside(out: Path, name: str) -> Path:
    """The hidden folder of a name beside a site.

    >>> beside(Path("www/site"), "new").as_posix()
    'www/.site.new'
    """
    return out.parent / f".{out.name}.{name}"


def recover(out: Path) -> None:
    """Put a site back that a kill left between two moves, and remove what is half-built."""
    old = beside(out, "old")
    if old.is_dir() and not out.exists():
        os.rename(old, out)
    for name in ("old", "new"):
        shutil.rmtree(beside(out, name), ignore_errors=True)


def refuse_others_files(out: Path) -> None:
    """Raise OSError when the folder holds anything but a site, because it would be lost."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    listed = _files_of(out)
    if listed is None:
        _refuse(out)
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if name != MANIFEST and name not in listed and (path.is_symlink() or not path.is_dir()):
            _refuse(path)


def _refuse(path: Path) -> NoReturn:
    raise FileExistsError(
        errno.EEXIST,
        _("is not of a site that was made here; name a folder that is empty or not there"),
        str(path),
    )


def manifest(contents: Mapping[str, bytes], *, title: str, languages: list[str]) -> bytes:
    """What a site's ``site.json`` says: its title, its languages, the SHA-256 of its files."""
    sums = {name: checksum(contents[name]) for name in sorted(contents)}
    described = {"generator": GENERATOR, "title": title, "languages": languages, "files": sums}
    return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()


def is_published(out: Path, contents: Mapping[str, bytes]) -> bool:
    """Whether the folder holds exactly these files."""
    try:
        return all((out / name).read_bytes() == each for name, each in contents.items()) and (
            {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
            == set(contents)
        )
    except OSError:
        return False


def replace(out: Path, contents: Mapping[str, bytes]) -> None:
    """Write all files beside the folder and put them in its place; an error leaves the old one."""
    new, old = beside(out, "new"), beside(out, "old")
    try:
        for folder in {(new / name).parent for name in contents}:
            folder.mkdir(parents=True, exist_ok=True)
        write_all({new / name: content for name, content in contents.items()})
        _into_place(new, out, old)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _into_place(new: Path, out: Path, old: Path) -> None:
    """Put a folder in the place of another, which is left as ``new`` or as ``old``, or gone."""
    if not out.exists():
        os.rename(new, out)
    elif not _exchanged(new, out):
        os.rename(out, old)
        try:
            os.rename(new, out)
        except OSError:
            os.rename(old, out)
            raise


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can; whether it could.

    Linux can since 3.15, by renameat2(2) with RENAME_EXCHANGE, on most file systems.
    """
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


def _files_of(out: Path) -> dict[str, Any] | None:
    """The files of the site in a folder; None where there is none."""
    try:
        described = json.loads((out / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(described, dict) or described.get("generator") != GENERATOR:
        return None
    files = described.get("files")
    return files if isinstance(files, dict) else None
