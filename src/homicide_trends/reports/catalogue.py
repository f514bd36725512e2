"""What reports there are: a folder of notebooks and its list.

``notebooks/reports.yml`` names the reports, in the order of the index::

    reports:
      trend:
        notebook: 02-trend.ipynb      # beside reports.yml
        title: How did the rate change?
        parameters: {place: SLV}      # optional: other defaults for this report
    picture:                          # optional: one figure of a report as a file of its own
      report: trend
      section: What was the rate each year?
      file: rate.png
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..folders import Folder, closest, shipped
from ..language import _
from . import publish
from .parameter_cell import NotebookError, read_parameters
from .parameters import Parameter, ParameterError, Value, convert, unknown_name
from .yaml_files import read_yaml

LIST = "reports.yml"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TAKEN = {"index", publish.RECORDS, publish.FAILED}


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be rendered: its notebook, title, and parameters with their defaults."""

    name: str
    title: str
    notebook: Path
    parameters: tuple[Parameter, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


def load_reports(notebooks: Folder | None = None) -> dict[str, Report]:
    """The reports of a folder of notebooks, by name, in the order of its ``reports.yml``.

    Raises NotebookError when the list or a notebook's parameters cell is not as it must be.

    >>> report = load_reports()["change"]
    >>> report.title, report.notebook.name
    ('By how much did homicides fall?', '03-change.ipynb')
    """
    folder = Path(notebooks) if notebooks else shipped("notebooks")
    path = folder / LIST
    listed = read_yaml(path).get("reports")
    if not isinstance(listed, dict) or not listed:
        raise NotebookError(_("{path}: no reports; it needs a mapping called reports", path=path))
    return {str(name): _report(str(name), entry, path) for name, entry in listed.items()}


def _report(name: str, entry: object, path: Path) -> Report:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise NotebookError(
            _("{path}: {name!r} cannot be the name of a report's file", path=path, name=name)
        )
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise NotebookError(_("{path}: report {name} names no notebook", path=path, name=name))
    unknown = [key for key in entry if key not in {"notebook", "title", "parameters"}]
    if unknown:
        raise NotebookError(
            _(
                "{path}: report {name} has {entry!r}{known}",
                path=path,
                name=name,
                entry=unknown[0],
                known=closest(unknown[0], ("notebook", "title", "parameters")),
            )
        )
    notebook = path.parent / entry["notebook"]
    parameters = {parameter.name: parameter for parameter in read_parameters(notebook)}
    values = {}
    for key, value in (entry.get("parameters") or {}).items():
        if key not in parameters:
            raise NotebookError(
                _of_report(path, name, unknown_name(str(key), [*parameters]))
            )
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


def load_picture(notebooks: Folder | None = None) -> Picture | None:
    """The picture that a list of reports asks for, or None; NotebookError for a wrong entry.

    >>> load_picture().report
    'change'
    """
    path = (Path(notebooks) if notebooks else shipped("notebooks")) / LIST
    entry = read_yaml(path).get("picture")
    if entry is None:
        return None
    texts = isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
    if not texts or set(entry) != {"report", "section", "file"}:
        raise NotebookError(_("{path}: picture needs report, section and file", path=path))
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*\.png", entry["file"]):
        raise NotebookError(
            _(
                "{path}: picture: {file!r} cannot be the name of a PNG file",
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
        raise ParameterError([
                _("no report {name!r}{known}", name=name, known=closest(name, known))
                for name in unknown
            ])
    return [report for name, report in known.items() if not names or name in names]
