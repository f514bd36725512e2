"""Rules between columns, rows and tables, on small invented tables."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from homicide_trends.tables.check import rules
from homicide_trends.tables.problems import Problem
from homicide_trends.tables.rawtables import RawTable

TYPES = {
    "counts": {"count": "integer", "start": "date", "end": "date"},
    "estimates": {"estimate": "number"},
}


def table(name: str, *rows: dict[str, str]) -> RawTable:
    header = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[row.get(column, "") for column in header] for row in rows]
    return RawTable(f"{name}.csv", header, list(range(2, len(rows) + 2)), cells)


def broken(**tables: list[dict[str, str]]) -> list[Problem]:
    given = {name: table(name, *rows) for name, rows in tables.items()}
    return list(rules.broken(given, TYPES))


def found(problems: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in problems]


def count(start: str, end: str, deaths: int, **cells: str) -> dict[str, str]:
    row = {"place": "AAA", "measure": "homicides", "agency": "police", "status": "final"}
    row |= {"source_id": "a", "note": "", "start": start, "end": end, "count": str(deaths)}
    return row | cells


YEAR = ("2011-01-01", "2011-12-31")
MARCH = ("2011-03-01", "2011-03-31")


@pytest.mark.parametrize(
    ("column", "cell", "wrong"),
    [
        ("note", "plain, with a\nline", False),
        ("note", "Garc\u00eda", False),
        ("note", "a backslash \\n is text", False),
        ("note", "\x1b[31m", True),
        ("note", "a\u200bb", True),
        ("note", " a", True),
        ("note", "a\n", True),
        ("count", "5", False),
        ("count", "1e3", True),
        ("count", "1_000", True),
        ("count", "NaN", True),
        ("count", "inf", True),
        ("count", "\u0665", True),
        ("start", "1799-12-31", True),
        ("start", "2101-01-01", True),
        ("start", "1800-01-01", False),
        ("place", "SLV-apopa", False),
        ("place", "../../x", True),
        ("place", ".hidden", True),
        ("place", "a/b", True),
        ("place", "a b", True),
    ],
)
def test_cells(column: str, cell: str, wrong: bool) -> None:
    assert found(broken(counts=[{column: cell}])) == [(2, column)] * wrong


@pytest.mark.parametrize(
    ("start", "end"),
    [("start", "end"), ("baseline_start", "baseline_end"), ("declared_start", "declared_end")],
)
def test_no_period_ends_before_it_starts(start: str, end: str) -> None:
    rows = [
        {start: "2012-03-01", end: "2012-02-29"},
        {start: "2012-03-01", end: "2012-03-01"},
        {start: "2012-03-01", end: ""},
        {start: "", end: "2012-03-01"},
    ]
    assert found(broken(events=rows)) == [(2, start)]


def test_sources() -> None:
    row = {"source_id": "", "kind": "press", "derived_from": "", "url": "http://x", "sha256": ""}
    row["quality"] = "solid"
    rows = [
        row | {"source_id": "a"},
        row | {"source_id": "b", "kind": "derived", "derived_from": "a;c", "url": ""},
        row | {"source_id": "c", "kind": "derived"},
        row | {"source_id": "d", "kind": "derived", "derived_from": "a; A1"},
        row | {"source_id": "e", "kind": "derived", "derived_from": "e"},
        row | {"source_id": "f", "derived_from": "a"},
        row | {"source_id": "g", "sha256": "0" * 64},
        row | {"source_id": "h", "sha256": "0" * 63 + "G"},
        row | {"source_id": "i", "url": ""},
        row | {"source_id": "j", "url": "", "quality": "weak"},
        row | {"source_id": "k", "url": "", "kind": "text"},
    ]
    problems = broken(sources=rows)
    assert found(problems) == [
        (4, "derived_from"),
        (5, "derived_from"),
        (6, "derived_from"),
        (7, "derived_from"),
        (9, "sha256"),
        (10, "url"),
    ]
    assert problems[1].value == "A1"


def test_a_percentage_is_not_a_fraction() -> None:
    rows = [
        {"value": "0.6", "unit": "percent", "as_reported": "60%"},
        {"value": "0.5", "unit": "percent", "as_reported": "0.5%"},
        {"value": "0", "unit": "percent", "as_reported": "0%"},
        {"value": "1", "unit": "percent", "as_reported": "1%"},
        {"value": "0.6", "unit": "ratio", "as_reported": "0.6"},
    ]
    problems = broken(figures=rows)
    assert found(problems) == [(2, "value")]
    assert problems[0].remedy == "60 percent?"
    limits = {"estimate": "-0.41", "lower": "-45", "upper": "0.9", "unit": "percent"}
    assert found(broken(estimates=[limits])) == [(2, "estimate"), (2, "upper")]


def test_limits_enclose_their_estimate() -> None:
    rows = [
        {"estimate": "0.55", "lower": "0.49", "upper": "0.63"},
        {"estimate": "0.55", "lower": "0.56", "upper": "0.63"},
        {"estimate": "0.55", "lower": "0.49", "upper": "0.54"},
        {"estimate": "0.55", "lower": "", "upper": ""},
        {"estimate": "", "lower": "2", "upper": "1"},
        {"estimate": "0.55", "lower": "0.55", "upper": "0.55"},
    ]
    assert found(broken(estimates=rows)) == [(3, "lower"), (4, "upper"), (6, "lower")]


def test_doubtful_and_allocated_counts_say_why() -> None:
    rows = [
        count(*YEAR, 10, status="doubtful"),
        count(*YEAR, 10, status="allocated"),
        count(*YEAR, 11, status="doubtful", source_id="b", note="against all others"),
        count(*YEAR, -1, agency="court"),
    ]
    assert found(broken(counts=rows)) == [(2, "note"), (3, "note"), (5, "count")]


def test_counting_agencies_are_known_in_their_place() -> None:
    rows = [count(*YEAR, 10), count(*YEAR, 10, agency="polce"), count(*YEAR, 10, place="BBB")]
    known = [{"place": "AAA", "agency": "police"}, {"place": "BBB", "agency": "court"}]
    problems = broken(counts=rows, agencies=known)
    assert found(problems) == [(3, "agency"), (4, "agency")]
    assert problems[0].remedy == "did you mean 'police'?"
    assert problems[1].remedy == "known are court"


def test_no_more_deaths_than_people() -> None:
    people = [
        {"place": "AAA", "year": "2010", "population": "900"},
        {"place": "AAA", "year": "2011", "population": "90"},
        {"place": "AAA", "year": "2011", "population": "100"},
    ]
    places = [{"place": "AAA", "within": ""}, {"place": "AAA-b", "within": "AAA"}]
    rows = [
        count(*YEAR, 100),
        count(*YEAR, 101, agency="court"),
        count(*MARCH, 101, agency="blog", place="AAA-b"),
        count("2010-12-01", "2011-01-31", 101, agency="press"),
        count("2015-01-01", "2015-12-31", 901, agency="church"),
        count(*YEAR, 10**9, place="CCC"),
    ]
    problems = broken(counts=rows, population=people, places=places)
    assert found(problems) == [(3, "count"), (4, "count"), (6, "count")]
    assert "100 people of AAA in 2011" in problems[0].message


def test_equal_rows_agree_or_say_why_not() -> None:
    sources = [
        {"source_id": "a", "date": "2012-01"},
        {"source_id": "b", "date": "2012-01"},
        {"source_id": "c", "date": "2013"},
    ]
    first = count(*YEAR, 100)
    for other, wrong in (
        (count(*YEAR, 90, source_id="b"), True),
        (count(*YEAR, 100, source_id="b"), False),
        (count(*YEAR, 90, source_id="c"), False),
        (count(*YEAR, 90, source_id="b", status="preliminary"), False),
        (count(*YEAR, 90, source_id="b", agency="court"), False),
        (count(*YEAR, 90, source_id="b", measure="disappearances"), False),
        (count(*MARCH, 90, source_id="b"), False),
        (count(*YEAR, 90, source_id="b", note="to mid December"), True),
    ):
        assert found(broken(counts=[first, other], sources=sources)) == [(3, "count")] * wrong
    noted = [first | {"note": "final"}, count(*YEAR, 90, source_id="b", note="to mid December")]
    assert not broken(counts=noted, sources=sources)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        (count(*MARCH, 101), False),  # one per cent above
        (count(*MARCH, 102), True),
        (count(*MARCH, 102, status="derived"), True),
        (count(*MARCH, 102, status="preliminary"), False),
        (count(*MARCH, 102, agency="court"), False),
        (count(*MARCH, 102, place="BBB"), False),
        (count(*MARCH, 102, measure="bodies"), False),
        (count("2010-12-31", "2011-03-31", 102), False),
        (count("2011-12-01", "2012-01-01", 102), False),
        (count("2011-01-01", "2011-01-31", 102), True),
        (count("2011-12-01", "2011-12-31", 102), True),
        (count(*YEAR, 102, source_id="b"), False),  # the same period is no part
    ],
)
def test_no_part_exceeds_its_whole(part: dict[str, str], wrong: bool) -> None:
    whole = count(*YEAR, 100)
    for rows, line in (([whole, part], 3), ([part, whole], 2)):
        problems = broken(counts=rows)
        assert found(problems) == [(line, "count")] * wrong
        if wrong:
            assert f"is more than the 100 from 2011-01-01 to 2011-12-31 on line {5 - line}" in str(
                problems[0]
            )


def test_parts_and_wholes_as_pair_by_pair() -> None:
    """The quick search finds the parts that comparing every pair finds."""
    chance = random.Random(2012)
    first = date(2012, 1, 1)
    for _ in range(300):
        rows = []
        for _ in range(chance.randrange(1, 9)):
            start = chance.randrange(6)
            end = start + chance.randrange(6 - start)
            days = (str(first + timedelta(start)), str(first + timedelta(end)))
            rows.append(count(*days, chance.randrange(4), source_id=str(len(rows))))
        expected = {
            line
            for line, part in enumerate(rows, 2)
            for whole in rows
            if (whole["start"], whole["end"]) != (part["start"], part["end"])
            and whole["start"] <= part["start"]
            and part["end"] <= whole["end"]
            and int(part["count"]) > 1.01 * int(whole["count"])
        }
        assert {problem.row for problem in broken(counts=rows)} == expected


def test_missing_columns_and_tables_leave_rules_unasked() -> None:
    full = count(*YEAR, 10)
    for column in full:
        partial = {name: cell for name, cell in full.items() if name != column}
        assert not broken(
            counts=[partial],
            agencies=[{"agency": "police"}],
            population=[{"place": "AAA"}],
            places=[{"place": "AAA"}],
            sources=[{"source_id": "a"}],
            figures=[{"unit": "percent"}],
            estimates=[{"estimate": "1"}],
        )
