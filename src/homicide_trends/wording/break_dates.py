"""Sentences about where a series breaks by itself."""

import pandas as pd

from ..language import _, ngettext
from ..methods.level_breaks import MIN_SIZE, Breaks
from . import formats
from .effect_words import Row
from .sentences import level_of, listed


def breaks(found: Breaks, name: str) -> str:
    """Where one break would lie, until the window's end and as far as the series goes.

    >>> from homicide_trends.methods import breaks_of_level
    >>> months = pd.date_range("2011-01-01", periods=30, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4
    >>> table["person_years"], table["agency"] = 1.0, "PNC"
    >>> found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    >>> print(breaks(found, "the country"))
    Asked for one break between levels of at least 6 periods, the counts of the country in
    Jan 2011 to Oct 2012 put it at Jan 2012 (the rate after is 0.48 times that before), the
    date of the intervention. Allowing for counts that vary 1.0 times as much as independent ...
    """
    if found.single.empty:
        return ""
    first, *later = found.single.to_dict("records")
    inside = found.candidates[found.candidates["within"]]["first"]
    kept = [formats.period(day, day + pd.offsets.MonthEnd(0)) for day in inside]
    text = _(
        "Asked for one break between levels of at least {size} periods, {found}.",
        size=formats.number(MIN_SIZE),
        found=_single(first, name),
    )
    text += ngettext(
        " Allowing for counts that vary {dispersion} times as much as independent deaths, {dates} "
        "is in the set that holds the date with {level} confidence.",
        " Allowing for counts that vary {dispersion} times as much as independent deaths, {dates} "
        "are in the set that holds the date with {level} confidence.",
        len(kept),
        dispersion=formats.number(found.dispersion, 1),
        dates=listed(kept),
        level=level_of(found.candidates["conf"].iloc[0]),
    )
    for longer in later:
        text += _(" Carried on, {found}.", found=_single(longer, name))
        if longer["rank"] > first["rank"]:
            text += _(
                " A larger change later on takes its place, so the figure ends with the window."
            )
    return text


def _single(row: Row, name: str) -> str:
    """One stretch, its best date, and the intervention's place among the candidates."""
    said = {
        "name": name,
        "period": formats.period(row["start"], row["end"]),
        "best": row["best"],
        "ratio": formats.number(row["best_ratio"], 2),
    }
    if row["best"] == row["asked"]:
        return _(
            "the counts of {name} in {period} put it at {best} (the rate after is {ratio} times "
            "that before), the date of the intervention",
            **said,
        )
    return _(
        "the counts of {name} in {period} put it at {best} (the rate after is {ratio} times that "
        "before), not at {asked}, which comes in place {rank} of {of}",
        asked=row["asked"],
        rank=row["rank"],
        of=row["of"],
        **said,
    )


def several(found: Breaks) -> str:
    """How many breaks the whole stretch gives when their number is left to it.

    >>> from homicide_trends.methods import breaks_of_level
    >>> months = pd.date_range("2011-01-01", periods=30, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 6 + [50, 47] * 5 + [200, 201] * 4
    >>> table["person_years"], table["agency"] = 1.0, "PNC"
    >>> found = breaks_of_level(table, intervention="2012-01-01", end="2012-10-31")
    >>> print(several(found))
    Left to choose how many (by BIC, with the same dispersion), the counts of Jan 2011 to Jun 2013
    give 2 breaks: Jan 2012 and Nov 2012.
    """
    if found.several.empty:
        return "" if found.reason else _("Left to choose, these counts give no break.")
    row = found.several.iloc[0]
    text = ngettext(
        "Left to choose how many (by BIC, with the same dispersion), the counts of {period} give "
        "{number} break: {dates}.",
        "Left to choose how many (by BIC, with the same dispersion), the counts of {period} give "
        "{number} breaks: {dates}.",
        len(found.several),
        period=formats.period(row["start"], row["end"]),
        dates=listed(found.several["when"]),
    )
    passed = found.several[found.several["agency_changes"]]
    if len(passed):
        text += _(
            " At {dates} the agency changes too, so the break can be one of counting.",
            dates=listed(passed["when"]),
        )
    return text
