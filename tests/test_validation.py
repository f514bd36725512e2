"""docs/validation.md is what benchmarks/validation.py gives: a part of it is made again."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = (CHECKOUT / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def validation() -> ModuleType:
    file = CHECKOUT / "benchmarks" / "validation.py"
    spec = importlib.util.spec_from_file_location("validation", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["validation"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("truth", "before", "after", "trend"),
    [
        ("dispersion 4, correlation 0.6", 7, 7, False),
        ("years of 4,000, dispersion 30, correlation 0.6", 5, 5, False),
        ("dispersion 8, correlation 0.8", 14, 22, True),
    ],
)
def test_a_cell_is_what_the_page_says(
    validation: ModuleType, truth: str, before: int, after: int, trend: bool
) -> None:
    row = validation.step_cell(truth, before, after, trend=trend)
    assert f"| {' | '.join(row.values())} |" in PAGE


def test_the_tables_of_counts_are_what_the_page_says(validation: ModuleType) -> None:
    assert validation.of_counts() in PAGE
    assert validation.of_predictions() in PAGE
    for quantity in ("ratio", "difference"):
        limits_of = getattr(validation, f"{quantity}_limits")
        assert validation.of_two_counts(quantity, limits_of) in PAGE


def test_a_row_of_each_simulated_method_is_what_the_page_says(validation: ModuleType) -> None:
    for row in (
        validation.whole_series_cell(8, 0.6),
        validation.two_way_cell(20, 6, 0.7),
        validation.joinpoint_cell(12, 0.0),
        validation.placebo_cell(8),
    ):
        assert f"| {' | '.join(row.values())} |" in PAGE


def test_every_section_of_the_script_is_on_the_page(validation: ModuleType) -> None:
    source = Path(str(validation.__file__)).read_text(encoding="utf-8")
    titles = re.findall(r'markdown\(\n?\s*f?"([^"]+)"', source)
    missing = [title for title in titles if f"## {title.partition('{')[0]}" not in PAGE]
    assert len(titles) > 10
    assert missing == []


def test_limits_that_hold_do_so_in_every_cell_but_those_that_drift() -> None:
    """The page itself says nothing below 90 percent of them where the rate has a level."""
    section = PAGE.partition("## Limits of a step, a change")[2].partition("## Harder truths")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")]
    shares = [float(row[6]) for row in rows if row[1].strip()[0].isdigit()]
    assert len(shares) == 29
    assert min(shares) >= 90


def test_every_reference_is_on_the_page() -> None:
    adapters = (CHECKOUT / "tests" / "vectors").glob("*.py")
    section = PAGE.partition("## References")[2].partition("## Limits")[0]
    listed = {line.split(" | ")[0][2:] for line in section.splitlines() if line.startswith("| ")}
    assert {"its hac", "joinpoint", "rate ci"} <= listed
    assert listed - {"method", "---"} <= {file.stem.replace("_", " ") for file in adapters}
