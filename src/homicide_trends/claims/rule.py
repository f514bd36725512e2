"""The rule: levels of each axis, and the verdict of a reading.

Nothing counts rows. On each axis each level has one state, that of the median of its cells;
copies of a comparison are counted once. ``docs/verdicts.md`` prints the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.counts import PREFERRED
from .accepted import sides, states
from .result import (
    AXES,
    CANNOT_TELL,
    DEPENDS,
    GIVES,
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

    >>> from .accepted import accepted
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
