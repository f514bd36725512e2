from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import its_cases
import numpy as np

from homicide_trends.methods.interrupted import CountEffect, averted, pre_period_forecast
from homicide_trends.methods.projection import counterfactual_draws, counterfactual_total

EXPLANATIONS = {"identity"}
COMPARE = {
    # The case's own rule for a Monte-Carlo result: the SD within 3 %, limits within 60.
    "sd_total": lambda got, expected: abs(got / expected - 1) < 0.03,
    "pi95": lambda got, expected: np.allclose(got, expected, rtol=0, atol=60),
    "averted_pi95": lambda got, expected: np.allclose(got, expected, rtol=0, atol=60),
}
SEED = 20120309


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if "from_inputs" in inputs and "draws" in inputs:
        return bootstrap(*forecast(inputs["from_inputs"]), draws=inputs["draws"])
    if "from_inputs" in inputs:
        effect, start, end = interrupted(inputs["from_inputs"])
        row = averted(effect, start, end).iloc[0]
        return {"value": row["averted"]}
    if "fit_on" in inputs:
        return forecast_numbers(*forecast(inputs))
    return interrupted_numbers(*interrupted(inputs))


def interrupted(inputs: dict[str, Any]) -> tuple[CountEffect, Any, Any]:
    rows = its_cases.table(inputs)
    return its_cases.fit(inputs), its_cases.intervention_date(inputs, rows), rows["end"].max()


def forecast(inputs: dict[str, Any]) -> tuple[CountEffect, Any, Any]:
    rows = its_cases.table(inputs)
    last = int(re.findall(r"\d+", inputs["fit_on"])[-1])
    start = rows["start"][rows["time"] > last].min()
    harmonics = re.search(r"(\d+) harmonic", inputs["model"])
    effect = pre_period_forecast(
        rows,
        intervention=start,
        trend="time" in inputs["model"],
        season=int(harmonics.group(1)) if harmonics else None,
        family=its_cases.family(inputs["family"]),
        exposure="exposure",
    )
    return effect, start, rows["end"].max()


def interrupted_numbers(effect: CountEffect, start: Any, end: Any) -> dict[str, Any]:
    mean = averted(effect, start, end).query("interval == 'confidence'").set_index("covariance")
    total = counterfactual_total(effect, start, end)
    inside = effect.series["start"] >= start
    fitted = effect.series["fitted"][inside].to_numpy()
    difference = total.matrix.T @ total.means - effect.design.matrix[inside].T @ fitted
    quasi = difference @ effect.fit.covariance("quasi") @ difference
    errors = {
        f"se_hac{lag}": total_error(effect, total.matrix.T @ total.means, lag) for lag in range(25)
    }
    return errors | {
        "counterfactual_total": mean["expected"].iloc[0],
        "observed_total": mean["observed"].iloc[0],
        "averted": mean["averted"].iloc[0],
        "se_model": mean.loc["model", "averted_se"],
        "se_quasi": mean.loc["quasi", "averted_se"],
        "se_quasi_of_fitted_difference": np.sqrt(quasi),
    }


def total_error(effect: CountEffect, gradient: np.ndarray, lag: int) -> float:
    return float(np.sqrt(gradient @ effect.fit.covariance("hac", lag) @ gradient))


def forecast_numbers(effect: CountEffect, start: Any, end: Any) -> dict[str, Any]:
    rows = averted(effect, start, end).set_index(["covariance", "interval"])
    errors = rows["averted_se"]
    return {
        "expected_total": rows["expected"].iloc[0],
        "observed_total": rows["observed"].iloc[0],
        "averted": rows["averted"].iloc[0],
        "dispersion": effect.diagnostics.dispersion,
        "se_mean_model": errors["model", "confidence"],
        "se_mean_quasi": errors["quasi", "confidence"],
        "se_prediction_poisson": errors["model", "prediction"],
        "se_prediction_quasi": errors["quasi", "prediction"],
        "expected_by_month": effect.series["counterfactual"][effect.series["start"] >= start],
    }


def bootstrap(effect: CountEffect, start: Any, end: Any, *, draws: int) -> dict[str, Any]:
    total = counterfactual_total(effect, start, end)
    _, counts = counterfactual_draws(effect, total, covariance="quasi", seed=SEED, draws=draws)
    rows = averted(effect, start, end, method="bootstrap", seed=SEED, draws=draws)
    row = rows.query("covariance == 'quasi' and interval == 'prediction'").iloc[0]
    return {
        "mean_total": counts.mean(),
        "sd_total": row["averted_se"],
        "pi95": [row["expected_lower"], row["expected_upper"]],
        "averted_pi95": [row["averted_lower"], row["averted_upper"]],
    }
