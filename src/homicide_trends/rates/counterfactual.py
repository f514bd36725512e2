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

from ..arguments import (
    Window,
    choice,
    days_of,
    floats,
    need_columns,
    one_place,
    with_periods,
    with_quantity,
)
from ..language import N_, _, refusal, translated
from ..series.periods import Series, by_end, compare, total
from ..series.population import days_in_period
from .intervals import Limits, prediction_limits
from .period_limits import ALL, NOTHING, limits_of_pairs

Floats = NDArray[np.float64]

EXPOSURES = ("person_years", "days")

SERIES = "series"
LIMITS = {
    SERIES: N_("prediction limits with the scatter and spells of the periods"),
    "exact": N_("exact prediction limits"),
    "jeffreys": N_("jeffreys prediction limits"),
    "normal": N_("normal prediction limits"),
    "plug-in": N_("plug-in limits, without the error of the baseline"),
}
FROM_ALL = N_("prediction limits with the scatter and spells of all periods on file")
TOO_FEW = N_(
    "exact prediction limits for independent deaths, too few periods to tell their scatter"
)

IN_BASELINE = N_("in the baseline: nothing to predict")


def expected_deaths(
    table: pd.DataFrame,
    *,
    baseline: Window,
    conf: float = 0.95,
    method: str = SERIES,
    exposure: str = "person_years",
) -> pd.DataFrame:
    """Append the deaths expected in each period at the baseline's rate, with prediction limits.

    ``table`` is a series table (see ``series.periods``); ``baseline`` is (start, end), both days
    counted. ``method`` is ``series``, limits with the scatter of the table's periods and the
    resemblance of neighbouring ones (``rates.limits``), or one of
    ``intervals.prediction_limits``, which take deaths as independent. ``exposure`` holds the rate
    per person-year constant, or with ``days`` the daily number, which needs no population.

    Appends ``expected`` (deaths), ``expected_lower, expected_upper, expected_method,
    expected_conf``. A period that shares days with the baseline has no limits: it is part of what
    they are made from. Its method says so. Missing exposure gives missing results.

    Raises ValueError for days of the baseline without a count or person-years, several places,
    and wrong choices.

    >>> months = pd.DataFrame({"start": ["2012-01-01", "2012-02-01", "2012-03-01"],
    ...     "end": ["2012-01-31", "2012-02-29", "2012-03-31"], "deaths": [411, 402, 255]})
    >>> found = expected_deaths(months, baseline=("2012-01-01", "2012-02-29"), exposure="days")
    >>> found.loc[2, ["expected", "expected_lower", "expected_upper"]].tolist()  # independent
    [420.05, 372.0, 471.0]
    """
    table = with_periods(table)
    one_place(table)
    start, end = days_of(baseline, "baseline")
    before = total(table, start, end).add_prefix("baseline_")
    each = table[["start", "end"]].assign(
        **{_exposed(exposure): _exposure_of(table, exposure)}, **before.iloc[0].to_dict()
    )
    inside = (table["start"] <= end) & (table["end"] >= start)
    expected, limits, text = _predicted(each, table, exposure, conf, method)
    return with_quantity(
        table,
        "expected",
        expected,
        Limits(*(np.where(inside, np.nan, limit) for limit in limits)),
        np.where(inside, IN_BASELINE, text),
        conf,
    )


def averted_deaths(
    table: Series,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    method: str = SERIES,
    exposure: str = "person_years",
) -> pd.DataFrame:
    """Expected minus observed deaths of a window, at the baseline's rate, as one row.

    ``baseline`` and ``window`` are (start, end), both days counted, with no day in common;
    ``table`` is a series table or the daily curve of a place; other choices as in
    ``expected_deaths``.

    Columns: those of ``series.compare`` (``deaths`` are the observed ones); ``expected`` with
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
    pair = compare(table, baseline=baseline, window=window)
    return _averted(pair, table, conf, method, exposure)


def cumulative_averted(
    table: Series,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
    method: str = SERIES,
    exposure: str = "person_years",
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
    pairs = by_end(table, baseline=baseline, window=window)
    return _averted(pairs, table, conf, method, exposure)


def averted_deaths_variants(
    table: Series,
    *,
    baseline: Window,
    window: Window,
    conf: float = 0.95,
) -> pd.DataFrame:
    """Averted deaths by several methods for one baseline and window, one row a method.

    First the default of ``averted_deaths``; then the daily number held constant instead of the
    rate per person-year; and exact limits, which take deaths as independent. Without person-years
    the rows are those of the daily number. ``method`` comes first; other columns and errors are as
    in ``averted_deaths``.

    >>> years = pd.DataFrame({"start": ["2011-01-01", "2012-01-01"],
    ...     "end": ["2011-12-31", "2012-12-31"], "deaths": [4371, 2594]})
    >>> averted_deaths_variants(years, baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"))["averted_lower"].tolist()
    [1607.0, 1607.0]
    """
    pair = compare(table, baseline=baseline, window=window)
    lived = pair[["person_years", "baseline_person_years"]].notna().all(axis=None)
    choices = [(SERIES, "person_years")] if lived else []
    choices += [(SERIES, "days"), ("exact", "person_years" if lived else "days")]
    rows = [_averted(pair, table, conf, method, exposure) for method, exposure in choices]
    found = pd.concat(rows, ignore_index=True)
    found.insert(0, "method", found["averted_method"])
    return found


def _averted(
    pairs: pd.DataFrame, table: Series, conf: float, method: str, exposure: str
) -> pd.DataFrame:
    """Append expected, averted and the P-score to rows of windows and their baselines."""
    expected, limits, text = _predicted(pairs, table, exposure, conf, method)
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
    pairs: pd.DataFrame, table: Series, exposure: str, conf: float, method: str
) -> tuple[Floats, Limits, NDArray[np.object_]]:
    """Expected deaths of windows beside their baselines, limits, and what was assumed."""
    choice(method, LIMITS, "method")
    size = floats(pairs[_exposed(exposure)], exposure)
    x = floats(pairs["baseline_deaths"], "deaths")
    t = floats(pairs[f"baseline_{exposure}"], exposure)
    if bool(np.any(np.isnan(t))):
        raise refusal(
            "person-years of the baseline are missing: join a population that covers it, or "
            "hold the daily number constant with exposure='days'"
        )
    expected = np.asarray(x / t * size)
    how = "exact" if method == SERIES else method
    limits = prediction_limits(x, t, size, conf=conf, method=how)
    text = np.full(len(pairs), LIMITS[method], dtype=object)
    if method == SERIES:
        found = limits_of_pairs(pairs, table, exposure=exposure, conf=conf)
        factor = floats(found["count_factor"], "factor")
        told, known = found["told_by"].to_numpy(), ~np.isnan(factor)
        limits = Limits(
            np.where(known, expected / factor, limits.lower),
            np.where(known, expected * factor, limits.upper),
        )
        text[told == ALL], text[(told == NOTHING) | ~known] = FROM_ALL, TOO_FEW
    held = (
        _("constant rate per person-year")
        if exposure == "person_years"
        else _("constant number a day")
    )
    return expected, limits, np.array([f"{held}; {translated(one)}" for one in text], dtype=object)


def _exposed(exposure: str) -> str:
    return choice(exposure, EXPOSURES, "exposure")


def _exposure_of(table: pd.DataFrame, exposure: str) -> Floats:
    if _exposed(exposure) == "days":
        return days_in_period(table["start"], table["end"])
    need_columns(table, exposure)
    return floats(table[exposure], exposure)
