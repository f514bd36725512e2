"""Reports: what there is to render, with which values, and rendering it.

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

import os
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import kernels, publish, workers
from .coverage import check_coverage
from ..folders import ENVIRONMENT_VARIABLE, Folder, closest, data_folder, shipped
from .parameter_cell import NotebookError, read_parameters
from .parameters import (
    Parameter,
    ParameterError,
    Value,
    check_pairs,
    convert,
    convert_text,
    unknown_name,
)
from .rendering import FORMATS, Failure, Job, Outcome, run
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


@dataclass(slots=True)
class Rendered:
    """What a run left behind: the files in place, by report, and the failures."""

    written: dict[str, list[Path]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    index: Path | None = None


class Text(str):
    """A value that came as text, from a command line, to be read as its parameter's type."""


def load_reports(notebooks: Folder | None = None) -> dict[str, Report]:
    """The reports of a folder of notebooks, by name, in the order of its ``reports.yml``.

    Raises NotebookError when the list or a notebook's parameters cell is not as it must be.
    """
    folder = Path(notebooks) if notebooks else shipped("notebooks")
    path = folder / LIST
    listed = read_yaml(path).get("reports")
    if not isinstance(listed, dict) or not listed:
        raise NotebookError(f"{path}: no reports; it needs a mapping called reports")
    return {str(name): _report(str(name), entry, path) for name, entry in listed.items()}


def _report(name: str, entry: object, path: Path) -> Report:
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise NotebookError(f"{path}: {name!r} cannot be the name of a report's file")
    if not isinstance(entry, dict) or not isinstance(entry.get("notebook"), str):
        raise NotebookError(f"{path}: report {name} names no notebook")
    unknown = [key for key in entry if key not in {"notebook", "title", "parameters"}]
    if unknown:
        raise NotebookError(
            f"{path}: report {name} has {unknown[0]!r}"
            f"{closest(unknown[0], ('notebook', 'title', 'parameters'))}"
        )
    notebook = path.parent / entry["notebook"]
    parameters = {parameter.name: parameter for parameter in read_parameters(notebook)}
    values = {}
    for key, value in (entry.get("parameters") or {}).items():
        if key not in parameters:
            raise NotebookError(f"{path}: report {name}: {unknown_name(str(key), [*parameters])}")
        try:
            values[key] = convert(parameters[key], value)
        except ValueError as error:
            raise NotebookError(f"{path}: report {name}: {error}") from None
    title = str(entry.get("title") or name)
    return Report(name, title, notebook, tuple(parameters.values()), values)


@dataclass(frozen=True, slots=True)
class Picture:
    """The first figure of a report's section, kept as a file beside the reports."""

    report: str
    section: str
    file: str


def load_picture(notebooks: Folder | None = None) -> Picture | None:
    """The picture that a list of reports asks for, or None; NotebookError for a wrong entry."""
    path = (Path(notebooks) if notebooks else shipped("notebooks")) / LIST
    entry = read_yaml(path).get("picture")
    if entry is None:
        return None
    texts = isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
    if not texts or set(entry) != {"report", "section", "file"}:
        raise NotebookError(f"{path}: picture needs report, section and file")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*\.png", entry["file"]):
        raise NotebookError(f"{path}: picture: {entry['file']!r} cannot be the name of a PNG file")
    return Picture(**entry)


def choose(known: Mapping[str, Report], names: Sequence[str]) -> list[Report]:
    """The reports of those names, each once, in the order of the list; no name means all."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ParameterError([f"no report {name!r}{closest(name, known)}" for name in unknown])
    return [report for name, report in known.items() if not names or name in names]


def check_values(
    reports: Sequence[Report],
    given: Mapping[str, object],
    own: Mapping[str, Mapping[str, object]] | None = None,
    *,
    data: Folder | None = None,
) -> dict[str, dict[str, Value]]:
    """The values to inject, by report; raises ParameterError with everything that is wrong.

    ``given`` values go to each report that has such a parameter; ``own`` ones, by report, come
    first. A name that no report has is an error, as is a value that the tables do not know.
    """
    folder = data_folder(data)
    problems: list[str] = []
    everything = sorted({p.name for report in reports for p in report.parameters})
    problems += [unknown_name(str(name), everything) for name in given if name not in everything]
    values: dict[str, dict[str, Value]] = {}
    found: dict[str, list[str]] = {}
    for report in reports:
        mine = (own or {}).get(report.name, {})
        declared = {parameter.name: parameter for parameter in report.parameters}
        problems += [
            f"{report.name}: {unknown_name(str(name), [*declared])}"
            for name in mine
            if name not in declared
        ]
        values[report.name] = dict(report.values)
        full: dict[str, Value] = {name: each.default for name, each in declared.items()}
        full |= report.values
        for name, value in {**given, **mine}.items():
            if name not in declared:
                continue
            try:
                values[report.name][name] = _converted(declared[name], value)
            except ValueError as error:
                problems.append(str(error))
                full[name] = None  # what is wrong by itself is not also looked up
        full |= values[report.name]
        for problem in check_pairs(full) or check_coverage(full, folder):
            found.setdefault(problem, []).append(report.name)
    several = len(reports) > 1
    problems += [
        f"{text} ({', '.join(names)})" if several else text for text, names in found.items()
    ]
    if problems:
        raise ParameterError(list(dict.fromkeys(problems)))
    return values


def _converted(parameter: Parameter, value: object) -> Value:
    if isinstance(value, Text):
        return convert_text(parameter, str(value))
    return convert(parameter, value)


def render(
    reports: Sequence[str] = (),
    *,
    parameters: Mapping[str, object] | None = None,
    own: Mapping[str, Mapping[str, object]] | None = None,
    out: Folder = "reports",
    data: Folder | None = None,
    notebooks: Folder | None = None,
    formats: Sequence[str] = FORMATS,
    jobs: int | None = None,
    timeout: float | None = None,
    started: Callable[[int], object] | None = None,
    progress: Callable[[Outcome], object] | None = None,
) -> Rendered:
    """Render reports (all when none is named) into the folder ``out``.

    ``parameters`` are values by name for every report that has such a parameter, ``own`` values
    by report and name. ``jobs`` is how many run at once (default: one a processor),
    ``timeout`` how many seconds a report may take before it fails (default: any time); ``started``
    is called with the number of reports, ``progress`` after each report with its outcome.

    Raises ParameterError (a value), NotebookError (a notebook or the list of them), DataError
    (no such folder of tables) or OSError (the folder ``out``) before any notebook is run. A
    failing notebook is among the ``failures`` of the result, and the others are rendered.

    Call it from a script only below ``if __name__ == "__main__":``, because it starts processes.
    """
    known = load_reports(notebooks)
    picture = load_picture(notebooks)
    chosen = choose(known, reports)
    values = check_values(chosen, parameters or {}, own, data=data)
    planned = [
        replace(_job(report, values[report.name], tuple(formats), data), timeout=timeout)
        for report in chosen
    ]
    folder = Path(out)
    publish.prepare(folder)
    if started:
        started(len(planned))
    rendered = Rendered()
    late = kernels.late_modules(job.notebook for job in planned)
    try:
        with kernels.preloaded(late, data=planned[0].data if planned else None):
            for job, result in workers.each(run, planned, workers=jobs or workers.processors()):
                outcome = _outcome(job, result)
                _publish(folder, outcome, rendered)
                if picture and picture.report == outcome.report:
                    publish.publish_picture(folder, outcome.files, picture.section, picture.file)
                if progress:
                    progress(outcome)
    finally:
        # Also when interrupted: what is finished stays, and the index says so.
        if rendered.written or rendered.failures:
            rendered.index = publish.publish_index(folder, list(known))[-1]
    return rendered


def _job(
    report: Report, values: Mapping[str, Value], formats: tuple[str, ...], data: Folder | None
) -> Job:
    shown = [
        {
            "name": parameter.name,
            "value": values.get(parameter.name, parameter.default),
            "default": parameter.default,
            "help": parameter.help,
            "changed": values.get(parameter.name, parameter.default) != parameter.default,
        }
        for parameter in report.parameters
    ]
    try:
        notebook = report.notebook.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotebookError(f"{report.notebook}: {error}") from None
    elsewhere = data or os.environ.get(ENVIRONMENT_VARIABLE)
    return Job(
        report=report.name,
        title=report.title,
        source=report.notebook.name,
        notebook=notebook,
        values=values,
        parameters=shown,
        command=_command(report, values, bool(elsewhere)),
        formats=formats,
        data=str(data_folder(elsewhere).resolve()) if elsewhere else None,
    )


def _command(report: Report, values: Mapping[str, Value], elsewhere: bool) -> str:
    """The command that renders the report again; a reader's folder of tables is theirs to name."""
    words = ["homicide-trends", "render", report.name]
    for name, value in values.items():
        if name in report.values and report.values[name] == value:
            continue
        words += ["-p", name, _written(value)]
    return shlex.join(words) + (" --data FOLDER_OF_THESE_TABLES" if elsewhere else "")


def _written(value: Value) -> str:
    """A value as the command line takes it."""
    if isinstance(value, list):
        return ",".join(_written(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _outcome(job: Job, result: Outcome | Exception) -> Outcome:
    """A worker's result; what it raised, or that it died, is a failure of its report."""
    if isinstance(result, Outcome):
        return result
    message = f"{job.report}: {job.source}: {type(result).__name__}: {result}"
    return Outcome(job.report, failure=Failure(job.report, message, job.notebook.encode()))


def _publish(folder: Path, outcome: Outcome, rendered: Rendered) -> None:
    if outcome.failure is None:
        rendered.written[outcome.report] = publish.publish(
            folder, outcome.report, outcome.files, outcome.record
        )
    else:
        publish.keep_failed(folder, outcome.failure)
        rendered.failures.append(outcome.failure)
