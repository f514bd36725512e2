from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from homicide_trends.methods.speccurve import specification_curve, specification_summary

GRID = {"baseline": [2009, 2010, 2011], "trend": [True, False], "agency": ["a", "b"]}


def fit(baseline: int, trend: bool, agency: str) -> dict[str, float]:
    if agency == "b" and trend:
        raise ValueError("no trend from two points")
    return {"estimate": float(baseline - 2010), "se": 0.4}


def test_as_many_rows_as_the_product_of_the_axes_failed_ones_too() -> None:
    curve = specification_curve(GRID, fit)
    assert len(curve) == 3 * 2 * 2
    failed = curve[curve["status"] == "failed"]
    assert len(failed) == 3
    assert set(failed["reason"]) == {"no trend from two points"}
    assert failed["estimate"].isna().all()


def test_summary_by_hand() -> None:
    # -3 -1 -1 0 2: median -1, deviations 2 0 0 1 3, their median 1.
    curve = pd.DataFrame({"estimate": [-3.0, -1, -1, 0, 2, np.nan], "se": [1, 1, 0.5, 1, 1.1, 1]})
    row = specification_summary(curve, se="se").iloc[0]
    assert (row["n"], row["n_failed"], row["n_distinct"]) == (5, 1, 4)
    assert (row["median"], row["q25"], row["q75"]) == (-1, -1, 0)
    assert row["mad"] == 1.4826
    assert (row["share_negative"], row["share_positive"]) == (0.6, 0.2)
    assert row["share_same_sign"] == 0.6
    assert row["share_significant"] == 0.4  # 3 and 2 standard errors of five


def test_summary_about_another_null_and_by_axis() -> None:
    curve = specification_curve(GRID, fit)
    assert specification_summary(curve, null=-2.0)["share_positive"].iloc[0] == 1
    rows = specification_summary(curve, by="agency").set_index("agency")
    assert rows["n"].tolist() == [6, 3]
    assert rows["n_failed"].tolist() == [0, 3]


def test_wrong_values_are_named() -> None:
    with pytest.raises(ValueError, match="axis 'agency'"):
        specification_curve({"agency": "PNC"}, fit)
    with pytest.raises(ValueError, match="'x', which is the name of an axis"):
        specification_curve({"x": [1]}, lambda x: {"x": 1.0})
    with pytest.raises(ValueError, match="no column 'effect'"):
        specification_summary(specification_curve(GRID, fit), estimate="effect")


def test_other_errors_stop_the_run() -> None:
    def broken(**_: Any) -> dict[str, float]:
        raise KeyError("a mistake in the code")

    with pytest.raises(KeyError):
        specification_curve(GRID, broken)
