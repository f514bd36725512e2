"""A unit, its pool of donors, and the weights with which they follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import choice, need_columns
from ..language import _, refusal, translated

Floats = npt.NDArray[np.float64]

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticControl:
    """A synthetic control of one unit.

    `weights`: unit, weight, a row a donor. `series`: time, observed, synthetic, gap (observed
    less synthetic), after. `rmspe_pre`, `rmspe_post`: root mean squared gap before and after;
    `ratio` the second over the first. `share` is `rmspe_pre` over the unit's mean outcome
    before. `unique`: whether no other weights fit as well. `refused` says why nothing may be
    concluded, and is empty when the fit is good enough.
    """

    weights: pd.DataFrame
    series: pd.DataFrame
    rmspe_pre: float
    rmspe_post: float
    ratio: float
    share: float
    unique: bool
    refused: str
    notes: tuple[str, ...]
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class DonorPool:
    """Outcomes by time and unit, without gaps; donors in the order of their names."""

    times: pd.Index[Any]
    before: npt.NDArray[np.bool_]
    treated: Any
    donors: tuple[Any, ...]
    wide: pd.DataFrame
    notes: tuple[str, ...]

    def of(self, treated: Any, donors: Sequence[Any]) -> DonorPool:
        """The same panel with another treated unit and other donors."""
        return replace(self, treated=treated, donors=tuple(sorted(donors, key=str)))


def _given(given: Mapping[Any, float], donors: tuple[Any, ...]) -> Floats:
    """Weights by donor in the order of the pool, checked."""
    for name in given:
        choice(name, donors, "donor")
    weights = np.array([given.get(name, 0.0) for name in donors], dtype=float)
    if (weights < 0).any() or not abs(weights.sum() - 1) < 0.01:
        raise refusal(
            "weights: none is below 0, and they add up to 1, not to {total}",
            total=f"{weights.sum():.3f}",
        )
    return np.asarray(weights / weights.sum())


def simplex_weights(target: Floats, donors: Floats) -> tuple[Floats, bool]:
    """Weights >= 0 with sum 1 that minimise |target - donors x weights|, and whether unique.

    `target`: values by time; `donors`: times by units. With the rows d - target scaled to at
    most 1, min |D u|^2 + (1 - sum u)^2 over u >= 0 has u proportional to the solution, exactly
    (Lawson and Hanson 1974, chapter 23, least distance programming).

    >>> simplex_weights(np.array([1.0, 2.0]), np.array([[0.0, 2.0], [1.0, 3.0]]))
    (array([0.5, 0.5]), True)
    """
    from scipy.optimize import nnls

    gaps = donors - target[:, None]
    scale = np.abs(gaps).max()
    if scale > 0:
        gaps = gaps / scale
    system = np.vstack([gaps, np.ones(gaps.shape[1])])
    solution, _gap = nnls(system, np.append(np.zeros(len(gaps)), 1.0))
    weights = solution / solution.sum()
    weights = np.where(weights < NEGLIGIBLE, 0.0, weights)
    weights = weights / weights.sum()
    # Donors that may get weight without a worse fit: the gradient is smallest there.
    gradient = gaps.T @ (gaps @ weights)
    tied = gradient <= gradient @ weights + NEGLIGIBLE
    return weights, bool(np.linalg.matrix_rank(system[:, tied]) == tied.sum())


def fit_donors(
    data: DonorPool,
    *,
    max_share: float,
    spec: dict[str, Any],
    given: Mapping[Any, float] | None = None,
) -> SyntheticControl:
    """Synthetic control of the treated unit of a pool, refused above `max_share`.

    `given` are weights of somebody else, such as a study's, by donor; they are taken as they are.
    """
    observed = data.wide[data.treated].to_numpy()
    matrix = data.wide[list(data.donors)].to_numpy()
    if given is None:
        weights, unique = simplex_weights(observed[data.before], matrix[data.before])
    else:
        weights, unique = _given(given, data.donors), True
    synthetic = matrix @ weights
    gap = observed - synthetic
    pre = float(np.sqrt(np.mean(gap[data.before] ** 2)))
    post = float(np.sqrt(np.mean(gap[~data.before] ** 2)))
    level = float(np.abs(observed[data.before]).mean())
    share = pre / level if level > 0 else float("inf")
    exact = pre <= NEGLIGIBLE * level
    refused = ""
    if share > max_share:
        refused = _(
            "{treated} is not matched before {intervention}: the gap of {gap} is {share}% of its "
            "level of {level}, above the limit of {limit}%",
            treated=translated(str(data.treated)),
            intervention=spec["intervention"],
            gap=f"{pre:.3g}",
            share=f"{100 * share:.1f}",
            level=f"{level:.3g}",
            limit=f"{100 * max_share:.1f}",
        )
    elif exact and not unique:
        refused = _(
            "{treated} is matched exactly by many weightings of {donors} donors in {times} times "
            "before {intervention}: the weights are arbitrary",
            treated=translated(str(data.treated)),
            donors=len(data.donors),
            times=data.before.sum(),
            intervention=spec["intervention"],
        )
    notes = data.notes
    if given is None and len(data.donors) >= data.before.sum():
        notes += (
            _(
                "{donors} donors and {times} times before: so many can be made to match almost any "
                "course, and a close match says little.",
                donors=len(data.donors),
                times=data.before.sum(),
            ),
        )
    if not unique:
        notes += (
            _("Other weights fit as well before the intervention; they can differ after it."),
        )
    return SyntheticControl(
        weights=pd.DataFrame({"unit": list(data.donors), "weight": weights}),
        series=pd.DataFrame(
            {
                "time": data.times,
                "observed": observed,
                "synthetic": synthetic,
                "gap": gap,
                "after": ~data.before,
            }
        ),
        rmspe_pre=pre,
        rmspe_post=post,
        ratio=float("inf") if exact else post / pre,
        share=share,
        unique=unique,
        refused=refused,
        notes=notes,
        spec=spec | {"treated": data.treated, "donors": list(data.donors)},
    )


def donor_pool(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated: Any,
    intervention: Any,
    donors: Sequence[Any] | None,
) -> DonorPool:
    """Read a pool from a long panel: times of the treated unit, donors without gaps in them."""
    need_columns(panel, unit, time, outcome)
    if panel.duplicated([unit, time]).any():
        first = panel[panel.duplicated([unit, time])].iloc[0]
        raise refusal("more than one row for {unit} at {time}", unit=first[unit], time=first[time])
    wide = panel.pivot(index=time, columns=unit, values=outcome).sort_index().astype(float)
    for name in [treated, *(donors or [])]:
        choice(name, wide.columns, "unit")
    own = wide[treated].dropna().index
    if not wide[treated].loc[own[0] : own[-1]].notna().all():
        raise refusal(
            "{treated} has missing values between {first} and {last}",
            treated=treated,
            first=own[0],
            last=own[-1],
        )
    wide = wide.loc[own]
    before = np.asarray(own < intervention)
    if before.sum() < 2 or before.all():
        raise refusal(
            "{treated} has {before} times before {intervention} and {after} from it on: at "
            "least 2 and 1 are needed",
            treated=treated,
            before=before.sum(),
            intervention=intervention,
            after=(~before).sum(),
        )
    named = [name for name in (wide.columns if donors is None else donors) if name != treated]
    whole = sorted((name for name in named if wide[name].notna().all()), key=str)
    if not whole:
        raise refusal("no donor has a value at every time of {treated}", treated=treated)
    left_out = sorted(map(str, set(named) - set(whole)))
    notes = (
        (_("Left out for missing values: {names}.", names=", ".join(left_out)),) if left_out else ()
    )
    return DonorPool(own, before, treated, tuple(whole), wide, notes)
