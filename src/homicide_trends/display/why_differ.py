"""Why the numbers of the reports differ: one comparison beside those of the other reports.

The reports ask about the same deaths and take other times as normal, end on other days or fit a
trend. ``other_answers`` computes what each of them does for the place and the start of a report,
and ``why_differ`` shows it: the same table in every report.
"""

from typing import Any, NamedTuple

import pandas as pd

from ..arguments import Window, days_of
from ..claims.options import EVE_DAYS
from ..claims.readings import appearance
from ..language import N_, _, translated
from ..series import DailyCurve, compare, regional_series
from ..tables.load import DataError, Folder, load_events, load_figures
from ..wording import formats
from ..wording.claims import in_words
from . import tables

_DAY = pd.Timedelta(days=1)
# A baseline of which more was shared out by days says nothing of its own: the year was counted.
MOST_SHARED = 0.5
# What the other reports are called in a cell, by the name of the report.
REPORTS = {
    "change": N_("change and averted deaths"),
    "claim": N_("claims"),
    "region": N_("region"),
    "effect": N_("methods"),
}
_COLUMNS = ["differs", "report", "start", "end", "baseline_start", "baseline_end", "percent_change",
            "averted", "averted_lower", "averted_upper"]  # fmt: skip


class _Way(NamedTuple):
    """One way to compare: what differs from the report's own, in which report it stands."""

    differs: str
    report: str
    baseline: tuple[pd.Timestamp, pd.Timestamp]
    window: tuple[pd.Timestamp, pd.Timestamp]
    exposure: str = "person_years"


def other_answers(
    curve: DailyCurve,
    *,
    baseline: Window,
    window: Window,
    here: pd.DataFrame | None = None,
    conf: float = 0.95,
    data: Folder | None = None,
) -> pd.DataFrame:
    """What the other reports give for the same place and start, a row each; the own row first.

    ``baseline`` and ``window`` are those of the report that asks, ``curve`` the counts of its
    place. ``here`` is its own result (one row with ``percent_change`` or ``averted``) where it
    rests on other counts than the curve. Columns: ``differs`` (in the language in force),
    ``report``, the periods, ``percent_change``, ``averted`` with prediction limits that let in
    how deaths scatter and come in spells, agency and sources. A way that the counts on file do
    not carry has no row.

    >>> from homicide_trends.series import daily_curve
    >>> found = other_answers(daily_curve("SLV"), baseline=("2011-03", "2012-02"),
    ...     window=("2012-03", "2013-12"))
    >>> found[["averted", "percent_change"]].round(1).to_numpy()[:2].tolist()
    [[4054.5, -48.8], [4014.3, -48.6]]
    """
    own = days_of(baseline, "baseline"), days_of(window, "window")
    ways = _ways(curve, *own, data)
    if here is None:
        found = [_row(_Way(_("this report"), "", *own), curve, conf, most=1.0)]
        by_day = _Way(_("the same by the day, not per inhabitant"), "claim", *own, "days")
        ways = [by_day, *(way for way in ways if (way.baseline, way.window) != own)]
    else:
        limits = [name for name in here if name.startswith("percent_change_")]
        found = [here.drop(columns=limits).assign(differs=_("this report"), report="")]
    found += [_row(way, curve, conf) for way in ways]
    first, last = own[1]
    found += [_whole_years(curve, first, last, conf, data), _on_a_trend(curve, first, last, conf)]
    known = pd.concat([rows for rows in found if len(rows)], ignore_index=True)
    same = ["start", "end", "baseline_start", "baseline_end", "percent_change"]
    known = known[~known[same].assign(percent_change=known["percent_change"].round(6)).duplicated()]
    return known.reindex(columns=list(dict.fromkeys([*_COLUMNS, *known]))).reset_index(drop=True)


def why_differ(answers: pd.DataFrame, answer: str = "") -> tables.Shown:
    """The table of ``other_answers``, and how far apart its numbers lie.

    ``answer`` is what the report says first; with what other ways give it is its main finding.

    >>> rows = pd.DataFrame({"differs": ["this report", "a trend"], "report": ["", "effect"],
    ...     "averted": [4054.6, 6222.3], "percent_change": [-48.8, -59.4]})
    >>> shown = why_differ(rows.assign(start=pd.NaT, end=pd.NaT, baseline_start=pd.NaT,
    ...     baseline_end=pd.NaT))
    >>> shown.bundle["text/plain"].splitlines()[0].replace(formats.NBSP, " ")
    'The same killings make a fall of 48.8 to 59.4 % and 4,055 to 6,222 deaths fewer, by what they \
are compared with and where the count ends.'
    """
    reports = [translated(REPORTS.get(name, name)) or formats.NONE for name in answers["report"]]
    return tables.show(
        answers.assign(report=reports),
        ["differs", "percent_change", "averted", "baseline", "window", "report"],
        caption=_("Why the numbers of the reports differ"),
        labels={"differs": _("What differs"), "baseline": _("Compared with"),
                "window": _("Period"), "averted": _("Deaths fewer"), "report": _("Report")},
        sentence=f"{answer} {_otherwise(answers)}".strip() if answer else _how_far(answers),
        main=bool(answer),
    )  # fmt: skip


def _otherwise(answers: pd.DataFrame) -> str:
    """What other ways give, without the report's own."""
    change = answers["percent_change"].iloc[1:].dropna()
    if change.empty:
        return ""
    fell = bool((change < 0).all())
    given = _from_to(change, fell, 0)
    if fell:
        return _("Compared or modelled otherwise, the fall is {change}.", change=given)
    return _("Compared or modelled otherwise, the change is {change}.", change=given)


def _from_to(change: "pd.Series[float]", fell: bool, decimals: int) -> str:
    """The least and the most of some changes; of falls, how large they are."""
    ends = sorted(-change if fell else change)
    return formats.interval(ends[0], ends[-1], decimals) + f"{formats.NBSP}%"


def _how_far(answers: pd.DataFrame) -> str:
    change, fewer = answers["percent_change"].dropna(), answers["averted"].dropna()
    if len(change) < 2 or len(fewer) < 2:
        return ""
    fell = bool((change < 0).all() and (fewer >= 0).all())
    said = {
        "change": _from_to(change, fell, 1),
        "fewer": formats.interval(fewer.min(), fewer.max()),
    }
    if fell:
        return _(
            "The same killings make a fall of {change} and {fewer} deaths fewer, by what they are "
            "compared with and where the count ends.",
            **said,
        )
    return _(
        "The same killings make a change of {change} and a number of deaths fewer from {fewer}, by "
        "what they are compared with and where the count ends.",
        **said,
    )


def _ways(
    curve: DailyCurve, baseline: tuple[Any, Any], window: tuple[Any, Any], data: Folder | None
) -> list[_Way]:
    """The comparisons of the other reports that need nothing but the counts of the place."""
    first, last = window
    month = first.replace(day=1)
    event = _event(curve.place, first, data) or first
    january = pd.Timestamp(event.year, 1, 1)
    ways = [
        _Way(_("the year before is taken as normal"), "change",
             (month - pd.DateOffset(months=12), month - _DAY), (month, last)),
    ]  # fmt: skip
    if (event - january).days >= EVE_DAYS:
        weeks = in_words(round((event - january).days / 7))
        end = _printed(curve.place, event, data) or last
        ways.append(
            _Way(
                _("the {number} weeks before are taken as normal, by the day", number=weeks)
                if end >= last
                else _("the {number} weeks before are taken as normal, by the day; to the last "
                       "month before the text", number=weeks),
                "claim", (january, event - _DAY), (event, min(end, last)), "days",
            )
        )  # fmt: skip
    start = pd.Timestamp(month.year - 1, 1, 1)
    months = (month.year - start.year) * 12 + month.month - start.month
    if months > 12:
        ways.append(
            _Way(
                _("the {number} months before are taken as normal", number=in_words(months)),
                "effect", (start, month - _DAY), (month, last),
            )
        )  # fmt: skip
    return ways


def _event(place: str, first: pd.Timestamp, data: Folder | None) -> pd.Timestamp | None:
    """The intervention on file of the month in which the window begins."""
    events = load_events(place, data=data)
    days = events.loc[events["role"] == "intervention", "start"]
    near = days[days.dt.to_period("M") == first.to_period("M")]
    return near.min() if len(near) else None


def _printed(place: str, event: pd.Timestamp, data: Folder | None) -> pd.Timestamp | None:
    """The end of the last whole month before the text that states deaths averted, or a fall."""
    figures = load_figures(place, data=data)
    for measure in ("averted_deaths", "percent_decline"):
        sources = figures.loc[figures["measure"] == measure, "source_id"].unique()
        spans = [appearance(each, data=data) for each in sources]
        ends = [span[0].replace(day=1) - _DAY for span in spans if span is not None]
        known = [end for end in ends if end > event]
        if known:
            return max(known)
    return None


def _row(way: _Way, curve: DailyCurve, conf: float, most: float = MOST_SHARED) -> pd.DataFrame:
    """One way as a row; none where the counts or the population do not reach."""
    from .. import rates

    try:
        found = rates.averted_deaths(curve, baseline=way.baseline, window=way.window, conf=conf,
                                     exposure=way.exposure)  # fmt: skip
    except ValueError:
        return pd.DataFrame()
    if found["baseline_shared"].iloc[0] > most:
        return pd.DataFrame()
    return _kept(found, found["p_score"], way.differs, way.report)


def _kept(found: pd.DataFrame, change: pd.Series, differs: str, report: str) -> pd.DataFrame:
    """The row without what only its own report shows."""
    names = ["place", "start", "end", "baseline_start", "baseline_end", "agency", "sources",
             "population_series", "baseline_agency", "baseline_sources", "averted",
             "averted_lower", "averted_upper", "averted_method", "averted_conf"]  # fmt: skip
    kept = found[[name for name in names if name in found]]
    return kept.assign(percent_change=change, differs=differs, report=report)


def _whole_years(
    curve: DailyCurve, first: pd.Timestamp, last: pd.Timestamp, conf: float, data: Folder | None
) -> pd.DataFrame:
    """The calendar year before beside those of the window, by the agency of most countries."""
    from .. import rates

    before = f"{first.year - 1}"
    try:
        rows = regional_series(place=curve.place, data=data)
        years = f"{first.year}", f"{last.year}"
        found = rates.averted_deaths(rows, baseline=(before, before), window=years, conf=conf)
    except (DataError, ValueError):
        return pd.DataFrame()
    differs = _("whole calendar years, from the source of most countries")
    return _kept(found, found["p_score"], differs, "region")


def _on_a_trend(
    curve: DailyCurve, first: pd.Timestamp, last: pd.Timestamp, conf: float
) -> pd.DataFrame:
    """The trend of the months before carried on, as the interrupted time series has it."""
    from ..methods import Intervention, averted, interrupted_time_series
    from ..rates import counted_periods

    start = pd.Timestamp(first.year - 1, 1, 1)
    try:
        months = curve.covering((start, last))
        step = Intervention(first, transition="after")
        fit = interrupted_time_series(counted_periods(months), interventions=[step], trend=True,
                                      family="quasi-poisson", conf=conf)  # fmt: skip
        row = averted(fit, first, last).head(1)
    except ValueError:
        return pd.DataFrame()
    about = compare(curve, baseline=(start, first - _DAY), window=(first, last))
    row = row.join(about.drop(columns=[name for name in about if name in row]))
    change = 100 * (row["observed"] / row["expected"] - 1)
    return _kept(row, change, _("the trend of the months before is carried on"), "effect")
