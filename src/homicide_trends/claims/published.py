"""Earlier and later published values of the same quantity, each with what it implies."""

import numpy as np
import pandas as pd

from ..tables.load import Folder, load_estimates, load_figures, with_sources
from .axes import Source
from .examination import appearance
from .grid import AVERTED, CHANGE

PUBLISHED = {CHANGE: "percent_change", AVERTED: "averted_deaths"}


def genealogy(
    measure: str, place: str, source: Source, *, data: Folder | None = None
) -> pd.DataFrame:
    """Published values of a quantity in the order in which they appeared.

    ``measure`` is ``percent_decline`` or ``averted_deaths``; values are in its unit (a decline
    is positive). Figures of the texts on file come with the published estimates. Where window
    and baseline are both given, ``recomputed`` is what the counts of ``source`` give for them.
    Columns ``published`` (as the source has it), ``appeared`` (its last possible day), ``value,
    token, publisher, title, source_id, start, end, baseline_start, baseline_end, method, note,
    stated`` (true for a figure of the texts) and ``recomputed``.

    >>> from homicide_trends.claims import axes_for
    >>> source = axes_for("SLV")["source"][0].value
    >>> table = genealogy("averted_deaths", "SLV", source)
    >>> table.loc[table["value"] == 112, "recomputed"].round().tolist()
    [112.0]
    """
    estimates = load_estimates(place, data=data)
    found = estimates[estimates["measure"] == PUBLISHED[measure]].assign(stated=False)
    sign = -1 if measure == CHANGE else 1
    found = found.assign(value=sign * found["estimate"])
    found["token"] = found["value"].map(lambda value: f"{value:,g}")
    figures = load_figures(place, measure=measure, data=data).assign(stated=True, method="stated")
    figures = figures.rename(columns={"as_reported": "token"})
    columns = [
        "value", "token", "source_id", "start", "end", "baseline_start", "baseline_end",
        "method", "note", "stated",
    ]  # fmt: skip
    table = pd.concat([found[columns], figures[columns]], ignore_index=True)
    found_days = [appearance(source_id, data=data) for source_id in table["source_id"]]
    table["appeared"] = pd.to_datetime([days[1] if days else pd.NaT for days in found_days])
    table["recomputed"] = _recomputed(table, measure, source)
    ordered = with_sources(table, data=data).sort_values(["appeared", "value"])
    return ordered.reset_index(drop=True)


def _recomputed(table: pd.DataFrame, measure: str, source: Source) -> pd.Series:
    """What the counts give for the stated window and baseline, at a constant daily mean."""
    result = pd.Series(np.nan, index=table.index)
    periods = ["start", "end", "baseline_start", "baseline_end"]
    known = table[periods].notna().all(axis=1)
    if known.any():
        rows = table[known]
        deaths, _ = source.curve.deaths(rows["start"], rows["end"])
        before, _ = source.curve.deaths(rows["baseline_start"], rows["baseline_end"])
        days = (rows["end"] - rows["start"]).dt.days.to_numpy() + 1
        base_days = (rows["baseline_end"] - rows["baseline_start"]).dt.days.to_numpy() + 1
        expected = before * days / base_days
        result[known] = 100 * (1 - deaths / expected) if measure == CHANGE else expected - deaths
    return result
