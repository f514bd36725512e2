"""The commands new and import: what they print, what they write, and what they leave alone."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from homicide_trends.cli import cli
from homicide_trends.tables import writing
from homicide_trends.tables.check import check_tables

ABOUT = [
    *("--agency", "PNC", "--agency-name", "Polic\N{LATIN SMALL LETTER I WITH ACUTE}a"),
    *("--source-title", "Homicides by month", "--publisher", "The police"),
]
TEXT = "Mes;Homicidios\n2012-01;411\n2012-02;402\n"


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    done = run("new", tmp_path / "mine", "--place", "SLV")
    assert done.exit_code == 0, done.output
    return tmp_path / "mine"


@pytest.fixture
def months(tmp_path: Path) -> Path:
    path = tmp_path / "months.csv"
    path.write_text(TEXT)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def counts(folder: Path) -> list[dict[str, str]]:
    with (folder / "counts.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_new_says_what_it_wrote_and_what_comes_next(tmp_path: Path) -> None:
    done = run("new", tmp_path / "mine", "--place", "GTM")
    assert str(tmp_path / "mine" / "figures.csv") in done.stdout.splitlines()
    assert "homicide-trends import FILE.csv" in done.stderr
    again = run("new", tmp_path / "mine")
    assert again.exit_code == 2
    assert "is not empty" in again.stderr


def test_import_shows_then_writes(mine: Path, months: Path) -> None:
    before = contents(mine)
    shown = run("import", months, "--data", mine, *ABOUT, "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "2012-01-01 to 2012-02-29, one count a month: 2" in shown.stdout
    assert "813" in shown.stdout
    assert contents(mine) == before
    unasked = run("import", months, "--data", mine, *ABOUT)
    assert (unasked.exit_code, contents(mine)) == (2, before)
    assert "add --yes" in unasked.stderr

    done = run("import", months, "--data", mine, *ABOUT, "--yes")
    assert done.exit_code == 0, done.output
    assert [(row["start"], row["count"], row["agency"], row["status"]) for row in counts(mine)] == [
        ("2012-01-01", "411", "PNC", "final"),
        ("2012-02-01", "402", "PNC", "final"),
    ]
    assert check_tables(mine) == []
    assert not [name for name in contents(mine) if name.startswith(".")]


def test_import_asks_for_everything_it_lacks_at_once(mine: Path, months: Path) -> None:
    before = contents(mine)
    done = run("import", months, "--data", mine, "--place", "KEN", "--yes")
    assert done.exit_code == 2
    for option in ("--place-name", "--agency", "--source-title", "--publisher"):
        assert f"Error: {option}: " in done.stderr
    assert contents(mine) == before
    done = run("import", months, "--place", "KEN")
    assert done.exit_code == 2
    assert "homicide-trends new DIR" in done.stderr


def test_import_twice_changes_nothing(mine: Path, months: Path) -> None:
    assert run("import", months, "--data", mine, *ABOUT, "--yes").exit_code == 0
    before = contents(mine)
    again = run("import", months, "--data", mine, "--yes")  # the folder knows the rest by now
    assert again.exit_code == 0, again.output
    assert "2 rows, left as they are" in again.stdout
    assert contents(mine) == before


def test_import_adds_to_what_is_there(mine: Path, months: Path) -> None:
    assert run("import", months, "--data", mine, *ABOUT, "--yes").exit_code == 0
    first = (mine / "counts.csv").read_bytes()
    later = months.with_name("later.csv")
    later.write_text("".join(f"2012-{month:02},10\n" for month in range(1, 13)).join(
        ["month,deaths\n", ""]))  # fmt: skip
    more = run("import", later, "--data", mine, "--source-title", "x", "--publisher", "y",
               "--source-date", "2013", "--status", "preliminary", "--yes")  # fmt: skip
    assert more.exit_code == 0, more.output
    assert "2 rows of another source or status" in more.stdout
    assert (mine / "counts.csv").read_bytes().startswith(first)
    # Twelve months, and their sum as a count of the year.
    assert [row["count"] for row in counts(mine)[2:]] == ["10"] * 12 + ["120"]


def test_other_counts_of_the_same_source_are_refused(mine: Path, months: Path) -> None:
    assert run("import", months, "--data", mine, *ABOUT, "--yes").exit_code == 0
    before = contents(mine)
    months.write_text(TEXT.replace("402", "403"))
    other = run("import", months, "--data", mine, "--yes")
    assert other.exit_code == 2
    assert "is another file" in other.stderr
    (mine / "sources.csv").write_text(
        "\n".join(line if not line.startswith("months,") else line.rsplit(",", 2)[0] + ",,"
                  for line in (mine / "sources.csv").read_text().splitlines()) + "\n"
    )  # fmt: skip
    unrecorded = run("import", months, "--data", mine, "--yes")
    assert "check --record" in unrecorded.stderr
    (mine / "sources.csv").write_bytes(before["sources.csv"])
    assert contents(mine) == before


def test_rows_that_differ_are_named(mine: Path, months: Path) -> None:
    assert run("import", months, "--data", mine, *ABOUT, "--yes").exit_code == 0
    path = mine / "counts.csv"
    path.write_text(path.read_text().replace(",402,", ",400,"))
    assert run("check", "--record", "--data", mine).exit_code == 0
    before = contents(mine)
    done = run("import", months, "--data", mine, "--yes")
    assert done.exit_code == 2
    assert "counts.csv:3: count '400' is on file for SLV homicides 2012-02-01" in done.stderr
    assert "has 402" in done.stderr
    assert contents(mine) == before


def test_what_check_would_find_is_refused(mine: Path, months: Path) -> None:
    before = contents(mine)
    months.write_text(TEXT.replace("402", "99000000"))
    done = run("import", months, "--data", mine, *ABOUT, "--yes")
    assert done.exit_code == 2
    assert "99000000" in done.stderr
    assert "people of SLV" in done.stderr
    done = run("import", months, "--data", mine, *ABOUT[:-1], "x\x1b[31m", "--yes")
    assert done.exit_code == 2
    assert "\x1b" not in done.output
    done = run("import", months, "--data", mine, *ABOUT, "--source", "../x", "--yes")
    assert "is not an identifier" in done.stderr
    assert contents(mine) == before


def test_a_failure_while_writing_leaves_the_tables(
    mine: Path, months: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(mine)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    done = run("import", months, "--data", mine, *ABOUT, "--yes")
    assert done.exit_code == 2
    assert "No space left" in done.stderr
    assert contents(mine) == before


def test_cells_do_nothing_in_the_terminal(mine: Path, tmp_path: Path) -> None:
    path = tmp_path / "\x1b[31mred.csv"
    path.write_bytes(b"\x1b]0;title\x07,deaths\n\x1b[2J,5\n<script>,=1+1\n")
    done = run("import", path, "--data", mine, "--date-column", "\x1b]0;title\x07", "--yes")
    assert done.exit_code == 2
    assert "\x1b" not in done.output
    assert "\x07" not in done.output


def test_help_loads_neither_duckdb_nor_pandas() -> None:
    code = (
        "import sys; from homicide_trends.cli import cli; "
        "cli.main(['import', '--help'], standalone_mode=False); "
        "print(sorted({'duckdb', 'pandas', 'numpy', 'frictionless'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
