"""Change points in the mean: breaks, and the sums, criteria and limits of strucchange."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from pathlib import Path
from typing import Any

from homicide_trends.methods.change_points import changepoints


def run(inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    values, size = inputs["x"], inputs["min_size"]
    # strucchange tabulates up to ceil(n/h) - 2 breaks and takes the best of them by BIC.
    most = ceil(len(values) / size) - 2
    if "penalty" in inputs:
        choose: dict[str, Any] = {"penalty": inputs["penalty"]}
    else:
        choose = {"n_changepoints": inputs["n_bkps"]}
    result = changepoints(values, model="l2", min_size=size, max_changepoints=most, **choose)
    best = changepoints(values, model="l2", min_size=size, max_changepoints=most, penalty="bic")
    limits = best.breaks[["position_lower", "position", "position_upper"]]
    return {
        "breaks": result.breaks["position"].tolist(),
        "rss_0_to_k": result.models["cost"].tolist(),
        "bic_0_to_k": result.models["bic"].tolist(),
        "n_breaks_by_bic": len(best.breaks),
        "ci95_at_bic_optimum": limits.to_numpy().tolist(),
    }
