"""The parts of a window: which rows of a series table it takes whole, and which it cuts.

A cut row is completed from a count reported for just the piece, or for just the rest of the row,
and failing both is allocated by days.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ..arguments import counts, floats, need_columns, one_place
from ..language import N_, _

STATUSES = ("final", "derived", "preliminary", "rounded", "allocated", "doubtful")

WHOLE = N_("sum of whole periods")
REPORTED = N_("reported for the window")
PIECES = N_("cut periods from reported counts")
ALLOCATED = N_("cut periods allocated by days")

DAY = timedelta(days=1)


class MissingPeriods(ValueError):  # noqa: N818 - it names what is missing
    """A table has no count for a part of a window."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one row of a table, or one reported count, gives to a window."""

    start: pd.Timestamp
    end: pd.Timestamp
    deaths: float
    deaths_low: float
    deaths_high: float
    population: float
    person_years: float
    status: str
    agency: str
    sources: str
    population_series: str
    method: str

    @property
    def days(self) -> int:
        """Days of the part, both ends counted."""
        return (self.end - self.start).days + 1

    def cut(self, start: pd.Timestamp, end: pd.Timestamp) -> "Part":
        """Return the share by days of the part that lies within two dates."""
        start, end = max(self.start, start), min(self.end, end)
        share = ((end - start).days + 1) / self.days
        if share == 1:
            return self
        return replace(
            self,
            start=start,
            end=end,
            deaths=self.deaths * share,
            deaths_low=self.deaths_low * share,
            deaths_high=self.deaths_high * share,
            person_years=self.person_years * share,
            status="allocated",
            method=ALLOCATED,
        )

    def counted_as(self, other: "Part", method: str) -> "Part":
        """Return the part with the count of another, and its own population."""
        return replace(
            other,
            start=self.start,
            end=self.end,
            population=self.population,
            person_years=self.person_years,
            population_series=self.population_series,
            method=method,
        )


def parts_of(
    table: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    allocate: bool = True,
    reported: pd.DataFrame | None = None,
) -> list[Part]:
    """Return the parts that make up a window, in order, none missing and none twice.

    Raises MissingPeriods for a gap, ValueError for overlapping rows, several places, or a row
    that would have to be allocated with ``allocate=False``.
    """
    rows = _overlapping(table, start, end)
    known = _Reported(reported)
    parts = [_completed(row, start, end, allocate, known) for row in rows]
    missing = [(part.start, part.end) for part in parts if np.isnan(part.deaths)]
    missing += _gaps(parts, start, end)
    if missing:
        raise MissingPeriods(
            _(
                "no count for {spans} in the window {start} to {end}",
                spans=_spans(missing),
                start=start.date(),
                end=end.date(),
            )
        )
    return parts


def exposed_parts(table: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> list[Part]:
    """Return the parts of a window for their days and person-years, counts missing or not.

    Raises MissingPeriods where the table has no row at all.
    """
    parts = [row.cut(start, end) for row in _overlapping(table, start, end)]
    gaps = _gaps(parts, start, end)
    if gaps:
        raise MissingPeriods(
            _(
                "no row for {spans} in the window {start} to {end}",
                spans=_spans(gaps),
                start=start.date(),
                end=end.date(),
            )
        )
    return parts


def reported_for(
    reported: pd.DataFrame | None, start: pd.Timestamp, end: pd.Timestamp, *, agency: str = ""
) -> Part | None:
    """Return the count reported for exactly these days, or None.

    Among several the row of a wanted agency comes first, then the better status, then the
    earlier row; the lowest and highest of all are its range.
    """
    return _Reported(reported).best(start, end, agency)


def summary(parts: list[Part]) -> dict[str, Any]:
    """Return the sums of parts, and their statuses, agencies and sources, each once."""
    days = [part.days for part in parts]
    return {
        "start": parts[0].start,
        "end": parts[-1].end,
        "days": sum(days),
        "deaths": float(sum(part.deaths for part in parts)),
        "deaths_low": float(sum(part.deaths_low for part in parts)),
        "deaths_high": float(sum(part.deaths_high for part in parts)),
        "agency": _joined((part.agency for part in parts), "; "),
        "status": _status(parts),
        "sources": _joined((part.sources for part in parts), ";"),
        "population": float(np.average([part.population for part in parts], weights=days)),
        "person_years": float(sum(part.person_years for part in parts)),
        "population_series": _joined((part.population_series for part in parts), "; "),
        "deaths_method": "; ".join(dict.fromkeys(part.method for part in parts)),
    }


class _Reported:
    """Counts reported for exact periods, of one place and one measure; doubtful ones left out."""

    def __init__(self, table: pd.DataFrame | None) -> None:
        self.parts: list[Part] = []
        if table is None:
            return
        need_columns(table, "start", "end", "count")
        one_place(table)
        if "measure" in table and table["measure"].nunique() > 1:
            measures = ", ".join(sorted(table["measure"].unique()))
            raise ValueError(
                _("reported holds {measures}; choose the rows of one measure", measures=measures)
            )
        known = table[table["count"].notna()].rename(
            columns={"count": "deaths", "source_id": "sources"}
        )
        found = _parts(known.assign(method=REPORTED))
        self.parts = [part for part in found if part.status != "doubtful"]

    def best(self, start: pd.Timestamp, end: pd.Timestamp, agency: str) -> Part | None:
        """Return the preferred count of a period, with the range of all."""
        exact = [part for part in self.parts if part.start == start and part.end == end]
        if not exact:
            return None
        wanted = agency.split("; ")
        best = min(exact, key=lambda part: (part.agency not in wanted, _rank(part.status)))
        range_ = [part.deaths for part in exact]
        return replace(best, deaths_low=min(range_), deaths_high=max(range_))


def _completed(
    row: Part, start: pd.Timestamp, end: pd.Timestamp, allocate: bool, known: _Reported
) -> Part:
    """Return the part of a row inside a window."""
    inside = row.cut(start, end)
    if inside is row and not np.isnan(row.deaths):
        return row
    piece = known.best(inside.start, inside.end, row.agency)
    if piece is not None:
        return inside.counted_as(piece, PIECES)
    rest = _rest(row, inside, known)
    if rest is not None:
        return inside.counted_as(rest, PIECES)
    if not allocate and not np.isnan(row.deaths):
        raise ValueError(
            _(
                "the count of {start} to {end} is cut by the window: give a count reported for "
                "the piece, choose whole periods, or allow allocation by days",
                start=row.start.date(),
                end=row.end.date(),
            )
        )
    return inside


def _rest(row: Part, inside: Part, known: _Reported) -> Part | None:
    """Return the row less the count reported for the days of it that lie outside."""
    if inside.start > row.start and inside.end < row.end:
        return None
    outside = (
        (row.start, inside.start - DAY) if inside.start > row.start else (inside.end + DAY, row.end)
    )
    other = known.best(*outside, row.agency)
    if other is None or not other.deaths <= row.deaths:
        return None
    return replace(
        row,
        deaths=row.deaths - other.deaths,
        deaths_low=max(row.deaths_low - other.deaths_high, 0.0),
        deaths_high=row.deaths_high - other.deaths_low,
        status="; ".join(dict.fromkeys(("derived", row.status, other.status))),
        agency=_joined((row.agency, other.agency), "; "),
        sources=_joined((row.sources, other.sources), ";"),
    )


def _overlapping(table: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> list[Part]:
    """Return the rows that share days with a window, in order."""
    need_columns(table, "start", "end", "deaths")
    one_place(table)
    starts, ends = pd.to_datetime(table["start"]), pd.to_datetime(table["end"])
    rows = _parts(table[(starts <= end) & (ends >= start)])
    for before, after in pairwise(rows):
        if after.start <= before.end:
            raise ValueError(
                _(
                    "rows overlap: {first_start} to {first_end} and {second_start} to "
                    "{second_end}; each day needs one row",
                    first_start=before.start.date(),
                    first_end=before.end.date(),
                    second_start=after.start.date(),
                    second_end=after.end.date(),
                )
            )
    return rows


def _parts(rows: pd.DataFrame) -> list[Part]:
    """Return rows of a table as parts, in order of time, with what a table may lack filled in."""
    deaths = counts(rows["deaths"], "deaths")
    columns = {
        "start": [pd.Timestamp(value) for value in pd.to_datetime(rows["start"])],
        "end": [pd.Timestamp(value) for value in pd.to_datetime(rows["end"])],
        "deaths": deaths,
    }
    for name in ("deaths_low", "deaths_high"):
        columns[name] = floats(rows[name], name) if name in rows else deaths
    for name in ("population", "person_years"):
        columns[name] = floats(rows[name], name) if name in rows else np.full(len(rows), np.nan)
    for name in ("status", "agency", "sources", "population_series"):
        columns[name] = (
            [str(value) for value in rows[name].fillna("")] if name in rows else ([""] * len(rows))
        )
    columns["method"] = rows["method"] if "method" in rows else [WHOLE] * len(rows)
    parts = [Part(*values) for values in zip(*(columns[f.name] for f in fields(Part)), strict=True)]
    backwards = [part for part in parts if part.end < part.start]
    if backwards:
        raise ValueError(
            _(
                "a row ends on {end}, before its start {start}",
                end=backwards[0].end.date(),
                start=backwards[0].start.date(),
            )
        )
    return sorted(parts, key=lambda part: part.start)


def _gaps(
    parts: list[Part], start: pd.Timestamp, end: pd.Timestamp
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the spans of a window that no part covers."""
    edges = [start - DAY, *(part.end for part in parts)]
    begins = [*(part.start for part in parts), end + DAY]
    return [
        (edge + DAY, begin - DAY)
        for edge, begin in zip(edges, begins, strict=True)
        if begin > edge + DAY
    ]


def _spans(spans: list[tuple[pd.Timestamp, pd.Timestamp]]) -> str:
    """Return spans as text, neighbours joined."""
    joined: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return ", ".join(
        _("{first} to {last}", first=start.date(), last=end.date()) for start, end in joined
    )


def _status(parts: list[Part]) -> str:
    found = {word for part in parts for word in part.status.split("; ") if word}
    if "allocated" in found:
        return "allocated"
    return "; ".join(sorted(found, key=lambda word: (_rank(word), word)))


def _rank(status: str) -> int:
    return STATUSES.index(status) if status in STATUSES else len(STATUSES)


def _joined(texts: Iterable[str], separator: str) -> str:
    """Return the distinct members of separated lists, in order, as one list."""
    members = (member.strip() for text in texts for member in text.split(separator.strip()))
    return separator.join(dict.fromkeys(member for member in members if member))
