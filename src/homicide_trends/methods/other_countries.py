"""A synthetic comparison from other countries, shown only as far as it may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .donor_pool import SyntheticControl
from .step_models import context, no_rows
from .synthetic import placebo_in_space, synthetic_control


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere:
    """A synthetic control from other countries, and its placebos, unless it is refused.

    - `series`: a row a year: `rate`, `synthetic`, `gap`; only the years before the intervention
      where the comparison is refused.
    - `donors`: a row a country with weight: `name`, `weight` (percent).
    - `placebos`: a row a country taken for the place: `name`, `gap_ratio`, `rank`; none where
      the comparison is refused.
    - `averted`: one row, `averted`; none where it is refused.
    """

    series: pd.DataFrame
    donors: pd.DataFrame
    placebos: pd.DataFrame
    averted: pd.DataFrame
    result: SyntheticControl | None
    refused: bool
    reason: str


def elsewhere(
    table: pd.DataFrame,
    *,
    place: str,
    intervention: str | pd.Timestamp,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    treated: Iterable[str] = (),
) -> Elsewhere:
    """Compare a place with a weighted mean of other countries, from `start` to `end`.

    `table` has a row a country and year: `place, name, start, end, rate, person_years`. The
    calendar year of the intervention counts as after it. `treated` are places that had an
    intervention of their own and are no donors. Refusal and weights as in
    `synthetic.synthetic_control`.

    Errors: ValueError for a table without the columns.

    >>> years = pd.to_datetime(["2009-01-01", "2010-01-01", "2011-01-01", "2012-01-01"] * 3)
    >>> table = pd.DataFrame({"place": list("AAAABBBBCCCC"), "start": years,
    ...     "end": years + pd.offsets.YearEnd(0), "person_years": 100_000.0,
    ...     "rate": [30.0, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> table["name"] = "Country " + table["place"]
    >>> found = elsewhere(table, place="A", intervention="2012-03-01", start="2009-01-01",
    ...                   end="2012-12-31")
    >>> found.donors["weight"].round(1).tolist(), found.averted["averted"].round(1).tolist()
    ([50.0, 50.0], [11.0])
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    rows = table[(table["start"] >= first) & (table["end"] <= last)]
    panel = rows.assign(year=rows["start"].dt.year)
    names = rows.drop_duplicates("place").set_index("place")["name"]
    left_out = {place, *treated}
    donors = [names[code] for code in names.index if code not in left_out]
    choices: dict[str, Any] = {
        "unit": "name",
        "time": "year",
        "outcome": "rate",
        "treated": names.get(place, place),
        "intervention": pd.Timestamp(intervention).year,
        "donors": donors,
    }
    try:
        result = synthetic_control(panel, **choices)
        placebos = no_rows("name", "gap_ratio", "rank")
        if not result.refused:
            placebos = placebo_in_space(panel, **choices).units
            placebos = placebos.rename(columns={"unit": "name", "ratio": "gap_ratio"})
    except ValueError as error:
        return Elsewhere(
            no_rows("rate", "synthetic", "gap"),
            no_rows("name", "weight"),
            no_rows("name", "gap_ratio", "rank"),
            no_rows("averted"),
            None,
            True,
            f"{error}.",
        )
    own = panel[panel["place"] == place]
    series = own[["year", "start", "end", "rate", "person_years"]].merge(
        result.series[["time", "synthetic", "gap", "after"]], left_on="year", right_on="time"
    )
    about = context(own)
    return Elsewhere(
        series=(series[~series["after"]] if result.refused else series).assign(**about),
        donors=_donors(result).assign(start=first, end=last, **about),
        placebos=placebos.assign(**about),
        averted=no_rows("averted") if result.refused else _fewer(series).assign(**about),
        result=result,
        refused=bool(result.refused),
        reason=f"{result.refused}." if result.refused else "",
    )


def _donors(result: SyntheticControl) -> pd.DataFrame:
    used = result.weights[result.weights["weight"] > 0]
    used = used.sort_values("weight", ascending=False, kind="stable")
    return pd.DataFrame(
        {"name": used["unit"].to_numpy(), "weight": 100 * used["weight"].to_numpy()}
    )


def _fewer(series: pd.DataFrame) -> pd.DataFrame:
    """Deaths that the gap of the rates after the intervention amounts to."""
    after = series[series["after"]]
    return pd.DataFrame(
        {
            "start": [after["start"].iloc[0]],
            "end": [after["end"].iloc[-1]],
            "baseline_start": series["start"].iloc[0],
            "baseline_end": series["end"][~series["after"]].iloc[-1],
            "averted": -(after["gap"] * after["person_years"]).sum() / 1e5,
        }
    )
