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

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd

from ..arguments import DateLike, day, days_of
from ..language import _
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
from .population import PersonTime

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

Date: TypeAlias = "DateLike | None"


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
    population`` (mean over the days), ``person_years`` (as in ``PersonTime``),
    ``population_series``. A month without a count is
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

    Columns, choices and errors as in ``monthly_series``; a year's ``population`` is its estimate,
    which is its ``person_years`` too. Only counts reported for the calendar year are used: months
    are not added up here.

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


def regional_series(
    *,
    agency: str = WIDEST,
    population_series: str = WIDEST,
    start: Date = None,
    end: Date = None,
    place: str | None = None,
    mechanism: str = "",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Annual counts of one agency for every country it counts, with ``name`` of the country.

    With ``place``, those of this country alone, by the same agency; with ``mechanism``, such as
    ``"firearm"``, the deaths by it, by whoever counts these in the most countries.

    ``agency="widest"`` is the agency that counts the most countries and years (UNODC in the
    shipped tables), so that all are counted alike; ``"preferred"`` takes each country's own
    preferred count. ``population_series="widest"`` is the one of the most places and years.
    Other columns as in ``annual_series``. Raises DataError when the agency counts no country.

    >>> sorted(set(regional_series()["place"]))[:3]
    ['ARG', 'BHS', 'BLZ']
    >>> shot = regional_series(place="SLV", mechanism="firearm").set_index("start")["deaths"]
    >>> shot["2011":"2012"].tolist()
    [3046.0, 1605.0]
    """
    counts = _whole_periods(load_counts(mechanism=mechanism, data=data), "Y")
    places = load_places(data=data).set_index("place")
    countries = places.index[places["kind"] == "country"]
    known = counts[counts["place"].isin(countries)]
    if agency == WIDEST and len(known):
        agency = _widest(known, "agency")
    if population_series == WIDEST:
        people = load_population(data=data)
        population_series = _widest(people[people["place"].isin(countries)], "series")
    asked = known if agency == PREFERRED else known[known["agency"] == agency]
    counted = [each for each in sorted(asked["place"].unique()) if place in (None, each)]
    if not counted:
        raise DataError(
            _(
                "no country counted by year by agency {agency!r}{hint}",
                agency=agency,
                hint=closest(agency, known["agency"]),
            )
        )
    frame = annual_series(
        counted, agency=agency, start=start, end=end, population_series=population_series,
        mechanism=mechanism, data=data,
    )  # fmt: skip
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
    population_series``. Doubtful counts and weak sources are left out.

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
                              population_series="")  # fmt: skip
    table = pd.concat(frames, ignore_index=True).dropna(subset=["population"])
    return table.assign(deaths=table["deaths"].astype(float))


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
    if start is not None and end is not None:
        days_of((start, end), "the series")
    everywhere = load_counts(
        measure=measure, sex=part[0], age=part[1], mechanism=part[2], motive=part[3], data=data
    )
    whole = _whole_periods(everywhere[everywhere["place"].isin(places)], frequency)
    candidates = whole if allocated else whole[whole["status"] != "allocated"]
    candidates = ranked(candidates, agency, weak=weak, data=data)
    if candidates.empty:
        raise DataError(_none_from(agency, places, measure, whole, frequency))
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


def ranked(
    counts: pd.DataFrame,
    agency: str | Sequence[str],
    *,
    weak: bool = False,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Counts that may be chosen, with what decides among them: ``preference`` and ``published``.

    Doubtful counts, weak sources (unless ``weak``) and agencies not asked for are left out.

    >>> ranked(load_counts("SLV"), ["IML", "PNC"])["preference"].unique().tolist()
    [1, 0]
    """
    sources = load_sources(data=data).set_index("source_id")
    solid = counts["status"] != "doubtful"
    if not weak:
        solid &= counts["source_id"].map(sources["quality"]).ne("weak")
    kept = counts[solid]
    if agency == PREFERRED:
        kept = kept.assign(preference=_in_force(kept, load_agencies(data=data)))
    else:
        order = [agency] if isinstance(agency, str) else list(agency)
        kept = kept[kept["agency"].isin(order)]
        kept = kept.assign(preference=kept["agency"].map(order.index))
    return kept.assign(published=kept["source_id"].map(sources["date"]))


def _in_force(counts: pd.DataFrame, agencies: pd.DataFrame) -> pd.Series:
    """Preference of each count's agency on the period's first day."""
    known = counts.reset_index(names="row").merge(
        agencies[["place", "agency", "start", "end", "preference"]],
        on=["place", "agency"],
        suffixes=("", "_in_force"),
    )
    too_late = known["start_in_force"] > known["start"]
    too_early = known["end_in_force"] < known["start"]
    preference = known[~too_late & ~too_early].groupby("row")["preference"].min()
    # An agency without a preference comes last, never first.
    return preference.reindex(counts.index).fillna(float("inf"))


def in_order(counts: pd.DataFrame) -> pd.DataFrame:
    """Ranked counts with the preferred first, by the rule above.

    >>> rows = ranked(load_counts("SLV"), PREFERRED)
    >>> rows = rows[(rows["start"] == "2012-01-01") & (rows["end"] == "2012-12-31")]
    >>> in_order(rows)["agency"].head(3).tolist()
    ['tripartite', 'UNODC', 'PNC']
    """
    return counts.assign(
        quality=counts["status"].map(QUALITY),
        derived=counts["status"].eq("derived"),
        order=range(len(counts)),
    ).sort_values(
        ["quality", "preference", "derived", "published", "order"],
        ascending=[True, True, True, False, True],
    )


def _choose(candidates: pd.DataFrame) -> pd.DataFrame:
    """The preferred row of each place and period, with the range of all of them."""
    keys = ["place", "period"]
    spread = candidates.groupby(keys)["count"].agg(deaths_low="min", deaths_high="max")
    chosen = in_order(candidates).drop_duplicates(keys)
    chosen = chosen.sort_values(keys, kind="stable").join(spread, on=keys)
    return chosen.rename(columns={"count": "deaths", "source_id": "sources"})


def _every_period(
    chosen: pd.DataFrame, place: object, frequency: str, start: Date, end: Date
) -> pd.DataFrame:
    """A row for every period between the first and the last, missing where nothing is on file."""
    first, last = chosen["period"].min(), chosen["period"].max()
    if start is not None:
        first = pd.Period(day(start, "the series' start"), frequency)
    if end is not None:
        last = pd.Period(day(end, "the series' end", end=True), frequency)
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
    """Person-years by ``person_time``, and the mean population of the days."""
    frame = frame.assign(
        population=float("nan"), person_years=float("nan"), population_series=series or ""
    )
    if series is None:
        return frame
    known = load_population(series=series, data=data)
    for place, rows in frame.groupby("place"):
        time = PersonTime.of_years(known[known["place"] == place])
        for name in ("population", "person_years"):
            frame.loc[rows.index, name] = getattr(time, name)(rows["start"], rows["end"])
        # Of a calendar year the estimate itself, which is that of its middle.
        estimates = known[known["place"] == place].set_index("year")["population"].astype(float)
        years = rows[rows["days"] > 360]
        frame.loc[years.index, "population"] = years["start"].dt.year.map(estimates)
    return frame
