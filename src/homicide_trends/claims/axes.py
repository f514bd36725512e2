"""The defensible definitions of a figure: axes, the choices on each, and why each is there."""

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ..language import N_, _
from ..series.counts import annual_series, monthly_series
from ..series.curve import DailyCurve
from ..series.sources import curve_of, daily_curve
from ..tables.load import (
    DataError,
    Folder,
    load_counts,
    load_estimates,
    load_events,
    load_population,
)
from ..wording import formats

AXES = ("source", "exposure", "baseline", "window_start", "window_end", "method")
# As they are read.
NAMES = (
    N_("source"),
    N_("exposure"),
    N_("baseline"),
    N_("window start"),
    N_("window end"),
    N_("method"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an axis: what it is, and the sentence that justifies it.

    ``dated`` is true for a first day from which a source counts the intervention.
    """

    axis: str
    key: str
    why: str
    value: Any = field(default=None, compare=False, repr=False)
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Counts of one source as a series and as a curve; ``years`` if it counts whole years."""

    series: pd.DataFrame
    curve: DailyCurve
    years: bool
    modelled: bool = False


def table(axes: dict[str, list[Choice]]) -> pd.DataFrame:
    """The choices as rows: ``axis, choice, why``; the last two in the language in force.

    >>> table({"method": methods()})["choice"].tolist()
    ['constant', 'trend', 'interrupted']
    """
    rows = [
        (axis, formats.choice(choice.key), choice.why) for axis in axes for choice in axes[axis]
    ]
    return pd.DataFrame(rows, columns=["axis", "choice", "why"])


def chosen(axes: dict[str, list[Choice]], wanted: dict[str, list[str]]) -> dict[str, list[Choice]]:
    """Only the wanted choices of the named axes, in the order wanted.

    Dates of ``window_start`` and ``window_end`` may be new ones, and a baseline may be a pair
    of dates ``"2010-01-01/2010-12-31"``. Raises DataError for an unknown axis or choice.
    """
    result = dict(axes)
    for axis, keys in wanted.items():
        if axis not in axes:
            raise DataError(
                _("no axis {axis!r}; the axes are {known}", axis=axis, known=", ".join(axes))
            )
        known = {choice.key: choice for choice in axes[axis]}
        result[axis] = [known.get(key) or _new(axis, key, list(known)) for key in keys]
    return result


def _new(axis: str, key: str, known: list[str]) -> Choice:
    """A choice that the caller brings along."""
    try:
        if axis in ("window_start", "window_end"):
            return Choice(axis, key, _("chosen by the caller"), pd.Timestamp(key))
        if axis == "baseline" and "/" in key:
            start, end = (pd.Timestamp(part) for part in key.split("/"))
            return Choice(axis, key, _("chosen by the caller"), (start, end))
    except ValueError:
        pass
    raise DataError(
        _("no {axis} {key!r}; there are {known}", axis=axis, key=key, known=", ".join(known))
    )


def axes_for(
    place: str, *, start: pd.Timestamp | None = None, data: Folder | None = None
) -> dict[str, list[Choice]]:
    """All axes for a change or a number of averted deaths in a place.

    The intervention is the place's event (or events) with the role ``intervention`` in
    ``events.csv``, or ``start`` where a figure states its own first day. Raises DataError when
    there is neither, or when nothing was counted there.

    >>> axes = axes_for("SLV")
    >>> [choice.key for choice in axes["window_start"]]
    ['2012-01-01', '2012-03-01', '2012-03-09', '2012-03-11', '2012-04-01']
    >>> list(axes) == list(AXES)
    True
    """
    dates = interventions(place, data=data) if start is None else [start]
    sources = source_choices(place, intervention=dates[0], data=data)
    last = max(choice.value.series.dropna(subset=["deaths"])["end"].max() for choice in sources)
    return {
        "source": sources,
        "exposure": exposures(place, data=data),
        "baseline": baselines(dates[0]),
        "window_start": window_starts(dates),
        "window_end": window_ends(dates[0], min(last, dates[0] + pd.DateOffset(years=4))),
        "method": methods(),
    }


def interventions(place: str, *, data: Folder | None = None) -> list[pd.Timestamp]:
    """Days from which an intervention is counted, earliest first."""
    events = load_events(place, data=data)
    dates = sorted(events.loc[events["role"] == "intervention", "start"].unique())
    if not dates:
        raise DataError(
            _(
                "no intervention on file for {place!r}: give one of its events in events.csv the "
                "role 'intervention'",
                place=place,
            )
        )
    return [pd.Timestamp(date) for date in dates]


def source_choices(
    place: str, *, intervention: pd.Timestamp, data: Folder | None = None
) -> list[Choice]:
    """Sources with counts around an intervention: by month, by year, and modelled.

    A source by month has at least twelve months between two years before and two years after
    it; one by year has the year before and the intervention's own. A source that repeats the
    figures of another is named with it and not counted twice.
    """
    counts = load_counts(place, data=data)
    months, years = _periods_on_file(counts, intervention)
    found: list[tuple[str, str, Source]] = []
    if months:
        found.append((N_("preferred months"), _("one figure a month by the order of agencies.csv"),
                      _months(place, "preferred", data)))  # fmt: skip
    for agency in months:
        why = _("months that {agency} itself reported", agency=agency)
        found.append((f"{agency} months", why,
                      _months(place, agency, data)))  # fmt: skip
    for agency in years:
        why = _("calendar years as {agency} counts them", agency=agency)
        found.append((f"{agency} years", why,
                      _years(place, agency, data)))  # fmt: skip
    found += _modelled(place, intervention.year, data)
    if not found:
        raise DataError(
            _(
                "no counts for {place!r} before and after {day}",
                place=place,
                day=f"{intervention:%Y-%m-%d}",
            )
        )
    return _distinct(found, intervention.year)


def _periods_on_file(
    counts: pd.DataFrame, intervention: pd.Timestamp
) -> tuple[list[str], list[str]]:
    """Agencies with enough months, and with enough years, around an intervention."""
    usable = counts[counts["status"] != "doubtful"]
    length = (usable["end"] - usable["start"]).dt.days + 1
    whole = usable["start"].dt.is_month_start & usable["end"].dt.is_month_end
    year = whole & usable["start"].dt.is_year_start & usable["end"].dt.is_year_end & (length > 364)
    margin = pd.DateOffset(years=2)
    near = usable["start"].between(intervention - margin, intervention + margin)
    months = usable[whole & (length < 32) & near].groupby("agency")["start"].nunique()
    before, after = (usable[year & (usable["start"].dt.year == intervention.year + step)]["agency"]
                     for step in (-1, 0))  # fmt: skip
    return sorted(months.index[months >= 12]), sorted(set(before) & set(after))


def _distinct(found: list[tuple[str, str, Source]], year: int) -> list[Choice]:
    """Sources as choices; those that repeat another's years are named in its reason."""
    choices: list[Choice] = []
    figures: dict[tuple[bool, tuple[float, ...]], int] = {}
    for key, why, source in found:
        near = source.series[source.series["start"].dt.year.between(year - 1, year + 2)]
        content = (source.years, tuple(near["deaths"]))
        if source.years and content in figures:
            at = figures[content]
            repeated = _("{why}; {key} repeat them", why=choices[at].why, key=formats.choice(key))
            choices[at] = replace(choices[at], why=repeated)
            continue
        figures[content] = len(choices)
        choices.append(Choice("source", key, why, source))
    return choices


def _months(place: str, agency: str, data: Folder | None) -> Source:
    """Months as a series for models, and the source's curve."""
    series = monthly_series(place, agency=agency, population_series=None, data=data)
    curve = daily_curve(place, agency=agency, population_series=None, data=data)
    return Source(series, curve, years=False)


def _years(place: str, agency: str, data: Folder | None) -> Source:
    series = annual_series(place, agency=agency, population_series=None, weak=True, data=data)
    return Source(series, curve_of(series), years=True)


def _modelled(place: str, year: int, data: Folder | None) -> list[tuple[str, str, Source]]:
    """Modelled deaths a year, such as the WHO's."""
    try:
        estimates = load_estimates(place, measure="homicides", data=data)
    except DataError:
        return []
    modelled = estimates[estimates["method"] == "modelled"].sort_values("start", kind="stable")
    found = []
    for source_id, rows in modelled.groupby("source_id"):
        if not {year - 1, year} <= set(rows["start"].dt.year):
            continue
        series = rows.assign(
            deaths=rows["estimate"], agency=source_id, status="modelled", sources=source_id
        )
        source = Source(series.reset_index(drop=True), curve_of(series), True, modelled=True)
        why = _("deaths a year as a model estimates them")
        found.append((f"{source_id} modelled", why, source))
    return found


def exposures(place: str, *, data: Folder | None = None) -> list[Choice]:
    """What deaths are divided by: nothing, days, or person-years of a population series."""
    population = load_population(place, data=data)
    series = population.groupby("series")["year"].agg(["min", "max", "size"])
    projected = series[series["size"] >= 10].index
    return [
        Choice("exposure", N_("count"), _("bare counts, for periods of the same length only")),
        Choice("exposure", N_("days"), _("deaths a day, as the press and the police quote them")),
        *(
            Choice("exposure", name,
                   _("deaths per person-year with the population of {series}", series=name),
                   population[population["series"] == name])
            for name in projected
        ),
    ]  # fmt: skip


def baselines(intervention: pd.Timestamp) -> list[Choice]:
    """Periods before the intervention that texts and studies compare with."""
    year, eve = intervention.year, intervention - pd.Timedelta(days=1)
    month = intervention.replace(day=1)
    last = month - pd.Timedelta(days=1)

    def back(months: int) -> tuple[pd.Timestamp, pd.Timestamp]:
        return month - pd.DateOffset(months=months), last

    def years(first: int) -> tuple[pd.Timestamp, pd.Timestamp]:
        return pd.Timestamp(first, 1, 1), pd.Timestamp(year - 1, 12, 31)

    opening = (pd.Timestamp(year, 1, 1), eve), (pd.Timestamp(year, 1, 1), last)
    choices = [
        (
            N_("previous year"),
            _("the calendar year before, as annual figures use"),
            years(year - 1),
        ),
        (N_("same months a year before"), _("takes the season out without a model"), None),
        (
            N_("1 January to the eve"),
            _("the weeks just before, as early press figures used"),
            opening[0],
        ),
        (
            N_("whole months of the year"),
            _("those weeks in whole months, for monthly counts"),
            opening[1],
        ),
        (N_("12 months before"), _("a whole year of seasons up to the intervention"), back(12)),
        (N_("14 months before"), _("some two months more than a year of seasons"), back(14)),
        (N_("26 months before"), _("the pre-period of a study of municipalities (2016)"), back(26)),
        (
            N_("three years before"),
            _("a longer level, less moved by one bad year"),
            years(year - 3),
        ),
    ]
    # A baseline without a day (an intervention on 1 January has no year-to-date) is left out.
    return [
        Choice("baseline", key, why, period)
        for key, why, period in choices
        if period is None or period[0] <= period[1]
    ]


def window_starts(interventions: list[pd.Timestamp]) -> list[Choice]:
    """First days of the window: as dated by sources, and as whole months or years need."""
    first = interventions[0]
    dated = dict.fromkeys(interventions, _("a day from which sources count the intervention"))
    following = interventions[-1].replace(day=1) + pd.DateOffset(months=1)
    why = {
        pd.Timestamp(first.year, 1, 1): _("the calendar year, as annual counts need"),
        first.replace(day=1): _("the month of the intervention as a whole, as monthly counts need"),
        following: _("the first whole month after it"),
    }
    return [
        Choice("window_start", f"{date:%Y-%m-%d}", reason, date, date in dated)
        for date, reason in sorted({**why, **dated}.items())
    ]


def window_ends(first: pd.Timestamp, last: pd.Timestamp) -> list[Choice]:
    """The end of every month from the intervention to the last count."""
    return [
        Choice("window_end", f"{date:%Y-%m-%d}", _("the end of a month with a count"), date)
        for date in pd.date_range(first, last, freq="ME")
    ]


def methods() -> list[Choice]:
    """How the deaths that would have been are reckoned."""
    return [
        Choice("method", N_("constant"), _("the baseline's rate goes on unchanged")),
        Choice("method", N_("trend"), _("the baseline's own trend goes on (log-linear)")),
        Choice(
            "method",
            N_("interrupted"),
            _("one trend through both periods and a step between them (interrupted time series)"),
        ),
    ]
