"""What a run will render: reports with checked values, as jobs under the names of their files."""

import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import language
from ..language import _
from ..tables.folders import ENVIRONMENT_VARIABLE, Folder, data_folder
from . import pdf
from .catalogue import Picture, Report, choose, load_named, load_picture, load_reports
from .coverage import check_coverage, claim_question, stated_token
from .notebook import NotebookError
from .parameters import (
    Parameter,
    ParameterError,
    Value,
    as_text,
    check_pairs,
    convert,
    convert_text,
    unknown_name,
)
from .rendering import FORMATS, Job
from .sweeps import Combination, Sweep, combinations, load_sweep, output_names

_MOST = 20  # problems of a sweep that are named


class Text(str):
    """A value that came as text, from a command line, to be read as its parameter's type."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All jobs of a run, checked.

    ``order`` is the order of the index, ``sweep`` what the folder of a sweep remembers of it,
    ``left_out`` why some of all figures or places have no report.
    """

    jobs: list[Job]
    order: list[str]
    picture: Picture | None = None
    sweep: dict[str, Any] | None = None
    left_out: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Checked:
    """The values to inject into a report, all its values, and what is wrong with them.

    That is: values that are ``wrong`` by themselves, ``reversed`` periods, and values that the
    tables leave ``uncovered``.
    """

    values: dict[str, Value]
    full: dict[str, Value]
    wrong: list[str] = field(default_factory=list)
    reversed: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


def plan(
    reports: Sequence[str] = (),
    *,
    parameters: Mapping[str, object] | None = None,
    own: Mapping[str, Mapping[str, object]] | None = None,
    sweep: Folder | None = None,
    data: Folder | None = None,
    notebooks: Folder | None = None,
    formats: Sequence[str] = FORMATS,
    lang: str | None = None,
    figures: str = "svg",
) -> Plan:
    """What ``render`` will do when given the same; nothing is written or run.

    ``lang`` is the language of every report that can be in it and is not given one otherwise,
    ``figures`` what its pictures are, "svg" or "png".

    Raises ParameterError with everything that is wrong with the values or the sweep's file,
    NotebookError (a notebook or the list of them), DataError (the tables) or BrowserError (no
    browser that could print a PDF).

    >>> planned = plan(["change"], parameters={"window_end": "2012-12-31"})
    >>> [job.report for job in planned.jobs], planned.jobs[0].values["window_end"]
    (['change'], '2012-12-31')
    """
    if "pdf" in formats:
        pdf.browser()
    named = bool(reports) or sweep is not None
    known = (load_named if named else load_reports)(notebooks, data=data)
    if sweep is None:
        chosen = choose(known, reports)
        given = _spoken(parameters or {}, lang, chosen)
        values = check_values(chosen, given, own, data=data)
        jobs = [_job(each, values[each.name], tuple(formats), data, figures) for each in chosen]
        return Plan(jobs, list(known), load_picture(notebooks, data=data))
    if reports:
        raise ParameterError(
            [_("{report}: with a sweep, its file names the reports", report=reports[0])]
        )
    swept = load_sweep(Path(sweep), known)
    fixed = parameters or {}
    if not any("lang" in names for names in (swept.parameters, *swept.rows)):
        fixed = _spoken(fixed, lang, swept.reports)
    given_by = {report.name: {**fixed, **(own or {}).get(report.name, {})}
                for report in swept.reports}  # fmt: skip
    _check_fixed(swept, given_by)
    return _sweep_plan(swept, given_by, data, tuple(formats), figures, set(known))


def _spoken(
    given: Mapping[str, object], lang: str | None, reports: Sequence[Report]
) -> Mapping[str, object]:
    """Values with the language, where a report has it as a parameter."""
    able = any(parameter.name == "lang" for report in reports for parameter in report.parameters)
    return {"lang": lang, **given} if lang is not None and able else given


def _check_fixed(sweep: Sweep, given: Mapping[str, Mapping[str, object]]) -> None:
    """Values beside a sweep's own: known to a report, and not the sweep's to give."""
    known = {p.name for report in sweep.reports for p in report.parameters}
    names = dict.fromkeys(str(name) for values in given.values() for name in values)
    problems = [unknown_name(name, sorted(known)) for name in names if name not in known]
    swept = {*sweep.parameters, *(name for row in sweep.rows for name in row)}
    problems += [
        _("{name}: the sweep gives its values", name=name) for name in names if name in swept
    ]
    if problems:
        raise ParameterError(problems)


def _sweep_plan(
    sweep: Sweep,
    given: Mapping[str, Mapping[str, object]],
    data: Folder | None,
    formats: tuple[str, ...],
    figures: str,
    known: set[str],
) -> Plan:
    """The jobs of a sweep; each combination is checked like a report of its own."""
    folder = data_folder(data)
    problems: dict[str, None] = {}
    left_out: dict[str, None] = {}
    jobs: list[Job] = []
    outputs: dict[str, Any] = {}
    for report in sweep.reports:
        pairs = [
            (each, _checked(report, {**given[report.name], **each.given}, folder))
            for each in combinations(sweep, report, folder)
        ]
        problems |= dict.fromkeys(_problems(report, pairs, several=len(sweep.reports) > 1))
        left_out |= dict.fromkeys(
            f"{report.name}, {each.each}: {problem}"
            for each, checked in pairs
            if each.each
            for problem in checked.uncovered
        )
        kept = [(each, checked) for each, checked in pairs if not checked.uncovered]
        told = _telling(report, kept)
        for name, values, (each, checked) in zip(
            output_names(report.name, told, known - {report.name}), told, kept, strict=True
        ):
            jobs.append(_job(report, checked.values, formats, data, figures, name))
            swept = {key: checked.full[key] for key in each.given}
            outputs[name] = {"report": report.name, "values": {**swept, **values}}
    if problems:
        shown, more = list(problems)[:_MOST], len(problems) - _MOST
        raise ParameterError([*shown, *([_("and {number} more", number=more)] if more > 0 else [])])
    remembered = {"name": sweep.name, "title": sweep.title, "outputs": outputs}
    return Plan(jobs, list(outputs), None, remembered, list(left_out))


def _problems(
    report: Report, pairs: Sequence[tuple[Combination, _Checked]], *, several: bool
) -> list[str]:
    """What forbids the sweep; all figures or places may have some that the tables do not cover."""
    name = f" ({report.name})" if several else ""
    found = [f"{text}{name}" for _, checked in pairs for text in checked.wrong or checked.reversed]
    if found:
        return found
    groups: dict[str, list[tuple[Combination, _Checked]]] = {}
    for each, checked in pairs:
        rest = {key: value for key, value in each.given.items() if value != each.each}
        groups.setdefault(repr(rest), []).append((each, checked))
    for group in groups.values():
        if all(checked.uncovered for _, checked in group):
            found += [f"{text}{name}" for _, checked in group for text in checked.uncovered]
    seen: dict[str, int] = {}
    for number, (each, checked) in enumerate(pairs, start=1):
        first = seen.setdefault(repr(sorted(checked.full.items())), number)
        # A report that lacks some of the parameters of the others meets the same values again.
        if first != number:
            shown = ", ".join(f"{key} {value}" for key, value in each.given.items())
            found.append(
                _(
                    "{report}: combinations {first} and {second} are one: {values}",
                    report=report.name,
                    first=first,
                    second=number,
                    values=shown,
                )
            )
    return found


def _telling(
    report: Report, pairs: Sequence[tuple[Combination, _Checked]]
) -> list[dict[str, Value]]:
    """Of each combination the values that tell it from the others or from the defaults."""
    usual = {p.name: report.values.get(p.name, p.default) for p in report.parameters}
    swept = {name for each, _ in pairs for name in each.given}
    several = {
        name for name in swept if len({repr(checked.full[name]) for _, checked in pairs}) > 1
    }
    return [
        {
            name: checked.full[name]
            for name in usual
            if checked.full[name] != usual[name] or (name in several and name in each.given)
        }
        for each, checked in pairs
    ]


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

    >>> from .catalogue import load_reports
    >>> check_values([load_reports()["change"]], {"conf": 0.9})["change"]["conf"]
    0.9
    """
    folder = data_folder(data)
    everything = sorted({p.name for report in reports for p in report.parameters})
    problems = [unknown_name(str(name), everything) for name in given if name not in everything]
    values: dict[str, dict[str, Value]] = {}
    found: dict[str, list[str]] = {}
    for report in reports:
        mine = (own or {}).get(report.name, {})
        declared = [parameter.name for parameter in report.parameters]
        problems += [
            f"{report.name}: {unknown_name(str(name), declared)}"
            for name in mine
            if name not in declared
        ]
        checked = _checked(report, {**given, **mine}, folder)
        problems += checked.wrong
        values[report.name] = checked.values
        for problem in checked.reversed or checked.uncovered:
            found.setdefault(problem, []).append(report.name)
    several = len(reports) > 1
    problems += [
        f"{text} ({', '.join(names)})" if several else text for text, names in found.items()
    ]
    if problems:
        raise ParameterError(list(dict.fromkeys(problems)))
    return values


def _checked(report: Report, given: Mapping[str, object], folder: Path) -> _Checked:
    """What becomes of values given to a report; those that it has no parameter for are not its."""
    declared = {parameter.name: parameter for parameter in report.parameters}
    values = dict(report.values)
    full = {name: each.default for name, each in declared.items()} | values
    wrong = []
    for name, value in given.items():
        if name not in declared:
            continue
        try:
            values[name] = full[name] = _converted(declared[name], value)
        except ValueError as error:
            wrong.append(str(error))
            full[name] = None  # what is wrong by itself is not also looked up
    checked = _Checked(values, full, wrong, check_pairs(full))
    if not checked.reversed:
        checked.uncovered = check_coverage(full, folder)
    return checked


def _converted(parameter: Parameter, value: object) -> Value:
    if isinstance(value, Text):
        return convert_text(parameter, str(value))
    return convert(parameter, value)


def _job(
    report: Report,
    values: Mapping[str, Value],
    formats: tuple[str, ...],
    data: Folder | None,
    figures: str,
    name: str | None = None,
) -> Job:
    """A report's job; ``name`` is that of its files where it is not the report's own."""
    full = {parameter.name: parameter.default for parameter in report.parameters} | dict(values)
    lang = str(full.get("lang", "en"))
    try:
        notebook = report.notebook.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotebookError(f"{report.notebook}: {error}") from None
    with language.speaking(lang):
        title = _title(report, full, notebook, data)
        helps = {each.name: language.translated(each.help) for each in report.parameters}
    shown = [
        {
            "name": parameter.name,
            "value": full[parameter.name],
            "default": parameter.default,
            "help": helps[parameter.name],
            "changed": full[parameter.name] != parameter.default,
        }
        for parameter in report.parameters
    ]
    elsewhere = data or os.environ.get(ENVIRONMENT_VARIABLE)
    return Job(
        report=name or report.name,
        title=title,
        source=report.notebook.name,
        notebook=notebook,
        values=values,
        parameters=shown,
        command=_command(report, values, bool(elsewhere)),
        formats=formats,
        data=str(data_folder(elsewhere).resolve()) if elsewhere else None,
        lang=lang,
        figures=figures,
    )


def _title(report: Report, values: Mapping[str, Value], notebook: str, data: Folder | None) -> str:
    """The report's title; of a claim its question, of another figure than usual its token too."""
    if values.get("claim"):
        asked = claim_question(str(values["claim"]), data_folder(data))
        return asked or language.translated(report.title)
    usual = {parameter.name: parameter.default for parameter in report.parameters}
    if values.get("figure") == {**usual, **report.values}.get("figure"):
        return language.translated(report.title)
    cells = json.loads(notebook)["cells"]
    heading = re.match(r"# (.+)", "".join(cells[0]["source"]) if cells else "")
    question = language.translated(heading[1].strip()) if heading else report.name
    token = stated_token(str(values["figure"]), data_folder(data))
    return f"{question} \u201c{token}\u201d"


def _command(report: Report, values: Mapping[str, Value], elsewhere: bool) -> str:
    """The command that renders the report again; a reader's folder of tables is theirs to name."""
    words = ["homicide-trends", "render", report.name]
    for name, value in values.items():
        if name in report.values and report.values[name] == value:
            continue
        words += ["-p", name, as_text(value)]
    return shlex.join(words) + (" --data FOLDER_OF_THESE_TABLES" if elsewhere else "")

