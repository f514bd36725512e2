"""Sentences about where a series breaks, and where the trend of its annual rates bends."""

import pandas as pd

from ..language import N_, _, ngettext, translated
from ..methods.level_breaks import MIN_SIZE, Breaks
from ..methods.rate_trend import RateTrend
from . import formats
from .words import Row, confidence, level_of, listed


def breaks(found: Breaks, name: str) -> str:
    """Where one break would lie, until the window's end and as far as the series goes.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.breaks_of_level(months, intervention="2012-03-09", end="2013-12-31")
    >>> print(breaks(found, "El Salvador"))
    Asked for one break between levels of at least 6 periods, the counts of El Salvador in
    2011...2013 put it at Mar 2012 (the rate after is 0.52 times that before), the date of the
    intervention. ...
    """
    if found.single.empty:
        return ""
    first, *later = found.single.to_dict("records")
    inside = found.candidates[found.candidates["within"]]["first"]
    kept = [formats.period(day, day + pd.offsets.MonthEnd(0)) for day in inside]
    text = _(
        "Asked for one break between levels of at least {size} periods, {found}.",
        size=formats.number(MIN_SIZE),
        found=_single(first, name),
    )
    text += ngettext(
        " Allowing for counts that vary {dispersion} times as much as independent deaths, {dates} "
        "is in the set that holds the date with {level} confidence.",
        " Allowing for counts that vary {dispersion} times as much as independent deaths, {dates} "
        "are in the set that holds the date with {level} confidence.",
        len(kept),
        dispersion=formats.number(found.dispersion, 1),
        dates=listed(kept),
        level=level_of(found.candidates["conf"].iloc[0]),
    )
    for longer in later:
        text += _(" Carried on, {found}.", found=_single(longer, name))
        if longer["rank"] > first["rank"]:
            text += _(
                " A larger change later on takes its place, so the figure ends with the period."
            )
    return text


def _single(row: Row, name: str) -> str:
    """One stretch, its best date, and the intervention's place among the candidates."""
    said = {
        "name": name,
        "period": formats.period(row["start"], row["end"]),
        "best": row["best"],
        "ratio": formats.number(row["best_ratio"], 2),
    }
    if row["best"] == row["asked"]:
        return _(
            "the counts of {name} in {period} put it at {best} (the rate after is {ratio} times "
            "that before), the date of the intervention",
            **said,
        )
    return _(
        "the counts of {name} in {period} put it at {best} (the rate after is {ratio} times that "
        "before), not at {asked}, which comes in place {rank} of {of}",
        asked=row["asked"],
        rank=row["rank"],
        of=row["of"],
        **said,
    )


def several(found: Breaks) -> str:
    """How many breaks the whole stretch gives when their number is left to it.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.breaks_of_level(months, intervention="2012-03-09", end="2013-12-31")
    >>> print(several(found))
    Left to choose how many (by BIC, with the same dispersion), the counts of 2011...2013 give 2
    breaks: Mar 2012 and Jul 2013. ...
    """
    if found.several.empty:
        return "" if found.reason else _("Left to choose, these counts give no break.")
    row = found.several.iloc[0]
    text = ngettext(
        "Left to choose how many (by BIC, with the same dispersion), the counts of {period} give "
        "{number} break: {dates}.",
        "Left to choose how many (by BIC, with the same dispersion), the counts of {period} give "
        "{number} breaks: {dates}.",
        len(found.several),
        period=formats.period(row["start"], row["end"]),
        dates=listed(found.several["when"]),
    )
    passed = found.several[found.several["agency_changes"]]
    if len(passed):
        text += _(
            " At {dates} the agency changes too, so the break can be one of counting.",
            dates=listed(passed["when"]),
        )
    return text


def trend(found: RateTrend, name: str) -> str:
    """The joinpoints, whether one lies about the intervention, and the average change.

    >>> from homicide_trends import methods, rates, series
    >>> years = rates.crude_rate(series.annual_series("SLV", start="2000", end="2013"))
    >>> found = methods.trend_of_rates(years, about=("2012-01-01", "2013-12-31"), permutations=99,
    ...     seed=1)
    >>> print(trend(found, "El Salvador"))
    From 2000 to 2013 the rates of El Salvador on file (14 years) give ...
    """
    if found.result is None:
        return ""
    whole, *about = found.averages.to_dict("records")
    text = f"{_joinpoints(found, name)} {_rule(found)}" + _(
        " The rate changed by {percent} a year on average ({limits}).",
        percent=formats.percent(whole["aapc"]),
        limits=confidence(whole, "aapc", 1, percent=True),
    )
    for part in about:
        start, end = part["start"].year, part["end"].year
        text += f" {_which(found, start, end, part['years'])}; {_farthest(found, start, end)}."
    return text


def _joinpoints(found: RateTrend, name: str) -> str:
    """How many joinpoints the rates give, and in which years."""
    assert found.result is not None
    years = found.series["year"]
    said = {
        "name": name,
        "first": years.iloc[0],
        "last": years.iloc[-1],
        "years": len(years),
        "most": found.result.spec["max_joinpoints"],
    }
    if not found.joinpoints:
        return _(
            "From {first} to {last} the rates of {name} on file ({years} years) give 0 joinpoints "
            "of at most {most}.",
            **said,
        )
    return ngettext(
        "From {first} to {last} the rates of {name} on file ({years} years) give {number} "
        "joinpoint ({joinpoints}) of at most {most}.",
        "From {first} to {last} the rates of {name} on file ({years} years) give {number} "
        "joinpoints ({joinpoints}) of at most {most}.",
        len(found.joinpoints),
        joinpoints=listed(found.joinpoints),
        **said,
    )


RULES = {
    "permutation": N_("permutation tests"),
    "bic": N_("BIC"),
    "wbic": N_("the weighted BIC"),
    "bic3": N_("BIC3"),
}
"""Rules by which the number of joinpoints is chosen."""


def _rule(found: RateTrend) -> str:
    """By which rule the joinpoints were chosen, and what the criteria would choose."""
    assert found.result is not None
    models, own = found.result.models, found.result.spec["selection"]
    others = []
    for name in ("bic", "wbic"):
        if name != own:
            years = models["joinpoints"].iloc[int(models[name].to_numpy().argmin())]
            chosen = ", ".join(str(year) for year in years) or _("none")
            others.append(f"{translated(RULES[name])}: {chosen}")
    return _(
        "Their number is chosen by {rule}; other rules choose these: {others}.",
        rule=translated(RULES[own]),
        others="; ".join(others),
    )


def averages(found: RateTrend) -> str:
    """What the average of the years about the intervention does not say.

    With a joinpoint inside, it is a mean of slopes; without one, a piece of a longer segment.

    >>> from homicide_trends import methods, rates, series
    >>> years = rates.crude_rate(series.annual_series("SLV", start="2000", end="2013"))
    >>> found = methods.trend_of_rates(years, about=("2012-01-01", "2013-12-31"), permutations=99,
    ...     seed=1)
    >>> print(averages(found))
    The fitted line does not bend between the years of 2012...2013: their average is the slope
    of all of 2011...2013 and says nothing of a fall or a rise within them.
    """
    if found.result is None or len(found.averages) < 2:
        return ""
    part = found.averages.iloc[1]
    start, end = part["start"], part["end"]
    whole = found.segments[(found.segments["start"] <= start) & (found.segments["end"] >= end)]
    if whole.empty:
        return _(
            "The average of {years} is a mean of the slopes about its joinpoints.",
            years=part["years"],
        )
    segment = whole.iloc[0]["years"]
    if segment == part["years"]:
        return ""
    return _(
        "The fitted line does not bend between the years of {years}: their average is the slope "
        "of all of {segment} and says nothing of a fall or a rise within them.",
        years=part["years"],
        segment=segment,
    )


def _which(found: RateTrend, start: int, end: int, years: str) -> str:
    """Which joinpoints lie in some years."""
    near = [year for year in found.joinpoints if start <= year <= end]
    if not near:
        return _("No joinpoint lies in {years}", years=years)
    return ngettext(
        "Of these, {joinpoints} lies in {years}",
        "Of these, {joinpoints} lie in {years}",
        len(near),
        joinpoints=listed(near),
        years=years,
    )


def _farthest(found: RateTrend, start: int, end: int) -> str:
    """The year of some whose rate lies farthest from the fitted line."""
    rows = found.series[found.series["year"].between(start, end)]
    off = 100 * (rows["rate"] / rows["fitted"] - 1).to_numpy(dtype=float)
    at = int(abs(off).argmax())
    said = {"year": rows["year"].iloc[at], "percent": formats.percent(abs(float(off[at])))}
    if off[at] < 0:
        return _("in {year} the rate lay {percent} below the fitted line", **said)
    return _("in {year} the rate lay {percent} above the fitted line", **said)
