"""What all figures share: size, fonts, colours, dates, events, source line, alternative text."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..tables import MIME, Shown, finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, PURPLE, BLACK, GREY = (
    "#0072B2", "#C04A00", "#00795A", "#A0508A", "#1a1a1a", "#6b6b6b",
)  # fmt: skip
CYCLE = [
    (BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (BLACK, (0, (5, 1))),
    (GREY, (0, (1, 1))),
]  # fmt: skip
WIDTH, HEIGHT, DPI = 6.4, 4.0, 160
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


def show(ax: "Axes", *, alt: str, table: pd.DataFrame | None = None,
         quantities: Sequence[str] = (), main: bool = False) -> Shown:  # fmt: skip
    """What a notebook displays for a figure: the picture and the text that replaces it.

    ``alt`` states what the figure shows, in a sentence made from results. ``quantities`` are
    columns of ``table`` whose values the figure draws: they join the findings.
    The picture has the same bytes for the same inputs.
    """
    import matplotlib.pyplot as plt

    figure = ax.get_figure(root=True)
    assert figure is not None
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    rows = [] if table is None else table.to_dict("records")
    findings = [
        finding({str(key): value for key, value in row.items()}, name)
        for row in rows
        for name in quantities
        if not pd.isna(row[name])
    ]
    bundle: dict[str, Any] = {
        "image/png": _base64(buffer.getvalue()),
        "text/plain": alt,
        MIME: {"findings": findings, "main": alt if main else None},
    }
    return Shown(bundle, {"image/png": {"alt": alt}})


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode("ascii")


def axes(title: str, *, height: float = HEIGHT, left: float = 0.11, right: float = 0.97) -> "Axes":
    """Axes in the house style, with fixed margins: the same picture on every machine."""
    import matplotlib as mpl

    mpl.use("agg", force=False)
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        figure, ax = plt.subplots(figsize=(WIDTH, height))
    figure.subplots_adjust(left=left, right=right, top=1 - 0.36 / height, bottom=0.78 / height)
    ax.set_title(title, loc="left", fontsize=11.5, fontweight="bold")
    ax.tick_params(labelsize=9.5)
    ax.xaxis.label.set_size(10)
    ax.yaxis.label.set_size(10)
    return ax


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
    agencies = list(dict.fromkeys(name for cell in cells for name in cell.split("; ") if name))
    shown = ", ".join(agencies[:4]) + (" and others" if len(agencies) > 4 else "")
    text = f"Counts: {shown}." if agencies else ""
    series = [name for name in dict.fromkeys(table.get("population_series", [])) if name]
    named = ", ".join(series[:2]) + (" and others" if len(series) > 2 else "")
    return f"{text} Population: {named}." if series else text


def date_axis(ax: "Axes", *, most: int = 8) -> None:
    """Dates on the horizontal axis, at most so many."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def mid_points(table: pd.DataFrame) -> pd.Series:
    """Middle of each period, where its value is drawn."""
    return table["start"] + (table["end"] - table["start"]) / 2


def mark_events(ax: "Axes", events: pd.DataFrame | None) -> None:
    """A thin line and a short label for every event that has a ``label``, inside the axis."""
    if events is None or events.empty:
        return
    from matplotlib.dates import date2num

    low, high = ax.get_xlim()
    shown = events[events["label"].astype(str) != ""].sort_values("start")
    top = 0.99
    previous = -np.inf
    for when, label in zip(date2num(shown["start"]), shown["label"], strict=True):
        if not low <= when <= high:
            continue
        # Labels close to each other step down instead of printing over one another.
        near = when - previous < 0.2 * (high - low)
        top = top - 0.075 if near and top > 0.8 else 0.99
        previous = when
        ax.axvline(when, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        side = "right" if when > low + 0.75 * (high - low) else "left"
        ax.annotate(
            f" {label} ", (when, top), xycoords=("data", "axes fraction"), ha=side, va="top",
            fontsize=8, color="#444444",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


def room_for(events: pd.DataFrame | None) -> float:
    """How far an axis goes beyond its highest value: labels of events need room."""
    return 1.1 if events is None or events.empty else 1.38


def shade(ax: "Axes", start: object, end: object, label: str, colour: str) -> None:
    """A period as a shaded band with its name at the bottom, beside it where it is narrow."""
    from matplotlib.dates import date2num

    first, last = date2num(pd.Timestamp(str(start))), date2num(pd.Timestamp(str(end))) + 1
    low, high = ax.get_xlim()
    ax.axvspan(first, last, color=colour, alpha=0.08, linewidth=0, zorder=0)
    wide = last - first > 0.14 * (high - low)
    at, side = (
        (first, "left") if wide else (first, "right") if label == "baseline" else (last, "left")
    )
    ax.annotate(
        f" {label} ", (at, 0.015), xycoords=("data", "axes fraction"), ha=side, va="bottom",
        fontsize=8.5, color=colour,
    )  # fmt: skip
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
