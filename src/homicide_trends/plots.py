"""Figures: a table in, matplotlib Axes out.

Lines are labelled directly, events are marked, the source stands in the figure, and colours
are told apart by colour-blind readers (Okabe and Ito) and in grey print by line style.
``show`` turns Axes into what a notebook displays, with an alternative text made from results.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from . import formats
from .tables import MIME, QUANTITIES, Shown, finding

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
    ax.set_title(title)
    return ax


def _source_line(ax: "Axes", text: str) -> None:
    """Who counted, in the figure itself, so that it stays with a copied picture."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.text(0.012, 0.08 / figure.get_figheight(), text, fontsize=8, color=GREY, va="bottom")


def source_line(table: pd.DataFrame) -> str:
    """``Counts: PNC, IML. Population: WPP2024.`` from the rows of a series.

    >>> source_line(pd.DataFrame({"agency": ["PNC", "IML", "PNC"]}))
    'Counts: PNC, IML.'
    """
    agencies = [name for name in dict.fromkeys(table.get("agency", [])) if isinstance(name, str)]
    shown = ", ".join(agencies[:4]) + (" and others" if len(agencies) > 4 else "")
    text = f"Counts: {shown}." if agencies else ""
    series = [name for name in dict.fromkeys(table.get("population_series", [])) if name]
    return f"{text} Population: {', '.join(series)}." if series else text


def _dates(ax: "Axes") -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _middle(table: pd.DataFrame) -> pd.Series:
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


def _shade(ax: "Axes", start: object, end: object, label: str, colour: str) -> None:
    """A period as a shaded band with its name at the bottom."""
    first, last = pd.Timestamp(str(start)), pd.Timestamp(str(end)) + pd.Timedelta(days=1)
    ax.axvspan(first, last, color=colour, alpha=0.08, linewidth=0, zorder=0)  # type: ignore[arg-type]
    ax.annotate(
        label, (first + (last - first) / 2, 0.015), xycoords=("data", "axes fraction"),  # type: ignore[arg-type]
        ha="center", va="bottom", fontsize=8.5, color=colour,
    )  # fmt: skip


def plot_series(
    series: pd.DataFrame,
    *,
    quantity: str = "deaths",
    title: str,
    events: pd.DataFrame | None = None,
    baseline: tuple[object, object] | None = None,
    window: tuple[object, object] | None = None,
) -> "Axes":
    """A quantity over time as steps: one step a month or year.

    Needs ``start, end`` and the quantity; its limits, or ``deaths_low`` and ``deaths_high``
    (the range of all figures on file), are drawn as a band; allocated periods are hollow.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "deaths": [411, 402]})
    >>> plot_series(months, title="Deaths a month").get_title(loc="left")
    'Deaths a month'
    """
    ax = axes(title)
    middle = _middle(series)
    values = series[quantity]
    lower, upper = (
        ("deaths_low", "deaths_high")
        if quantity == "deaths"
        else (f"{quantity}_lower", f"{quantity}_upper")
    )
    if lower in series:
        ax.fill_between(middle, series[lower], series[upper], color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(middle, values, color=BLUE, linewidth=1.3)
    shared = series.get("status", pd.Series("", index=series.index)).eq("allocated")
    ax.plot(middle[~shared], values[~shared], "o", color=BLUE, markersize=3.2)
    if shared.any():
        ax.plot(middle[shared], values[shared], "o", markerfacecolor="white",
                markeredgecolor=BLUE, markersize=4, label="share of a longer total")  # fmt: skip
        ax.legend(loc="lower left", fontsize=8.5)
    ax.set_ylim(0, float(np.nanmax(np.append(series.get(upper, values), values))) * 1.16)
    ax.set_ylabel(f"{QUANTITIES[quantity].label}, {QUANTITIES[quantity].unit}"
                  if quantity != "deaths" else "Deaths")  # fmt: skip
    if baseline:
        _shade(ax, *baseline, label="baseline", colour=GREEN)
    if window:
        _shade(ax, *window, label="window", colour=ORANGE)
    _dates(ax)
    mark_events(ax, events)
    _source_line(ax, source_line(series))
    return ax


def plot_rates(
    rates: pd.DataFrame,
    *,
    by: str,
    title: str,
    quantity: str = "rate",
    stated: pd.DataFrame | None = None,
) -> "Axes":
    """One line for each value of ``by``, labelled at its end, beside stated values.

    Needs ``start, end``, the quantity and ``by``. ``stated`` has ``start, end, value,
    as_reported``: a bar over the stated period at the stated value.
    """
    ax = axes(title, right=0.70)
    ends = []
    for (name, rows), (colour, style) in zip(
        rates.groupby(by, sort=False), CYCLE * 10, strict=False
    ):
        known = rows.dropna(subset=[quantity])
        if known.empty:
            continue
        middle = _middle(known)
        ax.plot(middle, known[quantity], color=colour, linestyle=style, marker="o", markersize=3,
                linewidth=1.4)  # fmt: skip
        ends.append((float(known[quantity].iloc[-1]), str(name), colour))
    ax.set_ylim(0, max(float(rates[quantity].max()), _highest(stated)) * 1.12)
    _end_labels(ax, ends)
    if stated is not None:
        for row in stated.itertuples():
            ax.hlines(row.value, row.start, row.end, color="black", linewidth=2.6)
            ax.annotate(f"stated: {row.as_reported}", (row.start, row.value), xytext=(-3, 5),
                        textcoords="offset points", fontsize=9, ha="right", va="center",
                        fontweight="bold")  # fmt: skip
    ax.set_ylabel(QUANTITIES[quantity].unit)
    _dates(ax)
    _source_line(ax, source_line(rates))
    return ax


def _highest(stated: pd.DataFrame | None) -> float:
    return 0.0 if stated is None or stated.empty else float(stated["value"].max())


def _end_labels(ax: "Axes", ends: list[tuple[float, str, str]]) -> None:
    """Names beside the ends of lines, pushed apart until none covers another."""
    low, high = ax.get_ylim()
    gap = (high - low) * 0.062
    placed: list[float] = []
    for value, name, colour in sorted(ends):
        at = max(value, placed[-1] + gap) if placed else value
        placed.append(at)
        ax.annotate(name, (1.015, (at - low) / (high - low)), xycoords="axes fraction",
                    color=colour, fontsize=9, va="center", annotation_clip=False)  # fmt: skip


def plot_change_by_end(
    changes: pd.DataFrame, *, title: str, stated: pd.DataFrame | None = None
) -> "Axes":
    """Percent change since the baseline as the window grows, beside stated declines.

    Needs ``end, percent_change, percent_change_lower, percent_change_upper``; ``stated`` has
    ``value`` (a decline in percent, positive) and ``as_reported``.
    """
    ax = axes(title)
    ends = changes["end"]
    ax.fill_between(ends, changes["percent_change_lower"], changes["percent_change_upper"],
                    color=BLUE, alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(ends, changes["percent_change"], color=BLUE, marker="o", markersize=3)
    low = float(changes["percent_change_lower"].min())
    high = float(changes["percent_change_upper"].max())
    if stated is not None and not stated.empty:
        low = min(low, -float(stated["value"].max()))
        for value, rows in stated.groupby("value"):
            names = ", ".join(dict.fromkeys(rows["as_reported"]))
            ax.axhline(-float(str(value)), color="black", linewidth=1, linestyle=(0, (4, 2)))
            ax.annotate(f"stated: {names}", (0.995, -float(str(value))),
                        xycoords=("axes fraction", "data"), xytext=(0, -3),
                        textcoords="offset points", ha="right", va="top", fontsize=9)  # fmt: skip
    margin = max(4.0, 0.12 * (high - low))
    ax.set_ylim(low - margin, max(high + margin, 2))
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set_ylabel("Change of the rate, %")
    ax.set_xlabel("Last day of the window")
    _dates(ax)
    _source_line(ax, source_line(changes))
    return ax


def plot_expected(
    series: pd.DataFrame, *, title: str, events: pd.DataFrame | None = None
) -> "Axes":
    """Observed deaths beside expected deaths with their prediction interval.

    Needs ``start, end, deaths, expected, expected_lower, expected_upper``.
    """
    ax = axes(title, right=0.84)
    middle = _middle(series)
    ax.fill_between(middle, series["expected_lower"], series["expected_upper"], color=ORANGE,
                    alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(middle, series["expected"], color=ORANGE, linestyle="--")
    ax.plot(middle, series["deaths"], color=BLUE, marker="o", markersize=3)
    highest = series[["deaths", "expected_upper"]].max().max()
    ax.set_ylim(0, float(highest) * 1.16)
    last = series.dropna(subset=["deaths"]).iloc[-1]
    _end_labels(ax, [(float(last["expected"]), "expected", ORANGE),
                     (float(last["deaths"]), "observed", BLUE)])  # fmt: skip
    ax.set_ylabel("Deaths")
    _dates(ax)
    mark_events(ax, events)
    _source_line(ax, source_line(series))
    return ax


def plot_cumulative(
    cumulative: pd.DataFrame, *, title: str, stated: pd.DataFrame | None = None
) -> "Axes":
    """Averted deaths added up since the window's first day, beside stated totals.

    Needs ``end, averted, averted_lower, averted_upper`` (limits of each total).
    """
    ax = axes(title)
    ax.fill_between(cumulative["end"], cumulative["averted_lower"], cumulative["averted_upper"],
                    color=BLUE, alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(cumulative["end"], cumulative["averted"], color=BLUE, marker="o", markersize=3)
    ax.axhline(0, color=GREY, linewidth=0.8)
    if stated is not None:
        for row in stated.itertuples():
            ax.axhline(row.value, color="black", linewidth=1, linestyle=(0, (4, 2)))
            ax.annotate(f"stated: {row.as_reported}", (0.01, row.value),
                        xycoords=("axes fraction", "data"), xytext=(0, -3),
                        textcoords="offset points", va="top", fontsize=9)  # fmt: skip
    ax.set_ylabel("Expected minus observed deaths")
    ax.set_xlabel("Last day of the window")
    ax.yaxis.set_major_formatter(lambda value, _: formats.number(value))
    _dates(ax)
    _source_line(ax, source_line(cumulative))
    return ax


def plot_timeline(events: pd.DataFrame, *, title: str) -> "Axes":
    """Dated events from top to bottom; those that the texts state are told apart.

    Needs ``start, end, event, stated`` (true where a text on file states the date).
    """
    shown = events.sort_values("start").reset_index(drop=True)
    ax = axes(title, height=1.2 + 0.27 * len(shown), left=0.11, right=0.30)
    rows = np.arange(len(shown))
    for stated, colour, marker in ((True, ORANGE, "D"), (False, BLUE, "o")):
        some = shown["stated"].eq(stated)
        ax.hlines(rows[some], shown.loc[some, "start"], shown.loc[some, "end"], color=colour,
                  linewidth=2)  # fmt: skip
        ax.plot(shown.loc[some, "start"], rows[some], marker, color=colour, markersize=5)
    for row, text, when in zip(rows, shown["event"], shown["when"], strict=True):
        ax.annotate(f"{when}: {_short(text, 62)}", (1.03, row), xycoords=("axes fraction", "data"),
                    fontsize=8, va="center", annotation_clip=False)  # fmt: skip
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_yticks([])
    ax.grid(True, axis="x")
    _dates(ax)
    _source_line(ax, "Diamonds: dates stated in the texts. Circles: dates from other sources.")
    return ax


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "\u2026"


def plot_dots(
    table: pd.DataFrame,
    *,
    quantity: str,
    by: str,
    title: str,
    highlight: str | None = None,
    reference: float | None = None,
    xlabel: str | None = None,
) -> "Axes":
    """A dot with its limits for every row, in the order of the table.

    Needs ``by`` (the name of a row) and the quantity, with or without limits.
    """
    rows = table.reset_index(drop=True)
    longest = max((len(str(name)) for name in rows[by]), default=1)
    ax = axes(title, height=1.3 + 0.27 * len(rows), left=min(0.5, 0.03 + 0.0125 * longest))
    for at, row in rows.iterrows():
        chosen = highlight is not None and row[by] == highlight
        colour = ORANGE if chosen else BLUE
        if f"{quantity}_lower" in rows:
            ax.hlines(at, row[f"{quantity}_lower"], row[f"{quantity}_upper"], color=colour)
        ax.plot(row[quantity], at, "D" if chosen else "o", color=colour, markersize=5)
    ax.set_yticks(range(len(rows)), [str(name) for name in rows[by]], fontsize=9)
    for tick, name in zip(ax.get_yticklabels(), rows[by], strict=True):
        tick.set_fontweight("bold" if name == highlight else "normal")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    if reference is not None:
        ax.axvline(reference, color=GREY, linewidth=0.9)
    ax.set_xlabel(xlabel or f"{QUANTITIES[quantity].label}, {QUANTITIES[quantity].unit}")
    _source_line(ax, source_line(table))
    return ax


def plot_variants(variants: pd.DataFrame, stated: pd.DataFrame, *, title: str) -> "Axes":
    """Rates from every count and population as dots, the stated rate as a line across them.

    Needs ``variant, rate, rate_lower, rate_upper``; ``stated`` has ``value, as_reported``.
    """
    ordered = variants.sort_values("rate", ascending=False)
    reference = float(stated["value"].iloc[0]) if len(stated) else None
    ax = plot_dots(ordered, quantity="rate", by="variant", title=title, reference=reference)
    if reference is not None:
        ax.annotate(f"stated: {stated['as_reported'].iloc[0]}", (reference, len(ordered) - 0.5),
                    xytext=(4, 2), textcoords="offset points", fontsize=9, va="bottom")  # fmt: skip
    return ax


def plot_region(
    years: pd.DataFrame,
    place: str,
    *,
    baseline: tuple[object, object],
    window: tuple[object, object],
    title: str,
    nearest: int = 4,
) -> "Axes":
    """One line a country: a place and the nearest to it in the baseline stand out.

    Needs ``place, name, start, end, rate``. Nearest is by mean rate over the baseline's years.
    """
    first, last = (pd.Timestamp(str(date)) for date in baseline)
    inside = years[(years["end"] >= first) & (years["start"] <= last)]
    level = inside.groupby("name")["rate"].mean().dropna()
    names = years.loc[years["place"] == place, "name"].unique()
    mine = names[0] if len(names) and names[0] in level else None
    near = (level - level[mine]).abs().sort_values().index if mine else level.index
    chosen = [name for name in near if name != mine][:nearest]
    ax = axes(title, right=0.78)
    for name, rows in years.groupby("name"):
        if name not in chosen and name != mine:
            ax.plot(_middle(rows), rows["rate"], color="#c9c9c9", linewidth=0.8, zorder=1)
    ends = []
    shown = ([mine] if mine else []) + chosen
    for name, (colour, style) in zip(shown, [(ORANGE, "-"), *CYCLE[:1], *CYCLE[2:]], strict=False):
        rows = years[years["name"] == name]
        known = rows.dropna(subset=["rate"])
        ax.plot(_middle(rows), rows["rate"], color=colour, linestyle=style,
                linewidth=2.4 if name == mine else 1.4)  # fmt: skip
        ends.append((float(known["rate"].iloc[-1]), str(name), colour))
    ax.set_ylim(0, float(years["rate"].max()) * 1.1)
    _end_labels(ax, ends)
    _shade(ax, *baseline, label="baseline", colour=GREEN)
    _shade(ax, *window, label="window", colour=ORANGE)
    ax.set_ylabel("per 100,000 person-years")
    _dates(ax)
    _source_line(ax, source_line(years))
    return ax
