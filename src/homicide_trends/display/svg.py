"""Small drawings for pages: inline SVG whose text is text, without a style of its own.

Colours and lettering come from the classes of ``look.css``, so that a drawing follows the page
into the dark and onto paper.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

# Mean widths of letters of 14 pixels in DejaVu Sans and Verdana, the widest that a page falls back
# on; and those of narrow ones.
LETTER, BOLD, NARROW = 8.4, 9.6, 5.2
LINE = 17.0
DESK, PHONE = 832.0, 358.0


def width_of(text: str, bold: bool = False) -> float:
    """About how wide a label is, in pixels.

    >>> width_of("4,500") < width_of("4,500, as printed")
    True
    """
    narrow = sum(each in ",.:;'il|!()[] " for each in text)
    return (len(text) - narrow) * (BOLD if bold else LETTER) + narrow * NARROW


@dataclass
class Drawing:
    """A drawing of ``width`` by ``height`` pixels; what is added later lies above."""

    width: float
    height: float
    pieces: list[str] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "grid") -> None:
        """A straight line."""
        self.pieces.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{look}"/>'
        )

    def rect(self, x: float, y: float, width: float, height: float, look: str) -> None:
        """A filled rectangle."""
        self.pieces.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.2f}" '
            f'height="{max(height, 0):.1f}" class="{look}"/>'
        )

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        """A dot."""
        self.pieces.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" class="{look}"/>')

    def path(self, points: Sequence[tuple[float, float]], look: str, closed: bool = False) -> None:
        """A line through points, or the shape that they enclose."""
        listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        shape = "polygon" if closed else "polyline"
        self.pieces.append(f'<{shape} points="{listed}" class="{look}"/>')

    def text(self, x: float, y: float, words: str, look: str = "", anchor: str = "start") -> None:
        """A label; its box is remembered, so that another can keep clear of it."""
        self.pieces.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{look}" text-anchor="{anchor}">'
            f"{escape(words, quote=False)}</text>"
        )
        self.boxes.append(self._box(x, y, words, look, anchor))

    def _box(
        self, x: float, y: float, words: str, look: str, anchor: str
    ) -> tuple[float, float, float, float]:
        width = width_of(words, any(each in look.split() for each in ("q", "ka", "kb")))
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        return left, y - 12, left + width, y + 4

    def free(self, x: float, y: float, words: str, look: str = "", anchor: str = "start") -> bool:
        """Whether a label would lie inside the drawing and on no other."""
        left, top, right, bottom = self._box(x, y, words, look, anchor)
        inside = left >= -1 and right <= self.width + 1 and top >= 0 and bottom <= self.height + 1
        return inside and not any(
            left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in self.boxes
        )

    def label(self, x: float, y: float, words: str, look: str = "", *, gap: float = 9) -> None:
        """A label beside a mark: right of it, left, above or below, where there is room first."""
        tries = [
            (x + gap, y + 5, "start"), (x - gap, y + 5, "end"), (x, y - gap, "middle"),
            (x, y + gap + 12, "middle"), (x + gap, y - gap, "start"), (x - gap, y - gap, "end"),
            (x + gap, y + gap + 10, "start"), (x - gap, y + gap + 10, "end"),
            (x - gap, y - 2 * LINE, "end"), (x + gap, y + 2 * LINE, "start"),
        ]  # fmt: skip
        for at_x, at_y, anchor in tries:
            if self.free(at_x, at_y, words, look, anchor):
                self.text(at_x, at_y, words, look, anchor)
                return

    def over(self, x: float, y: float, words: str) -> None:
        """The label of the printed value above its line, kept inside the drawing."""
        half = width_of(words, bold=True) / 2
        self.text(min(max(x, half), self.width - half), y, words, "q", "middle")

    def bar(self, first: float, last: float, y: float, height: float, look: str) -> None:
        """A horizontal bar, wide enough to be seen where both ends are the same."""
        short = max(5.0 - (last - first), 0) / 2
        self.rect(first - short, y, last - first + 2 * short, height, look)

    def svg(self, alt: str, look: str = "") -> str:
        """The drawing as an element of a page; ``alt`` says what it shows."""
        return (
            f'<svg class="{look}" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(alt)}">{"".join(self.pieces)}</svg>'
        )


def spread(places: Sequence[float], apart: float = LINE) -> list[float]:
    """Heights of labels moved so that they lie at least ``apart``, in their order.

    >>> spread([10.0, 12.0, 60.0])
    [2.5, 19.5, 60.0]
    """
    order = sorted(range(len(places)), key=lambda each: places[each])
    moved = [float(each) for each in places]
    for _round in range(200):
        still = True
        for one, other in zip(order, order[1:], strict=False):
            short = apart - (moved[other] - moved[one])
            if short > 0.01:
                moved[one] -= short / 2
                moved[other] += short / 2
                still = False
        if still:
            break
    return moved


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values of an axis that covers a range.

    >>> round_ticks(0, 4700)
    [0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0]
    """
    size = max(high - low, 1e-9) / max(most - 1, 1)
    power = 10.0 ** int(f"{size:e}".split("e")[1])
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= size * 0.999)
    first = int(low // step)
    ticks = [round(first * step, 10)]
    while ticks[-1] < high - 1e-9:
        ticks.append(round(ticks[-1] + step, 10))
    return ticks


def both(draw: Callable[[bool], Drawing], alt: str) -> str:
    """A drawing for a desk and one for a phone (``draw(narrow)``), of which the page shows one."""
    return draw(False).svg(alt, "wide") + draw(True).svg(alt, "narrow")


@dataclass
class Frame:
    """The axes of a drawing: where a value or a day lies, lines of the grid, and their labels.

    ``first, last`` are the ends of the horizontal axis (days or numbers), ``ticks`` the values of
    the vertical one, whose ends are the first and the last of them.
    """

    drawing: Drawing
    left: float
    right: float
    top: float
    foot: float
    first: Any
    last: Any
    ticks: Sequence[float] = (0.0, 1.0)

    def x(self, at: Any) -> float:
        """Pixels of a day or number."""
        share = (at - self.first) / (self.last - self.first)
        return float(self.left + (self.right - self.left) * share)

    def y(self, value: float) -> float:
        """Pixels of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.foot - (self.foot - self.top) * (value - low) / (high - low)

    def grid(self, said: Callable[[float], str], right: float | None = None) -> None:
        """A line and a label at each tick of the vertical axis, and the axis at its foot."""
        right = self.right if right is None else right
        for number, tick in enumerate(self.ticks):
            look = "axis" if number == 0 else "grid"
            self.drawing.line(self.left, self.y(tick), right, self.y(tick), look)
            self.drawing.text(self.left - 7, self.y(tick) + 5, said(tick), "", "end")

    def scale(self, marks: Iterable[tuple[Any, str, str]]) -> None:
        """Marks of the horizontal axis: where, the label, and on which side of it (anchor)."""
        for at, said, anchor in marks:
            self.drawing.line(self.x(at), self.foot, self.x(at), self.foot + 5, "axis")
            if said:
                self.drawing.text(self.x(at), self.foot + 20, said, "", anchor)


_RING, _FULL = 'class="ring"', 'class="fill-here"'
ICONS = {
    "right": '<circle cx="10" cy="10" r="9" class="fill-paper"/>'
    '<path d="M5.5 10.4l3 3 6-6.6" class="tick"/>',
    "right_for": f'<circle cx="10" cy="10" r="8" {_RING}/>'
    f'<path d="M10 2a8 8 0 0 0 0 16z" {_FULL}/>',
    "only_if": f'<path d="M10 1.5l8.5 8.5-8.5 8.5L1.5 10z" {_RING}/>'
    f'<circle cx="10" cy="10" r="2.6" {_FULL}/>',
    "too_high": f'<path d="M10 2l8.5 15.5h-17z" {_FULL}/>',
    "too_low": f'<path d="M10 18l8.5-15.5h-17z" {_FULL}/>',
    "depends": f'<path d="M1.5 10h17M10 1.5v17" {_RING}/>',
    "cannot_tell": '<circle cx="10" cy="10" r="8" class="ring dashes"/>'
    '<text x="10" y="14.6" text-anchor="middle" class="asks">?</text>',
}


def verdict_tag(kind: str, said: str) -> str:
    """A verdict with its sign: icon, border and word differ, so that it survives grey and print."""
    return (
        f'<p class="verdict v-{kind}"><svg class="icon" viewBox="0 0 20 20" aria-hidden="true">'
        f"{ICONS[kind]}</svg>{escape(said)}</p>"
    )
