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
RATE, POPULATION = "VC.IHR.PSRC.P5", "SP.POP.TOTL"
DATABASE = 2  # the World Development Indicators
EARLIEST = 1960  # their first year
HIGHEST_RATE = 1000.0  # per 100,000: one person in a hundred killed in a year
LARGEST_POPULATION = 2_000_000_000
MOST_REQUESTS = 12  # two are needed
LARGEST_ANSWER = 5_000_000  # bytes; an answer has some 20,000

_SHAPE = "Unrecognized response object format"  # wbgapi's word for an answer it cannot read


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
    """An answer that is not used, or not read any further, and why."""


def retrieve(
    place: str, *, endpoint: str = ENDPOINT, timeout: float = 60, today: date | None = None
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
    try:
        import wbgapi
    except ImportError:
        message = _("figures of the World Bank need the package wbgapi; install it with: {command}",
                    command="pip install 'homicide-trends[update]'")  # fmt: skip
        raise DataError(message) from None
    day = today or date.today()
    path = f"sources/{DATABASE}/series/{RATE};{POPULATION}/country/{place}/time/all"

    def ask() -> Answer:
        about, rows = list(wbgapi.fetch(f"sources/{DATABASE}")), list(wbgapi.fetch(path))
        by_year = _values(rows, place, day)
        people = {year: int(persons) for year, persons in by_year[POPULATION].items()}
        return Answer(place, by_year[RATE], people, _updated(about, day), day, endpoint)

    return _asked(wbgapi, ask, endpoint, timeout)


def _asked(wbgapi: Any, ask: Callable[[], Answer], endpoint: str, timeout: float) -> Answer:
    """The answer, or DataError; a thread, because no socket's time is the whole's."""
    outcome: list[Any] = []
    kept = {name: getattr(wbgapi, name) for name in ("endpoint", "get_options", "per_page", "lang")}
    wbgapi.endpoint, wbgapi.lang, wbgapi.per_page = endpoint.rstrip("/"), "en", 1000
    guard = {"response": _Guard(time.monotonic() + timeout)}
    wbgapi.get_options = {"timeout": timeout, "stream": True, "hooks": guard}

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
    found = outcome[0] if outcome else TimeoutError()
    if isinstance(found, Answer):
        return found
    raise DataError(_reason(found, endpoint, timeout)) from None


class _Guard:
    """Reads each answer whole, within limits of size, number and time."""

    def __init__(self, until: float) -> None:
        self._until, self._requests = until, 0

    def __call__(self, response: Any, **_options: object) -> None:
        self._requests += 1
        with response.raw as raw:
            if self._requests > MOST_REQUESTS:
                message = _("it announces more pages than there can be (over {most})",
                            most=MOST_REQUESTS)  # fmt: skip
                raise _RefusedError(message)
            content = bytearray()
            for chunk in raw.stream(65536, decode_content=True):
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    most = f"{LARGEST_ANSWER:,}"
                    message = _("it is larger than it can be (over {most} bytes)", most=most)
                    raise _RefusedError(message)
                if time.monotonic() > self._until:
                    raise TimeoutError
        response.raw = io.BytesIO(bytes(content))


def _reason(error: Exception, endpoint: str, timeout: float) -> str:
    """One line on why there is no answer."""
    kind, code = type(error).__name__, getattr(error, "code", None)
    said = harmless(str(getattr(error, "msg", "")), 120)
    if "Timeout" in kind or "Timeout" in str(error) or "timed out" in str(error):
        return _(
            "the World Bank's service at {endpoint} did not answer within {seconds} seconds; try "
            "again later, or allow more with --timeout",
            endpoint=endpoint, seconds=f"{timeout:g}",
        )  # fmt: skip
    if isinstance(error, _RefusedError):
        reason = str(error)
    elif code is not None:
        return _("the World Bank's service at {endpoint} refuses ({said}); try again later",
                 endpoint=endpoint, said=f"{harmless(str(code), 20)} {said}".strip())  # fmt: skip
    elif kind == "APIError" and said != _SHAPE:
        reason = _("it is a message: {said}", said=said)
    elif kind == "APIResponseError":
        reason = _("it is not JSON")
    elif kind in ("ProtocolError", "ChunkedEncodingError", "IncompleteRead", "DecodeError"):
        reason = _("it breaks off")
    elif isinstance(error, OSError):
        return _(
            "the World Bank's service at {endpoint} could not be reached ({kind}); look at the "
            "connection and try again",
            endpoint=endpoint, kind=kind,
        )  # fmt: skip
    else:
        reason = _("it is not in the service's format ({kind})", kind=kind)
    return _("the answer of {endpoint} is not used: {reason}; try again later",
             endpoint=endpoint, reason=reason)  # fmt: skip


# --- an answer is believed only when all of it can be true -----------------------------------


def _values(rows: list[Any], place: str, today: date) -> dict[str, dict[int, float]]:
    """Values by indicator and year, when every row is about what was asked."""
    found: dict[str, dict[int, float]] = {RATE: {}, POPULATION: {}}
    seen = set()
    for row in rows:
        try:
            ids = {each["concept"].casefold(): each["id"] for each in row["variable"]}
            country, series, year = ids["country"], str(ids["series"]), str(ids["time"])
            value = row["value"]
        except (AttributeError, KeyError, TypeError):
            raise _RefusedError(_("it is not in the service's format")) from None
        key = {"series": series, "year": year.removeprefix("YR")}
        reason = ""
        if country != place:
            reason = _("it is about {found}, asked was {place!r}",
                       found=_shown(country), place=place)  # fmt: skip
        elif series not in found:
            reason = _("it holds the indicator {found}, not asked for", found=_shown(series))
        elif not re.fullmatch("YR[0-9]{4}", year):
            reason = _("it holds {found}, which is not a year", found=_shown(year))
        elif (series, year) in seen:
            reason = _("it gives {series} of {year} twice", **key)
        elif value is not None and int(year[2:]) >= today.year:
            reason = _("it gives {series} of {year}, a year that is not over", **key)
        elif value is not None and int(year[2:]) < EARLIEST:
            reason = _("it gives {series} of {year}, a year that is before {first}",
                       first=EARLIEST, **key)  # fmt: skip
        elif isinstance(value, bool) or not isinstance(value, int | float | None):
            reason = _("it gives {value} as {series} of {year}, not a number",
                       value=_shown(value), **key)  # fmt: skip
        if reason:
            raise _RefusedError(reason)
        seen.add((series, year))
        if value is not None:
            found[series][int(year[2:])] = _possible(value, series, key["year"])
    for series, by_year in found.items():
        if not by_year:
            message = _("it gives no value of {series} for {place}", series=series, place=place)
            raise _RefusedError(message)
    return {series: dict(sorted(by_year.items())) for series, by_year in found.items()}


def _possible(value: float, series: str, year: str) -> float:
    """A value, if it can be true."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    said = {"value": f"{number:g}", "series": series, "year": year}
    if not math.isfinite(number) or number < 0:
        raise _RefusedError(_("it gives {value} as {series} of {year}", **said))
    if series == RATE and number > HIGHEST_RATE:
        reason = _(
            "it gives {value} per 100,000 as {series} of {year}, which cannot be true", **said
        )
        raise _RefusedError(reason)
    if series == POPULATION and (not 1 <= number <= LARGEST_POPULATION or number != int(number)):
        reason = _("it gives {value} persons as {series} of {year}, which cannot be true", **said)
        raise _RefusedError(reason)
    return number


def _shown(value: object) -> str:
    return repr(harmless(str(value), 40))


def _updated(about: list[Any], today: date) -> date:
    """The day on which the World Bank last changed its data."""
    try:
        (row,) = about
        identifier, day = str(row["id"]), date.fromisoformat(str(row["lastupdated"]))
    except (KeyError, TypeError, ValueError):
        raise _RefusedError(_("it does not say when its data were updated")) from None
    if identifier != str(DATABASE):
        message = _("it is of the database {found}, not {asked}",
                    found=_shown(identifier), asked=DATABASE)  # fmt: skip
        raise _RefusedError(message)
    if day > today:
        raise _RefusedError(_("it was updated on {day}, a day to come", day=day))
    return day
