"""What a claim and what it is compared with are called: tokens, places, baselines, numbers."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ...claims.result import (
    EVE,
    OTHERS_COURSE,
    WEIGHTED_OTHERS,
    YEAR_BEFORE,
    Claim,
    ClaimResult,
    Level,
    ReadingResult,
)
from ...language import N_, _, current, pgettext, translated
from .. import formats
from ..words import listed, population, quotation
from ..words import stated as value_in_words

CHANGES = ("percent_decline", "percent_increase")
AVERTED = "averted_deaths"
PERCENT = (*CHANGES, "share", "annual_change")
RATES = ("homicide_rate", "homicides", "daily_mean")
AGENCIES = {
    "preferred": N_("several offices in turn"),
    "PNC": N_("the police"),
    "IML": N_("the forensic institute"),
    "MJSP": N_("the ministry"),
    "UNODC": N_("the UN"),
    "compilation": N_("a compilation"),
    "tripartite": N_("the reconciled count"),
}
_SMALL = (
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
    N_("eleven"),
    N_("twelve"),
)


def question(result: Claim) -> str:
    """The question that the claim answers, in the language in force; of a bare figure, made."""
    asked = result.question_es if current() == "es" else result.question
    asked = asked or result.question
    if asked:
        return asked
    if isinstance(result, ClaimResult):
        return _("Is {token} true?", token=token(result))
    return f"\u201c{result.as_reported}\u201d"


def token(result: ClaimResult) -> str:
    """The words as printed, in quotation marks; in Spanish with the original beside them."""
    words = result.told.reading.words.get("token") or result.first.reading.words.get("token")
    return quotation(words or result.as_reported, stated(result))


def stated(result: ClaimResult) -> str:
    """The stated value in words of ours: ``nearly 60 %``, ``4,500``; empty without a number."""
    return value_in_words(result.value, result.qualifier, result.first.reading.measure)


def number(result: ClaimResult) -> str:
    """The stated number alone, with its sign of percent; empty without one."""
    return value_in_words(result.value, "", result.first.reading.measure)


def said_by(result: ClaimResult) -> str:
    """Who said it, and when."""
    when = formats.written_date(result.date) if result.date else _("undated")
    return _("{who}, {date}", who=translated(result.who), date=when)


def in_words(count: int) -> str:
    """A small number as a word.

    >>> in_words(10), in_words(14)
    ('ten', '14')
    """
    return translated(_SMALL[count - 1]) if 0 < count <= len(_SMALL) else formats.number(count)


def baseline(level: Level) -> str:
    """A comparison in a reader's words: ``the ten weeks before``, ``the year before``, ``2011``."""
    if level.key == YEAR_BEFORE:
        return _("the year before")
    if level.key == WEIGHTED_OTHERS:
        return _("a weighted mean of other places")
    if level.key == OTHERS_COURSE:
        return _("a course like that of the other places")
    if level.start is None or level.end is None:
        return level.key
    if level.key != EVE:
        return formats.period(level.start, level.end)
    days = (level.end - level.start).days + 1
    if days <= 100:
        return _("the {number} weeks before", number=in_words(round(days / 7)))
    return _("the {number} months before", number=in_words(round(days / 30.4)))


def level_name(level: Level) -> str:
    """Any level in a reader's words."""
    if level.axis == "baseline":
        return baseline(level)
    if level.axis in ("start", "end"):
        return formats.long_day(pd.Timestamp(level.key))
    if level.axis == "population":
        return population(level.key)
    if level.axis == "source":
        return agency(level.key)
    return translated(level.key)


def agency(key: str) -> str:
    """Who counted, in a reader's words; several that reported one count are joined.

    >>> agency("PNC"), agency("PNC; tripartite")
    ('the police', 'the police and the reconciled count')
    """
    parts = [part.strip() for part in key.replace(";", ",").split(",")]
    return listed(_agency(part) for part in parts)


def _agency(key: str) -> str:
    name, dash, year = key.partition("-")
    if name == "UNODC" and dash:
        return _("the UN ({year})", year=year)
    return translated(AGENCIES.get(key, key))


def places(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Places in words: a name, several, or ``the towns``.

    >>> places(["SLV"], {"SLV": "El Salvador"}), places(["SLV-a", "SLV-b", "SLV-c", "SLV-d"], {})
    ('El Salvador', 'the towns')
    """
    if len(codes) > 3:
        return _("the towns") if towns(codes) else _("the places named")
    return listed(place(code, names) for code in codes)


def place(code: str, names: Mapping[str, str]) -> str:
    """The name of a place or region."""
    return translated(names.get(code, code))


def part(key: str, names: Mapping[str, str]) -> str:
    """A part of a claim: a place or a year."""
    return key if key.isdigit() else place(key, names)


def towns(codes: Sequence[str]) -> bool:
    """Whether all codes are those of towns, which begin with their country's."""
    return all("-" in code for code in codes)


def between(
    low: float, high: float, *, decimals: int = 0, unit: str = "", dash: bool = False
) -> str:
    """A range as a sentence holds it; one number where both are the same when rounded.

    With ``dash`` it is short, for tables and cards, unless a number is negative.

    >>> between(57.6, 61.8), between(54.3, 54.34), between(57.6, 61.8, dash=True)
    ('58 to 62', '54', '58\u201362')
    """
    first, last = formats.number(low, decimals), formats.number(high, decimals)
    if first == last:
        return first + unit
    if dash and low >= 0:
        return f"{first}\u2013{last}{unit}"
    return pgettext("range", "{low} to {high}", low=first, high=last) + unit


def amount(measure: str, low: float, high: float, *, dash: bool = False) -> str:
    """A range of estimates in the unit of a measure.

    >>> amount("percent_decline", 48.0, 50.2) == f"48 to 50{formats.NBSP}%"
    True
    """
    if measure == AVERTED:
        low, high = rounded_deaths(low), rounded_deaths(high)
    whole = measure in (*CHANGES, AVERTED, "homicides", "population_represented")
    unit = f"{formats.NBSP}%" if measure in PERCENT else ""
    return between(low, high, decimals=0 if whole else 1, unit=unit, dash=dash)


def given(found: ReadingResult, *, dash: bool = False) -> str:
    """What the comparisons that vote give, from the least to the most."""
    estimates = found.voting["estimate"]
    return amount(found.reading.measure, estimates.min(), estimates.max(), dash=dash)


def rounded_deaths(number: float) -> float:
    """Deaths to two leading digits: what a total of this kind can bear.

    >>> rounded_deaths(3857.6), rounded_deaths(512.0), rounded_deaths(41.0)
    (3900.0, 510.0, 41.0)
    """
    size = abs(number)
    step = 100 if size >= 1000 else 10 if size >= 100 else 1
    return float(round(number / step) * step)


def rate(level: Level, *, dash: bool = False) -> str:
    """Deaths a day of a baseline."""
    return between(level.rate_low, level.rate_high, decimals=1, dash=dash)


def contracted(text: str) -> str:
    """Spanish joins a preposition and its article: del, al.

    >>> contracted("the rate of the year before")
    'the rate of the year before'
    """
    if current() != "es":
        return text
    for apart, joined in ((" de el ", " del "), (" a el ", " al ")):
        text = text.replace(apart, joined)
    return text
