"""From a file of municipalities by year to the claim about towns, on a panel with known truth.

Deaths of the 262 municipalities of El Salvador are drawn for seven years: each has its level and a
course of its own, and those that declared themselves free of violence fall to 60 % from 2013 on.
The file is imported, and what the program then says is held to the truth and to sums by hand.
"""

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import CHECKOUT

import homicide_trends as ht
from homicide_trends import methods, reports, series
from homicide_trends.claims import judge
from homicide_trends.claims.result import CANNOT_TELL
from homicide_trends.cli import cli
from homicide_trends.tables import load_towns
from homicide_trends.tables.check import check_tables

YEARS = range(2009, 2016)
TRUTH = 0.6
ABOUT = ("--place", "SLV", "--place-kind", "municipality", "--source-title", "A panel",
         "--publisher", "A simulation", "--source-date", "2016", "--yes")  # fmt: skip


@pytest.fixture(scope="module")
def panel() -> dict[str, list[int]]:
    """Deaths a year of each municipality."""
    chance = np.random.default_rng(2012)
    towns = load_towns("SLV")
    people = (towns["women"] + towns["men"]).fillna(10_000).to_numpy()
    declared = towns["place"].isin(ht.load_municipalities("SLV")["place"]).to_numpy()
    level = people * 6e-4 * chance.lognormal(0, 0.4, len(towns))
    late = np.array([year >= 2013 for year in YEARS])
    own = chance.lognormal(0, 0.15, len(towns))
    mean = level[:, None] * np.where(late, (own * np.where(declared, TRUTH, 1))[:, None], 1.0)
    return dict(zip(towns["place"], chance.poisson(mean).tolist(), strict=True))


@pytest.fixture(scope="module")
def folder(panel: dict[str, list[int]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped tables with the panel, imported by the command as one file of names."""
    made = tmp_path_factory.mktemp("panel")
    data = Path(shutil.copytree(CHECKOUT / "data", made / "data"))
    names = ht.load_places().set_index("place")["name"]
    alike = names[names.duplicated(keep=False)].index
    path = made / "municipios.csv"
    for agency in (("--agency", "SIM", "--agency-name", "A simulation"), ("--population",)):
        rows: list[list[object]] = [["municipio", *YEARS]]
        for place, deaths in panel.items():
            people = [20_000 + 100 * len(place)] * len(YEARS)
            # Of two towns of one name the file has the code.
            name = place if place in alike else names[place].removesuffix(" (municipality)")
            rows.append([name, *(people if agency == ("--population",) else deaths)])
        with path.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(rows)
        source = ("--source", f"panel-{len(agency)}", "--place-column", "municipio")
        words = ["import", str(path), "--data", str(data), *ABOUT, *agency, *source]
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
        assert f"{262 * 7:,} rows added" in done.stderr
    assert check_tables(data) == []
    return data


def test_the_eleven_and_the_rest(folder: Path, panel: dict[str, list[int]]) -> None:
    declared = ht.load_municipalities("SLV")
    marked = declared.loc[declared["status"] != "unconfirmed", "place"].tolist()
    years = series.town_years("SLV", data=folder)
    assert len(years[years["agency"] == "SIM"]) == 262 * 7
    assert years.index.tolist() == list(range(len(years)))
    found = methods.compare_where_possible(years, marked, first=2013)
    assert found is not None
    # By hand: the marked towns' deaths after over before, over the same of all others.
    sums = {(chosen, late): 0 for chosen in (True, False) for late in (True, False)}
    for place, deaths in panel.items():
        for year, n in zip(YEARS, deaths, strict=True):
            sums[place in marked, year >= 2013] += n
    by_hand = (sums[True, True] / sums[True, False]) / (sums[False, True] / sums[False, False])
    assert found.ratio == pytest.approx(by_hand)
    assert (found.marked, found.others) == (len(marked), 262 - len(marked))
    assert found.lower < TRUTH < found.upper < 1


def test_the_claim_about_the_most_violent_towns(folder: Path, panel: dict[str, list[int]]) -> None:
    claim = judge.claim("most-violent-towns", limits=False, data=folder)
    rates = {place: deaths[2] / (20_000 + 100 * len(place)) for place, deaths in panel.items()}
    ranks = [1 + sum(other > rates[place] for other in rates.values())
             for place in claim.first.reading.places]  # fmt: skip
    values = claim.first.values
    assert (values["best"], values["worst"], values["whole"]) == (min(ranks), max(ranks), 262)
    assert claim.first.verdict.code != CANNOT_TELL


def test_the_report_says_it(warm: None, folder: Path, tmp_path: Path) -> None:
    plan = reports.plan(("municipalities",), data=folder)
    done = reports.carry_out(plan, out=tmp_path, jobs=1, timeout=300)
    assert [failure.message for failure in done.failures] == []
    page = (tmp_path / "municipalities.html").read_text(encoding="utf-8")
    assert "Whether a municipality of El Salvador got safer cannot be told" not in page
    assert "254" in page


def test_a_name_that_several_places_have_is_asked_about(tmp_path: Path) -> None:
    data = Path(shutil.copytree(CHECKOUT / "data", tmp_path / "data"))
    path = tmp_path / "f.csv"
    path.write_text("municipio;2012;2013\nEl Rosario;1;2\nApopa;3;4\n", encoding="utf-8")
    words = ["import", str(path), "--data", str(data), *ABOUT, "--place-column", "municipio",
             "--agency", "SIM", "--agency-name", "A simulation"]  # fmt: skip
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert "'El Rosario' is the name of SLV-el-rosario-cu, SLV-el-rosario-mo" in done.stderr
    assert CliRunner().invoke(cli, [*words, "--codes", "write"]).exit_code == 0
    names = data / "place_names.csv"
    proposed = "El Rosario,SLV-el-rosario,municipality"
    assert proposed in names.read_text(encoding="utf-8").splitlines()
    names.write_text("name,place,kind\nEl Rosario,SLV-el-rosario-cu,municipality\n", "utf-8")
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output


def test_a_state_is_not_taken_for_the_country_whose_name_it_has(tmp_path: Path) -> None:
    data = Path(shutil.copytree(CHECKOUT / "data", tmp_path / "data"))
    path = tmp_path / "f.csv"
    path.write_text("estado;2012;2013\nM\u00e9xico;1;2\nJalisco;3;4\n", encoding="utf-8")
    words = ["import", str(path), "--data", str(data), *ABOUT, "--place-column", "estado",
             "--agency", "INEGI", "--agency-name", "INEGI", "--codes", "proposed"]  # fmt: skip
    words[words.index("SLV")] = "MEX"
    words[words.index("municipality")] = "state"
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 2
    assert "'M\u00e9xico' is the name of MEX: which place is it?; --codes write" in done.stderr
