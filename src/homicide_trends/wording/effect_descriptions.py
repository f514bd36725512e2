"""What the figures about an intervention show, in words, for those who do not see them."""

import pandas as pd

from ..language import _, translated
from ..methods.level_breaks import Breaks
from ..methods.other_countries import Elsewhere
from ..methods.rate_trend import RateTrend
from ..methods.step_models import StepModels, unit_of
from . import formats
from .effect_words import inside
from .sentences import listed


def models(models: StepModels, name: str) -> str:
    """Observed deaths beside the deaths each model expects without the intervention.

    >>> from homicide_trends.methods import step_models
    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> table["person_years"] = (table["end"] - table["start"]).dt.days + 1.0
    >>> found = step_models(table, intervention="2012-03-01", transition="after")
    >>> print(models(found, "the country"))
    Homicides a month in the country, observed and as each model expects them without the
    intervention of 1 Mar 2012: in Dec 2012 47 observed, expected 104 (step without trend),
    104 (step on a trend) and 104 (step and new trend).
    """
    if models.series.empty:
        return models.reason
    last = models.series["start"] == models.series["start"].max()
    parts = [
        f"{formats.number(row['expected'])} ({inside(translated(row['model']))})"
        for row in models.series[last].to_dict("records")
    ]
    end = models.series[last].iloc[0]
    said = {
        "name": name,
        "day": formats.day(models.intervention),
        "period": formats.period(end["start"], end["end"]),
        "deaths": formats.number(end["deaths"]),
        "expected": listed(parts),
    }
    if unit_of(models.series) == "year":
        return _(
            "Homicides a year in {name}, observed and as each model expects them without the "
            "intervention of {day}: in {period} {deaths} observed, expected {expected}.",
            **said,
        )
    return _(
        "Homicides a month in {name}, observed and as each model expects them without the "
        "intervention of {day}: in {period} {deaths} observed, expected {expected}.",
        **said,
    )


def candidates(found: Breaks, name: str) -> str:
    """How the dates compare as the only break.

    >>> from homicide_trends.methods import breaks_of_level
    >>> months = pd.date_range("2011-01-01", periods=30, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4
    >>> table["person_years"], table["agency"] = 1.0, "PNC"
    >>> found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    >>> print(candidates(found, "the country"))
    Excess cost of every date as the only break of the counts of the country: 0 at Jan 2012,
    up to 150 elsewhere; the date of the intervention is in place 1 of 11.
    """
    if found.candidates.empty:
        return found.reason
    return _(
        "Excess cost of every date as the only break of the counts of {name}: 0 at {best}, up to "
        "{worst} elsewhere; the date of the intervention is in place {place}.",
        name=name,
        best=found.single["best"].iloc[0],
        worst=formats.number(found.candidates["excess"].max()),
        place=found.single["place_of_intervention"].iloc[0],
    )


def trend(found: RateTrend, name: str) -> str:
    """The fitted segments and their annual percent changes.

    >>> from homicide_trends.methods import trend_of_rates
    >>> years = pd.date_range("2000-01-01", periods=12, freq="YS")
    >>> table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0)})
    >>> rates = [50 * 1.1**year for year in range(7)]  # 10 percent more a year, then 5 less
    >>> table["rate"] = rates + [rates[-1] * 0.95**year for year in range(1, 6)]
    >>> table["deaths"] = 1000
    >>> found = trend_of_rates(table, about=("2003-01-01", "2005-12-31"), permutations=99, seed=1)
    >>> print(trend(found, "the country"))
    Homicide rates of the country a year with fitted segments, change a year: 2000...2006
    10.0...% and 2006...2011 ...5.0...%.
    """
    if found.result is None:
        return found.reason
    parts = [
        f"{row['years']} {formats.percent(row['apc'])}" for row in found.segments.to_dict("records")
    ]
    return _(
        "Homicide rates of {name} a year with fitted segments, change a year: {changes}.",
        name=name,
        changes=listed(parts),
    )


def synthetic(found: Elsewhere, name: str) -> str:
    """The place's rate and that of the weighted other countries in the last year drawn.

    >>> from homicide_trends.methods import elsewhere
    >>> years = pd.to_datetime(["2009-01-01", "2010-01-01", "2011-01-01", "2012-01-01"] * 3)
    >>> table = pd.DataFrame({"place": list("AAAABBBBCCCC"), "start": years,
    ...     "end": years + pd.offsets.YearEnd(0), "person_years": 100_000.0,
    ...     "rate": [30.0, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> table["name"] = "Country " + table["place"]
    >>> found = elsewhere(table, place="A", intervention="2012-03-01", start="2009-01-01",
    ...     end="2012-12-31")
    >>> print(synthetic(found, "Country A"))
    Homicide rate of Country A and of the weighted other countries: in 2012 20.0 and 31.0
    per 100,000.
    """
    if found.series.empty:
        return found.reason
    last = found.series.iloc[-1]
    text = _(
        "Homicide rate of {name} and of the weighted other countries: in {year} {rate} and "
        "{synthetic} per 100,000.",
        name=name,
        year=last["year"],
        rate=formats.number(last["rate"], 1),
        synthetic=formats.number(last["synthetic"], 1),
    )
    return text + _(" The lines end before the intervention.") if found.refused else text


def estimates(estimates: pd.DataFrame, quantity: str) -> str:
    """Every estimate of a quantity, in the order of the rows drawn.

    >>> table = pd.DataFrame({"name": ["A study", "Constant rate"], "rate_ratio": [0.61, 0.57]})
    >>> estimates(table, "rate_ratio")
    'Rate ratios by method. A study: 0.61; Constant rate: 0.57.'
    """
    known = estimates.dropna(subset=[quantity])
    ratios = quantity == "rate_ratio"
    if known.empty:
        return _("Rate ratios: none.") if ratios else _("Expected minus observed homicides: none.")
    parts = "; ".join(
        f"{row['name']}: {formats.number(row[quantity], 2 if ratios else 0)}"
        for row in known.to_dict("records")
    )
    if ratios:
        return _("Rate ratios by method. {parts}.", parts=parts)
    return _("Expected minus observed homicides by method. {parts}.", parts=parts)
