"""Sweeps: a file that says for which values reports are rendered, and the names of the outputs.

::

    title: The rate in every country          # optional
    report: trend                             # or reports: [trend, change]
    each: places                              # optional: claims, figures or places, all that there are
    parameters:                               # optional: every combination of these lists
      conf: [0.9, 0.95]
      window_end: [2012-12-31, 2013-12-31]
    rows:                                     # optional: or combinations written out
      - {agency: PNC, window_start: 2012-03-09}
      - {agency: UNODC}

``each``, ``rows`` and ``parameters`` together give every combination of theirs. A value goes to
every report of the sweep that has such a parameter.
"""

import itertools
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..language import _, localised
from ..tables.folders import closest
from ..tables.writing import checksum
from .catalogue import Report
from .coverage import all_claims, all_figures, all_places
from .parameters import ParameterError, Value, as_text, read_yaml, unknown_name

KEYS = ("title", "report", "reports", "each", "parameters", "rows")
EACH = {"claims": ("claim",), "figures": ("figure", "figure_id"), "places": ("place",)}

MOST_COMBINATIONS = 20_000  # of a report; each is a page
_LONGEST = 100  # characters of a name; some file systems take 143 bytes, with suffixes
_SAFE = re.compile(r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep's file says, with the reports that it names."""

    name: str
    title: str
    reports: list[Report]
    each: str | None
    parameters: Mapping[str, list[object]]
    rows: list[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Combination:
    """Values as they stand in the file, and which of all figures or places is among them."""

    given: Mapping[str, object]
    each: str | None


def load_sweep(file: Path, known: Mapping[str, Report]) -> Sweep:
    """A sweep's file; raises ParameterError with everything that is wrong with its form."""
    content = {str(key): value for key, value in read_yaml(file).items()}
    problems = [
        _("{key!r} is not a part of a sweep{known}", key=key, known=closest(key, KEYS))
        for key in content
        if key not in KEYS
    ]
    names = _reports(content, known, problems)
    reports = [known[name] for name in names]
    parameters = _parameters(content.get("parameters"), reports, problems)
    rows = _rows(content.get("rows"), problems)
    each = content.get("each")
    if each is not None and each not in EACH:
        problems.append(
            _("each: {value!r} is not known{known}", value=each, known=closest(each, EACH))
        )
        each = None
    if not problems and not (parameters or rows or each):
        problems.append(
            _("no values; it needs parameters, rows, or each: claims, figures or places")
        )
    problems += _names(each, parameters, rows, reports)
    title = content.get("title")
    if title is not None and not isinstance(title, str):
        problems.append(_("title: {title!r} is not text", title=title))
    if problems:
        raise ParameterError([f"{file}: {problem}" for problem in dict.fromkeys(problems)])
    name = _slug(file.stem) or "sweep"
    return Sweep(name, title or file.stem, reports, each, parameters, rows)


def _reports(
    content: Mapping[str, Any], known: Mapping[str, Report], problems: list[str]
) -> list[str]:
    given = [content[key] for key in ("report", "reports") if key in content]
    if len(given) != 1:
        problems.append(
            _("it needs report, or reports with a list, not both")
            if given
            else _("it needs report, or reports with a list")
        )
        return []
    names = given[0] if isinstance(given[0], list) else [given[0]]
    if not names:
        problems.append(_("reports: names none"))
    for name, times in Counter(map(str, names)).items():
        if name not in known:
            problems.append(_("no report {name!r}{known}", name=name, known=closest(name, known)))
        elif times > 1:
            problems.append(_("reports: {name} stands twice", name=name))
    return [name for name in dict.fromkeys(map(str, names)) if name in known]


def _parameters(
    given: object, reports: Sequence[Report], problems: list[str]
) -> dict[str, list[object]]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not given:
        problems.append(_("parameters: not a mapping of NAME: [value, value]"))
        return {}
    lists = {p.name for report in reports for p in report.parameters if p.base == "list"}
    found: dict[str, list[object]] = {}
    for key, value in given.items():
        name, values = str(key), value if isinstance(value, list) else [value]
        if not values:
            problems.append(_("parameters: {name} has no values", name=name))
        if name in lists and not all(isinstance(item, list) for item in values):
            problems.append(
                _("parameters: {name} is a list itself; write [[a, b], [c]]", name=name)
            )
        elif any(isinstance(item, dict) for item in values):
            problems.append(_("parameters: {name}: a mapping is not a value", name=name))
        else:
            found[name] = values
    return found


def _rows(given: object, problems: list[str]) -> list[Mapping[str, object]]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(row, dict) and row for row in given):
        problems.append(_("rows: not a list of rows such as {place: SLV, conf: 0.9}"))
        return []
    if not given:
        problems.append(_("rows: there are none"))
    return [{str(key): value for key, value in row.items()} for row in given]


def _names(
    each: str | None,
    parameters: Mapping[str, object],
    rows: Sequence[Mapping[str, object]],
    reports: Sequence[Report],
) -> list[str]:
    """What is wrong with the names of parameters."""
    if not reports:
        return []
    declared = {report.name: {p.name for p in report.parameters} for report in reports}
    everything = sorted(set().union(*declared.values()))
    in_rows = {name for row in rows for name in row}
    names = [*parameters, *in_rows]
    problems = [unknown_name(name, everything) for name in names if name not in everything]
    problems += [
        _("{name} stands in parameters and in rows", name=name)
        for name in parameters
        if name in in_rows
    ]
    for report, own in declared.items():
        if each and not own & set(EACH[each]):
            problems.append(
                _(
                    "each: {each}: report {report} has no parameter {name}",
                    each=each,
                    report=report,
                    name=EACH[each][0],
                )
            )
        elif not each and own.isdisjoint(names):
            problems.append(
                _(
                    "report {report} has none of the parameters {names}",
                    report=report,
                    names=", ".join(names),
                )
            )
    problems += [
        _(
            "each: {each} gives the values of {name}, which stands beside it too",
            each=each,
            name=name,
        )
        for name in (EACH[each] if each else ())
        if name in names
    ]
    return problems


def combinations(sweep: Sweep, report: Report, folder: Path) -> list[Combination]:
    """The combinations of a report, in the order of the file, as they stand there.

    Raises DataError when the tables cannot be read, ParameterError where there are too many.
    """
    declared = [parameter.name for parameter in report.parameters]
    eaches: list[dict[str, object]] = [{}]
    if sweep.each:
        every = {"claims": all_claims, "figures": all_figures, "places": all_places}
        found = every[sweep.each](folder)
        name = next(name for name in EACH[sweep.each] if name in declared)
        eaches = [{name: value} for value in found]
    lists = {name: values for name, values in sweep.parameters.items() if name in declared}
    rows = [
        {name: value for name, value in row.items() if name in declared}
        for row in sweep.rows or [{}]
    ]
    if rows != sweep.rows:
        # A report that lacks some of the parameters meets the same row again.
        rows = [row for number, row in enumerate(rows) if row not in rows[:number]]
    number = len(eaches) * len(rows) * math.prod(map(len, lists.values()))
    if number > MOST_COMBINATIONS:
        message = _("{report}: {number} combinations; at most {most} are rendered",
                    report=report.name, number=localised(f"{number:,}"),
                    most=localised(f"{MOST_COMBINATIONS:,}"))  # fmt: skip
        raise ParameterError([message])
    product = [
        dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())
    ]
    return [
        Combination({**one, **row, **rest}, str(*one.values()) if one else None)
        for one in eaches
        for row in rows
        for rest in product
    ]


def output_names(
    report: str, combined: Sequence[Mapping[str, Value]], taken: set[str]
) -> list[str]:
    """Names for the files of a report's outputs, one for each mapping of values that tell.

    Each is the report and its values; where that would be long, or the values do not fit into a
    name, it is shortened and ends in a checksum of them.

    >>> output_names("trend", [{"place": "SLV"}, {"place": "HND", "conf": 0.9}], set())
    ['trend--place-SLV', 'trend--place-HND--conf-0.9']
    >>> output_names("trend", [{}, {"text": "a/b"}], set())
    ['trend', 'trend--text-a-b--e81e06dc7ad00f1e']
    """
    plain = [_name(report, values) for values in combined]
    # On some file systems names that differ in case only are one.
    folded = Counter(name.casefold() for name in plain)
    return [
        name
        if folded[name.casefold()] == 1 and name not in taken
        else _with_checksum(report, values)
        for name, values in zip(plain, combined, strict=True)
    ]


def _name(report: str, values: Mapping[str, Value]) -> str:
    """The plain name where it is safe, short, and can be read back; else with a checksum."""
    texts = {name: _written(value) for name, value in values.items()}
    name = "--".join([report, *(f"{name}-{text}" for name, text in texts.items())])
    plain = all(_SAFE.fullmatch(text) for text in texts.values()) and "--" not in report
    # A list or nothing is written like a text that says the same.
    plain = plain and not any(isinstance(value, list | None) for value in values.values())
    return (
        name if not values or (plain and len(name) <= _LONGEST) else _with_checksum(report, values)
    )


def _with_checksum(report: str, values: Mapping[str, Value]) -> str:
    exact = json.dumps([report, dict(values)], ensure_ascii=True, sort_keys=True)
    digest = checksum(exact.encode())[:16]
    parts = [report, *(f"{name}-{_slug(_written(value))}" for name, value in values.items())]
    readable = "--".join(part.rstrip("-") for part in parts)[: _LONGEST - 18]
    return f"{readable.rstrip('-._')}--{digest}"


def _written(value: Value) -> str:
    return as_text(value, between="-", nothing="none")


def _slug(text: str) -> str:
    """Text as letters, digits and single hyphens; empty when it has none of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.]+", "-", plain).strip("-.")
