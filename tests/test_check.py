"""Validation of whole folders: copies of the shipped tables, altered, and small ones of our own."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homicide_trends.tables import check
from homicide_trends.tables.check import Problem, check_tables, descriptor, record
from homicide_trends.tables.load import DataError, shipped
from homicide_trends.tables.quotes import prove_figures

TABLES = sorted(path.stem for path in shipped("data").glob("*.csv"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(shipped("data"), tmp_path / "data"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with the shipped schema and a few rows, without recorded hashes."""
    return write_small(tmp_path)


YEAR = {"start": "2011-01-01", "end": "2011-12-31"}
AFTER = {"start": "2012-01-01", "end": "2012-12-31"}
SOURCE = {"publisher": "Press", "title": "A title", "licence": "facts", "quality": "solid"}
COUNT = {"place": "AAA", "measure": "homicides", "agency": "police"}
ROWS: dict[str, list[dict[str, str]]] = {
    "sources": [
        SOURCE | {"source_id": "a", "kind": "press", "url": "http://example.org/a"},
        SOURCE | {"source_id": "b", "kind": "derived", "derived_from": "a"},
    ],
    "places": [{"place": "AAA", "name": "Ardenia", "kind": "country"}],
    "agencies": [
        {"place": "AAA", "agency": "police", "preference": "1", "name": "Police", "rule": "all"}
    ],
    "figures": [
        {"figure_id": "f", "source_id": "a", "locator": "3", "as_reported": "11", "value": "11"}
        | {"measure": "municipalities", "unit": "municipalities", "place": "AAA"}
    ],
    "claims": [
        {"claim_id": "c", "question": "Eleven?", "figures": "f", "source_id": "a"}
        | {"measure": "municipalities_violence_free", "places": "AAA", "words": "measure=declared"}
        | {"event": "e"},
        {"claim_id": "d", "question": "Fewer?", "source_id": "a", "measure": "percent_decline"}
        | {"places": "AAA"}
        | YEAR,
    ],
    "counts": [
        COUNT | YEAR | {"count": "100", "status": "final", "source_id": "a"},
        COUNT | AFTER | {"count": "90", "status": "derived", "source_id": "b"},
    ],
    "population": [
        {"place": "AAA", "year": "2011", "population": "90000", "series": "census"}
        | {"status": "final", "source_id": "a"}
    ],
    "events": [
        {"event_id": "e", "place": "AAA", "precision": "day", "event": "Something"}
        | {"start": "2012-03-09", "end": "2012-03-09", "quality": "solid", "source_id": "a"}
    ],
    "towns": [],
    "municipalities": [
        {"name": "Town", "department": "North", "place": "AAA", "status": "likely"}
        | {"source_id": "a"}
    ],
    "estimates": [
        {"estimate_id": "x", "source_id": "a", "place": "AAA", "measure": "rate_ratio"}
        | {"estimate": "0.5", "lower": "0.4", "upper": "0.6", "unit": "ratio", "method": "model"}
        | AFTER
    ],
}


def write_small(folder: Path) -> Path:
    described = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    for resource in described["resources"]:
        del resource["hash"], resource["bytes"]
        columns = [each["name"] for each in resource["schema"]["fields"]]
        with (folder / resource["path"]).open("w", newline="", encoding="utf-8") as opened:
            writer = csv.DictWriter(opened, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(ROWS[resource["name"]])
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def edit(folder: Path, table: str, change: Callable[[list[list[str]]], object]) -> None:
    """Alter the rows (the header is row 0) of a table in place."""
    path = folder / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))
    change(rows)
    with path.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)


def put(folder: Path, table: str, line: int, column: str, cell: str) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[line - 1][rows[0].index(column)] = cell

    edit(folder, table, change)


def places(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.row, problem.column) for problem in problems]


def test_the_shipped_tables_are_well() -> None:
    assert check_tables() == []
    described = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    assert sorted(each["name"] for each in described["resources"]) == TABLES
    for each in described["resources"]:
        content = (shipped("data") / each["path"]).read_bytes()
        assert each["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert each["bytes"] == len(content)


def test_the_small_tables_are_well(small: Path) -> None:
    assert check_tables(small) == []


WRONG_CELLS = [
    ("counts", "count", "x", "is not of type integer", "whole number"),
    ("counts", "count", "1,000", "is not of type integer", "without separators"),
    ("counts", "count", "-5", "is below 0", "0"),
    ("counts", "count", "90001", "is more than the 90,000 people of AAA", "correct"),
    ("counts", "count", "", "is empty", "never empty"),
    ("counts", "count", "9" * 5000, "is not of type integer", "whole number"),
    ("counts", "count", "1_0", "is not a plain number", "digits"),
    ("counts", "start", "2012-02-30", "is not of type date", "YYYY-MM-DD"),
    ("counts", "start", "01/02/2012", "is not of type date", "YYYY-MM-DD"),
    ("counts", "start", "2012-3-1", "is not of type date", "YYYY-MM-DD"),
    ("counts", "end", "\uff12\uff10\uff11\uff12-12-31", "is not of type date", "YYYY-MM-DD"),
    ("counts", "start", "2013-01-01", "is after end", "starts before"),
    ("counts", "end", "2212-12-31", "is not in a year from 1800", "year"),
    ("counts", "place", "AAB", "is not in places.csv", "did you mean 'AAA'?"),
    ("counts", "source_id", "zz", "is not in sources.csv", "known are"),
    ("counts", "agency", "polize", "is not an agency of 'AAA'", "did you mean 'police'?"),
    ("counts", "status", "finale", "is not one of the known", "did you mean 'final'?"),
    ("counts", "note", "\x1b[31m", "invisible character", "anew"),
    ("sources", "derived_from", "zz", "is not a source_id", "known are"),
    ("sources", "source_id", "../x", "is not an identifier", "letters without accents"),
    ("sources", "url", "", "is empty for a solid source", "address"),
    ("sources", "sha256", "00", "is not a SHA-256", "sha256sum"),
    ("sources", "url", "example.org", "does not match", "ddress"),
    ("figures", "source_id", "q", "is not in sources.csv", "known are"),
    ("figures", "as_reported", "", "is empty", "never empty"),
    ("claims", "figures", "g", "is not in figures.csv", "known are"),
    ("claims", "places", "AAB", "is not in places.csv", "did you mean 'AAA'?"),
    ("claims", "event", "q", "is not in events.csv", "known are"),
    ("claims", "question", "", "is empty for a claim", "as a question"),
    ("claims", "measure", "percent_fall", "is not one of the known", "did you mean"),
    ("claims", "second_reading_of", "x", "is not the claim_id", "known are"),
    ("claims", "compared_with", "AAA", "is given for a claim of", "leave it empty"),
    ("claims", "parts", "Q", "is neither a year nor one", "known are"),
    ("claims", "words", "declared", "does not say which part", "part=token"),
    ("claims", "words", "end=" + "x" * 41, "is longer than 40", "shortest"),
    ("claims", "baseline_start", "2010-01-01", "stands without baseline_end", "both days"),
    ("estimates", "lower", "0.7", "is above estimate 0.5", "lower <= estimate"),
    ("estimates", "estimate", "nan", "is not a plain number", "digits"),
    ("events", "precision", "weekly", "is not one of the known", "known are"),
    ("population", "year", "11", "is below 1900", "1900"),
]
KEYS = {"sources": "source_id", "figures": "figure_id", "estimates": "estimate_id",
        "claims": "claim_id"}  # fmt: skip


def test_each_wrong_cell_is_found(small: Path) -> None:
    """Every case in a row of its own, which is otherwise well; all in one folder."""
    added: dict[str, list[dict[str, str]]] = {}
    expected = []
    for number, (table, column, cell, says, remedy) in enumerate(WRONG_CELLS):
        base = ROWS[table][column == "derived_from"]
        row = base | {KEYS.get(table, "event_id"): f"case-{number}"}
        if table in ("counts", "population"):
            del row["event_id"]
            row |= {"start": f"{1900 + number}-01-01", "end": f"{1900 + number}-12-31"} | {
                "year": str(1900 + number)
            }
        added.setdefault(table, []).append(row | {column: cell})
        line = 1 + len(ROWS[table]) + len(added[table])
        expected.append(((f"{table}.csv", line, column), cell, says, remedy))
    for table, rows in added.items():
        header = (small / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        with (small / f"{table}.csv").open("a", newline="", encoding="utf-8") as opened:
            csv.DictWriter(opened, header, extrasaction="ignore", lineterminator="\n").writerows(
                rows
            )
    problems = check_tables(small)
    found = dict(zip(places(problems), problems, strict=True))
    assert len(found) == len(problems), sorted(map(str, problems))
    for place, cell, says, remedy in expected:
        problem = found.pop(place)
        assert says in problem.message
        assert remedy in problem.remedy
        assert problem.value[:70] in (cell[:70], "\\x1b[31m")
    # What follows from them: a year that is no year has an end after 2100, and a place unknown to
    # places.csv has no agencies; a derived_from is not for a source of the press.
    assert {(file, column) for file, _, column in found} <= {
        ("counts.csv", "start"),
        ("counts.csv", "agency"),
        ("sources.csv", "derived_from"),
    }


def test_all_errors_are_found_at_once(copy: Path) -> None:
    """Alterations in one copy; each is found, in its place, and nothing else is."""
    put(copy, "counts", 4, "count", "-1")
    put(copy, "counts", 6, "start", "2010-13-01")
    put(copy, "counts", 8, "agency", "UNODCX")
    put(copy, "counts", 10, "source_id", "unodc-implid")
    put(copy, "counts", 12, "place", "ARX")
    put(copy, "counts", 14, "count", "99999999")
    put(copy, "counts", 16, "end", "2001-01-01")
    put(copy, "population", 3, "year", "1990")
    put(copy, "estimates", 2, "lower", "100")
    put(copy, "estimates", 3, "unit", "percent")
    put(copy, "estimates", 3, "estimate", "0.64")
    put(copy, "events", 2, "quality", "good")
    put(copy, "municipalities", 2, "declared_start", "2031-01-01")
    put(copy, "places", 2, "place", "ARX")
    put(copy, "figures", 2, "locator", "seven")
    put(copy, "sources", 3, "sha256", "abc")
    put(copy, "claims", 3, "event", "2012-03-trice")
    edit(copy, "agencies", lambda rows: rows.insert(5, []))
    edit(copy, "events", lambda rows: rows[6].append("surplus"))
    edit(copy, "events", lambda rows: rows[8].pop())
    edit(copy, "estimates", lambda rows: [row.insert(2, "x") for row in rows])
    found = check_tables(copy)
    assert all(each.message and each.remedy and str(each).isprintable() for each in found)
    expected = {
        ("counts.csv", 4, "count"),
        ("counts.csv", 6, "start"),
        ("counts.csv", 8, "agency"),
        ("counts.csv", 10, "source_id"),
        ("counts.csv", 14, "count"),
        ("counts.csv", 16, "start"),
        ("population.csv", 3, "place, year, series"),
        ("estimates.csv", 2, "lower"),
        ("estimates.csv", 3, "estimate"),
        ("events.csv", 2, "quality"),
        ("municipalities.csv", 2, "declared_start"),
        ("figures.csv", 2, "locator"),
        ("sources.csv", 3, "sha256"),
        ("claims.csv", 3, "event"),
        ("agencies.csv", 6, ""),
        ("events.csv", 7, ""),
        ("events.csv", 9, "note"),
        ("estimates.csv", 1, "x"),
    }
    assert expected <= set(places(found))
    # The renamed place has rows in several tables, all of which are named; and every file differs
    # from the one recorded.
    rest = [each for each in found if (each.file, each.row, each.column) not in expected]
    assert {each.file for each in rest if "recorded" in each.message} == {
        f"{t}.csv" for t in TABLES if t != "towns"
    }
    assert all(
        "recorded" in each.message or each.value == "ARG" or "of 'ARX'" in each.message
        for each in rest
    )


def test_rows_after_a_cell_of_several_lines_keep_their_line(small: Path) -> None:
    put(small, "counts", 2, "note", "two\nlines\nand three")
    put(small, "counts", 3, "count", "x")
    (problem,) = check_tables(small)
    assert (problem.row, problem.column) == (5, "count")
    lines = (small / "counts.csv").read_text().splitlines()
    assert ",x," in lines[problem.row - 1]


def test_duplicate_keys_name_the_other_row(small: Path) -> None:
    edit(small, "counts", lambda rows: rows.append(rows[1]))
    (problem,) = check_tables(small)
    assert problem.row == 4
    assert problem.message == "is the key of line 2 too"
    edit(small, "counts", lambda rows: rows.pop())
    edit(small, "sources", lambda rows: rows.append(rows[1]))
    assert places(check_tables(small)) == [("sources.csv", 4, "source_id")]


def test_columns_may_stand_in_another_order(small: Path) -> None:
    edit(small, "counts", lambda rows: [row.reverse() for row in rows])
    assert check_tables(small) == []
    put(small, "counts", 3, "count", "x")
    assert places(check_tables(small)) == [("counts.csv", 3, "count")]


@pytest.mark.parametrize("column", ["place", "source_id", "note"])
def test_a_missing_column_is_one_problem(small: Path, column: str) -> None:
    edit(
        small, "counts", lambda rows: [row.pop(i) for i in [rows[0].index(column)] for row in rows]
    )
    (problem,) = check_tables(small)
    assert (problem.file, problem.row, problem.column) == ("counts.csv", 1, column)


def test_a_row_of_another_length_is_said_once(small: Path) -> None:
    def shorten(rows: list[list[str]]) -> None:
        del rows[2][rows[0].index("status") :]

    edit(small, "counts", shorten)
    missing = ["status", "source_id", "note"]
    assert places(check_tables(small)) == [("counts.csv", 3, column) for column in missing]
    write_small(small)
    edit(small, "counts", lambda rows: [row.insert(0, "x") for row in rows])
    edit(small, "counts", lambda rows: rows[2].append("surplus"))
    assert places(check_tables(small)) == [("counts.csv", 1, "x"), ("counts.csv", 3, "")]


def test_an_extra_or_misspelt_column_is_named(small: Path) -> None:
    path = small / "counts.csv"
    path.write_text(path.read_text().replace("agency", "agencie"))
    missing, extra = check_tables(small)
    assert (missing.column, extra.column) == ("agency", "agencie")
    assert extra.remedy == "did you mean 'agency'?"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "does not exist"),
        (b"PK\x03\x04zip", "zip"),
        (b"place,measure\n\xf1,x\n", "0xf1"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_problem(
    small: Path, content: bytes | None, says: str
) -> None:
    path = small / "counts.csv"
    path.unlink() if content is None else path.write_bytes(content)
    (problem,) = check_tables(small)
    assert problem.file == "counts.csv"
    assert says in problem.message


def test_a_table_of_rubbish_is_cut_short(small: Path) -> None:
    lines = ["x,y,2011-99-01,2011-12-31,z,police,final,a,"] * 1500
    with (small / "counts.csv").open("a") as opened:
        opened.write("\n".join(lines))
    problems = check_tables(small)
    assert 1000 < len(problems) < 2010  # at most 1000 each from schema and rules
    assert "more than 1000 errors" in problems[0].message


# The description of the folder.


def describe(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    change(described)
    path.write_text(json.dumps(described), encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "does not exist"),
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 200_000, "is not JSON"),
        (b"[]", "lists no resources"),
        (b'{"resources": {}}', "lists no resources"),
    ],
)
def test_a_folder_without_description_is_refused(
    small: Path, content: bytes | None, says: str
) -> None:
    path = small / "datapackage.json"
    path.unlink() if content is None else path.write_bytes(content)
    (problem,) = check_tables(small)
    assert problem.file == "datapackage.json"
    assert says in problem.message
    with pytest.raises(DataError, match=says):
        record(small)


@pytest.mark.parametrize(
    ("change", "value", "says"),
    [
        (lambda r: r.update(path="../counts.csv"), "../counts.csv", "not the path"),
        (lambda r: r.update(path="http://example.org/counts.csv"), "http", "not the path"),
        (lambda r: r.update(path=["counts.csv"]), "['counts.csv']", "not the path"),
        (lambda r: r.update(name=7), "7", "needs a name"),
        (lambda r: r.update(name="places"), "places", "needs a name"),
        (lambda r: r.update(name="../counts", path="../counts.csv"), "..", "not the path"),
        (lambda r: r.update(schema="http://example.org/s.json"), "counts", "lists no fields"),
        (lambda r: r["schema"].update(fields=[3]), "counts", "no name"),
        (lambda r: r["schema"].update(fields=[]), "counts", "schema"),
        (lambda r: r["schema"]["fields"].append({"name": "end"}), "counts", "stands twice"),
        (lambda r: r["schema"]["fields"][0].update(type="colour"), "counts", "schema"),
        (lambda r: r["schema"]["fields"][0].update(type=[1]), "counts", "schema"),
        (lambda r: r["schema"].update(foreignKeys=5), "counts", "schema"),
        (lambda r: r["schema"].update(foreignKeys=[{"fields": "place"}]), "counts", "schema"),
        (lambda r: r["schema"].update(primaryKey=["nothing"]), "counts", "schema"),
        (lambda r: r["schema"]["fields"][4].update(constraints=4), "counts", "schema"),
        (lambda r: r["schema"]["foreignKeys"][0]["reference"].update(resource="x"), "x", "foreign"),
        (lambda r: r["schema"]["fields"].pop(8), "note", "is not a field of counts"),
        (lambda r: r.clear(), "resource 6", "needs a name"),
    ],
)
def test_a_bad_description_is_refused(
    small: Path, change: Callable[[Any], object], value: str, says: str
) -> None:
    order = json.loads((small / "datapackage.json").read_text())["resources"]
    place = next(i for i, each in enumerate(order) if each["name"] == "counts")
    value = f"resource {place + 1}" if value.startswith("resource") else value
    describe(small, lambda described: change(described["resources"][place]))
    described = descriptor.read_descriptor(small)
    assert isinstance(described, dict)
    _, problems = descriptor.usable(described)
    assert {each.file for each in problems} == {"datapackage.json"}
    assert any(value in each.value and says in each.message for each in problems)


def test_a_constraint_that_cannot_be_used_is_a_problem(small: Path) -> None:
    def unbalanced(described: Any) -> None:
        described["resources"][0]["schema"]["fields"][0]["constraints"] = {"pattern": "("}

    describe(small, unbalanced)
    assert {each.file for each in check_tables(small)} == {"datapackage.json"}


def test_a_pattern_that_never_ends_is_not_tried(small: Path) -> None:
    """A cell of forty letters would take (a+)+$ some 2**40 steps."""

    def endless(described: Any) -> None:
        places = next(each for each in described["resources"] if each["name"] == "places")
        name = next(each for each in places["schema"]["fields"] if each["name"] == "name")
        name["constraints"] = {"pattern": "(a+)+$"}

    with (small / "places.csv").open("a") as table:
        table.write(f"ABW,{'a' * 40}!,country,\n")
    describe(small, endless)
    [problem] = check_tables(small)
    assert (problem.file, problem.value) == ("datapackage.json", "places")
    assert "the pattern '(a+)+$' is in none of the shipped tables" in problem.message


def test_a_missing_resource_is_named(small: Path) -> None:
    describe(small, lambda described: described["resources"].pop())
    assert any("is not among the resources" in each.message for each in check_tables(small))
    with pytest.raises(DataError, match="not among the resources"):
        record(small)


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        check_tables(tmp_path / "none")


# Recorded hashes.


def test_a_changed_table_is_noticed_and_its_errors_too(copy: Path) -> None:
    put(copy, "places", 2, "kind", "continent")
    differs, wrong = check_tables(copy)
    assert (differs.file, differs.row) == ("places.csv", 0)
    assert "restore it, or run `homicide-trends check --record`" in differs.remedy
    assert (wrong.file, wrong.row, wrong.column) == ("places.csv", 2, "kind")
    record(copy)
    assert check_tables(copy) == [wrong]


def test_each_altered_digit_of_the_figures_is_noticed(tmp_path: Path) -> None:
    described = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(each for each in described["resources"] if each["name"] == "figures")
    path = tmp_path / "figures.csv"
    content = (shipped("data") / "figures.csv").read_bytes()
    path.write_bytes(content)
    assert descriptor.differing(path, resource) == []
    digits = [found.start() for found in re.finditer(rb"[0-9]", content)]
    assert len(digits) > 1000
    for at in digits:
        other = b"%d" % ((int(content[at : at + 1]) + 1) % 10)
        path.write_bytes(content[:at] + other + content[at + 1 :])
        (problem,) = descriptor.differing(path, resource)
        assert problem.file == "figures.csv"


@pytest.mark.parametrize("recorded", ["", "md5:0", "sha256:", 5, ["x"], "sha256:" + "0" * 63])
def test_a_malformed_hash_is_a_problem(small: Path, recorded: object) -> None:
    (problem,) = descriptor.differing(small / "counts.csv", {"hash": recorded})
    assert (problem.file, problem.column) == ("datapackage.json", "hash")


def test_a_wrong_number_of_bytes_is_a_problem(copy: Path) -> None:
    describe(copy, lambda described: described["resources"][1].update(bytes=1))
    (problem,) = check_tables(copy)
    assert "recorded 1 bytes" in problem.message


def test_record_writes_stably_and_at_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copy / "datapackage.json"
    before = path.read_bytes()
    path.chmod(0o640)
    record(copy)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o640
    described = json.loads(before)
    assert before.decode() == json.dumps(described, indent=2, ensure_ascii=False) + "\n"

    put(copy, "places", 2, "name", "Argentine")

    def killed(*names: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        record(copy)
    assert path.read_bytes() == before
    assert sorted(each.name for each in copy.glob(".*")) == []


def test_record_refuses_what_it_cannot_write(small: Path) -> None:
    (small / "counts.csv").unlink()
    with pytest.raises(DataError, match=r"counts\.csv: does not exist"):
        record(small)
    write_small(small)
    describe(small, lambda described: described.update(title="\ud800"))
    with pytest.raises(DataError, match="not Unicode"):
        record(small)


# Whatever is in the folder, nothing is raised.

SNIPPETS = [
    b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"'", b";", b"=1+1", b"<script>", b"\x1b[2J",
    b"../../x", b"-1", b"9" * 400, b"1e999", b"nan", "\u202e".encode(), b"0000-00-00", b"a", b"b",
]  # fmt: skip


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*(f"{table}.csv" for table in TABLES), "datapackage.json"]),
            st.integers(0, 10_000),
            st.integers(0, 4),
            st.sampled_from(SNIPPETS) | st.binary(max_size=8),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_folder_raises(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, int, int, bytes]]
) -> None:
    folder = write_small(tmp_path_factory.mktemp("fuzz"))
    for name, place, removed, inserted in changes:
        content = (folder / name).read_bytes()
        at = place % (len(content) + 1)
        (folder / name).write_bytes(content[:at] + inserted + content[at + removed :])
    for problem in check_tables(folder):
        assert isinstance(problem, check.Problem)
        assert str(problem).isprintable()
    for problem in prove_figures(folder, texts=folder).problems:
        assert str(problem).isprintable()
    shutil.rmtree(folder)
