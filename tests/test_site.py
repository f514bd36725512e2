"""A site is whole, static, relative and in both languages; it says no more than the tables do."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import yaml
from browser import DESK, broken_rules, look, offline, overflow, shorten
from click.testing import CliRunner
from conftest import CHECKOUT
from tiny import TABLES, code, usual, write_notebooks, write_tables

from homicide_trends import language
from homicide_trends.cli import cli
from homicide_trends.site import build, publishing
from homicide_trends.site.content import read_content
from homicide_trends.site.pages import describe
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.newfolder import new_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EXAMPLE = CHECKOUT / "docs" / "examples" / "simulated"
LANGUAGES = ("en", "es")
# What somebody may put into a cell. None of it may become markup, a request, or a formula.
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
FORMULA = '=HYPERLINK("http://localhost:9/","x")'
README = f"""\
# Our tables

{MARKUP}

[click](javascript:alert(3)) and ![seen](http://localhost:9/a.png) and [ours](sources.csv)

## Gaps

| year | gap |
|---|---|
| 2011 | {MARKUP} |
"""


# --- somebody's own folder -------------------------------------------------------------------


def write_own(folder: Path) -> Path:
    """A folder of ``homicide-trends new``, filled with the example's rows and with bad cells."""
    new_folder(folder, place="SIM", name="Simulated country")
    for path in EXAMPLE.glob("*.csv"):
        shutil.copy(path, folder)
    add(folder / "sources.csv", source_id="bad", publisher=MARKUP, title=MARKUP, kind="text",
        date="2020-01-01", url="javascript:alert(4)", licence=FORMULA, quality="solid")  # fmt: skip
    add(folder / "figures.csv", figure_id="bad-figure", source_id="bad", locator="1", value="7",
        as_reported=MARKUP, measure="deaths", unit="deaths", place="SIM", note=FORMULA)  # fmt: skip
    (folder / "README.md").write_text(README, encoding="utf-8")
    (folder / "names-of-victims.csv").write_text("name\nnobody's to publish\n", encoding="utf-8")
    window = {"baseline_start": "2012-01-01", "baseline_end": "2015-12-31",
              "window_start": "2016-01-01", "window_end": "2019-12-31"}  # fmt: skip
    ours = {"place": "SIM", "population_series": "simulated"}
    reports = {
        "figures": {"notebook": "01-figures.ipynb", "parameters": {"place": "SIM"}},
        "change": {"notebook": "03-change.ipynb", "parameters": {**ours, **window}},
        "claim": {"notebook": "07-claim.ipynb", "each": "claims"},
    }
    for name, entry in reports.items():
        entry["title"] = f"What is asked in {name}?"
    (folder / "reports.yml").write_text(yaml.safe_dump({"reports": reports}, sort_keys=False))
    record(folder)
    return folder


def add(path: Path, **cells: str) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert set(cells) <= set(rows[0])
    rows.append([cells.get(column, "") for column in rows[0]])
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of somebody's own folder, published by the command."""
    folder = tmp_path_factory.mktemp("site")
    mine = write_own(folder / "mine")
    out = folder / "public"
    command = [sys.executable, "-m", "homicide_trends", "site", "--data", str(mine)]
    done = subprocess.run(
        [*command, "--out", str(out), "--jobs", "2"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{out / 'index.html'}\n"
    return out


# --- links -----------------------------------------------------------------------------------


@dataclass
class Read(HTMLParser):
    """What a page refers to, and what can be referred to in it."""

    ids: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if name := given.get("id"):
            self.ids.append(name)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [given for name, given in self.elements if name == tag]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Read]:
    """Every page by its name in the site."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        found[path.relative_to(site).as_posix()] = page = Read()
        page.feed(path.read_text("utf-8"))
    return found


def test_there_are_all_pages_in_both_languages(pages: dict[str, Read]) -> None:
    expected = {
        *("about-tables.html", "dictionary.html", "downloads.html", "figures.html"),
        *("glossary.html", "index.html", "library.html", "methods.html", "search.html"),
        "sources.html",
        *("reports/figures.html", "reports/change.html", "explorer/own.html"),
        *(f"{kind}{claim}.html" for kind in ("reports/claim-", "explorer/")
          for claim in ("true-decline", "true-averted", "false-decline")),
    }  # fmt: skip
    assert set(pages) == {"index.html"} | {f"{lang}/{name}" for lang in LANGUAGES
                                           for name in expected}  # fmt: skip


def test_every_link_leads_somewhere(site: Path, pages: dict[str, Read]) -> None:
    wrong, followed = [], 0
    for name, page in pages.items():
        for tag, given in page.elements:
            for attribute in ("href", "src", "action"):
                address = given.get(attribute)
                if address is None or address.startswith("data:"):
                    continue
                if tag == "a" and re.match("https?://", address):
                    continue  # to a source; nothing is fetched from there
                file, _, anchor = address.partition("#")
                target = (site / name).parent / unquote(file) if file else site / name
                where = os.path.relpath(target, site)
                followed += 1
                if re.match("[a-z]+:|/", address) or where.startswith("..") or not target.is_file():
                    wrong.append(f"{name}: {tag} {attribute}={address}")
                elif anchor and unquote(anchor) not in pages[Path(where).as_posix()].ids:
                    wrong.append(f"{name}: no {anchor} in {where}")
    assert followed > 500
    assert wrong == []


def test_nothing_is_fetched_from_elsewhere(site: Path, pages: dict[str, Read]) -> None:
    loading = {"audio", "embed", "form", "iframe", "img", "link", "object", "script", "source",
               "video"}  # fmt: skip
    for name, page in pages.items():
        for tag, given in page.elements:
            if tag in loading:
                for value in given.values():
                    assert not re.match(r"(https?:)?//|/", value or ""), (name, tag, value)
        text = (site / name).read_text("utf-8")
        styles = "".join(re.findall(r"<style>.*?</style>", text, re.DOTALL))
        assert not re.search(r"url\(|@import", styles), name
        (policy,) = [each["content"] or "" for each in page.all("meta")
                     if each.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
        assert policy.startswith("default-src 'none'"), name
    for path in site.rglob("*"):
        if path.suffix in {".html", ".js", ".json"}:
            assert str(site.parent) not in path.read_text("utf-8"), path


def test_no_name_stands_twice_in_a_page(pages: dict[str, Read]) -> None:
    for name, page in pages.items():
        assert sorted(page.ids) == sorted(set(page.ids)), name
        assert len(page.all("h1")) == 1, name


def test_a_page_says_its_language_and_leads_to_the_other(pages: dict[str, Read]) -> None:
    for name, page in pages.items():
        lang, _, file = name.partition("/")
        if not file:
            continue
        assert page.all("html")[0]["lang"] == lang
        alternates = {
            str(each["hreflang"]): os.path.normpath(Path(name).parent / str(each["href"]))
            for each in page.all("link")
            if each.get("rel") == "alternate"
        }
        assert alternates == {each: f"{each}/{file}" for each in LANGUAGES}
        (other,) = [each for each in LANGUAGES if each != lang]
        (link,) = [each for each in page.all("a") if each.get("hreflang") == other]
        assert link["lang"] == other
        assert os.path.normpath(Path(name).parent / str(link["href"])) == f"{other}/{file}"
    assert {each.get("hreflang") for each in pages["index.html"].all("a")} == set(LANGUAGES)


def test_every_page_is_reached_from_the_first(pages: dict[str, Read]) -> None:
    seen, left = {"index.html"}, ["index.html"]
    while left:
        name = left.pop()
        for given in pages[name].all("a"):
            file = str(given.get("href") or "").partition("#")[0]
            target = os.path.normpath(Path(name).parent / file) if file else name
            if target in pages and target not in seen:
                seen.add(target)
                left.append(target)
    assert seen == set(pages)


# --- what it says ----------------------------------------------------------------------------


def shown(path: Path) -> str:
    """The words of a page, without its markup."""
    text = re.sub(r"(?s)<(style|script).*?</\1>", "", path.read_text("utf-8"))
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_figures_stand_beside_their_verdicts(site: Path) -> None:
    """What is true of the simulated country is known: 30 percent is, 50 percent is not."""
    findings = json.loads((site / "en" / "findings.json").read_text("utf-8"))
    assert findings
    for lang, right, too_high in (("en", "Right", "Too high"),
                                  ("es", "Correcta", "Demasiado alta")):  # fmt: skip
        text = (site / lang / "figures.html").read_text("utf-8")
        rows = dict(re.findall(r'(?s)<tr id="figure-([a-z0-9-]+)"(.*?)</tr>', text))
        assert set(rows) == {"true-decline", "true-averted", "false-decline", "bad-figure"}
        for figure, verdict in (("true-decline", right), ("false-decline", too_high)):
            assert re.search(rf'<a href="reports/claim-{figure}.html">[^<]+</a> {verdict}</td>',
                             rows[figure])  # fmt: skip
        assert "reports/" not in rows["bad-figure"]


def test_the_first_page_leads_to_what_can_be_computed(site: Path, pages: dict[str, Read]) -> None:
    links = [each.get("href") for each in pages["es/index.html"].all("a")]
    assert "reports/claim-false-decline.html" in links
    assert not [each for each in links if "bad-figure" in str(each)]
    text = shown(site / "en" / "index.html")
    assert re.search(r"Is \W50 percent\W true\? \W50 percent\W . homicide-trends, 1 January 2020 "
                     r"Too high ", text)  # fmt: skip


def test_spanish_pages_are_spanish(site: Path) -> None:
    """But for what the folder's own people wrote, titles of documents and values of columns."""
    for name in ("index", "figures", "sources", "methods", "dictionary", "glossary", "downloads",
                 "search"):  # fmt: skip
        english, spanish = (shown(site / lang / f"{name}.html").lower() for lang in LANGUAGES)
        assert " the " in english, name
        for theirs in ("what is asked in", "what is true of the simulated country",
                       "among the most"):  # fmt: skip
            spanish = spanish.replace(theirs, "")
        assert not re.search(r"\b(the|which|with|every)\b", spanish), name


def test_every_column_is_explained(site: Path) -> None:
    page = Read()
    page.feed((site / "en" / "dictionary.html").read_text("utf-8"))
    for path in sorted((site / "downloads").glob("*.csv")):
        header = path.read_text("utf-8").splitlines()[0].split(",")
        for column in header:
            assert f"column-{path.stem}.{column}" in page.ids
    rows = (site / "en" / "dictionary.html").read_text("utf-8").split("<tr")
    (quality,) = [row for row in rows if 'id="column-sources.quality"' in row]
    assert "One of: <code>solid</code>, <code>weak</code></td>" in quality
    (title,) = [row for row in rows if 'id="column-sources.title"' in row]
    assert "One of:" not in title


def test_what_a_cell_holds_is_text(site: Path) -> None:
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert 'href="javascript' not in text, path
        assert "localhost" not in re.sub(r"(?s)<pre.*?</pre>", "", text) or (
            'src="http' not in text and 'href="http://localhost' not in text
        ), path
    assert "&lt;script&gt;alert(1)" in (site / "en" / "sources.html").read_text("utf-8")
    for lang in LANGUAGES:
        assert "<" not in (site / lang / "search-index.js").read_text("utf-8")


def test_tables_are_handed_out_without_formulas(site: Path) -> None:
    with (site / "downloads" / "sources.csv").open(encoding="utf-8", newline="") as lines:
        rows = {row["source_id"]: row for row in csv.DictReader(lines)}
    assert rows["bad"]["licence"] == "'" + FORMULA
    # Where nothing had to be changed, a table is the one that was read.
    counts = (site / "downloads" / "counts.csv").read_bytes()
    assert counts == (EXAMPLE / "counts.csv").read_bytes()


def test_only_the_tables_are_published(site: Path) -> None:
    assert (site.parent / "mine" / "names-of-victims.csv").exists()
    names = {path.name for path in (site / "downloads").iterdir()}
    assert "names-of-victims.csv" not in names
    assert "figures.example.csv" not in names
    assert not any(b"nobody's to publish" in path.read_bytes() for path in site.rglob("*.*"))


def test_the_archive_holds_what_the_page_lists(site: Path) -> None:
    content = (site / "downloads" / "homicide-trends.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        for name in names:
            assert archive.read(name) == (site / name).read_bytes()
    listed = set()
    for lang in LANGUAGES:
        page = Read()
        page.feed((site / lang / "downloads.html").read_text("utf-8"))
        for link in page.all("a"):
            file = os.path.normpath(Path(lang, str(link["href"])))
            if (site / file).suffix not in {".html", ".zip"} and (site / file).is_file():
                listed.add(file)
    assert listed == names


def test_the_list_of_files_fits(site: Path) -> None:
    described = json.loads((site / "site.json").read_text("utf-8"))
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert set(described["files"]) == files - {"site.json"}


# --- in a browser ----------------------------------------------------------------------------

SEEN = (
    *("index.html", "en/index.html", "es/figures.html", "en/sources.html"),
    *("es/methods.html", "en/dictionary.html", "es/glossary.html", "en/about-tables.html"),
    *("es/downloads.html", "en/search.html", "es/reports/change.html"),
)


@pytest.mark.browser
@pytest.mark.parametrize("name", SEEN)
def test_a_page_keeps_the_rules_of_wcag(
    site: Path, browser: Browser, axe: str, asked: list[str], name: str
) -> None:
    with offline(browser, asked) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto((site / name).as_uri() + ("?q=rate" if "search" in name else ""))
        shorten(page)
        for sight in ("light", "dark", "phone"):
            kept, broken = broken_rules(page, axe, which=look(page, sight))
            assert kept > 15 or sight == "dark"  # else it has not looked
            assert (sight, broken) == (sight, [])
            assert overflow(page) == 0
        assert said == []


@pytest.mark.browser
def test_the_search_finds(site: Path, browser: Browser, asked: list[str]) -> None:
    with offline(browser, asked, viewport=DESK) as context:
        page = context.new_page()
        for lang, words, title, address in (
            ("en", "30 percent", "30 percent", "figures.html#figure-true-decline"),
            ("es", "30 percent", "30 percent", "figures.html#figure-true-decline"),
            ("es", "linea de base", "l\u00ednea de base", "glossary.html#term-baseline"),
            ("en", "counts.agency", "counts.agency", "dictionary.html#column-counts.agency"),
        ):
            page.goto((site / lang / "search.html").as_uri())
            page.locator("#query").fill(words)
            assert re.search("[1-9]", page.locator("#count").inner_text()), words
            hit = page.locator(f"#hits a[href='{address}']")
            assert title in hit.inner_text()
            hit.click()
            assert page.url.endswith(f"/{lang}/{address}")
            assert page.locator(":target").is_visible(), words


@pytest.mark.browser
def test_what_is_looked_for_stays_text(site: Path, browser: Browser, asked: list[str]) -> None:
    with offline(browser, asked, viewport=DESK) as context:
        page = context.new_page()
        said: list[str] = []
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto((site / "en" / "search.html").as_uri() + "?q=%3Cscript%3Ealert(1)")
        assert page.locator("#hits li").count() > 0  # the bad figure and the bad source
        assert page.locator("#hits script, #hits img").count() == 0
        page.locator("#query").fill("no such words anywhere")
        assert page.locator("#hits li").count() == 0
        assert "Nothing holds" in page.locator("#count").inner_text()
        assert said == []


def test_the_downloads_page_describes_the_tables_for_catalogues(site: Path) -> None:
    page = (site / "en" / "downloads.html").read_text("utf-8")
    (said,) = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', page)
    described = json.loads(said)
    assert described["@type"] == "Dataset"
    assert described["name"] == json.loads((site / "site.json").read_text("utf-8"))["title"]
    archive = site / "en" / described["distribution"]["contentUrl"]
    assert archive.is_file()


@pytest.mark.browser
def test_figures_are_read_without_a_script(site: Path, browser: Browser, asked: list[str]) -> None:
    with offline(browser, asked, viewport=DESK, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / "en" / "figures.html").as_uri())
        assert page.locator("tbody tr:visible").count() == 4


def test_a_folder_can_have_its_title_in_both_languages(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    new_folder(folder, place="GTM")
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    described |= {"title": "Our counts", "title_es": "nuestros registros", "description": "Ours."}
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    assert check_tables(folder) == []
    content = read_content(folder, None)
    english = describe(content, asks=False)
    with language.speaking("es"):
        spanish = describe(content, asks=False)
    assert (english.title, english.description) == ("Our counts", "Ours.")
    assert (spanish.title, spanish.description) == ("nuestros registros", "Ours.")


# --- putting it in place ---------------------------------------------------------------------


@pytest.fixture
def tiny(warm: None, tmp_path: Path) -> dict[str, Path]:
    """Tables without a figure, and a notebook that is run in a second."""
    new_folder(tmp_path / "data")
    (tmp_path / "data" / "reports.yml").unlink()
    usual_tables = {name: TABLES[name] for name in ("counts", "places", "population")}
    write_tables(tmp_path / "data", usual_tables)
    return {"data": tmp_path / "data",
            "notebooks": write_notebooks(tmp_path / "notebooks", first=usual())}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_inputs_give_the_same_bytes_and_are_left_alone(
    tiny: dict[str, Path], tmp_path: Path
) -> None:
    one = build(tmp_path / "one", **tiny, jobs=1)
    with language.speaking("es"):  # the language of a command is not that of a site
        two = build(tmp_path / "elsewhere" / "two", **tiny, jobs=2)
    assert one.changed
    assert contents(one.folder) == contents(two.folder)
    assert sorted(contents(one.folder)) == one.files
    before = one.folder.stat().st_ino
    again = build(tmp_path / "one", **tiny)
    assert (again.changed, again.rendered, again.fresh) == (False, [], 2)
    assert one.folder.stat().st_ino == before


def test_without_figures_and_readme_there_is_a_site(tiny: dict[str, Path], tmp_path: Path) -> None:
    (tiny["data"] / "README.md").unlink()
    (tiny["data"] / "datapackage.json").unlink()
    built = build(tmp_path / "out", **tiny)
    assert "en/about-tables.html" not in built.files
    assert "en/figures-by-text.html" not in built.files
    assert "The tables hold no figure" in (built.folder / "en" / "figures.html").read_text("utf-8")


def test_a_report_that_fails_leaves_the_site(tiny: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, **tiny)
    before = contents(out)
    write_notebooks(tmp_path / "notebooks", first=usual(code("1 / 0")))
    done = CliRunner().invoke(
        cli, ["site", "--out", str(out), *(f"--{name}={path}" for name, path in tiny.items())]
    )
    assert done.exit_code == 1
    assert "ZeroDivisionError" in done.output
    assert "the site stays as it was" in done.output
    assert contents(out) == before


OLD = {"index.html": b"old", "en/a.html": b"old"}
NEW = {"index.html": b"new", "en/b.html": b"new"}
REFUSED = "is not of a site that was made here"


@pytest.mark.parametrize("what", ["a file in it", "a file beside the site's", "a file", "a link"])
def test_what_was_not_made_here_is_refused(tmp_path: Path, what: str) -> None:
    out = tmp_path / "out"
    if what == "a file":
        out.write_text("mine")
    elif what == "a file in it":
        (out / "deep").mkdir(parents=True)
        (out / "deep" / "mine.txt").write_text("mine")
    else:
        listed = publishing.manifest(OLD, title="Old", languages=["en"])
        publishing.replace(out, {**OLD, "site.json": listed})
        if what == "a link":
            (out / "en" / "mine").symlink_to(tmp_path, target_is_directory=True)
        else:
            (out / "en" / "mine.txt").write_text("mine")
    before = out.read_bytes() if out.is_file() else contents(out)
    done = CliRunner().invoke(cli, ["site", "--out", str(out)])
    assert done.exit_code == 2
    assert done.output.count("\n") == 1
    assert REFUSED in done.output
    assert (out.read_bytes() if out.is_file() else contents(out)) == before


SOURCE = str(CHECKOUT / "src")
KILLED = """\
import os, sys, types
from pathlib import Path
import homicide_trends
site = types.ModuleType("homicide_trends.site")  # without what it imports, which takes long
site.__path__ = [str(Path(homicide_trends.__file__).with_name("site"))]
sys.modules[site.__name__] = site
from homicide_trends.site import publishing

out, moment, whole = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "whole"
left = [moment]

def counted(function):
    def call(*arguments, **more):
        if left[0] == 0:
            os._exit(9)
        left[0] -= 1
        return function(*arguments, **more)
    return call

os.fsync, os.rename = counted(os.fsync), counted(os.rename)
publishing._exchanged = counted(publishing._exchanged if whole else lambda one, other: False)
publishing.shutil.rmtree = counted(publishing.shutil.rmtree)
publishing.replace(out, {"index.html": b"new", "en/b.html": b"new"})
"""


@pytest.mark.parametrize("how", ["whole", "in two steps"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_one(tmp_path: Path, how: str) -> None:
    found = []
    for moment in range(20):
        out = tmp_path / str(moment) / "site"
        publishing.replace(out, OLD)
        command = [sys.executable, "-c", KILLED, str(out), str(moment), how]
        done = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": SOURCE})
        if how == "whole" and sys.platform == "linux":
            assert contents(out) in (OLD, NEW)  # already
        publishing.recover(out)
        assert contents(out) in (OLD, NEW)
        assert [path.name for path in out.parent.iterdir()] == ["site"]
        found.append(contents(out) == NEW)
        if done.returncode == 0:
            break
        assert done.returncode == 9
    assert done.returncode == 0
    assert found == sorted(found)  # first the old one, then the new one
    assert found[0] is False
    assert len(found) > 4


def test_an_error_while_writing_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "site"
    publishing.replace(out, OLD)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publishing.replace(out, NEW)
    assert contents(out) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_reports_and_values_can_be_named(tiny: dict[str, Path], tmp_path: Path) -> None:
    write_notebooks(tmp_path / "notebooks", first=usual(), second=usual())
    (tmp_path / "values.yml").write_text("first: {text: chosen}\n")
    done = CliRunner().invoke(
        cli,
        ["site", "--out", str(tmp_path / "out"), "-f", str(tmp_path / "values.yml"), "first",
         *(f"--{name}={path}" for name, path in tiny.items())],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "chosen" in (tmp_path / "out" / "es" / "reports" / "first.html").read_text("utf-8")
    assert not (tmp_path / "out" / "en" / "reports" / "second.html").exists()
