"""Sentences about an interrupted time series, and about how often its test raises a false alarm."""

import pandas as pd

from .. import formats
from ..language import _, ngettext, translated
from ..methods.chance_alarms import Alarms
from ..methods.step_models import ERRORS, STEP, TREND, StepModels, unit_of
from ..sentences import listed
from .wording import Row, confidence, inside, prediction

QUASI = ERRORS["quasi"]


def _quasi(table: pd.DataFrame) -> dict[str, Row]:
    """The row of each model with quasi-Poisson errors."""
    rows = table[table["errors"] == QUASI]
    return {str(row["model"]): row for row in rows.to_dict("records")}


def steps(models: StepModels, name: str) -> str:
    """The rate ratio at the intervention, by model."""
    if models.ratios.empty:
        return ""
    rows = _quasi(models.ratios)
    parts = [
        f"{formats.number(row['rate_ratio'], 2)} ({inside(translated(model))}; "
        f"{confidence(row, 'rate_ratio', 2)})"
        for model, row in rows.items()
    ]
    text = _(
        "From {day} on, the homicide rate of {name} is fitted at this multiple of what each model "
        "expects: {ratios}; limits by {errors} errors.",
        day=formats.day(rows[STEP]["start"]),
        name=name,
        ratios=listed(parts),
        errors=translated(QUASI),
    )
    if TREND in rows:
        row = rows[TREND]
        text += _(
            " The trend is {percent} a year ({limits}).",
            percent=formats.percent(row["trend_apc"]),
            limits=confidence(row, "trend_apc", 1, percent=True),
        )
    return " ".join(filter(None, [text, models.reason]))


def averted(models: StepModels, name: str) -> str:
    """Expected minus observed deaths without and with a trend, and how far apart they are."""
    if models.averted.empty:
        return ""
    rows = _quasi(models.averted)
    parts = [
        f"{formats.number(row['averted'])} ({inside(translated(model))}; "
        f"{prediction(row, 'averted')})"
        for model, row in rows.items()
    ]
    first = rows[STEP]
    text = _(
        "In {name}, {counted} in {window}. Expected without the intervention less these: {parts}.",
        name=name,
        counted=ngettext(
            "{number} homicide was counted", "{number} homicides were counted", first["deaths"]
        ),
        window=formats.period(first["start"], first["end"]),
        parts=listed(parts),
    )
    if TREND in rows:
        apart = rows[TREND]["averted"] - rows[STEP]["averted"]
        text += _(
            " Whether a trend is carried on moves the number by {apart}. No count can tell which "
            "is right: what would have happened without the intervention was not observed.",
            apart=formats.number(abs(apart)),
        )
        text += _carried_on(models)
    return text


def _carried_on(models: StepModels) -> str:
    """A warning where a trend runs on for longer than it was observed."""
    rows = models.series[models.series["model"] == TREND]
    after = int(rows["after"].sum())
    before = len(rows) - after
    if after <= before:
        return ""
    said = {"after": formats.number(after), "times": formats.number(after / before, 1)}
    if unit_of(rows) == "year":
        return ngettext(
            " The trend was observed in {number} year and is carried on over {after}, {times} "
            "times as many.",
            " The trend was observed in {number} years and is carried on over {after}, {times} "
            "times as many.",
            before,
            **said,
        )
    return ngettext(
        " The trend was observed in {number} month and is carried on over {after}, {times} times "
        "as many.",
        " The trend was observed in {number} months and is carried on over {after}, {times} times "
        "as many.",
        before,
        **said,
    )


def fit(models: StepModels) -> str:
    """How far the counts keep to what each kind of error assumes."""
    if models.diagnostics.empty:
        return ""
    first = models.diagnostics.iloc[0]
    hac = models.ratios[(models.ratios["errors"] == ERRORS["hac"])].iloc[0]
    quasi = _quasi(models.ratios)[STEP]
    width = [row["rate_ratio_upper"] - row["rate_ratio_lower"] for row in (hac, quasi)]
    scatter = _(
        "About the first model the counts vary {dispersion} times as much as independent deaths "
        "would, and those of neighbouring periods are correlated by {autocorrelation}.",
        dispersion=formats.number(first["dispersion"], 1),
        autocorrelation=formats.number(first["autocorrelation"], 2),
    )
    errors = translated(QUASI)
    if width[0] > width[1]:
        wide = _("HAC limits of its step are wider than {errors} ones.", errors=errors)
    else:
        wide = _("HAC limits of its step are narrower than {errors} ones.", errors=errors)
    unsafe = _(
        "They are no safe choice: simulated with few periods they were too narrow even where "
        "periods were independent, and where they were not, no kind of limits was wide enough."
    )
    return f"{scatter} {wide} {unsafe}"


def alarms(found: Alarms) -> str:
    """How often the test of a step finds one where there is none."""
    if found.rates.empty:
        return found.reason
    row = found.rates.iloc[0]
    parts = []
    for dated, rows in found.rates.groupby("dated", sort=False):
        low, high = rows["false_alarms"].min(), rows["false_alarms"].max()
        span = formats.percent(high) if low == high else (
            f"{formats.interval(low, high, 1)}{formats.NBSP}%"
        )  # fmt: skip
        parts.append(_("in {share} when dated {dated}", share=span, dated=translated(str(dated))))
    text = _(
        "In series like {period} with nothing happening, {runs} of each kind, the test of a step "
        "raised a false alarm {parts}; a sound test would do so in {level}.",
        period=formats.period(row["start"], row["end"]),
        runs=formats.number(row["runs"]),
        parts=listed(parts),
        level=formats.percent(100 * row["level"], 0),
    )
    said = {
        "periods": formats.number(row["periods"]),
        "dispersion": formats.number(row["dispersion"], 2),
        "autocorrelation": formats.number(row["autocorrelation"], 2),
    }
    if row["unit"] == "year":
        return text + _(
            " Found in those {periods} years: dispersion {dispersion}, correlation of the "
            "underlying rate from one to the next {autocorrelation}.",
            **said,
        )
    return text + _(
        " Found in those {periods} months: dispersion {dispersion}, correlation of the underlying "
        "rate from one to the next {autocorrelation}.",
        **said,
    )
