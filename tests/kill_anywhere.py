"""Kill a rendering at random moments, and check every file after each.

    python tests/kill_anywhere.py --moments 50 [--seed 1]

A command renders a sweep of tiny reports into one folder. At a random moment the command, one of
its workers, a process of cells, or the fork server is killed with signal 9. Then, each time: no
process of the command is left, every file is whole, each report fits the checksums of its record
(or the next run says that it is due), and the next run, begun at once, is not stopped by what was
left behind. At the end a run to completion gives the same bytes as one that was never disturbed.
"""

from __future__ import annotations

import argparse
import atexit
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tiny import usual, write_notebooks, write_tables

MARK = "HOMICIDE_TRENDS_TEST_MARK"
TARGETS = ("command", "server", "worker", "cells")  # each is a child of the one before it


def make_inputs(folder: Path, reports: int) -> list[str]:
    """Notebooks, tables and a sweep; the words of the command that renders it into ``out``."""
    write_notebooks(folder / "notebooks", first=usual())
    write_tables(folder / "data")
    texts = ", ".join(f"text {number}" for number in range(reports))
    (folder / "sweep.yml").write_text(f"report: first\nparameters: {{text: [{texts}]}}\n")
    return [
        *(sys.executable, "-m", "homicide_trends", "render", "--sweep", str(folder / "sweep.yml")),
        *("--notebooks", str(folder / "notebooks"), "--data", str(folder / "data"), "--jobs", "2"),
    ]


def environment(folder: Path, mark: str) -> dict[str, str]:
    left_out = {"MPLBACKEND", "PYTHONWARNINGS", "HOMICIDE_TRENDS_DATA"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    place = folder / "tmp"
    if not place.exists():
        # Elsewhere, because the paths of sockets have to be short.
        short = tempfile.mkdtemp(prefix="trends-")
        atexit.register(shutil.rmtree, short, ignore_errors=True)
        place.symlink_to(short)
    return {**kept, "TMPDIR": str(place.resolve()), MARK: mark}


def marked(mark: str) -> Iterator[tuple[int, int]]:
    """Processes that have the mark in their environment, with their parents of now."""
    wanted = f"{MARK}={mark}".encode()
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                if wanted in (path / "environ").read_bytes().split(b"\0"):
                    status = (path / "stat").read_text().rpartition(")")[2].split()
                    yield int(path.name), int(status[1])
            except OSError:
                continue


def of_kind(processes: list[tuple[int, int]], command: int, kind: str) -> list[int]:
    """The processes to choose a victim from."""
    chosen = {command}
    for _ in range(TARGETS.index(kind)):
        chosen = {pid for pid, parent in processes if parent in chosen}
    return sorted(chosen)


def until_none(mark: str, seconds: float = 15) -> list[tuple[int, int]]:
    end = time.monotonic() + seconds
    while (left := list(marked(mark))) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def check_files(out: Path) -> tuple[list[str], set[str]]:
    """What is broken in a folder, and the reports whose files are not those of their record."""
    broken: list[str] = []
    for path in out.rglob("*"):
        if not path.is_file() or path.name.startswith("."):
            continue
        content = path.read_bytes()
        if path.suffix in {".json", ".ipynb"}:
            try:
                json.loads(content)
            except ValueError as error:
                broken.append(f"{path.name}: {error}")
        elif not content.endswith({".html": b"</html>\n", ".csv": b"\n"}[path.suffix]):
            broken.append(f"{path.name}: cut off")
    mixed = set()
    for path in (out / "findings").glob("*.json"):
        record = json.loads(path.read_bytes())
        for name, checksum in record["files"].items():
            file = out / name
            if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != checksum:
                mixed.add(record["report"])
    return broken, mixed


def due(words: list[str], out: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        [*words, "--out", str(out), "--dry-run"],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    return done.stdout


def contents(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def kill_at(
    words: list[str], folder: Path, moment: float, kind: str, chance: random.Random, mark: str
) -> str:
    """Start the command, kill one of its processes after ``moment`` seconds; what was hit."""
    env = environment(folder, mark)
    process = subprocess.Popen(
        [*words, "--out", str(folder / "out")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env, start_new_session=True,
    )  # fmt: skip
    hit = "nothing, it was done"
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        end = time.monotonic() + 3  # a slow machine may not have come so far yet
        while not (victims := of_kind(list(marked(mark)), process.pid, kind)):
            if process.poll() is not None or time.monotonic() > end:
                break
            time.sleep(0.02)
        hit = f"no {kind} there"
        if victims:
            os.kill(chance.choice(victims), signal.SIGKILL)
            hit = kind
    if kind != "command" and process.poll() is None and chance.random() < 0.5:
        time.sleep(0.2)  # and the command soon after one of its processes
        process.kill()
        hit += " and command"
    _, errors = process.communicate(timeout=120)
    if process.returncode not in (0, 1, -signal.SIGKILL):
        raise AssertionError(f"status {process.returncode}: {errors.decode()}")
    if b"Traceback" in errors and process.returncode >= 0:
        raise AssertionError(errors.decode())
    return hit


def main(
    moments: int, seed: int, reports: int, longest: float, *, say: bool = False
) -> Counter[str]:
    """Kill so often; raises AssertionError at the first thing that is not as it must be."""
    chance = random.Random(seed)
    hits: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="kill-") as name:
        folder = Path(name)
        words = make_inputs(folder, reports)
        out = folder / "out"
        for number in range(moments):
            mark = f"{os.getpid()}-{number}"
            kind = chance.choice(TARGETS)
            moment = chance.uniform(0.2, longest)
            hit = kill_at(words, folder, moment, kind, chance, mark)
            hits[hit] += 1
            left = until_none(mark)
            assert not left, f"outlived the command: {left}"
            broken, mixed = check_files(out) if out.exists() else ([], set())
            assert not broken, broken
            said = due(words, out, environment(folder, mark))
            assert all(f"would render {report}:" in said for report in mixed), (mixed, said)
            if say:
                sys.stderr.write(f"{number + 1}: {hit} after {moment:.2f} s: {len(mixed)} mixed\n")
            if "would render" not in said:
                # Begin anew, with whole old reports in place: all of them read this table.
                with (folder / "data" / "counts.csv").open("a") as table:
                    table.write("SLV,homicides,2010-01-01,2010-12-31,4004,PNC,final,s,\n")
        for path in (folder / "tmp").iterdir():
            os.utime(path, (0, 0))  # as if a minute had gone by, after which they are removed
        env = environment(folder, "end")
        for target in (out, folder / "undisturbed"):
            done = subprocess.run([*words, "--out", str(target)], capture_output=True, env=env)
            assert done.returncode == 0, done.stderr.decode()
        assert contents(out) == contents(folder / "undisturbed")
        assert list((folder / "tmp").iterdir()) == []
    return hits


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reports", type=int, default=8)
    parser.add_argument("--longest", type=float, default=8.0, help="seconds to the last moment")
    given = parser.parse_args()
    begun = time.monotonic()
    found = main(given.moments, given.seed, given.reports, given.longest, say=True)
    sys.stdout.write(f"{given.moments} moments in {time.monotonic() - begun:.0f} s, all well\n")
    for what, times in found.most_common():
        sys.stdout.write(f"{times:4} {what}\n")
