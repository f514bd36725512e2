"""Tiny notebooks and tables, so that tests of the renderer do not depend on the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

PARAMETERS = """\
place: str = "SLV"  # code of the place
text: str = "plain"  # any text
window_start: str = "2012-03-01"  # first day
window_end: str = "2013-12-31"  # last day
conf: float = 0.95  # confidence level
years: int = 3  # how many
weak: bool = False  # let weak sources in
places: list[str] = ["SLV"]  # several places
"""

# A 2 x 1 pixel picture.
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR42mP8z8BQz0AEYBxVSF8A"
    "m7gD/4qFG1kAAAAASUVORK5CYII="
)

SHOW = f'''\
import hashlib, html, os
from pathlib import Path
from IPython.display import display
table = Path(os.environ.get("HOMICIDE_TRENDS_DATA", "nowhere"), "counts.csv")
digest = hashlib.sha256(table.read_bytes()).hexdigest() if table.is_file() else "0" * 64
mime = "application/vnd.homicide-trends+json"
row = {{"name": "rate", "label": "Rate", "estimate": 69.9, "lower": 67.9, "upper": 72.1,
       "unit": "per 100,000 person-years", "place": place, "note": text, "conf": conf,
       "window_start": window_start, "window_end": window_end, "sources": ["a", "b"]}}
display({{mime: {{"findings": [row], "main": f"The rate was 69.9 ({{text}}).",
               "provenance": {{"tables": {{"counts.csv": digest}}, "versions": {{"x": "1"}},
                              "sources": ["a"]}}}},
         "text/html": f"<table><caption>Rates</caption><thead><tr><th>Place</th></tr></thead>"
                      f"<tbody><tr><td>{{html.escape(text)}}</td></tr></tbody></table>",
         "text/plain": "table"}}, raw=True)
display({{"image/png": "{PNG}", "text/plain": "<Figure>"}}, raw=True,
        metadata={{"image/png": {{"alt": f"Rates of {{place}}: {{text}}"}}}})
'''


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def parameters(source: str = PARAMETERS) -> dict[str, Any]:
    return code(source, "parameters")


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "cells": [{**cell, "id": f"c{number}"} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": {"display_name": "x", "language": "python", "name": "nowhere"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def usual(*more: dict[str, Any]) -> dict[str, Any]:
    """A notebook with a title, parameters, a table and a figure."""
    return notebook(
        markdown("# How was it?\n\nWhat this is about."),
        parameters(),
        markdown("## What was the rate?"),
        code(SHOW),
        *more,
    )


def write_notebooks(folder: Path, **notebooks: dict[str, Any]) -> Path:
    """A folder of notebooks with the list of reports; report and notebook have one name."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = {}
    for name, content in notebooks.items():
        (folder / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")
        listed[name] = {"notebook": f"{name}.ipynb", "title": f"Title of {name}"}
    (folder / "reports.yml").write_text(yaml.safe_dump({"reports": listed}, sort_keys=False))
    return folder


TABLES = {
    "counts": [
        ["place", "measure", "start", "end", "count", "agency", "status", "source_id", "note"],
        ["SLV", "homicides", "2011-01-01", "2011-12-31", "4371", "PNC", "final", "s", ""],
        ["SLV", "homicides", "2012-01-01", "2012-12-31", "2576", "PNC", "final", "s", ""],
        ["SLV", "homicides", "2012-01-01", "2012-12-31", "2594", "UNODC", "final", "s", ""],
        ["SLV", "disappearances", "2016-01-01", "2016-12-31", "9", "FGR", "final", "s", ""],
        ["HND", "homicides", "2012-01-01", "2012-12-31", "7172", "UNODC", "final", "s", ""],
    ],
    "places": [
        ["place", "name", "kind", "within"],
        ["SLV", "El Salvador", "country", ""],
        ["HND", "Honduras", "country", ""],
        ["BLZ", "Belize", "country", ""],
    ],
    "population": [
        ["place", "year", "population", "series", "status", "source_id", "note"],
        ["SLV", "2012", "6117142", "WPP2024", "final", "s", ""],
        ["SLV", "2012", "6251494", "DIGESTYC", "final", "s", ""],
        ["HND", "2012", "8600000", "WPP2024", "final", "s", ""],
    ],
    "figures": [["figure_id", "source_id"], ["rate-2011", "s"]],
}


def write_tables(folder: Path, tables: dict[str, Sequence[Sequence[str]]] | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (tables or TABLES).items():
        text = "".join(",".join(row) + "\n" for row in rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
