"""What the columns of tables are called, and the quantities among them with their units."""

from typing import NamedTuple

from ..language import N_, translated


class Quantity(NamedTuple):
    """How a numeric column is labelled, and what its limits are limits of."""

    label: str
    unit: str
    decimals: int
    limits: str = ""


QUANTITIES = {
    "baseline_time": Quantity(N_("Days or person-years before"), "", 0),
    "time": Quantity(N_("Days or person-years"), "", 0),
    "days": Quantity(N_("Days"), N_("days"), 0),
    "months": Quantity(N_("Months"), N_("months"), 0),
    "count": Quantity(N_("Count"), N_("count"), 0),
    "part": Quantity(N_("Part"), "", -1),
    "whole": Quantity(N_("Whole"), "", -1),
    "deaths": Quantity(N_("Deaths"), N_("deaths"), 0),
    "deaths_low": Quantity(N_("Lowest figure"), N_("deaths"), 0),
    "deaths_high": Quantity(N_("Highest figure"), N_("deaths"), 0),
    "baseline_days": Quantity(N_("Baseline days"), N_("days"), 0),
    "baseline_deaths": Quantity(N_("Deaths before"), N_("deaths"), 0),
    "baseline_rate": Quantity(N_("Baseline rate"), N_("per 100,000 person-years"), 1, "confidence"),
    "population": Quantity(N_("Population"), N_("persons"), 0),
    "person_years": Quantity(N_("Person-years"), N_("person-years"), 0),
    "rate": Quantity(N_("Rate"), N_("per 100,000 person-years"), 1, "confidence"),
    "baseline_per_day": Quantity(N_("Deaths a day before"), N_("deaths per day"), 2, "confidence"),
    "per_day": Quantity(N_("Deaths a day"), N_("deaths per day"), 2, "confidence"),
    "rate_ratio": Quantity(N_("Rate ratio"), N_("ratio"), 3, "confidence"),
    "percent_change": Quantity(N_("Change"), N_("percent"), 1, "confidence"),
    "against_others": Quantity(N_("Change against all others"), N_("percent"), 1, "confidence"),
    "rate_difference": Quantity(N_("Difference"), N_("per 100,000 person-years"), 1, "confidence"),
    "expected": Quantity(N_("Expected deaths"), N_("deaths"), 0, "prediction"),
    "averted": Quantity(N_("Deaths fewer"), N_("deaths"), 0, "prediction"),
    "p_score": Quantity(N_("Observed against expected"), N_("percent"), 1, "prediction"),
    "held": Quantity(N_("Holds the truth"), N_("percent"), 0),
    "change_in_deaths": Quantity(N_("Change in deaths"), N_("deaths"), 0, "prediction"),
    "fitted": Quantity(N_("Fitted"), "", 1),
    "modelled": Quantity(N_("Modelled deaths"), N_("deaths"), 0),
    "synthetic": Quantity(N_("Rate of the other countries"), N_("per 100,000 person-years"), 1),
    "trend_apc": Quantity(N_("Trend, % a year"), N_("percent a year"), 1, "confidence"),
    "slope_apc": Quantity(N_("Change of trend, % a year"), N_("percent a year"), 1, "confidence"),
    "apc": Quantity(N_("Annual percent change"), N_("percent a year"), 1, "confidence"),
    "aapc": Quantity(N_("Average annual percent change"), N_("percent a year"), 1, "confidence"),
    "best_ratio": Quantity(N_("Rate after over before"), N_("ratio"), 2),
    "gap_ratio": Quantity(N_("Gap after over before"), N_("ratio"), 2),
    "excess": Quantity(N_("Excess of \u22122 log-likelihood over the dispersion"), "", 1),
    "dispersion": Quantity(N_("Dispersion"), N_("variance over mean"), 2),
    "autocorrelation": Quantity(N_("Autocorrelation"), N_("correlation"), 2),
    "ljung_box_p": Quantity(N_("Ljung-Box p"), N_("p-value"), 3),
    "periods": Quantity(N_("Periods"), N_("periods"), 0),
    "rank": Quantity(N_("Rank"), N_("rank"), 0),
    "runs": Quantity(N_("Series"), N_("series"), 0),
    "false_alarms": Quantity(N_("False alarms"), N_("percent"), 1, "confidence"),
    "weight": Quantity(N_("Weight"), N_("percent"), 1),
    "share": Quantity(N_("Share"), N_("percent"), 1),
    "value": Quantity(N_("Value"), "", -1),
    "estimate": Quantity(N_("Estimate"), "", -1),
    "stated": Quantity(N_("Stated"), "", -1),
    "computed_decline": Quantity(N_("Computed here"), N_("percent"), 1, "confidence"),
    "computed_averted": Quantity(N_("Computed here"), N_("deaths"), 0, "prediction"),
}

LABELS = {
    "agency": N_("Counted by"),
    "as_reported": N_("As stated"),
    "baseline": N_("Compared with"),
    "date": N_("Date"),
    "declared": N_("Declared"),
    "dated": N_("Dated"),
    "department": N_("Department"),
    "errors": N_("Errors"),
    "event": N_("Event"),
    "limits": N_("Limits"),
    "locator": N_("Lines"),
    "measure": N_("About"),
    "method": N_("Method"),
    "model": N_("Model"),
    "name": N_("Name"),
    "note": N_("Note"),
    "place": N_("Place"),
    "assumption": N_("Assumption"),
    "chance": N_("Chance"),
    "rule": N_("Rule"),
    "label": N_("Year or country"),
    "kind": N_("Kind"),
    "population_series": N_("Population series"),
    "published": N_("Published"),
    "publisher": N_("Publisher"),
    "quality": N_("Dating"),
    "source_id": N_("Source"),
    "sources": N_("Source"),
    "status": N_("Status"),
    "title": N_("Title"),
    "unit": N_("Unit"),
    "url": N_("Address"),
    "variant": N_("Count and population"),
    "when": N_("When"),
    "window": N_("Period"),
    "years": N_("Years"),
}

# The unit stands in a column's head where the label does not say it.
_IN_HEADS = {"percent": " (%)", "per 100,000 person-years": N_(" per 100,000 person-years")}


def label(name: str) -> str:
    """What a quantity is called.

    >>> label("averted")
    'Deaths fewer'
    """
    return translated(QUANTITIES[name].label)


def unit(name: str) -> str:
    """The unit of a quantity, in words.

    >>> unit("rate")
    'per 100,000 person-years'
    """
    return translated(QUANTITIES[name].unit)


def head(name: str) -> str:
    """What stands above a column: its label, and the unit where the label does not say it.

    >>> head("rate"), head("percent_change"), head("population_series"), head("other_column")
    ('Rate per 100,000 person-years', 'Change (%)', 'Population series', 'Other column')
    """
    if name in LABELS:
        return translated(LABELS[name])
    if name not in QUANTITIES:
        return translated(name.replace("_", " ").capitalize())
    return label(name) + translated(_IN_HEADS.get(QUANTITIES[name].unit, ""))


# Words of the tables that people read: codes of measures, units, agencies, statuses, kinds. Tables
# and findings hold the English word; what shows them translates it (``translated``).
VOCABULARY = (
    N_("averted deaths"), N_("bodies found"), N_("change in deaths"), N_("date"),
    N_("disappearances"), N_("duration"), N_("gangs"), N_("homicide rate"), N_("homicides"),
    N_("homicides per day"), N_("mayors"), N_("municipalities"),
    N_("municipalities violence free"), N_("municipalities with fall"), N_("percent change"),
    N_("percent decline"), N_("population represented"), N_("rate difference"), N_("rate ratio"),
    N_("security aid"), N_("session number"), N_("unstated"), N_("General Assembly"),
    N_("US dollars"), N_("citizens"), N_("count"), N_("days"), N_("deaths"), N_("months"),
    N_("per 10,000"), N_("per 100,000"), N_("per day"), N_("percent"),
    N_("percent of municipalities"), N_("plenary session"), N_("ratio"), N_("years"),
    N_("about"), N_("at least"), N_("at most"), N_("estimated"), N_("fewer than"),
    N_("more than"), N_("nearly"), N_("compilation"), N_("government"), N_("mayor"), N_("mixed"),
    N_("official"), N_("presidency"), N_("tripartite"), N_("unnamed"), N_("allocated"),
    N_("confirmed"), N_("derived"), N_("doubtful"), N_("final"), N_("likely"), N_("missing"),
    N_("preliminary"), N_("rounded"), N_("unconfirmed"), N_("blog"), N_("country"),
    N_("dataset"), N_("fair"), N_("intervention"), N_("municipality"), N_("press"), N_("solid"),
    N_("study"), N_("text"), N_("weak"), N_("working paper"), N_("baseline"), N_("window"),
)  # fmt: skip
# Codes that do not read as words.
MEASURES = {
    "municipalities violence free": N_("municipalities free of violence"),
    "municipalities with fall": N_("municipalities with a fall"),
    "percent decline": N_("fall in percent"),
    "percent change": N_("change in percent"),
}
