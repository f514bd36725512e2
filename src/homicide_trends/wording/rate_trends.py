"""Sentences about the trend of annual rates by joinpoint regression."""

from ..language import N_, _, ngettext, translated
from ..methods.rate_trend import RateTrend
from . import formats
from .effect_words import confidence
from .sentences import listed


def trend(found: RateTrend, name: str) -> str:
    """The joinpoints, whether one lies about the intervention, and the average change.

    >>> import pandas as pd
    >>> from homicide_trends.methods import trend_of_rates
    >>> years = pd.date_range("2000-01-01", periods=12, freq="YS")
    >>> table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0)})
    >>> rates = [50 * 1.1**year for year in range(7)]  # 10 percent more a year, then 5 less
    >>> table["rate"] = rates + [rates[-1] * 0.95**year for year in range(1, 6)]
    >>> table["deaths"] = 1000
    >>> found = trend_of_rates(table, about=("2003-01-01", "2005-12-31"), permutations=99, seed=1)
    >>> print(trend(found, "the country"))
    From 2000 to 2011 the rates of the country on file (12 years) give 1 joinpoint (2006) of
    at most 2. Their number is chosen by permutation tests; other rules choose these: BIC: 2006;
    the weighted BIC: 2006. The rate changed by 2.9...% a year on average (95...% confidence
    interval 2.9 to 2.9...%). No joinpoint lies in 2003...2005; in 2005 the rate lay 0.0...%
    below the fitted line.
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

    >>> import pandas as pd
    >>> from homicide_trends.methods import trend_of_rates
    >>> years = pd.date_range("2000-01-01", periods=12, freq="YS")
    >>> table = pd.DataFrame({"start": years, "end": years + pd.offsets.YearEnd(0)})
    >>> rates = [50 * 1.1**year for year in range(7)]  # 10 percent more a year, then 5 less
    >>> table["rate"] = rates + [rates[-1] * 0.95**year for year in range(1, 6)]
    >>> table["deaths"] = 1000
    >>> found = trend_of_rates(table, about=("2003-01-01", "2005-12-31"), permutations=99, seed=1)
    >>> print(averages(found))
    The fitted line does not bend between the years of 2003...2005: their average is the
    slope of all of 2000...2006 and says nothing of a fall or a rise within them.
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
