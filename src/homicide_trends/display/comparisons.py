"""Figures that set results beside stated figures, or beside each other."""

from typing import TYPE_CHECKING, Literal

import pandas as pd

from ..language import _, translated
from ..wording import descriptions, formats
from ..wording.words import quoted
from .drawn import keep
from .style import (
    BLUE,
    GREY,
    ORANGE,
    axes,
    blank,
    count_axis,
    date_axis,
    put_source_line,
    quantity_label,
    source_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        _stated_lines(ax, stated.assign(value=-stated["value"]), side="right")
    margin = max(4.0, 0.12 * (high - low))
    ax.set_ylim(low - margin, max(high + margin, 2))
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.set_ylabel(_("Change of the rate, %"))
    count_axis(ax)
    ax.set_xlabel(_("Last day of the period"))
    date_axis(ax)
    put_source_line(ax, source_line(changes))
    return keep(ax, changes, ["window", "percent_change"], alt=_alt(name, title, stated))


def _alt(name: str, title: str, stated: pd.DataFrame | None) -> str:
    """The finding in a sentence, with the place and what is stated."""
    text = f"{name}: {title}."
    if stated is None or stated.empty:
        return text
    return text + _(" Stated: {tokens}.", tokens=quoted(stated["as_reported"]))


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
    ax.set_ylabel(_("Deaths fewer than expected"))
    ax.set_xlabel(_("Last day of the period"))
    count_axis(ax)
    date_axis(ax)
    put_source_line(ax, source_line(cumulative))
    return keep(ax, cumulative, ["window", "averted"], alt=_alt(name, title, stated))


def _stated_lines(ax: "Axes", stated: pd.DataFrame, *, side: Literal["left", "right"]) -> None:
    """A dashed line at every stated value, with all tokens that state it."""
    for value, rows in stated.groupby("value"):
        names = ", ".join(dict.fromkeys(rows["as_reported"]))
        at = (0.01 if side == "left" else 0.995, float(str(value)))
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
    ax.set_xlabel(xlabel or quantity_label(quantity))
    if max(map(abs, ax.get_xlim())) >= 1000:
        ax.xaxis.set_major_formatter(lambda value, _: formats.number(value))
    put_source_line(ax, source_line(table))
    return keep(ax, rows, [by, quantity])


def plot_variants(variants: pd.DataFrame, stated: pd.DataFrame, title: str) -> "Axes":
    """Rates from every count and population as dots, the stated rate as a line across them.

    Needs ``variant, rate, rate_lower, rate_upper``; ``stated`` has ``value, as_reported``.

    >>> rates = pd.DataFrame({"variant": ["4,371 over WPP2024", "4,354 over WPP2024"],
    ...     "rate": [71.4, 71.1], "rate_lower": [69.3, 69.0], "rate_upper": [73.5, 73.3]})
    >>> stated = pd.DataFrame({"value": [70.1], "as_reported": ["70.1"]})
    >>> [text.get_text() for text in plot_variants(rates, stated, "Rate of 2011").texts]
    ['stated: 70.1']
    """
    ordered = variants.sort_values("rate", ascending=False, kind="stable")
    reference = float(stated["value"].iloc[0]) if len(stated) else None
    ax = plot_dots(ordered, title, quantity="rate", by="variant", reference=reference)
    if reference is not None:
        ax.set_ylim(len(ordered) - 0.4, -1.3)
        text = _("stated: {figures}", figures=stated["as_reported"].iloc[0])
        ax.annotate(
            text,
            (reference, -0.8),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=9,
            va="center",
        )
    return ax
