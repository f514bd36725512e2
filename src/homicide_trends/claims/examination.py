"""A stated figure examined: its definitions, what moves the answer, and the layered verdict."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..language import N_, _
from ..tables.load import DataError, Folder, closest, load_figures, load_sources
from . import layers, placebo
from .axes import AXES, Choice, table
from .grid import AVERTED, CHANGE
from .grid import evaluate as evaluate_grid
from .grid import specifications as grid_of
from .levels import level_definitions, no_definitions
from .precision import Accepted

LAYERS = ("quoted", "consistent", "reproduced", "robust", "attribution")


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure with everything that was computed for it.

    ``figure`` is its row of ``figures.csv`` and ``accepted`` the range it stands for (None where
    it has no value). ``definitions`` has one row a definition with ``estimate, lower, upper``,
    ``holds`` (it rounds to the figure), ``after_publication``, ``computable`` and ``reason``;
    ``drivers`` the share of the spread by axis; ``layers`` the verdict; ``choices`` the axes;
    ``conf`` the level of the intervals.
    """

    figure: pd.Series
    accepted: Accepted | None
    definitions: pd.DataFrame
    drivers: pd.DataFrame
    layers: pd.DataFrame
    choices: dict[str, list[Choice]]
    conf: float


def figure_row(figure: str | pd.Series, *, data: Folder | None = None) -> pd.Series:
    """The row of a figure, given its ``figure_id``; a row is passed through.

    Raises DataError for an unknown id, with the nearest one.

    >>> figure_row("memo-averted")["value"]
    np.float64(4500.0)
    """
    if isinstance(figure, pd.Series):
        return figure
    figures = load_figures(data=data)
    found = figures[figures["figure_id"] == figure]
    if found.empty:
        raise DataError(
            _("no figure {figure!r}", figure=figure) + closest(figure, figures["figure_id"])
        )
    return found.iloc[0]


def specifications(
    figure: str | pd.Series,
    *,
    axes: dict[str, list[str]] | None = None,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Every defensible definition of a figure, one row each, not yet computed.

    For a change or a number of averted deaths the product of the axes source, exposure,
    baseline, window start, window end and method, with the window and the baseline that the
    figure itself states where it does; for a level every count over every population. ``axes``
    narrows axes to named choices or brings new dates. Rows that the data cannot carry stay,
    with ``computable`` false and a ``reason``.

    >>> table = specifications("memo-sixty-percent", axes={"method": ["constant"]})
    >>> set(table["method"])
    {'constant'}
    """
    row = figure_row(figure, data=data)
    if row["measure"] in (CHANGE, AVERTED):
        return _grid(row, axes, data)[0]
    return level_definitions(row, data=data)


def _grid(
    row: pd.Series, axes: dict[str, list[str]] | None, data: Folder | None
) -> tuple[pd.DataFrame, dict[str, list[Choice]]]:
    """The grid of a figure: where it states its own window or baseline, only that one."""
    stated = {
        axis: [f"{row[column]:%Y-%m-%d}"]
        for axis, column in (("window_start", "start"), ("window_end", "end"))
        if not pd.isna(row[column])
    }
    periods = [row["baseline_start"], row["baseline_end"]]
    if not any(pd.isna(date) for date in periods):
        stated["baseline"] = ["/".join(f"{date:%Y-%m-%d}" for date in periods)]
    start = None if pd.isna(row["start"]) else pd.Timestamp(row["start"])
    return grid_of(str(row["place"]), axes={**stated, **(axes or {})}, start=start, data=data)


def evaluate(
    figure: str | pd.Series,
    *,
    axes: dict[str, list[str]] | None = None,
    conf: float = 0.95,
    data: Folder | None = None,
) -> pd.DataFrame:
    """The same rows with what each definition gives, and whether it rounds to the figure.

    Columns of ``specifications`` and ``deaths, baseline_deaths, expected, estimate, lower,
    upper`` (in the figure's own unit), ``interval, conf, allocated, holds`` and
    ``after_publication`` (the window ends when the text may have been out already).

    >>> table = evaluate("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "baseline": ["1 January to the eve"], "method": ["constant"],
    ...     "window_start": ["2012-03-09"], "window_end": ["2013-09-30", "2013-10-31"]})
    >>> table["estimate"].round().tolist(), table["holds"].tolist()
    ([4338.0, 4519.0], [False, True])
    """
    return _evaluated(figure_row(figure, data=data), axes, conf, data)[0]


def _evaluated(
    row: pd.Series, axes: dict[str, list[str]] | None, conf: float, data: Folder | None
) -> tuple[pd.DataFrame, dict[str, list[Choice]]]:
    """The definitions of a figure, computed and judged, and the axes they come from."""
    if row["measure"] in (CHANGE, AVERTED):
        grid, available = _grid(row, axes, data)
        definitions = evaluate_grid(grid, available, measure=row["measure"], conf=conf)
    else:
        definitions, available = level_definitions(row, conf=conf, data=data), {}
    return _judged(definitions, row, data), available


def _judged(definitions: pd.DataFrame, row: pd.Series, data: Folder | None) -> pd.DataFrame:
    holds = np.zeros(len(definitions), dtype=bool)
    if not pd.isna(row["value"]) and row["value"] != 0:
        low, high = layers.accepted(row)[:2]
        estimate = definitions["estimate"].to_numpy(dtype=float)
        holds = (estimate >= low) & (estimate < high)
    appeared = appearance(str(row["source_id"]), data=data)
    after = (
        (definitions["end"] >= appeared[0]).to_numpy()
        if appeared is not None and len(definitions)
        else np.zeros(len(definitions), dtype=bool)
    )
    return definitions.assign(holds=holds, after_publication=after)


def appearance(
    source_id: str, *, data: Folder | None = None
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day on which a source can have appeared; None where no date is known.

    >>> [f"{day:%Y-%m-%d}" for day in appearance("interpeace-2013-12")]
    ['2013-12-01', '2013-12-31']
    """
    sources = load_sources(data=data).set_index("source_id")["date"]
    text = str(sources.get(source_id, ""))[:10]
    if not text[:4].isdigit():
        return None
    period = pd.Period(text, freq={4: "Y", 7: "M"}.get(len(text), "D"))
    return period.start_time, period.end_time.normalize()


def drivers(definitions: pd.DataFrame) -> pd.DataFrame:
    """Share of the spread of the estimates that each axis carries by itself.

    Between-group over total sum of squares, in percent, one axis at a time; the shares of axes
    that go together overlap. For changes and averted deaths the last row sets the chance error
    of one definition beside them: its mean squared standard error over the same total. Columns
    ``axis, share, choices``.

    >>> rows = pd.DataFrame({"method": ["a", "a", "b", "b"], "estimate": [1.0, 1.0, 3.0, 3.0],
    ...     "lower": 0.0, "upper": 4.0, "conf": 0.95, "computable": True,
    ...     "after_publication": False, "interval": "as published"})
    >>> drivers(rows)["share"].tolist()
    [100.0]
    """
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    total = float(((known["estimate"] - known["estimate"].mean()) ** 2).sum())
    columns = ["axis", "share", "choices"]
    if len(known) < 3 or total == 0:
        return pd.DataFrame(columns=columns)
    rows = []
    for axis in (name for name in AXES if name in known):
        groups = known.groupby(known[axis].astype(str))["estimate"]
        between = float((groups.size() * (groups.mean() - known["estimate"].mean()) ** 2).sum())
        if groups.ngroups > 1:
            rows.append((axis, 100 * between / total, float(groups.ngroups)))
    rows.sort(key=lambda item: -round(item[1], 9))  # shares that are equal but for rounding
    if known["interval"].isin(["confidence", "prediction"]).all() and "baseline" in known:
        error = 100 * _squared_error(known, total)
        rows.append((N_("chance error of one definition"), error, np.nan))
    return pd.DataFrame(rows, columns=columns)


def _squared_error(known: pd.DataFrame, total: float) -> float:
    from scipy.special import ndtri

    error = (known["upper"] - known["lower"]) / 2 / ndtri(0.5 + known["conf"] / 2)
    return float((error**2).mean() * len(known) / total)


def examine(
    figure: str | pd.Series,
    *,
    axes: dict[str, list[str]] | None = None,
    conf: float = 0.95,
    proven: bool | None = None,
    data: Folder | None = None,
) -> Claim:
    """Everything about a figure: definitions, drivers and the verdict in layers.

    ``proven`` says whether a proof against the text itself succeeded; without one the layer
    ``quoted`` says that the token is recorded. A figure that no table can compute has no
    definitions, and the layers say so. Raises DataError for an unknown figure, axis or choice.

    >>> claim = examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "method": ["constant"]})
    >>> claim.layers.set_index("layer")["verdict"].tolist()
    ['recorded', 'yes', 'yes', 'under a minority of definitions', 'unusual here and in the region']
    """
    row = figure_row(figure, data=data)
    problem = ""
    try:
        definitions, available = _evaluated(row, axes, conf, data)
    except DataError as error:
        if axes:
            raise
        definitions, available = _judged(no_definitions(), row, data), {}
        problem = str(error)
    spread = drivers(definitions)
    rows = [
        layers.quoted(row, proven=proven, data=data),
        layers.consistent(row, definitions, data=data),
        layers.reproduced(row, definitions),
        layers.robust(row, definitions, spread),
        placebo.attribution(row, definitions, data=data),
    ]
    if problem:
        rows[2] = {**rows[2], "finding": problem}
    return Claim(
        figure=row,
        accepted=None if pd.isna(row["value"]) or row["value"] == 0 else layers.accepted(row),
        definitions=definitions,
        drivers=spread,
        layers=pd.DataFrame(rows),
        choices=available,
        conf=conf,
    )


def choices(claim: Claim) -> pd.DataFrame:
    """The axes and choices of a claim with the sentence that justifies each.

    >>> claim = examine("memo-averted", axes={"source": ["preferred months"],
    ...     "exposure": ["days"], "method": ["constant"]})
    >>> choices(claim)["axis"].iloc[0]
    'source'
    """
    return table(claim.choices)


def verdict(
    figure: str | pd.Series,
    *,
    axes: dict[str, list[str]] | None = None,
    conf: float = 0.95,
    proven: bool | None = None,
    data: Folder | None = None,
) -> pd.DataFrame:
    """The verdict on a figure in layers: ``layer, verdict, rule, finding``.

    Arguments and errors as in ``examine``; the words are those of ``scale()``.

    >>> verdict("track6-rate").set_index("layer")["verdict"].tolist()
    ['recorded', 'no', 'yes', 'under a minority of definitions', 'cannot tell']
    """
    return examine(figure, axes=axes, conf=conf, proven=proven, data=data).layers
