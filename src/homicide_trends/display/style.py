"""What all figures share: size, fonts, colours, dates, events, source line, alternative text."""

from calendar import month_abbr
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..arguments import day
from ..language import _, current, translated
from ..series.periods import are_years
from ..wording import formats
from ..wording.words import population
from . import drawn
from .quantities import label, unit
from .saving import DPI
from .saving import shown as drawn_as
from .tables import MIME, Shown, finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

BLUE, ORANGE, GREEN, PURPLE, BLACK, GREY = (
    "#0072B2", "#C04A00", "#00795A", "#A0508A", "#1a1a1a", "#6b6b6b",
)  # fmt: skip
CYCLE = [
    (BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (BLACK, (0, (5, 1))),
    (GREY, (0, (1, 1))),
]  # fmt: skip
WIDTH, HEIGHT = 6.4, 4.0
TITLE_LETTERS, Y_LETTERS = 64, 38  # a line of a title, and of the name of a vertical axis
STYLE = {
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
}


def show(ax: "Axes", *, alt: str = "", table: pd.DataFrame | None = None,
         quantities: Sequence[str] = (), main: bool = False) -> Shown:  # fmt: skip
    """What a notebook displays for a figure: the picture and the text that replaces it.

    ``alt`` states what the figure shows, in a sentence made from results; without one it is what
    the figure keeps itself, and without that the figure is taken to be empty. ``quantities`` are
    columns of ``table`` whose values the figure draws: they join the findings. The picture has the
    same bytes for the same inputs.

    >>> shown = show(axes("Deaths a month"), alt="Deaths a month rose from 402 to 411.")
    >>> shown.metadata["image/svg+xml"]
    {'alt': 'Deaths a month rose from 402 to 411.'}
    """
    import matplotlib.pyplot as plt

    figure = ax.get_figure(root=True)
    assert figure is not None
    title = ax.get_title(loc="left").replace("\n", " ")
    alt = alt or drawn.said(ax) or _("{title}: no row on file to draw.", title=title)
    _without_mathematics(figure)
    kind, image = drawn_as(ax, alt)
    behind = {"title": title, "html": drawn.as_html(ax, title), "csv": drawn.as_csv(ax)}
    plt.close(figure)
    rows = [] if table is None else table.to_dict("records")
    findings = [
        finding({str(key): value for key, value in row.items()}, name)
        for row in rows
        for name in quantities
        if not pd.isna(row[name])
    ]
    bundle: dict[str, Any] = {
        kind: image,
        "text/plain": alt,
        MIME: {"findings": findings, "main": alt if main else None, "drawn": behind},
    }
    return Shown(bundle, {kind: {"alt": alt}})


def _without_mathematics(figure: Any) -> None:
    """Names from a table are text: a dollar sign in one begins no formula."""
    from matplotlib.text import Text

    for each in figure.findobj(Text):
        if not each.get_text().startswith("$\\mathdefault"):
            each.set_parse_math(False)


def axes(title: str, *, height: float = HEIGHT, left: float = 0.11, right: float = 0.97) -> "Axes":
    """Axes in the house style, with fixed margins: the same picture on every machine.

    >>> axes("Deaths a month").get_title(loc="left")
    'Deaths a month'
    """
    import matplotlib as mpl

    mpl.use("agg", force=False)
    import matplotlib.pyplot as plt

    title = fill(title, TITLE_LETTERS)
    more = 0.2 * title.count("\n")
    height += more
    with plt.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(WIDTH, height), dpi=DPI)
    top = 1 - (0.36 + more) / height
    figure.subplots_adjust(left=left, right=right, top=top, bottom=0.78 / height)
    # The title begins at the edge of the figure: beside long labels it would not fit.
    ax.set_title(title, loc="left", x=(0.012 - left) / (right - left), fontsize=11.5,
                 fontweight="bold")  # fmt: skip
    ax.tick_params(labelsize=9.5)
    ax.xaxis.label.set_size(10)
    ax.yaxis.label.set_size(10)
    return ax


def blank(title: str, reason: str) -> "Axes":
    """A small figure that says why there is nothing to draw."""
    ax = axes(title, height=1.5)
    ax.set_axis_off()
    ax.annotate(reason, (0, 0.5), xycoords="axes fraction", fontsize=10, va="center")
    return ax


def finish(
    ax: "Axes",
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    y: str = "",
    x: str = "",
    dates: bool = True,
    events: pd.DataFrame | None = None,
    intervention: str | pd.Timestamp | None = None,
    source: str | None = None,
    alt: str = "",
) -> "Axes":
    """What every figure ends with: names of its axes, dates, the source, and the rows it draws.

    ``columns`` are those of ``table`` that stand below the figure, ``alt`` what replaces it; a
    line is drawn at ``intervention`` where the axis holds it.
    """
    if y:
        ax.set_ylabel(fill(y, Y_LETTERS))
        count_axis(ax)
    ax.set_xlabel(x)
    if dates:
        date_axis(ax)
    mark_events(ax, events)
    if intervention is not None:
        _mark(ax, intervention)
    put_source_line(ax, source_line(table) if source is None else source)
    return drawn.keep(ax, table, columns, alt=alt)


def _mark(ax: "Axes", intervention: str | pd.Timestamp) -> None:
    from matplotlib.dates import date2num

    when = float(date2num(pd.Timestamp(intervention)))
    low, high = ax.get_xlim()
    if not low <= when <= high:
        return
    ax.axvline(when, color=BLACK, linewidth=0.9, linestyle=(0, (2, 2)), zorder=0)
    side = "right" if when > low + 0.6 * (high - low) else "left"
    ax.annotate(f" {_('intervention')} ", (when, 0.99), xycoords=("data", "axes fraction"), ha=side,
                va="top", fontsize=8.5)  # fmt: skip


def deaths_label(series: pd.DataFrame) -> str:
    """What a point of a series counts, for its axis.

    >>> deaths_label(pd.DataFrame({"start": ["2012-01-01"], "end": ["2012-12-31"]}))
    'Deaths a year'
    """
    if len(series) and are_years(series):
        return _("Deaths a year")
    days = (pd.to_datetime(series["end"]) - pd.to_datetime(series["start"])).dt.days + 1
    return _("Deaths a month") if days.between(28, 31).mean() > 0.5 else _("Deaths")


def quantity_label(name: str) -> str:
    """What an axis is called: a quantity and its unit.

    >>> quantity_label("rate")
    'Rate, per 100,000 person-years'
    """
    return f"{label(name)}, {unit(name)}"


def put_source_line(ax: "Axes", text: str) -> None:
    """Who counted, in the figure itself, so that it stays with a copied picture."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.text(0.012, 0.08 / figure.get_figheight(), text, fontsize=8, color=GREY, va="bottom")


def source_line(table: pd.DataFrame) -> str:
    """``Counts: PNC, IML. Population: WPP2024.`` from the rows of a series.

    >>> source_line(pd.DataFrame({"agency": ["PNC", "IML", "PNC"]}))
    'Counts: PNC, IML.'
    """
    cells = [cell for cell in table.get("agency", []) if isinstance(cell, str)]
    names = dict.fromkeys(name for cell in cells for name in cell.split("; ") if name)
    agencies = [translated(name) for name in names]
    series = [
        population(name) for name in dict.fromkeys(table.get("population_series", [])) if name
    ]
    text = _("Counts: {agencies}.", agencies=_first(agencies, 4)) if agencies else ""
    if not series:
        return text
    return f"{text} {_('Population: {series}.', series=_first(series, 2))}"


def _first(names: list[str], most: int) -> str:
    """The first names, and that there are others."""
    shown = ", ".join(names[:most])
    return _("{names} and others", names=shown) if len(names) > most else shown


def date_axis(ax: "Axes", *, most: int = 8) -> None:
    """Dates on the horizontal axis, at most so many."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    # The formatter adds the year at the end of the axis where no tick of January shows it.
    formatter = ConciseDateFormatter(locator)
    if current() != "en":
        # It writes months in the language of the machine, which is none of ours.
        written = formatter.format_ticks
        formatter.format_ticks = lambda values: [_with_our_months(each) for each in written(values)]
    ax.xaxis.set_major_formatter(formatter)


def _with_our_months(text: str) -> str:
    """A label of the date axis with the month in the language in force."""
    for number, name in enumerate(month_abbr):
        if name and name in text:
            return text.replace(name, formats.month(number))
    return text


def count_axis(ax: "Axes") -> None:
    """Counts on the vertical axis as they are written in sentences and tables."""
    ax.yaxis.set_major_formatter(
        lambda value, _: formats.number(value, 0 if float(value).is_integer() else 1)
    )


def band(ax: "Axes", middle: pd.Series, lower: pd.Series, upper: pd.Series, colour: str) -> None:
    """The range about a line; a period without neighbours gets a bar, as it has no area."""
    ax.fill_between(middle, lower, upper, color=colour, alpha=0.2, linewidth=0)
    known = lower.notna() & upper.notna()
    beside = known.shift(1, fill_value=False) | known.shift(-1, fill_value=False)
    alone = known & ~beside & (lower < upper)
    ax.vlines(middle[alone], lower[alone], upper[alone], color=colour, alpha=0.35, linewidth=4)


def mid_points(table: pd.DataFrame) -> pd.Series:
    """Middle of each period, where its value is drawn."""
    return table["start"] + (table["end"] - table["start"]) / 2


def mark_events(ax: "Axes", events: pd.DataFrame | None) -> None:
    """A thin line and a short label for every event that has a ``label``, inside the axis.

    >>> ax = axes("Deaths a month")
    >>> _ = ax.set_xlim(pd.Timestamp("2012-01-01"), pd.Timestamp("2012-12-31"))
    >>> mark_events(ax, pd.DataFrame({"start": [pd.Timestamp("2012-03-09")], "label": ["truce"]}))
    >>> [text.get_text().strip() for text in ax.texts]
    ['truce']
    """
    if events is None or events.empty:
        return
    from matplotlib.dates import date2num

    low, high = ax.get_xlim()
    shown = events[events["label"].astype(str) != ""].sort_values("start", kind="stable")
    for when, name in zip(date2num(shown["start"]), shown["label"], strict=True):
        if not low <= when <= high:
            continue
        ax.axvline(when, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        note = ax.text(
            when, 0.99, f" {translated(name)} ", transform=ax.get_xaxis_transform(), va="top",
            fontsize=8, color="#444444",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
        _find_room(note, [(when, "left"), (when, "right")], step=-0.06)


def _find_room(note: "Text", places: list[tuple[float, str]], step: float) -> None:
    """Move a label to the first place inside the axes where it covers no other; else up or down."""
    ax = note.axes
    assert ax is not None
    inside = ax.bbox
    others = [text.get_window_extent() for text in ax.texts if text is not note]
    first = note.get_position()[1]
    for level in range(10):
        for x, side in places:
            note.set(x=x, y=first + level * step, ha=side)
            box = note.get_window_extent()
            if inside.x0 - 1 <= box.x0 and box.x1 <= inside.x1 + 1:
                if not any(box.overlaps(other) for other in others):
                    return


def room_for(events: pd.DataFrame | None) -> float:
    """How far an axis goes beyond its highest value: labels of events need room."""
    return 1.1 if events is None or events.empty else 1.38


def shade(
    ax: "Axes", start: object, end: object, label: str, colour: str, *, before: bool = False
) -> None:
    """A period as a shaded band with its name at the bottom, beside it where it is narrow.

    ``before``: rather on the left of it than on the right.
    """
    from matplotlib.dates import date2num

    first = date2num(day(str(start), f"{label} start"))
    last = date2num(day(str(end), f"{label} end")) + 1
    low, high = ax.get_xlim()
    first, last = max(first, low), min(last, high)
    if first >= last:
        return
    ax.axvspan(first, last, color=colour, alpha=0.08, linewidth=0, zorder=0)
    note = ax.text(
        first, 0.015, f" {label} ", transform=ax.get_xaxis_transform(), va="bottom",
        fontsize=8.5, color=colour, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
    )  # fmt: skip
    beside = (first, "right") if before else (last, "left")
    wide = last - first > 0.14 * (high - low)
    places = [(first, "left"), beside] if wide else [beside, (first, "left"), (last, "right")]
    _find_room(note, places, step=0.055)
    ax.set_xlim(low, high)


def label_ends(ax: "Axes", ends: list[tuple[float, str, str]]) -> None:
    """Names beside the ends of lines, pushed apart until none covers another."""
    low, high = ax.get_ylim()
    gap = (high - low) * 0.062
    placed: list[float] = []
    for value, name, colour in sorted(ends):
        at = max(value, placed[-1] + gap) if placed else value
        placed.append(at)
        ax.annotate(name, (1.015, (at - low) / (high - low)), xycoords="axes fraction",
                    color=colour, fontsize=9, va="center", annotation_clip=False)  # fmt: skip
