"""The verdict on a claim in at most nine words, and which other setting would change it."""

from collections.abc import Mapping

from ...claims.result import (
    CANNOT_TELL,
    DEPENDS,
    EVE,
    ONLY_IF,
    RIGHT,
    RIGHT_FOR,
    TOO_HIGH,
    TOO_LOW,
    ClaimResult,
    ReadingResult,
    Verdict,
)
from ...language import N_, _, translated
from ..words import listed
from .findings import whole_period
from .names import level_name, part, place, places, towns


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
        whole = towns(b.places) and len(a.places) == 1 and not towns(a.places)
        return (_("the country") if whole else places(a.places, names), places(b.places, names))
    if a.compared_with != b.compared_with:
        return place(a.compared_with, names), place(b.compared_with, names)
    if a.per != b.per:
        words = {"inhabitant": _("a rate per inhabitant"), "deaths": _("a number of deaths")}
        return words[a.per], words[b.per]
    return tuple(whole_period(each.reading) for each in (one, other))  # type: ignore[return-value]


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


def close_call(result: ClaimResult) -> list[str]:
    """Which change of a setting would change the verdict."""
    codes = {
        RIGHT: _("right"),
        RIGHT_FOR: _("right for some"),
        ONLY_IF: _("true only for some choices"),
        TOO_HIGH: _("too high"),
        TOO_LOW: _("too low"),
        DEPENDS: _("it depends"),
        CANNOT_TELL: _("cannot be told"),
    }
    settings = {
        "earlier_end": N_("With an end one period earlier: {verdict}."),
        "narrower": N_("With a range a fifth narrower: {verdict}."),
        "wider": N_("With a range a fifth wider: {verdict}."),
    }
    return [translated(settings[call.setting]).format(verdict=codes[call.code])
            for call in result.told.close]  # fmt: skip
