"""A claim for programs: its numbers, a schema.org ClaimReview, and what an index needs of it."""

import math
from typing import Any

import pandas as pd

from ..claims.result import CANNOT_TELL, GIVES, ClaimResult, Level, ReadingResult
from ..tables.load import Folder, load_sources
from ..wording import claims as words
from .claim_charts import compared, strip
from .claim_context import attributed, event_label, first_day, months

_DAYS = ("baseline_start", "baseline_end", "start", "end")
CELLS = ("source", "population", *_DAYS, "method", "baseline_deaths", "deaths", "estimate",
         "lower", "upper", "state")  # fmt: skip
UNITS = {"percent_decline": "percent", "percent_increase": "percent", "averted_deaths": "deaths",
         "homicide_rate": "per 100,000"}  # fmt: skip


def as_json(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """A claim with its verdict, reading, and every comparison; missing numbers are None.

    A cell's ``state`` is ``gives``, ``compatible`` (near, or its interval meets the accepted
    range) or ``excluded``; ``specifications`` counts them among the cells that vote.
    """
    told = result.told
    cells = [_cell(row) for row in told.cells.to_dict("records")]
    voting = told.cells[told.cells["votes"].astype(bool)] if len(told.cells) else told.cells
    states = [_state(row) for row in voting.to_dict("records")]
    found = told.verdict
    return {
        "claim": result.claim,
        "question": words.question(result),
        "who": result.who,
        "date": result.date,
        "as_reported": result.as_reported,
        "verdict": words.kind(result),
        "words": words.verdict(result),
        "condition": [words.level_name(level) for level in found.levels]
        if found.code == "only_if"
        else [words.part(each) for each in found.parts],
        "sentence": words.sentence(result),
        "reading": {
            "measure": told.reading.measure,
            "per": told.reading.per,
            "places": list(told.reading.places),
            "start": _day(told.reading.start or (told.reading.event[0] if told.reading.event else None)),
            "end": _day(told.reading.end),
            "accepted": None if told.accepted is None else
            [_number(told.accepted.lower), _number(told.accepted.upper)],
        },
        "specifications": {
            "count": len(states),
            "give": states.count("gives"),
            "compatible": states.count("compatible"),
            "exclude": states.count("excluded"),
        },
        "cells": cells,
        "claimReview": claim_review(result, data=data),
    }  # fmt: skip


def _state(row: dict[str, Any]) -> str:
    if row["state"] == GIVES:
        return "gives"
    return "compatible" if row["compatible"] is True or row["compatible"] == 1 else "excluded"


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: _plain(row[name]) for name in CELLS}
    return {**found, "state": _state(row), "votes": bool(row["votes"])}


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if value is None or value is pd.NaT:
        return None
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> float | None:
    """A number with six digits; None where there is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _day(day: pd.Timestamp | None) -> str | None:
    return None if day is None else f"{day:%Y-%m-%d}"


def claim_review(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """The verdict in the vocabulary of schema.org's ClaimReview, as far as it fits.

    The rating is the verdict in words, without a number: verdicts are no points on a scale of
    truth. A claim that cannot be told has none.
    """
    sources = load_sources(data=data).set_index("source_id")
    text: dict[str, Any] = {"@type": "CreativeWork"}
    if result.source_id in sources.index:
        source = sources.loc[result.source_id]
        text |= {"name": source["title"],
                 "publisher": {"@type": "Organization", "name": source["publisher"]}}  # fmt: skip
        if str(source["url"]).startswith("http"):
            text["url"] = source["url"]
        if source["date"]:
            text["datePublished"] = source["date"]
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "identifier": result.claim,
        "claimReviewed": f"{words.question(result)} {words.token(result)}",
        "itemReviewed": {"@type": "Claim", "appearance": text},
        "author": {"@type": "Organization", "name": "homicide-trends"},
        "reviewBody": words.conclusion(result),
    }
    if words.kind(result) != CANNOT_TELL:
        review["reviewRating"] = {
            "@type": "Rating",
            "alternateName": words.verdict(result),
            "ratingExplanation": words.sentence(result),
        }
    return review


def findings(result: ClaimResult) -> list[dict[str, Any]]:
    """The numbers of the comparisons that vote, for the findings of all reports."""
    told = result.told
    if told.cells.empty:
        return []
    own = told.cells[told.cells["votes"].astype(bool)].drop_duplicates(
        ["source", "population", "baseline_start", "baseline_end", "start", "end", "estimate"]
    )
    return [
        {
            "name": told.reading.measure,
            "label": words.question(result),
            "estimate": _number(row["estimate"]),
            "lower": _number(row["lower"]),
            "upper": _number(row["upper"]),
            "unit": UNITS.get(told.reading.measure, result.unit or None),
            "method": row["method"] or None,
            "conf": 0.95 if not pd.isna(row["lower"]) else None,
            "place": ";".join(told.reading.places[:4]),
            "agency": row["source"] or None,
            "population_series": row["population"] or None,
            "baseline_start": _plain(row["baseline_start"]),
            "baseline_end": _plain(row["baseline_end"]),
            "window_start": _plain(row["start"]),
            "window_end": _plain(row["end"]),
            "figure_id": result.figures[0] if result.figures else None,
        }
        for row in own.to_dict("records")
    ]  # fmt: skip


def card(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """What an index shows of a claim: words in the language in force, numbers, and its strip."""
    told = result.told
    changes = bool(told.reading.event) and told.reading.measure in (*words.CHANGES, words.AVERTED)
    whole = changes and told.reading.per == "deaths" and len(told.reading.places) == 1
    return {
        "id": result.claim,
        "question": words.question(result),
        "token": words.token(result),
        "said_by": words.said_by(result),
        "date": result.date,
        "kind": words.kind(result),
        "verdict": words.verdict(result),
        "sentence": words.sentence(result, brief=True),
        "strip": strip(result),
        "measure": told.reading.measure,
        "end_rule": told.reading.end_rule,
        "end": _day(told.reading.end),
        "until": _day(told.verdict.until),
        "accepted": None if told.accepted is None or pd.isna(result.value) else
        [told.accepted.lower, told.accepted.upper],
        "event": _day(first_day(told)) if whole else None,
        "label": event_label(told, data=data) if whole else "",
        "place": words.place(told.reading.places[0]) if whole else "",
        "study": attributed(result, data=data) if whole else "",
        "grid": _grid(told) if whole else [],
        "months": months(told, data=data) if whole else [],
    }  # fmt: skip


def _grid(told: ReadingResult) -> list[dict[str, Any]]:
    """For each baseline and end, the fall and the deaths fewer, over first days and sources."""
    found = []
    voting = set(told.cells.loc[told.cells["votes"].astype(bool), "source"])
    for level in compared(told):
        if level.axis != "baseline" or not (level.votes or level.key == "previous_year"):
            continue
        some = told.cells[(told.cells["baseline"] == level.key) & told.cells["source"].isin(voting)]
        expected = some["baseline_deaths"] / some["baseline_time"] * some["time"]
        fewer = expected - some["deaths"]
        falls = 100 * fewer / expected
        by_end = {}
        for end, rows in some.groupby("end"):
            by_end[f"{end:%Y-%m-%d}"] = [
                _number(each) for each in (falls[rows.index].min(), falls[rows.index].max(),
                                           fewer[rows.index].min(), fewer[rows.index].max())
            ]  # fmt: skip
        found.append({"name": words.baseline(level), "rate": words.rate(level), "ends": by_end})
    return found
