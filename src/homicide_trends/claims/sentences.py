"""Sentences about an examined figure, made from its results."""

from typing import Any

import pandas as pd

from ..language import N_, _, ngettext, translated
from ..wording import formats
from ..wording.sentences import level_of, listed
from .examination import Claim
from .grid import AVERTED, CHANGE
from .layers import CANNOT_TELL
from .levels import RATE
from .presuppositions import SETTLING


def answer(claim: Claim) -> str:
    """The answer in two sentences: what is stated, and for which definitions it is true.

    >>> from homicide_trends import claims
    >>> answer(claims.examine("memo-meeting")).endswith("cannot tell whether it is true.")
    True
    """
    figure, verdicts = claim.figure, claim.layers.set_index("layer")
    stated = _(
        "A text states \u201c{token}\u201d ({measure}).",
        token=figure["as_reported"],
        measure=translated(figure["measure"].replace("_", " ")),
    )
    known = claim.definitions[claim.definitions["computable"]]
    if known.empty:
        nothing = _(
            "The tables on file hold nothing to compute it from: they cannot tell whether it is "
            "true."
        )
        return f"{stated} {nothing}"
    timely = known[~known["after_publication"]]
    if verdicts.loc["reproduced", "verdict"] == CANNOT_TELL or timely.empty:
        finding = verdicts.loc["reproduced", "finding"].capitalize()
        return f"{stated} {_('{finding}: they cannot tell.', finding=finding)}"
    limits = _range(timely["estimate"], figure["measure"])
    count = ngettext("{number} definition", "{number} definitions", len(timely))
    giving = int(timely["holds"].sum())
    if not giving:
        none = _(
            "None of the {definitions} that the counts allow gives it; they give {limits}.",
            definitions=count,
            limits=limits,
        )
        return f"{stated} {none}"
    some = ngettext(
        "{number} of the {definitions} that the counts allow gives it ({share}); all of them "
        "together give {limits}.",
        "{number} of the {definitions} that the counts allow give it ({share}); all of them "
        "together give {limits}.",
        giving,
        definitions=count,
        share=formats.percent(_share(timely)),
        limits=limits,
    )
    return f"{stated} {some}{_latest(timely, claim)}"


def _share(definitions: pd.DataFrame) -> float:
    return 100 * float(definitions["holds"].mean())


def _latest(timely: pd.DataFrame, claim: Claim) -> str:
    """The share among windows that reach the last quarter before the text, which it may mean."""
    if not claim.choices or timely["end"].nunique() < 4:
        return ""
    last = timely["end"].max()
    late = timely[timely["end"] >= last - pd.offsets.MonthEnd(2)]
    return " " + _(
        "Of the {number} whose window ends in the last three months before {day}, {share} do.",
        number=formats.number(len(late)),
        day=formats.day(last),
        share=formats.percent(_share(late)),
    )


def _range(values: pd.Series, measure: str) -> str:
    whole = bool((values == values.round()).all())
    decimals = 0 if measure == AVERTED or whole or values.max() > 1000 else 1
    unit = f"{formats.NBSP}%" if measure == CHANGE else ""
    return formats.interval(values.min(), values.max(), decimals) + unit


def presupposes(claim: Claim, reached: pd.DataFrame) -> str:
    """What the figure presupposes, baseline by baseline, in one sentence."""
    if reached.empty:
        return ""
    token, change = claim.figure["as_reported"], claim.figure["measure"] == CHANGE
    known, never = reached.dropna(subset=["reached"]), reached[reached["reached"].isna()]
    never_words = listed(_rate(row) for row in never.to_dict("records"))
    if change:
        least = claim.accepted.lower if claim.accepted else float(claim.figure["value"])
        parts = [
            _(
                "{baseline} on {share} of the days, from {first} to {last}",
                baseline=_rate(row),
                share=formats.percent(row["share"], 0),
                first=formats.day(row["first"]),
                last=formats.day(row["reached"]),
            )
            for row in known.to_dict("records")
        ]
        text = _(
            "A decline of {least} or more, the least that \u201c{token}\u201d stands for, was "
            "there with {baselines}.",
            least=f"{formats.number(least)}{formats.NBSP}%",
            token=token,
            baselines=_("; with ").join(parts),
        )
        outcome = _("With {baselines}, on no day.", baselines=never_words)
        text = f"{text} {_of_days(reached)}"
    else:
        parts = [
            _(
                "{baseline} carried on to {day} ({limits})",
                baseline=_rate(row),
                day=roughly(row["reached"]),
                limits=_span(row),
            )
            for row in known.to_dict("records")
        ]
        text = _(
            "\u201c{token}\u201d: It presupposes {either}.", token=token, either=_either(parts)
        )
        outcome = _(
            "With {baselines}, it is not reached before the text appeared.", baselines=never_words
        )
    if known.empty:
        text = f"\u201c{token}\u201d:"
    if len(never):
        text += f" {outcome}"
    return text.strip()


def _of_days(reached: pd.DataFrame) -> str:
    """Of which days the shares are, and which are never counted."""
    first, last = reached["counted_from"].iloc[0], reached["counted_to"].iloc[0]
    return _(
        "These are shares of the {number} days from {first} to {last}; the first {settling} of "
        "them, too few for a decline, are never counted.",
        number=formats.number((last - first).days + 1),
        first=formats.day(first),
        last=formats.day(last),
        settling=SETTLING,
    )


def roughly(date: pd.Timestamp) -> str:
    """A day as a third of a month: counts of months carry no days.

    >>> roughly(pd.Timestamp("2013-10-28"))
    'late Oct 2013'
    """
    month = formats.period(date.replace(day=1), date + pd.offsets.MonthEnd(0))
    third = (N_("early {month}"), N_("mid {month}"), N_("late {month}"))
    return translated(third[min((date.day - 1) // 10, 2)]).format(month=month)


def _span(row: dict[Any, Any]) -> str:
    """The limits of a date that come from the baseline's error."""
    ends = [
        _("not reached") if pd.isna(row[name]) else roughly(row[name])
        for name in ("earliest", "latest")
    ]
    level = level_of(row["per_day_conf"])
    return _("{level} limits: {first} to {last}", level=level, first=ends[0], last=ends[1])


def _rate(row: dict[Any, Any]) -> str:
    return _(
        "{number} deaths a day ({baseline})",
        number=formats.number(row["per_day"], 2),
        baseline=translated(row["baseline"]),
    )


def _either(parts: list[str]) -> str:
    return _(" or ").join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def hidden(table: pd.DataFrame, others: pd.DataFrame) -> str:
    """How many deaths would have to be hidden, and what was recorded of missing persons.

    ``others`` are counts of other things in the place, as ``load_other_counts`` gives them.
    """
    if table.empty:
        return ""
    low, high = table["averted"].min(), table["averted"].max()
    first, last = table["start"].iloc[0], table["end"].iloc[0]
    text = _(
        "To cancel the fall, {deaths} deaths would have to have gone unrecorded from {first} to "
        "{last}, by baseline.",
        deaths=formats.interval(low, high),
        first=formats.day(first),
        last=formats.day(last),
    )
    missing = others[others["measure"] == "disappearances"]
    before = missing[missing["end"] < first]
    if before.empty:
        text += " " + _(
            "No count of missing persons before that is on file, so no rise since the baseline "
            "can be given."
        )
    return f"{text} " + _(
        "A report of a missing person is not a death, and deaths need not be reported."
    )


def _between(values: pd.Series) -> str:
    """From the lowest to the highest, each with the decimal that it may have."""
    low, high = (
        formats.number(value, 0 if value == round(value) else 1)
        for value in (values.min(), values.max())
    )
    return low if low == high else _("from {lowest} to {highest}", lowest=low, highest=high)


def values_published(table: pd.DataFrame) -> str:
    """How far published values of one quantity lie apart."""
    if table.empty:
        return ""
    known = table.dropna(subset=["recomputed"])
    text = ngettext(
        "{number} value is on file, {values}",
        "{number} values are on file, {values}",
        len(table),
        values=_between(table["value"]),
    )
    if "measure" in table and table["measure"].eq(RATE).all():
        return _(
            "{values}; the rates that the counts give for the same period are the definitions "
            "above.",
            values=text,
        )
    without = ngettext(
        "{number} of them comes without a window and a baseline that could be recomputed.",
        "{number} of them come without a window and a baseline that could be recomputed.",
        len(table) - len(known),
    )
    return f"{text}; {without}"


def placebo(table: pd.DataFrame) -> str:
    """The rank of the change at the intervention among placebo years and countries."""
    if table.empty or not (table["kind"] == "actual").any():
        return ""
    actual = table[table["kind"] == "actual"].iloc[0]
    among = {
        "earlier year": N_("number {rank} of {all} among its own earlier years"),
        "other country": N_("number {rank} of {all} among countries"),
    }
    parts = []
    for kind, words in among.items():
        some = table[table["kind"] == kind]
        rank = int((some["percent_change"] < actual["percent_change"]).sum()) + 1
        parts.append(translated(words).format(rank=rank, all=len(some) + 1))
    return _(
        "The change of {change} is {ranks}, steepest fall first. A rank says how unusual a change "
        "was and nothing about its cause.",
        change=formats.percent(actual["percent_change"]),
        ranks=listed(parts),
    )


def verdicts(table: pd.DataFrame) -> str:
    """How many figures can be computed, and how many of those some definition gives.

    >>> verdicts(pd.DataFrame({"reproduced": ["yes", "no", "cannot tell"]}))
    'Of 3 figures, 2 can be computed from the tables on file; some definition gives 1 of them.'
    """
    known = table[table["reproduced"] != CANNOT_TELL]
    given = int((known["reproduced"] == "yes").sum())
    return ngettext(
        "Of {number} figure, {known} can be computed from the tables on file; some definition "
        "gives {given} of them.",
        "Of {number} figures, {known} can be computed from the tables on file; some definition "
        "gives {given} of them.",
        len(table),
        known=formats.number(len(known)),
        given=formats.number(given) if given else _("none"),
    )


def curve(claim: Claim) -> str:
    """What the specification curve shows, for those who do not see it."""
    known = claim.definitions[claim.definitions["computable"]]
    timely = known[~known["after_publication"]]
    if timely.empty:
        return _("No definition of the figure can be computed.")
    low, middle, high = (timely["estimate"].quantile(share) for share in (0.05, 0.5, 0.95))
    digits = 0 if claim.figure["measure"] == AVERTED else 1
    return ngettext(
        "Specification curve of {number} definition: middle {middle}, nine in ten from {limits}; "
        "stated {token}, given by {holding}. Below, the choices of each definition.",
        "Specification curve of {number} definitions: middle {middle}, nine in ten from {limits}; "
        "stated {token}, given by {holding}. Below, the choices of each definition.",
        len(timely),
        middle=formats.number(middle, digits),
        limits=formats.interval(low, high, digits),
        token=claim.figure["as_reported"],
        holding=formats.number(timely["holds"].sum()),
    )


def dates(reached: pd.DataFrame) -> str:
    """What the figure of dates by baseline shows."""
    if reached.empty:
        return _("The figure is neither a decline nor a number of averted deaths.")
    parts = [
        _(
            "{baseline} ({number} a day): {day}",
            baseline=translated(row["baseline"]),
            number=formats.number(row["per_day"], 2),
            day=_("not reached") if pd.isna(row["reached"]) else formats.day(row["reached"]),
        )
        for row in reached.to_dict("records")
    ]
    return _("Day by which the figure is reached, by baseline. {days}.", days="; ".join(parts))


def contours(surface: pd.DataFrame, claim: Claim) -> str:
    """What the surface of averted deaths shows."""
    if surface.empty:
        return _("The figure is not a number of averted deaths.")
    last = surface.columns[-1]
    return _(
        "Averted deaths for baselines of {rates} deaths a day and windows that end by {day}; at "
        "the last end they run from {deaths}. The band marks the stated {token}.",
        rates=formats.interval(*_ends(surface), 1),
        day=formats.day(last),
        deaths=formats.interval(surface[last].iloc[0], surface[last].iloc[-1]),
        token=claim.figure["as_reported"],
    )


def _ends(surface: pd.DataFrame) -> tuple[float, float]:
    return float(surface.index[0]), float(surface.index[-1])


def published(values: pd.DataFrame) -> str:
    """What the figure of published values shows."""
    if values.empty:
        return _("No published value of this quantity is on file.")
    known = values.dropna(subset=["recomputed"])
    parts = [
        _(
            "{token} ({publisher}), recomputed {value}",
            token=row["token"],
            publisher=row["publisher"],
            value=formats.number(row["recomputed"], int(abs(row["value"]) < 150)),
        )
        for row in known.to_dict("records")
    ]
    return ngettext(
        "{number} published value in order of publication with their windows and baselines. "
        "{values}.",
        "{number} published values in order of publication with their windows and baselines. "
        "{values}.",
        len(values),
        values="; ".join(parts) or _("None is recomputed"),
    )


def ranks(placebos: pd.DataFrame) -> str:
    """What the figure of placebo years and countries shows."""
    if placebos.empty:
        return _("The figure states no change, or there are no annual rates to compare with.")
    first, last = placebos.iloc[0], placebos.iloc[-1]
    changes = ngettext(
        "Change of the annual rate for {number} case, from {low} ({first}) to {high} ({last}).",
        "Change of the annual rate for {number} cases, from {low} ({first}) to {high} ({last}).",
        len(placebos),
        low=formats.percent(first["percent_change"]),
        first=first["label"],
        high=formats.percent(last["percent_change"]),
        last=last["label"],
    )
    return f"{changes} {placebo(placebos)}"
