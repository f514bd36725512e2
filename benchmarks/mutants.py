"""How many wrong changes of the numbers' code the tests find, and which branches they take.

    python benchmarks/mutants.py map        # which test runs which line (coverage.py), and branches
    python benchmarks/mutants.py            # 300 mutants, two at a time
    python benchmarks/mutants.py --only rates/limits.py:120:8:1   # one of them, as it is listed

A mutant is one change in one place of `rates`, `series`, `claims` or `methods`: another comparison,
another sign, a number one larger, a condition turned round, nothing returned. Every place has the
same chance to be drawn. A mutant runs in a process of its own that is forked from one which has
imported pandas, scipy and the like, against the tests that run its line, the nearest and quickest
first, until one fails. The code on disk is never changed: the fork's import compiles the mutant.
Tests that start other processes (commands, notebooks, browsers) count for nothing here.
Needs `coverage` (pip install coverage) and a system that forks.
"""

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "homicide_trends"
ROOMS = ("rates", "series", "claims", "methods")
# The files of tests that concern the numbers, beside the worked examples of the rooms.
FILES = {
    "changepoints", "comparison", "count_model", "counterfactual", "coverage", "curve",
    "dispersion", "effect", "effect_sentences", "explore", "false_alarms", "intervals",
    "joinpoint", "level_breaks", "limits", "methods_estimates", "numerals", "other_countries",
    "own_claims", "parts", "population", "projection", "quotable", "quotes", "rate_trend",
    "rates", "regressors", "rules", "series", "shares", "spared", "speccurve", "step_models",
    "synthetic", "ties", "town_panel", "towns", "two_way", "unusual", "vectors", "verdicts",
    "why_differ", "windows", "written_dates",
}  # fmt: skip
WARM = [
    "numpy", "pandas", "scipy.stats", "scipy.optimize", "scipy.special", "scipy.linalg",
    "statsmodels.api", "matplotlib.pyplot", "pytest", "hypothesis", "yaml", "babel.dates",
    "frictionless",
]  # fmt: skip

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


# --- mutants --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """A place, what is changed there, and the lines of code that it belongs to."""

    file: str  # below SOURCE
    line: int
    column: int
    nth: int  # of those that begin at this place
    kind: str
    before: str
    after: str
    scope: tuple[int, int] | None  # of the function, where the line itself runs on import

    @property
    def name(self) -> str:
        """Where it is, as it is listed and asked for."""
        return f"{self.file}:{self.line}:{self.column}:{self.nth}"


def changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The kinds of change that a node allows, each as the node that takes its place."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        other = copy.deepcopy(node)
        other.ops = [COMPARISONS[type(node.ops[0])]()]
        yield "comparison", other
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        if not any(isinstance(part, ast.JoinedStr) for part in ast.iter_child_nodes(node)):
            other = copy.deepcopy(node)
            other.op = OPERATORS[type(node.op)]()
            yield "operator", other
    elif isinstance(node, ast.BoolOp):
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and, or", other
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield "not, minus dropped", copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield "True, False", ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield "number", ast.Constant(node.value + 1)
        elif isinstance(node.value, float):
            yield "number", ast.Constant(node.value * 1.1 if node.value else 1.0)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        if isinstance(node.test, ast.Name | ast.Call | ast.Attribute):
            other = copy.deepcopy(node)
            other.test = ast.UnaryOp(ast.Not(), other.test)
            yield "condition", other
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield "return", ast.Return(ast.Constant(None))


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, Any, tuple[int, int] | None]]:
    """Nodes that may change, with parent's field; not annotations, decorators and messages."""

    def walk(
        parent: ast.AST, scope: tuple[int, int] | None
    ) -> Iterator[tuple[ast.AST, str, Any, tuple[int, int] | None]]:
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(child, ast.AST) or spoken(child):
                    continue
                inner = scope
                if isinstance(child, ast.FunctionDef):
                    inner = (child.lineno, child.end_lineno or child.lineno)
                yield parent, field, index if isinstance(value, list) else None, inner
                yield from walk(child, inner)

    yield from walk(tree, None)


def spoken(node: ast.AST) -> bool:
    """Whether a node is a message, or is there for the type checker alone."""
    if isinstance(node, ast.Raise | ast.JoinedStr | ast.Assert):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("_", "ngettext", "N_", "cast", "TypeVar")
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def mutants_of(file: str, wanted: Mutant | None = None) -> tuple[list[Mutant], ast.Module]:
    """All mutants of a file, and its tree: with the change, when one is wanted."""
    tree = ast.parse((SOURCE / file).read_text(encoding="utf-8"))
    found, seen = [], Counter[tuple[int, int]]()
    for parent, field, index, scope in list(places(tree)):
        value = getattr(parent, field)
        node = value if index is None else value[index]
        for kind, other in changed(node):
            place = (node.lineno, node.col_offset)
            seen[place] += 1
            words = [ast.unparse(each).splitlines()[0] for each in (node, other)]
            mutant = Mutant(file, *place, seen[place], kind, *words, scope)
            found.append(mutant)
            if wanted is not None and mutant.name == wanted.name:
                ast.copy_location(other, node)
                if index is None:
                    setattr(parent, field, other)
                else:
                    value[index] = other
                return found, ast.fix_missing_locations(tree)
    return found, tree


def all_mutants() -> list[Mutant]:
    """Every mutant of the rooms."""
    files = [path for room in ROOMS for path in sorted((SOURCE / room).rglob("*.py"))]
    return [each for path in files for each in mutants_of(path.relative_to(SOURCE).as_posix())[0]]


# --- which test runs which line --------------------------------------------------------------


class Timed:
    """A pytest plugin: the line's test by coverage's contexts, and the seconds of each test."""

    def __init__(self, folder: Path) -> None:
        import coverage

        worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
        self.times = folder / f"seconds-{worker}.json"
        self.seconds: dict[str, float] = defaultdict(float)
        self.coverage = coverage.Coverage(
            data_file=str(folder / "lines"), data_suffix=worker, branch=True, config_file=False,
            source=[str(SOURCE / room) for room in ROOMS])  # fmt: skip
        self.coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Lines are this test's from now on."""
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add the seconds of a phase of a test."""
        if "PYTEST_XDIST_WORKER" in os.environ or not hasattr(report, "node"):
            self.seconds[report.nodeid] += report.duration

    def pytest_unconfigure(self) -> None:
        """Keep what was recorded."""
        self.coverage.stop()
        self.coverage.save()
        self.times.write_text(json.dumps(self.seconds))


def pytest_configure(config: Any) -> None:
    """Start recording, where this file is a plugin of the run that makes the map."""
    config.pluginmanager.register(RECORDING)


RECORDING = Timed(Path(os.environ["MUTANTS_MAP"])) if "MUTANTS_MAP" in os.environ else None


def make_map(folder: Path, workers: int) -> None:
    """Run the tests of the numbers and the worked examples; which lines and branches they run."""
    import coverage

    folder.mkdir(parents=True, exist_ok=True)
    for path in [*folder.glob("lines*"), *folder.glob("seconds-*")]:
        path.unlink()
    files = [str(each) for each in sorted((ROOT / "tests").glob("test_*.py"))
             if each.stem.removeprefix("test_") in FILES]  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mutants", "-p", "no:cacheprovider"]
    command += ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
    source = [str(SOURCE / room) for room in ROOMS]
    path = os.pathsep.join(str(ROOT / each) for each in ("benchmarks", "src"))
    environment = {**os.environ, "PYTHONPATH": path, "MUTANTS_MAP": str(folder)}
    subprocess.run([*command, *files, *source], cwd=ROOT, env=environment, check=False)
    whole = coverage.Coverage(data_file=str(folder / "lines"), branch=True, config_file=False)
    whole.combine([str(each) for each in folder.glob("lines.*")])
    whole.save()
    data = whole.get_data()
    lines: dict[str, dict[str, list[str]]] = {}
    for file in data.measured_files():
        by_line = data.contexts_by_lineno(file)
        name = Path(file).relative_to(SOURCE).as_posix()
        lines[name] = {
            str(line): [each for each in tests if each] for line, tests in by_line.items()
        }
    seconds: dict[str, float] = {}
    for path in folder.glob("seconds-*.json"):
        seconds |= json.loads(path.read_text())
    (folder / "map.json").write_text(json.dumps({"lines": lines, "seconds": seconds}))
    whole.json_report(outfile=str(folder / "coverage.json"))
    files_of = json.loads((folder / "coverage.json").read_text())["files"]
    for room in ROOMS:
        sums = Counter[str]()
        for file, each in files_of.items():
            if f"/{room}/" in file:
                sums.update({key: value for key, value in each["summary"].items()
                             if isinstance(value, int)})  # fmt: skip
        print(f"{room}: {sums['covered_lines']} of {sums['num_statements']} lines,"
              f" {sums['covered_branches']} of {sums['num_branches']} branches")  # fmt: skip


def tests_of(mutant: Mutant, lines: Any, seconds: dict[str, float], most: float) -> list[str]:
    """The tests that run a mutant's line: its module's own, then the quickest, while time lasts."""
    by_line = lines.get(mutant.file, {})
    tests = set(by_line.get(str(mutant.line), []))
    if not tests:  # a line that runs on import, or one of several of a statement
        first, last = mutant.scope or (1, 10**6)
        for line, some in by_line.items():
            if first <= int(line) <= last:
                tests.update(some)
    stem = Path(mutant.file).stem

    def order(test: str) -> tuple[bool, bool, float]:
        file = test.partition("::")[0]
        return file != f"src/homicide_trends/{mutant.file}", stem not in file, seconds.get(test, 1)

    chosen, spent = [], 0.0
    for test in sorted(tests, key=order):
        spent += seconds.get(test, 1) + 0.005
        if spent > most:
            break
        chosen.append(test)
    return chosen


# --- running ---------------------------------------------------------------------------------


class Finder(importlib.abc.MetaPathFinder):
    """Imports one module from a changed tree instead of its file."""

    def __init__(self, mutant: Mutant) -> None:
        name = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.module, self.file = f"homicide_trends.{name}", str(SOURCE / mutant.file)
        self.code = compile(mutants_of(mutant.file, mutant)[1], self.file, "exec")

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """The module's own specification, with the changed code."""
        if name != self.module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        assert spec is not None
        spec.loader = Loader(name, self.file)
        spec.loader.code = self.code
        return spec


class Loader(importlib.machinery.SourceFileLoader):
    """A loader that has its code already."""

    code: Any = None

    def get_code(self, fullname: str) -> Any:
        """The changed code."""
        return self.code


class First:
    """A pytest plugin: runs the mutant, and keeps the first test that fails."""

    def __init__(self, mutant: Mutant | None) -> None:
        self.failed, self._mutant = "", mutant

    def pytest_configure(self) -> None:
        """Come before pytest's own importer, which takes the module of a worked example."""
        if self._mutant is not None:
            sys.meta_path.insert(0, Finder(self._mutant))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the first failure."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        """A module that cannot be imported is a failure too."""
        if report.failed and not self.failed:
            self.failed = f"collection of {report.nodeid}"


def run_tests(mutant: Mutant | None, tests: Sequence[str]) -> str:
    """Run tests in this process; the first that fails."""
    import hypothesis
    import pytest

    hypothesis.settings.register_profile("mutants", database=None, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    first = First(mutant)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:faulthandler"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # it was imported before
    code = pytest.main([*options, *tests], plugins=[first])
    if mutant is not None and mutant.file.rpartition("/")[2] != "__init__.py":
        name = f"homicide_trends.{mutant.file.removesuffix('.py').replace('/', '.')}"
        assert isinstance(sys.modules[name].__loader__, Loader), name  # else it was not the mutant
    return first.failed or ("" if code == 0 else f"pytest ended with {int(code)}")


@dataclass
class Running:
    """A mutant in a process of its own."""

    mutant: Mutant | None
    pid: int
    answer: int
    until: float


def start(mutant: Mutant | None, tests: Sequence[str], seconds: float) -> Running:
    """Run a mutant's tests in a fork that has so many seconds."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setsid()
            os.close(reading)
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            try:
                found = run_tests(mutant, tests)
            except BaseException as error:
                found = f"error: {error!r}"
            os.write(writing, found.encode()[:4000] or b"-")
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    return Running(mutant, pid, reading, time.monotonic() + seconds)


def finished(running: list[Running]) -> Iterator[tuple[Running, str]]:
    """Wait for the first of the processes that ends or whose time is over; what it found."""
    wait = max(0.0, min(each.until for each in running) - time.monotonic())
    ready, _, _ = select.select([each.answer for each in running], [], [], wait)
    for each in list(running):
        over = time.monotonic() >= each.until
        if each.answer in ready or over:
            found = os.read(each.answer, 4000).decode() if each.answer in ready else "time is over"
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            os.waitpid(each.pid, 0)
            os.close(each.answer)
            running.remove(each)
            yield each, {"": "the process died", "-": ""}.get(found, found)


def run(
    mutants: Sequence[Mutant], folder: Path, workers: int, most: float, output: Path | None
) -> list[tuple[Mutant, str]]:
    """What found each mutant; empty for a survivor. What stands in ``output`` is not run again."""
    data = json.loads((folder / "map.json").read_text())
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    os.chdir(ROOT)
    for name in WARM:
        importlib.import_module(name)
    lines = output.read_text("utf-8").splitlines() if output and output.exists() else []
    known: dict[str, str] = dict(map(json.loads, lines))
    results = [(each, known[each.name]) for each in mutants if each.name in known]
    running: list[Running] = []
    waiting = [each for each in mutants if each.name not in known]

    def done(mutant: Mutant, found: str) -> None:
        results.append((mutant, found))
        if output is not None:
            with output.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps([mutant.name, found]) + "\n")

    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop(0)
            tests = tests_of(mutant, data["lines"], data["seconds"], most)
            if not tests:
                done(mutant, "")
                continue
            expected = sum(data["seconds"].get(test, 1) for test in tests)
            running.append(start(mutant, tests, 60 + 5 * expected))
        for each, found in finished(running) if running else ():
            assert each.mutant is not None
            if found.startswith("error: "):
                raise SystemExit(f"{each.mutant.name}: {found}")
            done(each.mutant, found)
    return results


def unreliable(results: Sequence[tuple[Mutant, str]], workers: int) -> list[str]:
    """Of the tests that found mutants, those that fail without any."""
    tests = sorted({found for _, found in results if "::" in found})
    failing = []
    for start_at in range(0, len(tests), 40):
        rest = tests[start_at : start_at + 40]
        while rest:
            running = [start(None, rest, 600)]
            found = next(found for _, found in finished(running))
            if not found:
                break
            failing.append(found)
            if found not in rest:
                break
            rest = rest[rest.index(found) + 1 :]
    return failing


def main() -> None:
    """Make the map, or run mutants and print what was found and what was not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["map", "run", "count"], default="run")
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20120309)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=40.0,
                        help="of tests that a mutant may take, as the map timed them")  # fmt: skip
    parser.add_argument("--only", action="append", default=[], metavar="FILE:LINE:COLUMN:NTH")
    parser.add_argument("--within", default="", help="of files that begin so: claims/")
    parser.add_argument("--folder", type=Path, default=ROOT / ".mutants", help="of the map")
    parser.add_argument("--output", type=Path, help="what became of each, a line of JSON each")
    given = parser.parse_args()
    if given.what == "map":
        make_map(given.folder, given.workers)
        return
    everything = [each for each in all_mutants() if each.file.startswith(given.within)]
    if given.what == "count":
        print(len(everything), dict(Counter(each.kind for each in everything)))
        return
    if given.only:
        drawn = [each for each in everything if each.name in given.only]
    else:
        drawn = random.Random(given.seed).sample(everything, min(given.number, len(everything)))
    began = time.monotonic()
    results = run(drawn, given.folder, given.workers, given.seconds, given.output)
    wrong = unreliable(results, given.workers)
    if wrong:
        print(f"these fail without a mutant and prove nothing: {', '.join(wrong)}")
    results = [(each, "" if found in wrong else found) for each, found in results]
    tell(results, len(everything), time.monotonic() - began)


def tell(results: Sequence[tuple[Mutant, str]], of: int, seconds: float) -> None:
    """Print the shares by room and kind, and the survivors."""
    for title, key in (("room", lambda m: m.file.split("/")[0]), ("kind", lambda m: m.kind)):
        groups: dict[str, list[bool]] = defaultdict(list)
        for mutant, found in results:
            groups[key(mutant)].append(bool(found))
        print(f"| {title} | mutants | found | percent |\n| --- | --- | --- | --- |")
        for name, found_ones in [*sorted(groups.items()), ("all", [bool(f) for _, f in results])]:
            share = 100 * sum(found_ones) / len(found_ones)
            print(f"| {name} | {len(found_ones)} | {sum(found_ones)} | {share:.0f} |")
    late = sum(found == "time is over" for _, found in results)
    print(f"{len(results)} of {of} mutants, {late} found by their time, {seconds / 60:.0f} minutes")
    for mutant, found in sorted(results, key=lambda each: each[0].name):
        if not found:
            print(f"{mutant.name} {mutant.kind}: {mutant.before}  ->  {mutant.after}")


if __name__ == "__main__":
    main()
