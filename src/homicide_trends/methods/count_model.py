"""Log-linear models of counts: fit, covariances of the estimates, residual diagnostics."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import choice
from ..language import _, refusal

Floats = npt.NDArray[np.float64]
Family = Literal["poisson", "quasi-poisson", "negative-binomial"]
Covariance = Literal[
    "model", "quasi", "hac", "hac-adjusted", "hac-andrews", "hac-prewhitened", "hc0", "hc1"
]

Reference = Literal["normal", "t"]

COVARIANCES: tuple[Covariance, ...] = ("model", "quasi", "hac", "hac-andrews")
SPELLS = "spells"
"""Limits of `rates.limits`, which no covariance alone gives: they stand before the others."""


@dataclass(frozen=True, slots=True, eq=False)
class CountFit:
    """A fitted log-linear model of counts; arrays run over the periods that were fitted."""

    family: Family  # the family fitted, which may not be the one asked for: see `notes`
    observed: Floats
    matrix: Floats
    time: npt.NDArray[np.int64]
    estimate: Floats
    mean: Floats
    inverse_information: Floats
    deviance_residuals: Floats
    deviance: float
    pearson: float
    loglik: float
    alpha: float  # NB2: variance = mean + alpha mean^2; 0 for the other families
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Periods fitted."""
        return len(self.observed)

    @property
    def df_resid(self) -> int:
        """Periods less terms."""
        return self.n - self.matrix.shape[1]

    @property
    def dispersion(self) -> float:
        """Pearson chi-square over its degrees of freedom (phi)."""
        return self.pearson / self.df_resid

    @property
    def own_covariance(self) -> Covariance:
        """The covariance that goes with the family."""
        return "quasi" if self.family == "quasi-poisson" else "model"

    def lag(self, lag: int | None) -> int:
        """Lag of the HAC kernel: floor(4 (n/100)^(2/9)) (Newey and West 1994) when None."""
        if lag is None:
            return int(4 * (self.n / 100) ** (2 / 9))
        if lag < 0 or lag >= self.n:
            raise refusal(
                "lag={lag}: give a number of periods from 0 to {most}", lag=lag, most=self.n - 1
            )
        return lag

    def covariance(self, kind: Covariance, lag: int | None = None) -> Floats:
        """Covariance of the estimates.

        `model`: inverse expected information (negative binomial: given alpha). `quasi`: times
        the Pearson dispersion. `hac`: Newey-West with Bartlett weights, no prewhitening and no
        small-sample factor; `hac-adjusted` has the factor n/(n-k). `hac-andrews` is the default of
        R's sandwich::vcovHAC (quadratic spectral kernel, Andrews' bandwidth, that factor),
        `hac-prewhitened` the same with prewhite = 1; published limits are often of these kinds.
        `hc0`, `hc1`: robust to heteroscedasticity only, without and with that factor. Periods left
        out of the fit count as gaps in time, except for Andrews', as in R.
        """
        choice(kind, get_args(Covariance), "covariance")
        if kind == "model":
            return self.inverse_information
        if kind == "quasi":
            return self.dispersion * self.inverse_information
        from statsmodels.stats.sandwich_covariance import cov_hac_simple

        weight = (self.observed - self.mean) / (1 + self.alpha * self.mean)
        if kind in ("hac-andrews", "hac-prewhitened"):
            meat = _andrews(self.matrix * weight[:, None], prewhiten=kind == "hac-prewhitened")
            return self.inverse_information @ meat @ self.inverse_information
        position = self.time - self.time[0]
        scores = np.zeros((position[-1] + 1, self.matrix.shape[1]))
        scores[position] = self.matrix * weight[:, None]
        robust: Floats = cov_hac_simple(
            (scores, self.inverse_information),
            nlags=self.lag(lag) if kind.startswith("hac") else 0,
            use_correction=False,
        )
        # statsmodels' own HC1 for a GLM leaves the factor out.
        return robust * (self.n / self.df_resid) if kind in ("hac-adjusted", "hc1") else robust

    def quantile(self, reference: Reference, conf: float) -> float:
        """Two-sided quantile of the normal distribution, or of Student's t with df_resid."""
        from scipy.special import ndtri, stdtrit

        tail = (1 + conf) / 2
        return float(ndtri(tail) if reference == "normal" else stdtrit(self.df_resid, tail))

    def variance(self, mean: Floats, kind: Covariance) -> Floats:
        """Variance of a count with this mean: phi x mean, or mean + alpha mean^2."""
        if self.alpha > 0:
            return mean + self.alpha * mean**2
        return mean if kind == "model" else self.dispersion * mean


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostics:
    """Fit and residual autocorrelation; `autocorrelation` has columns lag, acf, ljung_box, p."""

    n: int
    terms: int
    df_resid: int
    dispersion: float
    pearson_chi2: float
    deviance: float
    loglik: float
    aic: float
    alpha: float
    durbin_watson: float
    hac_lag: int
    autocorrelation: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row, without the autocorrelations but with the last Ljung-Box test."""
        row = asdict(self)
        tests: pd.DataFrame = row.pop("autocorrelation")
        last = tests.iloc[-1]
        row |= {"ljung_box_lag": int(last["lag"]), "ljung_box": last["ljung_box"]}
        return pd.DataFrame([row | {"ljung_box_p": last["p"]}])


def fit_counts(
    observed: Floats,
    matrix: Floats,
    exposure: Floats,
    time: npt.NDArray[np.int64],
    *,
    family: Family,
    terms: Sequence[str],
) -> CountFit:
    """Fit log mean = log exposure + matrix x estimate by statsmodels.

    The negative binomial is NB2 (variance mean + alpha mean^2), alpha by maximum likelihood and
    the standard errors given alpha, as R's glm.nb has them. Counts that are not over-dispersed
    (the likelihood has its maximum at alpha = 0) get a Poisson fit and a note that says so.
    """
    choice(family, get_args(Family), "family")
    _identified(observed, matrix, terms)
    from statsmodels.genmod.families import NegativeBinomial, Poisson

    offset = np.log(exposure)
    fit = _glm(observed, matrix, offset, Poisson())
    alpha = 0.0
    notes: tuple[str, ...] = ()
    if family == "negative-binomial":
        alpha = _alpha(observed, matrix, offset, fit)
        if alpha > 0:
            fit = _glm(observed, matrix, offset, NegativeBinomial(alpha=alpha))
        else:
            family = "poisson"
            notes = (
                _(
                    "The counts are not over-dispersed (Pearson dispersion {dispersion}): Poisson "
                    "fitted in place of the negative binomial.",
                    dispersion=f"{fit.pearson_chi2 / fit.df_resid:.2f}",
                ),
            )
    if np.min(fit.fittedvalues) < 1e-6:
        raise refusal("some terms pick out periods without any deaths: leave those terms out")
    return CountFit(
        family=family,
        observed=observed,
        matrix=matrix,
        time=time,
        estimate=np.asarray(fit.params),
        mean=np.asarray(fit.fittedvalues),
        inverse_information=np.asarray(fit.normalized_cov_params),
        deviance_residuals=np.asarray(fit.resid_deviance),
        deviance=float(fit.deviance),
        pearson=float(fit.pearson_chi2),
        loglik=float(fit.llf),
        alpha=alpha,
        notes=notes,
    )


def diagnostics(fit: CountFit, *, lag: int | None) -> Diagnostics:
    """Dispersion, and autocorrelation and Ljung-Box tests of the deviance residuals to lag 12."""
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import durbin_watson
    from statsmodels.tsa.stattools import acf

    lags = min(12, fit.n - 2)
    residuals = fit.deviance_residuals
    with np.errstate(invalid="ignore", divide="ignore"):  # an exact fit has no autocorrelation
        tests = acorr_ljungbox(residuals, lags=lags)
        correlations = acf(residuals, nlags=lags, fft=False)[1:]
        watson = float(durbin_watson(residuals))
    autocorrelation = pd.DataFrame(
        {
            "lag": np.arange(1, lags + 1),
            "acf": correlations,
            "ljung_box": tests["lb_stat"].to_numpy(),
            "p": tests["lb_pvalue"].to_numpy(),
        }
    )
    terms = fit.matrix.shape[1]
    return Diagnostics(
        n=fit.n,
        terms=terms,
        df_resid=fit.df_resid,
        dispersion=fit.dispersion,
        pearson_chi2=fit.pearson,
        deviance=fit.deviance,
        loglik=fit.loglik,
        aic=-2 * fit.loglik + 2 * (terms + (fit.alpha > 0)),
        alpha=fit.alpha,
        durbin_watson=watson,
        hac_lag=fit.lag(lag),
        autocorrelation=autocorrelation,
    )


def _andrews(scores: Floats, *, prewhiten: bool) -> Floats:
    """Long-run covariance of the scores: quadratic spectral kernel with Andrews' bandwidth.

    The bandwidth comes from first-order autoregressions of the scores, the constant's left out;
    prewhitening takes a first-order vector autoregression out beforehand.

    Source: Andrews 1991, Econometrica 59:817-858; Andrews and Monahan 1992, Econometrica
    60:953-966; Zeileis 2004, J Stat Softw 11(10) (R's sandwich).
    """
    n, k = scores.shape
    recolour = np.eye(k)
    if prewhiten:
        ahead = np.linalg.lstsq(scores[:-1], scores[1:], rcond=None)[0]
        scores = scores[1:] - scores[:-1] @ ahead
        recolour = np.linalg.inv(np.eye(k) - ahead.T)
    rest = scores[:, 1:] if k > 1 else scores
    centred = rest - rest.mean(axis=0)
    past, now = centred[:-1], centred[1:]
    past, now = past - past.mean(axis=0), now - now.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # of an exact fit, nothing is correlated
        rho = (past * now).sum(axis=0) / (past**2).sum(axis=0)
        size = ((now - rho * past) ** 2).mean(axis=0) ** 2  # the fourth power of the error
        alpha = (4 * rho**2 * size / (1 - rho) ** 8).sum() / (size / (1 - rho) ** 4).sum()
        x = 6 * np.pi / 5 * np.arange(1, len(scores)) / (1.3221 * (len(scores) * alpha) ** 0.2)
        kernel = np.nan_to_num(3 / x**2 * (np.sin(x) / x - np.cos(x)))
    total = scores.T @ scores
    for lag, share in enumerate(kernel, start=1):
        product = scores[:-lag].T @ scores[lag:]
        total = total + share * (product + product.T)
    return np.asarray(n / (n - k) * recolour @ total @ recolour.T)


def count_limits(mean: Floats, variance: Floats, *, conf: float) -> tuple[Floats, Floats]:
    """Limits of a count with this mean and variance: negative binomial, or Poisson below it.

    >>> [limits.tolist() for limits in count_limits(
    ...     np.array([100.0]), np.array([100.0]), conf=0.95)]  # qpois(c(.025, .975), 100)
    [[81.0], [120.0]]
    """
    from scipy.stats import nbinom, poisson

    extra = variance - mean
    size = mean**2 / np.where(extra > 1e-9 * mean, extra, np.inf)
    wide = size > 0
    p = np.where(wide, size / (size + mean), 0.5)
    limits = []
    for tail in ((1 - conf) / 2, (1 + conf) / 2):
        spread = nbinom.ppf(tail, np.where(wide, size, 1.0), p)
        limits.append(np.where(wide, spread, poisson.ppf(tail, mean)))
    return limits[0], limits[1]


def _glm(observed: Floats, matrix: Floats, offset: Floats, family: Any) -> Any:
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        # Raised for counts that the model fits exactly; true separation is looked for afterwards.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        try:
            fit = GLM(observed, matrix, family=family, offset=offset).fit(tol=1e-12, maxiter=100)
        except ConvergenceWarning as error:
            raise refusal("the model did not converge: leave terms out") from error
    return fit


def _alpha(observed: Floats, matrix: Floats, offset: Floats, poisson: Any) -> float:
    """Maximum-likelihood alpha of NB2, 0 where the likelihood falls from alpha = 0 on."""
    from statsmodels.discrete.discrete_model import NegativeBinomial
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, HessianInversionWarning

    mean = np.asarray(poisson.fittedvalues)
    excess = float(np.sum((observed - mean) ** 2 - observed))
    if excess <= 0:  # the score for alpha at 0
        return 0.0
    start = np.append(np.asarray(poisson.params), excess / float(np.sum(mean**2)))
    model = NegativeBinomial(observed, matrix, offset=offset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (ConvergenceWarning, HessianInversionWarning))
        warnings.simplefilter("ignore", RuntimeWarning)
        fit = model.fit(start, method="newton", maxiter=200, tol=1e-12, disp=0)
        if not (np.all(np.isfinite(fit.params)) and np.abs(model.score(fit.params)).max() < 1e-4):
            # Newton can leave the region of a good start; the simplex search does not.
            rough = model.fit(start, method="nm", maxiter=5000, disp=0, skip_hessian=True)
            fit = model.fit(rough.params, method="newton", maxiter=200, tol=1e-12, disp=0)
    alpha = float(fit.params[-1])
    # Below this the counts cannot be told from Poisson, and the likelihood is flat.
    return alpha if np.isfinite(alpha) and alpha * mean.mean() > 1e-4 else 0.0


def _identified(observed: Floats, matrix: Floats, terms: Sequence[str]) -> None:
    n, k = matrix.shape
    if n <= k:
        raise refusal(
            "{n} periods cannot carry {k} terms ({terms})", n=n, k=k, terms=", ".join(terms)
        )
    for column, term in enumerate(terms):
        if np.ptp(matrix[:, column]) == 0 and term != "constant":
            raise refusal(
                "term {term!r} has the same value in all {n} periods of the fit", term=term, n=n
            )
        if observed[matrix[:, column] != 0].sum() == 0:
            raise refusal(
                "term {term!r}: no deaths in its periods, so no ratio can be given", term=term
            )
    if np.linalg.matrix_rank(matrix / np.abs(matrix).max(axis=0)) < k:
        raise refusal(
            "the terms repeat one another in these periods: {terms}", terms=", ".join(terms)
        )
