"""What the pages of a site say beside the reports: tables, sources, words, terms of use."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .. import language
from ..language import N_, _, translated
from ..tables.check.descriptor import DESCRIPTOR, read_descriptor
from ..tables.folders import shipped
from ..tables.load import DataError, load_figures, load_sources, schemas
from ..tables.problems import Problem
from ..tables.rawtables import RawTable, read_raw

TYPES = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "date": N_("date"),
}
# Words of the shipped tables' own case; a folder that says nothing of it does without them.
_OF_THE_CASE = {"truce": "truce", "violence-free": "violence"}
_ADDRESS = re.compile(r"https?://[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Content:
    """A folder of tables as a site shows it, before any language.

    ``described`` is its datapackage.json, ``raw`` its tables as text, ``readme`` its README.md
    as text or None, ``shipped`` whether it is the folder that comes with the package.
    """

    folder: Path
    described: Mapping[str, Any]
    raw: Mapping[str, RawTable]
    readme: str | None
    figures: pd.DataFrame
    sources: pd.DataFrame
    shipped: bool


def read_content(folder: Path, readme: bytes | None) -> Content:
    """All that a site needs of a folder of tables; DataError for what cannot be read."""
    described = read_descriptor(folder)
    if isinstance(described, Problem):
        if (folder / DESCRIPTOR).exists():
            raise DataError(str(described))
        described = {"resources": []}
    # Another file in the folder, such as a list of names, is nobody's to publish.
    wanted = {*schemas(), *(str(each.get("name")) for each in _resources(described))}
    raw = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem in wanted:
            table = read_raw(path)
            if isinstance(table, Problem):
                raise DataError(str(table))
            raw[path.stem] = table
    return Content(
        folder,
        described,
        raw,
        None if readme is None else readme.decode("utf-8"),
        load_figures(data=folder),
        load_sources(data=folder),
        folder.resolve() == shipped("data").resolve(),
    )


def described_as(content: Content, key: str) -> str:
    """A text of the folder's description in the language in force, where there is one in it.

    ``title_es`` stands beside ``title`` for that; what is ours is translated.
    """
    text = content.described.get(f"{key}_{language.current()}") or content.described.get(key)
    return translated(text.strip()) if isinstance(text, str) else ""


def tables(content: Content) -> list[dict[str, Any]]:
    """The tables with their columns, in the order of the description, then by name."""
    resources = {str(each.get("name")): each for each in _resources(content.described)}
    names = [name for name in resources if name in content.raw]
    names += [name for name in content.raw if name not in resources]
    return [
        {
            "name": name,
            "description": translated(str(resources.get(name, {}).get("description") or "")),
            "rows": len(content.raw[name].rows),
            "fields": _fields(content.raw[name], name, resources.get(name, {})),
        }
        for name in names
    ]


def _resources(described: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in described["resources"] if isinstance(each, dict)]


def _fields(raw: RawTable, table: str, resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns that a table has, with what its own description or ours says of them."""
    schema = resource.get("schema")
    listed = schema.get("fields", []) if isinstance(schema, dict) else []
    own = {each.get("name"): each for each in listed if isinstance(each, dict)}
    found = []
    for name in raw.header:
        field = {**schemas().get(table, {}).get(name, {}), **own.get(name, {})}
        constraints = field.get("constraints")
        constraints = constraints if isinstance(constraints, dict) else {}
        found.append(
            {
                "name": name,
                "type": translated(TYPES.get(str(field.get("type")), str(field.get("type", "")))),
                "description": translated(str(field.get("description", ""))),
                "required": bool(constraints.get("required")),
                "values": [str(each) for each in constraints.get("enum") or []],
            }
        )
    return found


def sources(content: Content) -> list[dict[str, str]]:
    """The sources as a page shows them; only what is an address of the web becomes a link."""
    return [
        {
            **{name: str(row[name]) for name in ("source_id", "publisher", "title", "date")},
            "licence": str(row["licence"]),
            "kind": _("{kind}, weak", kind=translated(row["kind"]))
            if row["quality"] == "weak"
            else translated(row["kind"]),
            "address": row["url"] if _ADDRESS.fullmatch(row["url"]) else "",
        }
        for row in content.sources.to_dict("records")
    ]


def licences(content: Content) -> list[dict[str, str]]:
    """The terms under which the tables are offered, as their description says."""
    listed = content.described.get("licenses")
    return [
        {
            "title": translated(str(each.get("title") or each.get("name") or "")),
            "address": str(each["path"]) if _ADDRESS.fullmatch(str(each.get("path", ""))) else "",
        }
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    ]


def terms(content: Content) -> list[dict[str, str]]:
    """The glossary in the language in force, in its alphabet."""
    here = language.current()
    (other,) = [each for each in language.LANGUAGES if each != here]
    with (language.CATALOGUES / "glossary.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    said = " ".join([*content.figures["measure"], *_cells(content, "events", "event")]).casefold()
    found = [
        {
            "term": row[f"term_{here}"],
            "elsewhere": row[f"term_{other}"],
            "definition": row[f"definition_{here}"],
            "anchor": row["term_en"].replace(" ", "-"),
        }
        for row in rows
        if _OF_THE_CASE.get(row["term_en"], "") in said
    ]
    return sorted(found, key=lambda each: _folded(each["term"]))


def _cells(content: Content, table: str, column: str) -> list[str]:
    raw = content.raw.get(table)
    if raw is None or column not in raw.header:
        return []
    place = raw.header.index(column)
    return [row[place] for row in raw.rows if len(row) > place]


def _folded(text: str) -> str:
    """A word as the alphabet sorts it."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text)
    return "".join(each for each in plain if not unicodedata.combining(each)).casefold()
