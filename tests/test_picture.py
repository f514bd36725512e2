"""The figure of a report that is kept as a file, and the verdicts on the index page."""

import base64
import json
from pathlib import Path

import pytest

from homicide_trends.reports import catalogue, html, publish
from homicide_trends.reports.parameter_cell import NotebookError

PNG = b"\x89PNG not looked into"


def notebook(*cells: dict) -> bytes:
    return json.dumps({"cells": list(cells)}).encode()


def prose(text: str) -> dict:
    return {"cell_type": "markdown", "source": text}


def figure(content: bytes) -> dict:
    data = {"image/png": base64.b64encode(content).decode()}
    return {"cell_type": "code", "source": "", "outputs": [{"data": data}]}


def test_the_first_figure_of_the_named_section_is_kept():
    content = notebook(prose("## One?"), figure(b"first"), prose("## Two?"), prose("more words"),
                       figure(PNG), figure(b"third"))  # fmt: skip
    assert publish.picture(content, "Two?") == PNG


def test_a_section_without_a_figure_has_none():
    content = notebook(prose("## One?"), prose("## Two?"), figure(PNG))
    assert publish.picture(content, "One?") is None
    assert publish.picture(content, "Three?") is None


@pytest.mark.parametrize(
    "entry",
    ["{report: a, section: b}", "{report: a, section: b, file: ../x.png}", "[a]",
     "{report: a, section: b, file: x.png, more: c}"],
)  # fmt: skip
def test_a_wrong_picture_is_refused(tmp_path: Path, entry: str):
    (tmp_path / "reports.yml").write_text(f"reports: {{}}\npicture: {entry}\n")
    with pytest.raises(NotebookError, match="picture"):
        catalogue.load_picture(tmp_path)


def record(name: str, **more: object) -> dict:
    return {
        "report": name, "title": name, "page": f"{name}.html", "notebook_file": None,
        "failed": None, "main": None, "parameters": [], "changed": [], "findings": [],
        "provenance": {"tables": {}, "versions": {}, "sources": []}, **more,
    }  # fmt: skip


def test_the_index_links_each_verdict_to_the_page_that_examines_it():
    words = dict.fromkeys(("consistent", "reproduced", "robust", "attribution"), "cannot tell")
    about = {"measure": "homicide_rate", "publisher": "A & B", "quoted": "recorded"}
    verdicts = [
        {"figure_id": "x-rate", "as_reported": "70.1", **about, **words, "reproduced": "yes"},
        {"figure_id": "x-date", "as_reported": "<May 2>", **about, **words},
    ]
    page = html.index_page(
        [
            record("figures"),
            record("claim-x", parameters=[{"name": "figure", "value": "x-rate"}]),
            record("verdicts", verdicts=verdicts),
        ]
    ).decode()
    assert '<a href="claim-x.html">70.1' in page
    assert '<a href="figures.html">&lt;May 2&gt;' in page
    assert "1 more figure, about which" in page
    assert "A &amp; B" in page
