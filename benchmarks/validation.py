"""What the project is held to, how often its limits hold the truth, and the size of its tests.

    python benchmarks/validation.py --output docs/validation.md

Every cell is simulated from the seed and its own name, so that a test can repeat some of them.
About three minutes on two cores.
"""

import argparse
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import nbinom, poisson

from homicide_trends.methods.count_model import fit_counts
from homicide_trends.methods.false_alarms import quasi_p, simulated
from homicide_trends.methods.joinpoints import joinpoint
from homicide_trends.methods.synthetic import placebo_in_space
from homicide_trends.methods.two_way import two_way_differences
from homicide_trends.rates.intervals import (
    difference_limits,
    poisson_limits,
    prediction_limits,
    ratio_limits,
    ratio_p_value,
)
from homicide_trends.rates.limits import level_limits, step_limits

Floats = npt.NDArray[np.float64]
CONF, SEED, RATIO = 0.95, 20120309, 0.6
DRAWN, FITTED = 500, 100
"""Series of a cell, and how many of them are fitted one by one for the robust errors."""

TRUTHS: dict[str, tuple[float, float, float]] = {  # mean a period, dispersion, correlation
    "independent, mean 300": (300.0, 1.0, 0.0),
    "dispersion 4, correlation 0": (300.0, 4.0, 0.0),
    "dispersion 4, correlation 0.3": (300.0, 4.0, 0.3),
    "dispersion 4, correlation 0.6": (300.0, 4.0, 0.6),
    "dispersion 4, correlation 0.8": (300.0, 4.0, 0.8),
    "dispersion 8, correlation 0.8": (300.0, 8.0, 0.8),
    "mean 3, dispersion 2, correlation 0.6": (3.0, 2.0, 0.6),
    "years of 4,000, dispersion 30, correlation 0.6": (4000.0, 30.0, 0.6),
}
SIZES = ((7, 7), (14, 22), (36, 36))


def generator(*name: object) -> np.random.Generator:
    """Random numbers of a cell, the same whatever else is simulated."""
    return np.random.default_rng([SEED, zlib.crc32("|".join(map(str, name)).encode())])


def percent(share: float) -> str:
    """A share in per cent, to one decimal."""
    return f"{100 * share:.1f}"


def markdown(title: str, text: str, rows: list[dict[str, str]]) -> str:
    """A heading, a sentence and a table."""
    table = pd.DataFrame(rows)
    lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
    lines += [" | ".join(row) for row in table.itertuples(index=False)]
    return f"## {title}\n\n{text}\n\n" + "\n".join(f"| {line} |" for line in lines) + "\n"


def series(truth: str, before: int, after: int, ratio: float, *name: object) -> Floats:
    """Simulated counts (series, periods) whose rate changes by a ratio; shocks run on."""
    mean, phi, rho = TRUTHS[truth]
    n = before + after
    level = np.where(np.arange(n) >= before, mean * ratio, mean)
    at = np.arange(n)
    rng = generator(truth, before, after, ratio, *name)
    return simulated(level, at, np.ones(n, dtype=np.int64), (rho, phi), DRAWN, rng)


def step_cell(truth: str, before: int, after: int, *, trend: bool = False) -> dict[str, str]:
    """Coverage of the limits of a step, and of the total that would have been seen."""
    step = np.arange(before + after) >= before
    drawn = series(truth, before, after, RATIO, "step")
    one = np.ones(before + after)
    found = step_limits(drawn, one, step, trend=trend)
    held = (found.ratio_lower[:, 0] <= RATIO) & (found.ratio_upper[:, 0] >= RATIO)
    row = {"truth": truth, "before + after": f"{before} + {after}"}
    row |= _fitted(drawn[:FITTED], step, trend)
    row["limits that hold"] = percent(float(np.mean(held | np.isnan(found.ratio_lower[:, 0]))))
    same = series(truth, before, after, 1.0, "total")
    total = step_limits(same, one, step, trend=trend)
    inside = (total.expected_lower <= total.observed) & (total.observed <= total.expected_upper)
    row["later total"] = percent(float(np.mean(inside)))
    return row


NARROWER = {"Poisson": "model", "quasi-Poisson": "quasi", "Newey-West": "hac",
            "Andrews": "hac-andrews"}  # fmt: skip


def _fitted(drawn: Floats, step: npt.NDArray[np.bool_], trend: bool) -> dict[str, str]:
    columns = [np.ones(len(step)), *([np.arange(len(step)) * 1.0] if trend else []), step * 1.0]
    terms = ["constant", *(["trend"] if trend else []), "level"]
    held: dict[str, list[bool]] = {name: [] for name in NARROWER}
    for counts in drawn:
        if min(counts[step].sum(), counts[~step].sum()) == 0:
            continue
        fit = fit_counts(
            counts, np.column_stack(columns), np.ones(len(step)), np.arange(len(step)),
            family="poisson", terms=terms,
        )  # fmt: skip
        off = abs(fit.estimate[-1] - np.log(RATIO))
        for name, kind in NARROWER.items():
            se = np.sqrt(fit.covariance(kind)[-1, -1])  # type: ignore[arg-type]
            held[name].append(bool(off <= 1.959964 * se))
    return {name: percent(float(np.mean(found))) for name, found in held.items()}


def of_steps() -> str:
    """Limits of a step and of averted deaths, on months and on years."""
    rows = [
        step_cell(truth, *size)
        for truth in TRUTHS
        for size in (((5, 5), (10, 10)) if "years" in truth else SIZES)
    ]
    return markdown(
        "Limits of a step, a change, expected and averted deaths",
        f"Percent of {DRAWN:,} simulated series ({FITTED} for the four narrower kinds) whose 95 % "
        f"limits hold the true ratio, {RATIO}; *later total*: percent of series without a change "
        "whose later total lies in the prediction limits. `rates.limits` makes the limits that "
        "hold. A share near 95 has a standard error of 1.0 (2.2 for the narrower kinds).",
        rows,
    )


def of_trends() -> str:
    """Limits of a step on a common trend."""
    truths = ("independent, mean 300", "dispersion 4, correlation 0.6",
              "dispersion 8, correlation 0.8")  # fmt: skip
    rows = [step_cell(truth, *size, trend=True) for truth in truths for size in SIZES[1:]]
    return markdown("Limits of a step on a trend", "As above; the true trend is none.", rows)


def of_hard_truths() -> str:
    """What the limits are not made for."""
    rows = []
    for name, spread in (("random walk, 5 % a month", 0.05), ("random walk, 10 % a month", 0.10)):
        rng = generator(name)
        walk = np.cumsum(rng.normal(size=(DRAWN, 36)) * spread, axis=1)
        step = np.arange(36) >= 14
        drawn = rng.poisson(np.exp(walk - walk[:, :1]) * np.where(step, 180.0, 300.0))
        found = step_limits(drawn, np.ones(36), step)
        held = (found.ratio_lower[:, 0] <= RATIO) & (found.ratio_upper[:, 0] >= RATIO)
        # The truth is the ratio of the means that the walk itself gives, times the step.
        rows.append({"truth": name, "before + after": "14 + 22", "limits that hold": percent(
            float(held.mean()))})  # fmt: skip
    rng = generator("missing")
    drawn = series("dispersion 4, correlation 0.6", 14, 22, RATIO, "missing")
    drawn[rng.random(drawn.shape) < 0.25] = np.nan
    found = step_limits(drawn, np.ones(36), np.arange(36) >= 14)
    held = (found.ratio_lower[:, 0] <= RATIO) & (found.ratio_upper[:, 0] >= RATIO)
    rows.append({"truth": "dispersion 4, correlation 0.6, a quarter of the months missing",
                 "before + after": "14 + 22",
                 "limits that hold": percent(float(held.mean()))})  # fmt: skip
    drawn = series("dispersion 4, correlation 0.6", 15, 21, RATIO, "quarters")
    quarters = drawn.reshape(DRAWN, 12, 3).sum(2)
    found = step_limits(quarters, np.full(12, 3.0), np.arange(12) >= 5, length=3)
    held = (found.ratio_lower[:, 0] <= RATIO) & (found.ratio_upper[:, 0] >= RATIO)
    rows.append({"truth": "the same in totals of three months", "before + after": "5 + 7",
                 "limits that hold": percent(float(held.mean()))})  # fmt: skip
    return markdown(
        "Harder truths",
        "A rate that drifts without returning to a level, months that are missing, months known "
        "as totals only.",
        rows,
    )


def of_sizes() -> str:
    """Realised size of tests at the level of 5 percent."""
    rows = []
    for truth in ("independent, mean 300", "dispersion 4, correlation 0.3",
                  "dispersion 4, correlation 0.6", "dispersion 8, correlation 0.8"):  # fmt: skip
        for before, after in SIZES:
            drawn = series(truth, before, after, 1.0, "size")
            step = np.arange(before + after) >= before
            p = quasi_p(drawn, np.ones(len(step)), np.broadcast_to(step, drawn.shape))
            found = step_limits(drawn, np.ones(len(step)), step)
            out = (found.ratio_lower[:, 0] > 1) | (found.ratio_upper[:, 0] < 1)
            rows.append(
                {
                    "truth": truth,
                    "before + after": f"{before} + {after}",
                    "quasi-Poisson step": percent(float(np.mean(p < 1 - CONF))),
                    "limits that hold": percent(float(np.mean(out))),
                }
            )
    steps = markdown(
        "Size of the tests of a step",
        f"Percent of {DRAWN:,} series without any change in which a test at the level of 5 % finds "
        "one, at a date that was fixed beforehand; after a peak it is more (the report `effect` "
        "counts both on series like its own).",
        rows,
    )
    rows = []
    for method in ("exact-central", "exact-minlike", "mid-p", "e-test"):
        row = {"test": method}
        for mean in (3, 15, 150):
            name = f"means {mean} and {mean}"
            if method == "e-test" and mean > 15:  # one pair at a time, as statsmodels has it
                row[name] = "not computed"
                continue
            x, p = distribution(mean, 1.0)
            likely = p > 1e-7
            a, b = np.meshgrid(x[likely], x[likely])
            p_value = np.asarray(ratio_p_value(a, 1.0, b, 1.0, method=method))
            row[name] = percent(float(p[likely] @ (p_value < 1 - CONF) @ p[likely]))
        rows.append(row)
    counts = markdown(
        "Size of the tests of two counts (`intervals.ratio_p_value`)",
        "Percent of pairs of independent counts with equal means that a test at 5 % tells apart.",
        rows,
    )
    return f"{steps}\n{counts}"


def distribution(mean: float, phi: float) -> tuple[Floats, Floats]:
    """Counts and their probabilities: Poisson, or negative binomial with variance phi x mean."""
    spread = 8 * np.sqrt(phi * mean) + 20
    counts = np.arange(max(0, int(mean - spread)), int(mean + spread), dtype=float)
    if phi == 1:
        return counts, poisson.pmf(counts, mean)
    return counts, nbinom.pmf(counts, mean / (phi - 1), 1 / phi)


def of_counts() -> str:
    """Limits of one count, averaged over means within 10 % to smooth the steps of small counts."""
    rows = []
    for method in ("exact", "mid-p", "byar", "byar-half", "score", "normal"):
        row = {"method": method}
        for phi in (1.0, 2.0):
            for mean in (3, 30, 300):
                shares = []
                for near in mean * np.linspace(0.9, 1.1, 21):
                    x, p = distribution(near, phi)
                    lower, upper = poisson_limits(x, method=method, conf=CONF)
                    shares.append(p[(lower <= near) & (near <= upper)].sum())
                row[f"mean {mean}, dispersion {phi:.0f}"] = percent(float(np.mean(shares)))
        rows.append(row)
    return markdown(
        "Limits of a count (`intervals.poisson_limits`)",
        "Percent of counts whose 95 % limits hold the mean. They take deaths as independent.",
        rows,
    )


def of_two_counts(quantity: str, limits_of: Callable[..., tuple[Floats, Floats]]) -> str:
    """Limits of the ratio or the difference of two counts."""
    ratio = quantity == "ratio"
    rows = []
    for method in ("exact", "mid-p", "log-normal") if ratio else ("wald", "mover"):
        row = {"method": method}
        for phi in (1.0, 2.0):
            for before, after in [(6, 3), (30, 15), (300, 150)]:
                (x0, p0), (x1, p1) = distribution(before, phi), distribution(after, phi)
                a, b = np.meshgrid(x1, x0)
                lower, upper = limits_of(a, 1.0, b, 1.0, method=method, conf=CONF)
                truth = after / before if ratio else after - before
                held = ((lower <= truth) & (truth <= upper)) | np.isnan(lower)
                name = f"{before} and {after}, dispersion {phi:.0f}"
                row[name] = percent(float(p0 @ held @ p1))
        rows.append(row)
    return markdown(
        f"Limits of a {quantity} of two counts (`intervals.{quantity}_limits`)",
        f"Percent of pairs of counts, by the means before and after, whose 95 % limits hold the "
        f"true {quantity}. They take deaths as independent. No limits (a zero count) counts as "
        "held.",
        rows,
    )


def of_predictions() -> str:
    """Prediction limits of a later total, from the months before alone."""
    rows = []
    for method in ("exact", "jeffreys", "normal", "plug-in"):
        row = {"method": method}
        for mean, phi in [(3.0, 1.0), (300.0, 1.0), (3.0, 2.0), (300.0, 2.0)]:
            x, p = distribution(mean * 14, phi)
            lower, upper = prediction_limits(x, 14, 22, method=method, conf=CONF)
            y, q = distribution(mean * 22, phi)
            held = ((y >= lower[:, None]) & (y <= upper[:, None])) @ q
            row[f"{mean:.0f} a month, dispersion {phi:.0f}"] = percent(float(p @ held))
        rows.append(row)
    return markdown(
        "Prediction limits of a later count (`intervals.prediction_limits`)",
        "Percent of totals of 22 months that lie within the 95 % limits made from the 14 months "
        "before. They take deaths as independent.",
        rows,
    )


def whole_series_cell(years: int, rho: float) -> dict[str, str]:
    """Coverage of the limits of two single years, whose scatter all years on file tell."""
    at, step = np.arange(years), np.zeros((2, years))
    step[0, years // 2 - 1] = step[1, years // 2] = 1
    drawn = simulated(np.full(years, 3000.0), at, np.ones(years, dtype=np.int64), (rho, 30.0),
                      DRAWN, generator("whole series", years, rho))  # fmt: skip
    found = level_limits(drawn, np.ones(years), step[0], step[1])
    held = (found.ratio_lower[:, 0] <= 1) & (found.ratio_upper[:, 0] >= 1)
    return {"truth": f"{years} years of 3,000, dispersion 30, correlation {rho:g}",
            "limits of all periods": percent(float(held.mean()))}  # fmt: skip


def of_whole_series() -> str:
    """Limits of two periods too few to tell their own scatter."""
    return markdown(
        "Limits of two single years (`rates.level_limits`)",
        f"Percent of {DRAWN:,} series without a change whose 95 % limits of the ratio of two years "
        "that follow each other hold 1. `region` and comparisons of years print these.",
        [whole_series_cell(years, rho) for years in (8, 20) for rho in (0.0, 0.6, 0.9)],
    )


def two_way_cell(places: int, marked: int, effect: float) -> dict[str, str]:
    """Coverage of two-way limits, places whose rates scatter by themselves."""
    rng = generator("two way", places, marked, effect)
    chosen, late = np.arange(places) < marked, np.arange(8) >= 5
    held: dict[bool, list[bool]] = {False: [], True: []}
    for _draw in range(DRAWN):
        level, scatter = rng.gamma(2, 50, (places, 1)) + 5, rng.gamma(20, 1 / 20, (places, 8))
        mean = level * scatter * rng.uniform(0.7, 1.4, 8)
        y = rng.poisson(mean * np.where(chosen[:, None] & late, effect, 1)) + 0.0
        for logs, kept in held.items():
            if logs and not (y > 0).all() or not logs and min(marked, places - marked) < 3:
                continue
            found = two_way_differences(y, chosen, late, logs=logs)
            kept.append(found.lower <= effect <= found.upper)
    shares = {
        name: percent(float(np.mean(held[logs]))) if held[logs] else "not given"
        for name, logs in (("sums", False), ("logarithms", True))
    }
    return {"places, marked": f"{places}, {marked}", "true ratio": f"{effect:g}"} | shares


def of_two_way() -> str:
    """Limits of two-way differences."""
    sizes = ((262, 11), (20, 6), (20, 1))
    return markdown(
        "Limits of two-way differences (`methods.two_way_differences`)",
        f"Percent of {DRAWN:,} panels of 8 years whose 95 % limits hold the true ratio of the "
        "marked places; 100 less that, where the ratio is 1, is the size of its test.",
        [two_way_cell(*size, effect) for size in sizes for effect in (1.0, 0.7)],
    )


JOINED, PERMUTATIONS = 100, 199


def joinpoint_cell(years: int, rho: float) -> dict[str, str]:
    """How often a straight series gets a joinpoint by each rule, and coverage of its slope."""
    rng = generator("joinpoint", years, rho)
    found: dict[str, list[bool]] = {name: [] for name in ("permutation", "bic", "wbic", "bic3")}
    slopes = []
    for _draw in range(JOINED):
        noise = rng.normal(size=years)
        for at in range(1, years):
            noise[at] = rho * noise[at - 1] + np.sqrt(1 - rho**2) * noise[at]
        rates = 50 * 1.02 ** np.arange(years) * np.exp(0.08 * noise)
        table = pd.DataFrame({"year": np.arange(years), "rate": rates})
        result = joinpoint(table, permutations=PERMUTATIONS)
        found["permutation"].append(len(result.joinpoints) > 0)
        for name in ("bic", "wbic", "bic3"):
            found[name].append(int(result.models[name].to_numpy().argmin()) > 0)
        own = result.aapc.iloc[0]
        slopes.append(own["aapc_lower"] <= 2 <= own["aapc_upper"])
    row = {"truth": f"{years} years, correlation {rho:g}"}
    row |= {name: percent(float(np.mean(hits))) for name, hits in found.items()}
    return row | {"AAPC held": percent(float(np.mean(slopes)))}


def of_joinpoints() -> str:
    """Size of the rules that choose joinpoints, and coverage of the average change."""
    return markdown(
        "Joinpoints of straight series (`methods.joinpoint`)",
        f"Percent of {JOINED} series with one trend throughout in which a rule finds a joinpoint "
        f"({PERMUTATIONS} permutations at 5 %), and whose 95 % limits of the average annual "
        "percent change hold the true one. Errors that run on from year to year look like bends.",
        [joinpoint_cell(years, rho) for years in (12, 20) for rho in (0.0, 0.5)],
    )


PANELS = 200


def placebo_cell(units: int) -> dict[str, str]:
    """How often a unit without an effect gets so small a p-value, and how often it is refused."""
    rng = generator("placebo", units)
    small, refused = 0, 0
    for _draw in range(PANELS):
        common = rng.normal(0, 2, 14).cumsum()
        level = rng.uniform(20, 60, (units, 1))
        panel = pd.DataFrame({
            "unit": np.repeat(np.arange(units), 14), "time": np.tile(np.arange(14), units),
            "rate": (level + common * rng.uniform(0.5, 1.5, (units, 1))
                     + rng.normal(0, 2, (units, 14))).ravel(),
        })  # fmt: skip
        found = placebo_in_space(panel, unit="unit", time="time", outcome="rate", treated=0,
                                 intervention=10)  # fmt: skip
        refused += bool(found.refused)
        small += bool(found.p <= 1 / units)
    return {"units": f"{units}", "smallest p-value": f"{1 / units:.3f}",
            "reached": percent(small / PANELS), "refused": percent(refused / PANELS)}  # fmt: skip


def of_placebos() -> str:
    """Realised size of the placebo test of a synthetic control."""
    return markdown(
        "Size of the placebo test (`methods.placebo_in_space`)",
        f"Percent of {PANELS} panels without any effect in which the treated unit is the farthest "
        "of all, so that its p-value is the smallest that so many units allow: with 20 units 5 %, "
        "with fewer never. Refused: a poor fit before, of which no p-value is given.",
        [placebo_cell(units) for units in (8, 20)],
    )


def of_references(folder: Path) -> str:
    """Every reference vector: how many numbers, how many to the last digit, how far off."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from test_vectors import compared  # type: ignore[import-not-found]

    rows = []
    for method, found in compared(folder).items():
        gaps = np.array([gap for gap, _within in found])
        rows.append(
            {
                "method": method.replace("_", " "),
                "numbers": f"{len(found):,}",
                "within the tolerance": f"{sum(within for _gap, within in found):,}",
                "to 12 digits": f"{int((gaps < 1e-12).sum()):,}",
                "largest difference": f"{gaps.max():.1e}",
            }
        )
    return markdown(
        "References",
        "Numbers of other programs and of published papers that the suite computes again "
        "(R with epitools, sandwich, MASS, strucchange and others; the Joinpoint Regression "
        "Program of the NCI; PHEindicatormethods; printed tables), with the largest relative "
        "difference. Tolerances stand with each number.",
        rows,
    )


def document(folder: Path, runs: list[Callable[[], str]]) -> str:
    """The page."""
    head = (
        "# What the numbers are held to\n\n"
        "Made by `python benchmarks/validation.py --output docs/validation.md`, seed "
        f"{SEED}. The suite repeats a part of it and fails where the page is out of date. "
        "Nominal: 95 % of limits, 5 % of tests; shares below 95 are limits that are too narrow, "
        "above it too wide.\n"
    )
    return "\n".join([head, of_references(folder), *(run() for run in runs)])


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, help="file to write; without it, the screen")
    shared = Path(__file__).resolve().parents[2] / "shared" / "vectors"
    parser.add_argument("--vectors", type=Path, default=shared, help="folder of references")
    given = parser.parse_args()
    runs = [of_steps, of_trends, of_hard_truths, of_sizes, of_counts,
            lambda: of_two_counts("ratio", ratio_limits),
            lambda: of_two_counts("difference", difference_limits), of_predictions,
            of_whole_series, of_two_way, of_joinpoints, of_placebos]  # fmt: skip
    text = document(given.vectors, runs)
    if given.output is None:
        sys.stdout.write(text)
        return
    # What benchmarks/mutants.py found stands at the end of the page and stays there.
    before = given.output.read_text(encoding="utf-8") if given.output.exists() else ""
    _, heading, found = before.partition("\n## Wrong changes of the code")
    given.output.write_text(text + heading + found, encoding="utf-8")


if __name__ == "__main__":
    main()
