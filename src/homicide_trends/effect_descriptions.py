"""What the figures about an intervention show, in words, for those who do not see them."""

import pandas as pd

from . import formats
from .effect_sentences.wording import inside
from .language import _, translated
from .methods.level_breaks import Breaks
from .methods.other_countries import Elsewhere
from .methods.rate_trend import RateTrend
from .methods.step_models import StepModels, unit_of
from .sentences import listed


def models(models: StepModels, name: str) -> str:
    """Observed deaths beside the deaths each model expects without the intervention."""
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
    """How the dates compare as the only break."""
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
    """The fitted segments and their annual percent changes."""
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
    """The place's rate and that of the weighted other countries in the last year drawn."""
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
    """Every estimate of a quantity, in the order of the rows drawn."""
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
