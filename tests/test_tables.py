"""Tables: markup that holds any text, and findings that are the numbers of the shown rows."""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import homicide_trends as ht
from homicide_trends import rates
from homicide_trends.display import tables
from homicide_trends.rates import counterfactual
from homicide_trends.reports.findings import FIELDS
from homicide_trends.series import periods as windows
from homicide_trends.tables.load import shipped
from homicide_trends.wording import formats

SPACE = formats.NBSP

# Police counts of 2011 and 2012 (InSight Crime, 4 January 2013) and World Population Prospects
# 2024: 4371 / 6090127 and 2576 / 6113975 deaths per person-year.
YEARS = pd.DataFrame(
    {
        "place": "SLV",
        "start": pd.to_datetime(["2011-01-01", "2012-01-01"]),
        "end": pd.to_datetime(["2011-12-31", "2012-12-31"]),
        "deaths": [4371.0, 2576.0],
        "person_years": [6090127.0, 6113975.0],
        "agency": "PNC",
        "population_series": "WPP2024",
        "sources": ["icjan2013;edh", "icjan2014"],
    }
)
BASELINE, WINDOW = ("2011-01-01", "2011-12-31"), ("2012-01-01", "2012-12-31")


def rated() -> pd.DataFrame:
    return rates.crude_rate(YEARS)


def compared() -> pd.DataFrame:
    return rates.percent_change(windows.compare(YEARS, baseline=BASELINE, window=WINDOW))


class Markup(HTMLParser):
    """Elements with their attributes, and the text of each cell."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)
        self.text.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == self.text[-1][0]:
            tag, before = self.text.pop()
            self.text.append((tag, before + data))

    def texts(self, *tags: str) -> list[str]:
        return [text for tag, text in self.text if tag in tags]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)


def markup(shown: tables.Shown) -> Markup:
    return Markup(shown.bundle["text/html"])


def findings(shown: tables.Shown) -> list[dict[str, Any]]:
    """The findings as a reader of the JSON gets them; not valid JSON is an error."""
    text = json.dumps(shown.bundle[tables.MIME], allow_nan=False)
    return list(json.loads(text)["findings"])


# --- markup ---------------------------------------------------------------------------------


def test_a_table_has_a_caption_and_headers_with_a_scope() -> None:
    shown = tables.show(rated(), ["window", "deaths", "rate"], caption="Homicides a year")
    page = markup(shown)
    assert [name for name, _ in page.elements][:3] == ["table", "caption", "thead"]
    assert page.texts("caption") == [
        f"Homicides a year (in brackets: 95{SPACE}% confidence interval)"
    ]
    heads = [attributes for name, attributes in page.elements if name == "th"]
    assert [head["scope"] for head in heads] == ["col", "col", "col", "row", "row"]
    assert page.texts("th") == ["Period", "Deaths", "Rate per 100,000 person-years", "2011", "2012"]
    # 1e5 x 4371 / 6090127 = 71.77 and 1e5 x 2576 / 6113975 = 42.13, with their limits behind.
    cells = page.texts("td")
    assert cells[0::2] == ["4,371", "2,576"]
    assert [cell.split(" (")[0] for cell in cells[1::2]] == ["71.8", "42.1"]
    assert re.fullmatch(r"71\.8 \(69\.\d to 7[34]\.\d\)", cells[1])


def test_only_numbers_are_aligned_as_numbers() -> None:
    page = markup(tables.show(rated(), ["window", "rate", "agency"], caption="Rates"))
    classes = [a.get("class") for name, a in page.elements if name in ("th", "td")]
    assert classes == [None, "number", None] * 3


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\"double\" and 'single'",
        "a & b &amp; c",
        "{{ 7 * 7 }} {% raw %}",
        "</td></table>",
        "<!-- a comment",
        "San José, Usulután \N{EN DASH} ñ",
    ],
)
def test_text_is_text_wherever_it_stands(text: str) -> None:
    rows = pd.DataFrame({"publisher": [text], "note": [text]})
    shown = tables.show(
        rows, ["publisher", "note"], caption=text, sentence=text, labels={"note": text}
    )
    page = markup(shown)
    assert page.texts("th", "td", "caption", "p") == [text, text, "Publisher", text, text, text]
    assert {name for name, _ in page.elements} == {
        "p", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert "<script" not in shown.bundle["text/html"]


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\N{LINE SEPARATOR}"])
def test_a_line_break_in_a_cell_breaks_no_row(mark: str) -> None:
    rows = pd.DataFrame({"publisher": ["A", "B"], "note": [f"one{mark}two", "three"]})
    shown = tables.show(rows, ["publisher", "note"], caption="Notes")
    assert markup(shown).texts("td") == ["one two", "three"]
    plain = shown.bundle["text/plain"]
    assert plain.split("\n") == [
        "Notes",
        "Publisher  Note",
        "A          one two",
        "B          three",
    ]


@pytest.mark.parametrize("nothing", [None, math.nan, pd.NA, pd.NaT, ""])
def test_missing_is_a_dash(nothing: object) -> None:
    rows = pd.DataFrame({"publisher": ["A"], "note": [nothing], "deaths": [pd.NA]}, dtype=object)
    shown = tables.show(rows, ["publisher", "note", "deaths", "when"], caption="Notes")
    assert markup(shown).texts("td") == [formats.NONE] * 3
    assert findings(shown) == []


def test_an_empty_table_is_a_sentence_and_no_table() -> None:
    nothing = YEARS.head(0)
    shown = tables.show(
        nothing, ["window", "deaths"], caption="Homicides", empty="Nothing for <this> place."
    )
    assert markup(shown).texts("p") == ["Nothing for <this> place."]
    assert markup(shown).count("table") == 0
    assert shown.bundle["text/plain"] == "Nothing for <this> place."
    assert findings(shown) == []
    assert markup(tables.show(nothing, ["deaths"], caption="C")).texts("p") == ["No rows."]
    both = tables.show(nothing, ["deaths"], caption="C", sentence="One.", empty="Two.", main=True)
    assert both.bundle[tables.MIME]["main"] == "One. Two."


def test_an_unknown_column_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="no column 'death' to show; the table has place, start"):
        tables.show(YEARS, ["window", "death"], caption="Homicides")


def test_periods_are_written_from_the_columns_that_hold_them() -> None:
    shown = tables.show(compared(), ["baseline", "window"], caption="Periods")
    assert markup(shown).texts("th", "td") == ["Compared with", "Period", "2011", "2012"]


def test_stated_numbers_keep_the_decimals_of_the_text() -> None:
    rows = pd.DataFrame({"as_reported": list("abcd"), "value": [70.1, 60.0, 1e6, math.inf]})
    shown = tables.show(rows, ["as_reported", "value"], caption="Stated")
    assert markup(shown).texts("td") == ["70.1", "60", "1,000,000", "\N{INFINITY}"]


def test_dates_of_publication_and_names_of_measures_are_written_for_readers() -> None:
    rows = pd.DataFrame({"published": ["2013-07-26"], "measure": ["homicide_rate"]})
    shown = tables.show(rows, ["published", "measure"], caption="C")
    hyphen = "\N{NON-BREAKING HYPHEN}"
    assert markup(shown).texts("th", "td")[2:] == [f"2013{hyphen}07{hyphen}26", "homicide rate"]


@pytest.mark.parametrize(
    ("conf", "kind"), [(0.95, f"95{SPACE}% confidence"), (0.995, f"99.5{SPACE}% confidence")]
)
def test_brackets_say_their_kind_and_level(conf: float, kind: str) -> None:
    table = rates.crude_rate(YEARS, conf=conf)
    caption = markup(tables.show(table, ["rate"], caption="Rates")).texts("caption")
    assert caption == [f"Rates (in brackets: {kind} interval)"]


def test_a_count_has_a_prediction_interval() -> None:
    table = counterfactual.averted_deaths(YEARS, baseline=BASELINE, window=WINDOW)
    shown = tables.show(table, ["averted"], caption="Averted")
    assert markup(shown).texts("caption") == [
        f"Averted (in brackets: 95{SPACE}% prediction interval)"
    ]
    assert [(f["interval"], f["unit"]) for f in findings(shown)] == [("prediction", "deaths")]


# --- findings -------------------------------------------------------------------------------


def test_findings_are_the_shown_numbers_of_the_same_rows() -> None:
    table = rated()
    shown = tables.show(table, ["window", "deaths", "rate", "agency"], caption="Rates")
    found = findings(shown)
    assert [(f["name"], f["window_start"]) for f in found] == [
        ("deaths", "2011-01-01"),
        ("rate", "2011-01-01"),
        ("deaths", "2012-01-01"),
        ("rate", "2012-01-01"),
    ]
    written = [cell for cell in markup(shown).texts("td") if cell != "PNC"]
    for finding, cell in zip(found, written, strict=True):
        decimals = 1 if finding["name"] == "rate" else 0
        text = formats.number(finding["estimate"], decimals)
        if finding["lower"] is not None:
            limits = formats.interval(finding["lower"], finding["upper"], decimals)
            text = f"{text} ({limits})"
        assert cell == text
    rate = found[1]
    assert rate["estimate"] == pytest.approx(1e5 * 4371 / 6090127)
    assert {key: rate[key] for key in ("unit", "interval", "conf", "method", "label")} == {
        "unit": "per 100,000 person-years",
        "interval": "confidence",
        "conf": 0.95,
        "method": "exact",
        "label": "Rate",
    }
    assert {key: rate[key] for key in ("place", "agency", "population_series", "sources")} == {
        "place": "SLV",
        "agency": "PNC",
        "population_series": "WPP2024",
        "sources": "icjan2013;edh",
    }
    assert (rate["window_start"], rate["window_end"]) == BASELINE
    # A count has no limits of its own, so no kind of limits either.
    assert (found[0]["lower"], found[0]["interval"]) == (None, None)


def test_findings_have_the_fields_that_reports_collect() -> None:
    (found,) = findings(tables.show(rated().head(1), ["deaths"], caption="Deaths"))
    assert {"report", *found} == set(FIELDS)


def test_columns_that_are_not_shown_are_not_findings() -> None:
    shown = tables.show(rated(), ["window", "agency"], caption="Rates")
    assert findings(shown) == []
    assert shown.findings.empty


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, pd.NA])
def test_what_is_not_finite_is_null(value: float) -> None:
    table = pd.DataFrame(
        [
            {"percent_change": -41.3, "percent_change_lower": value, "percent_change_upper": 2.0,
             "percent_change_conf": 0.95, "start": pd.NaT, "note": value},
            {"percent_change": value, "percent_change_lower": 1.0, "percent_change_upper": 2.0,
             "percent_change_conf": 0.95, "start": pd.NaT, "note": ""},
        ],
        dtype=object,
    )  # fmt: skip
    found = findings(tables.show(table, ["percent_change"], caption="C"))
    assert (found[0]["estimate"], found[0]["lower"], found[0]["upper"]) == (-41.3, None, 2.0)
    assert (found[0]["window_start"], found[0]["note"]) == (None, None)
    # A missing estimate is no finding; an infinite one says at least that there was one.
    infinite = value is not pd.NA and not math.isnan(value)
    assert [f["estimate"] for f in found[1:]] == ([None] if infinite else [])


@pytest.mark.parametrize("kind", ["float32", "Float64", "Int64", "int64", "object"])
def test_numbers_of_every_type_are_json_numbers(kind: str) -> None:
    table = pd.DataFrame({"deaths": pd.Series([255, 156]).astype(kind)})
    found = findings(tables.show(table, ["deaths"], caption="C"))
    assert [(f["estimate"], type(f["estimate"])) for f in found] == [(255.0, float), (156.0, float)]


def test_source_id_is_the_source_where_there_are_no_sources() -> None:
    rows = ht.load_figures("SLV", measure="homicide_rate")
    (found,) = findings(tables.show(rows, ["as_reported", "value"], caption="Stated"))
    assert (found["estimate"], found["unit"]) == (70.1, "per 100,000")
    assert (found["sources"], found["figure_id"]) == ("interpeace-track6", "track6-rate")
    assert (found["window_start"], found["window_end"]) == BASELINE


def test_a_comparison_names_the_sources_of_both_periods() -> None:
    shown = tables.show(
        compared(), ["baseline_deaths", "deaths", "percent_change"], caption="Change"
    )
    before, after, change = findings(shown)
    assert before["sources"] == "icjan2013;edh"
    assert after["sources"] == "icjan2014"
    assert change["sources"] == "icjan2013;edh;icjan2014"
    assert (change["agency"], change["population_series"]) == ("PNC", "WPP2024")
    # 2576 x 6090127 / (4371 x 6113975) = 15688167152 / 26724184725 = 0.587040, less 1.
    assert change["estimate"] == pytest.approx(-41.2960, abs=1e-4)
    assert (change["baseline_start"], change["baseline_end"]) == BASELINE
    assert (change["window_start"], change["window_end"]) == WINDOW
    assert (change["unit"], change["interval"]) == ("percent", "confidence")


def test_the_main_finding_is_the_sentence_above_the_table() -> None:
    shown = tables.show(rated(), ["rate"], caption="C", sentence="It fell.", main=True)
    assert shown.bundle[tables.MIME]["main"] == "It fell."
    assert markup(shown).texts("p") == ["It fell."]
    other = tables.show(rated(), ["rate"], caption="C", sentence="It fell.")
    assert other.bundle[tables.MIME]["main"] is None


def test_what_a_notebook_gets() -> None:
    shown = tables.show(rated(), ["rate"], caption="C")
    bundle, metadata = shown._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/html", "text/plain", tables.MIME}
    assert metadata == {}


def test_a_table_is_shown_as_it_is_and_not_changed() -> None:
    table = rated()
    before = table.copy(deep=True)
    tables.show(table, ["window", "rate"], caption="C")
    pd.testing.assert_frame_equal(table, before)


# --- stated figures beside computed ones ----------------------------------------------------


def test_a_computed_decline_stands_beside_the_stated_one_with_its_own_dates() -> None:
    stated = ht.load_figures("SLV", measure="percent_decline")
    assert set(stated["as_reported"]) == {"nearly 60%", "about sixty percent"}
    beside = tables.beside_stated(stated, compared())
    # A fall of 41.3 % is a decline of 41.3 %, and the limits change places with the sign.
    assert (beside["computed_decline"].round(1) == 41.3).all()
    assert (beside["computed_decline_lower"] < 41.3).all()
    assert (beside["computed_decline_upper"] > 41.3).all()
    assert beside["value"].tolist() == stated["value"].tolist()
    (first, *_) = findings(tables.show(beside, ["computed_decline"], caption="C"))
    # What is computed here is not the text's: neither its source nor its missing window.
    assert first["sources"] == "icjan2013;edh;icjan2014"
    assert (first["baseline_start"], first["window_end"]) == ("2011-01-01", "2012-12-31")
    assert (first["place"], first["agency"], first["note"]) == ("SLV", "PNC", None)
    assert first["figure_id"] == stated["figure_id"].iloc[0]


def test_the_stated_figure_keeps_its_own_source_and_dates() -> None:
    stated = ht.load_figures("SLV", measure="percent_decline")
    beside = tables.beside_stated(stated, compared())
    found = findings(tables.show(beside, ["value"], caption="C"))
    assert [f["sources"] for f in found] == stated["source_id"].tolist()
    assert {f["window_start"] for f in found} == {None}


def test_computed_averted_deaths_keep_their_sign() -> None:
    averted = counterfactual.averted_deaths(YEARS, baseline=BASELINE, window=WINDOW)
    stated = ht.load_figures("SLV", measure="averted_deaths")
    beside = tables.beside_stated(stated, averted, quantity="averted")
    # 4371 x 6113975 / 6090127 = 4388.1 at the rate of 2011, less the 2576 counted.
    assert beside["computed_averted"].iloc[0] == pytest.approx(1812.1, abs=0.05)
    lower, upper = beside.loc[0, ["computed_averted_lower", "computed_averted_upper"]]
    assert lower < 1812.1 < upper
    (found, *_) = findings(tables.show(beside, ["computed_averted"], caption="C"))
    assert (found["interval"], found["unit"]) == ("prediction", "deaths")


def test_nothing_stated_leaves_nothing_beside_it() -> None:
    nothing = ht.load_figures("HND", measure="percent_decline")
    beside = tables.beside_stated(nothing, compared())
    assert beside.empty
    shown = tables.show(beside, ["as_reported", "computed_decline"], caption="C", empty="None.")
    assert shown.bundle["text/plain"] == "None."


def test_only_one_result_can_stand_beside_the_stated_figures() -> None:
    with pytest.raises(ValueError, match="one result .* not 2"):
        tables.beside_stated(YEARS, pd.concat([compared(), compared()]))


# --- provenance -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped tables with sources of which one is derived from another derived one."""
    copy = Path(shutil.copytree(shipped("data"), tmp_path / "tables"))
    with (copy / "sources.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    rows = [
        {"source_id": "sum", "kind": "derived", "derived_from": "difference;paper"},
        {"source_id": "difference", "kind": "derived", "derived_from": "annual;sum"},
        {"source_id": "paper", "publisher": "Paper", "url": "https://example.org/?a=1&b=<2>"},
        {"source_id": "annual", "publisher": "Office"},
        {"source_id": "people", "publisher": "Census"},
        {"source_id": "unused", "publisher": "Nobody"},
    ]
    with (copy / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (copy / "population.csv").write_text(
        "place,year,population,series,status,source_id,note\n"
        "SLV,2011,6090127,WPP2024,final,people,\n"
        "HND,2011,8800000,WPP2024,final,unused,\n"
        "SLV,2011,6200000,OTHER,final,unused,\n",
        encoding="utf-8",
    )
    return copy


def sources_of(shown: tables.Shown) -> list[str]:
    return list(shown.bundle[tables.MIME]["provenance"]["sources"])


def test_provenance_follows_every_derivation(folder: Path) -> None:
    shown = tables.provenance(pd.DataFrame({"sources": ["sum", None, "sum"]}), data=folder)
    # sum rests on difference and paper, difference on annual (and on sum, which ends there).
    assert sources_of(shown) == ["annual", "difference", "paper", "sum"]
    # A source without a publisher is named by its id.
    assert markup(shown).texts("th")[4:] == ["Office", "difference", "Paper", "sum"]
    assert "https://example.org/?a=1&b=<2>" in markup(shown).texts("td")


def test_provenance_takes_source_id_and_sources_of_both_periods(folder: Path) -> None:
    read = pd.DataFrame({"source_id": ["paper"]})
    compared = pd.DataFrame({"sources": ["annual;paper"], "baseline_sources": ["people"]})
    assert sources_of(tables.provenance(read, compared, data=folder)) == [
        "annual", "paper", "people",
    ]  # fmt: skip


def test_provenance_brings_the_population_of_the_place_and_series(folder: Path) -> None:
    counted = pd.DataFrame(
        {"place": "SLV", "sources": ["annual"], "population_series": ["WPP2024"]}
    )
    assert sources_of(tables.provenance(counted, data=folder)) == ["annual", "people"]


def test_provenance_of_nothing_is_a_sentence(folder: Path) -> None:
    shown = tables.provenance(pd.DataFrame({"sources": []}), YEARS.head(0), data=folder)
    assert sources_of(shown) == []
    assert markup(shown).count("table") == 0


def test_provenance_names_the_tables_read_and_the_versions() -> None:
    counted = ht.monthly_series("SLV", start="2012-03-01", end="2012-03-31")
    provenance = tables.provenance(counted).bundle[tables.MIME]["provenance"]
    assert provenance["tables"]["counts.csv"] == ht.tables.digest(shipped("data") / "counts.csv")
    assert provenance["versions"]["pandas"] == pd.__version__
    assert provenance["versions"]["homicide-trends"] == ht.__version__
    # March 2012 is from the police, its population from World Population Prospects.
    assert provenance["sources"] == sorted({*counted["sources"], "wbpop"})
