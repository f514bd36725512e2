"""Sentences made from results, so that no number is ever typed into prose.

Each takes a result table and says only what its rows say: a fall after a date is never called
a fall because of it. Here are those on counts and rates: the highest and lowest, who counted,
and what disagrees.
"""

import re

import pandas as pd

from ..language import _, ngettext, translated
from . import formats
from .changes import (
    averted,
    beside_stated,
    change,
    limits_in_words,
    rate_of,
    region_changes,
    region_title,
    resolution,
)
from .texts import (
    agreement,
    declared,
    in_readers_words,
    local_counts,
    named,
    stated_year,
    unsaid,
)
from .words import as_said, level_of, listed, periods, population, quoted, variant

__all__ = [
    "agencies",
    "agreement",
    "averted",
    "beside_stated",
    "change",
    "conflicts",
    "declared",
    "in_readers_words",
    "level_of",
    "levels",
    "limits_in_words",
    "listed",
    "local_counts",
    "named",
    "needed_population",
    "quoted",
    "rate_of",
    "region_changes",
    "region_title",
    "resolution",
    "stated_year",
    "unsaid",
]


SWING = 0.2  # a rate moved where it went a fifth up or down, by more than chance explains


def levels(years: pd.DataFrame, name: str) -> str:
    """How the rate of a table of years went: the swings larger than a fifth and than chance.

    Needs ``rate``, and its limits where a swing is to be held against chance.

    >>> years = pd.DataFrame({"start": pd.to_datetime(["2011-01-01", "2012-01-01", "2013-01-01"]),
    ...     "end": pd.to_datetime(["2011-12-31", "2012-12-31", "2013-12-31"]), "deaths": 4371.0,
    ...     "rate": [71.8, 42.4, 40.9], "population_series": "WPP2024"})
    >>> levels(years, "El Salvador")
    'In El Salvador the homicide rate fell from 71.8 per 100,000 inhabitants in 2011 to 40.9 in \
2013, with the population of the UN (2024).'
    """
    known = years.dropna(subset=["rate"]).sort_values("start", kind="stable")
    if known.empty:
        return _(
            "No homicide rate can be given for {name}: a count or a population is missing.",
            name=name,
        )
    said = {"name": name, "series": listed(map(population, known["population_series"]))}
    turns = swings(known)
    if len(turns):
        text = _("In {name} the homicide rate {course}, with the population of {series}.",
                 course=course_of(turns), **said)  # fmt: skip
        whole = turns["rate"].iloc[-1] / turns["rate"].iloc[0] - 1
        if len(turns) == 2 or not abs(whole) >= 0.05:
            return text
        ends = {"last": _year(turns.iloc[-1]), "first": _year(turns.iloc[0]),
                "percent": formats.percent(abs(100 * whole), 0)}  # fmt: skip
        return text + (_(" In {last} it was {percent} below {first}.", **ends) if whole < 0
                       else _(" In {last} it was {percent} above {first}.", **ends))  # fmt: skip
    low, high = (_rate(known.loc[at]) for at in (known["rate"].idxmin(), known["rate"].idxmax()))
    if len(known) == 1:
        return _("In {name} the homicide rate was {rate}, with the population of {series}.",
                 rate=low, **said)  # fmt: skip
    return _(
        "In {name} the homicide rate stayed between {low} and {high}: no year differs from another "
        "by a fifth and by more than chance explains. Population: {series}.",
        low=low, high=high, **said,
    )  # fmt: skip


def swings(years: pd.DataFrame) -> pd.DataFrame:
    """The years between which the rate swung, at most the last four; none where it did not."""
    rows = years.reset_index(drop=True)
    rates = rows["rate"]
    turns: list[int] = []
    for number in range(len(rows)):
        if len(turns) < 2:  # the first swing begins where it is largest
            ends = sorted((int(rates[: number + 1].idxmin()), int(rates[: number + 1].idxmax())))
            turns = ends if _swung(rows, *ends) else []
        elif (rates[number] >= rates[turns[-1]]) == (rates[turns[-1]] >= rates[turns[-2]]):
            turns[-1] = number
        elif _swung(rows, turns[-1], number):
            turns.append(number)
    return rows.loc[turns[-4:]]


def _swung(rows: pd.DataFrame, first: int, last: int) -> bool:
    """Whether the rate of two years differs by a fifth of the larger, and beyond their limits."""
    low, high = sorted((first, last), key=lambda at: float(rows["rate"][at]))
    apart = "rate_lower" not in rows or not rows["rate_upper"][low] >= rows["rate_lower"][high]
    return bool(apart and rows["rate"][low] < (1 - SWING) * rows["rate"][high])


def course_of(turns: pd.DataFrame) -> str:
    """``fell from 71.8 per 100,000 inhabitants in 2011 to 40.9 in 2013, then rose to ...``."""
    rates = turns["rate"].to_list()
    first = {"first": _rate(turns.iloc[0]), "last": _short(turns.iloc[1])}
    parts = [_("fell from {first} to {last}", **first) if rates[1] < rates[0]
             else _("rose from {first} to {last}", **first)]  # fmt: skip
    for number in range(2, len(turns)):
        to = _short(turns.iloc[number])
        parts.append(_("then fell to {last}", last=to) if rates[number] < rates[number - 1]
                     else _("then rose to {last}", last=to))  # fmt: skip
    return ", ".join(parts)


def _year(row: pd.Series) -> str:
    return formats.period(row["start"], row["end"])


def _rate(row: pd.Series) -> str:
    return _("{rate} per 100,000 inhabitants in {when}", rate=formats.number(row["rate"], 1),
             when=_year(row))  # fmt: skip


def _short(row: pd.Series) -> str:
    return _("{number} in {when}", number=formats.number(row["rate"], 1), when=_year(row))


def conflicts(counted: pd.DataFrame) -> str:
    """In how many periods the figures on file disagree.

    >>> conflicts(pd.DataFrame([{"start": "2013-12-01", "end": "2013-12-31", "days": 31,
    ...     "deaths": 208, "deaths_low": 208, "deaths_high": 226}]))
    'Of 1 month with a count, 1 has figures that disagree; the widest gap for its size is \
Dec 2013, 208 to 226.'
    """
    known = counted.dropna(subset=["deaths"])
    some = known[known["deaths_low"] < known["deaths_high"]]
    whole = periods(known)
    if some.empty:
        return _("Of {periods} with a count, none has figures that disagree.", periods=whole)
    gap = (some["deaths_high"] - some["deaths_low"]) / some["deaths"]
    worst = some.loc[gap.idxmax()]
    return ngettext(
        "Of {periods} with a count, {number} has figures that disagree; the widest gap for its "
        "size is {when}, {limits}.",
        "Of {periods} with a count, {number} have figures that disagree; the widest gap for its "
        "size is {when}, {limits}.",
        len(some),
        periods=whole,
        when=formats.period(worst["start"], worst["end"]),
        limits=formats.interval(worst["deaths_low"], worst["deaths_high"]),
    )


def agencies(counted: pd.DataFrame) -> str:
    """Who counted how many periods of a series, and how often that changes.

    >>> months = pd.DataFrame({"start": pd.date_range("2013-05-01", periods=4, freq="MS"),
    ...     "end": pd.date_range("2013-05-01", periods=4, freq="ME"), "deaths": 170.0,
    ...     "agency": ["PNC", "PNC", "PNC", "IML"]})
    >>> agencies(months)
    'Of 4 months, PNC counted 3, IML 1. The agency changes once. Each counts by a rule of its \
own, so a step where it changes can be one of counting.'
    """
    known = counted.dropna(subset=["deaths"])
    if known.empty:
        return ""
    numbers = known["agency"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    first, *others = [(translated(str(name)), number) for name, number in numbers.items()]
    if not others:
        return _("All of these periods were counted by {agency}.", agency=first[0])
    changed = int(known["agency"].ne(known["agency"].shift()).sum()) - 1
    text = _(
        "Of {periods}, {agency} counted {most}, {others}.",
        periods=periods(known),
        agency=first[0],
        most=formats.number(first[1]),
        others=listed(f"{name} {formats.number(number)}" for name, number in others),
    )
    return text + ngettext(
        " The agency changes once. Each counts by a rule of its own, so a step where it changes "
        "can be one of counting.",
        " The agency changes {number} times. Each counts by a rule of its own, so a step where it "
        "changes can be one of counting.",
        changed,
    )


def needed_population(variants: pd.DataFrame, stated: pd.DataFrame) -> str:
    """The population that the preferred counts would need for the stated rate, with rounding.

    A printed 70.1 stands for 70.05 to 70.15: deaths over those rates bound the population.

    >>> needed_population(
    ...     pd.DataFrame({"deaths": [4371.0], "rate": [71.8], "population_series": "WPP2024"}),
    ...     pd.DataFrame({"as_reported": ["70.1"], "value": [70.1]}))
    'For the stated 70.1, 4,371 deaths need a population of 6,230,934 to 6,239,829; no count \
over any population on file gives it.'
    """
    if stated.empty:
        return ""
    if variants.empty:
        return _("No count is on file for the year of the stated rate.")
    rate = float(stated["value"].iloc[0])
    token = as_said(stated).iloc[0]
    printed = re.search(r"\.(\d+)", f"{stated['as_reported'].iloc[0]} {rate!r}".removesuffix(".0"))
    half = 0.5 * 10.0 ** -len(printed.group(1) if printed else "")
    most = float(variants["deaths"].max())
    lower, upper = most / (rate + half) * 1e5, most / (rate - half) * 1e5
    fits = variants[(variants["rate"] >= rate - half) & (variants["rate"] < rate + half)]
    if fits.empty:
        found = _("no count over any population on file gives it")
    else:
        found = ngettext("{variants} gives it", "{variants} give it", len(fits),
                         variants="; ".join(map(variant, fits.to_dict("records"))))  # fmt: skip
    return ngettext(
        "For the stated {token}, {number} death needs a population of {limits}; {found}.",
        "For the stated {token}, {number} deaths need a population of {limits}; {found}.",
        most,
        token=token,
        limits=formats.interval(lower, upper),
        found=found,
    )
