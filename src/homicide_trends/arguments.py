"""What callers pass, checked: one clear message that names the wrong value and the right one."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .language import _, refusal
from .refusals import RefusedError, nearest

Floats = NDArray[np.float64]
T = TypeVar("T")
DateLike: TypeAlias = "str | date | np.datetime64 | pd.Timestamp | pd.Period"
"""A day, a month or a year."""
Window: TypeAlias = tuple[DateLike, DateLike]

EPOCH = pd.Timestamp("1970-01-01")
FAR = -(10**9)
"""Number of a missing day, outside every curve."""


def choice(value: T, known: Iterable[T], what: str) -> T:
    """Return a value that is one of the known ones; otherwise say which there are."""
    names = list(known)
    if value not in names:
        raise refusal(
            "unknown {what} {value!r}; {hint}there are {names}",
            what=what,
            value=value,
            hint=_hint(value, names),
            names=", ".join(map(str, names)),
        )
    return value


def _hint(value: object, known: Iterable[object]) -> str:
    near = nearest(value, known)
    return _("did you mean {name!r}? ", name=near) if near else ""


def confidence(conf: float) -> float:
    """Return a confidence level between 0 and 1, such as 0.95."""
    if isinstance(conf, bool) or not isinstance(conf, int | float | np.number) or not 0 < conf < 1:
        raise refusal("conf is {conf!r}; it must lie between 0 and 1, such as 0.95", conf=conf)
    return float(conf)


def floats(values: ArrayLike, what: str) -> Floats:
    """Return numbers as an array of floats, missing as NaN."""
    try:
        if isinstance(values, pd.Series):
            return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise refusal(
            "{what} must be numbers, not {values}", what=what, values=_shortened(values)
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
            raise refusal(
                "no column {name!r}; {hint}the table has {names}",
                name=name,
                hint=_hint(name, have),
                names=", ".join(have),
            )


def with_columns(table: pd.DataFrame, new: dict[str, Any]) -> pd.DataFrame:
    """Return a copy of the table with columns appended; none that is there is overwritten."""
    taken = [name for name in new if name in table.columns]
    if taken:
        raise refusal("the table already has a column {name!r}; give another name=", name=taken[0])
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
            raise refusal(
                "one place is needed, the table has {places}", places=", ".join(map(str, places))
            )


def day(value: DateLike, what: str, *, end: bool = False) -> pd.Timestamp:
    """Return a day as a timestamp at midnight; of a month or a year the first, or the last.

    Taken are days, months and years, as in pandas slicing: ``2012-03-09``, ``2012-03``,
    ``2012``, timestamps, dates and periods. A day is itself, first and last.

    >>> day("2012-02", "a date"), day("2012-02", "a date", end=True)
    (Timestamp('2012-02-01 00:00:00'), Timestamp('2012-02-29 00:00:00'))
    """
    # Other spellings can be read in two ways, and a bare number as nanoseconds since 1970.
    if isinstance(value, str):
        period = _written(value)
    elif isinstance(value, pd.Period):
        period = value if value.freqstr[0] in "DBWMQY" else None
    elif isinstance(value, np.datetime64) and np.datetime_data(value)[0] in "YM":
        period = pd.Period(str(value)) if not np.isnat(value) else None
    elif isinstance(value, date | np.datetime64) and not pd.isna(value):
        period = pd.Timestamp(value)
    else:
        period = None
    if isinstance(period, pd.Period):
        found = (period.end_time if end else period.start_time).normalize()
    else:
        found = period
    if found is None or found.year < 1000:
        raise refusal(
            "{what} is {value!r}; it must be a date such as 2012-03-09, a month such as "
            "2012-03 or a year such as 2012",
            what=what,
            value=value,
        )
    if found.tzinfo is not None or found != found.normalize():
        raise refusal(
            "{what} is {value!r}; it must be a day without a time or time zone",
            what=what,
            value=value,
        )
    return found


def _written(text: str) -> pd.Timestamp | pd.Period | None:
    """A date in ISO 8601, or the month or year of one; None for anything else."""
    try:
        if re.fullmatch(r"\d{4}(-\d{2})?", text):
            return pd.Period(text, "M" if "-" in text else "Y")
        if re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", text):
            return pd.Timestamp(text)
    except ValueError:
        pass
    return None


def day_numbers(values: Any, what: str, *, end: bool = False) -> NDArray[np.int64]:
    """Days since 1970 of one date or of many, each as ``day`` reads it; a missing one far off.

    >>> day_numbers(["2012-02", "2012-03-09"], "a date", end=True)
    array([15399, 15408])
    """
    if np.ndim(values) == 0:
        return np.asarray((day(values, what, end=end) - EPOCH).days, dtype=np.int64)
    given = values if isinstance(values, pd.Series | pd.Index) else np.asarray(values)
    kind = given.dtype
    if isinstance(kind, pd.PeriodDtype):
        index = pd.PeriodIndex(given)
        given = (index.end_time if end else index.start_time).normalize().to_numpy()
    if isinstance(given.dtype, np.dtype) and given.dtype.kind == "M":
        stamps = np.asarray(given)
        unit = np.datetime_data(stamps.dtype)[0]
        if end and unit in ("Y", "M"):
            one = np.timedelta64(1, "Y" if unit == "Y" else "M")
            stamps = (stamps + one).astype("datetime64[D]") - np.timedelta64(1, "D")
        whole = stamps.astype("datetime64[D]")
        # One look is enough to refuse times of day: what is no whole day is named by ``day``.
        odd = (whole != stamps) & ~np.isnat(stamps)
        if odd.any():
            day(pd.Timestamp(stamps[odd].flat[0]), what)
        numbers = whole.astype(np.int64)
        return np.asarray(np.where(np.isnat(whole), FAR, numbers))
    flat = np.asarray(given, dtype=object)
    known: dict[Any, int] = {}
    for value in flat.ravel():
        if value not in known:
            missing = (
                value is None or value is pd.NaT or (isinstance(value, float) and value != value)
            )
            known[value] = FAR if missing else (day(value, what, end=end) - EPOCH).days
    found = [known[value] for value in flat.ravel()]
    return np.asarray(found, dtype=np.int64).reshape(flat.shape)


def with_periods(table: pd.DataFrame) -> pd.DataFrame:
    """The table with ``start`` and ``end`` as days, both counted.

    Months and years in these columns are whole periods. A table without them that is indexed by
    periods, or by dates at even steps, has those of its index; dates mark the day, week, month,
    quarter or year that pandas finds in them. Other columns and the order of rows stay.

    >>> months = pd.period_range("2012-02", periods=2, freq="M")
    >>> with_periods(pd.DataFrame({"deaths": [402, 255]}, index=months))["end"].tolist()
    [Timestamp('2012-02-29 00:00:00'), Timestamp('2012-03-31 00:00:00')]
    """
    if "start" not in table and "end" not in table:
        index = table.index
        if isinstance(index, pd.DatetimeIndex):
            index = _periods_marked(index)
        if isinstance(index, pd.PeriodIndex):
            table = table.assign(start=index.start_time, end=index.end_time.normalize())
    need_columns(table, "start", "end")
    days = {
        name: (EPOCH.to_numpy() + day_numbers(table[name], name, end=name == "end")
               .astype("timedelta64[D]")).astype("datetime64[us]")
        for name in ("start", "end")
    }  # fmt: skip
    return table.assign(**days)


def _periods_marked(index: pd.DatetimeIndex) -> pd.PeriodIndex:
    """The periods that dates at even steps stand for."""
    ordered = index[np.argsort(index.to_numpy(), kind="stable")]
    freq = pd.DatetimeIndex(ordered, freq="infer").freqstr if len(index) > 2 else index.freqstr
    if freq is not None and freq[0] in "DWMQYB":
        try:
            return index.to_period(re.sub("^(M|Q|Y)[SE]", r"\1", freq))
        except ValueError:
            pass
    raise refusal(
        "the table is indexed by dates whose periods cannot be told; give columns start and "
        "end, or an index of periods such as table.to_period('M')"
    )


def days_of(window: Window, what: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last day of a window given as (start, end), both inclusive.

    >>> [f"{day:%Y-%m-%d}" for day in days_of(("2011-03", "2012-02"), "baseline")]
    ['2011-03-01', '2012-02-29']
    """
    if isinstance(window, str) or not isinstance(window, tuple | list) or len(window) != 2:
        raise refusal(
            "{what} is {window!r}; it must be (start, end), two dates", what=what, window=window
        )
    start, end = day(window[0], f"{what} start"), day(window[1], f"{what} end", end=True)
    if end < start:
        raise refusal(
            "{what} ends on {end}, before its start {start}",
            what=what,
            end=end.date(),
            start=start.date(),
        )
    return start, end


def separate(baseline: Window, window: Window) -> None:
    """Refuse a window that has days in common with its baseline."""
    b_start, b_end = days_of(baseline, "baseline")
    w_start, w_end = days_of(window, "window")
    if w_start <= b_end and b_start <= w_end:
        raise refusal(
            "window {window_start} to {window_end} and baseline {baseline_start} to "
            "{baseline_end} overlap; they must have no day in common",
            window_start=w_start.date(),
            window_end=w_end.date(),
            baseline_start=b_start.date(),
            baseline_end=b_end.date(),
        )
