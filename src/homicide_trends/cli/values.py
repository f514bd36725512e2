"""The values of parameters that a command is given, by -p and in a file by -f."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..language import _
from .options import PATH

GIVEN = click.option(
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Value of a parameter, for every report that has it (repeatable; a list is "
    "written a,b,c). Comes before values from -f.",
)
FILE = click.option(
    "-f",
    "file",
    metavar="FILE.yml",
    type=PATH,
    help="YAML file of values, NAME: value, for every report that has the parameter, or "
    "REPORT: {NAME: value} for one report.",
)


def asked_values(
    given: tuple[tuple[str, str], ...],
    file: Path | None,
    known: Mapping[str, Any],
    reports: tuple[str, ...],
) -> tuple[dict[str, object], dict[str, Mapping[str, object]]]:
    """Values for all reports, and those for each; -p comes before the file.

    Where reports are named, a value of the file that only others have is left out.
    """
    values, own = _from_file(file, set(known)) if file else ({}, {})
    if reports:
        values = _theirs(values, known, reports)
    return values | _from_options(given), own


def _from_options(given: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Values of -p; a name given twice is refused."""
    from ..reports import Text
    from ..reports.parameters import ParameterError

    names = [name for name, _ in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParameterError([_("-p {name} is given more than once", name=name) for name in twice])
    return {name: Text(value) for name, value in given}


def _theirs(
    values: dict[str, object], known: Mapping[str, Any], reports: tuple[str, ...]
) -> dict[str, object]:
    """Values of a file without those that only reports which were not asked for have."""
    others = {p.name for report in known.values() for p in report.parameters}
    mine = {p.name for name in reports if name in known for p in known[name].parameters}
    return {name: value for name, value in values.items() if name in mine or name not in others}


def _from_file(
    file: Path, reports: set[str]
) -> tuple[dict[str, object], dict[str, Mapping[str, object]]]:
    """Values of a YAML file: those for all reports, and those for each."""
    from ..reports.parameters import ParameterError, read_yaml
    from ..tables.folders import closest

    everything = {str(key): value for key, value in read_yaml(file).items()}
    own: dict[str, Mapping[str, object]] = {
        name: value for name, value in everything.items() if isinstance(value, dict)
    }
    unknown = [name for name in own if name not in reports]
    if unknown:
        raise ParameterError(
            [
                f"{file}: "
                + _("no report {name!r}{known}", name=name, known=closest(name, reports))
                for name in unknown
            ]
        )
    return {name: value for name, value in everything.items() if name not in own}, own
