"""The last layer of a verdict: how unusual a change was beside other years and other countries."""

import numpy as np
import pandas as pd

from ..language import _
from ..rates.intervals import ratio_limits
from ..series.counts import annual_series, regional_series
from ..tables.load import Folder, load_other_counts
from ..wording import formats
from .grid import AVERTED, CHANGE
from .layers import CANNOT_TELL, layer_row


def attribution(
    figure: pd.Series, definitions: pd.DataFrame, *, data: Folder | None = None
) -> dict[str, str]:
    """What other dates, other countries and disappearances allow one to say; never a cause."""
    rule = _(
        "rank of the change of the annual rate (the intervention's year and the next against the "
        "year before) among the place's earlier years and among other countries; steepest tenth "
        "is unusual"
    )
    if figure["measure"] not in (CHANGE, AVERTED) or not definitions["computable"].any():
        return layer_row("attribution", CANNOT_TELL, rule, _("the figure states no change"))
    changes = placebo_changes(str(figure["place"]), int(definitions["start"].min().year), data=data)
    if changes.empty:
        return layer_row("attribution", CANNOT_TELL, rule, _("no annual rates to compare with"))
    here, there = (changes[changes["kind"] == kind] for kind in ("earlier year", "other country"))
    actual = changes[changes["kind"] == "actual"]["percent_change"].iloc[0]
    ranks = [int((some["percent_change"] < actual).sum()) + 1 for some in (here, there)]
    unusual = [
        rank <= max(1, 0.1 * (len(some) + 1)) and len(some) >= 9
        for rank, some in zip(ranks, (here, there), strict=True)
    ]
    word = {
        (True, True): "unusual here and in the region", (True, False): "unusual here only",
        (False, True): "unusual in the region only", (False, False): "not unusual",
    }[(unusual[0], unusual[1])]  # fmt: skip
    finding = _(
        "{change} is number {rank} of {years} in the place's own earlier record and number "
        "{other_rank} of {countries} countries; {later}that says how unusual the change was, not "
        "why it came",
        change=formats.percent(actual),
        rank=ranks[0],
        years=len(here) + 1,
        other_rank=ranks[1],
        countries=len(there) + 1,
        later=_later(changes, float(actual)),
    )
    missing = _missing_persons(str(figure["place"]), data)
    return layer_row("attribution", word, rule, finding + missing)


def _later(changes: pd.DataFrame, actual: float) -> str:
    """How many later years fell more, as the other side of the rank."""
    later = changes[changes["kind"] == "later year"]
    steeper = int((later["percent_change"] < actual).sum())
    if later.empty:
        return ""
    if not steeper:
        return _("of {years} later years none fell more; ", years=len(later))
    return _("of {years} later years {number} fell more; ", years=len(later), number=steeper)


def placebo_changes(
    place: str, year: int, *, conf: float = 0.95, data: Folder | None = None
) -> pd.DataFrame:
    """The change of the annual rate at the intervention, at other years, and elsewhere.

    Rate of ``year`` and the next against the year before it, from the source that counts all
    countries alike. Columns ``kind`` (actual, earlier year, later year, other country),
    ``place, year, percent_change, percent_change_lower, percent_change_upper,
    percent_change_method, percent_change_conf`` (exact conditional limits).

    >>> changes = placebo_changes("SLV", 2012)
    >>> changes.loc[changes["kind"] == "actual", "percent_change"].round(1).tolist()
    [-41.9]
    """
    try:
        region = regional_series(data=data)
    except ValueError:
        return pd.DataFrame(columns=["kind"])
    mine = region[region["place"] == place]
    if mine.empty:
        series = str(region["population_series"].iloc[0])
        mine = annual_series(place, population_series=series, data=data)
    rows = [("other country", other, year, rows) for other, rows in region.groupby("place")
            if other != place]  # fmt: skip
    years = mine["start"].dt.year
    rows += [
        (
            "actual" if start == year else "earlier year" if start < year else "later year",
            place,
            start,
            mine,
        )
        for start in range(int(years.min()) + 1, int(years.max()) + 1)
        # Earlier pairs end before the intervention, later ones start from a year after its own.
        if start == year or start + 1 < year or start - 1 > year + 1
    ]
    found = [(*row[:3], *_change(row[3], row[2])) for row in rows]
    table = pd.DataFrame(
        found, columns=["kind", "place", "year", "deaths", "time", "base_deaths", "base_time"]
    ).dropna()
    if not (table["kind"] == "actual").any():
        return table.iloc[:0]
    limits = ratio_limits(table["deaths"], table["time"], table["base_deaths"],
                          table["base_time"], conf=conf, method="exact")  # fmt: skip
    ratio = (table["deaths"] / table["time"]) / (table["base_deaths"] / table["base_time"])
    return table.assign(
        percent_change=100 * (ratio - 1), percent_change_lower=100 * (limits.lower - 1),
        percent_change_upper=100 * (limits.upper - 1),
        percent_change_method="exact",
        percent_change_conf=conf,
    ).drop(columns=["deaths", "time", "base_deaths", "base_time"])  # fmt: skip


def _change(series: pd.DataFrame, year: int) -> tuple[float, float, float, float]:
    by_year = series.assign(year=series["start"].dt.year).set_index("year")
    if not {year - 1, year, year + 1} <= set(by_year.index):
        return (np.nan,) * 4
    after, before = by_year.loc[[year, year + 1]], by_year.loc[year - 1]
    return (
        float(after["deaths"].sum(skipna=False)), float(after["person_years"].sum(skipna=False)),
        float(before["deaths"]), float(before["person_years"]),
    )  # fmt: skip


def _missing_persons(place: str, data: Folder | None) -> str:
    others = load_other_counts(place, data=data)
    reports = others[others["measure"] == "disappearances"]
    years = reports[(reports["end"] - reports["start"]).dt.days > 300]
    if len(years) < 2:
        return _("; no two years of disappearances are on file")
    first, last = years.iloc[0], years.iloc[-1]
    return _(
        "; disappearances reported by {agency} went from {before} ({then}) to {after} ({later})",
        agency=first["agency"],
        before=_as_reported(first),
        then=formats.period(first["start"], first["end"]),
        after=_as_reported(last),
        later=formats.period(last["start"], last["end"]),
    )


def _as_reported(row: pd.Series) -> str:
    """A count, and that it is a round one where its source rounded it."""
    number = formats.number(row["count"])
    return _("about {number}", number=number) if row["status"] == "rounded" else number
