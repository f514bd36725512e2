"""Sentences about an interrupted time series, and about how often its test raises a false alarm."""

import pandas as pd

from ..language import _, ngettext, translated
from ..methods.false_alarms import HELD, PEAK, QUASI, Alarms
from ..methods.false_alarms import SPELLS as FOUND
from ..methods.step_models import ERRORS, STEP, TREND, StepModels, unit_of
from . import formats
from .changes import limits_that_hold
from .effect_words import Row, confidence, inside, prediction
from .sentences import listed

SPELLS = ERRORS["spells"]


def _wide(table: pd.DataFrame) -> dict[str, Row]:
    """The row of each model whose limits carry dispersion and autocorrelation."""
    rows = table[table["errors"] == SPELLS]
    return {str(row["model"]): row for row in rows.to_dict("records")}


def steps(models: StepModels, name: str) -> str:
    """The rate ratio at the intervention, by model.

    >>> from homicide_trends.methods import step_models
    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> table["person_years"] = (table["end"] - table["start"]).dt.days + 1.0
    >>> found = step_models(table, intervention="2012-03-01", transition="after")
    >>> print(steps(found, "the country"))
    From 1 Mar 2012 on, the homicide rate of the country is fitted at this multiple of what
    each model expects: 0.47 (step without trend; 95...% confidence interval 0.42 to 0.54),
    0.47 (step on a trend; 95...% confidence interval 0.39 to 0.58) and 0.48 (step and new ...
    """
    if models.ratios.empty:
        return ""
    rows = _wide(models.ratios)
    parts = [
        f"{formats.number(row['rate_ratio'], 2)} ({inside(translated(model))}; "
        f"{confidence(row, 'rate_ratio', 2)})"
        for model, row in rows.items()
    ]
    text = _(
        "From {day} on, the homicide rate of {name} is fitted at this multiple of what each model "
        "expects: {ratios}.",
        day=formats.day(rows[STEP]["start"]),
        name=name,
        ratios=listed(parts),
    )
    text += f" {limits_that_hold()}"
    if TREND in rows:
        row = rows[TREND]
        text += _(
            " The trend is {percent} a year ({limits}).",
            percent=formats.percent(row["trend_apc"]),
            limits=confidence(row, "trend_apc", 1, percent=True),
        )
    return " ".join(filter(None, [text, models.reason]))


def averted(models: StepModels, name: str) -> str:
    """Expected minus observed deaths without and with a trend, and how far apart they are.

    >>> from homicide_trends.methods import step_models
    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> table["person_years"] = (table["end"] - table["start"]).dt.days + 1.0
    >>> found = step_models(table, intervention="2012-03-01", transition="after")
    >>> print(averted(found, "the country"))
    In the country, 485 homicides were counted in Mar to Dec 2012. Expected without the
    intervention less these: 543 (step without trend; 95...% prediction interval 437 to
    662), 541 (step on a trend; 95...% prediction interval 360 to 760) and 544 (step and new ...
    """
    if models.averted.empty:
        return ""
    rows = _wide(models.averted)
    parts = [
        f"{formats.number(row['averted'])} ({inside(translated(model))}; "
        f"{prediction(row, 'averted')})"
        for model, row in rows.items()
    ]
    first = rows[STEP]
    text = _(
        "In {name}, {counted} in {window}. Expected without the intervention less these: {parts}.",
        name=name,
        counted=ngettext(
            "{number} homicide was counted", "{number} homicides were counted", first["deaths"]
        ),
        window=formats.period(first["start"], first["end"]),
        parts=listed(parts),
    )
    if TREND in rows:
        apart = rows[TREND]["averted"] - rows[STEP]["averted"]
        text += _(
            " Whether a trend is carried on moves the number by {apart}. No count can tell which "
            "is right: what would have happened without the intervention was not observed.",
            apart=formats.number(abs(apart)),
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
    said = {"after": formats.number(after), "times": formats.number(after / before, 1)}
    if unit_of(rows) == "year":
        return ngettext(
            " The trend was observed in {number} year and is carried on over {after}, {times} "
            "times as many.",
            " The trend was observed in {number} years and is carried on over {after}, {times} "
            "times as many.",
            before,
            **said,
        )
    return ngettext(
        " The trend was observed in {number} month and is carried on over {after}, {times} times "
        "as many.",
        " The trend was observed in {number} months and is carried on over {after}, {times} times "
        "as many.",
        before,
        **said,
    )


def fit(models: StepModels) -> str:
    """How far the counts keep to what each kind of error assumes.

    >>> from homicide_trends.methods import step_models
    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> table["person_years"] = (table["end"] - table["start"]).dt.days + 1.0
    >>> found = step_models(table, intervention="2012-03-01", transition="after")
    >>> print(fit(found))
    About the first model the counts vary 0.1 times as much as independent deaths would, and
    those of neighbouring periods are correlated by ...0.66. In such series, limits as narrow
    as those of the other kinds hold the truth less often than they say: Poisson 90...%, ...
    """
    if models.diagnostics.empty:
        return ""
    first = models.diagnostics.iloc[0]
    scatter = _(
        "About the first model the counts vary {dispersion} times as much as independent deaths "
        "would, and those of neighbouring periods are correlated by {autocorrelation}.",
        dispersion=formats.number(first["dispersion"], 1),
        autocorrelation=formats.number(first["autocorrelation"], 2),
    )
    rows = models.ratios[models.ratios["model"] == STEP]
    others = [
        f"{translated(row['errors'])} {formats.percent(row['held'], 0)}"
        for row in rows.to_dict("records")
        if row["errors"] != SPELLS
    ]
    return scatter + _(
        " In such series, limits as narrow as those of the other kinds hold the truth less often "
        "than they say: {others}.",
        others=listed(others),
    )


def alarms(found: Alarms) -> str:
    """How often a test of the step finds one where there is none.

    >>> from homicide_trends.methods import alarms as rates_of_alarms
    >>> months = pd.date_range("2009-01-01", periods=36, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"], table["person_years"] = [30, 33, 29] * 12, 1.0
    >>> found = rates_of_alarms(table, intervention="2010-06-01", runs=2, seed=1)
    >>> print(alarms(found))
    In 2 series like 2009...2011 in which nothing happens, with the scatter and the spells found
    there, the quasi-Poisson test of a step raises a false alarm in 0.0...% when dated after the
    peak and in 0.0...% when dated at random; ...
    """
    if found.rates.empty:
        return found.reason
    rows = found.rates[found.rates["chance"] == FOUND]
    row = rows.iloc[0]
    said = {}
    for test in (QUASI, HELD):
        shares = rows[rows["test"] == test].set_index("dated")["false_alarms"]
        said[test] = [formats.percent(shares[dated]) for dated in (PEAK, *shares.index.drop(PEAK))]
    return _(
        "In {runs} series like {period} in which nothing happens, with the scatter and the spells "
        "found there, the quasi-Poisson test of a step raises a false alarm in {quasi} when dated "
        "after the peak and in {quasi_random} when dated at random; limits that carry scatter and "
        "spells do so in {held} and {held_random}. A sound test would do so in {level}. Given to "
        "the series: dispersion {dispersion}, correlation of the rate from one period to the next "
        "{autocorrelation}.",
        runs=formats.number(row["runs"]),
        period=formats.period(row["start"], row["end"]),
        quasi=said[QUASI][0],
        quasi_random=said[QUASI][1],
        held=said[HELD][0],
        held_random=said[HELD][1],
        level=formats.percent(100 * row["level"], 0),
        dispersion=formats.number(row["dispersion"], 1),
        autocorrelation=formats.number(row["autocorrelation"], 2),
    )
