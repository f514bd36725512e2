"""Figures: what is drawn is the table, every word can be read, the bytes are always the same."""

from __future__ import annotations

import base64
import hashlib
import itertools
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.dates import date2num, num2date
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.display import plots, style
from homicide_trends.display.style import deaths_label
from homicide_trends.display.tables import MIME
from homicide_trends.rates import counterfactual
from homicide_trends.series import periods as windows
from homicide_trends.wording import formats, sentences

BASELINE, WINDOW = ("2011-03-01", "2012-02-29"), ("2012-03-01", "2013-12-31")
YEARS = (("2011-01-01", "2011-12-31"), ("2012-01-01", "2013-12-31"))
PLACES = ("SLV", "HND", "GTM")


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


# --- the figures of the notebooks, for any place ----------------------------------------------


def timeline(place: str) -> Axes:
    events = ht.tables.with_sources(ht.load_events(place))
    dated = events[events["start"].between("2011-01-01", "2014-12-31")]
    dated = dated.assign(stated=dated["kind"] == "text")
    marked = dated[dated["stated"] | (dated["label"] != "")]
    return plots.plot_timeline(marked, ht.place_name(place))


def trend(place: str) -> Axes:
    counted = ht.series.covering_series(place, ("2009-01-01", "2015-12-31"), complete=False)
    title = f"Homicides, {ht.place_name(place)}"
    return plots.plot_series(counted, title, events=ht.load_events(place))


def variants(place: str) -> Axes:
    stated = ht.load_figures(place, measure="homicide_rate")
    start, end = sentences.stated_year(stated, default="2009-01-01")
    table = rates.crude_rate(ht.series.count_variants(place, start=start, end=end))
    return plots.plot_variants(table, stated, f"Rate of {start[:4]} by count and population")


@lru_cache
def counted(place: str, margin: int = 0) -> pd.DataFrame:
    return ht.series.covering_series(place, BASELINE, WINDOW, margin=margin)


def course(place: str) -> Axes:
    return plots.plot_series(
        counted(place, 24), f"Homicides, {ht.place_name(place)}", events=ht.load_events(place),
        baseline=BASELINE, window=WINDOW,
    )  # fmt: skip


def change(place: str) -> Axes:
    ends = windows.by_end(counted(place, 24), baseline=BASELINE, window=WINDOW)
    stated = ht.load_figures(place, measure="percent_decline")
    name = ht.place_name(place)
    return plots.plot_change_by_end(rates.percent_change(ends), name, stated=stated)


def expected(place: str) -> Axes:
    table = counterfactual.expected_deaths(counted(place), baseline=BASELINE)
    return plots.plot_expected(table, ht.place_name(place), events=ht.load_events(place))


def cumulative(place: str) -> Axes:
    table = counterfactual.cumulative_averted(counted(place), baseline=BASELINE, window=WINDOW)
    stated = ht.load_figures(place, measure="averted_deaths")
    return plots.plot_cumulative(table, ht.place_name(place), stated=stated)


@lru_cache
def regional() -> pd.DataFrame:
    return rates.crude_rate(ht.series.regional_series())


def region(place: str) -> Axes:
    baseline, window = YEARS
    title = "Homicide rate a year"
    return plots.plot_region(regional(), place, title, baseline=baseline, window=window)


def ranking(place: str) -> Axes:
    baseline, window = YEARS
    both = windows.compare(
        regional(), baseline=baseline, window=window, by="place", incomplete="drop"
    )
    ranked = ht.tables.with_names(rates.percent_change(both)).sort_values("percent_change")
    return plots.plot_dots(
        ranked, "Change of the rate since the baseline", quantity="percent_change", by="name",
        highlight=ht.place_name(place), reference=0,
    )  # fmt: skip


FIGURES: dict[str, Callable[[str], Axes]] = {
    function.__name__: function
    for function in (
        timeline, trend, variants, course, change, expected, cumulative, region, ranking,
    )
}  # fmt: skip


DRAWN = [(name, place) for name in FIGURES for place in PLACES]


# --- every word can be read -------------------------------------------------------------------


class Words(NamedTuple):
    """The texts that a figure shows, where they stand, and the size of the figure in pixels.

    Numbers on contour lines are turned, so that their boxes say little: they are left out.
    """

    texts: list[tuple[str, Bbox]]
    width: float
    height: float


@lru_cache
def words(name: str, subject: str) -> Words:
    draw = FIGURES[name]
    read = read_words(draw(subject))
    plt.close("all")
    return read


def read_words(ax: Axes) -> Words:
    figure = ax.figure.get_figure(root=True)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    hidden = {id(text) for axes in figure.axes for text in labels_of_no_tick(axes)}
    found = [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible()
        and text.get_text().strip()
        and id(text) not in hidden
        and text.get_rotation() in (0, 90)
    ]
    return Words(found, figure.bbox.width, figure.bbox.height)


def labels_of_no_tick(ax: Axes) -> Iterator[Text]:
    """Labels that matplotlib keeps for ticks beyond the ends of an axis, and does not draw."""
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        margin = 1e-9 * (high - low)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            outside = not low - margin <= tick.get_loc() <= high + margin
            if outside or not ax.axison:
                yield from (tick.label1, tick.label2)


@pytest.mark.parametrize(("name", "subject"), DRAWN)
def test_no_text_is_cut_at_the_edge_of_the_figure(name: str, subject: str) -> None:
    shown = words(name, subject)
    assert len(shown.texts) >= 2
    cut = [
        text
        for text, box in shown.texts
        if box.x0 < 0 or box.y0 < 0 or box.x1 > shown.width or box.y1 > shown.height
    ]
    assert cut == []


@pytest.mark.parametrize(("name", "subject"), DRAWN)
def test_no_text_is_printed_over_another(name: str, subject: str) -> None:
    over = [
        (one, other)
        for (one, box), (other, there) in itertools.combinations(words(name, subject).texts, 2)
        if overlap(box, there) > 1
    ]
    assert over == []


def overlap(one: Bbox, other: Bbox) -> float:
    """Pixels by which two boxes lie over each other, in the direction where it is least."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return float(min(wide, high))


@pytest.mark.parametrize("name", ["trend", "course", "expected"])
def test_labels_of_events_stand_inside_and_cover_no_count(name: str) -> None:
    ax = FIGURES[name]("SLV")
    shown = read_words(ax)
    labels = set(ht.load_events("SLV")["label"]) - {""}
    boxes = [box for text, box in shown.texts if text.strip() in labels]
    assert len(boxes) >= 4
    assert all(ax.bbox.x0 - 1 <= box.x0 and box.x1 <= ax.bbox.x1 + 1 for box in boxes)
    points = np.concatenate(
        [
            ax.transData.transform(line.get_xydata())
            for line in ax.lines
            if len(line.get_xdata()) > 9
        ]
    )
    assert len(points) > 20
    assert [box for box in boxes if box.count_contains(points)] == []


def test_events_close_to_each_other_find_room() -> None:
    days = pd.date_range("2012-03-01", periods=6, freq="9D")
    labels = ["One event", "Another one", "A third", "", "A fourth with more words", "Fifth"]
    events = pd.DataFrame({"start": days, "label": labels})
    ax = plots.plot_series(counted("SLV"), "Homicides", events=events)
    boxes = [box for text, box in read_words(ax).texts if text.strip() in set(labels) - {""}]
    assert len(boxes) == 5
    assert not any(overlap(*pair) > 0 for pair in itertools.combinations(boxes, 2))


def test_events_outside_the_axis_are_left_out() -> None:
    events = pd.DataFrame({"start": pd.to_datetime(["1992-01-01", "2012-03-09", "2022-03-27"]),
                           "label": ["Before", "Truce", "After"]})  # fmt: skip
    texts = [text.strip() for text, _ in read_words(
        plots.plot_series(counted("SLV"), "Homicides", events=events)
    ).texts]  # fmt: skip
    assert "Truce" in texts
    assert not {"Before", "After"} & set(texts)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["trend", "course", "expected", "cumulative", "change", "region"])
def test_a_figure_names_its_source(name: str, place: str) -> None:
    lines = [text for text, _ in words(name, place).texts if text.startswith("Counts: ")]
    assert len(lines) == 1
    assert lines[0].endswith("Population: the UN (2024).")
    assert ("UNODC" if name == "region" or place != "SLV" else "PNC") in lines[0]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2012-03-01", "2012-12-31"), ("2012-03-01", "2012-05-31"), ("2011-05-01", "2013-03-31"),
     ("2011-01-01", "2015-12-31")],
)  # fmt: skip
def test_a_date_axis_shows_a_year(start: str, end: str) -> None:
    months = ht.monthly_series("SLV", start=start, end=end)
    ax = plots.plot_series(months, "Homicides")
    ax.figure.canvas.draw()
    low, high = ax.get_xlim()
    ticks = [tick.label1.get_text() for tick in ax.xaxis.get_major_ticks()
             if low <= tick.get_loc() <= high]  # fmt: skip
    shown = " ".join([*ticks, ax.xaxis.get_offset_text().get_text()])
    assert any(str(year) in shown for year in range(2011, 2017)), shown
    assert ":" not in shown, "hours on an axis of months"


def test_a_long_event_is_shortened_by_whole_words_and_a_short_one_is_not() -> None:
    long = "Massacre of peasants in the repression of a revolt " * 4
    events = pd.DataFrame(
        {"start": pd.Timestamp("2012-03-09"), "end": pd.Timestamp("2012-03-09"),
         "event": [long, "Truce"], "stated": [True, False]}
    )  # fmt: skip
    shown = read_words(plots.plot_timeline(events, "Events"))
    whole = [text for text, _ in shown.texts if text.startswith("9 Mar 2012: ")]
    assert whole[1] == "9 Mar 2012: Truce"
    assert whole[0].endswith("\N{HORIZONTAL ELLIPSIS}")
    assert f"9 Mar 2012: {long}".startswith(whole[0][:-1] + " ")
    assert all(box.x1 <= shown.width for _, box in shown.texts)


# --- colours ----------------------------------------------------------------------------------


def luminance(colour: Any) -> float:
    """Relative luminance of a colour as WCAG 2 defines it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
             for part in to_rgb(colour)]  # fmt: skip
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Any, other: Any) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_luminance_is_that_of_the_definition() -> None:
    # Black on white has 21:1, and #777777 on white the 4.48:1 that is known for failing.
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)


def test_coloured_words_are_dark_enough_on_white() -> None:
    colours = {colour for colour, _ in style.CYCLE} | {style.ORANGE, style.GREY}
    assert {colour: round(contrast(colour, "white"), 2) for colour in colours
            if contrast(colour, "white") < 4.5} == {}  # fmt: skip


def told_apart_in_grey(one: Any, other: Any) -> bool:
    same_style = one.get_linestyle() == other.get_linestyle() and dashes(one) == dashes(other)
    same_marker = one.get_marker() == other.get_marker()
    return not (same_style and same_marker) or contrast(one.get_color(), other.get_color()) > 1.5


def dashes(line: Any) -> Any:
    return tuple(line._unscaled_dash_pattern[1] or ())


def test_lines_of_a_cycle_are_told_apart_in_grey() -> None:
    _, ax = plt.subplots()
    lines = [ax.plot([0, 1], color=colour, linestyle=dash)[0] for colour, dash in style.CYCLE]
    assert len(lines) == 6
    assert all(told_apart_in_grey(*pair) for pair in itertools.combinations(lines, 2))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["region", "expected"])
def test_named_lines_are_told_apart_in_grey(name: str, place: str) -> None:
    ax = FIGURES[name](place)
    named = {text.get_color() for text in ax.texts if text.get_color() not in ("#444444", "black")}
    lines = [line for line in ax.lines if line.get_color() in named and len(line.get_xdata()) > 2]
    assert len(lines) >= 2
    assert all(told_apart_in_grey(*pair) for pair in itertools.combinations(lines, 2))


def test_stated_events_differ_from_others_by_their_marker() -> None:
    markers = {line.get_marker() for line in timeline("SLV").lines}
    assert markers == {"D", "o"}


# --- what is drawn is the table ---------------------------------------------------------------


def test_counts_are_drawn_at_the_middle_of_their_months() -> None:
    months = ht.monthly_series("SLV", start="2011-12-01", end="2012-03-31")
    line = plots.plot_series(months, "Homicides").lines[0]
    # The series on file: 366, 411, 402 and 255; January runs from the 1st to the 31st.
    assert line.get_ydata().tolist() == [366, 411, 402, 255]
    assert num2date(date2num(line.get_xdata())[1]).strftime("%Y-%m-%d") == "2012-01-16"


def test_the_axis_of_counts_begins_at_zero_and_has_thousands_separators() -> None:
    ax = course("HND")
    ax.figure.canvas.draw()
    assert ax.get_ylim()[0] == 0
    assert {"0", "1,000", "7,000"} <= {text.get_text() for text in ax.get_yticklabels()}


def test_half_a_death_on_an_axis_is_not_rounded() -> None:
    few = ht.monthly_series("SLV", start="2012-01-01", end="2012-03-31").assign(
        deaths=[0.0, 1.0, 2.0], deaths_low=[0.0, 1.0, 2.0], deaths_high=[0.0, 1.0, 2.0]
    )
    ax = plots.plot_series(few, "Homicides")
    ax.figure.canvas.draw()
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(("place", "label"), [("SLV", "Deaths a month"), ("HND", "Deaths a year")])
def test_the_axis_says_of_what_length_the_periods_are(place: str, label: str) -> None:
    assert course(place).get_ylabel() == expected(place).get_ylabel() == label
    weeks = pd.DataFrame({"start": ["2012-01-01"], "end": ["2012-01-07"]})
    assert deaths_label(weeks) == "Deaths"


def test_an_event_beyond_the_first_and_last_day_is_not_marked() -> None:
    months = ht.monthly_series("SLV", start="2012-01-01", end="2012-12-31")
    days = pd.to_datetime(["2011-12-28", "2012-01-01", "2012-12-31", "2013-01-03"])
    events = pd.DataFrame({"start": days, "label": ["Just before", "First", "Last", "Just after"]})
    for ax in (
        plots.plot_series(months, "Homicides", events=events),
        plots.plot_expected(months.assign(expected=370.0, expected_lower=330, expected_upper=410),
                            "Homicides", events=events),
    ):  # fmt: skip
        texts = {text.get_text().strip() for text in ax.texts}
        assert {"First", "Last"} <= texts
        assert not {"Just before", "Just after"} & texts


def test_a_legend_lies_below_the_axis_and_above_the_source() -> None:
    ax = trend("SLV")
    legend = ax.get_legend()
    assert legend is not None
    ax.figure.canvas.draw()
    frame = legend.get_window_extent()
    source = next(text for text in ax.figure.texts if text.get_text().startswith("Counts: "))
    assert source.get_window_extent().y1 < frame.y0
    labels = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert frame.y1 < min(label.y0 for label in labels)
    assert frame.x1 < ax.figure.bbox.x1


def test_points_tell_who_counted_by_shape_too() -> None:
    months = ht.monthly_series("SLV", start="2013-05-01", end="2013-08-31")
    # The police counted to June, the forensic institute from July.
    assert list(months["agency"]) == ["PNC", "PNC", "IML", "IML"]
    ax = plots.plot_series(months, "Homicides")
    drawn = {line.get_label(): line for line in ax.lines if line.get_marker() != "None"}
    assert set(drawn) == {"PNC", "IML"}
    assert drawn["PNC"].get_marker() != drawn["IML"].get_marker()
    assert list(drawn["IML"].get_ydata()) == list(months["deaths"][2:])


def test_thousands_on_the_axis_of_dots_are_separated() -> None:
    rows = pd.DataFrame({"name": ["a", "b"], "averted": [-2000.0, 6000.0]})
    ax = plots.plot_dots(rows, "Deaths", quantity="averted", by="name")
    ax.figure.canvas.draw()
    labels = {text.get_text() for text in ax.get_xticklabels()}
    assert {formats.MINUS + "2,000", "0", "6,000"} <= labels
    ratios = plots.plot_dots(rows.assign(rate_ratio=[0.41, 0.52]), "", quantity="rate_ratio",
                             by="name")  # fmt: skip
    ratios.figure.canvas.draw()
    shown = [text.get_text() for text in ratios.get_xticklabels()]
    assert len(shown) == len(set(shown))


def test_shares_of_a_longer_total_are_hollow() -> None:
    months = ht.monthly_series("SLV", start="2011-01-01", end="2011-12-31")
    limits = months.assign(expected=370.0, expected_lower=330, expected_upper=410)
    for ax in (plots.plot_series(months, "Homicides"), plots.plot_expected(limits, "Expected")):
        hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
        drawn = [month for line in map(as_dates, hollow) for month in line.get_xdata().month]
        # Only two-month totals are on file for January and February, September and October 2011.
        assert sorted(drawn) == [1, 2, 9, 10]


def as_dates(line: Any) -> Any:
    line.set_xdata(pd.DatetimeIndex(line.get_xdata(orig=True)))
    return line


def test_the_range_of_a_single_period_is_drawn() -> None:
    # Of three periods only the second has limits: a band between points would have no area.
    middle = pd.Series(pd.to_datetime(["2012-01-15", "2012-02-15", "2012-03-15"]))
    lower, upper = pd.Series([np.nan, 10.0, np.nan]), pd.Series([np.nan, 20.0, np.nan])
    ax = plots.axes("Range")
    style.band(ax, middle, lower, upper, style.BLUE)
    bars = [segment[:, 1].tolist() for part in ax.collections
            for segment in getattr(part, "get_segments", list)()]  # fmt: skip
    assert bars == [[10.0, 20.0]]


def test_the_prediction_interval_of_one_year_can_be_seen() -> None:
    # For Honduras only 2013 lies wholly in the window; its limits are a bar.
    table = counterfactual.expected_deaths(counted("HND"), baseline=BASELINE)
    year = table.set_index(table["start"].dt.year).loc[2013]
    bars = [segment[:, 1].tolist() for part in expected("HND").collections
            for segment in getattr(part, "get_segments", list)()]  # fmt: skip
    assert bars == [[year["expected_lower"], year["expected_upper"]]]


def test_the_change_is_drawn_beside_the_stated_declines() -> None:
    ax = change("SLV")
    line = next(line for line in ax.lines if line.get_marker() == "o")
    ends = windows.by_end(counted("SLV", 24), baseline=BASELINE, window=WINDOW)
    assert line.get_ydata().tolist() == rates.percent_change(ends)["percent_change"].tolist()
    # Two texts state a decline of sixty percent: one line at -60 and one label.
    assert [line.get_ydata()[0] for line in ax.lines].count(-60.0) == 1
    assert [text.get_text() for text in ax.texts] == ["stated: nearly 60%, about sixty percent"]


def test_averted_deaths_are_drawn_beside_the_stated_number() -> None:
    ax = cumulative("SLV")
    assert [text.get_text() for text in ax.texts] == ["stated: estimated 4,500"]
    assert 4500.0 in [line.get_ydata()[0] for line in ax.lines]
    assert ax.get_ylim()[1] > 4500


def test_the_same_number_stated_twice_is_written_once() -> None:
    table = counterfactual.cumulative_averted(counted("SLV"), baseline=BASELINE, window=WINDOW)
    stated = pd.DataFrame({"value": [4500.0] * 3, "as_reported": ["4,500", "some 4,500", "4,500"]})
    ax = plots.plot_cumulative(table, "Averted", stated=stated)
    assert [text.get_text() for text in ax.texts] == ["stated: 4,500, some 4,500"]


def test_dots_stand_in_the_order_of_the_table() -> None:
    ax = ranking("HND")
    dots = [line for line in ax.lines if line.get_marker() in ("o", "D")]
    values = [float(line.get_xdata()[0]) for line in dots]
    assert values == sorted(values)
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert len(names) == len(dots) > 20
    # The place of the report differs in colour, marker and weight; the axis runs downwards.
    assert [names[at] for at, line in enumerate(dots) if line.get_marker() == "D"] == ["Honduras"]
    bold = [text.get_text() for text in ax.get_yticklabels() if text.get_fontweight() == "bold"]
    assert bold == ["Honduras"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_the_stated_rate_is_a_line_across_the_variants() -> None:
    ax = variants("SLV")
    assert 70.1 in [line.get_xdata()[0] for line in ax.lines]
    assert "stated: 70.1" in [text.get_text() for text in ax.texts]
    labels = [text.get_text() for text in ax.get_yticklabels()]
    # 4,354 deaths over the population of World Population Prospects 2019 come nearest to it.
    assert "4,354, population: the UN (2019)" in labels


def test_a_region_is_drawn_whether_or_not_the_place_is_in_it() -> None:
    baseline, window = YEARS
    here = {text.get_text() for text in region("SLV").texts}
    # Nearest to the 71.8 of El Salvador in 2011 lie Honduras (83.2) and Guatemala (38.4).
    assert {"El Salvador", "Honduras", "Guatemala"} <= here
    others = regional()[regional()["place"] != "SLV"]
    ax = plots.plot_region(others, "SLV", "Rates", baseline=baseline, window=window)
    assert "El Salvador" not in {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("start", "end", "drawn"),
    [
        # A baseline that begins before the first year drawn is named inside the axes.
        ("1990-01-01", "2011-12-31", True),
        ("2012-03-01", "2030-12-31", True),
        ("1990-01-01", "1991-12-31", False),
    ],
)
def test_periods_are_named_inside_the_axes(start: str, end: str, drawn: bool) -> None:
    ax = plots.plot_series(counted("HND", 24), "Homicides", baseline=(start, end))
    low, high = ax.get_xlim()
    shown = read_words(ax)
    assert ax.get_xlim() == (low, high)
    boxes = [box for text, box in shown.texts if text.strip() == "before"]
    assert len(boxes) == drawn
    assert all(ax.bbox.x0 - 1 <= box.x0 and box.x1 <= ax.bbox.x1 + 1 for box in boxes)


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({}, ""),
        ({"agency": []}, ""),
        ({"agency": ["PNC; IML", "IML", None]}, "Counts: PNC, IML."),
        ({"agency": list("ABCDE")}, "Counts: A, B, C, D and others."),
        ({"agency": ["A"], "population_series": ["S"]}, "Counts: A. Population: S."),
        ({"agency": list("AAA"), "population_series": list("STU")},
         "Counts: A. Population: S, T and others."),
    ],
)  # fmt: skip
def test_the_source_line(cells: dict[str, Any], line: str) -> None:
    assert plots.source_line(pd.DataFrame(cells)) == line


# --- nothing to draw --------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "place"), [("timeline", "HND")])
def test_nothing_on_file_is_said_and_not_drawn(name: str, place: str) -> None:
    ax = FIGURES[name](place)
    assert not ax.axison
    assert len(ax.texts) == 1
    alt = plots.show(ax, alt="").metadata["image/svg+xml"]["alt"]
    assert alt == f"{ax.get_title(loc='left')}: no row on file to draw."


# --- what a notebook shows --------------------------------------------------------------------


def picture(shown: Any) -> bytes:
    return str(shown.bundle["image/svg+xml"]).encode()


def test_a_figure_is_shown_with_the_text_that_replaces_it() -> None:
    ax = course("SLV")
    shown = plots.show(ax, alt="It fell and rose.", main=True)
    bundle, metadata = shown._repr_mimebundle_(include=None, exclude=None)
    assert metadata == {"image/svg+xml": {"alt": "It fell and rose."}}
    assert bundle["text/plain"] == "It fell and rose."
    assert bundle[MIME]["main"] == "It fell and rose."
    # 6.4 x 4 inches of 72 points: letters of 8 to 11 points.
    assert b'viewBox="0 0 460.8 288"' in picture(shown)
    assert "image/png" not in bundle
    assert plt.get_fignums() == []


def test_the_findings_of_a_figure_are_the_values_that_it_draws() -> None:
    months = ht.monthly_series("SLV", start="2010-01-01", end="2010-07-31")
    ax = plots.plot_series(months, "Homicides")
    shown = plots.show(ax, alt="Homicides.", table=months, quantities=["deaths"])
    found = shown.findings
    # On file are 392 for January and about 291 for July; the months between are missing.
    assert found["estimate"].tolist() == [392.0, 291.0]
    assert found["window_start"].tolist() == ["2010-01-01", "2010-07-01"]
    assert found["sources"].tolist() == months["sources"].dropna().tolist()
    assert shown.bundle[MIME]["main"] is None
    assert plots.show(plots.axes("Empty"), alt="Nothing.").bundle[MIME]["findings"] == []


def test_png_is_drawn_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMICIDE_TRENDS_FIGURES", "png")
    shown = plots.show(course("SLV"), alt="It fell.")
    drawn = base64.b64decode(shown.bundle["image/png"], validate=True)
    assert drawn.startswith(b"\x89PNG\r\n")
    # 6.4 x 4 inches of 240 pixels: sharp on dense screens.
    assert struct.unpack(">II", drawn[16:24]) == (1536, 960)
    assert shown.metadata == {"image/png": {"alt": "It fell."}}
    assert "image/svg+xml" not in shown.bundle


@pytest.mark.parametrize("name", ["course", "change", "timeline", "variants"])
def test_the_same_table_gives_the_same_bytes(name: str) -> None:
    one, other = (picture(plots.show(FIGURES[name]("SLV"), alt="x")) for _ in range(2))
    assert one == other
    assert plt.get_fignums() == []


def test_another_process_draws_the_same_bytes() -> None:
    program = (
        "import hashlib\n"
        "import homicide_trends as ht\n"
        "from homicide_trends.display import plots\n"
        f"counted = ht.series.covering_series('SLV', {BASELINE}, {WINDOW}, margin=24)\n"
        "ax = plots.plot_series(counted, 'Homicides, El Salvador', "
        f"events=ht.load_events('SLV'), baseline={BASELINE}, window={WINDOW})\n"
        "drawing = plots.show(ax, alt='x').bundle['image/svg+xml']\n"
        "print(hashlib.sha256(drawing.encode()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=True, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"})  # fmt: skip
    here = hashlib.sha256(picture(plots.show(course("SLV"), alt="x"))).hexdigest()
    assert done.stdout.strip() == here


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = mpl.rcParams.copy()
    plots.show(course("SLV"), alt="x")
    assert {key for key in before if mpl.rcParams[key] != before[key]} == set()


def test_a_readers_settings_change_neither_words_nor_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = picture(plots.show(course("SLV"), alt="x"))
    with mpl.rc_context({"axes.grid": False, "font.size": 20, "lines.linewidth": 9}):
        ax = course("SLV")
        assert ax.get_title(loc="left") == "Homicides, El Salvador"
        assert ax.lines[0].get_linewidth() == 1.3
        plt.close("all")
    assert picture(plots.show(course("SLV"), alt="x")) == here


def test_the_alternative_text_has_no_break_and_the_title_is_plain_text() -> None:
    shown = plots.show(plots.axes("$x$ <b> & {{ y }}"), alt="A & B <c>")
    assert shown.metadata["image/svg+xml"]["alt"] == "A & B <c>"
    assert formats.NBSP not in shown.metadata["image/svg+xml"]["alt"]
