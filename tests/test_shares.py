"""Shares of a full enumeration: the quotient and nothing more."""

from __future__ import annotations

import math

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends.series import shares


def test_eleven_of_262_municipalities() -> None:
    # 11 / 262 = 0.0419847...
    table = shares.share(pd.DataFrame({"part": [11], "whole": [262]}))
    assert table["share"].tolist() == [pytest.approx(4.19847328, abs=1e-8)]
    # Nothing was sampled: no limits, and no column that could be read as one.
    assert list(table) == ["part", "whole", "share"]


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 262, 0.0), (262, 262, 100.0), (1e6, 6130000, 16.3132137)]
)
def test_from_none_to_all(part: float, whole: float, share: float) -> None:
    table = shares.share(pd.DataFrame({"part": [part], "whole": [whole]}))
    assert table["share"].iloc[0] == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize(
    ("part", "whole", "named"),
    [(263, 262, "263 of 262"), (1, 0, "1 of 0"), (0, 0, "0 of 0"), (1, -5, "1 of -5")],
)
def test_what_is_no_share_is_refused_by_its_numbers(part: int, whole: int, named: str) -> None:
    rows = pd.DataFrame({"part": [11, part], "whole": [262, whole]})
    with pytest.raises(ValueError, match=f"^{named} is not a share"):
        shares.share(rows)


def test_missing_is_missing_and_other_columns_stay() -> None:
    rows = pd.DataFrame({"name": ["a", "b"], "n": [math.nan, 1.0], "of": [262.0, math.nan]})
    table = shares.share(rows, part="n", whole="of")
    assert table["share"].isna().all()
    assert table["name"].tolist() == ["a", "b"]
    assert "share" not in rows


def stated(*rows: tuple[str, str, str, float, str]) -> pd.DataFrame:
    names = ["figure_id", "source_id", "measure", "value", "published"]
    table = pd.DataFrame(rows, columns=names)
    tokens = table["value"].map("{:g}".format)
    return table.assign(as_reported=tokens, publisher="Somebody", qualifier="")


POPULATION = pd.DataFrame(
    {"year": [2010, 2013, 2020], "population": [50_000, 80_000, 90_000], "series": "S"}
)


def test_declared_municipalities_and_citizens_of_another_place() -> None:
    figures = stated(
        ("towns", "a", "municipalities_violence_free", 3, "2014-05"),
        ("all", "a", "municipalities", 12, "2014-05"),
        ("people", "b", "population_represented", 20_000, "2014"),
    )
    table = shares.declared(figures, POPULATION)
    # 3 / 12 = 25 %; 20,000 of the 80,000 of 2013, the year on file nearest to 2014.
    assert table["share"].tolist() == [25.0, 25.0]
    assert table["name"].tolist() == ["the 12 municipalities", "the population of 2013"]
    assert table["sources"].tolist() == ["a", "b"]
    assert table["figure_id"].tolist() == ["towns", "people"]


def test_the_municipalities_are_taken_from_the_text_that_states_all_of_them() -> None:
    figures = stated(
        ("elsewhere", "b", "municipalities_violence_free", 18, "2013-01-18"),
        ("towns", "a", "municipalities_violence_free", 3, "2014-05"),
        ("all", "a", "municipalities", 12, "2014-05"),
    )
    assert shares.declared(figures, POPULATION)["figure_id"].tolist() == ["towns"]


def test_nothing_stated_gives_no_rows_but_the_columns() -> None:
    table = shares.declared(stated(), POPULATION)
    assert table.empty
    assert {"name", "part", "whole", "share", "sources"} <= set(table)
    only_some = stated(("towns", "a", "municipalities_violence_free", 3, "2014-05"))
    assert shares.declared(only_some, POPULATION).empty


def test_the_texts_on_file() -> None:
    figures = ht.tables.with_sources(ht.load_figures("SLV"))
    table = shares.declared(figures, ht.load_population("SLV", series="WPP2024"))
    assert table["part"].tolist() == [11, 1_000_000]
    assert table["whole"].iloc[0] == 262
    # Nearly a million of the 6,138,839 of mid-2013 (World Population Prospects 2024): 16.29 %.
    assert table["share"].round(1).tolist() == [4.2, 16.3]
    assert table["qualifier"].tolist() == ["", "nearly"]
    assert table["note"].tolist() == ["", "the part is stated as nearly"]
