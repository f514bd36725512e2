"""Joinpoint regression: where the trend of a series of rates changes, and by how much a year.

The model, its search and its inference are those of the Joinpoint Regression Program of the US
National Cancer Institute (NCI), whose printed digits this module reproduces:

- joinpoints lie on observed years; every admissible placement is tried, and the continuous broken
  line with the smallest weighted sum of squares is kept (Lerman 1980, Appl Stat 29:77-84);
- the number of joinpoints is selected by a sequence of permutation tests (Kim, Fay, Feuer and
  Midthune 2000, Stat Med 19:335-351);
- a slope's standard error comes from a line through the segment's own years without the joinpoints,
  with the residual variance pooled over the segments;
- the average annual percent change (AAPC) weights the slopes by the years they last (Clegg et al.
  2009, Stat Med 28:3670-3682).

Errors are taken as uncorrelated; NCI's options for autocorrelated errors are not here. By
simulation (8 to 30 years, one joinpoint, its number known or selected) 95 % limits covered 91 to
99 % for an annual percent change and 97 % or more for the year of a joinpoint; with errors
correlated by 0.5 from year to year, 74 to 94 % for an annual percent change. Of straight series
with the number selected, those of an AAPC covered 89 to 97 %, and 80 to 84 % with such errors
(docs/validation.md).
A joinpoint dates a change of trend; it is not evidence of what caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..arguments import need_columns
from ..language import refusal
from .joinpoint_inference import (
    average_table,
    location_table,
    model_table,
    segment_table,
    series_table,
)
from .joinpoint_selection import Floats, fit, grid, select_by_permutation

Selection = Literal["permutation", "bic", "wbic", "bic3"]

# NCI's recommendation: the smallest number of years for 1, 2, 3, 4 and 5 joinpoints.
_RECOMMENDED = (7, 12, 17, 22, 27)


@dataclass(frozen=True, slots=True, eq=False)
class JoinpointResult:
    """A fitted joinpoint regression, as tidy tables.

    - `joinpoints`: a row a joinpoint: `joinpoint` (year), `joinpoint_lower`, `joinpoint_upper`,
      `joinpoint_method`, `joinpoint_conf`, and the `slope_change` there with `slope_change_se`,
      `statistic`, `p_value`.
    - `segments`: a row a segment: `segment` (from 1), `start`, `end` (years, shared by neighbours),
      `observations` (years inside, joinpoints left out), `intercept` (at year 0), `slope` (a year;
      of the log of the rate when `log`), `slope_se`, `slope_lower`, `slope_upper`, `statistic`,
      `p_value`, `apc` (percent a year), `apc_lower`, `apc_upper`, `apc_method`, `apc_conf`.
    - `aapc`: one row, the whole range; see `aapc` for other ranges.
    - `series`: a row a year: `year`, `rate`, `se`, `fitted`, `segment`, `is_joinpoint`.
    - `selection`: a row a permutation test: `k0`, `k1`, `statistic`, `p_value`, `level`, `decision`
      (the number of joinpoints favoured). Empty for other ways of selecting.
    - `models`: a row a number of joinpoints: `n_joinpoints`, `joinpoints` (years), `sse`, `df`,
      `mse`, `bic`, `bic3`, `wbic` (and its `weight`), `selected`.
    - `spec`: every choice made, as plain values.
    """

    joinpoints: pd.DataFrame
    segments: pd.DataFrame
    aapc: pd.DataFrame
    series: pd.DataFrame
    selection: pd.DataFrame
    models: pd.DataFrame
    spec: dict[str, Any]


def joinpoint(
    table: pd.DataFrame,
    *,
    year: str = "year",
    rate: str = "rate",
    se: str | None = None,
    max_joinpoints: int | None = None,
    joinpoints: int | None = None,
    log: bool = True,
    selection: Selection = "permutation",
    permutations: int = 4499,
    alpha: float = 0.05,
    seed: int = 0,
    conf: float = 0.95,
    min_to_end: int = 2,
    min_between: int = 2,
) -> JoinpointResult:
    """Fit a joinpoint regression to a table with one row a year.

    Columns: `year` (a number; gaps and unequal spacing are allowed), `rate` (any unit; above 0 when
    `log`) and, if named, `se` (standard error of the rate, same unit). Rows may be in any order.

    The weights are (rate/se)^2 with `log`, 1/se^2 without, and constant without `se`. For a rate
    from a Poisson count of deaths, se = rate / sqrt(deaths).

    `max_joinpoints` is the most that `selection` may choose: by default NCI's recommendation, none
    below 7 years, 1 from 7, 2 from 12, 3 from 17, 4 from 22, 5 from 27. `selection` is
    "permutation" (sequential tests of overall level `alpha`, reproducible by `seed`), "bic", "bic3"
    (a harsher penalty) or "wbic" (weighted between the two, the default of NCI's program from
    version 5.0 on). `joinpoints=k` fits exactly k instead. At least `min_to_end` years lie strictly
    between a joinpoint and either end, `min_between` between two joinpoints; with less than 2 a
    segment may have no standard error (NaN).

    The interval of a joinpoint is the range of years at which the sum of squares stays within
    k F(k, n-2k-2) of its minimum, one observed year wider on either side.

    Raises ValueError for a missing or infinite value, a repeated year, a rate that has no
    logarithm, a standard error that is not above 0, and too few years: k joinpoints need at least
    max(2 min_to_end + (k-1) min_between + k, 3k + 3).

    Source: Kim et al. 2000, Stat Med 19:335-351, and the manual of NCI's program, version 5.

    >>> import pandas as pd
    >>> rates = [50 * 1.1**year for year in range(7)]  # 10 percent more a year from 2000 to 2006
    >>> rates += [rates[-1] * 0.95**year for year in range(1, 6)]  # and then 5 percent less
    >>> result = joinpoint(pd.DataFrame({"year": range(2000, 2012), "rate": rates}), joinpoints=1)
    >>> result.segments[["start", "end", "apc"]].round(3)
       start   end   apc
    0   2000  2006  10.0
    1   2006  2011  -5.0
    >>> float(aapc(result, 2005, 2007)["aapc"].iloc[0].round(3))  # 100 (sqrt(1.1 x 0.95) - 1)
    2.225
    """
    data = _series(table, year, rate, se, log)
    weights = _weights(data, log)
    years = data["year"].to_numpy(dtype=float)
    response = data["rate"].to_numpy(dtype=float)
    response = np.log(response) if log else response
    most = _most_joinpoints(len(data), joinpoints, max_joinpoints)
    _check_choices(selection, permutations, alpha, conf, min_to_end, min_between)
    _check_length(len(data), most, min_to_end, min_between)

    on = grid(years, weights, min_to_end=min_to_end, min_between=min_between)
    fits = {k: fit(on, response, k) for k in range(most + 1)}
    tests: list[dict[str, Any]] = []
    models = model_table(on, response, fits)
    if joinpoints is not None:
        chosen = joinpoints
    elif selection == "permutation":
        tests = select_by_permutation(
            on, response, fits, permutations=permutations, alpha=alpha, seed=seed
        )
        chosen = tests[-1]["decision"] if tests else 0
    else:
        chosen = int(models[selection].to_numpy().argmin())
    models["selected"] = models["n_joinpoints"] == chosen

    by_permutation = joinpoints is None and selection == "permutation"
    spec = {
        "year": year,
        "rate": rate,
        "se": se,
        "observations": len(data),
        "log": log,
        "weights": "constant" if se is None else "(rate/se)^2" if log else "1/se^2",
        "grid": "observed years",
        "min_to_end": min_to_end,
        "min_between": min_between,
        "selection": "fixed" if joinpoints is not None else selection,
        "max_joinpoints": most,
        "permutations": permutations if by_permutation else None,
        "alpha": alpha if by_permutation else None,
        "seed": seed if by_permutation else None,
        "conf": conf,
        "errors": "uncorrelated",
    }
    segments = segment_table(on, response, fits[chosen], log=log, conf=conf)
    return JoinpointResult(
        joinpoints=location_table(on, fits[chosen], segments, conf=conf),
        segments=segments,
        aapc=average_table(segments, years[0], years[-1], log=log, conf=conf),
        series=series_table(data, on, fits[chosen], log=log),
        selection=pd.DataFrame(
            tests, columns=["k0", "k1", "statistic", "p_value", "level", "decision"]
        ),
        models=models,
        spec=spec,
    )


def aapc(result: JoinpointResult, start: float, end: float) -> pd.DataFrame:
    """Return the average annual percent change over the years from `start` to `end`, in one row.

    Columns: `start`, `end` (years), `slope` (mean, a year), `slope_se`, `slope_lower`,
    `slope_upper`, `statistic`, `p_value`, `aapc` (percent a year; NaN without the log),
    `aapc_lower`, `aapc_upper`, `aapc_method`, `aapc_conf`.

    The mean of the slopes is weighted by the years that each lasts inside the range, its variance
    is the sum of the squared weights times the squared standard errors. As in NCI's program the
    limits are Student's where the range lies within one segment and normal where it does not.

    Raises ValueError for a range that is empty or reaches outside the years of the fit.

    Source: Clegg et al. 2009, Stat Med 28:3670-3682.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": range(2001, 2009), "rate": [8, 9, 12, 13, 15, 14, 13, 13]})
    >>> result = joinpoint(table, joinpoints=1)
    >>> aapc(result, 2005, 2008)[["aapc", "aapc_method"]].round(2)
       aapc            aapc_method
    0 -5.85  within one segment, t
    """
    first, last = result.segments["start"].iloc[0], result.segments["end"].iloc[-1]
    if not first <= start < end <= last:
        raise refusal(
            "no average change from {start} to {end}: the fit runs from {first} to {last}",
            start=start,
            end=end,
            first=first,
            last=last,
        )
    log, conf = result.spec["log"], result.spec["conf"]
    return average_table(result.segments, start, end, log=log, conf=conf)


def aapc_from_apc(apc: ArrayLike, length: ArrayLike) -> float:
    """Return the average annual percent change of segments with printed APCs and lengths in years.

    `apc` in percent a year, `length` in years, one number a segment; the result is
    100 (exp(sum(L ln(1 + APC/100)) / sum(L)) - 1), in percent a year.

    Raises ValueError for a different number of APCs and lengths, for an APC of -100 or below and
    for a length that is not above 0.

    Source: Clegg et al. 2009, Stat Med 28:3670-3682. One year at -10.7 and eight at 0.5:

    >>> round(aapc_from_apc([-10.7, 0.5], [1, 8]), 1)
    -0.8
    """
    changes = np.atleast_1d(np.asarray(apc, dtype=float))
    years = np.atleast_1d(np.asarray(length, dtype=float))
    if changes.shape != years.shape or changes.ndim != 1 or changes.size == 0:
        raise refusal(
            "{changes} APCs and {lengths} lengths; give one length an APC",
            changes=changes.size,
            lengths=years.size,
        )
    if not (np.isfinite(changes) & (changes > -100)).all():
        raise refusal(
            "an APC is a finite number above -100 percent; got {changes}", changes=changes.tolist()
        )
    if not (np.isfinite(years) & (years > 0)).all():
        raise refusal(
            "a length is a finite number of years above 0; got {lengths}", lengths=years.tolist()
        )
    return float(100 * np.expm1(np.average(np.log1p(changes / 100), weights=years)))


def _series(table: pd.DataFrame, year: str, rate: str, se: str | None, log: bool) -> pd.DataFrame:
    """Return the checked columns under fixed names, sorted by year."""
    named = {"year": year, "rate": rate} | ({} if se is None else {"se": se})
    need_columns(table, *named.values())
    for column in named.values():
        if not pd.api.types.is_numeric_dtype(table[column]):
            raise refusal(
                "column {column!r} holds {dtype}, not numbers",
                column=column,
                dtype=table[column].dtype,
            )
    data = pd.DataFrame({name: table[column].to_numpy() for name, column in named.items()})
    for name, column in named.items():
        values = data[name].to_numpy(dtype=float, na_value=np.nan)
        if not np.isfinite(values).all():
            row = int(np.argmin(np.isfinite(values)))
            raise refusal(
                "{column!r} is {value} in row {row} (year {year}); drop the row or complete it",
                column=column,
                value=values[row],
                row=row,
                year=f"{data['year'].iloc[row]:g}",
            )
        floor = (name == "se") or (name == "rate" and log)
        if floor and not (values > 0).all():
            row = int(np.argmin(values > 0))
            raise refusal(
                "{column!r} is {value} in row {row} (year {year}); it must be above 0, else use "
                "log=False or longer periods, or leave se out",
                column=column,
                value=f"{values[row]:g}",
                row=row,
                year=f"{data['year'].iloc[row]:g}",
            )
    repeated = data.loc[data["year"].duplicated(), "year"]
    if len(repeated):
        raise refusal(
            "year {year} stands in more than one row; give one a year", year=f"{repeated.iloc[0]:g}"
        )
    if "se" not in data:
        data["se"] = np.nan
    if (data["year"] % 1 == 0).all():
        data["year"] = data["year"].astype("int64")
    return data.sort_values("year", ignore_index=True, kind="stable")


def _weights(data: pd.DataFrame, log: bool) -> Floats:
    if data["se"].isna().all():
        return np.ones(len(data))
    scale = data["rate"] if log else 1.0
    weights: Floats = ((scale / data["se"]) ** 2).to_numpy(dtype=float)
    return weights


def _most_joinpoints(n: int, joinpoints: int | None, max_joinpoints: int | None) -> int:
    if joinpoints is not None and max_joinpoints is not None:
        raise refusal("give joinpoints=k to fix the number or max_joinpoints=k to limit it")
    given = max_joinpoints if joinpoints is None else joinpoints
    most = sum(n >= years for years in _RECOMMENDED) if given is None else given
    if most < 0:
        raise refusal("a number of joinpoints is 0 or more; got {most}", most=most)
    return most


def _check_choices(
    selection: str,
    permutations: int,
    alpha: float,
    conf: float,
    min_to_end: int,
    min_between: int,
) -> None:
    if selection not in ("permutation", "bic", "bic3", "wbic"):
        raise refusal(
            "selection is 'permutation', 'bic', 'bic3' or 'wbic'; got {selection!r}",
            selection=selection,
        )
    if permutations < 1:
        raise refusal("permutations is 1 or more; got {permutations}", permutations=permutations)
    for name, share in (("alpha", alpha), ("conf", conf)):
        if not 0 < share < 1:
            raise refusal("{name} lies between 0 and 1; got {share}", name=name, share=share)
    if min_to_end < 1 or min_between < 0:
        raise refusal(
            "min_to_end is 1 or more and min_between 0 or more; got {min_to_end} and {min_between}",
            min_to_end=min_to_end,
            min_between=min_between,
        )


def _check_length(n: int, k: int, min_to_end: int, min_between: int) -> None:
    placed = 2 * min_to_end + (k - 1) * min_between + k if k else 3
    needed = max(placed, 3 * k + 3)
    if n < needed:
        raise refusal(
            "{n} years are too few for {k} joinpoints: at least {needed} are needed, the "
            "larger of 2 min_to_end + (k-1) min_between + k = {placed} and 3k + 3 = {least}",
            n=n,
            k=k,
            needed=needed,
            placed=placed,
            least=3 * k + 3,
        )
