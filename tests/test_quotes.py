"""Proof of figures: an invented text with its tables, and the shipped tables with the texts."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from homicide_trends.tables.load import DataError, shipped
from homicide_trends.tables.problems import Problem
from homicide_trends.tables.quotes import Proof, prove_figures

FIGURES = [
    *("figure_id", "source_id", "locator", "as_reported", "measure", "value", "unit", "qualifier"),
    *("place", "start", "end", "baseline_start", "baseline_end", "note"),
]
SOURCES = ["source_id", "date", "reference", "sha256"]

TEXT = """\
Bulletin of Ardenia

 July 5, 2012

Last year 31 towns were counted. In 2011 the rate was 48.5 deaths for every one hun-

dred thousand people; it fell by almost 40% in the last
fif-

teen months, and an estimated 1,200 deaths were averted, said the mayors of twenty-two towns.
A sum of US$3.5 million is to be given at the 12th meeting on June 22-23.
By 2010 some sixty percent of 1,000 people in 18 towns had moved.
"""
# figure_id: line of the table, locator, token, measure, value, unit, qualifier, start, end
ROWS = {
    "date": "3|July 5, 2012|date||date||2012-07-05|2012-07-05",
    "last-year": "5|Last year|date||date||2011-01-01|2011-12-31",
    "towns": "5|31|towns|31|towns|||",
    "rate": "5|48.5|rate|48.5|per 100,000||2011-01-01|2011-12-31",
    "fall": "7|almost 40%|percent_decline|40|percent|nearly||",
    "months": "7-10|last fifteen months|duration|15|months|||",
    "averted": "10|1,200|averted|1200|deaths|estimated||",
    "mayors": "10|twenty-two|towns|22|towns|||",
    "sum": "11|US$3.5 million|aid|3500000|US dollars|||",
    "meeting": "11|12th|session|12|meeting|||",
    "days": "11|June 22-23|date||date||2012-06-22|2012-06-23",
    "moved": "12|some sixty percent|moved|60|percent|about|2010-01-01|2010-12-31",
    "year": "12|2010|date||date||2010-01-01|2010-12-31",
    "people": "12|1,000|people|1000|people|||",
}


def line_of(figure: str) -> int:
    return list(ROWS).index(figure) + 2


class Folder:
    """Tables and a text, to be altered in one place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts = path / "texts"
        self.texts.mkdir()
        self.rows: list[dict[str, str]] = []
        names = ["locator", "as_reported", "measure", "value", "unit", "qualifier", "start", "end"]
        for figure, cells in ROWS.items():
            row = dict.fromkeys(FIGURES, "") | dict(zip(names, cells.split("|"), strict=True))
            self.rows.append(row | {"figure_id": figure, "source_id": "bulletin"})
        self.source = {"source_id": "bulletin", "date": "2012-07-05", "reference": "bulletin.txt"}
        self.write_text(TEXT.encode())
        self.source["sha256"] = hashlib.sha256(TEXT.encode()).hexdigest()

    def write_text(self, content: bytes, name: str = "bulletin.txt") -> None:
        (self.texts / name).write_bytes(content)

    def __getitem__(self, figure: str) -> dict[str, str]:
        return self.rows[line_of(figure) - 2]

    def prove(self) -> Proof:
        for name, columns, rows in (
            ("figures.csv", FIGURES, self.rows),
            ("sources.csv", SOURCES, [self.source]),
        ):
            with (self.path / name).open("w", newline="", encoding="utf-8") as opened:
                writer = csv.DictWriter(opened, columns)
                writer.writeheader()
                writer.writerows(rows)
        return prove_figures(self.path, texts=self.texts)

    def refused(self, figure: str) -> Problem:
        """The problem of the only figure that is not proven."""
        proof = self.prove()
        assert proof.proven == len(self.rows) - 1
        assert {problem.row for problem in proof.problems} == {line_of(figure)}
        assert proof.problems[0].file == "figures.csv"
        return proof.problems[0]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_all_figures_are_proven(folder: Folder) -> None:
    assert folder.prove() == Proof(len(ROWS), len(ROWS), [])


@pytest.mark.parametrize(("length", "said"), [(200, "does not hold"), (201, "is too long")])
def test_a_token_of_more_than_200_characters_is_too_long(
    folder: Folder, length: int, said: str
) -> None:
    folder["towns"]["as_reported"] = "x" * length
    assert said in folder.refused("towns").message


@pytest.mark.parametrize(
    ("figure", "column", "value", "blamed"),
    [
        ("towns", "value", "32", "value"),
        ("towns", "value", "", "value"),
        ("towns", "value", "31.0001", "value"),
        ("towns", "value", "-31", "value"),
        ("towns", "value", "thirty-one", "value"),
        ("sum", "value", "3.5", "value"),
        ("sum", "unit", "euros", "unit"),
        ("fall", "value", "0.4", "value"),
        ("fall", "unit", "towns", "unit"),
        ("towns", "unit", "percent", "unit"),
        ("fall", "unit", "percentage points", "unit"),
        ("months", "unit", "years", "unit"),
        ("rate", "unit", "per 10,000", "unit"),
        ("rate", "unit", "deaths", "unit"),
        ("fall", "qualifier", "", "qualifier"),
        ("fall", "qualifier", "about", "qualifier"),
        ("averted", "qualifier", "", "qualifier"),
        ("towns", "qualifier", "nearly", "qualifier"),
        ("date", "qualifier", "about", "qualifier"),
        ("date", "value", "5", "value"),
        ("date", "start", "2012-07-04", "start"),
        ("date", "end", "2012-07-06", "end"),
        ("date", "end", "", "end"),
        ("date", "start", "2012-02-30", "start"),
        ("days", "start", "2012-06-21", "start"),
        ("days", "end", "2013-06-23", "end"),
        ("last-year", "start", "2010-01-01", "start"),
        ("rate", "start", "2012-01-01", "start"),
        ("moved", "end", "2009-12-31", "start"),
        ("fall", "locator", "6", "locator"),
        ("fall", "locator", "5-7", "locator"),
        ("fall", "locator", "7-8", "locator"),
        ("fall", "locator", "7-7", "locator"),
        ("months", "locator", "7", "locator"),
        ("months", "locator", "8-10", "locator"),
        ("months", "locator", "7-11", "locator"),
        ("fall", "locator", "13", "locator"),
        ("fall", "locator", "700000000", "locator"),
        ("fall", "locator", "0", "locator"),
        ("fall", "locator", "07", "locator"),
        ("fall", "locator", "", "locator"),
        ("fall", "locator", "line 7", "locator"),
        ("months", "locator", "10-7", "locator"),
        ("months", "locator", "7-", "locator"),
        ("months", "locator", "9" * 400, "locator"),
        ("fall", "as_reported", "almost 41%", "locator"),
        ("fall", "as_reported", "Almost 40%", "locator"),
        ("fall", "as_reported", "", "as_reported"),
        ("fall", "as_reported", "almost 40% " * 30, "as_reported"),
        ("fall", "as_reported", "almost 40", "as_reported"),
        ("fall", "as_reported", "almost", "as_reported"),
        ("sum", "as_reported", "$3.5 million", "locator"),
        ("sum", "as_reported", "US$3.5", "as_reported"),
        ("mayors", "as_reported", "twenty", "locator"),
        ("mayors", "as_reported", "two", "locator"),
        ("towns", "as_reported", "31 towns were counted. In 2011", "as_reported"),
        ("averted", "as_reported", "200", "locator"),
        ("meeting", "as_reported", "12", "locator"),
        ("days", "as_reported", "June 22", "locator"),
        ("date", "as_reported", "2012", "as_reported"),
        ("date", "as_reported", "July", "as_reported"),
        ("year", "as_reported", "2010 some sixty", "qualifier"),
        ("fall", "source_id", "nowhere", "source_id"),
    ],
)
def test_one_wrong_cell_refuses_its_row(
    folder: Folder, figure: str, column: str, value: str, blamed: str
) -> None:
    folder[figure][column] = value
    if (figure, column, value) == ("year", "as_reported", "2010 some sixty"):
        folder[figure]["qualifier"] = "about"
    assert folder.refused(figure).column == blamed


def test_the_remedy_says_where_the_token_stands(folder: Folder) -> None:
    folder["fall"]["locator"] = "5"
    assert "it stands at 7" in folder.refused("fall").remedy
    folder["fall"]["as_reported"] = "almost 4O%"
    assert "nowhere" in folder.refused("fall").remedy


def test_a_figure_is_not_told_twice(folder: Folder) -> None:
    folder["people"].update({**folder["towns"], "figure_id": "people"})
    problem = folder.refused("people")
    assert (problem.column, problem.message) == (
        "locator",
        f"is the place of line {line_of('towns')} too",
    )


def test_ambiguous_tokens_are_not_guessed(folder: Folder) -> None:
    text = TEXT + "In 2011-12 it rose.\n"
    folder.write_text(text.encode())
    folder.source["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    folder["year"].update(locator="13", as_reported="2011-12", start="2011-01-01", end="2012-12-31")
    assert "several dates" in folder.refused("year").message


@pytest.mark.parametrize(("old", "new"), [("31", "37"), ("1,200", "1,290"), ("fif-", "six-")])
def test_an_altered_text_is_named_and_so_is_the_figure(folder: Folder, old: str, new: str) -> None:
    folder.write_text(TEXT.replace(old, new).encode())
    proof = folder.prove()
    assert proof.proven == 0
    source, figure = proof.problems
    assert (source.file, source.row, source.column) == ("sources.csv", 2, "sha256")
    assert hashlib.sha256(TEXT.replace(old, new).encode()).hexdigest() in source.message
    name = {"31": "towns", "1,200": "averted", "fif-": "months"}[old]
    assert (figure.file, figure.row) == ("figures.csv", line_of(name))


def test_a_deleted_line_names_all_that_moved(folder: Folder) -> None:
    folder.write_text("\n".join(TEXT.split("\n")[:5] + TEXT.split("\n")[6:]).encode())
    proof = folder.prove()
    assert proof.proven == 0
    moved = [line_of(name) for name in list(ROWS)[4:]]
    assert [problem.row for problem in proof.problems if problem.file == "figures.csv"] == moved


def test_a_renamed_text_is_known_by_its_sha256(folder: Folder) -> None:
    (folder.texts / "bulletin.txt").rename(folder.texts / "other name.txt")
    assert folder.prove().proven == len(ROWS)


@pytest.mark.parametrize("name", ["", "../bulletin.txt", "/etc/hostname", "a\nb", "x" * 5000, ".."])
def test_an_absent_text_or_a_path_is_refused(folder: Folder, name: str) -> None:
    (folder.texts / "bulletin.txt").rename(folder.path / "bulletin.txt")
    folder.source["reference"] = name
    proof = folder.prove()
    assert (proof.proven, len(proof.problems)) == (0, 1)
    assert (proof.problems[0].file, proof.problems[0].column) == ("sources.csv", "reference")


@pytest.mark.parametrize("digest", ["", "0" * 64, "A" * 64, "zz", "0" * 63])
def test_an_unknown_sha256_is_refused(folder: Folder, digest: str) -> None:
    folder.source["sha256"] = digest
    proof = folder.prove()
    assert proof.proven == 0
    assert [(each.file, each.column) for each in proof.problems] == [("sources.csv", "sha256")]


def test_a_text_that_is_not_utf_8_is_a_problem(folder: Folder) -> None:
    content = TEXT.encode() + "señal\n".encode("latin-1")
    folder.write_text(content)
    folder.source["sha256"] = hashlib.sha256(content).hexdigest()
    (problem,) = folder.prove().problems
    assert "0xf1 on line 13" in problem.message


def test_a_byte_order_mark_does_not_hide_the_first_line(folder: Folder) -> None:
    content = b"\xef\xbb\xbf" + TEXT.encode().replace(b"Bulletin of Ardenia", b"77 bulletins")
    folder.write_text(content)
    folder.source["sha256"] = hashlib.sha256(content).hexdigest()
    folder["people"].update(locator="1", as_reported="77", value="77", unit="bulletins")
    assert folder.prove().proven == len(ROWS)


def test_windows_line_ends_prove_as_well(folder: Folder) -> None:
    content = TEXT.replace("\n", "\r\n").encode()
    folder.write_text(content)
    folder.source["sha256"] = hashlib.sha256(content).hexdigest()
    assert folder.prove().proven == len(ROWS)


def test_missing_tables_columns_and_folders(folder: Folder) -> None:
    with pytest.raises(DataError, match="no such folder of texts"):
        prove_figures(folder.path, texts=folder.path / "none")
    with pytest.raises(DataError, match="no such folder of tables"):
        prove_figures(folder.path / "none", texts=folder.texts)
    assert {each.file for each in prove_figures(folder.path, texts=folder.texts).problems} == {
        "figures.csv",
        "sources.csv",
    }
    folder.prove()
    table = folder.path / "figures.csv"
    table.write_text(table.read_text().replace("locator", "place_in_text"))
    (problem,) = prove_figures(folder.path, texts=folder.texts).problems
    assert (problem.column, problem.message) == ("locator", "is missing from the header")


# The shipped tables with the texts themselves.


@pytest.fixture(scope="session")
def texts(shared: Path) -> Path:
    return shared / "texts"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "data"
    target.mkdir()
    for name in ("figures.csv", "sources.csv"):
        shutil.copy(shipped("data") / name, target)
    return target


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as opened:
        return list(csv.reader(opened))


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows(rows)


def test_every_shipped_figure_is_proven(texts: Path) -> None:
    proof = prove_figures(shipped("data"), texts=texts)
    assert proof.problems == []
    assert proof.proven == proof.total >= 50


def each_digit_altered(
    header: list[str], figures: list[list[str]], columns: Sequence[str]
) -> list[list[str]]:
    """The figures, each with one digit of one of the columns replaced: all nine others in turn."""
    return [
        [*figure[:place], cell[: found.start()] + other + cell[found.end() :], *figure[place + 1 :]]
        for figure in figures
        for place in map(header.index, columns)
        for cell in [figure[place]]
        for found in re.finditer("[0-9]", cell)
        for other in "0123456789".replace(found.group(), "")
    ]


def unproven(copy: Path, texts: Path, header: list[str], rows: list[list[str]]) -> set[int]:
    """Which of the rows are refused for themselves, and not for being told twice."""
    measure = header.index("measure")
    apart = [[*row[:measure], f"m{at}", *row[measure + 1 :]] for at, row in enumerate(rows)]
    write(copy / "figures.csv", [header, *apart])
    return {problem.row - 2 for problem in prove_figures(copy, texts=texts).problems}


def test_each_altered_digit_of_a_token_locator_or_value_is_caught(texts: Path, copy: Path) -> None:
    """By the proof alone, without any recorded hash of the tables."""
    header, *figures = read(copy / "figures.csv")
    assert unproven(copy, texts, header, figures) == set()
    altered = each_digit_altered(header, figures, ("locator", "as_reported", "value"))
    assert len(altered) > 2000
    missed = set(range(len(altered))) - unproven(copy, texts, header, altered)
    # Where a locator now leads to another place of the same token, that place is already taken.
    for row in (altered[at] for at in missed):
        write(
            copy / "figures.csv",
            [header, *(row if row[0] == each[0] else each for each in figures)],
        )
        caught = {figures[each.row - 2][0] for each in prove_figures(copy, texts=texts).problems}
        twin = {each[0] for each in figures if each[1:5] == row[1:5]}
        assert caught, row
        assert caught <= {row[0], *twin}


def test_each_altered_digit_of_a_written_date_is_caught(texts: Path, copy: Path) -> None:
    header, *figures = read(copy / "figures.csv")
    dates = [figure for figure in figures if figure[header.index("unit")] == "date"]
    altered = each_digit_altered(header, dates, ("start", "end"))
    assert len(altered) > 3000
    assert unproven(copy, texts, header, altered) == set(range(len(altered)))


@pytest.mark.parametrize("number", range(5))
def test_an_altered_copy_of_a_text_proves_nothing(texts: Path, tmp_path: Path, number: int) -> None:
    folder = shutil.copytree(texts, tmp_path / "texts")
    path = sorted(folder.iterdir())[number]
    path.chmod(0o644)
    before = prove_figures(shipped("data"), texts=folder)
    content = path.read_bytes()
    digit = re.search(rb"[0-9]", content)
    assert digit
    other = b"7" if digit.group() != b"7" else b"1"
    for changed in (
        content[: digit.start()] + other + content[digit.end() :],
        content[content.index(b"\n") + 1 :],
        content[:-1],
    ):
        path.write_bytes(changed)
        after = prove_figures(shipped("data"), texts=folder)
        assert after.proven < before.proven == before.total
        source = next(each for each in after.problems if each.file == "sources.csv")
        named = read(shipped("data") / "sources.csv")[source.row - 1]
        assert path.name in named
