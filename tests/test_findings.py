"""Findings are collected whole, refused when unusable, and written safely."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

import pytest

from homicide_trends.reports.findings import FIELDS, MIME, FindingsError, collect, to_csv, to_json


def executed(*bundles: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": {MIME: bundle}} for bundle in bundles]
    return {"cells": [{"outputs": outputs}, {"cell_type": "markdown"}]}


def test_findings_of_all_cells_are_collected_with_every_field() -> None:
    record = collect(
        executed(
            {"findings": [{"name": "rate", "estimate": 69.9, "sources": ["a", "b"]}]},
            {"findings": [{"name": "deaths", "estimate": None}], "main": "It fell."},
            {"provenance": {"tables": {"counts.csv": "00"}, "sources": ["a"]}},
        ),
        report="trend",
    )
    assert [row["name"] for row in record["findings"]] == ["rate", "deaths"]
    assert all(tuple(row) == FIELDS for row in record["findings"])
    assert record["findings"][0]["report"] == "trend"
    assert record["findings"][0]["sources"] == "a;b"
    assert record["main"] == "It fell."
    assert record["provenance"] == {
        "tables": {"counts.csv": "00"},
        "versions": {},
        "sources": ["a"],
    }


@pytest.mark.parametrize(
    ("bundles", "message"),
    [
        (
            [{"findings": [{"name": "a", "estimat": 1}]}],
            "field 'estimat'; did you mean 'estimate'?",
        ),
        ([{"findings": [{"name": "a", "lower": math.nan}]}], "'a': lower is nan, not a finite"),
        ([{"findings": [{"name": "a", "estimate": "9"}]}], "estimate is '9', not a finite number"),
        ([{"main": "Up."}, {"main": "Down."}], "two main findings"),
    ],
)
def test_what_cannot_be_used_is_refused(bundles: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(FindingsError, match=message.replace("?", r"\?")):
        collect(executed(*bundles), report="r")


def test_csv_and_json_hold_the_same_rows() -> None:
    rows = collect(
        executed({"findings": [{"name": "a", "estimate": -41.1, "note": 'b,"c"\nd'}]}), report="r"
    )["findings"]
    (read,) = csv.DictReader(io.StringIO(to_csv(rows).decode()))
    assert tuple(read) == FIELDS
    assert (read["estimate"], read["note"], read["lower"]) == ("-41.1", 'b,"c"\nd', "")
    assert json.loads(to_json(rows)) == rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n"])
def test_no_cell_of_the_csv_is_a_formula(start: str) -> None:
    row = {"name": f"{start}cmd|'/C calc'!A0", "label": f"{start}1"}
    (read,) = csv.DictReader(io.StringIO(to_csv([row]).decode(), newline=""))
    assert read["name"].startswith("'" + start)
    assert read["label"] == (f"{start}1" if start in "+-" else f"'{start}1")
