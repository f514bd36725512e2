"""Figures about a dated intervention: what is drawn, and the sentence where nothing is."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.dates import num2date
from monthly import months, years

from homicide_trends.display import plots
from homicide_trends.display.tables import MIME
from homicide_trends.methods.level_breaks import breaks_of_level
from homicide_trends.methods.other_countries import elsewhere
from homicide_trends.methods.rate_trend import trend_of_rates
from homicide_trends.methods.step_models import step_models

DATE = "2012-03-01"


@pytest.fixture(autouse=True)
def _no_figure_left_open() -> object:
    yield
    plt.close("all")


def words(ax: Axes) -> list[str]:
    return [text.get_text().strip() for text in ax.texts]


def drawn(ax: Axes, label: str) -> list[float]:
    """Heights of the points of the lines with a marker."""
    marked = [line for line in ax.lines if line.get_marker() == label]
    return [float(value) for line in marked for value in np.asarray(line.get_ydata())]


def at_intervention(ax: Axes) -> bool:
    """Whether a vertical line stands on the first of March 2012."""
    ends = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    return any(
        x[0] == x[1] and num2date(float(x[0])).strftime("%Y-%m-%d") == DATE
        for x in map(np.asarray, ends)
        if x.dtype.kind == "f"
    )


MODELS = step_models(months([100, 104] * 7 + [50, 47] * 5), intervention=DATE, transition="after")
BREAKS = breaks_of_level(months([100, 104] * 7 + [50, 47] * 5), intervention=DATE, end="2012-12-31")
RATES = [50 * 1.1**year for year in range(7)]
TREND = trend_of_rates(
    years([*RATES, *(RATES[-1] * 0.95**year for year in range(1, 8))], "2000-01-01"),
    about=("2011-01-01", "2013-12-31"), permutations=99, seed=1,
)  # fmt: skip


def test_models_draw_counts_once_and_name_every_model() -> None:
    ax = plots.plot_models(MODELS.series, "Observed and expected", intervention=DATE)
    assert ax.get_title(loc="left") == "Observed and expected"
    assert drawn(ax, "o") == [100, 104] * 7 + [50, 47] * 5
    assert {"observed", "Step without trend", "Step on a trend", "Step and new trend"} <= set(
        words(ax)
    )
    assert len(ax.collections) == 3  # a band for each model
    assert at_intervention(ax)


def test_expected_deaths_are_drawn_after_the_intervention_only() -> None:
    ax = plots.plot_models(MODELS.series, "", intervention=DATE)
    thick = [line for line in ax.lines if line.get_linewidth() == 2]
    assert [len(np.asarray(line.get_ydata())) for line in thick] == [10, 10, 10]
    assert np.asarray(thick[0].get_ydata()) == pytest.approx([102.0] * 10)


def test_candidates_in_the_set_are_told_apart() -> None:
    ax = plots.plot_candidates(BREAKS.candidates, "One break", intervention=DATE)
    inside = BREAKS.candidates["within"]
    assert drawn(ax, "D") == BREAKS.candidates.loc[inside, "excess"].tolist()
    assert drawn(ax, "o") == BREAKS.candidates.loc[~inside, "excess"].tolist()
    # Hansen 2000, table 1: the limit at 95 percent.
    assert any(
        np.allclose(np.asarray(line.get_ydata(), dtype=float), 7.35, atol=0.005)
        for line in ax.lines
        if len(line.get_ydata()) == 2  # type: ignore[arg-type]
    )
    assert at_intervention(ax)
    assert "intervention" in words(ax)


def test_segments_mark_their_joinpoints() -> None:
    ax = plots.plot_segments(TREND.series, "Rates", intervention=DATE)
    assert drawn(ax, "s") == pytest.approx([RATES[-1]])
    assert "2006" in words(ax)
    assert len(drawn(ax, "o")) == 14
    assert at_intervention(ax)


def test_intervention_outside_the_axis_is_not_marked() -> None:
    ax = plots.plot_segments(TREND.series, "Rates", intervention="1990-01-01")
    assert "intervention" not in words(ax)


def test_synthetic_draws_both_lines() -> None:
    rows = [
        years(rates, "2009-01-01").assign(place=code, name=code, person_years=1e5)
        for code, rates in (
            ("A", [30, 34, 32, 20]), ("B", [20, 26, 21, 22]), ("C", [40, 42, 43, 40]))
    ]  # fmt: skip
    found = elsewhere(pd.concat(rows), place="A", intervention=DATE, start="2009-01-01",
                      end="2012-12-31")  # fmt: skip
    ax = plots.plot_synthetic(found.series, "A and others", intervention=DATE)
    assert drawn(ax, "o") == pytest.approx([30, 34, 32, 31, 30, 34, 32, 20])
    assert {"observed", "other countries"} <= set(words(ax))


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (plots.plot_models, MODELS.series),
        (plots.plot_candidates, BREAKS.candidates),
        (plots.plot_segments, TREND.series),
        (plots.plot_synthetic, pd.DataFrame(columns=["start", "end", "rate", "synthetic"])),
    ],
)
def test_without_rows_a_sentence_takes_the_place_of_the_figure(
    draw: Callable[..., Axes], table: pd.DataFrame
) -> None:
    nothing = table.head(0)
    ax = draw(nothing, "Title", intervention=DATE)
    shown = plots.show_or_say(ax, alt="alt", table=nothing, empty="Too few <years>.")
    assert shown.bundle["text/plain"] == "Too few <years>."
    assert shown.bundle["text/html"] == '<p class="finding">Too few &lt;years&gt;.</p>'
    assert "image/svg+xml" not in shown.bundle
    assert shown.bundle[MIME] == {"findings": [], "main": None}
    assert not plt.get_fignums()


def test_with_rows_the_figure_is_shown_with_its_text_and_findings() -> None:
    ax = plots.plot_candidates(BREAKS.candidates, "One break", intervention=DATE)
    shown = plots.show_or_say(
        ax, alt="What it shows.", table=BREAKS.candidates, empty="", quantities=["excess"]
    )
    assert shown.metadata["image/svg+xml"]["alt"] == "What it shows."
    assert shown.findings["estimate"].tolist() == BREAKS.candidates["excess"].tolist()
    assert not plt.get_fignums()


def test_source_line_names_who_counted() -> None:
    ax = plots.plot_models(MODELS.series, "", intervention=DATE)
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert [text.get_text() for text in figure.texts] == ["Counts: A. Population: P."]
