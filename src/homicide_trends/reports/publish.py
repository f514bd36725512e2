"""The folder of rendered reports: files that are the old or the new one, whole, at any moment.

For each report there are ``<report>.html``, ``<report>.ipynb`` and ``findings/<report>.json``
(what is recorded about it: title, main finding, parameters, provenance, findings, and the
SHA-256 of its files). The index and the findings of all are made from these records, so that
rendering one report keeps the others in them.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import findings
from .rendering import FORMATS, Failure

RECORDS = "findings"
FAILED = "failed"


def prepare(folder: Path) -> None:
    """Create a folder if need be and prove that it can be written to; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe.{os.getpid()}.part"
    probe.touch()
    probe.unlink()


def write(path: Path, content: bytes) -> None:
    """Put a file into place in one step; an error or a kill leaves the old one.

    The temporary name lies in the same folder, because a move between file systems copies.
    """
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the new name last through a power cut, where folders can be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def publish(
    out: Path, report: str, files: Mapping[str, bytes], record: Mapping[str, Any]
) -> list[Path]:
    """Put a report's files and its record into place; returns the paths of the files.

    An earlier file of a format that was not asked for this time goes, because it would show
    another run's numbers beside this one's.
    """
    paths = {suffix: out / f"{report}.{suffix}" for suffix in FORMATS}
    for suffix, content in files.items():
        write(paths[suffix], content)
    for suffix in set(FORMATS) - set(files):
        paths[suffix].unlink(missing_ok=True)
    sums = {paths[suffix].name: hashlib.sha256(files[suffix]).hexdigest() for suffix in files}
    write(out / RECORDS / f"{report}.json", findings.to_json({**record, "files": sums}))
    (out / FAILED / f"{report}.ipynb").unlink(missing_ok=True)
    return [paths[suffix] for suffix in files]


def publish_picture(out: Path, files: Mapping[str, bytes], section: str, file: str) -> Path | None:
    """Keep the first figure of a section of an executed notebook as a file of its own.

    Returns None, and writes nothing, where the report has no notebook, section or figure.
    """
    inside = False
    for cell in json.loads(files["ipynb"])["cells"] if "ipynb" in files else []:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            inside = f"## {section}" in source.splitlines() or (inside and "## " not in source)
        for output in cell.get("outputs", []) if inside else []:
            if "image/png" in output.get("data", {}):
                image = base64.b64decode("".join(output["data"]["image/png"]))
                write(out / file, image)
                return out / file
    return None


def keep_failed(out: Path, failure: Failure) -> Path:
    """Put a failed notebook aside for inspection; the report's files stay as they were."""
    path = out / FAILED / f"{failure.report}.ipynb"
    write(path, failure.notebook)
    return path


def publish_index(out: Path, order: Sequence[str]) -> list[Path]:
    """Make the index and the findings of all reports that are in the folder."""
    from . import html

    records = read_records(out, order)
    rows = [row for record in records for row in record["findings"]]
    entries = [_entry(out, record) for record in records]
    contents = {
        "findings.csv": findings.to_csv(rows),
        "findings.json": findings.to_json(rows),
        "index.html": html.index_page(entries),
    }
    for name, content in contents.items():
        write(out / name, content)
    return [out / name for name in contents]


def read_records(out: Path, order: Sequence[str]) -> list[dict[str, Any]]:
    """What is recorded about the reports in a folder, in the given order, then by name.

    A record that cannot be read is left out: its report has to be rendered again.
    """
    known = {name: place for place, name in enumerate(order)}
    records = []
    for path in sorted((out / RECORDS).glob("*.json")):
        try:
            record = json.loads(path.read_bytes())
        except ValueError:
            continue
        if isinstance(record, dict) and {"report", "files", "findings"} <= record.keys():
            records.append(record)
    return sorted(records, key=lambda record: known.get(record["report"], len(known)))


def _entry(out: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what the index links to."""
    name = record["report"]
    failed = f"{FAILED}/{name}.ipynb"
    return {
        **record,
        "page": f"{name}.html" if f"{name}.html" in record["files"] else None,
        "notebook_file": f"{name}.ipynb" if f"{name}.ipynb" in record["files"] else None,
        "failed": failed if (out / failed).is_file() else None,
        "changed": [parameter for parameter in record["parameters"] if parameter["changed"]],
    }
