"""Every comparison of a period with a baseline at once.

A comparison is a cell: deaths and time of a period, deaths and time of its baseline. ``evaluate``
lays out the product of sources, populations, baselines, first days and last days as arrays, so
that a million of them take seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..series.curve import DailyCurve
from ..series.periods import YEAR, by_years, calendar_years, days_compared
from .evidence import Counts, Floats, Lived
from .result import CELL_COLUMNS, Day, Period

PLAIN, MEAN_OF_RATES, TREND = METHODS = ("plain", "mean_of_rates", "trend")
"""What a baseline says of another period: its rate, the mean of its yearly rates, their trend."""

FEWEST_YEARS = 3
"""Years through which a trend is drawn, at least."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A period of comparison; ``votes`` is false for one that is only shown."""

    key: str
    start: Day
    end: Day
    votes: bool = True


Votes: TypeAlias = dict[Day, bool]
"""First or last days of the period, and whether each votes."""


def evaluate(
    measure: str,
    sources: Sequence[Counts],
    times: Sequence[Lived],
    starts: Votes,
    ends: Votes,
    baselines: Sequence[Baseline],
    *,
    part: str = "",
) -> pd.DataFrame:
    """Every comparison that the counts can carry: a table of ``CELL_COLUMNS``.

    ``estimate`` is in the unit of ``measure``; without baselines that of a level. ``lower, upper,
    state, compatible`` are left empty. Periods without days or counts of their own are left out.
    """
    first, last = (pd.DatetimeIndex(list(each)).to_numpy() for each in (starts, ends))
    opening = np.repeat(first, len(last))
    closing = np.tile(last, len(first))
    real = closing >= opening
    opening, closing = opening[real], closing[real]
    period_votes = np.outer(list(starts.values()), list(ends.values())).ravel()[real]
    compared = list(baselines)
    base = [
        pd.DatetimeIndex([getattr(each, name) for each in compared]) for name in ("start", "end")
    ]
    none = not compared

    deaths = np.array([source.deaths(opening, closing) for source in sources])
    time = np.array([each.between(opening, closing) for each in times])
    before = _ones(sources) if none else np.array([each.deaths(*base) for each in sources])
    before_time = _ones(times) if none else np.array([each.between(*base) for each in times])
    shape = (len(sources), len(times), before.shape[1], len(opening))
    axes = [np.arange(n) for n in shape]
    s, p, b, d = (grid.ravel() for grid in np.meshgrid(*axes, indexing="ij"))
    x, x_time = deaths[s, d], time[p, d]
    y, y_time = before[s, b], before_time[p, b]
    keep = ~np.isnan(x) & ~np.isnan(x_time)
    if not none:
        keep &= ~np.isnan(y) & ~np.isnan(y_time) & (base[1].to_numpy()[b] < opening[d])
    s, p, b, d, x, x_time, y, y_time = (each[keep] for each in (s, p, b, d, x, x_time, y, y_time))
    if not none:
        by_days = np.array([not each.people for each in times], dtype=bool)[p]
        days = days_compared((opening[d], closing[d]), (base[0][b], base[1][b]))
        x_time, y_time = (
            np.where(by_days, *each) for each in zip(days, (x_time, y_time), strict=True)
        )
    may = period_votes[d]
    if not none:
        may = may & np.array([each.votes for each in compared], dtype=bool)[b]
    votes = may & np.array([each.votes for each in times], dtype=bool)[p]
    if not votes.any():  # no population of the time covers the periods: all vote
        votes = may
    table = pd.DataFrame(
        {
            "source": _named(s, [each.name for each in sources]),
            "population": _named(p, [each.name for each in times]),
            "method": pd.Categorical.from_codes(np.zeros(len(s), dtype=int), [PLAIN]),
            "baseline": _named(b, [""] if none else [each.key for each in compared]),
            "baseline_start": pd.NaT if none else base[0].to_numpy()[b],
            "baseline_end": pd.NaT if none else base[1].to_numpy()[b],
            "start": opening[d],
            "end": closing[d],
            "baseline_deaths": np.nan if none else y,
            "baseline_time": np.nan if none else y_time,
            "deaths": x,
            "time": x_time,
        }
    )
    table["estimate"] = estimates(measure, x, x_time, y, y_time)
    return table.assign(
        lower=np.nan, upper=np.nan, state="", compatible=False, votes=votes, part=part
    )[CELL_COLUMNS]


def cells_of(rows: list[dict[str, Any]], measure: str = "") -> pd.DataFrame:
    """Cells from named values, or with what they give of a measure; what is not named is missing.

    Where none votes, because all populations are later ones, all do.
    """
    empty = {
        "population": "", "method": "plain", "baseline": "", "baseline_start": pd.NaT,
        "baseline_end": pd.NaT, "baseline_deaths": math.nan, "baseline_time": math.nan,
        "deaths": math.nan, "time": math.nan, "lower": math.nan, "upper": math.nan, "state": "",
        "compatible": False, "votes": True, "part": "", "start": pd.NaT, "end": pd.NaT,
    }  # fmt: skip
    table = pd.DataFrame([{**empty, **row} for row in rows])
    if not table["votes"].any():
        table["votes"] = True
    if measure:
        columns = ("deaths", "time", "baseline_deaths", "baseline_time")
        table["estimate"] = estimates(measure, *(table[name] for name in columns))
    days = ["baseline_start", "baseline_end", "start", "end"]
    table[days] = table[days].apply(pd.to_datetime)
    return table[CELL_COLUMNS]


def expected_by_years(
    method: str, source: Counts | DailyCurve, lived: Lived, baseline: Period, period: Period
) -> float:
    """Deaths to expect by the yearly rates of a baseline; NaN where these do not tell.

    The baseline is of whole calendar years. ``mean_of_rates`` gives each the same weight;
    ``trend`` is a log-linear one by least squares, through ``FEWEST_YEARS`` years with deaths or
    more, that goes on.
    """
    if not calendar_years(*baseline):
        return float("nan")
    alike = not lived.people and bool(calendar_years(*period))
    years, times, deaths = [], [], []
    for spans in (by_years(*baseline), by_years(*period)):
        bounds = [pd.DatetimeIndex(days) for days in zip(*spans, strict=True)]
        years.append(np.array([start.year - baseline[0].year for start in bounds[0]]))
        times.append(np.full(len(spans), YEAR) if alike else lived.between(*bounds))
        deaths.append(source.deaths(*bounds))
    rates = deaths[0] / times[0]
    if method == MEAN_OF_RATES:
        return float(rates.mean() * times[1].sum())
    if len(rates) < FEWEST_YEARS or not (rates > 0).all():
        return float("nan")
    slope, level = np.polyfit(years[0], np.log(rates), 1)
    return float((np.exp(level + slope * years[1]) * times[1]).sum())


def _ones(each: Sequence[Any]) -> Floats:
    return np.ones((len(each), 1))


def _named(codes: npt.NDArray[np.int64], names: list[str]) -> pd.Categorical:
    """Codes as names; two baselines of one key stay one level."""
    unique = list(dict.fromkeys(names))
    positions = np.array([unique.index(name) for name in names], dtype=int)
    return pd.Categorical.from_codes(positions[codes], unique)


def estimates(measure: str, deaths: Any, time: Any, baseline_deaths: Any, before: Any) -> Floats:
    """What each comparison gives, in the unit of the measure: numbers or arrays of them.

    ``deaths`` in ``time``, ``baseline_deaths`` in the time ``before``.

    >>> float(estimates("percent_decline", 60, 1, 100, 1))
    40.0
    """
    x, time, y, before = (
        np.asarray(each, dtype=float) for each in (deaths, time, baseline_deaths, before)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = y * time / before
        found = {
            "percent_decline": lambda: 100 * (1 - x / expected),
            "percent_increase": lambda: 100 * (x / expected - 1),
            "rate_ratio": lambda: x / expected,
            "averted_deaths": lambda: expected - x,
            "share": lambda: 100 * x / y,
            "homicides": lambda: x,
            "daily_mean": lambda: x / time,
            "homicide_rate": lambda: 1e5 * x / time,
        }[measure]()
        return np.asarray(np.where(np.isfinite(found), found, np.nan), dtype=float)


def limits_of(measure: str, deaths: Any, ratios: Any, counts: Any) -> tuple[Any, Any] | None:
    """The limits of what a comparison gives; None for a measure that has none here.

    ``ratios`` are the lower and upper limit of the ratio of the two rates, ``counts`` those of the
    expected deaths.

    >>> limits_of("percent_decline", 50.0, (0.4, 0.625), (66.0, 150.0))
    (37.5, 60.0)
    """
    low, high = ratios
    return {
        "averted_deaths": (counts[0] - deaths, counts[1] - deaths),
        "percent_decline": (100 * (1 - high), 100 * (1 - low)),
        "percent_increase": (100 * (low - 1), 100 * (high - 1)),
        "rate_ratio": (low, high),
    }.get(measure)
