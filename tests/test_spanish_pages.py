"""Rendered in Spanish, nothing of a report is left in English, and its numbers are the same."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from english_words import left_over

from homicide_trends import reports
from homicide_trends.display import plots
from homicide_trends.language import speaking

CHECKOUT = Path(__file__).resolve().parents[1]
RENDERED = ("figures", "change", "municipalities", "claim")
# Names of organisations are what they are called; so are the names of the reports' files.
NAMES = ("Organization of American States", *RENDERED)


@pytest.fixture(scope="module")
def spanish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("es")
    done = reports.render(RENDERED, out=folder, lang="es", formats=["html"])
    assert done.failures == []
    return folder


@pytest.fixture(scope="module")
def tokens() -> tuple[str, ...]:
    """What the texts state, in their own words, and its codes; the longest first."""
    with (CHECKOUT / "data" / "figures.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = {row["as_reported"] for row in rows if len(row["as_reported"]) > 4}
    found |= {row["figure_id"] for row in rows}  # which are codes
    return tuple(sorted(found, key=len, reverse=True))


@pytest.mark.parametrize("name", [*RENDERED, "index"])
def test_nothing_is_left_in_english(name: str, spanish: Path, tokens: tuple[str, ...]) -> None:
    page = (spanish / f"{name}.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="es">')
    assert left_over(page, (*NAMES, *tokens)) == []


def test_english_that_is_left_is_found() -> None:
    page = "<p>De la ventana.</p><p>The rate <code>of</code></p><img alt='deaths'><td>of which</td>"
    assert left_over(page) == ["The rate", "deaths", "of which"]


def test_prose_is_read_in_spanish_and_code_is_as_it_was(spanish: Path) -> None:
    page = (spanish / "change.html").read_text(encoding="utf-8")
    assert "<h1>\u00bfEn cu\u00e1nto bajaron los homicidios?</h1>" in page
    assert "intervalo de confianza del 95\u00a0%" in page
    assert re.search(r"por 100\u00a0000 habitantes", page)
    assert "homicide-trends render change -p lang es" in page


def test_the_numbers_are_those_of_english(spanish: Path, tmp_path: Path) -> None:
    assert reports.render(["change"], out=tmp_path, formats=["html"]).failures == []

    def numbers(folder: Path) -> list[dict[str, Any]]:
        rows = json.loads((folder / "findings" / "change.json").read_bytes())["findings"]
        said = ("label", "method", "note")
        return [{key: value for key, value in row.items() if key not in said} for row in rows]

    assert numbers(spanish) == numbers(tmp_path)


def test_countries_in_a_figure_are_named_in_spanish() -> None:
    changes = pd.DataFrame(
        {
            "kind": "other country", "label": ["Mexico", "Belize"], "percent_change": [-42.0, -3.0],
            "percent_change_lower": -44.0, "percent_change_upper": -1.0,
            "percent_change_conf": 0.95,
        }
    )  # fmt: skip
    with speaking("es"):
        ax = plots.plot_placebos(changes, "Cambios")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["M\u00e9xico", "Belice"]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_names_of_baselines_fit_beside_their_lines(lang: str) -> None:
    ends = pd.to_datetime(["2012-03-31", "2012-04-30"])
    table = pd.DataFrame([[0.0, 30.0], [50.0, 90.0]], index=[10.0, 14.0], columns=ends)
    lines = pd.DataFrame({"baseline": ["1 January to the eve"], "per_day": [13.62]})
    with speaking(lang):
        ax = plots.plot_surface(table, "Averted", stated=50.0, accepted=(40.0, 60.0),
                                baselines=lines)  # fmt: skip
    ax.figure.canvas.draw()
    name = ax.texts[-1].get_window_extent()
    assert name.x1 <= ax.figure.bbox.x1
