"""The figure of a report that is kept as a file, and the verdicts on the index page."""

import json
from pathlib import Path

import pytest

from homicide_trends.reports import catalogue, html, publish
from homicide_trends.reports.notebook import NotebookError

DRAWING = b"<svg>not looked into</svg>"


def notebook(*cells: dict) -> bytes:
    return json.dumps({"cells": list(cells)}).encode()


def prose(text: str) -> dict:
    return {"cell_type": "markdown", "source": text}


def figure(content: bytes) -> dict:
    data = {"image/svg+xml": content.decode()}
    return {"cell_type": "code", "source": "", "outputs": [{"data": data}]}


def test_the_first_figure_of_the_named_section_is_kept():
    content = notebook(prose("## One?"), figure(b"first"), prose("## Two?"), prose("more words"),
                       figure(DRAWING), figure(b"third"))  # fmt: skip
    assert publish.picture(content, "Two?") == DRAWING


def test_a_section_without_a_figure_has_none():
    content = notebook(prose("## One?"), prose("## Two?"), figure(DRAWING))
    assert publish.picture(content, "One?") is None
    assert publish.picture(content, "Three?") is None


@pytest.mark.parametrize(
    "entry",
    ["{report: a, section: b}", "{report: a, section: b, file: ../x.svg}", "[a]",
     "{report: a, section: b, file: x.svg, more: c}"],
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


def card(name: str, token: str, strip: str) -> dict:
    return {
        "id": name, "question": f"Is {token} true?", "token": token, "said_by": "A & B",
        "kind": "too_high", "verdict": "Too high", "sentence": "At most 1 < 2.", "strip": strip,
        "date": "", "months": [], "figures": [], "measure": "homicide_rate", "label": "",
        "place": "", "study": "", "event": None, "accepted": None, "grid": [], "number": token,
        "end_rule": "", "end": None, "until": None,
    }  # fmt: skip


def test_the_index_links_each_verdict_to_the_page_that_examines_it():
    page = html.index_page(
        [
            record("figures"),
            record("claim-x", claim=card("x-rate", "70.1", "<svg></svg>")),
            record("claim-y", claim=card("x-date", "<May 2>", "")),
        ]
    ).decode()
    assert '<h2><a href="claim-x.html">Is 70.1 true?</a></h2>' in page
    assert "At most 1 &lt; 2." in page
    others = page[page.index('<h2 id="others">') :]
    assert '<a href="claim-y.html">Is &lt;May 2&gt; true?</a></span> <b>Too high</b>' in others
    assert "1: 1 too high or too low" in others
    assert "70.1" not in others[: others.index("</section>")]
    assert "A &amp; B" in page
