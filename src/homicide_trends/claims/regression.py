"""Many Poisson regressions with one or two regressors at once.

The grid asks for thousands of small fits. One call to a library for each would take most of the
time; here they are solved together by Newton's method, and a test compares them with
statsmodels. Dispersion is Pearson's chi-square over the degrees of freedom, at least 1.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Fits(NamedTuple):
    """Coefficients (fits, terms), their covariance (fits, terms, terms) with the dispersion."""

    coefficients: Floats
    covariance: Floats
    dispersion: Floats


def poisson_fits(
    deaths: Floats, exposure: Floats, regressors: Floats, used: npt.NDArray[np.bool_]
) -> Fits:
    """Log-linear Poisson fits: deaths, exposure and used are (fits, periods), regressors
    (fits, periods, terms) with the intercept as the first term.

    Periods that are not ``used`` have no weight. A fit that does not converge, or has no
    degrees of freedom left, is missing throughout.

    >>> t = np.arange(4.0)
    >>> x = np.stack([np.ones(4), t], axis=1)[None]
    >>> fits = poisson_fits(np.exp(2 + 0.5 * t)[None], np.ones((1, 4)), x, np.ones((1, 4), bool))
    >>> fits.coefficients.round(6).tolist()
    [[2.0, 0.5]]
    """
    weights = used.astype(float)
    y = np.where(used, deaths, 0.0)
    log_exposure = np.log(np.where(used, exposure, 1.0))
    x = np.where(used[..., None], regressors, 0.0)
    terms = x.shape[-1]
    beta = np.zeros((len(y), terms))
    with np.errstate(all="ignore"):
        beta[:, 0] = np.log(y.sum(1) / (np.exp(log_exposure) * weights).sum(1))
        for _ in range(25):
            mean = np.exp(np.clip(log_exposure + (x @ beta[..., None])[..., 0], -50, 50)) * weights
            step = _solve(_information(x, mean), np.einsum("fpt,fp->ft", x, y - mean))
            beta = beta + step
            if np.nanmax(np.abs(step), initial=0.0) < 1e-10:
                break
        mean = np.exp(np.clip(log_exposure + (x @ beta[..., None])[..., 0], -50, 50)) * weights
        spare = used.sum(1) - terms
        chi_square = np.sum(np.where(used, (y - mean) ** 2 / mean, 0.0), axis=1)
        dispersion = np.where(spare > 0, np.maximum(chi_square / spare, 1.0), np.nan)
    failed = ~np.isfinite(beta).all(1) | (spare <= 0) | (np.abs(step).max(1) > 1e-6)
    beta[failed] = np.nan
    dispersion[failed] = np.nan
    covariance = _inverse(_information(x, mean)) * dispersion[:, None, None]
    return Fits(beta, covariance, dispersion)


def _information(x: Floats, mean: Floats) -> Floats:
    return np.einsum("fpt,fp,fpu->ftu", x, mean, x)


def _solve(matrix: Floats, vector: Floats) -> Floats:
    return np.einsum("ftu,fu->ft", _inverse(matrix), vector)


def _inverse(matrix: Floats) -> Floats:
    """Inverse of each matrix; missing where there is none."""
    singular = np.asarray(~np.isfinite(matrix).all((1, 2)))
    safe = np.where(singular[:, None, None], np.eye(matrix.shape[-1]), matrix)
    singular = np.asarray(singular | (np.linalg.cond(safe) > 1e12))
    safe = np.where(singular[:, None, None], np.eye(matrix.shape[-1]), safe)
    return np.where(singular[:, None, None], np.nan, np.linalg.inv(safe))
