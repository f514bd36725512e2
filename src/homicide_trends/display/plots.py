"""Figures: a table in, matplotlib Axes out.

Lines are labelled directly, events are marked, the source stands in the figure, and colours
are told apart by colour-blind readers (Okabe and Ito) and in grey print by line style.
``show`` turns Axes into what a notebook displays, with an alternative text made from results.
"""

from .comparisons import plot_change_by_end, plot_cumulative, plot_dots, plot_variants
from .courses import plot_expected, plot_region, plot_series, plot_timeline
from .drawn import data
from .effects import plot_candidates, plot_models, plot_segments, plot_synthetic, show_or_say
from .maps import plot_towns
from .saving import save
from .style import axes, mark_events, show, source_line

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
