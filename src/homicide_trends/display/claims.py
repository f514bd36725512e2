"""Figures of an examined figure: its definitions, what it presupposes, and its neighbours."""

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from ..language import N_, _, translated
from ..wording import formats
from .drawn import keep
from .style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, axes, blank, date_axis, put_source_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MATRIX_AXES = ("source", "exposure", "baseline", "window_start", "method")
MOST_DRAWN = 500


class Examined(Protocol):
    """What these figures need of an examined figure (``claims.Claim``)."""

    @property
    def figure(self) -> "pd.Series": ...  # noqa: D102
    @property
    def accepted(self) -> Any: ...  # noqa: D102
    @property
    def definitions(self) -> pd.DataFrame: ...  # noqa: D102


def plot_claim(claim: Examined, title: str) -> "Axes":
    """The specification curve of an examined figure, or the reason why there is none.

    >>> from types import SimpleNamespace
    >>> none = SimpleNamespace(accepted=None, figure=pd.Series(), definitions=pd.DataFrame())
    >>> [text.get_text() for text in plot_claim(none, "All definitions").texts]
    ['The figure has no value that could be computed.']
    """
    if claim.accepted is None:
        return blank(title, _("The figure has no value that could be computed."))
    return plot_specification_curve(
        claim.definitions, title, stated=float(claim.figure["value"]), accepted=claim.accepted[:2]
    )


def plot_claim_surface(
    claim: Examined, surface: pd.DataFrame, reached: pd.DataFrame, title: str
) -> "Axes":
    """The surface of averted deaths with an examined figure as its contour, or the reason why not.

    ``reached`` has ``baseline, per_day`` for the lines of known baselines.

    >>> from types import SimpleNamespace
    >>> claim = SimpleNamespace(accepted=(40.0, 60.0, 10.0, ""), figure=pd.Series({"value": 50.0}),
    ...     definitions=pd.DataFrame())
    >>> ends = pd.to_datetime(["2012-03-31", "2012-04-30"])
    >>> surface = pd.DataFrame([[0.0, 30.0], [50.0, 90.0]], index=[10.0, 12.0], columns=ends)
    >>> reached = pd.DataFrame({"baseline": ["previous year"], "per_day": [11.97]})
    >>> plot_claim_surface(claim, surface, reached, "Averted deaths").get_ylabel()
    'Baseline, deaths a day'
    """
    if surface.empty or claim.accepted is None:
        return blank(title, _("The figure is not a number of averted deaths."))
    return plot_surface(
        surface, title, stated=float(claim.figure["value"]), accepted=claim.accepted[:2],
        baselines=reached,
    )  # fmt: skip


def plot_placebos(placebos: pd.DataFrame, title: str) -> "Axes":
    """The change at the intervention among earlier years and other countries, steepest first.

    Needs ``kind, label, percent_change, percent_change_lower, percent_change_upper``.

    >>> changes = pd.DataFrame({"kind": ["actual", "other country"], "label": ["2012", "Honduras"],
    ...     "percent_change": [-42.0, -3.0], "percent_change_lower": [-44.0, -5.0],
    ...     "percent_change_upper": [-40.0, -1.0], "percent_change_conf": 0.95})
    >>> ax = plot_placebos(changes, "Changes")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['2012', 'Honduras']
    """
    if placebos.empty:
        return blank(
            title, _("The figure states no change, or there are no annual rates to compare with.")
        )
    rows = placebos.reset_index(drop=True)
    ax = axes(title, height=1.4 + 0.165 * len(rows), left=0.26)
    colours = {N_("actual"): ORANGE, N_("earlier year"): GREEN, N_("later year"): PURPLE,
               N_("other country"): BLUE}  # fmt: skip
    markers = {"actual": "D", "earlier year": "s", "later year": "^", "other country": "o"}
    for kind, colour in colours.items():
        some = rows[rows["kind"] == kind]
        ax.hlines(some.index, some["percent_change_lower"], some["percent_change_upper"],
                  color=colour, linewidth=1)  # fmt: skip
        ax.plot(some["percent_change"], some.index, markers[kind], color=colour, markersize=4,
                label=translated(kind))  # fmt: skip
    ax.set_yticks(range(len(rows)), [translated(label) for label in rows["label"]], fontsize=7.6)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.axvline(0, color=GREY, linewidth=0.9)
    ax.legend(loc="upper right", fontsize=8.5, frameon=False)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    ax.set_xlabel(_("Change of the annual rate, %"))
    bars = _(
        "Two years against the year before. Bars: {level} confidence intervals.",
        level=_level(placebos, "percent_change_conf"),
    )
    put_source_line(ax, bars)
    return keep(ax, rows, ["label", "kind", "percent_change"])


def plot_specification_curve(
    definitions: pd.DataFrame, title: str, *, stated: float, accepted: tuple[float, float]
) -> "Axes":
    """Estimates of all definitions from the smallest to the largest, their choices below.

    Needs the columns of ``claims.evaluate``. The band is the range that rounds to the stated
    value; definitions in it are drawn dark. Of very many definitions evenly spaced ones are
    drawn. Returns the upper Axes.

    >>> rows = pd.DataFrame({"source": ["PNC", "IML"], "exposure": "days", "method": "constant",
    ...     "baseline": "previous year", "window_start": "2012-03-09", "estimate": [40.0, 60.0],
    ...     "lower": [38.0, 57.0], "upper": [42.0, 63.0], "holds": [False, True],
    ...     "computable": True, "after_publication": False})
    >>> ax = plot_specification_curve(rows, "Definitions", stated=60.0, accepted=(55.0, 65.0))
    >>> [text.get_text() for text in ax.texts]
    ['stated 60']
    """
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if known.empty:
        return blank(title, _("No definition can be computed from the tables on file."))
    ordered = known.sort_values("estimate", ignore_index=True, kind="stable")
    drawn = np.unique(np.linspace(0, len(ordered) - 1, min(MOST_DRAWN, len(ordered))).astype(int))
    shown = ordered.iloc[drawn]
    choices = _choices(shown)
    height = 3.1 + 0.155 * len(choices) + 0.12 * len({axis for axis, _ in choices})
    ax = axes(title, height=height, left=0.33, right=0.985)
    figure = ax.get_figure(root=True)
    assert figure is not None
    top, bottom = 1 - 0.36 / height, 0.55 / height
    split = top - 2.35 / height
    ax.set_position((0.33, split, 0.655, top - split))
    _curve(ax, shown, stated, accepted)
    below = figure.add_axes((0.33, bottom, 0.655, split - bottom - 0.08 / height), sharex=ax)
    _matrix(below, shown, choices)
    put_source_line(
        ax,
        _(
            "{drawn} of {all} definitions drawn; dark: rounds to the stated figure.",
            drawn=formats.number(len(shown)),
            all=formats.number(len(known)),
        ),
    )
    limits = {"estimate": "recomputed", "lower": "recomputed_lower", "upper": "recomputed_upper"}
    axes_drawn = dict.fromkeys(axis for axis, _ in choices)
    return keep(ax, shown.rename(columns=limits), ["recomputed", *axes_drawn, "holds"])


def _many(shown: pd.DataFrame) -> bool:
    """Whether the marks would swell an SVG: they are then pixels in it, and its letters text."""
    return len(shown) > 100


def _curve(ax: "Axes", shown: pd.DataFrame, stated: float, accepted: tuple[float, float]) -> None:
    at = shown.index.to_numpy()
    ax.vlines(at, shown["lower"], shown["upper"], color="#c4d4e0", linewidth=0.7, zorder=1,
              rasterized=_many(shown))  # fmt: skip
    ax.axhspan(*accepted, color=ORANGE, alpha=0.18, linewidth=0, zorder=2)
    ax.axhline(stated, color=ORANGE, linewidth=1, zorder=2)
    size = 1.7 if _many(shown) else 4.0
    for holds, colour in ((False, BLUE), (True, BLACK)):
        some = shown["holds"].to_numpy() == holds
        ax.plot(at[some], shown["estimate"][some], "o", color=colour, zorder=3,
                markersize=1.5 * size if holds else size, rasterized=_many(shown))  # fmt: skip
    values = shown["estimate"]
    room = 0.15 * (values.max() - values.min()) or 1.0
    ax.set_ylim(min(values.min(), accepted[0]) - room, max(values.max(), accepted[1]) + room)
    text = _("stated {value}", value=formats.number(stated, 1 if stated % 1 else 0))
    ax.annotate(text, (0.01, stated),
                xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
                fontsize=9, color="#8a3600")  # fmt: skip
    ax.yaxis.set_major_formatter(lambda value, _: formats.number(value))
    ax.tick_params(labelbottom=False, bottom=False)


def _choices(shown: pd.DataFrame) -> list[tuple[str, str]]:
    """Choices that occur, axis by axis; an axis with one choice tells nothing."""
    return [
        (axis, str(choice))
        for axis in MATRIX_AXES
        if shown[axis].nunique() > 1
        for choice in _in_order(shown[axis])
    ]


def _in_order(column: pd.Series) -> list[str]:
    """Choices in the order of their axis, or as they come."""
    present = pd.unique(column.astype(str))
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(name) for name in column.cat.categories if str(name) in set(present)]
    return list(present)


def _matrix(ax: "Axes", shown: pd.DataFrame, choices: list[tuple[str, str]]) -> None:
    """A tick for every definition in the row of each of its choices."""
    rows, labels, row, before = [], [], 0.0, None
    for axis, choice in choices:
        row += 1.0 if axis == before or before is None else 1.7
        before = axis
        some = shown[axis].astype(str) == choice
        for holds, colour in ((False, BLUE), (True, BLACK)):
            marked = some & (shown["holds"] == holds)
            ax.plot(shown.index[marked], np.full(int(marked.sum()), row), "|", color=colour,
                    markersize=9 if holds else 6.5, markeredgewidth=1.4 if holds else 0.7,
                    rasterized=_many(shown))  # fmt: skip
        rows.append(row)
        labels.append(_shortened(formats.choice(choice), 32))
    ax.set_yticks(rows, labels, fontsize=7.8)
    ax.set_ylim(row + 0.8, 0.2)
    ax.grid(False)
    ax.tick_params(left=False, labelbottom=False, bottom=False)
    for side in ("top", "right", "bottom", "left"):
        ax.spines[side].set_visible(False)


def plot_surface(
    surface: pd.DataFrame,
    title: str,
    *,
    stated: float,
    accepted: tuple[float, float],
    baselines: pd.DataFrame,
) -> "Axes":
    """Averted deaths by baseline rate and window end; the stated figure as a contour.

    ``surface`` has deaths a day as its index and window ends as columns; ``baselines`` has
    ``baseline, per_day`` for the lines that mark known baselines.

    >>> ends = pd.to_datetime(["2012-03-31", "2012-04-30"])
    >>> table = pd.DataFrame([[0.0, 30.0], [50.0, 90.0]], index=[10.0, 12.0], columns=ends)
    >>> lines = pd.DataFrame({"baseline": ["previous year"], "per_day": [11.97]})
    >>> ax = plot_surface(table, "Averted", stated=50.0, accepted=(40.0, 60.0), baselines=lines)
    >>> [text.get_text() for text in ax.texts][-1]
    '11.97 previous year'
    """
    if surface.empty:
        return blank(title, _("The figure is not a number of averted deaths."))
    from matplotlib.dates import date2num

    # Room for the longest name, which a language may need more of.
    longest = max(map(len, _names_of(baselines)), default=0)
    ax = axes(title, right=min(0.70, 0.985 - 0.0089 * longest), height=4.2)
    x, y = date2num(surface.columns), surface.index.to_numpy(dtype=float)
    from matplotlib.ticker import MaxNLocator

    low, high = float(surface.to_numpy().min()), float(surface.to_numpy().max())
    inside = MaxNLocator(nbins=14).tick_values(low, high)
    lines = ax.contour(x, y, surface, levels=inside, colors=BLUE, linewidths=0.8, alpha=0.7)
    ax.clabel(lines, fmt=lambda value: formats.number(value), fontsize=8)
    band = ax.contourf(x, y, surface, levels=list(accepted), colors=[ORANGE], alpha=0.55)
    band.set_edgecolor("face")
    for row in baselines.drop_duplicates("per_day").itertuples():
        ax.axhline(row.per_day, color=GREY, linewidth=0.8, linestyle=(0, (3, 2)))
    _names_at_right(ax, baselines)
    ax.set_ylabel(_("Baseline, deaths a day"))
    ax.set_xlabel(_("Last day of the window"))
    ax.xaxis_date()
    ax.grid(False)
    date_axis(ax, most=6)
    put_source_line(ax, _("Band: rounds to the stated {value}.", value=formats.number(stated)))
    rows = surface.round().rename(columns=lambda end: f"{end:%Y-%m-%d}")
    rows = rows.rename_axis("per_day").reset_index()
    return keep(ax, rows, list(rows.columns))


def _names_of(baselines: pd.DataFrame) -> list[str]:
    """Deaths a day and name of each baseline."""
    return [
        f"{row['per_day']:.2f} {translated(row['baseline'])}"
        for row in baselines.to_dict("records")
    ]


def _names_at_right(ax: "Axes", baselines: pd.DataFrame) -> None:
    low, high = ax.get_ylim()
    previous = -np.inf
    rows = baselines.sort_values("per_day", kind="stable")
    for per_day, text in zip(rows["per_day"], _names_of(rows), strict=True):
        at = max(per_day, previous + 0.055 * (high - low))
        previous = at
        ax.annotate(text, (1.015, (at - low) / (high - low)), xycoords="axes fraction", fontsize=8,
                    va="center", color="#444444", annotation_clip=False)  # fmt: skip


def plot_reached(reached: pd.DataFrame, title: str) -> "Axes":
    """When a stated figure is reached, for each baseline.

    Needs ``baseline, per_day, first, reached, earliest, latest, share``: for averted deaths the
    day with its limits, for a decline the span of days on which it was as large.

    >>> day = pd.Timestamp("2013-10-28")
    >>> reached = pd.DataFrame({"baseline": ["1 January to the eve"], "per_day": [13.62],
    ...     "per_day_conf": 0.95, "first": [day], "reached": [day], "share": [5.0],
    ...     "earliest": [day - pd.Timedelta(days=60)], "latest": [day + pd.Timedelta(days=90)]})
    >>> ax = plot_reached(reached, "When the figure is reached")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['1 January to the eve, 13.62 a day']
    """
    if reached.empty:
        return blank(title, _("The figure is neither a decline nor a number of averted deaths."))
    rows = reached.sort_values("per_day", kind="stable").reset_index(drop=True)
    ax = axes(title, height=1.35 + 0.32 * len(rows), left=0.41, right=0.88)
    # A decline was there from a first to a last day; averted deaths are reached once.
    lasting = bool((rows["first"] < rows["reached"]).any())
    columns = ["first", "reached"] if lasting else ["reached", "earliest", "latest"]
    dates = rows[columns].to_numpy().ravel()
    dates = dates[~pd.isna(dates)]
    for at, row in rows.iterrows():
        if pd.isna(row["reached"]):
            ax.annotate(_("not reached"), (0.015, at), xycoords=("axes fraction", "data"),
                        fontsize=8.5, color=GREY, va="center")  # fmt: skip
        elif lasting:
            ax.plot([row["first"], row["reached"]], [at, at], color=BLUE, linewidth=5,
                    solid_capstyle="butt", alpha=0.35 + 0.0065 * row["share"])  # fmt: skip
            text = _("{percent} % of days", percent=f"{row['share']:.0f}")
            ax.annotate(text, (row["reached"], at), xytext=(5, 0),
                        textcoords="offset points", fontsize=8, va="center")  # fmt: skip
        else:
            open_end = pd.isna(row["latest"])
            ends = [row["earliest"], dates.max() if open_end else row["latest"]]
            ax.plot(ends, [at, at], color=BLUE, linewidth=1.4)
            ax.plot([row["reached"]], [at], "o", color=BLUE, markersize=5)
            if open_end:
                ax.annotate(_("or later"), (ends[1], at), xytext=(6, 0), textcoords="offset points",
                            fontsize=8, va="center", color=GREY)  # fmt: skip
    labels = [
        _(
            "{baseline}, {number} a day",
            baseline=translated(row["baseline"]),
            number=f"{row['per_day']:.2f}",
        )
        for row in rows.to_dict("records")
    ]
    ax.set_yticks(range(len(rows)), labels, fontsize=8.5)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    if len(dates):
        ax.margins(x=0.16)
        date_axis(ax, most=5)
    else:
        ax.set_xticks([])
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    if lasting:
        bars = _("Bars: from the first to the last day with such a decline.")
    else:
        level = _level(reached, "per_day_conf")
        bars = _("Bars: {level} exact limits of the baseline's daily mean.", level=level)
    put_source_line(ax, bars)
    return keep(ax, rows, ["baseline", "per_day", *columns, "share"] if lasting else
                ["baseline", "per_day", *columns])  # fmt: skip


def _level(table: pd.DataFrame, column: str) -> str:
    """The level of the limits, as a percentage."""
    levels = table[column].dropna().unique() if column in table else []
    return f"{100 * levels[0]:.10g} %" if len(levels) == 1 else ""


def plot_genealogy(values: pd.DataFrame, title: str) -> "Axes":
    """Published values from the first to the last, each with its window and baseline in time.

    Needs ``value, token, publisher, published, stated, recomputed, appeared, start, end,
    baseline_start, baseline_end``. A value without a window or a baseline shows only the day
    on which it appeared.

    >>> day = pd.Timestamp("2012-03-26")
    >>> values = pd.DataFrame({"value": [112.0], "token": ["112"], "publisher": ["El Faro"],
    ...     "stated": [False], "recomputed": [111.6], "appeared": [day],
    ...     "start": [pd.Timestamp("2012-03-12")], "end": [day - pd.Timedelta(days=1)],
    ...     "baseline_start": [pd.Timestamp("2012-02-27")],
    ...     "baseline_end": [pd.Timestamp("2012-03-11")]})
    >>> [text.get_text() for text in plot_genealogy(values, "Published values").texts]
    ['112', 'recomputed']
    """
    if values.empty:
        return blank(title, _("No published value of this quantity is on file."))
    rows = values.reset_index(drop=True)
    labels = [f"{row['token']} ({_shortened(row['publisher'], 22)})" for _, row in rows.iterrows()]
    left = min(0.5, 0.04 + 0.0115 * max(len(label) for label in labels))
    ax = axes(title, height=1.5 + 0.27 * len(rows), left=left, right=0.86)
    for at, row in rows.iterrows():
        for start, end, colour, width in (
            (row["baseline_start"], row["baseline_end"], GREEN, 3),
            (row["start"], row["end"], BLUE, 6),
        ):
            if not pd.isna(start) and not pd.isna(end):
                ax.plot([start, end], [at, at], color=colour, linewidth=width,
                        solid_capstyle="butt")  # fmt: skip
        if not pd.isna(row["appeared"]):
            ax.plot([row["appeared"]], [at], "D" if row["stated"] else "|",
                    color=ORANGE if row["stated"] else BLACK, markersize=6)  # fmt: skip
        if not pd.isna(row["recomputed"]):
            ax.annotate(f"{formats.number(row['recomputed'], 1 if row['value'] < 100 else 0)}",
                        (1.02, at), xycoords=("axes fraction", "data"), fontsize=8.5,
                        va="center", annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(rows)), labels, fontsize=8.3)
    ax.annotate(_("recomputed"), (1.02, -0.9), xycoords=("axes fraction", "data"), fontsize=8,
                color=GREY, va="center", annotation_clip=False)  # fmt: skip
    ax.set_ylim(len(rows) - 0.4, -0.7)
    last = rows[["appeared", "end"]].max().max()
    first = rows[["baseline_start", "start", "appeared"]].min().min()
    # A value published many years later would squeeze all others.
    ax.set_xlim(first - pd.Timedelta(days=40), min(last, first + pd.DateOffset(years=6)))
    date_axis(ax, most=6)
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    put_source_line(
        ax, _("Thin green: baseline. Thick blue: window. Tick: published. Diamond: a text on file.")
    )
    return keep(ax, rows, ["token", "publisher", "appeared", "window", "baseline", "recomputed"])


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip(" ,;/") + "\u2026"
