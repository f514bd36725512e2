"""Whether the numbers of a text agree with each other, whatever the counts on file say.

A rate is held against the count and the population that the same text gives for it, a change, a
daily mean and a share against its counts, a total against its parts. A printed number stands for
what rounds to it: a number that the ranges of the others exclude is a slip. Counts are exact unless
they end in two zeros or more, or are hedged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from ..rates.intervals import ratio_p_value
from ..series.periods import YEAR, calendar_years
from ..tables.load import Folder, load_claims, load_figures, load_places
from .result import Period
from .rule import BELOW, FEWER, HEDGES, MORE, accepted, printed_half

CHANGED = {"percent_decline": -1, "percent_increase": 1, "rate_ratio": 0}
COUNT, RATE, PEOPLE = "homicides", "homicide_rate", "population"
TESTS = ("exact-central", "mid-p", "e-test")
LEAST_ROUNDED = 100
COLUMNS = ["source_id", "figure_id", "as_reported", "kind", "value", "low", "high", "agrees", "own",
           "figures", "before", "after", "p_exact", "p_mid", "p_e"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure of a text with its dates, and the range that its print stands for."""

    figure: str
    source: str
    token: str
    measure: str
    value: float
    place: str
    period: Period | None
    baseline: Period | None
    low: float
    high: float


def own_numbers(*, data: Folder | None = None) -> pd.DataFrame:
    """Every figure that other figures of the same text give again, and whether they agree.

    One row a check: ``source_id, figure_id, as_reported, kind`` (``rate, daily_mean, percent,
    ratio, share, places, periods``), ``value``, ``low, high`` (what the text's own other numbers
    give), ``agrees``, ``own`` (their tokens) and ``figures`` (their ids). Of a change between two
    counts also ``before, after`` and the p-values for no change of their daily rate: exact and
    mid-P, given the sum, and of the E-test (``rates.ratio_p_value``); a direction that a claim
    gives without a number has its counts tested and no value.

    >>> list(own_numbers().columns[:4])
    ['source_id', 'figure_id', 'as_reported', 'kind']
    """
    stated = _stated(data)
    within = load_places(data=data).set_index("place")["within"].to_dict()
    rows = []
    for source in dict.fromkeys(each.source for each in stated):
        own = [each for each in stated if each.source == source]
        for each in own:
            rows += [row for row in _checks(each, own, within) if row["figures"]]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"agrees": bool, **dict.fromkeys(COLUMNS[-5:], float)})


def _stated(data: Folder | None) -> list[Stated]:
    """The figures of all texts; dates that a figure lacks are those of the claim that uses it."""
    figures = load_figures(data=data)
    claims = load_claims(data=data)
    claims = claims[claims["second_reading_of"] == ""]
    found = []
    used: dict[str, Any] = {}
    for claim in claims.to_dict("records"):
        names = [name.strip() for name in str(claim["figures"]).split(";") if name.strip()]
        own = figures[figures["figure_id"].isin(names) & (figures["measure"] == claim["measure"])]
        if len(own):
            used[str(own["figure_id"].iloc[0])] = claim
        elif claim["measure"] in CHANGED:
            found.append(_of(claim, claim, str(claim["claim_id"]), math.nan))
    for row in figures[figures["value"].notna()].to_dict("records"):
        name = str(row["figure_id"])
        found.append(_of(row, used.get(name, row), name, float(row["value"])))
    return found


def _of(row: Any, other: Any, name: str, value: float) -> Stated:
    def days(prefix: str) -> Period | None:
        for each in (row, other):
            first, last = each[f"{prefix}start"], each[f"{prefix}end"]
            if pd.notna(first) and pd.notna(last):
                return pd.Timestamp(first), pd.Timestamp(last)
        return None

    token = str(row.get("as_reported", ""))
    low, high = _range(value, token, str(row["qualifier"]), str(row["measure"]))
    return Stated(
        name, str(row["source_id"]), token, str(row["measure"]), value,
        str(row.get("place", "") or row.get("places", "")), days(""), days("baseline_"), low, high,
    )  # fmt: skip


def _range(value: float, token: str, qualifier: str, measure: str) -> tuple[float, float]:
    """What a printed number stands for."""
    if math.isnan(value):
        return -math.inf, math.inf
    if qualifier in MORE:
        return value, math.inf
    if qualifier in FEWER:
        return 0.0, value
    if qualifier in HEDGES | BELOW:
        near = accepted(value, as_reported=token, qualifier=qualifier)
        return near.near_lower, near.near_upper
    exact = measure == COUNT and value % LEAST_ROUNDED != 0
    half = 0.0 if exact else printed_half(abs(value), token)
    return value - half, value + half


def _checks(each: Stated, own: list[Stated], within: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    """What other figures of the text give for one."""

    def at(measure: str, place: str, period: Period | None) -> list[Stated]:
        return [
            other for other in own
            if other.measure == measure and other.place == place and other is not each
            and period is not None and _same(other, period)
        ]  # fmt: skip

    if each.period is None:
        return
    counts = at(COUNT, each.place, each.period)
    days = (each.period[1] - each.period[0]).days + 1
    if each.measure == RATE:
        years = float(calendar_years(*each.period)) or days / YEAR
        for count, people in product(counts, at(PEOPLE, each.place, each.period)):
            yield _row(each, "rate", [count, people], 1e5 / years, (count.low, count.high),
                       (people.low, people.high))  # fmt: skip
    elif each.measure == "daily_mean":
        for count in counts:
            yield _row(each, "daily_mean", [count], 1, (count.low, count.high), (days, days))
    elif each.measure == "share":
        for part, whole in product(counts, at(COUNT, within.get(each.place, ""), each.period)):
            yield _row(each, "share", [part, whole], 100, (part.low, part.high),
                       (whole.low, whole.high))  # fmt: skip
    elif each.measure in CHANGED and each.baseline is not None:
        yield from _changes(each, counts, at(COUNT, each.place, each.baseline))
        if not counts:
            yield from _changes(
                each, at(RATE, each.place, each.period), at(RATE, each.place, each.baseline)
            )
    elif each.measure == COUNT:
        yield from _parts(each, own, within)


def _same(other: Stated, period: Period) -> bool:
    """Whether a figure is of a period; a population of one within it, or of no date, serves it."""
    if other.measure != PEOPLE or other.period is None:
        return other.period == period or other.measure == PEOPLE
    return period[0].year <= other.period[0].year <= period[1].year


def _changes(each: Stated, after: list[Stated], before: list[Stated]) -> Iterator[dict[str, Any]]:
    sign = CHANGED[each.measure]
    for late, early in product(after, before):
        if early.low <= 0:
            continue
        # A change of counts is one of numbers, whatever the days.
        low, high = late.low / early.high, late.high / early.low
        if sign:
            low, high = sorted((100 * sign * (low - 1), 100 * sign * (high - 1)))
        kind = "percent" if sign else "ratio"
        row = _row(each, kind, [early, late], 1, (low, high), (1, 1))
        if late.measure == COUNT and late.period and early.period:
            times = [(last - first).days + 1 for first, last in (late.period, early.period)]
            tests = [float(ratio_p_value(late.value, times[0], early.value, times[1], method=name))
                     for name in TESTS]  # fmt: skip
            row |= {"before": early.value, "after": late.value,
                    **dict(zip(COLUMNS[-3:], tests, strict=True))}  # fmt: skip
        yield row


def _parts(each: Stated, own: list[Stated], within: dict[Any, Any]) -> Iterator[dict[str, Any]]:
    """A total beside the sum of the places, or of the periods, that the text gives of it."""
    counts = [other for other in own if other.measure == COUNT and other is not each]
    places = {
        other.place: other for other in counts
        if within.get(other.place) == each.place and other.period == each.period
    }  # fmt: skip
    if len(places) > 1:
        members = {place for place, whole in within.items() if whole == each.place}
        row = _sum(each, "places", list(places.values()))
        if members != set(places):  # some places may only be less than the whole
            row |= {"high": math.inf, "agrees": each.high >= row["low"]}
        yield row
    if each.period is None:
        return
    inside = sorted(
        (other for other in counts if other.place == each.place and other.period is not None
         and other.period != each.period and each.period[0] <= other.period[0]
         and other.period[1] <= each.period[1]),
        key=lambda other: (other.period or each.period)[0],  # type: ignore[index]
    )  # fmt: skip
    begin, chain = each.period[0], []
    for other in inside:
        if other.period is not None and other.period[0] == begin:
            chain.append(other)
            begin = other.period[1] + pd.Timedelta(days=1)
    if len(chain) > 1 and begin == each.period[1] + pd.Timedelta(days=1):
        yield _sum(each, "periods", chain)


def _sum(each: Stated, kind: str, parts: list[Stated]) -> dict[str, Any]:
    total = sum(part.low for part in parts), sum(part.high for part in parts)
    return _row(each, kind, parts, 1, total, (1, 1))


def _row(
    each: Stated,
    kind: str,
    parts: list[Stated],
    scale: float,
    above: tuple[float, float],
    below: tuple[float, float],
) -> dict[str, Any]:
    """A check: the figure's range beside scale times the quotient of two ranges."""
    low, high = scale * above[0] / below[1], scale * above[1] / below[0] if below[0] else math.inf
    tiny = 1e-9 * max(1.0, abs(low))
    return {
        "source_id": each.source, "figure_id": each.figure, "as_reported": each.token,
        "kind": kind, "value": each.value, "low": low, "high": high,
        "agrees": each.low <= high + tiny and low <= each.high + tiny,
        "own": "; ".join(part.token for part in parts),
        "figures": ";".join(part.figure for part in parts),
    }  # fmt: skip
