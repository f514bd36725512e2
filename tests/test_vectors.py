"""Reference vectors: every JSON file of one or more folders, one case a test.

    pytest tests/test_vectors.py --vectors DIR --vectors DIR2 --require rate_ci

Adapters from a case to the library are in `tests/vectors/`, one module a method.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

pytest_plugins = ["pytester"]

ADAPTERS = Path(__file__).with_name("vectors")
CHECKOUT = Path(__file__).resolve().parents[1]
REQUIRE_SHARED = os.environ.get("HOMICIDE_TRENDS_REQUIRE_SHARED") == "1"

RESULTS: dict[tuple[Path, str], Mapping[str, Any]] = {}
"""What was computed for a case: the test of an altered number need not compute it again."""


@dataclass(frozen=True)
class Case:
    """One case of one file."""

    method: str
    folder: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method}/{self.content['id']}"


def default_folder() -> Path:
    named = os.environ.get("HOMICIDE_TRENDS_SHARED")
    return (Path(named) if named else CHECKOUT.parent / "shared") / "vectors"


def read_cases(folders: Sequence[Path]) -> list[Case]:
    """Read every case of every JSON file; a folder without any is an error."""
    cases: list[Case] = []
    for folder in folders:
        files = sorted(folder.glob("*.json"))
        if not files:
            raise pytest.UsageError(f"no JSON file of reference vectors in {folder}")
        for file in files:
            content = json.loads(file.read_text(encoding="utf-8"))
            cases += [Case(content["method"], folder, case) for case in content["cases"]]
    return cases


def adapter(method: str) -> ModuleType | None:
    """Return the module that runs a method's cases, or None where the method does not exist yet."""
    file = ADAPTERS / f"{method}.py"
    if not file.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"vector_adapter_{method}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepared_inputs(case: Case, folders: Sequence[Path]) -> dict[str, Any]:
    """Return a copy of the inputs with the named data file and the named other case resolved."""
    inputs: dict[str, Any] = copy.deepcopy(case.content["inputs"])
    places = [case.folder, *folders, default_folder()]
    if isinstance(inputs.get("data"), str):
        found = [p / inputs["data"] for p in places if (p / inputs["data"]).is_file()]
        if not found:
            raise FileNotFoundError(f"{inputs['data']} of {case.name} is in none of {places}")
        inputs["data"] = str(found[0])
    if "from_case" in inputs:
        inputs["from_inputs"] = prepared_inputs(named_case(case, places), folders)
    return inputs


def named_case(case: Case, places: Sequence[Path]) -> Case:
    """Return the case that another refers to: of its own method first, else of any other."""
    name = case.content["inputs"]["from_case"]
    everything = read_cases([place for place in dict.fromkeys(places) if place.is_dir()])
    found = [other for other in everything if other.content["id"] == name]
    if not found:
        raise LookupError(f"{case.name} refers to the unknown case {name!r}")
    return min(found, key=lambda other: other.method != case.method)


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float | np.floating) and math.isnan(value))


def tolerance(tol: Mapping[str, Any], key: str) -> tuple[float, float]:
    """Return (rel, abs) for a key: its own pair where the case gives one, else the case's pair."""
    own = tol[key] if isinstance(tol.get(key), Mapping) else tol
    return float(own["rel"]), float(own["abs"])


def differences(got: Any, expected: Any, rel: float, absolute: float, where: str) -> Iterator[str]:
    """Yield one line for each element of `got` that is not `expected` within tolerance."""
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            yield f"{where}: got {got!r}, expected a mapping"
            return
        for key, value in expected.items():
            if key in got:
                yield from differences(got[key], value, rel, absolute, f"{where}.{key}")
            else:
                yield f"{where}.{key}: not returned"
    elif isinstance(expected, list):
        if got is None or isinstance(got, str | Mapping) or np.ndim(got) == 0:
            yield f"{where}: got {got!r}, expected {len(expected)} elements"
        elif len(got) != len(expected):
            yield f"{where}: got {len(got)} elements, expected {len(expected)}"
        else:
            for i, (one, other) in enumerate(zip(got, expected, strict=True)):
                yield from differences(one, other, rel, absolute, f"{where}[{i}]")
    elif expected is None:
        # A pair of limits that is not available may also come as a pair of missing values.
        parts = [got] if got is None or np.ndim(got) == 0 else list(got)
        if not all(is_missing(part) for part in parts):
            yield f"{where}: got {got!r}, expected not available"
    elif isinstance(expected, bool) or (isinstance(expected, str) and not is_infinity(expected)):
        if isinstance(got, np.bool_):
            got = bool(got)
        if type(got) is not type(expected) or got != expected:
            yield f"{where}: got {got!r}, expected {expected!r}"
    else:
        yield from number_difference(got, float(expected), rel, absolute, where)


def is_infinity(text: str) -> bool:
    return text in ("inf", "-inf")


def number_difference(
    got: Any, wanted: float, rel: float, absolute: float, where: str
) -> Iterator[str]:
    if is_missing(got) or isinstance(got, str | bool) or np.ndim(got) != 0:
        yield f"{where}: got {got!r}, expected {wanted!r}"
        return
    number = float(got)
    if math.isinf(wanted) or math.isinf(number):
        agree = number == wanted
    else:
        agree = abs(number - wanted) <= absolute + rel * abs(wanted)
    if not agree:
        yield f"{where}: got {number!r}, expected {wanted!r} (rel {rel:g}, abs {absolute:g})"


def problems(module: ModuleType, case: Case, inputs: dict[str, Any]) -> list[str]:
    """Run one case and return every difference from what is expected."""
    expected = case.content["expected"]
    behaviour = expected.get("behaviour")
    if behaviour not in (None, "nan"):
        return missing_exception(module, inputs, case.folder, behaviour)
    key = (case.folder, case.name)
    if key not in RESULTS:
        RESULTS[key] = module.run(inputs, case.folder)
    got = RESULTS[key]
    if behaviour == "nan":
        results = {key: value for key, value in got.items() if not isinstance(value, str)}
        wrong = [f"{k}: got {v!r}, expected nan" for k, v in results.items() if not is_missing(v)]
        return wrong if results else ["no number returned, expected nan"]
    found: list[str] = []
    own_rules = getattr(module, "COMPARE", {})
    explanations: set[str] = getattr(module, "EXPLANATIONS", set())
    for key, value in expected.items():
        if key in explanations and isinstance(value, str):
            continue
        if key not in got:
            found.append(f"{key}: not returned by the adapter")
        elif key in own_rules:
            if not own_rules[key](got[key], value):
                found.append(f"{key}: got {got[key]!r}, expected {value!r} by its own rule")
        else:
            rel, absolute = tolerance(case.content["tol"], key)
            found += differences(got[key], value, rel, absolute, key)
    return found


def compared(folder: Path) -> dict[str, list[tuple[float, bool]]]:
    """Relative difference of every number of every case, and whether it is within tolerance."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for case in read_cases([folder]):
        module = adapter(case.method)
        expected = case.content["expected"]
        if module is None or "behaviour" in expected:
            continue
        try:
            got = module.run(prepared_inputs(case, [folder]), folder)
        except NotImplementedError:
            continue
        own_rules = getattr(module, "COMPARE", {})
        for key, value in expected.items():
            if key in got and key not in own_rules:
                rel, absolute = tolerance(case.content["tol"], key)
                pairs = found.setdefault(case.method, [])
                for one, other in leaves(got[key], value):
                    within = not list(number_difference(one, other, rel, absolute, key))
                    pairs.append(
                        (abs(float(one) / other - 1) if other else abs(float(one)), within)
                    )
    return {method: pairs for method, pairs in found.items() if pairs}


def leaves(got: Any, expected: Any) -> Iterator[tuple[float, float]]:
    """The finite numbers of two nested results, side by side."""
    if isinstance(expected, Mapping):
        for key in expected.keys() & got.keys():
            yield from leaves(got[key], expected[key])
    elif isinstance(expected, list) and got is not None and np.ndim(got) and len(got):
        for one, other in zip(got, expected, strict=False):
            yield from leaves(one, other)
    elif isinstance(expected, int | float) and not isinstance(expected, bool):
        if not is_missing(got) and np.ndim(got) == 0 and math.isfinite(float(got)):
            yield float(got), float(expected)


def missing_exception(
    module: ModuleType, inputs: dict[str, Any], folder: Path, name: str
) -> list[str]:
    try:
        got = module.run(inputs, folder)
    except Exception as error:
        if name in [cls.__name__ for cls in type(error).__mro__]:
            return []
        raise
    return [f"got {got!r}, expected the exception {name}"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    given = metafunc.config.getoption("--vectors")
    if not given and not default_folder().is_dir():
        metafunc.parametrize("case", [None], ids=["no-folder"])
        return
    folders = [Path(name) for name in given] if given else [default_folder()]
    for folder in folders:
        if not folder.is_dir():
            raise pytest.UsageError(f"--vectors {folder}: no such folder")
    cases = read_cases(folders)
    prefix = len(folders) > 1
    ids = [f"{c.folder.name}/{c.name}" if prefix else c.name for c in cases]
    metafunc.parametrize("case", cases, ids=ids)


@pytest.fixture
def folders(request: pytest.FixtureRequest) -> list[Path]:
    """The folders of vectors of this run."""
    given = request.config.getoption("--vectors")
    return [Path(name) for name in given] if given else [default_folder()]


def not_run(request: pytest.FixtureRequest, method: str, why: str) -> None:
    """Report a case as not run, by name; a failure where the method is required."""
    if method in request.config.getoption("--require"):
        pytest.fail(f"{method} is required and was not run: {why}")
    pytest.skip(f"not run: {method}: {why}")


def test_case(
    case: Case | None,
    request: pytest.FixtureRequest,
    folders: list[Path],
    record_property: Any,
) -> None:
    if case is None:
        message = f"no reference vectors at {default_folder()}; set HOMICIDE_TRENDS_SHARED"
        if REQUIRE_SHARED or request.config.getoption("--require"):
            pytest.fail(message)
        pytest.skip(message)
    record_property("vector_method", case.method)
    module = adapter(case.method)
    if module is None:
        not_run(request, case.method, "this method does not exist yet")
        return
    try:
        found = problems(module, case, prepared_inputs(case, folders))
    except NotImplementedError as error:
        not_run(request, case.method, str(error) or "not implemented")
        return
    assert not found, f"{case.name} ({case.content.get('source', '')}):\n" + "\n".join(found)


def test_required_methods_have_cases(request: pytest.FixtureRequest, folders: list[Path]) -> None:
    required = request.config.getoption("--require")
    if not required:
        pytest.skip("no method is required")
    present = {case.method for case in read_cases(folders)}
    absent = sorted(set(required) - present)
    assert not absent, f"no case of {', '.join(absent)}; there are {', '.join(sorted(present))}"


# The harness itself.


def altered(value: Any) -> Any | None:
    """Return `value` with its first number changed, or None where it holds no number."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return None
    if isinstance(value, int | float):
        return value * 1.5 + 1000
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, part in items:
        changed = altered(part)
        if changed is not None:
            whole = copy.deepcopy(value)
            whole[key] = changed
            return whole
    return None


@pytest.mark.parametrize("method", sorted(file.stem for file in ADAPTERS.glob("*.py")))
def test_an_altered_number_of_any_method_fails(method: str) -> None:
    file = default_folder() / f"{method}.json"
    if not file.is_file():
        pytest.skip(f"no {file}")
    module = adapter(method)
    assert module is not None
    own = [c for c in read_cases([file.parent]) if c.method == method]
    for case in own:
        wrong = altered(case.content["expected"])
        if wrong is None:
            continue
        inputs = prepared_inputs(case, [file.parent])
        try:
            content = case.content | {"expected": wrong}
            found = problems(module, Case(method, case.folder, content), inputs)
        except NotImplementedError:
            continue
        assert found, f"{case.name} passed with {wrong}"
        return
    pytest.fail(f"no case of {method} could be altered")


RIGHT = {
    "id": "ten",
    "inputs": {"count": 10, "population": 1, "per": 1, "conf": 0.95, "method": "exact"},
    # Ulm (1990), Am J Epidemiol 131:373-375: 10 events, 4.80 to 18.39.
    "expected": {"rate": 10, "lower": 4.80, "upper": 18.39},
    "tol": {"rel": 0, "abs": 0.005},
    "source": "Ulm 1990",
}
WRONG = RIGHT | {"id": "altered", "expected": {"rate": 10, "lower": 4.80, "upper": 18.38}}


Harness = Callable[..., tuple[int, str]]


@pytest.fixture
def harness(request: pytest.FixtureRequest) -> Harness:
    """Runs the harness on a folder of cases; its exit status and what it says."""
    # What the library imports late has to be there before: pytester forgets what is loaded later.
    module = adapter("rate_ci")
    assert module is not None
    case = Case("rate_ci", Path(), RIGHT)
    assert problems(module, case, prepared_inputs(case, [])) == []
    pytester: pytest.Pytester = request.getfixturevalue("pytester")

    def run(methods: Mapping[str, list[Any]], *options: str) -> tuple[int, str]:
        for method, cases in methods.items():
            content = json.dumps({"method": method, "cases": cases})
            (pytester.path / f"{method}.json").write_text(content, encoding="utf-8")
        command = [f"--rootdir={CHECKOUT}", str(Path(__file__)), "-q", "-rs"]
        command += ["-p", "no:cacheprovider", "-p", "no:xdist", "-k", "test_case or test_required"]
        done = pytester.runpytest_inprocess(*command, f"--vectors={pytester.path}", *options)
        return int(done.ret), done.stdout.str() + done.stderr.str()

    return run


def test_harness_passes_right_numbers_of_a_required_method(harness: Harness) -> None:
    status, said = harness({"rate_ci": [RIGHT]}, "--require", "rate_ci")
    assert "rate_ci: 1 passed" in said
    assert status == 0


def test_harness_fails_on_an_altered_number_and_names_what_it_did_not_run(harness: Harness) -> None:
    status, said = harness({"rate_ci": [RIGHT, WRONG], "phrenology": [RIGHT]})
    assert "upper: got 18.39" in said
    assert "rate_ci: 1 passed, 1 failed" in said
    assert "phrenology: 1 not run" in said
    assert "not run: phrenology: this method does not exist yet" in said
    assert status == 1


def test_harness_fails_without_a_required_method_or_its_cases(harness: Harness) -> None:
    options = ["--require", "phrenology", "--require", "rate_ci"]
    status, said = harness({"phrenology": [RIGHT]}, *options)
    assert "phrenology is required and was not run" in said
    assert "no case of rate_ci" in said
    assert status == 1


@pytest.mark.parametrize(
    ("got", "expected", "agree"),
    [
        (1.0009, 1, True),
        (1.2, 1, False),
        (None, 1, False),
        (math.nan, None, True),
        ((math.nan, math.nan), None, True),
        (3.0, None, False),
        (math.inf, "inf", True),
        (1e308, "inf", False),
        (math.inf, 1, False),
        ([1, 2], [1], False),
        (np.array([1.0, 2.0]), [1, 2], True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("exact", "byars", False),
        (np.bool_(True), True, True),
        (1, True, False),
    ],
)
def test_comparison_rule(got: Any, expected: Any, agree: bool) -> None:
    assert (not list(differences(got, expected, 0, 0.001, "value"))) is agree
