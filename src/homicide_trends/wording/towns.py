"""Sentences on municipalities: did a town get safer, who lives where, what is missing."""

import pandas as pd

from ..language import _, ngettext
from ..methods.two_way import TwoWay
from . import formats
from .words import level_of, listed


def safer(compared: TwoWay | None, years: pd.DataFrame, where: str) -> str:
    """Whether the declared municipalities got safer than the others, or what would be needed.

    ``years`` has the rows of ``series.town_years``, ``compared`` the comparison where there is one.

    >>> safer(None, pd.DataFrame({"place": []}), "X").split(":")[0]
    'Whether a town of X got safer cannot be told from the counts on file'
    """
    if compared is None:
        several = ngettext("{number} municipality", "{number} municipalities",
                           int(years["place"].nunique()))  # fmt: skip
        return _(
            "Whether a town of {where} got safer cannot be told from the counts on file: deaths of "
            "whole years are on file for {several} alone. Needed are those of every municipality, "
            "year by year, from before and after the declarations.",
            where=where,
            several=several,
        )
    percent, lower, upper = compared.percent
    said = {
        "where": where,
        "number": formats.number(compared.marked),
        "others": formats.number(compared.others),
        "percent": formats.percent(abs(percent), 0),
        "level": level_of(compared.conf),
        "limits": formats.interval(lower, upper, 0) + f"{formats.NBSP}%",
    }
    if lower <= 0 <= upper:
        return _(
            "Whether the {number} declared towns of {where} got safer than the {others} others "
            "cannot be told: these counts allow a difference of {limits} ({level} confidence "
            "interval).",
            **said,
        )
    if percent < 0:
        return _(
            "In {number} declared municipalities of {where} homicides fell by {percent} more than "
            "in the {others} others ({level} confidence interval {limits}).",
            **said,
        )
    return _(
        "In {number} declared municipalities of {where} homicides rose by {percent} against the "
        "{others} others ({level} confidence interval {limits}).",
        **said,
    )


def change_of_groups(compared: TwoWay | None) -> pd.DataFrame:
    """The deaths of both groups before and after, as a table; no rows without a comparison.

    >>> change_of_groups(None).empty
    True
    """
    if compared is None:
        return pd.DataFrame(columns=["name", "baseline_deaths", "deaths"])
    return pd.DataFrame({
        "name": [_("declared municipalities"), _("other municipalities")],
        "baseline_deaths": [compared.marked_before, compared.others_before],
        "deaths": [compared.marked_after, compared.others_after],
    })  # fmt: skip


def missing_counts(place: str) -> str:
    """Where the counts that are missing are public, and how they come in.

    >>> missing_counts("HND")
    'Who has such a file adds it with homicide-trends import FILE --place-column NAME.'
    """
    how = _("Who has such a file adds it with homicide-trends import FILE --place-column NAME.")
    if place != "SLV":
        return how
    known = _(
        "Homicides of every municipality are public for 2002 to 2021 in the supplement S1 of doi "
        "10.1371/journal.pone.0330215 and in the Flourish visualisation 6005450."
    )
    return f"{known} {how}"


def people_of_the_named(people: pd.DataFrame, ranked: pd.DataFrame, where: str) -> str:
    """How many people live in the named municipalities, and how many of the largest they are.

    ``people`` has the rows of ``series.people_of``, ``ranked`` those of ``series.ranked_towns``.
    """
    if people.empty or ranked.empty:
        return ""
    unknown = people.loc[people["population"].isna(), "name"]
    most = len(people)
    largest = ranked.head(most)
    here = largest.loc[largest["place"].isin(people["place"]), "name"]
    text = _(
        "The municipalities that sources name had {people} people at the census; {number} of them "
        "are among the {most} largest of {where}: {names}.",
        people=formats.number(people["population"].sum()),
        number=formats.number(len(here)),
        most=formats.number(most),
        where=where,
        names=listed(here),
    )
    if len(unknown):
        text += " " + _("Not counted in: {names}, of which the census is not known.",
                        names=listed(unknown))  # fmt: skip
    return text


def map_title(people: pd.DataFrame) -> str:
    """How many people live in the named municipalities, as the title of their map.

    >>> map_title(pd.DataFrame({"name": ["Apopa", "Ilopango"], "population": [131_286, 103_862]}))
    '2 named towns with 235,148 people at the census'
    """
    known = people["population"].sum() if len(people) else 0
    return ngettext("{number} named town with {people} people at the census",
                    "{number} named towns with {people} people at the census",
                    len(people), people=formats.number(known))  # fmt: skip


def map_alt(ranked: pd.DataFrame, towns: pd.DataFrame, where: str) -> str:
    """The map of the municipalities in words."""
    if ranked.empty:
        return _("No municipality of {where} is on file.", where=where)
    return _(
        "{number} municipalities of {where} as dots at their centres, sized by people; marked "
        "are {names}.",
        number=formats.number(len(ranked)),
        where=where,
        names=listed(towns["name"]),
    )
