"""Deaths expected if a baseline's rate had held, and averted deaths: expected minus observed.

The counterfactual is one assumption, that the rate of a chosen baseline would have gone on. It is
no statement about causes: another baseline gives another number, even another sign. Trends and
seasons are for ``effect``.

Limits are *prediction* limits: they hold a count, and carry the chance in the baseline's own
count beside that in the window's. Those of a total are computed for the total, never added up.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..arguments import Window, choice, days_of, floats, need_columns, one_place, with_quantity
from ..language import N_, _, translated
from ..series.periods import by_end, compare, total
from ..series.population import days_in_period
from .intervals import Limits, prediction_limits

Floats = NDArray[np.float64]
Dispersion = float | str

EXPOSURES = {"person_years": "per person-year", "days": "a day"}
ESTIMATE = "estimate"
FEWEST_PERIODS = 6
"""Baseline periods below which their dispersion is not estimated."""

FEWEST_OF_BOTH = 8
"""Periods of baseline and window together below which it is not estimated either."""

LIMITS = {
    "exact": N_("exact prediction limits"),
    "jeffreys": N_("jeffreys prediction limits"),
    "normal": N_("normal prediction limits"),
    "plug-in": N_("plug-in limits, without the error of the baseline"),
}

IN_BASELINE = N_("in the baseline: nothing to predict")


def expected_deaths(
    table: pd.DataFrame,
    *,
    baseline: Window,
    conf: float = 0.95,
    method: str = "exact",
    exposure: str = "person_years",
    dispersion: Dispersion = 1.0,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Append the deaths expected in each period at the baseline's rate, with prediction limits.

    ``table`` is a series table (see ``windows``); ``baseline`` is (start, end), both days
    counted. ``method`` is one of ``intervals.prediction_limits``. ``exposure`` holds the rate per
    person-year constant, or with ``days`` the daily number, which needs no population.
    ``dispersion`` is the variance of the counts as a multiple of their mean, or ``"estimate"``
    (``baseline_dispersion``); above 1 it needs the method ``jeffreys`` or ``normal``.
    ``reported`` is as in ``windows.total``.

    Appends ``expected`` (deaths), ``expected_lower, expected_upper, expected_method,
    expected_conf``. A period that shares days with the baseline has no limits: it is part of what
    they are made from. Its method says so. Missing exposure gives missing results.

    Raises ValueError for days of the baseline without a count or person-years, several places,
    and wrong choices.

    >>> months = pd.DataFrame({"start": ["2012-01-01", "2012-02-01", "2012-03-01"],
    ...     "end": ["2012-01-31", "2012-02-29", "2012-03-31"], "deaths": [411, 402, 255]})
    >>> found = expected_deaths(months, baseline=("2012-01-01", "2012-02-29"), exposure="days")
    >>> found.loc[2, ["expected", "expected_lower", "expected_upper"]].tolist()
    [420.05, 372.0, 471.0]
    """
    one_place(table)
    start, end = days_of(baseline, "baseline")
    before = total(table, start, end, reported=reported)
    exposed = _exposure_of(table, exposure)
    phi, note = _dispersion(table, baseline, exposure, dispersion)
    expected, limits = _predicted(before, "", exposed, exposure, conf, method, phi)
    inside = (pd.to_datetime(table["start"]) <= end) & (pd.to_datetime(table["end"]) >= start)
    return with_quantity(
        table,
        "expected",
        expected,
        Limits(*(np.where(inside, np.nan, limit) for limit in limits)),
        np.where(inside, IN_BASELINE, _described(method, exposure, note)),
        conf,
    )


def averted_deaths(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    method: str = "exact",
    exposure: str = "person_years",
    dispersion: Dispersion = 1.0,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Expected minus observed deaths of a window, at the baseline's rate, as one row.

    ``baseline`` and ``window`` are (start, end), both days counted, with no day in common; other
    choices as in ``expected_deaths`` and ``windows.total``.

    Columns: those of ``windows.compare`` (``deaths`` are the observed ones); ``expected`` with
    the prediction limits of the window's total; ``averted`` = expected - observed, its limits
    those of the expected total less the observed one; ``p_score`` = 100 x (observed - expected)
    / expected in percent, below 0 when fewer died than expected; each with ``_lower, _upper,
    _method, _conf``; and ``window_to_baseline``, the window's length as a multiple of the
    baseline's. A long window rests on a short baseline when that is large.

    Raises ValueError for periods that overlap, are reversed or lack counts or person-years.

    >>> years = pd.DataFrame({"start": ["2011-01-01", "2012-01-01"],
    ...     "end": ["2011-12-31", "2012-12-31"], "deaths": [4371, 2594]})
    >>> row = averted_deaths(years, baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"), exposure="days")
    >>> row[["expected", "averted", "averted_lower", "averted_upper"]].round()
       expected  averted  averted_lower  averted_upper
    0    4383.0   1789.0         1607.0         1975.0
    """
    pair = compare(table, baseline=baseline, window=window, allocate=allocate, reported=reported)
    phi = _dispersion(table, baseline, exposure, dispersion)
    return _averted(pair, conf, method, exposure, phi)


def cumulative_averted(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    method: str = "exact",
    exposure: str = "person_years",
    dispersion: Dispersion = 1.0,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Averted deaths from the window's first day to the end of each of its periods.

    One row a period end; the limits of each row are those of its own total. Columns, choices and
    errors as in ``averted_deaths``.

    >>> months = pd.DataFrame({"start": ["2012-02-01", "2012-03-01", "2012-04-01"],
    ...     "end": ["2012-02-29", "2012-03-31", "2012-04-30"], "deaths": [402, 255, 156]})
    >>> growing = cumulative_averted(months, baseline=("2012-02-01", "2012-02-29"),
    ...     window=("2012-03-01", "2012-04-30"), exposure="days")
    >>> growing["averted"].round(1).tolist()
    [174.7, 434.6]
    """
    pairs = by_end(table, baseline=baseline, window=window, allocate=allocate, reported=reported)
    phi = _dispersion(table, baseline, exposure, dispersion)
    return _averted(pairs, conf, method, exposure, phi)


def averted_deaths_variants(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Averted deaths by several methods for one baseline and window, one row a method.

    First the default of ``averted_deaths``; then the daily number held constant instead of the
    rate per person-year; limits widened by the dispersion of the baseline's periods, and by that
    of the baseline's and the window's (``period_dispersion``), each where there are enough of
    them; and plug-in limits that ignore the baseline's own error. Without person-years the rows
    are those of the daily number.

    ``method`` comes first and ``dispersion`` (1 where deaths are taken as independent) second;
    ``scattered`` is true in the row that has the dispersion of both periods. Other columns and
    errors as in ``averted_deaths``.

    >>> years = pd.DataFrame({"start": ["2011-01-01", "2012-01-01"],
    ...     "end": ["2011-12-31", "2012-12-31"], "deaths": [4371, 2594]})
    >>> averted_deaths_variants(years, baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"))["averted_method"].tolist()
    ['constant number a day; exact prediction limits',
     'constant number a day; plug-in limits, without the error of the baseline']
    """
    pair = compare(table, baseline=baseline, window=window, allocate=allocate, reported=reported)
    lived = pair[["person_years", "baseline_person_years"]].notna().all(axis=None)
    exposure = "person_years" if lived else "days"
    none = (1.0, "")
    choices = [("exact", exposure, none)]
    if lived:
        choices.append(("exact", "days", none))
    if len(_inside(table, baseline)) >= FEWEST_PERIODS:
        choices.append(("jeffreys", exposure, _dispersion(table, baseline, exposure, ESTIMATE)))
    both = period_dispersion(table, baseline=baseline, window=window, exposure=exposure)
    if not np.isnan(both):
        note = _(
            ", dispersion {dispersion} of the periods of baseline and window about their own rates",
            dispersion=f"{both:.2f}",
        )
        choices.append(("jeffreys", exposure, (both, note)))
    scattered = len(choices) - 1 if not np.isnan(both) else None
    choices.append(("plug-in", exposure, none))
    rows = pd.concat(
        [
            _averted(pair, conf, how, by, spread).assign(
                dispersion=spread[0], scattered=at == scattered
            )
            for at, (how, by, spread) in enumerate(choices)
        ],
        ignore_index=True,
    )
    first = ["method", "dispersion"]
    rows = rows.assign(method=rows["averted_method"])
    return rows[[*first, *(name for name in rows if name not in first)]]


def period_dispersion(
    table: pd.DataFrame, *, baseline: Window, window: Window, exposure: str = "person_years"
) -> float:
    """Dispersion of the periods of a baseline and a window about their own two rates, at least 1.

    Pearson's chi-square of the periods wholly inside each about the rate of all of them, the sum
    of both over the number of periods less two: the variance of the counts as a multiple of
    their mean, under the step from one rate to the other. Neighbouring periods that were
    allocated from the same sources count as one, because shares of a total do not scatter.

    NaN where it cannot be told: fewer than 8 such periods, none in one of the two, a missing
    count or exposure among them, or no deaths in one of the two. Raises ValueError for an absent
    column.

    >>> months = pd.DataFrame({"start": pd.date_range("2012-01-01", periods=8, freq="MS"),
    ...     "end": pd.date_range("2012-01-01", periods=8, freq="ME"), "person_years": 1.0,
    ...     "deaths": [80, 120, 80, 120, 40, 60, 40, 60]})
    >>> found = period_dispersion(months, baseline=("2012-01-01", "2012-04-30"),
    ...     window=("2012-05-01", "2012-08-31"))
    >>> round(found, 2)  # (4 x 20^2 / 100 + 4 x 10^2 / 50) / (8 - 2)
    4.0
    """
    both = [_scatter(_inside(table, period), exposure) for period in (baseline, window)]
    periods = sum(count for _, count in both)
    if periods < FEWEST_OF_BOTH:
        return float("nan")
    return float(np.maximum(1.0, sum(square for square, _ in both) / (periods - 2)))


def baseline_dispersion(
    table: pd.DataFrame, *, baseline: Window, exposure: str = "person_years"
) -> float:
    """Pearson's chi-square over its degrees of freedom for the baseline's periods, at least 1.

    The periods wholly inside the baseline are compared with their common rate; the result is the
    variance of their counts as a multiple of the mean. Neighbouring periods that were allocated
    from the same sources count as one, because shares of a total do not scatter. Successive
    months that resemble each other spread a total more than this says.

    Raises ValueError for fewer than 6 such periods, or a missing count or exposure among them.

    >>> months = pd.DataFrame({"start": pd.date_range("2011-01-01", periods=6, freq="MS"),
    ...     "end": pd.date_range("2011-01-01", periods=6, freq="ME"),
    ...     "deaths": [354, 320, 377, 340, 368, 360]})
    >>> baseline_dispersion(months, baseline=("2011-01-01", "2011-06-30"), exposure="days")
    1.0
    """
    rows = _inside(table, baseline)
    if len(rows) < FEWEST_PERIODS:
        raise ValueError(
            _(
                "the baseline holds {periods} whole periods; dispersion needs {fewest}",
                periods=len(rows),
                fewest=FEWEST_PERIODS,
            )
        )
    square, periods = _scatter(rows, exposure)
    if np.isnan(square):
        raise ValueError(_("dispersion needs the deaths and exposure of every baseline period"))
    return max(1.0, square / (periods - 1))


def _scatter(rows: pd.DataFrame, exposure: str) -> tuple[float, int]:
    """Pearson's chi-square of periods about their common rate, and their number."""
    x, t = floats(rows["deaths"], "deaths"), _exposure_of(rows, exposure)
    if bool(np.any(np.isnan(x) | np.isnan(t))) or x.sum() == 0:
        return float("nan"), len(x)
    mean = t * x.sum() / t.sum()
    return float(((x - mean) ** 2 / mean).sum()), len(x)


def _averted(
    pairs: pd.DataFrame, conf: float, method: str, exposure: str, dispersion: tuple[float, str]
) -> pd.DataFrame:
    """Append expected, averted and the P-score to rows of windows and their baselines."""
    phi, note = dispersion
    exposed = floats(pairs[_known_exposure(exposure)], exposure)
    expected, limits = _predicted(pairs, "baseline_", exposed, exposure, conf, method, phi)
    text = _described(method, exposure, note)
    observed = floats(pairs["deaths"], "deaths")
    found = with_quantity(pairs, "expected", expected, limits, text, conf)
    averted = Limits(limits.lower - observed, limits.upper - observed)
    found = with_quantity(found, "averted", expected - observed, averted, text, conf)
    # The more deaths were expected, the lower is the score: its limits are exchanged.
    scores = Limits(_p_score(observed, limits.upper), _p_score(observed, limits.lower))
    found = with_quantity(found, "p_score", _p_score(observed, expected), scores, text, conf)
    return found.assign(window_to_baseline=pairs["days"] / pairs["baseline_days"])


def _p_score(observed: Floats, expected: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 100 * (observed - expected) / expected, np.nan)


def _predicted(
    before: pd.DataFrame,
    prefix: str,
    exposed: Floats,
    exposure: str,
    conf: float,
    method: str,
    phi: float,
) -> tuple[Floats, Limits]:
    x = floats(before[f"{prefix}deaths"], "deaths")
    t = floats(before[f"{prefix}{exposure}"], exposure)
    if bool(np.any(np.isnan(t))):
        raise ValueError(
            _(
                "person-years of the baseline are missing: join a population that covers it, or "
                "hold the daily number constant with exposure='days'"
            )
        )
    limits = prediction_limits(x, t, exposed, conf=conf, method=method, dispersion=phi)
    return np.asarray(x / t * exposed), limits


def _dispersion(
    table: pd.DataFrame, baseline: Window, exposure: str, dispersion: Dispersion
) -> tuple[float, str]:
    """Return the dispersion, and what the method's text says of it."""
    if isinstance(dispersion, str):
        choice(dispersion, [ESTIMATE], "dispersion")
        found = baseline_dispersion(table, baseline=baseline, exposure=exposure)
        periods = len(_inside(table, baseline))
        return found, _(
            ", dispersion {dispersion} estimated from {periods} baseline periods",
            dispersion=f"{found:.2f}",
            periods=periods,
        )
    if dispersion == 1:
        return 1.0, ""
    return float(dispersion), _(", dispersion {dispersion}", dispersion=f"{dispersion:g}")


def _described(method: str, exposure: str, note: str) -> str:
    """What is held constant, and how the limits are made, in the language in force."""
    if exposure == "person_years":
        held = _("constant rate per person-year")
    else:
        held = _("constant number a day")
    return f"{held}; {translated(LIMITS[method])}{note}"


def _inside(table: pd.DataFrame, period: Window) -> pd.DataFrame:
    """Periods that lie wholly inside another, shares of one total taken together."""
    start, end = days_of(period, "period")
    rows = _whole(table)
    return rows[(rows["start"] >= start) & (rows["end"] <= end)]


def _whole(table: pd.DataFrame) -> pd.DataFrame:
    """The table with neighbouring periods allocated from the same sources added up."""
    dated = table.assign(start=pd.to_datetime(table["start"]), end=pd.to_datetime(table["end"]))
    if "status" not in dated or not dated["status"].eq("allocated").any():
        return dated
    rows = dated.sort_values("start", kind="stable")
    shared = rows["status"].eq("allocated")
    same = shared & shared.shift(fill_value=False)
    same &= rows["start"] == rows["end"].shift() + pd.Timedelta(days=1)
    for name in ("agency", "sources"):
        if name in rows:
            same &= rows[name].eq(rows[name].shift())
    added = {"deaths": "sum"} | {name: "sum" for name in EXPOSURES if name in rows}
    first = {"start": "first", "end": "last"}
    # A sum with a missing count is missing, not smaller.
    how = first | {name: lambda values: values.sum(skipna=False) for name in added}
    return rows.groupby((~same).cumsum(), sort=False).agg(how).reset_index(drop=True)


def _known_exposure(exposure: str) -> str:
    return choice(exposure, EXPOSURES, "exposure")


def _exposure_of(table: pd.DataFrame, exposure: str) -> Floats:
    if _known_exposure(exposure) == "days":
        return days_in_period(table["start"], table["end"])
    need_columns(table, exposure)
    return floats(table[exposure], exposure)
