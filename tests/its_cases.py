"""Interrupted-time-series cases of the reference vectors: their inputs as arguments of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from conftest import shared_folder

from homicide_trends.methods.interrupted import CountEffect, Intervention, interrupted_time_series

OURS = {"const": "constant", "time": "trend"}


def table(inputs: Mapping[str, Any]) -> pd.DataFrame:
    """The data file of a case as a table with start, end, deaths, exposure and time."""
    data = pd.read_csv(inputs["data"])
    start = pd.to_datetime({"year": data["year"], "month": data["month"], "day": 1})
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.offsets.MonthEnd(0),
            "deaths": data[inputs.get("count", "aces")],
            "exposure": data[inputs.get("offset_population", "stdpop")],
            "time": data["time"],
            "post": data["smokban"],
        }
    )


def intervention_date(inputs: Mapping[str, Any], rows: pd.DataFrame) -> pd.Timestamp:
    first = inputs.get("intervention_first_time")
    if first is None:
        first = rows["time"][rows["post"] == 1].iloc[0]
    return rows["start"][rows["time"] == first].iloc[0]


def season(value: Any) -> Any:
    """None, a number of harmonics or 'months', from the ways in which the cases say it."""
    if value is None or value == "none":
        return None
    if isinstance(value, Mapping):
        if value["kind"].startswith("harmonic"):
            assert value.get("period", 12) == 12
            return int(value["pairs"])
        return "months"
    if value.startswith("month"):
        return "months"
    return int(re.findall(r"\d+", value)[-1])


def family(text: str) -> Any:
    text = text.lower().replace("_", "-")
    if "quasi" in text:
        return "quasi-poisson"
    return "negative-binomial" if "neg" in text or text.startswith("nb") else "poisson"


def fit(inputs: Mapping[str, Any]) -> CountEffect:
    """Fit a case that lists its terms (`slope_term`, `season`) or words them (`model`)."""
    rows = table(inputs)
    model = inputs.get("model")
    if model is None:
        slope, trend = inputs.get("slope_term") is not None, True
        pairs, kind = season(inputs.get("season")), family(inputs["family"])
    else:
        slope, trend = "slope" in model, "time" in model
        harmonics = re.search(r"(\d+) harm|harm\w*?(\d+)", model)
        pairs = int(harmonics.group(1) or harmonics.group(2)) if harmonics else None
        pairs = "months" if "month" in model else pairs
        kind = family(model.split(",")[1] if "," in model else model)
    return interrupted_time_series(
        rows,
        interventions=[Intervention(intervention_date(inputs, rows), slope=slope)],
        trend=trend,
        family=kind,
        season=pairs,
        exposure="exposure",
    )


def by_term(effect: CountEffect, values: np.ndarray) -> dict[str, float]:
    """Values by the cases' names of the terms."""
    theirs = {ours: name for name, ours in OURS.items()}
    return {
        theirs.get(term, term): float(value)
        for term, value in zip(effect.design.terms, values, strict=True)
    }


def standard_errors(effect: CountEffect, kind: Any, lag: int | None = None) -> dict[str, float]:
    return by_term(effect, np.sqrt(np.diag(effect.covariance(kind, lag=lag))))


def vectors() -> Path:
    """The folder of the open vectors, which has the data files."""
    return shared_folder() / "vectors"
