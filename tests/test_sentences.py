"""Sentences say what their rows say: fall or rise, one or many, and never why."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.rates import comparison, counterfactual
from homicide_trends.series import periods as windows
from homicide_trends.wording import changes, descriptions, formats, sentences, words
from homicide_trends.wording import texts as said_of_texts

MINUS = formats.MINUS


def plain(text: str) -> str:
    """The sentence with ordinary spaces, which are easier to read in a test."""
    return text.replace(formats.NBSP, " ")


def result(**values: Any) -> pd.DataFrame:
    """A row as windows and rates give it, with what a test is about."""
    row = {
        "start": "2012-01-01",
        "end": "2012-12-31",
        "deaths": 2576.0,
        "deaths_method": "sum of whole periods",
        "baseline_start": "2011-01-01",
        "baseline_end": "2011-12-31",
        "baseline_deaths": 4371.0,
        "baseline_deaths_method": "sum of whole periods",
        "percent_change": -41.3,
        "percent_change_lower": -44.1,
        "percent_change_upper": -38.3,
        "percent_change_conf": 0.95,
        "expected": 4388.1,
        "averted": 1812.1,
        "averted_lower": 1641.0,
        "averted_upper": 1986.0,
        "averted_conf": 0.95,
    }
    return pd.DataFrame([row | values])


# --- change ---------------------------------------------------------------------------------


def test_a_rise() -> None:
    risen = result(percent_change=12.34, percent_change_lower=1.06, percent_change_upper=25.0)
    assert plain(sentences.change(risen, "Honduras")) == (
        "In Honduras the homicide rate was 12.3 % higher in 2012 than in 2011: 2,576 deaths "
        "instead of 4,371. Even if deaths were independent of each other, these counts allow a "
        "rise of 1 to 25 % (95 % confidence interval)."
    )


def test_a_fall_has_positive_limits_in_order() -> None:
    text = plain(sentences.change(result(), "Trinidad and Tobago"))
    assert "In Trinidad and Tobago the homicide rate was 41.3 % lower in 2012" in text
    assert "a fall of 38 to 44 % (95 % confidence interval)" in text
    assert MINUS not in text


@pytest.mark.parametrize(
    ("lower", "upper"), [(-9.0, 4.0), (-9.0, 0.0), (0.0, 4.0), (0.0, math.inf), (-100.0, math.inf)]
)
def test_an_interval_that_holds_zero_is_neither_a_fall_nor_a_rise(
    lower: float, upper: float
) -> None:
    unclear = result(
        percent_change=-2.6, percent_change_lower=lower, percent_change_upper=upper,
        percent_change_conf=0.9,
    )  # fmt: skip
    text = plain(sentences.change(unclear, "Guatemala"))
    assert "allow anything from a fall of " in text
    assert " to a rise of " in text
    assert text.endswith("(90 % confidence interval).")


def test_a_missing_change_gives_no_number() -> None:
    missing = result(percent_change=math.nan, baseline_deaths=3.0, deaths=1.0)
    missing["percent_change_method"] = "refused: person-years are missing"
    assert sentences.change(missing, "Belize") == (
        "In Belize no change from 2011 to 2012 can be given: person-years are missing."
    )
    zero = rates.percent_change(
        missing.assign(baseline_deaths=0.0, person_years=1.0, baseline_person_years=1.0)
        .drop(columns=[name for name in missing if name.startswith("percent_change")])
    )  # fmt: skip
    assert sentences.change(zero, "Belize").endswith(
        "can be given: no deaths in the baseline, and nothing is a percentage of zero."
    )


def test_no_deaths_at_all_in_the_window() -> None:
    none = result(
        deaths=0.0, baseline_deaths=1.0, percent_change=-100.0, percent_change_lower=-100.0,
        percent_change_upper=3800.0,
    )  # fmt: skip
    text = sentences.change(none, "X")
    assert "lower in 2012 than in 2011: 0 deaths instead of 1." in text
    assert "3,800" in text


def test_how_much_was_shared_out_by_days_is_said() -> None:
    assert "by days" not in sentences.change(result(), "X")
    both = {"shared": "counted: 25.0 % of these deaths, 0.0 %",
            "baseline_shared": "counted: 0.0 % of these deaths, 25.0 % of those"}  # fmt: skip
    for column, said in both.items():
        cut = result(**{column: 0.25})
        assert said in plain(sentences.change(cut, "X"))
        assert said in plain(sentences.averted(cut, "X"))
        assert said in plain(sentences.change(cut.assign(percent_change_upper=1.0), "X"))


@pytest.mark.parametrize(
    ("of_ratio", "of_count", "said"),
    [
        (
            comparison.FROM_PERIODS,
            counterfactual.LIMITS["series"],
            "come in spells. So few",
        ),
        (comparison.FROM_ALL, counterfactual.FROM_ALL, "all periods on file, as if every"),
        (
            comparison.TOO_FEW,
            counterfactual.TOO_FEW,
            "narrower than the truth where",
        ),
        ("exact", counterfactual.LIMITS["exact"], "take deaths as independent and so are the"),
    ],
)
def test_what_the_limits_allow_for_is_said(of_ratio: str, of_count: str, said: str) -> None:
    row = result(percent_change_method=of_ratio, averted_method=f"constant rate; {of_count}")
    for quantity in ("percent_change", "averted"):
        assert said in sentences.limits_in_words(row, quantity)


def test_the_sentence_of_counts_on_file() -> None:
    counted = ht.monthly_series("SLV", start="2011-01-01", end="2012-12-31")
    pair = windows.compare(
        counted, baseline=("2011-01-01", "2011-12-31"), window=("2012-01-01", "2012-12-31")
    )
    text = plain(sentences.change(rates.percent_change(pair), "El Salvador"))
    # 4,371 and 2,576 (InSight Crime, 4 January 2013); the counts alone fell by 41.07 %.
    # 4371 / 365 = 11.98 and 2576 / 366 = 7.04 a day.
    assert text.startswith("In El Salvador the homicide rate was 41.3 % lower in 2012 than in 2011")
    assert ": 7.0 killings a day instead of 12.0." in text


@pytest.mark.parametrize("function", [sentences.change, sentences.averted])
@pytest.mark.parametrize("rows", [0, 2])
def test_one_sentence_needs_one_row(function: Any, rows: int) -> None:
    with pytest.raises(ValueError, match=f"a result of one row; this one has {rows}"):
        function(pd.concat([result()] * 2).head(rows), "X")


# --- averted --------------------------------------------------------------------------------


def test_fewer_than_expected() -> None:
    assert plain(sentences.averted(result(), "El Salvador")) == (
        "In El Salvador 2,576 homicides were counted in 2012, 1,812 fewer than the 4,388 that the "
        "rate of 2011 would have given. Even if deaths were independent of each other, these "
        "counts allow 1,641 to 1,986 fewer (95 % prediction interval)."
    )


def test_more_than_expected_has_positive_limits_in_order() -> None:
    more = result(averted=-646.4, averted_lower=-820.0, averted_upper=-470.0)
    text = plain(sentences.averted(more, "Honduras"))
    assert ", 646 more than the 4,388" in text
    assert text.endswith("allow 470 to 820 more (95 % prediction interval).")
    assert MINUS not in text


@pytest.mark.parametrize(("value", "word"), [(3.0, "3 fewer"), (-3.0, "3 more")])
def test_a_prediction_interval_that_holds_zero_is_said(value: float, word: str) -> None:
    unclear = result(averted=value, averted_lower=-50.0, averted_upper=60.0)
    text = sentences.averted(unclear, "X")
    assert word in text
    assert text.endswith("allow anything from 50 more to 60 fewer (95\u00a0% prediction interval).")


def test_one_homicide_is_in_the_singular() -> None:
    assert "X 1 homicide was counted in 2012," in sentences.averted(result(deaths=1.0), "X")
    assert "X 0 homicides were counted in 2012," in sentences.averted(result(deaths=0.0), "X")


def test_missing_averted_deaths_give_no_number() -> None:
    missing = result(averted=math.nan, averted_lower=math.nan, averted_upper=math.nan)
    text = sentences.averted(missing, "X")
    assert text == "In X no expected number of homicides can be given in 2012."


# --- levels ---------------------------------------------------------------------------------


def years(*rows: tuple[int, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["year", "deaths", "rate"])
    return table.assign(
        start=pd.to_datetime(table["year"].astype(str) + "-01-01"),
        end=pd.to_datetime(table["year"].astype(str) + "-12-31"),
        population_series="WPP2024",
    )


BY = "with the population of the UN (2024)."
FELL_AND_ROSE = (
    "fell from 71.4 per 100,000 inhabitants in 2009 to 40.2 in 2013, then rose to 105.2 in 2015, "
    f"{BY} In 2015 it was 47 % above 2009."
)
ROSE = f"rose from 10.0 per 100,000 inhabitants in 2009 to 15.0 in 2011, {BY}"
STAYED = (
    "stayed between 9.0 per 100,000 inhabitants in 2010 and 10.0 per 100,000 inhabitants in 2009: "
    "no year differs from another by a fifth and by more than chance explains. Population: the UN "
    "(2024)."
)
CAME_BACK = "fell from 50.0 per 100,000 inhabitants in 2009 to 30.0 in 2010"
CAME_BACK += f", then rose to 49.0 in 2011, {BY}"


@pytest.mark.parametrize(
    ("rates", "course"),
    [
        # Rates that the World Bank printed for El Salvador, 2009 to 2015: a fall, then a rise.
        ((71.4, 64.7, 70.6, 41.7, 40.2, 62.4, 105.2), FELL_AND_ROSE),
        ((10.0, 12.0, 15.0), ROSE),
        # 9 is a tenth below 10: a year above and below another is no swing.
        ((10.0, 9.0, 10.0), STAYED),
        ((50.0, 30.0, 49.0), CAME_BACK),
    ],
)
def test_how_a_rate_went(rates: tuple[float, ...], course: str) -> None:
    rows = years(*((2009 + number, 1000.0, rate) for number, rate in enumerate(rates)))
    assert plain(sentences.levels(rows, "X")) == f"In X the homicide rate {course}"


def test_a_swing_within_the_limits_is_told_as_none() -> None:
    # 12 deaths after 20: exact 95 % limits of 6.2 to 21.0 and 12.2 to 30.9 hold common values.
    few = years((2011, 20, 20.0), (2012, 12, 12.0)).assign(rate_lower=[12.2, 6.2],
                                                           rate_upper=[30.9, 21.0])  # fmt: skip
    assert "no year differs from another by a fifth" in sentences.levels(few, "X")


def test_one_year_and_no_rate() -> None:
    assert sentences.levels(years((2011, 1, 0.5), (2012, 2, math.nan)), "X") == (
        "In X the homicide rate was 0.5 per 100,000 inhabitants in 2011, with the population of "
        "the UN (2024)."
    )
    for nothing in (years(), years((2011, 4371, math.nan))):
        assert sentences.levels(nothing, "X").startswith("No homicide rate can be given for X:")


# --- what texts state -----------------------------------------------------------------------


def stated(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["source_id", "measure", "start", "baseline_start"])
    return table.assign(end=table["start"])


def test_what_the_texts_leave_unsaid() -> None:
    none = stated(("a", "percent_decline", None, None), ("b", "averted_deaths", None, None),
                  ("b", "homicide_rate", "2011", None), ("b", "duration", None, None))  # fmt: skip
    assert sentences.unsaid(none) == (
        "Of the 4 figures in 2 texts, counts can check 3. None of the 2 that state a fall, a rise "
        "or averted deaths says what it is compared with. 1 of the 3 says for which time it "
        "holds."
    )
    said = stated(("a", "percent_decline", "2012", "2011"), ("a", "percent_decline", "2012", None))
    assert sentences.unsaid(said).endswith(
        "What it is compared with is said of 1 of the 2 changes. 2 of the 2 say for which time "
        "they hold."
    )
    assert sentences.unsaid(stated(("a", "averted_deaths", None, "2011"))).endswith(
        "None says for which time it holds."
    )
    assert sentences.unsaid(stated()) == "Of the 0 figures in 0 texts, counts can check 0."


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (60.0, "more than this comparison gives, and not excluded by it"),
        (45.0, "more than these counts allow"),
        (40.0, "not more than this comparison gives, and not excluded by it"),
        (30.0, "less than these counts allow"),
    ],
)
def test_how_a_stated_decline_stands_to_the_computed_one(value: float, said: str) -> None:
    # The fall is 41.3 %, and the counts allow 38.3 to 44.1 %, or to 63 %.
    row = result(percent_change_lower=-63.0) if value == 60.0 else result()
    table = pd.DataFrame({"value": [value, math.nan], "as_reported": ["so much", "a third"]})
    text = sentences.beside_stated(row, table, "percent_change")
    assert text == f"Stated: \u201cso much\u201d, {said}."
    assert sentences.beside_stated(row, table.head(0), "percent_change") == ""


def test_the_year_of_the_stated_rate() -> None:
    stated = pd.DataFrame({"start": [pd.NaT, pd.Timestamp("2009-07-01")]})
    assert sentences.stated_year(stated, default="2012-03-01") == ("2009-01-01", "2009-12-31")


# --- counts ---------------------------------------------------------------------------------


def months(*rows: tuple[float, float, float], days: int = 31) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["deaths_low", "deaths", "deaths_high"], dtype=float)
    start = pd.date_range("2012-01-01", periods=len(rows), freq="MS")
    ends = start + (pd.offsets.MonthEnd(0) if days < 32 else pd.Timedelta(days=days - 1))
    return table.assign(start=start, end=ends)


@pytest.mark.parametrize(
    ("rows", "periods", "disagree"),
    [
        ([(5, 5, 5)], "1 month with a count", "none has figures that disagree."),
        ([(5, 5, 5)] * 2, "2 months with a count", "none has figures that disagree."),
        # 10 of 100 is a wider gap than 20 of 400.
        (
            [(390, 400, 410), (100, 100, 110), (math.nan,) * 3],
            "2 months with a count",
            "2 have figures that disagree; the widest gap for its size is Feb 2012, 100 to 110.",
        ),
        (
            [(390, 400, 410)],
            "1 month with a count",
            "1 has figures that disagree; the widest gap for its size is Jan 2012, 390 to 410.",
        ),
    ],
)
def test_in_how_many_periods_figures_conflict(rows: list[Any], periods: str, disagree: str) -> None:
    assert sentences.conflicts(months(*rows)) == f"Of {periods}, {disagree}"
    of_years = sentences.conflicts(months(*rows, days=366))
    assert of_years.startswith(f"Of {periods.replace('month', 'year')}, {disagree[:20]}")


@pytest.mark.parametrize(
    ("window", "baseline", "days", "ending"),
    [
        (0, 0, 31, "are of months."),
        (0, 0, 365, "are of years."),
        (0, 0.1, 365, "counted: 0.0 % of these deaths, 10.0 % of those before."),
        (0.5, 0.1, 365, "counted: 50.0 % of these deaths, 10.0 % of those before."),
    ],
)
def test_what_the_comparison_rests_on(
    window: float, baseline: float, days: int, ending: str
) -> None:
    both = pd.DataFrame({"role": ["baseline", "window"], "shared": [baseline, window]})
    end = f"{pd.Timestamp('2011-01-01') + pd.Timedelta(days=days - 1):%Y-%m-%d}"
    rows = pd.DataFrame({"start": ["2011-01-01"] * 2, "end": [end] * 2})
    said = plain(sentences.resolution(rows, both))
    assert ending in said


def counted_by(*agencies: str) -> pd.DataFrame:
    start = pd.date_range("2013-01-01", periods=len(agencies), freq="MS")
    table = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    return table.assign(agency=agencies, deaths=1.0)


@pytest.mark.parametrize(
    ("agencies", "text"),
    [
        ("A", "All of these periods were counted by A."),
        ("AAB", "Of 3 months, A counted 2, B 1. The agency changes once."),
        ("ABAC", "Of 4 months, A counted 2, B 1 and C 1. The agency changes 3 times."),
    ],
)  # fmt: skip
def test_who_counted_what(agencies: str, text: str) -> None:
    said = sentences.agencies(counted_by(*agencies))
    assert said.startswith(text)
    assert ("a step where it changes can be one of counting" in said) == (len(set(agencies)) > 1)


def test_periods_without_a_count_were_counted_by_nobody() -> None:
    table = counted_by("A", "B")
    assert sentences.agencies(table.assign(deaths=[1.0, math.nan])).endswith("counted by A.")
    assert sentences.agencies(table.assign(deaths=math.nan)) == ""
    # A gap divides what one agency counted, and is no change of agency.
    gap = counted_by(*"AAAB").assign(deaths=[1.0, math.nan, 1.0, 1.0])
    assert sentences.agencies(gap).startswith(
        "Of 3 months, A counted 2, B 1. The agency changes once."
    )


VARIANTS = pd.DataFrame(
    {
        "deaths": [4371.0, 4354.0],
        "rate": [71.77, 70.11],
        "population_series": ["A", "B"],
    }
)


def stated_rate(token: str, value: float) -> pd.DataFrame:
    return pd.DataFrame({"as_reported": [token], "value": [value]})


def test_the_population_that_a_stated_rate_needs() -> None:
    # 4371 / 70.15 x 1e5 = 6,230,934 and 4371 / 70.05 x 1e5 = 6,239,829.
    assert sentences.needed_population(VARIANTS, stated_rate("70.1", 70.1)) == (
        "For the stated 70.1, 4,371 deaths need a population of 6,230,934 to 6,239,829; "
        "4,354, population: B gives it."
    )


def test_the_printed_decimals_decide_how_wide_the_rounding_is() -> None:
    # A printed 70 stands for 69.5 to 70.5: 4371 / 70.5 and 4371 / 69.5.
    text = sentences.needed_population(VARIANTS, stated_rate("70", 70.0))
    assert "6,200,000 to 6,289,209; 4,354, population: B gives it" in text
    # 70.0 stands for 69.95 to 70.05, which no variant gives.
    text = sentences.needed_population(VARIANTS, stated_rate("70.0", 70.0))
    assert "6,239,829 to 6,248,749; no count over any population on file gives it" in text
    # A decimal comma, or words behind the number, mean what the number means.
    for token in ("70,1", "about 70.1 per 100,000", "rate of 70.1."):
        text = sentences.needed_population(VARIANTS, stated_rate(token, 70.1))
        assert "6,230,934 to 6,239,829" in text


def test_several_variants_and_one_death() -> None:
    both = VARIANTS.assign(rate=70.1)
    assert sentences.needed_population(both, stated_rate("70.1", 70.1)).endswith(
        "4,371, population: A; 4,354, population: B give it."
    )
    one = VARIANTS.assign(deaths=1.0)
    assert "1 death needs a population" in sentences.needed_population(one, stated_rate("2", 2.0))


def test_no_stated_rate_or_no_count() -> None:
    assert sentences.needed_population(VARIANTS, stated_rate("x", 1.0).head(0)) == ""
    assert sentences.needed_population(VARIANTS.head(0), stated_rate("70.1", 70.1)) == (
        "No count is on file for the year of the stated rate."
    )


# --- municipalities -------------------------------------------------------------------------


def test_declared_shares() -> None:
    table = pd.DataFrame(
        {"share": [4.198, 16.29], "name": ["the 262 towns", "the people"], "sources": ["a", "b"],
         "qualifier": ["", "nearly"], "publisher": ["Alpha", "Beta"]}
    )  # fmt: skip
    assert plain(sentences.declared(table, "El Salvador")) == (
        "By the figures of the texts, what was declared violence-free made up 4.2 % of the 262 "
        "towns and nearly 16.3 % of the people of El Salvador. This joins figures of 2 texts, of "
        "Alpha and Beta; whether they mean the same municipalities is not stated."
    )
    assert plain(sentences.declared(table.assign(sources="a"), "X")).endswith("the people of X.")
    assert sentences.declared(table.head(0), "X") == ""


@pytest.mark.parametrize(
    ("statuses", "stated", "text"),
    [
        ({"confirmed": 7, "unconfirmed": 2}, [11, 11],
         "9 municipalities of X: 7 confirmed and 2 unconfirmed. The number stated is 11."),
        ({"unconfirmed": 1}, [], "1 municipality of X: 1 unconfirmed."),
        ({"likely": 2}, [11, 18],
         "2 municipalities of X: 2 likely. The numbers stated are 11 and 18."),
    ],
)  # fmt: skip
def test_how_many_municipalities_are_named(
    statuses: dict[str, int], stated: list[int], text: str
) -> None:
    towns = pd.DataFrame({"status": [name for name, many in statuses.items() for _ in range(many)]})
    figures = pd.DataFrame({"measure": "municipalities_violence_free", "value": stated})
    assert sentences.named(towns, figures, "X") == f"The sources on file name {text}"
    assert sentences.named(towns.head(0), figures, "X") == ""


@pytest.mark.parametrize(
    ("local", "towns", "text"),
    [
        ([], ["A"], ""),
        (["A"], ["B"], "Counts are on file for 1 municipality, none named above."),
        (["A", "A"], ["A"], "Counts are on file for 1 municipality, of those named above A."),
        (["C", "A", "B"], ["B", "A"],
         "Counts are on file for 3 municipalities, of those named above A and B."),
    ],
)  # fmt: skip
def test_for_how_many_municipalities_there_are_counts(
    local: list[str], towns: list[str], text: str
) -> None:
    counts, named = pd.DataFrame({"name": local}), pd.DataFrame({"name": towns})
    assert sentences.local_counts(counts, named) == text


# --- region ---------------------------------------------------------------------------------


def region(*changes: float) -> pd.DataFrame:
    """Countries A, B, ... with limits five points either side of their changes."""
    table = pd.DataFrame({"percent_change": changes, "place": list("ABCDE")[: len(changes)]})
    return table.assign(
        name=[f"Country {place}" for place in table["place"]],
        percent_change_lower=table["percent_change"] - 5,
        percent_change_upper=table["percent_change"] + 5,
        percent_change_conf=0.95,
        percent_change_method="exact",
        baseline_start="2011-01-01",
        baseline_end="2011-12-31",
        start="2012-01-01",
        end="2013-12-31",
    )


@pytest.mark.parametrize(
    ("changes", "place", "stands", "fell", "rose"),
    [
        # A change of -3 with limits -8 and 2 is neither a fall nor a rise.
        ((-40.0, -3.0, 2.0, 30.0), "A", "the steepest fall among 4 countries", 1, 1),
        ((-40.0, 2.0, math.nan), "B", "number 2 from the steepest fall among 2 countries", 1, 0),
        # Where all rose, the lowest change is no fall.
        ((10.0, 20.0), "A", "the smallest rise among 2 countries", 0, 2),
        ((10.0, 20.0), "B", "number 2 from the smallest rise among 2 countries", 0, 2),
        ((-10.0,), "A", "the steepest fall among 1 country", 1, 0),
    ],
)
def test_where_a_country_stands(
    changes: tuple[float, ...], place: str, stands: str, fell: int, rose: int
) -> None:
    text = plain(sentences.region_changes(region(*changes), place))
    change = changes["AB".index(place)]
    way = "lower" if change < 0 else "higher"
    assert text.startswith(f"In Country {place} the homicide rate was {abs(change):.1f} % {way} ")
    assert f"2012{formats.NONE}2013 than in 2011, {stands}. Even if deaths were" in text
    beyond = f"by more than chance explains in {fell} of the countries, and rose by more in {rose}."
    none = "In none of the countries is the change beyond what chance can bring."
    assert text.partition(" For Country")[0].endswith(beyond if fell or rose else none)
    assert sentences.region_title(region(*changes), place).endswith(f", {stands}")


def test_a_country_without_a_change_is_named_with_the_reason() -> None:
    table = region(-40.0, math.nan, math.nan, math.nan).assign(
        percent_change_method=["exact", "refused: fewer than 5 deaths in the baseline",
                               "refused: fewer than 5 deaths in the baseline", "exact"]
    )  # fmt: skip
    text = sentences.region_changes(table, "A")
    assert "among 1 country." in text
    assert (
        "For Country B and Country C no change is given: fewer than 5 deaths in the baseline."
        in text
    )
    assert "For Country D no change is given: its population is not on file." in text
    alone = sentences.region_changes(table.iloc[[0, 3]], "A")
    assert alone.endswith("For Country D no change is given: its population is not on file.")
    lived = table.assign(person_years=1.0, baseline_person_years=1.0)
    assert "For Country D no change is given: a count is missing." in (
        sentences.region_changes(lived, "A")
    )


@pytest.mark.parametrize("changes", [(), (math.nan,), (math.nan, 5.0)])
def test_a_country_without_counts_has_no_place(changes: tuple[float, ...]) -> None:
    text = sentences.region_changes(region(*changes), "A")
    assert text == "The place of this report has no counts for both periods from this source."


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "a"], "a"), (["a", "b"], "a and b"), ("abca", "a, b and c")],
)
def test_lists_of_words(items: list[str], text: str) -> None:
    assert sentences.listed(items) == text


def test_tokens_are_quoted_once() -> None:
    assert sentences.quoted(["nearly 60%", "nearly 60%"]) == "\u201cnearly 60%\u201d"


CAUSES = re.compile(
    r"because|due to|caus|thanks to|owing|led to|leads? to|attribut|effect|impact|result(s|ed)? of"
    r"|sav(ed?|ing)|prevent|succe|fail|brought|work(s|ed)\b|significan|prov(es?|ed)\b",
    re.IGNORECASE,
)


def literals(module: Any) -> list[str]:
    """Every piece of text in a module but its docstrings and its messages of errors."""
    path = Path(module.__file__)
    paths = sorted(path.parent.glob("*.py")) if path.name == "__init__.py" else [path]
    tree = ast.parse("\n".join(each.read_text(encoding="utf-8") for each in paths))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    apart = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    raised = [node for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    apart |= {id(part) for node in raised for part in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart
    ]


def test_no_sentence_can_name_a_cause_or_significance() -> None:
    texts = [
        text for module in (changes, sentences, descriptions, words) for text in literals(module)
    ]
    texts += literals(said_of_texts)
    assert len(texts) > 50
    assert [text for text in texts if CAUSES.search(text)] == []
