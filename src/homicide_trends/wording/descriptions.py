"""What a figure shows, in words, for those who do not see it: made from the drawn table."""

import pandas as pd

from ..language import _, ngettext, translated
from ..methods.level_breaks import Breaks
from ..methods.other_countries import Elsewhere
from ..methods.rate_trend import RateTrend
from ..methods.step_models import StepModels
from . import formats
from .words import as_said, each_period, inside, listed, periods, quoted_figures


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
        "each": each_period(known),
        "name": name,
        "when": formats.period(known["start"].iloc[0], known["end"].iloc[-1]),
        "highest": _at(high, "deaths"),
        "lowest": _at(low, "deaths"),
    }
    text = _("Homicides {each} in {name}, {when}: highest {highest}, lowest {lowest}.", **said)
    if len(known) == len(counted):
        return text
    return text + _(
        " Without a count: {periods}.",
        periods=periods(counted[counted["deaths"].isna()]),
    )


def course(both: pd.DataFrame) -> str:
    """From how many killings a day to how many, as the title of a series.

    ``both`` has the rows of ``series.side_by_side``.

    >>> course(pd.DataFrame({"deaths": [4510, 4254], "days": [366, 671]}))
    'From 12.3 killings a day to 6.3'
    """
    before, after = both["deaths"] / both["days"]
    return _("From {before} killings a day to {after}", before=formats.number(before, 1),
             after=formats.number(after, 1))  # fmt: skip


def extremes(counted: pd.DataFrame) -> str:
    """The highest and the lowest period of a series, as its title.

    >>> rows = pd.DataFrame({"start": pd.to_datetime(["2012-01-01", "2012-02-01"]),
    ...     "end": pd.to_datetime(["2012-01-31", "2012-02-29"]), "deaths": [411.0, 402.0]})
    >>> extremes(rows)
    'Most killings in January 2012 (411), fewest in February 2012 (402)'
    """
    known = counted.dropna(subset=["deaths"])
    if known.empty:
        return _("No count is on file")
    high, low = known.loc[known["deaths"].idxmax()], known.loc[known["deaths"].idxmin()]
    return _(
        "Most killings in {high} ({most}), fewest in {low} ({fewest})",
        high=formats.long_period(high["start"], high["end"]),
        most=formats.number(high["deaths"]),
        low=formats.long_period(low["start"], low["end"]),
        fewest=formats.number(low["deaths"]),
    )


def span_of_variants(rates: pd.DataFrame, stated: pd.DataFrame) -> str:
    """What all counts and populations give, and where the stated rate lies, as a title.

    >>> span_of_variants(pd.DataFrame({"rate": [71.8, 70.0], "start": "2011-01-01",
    ...     "end": "2011-12-31"}), pd.DataFrame({"value": [70.1], "as_reported": ["70.1"]}))
    'For 2011 counts and populations give 70.0 to 71.8; the stated 70.1 lies among them'
    """
    if rates.empty:
        return _("No count is on file")
    low, high = rates["rate"].min(), rates["rate"].max()
    said = {
        "when": formats.period(rates["start"].iloc[0], rates["end"].iloc[0]),
        "range": formats.interval(low, high, 1),
    }
    if stated.empty:
        return _("For {when} counts and populations give {range}", **said)
    value, said["stated"] = float(stated["value"].iloc[0]), as_said(stated).iloc[0]
    if low <= value <= high:
        return _("For {when} counts and populations give {range}; the stated {stated} lies among "
                 "them", **said)  # fmt: skip
    return _("For {when} counts and populations give {range}, and none the stated {stated}", **said)


def timeline(events: pd.DataFrame) -> str:
    """How many events, and how many of them a text dates.

    >>> days = pd.to_datetime(["2012-03-09", "2012-07-13"])
    >>> timeline(pd.DataFrame({"start": days, "end": days, "stated": [False, True]}))
    '1 of 2 marked events is dated by a text on file'
    """
    return ngettext(
        "{number} of {events} is dated by a text on file",
        "{number} of {events} are dated by a text on file",
        int(events["stated"].sum()) if len(events) else 0,
        events=ngettext("{number} marked event", "{number} marked events", len(events)),
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
    return text + _(" Stated: {tokens}.", tokens=quoted_figures(stated))


def change_by_end(growing: pd.DataFrame) -> str:
    """The largest change as the period grows, and the last.

    >>> growing = pd.DataFrame({"end": pd.to_datetime(["2012-03-31", "2013-04-30"]),
    ...     "percent_change": [-40.0, -30.0]})
    >>> change_by_end(growing).replace(formats.NBSP, " ")
    'The fall was largest by March 2012, 40.0 %, and 30.0 % by April 2013'
    """
    known = growing.dropna(subset=["percent_change"])
    if known.empty:
        return _("No percent change can be given.")
    last = known.iloc[-1]
    fell = last["percent_change"] < 0
    largest = known.loc[(known["percent_change"] * (1 if fell else -1)).idxmin()]
    said = {
        "most": formats.percent(abs(largest["percent_change"])),
        "when": formats.long_month(largest["end"]),
        "last": formats.percent(abs(last["percent_change"])),
        "end": formats.long_month(last["end"]),
    }
    if fell and largest["end"] == last["end"]:
        return _("The fall was largest at the end: {last} by {end}", **said)
    if fell:
        return _("The fall was largest by {when}, {most}, and {last} by {end}", **said)
    if largest["end"] == last["end"]:
        return _("The rise was largest at the end: {last} by {end}", **said)
    return _("The rise was largest by {when}, {most}, and {last} by {end}", **said)


def expected(table: pd.DataFrame) -> str:
    """In how many periods with limits the count lay below, in or above what was expected.

    >>> month = pd.DataFrame([{"start": "2012-04-01", "end": "2012-04-30", "deaths": 156,
    ...     "expected": 370.0, "expected_lower": 330, "expected_upper": 410}])
    >>> expected(month)
    'Below what the earlier rate allows in 1 of 1 month, above it in 0'
    """
    known = table.dropna(subset=["deaths", "expected_lower"])
    if known.empty:
        return _("No period with a count lies wholly after the baseline")
    if len(known) > 1 and (known["deaths"] < known["expected_lower"]).all():
        return _("Fewer killings than the earlier rate allows in each of {periods}",
                 periods=periods(known))  # fmt: skip
    return _(
        "Below what the earlier rate allows in {below} of {periods}, above it in {above}",
        periods=periods(known),
        below=formats.number((known["deaths"] < known["expected_lower"]).sum()),
        above=formats.number((known["deaths"] > known["expected_upper"]).sum()),
    )


def cumulative(growing: pd.DataFrame, stated: pd.DataFrame | None = None) -> str:
    """The total at the end, and when a stated number was first reached.

    >>> growing = pd.DataFrame({"end": pd.to_datetime(["2012-03-31", "2012-04-30"]),
    ...     "averted": [112.0, 320.0]})
    >>> cumulative(growing, pd.DataFrame({"value": [200], "as_reported": ["200"]}))
    '320 fewer by April 2012; the stated 200 is reached by April 2012'
    """
    if growing.empty:
        return _("No total can be computed")
    last = growing.iloc[-1]
    said = {"total": formats.number(abs(last["averted"])), "end": formats.long_month(last["end"])}
    parts = [_("{total} fewer by {end}", **said) if last["averted"] >= 0
             else _("{total} more by {end}", **said)]  # fmt: skip
    rows = [] if stated is None else stated.drop_duplicates("value").to_dict("records")
    for row in rows:
        value = formats.number(row["value"])
        reached = growing.loc[growing["averted"] >= row["value"], "end"]
        if len(reached):
            when = formats.long_month(reached.iloc[0])
            parts.append(_("the stated {value} is reached by {when}", value=value, when=when))
        else:
            parts.append(_("the stated {value} is not reached", value=value))
    return "; ".join(parts)


def region_title(
    years: pd.DataFrame, place: str, baseline: tuple[str, str], window: tuple[str, str]
) -> str:
    """Rank of a place among all countries in the last year of both times, as a title.

    >>> years = pd.DataFrame({"place": "HND", "name": "Honduras", "rate": [83.2, 82.3],
    ...     "start": pd.to_datetime(["2011-01-01", "2012-01-01"])})
    >>> region_title(years, "HND", ("2010-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31"))
    'Honduras: number 1 from the highest of 1 country in 2011, number 1 of 1 country in 2012'
    """
    parts: list[str] = []
    for end in (baseline[1], window[1]):
        year = pd.Timestamp(end).year
        of_year = years[(years["start"].dt.year == year)].dropna(subset=["rate"])
        mine = of_year[of_year["place"] == place]
        if mine.empty:
            return _("Homicide rate a year by country")
        said = {
            "rank": int((of_year["rate"] > float(mine["rate"].iloc[0])).sum()) + 1,
            "countries": ngettext("{number} country", "{number} countries", len(of_year)),
            "year": year,
        }
        parts.append(
            _("number {rank} of {countries} in {year}", **said)
            if parts
            else _("number {rank} from the highest of {countries} in {year}", **said)
        )
    return f"{translated(mine['name'].iloc[0])}: {', '.join(parts)}"


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


# --- figures about an intervention ------------------------------------------------------------


def models(models: StepModels, name: str) -> str:
    """Observed deaths beside the deaths each model expects without the intervention.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.step_models(months, intervention="2012-03-09", transition="after")
    >>> print(models(found, "El Salvador"))
    Homicides a month in El Salvador, observed and as each model expects them without the
    intervention of 9 Mar 2012: in Dec 2013 208 observed, expected 382 (step without trend), ...
    """
    if models.series.empty:
        return models.reason
    last = models.series["start"] == models.series["start"].max()
    parts = [
        f"{formats.number(row['expected'])} ({inside(translated(row['model']))})"
        for row in models.series[last].to_dict("records")
    ]
    end = models.series[last].iloc[0]
    return _(
        "Homicides {each} in {name}, observed and as each model expects them without the "
        "intervention of {day}: in {period} {deaths} observed, expected {expected}.",
        each=each_period(models.series),
        name=name,
        day=formats.day(models.intervention),
        period=formats.period(end["start"], end["end"]),
        deaths=formats.number(end["deaths"]),
        expected=listed(parts),
    )


def span_of_models(models: StepModels) -> str:
    """How many more deaths the models expect without the intervention, as a title.

    >>> from types import SimpleNamespace
    >>> span_of_models(SimpleNamespace(averted=pd.DataFrame({"averted": [3972, 6222]})))
    'Without the intervention the models expect 3,972 to 6,222 more deaths'
    """
    averted = models.averted["averted"].dropna()
    if averted.empty:
        return models.reason
    low, high = averted.min(), averted.max()
    if low >= 0:
        return _("Without the intervention the models expect {range} more deaths",
                 range=formats.interval(low, high))  # fmt: skip
    if high <= 0:
        return _("Without the intervention the models expect {range} fewer deaths",
                 range=formats.interval(-high, -low))  # fmt: skip
    return _("Without the intervention the models expect {few} fewer to {many} more deaths",
             few=formats.number(-low), many=formats.number(high))  # fmt: skip


def best_date(found: Breaks) -> str:
    """Which date is best as the only break, and where the intervention's stands, as a title.

    >>> from types import SimpleNamespace
    >>> best = pd.DataFrame({"best": ["Mar 2012"], "place_of_intervention": ["1 of 25"]})
    >>> best_date(SimpleNamespace(candidates=best, single=best))
    'As the only break Mar 2012 fits best; the date of the intervention is 1 of 25'
    """
    if found.candidates.empty:
        return found.reason
    return _(
        "As the only break {best} fits best; the date of the intervention is {place}",
        best=found.single["best"].iloc[0],
        place=found.single["place_of_intervention"].iloc[0],
    )


def candidates(found: Breaks, name: str) -> str:
    """How the dates compare as the only break.

    >>> from homicide_trends import methods, series
    >>> months = series.monthly_series("SLV", start="2011-01-01", end="2013-12-31")
    >>> found = methods.breaks_of_level(months, intervention="2012-03-09", end="2013-12-31")
    >>> print(candidates(found, "El Salvador"))
    Excess cost of every date as the only break of the counts of El Salvador: 0 at Mar 2012,
    up to 213 elsewhere; the date of the intervention is in place 1 of 25.
    """
    if found.candidates.empty:
        return found.reason
    return _(
        "Excess cost of every date as the only break of the counts of {name}: 0 at {best}, up to "
        "{worst} elsewhere; the date of the intervention is in place {place}.",
        name=name,
        best=found.single["best"].iloc[0],
        worst=formats.number(found.candidates["excess"].max()),
        place=found.single["place_of_intervention"].iloc[0],
    )


def trend(found: RateTrend, name: str) -> str:
    """The fitted segments and their annual percent changes.

    >>> from homicide_trends import methods, rates, series
    >>> years = rates.crude_rate(series.annual_series("SLV", start="2000", end="2013"))
    >>> found = methods.trend_of_rates(years, about=("2012-01-01", "2013-12-31"), permutations=99,
    ...     seed=1)
    >>> print(trend(found, "El Salvador"))
    Homicide rates of El Salvador a year with fitted segments, change a year: ...
    """
    if found.result is None:
        return found.reason
    return _(
        "Homicide rates of {name} a year with fitted segments, change a year: {changes}.",
        name=name,
        changes=_segments(found),
    )


def segments(found: RateTrend) -> str:
    """The change a year of each segment, as a title.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"years": ["2000 to 2011"], "apc": [1.6]})
    >>> segments(SimpleNamespace(result=rows, segments=rows)).replace(formats.NBSP, " ")
    'Change a year: 2000 to 2011 1.6 %'
    """
    if found.result is None:
        return found.reason
    return _("Change a year: {changes}", changes=_segments(found))


def _segments(found: RateTrend) -> str:
    return listed(
        f"{row['years']} {formats.percent(row['apc'])}" for row in found.segments.to_dict("records")
    )


def beside_others(found: Elsewhere, name: str) -> str:
    """How the place stands to the weighted others, as a title.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"year": ["2012"], "rate": [20.0], "synthetic": [31.0]})
    >>> beside_others(SimpleNamespace(series=rows, refused=False), "Utopia")
    'Utopia had 20.0 per 100,000 in 2012, the weighted others 31.0'
    """
    if found.series.empty:
        return found.reason
    last = found.series.iloc[-1]
    if found.refused:
        return _("Other countries together do not follow {name}: nothing is concluded", name=name)
    return _(
        "{name} had {rate} per 100,000 in {year}, the weighted others {synthetic}",
        name=name,
        rate=formats.number(last["rate"], 1),
        year=last["year"],
        synthetic=formats.number(last["synthetic"], 1),
    )


def synthetic(found: Elsewhere, name: str) -> str:
    """The place's rate and that of the weighted other countries in the last year drawn.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"year": ["2012"], "rate": [20.0], "synthetic": [31.0]})
    >>> synthetic(SimpleNamespace(series=rows, refused=False), "Utopia")
    'Homicide rate of Utopia and of the weighted other countries: in 2012 20.0 and 31.0 per \
100,000.'
    """
    if found.series.empty:
        return found.reason
    last = found.series.iloc[-1]
    text = _(
        "Homicide rate of {name} and of the weighted other countries: in {year} {rate} and "
        "{synthetic} per 100,000.",
        name=name,
        year=last["year"],
        rate=formats.number(last["rate"], 1),
        synthetic=formats.number(last["synthetic"], 1),
    )
    return text + _(" The lines end before the intervention.") if found.refused else text


def estimates(estimates: pd.DataFrame, quantity: str) -> str:
    """Every estimate of a quantity, in the order of the rows drawn.

    >>> table = pd.DataFrame({"name": ["A study", "Constant rate"], "rate_ratio": [0.61, 0.57]})
    >>> estimates(table, "rate_ratio")
    'Rate ratios by method. A study: 0.61; Constant rate: 0.57.'
    """
    known = estimates.dropna(subset=[quantity])
    ratios = quantity == "rate_ratio"
    if known.empty:
        return _("Rate ratios: none.") if ratios else _("Expected minus observed homicides: none.")
    parts = "; ".join(
        f"{row['name']}: {formats.number(row[quantity], 2 if ratios else 0)}"
        for row in known.to_dict("records")
    )
    if ratios:
        return _("Rate ratios by method. {parts}.", parts=parts)
    return _("Expected minus observed homicides by method. {parts}.", parts=parts)


def span_of_estimates(estimates: pd.DataFrame, quantity: str) -> str:
    """From where to where the estimates of a quantity go, as a title.

    >>> span_of_estimates(pd.DataFrame({"rate_ratio": [0.61, 0.57]}), "rate_ratio")
    '2 estimates of the rate after over the rate before: 0.57 to 0.61'
    """
    known = estimates[quantity].dropna()
    decimals = 2 if quantity == "rate_ratio" else 0
    said = {
        "estimates": ngettext("{number} estimate", "{number} estimates", len(known)),
        "range": formats.interval(known.min(), known.max(), decimals),
    }
    if quantity == "rate_ratio":
        return _("{estimates} of the rate after over the rate before: {range}", **said)
    return _("{estimates} of the deaths fewer than expected: {range}", **said)
