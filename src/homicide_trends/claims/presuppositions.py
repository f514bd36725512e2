"""What a stated figure presupposes: the window or the baseline at which it would be reached."""

from typing import Any

import numpy as np
import pandas as pd

from ..series.curve import DailyCurve
from .axes import Choice, Source
from .grid import AVERTED, CHANGE


def ends_reached(
    value: float,
    *,
    measure: str,
    source: Source,
    baselines: list[Choice],
    start: pd.Timestamp,
    last: pd.Timestamp,
    conf: float = 0.95,
) -> pd.DataFrame:
    """The day by which a stated figure is reached, for each baseline.

    Deaths a day of the baseline go on from ``start``. For averted deaths ``reached`` is the first
    day on which they are ``value`` or more. For a decline ``value`` is the least that still counts
    (in percent); ``first`` and ``reached`` are the first and the last day on which the window's
    decline was as large, the first thirty days left aside, and ``share`` how many of the days
    between ``start`` and ``last`` it was (percent). ``earliest`` and ``latest`` come from the
    limits of the baseline's daily mean (exact Poisson), so they carry its error and not that of
    the window. ``counted_from, counted_to`` are ``start`` and ``last``. Columns ``baseline,
    baseline_start, baseline_end, per_day, per_day_lower, per_day_upper, counted_from, counted_to,
    first, reached, earliest, latest, share, final`` (the figure on the last day);
    missing dates mean: not reached by then.

    >>> from homicide_trends.claims.axes import axes_for
    >>> axes = axes_for("SLV")
    >>> table = ends_reached(4500, measure="averted_deaths", source=axes["source"][0].value,
    ...     baselines=axes["baseline"], start=pd.Timestamp("2012-03-09"),
    ...     last=pd.Timestamp("2013-12-31"))
    >>> row = table.set_index("baseline").loc["1 January to the eve"]
    >>> round(float(row["per_day"]), 2), row["reached"].strftime("%Y-%m")
    (13.62, '2013-10')
    """
    from ..rates.intervals import poisson_limits

    days = pd.date_range(start, last)
    observed = source.curve.deaths([start] * len(days), days)
    rows = []
    for choice in baselines:
        if choice.value is None:
            continue
        deaths, length = _baseline(source.curve, *choice.value)
        if np.isnan(deaths):
            continue
        limits = poisson_limits(deaths, conf=conf)
        rates = [deaths / length, float(limits.lower) / length, float(limits.upper) / length]
        reached = [_reached(value, measure, rate, observed, days) for rate in rates]
        enough = _enough(value, measure, rates[0], observed)
        rows.append(
            {
                "baseline": choice.key, "baseline_start": choice.value[0],
                "baseline_end": choice.value[1], "per_day": rates[0],
                "per_day_lower": rates[1], "per_day_upper": rates[2], "per_day_conf": conf,
                "per_day_method": "exact", "reached": reached[0],
                "counted_from": start, "counted_to": last,
                "first": days[np.flatnonzero(enough)[0]] if enough.any() else pd.NaT,
                "earliest": reached[2] if measure == AVERTED else reached[1],
                "latest": reached[1] if measure == AVERTED else reached[2],
                "share": 100 * float(enough.mean()),
                "final": _course(measure, rates[0], observed)[-1],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _baseline(curve: DailyCurve, start: pd.Timestamp, end: pd.Timestamp) -> tuple[float, int]:
    return float(curve.deaths(start, end)), (end - start).days + 1


def _course(measure: str, rate: float, observed: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The figure on each day of a growing window."""
    expected = rate * np.arange(1, len(observed) + 1)
    if measure == CHANGE:
        return np.asarray(100 * (1 - observed / expected))
    return np.asarray(expected - observed)


def _reached(
    value: float,
    measure: str,
    rate: float,
    observed: np.ndarray[Any, Any],
    days: pd.DatetimeIndex,
) -> pd.Timestamp:
    enough = _enough(value, measure, rate, observed)
    if not enough.any():
        return pd.NaT
    at = np.flatnonzero(enough)
    return days[at[0] if measure == AVERTED else at[-1]]


SETTLING = 30
"""Days of a growing window in which its decline jumps about and says nothing."""


def _enough(
    value: float, measure: str, rate: float, observed: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """On which days of a growing window the figure is reached."""
    enough = _course(measure, rate, observed) >= value
    if measure == CHANGE:
        enough[:SETTLING] = False
    return enough


def baselines_needed(
    value: float,
    *,
    measure: str,
    source: Source,
    start: pd.Timestamp,
    ends: list[pd.Timestamp],
) -> pd.DataFrame:
    """Deaths a day that the baseline must have had for a stated figure, for each window end.

    ``value`` as in ``ends_reached``. Columns ``start, end, days, deaths, needed_per_day``.

    >>> from homicide_trends.claims.axes import axes_for
    >>> source = axes_for("SLV")["source"][0].value
    >>> table = baselines_needed(4500, measure="averted_deaths", source=source,
    ...     start=pd.Timestamp("2012-03-09"), ends=[pd.Timestamp("2013-09-30")])
    >>> float(table["needed_per_day"].round(1).iloc[0])
    13.9
    """
    deaths = source.curve.deaths([start] * len(ends), ends)
    table = pd.DataFrame({"start": start, "end": ends, "deaths": deaths})
    table["days"] = (table["end"] - table["start"]).dt.days + 1
    expected = deaths + value if measure == AVERTED else deaths / (1 - value / 100)
    return table.assign(needed_per_day=expected / table["days"])


def surface(
    *, source: Source, start: pd.Timestamp, ends: list[pd.Timestamp], rates: np.ndarray[Any, Any],
) -> pd.DataFrame:  # fmt: skip
    """Averted deaths for every baseline rate a day (rows) and window end (columns).

    >>> from homicide_trends.claims.axes import axes_for
    >>> source = axes_for("SLV")["source"][0].value
    >>> table = surface(source=source, start=pd.Timestamp("2012-03-01"),
    ...     ends=[pd.Timestamp("2012-12-31")], rates=np.array([10.0, 12.0]))
    >>> table.iloc[:, 0].round().tolist()
    [1297.0, 1909.0]
    """
    deaths = source.curve.deaths([start] * len(ends), ends)
    days = np.array([(end - start).days + 1 for end in ends])
    return pd.DataFrame(
        rates[:, None] * days[None] - deaths[None],
        index=pd.Index(rates, name="per_day"),
        columns=pd.DatetimeIndex(ends, name="end"),
    )
