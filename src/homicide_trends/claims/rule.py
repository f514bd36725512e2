"""The rule: what a stated figure stands for, the levels of each axis, and the verdict.

Nothing counts rows. On each axis each level has one state, that of the median of its cells;
copies of a comparison are counted once. ``docs/verdicts.md`` prints the rule.

A figure stands for v plus or minus h. h is half a unit of its last digit that is not zero (a zero
printed after the point was meant), but for a plain number at least v/50 and at most v/20, for a
hedged one or a word ("about", "halved", "a third") at least v/20 and at most v/10. "Nearly" cuts
at v from above; "more than" stands for v to 1.5 v, "fewer than" for v/1.5 to v. Without a number
a rise or a fall is a twentieth or more that way, a marked one a fifth; "among the most" is one of
the first three, or of the first tenth of thirty or more.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..language import _
from ..series.counts import PREFERRED
from .result import (
    AXES,
    CANNOT_TELL,
    DEPENDS,
    GIVES,
    NEAR,
    ONLY_IF,
    OUT,
    RIGHT,
    TOO_HIGH,
    TOO_LOW,
    Accepted,
    Level,
    Missing,
    Verdict,
)

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]

MOST_CONDITIONS = 2
PER_HEAD = 1e5


HEDGES = frozenset({"about", "estimated", "some"})
BELOW = frozenset({"nearly", "almost"})
MORE = frozenset({"more than", "over", "at least"})
FEWER = frozenset({"fewer than", "less than", "under", "up to"})
MARKED, AMONG = "marked", "among the most"
QUALIFIERS = (*sorted(HEDGES | BELOW | MORE | FEWER), MARKED, AMONG)
"""What the column ``qualifier`` may hold, in ``figures.csv`` and ``claims.csv``."""

_WORD = re.compile(
    r"hal(f|v)|third|quarter|doubl|tripl|twice|mitad|tercio|tercera|cuart[ao]|doble|duplic|triplic",
    re.IGNORECASE,
)
NEAR_BY = 1.5  # times h: how far from the value an estimate is still near


def accepted(
    value: float,
    *,
    as_reported: str = "",
    qualifier: str = "",
    rank_of: int = 0,
    factor: float = 1.0,
) -> Accepted:
    """The range of a stated value; of a direction without a number for a missing one.

    ``qualifier`` as in ``figures.csv``; ``as_reported`` tells words and printed zeros; ``rank_of``
    is the number of places that a rank is among; ``factor`` scales h. Raises ValueError for zero
    and for what is not finite but not missing.

    >>> a = accepted(70.1)
    >>> round(a.lower, 3), round(a.upper, 3), round(a.near_upper, 3)
    (68.698, 71.502, 72.203)
    >>> nearly = accepted(60, qualifier="nearly")
    >>> nearly.near_lower, nearly.lower, nearly.upper, nearly.near_upper
    (52.5, 55.0, 60.0, 60.0)
    >>> accepted(math.nan, qualifier="marked").lower
    20.0
    """
    if rank_of:
        return _rank(value, qualifier, rank_of)
    if math.isnan(value):
        # Nothing at all is not "anything that way": the least is above zero.
        least, near = (20.0, 10.0) if qualifier == MARKED else (5.0, 1e-9)
        word = MARKED if qualifier == MARKED else "direction"
        return Accepted(math.nan, least, math.inf, near, math.inf, math.nan, word)
    if not math.isfinite(value) or value == 0:
        raise ValueError(
            _("the precision of {value!r} cannot be read off; give a non-zero number", value=value)
        )
    size = abs(float(value))
    if qualifier in MORE:
        ends, word = (size, 1.5 * size, size, 1.5 * size), "more"
    elif qualifier in FEWER:
        ends, word = (size / 1.5, size, size / 1.5, size), "fewer"
    else:
        hedged = qualifier in HEDGES | BELOW or bool(_WORD.search(as_reported))
        least, most = (size / 20, size / 10) if hedged else (size / 50, size / 20)
        half = factor * min(max(printed_half(size, as_reported), least), most)
        near = NEAR_BY * half
        ends, word = (size - half, size + half, size - near, size + near), "plain"
        if qualifier in BELOW:
            ends, word = (ends[0], size, ends[2], size), "nearly"
        elif hedged:
            word = "hedged"
        return _signed(value, ends, half, word)
    return _signed(value, ends, math.nan, word)


def _signed(value: float, ends: tuple[float, ...], half: float, word: str) -> Accepted:
    if value < 0:
        ends = (-ends[1], -ends[0], -ends[3], -ends[2])
    return Accepted(value, ends[0], ends[1], ends[2], ends[3], half, word)


def _rank(value: float, qualifier: str, of: int) -> Accepted:
    """A rank stands for itself, "among the most" for the first three or the first tenth."""
    if qualifier == AMONG or math.isnan(value):
        last = float(of // 10 if of >= 30 else 3)
        return Accepted(math.nan, 1.0, last, 1.0, last + 1, math.nan, "rank")
    return Accepted(value, value, value, value - 1, value + 1, math.nan, "rank")


def printed_half(size: float, as_reported: str) -> float:
    """Half a unit of the last digit that was meant."""
    exponent = Decimal(repr(float(size))).normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    # A zero printed after the point was meant; the digits of "6.34 million" are not of the value.
    number = re.search(r"\d+\.\d+", as_reported)
    printed = len(number[0].partition(".")[2]) if number and float(number[0]) == size else 0
    return float(Decimal(1).scaleb(min(exponent, -printed) if printed else exponent)) / 2


def states(estimates: npt.ArrayLike, range_: Accepted) -> npt.NDArray[np.object_]:
    """``gives``, ``near`` or ``out`` for each estimate; "" for a missing one.

    >>> states([70.3, 72.0, 75.0, math.nan], accepted(70.1)).tolist()
    ['gives', 'near', 'out', '']
    """
    x = np.asarray(estimates, dtype=float)
    tiny = 1e-9 * np.maximum(1.0, np.abs(x))  # limits are meant, not their last binary digit
    inside = (x >= range_.lower - tiny) & (x <= range_.upper + tiny)
    near = (x >= range_.near_lower - 1e-10) & (x <= range_.near_upper + tiny)
    known = ~np.isnan(x)
    return np.select([~known, inside, near], ["", GIVES, NEAR], default=OUT).astype(object)


def sides(estimates: npt.ArrayLike, range_: Accepted) -> npt.NDArray[Any]:
    """1 where the claim is too high for the estimate, -1 too low, 0 where it gives.

    >>> sides([50.0, 60.0, 70.0], accepted(60.0)).tolist()
    [1, 0, -1]
    """
    x = np.asarray(estimates, dtype=float)
    sign = -1 if range_.value < 0 or range_.word == "rank" else 1
    middle = range_.value if math.isfinite(range_.value) else range_.lower
    found = np.where(states(x, range_) == GIVES, 0, np.sign(middle - x) * sign)
    return np.asarray(np.nan_to_num(found).astype(int))


@dataclass(frozen=True, slots=True)
class Coded:
    """Cells as arrays, so that many verdicts on the same cells take little time.

    ``codes`` and ``names`` by axis; ``apart`` numbers the comparisons that differ in more than
    who repeated them; ``rate`` is that of the baseline, a day or per 100,000 a year.
    """

    codes: dict[str, Codes]
    names: dict[str, list[Any]]
    apart: Codes
    estimate: npt.NDArray[np.float64]
    rate: npt.NDArray[np.float64]
    votes: Flags
    baseline_start: npt.NDArray[np.datetime64]
    baseline_end: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, cells: pd.DataFrame) -> "Coded":
        """The cells of a table of ``result.CELL_COLUMNS``."""
        codes, names = {}, {}
        for axis in AXES:
            column = cells[axis]
            if isinstance(column.dtype, pd.CategoricalDtype):
                known = list(column.cat.categories)
                codes[axis], names[axis] = column.cat.codes.to_numpy().astype(np.int64), known
            else:
                found, uniques = pd.factorize(column, sort=axis in ("start", "end"))
                codes[axis], names[axis] = found.astype(np.int64), list(uniques)
        keys = ["deaths", "baseline_deaths", "baseline_start", "baseline_end", "estimate"]
        columns = [pd.factorize(cells[key])[0] for key in keys]
        columns += [codes[axis] for axis in AXES if axis not in ("source", "baseline")]
        _rows, apart = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        per_head = (cells["population"].astype(str) != "").to_numpy()
        rate = (cells["baseline_deaths"] / cells["baseline_time"]).to_numpy(dtype=float)
        return cls(
            codes, names, np.asarray(apart).ravel(), cells["estimate"].to_numpy(dtype=float),
            np.where(per_head, PER_HEAD * rate, rate), cells["votes"].to_numpy(dtype=bool),
            cells["baseline_start"].to_numpy(), cells["baseline_end"].to_numpy(),
        )  # fmt: skip

    def at_ends(self, ends: Sequence[Any]) -> Flags:
        """Which cells would vote were these the ends of the period."""
        wanted = [name in set(ends) for name in self.names["end"]]
        own = {tuple(row) for row in self._without_end()[self.votes].tolist()}
        like = np.array([tuple(row) in own for row in self._without_end().tolist()], dtype=bool)
        return np.asarray(np.array(wanted, dtype=bool)[self.codes["end"]] & like)

    def _without_end(self) -> Codes:
        axes = [self.codes[axis] for axis in AXES if axis != "end"]
        days = self.baseline_end.astype("datetime64[D]").astype(np.int64)
        return np.column_stack([*axes, days])


def levels(cells: Coded, range_: Accepted, votes: Flags | None = None) -> tuple[Level, ...]:
    """The levels of every axis, axes in the order of the spread of their medians.

    ``votes`` in place of the cells' own. A level with no voting cell is told with ``votes``
    false, by those of its cells that share an end with those that vote.
    """
    voting = cells.votes if votes is None else votes
    ends = np.zeros(len(cells.names["end"]), dtype=bool)
    ends[cells.codes["end"][voting]] = True
    shown = ends[cells.codes["end"]]
    first = np.flatnonzero(voting)
    distinct = np.zeros(len(voting), dtype=bool)
    distinct[first[np.unique(cells.apart[first], return_index=True)[1]]] = True
    found: list[tuple[float, int, list[Level]]] = []
    for number, axis in enumerate(AXES):
        if _one_by_one(cells, axis, voting):
            continue
        counted = voting if axis == "source" else distinct
        skipped = copies(cells, voting) if axis == "source" else set()
        told = []
        for code, name in enumerate(cells.names[axis]):
            own = cells.codes[axis] == code
            if name == "" or code in skipped or not (own & shown).any():
                continue
            some = own & counted
            told.append(
                _level(cells, axis, name, some if some.any() else own & shown, own & shown,
                       range_, bool(some.any()))
            )  # fmt: skip
        if told:
            medians = [level.median for level in told if level.votes]
            spread = max(medians) - min(medians) if medians else 0.0
            found.append((-round(spread, 9), number, told))
    found.sort(key=lambda item: item[:2])
    return tuple(level for _spread, _number, told in found for level in told)


def _one_by_one(cells: Coded, axis: str, voting: Flags) -> bool:
    """Whether the first days only follow the last ones, as of a rank by years."""
    if axis != "start":
        return False
    starts, ends = cells.codes["start"][voting], cells.codes["end"][voting]
    pairs = {*zip(starts.tolist(), ends.tolist(), strict=True)}
    return len(pairs) > 1 and len(pairs) == len(set(starts)) == len(set(ends))


def copies(cells: Coded, voting: Flags) -> set[int]:
    """Sources whose every comparison another one has with the same numbers."""
    source, names = cells.codes["source"], cells.names["source"]
    # Of two that are alike the one with a name of its own stays.
    order = sorted(range(len(names)), key=lambda code: names[code] != PREFERRED)
    rows = {code: set(cells.apart[voting & (source == code)].tolist()) for code in order}
    found: set[int] = set()
    for code in order:
        others = [other for other in order if other != code and other not in found]
        if rows[code] and any(rows[code] <= rows[other] for other in others):
            found.add(code)
    return found


def _level(
    cells: Coded, axis: str, name: Any, some: Flags, shown: Flags, range_: Accepted, votes: bool
) -> Level:
    estimates = cells.estimate[some]
    median = float(np.median(estimates))
    rates = cells.rate[shown if axis == "baseline" else some]
    rates = rates[np.isfinite(rates)]
    compared = axis == "baseline"
    return Level(
        axis=axis,
        key=f"{name:%Y-%m-%d}" if axis in ("start", "end") else str(name),
        start=pd.Timestamp(cells.baseline_start[some].min()) if compared else None,
        end=pd.Timestamp(cells.baseline_end[some].max()) if compared else None,
        low=float(estimates.min()),
        median=median,
        high=float(estimates.max()),
        state=str(states([median], range_)[0]),
        side=int(sides([median], range_)[0]),
        rate_low=float(rates.min()) if len(rates) else float("nan"),
        rate_high=float(rates.max()) if len(rates) else float("nan"),
        shown_low=float(cells.estimate[shown].min()),
        shown_high=float(cells.estimate[shown].max()),
        votes=votes,
    )


def verdict(told: Sequence[Level], range_: Accepted, *, missing: Missing | None = None) -> Verdict:
    """The first line of the rule that fits the levels that vote.

    ``missing`` is the datum that lacks where nothing could be computed.

    >>> def level(axis, key, median):
    ...     state, side = states([median], accepted(60.0))[0], sides([median], accepted(60.0))[0]
    ...     return Level(axis, key, None, None, median, median, median, state, int(side),
    ...                  1.0, 1.0, median, median)
    >>> a, b = level("baseline", "eve", 60.0), level("baseline", "year_before", 50.0)
    >>> verdict([a], accepted(60.0)).code, verdict([a, b], accepted(60.0)).code
    ('right', 'only_if')
    """
    voting = [level for level in told if level.votes]
    if not voting:
        return Verdict(CANNOT_TELL, missing=missing or Missing("counts"))
    axes = list(dict.fromkeys(level.axis for level in voting))
    by_axis = {axis: [level for level in voting if level.axis == axis] for axis in axes}
    gives = {axis: [each for each in by_axis[axis] if each.state == GIVES] for axis in axes}
    out = {axis: [each for each in by_axis[axis] if each.state == OUT] for axis in axes}
    if not any(out.values()) and all(gives.values()):
        return Verdict(RIGHT)
    for axis in axes:
        if gives[axis] and out[axis]:
            if len(gives[axis]) <= MOST_CONDITIONS:
                return Verdict(ONLY_IF, axis=axis, levels=tuple(gives[axis]))
            return Verdict(DEPENDS, axis=axis, levels=tuple(by_axis[axis]))
    found = {level.side for level in voting if level.state != GIVES}
    if not any(gives.values()) and len(found) == 1:
        slightly = not any(out.values())
        direction = range_.word in ("direction", "marked")
        opposite = direction and all(level.median < 0 for level in voting)
        code = TOO_HIGH if found == {1} else TOO_LOW
        return Verdict(code, slightly=slightly, opposite=opposite, levels=tuple(by_axis[axes[0]]))
    return Verdict(DEPENDS, axis=axes[0], levels=tuple(by_axis[axes[0]]))
