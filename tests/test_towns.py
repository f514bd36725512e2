"""The municipalities: their census, where they lie, and sums and ranks over lists of them.

Expected numbers: the census of 2007 as published (5,744,113 people), sums by hand.
"""

import shutil
from pathlib import Path

import pytest
from conftest import CHECKOUT

import homicide_trends as ht
from homicide_trends.series import departments_of, people_of, ranked_towns
from homicide_trends.tables import load_towns
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.load import shipped

# The eleven that are on somebody's list: seven confirmed, one likely, three not confirmed.
NAMED = (
    "ilopango santa-tecla quezaltepeque sonsonate la-libertad apopa san-vicente zacatecoluca "
    "ciudad-delgado puerto-el-triunfo nueva-concepcion"
)
ELEVEN = [f"SLV-{name}" for name in NAMED.split()]
KNOWN = ["CENSUS", "RECALLED"]


def test_there_are_262_in_14_departments_and_they_add_up_to_the_census() -> None:
    towns = load_towns("SLV")
    assert len(towns) == 262
    assert set(towns["department"]) == set(departments_of("SLV"))
    assert len(departments_of("SLV")) == 14
    departments = people_of(departments_of("SLV"), year=2007, series="CENSUS")
    assert departments["population"].sum() == 5_744_113
    people = people_of(towns["place"].tolist(), year=2007, series="CENSUS").set_index("place")
    unknown = towns[people["population"].isna().to_numpy()]
    # Five of La Libertad are known only together, as 160,112.
    assert len(unknown) == 5
    assert set(unknown["department"]) == {"SLV-LI"}
    assert people["population"].sum() + 160_112 == 5_744_113
    both = towns["women"] + towns["men"]
    assert (both.dropna().to_numpy() == people["population"].dropna().to_numpy()).all()
    assert (towns["urban"].dropna() <= both.dropna()).all()


def test_neighbours_are_mutual() -> None:
    around = load_towns("SLV").set_index("place")["neighbours"].str.split(";")
    around = around[around.str[0].ne("")]  # an island has none
    assert all(place in around[other] for place, others in around.items() for other in others)


def test_the_eleven_had_some_eight_hundred_thousand_people() -> None:
    # 103862 + 121908 + 52643 (recalled) + 71541 + 35997 + 131286 + 53213 + 65826 + 120200
    # + 16584 + 28625
    assert people_of(ELEVEN, year=2007, series=KNOWN)["population"].sum() == 801_685
    sourced = people_of(ELEVEN, year=2007, series="CENSUS")["population"]
    assert (sourced.isna().sum(), sourced.sum()) == (1, 749_042)
    # San Salvador, 316,090, in place of Nueva Concepción, 28,625.
    instead = [*ELEVEN[:-1], "SLV-san-salvador"]
    assert people_of(instead, year=2007, series=KNOWN)["population"].sum() == 1_089_150
    # The gridded populations of 2010 and 2015, three fifths of the way.
    modelled = people_of(ELEVEN, year=2013, series="GPW4.11")
    assert modelled["population"].sum() == pytest.approx(872_637)
    assert set(modelled["status"]) == {"modelled"}


def test_four_of_the_eleven_are_among_the_eleven_largest() -> None:
    largest = ranked_towns("SLV", year=2007, series="CENSUS").head(11)
    assert largest["rank"].tolist() == list(range(1, 12))
    here = largest.loc[largest["place"].isin(ELEVEN), "name"]
    assert here.tolist() == ["Apopa", "Santa Tecla", "Ciudad Delgado", "Ilopango"]
    assert largest["share"].iloc[0] == pytest.approx(100 * 316_090 / 5_744_113)


def test_weak_rows_are_used_by_no_default() -> None:
    recalled = {"SLV-ciudad-delgado", "SLV-nueva-concepcion"}
    assert not recalled & set(ht.load_municipalities()["place"])
    assert "SLV-ciudad-delgado" in set(ht.load_municipalities(weak=True)["place"])
    sources = ht.load_sources().set_index("source_id")["quality"]
    people = ht.load_population()
    weak = people[people["source_id"].map(sources).eq("weak")]
    assert {"GPW4.11", "RECALLED"} <= set(weak["series"])
    assert not set(weak["series"]) & {"WPP2024", "CENSUS"}


def test_departments_add_up_to_the_country() -> None:
    counts = ht.load_counts(within="SLV", kind="department")
    for year, whole in (("2010", 4004), ("2018", 3346)):
        rows = counts[counts["start"].eq(f"{year}-01-01") & counts["end"].eq(f"{year}-12-31")]
        agency = "PNC" if year == "2010" else "IML"
        assert rows.loc[rows["agency"].eq(agency), "count"].sum() == whole
    towns = set(ht.load_counts(within="SLV", kind="municipality")["place"])
    assert not towns & set(departments_of("SLV"))


def test_a_folder_without_municipalities_is_a_folder(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("docs") / "examples" / "guatemala", tmp_path / "mine"))
    assert load_towns(data=folder).empty
    assert ranked_towns("GTM", year=2012, series="WPP2024", data=folder).empty
    record(folder)
    assert check_tables(folder) == []


def test_a_place_named_twice_is_refused() -> None:
    with pytest.raises(ht.DataError, match="'SLV-apopa' is named twice"):
        people_of(["SLV-apopa", "SLV-apopa"], year=2007, series="CENSUS")


def test_a_folder_without_municipalities_needs_no_census() -> None:
    folder = CHECKOUT / "docs" / "examples" / "simulated"
    found = people_of([], year=2007, series="CENSUS", data=folder)
    assert found.empty
    assert list(found) == ["place", "name", "population", "series", "status", "source_id"]
