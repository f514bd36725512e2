"""What a claim hands on: its numbers to the findings of all reports, its card to the index."""

import math
from typing import Any

import pandas as pd

from ..claims.result import EVE, ClaimResult, ReadingResult
from ..tables.load import Folder
from ..wording import claims as words
from .claim_charts import compared, strip
from .claim_context import attributed, event_label, first_day, months

UNITS = {
    "percent_decline": "percent",
    "percent_increase": "percent",
    "averted_deaths": "deaths",
    "homicide_rate": "per 100,000",
}


def _plain(value: Any) -> Any:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else None


def _number(value: float) -> float | None:
    """A number with six digits; None where there is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _day(day: pd.Timestamp | None) -> str | None:
    return None if day is None else f"{day:%Y-%m-%d}"


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
            "interval": _interval(told.reading.measure, row["lower"]),
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
    ]


def _interval(measure: str, lower: float) -> str | None:
    if pd.isna(lower):
        return None
    return "prediction" if measure == words.AVERTED else "confidence"


def card(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """What an index shows of a claim: words in the language in force, numbers, and its strip."""
    told = result.told
    changes = bool(told.reading.event) and told.reading.measure in (*words.CHANGES, words.AVERTED)
    whole = changes and told.reading.per == "deaths" and len(told.reading.places) == 1
    return {
        "id": result.claim,
        "figures": list(result.figures),
        "question": words.question(result),
        "token": words.token(result),
        "said_by": words.said_by(result),
        "date": result.date,
        "number": words.number(result),
        "kind": words.kind(result),
        "verdict": words.verdict(result),
        "sentence": words.sentence(result, brief=True),
        "strip": strip(result),
        "measure": told.reading.measure,
        "end_rule": told.reading.end_rule,
        "end": _day(told.reading.end),
        "until": _day(told.verdict.until),
        "accepted": None
        if told.accepted is None or pd.isna(result.value)
        else [told.accepted.lower, told.accepted.upper],
        "event": _day(first_day(told)) if whole else None,
        "label": event_label(told, data=data) if whole else "",
        "place": words.place(told.reading.places[0], result.names) if whole else "",
        "study": attributed(result, data=data) if whole else "",
        "grid": _grid(told) if whole else [],
        "months": months(told, data=data) if whole else [],
    }


def _grid(told: ReadingResult) -> list[dict[str, Any]]:
    """For each baseline and end, the fall and the deaths fewer, over first days and sources."""
    found = []
    voting = set(told.cells.loc[told.cells["votes"].astype(bool), "source"])
    for level in compared(told):
        if level.axis != "baseline" or not (level.votes or level.key == "previous_year"):
            continue
        some = told.cells[told.cells["baseline"] == level.key]
        # Of the eve the sentence spans what others counted up to a few days before, too.
        some = some if level.key == EVE else some[some["source"].isin(voting)]
        expected = some["baseline_deaths"] / some["baseline_time"] * some["time"]
        fewer = expected - some["deaths"]
        falls = 100 * fewer / expected
        by_end = {}
        for end, rows in some.groupby("end"):
            by_end[f"{end:%Y-%m-%d}"] = [
                _number(each)
                for each in (
                    falls[rows.index].min(),
                    falls[rows.index].max(),
                    fewer[rows.index].min(),
                    fewer[rows.index].max(),
                )
            ]
        found.append(
            {"name": words.baseline(level), "rate": words.rate(level, dash=True), "ends": by_end}
        )
    return found
