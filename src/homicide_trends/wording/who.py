"""Sentences on whose deaths changed: by sex, age and weapon."""

import pandas as pd

from ..language import N_, _, translated
from . import formats
from .words import listed

_NAMES = {
    ("female", ""): N_("women and girls"),
    ("male", ""): N_("men and boys"),
    ("unknown", ""): N_("sex not recorded"),
    ("", "firearm"): N_("by firearm"),
    ("", "sharp object"): N_("by sharp object"),
    ("", "other"): N_("by other means"),
    ("", "unknown"): N_("means not recorded"),
    ("female", "firearm"): N_("women by firearm"),
    ("male", "firearm"): N_("men by firearm"),
}
_REST = {
    "sex": N_("sex not recorded"),
    "mechanism": N_("means left out of the count"),
    "age": N_("age not recorded"),
    "sex and age": N_("sex or age not recorded"),
}
_AGED = {
    "": (N_("under {last}"), N_("{first} to {last} years"), N_("{first} and over")),
    "female": (N_("girls under {last}"), N_("women of {first} to {last}"),
               N_("women of {first} and over")),
    "male": (N_("boys under {last}"), N_("men of {first} to {last}"),
             N_("men of {first} and over")),
}  # fmt: skip


def part_name(split: str, sex: str, age: str, mechanism: str, rest: bool = False) -> str:
    """What a part of the deaths is called.

    >>> part_name("sex and age", "female", "15-29", "")
    'women of 15 to 29'
    """
    if split == "all":
        return _("all")
    if rest:
        return translated(_REST[split])
    if not age or age == "unknown":
        if age:
            return translated(_REST["age"])
        known = _NAMES.get((sex, mechanism))
        return translated(known) if known else ", ".join(filter(None, (sex, mechanism)))
    under, between, over = map(translated, _AGED.get(sex, _AGED[""]))
    first, _dash, last = age.rstrip("+").partition("-")
    if age.endswith("+"):
        return over.format(first=first)
    return (under.format(last=int(last) + 1) if first == "0" else
            between.format(first=first, last=last))  # fmt: skip


def with_part_names(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``rates.who_was_spared`` with ``name``, what each part is called."""
    rows = zip(table["split"], table["sex"], table["age"], table["mechanism"], table["rest"],
               strict=True)  # fmt: skip
    return table.assign(name=[part_name(*row) for row in rows])


def period_heads(table: pd.DataFrame) -> dict[str, str]:
    """What stands above the deaths of the two periods.

    >>> period_heads(pd.DataFrame())
    {}
    """
    if table.empty:
        return {}
    row = table.iloc[0]
    return {
        "baseline_deaths": formats.period(row["baseline_start"], row["baseline_end"]),
        "deaths": formats.period(row["start"], row["end"]),
        "name": _("Deaths"),
    }


def spared(table: pd.DataFrame, where: str) -> str:
    """Whose deaths changed, in two or three sentences; says so where nothing is on file.

    ``table`` has the rows of ``rates.who_was_spared``.

    >>> from homicide_trends import rates
    >>> found = rates.who_was_spared("SLV", baseline=("2011", "2011"), window=("2012", "2012"))
    >>> spared(found, "El Salvador").replace(formats.NBSP, " ").split(". ")[-1]
    'Deaths by firearm fell by 47 % and make up 81 % of the fall; all others fell by 25 %.'
    """
    if table.empty:
        return _(
            "No deaths by sex, age or weapon are on file for {where} in these years.", where=where
        )
    whole = table.iloc[0]
    said = _(
        "In {where} homicides {changed}, from {before} in {baseline} to {deaths} in {window}.",
        where=where,
        deaths=formats.number(whole["deaths"]),
        window=formats.period(whole["start"], whole["end"]),
        before=formats.number(whole["baseline_deaths"]),
        baseline=formats.period(whole["baseline_start"], whole["baseline_end"]),
        changed=_changed(whole["percent_change"]),
    )
    return " ".join(filter(None, (said, _sexes(table), _weapon(table, whole))))


def _weapon(table: pd.DataFrame, whole: pd.Series) -> str:
    shot = _row(table, mechanism="firearm")
    if shot is None:
        return ""
    years = [pd.Timestamp(whole[end]).year - pd.Timestamp(whole[start]).year + 1
             for start, end in (("baseline_start", "baseline_end"), ("start", "end"))]  # fmt: skip
    before, after = (
        (whole[name] - shot[name]) / length
        for name, length in zip(("baseline_deaths", "deaths"), years, strict=True)
    )
    said = {
        "changed": _changed(shot["percent_change"]),
        "others": _changed(100 * (after / before - 1) if before else float("nan")),
        "share": formats.percent(shot["share"], 0),
    }
    if pd.isna(shot["share"]) or not 0 <= shot["share"] <= 100:
        return _("Deaths by firearm {changed}; all others {others}.", **said)
    if whole["percent_change"] < 0:
        return _(
            "Deaths by firearm {changed} and make up {share} of the fall; all others {others}.",
            **said,
        )
    return _(
        "Deaths by firearm {changed} and make up {share} of the rise; all others {others}.", **said
    )


def _sexes(table: pd.DataFrame) -> str:
    women, men = _row(table, sex="female"), _row(table, sex="male")
    if women is None or men is None:
        return ""
    said = {"women": _changed(women["percent_change"]), "men": _changed(men["percent_change"])}
    lower, upper = women["against_others_lower"], women["against_others_upper"]
    if pd.isna(lower) or lower <= 0 <= upper:
        how = _("the difference may be chance")
    elif max(women["percent_change"], men["percent_change"]) > 0:
        how = _("the two differ by more than chance explains")
    elif upper < 0:
        how = _("the women's fell further, by more than chance explains")
    else:
        how = _("the men's fell further, by more than chance explains")
    return _("Those of women and girls {women}, those of men and boys {men}: {how}.",
             how=how, **said)  # fmt: skip


def shares_of_the_fall(table: pd.DataFrame) -> str:
    """Which parts carry the change, and that they add up."""
    if table.empty:
        return ""
    whole = table.iloc[0]
    if pd.isna(whole["share"]):
        return _("All deaths changed no more than chance can, so there is no change to share out.")
    named = with_part_names(table[~table["rest"].astype(bool) & table["split"].ne("all")])
    firsts = []
    for split in ("mechanism", "sex", "sex and age"):
        rows = named[named["split"].eq(split)].sort_values("share", ascending=False, kind="stable")
        if len(rows):
            top = rows.iloc[0]
            firsts.append(_("{name} ({share})", name=top["name"],
                            share=formats.percent(top["share"], 0)))  # fmt: skip
    return _("The largest part of each kind: {parts}. The parts of a kind add up to the whole.",
             parts=listed(firsts))  # fmt: skip


def unlike_the_others(table: pd.DataFrame) -> str:
    """Which parts changed otherwise than all others together, beyond chance."""
    if table.empty:
        return ""
    named = with_part_names(table[~table["rest"].astype(bool) & table["split"].ne("all")])
    more = named.loc[named["against_others_upper"] < 0, "name"]
    less = named.loc[named["against_others_lower"] > 0, "name"]
    said = []
    if len(more):
        said.append(_("Fell more than all others together: {names}.", names=listed(more)))
    if len(less):
        said.append(_("Fell less, or rose: {names}.", names=listed(less)))
    said.append(
        _("Of so many parts one in twenty would differ by chance alone at this level.")
        if said and round(table["against_others_conf"].iloc[0], 2) == 0.95
        else ""
    )
    return " ".join(filter(None, said)) or _("No part differs from the others beyond chance.")


def chart_title(table: pd.DataFrame) -> str:
    """What the chart of the parts shows.

    >>> chart_title(pd.DataFrame())
    'Deaths by sex, age and weapon'
    """
    shot, women = _row(table, mechanism="firearm"), _row(table, sex="female")
    if shot is None or women is None:
        return _("Deaths by sex, age and weapon")
    return _(
        "Deaths by firearm {shot}, those of women and girls {women}",
        shot=_changed(shot["percent_change"]),
        women=_changed(women["percent_change"]),
    )


def parts_alt(table: pd.DataFrame, where: str) -> str:
    """The chart of the parts in words."""
    if table.empty:
        return spared(table, where)
    named = with_part_names(table.dropna(subset=["percent_change"]))
    return _("Change of the deaths a year of each part in {where}: {parts}.",
             where=where, parts=_changes(named))  # fmt: skip


def elsewhere(table: pd.DataFrame) -> str:
    """How deaths by firearm changed in several places; ``name`` is that of the place."""
    rows = table.dropna(subset=["percent_change"])
    if rows.empty:
        return _("No other place has deaths by firearm in these years.")
    return _("Deaths by firearm: {places}.", places=_changes(rows))


def _changes(rows: pd.DataFrame) -> str:
    """The name and the change of each row."""
    changes = zip(rows["name"], rows["percent_change"], strict=True)
    return listed(_("{name} {percent}", name=name, percent=formats.percent(value, 0))
                  for name, value in changes)  # fmt: skip


def _row(table: pd.DataFrame, sex: str = "", mechanism: str = "") -> pd.Series | None:
    if table.empty:
        return None
    same = table["sex"].eq(sex) & table["mechanism"].eq(mechanism) & table["age"].eq("")
    rows = table[same & ~table["rest"].astype(bool) & table["split"].ne("all")]
    return None if rows.empty else rows.iloc[0]


def _changed(percent: float) -> str:
    """A change in words."""
    if pd.isna(percent):
        return _("were too few to compare")
    if round(percent) == 0:
        return _("hardly changed")
    size = formats.percent(abs(percent), 0)
    return (
        _("fell by {percent}", percent=size)
        if percent < 0
        else _("rose by {percent}", percent=size)
    )
