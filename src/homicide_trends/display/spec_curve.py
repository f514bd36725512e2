"""The specification curve: every comparison drawn, with a panel for every choice."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..claims.result import GIVES, ClaimResult, Level, ReadingResult
from ..language import _
from ..wording import claims as words
from ..wording import formats
from .claim_charts import axis_number
from .svg import Drawing, round_ticks, width_of

WIDTH = 820.0
_NUMBERS = [
    "population",
    "method",
    "baseline_start",
    "baseline_end",
    "start",
    "end",
    "part",
    "baseline_deaths",
    "baseline_time",
    "deaths",
    "time",
    "estimate",
]


def comparisons(told: ReadingResult) -> pd.DataFrame:
    """The distinct comparisons, from the smallest to the largest; who repeats one is no other."""
    cells = told.cells.drop_duplicates(_NUMBERS)
    order = ["estimate", "source", "baseline_start", "start", "end"]
    return cells.sort_values(order, kind="stable").reset_index(drop=True)


def curve(result: ClaimResult) -> str:
    """All comparisons sorted, the printed value across them, and below the choice behind each."""
    told = result.told
    cells = comparisons(told)
    if len(cells) < 4:
        return ""
    drawing = Drawing(WIDTH, 0)
    panels = _panels(told, cells, result.names)
    printed = _("{value}, as printed", value=words.stated(result))
    longest = max((width_of(name) for _title, rows in panels for name, _marks in rows), default=0)
    left, right, high = min(max(90.0, longest + 14), 330.0), 14.0, 210.0
    values = cells["estimate"].to_numpy(dtype=float)
    stated = [] if pd.isna(result.value) else [float(result.value)]
    ticks = round_ticks(min([*values, *stated]), max([*values, *stated]))
    each = (WIDTH - left - right) / len(cells)

    def x(number: int) -> float:
        return left + each * (number + 0.5)

    def y(value: float) -> float:
        return 20 + high - high * (value - ticks[0]) / (ticks[-1] - ticks[0])

    for tick in ticks:
        drawing.line(left, y(tick), WIDTH - right, y(tick))
        drawing.text(left - 8, y(tick) + 5, axis_number(tick, told), "", "end")
    _limits(drawing, cells, x, y, ticks, each)
    agencies = list(dict.fromkeys(cells["source"]))
    for number, name in enumerate(agencies):
        for own, size in ((False, 2.6), (True, 5.2)):
            at = np.flatnonzero((cells["source"] == name) & (cells["votes"].astype(bool) == own))
            _marks(drawing, [(x(int(i)), y(values[i])) for i in at], size, f"dot-{min(number, 4)}")
    if stated:
        drawing.line(left, y(stated[0]), WIDTH - right, y(stated[0]), "stated")
        drawing.text(left + 6, y(stated[0]) - 7, printed, "q halo")
    down = 20 + high + 34
    gives = cells["state"].to_numpy() == GIVES
    for title, rows in panels:
        drawing.text(0, down, title, "k strong")
        down += 8
        for number, (name, marks) in enumerate(rows):
            down += 18
            drawing.text(left - 8, down, name, "small", "end")
            plain = f"dot-{min(number, 4)}" if title == _("Counted by") else "dot-bar"
            for look, chosen in ((plain, marks & ~gives), ("dot-stated", marks & gives)):
                at = np.flatnonzero(chosen)
                _marks(drawing, [(x(int(i)), down - 4) for i in at], 11, look, max(each, 1.2))
        down += 28
    drawing.height = down - 14
    return drawing.svg(_alt(told, cells))


def _marks(
    drawing: Drawing,
    at: list[tuple[float, float]],
    tall: float,
    look: str,
    wide: float | None = None,
) -> None:
    """Many marks as one path, each a short upright stroke."""
    if not at:
        return
    places = [(round(10 * x), round(10 * (y - tall / 2))) for x, y in at]
    ends = [(0, 0), *((x, y + round(10 * tall)) for x, y in places)]
    # From the end of the one before: half the characters, of which there are many.
    moves = "".join(
        f"m{_tenths(x - from_x)} {_tenths(y - from_y)}v{tall:g}".replace(" -", "-")
        for (x, y), (from_x, from_y) in zip(places, ends, strict=False)
    )
    wide = tall if wide is None else wide
    drawing.pieces.append(f'<path d="{moves}" class="{look}" stroke-width="{wide:.2f}"/>')


def _tenths(number: int) -> str:
    """Tenths as the shortest decimal number that SVG reads."""
    return f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 else f"{number / 10:g}"


def _limits(drawing, cells, x, y, ticks, each) -> None:  # type: ignore[no-untyped-def]
    known = cells[["lower", "upper"]].notna().all(axis=1)
    moves = []
    for number in np.flatnonzero(known):
        low = max(float(cells["lower"].iloc[number]), ticks[0])
        high = min(float(cells["upper"].iloc[number]), ticks[-1])
        if low < high:
            moves.append(f"M{x(int(number)):.1f} {y(high):.1f}V{y(low):.1f}")
    if moves:
        drawing.pieces.append(
            f'<path d="{"".join(moves)}" class="limits" stroke-width="{max(each, 1):.2f}"/>'
        )


def _panels(
    told: ReadingResult, cells: pd.DataFrame, names: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, np.ndarray]]]]:
    """By choice, the name of each level and which comparisons make it."""
    levels = {(level.axis, level.key): level for level in told.levels}
    found = []
    ends = _ends(told, cells)
    if len(ends) > 1:
        found.append((_("Period ends"), ends))
    for title, column, name in (
        (_("Compared with"), "baseline", lambda key: _name(levels, "baseline", key)),
        (_("Counted from"), "start", lambda key: formats.day(key)),
        (_("Counted by"), "source", words.agency),
        (_("Population"), "population", lambda key: _name(levels, "population", key)),
        (_("Method"), "method", lambda key: _name(levels, "method", key)),
        (_("Part"), "part", lambda key: words.part(key, names)),
    ):
        rows = _rows(cells, column, name)
        if len(rows) > 1:
            found.append((title, rows))
    return found


def _name(levels: dict[tuple[str, str], Level], axis: str, key: str) -> str:
    level = levels.get((axis, key))
    return words.level_name(level) if level is not None else str(key)


def _rows(
    cells: pd.DataFrame, column: str, name: Callable[[Any], str]
) -> list[tuple[str, np.ndarray]]:
    keys = [key for key in dict.fromkeys(cells[column]) if not pd.isna(key) and key != ""]
    if column in ("start", "end"):
        keys = sorted(keys)
    return [(name(key), (cells[column] == key).to_numpy()) for key in keys]


def _ends(told: ReadingResult, cells: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Half-years of the period's end, and what lies after the claim's own."""
    own = told.reading.end
    half = [f"{end.year}.{1 if end.month <= 6 else 2}" for end in cells["end"]]
    late = np.array([own is not None and end > own for end in cells["end"]])
    found = []
    for key in sorted(set(half)):
        marks = np.array([each == key for each in half]) & ~late
        if marks.any():
            year, number = key.split(".")
            first, last = (1, 6) if number == "1" else (7, 12)
            named = formats.period(
                pd.Timestamp(int(year), first, 1),
                pd.Timestamp(int(year), last, 1) + pd.offsets.MonthEnd(0),
            )
            found.append((named, marks))
    if late.any():
        found.append((_("after the text"), late))
    return found


def _alt(told: ReadingResult, cells: pd.DataFrame) -> str:
    low, high = (
        axis_number(round(cells["estimate"].min()), told),
        axis_number(round(cells["estimate"].max()), told),
    )
    return _(
        "{number} comparisons sorted by result, from {low} to {high}; {gives} give the printed "
        "value.",
        number=formats.number(len(cells)),
        low=low,
        high=high,
        gives=formats.number((cells["state"] == GIVES).sum()),
    )
