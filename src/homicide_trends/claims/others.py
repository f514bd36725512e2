"""Claims that are no change over time: lists, ranks, shares, ratios of places, yearly change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..series.periods import by_years, calendar_years
from ..tables.load import (
    Folder,
    load_counts,
    load_figures,
    load_municipalities,
    load_places,
    load_population,
)
from .comparisons import cells_of, expected_by_years
from .evidence import Case, Counts, Lived
from .readings import LISTS
from .result import Claim, Day, Lacking, Period, Reading
from .rule import accepted

FEWEST = 3  # places that a rank is among at least
Found = tuple[pd.DataFrame, dict[str, float]]


def listed(case: Case) -> Found:
    """A number of declared places, or of the people who live in them.

    A list with fewer names than are claimed is a partial one and contradicts nothing.
    """
    stated, reading, data = case.stated, case.reading, case.data
    if reading.measure == "population_represented":
        return _represented(case)
    towns = load_municipalities(data=data)
    within = load_places(data=data).set_index("place")["within"]
    towns = towns[towns["place"].map(within).isin(reading.places)]
    confirmed = int((towns["status"] == "confirmed").sum())
    likely = int((towns["status"] == "likely").sum())
    if confirmed < accepted(stated.value, as_reported=stated.as_reported,
                            qualifier=stated.qualifier).lower:  # fmt: skip
        raise Lacking(reading.lacks("list", number=confirmed, likely=likely))
    return cells_of([{"source": "municipalities.csv", "estimate": float(confirmed)}]), {}


def _stated(stated: Claim, measure: str, data: Folder | None) -> float | None:
    """The value of another figure that the claim uses."""
    figures = load_figures(data=data)
    known = figures[figures["figure_id"].isin(stated.figures) & (figures["measure"] == measure)]
    known = known.dropna(subset=["value"])
    return None if known.empty else float(known["value"].iloc[0])


def _represented(case: Case) -> Found:
    """People of the places on file, by their last population up to the year of the text."""
    stated, reading, data = case.stated, case.reading, case.data
    population = load_population(data=data)
    known = population[population["place"].isin(reading.places)]
    if stated.appeared is not None:
        known = known[known["year"] <= stated.appeared[1].year]
    towns = load_municipalities(data=data)
    status = towns.set_index("place")["status"]
    number = _stated(stated, "mayors", data) or _stated(stated, LISTS[0], data)
    partial = number is not None and number > len(reading.places)
    lacking = tuple(place for place in reading.places if place not in set(known["place"]))
    total = float(
        known.sort_values("year", kind="stable").groupby("place")["population"].last().sum()
    )
    values = {"people": total, "towns": float(len(reading.places) - len(lacking))}
    if lacking:
        raise Lacking(reading.lacks("population", *lacking), values)
    if partial:
        likely = int((status.reindex(list(reading.places)) == "likely").sum())
        number = len(reading.places) - likely
        raise Lacking(reading.lacks("list", number=number, likely=likely), values)
    latest = known.sort_values("year", kind="stable").groupby(["series", "place"])["population"]
    rows = [
        {"source": series, "estimate": float(people.sum())}
        for series, people in latest.last().groupby("series")
        if len(people) == len(set(reading.places))
    ]
    return cells_of(rows or [{"source": "", "estimate": total}]), values


def ranked(case: Case) -> Found:
    """The rank of a place among the members of a region, in each year of the period.

    All members are counted by the agency, and set over the population series, that has most of
    them. One that has no count is in no rank.
    """
    reading = case.reading
    known = load_places(data=case.data).set_index("place")
    region = reading.compared_with or str(known["within"].get(reading.places[0], ""))
    inside = known[known["within"] == region]
    # A town is ranked among towns, although departments lie in the country, too.
    same = inside["kind"].isin(inside["kind"].reindex(reading.places).dropna())
    members = inside.index[same].tolist()
    lacking = Lacking(reading.lacks("ranking", region))
    if not region or not set(reading.places) <= set(members):
        raise lacking
    rates = member_rates(members, reading, data=case.data)
    rows, numbers = [], []
    for (start, end), some in rates.groupby(["start", "end"]):
        here = some[some["place"].isin(reading.places)]
        if len(some) < FEWEST or here.empty:
            continue
        ranks = some["rate"].rank(ascending=False, method="min")
        numbers.append(len(some))
        rows += [
            {
                "source": row["source"], "population": row["population"], "start": start,
                "end": end, "deaths": row["deaths"], "time": row["time"],
                "estimate": float(ranks[at]), "part": row["place"],
            }
            for at, row in here.iterrows()
        ]  # fmt: skip
    if not rows or {row["part"] for row in rows} != set(reading.places):
        raise lacking
    values = {"whole": float(min(numbers)), "whole_most": float(max(numbers)),
              "best": min(row["estimate"] for row in rows),
              "worst": max(row["estimate"] for row in rows)}  # fmt: skip
    return cells_of([{**row, "part": ""} for row in rows]), values


def member_rates(members: Sequence[Any], reading: Reading, *, data: Folder | None) -> pd.DataFrame:
    """Deaths, time and rate of each member and year: the table behind a rank.

    Columns ``place, start, end, deaths, time, rate, source, population``; the rate is per
    100,000 person-years, or deaths a day where the reading is of deaths.
    """
    counts = load_counts(data=data)
    counts = counts[counts["place"].isin(members) & (counts["status"] != "doubtful")]
    if counts.empty:
        return pd.DataFrame(columns=["place", "start", "end", "rate"])
    agency = _widest(counts, "agency")
    known = load_population(data=data)
    series = _widest(known[known["place"].isin(members)], "series")
    by_head = reading.per == "inhabitant"
    years = known[(known["series"] == series)].set_index(["place", "year"])["population"]
    found = []
    for start, end in _years(reading, counts):
        rows = counts[
            (counts["agency"] == agency) & (counts["start"] == start) & (counts["end"] == end)
        ].drop_duplicates("place")
        days = (end - start).days + 1
        people = [float(years.get((place, start.year), math.nan)) for place in rows["place"]]
        # A population is that of the middle of its year; a part of the year is a part of it.
        lived = [each * days / (366 if start.is_leap_year else 365) for each in people]
        time = np.array(lived) if by_head else np.full(len(rows), float(days))
        deaths = rows["count"].to_numpy(dtype=float)
        found.append(
            pd.DataFrame({"place": rows["place"].to_numpy(), "start": start, "end": end,
                          "deaths": deaths, "time": time,
                          "rate": deaths / time * (1e5 if by_head else 1),
                          "source": agency, "population": series if by_head else ""})
        )  # fmt: skip
    return pd.concat(found, ignore_index=True).dropna(subset=["rate"]).reset_index(drop=True)


def _widest(rows: pd.DataFrame, column: str) -> str:
    """The value that the most places have, then the most rows."""
    if rows.empty:
        return ""
    reach = rows.groupby(column, sort=True)["place"].agg(["nunique", "size"])
    return str(reach.sort_values(["nunique", "size"], ascending=False, kind="stable").index[0])


def _years(reading: Reading, counts: pd.DataFrame) -> list[Period]:
    """The calendar years of a period; the period itself where it is not made of years."""
    first = reading.start or counts["start"].min()
    last = reading.end or counts["end"].max()
    if reading.start is not None:
        return _calendar(first, last) or [(first, last)]
    return _calendar(pd.Timestamp(first.year, 1, 1), pd.Timestamp(last.year, 12, 31))


def compared(case: Case) -> Found:
    """A share of a whole, a ratio to another place, or the mean change a year over years."""
    reading, evidence = case.reading, case.evidence
    if reading.start is None or reading.end is None:
        raise Lacking(reading.lacks("period"))
    times = case.times()
    if reading.measure == "annual_change":
        return _annual(case, times)
    places = load_places(data=case.data).set_index("place")["within"]
    whole = reading.compared_with or str(places.get(reading.places[0], ""))
    if not whole or evidence.uncounted([whole]):
        raise Lacking(reading.lacks("counts", whole))
    beside = {each.name: each for each in case.times(whole)}
    rows = []
    others = {each.name: each for each in evidence.counted([whole], None)}
    first, last = [reading.start], [reading.end]
    mine = {each.name: each for each in evidence.counted(reading.places, None)}
    for name in [name for name in mine if name in others] or list(mine)[:1]:
        other = others.get(name) or next(iter(others.values()))
        x, y = float(mine[name].deaths(first, last)[0]), float(other.deaths(first, last)[0])
        for time in times:
            if time.name not in beside:
                continue
            t, t0 = (float(each.between(first, last)[0]) for each in (time, beside[time.name]))
            if math.isnan(x + y + t + t0):
                continue
            rows.append(
                {
                    "source": name, "population": time.name, "baseline": whole,
                    "baseline_start": reading.start, "baseline_end": reading.end,
                    "start": reading.start, "end": reading.end, "baseline_deaths": y,
                    "baseline_time": t0, "deaths": x, "time": t, "votes": time.votes,
                }
            )  # fmt: skip
    if not rows:
        raise case.lacking(times)
    return cells_of(rows, reading.measure), {}


def by_method(
    reading: Reading, cells: pd.DataFrame, sources: Sequence[Counts], times: Sequence[Lived]
) -> pd.DataFrame:
    """The cells by the method that the claim names, which vote; the plain ones are shown.

    ``mean_of_rates``: the baseline is the mean of its yearly rates. ``trend``: a log-linear trend
    through the rates of the baseline's years, at least three, goes on through the period.
    """
    counted = {each.name: each for each in sources}
    lived = {each.name: each for each in times}
    rows = []
    for cell in cells[cells["votes"]].to_dict("records"):
        period, baseline = ((cell[f"{of}start"], cell[f"{of}end"]) for of in ("", "baseline_"))
        if not calendar_years(*period):
            continue
        expected = expected_by_years(
            reading.method, counted[cell["source"]], lived[cell["population"]], baseline, period
        )
        if np.isnan(expected):
            continue
        # What the baseline would have had to count for a plain comparison to give the same.
        cell["baseline_deaths"] = expected * cell["baseline_time"] / cell["time"]
        rows.append({**cell, "method": reading.method})
    plain = cells.assign(votes=False, method=cells["method"].astype(str))
    plain = plain.astype({"source": str, "population": str, "baseline": str})
    if not rows:
        return plain
    return pd.concat([cells_of(rows, reading.measure), plain], ignore_index=True)


def _calendar(start: Day, end: Day) -> list[Period]:
    """The calendar years of a period; none where it is not made of whole ones."""
    return by_years(start, end) if calendar_years(start, end) else []


def _annual(case: Case, times: Sequence[Lived]) -> Found:
    """Mean change a year: from the first year to the last, and by a log-linear trend.

    The trend votes where the claim names it, and alone.
    """
    reading = case.reading
    spans = _years(reading, pd.DataFrame())
    steps = len(spans) - 1
    if steps < 1:
        raise Lacking(reading.lacks("period"))
    starts, ends = (pd.DatetimeIndex(each) for each in zip(*spans, strict=True))
    rows = []
    for source in case.evidence.counted(reading.places, None):
        deaths = source.deaths(starts, ends)
        for time in times:
            lived = time.between(starts, ends)
            rate = deaths / lived
            named = reading.method == "trend"
            row = {
                "source": source.name, "population": time.name, "baseline": "first_year",
                "baseline_start": starts[0], "baseline_end": ends[0], "start": starts[-1],
                "end": ends[-1], "baseline_deaths": deaths[0], "baseline_time": lived[0],
                "deaths": deaths[-1], "time": lived[-1],
            }  # fmt: skip
            if rate[0] > 0 and rate[-1] > 0:
                mean = 100 * ((rate[-1] / rate[0]) ** (1 / steps) - 1)
                rows.append({**row, "estimate": mean, "votes": time.votes and not named})
            if len(rate) > 2 and (rate > 0).all():
                slope = np.polyfit(np.arange(len(rate)), np.log(rate), 1)[0]
                rows.append({**row, "method": "trend", "estimate": 100 * math.expm1(slope),
                             "votes": time.votes and named})  # fmt: skip
    if not rows:
        raise case.lacking(times)
    if not any(row["votes"] for row in rows):
        wanted = "trend" if reading.method == "trend" else "plain"
        rows = [{**row, "votes": row.get("method", "plain") == wanted} for row in rows]
    return cells_of(rows), {}
