"""What a figure shows, in words, for those who do not see it: made from the drawn table."""

import pandas as pd

from ..language import _, ngettext, translated
from . import formats
from .sentences import level_of, listed, quoted


def _at(row: pd.Series, column: str, decimals: int = 0) -> str:
    return _(
        "{number} in {when}",
        number=formats.number(row[column], decimals),
        when=formats.period(row["start"], row["end"]),
    )


def series(counted: pd.DataFrame, name: str) -> str:
    """Span, highest and lowest of a counted series.

    >>> rows = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "days": [31, 29],
    ...     "deaths": [411.0, 402.0]})
    >>> series(rows, "El Salvador")
    'Homicides a month in El Salvador, Jan to Feb 2012: highest 411 in Jan 2012, lowest 402 in \
Feb 2012.'
    """
    known = counted.dropna(subset=["deaths"])
    if known.empty:
        return _("No count is on file for {name} in this period.", name=name)
    high, low = known.loc[known["deaths"].idxmax()], known.loc[known["deaths"].idxmin()]
    said = {
        "name": name,
        "when": formats.period(known["start"].iloc[0], known["end"].iloc[-1]),
        "highest": _at(high, "deaths"),
        "lowest": _at(low, "deaths"),
    }
    missing = len(counted) - len(known)
    if (known["days"] > 360).all():
        text = _("Homicides a year in {name}, {when}: highest {highest}, lowest {lowest}.", **said)
        gaps = ngettext(" {number} year has no count.", " {number} years have no count.", missing)
    else:
        text = _("Homicides a month in {name}, {when}: highest {highest}, lowest {lowest}.", **said)
        gaps = ngettext(" {number} month has no count.", " {number} months have no count.", missing)
    return text + gaps if missing else text


def timeline(events: pd.DataFrame, name: str) -> str:
    """How many events, of what kind, between which dates.

    >>> days = pd.to_datetime(["2012-03-09", "2012-07-13"])
    >>> timeline(pd.DataFrame({"start": days, "end": days, "stated": [False, True]}), "El Salvador")
    'Timeline of 2 marked events for El Salvador from 9 Mar 2012 to 13 Jul 2012; 1 of them is \
dated by a text on file.'
    """
    if events.empty:
        return _("No event is marked for {name}.", name=name)
    return _(
        "Timeline of {events} for {name} from {first} to {last}; {dated}.",
        events=ngettext("{number} marked event", "{number} marked events", len(events)),
        name=name,
        first=formats.day(events["start"].min()),
        last=formats.day(events["end"].max()),
        dated=ngettext(
            "{number} of them is dated by a text on file",
            "{number} of them are dated by a text on file",
            int(events["stated"].sum()),
        ),
    )


def variants(rates: pd.DataFrame, stated: pd.DataFrame, name: str) -> str:
    """Span of the rates that all counts and populations give, beside the stated one.

    >>> rates = pd.DataFrame({"start": "2011-01-01", "end": "2011-12-31", "deaths": [4371, 4354],
    ...     "population_series": "WPP2024", "rate": [71.8, 71.5]})
    >>> variants(rates, pd.DataFrame({"as_reported": ["70.1"]}), "El Salvador")
    'Homicide rates of El Salvador in 2011 from 2 counts over 1 population: between 71.5 and 71.8 \
per 100,000. Stated: “70.1”.'
    """
    if rates.empty:
        return _("No count of the year is on file for {name}.", name=name)
    first = rates.iloc[0]
    text = _(
        "Homicide rates of {name} in {when} from {counts} over {populations}: between {lowest} "
        "and {highest} per 100,000.",
        name=name,
        when=formats.period(first["start"], first["end"]),
        counts=ngettext("{number} count", "{number} counts", rates["deaths"].nunique()),
        populations=ngettext(
            "{number} population", "{number} populations", rates["population_series"].nunique()
        ),
        lowest=formats.number(rates["rate"].min(), 1),
        highest=formats.number(rates["rate"].max(), 1),
    )
    if stated.empty:
        return text
    return text + _(" Stated: {tokens}.", tokens=quoted(stated["as_reported"]))


def change_by_end(growing: pd.DataFrame, stated: pd.DataFrame, name: str) -> str:
    """First, deepest and last change as the window grows.

    >>> growing = pd.DataFrame({"baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "end": pd.to_datetime(["2012-03-31", "2012-04-30"]), "percent_change": [-30.0, -40.0]})
    >>> change_by_end(growing, pd.DataFrame(), "X").replace(formats.NBSP, " ")
    'Change of the homicide rate of X since the baseline 2011 as the window grows: \
−30.0 % to 31 Mar 2012, lowest −40.0 % to 30 Apr 2012.'
    """
    growing = growing.dropna(subset=["percent_change"])
    if growing.empty:
        return _("No change can be computed for {name}.", name=name)

    def one(row: pd.Series) -> str:
        said = {"percent": formats.percent(row["percent_change"]), "end": formats.day(row["end"])}
        if row["percent_change"] == growing["percent_change"].min():
            return _("lowest {percent} to {end}", **said)
        return _("{percent} to {end}", **said)

    deepest = growing["percent_change"].argmin()
    rows = [growing.iloc[at] for at in sorted({0, int(deepest), len(growing) - 1})]
    baseline = formats.period(growing["baseline_start"].iloc[0], growing["baseline_end"].iloc[0])
    text = _(
        "Change of the homicide rate of {name} since the baseline {baseline} as the window grows: "
        "{changes}.",
        name=name,
        baseline=baseline,
        changes=", ".join(one(row) for row in rows),
    )
    if stated.empty:
        return text
    return text + _(" Stated declines: {tokens}.", tokens=quoted(stated["as_reported"]))


def expected(table: pd.DataFrame, window: tuple[str, str], name: str) -> str:
    """In how many periods of the window the count lay below, in or above what was expected.

    >>> month = pd.DataFrame([{"start": "2012-04-01", "end": "2012-04-30", "days": 30,
    ...     "deaths": 156, "expected": 370.0, "expected_lower": 330, "expected_upper": 410,
    ...     "expected_conf": 0.95}])
    >>> expected(month, ("2012-03-01", "2012-12-31"), "X").replace(formats.NBSP, " ")
    "Observed and expected homicides in X: of 1 month wholly in the window, 1 lies below the 95 % \
prediction interval of the baseline's rate, 0 above it and 0 in it."
    """
    inside = table[(table["start"] >= window[0]) & (table["end"] <= window[1])]
    known = inside.dropna(subset=["deaths", "expected"])
    if known.empty:
        return _(
            "No period with a count of homicides in {name} lies wholly in the window.", name=name
        )
    below = int((known["deaths"] < known["expected_lower"]).sum())
    above = int((known["deaths"] > known["expected_upper"]).sum())
    if (known["days"] > 360).all():
        periods = ngettext("{number} year", "{number} years", len(known))
    else:
        periods = ngettext("{number} month", "{number} months", len(known))
    return ngettext(
        "Observed and expected homicides in {name}: of {periods} wholly in the window, {number} "
        "lies below the {level} prediction interval of the baseline's rate, {above} above it and "
        "{inside} in it.",
        "Observed and expected homicides in {name}: of {periods} wholly in the window, {number} "
        "lie below the {level} prediction interval of the baseline's rate, {above} above it and "
        "{inside} in it.",
        below,
        name=name,
        periods=periods,
        level=level_of(known["expected_conf"].iloc[0]),
        above=formats.number(above),
        inside=formats.number(len(known) - below - above),
    )


def cumulative(growing: pd.DataFrame, stated: pd.DataFrame, name: str) -> str:
    """The total at the end, and when a stated number was first reached.

    >>> growing = pd.DataFrame({"end": pd.to_datetime(["2012-03-31", "2012-04-30"]),
    ...     "averted": [112.0, 320.0]})
    >>> cumulative(growing, pd.DataFrame({"value": [200], "as_reported": ["200"]}), "X")
    'Expected minus observed homicides in X added up to 320 by 30 Apr 2012. The stated “200” was \
reached by 30 Apr 2012.'
    """
    if growing.empty:
        return _("No total can be computed for {name}.", name=name)
    last = growing.iloc[-1]
    text = _(
        "Expected minus observed homicides in {name} added up to {total} by {day}.",
        name=name,
        total=formats.number(last["averted"]),
        day=formats.day(last["end"]),
    )
    for row in stated.drop_duplicates("value").to_dict("records"):
        token = quoted([row["as_reported"]])
        reached = growing[growing["averted"] >= row["value"]]
        if len(reached):
            text += _(
                " The stated {token} was reached by {day}.",
                token=token,
                day=formats.day(reached["end"].iloc[0]),
            )
        else:
            text += _(" The stated {token} was not reached in this window.", token=token)
    return text


def region_lines(
    years: pd.DataFrame, place: str, baseline: tuple[str, str], window: tuple[str, str]
) -> str:
    """Rank of a place among all countries in the last year of the baseline and of the window.

    >>> years = pd.DataFrame({"place": "HND", "name": "Honduras", "rate": [83.2, 82.3],
    ...     "start": pd.to_datetime(["2011-01-01", "2012-01-01"])})
    >>> region_lines(years, "HND", ("2010-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31"))
    'Homicide rates a year by country: Honduras had 83.2 per 100,000 in 2011, number 1 from the \
highest of 1 country and Honduras had 82.3 per 100,000 in 2012, number 1 from the highest of 1 \
country.'
    """
    parts = []
    for end in (baseline[1], window[1]):
        year = pd.Timestamp(end).year
        of_year = years[(years["start"].dt.year == year)].dropna(subset=["rate"])
        mine = of_year[of_year["place"] == place]
        if mine.empty:
            parts.append(_("no rate for the place of this report in {year}", year=year))
            continue
        rate = float(mine["rate"].iloc[0])
        parts.append(
            _(
                "{name} had {rate} per 100,000 in {year}, number {rank} from the highest of "
                "{countries}",
                name=translated(mine["name"].iloc[0]),
                rate=formats.number(rate, 1),
                year=year,
                rank=int((of_year["rate"] > rate).sum()) + 1,
                countries=ngettext("{number} country", "{number} countries", len(of_year)),
            )
        )
    return _("Homicide rates a year by country: {parts}.", parts=listed(parts))
