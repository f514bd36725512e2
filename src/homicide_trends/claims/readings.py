"""What the words of a claim fix: rows of ``claims.csv``, and figures that no row uses.

A row is one reading; a second natural reading of the same claim names it in
``second_reading_of``. A figure of ``figures.csv`` with a measure that can be computed, and which
no row uses, is a claim by itself with the reading that its own columns give.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
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
from .result import Day, Reading

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of ``claims.csv``, or a figure that stands alone, before anything is computed."""

    claim: str
    question: str
    question_es: str
    source_id: str
    who: str
    date: str
    as_reported: str
    value: float
    unit: str
    qualifier: str
    figures: tuple[str, ...]
    readings: tuple[Reading, ...]
    appeared: tuple[Day, Day] | None


def claims_on_file(*, data: Folder | None = None) -> list[Claim]:
    """Every claim, in the order of ``claims.csv``; then the figures that no claim uses.

    >>> [each.claim for each in claims_on_file()][:2]
    ['rate-2011', 'about-sixty']
    """
    table, figures = load_claims(data=data), load_figures(data=data)
    heads = table[table["second_reading_of"] == ""]
    found = [_of_row(row, table, figures, data) for row in heads.to_dict("records")]
    used = {name for cell in table["figures"] for name in listed(cell)}
    alone = figures[~figures["figure_id"].isin(used) & figures["measure"].isin(MEASURES)]
    taken = {each.claim for each in found}
    found += [
        _of_figure(row, data)
        for row in alone.to_dict("records")
        if row["figure_id"] not in taken and not math.isnan(row["value"])
    ]
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


def appearance(
    source_id: str, *, data: Folder | None = None
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day on which a source can have appeared; None where nothing is known.

    A text without a date did not appear before the latest date that it names.

    >>> [f"{day:%Y-%m-%d}" for day in appearance("interpeace-2013-12")]
    ['2013-12-01', '2013-12-31']
    """
    sources = load_sources(data=data).set_index("source_id")["date"]
    return _span(str(sources.get(source_id, ""))) or _named(source_id, data)


def _span(date: str) -> tuple[Day, Day] | None:
    if not date[:4].isdigit():
        return None
    period = pd.Period(date[:10], freq={4: "Y", 7: "M"}.get(len(date[:10]), "D"))
    return period.start_time, period.end_time.normalize()


def _named(source_id: str, data: Folder | None) -> tuple[Day, Day] | None:
    figures = load_figures(data=data)
    dates = figures[(figures["source_id"] == source_id) & (figures["measure"] == "date")]
    if not dates["end"].notna().any():
        return None
    last = dates.loc[dates["end"].idxmax()]
    return last["end"].replace(month=1, day=1), last["end"]


def _of_row(
    row: Mapping[Any, Any], table: pd.DataFrame, figures: pd.DataFrame, data: Folder | None
) -> Claim:
    """A row of ``claims.csv`` and its second reading, if it has one."""
    names = listed(row["figures"])
    rows = figures.set_index("figure_id").reindex(list(names))
    stated = rows[rows["measure"] == row["measure"]]
    figure = None if stated.empty else stated.iloc[0]
    others = table[table["second_reading_of"] == row["claim_id"]]
    source = str(row["source_id"])
    appeared = _span(str(row["date"])) or appearance(source, data=data)
    readings = tuple(
        _reading(each, appeared, data) for each in (row, *others.to_dict("records")[:1])
    )
    return Claim(
        claim=str(row["claim_id"]),
        question=str(row["question"]),
        question_es=str(row["question_es"]),
        source_id=source,
        who=str(row["who"]) or _publisher(source, data),
        date=str(row["date"]) or _date(source, data),
        as_reported=readings[0].words.get("token", "")
        if figure is None
        else str(figure["as_reported"]),
        value=math.nan if figure is None else float(figure["value"]),
        unit="" if figure is None else str(figure["unit"]),
        qualifier=str(row["qualifier"]) or ("" if figure is None else str(figure["qualifier"])),
        figures=names,
        readings=readings,
        appeared=appeared,
    )


def _of_figure(row: Mapping[Any, Any], data: Folder | None) -> Claim:
    """A figure that stands alone: its own columns are the reading."""
    source = str(row["source_id"])
    appeared = appearance(source, data=data)
    cells = {
        "claim_id": row["figure_id"], "end_rule": "", "event": "", "parts": "", "method": "",
        "compared_with": "", "per": "", "words": "", "places": row["place"],
        **{name: row[name] for name in ("measure", "start", "end", "baseline_start",
                                        "baseline_end")},
    }  # fmt: skip
    return Claim(
        claim=str(row["figure_id"]), question="", question_es="", source_id=source,
        who=_publisher(source, data), date=_date(source, data),
        as_reported=str(row["as_reported"]), value=float(row["value"]), unit=str(row["unit"]),
        qualifier=str(row["qualifier"]), figures=(str(row["figure_id"]),),
        readings=(_reading(cells, appeared, data),), appeared=appeared,
    )  # fmt: skip


def _publisher(source_id: str, data: Folder | None) -> str:
    sources = load_sources(data=data).set_index("source_id")["publisher"]
    return str(sources.get(source_id, ""))


def _date(source_id: str, data: Folder | None) -> str:
    sources = load_sources(data=data).set_index("source_id")["date"]
    return str(sources.get(source_id, ""))


def _reading(
    row: Mapping[Any, Any], appeared: tuple[Day, Day] | None, data: Folder | None
) -> Reading:
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


def _pair(start: Any, end: Any) -> tuple[Day, Day] | None:
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


def _end(rule: str, event: tuple[Day, ...], appeared: tuple[Day, Day] | None) -> Day | None:
    """The last day of "since" (the last full month before the text) and of "immediate"."""
    if rule == IMMEDIATE and event:
        first = event[0].replace(day=1) + pd.DateOffset(months=0 if event[0].day == 1 else 1)
        return first + pd.DateOffset(months=IMMEDIATE_MONTHS) - ONE_DAY
    if appeared is None:
        return None
    # A text of which only the month or the year is known may have appeared on its first day.
    return appeared[0].replace(day=1) - ONE_DAY
