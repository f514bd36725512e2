"""Rendered in Spanish, nothing of a report is left in English, and its numbers are the same."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from english_words import left_over

from homicide_trends import reports

CHECKOUT = Path(__file__).resolve().parents[1]
RENDERED = ("figures", "change", "municipalities", "claim")
NAMES = RENDERED  # the names of files stay


@pytest.fixture(scope="module")
def spanish(warm: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("es")
    done = reports.render(RENDERED, out=folder, lang="es", formats=["html"])
    assert done.failures == []
    return folder


@pytest.fixture(scope="module")
def tokens() -> tuple[str, ...]:
    """What the texts state, in their own words, codes, and who published; the longest first."""
    figures, claims, sources = (
        list(csv.DictReader((CHECKOUT / "data" / name).read_text("utf-8").splitlines()))
        for name in ("figures.csv", "claims.csv", "sources.csv")
    )
    found = {row["as_reported"] for row in figures if len(row["as_reported"]) > 4}
    found |= {row["figure_id"] for row in figures} | {row["claim_id"] for row in claims}
    found |= {row["publisher"] for row in sources}
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
    assert re.search(r"por 100,000 habitantes", page)
    assert "homicide-trends render change -p lang es" in page


def test_the_numbers_are_those_of_english(spanish: Path, tmp_path: Path) -> None:
    assert reports.render(["change"], out=tmp_path, formats=["html"]).failures == []

    def numbers(folder: Path) -> list[dict[str, Any]]:
        rows = json.loads((folder / "findings" / "change.json").read_bytes())["findings"]
        said = ("label", "method", "note")
        return [{key: value for key, value in row.items() if key not in said} for row in rows]

    assert numbers(spanish) == numbers(tmp_path)
