"""Sentences about the change at an intervention, made from results.

They say what each method gives and where the methods part. None says what caused a change. Here
are those on the intervention itself, on an interrupted time series, and on how often its test
raises a false alarm.
"""

import pandas as pd

from ..language import _, ngettext, translated
from ..methods.false_alarms import HELD, PEAK, QUASI, Alarms
from ..methods.false_alarms import SPELLS as FOUND
from ..methods.step_models import ERRORS, STEP, TREND, StepModels
from . import formats
from .breaks import averages, breaks, several, trend
from .changes import limits_that_hold
from .comparisons import (
    BY_WHOM,
    agencies_alone,
    by_whom,
    disagreement,
    modelled,
    of_counts,
    synthetic,
    unusual,
)
from .words import Row, confidence, inside, listed, periods, prediction

__all__ = [
    "BY_WHOM",
    "agencies_alone",
    "alarms",
    "averages",
    "averted",
    "breaks",
    "by_whom",
    "disagreement",
    "fit",
    "intervention",
    "modelled",
    "of_counts",
    "several",
    "several_tests",
    "steps",
    "synthetic",
    "trend",
    "unusual",
]

SPELLS = ERRORS["spells"]


def _wide(table: pd.DataFrame) -> dict[str, Row]:
    """The row of each model whose limits carry dispersion and autocorrelation."""
    rows = table[table["errors"] == SPELLS]
    return {str(row["model"]): row for row in rows.to_dict("records")}


def steps(models: StepModels, name: str) -> str:
    """The rate ratio at the intervention, by model.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.step_models(months, intervention="2012-03-09", transition="after")
    >>> print(steps(found, "El Salvador"))
    From 1 Mar 2012 on, the homicide rate of El Salvador is fitted at this multiple of what each
    model expects: 0.52 (step without trend; 95...% confidence interval 0.38 to 0.71), 0.41 ...
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

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.step_models(months, intervention="2012-03-09", transition="after")
    >>> print(averted(found, "El Salvador"))
    In El Salvador, 4,254 homicides were counted in Mar 2012 to Dec 2013. Expected without the
    intervention less these: 3,972 (step without trend; 95...% prediction interval 1,727 to 7,060),
    ...
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
    before = rows[~rows["after"].astype(bool)]
    after = len(rows) - len(before)
    if after <= len(before):
        return ""
    return _(
        " The trend was observed in {periods} and is carried on over {after}, {times} times as "
        "many.",
        periods=periods(before),
        after=formats.number(after),
        times=formats.number(after / len(before), 1),
    )


def fit(models: StepModels) -> str:
    """How far the counts keep to what each kind of error assumes.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.step_models(months, intervention="2012-03-09", transition="after")
    >>> print(fit(found))
    About the first model the counts vary 5.2 times as much as independent deaths would, and
    those of neighbouring periods are correlated by 0.61. ...
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

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.alarms(months, intervention="2012-03-09", runs=2, seed=1)
    >>> print(alarms(found))
    In 2 series like 2011...2013 in which nothing happens, with the scatter and the spells found
    there, the quasi-Poisson test of a step raises a false alarm in ...
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


def several_tests(number: int) -> str:
    """How often one of several tests at 5 percent finds something where nothing is.

    Of three tests 1 - 0.95^3, or 14 percent.

    >>> several_tests(3).replace(formats.NBSP, " ").endswith("in 14 % of series without any.")
    True
    """
    if number < 2:
        return ""
    return _(
        "{number} tests on this page ask for a change at the level of 5 %: were they independent, "
        "one at least would find something in {share} of series without any.",
        number=formats.number(number),
        share=formats.percent(100 * (1 - 0.95**number), 0),
    )
