from __future__ import annotations

from pathlib import Path
from typing import Any

import its_cases


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    effect = its_cases.fit(inputs)
    alpha = effect.diagnostics.alpha
    return {
        "coef": its_cases.by_term(effect, effect.fit.estimate),
        "alpha": alpha,
        "theta": 1 / alpha if alpha > 0 else float("inf"),
        "loglik": effect.diagnostics.loglik,
        "se_theta_fixed": its_cases.standard_errors(effect, "model"),
        "family": effect.fit.family,
    }
