"""Alternative texts of the figures about a dated intervention: from the drawn rows."""

import pandas as pd
from monthly import months, years

from homicide_trends.methods.level_breaks import breaks_of_level
from homicide_trends.methods.other_countries import elsewhere
from homicide_trends.methods.rate_trend import trend_of_rates
from homicide_trends.methods.step_models import step_models
from homicide_trends.wording import descriptions as described
from homicide_trends.wording import formats

FALL = [100, 104] * 7 + [50, 47] * 5


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ").replace(formats.MINUS, "-")


def test_models_give_the_last_month_observed_and_expected() -> None:
    models = step_models(months(FALL), intervention="2012-03-09", transition="after")
    text = plain(described.models(models, "Xland"))
    assert text.startswith(
        "Homicides a month in Xland, observed and as each model expects them without the "
        "intervention of 9 Mar 2012: in Dec 2012 47 observed, expected 102 (step without trend), "
    )


def test_candidates_give_the_best_date_and_the_intervention() -> None:
    found = breaks_of_level(months(FALL), intervention="2012-04-01", end="2012-12-31")
    text = described.candidates(found, "Xland")
    assert text.startswith("Excess cost of every date as the only break of the counts of Xland: 0 ")
    assert "at Mar 2012" in text
    assert text.endswith("the date of the intervention is in place 2 of 13.")


def test_trend_gives_every_segment() -> None:
    rates = [50 * 1.1**year for year in range(7)]
    rates += [rates[-1] * 0.95**year for year in range(1, 6)]
    found = trend_of_rates(
        years(rates, "2000-01-01"), about=("2005-01-01", "2007-12-31"), permutations=99, seed=1
    )
    assert plain(described.trend(found, "Xland")) == (
        "Homicide rates of Xland a year with fitted segments, change a year: "
        "2000\u20132006 10.0 % and 2006\u20132011 -5.0 %."
    )


def test_synthetic_says_that_the_lines_end() -> None:
    def text(own: list[float]) -> str:
        rows = [
            years(rates, "2009-01-01").assign(place=code, name=code, person_years=1e5)
            for code, rates in (("A", own), ("B", [20, 26, 21, 22]), ("C", [40, 42, 43, 40]))
        ]
        found = elsewhere(pd.concat(rows), place="A", intervention="2012-03-01",
                          start="2009-01-01", end="2012-12-31")  # fmt: skip
        return described.synthetic(found, "A")

    assert text([30, 34, 32, 20]).endswith("in 2012 20.0 and 31.0 per 100,000.")
    refused = text([90, 94, 92, 20])
    assert "in 2011 92.0 and" in refused
    assert refused.endswith("The lines end before the intervention.")


def test_estimates_give_every_row_that_is_drawn() -> None:
    rows = pd.DataFrame(
        {"name": ["A", "B", "C"], "averted": [3972.2, -551.0, None], "rate_ratio": [0.5, None, 0.6]}
    )
    assert plain(described.estimates(rows, "averted")) == (
        "Expected minus observed homicides by method. A: 3,972; B: -551."
    )
    assert described.estimates(rows, "rate_ratio") == "Rate ratios by method. A: 0.50; C: 0.60."
    assert described.estimates(rows.head(0), "rate_ratio") == "Rate ratios: none."


def test_without_rows_the_reason_stands_for_the_picture() -> None:
    models = step_models(months([5] * 9), intervention="2011-03-01", transition="after")
    assert described.models(models, "X") == models.reason != ""
    nothing = breaks_of_level(months([5] * 9), intervention="2011-03-01", end="2011-09-30")
    assert described.candidates(nothing, "X") == nothing.reason != ""
    short = trend_of_rates(
        years([5], "2011-01-01"), about=("2011-01-01", "2012-01-01"), permutations=9, seed=1
    )
    assert described.trend(short, "X") == short.reason != ""
    alone = elsewhere(
        years([5, 6], "2011-01-01").assign(name="X", person_years=1.0), place="XXX",
        intervention="2012-03-01", start="2011-01-01", end="2012-12-31",
    )  # fmt: skip
    assert described.synthetic(alone, "X") == alone.reason != ""
