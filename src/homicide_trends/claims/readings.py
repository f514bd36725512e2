"""What the words of a claim fix: rows of ``claims.csv``, and figures that no row uses.

A row is one reading; a second natural reading of the same claim names it in
``second_reading_of``. A figure of ``figures.csv`` with a measure that can be computed, and which
no row uses, is a claim by itself with the reading that its own columns give.
"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..language import _
from ..tables.load import (
    DataError,
    Folder,
    closest,
    load_claims,
    load_events,
    load_figures,
    load_places,
    load_sources,
)
from .result import Claim, Day, Period, Reading

CHANGES = ("percent_decline", "percent_increase", "rate_ratio", "averted_deaths")
LEVELS = ("homicides", "homicide_rate", "daily_mean")
LISTS = ("municipalities_violence_free", "population_represented")
MEASURES = (*CHANGES, "annual_change", *LEVELS, "share", "rank", *LISTS)
"""What can be computed: the measures of ``claims.csv``."""
FACTS = ("date", "duration", "gangs", "mayors", "municipalities", "population", "security_aid",
         "session_number",
         "unstated")  # fmt: skip
"""Measures of ``figures.csv`` that get no verdict."""

IMMEDIATE, SINCE, STATED_END = "immediate", "since", "stated"
IMMEDIATE_MONTHS = 6
SYNTHETIC, DIFFERENCES = OTHER_PLACES = ("synthetic_control", "differences")
METHODS = ("mean_of_rates", "trend", *OTHER_PLACES)
"""Methods that a claim may name; those of ``OTHER_PLACES`` set other places beside its own."""
ONE_DAY = pd.Timedelta(days=1)


def claims_on_file(*, data: Folder | None = None) -> list[Claim]:
    """Every claim, in the order of ``claims.csv``; then the figures that no claim uses.

    >>> [each.claim for each in claims_on_file()][:2]
    ['rate-2011', 'about-sixty']
    """
    table, figures = load_claims(data=data), load_figures(data=data)
    found = []
    for row in table[table["second_reading_of"] == ""].to_dict("records"):
        own = figures[figures["measure"] == row["measure"]].set_index("figure_id", drop=False)
        stated = [own.loc[name] for name in listed(row["figures"]) if name in own.index]
        others = table[table["second_reading_of"] == row["claim_id"]].to_dict("records")
        found.append(_claim([row, *others], stated[0].to_dict() if stated else None, data))
    used = {name for cell in table["figures"] for name in listed(cell)}
    used |= {each.claim for each in found}
    for figure in figures[figures["value"].notna()].to_dict("records"):
        name = figure["figure_id"]
        if name not in used and figure["measure"] in MEASURES:
            # Its own columns are the reading.
            row = dict.fromkeys(table.columns, "") | {each: figure[each] for each in table.columns
                                                      if each in figure}  # fmt: skip
            row |= {"claim_id": name, "figures": name, "places": figure["place"]}
            found.append(_claim([row], figure, data))
    return found


def claim_on_file(claim: str, *, data: Folder | None = None) -> Claim:
    """The claim of an id, or the one that uses the figure of that id.

    Raises DataError for an unknown id, with the nearest one, and for a figure that is no claim.

    >>> claim_on_file("memo-averted").claim
    'deaths-prevented'
    """
    known = claims_on_file(data=data)
    for each in known:
        if each.claim == claim:
            return each
    for each in known:
        if claim in each.figures:
            return each
    figures = load_figures(data=data)
    if claim in set(figures["figure_id"]):
        raise DataError(
            _(
                "figure {figure!r} is no claim: a date or a number that nothing on file can be "
                "set beside",
                figure=claim,
            )
        )
    raise DataError(
        _("no claim {claim!r}", claim=claim) + closest(claim, [each.claim for each in known])
    )


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that are joined by semicolons.

    >>> listed("SLV; HND")
    ('SLV', 'HND')
    """
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def appearance(source_id: str, *, data: Folder | None = None) -> Period | None:
    """First and last day on which a source can have appeared; None where nothing is known.

    A text without a date did not appear before the latest date that it names.

    >>> [f"{day:%Y-%m-%d}" for day in appearance("interpeace-2013-12")]
    ['2013-12-01', '2013-12-31']
    """
    sources = load_sources(data=data).set_index("source_id")["date"]
    return _span(str(sources.get(source_id, ""))) or _named(source_id, data)


def _span(date: str) -> Period | None:
    if not date[:4].isdigit():
        return None
    period = pd.Period(date[:10], freq={4: "Y", 7: "M"}.get(len(date[:10]), "D"))
    return period.start_time, period.end_time.normalize()


def _named(source_id: str, data: Folder | None) -> Period | None:
    figures = load_figures(data=data)
    dates = figures[(figures["source_id"] == source_id) & (figures["measure"] == "date")]
    if not dates["end"].notna().any():
        return None
    last = dates.loc[dates["end"].idxmax()]
    return last["end"].replace(month=1, day=1), last["end"]


def _claim(
    rows: list[dict[Any, Any]], figure: Mapping[Any, Any] | None, data: Folder | None
) -> Claim:
    """A row of ``claims.csv``, a second reading after it if there is one, and its figure."""
    row, stated = rows[0], figure or {}
    source = str(row["source_id"])
    appeared = _span(str(row["date"])) or appearance(source, data=data)
    readings = tuple(_reading(each, appeared, data) for each in rows[:2])
    sources = load_sources(data=data).set_index("source_id")
    known = sources.loc[source] if source in sources.index else {}
    return Claim(
        claim=str(row["claim_id"]),
        question=str(row["question"]),
        question_es=str(row["question_es"]),
        source_id=source,
        who=str(row["who"] or known.get("publisher", "")),
        date=str(row["date"] or known.get("date", "")),
        as_reported=str(stated.get("as_reported", readings[0].words.get("token", ""))),
        value=float(stated.get("value", math.nan)),
        unit=str(stated.get("unit", "")),
        qualifier=str(row["qualifier"] or stated.get("qualifier", "")),
        figures=listed(row["figures"]),
        readings=readings,
        appeared=appeared,
    )


def _reading(row: Mapping[Any, Any], appeared: Period | None, data: Folder | None) -> Reading:
    measure, start, end = str(row["measure"]), _day(row["start"]), _day(row["end"])
    places = listed(str(row["places"]))
    event = _event_days(str(row["event"]), data)
    if not event and start is None and measure in CHANGES:
        event = _interventions(places, data)
    rule = str(row["end_rule"]) or (STATED_END if end is not None else SINCE)
    if end is None and measure in CHANGES:
        end = _end(rule, event, appeared)
    return Reading(
        claim=str(row["claim_id"]),
        measure=measure,
        per=str(row["per"]) or ("inhabitant" if measure == "homicide_rate" else "deaths"),
        places=places,
        start=start,
        end=end,
        end_rule=rule,
        event=event,
        baseline=_pair(row["baseline_start"], row["baseline_end"]),
        parts=listed(str(row["parts"])),
        compared_with=str(row["compared_with"]),
        method=str(row["method"]),
        words=dict(part.partition("=")[::2] for part in listed(str(row["words"])) if "=" in part),
    )


def _day(value: Any) -> Day | None:
    return None if pd.isna(value) else pd.Timestamp(value)


def _pair(start: Any, end: Any) -> Period | None:
    first, last = _day(start), _day(end)
    return None if first is None or last is None else (first, last)


def _event_days(cell: str, data: Folder | None) -> tuple[Day, ...]:
    names = listed(cell)
    if not names:
        return ()
    events = load_events(data=data).set_index("event_id")["start"]
    return tuple(sorted(events[events.index.isin(names)].unique()))


def _interventions(places: tuple[str, ...], data: Folder | None) -> tuple[Day, ...]:
    """Days from which an intervention is counted in the places, or in what they lie in."""
    known = load_places(data=data).set_index("place")["within"]
    events = load_events(data=data)
    events = events[events["role"] == "intervention"]
    for codes in (places, [known.get(place, "") for place in places]):
        days = events.loc[events["place"].isin(list(codes)), "start"]
        if len(days):
            return tuple(sorted(days.unique()))
    return ()


def _end(rule: str, event: tuple[Day, ...], appeared: Period | None) -> Day | None:
    """The last day of "since" (the last full month before the text) and of "immediate"."""
    if rule == IMMEDIATE and event:
        first = event[0].replace(day=1) + pd.DateOffset(months=0 if event[0].day == 1 else 1)
        return first + pd.DateOffset(months=IMMEDIATE_MONTHS) - ONE_DAY
    if appeared is None:
        return None
    # A text of which only the month or the year is known may have appeared on its first day.
    return appeared[0].replace(day=1) - ONE_DAY
