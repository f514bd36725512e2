"""The specification curve as a light drawing that takes milliseconds and follows the theme."""

import html
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..claims.grid import CHANGE
from ..language import _
from ..wording import formats
from .answers import Answer
from .definitions import Prepared
from .explore_words import summary
from .style import BLUE, ORANGE

MOST_DRAWN = 700
WIDTH, HEIGHT = 720, 314
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 48
TEXT = "var(--jp-ui-font-color1, currentColor)"  # the theme's own where there is one
FAINT = "var(--jp-border-color2, #dddddd)"

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]
Scale = Callable[[float], float]


def curve(ready: Prepared, found: Answer) -> str:
    """All definitions from the smallest to the largest estimate, and the chosen one, as SVG.

    The band is the range that rounds to the figure. Of very many definitions evenly spaced ones
    are drawn, and always those with the same counts, baseline and window (rings). The chosen
    definition is a diamond with its interval.

    >>> from homicide_trends.display import explore
    >>> ready = explore.prepare("memo-averted")
    >>> drawn = curve(ready, explore.answer(ready, explore.first(ready)))
    >>> drawn.startswith("<svg"), "prediction interval" in drawn
    (True, True)
    """
    estimates = ready.known["estimate"].to_numpy(dtype=float)
    holds = ready.known["holds"].to_numpy(dtype=bool)
    accepted = ready.claim.accepted
    assert accepted is not None
    shown = [found.lower, found.estimate, found.upper]
    values = np.array([*estimates, *accepted[:2], *[v for v in shown if np.isfinite(v)]])
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low) or 1.0
    low, high = low - room, high + room

    def x(rank: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (rank + 0.5) / max(len(estimates), 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    def dots(ranks: Ranks) -> str:
        return "".join(f"M{x(rank):.1f} {y(estimates[rank]):.1f}h0" for rank in ranks.tolist())

    some = np.linspace(0, len(estimates) - 1, min(MOST_DRAWN, len(estimates))).astype(int)
    drawn = np.unique(some)
    rings = "".join(
        f'<circle cx="{x(rank):.1f}" cy="{y(estimates[rank]):.1f}" r="5"/>'
        for rank in np.flatnonzero(found.same).tolist()
    )
    band = y(accepted.upper), y(accepted.lower) - y(accepted.upper)
    said = html.escape(alternative_text(ready, found))
    plain, dark = dots(drawn[~holds[drawn]]), dots(drawn[holds[drawn]])
    line = 'fill="none" stroke-linecap="round"'
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" ',
            f'aria-label="{said}" style="width:100%;max-width:{WIDTH}px;height:auto" ',
            f'font-size="12" font-family="var(--jp-ui-font-family, sans-serif)" fill="{TEXT}">',
            *_ticks(low, high, y),
            f'<rect x="{LEFT}" y="{band[0]:.1f}" width="{WIDTH - LEFT - RIGHT}" ',
            f'height="{max(band[1], 1.5):.1f}" fill="{ORANGE}" fill-opacity="0.28"/>',
            f'<path d="{plain}" {line} stroke="{BLUE}" stroke-width="3.2"/>',
            f'<path d="{dark}" {line} stroke="{TEXT}" stroke-width="5"/>',
            f'<g fill="none" stroke="{ORANGE}" stroke-width="2">{rings}</g>',
            _diamond(estimates, found, x, y),
            *_caption(ready, len(drawn)),
            "</svg>",
        ]
    )


def _ticks(low: float, high: float, y: Scale) -> list[str]:
    from matplotlib.ticker import MaxNLocator

    values = [v for v in MaxNLocator(nbins=6).tick_values(low, high) if low <= v <= high]
    digits = 0 if all(float(v).is_integer() for v in values) else 1
    return [
        f'<path d="M{LEFT} {y(v):.1f}H{WIDTH - RIGHT}" stroke="{FAINT}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">'
        f"{formats.number(v, digits)}</text>"
        for v in values
    ]


def _diamond(estimates: Floats, found: Answer, x: Scale, y: Scale) -> str:
    """The chosen definition where it would stand among the others."""
    if not np.isfinite(found.estimate):
        return ""
    at = x(float(np.searchsorted(estimates, found.estimate)) - 0.5)
    at = min(max(at, LEFT + 6), WIDTH - RIGHT - 6)
    middle = y(found.estimate)
    interval = (
        f'<path d="M{at:.1f} {y(found.lower):.1f}V{y(found.upper):.1f}" stroke="{TEXT}" '
        'stroke-width="2"/>'
        if np.isfinite(found.lower) and np.isfinite(found.upper)
        else ""
    )
    return (
        f"{interval}"
        f'<path d="M{at:.1f} {middle - 7:.1f}l7 7l-7 7l-7 -7z" fill="{ORANGE}" stroke="{TEXT}" '
        'stroke-width="1.5"/>'
    )


def _caption(ready: Prepared, drawn: int) -> list[str]:
    """The unit and the marks, on two lines."""
    values = {"drawn": formats.number(drawn), "all": formats.number(len(ready.known))}
    first = (
        _("Decline, %; {drawn} of {all} definitions drawn, from the smallest.", **values)
        if ready.measure == CHANGE
        else _("Averted deaths; {drawn} of {all} definitions drawn, from the smallest.", **values)
    )
    second = _(
        "Large dot: rounds to the figure. Ring: same counts, baseline and window. Diamond: chosen."
    )
    return [
        f'<text x="{LEFT}" y="{HEIGHT - at}">{html.escape(line)}</text>'
        for at, line in ((24, first), (8, second))
    ]


def alternative_text(ready: Prepared, found: Answer) -> str:
    """What the drawing shows, for those who do not see it."""
    said = summary(ready, found)
    return _("Specification curve. {estimate} {grid}", estimate=said["estimate"], grid=said["grid"])
