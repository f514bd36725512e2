from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends.methods.synthetic import placebo_in_space, synthetic_control


def arguments(inputs: dict[str, Any]) -> dict[str, Any]:
    first, last = inputs["pre"]
    wide = pd.read_csv(inputs["data"])
    wide = wide[wide["year"] >= first].astype({"year": int})
    return {
        "panel": wide.melt("year", var_name="unit", value_name="outcome"),
        "unit": "unit",
        "time": "year",
        "outcome": "outcome",
        "treated": inputs["treated"],
        "intervention": last + 1,
        "max_share": math.inf,
    }


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    result = synthetic_control(**arguments(inputs))
    test = placebo_in_space(**arguments(inputs))
    return {
        "rmspe_ratio": result.ratio,
        "rank": test.rank,
        "n_units": test.n_units,
        "p": test.p,
    }
