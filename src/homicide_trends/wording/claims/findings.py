"""The one sentence with numbers that stands beside a verdict, or what is missing."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ...claims.result import (
    CANNOT_TELL,
    GIVES,
    NEAR,
    OUT,
    YEAR_BEFORE,
    ClaimResult,
    Level,
    Missing,
    Reading,
    ReadingResult,
)
from ...language import _, pgettext
from .. import formats
from ..texts import slips
from ..words import listed
from .names import (
    AVERTED,
    CHANGES,
    RATES,
    amount,
    baseline,
    between,
    contracted,
    given,
    in_words,
    level_name,
    part,
    places,
    rate,
)


def sentence(result: ClaimResult, *, brief: bool = False) -> str:
    """The one sentence with numbers, made of whole messages; ``brief`` leaves rates a day out.

    What was right earlier, and what a second reading gives, follow in a sentence of their own.
    """
    told = result.told
    said = [_found(result, told, brief)]
    second = result.second
    if (
        second is not None
        and result.combined in ("same", "otherwise")
        and second.reading.start not in (None, told.reading.start)
    ):
        said.append(
            _(
                "{when} alone: {range}.",
                when=_during(second.reading),
                range=given(second, dash=True),
            )
            if brief
            else _found(result, second, brief)
        )
    if told.verdict.printed and told.verdict.until is not None:
        until = formats.long_month(told.verdict.until)
        said.append(
            _("Right until {until}.", until=until)
            if brief
            else _("Right for periods that end until {until}.", until=until)
        )
    if "above_all_from" in told.values and not brief:
        first, last = (f"{told.values[name]:.0f}" for name in ("above_all_from", "above_all_to"))
        said.append(_("No year from {first} to {last} had as many a day.", first=first, last=last))
    if {"early", "late"} <= set(told.values):
        said.append(_within(told))
    # A weighted mean that has as many places to choose from as periods to follow.
    many = told.values.get("others", 0.0) >= told.values.get("times", float("inf"))
    if told.reading.method == "synthetic_control" and not brief and many:
        said.append(
            _(
                "{others} other places were fitted to {times} periods: so many can be made to "
                "follow almost any course.",
                others=formats.number(told.values["others"]),
                times=formats.number(told.values["times"]),
            )
        )
    return contracted(" ".join(each for each in said if each))


def _found(result: ClaimResult, told: ReadingResult, brief: bool) -> str:
    measure = told.reading.measure
    if told.verdict.code == CANNOT_TELL:
        return missing(result, told, brief=brief)
    if told.parts:
        return _by_parts(told, result.names)
    if measure in CHANGES:
        return _change(told, brief)
    if measure == AVERTED:
        return _averted(told, brief)
    if measure in RATES:
        return _level(told, brief)
    if measure == "rank":
        return _rank(told)
    return _("The counts on file give {range}.", range=given(told))


def voting(told: ReadingResult, axis: str = "baseline") -> list[Level]:
    """The levels of an axis that vote; baselines from the longest ago to the nearest."""
    levels = [level for level in told.axis(axis) if level.votes]
    if axis != "baseline":
        return levels
    return sorted(levels, key=lambda level: (level.start or pd.Timestamp.min, level.key))


def when(told: ReadingResult, *, brief: bool = False) -> str:
    """The period of a change, as the beginning of a sentence."""
    reading = told.reading
    ends = sorted(pd.Timestamp(level.key) for level in voting(told, "end"))
    if reading.end_rule == "immediate" and len(ends) > 1 and brief:
        return _(
            "To the end of any month from {first} to {last}",
            first=formats.long_month_of(ends[0], ends[-1]),
            last=formats.long_month(ends[-1]),
        )
    if reading.end_rule == "immediate" and len(ends) > 1:
        return _(
            "Counted to the end of any month from {first} to {last}",
            first=formats.long_month_of(ends[0], ends[-1]),
            last=formats.long_month(ends[-1]),
        )
    if reading.end_rule in ("since", "immediate") or reading.start is None:
        last = ends[-1] if ends else reading.end
        return _("To {end}", end=formats.long_month(last)) if last is not None else ""
    return _during(reading)


def _during(reading: Reading) -> str:
    """A stated period as the beginning of a sentence: ``In 2012``, ``From July to May 2013``."""
    start, end = reading.start, reading.end
    whole = whole_period(reading)
    if (
        start is None
        or end is None
        or whole in (str(start.year), formats.long_month(start), formats.long_day(start))
    ):
        return _("In {period}", period=whole)
    return _("From {period}", period=whole)


def whole_period(reading: Reading) -> str:
    """The days of a reading, or that it is of the whole period."""
    start, end = reading.start, reading.end
    if start is None or end is None:
        return _("the whole period")
    return formats.long_period(start, end)


def _change(told: ReadingResult, brief: bool) -> str:
    rising = told.reading.measure == "percent_increase"
    per_head = told.reading.per == "inhabitant"
    said = []
    for number, level in enumerate(voting(told)):
        fall = (-level.high, -level.low) if rising else (level.low, level.high)
        how = "rate" if per_head else "next" if number else ""
        said.append(_below(fall, _dated(level, brief), how, brief))
    if not said:
        return _("The counts on file give {range}.", range=given(told))
    if per_head:
        return _(
            "{when} the homicide rate was {comparisons}.", when=when(told), comparisons=listed(said)
        )
    if brief:
        return _(
            "{when}: killings {comparisons}.", when=when(told, brief=True), comparisons=listed(said)
        )
    return _("{when} killings were {comparisons}.", when=when(told), comparisons=listed(said))


def _dated(level: Level, brief: bool) -> str:
    """A comparison whose year is said: beside a later period, "the year before" is another one."""
    if level.key == YEAR_BEFORE and level.end is not None and not brief:
        after = level.end + pd.Timedelta(days=1)
        return _("the year before {month}", month=formats.long_month(after))
    return baseline(level)


def _below(fall: tuple[float, float], than: str, how: str, dash: bool = False) -> str:
    """By how much deaths were below, or above, a baseline."""
    low, high = fall
    below = low >= -0.5 and high >= 0
    if not below and high > 0.5:
        return _(
            "between {fall} below and {rise} above {baseline}",
            fall=formats.percent(high, 0),
            rise=formats.percent(-low, 0),
            baseline=than,
        )
    ends = (max(low, 0), high) if below else (max(-high, 0), -low)
    values = {"range": amount("percent_decline", *ends, dash=dash), "baseline": than}
    return {
        ("", True): _("{range} below {baseline}", **values),
        ("", False): _("{range} above {baseline}", **values),
        ("next", True): pgettext("next", "{range} below {baseline}", **values),
        ("next", False): pgettext("next", "{range} above {baseline}", **values),
        ("rate", True): pgettext("rate", "{range} below {baseline}", **values),
        ("rate", False): pgettext("rate", "{range} above {baseline}", **values),
    }[how, below]


def _averted(told: ReadingResult, brief: bool) -> str:
    said = []
    for number, level in enumerate(voting(told)):
        low, high = level.shown_low, level.shown_high
        more = high <= 0
        low, high = (-high, -low) if more else (low, high)
        fewer = amount(AVERTED, low, high, dash=brief)
        values = {"range": fewer, "baseline": _dated(level, brief), "rate": rate(level)}
        if more:
            said.append(_("{range} more than at the rate of {baseline}", **values))
        elif number and brief:
            said.append(_("{range} fewer than at that of {baseline}", **values))
        elif brief:
            said.append(_("{range} fewer killings than at the rate of {baseline}", **values))
        elif number:
            said.append(_("{range} fewer than at that of {baseline} ({rate} a day)", **values))
        else:
            said.append(
                _("{range} fewer killings than at the rate of {baseline} ({rate} a day)", **values)
            )
    end = told.reading.end
    until = formats.long_month(end) if end is not None else ""
    if brief:
        return _("To {end}: {comparisons}.", end=until, comparisons=listed(said))
    return _(
        "By the end of {end} there had been {comparisons}.", end=until, comparisons=listed(said)
    )


def _level(told: ReadingResult, brief: bool) -> str:
    """A count, a daily mean or a rate: what is given, and with which population."""
    groups = [level for level in told.axis("population") if level.key]
    if not groups:
        return _("The counts on file give {range}.", range=given(told))
    deaths = sorted(set(told.cells["deaths"]))
    counted = between(deaths[0], deaths[-1])
    if len(deaths) == 2:
        counted = _(
            "{one} or {other}", one=formats.number(deaths[0]), other=formats.number(deaths[1])
        )
    said = []
    shown = [each for each in groups if each.votes or each.state != OUT or not brief]
    for number, same in enumerate(_alike(shown)):
        low, high = min(x.shown_low for x in same), max(x.shown_high for x in same)
        rates = between(low, high, decimals=1, dash=brief)
        named = listed(level_name(level) for level in same)
        said.append(
            _("{range} with that of {population}", range=rates, population=named)
            if number
            else _("{range} with the population of {population}", range=rates, population=named)
        )
    return _("{deaths} deaths give {results}.", deaths=counted, results="; ".join(said))


def _alike(levels: Sequence[Level]) -> list[list[Level]]:
    """Populations that agree together: what gives first, then near, then out."""
    by_state: dict[str, list[Level]] = {}
    for level in sorted(levels, key=lambda level: level.median):
        by_state.setdefault(level.state, []).append(level)
    order = [GIVES, NEAR, OUT]
    return [by_state[state] for state in order if state in by_state]


def _rank(told: ReadingResult) -> str:
    values = told.values
    few, many = values.get("whole", 0), values.get("whole_most", values.get("whole", 0))
    ranks = between(values.get("best", float("nan")), values.get("worst", float("nan")), dash=True)
    return _(
        "It ranked {ranks} among the {number} countries with counts on file, in {period}.",
        ranks=ranks,
        number=between(few, many, dash=True),
        period=whole_period(told.reading),
    )


def _by_parts(told: ReadingResult, names: Mapping[str, str]) -> str:
    """Each part with its own numbers."""
    said = []
    for key, result in told.parts.items():
        estimates = result.voting["estimate"]
        if not len(estimates):
            said.append(_("{part} not known", part=part(key, names)))
            continue
        if told.reading.measure == "percent_decline":
            estimates = -estimates
        changed = told.reading.measure in CHANGES
        range_ = _signed(estimates.min(), estimates.max()) if changed else given(result)
        said.append(_("{part} {range}", part=part(key, names), range=range_))
    return _("{period}: {parts}.", period=_compared_period(told), parts="; ".join(said))


def _compared_period(told: ReadingResult) -> str:
    reading = told.reading
    if reading.baseline is not None and reading.start is not None and reading.end is not None:
        return _(
            "From {first} to {last}",
            first=formats.long_period(*reading.baseline),
            last=formats.long_period(reading.start, reading.end),
        )
    return _during(reading)


def _signed(low: float, high: float) -> str:
    """A change with its sign: +16 %, or -6 to -9 %."""
    first, last = (low, high) if abs(low) <= abs(high) else (high, low)
    signs = [("+" if round(value) > 0 else "") + formats.number(value) for value in (first, last)]
    if signs[0] == signs[1]:
        return f"{signs[0]}{formats.NBSP}%"
    return pgettext("signed", "{low} to {high}", low=signs[0], high=signs[1]) + f"{formats.NBSP}%"


def _within(told: ReadingResult) -> str:
    """Of a decline said of a time: its first three months, and the same a year later."""
    start = told.reading.start
    assert start is not None
    early, late = told.values["early"], told.values["late"]
    period = formats.long_period(start, start + pd.DateOffset(months=3) - pd.Timedelta(days=1))
    values = {"early": formats.number(early), "late": formats.number(late), "period": period}
    if late >= early:
        return _(
            "Within that time nothing fell: {early} killings from {period}, {late} a year later.",
            **values,
        )
    return _("Within that time: {early} killings from {period}, {late} a year later.", **values)


def missing(result: ClaimResult, told: ReadingResult, *, brief: bool = False) -> str:
    """What lacks where nothing can be told."""
    lacks = told.verdict.missing or Missing("counts")
    if lacks.kind == "list":
        if brief:
            return _("No source contradicts the number; the full list is missing.")
        values = {"known": in_words(lacks.number), "likely": in_words(lacks.likely)}
        if lacks.likely:
            said = _(
                "Declarations on file: {known}, and likely {likely} more. No source contradicts "
                "the number; the full list is missing.",
                **values,
            )
        else:
            said = _(
                "Declarations on file: {known}. No source contradicts the number; the full list "
                "is missing.",
                **values,
            )
        if "people" not in told.values:
            return said
        return f"{said} " + _(
            "These {towns} had {people} inhabitants by the last count before the text.",
            towns=in_words(int(told.values["towns"])),
            people=formats.number(told.values["people"]),
        )
    if lacks.kind == "population":
        return _(
            "The populations of {places} are not on file.",
            places=places(lacks.places or told.reading.places, result.names),
        )
    if lacks.kind == "ranking":
        return _(
            "Counts of all that it would be ranked among, in {places}, are not on file.",
            places=places(lacks.places, result.names),
        )
    if lacks.kind == "event":
        return _("The day from which to count is not on file.")
    if lacks.kind == "method":
        return _("The method that the claim names needs data that are not on file.")
    if lacks.kind == "others":
        return _("Counts of enough other places for the same periods are not on file.")
    if lacks.kind == "fit":
        return _(
            "No weighted mean of the {number} other places on file follows {places} before.",
            number=formats.number(lacks.number),
            places=places(lacks.places, result.names),
        )
    if lacks.kind == "measure":
        return _("No table on file holds what the claim is about.")
    if lacks.start is not None and lacks.end is not None and lacks.places:
        return _(
            "No counts of {places} for {period} are on file.",
            places=places(lacks.places, result.names),
            period=formats.long_period(lacks.start, lacks.end),
        )
    return _("The counts that the claim needs are not on file.")


def cause(result: ClaimResult) -> str:
    """What the counts can show of a cause; empty where the claim is no change over time."""
    if result.told.reading.measure in (*CHANGES, AVERTED) and result.told.reading.event:
        return _("Counts cannot show what would have happened otherwise.")
    return ""


def conclusion(result: ClaimResult) -> str:
    """The sentence with numbers, and what can be said of the cause."""
    return " ".join(each for each in (sentence(result), cause(result), slips(result.own_numbers))
                    if each)  # fmt: skip
