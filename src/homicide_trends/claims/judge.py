"""A claim examined: its comparisons, levels, verdict, and what stands beside the verdict."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from ..tables.load import Folder, load_places
from . import other_places, others
from .comparisons import Baseline, evaluate
from .evidence import Case, Counted, Counts, Evidence, Floats, Lived, exactly
from .options import Options, beside_the_eve, by_months, by_years
from .others import Found
from .readings import (
    CHANGES,
    IMMEDIATE,
    LEVELS,
    LISTS,
    MEASURES,
    OTHER_PLACES,
    SINCE,
    claim_on_file,
    claims_on_file,
)
from .result import (
    CANNOT_TELL,
    CELL_COLUMNS,
    DEPENDS,
    GIVES,
    RIGHT,
    RIGHT_FOR,
    TOO_HIGH,
    TOO_LOW,
    Accepted,
    Claim,
    ClaimResult,
    CloseCall,
    Day,
    Lacking,
    Missing,
    Reading,
    ReadingResult,
    Verdict,
)
from .rule import Coded, accepted, copies, levels, states, verdict
from .surroundings import how_sure, needed, with_limits

RUN = 3  # ends in a row that make a claim right when it was printed earlier


def claim(claim_id: str, *, limits: bool = True, data: Folder | None = None) -> ClaimResult:
    """What is found of a claim, named by its id or by that of a figure it uses.

    ``limits=False`` leaves the intervals out, which never vote. Raises DataError for an unknown
    id and for a figure that is no claim.

    >>> claim("deaths-prevented", limits=False).first.verdict.code
    'only_if'
    """
    return examine(claim_on_file(claim_id, data=data), limits=limits, data=data)


def claims(*, limits: bool = True, data: Folder | None = None) -> list[ClaimResult]:
    """What is found of every claim on file, in the order of ``claims.csv``.

    >>> [each.claim for each in claims(limits=False)][:2]
    ['rate-2011', 'about-sixty']
    """
    evidence = Evidence(data)
    return [
        examine(each, limits=limits, evidence=evidence, data=data)
        for each in claims_on_file(data=data)
    ]


def examine(
    stated: Claim,
    *,
    limits: bool = True,
    evidence: Evidence | None = None,
    data: Folder | None = None,
) -> ClaimResult:
    """What is found of a claim, read from a table or changed with ``dataclasses.replace``."""
    evidence = evidence or Evidence(data)
    first, *more = (
        _examined(Case(stated, reading, evidence), limits) for reading in stated.readings[:2]
    )
    own = evidence.own_numbers
    return ClaimResult(
        **{each.name: getattr(stated, each.name) for each in fields(Claim)},
        names=_names(stated, data),
        own_numbers=own[own["figure_id"].isin([stated.claim, *stated.figures])],
        first=first,
        second=more[0] if more else None,
    )


def _names(stated: Claim, data: Folder | None) -> dict[str, str]:
    """Names of the places of a claim, by code."""
    codes = {
        code
        for reading in stated.readings
        for code in (*reading.places, *reading.parts, *other_places.named(reading))
    }
    known = load_places(data=data).set_index("place")["name"]
    return {str(code): str(name) for code, name in known[known.index.isin(codes)].items()}


def _examined(case: Case, limits: bool) -> ReadingResult:
    if case.reading.parts:
        return _by_parts(case, limits)
    try:
        cells, values = _cells(case)
        if cells.empty:
            raise Lacking(Missing("counts"))
    except Lacking as lack:
        none = pd.DataFrame(columns=CELL_COLUMNS).astype({"estimate": float, "votes": bool})
        found = Verdict(CANNOT_TELL, missing=lack.missing)
        return ReadingResult(
            case.reading, _range(case, lack.values), found, (), none, values=lack.values
        )
    return _judged(case, cells, limits, values)


def _range(case: Case, values: Mapping[str, float], factor: float = 1.0) -> Accepted:
    stated, of = case.stated, 0
    if case.reading.measure == "rank":
        of = max(int(values.get("whole", 0)), 1)
    return accepted(
        stated.value, as_reported=stated.as_reported, qualifier=stated.qualifier, rank_of=of,
        factor=factor,
    )  # fmt: skip


def _judged(
    case: Case, cells: pd.DataFrame, limits: bool, values: Mapping[str, float]
) -> ReadingResult:
    reading, range_ = case.reading, _range(case, values)
    cells = _once(cells)
    coded = Coded.of(cells)
    told = levels(coded, range_)
    found = verdict(told, range_)
    if found.code in (TOO_HIGH, TOO_LOW) and reading.end_rule == SINCE:
        until = _printed(coded, range_)
        found = replace(found, printed=until is not None, until=until)
    cells = cells.assign(state=states(cells["estimate"], range_))
    if limits:
        cells = with_limits(cells, reading, case.evidence)
    values = {**values, **_usual(found, case)}
    cells["compatible"] = (cells["state"] != GIVES) & (
        (cells["state"] == "near")
        | ((cells["lower"] <= range_.upper) & (cells["upper"] >= range_.lower))
    )
    return ReadingResult(
        reading=reading,
        accepted=range_,
        verdict=found,
        levels=told,
        cells=cells.reset_index(drop=True),
        needed=needed(case, cells, range_),
        sure=how_sure(cells, told, range_, reading, case.evidence),
        close=_close(case, coded, range_, found, values),
        values=values,
    )


def _cells(case: Case) -> Found:
    """Every comparison of a reading, and values that its sentence needs."""
    reading = case.reading
    if reading.measure not in MEASURES:
        raise Lacking(reading.lacks("measure"))
    if reading.measure in LISTS:
        return others.listed(case)
    if reading.measure == "rank":
        return others.ranked(case)
    if case.evidence.uncounted(reading.places):
        raise Lacking(reading.lacks("counts"))
    if reading.measure in ("share", "annual_change") or (
        reading.measure == "rate_ratio" and reading.compared_with
    ):
        return others.compared(case)
    if reading.method in OTHER_PLACES:
        return other_places.beside(case)
    return _level_cells(case) if reading.measure in LEVELS else _change_cells(case)


def _level_cells(case: Case) -> Found:
    """A count, a daily mean or a rate of a period, by each distinct count reported for it."""
    reading = case.reading
    if reading.start is None or reading.end is None:
        raise Lacking(reading.lacks("period"))
    sources: list[Counts] = list(
        exactly(reading.places, reading.start, reading.end, data=case.data)
    )
    sources = sources or list(case.evidence.counted(reading.places, None))
    times = case.times()
    cells = evaluate(
        reading.measure, sources, times, {reading.start: True}, {reading.end: True}, []
    )
    if cells.empty:
        raise case.lacking(times)
    return cells, {}


def _change_cells(case: Case) -> Found:
    """A change or deaths averted: by months where the counts allow it, else by years."""
    reading = case.reading
    if reading.opens is None:
        raise Lacking(reading.lacks("event"))
    times, sources = case.times(), case.counted()
    last = _last_day(sources, reading)
    for built in (by_months, by_years):
        options = built(reading, sources, last)
        cells = evaluate(reading.measure, sources, times, *options)
        if cells["votes"].any() and reading.method:
            cells = others.by_method(reading, cells, sources, times)
            if not cells["votes"].any():
                raise Lacking(reading.lacks("method"))
        if cells["votes"].any():
            shown = [] if reading.method else _shown(case, options, sources, times)
            return pd.concat([cells, *shown], ignore_index=True), _within(reading, sources)
    raise case.lacking(times)


def _last_day(sources: Sequence[Counted], reading: Reading) -> Day:
    """The last day on file, not later than four years after the event."""
    known = [curve.counted["end"].max() for each in sources for curve in each.curves]
    first = reading.occurred or reading.start
    last = max(known) if known else reading.end or first
    if first is not None:
        last = min(last, first + pd.DateOffset(years=4))
    return pd.Timestamp(last)


def _shown(
    case: Case, options: Options, sources: Sequence[Counts], times: Sequence[Lived]
) -> list[pd.DataFrame]:
    """Comparisons that do not vote: with a count that ends a few days before the eve."""
    reading, counts = case.reading, case.evidence.counts
    rows = counts[counts["place"].isin(reading.places)]
    if len(reading.places) != 1:
        return []
    found = []
    for agency, eve in beside_the_eve(options, rows):
        known = rows[(rows["agency"] == agency) & (rows["start"] == eve.start)
                     & (rows["end"] == eve.end)]["count"]  # fmt: skip
        for source in sources:
            beside = _Beside(f"{source.name}, {agency}", source, eve, float(known.iloc[0]))
            found.append(
                evaluate(reading.measure, [beside], times, options.starts, options.ends, [eve])
            )
            if len(found[-1]):
                break
    return [each for each in found if len(each)]


@dataclass(frozen=True, slots=True)
class _Beside:
    """A source with another's count of the eve."""

    name: str
    source: Counts
    eve: Baseline
    count: float

    def deaths(self, starts: Any, ends: Any) -> Floats:
        first, last = pd.DatetimeIndex(starts), pd.DatetimeIndex(ends)
        eve = np.asarray((first == self.eve.start) & (last == self.eve.end))
        return np.where(eve, self.count, self.source.deaths(first, last))


def _within(reading: Reading, sources: Sequence[Counts]) -> dict[str, float]:
    """Of a decline said of a stated time: its first three months, and the same a year later."""
    if reading.start is None or reading.end is None or reading.baseline is not None:
        return {}
    if reading.measure not in CHANGES or reading.end < reading.start + pd.DateOffset(
        months=15
    ) - pd.Timedelta(days=1):
        return {}
    months = pd.DateOffset(months=3)
    starts = [reading.start, reading.start + pd.DateOffset(years=1)]
    ends = [start + months - pd.Timedelta(days=1) for start in starts]
    for source in sources:
        early, late = source.deaths(starts, ends)
        if not math.isnan(early + late):
            return {"early": float(early), "late": float(late)}
    return {}


def _printed(cells: Coded, range_: Accepted) -> Day | None:
    """The last of three or more ends in a row, before the reading's, for which it was right."""
    own = cells.codes["end"][cells.votes].max()
    run, until = 0, None
    for day in cells.names["end"][:own]:
        votes = cells.at_ends([day])
        right = votes.any() and verdict(levels(cells, range_, votes), range_).code == RIGHT
        run = run + 1 if right else 0
        if run >= RUN:
            until = pd.Timestamp(day)
    return until


def _close(
    case: Case, cells: Coded, range_: Accepted, found: Verdict, values: Mapping[str, float]
) -> tuple[CloseCall, ...]:
    """Changes of a setting that would change the verdict."""
    tried = []
    if not math.isnan(range_.half):
        tried += [
            (name, cells.votes, _range(case, values, factor))
            for name, factor in (("narrower", 0.8), ("wider", 1.2))
        ]
    if case.reading.end_rule in (SINCE, IMMEDIATE):
        voting = sorted(set(cells.codes["end"][cells.votes].tolist()))
        ends = voting[:-1] if len(voting) > 1 else [each - 1 for each in voting if each]
        votes = cells.at_ends([cells.names["end"][end] for end in ends])
        if votes.any():
            tried.append(("earlier_end", votes, range_))
    calls = []
    for setting, votes, allowed in tried:
        other = verdict(levels(cells, allowed, votes), allowed)
        if _kind(other) != _kind(found):
            calls.append(CloseCall(setting, other.code))
    return tuple(calls)


def _kind(found: Verdict) -> tuple[str, bool, str, tuple[str, ...]]:
    return found.code, found.slightly, found.axis, tuple(level.key for level in found.levels
                                                         if found.code == "only_if")  # fmt: skip


def _once(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells without sources that repeat another's counts in every comparison."""
    coded = Coded.of(cells)
    repeated = copies(coded, coded.votes)
    kept = ~np.isin(coded.codes["source"], list(repeated))
    return cells[kept].reset_index(drop=True)


def _usual(found: Verdict, case: Case) -> dict[str, float]:
    """Since which year none on file before the event was above the baseline that gives."""
    reading = case.reading
    if found.axis != "baseline" or len(found.levels) != 1 or reading.per != "deaths":
        return {}
    level, first = found.levels[0], reading.occurred or reading.start
    if level.start is None or first is None:
        return {}
    starts = pd.date_range("1900-01-01", first - pd.DateOffset(years=1), freq="YS")
    ends = starts + pd.DateOffset(years=1) - pd.Timedelta(days=1)
    counted = case.evidence.counted(reading.places, None)
    if not counted or not len(starts):
        return {}
    deaths = counted[0].deaths(starts, ends)
    daily = deaths / ((ends - starts).days.to_numpy() + 1)
    known = starts.year.to_numpy()[~np.isnan(daily)]
    above = starts.year.to_numpy()[daily >= level.rate_low]
    if not len(known) or (len(above) and above[-1] == known[-1]):
        return {}
    first = above[-1] + 1 if len(above) else known[0]
    return {"above_all_from": float(first), "above_all_to": float(known[-1])}


def _by_parts(case: Case, limits: bool) -> ReadingResult:
    """A claim of several places or years: each judged alone, as the sentence lists them."""
    results = {
        part: _examined(replace(case, reading=_part(case.reading, part)), limits)
        for part in case.reading.parts
    }
    codes = {part: result.verdict.code for part, result in results.items()}
    right = tuple(part for part, code in codes.items() if code == RIGHT)
    first = next(iter(results.values()))
    if len(right) == len(codes):
        found = Verdict(RIGHT)
    elif right:
        found = Verdict(RIGHT_FOR, parts=right)
    elif len(set(codes.values())) == 1:
        found = first.verdict
    else:
        found = Verdict(DEPENDS, axis="part")
    cells = pd.concat(
        [result.cells.assign(part=part) for part, result in results.items()], ignore_index=True
    )
    return ReadingResult(
        case.reading, first.accepted, found, tuple(level for each in results.values()
                                              for level in each.levels),
        cells, sure=first.sure, parts=results,
    )  # fmt: skip


def _part(reading: Reading, part: str) -> Reading:
    """The reading of one part: a place, or a calendar year beside the one before."""
    if part.isdigit() and len(part) == 4:
        start, end = pd.Timestamp(int(part), 1, 1), pd.Timestamp(int(part), 12, 31)
        baseline = reading.baseline
        if baseline is None and reading.measure in CHANGES:
            year = pd.DateOffset(years=1)
            baseline = (start - year, start - pd.Timedelta(days=1))
        return replace(reading, parts=(), start=start, end=end, end_rule="stated",
                       event=(), baseline=baseline)  # fmt: skip
    return replace(reading, parts=(), places=(part,))
