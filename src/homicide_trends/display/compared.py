"""Two periods compared in one call: the change of the rate, and the deaths fewer than expected."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..arguments import Window
from ..language import _
from ..series import DailyCurve, by_end, compare, daily_curve
from ..series.periods import days_compared
from ..tables.folders import Folder
from ..tables.load import load_figures, place_name, with_sources
from ..wording import sentences
from . import tables
from .tables import Shown
from .why_differ import other_answers

LIMITS = ("", "_lower", "_upper")


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

    @property
    def exposure(self) -> str:
        """What deaths are divided by: ``person_years``, or ``days`` without a population."""
        return _exposure(self.curve)

    @property
    def rate(self) -> str:
        """The column of the baseline's rate, a day or a year and ``per`` inhabitants."""
        return "baseline_per_day" if self.exposure == "days" else "baseline_rate"

    @property
    def per(self) -> int:
        """Inhabitants that a rate is told for; 1 without a population."""
        return 1 if self.exposure == "days" else 100_000

    def by_end(self) -> pd.DataFrame:
        """The change of a period that grows, a row a last day; columns as in ``table``."""
        first = self.table.iloc[0]
        baseline, period = (
            (first[f"{part}start"], first[f"{part}end"]) for part in ("baseline_", "")
        )
        ends = by_end(self.curve, baseline=baseline, window=period)
        return _percent_change(ends, self.curve, self.conf)

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
    periods. Without a population (``None`` or ``""``) it is that of the killings a day. Raises
    DataError for an unknown place or agency, ValueError for dates that cannot be read, and says
    which days lack a count or a population.

    >>> fall = change("SLV", baseline=("2011-03", "2012-02"), period=("2012-03", "2013-11"))
    >>> round(float(fall.table["percent_change"].iloc[0]), 1)
    -48.9
    """
    people = population_series or None
    curve = daily_curve(place, agency=agency, population_series=people, data=data)
    pair = compare(curve, baseline=baseline, window=period)
    row = _percent_change(pair, curve, conf)
    return _compared(row, curve, "percent_change", "percent_decline", conf, data)


def _percent_change(pairs: pd.DataFrame, curve: DailyCurve, conf: float) -> pd.DataFrame:
    """The change of the rate; of the killings a day where the curve has no population."""
    from .. import rates

    exposure = _exposure(curve)
    found = rates.percent_change(pairs, series=curve, conf=conf, person_years=exposure,
                                 baseline_person_years=f"baseline_{exposure}")  # fmt: skip
    if exposure != "days":
        return found
    names = [f"percent_change{limit}" for limit in LIMITS]
    return found.assign(**(found[names] + 100).mul(_alike(found), axis=0) - 100)


def _exposure(curve: DailyCurve) -> str:
    return "days" if curve.population_series is None else "person_years"


def _alike(row: pd.DataFrame) -> pd.Series:
    """What is to be set over days where whole calendar years stand beside each other.

    These are as long as each other (``series.periods.days_compared``).
    """
    lived, before = days_compared(*((row[f"{part}start"], row[f"{part}end"])
                                    for part in ("", "baseline_")))  # fmt: skip
    return row["days"] / row["baseline_days"] / (lived / before)


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

    people = population_series or None
    curve = daily_curve(place, agency=agency, population_series=people, data=data)
    row = rates.averted_deaths(curve, baseline=baseline, window=period, conf=conf,
                               exposure=_exposure(curve))  # fmt: skip
    if people is None:
        for limit, other in zip(LIMITS, ("", "_upper", "_lower"), strict=True):
            row[f"expected{limit}"] /= _alike(row)
            row[f"averted{limit}"] = row[f"expected{limit}"] - row["deaths"]
            # The more deaths were expected, the lower is the score.
            row[f"p_score{other}"] = 100 * (row["deaths"] / row[f"expected{limit}"] - 1)
    return _compared(row, curve, "averted", "averted_deaths", conf, data)


def _compared(
    row: pd.DataFrame, curve: DailyCurve, quantity: str, measure: str, conf: float,
    data: Folder | None,
) -> Compared:  # fmt: skip
    """The result with what texts state of the same place and measure."""
    stated = with_sources(load_figures(curve.place, measure=measure, data=data), data=data)
    name = place_name(curve.place, data=data)
    return Compared(curve.place, name, quantity, row, curve, stated, conf, data)
