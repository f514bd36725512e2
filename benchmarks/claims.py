"""Time of the grid of definitions beside a plain loop over the same public functions.

    python benchmarks/claims.py [--rows 300]

Prints the time of all definitions of a stated change and of a number of averted deaths, the time
of a loop that computes a sample of them one by one, and the ratio per definition. Both run in one
process, one after the other, three times; medians are printed.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.claims.grid import AVERTED, CHANGE, evaluate, specifications
from homicide_trends.rates import counterfactual
from homicide_trends.series import periods as windows


def median_seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Median wall time of some runs."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300, help="definitions in the plain loop")
    sample = parser.parse_args().rows
    grid, axes = specifications("SLV")
    print(
        f"{'measure':<18}{'definitions':>12}{'computed':>10}{'grid s':>9}{'loop s':>9}{'ratio':>8}"
    )
    months = ht.monthly_series("SLV", start="2011-01-01", end="2016-06-30")
    for measure in (CHANGE, AVERTED):
        table = evaluate(grid, axes, measure=measure)
        whole = table[
            table["computable"]
            & (table["source"] == "preferred months")
            & (table["exposure"] == "WPP2024")
            & (table["method"] == "constant")
        ]
        rows = whole.sample(min(sample, len(whole)), random_state=1).to_dict("records")

        def one_by_one(rows: list[dict] = rows, measure: str = measure) -> None:
            for row in rows:
                baseline = (row["baseline_start"], row["baseline_end"])
                window = (row["start"], row["end"])
                if measure == CHANGE:
                    pair = windows.compare(months, baseline=baseline, window=window)
                    rates.percent_change(pair, method="exact")
                else:
                    counterfactual.averted_deaths(months, baseline=baseline, window=window)

        together = median_seconds(lambda measure=measure: evaluate(grid, axes, measure=measure))
        alone = median_seconds(one_by_one, runs=1 if sample > 100 else 3)
        computed = int(table["computable"].sum())
        ratio = (alone / len(rows)) / (together / computed)
        print(
            f"{measure:<18}{len(grid):>12,}{computed:>10,}{together:>9.2f}"
            f"{alone:>9.2f}{ratio:>8.0f}"
        )
    print(f"ratio: time per definition of the loop ({sample} definitions) over that of the grid")


if __name__ == "__main__":
    main()
