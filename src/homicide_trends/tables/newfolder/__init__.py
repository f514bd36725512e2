"""A new folder of tables for somebody's own place, texts and question."""

import json
import os
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from ...language import N_, _, current, translated
from ..folders import DataError, Folder, closest, shipped
from ..rawtables import RawTable, Record, read_raw
from ..writing import as_csv
from .explanation import EXAMPLE, explanation, report_list

__all__ = ["EXAMPLE", "new_folder", "shipped_table"]

_EXAMPLE_FIGURE = "memo-sixty-percent"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def new_folder(
    directory: Folder,
    *,
    place: str | None = None,
    name: str | None = None,
    intervention: date | None = None,
) -> list[str]:
    """Write a folder of tables like the shipped one, without rows, and return its files' names.

    ``place`` is the code of the place that it is about: its name (``name``, or ours where we have
    the place) goes into ``places.csv``, and the populations that we have of it, with their
    sources, into their tables. ``intervention`` is a day whose effect a text states: the list of
    reports then compares the twelve months before its month with the twelve from it on.

    Raises DataError when the directory exists and is not empty, for a place that has no name, and
    for a code that is none; nothing is left behind then.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = new_folder(Path(folder, "mine"), place="GTM")
    ...     (Path(folder, "mine") / "places.csv").read_text().splitlines()
    ['place,name,kind,within', 'GTM,Guatemala,country,']
    >>> files[:3]
    ['README.md', 'agencies.csv', 'claims.csv']
    """
    target = Path(directory).expanduser()
    if target.exists() and not target.is_dir():
        raise DataError(_("{folder}: is a file; name a new folder", folder=directory))
    if target.is_dir() and any(target.iterdir()):
        raise DataError(_("{folder}: is not empty; name a new folder", folder=directory))
    rows = _rows(place, name)
    package = _package(place, rows)
    contents = {}
    for each in package["resources"]:
        header = [field["name"] for field in each["schema"]["fields"]]
        contents[each["path"]] = _table(header, rows[each["name"]])
    contents["datapackage.json"] = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    figures = shipped_table("figures")
    [example] = [
        {**cells, "note": translated(cells["note"])}
        for _line, cells in figures.records()
        if cells["figure_id"] == _EXAMPLE_FIGURE
    ]
    contents[EXAMPLE] = _table(figures.header, [example])
    contents["README.md"] = explanation(package, example)
    contents["reports.yml"] = report_list(place, intervention)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as temporary:
        staged = Path(temporary, "new")
        staged.mkdir()
        for file, content in contents.items():
            (staged / file).write_text(content, encoding="utf-8", newline="")
        _record(staged)
        if target.is_dir():
            target.rmdir()
        os.replace(staged, target)
    return sorted(contents)


def _table(header: list[str], rows: list[Record]) -> str:
    return as_csv([header, *([row.get(column, "") for column in header] for row in rows)])


def shipped_table(table: str) -> RawTable:
    """A shipped table as text."""
    found = read_raw(shipped("data") / f"{table}.csv")
    if not isinstance(found, RawTable):
        raise DataError(str(found))
    return found


def _record(folder: Path) -> None:
    from ..check import record  # pandas, which a mistake above can do without

    record(folder)


def _rows(place: str | None, name: str | None) -> dict[str, list[Record]]:
    """The rows that each table begins with."""
    rows: dict[str, list[Record]] = {resource["name"]: [] for resource in _resources()}
    if place is None:
        if name is not None:
            raise DataError(_("--name: give the place's code with --place, such as GTM"))
        return rows
    if not _CODE.fullmatch(place):
        raise DataError(
            _(
                "--place: {place!r} is no code; use letters without accents, digits, '-', '_' "
                "and '.', and for a country its ISO code of three letters",
                place=place,
            )
        )
    known = {cells["place"]: cells for _line, cells in shipped_table("places").records()}
    country = place.partition("-")[0]
    for code in dict.fromkeys((country, place)):
        if code == place and name:
            municipality = code != country
            kind = "municipality" if municipality else "country"
            within = country if municipality else ""
            rows["places"].append({"place": code, "name": name, "kind": kind, "within": within})
        elif code in known:
            # Regions stay behind: a rank among their members is no part of a new folder.
            within = known[code]["within"] if known[code]["within"] == country else ""
            rows["places"].append({**known[code], "within": within})
        elif code == place:
            question = _("--name: what is the name of {place!r}?", place=place)
            raise DataError(question + closest(place, known))
        else:
            raise DataError(
                _(
                    "--place: {place!r} lies in {within!r} by its code, which has no name here; "
                    "begin with `{command}` and add the row of {place!r} to places.csv",
                    place=place,
                    within=code,
                    command=f"new --place {code} --name ...",
                )
            )
    kept = {row["place"] for row in rows["places"]}
    rows["population"] = [
        cells for _line, cells in shipped_table("population").records() if cells["place"] in kept
    ]
    sources = {cells["source_id"] for cells in rows["population"]}
    rows["sources"] = _with_parents(sources)
    return rows


def _with_parents(wanted: set[str]) -> list[Record]:
    """Rows of sources, with those that they are derived from."""
    rows = {cells["source_id"]: cells for _line, cells in shipped_table("sources").records()}
    left, kept = list(wanted), set(wanted)
    while left:
        parents = {p.strip() for p in rows[left.pop()]["derived_from"].split(";") if p.strip()}
        left += sorted(parents - kept)
        kept |= parents
    return [cells for source, cells in rows.items() if source in kept]


def _resources() -> list[dict[str, Any]]:
    content = (shipped("data") / "datapackage.json").read_text(encoding="utf-8")
    resources: list[dict[str, Any]] = json.loads(content)["resources"]
    return resources


def _package(place: str | None, rows: dict[str, list[Record]]) -> dict[str, Any]:
    """The description of the tables: the shipped schemas, and nothing that is about ours.

    It stays English, which is the key of its translation; the title, which names the place,
    stands beside it in the language in force.
    """
    name = next((row["name"] for row in rows["places"] if row["place"] == place), None)
    titles = {"title": f"Homicides: {name}" if name else "Homicides"}
    if current() != "en":
        named = _("Homicides: {place}", place=translated(name)) if name else _("Homicides")
        titles[f"title_{current()}"] = named
    return {
        "name": f"homicides-{place.lower()}" if place else "homicides",
        **titles,
        "description": N_(
            "Figures that texts state about homicides, beside the counts, populations and events "
            "that others published."
        ),
        "profile": "tabular-data-package",
        "resources": _resources(),
    }
