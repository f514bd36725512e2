from __future__ import annotations

from pathlib import Path
from typing import Any

import its_cases


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    found = its_cases.fit(inputs).diagnostics
    lags = found.autocorrelation
    result: dict[str, Any] = {"durbin_watson": found.durbin_watson}
    for last in range(1, len(lags) + 1):
        result[f"deviance_residual_acf_lag1_{last}"] = lags["acf"].iloc[:last].to_numpy()
        row = lags.iloc[last - 1]
        result[f"ljung_box_{last}"] = {"stat": row["ljung_box"], "p": row["p"]}
    return result
