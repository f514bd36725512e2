"""A fitted count series with its counterfactual: the result and the tables it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import choice, confidence
from ..language import _
from ..rates.limits import ModelLimits, model_limits
from .count_model import (
    COVARIANCES,
    SPELLS,
    CountFit,
    Covariance,
    Diagnostics,
    Reference,
    count_limits,
    diagnostics,
    fit_counts,
)
from .effect_periods import CountSeries
from .regressors import Design

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CountEffect:
    """A fitted count series with its counterfactual.

    `terms`: a row a term and covariance, with `estimate` (log scale), `se`, `p`, `rate_ratio`
    and `held`, the percent of such series in which limits so narrow hold the truth. First come
    the limits named "spells", of `rates.limits`, which carry dispersion and autocorrelation.
    `series`: a row a period, with `observed`, `fitted`, `counterfactual` (mean deaths had no
    intervention taken place; `_lower`, `_upper` are its confidence limits) and the
    `prediction_lower`, `prediction_upper` of a count with that mean. `diagnostics`, `spec` (every
    choice, as plain values) and `notes` (what a reader has to know) go with them.
    """

    terms: pd.DataFrame
    series: pd.DataFrame
    diagnostics: Diagnostics
    spec: dict[str, Any]
    notes: tuple[str, ...]
    fit: CountFit
    design: Design
    exposure: Floats
    counts: CountSeries

    def expected(
        self, window: npt.NDArray[np.bool_], *, without: Sequence[str] | None = None
    ) -> ModelLimits:
        """Deaths expected in windows (a row each, over the periods), with limits that hold."""
        return model_limits(
            self.counts.observed,
            self.exposure,
            self.design.matrix,
            self.design.without(without),
            used=self.series["used"].to_numpy(),
            window=window,
            first=self.counts.times.time,
            length=self.counts.times.length,
            conf=self.spec["conf"],
        )

    def covariance(self, kind: Covariance, *, lag: int | None = None) -> pd.DataFrame:
        """Covariance of the estimates (log scale), rows and columns named by the terms."""
        names = _names(self.design)
        return pd.DataFrame(self.fit.covariance(kind, lag), index=names, columns=names)


def estimate(
    counts: CountSeries, regressors: Design, *, spec: dict[str, Any], notes: tuple[str, ...] = ()
) -> CountEffect:
    """Fit the counts to the regressors and lay out the result by the choices in `spec`."""
    use = regressors.use & ~np.isnan(counts.observed)
    fit = fit_counts(
        counts.observed[use],
        regressors.matrix[use],
        counts.exposure[use],
        counts.times.time[use],
        family=spec["family"],
        terms=_names(regressors),
    )
    kind: Covariance = spec["covariance"] or fit.own_covariance
    confidence(spec["conf"])
    choice(spec["reference"], get_args(Reference), "reference")
    spec |= {
        "family_fitted": fit.family,
        "covariance": kind,
        "lag": fit.lag(spec["lag"]),
        "unit": counts.times.unit,
        "first": f"{counts.times.start[use][0]:%Y-%m-%d}",
        "last": f"{counts.times.end[use][-1]:%Y-%m-%d}",
    }
    return CountEffect(
        terms=_terms(fit, regressors, spec, counts, use),
        series=_series(counts, fit, regressors, use, spec),
        diagnostics=diagnostics(fit, lag=spec["lag"]),
        spec=spec,
        notes=notes + fit.notes + _remarks(fit, spec),
        fit=fit,
        design=regressors,
        exposure=counts.exposure,
        counts=counts,
    )


def _terms(
    fit: CountFit,
    regressors: Design,
    spec: dict[str, Any],
    counts: CountSeries,
    use: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    from scipy.special import ndtr, stdtr

    z = fit.quantile(spec["reference"], spec["conf"])
    kinds = list(dict.fromkeys([*COVARIANCES, spec["covariance"]]))
    errors = [np.sqrt(np.diag(fit.covariance(kind, spec["lag"]))) for kind in kinds]
    limits = model_limits(
        counts.observed,
        counts.exposure,
        regressors.matrix,
        regressors.matrix,
        used=use,
        first=counts.times.time,
        length=counts.times.length,
        compare=z * np.array(errors),
        conf=spec["conf"],
    )
    half = np.log(limits.ratio_upper / limits.ratio)
    blocks = [_block(fit, regressors, spec, SPELLS, half / z, half, np.nan, 100 * spec["conf"])]
    for kind, se, held in zip(kinds, errors, limits.held, strict=True):
        with np.errstate(divide="ignore"):  # an exact fit has quasi and HAC errors of 0
            ratio = -np.abs(fit.estimate / se)
        p = 2 * (ndtr(ratio) if spec["reference"] == "normal" else stdtr(fit.df_resid, ratio))
        blocks.append(_block(fit, regressors, spec, kind, se, z * se, p, 100 * held))
    return pd.concat(blocks, ignore_index=True)


def _block(
    fit: CountFit,
    regressors: Design,
    spec: dict[str, Any],
    kind: str,
    se: Floats,
    half: Floats,
    p: Floats | float,
    held: Floats | float,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "term": regressors.terms,
            "intervention": regressors.interventions,
            "covariance": kind,
            "estimate": fit.estimate,
            "se": se,
            "p": p,
            "rate_ratio": np.exp(fit.estimate),
            "rate_ratio_lower": np.exp(fit.estimate - half),
            "rate_ratio_upper": np.exp(fit.estimate + half),
            "rate_ratio_method": f"{fit.family}, {kind}, {spec['reference']}",
            "rate_ratio_conf": spec["conf"],
            "held": held,
        }
    )


def _series(
    counts: CountSeries,
    fit: CountFit,
    regressors: Design,
    use: npt.NDArray[np.bool_],
    spec: dict[str, Any],
) -> pd.DataFrame:
    kind: Covariance = spec["covariance"]
    without = regressors.without(None)
    mean = counts.exposure * np.exp(without @ fit.estimate)
    v = fit.covariance(kind, spec["lag"])
    se = np.sqrt(np.einsum("ij,jk,ik->i", without, v, without))
    z = fit.quantile(spec["reference"], spec["conf"])
    lower, upper = count_limits(
        mean, (mean * se) ** 2 + fit.variance(mean, kind), conf=spec["conf"]
    )
    fitted = counts.exposure * np.exp(regressors.matrix @ fit.estimate)
    if spec["model"] == "forecast from before":
        fitted = np.where(regressors.use, fitted, np.nan)
    return pd.DataFrame(
        {
            "start": counts.times.start,
            "end": counts.times.end,
            "time": counts.times.time,
            "observed": counts.observed,
            "exposure": counts.exposure,
            "used": use,
            "fitted": fitted,
            "counterfactual": mean,
            "counterfactual_lower": mean * np.exp(-z * se),
            "counterfactual_upper": mean * np.exp(z * se),
            "prediction_lower": lower,
            "prediction_upper": upper,
            "counterfactual_method": f"{fit.family}, {kind}, {spec['reference']}",
            "counterfactual_conf": spec["conf"],
        }
    )


def _remarks(fit: CountFit, spec: dict[str, Any]) -> tuple[str, ...]:
    remarks = []
    if spec["covariance"] == "model" and fit.family == "poisson" and fit.dispersion > 1.5:
        remarks.append(
            _(
                "The counts are over-dispersed (Pearson dispersion {dispersion}): model limits are "
                "too narrow by a factor of about {factor}.",
                dispersion=f"{fit.dispersion:.2f}",
                factor=f"{np.sqrt(fit.dispersion):.2f}",
            )
        )
    if spec["covariance"] == "quasi" and fit.dispersion < 1:
        remarks.append(
            _(
                "The Pearson dispersion is {dispersion}: quasi limits are narrower than Poisson "
                "ones.",
                dispersion=f"{fit.dispersion:.2f}",
            )
        )
    if fit.n < 50:
        remarks.append(
            _("HAC standard errors are biased downwards in {periods} periods.", periods=fit.n)
        )
    return tuple(remarks)


def _names(regressors: Design) -> list[str]:
    pairs = zip(regressors.terms, regressors.interventions, strict=True)
    return [f"{term} {label}".strip() for term, label in pairs]
