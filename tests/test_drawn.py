"""What a figure draws is kept with it, and it can be saved as a file of its own."""

from __future__ import annotations

import csv
import io
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from homicide_trends import language
from homicide_trends.display import drawn, plots
from homicide_trends.display.tables import MIME


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


def months() -> pd.DataFrame:
    start = pd.date_range("2012-01-01", periods=3, freq="MS")
    return pd.DataFrame({
        "start": start, "end": start + pd.offsets.MonthEnd(0), "deaths": [411.0, 402.0, None],
        "expected": [400.123456789, 1234567.5, 90.0], "expected_lower": [380.0, 370.0, 80.0],
        "expected_upper": [420.0, 410.0, 100.0], "expected_conf": 0.95, "unused": "x",
        "agency": ["PNC", "=HYPERLINK(1)", "@SUM(1)"], "status": "final",
    })  # fmt: skip


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_data_of_a_figure_are_the_rows_that_it_draws() -> None:
    """Given: the rows. The limits and their level stand beside their quantity."""
    ax = plots.plot_expected(months(), "Observed and expected")
    kept = plots.data(ax)
    assert list(kept) == ["start", "end", "deaths", "expected", "expected_lower",
                          "expected_upper", "expected_conf", "agency", "status"]  # fmt: skip
    assert kept["expected_upper"].tolist() == [420.0, 410.0, 100.0]


def test_as_csv_dates_are_exact_missing_is_empty_and_nothing_is_a_formula() -> None:
    first, second, third = rows_of(drawn.as_csv(plots.plot_expected(months(), "t")))
    assert (first["start"], first["end"]) == ("2012-01-01", "2012-01-31")
    assert (first["deaths"], third["deaths"]) == ("411", "")
    assert (first["expected"], second["expected"]) == ("400.123", "1234568")
    assert (second["agency"], third["agency"]) == ("'=HYPERLINK(1)", "'@SUM(1)")


def test_as_a_table_limits_stand_in_brackets_and_say_what_they_are() -> None:
    table = drawn.as_html(plots.plot_expected(months(), "t"), "Observed and expected")
    assert "400 (380 to 420)" in table
    assert "95\N{NO-BREAK SPACE}% prediction interval" in table
    assert table.count("<tr>") == 1 + 3


def test_words_for_yes_and_no_and_for_dates() -> None:
    events = pd.DataFrame({"start": pd.to_datetime(["2012-03-09"]),
                           "end": pd.to_datetime(["2012-03-09"]), "event": "e",
                           "stated": [True]})  # fmt: skip
    candidates = pd.DataFrame({
        "first": pd.to_datetime(["2012-03-01", "2012-04-01"]), "excess": [0.0, 9.0],
        "within": [True, False], "conf": 0.95,
    })  # fmt: skip
    assert ">yes<" in drawn.as_html(plots.plot_timeline(events, "t"), "t")
    ax = plots.plot_candidates(candidates, "t", intervention="2012-03-01")
    table = drawn.as_html(ax, "t")
    assert "1 Apr 2012" in table
    assert ">no<" in table
    assert [row["within"] for row in rows_of(drawn.as_csv(ax))] == ["true", "false"]
    with language.speaking("es"):
        assert ">s\N{LATIN SMALL LETTER I WITH ACUTE}<" in drawn.as_html(ax, "t")


def test_a_figure_that_draws_nothing_has_no_data() -> None:
    ax = plots.axes("t")
    assert plots.data(ax).empty
    assert drawn.as_html(ax, "t") == ""


def test_a_shown_figure_is_svg_and_brings_its_data() -> None:
    bundle = plots.show(plots.plot_series(months(), "Deaths <&>"), alt="It fell.").bundle
    behind = bundle[MIME]["drawn"]
    assert behind["title"] == "Deaths <&>"
    assert len(rows_of(behind["csv"])) == 3
    assert ElementTree.fromstring(bundle["image/svg+xml"].encode()).tag.endswith("svg")


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_saved_figure_has_its_source_line_and_the_same_bytes_twice(
    tmp_path: Path, ending: str
) -> None:
    paths = [
        plots.save(plots.plot_series(months(), "Deaths"), tmp_path / f"{number}.{ending}")
        for number in (1, 2)
    ]
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"1.{ending}", f"2.{ending}"]
    if ending == "png":
        # 6.4 x 4 inches at 240 pixels an inch.
        assert struct.unpack(">II", first[16:24]) == (1536, 960)
    else:
        words = [element.text for element in ElementTree.fromstring(first).iter() if element.text]
        assert "Counts: PNC, =HYPERLINK(1), @SUM(1)." in words


def test_an_svg_says_what_it_shows_and_asks_nobody_for_anything() -> None:
    from homicide_trends.display.saving import svg

    text = svg(plots.plot_series(months(), "Deaths <script>"), "It fell & rose.")
    assert "<title>Deaths &lt;script&gt;</title>" in text
    assert "It fell &amp; rose." in text
    assert "<script" not in text
    # Names of vocabularies are not addresses that a program opens; there are no others.
    fetched = re.findall(r'(?:href|src)="(?!#|data:)([^"]*)"|url\((?!#)([^)]*)\)', text)
    assert fetched == []
    assert "<!DOCTYPE" not in text


def test_digits_that_nobody_sees_are_left_out_of_an_svg_and_words_are_kept() -> None:
    from homicide_trends.display.saving import svg

    table = months().assign(agency="1.23456789")
    text = svg(plots.plot_series(table, "9.87654321"), "0.123456789")
    paths = "".join(re.findall(r' d="([^"]*)"', text))
    assert not re.search(r"\.[0-9]{3}", paths)
    assert all(number in text for number in ("1.23456789", "9.87654321", "0.123456789"))


def test_a_saved_figure_that_was_shown_before_is_the_same(tmp_path: Path) -> None:
    ax = plots.plot_expected(months(), "Deaths")
    before = plots.save(ax, tmp_path / "a.svg").read_bytes()
    plots.show(ax, alt="It fell.")
    assert plots.save(ax, tmp_path / "b.svg").read_bytes() == before


def test_another_ending_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'a\.bmp'; the name ends in \.svg or \.png"):
        plots.save(plots.axes("t"), tmp_path / "a.bmp")
    assert list(tmp_path.iterdir()) == []
