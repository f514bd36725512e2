"""A definition as people choose it, what there is to choose from, and its command."""

import os
import shlex
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import pandas as pd

from .. import claims
from ..claims.axes import Choice
from ..claims.grid import AVERTED, CHANGE
from ..language import _, current
from ..series.counts import PREFERRED, annual_series, monthly_series
from ..tables.load import (
    ENVIRONMENT_VARIABLE,
    DataError,
    Folder,
    load_counts,
    load_figures,
    load_population,
)

REPORTS = {CHANGE: "change", AVERTED: "averted"}


@dataclass(frozen=True, slots=True)
class Definition:
    """What one estimate rests on; the names are those of the reports' parameters."""

    figure: str
    place: str
    agency: str = PREFERRED
    population_series: str = "WPP2024"
    baseline_start: str = ""
    baseline_end: str = ""
    window_start: str = ""
    window_end: str = ""
    conf: float = 0.95

    @property
    def baseline(self) -> tuple[str, str]:
        """First and last day of the baseline."""
        return self.baseline_start, self.baseline_end

    @property
    def window(self) -> tuple[str, str]:
        """First and last day of the window."""
        return self.window_start, self.window_end


@dataclass(frozen=True, slots=True)
class Prepared:
    """A figure with everything that its answers share.

    ``claim`` is the examined figure, ``known`` its definitions that can be computed and end
    before the text appeared, ``counts`` the place's counts. The lists hold what can be chosen:
    ``agencies`` and ``populations`` by name, ``baselines`` and ``window_starts`` as choices with
    their reasons, ``window_ends`` as dates. ``data`` is the folder of tables, None for the one
    in force.
    """

    claim: claims.Claim
    known: pd.DataFrame
    counts: pd.DataFrame
    agencies: list[str]
    populations: list[str]
    baselines: list[Choice]
    window_starts: list[Choice]
    window_ends: list[pd.Timestamp]
    data: Folder | None
    _series: dict[Any, pd.DataFrame | DataError]

    @property
    def measure(self) -> str:
        """What the figure is about: a decline in percent, or a number of averted deaths."""
        return str(self.claim.figure["measure"])

    @property
    def place(self) -> str:
        """The figure's place, as its code."""
        return str(self.claim.figure["place"])

    def builds(self, agency: str, population_series: str) -> list[Callable[..., pd.DataFrame]]:
        """Months, then years, from one day to another: parts of series that are built once."""
        return [
            partial(self._part, make, agency, population_series)
            for make in (monthly_series, annual_series)
        ]

    def _part(
        self,
        make: Callable[..., pd.DataFrame],
        agency: str,
        population_series: str,
        *,
        start: pd.Timestamp,
        end: pd.Timestamp,
    ) -> pd.DataFrame:
        frequency = "M" if make is monthly_series else "Y"
        first, last = (pd.Period(date, frequency) for date in self.span)
        if pd.Period(start, frequency) < first or pd.Period(end, frequency) > last:
            return self._built(make, agency, population_series, start, end)
        key = make, agency, population_series
        if key not in self._series:
            try:
                self._series[key] = self._built(make, agency, population_series, *self.span)
            except DataError as error:
                self._series[key] = error
        found = self._series[key]
        if isinstance(found, DataError):
            raise found
        inside = (found["end"] >= start) & (found["start"] <= end)
        return found[inside].reset_index(drop=True)

    def _built(
        self,
        make: Callable[..., pd.DataFrame],
        agency: str,
        population_series: str,
        start: pd.Timestamp,
        end: pd.Timestamp,
    ) -> pd.DataFrame:
        return make(
            self.place, agency=agency, population_series=population_series,
            start=start, end=end, data=self.data,
        )  # fmt: skip

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The years within which baselines and windows can be chosen."""
        days = [choice.value[0] for choice in self.baselines if choice.value is not None]
        starts = [choice.value for choice in self.window_starts]
        first = min(days + [start - pd.DateOffset(years=4) for start in starts])
        last = max(self.window_ends)
        return pd.Timestamp(first.year, 1, 1), pd.Timestamp(last.year, 12, 31)


def figures_to_explore(*, data: Folder | None = None) -> pd.DataFrame:
    """Stated declines and numbers of averted deaths: rows of ``figures.csv``.

    DataError when the tables hold none.

    >>> figures_to_explore()["figure_id"].tolist()
    ['memo-sixty-percent', 'memo-averted', 'track6-sixty-percent']
    """
    figures = load_figures(data=data)
    known = figures[figures["measure"].isin(REPORTS) & figures["value"].notna()]
    if known.empty:
        raise DataError(
            _(
                "nothing to explore: figures.csv states no value of {measures}",
                measures=", ".join(REPORTS),
            )
        )
    return known.reset_index(drop=True)


def prepare(figure: str, *, conf: float = 0.95, data: Folder | None = None) -> Prepared:
    """Compute the grid of a figure once, and list what can be chosen.

    Takes a second or two. DataError for an unknown figure, and for one that states neither a
    decline nor a number of averted deaths or whose place has no intervention on file.

    >>> ready = prepare("memo-averted")
    >>> ready.agencies[:2], [choice.key for choice in ready.window_starts][:2]
    (['preferred', 'IML'], ['2012-01-01', '2012-03-01'])
    """
    row = claims.figure_row(figure, data=data)
    if row["measure"] not in REPORTS:
        raise DataError(
            _(
                "{figure} is about {measure}: only declines and averted deaths can be explored; "
                "there are {known}",
                figure=figure,
                measure=row["measure"],
                known=", ".join(figures_to_explore(data=data)["figure_id"]),
            )
        )
    claim = claims.examine(row, conf=conf, data=data)
    if not claim.choices:
        reason = claim.layers.set_index("layer").loc["reproduced", "finding"]
        raise DataError(_("{figure} cannot be explored: {reason}", figure=figure, reason=reason))
    definitions = claim.definitions
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    counted = [choice for choice in claim.choices["source"] if not choice.value.modelled]
    return Prepared(
        claim=claim,
        known=known.sort_values("estimate", kind="stable", ignore_index=True),
        counts=load_counts(str(row["place"]), data=data),
        agencies=list(dict.fromkeys(agency_of(choice.key) for choice in counted)),
        populations=[choice.key for choice in claim.choices["exposure"][2:]]
        or _series_on_file(row, data),
        baselines=claim.choices["baseline"],
        window_starts=claim.choices["window_start"],
        window_ends=[choice.value for choice in claim.choices["window_end"]],
        data=data,
        _series={},
    )


def _series_on_file(figure: pd.Series, data: Folder | None) -> list[str]:
    """Population series of the figure's place: the grid has those of ten years and more only."""
    population = load_population(str(figure["place"]), data=data)
    return list(dict.fromkeys(population["series"]))


def agency_of(source: str) -> str:
    """The agency of a source on the grid.

    >>> agency_of("preferred months"), agency_of("PNC-ElFaro years")
    ('preferred', 'PNC-ElFaro')
    """
    return source.rpartition(" ")[0]


def first(ready: Prepared) -> Definition:
    """A definition to begin with: twelve months before, and a window up to the text or the end.

    >>> begin = first(prepare("memo-averted"))
    >>> begin.baseline, begin.window
    (('2011-03-01', '2012-02-29'), ('2012-03-01', '2013-11-30'))
    """
    keys = {choice.key: choice for choice in ready.baselines}
    choice = keys.get("12 months before", ready.baselines[0])
    known = ready.known
    starts = [one.value for one in ready.window_starts]
    whole = [start for start in starts if start.day == 1 and start.month > 1]
    opening = (whole or starts)[0]
    last = known["end"].max() if len(known) else ready.window_ends[-1]
    begin, end = baseline_days(choice, opening, last)
    return Definition(
        figure=str(ready.claim.figure["figure_id"]),
        place=ready.place,
        agency=ready.agencies[0],
        population_series=preferred_population(ready.populations),
        baseline_start=f"{begin:%Y-%m-%d}",
        baseline_end=f"{end:%Y-%m-%d}",
        window_start=f"{opening:%Y-%m-%d}",
        window_end=f"{last:%Y-%m-%d}",
        conf=ready.claim.conf,
    )


def preferred_population(populations: list[str]) -> str:
    """The population series that the reports take unless told otherwise, where it is on file."""
    default = Definition("", "").population_series
    return default if default in populations else (populations or [default])[0]


def baseline_days(
    choice: Choice, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of a baseline; the window's own days a year before where it moves.

    >>> moving = Choice("baseline", "same months a year before", "")
    >>> [f"{day:%Y-%m-%d}" for day in baseline_days(
    ...     moving, pd.Timestamp("2012-03-01"), pd.Timestamp("2013-02-28"))]
    ['2011-03-01', '2012-02-29']
    """
    if choice.value is not None:
        opening, closing = choice.value
        return pd.Timestamp(opening), pd.Timestamp(closing)
    year = pd.DateOffset(years=1)
    closing = end - year
    # The last day of February a year before is its last day too.
    return start - year, closing + pd.offsets.MonthEnd(0) if end.is_month_end else closing


def command(chosen: Definition, *, measure: str = "", out: str = "explored",
            data: Folder | None = None) -> str:  # fmt: skip
    """The command that renders reports with exactly this definition, to be pasted into a shell.

    Two reports: the change or the averted deaths, which has the estimate, and the claim, which
    has the verdict and the specification curve. ``measure`` is the figure's own, looked up when
    not given. A folder of tables in force, given or by the environment, is named.

    >>> print(command(Definition("track6-sixty-percent", "SLV", "UNODC", "WPP2024",
    ...     "2011-01-01", "2011-12-31", "2012-01-01", "2012-12-31")))
    homicide-trends render change claim -p figure track6-sixty-percent -p place SLV
    -p agency UNODC -p population_series WPP2024 -p baseline_start 2011-01-01
    -p baseline_end 2011-12-31 -p window_start 2012-01-01 -p window_end 2012-12-31
    -p conf 0.95 --out explored
    """
    measure = measure or str(claims.figure_row(chosen.figure, data=data)["measure"])
    words = ["homicide-trends", "render", REPORTS[measure], "claim"]
    for name, value in asdict(chosen).items():
        words += ["-p", name, f"{value:.10g}" if isinstance(value, float) else str(value)]
    # The reports speak the language of the screen.
    words += ["-p", "lang", current()] if current() != "en" else []
    folder = data or os.environ.get(ENVIRONMENT_VARIABLE)
    words += ["--data", str(folder)] if folder else []
    return shlex.join([*words, "--out", out])
