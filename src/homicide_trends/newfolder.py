"""A new folder of tables for somebody's own place, texts and question."""

import csv
import io
import json
import os
import re
import tempfile
from calendar import monthrange
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .folders import DataError, Folder, shipped
from .language import N_, _
from .rawtables import RawTable, Record, read_raw

EXAMPLE = "figures.example.csv"
_EXAMPLE_FIGURE = "memo-sixty-percent"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KINDS = {"date": " A day, as 2012-03-09.", "integer": " A whole number.", "number": " A number."}
_TITLES = {
    "trend": ("02-trend.ipynb", "How did the homicide rate change over time?"),
    "change": ("03-change.ipynb", "By how much did homicides change?"),
    "averted": ("04-averted.ipynb", "How many deaths fewer than expected?"),
    "effect": ("08-effect.ipynb", "What do the methods say about the change at the intervention?"),
    "figures": ("01-figures.ipynb", "What do the texts say, and from where?"),
    "verdicts": ("09-verdicts.ipynb", "What is the verdict on each figure?"),
    "claim": ("07-claim.ipynb", "For which definitions is the figure true?"),
}


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
    ['README.md', 'agencies.csv', 'counts.csv']
    """
    target = Path(directory).expanduser()
    if target.exists() and not target.is_dir():
        raise DataError(_("{folder}: is a file; name a new folder", folder=directory))
    if target.is_dir() and any(target.iterdir()):
        raise DataError(_("{folder}: is not empty; name a new folder", folder=directory))
    rows = _rows(place, name)
    package = _package(place, rows)
    contents = {f"{table}.csv": _csv(shipped_table(table).header, kept)
                for table, kept in rows.items()}  # fmt: skip
    contents["datapackage.json"] = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    figures = shipped_table("figures")
    example = [cells for _line, cells in figures.records() if cells["figure_id"] == _EXAMPLE_FIGURE]
    contents[EXAMPLE] = _csv(figures.header, example)
    contents["README.md"] = _readme(package, example[0])
    contents["reports.yml"] = _reports(place, intervention)
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


def shipped_table(table: str) -> RawTable:
    """A shipped table as text."""
    found = read_raw(shipped("data") / f"{table}.csv")
    if not isinstance(found, RawTable):
        raise DataError(str(found))
    return found


def _record(folder: Path) -> None:
    from .check import record  # pandas, which a mistake above can do without

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
            rows["places"].append(known[code])
        elif code == place:
            question = _("--name: what is the name of {place!r}?", place=place)
            raise DataError(question + _ours(place, known))
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


def _ours(place: str, known: dict[str, Record]) -> str:
    """The nearest of our places, if any is near."""
    near = get_close_matches(place, known, n=1)
    return _("; did you mean {near!r}?", near=near[0]) if near else ""


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
    """The description of the tables: the shipped schemas, and nothing that is about ours."""
    name = next((row["name"] for row in rows["places"] if row["place"] == place), None)
    return {
        "name": f"homicides-{place.lower()}" if place else "homicides",
        "title": f"Homicides: {name}" if name else "Homicides",
        "description": N_(
            "Figures that texts state about homicides, beside the counts, populations and events "
            "that others published."
        ),
        "profile": "tabular-data-package",
        "resources": _resources(),
    }


def _csv(header: list[str], rows: list[Record]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(row.get(column, "") for column in header)
    return text.getvalue()


def _reports(place: str | None, intervention: date | None) -> str:
    """The list of reports, with the place and, where there is an intervention, its dates."""
    lines = [
        "# The reports that `homicide-trends render --data DIR` makes of this folder when none is",
        "# named. `notebook` is one of those that come with the program; `parameters` are values",
        "# of their own (`homicide-trends list --data DIR` shows all that there are).",
        "# Which months are compared decides the answer: take those that the text itself speaks",
        "# of, and say why.",
        "reports:",
    ]
    code = f"place: {json.dumps(place or 'XXX')}"
    if intervention:
        dates = _around(intervention)
        during = [each for each in dates if each.startswith("window")]
        wanted = {
            "trend": [code, f"window_start: {dates[0].split()[1]}", during[1]],
            "change": [code, *dates],
            "averted": [code, *dates],
            "effect": [code, dates[0], *during],
        }
        for report, values in wanted.items():
            lines += _entry(report, values, "")
    else:
        lines += _entry("trend", [code], "")
        lines += [
            "  # Fill in the dates of the question, and take the marks away:",
            "  # (trend takes window_start and window_end, too)",
        ]
        dates = [f"{period}_{end}: YYYY-MM-DD" for period in ("baseline", "window")
                 for end in ("start", "end")]  # fmt: skip
        for report in ("change", "averted"):
            lines += _entry(report, [code, *dates], "  # ")
    lines += ["  # When figures.csv has rows, take these marks away:"]
    lines += _entry("figures", [code], "  # ")
    lines += _entry("verdicts", [], "  # ")
    lines += _entry("claim", ["figure: FIGURE_ID"], "  # ")
    return "\n".join(lines) + "\n"


def _entry(report: str, values: list[str], mark: str) -> list[str]:
    notebook, title = _TITLES[report]
    indent = mark or "  "
    lines = [f"{indent}{report}:", f"{indent}  notebook: {notebook}", f"{indent}  title: {title}"]
    if values:
        lines.append(f"{indent}  parameters: {{{', '.join(values)}}}")
    return lines


def _around(intervention: date) -> list[str]:
    """The twelve months before the month of a day, and the twelve from it on."""
    year, month = intervention.year, intervention.month
    before = date(year if month > 1 else year - 1, month - 1 if month > 1 else 12, 1)
    last = before.replace(day=monthrange(before.year, before.month)[1])
    end = date(last.year + 1, last.month, monthrange(last.year + 1, last.month)[1])
    return [
        f"baseline_start: {date(year - 1, month, 1)}",
        f"baseline_end: {last}",
        f"window_start: {date(year, month, 1)}",
        f"window_end: {end}",
    ]


def _readme(package: dict[str, Any], example: Record) -> str:
    """What every column holds, from the descriptions of the schema."""
    lines = [
        f"# {package['title']}",
        "",
        "A folder of tables for `homicide-trends`. Every row names its source; counts that",
        "conflict stand side by side. Files are UTF-8, comma-separated; an empty cell means *not",
        "known* or *not stated*, never zero; periods include their first and their last day.",
        "",
        "```",
        "homicide-trends import FILE.csv --data DIR    # adds counts from somebody's file",
        "homicide-trends check --data DIR              # finds what is wrong, with its remedy",
        "homicide-trends check --record --data DIR     # after a change of yours: notes checksums",
        "homicide-trends render --data DIR --out OUT   # renders the reports of reports.yml",
        "```",
        "",
        "The tables are described by `datapackage.json`, from which the lists below are made.",
        "Begin with `sources.csv` (where is it from?), then `places.csv` and `agencies.csv` (who",
        "counts?), then `counts.csv`, by hand or by `import`. Rates need `population.csv`.",
        "`figures.csv` takes what texts state; `reports.yml` says which reports are rendered. For",
        "claims about an intervention, `events.csv` has its day with the role `intervention`.",
    ]
    for resource in package["resources"]:
        lines += ["", f"## {resource['path']}: {resource['title'].lower()}", ""]
        lines += [
            resource["description"],
            "",
            "| column | filled | what it holds |",
            "|---|---|---|",
        ]
        lines += [_column(field) for field in resource["schema"]["fields"]]
        if resource["name"] == "counts":
            lines += ["", *_section("## Status of a count")]
        if resource["name"] == "figures":
            lines += ["", *_example(resource, example)]
    return "\n".join(lines) + "\n"


def _column(field: dict[str, Any]) -> str:
    """A row of the list of columns."""
    constraints = field.get("constraints", {})
    text = field["description"]
    kinds = {
        "date": " A day, as 2012-03-09.",
        "integer": " A whole number.",
        "number": " A number.",
    }
    text += kinds.get(field.get("type", ""), "")
    if "enum" in constraints:
        text += " One of: " + ", ".join(f"`{value}`" for value in constraints["enum"]) + "."
    filled = "always" if constraints.get("required") else "if known"
    return f"| `{field['name']}` | {filled} | {_cell(text)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(heading: str) -> list[str]:
    """A section of the shipped tables' README, one level deeper."""
    text = (shipped("data") / "README.md").read_text(encoding="utf-8")
    section = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    found = next(each for each in section if each.startswith(heading))
    return ("#" + found).strip().splitlines()


def _example(resource: dict[str, Any], example: Record) -> list[str]:
    """The example figure, cell by cell."""
    lines = [
        "### An example",
        "",
        f"`{EXAMPLE}` holds one row as an example: a figure of a text about El Salvador. No",
        "command reads that file. Cell by cell:",
        "",
        "| column | in the example | why |",
        "|---|---|---|",
    ]
    for field in resource["schema"]["fields"]:
        value = example[field["name"]]
        shown = f"`{value}`" if value else "(empty)"
        lines.append(f"| `{field['name']}` | {_cell(shown)} | {_cell(field['description'])} |")
    lines += [
        "",
        "`value` is 60 and not 0.6 because the text speaks of percent. The baseline is empty",
        "because the text names none: which one makes the figure true is what a report finds out.",
    ]
    return lines
