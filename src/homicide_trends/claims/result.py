"""What is found of a claim: plain frozen objects, without a word of prose.

A ``ClaimResult`` holds one or two ``ReadingResult``; each has its ``Reading``, the range that the
stated value stands for (``Accepted``), a ``Verdict``, the ``Level`` of every axis, and the cells
(every comparison) as a table. Sentences are made from them in ``wording.claims``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd

Day: TypeAlias = pd.Timestamp
Period: TypeAlias = tuple[Day, Day]

# Verdicts of a reading, in the order in which the rule asks for them.
CANNOT_TELL, RIGHT, RIGHT_FOR, ONLY_IF = "cannot_tell", "right", "right_for", "only_if"
TOO_HIGH, TOO_LOW, DEPENDS = "too_high", "too_low", "depends"
VERDICTS = (CANNOT_TELL, RIGHT, RIGHT_FOR, ONLY_IF, TOO_HIGH, TOO_LOW, DEPENDS)

# The axes: a closed list. ``part`` is no axis; a part is judged as a claim of its own.
AXES = ("start", "end", "baseline", "source", "population", "method")

GIVES, NEAR, OUT = "gives", "near", "out"

# Levels of the axis baseline.
STATED, EVE, YEAR_BEFORE = "stated", "eve", "year_before"
PREVIOUS_YEAR, THREE_YEARS, ALL_BEFORE = "previous_year", "three_years", "all_before"
WEIGHTED_OTHERS, OTHERS_COURSE = "weighted_others", "others_course"

CELL_COLUMNS = [
    "source", "population", "method", "baseline", "baseline_start", "baseline_end", "start",
    "end", "baseline_deaths", "baseline_time", "deaths", "time", "estimate", "lower", "upper",
    "state", "compatible", "votes", "part",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accepted:
    """The values that a stated figure stands for: ``gives`` in ``lower`` to ``upper``.

    ``near`` in ``near_lower`` to ``near_upper``, never past a cut ("nearly", "at least"). ``half``
    is h of the rule; it is missing for a claim without a number. ``word`` tells which line of the
    rule was applied: ``plain, hedged, nearly, more, fewer, direction, marked, rank``.
    """

    value: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    half: float
    word: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of a claim fix before anything is computed.

    ``measure`` as in ``figures.csv``; ``per`` is ``deaths`` or ``inhabitant``. ``places`` are
    codes, their counts are added up. ``start`` is None where the period begins with the event
    (``event``: the days that sources give for it); ``end_rule`` is ``stated``, ``immediate`` or
    ``since``, and ``end`` the last day it comes to (of "immediate" the last of its ends).
    ``baseline`` is the stated comparison, ``parts`` what the sentence lists (places or years),
    ``compared_with`` the whole of a share, the region of a rank, the other place of a ratio or
    the other places of ``method``, which the claim names, ``words`` the tokens that justify each.
    """

    claim: str
    measure: str
    per: str
    places: tuple[str, ...]
    start: Day | None
    end: Day | None
    end_rule: str
    event: tuple[Day, ...] = ()
    baseline: Period | None = None
    parts: tuple[str, ...] = ()
    compared_with: str = ""
    method: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def occurred(self) -> Day | None:
        """The first day that a source gives for the event."""
        return self.event[0] if self.event else None

    @property
    def opens(self) -> Day | None:
        """The stated first day, else that of the event."""
        return self.start or self.occurred

    def lacks(self, kind: str, *places: str, number: int = 0, likely: int = 0) -> "Missing":
        """That a datum of its days is missing: of its places, unless others are named."""
        return Missing(kind, places or self.places, self.opens, self.end, number, likely)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of ``claims.csv``, or a figure that stands alone: what was said, by whom and when.

    ``claim`` is its id in ``claims.csv`` (of a figure that no claim uses, the figure's), ``value``
    is missing for a claim without a number, ``date`` as in ``sources.csv``; ``appeared`` are the
    first and the last day on which it can have been said.
    """

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
    appeared: Period | None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an axis and the state of the median of its cells.

    ``key`` is a code (a constant above, an agency, a population series, a day as YYYY-MM-DD);
    ``start, end`` are the days of a baseline. ``low, median, high`` are of the estimates in the
    claim's unit; ``side`` is 1 if the claim is too high for it, -1 if too low, 0 if it gives.
    ``rate_low, rate_high`` are the baseline's deaths a day (per 100,000 a year if per inhabitant).
    They and ``shown_low, shown_high`` also span cells that do not vote. ``votes`` is false for a
    level that is told and does not vote.
    """

    axis: str
    key: str
    start: Day | None
    end: Day | None
    low: float
    median: float
    high: float
    state: str
    side: int
    rate_low: float
    rate_high: float
    shown_low: float
    shown_high: float
    votes: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """The datum that is missing: ``kind`` is a code, the rest says of what.

    ``counts`` (of ``places`` from ``start`` to ``end``), ``list`` (a full list of what was
    declared; ``number`` on file, ``likely`` besides), ``ranking`` (counts of the other members of
    ``places``), ``population``, ``event`` (its day), ``method`` (what the method named needs),
    ``others`` (counts of other places for the same periods), ``fit`` (no weighted mean of
    ``number`` other places follows ``places`` before), ``measure`` (no table holds it).
    """

    kind: str
    places: tuple[str, ...] = ()
    start: Day | None = None
    end: Day | None = None
    number: int = 0
    likely: int = 0


class Lacking(Exception):  # noqa: N818 - it names what is missing
    """Nothing can be computed, because a datum is missing; ``values`` are what is known."""

    def __init__(self, missing: Missing, values: Mapping[str, float] | None = None) -> None:
        super().__init__(missing.kind)
        self.missing, self.values = missing, values or {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first line of the rule that fits, with the values that its sentence needs.

    ``code`` is one of ``VERDICTS``. ``axis`` and ``levels`` are the deciding axis and, for
    ``only_if``, the levels that give; ``parts`` those that are right alone. ``slightly``: all
    levels are near. ``opposite``: a claim of a direction, and all went the other way.
    ``printed``: right for three ends in a row before; ``until`` is the last such end.
    """

    code: str
    axis: str = ""
    levels: tuple[Level, ...] = ()
    parts: tuple[str, ...] = ()
    slightly: bool = False
    opposite: bool = False
    printed: bool = False
    until: Day | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """What would make a stated value true.

    For the baseline ``key``: its ``rate`` (a day, or per 100,000 a year) and the day on which the
    value is first reached (deaths averted) or last held (a fall); None if never by the reading's
    end. The one with the key "" has the rate that gives the value exactly at the reading's end.
    """

    key: str
    rate: float
    day: Day | None


@dataclass(frozen=True, slots=True)
class HowSure:
    """Beside the verdict, in fixed words.

    ``counts`` agree: ``closely, roughly, poorly``, or ``one`` if only one is on file (``spread``
    in percent); the ``comparison`` decides: ``little, something, most`` (``moves``: between the
    largest and the smallest median of a baseline); the ``size`` is ``firm, rough, unknown``.
    """

    counts: str
    spread: float
    comparison: str
    moves: float
    size: str


@dataclass(frozen=True, slots=True)
class CloseCall:
    """A change of the setting that changes the verdict: ``earlier_end, narrower, wider``."""

    setting: str
    code: str


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """A reading with its verdict. ``levels`` by axis, axes in the order of their spread.

    ``cells`` has ``CELL_COLUMNS``; every row can be recomputed from its own dates. ``parts`` are
    the results of the parts, each judged alone. ``values`` are named values that only some kinds
    have: ``early, late`` (the first three months of the period and the same a year later, for a
    decline said of a long time without a baseline); ``best, worst, whole, whole_most`` (ranks, and
    how many places they are among); ``people, towns`` (a list); ``above_all_from, above_all_to``
    (years on file before the event, all below the baseline of ``only_if``); ``others, times``
    (other places and periods before that a method of other places takes).
    """

    reading: Reading
    accepted: Accepted | None
    verdict: Verdict
    levels: tuple[Level, ...]
    cells: pd.DataFrame
    needed: tuple[Needed, ...] = ()
    sure: HowSure | None = None
    close: tuple[CloseCall, ...] = ()
    parts: Mapping[str, "ReadingResult"] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def voting(self) -> pd.DataFrame:
        """The cells that vote."""
        return self.cells[self.cells["votes"].astype(bool)]

    def axis(self, name: str) -> tuple[Level, ...]:
        """The levels of one axis."""
        return tuple(level for level in self.levels if level.axis == name)


@dataclass(frozen=True, slots=True)
class ClaimResult(Claim):
    """A claim and what is found of it.

    ``names`` are those of the places, by their codes; ``own_numbers`` has the rows of
    ``slips.own_numbers`` on its figures. ``first`` is the reading that the words fix best;
    ``second`` another natural one, if any.
    """

    names: Mapping[str, str]
    own_numbers: pd.DataFrame
    first: ReadingResult
    second: ReadingResult | None = None

    @property
    def told(self) -> ReadingResult:
        """The reading whose verdict heads the claim: the first that can be told."""
        if self.first.verdict.code == CANNOT_TELL and self.second is not None:
            return self.second
        return self.first

    @property
    def combined(self) -> str:
        """How two readings go together: ``one, same, otherwise, first_unknown, second_unknown``."""
        if self.second is None:
            return "one"
        codes = [each.verdict.code for each in (self.first, self.second)]
        if codes[0] == codes[1]:
            return "same"
        if CANNOT_TELL in codes:
            return ("first_unknown", "second_unknown")[codes.index(CANNOT_TELL)]
        return "otherwise"
