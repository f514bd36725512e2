from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import its_cases
import pandas as pd

from homicide_trends.methods.interrupted import interrupted_time_series
from homicide_trends.methods.speccurve import specification_curve, specification_summary

FIRST_AFTER = 37
SEASONS = ("none", "harm1", "harm2", "month")


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if "over" not in inputs:
        return one(inputs, Path(inputs["data"]))
    row = specification_summary(sicily(folder, inputs["over"]), se="se").iloc[0]
    return dict(row) | {"share_significant_normal": row["share_significant"], "n": int(row["n"])}


def one(choice: dict[str, Any], data: Path) -> dict[str, Any]:
    """Level change of one specification: `pre_months` months before, all months after."""
    rows = its_cases.table({"data": data})
    rows = rows[rows["time"] >= FIRST_AFTER - choice["pre_months"]]
    date = rows["start"][rows["time"] == FIRST_AFTER].iloc[0]
    effect = interrupted_time_series(
        rows,
        interventions=[date],
        trend=choice["trend"] == "trend",
        season=its_cases.season(choice["season"]),
        family=its_cases.family(choice["family"]),
        exposure="exposure",
    )
    level = effect.terms.query("term == 'level' and covariance == @effect.spec['covariance']")
    return {
        "beta": level["estimate"].iloc[0],
        "estimate": level["estimate"].iloc[0],
        "se": level["se"].iloc[0],
        "n": effect.diagnostics.n,
    }


@cache
def sicily(folder: Path, over: str) -> pd.DataFrame:
    """The grid that a summary names, e.g. season x pre_months(12,24,36) x family(poisson,quasi)."""
    files = [folder / "data_sicily.csv", its_cases.vectors() / "data_sicily.csv"]
    data = next(file for file in files if file.is_file())
    named = dict(re.findall(r"(\w+)\(([^)]*)\)", over))
    months = [int(m) for m in named.get("pre_months", "12,24,36").split(",")]
    grid = {
        "season": named["season"].split(",") if "season" in named else SEASONS,
        "pre_months": months,
        "family": named.get("family", "poisson,quasi").split(","),
        "trend": ["notrend", "trend"],
    }
    return specification_curve(
        grid,
        lambda **choice: {k: v for k, v in one(choice, data).items() if k in ("estimate", "se")},
    )
