"""A map of municipalities: a dot at each centre, sized by people, without outlines."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..language import _, translated
from ..wording import formats
from .drawn import keep
from .style import BLACK, GREY, ORANGE, axes, blank, put_source_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SURE = {"confirmed": "solid", "likely": (0, (2, 1)), "unconfirmed": (0, (1, 1.5))}
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


def plot_towns(towns: pd.DataFrame, marked: pd.DataFrame, title: str, *, alt: str = "") -> "Axes":
    """Dots at the centres of municipalities, those of a list ringed and named.

    ``towns`` has ``place, longitude, latitude, population`` (the area of the dot; a small ring
    where not known), as ``series.ranked_towns`` gives them; ``marked`` has ``place, name, status``.
    A degree east is drawn as long as it is at this latitude.

    >>> towns = pd.DataFrame({"place": ["a", "b"], "longitude": [-89.2, -89.5],
    ...     "latitude": [13.7, 13.9], "population": [316_090, 120_000]})
    >>> ax = plot_towns(towns, pd.DataFrame({"place": ["a"], "name": ["A town"],
    ...     "status": ["confirmed"]}), "Towns")
    >>> [text.get_text() for text in ax.texts][0]
    'A town'
    """
    if towns.empty:
        return blank(title, _("No municipality on file to draw."))
    towns = towns.merge(marked[["place", "status"]], on="place", how="left")
    chosen = towns["status"].notna()
    width, height = (towns[name].max() - towns[name].min() for name in ("longitude", "latitude"))
    middle = np.cos(np.radians(towns["latitude"].mean()))
    ax = axes(title, height=min(6.0, max(2.6, 6.1 * height / (width * middle) + 0.9)), left=0.03)
    ax.set_aspect(1 / middle)
    ax.set_axis_off()
    # The map keeps to the left, as its title does.
    ax.set_anchor("W")
    ax.set_title(title, loc="left", x=0, fontsize=11.5, fontweight="bold")
    size = towns["population"].fillna(towns["population"].min()) / 700
    size = size.clip(lower=4)
    unknown = towns["population"].isna()
    plain = ~chosen & ~unknown
    ax.scatter(towns["longitude"][plain], towns["latitude"][plain], s=size[plain], color=GREY,
               alpha=0.45, linewidth=0)  # fmt: skip
    ax.scatter(towns["longitude"][~chosen & unknown], towns["latitude"][~chosen & unknown], s=9,
               facecolor="none", edgecolor=GREY, linewidth=0.7)  # fmt: skip
    for status, style in _SURE.items():
        here = towns["status"].eq(status)
        if here.any():
            ax.scatter(
                towns["longitude"][here],
                towns["latitude"][here],
                s=size[here].clip(lower=25),
                facecolor=ORANGE if status == "confirmed" else "none",
                edgecolor=BLACK,
                linewidth=1.1,
                linestyle=style,
                zorder=3,
            )
            face = ORANGE if status == "confirmed" else "none"
            ax.scatter([], [], s=45, facecolor=face, edgecolor=BLACK, linewidth=1.1,
                       linestyle=style, label=translated(status))  # fmt: skip
    ax.legend(loc="lower left", fontsize=8.5, handletextpad=0.2, borderaxespad=0)
    names = marked.set_index("place")["name"]
    named = towns[chosen].sort_values("longitude", kind="stable")
    _names(ax, named, names, size[named.index].clip(lower=25))
    counted = towns["population"].sum()
    put_source_line(
        ax, _("Area of a dot: people at the census, {people} in all.",
              people=formats.number(counted)),
    )  # fmt: skip
    return keep(ax, towns, ["name", "status", "population"], alt=alt)


def _names(ax: "Axes", towns: pd.DataFrame, names: pd.Series, area: pd.Series) -> None:
    """A name beside each marked dot, on the first side where it covers no other."""
    from matplotlib.transforms import Bbox

    centres = ax.transData.transform(towns[["longitude", "latitude"]].to_numpy())
    # Names cover no marked dot either: its area is in square points.
    reach = np.sqrt(area.to_numpy()) / 2 * ax.get_figure(root=True).dpi / 72
    placed = [
        Bbox([[x - r, y - r], [x + r, y + r]]) for (x, y), r in zip(centres, reach, strict=True)
    ]
    for place, x, y in zip(towns["place"], towns["longitude"], towns["latitude"], strict=True):
        note = None
        for far in (8, 16, 28, 40):
            for right, up in _SIDES:
                if note is not None:
                    note.remove()
                note = ax.annotate(
                    names[place], (x, y), xytext=(right * far, up * far),
                    textcoords="offset points", fontsize=8.5, zorder=4,
                    ha="left" if right > 0 else "right" if right < 0 else "center",
                    va="bottom" if up > 0 else "top" if up < 0 else "center",
                    arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.6}
                    if far > 8 else None,
                )  # fmt: skip
                box = note.get_window_extent()
                inside = ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 + 12
                if inside and not any(box.overlaps(other) for other in placed):
                    break
            else:
                continue
            break
        assert note is not None
        placed.append(note.get_window_extent())
