"""What the explorer says, in the browser and in JupyterLab: whole messages with named places.

Nothing is computed here. ``{place}`` in a message is filled where it is shown.
"""

from math import isnan

import pandas as pd

from ..claims.comparisons import PLAIN, Baseline
from ..claims.explored import Compared
from ..language import N_, translated
from . import formats
from .claims import in_words
from .words import population as population_of

MESSAGES = {
    # Dates and small parts.
    "date": N_("{date} {month} {year}"),
    "short_date": N_("{month} {year}"),
    "span": N_("{start} to {end}"),
    "days": N_("{days} days"),
    "a_day": N_("{rate} a day"),
    "per_100k": N_("{rate} per 100,000 a year"),
    "killing": N_("{number} killing"),
    "killings": N_("{number} killings"),
    "unit_percent_decline": "\u00a0%",
    "unit_percent_increase": "\u00a0%",
    "unit_averted_deaths": "",
    "unit_homicide_rate": "",
    "unit_daily_mean": N_(" a day"),
    "unit_homicides": "",
    "unit_rate_ratio": "",
    "unit_of_percent_decline": N_("fall"),
    "unit_of_percent_increase": N_("rise"),
    "unit_of_averted_deaths": N_("deaths fewer than expected"),
    "unit_of_homicide_rate": N_("per 100,000 people a year"),
    "unit_of_daily_mean": N_("in the period"),
    "unit_of_homicides": N_("killings"),
    "unit_of_rate_ratio": N_("times the rate of the baseline"),
    # The same where the value is below zero.
    "less_percent_decline": N_("fall, below zero: killings rose"),
    "less_percent_increase": N_("rise, below zero: killings fell"),
    "less_averted_deaths": N_("deaths fewer, below zero: there were more than expected"),
    # What a figure says.
    "kind_percent_decline": N_("a fall, in percent"),
    "kind_percent_increase": N_("a rise, in percent"),
    "kind_averted_deaths": N_("deaths fewer than expected"),
    "kind_homicide_rate": N_("a rate per 100,000 a year"),
    "kind_daily_mean": N_("killings a day"),
    "kind_homicides": N_("a number of killings"),
    "kind_rate_ratio": N_("a ratio of two rates"),
    "word_plain": N_("just the number"),
    "word_hedged": N_("about, some, estimated"),
    "word_nearly": N_("nearly, almost"),
    "word_more": N_("more than, at least"),
    "word_fewer": N_("fewer than, up to"),
    "word_direction": N_("without a number"),
    "word_marked": N_("marked, without a number"),
    "direction_percent_decline": N_("a fall"),
    "direction_percent_increase": N_("a rise"),
    "marked_percent_decline": N_("a marked fall"),
    "marked_percent_increase": N_("a marked rise"),
    "range": N_("{value} stands for {lower} to {upper}."),
    "bad_value": N_("Write a number above zero, such as 4,500 or 60."),
    # Baselines, as rows and inside a sentence.
    "base_stated": N_("the period that the text names"),
    "base_eve": N_("the {weeks} weeks before"),
    "base_year_before": N_("the twelve months before"),
    "base_previous_year": N_("the calendar year {years}"),
    "base_three_years": N_("the three years {years}"),
    "base_all_before": N_("all years before, {years}"),
    "base_own": N_("dates of your own"),
    "of_stated": N_("of the period that the text names"),
    "of_eve": N_("of the {weeks} weeks before"),
    "of_year_before": N_("of the twelve months before"),
    "of_previous_year": N_("of the calendar year {years}"),
    "of_three_years": N_("of the three years {years}"),
    "of_all_before": N_("of all years before, {years}"),
    "of_own": N_("of the baseline chosen"),
    "own_hint": N_("type dates below, or drag an edge"),
    "bases_caption": N_("From {study}, compared with:"),
    "caption_alone": N_("From {study}. This figure is not compared with a baseline."),
    "ask_base": N_("Against which baseline is it true?"),
    "ask_pop": N_("With which population is it true?"),
    "ask_who": N_("By whose count is it true?"),
    "col_base": N_("Compared with"),
    "col_pop": N_("Population"),
    "col_who": N_("Who counted"),
    "col_rate": N_("Killings a day"),
    "col_change": N_("Change"),
    "col_deaths": N_("Killings"),
    "needed": N_("Exactly {value} needs a normal rate of {rate}."),
    "list_gives": N_("{value} comes out against {list}."),
    "list_none": N_("{value} comes out against no baseline listed here."),
    "list_near": N_("Against {list} the number is another, though the limits reach {value}."),
    "list_out": N_("Against {list} it is excluded."),
    "by_gives": N_("{value} comes out by {list}."),
    "by_none": N_("{value} comes out by none of those listed here."),
    "by_near": N_("Close, but another number: {list}."),
    "by_out": N_("It does not come out by {list}."),
    # The state of one comparison; a verdict is another thing.
    "fate_gives": N_("This comparison gives {value}"),
    "fate_near": N_("This comparison is compatible with {value}, but gives another number"),
    "fate_out": N_("This comparison excludes {value}"),
    "fate_none": N_("This comparison cannot be made"),
    "tag_gives": N_("gives it"),
    "tag_near": N_("compatible"),
    "tag_out": N_("excludes it"),
    "tag_none": N_("no count"),
    # The sentence to quote.
    "sentence_fewer": N_(
        "From {study} there were {deaths} in {place}: {fewer} fewer ({percent}\u00a0%) than at the "
        "rate {base} ({base_span}: {base_deaths}, {base_rate})."
    ),
    "sentence_more": N_(
        "From {study} there were {deaths} in {place}: {fewer} more ({percent}\u00a0%) than at the "
        "rate {base} ({base_span}: {base_deaths}, {base_rate})."
    ),
    "mean_of_rates_fewer": N_(
        "From {study} there were {deaths} in {place}: {fewer} fewer ({percent}\u00a0%) than at the "
        "mean of the yearly rates {base} ({base_span})."
    ),
    "mean_of_rates_more": N_(
        "From {study} there were {deaths} in {place}: {fewer} more ({percent}\u00a0%) than at the "
        "mean of the yearly rates {base} ({base_span})."
    ),
    "trend_fewer": N_(
        "From {study} there were {deaths} in {place}: {fewer} fewer ({percent}\u00a0%) than if the "
        "trend {base} had gone on ({base_span})."
    ),
    "trend_more": N_(
        "From {study} there were {deaths} in {place}: {fewer} more ({percent}\u00a0%) than if the "
        "trend {base} had gone on ({base_span})."
    ),
    "sentence_homicide_rate": N_(
        "From {study} there were {deaths} in {place}: {value} per 100,000 people a year."
    ),
    "sentence_daily_mean": N_("From {study} there were {deaths} in {place}: {value} a day."),
    "sentence_homicides": N_("From {study} there were {deaths} in {place}."),
    "by": N_("Counted by: {who}{pop}."),
    "compared": N_("; compared {pop}"),
    "shared": N_("A date lies inside a counted period: up to {share}\u00a0% of these deaths are "
                 "shared out evenly by days."),
    "limits": N_("95\u00a0% limits: {lower} to {upper}{unit}. They allow for months that scatter "
                 "and for good and bad months that come in spells."),
    "no_limits": N_("No limits: too few months were counted on their own."),
    "no_limits_method": N_("No limits here for this way of comparing."),
    "others": N_("By who counted: {low} ({low_who}) to {high} ({high_who})."),
    "reported": N_("{who}: {count} from {span}"),
    # Refusals.
    "no_study": N_("No count on file ({who}) for a part of the period {study}."),
    "no_base": N_("No count on file ({who}) for a part of the baseline {base}."),
    "no_people": N_("No population on file for a part of these periods: choose another, or "
                    "compare per day."),
    "no_rate": N_("A rate needs a population: choose one."),
    "overlap": N_("The baseline and the period share days: choose dates that do not."),
    "whole_years": N_("This way of comparing needs a baseline of whole calendar years with "
                      "killings in each; a trend needs three or more."),
    "zero_base": N_("No killings in the baseline: nothing can be a percentage of zero."),
    # Controls and drawings.
    "pop_days": N_("per day"),
    "pop_people": N_("per inhabitant ({series})"),
    "method_plain": N_("its rate"),
    "method_mean_of_rates": N_("the mean of its yearly rates"),
    "method_trend": N_("the trend of its yearly rates"),
    "edge_baseFrom": N_("Baseline, first day"),
    "edge_baseTo": N_("Baseline, last day"),
    "edge_from": N_("Study period, first day"),
    "edge_to": N_("Study period, last day"),
    "pale_note": N_("Pale: shared out of a longer count."),
    "alt_months": N_("Killings a month, {view}. Baseline {base}; study period {study}."),
    "alt_months_alone": N_("Killings a month, {view}. Study period {study}."),
    "printed_line": N_("stated: {value}"),
    "run_percent_decline": N_("Fall in percent"),
    "run_percent_increase": N_("Rise in percent"),
    "run_averted_deaths": N_("Deaths fewer than expected"),
    "run_homicide_rate": N_("Rate per 100,000 a year"),
    "run_daily_mean": N_("Killings a day"),
    "run_homicides": N_("Killings"),
    "run_rate_ratio": N_("Ratio of the rates"),
    "run_unit": N_("{what}, by the last day of the study period; the first day is {from}. Grey: "
                   "the other baselines."),
    "run_unit_alone": N_("{what}, by the last day of the period; the first day is {from}."),
    "run_given": N_("{value} comes out{base} if the period ends from {first} to {last}"),
    "run_one": N_("{value} comes out{base} only if the period ends on {first}"),
    "run_never": N_("Whatever the last day, {value} does not come out{base}"),
    "run_none": N_("How the answer moves with the last day"),
    "run_against": N_(" against {base}"),
    "where": N_("All {all} comparisons that were made for this claim lie between {low} and "
                "{high}; {below} give less than yours and {above} more."),
    "copied": N_("Copied."),
    "not_copied": N_("It could not be copied: select the text."),
}  # fmt: skip


def dictionary() -> dict[str, object]:
    """All messages in the language in force, numbers of weeks, and the months, long and short.

    >>> dictionary()["months"][0], dictionary()["weeks"]["10"]
    ('January', 'ten')
    """
    words: dict[str, object] = {key: translated(text) for key, text in MESSAGES.items()}
    words["weeks"] = {str(number): in_words(number) for number in range(8, 13)}
    words["months"] = [formats.long_month_name(number) for number in range(1, 13)]
    words["short_months"] = [formats.month(number) for number in range(1, 13)]
    return words


DECIMALS = {"percent_decline": 1, "percent_increase": 1, "homicide_rate": 1, "daily_mean": 1,
            "averted_deaths": 0, "homicides": 0, "rate_ratio": 2}  # fmt: skip
LEVELS = ("homicide_rate", "daily_mean", "homicides")
"""Measures that are compared with nothing."""


def say(key: str, **values: object) -> str:
    """A message of the explorer in the language in force, its places filled.

    >>> say("fate_gives", value="4,500")
    'This comparison gives 4,500'
    """
    return translated(MESSAGES[key]).format(**values)


def amount(value: float, measure: str) -> str:
    """A value in the unit of its measure.

    >>> amount(0.457, "rate_ratio"), amount(13.62, "daily_mean")
    ('0.46', '13.6 a day')
    """
    unit = MESSAGES[f"unit_{measure}"] and say(f"unit_{measure}")
    return formats.number(value, DECIMALS[measure]) + unit


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A period with its first and its last day.

    >>> span(pd.Timestamp("2012-03-09"), pd.Timestamp("2013-11-30"))
    '9 March 2012 to 30 November 2013'
    """
    return say("span", start=formats.long_day(start), end=formats.long_day(end))


def baseline_name(key: str, start: pd.Timestamp, end: pd.Timestamp, form: str = "base_") -> str:
    """A listed baseline in words; ``form`` "of_" for the rate of it.

    >>> baseline_name("eve", pd.Timestamp("2012-01-01"), pd.Timestamp("2012-03-08"))
    'the ten weeks before'
    """
    weeks = round(((end - start).days + 1) / 7)
    years = f"{start.year}" if start.year == end.year else f"{start.year}{formats.NONE}{end.year}"
    return say(form + key, years=years, weeks=in_words(weeks))


def comparison(
    found: Compared,
    measure: str,
    *,
    place: str,
    study: tuple[pd.Timestamp, pd.Timestamp],
    baseline: Baseline,
    agency: str,
    population: str | None,
) -> str:
    """One comparison as a sentence, or why it cannot be made.

    ``population`` None compares per day.

    >>> from ..claims.comparisons import Baseline
    >>> from ..claims.explored import Compared
    >>> before, after = ([pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)]
    ...                  for year in (2011, 2012))
    >>> comparison(Compared(50, 366, 100, 365), "percent_decline", place="Apopa",
    ...     study=tuple(after), baseline=Baseline("previous_year", *before),
    ...     agency="PNC", population=None).partition(":")[2].partition("(")[0]
    ' 50 fewer '
    """
    both = {
        "who": agency,
        "study": span(*study),
        "base": span(baseline.start, baseline.end),
    }
    level = measure in LEVELS
    if isnan(found.deaths):
        return say("no_study", **both)
    if measure == "homicide_rate" and population is None:
        return say("no_rate")
    if not level and baseline.start <= study[1] and study[0] <= baseline.end:
        return say("overlap")
    if not level and isnan(found.baseline_deaths):
        return say("no_base", **both)
    if isnan(found.time) or (not level and isnan(found.baseline_time)):
        return say("no_people")
    if not level and found.baseline_deaths == 0 and measure != "averted_deaths":
        return say("zero_base")
    if not level and isnan(found.expected):
        return say("whole_years")
    values = {"study": both["study"], "place": place, "deaths": _killings(found.deaths),
              "value": formats.number(found.value(measure), DECIMALS[measure])}  # fmt: skip
    if level:
        told = say(f"sentence_{measure}", **values)
    else:
        fewer = found.expected - found.deaths
        rate = found.baseline_deaths / found.baseline_time
        per = (say("a_day", rate=formats.number(rate, 1)) if population is None
               else say("per_100k", rate=formats.number(1e5 * rate, 1)))  # fmt: skip
        method = "sentence" if found.method == PLAIN else found.method
        told = say(
            f"{method}_fewer" if fewer >= 0 else f"{method}_more", **values,
            fewer=formats.number(abs(fewer)),
            percent=formats.number(abs(100 * fewer / found.expected), 1),
            base=baseline_name(baseline.key, baseline.start, baseline.end, "of_"),
            base_span=both["base"], base_deaths=_killings(found.baseline_deaths), base_rate=per,
        )  # fmt: skip
    how = say("pop_days") if population is None else say(
        "pop_people", series=population_of(population)
    )  # fmt: skip
    plain = level and measure != "homicide_rate"
    return f"{told} {say('by', who=agency, pop='' if plain else say('compared', pop=how))}"


def _killings(number: float) -> str:
    return say("killing" if round(number) == 1 else "killings", number=formats.number(number))
