"""Numbers in words and digits. Expected values are read off the words by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.tables.quotes.numerals import parse_numbers


def values(text: str) -> list[float]:
    return [float(number.value) for number in parse_numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("70.1", 70.1),
        ("4,500", 4500),
        ("1,234,567.5", 1234567.5),
        ("nearly 60%", 60),
        ("about sixty percent", 60),
        ("eleven", 11),
        ("nearly one million", 1_000_000),
        ("one hundred thousand", 100_000),
        ("$165 million", 165_000_000),
        ("US$165 million", 165_000_000),
        ("1.5 million", 1_500_000),
        ("last fifteen months", 15),
        ("three-day", 3),
        ("41st", 41),
        ("fourth", 4),
        ("twenty-first", 21),
        ("hundredth", 100),
        ("thousandth", 1000),
        ("one hundred and twenty-first", 121),
        ("twenty-five", 25),
        ("Twenty Five", 25),
        ("a hundred", 100),
        ("two dozen", 24),
        ("two hundred and fifty", 250),
        ("twelve hundred", 1200),
        ("twenty-one thousand two hundred and six", 21_206),
        ("two million three hundred thousand and five", 2_300_005),
        ("-12%", -12),
        ("fewer than 60", 60),
    ],
)
def test_a_number_is_read(text: str, value: float) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "4,50", "1,2345", "1.2.3", "60k", "1980s", "1e5", "60²", "½", "1½",
        "half a million", "two thirds", "one third", "several hundred", "half",
    ],
)  # fmt: skip
def test_what_the_rules_do_not_cover_is_not_guessed(text: str) -> None:
    assert all(number.value.is_nan() for number in parse_numbers(text))


@pytest.mark.parametrize("text", ["", "none", "thousands of lives", "MS13", "twice", "-", "%"])
def test_there_is_no_number(text: str) -> None:
    assert parse_numbers(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("11 of 262", [11, 262]),
        ("two or three", [2, 3]),
        ("one hundred and two to three", [102, 3]),
        ("2013-2014", [2013, 2014]),
        ("four and five", [4, 5]),
        ("12 262", [12, 262]),
    ],
)
def test_several_numbers_are_all_returned(text: str, found: list[float]) -> None:
    assert values(text) == found


def test_units_qualifiers_and_nouns_are_told() -> None:
    (percent,) = parse_numbers("it fell by almost 60 per cent")
    assert (percent.unit, percent.qualifier) == ("percent", "nearly")
    (points,) = parse_numbers("some 12 percentage points")
    assert (points.unit, points.qualifier) == ("percentage points", "about")
    (money,) = parse_numbers("more than US$ 165 million")
    assert (money.unit, money.qualifier) == ("US$", "more than")
    (months,) = parse_numbers("the last fifteen months")
    assert (months.unit, months.noun, months.qualifier) == ("", "months", "")
    (session,) = parse_numbers("the 41st session")
    assert session.unit == "ordinal"
    (deaths,) = parse_numbers("an estimated 4,500 deaths")
    assert (deaths.qualifier, deaths.noun) == ("estimated", "deaths")


def test_a_denominator_is_marked() -> None:
    rate, people = parse_numbers("12.4 thefts for every one hundred thousand people")
    assert (rate.denominator, people.denominator) == (False, True)
    assert people.value == 100_000
    (alone,) = parse_numbers("one hundred thousand")
    assert not alone.denominator


def test_a_decimal_is_exact() -> None:
    assert parse_numbers("70.1")[0].value == Decimal("70.1")
    assert parse_numbers("4.35 million")[0].value == Decimal("4350000")


WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen "
    "twenty thirty forty fifty sixty seventy eighty ninety"
)
SMALL, TENS = WORDS.split()[:20], WORDS.split()[20:]


def in_words(number: int) -> str:
    """A number in English words, written independently of the parser (long form with 'and')."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        tens = TENS[number // 10 - 2]
        return tens + (f"-{SMALL[number % 10]}" if number % 10 else "")
    for size, name in (
        (10**9, "billion"),
        (10**6, "million"),
        (1000, "thousand"),
        (100, "hundred"),
    ):
        if number >= size:
            rest = number % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{in_words(number // size)} {name}" + (joint + in_words(rest) if rest else "")
    raise AssertionError(number)


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_whole_number_is_read_back(number: int) -> None:
    assert values(in_words(number)) == [number]
    assert values(f"{number:,}") == [number]
    assert values(f"about {number} deaths") == [number]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text("0123456789.,-% $aehmnoort", max_size=40))
def test_no_text_raises(text: str) -> None:
    for number in parse_numbers(text):
        assert 0 <= number.start < number.end <= len(text)
