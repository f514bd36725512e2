"""A claim for other programs (JSON, schema.org's ClaimReview) and for a terminal."""

import math
import textwrap
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..claims.result import CANNOT_TELL, CELL_COLUMNS, GIVES, ClaimResult, Reading, ReadingResult
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
    voting = pd.DataFrame([cell for cell in cells if cell["votes"]], columns=CELL_COLUMNS)
    states = voting.drop_duplicates(voting.columns.drop("source"))["state"].tolist()
    other = result.first if told is result.second else result.second
    said = {name: getattr(result, name) for name in ("as_reported", "value", "unit", "qualifier")}
    return {
        "claim": result.claim,
        "question": question(result),
        "who": result.who,
        "date": result.date,
        "source": result.source_id,
        "figures": list(result.figures),
        **_plain(said),
        "verdict": verdict(result),
        "code": told.verdict.code,
        "condition": condition(result),
        "sentence": sentence(result),
        "reading": _reading(told.reading),
        "other_reading": None
        if other is None
        else {"reading": _reading(other.reading), "code": other.verdict.code},
        "accepted": _picked(
            told.accepted, "lower", "upper", "near_lower", "near_upper", "word"
        ),
        "levels": [
            _picked(level, "axis", "key", "start", "end", "low", "median", "high", "state", "votes",
                    key="level")
            for level in told.levels
        ],
        "specifications": {
            "count": len(states),
            "give": states.count("gives"),
            "compatible": states.count("compatible"),
            "exclude": states.count("excluded"),
        },
        "cells": cells,
        "needed": [_picked(each, "key", "rate", "day", key="baseline") for each in told.needed],
        "sure": _plain(told.sure),
        "close_calls": _plain(told.close),
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
    return {name: value for name, value in _plain(replace(reading, start=reading.opens)).items()
            if name != "claim"}  # fmt: skip


def _picked(thing: Any, *names: str, **other_names: str) -> dict[str, Any] | None:
    """Some fields of a dataclass as JSON takes them, a few under other names."""
    if thing is None:
        return None
    return {other_names.get(name, name): _plain(getattr(thing, name)) for name in names}


def _cells(found: ReadingResult) -> list[dict[str, Any]]:
    table = found.cells
    own = table[table["end"].isin(found.voting["end"]) | table["end"].isna()]
    rows = []
    for row in own[CELL_COLUMNS].to_dict("records"):
        cell = _plain(row)
        near = cell.pop("compatible")
        cell["state"] = "gives" if cell["state"] == GIVES else "compatible" if near else "excluded"
        rows.append(cell)
    return rows


def _plain(value: Any) -> Any:
    """A value as JSON takes it: days as text, dataclasses by their fields, missing as None."""
    if is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        return value
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
