"""Two periods compared in one call: the change of the rate, and the deaths fewer than expected."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..arguments import Window
from ..language import _
from ..series import DailyCurve, compare, daily_curve
from ..tables.folders import Folder
from ..tables.load import load_figures, place_name, with_sources
from ..wording import sentences
from . import tables
from .tables import Shown
from .why_differ import other_answers


@dataclass(frozen=True)
class Compared:
    """Two periods of a place beside each other; ``table`` is one row with every number.

    ``curve`` holds the counts that it rests on, ``stated`` the figures of texts about the same
    quantity.
    """

    place: str
    name: str
    quantity: str
    table: pd.DataFrame
    curve: DailyCurve
    stated: pd.DataFrame
    conf: float = 0.95
    data: Folder | None = None

    def summary(self) -> str:
        """The answer in two sentences, and how what the texts state stands to it."""
        say = sentences.averted if self.quantity == "averted" else sentences.change
        beside = sentences.beside_stated(self.table, self.stated, self.quantity)
        return " ".join(filter(None, (say(self.table, self.name), beside)))

    def answer(self) -> Shown:
        """The answer and its numbers, as the main finding of a report."""
        fewer = self.quantity == "averted"
        return tables.show(
            self.table,
            ["window", "deaths", "baseline", "expected", "averted"] if fewer else
            ["baseline", "baseline_deaths", "window", "deaths", "percent_change"],
            caption=_("Deaths fewer than expected, {where}", where=self.name) if fewer else
            _("Change of the homicide rate, {where}", where=self.name),
            sentence=self.summary(),
            main=True,
        )  # fmt: skip

    def other_answers(self) -> pd.DataFrame:
        """What the other reports give for the same place and start (``other_answers``)."""
        row = self.table.iloc[0]
        return other_answers(
            self.curve, baseline=(row["baseline_start"], row["baseline_end"]),
            window=(row["start"], row["end"]), conf=self.conf, data=self.data,
        )  # fmt: skip

    def __repr__(self) -> str:
        value = self.table[self.quantity].iloc[0]
        return f"<{self.quantity} {self.place}: {value:,.1f}; .summary() says it, .table has all>"

    def _repr_html_(self) -> str:
        return str(self.answer().bundle["text/html"])


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

    curve = daily_curve(place, agency=agency, population_series=population_series, data=data)
    pair = compare(curve, baseline=baseline, window=period)
    row = rates.percent_change(pair, series=curve, conf=conf)
    return _compared(row, curve, "percent_change", "percent_decline", conf, data)


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

    curve = daily_curve(place, agency=agency, population_series=population_series, data=data)
    row = rates.averted_deaths(curve, baseline=baseline, window=period, conf=conf)
    return _compared(row, curve, "averted", "averted_deaths", conf, data)


def _compared(
    row: pd.DataFrame, curve: DailyCurve, quantity: str, measure: str, conf: float,
    data: Folder | None,
) -> Compared:  # fmt: skip
    """The result with what texts state of the same place and measure."""
    stated = with_sources(load_figures(curve.place, measure=measure, data=data), data=data)
    name = place_name(curve.place, data=data)
    return Compared(curve.place, name, quantity, row, curve, stated, conf, data)
