"""Every notebook runs, for three countries and for other choices, and gives the numbers it must.

All are rendered once, by the renderer itself, from a list of reports of this test. Counts are
those of the police (InSight Crime, 4 January 2013: 4,371 in 2011 and 2,576 in 2012) and of the
reconciled and UNODC series (4,371, 2,594 and 2,513 in 2011, 2012 and 2013), populations those of
World Population Prospects 2024 (6,090,127, 6,113,975 and 6,138,839) unless a test says otherwise.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml
from test_html import check_page

import homicide_trends as ht
from homicide_trends.display.tables import MIME
from homicide_trends.reports import load_reports, render
from homicide_trends.tables.folders import shipped

SPACE, MINUS = ht.wording.formats.NBSP, ht.wording.formats.MINUS

# With few runs: what is tested here is the notebook, not its Monte Carlo error.
QUICK = {"runs": 40, "permutations": 99}
YEARS = {
    "baseline_start": "2011-01-01",
    "baseline_end": "2011-12-31",
    "window_start": "2012-01-01",
    "window_end": "2012-12-31",
}
SHIPPED = load_reports()
OTHERS = {"hnd": "HND", "gtm": "GTM"}
# To save time: Guatemala takes the same way as Honduras, with years and no texts; of the reports
# on single figures only the defaults and the one of a rate are run here.
LEFT_OUT = {
    ("municipalities", "GTM"),
    ("averted", "GTM"),
    ("claim-about-sixty", None),
    ("claim-nearly-sixty", None),
}
CHANGED: dict[str, tuple[str, dict[str, Any]]] = {
    "change-years": ("change", YEARS),
    "change-unodc": ("change", YEARS | {"agency": "UNODC", "conf": 0.9}),
    "averted-years": ("averted", YEARS),
    "trend-wpp2019": ("trend", {"population_series": "WPP2019", "window_start": "2011-01-01",
                                "window_end": "2013-12-31"}),
}  # fmt: skip


def runs() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name of each run: the report that it is a run of, and the values it sets."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, report in SHIPPED.items():
        declared = {parameter.name for parameter in report.parameters}
        quick = {key: value for key, value in QUICK.items() if key in declared}
        if (name, None) not in LEFT_OUT:
            found[name] = (name, {**report.values, **quick})
        if "place" in declared:
            for suffix, place in OTHERS.items():
                if (name, place) in LEFT_OUT:
                    continue
                found[f"{name}-{suffix}"] = (name, {**report.values, **quick, "place": place})
    return found | CHANGED


RUNS = runs()


class Rendering(NamedTuple):
    """The folder of reports, the record of each run, and the messages of those that failed."""

    folder: Path
    records: dict[str, dict[str, Any]]
    failures: dict[str, str]

    def main(self, run: str) -> str:
        return str(self.records[run]["main"]).replace(SPACE, " ")

    def findings(self, run: str, name: str, **wanted: Any) -> list[dict[str, Any]]:
        """The findings of a quantity, with these values of other fields."""
        return [
            row
            for row in self.records[run]["findings"]
            if row["name"] == name and all(row[key] == value for key, value in wanted.items())
        ]

    def first(self, run: str, name: str, **wanted: Any) -> dict[str, Any]:
        return self.findings(run, name, **wanted)[0]

    def page(self, run: str) -> str:
        return (self.folder / f"{run}.html").read_text(encoding="utf-8")

    def notebook(self, run: str) -> dict[str, Any]:
        text = (self.folder / f"{run}.ipynb").read_text(encoding="utf-8")
        return dict(json.loads(text))


@pytest.fixture(scope="session")
def rendered(warm: None, tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    """Every run, rendered once."""
    folder = tmp_path_factory.mktemp("run")
    notebooks = folder / "notebooks"
    shutil.copytree(shipped("notebooks"), notebooks)
    listed = {
        run: {"notebook": SHIPPED[name].notebook.name, "title": SHIPPED[name].title,
              "parameters": values}
        for run, (name, values) in RUNS.items()
    }  # fmt: skip
    (notebooks / "reports.yml").write_text(yaml.safe_dump({"reports": listed}), encoding="utf-8")
    done = render(out=folder / "reports", notebooks=notebooks, jobs=2)
    read = {
        run: json.loads((folder / "reports" / "findings" / f"{run}.json").read_text("utf-8"))
        for run in done.written
    }
    failures = {failure.report: failure.message for failure in done.failures}
    return Rendering(folder / "reports", read, failures)


@pytest.mark.parametrize("run", RUNS)
def test_the_notebook_runs(rendered: Rendering, run: str) -> None:
    assert rendered.failures.get(run) is None
    assert run in rendered.records


# --- known numbers ------------------------------------------------------------------------------


def test_the_change_between_two_years(rendered: Rendering) -> None:
    baseline = rendered.first("change-years", "deaths", **window(2011), unit="deaths")
    after = rendered.first("change-years", "rate", **window(2012))
    change = rendered.first("change-years", "percent_change")
    both = rendered.findings("change-years", "deaths")
    assert {4371.0, 2576.0} <= {row["estimate"] for row in both}
    assert baseline["estimate"] == 4371
    # By counts alone 100 x (2576 / 4371 - 1) = -41.07 %. By rates
    # 2576 x 6090127 / (4371 x 6113975) = 15688167152 / 26724184725 = 0.58704, so -41.30 %.
    assert change["estimate"] == pytest.approx(-41.30, abs=0.01)
    assert change["lower"] < -41.30 < change["upper"]
    assert (change["unit"], change["interval"], change["conf"]) == ("percent", "confidence", 0.95)
    assert (change["baseline_start"], change["window_end"]) == ("2011-01-01", "2012-12-31")
    # 2576 / 6113975 x 100,000 = 42.13
    assert after["estimate"] == pytest.approx(42.13, abs=0.01)
    # 4371 / 365 = 11.98 and 2576 / 366 = 7.04 a day.
    assert rendered.main("change-years").startswith(
        "In El Salvador the homicide rate was 41.3 % lower in 2012 than in 2011: 7.0 killings a "
        "day instead of 12.0. "
    )


def window(year: int) -> dict[str, str]:
    return {"window_start": f"{year}-01-01", "window_end": f"{year}-12-31"}


def test_another_agency_and_level_change_the_answer(rendered: Rendering) -> None:
    # 2594 x 6090127 / (4371 x 6113975) = 15797789438 / 26724184725 = 0.59114, so -40.89 %.
    wide = rendered.first("change-years", "percent_change")
    narrow = rendered.first("change-unodc", "percent_change")
    assert narrow["estimate"] == pytest.approx(-40.886, abs=0.001)
    assert narrow["agency"] == "UNODC"
    assert narrow["conf"] == 0.9
    assert narrow["upper"] - narrow["lower"] < wide["upper"] - wide["lower"]
    assert "(90 % confidence interval" in rendered.main("change-unodc")
    # 2594 / 366 = 7.09.
    assert ": 7.1 killings a day instead of 12.0." in rendered.main("change-unodc")


def test_averted_deaths_of_a_year(rendered: Rendering) -> None:
    person_years = rendered.first("averted-years", "averted")
    # 4371 x 6113975 / 6090127 - 2576 = 4388.1 - 2576
    assert person_years["estimate"] == pytest.approx(1812.1, abs=0.6)
    assert (person_years["interval"], person_years["unit"]) == ("prediction", "deaths")
    assert ", 1,812 fewer than the 4,388 that the rate of 2011" in rendered.main("averted-years")


def test_the_region_has_the_counts_of_unodc(rendered: Rendering) -> None:
    baseline = rendered.first("region", "baseline_deaths", place="SLV")
    deaths = rendered.first("region", "deaths", place="SLV")
    change = rendered.first("region", "percent_change", place="SLV")
    assert baseline["estimate"] == 4371
    assert deaths["estimate"] == 2594 + 2513
    # 5107 / (6113975 + 6138839) over 4371 / 6090127 = 0.58073, so -41.93 %.
    assert change["estimate"] == pytest.approx(-41.927, abs=0.001)
    assert "the steepest fall among" in rendered.main("region")
    # Honduras: 7172 and 6431 after 7104; Guatemala: 5155 and 5253 after 5681.
    for place, before, after in (("HND", 7104, 13603), ("GTM", 5681, 10408)):
        assert rendered.first("region", "baseline_deaths", place=place)["estimate"] == before
        assert rendered.first("region", "deaths", place=place)["estimate"] == after


def test_the_share_of_municipalities(rendered: Rendering) -> None:
    share = rendered.first("municipalities", "share")
    assert share["estimate"] == pytest.approx(100 * 11 / 262)
    assert (share["lower"], share["interval"], share["sources"]) == (
        None, None, "interpeace-2013-12",
    )  # fmt: skip
    assert "cannot be told from the counts on file" in rendered.main("municipalities")
    page = rendered.page("municipalities").replace("\u00a0", " ")
    assert "made up 4.2 % of the 262 municipalities" in page


# Rates that the World Bank printed (VC.IHR.PSRC.P5).
PUBLISHED = {
    # 2010 is left out: the reconciled 4,004 gives 66.0 where the 3,987 of UNODC give 65.7.
    "trend": {2009: 72.5, 2011: 71.8, 2012: 42.4, 2013: 40.9, 2014: 63.6, 2015: 107.6},
    "trend-hnd": {2009: 64.5, 2010: 74.5, 2011: 83.2, 2012: 82.3, 2013: 72.3, 2014: 65.0,
                  2015: 55.7},
    "trend-gtm": {2009: 45.7, 2010: 41.1, 2011: 38.4, 2012: 34.2,
                  2013: 34.1, 2014: 31.9},
    # Guatemala by UNODC's study, 5253 in 2013 and 4998 in 2014: the World Bank has 5155 twice.
    # 4371 / 6210567, 2594 / 6237922 and 2513 / 6266076 with World Population Prospects 2019.
    "trend-wpp2019": {2011: 70.4, 2012: 41.6, 2013: 40.1},
}  # fmt: skip


@pytest.mark.parametrize("run", PUBLISHED)
def test_rates_of_the_years(rendered: Rendering, run: str) -> None:
    rates = {}
    for row in rendered.findings(run, "rate"):
        # The table of years; the figure of variants has other agencies for the stated year.
        if row["note"] is None and row["interval"] == "confidence":
            rates.setdefault(int(row["window_start"][:4]), set()).add(round(row["estimate"], 1))
    for year, rate in PUBLISHED[run].items():
        assert rate in rates[year], (year, rates[year])


def test_the_stated_rate_is_that_of_an_older_count_and_population(rendered: Rendering) -> None:
    # 4354 / 6210567 x 100,000 = 70.106: the count of January 2012 over the projection of 2019.
    found = [
        (row["estimate"], row["population_series"])
        for row in rendered.findings("trend", "rate")
        if round(row["estimate"], 1) == 70.1
    ]
    assert {series for _, series in found} == {"WPP2019"}
    assert {round(estimate, 3) for estimate, _ in found} == {70.106}


def test_years_cut_by_the_dates_are_split_by_days_and_said_to_be(rendered: Rendering) -> None:
    # Honduras has years only. March 2011 to February 2012:
    # 7104 x 306 / 365 + 7172 x 60 / 366 = 5955.7 + 1175.7; then 7172 x 306 / 366 + 6431.
    text = rendered.main("change-hnd")
    assert text.startswith("In Honduras the homicide rate was 7.5 % lower from March 2012 to ")
    assert rendered.first("change-hnd", "baseline_deaths")["estimate"] == pytest.approx(
        7131.4, abs=0.1
    )
    assert rendered.first("change-hnd", "deaths")["estimate"] == pytest.approx(12427.3, abs=0.1)
    # 2013 is whole: of the window's 12,427 deaths 5,996 of 2012 are shared out, 48.3 %.
    assert "Shared out by days, " in text
    assert "48.3 % of these deaths, 100.0 % of those before." in text
    # Guatemala has the months of 2012: 5681 x 306 / 365 + 444 + 380 = 5586.7; the months from
    # March are 5155 - 824 = 4331, and 4331 + 5253 = 9584.
    before = rendered.first("change-gtm", "baseline_deaths")["estimate"]
    assert before == pytest.approx(5586.7, abs=0.1)
    assert rendered.first("change-gtm", "deaths")["estimate"] == 9584
    assert "Shared out" not in rendered.main("change")


def test_the_default_windows_of_el_salvador(rendered: Rendering) -> None:
    # Months on file: 4,510 from March 2011 to February 2012; 1,763 from March to December 2012
    # (2,576 less 411 and 402) and 2,491 in 2013.
    assert rendered.first("change", "baseline_deaths")["estimate"] == 4510
    assert rendered.first("change", "deaths")["estimate"] == 1763 + 2491
    assert f"{1763 + 2491:,} homicides were counted" in rendered.main("averted")


@pytest.mark.parametrize("run", [run for run in RUNS if run.startswith("claim")])
def test_a_claim_begins_with_the_words_of_the_text(rendered: Rendering, run: str) -> None:
    values = {row["name"]: row["value"] for row in rendered.records[run]["parameters"]}
    stated = {each.claim: each.as_reported for each in ht.claims.claims_on_file()}
    assert f"\u201c{stated[values['claim']]}\u201d" in rendered.page(run)


def test_other_places_have_no_stated_figures_of_their_own(rendered: Rendering) -> None:
    assert rendered.findings("change", "computed_decline")
    assert rendered.findings("averted", "computed_averted")
    for run, name in (
        ("municipalities-hnd", "share"),
        ("change-hnd", "computed_decline"),
        ("change-gtm", "computed_decline"),
        ("averted-hnd", "computed_averted"),
    ):
        assert not rendered.findings(run, name)


# --- what holds for every run -----------------------------------------------------------------

# What a value that is missing leaves in a sentence; a sentence of ours may begin with None.
NO_VALUE = r"\bnan\b|\bNaT\b|\binf\b|\bNone\b(?! (?:of|can|is)\b)|  "


@pytest.mark.parametrize("run", RUNS)
def test_the_main_finding_is_a_sentence_about_the_place(rendered: Rendering, run: str) -> None:
    text = rendered.main(run)
    assert re.fullmatch(r"[A-Z0-9].+\.", text), text
    assert not re.search(NO_VALUE + r"|\{|\}", text), text
    assert not re.search(r"because of|due to|caused|thanks to|significant", text), text
    name, values = RUNS[run]
    place = ht.place_name(values.get("place", "SLV"))
    if name not in ("figures", "verdicts") and not name.startswith("claim"):
        assert place in text
        others = {"El Salvador", "Honduras", "Guatemala"} - {place}
        assert not any(other in text for other in others), text


# Quantities that may be others' estimates, whose limits are as printed, of whatever kind.
PUBLISHED_LIMITS = ("modelled", "estimate", "rate_ratio")


@pytest.mark.parametrize("run", RUNS)
def test_findings_are_whole(rendered: Rendering, run: str) -> None:
    record = rendered.records[run]
    known = set(ht.load_sources()["source_id"])
    for row in record["findings"]:
        assert row["report"] == run
        assert row["label"]
        numbers = [row[key] for key in ("lower", "estimate", "upper") if row[key] is not None]
        assert all(math.isfinite(number) for number in numbers)
        assert numbers == sorted(numbers), row
        if row["lower"] is not None and row["name"] not in PUBLISHED_LIMITS:
            assert row["interval"] in ("confidence", "prediction"), row
            assert row["method"], row
            assert 0.5 <= row["conf"] < 1
            assert row["window_start"] or row["baseline_start"], row
        for start, end in (("window_start", "window_end"), ("baseline_start", "baseline_end")):
            dates = [pd.Timestamp(row[key]) for key in (start, end) if row[key]]
            assert dates == sorted(dates)
        assert set((row["sources"] or "").split(";")) <= known | {""}, row["sources"]


@pytest.mark.parametrize("run", RUNS)
def test_every_source_of_a_finding_is_in_the_provenance(rendered: Rendering, run: str) -> None:
    record = rendered.records[run]
    named = {source for row in record["findings"] if row["sources"]
             for source in row["sources"].split(";")}  # fmt: skip
    assert named - set(record["provenance"]["sources"]) == set()


@pytest.mark.parametrize("run", RUNS)
def test_provenance_names_tables_and_versions(rendered: Rendering, run: str) -> None:
    provenance = rendered.records[run]["provenance"]
    data = shipped("data")
    assert provenance["tables"]
    for name, checksum in provenance["tables"].items():
        assert checksum == ht.tables.digest(data / name)
    assert provenance["versions"]["pandas"] == pd.__version__


@pytest.mark.parametrize("run", RUNS)
def test_the_page_is_whole(rendered: Rendering, run: str) -> None:
    page = rendered.page(run)
    check_page(page.encode())
    assert all(re.findall(r'<img [^>]*alt="([^"]*)"', page)), "a picture without words"
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", page)
    assert cells
    broken = [cell for cell in cells if re.fullmatch(r"nan|None|NaT|<NA>|inf|-.*|", cell)]
    assert broken == []


@pytest.mark.parametrize("run", RUNS)
def test_the_notebook_ran_without_a_warning(rendered: Rendering, run: str) -> None:
    outputs = [
        output for cell in rendered.notebook(run)["cells"] for output in cell.get("outputs", [])
    ]
    assert outputs
    assert [output for output in outputs if output["output_type"] in ("stream", "error")] == []


@pytest.mark.parametrize("run", RUNS)
def test_every_figure_has_words_that_replace_it(rendered: Rendering, run: str) -> None:
    for cell in rendered.notebook(run)["cells"]:
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):
                alt = output["metadata"]["image/svg+xml"]["alt"]
                assert alt == "".join(output["data"]["text/plain"])
                assert re.fullmatch(r"\S.{20,}[.)]", alt), alt
                assert not re.search(NO_VALUE, alt), alt
                # It says what is drawn, with its numbers, and not that there is a figure.
                drawn = output["data"][MIME]["drawn"]
                assert not re.match(r"(figure|chart|plot|graph|image|picture)\b", alt, re.I), alt
                assert re.search(r"[0-9]", alt) or not drawn["html"], alt


@pytest.mark.parametrize("run", RUNS)
def test_every_figure_has_its_data_as_a_table_and_as_csv(rendered: Rendering, run: str) -> None:
    for cell in rendered.notebook(run)["cells"]:
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):
                drawn = output["data"][MIME]["drawn"]
                rows = list(csv.reader(io.StringIO(drawn["csv"])))[1:]
                shown = re.findall(r"<tr>", drawn["html"])[1:]
                assert len(rows) == len(shown)


@pytest.mark.parametrize("run", RUNS)
def test_a_page_stays_under_a_megabyte(rendered: Rendering, run: str) -> None:
    assert len(rendered.page(run).encode()) < 1_000_000
