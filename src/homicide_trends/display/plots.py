"""Figures: a table in, matplotlib Axes out.

Lines are labelled directly, events are marked, the source stands in the figure, and colours
are told apart by colour-blind readers (Okabe and Ito) and in grey print by line style.
``show`` turns Axes into what a notebook displays, with an alternative text made from results.
Here are the figures of quantities over time, and of results beside stated ones or each other.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from ..arguments import days_of
from ..language import _, translated
from ..wording import descriptions, formats
from ..wording.words import as_said, quoted_figures, variant
from .drawn import data
from .effects import plot_candidates, plot_models, plot_segments, plot_synthetic, show_or_say
from .maps import plot_towns
from .saving import save
from .style import (
    BLACK,
    BLUE,
    CYCLE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    axes,
    band,
    blank,
    date_axis,
    deaths_label,
    finish,
    label_ends,
    mark_events,
    mid_points,
    quantity_label,
    room_for,
    shade,
    show,
    source_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

__all__ = [
    "axes",
    "data",
    "mark_events",
    "plot_candidates",
    "plot_change_by_end",
    "plot_cumulative",
    "plot_dots",
    "plot_expected",
    "plot_models",
    "plot_region",
    "plot_segments",
    "plot_series",
    "plot_synthetic",
    "plot_timeline",
    "plot_towns",
    "plot_variants",
    "save",
    "show",
    "show_or_say",
    "source_line",
]

_RANGE = ("deaths_low", "deaths_high")
# Who counted a point: colour and shape; the last is for all others.
_WHO = ((BLUE, "o"), (GREEN, "s"), (PURPLE, "^"), (BLACK, "D"), (GREY, "v"))


def plot_series(
    series: pd.DataFrame,
    title: str,
    *,
    quantity: str = "deaths",
    events: pd.DataFrame | None = None,
    baseline: tuple[object, object] | None = None,
    window: tuple[object, object] | None = None,
) -> "Axes":
    """A quantity over time as steps: one step a month or year.

    Needs ``start, end`` and the quantity; its limits, or ``deaths_low`` and ``deaths_high``
    (the range of all figures on file), are drawn as a band; allocated periods are hollow.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "deaths": [411, 402]})
    >>> plot_series(months, "Deaths a month").get_title(loc="left")
    'Deaths a month'
    """
    ax = axes(title)
    middle = mid_points(series)
    values = series[quantity]
    lower, upper = (
        ("deaths_low", "deaths_high")
        if quantity == "deaths"
        else (f"{quantity}_lower", f"{quantity}_upper")
    )
    if lower in series:
        band(ax, middle, series[lower], series[upper], BLUE)
    ax.plot(middle, values, color=BLUE, linewidth=1.3)
    _points(ax, series, values)
    ax.set_ylim(
        0, float(np.nanmax(np.append(series.get(upper, values), values))) * room_for(events)
    )
    if baseline:
        shade(ax, *baseline, label=_("before"), colour=GREEN, before=True)
    if window:
        shade(ax, *window, label=_("period"), colour=ORANGE)
    columns = ["window", quantity, *_RANGE, "agency", "status", "population_series"]
    return finish(
        ax, series, columns, events=_during(series, events),
        y=quantity_label(quantity) if quantity != "deaths" else deaths_label(series),
    )  # fmt: skip


def _points(ax: "Axes", series: pd.DataFrame, values: pd.Series) -> None:
    """A point a period in the colour and shape of who counted; hollow: shares of a longer total."""
    middle = mid_points(series)
    shared = series.get("status", pd.Series("", index=series.index)).eq("allocated")
    counted = series.get("agency", pd.Series("", index=series.index)).fillna("").astype(str)
    names = counted[values.notna()].value_counts(sort=True).index
    for number, (colour, marker) in enumerate(_WHO):
        others = number == len(_WHO) - 1
        own = names[number:] if others else names[number : number + 1]
        label = _("others") if len(own) > 1 else "".join(translated(name) for name in own)
        for hollow in (False, True):
            at = counted.isin(own) & (shared == hollow)
            if at.any():
                ax.plot(middle[at], values[at], marker, markeredgecolor=colour, label=label,
                        markerfacecolor="white" if hollow else colour,
                        markersize=3.8 if hollow else 3.4)  # fmt: skip
                label = ""
    if len(names) > 1 or shared.any():
        if shared.any():
            ax.plot([], [], "o", markerfacecolor="white", markeredgecolor=GREY, markersize=4,
                    label=_("share of a longer total"))  # fmt: skip
        ax.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.085), ncols=len(_WHO) + 1,
                  fontsize=8.5, columnspacing=1.2, handletextpad=0.1, borderaxespad=0,
                  frameon=False)  # fmt: skip


def _during(series: pd.DataFrame, events: pd.DataFrame | None) -> pd.DataFrame | None:
    """Events within the days of the series: the axis goes a little beyond them."""
    if events is None:
        return None
    return events[events["start"].between(series["start"].min(), series["end"].max())]


def plot_expected(series: pd.DataFrame, name: str, *, events: pd.DataFrame | None = None) -> "Axes":
    """Observed deaths beside expected deaths with their prediction interval.

    Needs ``start, end, deaths, expected, expected_lower, expected_upper``. The title is the
    finding, and with the ``name`` of the place it is the alternative text.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "deaths": [411, 402],
    ...     "expected": [360.0, 337.0], "expected_lower": [320, 300], "expected_upper": [400, 374]})
    >>> ax = plot_expected(months, "El Salvador")
    >>> sorted(text.get_text() for text in ax.texts)
    ['expected', 'observed']
    """
    title = descriptions.expected(series)
    ax = axes(title, right=0.84)
    middle = mid_points(series)
    band(ax, middle, series["expected_lower"], series["expected_upper"], ORANGE)
    ax.plot(middle, series["expected"], color=ORANGE, linestyle="--")
    ax.plot(middle, series["deaths"], color=BLUE)
    _points(ax, series, series["deaths"])
    highest = series[["deaths", "expected_upper"]].max().max()
    ax.set_ylim(0, float(highest) * room_for(events))
    last = series.dropna(subset=["deaths"]).iloc[-1]
    label_ends(ax, [(float(last["expected"]), _("expected"), ORANGE),
                     (float(last["deaths"]), _("observed"), BLUE)])  # fmt: skip
    return finish(
        ax, series, ["window", "deaths", "expected", "agency", "status"], y=deaths_label(series),
        events=_during(series, events), alt=f"{name}: {title}.",
    )  # fmt: skip


def plot_timeline(events: pd.DataFrame, name: str) -> "Axes":
    """Dated events from top to bottom; those that the texts state are told apart.

    Needs ``start, end, event, stated`` (true where a text on file states the date). Title and
    alternative text as in ``plot_expected``.

    >>> events = pd.DataFrame({"start": [pd.Timestamp("2012-03-09")],
    ...     "end": [pd.Timestamp("2012-03-09")], "event": ["Truce"], "stated": [False]})
    >>> [text.get_text() for text in plot_timeline(events, "X").texts]
    ['9 Mar 2012: Truce']
    """
    shown = events.sort_values("start", kind="stable").reset_index(drop=True)
    title = descriptions.timeline(shown)
    if shown.empty:
        return blank(title, _("No event is marked."))
    ax = axes(title, height=1.2 + 0.24 * len(shown), left=0.04, right=0.30)
    rows = np.arange(len(shown))
    for stated, colour, marker in ((True, ORANGE, "D"), (False, BLUE, "o")):
        some = shown["stated"].eq(stated)
        ax.hlines(rows[some], shown.loc[some, "start"], shown.loc[some, "end"], color=colour,
                  linewidth=2)  # fmt: skip
        ax.plot(shown.loc[some, "start"], rows[some], marker, color=colour, markersize=4.5)
    dates = [formats.period(*span) for span in zip(shown["start"], shown["end"], strict=True)]
    for row, text, when in zip(rows, shown["event"], dates, strict=True):
        note = ax.annotate(
            f"{when}: {translated(text)}",
            (1.03, row),
            xycoords=("axes fraction", "data"),
            fontsize=8,
            va="center",
            annotation_clip=False,
        )
        _shorten(note)
    first, last = shown["start"].min(), shown["end"].max()
    margin = max(0.05 * (last - first), (pd.Timedelta(days=365) - (last - first)) / 2)
    ax.set_xlim(first - margin, last + margin)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_yticks([])
    ax.grid(True, axis="x")
    date_axis(ax, most=4)
    return finish(
        ax, shown.rename(columns={"stated": "stated_by_a_text"}),
        ["when", "event", "stated_by_a_text"], dates=False, alt=f"{name}: {title}.",
        source=_("Diamonds: dates stated in the texts. Circles: dates from other sources."),
    )  # fmt: skip


def _shorten(note: "Annotation") -> None:
    """Leave out words at the end of a text until it ends inside the figure."""
    figure = note.get_figure(root=True)
    assert figure is not None
    words = note.get_text().split(" ")
    while note.get_window_extent().x1 > 0.99 * figure.bbox.width and len(words) > 1:
        words.pop()
        note.set_text(" ".join(words) + "\u2026")


def plot_region(
    years: pd.DataFrame,
    place: str,
    title: str,
    *,
    baseline: tuple[object, object],
    window: tuple[object, object],
    nearest: int = 4,
) -> "Axes":
    """One line a country: a place and the nearest to it in the baseline stand out.

    Needs ``place, name, start, end, rate``. Nearest is by mean rate over the baseline's years.

    >>> years = pd.DataFrame({"place": ["SLV", "SLV", "HND", "HND"],
    ...     "name": ["El Salvador"] * 2 + ["Honduras"] * 2, "rate": [71.4, 41.8, 85.1, 84.3],
    ...     "start": pd.to_datetime(["2011-01-01", "2012-01-01"] * 2),
    ...     "end": pd.to_datetime(["2011-12-31", "2012-12-31"] * 2)})
    >>> ax = plot_region(years, "SLV", "Rate a year", baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"))
    >>> [text.get_text() for text in ax.texts[:2]]
    ['El Salvador', 'Honduras']
    """
    first, last = days_of(baseline, "baseline")
    inside = years[(years["end"] >= first) & (years["start"] <= last)]
    level = inside.groupby("name")["rate"].mean().dropna()
    names = years.loc[years["place"] == place, "name"].unique()
    mine = names[0] if len(names) and names[0] in level else None
    near = (level - level[mine]).abs().sort_values(kind="stable").index if mine else level.index
    chosen = [name for name in near if name != mine][:nearest]
    ax = axes(title, right=0.78)
    for name, rows in years.groupby("name"):
        if name not in chosen and name != mine:
            ax.plot(mid_points(rows), rows["rate"], color="#c9c9c9", linewidth=0.8, zorder=1)
    ends = []
    shown = ([mine] if mine else []) + chosen
    lines = [(ORANGE, "-"), (BLUE, "--"), *CYCLE[2:]]
    for name, (colour, style) in zip(shown, lines, strict=False):
        rows = years[years["name"] == name]
        known = rows.dropna(subset=["rate"])
        ax.plot(mid_points(rows), rows["rate"], color=colour, linestyle=style,
                linewidth=2.4 if name == mine else 1.4)  # fmt: skip
        ends.append((float(known["rate"].iloc[-1]), translated(str(name)), colour))
    ax.set_ylim(0, float(years["rate"].max()) * 1.1)
    label_ends(ax, ends)
    shade(ax, *baseline, label=_("before"), colour=GREEN, before=True)
    shade(ax, *window, label=_("period"), colour=ORANGE)
    known = years.dropna(subset=["rate"])
    return finish(ax, known, ["name", "window", "rate", "agency"], y=quantity_label("rate"),
                  source=source_line(years))  # fmt: skip


def plot_change_by_end(
    changes: pd.DataFrame, name: str, *, stated: pd.DataFrame | None = None
) -> "Axes":
    """Percent change since the baseline as the period grows, beside stated declines.

    Needs ``end, percent_change, percent_change_lower, percent_change_upper``; ``stated`` has
    ``value`` (a decline in percent, positive) and ``as_reported``. The title is the finding, and
    with the ``name`` of the place and what is stated it is the alternative text.

    >>> changes = pd.DataFrame({"end": pd.to_datetime(["2012-12-31", "2013-12-31"]),
    ...     "percent_change": [-41.0, -42.0], "percent_change_lower": [-43.0, -44.0],
    ...     "percent_change_upper": [-39.0, -40.0]})
    >>> stated = pd.DataFrame({"value": [60.0], "as_reported": ["nearly 60%"]})
    >>> ax = plot_change_by_end(changes, "El Salvador", stated=stated)
    >>> [text.get_text() for text in ax.texts]
    ['stated: nearly 60%']
    """
    title = descriptions.change_by_end(changes)
    if changes["percent_change"].isna().all():
        return blank(title, "")
    ax = axes(title)
    ends = changes["end"]
    ax.fill_between(ends, changes["percent_change_lower"], changes["percent_change_upper"],
                    color=BLUE, alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(ends, changes["percent_change"], color=BLUE, marker="o", markersize=3)
    low = float(changes["percent_change_lower"].min())
    high = float(changes["percent_change_upper"].max())
    if stated is not None and not stated.empty:
        low = min(low, -float(stated["value"].max()))
        _stated_lines(ax, stated, side="right", sign=-1)
    margin = max(4.0, 0.12 * (high - low))
    ax.set_ylim(low - margin, max(high + margin, 2))
    ax.axhline(0, color=GREY, linewidth=0.8)
    return finish(ax, changes, ["window", "percent_change"], y=_("Change of the rate, %"),
                  x=_("Last day of the period"), alt=_alt(name, title, stated))  # fmt: skip


def _alt(name: str, title: str, stated: pd.DataFrame | None) -> str:
    """The finding in a sentence, with the place and what is stated."""
    text = f"{name}: {title}."
    if stated is None or stated.empty:
        return text
    return text + _(" Stated: {tokens}.", tokens=quoted_figures(stated))


def plot_cumulative(
    cumulative: pd.DataFrame, name: str, *, stated: pd.DataFrame | None = None
) -> "Axes":
    """Averted deaths added up since the period's first day, beside stated totals.

    Needs ``end, averted, averted_lower, averted_upper`` (limits of each total). Title and
    alternative text as in ``plot_change_by_end``.

    >>> growing = pd.DataFrame({"end": pd.to_datetime(["2012-03-31", "2012-04-30"]),
    ...     "averted": [130.0, 260.0], "averted_lower": [100.0, 215.0],
    ...     "averted_upper": [160.0, 305.0]})
    >>> plot_cumulative(growing, "El Salvador").get_title(loc="left")
    '260 fewer by April 2012'
    """
    title = descriptions.cumulative(cumulative, stated)
    ax = axes(title)
    ax.fill_between(cumulative["end"], cumulative["averted_lower"], cumulative["averted_upper"],
                    color=BLUE, alpha=0.2, linewidth=0)  # fmt: skip
    ax.plot(cumulative["end"], cumulative["averted"], color=BLUE, marker="o", markersize=3)
    ax.axhline(0, color=GREY, linewidth=0.8)
    if stated is not None:
        _stated_lines(ax, stated, side="left")
    return finish(ax, cumulative, ["window", "averted"], y=_("Deaths fewer than expected"),
                  x=_("Last day of the period"), alt=_alt(name, title, stated))  # fmt: skip


def _stated_lines(
    ax: "Axes", stated: pd.DataFrame, *, side: Literal["left", "right"], sign: int = 1
) -> None:
    """A dashed line at every stated value, with all tokens that state it."""
    for value, rows in stated.groupby("value"):
        names = ", ".join(dict.fromkeys(as_said(rows)))
        at = (0.01 if side == "left" else 0.995, sign * float(str(value)))
        ax.axhline(at[1], color="black", linewidth=1, linestyle=(0, (4, 2)))
        ax.annotate(
            _("stated: {figures}", figures=names),
            at,
            xycoords=("axes fraction", "data"),
            xytext=(0, -3),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=9,
        )


def plot_dots(
    table: pd.DataFrame,
    title: str,
    *,
    quantity: str,
    by: str,
    highlight: str | None = None,
    reference: float | None = None,
    xlabel: str | None = None,
) -> "Axes":
    """A dot with its limits for every row, in the order of the table.

    Needs ``by`` (the name of a row) and the quantity, with or without limits.

    >>> ratios = pd.DataFrame({"name": ["without controls", "with controls"],
    ...     "rate_ratio": [0.61, 0.55], "rate_ratio_lower": [0.54, 0.49],
    ...     "rate_ratio_upper": [0.69, 0.63]})
    >>> ax = plot_dots(ratios, "Rate ratio", quantity="rate_ratio", by="name", reference=1)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['without controls', 'with controls']
    """
    rows = table.dropna(subset=[quantity]).reset_index(drop=True)
    if rows.empty:
        return blank(title, _("No row on file to draw."))
    names = [translated(str(name)) for name in rows[by]]
    longest = max(map(len, names), default=1)
    ax = axes(title, height=1.3 + 0.27 * len(rows), left=min(0.5, 0.03 + 0.0125 * longest))
    for at, row in rows.iterrows():
        chosen = highlight is not None and row[by] == highlight
        colour = ORANGE if chosen else BLUE
        if f"{quantity}_lower" in rows:
            ax.hlines(at, row[f"{quantity}_lower"], row[f"{quantity}_upper"], color=colour)
        ax.plot(row[quantity], at, "D" if chosen else "o", color=colour, markersize=5)
    ax.set_yticks(range(len(rows)), names, fontsize=9)
    for tick, name in zip(ax.get_yticklabels(), rows[by], strict=True):
        tick.set_fontweight("bold" if name == highlight else "normal")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    if reference is not None:
        ax.axvline(reference, color=GREY, linewidth=0.9)
    if max(map(abs, ax.get_xlim())) >= 1000:
        ax.xaxis.set_major_formatter(lambda value, _: formats.number(value))
    return finish(ax, rows, [by, quantity], x=xlabel or quantity_label(quantity), dates=False,
                  source=source_line(table))  # fmt: skip


def plot_variants(variants: pd.DataFrame, stated: pd.DataFrame, title: str) -> "Axes":
    """Rates from every count and population as dots, the stated rate as a line across them.

    Needs ``deaths, population_series, rate`` and its limits; ``stated`` has ``value,
    as_reported``.

    >>> rates = pd.DataFrame({"deaths": [4371, 4354], "population_series": "WPP2024",
    ...     "rate": [71.4, 71.1], "rate_lower": [69.3, 69.0], "rate_upper": [73.5, 73.3]})
    >>> stated = pd.DataFrame({"value": [70.1], "as_reported": ["70.1"]})
    >>> ax = plot_variants(rates, stated, "Rate of 2011")
    >>> [text.get_text() for text in ax.texts], ax.get_yticklabels()[0].get_text()
    (['stated: 70.1'], '4,371, population: the UN (2024)')
    """
    ordered = variants.sort_values("rate", ascending=False, kind="stable")
    ordered = ordered.assign(variant=[variant(row) for row in ordered.to_dict("records")])
    reference = float(stated["value"].iloc[0]) if len(stated) else None
    ax = plot_dots(ordered, title, quantity="rate", by="variant", reference=reference)
    if reference is not None and len(ordered):
        ax.set_ylim(len(ordered) - 0.4, -1.3)
        ax.annotate(_("stated: {figures}", figures=as_said(stated).iloc[0]), (reference, -0.8),
                    xytext=(4, 0), textcoords="offset points", fontsize=9, va="center")  # fmt: skip
    return ax
