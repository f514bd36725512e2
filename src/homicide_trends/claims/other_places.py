"""Changes that a claim measures against other places: synthetic control, two-way differences.

The other places are those of ``compared_with`` (codes, or a region that stands for its members; of
a synthetic control with the weights of the study if it gives them, ``BBB=0.7;CCC=0.3``), else all
that lie within the same region, without those that have an intervention of their own on file. A
population, where the claim is per inhabitant, and an agency are the same for all where they can be.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..methods.donor_pool import SyntheticControl
from ..methods.synthetic import synthetic_control
from ..methods.two_way import FEWEST, two_way_differences
from ..refusals import RefusedError
from ..series.counts import PREFERRED
from ..tables.load import Folder, load_events, load_places
from .comparisons import cells_of, estimates
from .evidence import Case, Counted, Floats, Lived
from .options import following_month, following_year
from .others import Found
from .readings import DIFFERENCES, STATED_END, SYNTHETIC, listed
from .result import OTHERS_COURSE, WEIGHTED_OTHERS, Day, Lacking, Reading

Spans: TypeAlias = pd.DataFrame
"""A row a unit of time: ``start, end, after``."""

FEWEST_BEFORE = {SYNTHETIC: 2, DIFFERENCES: 1}  # units of time


def named(reading: Reading) -> tuple[str, ...]:
    """Codes that ``compared_with`` names, without their weights.

    >>> from dataclasses import replace
    >>> whole = Reading("c", "percent_decline", "deaths", ("AAA",), None, None, "since")
    >>> named(replace(whole, compared_with="BBB=0.7;CCC=0.3"))
    ('BBB', 'CCC')
    """
    return tuple(part.partition("=")[0] for part in listed(reading.compared_with))


def beside(case: Case) -> Found:
    """The change in the places of a claim beside that of others, by the method that it names.

    By months where the places' counts allow it, unless the claim is of whole years. What the
    counts before the period cannot carry is no cell: too few other places, or a weighted mean that
    does not follow the place.
    """
    reading, evidence = case.reading, case.evidence
    codes = _others(reading, case.data)
    times = case.times()
    beside_them = {code: evidence.counted((code,), None) for code in codes}
    lived = {code: case.times(code) for code in codes}
    rows, values, refused = [], {}, 0
    for source in case.counted():
        for time in times:
            panel = _panel(reading, source, time, beside_them, lived)
            if panel is None:
                continue
            spans, own, others = panel
            values = {"others": float(len(others)), "times": float((~spans["after"]).sum())}
            row = _compared(reading, spans, own, others)
            if row is None:
                refused += 1
                continue
            rows.append({**row, "source": source.name, "population": time.name,
                         "method": reading.method, "votes": time.votes})  # fmt: skip
    if not rows:
        kind = "fit" if refused and reading.method == SYNTHETIC else "others"
        raise Lacking(reading.lacks(kind, number=int(values.get("others", len(codes)))))
    return cells_of(rows), values


def _others(reading: Reading, data: Folder | None) -> list[str]:
    """Codes of the other places."""
    within = load_places(data=data).set_index("place")["within"]
    own = set(reading.places)
    if reading.compared_with:
        codes = [
            member
            for code in named(reading)
            for member in (list(within.index[within == code]) or [code])
        ]
        return [code for code in dict.fromkeys(codes) if code not in own]
    region = within.get(reading.places[0], "")
    events = load_events(data=data)
    changed = set(events.loc[events["role"] == "intervention", "place"])
    members = within.index[(within == region) & (within != "")]
    return [str(code) for code in members if code not in own | changed]


def _panel(
    reading: Reading,
    source: Counted,
    time: Lived,
    others: Mapping[str, Sequence[Counted]],
    lived: Mapping[str, Sequence[Lived]],
) -> tuple[Spans, list[tuple[Floats, Floats]], dict[str, Floats]] | None:
    """Units of time; deaths and time of the claim's places; rates of the others, by code.

    Of differences the claim's places stand one by one, of a synthetic control they are added up.
    """
    for spans in _units(reading, source):
        first, last = pd.DatetimeIndex(spans["start"]), pd.DatetimeIndex(spans["end"])
        if reading.method == DIFFERENCES:
            mine = [
                (Counted(source.name, (curve,)), Lived(time.name, time.people[n : n + 1]))
                for n, curve in enumerate(source.curves)
            ]
        else:
            mine = [(source, time)]
        own = [(each.deaths(first, last), when.between(first, last)) for each, when in mine]
        known = ~np.isnan(sum(deaths + span for deaths, span in own))
        spans, own = spans[known], [(deaths[known], span[known]) for deaths, span in own]
        after = spans["after"].to_numpy(dtype=bool)
        if (~after).sum() < FEWEST_BEFORE[reading.method] or not _whole(spans[after], reading):
            continue
        first, last = first[known], last[known]
        rates = {}
        for code, counted in others.items():
            who = _alike(counted, source.name)
            when = next((each for each in lived[code] if each.name == time.name), None)
            if who is None or when is None:
                continue
            rate = who.deaths(first, last) / when.between(first, last)
            if not np.isnan(rate).any():
                rates[code] = rate
        if rates:
            return spans, own, rates
    return None


def _whole(after: Spans, reading: Reading) -> bool:
    """Whether the period has all its units, to the end that the claim states."""
    if after.empty or (reading.end_rule == STATED_END and after["end"].iloc[-1] != reading.end):
        return False
    following = (after["end"] + pd.Timedelta(days=1)).iloc[:-1].to_numpy()
    return bool((after["start"].iloc[1:].to_numpy() == following).all())


def _alike(counted: Sequence[Counted], name: str) -> Counted | None:
    """The same agency's counts, else the preferred ones."""
    by_name = {each.name: each for each in counted}
    return by_name.get(name, by_name.get(PREFERRED))


def _units(reading: Reading, source: Counted) -> Iterator[Spans]:
    """Years or months before and after, the better first; the event's own is in neither."""
    anchor = reading.opens
    if anchor is None:
        return
    on_file = max(curve.counted["start"].min() for curve in source.curves)
    latest = min(curve.counted["end"].max() for curve in source.curves)
    until = min(reading.end or latest, latest)
    yearly = (
        (anchor.month, anchor.day) == (1, 1) and reading.end is not None and reading.end.is_year_end
    )
    for freq in "YM" if yearly else "MY":
        begin = following_year(anchor) if freq == "Y" else following_month(anchor)
        before_end = anchor.to_period(freq).start_time - pd.Timedelta(days=1)
        before = reading.baseline or (on_file, before_end)
        yield pd.concat(
            [
                _periods(*before, freq).assign(after=False),
                _periods(begin, until, freq).assign(after=True),
            ],
            ignore_index=True,
        )


def _periods(first: Day, last: Day, freq: str) -> pd.DataFrame:
    """The whole calendar months or years within some days."""
    found = pd.period_range(first.to_period(freq), last.to_period(freq), freq=freq)
    spans = pd.DataFrame({"start": found.start_time, "end": found.end_time.normalize()})
    return spans[(spans["start"] >= first) & (spans["end"] <= last)]


def _compared(
    reading: Reading,
    spans: Spans,
    own: list[tuple[Floats, Floats]],
    others: Mapping[str, Floats],
) -> dict[str, Any] | None:
    """A cell: the baseline has the deaths that the other places let expect, in its own time."""
    after = spans["after"].to_numpy(dtype=bool)
    deaths, time = (np.sum([each[n] for each in own], axis=0) for n in (0, 1))
    x, lived = float(deaths[after].sum()), float(time[after].sum())
    if reading.method == SYNTHETIC:
        fitted = _weighted(reading, spans, deaths / time, others)
        if fitted is None:
            return None
        expected = [float((fitted.series["synthetic"].to_numpy() * time)[after].sum())]
    else:
        found = _differences(own, others, after)
        if found is None:
            return None
        expected = [x / ratio for ratio in found] if x else []
        if not expected:
            return None
    before_time = float(time[~after].sum())
    base = [each * before_time / lived for each in expected]
    given = [float(estimates(reading.measure, x, lived, each, before_time)) for each in base]
    limits = sorted(given[1:]) if len(given) == 3 and np.isfinite(given).all() else [np.nan] * 2
    return {
        "baseline": WEIGHTED_OTHERS if reading.method == SYNTHETIC else OTHERS_COURSE,
        "baseline_start": spans["start"].iloc[0],
        "baseline_end": spans.loc[~after, "end"].iloc[-1],
        "start": spans.loc[after, "start"].iloc[0], "end": spans["end"].iloc[-1],
        "baseline_deaths": base[0], "baseline_time": before_time, "deaths": x,
        "time": lived, "estimate": given[0], "lower": limits[0], "upper": limits[1],
    }  # fmt: skip


def _weighted(
    reading: Reading, spans: Spans, rate: Floats, others: Mapping[str, Floats]
) -> SyntheticControl | None:
    """The weighted mean of other places; none where it does not follow the claim's before."""
    times = np.arange(len(spans))
    panel = pd.concat(
        [pd.DataFrame({"unit": code, "time": times, "rate": values})
         for code, values in (("", rate), *others.items())]
    )  # fmt: skip
    pairs = [part.partition("=") for part in listed(reading.compared_with)]
    given = {code: float(weight) for code, _equals, weight in pairs if weight}
    if given and not set(given) <= set(others):
        return None
    fitted = synthetic_control(
        panel, unit="unit", time="time", outcome="rate", treated="",
        intervention=int((~spans["after"]).sum()), weights=given or None,
    )  # fmt: skip
    return fitted if given or not fitted.refused else None


def _differences(
    own: list[tuple[Floats, Floats]], others: Mapping[str, Floats], after: npt.NDArray[np.bool_]
) -> tuple[float, float, float] | None:
    """How much more the claim's places changed than the others: the ratio and its limits."""
    values = np.stack([*(deaths / time for deaths, time in own), *others.values()])
    marked = np.arange(len(values)) < len(own)
    logs = min(len(own), len(others)) < FEWEST
    try:
        found = two_way_differences(values, marked, after, logs=logs)
    except RefusedError:
        return None
    return found.ratio, found.lower, found.upper
