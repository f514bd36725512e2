"""The verdict on a figure, in layers, each with the rule that it applied.

The words come from a fixed scale; ``cannot tell`` is a value of every layer.
"""

import numpy as np
import pandas as pd

from .. import formats
from ..data import Folder, load_figures, load_other_counts, load_sources
from ..intervals import ratio_limits
from ..series import annual_series, regional_series
from .grid import AVERTED, CHANGE
from .levels import DECLARED, RATE
from .precision import Accepted, accepted_range

CANNOT_TELL = "cannot tell"

SCALE = {
    "quoted": {
        "yes": "the token stands in the text named, proven against the text itself",
        "recorded": "token, lines and the text's checksum are on file; the text was not at hand",
        "no": "the token does not stand where it is said to stand",
    },
    "consistent": {
        "yes": "the figure agrees with the other inputs on file, rounding included",
        "no": "no combination of the other inputs on file gives the figure",
    },
    "reproduced": {
        "yes": "at least one definition rounds to the figure",
        "no": "no definition rounds to the figure",
    },
    "robust": {
        "under every definition": "all computable definitions round to the figure",
        "under most definitions": "at least half of them do",
        "under a minority of definitions": "fewer than half of them do",
        "under no definition": "none does",
    },
    "attribution": {
        "unusual here and in the region": "the steepest tenth, both of the place's own earlier "
        "changes and of other countries' changes at the time",
        "unusual here only": "the steepest tenth of the place's own earlier changes only",
        "unusual in the region only": "the steepest tenth of other countries' changes only",
        "not unusual": "neither",
    },
}


def scale() -> pd.DataFrame:
    """The words of each layer and when each applies: ``layer, word, meaning``.

    >>> "cannot tell" in set(scale()["word"])
    True
    """
    rows = [(layer, word, meaning) for layer in SCALE for word, meaning in SCALE[layer].items()]
    rows += [(layer, CANNOT_TELL, "the tables on file do not allow an answer") for layer in SCALE]
    return pd.DataFrame(rows, columns=["layer", "word", "meaning"])


def _layer(layer: str, word: str, rule: str, finding: str) -> dict[str, str]:
    assert word == CANNOT_TELL or word in SCALE[layer], (layer, word)
    return {"layer": layer, "verdict": word, "rule": rule, "finding": finding}


def quoted(
    figure: pd.Series, *, proven: bool | None = None, data: Folder | None = None
) -> dict[str, str]:
    """Whether the token stands in the text; ``proven`` is the outcome of a proof, if any."""
    source = load_sources(data=data).set_index("source_id").loc[figure["source_id"]]
    rule = "the token must stand at its lines in the file with the recorded SHA-256"
    where = f"\u201c{figure['as_reported']}\u201d, {source['publisher']}, line {figure['locator']}"
    if proven is not None:
        return _layer("quoted", "yes" if proven else "no", rule, where)
    if not source["sha256"]:
        return _layer("quoted", CANNOT_TELL, rule, f"{where}; no checksum of the text is on file")
    return _layer("quoted", "recorded", rule, where)


def consistent(
    figure: pd.Series, definitions: pd.DataFrame, *, data: Folder | None = None
) -> dict[str, str]:
    """Whether the figure's own inputs agree, rounding included."""
    if figure["measure"] == RATE:
        return _rate_consistent(figure, definitions, data)
    if figure["measure"] in (CHANGE, AVERTED):
        return _joint(figure, definitions, data)
    if figure["measure"] == DECLARED:
        return _part_of_whole(figure, data)
    return _layer("consistent", CANNOT_TELL, "the inputs of the figure must agree with it",
                  "the text gives no inputs and the tables hold none")  # fmt: skip


def accepted(figure: pd.Series) -> Accepted:
    """The range that a figure of the tables stands for."""
    return accepted_range(
        figure["value"], as_reported=figure["as_reported"], qualifier=figure["qualifier"]
    )


def _settled(figure: pd.Series, definitions: pd.DataFrame, data: Folder | None) -> float:
    """The count that the preferred series has for the figure's period, else the largest."""
    try:
        years = annual_series(
            str(figure["place"]), start=figure["start"], end=figure["end"], data=data
        )
        return float(years["deaths"].iloc[0])
    except ValueError:
        return float(definitions["deaths"].max())


def _rate_consistent(
    figure: pd.Series, definitions: pd.DataFrame, data: Folder | None
) -> dict[str, str]:
    rule = "the preferred count over some population on file, rounded, must give the rate"
    reported = definitions["computable"] & (definitions["method"] == "reported count")
    known = definitions[reported & (definitions["deaths"] == _settled(figure, definitions, data))]
    if known.empty:
        return _layer("consistent", CANNOT_TELL, rule, "no count on file for the period")
    low, high = accepted(figure)[:2]
    deaths = float(known["deaths"].max())
    need = formats.interval(deaths / high * 1e5, deaths / low * 1e5)
    fits = known[(known["estimate"] >= low) & (known["estimate"] < high)]
    finding = f"{formats.number(deaths)} deaths need a population of {need}"
    if fits.empty:
        return _layer("consistent", "no", rule, f"{finding}; no series on file has it")
    names = "; ".join((fits["source"] + " over " + fits["exposure"]).tolist())
    return _layer("consistent", "yes", rule, f"{finding}; {names} give the rate")


def _joint(figure: pd.Series, definitions: pd.DataFrame, data: Folder | None) -> dict[str, str]:
    """A decline and a number of averted deaths in one text must come from one definition."""
    rule = (
        "the decline and the averted deaths that one text states must both follow from one "
        "definition at least"
    )
    figures = load_figures(figure["place"], data=data)
    same = figures[figures["source_id"] == figure["source_id"]]
    declines, totals = (same[same["measure"] == measure] for measure in (CHANGE, AVERTED))
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if declines.empty or totals.empty or known.empty:
        finding = "the text states no second figure to compare with"
        return _layer("consistent", CANNOT_TELL, rule, finding)
    decline, total = accepted(declines.iloc[0]), accepted(totals.iloc[0])
    fell = 100 * (1 - known["deaths"] / known["expected"])
    fewer = known["expected"] - known["deaths"]
    both = known[
        (fell >= decline.lower) & (fell < decline.upper)
        & (fewer >= total.lower) & (fewer < total.upper)
    ]  # fmt: skip
    tokens = f"{declines['as_reported'].iloc[0]} and {totals['as_reported'].iloc[0]}"
    expected = total.lower / decline.upper * 100, total.upper / decline.lower * 100
    finding = (
        f"together {tokens} imply {formats.interval(*expected)} expected deaths; "
        f"{formats.number(len(both))} of {formats.number(len(known))} definitions give both"
    )
    if both.empty:
        return _layer("consistent", "no", rule, finding)
    best = both.loc[(fewer[both.index] - totals["value"].iloc[0]).abs().idxmin()]
    where = describe(best.drop("estimate"), None)
    return _layer("consistent", "yes", rule, f"{finding}, for instance {where}")


def _part_of_whole(figure: pd.Series, data: Folder | None) -> dict[str, str]:
    rule = "the part must not be larger than the whole that a text states"
    figures = load_figures(figure["place"], data=data)
    whole = figures.loc[figures["measure"] == "municipalities", "value"]
    if whole.empty:
        return _layer("consistent", CANNOT_TELL, rule, "no text on file states the whole")
    part = f"{formats.number(figure['value'])} of {formats.number(whole.iloc[0])}"
    word = "yes" if figure["value"] <= whole.iloc[0] else "no"
    share = formats.percent(100 * figure["value"] / whole.iloc[0])
    return _layer("consistent", word, rule, f"{part} is {share}; a full list has no interval")


def reproduced(figure: pd.Series, definitions: pd.DataFrame) -> dict[str, str]:
    """Which definitions that end before the text appeared round to the figure."""
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if figure["measure"] == DECLARED:
        # Names found by us are a part of the list: fewer of them do not contradict the number.
        named = "; ".join(f"{row['estimate']:.0f} {row['source']}" for _, row in known.iterrows())
        return _layer("reproduced", CANNOT_TELL, "a full list would have to have that many names",
                      f"no full list is on file; sources name {named}")  # fmt: skip
    if known.empty:
        return _layer("reproduced", CANNOT_TELL, "a definition must round to the figure",
                      "no definition of this measure can be computed from the tables")  # fmt: skip
    low, high, _, words = accepted(figure)
    decimals = 1 if figure["measure"] in (CHANGE, RATE) else 0
    limits = (formats.number(limit, 2 if limit % 1 else 0) for limit in (low, high))
    rule = f"{' up to '.join(limits)}: {words}"
    fits = int(known["holds"].sum())
    of = f"{formats.number(fits)} of {formats.count_of(len(known), 'definition', 'definitions')}"
    if fits:
        good = known[known["holds"]]
        simple = good[good["method"] == "constant"]
        good = simple if len(simple) else good
        example = good.loc[(good["estimate"] - figure["value"]).abs().idxmin()]
        finding = f"{of}, for instance {describe(example, decimals)}"
        return _layer("reproduced", "yes", rule, finding)
    near = known.iloc[(known["estimate"] - figure["value"]).abs().argmin()]
    return _layer("reproduced", "no", rule, f"{of}; nearest: {describe(near, decimals)}")


def describe(row: pd.Series, decimals: int | None = 1) -> str:
    """A definition in words, with its estimate unless ``decimals`` is None."""
    if row["method"] in ("constant", "trend", "interrupted"):
        words = (
            f"{row['source']}, by {row['exposure']}, baseline {row['baseline']} "
            f"({formats.period(row['baseline_start'], row['baseline_end'])}), window "
            f"{formats.period(row['start'], row['end'])}, {row['method']}"
        )
    else:
        words = f"{row['source']}, {row['exposure']}"
    return words if decimals is None else f"{formats.number(row['estimate'], decimals)}: {words}"


def robust(figure: pd.Series, definitions: pd.DataFrame, drivers: pd.DataFrame) -> dict[str, str]:
    """The share of the grid where the figure holds, and what moves the answer."""
    rule = "share of computable definitions, ending before the text appeared, that round to it"
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if known.empty or figure["measure"] == DECLARED:
        return _layer("robust", CANNOT_TELL, rule, "no definition can be computed")
    share = float(known["holds"].mean())
    word = (
        "under every definition" if share == 1 else "under most definitions" if share >= 0.5
        else "under a minority of definitions" if share > 0 else "under no definition"
    )  # fmt: skip
    low, middle, high = known["estimate"].quantile([0.05, 0.5, 0.95])
    decimals = 1 if figure["measure"] in (CHANGE, RATE) else 0
    finding = (
        f"{formats.percent(100 * share)} of {formats.number(len(known))} "
        f"definitions{_distinct(known)}; their middle is {formats.number(middle, decimals)}, nine "
        f"in ten lie from {formats.interval(low, high, decimals)}"
    )
    if len(drivers):
        first = drivers.iloc[0]
        finding += (
            f"; the choice of {first['axis'].replace('_', ' ')} alone carries "
            f"{formats.percent(first['share'], 0)} of the spread"
        )
    return _layer("robust", word, rule, finding)


def _distinct(known: pd.DataFrame) -> str:
    """How many definitions there are when the exposure, which hardly matters, is left aside."""
    if known["exposure"].nunique() < 3 or "count" not in set(known["exposure"].astype(str)):
        return ""
    keys = ["source", "baseline", "window_start", "window_end", "method"]
    designs = known[keys].astype(str).drop_duplicates()
    return f" ({formats.number(len(designs))} apart from the exposure)"


def attribution(
    figure: pd.Series, definitions: pd.DataFrame, *, data: Folder | None = None
) -> dict[str, str]:
    """What other dates, other countries and disappearances allow one to say; never a cause."""
    rule = (
        "rank of the change of the annual rate (the intervention's year and the next against the "
        "year before) among the place's earlier years and among other countries; steepest tenth "
        "is unusual"
    )
    if figure["measure"] not in (CHANGE, AVERTED) or not definitions["computable"].any():
        return _layer("attribution", CANNOT_TELL, rule, "the figure states no change")
    changes = placebo_changes(str(figure["place"]), int(definitions["start"].min().year), data=data)
    if changes.empty:
        return _layer("attribution", CANNOT_TELL, rule, "no annual rates to compare with")
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
    finding = (
        f"{formats.percent(actual)} is number {ranks[0]} of {len(here) + 1} in the place's own "
        f"earlier record and number {ranks[1]} of {len(there) + 1} countries; "
        f"{_later(changes, float(actual))}that says how unusual the change was, not why it came"
    )
    missing = _missing_persons(str(figure["place"]), data)
    return _layer("attribution", word, rule, finding + missing)


def _later(changes: pd.DataFrame, actual: float) -> str:
    """How many later years fell more, as the other side of the rank."""
    later = changes[changes["kind"] == "later year"]
    steeper = int((later["percent_change"] < actual).sum())
    if later.empty:
        return ""
    return f"of {len(later)} later years {steeper if steeper else 'none'} fell more; "


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
        region = regional_series(agency="UNODC", data=data)
    except ValueError:
        return pd.DataFrame(columns=["kind"])
    mine = region[region["place"] == place]
    if mine.empty:
        mine = annual_series(place, data=data)
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
                          table["base_time"], method="exact")  # fmt: skip
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
        return "; no two years of disappearances are on file"
    first, last = years.iloc[0], years.iloc[-1]
    return (
        f"; disappearances reported by {first['agency']} went from "
        f"{formats.number(first['count'])} ({formats.period(first['start'], first['end'])}) to "
        f"{formats.number(last['count'])} ({formats.period(last['start'], last['end'])})"
    )
