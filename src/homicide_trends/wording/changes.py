"""Sentences on changes: of the rate, of the expected deaths, of the countries of a region."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..language import _, ngettext, translated
from . import formats
from .words import deaths, level_of, listed, row_of


def _split(row: pd.Series) -> str:
    """A remark where the baseline or the window cuts a reported period."""
    methods = f"{row.get('deaths_method', '')} {row.get('baseline_deaths_method', '')}"
    if "allocated by days" not in methods:
        return ""
    return _(" Deaths of periods that the dates cut were split by days.")


def _too_few() -> str:
    return _(
        " The periods are too few to tell how far they scatter about their own rates; the interval "
        "takes deaths as independent."
    )


def _both_limits(alone: str, scattered: pd.DataFrame | None, quantity: str, sign: int) -> str:
    """Limits for independent deaths, and what they become with the scatter of the periods."""
    if scattered is None or scattered.empty:
        return alone
    row = row_of(scattered)
    lower, upper = sorted(sign * row[f"{quantity}{end}"] for end in ("_lower", "_upper"))
    share = quantity == "percent_change"
    wide = formats.interval(lower, upper, int(share)) + f"{formats.NBSP}%" * share
    return _(
        "{alone} if deaths are independent, {wide} with the scatter of the periods about their "
        "own rates",
        alone=alone,
        wide=wide,
    )


def _unclear(scattered: pd.DataFrame, quantity: str) -> bool:
    """Whether limits that let in the scatter leave the sign open."""
    row = row_of(scattered)
    return bool(row[f"{quantity}_lower"] <= 0 <= row[f"{quantity}_upper"])


def change(result: pd.DataFrame, name: str, *, scattered: pd.DataFrame | None = None) -> str:
    """The percent change of the rate in one sentence.

    Needs the row of ``windows.compare`` with ``percent_change`` and its limits. ``scattered``
    is the same row with limits that let in the scatter of the periods, or no row where that
    cannot be told (those of ``rates.percent_change_methods`` that are ``scattered``).

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "days": 366, "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "baseline_deaths": 4371.0, "baseline_days": 365, "percent_change": -41.3,
    ...     "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_conf": 0.95}])
    >>> change(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador the homicide rate fell by 41.3 % (95 % confidence interval 38.3 to 44.1 %) \
from the baseline 2011 (4,371 deaths) to the window 2012 (2,576 deaths).'
    """
    row = row_of(result)
    value, lower, upper = (row[f"percent_change{limit}"] for limit in ("", "_lower", "_upper"))
    periods = _(
        "from the baseline {baseline} ({baseline_deaths}) to the window {window} ({window_deaths})",
        baseline=formats.period(row["baseline_start"], row["baseline_end"]),
        baseline_deaths=deaths(row["baseline_deaths"]),
        window=formats.period(row["start"], row["end"]),
        window_deaths=deaths(row["deaths"]),
    )
    if pd.isna(value):
        return _("In {name} no percent change can be given {periods}.", name=name, periods=periods)
    unclear = lower <= 0 <= upper
    sign = -1 if value < 0 and not unclear else 1
    low, high = sorted((sign * lower, sign * upper))
    interval = _both_limits(
        _(
            "{level} confidence interval {limits}",
            level=level_of(row["percent_change_conf"]),
            limits=formats.interval(low, high, 1) + f"{formats.NBSP}%",
        ),
        scattered,
        "percent_change",
        sign,
    )
    said = {
        "name": name,
        "percent": formats.percent(sign * value),
        "interval": interval,
        "periods": periods,
    }
    if unclear:
        text = _(
            "In {name} the homicide rate changed by {percent} ({interval}) {periods}: these counts "
            "do not tell a fall from a rise.",
            **said,
        )
        doubt = _too_few() if scattered is not None and scattered.empty else ""
        return f"{text}{doubt}{_split(row)}"
    if value < 0:
        text = _("In {name} the homicide rate fell by {percent} ({interval}) {periods}.", **said)
    else:
        text = _("In {name} the homicide rate rose by {percent} ({interval}) {periods}.", **said)
    return f"{text}{_doubt_of_change(scattered)}{_split(row)}"


def _doubt_of_change(scattered: pd.DataFrame | None) -> str:
    """What to add where the scatter is not known, or leaves the sign open."""
    if scattered is None:
        return ""
    if scattered.empty:
        return _too_few()
    if not _unclear(scattered, "percent_change"):
        return ""
    return _(" With that scatter these counts do not tell a fall from a rise.")


def averted(result: pd.DataFrame, name: str, *, scattered: pd.DataFrame | None = None) -> str:
    """Expected minus observed deaths in one sentence.

    Needs the row of ``counterfactual.averted_deaths``. ``scattered`` is the same row with limits
    that let in the scatter of the periods, or no row where that cannot be told (those of
    ``counterfactual.averted_deaths_variants`` that are ``scattered``).

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "baseline_start": "2011-01-01", "baseline_end": "2011-12-31", "expected": 4388.1,
    ...     "averted": 1812.1, "averted_lower": 1641.0, "averted_upper": 1986.0,
    ...     "averted_conf": 0.95}])
    >>> averted(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador, 2,576 homicides were counted in 2012; at the rate of 2011 4,388 would have \
been expected: 1,812 fewer (95 % prediction interval 1,641 to 1,986).'
    """
    row = row_of(result)
    value, lower, upper = row["averted"], row["averted_lower"], row["averted_upper"]
    window = formats.period(row["start"], row["end"])
    if pd.isna(value):
        return _(
            "In {name} no expected number of homicides can be given for {window}.",
            name=name,
            window=window,
        )
    sign = 1 if value >= 0 else -1
    low, high = sorted((sign * lower, sign * upper))
    interval = _both_limits(
        _(
            "{level} prediction interval {limits}",
            level=level_of(row["averted_conf"]),
            limits=formats.interval(low, high),
        ),
        scattered,
        "averted",
        sign,
    )
    said = {
        "name": name,
        "counted": ngettext(
            "{number} homicide was counted", "{number} homicides were counted", row["deaths"]
        ),
        "window": window,
        "baseline": formats.period(row["baseline_start"], row["baseline_end"]),
        "expected": formats.number(row["expected"]),
        "difference": formats.number(abs(value)),
        "interval": interval,
    }
    if value >= 0:
        text = _(
            "In {name}, {counted} in {window}; at the rate of {baseline} {expected} would have "
            "been expected: {difference} fewer ({interval}).",
            **said,
        )
    else:
        text = _(
            "In {name}, {counted} in {window}; at the rate of {baseline} {expected} would have "
            "been expected: {difference} more ({interval}).",
            **said,
        )
    if lower <= 0 <= upper:
        text += _(" The interval holds zero: these counts do not tell fewer from more.")
        text += _too_few() if scattered is not None and scattered.empty else ""
    else:
        text += _doubt_of_averted(scattered)
    return text + _split(row)


def _doubt_of_averted(scattered: pd.DataFrame | None) -> str:
    """What to add where the scatter is not known, or leaves the sign open."""
    if scattered is None:
        return ""
    if scattered.empty:
        return _too_few()
    if not _unclear(scattered, "averted"):
        return ""
    return _(" With that scatter these counts do not tell fewer from more.")


def resolution(counted: pd.DataFrame, both: pd.DataFrame) -> str:
    """Whether the comparison rests on months or years, and on how many shares of longer totals.

    >>> resolution(pd.DataFrame({"days": [365, 366]}), pd.DataFrame({
    ...     "role": ["baseline", "window"], "status": ["final", "final"],
    ...     "deaths_method": ["sum of whole periods", "cut periods allocated by days"]}))
    'The series on file for these periods is one of years. The window cuts such a period; its \
deaths were split by days.'
    """
    if (counted["days"] > 360).all():
        text = _("The series on file for these periods is one of years.")
    else:
        text = _("The series on file for these periods is one of months.")
    cut = both["deaths_method"].str.contains("allocated by days")
    if cut.any():
        return text + _cut(sorted(set(both.loc[cut, "role"])))
    if both["status"].str.contains("allocated").any():
        text += _(" Some of them are shares of a longer total; no period is cut by the dates.")
    return text


def _cut(roles: list[str]) -> str:
    """Which of the baseline and the window cut a reported period."""
    if len(roles) > 1:
        return _(" The baseline and window cut such a period; its deaths were split by days.")
    if roles == ["baseline"]:
        return _(" The baseline cuts such a period; its deaths were split by days.")
    return _(" The window cuts such a period; its deaths were split by days.")


def region_changes(ranked: pd.DataFrame, place: str) -> str:
    """Where a place stands among the changes of all countries.

    >>> ranked = pd.DataFrame([{"place": "SLV", "name": "El Salvador", "start": "2012-01-01",
    ...     "end": "2012-12-31", "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "percent_change": -41.3, "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_method": "exact", "percent_change_conf": 0.95}])
    >>> text = region_changes(ranked, "SLV").replace(formats.NBSP, " ")
    >>> text.partition(". The")[0].partition("from ")[2]
    '2011 to 2012, the steepest fall among 1 country'
    """
    known = ranked.dropna(subset=["percent_change"])
    mine = known[known["place"] == place]
    if mine.empty:
        return _("The place of this report has no counts for both periods from this source.")
    row = mine.iloc[0]
    fell = int((known["percent_change_upper"] < 0).sum())
    rose = int((known["percent_change_lower"] > 0).sum())
    conf = level_of(row["percent_change_conf"])
    text = _(
        "{name}: {percent} ({level} confidence interval {limits}) from {baseline} to {window}, "
        "{rank} among {countries}.",
        name=translated(row["name"]),
        percent=formats.percent(row["percent_change"]),
        level=conf,
        limits=formats.interval(row["percent_change_lower"], row["percent_change_upper"], 1)
        + f"{formats.NBSP}%",
        baseline=formats.period(row["baseline_start"], row["baseline_end"]),
        window=formats.period(row["start"], row["end"]),
        rank=_rank(known, row),
        countries=ngettext("{number} country", "{number} countries", len(known)),
    )
    text += _(
        " The {level} interval lies below zero in {below}, above it in {above} and about it in "
        "{about}. It takes deaths as independent; for the counts of whole countries and years "
        "that is an easy test.",
        level=conf,
        below=formats.number(fell),
        above=formats.number(rose),
        about=formats.number(len(known) - fell - rose),
    )
    without = ranked[ranked["percent_change"].isna()]
    reasons = [_why_none(row) for row in without.to_dict("records")]
    for why, rows in without.assign(why=reasons).groupby("why"):
        text += _(
            " For {names} no change is given: {why}.",
            names=listed(map(translated, rows["name"])),
            why=why,
        )
    return text


def _rank(known: pd.DataFrame, row: pd.Series) -> str:
    """The place of a country among the changes."""
    steeper = int((known["percent_change"] < row["percent_change"]).sum())
    falls = known["percent_change"].min() < 0
    if not steeper:
        return _("the steepest fall") if falls else _("the smallest rise")
    number = steeper + 1
    if falls:
        return _("number {number} from the steepest fall", number=number)
    return _("number {number} from the smallest rise", number=number)


def _why_none(row: Mapping[Any, Any]) -> str:
    """Why a country has no percent change."""
    refused = str(row["percent_change_method"]).partition("refused: ")[2]
    if refused:
        return translated(refused)
    known = pd.notna(row.get("person_years")) and pd.notna(row.get("baseline_person_years"))
    return _("a count is missing") if known else _("its population is not on file")
