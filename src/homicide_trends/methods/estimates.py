"""Estimates of the change at an intervention: published ones, re-estimates, and all of them.

Every row carries its own window, baseline, method and sources, so that a number from a study is
never taken for one of this report, nor the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..arguments import Window
from ..language import N_, _, pgettext, translated
from ..rates.comparison import rate_ratio
from ..rates.counterfactual import averted_deaths_variants
from ..series.counts import COLUMNS, PREFERRED, annual_series
from ..series.periods import Series, compare
from ..tables.load import DataError, Folder
from ..wording import formats
from ..wording.sentences import listed
from .other_countries import Elsewhere
from .step_models import ASSUMPTIONS, ERRORS, StepModels, context, no_rows

OWN, PUBLISHED = N_("this report"), N_("published")
RE_ESTIMATED = N_("re-estimated on national counts")

CONSTANT = N_("Constant rate")

_LIMITS = ("", "_lower", "_upper", "_method", "_conf")
_PERIODS = ["start", "end", "baseline_start", "baseline_end"]


def years_on_file(
    place: str,
    *,
    agency: str | Sequence[str] = PREFERRED,
    population_series: str | None = "WPP2024",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Counts of calendar years that are on file, and no rows where none is.

    Columns and choices as in ``series.annual_series``, without the years that have no count.

    >>> years_on_file("SLV")["deaths"].iloc[:2].tolist(), len(years_on_file("SLV", agency="none"))
    ([7673.0, 7977.0], 0)
    """
    try:
        rows = annual_series(place, agency=agency, population_series=population_series, data=data)
    except DataError:
        return pd.DataFrame(columns=COLUMNS)
    return rows.dropna(subset=["deaths"])


def ratios_beside(published: pd.DataFrame, series: Series, *, conf: float) -> pd.DataFrame:
    """Published rate ratios, each followed by the same ratio of the counts in ``series``.

    ``published`` are rows of ``estimates.csv`` with ``publisher`` and ``published``. The
    re-estimate is the ratio of two national rates for the study's own window and baseline, with
    the limits that the periods tell: it has neither the study's units nor its controls. Where the
    counts do not cover both periods it is missing.

    Columns: ``name, by`` (published or re-estimated), the window and baseline, ``rate_ratio``
    with limits (of unstated level where published), ``method, note, source_id, sources``.

    >>> months = pd.date_range("2011-03-01", periods=24, freq="MS")
    >>> series = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0),
    ...     "deaths": [350] * 12 + [200] * 12, "status": "final", "sources": "own", "agency": "PNC",
    ...     "place": "SLV", "population_series": "WPP2024", "person_years": 500_000.0})
    >>> study = pd.DataFrame({"source_id": ["own"], "publisher": ["A study"], "published": ["2016"],
    ...     "place": "SLV", "method": "model", "note": "", "estimate": [0.61], "lower": [0.54],
    ...     "upper": [0.69], "start": [pd.Timestamp("2012-03-01")],
    ...     "end": [pd.Timestamp("2013-02-28")], "baseline_start": [pd.Timestamp("2011-03-01")],
    ...     "baseline_end": [pd.Timestamp("2012-02-29")]})
    >>> table = ratios_beside(study, series, conf=0.95)
    >>> table[["by", "rate_ratio"]].round(2).values.tolist()  # 200 / 350
    [['published', 0.61], ['re-estimated on national counts', 0.57]]
    """
    rows = []
    for row in published.to_dict("records"):
        try:
            pair = compare(series, baseline=_baseline(row), window=(row["start"], row["end"]))
            own = rate_ratio(pair, series=series, conf=conf).iloc[0].to_dict()
            own["method"] = N_("ratio of national rates")
        except ValueError as error:
            own = {"method": _("not possible: {reason}", reason=error)}
        rows += [_as_published(row, "rate_ratio"), _re_estimated(row, own, "rate_ratio")]
    return _table(rows, "rate_ratio")


def changes_beside(
    published: pd.DataFrame, series: Series, *, baseline: Window, conf: float
) -> pd.DataFrame:
    """Published changes in deaths, each followed by observed less expected deaths here.

    As ``ratios_beside``. The re-estimate takes the study's window, the baseline of this report
    where the study states none, and the baseline's rate as constant, with prediction limits.

    >>> months = pd.date_range("2011-03-01", periods=24, freq="MS")
    >>> series = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0),
    ...     "deaths": [350] * 12 + [200] * 12, "status": "final", "sources": "own", "agency": "PNC",
    ...     "place": "SLV", "population_series": "WPP2024", "person_years": 500_000.0})
    >>> study = pd.DataFrame({"source_id": ["own"], "publisher": ["A study"], "published": ["2016"],
    ...     "place": "SLV", "method": "model", "note": "", "estimate": [-1130.0],
    ...     "lower": [float("nan")], "upper": [float("nan")], "start": [pd.Timestamp("2012-03-01")],
    ...     "end": [pd.Timestamp("2013-02-28")], "baseline_start": [pd.Timestamp("2011-03-01")],
    ...     "baseline_end": [pd.Timestamp("2012-02-29")]})
    >>> table = changes_beside(study, series, baseline=("2011-03-01", "2012-02-29"), conf=0.95)
    >>> table["change_in_deaths"].round().tolist()  # 12 x 200 - 12 x 350
    [-1130.0, -1800.0]
    """
    rows = []
    for row in published.to_dict("records"):
        stated = pd.notna(row["baseline_start"]) and pd.notna(row["baseline_end"])
        taken = _baseline(row) if stated else baseline
        try:
            own = (
                averted_deaths_variants(
                    series, baseline=taken, window=(row["start"], row["end"]), conf=conf
                )
                .iloc[0]
                .to_dict()
            )
        except ValueError as error:
            own = {"method": _("not possible: {reason}", reason=error)}
        else:
            own |= {
                "change_in_deaths": -own["averted"],
                "change_in_deaths_lower": -own["averted_upper"],
                "change_in_deaths_upper": -own["averted_lower"],
                "change_in_deaths_method": own["averted_method"],
                "change_in_deaths_conf": own["averted_conf"],
            }
        known = {
            **row,
            "baseline_start": pd.Timestamp(taken[0]),
            "baseline_end": pd.Timestamp(taken[1]),
        }
        rows += [
            _as_published(row, "change_in_deaths"),
            _re_estimated(known, own, "change_in_deaths"),
        ]
    return _table(rows, "change_in_deaths")


def modelled_beside(modelled: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """Modelled deaths a year, such as the WHO's, beside the counts of the same years.

    ``modelled`` are rows of ``estimates.csv`` for calendar years, ``years`` a series table.
    Columns: the window, ``modelled`` (deaths, with limits, ``modelled_method``), ``source_id`` of
    the model; ``deaths``, their ``agency`` and ``deaths_sources``.

    >>> year = {"start": [pd.Timestamp("2012-01-01")], "end": [pd.Timestamp("2012-12-31")]}
    >>> model = pd.DataFrame({**year, "place": "SLV", "estimate": [3000.0], "lower": [2500.0],
    ...     "upper": [3500.0], "method": "modelled", "source_id": "a-model"})
    >>> counted = pd.DataFrame({**year, "deaths": [2576], "agency": "PNC", "sources": "own"})
    >>> modelled_beside(model, counted)[["modelled", "deaths"]].values.tolist()
    [[3000.0, 2576.0]]
    """
    names = {"estimate": "modelled", "lower": "modelled_lower", "upper": "modelled_upper",
             "method": "modelled_method"}  # fmt: skip
    kept = ["place", "start", "end", *names, "source_id"]
    counted = years[["start", "end", "deaths", "agency", "sources"]]
    both = (
        modelled[kept]
        .rename(columns=names)
        .merge(counted.rename(columns={"sources": "deaths_sources"}), on=["start", "end"])
    )
    return both.assign(modelled_agency="").sort_values("start", ignore_index=True, kind="stable")


def all_estimates(
    series: Series,
    models: StepModels,
    synthetic: Elsewhere,
    *studies: pd.DataFrame,
    baseline: Window,
    window: Window,
    conf: float,
) -> pd.DataFrame:
    """Every estimate of the change, one a row: this report's by model, then the published ones.

    ``studies`` are results of ``ratios_beside`` and ``changes_beside``: published rows are taken,
    and re-estimated ratios, of sources that have a window with days in common with this one (a
    re-estimated change has the constant rate of the first row). Columns: ``name, by``, the
    window and baseline, ``averted`` (prediction limits) and ``rate_ratio`` (confidence limits;
    the step at the intervention), ``assumption``, ``interval``. What a method does not give is
    missing.

    >>> months = pd.date_range("2011-03-01", periods=24, freq="MS")
    >>> series = pd.DataFrame({"start": months, "end": months + pd.offsets.MonthEnd(0),
    ...     "deaths": [350] * 12 + [200] * 12, "status": "final", "sources": "own", "agency": "PNC",
    ...     "place": "SLV", "population_series": "WPP2024", "person_years": 500_000.0})
    >>> from .other_countries import elsewhere
    >>> from .step_models import step_models
    >>> models = step_models(series, intervention="2012-03-01", transition="after")
    >>> none = elsewhere(series.assign(rate=1.0, name="El Salvador"), place="SLV",
    ...     intervention="2012-03-01", start="2011-03-01", end="2013-02-28")
    >>> table = all_estimates(series, models, none, baseline=("2011-03-01", "2012-02-29"),
    ...     window=("2012-03-01", "2013-02-28"), conf=0.95)
    >>> float(table.loc[0, "averted"])  # 12 x 350 - 12 x 200
    1800.0
    """
    own = [_constant(series, baseline, window, conf), _models(models), _synthetic(synthetic)]
    first, last = map(pd.Timestamp, window)
    for study in studies:
        about = study[(study["start"] <= last) & (study["end"] >= first)]
        changes = "change_in_deaths" in study
        taken = [PUBLISHED] if changes else [PUBLISHED, RE_ESTIMATED]
        rows = study[study["study"].isin(about["study"]) & study["by"].isin(taken)]
        if changes:
            changed = rows["change_in_deaths"]
            own.append(rows.assign(averted=-changed, averted_method=rows["method"],
                                   averted_conf=float("nan")))  # fmt: skip
        else:
            own.append(rows)
    texts = ["name", "by", "assumption", "interval", "place", "agency", "sources", "source_id",
             "population_series"]  # fmt: skip
    names = [*texts, *_PERIODS]
    quantities = [f"{name}{limit}" for name in ("averted", "rate_ratio") for limit in _LIMITS]
    filled = [rows.reindex(columns=[*names, *quantities]) for rows in own if len(rows)]
    if not filled:
        return no_rows(*names, *quantities)
    found = pd.concat(filled, ignore_index=True)
    found[texts] = found[texts].astype(object).fillna("")
    return found.assign(name=[_full_name(row, window) for row in found.to_dict("records")])


def _full_name(row: dict[Any, Any], window: Window) -> str:
    """Name, in the language in force, with what tells the row from its neighbours."""
    name = translated(str(row["name"]))
    if row["by"] == RE_ESTIMATED:
        name = _("{study}, national counts", study=name)
    elif row["by"] == PUBLISHED and "," in str(row["assumption"]):
        name += f", {translated(str(row['assumption'])).rpartition(', ')[2]}"
    if [pd.Timestamp(row["start"]), pd.Timestamp(row["end"])] != [*map(pd.Timestamp, window)]:
        name += f" ({formats.period(row['start'], row['end'])})"
    return name


def _constant(series: Series, baseline: Window, window: Window, conf: float) -> pd.DataFrame:
    try:
        row = averted_deaths_variants(series, baseline=baseline, window=window, conf=conf).head(1)
        row = rate_ratio(row, series=series, conf=conf)
    except ValueError:
        return no_rows()
    return row.assign(
        name=CONSTANT,
        by=OWN,
        assumption=N_("the mean rate of the baseline would have gone on"),
        interval=ERRORS["spells"],
    )


def _models(models: StepModels) -> pd.DataFrame:
    if models.averted.empty:
        return no_rows()
    kept = [f"rate_ratio{limit}" for limit in _LIMITS]
    rows = models.averted.merge(models.ratios[["model", "errors", *kept]], on=["model", "errors"])
    rows = rows[rows["errors"] == ERRORS["spells"]]
    return rows.assign(
        name=rows["model"],
        by=OWN,
        assumption=rows["model"].map(ASSUMPTIONS),
        interval=ERRORS["spells"],
    )


def _synthetic(found: Elsewhere) -> pd.DataFrame:
    if found.averted.empty:
        return no_rows()
    return found.averted.assign(
        name=N_("Other countries"),
        by=OWN,
        averted_method="synthetic control, outcome only",
        assumption=N_("the rate would have run as in the weighted other countries"),
        interval=pgettext("limits", "none"),
    )


def _baseline(row: dict[Any, Any]) -> Window:
    return row["baseline_start"], row["baseline_end"]


def _name(row: dict[Any, Any]) -> str:
    """First author and year, as short as a figure needs.

    >>> _name({"publisher": "C. M. Katz, E. C. Hedberg, Bulletin", "published": "2016-09-01"})
    'Katz 2016'
    """
    author = re.sub(r"([A-Z]\. ?)+", "", str(row["publisher"]).partition(",")[0])
    return f"{listed(author.split(' and '))} {str(row['published'])[:4]}"


def _as_published(row: dict[Any, Any], quantity: str) -> dict[Any, Any]:
    return {
        "name": _name(row),
        "by": PUBLISHED,
        "study": row["source_id"],
        **{name: row[name] for name in (*_PERIODS, "place", "source_id")},
        quantity: row["estimate"],
        f"{quantity}_lower": row["lower"],
        f"{quantity}_upper": row["upper"],
        f"{quantity}_conf": float("nan"),  # the table does not hold it
        "method": row["method"],
        "assumption": row["method"],
        "interval": _limits_seen(row),
        "note": row["note"],
    }


def _limits_seen(row: dict[Any, Any]) -> str:
    """Whose limits a published estimate has; what was read may hold fewer than the study."""
    if pd.notna(row["lower"]):
        return pgettext("limits", "as published")
    if "abstract only" in str(row["note"]):
        return pgettext("limits", "none seen (abstract only)")
    return pgettext("limits", "none seen")


def _re_estimated(row: dict[Any, Any], own: dict[Any, Any], quantity: str) -> dict[Any, Any]:
    counted = pd.DataFrame(
        {
            name: [own.get(name), own.get(f"baseline_{name}")]
            for name in ("agency", "population_series", "sources")
        }
    )
    return {
        "name": _name(row),
        "by": RE_ESTIMATED,
        "study": row["source_id"],
        **{name: row[name] for name in (*_PERIODS, "place")},
        **{f"{quantity}{limit}": own.get(f"{quantity}{limit}") for limit in _LIMITS},
        "method": own["method"],
        "assumption": N_("the rate of the study's baseline would have gone on"),
        "interval": ERRORS["spells"],
        **context(counted),
    }


def _table(rows: list[dict[Any, Any]], quantity: str) -> pd.DataFrame:
    """Rows as a table; one re-estimate for neighbours of the same study, window and baseline."""
    if not rows:
        return no_rows("name", "by", "study", "method", "note", "source_id", quantity)
    found = pd.DataFrame(rows)
    again = found.duplicated(["name", "by", *_PERIODS], keep="last") & (found["by"] == RE_ESTIMATED)
    return found[~again].reset_index(drop=True)
