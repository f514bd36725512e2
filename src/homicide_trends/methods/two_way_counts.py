"""Marked places against all others by counts, before and after; the limits let places differ.

Where many places have years without a death, as small municipalities do, rates have no logarithm
and `two_way.two_way_differences` no ratio: here the deaths themselves are compared.

Model: the deaths of place i in year t have the mean a_i b_t exp(d), where d counts in marked places
after the date alone: every place has its own level, every year its own. The Poisson estimate of
exp(d) is then in closed form: the ratio of the marked places' deaths after to before, over that of
all others (the likelihood equations of a two by two table of sums).

The limits do not take deaths as Poisson. Each place is one draw: what it adds to the logarithm of
that ratio is y_after / Y_after - y_before / Y_before of its group, over 1 - w where w is its share
of the group's deaths, as in a jackknife; the variance is the sum of their squares (Liang and Zeger
1986, clustered by place; the correction is CR3 of Bell and McCaffrey 2002). The quantile is that of
Student's t: a group counts as the 1 / sum of w^2 places that it is worth when a few large ones
outweigh the rest (Carter, Schnepel and Steigerwald 2017); the two are joined as in Welch (1947).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from ..arguments import confidence, counts, need_columns
from ..language import _
from ..refusals import RefusedError

FEWEST = 3
"""Places of a group below which nothing tells how far places differ."""


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


def two_way_counts(
    deaths: ArrayLike, marked: ArrayLike, after: ArrayLike, *, conf: float = 0.95
) -> TwoWay:
    """The comparison of marked places with all others, before and after.

    ``deaths`` has a row for each place and a column for each period, none missing; ``marked`` is
    true for some places, ``after`` for some periods. Raises RefusedError where a group has fewer
    than three places, or no deaths before or after, and where a side of the date has no period;
    ValueError for negative counts and shapes that do not fit.

    >>> found = two_way_counts([[40, 20], [60, 30], [50, 27], [40, 40], [80, 76], [60, 66]],
    ...     [True, True, True, False, False, False], [False, True])
    >>> round(found.ratio, 3), found.lower < found.ratio < found.upper < 1
    (0.508, True)
    """
    y = counts(deaths, "deaths")
    chosen, late = np.asarray(marked, dtype=bool), np.asarray(after, dtype=bool)
    if y.ndim != 2 or y.shape != (chosen.size, late.size) or np.isnan(y).any():
        raise ValueError(_("deaths must have a row for each place and a column for each period"))
    if late.all() or not late.any():
        raise RefusedError(_("a comparison needs periods before and after the date"))
    sums = np.stack([y[:, ~late].sum(1), y[:, late].sum(1)])
    totals, variance, free = [], 0.0, 0.0
    for group in (chosen, ~chosen):
        n = int(group.sum())
        if n < FEWEST:
            raise RefusedError(
                _("a comparison needs {fewest} places of each kind, not {number}",
                  fewest=FEWEST, number=n)
            )  # fmt: skip
        before, later = sums[:, group].sum(1)
        if not before or not later:
            raise RefusedError(_("a comparison needs deaths of both kinds before and after"))
        parts = sums[1, group] / later, sums[0, group] / before
        share = (parts[0] + parts[1]) / 2
        own = (
            float((((parts[0] - parts[1]) / (1 - share)) ** 2).sum()) if share.max() < 1 else np.inf
        )
        worth = max(1 / float((share**2).sum()) - 1, 1.0)
        variance, free = variance + own, free + own**2 / worth
        totals.append((before, later))
    (before1, after1), (before0, after0) = totals
    ratio = (after1 / before1) / (after0 / before0)
    level = confidence(conf)
    width = 0.0
    if free:
        with np.errstate(over="ignore", invalid="ignore"):
            width = float(stdtrit(max(variance**2 / free, 1.0), 0.5 + level / 2)) * variance**0.5
    return TwoWay(
        float(ratio), float(ratio * np.exp(-width)), float(ratio * np.exp(width)), level,
        int(chosen.sum()), int((~chosen).sum()),
        float(before1), float(after1), float(before0), float(after0),
    )  # fmt: skip


def compare_places(
    counted: pd.DataFrame, marked: list[str], *, first: int, conf: float = 0.95
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
    return two_way_counts(
        wide.to_numpy(float), wide.index.isin(marked), wide.columns >= first, conf=conf
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
