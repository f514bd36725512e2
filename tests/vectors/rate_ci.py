"""Crude rate with its limits: `rates.crude_rate`."""

from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends import rates

NAMES = {"midp": "mid-p", "byar_half": "byar-half"}
USED = {"byar": "byars"}


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    table = pd.DataFrame(
        {"deaths": [inputs["count"]], "person_years": [inputs["population"]]}, dtype=float
    )
    choices = {name: inputs[name] for name in ("per", "conf") if name in inputs}
    if "method" in inputs:
        choices["method"] = NAMES.get(inputs["method"], inputs["method"])
    row = rates.crude_rate(table, **choices).iloc[0]
    used = row["rate_method"]
    return {
        "rate": row["rate"],
        "lower": row["rate_lower"],
        "upper": row["rate_upper"],
        "method_used": USED.get(used, used),
    }
