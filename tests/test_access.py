"""Everyone can read the pages: by keyboard, by ear, on a phone, enlarged, in the dark, in grey."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import browser as chromium
import pytest
from browser import DESK, PHONE, SIGHTS, broken_rules, look, offline, overflow, shorten

from homicide_trends.reports import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SWEEP = """\
title: Two countries
report: trend
parameters: {place: [SLV, HND], window_start: [2011-01-01], window_end: [2013-12-31]}
"""


@pytest.fixture(scope="module")
def pages(warm: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of every kind: reports, the index, and the index of a sweep."""
    folder = tmp_path_factory.mktemp("pages")
    assert not render(["change", "claim"], out=folder / "one").failures
    (folder / "sweep.yml").write_text(SWEEP)
    assert not render(sweep=folder / "sweep.yml", out=folder / "sweep", lang="es").failures
    (spanish,) = (folder / "sweep").glob("*HND*.html")
    return {
        "change": folder / "one" / "change.html",
        "claim": folder / "one" / "claim.html",
        "index": folder / "one" / "index.html",
        "spanish": spanish,
        "sweep": folder / "sweep" / "index.html",
    }


PAGES = ("change", "claim", "index", "spanish", "sweep")


def test_a_request_is_refused_and_counted(browser: Browser, tmp_path: Path) -> None:
    """Else the other tests would prove nothing."""
    path = tmp_path / "asks.html"
    path.write_text("<title>t</title><img src='http://localhost:9/a.png'><img src='data:,'>")
    asked: list[str] = []
    with offline(browser, asked) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.title() == "t"
    assert asked == ["http://localhost:9/a.png"]


def test_where_a_browser_is_required_its_absence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    monkeypatch.delenv("HOMICIDE_TRENDS_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-browser"):
        chromium.executable()
    monkeypatch.setenv("HOMICIDE_TRENDS_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-browser"):
        chromium.executable()


def opened(page: Page, path: Path) -> Page:
    """A page with everything unfolded; long tables are cut, for their rows are all alike."""
    page.goto(path.as_uri())
    shorten(page)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_the_rules_of_wcag(
    pages: dict[str, Path], browser: Browser, axe: str, asked: list[str], name: str
) -> None:
    with offline(browser, asked) as context:
        page = opened(context.new_page(), pages[name])
        for sight in SIGHTS:
            kept, broken = broken_rules(page, axe, which=look(page, sight))
            assert kept > 20 or sight == "dark"  # else it has not looked
            assert (sight, broken) == (sight, [])
            assert overflow(page) == 0


def test_a_fault_is_found(browser: Browser, axe: str, asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        "<title>t</title><img src='data:,'><p style='color:#bbb'>pale</p><b>dark</b>"
        "<style>@media (prefers-color-scheme: dark) { b { color: #222; background: #111 } }</style>"
    )
    with offline(browser, asked) as context:
        page = opened(context.new_page(), path)
        found = {sight: "\n".join(broken_rules(page, axe, which=look(page, sight))[1])
                 for sight in SIGHTS}  # fmt: skip
    rules = set(re.findall("^[a-z-]+(?=:)", found["light"], re.MULTILINE))
    assert {"image-alt", "color-contrast", "html-has-lang"} <= rules
    assert "image-alt" in found["phone"]
    assert "color-contrast: <b>" not in found["light"]
    assert "color-contrast: <b>" in found["dark"]


@pytest.mark.parametrize("name", PAGES)
def test_what_scrolls_sideways_is_reached_by_keyboard_and_has_a_name(
    pages: dict[str, Path], browser: Browser, asked: list[str], name: str
) -> None:
    with offline(browser, asked, viewport=PHONE) as context:
        page = opened(context.new_page(), pages[name])
        regions = page.evaluate(
            """() => [...document.querySelectorAll('body *')]
                .filter(each => each.scrollWidth > each.clientWidth + 1
                    && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX))
                .map(each => [each.outerHTML.slice(0, 120), each.tabIndex,
                    each.tagName == 'PRE' || each.getAttribute('role') == 'region'
                    && !!(each.ariaLabel
                        || document.getElementById(each.getAttribute('aria-labelledby')))])"""
        )
    assert regions or name == "index"  # whose pictures fit
    assert [html for html, tab, named in regions if tab != 0 or not named] == []


FOCUSED = """() => {
    const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
    return [each.outerHTML.slice(0, 80),
        style.outlineStyle != 'none' && parseFloat(style.outlineWidth) >= 2,
        box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth]
}"""  # noqa: E501


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    pages: dict[str, Path], browser: Browser, asked: list[str], viewport: dict[str, int]
) -> None:
    with offline(browser, asked, viewport=viewport) as context:
        page = context.new_page()
        page.goto(pages["change"].as_uri())
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#content"
        opened(page, pages["change"])
        count = page.evaluate("document.querySelectorAll('a[href], summary, [tabindex]').length")
        seen = []
        for _ in range(count):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(FOCUSED))
        assert len({html for html, _, _ in seen}) > 20
        assert [html for html, outlined, _ in seen if not outlined] == []
        assert [html for html, _, inside in seen if not inside] == []
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement == document.body")  # nothing holds it


@pytest.mark.parametrize("kind", ["code", "data"])
def test_what_is_folded_is_opened_by_keyboard(
    pages: dict[str, Path], browser: Browser, asked: list[str], kind: str
) -> None:
    with offline(browser, asked, viewport=DESK) as context:
        page = context.new_page()
        page.goto(pages["change"].as_uri())
        inside = page.locator(f"details.{kind} {'pre' if kind == 'code' else 'table'}").first
        assert not inside.is_visible()
        page.locator(f"details.{kind} > summary").first.focus()
        page.keyboard.press("Enter")
        assert inside.is_visible()
        page.keyboard.press("Tab")
        follows = page.evaluate("document.activeElement.closest('details').className")
        assert follows == kind


def test_the_data_of_a_figure_are_saved_without_a_network(
    pages: dict[str, Path], browser: Browser, asked: list[str]
) -> None:
    """The page's own policy is in force, which forbids it every request."""
    with offline(browser, asked, viewport=DESK) as context:
        page = context.new_page()
        page.goto(pages["change"].as_uri())
        figure = page.locator("figure").last
        figure.locator("summary").click()
        with page.expect_download() as saved:
            figure.locator("details a").click()
        assert saved.value.suggested_filename == "change-figure-2.csv"
        data = Path(saved.value.path()).read_text(encoding="utf-8")
        shown = figure.locator("tbody tr").count()
        drawing = unquote(figure.locator("img").get_attribute("src") or "").partition(",")[2]
        # What is drawn is what a browser saves of it: letters, and the source line among them.
        assert page.evaluate("document.images[0].naturalWidth") > 600
    words = "\n".join(element.text or "" for element in ElementTree.fromstring(drawing).iter())
    assert "Counts: " in words
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == shown > 10
    assert rows[0]["start"] == "2012-03-01"
    assert -100 < float(rows[0]["percent_change"]) < 0


def test_pages_have_no_script_that_runs_and_stay_under_a_megabyte(pages: dict[str, Path]) -> None:
    """A claim's page may hold one description of itself as data, which nothing runs."""
    for name, path in pages.items():
        scripts = re.findall(rb"<script\b[^>]*>", path.read_bytes(), re.IGNORECASE)
        data = [b'<script type="application/ld+json">'] if name == "claim" else []
        assert scripts == data
        assert path.stat().st_size < 1_000_000
