from __future__ import annotations

from pathlib import Path
from typing import Any

from homicide_trends.rates.dispersion import overdispersion


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    y = inputs["y"]
    terms = len(y) - inputs["df_resid"] if "df_resid" in inputs else 1
    test = overdispersion(y, inputs.get("mu"), terms=terms)
    return {
        "cameron_trivedi": {
            "dispersion": 1 + test.nb1_alpha,
            "z": test.nb1_z,
            "p_one_sided": test.nb1_p,
        },
        "nb1": {"alpha": test.nb1_alpha, "z": test.nb1_z, "p_one_sided": test.nb1_p},
        "nb2": {"alpha": test.nb2_alpha, "z": test.nb2_z, "p_one_sided": test.nb2_p},
        "pearson_chi2": test.pearson_chi2,
        "phi": test.phi,
        "deviance": test.deviance,
        "variance_mean_ratio": test.variance_mean_ratio,
        "dispersion_D": test.index,
        "p_D": test.index_p,
    }
