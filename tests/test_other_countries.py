"""A synthetic comparison from other countries: by hand, refused, left out."""

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.other_countries import Elsewhere, elsewhere

RATES = {
    # A is half of B and half of C until 2011; in 2012 it lies 11 below them.
    "A": [30.0, 34, 32, 20],
    "B": [20.0, 26, 21, 22],
    "C": [40.0, 42, 43, 40],
    "D": [5.0, 5, 5, 5],
}


def panel(rates: dict[str, list[float]]) -> pd.DataFrame:
    starts = pd.date_range("2009-01-01", periods=4, freq="YS")
    parts = [
        pd.DataFrame(
            {
                "place": code,
                "name": f"Country {code}",
                "start": starts,
                "end": starts + pd.offsets.YearEnd(0),
                "rate": values,
                "person_years": 200_000.0,
            }
        )  # fmt: skip
        for code, values in rates.items()
    ]
    return pd.concat(parts, ignore_index=True)


def compared(place: str, rates: dict[str, list[float]], **choices: object) -> Elsewhere:
    return elsewhere(
        panel(rates), place=place, intervention="2012-03-01", start="2009-01-01",
        end="2012-12-31", **choices,  # type: ignore[arg-type]
    )  # fmt: skip


def test_weights_gap_and_deaths_by_hand() -> None:
    found = compared("A", RATES)
    assert not found.refused
    assert found.donors.set_index("name")["weight"].to_dict() == pytest.approx(
        {"Country B": 50, "Country C": 50}
    )
    assert found.series["gap"].to_numpy() == pytest.approx([0, 0, 0, -11], abs=1e-6)
    # 11 per 100,000 of 200,000 person-years.
    assert found.averted["averted"].tolist() == pytest.approx([22])
    assert found.averted["start"].iloc[0] == pd.Timestamp("2012-01-01")
    assert found.averted["baseline_end"].iloc[0] == pd.Timestamp("2011-12-31")


def test_every_country_has_a_rank_where_the_fit_is_good() -> None:
    found = compared("A", RATES)
    assert sorted(found.placebos["name"]) == [f"Country {code}" for code in "ABCD"]
    assert found.placebos["rank"].min() == 1


def test_country_with_an_intervention_of_its_own_is_no_donor() -> None:
    assert "Country B" in set(compared("A", RATES).donors["name"])
    # A Series, as the notebook hands it over: its index must not be taken for its values.
    found = compared("A", RATES, treated=pd.Series(["B"], index=[0]))
    assert "Country B" not in set(found.donors["name"])


def test_refused_comparison_shows_nothing_after_the_intervention() -> None:
    found = compared("A", RATES | {"A": [90.0, 94, 92, 20]})
    assert found.refused
    assert "Country A is not matched before 2012" in found.reason
    assert found.series["year"].tolist() == [2009, 2010, 2011]
    assert found.placebos.empty
    assert found.averted.empty
    assert len(found.donors) > 0


@pytest.mark.parametrize(
    ("place", "rates", "words"),
    [
        ("X", RATES, "unknown unit 'X'"),
        ("A", {"A": RATES["A"]}, "no donor"),
        ("A", RATES | {"A": [30.0, np.nan, 32, 20]}, "missing values between"),
    ],
)
def test_what_cannot_be_compared_has_a_reason(
    place: str, rates: dict[str, list[float]], words: str
) -> None:
    found = compared(place, rates)
    assert found.refused
    assert found.result is None
    assert words in found.reason
    assert {"name", "weight"} <= set(found.donors)
    assert {"name", "rank", "gap_ratio"} <= set(found.placebos)
    assert {"rate", "synthetic"} <= set(found.series)
