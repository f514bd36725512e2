"""Totals of windows and their baselines, on the months of El Salvador 2012-2013."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homicide_trends.series import MissingPeriods, curve_of
from homicide_trends.series.periods import by_end, compare, side_by_side, total

# Police counts as reported in the press, collected for this project: January 2012 to December
# 2012, which the police total as 2,576, and January to August 2013.
COUNTS = [411, 402, 255, 156, 172, 166, 175, 157, 162, 193, 159, 168]
COUNTS += [191, 184, 171, 148, 170, 182, 253, 255]
# The highest figure on file where it differs.
HIGH = {0: 413, 2: 263, 6: 181, 12: 198}


def series(counts: list[float] | None = None, start: str = "2012-01-01") -> pd.DataFrame:
    deaths = COUNTS if counts is None else counts
    first = pd.date_range(start, periods=len(deaths), freq="MS")
    last = first + pd.offsets.MonthEnd(0)
    days = (last - first).days + 1
    return pd.DataFrame(
        {
            "place": "SLV",
            "start": first,
            "end": last,
            "days": days,
            "deaths": np.asarray(deaths, float),
            "deaths_low": np.asarray(deaths, float),
            "deaths_high": [HIGH.get(i, x) for i, x in enumerate(deaths)],
            "agency": "PNC",
            "status": "final",
            "sources": "a;b",
            "population": 6_100_000.0,
            "person_years": 6_100_000 * days / 365.25,
            "population_series": "WPP2024",
        }
    )


def reported(*rows: tuple[str, str, float], **more: Any) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start", "end", "count"]).assign(**more)


class TestTotal:
    def test_whole_months(self) -> None:
        row = total(series(), "2012-01-01", "2012-12-31").iloc[0]
        # The year's total as the police published it; the highest figures add 2, 8 and 6.
        assert row["deaths"] == 2576
        assert row["deaths_low"] == 2576
        assert row["deaths_high"] == 2576 + 2 + 8 + 6
        assert row["days"] == 366
        assert row["person_years"] == pytest.approx(6_100_000 * 366 / 365.25)
        assert row["population"] == pytest.approx(6_100_000)
        named = row[["place", "agency", "status", "sources", "population_series"]].tolist()
        assert named == ["SLV", "PNC", "final", "a;b", "WPP2024"]
        assert row["deaths_method"] == "sum of whole periods"

    def test_a_cut_month_is_allocated_by_days(self) -> None:
        row = total(series(), "2012-03-09", "2012-04-30").iloc[0]
        assert row["deaths"] == pytest.approx(255 * 23 / 31 + 156)
        assert row["person_years"] == pytest.approx(6_100_000 * 53 / 365.25)
        assert row["status"] == "allocated"
        assert row["deaths_method"] == "cut periods allocated by days; sum of whole periods"

    def test_a_window_inside_one_month(self) -> None:
        row = total(series(), "2012-03-10", "2012-03-12").iloc[0]
        assert row["deaths"] == pytest.approx(255 * 3 / 31)
        assert row["days"] == 3

    def test_what_is_shared_out_is_said(self) -> None:
        row = total(series(), "2012-03-09", "2012-04-30").iloc[0]
        march = 255 * 23 / 31
        assert row["shared"] == pytest.approx(march / (march + 156))
        assert total(series(), "2012-03-01", "2012-04-30").loc[0, "shared"] == 0

    def test_a_count_reported_for_the_window_does_not_replace_the_sum(self) -> None:
        # What another agency counted is a source of its own: windows would not add up else.
        counts = reported(
            ("2012-03-11", "2012-12-28", 1608), ("2012-01-01", "2012-12-31", 2594), agency="X"
        )
        alone = total(series(), "2012-03-11", "2012-12-28")
        beside = total(curve_of(series(), reported=counts), "2012-03-11", "2012-12-28")
        pd.testing.assert_frame_equal(alone, beside)

    def test_the_rest_of_a_cut_month_is_exact_when_its_other_part_is_reported(self) -> None:
        counts = reported(("2012-03-01", "2012-03-08", 109), status="rounded", source_id="c")
        curve = curve_of(series(), reported=counts)
        row = total(curve, "2012-03-09", "2012-04-30").iloc[0]
        assert row["deaths"] == 255 - 109 + 156
        assert row["deaths_high"] == pytest.approx(263 * (255 - 109) / 255 + 156)
        assert row["status"] == "final; derived"
        assert row["sources"] == "a;b;c"
        assert row["shared"] == 0
        before = total(curve, "2012-02-01", "2012-03-08").iloc[0]
        assert before["deaths"] == 402 + 109
        assert before["deaths_method"] == "sum of whole periods; cut periods from reported counts"

    def test_a_reported_count_that_does_not_fit_or_is_doubtful_is_no_knot(self) -> None:
        too_many = reported(("2012-03-01", "2012-03-08", 256), agency="PNC", status="final")
        doubtful = reported(("2012-03-01", "2012-03-08", 109), agency="PNC", status="doubtful")
        other = reported(("2012-03-01", "2012-03-08", 109), agency="IML", status="final")
        for counts in (too_many, doubtful, other):
            row = total(curve_of(series(), reported=counts), "2012-03-01", "2012-03-08").iloc[0]
            assert row["deaths"] == pytest.approx(255 * 8 / 31)
            assert row["shared"] == 1

    def test_reported_counts_of_another_place_are_not_used(self) -> None:
        counts = reported(("2012-03-01", "2012-03-08", 109), place="HND")
        row = total(curve_of(series(), reported=counts), "2012-03-01", "2012-03-08")
        assert row.loc[0, "deaths"] == pytest.approx(255 * 8 / 31)

    def test_reported_counts_of_two_measures_are_refused(self) -> None:
        counts = reported(("2012-01-01", "2012-12-31", 1), ("2012-01-01", "2012-12-31", 2))
        counts["measure"] = ["homicides", "disappearances"]
        with pytest.raises(ValueError, match="holds disappearances, homicides; choose"):
            curve_of(series(), reported=counts)

    def test_statuses(self) -> None:
        table = series()
        table.loc[1, "status"] = "preliminary"
        assert total(table, "2012-01-01", "2012-04-30").loc[0, "status"] == "final; preliminary"
        table.loc[2, "status"] = "allocated"
        assert total(table, "2012-01-01", "2012-04-30").loc[0, "status"] == "allocated"
        assert total(table, "2012-04-01", "2012-04-30").loc[0, "status"] == "final"

    def test_gaps_are_named(self) -> None:
        table = series()
        table.loc[[2, 3, 7], "deaths"] = np.nan
        with pytest.raises(
            MissingPeriods, match="no count for 2012-03-01 to 2012-04-30, 2012-08-01"
        ):
            total(table, "2012-01-01", "2012-12-31")
        with pytest.raises(ValueError, match="no count for 2013-09-01 to 2013-09-30 in"):
            total(series(), "2013-08-01", "2013-09-30")
        with pytest.raises(ValueError, match="no count for 2011-12-31 to 2011-12-31"):
            total(series(), "2011-12-31", "2012-01-31")
        with pytest.raises(ValueError, match="no count for 2020-01-01 to 2020-01-31"):
            total(series(), "2020-01-01", "2020-01-31")

    def test_a_reported_count_fills_a_missing_month(self) -> None:
        table = series()
        table.loc[2, "deaths"] = np.nan
        counts = reported(("2012-03-01", "2012-03-31", 255))
        row = total(curve_of(table, reported=counts), "2012-01-01", "2012-12-31")
        assert row.loc[0, "deaths"] == 2576

    def test_rows_in_any_order_of_text_dates_with_least_columns(self) -> None:
        table = series()[["start", "end", "deaths"]].astype({"start": str, "end": str})
        row = total(table.iloc[::-1], "2012-01-01", "2012-12-31").iloc[0]
        assert row["deaths"] == 2576
        assert np.isnan(row["person_years"])
        assert row["agency"] == ""

    def test_days_and_years_are_periods_too(self) -> None:
        days = pd.date_range("2012-03-01", periods=31)
        table = pd.DataFrame({"start": days, "end": days, "deaths": range(31)})
        assert total(table, "2012-03-09", "2012-03-10").loc[0, "deaths"] == 8 + 9

    @pytest.mark.parametrize(
        ("start", "end", "message"),
        [
            ("2012-03-02", "2012-03-01", "window ends on 2012-03-01, before its start 2012-03-02"),
            ("soon", "2012-03-01", "window start is 'soon'; it must be a date"),
            (2012, "2012-03-01", "window start is 2012; it must be a date"),
            ("2012-03-01", "2012-03-01 12:00", "must be a day without a time"),
            ("2012-02-30", "2012-03-01", "window start is '2012-02-30'"),
        ],
    )
    def test_refuses_dates(self, start: Any, end: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            total(series(), start, end)

    def test_refuses_overlapping_rows_and_several_places(self) -> None:
        twice = pd.concat([series(), series().head(1)])
        with pytest.raises(ValueError, match="rows overlap: 2012-01-01 to 2012-01-31 and 2012-01"):
            total(twice, "2012-01-01", "2012-12-31")
        both = pd.concat([series(), series().assign(place="HND")])
        with pytest.raises(ValueError, match="one place is needed, the table has HND, SLV"):
            total(both, "2012-01-01", "2012-12-31")

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 600))
    def test_neighbouring_windows_add_up(self, one: int, two: int, three: int) -> None:
        first, cut, last = sorted([one, two + 1, three + 2])
        origin = pd.Timestamp("2012-01-01")
        days = [origin + pd.Timedelta(days=n) for n in (first, cut, cut + 1, last + 1)]
        parts = [total(series(), days[0], days[1]), total(series(), days[2], days[3])]
        if cut + 1 > last + 1:
            return
        whole = total(series(), days[0], days[3])
        for name in ("days", "deaths", "deaths_high", "person_years"):
            assert sum(part.loc[0, name] for part in parts) == pytest.approx(whole.loc[0, name])


BASELINE, WINDOW = ("2012-01-01", "2012-02-29"), ("2012-03-01", "2012-12-31")


class TestCompare:
    def test_window_beside_baseline(self) -> None:
        row = compare(series(), baseline=BASELINE, window=WINDOW).iloc[0]
        assert row[["baseline_deaths", "baseline_days", "deaths", "days"]].tolist() == [
            813,
            60,
            1763,
            306,
        ]
        assert row["start"] == pd.Timestamp("2012-03-01")
        assert row["baseline_end"] == pd.Timestamp("2012-02-29")
        assert row["baseline_person_years"] == pytest.approx(6_100_000 * 60 / 365.25)
        assert row["place"] == "SLV"

    def test_a_baseline_may_come_later(self) -> None:
        row = compare(series(), baseline=WINDOW, window=BASELINE)
        assert row.loc[0, "deaths"] == 813

    def test_refuses_overlap(self) -> None:
        with pytest.raises(ValueError, match="2012-02-29 to 2012-03-31 and baseline 2012-01-01"):
            compare(series(), baseline=BASELINE, window=("2012-02-29", "2012-03-31"))
        with pytest.raises(ValueError, match="baseline is '2012'; it must be"):
            compare(series(), baseline="2012", window=WINDOW)  # type: ignore[arg-type]

    def test_by_place(self) -> None:
        other = series([1.0] * 12).assign(place="HND")
        short = series([1.0] * 6).assign(place="GTM")
        three = pd.concat([series(), other, short])
        with pytest.raises(MissingPeriods, match="GTM: no count for 2012-07-01 to 2012-12-31"):
            compare(three, baseline=BASELINE, window=WINDOW, by="place")
        rows = compare(three, baseline=BASELINE, window=WINDOW, by="place", incomplete="drop")
        assert rows[["place", "deaths"]].to_numpy().tolist() == [["SLV", 1763], ["HND", 10]]
        with pytest.raises(ValueError, match="unknown incomplete 'skip'"):
            compare(three, baseline=BASELINE, window=WINDOW, by="place", incomplete="skip")
        with pytest.raises(MissingPeriods, match="no series has counts"):
            compare(short, baseline=BASELINE, window=WINDOW, by="place", incomplete="drop")
        weapons = pd.concat([series().assign(weapon="firearm"), other.assign(weapon="other")])
        rows = compare(weapons, baseline=BASELINE, window=WINDOW, by="weapon")
        assert rows.columns[0] == "weapon"
        assert rows["weapon"].tolist() == ["firearm", "other"]

    def test_side_by_side(self) -> None:
        rows = side_by_side(series(), baseline=BASELINE, window=WINDOW)
        assert rows["role"].tolist() == ["baseline", "window"]
        assert rows["deaths"].tolist() == [813, 1763]

    def test_by_end(self) -> None:
        rows = by_end(series(), baseline=BASELINE, window=("2012-03-09", "2012-05-15"))
        assert rows["end"].dt.strftime("%m-%d").tolist() == ["03-31", "04-30", "05-15"]
        assert set(rows["start"]) == {pd.Timestamp("2012-03-09")}
        march = 255 * 23 / 31
        expected = [march, march + 156, march + 156 + 172 * 15 / 31]
        assert rows["deaths"].tolist() == pytest.approx(expected)
        whole = compare(series(), baseline=BASELINE, window=("2012-03-09", "2012-05-15"))
        pd.testing.assert_frame_equal(rows.tail(1).reset_index(drop=True), whole)

    def test_months_and_years_are_whole_periods(self) -> None:
        found = compare(series(), baseline=("2012-01", "2012-02"), window=("2012-03", "2012"))
        pd.testing.assert_frame_equal(found, compare(series(), baseline=BASELINE, window=WINDOW))

    def test_a_table_indexed_by_periods_or_dates_is_one_with_start_and_end(self) -> None:
        bare = series()[["deaths"]]
        by_period = bare.set_axis(pd.period_range("2012-01", periods=20, freq="M"))
        for index in (by_period.index, by_period.index.start_time, by_period.index.end_time):
            found = compare(bare.set_axis(index), baseline=BASELINE, window=WINDOW)
            assert found[["baseline_deaths", "deaths"]].to_numpy().tolist() == [[813, 1763]]
        with pytest.raises(ValueError, match="periods cannot be told"):
            total(bare.head(2).set_axis(by_period.index[:2].start_time), "2012-01", "2012-02")
