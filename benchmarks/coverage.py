"""Nominal against actual coverage of the 95 % limits of the library.

    python benchmarks/coverage.py --output docs/coverage.md

Limits of counts, ratios and predictions are exact sums over the distribution of the counts.
Regression limits are simulated, with a fixed seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import nbinom, poisson

from homicide_trends.methods.count_model import CountFit, Covariance, count_limits, fit_counts
from homicide_trends.methods.effect_periods import CountSeries, periods
from homicide_trends.methods.false_alarms import Background, Chance, simulate
from homicide_trends.rates.intervals import (
    difference_limits,
    poisson_limits,
    prediction_limits,
    ratio_limits,
)

Floats = npt.NDArray[np.float64]
CONF = 0.95
AFTER = 22
STEP = 0.6
TRUTHS: dict[str, tuple[Chance, Background]] = {
    "Poisson": ("poisson", Background(300.0, 1.0, 0.0)),
    "dispersion 2": ("overdispersed", Background(300.0, 2.0, 0.0)),
    "dispersion 4, AR(1)": ("autocorrelated", Background(300.0, 4.0, 0.6)),
}


def distribution(mean: float, phi: float) -> tuple[Floats, Floats]:
    """Counts and their probabilities: Poisson, or negative binomial with variance phi x mean."""
    spread = 8 * np.sqrt(phi * mean) + 20
    counts = np.arange(max(0, int(mean - spread)), int(mean + spread), dtype=float)
    if phi == 1:
        return counts, poisson.pmf(counts, mean)
    return counts, nbinom.pmf(counts, mean / (phi - 1), 1 / phi)


def percent(share: float) -> str:
    """A share in per cent, to one decimal."""
    return f"{100 * share:.1f}"


def markdown(title: str, text: str, rows: list[dict[str, str]]) -> str:
    """A heading, a sentence and a table."""
    table = pd.DataFrame(rows)
    lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
    lines += [" | ".join(row) for row in table.itertuples(index=False)]
    return f"## {title}\n\n{text}\n\n" + "\n".join(f"| {line} |" for line in lines) + "\n"


def of_counts() -> str:
    """Limits of one count, averaged over means within 10 % to smooth the steps of small counts."""
    rows = []
    told = [(method, 1.0) for method in ("exact", "mid-p", "byar", "byar-half", "score", "normal")]
    for method, known in [*told, ("exact", 2.0)]:
        row = {"method": method, "dispersion told": f"{known:.0f}"}
        for phi in (1.0, 2.0):
            for mean in (3, 30, 300):
                shares = []
                for near in mean * np.linspace(0.9, 1.1, 21):
                    x, p = distribution(near, phi)
                    lower, upper = poisson_limits(x, method=method, conf=CONF, dispersion=known)
                    shares.append(p[(lower <= near) & (near <= upper)].sum())
                row[f"mean {mean}, dispersion {phi:.0f}"] = percent(float(np.mean(shares)))
        rows.append(row)
    return markdown(
        "Limits of a count (`intervals.poisson_limits`)",
        "Percent of counts whose 95 % limits hold the mean.",
        rows,
    )


def of_two_counts(quantity: str) -> str:
    """Limits of the ratio or the difference of two counts."""
    ratio = quantity == "ratio"
    limits_of = ratio_limits if ratio else difference_limits
    rows = []
    for method in ("exact", "mid-p", "log-normal") if ratio else ("wald", "mover"):
        row = {"method": method}
        for phi in (1.0, 2.0):
            for before, after in [(6, 3), (30, 15), (300, 150)]:
                (x0, p0), (x1, p1) = distribution(before, phi), distribution(after, phi)
                a, b = np.meshgrid(x1, x0)
                limits = limits_of(a, 1.0, b, 1.0, method=method, conf=CONF)
                truth = after / before if ratio else after - before
                held = (limits.lower <= truth) & (truth <= limits.upper)
                held |= np.isnan(limits.lower)
                name = f"{before} and {after}, dispersion {phi:.0f}"
                row[name] = percent(float(p0 @ held @ p1))
        rows.append(row)
    return markdown(
        f"Limits of a {quantity} of two counts (`intervals.{quantity}_limits`)",
        f"Percent of pairs of counts, by the means before and after, whose 95 % limits hold the "
        f"true {quantity}. The dispersion is not told. No limits (a zero count) counts as held.",
        rows,
    )


def of_predictions() -> str:
    """Prediction limits of a later total."""
    rows = []
    for method, told in [("exact", 1.0), ("jeffreys", 1.0), ("normal", 1.0), ("plug-in", 1.0),
                         ("jeffreys", 2.0), ("normal", 2.0)]:  # fmt: skip
        row = {"method": method, "dispersion told": f"{told:.0f}"}
        for mean, phi in [(3.0, 1.0), (300.0, 1.0), (3.0, 2.0), (300.0, 2.0)]:
            for before in (14, 26):
                x, p = distribution(mean * before, phi)
                lower, upper = prediction_limits(
                    x, before, AFTER, method=method, conf=CONF, dispersion=told
                )
                y, q = distribution(mean * AFTER, phi)
                held = ((y >= lower[:, None]) & (y <= upper[:, None])) @ q
                name = f"{mean:.0f} a month, {before} months, dispersion {phi:.0f}"
                row[name] = percent(float(p @ held))
        rows.append(row)
    return markdown(
        "Prediction limits of a later count (`intervals.prediction_limits`)",
        f"Percent of totals of the next {AFTER} months that lie within the 95 % limits made from "
        "the months before.",
        rows,
    )


def months(n: int) -> CountSeries:
    """An empty series of months with exposure 1."""
    start = pd.Series(pd.date_range("2010-01-01", periods=n, freq="MS"))
    made = periods(start, start + pd.offsets.MonthEnd(0))
    return CountSeries(made, np.full(n, np.nan), np.ones(n))


def regressions(runs: int, seed: int) -> Iterator[tuple[str, int, bool, CountFit, CountFit, float]]:
    """Truth, months before, trend in the model, fit with a step, fit before, total after."""
    for place, (truth, (chance, background)) in enumerate(TRUTHS.items()):
        for before in (14, 26):
            rng = np.random.default_rng([seed, before, place])
            series = months(before + AFTER)
            time = series.times.time
            after = (time > before).astype(float)
            constant = np.ones(len(time))
            with_step = replace(series, exposure=np.where(after > 0, STEP, 1.0))
            for _ in range(runs):
                counts = simulate(background, series, chance=chance, rng=rng)
                changed = simulate(background, with_step, chance=chance, rng=rng)
                for trend in (False, True):
                    columns = [constant, time.astype(float)] if trend else [constant]
                    terms = ["constant", "trend"] if trend else ["constant"]
                    matrix = np.column_stack(columns)
                    stepped = fit_counts(
                        changed,
                        np.column_stack([matrix, after]),
                        constant,
                        time,
                        family="poisson",
                        terms=[*terms, "level"],
                    )
                    forecast = fit_counts(
                        counts[:before],
                        matrix[:before],
                        constant[:before],
                        time[:before],
                        family="poisson",
                        terms=terms,
                    )
                    yield truth, before, trend, stepped, forecast, counts[before:].sum()


def step_held(fit: CountFit, kind: Covariance, reference: str) -> bool:
    """Whether the limits of the step hold the true one."""
    se = np.sqrt(fit.covariance(kind)[-1, -1])
    z = fit.quantile("t" if reference == "t" else "normal", CONF)
    return bool(abs(fit.estimate[-1] - np.log(STEP)) <= z * se)


def total_held(fit: CountFit, kind: Covariance, total: float) -> bool:
    """Whether the prediction limits of the forecast hold the total after."""
    before = fit.n
    later = np.arange(before + 1, before + AFTER + 1)
    matrix = np.column_stack([np.ones(AFTER), later])[:, : fit.matrix.shape[1]]
    means = np.exp(matrix @ fit.estimate)
    gradient = matrix.T @ means
    variance = gradient @ fit.covariance(kind) @ gradient + fit.variance(means, kind).sum()
    lower, upper = count_limits(np.array([means.sum()]), np.array([variance]), conf=CONF)
    return bool(lower[0] <= total <= upper[0])


def of_regressions(runs: int, seed: int) -> str:
    """Limits of a step and of a forecast total, simulated."""
    checks: dict[str, Callable[[CountFit, CountFit, float], bool]] = {
        "step, model": lambda s, f, y: step_held(s, "model", "normal"),
        "step, quasi": lambda s, f, y: step_held(s, "quasi", "normal"),
        "step, quasi, t": lambda s, f, y: step_held(s, "quasi", "t"),
        "step, HAC": lambda s, f, y: step_held(s, "hac", "normal"),
        "step, HAC adjusted, t": lambda s, f, y: step_held(s, "hac-adjusted", "t"),
        "forecast total, model": lambda s, f, y: total_held(f, "model", y),
        "forecast total, quasi": lambda s, f, y: total_held(f, "quasi", y),
        "forecast total, HAC": lambda s, f, y: total_held(f, "hac", y),
    }
    held: dict[tuple[str, str], list[bool]] = {}
    for truth, before, trend, stepped, forecast, total in regressions(runs, seed):
        column = f"{truth}, {before} months, {'trend' if trend else 'no trend'}"
        for name, check in checks.items():
            held.setdefault((name, column), []).append(check(stepped, forecast, total))
    parts = []
    for truth in TRUTHS:
        names = dict.fromkeys(column for _, column in held if column.startswith(truth + ", "))
        rows = []
        for name in checks:
            row = {"limits": name}
            for column in names:
                row[column.removeprefix(truth + ", ")] = percent(float(np.mean(held[name, column])))
            rows.append(row)
        parts.append(
            markdown(f"Regressions, counts with {truth}", f"{runs} series a column.", rows)
        )
    error = 100 * np.sqrt(CONF * (1 - CONF) / runs)
    head = (
        "## Interrupted time series and forecasts\n\n"
        f"300 deaths a month, {AFTER} months after, no true trend. `step`: limits of the rate "
        f"ratio, whose truth is {STEP}. `forecast total`: prediction limits of the total after, "
        "from the months before. AR(1): the rates behind the counts are autocorrelated from month "
        f"to month by 0.6. Simulated, seed {seed}; a share near 95 has a standard error of "
        f"{error:.1f}.\n\n"
    )
    return head + "\n".join(parts)


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, help="file to write; without it, the screen")
    parser.add_argument("--runs", type=int, default=500, help="simulated series a column")
    parser.add_argument("--seed", type=int, default=20120309)
    given = parser.parse_args()
    head = (
        "# Coverage of the limits\n\n"
        "Made by `python benchmarks/coverage.py --output docs/coverage.md`. Nominal: 95 %. "
        "Figures below 95 are limits that are too narrow, figures above are too wide.\n"
    )
    parts = [head, of_counts(), of_two_counts("ratio"), of_two_counts("difference")]
    text = "\n".join([*parts, of_predictions(), of_regressions(given.runs, given.seed)])
    if given.output is None:
        sys.stdout.write(text)
    else:
        given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
