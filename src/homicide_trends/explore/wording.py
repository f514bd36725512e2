"""What an answer says, in sentences."""

import pandas as pd

from .. import formats
from ..claims.grid import CHANGE
from ..sentences import level_of
from .answers import Answer
from .definitions import Prepared

LAYERS = ("consistent", "reproduced", "robust", "attribution")


def summary(ready: Prepared, found: Answer) -> dict[str, str]:
    """The answer in sentences: ``estimate, verdict, counted, grid, layers``.

    A definition that cannot be computed has its reason as the estimate and no verdict.

    >>> from homicide_trends import explore
    >>> ready = explore.prepare("memo-averted")
    >>> said = summary(ready, explore.answer(ready, explore.first(ready)))
    >>> said["verdict"].partition(";")[0]
    'This definition does not give the figure'
    """
    if found.problem:
        return {
            "estimate": f"This definition cannot be computed: {found.problem}.",
            "verdict": "",
            "counted": "",
            "grid": _grid(ready, found),
            "layers": _layers(ready),
        }
    return {
        "estimate": _estimate(ready, found),
        "verdict": _verdict(ready, found),
        "counted": _counted(found),
        "grid": _grid(ready, found),
        "layers": _layers(ready),
    }


def _estimate(ready: Prepared, found: Answer) -> str:
    chosen = found.chosen
    words = {
        "window": formats.period(*(pd.Timestamp(day) for day in chosen.window)),
        "baseline": formats.period(*(pd.Timestamp(day) for day in chosen.baseline)),
        "level": level_of(chosen.conf),
    }
    if ready.measure == CHANGE:
        fell = found.estimate >= 0
        size = formats.percent(abs(found.estimate))
        limits = formats.interval(found.lower, found.upper, 1)
        # A rise is a negative decline: the limits keep the sign of a decline, as texts state it.
        template = (
            "Decline {size} ({level} confidence interval {limits}\u00a0%), {window} against "
            "{baseline}."
            if fell
            else "Rise {size}, a decline below zero ({level} confidence interval {limits}\u00a0%), "
            "{window} against {baseline}."
        )
    else:
        size = formats.number(found.estimate)
        limits = formats.interval(found.lower, found.upper)
        template = (
            "{size} deaths fewer than expected ({level} prediction interval {limits}), {window} "
            "at the rate of {baseline}."
        )
    return template.format(size=size, limits=limits, **words)


def _verdict(ready: Prepared, found: Answer) -> str:
    figure, accepted = ready.claim.figure, ready.claim.accepted
    assert accepted is not None
    digits = 1 if accepted.lower % 1 or accepted.upper % 1 else 0
    if found.holds:
        template = "This definition gives the figure"
    elif accepted.lower < found.upper and found.lower < accepted.upper:
        template = "This definition does not give the figure; its interval reaches it"
    else:
        template = "This definition does not give the figure; its interval does not reach it"
    template += ". \u201c{token}\u201d stands for {low} up to {high}."
    if found.after_publication:
        template += " The text was out before this window ended, so it cannot have meant it."
    return template.format(
        token=figure["as_reported"],
        low=formats.number(accepted.lower, digits),
        high=formats.number(accepted.upper, digits),
    )


def _counted(found: Answer) -> str:
    template = (
        "{deaths} deaths in the window, {before} in the baseline, counted by {agency} ({method})."
    )
    return template.format(
        deaths=formats.number(found.deaths),
        before=formats.number(found.baseline_deaths),
        agency=found.agency or "agencies not named",
        method=found.deaths_method,
    )


def _grid(ready: Prepared, found: Answer) -> str:
    known = ready.known
    everything = "{all_holding} of all {all} definitions on the grid give the figure."
    same = int(found.same.sum())
    if not same:
        template = "No definition on the grid has these counts, baseline and window; " + everything
    else:
        template = (
            "{holding} of the {same} on the grid with these counts, baseline and window, and "
            + everything
        )
    return template.format(
        holding=formats.number(int(known["holds"].to_numpy()[found.same].sum())),
        same=formats.number(same),
        all_holding=formats.number(int(known["holds"].sum())),
        all=formats.number(len(known)),
    )


def _layers(ready: Prepared) -> str:
    words = ready.claim.layers.set_index("layer")["verdict"]
    listed = "; ".join(f"{layer}: {words[layer]}" for layer in LAYERS)
    return f"Over the whole grid: {listed}."
