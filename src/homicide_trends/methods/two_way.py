"""Two-way differences: marked places against all others, before and after, with clustered limits.

Every place has its own level and every time its own; the marked places change by one ratio after
the date. The ratio is estimated in one of two ways:

- from sums, the Poisson estimate (deaths, or rates): the marked places' total after over that
  before, over the same of all others, which are the likelihood equations of a two by two table of
  sums. Years without a death, as small places have them, do no harm.
- from logarithms: the mean change of the marked places' logarithms less that of the others', the
  estimate of a regression with an effect of each place and time.

The limits do not take deaths as Poisson. Each place is one draw: the variance is that of what
places add to the logarithm of the ratio (Liang and Zeger 1986, clustered by place). Of sums a place
adds y_after / Y_after - y_before / Y_before of its group, over 1 - w where w is its share of the
group's deaths, as in a jackknife (CR3 of Bell and McCaffrey 2002); a group counts as the
1 / sum of w^2 places that it is worth when a few large ones outweigh the rest (Carter, Schnepel and
Steigerwald 2017), and the two are joined as in Welch (1947). Of logarithms the factor is n/(n - 1)
within each group, on Student's t with places less 2. One marked place has no scatter of its own:
its limits take that of the others (Conley and Taber 2011).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import confidence, counts, need_columns
from ..language import _, refusal
from ..refusals import RefusedError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FEWEST = 3
"""Places of a group below which sums do not tell how far places differ."""
FEWEST_OTHERS = 5
"""Other places whose scatter stands for that of a marked place that is alone."""


@dataclass(frozen=True, slots=True)
class TwoWay:
    """How much more the marked places changed than all others: a ratio of ratios with limits."""

    ratio: float
    lower: float
    upper: float
    conf: float
    marked: int
    others: int
    marked_before: float
    marked_after: float
    others_before: float
    others_after: float

    @property
    def percent(self) -> tuple[float, float, float]:
        """The same in percent, with its limits: negative where the marked places fell more."""
        return 100 * (self.ratio - 1), 100 * (self.lower - 1), 100 * (self.upper - 1)


def two_way_differences(
    values: npt.ArrayLike,
    marked: npt.ArrayLike,
    after: npt.ArrayLike,
    *,
    logs: bool = False,
    conf: float = 0.95,
) -> TwoWay:
    """The comparison of marked places with all others, before and after.

    ``values`` (deaths or rates) has a row for each place and a column for each period, none
    missing; ``marked`` is true for some places, ``after`` for some periods. With ``logs`` the
    logarithms are compared instead of the sums; then one marked place beside five others has
    limits too, and with fewer others none (NaN). Raises RefusedError where a group has too few
    places (three; of logarithms one and two), no deaths before or after (of logarithms anywhere),
    and where a side of the date has no period; ValueError for negative values and shapes that do
    not fit.

    >>> found = two_way_differences([[40, 20], [60, 30], [50, 27], [40, 40], [80, 76], [60, 66]],
    ...     [True, True, True, False, False, False], [False, True])
    >>> round(found.ratio, 3), found.lower < found.ratio < found.upper < 1
    (0.508, True)
    """
    y = counts(values, "values")
    chosen, late = np.asarray(marked, dtype=bool), np.asarray(after, dtype=bool)
    if y.ndim != 2 or y.shape != (chosen.size, late.size) or np.isnan(y).any():
        raise ValueError(_("values must have a row for each place and a column for each period"))
    if late.all() or not late.any():
        raise refusal("a comparison needs periods before and after the date")
    sums = np.stack([y[:, ~late].sum(1), y[:, late].sum(1)])
    totals = [float(part[group].sum()) for group in (chosen, ~chosen) for part in sums]
    fewest = (1, 2) if logs else (FEWEST, FEWEST)
    for group, least in zip((chosen, ~chosen), fewest, strict=True):
        if group.sum() < least:
            raise refusal(
                "a comparison needs {fewest} places of each kind, not {number}",
                fewest=least, number=int(group.sum()),
            )  # fmt: skip
    if not (y > 0).all() if logs else not all(totals):
        raise refusal("a comparison needs deaths of both kinds before and after")
    level = confidence(conf)
    log_ratio, width = _of_logs(y, chosen, late, level) if logs else _of_sums(sums, chosen, level)
    with np.errstate(over="ignore"):
        ratio, lower, upper = np.exp([log_ratio, log_ratio - width, log_ratio + width])
    return TwoWay(
        float(ratio), float(lower), float(upper), level,
        int(chosen.sum()), int((~chosen).sum()), totals[0], totals[1], totals[2], totals[3],
    )  # fmt: skip


def _of_sums(sums: Floats, chosen: Flags, conf: float) -> tuple[float, float]:
    """Logarithm of the ratio of sums and its half-width."""
    from scipy.special import stdtrit

    variance = free = log_ratio = 0.0
    for sign, group in ((1, chosen), (-1, ~chosen)):
        before, later = sums[:, group].sum(1)
        log_ratio += sign * np.log(later / before)
        parts = sums[1, group] / later, sums[0, group] / before
        share = (parts[0] + parts[1]) / 2
        own = (
            float((((parts[0] - parts[1]) / (1 - share)) ** 2).sum()) if share.max() < 1 else np.inf
        )
        worth = max(1 / float((share**2).sum()) - 1, 1.0)
        variance, free = variance + own, free + own**2 / worth
    if not free:
        return float(log_ratio), 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        quantile = float(stdtrit(max(variance**2 / free, 1.0), 0.5 + conf / 2))
    return float(log_ratio), quantile * float(variance) ** 0.5


def _of_logs(y: Floats, chosen: Flags, late: Flags, conf: float) -> tuple[float, float]:
    """Difference of the mean changes of logarithms and its half-width."""
    from scipy.special import stdtrit

    change = np.log(y[:, late]).mean(1) - np.log(y[:, ~late]).mean(1)
    mine, others = change[chosen], change[~chosen]
    estimate, spread = float(mine.mean() - others.mean()), float(others.var(ddof=1))
    if len(mine) > 1:
        variance = float(mine.var(ddof=1)) / len(mine) + spread / len(others)
        free = len(change) - 2
    elif len(others) >= FEWEST_OTHERS:
        variance, free = spread * (1 + 1 / len(others)), len(others) - 1
    else:
        return estimate, float("nan")
    return estimate, float(stdtrit(free, 0.5 + conf / 2)) * variance**0.5


def compare_places(
    counted: pd.DataFrame,
    marked: list[str],
    *,
    first: int,
    logs: bool = False,
    conf: float = 0.95,
) -> TwoWay:
    """The same for a table of ``place, year, deaths``, a row a place and year.

    ``first`` is the first year after. Places that lack one of the years are left out; RefusedError
    where too few are left, and ValueError for a place and year that stand twice.

    >>> rows = [(place, year, n) for place, pair in
    ...     {"a": (40, 20), "b": (60, 30), "c": (50, 27), "x": (40, 40), "y": (80, 76),
    ...      "z": (60, 66)}.items() for year, n in zip((2012, 2013), pair)]
    >>> table = pd.DataFrame(rows, columns=["place", "year", "deaths"])
    >>> round(compare_places(table, ["a", "b", "c"], first=2013).ratio, 3)
    0.508
    """
    need_columns(counted, "place", "year", "deaths")
    if counted.duplicated(["place", "year"]).any():
        raise ValueError(_("a place and year stand twice"))
    wide = counted.pivot(index="place", columns="year", values="deaths").dropna()
    return two_way_differences(
        wide.to_numpy(float), wide.index.isin(marked), wide.columns >= first, logs=logs, conf=conf
    )


def compare_where_possible(
    counted: pd.DataFrame, marked: list[str], *, first: int, conf: float = 0.95
) -> TwoWay | None:
    """The same, or nothing where there are too few places or years.

    >>> compare_where_possible(pd.DataFrame(columns=["place", "year", "deaths"]), [], first=2013)
    """
    level = confidence(conf)
    if counted.empty or counted["year"].nunique() < 2:
        return None
    # Years that few places have would leave few places: those are kept that most of them have.
    places = counted.groupby("year")["place"].nunique()
    counted = counted[counted["year"].isin(places.index[places >= places.max() / 2])]
    try:
        return compare_places(counted, marked, first=first, conf=level)
    except RefusedError:
        return None
