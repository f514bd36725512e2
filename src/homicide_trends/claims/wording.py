"""Sentences about an examined figure, made from its results."""

import pandas as pd

from .. import formats
from ..sentences import listed
from .grid import AVERTED, CHANGE
from .layers import CANNOT_TELL
from .verdicts import Claim


def answer(claim: Claim) -> str:
    """The answer in two sentences: what is stated, and for which definitions it is true.

    >>> from homicide_trends import claims
    >>> answer(claims.examine("memo-meeting")).endswith("cannot tell whether it is true.")
    True
    """
    figure, verdicts = claim.figure, claim.layers.set_index("layer")
    stated = (
        f"A text states \u201c{figure['as_reported']}\u201d "
        f"({figure['measure'].replace('_', ' ')})."
    )
    known = claim.definitions[claim.definitions["computable"]]
    if verdicts.loc["reproduced", "verdict"] == CANNOT_TELL or known.empty:
        return f"{stated} The tables on file hold nothing to compute it from: they cannot tell whether it is true."  # noqa: E501
    timely = known[~known["after_publication"]]
    share = 100 * float(timely["holds"].mean()) if len(timely) else float("nan")
    limits = _range(timely["estimate"], figure["measure"])
    count = formats.count_of(len(timely), "definition", "definitions")
    if not timely["holds"].any():
        return f"{stated} None of the {count} that the counts allow gives it; they give {limits}."
    giving = int(timely["holds"].sum())
    return (
        f"{stated} {formats.number(giving)} of the {count} that the counts allow "
        f"{'gives' if giving == 1 else 'give'} it ({formats.percent(share)}); all of them "
        f"together give {limits}."
    )


def _range(values: pd.Series, measure: str) -> str:
    whole = bool((values == values.round()).all())
    decimals = 0 if measure == AVERTED or whole or values.max() > 1000 else 1
    return formats.interval(values.min(), values.max(), decimals)


def presupposes(claim: Claim, reached: pd.DataFrame) -> str:
    """What the figure presupposes, baseline by baseline, in one sentence."""
    if reached.empty:
        return ""
    token, change = claim.figure["as_reported"], claim.figure["measure"] == CHANGE
    known, never = reached.dropna(subset=["reached"]), reached[reached["reached"].isna()]
    until = "until" if change else "carried on to"
    parts = [
        f"{_rate(row)} {until} {formats.day(row['reached'])}" for row in known.to_dict("records")
    ]
    never_words = listed(_rate(row) for row in never.to_dict("records"))
    text = ""
    if parts:
        verb = "The decline still rounds to it with" if change else "It presupposes"
        text = f"\u201c{token}\u201d: {verb} {_either(parts)}."
    if len(never):
        outcome = "it never does" if change else "it is not reached before the text appeared"
        text += f" With {never_words}, {outcome}."
    return text.strip()


def _rate(row: dict[str, object]) -> str:
    return f"{formats.number(row['per_day'], 2)} deaths a day ({row['baseline']})"  # type: ignore[arg-type]


def _either(parts: list[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def hidden(table: pd.DataFrame) -> str:
    """How many deaths would have to be hidden, beside the recorded rise of disappearances."""
    if table.empty:
        return ""
    low, high = table["averted"].min(), table["averted"].max()
    text = (
        f"To cancel the fall, {formats.interval(low, high)} deaths would have to have gone "
        "unrecorded, by baseline"
    )
    rise = table["recorded_rise"].iloc[0]
    if pd.isna(rise):
        return f"{text}; no two years of disappearances are on file to set beside them."
    return (
        f"{text}; reported disappearances rose by {formats.number(rise)} between the years on "
        f"file, {formats.number(table['share'].min(), 0)} to "
        f"{formats.percent(table['share'].max(), 0)} of that. A report of a missing person is "
        "not a death, and deaths need not have been reported."
    )


def values_published(table: pd.DataFrame) -> str:
    """How far published values of one quantity lie apart."""
    if table.empty:
        return ""
    known = table.dropna(subset=["recomputed"])
    text = (
        f"{formats.count_of(len(table), 'value is', 'values are')} on file, from "
        f"{formats.number(table['value'].min(), 0)} to {formats.number(table['value'].max(), 0)}"
    )
    without = len(table) - len(known)
    return (
        f"{text}; {formats.number(without)} of them {'comes' if without == 1 else 'come'} without "
        "a full window and baseline."
    )


def placebo(table: pd.DataFrame) -> str:
    """The rank of the change at the intervention among placebo years and countries."""
    if table.empty or not (table["kind"] == "actual").any():
        return ""
    actual = table[table["kind"] == "actual"].iloc[0]
    parts = []
    for kind, words in (("earlier year", "its own earlier years"), ("other country", "countries")):
        some = table[table["kind"] == kind]
        rank = int((some["percent_change"] < actual["percent_change"]).sum()) + 1
        parts.append(f"number {rank} of {len(some) + 1} among {words}")
    return (
        f"The change of {formats.percent(actual['percent_change'])} is {listed(parts)}, steepest "
        "fall first. A rank says how unusual a change was and nothing about its cause."
    )


def verdicts(table: pd.DataFrame) -> str:
    """How many figures can be computed, and how many of those some definition gives.

    >>> verdicts(pd.DataFrame({"reproduced": ["yes", "no", "cannot tell"]}))
    'Of 3 figures, 2 can be computed from the tables on file; some definition gives 1 of them.'
    """
    known = table[table["reproduced"] != CANNOT_TELL]
    given = int((known["reproduced"] == "yes").sum())
    return (
        f"Of {formats.count_of(len(table), 'figure', 'figures')}, {formats.number(len(known))} can "
        "be computed from the tables on file; some definition gives "
        f"{formats.number(given) if given else 'none'} of them."
    )
