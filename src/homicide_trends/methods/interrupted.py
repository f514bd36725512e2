"""Effect of a dated intervention: interrupted time series, forecasts, deaths averted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..language import _, refusal
from .count_model import Covariance, Family, Reference
from .effect_periods import read_counts
from .fitting import CountEffect, estimate
from .projection import averted
from .regressors import Design, Intervention, Season, Transition, as_interventions, design

__all__ = [
    "CountEffect",
    "Intervention",
    "averted",
    "interrupted_time_series",
    "nested_test",
    "pre_period_forecast",
]


def interrupted_time_series(
    table: pd.DataFrame,
    *,
    interventions: Sequence[str | pd.Timestamp | Intervention],
    trend: bool,
    family: Family,
    season: Season = None,
    covariance: Covariance | None = None,
    lag: int | None = None,
    transition: Transition | None = None,
    reference: Reference = "normal",
    conf: float = 0.95,
    deaths: str = "deaths",
    exposure: str | None = "person_years",
    start: str = "start",
    end: str = "end",
) -> CountEffect:
    """Fit an interrupted time series to counts of deaths, a row a period.

    log mean = log exposure + constant + trend x time + season + level x after + slope x
    (periods elapsed since the intervention). A date in `interventions` is a step from that day
    on; an `Intervention` can have a slope and a transition of its own. `season` is a number of
    pairs of yearly harmonics or "months" (dummies). `exposure` names a column (person-years,
    days); None takes the days of each period. `covariance` chooses the limits of `series` and
    defaults to that of the family (quasi for quasi-Poisson); `terms` has model, quasi and HAC
    side by side, HAC with `lag` periods, by default floor(4(n/100)^(2/9)). Limits and p use
    the normal distribution, or Student's t with n - k degrees of freedom. Rows without deaths
    are left out of the fit and counted as gaps.

    Coverage of the 95 % limits of the step, simulated (docs/validation.md): the first, "spells", 92
    to 100 %; with dispersion 4 and rates correlated by 0.6 model 40 to 57 %, quasi 69 to 76 %, HAC
    72 to 88 %.

    Errors: ValueError for a missing column, unequal periods, a date outside the series or
    inside a period without `transition`, terms that the periods cannot carry.

    Source: Lopez Bernal, Cummins and Gasparrini, Int J Epidemiol 2017;46:348-355, with the
    correction that centres the slope at the intervention; Newey and West 1987, 1994.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100] * 14 + [50] * 10
    >>> fit = interrupted_time_series(
    ...     table, interventions=["2012-03-01"], trend=False, family="poisson", exposure=None)
    >>> level = fit.terms.query("term == 'level' and covariance == 'model'").iloc[0]
    >>> print(round(level["rate_ratio"], 3))  # (500 / 306 days) / (1400 / 425 days)
    0.496
    """
    counts = read_counts(table, deaths=deaths, exposure=exposure, start=start, end=end)
    listed = as_interventions(interventions, transition)
    if not listed:
        raise refusal("interventions=[]: give at least one date")
    return estimate(
        counts,
        design(counts.times, listed, trend=_flag(trend), season=season),
        spec={
            "model": "interrupted time series",
            "interventions": [_plain(i) for i in listed],
            "family": family,
            "trend": trend,
            "season": season,
            "covariance": covariance,
            "lag": lag,
            "reference": reference,
            "conf": conf,
            "deaths": deaths,
            "exposure": exposure or "days",
        },
    )


def pre_period_forecast(
    table: pd.DataFrame,
    *,
    intervention: str | pd.Timestamp,
    trend: bool,
    family: Family,
    season: Season = None,
    covariance: Covariance | None = None,
    lag: int | None = None,
    reference: Reference = "normal",
    conf: float = 0.95,
    deaths: str = "deaths",
    exposure: str | None = "person_years",
    start: str = "start",
    end: str = "end",
) -> CountEffect:
    """Fit the periods that end before `intervention` and carry the fit on to the later ones.

    The counterfactual is the forecast; nothing after the intervention enters it. Whether it has
    a trend can decide the sign of the answer, hence no default. The other arguments and the
    errors are those of `interrupted_time_series`.

    Coverage of 95 % prediction limits: those named "spells" 91 to 100 % (docs/validation.md); the
    others take deaths as independent or dispersed only, and hold 44 to 79 % of totals where rates
    are correlated by 0.6.

    Source: variance of a forecast total phi (g'Vg + sum of means), with g the gradient of the
    total: the delta method for a (quasi-)Poisson regression.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100] * 14 + [50] * 10
    >>> fit = pre_period_forecast(
    ...     table, intervention="2012-03-01", trend=False, family="poisson", exposure=None)
    >>> print(round(fit.series["counterfactual"].iloc[-1], 1))  # 1400 in 425 days, for 31 days
    102.1
    """
    counts = read_counts(table, deaths=deaths, exposure=exposure, start=start, end=end)
    date = pd.Timestamp(intervention)
    before = np.asarray(counts.times.end < date)
    if not before.any() or before.all():
        raise refusal(
            "intervention {day}: the series runs from {first} to {last} and needs periods on "
            "both sides of it",
            day=f"{date:%Y-%m-%d}",
            first=f"{counts.times.start[0]:%Y-%m-%d}",
            last=f"{counts.times.end[-1]:%Y-%m-%d}",
        )
    regressors = design(counts.times, [], trend=_flag(trend), season=season)
    seen = np.any(regressors.matrix[before] != 0, axis=0)
    if not seen.all():
        absent = ", ".join(t for t, s in zip(regressors.terms, seen, strict=True) if not s)
        raise refusal(
            "nothing before {day} tells of {absent}: leave the season out",
            day=f"{date:%Y-%m-%d}",
            absent=absent,
        )
    notes: tuple[str, ...] = ()
    if (~before).sum() > before.sum() / 2:
        notes = (
            _(
                "The forecast runs {periods} periods from {fitted}: longer than half of what it is "
                "fitted to.",
                periods=(~before).sum(),
                fitted=before.sum(),
            ),
        )
    return estimate(
        counts,
        Design(regressors.matrix, regressors.terms, regressors.interventions, before),
        spec={
            "model": "forecast from before",
            "interventions": [{"date": f"{date:%Y-%m-%d}"}],
            "family": family,
            "trend": trend,
            "season": season,
            "covariance": covariance,
            "lag": lag,
            "reference": reference,
            "conf": conf,
            "deaths": deaths,
            "exposure": exposure or "days",
        },
        notes=notes,
    )


def nested_test(smaller: CountEffect, larger: CountEffect) -> pd.DataFrame:
    """F test of the terms that `larger` has and `smaller` lacks: one row `f, p, df1, df2`.

    F = (difference of deviances / df1) / dispersion of the larger model, as R's
    anova(test="F") for quasi-Poisson fits. Errors: ValueError when the fits have different
    periods or the larger one no more terms.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> choices = dict(interventions=["2012-03-01"], family="quasi-poisson", exposure=None)
    >>> test = nested_test(interrupted_time_series(table, trend=False, **choices),
    ...                    interrupted_time_series(table, trend=True, **choices))
    >>> test[["df1", "df2"]].to_numpy().tolist()
    [[1, 21]]
    """
    from scipy.special import fdtrc

    if not np.array_equal(smaller.fit.time, larger.fit.time):
        raise refusal("the two models are fitted to different periods")
    df1, df2 = smaller.fit.df_resid - larger.fit.df_resid, larger.fit.df_resid
    if df1 < 1:
        raise refusal("the second model has to have more terms than the first")
    f = (smaller.fit.deviance - larger.fit.deviance) / df1 / larger.fit.dispersion
    return pd.DataFrame([{"f": f, "p": float(fdtrc(df1, df2, f)), "df1": df1, "df2": df2}])


def _plain(intervention: Intervention) -> dict[str, Any]:
    until = intervention.until
    return {
        "date": f"{pd.Timestamp(intervention.date):%Y-%m-%d}",
        "level": intervention.level,
        "slope": intervention.slope,
        "transition": intervention.transition,
        "until": None if until is None else f"{pd.Timestamp(until):%Y-%m-%d}",
        "name": intervention.label,
    }


def _flag(trend: bool) -> bool:
    if not isinstance(trend, bool):
        raise refusal("trend={trend!r}: give True or False", trend=trend)
    return trend
