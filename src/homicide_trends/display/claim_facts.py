"""What stands around a claim: other printed totals, studies, the event's name, the months."""

from html import escape
from typing import Any

import pandas as pd

from ..claims.result import ClaimResult, ReadingResult
from ..language import _, translated
from ..series import monthly_series
from ..tables.load import DataError, Folder, load_estimates, load_events, load_sources
from ..wording import claims as words
from ..wording import formats


def first_day(told: ReadingResult) -> pd.Timestamp:
    """The first day from which a reading counts."""
    reading = told.reading
    return (
        reading.event[0]
        if reading.event
        else pd.Timestamp(reading.start or told.cells["start"].min())
    )


def told_end(result: ClaimResult) -> pd.Timestamp:
    """The end of the reading that heads the claim."""
    end = result.told.reading.end
    return end if end is not None else pd.Timestamp(result.told.cells["end"].max())


def others(result: ClaimResult, *, data: Folder | None = None) -> pd.DataFrame:
    """Published totals of the same kind with ``date, low, high, who, short, near, own``."""
    told = result.told
    columns = ["date", "low", "high", "who", "short", "near", "own"]
    if (
        told.reading.measure != words.AVERTED
        or len(told.reading.places) != 1
        or pd.isna(result.value)
    ):
        return pd.DataFrame(columns=columns)
    rows = load_estimates(data=data)
    rows = rows[(rows["measure"] == words.AVERTED) & (rows["place"] == told.reading.places[0])]
    sources = load_sources(data=data).set_index("source_id")
    end = told_end(result)
    found = []
    for row in rows.to_dict("records"):
        date = _day(str(sources["date"].get(row["source_id"], "")))
        ranged = not pd.isna(row["upper"])
        # A total of a part of the time, or of a year that a forecast is about, is another quantity.
        counted_later = not pd.isna(row["start"]) and row["start"] > first_day(
            told
        ) + pd.DateOffset(months=6)
        if date is None or row["method"] == "forecast" or counted_later:
            continue
        low, high = (row["lower"], row["upper"]) if ranged else (row["estimate"], row["estimate"])
        publisher = translated(str(sources["publisher"].get(row["source_id"], "")))
        who = publisher.split(",")[0].split(" and ")[0].split(" / ")[0]
        found.append(
            (
                date,
                low,
                high,
                who,
                _short(who.removeprefix("The ")),
                date < end + pd.DateOffset(years=1),
                False,
            )
        )
    own = _day(result.date) or end
    found.append((own, result.value, result.value, result.who, result.who.split()[0], True, True))
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values(["date", "high"], kind="stable").reset_index(drop=True)


def _short(who: str) -> str:
    """A name for a phone: initials of three words or more, else the first word of a long one."""
    initials = "".join(word[0] for word in who.split() if word[0].isupper())
    return who if len(who) <= 12 else initials if len(initials) > 2 else who.split()[0]


def _day(date: str) -> pd.Timestamp | None:
    """The middle of what a date of a source says."""
    if len(date) == 7:
        return pd.Timestamp(f"{date}-15")
    if len(date) == 4:
        return pd.Timestamp(f"{date}-07-01")
    try:
        return pd.Timestamp(date) if date else None
    except ValueError:
        return None


def attributed(result: ClaimResult, *, data: Folder | None = None) -> str:
    """What a study attributes to the event, as markup with a link; empty where none is on file."""
    told = result.told
    if len(told.reading.places) != 1:
        return ""
    rows = load_estimates(data=data)
    rows = rows[(rows["measure"] == "change_in_deaths") & (rows["place"] == told.reading.places[0])]
    rows = rows[rows["start"] <= first_day(told)].sort_values("end", kind="stable")
    if len(rows) < 2:
        return ""
    first, whole = rows.iloc[0], rows.iloc[-1]
    source = load_sources(data=data).set_index("source_id").loc[first["source_id"]]
    months = (
        (first["end"].year - first["start"].year) * 12
        + first["end"].month
        - first["start"].month
        + 1
    )
    year = str(source["date"])[:4]
    study = f'<a href="{escape(str(source["url"]))}">{escape(_("study of {year}", year=year))}</a>'
    net = formats.number(abs(whole["estimate"]))
    text = _(
        "A STUDY attributes {number} fewer deaths to its first {months} months; counted on to the "
        "end of {until}, {net}.",
        number=formats.number(-first["estimate"]),
        months=words.in_words(months),
        net=_("{number} more", number=net)
        if whole["estimate"] > 0
        else _("{number} fewer", number=net),
        until=whole["end"].year,
    )
    return escape(text).replace("STUDY", study, 1)


def event_label(told: ReadingResult, *, data: Folder | None = None) -> str:
    """The short name of the event from which a reading counts, as ``events.csv`` has it."""
    if not told.reading.event:
        return ""
    events = load_events(data=data)
    same = events[(events["start"] == told.reading.event[0]) & (events["label"] != "")]
    return str(same["label"].iloc[0]) if len(same) else ""


def months(told: ReadingResult, *, data: Folder | None = None) -> list[list[Any]]:
    """Deaths a month around the event: from the year before it to three years after it."""
    year = first_day(told).year
    try:
        rows = monthly_series(
            told.reading.places[0], start=f"{year - 1}-01-01", end=f"{year + 3}-12-31", data=data
        )
    except DataError:
        return []
    return [
        [
            f"{row['start']:%Y-%m-%d}",
            None if pd.isna(row["deaths"]) else float(row["deaths"]),
            row["status"] == "allocated",
        ]
        for row in rows.to_dict("records")
    ]
