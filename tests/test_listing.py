"""Reports and their parameters, for people and for programs."""

from __future__ import annotations

from pathlib import Path

from homicide_trends.cli.list import described, listed
from homicide_trends.reports import Report
from homicide_trends.reports.parameters import Parameter

REPORT = Report(
    "trend",
    "How did it run?",
    Path("/a/02-trend.ipynb"),
    (Parameter("place", "str", "SLV", "code"), Parameter("conf", "float", 0.95, "")),
    {"place": "HND"},
)


def test_the_list_shows_the_defaults_in_force() -> None:
    assert listed(REPORT).splitlines() == [
        "trend: How did it run? (02-trend.ipynb)",
        '  place  str    "HND"  code',
        "  conf   float  0.95",
    ]
    assert described(REPORT)["parameters"][0] == {
        "name": "place",
        "type": "str",
        "default": "HND",
        "help": "code",
    }
