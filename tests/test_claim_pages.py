"""What a reader of the claims sees: pages, index, words, and drawings whose labels can be read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import overflow

from homicide_trends import language
from homicide_trends.claims import judge
from homicide_trends.display import claims, front_page, svg
from homicide_trends.reports import findings, html
from homicide_trends.reports import notebook as prose
from homicide_trends.wording import claims as words

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHECKOUT = Path(__file__).resolve().parents[1]
MOST_OF_INDEX, MOST_OF_CLAIM = 450, 900

# Words that are seen without opening a fold, those of drawings among them.
SEEN = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let words = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.checkVisibility() || element.closest('.skip, .unseen, script, style')) continue;
    const parts = walker.currentNode.textContent.split(/\s+/);
    words += parts.filter(word => /[\p{L}\p{N}]/u.test(word)).length;
  }
  return words;
}"""
# Labels of drawings that reach out of the page, or lie on one another.
UNREADABLE = r"""() => {
  const found = [];
  for (const drawing of document.querySelectorAll('svg:not(.icon)')) {
    if (!drawing.checkVisibility()) continue;
    const frame = drawing.getBoundingClientRect();
    const labels = [...drawing.querySelectorAll('text')].map(
      e => [e.textContent, e.getBoundingClientRect()]);
    labels.forEach(([text, box], number) => {
      const sideways = box.left < frame.left - 2 || box.right > frame.right + 2;
      if (sideways || box.top < frame.top - 6 || box.bottom > frame.bottom + 6)
        found.push('cut: ' + text);
      for (const [other, there] of labels.slice(number + 1)) {
        const wide = Math.min(box.right, there.right) - Math.max(box.left, there.left);
        const high = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
        if (wide > 1.5 && high > 4) found.push(text + ' | ' + other);
      }
    });
  }
  return found;
}"""


FOLDED = "open => document.querySelectorAll('details').forEach(each => { each.open = open; })"


@pytest.fixture(scope="module")
def results() -> list[Any]:
    return judge.claims()


def record_of(shown: claims.Claim, lang: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The notebook as it is executed for a claim, and what is recorded about it."""
    source = (CHECKOUT / "notebooks" / "07-claim.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(prose.in_language(source, lang))
    for cell in notebook["cells"]:
        line = "".join(cell["source"]).splitlines()[-1]
        if cell["cell_type"] == "code":
            called = re.fullmatch(r"asked\.(\w+)\(\)", line)
            data = [getattr(shown, called[1])().bundle] if called else []
            cell["outputs"] = [
                {"output_type": "display_data", "data": each, "metadata": {}} for each in data
            ]
    name = f"claim-{shown.result.claim}"
    kept = findings.collect(notebook, report=name)
    kept["provenance"]["sources"] = []
    return notebook, {
        "report": name, "title": shown.question, "lang": lang, "parameters": [], "changed": [],
        "command": "homicide-trends render claim", "failed": None, "notebook_file": None,
        "page": f"{name}.html", **kept,
    }  # fmt: skip


@pytest.fixture(scope="module")
def pages(results: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for lang in language.LANGUAGES:
        (folder / lang).mkdir()
        with language.speaking(lang):
            records = []
            for result in results:
                notebook, record = record_of(claims.Claim(result), lang)
                page = html.report_page(notebook, record)
                (folder / lang / record["page"]).write_bytes(page)
                records.append(record)
            (folder / lang / "index.html").write_bytes(html.index_page(records))
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_pages_are_short_and_their_labels_can_be_read(
    pages: Path, browser: Browser, lang: str
) -> None:
    page = browser.new_page()
    for path in sorted((pages / lang).glob("*.html")):
        page.set_viewport_size({"width": 1280, "height": 844})
        page.goto(path.as_uri())
        most = MOST_OF_INDEX if path.stem == "index" else MOST_OF_CLAIM
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            if width == 390:
                page.evaluate(FOLDED, False)  # as it was opened
            assert page.evaluate(SEEN) <= most, path.name
            verdict = page.evaluate(
                "document.querySelector('.verdict').getBoundingClientRect().bottom"
            )
            assert verdict <= 844, f"{path.name}: the first verdict is below the first screen"
            assert overflow(page) <= 0, path.name
            page.evaluate(FOLDED, True)
            assert page.evaluate(UNREADABLE) == [], path.name
    page.close()


def test_a_claim_page_has_its_own_h1_and_no_section_that_does_not_apply(pages: Path) -> None:
    heads = {
        path.stem: re.findall(r"<h1>(.*?)</h1>", path.read_text("utf-8"))
        for path in (pages / "en").glob("claim-*.html")
    }
    assert all(len(found) == 1 and found[0].endswith("?") for found in heads.values())
    assert len({found[0] for found in heads.values()}) == len(heads)
    rate = (pages / "en" / "claim-rate-2011.html").read_text("utf-8")
    assert "What did others print?" not in rate
    assert "missing persons" not in rate
    assert "What did others print?" in (pages / "en" / "claim-deaths-prevented.html").read_text(
        "utf-8"
    )


def test_a_claim_page_embeds_its_review_and_no_other_script(pages: Path) -> None:
    for path in (pages / "es").glob("claim-*.html"):
        text = path.read_text("utf-8")
        found = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
        assert [kind for kind, _body in found] == [' type="application/ld+json"'], path.name
        assert json.loads(found[0][1])["@type"] == "ClaimReview"


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_a_verdict_has_at_most_nine_words(results: list[Any], lang: str) -> None:
    with language.speaking(lang):
        for result in results:
            assert 1 <= len(words.verdict(result).split()) <= 10, words.verdict(result)
            assert words.sentence(result).endswith(".")


def test_the_five_main_figures_have_their_verdicts(results: list[Any]) -> None:
    told = {result.claim: words.verdict(result) for result in results}
    assert told["rate-2011"] == told["about-sixty"] == "Right"
    assert told["nearly-sixty"] == "Too high when printed"
    assert told["deaths-prevented"] == "Only if the ten weeks before are normal"
    assert told["eleven-towns"] == "Cannot be told"


def test_a_table_of_the_index_shades_what_gives_a_printed_figure(results: list[Any]) -> None:
    # By hand: to November 2013 926 / 68 x 632 - 3,933 = 4,673 fewer than at the rate of the ten
    # weeks before; counted from April at the ministry's 872 in 66 days, 872 / 66 x 609 - 3,791 =
    # 4,255. At most 54.3 % below it, which is not in 55 to 60.
    cards = [front_page.card(result) | {"page": "x.html"} for result in results]
    table = str(front_page.front(cards)["why"])
    last = re.findall(r"<tr>(.*?)</tr>", table)[-1]
    cells = re.findall(r"<td>(.*?)</td>", last)
    assert "<mark>4,300\u20134,700</mark>" in cells[-1]
    assert re.search(r"<b>5[23]\u201354", cells[-1])


def test_markup_in_a_label_stays_text() -> None:
    drawing = svg.Drawing(100, 20)
    drawing.text(0, 10, "<b>1 & 2</b>")
    assert "&lt;b&gt;1 &amp; 2" in drawing.svg("<i>")
