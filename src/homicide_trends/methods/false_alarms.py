"""How often a test raises a false alarm when the intervention is dated at a peak.

Interventions follow bad months. The months after a peak are lower on average without any cause
(regression to the mean), and a test that takes the date as given counts that as an effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..language import N_, _
from .count_model import Covariance, Family, Reference, fit_counts
from .effect_periods import CountSeries, Periods, read_counts
from .regressors import Intervention, Season, design
from .synthetic import MAX_SHARE, placebo_in_space

Floats = npt.NDArray[np.float64]
Chance = Literal["poisson", "overdispersed", "autocorrelated"]
Test = Callable[[pd.DataFrame, pd.Timestamp], float]

STRONGEST = 0.95  # largest autocorrelation simulated


@dataclass(frozen=True, slots=True)
class Background:
    """A count series without effect: rate per exposure, dispersion, lag-1 autocorrelation.

    `autocorrelation` is that of the underlying rates, not of the counts.
    """

    rate: float
    dispersion: float
    autocorrelation: float


def false_alarm_rate(
    table: pd.DataFrame,
    *,
    before: str | pd.Timestamp,
    test: Test,
    chance: Chance,
    runs: int,
    seed: int,
    peak: int = 1,
    margin: int = 6,
    level: float = 0.05,
    deaths: str = "deaths",
    exposure: str | None = "person_years",
    start: str = "start",
    end: str = "end",
) -> pd.DataFrame:
    """Share of simulated series without any effect in which `test` finds one.

    Series like the periods that end before `before` are simulated over all periods of `table`
    with one constant rate. `chance`: "poisson"; "overdispersed" with the dispersion found; or
    "autocorrelated" with the lag-1 autocorrelation found as well. In each, `test(series, date)`
    gives a p-value for an intervention on `date`, the first day of a period; p < `level` is an
    alarm. The date is (a) after the `peak` periods with the highest rate and (b) drawn at
    random, in both cases with `margin` periods or more on either side. A missing p is no alarm.

    Two rows, `dated` "after the peak" and "at random": `dated, runs, alarms, false_alarm_rate`
    with exact binomial limits `false_alarm_rate_lower, false_alarm_rate_upper` and `_method,
    _conf`, then `level, chance, dispersion, autocorrelation, seed`. A test is sound where the
    rate is about `level`.

    Errors: ValueError for fewer than 6 periods before, too few periods for `margin` and `peak`.

    >>> months = pd.date_range("2009-01-01", periods=36, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [30, 33, 29] * 12
    >>> rates = false_alarm_rate(table, before="2012-01-01", exposure=None, chance="poisson",
    ...                          test=lambda series, date: 0.5, runs=10, seed=1)
    >>> rates[["dated", "alarms"]].to_numpy().tolist()
    [['after the peak', 0], ['at random', 0]]
    """
    if chance not in get_args(Chance):
        raise ValueError(
            _(
                "chance {chance!r}: give one of {chances}",
                chance=chance,
                chances=", ".join(get_args(Chance)),
            )
        )
    if runs < 1 or peak < 1 or margin < 1:
        raise ValueError(_("runs, peak and margin have to be 1 or more"))
    counts = read_counts(table, deaths=deaths, exposure=exposure, start=start, end=end)
    found = background(counts, before=pd.Timestamp(before))
    first, last = max(margin, peak), len(counts.exposure) - margin
    if last < first:
        raise ValueError(
            _(
                "{periods} periods leave no date with {before} periods before it and {margin} "
                "after",
                periods=len(counts.exposure),
                before=max(margin, peak),
                margin=margin,
            )
        )
    rng = np.random.default_rng(seed)
    alarms = {N_("after the peak"): 0, N_("at random"): 0}
    for _run in range(runs):
        simulated = simulate(found, counts, chance=chance, rng=rng)
        series = _table(counts, simulated, deaths, exposure, start, end)
        rates = simulated / counts.exposure
        windows = np.convolve(rates, np.ones(peak), mode="valid")  # [i]: periods i .. i+peak-1
        chosen = {
            "after the peak": first + int(np.argmax(windows[first - peak : last - peak + 1])),
            "at random": int(rng.integers(first, last + 1)),
        }
        for dated, position in chosen.items():
            alarms[dated] += bool(test(series, counts.times.start[position]) < level)
    return pd.DataFrame(
        [
            {"dated": dated, "runs": runs, "alarms": n}
            | _share(n, runs)
            | {"level": level, "chance": chance, "dispersion": found.dispersion}
            | {"autocorrelation": found.autocorrelation, "seed": seed}
            for dated, n in alarms.items()
        ]
    )


def level_test(
    *,
    trend: bool,
    family: Family,
    covariance: Covariance,
    season: Season = None,
    slope: bool = False,
    lag: int | None = None,
    reference: Reference = "normal",
    deaths: str = "deaths",
    exposure: str | None = "person_years",
) -> Test:
    """The p-value of the step of an interrupted time series, as a test for `false_alarm_rate`.

    The arguments are those of `effect.interrupted_time_series`. The p is NaN where the model
    cannot be fitted.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> test = level_test(trend=False, family="poisson", covariance="model", exposure=None)
    >>> test(table, pd.Timestamp("2012-03-01")) < 0.001
    True
    """
    from scipy.special import ndtr, stdtr

    def p_value(table: pd.DataFrame, date: pd.Timestamp) -> float:
        counts = read_counts(table, deaths=deaths, exposure=exposure, start="start", end="end")
        regressors = design(
            counts.times, [Intervention(date, slope=slope)], trend=trend, season=season
        )
        use = ~np.isnan(counts.observed)
        try:
            fit = fit_counts(
                counts.observed[use],
                regressors.matrix[use],
                counts.exposure[use],
                counts.times.time[use],
                family=family,
                terms=regressors.terms,
            )
        except ValueError:
            return float("nan")
        place = regressors.terms.index("level")
        z = -abs(fit.estimate[place]) / np.sqrt(fit.covariance(covariance, lag)[place, place])
        return float(2 * (ndtr(z) if reference == "normal" else stdtr(fit.df_resid, z)))

    return p_value


def placebo_test(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    donors: Sequence[Any] | None = None,
    max_share: float = MAX_SHARE,
    per: float = 100_000,
    deaths: str = "deaths",
    exposure: str = "person_years",
) -> Test:
    """The p of a synthetic control's placebos in space, as a test for `false_alarm_rate`.

    The treated unit's outcomes are replaced by the simulated rate, deaths / exposure x `per`;
    the donors stay as they are in `panel`, whose `time` is the calendar year. The p is NaN
    where the fit is refused. With fewer than 20 units it is never below 0.05.

    >>> panel = pd.DataFrame({"place": list("AAAABBBBCCCC"), "year": [2009, 2010, 2011, 2012] * 3,
    ...     "rate": [30, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> years = pd.to_datetime(["2009-01-01", "2010-01-01", "2011-01-01", "2012-01-01"])
    >>> table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0),
    ...     "deaths": [30, 34, 32, 20], "person_years": 100_000})
    >>> test = placebo_test(panel, unit="place", time="year", outcome="rate", treated="A")
    >>> print(round(test(table, pd.Timestamp("2012-01-01")), 3))
    0.333
    """

    def p_value(table: pd.DataFrame, date: pd.Timestamp) -> float:
        years = pd.to_datetime(table["start"]).dt.year.to_numpy()
        own = pd.DataFrame({unit: treated, time: years})
        own[outcome] = (per * table[deaths] / table[exposure]).to_numpy()
        others = panel[(panel[unit] != treated) & panel[time].isin(years)]
        return placebo_in_space(
            pd.concat([own, others[[unit, time, outcome]]]),
            unit=unit,
            time=time,
            outcome=outcome,
            treated=treated,
            intervention=date.year,
            donors=donors,
            max_share=max_share,
        ).p

    return p_value


def background(counts: CountSeries, *, before: pd.Timestamp) -> Background:
    """Rate, dispersion and autocorrelation of the periods that end before a date.

    Moments of the Pearson residuals about one rate: dispersion phi (1 at least); the lag-1
    autocorrelation of the residuals is that of the rates x (phi - 1) / phi.

    >>> months = pd.date_range("2011-01-01", periods=8, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0), "days": 1})
    >>> table["deaths"] = [8, 8, 8, 8, 12, 12, 12, 12]
    >>> counts = read_counts(table, deaths="deaths", exposure="days", start="start", end="end")
    >>> background(counts, before=pd.Timestamp("2012-01-01"))
    Background(rate=10.0, dispersion=1.0, autocorrelation=0.0)
    """
    use = np.asarray(counts.times.end < before) & ~np.isnan(counts.observed)
    if use.sum() < 6:
        raise ValueError(
            _(
                "{periods} periods before {day}: at least 6 are needed",
                periods=use.sum(),
                day=f"{before:%Y-%m-%d}",
            )
        )
    y, size, time = counts.observed[use], counts.exposure[use], counts.times.time[use]
    rate = float(y.sum() / size.sum())
    if rate == 0:
        raise ValueError(_("no deaths before {day}", day=f"{before:%Y-%m-%d}"))
    residual = (y - rate * size) / np.sqrt(rate * size)
    phi = float(np.sum(residual**2) / (len(y) - 1))
    if phi <= 1:
        return Background(rate, 1.0, 0.0)
    next_to = np.diff(time) == 1
    r = float(np.mean((residual[:-1] * residual[1:])[next_to])) / phi if next_to.any() else 0.0
    return Background(rate, phi, float(np.clip(r * phi / (phi - 1), 0.0, STRONGEST)))


def simulate(
    found: Background, counts: CountSeries, *, chance: Chance, rng: np.random.Generator
) -> Floats:
    """One series of counts without effect over all periods.

    "overdispersed": negative binomial, variance dispersion x mean. "autocorrelated": Poisson
    about a log-normal first-order autoregressive rate with the same mean and variance.

    >>> months = pd.date_range("2011-01-01", periods=4000, freq="D")
    >>> table = pd.DataFrame({"start": months, "end": months, "days": 1, "deaths": 10})
    >>> counts = read_counts(table, deaths="deaths", exposure="days", start="start", end="end")
    >>> found = Background(rate=10.0, dispersion=3.0, autocorrelation=0.0)
    >>> drawn = simulate(found, counts, chance="overdispersed", rng=np.random.default_rng(1))
    >>> bool(9.7 < drawn.mean() < 10.3), bool(2.7 < drawn.var() / drawn.mean() < 3.3)
    (True, True)
    """
    mean = found.rate * counts.exposure
    if chance == "poisson" or found.dispersion <= 1:
        return rng.poisson(mean).astype(float)
    extra = found.dispersion - 1
    if chance == "overdispersed":
        return rng.negative_binomial(mean / extra, 1 / found.dispersion).astype(float)
    variance = np.log1p(extra / mean.mean())
    rho = found.autocorrelation
    time = counts.times.time
    shocks = rng.normal(size=int(time[-1]))
    state = np.empty(len(shocks))
    state[0] = shocks[0]
    for i in range(1, len(shocks)):
        state[i] = rho * state[i - 1] + np.sqrt(1 - rho**2) * shocks[i]
    return rng.poisson(mean * np.exp(np.sqrt(variance) * state[time - 1] - variance / 2)).astype(
        float
    )


def _table(
    counts: CountSeries, simulated: Floats, deaths: str, exposure: str | None, start: str, end: str
) -> pd.DataFrame:
    times: Periods = counts.times
    columns = {start: times.start, end: times.end, deaths: simulated}
    return pd.DataFrame(columns | ({exposure: counts.exposure} if exposure else {}))


def _share(alarms: int, runs: int, conf: float = 0.95) -> dict[str, float | str]:
    from scipy.special import betaincinv

    tail = (1 - conf) / 2
    lower = betaincinv(alarms, runs - alarms + 1, tail) if alarms else 0.0
    upper = betaincinv(alarms + 1, runs - alarms, 1 - tail) if alarms < runs else 1.0
    return {
        "false_alarm_rate": alarms / runs,
        "false_alarm_rate_lower": float(lower),
        "false_alarm_rate_upper": float(upper),
        "false_alarm_rate_method": "Clopper-Pearson",
        "false_alarm_rate_conf": conf,
    }
