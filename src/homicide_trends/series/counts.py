"""One row a month or year, resolved from conflicting reports by a stated preference.

The rule, in order, among rows that cover exactly the period and are not marked doubtful and
do not rest on a weak source:

1. quality: final or derived, then preliminary, then rounded, then allocated;
2. the agency's preference in ``agencies.csv`` in force on the period's first day
   (or the order given as ``agency``);
3. final before derived;
4. the later published source;
5. the row that stands first in ``counts.csv``.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

import pandas as pd

from ..arguments import day, days_of
from ..language import _, localised
from ..tables.load import (
    DataError,
    Folder,
    closest,
    load_agencies,
    load_counts,
    load_places,
    load_population,
    load_sources,
    place_name,
)
from .daily import split_at
from .population import interpolate_population

PREFERRED = "preferred"
WIDEST = "widest"
QUALITY = {"final": 0, "derived": 0, "preliminary": 1, "rounded": 2, "allocated": 3}
COLUMNS = [
    "place",
    "start",
    "end",
    "days",
    "deaths",
    "deaths_low",
    "deaths_high",
    "agency",
    "status",
    "sources",
    "population",
    "person_years",
    "population_series",
]

Date: TypeAlias = "str | pd.Timestamp | None"
Build: TypeAlias = Callable[..., pd.DataFrame]


def monthly_series(
    place: str,
    *,
    agency: str | Sequence[str] = PREFERRED,
    measure: str = "homicides",
    sex: str = "",
    age: str = "",
    mechanism: str = "",
    motive: str = "",
    start: Date = None,
    end: Date = None,
    allocated: bool = True,
    weak: bool = False,
    population_series: str | None = "WPP2024",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Deaths a month in one place, one row for every month from the first to the last on file.

    ``agency`` is ``"preferred"`` (the order of ``agencies.csv``), one agency, or a sequence of
    agencies, most preferred first. All deaths are meant unless ``sex``, ``age``, ``mechanism`` or
    ``motive`` names a part of them, as counts.csv does. ``allocated=False`` leaves out months
    that only exist as a share of a longer total; ``weak=True`` lets in sources without an address
    of their own.
    ``population_series=None`` joins no population.

    Columns: ``place, start, end`` (inclusive), ``days, deaths, deaths_low, deaths_high`` (the
    range of all figures on file for the month, doubtful ones apart), ``agency, status, sources,
    population`` (interpolated to the middle of the month), ``person_years`` (population times
    the month's share of its calendar year), ``population_series``. A month without a count is
    a row with ``deaths`` missing and status ``missing``.

    Raises DataError for an unknown place, agency, measure or population series, and when no
    month is on file.

    >>> months = monthly_series("SLV", start="2012-01-01", end="2012-12-31")
    >>> int(months["deaths"].sum())
    2576
    >>> months.loc[2, ["deaths_low", "deaths_high"]].tolist(), months.loc[2, "agency"]
    ([255.0, 263.0], 'PNC')
    """
    return _series([place], "M", agency, measure, (sex, age, mechanism, motive), start, end,
                   allocated, weak, population_series, data)  # fmt: skip


def annual_series(
    place: str | Sequence[str],
    *,
    agency: str | Sequence[str] = PREFERRED,
    measure: str = "homicides",
    sex: str = "",
    age: str = "",
    mechanism: str = "",
    motive: str = "",
    start: Date = None,
    end: Date = None,
    weak: bool = False,
    population_series: str | None = "WPP2024",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Deaths a calendar year in one or several places, one row a place and year.

    Columns, choices and errors as in ``monthly_series``; ``person_years`` of a whole year is
    the mid-year population, as in published rates. Only counts reported for the calendar year
    are used: months are not added up here.

    >>> years = annual_series("SLV", start="2011-01-01", end="2015-12-31")
    >>> years["deaths"].astype(int).tolist()
    [4371, 2594, 2513, 3921, 6656]
    >>> shot = annual_series("SLV", mechanism="firearm", start="2011-01-01", end="2012-12-31")
    >>> shot["deaths"].astype(int).tolist()
    [3046, 1605]
    """
    places = [place] if isinstance(place, str) else list(place)
    return _series(places, "Y", agency, measure, (sex, age, mechanism, motive), start, end,
                   True, weak, population_series, data)  # fmt: skip


def covering_series(
    place: str,
    *periods: tuple[Date, Date],
    agency: str | Sequence[str] = PREFERRED,
    population_series: str | None = "WPP2024",
    complete: bool = True,
    margin: int = 0,
    data: Folder | None = None,
) -> pd.DataFrame:
    """The finest series that covers some periods: months where they do, else years.

    A month that a period cuts is split where a count up to that very day is on file.
    ``complete=False`` is content with half of the months. ``margin`` adds so many months after
    the last period, as far as counts go. Columns as in ``monthly_series``. Raises DataError when
    neither months nor years will do.

    >>> before, after = ("2011-03-01", "2012-02-29"), ("2012-03-01", "2013-12-31")
    >>> len(covering_series("SLV", before, after)), len(covering_series("HND", before, after))
    (34, 3)
    """

    def series(build: Callable[..., pd.DataFrame]) -> Build:
        return partial(
            build, place, agency=agency, population_series=population_series, data=data
        )  # fmt: skip

    return finest_series(
        [series(monthly_series), series(annual_series)], periods,
        counts=load_counts(place, data=data), complete=complete, margin=margin,
    )  # fmt: skip


def finest_series(
    builds: Sequence[Build],
    periods: Sequence[tuple[Date, Date]],
    *,
    counts: pd.DataFrame,
    complete: bool = True,
    margin: int = 0,
) -> pd.DataFrame:
    """The first series that covers some periods, of those that are built on demand.

    Each of ``builds`` makes a series of one place from ``start=`` to ``end=``, or raises
    DataError; ``counts`` are the place's. Else as ``covering_series``.

    >>> build = partial(annual_series, "HND")
    >>> period = ("2011-01-01", "2012-12-31")
    >>> len(finest_series([build], [period], counts=load_counts("HND")))
    2
    """
    spans = [days_of((start, end), "a period") for start, end in periods]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    problems = []
    for build in builds:
        try:
            series = build(start=first, end=last + pd.DateOffset(months=margin))
        except DataError as error:
            problems.append(error)
            continue
        inside = [(series["start"] <= end) & (series["end"] >= start) for start, end in spans]
        needed = pd.concat(inside, axis=1).any(axis=1)
        known = series.loc[needed, "deaths"].notna()
        if known.all() or (not complete and known.mean() >= 0.5):
            # Beyond the last count there is nothing to show.
            beyond = (series["start"] > last) & series["deaths"][::-1].isna().cummin()[::-1]
            series = series[~beyond]
            edges = [date for start, end in spans for date in (start, end + pd.Timedelta(days=1))]
            return split_at(series, counts, edges)
        missing = series.loc[needed & series["deaths"].isna()]
        months = ", ".join(missing["start"].dt.strftime("%Y-%m")[:6])
        place = ", ".join(missing["place"].unique())
        problems.append(
            DataError(
                _(
                    "no count on file for {place} in {months} and later: choose other dates or "
                    "agencies",
                    place=place,
                    months=months,
                )
                if len(missing) > 6
                else _(
                    "no count on file for {place} in {months}: choose other dates or agencies",
                    place=place,
                    months=months,
                )
            )
        )
    raise problems[0]


def regional_series(
    *,
    agency: str = WIDEST,
    population_series: str = WIDEST,
    start: Date = None,
    end: Date = None,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Annual counts of one agency for every country it counts, with ``name`` of the country.

    ``agency="widest"`` is the agency that counts the most countries and years (UNODC in the
    shipped tables), so that all are counted alike; ``"preferred"`` takes each country's own
    preferred count. ``population_series="widest"`` is the one of the most places and years.
    Other columns as in ``annual_series``. Raises DataError when the agency counts no country.

    >>> sorted(set(regional_series()["place"]))[:3]
    ['ARG', 'BHS', 'BLZ']
    """
    counts = _whole_periods(load_counts(data=data), "Y")
    places = load_places(data=data).set_index("place")
    countries = places.index[places["kind"] == "country"]
    known = counts[counts["place"].isin(countries)]
    if agency == WIDEST and len(known):
        agency = _widest(known, "agency")
    if population_series == WIDEST:
        population_series = _widest(load_population(data=data), "series")
    asked = known if agency == PREFERRED else known[known["agency"] == agency]
    counted = sorted(asked["place"].unique())
    if not counted:
        raise DataError(
            _(
                "no country counted by year by agency {agency!r}{hint}",
                agency=agency,
                hint=closest(agency, known["agency"]),
            )
        )
    frame = annual_series(
        counted, agency=agency, start=start, end=end, population_series=population_series, data=data
    )
    return frame.join(places["name"], on="place")


def _widest(rows: pd.DataFrame, column: str) -> str:
    """The value that the most places have, then the most rows, then the first by name."""
    if rows.empty:
        return ""
    reach = rows.groupby(column, sort=True)["place"].agg(["nunique", "size"])
    order = reach.sort_values(["nunique", "size"], ascending=False, kind="stable")
    return str(order.index[0])


def count_variants(
    place: str, *, start: Date, end: Date, data: Folder | None = None
) -> pd.DataFrame:
    """Every count on file for a period, over every population series on file.

    One row a distinct count and population series, with the agencies that reported it:
    ``place, start, end, days, deaths, agency, status, sources, population, person_years,
    population_series, variant``. Doubtful counts and weak sources are left out. Meant for
    calendar years: the population is the middle of the period's.

    >>> variants = count_variants("SLV", start="2011-01-01", end="2011-12-31")
    >>> sorted(set(variants["deaths"].astype(int)))
    [4354, 4371]
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    counts = load_counts(place, data=data)
    sources = load_sources(data=data).set_index("source_id")
    solid = counts["source_id"].map(sources["quality"]).ne("weak")
    rows = counts[
        (counts["start"] == first)
        & (counts["end"] == last)
        & solid
        & (counts["status"] != "doubtful")
    ]
    counted = (
        rows.groupby("count", sort=True)
        .agg(
            agency=("agency", lambda names: "; ".join(dict.fromkeys(names))),
            status=("status", lambda names: "; ".join(dict.fromkeys(names))),
            sources=("source_id", lambda names: ";".join(dict.fromkeys(names))),
        )
        .reset_index(names="deaths")
        .assign(place=place, start=first, end=last, days=(last - first).days + 1)
    )
    populations = load_population(place, data=data)["series"].unique() if len(counted) else []
    frames = [_with_population(counted, series, data) for series in populations]
    if not frames:
        return counted.assign(population=float("nan"), person_years=float("nan"),
                              population_series="", variant="")  # fmt: skip
    table = pd.concat(frames, ignore_index=True).dropna(subset=["population"])
    variant = [
        _("{deaths} over {population}", deaths=localised(f"{deaths:,}"), population=series)
        for deaths, series in zip(table["deaths"], table["population_series"], strict=True)
    ]
    return table.assign(deaths=table["deaths"].astype(float), variant=variant)


def _series(
    places: list[str],
    frequency: str,
    agency: str | Sequence[str],
    measure: str,
    part: tuple[str, str, str, str],
    start: Date,
    end: Date,
    allocated: bool,
    weak: bool,
    population_series: str | None,
    data: Folder | None,
) -> pd.DataFrame:
    for place in places:
        place_name(place, data=data)
    days = [date if date is None else day(date, what) for date, what in
            ((start, "the series' start"), (end, "the series' end"))]  # fmt: skip
    if None not in days:
        days_of((days[0], days[1]), "the series")
    everywhere = load_counts(
        measure=measure, sex=part[0], age=part[1], mechanism=part[2], motive=part[3], data=data
    )
    counts = everywhere[everywhere["place"].isin(places)]
    candidates = _whole_periods(counts, frequency)
    candidates = candidates[candidates["status"] != "doubtful"]
    if not allocated:
        candidates = candidates[candidates["status"] != "allocated"]
    sources = load_sources(data=data).set_index("source_id")
    if not weak:
        is_weak = candidates["source_id"].map(sources["quality"]).eq("weak")
        candidates = candidates[~is_weak]
    candidates = _ranked(candidates, agency, load_agencies(data=data))
    candidates = candidates.assign(published=candidates["source_id"].map(sources["date"]))
    if candidates.empty:
        raise DataError(
            _none_from(agency, places, measure, _whole_periods(counts, frequency), frequency)
        )
    chosen = _choose(candidates)
    frame = pd.concat(
        [
            _every_period(rows, place, frequency, start, end)
            for place, rows in chosen.groupby("place", sort=False)
        ],
        ignore_index=True,
    )
    return _with_population(frame, population_series, data)[COLUMNS]


def _none_from(
    agency: str | Sequence[str],
    places: Sequence[str],
    measure: str,
    known: pd.DataFrame,
    frequency: str,
) -> str:
    """Why there is no series, with the agency that may be meant."""
    said = {
        "measure": measure,
        "places": ", ".join(places),
        "agency": agency,
        "hint": closest(agency, known["agency"]),
    }
    if frequency == "M":
        return _("no {measure} by month for {places} from agency {agency!r}{hint}", **said)
    return _("no {measure} by calendar year for {places} from agency {agency!r}{hint}", **said)


def _whole_periods(counts: pd.DataFrame, frequency: str) -> pd.DataFrame:
    """Rows that cover exactly one calendar month or year."""
    period = counts["start"].dt.to_period(frequency)
    exact = (counts["start"] == period.dt.start_time) & (
        counts["end"] == period.dt.end_time.dt.normalize()
    )
    return counts.assign(period=period)[exact]


def _ranked(
    candidates: pd.DataFrame, agency: str | Sequence[str], agencies: pd.DataFrame
) -> pd.DataFrame:
    """Candidates with the preference of their agency; agencies not asked for are left out."""
    if agency != PREFERRED:
        order = [agency] if isinstance(agency, str) else list(agency)
        kept = candidates[candidates["agency"].isin(order)]
        return kept.assign(preference=kept["agency"].map(order.index))
    rows = candidates.reset_index(names="row")
    known = rows.merge(
        agencies[["place", "agency", "start", "end", "preference"]],
        on=["place", "agency"],
        suffixes=("", "_in_force"),
    )
    too_late = known["start_in_force"] > known["start"]
    too_early = known["end_in_force"] < known["start"]
    in_force = ~too_late & ~too_early
    preference = known[in_force].groupby("row")["preference"].min()
    # An agency without a preference comes last, never first.
    return candidates.assign(preference=preference.reindex(candidates.index).fillna(float("inf")))


def _choose(candidates: pd.DataFrame) -> pd.DataFrame:
    """The preferred row of each place and period, with the range of all of them."""
    ordered = candidates.assign(
        quality=candidates["status"].map(QUALITY),
        derived=candidates["status"].eq("derived"),
        order=range(len(candidates)),
    ).sort_values(
        ["place", "period", "quality", "preference", "derived", "published", "order"],
        ascending=[True, True, True, True, True, False, True],
    )
    keys = ["place", "period"]
    spread = candidates.groupby(keys)["count"].agg(deaths_low="min", deaths_high="max")
    chosen = ordered.drop_duplicates(keys).join(spread, on=keys)
    return chosen.rename(columns={"count": "deaths", "source_id": "sources"})


def _every_period(
    chosen: pd.DataFrame, place: object, frequency: str, start: Date, end: Date
) -> pd.DataFrame:
    """A row for every period between the first and the last, missing where nothing is on file."""
    first = chosen["period"].min() if start is None else pd.Period(start, frequency)
    last = chosen["period"].max() if end is None else pd.Period(end, frequency)
    periods = pd.period_range(first, last, freq=frequency, name="period")
    frame = chosen.set_index("period").reindex(periods).reset_index()
    frame["place"] = place
    frame["start"] = frame["period"].dt.start_time
    frame["end"] = frame["period"].dt.end_time.dt.normalize()
    frame["days"] = (frame["end"] - frame["start"]).dt.days + 1
    frame["status"] = frame["status"].fillna("missing")
    for column in ("deaths", "deaths_low", "deaths_high"):
        frame[column] = frame[column].astype(float)
    return frame


def _with_population(frame: pd.DataFrame, series: str | None, data: Folder | None) -> pd.DataFrame:
    frame = frame.assign(population=float("nan"), population_series=series or "")
    if series is not None:
        known = load_population(series=series, data=data)
        for place, rows in frame.groupby("place"):
            years = known[known["place"] == place].sort_values("year", kind="stable")
            frame.loc[rows.index, "population"] = _mid_period(rows, years)
    year_days = frame["start"].dt.is_leap_year.map({True: 366, False: 365})
    return frame.assign(person_years=frame["population"] * frame["days"] / year_days)


def _mid_period(rows: pd.DataFrame, years: pd.DataFrame) -> pd.Series:
    """Population at the middle of each row; none before the first or after the last known year.

    A figure for a year is taken at the year's own middle, so that a calendar year has exactly
    the published population.
    """
    exact = rows["start"].dt.year.map(years.set_index("year")["population"].astype(float))
    whole_year = rows["days"] > 360
    if len(years) < 2:
        return exact.where(whole_year)
    middles = pd.to_datetime(years["year"].astype(str) + "-01-01") + (
        pd.to_timedelta(years["year"].map(lambda year: 366 if pd.Timestamp(year, 1, 1).is_leap_year
                                          else 365), unit="D") / 2
    )  # fmt: skip
    middle = rows["start"] + pd.to_timedelta(rows["days"], unit="D") / 2
    inside = middle.between(middles.min(), middles.max())
    values = pd.Series(float("nan"), index=rows.index)
    if inside.any():
        values[inside] = interpolate_population(
            middles.to_numpy(), years["population"].to_numpy(), middle[inside].to_numpy()
        )
    return values.where(~whole_year, exact.fillna(values))
