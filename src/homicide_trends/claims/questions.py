"""The questions that a report asks of an examined figure; an empty table where one has no sense."""

import numpy as np
import pandas as pd

from ..language import _
from ..tables.load import Folder, load_estimates, with_sources
from ..wording import formats
from . import presuppositions
from .axes import AXES
from .examination import LAYERS, Claim, appearance, examine
from .grid import AVERTED, CHANGE
from .levels import RATE
from .placebo import placebo_changes
from .published import genealogy


def _is_effect(claim: Claim) -> bool:
    return claim.figure["measure"] in (CHANGE, AVERTED) and bool(claim.choices)


def by_choice(claim: Claim) -> pd.DataFrame:
    """How often the figure holds for each choice on each axis; window ends by quarter.

    Columns ``axis, choice, definitions`` (computable, ending before the text appeared),
    ``holding, share`` (percent), ``low, middle, high`` (smallest, middle and largest estimate).

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "method": ["constant"]})
    >>> table = by_choice(claim)
    >>> table.loc[table["axis"] == "baseline", "choice"].iloc[0]
    'previous year'
    """
    table = claim.definitions
    known = table[table["computable"] & ~table["after_publication"]]
    if not claim.choices:
        known = known.assign(window_end="")
    else:
        quarters = known["end"].dt.to_period("Q")
        known = known.assign(window_end=quarters.astype(str))
    rows = []
    for axis in AXES:
        if known[axis].nunique() < 2:
            continue
        for choice, some in known.groupby(known[axis].astype(str), sort=axis == "window_end"):
            values = some["estimate"]
            rows.append(
                {
                    "axis": axis, "choice": _choice(axis, choice), "definitions": len(some),
                    "holding": int(some["holds"].sum()), "share": 100 * some["holds"].mean(),
                    "low": values.min(), "middle": values.median(), "high": values.max(),
                }
            )  # fmt: skip
    columns = ["axis", "choice", "definitions", "holding", "share", "low", "middle", "high"]
    return pd.DataFrame(rows, columns=columns)


def _choice(axis: str, choice: str) -> str:
    """A choice as people read it; a quarter in place of a window's end."""
    if axis != "window_end":
        return formats.choice(choice)
    year, _quarter, number = choice.partition("Q")
    return _("{year} quarter {number}", year=year, number=number)


def not_computed(claim: Claim) -> pd.DataFrame:
    """Why combinations could not be computed: ``reason, definitions``.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "method": ["constant"]})
    >>> not_computed(claim)["definitions"].sum() + int(claim.definitions["computable"].sum())
    np.int64(1920)
    """
    reasons = claim.definitions.loc[~claim.definitions["computable"], "reason"]
    counted = reasons.value_counts(sort=False).sort_values(ascending=False, kind="stable")
    named = counted.rename_axis("reason").reset_index(name="definitions")
    return named.astype({"definitions": "int64"})


def _span(claim: Claim, data: Folder | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """From the first dated day of the intervention to the text, or to the last count."""
    start = claim.choices["window_start"]
    dated = [choice.value for choice in start if choice.dated]
    first = dated[0] if dated else start[0].value
    last = claim.choices["window_end"][-1].value
    appeared = appearance(str(claim.figure["source_id"]), data=data)
    return first, last if appeared is None else min(last, appeared[0] - pd.Timedelta(days=1))


def ends_reached(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """The day by which the figure is reached for each baseline, by daily means.

    Columns of ``presuppositions.ends_reached``; for a decline the last day on which it still
    rounds to the figure. Empty for figures that are neither a decline nor averted deaths.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> row = ends_reached(claim).iloc[0]
    >>> round(float(row["per_day"]), 2), f"{row['reached']:%Y-%m-%d}"  # 926 deaths in 68 days
    (13.62, '2013-10-28')
    """
    if not _is_effect(claim) or claim.accepted is None:
        return pd.DataFrame(
            columns=["baseline", "per_day", "first", "reached", "earliest", "latest", "share"]
        )
    first, last = _span(claim, data)
    measure = str(claim.figure["measure"])
    value = claim.accepted.lower if measure == CHANGE else float(claim.figure["value"])
    return presuppositions.ends_reached(
        value, measure=measure, source=claim.choices["source"][0].value,
        baselines=claim.choices["baseline"], start=first, last=last, conf=claim.conf,
    )  # fmt: skip


def baselines_needed(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """Deaths a day that the baseline must have had, for each window end before the text.

    Columns of ``presuppositions.baselines_needed``, one row a quarter's end.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> row = baselines_needed(claim).iloc[-1]
    >>> f"{row['end']:%Y-%m-%d}", int(row["days"]), round(float(row["needed_per_day"]), 2)
    ('2013-09-30', 571, 13.9)
    >>> round((3438 + 4500) / 571, 2)  # deaths counted and deaths stated, over the days
    13.9
    """
    if not _is_effect(claim):
        return pd.DataFrame(columns=["start", "end", "deaths", "days", "needed_per_day"])
    first, last = _span(claim, data)
    ends = [end for end in pd.date_range(first, last, freq="QE") if end > first]
    # A decline counts from its least: 55 % for one of about 60 %.
    change = claim.figure["measure"] == CHANGE and claim.accepted is not None
    least = claim.accepted.lower if change and claim.accepted else float(claim.figure["value"])
    return presuppositions.baselines_needed(
        least, measure=str(claim.figure["measure"]),
        source=claim.choices["source"][0].value, start=first, ends=ends,
    ).dropna()  # fmt: skip


def surface(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """Averted deaths by baseline rate a day (rows) and window end (columns).

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> table = surface(claim)
    >>> float(table.iloc[0, 0].round(2)), round(0.8 * 926 / 68 * 23 - 142, 2)  # to the end of March
    (108.56, 108.56)
    """
    if not _is_effect(claim) or claim.figure["measure"] != AVERTED:
        return pd.DataFrame()
    first, last = _span(claim, data)
    ends = [end for end in pd.date_range(first, last, freq="ME") if end > first]
    known = ends_reached(claim, data=data)["per_day"]
    rates = np.linspace(0.8 * known.min(), 1.15 * known.max(), 40)
    source = claim.choices["source"][0].value
    return presuppositions.surface(source=source, start=first, ends=ends, rates=rates)


def published_values(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """Earlier and later published values of the same quantity: columns of ``genealogy``.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> table = published_values(claim)
    >>> table.loc[table["token"] == "112", "recomputed"].round(1).tolist()  # 191 - 79 = 112
    [111.6]
    """
    if claim.figure["measure"] == RATE:
        return _rates_published(claim, data)
    if not _is_effect(claim):
        columns = ["value", "token", "publisher", "published", "recomputed", "note", "source_id"]
        return pd.DataFrame(columns=columns)
    source = claim.choices["source"][0].value
    return genealogy(str(claim.figure["measure"]), str(claim.figure["place"]), source, data=data)


def _rates_published(claim: Claim, data: Folder | None) -> pd.DataFrame:
    """Rates that others published for the same period; nothing is recomputed for them."""
    figure = claim.figure
    rates = load_estimates(str(figure["place"]), measure="homicide_rate", data=data)
    same = rates[(rates["start"] == figure["start"]) & (rates["end"] == figure["end"])]
    days = [appearance(source_id, data=data) for source_id in same["source_id"]]
    table = same.assign(
        value=same["estimate"], token=same["estimate"].map("{:g}".format), stated=False,
        recomputed=np.nan, appeared=pd.to_datetime([day[1] if day else pd.NaT for day in days]),
    )  # fmt: skip
    return with_sources(table, data=data).sort_values("appeared", ignore_index=True, kind="stable")


def hidden_deaths(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """Deaths that would have to have gone unrecorded to cancel the fall, by baseline.

    For each baseline the expected minus observed deaths from the intervention to the text.
    Columns ``baseline, per_day, averted``. What was recorded of missing persons stands in
    ``data.load_other_counts``.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> hidden_deaths(claim)[["baseline", "averted"]].round().to_numpy().tolist()
    [['1 January to the eve', 4673.0]]
    """
    reached = ends_reached(claim, data=data)
    if reached.empty:
        return pd.DataFrame(columns=["baseline", "per_day", "averted"])
    first, last = _span(claim, data)
    deaths = claim.choices["source"][0].value.curve.deaths([first], [last])
    days = (last - first).days + 1
    table = reached[["baseline", "per_day"]]
    return table.assign(averted=table["per_day"] * days - deaths[0], start=first, end=last)


def placebos(claim: Claim, *, data: Folder | None = None) -> pd.DataFrame:
    """The change at the intervention among earlier years and other countries.

    Columns of ``placebo_changes``, ``label``, and the dates, method and level of each change,
    steepest fall first; empty for other figures.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> table = placebos(claim)
    >>> table.loc[table["kind"] == "actual", ["label", "percent_change"]].round(1).values.tolist()
    [['2012', -41.9]]
    """
    if not _is_effect(claim):
        return pd.DataFrame(columns=["kind", "label", "percent_change"])
    from ..tables.load import with_names

    year = claim.choices["window_start"][0].value.year
    table = with_names(
        placebo_changes(str(claim.figure["place"]), year, conf=claim.conf, data=data), data=data
    )
    label = np.where(table["kind"] == "other country", table["name"], table["year"].astype(str))
    first = pd.to_datetime(table["year"].astype(str) + "-01-01")
    days = pd.Timedelta(days=1)
    dated = table.assign(
        label=label,
        baseline_start=first - pd.DateOffset(years=1),
        baseline_end=first - days,
        start=first,
        end=first + pd.DateOffset(years=2) - days,
        percent_change_method="exact",
        percent_change_conf=claim.conf,
    )
    return dated.sort_values("percent_change", ignore_index=True, kind="stable")


def holding(claim: Claim, *, most: int = 40) -> pd.DataFrame:
    """Definitions that give the figure and end before the text, nearest first, at most so many.

    Columns of ``claim.definitions`` and ``unit, figure_id`` of the figure.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> table = holding(claim)
    >>> table[["window_end", "estimate"]].round().astype({"window_end": str}).values.tolist()[0]
    ['2013-11-30', 4502.0]
    """
    table = claim.definitions
    good = table[table["computable"] & ~table["after_publication"] & table["holds"]]
    near = (good["estimate"] - claim.figure["value"]).abs().sort_values(kind="stable").index
    return good.loc[near[:most]].assign(
        unit=claim.figure["unit"], figure_id=claim.figure["figure_id"]
    )


def sources_used(claim: Claim) -> pd.DataFrame:
    """Sources of the figure and of every series on the grid: one column ``source_id``.

    >>> from homicide_trends import claims
    >>> claim = claims.examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"]})
    >>> str(claim.figure["source_id"]) in set(sources_used(claim)["source_id"])
    True
    """
    found = [str(claim.figure["source_id"])]
    for choice in claim.choices.get("source", []):
        series = choice.value.series
        near = series[series["end"] >= pd.Timestamp("2009-01-01")]
        found += [str(cell) for cell in near["sources"].dropna()]
    names = {name for cell in found for name in cell.split(";") if name}
    return pd.DataFrame({"source_id": sorted(names)})


def overview(
    figures: pd.DataFrame, *, conf: float = 0.95, data: Folder | None = None
) -> pd.DataFrame:
    """The verdict on every figure, a column a layer.

    ``figures`` as ``load_figures`` gives them. Columns ``figure_id, as_reported, measure,
    source_id`` and the five layers. Figures that state the same value of the same measure
    share their definitions, so that each grid is computed once.

    >>> import homicide_trends as ht
    >>> table = overview(ht.load_figures("SLV", measure="homicide_rate"))
    >>> table[["figure_id", "consistent"]].to_numpy().tolist()
    [['track6-rate', 'no']]
    """
    rows = []
    for figure in (row for _index, row in figures.iterrows()):
        verdicts = examine(figure, conf=conf, data=data).layers.set_index("layer")["verdict"]
        rows.append(
            {name: figure[name] for name in ("figure_id", "as_reported", "measure", "source_id")}
            | {layer: verdicts[layer] for layer in LAYERS}
        )
    columns = ["figure_id", "as_reported", "measure", "source_id", *LAYERS]
    return pd.DataFrame(rows, columns=columns)
