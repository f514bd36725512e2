"""What an answer says, in sentences."""

import pandas as pd

from ..claims.grid import CHANGE
from ..language import _, translated
from ..wording import formats
from ..wording.sentences import level_of
from .answers import Answer
from .definitions import Prepared

LAYERS = ("consistent", "reproduced", "robust", "attribution")


def summary(ready: Prepared, found: Answer) -> dict[str, str]:
    """The answer in sentences: ``estimate, verdict, counted, grid, layers``.

    A definition that cannot be computed has its reason as the estimate and no verdict.

    >>> from homicide_trends.display import explore
    >>> ready = explore.prepare("memo-averted")
    >>> said = summary(ready, explore.answer(ready, explore.first(ready)))
    >>> said["verdict"].partition(";")[0]
    'This definition does not give the figure'
    """
    beside = {"grid": _grid(ready, found), "layers": _layers(ready)}
    if found.problem:
        reason = _("This definition cannot be computed: {reason}.", reason=found.problem)
        return {"estimate": reason, "verdict": "", "counted": "", **beside}
    return {
        "estimate": _estimate(ready, found),
        "verdict": _verdict(ready, found),
        "counted": _counted(found),
        **beside,
    }


def _estimate(ready: Prepared, found: Answer) -> str:
    chosen = found.chosen
    values = {
        "window": formats.period(*(pd.Timestamp(day) for day in chosen.window)),
        "baseline": formats.period(*(pd.Timestamp(day) for day in chosen.baseline)),
        "level": level_of(chosen.conf),
    }
    if ready.measure != CHANGE:
        return _(
            "{size} deaths fewer than expected ({level} prediction interval {limits}), {window} "
            "at the rate of {baseline}.",
            size=formats.number(found.estimate),
            limits=formats.interval(found.lower, found.upper),
            **values,
        )
    values |= {
        "size": formats.percent(abs(found.estimate)),
        "limits": formats.interval(found.lower, found.upper, 1),
    }
    if found.estimate >= 0:
        return _(
            "Decline {size} ({level} confidence interval {limits}\u00a0%), {window} against "
            "{baseline}.",
            **values,
        )
    # The limits keep the sign of a decline, as texts state it.
    return _(
        "Rise {size}, a decline below zero ({level} confidence interval {limits}\u00a0%), "
        "{window} against {baseline}.",
        **values,
    )


def _verdict(ready: Prepared, found: Answer) -> str:
    figure, accepted = ready.claim.figure, ready.claim.accepted
    assert accepted is not None
    digits = 1 if accepted.lower % 1 or accepted.upper % 1 else 0
    if found.holds:
        gives = _("This definition gives the figure.")
    elif accepted.lower < found.upper and found.lower < accepted.upper:
        gives = _("This definition does not give the figure; its interval reaches it.")
    else:
        gives = _("This definition does not give the figure; its interval does not reach it.")
    stands = _(
        "\u201c{token}\u201d stands for {low} up to {high}.",
        token=figure["as_reported"],
        low=formats.number(accepted.lower, digits),
        high=formats.number(accepted.upper, digits),
    )
    late = _("The text was out before this window ended, so it cannot have meant it.")
    return " ".join([gives, stands, *([late] if found.after_publication else [])])


def _counted(found: Answer) -> str:
    return _(
        "{deaths} deaths in the window, {before} in the baseline, counted by {agency} ({method}).",
        deaths=formats.number(found.deaths),
        before=formats.number(found.baseline_deaths),
        agency=found.agency or formats.NONE,
        method=translated(found.deaths_method),
    )


def _grid(ready: Prepared, found: Answer) -> str:
    known = ready.known
    values = {
        "giving": formats.number(int(known["holds"].sum())),
        "all": formats.number(len(known)),
    }
    same = int(found.same.sum())
    if not same:
        return _(
            "No definition on the grid has these counts, baseline and window; {giving} of all "
            "{all} give the figure.",
            **values,
        )
    return _(
        "{some} of the {same} on the grid with these counts, baseline and window, and {giving} "
        "of all {all} definitions on the grid give the figure.",
        some=formats.number(int(known["holds"].to_numpy()[found.same].sum())),
        same=formats.number(same),
        **values,
    )


def _layers(ready: Prepared) -> str:
    words = ready.claim.layers.set_index("layer")["verdict"]
    listed = "; ".join(f"{translated(layer)}: {translated(words[layer])}" for layer in LAYERS)
    return _("Over the whole grid: {layers}.", layers=listed)
