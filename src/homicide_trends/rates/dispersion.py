"""Over-dispersion of counts: whether their variance exceeds the Poisson variance, and how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..language import refusal

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """Dispersion of counts about fitted means, and one-sided tests that it exceeds Poisson's.

    `phi` is Pearson's chi-square over its degrees of freedom. `nb1_alpha` and `nb2_alpha` are
    Cameron and Trivedi's, for variance (1 + alpha) mean and mean + alpha mean^2, with `z` and
    one-sided `p`. `variance_mean_ratio` and `index` (chi-square with n - 1 degrees of freedom)
    compare the counts with one common mean.
    """

    n: int
    df_resid: int
    pearson_chi2: float
    deviance: float
    phi: float
    nb1_alpha: float
    nb1_z: float
    nb1_p: float
    nb2_alpha: float
    nb2_z: float
    nb2_p: float
    variance_mean_ratio: float
    index: float
    index_p: float
    notes: tuple[str, ...]


def overdispersion(
    observed: npt.ArrayLike, mean: npt.ArrayLike | None = None, *, terms: int = 1
) -> Overdispersion:
    """Test counts for over-dispersion about the means of a Poisson fit with `terms` terms.

    `observed`: counts, one a period. `mean`: fitted means, same shape; None takes the mean
    count. Periods of unequal length need fitted means that allow for it. Errors: ValueError for
    counts that are negative or missing, means that are not positive, too few counts.

    Source: Cameron and Trivedi 1990, J Econometrics 46:347-364 (regression of
    ((y - m)^2 - y)/m on 1 or on m, its t taken as normal), as in R's AER::dispersiontest;
    variance-mean ratio: Fisher's index of dispersion. The latter is poor for means below 1.

    Bortkiewicz's 200 corps-years, 122 deaths by horse kick: variance and mean agree.

    >>> kicks = np.repeat([0, 1, 2, 3, 4], [109, 65, 22, 3, 1])
    >>> test = overdispersion(kicks)
    >>> print(round(test.variance_mean_ratio, 4), round(test.nb1_p, 3))
    1.0016 0.514
    """
    y = np.asarray(observed, dtype=float)
    if y.ndim != 1 or not (y >= 0).all():
        raise refusal("observed: give one row of counts, none missing and none negative")
    m = np.full(len(y), y.mean()) if mean is None else np.asarray(mean, dtype=float)
    if m.shape != y.shape:
        raise refusal(
            "{counts} counts and {means} means: give one mean a count", counts=len(y), means=m.size
        )
    if not (m > 0).all():
        raise refusal("mean: every fitted mean has to be above 0")
    df_resid = len(y) - terms
    if df_resid < 1 or len(y) < 2:
        raise refusal(
            "{counts} counts cannot be tested about {terms} fitted terms",
            counts=len(y),
            terms=terms,
        )
    from scipy.special import chdtrc, xlogy

    pearson = float(np.sum((y - m) ** 2 / m))
    nb1_alpha, nb1_z, nb1_p = _cameron_trivedi(y, m, np.ones(len(y)))
    nb2_alpha, nb2_z, nb2_p = _cameron_trivedi(y, m, m)
    index = float(np.sum((y - y.mean()) ** 2) / y.mean())
    low = y.mean() < 1
    return Overdispersion(
        n=len(y),
        df_resid=df_resid,
        pearson_chi2=pearson,
        deviance=float(2 * np.sum(xlogy(y, y / m) - (y - m))),
        phi=pearson / df_resid,
        nb1_alpha=nb1_alpha,
        nb1_z=nb1_z,
        nb1_p=nb1_p,
        nb2_alpha=nb2_alpha,
        nb2_z=nb2_z,
        nb2_p=nb2_p,
        variance_mean_ratio=index / (len(y) - 1),
        index=index,
        index_p=float(chdtrc(len(y) - 1, index)),
        notes=("The mean is below 1: the chi-square test is rough.",) if low else (),
    )


def _cameron_trivedi(y: Floats, m: Floats, regressor: Floats) -> tuple[float, float, float]:
    """Slope through the origin, its z, and the one-sided p."""
    from scipy.special import ndtr

    response = ((y - m) ** 2 - y) / m
    square = float(regressor @ regressor)
    slope = float(regressor @ response) / square
    residual = response - slope * regressor
    error = float(np.sqrt(residual @ residual / (len(y) - 1) / square))
    z = slope / error if error > 0 else float("nan")
    return slope, z, float(ndtr(-z))
