"""Series resolved from conflicting counts."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends.tables.load import shipped

# Police years as published in January of the following year, and the forensic institute's final
# report for 2015: InSight Crime 4 Jan 2013 (4,371 and 2,576), sums of months for 2013 and 2014.
SUMS = {2011: 4371, 2012: 2576, 2013: 2491, 2014: 3919, 2015: 6656}


@pytest.mark.parametrize(("year", "total"), SUMS.items())
def test_default_months_add_up_to_the_published_years(year: int, total: int):
    months = ht.monthly_series("SLV", start=f"{year}-01-01", end=f"{year}-12-31")
    assert len(months) == 12
    assert months["deaths"].sum() == total


def test_default_months_are_those_of_the_evidence(shared: Path):
    best = pd.read_csv(shared / "evidence" / "monthly_best.csv")
    months = ht.monthly_series("SLV", start="2011-01-01", end="2015-12-31")
    assert months["deaths"].tolist() == best["count"].tolist()


def test_the_range_holds_all_figures_on_file():
    # April 2012: 147 first count (InSight Crime, 1 May 2012), 156 later.
    april = ht.monthly_series("SLV", start="2012-04-01", end="2012-04-30").iloc[0]
    assert (april["deaths"], april["deaths_low"], april["deaths_high"]) == (156, 147, 156)


def test_doubtful_figures_are_never_chosen_nor_in_the_range():
    # July 2013: 185 (AP) repeats June; 253 is what the forensic institute published later.
    july = ht.monthly_series("SLV", start="2013-07-01", end="2013-07-31").iloc[0]
    assert (july["deaths"], july["deaths_low"]) == (253, 253)
    counts = ht.load_counts("SLV")
    kept = counts[(counts["start"] == "2013-07-01") & (counts["end"] == "2013-07-31")]
    assert 185 in set(kept["count"])


def test_allocated_months_are_marked_and_can_be_left_out():
    months = ht.monthly_series("SLV", start="2011-01-01", end="2011-12-31")
    shared_out = months.loc[months["status"] == "allocated", "start"].dt.month.tolist()
    assert shared_out == [1, 2, 9, 10]
    without = ht.monthly_series("SLV", start="2011-01-01", end="2011-12-31", allocated=False)
    assert without["deaths"].isna().sum() == 4
    assert set(without.loc[without["deaths"].isna(), "status"]) == {"missing"}


def test_an_agency_or_an_order_of_agencies_can_be_chosen():
    forensic = ht.monthly_series("SLV", agency="IML", start="2012-01-01", end="2012-03-31")
    assert forensic["deaths"].tolist() == [413, 402, 263]
    both = ht.monthly_series("SLV", agency=["IML", "PNC"], start="2012-04-01", end="2012-04-30")
    assert both["agency"].tolist() == ["PNC"]


def test_a_month_without_a_count_is_a_row_and_not_a_zero():
    months = ht.monthly_series("SLV", start="2010-01-01", end="2010-03-31")
    assert months["deaths"].isna().tolist() == [False, True, True]


def test_years_take_the_reconciled_count_and_the_mid_year_population():
    years = ht.annual_series("SLV", start="2011-01-01", end="2015-12-31")
    # Adds to the 20,055 that the forensic institute published in September 2016.
    assert years["deaths"].sum() == 20055
    # World Bank, WPP2024 population and its printed rate of 71.8.
    assert years["population"].iloc[0] == 6_090_127
    assert round(1e5 * years["deaths"].iloc[0] / years["person_years"].iloc[0], 1) == 71.8


def test_months_of_a_year_hold_one_year_of_person_time():
    months = ht.monthly_series("SLV", start="2012-01-01", end="2012-12-31")
    # The mean of the monthly populations, weighted by days, lies within 0.01 % of mid-year.
    assert months["person_years"].sum() == pytest.approx(6_113_975, rel=1e-4)
    assert months["days"].tolist()[1] == 29


def test_the_last_population_on_file_serves_its_year_and_no_day_more():
    months = ht.monthly_series("SLV", start="2024-11", end="2025-02")
    assert months["population"].isna().tolist() == [False, False, True, True]


def test_another_country_by_month_and_by_year():
    months = ht.monthly_series("GTM")
    assert months["deaths"].sum() == 5155
    assert set(ht.annual_series(["HND", "GTM"])["place"]) == {"HND", "GTM"}


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(ht.DataError, match="did you mean 'SLV'"):
        ht.monthly_series("SLW")
    with pytest.raises(ht.DataError, match="did you mean 'PNC'"):
        ht.monthly_series("SLV", agency="PCN")
    with pytest.raises(ht.DataError, match="WPP2024"):
        ht.monthly_series("SLV", population_series="WPP")


def test_weak_sources_are_used_only_when_asked_for():
    sources = ht.load_sources().set_index("source_id")
    years = ht.annual_series("HND")
    chosen = years["sources"].dropna().map(sources["quality"])
    assert (chosen == "solid").all()
    counts = ht.load_counts("HND")
    weak = counts["source_id"].map(sources["quality"]).eq("weak")
    assert weak.any()
    agency = counts.loc[weak, "agency"].iloc[0]
    with pytest.raises(ht.DataError):
        ht.annual_series("HND", agency=agency)
    assert len(ht.annual_series("HND", agency=agency, weak=True))


def test_the_later_source_wins_among_equals(tmp_path: Path):
    folder = Path(shutil.copytree(shipped("data"), tmp_path / "tables"))
    with (folder / "counts.csv").open("a", encoding="utf-8") as table:
        # The same agency and status as the row on file, from an older and a newer source.
        table.write("SLV,homicides,2012-05-01,2012-05-31,9,PNC,final,tim2005,\n")
    may = ht.monthly_series("SLV", start="2012-05-01", end="2012-05-31", data=folder)
    assert may["deaths"].tolist() == [172]
    assert may["deaths_low"].tolist() == [9]


def test_the_covering_series_is_monthly_where_it_can_be():
    before, after = ("2011-03-01", "2012-02-29"), ("2012-03-01", "2013-12-31")
    assert (ht.series.covering_series("SLV", before, after)["days"] < 32).all()
    assert (ht.series.covering_series("HND", before, after)["days"] > 360).all()
    with pytest.raises(ht.DataError, match="no count for 1985-01-01 to 1985-12-31"):
        ht.series.covering_series("SLV", ("1985-01-01", "1985-12-31"), after)


def test_every_count_over_every_population_for_a_year():
    variants = ht.series.count_variants("SLV", start="2011-01-01", end="2011-12-31")
    # 4,354 (January) and 4,371 (final), each over every population on file; 4,308 was printed
    # as the year but counted to some day in December, so it is kept as doubtful and left out.
    assert sorted(set(variants["deaths"])) == [4354, 4371]
    assert {"WPP2024", "WPP2019"} <= set(variants["population_series"])
    assert ht.series.count_variants("SLV", start="1950-01-01", end="1950-12-31").empty


def test_the_region_by_an_agency_that_is_named_is_that_agency_s():
    found = ht.series.regional_series(start="2012", end="2012", agency="PNC").set_index("place")
    assert set(found["agency"].replace("", None).dropna()) == {"PNC"}
    assert found.loc["SLV", "deaths"] == SUMS[2012]
    everyone = ht.series.regional_series(start="2012", end="2012")
    assert set(everyone["agency"].replace("", None).dropna()) == {"UNODC"}
    assert len(everyone) > 20
