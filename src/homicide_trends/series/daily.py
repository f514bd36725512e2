"""Deaths between any two days, from counts of months or years and of any other exact dates.

A curve of cumulative deaths runs through every date up to which a count is on file; between two
such dates the deaths are shared out evenly by days, and whoever asks is told so.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

EXACT = ("final", "derived", "rounded")


@dataclass(frozen=True, slots=True)
class DailyCurve:
    """Cumulative deaths at the start of every day since ``first``.

    ``unknown`` counts the days so far without any count; ``knot`` is true at the start of days
    up to which a count is on file; ``sources`` names the source of those that lie inside a
    period of the series.
    """

    first: pd.Timestamp
    cumulative: Floats
    unknown: Days
    knot: npt.NDArray[np.bool_]
    sources: dict[int, str]

    def day(self, dates: Any) -> Days:
        """Number of the day of each date, kept inside the curve by one day at either side."""
        days = (pd.DatetimeIndex(dates) - self.first).days.to_numpy().astype(np.int64)
        return np.asarray(days)

    def deaths(self, start: Any, end: Any) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Deaths from each ``start`` to each ``end`` (inclusive), and whether they are allocated.

        Missing where a day of the window has no count or lies outside the curve.
        """
        opening, closing = self.day(start), self.day(end) + 1
        last = len(self.cumulative) - 1
        outside = (opening < 0) | (closing > last) | (closing <= opening)
        a, b = np.clip(opening, 0, last), np.clip(closing, 0, last)
        deaths = np.where(
            outside | (self.unknown[b] > self.unknown[a]),
            np.nan,
            self.cumulative[b] - self.cumulative[a],
        )
        return deaths, ~(self.knot[a] & self.knot[b])


def daily_curve(series: pd.DataFrame, reported: pd.DataFrame | None = None) -> DailyCurve:
    """The curve through a series and through counts of other exact dates.

    ``series`` has ``start, end, deaths`` and, for ``reported`` to be used, ``agency``, one row
    a period without gaps between rows. ``reported`` has ``start, end, count, agency, status``.
    A reported count is used when it starts where the curve is known, ends inside a period of
    its own agency, is final, derived or rounded, and fits between the dates around it.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01", "2012-03-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29", "2012-03-31"]),
    ...     "deaths": [411.0, 402.0, 255.0], "agency": "PNC"})
    >>> ledger = pd.DataFrame({"start": pd.to_datetime(["2012-01-01"]),
    ...     "end": pd.to_datetime(["2012-03-08"]), "count": [926], "agency": "PNC",
    ...     "status": "rounded"})
    >>> daily_curve(months, ledger).deaths(["2012-03-09"], ["2012-03-31"])
    (array([142.]), array([False]))
    >>> daily_curve(months).deaths(["2012-03-09"], ["2012-03-31"])[0].round(1)
    array([189.2])
    """
    first, last = series["start"].iloc[0], series["end"].iloc[-1]
    opening = (series["start"] - first).dt.days.to_numpy()
    length = int((last - first).days) + 1
    deaths = series["deaths"].to_numpy(dtype=float)
    bounds = np.append(opening, length)
    values = np.append(0.0, np.cumsum(np.nan_to_num(deaths)))
    missing = np.repeat(np.isnan(deaths), np.diff(bounds))
    shared = series.get("status", pd.Series("", index=series.index)).eq("allocated").to_numpy()
    # A month that is itself a share of a longer total has no known start or end of its own,
    # except where a month beside it has.
    known = np.append(~shared, True) | np.append(True, ~shared)
    knots = dict(zip(bounds.tolist(), values.tolist(), strict=True))
    exact = {int(day) for day, is_known in zip(bounds, known, strict=True) if is_known}
    sources: dict[int, str] = {}
    if reported is not None and len(reported):
        sources = _add_reported(knots, exact, series, reported, first)
    days = np.array(sorted(knots))
    grid = np.arange(length + 1)
    return DailyCurve(
        first=first,
        cumulative=np.interp(grid, days, [knots[day] for day in days]),
        unknown=np.append(0, np.cumsum(missing)).astype(np.int64),
        knot=np.isin(grid, list(exact)),
        sources=sources,
    )


def _add_reported(
    knots: dict[int, float],
    exact: set[int],
    series: pd.DataFrame,
    reported: pd.DataFrame,
    first: pd.Timestamp,
) -> dict[int, str]:
    """Add the dates up to which other counts are on file, in order of their ends."""
    sources: dict[int, str] = {}
    usable = reported[reported["status"].isin(EXACT)].sort_values(["end", "start"])
    rows = [
        (int((row["start"] - first).days), int((row["end"] - first).days) + 1, row)
        for row in usable.to_dict("records")
    ]
    starts, ends = series["start"].to_numpy(), series["end"].to_numpy()
    agencies = series["agency"].to_numpy()
    for begin, finish, row in rows:
        if begin not in exact or finish in knots:
            continue
        end = row["end"].to_datetime64()
        around = int(np.searchsorted(starts, end, side="right")) - 1
        if around < 0 or ends[around] < end or agencies[around] != row["agency"]:
            continue
        value = knots[begin] + float(row["count"])
        before = max(day for day in knots if day < finish)
        after = min((day for day in knots if day > finish), default=None)
        if after is not None and knots[before] <= value <= knots[after]:
            knots[finish] = value
            exact.add(finish)
            sources[finish] = str(row.get("source_id", ""))
    return sources


def filled_years(series: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """The same months with missing ones filled from the totals of their calendar years.

    A year of ``years`` (``start, end, deaths, sources``) whose months are all rows of
    ``series`` gives what its known months leave over, shared out by days; such months get the
    status ``allocated``. A year that has less than its known months is left as it is.

    >>> months = pd.DataFrame({"start": pd.date_range("2010-01-01", periods=12, freq="MS")})
    >>> months["end"] = months["start"] + pd.offsets.MonthEnd(0)
    >>> months["deaths"] = [392.0] + [np.nan] * 11
    >>> months = months.assign(status="final", sources="a", agency="PNC")
    >>> years = pd.DataFrame({"start": pd.to_datetime(["2010-01-01"]),
    ...     "end": pd.to_datetime(["2010-12-31"]), "deaths": [4004.0], "sources": ["b"]})
    >>> float(filled_years(months, years)["deaths"].sum())
    4004.0
    """
    filled = series.copy()
    days = (filled["end"] - filled["start"]).dt.days + 1
    for row in years.dropna(subset=["deaths"]).to_dict("records"):
        inside = (filled["start"] >= row["start"]) & (filled["end"] <= row["end"])
        missing = inside & filled["deaths"].isna()
        left = float(row["deaths"]) - float(filled.loc[inside, "deaths"].sum())
        if days[inside].sum() < 365 or not missing.any() or left < 0:
            continue
        filled.loc[missing, "deaths"] = left * days[missing] / days[missing].sum()
        filled.loc[missing, "status"] = "allocated"
        filled.loc[missing, "sources"] = row["sources"]
    return filled


def split_at(
    series: pd.DataFrame, reported: pd.DataFrame, dates: list[pd.Timestamp]
) -> pd.DataFrame:
    """The same series with periods split at those dates up to which a count is on file.

    A period that one of the dates cuts becomes two rows, with status ``derived`` and the source
    of the reported count beside its own; a date up to which nothing was reported cuts nothing.
    ``series`` and ``reported`` as in ``daily_curve``; other columns are shared out by days
    (``person_years``) or kept.

    >>> months = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01", "2012-03-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29", "2012-03-31"]), "days": [31, 29, 31],
    ...     "deaths": [411.0, 402.0, 255.0], "agency": "PNC", "status": "final", "sources": "a"})
    >>> ledger = pd.DataFrame({"start": pd.to_datetime(["2012-01-01"]),
    ...     "end": pd.to_datetime(["2012-03-08"]), "count": [926], "agency": "PNC",
    ...     "status": "rounded", "source_id": "b"})
    >>> finer = split_at(months, ledger, [pd.Timestamp("2012-03-09")])
    >>> finer["deaths"].tolist(), finer["sources"].iloc[-1]
    ([411.0, 402.0, 113.0, 142.0], 'a;b')
    """
    if not any(((series["start"] < date) & (date <= series["end"])).any() for date in dates):
        return series.copy()
    curve = daily_curve(series, reported)
    rows: list[dict[str, Any]] = []
    for row in series.to_dict("records"):
        cuts = sorted({date for date in dates if row["start"] < date <= row["end"]
                       and curve.knot[curve.day([date])[0]]})  # fmt: skip
        bounds = [row["start"], *cuts, row["end"] + pd.Timedelta(days=1)]
        rows += [
            _piece(row, start, following - pd.Timedelta(days=1), curve) if cuts else row
            for start, following in pairwise(bounds)
        ]
    return pd.DataFrame(rows, columns=series.columns).astype(series.dtypes)


def _piece(
    row: dict[Any, Any], start: pd.Timestamp, end: pd.Timestamp, curve: DailyCurve
) -> dict[Any, Any]:
    """One part of a split period."""
    days = (end - start).days + 1
    whole = (row["end"] - row["start"]).days + 1
    deaths = float(curve.deaths([start], [end])[0][0])
    bounds = [int(curve.day([date])[0]) for date in (start, end + pd.Timedelta(days=1))]
    found = [row["sources"], *(curve.sources[day] for day in bounds if day in curve.sources)]
    piece = {
        **row, "start": start, "end": end, "days": days, "deaths": deaths, "status": "derived",
        "sources": ";".join(dict.fromkeys(name for name in found if name)),
    }  # fmt: skip
    for limit in ("deaths_low", "deaths_high"):
        if limit in row:
            piece[limit] = deaths
    if "person_years" in row:
        piece["person_years"] = row["person_years"] * days / whole
    return piece
