"""Sentences about the change at an intervention, made from results.

They say what each method gives and where the methods part. None says what caused a change.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from . import formats
from .language import _, translated
from .methods.chance_alarms import Alarms
from .methods.estimates import CONSTANT, RE_ESTIMATED
from .methods.level_breaks import MIN_SIZE, Breaks
from .methods.other_countries import Elsewhere
from .methods.rate_trend import RateTrend
from .methods.step_models import ERRORS, STEP, TREND, StepModels, unit_of
from .sentences import level_of, listed

QUASI = ERRORS["quasi"]


Row = Mapping[Any, Any]


def _limits(row: Row, quantity: str, kind: str, decimals: int = 0) -> str:
    lower, upper = row[f"{quantity}_lower"], row[f"{quantity}_upper"]
    level = level_of(row[f"{quantity}_conf"])
    return f"{level} {kind} interval {formats.interval(lower, upper, decimals)}"


def _quasi(table: pd.DataFrame) -> dict[str, Row]:
    """The row of each model with quasi-Poisson errors."""
    rows = table[table["errors"] == QUASI]
    return {str(row["model"]): row for row in rows.to_dict("records")}


def intervention(events: pd.DataFrame, date: str, name: str) -> str:
    """What is on file for the date of the intervention, or that nothing is.

    >>> intervention(pd.DataFrame({"start": [], "role": [], "event": []}), "2010-01-01", "Utopia")
    'No intervention in Utopia is on file for 1 Jan 2010 or the month of it: the date is the \
choice of this report.'
    """
    day = pd.Timestamp(date)
    marked = events[events["role"] == "intervention"]
    near = marked[pd.to_datetime(marked["start"]).dt.to_period("M") == day.to_period("M")]
    if near.empty:
        return _(
            "No intervention in {name} is on file for {day} or the month of it: the date is the "
            "choice of this report.",
            name=name,
            day=formats.day(day),
        )
    named = [
        f"{translated(row['event'])} ({formats.day(row['start'])})"
        for row in near.to_dict("records")
    ]
    return _("On file as the intervention: {events}.", events="; ".join(named))


def steps(models: StepModels, name: str) -> str:
    """The rate ratio at the intervention, by model."""
    if models.ratios.empty:
        return ""
    rows = _quasi(models.ratios)
    parts = [
        f"{formats.number(row['rate_ratio'], 2)} ({model.lower()}; "
        f"{_limits(row, 'rate_ratio', 'confidence', 2)})"
        for model, row in rows.items()
    ]
    first = rows[STEP]
    text = (
        f"From {formats.day(first['start'])} on, the homicide rate of {name} is fitted at this "
        f"multiple of what each model expects: {listed(parts)}; limits by {QUASI} errors."
    )
    if TREND in rows:
        row = rows[TREND]
        text += (
            f" The trend is {formats.percent(row['trend_apc'])} a year "
            f"({_limits(row, 'trend_apc', 'confidence', 1)}{formats.NBSP}%)."
        )
    return " ".join(filter(None, [text, models.reason]))


def averted(models: StepModels, name: str) -> str:
    """Expected minus observed deaths without and with a trend, and how far apart they are."""
    if models.averted.empty:
        return ""
    rows = _quasi(models.averted)
    parts = [
        f"{formats.number(row['averted'])} ({model.lower()}; "
        f"{_limits(row, 'averted', 'prediction')})"
        for model, row in rows.items()
    ]
    text = (
        f"In {name}, {formats.count_of(rows[STEP]['deaths'], 'homicide was', 'homicides were')} "
        f"counted in {formats.period(rows[STEP]['start'], rows[STEP]['end'])}. Expected without "
        f"the intervention less these: {listed(parts)}."
    )
    if TREND in rows:
        apart = rows[TREND]["averted"] - rows[STEP]["averted"]
        text += (
            f" Whether a trend is carried on moves the number by {formats.number(abs(apart))}. No "
            "count can tell which is right: what would have happened without the intervention was "
            "not observed."
        )
        text += _carried_on(models)
    return text


def _carried_on(models: StepModels) -> str:
    """A warning where a trend runs on for longer than it was observed."""
    rows = models.series[models.series["model"] == TREND]
    after = int(rows["after"].sum())
    before = len(rows) - after
    if after <= before:
        return ""
    unit = unit_of(rows)
    return (
        f" The trend was observed in {formats.count_of(before, unit, unit + 's')} and is carried "
        f"on over {formats.number(after)}, {formats.number(after / before, 1)} times as many."
    )


def fit(models: StepModels) -> str:
    """How far the counts keep to what each kind of error assumes."""
    if models.diagnostics.empty:
        return ""
    first = models.diagnostics.iloc[0]
    hac = models.ratios[(models.ratios["errors"] == ERRORS["hac"])].iloc[0]
    quasi = _quasi(models.ratios)[STEP]
    width = [row["rate_ratio_upper"] - row["rate_ratio_lower"] for row in (hac, quasi)]
    return (
        f"About the first model the counts vary {formats.number(first['dispersion'], 1)} times as "
        "much as independent deaths would, and those of neighbouring periods are correlated by "
        f"{formats.number(first['autocorrelation'], 2)}. HAC limits of its step are "
        f"{'wider' if width[0] > width[1] else 'narrower'} than {QUASI} ones. They are no safe "
        "choice: simulated with few periods they were too narrow even where periods were "
        "independent, and where they were not, no kind of limits was wide enough."
    )


def breaks(found: Breaks, name: str) -> str:
    """Where one break would lie, until the window's end and as far as the series goes."""
    if found.single.empty:
        return ""
    first, *later = found.single.to_dict("records")
    inside = found.candidates[found.candidates["within"]]["first"]
    kept = [formats.period(day, day + pd.offsets.MonthEnd(0)) for day in inside]
    conf = level_of(found.candidates["conf"].iloc[0])
    text = (
        f"Asked for one break between levels of at least {formats.number(MIN_SIZE)} periods, "
        f"{_single(first, name)} "
    )
    text += (
        f"Allowing for counts that vary {formats.number(found.dispersion, 1)} times as much as "
        f"independent deaths, {listed(kept)} "
        f"{'is' if len(kept) == 1 else 'are'} in the set that holds the date with {conf} "
        "confidence."
    )
    for longer in later:
        text += f" Carried on, {_single(longer, name)}"
        if longer["rank"] > first["rank"]:
            text += " A larger change later on takes its place, so the figure ends with the window."
    return text


def _single(row: Row, name: str) -> str:
    """One stretch, its best date, and the intervention's place among the candidates."""
    same = row["best"] == row["asked"]
    where = (
        "the date of the intervention."
        if same
        else f"not at {row['asked']}, which comes in place {row['rank']} of {row['of']}."
    )
    return (
        f"the counts of {name} in {formats.period(row['start'], row['end'])} put it at "
        f"{row['best']} (the rate after is {formats.number(row['best_ratio'], 2)} times that "
        f"before), {where}"
    )


def several(found: Breaks) -> str:
    """How many breaks the whole stretch gives when their number is left to it."""
    if found.several.empty:
        return "" if found.reason else "Left to choose, these counts give no break."
    row = found.several.iloc[0]
    text = (
        f"Left to choose how many (by BIC), the counts of "
        f"{formats.period(row['start'], row['end'])} give "
        f"{formats.count_of(len(found.several), 'break', 'breaks')}: "
        f"{listed(found.several['when'])}."
    )
    passed = found.several[found.several["counted_by"].str.contains(", before it ")]
    if len(passed):
        text += (
            f" At {listed(passed['when'])} the agency changes too, so the break can be one of "
            "counting."
        )
    return text


def trend(found: RateTrend, name: str) -> str:
    """The joinpoints, whether one lies about the intervention, and the average change."""
    if found.result is None:
        return ""
    spec = found.result.spec
    whole, *about = found.averages.to_dict("records")
    years = found.series["year"]
    many = len(found.joinpoints)
    which = f" ({listed(found.joinpoints)})" if many else ""
    text = (
        f"From {years.iloc[0]} to {years.iloc[-1]} the rates of {name} on file "
        f"({len(years)} years) give {formats.count_of(many, 'joinpoint', 'joinpoints')}"
        f"{which} of at most {spec['max_joinpoints']}. "
        f"The rate changed by {formats.percent(whole['aapc'])} a year on average "
        f"({_limits(whole, 'aapc', 'confidence', 1)}{formats.NBSP}%)."
    )
    for part in about:
        start, end = part["start"].year, part["end"].year
        near = [year for year in found.joinpoints if start <= year <= end]
        text += f" {_which(near)} in {part['years']}; {_farthest(found, start, end)}."
    return text


def averages(found: RateTrend) -> str:
    """What the average of the years about the intervention does not say.

    With a joinpoint inside, it is a mean of slopes; without one, a piece of a longer segment.
    """
    if found.result is None or len(found.averages) < 2:
        return ""
    part = found.averages.iloc[1]
    start, end = part["start"], part["end"]
    whole = found.segments[(found.segments["start"] <= start) & (found.segments["end"] >= end)]
    if whole.empty:
        return f"The average of {part['years']} is a mean of the slopes about its joinpoints."
    segment = whole.iloc[0]["years"]
    if segment == part["years"]:
        return ""
    return (
        f"The fitted line does not bend between the years of {part['years']}: their average is "
        f"the slope of all of {segment} and says nothing of a fall or a rise within them."
    )


def _which(joinpoints: list[int]) -> str:
    if not joinpoints:
        return "No joinpoint lies"
    return f"Of these, {listed(joinpoints)} {'lies' if len(joinpoints) == 1 else 'lie'}"


def _farthest(found: RateTrend, start: int, end: int) -> str:
    """The year of some whose rate lies farthest from the fitted line."""
    rows = found.series[found.series["year"].between(start, end)]
    off = 100 * (rows["rate"] / rows["fitted"] - 1).to_numpy(dtype=float)
    at = int(abs(off).argmax())
    year, most = rows["year"].iloc[at], float(off[at])
    side = "below" if most < 0 else "above"
    return f"in {year} the rate lay {formats.percent(abs(most))} {side} the fitted line"


def synthetic(found: Elsewhere, name: str) -> str:
    """Whether other countries follow the place, and where it stands; or why nothing is said."""
    if found.result is None:
        return ""
    if found.refused:
        return f"{found.reason} The comparison is refused: nothing is concluded from it."
    before = found.series[~found.series["after"]]
    gap = found.series.loc[found.series["after"], "gap"].mean()
    used = [
        f"{row['name']} ({formats.percent(row['weight'])})"
        for row in found.donors.to_dict("records")
    ]
    rank = found.placebos.set_index("name")["rank"]
    return (
        f"{listed(used)} together follow {name} from {before['year'].iloc[0]} to "
        f"{before['year'].iloc[-1]} with a typical gap of "
        f"{formats.number(found.result.rmspe_pre, 1)} per 100,000. Afterwards the rate of {name} "
        f"lay {formats.number(abs(gap), 1)} {'below' if gap < 0 else 'above'} theirs on average. "
        f"With the gap after measured by the gap before, {name} is in place {rank[name]} of "
        f"{len(rank)} countries, each taken in turn as if it were the place."
    )


def alarms(found: Alarms) -> str:
    """How often the test of a step finds one where there is none."""
    if found.rates.empty:
        return found.reason
    row = found.rates.iloc[0]
    parts = []
    for dated, rows in found.rates.groupby("dated", sort=False):
        low, high = rows["false_alarms"].min(), rows["false_alarms"].max()
        span = formats.percent(high) if low == high else (
            f"{formats.interval(low, high, 1)}{formats.NBSP}%"
        )  # fmt: skip
        parts.append(f"in {span} when dated {dated}")
    return (
        f"In series like {formats.period(row['start'], row['end'])} with nothing happening, "
        f"{formats.number(row['runs'])} of each kind, the test of a step raised a false alarm "
        f"{listed(parts)}; a sound test would do so in {formats.percent(100 * row['level'], 0)}. "
        f"Found in those {formats.number(row['periods'])} {row['unit']}s: dispersion "
        f"{formats.number(row['dispersion'], 2)}, correlation of the underlying rate from one to "
        f"the next {formats.number(row['autocorrelation'], 2)}."
    )


def modelled(beside: pd.DataFrame) -> str:
    """Change from the first to the last year, modelled and counted."""
    known = beside.dropna(subset=["modelled", "deaths"])
    if len(known) < 2:
        return ""
    ends = known.iloc[[0, -1]]
    changes = [100 * (ends[name].iloc[1] / ends[name].iloc[0] - 1) for name in
               ("modelled", "deaths")]  # fmt: skip
    first, last = (formats.period(row["start"], row["end"]) for row in ends.to_dict("records"))
    words = [
        f"{'fall' if change < 0 else 'rise'} by {formats.percent(abs(change))}"
        for change in changes
    ]
    return f"From {first} to {last} the modelled deaths {words[0]}, those counted {words[1]}."


def disagreement(estimates: pd.DataFrame, found: Elsewhere, name: str) -> str:
    """How far this report's estimates lie apart, beside the published ones."""
    own = estimates[estimates["by"] == "this report"].dropna(subset=["averted"])
    if own.empty:
        return f"No method of this report gives an estimate for {name}."
    rows = own.sort_values("averted").to_dict("records")
    low, high = rows[0], rows[-1]
    window = formats.period(own["start"].iloc[0], own["end"].iloc[0])
    text = f"Expected minus observed homicides in {name}, {window}: "
    if len(own) == 1:
        text += f"{_one(low)}, the only method that these counts carry"
    else:
        text += f"from {_one(low)} to {_one(high)}, by what is taken to have gone on otherwise; "
        text += _signs(own) + _longer(own)
    here = estimates["by"].isin(["this report", RE_ESTIMATED])
    ratios = estimates.loc[here, "rate_ratio"].dropna()
    if len(ratios):
        text += f". Rate ratios: {_span(ratios)} here"
    published = estimates[estimates["by"] == "published"].dropna(subset=["rate_ratio"])
    if len(published):
        text += f", {_span(published['rate_ratio'])} as published for other units and baselines"
    if found.refused:
        text += ". The comparison with other countries is refused"
    return f"{text}."


def _one(row: Row) -> str:
    limits = ""
    if pd.notna(row["averted_lower"]):
        limits = f"; {_limits(row, 'averted', 'prediction')}"
    name = row["name"][0].lower() + row["name"][1:]
    return f"{formats.number(row['averted'])} ({name}{limits})"


def _longer(rows: pd.DataFrame) -> str:
    """How much longer than its baseline a trend is carried on, where it is."""
    some = rows[rows["name"].eq(TREND)]
    if some.empty or "baseline_start" not in rows:
        return ""
    row = some.iloc[0]
    spans = [(row["start"], row["end"]), (row["baseline_start"], row["baseline_end"])]
    after, before = ((pd.Timestamp(end) - pd.Timestamp(start)).days + 1 for start, end in spans)
    if after <= before:
        return ""
    return (
        f". The trend is carried on {formats.number(after / before, 1)} times as long as it was "
        "observed"
    )


def _span(values: pd.Series) -> str:
    low, high = (formats.number(value, 2) for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"


def _signs(rows: pd.DataFrame) -> str:
    known = rows.dropna(subset=["averted_lower"])
    if STEP in set(known["name"]):  # a step without a trend is the constant rate, fitted
        known = known[known["name"] != CONSTANT]
    sides = {
        "above zero": int((known["averted_lower"] > 0).sum()),
        "below zero": int((known["averted_upper"] < 0).sum()),
    }
    sides["around zero"] = len(known) - sum(sides.values())
    parts = [f"{formats.number(count)} {side}" for side, count in sides.items() if count]
    many = formats.count_of(len(known), "assumption", "assumptions")
    return f"of the prediction intervals of {many} on the same counts, {listed(parts)}"
