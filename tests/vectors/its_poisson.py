from __future__ import annotations

from pathlib import Path
from typing import Any

import its_cases
import numpy as np

from homicide_trends.methods.interrupted import nested_test


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    if "null" in inputs:
        words = inputs["null"].replace("+", " + ")
        smaller = its_cases.fit(inputs | {"model": f"{words}, quasi"})
        larger = its_cases.fit(inputs | {"model": f"{words} {inputs['alt']}, quasi"})
        row = nested_test(smaller, larger).iloc[0]
        return {"F": row["f"], "p": row["p"], "df1": int(row["df1"]), "df2": int(row["df2"])}
    effect = its_cases.fit(inputs)
    fit, found = effect.fit, effect.diagnostics
    own = effect.terms.query("covariance == @effect.spec['covariance']").set_index("term")
    level = own.loc["level"]
    slope = own["rate_ratio"].get("slope", np.nan)
    return {
        "coef": its_cases.by_term(effect, fit.estimate),
        "se_model": its_cases.standard_errors(effect, "model"),
        "se_quasi": its_cases.standard_errors(effect, "quasi"),
        "dispersion": found.dispersion,
        "deviance": found.deviance,
        "pearson_chi2": found.pearson_chi2,
        "df_resid": found.df_resid,
        "loglik": found.loglik,
        "aic": found.aic,
        "rate_ratio_level": level["rate_ratio"],
        "rate_ratio": level["rate_ratio"],
        "rate_ratio_slope": slope,
        "ci": [level["rate_ratio_lower"], level["rate_ratio_upper"]],
        "annual_trend": own["rate_ratio"].get("trend", np.nan) ** 12,
    }
