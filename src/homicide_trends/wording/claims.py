"""The verdict on a claim in two to nine words, and one sentence with its numbers.

Everything is made from the named values of a ``ClaimResult``; nothing is computed here, and no
sentence is written for one claim.
"""

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from ..claims.readings import Claim
from ..claims.result import (
    CANNOT_TELL,
    EVE,
    ONLY_IF,
    RIGHT,
    RIGHT_FOR,
    TOO_HIGH,
    TOO_LOW,
    YEAR_BEFORE,
    ClaimResult,
    Level,
    Missing,
    ReadingResult,
    Verdict,
)
from ..language import _, current, ngettext, translated
from ..series.counts import PREFERRED
from . import formats
from .words import listed

DECLINE, INCREASE, AVERTED = "percent_decline", "percent_increase", "averted_deaths"
PERCENTS = (DECLINE, INCREASE, "share", "annual_change")


def question(result: ClaimResult | Claim) -> str:
    """The claim as a question that people ask; the token where it has none.

    >>> from homicide_trends.claims import judge
    >>> question(judge.claim("deaths-prevented", limits=False))
    'Did the truce prevent 4,500 deaths?'
    """
    if current() == "es" and result.question_es:
        return result.question_es
    return result.question or f"\u201c{result.as_reported}\u201d"


def verdict(result: ClaimResult) -> str:
    """The verdict in a few words.

    >>> from homicide_trends.claims import judge
    >>> verdict(judge.claim("deaths-prevented", limits=False))
    'Only if the ten weeks before are normal'
    """
    first, second = result.first, result.second
    if second is None or result.combined == "same":
        return verdict_of(result.told, result.names)
    if result.combined == "first_unknown":
        return _("{verdict} for {scope}; not known for {other}",
                 verdict=verdict_of(second, result.names), scope=scope(second, result.names),
                 other=scope(first, result.names))  # fmt: skip
    told = verdict_of(first, result.names)
    if result.combined == "second_unknown":
        return told
    return _("{verdict}; {other} if meant {meaning}", verdict=told,
             other=_lower(verdict_of(second, result.names)),
             meaning=meaning(first, second, result.names))  # fmt: skip


def verdict_of(found: ReadingResult, names: Mapping[str, str]) -> str:
    """The verdict of one reading in a few words."""
    given = found.verdict
    if given.code == CANNOT_TELL:
        return _("Cannot be told")
    if given.code == RIGHT:
        return _("Right")
    if given.code == RIGHT_FOR:
        return _("Right for {parts}", parts=_names(given.parts, names))
    if given.code == ONLY_IF:
        return _only_if(given)
    if given.code in (TOO_HIGH, TOO_LOW):
        return _too(given, found.reading.measure)
    return {
        "baseline": _("Depends on what it is compared with"),
        "start": _("Depends on the day it is counted from"),
        "end": _("Depends on when the period ends"),
        "source": _("Depends on who counted"),
        "population": _("Depends on the population"),
        "method": _("Depends on the method"),
    }.get(given.axis, _("Depends on the part"))


def _too(given: Verdict, measure: str) -> str:
    high = given.code == TOO_HIGH
    if given.opposite:
        return _("No, it rose") if measure == DECLINE else _("No, it fell")
    if given.printed:
        return _("Too high when printed") if high else _("Too low when printed")
    if given.slightly:
        return _("Slightly too high") if high else _("Slightly too low")
    return _("Too high") if high else _("Too low")


def _only_if(given: Verdict) -> str:
    """Under which choice the claim is right."""
    one = given.levels[0] if len(given.levels) == 1 else None
    if one is not None and given.axis == "baseline":
        if one.key == EVE:
            return _("Only if {period} are normal", period=baseline(one))
        return _("Only if {period} is normal", period=baseline(one))
    said = listed(level_name(level) for level in given.levels)
    return {
        "baseline": _("Only if {levels} are normal", levels=said),
        "start": _("Only if counted from {levels}", levels=said),
        "end": _("Only for periods to {levels}", levels=said),
        "source": _("Only by the count of {levels}", levels=said),
        "population": _("Only with the population of {levels}", levels=said),
        "method": _("Only by {levels}", levels=said),
    }[given.axis]


def level_name(level: Level) -> str:
    """A level of an axis as people say it."""
    if level.axis == "baseline":
        return baseline(level)
    if level.axis == "start":
        return formats.day(pd.Timestamp(level.key))
    if level.axis == "end":
        return formats.period(pd.Timestamp(level.key).replace(day=1), pd.Timestamp(level.key))
    if level.axis == "method" and level.key == "plain":
        return _("a plain comparison of counts")
    if level.key == PREFERRED:
        return _("the preferred counts")
    return translated(level.key)


def baseline(level: Level) -> str:
    """A period of comparison in plain words.

    >>> eve = Level("baseline", EVE, pd.Timestamp("2012-01-01"), pd.Timestamp("2012-03-08"),
    ...     0.0, 0.0, 0.0, "out", 1, 13.2, 13.6, 0.0, 0.0)
    >>> baseline(eve)
    'the ten weeks before'
    """
    assert level.start is not None
    assert level.end is not None
    if level.key == EVE:
        weeks = round(((level.end - level.start).days + 1) / 7)
        words = {8: _("eight"), 9: _("nine"), 10: _("ten"), 11: _("eleven"), 12: _("twelve")}
        return _("the {weeks} weeks before", weeks=words.get(weeks, f"{weeks}"))
    if level.key == YEAR_BEFORE:
        return _("the year before")
    return formats.period(level.start, level.end)


def scope(found: ReadingResult, names: Mapping[str, str]) -> str:
    """Of what a reading speaks: a place, several, or a region."""
    reading = found.reading
    if reading.measure == "rank" and reading.compared_with:
        return translated(names.get(reading.compared_with, reading.compared_with))
    if len(reading.places) > 3:
        return _("these {number} places", number=formats.number(len(reading.places)))
    return _names(reading.places, names)


def meaning(first: ReadingResult, second: ReadingResult, names: Mapping[str, str]) -> str:
    """In what the second reading differs from the first."""
    one, other = first.reading, second.reading
    if one.per != other.per:
        return _("per inhabitant") if other.per == "inhabitant" else _("as numbers of deaths")
    if one.places != other.places or one.compared_with != other.compared_with:
        return _("of {scope}", scope=scope(second, names))
    if other.start is not None and other.end is not None:
        return _("of {period}", period=formats.period(other.start, other.end))
    return _("otherwise")


def _names(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return listed(translated(names.get(code, code)) for code in codes)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def sentence(result: ClaimResult) -> str:
    """One or two sentences with the numbers that decide.

    >>> from homicide_trends.claims import judge
    >>> text = sentence(judge.claim("rate-2011", limits=False))
    >>> text.partition(";")[0]
    '4,354 or 4,371 deaths among 6.22 million people give 70.0 to 70.3 per 100,000'
    """
    told = result.told
    parts = [_sentence_of(told, result)]
    if result.second is not None and told is result.first and told.verdict.code != RIGHT:
        parts.append(_second(result.second, result))
    if told.verdict.printed and told.verdict.until is not None:
        until = told.verdict.until
        parts.append(
            _("Right for periods ending until {month}.",
              month=formats.period(until.replace(day=1), until))
        )  # fmt: skip
    return " ".join(part for part in parts if part)


def _sentence_of(found: ReadingResult, result: ClaimResult) -> str:
    if found.verdict.code == CANNOT_TELL:
        assert found.verdict.missing is not None
        return _lacking(found.verdict.missing, found, result)
    if found.parts:
        return _by_parts(found, result)
    measure = found.reading.measure
    if measure in ("homicide_rate", "homicides", "daily_mean"):
        return _level_sentence(found)
    if measure == "rank":
        return _rank(found, result)
    if measure in ("municipalities_violence_free", "population_represented"):
        low, high = _low_high(found.axis("source"))
        return _("On file are {number}.", number=_span(low, high, 0))
    if measure == "annual_change":
        return _(
            "It changed by {change} a year on average, {period}.",
            change=amount(measure, *_low_high(found.axis("source"))),
            period=_period(found),
        )
    if measure == "share":
        return _(
            "It was {share} in {period}.",
            share=amount(measure, *_low_high(found.axis("source"))),
            period=_period(found),
        )
    return _change(found)


def _low_high(levels: Sequence[Level]) -> tuple[float, float]:
    voting = [level for level in levels if level.votes] or list(levels)
    return min(level.low for level in voting), max(level.high for level in voting)


def _period(found: ReadingResult) -> str:
    cells = found.cells[found.cells["votes"]]
    first = cells["baseline_start"].min() if found.reading.measure == "annual_change" else pd.NaT
    start = cells["start"].min() if pd.isna(first) else first
    return formats.period(start, cells["end"].max())


def _span(low: float, high: float, decimals: int) -> str:
    """A number, or two where they differ as they are written."""
    one, other = formats.number(low, decimals), formats.number(high, decimals)
    return one if one == other else _("{low} to {high}", low=one, high=other)


def amount(measure: str, low: float, high: float) -> str:
    """A range of estimates in the unit of the measure, as people write it.

    >>> amount("averted_deaths", 3713.3, 3857.6), amount("rate_ratio", 0.5, 0.52)
    ('3,700 to 3,900', '0.50 to 0.52')
    """
    if measure in PERCENTS:
        return _span(low, high, 0) + formats.NBSP + "%"
    if measure == AVERTED:
        size = max(abs(low), abs(high))
        unit = 10.0 ** max(0, math.floor(math.log10(size)) - 1) if size >= 1 else 1.0
        return _span(round(low / unit) * unit, round(high / unit) * unit, 0)
    return _span(low, high, {"homicides": 0, "rate_ratio": 2}.get(measure, 1))


def _change(found: ReadingResult) -> str:
    """How much was changed or averted, against each baseline that votes."""
    measure, ends = found.reading.measure, [each for each in found.axis("end") if each.votes]
    compared = sorted((each for each in found.axis("baseline") if each.votes),
                      key=lambda each: each.median)  # fmt: skip
    against = [_against(measure, level) for level in compared]
    last = pd.Timestamp(ends[-1].key)
    first = pd.Timestamp(ends[0].key)
    start = found.reading.start
    if len(ends) > 1:
        return _("Periods ending {first} to {last}: {amounts}.",
                 first=formats.month(first.month), last=_month(last),
                 amounts="; ".join(against))  # fmt: skip
    if start is not None:
        return _("{period}: {amounts}.", period=formats.period(start, last),
                 amounts="; ".join(against))  # fmt: skip
    text = _("To {month}: {amounts}.", month=_month(last), amounts="; ".join(against))
    year = found.values.get("above_all_after")
    if year is not None:
        rate = found.verdict.levels[0]
        said = _span(rate.rate_low, rate.rate_high, 1)
        text += " " + _(
            "A normal rate of {rate} a day is above every year on file after {year}.",
            rate=said,
            year=f"{year:.0f}",
        )
    if "early" in found.values:
        text += " " + _within(found)
    return text


def _within(found: ReadingResult) -> str:
    return _(
        "Within that time: {early} deaths in its first three months, {late} in the same months a "
        "year later.",
        early=formats.number(found.values["early"]),
        late=formats.number(found.values["late"]),
    )


def _against(measure: str, level: Level) -> str:
    """What one baseline gives."""
    period, low, high = baseline(level), level.low, level.high
    if measure == AVERTED:
        rough = level.shown_low < low or level.shown_high > high
        said = amount(measure, level.shown_low, level.shown_high)
        rate = _span(level.rate_low, level.rate_high, 1)
        if high < 0:
            return _("{number} more deaths than at the rate of {period} ({rate} a day)",
                     number=amount(measure, -high, -low), period=period, rate=rate)  # fmt: skip
        if rough:
            return _("some {number} fewer deaths than at the rate of {period} ({rate} a day)",
                     number=said, period=period, rate=rate)  # fmt: skip
        return _("{number} fewer deaths than at the rate of {period} ({rate} a day)",
                 number=said, period=period, rate=rate)  # fmt: skip
    if measure == "rate_ratio":
        return _("{ratio} times {period}", ratio=amount(measure, low, high), period=period)
    fell = measure == DECLINE
    if high < 0:
        low, high, fell = -high, -low, not fell
    said = amount(measure, low, high)
    if fell:
        return _("killings {percent} below {period}", percent=said, period=period)
    return _("killings {percent} above {period}", percent=said, period=period)


def _month(day: pd.Timestamp) -> str:
    return formats.period(day.replace(day=1), day)


def _level_sentence(found: ReadingResult) -> str:
    """A rate, a count or a daily mean, from the counts and populations that vote."""
    own = found.cells[found.cells["votes"]]
    deaths = sorted(set(own["deaths"]))
    counted = (
        _("{one} or {other} deaths", one=formats.number(deaths[0]),
          other=formats.number(deaths[1]))
        if len(deaths) == 2
        else ngettext("{number} death", "{number} deaths", deaths[0]) if len(deaths) == 1
        else _("{low} to {high} deaths", low=formats.number(deaths[0]),
               high=formats.number(deaths[-1]))
    )  # fmt: skip
    low, high = float(own["estimate"].min()), float(own["estimate"].max())
    if found.reading.measure == "homicides":
        return _("On file are {deaths}.", deaths=counted)
    if found.reading.measure == "daily_mean":
        return _("{deaths} are {mean} a day.", deaths=counted, mean=_span(low, high, 1))
    people = _span(own["time"].min() / 1e6, own["time"].max() / 1e6, 2)
    years = (own["end"].max() - own["start"].min()).days / 365.25
    said = {"deaths": counted, "rate": _span(low, high, 1), "people": people}
    text = (
        _("{deaths} among {people} million people give {rate} per 100,000", **said)
        if years < 1.1
        else _("{deaths} in {people} million person-years give {rate} per 100,000 a year", **said)
    )
    later = [level for level in found.axis("population") if not level.votes]
    if later:
        text += _("; on the population as known today it is {rate}",
                  rate=_span(later[-1].low, later[-1].high, 1))  # fmt: skip
    return text + "."


def _rank(found: ReadingResult, result: ClaimResult) -> str:
    values = found.values
    return _(
        "Rank {ranks} of {number} in {scope}, {period}.",
        ranks=_span(values["best"], values["worst"], 0),
        number=_span(values["whole"], values["whole_most"], 0),
        scope=scope(found, result.names),
        period=_period(found),
    )


def _by_parts(found: ReadingResult, result: ClaimResult) -> str:
    """What each part gives, alone."""
    said = []
    for part, each in found.parts.items():
        name = translated(result.names.get(part, part))
        if each.verdict.code == CANNOT_TELL:
            said.append(_("{name}: not known", name=name))
            continue
        value, measure = each.values["main"], each.reading.measure
        if measure == DECLINE:
            value = -value
        if measure in (DECLINE, INCREASE):
            sign = "+" if value > 0 else ""
            said.append(f"{name} {sign}{formats.percent(value, 0)}")
        else:
            said.append(f"{name} {amount(measure, value, value)}")
    first = next(iter(found.parts.values())).reading
    if first.baseline is not None and first.start is not None and first.end is not None:
        when = _("{before} to {after}", before=formats.period(*first.baseline),
                 after=formats.period(first.start, first.end))  # fmt: skip
        return f"{when}: {'; '.join(said)}."
    return f"{'; '.join(said)}."


def _second(found: ReadingResult, result: ClaimResult) -> str:
    """What the second reading gives."""
    if found.verdict.code == CANNOT_TELL or found.reading.start is None:
        return ""
    return _sentence_of(found, result)


def _lacking(missing: Missing, found: ReadingResult, result: ClaimResult) -> str:
    """Which datum is missing."""
    places = (
        _("these {number} places", number=len(missing.places))
        if len(missing.places) > 3
        else _names(missing.places, result.names)
    )
    when = (
        formats.period(missing.start, missing.end)
        if missing.start is not None and missing.end is not None
        else ""
    )
    if missing.kind == "list":
        return _(
            "{number} are confirmed on file and {likely} likely; nothing on file contradicts "
            "{token}; the full list is missing.",
            number=missing.number, likely=missing.likely, token=f"\u201c{result.as_reported}\u201d",
        )  # fmt: skip
    if missing.kind == "ranking":
        return _("Counts of the other places in {region} are not on file.", region=places)
    if missing.kind == "population":
        return _("The population of {places} is not on file.", places=places)
    if missing.kind == "event":
        return _("No event of {places} on file has the role of an intervention.", places=places)
    if missing.kind == "period":
        return _("The claim names no period, and none is on file for it.")
    if missing.kind == "method":
        return _("What the method of the claim needs is not on file.")
    if missing.kind == "measure":
        return _("No table holds what the claim measures.")
    if when:
        return _("No counts of {places} are on file for {period}.", places=places, period=when)
    return _("No counts of {places} are on file.", places=places)
