"""Regressors of a count series: time, season, and the terms of dated interventions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..language import refusal
from .effect_periods import Periods

Floats = npt.NDArray[np.float64]
Transition = Literal["after", "before", "drop", "ramp"]
Season = int | Literal["months"] | None


@dataclass(frozen=True, slots=True)
class Intervention:
    """A dated intervention and the terms it adds to an interrupted time series.

    `date` is the first day of the intervention. `level` adds a step, `slope` a change of the
    trend, counted in periods elapsed since the intervention (1 in the first full period), so
    that the step is the change at the intervention itself.

    `transition` says what becomes of a period that the date splits: counted as `"after"` or
    `"before"`, left out (`"drop"`), or given the share of its days (`"ramp"`). With `until`, a
    date, every period from `date` to `until` is left out, or the step rises by equal amounts
    each day and is complete on `until`. `name` labels the terms; without it the date does.

    >>> Intervention("2012-03-09", slope=True, transition="ramp").label
    '2012-03-09'
    """

    date: str | pd.Timestamp
    level: bool = True
    slope: bool = False
    transition: Transition | None = None
    until: str | pd.Timestamp | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not (self.level or self.slope):
            raise refusal(
                "intervention {date}: give level=True, slope=True or both", date=self.date
            )
        if self.transition is not None and self.transition not in get_args(Transition):
            raise refusal(
                "transition {transition!r}: give 'after', 'before', 'drop' or 'ramp'",
                transition=self.transition,
            )
        if self.until is not None:
            if self.transition not in ("drop", "ramp"):
                raise refusal(
                    "intervention {date}: until={until!r} needs transition='drop' or 'ramp', "
                    "not {transition!r}",
                    date=self.date,
                    until=self.until,
                    transition=self.transition,
                )
            if pd.Timestamp(self.until) < pd.Timestamp(self.date):
                raise refusal(
                    "until={until!r} lies before the date {date}", until=self.until, date=self.date
                )

    @property
    def label(self) -> str:
        """The name, or the date in ISO form."""
        return self.name or pd.Timestamp(self.date).strftime("%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Design:
    """Regressors of all periods: a column a term, `use` false where the fit leaves one out."""

    matrix: Floats
    terms: tuple[str, ...]
    interventions: tuple[str, ...]  # the label of a term's intervention, '' for the others
    use: npt.NDArray[np.bool_]

    def without(self, labels: Sequence[str] | None) -> Floats:
        """The regressors had these interventions (None: any) not taken place."""
        known = {label for label in self.interventions if label}
        for label in labels or ():
            if label not in known:
                raise refusal(
                    "no intervention {label!r}; there are {known}", label=label, known=sorted(known)
                )
        removed = known if labels is None else set(labels)
        keep = np.array([label not in removed for label in self.interventions], dtype=float)
        return self.matrix * keep


def season_columns(times: Periods, season: Season) -> dict[str, Floats]:
    """Harmonics sin(2 pi k m / 12), cos(2 pi k m / 12) for k up to `season`, or month dummies."""
    if season is None:
        return {}
    if times.unit == "year":
        raise refusal(
            "season={season!r}: yearly periods have no season; give season=None", season=season
        )
    if season == "months":
        if times.unit != "month":
            raise refusal("season='months' needs monthly periods, not {unit}", unit=times.unit)
        first = times.start[0].month - 2
        one = [
            times.mean(partial(lambda m, time: (time + first) % 12 + 1 == m, month))
            for month in range(1, 13)
        ]
        months = dict(enumerate(one, start=1))
        present = [m for m, share in months.items() if share.any()][1:]
        return {f"month{m:02d}": months[m] for m in present}
    if isinstance(season, bool) or not isinstance(season, int) or season < 1:
        raise refusal(
            "season={season!r}: give None, a number of harmonics or 'months'", season=season
        )
    return {
        f"{name}{k}": _wave(times, wave, k)
        for name, wave in (("sin", np.sin), ("cos", np.cos))
        for k in range(1, season + 1)
    }


def _wave(times: Periods, wave: Callable[[Floats], Floats], k: int) -> Floats:
    if times.unit == "month":
        first = times.start[0].month - 1
        return times.mean(lambda time: wave(np.pi / 6 * k * (time + first)))
    middle = times.start + (times.end - times.start) / 2
    return wave(2 * np.pi * k * middle.day_of_year.to_numpy() / 365.25)


def intervention_columns(
    times: Periods, intervention: Intervention
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Step and slope regressors of one intervention, and the periods its transition leaves out."""
    date = pd.Timestamp(intervention.date)
    first, share = times.locate(date)
    _inside(times, date)
    until = date if intervention.until is None else pd.Timestamp(intervention.until)
    last, _share = times.locate(until)
    how = intervention.transition
    dropped = np.zeros(len(times.time), dtype=bool)
    split = share < 1
    # A total of several units is cut where the intervention begins after the first of them.
    cut = (times.time < first) & (times.time + times.length > first)
    split |= bool(cut.any())
    if split and how is None:
        position = np.flatnonzero(times.time + times.length > first)[0]
        raise refusal(
            "intervention {date} lies inside the period {start} to {end}: give "
            "transition='after', 'before', 'drop' or 'ramp'",
            date=f"{date:%Y-%m-%d}",
            start=f"{times.start[position]:%Y-%m-%d}",
            end=f"{times.end[position]:%Y-%m-%d}",
        )
    delay = 0.0 if how == "after" or not split else 1.0 if how == "before" else 1 - share
    elapsed = times.mean(lambda time: np.maximum(time - first + 1 - delay, 0.0))
    level: Floats = times.mean(lambda time: (time - first + 1 - delay > 0).astype(float))
    if how in ("after", "before") and cut.any():
        level[cut] = float(how == "after")
        elapsed[cut] = elapsed[cut] * (how == "after")
    elif how == "drop" and (split or intervention.until is not None):
        dropped = (times.time + times.length > first) & (times.time <= last)
    elif how == "ramp":
        level = _ramp(times, date, until)
    return level, elapsed, dropped


def design(
    times: Periods, interventions: Sequence[Intervention], *, trend: bool, season: Season
) -> Design:
    """All regressors: constant, trend, season, then the steps and slopes in the given order."""
    labels = [i.label for i in interventions]
    if len(set(labels)) < len(labels):
        raise refusal(
            "interventions share a label: {labels}; give each its own name", labels=labels
        )
    columns: list[tuple[str, str, Floats]] = [("constant", "", np.ones(len(times.time)))]
    if trend:
        columns.append(("trend", "", times.mean(lambda time: time)))
    columns += [(term, "", values) for term, values in season_columns(times, season).items()]
    use = np.ones(len(times.time), dtype=bool)
    for intervention in interventions:
        level, slope, dropped = intervention_columns(times, intervention)
        use &= ~dropped
        if intervention.level:
            columns.append(("level", intervention.label, level))
        if intervention.slope:
            columns.append(("slope", intervention.label, slope))
    terms, names, values = zip(*columns, strict=True)
    return Design(np.column_stack(values), terms, names, use)


def as_interventions(
    given: Sequence[str | pd.Timestamp | Intervention], transition: Transition | None
) -> list[Intervention]:
    """Interventions from dates or interventions; `transition` where one has none of its own."""
    if isinstance(given, (str, pd.Timestamp, Intervention)):
        raise refusal("interventions={given!r}: give a list, [{given!r}]", given=given)
    return [
        replace(i, transition=i.transition or transition)
        for i in (g if isinstance(g, Intervention) else Intervention(g) for g in given)
    ]


def _ramp(times: Periods, date: pd.Timestamp, until: pd.Timestamp) -> Floats:
    """Mean over the days of each period of a step that rises from `date` and ends on `until`."""
    length = (until - date).days + 1
    means = []
    for start, end in zip(times.start, times.end, strict=True):
        days = np.arange((start - date).days, (end - date).days + 1) + 1
        means.append(float(np.mean(np.clip(days / length, 0, 1))))
    return np.array(means)


def _inside(times: Periods, date: pd.Timestamp) -> None:
    if not times.start[0] < date <= times.end[-1]:
        raise refusal(
            "intervention {date}: the series runs from {start} to {end} and needs periods on "
            "both sides of it",
            date=f"{date:%Y-%m-%d}",
            start=f"{times.start[0]:%Y-%m-%d}",
            end=f"{times.end[-1]:%Y-%m-%d}",
        )
