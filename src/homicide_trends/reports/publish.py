"""The folder of rendered reports: files that are the old or the new one, whole, at any moment.

For each report there are ``<report>.html``, ``<report>.ipynb``, ``<report>.pdf`` (those that
were asked for) and ``findings/<report>.json``
(what is recorded about it: title, main finding, parameters, provenance, findings, what it was
made from, and the SHA-256 of its files and of itself). The index and the findings of all are made from these
records, so that rendering one report keeps the others in them. ``findings/sweep/plan.json``
remembers the sweep whose folder this is.
"""

import errno
import json
import os
import socket
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..language import _

from ..tables.writing import checksum, clear, write, write_all, write_changed
from . import findings
from .rendering import ALL_FORMATS, Failure

LOCK, HOLDER = ".lock", ".lock.json"
RECORDS = "findings"
FAILED = "failed"
SWEEP = "sweep/plan.json"


class Locked(OSError):
    """Another process renders into the folder."""


@contextmanager
def locked(folder: Path) -> Iterator[Callable[[], None]]:
    """Hold a folder's lock, which the system lifts however this process ends.

    Gives a function that raises OSError when the folder was removed or replaced meanwhile. Raises
    Locked, naming the process that has it, or OSError.
    """
    path, holder = folder / LOCK, folder / HOLDER
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    for file in (path, holder):
        if file.is_symlink():  # what it leads to is not ours to write to
            raise OSError(errno.ELOOP, _("is a link, and a lock is a file; remove it"), str(file))
    lock = FileLock(path, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(errno.EAGAIN, _held(holder), str(folder)) from None
    except NotImplementedError:
        pass  # a file system without locks
    since = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
    mine = json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": since,
                       "token": uuid.uuid4().hex}).encode()  # fmt: skip

    def check() -> None:
        if not _is(holder, mine):
            text = _("was removed while reports were rendered into it")
            raise FileNotFoundError(errno.ENOENT, text, str(folder))

    try:
        write(holder, mine)
        yield check
    finally:
        if _is(holder, mine):
            holder.unlink(missing_ok=True)
            if os.name == "posix":  # elsewhere what is open cannot be removed, and filelock does it
                path.unlink(missing_ok=True)  # whoever waits for this one takes no lock on it
        lock.release()


def _is(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _held(holder: Path) -> str:
    try:
        found = json.loads(holder.read_bytes())
        return _(
            "process {process} on {host}, since {since}, is rendering into it; wait for it to "
            "end, or choose another folder with --out",
            **{name: found[name] for name in ("process", "host", "since")},
        )
    except (OSError, ValueError, KeyError, TypeError):
        return _(
            "another process is rendering into it; wait for it to end, or choose another folder "
            "with --out"
        )


def prepare(folder: Path) -> None:
    """Create a folder if need be and prove that it can be written to; raises OSError.

    Folders inside it are made later and without it: that one, if gone, stays gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe.{os.getpid()}.part"
    try:
        probe.touch()
        probe.unlink(missing_ok=True)  # another command may just be clearing up
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from None


def recover(folder: Path) -> None:
    """Remove what a killed command left half-written; only the lock's holder may."""
    for place in (folder, folder / RECORDS, folder / RECORDS / "sweep", folder / FAILED):
        clear(place)


def publish(
    out: Path,
    report: str,
    files: Mapping[str, bytes],
    record: Mapping[str, Any],
    pictures: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Put a report's files, its pictures and its record into place; returns the files' paths.

    The record comes last: until it is there, its checksums do not fit the files, and the next
    run renders the report again. An earlier file of a format that was not asked for this time
    goes, because it would show another run's numbers beside this one's.
    """
    paths = {suffix: out / f"{report}.{suffix}" for suffix in {*ALL_FORMATS, *files}}
    contents = {paths[suffix]: content for suffix, content in files.items()}
    contents |= {out / name: content for name, content in (pictures or {}).items()}
    sums = {path.name: checksum(content) for path, content in contents.items()}
    (out / RECORDS).mkdir(exist_ok=True)
    contents[out / RECORDS / f"{report}.json"] = _sealed({**record, "files": sums})
    write_all(contents)
    for suffix in set(paths) - set(files):
        paths[suffix].unlink(missing_ok=True)
    (out / FAILED / f"{report}.ipynb").unlink(missing_ok=True)
    return [paths[suffix] for suffix in files]


def picture(notebook: bytes, section: str) -> bytes | None:
    """The first figure of a section of an executed notebook, or None where there is none."""
    inside = False
    for cell in json.loads(notebook)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            inside = f"## {section}" in source.splitlines() or (inside and "## " not in source)
        for output in cell.get("outputs", []) if inside else []:
            if drawing := output.get("data", {}).get("image/svg+xml"):
                return "".join(drawing).encode()
    return None


def keep_failed(out: Path, failure: Failure) -> Path:
    """Put a failed notebook aside for inspection; the report's files stay as they were."""
    path = out / FAILED / f"{failure.report}.ipynb"
    path.parent.mkdir(exist_ok=True)
    write(path, failure.notebook)
    return path


def keep_sweep(out: Path, sweep: Mapping[str, Any]) -> list[str]:
    """Remember the sweep whose folder this is; returns its reports that it no longer makes.

    These stay, but are left out of the index and the findings of all.
    """
    before = read_sweep(out)
    gone: Iterable[str] = ()
    if before and before["name"] == sweep["name"]:
        gone = {*before["outputs"], *before["left_out"]} - {*sweep["outputs"]}
    left_out = sorted(name for name in gone if (out / RECORDS / f"{name}.json").exists())
    path = out / RECORDS / SWEEP
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(exist_ok=True)
    write_changed({path: findings.to_json({**sweep, "left_out": left_out})})
    return left_out


def read_sweep(out: Path) -> dict[str, Any] | None:
    """The sweep whose folder this is; None where there is none, or none that can be read."""
    try:
        sweep = json.loads((out / RECORDS / SWEEP).read_bytes())
        kept = {key: sweep[key] for key in ("name", "title", "outputs", "left_out")}
        whole = all({"report", "values"} <= each.keys() for each in kept["outputs"].values())
        return kept if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def publish_index(out: Path, order: Sequence[str]) -> list[Path]:
    """Make the index and the findings of all reports that are in the folder.

    A sweep's come first, and the values of its parameters are columns of the findings.
    """
    from . import html

    sweep = read_sweep(out)
    outputs = sweep["outputs"] if sweep else {}
    records = read_records(out, [*outputs, *(name for name in order if name not in outputs)])
    records = [each for each in records if not sweep or each["report"] not in sweep["left_out"]]
    rows = [row for record in records for row in record["findings"]]
    entries = {record["report"]: _entry(out, record) for record in records}
    shown, every = None, list(entries.values())
    if sweep:
        shown = {
            "title": sweep["title"],
            "names": list(dict.fromkeys(n for each in outputs.values() for n in each["values"])),
            "outputs": [
                {**each, "name": name, "entry": entries.pop(name, None),
                 "failed": (out / FAILED / f"{name}.ipynb").is_file()}
                for name, each in outputs.items()
            ],
        }  # fmt: skip
    contents = {
        out / "findings.csv": findings.to_csv(rows, outputs if sweep else None),
        out / "findings.json": findings.to_json(rows),
        out / "checksums.html": html.checksums_page(every),
        out / "index.html": html.index_page(list(entries.values()), shown),
    }
    write_changed(contents)
    return list(contents)


def read_record(out: Path, report: str) -> dict[str, Any] | None:
    """What is recorded about a report; None where nothing is, or nothing that can be read.

    It is ``altered`` where somebody has changed it since it was written.
    """
    return _read(out / RECORDS / f"{report}.json")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and {"report", "files", "findings"} <= record.keys()
    if not whole:
        return None
    sealed = record.pop("checksum", None)
    return {**record, "altered": sealed != checksum(findings.to_json(record))}


def _sealed(record: Mapping[str, Any]) -> bytes:
    """A record as a file that says by its own checksum that nobody has altered it."""
    return findings.to_json({**record, "checksum": checksum(findings.to_json(record))})


def read_records(out: Path, order: Sequence[str]) -> list[dict[str, Any]]:
    """What is recorded about the reports in a folder, in the given order, then by name.

    A record that cannot be read, or was altered, is left out: its report has to be rendered again.
    """
    known = {name: place for place, name in enumerate(order)}
    found = (_read(path) for path in sorted((out / RECORDS).glob("*.json")))
    records = [record for record in found if record is not None and not record.pop("altered")]
    return sorted(records, key=lambda record: known.get(record["report"], len(known)))


def _entry(out: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what the index links to."""
    name = record["report"]
    failed = f"{FAILED}/{name}.ipynb"
    pages = (f"{name}.html", f"{name}.pdf")
    return {
        **record,
        "page": next((file for file in pages if file in record["files"]), None),
        "paper": f"{name}.pdf" if f"{name}.pdf" in record["files"] else None,
        "notebook_file": f"{name}.ipynb" if f"{name}.ipynb" in record["files"] else None,
        "failed": failed if (out / failed).is_file() else None,
        "changed": [
            parameter
            for parameter in record["parameters"]
            if parameter["changed"] and parameter["name"] != "lang"
        ],
    }
