"""One comparison of a claim at a time: its number, its state, and the verdict beside it.

The choices, numbers and words are those of the explorer page of a site. ``panel`` has them on
lists and sliders, for JupyterLab; everything else works without a browser:

>>> from homicide_trends.display import explore
>>> ready = explore.prepare("deaths-prevented")
>>> found = explore.answer(ready, explore.first(ready))
>>> round(found.value), found.state
(3855, 'near')
"""

import html
import os
import shlex
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..claims import judge
from ..claims.comparisons import METHODS, PLAIN, Baseline
from ..claims.evidence import Evidence
from ..claims.explored import (
    Compared,
    Explored,
    compare,
    computed_readings,
    explorable,
    explore_places,
    listed_baselines,
    opening,
)
from ..claims.readings import claims_on_file
from ..claims.result import GIVES, NEAR, OUT, STATED, ClaimResult, Day, ReadingResult
from ..claims.rule import states
from ..language import _, current
from ..refusals import MissingExtraError
from ..series.counts import PREFERRED
from ..tables.load import ENVIRONMENT_VARIABLE, DataError, Folder
from ..wording import claims as wording
from ..wording import explorer as words
from ..wording import formats
from ..wording.words import population, quoted

if TYPE_CHECKING:
    from ipywidgets import Widget

OWN = "own"
REPORTS = {"averted_deaths": "averted", "percent_decline": "change", "percent_increase": "change",
           "rate_ratio": "change"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What one comparison rests on. ``population`` None compares per day."""

    place: str
    agency: str
    population: str | None
    baseline: Baseline
    start: Day
    end: Day
    method: str = PLAIN


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A claim with what its comparisons share: its reading, and its places by their codes."""

    result: ClaimResult
    reading: ReadingResult
    places: dict[str, Explored]
    data: Folder | None

    @property
    def measure(self) -> str:
        """What is claimed, as in ``claims.csv``."""
        return self.reading.reading.measure

    def baselines(self, place: str, agency: str, start: Day) -> list[Baseline]:
        """The baselines that are offered for a first day, the stated one first."""
        stated = self.reading.reading.baseline
        listed = listed_baselines(self.places[place], agency, start, within=None)
        if stated is None:
            return listed
        others = [each for each in listed if (each.start, each.end) != stated]
        return [Baseline(STATED, *stated), *others]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a choice gives, in the claim's own unit, with its 95 percent limits.

    ``state`` is ``gives``, ``near`` (near, or its limits reach the accepted range), ``out``, or
    empty where there is no value. It is that of one comparison and no verdict.
    """

    chosen: Choice
    compared: Compared
    value: float
    lower: float
    upper: float
    state: str


def claims_to_explore(*, data: Folder | None = None) -> pd.DataFrame:
    """The claims about counts over time: ``claim, question``; DataError when there are none.

    >>> claims_to_explore()["claim"].tolist()[:4]
    ['rate-2011', 'about-sixty', 'nearly-sixty', 'deaths-prevented']
    """
    spanish = current() == "es"
    rows = [
        (each.claim, (each.question_es if spanish else "") or each.question or each.as_reported)
        for each in claims_on_file(data=data)
        if any(explorable(reading) for reading in each.readings)
    ]
    if not rows:
        raise DataError(_("nothing to explore: no claim on file is about counts over time"))
    return pd.DataFrame(rows, columns=["claim", "question"])


def prepare(claim: str, *, data: Folder | None = None) -> Prepared:
    """Examine a claim once, and find what can be chosen.

    DataError for an unknown claim, and for one that counts over time do not answer.

    >>> sorted(prepare("deaths-prevented").places)
    ['SLV']
    """
    evidence = Evidence(data)
    result = judge.claim(claim, limits=False, data=data)
    readings = computed_readings(result)
    if not readings:
        raise DataError(_("{claim} cannot be explored: {reason}", claim=claim,
                          reason=wording.sentence(result)))  # fmt: skip
    places = explore_places(readings[:1], evidence=evidence, data=data)
    return Prepared(result, readings[0], places, data)


def first(ready: Prepared) -> Choice:
    """The choice that is the claim's own reading.

    >>> begin = first(prepare("deaths-prevented"))
    >>> begin.baseline.key, f"{begin.start:%Y-%m-%d}", f"{begin.end:%Y-%m-%d}"
    ('year_before', '2012-03-09', '2013-11-30')
    """
    row = opening(ready.reading)
    place = str(row["part"]) or ready.reading.reading.places[0]
    known = ready.places[place]
    agency = str(row["source"]) if str(row["source"]) in known.curves else next(iter(known.curves))
    start = pd.Timestamp(row["start"])
    listed = ready.baselines(place, agency, start)
    own = [each for each in listed if each.key == str(row["baseline"])]
    last = start - pd.Timedelta(days=1)
    usual = Baseline(OWN, start - pd.DateOffset(years=1), last)
    return Choice(place, agency, str(row["population"]) or None, [*own, *listed, usual][0], start,
                  pd.Timestamp(row["end"]))  # fmt: skip


def answer(ready: Prepared, chosen: Choice) -> Answer:
    """One comparison from the daily curve, as every report has it; NaN where it cannot be made.

    >>> ready = prepare("deaths-prevented")
    >>> round(answer(ready, first(ready)).value)
    3855
    """
    found = compare(
        ready.places[chosen.place], agency=chosen.agency, population=chosen.population,
        baseline=(chosen.baseline.start, chosen.baseline.end), study=(chosen.start, chosen.end),
        method=chosen.method,
    )  # fmt: skip
    per_day = ready.measure == "homicide_rate" and chosen.population is None
    value = float("nan") if per_day else found.value(ready.measure)
    lower, upper = found.limits(ready.measure)
    range_ = ready.reading.accepted
    state = "" if range_ is None else str(states([value], range_)[0])
    if state == OUT and range_ and lower <= range_.upper and upper >= range_.lower:
        state = NEAR
    return Answer(chosen, found, value, lower, upper, state)


def summary(ready: Prepared, found: Answer) -> dict[str, str]:
    """The answer in words: ``value, state, sentence, limits``, and the claim's ``verdict``.

    >>> ready = prepare("deaths-prevented")
    >>> summary(ready, answer(ready, first(ready)))["verdict"]
    'Only if the ten weeks before are normal'
    """
    chosen, place = found.chosen, ready.places[found.chosen.place]
    keys = {GIVES: "gives", NEAR: "near", OUT: "out", "": "none"}
    stated = quoted([ready.result.as_reported])
    limits = "" if chosen.method == PLAIN else words.say("no_limits_method")
    if np.isfinite(found.lower):
        digits = words.DECIMALS[ready.measure]
        unit = words.MESSAGES[f"unit_{ready.measure}"] and words.say(f"unit_{ready.measure}")
        limits = words.say(
            "limits", lower=formats.number(found.lower, digits),
            upper=formats.number(found.upper, digits), unit=unit,
        )  # fmt: skip
    return {
        "value": words.amount(found.value, ready.measure),
        "state": words.say(f"fate_{keys[found.state]}", value=stated),
        "sentence": words.comparison(
            found.compared, ready.measure, place=place.name, study=(chosen.start, chosen.end),
            baseline=chosen.baseline, agency=agency_name(chosen.agency),
            population=chosen.population,
        ),
        "limits": limits,
        "verdict": wording.verdict(ready.result),
        "told": wording.sentence(ready.result),
    }  # fmt: skip


def agency_name(agency: str) -> str:
    """Who counted, as a list has it.

    >>> agency_name("PNC")
    'PNC'
    """
    return wording.agency(agency) if agency == PREFERRED else agency


def command(ready: Prepared, chosen: Choice) -> str:
    """The command whose report has the same number; of a level, that which prints the claim.

    Empty for a method that no report has.

    >>> ready = prepare("deaths-prevented")
    >>> print(command(ready, first(ready)))
    homicide-trends render averted -p place SLV -p agency preferred -p population_series ''
    -p baseline_start 2011-03-01 -p baseline_end 2012-02-29 -p window_start 2012-03-09
    -p window_end 2013-11-30 --out explored
    """
    folder = ready.data or os.environ.get(ENVIRONMENT_VARIABLE)
    data = ["--data", str(folder)] if folder else []
    if chosen.method != PLAIN:
        return ""
    if ready.measure not in REPORTS:
        return shlex.join(["homicide-trends", "claims", ready.result.claim, *data])
    given = {
        "place": chosen.place, "agency": chosen.agency,
        "population_series": chosen.population or "",
        "baseline_start": f"{chosen.baseline.start:%Y-%m-%d}",
        "baseline_end": f"{chosen.baseline.end:%Y-%m-%d}",
        "window_start": f"{chosen.start:%Y-%m-%d}", "window_end": f"{chosen.end:%Y-%m-%d}",
        "lang": "" if current() == "en" else current(),
    }  # fmt: skip
    parameters = [part for name, value in given.items() if value or name == "population_series"
                  for part in ("-p", name, value)]  # fmt: skip
    report = ["homicide-trends", "render", REPORTS[ready.measure]]
    return shlex.join([*report, *parameters, *data, "--out", "explored"])


def panel(claim: str = "", *, data: Folder | None = None) -> "Widget":
    """Lists and sliders for a claim, who counted, population, baseline and dates, and the answer.

    ``claim`` is the one to begin with, by default the first that can be explored. Needs
    ipywidgets (the extra ``lab``); MissingExtraError says so where it is absent.

    >>> shown = panel("deaths-prevented")
    >>> shown.baseline.value = "eve"
    >>> round(shown.state.found.value)
    4673
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
    return _Panel(ipywidgets, claim, data).box


class _Panel:
    """The controls, what is chosen, and what is shown for it."""

    def __init__(self, widgets: Any, claim: str, data: Folder | None) -> None:
        known = claims_to_explore(data=data)
        self.prepared = lru_cache(maxsize=None)(lambda name: prepare(name, data=data))
        self.filling = False
        layout = widgets.Layout(width="auto", max_width="720px")

        def control(kind: Any, description: str, **more: Any) -> Any:
            style = {"description_width": "9em"}
            made = kind(description=description, style=style, layout=layout, **more)
            made.observe(self.moved, names="value")
            return made

        self.claim = widgets.Dropdown(
            description=_("Claim"), style={"description_width": "9em"}, layout=layout,
            options=[(question, name) for name, question in known.itertuples(index=False)],
            value=claim or known["claim"].iloc[0],
        )  # fmt: skip
        self.claim.observe(self.other, names="value")
        self.place = control(widgets.Dropdown, _("Place"))
        self.agency = control(widgets.Dropdown, _("Counted by"))
        self.population = control(widgets.Dropdown, _("Population"))
        self.baseline = control(widgets.Dropdown, _("Baseline"))
        self.method = control(widgets.Dropdown, _("Expected from"))
        self.own = control(widgets.SelectionRangeSlider, _("Own months"), options=[("-", "")])
        self.start = control(widgets.SelectionSlider, _("From"), options=[("-", "")])
        self.end = control(widgets.SelectionSlider, _("To"), options=[("-", "")])
        self.shown = widgets.HTML()
        names = ["claim", "place", "agency", "population", "baseline", "method", "own", "start",
                 "end"]  # fmt: skip
        controls = {name: getattr(self, name) for name in names}
        self.box = widgets.VBox([*controls.values(), self.shown])
        for name, made in {**controls, "state": self}.items():  # for those who go on in a cell
            setattr(self.box, name, made)
        self.other(None)

    def other(self, _change: Any) -> None:
        """Another claim: its own reading is what is shown first."""
        self.ready = self.prepared(self.claim.value)
        self.chosen = first(self.ready)
        self.fill()
        self.show()

    def fill(self) -> None:
        """Offer what the claim's place has, and set the controls to what is chosen."""
        self.filling = True
        chosen, known = self.chosen, self.ready.places[self.chosen.place]
        opens, closes = known.span()
        self.place.options = [(each.name, code) for code, each in self.ready.places.items()]
        self.agency.options = [(agency_name(name), name) for name in known.curves]
        self.population.options = [
            (words.say("pop_days"), None),
            *((population(name), name) for name in known.people),
        ]
        listed = self.ready.baselines(chosen.place, chosen.agency, chosen.start)
        self.baseline.options = [
            *((words.baseline_name(each.key, each.start, each.end), each.key) for each in listed),
            (words.say("base_own"), OWN),
        ]
        self.method.options = [(words.say(f"method_{name}"), name) for name in METHODS]
        months = pd.date_range(opens.replace(day=1), closes, freq="MS")
        starts = sorted({*months, chosen.start, *known.anchors})
        ends = sorted({*(months + pd.offsets.MonthEnd(0)), chosen.end, closes})
        self.start.options = [(formats.day(day), day) for day in starts]
        self.end.options = [(formats.day(day), day) for day in ends if day <= closes]
        self.own.options = [
            (formats.period(day, day + pd.offsets.MonthEnd(0)), day) for day in months
        ]
        held = {"place": chosen.place, "agency": chosen.agency, "population": chosen.population,
                "baseline": chosen.baseline.key, "method": chosen.method,
                "start": chosen.start, "end": chosen.end}  # fmt: skip
        for name, value in held.items():
            getattr(self, name).value = value
        before = months[months <= max(chosen.baseline.end, months[0])]
        self.own.value = (max(months[0], chosen.baseline.start.replace(day=1)), before[-1])
        self.own.disabled = chosen.baseline.key != OWN
        self.filling = False

    def moved(self, change: Any) -> None:
        """Another choice: read all controls and show the answer."""
        if self.filling:
            return
        place, agency = self.place.value, self.agency.value
        if change["owner"] is self.place:
            agency = next(iter(self.ready.places[place].curves))
        start, end = self.start.value, self.end.value
        own = Baseline(OWN, self.own.value[0], self.own.value[1] + pd.offsets.MonthEnd(0))
        listed = {each.key: each for each in self.ready.baselines(place, agency, start)}
        kept = (
            self.population.value
            if self.population.value in self.ready.places[place].people
            else None
        )
        self.chosen = replace(
            self.chosen, place=place, agency=agency, population=kept,
            baseline=listed.get(self.baseline.value, own), start=start, end=max(start, end),
            method=self.method.value,
        )  # fmt: skip
        self.fill()
        self.show()

    def show(self) -> None:
        """The number with its state and limits; the verdict apart; the command."""
        self.found = answer(self.ready, self.chosen)
        said = {key: html.escape(text) for key, text in summary(self.ready, self.found).items()}
        line = html.escape(command(self.ready, self.chosen))
        heading = html.escape(_("Verdict"))
        one = html.escape(_("One comparison is no verdict: it says what these counts give for "
                            "this choice, not that the choice is the right one."))  # fmt: skip
        self.shown.value = (
            '<div class="explored" aria-live="polite" style="max-width:720px;line-height:1.45">'
            f"<p><strong>{said['value']}</strong> {said['state']}. {said['sentence']}</p>"
            f"<p>{said['limits']}</p><p>{one}</p>"
            f"<p>{heading}: <strong>{said['verdict']}</strong>. {said['told']}</p>"
            f"<code style='white-space:pre-wrap;user-select:all'>{line}</code></div>"
        )
