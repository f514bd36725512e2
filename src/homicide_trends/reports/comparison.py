"""Findings of two renderings of a report, side by side: which differ, and by how much."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..language import _
from .findings import FIELDS

NUMBERS = ("estimate", "lower", "upper", "conf")

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
    if before.get("main") != after.get("main"):
        found.append(
            _(
                "{report}: main finding {before} -> {after}",
                report=report,
                before=_shown(before.get("main")),
                after=_shown(after.get("main")),
            )
        )
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
    verdicts = [
        {str(each.get("figure_id")): each for each in record.get("verdicts") or []}
        for record in (before, after)
    ]
    for figure in dict.fromkeys([*verdicts[0], *verdicts[1]]):
        one, other = (each.get(figure, {}) for each in verdicts)
        found += [
            _(
                "{report}: verdict on {figure}: {layer} {before} -> {after}",
                report=report,
                figure=figure,
                layer=name,
                before=_shown(one.get(name)),
                after=_shown(other.get(name)),
            )
            for name in dict.fromkeys([*one, *other])
            if one.get(name) != other.get(name)
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
        if field in NUMBERS and isinstance(old, int | float) and isinstance(new, int | float):
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
