"""Deaths averted: the total of a fitted counterfactual beside the deaths observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import choice
from ..language import refusal
from .count_model import COVARIANCES, SPELLS, Covariance, count_limits
from .fitting import CountEffect

Floats = npt.NDArray[np.float64]
Method = Literal["delta", "bootstrap"]


@dataclass(frozen=True, slots=True, eq=False)
class CounterfactualTotal:
    """Deaths expected in a window had the interventions not taken place, and its variances."""

    expected: float
    observed: float
    mean_variance: float  # of the expected mean, by the delta method
    count_variance: float  # of a count about its mean
    means: Floats  # by period
    matrix: Floats  # counterfactual regressors by period


def averted(
    effect: CountEffect,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    *,
    method: Method = "delta",
    without: Sequence[str] | None = None,
    seed: int = 0,
    draws: int = 10_000,
) -> pd.DataFrame:
    """Deaths averted from `start` to `end`: counterfactual total less observed deaths.

    First the limits named "spells" (`rates.limits`), prediction limits that carry dispersion and
    autocorrelation; then a row a covariance (model, quasi, HAC) and `interval`: "confidence" has
    the limits of the expected total (how well the mean is known), "prediction" those of the count
    that would have been seen, which are wider. `averted_se` is the standard error of that kind.
    `without` names the interventions taken away, all of them by default.

    `method="delta"`: g'Vg with g the gradient of the total; confidence limits on the log scale,
    prediction limits from the negative binomial with the same mean and variance.
    `method="bootstrap"`: estimates drawn from a normal distribution with covariance V, counts
    about the drawn means with the variance of the fitted family; quantiles of `draws` draws,
    the same for the same `seed`. Neither allows for the choice of the model, and counts are
    drawn independent of one another: with autocorrelated counts the limits are too narrow
    (figures in `effect.pre_period_forecast` and docs/validation.md).

    Errors: ValueError for a window that splits a period, or with missing deaths.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100] * 14 + [50] * 10
    >>> from homicide_trends.methods.interrupted import interrupted_time_series
    >>> fit = interrupted_time_series(
    ...     table, interventions=["2012-03-01"], trend=False, family="poisson", exposure=None)
    >>> row = averted(fit, "2012-03-01", "2012-12-31").iloc[0]
    >>> print(round(row["expected"], 1), round(row["averted"], 1))  # 1400 x 306 / 425
    1008.0 508.0
    """
    choice(method, get_args(Method), "method")
    total = counterfactual_total(effect, start, end, without=without)
    inside = _window(effect.series, pd.Timestamp(start), pd.Timestamp(end))
    held = effect.expected(inside, without=without)
    factor = float(held.expected_upper / held.expected)
    bounds = (float("nan"), total.expected / factor, total.expected * factor)
    found: list[tuple[str, str, tuple[float, float, float]]] = [(SPELLS, "prediction", bounds)]
    for kind in dict.fromkeys([*COVARIANCES, effect.spec["covariance"]]):
        limits = (
            _delta(effect, total, kind)
            if method == "delta"
            else _bootstrap(effect, total, kind, seed=seed, draws=draws)
        )
        found += [(kind, interval, bounds) for interval, bounds in limits.items()]
    return pd.DataFrame(
        [
            {
                "start": pd.Timestamp(start),
                "end": pd.Timestamp(end),
                "covariance": kind,
                "interval": interval,
                "observed": total.observed,
                "expected": total.expected,
                "expected_lower": lower,
                "expected_upper": upper,
                "averted": total.expected - total.observed,
                "averted_lower": lower - total.observed,
                "averted_upper": upper - total.observed,
                "averted_se": se,
                "averted_method": f"{effect.fit.family}, {kind}, {method}",
                "averted_conf": effect.spec["conf"],
            }
            for kind, interval, (se, lower, upper) in found
        ]
    )


def counterfactual_total(
    effect: CountEffect,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    *,
    without: Sequence[str] | None = None,
    covariance: Covariance | None = None,
) -> CounterfactualTotal:
    """Expected total of a window and its variances, by the effect's covariance or another."""
    kind = covariance or effect.spec["covariance"]
    inside = _window(effect.series, pd.Timestamp(start), pd.Timestamp(end))
    matrix = effect.design.without(without)[inside]
    means: Floats = effect.exposure[inside] * np.exp(matrix @ effect.fit.estimate)
    gradient = matrix.T @ means
    return CounterfactualTotal(
        expected=float(means.sum()),
        observed=float(effect.series["observed"].to_numpy()[inside].sum()),
        mean_variance=float(gradient @ effect.fit.covariance(kind, effect.spec["lag"]) @ gradient),
        count_variance=float(effect.fit.variance(means, kind).sum()),
        means=means,
        matrix=matrix,
    )


def counterfactual_draws(
    effect: CountEffect,
    total: CounterfactualTotal,
    *,
    covariance: Covariance,
    seed: int,
    draws: int,
) -> tuple[Floats, Floats]:
    """Parametric bootstrap of a window: `draws` expected totals, and as many total counts.

    Counts are Poisson, negative binomial with variance phi x mean (quasi, HAC), or NB2 with the
    fitted alpha, each about its own drawn mean.
    """
    rng = np.random.default_rng(seed)
    fit = effect.fit
    v = fit.covariance(covariance, effect.spec["lag"])
    estimates = rng.multivariate_normal(fit.estimate, v, size=draws, method="cholesky")
    base = np.log(total.means) - total.matrix @ fit.estimate
    means = np.exp(estimates @ total.matrix.T + base)
    phi = 1.0 if covariance == "model" else fit.dispersion
    if fit.alpha > 0:
        counts = rng.negative_binomial(1 / fit.alpha, 1 / (1 + fit.alpha * means))
    elif phi > 1:
        counts = rng.negative_binomial(means / (phi - 1), 1 / phi)
    else:
        counts = rng.poisson(means)
    return means.sum(axis=1), counts.sum(axis=1).astype(float)


def _delta(
    effect: CountEffect, total: CounterfactualTotal, kind: Covariance
) -> dict[str, tuple[float, float, float]]:
    v = effect.fit.covariance(kind, effect.spec["lag"])
    gradient = total.matrix.T @ total.means
    mean_variance = float(gradient @ v @ gradient)
    variance = mean_variance + float(effect.fit.variance(total.means, kind).sum())
    se = float(np.sqrt(mean_variance))
    z = effect.fit.quantile(effect.spec["reference"], effect.spec["conf"])
    factor = float(np.exp(z * se / total.expected))
    lower, upper = count_limits(
        np.array([total.expected]), np.array([variance]), conf=effect.spec["conf"]
    )
    return {
        "confidence": (se, total.expected / factor, total.expected * factor),
        "prediction": (float(np.sqrt(variance)), float(lower[0]), float(upper[0])),
    }


def _bootstrap(
    effect: CountEffect, total: CounterfactualTotal, kind: Covariance, *, seed: int, draws: int
) -> dict[str, tuple[float, float, float]]:
    if draws < 100:
        raise refusal("draws={draws}: give at least 100", draws=draws)
    tail = (1 - effect.spec["conf"]) / 2
    samples = counterfactual_draws(effect, total, covariance=kind, seed=seed, draws=draws)
    limits = {}
    for interval, sample in zip(("confidence", "prediction"), samples, strict=True):
        lower, upper = np.quantile(sample, [tail, 1 - tail])
        limits[interval] = (float(sample.std(ddof=1)), float(lower), float(upper))
    return limits


def _window(series: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> npt.NDArray[np.bool_]:
    touched = (series["end"] >= start) & (series["start"] <= end)
    if not touched.any():
        raise refusal(
            "no period between {start} and {end}; the series runs from {first} to {last}",
            start=f"{start:%Y-%m-%d}",
            end=f"{end:%Y-%m-%d}",
            first=f"{series['start'].iloc[0]:%Y-%m-%d}",
            last=f"{series['end'].iloc[-1]:%Y-%m-%d}",
        )
    rows = series[touched]
    if rows["start"].iloc[0] < start or rows["end"].iloc[-1] > end:
        raise refusal(
            "the window {start} to {end} splits a period; whole periods run from {first} to {last}",
            start=f"{start:%Y-%m-%d}",
            end=f"{end:%Y-%m-%d}",
            first=f"{rows['start'].iloc[0]:%Y-%m-%d}",
            last=f"{rows['end'].iloc[-1]:%Y-%m-%d}",
        )
    absent = rows["start"][rows["observed"].isna()]
    if len(absent):
        raise refusal(
            "no deaths on file for the period from {day}", day=f"{absent.iloc[0]:%Y-%m-%d}"
        )
    return touched.to_numpy()
