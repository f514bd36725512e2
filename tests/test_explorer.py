"""The explorer page computes what Python computes, refuses what it refuses, and is open to all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from browser import broken_rules, offline, overflow

from homicide_trends import language
from homicide_trends.claims import judge
from homicide_trends.claims.explored import Explored, compare, explore_place, listed_baselines
from homicide_trends.claims.result import CANNOT_TELL, ClaimResult, ReadingResult
from homicide_trends.site import explorer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOLERANCE = 1e-9
OPENING = {
    "place": "SLV", "from": "2012-03-09", "to": "2013-11-30", "base": "year_before",
    "who": "preferred", "pop": "days", "kind": "averted_deaths", "value": "4500", "word": "hedged",
}  # fmt: skip
CLAIM = explorer.Said(
    question="Were some 4,500 deaths prevented?", quote="4,500", who="A text, 2013",
    code="only_if", verdict="Only if the weeks before are normal", page="claim.html",
    sentence="A sentence of the verdict.",
)  # fmt: skip


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
            addEventListener('hashchange', () => setTimeout(done), {once: true});
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


def own(explored: Explored, kind: str, who: str, pop: str, base: Any, study: Any) -> float:
    """The value of a measure as the library has it."""
    found = compare(
        explored, agency=who, population=None if pop == "days" else pop, baseline=base, study=study
    )
    days = (pd.Timestamp(study[1]) - pd.Timestamp(study[0])).days + 1
    expected = found.expected
    rising = 100 * (found.deaths / expected - 1) if expected > 0 else np.nan
    return {
        "percent_decline": -rising,
        "percent_increase": rising,
        "rate_ratio": found.deaths / expected if expected > 0 else np.nan,
        "averted_deaths": expected - found.deaths,
        "homicide_rate": np.nan if pop == "days" else 1e5 * found.deaths / found.time,
        "daily_mean": found.deaths / days,
        "homicides": found.deaths,
    }[kind]


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
    for number in range(400):
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
        choices.append({"place": place.place, "who": who, "pop": pop, "kind": kind,
                        "base": "..".join(base), "from": study[0], "to": study[1]})  # fmt: skip
        wanted.append(own(place, kind, who, pop, base, study))
    for choice, value, found in zip(choices, wanted, read(page, choices), strict=True):
        assert agree(found["value"], value), (choice, value, found)
    told = np.isfinite(wanted).sum()
    assert told > 150 and len(wanted) - told > 50, (told, len(wanted))


@pytest.mark.browser
def test_listed_baselines_are_the_librarys(page: Page, slv: Explored) -> None:
    for start in ("2012-03-09", "2012-04-01", "2012-01-01", "2010-07-15", "2016-04-01"):
        dates = {"from": start, "to": "2016-12-31"}
        read(page, [dates])
        rows = page.evaluate("[...document.querySelectorAll('#rows tr')].map(row => row.dataset.key)")
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
    for result in results:
        if not explorer.can_explore(result):
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
            options = page.evaluate("data => JSON.parse(document.getElementById('data').textContent).places")
            counts = {each["name"]: each["key"] for place in options.values()
                      for each in place["sources"] if "name" in each}  # fmt: skip
            for reading in (result.first, result.second):
                if reading is None or not explorer.computed(reading):
                    continue
                wanted = choices(reading, counts)
                for (address, rows), found in zip(
                    wanted.items(), page.evaluate(CELLS, list(wanted)), strict=True
                ):
                    for key, value in rows:
                        compared += 1
                        if not agree(float(found.get(key) or "nan"), value):
                            wrong.append((result.claim, address, key, value, found))
    assert not wrong, (len(wrong), wrong[:3])
    assert compared > 5_000
    assert asked == []
