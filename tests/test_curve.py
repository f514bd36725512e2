"""The daily curve: hand-computed cases, and one number by every road."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import homicide_trends as ht
from homicide_trends import rates, series
from homicide_trends.series import DailyCurve, MissingPeriods, curve_of, daily_curve
from homicide_trends.series.counted import Fitted, counts_of

# Whole years a knot, 1994 on; months from 2009 and 2011 on; the last count is of September 2024.
FIRST, LAST = pd.Timestamp("1994-01-01"), pd.Timestamp("2024-09-30")


@pytest.fixture(scope="module")
def salvador() -> DailyCurve:
    return daily_curve("SLV")


# --- hand-computed cases --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "deaths", "shared"),
    [
        ("2012-03", "2012-03", 255, 0),  # the police month
        ("2012-03", "2012-04", 255 + 156, 0),
        ("2011-03", "2012-02", 4510, 0),  # September and October 2011 add up to a count, 756
        ("2012-01-01", "2012-03-08", 926, 0),  # 13.62 a day for 68 days, El Faro
        ("2012-03-09", "2012-03-31", 411 + 402 + 255 - 926, 0),
        ("2012-03-09", "2012-03-22", 79, 0),  # "5.64 per day", El Faro
        ("2012-05-24", "2012-05-31", 411 + 402 + 255 + 156 + 172 - 1344, 0),  # police to 23 May
        ("2009", "2009", 4382, 0),  # the reconciled year
        # Half-year 2,176 less January's 392, over 150 days; 28 of them are February's.
        ("2010-02", "2010-02", (2176 - 392) * 28 / 150, 1),
        ("2010-01", "2010-06", 2176, 0),
        # 12 of 14 days of 79; 63 to the end of March; April to November; 28 of 31 days of 168.
        ("2012-03-11", "2012-12-28", 79 * 12 / 14 + 63 + 1340 + 168 * 28 / 31,
         (79 * 12 / 14 + 168 * 28 / 31) / (79 * 12 / 14 + 63 + 1340 + 168 * 28 / 31)),
    ],
)  # fmt: skip
def test_by_hand(salvador: DailyCurve, start: str, end: str, deaths: float, shared: float) -> None:
    assert float(salvador.deaths(start, end)) == pytest.approx(deaths, abs=1e-9)
    assert float(salvador.shared(start, end)) == pytest.approx(shared, abs=1e-9)


def test_what_the_presidency_counted_stands_beside_and_can_be_chosen() -> None:
    """1,608 from 11 March to 28 December 2012, printed as a fall of 54.4 % from 3,525."""
    beside = series.reported("SLV", "2012-03-11", "2012-12-28")
    assert beside[["deaths", "agency", "sources"]].values.tolist() == [
        [1608, "presidency", "efe20130105"]
    ]
    pair = series.compare(
        daily_curve("SLV", agency="presidency"),
        baseline=("2011-03-11", "2011-12-28"), window=("2012-03-11", "2012-12-28"),
    )  # fmt: skip
    assert pair[["baseline_deaths", "deaths", "shared"]].values.tolist() == [[3525, 1608, 0]]


def test_an_agency_s_own_year_is_not_contradicted_by_a_longer_span() -> None:
    """Police: 2,576 in 2012, months to November among it, and 1,210 from October to April 2013."""
    police = daily_curve("SLV", agency="PNC")
    assert police.deaths(["2012", "2012-12"], ["2012", "2012-12"]).tolist() == [2576, 168]


def test_an_agency_that_counts_years_knows_nothing_between() -> None:
    years = daily_curve("HND")
    assert float(years.shared("2012", "2013")) == 0
    assert float(years.shared("2012-03", "2012-08")) == 1
    # 2011 whole, and two of the twelve months of 2012.
    count = float(years.deaths("2012", "2012"))
    assert float(years.deaths("2012-01", "2012-02")) == pytest.approx(count * 60 / 366)


def test_counts_of_longer_spans_leave_over_what_has_no_count() -> None:
    rows = [("2012-01-01", "2012-01-31", 10), ("2012-01-01", "2012-03-31", 70),
            ("2012-01-01", "2012-12-31", 300), ("2012-08-01", "2012-08-31", 20)]  # fmt: skip
    counts = pd.DataFrame(rows, columns=["start", "end", "deaths"])
    curve = curve_of(
        counts.iloc[[0, 3]], reported=counts.iloc[[1, 2]].rename(columns={"deaths": "count"})
    )
    assert curve.deaths(["2012-02", "2012-04"], ["2012-03", "2012"]).tolist() == [60, 230]
    # 210 in April to July and September to December: 122 days each.
    assert curve.deaths(["2012-04", "2012-08"], ["2012-07", "2012-08"]).tolist() == [105, 20]
    # August was counted, but nobody counted from April up to it.
    assert curve.shared(["2012-02", "2012-08", "2012-04"], ["2012-03", "2012-08", "2012-08"]) == (
        pytest.approx([0, 0, 105 / 125])
    )


def test_days_weeks_quarters_and_fiscal_years_are_periods_too() -> None:
    for freq, periods in (("D", 40), ("W-SUN", 12), ("Q", 6), ("Y-MAR", 3)):
        index = pd.period_range("2011-04-01", periods=periods, freq=freq)
        curve = curve_of(pd.DataFrame({"deaths": np.arange(periods) + 1.0}, index=index))
        assert curve.deaths(index, index).tolist() == (np.arange(periods) + 1.0).tolist()
        assert curve.shared(index, index).max() == 0


@pytest.mark.parametrize(
    ("by_month", "by_year", "agencies"),
    [
        (100, 1224, ["PNC"] * 12),  # 1,200 and 1,224 differ by a fiftieth
        (100, 1400, ["UNODC"]),  # they do not count the same: the preferred agency stands
    ],
)
def test_months_that_do_not_add_up_to_the_preferred_year_are_left_out(
    by_month: int, by_year: int, agencies: list[str]
) -> None:
    months = pd.DataFrame({"start": pd.period_range("2012-01", periods=12, freq="M")})
    rows = pd.concat([
        months.assign(end=months["start"], deaths=by_month, agency="PNC", preference=2),
        pd.DataFrame({"start": ["2012"], "end": ["2012"], "deaths": by_year, "agency": "UNODC",
                      "preference": 1}),
    ])  # fmt: skip
    rows = rows.assign(status="final", sources="")
    fitted = Fitted(counts_of(rows.astype({"start": str, "end": str})))
    assert [run.count.agency for run in fitted.runs] == agencies


def test_a_gap_has_no_number_and_is_named(salvador: DailyCurve) -> None:
    months = pd.DataFrame({"deaths": [150.0, np.nan, 12.0]},
                          index=pd.period_range("2012-04", periods=3, freq="M"))  # fmt: skip
    curve = curve_of(months)
    assert curve.deaths("2012-06", "2012-06") == 12
    for start, end in (
        ("2012-05-10", "2012-05-11"),
        ("2012-04", "2012-06"),
        ("2012-03", "2012-04"),
    ):
        assert np.isnan(curve.deaths(start, end))
        assert np.isnan(curve.shared(start, end))
    with pytest.raises(MissingPeriods, match="no count for 2012-05-01 to 2012-05-31 in"):
        curve.require(("2012-04", "2012-06"))
    with pytest.raises(MissingPeriods, match="add counts of SLV for these days to counts.csv"):
        salvador.require(("2024-08", "2024-12"))


def test_a_missing_population_is_named_with_its_years(salvador: DailyCurve) -> None:
    none = salvador.with_population(None)
    assert np.isnan(none.person_years("2011", "2011"))
    none.require(("2011", "2012"))  # no population was asked for
    one_year = salvador.with_population("CELADE")  # 2011 alone
    one_year.require(("2011", "2011"))
    with pytest.raises(MissingPeriods, match=r"of CELADE for 2010-03-01 to 2010-12-31, 2012-01-01 "
                       "to 2013-12-31 in .*: add rows of SLV for 2010, 2012, 2013 to"):  # fmt: skip
        one_year.require(("2010-03", "2013"))


def test_the_range_of_all_figures_adds_up_too(salvador: DailyCurve) -> None:
    parts = salvador.total(["2012-03-01", "2012-03-09"], ["2012-03-08", "2012-03-31"])
    assert parts["deaths_high"].sum() == pytest.approx(263)
    assert (parts["deaths_low"] <= parts["deaths"]).all()


def test_an_unknown_agency_is_refused_with_the_one_meant() -> None:
    with pytest.raises(ht.DataError, match="from agency 'PCN'; did you mean 'PNC'"):
        daily_curve("SLV", agency="PCN")


# --- dates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "window",
    [
        ("2011-03", "2012-02"),
        ("2011-03-01", "2012-02-29"),
        (pd.Period("2011-03", "M"), pd.Period("2012-02", "M")),
        (pd.Timestamp("2011-03-01").date(), np.datetime64("2012-02")),
    ],
)
def test_months_are_whole_periods(salvador: DailyCurve, window: Any) -> None:
    assert float(salvador.deaths(*window)) == 4510


def test_years_are_whole_periods(salvador: DailyCurve) -> None:
    pair = series.compare(salvador, baseline=("2011", "2011"), window=("2012", "2012"))
    # 2,576 less 41.3 %, as the police year was printed, over a population that grew by 0.4 %.
    assert pair[["baseline_deaths", "deaths", "days"]].values.tolist() == [[4371, 2576, 366]]
    assert round(float(rates.percent_change(pair)["percent_change"].iloc[0]), 1) == -41.3


@pytest.mark.parametrize(
    "value", ["March 2012", "03/04/2012", "2012-3", "201203", 2012, 2012.0, "2012-13", None,
              pd.NaT, "2012-02-30", pd.Period("2012-03-01 10:00", "h")],
)  # fmt: skip
def test_anything_else_is_refused(salvador: DailyCurve, value: Any) -> None:
    with pytest.raises(ValueError, match="a date such as 2012-03-09"):
        salvador.deaths(value, "2013")


# --- one number -----------------------------------------------------------------------------

days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + pd.Timedelta(days=n))
periods = st.tuples(days, days).map(lambda two: (min(two), max(two)))


@settings(max_examples=60, deadline=None)
@given(periods, days)
def test_periods_add_up(salvador: DailyCurve, period: Any, cut: pd.Timestamp) -> None:
    start, end = period
    assume(start <= cut < end)
    after = cut + pd.Timedelta(days=1)
    whole, parts = salvador.total(start, end), salvador.total([start, after], [cut, end])
    for name in ("days", "deaths", "deaths_low", "deaths_high", "person_years"):
        assert parts[name].sum() == pytest.approx(whole[name].iloc[0], rel=1e-11), name


def one_by_one(curve: DailyCurve, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Deaths of a period from the knots alone, by straight lines, as a page draws them."""
    knots = curve.knots
    at = [(day - pd.Timestamp("1970-01-01")).days for day in (start, end + pd.Timedelta(days=1))]
    days = (knots["date"] - pd.Timestamp("1970-01-01")).dt.days.tolist()
    values = knots["deaths"].tolist()
    found = []
    for day in at:
        n = max(i for i in range(len(days) - 1) if days[i] <= day)
        slope = (values[n + 1] - values[n]) / (days[n + 1] - days[n])
        found.append(values[n] + slope * (day - days[n]))
    return found[1] - found[0]


SPANS = {
    "preferred": ("1994-01-01", "2024-09-30"),
    "UNODC": ("1994-01-01", "2022-12-31"),
    "PNC": ("2009-01-01", "2013-06-30"),
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(SPANS)), st.sets(st.integers(0, 1999), min_size=4, max_size=4),
       st.booleans())  # fmt: skip
def test_one_number_by_every_road(agency: str, parts: set[int], later: bool) -> None:
    """Helpers, tables and the drawn curve agree, whatever stands beside."""
    curve = CURVES.setdefault(agency, daily_curve("SLV", agency=agency))
    first, last = map(pd.Timestamp, SPANS[agency])
    a, b, c, d = (first + (last - first) * part // 2000 for part in sorted(parts))
    baseline, window = (a.normalize(), b.normalize()), (c.normalize(), d.normalize())
    assume(baseline[1] < window[0])
    baseline, window = (window, baseline) if later else (baseline, window)
    chosen = {"baseline": baseline, "window": window}
    deaths = curve.deaths([baseline[0], window[0]], [baseline[1], window[1]])
    assume(np.isfinite(deaths).all() and deaths[0] >= 5)
    pair = series.compare(curve, **chosen)
    assert pair[["baseline_deaths", "deaths"]].to_numpy()[0] == pytest.approx(deaths, rel=1e-12)
    assert one_by_one(curve, *window) == pytest.approx(deaths[1], rel=1e-9, abs=1e-9)
    table = curve.covering(baseline, window)
    again = series.compare(table, **chosen)
    assert again[["baseline_deaths", "deaths"]].to_numpy()[0] == pytest.approx(deaths, rel=1e-9)
    change = rates.percent_change(pair)["percent_change"].iloc[0]
    averted = rates.averted_deaths(curve, **chosen).iloc[0]
    # The same two counts and person-times: averted / expected = - percent change.
    assert -100 * averted["averted"] / averted["expected"] == pytest.approx(change, rel=1e-9)
    ends = series.by_end(curve, **chosen).iloc[-1]
    assert (ends["deaths"], ends["baseline_deaths"]) == pytest.approx(tuple(deaths[::-1]))
    cumulative = rates.cumulative_averted(curve, **chosen).iloc[-1]
    assert cumulative["averted"] == pytest.approx(averted["averted"], rel=1e-9, abs=1e-6)


CURVES: dict[str, DailyCurve] = {}


def test_a_million_periods(salvador: DailyCurve) -> None:
    random = np.random.default_rng(1)
    starts = np.datetime64("2005-01-01") + random.integers(0, 3000, 10**6)
    ends = starts + random.integers(0, 1000, 10**6)
    deaths, lived = salvador.deaths(starts, ends), salvador.person_years(starts, ends)
    assert np.isfinite(deaths).all()
    assert np.isfinite(lived).all()
    for n in (0, 10**6 - 1):
        assert deaths[n] == salvador.deaths(starts[n], ends[n])


def test_the_deaths_of_a_report_do_not_depend_on_its_baseline(tmp_path: Path) -> None:
    curve = daily_curve("SLV")
    window = ("2012-03-11", "2012-12-28")
    found = {
        float(series.compare(curve, baseline=baseline, window=window)["deaths"].iloc[0])
        for baseline in (("2011-03", "2012-02"), ("2011", "2011"), ("2012-01-01", "2012-03-08"))
    }
    assert len(found) == 1


def test_rows_are_months_where_most_days_were_counted_by_months_and_else_years() -> None:
    def rows(starts: list[str], end: str) -> pd.DataFrame:
        first = pd.to_datetime(starts)
        last = pd.DatetimeIndex([*first[1:], pd.Timestamp(end) + pd.Timedelta(days=1)])
        return pd.DataFrame({"place": "AAA", "start": first, "end": last - pd.Timedelta(days=1),
                             "deaths": 365.0})  # fmt: skip

    # Ten months, and November with December in one count.
    months = [f"2013-{month:02}-01" for month in range(1, 12)]
    found = curve_of(rows(months, "2013-12-31")).covering(("2013-01-01", "2013-12-31"))
    assert found["start"].dt.month.tolist() == list(range(1, 13))
    # Fiscal years of 365 days each: calendar years, of which 2014 has halves of two.
    fiscal = curve_of(rows(["2013-07-01", "2014-07-01"], "2015-06-30"))
    found = fiscal.covering(("2014-01-01", "2014-12-31"))
    assert found["start"].dt.strftime("%Y-%m-%d").tolist() == ["2014-01-01"]
    assert found["deaths"].tolist() == pytest.approx([365.0])
