"""Municipalities by their people: how many, which share, and what place among all of them."""

from collections.abc import Sequence

import pandas as pd

from ..language import _
from ..tables.load import (
    DataError,
    Folder,
    load_counts,
    load_places,
    load_population,
    load_sources,
    load_towns,
    place_name,
    with_names,
)
from .population import interpolate


def people_of(
    places: Sequence[str],
    *,
    year: int,
    series: str | Sequence[str],
    data: Folder | None = None,
) -> pd.DataFrame:
    """How many people lived in some places: one row each, in the order given.

    ``series`` names a series of population.csv, or several, of which each place has the first
    that knows it. A year between two of a series is interpolated in a straight line.
    Columns ``place, name, population`` (missing where no series has the place), ``series,
    status, source_id``. Their sum is that of ``population``; DataError for an unknown place or
    a place given twice.

    >>> found = people_of(["SLV-apopa", "SLV-la-libertad"], year=2007, series="CENSUS")
    >>> found["population"].astype(int).tolist()
    [131286, 35997]
    """
    twice = sorted({each for each in places if list(places).count(each) > 1})
    if twice:
        raise DataError(_("{place!r} is named twice", place=twice[0]))
    order = [series] if isinstance(series, str) else list(series)
    names = load_places(data=data).set_index("place")["name"]
    for place in set(places) - set(names.index):
        place_name(place, data=data)  # says which is meant
    rows = {
        place: {"place": place, "name": names[place], "population": float("nan"), "series": "",
                "status": "", "source_id": ""}
        for place in places
    }  # fmt: skip
    for each in order:
        wanted = [place for place, row in rows.items() if row["series"] == ""]
        if not wanted:  # a folder without municipalities needs no series of theirs
            break
        table = load_population(series=each, data=data)
        for place, known in table[table["place"].isin(wanted)].groupby("place", sort=False):
            found = _in_year(known, year)
            if found is not None:
                last = known.sort_values("year", kind="stable").iloc[-1]
                rows[str(place)] |= {"population": found, "series": each} | {
                    name: last[name] for name in ("status", "source_id")
                }
    columns = ["place", "name", "population", "series", "status", "source_id"]
    return pd.DataFrame(list(rows.values()), columns=columns)


def _in_year(known: pd.DataFrame, year: int) -> float | None:
    exact = known.loc[known["year"] == year, "population"]
    if len(exact):
        return float(exact.iloc[0])
    if len(known) < 2 or not known["year"].min() < year < known["year"].max():
        return None
    found = interpolate(known["year"], known["population"], [year], method="linear")
    return float(found[0])


def ranked_towns(
    country: str, *, year: int, series: str | Sequence[str], data: Folder | None = None
) -> pd.DataFrame:
    """Every municipality of a country by its people: columns of ``load_towns`` and more.

    ``population`` (missing where not known), ``rank`` (1 = most people), ``share`` (percent of
    the people of its country's municipalities in that series). Most populous first; those not
    known last, without rank. No rows where a folder has no municipalities.

    >>> found = ranked_towns("SLV", year=2007, series="CENSUS")
    >>> found["name"].head(3).tolist()
    ['San Salvador', 'Santa Ana', 'Soyapango']
    """
    towns = load_towns(country, data=data)
    if towns.empty:
        return towns.assign(population=[], rank=[], share=[])
    people = people_of(towns["place"].tolist(), year=year, series=series, data=data)
    towns = towns.assign(population=people["population"].to_numpy())
    towns = towns.assign(
        rank=towns["population"].rank(ascending=False, method="min"),
        share=100 * towns["population"] / _all_people(country, towns, year, series, data),
    )
    return towns.sort_values("population", ascending=False, kind="stable", ignore_index=True)


def _all_people(
    country: str,
    towns: pd.DataFrame,
    year: int,
    series: str | Sequence[str],
    data: Folder | None,
) -> float:
    """The country's people in the same series, else those of its municipalities."""
    whole = people_of([country], year=year, series=series, data=data)["population"].iloc[0]
    return float(towns["population"].sum() if pd.isna(whole) else whole)


def departments_of(country: str, *, data: Folder | None = None) -> list[str]:
    """The departments of a country, as places.

    >>> departments_of("SLV")[:2]
    ['SLV-AH', 'SLV-CA']
    """
    places = load_places(data=data)
    inside = (places["within"] == country) & (places["kind"] == "department")
    return places.loc[inside, "place"].tolist()


def town_years(country: str, *, data: Folder | None = None) -> pd.DataFrame:
    """Deaths of each municipality in each calendar year that somebody counted.

    One row a place and year, of the agency that counted the most of them: ``place, name, year,
    deaths, agency, sources``. Doubtful and weak rows are left out. The shipped tables have next to
    none: they come with ``homicide-trends import FILE --place-column NAME``.

    >>> town_years("SLV")["year"].between(2009, 2016).all()
    np.True_
    """
    counts = load_counts(within=country, kind="municipality", data=data)
    start, end = counts["start"], counts["end"]
    whole = start.dt.is_year_start & end.dt.is_year_end & (start.dt.year == end.dt.year)
    weak = counts["source_id"].map(load_sources(data=data).set_index("source_id")["quality"])
    usable = counts[whole & counts["status"].ne("doubtful") & weak.ne("weak")]
    size = usable.groupby("agency")["count"].size()
    usable = usable.assign(year=usable["start"].dt.year, size=usable["agency"].map(size))
    usable = usable.sort_values("size", ascending=False, kind="stable")
    usable = with_names(usable.drop_duplicates(["place", "year"]), data=data)
    usable = usable.rename(columns={"count": "deaths", "source_id": "sources"})
    columns = ["place", "name", "year", "deaths", "agency", "sources"]
    return usable[columns].sort_values(["place", "year"], kind="stable", ignore_index=True)
