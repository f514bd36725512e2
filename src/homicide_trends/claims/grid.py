"""Every defensible definition of a stated change or number of averted deaths, computed.

``specifications`` lays out the product of the axes, ``evaluate`` fills it in. A combination that
the data cannot carry stays as a row with its reason.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..language import N_, _
from ..rates.intervals import prediction_limits, ratio_limits
from ..tables.load import Folder
from .axes import AXES, Choice, axes_for, chosen
from .trends import exposed, interrupted_effects, trend_expectations

Floats = npt.NDArray[np.float64]

CHANGE, AVERTED = "percent_decline", "averted_deaths"

RESULT = ["estimate", "lower", "upper"]


def specifications(
    place: str,
    *,
    axes: dict[str, list[str]] | None = None,
    start: pd.Timestamp | None = None,
    data: Folder | None = None,
) -> tuple[pd.DataFrame, dict[str, list[Choice]]]:
    """The product of all axes, one row a definition, and the axes themselves.

    ``axes`` narrows some of them to choices named by key, or brings new dates; ``start`` is the
    first day that the figure itself states. Columns: the
    six axes (keys), ``baseline_start, baseline_end, start, end``, ``computable`` and ``reason``
    (why not; empty when it is).

    >>> grid, axes = specifications("SLV", axes={"source": ["preferred months"]})
    >>> len(grid) == np.prod([len(choices) for choices in axes.values()])
    np.True_
    """
    available = chosen(axes_for(place, start=start, data=data), axes or {})
    keys = [[choice.key for choice in available[axis]] for axis in AXES]
    grid = pd.MultiIndex.from_product(
        [pd.CategoricalIndex(values, categories=values) for values in keys], names=list(AXES)
    ).to_frame(index=False)
    for axis in AXES:
        grid[axis] = pd.Categorical(grid[axis], categories=[c.key for c in available[axis]])
    grid["start"] = _values(grid["window_start"], available["window_start"])
    grid["end"] = _values(grid["window_end"], available["window_end"])
    periods = {choice.key: choice.value for choice in available["baseline"]}
    for column, at in (("baseline_start", 0), ("baseline_end", 1)):
        fixed = {key: period[at] for key, period in periods.items() if period is not None}
        grid[column] = pd.to_datetime(grid["baseline"].astype(object).map(fixed))
        moving = [key for key, period in periods.items() if period is None]
        relative = grid["baseline"].isin(moving)
        if relative.any():
            grid.loc[relative, column] = _a_year_earlier(grid.loc[relative, ["start", "end"][at]])
    grid["reason"] = _reasons(grid, available)
    grid["computable"] = grid["reason"] == ""
    return grid, available


def _values(column: pd.Series, choices: list[Choice]) -> pd.Series:
    return pd.to_datetime(column.astype(object).map({c.key: c.value for c in choices}))


def _a_year_earlier(dates: pd.Series) -> pd.Series:
    """The same day a year before; the last day of February stays the last day of February."""
    unique = {date: date - pd.DateOffset(years=1) for date in dates.unique()}
    for date in unique:
        if date.is_month_end:
            unique[date] = unique[date] + pd.offsets.MonthEnd(0)
    return dates.map(unique)


def _reasons(grid: pd.DataFrame, available: dict[str, list[Choice]]) -> npt.NDArray[np.object_]:
    """Why a row cannot be computed, by what it asks for; the counts themselves come later."""
    years = grid["source"].map(lambda key: _source(available, key).years).to_numpy(dtype=bool)
    modelled = grid["source"].map(lambda key: _source(available, key).modelled).to_numpy(dtype=bool)
    method = grid["method"].astype(object).to_numpy()
    whole = (
        grid["start"].dt.is_year_start & grid["end"].dt.is_year_end
        & grid["baseline_start"].dt.is_year_start & grid["baseline_end"].dt.is_year_end
    ).to_numpy()  # fmt: skip
    length = (grid["end"] - grid["start"]).dt.days.to_numpy() + 1
    before = (grid["baseline_end"] - grid["baseline_start"]).dt.days.to_numpy() + 1
    moving = grid["baseline"].astype(object).to_numpy() == "same months a year before"
    model = method != "constant"
    dated = [choice.value for choice in available["window_start"] if choice.dated]
    first = min(dated).replace(day=1) if dated else pd.Timestamp.min
    early = ((grid["start"] < first) & ~grid["end"].dt.is_year_end).to_numpy()
    conditions = [
        (length <= 0, N_("the window ends before it starts")),
        ((grid["baseline_end"] >= grid["start"]).to_numpy(), N_("baseline and window overlap")),
        (years & ~whole, N_("the source counts calendar years only")),
        (early, N_("a window that starts before the intervention counts whole years")),
        (model & (years | modelled), N_("no trend from a handful of calendar years")),
        (model & moving, N_("no trend from months that move with the window")),
        (model & (before < 300), N_("no trend from less than ten months")),
        (model & (length > before + 31), N_("no trend carried on for longer than it was observed")),
        ((grid["exposure"] == "count").to_numpy() & model, N_("a model needs an exposure")),
        ((grid["exposure"] == "count").to_numpy() & (abs(length - before) > 1),
         N_("bare counts need periods of the same length")),
    ]  # fmt: skip
    return np.select([c for c, _ in conditions], [reason for _, reason in conditions], default="")


def _source(available: dict[str, list[Choice]], key: object) -> Any:
    return next(choice.value for choice in available["source"] if choice.key == key)


def evaluate(
    grid: pd.DataFrame,
    axes: dict[str, list[Choice]],
    *,
    measure: str,
    conf: float = 0.95,
) -> pd.DataFrame:
    """The same rows with what each definition gives.

    Adds ``deaths, baseline_deaths, expected`` (deaths), ``allocated`` (whether days were
    shared out), ``estimate, lower, upper`` in the figure's own unit (a decline in percent,
    positive when the rate fell, or averted deaths), ``interval`` (confidence or prediction)
    and ``conf``. Limits: exact conditional for a change at a constant baseline and exact
    prediction limits for averted deaths; for the models by the delta method with dispersion.
    Raises ValueError for an unknown measure.

    >>> grid, axes = specifications("SLV", axes={"source": ["preferred months"],
    ...     "exposure": ["count"], "baseline": ["previous year"], "method": ["constant"],
    ...     "window_start": ["2012-01-01"], "window_end": ["2012-12-31"]})
    >>> float(evaluate(grid, axes, measure=CHANGE)["estimate"].round(1).iloc[0])
    41.1
    """
    if measure not in (CHANGE, AVERTED):
        raise ValueError(
            _("no grid for measure {measure!r}; there are {change!r} and {averted!r}",
              measure=measure, change=CHANGE, averted=AVERTED)
        )  # fmt: skip
    table = grid.assign(
        deaths=np.nan, baseline_deaths=np.nan, expected=np.nan, estimate=np.nan, lower=np.nan,
        upper=np.nan, allocated=False,
    )  # fmt: skip
    _fill_deaths(table, axes)
    exposure = _exposures(table, axes)
    unknown = table["computable"] & (table["deaths"].isna() | table["baseline_deaths"].isna())
    no_population = table["computable"] & ~unknown & np.isnan(exposure).any(axis=0)
    few = table["computable"] & (table["baseline_deaths"] < 10)
    for rows, reason in (
        (unknown, N_("no count on file for a part of the window or the baseline")),
        (no_population, N_("no population on file for a part of the window or the baseline")),
        (few, N_("fewer than ten deaths in the baseline")),
    ):
        table.loc[rows, "reason"] = reason
        table.loc[rows, "computable"] = False
    for method, fill in (("constant", _constant), ("trend", _trend), ("interrupted", _interrupted)):
        rows = (table["computable"] & (table["method"] == method)).to_numpy()
        if rows.any():
            fill(table, rows, exposure[:, rows], axes, measure, conf)
    # A step's averted deaths come from the limits of its ratio; the others predict a count.
    predicted = (measure == AVERTED) & (table["method"] != "interrupted")
    return table.assign(conf=conf, interval=np.where(predicted, "prediction", "confidence"))


def _fill_deaths(table: pd.DataFrame, axes: dict[str, list[Choice]]) -> None:
    """Observed deaths of window and baseline, by the curve of each source."""
    for key, rows in table.groupby("source", observed=True).indices.items():
        curve = _source(axes, key).curve
        part = table.iloc[rows]
        window, baseline = (
            (part["start"], part["end"]),
            (part["baseline_start"], part["baseline_end"]),
        )
        deaths, before = curve.deaths(*window), curve.deaths(*baseline)
        shared, shared_before = curve.shared(*window) > 0, curve.shared(*baseline) > 0
        table.iloc[rows, table.columns.get_loc("deaths")] = deaths
        table.iloc[rows, table.columns.get_loc("baseline_deaths")] = before
        table.iloc[rows, table.columns.get_loc("allocated")] = shared | shared_before


def _exposures(table: pd.DataFrame, axes: dict[str, list[Choice]]) -> Floats:
    """Exposure of window and baseline: one for a bare count, else days or person-years."""
    exposure = np.ones((2, len(table)))
    for choice in axes["exposure"]:
        rows = (table["exposure"] == choice.key).to_numpy()
        if choice.key == "count" or not rows.any():
            continue
        part = table[rows]
        exposure[0, rows] = exposed(choice, part["start"], part["end"])
        exposure[1, rows] = exposed(choice, part["baseline_start"], part["baseline_end"])
    return exposure


def _write(table: pd.DataFrame, rows: npt.NDArray[np.bool_], **columns: Floats) -> None:
    for name, values in columns.items():
        table.loc[rows, name] = values


def _constant(
    table: pd.DataFrame,
    rows: npt.NDArray[np.bool_],
    exposure: Floats,
    axes: dict[str, list[Choice]],
    measure: str,
    conf: float,
) -> None:
    """The baseline's rate goes on: a ratio of two rates, or a count it predicts."""
    part = table[rows]
    deaths, before = part["deaths"].to_numpy(), part["baseline_deaths"].to_numpy()
    expected = before * exposure[0] / exposure[1]
    if measure == CHANGE:
        limits = ratio_limits(deaths, exposure[0], before, exposure[1], conf=conf, method="exact")
        estimate = 100 * (1 - deaths / expected)
        lower, upper = 100 * (1 - limits.upper), 100 * (1 - limits.lower)
    else:
        limits = prediction_limits(before, exposure[1], exposure[0], conf=conf, method="exact")
        estimate = expected - deaths
        lower, upper = limits.lower - deaths, limits.upper - deaths
    modelled = part["source"].map(lambda key: _source(axes, key).modelled).to_numpy(dtype=bool)
    # Modelled deaths are no counts: their Poisson limits would mean nothing.
    lower, upper = np.where(modelled, np.nan, lower), np.where(modelled, np.nan, upper)
    _write(table, rows, expected=expected, estimate=estimate, lower=lower, upper=upper)


def _trend(
    table: pd.DataFrame,
    rows: npt.NDArray[np.bool_],
    exposure: Floats,
    axes: dict[str, list[Choice]],
    measure: str,
    conf: float,
) -> None:
    """The baseline's trend goes on: expected deaths with the fit's own error."""
    part = table[rows]
    expected, variance, dispersion = trend_expectations(part, axes)
    deaths = part["deaths"].to_numpy()
    z = _quantile(conf)
    if measure == CHANGE:
        estimate = 100 * (1 - deaths / expected)
        spread = z * np.sqrt(dispersion / deaths + variance / expected**2)
        lower, upper = (100 * (1 - deaths / expected * np.exp(s * spread)) for s in (1, -1))
    else:
        estimate = expected - deaths
        spread = z * np.sqrt(variance + dispersion * expected)
        lower, upper = estimate - spread, estimate + spread
    _write(table, rows, expected=expected, estimate=estimate, lower=lower, upper=upper)
    _not_fitted(table, rows, estimate)


def _interrupted(
    table: pd.DataFrame,
    rows: npt.NDArray[np.bool_],
    exposure: Floats,
    axes: dict[str, list[Choice]],
    measure: str,
    conf: float,
) -> None:
    """A common trend and a step; averted deaths by the identity O (1/RR - 1) of a step."""
    part = table[rows]
    step, error = interrupted_effects(part, axes)
    spread = _quantile(conf) * error
    ratio, low, high = np.exp(step), np.exp(step - spread), np.exp(step + spread)
    deaths = part["deaths"].to_numpy()
    if measure == CHANGE:
        estimate, lower, upper = (100 * (1 - value) for value in (ratio, high, low))
    else:
        estimate, lower, upper = (deaths * (1 / value - 1) for value in (ratio, high, low))
    _write(table, rows, expected=deaths / ratio, estimate=estimate, lower=lower, upper=upper)
    _not_fitted(table, rows, estimate)


def _not_fitted(table: pd.DataFrame, rows: npt.NDArray[np.bool_], estimate: Floats) -> None:
    failed = np.flatnonzero(rows)[~np.isfinite(estimate)]
    table.iloc[failed, table.columns.get_loc("computable")] = False
    table.iloc[failed, table.columns.get_loc("reason")] = N_("too few months for the model")
    for name in (*RESULT, "expected"):
        table.iloc[failed, table.columns.get_loc(name)] = np.nan


def _quantile(conf: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + conf / 2))
