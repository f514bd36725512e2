"""What a site offers to take away: tables, findings, notebooks, and all of it in one file."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..tables.load import DataError
from ..tables.problems import Problem
from ..tables.rawtables import read_bytes, read_raw
from ..tables.writing import as_csv, checksum

# A ZIP file has no date earlier than this; the files' own would make each archive another one.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def tables(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Tables of a folder, by the names of their files, without what a spreadsheet would run.

    A file that has no such cell comes as it is, byte by byte. Raises DataError for one that is
    no table.
    """
    return {f"{name}.csv": _table(folder / f"{name}.csv") for name in names}


def _table(path: Path) -> bytes:
    raw = read_raw(path)
    if isinstance(raw, Problem):
        raise DataError(str(raw))
    rows = [raw.header, *raw.rows]
    safe = as_csv(rows, safe=True)
    return path.read_bytes() if safe == as_csv(rows) else safe.encode()


def descriptor(described: Mapping[str, Any], contents: Mapping[str, bytes]) -> bytes:
    """The description of the tables, with size and SHA-256 of those that are handed out."""
    resources = []
    for resource in described["resources"]:
        if not isinstance(resource, dict):
            continue
        content = contents.get(str(resource.get("path")))
        if content is not None and "hash" in resource:
            digest = f"sha256:{checksum(content)}"
            resource = {**resource, "bytes": len(content), "hash": digest}
        resources.append(resource)
    text = json.dumps({**described, "resources": resources}, indent=2, ensure_ascii=False)
    return (text + "\n").encode()


def readme(folder: Path) -> bytes | None:
    """The folder's README.md, if it has one that can be read as text."""
    content = read_bytes(folder / "README.md", 5_000_000)
    if isinstance(content, Problem):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return content


def archive(contents: Mapping[str, bytes]) -> bytes:
    """A ZIP file that is the same whenever its files are the same.

    >>> archive({"b": b"2", "a": b"1"}) == archive({"a": b"1", "b": b"2"})
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # that of the system would differ
            entry.external_attr = 0o644 << 16
            file.writestr(entry, contents[name])
    return out.getvalue()


def size(content: bytes) -> str:
    """How large a file is, for people.

    >>> size(b"x" * 1500), size(b"x" * 2_340_000), size(b"x")
    ('2 kB', '2.3 MB', '1 kB')
    """
    if len(content) < 1_000_000:
        return f"{-(-len(content) // 1000)} kB"
    return f"{len(content) / 1e6:.1f} MB"
