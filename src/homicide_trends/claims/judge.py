"""A claim examined: its comparisons, levels, verdict, and what stands beside the verdict."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..series.counts import PREFERRED
from ..tables.load import Folder, load_places
from . import other_places, others
from .accepted import accepted, states
from .comparisons import Baseline, Counted, Counts, PersonTime, evaluate, exactly
from .evidence import Evidence, person_times
from .options import Options, beside_the_eve, by_months, by_years
from .readings import (
    CHANGES,
    IMMEDIATE,
    LEVELS,
    LISTS,
    MEASURES,
    OTHER_PLACES,
    SINCE,
    Claim,
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
    ClaimResult,
    CloseCall,
    Day,
    Missing,
    Reading,
    ReadingResult,
    Verdict,
)
from .rule import Coded, copies, levels, verdict
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
    results = [_examined(stated, reading, evidence, limits) for reading in stated.readings[:2]]
    own = evidence.own_numbers
    return ClaimResult(
        claim=stated.claim,
        question=stated.question,
        question_es=stated.question_es,
        source_id=stated.source_id,
        who=stated.who,
        date=stated.date,
        as_reported=stated.as_reported,
        value=stated.value,
        unit=stated.unit,
        qualifier=stated.qualifier,
        figures=stated.figures,
        names=_names(stated, data),
        own_numbers=own[own["figure_id"].isin([stated.claim, *stated.figures])],
        first=results[0],
        second=results[1] if len(results) > 1 else None,
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


def _examined(stated: Claim, reading: Reading, evidence: Evidence, limits: bool) -> ReadingResult:
    if reading.parts:
        return _by_parts(stated, reading, evidence, limits)
    cells, missing, values = _cells(stated, reading, evidence)
    range_ = _range(stated, reading, values)
    if cells.empty or missing is not None:
        return ReadingResult(
            reading, range_, Verdict(CANNOT_TELL, missing=missing or Missing("counts")), (),
            cells, values=values,
        )  # fmt: skip
    return _judged(stated, reading, cells, range_, evidence, limits, values)


def _range(
    stated: Claim, reading: Reading, values: dict[str, float], factor: float = 1.0
) -> Accepted:
    of = int(values.get("whole", 0)) if reading.measure == "rank" else 0
    return accepted(
        stated.value, as_reported=stated.as_reported, qualifier=stated.qualifier,
        rank_of=max(of, 1) if reading.measure == "rank" else 0, factor=factor,
    )  # fmt: skip


def _judged(
    stated: Claim,
    reading: Reading,
    cells: pd.DataFrame,
    range_: Accepted,
    evidence: Evidence,
    limits: bool,
    values: dict[str, float],
) -> ReadingResult:
    values = {**values, **_main(cells)}
    cells = _once(cells)
    coded = Coded.of(cells)
    told = levels(coded, range_)
    found = verdict(told, range_)
    if found.code in (TOO_HIGH, TOO_LOW) and reading.end_rule == SINCE:
        until = _printed(coded, range_)
        found = replace(found, printed=until is not None, until=until)
    cells = cells.assign(state=states(cells["estimate"], range_))
    if limits:
        cells = with_limits(cells, reading, evidence)
    values = {**values, **_usual(found, reading, evidence)}
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
        needed=needed(
            stated.value,
            reading,
            cells,
            range_,
            evidence,
            person_times(stated, reading, evidence, reading.places),
        ),
        sure=how_sure(cells, told, range_, reading, evidence),
        close=_close(stated, reading, coded, range_, found, values),
        values=values,
    )


def _cells(
    stated: Claim, reading: Reading, evidence: Evidence
) -> tuple[pd.DataFrame, Missing | None, dict[str, float]]:
    """Every comparison of a reading; else what is missing; and values that its sentence needs."""
    none = pd.DataFrame(columns=CELL_COLUMNS).astype({"estimate": float, "votes": bool})
    if reading.measure not in MEASURES:
        return none, Missing("measure"), {}
    if reading.measure in LISTS:
        return others.listed(stated, reading, none, data=evidence.data)
    if reading.measure == "rank":
        return others.ranked(reading, none, evidence)
    if evidence.uncounted(reading.places):
        return none, Missing("counts", reading.places, reading.start, reading.end), {}
    if reading.measure in ("share", "annual_change") or (
        reading.measure == "rate_ratio" and reading.compared_with
    ):
        return others.compared(stated, reading, none, evidence)
    if reading.method in OTHER_PLACES:
        return other_places.beside(stated, reading, none, evidence)
    if reading.measure in LEVELS:
        return _level_cells(stated, reading, none, evidence)
    return _change_cells(stated, reading, none, evidence)


def _level_cells(
    stated: Claim, reading: Reading, none: pd.DataFrame, evidence: Evidence
) -> tuple[pd.DataFrame, Missing | None, dict[str, float]]:
    """A count, a daily mean or a rate of a period, by each distinct count reported for it."""
    if reading.start is None or reading.end is None:
        return none, Missing("period", reading.places), {}
    sources: list[Counts] = list(
        exactly(reading.places, reading.start, reading.end, data=evidence.data)
    )
    sources = sources or list(evidence.counted(reading.places, None))
    times = person_times(stated, reading, evidence, reading.places)
    if not times:
        return none, Missing("population", reading.places, reading.start, reading.end), {}
    starts, ends = others.only(reading.start), others.only(reading.end)
    cells = evaluate(reading.measure, sources, times, starts, ends, [])
    if cells.empty:
        return none, others.missing(reading, evidence, times), {}
    if not cells["votes"].any():  # no population of the time covers the period
        cells = cells.assign(votes=True)
    return cells, None, {}


def _change_cells(
    stated: Claim, reading: Reading, none: pd.DataFrame, evidence: Evidence
) -> tuple[pd.DataFrame, Missing | None, dict[str, float]]:
    """A change or deaths averted: by months where the counts allow it, else by years."""
    if reading.start is None and not reading.event:
        return none, Missing("event", reading.places), {}
    times = person_times(stated, reading, evidence, reading.places)
    if not times:
        return none, Missing("population", reading.places, reading.start, reading.end), {}
    event = reading.event[0] if reading.event else None
    sources = evidence.counted(reading.places, event)
    last = _last_day(sources, reading, event)
    for built in (by_months, _yearly):
        options = built(reading, sources, last)
        if options is None:
            continue
        cells = evaluate(
            reading.measure, sources, times, options.starts, options.ends, options.baselines
        )
        if len(cells) and not cells["votes"].any() and reading.per == "inhabitant":
            cells = _all_populations(cells, options)
        if cells["votes"].any() and reading.method:
            cells = others.by_method(reading, cells, sources, times)
            if not cells["votes"].any():
                return none, Missing("method", reading.places), {}
        if cells["votes"].any():
            shown = [] if reading.method else _shown(reading, options, sources, times, evidence)
            values = _within(reading, sources)
            return pd.concat([cells, *shown], ignore_index=True), None, values
    return none, others.missing(reading, evidence, times), {}


def _yearly(reading: Reading, sources: Sequence[Counts], last: Day) -> Options | None:
    years = [
        row
        for each in sources
        if isinstance(each, Counted)
        for curve in each.curves
        for row in curve.counted.loc[curve.counted["start"].dt.is_year_start, "start"]
    ]
    return by_years(reading, pd.DatetimeIndex(sorted(set(years))), last)


def _all_populations(cells: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Cells with every population voting, where none was published by the date of the text."""
    ends = {day for day, votes in zip(options.ends.days, options.ends.votes, strict=True) if votes}
    compared = {each.key for each in options.baselines if each.votes}
    return cells.assign(votes=cells["end"].isin(ends) & cells["baseline"].isin(compared))


def _last_day(sources: Sequence[Counted], reading: Reading, event: Day | None) -> Day:
    """The last day on file, not later than four years after the event."""
    known = [curve.counted["end"].max() for each in sources for curve in each.curves]
    first = event or reading.start
    last = max(known) if known else reading.end or first
    if first is not None:
        last = min(last, first + pd.DateOffset(years=4))
    return pd.Timestamp(last)


def _shown(
    reading: Reading,
    options: Options,
    sources: Sequence[Counts],
    times: Sequence[PersonTime],
    evidence: Evidence,
) -> list[pd.DataFrame]:
    """Comparisons that do not vote: with a count that ends a few days before the eve."""
    rows = evidence.counts[evidence.counts["place"].isin(reading.places)]
    if len(reading.places) != 1:
        return []
    found = []
    for agency, eve in beside_the_eve(options, rows):
        known = rows[(rows["agency"] == agency) & (rows["start"] == eve.start)
                     & (rows["end"] == eve.end)]["count"]  # fmt: skip
        count = float(known.iloc[0])
        for source in sources:
            beside = _Beside(source, eve, count, f"{source.name}, {agency}")
            found.append(
                evaluate(reading.measure, [beside], times, options.starts, options.ends, [eve])
            )
            if len(found[-1]):
                break
    return [each for each in found if len(each)]


class _Beside:
    """A source with another's count of the eve."""

    def __init__(self, source: Counts, eve: Baseline, count: float, name: str) -> None:
        self.name = name
        self._source, self._eve, self._count = source, eve, count

    def deaths(self, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> np.ndarray:
        first, last = pd.DatetimeIndex(starts), pd.DatetimeIndex(ends)
        eve = np.asarray((first == self._eve.start) & (last == self._eve.end))
        return np.where(eve, self._count, self._source.deaths(first, last))


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
    stated: Claim,
    reading: Reading,
    cells: Coded,
    range_: Accepted,
    found: Verdict,
    values: dict[str, float],
) -> tuple[CloseCall, ...]:
    """Changes of a setting that would change the verdict."""
    tried = []
    if not math.isnan(range_.half):
        tried += [
            (name, cells.votes, _range(stated, reading, values, factor))
            for name, factor in (("narrower", 0.8), ("wider", 1.2))
        ]
    if reading.end_rule in (SINCE, IMMEDIATE):
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


def _main(cells: pd.DataFrame) -> dict[str, float]:
    """The median by the preferred source, where that votes."""
    own = cells[cells["votes"] & (cells["source"] == PREFERRED)]
    own = own if len(own) else cells[cells["votes"]]
    return {"main": float(own["estimate"].median())}


def _usual(found: Verdict, reading: Reading, evidence: Evidence) -> dict[str, float]:
    """After which year no year on file before the event was above the baseline that gives."""
    if found.axis != "baseline" or len(found.levels) != 1 or reading.per != "deaths":
        return {}
    level, first = found.levels[0], (*reading.event, reading.start)[0]
    if level.start is None or first is None:
        return {}
    starts = pd.date_range("1900-01-01", first - pd.DateOffset(years=1), freq="YS")
    ends = starts + pd.DateOffset(years=1) - pd.Timedelta(days=1)
    counted = evidence.counted(reading.places, None)
    if not counted or not len(starts):
        return {}
    deaths = counted[0].deaths(starts, ends)
    daily = deaths / ((ends - starts).days.to_numpy() + 1)
    known = starts.year.to_numpy()[~np.isnan(daily)]
    above = starts.year.to_numpy()[daily >= level.rate_low]
    if not len(known) or (len(above) and above[-1] == known[-1]):
        return {}
    return {"above_all_after": float(above[-1]) if len(above) else float(known[0] - 1)}


def _by_parts(stated: Claim, reading: Reading, evidence: Evidence, limits: bool) -> ReadingResult:
    """A claim of several places or years: each judged alone, as the sentence lists them."""
    results = {
        part: _examined(stated, _part(reading, part), evidence, limits) for part in reading.parts
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
        reading, first.accepted, found, tuple(level for each in results.values()
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
