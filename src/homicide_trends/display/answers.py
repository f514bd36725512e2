"""What one definition gives, as the reports compute it, and where it stands on the grid."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..claims import appearance
from ..claims.grid import CHANGE
from ..language import _
from ..rates import comparison as rates
from ..rates import counterfactual
from ..series import periods as windows
from ..series.counts import finest_series
from .definitions import Definition, Prepared, agency_of, baseline_days

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Answer:
    """The estimate of one definition in the figure's own unit, and what stands beside it.

    ``problem`` says why there is no estimate (empty when there is one). ``holds`` is whether the
    estimate rounds to the figure, ``after_publication`` whether the window ends when the text may
    have been out already. ``same`` marks the rows of ``Prepared.known`` with the same counts,
    baseline and window (they differ in exposure and method).
    """

    chosen: Definition
    same: npt.NDArray[np.bool_]
    problem: str = ""
    estimate: float = NAN
    lower: float = NAN
    upper: float = NAN
    deaths: float = NAN
    baseline_deaths: float = NAN
    agency: str = ""
    deaths_method: str = ""
    holds: bool = False
    after_publication: bool = False


def answer(ready: Prepared, chosen: Definition) -> Answer:
    """Compute one definition; a definition that cannot be computed says why.

    The numbers are those of the reports ``change`` and ``averted``: deaths per person-year, a
    constant baseline rate, exact limits that take deaths as independent.

    >>> from homicide_trends.display import explore
    >>> ready = explore.prepare("memo-averted")
    >>> found = answer(ready, explore.first(ready))
    >>> round(found.estimate), found.holds
    (3877, False)
    """
    same = same_choices(ready, chosen)
    try:
        row = _computed(ready, chosen)
    except ValueError as error:
        return Answer(chosen, same, problem=str(error))
    if ready.measure == CHANGE:
        estimate, upper, lower = (
            -float(row[f"percent_change{end}"]) for end in ("", "_lower", "_upper")
        )
    else:
        estimate, lower, upper = (float(row[f"averted{end}"]) for end in ("", "_lower", "_upper"))
    if not np.isfinite(estimate):
        reason = _(
            "population.csv has no population of {series} for some of the months",
            series=chosen.population_series,
        )
        return Answer(chosen, same, problem=reason)
    appeared = appearance(str(ready.claim.figure["source_id"]), data=ready.data)
    accepted = ready.claim.accepted
    return Answer(
        chosen,
        same,
        estimate=estimate,
        lower=lower,
        upper=upper,
        deaths=float(row["deaths"]),
        baseline_deaths=float(row["baseline_deaths"]),
        agency=str(row.get("agency", "")),
        deaths_method=str(row.get("deaths_method", "")),
        holds=accepted is not None and accepted.holds(estimate),
        after_publication=appeared is not None and pd.Timestamp(chosen.window_end) >= appeared[0],
    )


def _computed(ready: Prepared, chosen: Definition) -> pd.Series:
    """The row that the report has for this definition."""
    baseline, window = chosen.baseline, chosen.window
    counted = finest_series(
        ready.builds(chosen.agency, chosen.population_series), [baseline, window],
        counts=ready.counts,
    )  # fmt: skip
    if ready.measure == CHANGE:
        pair = windows.compare(counted, baseline=baseline, window=window)
        return rates.percent_change(pair, conf=chosen.conf).iloc[0]
    return counterfactual.averted_deaths(
        counted, baseline=baseline, window=window, conf=chosen.conf, method="exact"
    ).iloc[0]


def same_choices(ready: Prepared, chosen: Definition) -> npt.NDArray[np.bool_]:
    """Rows of ``ready.known`` with the same counts, baseline and window.

    >>> from homicide_trends.display import explore
    >>> ready = explore.prepare("memo-averted")
    >>> same = ready.known[same_choices(ready, explore.first(ready))]
    >>> sorted(set(same["method"]))
    ['constant']
    """
    known = ready.known
    start, end = pd.Timestamp(chosen.window_start), pd.Timestamp(chosen.window_end)
    same = (known["start"] == start).to_numpy() & (known["end"] == end).to_numpy()
    sources = [name for name in known["source"].cat.categories if agency_of(name) == chosen.agency]
    same &= known["source"].isin(sources).to_numpy()
    days = tuple(pd.Timestamp(date) for date in chosen.baseline)
    baselines = [one.key for one in ready.baselines if baseline_days(one, start, end) == days]
    return np.asarray(same & known["baseline"].isin(baselines).to_numpy())
