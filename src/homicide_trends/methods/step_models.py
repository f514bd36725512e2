"""An interrupted time series under several assumptions about the trend, side by side.

Whether the deaths expected without the intervention follow a trend is an assumption that decides
the number of deaths averted. So no single model is fitted here but three, each with the
standard errors of three kinds, and what the periods cannot carry is left out with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arguments import day
from ..language import N_, _, ngettext, translated
from ..rates.period_limits import counted_periods
from ..series.periods import are_years
from ..wording import formats
from .fitting import CountEffect
from .interrupted import Intervention, averted, interrupted_time_series
from .regressors import Transition

STEP = N_("Step without trend")
TREND = N_("Step on a trend")
SLOPE = N_("Step and new trend")

ASSUMPTIONS = {
    STEP: N_("the rate would have stayed as it was before"),
    TREND: N_("one trend before and after, and it would have gone on"),
    SLOPE: N_("the trend before would have gone on, whatever the trend after"),
}
"""What each model takes for granted about the deaths expected without the intervention."""

FEWEST_BEFORE, FEWEST_AFTER = 6, 3
"""Periods before and after the intervention below which no step is fitted."""

FEWEST_FOR_TREND = 12
"""Periods before the intervention below which no trend is fitted."""

RATIOS = ("errors", "held", "rate_ratio", "trend_apc", "slope_apc")
AVERTED = ("errors", "deaths", "expected", "averted")
DIAGNOSTICS = ("periods", "dispersion", "autocorrelation", "hac_lag", "ljung_box_lag",
               "ljung_box_p")  # fmt: skip

ERRORS = {
    "spells": N_("scatter and spells"),
    "model": "Poisson",
    "quasi": N_("quasi-Poisson"),
    "hac": "HAC (Newey-West)",
    "hac-andrews": "HAC (Andrews)",
}


@dataclass(frozen=True, slots=True, eq=False)
class StepModels:
    """Interrupted time series of one series by model, as tables with a row a model or more.

    - `fits`: the fitted models themselves, by their names.
    - `ratios`: a row a model and kind of `errors`: `rate_ratio` (the step, at the intervention),
      `trend_apc` and `slope_apc` (trend and change of trend, percent a year), `held` (percent of
      such series in which limits as narrow as those of the step hold it). The first kind carries
      dispersion and autocorrelation (`rates.limits`).
    - `averted`: as many rows: `deaths` (observed), `expected` and `averted` with prediction limits.
    - `series`: a row a period and model: `deaths`, `fitted`, `after`, and from the intervention
      on `expected` (limits: prediction).
    - `diagnostics`: a row a model: `periods`, `dispersion`, `autocorrelation` (lag 1, of deviance
      residuals), `ljung_box_lag`, `ljung_box_p`, `hac_lag`.
    - `reason`: what was not fitted and why; empty when all three models were.

    The rows carry the window (`start`, `end`), the baseline, the place and who counted.
    """

    intervention: pd.Timestamp
    fits: dict[str, CountEffect]
    ratios: pd.DataFrame
    averted: pd.DataFrame
    series: pd.DataFrame
    diagnostics: pd.DataFrame
    reason: str


def step_models(
    table: pd.DataFrame,
    *,
    intervention: str | pd.Timestamp,
    transition: Transition,
    conf: float = 0.95,
) -> StepModels:
    """Fit a step without a trend, a step on a trend, and a step with a change of trend.

    `table` is a series table with `start, end, deaths, person_years`. `transition` says what
    becomes of a period that the date splits (`effect.Intervention`). All three are quasi-Poisson
    with the person-years as exposure and no season, fitted to what was counted: months that were
    split from one total are one period. A step needs 6 periods before and 3 after, a trend 12
    before; a model that the periods cannot carry is left out and named in `reason`.

    Errors: ValueError for an unknown `transition` and a table without the columns.

    Source: Lopez Bernal, Cummins and Gasparrini, Int J Epidemiol 2017;46:348-355.

    >>> months = pd.date_range("2011-01-01", periods=24, freq="MS")
    >>> table = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0)})
    >>> table["deaths"] = [100, 104] * 7 + [50, 47] * 5
    >>> table["person_years"] = (table["end"] - table["start"]).dt.days + 1.0
    >>> models = step_models(table, intervention="2012-03-01", transition="after")
    >>> models.averted["model"].unique().tolist()
    ['Step without trend', 'Step on a trend', 'Step and new trend']
    >>> print(round(models.averted["averted"].iloc[0], 1))  # 1428 deaths x 306 / 425 days - 485
    543.2
    >>> step_models(table.tail(9), intervention="2012-06-01", transition="after").reason
    '2 months before 1 Jun 2012 and 7 from it on: a step needs at least 6 before and 3 after.'
    """
    date = day(intervention, "intervention")
    table = counted_periods(table)
    wanted = {
        STEP: (Intervention(date, transition=transition), False),
        TREND: (Intervention(date, transition=transition), True),
        SLOPE: (Intervention(date, transition=transition, slope=True), True),
    }
    reason, most = _carried(table, date)
    fits: dict[str, CountEffect] = {}
    for model, (step, trend) in list(wanted.items())[:most]:
        try:
            fits[model] = interrupted_time_series(
                table, interventions=[step], trend=trend, family="quasi-poisson", conf=conf
            )
        except ValueError as error:  # what the numbers cannot carry is left out, and said
            reason = " ".join(filter(None, [reason, f"{translated(model)}: {error}."]))
    return StepModels(
        intervention=date,
        fits=fits,
        ratios=_every(_ratios, fits, table, *RATIOS),
        averted=_every(_averted, fits, table, *AVERTED),
        series=_every(_series, fits, table, "deaths", "fitted", "expected"),
        diagnostics=_every(_diagnostics, fits, table, *DIAGNOSTICS),
        reason=reason,
    )


def unit_of(table: pd.DataFrame) -> str:
    """What a period of the table is called: a year, or else a month.

    >>> unit_of(pd.DataFrame({"start": ["2011-01-01"], "end": ["2011-12-31"]}))
    'year'
    """
    return "year" if len(table) and are_years(table) else "month"


def context(table: pd.DataFrame) -> dict[str, str]:
    """Place, who counted and over which population, as a finding names them.

    >>> context(pd.DataFrame({"agency": ["PNC", "IML", "PNC"], "sources": ["a;b", "b", ""]}))
    {'agency': 'PNC; IML', 'sources': 'a;b'}
    """
    joined = {}
    for column, mark in (("place", ";"), ("agency", "; "), ("population_series", "; "),
                         ("sources", ";")):  # fmt: skip
        if column in table:
            cells = [str(cell).split(mark) for cell in table[column].dropna()]
            words = dict.fromkeys(word for cell in cells for word in cell if word)
            joined[column] = mark.join(words)
    return joined


def _carried(table: pd.DataFrame, date: pd.Timestamp) -> tuple[str, int]:
    """Why not all models can be fitted, and how many of them can."""
    known = table.dropna(subset=["deaths"])
    before = int((pd.to_datetime(known["end"]) < date).sum())
    if before < FEWEST_BEFORE or len(known) - before < FEWEST_AFTER:
        reason = _(
            "{have}: a step needs at least {before} before and {after} after.",
            have=_have(known, before, date),
            before=FEWEST_BEFORE,
            after=FEWEST_AFTER,
        )
        return reason, 0
    if before < FEWEST_FOR_TREND:
        reason = _(
            "{have}: a trend needs at least {before} before.",
            have=_have(known, before, date),
            before=FEWEST_FOR_TREND,
        )
        return reason, 1
    return "", 3


def _have(known: pd.DataFrame, before: int, date: pd.Timestamp) -> str:
    """How many periods lie on either side of a date."""
    said = {"day": formats.day(date), "after": formats.number(len(known) - before)}
    if unit_of(known) == "year":
        return ngettext(
            "{number} year before {day} and {after} from it on",
            "{number} years before {day} and {after} from it on",
            before,
            **said,
        )
    return ngettext(
        "{number} month before {day} and {after} from it on",
        "{number} months before {day} and {after} from it on",
        before,
        **said,
    )


def no_rows(*columns: str) -> pd.DataFrame:
    """A table without rows that has the columns of one with rows."""
    return pd.DataFrame(columns=["start", "end", "baseline_start", "baseline_end", *columns])


def _every(
    rows_of: Callable[[CountEffect], pd.DataFrame],
    fits: dict[str, CountEffect],
    table: pd.DataFrame,
    *columns: str,
) -> pd.DataFrame:
    """Rows of every model, with the model before them and the window and context behind."""
    if not fits:
        return no_rows("model", *columns)
    parts = []
    for model, fit in fits.items():
        rows = rows_of(fit)
        rows.insert(0, "model", model)
        first = fit.series["start"][after(fit)].iloc[0]
        periods = {
            "start": first,
            "end": fit.series["end"].iloc[-1],
            "baseline_start": fit.series["start"].iloc[0],
            "baseline_end": fit.series["end"][fit.series["end"] < first].iloc[-1],
        }
        known = {name: value for name, value in periods.items() if name not in rows}
        parts.append(rows.assign(**known, **context(table)))
    return pd.concat(parts, ignore_index=True)


def after(fit: CountEffect) -> pd.Series:
    """Which periods the intervention reaches, and the fit uses."""
    changed = np.any(fit.design.matrix != fit.design.without(None), axis=1)
    return fit.series["used"] & changed


def _ratios(fit: CountEffect) -> pd.DataFrame:
    step = _of_term(fit, "level").reset_index(drop=True)
    kept = [f"rate_ratio{end}" for end in ("", "_lower", "_upper", "_method", "_conf")]
    rows = pd.DataFrame({"errors": step["covariance"].map(ERRORS)}).join(step[["held", *kept]])
    for term, name in (("trend", "trend_apc"), ("slope", "slope_apc")):
        found = _of_term(fit, term).set_index("covariance").reindex(step["covariance"])
        for limit in ("", "_lower", "_upper"):
            yearly = found[f"rate_ratio{limit}"] ** _a_year(fit)
            rows[f"{name}{limit}"] = (100 * (yearly - 1)).to_numpy()
        rows[f"{name}_method"] = found["rate_ratio_method"].to_numpy()
        rows[f"{name}_conf"] = fit.spec["conf"]
    return rows


def _of_term(fit: CountEffect, term: str) -> pd.DataFrame:
    return fit.terms[fit.terms["term"].eq(term) & fit.terms["covariance"].isin(ERRORS)]


def _a_year(fit: CountEffect) -> float:
    """Periods a year."""
    days = (fit.series["end"] - fit.series["start"]).dt.days + 1
    known = {"month": 12.0, "year": 1.0}
    return known.get(fit.spec["unit"]) or 365.25 / float(days.iloc[0])


def _averted(fit: CountEffect) -> pd.DataFrame:
    window = fit.series[after(fit)]
    found = averted(fit, window["start"].iloc[0], window["end"].iloc[-1])
    found = found[found["covariance"].isin(ERRORS) & (found["interval"] == "prediction")]
    rows = found[["start", "end", "expected", "averted", "averted_method", "averted_conf"]].assign(
        errors=found["covariance"].map(ERRORS),
        deaths=found["observed"],
        expected_method=found["averted_method"],
        expected_conf=found["averted_conf"],
    )
    limits = [f"{name}{end}" for name in ("expected", "averted") for end in ("_lower", "_upper")]
    return rows.join(found[limits]).reset_index(drop=True)


def _series(fit: CountEffect) -> pd.DataFrame:
    rows = fit.series[["start", "end", "fitted"]].copy()
    rows["deaths"] = fit.series["observed"]
    rows["expected"] = fit.series["counterfactual"]
    each = fit.expected(np.eye(len(rows), dtype=bool) & after(fit).to_numpy())
    rows["expected_lower"] = rows["expected"] / (each.expected_upper / each.expected)
    rows["expected_upper"] = rows["expected"] * (each.expected_upper / each.expected)
    rows["expected_method"] = f"{fit.fit.family}, spells"
    rows["expected_conf"] = fit.series["counterfactual_conf"]
    rows["after"] = after(fit)
    # Before the intervention nothing is expected that the fit does not say already.
    limits = ["expected", "expected_lower", "expected_upper"]
    rows.loc[~rows["after"], limits] = np.nan
    return rows


def _diagnostics(fit: CountEffect) -> pd.DataFrame:
    found = fit.diagnostics.to_frame()
    rows = found[["dispersion", "ljung_box_lag", "ljung_box_p", "hac_lag"]].copy()
    rows.insert(0, "periods", found["n"])
    rows["autocorrelation"] = float(fit.diagnostics.autocorrelation["acf"].iloc[0])
    return rows
