"""Rate ratio and percent change with limits and p-values: `rates`, `intervals`."""

from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends import rates
from homicide_trends.rates import intervals


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    parts = [inputs[name] for name in ("count1", "exposure1", "count0", "exposure0")]
    columns = ("deaths", "person_years", "baseline_deaths", "baseline_person_years")
    table = pd.DataFrame([parts], columns=list(columns), dtype=float)
    conf = inputs.get("conf", 0.95)

    def limits(method: str) -> list[float]:
        row = rates.rate_ratio(table, conf=conf, method=method).iloc[0]
        return [row["rate_ratio_lower"], row["rate_ratio_upper"]]

    change = rates.percent_change(table, conf=conf, minimum_baseline=0).iloc[0]
    return {
        "ratio": rates.rate_ratio(table, conf=conf).iloc[0]["rate_ratio"],
        "percent_change": change["percent_change"],
        "percent_change_ci": [change["percent_change_lower"], change["percent_change_upper"]],
        "ci_exact_conditional": limits("exact"),
        "ci_midp": limits("mid-p"),
        "ci_lognormal": limits("log-normal"),
        "ratio_median_unbiased": intervals.median_unbiased_ratio(*parts),
        "p_exact_central": intervals.ratio_p_value(*parts, method="exact-central"),
        "p_exact_minlike": intervals.ratio_p_value(*parts, method="exact-minlike"),
        "p_midp_doubled": intervals.ratio_p_value(*parts, method="mid-p"),
    }
