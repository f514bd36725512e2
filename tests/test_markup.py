"""HTML fragments come out with allowed elements only, in order, and with tables people can read."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homicide_trends.reports.markup import FIRST_SECTION, Outline, rebuild


def clean(fragment: str) -> str:
    return rebuild(fragment, Outline())


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("<script>alert(1)</script>x", "x"),
        ("<script>unclosed", ""),
        ("<style>body{}</style>x", "x"),
        ("<svg><script>1</script><text>t</text></svg>x", "<svg><text>t</text></svg>x"),
        (
            '<svg viewBox="0 0 9 9" onload="a()"><use href="#x"/><rect x="1" style="a"/></svg>',
            '<svg viewBox="0 0 9 9"><rect x="1"></rect></svg>',
        ),
        ('<svg><path d="url(http://a.org)"/></svg>', "<svg><path></path></svg>"),
        ("<img src=x onerror=alert(1)>x", "x"),
        ("<img src='http://example.org/a.png'>x", "x"),
        ("<p onclick='a()' style='color:red' class='finding'>x</p>", '<p class="finding">x</p>'),
        ("<a href='javascript:alert(1)'>x</a>", "<a>x</a>"),
        ("<a href=' https://a.org/?b=1&amp;c=2 '>x</a>", '<a href="https://a.org/?b=1&amp;c=2">x</a>'),
        ("<iframe src='https://a.org'></iframe>x", "x"),
        ("<form><input value='1'>x</form>", "x"),
        ("<b>open", "<b>open</b>"),
        ("</p>x</div>", "x"),
        ("<b><i>x</b>y", "<b><i>x</i></b>y"),
        ("<!-- c -->x<?php 1 ?>", "x"),
        ('<p title="&quot;><script>">x</p>', '<p title="&quot;&gt;&lt;script&gt;">x</p>'),
        ("a\0b", "ab"),
    ],
)  # fmt: skip
def test_only_what_is_allowed_comes_out(fragment: str, expected: str) -> None:
    assert clean(fragment) == expected


class Elements(HTMLParser):
    """All elements and attributes of a fragment, as a parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


# fmt: off
PIECES = ["<", ">", '"', "'", "=", " ", "/", "!--", "script", "img", "onerror", "table", "th",
          "&", "a", "]]>", "<![CDATA[", "h2", "style", "</script>", "</", "svg", "\0", "caption"]
# fmt: on


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_whatever_brings_a_script_or_an_event(fragment: str) -> None:
    out = clean(fragment)
    elements = Elements()
    elements.feed(out)
    assert elements.names.isdisjoint({"script", "style", "svg", "img", "iframe", "object"})
    assert not any(name.startswith("on") for name in elements.attributes)
    assert FIRST_SECTION not in out or out.count(FIRST_SECTION) == 1


def test_headings_get_anchors_and_an_order_without_gaps() -> None:
    outline = Outline()
    first = rebuild("<h1>Title <em>one</em></h1><h3>Deep &amp; down</h3>", outline)
    second = rebuild("<h2>Next?</h2><h4>Deep &amp; down</h4><h1>Another</h1>", outline)
    assert outline.title == "Title one"
    assert re.findall(r'<(h\d) id="([^"]+)">', first + second) == [
        ("h2", "deep-down"),
        ("h2", "next"),
        ("h3", "deep-down-2"),
        ("h2", "another"),
    ]
    assert first.startswith(FIRST_SECTION)
    assert FIRST_SECTION not in second


def test_headers_get_a_scope_and_an_empty_corner_is_no_header() -> None:
    out = clean(
        "<table><thead><tr><th></th><th>Rate</th></tr></thead>"
        "<tbody><tr><th>2011</th><td>70.1</td></tr></tbody></table>"
    )
    assert '<td></td><th scope="col">Rate</th>' in out
    assert '<th scope="row">2011</th>' in out


def test_a_table_scrolls_in_a_container_that_keyboards_reach_and_that_has_a_name() -> None:
    outline = Outline()
    rebuild("<h2>Rates</h2>", outline)
    out = rebuild(
        "<table><caption>By year</caption></table><table><tr><td>1</td></tr></table>", outline
    )
    assert out.count('<div class="wide" role="region" tabindex="0" ') == 2
    assert 'aria-labelledby="table.1"' in out
    assert '<caption id="table.1"><span>By year</span></caption>' in out
    assert 'aria-label="Table: Rates"' in out


def test_a_date_in_a_cell_is_not_broken_over_lines() -> None:
    assert '<td>on <span class="date">2013-07-26</span></td>' in clean(
        "<table><tr><td>on 2013-07-26</td></tr></table>"
    )
    assert clean("<p>2013-07-26</p>") == "<p>2013-07-26</p>"


def test_an_address_in_a_cell_is_a_link_that_does_not_widen_the_table() -> None:
    address = "https://example.org/a-2013-07-26?b=1&amp;c"
    link = f'<a class="address" href="{address}" rel="noreferrer">{address}</a>'
    assert link in clean(f"<table><tr><td>{address}</td></tr></table>")
    assert "<td>javascript:a()</td>" in clean("<table><tr><td>javascript:a()</td></tr></table>")
    own = '<td><a href="https://a.org">https://a.org</a></td>'
    assert own in clean(f"<table><tr>{own}</tr></table>")


def test_a_wide_character_set_survives() -> None:
    assert clean("<p>Ilopango, Sensuntepeque \u2212 \u00e1\u00f1 \u4e2d</p>") == (
        "<p>Ilopango, Sensuntepeque \u2212 \u00e1\u00f1 \u4e2d</p>"
    )
