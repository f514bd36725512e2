"""The command line: what it says, what it refuses, and what it leaves behind."""

from __future__ import annotations

import atexit
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from test_html import check_page
from tiny import code, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends import __version__
from homicide_trends.cli import cli
from homicide_trends.reports import publish
from homicide_trends.reports.publish import locked
from homicide_trends.tables import check

WAITING = notebook(
    parameters("text: str = ''  # a file that tells that the kernel runs"),
    code(
        "import os, time\nfrom pathlib import Path\n"
        "if text:\n    Path(text).write_text(str(os.getpid()))\n    time.sleep(120)"
    ),
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    broken = notebook(parameters("text: str = 'a'  # t"), code("1 / 0"))
    return write_notebooks(
        tmp_path / "notebooks",
        first=usual(),
        broken=broken,
        other=notebook(parameters("only: int = 1  # here alone")),
        waiting=WAITING,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_tables(tmp_path / "data")


Invoke = Callable[..., Result]


@pytest.fixture
def invoke(books: Path, data: Path, tmp_path: Path) -> Invoke:
    """Run a command without a process; nothing may be written beside the folder out."""

    def _invoke(*words: str) -> Result:
        more = {"render": ["--data", str(data), "--out", str(tmp_path / "out")]}
        arguments = [*words, *more.get(words[0], []), "--notebooks", str(books)]
        return CliRunner().invoke(cli, arguments, catch_exceptions=False)

    return _invoke


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["check", "list", "render", "--version", "130 interrupted"]),
        (["list"], ["--json", "--notebooks", "type, default and help"]),
        (["render"], ["[REPORT]...", "-p NAME VALUE", "-f FILE.yml", "--out DIR", "--data DIR",
                      "--format [html|ipynb|pdf]", "--jobs N", "default: reports",
                      "--sweep FILE.yml", "--executor [local|dask]", "--scheduler ADDRESS",
                      "--force", "--dry-run", "--check", "--fail-fast"]),
        (["check"], ["--data DIR", "--texts DIR", "--record", "exit status 1"]),
    ],
)  # fmt: skip
def test_help_names_everything(command: list[str], words: list[str]) -> None:
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0
    flowing = " ".join(result.output.split())
    for word in words:
        assert word in flowing
    assert CliRunner().invoke(cli, [*command, "-h"]).output == result.output


def test_the_version() -> None:
    assert __version__ in CliRunner().invoke(cli, ["--version"]).output


def test_list_shows_every_parameter(invoke: Invoke) -> None:
    text = invoke("list").output
    assert "first: Title of first (first.ipynb)" in text
    assert "  conf          float      0.95          confidence level\n" in text
    listed = {each["report"]: each for each in json.loads(invoke("list", "--json").output)}
    assert list(listed) == ["first", "broken", "other", "waiting"]
    assert listed["other"] == {
        "report": "other",
        "title": "Title of other",
        "notebook": "other.ipynb",
        "parameters": [{"name": "only", "type": "int", "default": 1, "help": "here alone"}],
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-p", "plaice", "SLV"], "'plaice' is not a parameter; did you mean 'place'?"),
        (["-p", "import os; x", "1"], "'import os; x' is not a parameter"),
        (["-p", "x\nimport os", "1"], r"'x\nimport os' is not a parameter"),
        (["first", "-p", "only", "1"], "'only' is not a parameter"),
        (["-p", "years", "1.5"], "years: '1.5' is not a whole number"),
        (["-p", "window_start", "2013-02-29"], "February 2013 has 28 days"),
        (["-p", "window_start", "2014-01-01"], "is after window_end, 2013-12-31"),
        (["-p", "place", "SVL"], "did you mean 'SLV'? there are HND, SLV (first)"),
        (["-p", "window_start", "1990-01-01", "-p", "window_end", "1990-12-31"],
         "counts.csv covers 2011-01-01 to 2012-12-31"),
        (["-p", "text", "a", "-p", "text", "b"], "-p text is given more than once"),
        (["frist"], "no report 'frist'; did you mean 'first'?"),
        (["--data", "/nowhere"], "/nowhere: no such folder of tables"),
        (["--format", "docx"], "'docx' is not one of"),
        (["--jobs", "0"], "0 is not in the range"),
        (["-f", "/nowhere.yml"], "/nowhere.yml: No such file"),
        (["-p", "place"], "requires 2 arguments"),
        (["--sweep", "/nowhere.yml"], "/nowhere.yml: No such file"),
        (["--check", "--dry-run"], "--check renders everything and writes nothing"),
    ],
)  # fmt: skip
def test_a_mistake_ends_in_status_2_and_nothing_is_written(
    tmp_path: Path, books: Path, data: Path, words: list[str], message: str
) -> None:
    out = tmp_path / "out"
    shared = ["--out", str(out), "--notebooks", str(books), "--data", str(data)]
    result = CliRunner().invoke(cli, ["render", *shared, *words], catch_exceptions=False)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place: SVL", "did you mean 'SLV'"),
        ("place: NO", "place: False is not text; in YAML put it in quotes"),
        ("frist: {place: SLV}", "no report 'frist'; did you mean 'first'?"),
        ("first: {only: 1}", "first: 'only' is not a parameter"),
        ("place: SLV\nplace: HND", "place stands twice"),
        ("window_start: 2012-02-30", "day is out of range for month"),
        ("[1", "line 1, column 3"),
        ("place: [SLV]", "['SLV'] is not text"),
        ("place: &a [*a]", "is not text"),
        ("1: 2", "'1' is not a parameter"),
    ],
)
def test_a_mistake_in_a_file_ends_in_status_2(
    invoke: Invoke, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "values.yml").write_text(text)
    result = invoke("render", "-f", str(tmp_path / "values.yml"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_all_mistakes_are_said_each_on_a_line(invoke: Invoke) -> None:
    result = invoke("render", "-p", "years", "x", "-p", "conf", "2", "-p", "a", "\udcff")
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("Error: ") for line in lines)


def test_a_folder_that_cannot_be_written_to_ends_in_status_2(
    invoke: Invoke, tmp_path: Path
) -> None:
    (tmp_path / "out").touch()
    result = invoke("render")
    assert result.exit_code == 2
    assert str(tmp_path / "out") in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others_ends_in_status_2(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    result = invoke("render")
    assert result.exit_code == 2
    assert "Permission denied" in result.stderr


def environment(tmp_path: Path) -> dict[str, str]:
    """An environment whose temporary files can be counted; pytest's own settings stay out."""
    place = tmp_path / "tmp"
    if not place.exists():
        # Elsewhere, because the paths of sockets have to be short.
        short = tempfile.mkdtemp(prefix="trends-")
        atexit.register(shutil.rmtree, short, ignore_errors=True)
        place.symlink_to(short)
    left_out = {"MPLBACKEND", "PYTHONWARNINGS", "HOMICIDE_TRENDS_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "TMPDIR": str(place.resolve())}


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "homicide_trends", *map(str, words)]


def without_progress(errors: str) -> list[str]:
    """The lines of a log but those that say how far it has got, where the machine is slow."""
    lines = errors.splitlines()
    return [line for line in lines if line.strip() and not line.startswith("Rendering ")]


def run(tmp_path: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        env=environment(tmp_path),
    )  # fmt: skip


def test_the_shipped_command_answers_a_mistake_at_once(tmp_path: Path) -> None:
    start = time.process_time()
    done = run(tmp_path, "render", "-p", "plaice", "SLV")
    assert done.returncode == 2
    assert "did you mean 'place'" in done.stderr
    assert time.process_time() - start < 2
    assert not (tmp_path / "reports").exists()


def test_render_prints_what_it_wrote_and_names_what_failed(
    tmp_path: Path, books: Path, data: Path
) -> None:
    (tmp_path / "values.yml").write_text(
        'text: "it\'s </script> {x}"\nwindow_start: 2012-01-01\nfirst: {years: 4}\nbroken: {}\n'
    )
    done = run(
        tmp_path, "render", "broken", "first", "-f", "values.yml", "-p", "place", "HND",
        "-p", "window_start", "2012-02-29", "--data", data, "--notebooks", books,
    )  # fmt: skip
    assert done.returncode == 1
    # The order in which they are done is not promised, and the index comes last.
    assert done.stdout.splitlines() == [
        *("reports/first.html", "reports/first.ipynb", "reports/index.html")
    ] or sorted(done.stdout.splitlines()[:2]) == ["reports/first.html", "reports/first.ipynb"]
    # How far it has got is told as well where the machine is slow.
    told = without_progress(done.stderr)
    assert told == [
        "Failed: broken: broken.ipynb, cell 2 (1 / 0): ZeroDivisionError: division by zero",
        "  kept for inspection: reports/failed/broken.ipynb",
        f"To read: {(tmp_path / 'reports' / 'first.html').as_uri()}",
    ]
    check_page((tmp_path / "reports" / "first.html").read_bytes())
    notebook = json.loads((tmp_path / "reports" / "first.ipynb").read_bytes())
    assert notebook["metadata"]["papermill"]["parameters"] == {
        "text": "it's </script> {x}",
        "window_start": "2012-02-29",
        "years": 4,
        "place": "HND",
    }
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_next_run_says_what_it_would_do_does_it_and_checks_it(
    tmp_path: Path, books: Path, data: Path
) -> None:
    (tmp_path / "sweep.yml").write_text("report: first\nparameters: {place: [SLV]}\n")
    words = ("render", "--sweep", "sweep.yml", "--data", data, "--notebooks", books)
    assert run(tmp_path, *words, "--dry-run").stdout == "would render first: not rendered yet\n"
    assert "reports/sweep-sweep/first.html" in run(tmp_path, *words).stdout.splitlines()
    again = run(tmp_path, *words)
    assert again.stdout == "reports/sweep-sweep/index.html\n"
    index = (tmp_path / "reports" / "sweep-sweep" / "index.html").as_uri()
    assert again.stderr == f"1 report up to date\nTo read: {index}\n"
    assert run(tmp_path, *words, "--dry-run").stdout == "up to date   first\n"
    record = json.loads((tmp_path / "reports/sweep-sweep/findings/first.json").read_bytes())
    record["findings"][0]["estimate"] = 77.7
    (tmp_path / "reports/sweep-sweep/findings/first.json").write_text(json.dumps(record))
    checked = run(tmp_path, *words, "--check")
    assert checked.returncode == 1
    # 69.9 - 77.7 = -7.8, and 7.8 / 77.7 = 10.04 %
    assert checked.stdout == "first: rate: estimate 77.7 -> 69.9 (-7.8, -10 %)\n"
    assert without_progress(checked.stderr) == ["1 difference from reports/sweep-sweep in 1 report"]
    assert json.loads((tmp_path / "reports/sweep-sweep/findings/first.json").read_bytes()) == record


def test_a_folder_in_use_ends_in_status_2(invoke: Invoke, tmp_path: Path) -> None:
    publish.prepare(tmp_path / "out")
    with locked(tmp_path / "out"):
        result = invoke("render", "first")
    assert result.exit_code == 2
    assert f"out: process {os.getpid()} on " in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_disk_that_fills_ends_in_status_1_and_one_line(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object) -> None:
        raise OSError(28, "No space left on device", str(path / "other.html"))

    monkeypatch.setattr(publish, "publish", full)
    result = invoke("render", "other")
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: {tmp_path / 'out' / 'other.html'}: No space left on device; 0 reports finished "
        "before, and all others are as they were: the same command renders the rest\n"
    )


@pytest.mark.parametrize("option", ["--out", "--data", "--notebooks", "--sweep", "-f"])
def test_an_address_is_no_path(option: str) -> None:
    result = CliRunner().invoke(cli, ["render", option, "s3://bucket/reports"])
    assert result.exit_code == 2
    assert "s3://bucket/reports is an address; a path on this machine is needed" in result.stderr


def test_what_is_rendered_is_opened(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", opened.append)
    result = invoke("render", "first", "--open")
    assert result.exit_code == 0, result.output
    assert [Path(each).name for each in opened] == ["first.html"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_reader_that_stops_is_told_nothing_and_a_full_device_is_named(tmp_path: Path) -> None:
    line = f"set -o pipefail; {shlex.join(map(str, command('list')))}"
    for more, status, said in (
        ("| :", 1, ""),
        ("> /dev/full", 1, "Error: standard output: No space left on device\n"),
    ):
        done = subprocess.run(
            ["bash", "-c", f"{line} {more}"], capture_output=True, text=True, cwd=tmp_path,
            env=environment(tmp_path),
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (status, said)


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(cli, ["list", "--data", "/nowhere"], color=True)
    assert result.exit_code == 2
    assert ("\x1b[" in result.stderr) == coloured
    assert "Error" in result.stderr


def test_a_shell_completes_the_names_of_reports(tmp_path: Path) -> None:
    variables = {"_HOMICIDE_TRENDS_COMPLETE": "bash_complete", "COMP_CWORD": "2",
                 "COMP_WORDS": "homicide-trends render chan"}  # fmt: skip
    done = subprocess.run([*map(str, command())], capture_output=True, text=True, cwd=tmp_path,
                          check=True, env={**environment(tmp_path), **variables})  # fmt: skip
    assert done.stdout == "plain,change\n"


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie that nobody has waited for does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(true: Callable[[], Any], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def started(tmp_path: Path, books: Path, data: Path) -> Any:
    """A command in the middle of a cell, its kernel, and the old files of its report."""
    out = tmp_path / "reports"
    words = ("render", "waiting", "--data", data, "--notebooks", books, "--out", out)
    publish.prepare(out)
    files = {"html": b"old page", "ipynb": b"old notebook"}
    publish.publish(out, "waiting", files, {"report": "waiting"})
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    mark = tmp_path / "mark"
    process = subprocess.Popen(
        command(*words, "-p", "text", mark),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env=environment(tmp_path), start_new_session=True,
    )  # fmt: skip
    others: list[int] = []
    try:
        assert until(lambda: mark.is_file() and mark.read_text()), "the kernel never started"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        others += [int(mark.read_text()), *map(int, children)]
        yield process, others
        # A killed command leaves its lock's file, which the next one does not take for a lock.
        kept = [path for path in out.rglob("*") if path.is_file() and ".lock" not in path.name]
        assert {path: path.read_bytes() for path in kept} == before
    finally:
        process.kill()
        for pid in others:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=20)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc")


@needs_proc
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)]
)
def test_a_command_that_is_ended_takes_everything_along(
    started: Any, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    process, others = started
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        os.kill(process.pid, number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == status
    if number != signal.SIGKILL:  # after which Python's own resource tracker may have a word
        assert errors.strip() == ("Interrupted." if number == signal.SIGINT else "")
    assert until(lambda: not any(alive(pid) for pid in others), 10)
    assert until(lambda: not list((tmp_path / "tmp").iterdir()), 5)


def test_check_passes_on_tables_without_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "check_tables", lambda data: [])
    result = CliRunner().invoke(cli, ["check"])
    assert result.exit_code == 0, result.output
    assert result.stdout == "No problem in the tables.\n"


def test_check_prints_each_problem_and_ends_in_status_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ["counts.csv: row 3: one", "places.csv: row 4: two \udcff"]
    monkeypatch.setattr(check, "check_tables", lambda data: found)
    result = CliRunner().invoke(cli, ["check"])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        *("counts.csv: row 3: one", "places.csv: row 4: two \\udcff", "2 problems")
    ]


def test_check_refuses_a_folder_that_is_not_there() -> None:
    result = CliRunner().invoke(cli, ["check", "--data", "/nowhere"])
    assert result.exit_code == 2
    assert "/nowhere: no such folder of tables" in result.stderr
