"""Joinpoint regression: the fit with a given number of joinpoints, and its permutation tests."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from homicide_trends.methods.joinpoint_selection import fit, grid, permutation_test
from homicide_trends.methods.joinpoints import JoinpointResult, joinpoint

EXPLANATIONS = {"permutation_p_tolerance"}
PERMUTATIONS = 9_999
SEED = 1
ALPHA = 0.05


def run(inputs: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    table = pd.DataFrame({"year": inputs["year"], "rate": inputs["rate"]})
    if inputs["se"] is not None:
        table["se"] = inputs["se"]
    se = None if inputs["se"] is None else "se"
    spacing = {"min_to_end": inputs["min_obs_end"], "min_between": inputs["min_obs_between"]}
    result = joinpoint(
        table, se=se, joinpoints=inputs["n_joinpoints"], log=inputs["log_linear"], **spacing
    )
    segments, average = result.segments, result.aapc.iloc[0]
    got = {
        "joinpoints": result.joinpoints["joinpoint"].tolist(),
        "sse": result.models["sse"].iloc[-1],
        "fitted": result.series["fitted"].tolist(),
        "slope": segments["slope"].tolist(),
        "slope_se": segments["slope_se"].tolist(),
        "slope_p": segments["p_value"].tolist(),
        "apc": segments["apc"].tolist(),
        "apc_lower": segments["apc_lower"].tolist(),
        "apc_upper": segments["apc_upper"].tolist(),
        "significant": (segments["p_value"] < ALPHA).astype(int).tolist(),
        "aapc": average["aapc"],
        "aapc_lower": average["aapc_lower"],
        "aapc_upper": average["aapc_upper"],
    }
    if inputs["log_linear"] and len(table) < 30:
        selected = joinpoint(table, se=se, permutations=PERMUTATIONS, seed=SEED, **spacing)
        got["permutation_tests"] = {"sequence": selected, "tests": every_test(table, spacing)}
    return got


def every_test(table: pd.DataFrame, spacing: Mapping[str, int]) -> dict[tuple[int, int], float]:
    """Return the p-value of every pair of numbers of joinpoints, by the library's own test."""
    response = np.log(table["rate"].to_numpy())
    weights = (table["rate"] / table["se"]).to_numpy() ** 2 if "se" in table else table["rate"] ** 0
    on = grid(table["year"].to_numpy(dtype=float), np.asarray(weights), **spacing)
    most = joinpoint(table, permutations=1).spec["max_joinpoints"]
    fits = {k: fit(on, response, k) for k in range(most + 1)}
    return {
        (k0, k1): permutation_test(
            on, response, fits[k0], fits[k1], permutations=PERMUTATIONS, seed=SEED
        )[1]
        for k0, k1 in combinations(fits, 2)
    }


def same_tests(got: Mapping[str, Any], expected: list[dict[str, Any]]) -> bool:
    """Compare p-values within Monte-Carlo error; the path too, where no test is borderline."""
    result: JoinpointResult = got["sequence"]
    most = result.spec["max_joinpoints"]
    borderline = False
    for test in expected:
        p, pair = test["p"], (test["null"], test["alt"])
        error = 4 * sqrt(p * (1 - p) / PERMUTATIONS) + 0.002
        level = ALPHA / (most - test["null"])
        if pair not in got["tests"] or abs(level - test["alpha"]) > 1e-6:
            return False
        if abs(got["tests"][pair] - p) > error:
            return False
        borderline = borderline or abs(p - level) <= error
    path = list(zip(result.selection["k0"], result.selection["k1"], strict=True))
    return borderline or path == [(test["null"], test["alt"]) for test in expected]


COMPARE = {"permutation_tests": same_tests}
