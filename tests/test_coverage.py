"""Values that the tables do not know, and periods that hold nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny import TABLES, write_tables

from homicide_trends.reports.coverage import check_coverage


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return write_tables(tmp_path / "data")


WELL = {
    "place": "SLV",
    "agency": "preferred",
    "population_series": "WPP2024",
    "baseline_start": "2011-01-01",
    "baseline_end": "2011-12-31",
    "window_start": "2012-06-01",
    "window_end": "2013-12-31",
}


def test_known_values_and_touched_periods_pass(tables: Path) -> None:
    assert check_coverage(WELL, tables) == []
    assert check_coverage({}, tables) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"place": "SVL"}, "place: no counts for 'SVL'; did you mean 'SLV'? there are HND, SLV"),
        ({"place": "slv"}, "place: no counts for 'slv'; did you mean 'SLV'? there are HND, SLV"),
        ({"place": "BLZ"}, "place: no counts for 'BLZ'; there are HND, SLV"),
        (
            {"agency": "PNX"},
            "agency: no counts for SLV by 'PNX'; did you mean 'PNC'? there are PNC, UNODC",
        ),
        (
            {"population_series": "WPP2022"},
            (
                "population_series: no population series 'WPP2022'; did you mean 'WPP2024'?"
                " there are DIGESTYC, WPP2024"
            ),
        ),
        (
            {"window_start": "2014-01-01", "window_end": "2014-12-31"},
            (
                "window: no counts for SLV from 2014-01-01 to 2014-12-31; "
                "counts.csv covers 2011-01-01 to 2012-12-31"
            ),
        ),
        (
            {"agency": "UNODC"},
            (
                "baseline: no counts for SLV by UNODC from 2011-01-01 to 2011-12-31; "
                "counts.csv covers 2012-01-01 to 2012-12-31"
            ),
        ),
        ({"measure": "homicide"}, None),
        ({"figure_id": "rate-2012"}, None),
    ],
)
def test_what_the_tables_do_not_hold_is_named(
    tables: Path, changed: dict[str, str], message: str | None
) -> None:
    problems = check_coverage(WELL | changed, tables)
    assert len(problems) == 1
    assert message is None or problems == [message]


def test_an_agency_of_another_place_is_refused(tables: Path) -> None:
    problems = check_coverage({"place": "HND", "agency": "PNC"}, tables)
    assert problems == ["agency: no counts for HND by 'PNC'; there are UNODC"]


def test_a_report_that_counts_nothing_takes_every_place_on_file(tables: Path) -> None:
    assert check_coverage({"place": "BLZ"}, tables) == []
    assert check_coverage({"place": "BLX"}, tables) == [
        "place: no place 'BLX'; did you mean 'BLZ'? there are BLZ, HND, SLV"
    ]


def test_all_that_is_unknown_is_named_at_once(tables: Path) -> None:
    changed = {"agency": "X", "population_series": "Y", "window_start": "1990-01-01",
               "window_end": "1990-12-31"}  # fmt: skip
    assert len(check_coverage(WELL | changed, tables)) == 3


def test_several_places_are_each_looked_up(tables: Path) -> None:
    values = {"places": ["SLV", "NIC"], "window_start": "2012-01-01"}
    assert check_coverage(values, tables) == ["place: no counts for 'NIC'; there are HND, SLV"]


def test_a_table_that_is_missing_or_lacks_a_column_is_named(tables: Path) -> None:
    (tables / "population.csv").unlink()
    (problem,) = check_coverage(WELL, tables)
    assert problem.endswith("population.csv: No such file or directory")
    write_tables(tables, {"counts": [row[1:] for row in TABLES["counts"]]})
    (problem,) = check_coverage(WELL, tables)
    assert problem.endswith("counts.csv: no column 'place'")
    (tables / "counts.csv").write_bytes(b"place,\xff")
    (problem,) = check_coverage(WELL, tables)
    assert "counts.csv: not a readable table" in problem
