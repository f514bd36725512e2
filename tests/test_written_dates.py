"""Dates in words. Expected days are read off the calendar by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.tables.quotes.written_dates import PartialDate, WrittenDate, parse_dates


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("July 26, 2013", "2013-07-26", "2013-07-26"),
        ("May 2, 2012", "2012-05-02", "2012-05-02"),
        ("26 JUL 2022", "2022-07-26", "2022-07-26"),
        ("4th of July 2012", "2012-07-04", "2012-07-04"),
        ("2012-03-09", "2012-03-09", "2012-03-09"),
        ("September of 2013", "2013-09-01", "2013-09-30"),
        ("Sept. 2013", "2013-09-01", "2013-09-30"),
        ("February 2012", "2012-02-01", "2012-02-29"),
        ("2011", "2011-01-01", "2011-12-31"),
        ("1980s", "1980-01-01", "1989-12-31"),
        ("2013-2014", "2013-01-01", "2014-12-31"),
        ("2013-14", "2013-01-01", "2014-12-31"),
        ("between May 3 and 9, 2010", "2010-05-03", "2010-05-09"),
        ("June 3 to 5, 2012", "2012-06-03", "2012-06-05"),
        ("3 to 5 June 2012", "2012-06-03", "2012-06-05"),
        ("June 30 to July 2, 2012", "2012-06-30", "2012-07-02"),
        ("July 26, 2012 to August 3, 2013", "2012-07-26", "2013-08-03"),
        ("March to June 2012", "2012-03-01", "2012-06-30"),
        ("March 2012 to July 2013", "2012-03-01", "2013-07-31"),
    ],
)
def test_a_date_is_read(text: str, first: str, last: str) -> None:
    (read,) = parse_dates(text)
    assert (str(read.first.first()), str(read.last.last())) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "June 31, 2012", "February 29, 2011", "may be", "2,011", "2011.5", "12011", "1799",
        "2101", "mid-2012", "6/7/2012", "E-285/13", "2014-2013", "2012-13-01", "0000",
    ],
)  # fmt: skip
def test_there_is_no_date(text: str) -> None:
    assert parse_dates(text) == ()


def test_an_ambiguous_date_is_returned_as_such() -> None:
    month, years = parse_dates("2011-12")
    assert month.first.first() == date(2011, 12, 1)
    assert (years.first.first(), years.last.last()) == (date(2011, 1, 1), date(2012, 12, 31))
    assert len(parse_dates("in 2011 and in 2013 again")) == 2


def test_an_unsaid_year_binds_only_month_and_day() -> None:
    (read,) = parse_dates("June 22-23")
    assert read.first == PartialDate(None, 6, 22)
    assert not read.contradicted(date(2011, 6, 22), date(2011, 6, 23))
    assert not read.contradicted(date(1999, 6, 22), date(1999, 6, 23))
    assert read.contradicted(date(2011, 6, 21), date(2011, 6, 23)) == "start"
    assert read.contradicted(date(2011, 6, 22), date(2011, 6, 24)) == "end"
    assert read.contradicted(date(2011, 6, 22), date(2012, 6, 23)) == "end"


def test_a_relative_date_counts_from_the_text() -> None:
    (year,) = parse_dates("Last year")
    whole = (date(2012, 1, 1), date(2012, 12, 31))
    assert not year.contradicted(*whole, published=PartialDate(2013, 12))
    assert year.contradicted(*whole, published=PartialDate(2014))
    assert not year.contradicted(*whole)  # as far as it tells
    (today,) = parse_dates("today")
    day = date(2013, 7, 26)
    assert not today.contradicted(day, day, published=PartialDate(2013, 7, 26))
    assert today.contradicted(day, day, published=PartialDate(2013, 7, 27))
    (eve,) = parse_dates("yesterday")
    assert not eve.contradicted(day, day, published=PartialDate(2013, 7, 27))


def test_each_end_is_compared() -> None:
    (month,) = parse_dates("March 2012")
    assert not month.contradicted(date(2012, 3, 1), date(2012, 3, 31))
    assert month.contradicted(date(2012, 3, 2), date(2012, 3, 31)) == "start"
    assert month.contradicted(date(2012, 3, 1), date(2012, 3, 30)) == "end"


def test_impossible_partial_dates() -> None:
    assert not PartialDate(2012, 13).possible()
    assert not PartialDate(2012, 0).possible()
    assert not PartialDate(2012, 1, 0).possible()
    assert not PartialDate(None, None, 3).possible()
    assert PartialDate(None, 2, 29).possible()


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1800, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    months = "January February March April May June July August September October November December"
    name = months.split()[day.month - 1]
    for text in (
        f"{name} {day.day}, {day.year}",
        f"on {day.day} {name[:3]} {day.year}.",
        day.isoformat(),
    ):
        (read,) = parse_dates(text)
        assert (read.first.first(), read.last.last()) == (day, day)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.text("0123456789-, sJuneMarchyt", max_size=30))
def test_no_text_raises(text: str) -> None:
    for read in parse_dates(text):
        assert isinstance(read, WrittenDate)
        assert read.first.first() is None or read.last.last() is not None
