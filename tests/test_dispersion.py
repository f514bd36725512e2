from __future__ import annotations

import numpy as np
import pytest

from homicide_trends.rates.dispersion import overdispersion


def test_horse_kicks_by_hand() -> None:
    # Bortkiewicz: 200 corps-years, 109 65 22 3 1 with 0..4 deaths; mean 0.61.
    kicks = np.repeat([0, 1, 2, 3, 4], [109, 65, 22, 3, 1])
    test = overdispersion(kicks)
    squares = 109 * 0.61**2 + 65 * 0.39**2 + 22 * 1.39**2 + 3 * 2.39**2 + 3.39**2
    assert test.index == pytest.approx(squares / 0.61)
    assert test.variance_mean_ratio == pytest.approx(squares / 0.61 / 199)
    assert test.index_p == pytest.approx(0.4804, abs=5e-5)
    assert "below 1" in test.notes[0]


def test_insect_sprays() -> None:
    # R's InsectSprays, means of the six sprays; AER::dispersiontest: 1.382 (z 1.737, p .04119),
    # NB2 alpha 0.0361 (z 1.859); glm(quasipoisson) dispersion 1.507713.
    sprays = [
        [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13],
        [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
        [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4],
        [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
        [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4],
        [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
    ]
    counts = np.array(sprays, dtype=float)
    means = np.repeat(counts.mean(axis=1), 12)
    test = overdispersion(counts.ravel(), means, terms=6)
    assert test.phi == pytest.approx(1.507713, abs=1e-6)
    assert 1 + test.nb1_alpha == pytest.approx(1.38207, abs=1e-5)
    assert (test.nb1_z, test.nb1_p) == pytest.approx((1.73707, 0.041187), abs=1e-5)
    assert (test.nb2_alpha, test.nb2_z) == pytest.approx((0.036117, 1.858772), abs=1e-5)


def test_simulated_truth_is_recovered() -> None:
    rng = np.random.default_rng(3)
    # Negative binomial with mean 200 and variance 3 x 200: alpha 2 (NB1), 2/200 (NB2).
    test = overdispersion(rng.negative_binomial(100, 1 / 3, 20_000))
    assert test.phi == pytest.approx(3, abs=0.1)
    assert test.nb1_alpha == pytest.approx(2, abs=0.1)
    assert test.nb2_alpha == pytest.approx(0.01, abs=0.0005)


@pytest.mark.parametrize(
    ("observed", "mean", "terms", "message"),
    [
        ([1, -1, 2], None, 1, "none negative"),
        ([1, np.nan, 2], None, 1, "none missing"),
        ([1, 2, 3], [2, 2], 1, "3 counts and 2 means"),
        ([1, 2, 3], [2, 0, 2], 1, "above 0"),
        ([0, 0, 0], None, 1, "above 0"),
        ([1, 2, 3], None, 3, "cannot be tested about 3 fitted terms"),
    ],
)
def test_wrong_values_are_named(
    observed: list[float], mean: list[float] | None, terms: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        overdispersion(observed, mean, terms=terms)
