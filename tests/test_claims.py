"""The claims engine, against published recomputations and against single computations."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, chi2

import homicide_trends as ht
from homicide_trends import claims, rates
from homicide_trends.claims.axes import Source, axes_for, chosen, window_starts
from homicide_trends.claims.grid import AVERTED, CHANGE, evaluate, specifications
from homicide_trends.claims.layers import SCALE
from homicide_trends.claims.precision import accepted_range, consistent_percent
from homicide_trends.claims.regression import poisson_fits
from homicide_trends.series import curve_of
from homicide_trends.series import periods as windows

NARROW = {
    "source": ["preferred months"], "exposure": ["days"], "method": ["constant"],
}  # fmt: skip


# What a printed figure stands for -------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "token", "qualifier", "lower", "upper"),
    [
        # The place of the last non-zero digit, by hand.
        (70.1, "70.1", "", 70.05, 70.15),
        (60, "about sixty percent", "about", 55, 65),
        (60, "nearly 60%", "nearly", 55, 60),
        (4500, "estimated 4,500", "estimated", 4450, 4550),
        (2000, "more than 2,000", "more than", 2000, 2500),
        (1_000_000, "nearly one million", "nearly", 500_000, 1_000_000),
        (11, "eleven", "", 10.5, 11.5),
        (70.0, "70.0", "", 69.95, 70.05),
        (-60, "-60", "", -65, -55),
        (0.61, "0.61", "", 0.605, 0.615),
    ],
)
def test_accepted_range_follows_the_last_digit_that_was_meant(
    value: float, token: str, qualifier: str, lower: float, upper: float
):
    accepted = accepted_range(value, as_reported=token, qualifier=qualifier)
    assert accepted[:2] == (lower, upper)
    assert not accepted.holds(math.nan)


def test_accepted_range_is_closed_below_and_open_above():
    accepted = accepted_range(70.1)
    assert accepted.holds(70.05)
    assert not accepted.holds(70.15)


@pytest.mark.parametrize("value", [0, math.nan, math.inf])
def test_a_value_without_digits_has_no_precision(value: float):
    with pytest.raises(ValueError, match="precision"):
        accepted_range(value)


# Published claims with their counts (El Faro, EFE, InSight Crime; see data/sources.csv).
@pytest.mark.parametrize(
    ("decline", "count", "base", "agrees"),
    [
        (54.4, 1608, 3525, True),
        (52, 1761, 3697, True),
        (45, 694, 1224, False),
        (43.3, 694, 1224, True),
        (41, 2576, 4371, True),
    ],
)
def test_printed_declines_beside_their_own_counts(
    decline: float, count: float, base: float, agrees: bool
):
    assert consistent_percent(decline, count, base) is agrees


# The grid -------------------------------------------------------------------------------------


def test_the_grid_has_as_many_rows_as_the_product_of_its_axes():
    grid, axes = specifications("SLV", axes={"source": ["preferred months", "UNODC years"]})
    assert len(grid) == math.prod(len(choices) for choices in axes.values())
    assert not grid.duplicated(list(axes)).any()
    assert ((grid["reason"] == "") == grid["computable"]).all()


def test_every_choice_has_a_sentence_that_justifies_it():
    for choices in axes_for("SLV").values():
        assert all(len(choice.why) > 10 for choice in choices)


def test_the_calendar_years_of_the_police_fall_by_41_per_cent():
    # InSight Crime, 4 January 2013: 2,576 against 4,371.
    grid, axes = specifications(
        "SLV",
        axes={"source": ["PNC years"], "exposure": ["count", "days"],
              "baseline": ["previous year"], "method": ["constant"],
              "window_start": ["2012-01-01"], "window_end": ["2012-12-31"]},
    )  # fmt: skip
    table = evaluate(grid, axes, measure=CHANGE).set_index("exposure")
    assert table.loc["count", "estimate"] == pytest.approx(100 * (1 - 2576 / 4371))
    # 2012 has one day more, so the daily mean falls a little more.
    assert table.loc["days", "estimate"] == pytest.approx(100 * (1 - 2576 / 366 / (4371 / 365)))


def test_the_grid_gives_what_the_public_functions_give_one_by_one():
    curve = ht.daily_curve("SLV")
    grid, axes = specifications(
        "SLV",
        axes={"source": ["preferred months"], "exposure": ["WPP2024"], "method": ["constant"],
              "baseline": ["12 months before"], "window_start": ["2012-03-01"],
              "window_end": ["2012-12-31", "2013-12-31"]},
    )  # fmt: skip
    for measure, row in itertools.product((CHANGE, AVERTED), range(2)):
        found = evaluate(grid, axes, measure=measure).iloc[row]
        window = (found["start"], found["end"])
        pair = windows.compare(curve, baseline=("2011-03", "2012-02"), window=window)
        if measure == CHANGE:
            single = rates.percent_change(pair, method="exact").iloc[0]
            expected = [-single[f"percent_change{end}"] for end in ("", "_upper", "_lower")]
        else:
            single = ht.rates.averted_deaths(
                curve, baseline=("2011-03", "2012-02"), window=window
            ).iloc[0]
            expected = [single[f"averted{end}"] for end in ("", "_lower", "_upper")]
        assert found[["estimate", "lower", "upper"]].tolist() == pytest.approx(expected, rel=1e-9)


def test_a_cut_window_gives_one_number_whoever_computes_it():
    """13.62 a day to 8 March 2012 (926 deaths in 68 days), 3,679 counted in the next 602 days."""
    before, after = ("2012-01-01", "2012-03-08"), ("2012-03-09", "2013-10-31")
    counted = ht.covering_series("SLV", before, after)
    single = ht.rates.averted_deaths(counted, baseline=before, window=after, exposure="days").iloc[
        0
    ]
    table = claims.evaluate(
        "memo-averted",
        axes={**NARROW, "baseline": ["1 January to the eve"], "window_start": ["2012-03-09"],
              "window_end": ["2013-10-31"]},
    )  # fmt: skip
    assert single["averted"] == pytest.approx(926 / 68 * 602 - 3679)
    found = table[["estimate", "lower", "upper"]].iloc[0].tolist()
    assert single[["averted", "averted_lower", "averted_upper"]].tolist() == pytest.approx(found)


def test_a_shift_between_baseline_and_window_of_known_size_is_found():
    """Simulated months with a fall of exactly 50 %, seen by all three methods."""
    starts = pd.date_range("2010-01-01", "2013-12-01", freq="MS")
    ends = starts + pd.offsets.MonthEnd(0)
    days = (ends - starts).days + 1
    deaths = np.where(starts < "2012-03-01", 12.0, 6.0) * days
    series = pd.DataFrame(
        {"start": starts, "end": ends, "deaths": deaths.astype(float), "status": "final",
         "agency": "simulated", "sources": ""}
    )  # fmt: skip
    axes = chosen(axes_for("SLV"), {"exposure": ["days"], "baseline": ["26 months before"],
                                    "window_start": ["2012-03-01"],
                                    "window_end": ["2013-12-31"]})  # fmt: skip
    source = axes["source"][0]
    axes["source"] = [
        type(source)("source", source.key, source.why, Source(series, curve_of(series), False))
    ]
    grid, _ = specifications("SLV", axes={axis: [c.key for c in axes[axis]] for axis in axes})
    table = evaluate(grid, axes, measure=CHANGE)
    assert table["computable"].all(), table["reason"].tolist()
    assert table["estimate"].tolist() == pytest.approx([50, 50, 50], abs=0.01)
    averted = evaluate(grid, axes, measure=AVERTED)
    # 671 days at 12 a day, less 671 at 6.
    assert averted["estimate"].tolist() == pytest.approx([4026] * 3, abs=1)


def test_combinations_that_the_data_cannot_carry_keep_their_reason():
    table = claims.evaluate("memo-averted", axes={"source": ["UNODC years", "IML months"]})
    reasons = set(table.loc[~table["computable"], "reason"])
    assert "the source counts calendar years only" in reasons
    assert "no count on file for a part of the window or the baseline" in reasons
    assert table.loc[~table["computable"], "estimate"].isna().all()
    assert table.loc[table["computable"], "estimate"].notna().all()


def test_unknown_axis_choice_and_figure_are_refused():
    with pytest.raises(ht.DataError, match="no axis 'sources'"):
        claims.evaluate("memo-averted", axes={"sources": ["x"]})
    with pytest.raises(ht.DataError, match="there are preferred months"):
        claims.evaluate("memo-averted", axes={"source": ["x"]})
    with pytest.raises(ht.DataError, match="did you mean 'memo-averted'"):
        claims.examine("memo-avertet")


def test_a_caller_brings_dates_of_his_own():
    table = claims.evaluate(
        "memo-averted",
        axes={**NARROW, "baseline": ["2011-01-01/2011-06-30"], "window_start": ["2012-05-01"],
              "window_end": ["2012-08-31"]},
    )  # fmt: skip
    # 2,119 deaths in 181 days of 2011; May to August 2012: 172 + 166 + 175 + 157 in 123 days.
    assert table["estimate"].iloc[0] == pytest.approx(2119 / 181 * 123 - 670)


def test_poisson_fits_agree_with_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(7)
    time = np.arange(24.0) / 12
    exposure = rng.uniform(28, 31, size=24)
    step = (time >= 1).astype(float)
    regressors = np.stack([np.ones(24), time, step], axis=1)
    deaths = rng.poisson(exposure * np.exp(2.4 + 0.1 * time - 0.7 * step)).astype(float)
    used = np.ones((1, 24), dtype=bool)
    used[0, 12] = False
    fits = poisson_fits(deaths[None], exposure[None], regressors[None], used)
    keep = used[0]
    model = sm.GLM(deaths[keep], regressors[keep], family=sm.families.Poisson(),
                   offset=np.log(exposure[keep]))  # fmt: skip
    reference = model.fit(scale="X2")
    assert fits.coefficients[0].tolist() == pytest.approx(reference.params.tolist(), abs=1e-8)
    scale = max(reference.scale, 1.0)
    assert fits.dispersion[0] == pytest.approx(scale)
    covariance = model.fit().cov_params() * scale
    assert np.allclose(fits.covariance[0], covariance, rtol=1e-6)


def test_a_fit_without_degrees_of_freedom_is_missing():
    ones = np.ones((1, 2))
    x = np.stack([np.ones(2), np.arange(2.0)], axis=1)[None]
    fits = poisson_fits(5 * ones, ones, x, np.ones((1, 2), dtype=bool))
    assert np.isnan(fits.coefficients).all()


def test_a_figure_with_its_own_window_and_baseline_is_taken_at_its_word():
    """EFE, 5 January 2013: down 54.4 % from 11 March to 28 December, 1,608 against 3,525."""
    row = claims.figure_row("memo-sixty-percent").copy()
    row["value"], row["as_reported"], row["qualifier"] = 54.4, "54.4", ""
    row["start"], row["end"] = pd.Timestamp("2012-03-11"), pd.Timestamp("2012-12-28")
    row["baseline_start"], row["baseline_end"] = (pd.Timestamp(d) for d in
                                                  ("2011-03-11", "2011-12-28"))  # fmt: skip
    table = claims.evaluate(row)
    assert set(table["start"]) == {row["start"]}
    assert set(table["baseline_end"]) == {row["baseline_end"]}
    known = table[table["computable"] & (table["source"] == "preferred months")]
    assert known["estimate"].between(53.5, 54.9).all()


def test_a_figure_of_a_place_without_an_intervention_brings_its_own_first_day():
    """Honduras, UNODC: 7,104 deaths in 2011 and 7,172 in 2012, with growing population."""
    row = claims.figure_row("memo-sixty-percent").copy()
    row["place"], row["value"], row["as_reported"], row["qualifier"] = "HND", 1.0, "1", ""
    row["start"], row["end"] = pd.Timestamp("2012-01-01"), pd.Timestamp("2012-12-31")
    table = claims.evaluate(row, axes={"baseline": ["previous year"], "method": ["constant"]})
    counts = table[(table["source"] == "UNODC years") & (table["exposure"] == "days")]
    assert counts["estimate"].tolist() == pytest.approx([100 * (1 - 7172 / 366 / (7104 / 365))])


# Verdicts -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def averted() -> claims.Claim:
    return claims.examine("memo-averted")


def test_words_come_from_the_fixed_scale(averted: claims.Claim):
    for row in averted.layers.itertuples():
        assert row.verdict in SCALE[row.layer] or row.verdict == "cannot tell"
    assert averted.layers["layer"].tolist() == list(claims.LAYERS)
    assert averted.layers["rule"].str.len().min() > 20


def test_stated_70_1_needs_a_population_that_no_series_has():
    """4,371 / 70.15 and 4,371 / 70.05 per 100,000: 6.231 to 6.240 million."""
    layers = claims.verdict("track6-rate").set_index("layer")
    assert layers.loc["consistent", "verdict"] == "no"
    assert "6,230,934 to 6,239,829" in layers.loc["consistent", "finding"]


def test_4500_is_reached_in_autumn_2013_from_the_weeks_before_the_truce(averted: claims.Claim):
    """The evidence's own table: 13.62 a day reaches 4,516 by 31 October 2013, 2011 never."""
    reached = claims.ends_reached(averted).set_index("baseline")
    assert reached.loc["1 January to the eve", "reached"].strftime("%Y-%m") == "2013-10"
    assert pd.isna(reached.loc["previous year", "reached"])
    # 11.98 a day and 632 days, less 3,933 counted from 9 March 2012 to 30 November 2013.
    assert reached.loc["previous year", "final"] == pytest.approx(4371 / 365 * 632 - 3933)


def test_the_share_of_definitions_is_counted_before_the_text_appeared(averted: claims.Claim):
    table = averted.definitions
    # Published in December 2013: a window to the end of that month was not over.
    assert (table["after_publication"] == (table["end"] >= "2013-12-01")).all()
    timely = table[table["computable"] & ~table["after_publication"]]
    finding = averted.layers.set_index("layer").loc["robust", "finding"]
    assert f"{100 * timely['holds'].mean():.1f}" in finding
    assert f"of {len(timely):,} definitions" in finding


def test_eleven_municipalities_cannot_be_named():
    # Seven confirmed; with the likely and the unconfirmed still fewer than eleven.
    table = claims.evaluate("memo-violence-free")
    assert table["estimate"].iloc[0] == 7
    assert table["estimate"].max() < 11
    # Names that are missing from our list do not contradict the number.
    layers = claims.verdict("memo-violence-free").set_index("layer")
    assert layers.loc["reproduced", "verdict"] == "cannot tell"
    assert "7 confirmed" in layers.loc["reproduced", "finding"]


def test_no_verdict_where_nothing_can_be_computed():
    layers = claims.verdict("insight-aid").set_index("layer")["verdict"]
    assert layers.tolist() == ["recorded", *["cannot tell"] * 4]


def test_a_proof_decides_whether_a_token_is_quoted():
    words = [claims.verdict("memo-meeting", proven=proven)["verdict"][0] for proven in
             (None, True, False)]  # fmt: skip
    assert words == ["recorded", "yes", "no"]


def test_no_sentence_speaks_of_significance_or_cause(averted: claims.Claim):
    values, say = claims.published_values(averted), claims.sentences
    texts = [
        say.answer(averted), say.presupposes(averted, claims.ends_reached(averted)),
        say.hidden(claims.hidden_deaths(averted), ht.load_other_counts("SLV")),
        say.values_published(values), say.curve(averted), say.published(values),
        say.placebo(claims.placebos(averted)), *averted.layers["finding"],
    ]  # fmt: skip
    for text in texts:
        assert "significan" not in text
        assert "because" not in text
        assert "thanks to" not in text


def test_a_decline_is_there_for_a_span_of_days():
    """Growing windows from 9 March 2012: with 13.62 a day 55 % or more until November 2013."""
    reached = claims.ends_reached(claims.examine("memo-sixty-percent")).set_index("baseline")
    row = reached.loc["1 January to the eve"]
    assert row["reached"].strftime("%Y-%m") == "2013-11"
    assert row["share"] > 80
    assert pd.isna(reached.loc["previous year", "reached"])


def test_years_before_the_intervention_bridge_months_that_are_not_on_file():
    """26 months before March 2012: 4,004 in 2010 and 674 + 3,697 in 2011, 411 + 402 in 2012."""
    table = claims.evaluate(
        "memo-averted",
        axes={**NARROW, "baseline": ["26 months before"], "window_start": ["2012-03-01"],
              "window_end": ["2012-12-31"]},
    )  # fmt: skip
    assert table["baseline_deaths"].tolist() == pytest.approx([4004 + 4371 + 813])
    cut = claims.evaluate("memo-averted", axes={**NARROW, "baseline": ["2010-03-01/2010-05-31"]})
    assert cut.loc[cut["computable"], "allocated"].all()


def test_placebo_ranks_by_hand():
    """El Salvador 2011 and 2012-2013: 4,371 over 6,090,127; 5,107 over 6,113,975 + 6,138,839."""
    changes = claims.placebo_changes("SLV", 2012)
    actual = changes.loc[changes["kind"] == "actual", "percent_change"].iloc[0]
    ratio = (5107 / (6_113_975 + 6_138_839)) / (4371 / 6_090_127)
    assert actual == pytest.approx(100 * (ratio - 1))
    years = changes.loc[changes["kind"] == "earlier year", "year"]
    assert years.max() == 2010
    later = changes.loc[changes["kind"] == "later year", "year"]
    assert later.min() == 2015


def test_a_count_that_its_source_rounded_is_told_as_a_round_one(averted: claims.Claim):
    """counts.csv: 545 is final, 1,000 is rounded (printed as more than 1,000)."""
    finding = averted.layers.set_index("layer")["finding"]["attribution"]
    assert "from 545 (2012) to about 1,000 (1 Jan to 16 Dec 2013)" in finding


def test_published_values_are_recomputed_for_their_own_dates(averted: claims.Claim):
    values = claims.published_values(averted).set_index("value")["recomputed"]
    assert round(values[112.0]) == 112
    change = claims.genealogy(CHANGE, "SLV", averted.choices["source"][0].value)
    # 54.4 % for 11 March-28 December (1,608 against 3,525) and 41 % for the years.
    assert change.loc[change["value"] == 54.4, "recomputed"].iloc[0] == pytest.approx(54.4, abs=0.5)
    assert change.loc[change["value"] == 41.0, "recomputed"].iloc[0] == pytest.approx(41.2, abs=0.1)


def test_axes_start_at_the_days_from_which_sources_count():
    starts = [choice.key for choice in window_starts([pd.Timestamp("2012-03-09")])]
    assert starts == ["2012-01-01", "2012-03-01", "2012-03-09", "2012-04-01"]


def test_a_place_without_an_intervention_says_what_to_do():
    with pytest.raises(ht.DataError, match="role 'intervention'"):
        axes_for("HND")


def test_the_level_asked_for_is_that_of_every_interval():
    """4,371 deaths in 6,090,127 person-years, then 5,107 in 12,252,814: Clopper-Pearson by hand."""
    changes = claims.placebo_changes("SLV", 2012, conf=0.8)
    actual = changes[changes["kind"] == "actual"].iloc[0]
    shares = beta.ppf([0.1, 0.9], [5107, 5108], [4372, 4371])
    by_hand = 100 * (shares / (1 - shares) * 6_090_127 / 12_252_814 - 1)
    found = actual[["percent_change_lower", "percent_change_upper"]].astype(float)
    assert found.tolist() == pytest.approx(by_hand.tolist())
    claim = claims.examine("memo-averted", axes=NARROW, conf=0.8)
    assert set(claims.placebos(claim)["percent_change_conf"]) == {0.8}
    eve = claims.ends_reached(claim).set_index("baseline").loc["1 January to the eve"]
    assert eve["per_day_conf"] == 0.8
    limits = chi2.ppf([0.1, 0.9], [2 * 926, 2 * 926 + 2]) / 2 / 68
    assert [eve["per_day_lower"], eve["per_day_upper"]] == pytest.approx(limits.tolist())


def test_a_figure_that_another_count_gives_is_not_said_to_follow_from_nothing_on_file():
    """4,354 over the 6,210,567 of WPP2019 is 70.1, which the preferred 4,371 never gives."""
    rate = claims.verdict("track6-rate").set_index("layer")["verdict"]
    assert rate[["consistent", "reproduced"]].tolist() == ["no", "yes"]
    scale = claims.scale().set_index(["layer", "word"])["meaning"]
    assert "rule of the layer" in scale["consistent", "no"]


def test_shares_of_days_say_of_which_days():
    """9 March 2012 to 30 November 2013 are 632 days; the first thirty do not count."""
    claim = claims.examine("memo-sixty-percent", axes=NARROW)
    text = claims.sentences.presupposes(claim, claims.ends_reached(claim)).replace("\u00a0", " ")
    assert "of the 632 days from 9 Mar 2012 to 30 Nov 2013; the first 30 of them" in text
    # 60 and more is a decline of 55 % or more, but not "nearly 60%".
    assert "the least that \u201cnearly 60%\u201d stands for" in text


def test_published_rates_are_not_said_to_lack_a_window():
    values = claims.published_values(claims.examine("track6-rate"))
    assert values["start"].notna().all()
    text = claims.sentences.values_published(values)
    assert "without a window" not in text
    assert text.endswith("for the same period are the definitions above.")
