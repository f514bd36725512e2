"""Values are converted by their parameter's type, or refused with what would be right."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import PARAMETERS, notebook, parameters, write_notebooks

from homicide_trends.reports.notebook import read_parameters
from homicide_trends.reports.parameters import (
    Parameter,
    check_pairs,
    convert,
    convert_text,
    unknown_name,
)


def read(tmp_path: Path, source: str) -> list[Parameter]:
    return read_parameters(write_notebooks(tmp_path, a=notebook(parameters(source))) / "a.ipynb")


def named(name: str) -> Parameter:
    for parameter in CELL:
        if parameter.name == name:
            return parameter
    raise KeyError(name)


@pytest.fixture(autouse=True, scope="module")
def _cell(tmp_path_factory: pytest.TempPathFactory) -> None:
    CELL[:] = read(tmp_path_factory.mktemp("cell"), PARAMETERS)


CELL: list[Parameter] = []


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("place", "HND", "HND"),
        ("text", "42", "42"),
        ("text", "__import__('os')", "__import__('os')"),
        ("text", 'a"b\n{x} {{y}} </script>', 'a"b\n{x} {{y}} </script>'),
        ("text", "", ""),
        ("window_start", "2012-02-29", "2012-02-29"),
        ("conf", "0.9", 0.9),
        ("conf", "5e-1", 0.5),
        ("years", "+12", 12),
        ("years", "-1", -1),
        ("weak", "true", True),
        ("weak", "False", False),
        ("places", "SLV, HND", ["SLV", "HND"]),
        ("places", "", []),
    ],
)
def test_text_is_read_as_the_type_of_its_parameter(name: str, text: str, value: object) -> None:
    converted = convert_text(named(name), text)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("years", "1.5", "years: '1.5' is not a whole number"),
        ("years", "1_000", "'1_000' is not a whole number"),
        ("years", " 1", "' 1' is not a whole number"),
        ("years", "\u0663", "is not a whole number"),
        ("years", "9" * 5000, r"'9+\.\.\. is not a whole number"),
        ("years", "True", "is not a whole number"),
        ("weak", "yes", "weak: 'yes' is not true or false"),
        ("weak", "1", "is not true or false"),
        ("conf", "high", "conf: 'high' is not a number"),
        ("conf", "nan", "conf: nan is not a finite number"),
        ("conf", "-inf", "-inf is not a finite number"),
        ("conf", "95", "conf: 95.0 is not between 0 and 1; 95 percent is 0.95"),
        ("conf", "0", "not between 0 and 1"),
        ("conf", "1", "not between 0 and 1"),
        ("text", "a\0b", "holds a NUL"),
        ("text", "\ud800", "not valid Unicode"),
        ("window_start", "2013-02-29", "2013-02-29 is not a date: February 2013 has 28 days"),
        ("window_start", "1900-02-29", "February 1900 has 28 days"),
        ("window_start", "2012-13-01", "months go from 01 to 12"),
        ("window_start", "0000-01-01", "years start at 0001"),
        ("window_start", "9/3/2012", "is not a date written YYYY-MM-DD, such as 2012-03-01"),
        ("window_start", "2012-W10-5", "is not a date written"),
        ("window_start", "20120309", "is not a date written"),
        ("window_start", "", "is not a date written"),
    ],
)
def test_text_of_another_type_is_refused_with_what_would_be_right(
    name: str, text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        convert_text(named(name), text)


@pytest.mark.parametrize(
    ("name", "value", "converted"),
    [
        ("window_start", datetime.date(2012, 3, 9), "2012-03-09"),
        ("conf", 0.5, 0.5),
        ("years", 4, 4),
        ("places", ["SLV", "HND"], ["SLV", "HND"]),
    ],
)
def test_values_from_python_or_yaml(name: str, value: object, converted: object) -> None:
    assert convert(named(name), value) == converted


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("place", False, "place: False is not text; in YAML put it in quotes"),
        ("place", None, "place: no value; it takes text"),
        ("place", {"a": 1}, "is not text"),
        ("years", True, "True is not a whole number"),
        ("years", 1.0, "1.0 is not a whole number"),
        ("conf", math.nan, "not a finite number"),
        ("window_start", datetime.datetime(2012, 3, 9, 10), "is not a date written"),
        ("places", "SLV", "is not a list"),
        ("places", [["SLV"]], "is not text"),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convert(named(name), value)


def test_none_is_a_value_where_the_annotation_says_so(tmp_path: Path) -> None:
    optional, plain = read(tmp_path, "a: str | None = None\nb: str = ''")
    assert convert(optional, None) is None
    assert convert_text(optional, "") is None
    assert convert_text(plain, "") == ""


def test_a_date_can_be_left_open_where_the_default_is(tmp_path: Path) -> None:
    (parameter,) = read(tmp_path, "window_end: str = ''")
    assert convert_text(parameter, "") == ""
    with pytest.raises(ValueError, match="June 2012 has 30 days"):
        convert_text(parameter, "2012-06-31")


@given(st.text())
def test_any_text_gives_a_value_or_one_clear_error(text: str) -> None:
    for parameter in CELL:
        message = ""
        try:
            value = convert_text(parameter, text)
            json.dumps(value, allow_nan=False).encode()
        except ValueError as error:
            message = str(error)
        assert message == "" or message.startswith(f"{parameter.name}: ")
        assert len(message.splitlines()) <= 1


def test_a_period_that_starts_after_its_end_is_named() -> None:
    values = {
        "window_start": "2014-01-01",
        "window_end": "2013-12-31",
        "baseline_start": "2011-01-01",
        "baseline_end": "2011-01-01",
    }
    assert check_pairs(values) == ["window_start: 2014-01-01 is after window_end, 2013-12-31"]


def test_an_unknown_name_is_shown_on_one_line_with_the_nearest_one() -> None:
    message = unknown_name("plaice", ["place", "conf"])
    assert message == "'plaice' is not a parameter; did you mean 'place'? there are conf, place"
    assert "\n" not in unknown_name("import os\nx", ["place"])
