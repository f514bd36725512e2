"""Claims of every kind from somebody's own folder of tables, each with a truth worked by hand."""

import csv
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from homicide_trends.claims import judge, own_numbers
from homicide_trends.claims.result import ClaimResult
from homicide_trends.cli import cli
from homicide_trends.cli.update import changed_verdicts
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.newfolder import new_folder, shipped_table
from homicide_trends.wording import claims as wording

Rows = list[dict[str, Any]]

SOURCE = {"publisher": "Press", "title": "A title", "date": "2019-06-01", "kind": "press",
          "url": "http://example.org/a", "licence": "facts", "quality": "solid"}  # fmt: skip


class Own:
    """A folder of one country, Ardenia, with some of its counts and what somebody claims."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        new_folder(folder, place="AAA", name="Ardenia")
        self.tables: dict[str, Rows] = {
            "sources": [SOURCE | {"source_id": "a"}],
            "places": [{"place": "AAA", "name": "Ardenia", "kind": "country"}],
            "agencies": [],
            "counts": [], "population": [], "events": [], "figures": [], "claims": [],
        }  # fmt: skip

        self.agency("AAA")

    def agency(self, place: str) -> None:
        self.tables["agencies"].append(
            {"place": place, "agency": "police", "preference": 1, "name": "Police", "rule": "all"}
        )

    def count(self, start: str, end: str, deaths: int, place: str = "AAA") -> None:
        self.tables["counts"].append(
            {"place": place, "measure": "homicides", "start": start, "end": end, "count": deaths,
             "agency": "police", "status": "final", "source_id": "a"}
        )  # fmt: skip

    def years(self, first: int, deaths: list[int], place: str = "AAA") -> None:
        for number, count in enumerate(deaths):
            self.count(f"{first + number}-01-01", f"{first + number}-12-31", count, place)

    def place(self, code: str) -> None:
        self.tables["places"].append(
            {"place": code, "name": code.title(), "kind": "municipality", "within": "AAA"}
        )
        self.agency(code)

    def people(self, first: int, people: list[int], place: str = "AAA") -> None:
        self.tables["population"] += [
            {"place": place, "year": first + n, "population": number, "series": "census",
             "status": "final", "source_id": "a"}
            for n, number in enumerate(people)
        ]  # fmt: skip

    def intervention(self, day: str) -> None:
        self.tables["events"].append(
            {"event_id": "law", "place": "AAA", "start": day, "end": day, "precision": "day",
             "event": "Law", "role": "intervention", "quality": "solid", "source_id": "a"}
        )  # fmt: skip

    def figure(self, measure: str, value: float, token: str, **cells: Any) -> None:
        self.tables["figures"].append(
            {"figure_id": "f", "source_id": "a", "as_reported": token, "measure": measure,
             "value": value, "place": "AAA"} | cells
        )  # fmt: skip

    def claim(self, measure: str, **cells: Any) -> None:
        figures = "f" if self.tables["figures"] else ""
        self.tables["claims"].append(
            {"claim_id": "c", "question": "Is it so?", "figures": figures, "source_id": "a",
             "measure": measure, "places": "AAA"} | cells
        )  # fmt: skip

    def write(self) -> Path:
        for table, rows in self.tables.items():
            header = shipped_table(table).header
            with (self.folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, header, lineterminator="\n", restval="")
                writer.writeheader()
                writer.writerows(rows)
        record(self.folder)
        assert check_tables(self.folder) == []
        return self.folder

    def judged(self) -> ClaimResult:
        (found,) = judge.claims(data=self.write())
        return found

    def code(self) -> str:
        return self.judged().told.verdict.code


@pytest.fixture
def own(tmp_path: Path) -> Own:
    return Own(tmp_path / "mine")


def estimates(found: ClaimResult) -> list[float]:
    cells = found.told.cells
    return [float(each) for each in cells.loc[cells["votes"], "estimate"]]


def test_places_are_compared_by_the_same_population_series(own: Own) -> None:
    # Each place has two series of its population, published on the same day; the town's longer one
    # is the census, the country's the survey. By the census 10 / 1,000 is 2 times 50 / 10,000, by
    # the survey 10 / 2,000 is 2 times 50 / 20,000; crossed, they would give 4 and 1.
    own.place("AAA-a")
    own.years(2018, [50])
    own.years(2018, [10], "AAA-a")
    own.people(2018, [10_000])
    own.people(2017, [1_000, 1_000, 1_000], "AAA-a")
    own.people(2017, [20_000, 20_000, 20_000])
    own.people(2018, [2_000], "AAA-a")
    for row in own.tables["population"][4:]:
        row["series"] = "survey"
    own.figure("rate_ratio", 2, "2 times", place="AAA-a", start="2018-01-01", end="2018-12-31")
    own.claim("rate_ratio", per="inhabitant", places="AAA-a", compared_with="AAA",
              start="2018-01-01", end="2018-12-31")  # fmt: skip
    cells = own.judged().told.cells
    assert sorted(cells["population"]) == ["census", "survey"]
    assert cells["estimate"].tolist() == pytest.approx([2.0, 2.0])


def test_years_alone_and_an_intervention_in_october(own: Own) -> None:
    # 100 a year to 2014; 2015, the year of the law, is in neither period; 60 a year from 2016.
    own.years(2010, [100, 100, 100, 100, 100, 90, 60, 60, 60])
    own.intervention("2015-10-15")
    own.figure("percent_decline", 40, "40 percent")
    found = own.judged()
    assert found.told.verdict.code == "right"
    assert estimates(found) == pytest.approx([40, 40])
    cells = found.told.cells[found.told.cells["votes"]]
    assert set(cells["start"].dt.year) == {2016}
    assert set(cells["end"].dt.year) == {2018}  # the last full year before the text of June 2019
    # The year before and three before; all five are longer than the three years after.
    assert set(cells["baseline"]) == {"previous_year", "three_years"}


def test_months_with_an_intervention_in_the_middle_of_one(own: Own) -> None:
    ends = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
    for year in (2016, 2017, 2018):
        for month, last in ends.items():
            days = 29 if (year, month) == (2016, 2) else last
            rate = 4 if (year, month) <= (2017, 6) else 1
            own.count(f"{year}-{month:02}-01", f"{year}-{month:02}-{days}", rate * days)
    own.intervention("2017-06-20")
    own.figure("percent_decline", 75, "three quarters")
    found = own.judged()
    # June 2017 holds days before the law, so the period begins in July; the eve ends with May.
    cells = found.told.cells[found.told.cells["votes"]]
    assert set(cells["start"].dt.strftime("%Y-%m-%d")) == {"2017-07-01"}
    eve = cells[cells["baseline"] == "eve"]
    assert eve["baseline_end"].dt.strftime("%Y-%m-%d").tolist() == ["2017-05-31"]
    assert estimates(found) == pytest.approx([75, 75])
    assert found.told.verdict.code == "right"


def test_two_totals_of_seven_months_are_a_close_call(own: Own) -> None:
    own.count("2017-03-01", "2017-09-30", 1630)
    own.count("2018-03-01", "2018-09-30", 697)
    own.figure("percent_decline", 60, "60 percent", start="2018-03-01", end="2018-09-30",
               baseline_start="2017-03-01", baseline_end="2017-09-30")  # fmt: skip
    found = own.judged()
    assert estimates(found) == pytest.approx([100 * (1 - 697 / 1630)])  # 57.2; 57 to 63 give
    assert found.told.verdict.code == "right"
    assert [each.setting for each in found.told.close] == ["narrower"]
    cell = found.told.cells.iloc[0]
    assert cell["lower"] < cell["estimate"] < cell["upper"]


@pytest.mark.parametrize(
    ("value", "token", "code"),
    [(24, "up 24 %", "right"), (40, "up 40 %", "too_high"), (10, "up 10 %", "too_low")],
)
def test_a_rise(own: Own, value: float, token: str, code: str) -> None:
    own.years(2017, [1000, 1240])
    own.figure("percent_increase", value, token, start="2018-01-01", end="2018-12-31",
               baseline_start="2017-01-01", baseline_end="2017-12-31")  # fmt: skip
    assert own.code() == code


@pytest.mark.parametrize(("value", "code"), [(1341, "right"), (1500, "too_high")])
def test_a_count_needs_no_population(own: Own, value: float, code: str) -> None:
    own.years(2018, [1341])
    own.figure("homicides", value, f"{value:,}", start="2018-01-01", end="2018-12-31")
    assert own.code() == code


def test_a_daily_mean(own: Own) -> None:
    own.years(2018, [1716])  # over 365 days: 4.70
    own.figure("daily_mean", 4.7, "4.7 a day", start="2018-01-01", end="2018-12-31")
    found = own.judged()
    assert estimates(found) == pytest.approx([1716 / 365])
    assert found.told.verdict.code == "right"


def test_a_rate_without_a_population_names_what_is_missing(own: Own) -> None:
    own.years(2018, [500])
    own.figure("homicide_rate", 10, "10", start="2018-01-01", end="2018-12-31")
    found = own.judged()
    assert found.told.verdict.missing is not None
    assert found.told.verdict.missing.kind == "population"


def test_a_fall_to_nothing_needs_no_normal_rate(own: Own) -> None:
    # Whatever was normal, 100 deaths are no fall of 100 %; 500 to 100 is one of 80 %.
    own.years(2017, [500, 100])
    own.figure("percent_decline", 100, "100%", start="2018-01-01", end="2018-12-31",
               baseline_start="2017-01-01", baseline_end="2017-12-31")  # fmt: skip
    found = own.judged()
    assert (found.told.verdict.code, found.told.needed) == ("too_high", ())


def test_a_rate(own: Own) -> None:
    own.years(2018, [500])
    own.people(2017, [5_000_000, 5_000_000, 5_000_000])
    own.figure("homicide_rate", 10, "10", start="2018-01-01", end="2018-12-31")
    assert own.code() == "right"


def test_a_ratio_of_two_years(own: Own) -> None:
    own.years(2017, [500, 250])
    own.figure("rate_ratio", 0.5, "0.50", start="2018-01-01", end="2018-12-31",
               baseline_start="2017-01-01", baseline_end="2017-12-31")  # fmt: skip
    assert own.code() == "right"


def test_a_mean_yearly_change(own: Own) -> None:
    own.years(2008, [round(10000 * 1.07**n) for n in range(11)])
    own.figure("annual_change", 7, "7 % a year", start="2008-01-01", end="2018-12-31")
    found = own.judged()
    assert estimates(found) == pytest.approx([7.0], abs=0.05)
    assert found.told.verdict.code == "right"


def test_a_share_and_a_rank_of_towns(own: Own) -> None:
    for code, deaths in (("AAA-x", 500), ("AAA-y", 300), ("AAA-z", 200)):
        own.place(code)
        own.years(2018, [deaths], code)
        own.people(2017, [100_000] * 3, code)
    own.years(2018, [1000])
    own.figure("share", 50, "half", start="2018-01-01", end="2018-12-31", place="AAA-x")
    found = own.judged()
    assert estimates(found) == pytest.approx([50.0])
    assert found.told.verdict.code == "right"
    own.tables["figures"].clear()
    own.claim("rank", places="AAA-y", qualifier="among the most", per="inhabitant",
              start="2018-01-01", end="2018-12-31", compared_with="AAA")  # fmt: skip
    found = own.judged()
    assert estimates(found) == [2.0]
    assert found.told.verdict.code == "right"


def test_deaths_averted_by_years(own: Own) -> None:
    own.years(2014, [100, 100, 100, 40, 40])
    own.intervention("2017-01-01")
    own.figure("averted_deaths", 120, "some 120", qualifier="some")
    assert own.code() == "right"  # (100 - 40) a year, for two years
    own.tables["figures"][0] |= {"value": 300, "as_reported": "some 300"}
    assert own.code() == "too_high"


def test_a_method_that_nothing_on_file_can_serve_is_never_too_high(own: Own) -> None:
    own.years(2014, [100, 100, 100, 40, 40])
    own.figure("percent_decline", 20, "20 percent")
    own.claim("percent_decline", method="synthetic_control", start="2017-01-01", end="2018-12-31",
              baseline_start="2014-01-01", baseline_end="2016-12-31")  # fmt: skip
    found = own.judged()
    assert found.told.verdict.code == "cannot_tell"
    assert found.told.verdict.missing is not None
    assert found.told.verdict.missing.kind == "others"


Y, Z = [20, 26, 21, 24, 22, 23, 22], [40, 42, 43, 40, 44, 41, 40]
HALFWAY = [30, 34, 32, 32, 33, 32]  # halfway between the two others in each of six years


def donors(own: Own, mine: list[int]) -> None:
    for code, deaths in (("AAA-x", mine), ("AAA-y", Y), ("AAA-z", Z)):
        own.place(code)
        own.years(2009, deaths, code)


def by_synthetic_control(own: Own, stated: float, **cells: Any) -> ClaimResult:
    own.figure("percent_decline", stated, f"{stated} percent", place="AAA-x")
    own.claim("percent_decline", places="AAA-x", method="synthetic_control", start="2015-01-01",
              end="2015-12-31", baseline_start="2009-01-01", baseline_end="2014-12-31",
              **cells)  # fmt: skip
    return own.judged()


@pytest.mark.parametrize(("stated", "code"), [(35, "right"), (60, "too_high"), (20, "too_low")])
def test_a_synthetic_control_from_the_folders_own_places(own: Own, stated: int, code: str) -> None:
    donors(own, [*HALFWAY, 20])
    found = by_synthetic_control(own, stated)
    # Half of each: (22 + 40) / 2 = 31 were to be expected in 2015; 20 are 35.5 % fewer.
    assert estimates(found) == pytest.approx([100 * (1 - 20 / 31)])
    assert found.told.verdict.code == code
    assert found.told.values["others"] == 2


def test_the_weights_of_a_study_are_taken_as_they_are(own: Own) -> None:
    donors(own, [*HALFWAY, 20])
    found = by_synthetic_control(own, 44, compared_with="AAA-y=0.25;AAA-z=0.75")
    # A quarter of 22 and three of 40 are 35.5.
    assert estimates(found) == pytest.approx([100 * (1 - 20 / 35.5)])
    assert found.told.verdict.code == "right"


def test_a_place_that_no_weighted_mean_follows_cannot_be_told(own: Own) -> None:
    donors(own, [90, 80, 95, 99, 80, 91, 50])  # far above both others
    found = by_synthetic_control(own, 40)
    assert found.told.verdict.missing is not None
    assert (found.told.verdict.missing.kind, found.told.verdict.missing.number) == ("fit", 2)


def by_differences(own: Own, treated: int, **cells: Any) -> ClaimResult:
    own.claim("percent_decline", places=";".join(f"AAA-{n:02}" for n in range(treated)),
              method="differences", end="2018-12-31", **cells)  # fmt: skip
    return own.judged()


def test_differences_between_places_by_hand(own: Own) -> None:
    pairs = [(40, 20), (60, 30), (50, 27), (40, 40), (80, 76), (60, 66)]
    for n, pair in enumerate(pairs):
        own.place(f"AAA-{n:02}")
        own.years(2017, list(pair), f"AAA-{n:02}")
    own.figure("percent_decline", 49, "49 percent")
    found = by_differences(own, 3, start="2018-01-01", baseline_start="2017-01-01",
                           baseline_end="2017-12-31")  # fmt: skip
    # (77 / 150) / (182 / 180) = 0.50769; half-width 3.408 x 0.005334^0.5 = 0.2489 of its logarithm.
    assert estimates(found) == pytest.approx([49.231], abs=1e-3)
    cell = found.told.cells.iloc[0]
    assert (cell["lower"], cell["upper"]) == pytest.approx(
        (100 * (1 - 0.50769 * math.exp(0.2489)), 100 * (1 - 0.50769 / math.exp(0.2489))), abs=0.05
    )
    assert found.told.verdict.code == "right"


def test_differences_find_the_truth_of_a_simulated_programme(own: Own) -> None:
    # Thirty per cent fewer in six of twenty places, while all rise by a third, per inhabitant.
    rng = np.random.default_rng(30)
    for n in range(20):
        own.place(f"AAA-{n:02}")
        people = 10_000 * (n + 5)
        rate = rng.gamma(9, 1 / 9) * 1e-2
        course = np.array([1, 1.1, 0.9, 1.2, 1.3, 1.35])
        effect = np.where((np.arange(6) >= 4) & (n < 6), 0.7, 1.0)
        own.years(2013, rng.poisson(people * rate * course * effect).tolist(), f"AAA-{n:02}")
        own.people(2013, [people] * 6, f"AAA-{n:02}")
    own.intervention("2016-08-01")  # the first whole year is 2017
    own.figure("percent_decline", 30, "about 30 percent", qualifier="about")
    found = by_differences(own, 6, per="inhabitant", event="law")
    cells = found.told.cells
    assert cells["lower"].iloc[0] < 30 < cells["upper"].iloc[0]
    assert estimates(found) == pytest.approx([30], abs=3)
    assert found.told.values == {"others": 14.0, "times": 3.0}


def test_other_places_are_checked(own: Own) -> None:
    donors(own, [*HALFWAY, 20])
    own.claim("percent_decline", places="AAA-x", method="synthetic_control", start="2015-01-01",
              compared_with="AAA-y=0.5;AAA-z=0.2", end="2015-12-31")  # fmt: skip
    with pytest.raises(AssertionError, match="weights that add up to 0.700"):
        own.write()


def test_a_mean_of_yearly_rates_is_not_the_pooled_rate(own: Own) -> None:
    # Rates 10, 20 and 30 per 100,000, whose mean is 20; then 10. Pooled it would be 24 %
    # less of a fall: 100 + 400 + 1,200 deaths of 7 million are 24.3 per 100,000.
    own.years(2015, [100, 400, 1200, 400])
    own.people(2015, [1_000_000, 2_000_000, 4_000_000, 4_000_000])
    own.figure("percent_decline", 50, "50 percent")
    own.claim("percent_decline", method="mean_of_rates", per="inhabitant", start="2018-01-01",
              end="2018-12-31", baseline_start="2015-01-01", baseline_end="2017-12-31")  # fmt: skip
    found = own.judged()
    assert estimates(found) == pytest.approx([50.0], abs=0.1)


def test_a_log_linear_trend_carried_on(own: Own) -> None:
    # Down by a tenth a year for nine years; the trend gives 1000 * .9**9 = 387 for the tenth.
    own.years(2008, [round(10000 * 0.9**n) for n in range(9)] + [1937])
    own.figure("percent_decline", 50, "half")
    own.claim("percent_decline", method="trend", start="2017-01-01", end="2017-12-31",
              baseline_start="2008-01-01", baseline_end="2016-12-31")  # fmt: skip
    found = own.judged()
    assert estimates(found) == pytest.approx([50.0], abs=0.1)
    assert found.told.verdict.code == "right"


def test_verdicts_that_new_rows_flip_are_listed(own: Own, tmp_path: Path) -> None:
    own.years(2017, [1000, 1240])
    own.figure("percent_increase", 24, "up 24 %", start="2018-01-01", end="2018-12-31",
               baseline_start="2017-01-01", baseline_end="2017-12-31")  # fmt: skip
    before = shutil.copytree(own.write(), tmp_path / "before")
    own.tables["counts"][1]["count"] = 1000
    assert changed_verdicts(before, own.write()) == [("f", "Right", "Too high")]


def test_the_command_says_it_from_the_folder(own: Own) -> None:
    own.years(2017, [1000, 1240])
    own.figure("percent_increase", 24, "up 24 %", start="2018-01-01", end="2018-12-31",
               baseline_start="2017-01-01", baseline_end="2017-12-31")  # fmt: skip
    folder = own.write()
    result = CliRunner().invoke(cli, ["claims", "--data", str(folder)])
    assert result.exit_code == 0
    assert "24\u00a0% above 2017" in result.stdout
    done = CliRunner().invoke(cli, ["claims", "f", "--json", "--data", str(folder)])
    (claim,) = json.loads(done.stdout)
    assert claim["specifications"] == {"count": 1, "give": 1, "compatible": 0, "exclude": 0}


# --- the numbers of one text --------------------------------------------------------------------


def stated(own: Own, figure: str, measure: str, value: float, token: str, **cells: Any) -> None:
    own.figure(measure, value, token, **cells)
    own.tables["figures"][-1]["figure_id"] = figure


YEAR_2018 = {"start": "2018-01-01", "end": "2018-12-31"}
YEAR_2017 = {"start": "2017-01-01", "end": "2017-12-31"}
BEFORE_2017 = {"baseline_start": "2017-01-01", "baseline_end": "2017-12-31"}


def checked(own: Own, figure: str) -> dict[str, Any]:
    found = own_numbers(data=own.write()).set_index("figure_id")
    row: dict[str, Any] = found.loc[figure].to_dict()
    return row


@pytest.mark.parametrize(("rate", "agrees"), [(15.0, True), (15.4, False), (13.0, False)])
def test_a_rate_beside_its_own_count_and_population(own: Own, rate: float, agrees: bool) -> None:
    stated(own, "r", "homicide_rate", rate, f"{rate}", **YEAR_2018)
    stated(own, "n", "homicides", 951, "951", **YEAR_2018)
    stated(own, "p", "population", 6_340_000, "6.34 million")
    found = checked(own, "r")
    # 951 / 6.345 million and 951 / 6.335 million
    assert (found["low"], found["high"]) == pytest.approx((14.9882, 15.0118), abs=1e-4)
    assert (found["kind"], found["agrees"], found["figures"]) == ("rate", agrees, "n;p")


@pytest.mark.parametrize(("value", "agrees"), [(57, True), (57.2, True), (60, True), (62, False)])
def test_a_percentage_beside_its_own_two_counts(own: Own, value: float, agrees: bool) -> None:
    stated(own, "c", "percent_decline", value, f"{value} percent", **YEAR_2018, **BEFORE_2017)
    stated(own, "a", "homicides", 1630, "1,630", **YEAR_2017)
    stated(own, "b", "homicides", 697, "697", **YEAR_2018)
    found = checked(own, "c")
    assert found["low"] == found["high"] == pytest.approx(57.239, abs=1e-3)  # 1 - 697 / 1630
    assert found["agrees"] is agrees  # 60 is printed to the ten: 55 to 65


def test_places_and_periods_that_do_not_add_up(own: Own) -> None:
    stated(own, "t", "homicides", 111, "111", **YEAR_2018)
    for code, deaths in (("AAA-x", 51), ("AAA-y", 62)):
        own.place(code)
        stated(own, code, "homicides", deaths, f"{deaths}", place=code, **YEAR_2018)
    found = checked(own, "t")  # 51 + 62 = 113
    assert (found["kind"], found["low"], found["agrees"]) == ("places", 113, False)
    own.place("AAA-z")  # another place, of which the text says nothing: 113 or more
    assert checked(own, "t")["high"] == math.inf
    own.tables["figures"] = own.tables["figures"][:1]
    stated(own, "h1", "homicides", 51, "51", start="2018-01-01", end="2018-06-30")
    stated(own, "h2", "homicides", 60, "60", start="2018-07-01", end="2018-12-31")
    found = checked(own, "t")
    assert (found["kind"], found["low"], found["agrees"]) == ("periods", 111, True)


def test_two_small_counts_are_tested(own: Own) -> None:
    stated(own, "a", "homicides", 13, "13", **YEAR_2017)
    stated(own, "b", "homicides", 18, "18", **YEAR_2018)
    own.years(2017, [13, 18])
    own.claim("percent_increase", figures="a;b", qualifier="", **YEAR_2018, **BEFORE_2017)
    found = checked(own, "c")
    # R: binom.test(18, 31): two-sided 0.4731; the mid-P takes half of P(18) = 0.0962 off each tail.
    assert found["p_exact"] == pytest.approx(0.4731, abs=1e-4)
    assert found["p_mid"] == pytest.approx(0.4731 - 0.0961, abs=2e-4)
    assert found["p_mid"] < 0.42
    (result,) = judge.claims(data=own.folder)
    assert "47 of 100 cases" in wording.conclusion(result)


def test_a_slip_is_said_with_the_claim(own: Own) -> None:
    own.years(2017, [1630, 697])
    stated(own, "c", "percent_decline", 43, "43 percent", **YEAR_2018, **BEFORE_2017)
    stated(own, "a", "homicides", 1630, "1,630", **YEAR_2017)
    stated(own, "b", "homicides", 697, "697", **YEAR_2018)
    own.claim("percent_decline", figures="c;a;b", **YEAR_2018, **BEFORE_2017)
    said = wording.conclusion(own.judged())
    assert said.endswith(
        "\N{LEFT DOUBLE QUOTATION MARK}43 percent\N{RIGHT DOUBLE QUOTATION MARK}: the other "
        "numbers of the same text (1,630; 697) give 57.2\N{NO-BREAK SPACE}%."
    )


def test_periods_that_leave_a_part_of_the_year_are_not_added_up(own: Own) -> None:
    stated(own, "t", "homicides", 111, "111", **YEAR_2018)
    stated(own, "a", "homicides", 30, "30", start="2018-01-01", end="2018-03-31")
    stated(own, "b", "homicides", 29, "29", start="2018-04-01", end="2018-06-30")
    assert "periods" not in set(own_numbers(data=own.write())["kind"])
    # With what lacks they are: 30 + 29 + 52 = 111.
    stated(own, "c", "homicides", 52, "52", start="2018-07-01", end="2018-12-31")
    found = checked(own, "t")
    assert (found["kind"], found["low"], found["agrees"]) == ("periods", 111, True)


def test_all_years_before_are_no_other_baseline_where_they_are_three(own: Own) -> None:
    own.years(2012, [100, 100, 100, 90, 60, 60, 60])
    own.intervention("2015-10-15")
    own.figure("percent_decline", 40, "40 percent")
    cells = own.judged().told.cells
    pairs = cells[["baseline", "baseline_start", "baseline_end"]].drop_duplicates()
    assert len(pairs) == 2  # the year before, and three
    assert not pairs.duplicated(["baseline_start", "baseline_end"]).any()
