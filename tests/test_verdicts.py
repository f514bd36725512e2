"""The claims of the five texts: readings, cells and verdicts, and claims moved across verdicts."""

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from homicide_trends.claims import judge
from homicide_trends.claims.comparisons import Baseline, evaluate
from homicide_trends.claims.evidence import Lived
from homicide_trends.claims.judge import Evidence, examine
from homicide_trends.claims.readings import FACTS, MEASURES, claim_on_file
from homicide_trends.claims.result import Claim, ClaimResult, ReadingResult
from homicide_trends.claims.rule import QUALIFIERS, Coded, accepted, levels, states, verdict
from homicide_trends.display import claim_charts
from homicide_trends.tables.folders import shipped
from homicide_trends.tables.load import load_claims, schemas
from homicide_trends.wording import claims as wording

DATA = shipped("data")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence()


@pytest.fixture(scope="module")
def found() -> dict[str, ClaimResult]:
    return {each.claim: each for each in judge.claims(limits=False)}


# --- what must come out ----------------------------------------------------------------------

EXPECTED = {
    "rate-2011": "Right",
    "about-sixty": "Right",
    "nearly-sixty": "Too high when printed",
    "deaths-prevented": "Only if the ten weeks before are normal",
    "eleven-towns": "Cannot be told",
    "most-violent-towns": "Cannot be told",
    "one-million": "Cannot be told",
    "fifteen-months": "Right for the country; not known for the towns",
    "rising-rates": "Right for Honduras",
    "most-violent-countries": "Right for the Americas; not known for the world",
}


@pytest.mark.parametrize("claim", EXPECTED)
def test_the_claims_of_the_texts(claim: str, found: dict[str, ClaimResult]) -> None:
    assert wording.verdict(found[claim]) == EXPECTED[claim]


def test_nearly_sixty_was_right_until_july_2013(found: dict[str, ClaimResult]) -> None:
    given = found["nearly-sixty"].first.verdict
    assert given.printed
    assert given.until == pd.Timestamp("2013-07-31")


def test_the_year_before_is_dated(found: dict[str, ClaimResult]) -> None:
    """Beside July to November 2013 "the year before" alone would be another year."""
    said = wording.sentence(found["nearly-sixty"]).replace("\u00a0", " ")
    assert "From July to November 2013 killings were 34 % below the year before March 2012" in said


def test_a_list_s_chart_says_what_is_named(found: dict[str, ClaimResult]) -> None:
    assert claim_charts.title(found["eleven-towns"]) == "Sources name 7 of the 11"


def test_levels_of_the_text_s_own_claims(found: dict[str, ClaimResult]) -> None:
    def at(claim: str, key: str) -> tuple[str, int, int]:
        level = next(each for each in found[claim].first.axis("baseline") if each.key == key)
        return level.state, round(level.low), round(level.high)

    assert at("about-sixty", "year_before") == ("gives", 54, 58)
    assert at("nearly-sixty", "year_before") == ("out", 49, 49)
    assert at("nearly-sixty", "eve") == ("near", 54, 54)
    assert at("deaths-prevented", "year_before")[0] == "out"
    assert at("deaths-prevented", "eve") == ("gives", 4501, 4673)


def test_a_normal_rate_only_early_2012_had(found: dict[str, ClaimResult]) -> None:
    told = found["deaths-prevented"].first
    # 2015 and 2016 had more a day (6,656 and 5,276 deaths): years after are not spoken of.
    assert (told.values["above_all_from"], told.values["above_all_to"]) == (1999, 2011)
    assert "No year from 1999 to 2011 had" in wording.sentence(found["deaths-prevented"])
    exact, eve = told.needed[0], next(each for each in told.needed if each.key == "eve")
    assert round(exact.rate, 2) == round((4500 + 3933) / 632, 2)  # deaths stated and counted
    assert eve.day is not None
    assert f"{eve.day:%Y-%m}" == "2013-10"
    # The least that "nearly 60%" allows is 55 %: 3,933 deaths in 632 days are 45 % of the normal.
    assert round(found["nearly-sixty"].first.needed[0].rate, 2) == round(3933 / 632 / 0.45, 2)


# --- the cells by plain pandas ----------------------------------------------------------------


def whole_counts(**how: Any) -> pd.DataFrame:
    """Counts of all deaths, and not of some of them."""
    counts = pd.read_csv(DATA / "counts.csv", **how)
    return counts[counts[["sex", "age", "mechanism", "motive"]].isna().all(axis=1)]


@pytest.fixture(scope="module")
def months() -> pd.Series:
    """One count a month of 2011 to 2013: final before rounded, police to June 2013, then IML."""
    rows = whole_counts(parse_dates=["start", "end"])
    rows = rows[(rows["place"] == "SLV") & (rows["measure"] == "homicides")]
    rows = rows[rows["status"] != "doubtful"]
    month = rows["start"].dt.to_period("M")
    whole = (rows["start"] == month.dt.start_time) & (
        rows["end"] == month.dt.end_time.dt.normalize()
    )
    rows = rows[whole].assign(month=month[whole])
    early = rows["start"] < "2013-07-01"
    police = rows["agency"].map({"PNC": 0, "IML": 1, "official": 2, "mixed": 3})
    forensic = rows["agency"].map({"IML": 0, "PNC": 1, "mixed": 2})
    order = police.where(early, forensic)
    quality = rows["status"].map(
        {"final": 0, "derived": 0, "preliminary": 1, "rounded": 2, "allocated": 3}
    )
    ranked = rows.assign(order=order, quality=quality, derived=rows["status"].eq("derived")).dropna(
        subset=["order"]
    )
    best = ranked.sort_values(["month", "quality", "order", "derived"], kind="stable")
    return best.drop_duplicates("month").set_index("month")["count"]


def deaths(months: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Deaths of a period: months, 926 to 8 March 2012 and 79 from 9 to 22 March (police)."""
    last = end.to_period("M")
    if end == pd.Timestamp("2012-03-08"):
        assert start == pd.Timestamp("2012-01-01")
        return 926.0
    to_february = float(months["2012-01"] + months["2012-02"])
    whole = float(months[start.to_period("M") : last].sum())
    if start == pd.Timestamp("2012-03-09"):
        return whole - (926 - to_february)
    if start == pd.Timestamp("2012-03-11"):
        return whole - (926 - to_february) - 79 * 2 / 14
    assert start.day == 1
    return whole


@pytest.mark.parametrize(
    "claim", ["about-sixty", "nearly-sixty", "deaths-prevented", "fifteen-months"]
)
def test_changes_are_what_the_months_give(
    claim: str, found: dict[str, ClaimResult], months: pd.Series
) -> None:
    for told in (found[claim].first, found[claim].second):
        if told is None or told.reading.per != "deaths" or told.cells.empty:
            continue
        own = told.cells[told.cells["votes"]]
        # Where an agency's own counts are the preferred ones, they stand there once, by its name.
        preferred = own["source"] == "preferred"
        own = own[preferred] if preferred.any() else own
        assert len(own)
        for cell in own.to_dict("records"):
            after = deaths(months, cell["start"], cell["end"])
            before = deaths(months, cell["baseline_start"], cell["baseline_end"])
            days = (cell["end"] - cell["start"]).days + 1
            base = (cell["baseline_end"] - cell["baseline_start"]).days + 1
            expected = before / base * days
            estimate = (
                expected - after
                if told.reading.measure == "averted_deaths"
                else 100 * (1 - after / expected)
            )
            assert (cell["deaths"], cell["baseline_deaths"]) == pytest.approx((after, before))
            assert cell["estimate"] == pytest.approx(estimate)


def test_the_rate_of_2011_is_counts_over_the_population_of_the_time(
    found: dict[str, ClaimResult],
) -> None:
    counts = whole_counts()
    known = counts[
        (counts["place"] == "SLV")
        & (counts["measure"] == "homicides")
        & (counts["start"] == "2011-01-01")
        & (counts["end"] == "2011-12-31")
        & (counts["status"] != "doubtful")
    ]
    people = pd.read_csv(DATA / "population.csv")
    celade = people[(people["series"] == "CELADE") & (people["year"] == 2011)]["population"].iloc[0]
    expected = sorted(1e5 * count / celade for count in known["count"].unique())
    cells = found["rate-2011"].first.cells
    assert sorted(cells.loc[cells["votes"], "estimate"]) == pytest.approx(expected)
    assert set(cells.loc[cells["votes"], "population"]) == {"CELADE"}


def test_rising_rates_and_ranks_are_counts_over_populations(found: dict[str, ClaimResult]) -> None:
    counts = whole_counts()
    unodc = counts[(counts["agency"] == "UNODC") & (counts["measure"] == "homicides")]
    unodc = unodc[unodc["status"] != "doubtful"]
    unodc = unodc.assign(year=unodc["start"].str[:4].astype(int))
    people = pd.read_csv(DATA / "population.csv")
    people = people[people["series"] == "WPP2024"]
    rates = unodc.merge(people, on=["place", "year"])
    rates["rate"] = 1e5 * rates["count"] / rates["population"]
    # Honduras in 2010 over 2009.
    honduras = rates[rates["place"] == "HND"].set_index("year")["rate"]
    cells = found["rising-rates"].first.parts["HND"].cells
    own = cells.loc[cells["population"] == "WPP2024", "estimate"]
    change = 100 * (honduras[2010] / honduras[2009] - 1)
    assert ((own - change).abs() < 0.05).any()
    # The rank of El Salvador among all of them, year by year.
    ranks = rates.assign(rank=rates.groupby("year")["rate"].rank(ascending=False))
    ranks = ranks[(ranks["place"] == "SLV") & ranks["year"].between(2005, 2011)]
    second = found["most-violent-countries"].second
    assert second is not None
    assert (
        second.cells["estimate"].tolist()
        == ranks.sort_values("year", kind="stable")["rank"].tolist()
    )


def test_each_row_of_cells_can_be_computed_again(found: dict[str, ClaimResult]) -> None:
    for result in found.values():
        for told in (result.first, result.second):
            if told is None or told.reading.measure != "averted_deaths":
                continue
            x = told.cells
            expected = x["baseline_deaths"] / x["baseline_time"] * x["time"]
            assert (x["estimate"] - (expected - x["deaths"])).abs().max() < 1e-9


# --- a claim moved across the verdicts --------------------------------------------------------


def said(claim: str | Claim, evidence: Evidence, **changed: Any) -> ReadingResult:
    """The first reading of a claim with another value, token, qualifier or reading."""
    stated = claim_on_file(claim) if isinstance(claim, str) else claim
    reading = {name: changed.pop(name) for name in list(changed) if name not in (
        "value", "as_reported", "qualifier", "appeared")}  # fmt: skip
    one = replace(stated.readings[0], **reading)
    return examine(
        replace(stated, readings=(one,), **changed), limits=False, evidence=evidence
    ).first


def test_deaths_averted_cross_every_verdict(evidence: Evidence) -> None:
    def code(value: float, qualifier: str = "estimated", **reading: Any) -> str:
        return said("deaths-prevented", evidence, value=value, as_reported=f"{value:,.0f}",
                    qualifier=qualifier, **reading).verdict.code  # fmt: skip

    assert code(4500) == "only_if"
    assert code(3850) == "only_if"  # the year before is then the normal one
    assert code(6000) == "too_high"
    assert code(3000) == "too_low"
    assert code(3500, "more than") == "right"  # both comparisons lie between 3,500 and 5,250
    assert code(4250) == "depends"  # half way: neither comparison gives it
    assert code(4500, places=("SLV-apopa",)) == "cannot_tell"


def test_a_fall_between_years(evidence: Evidence) -> None:
    def told(value: float, token: str, qualifier: str = "") -> ReadingResult:
        return said("fall-2012", evidence, value=value, as_reported=token, qualifier=qualifier)

    assert told(41, "about 41 percent", "about").verdict.code == "right"
    assert told(60, "60 percent").verdict.code == "too_high"
    assert told(25, "a quarter").verdict.code == "too_low"


def test_a_plain_52_percent_depends_on_the_comparison(evidence: Evidence) -> None:
    given = said("nearly-sixty", evidence, value=52.0, as_reported="52%", qualifier="").verdict
    assert (given.code, given.axis) == ("depends", "baseline")


def test_75_in_2011_needs_interpolated_censuses(evidence: Evidence) -> None:
    given = said("rate-2011", evidence, value=75.0, as_reported="75", appeared=None).verdict
    assert (given.code, given.axis) == ("only_if", "population")
    assert [level.key for level in given.levels] == ["CENSUS"]


def yearly(claim: str, place: str, first: int, last: int, **changed: Any) -> Claim:
    """A change between two calendar years in a place, as its own claim."""
    stated = claim_on_file("fall-2012")
    day = pd.Timestamp
    reading = replace(
        stated.readings[0], claim=claim, places=(place,), start=day(last, 1, 1),
        end=day(last, 12, 31), baseline=(day(first, 1, 1), day(first, 12, 31)),
    )  # fmt: skip
    return replace(stated, claim=claim, readings=(reading,), appeared=None, **changed)


def test_halved_and_a_third(evidence: Evidence) -> None:
    halved = yearly("h", "HND", 2011, 2018, value=50.0, as_reported="halved", qualifier="")
    assert said(halved, evidence).verdict.code == "right"
    third = yearly("g", "GTM", 2009, 2019, value=100 / 3, as_reported="a third", qualifier="")
    assert said(third, evidence).verdict.code == "right"
    assert said(third, evidence, per="inhabitant").verdict.code == "too_low"


def test_two_readings_are_told_apart(evidence: Evidence) -> None:
    third = yearly("g", "GTM", 2009, 2019, value=100 / 3, as_reported="a third", qualifier="")
    per_head = replace(third.readings[0], per="inhabitant")
    both = examine(replace(third, readings=(third.readings[0], per_head)), limits=False,
                   evidence=evidence)  # fmt: skip
    assert both.combined == "otherwise"
    assert wording.verdict(both) == "Right; too low if meant as a rate per inhabitant"


def test_right_for_a_year_that_the_sentence_lists(evidence: Evidence) -> None:
    stated = claim_on_file("fall-2012")
    reading = replace(stated.readings[0], parts=("2010", "2012"), baseline=None)
    result = examine(replace(stated, value=41.0, as_reported="41%", readings=(reading,)),
                     limits=False, evidence=evidence).first  # fmt: skip
    assert (result.verdict.code, result.verdict.parts) == ("right_for", ("2012",))


def test_a_direction_that_went_the_other_way(evidence: Evidence) -> None:
    stated = replace(claim_on_file("fall-2012"), value=math.nan)
    rise = replace(stated.readings[0], measure="percent_increase")
    result = examine(replace(stated, readings=(rise,)), limits=False, evidence=evidence)
    assert result.first.verdict.opposite
    assert wording.verdict(result) == "No: they fell"


# --- the rule itself --------------------------------------------------------------------------


class Given:
    """Made-up counts by day of the period's start."""

    def __init__(self, name: str, before: float, after: float) -> None:
        self.name, self.before, self.after = name, before, after

    def deaths(self, starts: pd.DatetimeIndex, ends: pd.DatetimeIndex) -> Any:
        return (
            pd.Series(pd.DatetimeIndex(starts))
            .map(lambda day: self.before if day.year == 2011 else self.after)
            .to_numpy(dtype=float)
        )


def cells(*sources: Given) -> pd.DataFrame:
    day = pd.Timestamp
    return evaluate(
        "percent_decline", sources, [Lived("")],
        {day("2012-01-01"): True}, {day("2012-12-31"): True},
        [Baseline("stated", day("2011-01-01"), day("2011-12-31"))],
    )  # fmt: skip


def code(value: float, *sources: Given) -> str:
    range_ = accepted(value)
    return verdict(levels(Coded.of(cells(*sources)), range_), range_).code


def test_copies_of_a_row_change_nothing() -> None:
    police, other = Given("PNC", 100, 40), Given("IML", 100, 80)
    once = code(60, police, other)
    many = code(60, police, *(Given(f"copy {n}", 100, 40) for n in range(9)), other)
    assert once == many == "only_if"


def test_one_level_that_is_out_forbids_right() -> None:
    agree = [Given(f"source {n}", 1000 + n, 400) for n in range(9)]
    assert code(60, *agree) == "right"
    assert code(60, *agree, Given("other", 1000, 800)) != "right"


def test_slightly_too_high_where_all_are_near() -> None:
    told = levels(Coded.of(cells(Given("PNC", 100, 44.0))), accepted(60))  # 56 %; 55.5 is near
    given = verdict(told, accepted(60))
    assert (given.code, given.slightly) == ("too_high", True)


@pytest.mark.parametrize(
    ("value", "token", "qualifier", "expected"),
    [
        (70.1, "70.1", "", (68.698, 71.502)),  # v/50 = 1.402
        (60, "60", "", (57, 63)),  # half of ten, at most v/20
        (60, "about sixty percent", "about", (55, 65)),  # half of ten
        (4500, "estimated 4,500", "estimated", (4275, 4725)),  # v/20 = 225
        (60, "nearly 60%", "nearly", (55, 60)),
        (2000, "more than 2,000", "more than", (2000, 3000)),
        (60, "fewer than 60", "fewer than", (40, 60)),
        (50, "halved", "", (45, 55)),
        (1000000, "nearly one million", "nearly", (900000, 1000000)),  # at most v/10
    ],
)
def test_what_a_stated_value_stands_for(
    value: float, token: str, qualifier: str, expected: tuple[float, float]
) -> None:
    range_ = accepted(value, as_reported=token, qualifier=qualifier)
    assert (range_.lower, range_.upper) == pytest.approx(expected)


def test_among_the_most_is_one_of_three_or_of_the_first_tenth() -> None:
    few = accepted(math.nan, qualifier="among the most", rank_of=20)
    many = accepted(math.nan, qualifier="among the most", rank_of=60)
    assert states([3, 4, 5], few).tolist() == ["gives", "near", "out"]
    assert states([6, 7, 8], many).tolist() == ["gives", "near", "out"]


def test_a_marked_fall_is_a_fifth() -> None:
    marked = accepted(math.nan, qualifier="marked")
    assert states([20, 10, 9, -5], marked).tolist() == ["gives", "near", "out", "out"]
    fall = accepted(math.nan)
    assert states([5, 1, 0, -1], fall).tolist() == ["gives", "near", "out", "out"]


# --- the table --------------------------------------------------------------------------------


def test_one_list_of_measures() -> None:
    figures = schemas()["figures"]["measure"]["constraints"]["enum"]
    claims = schemas()["claims"]["measure"]["constraints"]["enum"]
    assert sorted(claims) == sorted(MEASURES)
    assert sorted(figures) == sorted((*MEASURES, *FACTS))
    for table in ("figures", "claims"):
        assert set(schemas()[table]["qualifier"]["constraints"]["enum"]) == set(QUALIFIERS)


def test_every_reading_names_the_words_that_fix_it() -> None:
    table = load_claims()
    assert (table["words"] != "").all()
    assert (table.loc[table["second_reading_of"] == "", "question_es"] != "").all()


def test_a_million_comparisons_without_limits() -> None:
    # Sixty sources, 60 first days, 24 last days, 12 baselines: 1,036,800 comparisons.
    sources = [Given(f"source {n}", 1000 + n, 500 + n) for n in range(60)]
    day = pd.Timestamp
    starts = tuple(pd.date_range("2012-01-01", periods=60, freq="D"))
    ends = tuple(pd.date_range("2012-06-30", periods=24, freq="ME"))
    compared = [
        Baseline(f"b{n}", day("2011-01-01"), day("2011-06-01") + pd.Timedelta(days=n))
        for n in range(12)
    ]
    table = evaluate("averted_deaths", sources, [Lived("")], dict.fromkeys(starts, True),
                     dict.fromkeys(ends, True), compared)  # fmt: skip
    assert len(table) == 60 * 60 * 24 * 12
    assert table["estimate"].notna().all()
