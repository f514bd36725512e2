"""What sentences are put together from: lists, quotations, intervals, counts with their noun."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ..language import N_, _, current, ngettext, translated
from ..series.periods import are_years
from . import formats

Row = Mapping[Any, Any]
SERIES = {
    "WPP2024": N_("the UN (2024)"),
    "WPP2019": N_("the UN (2019)"),
    "CELADE": N_("CELADE"),
    "CENSUS": N_("interpolated censuses"),
    "UNNAMED-2012": N_("an estimate printed in 2012"),
}

# Spanish writes e for y before the sound i: not before hi- that begins a diphthong (hierro).
_SOUNDS_LIKE_I = re.compile(r"\W*(i|\u00ed|hi(?![aeo]))", re.IGNORECASE)


def row_of(result: pd.DataFrame) -> pd.Series:
    """The only row of a result; raises ValueError unless it has one."""
    if len(result) != 1:
        raise ValueError(
            _("a sentence needs a result of one row; this one has {rows}", rows=len(result))
        )
    return result.iloc[0]


def level_of(conf: float) -> str:
    """A confidence level as a percentage.

    >>> level_of(0.95) == "95" + formats.NBSP + "%"
    True
    """
    return f"{100 * conf:.10g}{formats.NBSP}%"


def listed(items: Iterable[object]) -> str:
    """``a, b and c``, each once.

    >>> listed(["a", "b", "c", "a"])
    'a, b and c'
    """
    words = list(dict.fromkeys(str(item) for item in items))
    if len(words) < 2:
        return "".join(words)
    first, last = ", ".join(words[:-1]), words[-1]
    if _SOUNDS_LIKE_I.match(last):
        # Translators: the last item begins with the sound of the Spanish letter i.
        return _("{first} and {i_word}", first=first, i_word=last)
    return _("{first} and {last}", first=first, last=last)


def quoted(tokens: Iterable[object]) -> str:
    """Tokens of a text in quotation marks, each once.

    >>> quoted(["nearly 60%", "about sixty percent", "nearly 60%"])
    '\u201cnearly 60%\u201d and \u201cabout sixty percent\u201d'
    """
    return listed(quotation(str(token)) for token in tokens)


def quotation(token: str, said: str = "") -> str:
    """A token as printed, in quotation marks; in Spanish what it says, and the original beside it.

    ``said`` is that in words of ours, where there are some: a token is English or Spanish.
    """
    printed = f"\u201c{token}\u201d"
    if current() != "es":
        return printed
    if not any(each.isalpha() for each in token):
        return f"\u00ab{token}\u00bb"
    said = said or translated(token)
    return f"\u00ab{said}\u00bb ({printed})" if said != token else printed


def stated(value: float, qualifier: str, measure: str) -> str:
    """A stated value in words of ours: ``nearly 60 %``, ``4,500``; empty without a number.

    >>> stated(60, "nearly", "percent_decline") == f"nearly 60{formats.NBSP}%"
    True
    """
    if pd.isna(value):
        return ""
    decimals = 0 if float(value).is_integer() else 1
    percent = measure in ("percent_decline", "percent_increase", "share", "annual_change")
    number = (formats.percent if percent else formats.number)(value, decimals)
    if not qualifier:
        return number
    return _("{qualifier} {number}", qualifier=translated(qualifier), number=number)


def population(series: str) -> str:
    """A series of ``population.csv`` as people know it; the name of one's own as it is.

    >>> population("WPP2024"), population("mine")
    ('the UN (2024)', 'mine')
    """
    return translated(SERIES.get(series, series))


def variant(row: Row) -> str:
    """A count and the population that it is divided by.

    >>> variant({"deaths": 4371.0, "population_series": "WPP2024"})
    '4,371, population: the UN (2024)'
    """
    return _("{deaths}, population: {population}", deaths=formats.number(row["deaths"]),
             population=population(str(row["population_series"])))  # fmt: skip


def as_said(figures: pd.DataFrame) -> pd.Series:
    """Tokens of texts as the reader's language has them, in Spanish with the original beside.

    ``figures`` has ``as_reported``, and the ``qualifier, value, measure`` that it stands for.

    >>> as_said(pd.DataFrame({"as_reported": ["nearly 60%"]})).tolist()
    ['nearly 60%']
    """
    if current() == "en" or not {"qualifier", "measure"} <= set(figures):
        return figures["as_reported"]
    rows = figures[["as_reported", "value", "qualifier", "measure"]].itertuples(index=False)
    said = [
        (token, stated(*about) if any(map(str.isalpha, token)) else "") for token, *about in rows
    ]
    both = [f"{words} (\u201c{token}\u201d)" if words else token for token, words in said]
    return pd.Series(both, figures.index, dtype=str)


def quoted_figures(figures: pd.DataFrame) -> str:
    """Tokens of texts in quotation marks, each once, in Spanish with what they say before them."""
    known = {"qualifier", "measure"} <= set(figures)
    return listed(
        quotation(row["as_reported"],
                  stated(row["value"], row["qualifier"], row["measure"]) if known else "")
        for row in figures.to_dict("records")
    )  # fmt: skip


NAMES = (
    N_("Organization of American States"),
    N_("World Bank"),
    N_("World Health Organization"),
    N_("United Nations"),
    N_("WPP2024"),
    N_("WPP2019"),
    N_("CENSUS"),
    N_("UNNAMED-2012"),
)
"""Names and codes in the tables that a Spanish page prints as papers do."""


def deaths(number: float) -> str:
    """How many deaths.

    >>> deaths(4371), deaths(1)
    ('4,371 deaths', '1 death')
    """
    return ngettext("{number} death", "{number} deaths", number)


def periods(rows: pd.DataFrame) -> str:
    """How many months, or years, a table has rows of.

    >>> periods(pd.DataFrame({"start": ["2012-01-01"], "end": ["2012-12-31"]}))
    '1 year'
    """
    if are_years(rows):
        return ngettext("{number} year", "{number} years", len(rows))
    return ngettext("{number} month", "{number} months", len(rows))


def each_period(rows: pd.DataFrame) -> str:
    """How often a table has a row: each month, or each year."""
    return _("a year") if are_years(rows) else _("a month")


def confidence(row: Row, quantity: str, decimals: int, *, percent: bool = False) -> str:
    """The confidence interval of a quantity, with its level.

    >>> row = {"rate_ratio_lower": 0.474, "rate_ratio_upper": 0.565, "rate_ratio_conf": 0.95}
    >>> confidence(row, "rate_ratio", 2).replace(formats.NBSP, " ")
    '95 % confidence interval 0.47 to 0.56'
    """
    limits = _limits(row, quantity, decimals) + f"{formats.NBSP}%" * percent
    level = level_of(row[f"{quantity}_conf"])
    return _("{level} confidence interval {limits}", level=level, limits=limits)


def prediction(row: Row, quantity: str) -> str:
    """The prediction interval of a count, with its level.

    >>> row = {"averted_lower": 3363.0, "averted_upper": 4608.0, "averted_conf": 0.95}
    >>> prediction(row, "averted").replace(formats.NBSP, " ")
    '95 % prediction interval 3,363 to 4,608'
    """
    return _(
        "{level} prediction interval {limits}",
        level=level_of(row[f"{quantity}_conf"]),
        limits=_limits(row, quantity, 0),
    )


def _limits(row: Row, quantity: str, decimals: int) -> str:
    return formats.interval(row[f"{quantity}_lower"], row[f"{quantity}_upper"], decimals)


def inside(name: str) -> str:
    """A name as it stands inside a sentence.

    >>> inside("Step without trend")
    'step without trend'
    """
    return name[:1].lower() + name[1:]
