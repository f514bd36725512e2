"""Pages: one file, no request, and markup that screen readers and phones can use."""

from __future__ import annotations

import base64
import copy
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from tiny import PNG, code, markdown, notebook

from homicide_trends.reports import html
from homicide_trends.reports.findings import MIME

NASTY = "</script><script>alert(1)</script>\"'<img src=x onerror=alert(2)> {{ 7*7 }} {% x %} $x$"


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: dict[str, str] = {}
        self.feed(content.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "img", "br", "hr", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words[self.open[-1]] = self.words.get(self.open[-1], "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def check_page(content: bytes) -> Page:
    """What holds for every page that we write."""
    page = Page(content)
    assert page.open == []
    text = content.decode()
    assert page.all("html")[0]["lang"] == "en"
    assert page.words["title"].strip()
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert not {"iframe", "object", "form"} & {name for name, _ in page.elements}
    # Data for those who read pages by machine; nothing that runs.
    assert all(each.get("type") == "application/ld+json" for each in page.all("script"))
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert re.fullmatch(r"data:.*", attributes.get("src") or "data:", re.DOTALL)
        label = attributes.get("aria-labelledby")
        assert label is None or label in ids
    for link in page.all("a"):
        href = link.get("href") or ""
        assert href[1:] in ids if href.startswith("#") else True
    assert [each["href"] for each in page.all("link")] == ["data:,"]
    assert all(image["alt"] for image in page.all("img"))
    assert all(header["scope"] in {"col", "row"} for header in page.all("th"))
    assert len(page.all("caption")) <= len(page.all("table"))
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    return page


def output(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def ran(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {**code(source), "outputs": list(outputs)}


RECORD: dict[str, Any] = {
    "report": "trend",
    "title": "Title of it",
    "main": f"It fell {NASTY}.",
    "command": "homicide-trends render trend -p text '<b>'",
    "parameters": [
        {"name": "text", "value": NASTY, "default": "plain", "help": "<b>h", "changed": True},
        {"name": "weak", "value": False, "default": False, "help": "", "changed": False},
    ],
    "provenance": {
        "tables": {"counts.csv": "0" * 64},
        "versions": {"pandas": "3.1"},
        "sources": [
            {"source_id": "s", "publisher": "P", "title": NASTY, "date": "2012",
             "url": "https://example.org/a?b=1&c=2"},
            {"source_id": "t", "publisher": "", "title": "T", "date": "", "url": "javascript:a()"},
            "plain-source",
        ],
    },
}  # fmt: skip

PICTURE = {
    "output_type": "display_data",
    "data": {"image/png": PNG, "text/plain": "<Figure>"},
    "metadata": {"image/png": {"alt": f"Rates: {NASTY}"}},
}
BOOK = notebook(
    markdown(f"# What was it?\n\nAbout `code` and <b>markup</b> and {NASTY}."),
    code("text = 'x'", "parameters"),
    markdown("## First?\n\n| a | b |\n|---|--:|\n| 1 | 2 |"),
    ran("x = '</code></details><script>'", PICTURE),
    ran("y = 2", output(**{"text/html": f"<table><tr><th>{NASTY}</th></tr></table>"})),
    markdown("#### Deep\n\n## Second?"),
    ran("print(1)", {"output_type": "stream", "name": "stdout", "text": f"\x1b[31m{NASTY}\x1b[0m"}),
    ran("m", output(**{"text/markdown": f"**{NASTY}** [a](javascript:b)"})),
    ran("f", output(**{MIME: {"findings": []}, "text/plain": "findings"})),
    ran("z = 1"),
)


@pytest.fixture(scope="module")
def page() -> bytes:
    return html.report_page(BOOK, RECORD)


def test_a_page_is_whole_and_safe_whatever_the_values_are(page: bytes) -> None:
    parsed = check_page(page)
    assert parsed.words["title"] == "Title of it"
    assert parsed.words["h1"] == "What was it?"
    assert b"{{ 7*7 }}" in page
    text = page.decode()
    assert "&lt;script&gt;alert(1)" in text
    assert "\x1b" not in text
    assert 'href="https://example.org/a?b=1&amp;c=2"' in text
    assert "javascript:" not in "".join(link.get("href") or "" for link in parsed.all("a"))


def test_a_picture_has_the_alternative_text_of_its_result_and_its_size(page: bytes) -> None:
    (image,) = check_page(page).all("img")
    assert image["alt"] == f"Rates: {NASTY}"
    assert (image["width"], image["height"]) == ("2", "1")
    assert image["src"] == f"data:image/png;base64,{PNG}"


def test_a_drawing_comes_as_it_is_and_nothing_in_it_ends_the_picture() -> None:
    drawing = '<svg viewBox="0 0 460.8 288" a="\'"><text>50 % &amp; "a" #1 \u00e9</text></svg>'
    book = copy.deepcopy(BOOK)
    book["cells"][3]["outputs"][0]["data"] = {"image/svg+xml": drawing}
    (image,) = check_page(html.report_page(book, RECORD)).all("img")
    assert (image["width"], image["height"]) == ("920", "576")
    kind, _, content = image["src"].partition(",")
    assert kind == "data:image/svg+xml"
    assert not set(content) & {"#", "<", '"', " "}
    assert unquote(content).replace("'0 0 460.8 288'", '"0 0 460.8 288"') == drawing


def test_a_picture_without_a_text_names_its_section() -> None:
    book = copy.deepcopy(BOOK)
    book["cells"][3]["outputs"][0]["metadata"] = {}
    (image,) = check_page(html.report_page(book, RECORD)).all("img")
    assert image["alt"] == "Figure 1: First?"


def test_results_come_before_their_code_which_is_folded(page: bytes) -> None:
    text = page.decode()
    assert text.count("<details") == text.count("<summary>Show the code")
    assert "<details open" not in text
    assert text.index("<figure") < text.index("&lt;/code&gt;&lt;/details&gt;")
    # The parameters cell has no result of its own, and stands before the first section.
    assert text.index("Show the code") < text.index('id="first"')


def test_findings_are_not_shown_as_text(page: bytes) -> None:
    assert b">findings<" not in page


def test_sections_are_listed_after_the_opening_words(page: bytes) -> None:
    text = page.decode()
    contents = text[text.index("<nav") : text.index("</nav>")]
    assert re.findall(r'href="#([^"]+)"', contents) == ["first", "second", "provenance"]
    assert text.index("About") < text.index("<nav") < text.index('id="first"')


def test_a_changed_parameter_is_marked_in_words(page: bytes) -> None:
    rows = re.findall(r"<tr.*?</tr>", page.decode())
    (text,) = [row for row in rows if "<code>text</code>" in row]
    (weak,) = [row for row in rows if "<code>weak</code>" in row]
    assert "(changed)" in text
    assert "(changed)" not in weak
    assert "<td>false</td>" in weak


def test_a_report_without_headings_parameters_or_main_finding_is_a_page_too() -> None:
    bare = {**RECORD, "main": None, "parameters": []}
    bare["provenance"] = {"tables": {}, "versions": {}, "sources": []}
    parsed = check_page(html.report_page(notebook(markdown("Only words.")), bare))
    assert parsed.words["h1"] == "Title of it"


def test_a_long_text_in_lines_is_joined() -> None:
    split = output(**{"text/html": ["<p>", "one</p>"]})
    content = html.report_page(notebook(ran("a", split)), RECORD)
    assert b"<p>one</p>" in content


def entry(**more: Any) -> dict[str, Any]:
    usual = {"page": "trend.html", "notebook_file": "trend.ipynb", "failed": None, "changed": [],
             "findings": [{}, {}]}  # fmt: skip
    return {**RECORD, **usual, **more}


def test_the_index_links_each_report_with_its_main_finding() -> None:
    content = html.index_page([entry(), entry(report="b", page=None, main=None)])
    parsed = check_page(content)
    links = [link["href"] for link in parsed.all("a")]
    assert {"trend.html", "trend.ipynb", "findings.csv", "findings.json"} <= set(links)
    assert "It fell &lt;/script&gt;" in content.decode()
    assert "2 numbers" in content.decode()


def test_it_shows_when_reports_read_different_tables() -> None:
    other = {"tables": {"counts.csv": "1" * 64}, "versions": {}, "sources": []}
    text = html.checksums_page([entry(), entry(report="b", provenance=other)]).decode()
    rows = [row for row in re.findall(r"<tr>.*?</tr>", text) if "counts.csv" in row]
    assert ["trend" in row for row in rows] == [True, False]
    assert [("0" * 64) in row for row in rows] == [True, False]


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no chromium")
@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_never_scrolls_sideways(page: bytes, tmp_path: Path, width: int) -> None:
    """The page is loaded in a frame of that width, and a script outside it measures it."""
    words = "<td>" + "wide " * 3 + "</td>"
    book = copy.deepcopy(BOOK)
    wide = f"<table><caption>{'long ' * 40}</caption><tr>{words * 30}</tr></table>"
    book["cells"][4]["outputs"] = [output(**{"text/html": wide})]
    content = html.report_page(book, RECORD)
    # The policy of the page would forbid the measuring script.
    content = re.sub(rb"<meta http-equiv=.*?>\n", b"", content)
    frame = base64.b64encode(content).decode()
    outer = (
        f"<iframe id=f width={width} height=800 style='border:0'></iframe><p id=out></p><script>"
        "const f = document.getElementById('f');"
        "f.onload = () => { const d = f.contentDocument.documentElement;"
        "document.getElementById('out').textContent = 'measured ' + (d.scrollWidth - d.clientWidth)"
        "}; f.srcdoc = new TextDecoder().decode(Uint8Array.from("
        f"atob('{frame}'), c => c.charCodeAt(0)));</script>"
    )
    path = tmp_path / "outer.html"
    path.write_text(outer)
    command = [
        *(
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=4000",
        ),
        *(f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width + 100},900"),
        *("--dump-dom", path.as_uri()),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert re.findall(r"measured -?\d+", run.stdout.split("<script>")[0]) == ["measured 0"]
