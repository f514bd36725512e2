"""How often the test of a step raises a false alarm, in series like those of a report."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..language import N_, ngettext
from .false_alarms import Chance, false_alarm_rate
from .step_models import context, no_rows, unit_of

FEWEST = 6
"""Periods before the intervention below which no series like them is simulated."""

CHANCES: dict[Chance, str] = {
    "poisson": N_("independent deaths"),
    "overdispersed": N_("spread as found before"),
    "autocorrelated": N_("spread and persistence as found before"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Alarms:
    """How often a step test raises a false alarm: a row a kind of chance and choice of date.

    `rates`: `chance`, `dated`, `runs`, `false_alarms` (percent of runs), and what was found in
    the `periods` (of a `unit`) before: `dispersion`, `autocorrelation`.
    """

    rates: pd.DataFrame
    reason: str


def alarms(
    table: pd.DataFrame,
    *,
    before: str | pd.Timestamp,
    runs: int,
    seed: int,
    chances: Collection[Chance] = ("poisson", "autocorrelated"),
) -> Alarms:
    """Test series without any effect for a step, dated after their highest month or at random.

    The series are like the periods of `table` that end before `before`; the test is `step_test`
    at the level of 5 percent. See `false_alarms.false_alarm_rate`.

    Errors: ValueError for an unknown kind of chance and a table without the columns.

    >>> months = pd.date_range("2009-01-01", periods=36, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"], table["person_years"] = [30, 33, 29] * 12, 1.0
    >>> found = alarms(table, before="2012-01-01", runs=2, seed=1, chances=["poisson"])
    >>> found.rates[["dated", "runs"]].to_numpy().tolist()
    [['after the peak', 2], ['at random', 2]]
    """
    known = pd.to_datetime(table["end"]) < pd.Timestamp(before)
    unit = unit_of(table)
    if known.sum() < FEWEST:
        return _none(_too_few(int(known.sum()), unit))
    parts = []
    try:
        for chance in chances:
            found = false_alarm_rate(
                table, before=before, test=step_test, chance=chance, runs=runs, seed=seed
            )
            parts.append(found.assign(chance=CHANCES[chance]))
    except ValueError as error:
        return _none(f"{error}.")
    rows = pd.concat(parts, ignore_index=True)
    for limit in ("", "_lower", "_upper"):
        rows[f"false_alarms{limit}"] = 100 * rows[f"false_alarm_rate{limit}"]
    rows["false_alarms_method"] = rows["false_alarm_rate_method"]
    rows["false_alarms_conf"] = rows["false_alarm_rate_conf"]
    rows["start"], rows["end"] = table["start"][known].iloc[0], table["end"][known].iloc[-1]
    rows["periods"], rows["unit"] = int(known.sum()), unit
    return Alarms(rows.assign(**context(table[known])), "")


def step_test(table: pd.DataFrame, date: pd.Timestamp) -> float:
    """P of the step of a quasi-Poisson fit without a trend, in closed form.

    Estimate ln(rate after / rate before), variance phi (1/deaths after + 1/deaths before), phi
    Pearson's chi-square over n - 2: what `false_alarms.level_test` finds by a fit, in a fraction
    of its time. NaN where there are no deaths on one side. `table` has `start, deaths,
    person_years`.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "deaths": [100, 104] * 12, "person_years": 1.0})
    >>> step_test(table, pd.Timestamp("2012-03-01"))
    1.0
    """
    from scipy.special import ndtr

    after = (table["start"] >= date).to_numpy()
    deaths, exposure = (table[name].to_numpy(dtype=float) for name in ("deaths", "person_years"))
    total = np.array([deaths[~after].sum(), deaths[after].sum()])
    if (total == 0).any():
        return float("nan")
    rate = total / np.array([exposure[~after].sum(), exposure[after].sum()])
    mean = exposure * rate[after.astype(int)]
    phi = np.sum((deaths - mean) ** 2 / mean) / (len(deaths) - 2)
    with np.errstate(divide="ignore", invalid="ignore"):  # counts that the two rates fit exactly
        z = abs(np.log(rate[1] / rate[0])) / np.sqrt(phi * np.sum(1 / total))
    return float(2 * ndtr(-z))


def _too_few(periods: int, unit: str) -> str:
    """Why no series like the periods before the intervention is simulated."""
    if unit == "year":
        return ngettext(
            "{number} year lies before the intervention: at least {fewest} are needed to simulate "
            "more.",
            "{number} years lie before the intervention: at least {fewest} are needed to simulate "
            "more.",
            periods,
            fewest=FEWEST,
        )
    return ngettext(
        "{number} month lies before the intervention: at least {fewest} are needed to simulate "
        "more.",
        "{number} months lie before the intervention: at least {fewest} are needed to simulate "
        "more.",
        periods,
        fewest=FEWEST,
    )


def _none(reason: str) -> Alarms:
    return Alarms(no_rows("chance", "dated", "runs", "false_alarms"), reason)
