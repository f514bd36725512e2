"""Change points in the mean of Poisson counts, by number or by penalty."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homicide_trends.methods.change_points import changepoints


def run(inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    if "penalty" in inputs:
        choose: dict[str, Any] = {"penalty": inputs["penalty"]}
    else:
        choose = {"n_changepoints": inputs["n_bkps"]}
    result = changepoints(inputs["x"], model="poisson", min_size=inputs["min_size"], **choose)
    return {"breaks": result.breaks["position"].tolist()}
