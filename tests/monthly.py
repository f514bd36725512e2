"""Invented series of months for the tests of what methods say about a date."""

from collections.abc import Sequence

import pandas as pd


def months(deaths: Sequence[float], start: str = "2011-01-01") -> pd.DataFrame:
    """A series table of months of equal exposure."""
    starts = pd.date_range(start, periods=len(deaths), freq="MS")
    return pd.DataFrame(
        {
            "place": "XXX",
            "start": starts,
            "end": starts + pd.offsets.MonthEnd(0),
            "deaths": [float(count) for count in deaths],
            "person_years": 1000.0,
            "agency": "A",
            "population_series": "P",
            "sources": "a",
        }
    )


def years(rates: Sequence[float], start: str, deaths: float = 1000) -> pd.DataFrame:
    """A series table of years with their rates."""
    starts = pd.date_range(start, periods=len(rates), freq="YS")
    return pd.DataFrame(
        {
            "place": "XXX",
            "start": starts,
            "end": starts + pd.offsets.YearEnd(0),
            "deaths": deaths,
            "rate": list(rates),
            "agency": "A",
            "sources": "a",
        }
    )
