from __future__ import annotations

from pathlib import Path
from typing import Any

import its_cases


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    effect = its_cases.fit(inputs)
    errors = {f"se_{kind}": its_cases.standard_errors(effect, kind) for kind in ("hc0", "hc1")}
    for lag in range(effect.fit.n // 2):
        errors[f"se_hac_lag{lag}"] = its_cases.standard_errors(effect, "hac", lag)
        errors[f"se_hac_lag{lag}_small_sample_adjusted"] = its_cases.standard_errors(
            effect, "hac-adjusted", lag
        )
    return errors
