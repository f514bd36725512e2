"""What callers pass, checked: one clear message that names the wrong value and the right one."""

import difflib
from collections.abc import Iterable
from datetime import date
from numbers import Number
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .language import _
from .refusals import RefusedError

Floats = NDArray[np.float64]
DateLike: TypeAlias = "str | date | np.datetime64 | pd.Timestamp"
Window: TypeAlias = tuple[DateLike, DateLike]


def choice(value: str, known: Iterable[str], what: str) -> str:
    """Return a value that is one of the known ones; otherwise say which there are."""
    names = list(known)
    if value not in names:
        near = difflib.get_close_matches(str(value), names, n=1)
        hint = _("did you mean {name!r}? ", name=near[0]) if near else ""
        raise RefusedError(
            _(
                "unknown {what} {value!r}; {hint}there are {names}",
                what=what,
                value=value,
                hint=hint,
                names=", ".join(names),
            )
        )
    return value


def confidence(conf: float) -> float:
    """Return a confidence level between 0 and 1, such as 0.95."""
    if isinstance(conf, bool) or not isinstance(conf, int | float | np.number) or not 0 < conf < 1:
        raise RefusedError(
            _("conf is {conf!r}; it must lie between 0 and 1, such as 0.95", conf=conf)
        )
    return float(conf)


def floats(values: ArrayLike, what: str) -> Floats:
    """Return numbers as an array of floats, missing as NaN."""
    try:
        if isinstance(values, pd.Series):
            return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise RefusedError(
            _("{what} must be numbers, not {values}", what=what, values=_shortened(values))
        ) from None


def counts(values: ArrayLike, what: str) -> Floats:
    """Return counts, each missing or 0 or more."""
    x = floats(values, what)
    _refuse((x < 0) | np.isinf(x), x, f"{what} is {{}}; a count must be 0 or more and finite")
    return x


def positive(values: ArrayLike, what: str) -> Floats:
    """Return quantities that one divides by, each missing or above 0."""
    x = floats(values, what)
    _refuse((x <= 0) | np.isinf(x), x, f"{what} is {{}}; it must be above 0 and finite")
    return x


def _refuse(bad: NDArray[Any], values: Floats, message: str) -> None:
    if bool(np.any(bad)):
        raise RefusedError(message.format(f"{values[bad].flat[0]:g}"))


def _shortened(values: object) -> str:
    text = repr(values)
    return text if len(text) <= 80 else f"{text[:77]}..."


def need_columns(table: pd.DataFrame, *names: str) -> None:
    """Refuse a table that lacks one of the columns."""
    for name in names:
        if name not in table.columns:
            have = [str(column) for column in table.columns]
            near = difflib.get_close_matches(name, have, n=1)
            hint = _("did you mean {name!r}? ", name=near[0]) if near else ""
            raise RefusedError(
                _(
                    "no column {name!r}; {hint}the table has {names}",
                    name=name,
                    hint=hint,
                    names=", ".join(have),
                )
            )


def with_columns(table: pd.DataFrame, new: dict[str, Any]) -> pd.DataFrame:
    """Return a copy of the table with columns appended; none that is there is overwritten."""
    taken = [name for name in new if name in table.columns]
    if taken:
        raise RefusedError(
            _("the table already has a column {name!r}; give another name=", name=taken[0])
        )
    return table.assign(**new)


def with_quantity(
    table: pd.DataFrame,
    name: str,
    value: Floats,
    limits: Iterable[Floats],
    method: Any,
    conf: float,
) -> pd.DataFrame:
    """Return a copy of the table with a quantity, its limits, and how they were made."""
    lower, upper = limits
    new = {
        name: value,
        f"{name}_lower": lower,
        f"{name}_upper": upper,
        f"{name}_method": method,
        f"{name}_conf": float(conf),
    }
    return with_columns(table, new)


def one_place(table: pd.DataFrame) -> None:
    """Refuse a table of several places where one series is meant."""
    if "place" in table.columns:
        places = sorted(table["place"].dropna().unique())
        if len(places) > 1:
            raise RefusedError(
                _("one place is needed, the table has {places}", places=", ".join(map(str, places)))
            )


def day(value: DateLike, what: str) -> pd.Timestamp:
    """Return a day as a timestamp at midnight."""
    found = None
    # A bare number would be read as nanoseconds since 1970.
    if not isinstance(value, Number):
        try:
            found = pd.Timestamp(value)
        except (TypeError, ValueError):
            found = None
    # "March" alone would be read as a day of the year 1.
    if not isinstance(found, pd.Timestamp) or found.year < 1000:
        raise RefusedError(
            _("{what} is {value!r}; it must be a date such as 2012-03-09", what=what, value=value)
        )
    if found.tzinfo is not None or found != found.normalize():
        raise RefusedError(
            _(
                "{what} is {value!r}; it must be a day without a time or time zone",
                what=what,
                value=value,
            )
        )
    return found


def days_of(window: Window, what: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of a window given as (start, end), both inclusive."""
    if isinstance(window, str) or not isinstance(window, tuple | list) or len(window) != 2:
        raise RefusedError(
            _("{what} is {window!r}; it must be (start, end), two dates", what=what, window=window)
        )
    start, end = day(window[0], f"{what} start"), day(window[1], f"{what} end")
    if end < start:
        raise RefusedError(
            _(
                "{what} ends on {end}, before its start {start}",
                what=what,
                end=end.date(),
                start=start.date(),
            )
        )
    return start, end


def separate(baseline: Window, window: Window) -> None:
    """Refuse a window that has days in common with its baseline."""
    b_start, b_end = days_of(baseline, "baseline")
    w_start, w_end = days_of(window, "window")
    if w_start <= b_end and b_start <= w_end:
        raise RefusedError(
            _(
                "window {window_start} to {window_end} and baseline {baseline_start} to "
                "{baseline_end} overlap; they must have no day in common",
                window_start=w_start.date(),
                window_end=w_end.date(),
                baseline_start=b_start.date(),
                baseline_end=b_end.date(),
            )
        )
