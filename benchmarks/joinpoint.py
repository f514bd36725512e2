"""Time of joinpoint regression's permutation tests beside a plain loop of least squares.

    python benchmarks/joinpoint.py

The loop does what the definition says: for every permutation and every placement a fresh least
squares. It is run on a few permutations, and its time scaled up.
"""

from __future__ import annotations

import sys
import time
from itertools import combinations

import numpy as np
import pandas as pd

from homicide_trends.methods.joinpoint_selection import grid, smallest_sums
from homicide_trends.methods.joinpoints import joinpoint

CASES = [(17, 3, 10_000), (27, 4, 4_499), (35, 5, 4_499)]
SAMPLE = 3


def plain_loop(years: np.ndarray, responses: np.ndarray, k: int) -> np.ndarray:
    """Return the smallest sum of squares of each response, one least squares at a time."""
    n = len(years)
    smallest = np.full(responses.shape[1], np.inf)
    for b, y in enumerate(responses.T):
        for chosen in combinations(range(2, n - 2), k):
            if any(right - left <= 2 for left, right in zip(chosen, chosen[1:], strict=False)):
                continue
            hinges = [np.maximum(years - years[i], 0) for i in chosen]
            design = np.column_stack([np.ones(n), years, *hinges])
            missed = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
            smallest[b] = min(smallest[b], missed @ missed)
    return smallest


def main() -> None:
    """Write one line a case."""
    random = np.random.default_rng(1)
    for n, k, permutations in CASES:
        years = np.arange(float(n))
        responses = random.normal(size=(n, permutations))
        on = grid(years, np.ones(n), min_to_end=2, min_between=2)
        began = time.perf_counter()
        fast = smallest_sums(on, responses, k)
        ours = time.perf_counter() - began
        few = SAMPLE if k < 5 else 1
        began = time.perf_counter()
        plain = plain_loop(years, responses[:, :few], k)
        loop = (time.perf_counter() - began) * permutations / few
        assert np.allclose(plain, fast[:few])
        sys.stdout.write(
            f"{n} years, {k} joinpoints, {permutations} permutations: {ours:.2f} s; "
            f"plain loop about {loop:,.0f} s\n"
        )
    began = time.perf_counter()
    for _ in range(27):
        rate = np.exp(np.cumsum(random.normal(0, 0.1, 17)))
        joinpoint(pd.DataFrame({"year": np.arange(17), "rate": rate}), permutations=10_000)
    seconds = time.perf_counter() - began
    sys.stdout.write(f"27 series of 17 years, selected by 10000 permutations: {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
