"""Definitions of a stated level: a rate, a number of deaths, a number of municipalities."""

import numpy as np
import pandas as pd

from ..language import N_
from ..rates.intervals import poisson_limits
from ..series.counts import count_variants
from ..tables.load import Folder, load_estimates, load_municipalities

RATE, DEATHS, DECLARED = "homicide_rate", "homicides", "municipalities_violence_free"

COLUMNS = [
    "source", "exposure", "baseline", "window_start", "window_end", "method", "baseline_start",
    "baseline_end", "start", "end", "deaths", "expected", "estimate", "lower", "upper",
    "interval", "conf", "allocated", "computable", "reason",
]  # fmt: skip


def level_definitions(
    figure: pd.Series, *, conf: float = 0.95, data: Folder | None = None
) -> pd.DataFrame:
    """Every count on file for a stated level, over every population where it is a rate.

    Columns as the grid of changes has them; ``source`` says who counted how many, ``exposure``
    names the population. No rows where the figure has no period or its measure no counts.

    >>> import homicide_trends as ht
    >>> rate = ht.load_figures("SLV", measure="homicide_rate").iloc[0]
    >>> table = level_definitions(rate)
    >>> near = table[(table["estimate"] >= 70.05) & (table["estimate"] < 70.15)]
    >>> near[["source", "exposure"]].to_numpy().tolist()
    [['4,354 (PNC)', 'WPP2019']]
    """
    if figure["measure"] == DECLARED:
        table = _declared(figure, data)
    elif figure["measure"] in (RATE, DEATHS) and not pd.isna(figure["start"]):
        table = _counted(figure, conf, data)
    else:
        table = pd.DataFrame()
    return no_definitions() if table.empty else _completed(table, figure, conf)


def no_definitions() -> pd.DataFrame:
    """The table of a figure that nothing on file can compute: the columns and no row.

    >>> len(no_definitions())
    0
    """
    return pd.DataFrame(columns=COLUMNS).astype({"computable": bool, "estimate": float})


def _completed(table: pd.DataFrame, figure: pd.Series, conf: float) -> pd.DataFrame:
    return table.assign(
        baseline="", baseline_start=pd.NaT, baseline_end=pd.NaT, start=figure["start"],
        end=figure["end"], window_start=str(figure["start"])[:10],
        window_end=str(figure["end"])[:10], expected=np.nan, conf=conf, allocated=False,
        computable=table["estimate"].notna(),
        reason=np.where(table["estimate"].notna(), "", N_("no population on file for the period")),
    )[COLUMNS]  # fmt: skip


def _counted(figure: pd.Series, conf: float, data: Folder | None) -> pd.DataFrame:
    counts = count_variants(figure["place"], start=figure["start"], end=figure["end"], data=data)
    if counts.empty:
        return counts
    who = counts["deaths"].map("{:,.0f}".format) + " (" + counts["agency"] + ")"
    limits = poisson_limits(counts["deaths"], conf=conf)
    rows = pd.DataFrame(
        {
            "source": who, "exposure": counts["population_series"], "deaths": counts["deaths"],
            "method": N_("reported count"), "interval": "confidence", "estimate": counts["deaths"],
            "lower": limits.lower, "upper": limits.upper,
        }
    )  # fmt: skip
    rows = pd.concat([rows, _modelled(figure, counts, data)], ignore_index=True)
    if figure["measure"] == DEATHS:
        return rows.drop_duplicates("source").assign(exposure="count")
    people = counts.drop_duplicates("population_series").set_index("population_series")
    years = rows["exposure"].map(people["person_years"]).to_numpy()
    return rows.assign(
        **{name: 1e5 * rows[name] / years for name in ("estimate", "lower", "upper")}
    )


def _modelled(figure: pd.Series, counts: pd.DataFrame, data: Folder | None) -> pd.DataFrame:
    """Modelled deaths of the period with the limits that their source printed."""
    estimates = load_estimates(figure["place"], data=data)
    found = estimates[
        (estimates["measure"] == DEATHS)
        & (estimates["start"] == figure["start"])
        & (estimates["end"] == figure["end"])
    ]
    populations = counts["population_series"].unique()
    crossed = found.merge(pd.DataFrame({"exposure": populations}), how="cross")
    return pd.DataFrame(
        {
            "source": crossed["source_id"] + " (modelled)", "exposure": crossed["exposure"],
            "deaths": crossed["estimate"], "method": "modelled", "interval": N_("as published"),
            "estimate": crossed["estimate"], "lower": crossed["lower"], "upper": crossed["upper"],
        }
    )  # fmt: skip


def _declared(figure: pd.Series, data: Folder | None) -> pd.DataFrame:
    """Municipalities that sources name, by how firmly."""
    towns = load_municipalities(figure["place"] or None, data=data)
    levels = ["confirmed", "likely", "unconfirmed"]
    rows = []
    for at in range(len(levels)):
        named = towns["status"].isin(levels[: at + 1])
        rows.append({"source": ", ".join(levels[: at + 1]), "estimate": float(named.sum())})
    return pd.DataFrame(rows).assign(
        exposure="count", method=N_("municipalities named by sources"),
        interval=N_("none (full list)"), deaths=np.nan, lower=np.nan, upper=np.nan,
    )  # fmt: skip
