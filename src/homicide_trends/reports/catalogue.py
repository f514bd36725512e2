"""What reports there are: a folder of notebooks and its list.

``notebooks/reports.yml`` names the reports, in the order of the index::

    reports:
      trend:
        notebook: 02-trend.ipynb      # beside reports.yml
        title: How did the rate change?
        parameters: {place: SLV}      # optional: other defaults for this report
      claim:
        notebook: 07-claim.ipynb
        title: Is the claim true?
        each: claims                  # a report for each claim on file, claim-NAME
    picture:                          # optional: one figure of a report as a file of its own
      report: trend
      section: What was the rate each year?
      file: rate.svg

A folder of tables may hold a ``reports.yml`` of its own, for its place and dates. Its notebooks
are those that come with the package, by name: tables are data, and bring no code along. It says
which reports are rendered when none is named; the shipped ones can be named beside them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..language import _
from ..tables.folders import Folder, closest, data_folder, shipped
from . import publish
from .coverage import all_claims
from .notebook import NotebookError, read_parameters
from .parameters import Parameter, ParameterError, Value, convert, read_yaml, unknown_name

LIST = "reports.yml"

_PARTS = ("notebook", "title", "parameters", "each")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TAKEN = {"index", "checksums", publish.RECORDS, publish.FAILED}


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be rendered: its notebook, title, and parameters with their defaults."""

    name: str
    title: str
    notebook: Path
    parameters: tuple[Parameter, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


def load_reports(
    notebooks: Folder | None = None, *, data: Folder | None = None
) -> dict[str, Report]:
    """The reports of a folder of notebooks, by name, in the order of its ``reports.yml``.

    Without ``notebooks`` they are those of the folder of tables in force, if it has a
    ``reports.yml``, and otherwise the shipped ones. Raises NotebookError when the list or a
    notebook's parameters cell is not as it must be, DataError for tables that are not there.

    >>> report = load_reports()["change"]
    >>> report.title, report.notebook.name
    ('By how much did homicides fall?', '03-change.ipynb')
    """
    path, folder = _list_in_force(notebooks, data)
    listed = read_yaml(path).get("reports")
    if not isinstance(listed, dict) or not listed:
        raise NotebookError(_("{path}: no reports; it needs a mapping called reports", path=path))
    found: dict[str, Report] = {}
    for name, entry in listed.items():
        report = _report(str(name), entry, path, folder)
        if entry.get("each") is None:
            found[report.name] = report
        else:
            found |= _each_claim(report, entry["each"], path, data)
    return found


def _each_claim(report: Report, each: object, path: Path, data: Folder | None) -> dict[str, Report]:
    """A report for each claim of the folder of tables, named after the claim."""
    declared = {parameter.name for parameter in report.parameters}
    if each != "claims" or "claim" not in declared:
        raise NotebookError(_("{path}: report {name}: each can be claims, for a notebook with that "
                              "parameter", path=path, name=report.name))  # fmt: skip
    found = {}
    for claim in all_claims(data_folder(data)):
        name = f"{report.name}-{re.sub(r'[^a-z0-9_-]+', '-', claim.lower())}"
        values = {**report.values, "claim": claim}
        found[name] = replace(report, name=name, values=values)
    return found


def load_named(notebooks: Folder | None = None, *, data: Folder | None = None) -> dict[str, Report]:
    """The reports that can be rendered by name: those of the list, then the shipped ones.

    With a folder of notebooks there are no others than its own.

    >>> set(load_named()) - set(load_reports())  # by its own name, for the claim that is asked for
    {'claim'}
    """
    path, folder = _list_in_force(notebooks, data)
    listed = load_reports(notebooks, data=data)
    for name, entry in read_yaml(path)["reports"].items():
        if entry.get("each") is not None:  # by its own name, for the claim that is asked for
            listed[str(name)] = _report(str(name), entry, path, folder)
    if path.parent == folder:
        return listed
    return listed | {
        name: report for name, report in load_reports(folder).items() if name not in listed
    }


def _list_in_force(notebooks: Folder | None, data: Folder | None) -> tuple[Path, Path]:
    """The list of reports, and the folder of the notebooks that it names."""
    folder = Path(notebooks) if notebooks else shipped("notebooks")
    own = None if notebooks else data_folder(data) / LIST
    return (own if own is not None and own.is_file() else folder / LIST), folder


def _report(name: str, entry: object, path: Path, folder: Path) -> Report:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise NotebookError(
            _("{path}: {name!r} cannot be the name of a report's file", path=path, name=name)
        )
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise NotebookError(_("{path}: report {name} names no notebook", path=path, name=name))
    unknown = [key for key in entry if key not in _PARTS]
    if unknown:
        raise NotebookError(
            _(
                "{path}: report {name} has {entry!r}{known}",
                path=path,
                name=name,
                entry=unknown[0],
                known=closest(unknown[0], _PARTS),
            )
        )
    notebook = folder / entry["notebook"]
    if folder != path.parent:
        there = [each.name for each in sorted(folder.glob("*.ipynb"))]
        if entry["notebook"] not in there:
            raise NotebookError(
                _(
                    "{path}: report {name}: no notebook {notebook!r}{known}; notebooks of your own "
                    "go into a folder for --notebooks",
                    path=path,
                    name=name,
                    notebook=entry["notebook"],
                    known=closest(entry["notebook"], there),
                )
            )
    parameters = {parameter.name: parameter for parameter in read_parameters(notebook)}
    values = {}
    given = entry.get("parameters") or {}
    if not isinstance(given, dict):
        raise NotebookError(
            _("{path}: report {name}: parameters is not a mapping of NAME: value",
              path=path, name=name)
        )  # fmt: skip
    for key, value in given.items():
        if key not in parameters:
            raise NotebookError(_of_report(path, name, unknown_name(str(key), [*parameters])))
        try:
            values[key] = convert(parameters[key], value)
        except ValueError as error:
            raise NotebookError(_of_report(path, name, str(error))) from None
    title = str(entry.get("title") or name)
    return Report(name, title, notebook, tuple(parameters.values()), values)


def _of_report(path: Path, name: str, problem: str) -> str:
    return _("{path}: report {name}: {problem}", path=path, name=name, problem=problem)


@dataclass(frozen=True, slots=True)
class Picture:
    """The first figure of a report's section, kept as a file beside the reports."""

    report: str
    section: str
    file: str


def load_picture(notebooks: Folder | None = None, *, data: Folder | None = None) -> Picture | None:
    """The picture that a list of reports asks for, or None; NotebookError for a wrong entry.

    >>> load_picture().report
    'change'
    """
    path, _folder = _list_in_force(notebooks, data)
    entry = read_yaml(path).get("picture")
    # That of the project's README is wanted in a checkout alone.
    if entry is None or path.parent.parent.name == "_shipped":
        return None
    texts = isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
    if not texts or set(entry) != {"report", "section", "file"}:
        raise NotebookError(_("{path}: picture needs report, section and file", path=path))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*\.svg", entry["file"]):
        raise NotebookError(
            _(
                "{path}: picture: {file!r} cannot be the name of an SVG file",
                path=path,
                file=entry["file"],
            )
        )
    return Picture(**entry)


def choose(known: Mapping[str, Report], names: Sequence[str]) -> list[Report]:
    """The reports of those names, each once, in the order of the list; no name means all.

    >>> [report.name for report in choose(load_reports(), ["averted", "change"])]
    ['change', 'averted']
    """
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ParameterError(
            [
                _("no report {name!r}{known}", name=name, known=closest(name, known))
                for name in unknown
            ]
        )
    return [report for name, report in known.items() if not names or name in names]
