"""What is named as lowest or highest does not depend on the last digits of a computed number."""

import math

import pytest

from homicide_trends.methods.ties import first_highest, first_lowest


@pytest.mark.parametrize("noise", [0.0, 1e-13, -1e-13])
def test_of_equal_values_the_first_is_named(noise: float) -> None:
    assert first_lowest([600.0, 535.0, 535.0 + noise]) == 1
    assert first_highest([-600.0, -535.0, -535.0 + noise]) == 1


@pytest.mark.parametrize("noise", [1e-14, -1e-14])
def test_no_distance_at_all_is_one_that_is_rounding(noise: float) -> None:
    assert first_lowest([0.4, abs(noise), 0.0]) == 1


def test_what_differs_in_print_differs() -> None:
    assert first_lowest([4054.04, 4054.03]) == 1
    assert first_highest([1e6, 1e6 + 0.01]) == 1


def test_missing_and_infinite_values() -> None:
    assert first_lowest([math.nan, math.inf, 2.0, 1.0]) == 3
    assert first_highest([math.nan, 1.0, math.inf]) == 2
    assert first_lowest([math.inf, math.inf]) == 0
