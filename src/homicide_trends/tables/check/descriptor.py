"""The description of a folder of tables, ``datapackage.json``: reading, comparing, recording it.

It is the user's file: everything in it is checked before it is used, and no address or path in it
is ever followed, except to the tables that lie beside it.
"""

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...language import N_, _, translated
from ..load import DataError, Folder, data_folder, optional_tables, schemas
from ..problems import Problem, quoted
from ..rawtables import read_bytes
from ..writing import checksum, write

DESCRIPTOR = "datapackage.json"
LARGEST_DESCRIPTOR = 5_000_000  # bytes

_RESTORE = N_("restore it, or run `homicide-trends check --record` if the change is yours")


def read_descriptor(folder: Path) -> dict[str, Any] | Problem:
    """The folder's ``datapackage.json``, or the problem that keeps it from being read."""
    content = read_bytes(folder / DESCRIPTOR, LARGEST_DESCRIPTOR)
    if isinstance(content, Problem):
        return content
    try:
        described = json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        message = _("is not JSON ({reason})", reason=reason)
        return Problem(DESCRIPTOR, 0, "", "", message, _("restore it"))
    if not isinstance(described, dict) or not isinstance(described.get("resources"), list):
        remedy = _("copy the one that comes with the package")
        return Problem(DESCRIPTOR, 0, "", "", _("lists no resources"), remedy)
    return described


def usable(described: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[Problem]]:
    """Resources by name that can be worked with, and what is wrong with the descriptor."""
    resources: dict[str, dict[str, Any]] = {}
    problems: list[Problem] = []

    def wrong(value: object, message: str, remedy: str) -> None:
        problems.append(Problem(DESCRIPTOR, 0, "", str(value), message, remedy))

    for place, resource in enumerate(described["resources"], start=1):
        name = resource.get("name") if isinstance(resource, dict) else None
        if not isinstance(name, str) or name in resources:
            what = name or _("resource {number}", number=place)
            wrong(what, _("needs a name of its own"), _("name it like its file"))
        elif resource.get("path") != f"{name}.csv" or Path(f"{name}.csv").name != f"{name}.csv":
            message = _("is not the path of resource {name}", name=quoted(name))
            remedy = _("the path is the resource's name with .csv, in the same folder")
            wrong(resource.get("path"), message, remedy)
        elif fault := _schema_fault(resource.get("schema")):
            message = _("has no usable schema ({reason})", reason=fault)
            wrong(name, message, _("copy the one of the shipped tables"))
        else:
            resources[name] = resource
    there = {each.get("name") for each in described["resources"] if isinstance(each, dict)}
    for name, resource in resources.items():
        for key in resource["schema"].get("foreignKeys", []):
            other = key["reference"]["resource"]
            if other and other not in there:
                message = _("is named by a foreign key of {name}", name=name)
                wrong(other, message, _("no resource has this name"))
    for table, columns in schemas().items():
        if table not in resources:
            if table not in optional_tables() and not any(
                problem.value in (table, f"{table}.csv") for problem in problems
            ):
                remedy = _("every table is needed, if only empty")
                wrong(table, _("is not among the resources"), remedy)
            continue
        described_columns = set(types_of(resources[table]))
        for column, field in columns.items():
            if column not in described_columns and not field.get("optional"):
                message = _("is not a field of {table}", table=table)
                wrong(column, message, _("copy the shipped table's schema"))
    return resources, problems


def _schema_fault(schema: object) -> str:
    """Why frictionless cannot work with a schema; empty when it can."""
    if not isinstance(schema, dict) or not isinstance(schema.get("fields"), list):
        return _("it lists no fields")
    names = [each.get("name") for each in schema["fields"] if isinstance(each, dict)]
    if len(names) != len(schema["fields"]) or not all(isinstance(name, str) for name in names):
        return _("a field has no name")
    if len(set(names)) < len(names):
        return _("a field stands twice")
    constraints = [each.get("constraints") for each in schema["fields"]]
    given = {repr(each["pattern"]) for each in constraints
             if isinstance(each, dict) and "pattern" in each}  # fmt: skip
    ours = {repr(field.get("constraints", {}).get("pattern"))
            for table in schemas().values() for field in table.values()}  # fmt: skip
    if foreign := sorted(given - ours):
        # A pattern can take longer than the universe has, and none of its authors means it.
        return _("the pattern {pattern} is in none of the shipped tables", pattern=foreign[0][:60])
    frictionless = frictionless_library()
    try:
        frictionless.Schema.from_descriptor(schema)
    except frictionless.FrictionlessException as error:
        return "; ".join(reason.note for reason in error.reasons or [error.error])
    except Exception as error:  # a schema of another shape raises whatever it happens upon
        return f"{type(error).__name__}: {error}"
    return ""


def frictionless_library() -> Any:
    """The frictionless library, imported when it is needed.

    jsonschema looks for an optional parser that takes two seconds to import and is not used here.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import frictionless

    return frictionless


def types_of(resource: dict[str, Any]) -> dict[str, str]:
    """The columns of a resource with their types."""
    return {each["name"]: each.get("type", "string") for each in resource["schema"]["fields"]}


def differing(path: Path, resource: dict[str, Any]) -> list[Problem]:
    """Whether a table is not the one recorded in the descriptor."""
    recorded = resource.get("hash")
    content = read_bytes(path) if recorded is not None else b""
    if recorded is None or isinstance(content, Problem):
        return []
    if not isinstance(recorded, str) or not re.fullmatch("sha256:[0-9a-f]{64}", recorded):
        message = _("is not the SHA-256 of {file}", file=path.name)
        return [Problem(DESCRIPTOR, 0, "hash", str(recorded), message, translated(_RESTORE))]
    found = f"sha256:{checksum(content)}"
    if (found, len(content)) == (recorded, resource.get("bytes", len(content))):
        return []
    message = _(
        "differs from the one recorded in {file}: {bytes} bytes, {digest}..., recorded "
        "{recorded_bytes} bytes, {recorded}...",
        file=DESCRIPTOR,
        bytes=len(content),
        digest=found[:19],
        recorded_bytes=resource.get("bytes", "?"),
        recorded=recorded[:19],
    )
    return [Problem(path.name, 0, "", "", message, translated(_RESTORE))]


def record(data: Folder | None = None) -> None:
    """Write size and SHA-256 of each table into the folder's ``datapackage.json``.

    The file is replaced when the new one is whole. Raises DataError when the descriptor cannot
    be used or a table is missing.

    >>> import shutil, tempfile
    >>> from homicide_trends.tables.check import check_tables
    >>> from homicide_trends.tables.load import shipped
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     copy = shutil.copytree(shipped("data"), folder + "/mine")
    ...     with open(copy + "/places.csv", "a") as table:
    ...         _ = table.write("ABW,Aruba,country,\\n")
    ...     before = len(check_tables(copy))
    ...     record(copy)
    ...     before, len(check_tables(copy))
    (1, 0)
    """
    folder = data_folder(data)
    described = read_descriptor(folder)
    names = [] if isinstance(described, Problem) else list(usable(described)[0])
    contents = {f"{name}.csv": read_bytes(folder / f"{name}.csv") for name in names}
    for content in contents.values():
        if isinstance(content, Problem):
            raise DataError(str(content))
    write(folder / DESCRIPTOR, recorded(folder, contents))  # type: ignore[arg-type]


def recorded(folder: Path, contents: Mapping[str, bytes]) -> bytes:
    """The folder's descriptor with size and SHA-256 of some tables, by file name, written anew.

    What it says of other tables stays. Raises DataError when the descriptor cannot be used.
    """
    described = read_descriptor(folder)
    if isinstance(described, Problem):
        raise DataError(str(described))
    resources, problems = usable(described)
    if problems:
        raise DataError(str(problems[0]))
    for resource in resources.values():
        if resource["path"] in contents:
            content = contents[resource["path"]]
            resource["bytes"] = len(content)
            resource["hash"] = f"sha256:{checksum(content)}"
    try:
        return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError as error:
        message = _("{file}: a text in it is not Unicode ({error})", file=DESCRIPTOR, error=error)
        raise DataError(message) from None
