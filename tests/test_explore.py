"""Exploring without a browser: what is on the screen is what the reports say, and the words fit."""

from __future__ import annotations

import html
import json
import re
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from conftest import CHECKOUT

from homicide_trends import claims, reports
from homicide_trends.claims.grid import AVERTED
from homicide_trends.cli import cli
from homicide_trends.display import explore
from homicide_trends.display.definitions import Prepared
from homicide_trends.refusals import MissingExtraError
from homicide_trends.tables.load import DataError


@pytest.fixture(scope="module")
def decline() -> Prepared:
    return explore.prepare("memo-sixty-percent")


@pytest.fixture(scope="module")
def averted() -> Prepared:
    return explore.prepare("memo-averted")


def years(ready: Prepared) -> explore.Definition:
    """2012 against 2011, as the police counted."""
    return replace(
        explore.first(ready),
        agency="PNC",
        baseline_start="2011-01-01",
        baseline_end="2011-12-31",
        window_start="2012-01-01",
        window_end="2012-12-31",
    )


# --- numbers --------------------------------------------------------------------------------


def test_the_decline_between_two_years(decline: Prepared) -> None:
    found = explore.answer(decline, years(decline))
    assert (found.deaths, found.baseline_deaths) == (2576, 4371)
    # Rates over mid-year populations of World Population Prospects 2024, with 366 days in 2012.
    expected = 100 * (1 - (2576 / 6_113_975) / (4371 / 6_090_127))
    assert found.estimate == pytest.approx(expected, abs=0.05)
    assert found.lower < found.estimate < found.upper
    assert not found.holds  # 41 % is not nearly 60 %


def test_averted_deaths_of_two_years(averted: Prepared) -> None:
    found = explore.answer(averted, years(averted))
    expected = 4371 / 6_090_127 * 6_113_975 - 2576
    assert found.estimate == pytest.approx(expected, abs=6)
    assert found.lower < found.estimate < found.upper


@pytest.mark.parametrize("figure", ["memo-sixty-percent", "memo-averted"])
def test_the_grid_has_the_same_number_for_the_same_definition(
    figure: str, decline: Prepared, averted: Prepared
) -> None:
    # The grid computes its definitions by another way: daily curves, and all of them at once.
    ready = averted if figure == "memo-averted" else decline
    chosen = explore.first(ready)
    found = explore.answer(ready, chosen)
    same = ready.known[found.same]
    row = same[(same["exposure"] == "WPP2024") & (same["method"] == "constant")]
    assert len(row) == 1
    assert found.estimate == pytest.approx(row["estimate"].iloc[0], rel=1e-6)
    assert found.lower == pytest.approx(row["lower"].iloc[0], rel=1e-4)


def test_a_series_that_is_kept_gives_what_a_fresh_one_gives(averted: Prepared) -> None:
    from homicide_trends import covering_series
    from homicide_trends.rates import counterfactual

    chosen = replace(explore.first(averted), window_start="2012-03-09", window_end="2013-06-30")
    fresh = covering_series("SLV", chosen.baseline, chosen.window)
    row = counterfactual.averted_deaths(
        fresh, baseline=chosen.baseline, window=chosen.window, conf=0.95, method="exact"
    ).iloc[0]
    found = explore.answer(averted, chosen)
    assert (found.estimate, found.lower, found.upper) == (
        row["averted"], row["averted_lower"], row["averted_upper"],
    )  # fmt: skip


def test_a_window_that_ends_after_the_text_is_told(averted: Prepared) -> None:
    # The memo appeared in December 2013.
    late = replace(explore.first(averted), window_end="2013-12-31")
    assert explore.answer(averted, late).after_publication
    assert not explore.answer(averted, explore.first(averted)).after_publication


def test_what_cannot_be_computed_says_why(decline: Prepared) -> None:
    overlapping = replace(explore.first(decline), baseline_end="2012-06-30")
    found = explore.answer(decline, overlapping)
    assert "overlap" in found.problem
    said = explore.summary(decline, found)
    assert said["estimate"].startswith("This definition cannot be computed: ")
    assert said["verdict"] == ""
    assert explore.curve(decline, found).startswith("<svg")


# --- words and drawing ----------------------------------------------------------------------


def test_the_words_are_those_of_the_numbers(decline: Prepared) -> None:
    found = explore.answer(decline, years(decline))
    said = explore.summary(decline, found)
    assert said["estimate"].startswith(f"Decline {found.estimate:.1f}\N{NO-BREAK SPACE}%")
    assert "2012 against 2011" in said["estimate"]
    assert "stands for 55 up to 60" in said["verdict"]
    assert said["verdict"].startswith("This definition does not give the figure")
    assert "2,576 deaths in the window, 4,371 in the baseline, counted by PNC" in said["counted"]


def test_a_rise_is_no_decline(decline: Prepared) -> None:
    # Police: 2,513 in 2013 (reconciled) and 3,921 in 2014.
    rise = replace(
        explore.first(decline), agency="UNODC",
        baseline_start="2013-01-01", baseline_end="2013-12-31",
        window_start="2014-01-01", window_end="2014-12-31",
    )  # fmt: skip
    said = explore.summary(decline, explore.answer(decline, rise))
    assert said["estimate"].startswith("Rise 5")


def test_the_drawing_has_a_ring_for_each_definition_with_the_same_choices(
    averted: Prepared,
) -> None:
    found = explore.answer(averted, explore.first(averted))
    drawn = explore.curve(averted, found)
    assert drawn.count("<circle") == int(found.same.sum()) > 0
    assert drawn.count("<path") > 3
    assert len(drawn) < 60_000


def test_nothing_of_the_tables_is_markup(averted: Prepared) -> None:
    figure = averted.claim.figure.copy()
    figure["as_reported"] = "<script>alert(1)</script>"
    hostile = replace(averted, claim=replace(averted.claim, figure=figure))
    box = explore.panel("memo-averted")
    box.state.ready = hostile
    box.state.show()
    shown = box.state.result.value + box.state.curve.value + box.state.command.value
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


# --- the command ----------------------------------------------------------------------------


def run_command(line: str, out: Path) -> Path:
    words = shlex.split(line)
    assert words[0] == "homicide-trends"
    words[words.index("--out") + 1] = str(out)
    done = CliRunner().invoke(cli, words[1:])
    assert done.exit_code == 0, done.output
    return out / "findings"


@pytest.mark.parametrize(
    ("figure", "report", "quantity", "sign"),
    [
        ("memo-sixty-percent", "change", "percent_change", -1),
        ("memo-averted", "averted", "averted", 1),
    ],
)
def test_the_command_renders_what_is_on_the_screen(
    figure: str, report: str, quantity: str, sign: int, tmp_path: Path
) -> None:
    box = explore.panel(figure, conf=0.9)
    box.baseline.value = "14 months before"
    box.window_start.value = "2012-03-09"
    box.window_end.value = "2013-06-30"
    state = box.state
    line = re.search(r"<code[^>]*>(.*)</code>", state.command.value)
    assert line
    found = run_command(line.group(1), tmp_path / "out")
    record = json.loads((found / f"{report}.json").read_text(encoding="utf-8"))
    row = next(one for one in record["findings"] if one["name"] == quantity and one["lower"])
    limits = sorted(sign * row[end] for end in ("lower", "upper"))
    assert sign * row["estimate"] == pytest.approx(state.found.estimate, rel=1e-12)
    assert limits == pytest.approx([state.found.lower, state.found.upper], rel=1e-12)
    assert (row["conf"], row["window_start"], row["window_end"]) == (
        0.9, "2012-03-09", "2013-06-30",
    )  # fmt: skip
    claim = json.loads((found / "claim.json").read_text(encoding="utf-8"))
    holding = int(state.ready.known["holds"].sum())
    assert f"{holding:,} of the {len(state.ready.known):,} definitions" in claim["main"]


def test_the_command_renders_from_a_folder_whose_list_has_other_reports(tmp_path: Path) -> None:
    mine = tmp_path / "my tables"
    shutil.copytree(CHECKOUT / "docs" / "examples" / "simulated", mine)
    trend = "{notebook: 02-trend.ipynb, parameters: {place: SIM, population_series: simulated}}"
    listed = f"reports: {{trend: {trend}}}\n"
    (mine / "reports.yml").write_text(listed, encoding="utf-8")
    box = explore.panel("true-decline", data=mine)
    line = html.unescape(re.findall(r"<code[^>]*>(.*)</code>", box.state.command.value)[0])
    record = json.loads((run_command(line, tmp_path / "out") / "change.json").read_text("utf-8"))
    row = next(one for one in record["findings"] if one["name"] == "percent_change")
    assert -row["estimate"] == pytest.approx(box.state.found.estimate, rel=1e-12)
    # Without a name, the folder's own list is what is rendered.
    assert [job.report for job in reports.plan(data=mine).jobs] == ["trend"]


def test_a_short_series_of_populations_can_be_explored(tmp_path: Path) -> None:
    mine = shutil.copytree(CHECKOUT / "docs" / "examples" / "simulated", tmp_path / "mine")
    lines = (mine / "population.csv").read_text(encoding="utf-8").splitlines()
    kept = [each for each in lines if not each.startswith("SIM,") or "2013" <= each[4:8] <= "2020"]
    (mine / "population.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    ready = explore.prepare("true-decline", data=mine)
    assert ready.populations == ["simulated"]
    # Eight years are too few for the grid, and enough for a change: -30 percent is the truth.
    chosen = explore.first(ready)
    found = explore.answer(ready, chosen)
    assert found.lower < 30 < found.upper
    early = replace(chosen, baseline_start="2012-01-01", baseline_end="2012-12-31")
    assert "no population of simulated" in explore.answer(ready, early).problem


def test_the_command_names_a_folder_of_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = explore.Definition("x", "SLV")
    given = explore.command(chosen, measure=AVERTED, data="my tables")
    assert shlex.split(given)[-4:] == ["--data", "my tables", "--out", "explored"]
    monkeypatch.setenv("HOMICIDE_TRENDS_DATA", "other")
    assert "--data other" in explore.command(chosen, measure=AVERTED)


def test_the_command_quotes_what_a_shell_would_read() -> None:
    chosen = explore.Definition("$(touch x); 'y'", "SLV")
    words = shlex.split(explore.command(chosen, measure=AVERTED))
    assert words[words.index("figure") + 1] == "$(touch x); 'y'"


# --- the sliders ----------------------------------------------------------------------------


def test_every_control_moves_the_answer() -> None:
    box = explore.panel("memo-averted")
    shown = [box.state.result.value]
    for control, value in (
        (box.window_end, "2012-12-31"),
        (box.window_start, "2012-04-01"),
        (box.baseline, "previous year"),
        (box.agency, "UNODC"),
        (box.population, "WPP2019"),
        (box.conf, 0.8),
        (box.figure, "memo-sixty-percent"),
    ):
        control.value = value
        shown.append(box.state.result.value)
    assert len(set(shown)) == len(shown)
    assert "Decline" in shown[-1]
    assert box.state.chosen.conf == 0.8


def test_own_months_make_a_baseline() -> None:
    box = explore.panel("memo-averted")
    assert box.own.disabled
    box.baseline.value = "own"
    assert not box.own.disabled
    box.own.value = (pd.Period("2010-01", "M"), pd.Period("2010-12", "M"))
    assert box.state.chosen.baseline == ("2010-01-01", "2010-12-31")
    # The figure of the police for 2010 (4,004) goes into no grid definition with that baseline.
    assert not box.state.found.same.any()
    assert "No definition on the grid" in box.state.result.value


def test_without_ipywidgets_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'homicide-trends\[lab\]'"):
        explore.panel("memo-averted")


def test_figures_that_cannot_be_explored_are_refused() -> None:
    with pytest.raises(DataError, match="only declines and averted deaths can be explored"):
        explore.prepare("track6-rate")
    with pytest.raises(DataError, match="did you mean 'memo-averted'"):
        explore.prepare("memo-avertd")


def test_only_figures_with_a_baseline_are_offered() -> None:
    offered = explore.figures_to_explore()["figure_id"]
    assert all(claims.examine(name).choices for name in offered)
