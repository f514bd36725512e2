"""A claim for other programs (JSON, schema.org's ClaimReview) and for a terminal."""

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd

from ..claims.result import (
    CANNOT_TELL,
    CELL_COLUMNS,
    GIVES,
    Accepted,
    ClaimResult,
    Reading,
    ReadingResult,
)
from ..tables.load import Folder, load_sources
from .claims import level_name, question, sentence, verdict
from .words import listed

WIDTH = 96


def record(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """Everything about a claim, as JSON takes it; missing numbers are None.

    ``cells`` are those of the reading that heads the claim, at the ends that its words allow;
    ``state`` is ``gives``, ``compatible`` (near, or its interval meets the accepted range) or
    ``excluded``, and ``votes`` false for one that is only shown. ``specifications`` counts those
    that vote.

    >>> from homicide_trends.claims import judge
    >>> found = record(judge.claim("eleven-towns", limits=False))
    >>> found["verdict"], found["code"], found["specifications"]["count"]
    ('Cannot be told', 'cannot_tell', 0)
    """
    told = result.told
    cells = _cells(told)
    # A source that repeats another's count of the same days is no other specification.
    known: set[tuple[Any, ...]] = set()
    voting = []
    for cell in cells:
        numbers = tuple(value for name, value in cell.items() if name != "source")
        if cell["votes"] and numbers not in known:
            known.add(numbers)
            voting.append(cell)
    states = [cell["state"] for cell in voting]
    return {
        "claim": result.claim,
        "question": question(result),
        "who": result.who,
        "date": result.date,
        "source": result.source_id,
        "figures": list(result.figures),
        "as_reported": result.as_reported,
        "value": _number(result.value),
        "unit": result.unit,
        "qualifier": result.qualifier,
        "verdict": verdict(result),
        "code": told.verdict.code,
        "condition": condition(result),
        "sentence": sentence(result),
        "reading": _reading(told.reading),
        "other_reading": _other(result),
        "accepted": _accepted(told.accepted),
        "levels": [
            {
                "axis": level.axis, "level": level.key, "start": _day(level.start),
                "end": _day(level.end), "low": _number(level.low),
                "median": _number(level.median), "high": _number(level.high),
                "state": level.state, "votes": level.votes,
            }
            for level in told.levels
        ],
        "specifications": {
            "count": len(voting),
            "give": states.count("gives"),
            "compatible": states.count("compatible"),
            "exclude": states.count("excluded"),
        },
        "cells": cells,
        "needed": [
            {"baseline": each.key, "rate": _number(each.rate), "day": _day(each.day)}
            for each in told.needed
        ],
        "sure": None if told.sure is None else {
            "counts": told.sure.counts, "spread": _number(told.sure.spread),
            "comparison": told.sure.comparison, "moves": _number(told.sure.moves),
            "size": told.sure.size,
        },
        "close_calls": [{"setting": each.setting, "code": each.code} for each in told.close],
        "claimReview": claim_review(result, data=data),
    }  # fmt: skip


def condition(result: ClaimResult) -> str:
    """Under which choice, or for which part, the claim is right; else empty."""
    told = result.told
    if told.verdict.code == "only_if":
        return listed(level_name(level) for level in told.verdict.levels)
    if told.verdict.code == "right_for":
        return listed(result.names.get(part, part) for part in told.verdict.parts)
    return ""


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "measure": reading.measure,
        "per": reading.per,
        "places": list(reading.places),
        "start": _day(reading.start or (reading.event[0] if reading.event else None)),
        "end": _day(reading.end),
        "end_rule": reading.end_rule,
        "event": [_day(day) for day in reading.event],
        "baseline": None if reading.baseline is None else [_day(day) for day in reading.baseline],
        "parts": list(reading.parts),
        "compared_with": reading.compared_with,
        "method": reading.method,
        "words": dict(reading.words),
    }


def _other(result: ClaimResult) -> dict[str, Any] | None:
    """The reading that does not head the claim, if there is one."""
    if result.second is None:
        return None
    other = result.first if result.told is result.second else result.second
    return {"reading": _reading(other.reading), "code": other.verdict.code}


def _accepted(range_: Accepted | None) -> dict[str, Any] | None:
    if range_ is None:
        return None
    return {
        name: _number(getattr(range_, name))
        for name in ("lower", "upper", "near_lower", "near_upper")
    } | {"word": range_.word}


def _cells(found: ReadingResult) -> list[dict[str, Any]]:
    table = found.cells
    own = table[table["end"].isin(table.loc[table["votes"], "end"]) | table["end"].isna()]
    rows = []
    for row in own[CELL_COLUMNS].to_dict("records"):
        cell = {str(name): _plain(value) for name, value in row.items()}
        within = cell["state"] == GIVES
        near = bool(cell.pop("compatible"))
        cell["state"] = "gives" if within else "compatible" if near else "excluded"
        rows.append(cell)
    return rows


def _plain(value: Any) -> Any:
    """A cell of a table as JSON takes it."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return _day(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return value if isinstance(value, str) else _number(float(value))


def _day(value: pd.Timestamp | None) -> str | None:
    return None if value is None or pd.isna(value) else f"{value:%Y-%m-%d}"


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def claim_review(result: ClaimResult, *, data: Folder | None = None) -> dict[str, Any]:
    """The verdict in the vocabulary of schema.org's ClaimReview.

    The rating is the verdict in words without a number: readings are not points on a scale of
    truth. There is none where the claim cannot be told.

    >>> from homicide_trends.claims import judge
    >>> review = claim_review(judge.claim("eleven-towns", limits=False))
    >>> review["@type"], "reviewRating" in review
    ('ClaimReview', False)
    """
    known = load_sources(data=data).set_index("source_id")
    appearance: dict[str, Any] = {"@type": "CreativeWork"}
    if result.source_id in known.index:
        source = known.loc[result.source_id]
        appearance["name"] = source["title"]
        appearance["publisher"] = {"@type": "Organization", "name": source["publisher"]}
        if source["url"]:
            appearance["url"] = source["url"]
    if result.date:
        appearance["datePublished"] = result.date
    review: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "identifier": result.claim,
        "claimReviewed": f"{question(result)} ({result.as_reported})",
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Organization", "name": result.who},
            "appearance": appearance,
        },
        "author": {"@type": "Organization", "name": "homicide-trends"},
        "reviewBody": sentence(result),
    }
    if result.told.verdict.code != CANNOT_TELL:
        review["reviewRating"] = {
            "@type": "Rating",
            "alternateName": verdict(result),
            "ratingExplanation": sentence(result),
        }
    return review


def brief(result: ClaimResult) -> str:
    """A claim in a line or two of a terminal: question, verdict, sentence.

    >>> from homicide_trends.claims import judge
    >>> print(brief(judge.claim("eleven-towns", limits=False)).splitlines()[0])
    Had eleven of the 262 municipalities been declared free of violence?  CANNOT BE TOLD
    """
    head = f"{question(result)}  {verdict(result).upper()}"
    body = textwrap.fill(sentence(result), WIDTH, initial_indent="  ", subsequent_indent="  ")
    return f"{head}\n{body}"
