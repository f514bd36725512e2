"""Population between known dates: `population`."""

from pathlib import Path
from typing import Any

from homicide_trends.series import population


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    extrapolate = inputs.get("extrapolate", False)
    if "known" in inputs:
        known = inputs["known"]
        found = population.interpolate(
            [float(time) for time in known],
            list(known.values()),
            inputs["at"],
            method=inputs["method"],
            extrapolate=extrapolate,
        )
        return {"value": found}
    dates = [inputs["date1"], inputs["date2"]]
    populations = [inputs["pop1"], inputs["pop2"]]
    result: dict[str, Any] = {
        f"{method}_{suffix}": population.interpolate_population(
            dates, populations, inputs["date"], method=method, by=by, extrapolate=extrapolate
        )
        for method in ("linear", "exponential")
        for by, suffix in (("decimal_year", "decimal_year"), ("days", "by_days"))
    }
    result["decimal_dates"] = population.decimal_year([*dates, inputs["date"]])
    result["growth_rate_per_year"] = population.growth_rate(
        dates[0], populations[0], dates[1], populations[1]
    )
    return result
