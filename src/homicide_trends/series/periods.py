"""Totals of windows of a series table, and windows beside their baselines.

A *series table* has one row a period of one place, with ``start``, ``end`` (both inclusive) and
``deaths``; used where present are ``deaths_low, deaths_high, population, person_years,
population_series, status, agency, sources``. Periods may be days, months or years.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from ..arguments import DateLike, Window, choice, days_of, need_columns, separate
from ..language import _
from .parts import REPORTED, MissingPeriods, Part, exposed_parts, parts_of, reported_for, summary

INCOMPLETE = ("raise", "drop")


def total(
    table: pd.DataFrame,
    start: DateLike,
    end: DateLike,
    *,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Deaths and person-years from ``start`` to ``end``, both days counted, as one row.

    Whole periods are summed. ``reported`` is a table of counts for exact periods (``start, end,
    count``, and ``agency, status, source_id`` where present): a count for exactly this window
    takes the place of the sum. A period cut by the window is completed from a reported count of
    the piece, or of the rest of the period; without one its deaths are allocated by days, or
    refused with ``allocate=False``. Person-years of a cut period are always allocated by days.

    Columns: ``place`` (where the table has it), ``start, end, days, deaths, deaths_low,
    deaths_high`` (sums of the lowest and of the highest figures, no confidence limits), ``agency,
    status`` (``allocated`` if any part is, else the distinct ones), ``sources, population`` (mean
    over the days), ``person_years, population_series, deaths_method``.

    Raises ValueError (MissingPeriods) naming the days without a count, and for overlapping rows,
    several places, or an end before the start.

    >>> months = pd.DataFrame({"start": ["2012-03-01", "2012-04-01"],
    ...     "end": ["2012-03-31", "2012-04-30"], "deaths": [255, 156]})
    >>> total(months, "2012-03-09", "2012-04-30")[["days", "deaths", "status"]]
       days      deaths     status
    0    53  345.193548  allocated
    """
    first, last = days_of((start, end), "window")
    return pd.DataFrame([_place(table) | _total(table, first, last, allocate, reported)])


def compare(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    by: str | None = None,
    incomplete: str = "raise",
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Total of a window beside that of its baseline: one row, or one for each value of ``by``.

    ``baseline`` and ``window`` are (start, end), both days counted. The window's columns are
    those of ``total``; the baseline's are the same with ``baseline_`` before them. ``by`` names a
    column whose values are separate series, such as ``place``; with ``incomplete="drop"`` a
    series without counts for all of both periods has no row.

    Raises ValueError as ``total``, and when the two periods overlap.

    >>> years = pd.DataFrame({"start": ["2011-01-01", "2012-01-01"],
    ...     "end": ["2011-12-31", "2012-12-31"], "deaths": [4371, 2594]})
    >>> row = compare(years, baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"))
    >>> row.loc[0, ["baseline_deaths", "deaths"]].tolist()
    [4371.0, 2594.0]
    """
    separate(baseline, window)

    def one(series: pd.DataFrame) -> list[dict[str, Any]]:
        both = [
            _total(series, *days_of(period, name), allocate, reported)
            for name, period in (("baseline", baseline), ("window", window))
        ]
        return [both[1] | _baseline(both[0])]

    return _for_each(table, by, incomplete, one)


def side_by_side(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Totals of a baseline and of a window, as two rows with ``role`` before them.

    Columns and errors as in ``total``; ``role`` is ``baseline`` or ``window``.

    >>> years = pd.DataFrame({"start": ["2011-01-01", "2012-01-01"],
    ...     "end": ["2011-12-31", "2012-12-31"], "deaths": [4371, 2594]})
    >>> both = side_by_side(years, baseline=("2011-01-01", "2011-12-31"),
    ...     window=("2012-01-01", "2012-12-31"))
    >>> both[["role", "deaths"]].to_numpy().tolist()
    [['baseline', 4371.0], ['window', 2594.0]]
    """
    separate(baseline, window)
    return pd.DataFrame(
        [
            {"role": name}
            | _place(table)
            | _total(table, *days_of(period, name), allocate, reported)
            for name, period in (("baseline", baseline), ("window", window))
        ]
    )


def by_end(
    table: pd.DataFrame,
    *,
    baseline: Window,
    window: Window,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Totals of a growing window beside its baseline, one row for the end of each period.

    Every row starts on the window's first day and ends with one of its periods; the last is the
    whole window. Columns and errors as in ``compare``. A count reported for exactly the whole
    window is not used here, because the shorter windows have none.

    >>> months = pd.DataFrame({"start": ["2012-02-01", "2012-03-01", "2012-04-01"],
    ...     "end": ["2012-02-29", "2012-03-31", "2012-04-30"], "deaths": [402, 255, 156]})
    >>> growing = by_end(months, baseline=("2012-02-01", "2012-02-29"),
    ...     window=("2012-03-01", "2012-04-30"))
    >>> growing["deaths"].tolist()
    [255.0, 411.0]
    """
    separate(baseline, window)
    before = _baseline(_total(table, *days_of(baseline, "baseline"), allocate, reported))
    first, last = days_of(window, "window")
    known = _of_place(reported, table)
    parts = parts_of(table, first, last, allocate=allocate, reported=known)
    rows = [_place(table) | summary(parts[:stop]) | before for stop in range(1, len(parts) + 1)]
    return pd.DataFrame(rows)


def _total(
    table: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    allocate: bool,
    reported: pd.DataFrame | None,
) -> dict[str, Any]:
    reported = _of_place(reported, table)
    agencies = "; ".join(map(str, table["agency"].unique())) if "agency" in table else ""
    count = reported_for(reported, start, end, agency=agencies)
    if count is None:
        return summary(parts_of(table, start, end, allocate=allocate, reported=reported))
    try:
        exposure: list[Part] = exposed_parts(table, start, end)
    except MissingPeriods:
        exposure = [count]
    lived = summary(exposure)
    kept = {name: lived[name] for name in ("population", "person_years", "population_series")}
    return summary([count]) | kept | {"deaths_method": REPORTED}


def _baseline(row: dict[str, Any]) -> dict[str, Any]:
    return {f"baseline_{name}": value for name, value in row.items()}


def _place(table: pd.DataFrame) -> dict[str, Any]:
    return {"place": table["place"].iloc[0]} if "place" in table and len(table) else {}


def _of_place(reported: pd.DataFrame | None, table: pd.DataFrame) -> pd.DataFrame | None:
    """Reported counts of the table's place, where both say which place it is."""
    if reported is None or "place" not in reported or "place" not in table or table.empty:
        return reported
    return reported[reported["place"] == table["place"].iloc[0]]


def _for_each(
    table: pd.DataFrame,
    by: str | None,
    incomplete: str,
    rows_of: Callable[[pd.DataFrame], list[dict[str, Any]]],
) -> pd.DataFrame:
    """Rows of one series, or of each series that a column tells apart."""
    choice(incomplete, INCOMPLETE, "incomplete")
    if by is None:
        return pd.DataFrame([_place(table) | row for row in rows_of(table)])
    need_columns(table, by)
    rows: list[dict[str, Any]] = []
    for value, series in table.groupby(by, sort=False):
        try:
            rows += [{by: value} | _place(series) | row for row in rows_of(series)]
        except MissingPeriods as gap:
            if incomplete == "raise":
                raise MissingPeriods(f"{value}: {gap}") from None
    if not rows:
        raise MissingPeriods(_("no series has counts for all of both periods"))
    return pd.DataFrame(rows)
