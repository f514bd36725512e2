"""Time of a sweep beside the loop of papermill and nbconvert that one would write.

    python benchmarks/render.py [--case ends] [--sets 50] [--loop-sets N] [--rounds 3]

The case `ends` renders two notebooks for several ends of the window, `figures` the examination of
each figure of the texts:

a   `papermill` and `jupyter nbconvert --to html`, one report after the other
a2  the same, as many at once as there are processors
b   `homicide-trends render --sweep`

The ways take turns, round by round; medians of rounds are printed. `--loop-sets` lets a and a2 do
fewer of the sets, which is fair because each of their reports costs the same. The outputs of a
and b are compared: tables, findings and figures have to be the same. Last, a single report.
Needs nbconvert, which comes with the extra `lab`.
"""

import argparse
import datetime
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import yaml

from homicide_trends.reports.pool import processors
from homicide_trends.tables.folders import shipped
from homicide_trends.tables.load import load_figures

NOTEBOOKS = {"change": "03-change", "averted": "04-averted", "claim": "07-claim"}
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Case:
    """Reports, and the values that one parameter of theirs takes."""

    reports: tuple[str, ...]
    parameter: str
    values: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many reports that makes."""
        return len(self.reports) * len(self.values)


@dataclass
class Cost:
    """What a number of reports took."""

    reports: int
    seconds: float
    cpu: float
    memory: float  # megabytes at the peak, of all processes together

    @property
    def rate(self) -> float:
        """Reports per second."""
        return self.reports / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds per report."""
        return self.cpu / self.reports


class Peak:
    """The most memory that the children of this process had together; shared pages once."""

    def __enter__(self) -> "Peak":
        self.megabytes = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            total = 0
            for child in psutil.Process().children(recursive=True):
                try:
                    memory = child.memory_full_info()
                    total += getattr(memory, "pss", memory.rss)
                except psutil.Error:
                    continue
            self.megabytes = max(self.megabytes, total / 1e6)


def measure(reports: int, work: Callable[[], object]) -> Cost:
    """Cost of work that is done in child processes."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with Peak() as peak:
        work()
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(reports, end - begin, cpu, peak.megabytes)


def command(*words: object) -> str:
    """Run a command of this environment; its output."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [str(BIN / str(words[0])), *map(str, words[1:])],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{words[0]}: {done.stderr[-2000:]}")
    return done.stdout


def loop_pass(report: str, parameter: str, value: str, folder: Path) -> None:
    """One report as papermill and nbconvert make it."""
    notebook = folder / f"{report}-{value}.ipynb"
    given = shipped("notebooks") / f"{NOTEBOOKS[report]}.ipynb"
    command("papermill", given, notebook, "-p", parameter, value, "-k", "python3")
    command("jupyter", "nbconvert", "--to", "html", notebook)


def loop(case: Case, folder: Path, at_once: int) -> None:
    """All reports of a case, in a loop."""
    folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(at_once) as pool:
        made = [
            pool.submit(loop_pass, report, case.parameter, value, folder)
            for value in case.values
            for report in case.reports
        ]
        for each in made:
            each.result()


def sweep(case: Case, folder: Path, jobs: int | None) -> None:
    """All reports of a case, by this project."""
    shutil.rmtree(folder, ignore_errors=True)
    file = folder.parent / "sweep.yml"
    parameters = {case.parameter: [*case.values]}
    file.write_text(yaml.safe_dump({"reports": [*case.reports], "parameters": parameters}))
    more = ["--jobs", jobs] if jobs else []
    command("homicide-trends", "render", "--sweep", file, "--out", folder, *more)


def shown(folder: Path, parameter: str) -> dict[tuple[str, str], list[object]]:
    """By title and value: what the cells show, tables, findings and figures."""
    found = {}
    for path in folder.glob("*.ipynb"):
        notebook = json.loads(path.read_bytes())
        title = "".join(notebook["cells"][0]["source"]).splitlines()[0]
        value = notebook["metadata"]["papermill"]["parameters"][parameter]
        found[title, value] = [
            {kind: "".join(each) if isinstance(each, list) else each for kind, each in data.items()}
            for cell in notebook["cells"]
            for output in cell.get("outputs", [])
            if (data := output.get("data"))
        ]
    return found


def compare(loop_folder: Path, sweep_folder: Path, parameter: str) -> str:
    """Say that what both have is the same, or end."""
    ours, theirs = shown(sweep_folder, parameter), shown(loop_folder, parameter)
    for key, outputs in theirs.items():
        if key not in ours:
            sys.exit(f"not in the sweep: {key}")
        if outputs != ours[key]:
            sys.exit(f"the outputs differ: {key}")
    return f"{len(theirs)} reports of a and b have the same outputs, figures among them"


def middle(costs: Sequence[Cost], value: Callable[[Cost], float]) -> float:
    """Median over the rounds."""
    return statistics.median(value(cost) for cost in costs)


def ends_of_windows(number: int) -> tuple[str, ...]:
    """As many last days of a window, a few days apart, within the counts."""
    first = datetime.date(2012, 9, 30)
    return tuple(str(first + datetime.timedelta(days=9 * step)) for step in range(number))


def figures(number: int) -> tuple[str, ...]:
    """As many figures of the texts as there are with a value."""
    table = load_figures()
    return tuple(table.loc[table["value"].notna(), "figure_id"])[:number]


def spread(values: Sequence[str], number: int) -> tuple[str, ...]:
    """Some of the values, from all over them."""
    return tuple(values[:: max(1, len(values) // number)])[:number]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", choices=["ends", "figures"], default="ends")
    parser.add_argument("--sets", type=int, default=50, help="parameter sets of each notebook")
    parser.add_argument("--loop-sets", type=int, help="how many of them a and a2 do")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, help="for b; else its default")
    chosen = parser.parse_args()
    if chosen.case == "ends":
        case = Case(("change", "averted"), "window_end", ends_of_windows(chosen.sets))
    else:
        case = Case(("claim",), "figure", figures(chosen.sets))
    some = replace(case, values=spread(case.values, chosen.loop_sets or chosen.sets))
    costs: dict[str, list[Cost]] = {way: [] for way in ("a", "a2", "b")}
    single: dict[str, list[Cost]] = {"a": [], "b": []}
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        out, one = base / "single", (case.reports[0], case.parameter, case.values[0])
        out.mkdir()
        words = ("homicide-trends", "render", one[0], "-p", *one[1:], "--force", "--out")
        at_once = processors()
        for number in range(1, chosen.rounds + 1):
            costs["b"].append(measure(case.number, lambda: sweep(case, base / "b", chosen.jobs)))
            costs["a"].append(measure(some.number, lambda: loop(some, base / "a", 1)))
            costs["a2"].append(measure(some.number, lambda: loop(some, base / "a2", at_once)))
            same = compare(base / "a", base / "b", case.parameter)
            for _ in range(3):
                single["a"].append(measure(1, lambda: loop_pass(*one, out)))
                single["b"].append(measure(1, lambda: command(*words, out / "b")))
            print(f"round {number}: {same}", flush=True)
    print(f"\n{processors()} processors, load {os.getloadavg()[0]:.1f}, "
          f"Python {sys.version.split()[0]}, {len(case.values)} sets of {len(case.reports)} "
          f"notebooks ({len(some.values)} for a and a2), {chosen.rounds} rounds")  # fmt: skip
    print(f"{'way':<5}{'reports/s':>10}{'s/report':>10}{'CPU s/report':>14}{'peak MB':>9}")
    for way, found in costs.items():
        rate = middle(found, lambda cost: cost.rate)
        print(f"{way:<5}{rate:>10.3f}{1 / rate:>10.2f}"
              f"{middle(found, lambda cost: cost.cpu_each):>14.2f}"
              f"{middle(found, lambda cost: cost.memory):>9.0f}")  # fmt: skip
    rates = {way: middle(found, lambda cost: cost.rate) for way, found in costs.items()}
    print(f"\nreports per second, b over a:  {rates['b'] / rates['a']:.1f} (at least 20)")
    print(f"reports per second, b over a2: {rates['b'] / rates['a2']:.1f} (at least 6)")
    alone = {way: middle(found, lambda cost: cost.seconds) for way, found in single.items()}
    print(f"single report, b over a:       {alone['b'] / alone['a']:.2f} (at most 0.4): "
          f"{alone['b']:.1f} s and {alone['a']:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
