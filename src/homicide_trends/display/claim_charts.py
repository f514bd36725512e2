"""Drawings of a claim: the strip of its card, its course, the rate it needs, what others printed.

Each is drawn for a desk and for a phone, or once where it is small. The printed value is always
the orange line, the pale band about it is what its words stand for, and nothing else is orange.
"""

from collections.abc import Sequence

import pandas as pd

from ..claims.result import EVE, GIVES, OUT, STATED, YEAR_BEFORE, ClaimResult, Level, ReadingResult
from ..language import _
from ..wording import claims as words
from ..wording import formats
from ..wording.words import listed
from .claim_facts import told_end
from .svg import DESK, PHONE, Drawing, Frame, both, round_ticks, spread, width_of

Line = tuple[Level, pd.DataFrame]
_LOOKS = {EVE: "a", YEAR_BEFORE: "b", STATED: "b"}


def _look(level: Level, kind: str = "") -> str:
    """The class of a mark of a level (``fill, line``), or of its name."""
    letter = _LOOKS.get(level.key, "c")
    if not kind:
        return {"a": "ka", "b": "kb", "c": "k"}[letter] if level.votes else ""
    return f"{kind}-{letter}" + (" pale" if kind == "line" and not level.votes else "")


def axis_number(value: float, told: ReadingResult) -> str:
    """A number of an axis, with its sign of percent."""
    decimals = 0 if float(value).is_integer() else 1
    percent = told.reading.measure in (*words.CHANGES, "share", "annual_change")
    return formats.percent(value, decimals) if percent else formats.number(value, decimals)


def unit(told: ReadingResult) -> str:
    """What the vertical axis of a claim's drawings counts."""
    if told.reading.measure == words.AVERTED:
        return _("Killings fewer than at the earlier rate, by the last day of the period")
    if told.reading.measure in words.CHANGES:
        return _("Percent fewer killings than at the earlier rate, by the last day of the period")
    if told.reading.measure == "homicide_rate":
        return _("Killings per 100,000 inhabitants")
    return ""


def compared(told: ReadingResult) -> list[Level]:
    """The levels that a reader compares: baselines, else populations, that vote or are shown."""
    levels = list(told.axis("baseline"))
    if levels:
        return sorted(levels, key=lambda level: (level.start or pd.Timestamp.min, level.key))
    return [level for level in told.axis("population") if level.key]


def title(result: ClaimResult) -> str:
    """What the course or the strip of a claim shows; empty where there is no printed value."""
    told, value = result.told, words.stated(result)
    if not value:
        return ""
    if (missing := told.verdict.missing) is not None:
        return (
            ""
            if missing.kind != "list"
            else _("Sources name {known} of the {value}", known=missing.number, value=value)
        )
    voting = words.voting(told)
    giving = [level for level in voting if level.state == GIVES]
    end = formats.long_month(told.reading.end) if told.reading.end is not None else ""
    if not voting or len(giving) == len(voting):
        own = told.cells.loc[told.cells["votes"].astype(bool), "estimate"]
        if told.accepted is None or own.empty:
            return _("Every comparison gives {value}", value=value)
        measure = told.reading.measure
        return _(
            "The counts give {range}; {value} stands for {accepted}",
            range=words.amount(measure, own.min(), own.max()),
            value=value,
            accepted=words.amount(measure, told.accepted.lower, told.accepted.upper),
        )
    if giving:
        names = listed(words.baseline(level) for level in giving)
        return words.contracted(
            _("By {end}, only against {names} do the counts give {value}", end=end, names=names,
              value=value)
        )  # fmt: skip
    return _("By {end} no comparison gives {value}", end=end, value=value)


# --- the strip of a card --------------------------------------------------------------------------


def strip(result: ClaimResult, width: float = 310.0) -> str:
    """A bar for each comparison that votes, and across them the printed value and its range."""
    told = result.told
    if told.verdict.missing is not None and told.verdict.missing.kind == "list":
        return _squares(result, width)
    bars = [level for level in compared(told)
            if level.votes or (level.axis == "population" and level.state != OUT)][:4]  # fmt: skip
    if pd.isna(result.value) or not bars or told.parts or told.reading.measure == "rank":
        return ""
    band = (told.accepted.lower, told.accepted.upper) if told.accepted else (result.value,) * 2
    shown = [end for level in bars for end in (level.shown_low, level.shown_high)]
    values = [result.value, *shown, *(end for end in band if _near(end, [result.value, *shown]))]
    # A printed value that is met to the digit needs room around it, too.
    room = max((max(values) - min(values)) * 0.2, abs(result.value) * 0.01) or 1.0
    ticks = round_ticks(min(values) - room, max(values) + room, 4)
    row, top = 40.0, 24.0
    drawing = Drawing(width, top + row * len(bars) + 22)
    frame = Frame(drawing, 4, width - 4, top, drawing.height - 20, ticks[0], ticks[-1])
    first, last = (frame.x(min(max(end, ticks[0]), ticks[-1])) for end in band)
    drawing.rect(first, 22, last - first, frame.foot - 22, "fill-accepted")
    drawing.line(4, frame.foot, width - 4, frame.foot, "axis")
    anchors = {0: "start", len(ticks) - 1: "end"}
    frame.scale((tick, axis_number(tick, told) if number in anchors else "",
                 anchors.get(number, "middle")) for number, tick in enumerate(ticks))  # fmt: skip
    drawing.line(frame.x(result.value), 22, frame.x(result.value), frame.foot, "stated")
    drawing.over(frame.x(result.value), 15, words.number(result))
    said = [_("Printed: {value}.", value=words.stated(result))]
    decimals = 1 if told.reading.measure in ("homicide_rate", "daily_mean", "rate_ratio") else 0
    for number, level in enumerate(bars):
        name = level_of_strip(level)
        y = top + row * number
        drawing.text(4, y + 15, name, "k halo")
        drawing.bar(frame.x(level.shown_low), frame.x(level.shown_high), y + 22, 11,
                    _look(level, "fill"))  # fmt: skip
        given = words.between(level.shown_low, level.shown_high, decimals=decimals)
        said.append(_("{name}: {range}.", name=name, range=given))
    return drawing.svg(" ".join(said))


def level_of_strip(level: Level) -> str:
    """The name of a bar: a baseline, or whose population it is."""
    if level.axis == "population":
        return _("Population: {name}", name=words.level_name(level))
    return _capital(words.level_name(level))


def _near(value: float, others: Sequence[float]) -> bool:
    """Whether an end of the accepted range can be drawn without dwarfing what is compared."""
    reach = max(max(others) - min(others), abs(value) * 0.02)
    return min(others) - reach <= value <= max(others) + reach


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _squares(result: ClaimResult, width: float) -> str:
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
            continue
        drawing.rect(
            x + 1, 31, size - 2, size - 2, "open-solid" if each < known + likely else "open"
        )
        if each < known + likely:
            drawing.path([(x, 30 + size), (x, 30), (x + size, 30 + size)], "fill-bar", closed=True)
    unnamed = max(total - known - likely, 0)
    drawing.text(8, 17, formats.number(total), "q")
    drawing.text(8, 72, _("{number} named", number=known), "k")
    if likely:
        drawing.text(8 + known * step, 21, _("{number} likely", number=likely), "k")
    if unnamed:
        text = _("{number} not known", number=unnamed)
        drawing.text(8 + total * step - 6, 72, text, "k", "end")
    return drawing.svg(
        _("{total} squares: {known} named by sources, {likely} likely, {unnamed} named by none.",
          total=total, known=known, likely=likely, unnamed=unnamed)
    )  # fmt: skip


# --- the course of the estimate by its end --------------------------------------------------------


def courses(told: ReadingResult) -> list[Line]:
    """For each baseline, the estimate by the end of the period, as the first source counts."""
    cells = told.cells
    found = []
    for level in compared(told):
        some = cells[(cells["baseline"] == level.key) & (cells["part"] == "")]
        if level.axis != "baseline" or some.empty:
            continue
        # The source that reaches furthest; of equal ones the first.
        best = some.groupby("source", sort=False)["end"].nunique().idxmax()
        some = some[some["source"] == best]
        some = some[some["start"] == some["start"].min()]
        some = some[some["population"] == some["population"].iloc[0]]
        some = some[some["baseline_start"] == level.start].sort_values("end", kind="stable")
        if told.reading.end is not None:
            some = some[some["end"] <= told.reading.end]
        if len(some):
            found.append((level, some))
    return found


def course(result: ClaimResult) -> str:
    """The estimate as the period grows, under each baseline, beside the printed value."""
    told, lines = result.told, courses(result.told)
    if pd.isna(result.value) or not lines or max(len(some) for _level, some in lines) < 4:
        return ""
    ends = "; ".join(
        words.contracted(
            _("against {name} {value}", name=words.baseline(level), value=_last(told, some))
        )
        for level, some in lines
    )
    alt = _(
        "Lines by the last day of the period, up to {end}: {ends}. Printed: {value}.",
        end=formats.long_day(max(some["end"].max() for _level, some in lines)),
        ends=ends,
        value=words.stated(result),
    )
    return both(lambda narrow: _course(result, lines, narrow), alt)


def _last(told: ReadingResult, some: pd.DataFrame) -> str:
    """The last value of a line."""
    value = float(some["estimate"].iloc[-1])
    total = told.reading.measure == words.AVERTED
    return formats.number(value) if total else formats.percent(value, 0)


def _course(result: ClaimResult, lines: Sequence[Line], narrow: bool) -> Drawing:
    told = result.told
    total = told.reading.measure == words.AVERTED
    ends = [_("{value}: {name}", value=_last(told, some), name=words.baseline(level))
            for level, some in lines]  # fmt: skip
    below = 20.0 * len(lines) if narrow else 0.0
    width, height = (PHONE, 330.0) if narrow else (DESK, 360.0)
    drawing = Drawing(width, height + below)
    values = [value for _level, some in lines for value in some["estimate"]] + [result.value]
    band = (told.accepted.lower, told.accepted.upper) if told.accepted else (result.value,) * 2
    known = [end for end in band if _near(end, values)]
    frame = Frame(
        drawing, 46 if narrow else 52,
        width - (12 if narrow else max(width_of(each, bold=True) for each in ends) + 30),
        22, height - 28, min(some["start"].min() for _level, some in lines),
        max(some["end"].max() for _level, some in lines),
        round_ticks(min(*values, *known, 0.0 if total else min(values)), max([*values, *known])),
    )  # fmt: skip
    low, high = (frame.y(min(max(end, frame.ticks[0]), frame.ticks[-1])) for end in band)
    drawing.rect(frame.left, high, frame.right - frame.left, low - high, "fill-accepted")
    frame.grid(lambda tick: axis_number(tick, told))
    frame.scale(dates(frame))
    at = frame.y(result.value)
    drawing.line(frame.left, at, frame.right, at, "stated")
    points = []
    for level, some in lines:
        drawn = [(frame.x(day), frame.y(value))
                 for day, value in zip(some["end"], some["estimate"], strict=True)]  # fmt: skip
        points += drawn
        drawing.path([(frame.left, frame.foot), *drawn] if total else drawn, _look(level, "line"))
        drawing.circle(*drawn[-1], 4.5, _look(level, "fill"))
    printed = _("{value}, as printed", value=words.stated(result))
    places = [(frame.left + 6, at - 8, "start"), (frame.right - 6, at - 8, "end"),
              (frame.left + 6, at + 18, "start"), (frame.right - 6, at + 18, "end")]  # fmt: skip
    wide = width_of(printed, bold=True)
    x, y, anchor = next(
        (
            place
            for place in places
            if not any(0 <= (px - place[0]) * (1 if place[2] == "start" else -1) + 6 <= wide + 12
                       and place[1] - 16 < py < place[1] + 8 for px, py in points)
        ),
        places[0],
    )  # fmt: skip
    drawing.text(x, max(y, 14), printed, "q halo", anchor)
    last = [frame.y(float(some["estimate"].iloc[-1])) for _level, some in lines]
    if narrow:
        for number, which in enumerate(sorted(range(len(lines)), key=last.__getitem__)):
            level, height = lines[which][0], frame.foot + 44 + 20 * number
            drawing.line(frame.left, height - 5, frame.left + 24, height - 5, _look(level, "line"))
            drawing.text(frame.left + 32, height, ends[which], _look(level))
        return drawing
    heights = spread([each + 5 for each in last])
    for (level, _some), at, height, text in zip(lines, last, heights, ends, strict=True):
        if abs(height - 5 - at) > 4:
            drawing.line(frame.right + 6, at, frame.right + 18, height - 5, "axis")
        drawing.text(frame.right + 22, height, text, _look(level))
    return drawing


def dates(frame: Frame) -> list[tuple[pd.Timestamp, str, str]]:
    """The first day, each new year that keeps clear of other labels, and the last day."""
    found, at = [(frame.first, formats.short_month(frame.first), "start")], frame.left
    for year in range(frame.first.year + 1, frame.last.year + 1):
        day = pd.Timestamp(year, 1, 1)
        if (
            frame.x(day) - at > (110 if at == frame.left else 75)
            and frame.right - frame.x(day) > 110
        ):
            found.append((day, formats.short_month(day), "middle"))
            at = frame.x(day)
    if frame.right - frame.left > 130:
        found.append((frame.last, formats.short_month(frame.last), "end"))
    return found


# --- the rate that is needed ----------------------------------------------------------------------


def needed_scale(result: ClaimResult) -> str:
    """Baselines on a scale of deaths a day, and the rate that would give the printed value."""
    told = result.told
    own = next((each for each in told.needed if not each.key), None)
    levels = [each for each in compared(told) if each.axis == "baseline" and each.rate_high > 0]
    if own is None or own.rate != own.rate or not levels or told.reading.per != "deaths":
        return ""
    rate = own.rate
    alt = _(
        "Scale of killings a day: {rates}. Needed: {needed}.",
        rates="; ".join(f"{words.baseline(level)} {words.rate(level)}" for level in levels),
        needed=formats.number(rate, 1),
    )
    return both(lambda narrow: _needed(rate, levels, narrow), alt)


def _needed(rate: float, levels: Sequence[Level], narrow: bool) -> Drawing:
    values = [rate, *(each for level in levels for each in (level.rate_low, level.rate_high))]
    room = (max(values) - min(values)) * 0.12 or 0.5
    names = [_("{name}: {rate}", name=_capital(words.baseline(level)), rate=words.rate(level))
             for level in levels]  # fmt: skip
    row, width = (40.0, PHONE) if narrow else (26.0, DESK)
    drawing = Drawing(width, 56 + row * len(levels))
    frame = Frame(
        drawing, 4 if narrow else 18 + max(width_of(name, bold=True) for name in names), width - 12,
        22, 30 + row * len(levels), min(values) - room, max(values) + room,
    )  # fmt: skip
    drawing.line(frame.left, frame.foot, width - 4, frame.foot, "axis")
    frame.scale(
        (tick, formats.number(tick, 0 if tick.is_integer() else 1), "middle")
        for tick in round_ticks(frame.first, frame.last, 4 if narrow else 6)
        if frame.left + 12 <= frame.x(tick) <= frame.right - 12
    )
    drawing.line(frame.x(rate), 22, frame.x(rate), frame.foot, "stated")
    drawing.over(frame.x(rate), 15, _("needed: {rate}", rate=formats.number(rate, 1)))
    for number, (level, name) in enumerate(zip(levels, names, strict=True)):
        y = 30 + row * number + (28 if narrow else 10)
        look = f"{_look(level) or 'k'} halo"
        drawing.text(4 if narrow else 0, y - 11 if narrow else y + 5, name, look)
        first, last = frame.x(level.rate_low), frame.x(level.rate_high)
        if last - first > 3:
            drawing.rect(first, y - 4, last - first, 8, _look(level, "fill"))
        else:
            drawing.circle((first + last) / 2, y, 6, _look(level, "fill"))
    return drawing


# --- what others printed --------------------------------------------------------------------------


def others_printed(result: ClaimResult, printed: pd.DataFrame) -> str:
    """Published totals by the day of their text, over the band of what the counts give.

    ``printed`` has the columns of ``claim_facts.others``.
    """
    lines = courses(result.told)
    if printed.empty or len(lines) < 2:
        return ""
    totals = "; ".join(
        f"{each.who} {words.between(each.low, each.high)}" for each in printed.itertuples()
    )
    alt = _("Published totals in order of time: {totals}.", totals=totals)
    return both(lambda narrow: _printed(result, printed, lines, narrow), alt)


def _printed(
    result: ClaimResult, printed: pd.DataFrame, lines: Sequence[Line], narrow: bool
) -> Drawing:
    far = printed[~printed["near"]]
    drawing = Drawing(PHONE if narrow else DESK, 380)
    edge = drawing.width - (8 if narrow else 14)
    gap = (64.0 if narrow else 96.0) if len(far) else 0.0
    last = max(printed.loc[printed["near"], "date"].max(), told_end(result))
    frame = Frame(
        drawing, 46 if narrow else 52, edge - gap, 20, 352,
        min(some["start"].min() for _level, some in lines), last + pd.DateOffset(months=1),
        round_ticks(0, max(printed["high"].max(), result.value)),
    )  # fmt: skip
    voting = [some for level, some in lines if level.votes] or [some for _level, some in lines]
    ends = sorted(set.intersection(*(set(some["end"]) for some in voting)))
    by_end = [some.set_index("end")["estimate"] for some in voting]
    high, low = ([(frame.x(end), frame.y(extreme(each[end] for each in by_end))) for end in ends]
                 for extreme in (max, min))  # fmt: skip
    frame.grid(formats.number, edge)
    drawing.path([(frame.left, frame.foot), *high, *low[::-1]], "fill-band", closed=True)
    frame.scale(dates(frame))
    marks = []
    for each in printed.itertuples():
        at = frame.x(each.date) if each.near else edge - gap / 2 + 6
        if each.high > each.low:
            drawing.line(at, frame.y(each.low), at, frame.y(each.high), "thick")
        look = "fill-stated" if each.own else "fill-ink" if each.near else "open-ink"
        drawing.circle(at, frame.y(each.high), 7 if each.own else 5.5, look)
        drawing.boxes.append((at - 8, frame.y(each.high) - 8, at + 8, frame.y(each.low) + 8))
        marks.append((each, at))
    for each, at in marks:
        text = f"{words.between(each.low, each.high)} {each.short if narrow else each.who}"
        drawing.label(at, frame.y(each.high), text, "q halo" if each.own else "k halo", gap=10)
    if len(far):
        drawing.text(edge, frame.foot + 20, str(far["date"].iloc[0].year), "", "end")
    return drawing
