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
            " 1 month has no count.",
        ),
        (
            (math.nan, 1411.0, math.nan),
            "Feb",
            "highest 1,411 in Feb 2012, lowest 1,411 in Feb",
            " 2 months have no count.",
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
        "6,431 in 2013. 1 year has no count."
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
    ("stated", "how_many", "last", "dated"),
    [
        ((True,), "1 marked event", "9 Mar", "1 of them is"),
        ((True, False, True), "3 marked events", "11 Mar", "2 of them are"),
        ((False, False), "2 marked events", "10 Mar", "0 of them are"),
    ],
)
def test_a_timeline(stated: tuple[bool, ...], how_many: str, last: str, dated: str) -> None:
    assert descriptions.timeline(events(*stated), "X") == (
        f"Timeline of {how_many} for X from 9 Mar 2012 to {last} 2012; {dated} dated by a text on "
        "file."
    )


def test_a_timeline_of_nothing() -> None:
    assert descriptions.timeline(events(), "X") == "No event is marked for X."


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
    table = months(*changes).rename(columns={"deaths": "percent_change"})
    return table.assign(baseline_start="2011-01-01", baseline_end="2011-12-31")


@pytest.mark.parametrize(
    ("changes", "course"),
    [
        (
            (9.0, -53.5, 8.8),
            f"9.0 % to 31 Jan 2012, lowest {MINUS}53.5 % to 29 Feb 2012, 8.8 % to 31 Mar 2012",
        ),
        # The first or the last can be the lowest, and then nothing is said twice.
        ((-0.9, -7.5), f"{MINUS}0.9 % to 31 Jan 2012, lowest {MINUS}7.5 % to 29 Feb 2012"),
        ((-9.0, -8.0, 3.0), f"lowest {MINUS}9.0 % to 31 Jan 2012, 3.0 % to 31 Mar 2012"),
        ((4.0,), "lowest 4.0 % to 31 Jan 2012"),
    ],
)
def test_the_change_as_the_window_grows(changes: tuple[float, ...], course: str) -> None:
    text = plain(descriptions.change_by_end(growing(*changes), NOTHING_STATED, "X"))
    assert text == (
        f"Change of the homicide rate of X since the baseline 2011 as the window grows: {course}."
    )


def test_stated_declines_are_quoted_once() -> None:
    text = descriptions.change_by_end(growing(-33.2), STATED, "X")
    assert text.endswith(" Stated declines: \u201cnearly 60%\u201d and \u201c54 percent\u201d.")
    assert descriptions.change_by_end(growing(), STATED, "X") == (
        "No change can be computed for X."
    )


# --- expected and averted -------------------------------------------------------------------

WINDOW = ("2012-02-01", "2012-12-31")


def expected(*deaths: float) -> pd.DataFrame:
    """Months with the deaths given; 100 are expected in each, with limits 80 and 120."""
    return months(
        *deaths, expected=100.0, expected_lower=80.0, expected_upper=120.0, expected_conf=0.9
    )


@pytest.mark.parametrize(
    ("deaths", "periods", "below", "above", "inside"),
    [
        # January lies before the window and is not counted.
        ((10.0, 79.0), "1 month", "1 lies", 0, 0),
        ((10.0, 79.0, 80.0, 120.0, 121.0, 10.0), "5 months", "2 lie", 1, 2),
        ((10.0, 100.0, math.nan), "1 month", "0 lie", 0, 1),
    ],
)
def test_observed_and_expected(
    deaths: tuple[float, ...], periods: str, below: str, above: int, inside: int
) -> None:
    assert plain(descriptions.expected(expected(*deaths), WINDOW, "Guatemala")) == (
        f"Observed and expected homicides in Guatemala: of {periods} wholly in the window, {below} "
        f"below the 90 % prediction interval of the baseline's rate, {above} above it and {inside} "
        "in it."
    )


def test_years_that_the_window_cuts_are_not_in_it() -> None:
    # Of 2012, 2013 and 2014 only 2013 lies wholly in March 2012 to June 2014.
    table = of_years(expected(10.0, 10.0, 10.0))
    for end in ("2013-12-31", "2014-06-30"):
        text = descriptions.expected(table, ("2012-03-01", end), "X")
        assert "of 1 year wholly in the window, 1 lies below" in text
    for nothing in (expected(), expected(10.0), expected(10.0, math.nan)):
        assert descriptions.expected(nothing, WINDOW, "X") == (
            "No period with a count of homicides in X lies wholly in the window."
        )


def averted(*totals: float) -> pd.DataFrame:
    return months(*totals).rename(columns={"deaths": "averted"})


def test_the_total_and_when_a_stated_number_was_reached() -> None:
    stated = pd.DataFrame({"value": [250.0, 4500.0], "as_reported": ["250", "estimated 4,500"]})
    text = descriptions.cumulative(averted(120.0, 250.0, 1300.6), stated, "X")
    assert text == (
        "Expected minus observed homicides in X added up to 1,301 by 31 Mar 2012. The stated "
        "\u201c250\u201d was reached by 29 Feb 2012. The stated \u201cestimated 4,500\u201d was "
        "not reached in this window."
    )


def test_a_total_below_zero_and_no_total() -> None:
    text = descriptions.cumulative(averted(-5.0, -646.0), NOTHING_STATED, "X")
    assert text == (
        f"Expected minus observed homicides in X added up to {MINUS}646 by 29 Feb 2012."
    )
    assert descriptions.cumulative(averted(), STATED, "X") == "No total can be computed for X."


# --- region ---------------------------------------------------------------------------------

PERIODS = (("2011-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31"))


def test_the_rank_of_a_country() -> None:
    counted = ht.annual_series(["SLV", "HND", "GTM"], agency="UNODC", start="2011", end="2012")
    years = ht.tables.with_names(rates.crude_rate(counted))
    # Rates of the World Bank: 71.8, 83.2 and 38.4 in 2011; 42.4, 82.3 and 34.2 in 2012.
    text = descriptions.region_lines(years, "SLV", *PERIODS)
    assert text == (
        "Homicide rates a year by country: El Salvador had 71.8 per 100,000 in 2011, number 2 "
        "from the highest of 3 countries and El Salvador had 42.4 per 100,000 in 2012, number 2 "
        "from the highest of 3 countries."
    )
    alone = descriptions.region_lines(years[years["place"] == "HND"], "HND", *PERIODS)
    assert "number 1 from the highest of 1 country" in alone


def test_a_country_without_a_rate_has_no_rank() -> None:
    counted = ht.annual_series("HND", start="2011", end="2012")
    years = ht.tables.with_names(rates.crude_rate(counted)).assign(rate=[math.nan, 82.3])
    assert descriptions.region_lines(years, "HND", *PERIODS) == (
        "Homicide rates a year by country: no rate for the place of this report in 2011 and "
        "Honduras had 82.3 per 100,000 in 2012, number 1 from the highest of 1 country."
    )
    other = descriptions.region_lines(years, "SLV", *PERIODS)
    assert "no rate for the place of this report in 2012" in other
