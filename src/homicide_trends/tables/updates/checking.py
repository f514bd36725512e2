"""What an answer of the World Bank says, believed only when all of it can be true."""

import math
import re
from datetime import date
from typing import Any

from ...language import _
from ..folders import DataError
from ..problems import harmless

RATE, POPULATION = "VC.IHR.PSRC.P5", "SP.POP.TOTL"
DATABASE = 2  # the World Development Indicators

EARLIEST = 1960  # the first year of the World Development Indicators
HIGHEST_RATE = 1000.0  # per 100,000: one person in a hundred killed in a year
LARGEST_POPULATION = 2_000_000_000


def bad(endpoint: str, reason: str) -> str:
    """The one line on an answer that is not used."""
    return _(
        "the answer of {endpoint} is not used: {reason}; try again later",
        endpoint=endpoint,
        reason=reason,
    )


def values(rows: list[Any], place: str, today: date, endpoint: str) -> dict[str, dict[int, float]]:
    """Values by indicator and year, when every row is about what was asked."""
    found: dict[str, dict[int, float]] = {RATE: {}, POPULATION: {}}
    seen = set()
    for row in rows:
        try:
            ids = {each["concept"].casefold(): each["id"] for each in row["variable"]}
            country, series, year = ids["country"], str(ids["series"]), str(ids["time"])
            value = row["value"]
        except (AttributeError, KeyError, TypeError):
            raise DataError(bad(endpoint, _("it is not in the service's format"))) from None
        if country != place:
            raise DataError(
                bad(
                    endpoint,
                    _(
                        "it is about {found}, asked was {place!r}",
                        found=_shown(country),
                        place=place,
                    ),
                )
            )
        if series not in found:
            raise DataError(
                bad(
                    endpoint,
                    _("it holds the indicator {found}, not asked for", found=_shown(series)),
                )
            )
        if not re.fullmatch("YR[0-9]{4}", year):
            raise DataError(
                bad(endpoint, _("it holds {found}, which is not a year", found=_shown(year)))
            )
        number = int(year[2:])
        if (series, number) in seen:
            raise DataError(
                bad(endpoint, _("it gives {series} of {year} twice", series=series, year=number))
            )
        seen.add((series, number))
        if value is None:
            continue
        if not EARLIEST <= number < today.year:
            raise DataError(bad(endpoint, _wrong_year(series, number, today)))
        found[series][number] = _number(value, series, number, endpoint)
    for series, by_year in found.items():
        if not by_year:
            raise DataError(
                bad(
                    endpoint,
                    _("it gives no value of {series} for {place}", series=series, place=place),
                )
            )
    return found


def _wrong_year(series: str, year: int, today: date) -> str:
    if year >= today.year:
        return _("it gives {series} of {year}, a year that is not over", series=series, year=year)
    return _(
        "it gives {series} of {year}, a year that is before {first}",
        series=series,
        year=year,
        first=EARLIEST,
    )


def _number(value: object, series: str, year: int, endpoint: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(
            bad(
                endpoint,
                _(
                    "it gives {value} as {series} of {year}, not a number",
                    value=_shown(value),
                    series=series,
                    year=year,
                ),
            )
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < 0:
        raise DataError(
            bad(
                endpoint,
                _(
                    "it gives {value} as {series} of {year}",
                    value=f"{number:g}",
                    series=series,
                    year=year,
                ),
            )
        )
    return number


def _shown(value: object) -> str:
    return repr(harmless(str(value), 40))


def rates(by_year: dict[int, float], endpoint: str) -> dict[int, float]:
    """Homicides per 100,000 by year, none of them impossible."""
    for year, rate in by_year.items():
        if rate > HIGHEST_RATE:
            said = _(
                "it gives {rate} per 100,000 as {series} of {year}, which cannot be true",
                rate=f"{rate:g}",
                series=RATE,
                year=year,
            )
            raise DataError(bad(endpoint, said))
    return dict(sorted(by_year.items()))


def populations(by_year: dict[int, float], endpoint: str) -> dict[int, int]:
    """Persons by year, whole ones, as many as a country can have."""
    for year, persons in by_year.items():
        if not 1 <= persons <= LARGEST_POPULATION or persons != int(persons):
            said = _(
                "it gives {persons} persons as {series} of {year}, which cannot be true",
                persons=f"{persons:g}",
                series=POPULATION,
                year=year,
            )
            raise DataError(bad(endpoint, said))
    return {year: int(persons) for year, persons in sorted(by_year.items())}


def updated(about: list[Any], today: date, endpoint: str) -> date:
    """The day on which the World Bank last changed its data."""
    try:
        (row,) = about
        identifier, text = str(row["id"]), str(row["lastupdated"])
        day = date.fromisoformat(text)
    except (KeyError, TypeError, ValueError):
        raise DataError(bad(endpoint, _("it does not say when its data were updated"))) from None
    if identifier != str(DATABASE):
        raise DataError(
            bad(
                endpoint,
                _(
                    "it is of the database {found}, not {asked}",
                    found=_shown(identifier),
                    asked=DATABASE,
                ),
            )
        )
    if day > today:
        raise DataError(bad(endpoint, _("it was updated on {day}, a day to come", day=day)))
    return day
