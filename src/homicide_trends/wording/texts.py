"""Sentences on what texts state: how many figures, which municipalities, which share."""

from typing import Any

import pandas as pd

from ..language import N_, _, ngettext, translated
from . import formats
from .words import listed

STATUSES = {
    "confirmed": N_("{number} confirmed"),
    "likely": N_("{number} likely"),
    "unconfirmed": N_("{number} unconfirmed"),
}


# What counts can be set beside, and of these what is compared with an earlier time.
CHANGES = ("percent_decline", "percent_increase", "averted_deaths")
CHECKABLE = (*CHANGES, "homicide_rate", "homicides", "daily_mean")


def unsaid(stated: pd.DataFrame) -> str:
    """What the figures that counts can check leave unsaid: compared with what, and for when.

    >>> unsaid(pd.DataFrame({"source_id": ["a", "a", "b"], "end": [None, "2011", None],
    ...     "measure": ["percent_decline", "homicide_rate", "duration"],
    ...     "start": [None, "2011", None], "baseline_start": None}))
    'Of the 3 figures in 2 texts, counts can check 2. The one that states a fall, a rise or \
averted deaths does not say what it is compared with. 1 of the 2 says for which time it holds.'
    """
    some = stated[stated["measure"].isin(CHECKABLE)]
    changes = some[some["measure"].isin(CHANGES)]
    compared = int(changes["baseline_start"].notna().sum())
    dated = int((some["start"].notna() & some["end"].notna()).sum())
    said = [
        _(
            "Of the {figures} in {texts}, counts can check {some}.",
            texts=ngettext("{number} text", "{number} texts", stated["source_id"].nunique()),
            figures=ngettext("{number} figure", "{number} figures", len(stated)),
            some=formats.number(len(some)),
        )
    ]
    if len(changes) and not compared:
        said.append(
            ngettext(
                "The one that states a fall, a rise or averted deaths does not say what it is "
                "compared with.",
                "None of the {number} that state a fall, a rise or averted deaths says what it is "
                "compared with.",
                len(changes),
            )
        )
    elif len(changes):
        said.append(
            _(
                "What it is compared with is said of {number} of the {changes} changes.",
                number=formats.number(compared),
                changes=formats.number(len(changes)),
            )
        )
    if len(some):
        said.append(
            ngettext(
                "{number} of the {some} says for which time it holds.",
                "{number} of the {some} say for which time they hold.",
                dated,
                some=formats.number(len(some)),
            )
            if dated
            else _("None says for which time it holds.")
        )
    return " ".join(said)


def stated_year(stated: pd.DataFrame, *, default: str) -> tuple[str, str]:
    """First and last day of the calendar year of the stated rate, or of the default date.

    >>> stated_year(pd.DataFrame({"start": []}), default="2012-03-01")
    ('2012-01-01', '2012-12-31')
    """
    dates = stated["start"].dropna()
    year = pd.Timestamp(dates.iloc[0] if len(dates) else default).year
    return f"{year}-01-01", f"{year}-12-31"


def declared(table: pd.DataFrame, name: str) -> str:
    """Share of municipalities beside share of people, both by the texts' own figures.

    The qualifier of a figure goes with its share. Where the shares rest on several texts, that
    is said.

    >>> declared(pd.DataFrame({"share": [4.2], "name": ["the 262 municipalities"],
    ...     "qualifier": [""], "publisher": ["Interpeace"], "sources": ["a"]}), "El Salvador")
    'By the figures of the texts, what was declared violence-free made up 4.2\xa0% of the 262 \
municipalities of El Salvador.'
    """
    if table.empty:
        return ""
    parts = [
        _(
            "{qualifier} {share} of {whole}",
            qualifier=translated(row["qualifier"]),
            share=formats.percent(row["share"]),
            whole=translated(row["name"]),
        )
        if row["qualifier"]
        else _(
            "{share} of {whole}",
            share=formats.percent(row["share"]),
            whole=translated(row["name"]),
        )
        for row in table.to_dict("records")
    ]
    text = _(
        "By the figures of the texts, what was declared violence-free made up {parts} of {name}.",
        parts=listed(parts),
        name=name,
    )
    texts = table["sources"].nunique()
    if texts == 1:
        return text
    return text + _(
        " This joins figures of {texts} texts, of {publishers}; whether they mean the same "
        "municipalities is not stated.",
        texts=formats.number(texts),
        publishers=listed(map(translated, table["publisher"])),
    )


def named(towns: pd.DataFrame, figures: pd.DataFrame, name: str) -> str:
    """How many municipalities sources name, by status, beside the stated number.

    >>> named(pd.DataFrame({"status": ["confirmed", "likely"]}),
    ...     pd.DataFrame({"measure": ["municipalities_violence_free"], "value": [11]}), "X")
    'The sources on file name 2 municipalities of X: 1 confirmed and 1 likely. The number stated \
is 11.'
    """
    if towns.empty:
        return ""
    stated = figures.loc[figures["measure"] == "municipalities_violence_free", "value"]
    counts = towns["status"].value_counts()
    text = ngettext(
        "The sources on file name {number} municipality of {name}: {statuses}.",
        "The sources on file name {number} municipalities of {name}: {statuses}.",
        len(towns),
        name=name,
        statuses=listed(
            translated(text).format(number=formats.number(counts[status]))
            for status, text in STATUSES.items()
            if status in counts
        ),
    )
    numbers = [formats.number(value) for value in stated.drop_duplicates()]
    if len(numbers) == 1:
        text += _(" The number stated is {number}.", number=numbers[0])
    elif numbers:
        text += _(" The numbers stated are {numbers}.", numbers=listed(numbers))
    return text


def local_counts(local: pd.DataFrame, towns: pd.DataFrame) -> str:
    """For how many of the named municipalities there are counts before and after anything.

    >>> local_counts(pd.DataFrame({"name": ["Apopa"]}), pd.DataFrame({"name": ["Apopa"]}))
    'Counts are on file for 1 municipality, of those named above Apopa.'
    """
    if local.empty:
        return ""
    both = sorted(set(local["name"]) & set(towns["name"]))
    several = ngettext("{number} municipality", "{number} municipalities", local["name"].nunique())
    if both:
        return _(
            "Counts are on file for {several}, of those named above {names}.",
            several=several,
            names=listed(both),
        )
    return _("Counts are on file for {several}, none named above.", several=several)


OFTEN = 0.05
"""Chance from which two counts are said not to tell a change from none."""


def slips(own: pd.DataFrame) -> str:
    """Which figures the other numbers of their own text exclude, and counts too small to tell.

    ``own`` has the columns of ``claims.own_numbers``; nothing is said of figures that agree.

    >>> slips(pd.DataFrame({"as_reported": ["13.0"], "own": ["900; 6,000,000"], "kind": ["rate"],
    ...     "low": [15.0], "high": [15.0], "agrees": [False], "p_exact": [float("nan")]}))
    '“13.0”: the other numbers of the same text (900; 6,000,000) give 15.0.'
    """
    said = [
        _(
            "\u201c{token}\u201d: the other numbers of the same text ({own}) give {range}.",
            token=row["as_reported"], own=row["own"], range=_given(row),
        )
        for row in own[~own["agrees"]].to_dict("records")
    ]  # fmt: skip
    said += [
        _(
            "From {before} to {after}: without any change, counts so far apart come in {exact} of "
            "100 cases (exact test; mid-P {mid}, E-test {e}).",
            before=formats.number(row["before"]), after=formats.number(row["after"]),
            exact=formats.number(100 * row["p_exact"]), mid=formats.number(100 * row["p_mid"]),
            e=formats.number(100 * row["p_e"]),
        )
        for row in own[own["p_exact"] > OFTEN].to_dict("records")
    ]  # fmt: skip
    return " ".join(said)


def _given(row: dict[Any, Any]) -> str:
    """What other numbers give, in the unit of the figure."""
    whole = row["kind"] in ("places", "periods")
    low, high = (formats.number(row[name], 0 if whole else 1) for name in ("low", "high"))
    unit = f"{formats.NBSP}%" if row["kind"] in ("share", "percent") else ""
    if row["high"] == float("inf"):
        return _("{number} or more", number=low)
    return (low if low == high else _("{low} to {high}", low=low, high=high)) + unit


def in_readers_words(own: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``claims.own_numbers`` with ``given`` and ``agreement`` as text.

    >>> own = pd.DataFrame([{"value": 40.0, "kind": "percent", "low": 41.0, "high": 42.2,
    ...     "agrees": False}])
    >>> row = in_readers_words(own).iloc[0]
    >>> row["given"].replace(formats.NBSP, " "), row["agreement"]
    ('41.0 to 42.2 %', 'excluded')
    """
    rows = own[own["value"].notna()] if len(own) else own
    return rows.assign(
        given=[_given(row) for row in rows.to_dict("records")],
        agreement=[_("agrees") if agrees else _("excluded") for agrees in rows["agrees"]],
    )


def agreement(own: pd.DataFrame) -> str:
    """Whether figures agree with the others of their text: how many can be asked, which do not.

    >>> agreement(pd.DataFrame()).partition(",")[0]
    'No text on file gives the counts or populations behind its own rates'
    """
    checked = own[own["value"].notna()] if len(own) else own
    if checked.empty:
        return _(
            "No text on file gives the counts or populations behind its own rates, changes and "
            "totals, so that none can be held against itself."
        )
    wrong = checked["figure_id"][~checked["agrees"]].nunique()
    said = ngettext(
        "{number} figure can be held against others of its text: {wrong} excluded by them.",
        "{number} figures can be held against others of their text: {wrong} excluded by them.",
        checked["figure_id"].nunique(),
        wrong=formats.number(wrong),
    )
    return " ".join(each for each in (said, slips(own)) if each)
