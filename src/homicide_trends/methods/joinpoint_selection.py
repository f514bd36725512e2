"""The search behind joinpoint regression: every placement on observed years, and how many to keep.

Arrays in, arrays out; `methods.joinpoints` is the door for tables. Everything here works on
responses scaled by the square root of their weights, so that least squares need no weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import comb, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..language import refusal

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]

# Placements, and numbers of a block of responses, that are worked on at a time: a cache's worth.
_PLACEMENTS = 4096
_BLOCK = 2**16
# A permutation test over more placements than this takes hours, not minutes.
_MOST_PLACEMENTS = 5_000_000


@dataclass(frozen=True, slots=True)
class Grid:
    """The years of a series, and a hinge at each year where a joinpoint may lie.

    `line` is an orthonormal basis of the straight lines, `hinges` (a column a year, zero up to that
    year and rising by one a year after it) is orthogonal to it, `gram` is `hinges.T @ hinges`.
    """

    years: Floats
    root_weights: Floats
    min_to_end: int
    min_between: int
    line: Floats
    hinges: Floats
    gram: Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """The continuous broken line with `k` joinpoints that has the smallest sum of squares.

    `profile[j, i]` is the smallest sum of squares with the j-th joinpoint held at year i.
    """

    positions: tuple[int, ...]
    slopes: Floats
    fitted: Floats
    sse: float
    profile: Floats


def grid(years: Floats, weights: Floats, *, min_to_end: int, min_between: int) -> Grid:
    """Return the grid of a series whose years increase strictly."""
    root = np.sqrt(weights)
    span = years - years[0]
    line, _upper = np.linalg.qr(np.column_stack([root, root * span]))
    hinges = root[:, None] * np.maximum(span[:, None] - span[None, :], 0.0)
    hinges -= line @ (line.T @ hinges)
    return Grid(years, root, min_to_end, min_between, line, hinges, hinges.T @ hinges)


def count_placements(on: Grid, k: int) -> int:
    """Return in how many ways k joinpoints can be placed."""
    free = len(on.years) - 2 * on.min_to_end - (k - 1) * on.min_between if k else 1
    return comb(max(free, 0), k)


def placements(on: Grid, k: int) -> Iterator[Indexes]:
    """Yield every placement of k joinpoints, a block of rows of year indexes at a time."""
    # Closing the required gaps turns spaced placements into plain combinations.
    free = len(on.years) - 2 * on.min_to_end - (k - 1) * on.min_between
    ways = combinations(range(max(free, 0)), k)
    opened = on.min_to_end + on.min_between * np.arange(k)
    while block := list(islice(ways, _PLACEMENTS)):
        flat = np.fromiter(chain.from_iterable(block), dtype=np.int64, count=k * len(block))
        yield flat.reshape(-1, k) + opened


def _whitening(on: Grid, block: Indexes) -> Floats:
    """Return the matrices that make the chosen hinges of each placement orthonormal."""
    chosen = on.gram[block[:, :, None], block[:, None, :]]
    whitening: Floats = np.linalg.inv(np.linalg.cholesky(chosen))
    return whitening


def _off_the_line(on: Grid, scaled: Floats) -> Floats:
    residual: Floats = scaled - on.line @ (on.line.T @ scaled)
    return residual


def fit(on: Grid, response: Floats, k: int) -> Fit:
    """Return the least-squares fit with k joinpoints, by search over every placement."""
    scaled = on.root_weights * response
    residual = _off_the_line(on, scaled)
    total = float(residual @ residual)
    along = on.hinges.T @ residual
    profile = np.full((k, len(on.years)), np.inf)
    best: tuple[int, ...] = ()
    smallest = np.inf
    for block in placements(on, k) if k else ():
        parts = np.einsum("cij,cj->ci", _whitening(on, block), along[block])
        sse = total - np.einsum("ci,ci->c", parts, parts)
        first = int(np.argmin(sse))
        if sse[first] < smallest:
            best, smallest = tuple(int(i) for i in block[first]), float(sse[first])
        for j in range(k):
            np.minimum.at(profile[j], block[:, j], sse)
    return _exact(on, response, best, profile)


def _exact(on: Grid, response: Floats, positions: tuple[int, ...], profile: Floats) -> Fit:
    """Return the fit at given joinpoints from a fresh least squares, free of cancellation."""
    span = on.years - on.years[0]
    hinges = np.maximum(span[:, None] - span[list(positions)], 0.0)
    design = np.column_stack([np.ones_like(span), span, hinges])
    weighted = on.root_weights[:, None] * design
    coefficients = np.linalg.lstsq(weighted, on.root_weights * response, rcond=None)[0]
    fitted = design @ coefficients
    missed = on.root_weights * (response - fitted)
    sse = float(missed @ missed)
    # What rounding leaves of a perfect fit is not error that could be permuted.
    if sse <= 1e-24 * float(np.sum((on.root_weights * response) ** 2)):
        sse = 0.0
    return Fit(positions, np.cumsum(coefficients[1:]), fitted, sse, profile)


def smallest_sums(on: Grid, scaled: Floats, k: int) -> Floats:
    """Return, for each column of scaled responses, the smallest sum of squares over placements."""
    residual = _off_the_line(on, scaled)
    total: Floats = np.einsum("nb,nb->b", residual, residual)
    if k == 0:
        return total
    inside = slice(on.min_to_end, len(on.years) - on.min_to_end)
    along = on.hinges.T[inside] @ residual
    gram = on.gram[inside, inside]
    width = max(_BLOCK // len(gram), 1)
    explained = [
        _most_explained(gram, along[:, start : start + width], k, 1 + on.min_between)
        for start in range(0, len(total), width)
    ]
    total -= np.concatenate(explained)
    return total.clip(min=0.0)


def _most_explained(gram: Floats, along: Floats, k: int, step: int) -> Floats:
    """Return the largest sum of squares that k hinges, `step` years apart or more, can explain.

    Taking the first hinge out of the later ones leaves the same problem with one hinge fewer, so
    every placement shares the work of its earlier joinpoints.
    """
    own = np.diag(gram)
    if k == 1:
        largest: Floats = (along**2 / own[:, None]).max(axis=0)
        return largest
    best = np.zeros(along.shape[1])
    for first in range(len(gram) - (k - 1) * step):
        later = slice(first + step, None)
        share = gram[later, first] / own[first]
        left = gram[later, later] - np.outer(share, gram[first, later])
        rest = _most_explained(left, along[later] - np.outer(share, along[first]), k - 1, step)
        np.maximum(best, rest + along[first] ** 2 / own[first], out=best)
    return best


def permutation_test(
    on: Grid, response: Floats, null: Fit, alternative: Fit, *, permutations: int, seed: int
) -> tuple[float, float]:
    """Return (T, p) of fewer joinpoints against more, T = (SSE0 - SSE1) / SSE1.

    The scaled residuals of the null fit are permuted and both numbers of joinpoints searched anew;
    p = (1 + number of T* >= T) / (permutations + 1) (Kim et al. 2000, Stat Med 19:335-351).
    """
    k0, k1 = len(null.positions), len(alternative.positions)
    if null.sse == 0.0:
        return 0.0, 1.0
    if (ways := count_placements(on, k1)) > _MOST_PLACEMENTS:
        raise refusal(
            "{ways} placements of {k1} joinpoints on {years} years are too many for a "
            "permutation test; choose max_joinpoints below {k1} or selection='bic'",
            ways=f"{ways:,}",
            k1=k1,
            years=len(on.years),
        )
    if alternative.sse == 0.0:
        return np.inf, 1 / (permutations + 1)
    statistic = (null.sse - alternative.sse) / alternative.sse
    residual = on.root_weights * (response - null.fitted)
    random = np.random.default_rng([seed, k0, k1])
    shuffled = random.permuted(np.tile(residual, (permutations, 1)), axis=1).T
    scaled = (on.root_weights * null.fitted)[:, None] + shuffled
    sse0, sse1 = smallest_sums(on, scaled, k0), smallest_sums(on, scaled, k1)
    # T* >= T, multiplied out: no division by a sum that may be zero, no tie lost to rounding.
    reached = np.count_nonzero(sse0 >= sse1 * (1 + statistic) * (1 - 1e-12))
    return statistic, (1 + int(reached)) / (permutations + 1)


def select_by_permutation(
    on: Grid,
    response: Floats,
    fits: Mapping[int, Fit],
    *,
    permutations: int,
    alpha: float,
    seed: int,
) -> list[dict[str, Any]]:
    """Return the sequence of tests, a row each; the last row's `decision` is the number selected.

    Each test compares the fewest joinpoints still possible with the most, at the level
    alpha / (max_joinpoints - k0); rejection raises the fewest by one, otherwise the most falls.
    """
    k0, k1 = 0, max(fits)
    rows: list[dict[str, Any]] = []
    while k0 < k1:
        level = alpha / (max(fits) - k0)
        statistic, p = permutation_test(
            on, response, fits[k0], fits[k1], permutations=permutations, seed=seed
        )
        rejected = p <= level
        row = {"k0": k0, "k1": k1, "statistic": statistic, "p_value": p, "level": level}
        rows.append(row | {"decision": k1 if rejected else k0})
        k0, k1 = (k0 + 1, k1) if rejected else (k0, k1 - 1)
    return rows


def information(sse: float, n: int, parameters: float) -> float:
    """Return ln(SSE/n) + parameters ln(n)/n, NCI's form of the Bayesian information criterion."""
    return (log(sse / n) if sse > 0 else -np.inf) + parameters * log(n) / n
