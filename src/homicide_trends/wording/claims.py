"""What is said of a claim: question, verdict, the one sentence with numbers, and how sure it is.

Every sentence is made from the named values of a ``ClaimResult``; nothing is computed here but
the rounding that a reader needs.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from ..claims.result import (
    CANNOT_TELL,
    DEPENDS,
    EVE,
    GIVES,
    ONLY_IF,
    OTHERS_COURSE,
    OUT,
    RIGHT,
    RIGHT_FOR,
    TOO_HIGH,
    TOO_LOW,
    WEIGHTED_OTHERS,
    YEAR_BEFORE,
    Claim,
    ClaimResult,
    Level,
    Missing,
    ReadingResult,
    Verdict,
)
from ..language import N_, _, current, pgettext, translated
from . import formats
from .texts import slips
from .words import listed

CHANGES = ("percent_decline", "percent_increase")
AVERTED = "averted_deaths"
RATES = ("homicide_rate", "homicides", "daily_mean")
SERIES = {
    "WPP2024": N_("the UN (2024)"),
    "WPP2019": N_("the UN (2019)"),
    "CELADE": N_("CELADE"),
    "CENSUS": N_("interpolated censuses"),
    "UNNAMED-2012": N_("an estimate printed in 2012"),
}
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


# --- words for what a reading compares ----------------------------------------------------------


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
    words = words or result.as_reported
    printed = f"\u201c{words}\u201d"
    if current() != "es":
        return printed
    if not any(each.isalpha() for each in words):
        return f"\u00ab{words}\u00bb"
    said = stated(result) or translated(words)
    return f"\u00ab{said}\u00bb ({printed})" if said != words else printed


def stated(result: ClaimResult) -> str:
    """The stated value in words of ours: ``nearly 60 %``, ``4,500``; empty without a number."""
    if pd.isna(result.value) or not result.qualifier:
        return number(result)
    return _("{qualifier} {number}", qualifier=translated(result.qualifier), number=number(result))


def number(result: ClaimResult) -> str:
    """The stated number alone, with its sign of percent; empty without one."""
    if pd.isna(result.value):
        return ""
    measure = result.first.reading.measure
    decimals = 0 if float(result.value).is_integer() else 1
    if measure in (*CHANGES, "share", "annual_change"):
        return formats.percent(result.value, decimals)
    return formats.number(result.value, decimals)


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


def amount(measure: str, low: float, high: float, *, dash: bool = False) -> str:
    """A range of estimates in the unit of a measure.

    >>> amount("percent_decline", 48.0, 50.2) == f"48 to 50{formats.NBSP}%"
    True
    """
    if measure in (*CHANGES, "share", "annual_change"):
        return _percent(low, high, dash)
    if measure == AVERTED:
        return _deaths(low, high, dash)
    whole = measure in ("homicides", "rank", "population_represented")
    return between(low, high, decimals=0 if whole else 1, dash=dash)


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


def population(series: str) -> str:
    """A series of ``population.csv`` as people know it; the name of one's own as it is.

    >>> population("WPP2024"), population("mine")
    ('the UN (2024)', 'mine')
    """
    return translated(SERIES.get(series, series))


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
        return _("the towns") if _towns(codes) else _("the places named")
    return listed(place(code, names) for code in codes)


def place(code: str, names: Mapping[str, str]) -> str:
    """The name of a place or region."""
    return translated(names.get(code, code))


def _towns(codes: Sequence[str]) -> bool:
    """Whether all codes are those of towns, which begin with their country's."""
    return all("-" in code for code in codes)


# --- numbers --------------------------------------------------------------------------------------


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


def rounded_deaths(number: float) -> float:
    """Deaths to two leading digits: what a total of this kind can bear.

    >>> rounded_deaths(3857.6), rounded_deaths(512.0), rounded_deaths(41.0)
    (3900.0, 510.0, 41.0)
    """
    size = abs(number)
    step = 100 if size >= 1000 else 10 if size >= 100 else 1
    return float(round(number / step) * step)


def _percent(low: float, high: float, dash: bool = False) -> str:
    return between(low, high, unit=f"{formats.NBSP}%", dash=dash)


def _deaths(low: float, high: float, dash: bool = False) -> str:
    return between(rounded_deaths(low), rounded_deaths(high), dash=dash)


def rate(level: Level, *, dash: bool = False) -> str:
    """Deaths a day of a baseline."""
    return between(level.rate_low, level.rate_high, decimals=1, dash=dash)


# --- the verdict ----------------------------------------------------------------------------------


def kind(result: ClaimResult) -> str:
    """The kind of a verdict, which has a sign and a colour: a code of ``claims.result``.

    A claim that is right for one of its two readings is ``right_for``.
    """
    code = result.told.verdict.code
    return RIGHT_FOR if code == RIGHT and result.combined == "first_unknown" else code


def verdict(result: ClaimResult) -> str:
    """The verdict in at most nine words, which name the choice that decides it."""
    first, second, how, names = result.first, result.second, result.combined, result.names
    if second is None or how == "same":
        return _alone(first, names)
    if how == "first_unknown":
        known, unknown = _apart(second, first, names)
        if second.verdict.code == RIGHT:
            return _("Right for {known}; not known for {unknown}", known=known, unknown=unknown)
        return _("For {known}: {verdict}", known=known, verdict=_lowered(_alone(second, names)))
    if how == "second_unknown":
        return _alone(first, names)
    return _(
        "{first}; {second} if meant as {meaning}",
        first=_alone(first, names),
        second=_lowered(_alone(second, names)),
        meaning=_apart(second, first, names)[0],
    )


def _apart(one: ReadingResult, other: ReadingResult, names: Mapping[str, str]) -> tuple[str, str]:
    """In which words two readings differ: by place, by region, per inhabitant, or by period."""
    a, b = one.reading, other.reading
    if a.places != b.places:
        whole = _towns(b.places) and len(a.places) == 1 and not _towns(a.places)
        return (_("the country") if whole else places(a.places, names), places(b.places, names))
    if a.compared_with != b.compared_with:
        return place(a.compared_with, names), place(b.compared_with, names)
    if a.per != b.per:
        words = {"inhabitant": _("a rate per inhabitant"), "deaths": _("a number of deaths")}
        return words[a.per], words[b.per]
    return tuple(_whole_period(each.reading) for each in (one, other))  # type: ignore[return-value]


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _alone(told: ReadingResult, names: Mapping[str, str]) -> str:
    """The verdict on one reading."""
    found = told.verdict
    if found.code == RIGHT:
        return _("Right")
    if found.code == RIGHT_FOR:
        return _("Right for {parts}", parts=listed(part(each, names) for each in found.parts))
    if found.code == ONLY_IF:
        return _only_if(found)
    if found.code in (TOO_HIGH, TOO_LOW):
        return _off(told, found)
    if found.code == DEPENDS:
        return _depends(found.axis)
    return _("Cannot be told")


def scale() -> list[tuple[str, str]]:
    """The kinds of verdicts, and what each means.

    >>> scale()[0][0]
    'Right'
    """
    return [
        (_("Right"), _("every choice that the words leave open gives it, or nearly")),
        (
            _("Right for a part"),
            _("a part that the sentence itself lists is right, another is not"),
        ),
        (
            _("Only if ..."),
            _("some levels of one choice give it, and others do not; these are named"),
        ),
        (_("Too high"), _("no choice gives it, and all are lower; slightly, if all are near")),
        (_("Too low"), _("no choice gives it, and all are higher; slightly, if all are near")),
        (_("Depends on ..."), _("choices disagree, and no single one decides")),
        (_("Cannot be told"), _("the counts on file cannot decide it; the missing datum is named")),
    ]


def part(key: str, names: Mapping[str, str]) -> str:
    """A part of a claim: a place or a year."""
    return key if key.isdigit() else place(key, names)


def _only_if(found: Verdict) -> str:
    names = listed(level_name(level) for level in found.levels)
    several = len(found.levels) > 1 or any(level.key == EVE for level in found.levels)
    if found.axis == "baseline":
        if several:
            return _("Only if {names} are normal", names=names)
        return _("Only if {names} is normal", names=names)
    if found.axis == "source":
        return _("Only by the counts of {names}", names=names)
    if found.axis == "population":
        return _("Only by the population of {names}", names=names)
    if found.axis == "start":
        return _("Only if counted from {names}", names=names)
    if found.axis == "end":
        return _("Only if counted to {names}", names=names)
    return _("Only by {names}", names=names)


def _off(told: ReadingResult, found: Verdict) -> str:
    high = found.code == TOO_HIGH
    if found.opposite:
        fell = (told.reading.measure == "percent_increase") == high
        return _("No: they fell") if fell else _("No: they rose")
    if told.accepted is not None and told.accepted.word in ("direction", "marked", "rank"):
        return _("Too strong") if high else _("Too weak")
    if found.printed:
        return _("Too high when printed") if high else _("Too low when printed")
    if found.slightly:
        return _("Slightly too high") if high else _("Slightly too low")
    return _("Too high") if high else _("Too low")


def _depends(axis: str) -> str:
    return {
        "baseline": _("Depends on what is normal"),
        "source": _("Depends on who counted"),
        "population": _("Depends on the population"),
        "start": _("Depends on the first day"),
        "end": _("Depends on the last day"),
        "method": _("Depends on the method"),
    }.get(axis, _("Depends on which is meant"))


# --- the sentence ---------------------------------------------------------------------------------


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
        and _own_period(second, told)
    ):
        said.append(_second(second) if brief else _found(result, second, brief))
    if told.verdict.printed and told.verdict.until is not None:
        until = formats.long_month(told.verdict.until)
        said.append(
            _("Right until {until}.", until=until)
            if brief
            else _("Right for periods that end until {until}.", until=until)
        )
    if "above_all_after" in told.values and not brief:
        year = f"{told.values['above_all_after']:.0f}"
        said.append(_("Every year on file after {year} was lower.", year=year))
    if {"early", "late"} <= set(told.values):
        said.append(_within(told))
    if told.reading.method == "synthetic_control" and not brief and _many(told):
        said.append(
            _(
                "{others} other places were fitted to {times} periods: so many can be made to "
                "follow almost any course.",
                others=formats.number(told.values["others"]),
                times=formats.number(told.values["times"]),
            )
        )
    return contracted(" ".join(each for each in said if each))


def _many(told: ReadingResult) -> bool:
    """Whether a weighted mean had as many places to choose from as periods to follow."""
    return told.values.get("others", 0.0) >= told.values.get("times", float("inf"))


def _second(second: ReadingResult) -> str:
    """What a second reading of another period gives, over all that it is compared with."""
    cells = second.cells[second.cells["votes"].astype(bool)]
    given = amount(
        second.reading.measure, cells["estimate"].min(), cells["estimate"].max(), dash=True
    )
    return _("{when} alone: {range}.", when=_during(second.reading), range=given)


def _own_period(second: ReadingResult, first: ReadingResult) -> bool:
    return second.reading.start is not None and second.reading.start != first.reading.start


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
    estimates = told.cells.loc[told.cells["votes"].astype(bool), "estimate"]
    unit = f"{formats.NBSP}%" if measure in ("share", "annual_change") else ""
    decimals = 0 if measure == "population_represented" else 1
    given = between(estimates.min(), estimates.max(), decimals=decimals, unit=unit)
    return _("The counts on file give {range}.", range=given)


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
            "Ending {first} to {last}",
            first=formats.long_month_of(ends[0], ends[-1]),
            last=formats.long_month(ends[-1]),
        )
    if reading.end_rule == "immediate" and len(ends) > 1:
        return _(
            "In periods that end from {first} to {last}",
            first=formats.long_month_of(ends[0], ends[-1]),
            last=formats.long_month(ends[-1]),
        )
    if reading.end_rule in ("since", "immediate") or reading.start is None:
        last = ends[-1] if ends else reading.end
        return _("To {end}", end=formats.long_month(last)) if last is not None else ""
    return _during(reading)


def _during(reading: object) -> str:
    """A stated period as the beginning of a sentence: ``In 2012``, ``From July to May 2013``."""
    start, end = reading.start, reading.end  # type: ignore[attr-defined]
    whole = _whole_period(reading)
    if (
        start is None
        or end is None
        or whole in (str(start.year), formats.long_month(start), formats.long_day(start))
    ):
        return _("In {period}", period=whole)
    return _("From {period}", period=whole)


def _whole_period(reading: object) -> str:
    start, end = reading.start, reading.end  # type: ignore[attr-defined]
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
        said.append(_below(fall, baseline(level), how, brief))
    if not said:
        estimates = told.cells["estimate"]
        return _(
            "The counts on file give {range}.", range=_percent(estimates.min(), estimates.max())
        )
    if per_head:
        return _(
            "{when} the homicide rate was {comparisons}.", when=when(told), comparisons=listed(said)
        )
    if brief:
        return _(
            "{when}: killings {comparisons}.", when=when(told, brief=True), comparisons=listed(said)
        )
    return _("{when} killings were {comparisons}.", when=when(told), comparisons=listed(said))


def _below(fall: tuple[float, float], than: str, how: str, dash: bool = False) -> str:
    """By how much deaths were below, or above, a baseline."""
    low, high = fall
    if low >= -0.5 and high >= 0:
        given = _percent(max(low, 0), high, dash)
        if how == "rate":
            return pgettext("rate", "{range} below {baseline}", range=given, baseline=than)
        if how:
            return pgettext("next", "{range} below {baseline}", range=given, baseline=than)
        return _("{range} below {baseline}", range=given, baseline=than)
    if high <= 0.5:
        given = _percent(max(-high, 0), -low, dash)
        if how == "rate":
            return pgettext("rate", "{range} above {baseline}", range=given, baseline=than)
        if how:
            return pgettext("next", "{range} above {baseline}", range=given, baseline=than)
        return _("{range} above {baseline}", range=given, baseline=than)
    return _(
        "between {fall} below and {rise} above {baseline}",
        fall=formats.percent(high, 0),
        rise=formats.percent(-low, 0),
        baseline=than,
    )


def _averted(told: ReadingResult, brief: bool) -> str:
    said = []
    for number, level in enumerate(voting(told)):
        low, high = level.shown_low, level.shown_high
        more = high <= 0
        given = _deaths(*((-high, -low) if more else (low, high)), brief)
        values = {"range": given, "baseline": baseline(level), "rate": rate(level)}
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
    decimals = 0 if told.reading.measure == "homicides" else 1
    if not groups:
        cells = told.cells[told.cells["votes"].astype(bool)]
        given = between(cells["estimate"].min(), cells["estimate"].max(), decimals=decimals)
        return _("The counts on file give {range}.", range=given)
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
        given = between(low, high, decimals=1, dash=brief)
        named = listed(level_name(level) for level in same)
        said.append(
            _("{range} with that of {population}", range=given, population=named)
            if number
            else _("{range} with the population of {population}", range=given, population=named)
        )
    return _("{deaths} deaths give {results}.", deaths=counted, results="; ".join(said))


def _alike(levels: Sequence[Level]) -> list[list[Level]]:
    """Populations that agree together: what gives first, then near, then out."""
    by_state: dict[str, list[Level]] = {}
    for level in sorted(levels, key=lambda level: level.median):
        by_state.setdefault(level.state, []).append(level)
    order = [GIVES, "near", OUT]
    return [by_state[state] for state in order if state in by_state]


def _rank(told: ReadingResult) -> str:
    values = told.values
    few, many = values.get("whole", 0), values.get("whole_most", values.get("whole", 0))
    ranks = between(values.get("best", float("nan")), values.get("worst", float("nan")), dash=True)
    return _(
        "It ranked {ranks} among the {number} countries with counts on file, in {period}.",
        ranks=ranks,
        number=between(few, many, dash=True),
        period=_whole_period(told.reading),
    )


def _by_parts(told: ReadingResult, names: Mapping[str, str]) -> str:
    """Each part with its own numbers."""
    said = []
    for key, result in told.parts.items():
        cells = (
            result.cells[result.cells["votes"].astype(bool)] if len(result.cells) else result.cells
        )
        if not len(cells):
            said.append(_("{part} not known", part=part(key, names)))
            continue
        low, high = cells["estimate"].min(), cells["estimate"].max()
        if told.reading.measure == "percent_decline":
            low, high = -high, -low
        if told.reading.measure in CHANGES:
            given = _signed(low, high)
        else:
            given = between(low, high, decimals=1)
        said.append(_("{part} {range}", part=part(key, names), range=given))
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


# --- what stands beside the verdict ---------------------------------------------------------------


def needed(result: ClaimResult) -> str:
    """What would make it true: the normal rate, and until when each comparison would hold."""
    told = result.told
    own = next((each for each in told.needed if not each.key), None)
    if kind(result) == RIGHT:
        return ""
    if own is None or told.reading.per != "deaths" or own.rate != own.rate or own.rate <= 0:
        return ""
    end = told.reading.end
    assert end is not None
    text = _(
        "A normal rate of {rate} killings a day, kept up to {end}.",
        rate=formats.number(own.rate, 1),
        end=formats.long_month(end),
    )
    levels = {level.key: level for level in told.axis("baseline")}
    said = [text]
    for each in told.needed:
        level = levels.get(each.key)
        if level is None:
            continue
        values = {
            "baseline": baseline(level),
            "rate": formats.number(each.rate, 1),
            "end": formats.long_day(each.day) if each.day is not None else "",
        }
        if each.day is None:
            said.append(
                _("At {rate} a day, the rate of {baseline}, at no time until then.", **values)
            )
        elif told.reading.measure == AVERTED:
            said.append(_("At {rate} a day, the rate of {baseline}, on {end}.", **values))
        else:
            said.append(
                _("At {rate} a day, the rate of {baseline}, for periods to {end}.", **values)
            )
    if any(level.key == EVE and level.votes for level in told.axis("baseline")):
        said.append(
            _(
                "Rates that peak tend to fall back by themselves, so a peak makes any later "
                "fall look larger."
            )
        )
    return contracted(" ".join(said))


CHECKED = {
    "counts": (N_("The counts agree"), ("closely", "roughly", "poorly")),
    "comparison": (N_("The comparison decides"), ("little", "something", "most")),
    "size": (N_("The size is"), ("firm", "rough", "unknown")),
    "cause": (N_("The cause is"), ("shown", "supported", "not shown")),
}
SCALES = (
    N_("closely"),
    N_("roughly"),
    N_("poorly"),
    N_("little"),
    N_("something"),
    N_("most"),
    N_("firm"),
    N_("rough"),
    N_("unknown"),
    N_("shown"),
    N_("supported"),
    N_("not shown"),
)


def how_sure(result: ClaimResult) -> list[tuple[str, list[str], str, str]]:
    """Four lines: what is judged, its whole scale, the word that holds, and why."""
    told, sure = result.told, result.told.sure
    if sure is None:
        return []
    chosen = {
        "counts": sure.counts,
        "comparison": sure.comparison,
        "size": sure.size,
        "cause": "not shown",
    }
    why = {
        "counts": _one_count(sure.counts, sure.spread),
        "comparison": _moves(told, sure.moves),
        "size": _size(told),
        "cause": _("Nothing here stands for what would have happened otherwise."),
    }
    names = ["counts", "comparison", "size", "cause"]
    if told.reading.measure == "rank":
        return []
    if told.reading.measure not in (*CHANGES, AVERTED):
        names = ["counts", "size"]
    elif told.parts:
        names = ["counts", "cause"]
    elif len(voting(told)) < 2:
        names.remove("comparison")
    return [
        (
            translated(CHECKED[name][0]),
            [translated(word) for word in CHECKED[name][1]],
            translated(chosen[name]),
            why[name],
        )
        for name in names
    ]


def _one_count(word: str, spread: float) -> str:
    if word == "one" or spread != spread:
        return _("Only one count is on file.")
    return _(
        "Counts of the same days differ by up to {percent}.", percent=formats.percent(spread, 1)
    )


def _moves(told: ReadingResult, moves: float) -> str:
    if told.reading.measure == AVERTED:
        deaths = formats.number(rounded_deaths(moves))
        return _("It moves the total by about {number}.", number=deaths)
    return _(
        "It moves the change by about {number} percentage points.", number=formats.number(moves)
    )


def _size(told: ReadingResult) -> str:
    """From the smallest to the largest of what votes, and the widest interval."""
    cells = told.cells[told.cells["votes"].astype(bool)]
    low, high = cells["estimate"].min(), cells["estimate"].max()
    if told.reading.measure == AVERTED:
        given = _deaths(low, high)
    elif told.reading.measure in CHANGES:
        given = _percent(low, high)
    else:
        given = between(low, high, decimals=1)
    text = _("The counts give {range}.", range=given)
    limits = cells[["lower", "upper"]].dropna()
    if limits.empty or told.reading.measure not in (*CHANGES, AVERTED):
        return text
    middle = cells.loc[limits.index].sort_values("estimate", kind="stable").iloc[len(limits) // 2]
    bounds = (_deaths if told.reading.measure == AVERTED else _percent)(
        middle["lower"], middle["upper"]
    )
    return (
        text + " " + _("Chance and spells of violence alone could make it {range}.", range=bounds)
    )


def close_call(result: ClaimResult) -> list[str]:
    """Which change of a setting would change the verdict."""
    told = result.told
    said = []
    for call in told.close:
        other = _alone_code(told, call.code)
        said.append(
            {
                "earlier_end": _("With an end one period earlier: {verdict}.", verdict=other),
                "narrower": _("With a range a fifth narrower: {verdict}.", verdict=other),
                "wider": _("With a range a fifth wider: {verdict}.", verdict=other),
            }[call.setting]
        )
    return said


def _alone_code(told: ReadingResult, code: str) -> str:
    return {
        RIGHT: _("right"),
        RIGHT_FOR: _("right for some"),
        ONLY_IF: _("true only for some choices"),
        TOO_HIGH: _("too high"),
        TOO_LOW: _("too low"),
        DEPENDS: _("it depends"),
        CANNOT_TELL: _("cannot be told"),
    }[code]


def reading(result: ClaimResult) -> list[str]:
    """How the claim is read: period, accepted range, and the words that justify each part."""
    told = result.told
    fixed, accepted = told.reading, told.accepted
    said = []
    if fixed.event or fixed.start is not None:
        starts = fixed.event or ((fixed.start,) if fixed.start is not None else ())
        first = voting(told, "start")
        days = [formats.long_day(pd.Timestamp(level.key)) for level in first] or [
            formats.long_day(day) for day in starts
        ]
        if fixed.end is not None:
            said.append(
                _(
                    "Counted from {days}, to {end}.",
                    days=" / ".join(days),
                    end=formats.long_day(fixed.end),
                )
            )
    if accepted is not None and accepted.half == accepted.half:
        decimals = 1 if fixed.measure in RATES and fixed.measure != "homicides" else 0
        given = between(accepted.lower, accepted.upper, decimals=decimals)
        said.append(_("{token} stands for {range}.", token=token(result), range=given))
    quoted = [f"\u201c{words}\u201d" for words in fixed.words.values()]
    if quoted:
        said.append(_("The words that fix this: {words}.", words=listed(quoted)))
    return said
