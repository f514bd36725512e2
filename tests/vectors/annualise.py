"""Rate a year of a count of any period: `rates.annualise`."""

from pathlib import Path
from typing import Any

import pandas as pd

from homicide_trends import rates


def run(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    # Periods of the library include their last day; a case may not.
    last_day = 0 if inputs.get("end_inclusive", True) else 1
    table = pd.DataFrame(
        {
            "start": [pd.Timestamp(inputs["start"])],
            "end": [pd.Timestamp(inputs["end"]) - pd.Timedelta(days=last_day)],
            "deaths": [inputs["count"]],
            "population": [inputs["population"]],
        }
    )
    names = ("per", "year_length", "calendar_year", "conf", "method")
    row = rates.annualise(table, **{name: inputs[name] for name in names if name in inputs}).iloc[0]
    return {
        "days": row["annual_rate_days"],
        "person_years": row["annual_rate_person_years"],
        "rate": row["annual_rate"],
        "lower": row["annual_rate_lower"],
        "upper": row["annual_rate_upper"],
    }
