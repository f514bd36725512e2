"""Layouts that agencies publish: small files, each with what is read of it and what it needs.

The numbers are invented, and what is expected was written down by hand. The table of
docs/own-data.md is made from these files: python tests/test_layouts.py
"""

import gzip
import itertools
import random
import re
import shlex
import sys
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homicide_trends.cli import cli
from homicide_trends.cli.import_counts import import_counts
from homicide_trends.tables.imports import UnclearError, Understood, files, understand
from homicide_trends.tables.imports.choices import NAMES, Question
from homicide_trends.tables.load import load_counts

PAGE = Path(__file__).resolve().parents[1] / "docs" / "own-data.md"


class Layout(NamedTuple):
    """A file, the options that it needs, and its counts: period (first day alone), place, deaths."""

    name: str
    text: str
    options: str
    counts: str


MONTHS = "".join(f"2020M{n:02},{n + 9}\n" for n in range(1, 13))
LAYOUTS = [
    Layout("a row a year", "year,deaths\n2018,12\n2019,14\n", "", "2018-01-01 12; 2019-01-01 14"),
    Layout("a row a month", "Mes;Muertes\nene-20;5\nfeb-20;6\n", "--two-digit-years 1950",
           "2020-01-01 5; 2020-02-01 6"),
    Layout("year and month in two columns", "a\u00f1o;mes;homicidios\n2019;dic;5\n2020;1;6\n", "",
           "2019-12-01 5; 2020-01-01 6"),
    Layout("Eurostat's months", "mes,muertes\n2020M01,10\n2020M02,11\n", "",
           "2020-01-01 10; 2020-02-01 11"),
    Layout("months as numbers", "mes,muertes\n202001,10\n202002,11\n", "",
           "2020-01-01 10; 2020-02-01 11"),
    Layout("months across", "year,Jan,Feb,Mar,Total\n2019,1,2,3,6\n2020,4,5,6,15\n",
           "--gaps missing",
           "2019-01-01 1; 2019-02-01 2; 2019-03-01 3; 2020-01-01 4; 2020-02-01 5; 2020-03-01 6"),
    Layout("months across, the year elsewhere", "Homicides 2020,,\nplace,Jan,Feb\nNorth,1,2\n",
           "--year 2020", "2020-01-01 1; 2020-02-01 2"),
    Layout("places down, years across",
           "country,code,2018,2019\nFirst,AAA,12,14\nSecond,BBB,120,130\n", "--place-column country",
           "2018-01-01 First 12; 2019-01-01 First 14; 2018-01-01 Second 120; 2019-01-01 Second 130"),
    Layout("places down, months across", "lugar,ene-20,feb-20\nNorte,1,2\nSur,4,5\n",
           "--where lugar Norte --two-digit-years 2000", "2020-01-01 1; 2020-02-01 2"),
    Layout("months down, places across", "mes,Norte,Sur\n2020-01,1,2\n2020-02,4,5\n",
           "--across place",
           "2020-01-01 Norte 1; 2020-02-01 Norte 4; 2020-01-01 Sur 2; 2020-02-01 Sur 5"),
    Layout("sexes across", "year,Men,Women\n2018,10,2\n2019,11,3\n", "--across sex",
           "2018-01-01 10; 2019-01-01 11; 2018-01-01 2; 2019-01-01 3"),
    Layout("years of months down", "mes;2019;2020\nnov;1;3\ndic;2;4\n", "--gaps missing",
           "2019-11-01 1; 2019-12-01 2; 2020-11-01 3; 2020-12-01 4"),
    Layout("rows above the header, as the World Bank has them",
           '"Data Source","WDI",\n\n"Country Name","Indicator","2018","2019",\n"A","Homicides","12","14",\n',
           "", "2018-01-01 12; 2019-01-01 14"),
    Layout("Eurostat's heads and flags",
           "freq,unit,geo\\TIME_PERIOD\t2018 \t2019 \nA,NR,ES\t12 \t14 b\nA,NR,FR\t30 \t31 \n",
           "--where geo ES --mark b final", "2018-01-01 12; 2019-01-01 14"),
    Layout("two rows of names", "Year,Deaths,,Rate,\n,Men,Women,Men,Women\n2018,100,20,10.5,2.1\n",
           "--deaths-column 'Deaths Men' --deaths-column 'Deaths Women'", "2018-01-01 120"),
    Layout("quarters", "quarter,deaths\n2019Q1,12\n2019Q2,14\n", "", "2019-01-01 12; 2019-04-01 14"),
    Layout("years that span two", "year,deaths\n2018/19,12\n2019/20,14\n", "--year-starts 4",
           "2018-04-01 12; 2019-04-01 14"),
    Layout("years that say what they span", "year,deaths\nApril 2018 to March 2019,12\n", "",
           "2018-04-01 12"),
    Layout("ISO weeks", "week,deaths\n2020-W01,3\n2020-W02,4\n", "", "2019-12-30 3; 2020-01-06 4"),
    Layout("months stamped by their first day",
           "date,deaths\n2020-01-01,11\n2020-02-01,12\n", "--shape months",
           "2020-01-01 11; 2020-02-01 12"),
    Layout("days", "date,value\n2020-01-01,3\n2020-01-02,4\n", "--deaths-column value",
           "2020-01-01 7"),
    Layout("year, month, day", "year,month,day,deaths\n2020,2,1,3\n2020,2,2,4\n", "",
           "2020-02-01 7"),
    Layout("deaths", "id,fecha\n1,01/02/2020\n2,29/02/2020 23:10\n", "", "2020-02-01 2"),
    Layout("incidents with several victims",
           "date,victims\n2020-02-01,2\n2020-02-01,1\n2020-02-29,1\n",
           "--duplicates sum --gaps zero", "2020-02-01 4"),
    Layout("rows for each state, and for all",
           "year,state,deaths\n2019,North,10\n2019,South,20\n2019,Total,30\n", "", "2019-01-01 30"),
    Layout("several values together",
           "year,crime,n\n2019,murder,10\n2019,manslaughter,2\n2019,theft,99\n",
           "--where crime murder --where crime manslaughter --sum crime", "2019-01-01 12"),
    Layout("marks", "year,deaths\n2018,1234\n2019,1250*\n2020,<5\n",
           "--mark '*' preliminary --mark '<' range",
           "2018-01-01 1234; 2019-01-01 1250; 2020-01-01 2"),
]  # fmt: skip
TWO = "year,deaths\n2018,12\n2019,14\n"


def kwargs(words: list[str]) -> dict[str, Any]:
    """Options of the command as arguments of ``understand``."""
    made = import_counts.make_context("import", ["f.csv", *words]).params
    found = {name: made[name] for name in NAMES}
    for name in ("start", "end"):
        found[name] = found[name] and found[name].date()
    return found


def read(path: Path, options: str = "") -> Understood:
    return understand(path, **kwargs(shlex.split(options)))


def told(found: Understood) -> str:
    return "; ".join(
        " ".join(filter(None, (str(each.start), each.place, str(each.deaths))))
        for each in found.counts
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: each.name)
def test_a_layout(layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(layout.text, encoding="utf-8")
    assert told(read(path, layout.options)) == layout.counts
    if layout.options:
        with pytest.raises(UnclearError):
            read(path)


def test_the_page_shows_these_files() -> None:
    assert table() in PAGE.read_text(encoding="utf-8")


def table() -> str:
    """The table of the page."""
    lines = ["| layout | begins | options |", "|---|---|---|"]
    for each in LAYOUTS:
        begins = "<br>".join(
            f"`{line.strip()}`" for line in each.text.replace("\t", " ").split("\n")[:3] if line
        )
        begins = begins.replace("|", "\\|")
        lines.append(f"| {each.name} | {begins} | {f'`{each.options}`' if each.options else ''} |")
    return "\n".join(lines) + "\n"


# --- containers ---------------------------------------------------------------------------------


def test_archives_and_parquet(tmp_path: Path) -> None:
    expected = "2018-01-01 12; 2019-01-01 14"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TWO.encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../deep/a.csv", TWO)
    assert told(read(tmp_path / "a.csv.gz")) == told(read(tmp_path / "a.zip")) == expected
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.csv", TWO)
        archive.writestr("b.csv", "year,deaths\n2018,1\n")
    with pytest.raises(UnclearError, match=r"holds several files; --sheet a.csv; --sheet b.csv"):
        read(tmp_path / "b.zip")
    assert told(read(tmp_path / "b.zip", "--sheet b.csv")) == "2018-01-01 1"
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "a.csv").write_text(TWO)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM '{tmp_path}/a.csv') TO '{tmp_path}/a.parquet'")
    assert told(read(tmp_path / "a.parquet")) == expected


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(gzip.compress(b"0" * 2_000_000)))
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 1_000_000)
    with pytest.raises(UnclearError, match="unpacks to more than 1 MB"):
        read(path)


SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    """A workbook as its format has it, so that no other library is needed to make one."""
    names = "".join(
        f'<sheet name="{n}" sheetId="{k}" r:id="r{k}"/>' for k, n in enumerate(sheets, 1)
    )
    main = "http://schemas.openxmlformats.org"
    links = "".join(f'<Relationship Id="r{k}" Type="{main}/officeDocument/2006/relationships/worksheet" '
                    f'Target="worksheets/s{k}.xml"/>' for k in range(1, len(sheets) + 1))  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml", f'<Types xmlns="{main}/package/2006/content-types"/>'
        )
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="w" '
                         f'Type="{main}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{main}/spreadsheetml/2006/main" xmlns:r="{main}/officeDocument/2006/'
                         f'relationships"><sheets>{names}</sheets></workbook>')  # fmt: skip
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{main}/package/2006/relationships">{links}</Relationships>',
        )
        for k, rows in enumerate(sheets.values(), 1):
            cells = "".join("<row>" + "".join(
                f"<c><v>{c}</v></c>" if isinstance(c, int) else f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in row
            ) + "</row>" for row in rows)  # fmt: skip
            archive.writestr(f"xl/worksheets/s{k}.xml", SHEET.format(rows=cells))


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    years = [["year", "deaths"], [2018, 12], [2019, 14]]
    workbook(path, {"Notes": [["see below"]], "Data": years})
    assert told(read(path)) == "2018-01-01 12; 2019-01-01 14"
    workbook(path, {"2018": years[:2], "2019": [years[0], years[2]]})
    with pytest.raises(UnclearError, match="has several sheets; --sheet 2018; --sheet 2019"):
        read(path)
    assert told(read(path, "--sheet 2019")) == "2019-01-01 14"


# --- what is asked ------------------------------------------------------------------------------

ASKED = {
    "unknown column": ("date,value\n" + "".join(f"2020-01-{n:02},3\n" for n in range(1, 32)),
                       ["--deaths-column value (93 deaths)", "--shape deaths (31 deaths)"]),
    "kinds": ("year,kind,deaths\n2000,a,5\n2000,b,\n2000,c,7\n2001,a,6\n2001,c,8\n", ["--sum kind (26 deaths)", "--where kind c (15 deaths)"]),
    "kinds with their total": ("year,causa,n\n2019,Homicidio,10\n2019,Accidente,20\n2019,Total,30\n2020,Homicidio,11\n2020,Accidente,22\n2020,Total,33\n",
                               ["--sum causa (63 deaths)", "--where causa Homicidio (21 deaths)"]),
    "unequal total": ("year,state,n\n2019,North,10\n2019,South,20\n2019,Total,31\n",
                      ["--where state Total (31 deaths)", "--totals ignore (30 deaths)"]),
    "sum without a name": ("year,state,n\n2019,North,10\n2019,South,20\n2019,Pa\u00eds,30\n2020,North,11\n2020,South,21\n2020,Pa\u00eds,32\n",
                           ["--where state 'Pa\u00eds' (62 deaths)", "--sum state --totals add (124 deaths)"]),
    "a small sum": ("zona;2019;2020\nA;1;2\nB;4;5\nNivel nacional;5;7\n", ["--where zona 'Nivel nacional' (12 deaths)"]),
    "a total month": ("year,month,deaths\n2020,Jan,10\n2020,Feb,10\n2020,Tot,10\n", ["--totals ignore (20 deaths)", "--skip '2020 Tot'"]),
    "marks": ("year,deaths\n2018,1234\n2020,1234*\n", ["--mark '*' preliminary", "--mark '*' missing (1,234 deaths)"]),
    "decimals": ("year,val\n2019,101.52\n2020,99.87\n", ["not of whole numbers"]),
    "estimates": ("year,deaths\n2019,101.52\n2020,99.87\n", ["estimates.csv"]),
    "victims": ("date,victims\n2020-02-03,2\n2020-02-03,1\n", ["--duplicates sum (3 deaths)", "--shape deaths (2 deaths)"]),
    "months or years": ("year,deaths\n2009/10,5\n2010/11,6\n", ["--shape months", "--year-starts 4"]),
    "stamps a year apart": ("date,deaths\n2019-01-01,5\n2020-01-01,6\n", ["--shape years", "--shape months", "--shape days"]),
    "weeks by date": ("date,deaths\n2020-01-06,5\n2020-01-13,6\n2020-01-20,6\n", ["--shape weeks", "--shape days"]),
    "a gap": ("year,deaths\n2018,5\n2020,6\n", ["--gaps missing (11 deaths)", "--gaps zero (11 deaths)"]),
    "kinds of death in a list": ("date,delito\n2020-02-01,homicidio\n2020-02-29,robo\n", ["--sum delito (2 deaths)", "--where delito homicidio (1 death)"]),
    "a part": ("year,women deaths,other\n2019,5,50\n", ["--deaths-column 'women deaths' (5 deaths)", "--deaths-column other (50 deaths)"]),
    "order": ("date,deaths\n03/04/2012,1\n04/04/2012,2\n", ["--date-order dmy", "--date-order mdy"]),
    "thousands": ("year;deaths\n2011;4.371\n2012;987\n", ["--thousands point (5,358 deaths)"]),
    "two dates": ("registered,occurred,n\n2020-01-01,2019-12-31,1\n2020-01-03,2020-01-01,2\n", ["--date-column registered", "--date-column occurred"]),
    "places across": ("mes;Norte;Sur\n2020-01;1;2\n2020-02;4;5\n", ["--deaths-column Norte (5 deaths)", "--across place (a place each)"]),
    "no header": ("2011,5\n2012,6\n", ["--header-row 0"]),
    "not over": (f"year,deaths\n{date.today().year - 1},6\n{date.today().year},5\n", ["is a period that is not over", "--to"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_a_question_names_each_answer_and_its_total(name: str, tmp_path: Path) -> None:
    text, said = ASKED[name]
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnclearError) as caught:
        read(path)
    assert [each for each in said if each not in str(caught.value)] == [], str(caught.value)


FILES = [*(each.text for each in LAYOUTS), *(text for text, _said in ASKED.values())]


@pytest.mark.parametrize("text", FILES)
def test_the_advice_of_every_message_works(text: str, tmp_path: Path) -> None:
    """Each answer is followed until nothing is asked: no answer leads back to its own question."""
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    open_ones: list[tuple[str, ...]] = [()]
    ended = 0
    for words in itertools.islice(iter(lambda: open_ones.pop() if open_ones else None, None), 60):
        asked = open_questions(path, list(words))
        if not asked:  # it is read, or is no table of counts under these answers, and says so
            ended += 1
            continue
        for answer in asked[0].answers:
            if "YYYY" not in answer.words:
                # Where an answer has no effect the same question comes back: a dead end.
                assert not repeats(words, answer.words), (words, answer.words)
                open_ones.append((*words, *answer.words))
    assert ended


def open_questions(path: Path, words: list[str]) -> list[Question]:
    try:
        understand(path, **kwargs(words))
    except UnclearError as error:
        return [each for each in error.problems if isinstance(each, Question) and each.answers]
    return []


def repeats(words: tuple[str, ...], answer: tuple[str, ...]) -> bool:
    n = len(answer)
    return any(words[k : k + n] == answer for k in range(len(words) - n + 1))


# --- nothing wrong passes -------------------------------------------------------------------------

TOTALS = [
    "Total",
    "TOTAL",
    "Todos",
    "National",
    "Ensemble",
    "Ambos sexos",
    "Brasil (total)",
    "Pa\u00eds",
]
SPANISH = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
PLACES = ["Norte", "Sur", "Este", "Oeste"]


def some_file(chance: random.Random) -> tuple[str, dict[tuple[str, str], int]]:
    """A file of some layout with some noise, and the right count of each place and period."""
    months = [(2018 + n // 12, n % 12 + 1) for n in range(chance.choice([12, 24, 30]))]
    places = PLACES[: chance.choice([1, 1, 2, 3, 4])]
    top = chance.choice([5, 60, 4000])
    known = {(p, m): chance.randint(0, top) for p in places for m in months}
    truth: dict[str, int] = defaultdict(int)
    kind = chance.choice(["long", "two", "wide", "down", "years", "days", "deaths", "stamps"])
    noise = chance.choice(["", "", "total", "mark", "note", "shuffle", "blank", "sum", "title"])
    mark = chance.choice(["*", "(p)", " r"])
    name = chance.choice(["muertes", "homicides", "value", "n"])
    total = chance.choice(TOTALS)
    sep = chance.choice([",", ";", "\t"])
    rows: list[list[str]] = []
    several = len(places) > 1
    if kind == "years":
        years = sorted({y for y, _m in months})
        by = {
            (p, y): sum(v for (q, (z, _m)), v in known.items() if (q, z) == (p, y))
            for p in places
            for y in years
        }
        rows = [
            ["place", *map(str, years)],
            *([p, *(str(by[p, y]) for y in years)] for p in places),
        ]
        truth = {str(y): sum(by[p, y] for p in places) for y in years}  # type: ignore[assignment]
    else:
        for (_p, (y, m)), v in known.items():
            truth[f"{y}-{m:02}"] += v
    if kind in ("long", "two", "stamps"):
        when = {"long": lambda y, m: [f"{SPANISH[m - 1]} {y}"], "two": lambda y, m: [str(y), str(m)],
                "stamps": lambda y, m: [f"{y}-{m:02}-01"]}[kind]  # fmt: skip
        heads = {"long": ["mes"], "two": ["year", "month"], "stamps": ["date"]}[kind]
        rows = [[*heads, *(["zona"] if several else []), name]]
        rows += [[*when(*m), *([p] if several else []), str(v)] for (p, m), v in known.items()]
        if noise in ("total", "sum") and several:
            rows += [
                [*when(y, m), total if noise == "total" else "Pa\u00eds", str(truth[f"{y}-{m:02}"])]
                for y, m in months
            ]
    elif kind == "wide":
        rows = [["zona", "year", *SPANISH]]
        for p in places:
            for y in sorted({y for y, _m in months}):
                rows.append([p, str(y), *(str(known.get((p, (y, n)), "")) for n in range(1, 13))])
    elif kind == "down":
        rows = [["mes", *places]]
        rows += [[f"{y}-{m:02}", *(str(known[p, (y, m)]) for p in places)] for y, m in months]
    elif kind in ("days", "deaths"):
        truth.clear()
        rows = [["fecha", name]] if kind == "days" else [["id", "fecha"]]
        day, last = date(2018, 1, 1), date(2018, chance.choice([2, 3]), chance.choice([28, 14]))
        while day <= last:
            n = chance.randint(1, 3)
            truth[f"{day:%Y-%m}"] += n
            rows += (
                [[f"{day:%d/%m/%Y}", str(n)]]
                if kind == "days"
                else [[str(len(rows)), f"{day:%d/%m/%Y}"] for _ in range(n)]
            )
            day += timedelta(1)
    body = rows[1:]
    if noise == "shuffle":
        chance.shuffle(body)
    elif noise == "mark":
        body[-1][-1] += mark
    elif noise == "blank":
        body[chance.randrange(len(body))][-1] = chance.choice(["", "..", "n/d"])
    elif noise == "note":
        body.append(["Fuente: la misma", *[""] * (len(rows[0]) - 1)])
    elif noise in ("total", "sum") and kind == "years" and several:
        body.append([total if noise == "total" else "Pa\u00eds", *map(str, truth.values())])
    lines = [rows[0], *body]
    if noise == "title":
        lines = [["Homicidios por zona"], [], *lines]
    return "\n".join(sep.join(line) for line in lines) + "\n", dict(truth)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_a_wrong_total_never_passes(tmp_path: Path, seed: int) -> None:
    text, truth = some_file(random.Random(seed))
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    options = random.Random(seed).choice(
        [
            {},
            {},
            {"duplicates": "sum"},
            {"duplicates": "sum", "totals": "ignore"},
            {"across": "place"},
            {"place_column": "zona"},
            {"place_column": "place"},
        ]
    )
    try:
        found = understand(path, **options)
    except UnclearError:
        return
    counts: dict[str, int] = defaultdict(int)
    for each in found.counts:
        counts[str(each.start)[:4] if found.unit == "year" else str(each.start)[:7]] += each.deaths
    lacking = {when: deaths for when, deaths in truth.items() if counts.get(when) != deaths}
    # What has no number at an end is left out, and said to be.
    assert all(any(when in note for note in found.notes) for when in lacking), (
        lacking,
        text,
    )
    # Of a period that one place lacks at its end the others are there.
    apart = {"across", "place_column"} & options.keys()
    partly = sum(counts.get(when, 0) for when in lacking) if apart else 0
    assert partly <= sum(lacking.values())
    assert sum(counts.values()) == sum(truth.values()) - sum(lacking.values()) + partly, text


def places_down(chance: random.Random) -> tuple[str, int]:
    """Many places down, with totals and subtotals among them, and the right sum of all deaths."""
    years = [str(2015 + n) for n in range(chance.choice([2, 3, 5]))]
    places = [f"Town {n}" for n in range(chance.choice([8, 24, 60]))]
    kinds = chance.choice([[""], [""], ["A", "B"]])
    known = {(p, k, y): chance.randint(0, 90) for p in places for k in kinds for y in years}
    named, nested = chance.random() < 0.8, chance.random() < 0.5
    rows: list[list[str]] = []

    def add(name: str, some: list[str]) -> None:
        for kind in kinds:
            sums = [str(sum(known[p, kind, y] for p in some)) for y in years]
            rows.append([name] * named + [kind] * (len(kinds) > 1) + sums)

    for n in range(0, len(places), 4):
        if nested:
            add(f"Region {n}", places[n : n + 4])
        for place in places[n : n + 4]:
            add(place, [place])
    if chance.random() < 0.8:
        add(chance.choice(TOTALS), places)
        if chance.random() < 0.5:
            rows[:] = rows[-len(kinds) :] + rows[: -len(kinds)]
    heads = ["lugar"] * named + ["causa"] * (len(kinds) > 1) + years
    return "\n".join(";".join(row) for row in [heads, *rows]) + "\n", sum(known.values())


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2**32))
def test_no_total_is_added_to_many_places(tmp_path: Path, seed: int) -> None:
    text, truth = places_down(random.Random(seed))
    path = tmp_path / "f.csv"
    path.write_text(text, encoding="utf-8")
    words = random.Random(seed).choice(["", "--duplicates sum", "--duplicates sum --sum lugar"])
    try:
        found = read(path, words if "lugar" in text else words.removesuffix(" --sum lugar"))
    except UnclearError:
        return
    # Two levels in which nothing has a name, and no country above them, are one list of numbers.
    assert found.deaths == truth or ("lugar" not in text and found.deaths == 2 * truth), text


# --- the command ----------------------------------------------------------------------------------


def test_a_place_that_is_the_sum_of_the_others_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    text = "zona;2019;2020\nNorte;10;11\nSur;20;21\n{};30;32\n"
    path.write_text(text.format("Rep\u00fablica"), encoding="utf-8")
    with pytest.raises(UnclearError) as caught:
        read(path, "--place-column zona")
    assert "is in every period the sum of others: a total, or a part" in str(caught.value)
    assert "--totals ignore (62 deaths); --totals add (124 deaths)" in str(caught.value)
    left = read(path, "--place-column zona --totals ignore")
    assert (left.deaths, left.notes) == (62, ["zona 'Rep\u00fablica', the sum of the others"])
    assert read(path, "--place-column zona --totals add").deaths == 124
    path.write_text(text.format("Todas las provincias"), encoding="utf-8")
    assert read(path, "--place-column zona").deaths == 62


def test_totals_of_places_across_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("mes;Norte;Sur;Total\n2020-01;1;2;4\n")
    with pytest.raises(UnclearError, match=r":2: Total '4' is not the sum, which is 3"):
        read(path, "--across place")
    assert told(read(path, "--across place --totals ignore")) == (
        "2020-01-01 Norte 1; 2020-01-01 Sur 2"
    )
    path.write_text("mes;2019;2020\nene;1;2\n")
    with pytest.raises(UnclearError, match="leave --across out: all of them are read"):
        read(path, "--across place")


def test_a_total_among_many_rows_is_not_added_to_them(tmp_path: Path) -> None:
    """Thirty places, 0 to 29 deaths in one year and one more each in the next: 435 and 465."""
    path = tmp_path / "f.csv"
    towns = "".join(f"Town {n},{n},{n + 1}\n" for n in range(30))
    path.write_text(f"town,2018,2019\n{towns}Total,435,465\n")
    for options in ("", "--duplicates sum", "--sum town"):
        assert told(read(path, options)) == "2018-01-01 435; 2019-01-01 465"
    # The first ten below a county, the others below another, both below the country: three times.
    lines = towns.splitlines()
    text = [
        "town,2018,2019",
        "Country,435,465",
        "East,45,55",
        *lines[:10],
        "West,390,410",
        *lines[10:],
    ]
    path.write_text("\n".join(text))
    with pytest.raises(UnclearError) as caught:
        read(path, "--duplicates sum")
    assert "--where town Country (900 deaths)" in str(caught.value)
    assert "--totals ignore (900 deaths)" in str(caught.value)
    assert "--sum town --totals add (2,700 deaths)" in str(caught.value)
    assert read(path, "--duplicates sum --totals ignore").deaths == 900
    # East is a and c, West b and d: in this order nothing shows it but the country, 126 of 252.
    path.write_text("town,2018,2019\na,10,11\nEast,22,24\nb,20,22\nWest,38,42\nc,12,13\nd,18,20\n"
                    "Total,60,66\n")  # fmt: skip
    with pytest.raises(UnclearError) as caught:
        read(path, "--duplicates sum --totals ignore")
    assert "--where town Total (126 deaths)" in str(caught.value)
    assert "--totals ignore" not in str(caught.value)


def test_blocks_of_which_the_first_is_their_sum(tmp_path: Path) -> None:
    """A block for the province and one for each station, as police forces publish them."""
    path = tmp_path / "f.csv"
    path.write_text("crime,2018,2019\nMurder,30,34\nTheft,9,9\ncrime,2018,2019\nMurder,10,12\n"
                    "Theft,4,4\ncrime,2018,2019\nMurder,20,22\nTheft,5,5\n")  # fmt: skip
    with pytest.raises(UnclearError, match=r"--duplicates sum \(128 deaths\)"):
        read(path, "--where crime Murder")
    with pytest.raises(UnclearError) as caught:
        read(path, "--where crime Murder --duplicates sum")
    assert "is in every period the sum of others" in str(caught.value)
    assert "--totals ignore (64 deaths); --totals add (128 deaths)" in str(caught.value)
    found = read(path, "--where crime Murder --duplicates sum --totals ignore")
    assert told(found) == "2018-01-01 30; 2019-01-01 34"


def test_a_year_beside_a_month_is_not_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("mun;ano;mes;mes_ano;hom\nA;2019;12;2019m12;3\nB;2019;12;2019m12;4\n"
                    "A;2020;1;2020m01;5\nB;2020;1;2020m01;6\n")  # fmt: skip
    assert told(read(path, "--sum mun")) == "2019-12-01 7; 2020-01-01 11"


def test_in_a_terminal_answers_are_taken_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CliRunner()
    run.invoke(cli, ["new", str(tmp_path / "mine"), "--place", "SLV"])
    path = tmp_path / "f.csv"
    path.write_text("date,value\n" + "".join(f"2020-01-{n:02},3\n" for n in range(1, 32)))
    monkeypatch.setattr(sys.modules["homicide_trends.cli.import_counts"], "_asks", lambda: True)
    words = ["import", str(path), "--data", str(tmp_path / "mine"), "--agency", "A",
             "--agency-name", "A", "--source-title", "T", "--publisher", "P"]  # fmt: skip
    done = run.invoke(cli, words, input="1\ny\n")
    assert done.exit_code == 0, done.output
    assert "  1  --deaths-column value (93 deaths)" in done.stderr
    again = next(line for line in done.stderr.splitlines() if line.startswith("To repeat: "))
    assert again.endswith("--deaths-column value")
    repeated = run.invoke(cli, [*shlex.split(again.partition("homicide-trends ")[2]), "--yes"])
    assert repeated.exit_code == 0, repeated.output
    assert "Nothing to add" in repeated.stderr


def test_a_range_is_kept_with_its_least_and_its_most(tmp_path: Path) -> None:
    run, mine = CliRunner(), tmp_path / "mine"
    run.invoke(cli, ["new", str(mine), "--place", "SLV"])
    path = tmp_path / "f.csv"
    rows = "".join(f"2019-{n:02},{'<5' if n == 2 else 10}\n" for n in range(1, 13))
    path.write_text(f"month,deaths\n{rows}")
    words = ["import", str(path), "--data", str(mine), "--agency", "A", "--agency-name", "A",
             "--source-title", "T", "--publisher", "P", "--mark", "<", "range", "--yes"]  # fmt: skip
    done = run.invoke(cli, words)
    assert done.exit_code == 0, done.output
    counts = load_counts("SLV", data=mine).set_index(["start", "end"])
    # Fewer than five is none to four; of the year eleven tens and these.
    february, year = (
        counts.loc[("2019-02-01", "2019-02-28")],
        counts.loc[("2019-01-01", "2019-12-31")],
    )
    assert [february[name] for name in ("count", "low", "high", "status")] == [2, 0, 4, "rounded"]
    assert [year[name] for name in ("count", "low", "high", "status")] == [112, 110, 114, "rounded"]
    assert counts["low"].notna().sum() == 2
    # A folder of before has no such columns: there the note says it.
    table = (mine / "counts.csv").read_text().splitlines()[0]
    (mine / "counts.csv").write_text(table.removesuffix(",low,high") + "\n")
    assert run.invoke(cli, ["check", "--record", "--data", str(mine)]).exit_code == 0
    assert run.invoke(cli, words).exit_code == 0
    assert ",rounded,f,published as 0 to 4," in (mine / "counts.csv").read_text()
    assert load_counts("SLV", data=mine)["low"].isna().all()


def test_places_sexes_and_populations(tmp_path: Path) -> None:
    run, mine = CliRunner(), tmp_path / "mine"
    run.invoke(cli, ["new", str(mine), "--place", "SLV"])
    path = tmp_path / "f.csv"
    path.write_text("year,zona,sexo,n\n" + "".join(
        f"{y},{p},{s},{v}\n" for y in (2019, 2020) for p in ("Uno", "Dos")
        for s, v in (("Mujeres", 2), ("Hombres", 5), ("Total", 7))))  # fmt: skip
    words = ["import", str(path), "--data", str(mine), "--place", "SLV", "--place-kind", "city", "--deaths-column", "n",
             "--place-column", "zona", "--sex-column", "sexo", "--agency", "A", "--agency-name", "A",
             "--source-title", "T", "--publisher", "P", "--yes"]  # fmt: skip
    asked = run.invoke(cli, words)
    assert "2 names have no code; proposed are Uno = SLV-uno, Dos = SLV-dos" in asked.stderr
    assert not (mine / "place_names.csv").exists()
    written = run.invoke(cli, [*words, "--codes", "write"])
    assert written.exit_code == 0, written.output
    names = mine / "place_names.csv"
    assert names.read_text() == "name,place,kind\nUno,SLV-uno,city\nDos,SLV-dos,city\n"
    names.write_text("name,place,kind\nUno,SLV-first,district\nDos,,\n")
    done = run.invoke(cli, words)
    assert done.exit_code == 0, done.output
    rows = [line.split(",") for line in (mine / "counts.csv").read_text().splitlines()[1:]]
    assert {(r[0], r[2], r[4], r[9]) for r in rows} == {
        ("SLV-first", f"{y}-01-01", v, s)
        for y in (2019, 2020)
        for s, v in (("female", "2"), ("male", "5"), ("", "7"))
    }
    assert "SLV-first,Uno,district,SLV" in (mine / "places.csv").read_text()
    assert "Next: homicide-trends import FILE --population" in done.stderr
    path.write_text("zona;2019;2020\nUno;1.000;1.100\nDos;900;800\n")
    people = run.invoke(cli, ["import", str(path), "--data", str(mine), "--population", "--place-column", "zona",
                              "--source", "people", "--source-title", "T", "--publisher", "P",
                              "--thousands", "point", "--yes"])  # fmt: skip
    assert people.exit_code == 0, people.output
    assert re.findall("SLV-first,[0-9]+,[0-9]+", (mine / "population.csv").read_text()) == [
        "SLV-first,2019,1000", "SLV-first,2020,1100"]  # fmt: skip


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split("<!-- layouts -->\n")
    end = rest.partition("<!-- end of layouts -->")[2]
    PAGE.write_text(
        f"{head}<!-- layouts -->\n{table()}<!-- end of layouts -->{end}", encoding="utf-8"
    )
