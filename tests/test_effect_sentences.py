"""Sentences about a dated intervention: numbers from their tables, and no word of a cause."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from monthly import months, years

from homicide_trends.methods.estimates import CONSTANT
from homicide_trends.methods.false_alarms import alarms
from homicide_trends.methods.level_breaks import breaks_of_level
from homicide_trends.methods.other_countries import Elsewhere, elsewhere
from homicide_trends.methods.rate_trend import trend_of_rates
from homicide_trends.methods.step_models import step_models
from homicide_trends.wording import effect_sentences as said
from homicide_trends.wording import formats

FALL = [100, 104] * 7 + [50, 47] * 5


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ").replace(formats.MINUS, "-")


def fitted(deaths: list[float], start: str = "2011-01-01"):  # type: ignore[no-untyped-def]
    return step_models(months(deaths, start), intervention="2012-03-01", transition="after")


def compared(own: list[float]) -> Elsewhere:
    """The place beside two others that it lies midway between in 2009 to 2011."""
    rows = [
        years(rates, "2009-01-01").assign(place=code, name=code, person_years=1e5)
        for code, rates in (("A", own), ("B", [20, 26, 21, 22]), ("C", [40, 42, 43, 40]))
    ]
    return elsewhere(
        pd.concat(rows), place="A", intervention="2012-03-01", start="2009-01-01", end="2012-12-31"
    )


def test_steps_name_model_ratio_and_kind_of_limits() -> None:
    text = plain(said.steps(fitted(FALL), "Xland"))
    assert text.startswith("From 1 Mar 2012 on, the homicide rate of Xland is fitted at this")
    # 48.5 a month after 102 a month.
    assert "0.48 (step without trend; 95 % confidence interval" in text
    assert ". The trend is" in text


def test_steps_say_which_models_are_missing() -> None:
    text = said.steps(fitted([5, 6] * 4 + [4, 3] * 4, "2011-07-01"), "Xland")
    assert text.endswith("a trend needs at least 12 before.")
    assert said.steps(fitted([5] * 10), "Xland") == ""


def test_averted_names_both_numbers_and_how_far_they_are_apart() -> None:
    models = fitted(FALL)
    text = plain(said.averted(models, "Xland"))
    assert text.startswith("In Xland, 485 homicides were counted in Mar to Dec 2012.")
    assert "535 (step without trend; 95 % prediction interval" in text  # 10 x 102 - 485
    both = models.averted.drop_duplicates("model")["averted"]
    assert f"moves the number by {abs(both.iloc[1] - both.iloc[0]):,.0f}." in text


def test_a_trend_carried_on_for_more_months_than_it_was_observed_in_is_said() -> None:
    assert "carried on over" not in said.averted(fitted(FALL), "X")  # 14 months, then 10
    text = plain(said.averted(fitted([100, 104] * 7 + [50, 47] * 11), "X"))
    assert text.endswith(
        "The trend was observed in 14 months and is carried on over 22, 1.6 times as many."
    )


def test_narrower_limits_are_named_with_how_often_they_hold() -> None:
    text = plain(said.fit(fitted(FALL)))
    assert re.search(r"less often than they say: Poisson \d+ %, quasi-Poisson \d+ %, HAC", text)


def test_breaks_name_the_date_and_why_the_series_ends() -> None:
    table = months([100, 104] * 7 + [50, 47] * 5 + [200, 201] * 6)
    found = breaks_of_level(table, intervention="2012-03-01", end="2012-12-31")
    text = plain(said.breaks(found, "Xland"))
    assert (
        "the counts of Xland in 2011\u20132012 put it at Mar 2012 (the rate after is 0.48 times "
        "that before), the date of the intervention." in text
    )
    assert "put it at Jan 2013" in text
    assert re.search(r"not at Mar 2012, which comes in place \d+ of \d+\.", text)
    assert text.endswith("A larger change later on takes its place, so the figure ends with the "
                         "period.")  # fmt: skip
    assert text.startswith("Asked for one break between levels of at least 6 periods, the counts")
    assert plain(said.several(found)).endswith("give 2 breaks: Mar 2012 and Jan 2013.")


def test_a_break_where_the_agency_changes_is_said() -> None:
    table = months([100, 104] * 7 + [50, 47] * 5 + [200, 201] * 6)
    table["agency"] = ["A"] * 20 + ["B"] * 16
    found = breaks_of_level(table, intervention="2012-03-01", end="2012-12-31")
    assert "agency" not in said.several(found)
    assert found.several["counted_by"].tolist() == ["A", "B"]
    table["agency"] = ["A"] * 24 + ["B"] * 12
    found = breaks_of_level(table, intervention="2012-03-01", end="2012-12-31")
    assert found.several["counted_by"].tolist() == ["A", "B, before it A"]
    assert said.several(found).endswith(
        "At Jan 2013 the agency changes too, so the break can be one of counting."
    )


def test_breaks_without_more_months_say_nothing_of_them() -> None:
    found = breaks_of_level(months(FALL), intervention="2012-03-01", end="2012-12-31")
    assert "Carried on" not in said.breaks(found, "Xland")


def test_no_break_is_said() -> None:
    found = breaks_of_level(months([100, 104] * 12), intervention="2012-03-01", end="2012-12-31")
    assert said.several(found) == "Left to choose, these counts give no break."


def test_trend_says_whether_a_joinpoint_lies_about_the_intervention() -> None:
    rates = [50 * 1.1**year for year in range(7)]
    rates += [rates[-1] * 0.95**year for year in range(1, 6)]
    table = years(rates, "2000-01-01")
    near = trend_of_rates(table, about=("2005-01-01", "2007-12-31"), permutations=99, seed=1)
    text = plain(said.trend(near, "Xland"))
    assert "the rates of Xland on file (12 years) give 1 joinpoint (2006) of at most 2." in text
    assert "Of these, 2006 lies in 2005\u20132007" in text
    assert said.averages(near) == (
        "The average of 2005\u20132007 is a mean of the slopes about its joinpoints."
    )
    far = trend_of_rates(table, about=("2001-01-01", "2003-12-31"), permutations=99, seed=1)
    assert said.averages(far) == (
        "The fitted line does not bend between the years of 2001\u20132003: their average is the "
        "slope of all of 2000\u20132006 and says nothing of a fall or a rise within them."
    )
    # A joinpoint at an end of the years is no bend between them.
    edge = trend_of_rates(table, about=("2006-01-01", "2008-12-31"), permutations=99, seed=1)
    assert "the slope of all of 2006\u20132011 and" in said.averages(edge)
    same = trend_of_rates(table, about=("2006-01-01", "2011-12-31"), permutations=99, seed=1)
    assert said.averages(same) == ""
    assert "No joinpoint lies in 2001\u20132003" in plain(said.trend(far, "Xland"))


def test_year_far_from_the_fitted_line_is_named() -> None:
    rates = [50.0] * 12
    rates[8] = 25.0
    table = years(rates, "2000-01-01")
    found = trend_of_rates(table, about=("2007-01-01", "2009-12-31"), permutations=99, seed=1)
    fit = found.series.set_index("year").loc[2008, "fitted"]
    below = f"in 2008 the rate lay {100 * (1 - 25 / fit):.1f} % below the fitted line."
    assert plain(said.trend(found, "Xland")).endswith(below)


def test_refused_comparison_concludes_nothing() -> None:
    text = said.synthetic(compared([90, 94, 92, 20]), "A")
    assert "A is not matched before 2012" in text
    assert text.endswith("The comparison is refused: nothing is concluded from it.")
    assert "place" not in text


def test_comparison_gives_a_rank_and_no_p_value() -> None:
    text = plain(said.synthetic(compared([30.1, 33.9, 32.1, 20]), "A"))
    assert "together follow A from 2009 to 2011" in text
    assert "the rate of A lay 11.0 below theirs on average" in text
    assert re.search(r"A is in place \d of 3 countries", text)
    assert not re.search(r"\bp\b", text)


def test_alarms_give_the_level_of_a_sound_test() -> None:
    found = alarms(months([10, 14] * 12), intervention="2012-03-01", runs=20, seed=5)
    text = plain(said.alarms(found))
    assert text.startswith("In 20 series like 2011\u20132012 in which nothing happens")
    assert "A sound test would do so in 5 %." in text
    assert "Given to the series: dispersion" in text


def test_modelled_and_counted_change() -> None:
    rows = pd.DataFrame(
        {"start": pd.to_datetime(["2011-01-01", "2013-01-01"]),
         "end": pd.to_datetime(["2011-12-31", "2013-12-31"]),
         "modelled": [4376.0, 3981.0], "deaths": [4371.0, 2513.0]}
    )  # fmt: skip
    assert plain(said.modelled(rows)) == (
        "From 2011 to 2013 the modelled deaths fall by 9.0 %, those counted fall by 42.5 %."
    )
    assert said.modelled(rows.head(1)) == ""


# --- the sentence of the whole report ----------------------------------------------------------


def estimates(**changed: object) -> pd.DataFrame:
    rows = pd.DataFrame(
        {"name": ["Step without trend", "Step on a trend", "Author 2016"],
         "by": ["this report", "this report", "published"],
         "start": pd.Timestamp("2012-03-01"), "end": pd.Timestamp("2013-12-31"),
         "averted": [3972.0, 6216.0, np.nan], "averted_lower": [3363.0, 4821.0, np.nan],
         "averted_upper": [4608.0, 7869.0, np.nan], "averted_conf": [0.95, 0.95, np.nan],
         "rate_ratio": [0.517, 0.406, 0.61]}
    )  # fmt: skip
    return rows.assign(**changed)


def test_disagreement_gives_both_ends_and_the_published_ratios() -> None:
    text = plain(said.disagreement(estimates(), compared([90, 94, 92, 20]), "Xland"))
    assert text == (
        "Expected minus observed homicides in Xland, Mar 2012 to Dec 2013: from 3,972 (step "
        "without trend; 95 % prediction interval 3,363 to 4,608) to 6,216 (step on a trend; 95 % "
        "prediction interval 4,821 to 7,869), by what is taken to have gone on otherwise; of the "
        "prediction intervals of 2 assumptions on the same counts, 2 above zero. Rate ratios: "
        "0.41 to 0.52 here, 0.61 as published for other units and baselines. The comparison with "
        "other countries is refused."
    )


def test_disagreement_about_the_sign_is_said() -> None:
    rows = estimates(averted_lower=[-100.0, 4821.0, np.nan])
    text = said.disagreement(rows, compared([30, 34, 32, 20]), "Xland")
    assert "of 2 assumptions on the same counts, 1 above zero and 1 around zero" in text
    assert "refused" not in text


def test_the_constant_rate_is_not_counted_beside_the_step_that_assumes_it() -> None:
    both = pd.concat([estimates().head(1).assign(name=CONSTANT), estimates()], ignore_index=True)
    text = said.disagreement(both, compared([30, 34, 32, 20]), "X")
    assert "of the prediction intervals of 2 assumptions on the same counts, 2 above zero" in text
    alone = both.drop(index=1)  # without the step it is counted
    text = said.disagreement(alone, compared([30, 34, 32, 20]), "X")
    assert "of 2 assumptions on the same counts" in text


def test_ratios_of_this_report_hold_its_re_estimates() -> None:
    rows = estimates(by=["this report", "re-estimated on national counts", "published"])
    rows = rows.assign(rate_ratio=[0.5, 0.7, 0.61])
    text = said.disagreement(rows, compared([30, 34, 32, 20]), "X")
    assert "Rate ratios: 0.50 to 0.70 here, 0.61 as published" in text


def test_a_trend_carried_on_longer_than_it_was_observed_is_said() -> None:
    # From Mar 2012 to Dec 2013 there are 671 days, from Jan 2011 to Feb 2012 there are 425.
    rows = estimates(baseline_start=pd.Timestamp("2011-01-01"))
    rows = rows.assign(baseline_end=pd.Timestamp("2012-02-29"))
    text = said.disagreement(rows, compared([30, 34, 32, 20]), "X")
    assert "above zero. The trend is carried on 1.6 times as long as it was observed. Rate" in text
    longer = rows.assign(baseline_start=pd.Timestamp("2009-01-01"))
    assert "carried on" not in said.disagreement(longer, compared([30, 34, 32, 20]), "X")


def test_only_method_and_no_method() -> None:
    refused = compared([90, 94, 92, 20])
    text = said.disagreement(estimates().head(1), refused, "Xland")
    assert "the only method that these counts carry" in text
    assert said.disagreement(estimates().tail(1), refused, "Xland") == (
        "No method of this report gives an estimate for Xland."
    )


@pytest.mark.parametrize(
    "sentence",
    [
        lambda: said.steps(fitted(FALL), "X"),
        lambda: said.averted(fitted(FALL), "X"),
        lambda: said.fit(fitted(FALL)),
        lambda: said.disagreement(estimates(), compared([90, 94, 92, 20]), "X"),
        lambda: said.synthetic(compared([30.1, 33.9, 32.1, 20]), "A"),
        lambda: said.breaks(
            breaks_of_level(months(FALL), intervention="2012-03-01", end="2012-12-31"), "X"
        ),
    ],
)
def test_no_sentence_speaks_of_a_cause_or_of_significance(sentence: Callable[[], str]) -> None:
    assert not re.search(r"signific|because of|caused|due to|thanks to|saved", sentence())


def test_what_cannot_be_said_is_left_to_the_reason() -> None:
    nothing = breaks_of_level(months([5] * 4), intervention="2011-03-01", end="2011-04-30")
    assert said.breaks(nothing, "X") == said.several(nothing) == ""
    short = trend_of_rates(
        years([5.0], "2011-01-01"), about=("2011-01-01", "2012-01-01"), permutations=9, seed=1
    )
    assert said.trend(short, "X") == said.averages(short) == ""
    assert said.fit(fitted([5] * 10)) == said.averted(fitted([5] * 10), "X") == ""
    few = alarms(months([5] * 9), intervention="2011-03-01", runs=1, seed=1)
    assert said.alarms(few).startswith("2 months lie on one side of the intervention")
