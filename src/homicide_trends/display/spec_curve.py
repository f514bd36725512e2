"""The specification curve: every comparison drawn, with a panel for every choice."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..claims.result import GIVES, ClaimResult, ReadingResult
from ..language import _
from ..wording import claims as words
from ..wording import formats
from .claim_charts import axis_number
from .svg import LINE, Drawing, Frame, round_ticks, width_of

WIDTH, HEIGHT = 820.0, 240.0
# Who counted, by colour (the class ``who-N``) and shape, so that it can be told without colours,
# too: from where a mark of size 1 begins and how it goes on (a dot and a square are the ends of a
# line of no length), and the width of its line. The last is for all others.
SHAPES = ((0, 0, "h0", 1), (0, 0, "h0", 0.85), (0, -0.6, "l.58 1.1h-1.16z", 0),
          (0, -0.65, "l.65 .65l-.65 .65l-.65-.65z", 0), (-0.5, 0, "h1m-.5-.5v1", 0.3))  # fmt: skip
SMALL, LARGE = 3.6, 9.0
_NUMBERS = ["population", "method", "baseline_start", "baseline_end", "start", "end", "part",
            "baseline_deaths", "baseline_time", "deaths", "time", "estimate"]  # fmt: skip
Panel = tuple[str, list[tuple[str, np.ndarray]]]


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
    longest = max((width_of(name) for _title, rows in panels for name, _marks in rows), default=0)
    values = cells["estimate"].to_numpy(dtype=float)
    stated = [] if pd.isna(result.value) else [float(result.value)]
    ticks = round_ticks(min([*values, *stated]), max([*values, *stated]))
    left = min(max(90.0, longest + 14), 330.0)
    who = _who(cells)
    drawing.text(left, 14, _axis(told), "small")
    top = _legend(drawing, left, cells, who) + 14
    frame = Frame(drawing, left, WIDTH - 14, top, top + HEIGHT, 0, len(cells), ticks)
    each = frame.x(1) - frame.x(0)
    frame.grid(lambda tick: axis_number(tick, told))
    _limits(drawing, frame, cells)
    own = cells["votes"].to_numpy(dtype=bool)
    # What votes lies above; of many marks those of a few lie above those of most.
    for large in (False, True):
        for number in sorted(set(who), key=lambda number: -(who == number).sum()):
            at = np.flatnonzero((who == number) & (own == large))
            places = [(frame.x(i + 0.5), frame.y(values[i])) for i in at]
            _points(drawing, places, number, LARGE if large else SMALL)
    if stated:
        drawing.line(frame.left, frame.y(stated[0]), frame.right, frame.y(stated[0]), "stated")
        printed = _("{value}, as printed", value=words.stated(result))
        drawing.text(frame.left + 6, frame.y(stated[0]) - 7, printed, "q halo")
    said = _("Each comparison, from the smallest result to the largest")
    drawing.text(frame.right, frame.foot + LINE, said, "small", "end")
    down = frame.foot + 34
    gives = cells["state"].to_numpy() == GIVES
    for title, rows in panels:
        drawing.text(0, down, title, "k strong")
        down += 8
        for name, marks in rows:
            down += 18
            drawing.text(frame.left - 8, down, name, "small", "end")
            for look, chosen in (("dot-bar", marks & ~gives), ("dot-stated", marks & gives)):
                strokes = [frame.x(i + 0.5) for i in np.flatnonzero(chosen)]
                _strokes(drawing, strokes, down - 9.5, 11, look, max(each, 1.2))
        down += 28
    drawing.height = down - 14
    low, high = (axis_number(round(extreme), told) for extreme in (values.min(), values.max()))
    return drawing.svg(
        _("{number} comparisons sorted by result, from {low} to {high}; {gives} give the printed "
          "value.", number=formats.number(len(cells)), low=low, high=high,
          gives=formats.number(gives.sum()))
    )  # fmt: skip


def _axis(told: ReadingResult) -> str:
    """What the vertical axis counts, with its unit."""
    measure = told.reading.measure
    if measure == words.AVERTED:
        return _("Killings fewer than at the earlier rate")
    if measure == "percent_increase":
        return _("Percent more killings than before")
    if measure == "percent_decline":
        return _("Percent fewer killings than before")
    return _("Killings per 100,000 inhabitants") if measure == "homicide_rate" else _("Result")


# --- who counted ----------------------------------------------------------------------------------


def _who(cells: pd.DataFrame) -> np.ndarray:
    """The number of the shape of each comparison: by source, the most frequent first."""
    names = cells["source"].value_counts(sort=True).index
    order = {name: min(number, len(SHAPES) - 1) for number, name in enumerate(names)}
    return cells["source"].map(order).to_numpy()


def _named(source: str) -> str:
    """Who counted in few words: of more than two that give one count, the first, and others."""
    parts = [part.strip() for part in source.replace(";", ",").split(",")]
    if len(parts) <= 2:
        return words.agency(source)
    return _("{names} and others", names=words.agency(parts[0]))


def _legend(drawing: Drawing, left: float, cells: pd.DataFrame, who: np.ndarray) -> float:
    """A mark and a name for each who counted; returns the height of the last of them."""
    x, y = left + 6, 33.0
    for number in sorted(set(who)):
        sources = list(dict.fromkeys(cells.loc[who == number, "source"]))
        name = _named(sources[0]) if len(sources) == 1 else _("others")
        if x + 12 + width_of(name) > WIDTH:
            x, y = left + 6, y + 18
        _points(drawing, [(x, y - 4)], number, LARGE)
        drawing.text(x + 10, y, name, "small")
        x += width_of(name) + 34
    return y


def _points(drawing: Drawing, places: Sequence[tuple[float, float]], who: int, size: float) -> None:
    """Marks in the shape of who counted, as one path."""
    right, down, shape, wide = SHAPES[who]
    shape = re.sub(r"[\d.]+", lambda number: f"{float(number[0]) * size:.3g}", shape)
    moves = "".join(f"M{x + right * size:.1f} {y + down * size:.1f}{shape}" for x, y in places)
    width = f' stroke-width="{wide * size:.2g}"' if wide else ""
    if moves:
        drawing.pieces.append(f'<path d="{moves}" class="who-{who}"{width}/>')


# --- strokes and panels ---------------------------------------------------------------------------


def _strokes(
    drawing: Drawing, at: Sequence[float], top: float, tall: float, look: str, wide: float
) -> None:
    """Many upright strokes of a row as one path."""
    if not at:
        return
    # Each from the foot of the one before: half the characters, of which there are many.
    places = [round(10 * x) for x in at]
    moves = "".join(
        f"m{_tenths(x - before)}-{tall:g}v{tall:g}"
        for x, before in zip(places[1:], places, strict=False)
    )
    drawing.pieces.append(
        f'<path d="M{places[0] / 10:g} {top:.1f}v{tall:g}{moves}" class="{look}" '
        f'stroke-width="{wide:.2f}"/>'
    )


def _tenths(number: int) -> str:
    """Tenths as the shortest decimal number that SVG reads."""
    return f"{number / 10:g}".replace("0.", ".", 1) if abs(number) < 10 else f"{number / 10:g}"


def _limits(drawing: Drawing, frame: Frame, cells: pd.DataFrame) -> None:
    """The interval of each comparison that has one, cut at the ends of the axis."""
    known = cells[["lower", "upper"]].clip(frame.ticks[0], frame.ticks[-1])
    moves = "".join(
        f"M{frame.x(number + 0.5):.1f} {frame.y(high):.1f}V{frame.y(low):.1f}"
        for number, (low, high) in enumerate(known.to_numpy(dtype=float))
        if low < high
    )
    wide = min(max(frame.x(1) - frame.x(0), 1), 7)
    if moves:
        drawing.pieces.append(f'<path d="{moves}" class="limits" stroke-width="{wide:.2f}"/>')


def _panels(told: ReadingResult, cells: pd.DataFrame, names: Mapping[str, str]) -> list[Panel]:
    """By choice, the name of each level and which comparisons make it."""
    levels = {(level.axis, level.key): level for level in told.levels}

    def named(axis: str) -> Callable[[str], str]:
        return lambda key: (
            words.level_name(levels[axis, key]) if (axis, key) in levels else str(key)
        )

    ends = _ends(told, cells)
    found = [(_("Period ends"), ends)] if len(ends) > 1 else []
    for title, column, name in (
        (_("Compared with"), "baseline", named("baseline")),
        (_("Counted from"), "start", formats.day),
        (_("Counted by"), "source", _named),
        (_("Population"), "population", named("population")),
        (_("Method"), "method", named("method")),
        (_("Part"), "part", lambda key: words.part(key, names)),
    ):
        keys = [key for key in dict.fromkeys(cells[column]) if not pd.isna(key) and key != ""]
        keys = sorted(keys) if column == "start" else keys
        if len(keys) > 1:
            found.append((title, [(name(key), (cells[column] == key).to_numpy()) for key in keys]))
    return found


def _ends(told: ReadingResult, cells: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Half-years of the period's end, and what lies after the claim's own."""
    own = told.reading.end
    late = (cells["end"] > own).to_numpy() if own is not None else np.zeros(len(cells), dtype=bool)
    half = cells["end"].dt.year * 2 + cells["end"].dt.month.gt(6)
    found = []
    for key in sorted(set(half[~late])):
        first = pd.Timestamp(key // 2, 7 if key % 2 else 1, 1)
        name = formats.period(first, first + pd.offsets.MonthEnd(6))
        found.append((name, (half == key).to_numpy() & ~late))
    return [*found, (_("after the text"), late)] if late.any() else found
