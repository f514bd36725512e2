"""The loaders: types, and what they say when a table or a name is not as it must be."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends.tables.load import shipped


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("data"), tmp_path / "tables"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_loader_gives_rows_with_the_types_of_the_schema():
    assert len(ht.load_figures()) >= 40
    assert ht.load_counts("SLV")["count"].dtype.kind == "i"
    assert ht.load_events("SLV")["start"].dtype.kind == "M"
    assert ht.load_estimates()["estimate"].dtype.kind == "f"
    assert set(ht.load_municipalities("SLV")["status"]) <= {"confirmed", "likely", "unconfirmed"}


def test_figures_of_the_texts_that_the_reports_rest_on():
    # Read in the five texts by hand: text, token, value.
    figures = ht.load_figures()
    stated = {(r.source_id, r.as_reported, r.value) for r in figures.itertuples()}
    assert {
        ("interpeace-track6", "70.1", 70.1),
        ("interpeace-track6", "about sixty percent", 60.0),
        ("interpeace-2013-12", "nearly 60%", 60.0),
        ("interpeace-2013-12", "262", 262.0),
        ("interpeace-2013-12", "11", 11.0),
        ("oas-2013-07-26", "nearly one million", 1e6),
        ("oas-2013-07-26", "last fifteen months", 15.0),
        ("insight-2011-06", "$165 million", 165e6),
    } <= stated
    assert 4500.0 in set(figures.loc[figures["measure"] == "averted_deaths", "value"])


def test_every_row_of_every_table_has_a_source():
    known = set(ht.load_sources()["source_id"])
    for table in ("figures", "counts", "population", "events", "municipalities", "estimates"):
        assert set(ht.tables.read_table(table)["source_id"]) <= known, table


def test_unknown_place_names_the_nearest(copy: Path):
    with pytest.raises(ht.DataError, match=r"no place 'SVL'; did you mean 'SLV'\?"):
        ht.load_counts("SVL", data=copy)


def test_unknown_measure_and_series_say_what_there_is():
    with pytest.raises(ht.DataError, match="no measure 'homicide'; did you mean 'homicides'"):
        ht.load_counts("SLV", measure="homicide")
    with pytest.raises(ht.DataError, match="did you mean 'WPP2024'"):
        ht.load_population("SLV", series="WPP2042")


def test_wrong_type_names_file_line_column_and_value(copy: Path):
    lines = (copy / "counts.csv").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("SLV,homicides,2012-04-01"))
    fields = lines[at].split(",")
    fields[4] = "15x6"
    lines[at] = ",".join(fields)
    (copy / "counts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ht.DataError) as caught:
        ht.load_counts("SLV", data=copy)
    message = str(caught.value)
    assert f"counts.csv:{at + 1}: count '15x6' is not of type integer" in message


def test_impossible_date_and_missing_column_are_refused(copy: Path):
    _replace(copy / "population.csv", "place,year,", "place,years,")
    with pytest.raises(ht.DataError, match="no column 'year'"):
        ht.load_population(data=copy)
    _replace(copy / "events.csv", "2012-03-09", "2012-02-30")
    with pytest.raises(
        ht.DataError, match="events.csv:[0-9]+: [a-z]+ '2012-02-30' is not of type date"
    ):
        ht.load_events(data=copy)


def test_the_environment_names_another_folder(copy: Path, monkeypatch: pytest.MonkeyPatch):
    _replace(copy / "places.csv", "SLV,El Salvador", "SLV,Elsewhere")
    monkeypatch.setenv("HOMICIDE_TRENDS_DATA", str(copy))
    assert ht.place_name("SLV") == "Elsewhere"
    monkeypatch.setenv("HOMICIDE_TRENDS_DATA", str(copy / "absent"))
    with pytest.raises(ht.DataError, match="no such folder"):
        ht.load_places()


def test_tables_read_are_recorded_with_their_digest():
    ht.load_places()
    assert ht.tables.tables_read()["places.csv"] == ht.tables.digest(shipped("data") / "places.csv")


def test_counts_within_a_country_are_its_municipalities():
    local = ht.load_counts(within="SLV")
    assert len(local)
    assert local["place"].str.startswith("SLV-").all()
    assert ht.load_counts(within="HND").empty


def test_missing_is_missing_and_never_zero():
    events = ht.load_figures()
    assert events["baseline_start"].isna().all()
    assert isinstance(events["start"].iloc[0], pd.Timestamp)
