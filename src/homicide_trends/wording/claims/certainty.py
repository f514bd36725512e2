"""What would make a claim true, how sure its verdict is, and how its words are read."""

import pandas as pd

from ...claims.result import EVE, RIGHT, ClaimResult, ReadingResult
from ...language import N_, _, translated
from .. import formats
from ..words import listed
from .findings import voting
from .names import (
    AVERTED,
    CHANGES,
    RATES,
    amount,
    baseline,
    between,
    contracted,
    given,
    rounded_deaths,
    token,
)
from .verdicts import kind


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
                _("At {rate} a day, the rate of {baseline}, it is not reached by then.", **values)
            )
        elif told.reading.measure == AVERTED:
            said.append(
                _("At {rate} a day, the rate of {baseline}, it is reached on {end}.", **values)
            )
        else:
            said.append(
                _(
                    "At {rate} a day, the rate of {baseline}, it holds for periods that end until "
                    "{end}.",
                    **values,
                )
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
    "counts": (N_("The counts agree"), (N_("closely"), N_("roughly"), N_("poorly"))),
    "comparison": (N_("The comparison decides"), (N_("little"), N_("something"), N_("most"))),
    "size": (N_("The size is"), (N_("firm"), N_("rough"), N_("unknown"))),
    "cause": (N_("The cause is"), (N_("shown"), N_("supported"), N_("not shown"))),
}


def how_sure(result: ClaimResult) -> list[tuple[str, list[str], str, str]]:
    """Four lines: what is judged, its whole scale, the word that holds, and why."""
    told, sure = result.told, result.told.sure
    if sure is None or told.reading.measure == "rank":
        return []
    found = {
        "counts": (sure.counts, _one_count(sure.counts, sure.spread)),
        "comparison": (sure.comparison, _moves(told, sure.moves)),
        "size": (sure.size, _size(told)),
        "cause": (
            "not shown",
            _("Nothing here stands for what would have happened otherwise."),
        ),
    }
    names = list(found)
    if told.reading.measure not in (*CHANGES, AVERTED):
        names = ["counts", "size"]
    elif told.parts:
        names = ["counts", "cause"]
    elif len(voting(told)) < 2:
        names.remove("comparison")
    lines = []
    for name in names:
        (judged, scale), (word, why) = CHECKED[name], found[name]
        lines.append(
            (translated(judged), [translated(each) for each in scale], translated(word), why)
        )
    return lines


def _one_count(word: str, spread: float) -> str:
    if word == "one" or spread != spread:
        return _("Only one count is on file.")
    return _(
        "Counts of these periods differ by up to {percent}, those of a month at times by more.",
        percent=formats.percent(spread, 1),
    )


def _moves(told: ReadingResult, moves: float) -> str:
    if told.reading.measure == AVERTED:
        deaths = formats.number(rounded_deaths(moves))
        return _("It moves the total by about {number}.", number=deaths)
    return _(
        "It moves the change by about {number} percentage points.", number=formats.number(moves)
    )


def _size(told: ReadingResult) -> str:
    """From the smallest to the largest of what votes, and the limits of the page's table."""
    measure, cells = told.reading.measure, told.voting.dropna(subset=["lower", "upper"])
    text = _("The counts give {range}.", range=given(told))
    if cells.empty or measure not in (*CHANGES, AVERTED):
        return text
    shown = cells[(cells["start"] == cells["start"].min()) & (cells["end"] == cells["end"].max())]
    shown = shown[shown["source"] == shown["source"].iloc[0]]
    bounds = amount(measure, shown["lower"].min(), shown["upper"].max())
    return f"{text} " + _("Chance and spells of violence alone could make it {range}.",
                          range=bounds)  # fmt: skip


def reading(result: ClaimResult) -> list[str]:
    """How the claim is read: period, accepted range, and the words that justify each part."""
    told = result.told
    fixed, accepted = told.reading, told.accepted
    said = []
    if fixed.event or fixed.start is not None:
        starts = [pd.Timestamp(level.key) for level in voting(told, "start")]
        days = [formats.long_day(day) for day in starts or fixed.event or [fixed.start]]
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
        stands = between(accepted.lower, accepted.upper, decimals=decimals)
        said.append(_("{token} stands for {range}.", token=token(result), range=stands))
    quoted = [f"\u201c{words}\u201d" for words in fixed.words.values()]
    if quoted:
        said.append(_("The words that fix this: {words}.", words=listed(quoted)))
    return said
