"""Validation of a folder of tables: every error at once, with file, row, column and remedy.

A folder must hold ``datapackage.json``. It describes the tables (types, constraints, primary and
foreign keys) and records their size and SHA-256, so that a change nobody meant is noticed;
``record`` writes both anew after a change that was meant. A resource without ``hash`` makes no
such promise and is not compared. What a schema cannot say stands in ``rules``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ...language import N_, _, translated
from ..load import Folder, data_folder
from ..problems import Problem, suggestion
from ..rawtables import RawTable, misfit, plain_number, read_raw
from . import rules
from .count_rules import remarks
from .descriptor import (
    DESCRIPTOR,
    differing,
    frictionless_library,
    read_descriptor,
    record,
    types_of,
    usable,
)

__all__ = ["Problem", "check_tables", "record", "remarks"]

MOST_PROBLEMS = 1000  # of a table, from the schema and from the rules each

_PATTERN = N_("does not match {pattern}")
_ERRORS = {
    "blank-row": (N_("the row is empty"), N_("delete it")),
    "unique-error": (N_("stands in another row too"), N_("it must be unique")),
    "missing-cell": (N_("the row ends before this column"), N_("add the missing commas")),
}


def check_tables(data: Folder | None = None) -> list[Problem]:
    """Everything that is wrong with a folder of tables, in the order of files and rows.

    ``data`` is the folder, by default the one in force. An empty list means that all tables
    are well. Raises DataError when there is no such folder.

    >>> check_tables()
    []
    """
    folder = data_folder(data)
    described = read_descriptor(folder)
    if isinstance(described, Problem):
        return [described]
    resources, problems = usable(described)
    tables: dict[str, RawTable] = {}
    for name, resource in resources.items():
        path = folder / resource["path"]
        problems += differing(path, resource)
        table = read_raw(path)
        if isinstance(table, Problem):
            problems.append(table)
        else:
            problems += _headed(table, resource)
            tables[name] = table
    types = {name: types_of(resource) for name, resource in resources.items()}
    problems += _once(
        _limited(_by_schema(tables, resources)), _limited(rules.broken(tables, types))
    )
    return _sorted(problems, [resource["path"] for resource in resources.values()])


def _once(by_schema: list[Problem], by_rules: list[Problem]) -> list[Problem]:
    """The problems of both, without saying the same of a cell twice.

    The schema says it, unless it can only show a pattern where a rule names the remedy.
    """
    ruled = {_place(each) for each in by_rules}
    pattern = translated(_PATTERN).partition("{")[0]
    said = [
        each
        for each in by_schema
        if not (_place(each) in ruled and each.message.startswith(pattern))
    ]
    known = {_place(each) for each in said if each.column}
    return said + [each for each in by_rules if _place(each) not in known]


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.row, problem.column


def _limited(problems: Iterable[Problem]) -> list[Problem]:
    """The first problems of each file, and where there are more, that there are."""
    kept: list[Problem] = []
    counted: Counter[str] = Counter()
    for problem in problems:
        counted[problem.file] += 1
        if counted[problem.file] <= MOST_PROBLEMS:
            kept.append(problem)
    for file, count in counted.items():
        if count > MOST_PROBLEMS:
            message = _("has more than {most} errors", most=MOST_PROBLEMS)
            remedy = _("correct these first, then check again")
            kept.append(Problem(file, 0, "", "", message, remedy))
    return kept


def _headed(table: RawTable, resource: dict[str, Any]) -> list[Problem]:
    """Missing and extra columns."""
    fields = list(types_of(resource))
    missing = [name for name in fields
               if name not in table.header and not _is_optional(name, resource)]  # fmt: skip
    extra = [name for name in table.header if name not in fields]
    return [
        Problem(table.file, 1, name, "", _("is missing from the header"), _("add the column"))
        for name in missing
    ] + [
        Problem(
            table.file, 1, name, "", _("is not a column of this table"),
            suggestion(name, missing) if missing else _("leave it out"),
        )
        for name in extra
    ]  # fmt: skip


def _field(column: str, resource: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in resource["schema"]["fields"] if each["name"] == column)


def _is_optional(column: str, resource: dict[str, Any]) -> bool:
    """Whether a table may leave a column out, or end its rows before it."""
    fields = resource["schema"]["fields"]
    return any(each["name"] == column and each.get("optional") for each in fields)


def _by_schema(
    tables: dict[str, RawTable], resources: dict[str, dict[str, Any]]
) -> Iterator[Problem]:
    """What frictionless finds: types, constraints, rows of another length, keys.

    It is given the cells that were read here, in the columns that the schema knows, and not the
    paths, so that it opens nothing on its own.
    """
    frictionless = frictionless_library()
    given = [_inline(table, resources[name], tables) for name, table in tables.items()]
    if not given:
        return
    try:
        package = frictionless.Package.from_descriptor({"name": "tables", "resources": given})
        report = package.validate(limit_errors=MOST_PROBLEMS + 1)
    except Exception as error:  # constraints of another type raise whatever they happen upon
        remedy = _("restore it, or copy the one that comes with the package")
        message = _("cannot be used ({reason})", reason=f"{type(error).__name__}: {error}")
        yield Problem(DESCRIPTOR, 0, "", "", message, remedy)
        return
    for task in report.tasks:
        table = tables[task.name]
        for found in task.errors:
            problem = _translated(found, table, resources[task.name], tables)
            if problem:
                yield problem


def _inline(
    table: RawTable, resource: dict[str, Any], tables: dict[str, RawTable]
) -> dict[str, Any]:
    """A resource for frictionless: the known columns in the file's order, keys that can be met."""
    schema = resource["schema"]
    fields = {each["name"]: each for each in schema["fields"]}
    places = [place for place, name in enumerate(table.header) if name in fields]
    width = len(table.header)
    rows = table.rows
    if len(places) < width:
        rows = [[row[at] for at in places if at < len(row)] + row[width:] for row in rows]
    header = [table.header[place] for place in places]
    kept: dict[str, Any] = {"fields": [fields[name] for name in header]}
    if "missingValues" in schema:
        kept["missingValues"] = schema["missingValues"]
    key = [each for each in _names(schema.get("primaryKey"))
           if each in header or not fields.get(each, {}).get("optional")]  # fmt: skip
    if set(key) <= set(header):
        kept["primaryKey"] = key
    kept["foreignKeys"] = [
        key for key in schema.get("foreignKeys", []) if _can_be_met(key, table, tables)
    ]
    return {"name": resource["name"], "data": _Cells([header, *rows]), "schema": kept}


class _Cells(list[list[str]]):
    """Rows that frictionless only reads: copying them deeply took most of its time."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Cells":
        return self


def _names(value: object) -> list[str]:
    """One name or a list of them, as a list."""
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []


def _can_be_met(key: dict[str, Any], table: RawTable, tables: dict[str, RawTable]) -> bool:
    """Whether both ends of a foreign key are there to be compared."""
    name = key["reference"]["resource"]
    other = tables.get(name) if name else table
    if other is None:  # it could not be read, which is said of it
        return False
    return set(_names(key["fields"])) <= set(table.header) and set(
        _names(key["reference"]["fields"])
    ) <= set(other.header)


def _translated(
    error: Any, table: RawTable, resource: dict[str, Any], tables: dict[str, RawTable]
) -> Problem | None:
    """A frictionless error in our words; None for what another problem already says."""
    number = getattr(error, "row_number", 1)
    row = table.lines[number - 2] if number >= 2 else 1
    column = getattr(error, "field_name", "") or ""
    value = str(getattr(error, "cell", "") or "")
    message = error.note or error.message
    remedy = _("see the table's schema in {file}", file=DESCRIPTOR)
    cells = table.rows[number - 2] if number >= 2 else [""]
    blank = number >= 2 and not any(cells)
    if blank != (error.type == "blank-row"):
        return None
    if error.type == "missing-cell" and _is_optional(column, resource):
        return None
    if error.type == "unique-error" and _names(resource["schema"].get("primaryKey")) == [column]:
        return None  # a duplicate key, which is reported with the other row
    if error.type == "constraint-error" and table.header.index(column) >= len(cells):
        return None  # a cell that is missing
    if error.type in _ERRORS:
        message, remedy = map(translated, _ERRORS[error.type])
    elif error.type == "type-error":
        message, remedy = misfit("", _field(column, resource))
    elif error.type == "constraint-error":
        message, remedy = _constraint(error.note, value, column, resource)
    elif error.type == "extra-cell":
        message = _(
            "the row has {cells} cells, the header {columns}",
            cells=len(cells),
            columns=len(table.header),
        )
        remedy = _("quote a cell that holds a comma")
    elif error.type == "primary-key":
        column = ", ".join(_names(resource["schema"]["primaryKey"]))
        same = re.search(r"at position (\d+)", error.note)
        if not same:
            return None
        value = ", ".join(_cells(table, number, resource["schema"]["primaryKey"]))
        message = _("is the key of line {line} too", line=table.lines[int(same.group(1)) - 2])
        remedy = _("one row a key: delete one, or tell them apart")
    elif error.type == "foreign-key":
        column, value = ", ".join(error.field_names), ", ".join(map(str, error.field_cells))
        other = tables.get(error.reference_name, table)
        message = _("is not in {file}", file=other.file)
        remedy = suggestion(value, other.column(error.reference_field_names[0]))
    return Problem(table.file, row, column, value, message, remedy)


def _cells(table: RawTable, number: int, columns: object) -> list[str]:
    return [table.column(name)[number - 2] for name in _names(columns)]


def _constraint(note: str, value: str, column: str, resource: dict[str, Any]) -> tuple[str, str]:
    """Message and remedy for a value outside a constraint of its column."""
    named = re.search(r'constraint "(\w+)"', note)
    name = named.group(1) if named else ""
    field = _field(column, resource)
    wanted = field.get("constraints", {}).get(name)
    if name == "required":
        return _("is empty"), _("this column is never empty")
    if name == "enum" and isinstance(wanted, list):
        return _("is not one of the known values"), suggestion(value, map(str, wanted))
    if name in ("minimum", "maximum") and plain_number(value) is not None:
        return misfit(value, field)
    if name == "pattern":
        described = translated(str(field.get("description") or ""))
        message = translated(_PATTERN).format(pattern=wanted)
        return message, described or _("see the column's schema")
    message = _("breaks the constraint {name}", name=name)
    return message, _("wanted is {value}", value=wanted)


def _sorted(problems: list[Problem], files: list[str]) -> list[Problem]:
    """Problems by file in the descriptor's order, then by row; the descriptor's own first."""
    order = {file: place for place, file in enumerate([DESCRIPTOR, *files])}
    return sorted(problems, key=lambda each: (order.get(each.file, len(order)), each.row))
