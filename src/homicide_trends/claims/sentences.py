"""Sentences about an examined figure, made from its results."""

import pandas as pd

from .. import formats
from ..sentences import listed
from .examination import Claim
from .grid import AVERTED, CHANGE
from .layers import CANNOT_TELL


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
        return (
            f"{stated} The tables on file hold nothing to compute it from: they cannot tell "
            "whether it is true."
        )
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


def curve(claim: Claim) -> str:
    """What the specification curve shows, for those who do not see it."""
    known = claim.definitions[claim.definitions["computable"]]
    timely = known[~known["after_publication"]]
    if timely.empty:
        return "No definition of the figure can be computed."
    low, middle, high = (timely["estimate"].quantile(share) for share in (0.05, 0.5, 0.95))
    digits = 0 if claim.figure["measure"] == AVERTED else 1
    return (
        f"Specification curve of {formats.count_of(len(timely), 'definition', 'definitions')}: "
        f"middle {formats.number(middle, digits)}, nine in ten from "
        f"{formats.interval(low, high, digits)}; stated {claim.figure['as_reported']}, given by "
        f"{formats.number(timely['holds'].sum())}. Below, the choices of each definition."
    )


def dates(reached: pd.DataFrame) -> str:
    """What the figure of dates by baseline shows."""
    if reached.empty:
        return "The figure is neither a decline nor a number of averted deaths."
    parts = [
        f"{row['baseline']} ({formats.number(row['per_day'], 2)} a day): "
        + ("not reached" if pd.isna(row["reached"]) else formats.day(row["reached"]))
        for row in reached.to_dict("records")
    ]
    return f"Day by which the figure is reached, by baseline. {'; '.join(parts)}."


def contours(surface: pd.DataFrame, claim: Claim) -> str:
    """What the surface of averted deaths shows."""
    if surface.empty:
        return "The figure is not a number of averted deaths."
    last = surface.columns[-1]
    return (
        f"Averted deaths for baselines of {formats.interval(surface.index[0], surface.index[-1], 1)} deaths a "
        f"day and windows that end by {formats.day(last)}; at the last end they run from "
        f"{formats.interval(surface[last].iloc[0], surface[last].iloc[-1])}. The band marks the "
        f"stated {claim.figure['as_reported']}."
    )


def published(values: pd.DataFrame) -> str:
    """What the figure of published values shows."""
    if values.empty:
        return "No published value of this quantity is on file."
    known = values.dropna(subset=["recomputed"])
    parts = [
        f"{row['token']} ({row['publisher']}), recomputed "
        f"{formats.number(row['recomputed'], int(abs(row['value']) < 150))}"
        for row in known.to_dict("records")
    ]
    return (
        f"{formats.count_of(len(values), 'published value', 'published values')} in order of "
        f"publication with their windows and baselines. {'; '.join(parts)}."
    )


def ranks(placebos: pd.DataFrame) -> str:
    """What the figure of placebo years and countries shows."""
    if placebos.empty:
        return "There are no annual rates to compare with."
    first, last = placebos.iloc[0], placebos.iloc[-1]
    return (
        f"Change of the annual rate for {formats.count_of(len(placebos), 'case', 'cases')}, from "
        f"{formats.percent(first['percent_change'])} ({first['label']}) to "
        f"{formats.percent(last['percent_change'])} ({last['label']}). {placebo(placebos)}"
    )
