"""Which reports are up to date: those whose every input is what it was, by contents.

A report's record holds, beside what it states, what it was made from: checksums of its
notebook's cells, of the tables that it read, of the library's code and look and of the tables'
types, and the versions of what computes and draws. File times play no part.
"""

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..tables.folders import data_folder, shipped
from ..language import CATALOGUES, LANGUAGES, _
from ..tables.writing import checksum
from . import pdf, publish
from .rendering import Job

PACKAGES = (
    "homicide-trends",
    "contourpy",
    "ipykernel",
    "ipython",
    "jinja2",
    "jupyter-client",
    "matplotlib",
    "matplotlib-inline",
    "mistune",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "patsy",
    "pillow",
    "pygments",
    "scipy",
    "statsmodels",
)
SPOKEN = ("babel",)  # what a report in another language than English is made with, too

_PACKAGE = Path(__file__).resolve().parents[1]
# What a report is not made with; translations are looked at by language.
_OTHERS, _CODE = ("cli", "locale", "site"), (".py", ".j2", ".css")
_NAMED = 3


class Environment:
    """What all reports of a run depend on, read once: at the beginning, before they are made."""

    def __init__(self) -> None:
        self.code = checksum_of(_PACKAGE, *_CODE, without=_OTHERS)
        self.types = _checksum_of_types()
        self._catalogues: dict[str, str] = {}
        self._tables: dict[Path, str | None] = {}
        self._versions: dict[tuple[str, ...], dict[str, str]] = {}

    def inputs(self, job: Job, read: Mapping[str, str]) -> dict[str, Any]:
        """What a report is made from; ``read`` are the checksums of the tables that it read.

        A notebook that does not say what it read may have read any table.
        """
        folder = _tables_of(job)
        every = sorted(path.name for path in folder.glob("*.csv"))
        return {
            "notebook": _checksum_of_cells(job.notebook),
            "tables": dict(read) or {name: self._table(folder / name) for name in every},
            "code": self.code,
            "types": self.types,
            "figures": job.figures,
            "versions": self._of_formats(job.formats, job.lang),
            **({} if job.lang == "en" else {"translation": self._translation(job.lang)}),
        }

    def kept(self, job: Job, read: Mapping[str, str]) -> dict[str, Any]:
        """``inputs`` after a report was made, with None for what changed since the beginning.

        What such a report was made with nobody knows, and so the next run makes it again.
        """
        before, later = self.inputs(job, read), Environment()
        later._versions = self._versions
        after = later.inputs(job, read)
        folder = _tables_of(job)
        tables = {
            name: digest if digest == later._table(folder / Path(name).name) else None
            for name, digest in before["tables"].items()
        }
        same = {key: each if each == after[key] else None for key, each in before.items()}
        return {**same, "tables": tables}

    def described(self, formats: tuple[str, ...]) -> dict[str, str]:
        """What reports of these formats are made with, whatever their notebook and tables."""
        everything = {
            "code": self.code,
            "types": self.types,
            "translation": checksum_of(CATALOGUES, ".po"),
        }
        return everything | self._of_formats(formats, LANGUAGES[-1])

    def reason(self, out: Path, job: Job) -> str | None:
        """Why a report has to be rendered, or None when it is up to date in the folder ``out``."""
        record = publish.read_record(out, job.report)
        if record is None:
            return _("not rendered yet")
        if record["altered"]:
            return _("its record was altered")
        if (out / publish.FAILED / f"{job.report}.ipynb").exists():
            return _("the last attempt failed")
        inputs = record.get("inputs")
        if not isinstance(inputs, dict) or not isinstance(inputs.get("tables"), dict):
            return _("what it was made from is not on record")
        found = self._changes(job, record, inputs)
        return _files(out, job, record) or ("; ".join(found) if found else None)

    def _changes(self, job: Job, record: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
        """What differs between a record and what there is now."""
        now = self.inputs(job, inputs["tables"])
        found = []
        if inputs.get("notebook") != now["notebook"]:
            found.append(_("{what} changed", what=job.source))
        found += _parameters(record.get("parameters"), job.parameters)
        if not found and any(
            record.get(key) != value
            for key, value in (("title", job.title), ("notebook", job.source),
                               ("command", job.command), ("parameters", job.parameters))
        ):  # fmt: skip
            found.append(_("its title, command or the help for its parameters changed"))
        folder = _tables_of(job)
        for name, known in inputs["tables"].items():
            present = self._table(folder / Path(name).name)
            if present != known:
                found.append(
                    _("{what} changed", what=name) if present else _("{what} is gone", what=name)
                )
        for key, text in (("code", _("the library's code changed")),
                          ("types", _("the types of the tables' columns changed")),
                          ("figures", _("its figures are asked for in another format")),
                          ("translation", _("the translation changed"))):  # fmt: skip
            if inputs.get(key) != now.get(key):
                found.append(text)
        return found + _versions(inputs.get("versions"), now["versions"])

    def _table(self, path: Path) -> str | None:
        if path not in self._tables:
            try:
                self._tables[path] = checksum(path.read_bytes())
            except OSError:
                self._tables[path] = None
        return self._tables[path]

    def _translation(self, lang: str) -> str:
        if lang not in self._catalogues:
            self._catalogues[lang] = checksum_of(CATALOGUES / lang, ".po")
        return self._catalogues[lang]

    def _of_formats(self, formats: tuple[str, ...], lang: str) -> dict[str, str]:
        key = (*formats, lang)
        if key not in self._versions:
            more = SPOKEN if lang != "en" else ()
            # The last digits of a number may be another processor's.
            machine = f"{platform.system()} {platform.machine()}"
            found = {"python": platform.python_version(), "machine": machine}
            for name in (*PACKAGES, *more):
                try:
                    found[name] = version(name)
                except PackageNotFoundError:
                    continue
            if "pdf" in formats:
                found["browser"] = pdf.browser()[1]
            self._versions[key] = found
        return self._versions[key]


def _tables_of(job: Job) -> Path:
    return Path(job.data) if job.data else data_folder()


def _files(out: Path, job: Job, record: Mapping[str, Any]) -> str | None:
    """What is wrong with a report's files: missing, altered, or of other formats."""
    sums = record.get("files")
    if not isinstance(sums, dict):
        return _("its files are not on record")
    for name, known in sums.items():
        try:
            content = (out / Path(name).name).read_bytes()
        except OSError:
            return _("{name} is missing", name=name)
        if checksum(content) != known:
            return _("{name} was altered", name=name)
    wanted = {f"{job.report}.{suffix}" for suffix in job.formats}
    present = {name for name in sums if name.rpartition(".")[0] == job.report}
    if wanted != present:
        if wanted - present:
            return _("{names}: not made yet", names=", ".join(sorted(wanted - present)))
        return _("{names}: not asked for any more", names=", ".join(sorted(present - wanted)))
    return None


def _parameters(before: object, now: list[dict[str, Any]]) -> list[str]:
    old = (
        {each.get("name"): each.get("value") for each in before} if isinstance(before, list) else {}
    )
    new = {each["name"]: each["value"] for each in now}
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    texts = [f"{name} {_short(old.get(name))} -> {_short(new.get(name))}" for name in changed]
    return _some(texts)


def _versions(before: object, now: Mapping[str, str]) -> list[str]:
    old = before if isinstance(before, dict) else {}
    changed = [name for name in {**old, **now} if old.get(name) != now.get(name)]
    return _some([f"{name} {old.get(name, '-')} -> {now.get(name, '-')}" for name in changed])


def _some(texts: list[str]) -> list[str]:
    more = len(texts) - _NAMED
    return texts[:_NAMED] + ([_("and {number} more", number=more)] if more > 0 else [])


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 40 else text[:37] + "..."


def checksum_of(folder: Path, *suffixes: str, without: Sequence[str] = ()) -> str:
    """One checksum of the files of a folder, their names and contents."""
    found = {
        path.relative_to(folder): path for path in folder.rglob("*") if path.suffix in suffixes
    }
    return checksum(
        "".join(
            f"{name.as_posix()}\0{checksum(path.read_bytes())}\n"
            for name, path in sorted(found.items())
            if name.parts[0] not in without
        ).encode()
    )


def _checksum_of_cells(notebook: str) -> str:
    """Of what a notebook says and does: not of what running and saving it adds."""
    cells = [
        (cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}).get("tags", []))
        for cell in json.loads(notebook)["cells"]
    ]
    return checksum(json.dumps(cells).encode())


def _checksum_of_types() -> str:
    """Of the part of ``datapackage.json`` that decides how the tables are read."""
    try:
        package = json.loads((shipped("data") / "datapackage.json").read_bytes())
        schemas = {each["name"]: each["schema"] for each in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return checksum(json.dumps(schemas, sort_keys=True).encode())


def reasons(
    out: Path, jobs: list[Job], environment: Environment, *, force: bool = False
) -> dict[str, str | None]:
    """By report, why it is to be rendered, or None where it is up to date."""
    asked = _("asked for with --force")
    return {job.report: asked if force else environment.reason(out, job) for job in jobs}
