"""Findings side by side: which differ, and by how much."""

from __future__ import annotations

from typing import Any

import pytest

from homicide_trends.reports.findings import differences


def record(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = [{"name": "rate", "estimate": None, **each} for each in findings]
    return {"report": "trend", "findings": rows, "main": "It fell.", **more}


def test_equal_findings_have_no_differences() -> None:
    one = record({"estimate": 70.0, "lower": None}, {"estimate": 71.0})
    assert differences(one, one) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # 63 - 70 = -7, and -7 / 70 = -10 %
        ({"estimate": 70.0}, {"estimate": 63.0}, "rate: estimate 70 -> 63 (-7, -10 %)"),
        ({"estimate": 0}, {"estimate": 2}, "rate: estimate 0 -> 2 (+2)"),
        ({"lower": 1.0}, {"lower": None}, "rate: lower 1.0 -> (none)"),
        ({"unit": "deaths"}, {"unit": "per cent"}, "rate: unit deaths -> per cent"),
    ],
)
def test_a_change_is_named_with_its_size(
    before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    assert differences(record(before), record(after)) == [f"trend: {expected}"]


def test_the_last_digits_may_be_another_machines() -> None:
    one, other = record({"estimate": 1 / 3}), record({"estimate": 0.333333333333})
    assert differences(one, other) == []
    assert differences(one, record({"estimate": 0.33333333}))


def test_findings_that_come_and_go() -> None:
    one, other = {"name": "a", "estimate": 1}, {"name": "b", "estimate": 2}
    assert differences(record(one, one), record(one, other)) == [
        "trend: a (2) is there no more, was 1",
        "trend: b is new, 2",
    ]


def test_the_main_finding_and_the_verdict() -> None:
    before = record(claim={"verdict": "Too high"})
    after = record(main="It rose.", claim={"verdict": "Right"})
    assert differences(before, after) == [
        "trend: main finding It fell. -> It rose.",
        "trend: verdict Too high -> Right",
    ]


def test_a_report_that_is_not_there() -> None:
    assert differences(None, record()) == ["trend: not there yet"]
