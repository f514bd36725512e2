"""Sentences about an examined figure, made from its results."""

from typing import Any

import pandas as pd

from .. import formats
from ..sentences import level_of, listed
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
    if known.empty:
        return (
            f"{stated} The tables on file hold nothing to compute it from: they cannot tell "
            "whether it is true."
        )
    timely = known[~known["after_publication"]]
    if verdicts.loc["reproduced", "verdict"] == CANNOT_TELL or timely.empty:
        return f"{stated} {verdicts.loc['reproduced', 'finding'].capitalize()}: they cannot tell."
    limits = _range(timely["estimate"], figure["measure"])
    count = formats.count_of(len(timely), "definition", "definitions")
    giving = int(timely["holds"].sum())
    if not giving:
        return f"{stated} None of the {count} that the counts allow gives it; they give {limits}."
    return (
        f"{stated} {formats.number(giving)} of the {count} that the counts allow "
        f"{'gives' if giving == 1 else 'give'} it ({formats.percent(_share(timely))}); all of "
        f"them together give {limits}.{_latest(timely, claim)}"
    )


def _share(definitions: pd.DataFrame) -> float:
    return 100 * float(definitions["holds"].mean())


def _latest(timely: pd.DataFrame, claim: Claim) -> str:
    """The share among windows that reach the last quarter before the text, which it may mean."""
    if not claim.choices or timely["end"].nunique() < 4:
        return ""
    last = timely["end"].max()
    late = timely[timely["end"] >= last - pd.offsets.MonthEnd(2)]
    return (
        f" Of the {formats.number(len(late))} whose window ends in the last three months before "
        f"{formats.day(last)}, {formats.percent(_share(late))} do."
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
            f"{_rate(row)} on {formats.percent(row['share'], 0)} of the days, from "
            f"{formats.day(row['first'])} to {formats.day(row['reached'])}"
            for row in known.to_dict("records")
        ]
        text = f"A decline of {formats.number(least)}{formats.NBSP}% or more, which is what "
        text += f"\u201c{token}\u201d stands for, was there with {'; with '.join(parts)}."
        outcome = "on no day"
    else:
        parts = [
            f"{_rate(row)} carried on to {roughly(row['reached'])} ({_span(row)})"
            for row in known.to_dict("records")
        ]
        text = f"\u201c{token}\u201d: It presupposes {_either(parts)}."
        outcome = "it is not reached before the text appeared"
    if known.empty:
        text = f"\u201c{token}\u201d:"
    if len(never):
        text += f" With {never_words}, {outcome}."
    return text.strip()


def roughly(date: pd.Timestamp) -> str:
    """A day as a third of a month: counts of months carry no days.

    >>> roughly(pd.Timestamp("2013-10-28"))
    'late Oct 2013'
    """
    third = ("early", "mid", "late")[min((date.day - 1) // 10, 2)]
    return f"{third} {formats.period(date.replace(day=1), date + pd.offsets.MonthEnd(0))}"


def _span(row: dict[Any, Any]) -> str:
    """The limits of a date that come from the baseline's error."""
    ends = [
        "not reached" if pd.isna(row[name]) else roughly(row[name])
        for name in ("earliest", "latest")
    ]
    return f"{level_of(row['per_day_conf'])} limits: {' to '.join(ends)}"


def _rate(row: dict[Any, Any]) -> str:
    return f"{formats.number(row['per_day'], 2)} deaths a day ({row['baseline']})"


def _either(parts: list[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def hidden(table: pd.DataFrame, others: pd.DataFrame) -> str:
    """How many deaths would have to be hidden, and what was recorded of missing persons.

    ``others`` are counts of other things in the place, as ``load_other_counts`` gives them.
    """
    if table.empty:
        return ""
    low, high = table["averted"].min(), table["averted"].max()
    first, last = table["start"].iloc[0], table["end"].iloc[0]
    text = (
        f"To cancel the fall, {formats.interval(low, high)} deaths would have to have gone "
        f"unrecorded from {formats.day(first)} to {formats.day(last)}, by baseline."
    )
    missing = others[others["measure"] == "disappearances"]
    before = missing[missing["end"] < first]
    if before.empty:
        text += (
            " No count of missing persons before that is on file, so no rise since the baseline "
            "can be given."
        )
    return text + " A report of a missing person is not a death, and deaths need not be reported."


def values_published(table: pd.DataFrame) -> str:
    """How far published values of one quantity lie apart."""
    if table.empty:
        return ""
    known = table.dropna(subset=["recomputed"])
    low, high = (_as_printed(value) for value in (table["value"].min(), table["value"].max()))
    span = f"from {low} to {high}" if low != high else low
    text = f"{formats.count_of(len(table), 'value is', 'values are')} on file, {span}"
    without = len(table) - len(known)
    return (
        f"{text}; {formats.number(without)} of them {'comes' if without == 1 else 'come'} without "
        "a window and a baseline that could be recomputed."
    )


def _as_printed(value: float) -> str:
    """A published value with the decimal that it may have."""
    return formats.number(value, 0 if value == round(value) else 1)


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
        f"Averted deaths for baselines of {formats.interval(*_ends(surface), 1)} deaths a day and "
        f"windows that end by {formats.day(last)}; at the last end they run from "
        f"{formats.interval(surface[last].iloc[0], surface[last].iloc[-1])}. The band marks the "
        f"stated {claim.figure['as_reported']}."
    )


def _ends(surface: pd.DataFrame) -> tuple[float, float]:
    return float(surface.index[0]), float(surface.index[-1])


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
        "publication with their windows and baselines. "
        + (f"{'; '.join(parts)}." if parts else "None of them can be recomputed.")
    )


def ranks(placebos: pd.DataFrame) -> str:
    """What the figure of placebo years and countries shows."""
    if placebos.empty:
        return "The figure states no change, or there are no annual rates to compare with."
    first, last = placebos.iloc[0], placebos.iloc[-1]
    return (
        f"Change of the annual rate for {formats.count_of(len(placebos), 'case', 'cases')}, from "
        f"{formats.percent(first['percent_change'])} ({first['label']}) to "
        f"{formats.percent(last['percent_change'])} ({last['label']}). {placebo(placebos)}"
    )
