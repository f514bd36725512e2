"""Two periods compared in one call: the change of the rate, and the deaths fewer than expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from ..arguments import Window
from ..series import DailyCurve, daily_curve
from ..tables.folders import Folder
from ..tables.load import place_name
from ..wording import sentences


@dataclass(frozen=True)
class Compared:
    """Two periods of a place beside each other; ``table`` is one row with every number."""

    place: str
    name: str
    quantity: str
    table: pd.DataFrame

    def summary(self) -> str:
        """The answer in a sentence, with its limits."""
        say = sentences.averted if self.quantity == "averted" else sentences.change
        return say(self.table, self.name)

    def __repr__(self) -> str:
        value = self.table[self.quantity].iloc[0]
        return f"<{self.quantity} {self.place}: {value:,.1f}; .summary() says it, .table has all>"

    def _repr_html_(self) -> str:
        limits = [f"{self.quantity}{end}" for end in ("", "_lower", "_upper")]
        known = [name for name in ("baseline_deaths", "deaths", "expected") if name in self.table]
        shown = self.table[[*known, *limits]].T.set_axis([self.name], axis=1).round(1)
        return f"<p>{escape(self.summary())}</p>{shown.to_html()}"


def change(
    place: str,
    *,
    baseline: Window,
    period: Window,
    agency: str | Sequence[str] = "preferred",
    population_series: str | None = "WPP2024",
    conf: float = 0.95,
    data: Folder | None = None,
) -> Compared:
    """By how much the homicide rate of a period differs from that of a baseline.

    ``table`` has ``percent_change`` with its limits, which let in how the counts scatter and come
    in spells; columns and sources as in ``rates.percent_change``. Months and years name whole
    periods. Raises DataError for an unknown place or agency, ValueError for dates that cannot be
    read, and says which days lack a count or a population.

    >>> fall = change("SLV", baseline=("2011-03", "2012-02"), period=("2012-03", "2013-11"))
    >>> round(float(fall.table["percent_change"].iloc[0]), 1)
    -48.9
    """
    from .. import rates
    from ..series import compare

    curve = _curve(place, agency, population_series, data)
    pair = compare(curve, baseline=baseline, window=period)
    row = rates.percent_change(pair, series=curve, conf=conf)
    return Compared(place, place_name(place, data=data), "percent_change", row)


def averted(
    place: str,
    *,
    baseline: Window,
    period: Window,
    agency: str | Sequence[str] = "preferred",
    population_series: str | None = "WPP2024",
    conf: float = 0.95,
    data: Folder | None = None,
) -> Compared:
    """How many deaths fewer a period had than the baseline's rate would have given.

    ``table`` has ``deaths``, ``expected`` and ``averted`` with prediction limits, as in
    ``rates.averted_deaths``. Expected means: had the rate stayed as in the baseline, and nothing
    else. Errors as in ``change``.

    >>> fewer = averted("SLV", baseline=("2011-03", "2012-02"), period=("2012-03", "2013-12"))
    >>> round(float(fewer.table["averted"].iloc[0]))
    4055
    """
    from .. import rates

    curve = _curve(place, agency, population_series, data)
    row = rates.averted_deaths(curve, baseline=baseline, window=period, conf=conf)
    return Compared(place, place_name(place, data=data), "averted", row)


def _curve(
    place: str, agency: str | Sequence[str], population_series: str | None, data: Folder | None
) -> DailyCurve:
    return daily_curve(place, agency=agency, population_series=population_series, data=data)
