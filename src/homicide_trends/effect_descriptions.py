"""What the figures about an intervention show, in words, for those who do not see them."""

import pandas as pd

from . import formats
from .methods.level_breaks import Breaks
from .methods.other_countries import Elsewhere
from .methods.rate_trend import RateTrend
from .methods.step_models import StepModels, unit_of
from .sentences import listed


def models(models: StepModels, name: str) -> str:
    """Observed deaths beside the deaths each model expects without the intervention."""
    if models.series.empty:
        return models.reason
    unit = unit_of(models.series)
    last = models.series["start"] == models.series["start"].max()
    parts = [
        f"{formats.number(row['expected'])} ({row['model'].lower()})"
        for row in models.series[last].to_dict("records")
    ]
    end = models.series[last].iloc[0]
    return (
        f"Homicides a {unit} in {name}, observed and as each model expects them without the "
        f"intervention of {formats.day(models.intervention)}: in "
        f"{formats.period(end['start'], end['end'])} {formats.number(end['deaths'])} observed, "
        f"expected {listed(parts)}."
    )


def candidates(found: Breaks, name: str) -> str:
    """How the dates compare as the only break."""
    if found.candidates.empty:
        return found.reason
    worst = found.candidates["excess"].max()
    return (
        f"Excess cost of every date as the only break of the counts of {name}: 0 at "
        f"{found.single['best'].iloc[0]}, up to {formats.number(worst)} elsewhere; the date of the "
        f"intervention is in place {found.single['place_of_intervention'].iloc[0]}."
    )


def trend(found: RateTrend, name: str) -> str:
    """The fitted segments and their annual percent changes."""
    if found.result is None:
        return found.reason
    parts = [
        f"{row['years']} {formats.percent(row['apc'])}" for row in found.segments.to_dict("records")
    ]
    return f"Homicide rates of {name} a year with fitted segments, change a year: {listed(parts)}."


def synthetic(found: Elsewhere, name: str) -> str:
    """The place's rate and that of the weighted other countries in the last year drawn."""
    if found.series.empty:
        return found.reason
    last = found.series.iloc[-1]
    stop = " The lines end before the intervention." if found.refused else ""
    return (
        f"Homicide rate of {name} and of the weighted other countries: in {last['year']} "
        f"{formats.number(last['rate'], 1)} and {formats.number(last['synthetic'], 1)} per "
        f"100,000.{stop}"
    )


def estimates(estimates: pd.DataFrame, quantity: str) -> str:
    """Every estimate of a quantity, in the order of the rows drawn."""
    known = estimates.dropna(subset=[quantity])
    decimals = 2 if quantity == "rate_ratio" else 0
    parts = [
        f"{row['name']}: {formats.number(row[quantity], decimals)}"
        for row in known.to_dict("records")
    ]
    label = "Rate ratios" if quantity == "rate_ratio" else "Expected minus observed homicides"
    return f"{label} by method. {'; '.join(parts)}." if parts else f"{label}: none."
