"""What the World Bank's service answers for one country, read through ``wbgapi`` and believed late.

Nothing of an answer is used before all of it has been checked: the country and the indicators that
were asked for, years that are over, one value a year, numbers that can be true.

``wbgapi`` waits without limit, follows pages for as long as the answer's own header says that
there are more, and takes any size; its requests are therefore counted, measured and given a time.
"""

import io
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...language import _
from ..folders import DataError
from ..problems import harmless
from .checking import DATABASE, POPULATION, RATE, bad, populations, rates, updated, values

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
