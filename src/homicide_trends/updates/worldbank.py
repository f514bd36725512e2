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

from ..folders import DataError
from ..problems import harmless

ENDPOINT = "https://api.worldbank.org/v2"
RATE, POPULATION = "VC.IHR.PSRC.P5", "SP.POP.TOTL"
DATABASE = 2  # the World Development Indicators

EARLIEST = 1960  # the first year of the World Development Indicators
HIGHEST_RATE = 1000.0  # per 100,000: one person in a hundred killed in a year
LARGEST_POPULATION = 2_000_000_000

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
    homicide_trends.folders.DataError: the World Bank's service at http://127.0.0.1:9 could not be
    reached (ConnectionError); look at the connection and try again
    """
    wbgapi = _library()
    day = today or date.today()
    path = f"sources/{DATABASE}/series/{RATE};{POPULATION}/country/{place}/time/all"

    def ask() -> tuple[list[Any], list[Any]]:
        return list(wbgapi.fetch(f"sources/{DATABASE}")), list(wbgapi.fetch(path))

    about, rows = _asked(wbgapi, ask, endpoint, timeout)
    values = _values(rows, place, day, endpoint)
    return Answer(
        place=place,
        rates=_rates(values[RATE], endpoint),
        population=_populations(values[POPULATION], endpoint),
        updated=_updated(about, day, endpoint),
        retrieved=day,
        endpoint=endpoint,
    )


def _library() -> Any:
    try:
        import wbgapi
    except ImportError:
        raise DataError(
            f"figures of the World Bank need the package wbgapi; install it with: {_INSTALL}"
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

    def __call__(self, response: Any, **_: object) -> None:
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise _RefusedError(f"announces more pages than there can be (over {MOST_REQUESTS})")
        with response.raw as raw:
            content = self._content(raw)
        response.raw = io.BytesIO(content)

    def _content(self, raw: Any) -> bytes:
        content = bytearray()
        for chunk in raw.stream(65536, decode_content=True):
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise _RefusedError(f"is larger than it can be (over {LARGEST_ANSWER:,} bytes)")
            if time.monotonic() > self._until:
                raise TimeoutError
        return bytes(content)


def _slow(endpoint: str, timeout: float) -> str:
    return (
        f"the World Bank's service at {endpoint} did not answer within {timeout:g} seconds; "
        "try again later, or allow more with --timeout"
    )


def _reason(error: Exception, endpoint: str, timeout: float) -> str:
    """One line on why there is no answer."""
    kind, code = type(error).__name__, getattr(error, "code", None)
    if "Timeout" in kind or "Timeout" in str(error) or "timed out" in str(error):
        return _slow(endpoint, timeout)
    if isinstance(error, _RefusedError):
        return _bad(endpoint, str(error))
    if code is not None:
        said = harmless(f"{code} {getattr(error, 'msg', '')}".strip(), 80)
        return f"the World Bank's service at {endpoint} refuses ({said}); try again later"
    if kind == "APIError" and getattr(error, "msg", "") != _SHAPE:
        return _bad(endpoint, f"is a message: {harmless(str(getattr(error, 'msg', '')), 120)}")
    if kind == "APIResponseError":
        return _bad(endpoint, "is not JSON")
    if kind in ("ProtocolError", "ChunkedEncodingError", "IncompleteRead", "DecodeError"):
        return _bad(endpoint, "breaks off")
    if isinstance(error, OSError):
        return (
            f"the World Bank's service at {endpoint} could not be reached ({kind}); "
            "look at the connection and try again"
        )
    return _bad(endpoint, f"is not in the service's format ({kind})")


def _bad(endpoint: str, what: str) -> str:
    return f"the answer of {endpoint} {what}; nothing of it is used, try again later"


def _values(rows: list[Any], place: str, today: date, endpoint: str) -> dict[str, dict[int, float]]:
    """Values by indicator and year, when every row is about what was asked."""
    found: dict[str, dict[int, float]] = {RATE: {}, POPULATION: {}}
    seen = set()
    for row in rows:
        try:
            ids = {each["concept"].casefold(): each["id"] for each in row["variable"]}
            country, series, year = ids["country"], str(ids["series"]), str(ids["time"])
            value = row["value"]
        except (AttributeError, KeyError, TypeError):
            raise DataError(_bad(endpoint, "is not in the service's format")) from None
        if country != place:
            raise DataError(_bad(endpoint, f"is about {_shown(country)}, asked was {place!r}"))
        if series not in found:
            raise DataError(_bad(endpoint, f"holds the indicator {_shown(series)}, not asked for"))
        if not re.fullmatch("YR[0-9]{4}", year):
            raise DataError(_bad(endpoint, f"holds {_shown(year)}, which is not a year"))
        number = int(year[2:])
        if (series, number) in seen:
            raise DataError(_bad(endpoint, f"gives {series} of {number} twice"))
        seen.add((series, number))
        if value is None:
            continue
        if not EARLIEST <= number < today.year:
            why = "is not over" if number >= today.year else f"is before {EARLIEST}"
            raise DataError(_bad(endpoint, f"gives {series} of {number}, a year that {why}"))
        found[series][number] = _number(value, series, number, endpoint)
    for series, values in found.items():
        if not values:
            raise DataError(_bad(endpoint, f"gives no value of {series} for {place}"))
    return found


def _number(value: object, series: str, year: int, endpoint: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(
            _bad(endpoint, f"gives {_shown(value)} as {series} of {year}, not a number")
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or number < 0:
        raise DataError(_bad(endpoint, f"gives {number:g} as {series} of {year}"))
    return number


def _shown(value: object) -> str:
    return repr(harmless(str(value), 40))


def _rates(values: dict[int, float], endpoint: str) -> dict[int, float]:
    for year, rate in values.items():
        if rate > HIGHEST_RATE:
            said = f"gives {rate:g} per 100,000 as {RATE} of {year}, which cannot be true"
            raise DataError(_bad(endpoint, said))
    return dict(sorted(values.items()))


def _populations(values: dict[int, float], endpoint: str) -> dict[int, int]:
    for year, persons in values.items():
        if not 1 <= persons <= LARGEST_POPULATION or persons != int(persons):
            said = f"gives {persons:g} persons as {POPULATION} of {year}, which cannot be true"
            raise DataError(_bad(endpoint, said))
    return {year: int(persons) for year, persons in sorted(values.items())}


def _updated(about: list[Any], today: date, endpoint: str) -> date:
    """The day on which the World Bank last changed its data."""
    try:
        (row,) = about
        identifier, text = str(row["id"]), str(row["lastupdated"])
        updated = date.fromisoformat(text)
    except (KeyError, TypeError, ValueError):
        raise DataError(_bad(endpoint, "does not say when its data were updated")) from None
    if identifier != str(DATABASE):
        raise DataError(_bad(endpoint, f"is of the database {_shown(identifier)}, not {DATABASE}"))
    if updated > today:
        raise DataError(_bad(endpoint, f"was updated on {updated}, a day to come"))
    return updated
