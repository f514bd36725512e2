"""Sentences made from results, so that no number is ever typed into prose.

Each takes a result table and says only what its rows say: a fall after a date is never called
a fall because of it.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from . import formats

RATE = "per 100,000 person-years"


def _row(result: pd.DataFrame) -> pd.Series:
    if len(result) != 1:
        raise ValueError(f"a sentence needs a result of one row; this one has {len(result)}")
    return result.iloc[0]


def level_of(conf: float) -> str:
    """A confidence level as a percentage.

    >>> level_of(0.95) == "95" + formats.NBSP + "%"
    True
    """
    return f"{100 * conf:.10g}{formats.NBSP}%"


def listed(items: Iterable[object]) -> str:
    """``a, b and c``, each once.

    >>> listed(["a", "b", "c", "a"])
    'a, b and c'
    """
    words = list(dict.fromkeys(str(item) for item in items))
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def quoted(tokens: Iterable[object]) -> str:
    """Tokens of a text in quotation marks, each once.

    >>> quoted(["nearly 60%", "about sixty percent", "nearly 60%"])
    '“nearly 60%” and “about sixty percent”'
    """
    return listed(f"\u201c{token}\u201d" for token in tokens)


SPLIT = " Deaths of periods that the dates cut were split by days."


def _split(row: pd.Series) -> str:
    """A remark where the baseline or the window cuts a reported period."""
    methods = f"{row.get('deaths_method', '')} {row.get('baseline_deaths_method', '')}"
    return SPLIT if "allocated by days" in methods else ""


SCATTER = "with the scatter of the periods about their own rates"
TOO_FEW = (
    " The periods are too few to tell how far they scatter about their own rates; the interval "
    "takes deaths as independent."
)


def _both_limits(alone: str, scattered: pd.DataFrame | None, quantity: str, sign: int) -> str:
    """Limits for independent deaths, and what they become with the scatter of the periods."""
    if scattered is None or scattered.empty:
        return alone
    row = _row(scattered)
    lower, upper = sorted(sign * row[f"{quantity}{end}"] for end in ("_lower", "_upper"))
    share = quantity == "percent_change"
    wide = formats.interval(lower, upper, int(share)) + f"{formats.NBSP}%" * share
    return f"{alone} if deaths are independent, {wide} {SCATTER}"


def _doubt(scattered: pd.DataFrame | None, quantity: str, doubt: str) -> str:
    """What to add where the scatter is not known, or leaves the sign open."""
    if scattered is None:
        return ""
    if scattered.empty:
        return TOO_FEW
    row = _row(scattered)
    unclear = row[f"{quantity}_lower"] <= 0 <= row[f"{quantity}_upper"]
    return f" With that scatter these counts do not tell {doubt}." if unclear else ""


def change(result: pd.DataFrame, name: str, *, scattered: pd.DataFrame | None = None) -> str:
    """The percent change of the rate in one sentence.

    Needs the row of ``windows.compare`` with ``percent_change`` and its limits. ``scattered``
    is the same row with limits that let in the scatter of the periods, or no row where that
    cannot be told (those of ``rates.percent_change_methods`` that are ``scattered``).

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "days": 366, "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "baseline_deaths": 4371.0, "baseline_days": 365, "percent_change": -41.3,
    ...     "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_conf": 0.95}])
    >>> change(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador the homicide rate fell by 41.3 % (95 % confidence interval 38.3 to 44.1 %) \
from the baseline 2011 (4,371 deaths) to the window 2012 (2,576 deaths).'
    """
    row = _row(result)
    value, lower, upper = (row[f"percent_change{limit}"] for limit in ("", "_lower", "_upper"))
    periods = (
        f"from the baseline {formats.period(row['baseline_start'], row['baseline_end'])} "
        f"({formats.count_of(row['baseline_deaths'], 'death', 'deaths')}) to the window "
        f"{formats.period(row['start'], row['end'])} "
        f"({formats.count_of(row['deaths'], 'death', 'deaths')})"
    )
    if pd.isna(value):
        return f"In {name} no percent change can be given {periods}."
    unclear = lower <= 0 <= upper
    sign = -1 if value < 0 and not unclear else 1
    low, high = sorted((sign * lower, sign * upper))
    interval = _both_limits(
        f"{level_of(row['percent_change_conf'])} confidence interval "
        f"{formats.interval(low, high, 1)}{formats.NBSP}%",
        scattered,
        "percent_change",
        sign,
    )
    verb = "changed" if unclear else "fell" if value < 0 else "rose"
    text = (
        f"In {name} the homicide rate {verb} by {formats.percent(sign * value)} ({interval}) "
        f"{periods}"
    )
    if unclear:
        doubt = TOO_FEW if scattered is not None and scattered.empty else ""
        return f"{text}: these counts do not tell a fall from a rise.{doubt}{_split(row)}"
    doubt = _doubt(scattered, "percent_change", "a fall from a rise")
    return f"{text}.{doubt}{_split(row)}"


def averted(result: pd.DataFrame, name: str, *, scattered: pd.DataFrame | None = None) -> str:
    """Expected minus observed deaths in one sentence.

    Needs the row of ``counterfactual.averted_deaths``. ``scattered`` is the same row with limits
    that let in the scatter of the periods, or no row where that cannot be told (those of
    ``counterfactual.averted_deaths_variants`` that are ``scattered``).

    >>> row = pd.DataFrame([{"start": "2012-01-01", "end": "2012-12-31", "deaths": 2576.0,
    ...     "baseline_start": "2011-01-01", "baseline_end": "2011-12-31", "expected": 4388.1,
    ...     "averted": 1812.1, "averted_lower": 1641.0, "averted_upper": 1986.0,
    ...     "averted_conf": 0.95}])
    >>> averted(row, "El Salvador").replace(formats.NBSP, " ")
    'In El Salvador, 2,576 homicides were counted in 2012; at the rate of 2011 4,388 would have \
been expected: 1,812 fewer (95 % prediction interval 1,641 to 1,986).'
    """
    row = _row(result)
    value, lower, upper = row["averted"], row["averted_lower"], row["averted_upper"]
    if pd.isna(value):
        when = formats.period(row["start"], row["end"])
        return f"In {name} no expected number of homicides can be given for {when}."
    sign, more = (1, "fewer") if value >= 0 else (-1, "more")
    low, high = sorted((sign * lower, sign * upper))
    interval = _both_limits(
        f"{level_of(row['averted_conf'])} prediction interval {formats.interval(low, high)}",
        scattered,
        "averted",
        sign,
    )
    text = (
        f"In {name}, {formats.count_of(row['deaths'], 'homicide was', 'homicides were')} counted "
        f"in {formats.period(row['start'], row['end'])}; at the rate of "
        f"{formats.period(row['baseline_start'], row['baseline_end'])} "
        f"{formats.number(row['expected'])} would have been expected: "
        f"{formats.number(abs(value))} {more} ({interval})."
    )
    if lower <= 0 <= upper:
        text += " The interval holds zero: these counts do not tell fewer from more."
        text += TOO_FEW if scattered is not None and scattered.empty else ""
    else:
        text += _doubt(scattered, "averted", "fewer from more")
    return text + _split(row)


def levels(years: pd.DataFrame, name: str) -> str:
    """The highest and the lowest year of a table with ``rate``.

    >>> year = pd.DataFrame([{"start": "2011-01-01", "end": "2011-12-31", "deaths": 4371.0,
    ...     "rate": 71.8, "population_series": "WPP2024"}])
    >>> levels(year, "El Salvador")
    'In El Salvador the homicide rate was 71.8 per 100,000 person-years in 2011 (4,371 deaths), \
with the population of WPP2024.'
    """
    known = years.dropna(subset=["rate"])
    if known.empty:
        return f"No homicide rate can be given for {name}: a count or a population is missing."

    def one(row: pd.Series) -> str:
        when = formats.period(row["start"], row["end"])
        return (
            f"{formats.number(row['rate'], 1)} {RATE} in {when} "
            f"({formats.count_of(row['deaths'], 'death', 'deaths')})"
        )

    series = listed(known["population_series"])
    highest, lowest = known.loc[known["rate"].idxmax()], known.loc[known["rate"].idxmin()]
    if len(known) == 1:
        return f"In {name} the homicide rate was {one(highest)}, with the population of {series}."
    return (
        f"In {name} the homicide rate ran between {one(lowest)} and {one(highest)}, with the "
        f"population of {series}."
    )


def stated_figures(stated: pd.DataFrame) -> str:
    """How many figures how many texts state.

    >>> stated_figures(pd.DataFrame({"source_id": ["a", "a", "b"]}))
    '2 texts state 3 figures, dates apart.'
    """
    texts = stated["source_id"].nunique()
    return (
        f"{formats.count_of(texts, 'text states', 'texts state')} "
        f"{formats.count_of(len(stated), 'figure', 'figures')}, dates apart."
    )


def stated_periods(stated: pd.DataFrame) -> str:
    """How many of the stated figures come with a window, and how many with a baseline.

    >>> stated_periods(pd.DataFrame({"start": ["2011", None], "end": ["2011", "2012"],
    ...     "baseline_start": [None, None]}))
    'Of 2 figures, 1 comes with a full window and none with a baseline.'
    """
    window = int((stated["start"].notna() & stated["end"].notna()).sum())
    baseline = int(stated["baseline_start"].notna().sum())
    return (
        f"Of {formats.count_of(len(stated), 'figure', 'figures')}, "
        f"{formats.number(window) if window else 'none'} "
        f"{'comes' if window <= 1 else 'come'} with a full window and "
        f"{formats.number(baseline) if baseline else 'none'} with a baseline."
    )


def conflicts(counted: pd.DataFrame) -> str:
    """In how many periods the figures on file disagree.

    >>> conflicts(pd.DataFrame([{"start": "2013-12-01", "end": "2013-12-31", "days": 31,
    ...     "deaths": 208, "deaths_low": 208, "deaths_high": 226}]))
    'Of 1 month with a count, 1 has figures that disagree; the widest gap for its size is \
Dec 2013, 208 to 226.'
    """
    known = counted.dropna(subset=["deaths"])
    some = known[known["deaths_low"] < known["deaths_high"]]
    unit = "year" if (known["days"] > 360).all() else "month"
    periods = formats.count_of(len(known), f"{unit} with a count", f"{unit}s with a count")
    if some.empty:
        return f"Of {periods}, none has figures that disagree."
    gap = (some["deaths_high"] - some["deaths_low"]) / some["deaths"]
    worst = some.loc[gap.idxmax()]
    return (
        f"Of {periods}, {formats.number(len(some))} {'has' if len(some) == 1 else 'have'} figures "
        f"that disagree; the widest gap for its size is "
        f"{formats.period(worst['start'], worst['end'])}, "
        f"{formats.interval(worst['deaths_low'], worst['deaths_high'])}."
    )


def resolution(counted: pd.DataFrame, both: pd.DataFrame) -> str:
    """Whether the comparison rests on months or years, and on how many shares of longer totals.

    >>> resolution(pd.DataFrame({"days": [365, 366]}), pd.DataFrame({
    ...     "role": ["baseline", "window"], "status": ["final", "final"],
    ...     "deaths_method": ["sum of whole periods", "cut periods allocated by days"]}))
    'The series on file for these periods is one of years. The window cuts such a period; its \
deaths were split by days.'
    """
    unit = "years" if (counted["days"] > 360).all() else "months"
    text = f"The series on file for these periods is one of {unit}."
    cut = both["deaths_method"].str.contains("allocated by days")
    if cut.any():
        text += (
            f" The {listed(both.loc[cut, 'role'])} {'cut' if cut.sum() > 1 else 'cuts'} such a "
            "period; its deaths were split by days."
        )
    elif both["status"].str.contains("allocated").any():
        text += " Some of them are shares of a longer total; no period is cut by the dates."
    return text


def agencies(counted: pd.DataFrame) -> str:
    """Who counted which periods of a series, and how often that changes.

    >>> months = pd.DataFrame({"start": pd.date_range("2013-05-01", periods=4, freq="MS"),
    ...     "end": pd.date_range("2013-05-01", periods=4, freq="ME"), "deaths": 170.0,
    ...     "agency": ["PNC", "PNC", "IML", "IML"]})
    >>> agencies(months)
    'Counted by PNC (May to Jun 2013) and IML (Jul to Aug 2013). The agency changes once. Each \
counts by a rule of its own, so a step where it changes can be one of counting.'
    """
    known = counted.dropna(subset=["deaths"])
    if known.empty:
        return ""
    if known["agency"].nunique() == 1:
        return f"All of these periods were counted by {known['agency'].iloc[0]}."
    changed = known["agency"].ne(known["agency"].shift())
    gap = known["start"] > known["end"].shift() + pd.Timedelta(days=1)
    spans: dict[str, list[str]] = {}
    for _, rows in known.groupby((changed | gap).cumsum()):
        when = formats.period(rows["start"].iloc[0], rows["end"].iloc[-1])
        spans.setdefault(str(rows["agency"].iloc[0]), []).append(when)
    parts = [f"{agency} ({', '.join(when)})" for agency, when in spans.items()]
    times = int(changed.sum()) - 1
    often = "once" if times == 1 else f"{formats.number(times)} times"
    return (
        f"Counted by {listed(parts)}. The agency changes {often}. Each counts by a rule of its "
        "own, so a step where it changes can be one of counting."
    )


def stated_year(stated: pd.DataFrame, *, default: str) -> tuple[str, str]:
    """First and last day of the calendar year of the stated rate, or of the default date.

    >>> stated_year(pd.DataFrame({"start": []}), default="2012-03-01")
    ('2012-01-01', '2012-12-31')
    """
    dates = stated["start"].dropna()
    year = pd.Timestamp(dates.iloc[0] if len(dates) else default).year
    return f"{year}-01-01", f"{year}-12-31"


def needed_population(variants: pd.DataFrame, stated: pd.DataFrame) -> str:
    """The population that the preferred counts would need for the stated rate, with rounding.

    A printed 70.1 stands for 70.05 to 70.15: deaths over those rates bound the population.

    >>> needed_population(
    ...     pd.DataFrame({"deaths": [4371.0], "rate": [71.8], "variant": ["4,371 over WPP2024"]}),
    ...     pd.DataFrame({"as_reported": ["70.1"], "value": [70.1]}))
    'For the stated 70.1, 4,371 deaths need a population of 6,230,934 to 6,239,829; no count \
over any population on file gives it.'
    """
    if stated.empty or variants.empty:
        return "" if stated.empty else "No count is on file for the year of the stated rate."
    rate = float(stated["value"].iloc[0])
    token = stated["as_reported"].iloc[0]
    printed = re.search(r"\.(\d+)", f"{token} {rate!r}".removesuffix(".0"))
    half = 0.5 * 10.0 ** -len(printed.group(1) if printed else "")
    deaths = float(variants["deaths"].max())
    lower, upper = deaths / (rate + half) * 1e5, deaths / (rate - half) * 1e5
    fits = variants[(variants["rate"] >= rate - half) & (variants["rate"] < rate + half)]
    found = (
        f"{listed(fits['variant'])} {'gives' if len(fits) == 1 else 'give'} it"
        if len(fits)
        else "no count over any population on file gives it"
    )
    return (
        f"For the stated {token}, {formats.count_of(deaths, 'death needs', 'deaths need')} a "
        f"population of "
        f"{formats.interval(lower, upper)}; {found}."
    )


def declared(table: pd.DataFrame, name: str) -> str:
    """Share of municipalities beside share of people, both by the texts' own figures.

    The qualifier of a figure goes with its share. Where the shares rest on several texts, that
    is said.

    >>> declared(pd.DataFrame({"share": [4.2], "name": ["the 262 municipalities"],
    ...     "qualifier": [""], "publisher": ["Interpeace"], "sources": ["a"]}), "El Salvador")
    'By the figures of the texts, what was declared violence-free made up 4.2\xa0% of the 262 \
municipalities of El Salvador.'
    """
    if table.empty:
        return ""
    parts = [
        f"{row['qualifier']} {formats.percent(row['share'])} of {row['name']}".strip()
        for row in table.to_dict("records")
    ]
    text = (
        f"By the figures of the texts, what was declared violence-free made up {listed(parts)} "
        f"of {name}."
    )
    texts = table["sources"].nunique()
    if texts == 1:
        return text
    return (
        f"{text} This joins figures of {formats.number(texts)} texts, of "
        f"{listed(table['publisher'])}; whether they mean the same municipalities is not stated."
    )


def named(towns: pd.DataFrame, figures: pd.DataFrame, name: str) -> str:
    """How many municipalities sources name, by status, beside the stated number.

    >>> named(pd.DataFrame({"status": ["confirmed", "likely"]}),
    ...     pd.DataFrame({"measure": ["municipalities_violence_free"], "value": [11]}), "X")
    'The sources on file name 2 municipalities of X: 1 confirmed and 1 likely. The number stated \
is 11.'
    """
    if towns.empty:
        return ""
    stated = figures.loc[figures["measure"] == "municipalities_violence_free", "value"]
    counts = towns["status"].value_counts()
    known = [status for status in ("confirmed", "likely", "unconfirmed") if status in counts]
    parts = [f"{formats.number(counts[status])} {status}" for status in known]
    found = formats.count_of(len(towns), "municipality", "municipalities")
    text = f"The sources on file name {found} of {name}: {listed(parts)}."
    if len(stated):
        numbers = [formats.number(value) for value in stated.drop_duplicates()]
        text += (
            f" The number stated is {numbers[0]}."
            if len(numbers) == 1
            else f" The numbers stated are {listed(numbers)}."
        )
    return text


def local_counts(local: pd.DataFrame, towns: pd.DataFrame) -> str:
    """For how many of the named municipalities there are counts before and after anything.

    >>> local_counts(pd.DataFrame({"name": ["Apopa"]}), pd.DataFrame({"name": ["Apopa"]}))
    'Counts are on file for 1 municipality, of those named above Apopa.'
    """
    if local.empty:
        return ""
    both = sorted(set(local["name"]) & set(towns["name"]))
    several = formats.count_of(local["name"].nunique(), "municipality", "municipalities")
    text = f"Counts are on file for {several}"
    return f"{text}, of those named above {listed(both)}." if both else f"{text}, none named above."


def region_changes(ranked: pd.DataFrame, place: str) -> str:
    """Where a place stands among the changes of all countries.

    >>> ranked = pd.DataFrame([{"place": "SLV", "name": "El Salvador", "start": "2012-01-01",
    ...     "end": "2012-12-31", "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "percent_change": -41.3, "percent_change_lower": -44.1, "percent_change_upper": -38.3,
    ...     "percent_change_method": "exact", "percent_change_conf": 0.95}])
    >>> text = region_changes(ranked, "SLV").replace(formats.NBSP, " ")
    >>> text.partition(". The")[0].partition("from ")[2]
    '2011 to 2012, the steepest fall among 1 country'
    """
    known = ranked.dropna(subset=["percent_change"])
    mine = known[known["place"] == place]
    if mine.empty:
        return "The place of this report has no counts for both periods from this source."
    row = mine.iloc[0]
    fell = int((known["percent_change_upper"] < 0).sum())
    rose = int((known["percent_change_lower"] > 0).sum())
    steeper = int((known["percent_change"] < row["percent_change"]).sum())
    first = "the steepest fall" if known["percent_change"].min() < 0 else "the smallest rise"
    place_in = f"number {steeper + 1} from {first}" if steeper else first
    conf = level_of(row["percent_change_conf"])
    text = (
        f"{row['name']}: {formats.percent(row['percent_change'])} ({conf} confidence interval "
        f"{formats.interval(row['percent_change_lower'], row['percent_change_upper'], 1)}"
        f"{formats.NBSP}%) from {formats.period(row['baseline_start'], row['baseline_end'])} to "
        f"{formats.period(row['start'], row['end'])}, {place_in} among "
        f"{formats.count_of(len(known), 'country', 'countries')}. The {conf} interval lies below "
        f"zero in {formats.number(fell)}, above it in {formats.number(rose)} and about it in "
        f"{formats.number(len(known) - fell - rose)}. It takes deaths as independent; for the "
        "counts of whole countries and years that is an easy test."
    )
    without = ranked[ranked["percent_change"].isna()]
    reasons = [_why_none(row) for row in without.to_dict("records")]
    for why, rows in without.assign(why=reasons).groupby("why"):
        text += f" For {listed(rows['name'])} no change is given: {why}."
    return text


def _why_none(row: Mapping[Any, Any]) -> str:
    """Why a country has no percent change."""
    refused = str(row["percent_change_method"]).partition("refused: ")[2]
    if refused:
        return refused
    known = pd.notna(row.get("person_years")) and pd.notna(row.get("baseline_person_years"))
    return "a count is missing" if known else "its population is not on file"
