"""Figures of what the methods say about a dated intervention."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ..language import _, translated
from ..methods.break_limits import likelihood_ratio_limit
from .style import (
    BLUE,
    CYCLE,
    GREY,
    ORANGE,
    axes,
    deaths_label,
    finish,
    label_ends,
    mid_points,
    quantity_label,
    show,
)
from .tables import MIME, Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def show_or_say(
    ax: "Axes",
    *,
    alt: str,
    table: pd.DataFrame,
    empty: str,
    quantities: Sequence[str] = (),
) -> Shown:
    """The figure as ``show`` gives it, or the sentence ``empty`` where its table has no rows.

    >>> nothing = pd.DataFrame(columns=["start", "end", "deaths"])
    >>> said = show_or_say(axes("Deaths"), alt="", table=nothing, empty="No count is on file.")
    >>> said.bundle["text/plain"]
    'No count is on file.'
    """
    import html

    import matplotlib.pyplot as plt

    if not table.empty:
        return show(ax, alt=alt, table=table, quantities=quantities)
    plt.close(ax.get_figure(root=True))
    return Shown(
        {
            "text/html": f'<p class="finding">{html.escape(empty)}</p>',
            "text/plain": empty,
            MIME: {"findings": [], "main": None},
        }
    )


def plot_models(series: pd.DataFrame, title: str, *, intervention: str | pd.Timestamp) -> "Axes":
    """Observed deaths, each model's fit, and the deaths it expects without the intervention.

    Needs ``start, end, model, deaths, fitted, expected, expected_lower, expected_upper, after``
    (rows of ``step_models.StepModels.series``). Bands are prediction intervals.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "deaths": [411, 250],
    ...     "model": "step", "fitted": [400.0, 255.0], "expected": [400.0, 380.0],
    ...     "expected_lower": [360, 340], "expected_upper": [440, 420], "after": [False, True]})
    >>> ax = plot_models(months, "Observed and expected", intervention="2012-02-01")
    >>> sorted(text.get_text().strip() for text in ax.texts)
    ['intervention', 'observed', 'step']
    """
    # Room for the longest name, which a language may need more of.
    longest = max((len(translated(str(name))) for name in series["model"].unique()), default=0)
    ax = axes(title, right=min(0.76, 0.985 - 0.0104 * longest))
    if series.empty:
        return ax
    # A period of several months is drawn as one month of it, so that the line has no spikes.
    kept, days = series, (series["end"] - series["start"]).dt.days + 1
    longer = (days / 30.4).where(days.between(32, 300), 1.0)
    counts = ["deaths", "fitted", "expected", "expected_lower", "expected_upper"]
    series = series.assign(**{name: series[name] / longer for name in counts})
    ends = []
    for (name, rows), (colour, style) in zip(
        series.groupby("model", sort=False), CYCLE[1:], strict=False
    ):
        after = rows[rows["after"]]
        ax.plot(mid_points(rows), rows["fitted"], color=colour, linewidth=1, linestyle=style,
                alpha=0.7)  # fmt: skip
        ax.fill_between(mid_points(after), after["expected_lower"], after["expected_upper"],
                        color=colour, alpha=0.1, linewidth=0)  # fmt: skip
        ax.plot(mid_points(after), after["expected"], color=colour, linestyle=style, linewidth=2)
        ends.append((float(after["expected"].iloc[-1]), translated(str(name)), colour))
    one = series[series["model"] == series["model"].iloc[0]]
    ax.plot(mid_points(one), one["deaths"], "o", color=BLUE, markersize=3.6)
    ends.append((float(one["deaths"].iloc[-1]), _("observed"), BLUE))
    # A band that is far wider than the lines does not dwarf them.
    most = 2 * float(series[["deaths", "expected"]].max().max())
    ax.set_ylim(0, min(most, float(series[["deaths", "expected_upper"]].max().max()) * 1.12))
    label_ends(ax, ends)
    columns = ["model", "window", "deaths", "fitted", "expected"]
    return finish(ax, kept, columns, y=deaths_label(one), intervention=intervention)


def plot_candidates(
    candidates: pd.DataFrame, title: str, *, intervention: str | pd.Timestamp
) -> "Axes":
    """How much worse each date is than the best as the only break, and the intervention.

    Needs ``first, excess, within, conf``: dates in the set of that confidence are filled.

    >>> dates = pd.DataFrame({"first": pd.date_range("2012-01-01", periods=4, freq="MS"),
    ...     "excess": [90.0, 30.0, 0.0, 40.0], "within": [False, False, True, False], "conf": 0.95})
    >>> plot_candidates(dates, "One break", intervention="2012-03-01").get_xlabel()
    'First day of the new level'
    """
    ax = axes(title, right=0.97)
    if candidates.empty:
        return ax
    inside = candidates["within"].astype(bool)
    ax.plot(candidates["first"], candidates["excess"], color=GREY, linewidth=1, zorder=1)
    ax.plot(candidates.loc[~inside, "first"], candidates.loc[~inside, "excess"], "o",
            markerfacecolor="white", markeredgecolor=BLUE, markersize=5)  # fmt: skip
    ax.plot(candidates.loc[inside, "first"], candidates.loc[inside, "excess"], "D", color=ORANGE,
            markersize=6)  # fmt: skip
    highest = float(candidates["excess"].max())
    limit = likelihood_ratio_limit(float(candidates["conf"].iloc[0]))
    ax.axhline(limit, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    # Beside the valley of the curve, where there is room.
    early = int(candidates["excess"].to_numpy().argmin()) < len(candidates) / 2
    ax.annotate(_("dates below this line are in the set"), (0.995 if early else 0.005, limit),
                xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
                ha="right" if early else "left", fontsize=8.5, color=GREY)  # fmt: skip
    ax.set_ylim(-0.05 * highest, 1.15 * highest)
    return finish(ax, candidates, ["first", "excess", "within"],
                  y=_("How much worse than the best date"), x=_("First day of the new level"),
                  intervention=intervention)  # fmt: skip


def plot_segments(series: pd.DataFrame, title: str, *, intervention: str | pd.Timestamp) -> "Axes":
    """Annual rates as points, the fitted segments as a line, joinpoints as squares.

    Needs ``start, end, rate, fitted, is_joinpoint`` (``rate_trend.RateTrend.series``).

    >>> years = pd.DataFrame({"start": pd.date_range("2010-01-01", periods=5, freq="YS"),
    ...     "end": pd.date_range("2010-12-31", periods=5, freq="YE"), "year": range(2010, 2015),
    ...     "rate": [64.0, 70.0, 71.0, 60.0, 50.0], "fitted": [64.0, 68.0, 72.0, 60.0, 50.0],
    ...     "is_joinpoint": [False, False, True, False, False]})
    >>> ax = plot_segments(years, "Rate a year", intervention="2012-03-01")
    >>> [text.get_text().strip() for text in ax.texts]
    ['2012', 'intervention']
    """
    ax = axes(title)
    if series.empty:
        return ax
    middle = mid_points(series)
    ax.plot(middle, series["fitted"], color=ORANGE, linewidth=1.8)
    ax.plot(middle, series["rate"], "o", color=BLUE, markersize=4)
    chosen = series["is_joinpoint"].astype(bool)
    ax.plot(middle[chosen], series.loc[chosen, "fitted"], "s", color=ORANGE, markersize=7,
            markerfacecolor="white", markeredgewidth=1.6)  # fmt: skip
    bends = series["fitted"].shift(1) + series["fitted"].shift(-1) - 2 * series["fitted"]
    for row, when, bend in zip(
        series[chosen].to_dict("records"), middle[chosen], bends[chosen], strict=True
    ):
        # On the outer side of the bend, where no line runs.
        ax.annotate(str(row["year"]), (when, row["fitted"]), xytext=(0, -9 if bend > 0 else 9),
                    textcoords="offset points", fontsize=9, color=ORANGE, ha="center",
                    va="top" if bend > 0 else "bottom")  # fmt: skip
    ax.set_ylim(0, 1.15 * float(series[["rate", "fitted"]].max().max()))
    return finish(ax, series, ["window", "rate", "fitted", "is_joinpoint"],
                  y=quantity_label("rate"), intervention=intervention)  # fmt: skip


def plot_synthetic(series: pd.DataFrame, title: str, *, intervention: str | pd.Timestamp) -> "Axes":
    """The place's rate beside that of the weighted other countries.

    Needs ``start, end, rate, synthetic`` (``other_countries.Elsewhere.series``, which ends
    before the intervention where the comparison is refused).

    >>> years = pd.DataFrame({"start": pd.date_range("2010-01-01", periods=3, freq="YS"),
    ...     "end": pd.date_range("2010-12-31", periods=3, freq="YE"),
    ...     "rate": [64.0, 70.0, 41.0], "synthetic": [63.0, 69.0, 68.0]})
    >>> ax = plot_synthetic(years, "The place and others", intervention="2012-03-01")
    >>> sorted(text.get_text().strip() for text in ax.texts)
    ['intervention', 'observed', 'other countries']
    """
    ax = axes(title, right=0.76)
    if series.empty:
        return ax
    middle = mid_points(series)
    ax.plot(middle, series["synthetic"], color=ORANGE, linestyle="--", marker="o", markersize=3)
    ax.plot(middle, series["rate"], color=BLUE, marker="o", markersize=3.6)
    ax.set_ylim(0, 1.15 * float(series[["rate", "synthetic"]].max().max()))
    label_ends(ax, [(float(series["rate"].iloc[-1]), _("observed"), BLUE),
                     (float(series["synthetic"].iloc[-1]), _("other countries"),
                      ORANGE)])  # fmt: skip
    return finish(ax, series, ["window", "rate", "synthetic"], y=quantity_label("rate"),
                  intervention=intervention)  # fmt: skip
