"""What the World Bank's service answers for one country, read through ``wbgapi`` and believed late.

Nothing of an answer is used before all of it has been checked: the country and the indicators that
were asked for, years that are over, one value a year, numbers that can be true.

``wbgapi`` waits without limit, follows pages for as long as the answer's own header says that
there are more, and takes any size; its requests are therefore counted, measured and given a time.
"""

import io
import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...language import _
from ..folders import DataError
from ..problems import harmless

ENDPOINT = "https://api.worldbank.org/v2"
MOST_REQUESTS = 12  # two are needed
LARGEST_ANSWER = 5_000_000  # bytes; an answer has some 20,000

_SHAPE = "Unrecognized response object format"  # wbgapi's word for an answer it cannot read

_INSTALL = "pip install 'homicide-trends[update]'"


@dataclass(frozen=True)
class Answer:
    """What the service holds for a place: values by year, and when it was last updated.

    ``rates`` are homicides per 100,000 people, ``population`` persons; ``updated`` is the day on
    which the World Bank says it last changed its data, ``retrieved`` the day of the question.
    """

    place: str
    rates: Mapping[int, float]
    population: Mapping[int, int]
    updated: date
    retrieved: date
    endpoint: str = ENDPOINT


class _RefusedError(Exception):
    """A request that is not made, or an answer that is not read any further."""


def retrieve(
    place: str,
    *,
    endpoint: str = ENDPOINT,
    timeout: float = 60,
    today: date | None = None,
) -> Answer:
    """Ask the World Bank for the homicide rates and the populations of a country.

    ``place`` is an ISO code of three letters, ``timeout`` the seconds after which the question is
    given up, however the time was spent. Raises DataError, in one line, where the service is not
    reached, is too slow, or answers anything but what was asked.

    >>> retrieve("SLV", endpoint="http://127.0.0.1:9", timeout=5)
    Traceback (most recent call last):
    homicide_trends.tables.folders.DataError: the World Bank's service at http://127.0.0.1:9 could
    not be reached (ConnectionError); look at the connection and try again
    """
    wbgapi = _library()
    day = today or date.today()
    path = f"sources/{DATABASE}/series/{RATE};{POPULATION}/country/{place}/time/all"

    def ask() -> tuple[list[Any], list[Any]]:
        return list(wbgapi.fetch(f"sources/{DATABASE}")), list(wbgapi.fetch(path))

    about, rows = _asked(wbgapi, ask, endpoint, timeout)
    by_year = values(rows, place, day, endpoint)
    return Answer(
        place=place,
        rates=rates(by_year[RATE], endpoint),
        population=populations(by_year[POPULATION], endpoint),
        updated=updated(about, day, endpoint),
        retrieved=day,
        endpoint=endpoint,
    )


def _library() -> Any:
    try:
        import wbgapi
    except ImportError:
        raise DataError(
            _(
                "figures of the World Bank need the package wbgapi; install it with: {command}",
                command=_INSTALL,
            )
        ) from None
    return wbgapi


def _asked(
    wbgapi: Any, ask: Callable[[], tuple[list[Any], list[Any]]], endpoint: str, timeout: float
) -> tuple[list[Any], list[Any]]:
    """The rows of both answers, or DataError; a thread, because no socket's time is the whole's."""
    outcome: list[Any] = []
    kept = {name: getattr(wbgapi, name) for name in ("endpoint", "get_options", "per_page", "lang")}
    wbgapi.endpoint, wbgapi.lang, wbgapi.per_page = endpoint.rstrip("/"), "en", 1000
    wbgapi.get_options = {
        "timeout": timeout,
        "stream": True,
        "hooks": {"response": _Guard(time.monotonic() + timeout)},
    }

    def work() -> None:
        try:
            outcome.append(ask())
        except Exception as error:  # wbgapi lets through whatever an odd answer makes it stumble on
            outcome.append(error)

    asking = threading.Thread(target=work, daemon=True)
    asking.start()
    asking.join(timeout)
    for name, value in kept.items():
        setattr(wbgapi, name, value)
    if not outcome:
        raise DataError(_slow(endpoint, timeout))
    if isinstance(outcome[0], Exception):
        raise DataError(_reason(outcome[0], endpoint, timeout)) from None
    about, rows = outcome[0]
    return about, rows


class _Guard:
    """Reads each answer whole, within limits of size, number and time."""

    def __init__(self, until: float) -> None:
        self._until, self._requests = until, 0

    def __call__(self, response: Any, **_options: object) -> None:
        self._requests += 1
        with response.raw as raw:
            if self._requests > MOST_REQUESTS:
                raise _RefusedError(
                    _(
                        "it announces more pages than there can be (over {most})",
                        most=MOST_REQUESTS,
                    )
                )
            content = self._content(raw)
        response.raw = io.BytesIO(content)

    def _content(self, raw: Any) -> bytes:
        content = bytearray()
        for chunk in raw.stream(65536, decode_content=True):
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise _RefusedError(
                    _("it is larger than it can be (over {most} bytes)", most=f"{LARGEST_ANSWER:,}")
                )
            if time.monotonic() > self._until:
                raise TimeoutError
        return bytes(content)


def _slow(endpoint: str, timeout: float) -> str:
    return _(
        "the World Bank's service at {endpoint} did not answer within {seconds} seconds; try "
        "again later, or allow more with --timeout",
        endpoint=endpoint,
        seconds=f"{timeout:g}",
    )


def _reason(error: Exception, endpoint: str, timeout: float) -> str:
    """One line on why there is no answer."""
    kind, code = type(error).__name__, getattr(error, "code", None)
    if "Timeout" in kind or "Timeout" in str(error) or "timed out" in str(error):
        return _slow(endpoint, timeout)
    if isinstance(error, _RefusedError):
        return bad(endpoint, str(error))
    if code is not None:
        said = harmless(f"{code} {getattr(error, 'msg', '')}".strip(), 80)
        return _(
            "the World Bank's service at {endpoint} refuses ({said}); try again later",
            endpoint=endpoint,
            said=said,
        )
    if kind == "APIError" and getattr(error, "msg", "") != _SHAPE:
        return bad(
            endpoint,
            _("it is a message: {said}", said=harmless(str(getattr(error, "msg", "")), 120)),
        )
    if kind == "APIResponseError":
        return bad(endpoint, _("it is not JSON"))
    if kind in ("ProtocolError", "ChunkedEncodingError", "IncompleteRead", "DecodeError"):
        return bad(endpoint, _("it breaks off"))
    if isinstance(error, OSError):
        return _(
            "the World Bank's service at {endpoint} could not be reached ({kind}); look at the "
            "connection and try again",
            endpoint=endpoint,
            kind=kind,
        )
    return bad(endpoint, _("it is not in the service's format ({kind})", kind=kind))


# --- an answer is believed only when all of it can be true -----------------------------------

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
