"""A sweep's file: what it may say, what it means, and names that tell its outputs apart."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from tiny import TABLES, notebook, parameters, usual, write_notebooks, write_tables

from homicide_trends.reports.parameters import ParameterError, Value
from homicide_trends.reports.planning import Plan, Text, plan
from homicide_trends.reports.sweeps import output_names

AREA = """\
place: str = "SLV"  # code of the place
agency: str = "preferred"  # who counts
window_start: str = "2012-01-01"  # first day
window_end: str = "2012-12-31"  # last day
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    figure = notebook(parameters('figure: str = "rate-2011"  # f\nyears: int = 3  # y'))
    only = notebook(parameters('only: int = 1  # here alone\nplace: str = "SLV"  # p'))
    area = notebook(parameters(AREA))
    write_notebooks(tmp_path / "notebooks", first=usual(), other=only, figures=figure, area=area)
    figures = [["figure_id", "value"], ["rate-2011", "70.1"], ["no-value", ""], ["deaths", "4371"]]
    municipality = ["SLV-apopa", "Apopa", "municipality", "SLV"]
    counted = ["SLV-apopa", "homicides", "2012-01-01", "2012-12-31", "9", "PNC", "final", "s", ""]
    counts = [*TABLES["counts"], counted]
    places = [*TABLES["places"], municipality]
    write_tables(
        tmp_path / "data", {**TABLES, "figures": figures, "counts": counts, "places": places}
    )
    return tmp_path


def planned(folder: Path, text: str, **more: object) -> Plan:
    (folder / "sweep.yml").write_text(text)
    return plan(sweep=folder / "sweep.yml", notebooks=folder / "notebooks",
                data=folder / "data", **more)  # type: ignore[arg-type]  # fmt: skip


def names(folder: Path, text: str, **more: object) -> list[str]:
    return [job.report for job in planned(folder, text, **more).jobs]


def test_lists_give_every_combination(folder: Path) -> None:
    found = planned(folder, "report: first\nparameters: {place: [SLV, HND], conf: [0.9, 0.95]}")
    assert [job.report for job in found.jobs] == [
        "first--place-SLV--conf-0.9",
        "first--place-SLV--conf-0.95",
        "first--place-HND--conf-0.9",
        "first--place-HND--conf-0.95",
    ]
    assert found.jobs[0].values == {"place": "SLV", "conf": 0.9}
    assert found.jobs[0].command == (
        "homicide-trends render first -p place SLV -p conf 0.9 --data FOLDER_OF_THESE_TABLES"
    )
    assert found.order == [job.report for job in found.jobs]


def test_rows_are_taken_as_they_stand(folder: Path) -> None:
    text = "report: first\nrows: [{place: SLV, window_start: 2012-03-09}, {place: HND}]"
    assert names(folder, text) == ["first--place-SLV--window_start-2012-03-09", "first--place-HND"]


def test_rows_meet_every_value_of_the_lists(folder: Path) -> None:
    text = "report: first\nrows: [{place: SLV}, {place: HND}]\nparameters: {years: [1, 2]}"
    assert names(folder, text) == [
        f"first--place-{place}--years-{years}" for place in ("SLV", "HND") for years in (1, 2)
    ]


def test_each_stands_for_all_that_the_tables_hold(folder: Path) -> None:
    # Belize has no counts and Apopa is no country; one figure has no value.
    assert names(folder, "report: first\neach: places") == ["first--place-SLV", "first--place-HND"]
    assert names(folder, "report: figures\neach: figures") == [
        "figures--figure-rate-2011",
        "figures--figure-deaths",
    ]


def test_a_place_that_the_tables_do_not_cover_is_left_out_with_the_reason(folder: Path) -> None:
    # Honduras has counts of 2012 only.
    text = "report: area\neach: places\nparameters: {window_end: [2011-12-31, 2012-06-30]}"
    found = planned(folder, text, parameters={"window_start": Text("2011-01-01")})
    assert [job.report for job in found.jobs] == [
        "area--place-SLV--window_start-2011-01-01--window_end-2011-12-31",
        "area--place-SLV--window_start-2011-01-01--window_end-2012-06-30",
        "area--place-HND--window_start-2011-01-01--window_end-2012-06-30",
    ]
    (reason,) = found.left_out
    assert reason.startswith("area, HND: window: no counts for HND from 2011-01-01 to 2011-12-31")


def test_values_go_to_the_reports_that_have_them(folder: Path) -> None:
    text = "reports: [first, other]\nparameters: {place: [SLV, HND], only: [7], years: [1, 2]}"
    assert names(folder, text) == [
        "first--place-SLV--years-1",
        "first--place-SLV--years-2",
        "first--place-HND--years-1",
        "first--place-HND--years-2",
        "other--only-7--place-SLV",
        "other--only-7--place-HND",
    ]


def test_a_value_beside_the_sweep_is_in_the_names_too(folder: Path) -> None:
    text = "report: first\nparameters: {place: [SLV, HND]}"
    assert names(folder, text, parameters={"conf": Text("0.9")}) == [
        "first--place-SLV--conf-0.9",
        "first--place-HND--conf-0.9",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs report, or reports"),
        ("report: first\nreports: [other]\nparameters: {years: 1}", "not both"),
        ("repport: first", "'repport' is not a part of a sweep; did you mean 'report'"),
        ("report: frist\nparameters: {years: [1]}", "no report 'frist'; did you mean 'first'"),
        ("reports: []\nparameters: {years: [1]}", "reports: names none"),
        ("reports: [first, first]\nparameters: {years: [1]}", "first stands twice"),
        ("report: first", "no values; it needs parameters, rows, or each"),
        ("report: first\nparameters: {yeers: [1]}", "'yeers' is not a parameter; did you mean"),
        ("report: first\nrows: [{yeers: 1}]", "'yeers' is not a parameter; did you mean"),
        ("report: first\nparameters: {years: []}", "years has no values"),
        ("report: first\nparameters: [1]", "not a mapping of NAME"),
        ("report: first\nparameters: {years: [{a: 1}]}", "a mapping is not a value"),
        ("report: first\nparameters: {places: [SLV, HND]}", r"write \[\[a, b\], \[c\]\]"),
        ("report: first\nrows: {place: SLV}", "rows: not a list of rows"),
        ("report: first\nrows: []", "rows: there are none"),
        ("report: first\nrows: [{years: 1}]\nparameters: {years: [2]}", "in parameters and in row"),
        ("report: first\neach: place", "each: 'place' is not known; did you mean 'places'"),
        ("report: first\neach: figures", "report first has no parameter figure"),
        ("report: first\neach: places\nparameters: {place: [SLV]}", "stands beside it too"),
        ("reports: [first, other]\nparameters: {years: [1]}", "report other has none of the"),
        ("title: [a]\nreport: first\neach: places", r"title: \['a'\] is not text"),
        ("report: first\nparameters: {place: [SLV, HNT]}", "no counts for 'HNT'; did you mean"),
        ("report: first\nparameters: {years: [1, x]}", "years: 'x' is not a whole number"),
        ("report: first\nparameters: {conf: [95]}", "95 percent is 0.95"),
        ("report: first\nparameters: {window_start: [2014-01-01]}", "is after window_end"),
        ("report: first\nparameters: {place: [SLV, SLV]}", "combinations 1 and 2 are one"),
        ("report: first\nrows: [{conf: 1.0e-1}, {conf: 0.1}]", "combinations 1 and 2 are one"),
        (
            "report: area\neach: places\nparameters: {agency: [UNODC, UNODD]}",
            "did you mean 'UNODC'",
        ),
        ("[1]", "not a mapping"),
    ],
)
def test_a_mistake_is_said_before_anything_runs(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        planned(folder, text)


def test_a_value_that_the_sweep_gives_is_not_given_beside_it(folder: Path) -> None:
    text = "report: first\nparameters: {years: [1, 2]}"
    with pytest.raises(ParameterError, match="years: the sweep gives its values"):
        planned(folder, text, parameters={"years": Text("3")})
    with pytest.raises(ParameterError, match="'yeers' is not a parameter"):
        planned(folder, text, parameters={"yeers": Text("3")})
    with pytest.raises(ParameterError, match="its file names the reports"):
        planned(folder, text, reports=["first"])


def test_many_mistakes_are_counted(folder: Path) -> None:
    text = f"report: first\nparameters: {{place: [{', '.join(f'X{n:02}' for n in range(30))}]}}"
    with pytest.raises(ParameterError) as caught:
        planned(folder, text)
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "and 10 more"


AWKWARD: list[Value] = [
    *("a b", "a-b", "a_b", "a--b", "A-b", "", "none", "../../etc/passwd", "CON", "\u00e9t\u00e9"),
    *("e\u0301te\u0301", "a/b", "a\\b", ".", "..", "-1", "x" * 300, "x" * 301, "\n", "nul\t", "a."),
    *("b--conf-0.9", 'a"b', "a:b", "\U0001f600", "a|b"),
]


def test_every_output_has_a_safe_name_of_its_own() -> None:
    combined: list[dict[str, Value]] = [{}, {"text": None}, {"text": "b", "conf": 0.9}]
    combined += [{"text": value} for value in AWKWARD]
    combined += [{"text": [one, other]} for one, other in itertools.pairwise(AWKWARD)]
    found = output_names("trend", combined, {"trend--text-a_b"})
    assert len({name.casefold() for name in found}) == len(combined)
    for name in found:
        assert re.fullmatch(r"trend(--[A-Za-z0-9._-]*[A-Za-z0-9])*", name), name
        assert len(name) <= 100
    assert "trend--text-a_b" not in found  # the name of another report
    assert found[0] == "trend"


def test_a_name_does_not_hang_on_the_rest_of_the_sweep() -> None:
    every = output_names("trend", [{"text": value} for value in AWKWARD], set())
    lone = [output_names("trend", [{"text": value}], set())[0] for value in AWKWARD]
    same = [one for one, other in zip(every, lone, strict=True) if one == other]
    # The two that differ in case only are told apart where both are there.
    assert len(same) == len(AWKWARD) - 2


def test_code_in_a_value_stays_a_value(folder: Path) -> None:
    (job,) = planned(folder, "report: first\nparameters: {text: ['import os; x']}").jobs
    assert job.values == {"text": "import os; x"}
    assert re.fullmatch(r"first--text-import-os-x--[0-9a-f]{16}", job.report)
