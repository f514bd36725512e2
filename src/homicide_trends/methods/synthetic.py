"""Synthetic control from the outcome alone, with its placebos and a refusal where it fits badly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..language import refusal
from .donor_pool import SyntheticControl, donor_pool, fit_donors

__all__ = [
    "PlaceboTest",
    "SyntheticControl",
    "leave_one_out",
    "placebo_in_space",
    "placebo_in_time",
    "synthetic_control",
]

MAX_SHARE = 0.10
"""Largest gap before the intervention, as a share of the level, that is not refused."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboTest:
    """A synthetic control of every unit in turn.

    `units`: unit, treated, rmspe_pre, rmspe_post, ratio, rank. `p` is the share of the units,
    the treated one among them, whose ratio is at least the treated one's; NaN where `refused`
    gives a reason. It cannot be below `smallest_p` = 1 / number of units.
    """

    units: pd.DataFrame
    rank: int
    n_units: int
    p: float
    smallest_p: float
    refused: str
    notes: tuple[str, ...]
    spec: dict[str, Any]


def synthetic_control(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    intervention: Any,
    donors: Sequence[Any] | None = None,
    weights: Mapping[Any, float] | None = None,
    max_share: float = MAX_SHARE,
) -> SyntheticControl:
    """Weighted mean of donors that follows the treated unit before the intervention.

    Weights are not negative, add to 1, and minimise the squared gap over every time before
    `intervention`, the first time that counts as after. `panel` has a row a unit and time;
    `outcome` should be a rate of one source for all. Donors with a value missing are left out
    and named in `notes`. Donors that had an intervention of their own do not belong in `donors`.
    The result is `refused` when the root mean squared gap before exceeds `max_share` of the
    treated unit's mean outcome before, or when many weightings match it exactly.

    `weights`, by donor and adding up to 1, are somebody else's, such as a study's, and are taken as
    they are. With as many donors as times before, a note says how little a match means.

    Errors: ValueError for an unknown column or unit, a treated unit with missing values, fewer
    than two times before or none after, no donors.

    Source: Abadie, Diamond and Hainmueller 2010, J Am Stat Assoc 105:493-505, outcomes as the
    only predictors; solved by non-negative least squares.

    >>> import numpy as np
    >>> panel = pd.DataFrame({
    ...     "place": np.repeat(["A", "B", "C"], 4), "year": [2009, 2010, 2011, 2012] * 3,
    ...     "rate": [30, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> result = synthetic_control(panel, unit="place", time="year", outcome="rate", treated="A",
    ...                            intervention=2012)
    >>> result.weights.round(3).to_numpy().tolist(), result.refused
    ([['B', 0.5], ['C', 0.5]], '')
    >>> result.series["synthetic"].round(1).tolist()
    [30.0, 34.0, 32.0, 31.0]
    """
    data = donor_pool(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated=treated,
        intervention=intervention,
        donors=donors,
    )
    spec = _spec(outcome, intervention, max_share)
    return fit_donors(data, max_share=max_share, spec=spec, given=weights)


def placebo_in_space(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    intervention: Any,
    donors: Sequence[Any] | None = None,
    max_share: float = MAX_SHARE,
    treated_as_donor: bool = True,
) -> PlaceboTest:
    """Fit every unit as if it were the treated one and rank the ratios of the gaps.

    `treated_as_donor` says whether the treated unit may be a donor of the others. The other
    arguments and the errors are those of `synthetic_control`. There is no p where the treated
    unit's own fit is refused. A donor that many weightings match exactly has an infinite ratio:
    it counts against the treated unit.

    Source: Abadie, Diamond and Hainmueller 2010 (post/pre RMSPE ratio, its rank as a p-value).

    >>> import numpy as np
    >>> panel = pd.DataFrame({
    ...     "place": np.repeat(["A", "B", "C"], 4), "year": [2009, 2010, 2011, 2012] * 3,
    ...     "rate": [30, 34, 32, 20, 20, 26, 21, 22, 40, 42, 45, 40]})
    >>> test = placebo_in_space(panel, unit="place", time="year", outcome="rate", treated="A",
    ...                         intervention=2012)
    >>> test.rank, test.n_units, round(test.p, 3)
    (1, 3, 0.333)
    """
    data = donor_pool(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated=treated,
        intervention=intervention,
        donors=donors,
    )
    if len(data.donors) < 2:
        raise refusal("placebos in space need at least two donors")
    spec = _spec(outcome, intervention, max_share)
    fits = {data.treated: fit_donors(data, max_share=max_share, spec=spec)}
    for donor in data.donors:
        pool = [u for u in data.donors if u != donor] + [data.treated] * treated_as_donor
        fits[donor] = fit_donors(data.of(donor, pool), max_share=max_share, spec=spec)
    units = pd.DataFrame(
        {
            "unit": list(fits),
            "treated": [name == data.treated for name in fits],
            "rmspe_pre": [f.rmspe_pre for f in fits.values()],
            "rmspe_post": [f.rmspe_post for f in fits.values()],
            "ratio": [f.ratio for f in fits.values()],
        }
    )
    units["rank"] = units["ratio"].rank(method="min", ascending=False).astype(int)
    own = fits[data.treated]
    at_least = int((units["ratio"] >= own.ratio).sum())
    return PlaceboTest(
        units=units.sort_values("rank", kind="stable", ignore_index=True),
        rank=int(units["rank"].iloc[0]),
        n_units=len(units),
        p=float("nan") if own.refused else at_least / len(units),
        smallest_p=1 / len(units),
        refused=own.refused,
        notes=own.notes,
        spec=spec | {"treated_as_donor": treated_as_donor},
    )


def placebo_in_time(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    intervention: Any,
    placebos: Sequence[Any],
    donors: Sequence[Any] | None = None,
    max_share: float = MAX_SHARE,
) -> pd.DataFrame:
    """Date the intervention at earlier times, with what came after it left out.

    A row a time in `placebos`: `placebo, times_before, times_after, rmspe_pre, rmspe_post,
    ratio, mean_gap, refused`. A large gap where nothing happened tells against the method.
    Errors: as `synthetic_control`, and ValueError for a placebo that is not before
    `intervention`.

    Source: Abadie, Diamond and Hainmueller 2015, Am J Pol Sci 59:495-510.

    >>> import numpy as np
    >>> panel = pd.DataFrame({
    ...     "place": np.repeat(["A", "B", "C"], 4), "year": [2009, 2010, 2011, 2012] * 3,
    ...     "rate": [30, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> placebo_in_time(panel, unit="place", time="year", outcome="rate", treated="A",
    ...                 intervention=2012, placebos=[2011])["mean_gap"].abs().round(1).tolist()
    [0.0]
    """
    rows = []
    for placebo in placebos:
        if not placebo < intervention:
            raise refusal(
                "placebo {placebo}: give times before {intervention}",
                placebo=placebo,
                intervention=intervention,
            )
        result = synthetic_control(
            panel[panel[time] < intervention],
            unit=unit,
            time=time,
            outcome=outcome,
            treated=treated,
            intervention=placebo,
            donors=donors,
            max_share=max_share,
        )
        after = result.series["after"]
        rows.append(
            {
                "placebo": placebo,
                "times_before": int((~after).sum()),
                "times_after": int(after.sum()),
                "rmspe_pre": result.rmspe_pre,
                "rmspe_post": result.rmspe_post,
                "ratio": result.ratio,
                "mean_gap": float(result.series["gap"][after].mean()),
                "refused": result.refused,
            }
        )
    return pd.DataFrame(rows)


def leave_one_out(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    intervention: Any,
    donors: Sequence[Any] | None = None,
    max_share: float = MAX_SHARE,
) -> pd.DataFrame:
    """Fit again without each donor that has weight, to see whether one donor carries the result.

    A row a left-out donor and time: `left_out, time, observed, synthetic, gap, after,
    rmspe_pre, refused`. Errors: as `synthetic_control`.

    Source: Abadie, Diamond and Hainmueller 2015, Am J Pol Sci 59:495-510.

    >>> import numpy as np
    >>> panel = pd.DataFrame({
    ...     "place": np.repeat(["A", "B", "C", "D"], 4), "year": [2009, 2010, 2011, 2012] * 4,
    ...     "rate": [30, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40, 25, 30, 20, 9]})
    >>> leave_one_out(panel, unit="place", time="year", outcome="rate", treated="A",
    ...               intervention=2012)["left_out"].unique().tolist()
    ['B', 'C']
    """
    data = donor_pool(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated=treated,
        intervention=intervention,
        donors=donors,
    )
    spec = _spec(outcome, intervention, max_share)
    weights = fit_donors(data, max_share=max_share, spec=spec).weights
    tables = []
    for donor in weights["unit"][weights["weight"] > 0]:
        pool = [other for other in data.donors if other != donor]
        if not pool:
            raise refusal("{donor} is the only donor: nothing is left without it", donor=donor)
        result = fit_donors(data.of(data.treated, pool), max_share=max_share, spec=spec)
        table = result.series.assign(rmspe_pre=result.rmspe_pre, refused=result.refused)
        table.insert(0, "left_out", donor)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _spec(outcome: str, intervention: Any, max_share: float) -> dict[str, Any]:
    return {"outcome": outcome, "intervention": intervention, "max_share": max_share}
