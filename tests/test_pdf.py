"""A report on paper: tagged, numbered, nothing cut, the same bytes, and no process left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from browser import executable
from click.testing import CliRunner, Result
from test_html import check_page
from tiny import PNG, code, markdown, notebook, usual, write_notebooks, write_tables

from homicide_trends.cli import cli
from homicide_trends.reports import html, pdf

RECORD = {
    "report": "r", "title": "The title", "notebook": "r.ipynb", "lang": "en", "main": "The main.",
    "parameters": [], "findings": [], "command": "homicide-trends render r",
    "provenance": {"tables": {}, "versions": {}, "sources": []},
}  # fmt: skip
WORDS = "Anumberofwordsthatnobrowserwouldbreak"


def table(rows: int, columns: int) -> str:
    head = "".join(f"<th>Kopf{number}</th>" for number in range(columns))
    row = "".join(f"<td>{WORDS[: 12 + number]}</td>" for number in range(columns))
    return (
        f"<table><caption>Rows</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{f'<tr>{row}</tr>' * rows}</tbody></table>"
    )


def page(*outputs: dict[str, Any]) -> bytes:
    results = [
        {"output_type": "display_data", "metadata": {}, "data": output} for output in outputs
    ]
    cell = {**code("1"), "outputs": results}
    return html.report_page(notebook(markdown("# A question?\n\n## A section"), cell), RECORD)


@pytest.fixture(scope="module")
def chromium() -> None:
    """What prints is there, and may be used."""
    executable()


def pages_of(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", content))


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_a_pdf_is_tagged_and_has_language_title_and_outline() -> None:
    content = pdf.printed(page({"image/png": PNG}, {"text/html": table(3, 2)}))
    assert content.startswith(b"%PDF-")
    assert re.search(rb"/MarkInfo <<[^>]*/Marked true", content)
    for part in (b"/StructTreeRoot", b"/Lang (en)", b"/Outlines", b"/DisplayDocTitle true"):
        assert part in content
    assert b"/Title (A question?)" in content or b"/Title (The title)" in content
    for role in (b"/Figure", b"/Table", b"/TH", b"/H1", b"/H2"):
        assert re.search(rb"/S " + role + rb"\b", content), role
    assert pages_of(content) == 1


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_a_page_is_the_same_bytes_later() -> None:
    made = page({"text/html": table(3, 2)})
    first = pdf.printed(made)
    time.sleep(1.1)  # the times of a PDF are whole seconds
    assert pdf.printed(made) == first
    assert not re.search(rb"CreationDate|ModDate|file:", first)


def text_of(content: bytes, folder: Path, *options: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext (Debian: apt-get install poppler-utils)")
    (folder / "page.pdf").write_bytes(content)
    return subprocess.run(
        ["pdftotext", *options, folder / "page.pdf", "-"],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_pages_are_numbered_and_tables_repeat_their_heads(tmp_path: Path) -> None:
    content = pdf.printed(page({"text/html": table(150, 3)}))
    pages = text_of(content, tmp_path).rstrip("\f").split("\f")
    assert len(pages) == pages_of(content) > 2
    for number, text in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in text.replace(" ", "")
        assert ("Kopf1" in text) == (WORDS[:12] in text)
    assert "Show the code" not in "".join(pages)


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_no_word_of_a_wide_table_is_beyond_the_margin(tmp_path: Path) -> None:
    found = text_of(pdf.printed(page({"text/html": table(4, 14)})), tmp_path, "-bbox")
    ends = [float(end) for end in re.findall(r'xMax="([0-9.]+)"', found)]
    (width,) = {float(each) for each in re.findall(r'<page width="([0-9.]+)"', found)}
    margin = 16 / 25.4 * 72
    assert "Kopf13" in "".join(re.findall(r">([^<>]*)</word>", found))
    assert max(ends) <= width - margin + 1


@pytest.mark.browser
@pytest.mark.usefixtures("chromium")
def test_nothing_is_asked_of_a_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://localhost:{server.getsockname()[1]}/x.png"
        pdf.printed(f"<!DOCTYPE html><title>t</title><img src='{address}'>".encode())
        with pytest.raises(TimeoutError):
            server.accept()


# Browsers are named by a variable, which a fork server that is there already does not see.
pytestmark = pytest.mark.usefixtures("cold")

needs_scripts = pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")

# In place of a browser: tells its version, and prints what it is told to.
SCRIPT = """\
#!/bin/sh
case "$1" in --version) echo "Chromium {version} built for tests"; exit;; esac
for word in "$@"; do case "$word" in --print-to-pdf=*) to="${{word#*=}}";; esac; done
{act}
"""
PRINT = 'printf "%%PDF-1.4 {0}\\n/CreationDate (D:20261122082936+00\'00\')\\n%%%%EOF\\n" > "$to"'


def fake(
    path: Path, act: str = PRINT.format("a"), version: str = "200.0.1.2", name: str = "fake"
) -> Path:
    script = path / name
    script.write_text(SCRIPT.format(version=version, act=act))
    script.chmod(0o755)
    return script


@needs_scripts
def test_the_time_of_printing_leaves_blanks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pdf.VARIABLE, str(fake(tmp_path)))
    assert pdf.browser()[1] == "Chromium 200.0.1.2"
    assert (
        pdf.printed(b"x")
        == b"%PDF-1.4 a\n" + b" " * len("/CreationDate (D:20261122082936+00'00')") + b"\n%%EOF\n"
    )


@needs_scripts
@pytest.mark.parametrize(
    ("act", "message"),
    [
        ("exit 7", r"printed nothing \(exit status 7\)"),
        ('printf "%%PDF-1.4 half" > "$to"', "printed nothing"),
        ("sleep 63.5 & sleep 63.5", "had not printed the page after 1 s"),
    ],
)
def test_a_browser_that_does_not_print_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, message: str
) -> None:
    monkeypatch.setenv(pdf.VARIABLE, str(fake(tmp_path, act)))
    with pytest.raises(pdf.BrowserError, match=message):
        pdf.printed(b"x", within=1)
    left = [each for each in psutil.process_iter(["cmdline", "status"])
            if "63.5" in (each.info["cmdline"] or [])]  # fmt: skip
    assert {each.info["status"] for each in left} <= {psutil.STATUS_ZOMBIE}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_notebooks(tmp_path / "notebooks", first=usual())
    write_tables(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


WHERE = ("--notebooks", "notebooks", "--data", "data", "--out", "out")


def render(*words: str) -> Result:
    return CliRunner().invoke(cli, ["render", *words, *WHERE], catch_exceptions=False)


def test_without_a_browser_nothing_is_run(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdf._known.cache_clear()
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    monkeypatch.setattr(pdf, "_NAMES", ("no-such-browser",))
    monkeypatch.setattr(pdf, "_ELSEWHERE", {})
    result = render("--format", "pdf")
    pdf._known.cache_clear()
    assert result.exit_code == 2
    assert pdf._INSTALL.get(sys.platform, "sudo apt install chromium") in result.output
    assert result.output.count("\n") == 1
    assert not (here / "out").exists()


@needs_scripts
def test_a_browser_that_cannot_be_used_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pdf.VARIABLE, str(here / "nowhere"))
    result = render("--format", "pdf")
    assert (result.exit_code, "nowhere: no such program" in result.output) == (2, True)
    monkeypatch.setenv(pdf.VARIABLE, str(fake(here, version="130.9.0.1")))
    result = render("--format", "pdf", "--dry-run")
    assert result.exit_code == 2
    assert "needs version 131 of Chromium, Chrome or Edge" in result.output
    assert "this is Chromium 130.9.0.1" in result.output
    assert not (here / "out").exists()


@needs_scripts
def test_a_pdf_is_a_file_like_the_others(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pdf.VARIABLE, str(fake(here)))
    out = here / "out"

    def files() -> list[str]:
        return sorted(each.name for each in out.iterdir() if each.stem == "first")

    assert render("--format", "pdf").exit_code == 0
    assert files() == ["first.pdf"]
    links = [link.get("href") for link in check_page((out / "index.html").read_bytes()).all("a")]
    assert links.count("first.pdf") == 2
    assert "up to date   first" in render("--format", "pdf", "--dry-run").output
    monkeypatch.setenv(pdf.VARIABLE, str(fake(here, PRINT.format("b"), "201.0.0.0", "later")))
    said = render("--format", "pdf", "--dry-run").output
    assert "first: browser Chromium 200.0.1.2 -> Chromium 201.0.0.0" in said
    assert render("--format", "pdf", "--format", "html").exit_code == 0
    assert files() == ["first.html", "first.pdf"]
    assert b"%PDF-1.4 b" in (out / "first.pdf").read_bytes()
    (out / "first.pdf").write_bytes(b"altered")
    assert (
        "first.pdf was altered" in render("--format", "pdf", "--format", "html", "--dry-run").output
    )
    assert render().exit_code == 0
    assert files() == ["first.html", "first.ipynb"]


@needs_scripts
def test_a_page_that_is_not_printed_fails_its_report(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(pdf.VARIABLE, str(fake(here, "exit 7")))
    result = render("--format", "pdf")
    assert result.exit_code == 1
    assert "first.ipynb" in result.output
    assert "printed nothing (exit status 7)" in result.output
    assert (here / "out" / "failed" / "first.ipynb").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize("victim", ["command", "worker", "interrupt"])
def test_no_browser_outlives_the_command(here: Path, victim: str) -> None:
    mark = here / "mark"
    act = f'echo $$ > "{mark}.new"; mv "{mark}.new" "{mark}"; exec sleep 90'
    process = subprocess.Popen(
        [sys.executable, "-m", "homicide_trends", "render", "--format", "pdf", *WHERE],
        env={**os.environ, pdf.VARIABLE: str(fake(here, act))},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 90
        while not mark.exists() and time.monotonic() < end:
            time.sleep(0.05)
        browser = psutil.Process(int(mark.read_text()))
        worker = browser.parent()
        assert worker is not None
        assert worker.pid != process.pid
        if victim == "interrupt":
            os.killpg(process.pid, signal.SIGINT)
        else:
            (worker if victim == "worker" else psutil.Process(process.pid)).kill()
        psutil.wait_procs([browser], timeout=15)
        assert not browser.is_running()
    finally:
        process.kill()
        process.wait()
