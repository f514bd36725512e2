"""Importing the package is quick, loads nothing heavy, and every public name is there to use."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import homicide_trends as ht

# Drawing, statistics, execution and validation: only where they are used.
HEAVY = {
    "IPython",
    "frictionless",
    "jinja2",
    "jupyter_client",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "papermill",
    "scipy",
    "statsmodels",
}


def loaded_after(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after some code."""
    program = f"import sys\n{code}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_but_itself() -> None:
    loaded = loaded_after("import homicide_trends")
    assert "homicide_trends" in loaded
    assert loaded & (HEAVY | {"numpy", "pandas", "click", "yaml"}) == set()


def test_reading_a_table_loads_pandas_and_nothing_heavy() -> None:
    loaded = loaded_after("import homicide_trends as ht\nht.monthly_series('SLV')")
    assert "pandas" in loaded
    assert loaded & HEAVY == set()


def test_tables_sentences_and_figures_load_matplotlib_only_when_they_draw() -> None:
    modules = "tables.load series.counts wording.formats wording.sentences wording.descriptions"
    modules += " series.shares display.tables display.plots"
    loaded = loaded_after("\n".join(f"import homicide_trends.{each}" for each in modules.split()))
    assert loaded & HEAVY == set()


def test_the_command_line_starts_without_pandas() -> None:
    assert loaded_after("import homicide_trends.cli") & (HEAVY | {"numpy", "pandas"}) == set()


def test_everything_can_be_imported_in_one_breath() -> None:
    every = "\n".join(f"homicide_trends.{name}" for name in ht.__all__)
    loaded = loaded_after(f"import homicide_trends\n{every}")
    # What executes notebooks or draws them is still not loaded.
    assert loaded & {"papermill", "nbconvert", "matplotlib", "frictionless"} == set()


# --- names ----------------------------------------------------------------------------------


def test_dir_lists_what_can_be_had() -> None:
    assert dir(ht) == sorted(ht.__all__)
    assert len(set(ht.__all__)) == len(ht.__all__)
    assert not [name for name in ht.__all__ if getattr(ht, name, None) is None]


def test_the_functions_of_the_package_are_those_of_its_modules() -> None:
    assert ht.load_counts is ht.tables.load_counts
    assert ht.monthly_series is ht.series.monthly_series
    assert issubclass(ht.DataError, ValueError)


def test_an_unknown_name_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="load_count"):
        ht.load_count  # noqa: B018


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert ht.__version__ == version("homicide-trends")


# --- documentation --------------------------------------------------------------------------


def public(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Functions of a module: those of its ``__all__``, else those written in it."""
    listed = getattr(module, "__all__", None)
    names = listed if listed is not None else [name for name in vars(module) if name[0] != "_"]
    found = {name: getattr(module, name) for name in names}
    return {
        name: value
        for name, value in found.items()
        if inspect.isfunction(value) and (listed or value.__module__ == module.__name__)
    }


ROOMS = sorted(name for name in ht.__all__ if inspect.ismodule(getattr(ht, name)))
# The rooms, and the modules that a room offers.
MODULES = sorted(
    [name for name in ROOMS if name not in {"display", "wording"}]
    + [
        f"{room}.{name}"
        for room in ROOMS
        for name in getattr(getattr(ht, room), "__all__", [])
        if room in {"display", "wording"} and inspect.ismodule(getattr(getattr(ht, room), name))
    ]
)
FUNCTIONS = sorted(name for name in ht.__all__ if inspect.isfunction(getattr(ht, name)))


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_says_what_it_does(module: str) -> None:
    functions = public(importlib.import_module(f"homicide_trends.{module}"))
    assert functions
    for name, function in functions.items():
        first, _, rest = (inspect.getdoc(function) or "").partition("\n")
        assert first.endswith((".", ":")), f"{module}.{name}: {first!r}"
        assert not rest or rest.startswith("\n"), f"{module}.{name}: no blank line after {first!r}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_package_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(ht, name)) or "")


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_has_an_example(module: str) -> None:
    functions = public(importlib.import_module(f"homicide_trends.{module}"))
    bare = [name for name, function in functions.items() if ">>> " not in str(function.__doc__)]
    assert bare == []


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_is_typed(module: str) -> None:
    for name, function in public(importlib.import_module(f"homicide_trends.{module}")).items():
        signature = inspect.signature(function)
        untyped = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
        assert not untyped, f"{module}.{name}: {untyped}"
        assert signature.return_annotation is not signature.empty, f"{module}.{name}"
