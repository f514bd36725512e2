"""The lists and sliders of JupyterLab; a thin layer over answers that work without them."""

import html
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..claims.axes import Choice
from ..language import _, translated
from ..refusals import MissingExtraError
from ..series.counts import PREFERRED
from ..tables.load import Folder
from ..wording import formats
from ..wording.sentences import quoted
from .answers import Answer, answer
from .definitions import (
    Definition,
    Prepared,
    baseline_days,
    command,
    figures_to_explore,
    first,
    prepare,
)
from .drawing import curve
from .explore_words import summary

if TYPE_CHECKING:
    from ipywidgets import Widget

OWN = "own"
LEVELS = (0.8, 0.9, 0.95, 0.99)

# The button copies what stands beside it; nothing of the data is part of the program.
COPY = (
    '<button type="button" class="jupyter-button" data-done="{done}" '
    'onclick="navigator.clipboard.writeText(this.nextElementSibling.textContent)'
    '.then(() => {{this.textContent = this.dataset.done}})">{copy}</button> '
)


def panel(figure: str = "", *, conf: float = 0.95, data: Folder | None = None) -> "Widget":
    """Lists and sliders for figure, counts, baseline and window, with the answer below them.

    ``figure`` is the ``figure_id`` to begin with, by default the first that can be explored;
    ``conf`` the level of the intervals. Needs ipywidgets (the extra ``lab``) and a notebook
    that shows widgets; MissingExtraError says so where it is absent, DataError names an unknown
    figure.

    >>> shown = panel("memo-averted")
    >>> shown.state.chosen.window_end
    '2013-11-30'
    >>> shown.window_end.value = shown.window_end.options[0][1]
    >>> shown.state.chosen.window_end
    '2012-03-31'
    """
    try:
        import ipywidgets
    except ImportError:
        raise MissingExtraError(
            _(
                "the sliders need ipywidgets: pip install 'homicide-trends[lab]'; without them, "
                "explore.answer gives the same numbers"
            )
        ) from None
    return _Panel(ipywidgets, figure, conf, data).box


class _Panel:
    """The controls, what is chosen, and what is shown for it."""

    def __init__(self, widgets: Any, figure: str, conf: float, data: Folder | None) -> None:
        known = figures_to_explore(data=data)
        self.prepared = lru_cache(maxsize=None)(lambda name: prepare(name, conf=conf, data=data))
        self.data = data
        self.ready: Prepared = self.prepared(figure or known["figure_id"].iloc[0])
        self.chosen: Definition = first(self.ready)
        self.found: Answer | None = None
        self.filling = False
        wide = {"description_width": "9em"}
        place = widgets.Layout(width="auto", max_width="720px")

        def control(kind: Any, description: str, **more: Any) -> Any:
            return kind(description=description, style=wide, layout=place, **more)

        self.figure = control(
            widgets.Dropdown, _("Figure"),
            options=[(_label(row), row["figure_id"]) for _, row in known.iterrows()],
            value=self.ready.claim.figure["figure_id"],
        )  # fmt: skip
        self.agency = control(widgets.Dropdown, _("Counted by"))
        self.population = control(widgets.Dropdown, _("Population"))
        self.baseline = control(widgets.Dropdown, _("Baseline"))
        self.own = control(
            widgets.SelectionRangeSlider, _("Own months"), options=[("-", "")],
            continuous_update=True,
        )  # fmt: skip
        self.window_start = control(widgets.Dropdown, _("Window from"))
        self.window_end = control(
            widgets.SelectionSlider, _("Window to"), options=[("-", "")], continuous_update=True
        )
        levels = sorted({*LEVELS, conf})
        self.conf = control(
            widgets.Dropdown, _("Interval"), value=conf,
            options=[(f"{100 * level:.10g} %", level) for level in levels],
        )  # fmt: skip
        self.result = widgets.HTML()
        self.curve = widgets.HTML()
        self.command = widgets.HTML()
        self.controls = [
            self.agency, self.population, self.baseline, self.own, self.window_start,
            self.window_end, self.conf,
        ]  # fmt: skip
        self.fill()
        self.figure.observe(self.other_figure, names="value")
        for one in self.controls:
            one.observe(self.moved, names="value")
        self.box = widgets.VBox(
            [self.figure, *self.controls, self.result, self.curve, self.command]
        )
        # For tests and for people who go on in the next cell.
        self.box.state = self
        for name in ("figure", "agency", "population", "baseline", "own", "window_start",
                     "window_end", "conf"):  # fmt: skip
            setattr(self.box, name, getattr(self, name))
        self.show()

    def other_figure(self, change: Any) -> None:
        """Another figure: its grid is computed once, then its own choices are offered."""
        computing = _("Computing the definitions of this figure, once.")
        self.result.value = f"<p>{html.escape(computing)}</p>"
        self.ready = self.prepared(change["new"])
        self.chosen = replace(first(self.ready), conf=self.conf.value)
        self.fill()
        self.show()

    def fill(self) -> None:
        """Offer what the figure's place has, and set the controls to what is chosen."""
        self.filling = True
        ready, chosen = self.ready, self.chosen
        self.agency.options = [
            (_("in the order of agencies.csv") if name == PREFERRED else name, name)
            for name in ready.agencies
        ]
        self.agency.value = chosen.agency
        self.population.options = ready.populations or [chosen.population_series]
        self.population.value = chosen.population_series
        self.baseline.options = [
            *((_baseline_label(one), one.key) for one in ready.baselines),
            (_("own months (slider)"), OWN),
        ]  # fmt: skip
        begin, end = (pd.Timestamp(day) for day in chosen.window)
        days = tuple(pd.Timestamp(day) for day in chosen.baseline)
        keys = [one.key for one in ready.baselines if baseline_days(one, begin, end) == days]
        self.baseline.value = keys[0] if keys else OWN
        months = pd.period_range(ready.span[0], begin - pd.Timedelta(days=1), freq="M")
        self.own.options = [(formats.period(*_ends(month)), month) for month in months]
        self.own.value = (months[-12] if len(months) >= 12 else months[0], months[-1])
        self.own.disabled = self.baseline.value != OWN
        self.window_start.options = [
            (f"{formats.day(one.value)}, {translated(one.why)}", f"{one.value:%Y-%m-%d}")
            for one in ready.window_starts
        ]
        self.window_start.value = chosen.window_start
        self.window_end.options = [
            (formats.day(day), f"{day:%Y-%m-%d}") for day in ready.window_ends
        ]
        self.window_end.value = chosen.window_end
        self.filling = False

    def moved(self, _: Any) -> None:
        """Another choice: read all controls and show the answer."""
        if self.filling:
            return
        begin, end = pd.Timestamp(self.window_start.value), pd.Timestamp(self.window_end.value)
        self.own.disabled = self.baseline.value != OWN
        if self.baseline.value == OWN:
            opening, closing = _ends(self.own.value[0])[0], _ends(self.own.value[1])[1]
        else:
            choice = next(one for one in self.ready.baselines if one.key == self.baseline.value)
            opening, closing = baseline_days(choice, begin, end)
        self.chosen = replace(
            self.chosen,
            agency=self.agency.value,
            population_series=self.population.value,
            baseline_start=f"{opening:%Y-%m-%d}",
            baseline_end=f"{closing:%Y-%m-%d}",
            window_start=f"{begin:%Y-%m-%d}",
            window_end=f"{end:%Y-%m-%d}",
            conf=self.conf.value,
        )
        self.show()

    def show(self) -> None:
        """The answer in sentences, its place among all definitions, and its command."""
        self.found = answer(self.ready, self.chosen)
        said = {key: html.escape(text) for key, text in summary(self.ready, self.found).items()}
        self.result.value = (
            '<div class="explored" aria-live="polite" style="max-width:720px;line-height:1.45">'
            f"<p><strong>{said['estimate']}</strong></p><p><strong>{said['verdict']}</strong></p>"
            f"<p>{said['counted']} {said['grid']}</p><p>{said['layers']}</p></div>"
        )
        self.curve.value = curve(self.ready, self.found)
        line = command(self.chosen, measure=self.ready.measure, data=self.data)
        copy = COPY.format(copy=html.escape(_("Copy")), done=html.escape(_("Copied")))
        self.command.value = (
            f"{copy}<code style='white-space:pre-wrap;user-select:all'>{html.escape(line)}</code>"
        )


def _label(figure: pd.Series) -> str:
    """A figure as a list has it: what is stated, and which figure it is."""
    return f"{quoted([figure['as_reported']])} ({figure['figure_id']})"


def _baseline_label(choice: Choice) -> str:
    """A baseline as a list has it: its name, and its days where they do not move."""
    name = translated(choice.key)
    return name if choice.value is None else f"{name} ({formats.period(*choice.value)})"


def _ends(month: pd.Period) -> tuple[pd.Timestamp, pd.Timestamp]:
    return month.start_time.normalize(), month.end_time.normalize()
