from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends.methods.synthetic import synthetic_control


def arguments(inputs: dict[str, Any]) -> dict[str, Any]:
    """Inputs of a case (a wide file, the first and last year before) as arguments of ours."""
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
    after = result.series[result.series["after"]]
    return {
        "weights": dict(result.weights.itertuples(index=False)),
        "pre_rmspe": result.rmspe_pre,
        "post_rmspe": result.rmspe_post,
        "gap_post": {str(row.time): row.gap for row in after.itertuples()},
    }
