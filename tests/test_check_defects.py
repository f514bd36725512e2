"""Each defect that a folder may have, made in a copy of the shipped tables, is one line.

The copies keep everything that the shipped tables legitimately hold: reports that conflict side
by side, and months that nobody counted. None of that may be reported beside the defect.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.cli import cli
from homicide_trends.tables.check import check_tables, remarks
from homicide_trends.tables.folders import shipped
from homicide_trends.tables.load import load_estimates

Rows = list[list[str]]
NEW = {
    "counts": {"place": "PRY", "measure": "homicides", "start": "1995-01-01", "end": "1995-12-31",
               "count": "100", "agency": "UNODC", "status": "final", "source_id": "unodc2012"},
    "population": {"place": "PRY", "year": "1990", "population": "4000000", "series": "WPP2024",
                   "status": "final", "source_id": "wbpop"},
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped tables that promises nothing about their bytes."""
    folder = Path(shutil.copytree(shipped("data"), tmp_path / "data"))
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in described["resources"]:
        del resource["hash"], resource["bytes"]
    (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def edit(folder: Path, table: str, change: Callable[[Rows], object]) -> None:
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)


def add(folder: Path, table: str, *cells: dict[str, str]) -> int:
    """Append rows like ``NEW`` with other cells; the line of the last."""
    lines = []

    def append(rows: Rows) -> None:
        for each in cells:
            rows.append([{**NEW.get(table, {}), **each}.get(name, "") for name in rows[0]])
        # A cell of several lines would make lines and rows differ; the shipped ones have none.
        lines.append(len(rows))

    edit(folder, table, append)
    return lines[0]


CELLS = [
    ("counts", {"count": "many"}, "count", "many", "is not of type integer"),
    ("counts", {"start": "1995-31-12"}, "start", "1995-31-12", "is not of type date"),
    ("counts", {"count": "-5"}, "count", "-5", "is below 0"),
    ("counts", {"count": "99000000"}, "count", "99000000", "is more than the"),
    ("counts", {"end": "1994-12-31"}, "start", "1995-01-01", "is after end 1994-12-31"),
    ("counts", {"source_id": "nobody"}, "source_id", "nobody", "is not in sources.csv"),
    ("counts", {"start": "2013-01-01", "end": "2013-12-31"}, "end", "2013-12-31",
     "is after its source appeared (2012)"),
    ("counts", {"start": "9995-01-01", "end": "9995-12-31", "source_id": "wbpop"}, "start",
     "9995-01-01", "is not in a year from 1800 to 2100"),
    ("population", {"year": "1880"}, "year", "1880", "is below 1900"),
    ("estimates", {"estimate_id": "x", "source_id": "who-gho", "place": "PRY", "unit": "percent",
                   "measure": "percent_change", "estimate": "-0.41", "method": "press"},
     "estimate", "-0.41", "is a fraction, not a percentage"),
    ("figures", {"figure_id": "x", "source_id": "wbpop", "as_reported": "a fall", "place": "PRY",
                 "measure": "percent_decline", "value": "0.6", "unit": "percent"},
     "value", "0.6", "is a fraction, not a percentage"),
]  # fmt: skip


def test_wrong_rows_are_one_line_each_and_all_are_found_at_once(copy: Path) -> None:
    """Cells as above; an unknown place; a key twice; rows that disagree; a part above its whole."""
    expected = {}
    for number, (table, cells, column, value, says) in enumerate(CELLS):
        own = {"agency": f"agency {number}"} if table == "counts" else {}
        expected[f"{table}.csv", add(copy, table, {**cells, **own}), column] = (value, says)
    for number, (table, *_rest) in enumerate(CELLS):
        if table == "counts":
            row = {"place": "PRY", "agency": f"agency {number}", "preference": str(20 + number)}
            add(copy, "agencies", {**row, "name": "Agency", "rule": "all"})
    line = add(copy, "population", {"place": "PRJ"})
    expected["population.csv", line, "place"] = ("PRJ", "is not in places.csv")
    line = add(copy, "population", {}, {})
    key = "place, year, series"
    expected["population.csv", line, key] = ("PRY, 1990, WPP2024", f"line {line - 1}")
    line = add(copy, "counts", {"count": "100"}, {"count": "101"})
    expected["counts.csv", line, "count"] = ("101", f"differs from '100' on line {line - 1}")
    year = {"start": "1985-01-01", "end": "1985-12-31"}
    line = add(copy, "counts", year, {**year, "end": "1985-06-30", "count": "102"})
    expected["counts.csv", line, "count"] = ("102", "is more than the 100 from 1985-01-01")
    found = {(each.file, each.row, each.column): each for each in check_tables(copy)}
    assert set(expected) <= set(found)
    for place, (value, says) in expected.items():
        assert (found[place].value, says in found[place].message) == (value, True), found[place]
        assert found[place].remedy
    # What follows from a wrong year: both days of the row are outside the years allowed.
    assert {(file, column) for file, _, column in set(found) - set(expected)} <= {
        ("counts.csv", "end"),
    }


def test_a_year_is_what_its_months_add_up_to(copy: Path) -> None:
    """Twelve months of ten deaths are 120; one per cent is 1.2."""
    wrong = {}
    for year, total, outside in ((1980, 120, 0), (1981, 121, 0), (1982, 122, 1), (1983, 118, 1)):
        months = [
            {"start": f"{year}-{month:02}-01", "end": f"{year}-{month:02}-{days}", "count": "10"}
            for month, days in enumerate((31, 28 + (year % 4 == 0), 31, 30, 31, 30, 31, 31, 30, 31,
                                          30, 31), start=1)
        ]  # fmt: skip
        whole = {"start": f"{year}-01-01", "end": f"{year}-12-31", "count": str(total)}
        line = add(copy, "counts", *months, whole)
        if outside:
            wrong[line] = (str(total), f"the twelve months of {year}")
    problems = check_tables(copy)
    assert [each.row for each in problems] == sorted(wrong)
    for each in problems:
        assert each.value == wrong[each.row][0]
        assert wrong[each.row][1] in each.message


def test_missing_and_extra_columns(copy: Path) -> None:
    edit(copy, "events", lambda rows: [row.pop(rows[0].index("label")) for row in rows[::-1]])
    edit(copy, "places", lambda rows: [row.append("") for row in rows])
    edit(copy, "places", lambda rows: rows[0].__setitem__(-1, "capital"))
    found = [(each.file, each.row, each.column, each.message) for each in check_tables(copy)]
    assert found == [
        ("places.csv", 1, "capital", "is not a column of this table"),
        ("events.csv", 1, "label", "is missing from the header"),
    ]


def test_what_is_no_table_is_one_line_each(copy: Path) -> None:
    """Tables that no other refers to: an empty file, a zip, no CSV, a line without an end."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("events.csv", "event_id\n")
    (copy / "events.csv").write_bytes(content.getvalue())
    (copy / "municipalities.csv").write_bytes(b"")
    (copy / "estimates.csv").write_bytes(b"x" * 2_000_000)
    (copy / "figures.csv").write_bytes(b"a letter to the editor\n")
    found = {each.file: each for each in check_tables(copy)}
    assert len(found) == 4
    assert "is a zip archive or spreadsheet" in found["events.csv"].message
    assert "is empty" in found["municipalities.csv"].message
    assert "this line has 2,000,000 bytes" in found["estimates.csv"].message
    assert "has no header of columns" in found["figures.csv"].message
    assert all(each.remedy for each in found.values())


def test_a_line_of_two_gigabytes_is_not_read(copy: Path) -> None:
    """A hole in the disk, so that the test needs none of it; memory is bounded by the size."""
    with (copy / "municipalities.csv").open("r+b") as opened:
        opened.seek(2_000_000_000)
        opened.write(b"x")
    assert os.stat(copy / "municipalities.csv").st_blocks < 1000
    (problem,) = check_tables(copy)
    assert (problem.file, problem.row) == ("municipalities.csv", 0)
    assert "is too large (2,000 MB)" in problem.message


def test_a_gap_in_the_months_is_a_remark(copy: Path) -> None:
    # Those of El Salvador, which the README of the data names, and of its department San Salvador.
    shipped, department, *_parts = remarks(copy)
    assert "homicides in SLV is on file for 99 months" in shipped.message
    assert "in SLV-SS is on file for 16 months: 2015-04 to 2016-07" in department.message
    line = add(
        copy, "counts",
        {"start": "1995-01-01", "end": "1995-01-31"}, {"start": "1995-03-01", "end": "1995-03-31"},
    )  # fmt: skip
    assert check_tables(copy) == []
    (remark,) = (each for each in remarks(copy) if "PRY" in each.message)
    assert (remark.file, remark.row, remark.column) == ("counts.csv", line, "start")
    assert remark.value == "1995-03-01"
    assert "no count of homicides in PRY is on file for 1 month: 1995-02" in remark.message


def test_parts_that_are_less_than_their_whole_are_a_remark(copy: Path) -> None:
    """By hand: women and men are 90 of 100 deaths of Paraguay; by weapon it is 100 of 100."""
    year = {"start": "1990-01-01", "end": "1990-12-31", "agency": "POL", "status": "final"}
    add(copy, "agencies", {"place": "PRY", "agency": "POL", "preference": "9", "name": "Police"})
    before = [each.message for each in remarks(copy)]
    add(
        copy, "counts", {**year, "count": "100"},
        *({**year, "count": n, "sex": sex} for sex, n in (("female", "30"), ("male", "60"))),
        *({**year, "count": n, "mechanism": w} for w, n in (("firearm", "70"), ("other", "30"))),
    )  # fmt: skip
    (changed,) = (each for each in remarks(copy) if each.message not in before)
    assert (changed.column, "parts by sex" in changed.message) == ("count", True)
    assert "41 lack, and so in 4 rows" in changed.message  # 41 lacked in El Salvador's 2019


def test_what_is_accepted_of_estimates_is_loaded(copy: Path) -> None:
    # Whole numbers are exact to 2^53, 9,007,199,254,740,992; an estimate need not be.
    add(copy, "estimates", {
        "estimate_id": "large", "source_id": "unodc2012", "place": "PRY", "measure": "homicides",
        "estimate": "9" * 20, "lower": "1.5", "unit": "deaths", "method": "a model",
    })  # fmt: skip
    assert check_tables(copy) == []
    assert load_estimates("PRY", measure="homicides", data=copy)["estimate"].max() == 1e20


def test_the_folder_may_be_named_in_either_way(copy: Path) -> None:
    for arguments in ([str(copy)], ["--data", str(copy)], [str(copy), "--data", str(copy)]):
        result = CliRunner().invoke(cli, ["check", *arguments])
        assert result.exit_code == 0, result.output
        assert result.stdout == "No problem in the tables.\n"
        assert result.stderr.startswith("Remark: counts.csv:")
    assert CliRunner().invoke(cli, ["check", str(copy), "--data", "x"]).exit_code == 2
    add(copy, "counts", {"count": "-5"})
    result = CliRunner().invoke(cli, ["check", str(copy)])
    assert result.exit_code == 1
    assert "count '-5' is below 0" in result.stdout
    assert CliRunner().invoke(cli, ["check", str(copy / "nowhere")]).exit_code == 2
