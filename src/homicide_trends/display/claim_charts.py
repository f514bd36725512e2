"""Drawings of a claim: the strip of its card, its course, the rate it needs, what others printed.

Each is drawn for a desk and for a phone, or once where it is small. The printed value is always
the orange line, and nothing else is orange.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from ..claims.result import EVE, GIVES, OUT, STATED, YEAR_BEFORE, ClaimResult, Level, ReadingResult
from ..language import _
from ..wording import claims as words
from ..wording import formats
from ..wording.words import listed
from .claim_context import told_end
from .svg import Drawing, pair, round_ticks, spread, width_of

DESK, PHONE = 832.0, 358.0
_LOOKS = {EVE: "a", YEAR_BEFORE: "b", STATED: "b"}


def look_of(level: Level) -> str:
    """The colour of a level: ``a, b, c``."""
    return _LOOKS.get(level.key, "c")


def axis_number(value: float, told: ReadingResult) -> str:
    """A number of an axis, with its sign of percent."""
    decimals = 0 if float(value).is_integer() else 1
    percent = told.reading.measure in (*words.CHANGES, "share", "annual_change")
    return formats.percent(value, decimals) if percent else formats.number(value, decimals)


def compared(told: ReadingResult) -> list[Level]:
    """The levels that a reader compares: baselines, else populations, that vote or are shown."""
    levels = list(told.axis("baseline"))
    if levels:
        return sorted(levels, key=lambda level: (level.start or pd.Timestamp.min, level.key))
    return [level for level in told.axis("population") if level.key]


# --- the strip of a card --------------------------------------------------------------------------


def strip(result: ClaimResult, width: float = 310.0) -> str:
    """A bar for each comparison that votes, and the printed value across all of them."""
    told = result.told
    if told.verdict.missing is not None and told.verdict.missing.kind == "list":
        return squares(result, width)
    bars = [
        level
        for level in compared(told)
        if level.votes or (level.axis == "population" and level.state != OUT)
    ]
    if pd.isna(result.value) or not bars or told.parts or told.reading.measure == "rank":
        return ""
    shown = [(level, level.shown_low, level.shown_high) for level in bars[:4]]
    values = [result.value, *(each for _level, low, high in shown for each in (low, high))]
    # A printed value that is met to the digit needs room around it, too.
    room = max((max(values) - min(values)) * 0.25, abs(result.value) * 0.01) or 1.0
    ticks = round_ticks(min(values) - room, max(values) + room, 4)
    low, high = ticks[0], ticks[-1]
    pad, row, top = 4.0, 40.0, 24.0
    drawing = Drawing(width, top + row * len(bars) + 22)
    base = drawing.height - 20

    def at(value: float) -> float:
        return pad + (width - 2 * pad) * (value - low) / (high - low)

    drawing.line(pad, base, width - pad, base, "axis")
    for tick in ticks:
        drawing.line(at(tick), base, at(tick), base + 4, "axis")
    for tick, anchor in ((low, "start"), (high, "end")):
        drawing.text(at(tick), base + 18, axis_number(tick, told), "", anchor)
    drawing.line(at(result.value), 22, at(result.value), base, "stated")
    _over(drawing, at(result.value), 15, words.stated(result), width)
    for number, (level, first, last) in enumerate(shown):
        y = top + row * number
        drawing.text(pad, y + 15, _capital(words.level_name(level)), "k halo")
        left, right = at(first), at(last)
        if right - left < 5:
            left, right = (left + right) / 2 - 2.5, (left + right) / 2 + 2.5
        drawing.rect(left, y + 22, right - left, 11, f"fill-{look_of(level)}")
    return drawing.svg(_strip_alt(result, shown))


def _strip_alt(result: ClaimResult, shown: Iterable[tuple[Level, float, float]]) -> str:
    told = result.told
    said = [_("Printed: {value}.", value=words.stated(result))]
    for level, low, high in shown:
        given = words.between(low, high, decimals=_decimals(told))
        said.append(_("{name}: {range}.", name=_capital(words.level_name(level)), range=given))
    return " ".join(said)


def _decimals(told: ReadingResult) -> int:
    return 1 if told.reading.measure in ("homicide_rate", "daily_mean", "rate_ratio") else 0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _over(drawing: Drawing, x: float, y: float, text: str, width: float) -> None:
    """A bold label above a line, kept inside the drawing."""
    half = width_of(text, bold=True) / 2
    drawing.text(min(max(x, half), width - half), y, text, "q", "middle")


def squares(result: ClaimResult, width: float = 310.0) -> str:
    """A square for each that is claimed: on file, likely, or named by no source."""
    lacks = result.told.verdict.missing
    if lacks is None or pd.isna(result.value) or not 0 < result.value <= 24:
        return ""
    total, known, likely = int(result.value), lacks.number, lacks.likely
    step = min(26.0, (width - 12) / total)
    size = step - 6
    drawing = Drawing(width, 82)
    for each in range(total):
        x = 8 + each * step
        if each < known:
            drawing.rect(x, 30, size, size, "fill-bar")
        elif each < known + likely:
            drawing.rect(x + 1, 31, size - 2, size - 2, "open-solid")
            drawing.path([(x, 30 + size), (x, 30), (x + size, 30 + size)], "fill-bar", closed=True)
        else:
            drawing.rect(x + 1, 31, size - 2, size - 2, "open")
    drawing.text(8, 17, formats.number(total), "q")
    drawing.text(8, 72, _("{number} named", number=known), "k")
    if likely:
        drawing.text(8 + known * step, 21, _("{number} likely", number=likely), "k")
    unnamed = total - known - likely
    if unnamed > 0:
        text = _("{number} unnamed", number=unnamed)
        drawing.text(8 + total * step - 6, 72, text, "k", "end")
    alt = _(
        "{total} squares: {known} named by sources, {likely} likely, {unnamed} named by none.",
        total=total,
        known=known,
        likely=likely,
        unnamed=max(unnamed, 0),
    )
    return drawing.svg(alt)


# --- the course of the estimate by its end --------------------------------------------------------


def courses(told: ReadingResult) -> list[tuple[Level, pd.DataFrame]]:
    """For each baseline, the estimate by the end of the period, as the first source counts."""
    cells = told.cells
    found = []
    for level in compared(told):
        if level.axis != "baseline":
            continue
        some = cells[(cells["baseline"] == level.key) & (cells["part"] == "")]
        if some.empty:
            continue
        # The source that reaches furthest; of equal ones the first.
        best = some.groupby("source", sort=False)["end"].nunique().idxmax()
        some = some[some["source"] == best]
        some = some[some["start"] == some["start"].min()]
        some = some[some["population"] == some["population"].iloc[0]]
        some = some[some["baseline_start"] == level.start].sort_values("end", kind="stable")
        last = told.reading.end
        if last is not None:
            some = some[some["end"] <= last]
        if len(some):
            found.append((level, some))
    return found


def course(result: ClaimResult) -> str:
    """The estimate as the period grows, under each baseline, beside the printed value."""
    told = result.told
    lines = courses(told)
    if pd.isna(result.value) or len(lines) < 1 or max(len(some) for _level, some in lines) < 4:
        return ""
    alt = _course_alt(result, lines)
    return pair(
        _course(result, lines, DESK, 360, alt, narrow=False),
        _course(result, lines, PHONE, 330, alt, narrow=True),
    )


def _course(
    result: ClaimResult,
    lines: Sequence[tuple[Level, pd.DataFrame]],
    width: float,
    height: float,
    alt: str,
    *,
    narrow: bool,
) -> str:
    told = result.told
    total = told.reading.measure == words.AVERTED
    first = min(some["start"].min() for _level, some in lines)
    last = max(some["end"].max() for _level, some in lines)
    values = [v for _level, some in lines for v in some["estimate"]] + [result.value]
    low = 0.0 if total else min(values)
    ticks = round_ticks(min(low, min(values)), max(values))
    named = max(width_of(text, bold=True) for text in _names(told, lines))
    left, right = (46.0, 12.0) if narrow else (52.0, named + 30)
    bottom = 28.0 + (LINES * len(lines) if narrow else 0)
    drawing = Drawing(width, height + (LINES * len(lines) if narrow else 0))
    top = 22.0

    def x(day: pd.Timestamp) -> float:
        return left + (width - left - right) * ((day - first) / (last - first))

    def y(value: float) -> float:
        span = ticks[-1] - ticks[0]
        return drawing.height - bottom - (drawing.height - top - bottom) * (value - ticks[0]) / span

    for tick in ticks:
        drawing.line(left, y(tick), width - right, y(tick))
        drawing.text(left - 7, y(tick) + 5, axis_number(tick, told), "", "end")
    foot = y(ticks[0])
    drawing.line(left, foot, width - right, foot, "axis")
    for day, anchor in _dates(first, last, width - left - right):
        drawing.line(x(day), foot, x(day), foot + 5, "axis")
        drawing.text(x(day), foot + 20, formats.short_month(day), "", anchor)
    drawing.line(left, y(result.value), width - right, y(result.value), "stated")
    for level, some in lines:
        points = [
            (x(day), y(value)) for day, value in zip(some["end"], some["estimate"], strict=True)
        ]
        if total:
            points = [(x(first), y(0.0)), *points]
        drawing.path(points, f"line-{look_of(level)}" + ("" if level.votes else " pale"))
        drawing.circle(*points[-1], 4.5, f"fill-{look_of(level)}")
    printed = _("{value}, as printed", value=words.stated(result))
    above = y(result.value) - 8
    for at_x, at_y, anchor in (
        (left + 6, above, "start"),
        (width - right - 6, above, "end"),
        (left + 6, y(result.value) + 18, "start"),
    ):
        if not _crossed(lines, x, y, at_x, at_y, printed, anchor):
            break
    drawing.text(at_x, max(at_y, 14), printed, "q halo", anchor)
    _ends(drawing, told, lines, y, left, width - right, foot, narrow=narrow)
    return drawing.svg(alt, "narrow" if narrow else "wide")


LINES = 20


def _crossed(lines, x, y, at_x, at_y, text, anchor) -> bool:  # type: ignore[no-untyped-def]
    """Whether a label would lie on one of the lines."""
    wide = width_of(text, bold=True)
    left = at_x - (wide if anchor == "end" else 0)
    return any(
        left - 6 < x(day) < left + wide + 6 and at_y - 16 < y(value) < at_y + 8
        for _level, some in lines
        for day, value in zip(some["end"], some["estimate"], strict=True)
    )


def _ends(drawing, told, lines, y, left, right, foot, *, narrow) -> None:  # type: ignore[no-untyped-def]
    """The last value of each line with its name: beside the line, on a phone below the axis."""
    named = [
        (level, float(some["estimate"].iloc[-1]), text)
        for (level, some), text in zip(lines, _names(told, lines), strict=True)
    ]
    if narrow:
        for number, (level, _value, text) in enumerate(sorted(named, key=lambda each: -each[1])):
            at = foot + 44 + LINES * number
            drawing.line(
                left,
                at - 5,
                left + 24,
                at - 5,
                f"line-{look_of(level)}" + ("" if level.votes else " pale"),
            )
            drawing.text(left + 32, at, text, _letters(level))
        return
    heights = spread([y(value) + 5 for _level, value, _text in named])
    for (level, value, text), height in zip(named, heights, strict=True):
        if abs(height - 5 - y(value)) > 4:
            drawing.line(right + 6, y(value), right + 18, height - 5, "axis")
        drawing.text(right + 22, height, text, _letters(level))


def _names(told: ReadingResult, lines: Sequence[tuple[Level, pd.DataFrame]]) -> list[str]:
    """The last value of each line and its name."""
    return [
        _(
            "{value}: {name}",
            value=_whole(told, float(some["estimate"].iloc[-1])),
            name=words.baseline(level),
        )
        for level, some in lines
    ]


def _whole(told: ReadingResult, value: float) -> str:
    return (
        formats.number(value)
        if told.reading.measure == words.AVERTED
        else formats.percent(value, 0)
    )


def _letters(level: Level) -> str:
    return {"a": "ka", "b": "kb", "c": "k"}[look_of(level)] if level.votes else ""


def _dates(
    first: pd.Timestamp, last: pd.Timestamp, pixels: float
) -> list[tuple[pd.Timestamp, str]]:
    """The first day, each new year that keeps clear of other labels, and the last day."""
    found, at = [(first, "start")], 0.0
    span = (last - first).days
    for year in range(first.year + 1, last.year + 1):
        x = pixels * (pd.Timestamp(year, 1, 1) - first).days / span
        if x - at > (110 if at == 0 else 75) and pixels - x > 110:
            found.append((pd.Timestamp(year, 1, 1), "middle"))
            at = x
    return [*found, (last, "end")] if pixels > 130 else found


def _course_alt(result: ClaimResult, lines: Sequence[tuple[Level, pd.DataFrame]]) -> str:
    told = result.told
    said = []
    for level, some in lines:
        value = float(some["estimate"].iloc[-1])
        said.append(
            words.contracted(
                _("against {name} {value}", name=words.baseline(level), value=_whole(told, value))
            )
        )
    end = max(some["end"].max() for _level, some in lines)
    return _(
        "Lines by the last day of the period, up to {end}: {ends}. Printed: {value}.",
        end=formats.long_day(end),
        ends="; ".join(said),
        value=words.stated(result),
    )


def course_title(result: ClaimResult) -> str:
    """What the course shows."""
    told = result.told
    value = words.stated(result)
    giving = [level for level in words.voting(told) if level.state == GIVES]
    all_voting = words.voting(told)
    end = formats.long_month(told.reading.end) if told.reading.end is not None else ""
    if giving and len(giving) == len(all_voting):
        return _("Every comparison gives {value}", value=value)
    if giving:
        names = listed(words.baseline(level) for level in giving)
        return words.contracted(
            _(
                "By {end}, only against {names} do the counts give {value}",
                end=end,
                names=names,
                value=value,
            )
        )
    if told.verdict.printed and told.verdict.until is not None:
        until = formats.long_month(told.verdict.until)
        return _(
            "The counts gave {value} until {until}, and no longer by {end}",
            value=value,
            until=until,
            end=end,
        )
    return _("By {end} no comparison gives {value}", end=end, value=value)


# --- the rate that is needed ----------------------------------------------------------------------


def needed_scale(result: ClaimResult) -> str:
    """Baselines on a scale of deaths a day, and the rate that would give the printed value."""
    told = result.told
    own = next((each for each in told.needed if not each.key), None)
    levels = [each for each in compared(told) if each.axis == "baseline" and each.rate_high > 0]
    if own is None or own.rate != own.rate or not levels or told.reading.per != "deaths":
        return ""
    alt = _(
        "Scale of killings a day: {rates}. Needed: {needed}.",
        rates="; ".join(f"{words.baseline(x)} {words.rate(x)}" for x in levels),
        needed=formats.number(own.rate, 1),
    )
    return pair(
        _needed(own.rate, levels, DESK, "wide", alt),
        _needed(own.rate, levels, PHONE, "narrow", alt),
    )


def _needed(rate: float, levels: Sequence[Level], width: float, look: str, alt: str) -> str:
    narrow = look == "narrow"
    values = [rate, *(each for level in levels for each in (level.rate_low, level.rate_high))]
    room = (max(values) - min(values)) * 0.12 or 0.5
    low, high = min(values) - room, max(values) + room
    names = [
        _("{name}: {rate}", name=_capital(words.baseline(level)), rate=words.rate(level))
        for level in levels
    ]
    row = 40.0 if narrow else 26.0
    left = 4.0 if narrow else 18 + max(width_of(name, bold=True) for name in names)
    base = 30 + row * len(levels)
    drawing = Drawing(width, base + 26)

    def at(value: float) -> float:
        return left + (width - left - 12) * (value - low) / (high - low)

    drawing.line(left, base, width - 4, base, "axis")
    for tick in round_ticks(low, high, 4 if narrow else 6):
        if at(low) + 12 <= at(tick) <= at(high) - 12:
            drawing.line(at(tick), base, at(tick), base + 5, "axis")
            drawing.text(
                at(tick),
                base + 20,
                formats.number(tick, 0 if tick.is_integer() else 1),
                "",
                "middle",
            )
    drawing.line(at(rate), 22, at(rate), base, "stated")
    _over(drawing, at(rate), 15, _("needed: {rate}", rate=formats.number(rate, 1)), width)
    for number, (level, name) in enumerate(zip(levels, names, strict=True)):
        y = 30 + row * number + (28 if narrow else 10)
        drawing.text(
            left if narrow else 0,
            y - 11 if narrow else y + 5,
            name,
            (_letters(level) or "k") + " halo",
        )
        first, last = at(level.rate_low), at(level.rate_high)
        if last - first > 3:
            drawing.rect(first, y - 4, last - first, 8, f"fill-{look_of(level)}")
        else:
            drawing.circle((first + last) / 2, y, 6, f"fill-{look_of(level)}")
    return drawing.svg(alt, look)


# --- what others printed --------------------------------------------------------------------------


def others_printed(result: ClaimResult, printed: pd.DataFrame) -> str:
    """Published totals by the day of their text, over the band of what the counts give.

    ``printed`` has ``date, low, high, who`` (``display.claims.others``).
    """
    told = result.told
    lines = courses(told)
    if printed.empty or len(lines) < 2:
        return ""
    listed_ = "; ".join(
        f"{each.who} {words.between(each.low, each.high)}" for each in printed.itertuples()
    )
    alt = _("Published totals in order of time: {totals}.", totals=listed_)
    return pair(
        _printed(result, printed, lines, DESK, 380, "wide", alt),
        _printed(result, printed, lines, PHONE, 380, "narrow", alt),
    )


def _printed(result, printed, lines, width, height, look, alt) -> str:  # type: ignore[no-untyped-def]
    narrow = look == "narrow"
    first = min(some["start"].min() for _level, some in lines)
    last = printed.loc[printed["near"], "date"].max() + pd.DateOffset(months=1)
    last = max(last, told_end(result) + pd.DateOffset(months=1))
    far = printed[~printed["near"]]
    left, right, top, bottom = (46.0, 8.0, 20.0, 28.0) if narrow else (52.0, 14.0, 20.0, 28.0)
    gap = (64.0 if narrow else 96.0) if len(far) else 0.0
    ticks = round_ticks(0, max(printed["high"].max(), result.value))
    drawing = Drawing(width, height)

    def x(day: pd.Timestamp) -> float:
        return left + (width - left - right - gap) * ((day - first) / (last - first))

    def y(value: float) -> float:
        return height - bottom - (height - top - bottom) * value / ticks[-1]

    for tick in ticks:
        drawing.line(left, y(tick), width - right, y(tick))
        drawing.text(left - 7, y(tick) + 5, formats.number(tick), "", "end")
    voting = [some for level, some in lines if level.votes] or [some for _level, some in lines]
    ends = sorted(set.intersection(*(set(some["end"]) for some in voting)))
    by_end = [some.set_index("end")["estimate"] for some in voting]
    high = [(x(end), y(max(each[end] for each in by_end))) for end in ends]
    low = [(x(end), y(min(each[end] for each in by_end))) for end in ends]
    drawing.path([(x(first), y(0)), *high, *low[::-1]], "fill-band", closed=True)
    drawing.line(left, y(0), width - right, y(0), "axis")
    for day, anchor in _dates(first, last, width - left - right - gap):
        drawing.line(x(day), y(0), x(day), y(0) + 5, "axis")
        drawing.text(x(day), y(0) + 20, formats.short_month(day), "", anchor)
    marks = []
    for each in printed.itertuples():
        at = x(each.date) if each.near else width - right - gap / 2 + 6
        look_mark = "fill-stated" if each.own else "fill-ink" if each.near else "open-ink"
        if each.high > each.low:
            drawing.line(at, y(each.low), at, y(each.high), "thick")
        drawing.circle(at, y(each.high), 7 if each.own else 5.5, look_mark)
        drawing.boxes.append((at - 8, y(each.high) - 8, at + 8, y(each.low) + 8))
        marks.append((each, at))
    for each, at in marks:
        text = f"{words.between(each.low, each.high)} {each.short if narrow else each.who}"
        drawing.label(at, y(each.high), text, "q halo" if each.own else "k halo", gap=10)
    if len(far):
        drawing.text(width - right, y(0) + 20, str(far["date"].iloc[0].year), "", "end")
    drawing.label(
        x(ends[len(ends) * 2 // 3]),
        y(ticks[-1]) + (height - bottom) * 0.62,
        _("What the counts give"),
        "ka",
        gap=4,
    )
    return drawing.svg(alt, look)
