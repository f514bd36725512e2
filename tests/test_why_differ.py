"""The table that leads from one report's number to those of the others."""

import pytest

import homicide_trends as ht
from homicide_trends.display import other_answers, why_differ

YEAR_BEFORE, WINDOW = ("2011-03", "2012-02"), ("2012-03", "2013-12")


def test_each_row_is_what_its_report_gives() -> None:
    found = other_answers(ht.daily_curve("SLV"), baseline=YEAR_BEFORE, window=WINDOW)
    fewer = dict(zip(found["report"], found["averted"], strict=False))
    # By the day: 926 killings in the 68 days to 8 March 2012; 3,933 in the 632 from 9 March 2012 to
    # November 2013, the last whole month before December 2013. 926 / 68 x 632 - 3933.
    assert fewer["claim"] == pytest.approx(4673.4, abs=0.1)
    change = found.loc[found["report"] == "claim", "percent_change"].iloc[-1]
    assert change == pytest.approx(100 * (3933 / (926 / 68 * 632) - 1))
    # UNODC: 4371 / 6090127 x (6113975 + 6138839) - (2594 + 2513) = 8794.1 - 5107.
    assert fewer["region"] == pytest.approx(3687.1, abs=0.2)
    # The effect report prints 3,972 without a trend and 6,222 on one.
    assert found.loc[found["report"] == "effect", "averted"].round().tolist() == [3972, 6222]
    assert found["differs"].iloc[0] == "this report"


def test_the_own_number_stands_once_and_first() -> None:
    curve = ht.daily_curve("SLV")
    longer = other_answers(curve, baseline=("2011-01", "2012-02"), window=WINDOW)
    assert longer["report"].tolist() == ["", "claim", "change", "claim", "region", "effect"]
    own = longer.tail(1).assign(averted=1.0, percent_change=-1.0)
    first = other_answers(curve, baseline=YEAR_BEFORE, window=WINDOW, here=own)
    assert first["averted"].iloc[0] == 1.0
    assert first["report"].tolist() == ["", "change", "claim", "effect", "region", "effect"]


def test_counts_by_the_year_give_no_weeks_before() -> None:
    # Honduras is counted by the year: its first months of 2012 are a share of the whole.
    found = other_answers(ht.daily_curve("HND"), baseline=YEAR_BEFORE, window=WINDOW)
    assert found["report"].tolist() == ["", "effect", "region"]


def test_the_sentence_spans_the_table() -> None:
    found = other_answers(ht.daily_curve("SLV"), baseline=YEAR_BEFORE, window=WINDOW)
    text = why_differ(found).bundle["text/plain"].partition("\n")[0].replace("\u00a0", " ")
    assert "a fall of 41.9 to 59.4 % and 3,687 to 6,222 deaths fewer" in text
    with ht.language.speaking("es"):
        spanish = other_answers(ht.daily_curve("SLV"), baseline=YEAR_BEFORE, window=WINDOW)
        assert "41.9 a 59.4" in why_differ(spanish).bundle["text/plain"]
