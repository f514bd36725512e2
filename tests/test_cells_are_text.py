"""What a cell holds is text: it does nothing in pages, tables, the terminal or file names."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import CHECKOUT

from homicide_trends import reports
from homicide_trends.cli import cli
from homicide_trends.reports import findings

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://localhost/?"&A1)'
ESCAPE = "\x1b[2J\x1b]0;owned\x07"
BIDI = "\u202egnp.exe\u2066"
TRICK = "../../escaped"
MARKUP = "**bold** [link](javascript:alert(1)) $x$ `code`"
POISON = {
    ("places", "name"): SCRIPT + BIDI,
    ("agencies", "name"): FORMULA + ESCAPE,
    ("agencies", "rule"): MARKUP + SCRIPT,
    ("sources", "title"): SCRIPT + ESCAPE + MARKUP,
    ("sources", "publisher"): FORMULA + BIDI,
    ("sources", "url"): "javascript:alert(1)",
    ("figures", "as_reported"): "=34" + SCRIPT + ESCAPE + BIDI,
    ("figures", "note"): MARKUP + SCRIPT,
    ("figures", "figure_id"): TRICK,
    ("counts", "note"): FORMULA + SCRIPT + ESCAPE,
}
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f\x9b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of Guatemala with something in every kind of cell that a reader sees."""
    source = CHECKOUT / "docs" / "examples" / "guatemala"
    folder = Path(shutil.copytree(source, tmp_path_factory.mktemp("poisoned") / "data"))
    for (table, column), cell in POISON.items():
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        chosen = rows[:1] if column == "figure_id" else rows
        for row in chosen:
            if table in ("places", "agencies") and row["place"] != "GTM":
                continue
            row[column] = cell
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def rendered(warm: None, poisoned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports and a sweep over the figures of the poisoned folder."""
    out = tmp_path_factory.mktemp("out") / "reports"
    chosen = {"place": "GTM", "window_start": "2012-01-01", "window_end": "2017-12-31"}
    plan = reports.plan(("figures", "trend"), parameters=chosen, data=poisoned)
    done = reports.carry_out(plan, out=out, jobs=2, timeout=300)
    assert [failure.message for failure in done.failures] == []
    sweep = out.parent / "claims.yml"
    sweep.write_text("report: claim\neach: claims\n", encoding="utf-8")
    swept = reports.plan(sweep=sweep, data=poisoned)
    done = reports.carry_out(swept, out=out / "swept", jobs=2, timeout=300)
    assert [failure.message for failure in done.failures] == []
    return out


def test_pages_hold_it_as_text(rendered: Path) -> None:
    pages = sorted(rendered.rglob("*.html"))
    # Two reports with their index and checksums, and two claims with theirs.
    assert len(pages) == 8
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert not OBEYED.search(page), path
        for tag, attributes in Elements(page).found:
            assert not any(name.startswith("on") for name in attributes), (path, tag)
            target = attributes.get("href") or attributes.get("src") or ""
            assert not target.lower().startswith("javascript:"), (path, tag)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    shown = (rendered / "figures.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in shown


def test_tables_for_spreadsheets_hold_no_formula(rendered: Path) -> None:
    tables = sorted(rendered.rglob("*.csv"))
    assert tables
    for path in tables:
        with path.open(encoding="utf-8", newline="") as opened:
            for row in csv.reader(opened):
                for cell in row:
                    number = re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", cell)
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t")), (path, cell)
                    assert not OBEYED.search(cell)


def test_file_names_stay_in_the_folder(rendered: Path) -> None:
    inside = {path for path in rendered.parent.rglob("*") if "escaped" in path.name}
    assert inside
    assert all(rendered / "swept" in path.parents for path in inside)
    assert not any("/" in path.name or ".." in path.name for path in inside)
    assert sorted(path.name for path in rendered.parent.iterdir()) == ["claims.yml", "reports"]


@pytest.mark.parametrize(
    "arguments", [["check"], ["claims"], ["claims", "--json"], ["render", "claim", "--dry-run"]]
)
def test_the_terminal_obeys_nothing(poisoned: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, [*arguments, "--data", str(poisoned)])
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.output
    assert not OBEYED.search(result.output)
    if arguments[-1] == "--json":
        assert json.loads(result.stdout)


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_would_be_a_formula_is_given_an_apostrophe(lead: str) -> None:
    row: dict[str, Any] = {"report": "x", "label": f"{lead}1+1", "estimate": -41.1}
    cells = next(csv.DictReader(io.StringIO(findings.to_csv([row]).decode(), newline="")))
    assert cells["estimate"] == "-41.1"
    assert not cells["label"].startswith(lead)
