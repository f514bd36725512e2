"""Figures of quantities over time."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..arguments import days_of
from ..language import _, translated
from ..wording import descriptions, formats
from ..wording.words import are_years
from .drawn import keep
from .style import (
    BLUE,
    CYCLE,
    GREEN,
    ORANGE,
    axes,
    band,
    blank,
    count_axis,
    date_axis,
    label_ends,
    mark_events,
    mid_points,
    put_source_line,
    quantity_label,
    room_for,
    shade,
    source_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation


_RANGE = ("deaths_low", "deaths_high")


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
    ax.set_ylabel(quantity_label(quantity) if quantity != "deaths" else deaths_label(series))
    count_axis(ax)
    if baseline:
        shade(ax, *baseline, label=_("before"), colour=GREEN, before=True)
    if window:
        shade(ax, *window, label=_("period"), colour=ORANGE)
    date_axis(ax)
    mark_events(ax, _during(series, events))
    put_source_line(ax, source_line(series))
    return keep(ax, series, ["window", quantity, *_RANGE, "agency", "status", "population_series"])


def deaths_label(series: pd.DataFrame) -> str:
    """What a point of a series counts, for its axis.

    >>> deaths_label(pd.DataFrame({"start": ["2012-01-01"], "end": ["2012-12-31"]}))
    'Deaths a year'
    """
    if len(series) and are_years(series):
        return _("Deaths a year")
    days = (pd.to_datetime(series["end"]) - pd.to_datetime(series["start"])).dt.days + 1
    return _("Deaths a month") if days.between(28, 31).mean() > 0.5 else _("Deaths")


def _points(ax: "Axes", series: pd.DataFrame, values: pd.Series) -> None:
    """A point a period; periods that are shares of a longer total are hollow."""
    middle = mid_points(series)
    shared = series.get("status", pd.Series("", index=series.index)).eq("allocated")
    ax.plot(middle[~shared], values[~shared], "o", color=BLUE, markersize=3.2)
    if shared.any():
        ax.plot(middle[shared], values[shared], "o", markerfacecolor="white",
                markeredgecolor=BLUE, markersize=4, label=_("share of a longer total"))  # fmt: skip
        legend = ax.legend(loc="lower right", fontsize=8.5, frameon=True, borderaxespad=0.1,
                           facecolor="white", edgecolor="none", framealpha=1)  # fmt: skip
        legend.set_zorder(3)


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
    ax.set_ylabel(deaths_label(series))
    count_axis(ax)
    date_axis(ax)
    mark_events(ax, _during(series, events))
    put_source_line(ax, source_line(series))
    columns = ["window", "deaths", "expected", "agency", "status"]
    return keep(ax, series, columns, alt=f"{name}: {title}.")


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
    put_source_line(
        ax, _("Diamonds: dates stated in the texts. Circles: dates from other sources.")
    )
    rows = shown.rename(columns={"stated": "stated_by_a_text"})
    return keep(ax, rows, ["when", "event", "stated_by_a_text"], alt=f"{name}: {title}.")


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
    shade(ax, *baseline, label=_("baseline"), colour=GREEN, before=True)
    shade(ax, *window, label=_("window"), colour=ORANGE)
    ax.set_ylabel(_("per 100,000 person-years"))
    count_axis(ax)
    date_axis(ax)
    put_source_line(ax, source_line(years))
    return keep(ax, years.dropna(subset=["rate"]), ["name", "window", "rate", "agency"])
