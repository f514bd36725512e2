"""Tokens in texts of our own invention, with the breaks and marks that real ones have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.tables.quotes.quotable import Text


@pytest.mark.parametrize(
    ("content", "token", "places"),
    [
        ("a fall of sixty percent", "sixty percent", [(1, 1)]),
        ("a fall\n\nof  about \u00a0 sixty\n percent", "about sixty percent", [(3, 4)]),
        ("a fall of six-\n\n\nty percent", "sixty percent", [(1, 4)]),
        ("a fall of six-  \r\n\tty", "sixty", [(1, 2)]),
        ("a deep-\nseated rejection", "deep-seated", [(1, 2)]),
        ("a deep-\nseated rejection", "deepseated", [(1, 2)]),
        ("in 2013-\n2014", "2013-2014", [(1, 2)]),
        ("in 2013\u20132014", "2013-2014", [(1, 1)]),
        ("soft six\u00adty and six\u00ad\nteen", "sixty", [(1, 1)]),
        ("soft six\u00adty and six\u00ad\nteen", "sixteen", [(1, 2)]),
        ("the \u201cfree\u201d eleven", 'the "free" eleven', [(1, 1)]),
        ("Garc\u00eda's 11", "Garci\u0301a\u2019s 11", [(1, 1)]),
        ("eleven, then eleven\nand eleven", "eleven", [(1, 1), (1, 1), (2, 2)]),
        ("\n\nfirst", "first", [(3, 3)]),
        ("(11)", "11", [(1, 1)]),
        ("11, of 262.", "262", [(1, 1)]),
        ("in 2011 262 towns", "262", [(1, 1)]),
        ("US$165 million", "US$165 million", [(1, 1)]),
    ],
)
def test_a_token_is_found_with_its_lines(
    content: str, token: str, places: list[tuple[int, int]]
) -> None:
    assert Text(content).places(token) == places


@pytest.mark.parametrize(
    ("content", "token"),
    [
        ("in 2011", "11"),
        ("11st", "11"),
        ("by 160%", "60%"),
        ("by 1,160%", "160%"),
        ("4,500", "500"),
        ("4 500", "500"),
        ("4\u00a0500", "4"),
        ("70.1", "70"),
        ("70.1", "1"),
        ("-60%", "60%"),
        ("\u221260%", "60%"),
        ("2013-2014", "2013"),
        ("2013-2014", "2014"),
        ("June 22-23", "June 22"),
        ("twenty-five", "five"),
        ("twenty-\nfive", "five"),
        ("twenty-\nfive", "twenty"),
        ("seventy sixty-five", "sixty"),
        ("seventeen", "seven"),
        ("US$165 million", "$165 million"),
        ("11:30", "11"),
        ("26/07", "26"),
        ("4'500", "500"),
        ("El\u00e9ven eleve\u0301n", "eleven"),
        ("Eleven", "eleven"),
        ("e1even", "eleven"),
        ("1-\n1", "11"),
        ("elev\u200ben", "eleven"),
        ("eleven", ""),
        ("eleven", " "),
        ("eleven", "\u00ad"),
        ("a\ue000b", "ab"),
    ],
)
def test_a_part_or_another_spelling_is_not_the_token(content: str, token: str) -> None:
    assert Text(content).places(token) == []


def test_the_text_around_is_whole_words() -> None:
    text = Text("about one hun-\ndred thousand people")
    (span,) = text.spans("thousand")
    context, start, end = text.around(*span, 3)
    assert context == "hundred thousand people"
    assert context[start:end] == "thousand"


def test_lines_are_counted_as_sed_counts_them() -> None:
    # printf 'a\n\fb\nc' | sed -n '$=' prints 3: a form feed or U+2028 does not end a line.
    assert Text("a\n\x0cb\nc").length == 3
    assert Text("a\u2028b\n").length == 1
    assert Text("a\u2028b\nc\n").places("c") == [(2, 2)]


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=80) | st.text("ab1-.,\n \u00ad", max_size=60), st.text("ab1-. ", max_size=6)
)
def test_no_text_raises_and_lines_exist(content: str, token: str) -> None:
    text = Text(content)
    for first, last in text.places(token):
        assert 1 <= first <= last <= text.length


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["eleven", "60%", "2011", "deaths", "town"]), min_size=1, max_size=12),
    st.data(),
)
def test_every_word_of_a_text_is_found_where_it_is(words: list[str], data: st.DataObject) -> None:
    breaks = [data.draw(st.sampled_from([" ", "\n", "\n\n", "  "])) for _ in words]
    content = "".join(word + mark for word, mark in zip(words, breaks, strict=True))
    text = Text(content)
    lines = content.split("\n")
    for word in set(words):
        expected = [n for n, line in enumerate(lines, 1) for each in line.split() if each == word]
        assert text.places(word) == [(n, n) for n in expected]
