"""Sentences on changes: of the rate, of the expected deaths, of the countries of a region."""

from typing import Any

import pandas as pd

from ..language import _, ngettext, translated
from . import formats
from .words import deaths, level_of, listed, row_of


def _shared_out(window: float, baseline: float) -> str:
    """How many of the deaths of two periods were shared out by days; nothing where none were.

    >>> _shared_out(0.135, 0).replace(formats.NBSP, " ")
    ' 13.5 % of the deaths in the window were shared out by days, between dates up to which the \
source counted.'
    """
    said = {"window": formats.percent(100 * window), "baseline": formats.percent(100 * baseline)}
    if window > 0 and baseline > 0:
        return _(
            " {window} of the deaths in the window and {baseline} of those in the baseline were "
            "shared out by days, between dates up to which the source counted.",
            **said,
        )
    if window > 0:
        return _(
            " {window} of the deaths in the window were shared out by days, between dates up to "
            "which the source counted.",
            **said,
        )
    if baseline > 0:
        return _(
            " {baseline} of the deaths in the baseline were shared out by days, between dates up "
            "to which the source counted.",
            **said,
        )
    return ""


def shared_out_of(row: pd.Series) -> str:
    """A remark where deaths of the window or of the baseline were shared out by days."""
    return _shared_out(float(row.get("shared", 0)), float(row.get("baseline_shared", 0)))


def limits_in_words(result: pd.DataFrame, quantity: str) -> str:
    """What the limits of a change or of averted deaths allow for, in plain words.

    Stands once in a report, after the first sentence that has such limits. ``result`` is the row
    with the ``_method`` of the quantity.

    >>> row = pd.DataFrame([{"percent_change_method": "scatter and spells of the periods"}])
    >>> limits_in_words(row, "percent_change").split(". ")[0]
    'The limits allow for bad and good times that come in spells'
    """
    method = str(row_of(result)[f"{quantity}_method"])
    if method.startswith("refused"):
        return ""
    from ..rates import comparison, counterfactual  # with scipy, a third of a second

    known = [(comparison.FROM_PERIODS, counterfactual.LIMITS["series"], limits_that_hold)]
    known += [(comparison.FROM_ALL, counterfactual.FROM_ALL, _from_all)]
    known += [(comparison.TOO_FEW, counterfactual.TOO_FEW, _too_few)]
    for of_ratio, of_count, say in known:
        if method.endswith((of_ratio, translated(of_ratio), translated(of_count))):
            return say()
    return _("The limits take deaths as independent and so are the narrowest.")


def limits_that_hold() -> str:
    """What limits that carry dispersion and autocorrelation allow for."""
    return _(
        "The limits allow for bad and good times that come in spells. So few periods cannot show "
        "how long such a spell lasts, so every length was taken as equally likely: where periods "
        "are in truth independent the limits are wider than need be, and where the rate drifts "
        "without returning to a level they are still too narrow."
    )


def _from_all() -> str:
    return _(
        "The two periods hold too few counts to tell how far they scatter. The limits take that "
        "from all periods on file about one level, as if every change on file could come by chance."
    )


def _too_few() -> str:
    return _(
        "Too few periods are on file to tell how far they scatter. The limits take deaths as "
        "independent, and are narrower than the truth where deaths come in spells."
    )


def change(result: pd.DataFrame, name: str) -> str:
    """The percent change of the rate in one sentence.

    Needs the row of ``windows.compare`` with ``percent_change`` and its limits.

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
        return _(
            "In {name} no percent change can be given {periods}: {reason}.",
            name=name,
            periods=periods,
            reason=_why_none(row),
        )
    unclear = lower <= 0 <= upper
    sign = -1 if value < 0 and not unclear else 1
    low, high = sorted((sign * lower, sign * upper))
    interval = _(
        "{level} confidence interval {limits}",
        level=level_of(row["percent_change_conf"]),
        limits=formats.interval(low, high, 1) + f"{formats.NBSP}%",
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
        return f"{text}{shared_out_of(row)}"
    if value < 0:
        text = _("In {name} the homicide rate fell by {percent} ({interval}) {periods}.", **said)
    else:
        text = _("In {name} the homicide rate rose by {percent} ({interval}) {periods}.", **said)
    return f"{text}{shared_out_of(row)}"


def averted(result: pd.DataFrame, name: str) -> str:
    """Expected minus observed deaths in one sentence.

    Needs the row of ``counterfactual.averted_deaths``.

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
    interval = _(
        "{level} prediction interval {limits}",
        level=level_of(row["averted_conf"]),
        limits=formats.interval(low, high),
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
    return text + shared_out_of(row)


def resolution(counted: pd.DataFrame, both: pd.DataFrame) -> str:
    """Whether the counts are of months or years, and how many deaths were shared out by days.

    >>> resolution(pd.DataFrame({"days": [365, 366]}), pd.DataFrame({
    ...     "role": ["baseline", "window"], "shared": [0.0, 0.5]})).replace(formats.NBSP, " ")
    'The counts on file for these periods are of years. 50.0 % of the deaths in the window were \
shared out by days, between dates up to which the source counted.'
    """
    if (counted["days"] > 360).all():
        text = _("The counts on file for these periods are of years.")
    else:
        text = _("The counts on file for these periods are of months.")
    shared = both.set_index("role")["shared"]
    return text + _shared_out(shared["window"], shared["baseline"])


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
        "{about}.",
        level=conf,
        below=formats.number(fell),
        above=formats.number(rose),
        about=formats.number(len(known) - fell - rose),
    )
    text += f" {limits_in_words(mine, 'percent_change')}"
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


def _why_none(row: Any) -> str:
    """Why there is no percent change."""
    refused = str(row["percent_change_method"]).partition("refused: ")[2]
    if refused:
        return translated(refused)
    known = pd.notna(row.get("person_years")) and pd.notna(row.get("baseline_person_years"))
    return _("a count is missing") if known else _("its population is not on file")
