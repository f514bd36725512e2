"""Rate difference with its limits: `rates.rate_difference`."""

from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends import rates


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    parts = [inputs[name] for name in ("count1", "exposure1", "count0", "exposure0")]
    columns = ("deaths", "person_years", "baseline_deaths", "baseline_person_years")
    table = pd.DataFrame([parts], columns=list(columns), dtype=float)
    conf, per = inputs.get("conf", 0.95), inputs.get("per", 1)

    def limits(method: str) -> list[float]:
        row = rates.rate_difference(table, per=per, conf=conf, method=method).iloc[0]
        return [row["rate_difference_lower"], row["rate_difference_upper"]]

    row = rates.rate_difference(table, per=per, conf=conf).iloc[0]
    return {
        "difference": row["rate_difference"],
        "ci_wald": limits("wald"),
        "ci_mover": limits("mover"),
    }
