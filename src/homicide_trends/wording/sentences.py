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
from .words import deaths, level_of, listed, periods, quoted

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
    "resolution",
    "stated_year",
    "unsaid",
]


def levels(years: pd.DataFrame, name: str) -> str:
    """The highest and the lowest year of a table with ``rate``.

    >>> year = pd.DataFrame([{"start": "2011-01-01", "end": "2011-12-31", "deaths": 4371.0,
    ...     "rate": 71.8, "population_series": "WPP2024"}])
    >>> levels(year, "El Salvador")
    'In El Salvador the homicide rate was 71.8 per 100,000 person-years in 2011 (4,371 deaths), \
with the population of WPP2024.'
    """
    known = years.dropna(subset=["rate"])
    if known.empty:
        return _(
            "No homicide rate can be given for {name}: a count or a population is missing.",
            name=name,
        )

    def one(row: pd.Series) -> str:
        return _(
            "{rate} per 100,000 person-years in {when} ({deaths})",
            rate=formats.number(row["rate"], 1),
            when=formats.period(row["start"], row["end"]),
            deaths=deaths(row["deaths"]),
        )

    series = listed(map(translated, known["population_series"]))
    highest, lowest = known.loc[known["rate"].idxmax()], known.loc[known["rate"].idxmin()]
    if len(known) == 1:
        return _(
            "In {name} the homicide rate was {rate}, with the population of {series}.",
            name=name,
            rate=one(highest),
            series=series,
        )
    return _(
        "In {name} the homicide rate ran between {lowest} and {highest}, with the population of "
        "{series}.",
        name=name,
        lowest=one(lowest),
        highest=one(highest),
        series=series,
    )


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
    ...     pd.DataFrame({"deaths": [4371.0], "rate": [71.8], "variant": ["4,371 over WPP2024"]}),
    ...     pd.DataFrame({"as_reported": ["70.1"], "value": [70.1]}))
    'For the stated 70.1, 4,371 deaths need a population of 6,230,934 to 6,239,829; no count \
over any population on file gives it.'
    """
    if stated.empty:
        return ""
    if variants.empty:
        return _("No count is on file for the year of the stated rate.")
    rate = float(stated["value"].iloc[0])
    token = stated["as_reported"].iloc[0]
    printed = re.search(r"\.(\d+)", f"{token} {rate!r}".removesuffix(".0"))
    half = 0.5 * 10.0 ** -len(printed.group(1) if printed else "")
    most = float(variants["deaths"].max())
    lower, upper = most / (rate + half) * 1e5, most / (rate - half) * 1e5
    fits = variants[(variants["rate"] >= rate - half) & (variants["rate"] < rate + half)]
    if fits.empty:
        found = _("no count over any population on file gives it")
    elif len(fits) == 1:
        found = _("{variant} gives it", variant=fits["variant"].iloc[0])
    else:
        found = _("{variants} give it", variants=listed(fits["variant"]))
    return ngettext(
        "For the stated {token}, {number} death needs a population of {limits}; {found}.",
        "For the stated {token}, {number} deaths need a population of {limits}; {found}.",
        most,
        token=token,
        limits=formats.interval(lower, upper),
        found=found,
    )
