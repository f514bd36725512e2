"""Words of the tables that are read by people: codes of measures, units, agencies and statuses.

Tables and findings hold the English word; what shows them translates it (``translated``).
"""

from ..language import N_

MEASURES = (
    N_("averted deaths"),
    N_("bodies found"),
    N_("change in deaths"),
    N_("date"),
    N_("disappearances"),
    N_("duration"),
    N_("gangs"),
    N_("homicide rate"),
    N_("homicides"),
    N_("homicides per day"),
    N_("mayors"),
    N_("municipalities"),
    N_("municipalities violence free"),
    N_("municipalities with fall"),
    N_("percent change"),
    N_("percent decline"),
    N_("population represented"),
    N_("rate difference"),
    N_("rate ratio"),
    N_("security aid"),
    N_("session number"),
    N_("unstated"),
)
UNITS = (
    N_("General Assembly"),
    N_("US dollars"),
    N_("citizens"),
    N_("count"),
    N_("days"),
    N_("deaths"),
    N_("months"),
    N_("per 10,000"),
    N_("per 100,000"),
    N_("per day"),
    N_("percent"),
    N_("percent of municipalities"),
    N_("plenary session"),
    N_("ratio"),
    N_("years"),
)
QUALIFIERS = (
    N_("about"),
    N_("at least"),
    N_("at most"),
    N_("estimated"),
    N_("fewer than"),
    N_("more than"),
    N_("nearly"),
)
AGENCIES = (
    N_("compilation"),
    N_("government"),
    N_("mayor"),
    N_("mixed"),
    N_("official"),
    N_("presidency"),
    N_("tripartite"),
    N_("unnamed"),
)
STATUSES = (
    N_("allocated"),
    N_("confirmed"),
    N_("derived"),
    N_("doubtful"),
    N_("final"),
    N_("likely"),
    N_("missing"),
    N_("preliminary"),
    N_("rounded"),
    N_("unconfirmed"),
)
KINDS = (
    N_("blog"),
    N_("country"),
    N_("dataset"),
    N_("fair"),
    N_("intervention"),
    N_("municipality"),
    N_("press"),
    N_("solid"),
    N_("study"),
    N_("text"),
    N_("weak"),
    N_("working paper"),
)
ROLES = (N_("baseline"), N_("window"))
