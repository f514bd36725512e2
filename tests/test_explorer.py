"""The explorer page computes what Python computes, refuses what it refuses, and is open to all."""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from browser import broken_rules, look, offline, overflow
from click.testing import CliRunner

from homicide_trends import language
from homicide_trends.claims import judge
from homicide_trends.claims.explored import (
    Explored,
    compare,
    computed_readings,
    explore_place,
    listed_baselines,
)
from homicide_trends.claims.result import CANNOT_TELL, ClaimResult, ReadingResult
from homicide_trends.cli import cli
from homicide_trends.site import explorer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOLERANCE = 1e-9
OPENING = {
    "place": "SLV", "from": "2012-03-09", "to": "2013-11-30", "base": "year_before",
    "who": "preferred", "pop": "days", "method": "plain", "kind": "averted_deaths",
    "value": "4500", "word": "hedged",
}  # fmt: skip
CLAIM = {
    "question": "Were some 4,500 deaths prevented?", "quote": "4,500", "who": "A text, 2013",
    "code": "only_if", "verdict": "Only if the weeks before are normal", "page": "claim.html",
    "sentence": "A sentence of the verdict.",
}  # fmt: skip


@pytest.fixture(scope="module")
def slv() -> Explored:
    return explore_place("SLV")


@pytest.fixture(scope="module")
def pages(slv: Explored, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page in both languages."""
    folder, made = tmp_path_factory.mktemp("explorer"), {}
    for lang in language.LANGUAGES:
        with language.speaking(lang):
            page = explorer.render(
                [slv, explore_place("HND")], file="own.html", start=OPENING, home="Homicides",
                claim=CLAIM,
            )  # fmt: skip
        made[lang] = folder / lang / "explorer" / "own.html"
        made[lang].parent.mkdir(parents=True)
        made[lang].write_bytes(page)
    return made


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Addresses that pages asked for: none, whatever is done to them."""
    return []


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What pages wrote to the console, and their errors: nothing."""
    return []


@pytest.fixture(scope="module")
def page(
    browser: Browser, pages: dict[str, Path], asked: list[str], said: list[str]
) -> Iterator[Page]:
    with offline(browser, asked, viewport={"width": 1280, "height": 900}) as context:
        opened = context.new_page()
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(pages["en"].as_uri())
        yield opened
    assert asked == []
    assert said == []


READ = """async ([hashes, ids]) => {
    const found = [];
    for (const hash of hashes) {
        await new Promise(done => {
            addEventListener('hashchange', () => requestAnimationFrame(() => setTimeout(done)),
                {once: true});
            location.hash = `${hash}&move=${Math.random()}`; });
        found.push(Object.fromEntries(ids.map(id => [id, document.getElementById(id).value])));
    }
    return found; }"""
NUMBERS = ["value", "lower", "upper", "deaths", "base-deaths", "expected", "rate"]


def read(page: Page, choices: list[dict[str, str]]) -> list[dict[str, float]]:
    """The unrounded numbers of choices, given to the page by its address; NaN for none."""
    hashes = [urlencode({**OPENING, **choice}, safe=",") for choice in choices]
    return [
        {name: float(value) if value else np.nan for name, value in found.items()}
        for found in page.evaluate(READ, [hashes, NUMBERS])
    ]


def agree(found: float, expected: float) -> bool:
    if np.isnan(expected) or np.isnan(found):
        return bool(np.isnan(expected) and np.isnan(found))
    return abs(found - expected) <= TOLERANCE * max(1.0, abs(expected))


def own(
    explored: Explored, kind: str, who: str, pop: str, base: Any, study: Any, method: str = "plain"
) -> float:
    """The value of a measure as the library has it."""
    found = compare(
        explored, agency=who, population=None if pop == "days" else pop, baseline=base, study=study,
        method=method,
    )  # fmt: skip
    if kind == "homicide_rate" and pop == "days":
        return np.nan
    if kind == "daily_mean":
        return found.deaths / ((pd.Timestamp(study[1]) - pd.Timestamp(study[0])).days + 1)
    return found.value(kind)


def drawn(random: np.random.Generator, first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, str]:
    """Two random days in order, whole months in one draw of three."""
    days = np.sort(random.integers(0, (last - first).days + 1, 2))
    a, b = (first + pd.Timedelta(days=int(each)) for each in days)
    if random.random() < 1 / 3:
        a, b = a.replace(day=1), b + pd.offsets.MonthEnd(0)
    return f"{a:%Y-%m-%d}", f"{min(b, last):%Y-%m-%d}"


@pytest.mark.browser
def test_a_readers_own_choices_give_what_python_gives(page: Page, slv: Explored) -> None:
    random, choices, wanted = np.random.default_rng(17), [], []
    kinds = ["percent_decline", "percent_increase", "rate_ratio", "averted_deaths",
             "homicide_rate", "daily_mean", "homicides"]  # fmt: skip
    places = [slv, slv, slv, explore_place("HND")]
    for number in range(240):
        place = places[number % 4]
        who = str(random.choice(list(place.curves)[:6])) if number % 2 else "preferred"
        knots = place.curves[who].knots["date"]
        first, last = knots.iloc[0], knots.iloc[-1] - pd.Timedelta(days=1)
        pop = str(random.choice(["days", *place.people]))
        kind = str(random.choice(kinds))
        study, base = drawn(random, first, last), drawn(random, first, last)
        if number % 5 and study[0] <= base[1] and base[0] <= study[1]:
            middle = pd.Timestamp(study[0]) - pd.Timedelta(days=1)
            base = f"{max(first, middle - pd.Timedelta(days=500)):%Y-%m-%d}", f"{middle:%Y-%m-%d}"
        if base[0] > base[1]:
            continue
        method = ("plain", "plain", "mean_of_rates", "trend")[number // 4 % 4]
        if method != "plain":  # which are about whole years
            base = f"{base[0][:4]}-01-01", f"{base[1][:4]}-12-31"
            study = max(study[0], f"{int(base[1][:4]) + 1}-01-01"), study[1]
            if study[0] > study[1] or pd.Timestamp(base[0]) < first:
                continue
        choices.append({"place": place.place, "who": who, "pop": pop, "kind": kind,
                        "base": "..".join(base), "from": study[0], "to": study[1],
                        "method": method})  # fmt: skip
        wanted.append(own(place, kind, who, pop, base, study, method))
    for choice, value, found in zip(choices, wanted, read(page, choices), strict=True):
        assert agree(found["value"], value), (choice, value, found)
    told = np.isfinite(wanted)
    assert told.sum() > 90
    assert (~told).sum() > 30
    used = {each["method"] for each, known in zip(choices, told, strict=True) if known}
    assert used == {"plain", "mean_of_rates", "trend"}


@pytest.mark.browser
def test_listed_baselines_are_the_librarys(page: Page, slv: Explored) -> None:
    for start in ("2012-03-09", "2012-04-01", "2012-01-01", "2010-07-15", "2016-04-01"):
        dates = {"from": start, "to": "2016-12-31"}
        read(page, [dates])
        rows = page.evaluate(
            "[...document.querySelectorAll('#rows tr')].map(row => row.dataset.key)"
        )
        wanted = listed_baselines(slv, "preferred", start)
        assert rows == [*(each.key for each in wanted), "own"]
        for each in wanted:
            (found,) = read(page, [{**dates, "base": each.key}])
            days = f"{each.start:%Y-%m-%d}", f"{each.end:%Y-%m-%d}"
            assert (page.input_value("#baseFrom"), page.input_value("#baseTo")) == days
            study = start, "2016-12-31"
            value = own(slv, "averted_deaths", "preferred", "days", days, study)
            assert agree(found["value"], value)


# --- every comparison of every claim -----------------------------------------------------------

CELLS = """async hashes => {
    const found = [];
    window.requestAnimationFrame = () => 0;  // the numbers alone: nothing is drawn
    for (const hash of hashes) {
        await new Promise(done => {
            addEventListener('hashchange', () => setTimeout(done), {once: true});
            location.hash = `${hash}&move=${Math.random()}`; });
        const rows = {main: document.getElementById('value').value};
        for (const row of document.querySelectorAll('#rows tr')) {
            rows[row.dataset.key] = row.querySelector('data.own')?.value ?? ''; }
        found.push(rows);
    }
    return found; }"""


@pytest.fixture(scope="module")
def results() -> list[ClaimResult]:
    return judge.claims(limits=False)


def choices(result: ReadingResult, counts: dict[str, str]) -> dict[str, list[tuple[str, float]]]:
    """Addresses of a reading's comparisons, each with the rows to read there and their values."""
    found: dict[str, list[tuple[str, float]]] = {}
    for row in result.cells.to_dict("records"):
        baseline, beside = str(row["baseline"]), ", " in str(row["source"])
        own = f"{row['baseline_start']:%Y-%m-%d}..{row['baseline_end']:%Y-%m-%d}" if beside else ""
        name = str(row["source"])
        level = pd.isna(row["baseline_start"])
        address = urlencode({
            "place": row["part"] or result.reading.places[0],
            "who": counts.get(name, name) if level or beside else name,
            "pop": row["population"] or "days", "kind": result.reading.measure,
            "from": f"{row['start']:%Y-%m-%d}", "to": f"{row['end']:%Y-%m-%d}",
            **({"base": own} if own else {}),
        }, safe=",")  # fmt: skip
        key = "main" if level or own else baseline
        found.setdefault(address, []).append((key, float(row["estimate"])))
    return found


@pytest.mark.browser
def test_every_comparison_of_every_claim_is_read_from_its_page(
    browser: Browser, results: list[ClaimResult], tmp_path: Path
) -> None:
    compared, wrong, asked = 0, [], []
    read_before: dict[str, dict[str, dict[str, str]]] = {}
    for result in results:
        if not computed_readings(result):
            assert result.told.verdict.code == CANNOT_TELL or result.told.reading.measure == "rank"
            continue
        path = tmp_path / f"{result.claim}.html"
        path.write_bytes(explorer.claim_page(result, CLAIM, file=path.name, home="Homicides"))
        assert path.stat().st_size <= 250_000
        with offline(browser, asked) as context:
            page = context.new_page()
            page.goto(path.as_uri())
            opening = float(page.evaluate("document.getElementById('value').value"))
            told = result.told if len(result.told.cells) else result.first
            assert np.isclose(told.cells["estimate"], opening, rtol=TOLERANCE, atol=0).any()
            options = page.evaluate(
                "data => JSON.parse(document.getElementById('data').textContent).places"
            )
            counts = {each["name"]: each["key"] for place in options.values()
                      for each in place["sources"] if "name" in each}  # fmt: skip
            for reading in computed_readings(result):
                wanted = choices(reading, counts)
                # The same address on the same counts, by the same script, is read on one page.
                known = read_before.setdefault(json.dumps(options, sort_keys=True), {})
                new = [address for address in wanted if address not in known]
                known |= zip(new, page.evaluate(CELLS, new), strict=True)
                for address, rows in wanted.items():
                    for key, value in rows:
                        compared += 1
                        if not agree(float(known[address].get(key) or "nan"), value):
                            wrong.append((result.claim, address, key, value, known[address]))
    assert not wrong, (len(wrong), wrong[:3])
    assert compared > 5_000
    assert asked == []


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.browser
def test_limits_are_those_of_the_library(page: Page, slv: Explored) -> None:
    """The limits that allow for spells, from the periods counted in both."""
    cases = [
        ("2011-03-01", "2012-02-29", "2012-03-01", "2013-11-30"),
        ("2012-01-01", "2012-03-08", "2012-03-09", "2013-11-30"),
        ("2011-01-01", "2011-12-31", "2012-04-01", "2012-08-15"),
        ("2000-01-01", "2007-12-31", "2008-01-01", "2011-12-31"),
        ("2013-01-01", "2014-12-31", "2015-01-01", "2016-12-31"),
    ]
    for who in ("preferred", "PNC"):
        for measure in ("percent_decline", "averted_deaths"):
            found = read(page, [
                {"who": who, "kind": measure, "base": f"{a}..{b}", "from": c, "to": d}
                for a, b, c, d in cases
            ])  # fmt: skip
            for case, numbers in zip(cases, found, strict=True):
                a, b, c, d = case
                compared = compare(slv, agency=who, population=None, baseline=(a, b), study=(c, d))
                lower, upper = compared.limits(measure)
                assert agree(numbers["lower"], lower), (who, measure, case, numbers, lower)
                assert agree(numbers["upper"], upper), (who, measure, case, numbers, upper)


# --- what people do ------------------------------------------------------------------------------


def at(page: Page, where: Path, **choice: str) -> None:
    """Open the page on a choice, as from a link that somebody sent."""
    page.goto("about:blank")
    page.goto(f"{where.as_uri()}#{urlencode({**OPENING, **choice}, safe=',')}")


def address(page: Page) -> str:
    """The address as the page has it now; the browser tells the driver of it a moment later."""
    return str(page.evaluate("location.href"))


@pytest.mark.browser
def test_the_keyboard_alone_is_enough(page: Page, pages: dict[str, Path]) -> None:
    at(page, pages["en"])
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(
            "(e => e.dataset.edge || e.id || e.tagName)(document.activeElement)"
        ))  # fmt: skip
        if seen[-1] == "download":
            break
    controls = {"baseFrom", "baseTo", "from", "to", "who", "pop", "reset", "copy-sentence"}
    assert controls <= set(seen), seen
    page.focus("#base-year_before")
    page.keyboard.press("ArrowUp")
    assert "base=eve" in address(page)
    assert page.evaluate("document.activeElement.id") == "base-eve"
    assert page.inner_text("#fate-word") == "This comparison gives 4500"
    page.locator("[role=slider]").nth(3).focus()
    page.keyboard.press("ArrowLeft")
    assert "to=2013-10-31" in address(page)
    page.keyboard.press("Shift+ArrowLeft")
    assert "to=2013-10-30" in address(page)
    page.keyboard.press("PageUp")
    assert "to=2014-09-30" in address(page)
    # Typed with real keys, so that its year passes through 0002, 0020 and 0201.
    page.focus("#to")
    page.keyboard.type("06302013")
    assert page.input_value("#to") == "2013-06-30"
    assert "to=2013-06-30" in address(page)


@pytest.mark.browser
def test_the_live_region_says_the_sentence_once_the_reader_rests(
    page: Page, pages: dict[str, Path]
) -> None:
    at(page, pages["en"])
    assert page.text_content("#live") == ""
    page.check("#base-eve")
    page.wait_for_function("() => document.getElementById('live').textContent !== ''")
    said = page.text_content("#live") or ""
    assert "4,673 fewer" in said
    assert page.inner_text("#sentence") in said
    assert page.get_attribute("#live", "aria-live") == "polite"


@pytest.mark.browser
def test_a_comparison_that_gives_the_figure_is_no_verdict(
    page: Page, pages: dict[str, Path]
) -> None:
    at(page, pages["en"], base="eve")
    assert page.inner_text("#fate-word") == "This comparison gives 4500"
    assert "One comparison is no verdict" in page.inner_text(".one")
    assert page.inner_text(".verdict") == "Only if the weeks before are normal"
    assert page.locator(".v-right").count() == 0
    # Another figure than the claim's: the verdict is not about it.
    assert "comes out against the ten weeks before" in page.inner_text("#answer")


@pytest.mark.browser
def test_the_baseline_of_4500_is_found_in_the_table(page: Page, pages: dict[str, Path]) -> None:
    at(page, pages["en"])
    rows = dict(zip(
        page.locator("#rows tr").evaluate_all("all => all.map(row => row.dataset.key)"),
        page.locator("#rows tr").evaluate_all(
            "all => all.map(row => Math.round(row.querySelector('data.own')?.value))"),
        strict=True,
    ))  # fmt: skip
    # 926 deaths in 68 days and 4,510 in 366, times 632 days, less 3,933 deaths.
    assert rows["eve"] == round(926 / 68 * 632 - 3933)
    assert rows["year_before"] == round(4510 / 366 * 632 - 3933)
    assert page.inner_text("#tag-eve") == "gives it"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("choice", "refusal"),
    [
        (
            {"from": "1994-02-01", "to": "1994-06-30", "base": "1994-03-01..1994-12-31"},
            "share days",
        ),
        # IML: January to August 2011, then January 2012.
        ({"who": "IML", "from": "2011-10-01", "to": "2011-11-30"}, "No count on file"),
        ({"kind": "homicide_rate"}, "A rate needs a population"),
        ({"value": "0"}, ""),
    ],
)
def test_what_cannot_be_told_is_said(
    page: Page, pages: dict[str, Path], choice: dict[str, str], refusal: str
) -> None:
    at(page, pages["en"], **choice)
    if refusal:
        assert refusal in page.inner_text("#sentence")
        assert page.evaluate(READ_ONE, "value") == ""
        assert page.inner_text("#fate-word") == "This comparison cannot be made"


READ_ONE = "id => document.getElementById(id).value"


@pytest.mark.browser
def test_a_choice_is_taken_along(page: Page, pages: dict[str, Path], slv: Explored) -> None:
    """The table as CSV, the link, and the Python lines give the number that the page has."""
    for choice in (
        {"base": "eve"},
        {"pop": "WPP2019", "kind": "percent_decline"},
        {"base": "three_years", "method": "trend"},
        {"pop": "WPP2024", "kind": "homicide_rate", "from": "2011-01-01", "to": "2011-12-31"},
        {"kind": "percent_decline", "base": "2011-01-01..2011-12-31", "from": "2012-01-01",
         "to": "2012-12-31"},
    ):  # fmt: skip
        at(page, pages["en"], **choice)
        value = float(page.evaluate(READ_ONE, "value"))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(page.inner_text("#python"), {})
        assert agree(float(printed.getvalue()), value), page.inner_text("#python")
        with page.expect_download() as got:
            page.click("#download")
        table = pd.read_csv(got.value.path())
        chosen = table[table["baseline"].isna() | (table["baseline"] == dict(
            p.split("=") for p in address(page).partition("#")[2].split("&"))["base"])]  # fmt: skip
        told = chosen if len(chosen) else table[table["baseline"] == "own"]
        assert agree(float(told["estimate"].iloc[0]), value)
        link = address(page)
        page.goto("about:blank")
        page.goto(link)
        assert float(page.evaluate(READ_ONE, "value")) == value
        assert address(page) == link


@pytest.mark.browser
@pytest.mark.parametrize(
    ("choice", "finding"),
    [
        ({"base": "eve"}, "averted"),
        ({"base": "2011-01-15..2012-03-08", "to": "2013-10-07", "pop": "WPP2019"}, "averted"),
        ({"kind": "percent_decline", "pop": "WPP2024", "who": "PNC", "to": "2012-12-28"},
         "percent_change"),
        ({"kind": "percent_decline", "base": "eve"}, "percent_change"),
        ({"kind": "percent_decline", "base": "2011-01-01..2011-12-31", "from": "2012-01-01",
          "to": "2012-12-31"}, "percent_change"),
    ],
)  # fmt: skip
def test_the_command_renders_these_choices(
    warm: None,
    page: Page,
    pages: dict[str, Path],
    tmp_path: Path,
    choice: dict[str, str],
    finding: str,
) -> None:
    at(page, pages["en"], **choice)
    words = shlex.split(page.inner_text("#command").replace("\\\n", " "))
    found = CliRunner().invoke(cli, [*words[1:], "--out", str(tmp_path)])
    assert found.exit_code == 0, found.output
    record = json.loads(next((tmp_path / "findings").glob("*.json")).read_text("utf-8"))
    given = [each["estimate"] for each in record["findings"] if each["name"] == finding]
    value, sign = float(page.evaluate(READ_ONE, "value")), -1 if finding != "averted" else 1
    assert any(agree(each, sign * value) for each in given), (value, given[:5])


@pytest.mark.browser
def test_addresses_that_were_tampered_with_do_nothing(page: Page, pages: dict[str, Path]) -> None:
    random = np.random.default_rng(3)
    pieces = [
        "from=2012-02-30", "to=2012", "base=eve", "base=2012-01-01..x", "who=<b>", "who=IML",
        "pop=WPP2024", "value=-4", "value=1e9", "value=<img src=x onerror=alert(1)>", "value=0",
        "word=more", "kind=homicides", "kind=__proto__", "who=constructor", "from=2016-12-31",
        "to=2009-01-01", "place=HND", "place=toString", "base=2009-01-01..2016-12-31", "%E0%A4",
        "&&&=", "word=fewer",
    ]  # fmt: skip
    hashes = ["&".join(random.choice(pieces, 5)) for _ in range(100)]
    page.evaluate(READ, [hashes, ["value"]])
    assert page.locator("img, b").count() == 0


@pytest.mark.browser
def test_a_page_keeps_the_rules_of_wcag(
    browser: Browser, pages: dict[str, Path], axe: str, asked: list[str]
) -> None:
    with offline(browser, asked) as context:
        page = context.new_page()
        for lang, choice in (
            ("en", {}), ("es", {"base": "eve"}), ("en", {"who": "IML"}),
            ("es", {"kind": "homicide_rate", "pop": "WPP2019", "value": "70.1", "word": "plain"}),
        ):  # fmt: skip
            look(page, "light")
            at(page, pages[lang], **choice)
            page.wait_for_function("() => document.documentElement.dataset.rest")
            for sight in ("light", "dark", "phone"):
                kept, broken = broken_rules(page, axe, which=look(page, sight))
                assert (sight, broken) == (sight, [])
                assert kept > 20 or sight == "dark"
                assert overflow(page) <= 0
            page.set_viewport_size({"width": 390, "height": 844})
            assert overflow(page) <= 0
    assert asked == []


def test_a_page_is_one_file_without_requests(pages: dict[str, Path]) -> None:
    for path in pages.values():
        text = path.read_text("utf-8")
        assert len(text.encode()) <= 250_000
        assert "default-src 'none'" in html.unescape(text)
        assert not re.search(
            r"<(img|link rel=.stylesheet|iframe)|\ssrc=|\son[a-z]+=|\sstyle=",
            text.split("<script")[0],
        )
        assert "http" not in text.split("</style>")[1].split("<script")[0]


def test_the_script_says_no_word() -> None:
    """Whatever people read comes from the catalogues: no string of the script holds a sentence."""
    for name in explorer.MODULES:
        text = (explorer.HERE / f"{name}.mjs").read_text("utf-8")
        code = re.sub(r"/\*.*?\*/|//.*", "", text, flags=re.S)
        strings = re.findall(r"'([^'\n]*)'", code)
        assert not [
            each for each in strings if re.search(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{2,}", each)
        ], name


def test_spanish_pages_are_spanish(pages: dict[str, Path]) -> None:
    text = pages["es"].read_text("utf-8")
    assert '<html lang="es">' in text
    assert "¿Comparado con qué período es cierto?" in text
    for english in ("With your choice", "Take it along", "Who counted", "comes out", "gives it"):
        assert english not in text.split("'use strict'")[0]
