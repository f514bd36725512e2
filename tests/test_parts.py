"""Counts of some of the deaths: by sex, age, mechanism and motive, never added to their whole.

Expected numbers: UNODC, Global Study on Homicide 2019, and the lists that the rows of counts.csv
name, read by hand.
"""

import csv
import shutil
from pathlib import Path

import pytest

import homicide_trends as ht
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.load import shipped

YEARS = {"start": "2011-01-01", "end": "2012-12-31"}
GROUPS = ("sex", "age", "mechanism", "motive")


def deaths(place: str = "SLV", **part: str) -> list[int]:
    return ht.annual_series(place, **YEARS, **part)["deaths"].astype(int).tolist()


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({}, [4371, 2594]),
        ({"mechanism": "firearm"}, [3046, 1605]),
        ({"mechanism": "sharp object"}, [792, 556]),
        ({"sex": "female"}, [628, 322]),
        ({"sex": "male"}, [3743, 2272]),
        ({"sex": "female", "age": "15-29"}, [325, 140]),
        ({"sex": "male", "age": "60+"}, [280, 194]),
        ({"sex": "female", "mechanism": "firearm"}, [383, 170]),
    ],
)
def test_a_part_of_the_deaths_is_a_choice(part: dict[str, str], expected: list[int]) -> None:
    assert deaths(**part) == expected


def test_parts_of_other_countries_and_months() -> None:
    assert deaths("GTM", mechanism="firearm") == [4514, 4066]
    assert deaths("HND", mechanism="firearm") == [6009, 5978]
    months = ht.monthly_series("SLV", sex="male", start="2015-01-01", end="2015-12-31")
    women = ht.monthly_series("SLV", sex="female", start="2015-01-01", end="2015-12-31")
    other = ht.monthly_series("SLV", sex="unknown", start="2015-01-01", end="2015-12-31")
    assert months["deaths"].iloc[0] == 309
    assert sum(each["deaths"].sum() for each in (months, women, other)) == 6656
    motives = ht.load_counts("SLV", motive=None)
    january = motives[(motives["start"] == "2022-01-01") & (motives["end"] == "2022-01-31")]
    assert january.loc[january["motive"].ne(""), "count"].tolist() == [2, 79, 1]


def test_all_deaths_are_meant_unless_a_part_is_asked_for() -> None:
    assert (ht.load_counts("SLV")[list(GROUPS)] == "").all(axis=None)
    women = ht.load_counts("SLV", sex="female")
    assert set(women["sex"]) == {"female"}
    assert set(women["age"]) == set(women["mechanism"]) == {""}
    assert ht.annual_series("SLV", sex="female")["deaths"].max() == 628
    every = ht.load_counts("SLV", sex=None, age=None, mechanism=None, motive=None)
    assert len(every) > len(ht.load_counts("SLV")) + len(women)


def test_an_unknown_part_names_the_nearest() -> None:
    with pytest.raises(ht.DataError, match=r"no mechanism 'fire arm'; did you mean 'firearm'"):
        ht.load_counts("SLV", mechanism="fire arm")
    with pytest.raises(ht.DataError, match=r"no sex 'women'"):
        ht.annual_series("SLV", sex="women")


def test_a_table_without_these_columns_is_as_good_as_ever(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped("data"), tmp_path / "data"))
    path = folder / "counts.csv"
    with path.open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if not any(row[name] for name in GROUPS)]
    with path.open("w", encoding="utf-8", newline="") as opened:
        kept = [name for name in rows[0] if name not in GROUPS]
        writer = csv.DictWriter(opened, kept, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    record(folder)
    assert check_tables(folder) == []
    assert ht.load_counts("SLV", data=folder)["sex"].eq("").all()
    years = ht.annual_series("SLV", start="2011-01-01", end="2012-12-31", data=folder)
    assert years["deaths"].tolist() == [4371, 2594]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        # 628 women and 3,743 men are the 4,371; 700 women would be 72 too many.
        ("SLV,homicides,2011-01-01,2011-12-31,628,UNODC-2019", "700", "more than the 4371 deaths"),
        # 3,046 + 792 + 487 + 46 are 4,371.
        ("SLV,homicides,2011-01-01,2011-12-31,792,UNODC-2019", "900", "parts by mechanism"),
    ],
)
def test_parts_that_exceed_their_whole_are_found(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    folder = Path(shutil.copytree(shipped("data"), tmp_path / "data"))
    path = folder / "counts.csv"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    changed = old.rsplit(",", 2)[0] + f",{new},UNODC-2019"
    path.write_text(text.replace(old, changed), "utf-8")
    record(folder)
    found = check_tables(folder)
    assert len(found) == 1
    assert says in found[0].message


def test_guatemala_stands_twice_and_the_shifted_copy_is_not_preferred() -> None:
    counts = ht.load_counts("GTM")
    counts = counts[counts["agency"].eq("UNODC") & counts["start"].dt.year.between(2012, 2017)]
    shifted = counts[counts["status"].eq("doubtful")]
    assert shifted[["count"]].squeeze().tolist() == [5155, 5253]
    assert shifted["note"].ne("").all()
    years = ht.annual_series("GTM", agency="UNODC", start="2012", end="2017")
    assert years["deaths"].tolist() == [5155, 5253, 4998, 4778, 4520, 4410]
    region = ht.series.regional_series(start="2012", end="2017")
    here = region[region["place"].eq("GTM")]
    assert here["deaths"].tolist() == [5155, 5253, 4998, 4778, 4520, 4410]
