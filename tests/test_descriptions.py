"""Alternative texts say what the drawn rows say, for those who do not see the figure."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.wording import descriptions, formats

MINUS = formats.MINUS


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ")


def months(*deaths: float, **columns: Any) -> pd.DataFrame:
    """Months of 2012 with their deaths."""
    start = pd.date_range("2012-01-01", periods=len(deaths), freq="MS")
    table = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    return table.assign(days=table["start"].dt.days_in_month, deaths=list(deaths), **columns)


def of_years(table: pd.DataFrame) -> pd.DataFrame:
    """The same rows as years from 2012."""
    year = table["start"].dt.month + 2011
    return table.assign(
        start=pd.to_datetime(year.astype(str) + "-01-01"),
        end=pd.to_datetime(year.astype(str) + "-12-31"),
        days=365,
    )


NOTHING_STATED = pd.DataFrame({"value": [], "as_reported": []})
STATED = pd.DataFrame(
    {"value": [60.0, 60.0, 54.0], "as_reported": ["nearly 60%", "nearly 60%", "54 percent"]}
)

# --- counts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deaths", "span", "ends", "gaps"),
    [
        ((411.0, 402.0, 255.0), "Jan to Mar", "highest 411 in Jan 2012, lowest 255 in Mar", ""),
        ((7.0,), "Jan", "highest 7 in Jan 2012, lowest 7 in Jan", ""),
        (
            (411.0, math.nan, 255.0),
            "Jan to Mar",
            "highest 411 in Jan 2012, lowest 255 in Mar",
            " Without a count: 1 month.",
        ),
        (
            (math.nan, 1411.0, math.nan),
            "Feb",
            "highest 1,411 in Feb 2012, lowest 1,411 in Feb",
            " Without a count: 2 months.",
        ),
    ],
)
def test_a_counted_series(deaths: tuple[float, ...], span: str, ends: str, gaps: str) -> None:
    text = descriptions.series(months(*deaths), "Honduras")
    assert text == f"Homicides a month in Honduras, {span} 2012: {ends} 2012.{gaps}"


def test_a_series_of_years_and_one_without_counts() -> None:
    text = descriptions.series(of_years(months(7172.0, 6431.0, math.nan)), "Honduras")
    assert text == (
        f"Homicides a year in Honduras, 2012{formats.NONE}2013: highest 7,172 in 2012, lowest "
        "6,431 in 2013. Without a count: 1 year."
    )
    for nothing in (months(math.nan), months()):
        text = descriptions.series(nothing, "X")
        assert text == "No count is on file for X in this period."


def test_the_counts_on_file() -> None:
    counted = ht.monthly_series("SLV", start="2012-01-01", end="2015-12-31")
    # 918 homicides in August 2015 (forensic institute) and 148 in April 2013 (police).
    assert "highest 918 in Aug 2015, lowest 148 in Apr 2013." in descriptions.series(counted, "X")


# --- events ---------------------------------------------------------------------------------


def events(*stated: bool) -> pd.DataFrame:
    start = pd.date_range("2012-03-09", periods=len(stated), freq="D")
    return pd.DataFrame({"start": start, "end": start, "stated": stated})


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ((True,), "1 of 1 marked event is dated by a text on file"),
        ((True, False, True), "2 of 3 marked events are dated by a text on file"),
        ((), "0 of 0 marked events are dated by a text on file"),
    ],
)
def test_a_timeline(stated: tuple[bool, ...], text: str) -> None:
    assert descriptions.timeline(events(*stated)) == text


def test_the_course_from_one_time_to_another() -> None:
    # 4510 / 366 = 12.3 and 4254 / 671 = 6.3.
    both = pd.DataFrame({"deaths": [4510, 4254], "days": [366, 671]})
    assert descriptions.course(both) == "From 12.3 killings a day to 6.3"


# --- rates ----------------------------------------------------------------------------------

VARIANTS = pd.DataFrame(
    {
        "start": "2011-01-01",
        "end": "2011-12-31",
        "deaths": [4371.0, 4371.0, 4308.0],
        "population_series": ["A", "B", "A"],
        "rate": [71.77, 70.38, 70.74],
    }
)


def test_rates_of_every_count_and_population() -> None:
    stated = pd.DataFrame({"as_reported": ["70.1"]})
    assert descriptions.variants(VARIANTS, stated, "El Salvador") == (
        "Homicide rates of El Salvador in 2011 from 2 counts over 2 populations: between 70.4 and "
        "71.8 per 100,000. Stated: \u201c70.1\u201d."
    )
    one = descriptions.variants(VARIANTS.head(1), stated.head(0), "X")
    assert "from 1 count over 1 population: between 71.8 and 71.8 per 100,000." in one
    assert "Stated" not in one
    assert descriptions.variants(VARIANTS.head(0), stated, "X") == (
        "No count of the year is on file for X."
    )


def growing(*changes: float) -> pd.DataFrame:
    return months(*changes).rename(columns={"deaths": "percent_change"})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ((-9.0, -53.5, -8.8), "fall was largest by February 2012, 53.5 %, and 8.8 % by March 2012"),
        ((-0.9, -7.5), "fall was largest at the end: 7.5 % by February 2012"),
        # What it was before says nothing where it ended as a rise.
        ((-9.0, 8.0, 3.0), "rise was largest by February 2012, 8.0 %, and 3.0 % by March 2012"),
        ((4.0,), "rise was largest at the end: 4.0 % by January 2012"),
    ],
)
def test_the_change_as_the_period_grows(changes: tuple[float, ...], text: str) -> None:
    assert plain(descriptions.change_by_end(growing(*changes))) == f"The {text}"


def test_without_a_change_that_is_said() -> None:
    assert descriptions.change_by_end(growing(math.nan)) == "No percent change can be given."


# --- expected and averted -------------------------------------------------------------------


def expected(*deaths: float) -> pd.DataFrame:
    """Months with the deaths given; 100 are expected in each, with limits 80 and 120."""
    table = months(*deaths, expected=100.0, expected_lower=80.0, expected_upper=120.0)
    table.loc[table.index < 1, ["expected_lower", "expected_upper"]] = math.nan  # the baseline
    return table


@pytest.mark.parametrize(
    ("deaths", "periods", "below", "above"),
    [
        ((10.0, 79.0), "1 month", 1, 0),
        ((10.0, 79.0, 80.0, 120.0, 121.0, 10.0), "5 months", 2, 1),
        ((10.0, 100.0, math.nan), "1 month", 0, 0),
    ],
)
def test_observed_and_expected(
    deaths: tuple[float, ...], periods: str, below: int, above: int
) -> None:
    text = f"Below what the earlier rate allows in {below} of {periods}, above it in {above}"
    assert descriptions.expected(expected(*deaths)) == text
    yearly = descriptions.expected(of_years(expected(*deaths)))
    assert yearly == text.replace("month", "year")


def test_all_below_what_was_expected_is_said_in_one() -> None:
    assert descriptions.expected(expected(10.0, 79.0, 12.0)) == (
        "Fewer killings than the earlier rate allows in each of 2 months"
    )


def test_nothing_expected_is_said() -> None:
    for nothing in (expected(), expected(10.0), expected(10.0, math.nan)):
        assert descriptions.expected(nothing) == (
            "No period with a count lies wholly after the baseline"
        )


def averted(*totals: float) -> pd.DataFrame:
    return months(*totals).rename(columns={"deaths": "averted"})


def test_the_total_and_when_a_stated_number_was_reached() -> None:
    stated = pd.DataFrame({"value": [250.0, 4500.0], "as_reported": ["250", "estimated 4,500"]})
    assert descriptions.cumulative(averted(120.0, 250.0, 1300.6), stated) == (
        "1,301 fewer by March 2012; the stated 250 is reached by February 2012; the stated 4,500 "
        "is not reached"
    )


def test_a_total_below_zero_and_no_total() -> None:
    assert descriptions.cumulative(averted(-5.0, -646.0)) == "646 more by February 2012"
    assert descriptions.cumulative(averted(), STATED) == "No total can be computed"


# --- region ---------------------------------------------------------------------------------

PERIODS = (("2011-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31"))


def test_the_rank_of_a_country() -> None:
    counted = ht.annual_series(["SLV", "HND", "GTM"], agency="UNODC", start="2011", end="2012")
    years = ht.tables.with_names(rates.crude_rate(counted))
    # Rates of the World Bank: 71.8, 83.2 and 38.4 in 2011; 42.4, 82.3 and 34.2 in 2012.
    assert descriptions.region_title(years, "SLV", *PERIODS) == (
        "El Salvador: number 2 from the highest of 3 countries in 2011, number 2 of 3 countries in "
        "2012"
    )


def test_a_country_without_a_rate_has_no_rank() -> None:
    counted = ht.annual_series("HND", start="2011", end="2012")
    years = ht.tables.with_names(rates.crude_rate(counted)).assign(rate=[math.nan, 82.3])
    for place in ("HND", "SLV"):
        told = descriptions.region_title(years, place, *PERIODS)
        assert told == "Homicide rate a year by country"


# --- titles ---------------------------------------------------------------------------------


def test_a_title_says_which_period_had_most_and_fewest() -> None:
    rows = months(411.0, 148.0, 918.0)
    assert descriptions.extremes(rows) == (
        "Most killings in March 2012 (918), fewest in February 2012 (148)"
    )
    assert descriptions.extremes(rows.head(0)) == "No count is on file"


@pytest.mark.parametrize(
    ("value", "ends"),
    [(70.1, "; the stated so much lies among them"), (60.0, ", and none the stated so much"),
     (80.0, ", and none the stated so much")],
)  # fmt: skip
def test_a_title_says_where_the_stated_rate_lies(value: float, ends: str) -> None:
    given = pd.DataFrame({"rate": [71.8, 70.0], "start": "2011-01-01", "end": "2011-12-31"})
    stated = pd.DataFrame({"value": [value], "as_reported": ["so much"]})
    title = descriptions.span_of_variants(given, stated)
    assert title == f"For 2011 counts and populations give 70.0 to 71.8{ends}"
    assert descriptions.span_of_variants(given, stated.head(0)) == title.removesuffix(ends)


def test_a_title_spans_the_estimates() -> None:
    known = pd.DataFrame({"averted": [6222.3, math.nan, 3972.1]})
    assert descriptions.span_of_estimates(known, "averted") == (
        "2 estimates of the deaths fewer than expected: 3,972 to 6,222"
    )
