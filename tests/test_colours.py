"""Figures are told apart without colour: in grey print, and by colour-blind readers.

The simulation is that of Machado, Oliveira and Fernandes (2009), full severity, whose matrices
work on linear RGB; lightness and colour difference are CIE 1976 L*a*b* under D65.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
import test_plots as of_notebooks
import test_plots_effects as of_effects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

from homicide_trends.display import plots, style

MATRICES = {
    "all colours": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}  # fmt: skip
# What is seen as different at a glance, also in thin lines; 2.3 is seen side by side.
CLEAR = 20.0

Colour = str | tuple[float, ...]


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


def linear(colour: Colour) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    xyz = to_xyz @ rgb / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: Colour, sight: str) -> np.ndarray:
    return lab(np.clip(np.array(MATRICES[sight]) @ linear(colour), 0, 1))


def difference(one: Colour, other: Colour, sight: str) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def contrast(one: Colour, other: Colour = "white") -> float:
    """Contrast ratio of WCAG 2."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    darker, lighter = sorted(float(weights @ linear(colour)) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measures_agree_with_values_from_outside() -> None:
    """sRGB red is L*a*b* 53.24, 80.09, 67.20; #767676 on white is the known 4.54 : 1."""
    assert seen("#ff0000", "all colours") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.005)
    assert contrast("black") == pytest.approx(21)
    # Green and red become alike for those who lack one of the two, and blue stays apart.
    assert (
        difference("#b06000", "#808000", "deuteranopia")
        < 12
        < 30
        < difference("#b06000", "#808000", "tritanopia")
    )


@pytest.mark.parametrize("colour", [colour for colour, _ in style.CYCLE])
def test_every_colour_can_be_read_as_letters_on_white(colour: str) -> None:
    assert contrast(colour) >= 4.5


@pytest.mark.parametrize("sight", [sight for sight in MATRICES if sight != "grey"])
def test_the_two_main_colours_differ_for_every_eye(sight: str) -> None:
    assert difference(style.BLUE, style.ORANGE, sight) > 2 * CLEAR


@pytest.mark.parametrize(("one", "other"), list(combinations(style.CYCLE, 2)))
def test_lines_of_a_cycle_have_a_second_cue(
    one: tuple[str, object], other: tuple[str, object]
) -> None:
    assert one[1] != other[1]


def cues(line: Line2D) -> tuple[object, ...]:
    """How a line or its points look without their colour."""
    marker = line.get_marker()
    hollow = marker not in ("None", "", None) and line.get_markerfacecolor() == "white"
    drawn = line.get_linestyle()
    dashes = line._unscaled_dash_pattern if drawn != "None" else None  # type: ignore[attr-defined]
    size = line.get_markersize() if marker not in ("None", "", None) else 0
    width = line.get_linewidth() if drawn != "None" else 0
    return (marker, hollow, repr(dashes), round(size, 1), round(width, 1))


def alike_without_colour(ax: Axes) -> list[str]:
    """Pairs of lines that differ in colour alone, where some eye does not see that they do."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    lines = [
        line for each in figure.axes for line in each.lines
        if len(np.atleast_1d(line.get_xdata())) and line.get_visible()
    ]  # fmt: skip
    looks = {(str(line.get_color()), cues(line)) for line in lines}
    return [
        f"{one[0]} and {other[0]} for {sight}: {one[1]}"
        for one, other in combinations(sorted(looks, key=str), 2)
        for sight in MATRICES
        if one[0] != other[0] and one[1] == other[1]
        and difference(one[0], other[0], sight) < CLEAR
    ]  # fmt: skip


DRAWN: dict[str, Callable[[], Axes]] = {
    **{name: (lambda draw=draw: draw("SLV")) for name, draw in of_notebooks.FIGURES.items()},
    "models": lambda: plots.plot_models(
        of_effects.MODELS.series, "Models", intervention=of_effects.DATE
    ),
    "candidates": lambda: plots.plot_candidates(
        of_effects.BREAKS.candidates, "Breaks", intervention=of_effects.DATE
    ),
    "segments": lambda: plots.plot_segments(
        of_effects.TREND.series, "Segments", intervention=of_effects.DATE
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_no_two_lines_of_a_figure_differ_in_colour_alone(name: str) -> None:
    assert alike_without_colour(DRAWN[name]()) == []


def test_lines_that_differ_in_colour_alone_are_found() -> None:
    ax = style.axes("t")
    ax.plot([0, 1], [0, 1], color=style.BLUE)
    ax.plot([0, 1], [1, 0], color=style.ORANGE)
    assert alike_without_colour(ax)
