"""Which verdicts on stated figures are others with the new rows."""

from collections.abc import Iterable
from typing import NamedTuple

from ..claims import examine
from ..tables.load import DataError, Folder, load_figures


class Flip(NamedTuple):
    """A layer of a figure's verdict that changes."""

    figure_id: str
    layer: str
    before: str
    after: str


def changed_verdicts(
    before: Folder | None, after: Folder | None, *, figures: Iterable[str] | None = None
) -> list[Flip]:
    """Every layer of a verdict that differs between two folders of the same tables.

    ``figures`` are the ids of those to examine, by default all that have a value: new counts of
    one country move its own figures and, where it is compared with others, theirs.

    >>> changed_verdicts(None, None, figures=["track6-rate"])
    []
    """
    table = load_figures(data=before)
    known = table.loc[table["value"].notna(), "figure_id"]
    return [
        Flip(figure, layer, old[layer], new.get(layer, "not examined"))
        for figure in (known if figures is None else figures)
        for old, new in [(_layers(figure, before), _layers(figure, after))]
        for layer in old
        if old[layer] != new.get(layer)
    ]


def _layers(figure: str, data: Folder | None) -> dict[str, str]:
    """The verdict by layer; of a figure that cannot be examined, none."""
    try:
        layers = examine(figure, data=data).layers
    except DataError:
        return {}
    return dict(zip(layers["layer"].astype(str), layers["verdict"].astype(str), strict=True))
