"""What a figure draws: kept with its Axes, as a table for people and as CSV for programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

from ..language import N_, pgettext, translated
from ..tables import writing
from ..wording import formats
from . import tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# By figure, the drawn rows and the columns that people see of them; and the words that replace it.
_DRAWN: WeakKeyDictionary["Figure", tuple[pd.DataFrame, tuple[str, ...]]] = WeakKeyDictionary()
_SAID: WeakKeyDictionary["Figure", str] = WeakKeyDictionary()

_LIMITS = ("_lower", "_upper", "_conf")
LABELS = {
    "first": N_("First day"),
    "is_joinpoint": N_("Joinpoint"),
    "stated_by_a_text": N_("Stated by a text"),
    "within": N_("In the set"),
}


def keep(ax: "Axes", table: pd.DataFrame, columns: Sequence[str], *, alt: str = "") -> "Axes":
    """Remember the rows that a figure draws, and its alternative text where it has one.

    ``columns`` are those of ``tables.show``; columns that the table lacks are left out.
    """
    known = [
        name for name in columns if name in table or tables.PERIODS.get(name, ("-",))[0] in table
    ]
    figure = ax.get_figure(root=True)
    assert figure is not None
    _DRAWN[figure] = (table, tuple(known))
    if alt:
        _SAID[figure] = alt
    return ax


def said(ax: "Axes") -> str:
    """The alternative text that a figure keeps; empty where it keeps none."""
    return _SAID.get(ax.get_figure(root=True), "")


def data(ax: "Axes") -> pd.DataFrame:
    """The rows that a figure draws, with the limits of their quantities and their level.

    Has no rows for a figure that draws none.

    >>> from homicide_trends.display import plots
    >>> years = pd.DataFrame({"start": pd.to_datetime(["2011-01-01", "2012-01-01"]),
    ...     "end": pd.to_datetime(["2011-12-31", "2012-12-31"]), "deaths": [4371, 2594]})
    >>> data(plots.plot_series(years, "Deaths a year"))["deaths"].tolist()
    [4371, 2594]
    """
    table, columns = _DRAWN.get(ax.get_figure(root=True), (pd.DataFrame(), ()))
    wanted: dict[str, None] = {}
    for name in columns:
        if name in table:
            wanted[name] = None
            wanted.update(dict.fromkeys(name + end for end in _LIMITS if name + end in table))
        else:
            wanted.update(dict.fromkeys(tables.PERIODS[name]))
    return table[list(wanted)].reset_index(drop=True)


def as_html(ax: "Axes", caption: str) -> str:
    """The drawn rows as a table of a page; empty where the figure draws none."""
    table, columns = _DRAWN.get(ax.get_figure(root=True), (pd.DataFrame(), ()))
    if table.empty:
        return ""
    cells = {name: _in_words(table[name]) for name in columns if name in table}
    labels = {name: translated(words) for name, words in LABELS.items()}
    shown = tables.show(table.assign(**cells), columns, caption=caption, labels=labels)
    return str(shown.bundle["text/html"])


def as_csv(ax: "Axes") -> str:
    """The drawn rows as CSV: dates as YYYY-MM-DD, missing is empty, no cell is a formula."""
    table = data(ax)
    rows = ([_plain(value) for value in row] for row in table.to_numpy(dtype=object))
    return writing.as_csv([map(str, table.columns), *rows], safe=True)


def _in_words(column: pd.Series) -> pd.Series:
    """A column that is no quantity, as people read it."""
    if column.dtype == bool:
        return column.map({True: pgettext("cell", "yes"), False: pgettext("cell", "no")})
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.map(formats.day)
    if pd.api.types.is_numeric_dtype(column) and column.name not in tables.QUANTITIES:
        return column.map(formats.number)
    return column


def _plain(value: Any) -> Any:
    """A value as it is written: six digits say more than any figure shows."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() or abs(value) >= 1e5 else f"{value:.6g}"
    return value if isinstance(value, bool | int) else str(value)
