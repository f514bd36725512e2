"""Limits that hold for counts whose months scatter and come in spells.

The estimate is the usual one, the ratio of two rates or a Poisson regression. Its variance is
taken under a rate that varies about its level as a first-order autoregression, and averaged over
what the series itself leaves open about the size of that variation (the dispersion) and about how
long a spell lasts (the correlation of neighbouring months): so few periods cannot tell either.

Model: y ~ Poisson(m exp(x)), x normal with variance s2 and correlation rho^distance between
units of time. Residuals 2 (sqrt(y + 3/8) - sqrt(m + 3/8)) then have the covariance
I + s2 sqrt(m) R sqrt(m) (Anscombe 1948), and their restricted likelihood (Patterson and Thompson
1971), which allows for the fitted terms, weighs a grid of rho (flat from 0 to 1) and of
dispersion (flat in its logarithm from 1 on). A limit is a quantile of the mixture of normal
distributions that results.

Coverage of the 95 % limits, simulated by ``benchmarks/validation.py`` and kept in
``docs/validation.md``: about 92 to 100 %, on the wide side where the periods are few and in truth
independent. A rate that drifts without returning to a level is held less often (81 to 88 %).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arguments import confidence, counts, positive
from ..language import refusal

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

PERSISTENCES: Floats = np.r_[np.arange(9) / 10, 0.9, 0.94, 0.97, 0.99]
"""Correlations of neighbouring units of time: closer together where limits depend most on them."""

DISPERSIONS = 30
"""Nodes of the dispersion."""

FEWEST_LEFT = 4
"""Periods beyond the number of terms that tell of dispersion and correlation at the least."""

SMALLEST_FIT = 1e-7
"""Mean deaths of a period at and below which a model's terms stand for no deaths at all."""

SMALLEST_MEAN = 0.3
"""Means are held to be at least this where the scatter is told: below it residuals say nothing."""

CELLS = 16_384
"""Nodes of all series that are worked through at a time: what stays in a processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelLimits:
    """Rate ratios of a model's terms and the deaths expected without some, each with limits.

    Arrays over the series given; ``ratio`` and its limits have a last axis over the terms. The
    limits of ``expected`` are those of the count that would have been seen. ``persistence`` (mean
    correlation of neighbouring units) and ``dispersion`` (median) are what the series makes likely.
    ``held`` (where other half-widths were given to compare) is the chance that limits so wide hold
    the true ratio, an axis over them before that over the terms.
    """

    ratio: Floats
    ratio_lower: Floats
    ratio_upper: Floats
    observed: Floats
    expected: Floats
    expected_lower: Floats
    expected_upper: Floats
    persistence: Floats
    dispersion: Floats
    held: Floats

    @property
    def averted(self) -> Floats:
        """Expected less observed deaths."""
        return self.expected - self.observed

    @property
    def averted_lower(self) -> Floats:
        """Lower limit of the averted deaths."""
        return self.expected_lower - self.observed

    @property
    def averted_upper(self) -> Floats:
        """Upper limit of the averted deaths."""
        return self.expected_upper - self.observed


def step_limits(
    counted: npt.ArrayLike,
    exposure: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    used: npt.ArrayLike = True,
    first: npt.ArrayLike | None = None,
    length: npt.ArrayLike = 1,
    trend: bool = False,
    season: int = 0,
    conf: float = 0.95,
) -> ModelLimits:
    """Ratio of the rate after to the rate before, and the deaths expected without the step.

    The last axis of `counted` (deaths), `exposure` and `after` (true from the step on) runs over
    the periods; axes before it are separate series or specifications, and broadcast. `used` is
    false for periods of neither side; a missing count (NaN) is not used either, and its period
    stays out of `expected`. `first` is the unit of time (a month, say) with which a period begins
    and `length` how many units its count covers, so that gaps and totals of several months keep
    their place; without them every period is one unit. `trend` adds one log-linear trend before
    and after, `season` pairs of yearly harmonics (units are months, 12 a year).

    The last axis of `ratio` has one entry, the step. Without deaths after the step the ratio is 0,
    its lower limit 0, its upper limit the ratio at which no death at all has the chance (1-conf)/2;
    with a trend or a season that is missing (NaN). Everything is missing where the baseline has no
    deaths, and where the periods are fewer than the terms and 4 more. Errors: ValueError for
    negative counts, exposure that is not positive, periods that are not in order.

    >>> months = np.array([30, 25, 37, 28, 33, 31, 27, 35, 29, 34, 26, 32] * 2)
    >>> found = step_limits(months, np.ones(24), np.arange(24) >= 12)
    >>> print(found.ratio.round(2), found.averted_lower < 0 < found.averted_upper)
    [1.] True
    >>> many = step_limits(months, np.ones(24), np.arange(24) >= 12,  # a chart that grows
    ...     used=np.arange(24) <= np.arange(14, 24)[:, None])
    >>> many.expected.shape
    (10,)
    """
    y, size, step, use = np.broadcast_arrays(
        counts(counted, "counts"),
        positive(exposure, "exposure"),
        np.asarray(after, dtype=bool),
        np.asarray(used, dtype=bool),
    )
    n = y.shape[-1]
    begins, spans = _time(n, first, length)
    columns = [np.ones(n)]
    if trend:
        columns.append(begins + (spans - 1) / 2)
    for pair in range(1, season + 1):
        angles = np.pi / 6 * pair * (begins[:, None] + np.arange(spans.max()))
        inside = np.arange(spans.max()) < spans[:, None]
        columns += [np.average(wave, 1, inside) for wave in (np.sin(angles), np.cos(angles))]
    common = np.broadcast_to(np.column_stack(columns), (*y.shape, len(columns)))
    common = common - np.r_[0.0, common.reshape(-1, len(columns))[:n, 1:].mean(0)]
    design = np.concatenate([common, step[..., None].astype(float)], axis=-1)
    without = design * ([1.0] * len(columns) + [0.0])
    level = confidence(conf)
    found = _batched(y, size, design, without, use, step & use, begins, spans, level)
    none = np.where(step & use, np.nan_to_num(y), 0).sum(-1) == 0
    if none.any():
        # The periods before are all that tells of the rate; what follows them is a forecast.
        alone = _batched(
            y[none],
            size[none],
            common[none],
            common[none],
            (use & ~step)[none],
            (use & step)[none],
            begins,
            spans,
            level,
        )
        for at in range(3, 9):
            found[at][none] = alone[at]
        bounds = 0.0, 0.0, alone[10] if len(columns) == 1 else np.nan
        for at, bound in enumerate(bounds):
            found[at][none, -1] = np.where(np.isnan(alone[4]), np.nan, bound)
    return ModelLimits(*(array[..., -1:] for array in found[:3]), *found[3:10])


def level_limits(
    counted: npt.ArrayLike,
    exposure: npt.ArrayLike,
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    first: npt.ArrayLike | None = None,
    length: npt.ArrayLike = 1,
    conf: float = 0.95,
) -> ModelLimits:
    """The same for periods too few to tell their own scatter: that of the whole series tells it.

    `before` and `after` are the shares, 0 to 1, of each period's count that belong to either side;
    one period may give a share to both. Dispersion and correlation are those of all periods about
    one level, each counted once, so that every change on file counts as one that chance can
    bring. The other arguments as in `step_limits`.

    >>> years = [61, 55, 48, 52, 60, 66, 58, 30]
    >>> last, one = np.arange(8) >= 7, np.arange(8) == 6
    >>> found = level_limits(years, np.full(8, 1.0), one, last)
    >>> print(found.ratio.round(2), found.ratio_lower[0] < 0.35, found.ratio_upper[0] > 0.75)
    [0.52] True True
    """
    y, size, *sides = np.broadcast_arrays(
        counts(counted, "counts"),
        positive(exposure, "exposure"),
        np.asarray(before, dtype=float),
        np.asarray(after, dtype=float),
    )
    shape, n, level = y.shape[:-1], y.shape[-1], confidence(conf)
    y, size = y.reshape(-1, n), size.reshape(-1, n)
    known, y = ~np.isnan(y), np.nan_to_num(y)
    spans = _spans(*_time(n, first, length))
    x = known[..., None].astype(float)
    _estimate, mean, spread = _regression(y, size, x, known)
    noise = _noise(y, mean, x, spread, spans)
    shares = [np.where(known, side.reshape(-1, n), 0.0) for side in sides]
    lived = [share * size for share in shares]
    observed = [(share * y).sum(1) for share in shares]
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = [at / at.sum(1, keepdims=True) for at in lived]
        expected = np.where(observed[0] > 0, observed[0], np.nan) * (
            lived[1].sum(1) / lived[0].sum(1)
        )
        ratio = observed[1] / expected
        poisson = 1 / observed[0] + np.stack([1 / observed[1], 1 / expected])
    contrast = np.repeat((weights[1] - weights[0])[:, None], 2, axis=1)
    none = (observed[1] == 0) & ~np.isnan(expected)
    sd = noise.deviation(contrast, np.where(np.isfinite(poisson), poisson, np.nan).T, spans)
    sd[known.sum(1) < 1 + FEWEST_LEFT] = np.nan
    half = _half_width(noise.weight, sd, level)
    bound = _without_deaths(noise.weight, sd[:, 1], expected, none, level)
    with np.errstate(over="ignore"):
        lower = np.where(none, 0.0, ratio * np.exp(-half[:, 0]))
        upper = np.where(none, bound, ratio * np.exp(half[:, 0]))
        held = expected * np.exp(-half[:, 1]), expected * np.exp(half[:, 1])
    return ModelLimits(
        ratio.reshape(*shape, 1),
        lower.reshape(*shape, 1),
        upper.reshape(*shape, 1),
        observed[1].reshape(shape),
        expected.reshape(shape),
        held[0].reshape(shape),
        held[1].reshape(shape),
        noise.persistence.reshape(shape),
        noise.dispersion.reshape(shape),
        np.zeros((*shape, 0, 1)),
    )


def model_limits(
    counted: npt.ArrayLike,
    exposure: npt.ArrayLike,
    design: npt.ArrayLike,
    without: npt.ArrayLike,
    *,
    used: npt.ArrayLike = True,
    window: npt.ArrayLike = True,
    first: npt.ArrayLike | None = None,
    length: npt.ArrayLike = 1,
    compare: npt.ArrayLike | None = None,
    conf: float = 0.95,
) -> ModelLimits:
    """The same for a Poisson regression with any terms: several steps, slopes, seasons.

    `design` has the regressors (a last axis over the terms, the first a constant), `without` the
    same had what is to be taken away not happened, `window` the periods whose deaths are expected.
    `compare` has half-widths of other limits of the log ratios (a row a kind, a column a term).
    The other arguments and errors are those of `step_limits`. Terms that one period alone or no
    death supports give missing results.

    >>> after = np.arange(24) >= 12
    >>> design = np.column_stack([np.ones(24), after])
    >>> found = model_limits([40, 44] * 6 + [20, 22] * 6, np.ones(24), design, design * [1, 0],
    ...     window=after)
    >>> found.ratio.round(2).tolist(), round(float(found.averted), 6)
    ([42.0, 0.5], 252.0)
    """
    y, size, use, inside = np.broadcast_arrays(
        counts(counted, "counts"),
        positive(exposure, "exposure"),
        np.asarray(used, dtype=bool),
        np.asarray(window, dtype=bool),
    )
    x, gone = (np.asarray(terms, dtype=float) for terms in (design, without))
    x, gone = (np.broadcast_to(terms, (*y.shape, terms.shape[-1])) for terms in (x, gone))
    begins, spans = _time(y.shape[-1], first, length)
    other = None if compare is None else np.atleast_2d(np.asarray(compare, dtype=float))
    found = _batched(y, size, x, gone, use, inside, begins, spans, confidence(conf), other)
    return ModelLimits(*found[:10])


def _batched(
    y: Floats,
    size: Floats,
    design: Floats,
    without: Floats,
    use: Flags,
    inside: Flags,
    begins: Whole,
    length: Whole,
    conf: float,
    compare: Floats | None = None,
) -> list[Floats]:
    """`_limits` of series of any shape, as many at a time as a processor's cache holds."""
    shape, n = y.shape[:-1], y.shape[-1]
    spans = _spans(begins, length)
    chunk = max(1, CELLS // (len(PERSISTENCES) * DISPERSIONS))
    parts = []
    for at in range(0, y.size // n, chunk):
        some = slice(at, at + chunk)
        parts.append(
            _limits(
                y.reshape(-1, n)[some],
                size.reshape(-1, n)[some],
                use.reshape(-1, n)[some],
                inside.reshape(-1, n)[some],
                design.reshape(-1, n, design.shape[-1])[some],
                without.reshape(-1, n, design.shape[-1])[some],
                spans,
                conf,
                compare,
            )
        )
    joined = (np.concatenate(values) for values in zip(*parts, strict=True))
    return [array.reshape(shape + array.shape[1:]) for array in joined]


def _limits(
    y: Floats,
    size: Floats,
    use: Flags,
    inside: Flags,
    design: Floats,
    without: Floats,
    spans: _Spans,
    conf: float,
    compare: Floats | None,
) -> tuple[Floats, ...]:
    """What ModelLimits holds, and the ratio up to which a window without deaths may be chance."""
    use, inside = use & ~np.isnan(y), inside & ~np.isnan(y)
    y = np.nan_to_num(y)
    x = np.where(use[..., None], design, 0.0)
    estimate, mean, spread = _regression(y, size, x, use)
    noise = _noise(np.where(use, y, 0.0), mean, x, spread, spans)
    # The estimate is linear in the deviations of the log rates, and so is a total.
    each = np.einsum("snp,spq->sqn", x * mean[..., None], spread)
    sd = noise.deviation(each, np.einsum("spp->sp", spread), spans)
    half = _half_width(noise.weight, sd, conf)
    held = [_share_within(noise.weight, sd, h) for h in (() if compare is None else compare)]
    ratio = np.exp(estimate)

    gone = np.where(inside, size * np.exp(np.einsum("snp,sp->sn", without, estimate)), 0.0)
    expected = gone.sum(1)
    expected[expected == 0] = np.nan
    gradient = np.einsum("snp,sn->sp", without, gone) / expected[:, None]
    future = gone / expected[:, None] - np.einsum("sqn,sq->sn", each, gradient)
    poisson = 1 / expected + np.einsum("sp,spq,sq->s", gradient, spread, gradient)
    sd = noise.deviation(future[:, None], poisson[:, None], spans)
    total = _half_width(noise.weight, sd, conf)[:, 0]
    observed = np.where(inside, y, 0.0).sum(1)
    with np.errstate(over="ignore"):  # a limit may lie at infinity
        return (
            ratio,
            ratio * np.exp(-half),
            ratio * np.exp(half),
            observed,
            expected,
            expected * np.exp(-total),
            expected * np.exp(total),
            noise.persistence,
            noise.dispersion,
            np.stack(held, axis=1) if held else np.zeros((len(y), 0, x.shape[2])),
            _without_deaths(noise.weight, sd[:, 0], expected, observed == 0, conf),
        )


def _regression(y: Floats, size: Floats, x: Floats, use: Flags) -> tuple[Floats, Floats, Floats]:
    """Poisson regression of every series: estimates, means, inverse information; NaN if none."""
    fitted = use.sum(1) >= x.shape[2] + FEWEST_LEFT
    # Periods of a term that have no deaths make its ratio 0 and its logarithm no number.
    fitted &= (np.einsum("snp,sn->sp", np.abs(x), y) > 0).all(1)
    scaled = x / np.maximum(np.abs(x).max(1, keepdims=True), 1e-300)
    fitted &= np.linalg.matrix_rank(scaled) == x.shape[2]
    mean = np.where(use, y + 0.5, 0.0)
    linear = np.where(use, np.log(np.where(use, y + 0.5, 1.0) / size), 0.0)
    estimate = np.zeros((len(y), x.shape[2]))
    for _round in range(60):
        information = np.einsum("snp,sn,snq->spq", x, mean, x)
        information[~fitted] = np.eye(x.shape[2])
        spread = np.linalg.inv(information)
        before = estimate
        right = mean * linear + np.where(use, y - mean, 0.0)
        estimate = np.einsum("spq,snq,sn->sp", spread, x, right)
        estimate[~fitted] = 0.0
        linear = np.einsum("snp,sp->sn", x, estimate)
        # A rate that falls to 0 has no logarithm; it stops here and is missing below.
        mean = np.where(use, np.maximum(size * np.exp(linear), SMALLEST_FIT), 0.0)
        if np.abs(estimate - before)[fitted].max(initial=0.0) < 1e-10:
            break
    fitted &= np.where(use, mean, np.inf).min(1) > 1.01 * SMALLEST_FIT
    estimate[~fitted] = np.nan
    return estimate, mean, spread


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """How a period's mean deviation follows from the deviation at the end of the one before.

    Rows are periods, columns the nodes of rho. With x of variance 1 at every unit of time: the
    mean over a period is `lead` times the last x before it, plus a part of variance `own`; its
    last x is `carry` times that, plus a part whose covariance with the mean is `cross`. `mean`
    is the variance of a period's mean, `reach` its covariance with its last x.
    """

    lead: Floats
    carry: Floats
    own: Floats
    cross: Floats
    mean: Floats
    reach: Floats
    units: Floats


def _time(n: int, first: npt.ArrayLike | None, length: npt.ArrayLike) -> tuple[Whole, Whole]:
    """First unit and number of units of each period."""
    spans = np.broadcast_to(np.asarray(length, dtype=np.int64), (n,))
    begins = np.cumsum(spans) - spans if first is None else np.asarray(first, dtype=np.int64)
    if begins.shape != (n,) or (np.diff(begins) < 0).any() or (spans < 1).any():
        raise refusal("the periods are not in the order of time, each of one unit or more")
    return begins - begins[0], spans


def _spans(begins: Whole, length: Whole) -> _Spans:
    rho = PERSISTENCES
    gap = np.maximum(begins - np.r_[begins[0], (begins + length - 1)[:-1]], 0)
    columns = []
    for distance, units in zip(gap, length, strict=True):
        powers = rho ** np.arange(units)[:, None]
        lead = rho**distance * powers.mean(0)
        carry = rho ** (distance + units - 1)
        reach = powers.mean(0)
        inner = (1 + 2 * ((1 - np.arange(units)[1:, None] / units) * powers[1:]).sum(0)) / units
        columns.append((lead, carry, inner - lead**2, reach - lead * carry, inner, reach))
    lead, carry, own, cross, mean, reach = np.moveaxis(np.array(columns), 1, 0)
    return _Spans(lead, carry, own, cross, mean, reach, length.astype(float))


@dataclass(frozen=True, slots=True, eq=False)
class _Noise:
    """Weights of the nodes (series, rho, dispersion), and s2 at each (series, dispersion)."""

    weight: Floats
    s2: Floats
    persistence: Floats
    dispersion: Floats

    def deviation(self, contrast: Floats, poisson: Floats, spans: _Spans) -> Floats:
        """Standard deviation at every node of sums of log rates: (series, sums, rho, dispersion).

        `contrast` (series, sums, periods) has their coefficients, `poisson` (series, sums) their
        variance were deaths independent.
        """
        before = np.zeros((*contrast.shape[:2], len(PERSISTENCES)))
        square = np.zeros_like(before)
        for at in range(contrast.shape[2]):
            a = contrast[:, :, at, None]
            square += a * (a * spans.mean[at] + 2 * spans.lead[at] * before)
            before = spans.carry[at] * before + a * spans.reach[at]
        variance = poisson[..., None, None] + square[..., None] * self.s2[:, None, None]
        return np.asarray(np.sqrt(variance))


def _noise(y: Floats, mean: Floats, x: Floats, spread: Floats, spans: _Spans) -> _Noise:
    """What the residuals of a fit say of dispersion and correlation."""
    rho = PERSISTENCES
    # Each node stands for the correlations that lie nearest to it, of a flat distribution.
    share = np.diff(np.r_[0, (rho[1:] + rho[:-1]) / 2, 1])
    used = mean > 0
    m = np.where(used, np.maximum(mean, SMALLEST_MEAN), 0.0)
    unit = m.sum(1) / (used * spans.units).sum(1)
    residual = np.where(used, 2 * (np.sqrt(y + 0.375) - np.sqrt(m + 0.375)), 0.0)
    columns = np.concatenate([x * np.sqrt(m)[..., None], residual[..., None]], axis=2)
    terms = x.shape[2]
    inner = np.einsum("snp,snq->spq", columns, columns)
    left = inner[:, terms, terms] - np.einsum(
        "sp,spq,sq->s", inner[:, terms, :terms], spread, inner[:, terms, :terms]
    )
    most = np.log(20 + 60 * np.maximum(left, 0) / (used.sum(1) - terms))
    kappa = np.expm1(np.linspace(0, 1, DISPERSIONS) * most[:, None])  # (series, dispersion)
    log_likelihood = _restricted(columns, m / unit[:, None], kappa, spans)
    log_weight = np.log(share)[:, None] + log_likelihood
    weight = np.exp(log_weight - log_weight.max((1, 2), keepdims=True))
    weight /= weight.sum((1, 2), keepdims=True)
    middle = (np.cumsum(weight.sum(1), 1) < 0.5).sum(1)
    return _Noise(
        weight,
        kappa / unit[:, None],
        weight.sum(2) @ rho,
        1 + np.take_along_axis(kappa, middle[:, None], 1)[:, 0],
    )


def _restricted(columns: Floats, relative: Floats, kappa: Floats, spans: _Spans) -> Floats:
    """Restricted log-likelihood of the last column given the others, at every node.

    By the Kalman filter, whose state is the deviation at the end of a period: one pass over the
    periods serves all series and nodes. Arrays are (series, rho, dispersion).
    """
    series, n, count = columns.shape
    nodes = (series, len(PERSISTENCES), kappa.shape[1])
    variance = np.ones(nodes)  # of the deviation, given the periods before
    state = np.zeros((count, *nodes))  # its mean, filtered from each column
    logs = np.zeros(nodes)
    inner = np.zeros((count, count, *nodes))
    begun = np.logical_or.accumulate((columns != 0).any(0), axis=0)
    for at in range(n):
        lead, carry, own, cross = (
            getattr(spans, name)[at][:, None] for name in ("lead", "carry", "own", "cross")
        )
        signal = (kappa * relative[:, at, None])[:, None]
        root = np.sqrt(signal)
        gain = variance * (carry * lead) + cross
        weight = 1 / (1 + signal * (lead**2 * variance + own))
        logs -= np.log(weight)
        variance *= carry**2
        variance += 1 - carry**2
        variance -= signal * (gain * gain * weight)
        gain *= root * weight
        ahead = root * lead
        errors: dict[int, Floats] = {}
        for one in np.flatnonzero(begun[at]).tolist():  # a step is nothing before its date
            error = columns[:, at, one, None, None] - ahead * state[one]
            state[one] *= carry
            state[one] += gain * error
            scaled = error * weight
            errors[one] = error
            for other, earlier in errors.items():
                inner[one, other] += scaled * earlier
    return -0.5 * (logs + _eliminated(inner))


def _eliminated(inner: Floats) -> Floats:
    """Log determinant of the terms' block, and what of the last square they leave (Cholesky)."""
    count = len(inner)
    logs = np.zeros(inner.shape[2:])
    for one in range(count - 1):
        pivot = np.maximum(inner[one, one], 1e-300)
        logs += np.log(pivot)
        for row in range(one + 1, count):
            factor = inner[row, one] / pivot
            for column in range(one + 1, row + 1):
                inner[row, column] -= factor * inner[column, one]
    return np.asarray(logs + inner[-1, -1])


def _half_width(weight: Floats, sd: Floats, conf: float) -> Floats:
    """Quantile (1 + conf)/2 of mixtures of N(0, sd^2): (series, sums)."""
    from scipy.special import ndtr, ndtri

    w = weight.reshape(len(weight), 1, -1)
    s = sd.reshape(*sd.shape[:2], -1)
    # Newton's steps: the share within is concave in the half-width, so none after the first passes
    # the quantile.
    half = ndtri((1 + conf) / 2) * np.sqrt((w * s**2).sum(2))
    for _round in range(60):
        scaled = half[..., None] / s
        excess = (w * ndtr(scaled)).sum(2) - (1 + conf) / 2
        slope = (w / s * np.exp(-0.5 * scaled**2)).sum(2) / np.sqrt(2 * np.pi)
        half = np.maximum(half - excess / slope, 0)
        if not (np.abs(excess) > 1e-10).any():
            break
    return half


def _share_within(weight: Floats, sd: Floats, half: Floats) -> Floats:
    """How much of mixtures of N(0, sd^2) lies within so much of 0: (series, sums)."""
    from scipy.special import ndtr

    return np.asarray((weight[:, None] * (2 * ndtr(half[:, None, None] / sd) - 1)).sum((2, 3)))


def _without_deaths(
    weight: Floats, sd: Floats, expected: Floats, none: Flags, conf: float
) -> Floats:
    """Ratio to the expected deaths at which no death has the chance (1 - conf)/2; NaN if any died.

    Deaths are Poisson about a log-normal mean, whose spread is that of the expected total.
    """
    bound = np.full(len(none), np.nan)
    z, z_weight = np.polynomial.hermite_e.hermegauss(20)
    for at in np.flatnonzero(none & ~np.isnan(expected)):
        means = expected[at] * np.exp(sd[at].ravel()[:, None] * z)
        chances = weight[at].ravel()[:, None] * z_weight / z_weight.sum()
        low, high = -30.0, 30.0
        for _round in range(60):
            middle = (low + high) / 2
            chance = (chances * np.exp(-np.exp(middle) * means)).sum()
            low, high = (middle, high) if chance > (1 - conf) / 2 else (low, middle)
        bound[at] = np.exp(high)
    return bound
