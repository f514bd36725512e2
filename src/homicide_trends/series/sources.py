"""The curves of a place by source: the preferred one, an agency's, or of a table of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arguments import (
    Window,
    counts,
    floats,
    one_place,
    with_periods,
)
from ..language import _, refusal
from ..tables.load import (
    DataError,
    Folder,
    closest,
    load_counts,
    place_name,
)
from .counted import Count, Fitted, counts_of
from .counts import PREFERRED, in_order, ranked
from .curve import DailyCurve, MissingPeriods, date, dates, estimates_of, joined, stretches
from .population import PersonTime, numbers, spread

Days = npt.NDArray[np.int64]


def daily_curve(
    place: str,
    *,
    agency: str | Sequence[str] = PREFERRED,
    measure: str = "homicides",
    population_series: str | None = "WPP2024",
    sex: str = "",
    age: str = "",
    mechanism: str = "",
    motive: str = "",
    weak: bool = False,
    data: Folder | None = None,
) -> DailyCurve:
    """The daily curve of deaths and person-time of a place.

    ``agency`` is ``"preferred"`` (the order of ``agencies.csv``), one agency, or a sequence of
    agencies, most preferred first. ``population_series=None`` joins no population; where a series
    has none of the place there are no person-years, and ``missing`` says so. ``weak=True`` lets
    in sources without an address of their own. Doubtful counts are left out. ``sex``, ``age``,
    ``mechanism`` and ``motive`` choose a part of the deaths, as in ``load_counts``.

    Raises DataError for an unknown place, agency, measure or population series, and when no
    count is on file.

    >>> curve = daily_curve("SLV")
    >>> round(float(curve.deaths("2012-03-11", "2012-12-28")), 2)
    1622.46
    >>> round(float(curve.shared("2012-03-11", "2012-12-28")), 3)
    0.135
    >>> round(float(curve.person_years("2011", "2011")))
    6090127
    """
    place_name(place, data=data)
    part = {"sex": sex, "age": age, "mechanism": mechanism, "motive": motive}
    on_file = load_counts(place, measure=measure, **part, data=data)
    rows = ranked(on_file, agency, weak=weak, data=data)
    if rows.empty:
        raise DataError(
            _(
                "no {measure} for {places} from agency {agency!r}{hint}",
                measure=measure,
                places=place,
                agency=agency,
                hint=closest(str(agency), on_file["agency"]),
            )
        )
    keys = ["start", "end"]
    range_ = rows.groupby(keys)["count"].agg(deaths_low="min", deaths_high="max")
    best = in_order(rows).drop_duplicates(keys).join(range_, on=keys)
    best = best.rename(columns={"count": "deaths", "source_id": "sources"})
    years = estimates_of(place, population_series, data)
    name = agency if isinstance(agency, str) else ", ".join(agency)
    return _drawn(
        Fitted(counts_of(best)), place, name, measure, population_series, years,
        PersonTime.of_years(years),
    )  # fmt: skip


def covering_series(
    place: str,
    *periods: Window,
    agency: str | Sequence[str] = PREFERRED,
    population_series: str | None = "WPP2024",
    complete: bool = True,
    margin: int = 0,
    data: Folder | None = None,
) -> pd.DataFrame:
    """The finest even table of a place that covers some periods; see ``DailyCurve.covering``.

    >>> before, after = ("2011-03-01", "2012-02-29"), ("2012-03-01", "2013-12-31")
    >>> len(covering_series("SLV", before, after)), len(covering_series("HND", before, after))
    (34, 3)
    """
    curve = daily_curve(place, agency=agency, population_series=population_series, data=data)
    return curve.covering(*periods, complete=complete, margin=margin)


def curve_of(table: pd.DataFrame, *, reported: pd.DataFrame | None = None) -> DailyCurve:
    """The curve of a table of one's own, so that its periods add up as those of the project.

    ``table`` has a row a period of one place: ``start, end`` (both counted; or an index of
    periods) and ``deaths``; used where present are ``deaths_low, deaths_high, population,
    person_years, population_series, status, agency, sources``. ``reported`` has counts of other
    exact dates (``start, end, count``, and ``agency, status, source_id`` where present): those of
    the same agency become knots, or count days that the table does not.

    Raises ValueError for overlapping rows, several places, negative counts, and dates that cannot
    be told.

    >>> months = pd.DataFrame({"deaths": [402, 255]}, index=pd.period_range("2012-02", periods=2,
    ...     freq="M"))
    >>> ledger = pd.DataFrame({"start": ["2012-02-01"], "end": ["2012-03-08"], "count": [515]})
    >>> curve_of(months, reported=ledger).deaths(["2012-03-09", "2012-02"], ["2012-03"]).tolist()
    [142.0, 657.0]
    """
    rows = with_periods(table)
    one_place(rows)
    rows = rows.assign(deaths=counts(rows["deaths"], "deaths"))
    rows = rows.sort_values("start", kind="stable", ignore_index=True)
    _refuse_rows(rows)
    known = counts_of(rows, every=True)
    if reported is not None:
        known += counts_of(_solid(reported, rows))
    fitted = Fitted(known, shares=True)
    if not fitted.runs:
        raise MissingPeriods(_("the table has no count"))
    opening, closing = numbers(rows["start"], rows["end"])
    courses = []
    for name in ("population", "person_years"):
        values = floats(rows[name], name) if name in rows else np.full(len(rows), np.nan)
        values = values * (closing - opening) if name == "population" else values
        courses.append(spread(opening, closing, values))
    words = {name: joined(rows[name].fillna(""), "; ") if name in rows else ""
             for name in ("place", "agency", "population_series")}  # fmt: skip
    none = pd.DataFrame({"year": [], "population": []})
    return _drawn(
        fitted, words["place"], words["agency"], "", words["population_series"] or None, none,
        PersonTime(*courses),
    )  # fmt: skip


def curves(
    place: str,
    *,
    measure: str = "homicides",
    population_series: str | None = "WPP2024",
    data: Folder | None = None,
) -> list[DailyCurve]:
    """The preferred curve, then one for each agency with counts of its own, in order of names.

    Doubtful counts and weak sources are left out; modelled deaths are in ``estimates.csv``.
    What an agency covers, and how much of it is shared out by days, its curve says.

    >>> [curve.agency for curve in curves("HND")][:2]
    ['preferred', 'UNODC']
    """
    found = []
    agencies = sorted(set(load_counts(place, measure=measure, data=data)["agency"]))
    for agency in (PREFERRED, *agencies):
        try:
            found.append(daily_curve(place, agency=agency, measure=measure,
                                     population_series=population_series, data=data))  # fmt: skip
        except DataError:
            if agency == PREFERRED:
                raise
    return found


def reported(
    place: str,
    starts: Any,
    ends: Any,
    *,
    measure: str = "homicides",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Counts that any agency reported for exactly a period, or for some; the preferred first.

    Columns ``place, start, end, days, deaths, agency, status, sources, note``. Doubtful counts
    and weak sources are left out. They stand beside the curve's number, which may be another.

    >>> reported("SLV", "2012-03-11", "2012-12-28")[["deaths", "agency"]].values.tolist()
    [[1608.0, 'presidency']]
    """
    opening, closing = (np.atleast_1d(days) for days in numbers(starts, ends))
    on_file = load_counts(place, measure=measure, data=data)
    on_file = in_order(ranked(on_file, PREFERRED, data=data))
    asked = pd.DataFrame({"start": dates(opening), "end": dates(closing - 1)})
    rows = asked.merge(on_file, on=["start", "end"])
    days = (rows["end"] - rows["start"]).dt.days + 1
    rows = rows.assign(deaths=rows["count"].astype(float), days=days)
    rows = rows.rename(columns={"source_id": "sources"})
    return rows[["place", "start", "end", "days", "deaths", "agency", "status", "sources", "note"]]


def _drawn(
    fitted: Fitted,
    place: str,
    agency: str,
    measure: str,
    series: str | None,
    years: pd.DataFrame,
    time: PersonTime,
) -> DailyCurve:
    """The curve through counts that were fitted together."""
    runs = fitted.runs
    opening = np.array([run.opening for run in runs])
    closing = np.array([run.closing for run in runs])
    deaths = np.array([run.deaths for run in runs])
    # The lowest and the highest figure of a period that knots cut keep its proportions.
    share = np.array([_part(run.deaths, run.count.deaths, run.closing - run.opening,
                            run.count.closing - run.count.opening) for run in runs])  # fmt: skip
    courses = [
        spread(opening, closing, values)
        for values in (
            deaths,
            share * np.array([run.count.low for run in runs]),
            share * np.array([run.count.high for run in runs]),
        )
    ]
    days = np.unique(np.append(opening, closing))
    first = int(days[0])
    groups = fitted.groups(days)
    group = np.full(len(courses[0].values), -1, dtype=np.int64)
    group[days - first] = groups
    holes = np.flatnonzero(np.diff(courses[0].unknown)) + first
    return DailyCurve(
        place=place, agency=agency, measure=measure, population_series=series,
        knots=pd.DataFrame({
            "date": dates(days), "deaths": courses[0].values[days - first], "group": groups,
            "source": [fitted.sources.get(int(day), "") for day in days],
        }),
        gaps=pd.DataFrame([(date(run[0]), date(run[-1])) for run in stretches(holes)],
                          columns=["start", "end"]),
        counted=_counted(fitted),
        population=years,
        _deaths=courses[0], _low=courses[1], _high=courses[2],
        _time=time, _group=group,
    )  # fmt: skip


def _part(deaths: float, whole: float, days: int, all_days: int) -> float:
    """The share of a count that a run has; of a count of zero, by days."""
    return deaths / whole if whole > 0 else days / all_days


def _counted(fitted: Fitted) -> pd.DataFrame:
    """A row for each counted period, knots inside it apart."""
    periods: list[tuple[int, int, float, Count]] = []
    for run in fitted.runs:
        first, before = run.opening, 0.0
        if periods and periods[-1][3] is run.count and periods[-1][1] == run.opening:
            first, _last, before, _count = periods.pop()
        periods.append((first, run.closing, before + run.deaths, run.count))
    opening, closing = (np.array([period[n] for period in periods]) for n in (0, 1))
    counted = [period[3] for period in periods]
    return pd.DataFrame(
        {
            "start": dates(opening), "end": dates(closing - 1), "days": closing - opening,
            "deaths": [period[2] for period in periods],
            "deaths_low": [count.low for count in counted],
            "deaths_high": [count.high for count in counted],
            "agency": [count.agency for count in counted],
            "status": [count.status for count in counted],
            "sources": [count.sources for count in counted],
        }
    )  # fmt: skip


def _solid(reported: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Reported counts of the table's place, doubtful ones apart, each period once."""
    known = with_periods(reported).rename(columns={"count": "deaths", "source_id": "sources"})
    if "place" in known and "place" in rows and len(rows):
        known = known[known["place"] == rows["place"].iloc[0]]
    if "measure" in known and known["measure"].nunique() > 1:
        measures = ", ".join(sorted(known["measure"].unique()))
        raise refusal(
            "reported holds {measures}; choose the rows of one measure", measures=measures
        )
    known = known[known["deaths"].notna()]
    if "status" in known:
        known = known[known["status"] != "doubtful"]
    keys = ["start", "end", *(name for name in ("agency",) if name in known)]
    return known.drop_duplicates(keys)


def _refuse_rows(rows: pd.DataFrame) -> None:
    """Refuse rows that end before they start, or share days."""
    for row in rows[rows["end"] < rows["start"]].to_dict("records"):
        raise refusal(
            "a row ends on {end}, before its start {start}",
            end=row["end"].date(),
            start=row["start"].date(),
        )
    for before, after in pairwise(rows[["start", "end"]].itertuples(index=False)):
        if after.start <= before.end:
            raise refusal(
                "rows overlap: {first_start} to {first_end} and {second_start} to "
                "{second_end}; each day needs one row",
                first_start=before.start.date(),
                first_end=before.end.date(),
                second_start=after.start.date(),
                second_end=after.end.date(),
            )
