"""Numbers, dates and periods are written as people read them, at every edge."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from homicide_trends.wording import formats

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SPACE = "\N{NO-BREAK SPACE}"
INFINITY = "\N{INFINITY}"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1000, 0, "1,000"),
        (6090127, 0, "6,090,127"),
        (71.77, 1, "71.8"),
        (71.0, 1, "71.0"),
        (1234.567, 2, "1,234.57"),
        (-4371, 0, f"{MINUS}4,371"),
        (-41.31, 1, f"{MINUS}41.3"),
        # What rounds to zero has no sign: "-0.0" would look like a fall.
        (-0.0, 0, "0"),
        (-0.04, 1, "0.0"),
        (-0.4, 0, "0"),
        (-0.06, 1, f"{MINUS}0.1"),
        (-0.5001, 0, f"{MINUS}1"),
        (math.inf, 1, INFINITY),
        (-math.inf, 0, f"{MINUS}{INFINITY}"),
        (math.nan, 0, DASH),
        (None, 0, DASH),
        (pd.NA, 0, DASH),
        (np.float64(2576), 0, "2,576"),
        (np.int64(-3), 0, f"{MINUS}3"),
    ],
)
def test_number(value: float, decimals: int, text: str) -> None:
    assert formats.number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.198, f"4.2{SPACE}%"),
        (-41.31, f"{MINUS}41.3{SPACE}%"),
        (-0.01, f"0.0{SPACE}%"),
        (1234.5, f"1,234.5{SPACE}%"),
        (math.inf, f"{INFINITY}{SPACE}%"),
        (math.nan, DASH),
    ],
)
def test_percent_stays_on_one_line_and_a_missing_one_has_no_sign(value: float, text: str) -> None:
    assert formats.percent(value) == text


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (3755.0, 4360.0, "3,755 to 4,360"),
        (-44.1, 3.2, f"{MINUS}44 to 3"),
        (-3.0, -0.2, f"{MINUS}3 to 0"),
        (0.0, math.inf, f"0 to {INFINITY}"),
        (math.nan, math.nan, f"{DASH} to {DASH}"),
    ],
)
def test_interval(lower: float, upper: float, text: str) -> None:
    assert formats.interval(lower, upper) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        # One day.
        ("2012-03-09", "2012-03-09", "9 Mar 2012"),
        ("2012-01-01", "2012-01-01", "1 Jan 2012"),
        # Whole months, in a leap year and not.
        ("2012-02-01", "2012-02-29", "Feb 2012"),
        ("2011-02-01", "2011-02-28", "Feb 2011"),
        ("2012-02-01", "2012-02-28", "1 Feb to 28 Feb 2012"),
        ("2011-03-01", "2012-02-29", "Mar 2011 to Feb 2012"),
        ("2011-03-01", "2012-02-28", "1 Mar 2011 to 28 Feb 2012"),
        ("2012-03-01", "2012-08-31", "Mar to Aug 2012"),
        # The same month of two years is no single month.
        ("2011-03-01", "2012-03-31", "Mar 2011 to Mar 2012"),
        # Whole years.
        ("2011-01-01", "2011-12-31", "2011"),
        ("2012-01-01", "2013-12-31", f"2012{DASH}2013"),
        # Neither months nor years.
        ("2012-01-01", "2012-03-08", "1 Jan to 8 Mar 2012"),
        ("2012-12-31", "2013-01-01", "31 Dec 2012 to 1 Jan 2013"),
        ("2012-03-11", "2013-03-10", "11 Mar 2012 to 10 Mar 2013"),
        ("2012-01-02", "2012-12-31", "2 Jan to 31 Dec 2012"),
        (pd.NaT, "2012-12-31", DASH),
        ("2012-12-31", pd.NaT, DASH),
        (None, None, DASH),
    ],
)
def test_period_is_exact(start: str, end: str, text: str) -> None:
    assert formats.period(start, end) == text  # type: ignore[arg-type]


def test_two_periods_are_never_written_alike() -> None:
    # Every period of up to 70 days that begins between Christmas 2011 and the end of February.
    starts = pd.date_range("2011-12-25", "2012-03-02")
    written = [
        formats.period(start, start + pd.Timedelta(days=length))
        for start in starts
        for length in range(70)
    ]
    assert len(set(written)) == len(starts) * 70


def test_day() -> None:
    assert formats.day(pd.Timestamp("2012-02-29")) == "29 Feb 2012"
    assert formats.day(pd.NaT) == DASH  # type: ignore[arg-type]
