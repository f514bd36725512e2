"""Seconds and memory of reading one row a death, beside plain pandas.

    python benchmarks/imports.py [--rows 100000 1000000 10000000] [--rounds 3]
        [--ways import pandas] [--keep FOLDER]

A list of deaths is made (semicolons, day/month/year, five columns), and counted by month in three
ways that take turns, each in a process of its own:

import   `homicide_trends.tables.imports.understand`, which streams the file through DuckDB
csv      the same with the csv module, which is what reads when DuckDB refuses a file
pandas   `read_csv`, `to_datetime`, `groupby`: what one would write in a notebook

All must count the same. Printed are medians of rounds: seconds, CPU seconds (of all threads),
the peak memory of the process, and the CPU seconds as a multiple of those for a tenth of the rows.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

_WAYS = ("import", "csv", "pandas")


def main() -> None:
    """Make the files, let the ways take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10**5, 10**6, 10**7])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="+", choices=_WAYS, default=_WAYS)
    parser.add_argument("--keep", type=Path, help="folder for the files, made if not there")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(*given.one)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        print("| rows | file, MB | way | seconds | CPU seconds | peak, MB | ten times the rows |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        before: dict[str, tuple[int, float]] = {}
        for rows in given.rows:
            path = folder / f"deaths-{rows}.csv"
            if not path.exists():
                write_deaths(path, rows)
            runs: dict[str, list[dict[str, float]]] = {way: [] for way in given.ways}
            for _ in range(given.rounds):
                for way in given.ways:
                    runs[way].append(in_a_process(way, path))
            if len({json.dumps(run["counts"]) for each in runs.values() for run in each}) > 1:
                sys.exit(f"the ways do not agree on {path}")
            for way in given.ways:
                seconds = statistics.median(run["seconds"] for run in runs[way])
                cpu = statistics.median(run["cpu"] for run in runs[way])
                peak = statistics.median(run["peak"] for run in runs[way])
                growth = ""
                if way in before:
                    fewer, less = before[way]
                    growth = f"{(cpu / less) ** (1 / (len(str(rows)) - len(str(fewer)))):.1f}"
                before[way] = rows, cpu
                size = path.stat().st_size / 1e6
                cells = (
                    f"{rows:,}",
                    f"{size:,.0f}",
                    way,
                    f"{seconds:.2f}",
                    f"{cpu:.2f}",
                    f"{peak:,.0f}",
                    growth,
                )
                print(f"| {' | '.join(cells)} |", flush=True)


def write_deaths(path: Path, rows: int) -> None:
    """A list of deaths on random days of fifteen years; the same for the same number of rows."""
    chance = random.Random(rows)
    first = date(2001, 1, 1)
    days = [(first + timedelta(days=n)).strftime("%d/%m/%Y") for n in range(5478)]
    with path.open("w", encoding="utf-8") as file:
        file.write("id;fecha;sexo;edad;departamento\n")
        file.write(f"0;{days[0]};M;30;San Salvador\n")
        for row in range(1, rows - 1):
            sex = "F" if row % 9 == 0 else "M"
            day = days[int(chance.random() * len(days))]
            file.write(f"{row};{day};{sex};{18 + row % 60};San Salvador\n")
        file.write(f"{rows};{days[-1]};M;30;San Salvador\n")


def in_a_process(way: str, path: Path) -> dict[str, float]:
    """Seconds, peak memory and counts of one way of reading a file."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", way, str(path)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(way: str, file: str) -> None:
    """Read a file in one way and print what it took, without the imports."""
    if way == "pandas":
        import pandas as pd

        begun, cpu = time.perf_counter(), time.process_time()
        frame = pd.read_csv(file, sep=";")
        months = pd.to_datetime(frame["fecha"], format="%d/%m/%Y").dt.to_period("M")
        counts = frame.groupby(months).size().tolist()
    else:
        import duckdb  # noqa: F401

        from homicide_trends.tables.imports import columns, understand

        if way == "csv":
            columns.LARGE = 1 << 62
        begun, cpu = time.perf_counter(), time.process_time()
        understood = understand(file, date_column="fecha", shape="deaths")
        counts = [each.deaths for each in understood.counts]
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    json.dump({"seconds": seconds, "cpu": cpu, "peak": peak, "counts": counts}, sys.stdout)


if __name__ == "__main__":
    main()
