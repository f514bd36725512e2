"""The numbers that reports state, collected from executed notebooks.

A cell's output may hold, under the MIME type below, a JSON object with any of
``findings`` (a list of objects with the fields below; absent ones are null),
``main`` (the main finding, one sentence),
``heading`` (the page's own title), ``claim`` (what an index shows of a claim) and ``review``
(a schema.org ClaimReview of it),
``drawn`` (of a figure, for the page: ``title``, its data as ``html`` and ``csv``, and ``svg``) and
``provenance`` (``tables``: SHA-256 by file name; ``versions``: by name; ``sources``: ids, or
objects with ``source_id, publisher, title, date, url``).
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..language import _
from ..tables.writing import as_csv
from ..tables.folders import closest

MIME = "application/vnd.homicide-trends+json"

FIELDS = (
    "report",
    "name",
    "label",
    "estimate",
    "lower",
    "upper",
    "unit",
    "method",
    "conf",
    "interval",
    "place",
    "agency",
    "population_series",
    "baseline_start",
    "baseline_end",
    "window_start",
    "window_end",
    "sources",
    "figure_id",
    "note",
)
_NUMBERS = ("estimate", "lower", "upper", "conf")

Finding = dict[str, Any]


class FindingsError(ValueError):
    """What a notebook handed over as its findings cannot be used."""


def collect(notebook: Mapping[str, Any], *, report: str) -> dict[str, Any]:
    """The findings, main finding and provenance of an executed notebook.

    Returns an object with ``findings`` (a list of rows with all fields), ``main``, ``heading``,
    ``claim`` and ``review`` (or None) and ``provenance``. Raises FindingsError for an unknown field, a
    number that is not finite, and a second main finding.
    """
    rows: list[Finding] = []
    mains: list[str] = []
    once: dict[str, Any] = {"heading": None, "claim": None, "review": None}
    provenance: dict[str, Any] = {"tables": {}, "versions": {}, "sources": []}
    for bundle in _bundles(notebook):
        found = (_row(finding, report) for finding in bundle.get("findings") or [])
        # A number that a figure draws and a table prints is one finding.
        rows += [row for row in found if row not in rows]
        if bundle.get("main"):
            mains.append(str(bundle["main"]))
        once |= {name: bundle[name] for name in once if bundle.get(name)}
        given = bundle.get("provenance") or {}
        for key in ("tables", "versions"):
            provenance[key].update(given.get(key) or {})
        provenance["sources"] += given.get("sources") or []
    if len(set(mains)) > 1:
        raise FindingsError(
            _(
                "two main findings, and a report has one: {first!r}, {second!r}",
                first=mains[0],
                second=mains[1],
            )
        )
    main = mains[0] if mains else None
    return {"findings": rows, "main": main, **once, "provenance": provenance}


def _bundles(notebook: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            bundle = output.get("data", {}).get(MIME)
            if isinstance(bundle, dict):
                yield bundle


def _row(finding: Mapping[str, Any], report: str) -> Finding:
    """One finding with all fields; what is missing is None."""
    unknown = [name for name in finding if name not in FIELDS]
    name = finding.get("name")
    if unknown:
        raise FindingsError(
            _(
                "finding {name!r} has a field {field!r}{known}",
                name=name,
                field=unknown[0],
                known=closest(unknown[0], FIELDS),
            )
        )
    row: Finding = {field: finding.get(field) for field in FIELDS}
    for field in _NUMBERS:
        value = row[field]
        if value is not None and not (isinstance(value, int | float) and math.isfinite(value)):
            raise FindingsError(
                _(
                    "finding {name!r}: {field} is {value!r}, not a finite number",
                    name=name,
                    field=field,
                    value=value,
                )
            )
    if isinstance(row["sources"], list):
        row["sources"] = ";".join(str(source) for source in row["sources"])
    row["report"] = report
    return row


def to_json(value: Any) -> bytes:
    """JSON that people can read and compare line by line."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode("utf-8")


def to_csv(
    rows: Sequence[Finding], outputs: Mapping[str, Mapping[str, Any]] | None = None
) -> bytes:
    """Findings as a CSV table; empty means missing.

    ``outputs`` are those of a sweep, by the name that stands in the column ``report``: each
    with its ``report`` (column ``of_report``) and ``values`` (columns ``parameter_...``).
    """
    names = dict.fromkeys(name for each in (outputs or {}).values() for name in each["values"])
    more = ["of_report", *(f"parameter_{name}" for name in names)] if outputs is not None else []
    lines: list[list[Any]] = [[*FIELDS, *more]]
    for row in rows:
        cells = [row.get(field) for field in FIELDS]
        if outputs is not None:
            output = outputs.get(
                str(row.get("report")), {"report": row.get("report"), "values": {}}
            )
            values = (output["values"].get(name) for name in names)
            cells += [output["report"], *values]
        lines.append(cells)
    return as_csv(lines, safe=True).encode("utf-8")


# --- two renderings of a report, side by side ---

# Other processors and libraries may round the last digits of a number otherwise.
_ALIKE = 1e-9

Rows = Sequence[Mapping[str, Any]]


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """A line for each finding of a report that is not as it was, from their records.

    Numbers are alike when they agree to nine digits, all else when it is equal.
    """
    report = after["report"]
    if before is None:
        return [_("{report}: not there yet", report=report)]
    found = []
    verdicts = [(each.get("claim") or {}).get("verdict") for each in (before, after)]
    if before.get("main") != after.get("main"):
        found.append(
            _(
                "{report}: main finding {before} -> {after}",
                report=report,
                before=_shown(before.get("main")),
                after=_shown(after.get("main")),
            )
        )
    if verdicts[0] != verdicts[1]:
        old_verdict, new_verdict = map(_shown, verdicts)
        found.append(_("{report}: verdict {before} -> {after}",
                       report=report, before=old_verdict, after=new_verdict))  # fmt: skip
    old, new = _keyed(before["findings"]), _keyed(after["findings"])
    for key, row in old.items():
        if key not in new:
            found.append(
                _(
                    "{report}: {finding} is there no more, was {value}",
                    report=report,
                    finding=_name(key),
                    value=_shown(row["estimate"]),
                )
            )
        else:
            found += [f"{report}: {_name(key)}: {text}" for text in _changes(row, new[key])]
    found += [
        _(
            "{report}: {finding} is new, {value}",
            report=report,
            finding=_name(key),
            value=_shown(row["estimate"]),
        )
        for key, row in new.items()
        if key not in old
    ]
    return found


def _keyed(rows: Rows) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Findings by name; of equal names by their order."""
    keyed: dict[tuple[str, int], Mapping[str, Any]] = {}
    times: dict[str, int] = {}
    for row in rows:
        name = str(row.get("name"))
        times[name] = times.get(name, 0) + 1
        keyed[name, times[name]] = row
    return keyed


def _name(key: tuple[str, int]) -> str:
    name, number = key
    return name if number == 1 else f"{name} ({number})"


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    found = []
    for field in FIELDS:
        old, new = before.get(field), after.get(field)
        if field in _NUMBERS and isinstance(old, int | float) and isinstance(new, int | float):
            if not math.isclose(old, new, rel_tol=_ALIKE, abs_tol=0):
                found.append(f"{field} {old:g} -> {new:g} ({_by(old, new)})")
        elif old != new and field != "report":
            found.append(f"{field} {_shown(old)} -> {_shown(new)}")
    return found


def _by(old: float, new: float) -> str:
    """How far a number moved.

    >>> _by(70.0, 63.0), _by(0, 2)
    ('-7, -10 %', '+2')
    """
    moved = f"{new - old:+.6g}"
    return f"{moved}, {100 * (new - old) / abs(old):+.3g} %" if old else moved


def _shown(value: object) -> str:
    return _("(none)") if value is None or value == "" else str(value)
