"""Sentences on changes: of the rate, of the expected deaths, of the countries of a region."""

from typing import Any

import pandas as pd

from ..language import _, ngettext, translated
from ..series.periods import are_years
from . import formats
from .who import part_name
from .words import deaths, level_of, listed, quoted_figures, row_of

_PERCENT = f"{formats.NBSP}%"


def change(result: pd.DataFrame, name: str) -> str:
    """By how much the rate changed and what the counts allow, as a newspaper would print it.

    Needs the row of ``series.compare`` with ``percent_change`` and its limits.

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "days": 366, "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "baseline_deaths": 4371.0, "baseline_days": 365, "percent_change": -41.3,
    ...     "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_conf": 0.95, "percent_change_method": "exact"}])
    >>> change(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador the homicide rate was 41.3 % lower in 2012 than in 2011: 7.0 killings a day \
instead of 12.0. Even if deaths were independent of each other, these counts allow a fall of 38 to \
44 % (95 % confidence interval).'
    """
    row = row_of(result)
    value, lower, upper = (row[f"percent_change{limit}"] for limit in ("", "_lower", "_upper"))
    said = {
        "name": name,
        "window": formats.during(row["start"], row["end"]),
        "baseline": formats.during(row["baseline_start"], row["baseline_end"]),
    }
    if pd.isna(value):
        return _(
            "In {name} no change from {before} to {after} can be given: {reason}.",
            name=name,
            before=formats.long_period(row["baseline_start"], row["baseline_end"]),
            after=formats.long_period(row["start"], row["end"]),
            reason=_why_none(row),
        )
    said |= {"percent": formats.percent(abs(value)), "rates": _a_day(row)}
    if pd.isna(row.get("person_years", 0.0)):
        fewer = value < 0
        text = (
            _("In {name} there were {percent} fewer killings a day {window} than {baseline}: "
              "{rates}.", **said)
            if fewer
            else _("In {name} there were {percent} more killings a day {window} than {baseline}: "
                   "{rates}.", **said)
        )  # fmt: skip
    elif value < 0:
        text = _(
            "In {name} the homicide rate was {percent} lower {window} than {baseline}: {rates}.",
            **said,
        )
    else:
        text = _(
            "In {name} the homicide rate was {percent} higher {window} than {baseline}: {rates}.",
            **said,
        )
    return f"{text} {_change_allowed(row)}{_split(row)}"


def _change_allowed(row: pd.Series) -> str:
    """The sentence that holds the limits of a change."""
    value, lower, upper = (row[f"percent_change{limit}"] for limit in ("", "_lower", "_upper"))
    low, high = (formats.percent(abs(limit), 0) for limit in (lower, upper))
    if lower < 0 < upper or lower == 0 or upper == 0:
        span = _("anything from a fall of {fall} to a rise of {rise}", fall=low, rise=high)
    elif value < 0:
        span = _("a fall of {limits}", limits=formats.interval(-upper, -lower) + _PERCENT)
    else:
        span = _("a rise of {limits}", limits=formats.interval(lower, upper) + _PERCENT)
    level = _("{level} confidence interval", level=level_of(row["percent_change_conf"]))
    return _allowed(row, "percent_change", span, level)


def _a_day(row: pd.Series) -> str:
    """Killings a day in both periods, or their numbers where the days are not known."""
    if {"days", "baseline_days"} <= set(row.index):
        after, before = row["deaths"] / row["days"], row["baseline_deaths"] / row["baseline_days"]
        return _(
            "{after} killings a day instead of {before}",
            after=formats.number(after, 1),
            before=formats.number(before, 1),
        )
    return _(
        "{after} instead of {before}",
        after=deaths(row["deaths"]),
        before=formats.number(row["baseline_deaths"]),
    )


def averted(result: pd.DataFrame, name: str) -> str:
    """How many fewer than expected were killed, and what the counts allow.

    Needs the row of ``rates.averted_deaths``.

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "baseline_start": "2011-01-01", "baseline_end": "2011-12-31", "expected": 4388.1,
    ...     "averted": 1812.1, "averted_lower": 1641.0, "averted_upper": 1986.0,
    ...     "averted_conf": 0.95, "averted_method": "exact prediction limits"}])
    >>> averted(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador 2,576 homicides were counted in 2012, 1,812 fewer than the 4,388 that the rate \
of 2011 would have given. Even if deaths were independent of each other, these counts allow 1,641 \
to 1,986 fewer (95 % prediction interval).'
    """
    row = row_of(result)
    value, lower, upper = row["averted"], row["averted_lower"], row["averted_upper"]
    window = formats.during(row["start"], row["end"])
    if pd.isna(value):
        return _(
            "In {name} no expected number of homicides can be given {window}.",
            name=name,
            window=window,
        )
    said = {
        "name": name,
        "counted": ngettext(
            "{number} homicide was counted", "{number} homicides were counted", row["deaths"]
        ),
        "window": window,
        "baseline": formats.long_period(row["baseline_start"], row["baseline_end"]),
        "expected": formats.number(row["expected"]),
        "difference": formats.number(abs(value)),
    }
    if value >= 0:
        text = _(
            "In {name} {counted} {window}, {difference} fewer than the {expected} that the rate "
            "of {baseline} would have given.",
            **said,
        )
    else:
        text = _(
            "In {name} {counted} {window}, {difference} more than the {expected} that the rate "
            "of {baseline} would have given.",
            **said,
        )
    if lower <= 0 <= upper:
        more, fewer = formats.number(-lower), formats.number(upper)
        span = _("anything from {more} more to {fewer} fewer", more=more, fewer=fewer)
    elif value >= 0:
        span = _("{limits} fewer", limits=formats.interval(lower, upper))
    else:
        span = _("{limits} more", limits=formats.interval(-upper, -lower))
    level = _("{level} prediction interval", level=level_of(row["averted_conf"]))
    return f"{text} {_allowed(row, 'averted', span, level)}{_split(row)}"


def beside_stated(result: pd.DataFrame, stated: pd.DataFrame, quantity: str) -> str:
    """How the stated figures stand to a change or to averted deaths; empty where none is stated.

    ``stated`` has ``value`` (a decline is positive) and ``as_reported``.

    >>> row = pd.DataFrame([{"averted": 4055, "averted_lower": 1729, "averted_upper": 7284}])
    >>> stated = pd.DataFrame({"value": [4500.0], "as_reported": ["estimated 4,500"]})
    >>> beside_stated(row, stated, "averted")
    'Stated: \u201cestimated 4,500\u201d, more than this comparison gives, and not excluded by it.'
    """
    row, sign = row_of(result), -1 if quantity == "percent_change" else 1
    ends = sorted(sign * row[f"{quantity}{end}"] for end in ("_lower", "_upper"))
    said = []
    known = stated.dropna(subset=["value"])
    more, inside = known["value"] > sign * row[quantity], known["value"].between(*ends)
    for (above, held), rows in known.groupby([more, inside], sort=False):
        token = quoted_figures(rows)
        if held and above:
            text = _("Stated: {token}, more than this comparison gives, and not excluded by it.",
                     token=token)  # fmt: skip
        elif held:
            text = _("Stated: {token}, not more than this comparison gives, and not excluded by "
                     "it.", token=token)  # fmt: skip
        elif above:
            text = _("Stated: {token}, more than these counts allow.", token=token)
        else:
            text = _("Stated: {token}, less than these counts allow.", token=token)
        said.append(text)
    return "" if pd.isna(row[quantity]) else " ".join(said)


# --- what the limits allow for ----------------------------------------------------------------


def _kind(row: Any, quantity: str) -> str:
    """What the limits of a quantity carry: ``periods``, ``all``, ``few``, or nothing of these."""
    from ..rates import comparison, counterfactual  # with scipy, a third of a second

    method = str(row.get(f"{quantity}_method", ""))
    known = {
        "periods": (comparison.FROM_PERIODS, counterfactual.LIMITS["series"]),
        "all": (comparison.FROM_ALL, counterfactual.FROM_ALL),
        "few": (comparison.TOO_FEW, counterfactual.TOO_FEW),
    }
    for kind, (of_ratio, of_count) in known.items():
        if method.endswith((of_ratio, translated(of_ratio), translated(of_count))):
            return kind
    return ""


def _allowed(row: pd.Series, quantity: str, span: str, level: str) -> str:
    """The sentence that holds the limits: why they are wide, what they allow, their level."""
    kind = _kind(row, quantity)
    if kind == "periods":
        return _("Killings come in spells, so these counts allow {span} ({level}).", span=span,
                 level=level)  # fmt: skip
    if kind == "all":
        return _("By how the rate has moved in all years on file, these counts allow {span} "
                 "({level}).", span=span, level=level)  # fmt: skip
    return _("Even if deaths were independent of each other, these counts allow {span} ({level}).",
             span=span, level=level)  # fmt: skip


def limits_in_words(result: pd.DataFrame, quantity: str) -> str:
    """What the limits of a change or of averted deaths allow for, in plain words.

    ``result`` is the row with the ``_method`` of the quantity.

    >>> row = pd.DataFrame([{"percent_change_method": "scatter and spells of the periods"}])
    >>> limits_in_words(row, "percent_change").split(". ")[0]
    'The limits allow for bad and good times that come in spells'
    """
    row = row_of(result)
    if str(row[f"{quantity}_method"]).startswith("refused"):
        return ""
    kind = _kind(row, quantity)
    if kind == "periods":
        return limits_that_hold()
    if kind == "all":
        return _(
            "The two periods hold too few counts to tell how much they vary by themselves. The "
            "limits take that from all periods on file, as if every change among them could be "
            "chance."
        )
    if kind == "few":
        return _(
            "Too few periods are on file to tell how far they scatter. The limits take deaths as "
            "independent, and are narrower than the truth where deaths come in spells."
        )
    return _("The limits take deaths as independent and so are the narrowest.")


def limits_that_hold() -> str:
    """What limits that carry dispersion and autocorrelation allow for."""
    return _(
        "The limits allow for bad and good times that come in spells. So few periods cannot show "
        "how long such a spell lasts, so every length was taken as equally likely: where periods "
        "are in truth independent the limits are wider than need be, and where the rate drifts "
        "without returning to a level they are still too narrow."
    )


def _split(row: pd.Series) -> str:
    """A remark where deaths were shared out by days; nothing where none were."""
    return shared_out(float(row.get("shared", 0)), float(row.get("baseline_shared", 0)))


def shared_out(window: float, baseline: float) -> str:
    """How many of the deaths of two periods were shared out by days; nothing where none were.

    >>> shared_out(0.135, 0).replace(formats.NBSP, " ")
    ' Shared out by days, between dates up to which the source counted: 13.5 % of these deaths, \
0.0 % of those before.'
    """
    if not (window > 0 or baseline > 0):
        return ""
    return _(
        " Shared out by days, between dates up to which the source counted: {window} of these "
        "deaths, {baseline} of those before.",
        window=formats.percent(100 * window),
        baseline=formats.percent(100 * baseline),
    )


def resolution(counted: pd.DataFrame, both: pd.DataFrame) -> str:
    """Whether the counts are of months or years, and how many deaths were shared out by days.

    >>> years = pd.DataFrame({"start": ["2011-01-01"], "end": ["2011-12-31"]})
    >>> resolution(years, pd.DataFrame({"role": ["baseline", "window"], "shared": [0.0, 0.0]}))
    'The counts on file for these periods are of years.'
    """
    if are_years(counted):
        text = _("The counts on file for these periods are of years.")
    else:
        text = _("The counts on file for these periods are of months.")
    shared = both.set_index("role")["shared"]
    return text + shared_out(shared["window"], shared["baseline"])


# --- the countries of a region ----------------------------------------------------------------


def region_changes(ranked: pd.DataFrame, place: str, mechanism: str = "") -> str:
    """Where a place stands among the changes of all countries; of one mechanism where named.

    >>> ranked = pd.DataFrame([{"place": "SLV", "name": "El Salvador", "start": "2012-01-01",
    ...     "end": "2012-12-31", "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "percent_change": -41.3, "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_method": "exact", "percent_change_conf": 0.95}])
    >>> text = region_changes(ranked, "SLV").replace(formats.NBSP, " ")
    >>> text.partition(". ")[0].partition("rate ")[2]
    'was 41.3 % lower in 2012 than in 2011, the steepest fall among 1 country'
    """
    known = ranked.dropna(subset=["percent_change"])
    mine = known[known["place"] == place]
    if mine.empty:
        return _("The place of this report has no counts for both periods from this source.")
    row = mine.iloc[0]
    fell = int((known["percent_change_upper"] < 0).sum())
    rose = int((known["percent_change_lower"] > 0).sum())
    said = {
        "name": translated(row["name"]),
        "rate": rate_of(mechanism),
        "percent": formats.percent(abs(row["percent_change"])),
        "baseline": formats.during(row["baseline_start"], row["baseline_end"]),
        "window": formats.during(row["start"], row["end"]),
        "rank": _rank(known, row),
        "countries": ngettext("{number} country", "{number} countries", len(known)),
    }
    if row["percent_change"] < 0:
        text = _(
            "In {name} {rate} was {percent} lower {window} than {baseline}, {rank} "
            "among {countries}.",
            **said,
        )
    else:
        text = _(
            "In {name} {rate} was {percent} higher {window} than {baseline}, {rank} "
            "among {countries}.",
            **said,
        )
    text += f" {_change_allowed(row)} "
    if fell or rose:
        text += _(
            "The rate fell by more than chance explains in {below} of the countries, and rose by "
            "more in {above}.",
            below=formats.number(fell),
            above=formats.number(rose),
        )
    else:
        text += _("In none of the countries is the change beyond what chance can bring.")
    without = ranked[ranked["percent_change"].isna()]
    reasons = [_why_none(row) for row in without.to_dict("records")]
    for why, rows in without.assign(why=reasons).groupby("why"):
        text += _(
            " For {names} no change is given: {why}.",
            names=listed(map(translated, rows["name"])),
            why=why,
        )
    return text


def rate_of(mechanism: str) -> str:
    """The rate of all deaths, or of those by one mechanism, in a sentence.

    >>> rate_of(""), rate_of("firearm")
    ('the homicide rate', 'the rate of killings by firearm')
    """
    if not mechanism:
        return _("the homicide rate")
    return _("the rate of killings {how}", how=part_name("mechanism", "", "", mechanism))


def region_title(ranked: pd.DataFrame, place: str) -> str:
    """The change of a place and where it stands, as a title.

    >>> region_title(pd.DataFrame([{"place": "X", "name": "Xland", "percent_change": -41.9}]), "X")
    'Xland: \u221241.9\xa0%, the steepest fall among 1 country'
    """
    known = ranked.dropna(subset=["percent_change"])
    mine = known[known["place"] == place]
    countries = ngettext("{number} country", "{number} countries", len(known))
    if mine.empty:
        return _("Change of the rate in {countries}", countries=countries)
    row = mine.iloc[0]
    return _(
        "{name}: {percent}, {rank} among {countries}",
        name=translated(row["name"]),
        percent=formats.percent(row["percent_change"]),
        rank=_rank(known, row),
        countries=countries,
    )


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
