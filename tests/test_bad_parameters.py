"""A parameter that cannot be used ends a notebook with one line, whichever notebook it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

from homicide_trends import language

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))

# What is typed by mistake, and a word of what the message must say.
BAD = {
    "place": ("SVL", "did you mean 'SLV'"),
    "agency": ("PNCC", "PNC"),
    "population_series": ("WPP204", "WPP2024"),
    "baseline_start": ("2012-02-30", "2012-02-30"),
    "baseline_end": ("2001-01-01", "2001"),
    "window_start": ("March", "March"),
    "window_end": ("2001-01-01", "2001"),
    "conf": (95, "between 0 and 1"),
    "figure": ("memo-avertd", "did you mean 'memo-averted'"),
    "lang": ("fr", "en, es"),
}


def cells(path: Path) -> list[dict[str, Any]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def parameters(path: Path) -> list[str]:
    tagged = [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]
    return [line.partition(":")[0] for line in "".join(tagged[0]["source"]).splitlines()]


CASES = [(path, name) for path in NOTEBOOKS for name in BAD if name in parameters(path)]


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{p.stem}-{n}" for p, n in CASES])
def test_a_bad_parameter_gives_one_line(path: Path, name: str) -> None:
    value, said = BAD[name]
    space: dict[str, Any] = {}
    error: Exception | None = None
    try:
        for cell in cells(path):
            exec("".join(cell["source"]), space)
            if "parameters" in cell["metadata"].get("tags", []):
                space[name] = value
                space.update({"runs": 2, "permutations": 19})
    except Exception as failed:
        error = failed
    finally:
        language.use("en")
        plt.close("all")
    assert error is not None, "nothing was refused"
    lines = getattr(error, "_render_traceback_", list)()
    assert len(lines) == 1, f"{type(error).__name__}: {error}"
    assert "\n" not in lines[0]
    assert said in lines[0]
