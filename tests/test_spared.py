"""Who was spared: parts that add up, and changes recomputed by hand from UNODC's study of 2019."""

import pytest

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.wording import formats, who

BEFORE, AFTER = ("2011-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31")


def spared(place: str = "SLV"):
    return who.with_part_names(rates.who_was_spared(place, baseline=BEFORE, window=AFTER))


@pytest.mark.parametrize(
    ("name", "before", "after", "change"),
    [
        ("all", 4371, 2594, -41),  # 2594 / 4371 = 0.593
        ("by firearm", 3046, 1605, -47),  # 0.527
        ("by sharp object", 792, 556, -30),  # 0.702
        ("women and girls", 628, 322, -49),  # 0.513
        ("men and boys", 3743, 2272, -39),  # 0.607
        ("women of 15 to 29", 325, 140, -57),  # 0.431
        ("men of 60 and over", 280, 194, -31),  # 0.693
        ("15 to 29 years", 325 + 1944, 140 + 1131, -44),  # 1271 / 2269 = 0.560
    ],
)
def test_changes_of_el_salvador(name: str, before: int, after: int, change: int) -> None:
    row = spared().set_index("name").loc[name]
    assert (row["baseline_deaths"], row["deaths"]) == (before, after)
    assert round(row["percent_change"]) == change
    assert row["percent_change_lower"] < row["percent_change"] < row["percent_change_upper"]


def test_firearms_in_guatemala_and_honduras() -> None:
    found = rates.spared_elsewhere(
        ["GTM", "HND"], baseline=BEFORE, window=AFTER, mechanism="firearm"
    )
    # 4066 / 4514 = 0.901; 5978 / 6009 = 0.995
    assert found["percent_change"].round().tolist() == [-10, -1]


@pytest.mark.parametrize("place", ["SLV", "GTM", "HND", "MEX", "COL"])
def test_the_parts_of_a_split_add_up(place: str) -> None:
    found = rates.who_was_spared(place, baseline=BEFORE, window=AFTER)
    whole = found.iloc[0]
    for _split, rows in found[found["split"].ne("all")].groupby("split"):
        assert rows["baseline_deaths"].sum() == whole["baseline_deaths"]
        assert rows["deaths"].sum() == whole["deaths"]
        assert rows["share"].sum(min_count=1) == pytest.approx(whole["share"], nan_ok=True)


def test_shares_by_hand() -> None:
    rows = spared().set_index("name")
    # Of 4371 - 2594 = 1777 fewer, 3046 - 1605 = 1441 were by firearm and 306 women.
    assert rows.loc["by firearm", "share"] == pytest.approx(100 * 1441 / 1777)
    assert rows.loc["women and girls", "share"] == pytest.approx(100 * 306 / 1777)
    # (322 / 628) / (2272 / 3743) = 0.8447
    assert rows.loc["women and girls", "against_others"] == pytest.approx(-15.53, abs=0.01)


def test_few_deaths_have_no_change() -> None:
    # Women of 60 and over in Honduras: 17 deaths in 2010.
    found = who.with_part_names(
        rates.who_was_spared("HND", baseline=("2010", "2010"), window=BEFORE)
    ).set_index("name")
    row = found.loc["women of 60 and over"]
    assert row["baseline_deaths"] == 17
    assert row["percent_change"] != row["percent_change"]
    assert row["percent_change_method"].startswith("refused: fewer than 20 deaths")


def test_periods_of_several_years_are_compared_by_the_year() -> None:
    found = rates.who_was_spared("SLV", baseline=("2009", "2011"), window=("2012", "2013"))
    shot = found[found["mechanism"].eq("firearm")].iloc[0]
    # (1605 + 1808) / 2 over (3437 + 2922 + 3046) / 3 = 1706.5 / 3135 = 0.5443
    assert shot["percent_change"] == pytest.approx(-45.57, abs=0.01)


def test_months_are_refused_and_places_without_parts_are_empty() -> None:
    with pytest.raises(ht.DataError, match="give whole years"):
        rates.who_was_spared("SLV", baseline=("2011-03-01", "2012-02-29"), window=AFTER)
    empty = rates.who_was_spared("SLV-apopa", baseline=BEFORE, window=AFTER)
    assert empty.empty
    assert who.spared(empty, "Apopa").startswith("No deaths by sex, age or weapon")
    assert who.chart_title(empty) == "Deaths by sex, age and weapon"


def test_the_answer_in_words() -> None:
    text = who.spared(spared(), "El Salvador").replace(formats.NBSP, " ")
    assert text == (
        "In El Salvador homicides fell by 41 %, from 4,371 in 2011 to 2,594 in 2012. Those of "
        "women and girls fell by 49 %, those of men and boys fell by 39 %: the women's fell "
        "further, by more than chance explains. Deaths by firearm fell by 47 % and make "
        "up 81 % of the fall; all others fell by 25 %."
    )
