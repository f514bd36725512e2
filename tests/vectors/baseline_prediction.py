"""Prediction and tolerance limits of a future count: `intervals`."""

from pathlib import Path
from typing import Any

from homicide_trends.rates import intervals

METHODS = {
    "exact_conditional": "exact",
    "nb_jeffreys": "jeffreys",
    "normal": "normal",
    "poisson_plugin": "plug-in",
}
TOLERANCE = {"wald": "normal", "exact-c": "exact", "midp-c": "mid-p"}


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if inputs.get("kind") == "tolerance":
        found = intervals.tolerance_limits(
            inputs["count"],
            inputs["exposure"],
            inputs["exposure_new"],
            prob=inputs["prob"],
            conf=1 - inputs["alpha"],
            method=TOLERANCE.get(inputs["method"], inputs["method"]),
        )
        return {"lower": found.lower, "upper": found.upper}
    parts = [inputs[n] for n in ("baseline_count", "baseline_exposure", "future_exposure")]
    conf = inputs.get("conf", 0.95)
    result: dict[str, Any] = {
        name: list(intervals.prediction_limits(*parts, conf=conf, method=method))
        for name, method in METHODS.items()
    }
    result["expected"] = parts[0] * parts[2] / parts[1]
    return result
