"""Files that are tables, and files that are not."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.tables.problems import Problem, harmless
from homicide_trends.tables.rawtables import LARGEST_TABLE, LONGEST_LINE, RawTable, read_raw


def raw(folder: Path, content: bytes) -> RawTable | Problem:
    path = folder / "t.csv"
    path.write_bytes(content)
    return read_raw(path)


def refused(folder: Path, content: bytes) -> Problem:
    read = raw(folder, content)
    assert isinstance(read, Problem)
    return read


def test_rows_are_numbered_by_the_line_they_begin_on(tmp_path: Path) -> None:
    content = b'a,b\r\n1,2\r\n"three\nlines\n",4\r\n\r\n5\r\n6,7,8'
    table = raw(tmp_path, content)
    assert isinstance(table, RawTable)
    assert (table.lines, table.rows) == (
        [2, 3, 6, 7, 8],
        [["1", "2"], ["three\nlines\n", "4"], [], ["5"], ["6", "7", "8"]],
    )
    assert [cells for _, cells in table.records()][3:] == [
        {"a": "5", "b": ""},
        {"a": "6", "b": "7"},
    ]
    assert table.column("b") == ["2", "4", "", "", "7"]
    assert table.column("c") == []


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"", 0, "is empty"),
        (b"\n \r\n", 0, "is empty"),
        (gzip.compress(b"a,b\n", mtime=0), 0, "gzip"),
        (b"%PDF-1.7\n", 0, "PDF"),
        ("a,b\n1,2\n".encode("utf-16"), 0, "UTF-16"),
        (b"\xef\xbb\xbfa,b\n1,2\n", 1, "byte-order mark"),
        (b"a,b\n1,\x00\n", 2, "NUL"),
        ("a,b\n1,2\n3,Garc\u00eda\n".encode("latin-1"), 3, "byte 0xed is not UTF-8"),
        (b'a,b\n1,"2\n3,4\n', 2, "not CSV from here"),
        (b'a,b\n1,2\n3,"4"x\n', 3, "not CSV from here"),
        (b"a;b\n1;2\n", 1, "separated by ';'"),
        (b"a\tb\n1\t2\n", 1, "separated by '\\t'"),
        (b"<html>\n<p>no</p>\n", 0, "a web page"),
        (b'{"a": 1}\n', 0, "JSON"),
        (b"\n\na,b\n", 1, "no header"),
        (b"a,b,a\n1,2,3\n", 1, "stands twice"),
        (b"a,b\n1," + b"x" * 100_001 + b"\n", 2, "a cell of more than 100,000 characters"),
        (b"a,b\n1," + b"x" * LONGEST_LINE + b"\n", 2, "this line has 1,000,003 bytes"),
        (b"a,b\n" + b"x" * LONGEST_LINE + b"x", 2, "this line has 1,000,001 bytes"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(
    tmp_path: Path, content: bytes, line: int, says: str
) -> None:
    problem = refused(tmp_path, content)
    assert (problem.file, problem.row) == ("t.csv", line)
    assert says in problem.message


def test_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.csv", "w") as archive:
        archive.writestr("t.csv", "a,b\n1,2\n")
    problem = read_raw(tmp_path / "t.csv")
    assert isinstance(problem, Problem)
    assert "zip" in problem.message


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "device.csv").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name, says in (
        ("folder.csv", "is not a file"),
        ("device.csv", "is a link out of its folder"),
        ("pipe.csv", "is not a file"),
        ("loop.csv", "cannot be read"),
        ("none.csv", "does not exist"),
    ):
        problem = read_raw(tmp_path / name)
        assert isinstance(problem, Problem)
        assert says in problem.message


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with path.open("wb") as opened:
        opened.truncate(2 * 1024**3)  # sparse: a line of 2 GB
    tracemalloc.start()
    problem = read_raw(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(problem, Problem)
    assert problem.message == "is too large (2,147 MB)"
    assert peak < 1_000_000
    assert LARGEST_TABLE < 2 * 1024**3


def test_what_is_printed_is_one_harmless_line() -> None:
    value = "\x1b[2J\x9b31m\u202ecod\n\ud800" + "x" * 10_000
    printed = str(Problem("t\x1b.csv", 3, "count", value, "is\nwrong", "no"))
    assert len(printed) < 300
    assert printed.isprintable()
    assert printed.startswith("t\\x1b.csv:3: count '\\x1b[2J\\x9b31m\\u202ecod\\n\\ud800xxx")
    printed.encode("utf-8")
    assert harmless("Garc\u00eda, 60%") == "Garc\u00eda, 60%"


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text('ab",;\n\r\x00\ud800\u00e9 ', max_size=60).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    )
)
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    read = raw(tmp_path_factory.getbasetemp(), content)
    if isinstance(read, RawTable):
        assert len(read.lines) == len(read.rows)
        assert read.lines == sorted(read.lines)
        list(read.records())
    else:
        assert str(read).isprintable()
