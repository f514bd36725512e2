from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.effect_periods import Periods, periods, read_counts
from homicide_trends.methods.regressors import Intervention, as_interventions, design


def months(first: str = "2012-01-01", n: int = 6) -> Periods:
    start = pd.date_range(first, periods=n, freq="MS")
    return periods(pd.Series(start), pd.Series(start + pd.offsets.MonthEnd(0)))


def column(intervention: Intervention, term: str = "level", times: Periods | None = None) -> Any:
    made = design(times or months(), [intervention], trend=False, season=None)
    return made.matrix[:, made.terms.index(term)].tolist()


def test_time_leaves_gaps_for_missing_months() -> None:
    start = pd.Series(pd.to_datetime(["2011-11-01", "2012-01-01", "2012-02-01"]))
    made = periods(start, start + pd.offsets.MonthEnd(0))
    assert (made.unit, made.time.tolist()) == ("month", [1, 3, 4])


def test_years_and_equal_lengths_are_periods_too() -> None:
    years = pd.Series(pd.to_datetime(["2009-01-01", "2010-01-01", "2012-01-01"]))
    made = periods(years, years + pd.offsets.YearEnd(0))
    assert (made.unit, made.time.tolist()) == ("year", [1, 2, 4])
    assert made.locate(pd.Timestamp("2012-12-31")) == (4, 1 / 366)
    weeks = pd.Series(pd.date_range("2012-03-05", periods=3, freq="7D"))
    made = periods(weeks, weeks + pd.Timedelta(days=6))
    assert (made.unit, made.time.tolist()) == ("7 days", [1, 2, 3])
    assert made.locate(pd.Timestamp("2012-03-14")) == (2, 5 / 7)


def test_unequal_and_overlapping_periods_are_refused() -> None:
    start = pd.Series(pd.to_datetime(["2012-01-01", "2012-02-01"]))
    with pytest.raises(ValueError, match="neither whole months"):
        periods(start, pd.Series(pd.to_datetime(["2012-01-31", "2012-02-08"])))
    with pytest.raises(ValueError, match="overlap at 2012-02-01"):
        periods(start, pd.Series(pd.to_datetime(["2012-02-10", "2012-02-29"])))


def test_slope_is_one_in_the_first_full_period() -> None:
    # (t - T0) x after, with T0 the last period before (Lopez Bernal et al., corrected).
    intervention = Intervention("2012-03-01", slope=True)
    assert column(intervention) == [0, 0, 1, 1, 1, 1]
    assert column(intervention, "slope") == [0, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("transition", "level", "slope"),
    [
        ("after", [0, 0, 1, 1, 1, 1], [0, 0, 1, 2, 3, 4]),
        ("before", [0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 2, 3]),
        # 9 to 31 March are 23 of 31 days.
        ("ramp", [0, 0, 23 / 31, 1, 1, 1], [0, 0, 23 / 31, 1 + 23 / 31, 2 + 23 / 31, 3 + 23 / 31]),
    ],
)
def test_date_inside_a_month(transition: Any, level: list[float], slope: list[float]) -> None:
    intervention = Intervention("2012-03-09", slope=True, transition=transition)
    assert column(intervention) == pytest.approx(level)
    assert column(intervention, "slope") == pytest.approx(slope)


def test_date_inside_a_month_needs_a_transition() -> None:
    with pytest.raises(ValueError, match="2012-03-09 lies inside the period 2012-03-01"):
        column(Intervention("2012-03-09"))


def test_dropped_months_leave_the_fit() -> None:
    one = Intervention("2012-03-09", transition="drop")
    made = design(months(), [one], trend=True, season=None)
    assert made.use.tolist() == [True, True, False, True, True, True]
    two = Intervention("2012-03-09", transition="drop", until="2012-04-15")
    made = design(months(), [two], trend=True, season=None)
    assert made.use.tolist() == [True, True, False, False, True, True]


def test_ramp_over_several_months_rises_by_day() -> None:
    # 1 March to 30 April: 61 days; the mean of 1/61..31/61 is 16/61, of 32/61..61/61 46.5/61.
    ramp = Intervention("2012-03-01", transition="ramp", until="2012-04-30")
    assert column(ramp) == pytest.approx([0, 0, 16 / 61, 46.5 / 61, 1, 1])


def test_harmonics_follow_the_calendar_month() -> None:
    made = design(months("2012-03-01", 3), [], trend=False, season=1)
    sine = made.matrix[:, made.terms.index("sin1")]
    assert sine == pytest.approx([1, np.sqrt(3) / 2, 0.5])  # months 3, 4, 5 of 12


def test_month_dummies_leave_out_the_first_month_present() -> None:
    made = design(months("2012-11-01", 4), [], trend=False, season="months")
    assert made.terms == ("constant", "month02", "month11", "month12")


def test_counterfactual_removes_the_named_intervention_only() -> None:
    given = [Intervention("2012-03-01", name="truce"), Intervention("2012-05-01", name="end")]
    made = design(months(), given, trend=False, season=None)
    assert made.without(None).sum(axis=1).tolist() == [1, 1, 1, 1, 1, 1]
    assert made.without(["end"]).sum(axis=1).tolist() == [1, 1, 2, 2, 2, 2]
    with pytest.raises(ValueError, match="no intervention 'peace'"):
        made.without(["peace"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Intervention("2012-03-01", level=False), "level=True"),
        (lambda: Intervention("2012-03-01", transition="fade"), "'fade'"),  # type: ignore[arg-type]
        (lambda: Intervention("2012-03-01", until="2012-04-30"), "needs transition"),
        (lambda: column(Intervention("2012-01-01")), "both sides"),
        (lambda: column(Intervention("2012-07-01")), "both sides"),
        (lambda: as_interventions("2012-03-01", None), "give a list"),
        (lambda: design(months(), [], trend=False, season=0), "season=0"),
        (
            lambda: design(months(), [Intervention("2012-03-01")] * 2, trend=False, season=None),
            "share a label",
        ),
    ],
)
def test_wrong_values_are_named(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_reading_counts_names_what_is_wrong() -> None:
    start = pd.date_range("2012-01-01", periods=3, freq="MS")
    table = pd.DataFrame({"start": start, "end": start + pd.offsets.MonthEnd(0)})
    table["deaths"], table["person_years"] = [1.0, 2.0, 3.0], [5.0, np.nan, 5.0]
    names = {"deaths": "deaths", "start": "start", "end": "end"}
    with pytest.raises(ValueError, match="no column 'people'"):
        read_counts(table, exposure="people", **names)
    with pytest.raises(ValueError, match="missing or not positive in 1 periods, first 2012-02-01"):
        read_counts(table, exposure="person_years", **names)
    assert read_counts(table, exposure=None, **names).exposure.tolist() == [31, 29, 31]
    with pytest.raises(ValueError, match="deaths is -1"):
        read_counts(table.assign(deaths=[1, -1, 2]), exposure=None, **names)
