"""Finding the shipped folders and a reader's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from homicide_trends.tables.folders import (
    ENVIRONMENT_VARIABLE,
    DataError,
    closest,
    data_folder,
    shipped,
)


def test_the_shipped_folders_hold_what_they_should() -> None:
    assert (shipped("notebooks") / "reports.yml").is_file()
    assert (shipped("data") / "counts.csv").is_file()


def test_own_tables_come_before_the_environment_and_the_shipped_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    assert data_folder() == shipped("data")
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path))
    assert data_folder() == tmp_path
    assert data_folder(tmp_path.parent) == tmp_path.parent
    with pytest.raises(DataError, match="nowhere: no such folder of tables"):
        data_folder("nowhere")


@pytest.mark.parametrize(
    ("value", "known", "message"),
    [
        ("SVL", ["SLV", "GTM", "HND"], "; did you mean 'SLV'? there are GTM, HND, SLV"),
        ("pnc", ["PNC"], "; did you mean 'PNC'? there are PNC"),
        ("XXX", ["SLV"], "; there are SLV"),
        ("a", [], "; there are none"),
        ("x", [f"a{n:02d}" for n in range(31)], "a29, ..."),
    ],
)
def test_the_nearest_name_is_suggested(value: str, known: list[str], message: str) -> None:
    assert closest(value, known).endswith(message)
