"""Limits of counts, rate ratios, rate differences and future counts: arrays in, arrays out.

Counts are taken as outcomes of a Poisson process. A count of homicides is a census, not a sample:
its limits are those of the underlying rate that could have produced it.

All functions broadcast their arguments, return arrays (0-d for scalars), and give NaN where an
input is missing. Counts may be fractions, as when a longer total was split by days.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arguments import choice, confidence, counts, positive
from ..language import refusal
from .binomial_odds import at_least, exact_lower, mid_p_lower, minlike_p_value, more_than
from .poisson_tails import Limits as Limits
from .poisson_tails import (
    byar_limits,
    exact_limits,
    exact_prediction,
    mid_p_limits,
    negative_binomial_quantiles,
    poisson_quantiles,
    z_value,
)

Floats = NDArray[np.float64]

POISSON_METHODS = ("exact", "byar", "byar-half", "normal", "score", "mid-p", "phe")
RATIO_METHODS = ("exact", "mid-p", "log-normal")
P_VALUE_METHODS = ("mid-p", "exact-central", "exact-minlike", "e-test")
DIFFERENCE_METHODS = ("wald", "mover")
PREDICTION_METHODS = ("exact", "jeffreys", "normal", "plug-in")

PHE_SMALL_COUNT = 10
"""Counts below this have exact limits and others Byar's, by Public Health England's rule."""


def poisson_limits(
    count: ArrayLike, *, conf: float = 0.95, method: str = "exact", dispersion: ArrayLike = 1.0
) -> Limits:
    """Confidence limits for the mean of Poisson counts.

    ``count`` is deaths, any shape. ``method`` is one of

    - ``exact``: chi-square limits (Garwood 1936; Ulm 1990, Am J Epidemiol 131:373);
    - ``byar``: x below and x+1 above (Breslow & Day 1987, vol. II), as PHE/OHID do;
    - ``byar-half``: x+1/2 in both (Rothman & Boice 1979), as R's DescTools and epitools do;
    - ``normal``: x -+ z sqrt(x), clipped at 0;
    - ``score``: x + z^2/2 -+ z sqrt(x + z^2/4);
    - ``mid-p``: half of the observed count's probability in each tail (Berry & Armitage 1995);
    - ``phe``: exact below 10, Byar from 10 on.

    ``dispersion`` is the variance of the counts as a multiple of their mean. Its square root
    multiplies the half-widths, on the log scale (for ``normal`` on the natural one). A count of
    zero has no log: its upper limit is multiplied by the dispersion itself.

    Coverage (``docs/validation.md``): of 95 % limits ``normal`` hold the mean in 87 % of counts at
    a mean of 3 and 94 % at 30, ``byar-half`` in 92 % at 3; the others in 95 % or more. Where the
    counts vary twice as much as Poisson ones and are not told so, all hold it in 83 to 85 % at
    30 deaths or more.

    Raises ValueError for a negative or infinite count, ``conf`` outside 0..1, an unknown method
    or a dispersion that is not positive.

    >>> limits = poisson_limits([0, 10, 255])
    >>> limits.lower.round(3).tolist(), limits.upper.round(3).tolist()
    ([0.0, 4.795, 224.66], [3.689, 18.39, 288.296])
    """
    choice(method, POISSON_METHODS, "method")
    x, phi = counts(count, "count"), positive(dispersion, "dispersion")
    tail = _tail(conf)
    z = z_value(tail)
    if method == "normal":
        half = z * np.sqrt(phi * x)
        return Limits(np.maximum(x - half, 0.0), np.asarray(x + half))
    if method == "exact":
        limits = exact_limits(x, tail)
    elif method == "byar":
        limits = byar_limits(x, z, 0, 1)
    elif method == "byar-half":
        limits = byar_limits(x, z, 0.5, 0.5)
    elif method == "score":
        middle, half = x + z**2 / 2, z * np.sqrt(x + z**2 / 4)
        # x^2 / upper is the lower limit without the loss of digits.
        limits = Limits(np.asarray(x**2 / (middle + half)), np.asarray(middle + half))
    elif method == "mid-p":
        limits = mid_p_limits(x, tail)
    else:
        small, pairs = (
            x < PHE_SMALL_COUNT,
            zip(exact_limits(x, tail), byar_limits(x, z, 0, 1), strict=True),
        )
        limits = Limits(*(np.where(small, exact, byar) for exact, byar in pairs))
    return _widened(x, limits, phi)


def poisson_method_used(count: ArrayLike, *, method: str) -> NDArray[np.str_]:
    """Name the limits that ``poisson_limits`` computes for each count: ``phe`` is two methods.

    >>> poisson_method_used([9, 10], method="phe").tolist()
    ['exact', 'byar']
    """
    choice(method, POISSON_METHODS, "method")
    x = counts(count, "count")
    if method != "phe":
        return np.full(x.shape, method)
    return np.where(np.isnan(x), "phe", np.where(x < PHE_SMALL_COUNT, "exact", "byar"))


def ratio_limits(
    count1: ArrayLike,
    exposure1: ArrayLike,
    count0: ArrayLike,
    exposure0: ArrayLike,
    *,
    conf: float = 0.95,
    method: str = "exact",
) -> Limits:
    """Confidence limits for the ratio of two Poisson rates, count1/exposure1 to count0/exposure0.

    ``method`` is one of

    - ``exact``: Clopper-Pearson limits of count1 given count1+count0 (Przyborowski & Wilenski
      1940), as R's ``poisson.test``;
    - ``mid-p``: the same with half of the observed outcome's probability in each tail;
    - ``log-normal``: exp(log ratio -+ z sqrt(1/count1 + 1/count0)).

    Coverage (``docs/validation.md``): 95 % or more for Poisson counts; 84 to 87 % of 95 % limits
    where the counts vary twice as much, from means of 30 and 15 on.

    With ``exact`` and ``mid-p`` the lower limit is 0 when count1 is 0, the upper is infinite when
    count0 is 0, and both are NaN when both counts are 0. ``log-normal`` gives NaN for any zero.

    Raises ValueError for a negative count, an exposure that is not positive, or a wrong choice.

    >>> limits = ratio_limits(255, 31, 377, 31, method="log-normal")
    >>> float(limits.lower.round(3)), float(limits.upper.round(3))
    (0.577, 0.793)
    """
    choice(method, RATIO_METHODS, "method")
    a, t1, b, t0 = _two_rates(count1, exposure1, count0, exposure0)
    tail = _tail(conf)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        relative = t0 / t1
        if method == "log-normal":
            odds, half = a / b, z_value(tail) * np.sqrt(1 / a + 1 / b)
            missing = (a == 0) | (b == 0)
            lower, upper = odds * np.exp(-half), odds * np.exp(half)
        else:
            lower_odds = exact_lower if method == "exact" else mid_p_lower
            missing = (a == 0) & (b == 0)
            lower, upper = lower_odds(a, b, tail), 1 / lower_odds(b, a, tail)
        lower, upper = (np.where(missing, np.nan, limit * relative) for limit in (lower, upper))
    return Limits(lower, upper)


def median_unbiased_ratio(
    count1: ArrayLike, exposure1: ArrayLike, count0: ArrayLike, exposure0: ArrayLike
) -> Floats:
    """Rate ratio with equal mid-P tails on both sides: the data lie above it as likely as below.

    Rothman & Greenland, Modern Epidemiology (2nd ed.), as R's epitools ``rateratio``. NaN when
    either count is 0. Raises as ``ratio_limits``.

    >>> float(median_unbiased_ratio(41, 28010, 15, 19017).round(2))
    1.84
    """
    a, t1, b, t0 = _two_rates(count1, exposure1, count0, exposure0)
    odds = mid_p_lower(a, b, 0.5)
    return np.where((a > 0) & (b > 0), odds * (t0 / t1), np.nan)


def ratio_p_value(
    count1: ArrayLike,
    exposure1: ArrayLike,
    count0: ArrayLike,
    exposure0: ArrayLike,
    *,
    method: str,
) -> Floats:
    """Two-sided p-value for equal rates, by the binomial of count1 given count1+count0.

    ``method`` is ``mid-p`` (twice the smaller mid-P tail; agrees with the mid-P limits),
    ``exact-central`` (twice the smaller tail; agrees with the exact limits) or ``exact-minlike``
    (all outcomes no likelier than the observed, as R's ``poisson.test``; whole counts only), or
    ``e-test`` (Krishnamoorthy and Thomson 2004, J Stat Plan Inference 119:23-35: not given the sum,
    and more often right about small counts).
    It is 1 when both counts are 0. Raises as ``ratio_limits``.

    >>> float(ratio_p_value(41, 28010, 15, 19017, method="mid-p").round(4))
    0.0355
    """
    choice(method, P_VALUE_METHODS, "method")
    a, t1, b, t0 = _two_rates(count1, exposure1, count0, exposure0)
    if method == "e-test":
        return np.asarray(np.vectorize(_e_test, otypes=[float])(a, t1, b, t0))
    p, q = t1 / (t1 + t0), t0 / (t1 + t0)
    if method == "exact-minlike":
        if bool(np.any(np.mod(a, 1) > 0) or np.any(np.mod(b, 1) > 0)):
            raise refusal("exact-minlike needs whole counts; for fractions there is mid-p")
        return minlike_p_value(a, b, p, q)
    high, low = at_least(a, b, p), at_least(b, a, q)
    if method == "mid-p":
        high, low = (high + more_than(a, b, p)) / 2, (low + more_than(b, a, q)) / 2
    return np.asarray(np.minimum(1.0, 2 * np.minimum(high, low)))


def _e_test(a: float, t1: float, b: float, t0: float) -> float:
    if np.isnan(a + t1 + b + t0):
        return float("nan")
    if a + b == 0:
        return 1.0
    from statsmodels.stats.rates import test_poisson_2indep

    with np.errstate(divide="ignore", invalid="ignore"):  # one count may be 0
        return float(test_poisson_2indep(a, t1, b, t0, method="etest").pvalue)


def difference_limits(
    count1: ArrayLike,
    exposure1: ArrayLike,
    count0: ArrayLike,
    exposure0: ArrayLike,
    *,
    conf: float = 0.95,
    method: str = "wald",
) -> Limits:
    """Confidence limits for the difference of two Poisson rates, deaths per unit of exposure.

    The difference is count1/exposure1 - count0/exposure0. ``method`` is ``wald`` (normal,
    variance count1/exposure1^2 + count0/exposure0^2) or ``mover`` (recovered from the score
    limits of each rate, Zou & Donner 2008, Stat Med 27:1693; better for small counts).
    Raises as ``ratio_limits``. Coverage: 95 % ``wald`` limits hold the difference in 94 % of
    pairs at means of 6 and 3, and in 95 % from 30 and 15 on.

    >>> limits = difference_limits(41, 28010, 15, 19017)
    >>> float(limits.lower.round(7)), float(limits.upper.round(7))
    (7.49e-05, 0.0012751)
    """
    choice(method, DIFFERENCE_METHODS, "method")
    a, t1, b, t0 = _two_rates(count1, exposure1, count0, exposure0)
    difference = a / t1 - b / t0
    if method == "wald":
        down = up = z_value(_tail(conf)) * np.sqrt(a / t1**2 + b / t0**2)
    else:
        one, two = (poisson_limits(x, conf=conf, method="score") for x in (a, b))
        down = np.hypot((a - one.lower) / t1, (two.upper - b) / t0)
        up = np.hypot((one.upper - a) / t1, (b - two.lower) / t0)
    return Limits(np.asarray(difference - down), np.asarray(difference + up))


def prediction_limits(
    baseline_count: ArrayLike,
    baseline_exposure: ArrayLike,
    future_exposure: ArrayLike,
    *,
    conf: float = 0.95,
    method: str = "exact",
    dispersion: ArrayLike = 1.0,
) -> Limits:
    """Prediction limits for a future count at the rate of a baseline.

    Expected is baseline_count x future_exposure / baseline_exposure. ``method`` is one of

    - ``exact``: counts that the binomial of the baseline, given the sum of both, does not
      reject (Nelson 1982; Hahn & Meeker 1991; Krishnamoorthy & Peng 2011);
    - ``jeffreys``: negative binomial, the predictive distribution under Jeffreys' prior;
    - ``normal``: expected -+ z sqrt(expected (1 + future/baseline exposure)), not clipped;
    - ``plug-in``: Poisson about the expected count. It ignores the baseline's own error and is
      too narrow: of 95 % limits for 22 months, 79 % hold the count from 14 months of baseline
      and 86 % from 26. It is there to show by how much.

    ``dispersion`` (1 or more) is the variance of the counts as a multiple of their mean: for
    ``normal`` it multiplies the variance, for ``jeffreys`` the negative binomial gets that
    variance with the same mean. ``exact`` and ``plug-in`` have no overdispersed form.

    Raises ValueError for a negative count, an exposure that is not positive, a dispersion below
    1 or one that the method cannot use.

    >>> limits = prediction_limits(2014, 6, [1, 12])
    >>> limits.lower.tolist(), limits.upper.tolist()
    ([298.0, 3815.0], [375.0, 4248.0])
    """
    choice(method, PREDICTION_METHODS, "method")
    x, t, s, phi = np.broadcast_arrays(
        counts(baseline_count, "baseline_count"),
        positive(baseline_exposure, "baseline_exposure"),
        positive(future_exposure, "future_exposure"),
        positive(dispersion, "dispersion"),
    )
    _usable_dispersion(phi, method)
    tail, expected, relative = _tail(conf), x * (s / t), s / t
    spread = np.sqrt(phi * expected * (1 + relative))
    if method == "normal":
        half = z_value(tail) * spread
        return Limits(np.asarray(expected - half), np.asarray(expected + half))
    missing = np.isnan(expected)
    if method == "exact":
        limits = exact_prediction(x, t / (s + t), s / (s + t), tail, expected, spread)
    elif method == "plug-in":
        limits = poisson_quantiles(expected, expected, tail)
    else:
        limits = negative_binomial_quantiles((x + 0.5) * relative, phi * (1 + relative), tail)
    return Limits(*(np.where(missing, np.nan, limit) for limit in limits))


def tolerance_limits(
    count: ArrayLike,
    exposure: ArrayLike,
    future_exposure: ArrayLike,
    *,
    prob: float = 0.95,
    conf: float = 0.95,
    method: str = "exact",
) -> Limits:
    """Limits that hold a share ``prob`` of future counts, with confidence ``conf``.

    Poisson quantiles at the confidence limits of the mean (Hahn & Chandra 1981, J Qual Technol
    13:100), where ``method`` is one of ``poisson_limits``; wider than prediction limits, which
    hold one future count. Raises ValueError as ``prediction_limits``.

    >>> limits = tolerance_limits(15, 1, 1, method="score")
    >>> float(limits.lower), float(limits.upper)
    (4.0, 35.0)
    """
    mean = poisson_limits(count, conf=conf, method=method)
    relative = positive(future_exposure, "future_exposure") / positive(exposure, "exposure")
    return poisson_quantiles(mean.lower * relative, mean.upper * relative, _tail(prob))


def _widened(x: Floats, limits: Limits, phi: Floats) -> Limits:
    if bool(np.all(phi == 1)):
        return limits
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = (x * (limit / x) ** np.sqrt(phi) for limit in limits)
    return Limits(np.where(x == 0, 0.0, lower), np.where(x == 0, limits.upper * phi, upper))


def _usable_dispersion(phi: Floats, method: str) -> None:
    if bool(np.any(phi < 1)):
        raise refusal(
            "dispersion is {number}; for a prediction it must be 1 or more", number=f"{phi.min():g}"
        )
    if method in ("exact", "plug-in") and bool(np.any(phi > 1)):
        raise refusal(
            "method {method!r} has no form for dispersion {number}; there are jeffreys, normal",
            method=method,
            number=f"{phi.max():.3g}",
        )


def _tail(conf: float) -> float:
    return (1 - confidence(conf)) / 2


def _two_rates(
    count1: ArrayLike, exposure1: ArrayLike, count0: ArrayLike, exposure0: ArrayLike
) -> tuple[Floats, ...]:
    return np.broadcast_arrays(
        counts(count1, "count1"),
        positive(exposure1, "exposure1"),
        counts(count0, "count0"),
        positive(exposure0, "exposure0"),
    )
