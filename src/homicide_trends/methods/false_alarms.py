"""How often a test of a step raises a false alarm, in series like those of a report.

Interventions follow bad months. The months after a peak are lower on average without any cause
(regression to the mean), and a test that takes the date as given counts that as an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..language import N_, ngettext
from ..rates.limits import step_limits
from ..rates.period_limits import counted_periods, units_of_time
from .step_models import context, no_rows, unit_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

MARGIN = 6
"""Periods that lie on either side of a date at the least."""

LEVEL = 0.05

INDEPENDENT, SPELLS = N_("independent deaths"), N_("scatter and spells as found here")
PEAK, RANDOM = N_("after the peak"), N_("at random")
QUASI, HELD = N_("quasi-Poisson"), N_("limits that hold")


@dataclass(frozen=True, slots=True, eq=False)
class Alarms:
    """How often a step test raises a false alarm: a row a test, kind of chance, choice of date.

    `rates`: `test`, `chance`, `dated`, `runs`, `false_alarms` (percent of runs; a sound test has
    about 5), and what the simulated series were given: `dispersion`, `autocorrelation` (of the
    rate from one unit of time to the next) and the `periods` (of a `unit`).
    """

    rates: pd.DataFrame
    reason: str


def alarms(
    table: pd.DataFrame, *, intervention: str | pd.Timestamp, runs: int, seed: int
) -> Alarms:
    """Test series without any effect for a step, dated after their highest period or at random.

    The series have the periods and exposure of `table`, one constant rate, and either independent
    deaths or the dispersion and persistence that the limits of this page take from the same periods
    about the step at `intervention` (`rates.limits`). The tests, at the level of 5 percent, are
    that of a quasi-Poisson step and whether the limits that carry both exclude 1.

    `table` is a series table with `start, end, deaths, person_years`; months that were split from
    one total are one period. With fewer than 6 periods on a side nothing is simulated.

    >>> months = pd.date_range("2009-01-01", periods=36, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"], table["person_years"] = [30, 33, 29] * 12, 1.0
    >>> found = alarms(table, intervention="2010-06-01", runs=20, seed=1)
    >>> found.rates[["test", "dated"]].drop_duplicates().to_numpy().tolist()
    [['quasi-Poisson', 'after the peak'], ['quasi-Poisson', 'at random'], \
['limits that hold', 'after the peak'], ['limits that hold', 'at random']]
    """
    rows = counted_periods(table).dropna(subset=["deaths", "person_years"])
    after = (rows["start"] >= pd.Timestamp(intervention)).to_numpy()
    unit = unit_of(rows)
    if min(after.sum(), (~after).sum()) < MARGIN:
        return _none(_too_few(int(min(after.sum(), (~after).sum())), unit))
    deaths, size = (rows[name].to_numpy(dtype=float) for name in ("deaths", "person_years"))
    first, length = units_of_time(rows["start"], rows["end"])
    found = step_limits(deaths, size, after, first=first, length=length)
    rho, phi = float(found.persistence), float(found.dispersion)
    rng = np.random.default_rng(seed)
    parts = []
    for chance, spread in ((INDEPENDENT, (0.0, 1.0)), (SPELLS, (rho, phi))):
        drawn = simulated(deaths.sum() / size.sum() * size, first, length, spread, runs, rng)
        peak = np.argmax((drawn / size)[:, MARGIN - 1 : len(size) - MARGIN], axis=1) + MARGIN
        dates = {PEAK: peak, RANDOM: rng.integers(MARGIN, len(size) - MARGIN + 1, runs)}
        for dated, position in dates.items():
            step = np.arange(len(size)) >= position[:, None]
            limits = step_limits(drawn, size, step, first=first, length=length)
            outside = (limits.ratio_lower[:, 0] > 1) | (limits.ratio_upper[:, 0] < 1)
            for test, alarm in ((QUASI, quasi_p(drawn, size, step) < LEVEL), (HELD, outside)):
                row = {"test": test, "chance": chance, "dated": dated, "runs": runs}
                row |= {"dispersion": spread[1], "autocorrelation": spread[0]}
                parts.append(row | _share(int(alarm.sum()), runs))
    order = {QUASI: 0, HELD: 1}
    rates = pd.DataFrame(parts).sort_values("test", key=lambda t: t.map(order), kind="stable")
    about = {"level": LEVEL, "periods": len(rows), "unit": unit, "start": rows["start"].iloc[0],
             "end": rows["end"].iloc[-1]}  # fmt: skip
    return Alarms(rates.reset_index(drop=True).assign(**about, **context(rows)), "")


def simulated(
    mean: Floats,
    first: Whole,
    length: Whole,
    spread: tuple[float, float],
    runs: int,
    rng: np.random.Generator,
) -> Floats:
    """Series of counts with these means: (runs, periods).

    Poisson about a log-normal first-order autoregression of the rates. `spread` is their
    correlation from one unit of time to the next and the dispersion of a unit's count: its variance
    over its mean. `first` and `length` are the units that a period covers.

    >>> drawn = simulated(np.full(4000, 10.0), np.arange(4000), np.ones(4000, int), (0.0, 3.0), 1,
    ...                   np.random.default_rng(1))
    >>> print(abs(drawn.mean() - 10) < 0.3, abs(drawn.var() / drawn.mean() - 3) < 0.3)
    True True
    """
    rho, phi = spread
    if phi <= 1:
        return rng.poisson(mean, (runs, len(mean))).astype(float)
    units = int(first[-1] + length[-1])
    variance = np.log1p((phi - 1) * length.sum() / mean.sum())
    state = rng.normal(size=(runs, units))
    for at in range(1, units):
        state[:, at] = rho * state[:, at - 1] + np.sqrt(1 - rho**2) * state[:, at]
    rate = np.exp(np.sqrt(variance) * state - variance / 2)
    inside = (np.arange(units) >= first[:, None]) & (np.arange(units) < (first + length)[:, None])
    return rng.poisson(mean * (rate @ (inside / length[:, None]).T)).astype(float)


def quasi_p(deaths: Floats, size: Floats, after: Flags) -> Floats:
    """P of the step of a quasi-Poisson fit without a trend, in closed form, a number a series.

    Estimate ln(rate after / rate before), variance phi (1/deaths after + 1/deaths before), phi
    Pearson's chi-square over n - 2. Missing (NaN) where there are no deaths on one side.

    >>> quasi_p(np.array([[100.0, 104] * 12]), np.ones(24), np.arange(24)[None] >= 14).tolist()
    [1.0]
    """
    from scipy.special import ndtr

    sides = np.stack([~after, after])
    total = (sides * deaths).sum(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = total / (sides * size).sum(2)
        mean = size * np.where(after, rate[1][:, None], rate[0][:, None])
        phi = ((deaths - mean) ** 2 / mean).sum(1) / (deaths.shape[1] - 2)
        z = np.abs(np.log(rate[1] / rate[0])) / np.sqrt(phi * (1 / total).sum(0))
    return np.asarray(np.where((total > 0).all(0), 2 * ndtr(-z), np.nan))


def _too_few(periods: int, unit: str) -> str:
    """Why no series like these is simulated."""
    if unit == "year":
        return ngettext(
            "{number} year lies on one side of the intervention: at least {fewest} are needed to "
            "simulate more.",
            "{number} years lie on one side of the intervention: at least {fewest} are needed to "
            "simulate more.",
            periods,
            fewest=MARGIN,
        )
    return ngettext(
        "{number} month lies on one side of the intervention: at least {fewest} are needed to "
        "simulate more.",
        "{number} months lie on one side of the intervention: at least {fewest} are needed to "
        "simulate more.",
        periods,
        fewest=MARGIN,
    )


def _none(reason: str) -> Alarms:
    return Alarms(no_rows("test", "chance", "dated", "runs", "false_alarms"), reason)


def _share(alarms: int, runs: int, conf: float = 0.95) -> dict[str, float | str]:
    from scipy.special import betaincinv

    tail = (1 - conf) / 2
    lower = betaincinv(alarms, runs - alarms + 1, tail) if alarms else 0.0
    upper = betaincinv(alarms + 1, runs - alarms, 1 - tail) if alarms < runs else 1.0
    return {
        "false_alarms": 100 * alarms / runs,
        "false_alarms_lower": 100 * float(lower),
        "false_alarms_upper": 100 * float(upper),
        "false_alarms_method": "Clopper-Pearson",
        "false_alarms_conf": conf,
    }
