"""Results as tables that people read, and the machine-readable findings of the same rows.

A shown table carries three things made from one result: the HTML that people see, plain text,
and the findings (name, estimate, limits, unit, method, window, sources) that reports collect.
"""

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..language import _, translated
from ..tables.load import (
    Folder,
    load_agencies,
    load_estimates,
    load_sources,
    place_name,
    read_table,
    tables_read,
    with_sources,
)
from ..wording import formats
from ..wording.sentences import agencies, level_of, listed
from ..wording.words import as_said, population
from .quantities import LABELS as LABELS
from .quantities import MEASURES, head, label
from .quantities import QUANTITIES as QUANTITIES

MIME = "application/vnd.homicide-trends+json"


# What others have written or named is not translated; a title is only where it is not one but says
# in our words what a source is about (in brackets, or our own arithmetic).
_AS_WRITTEN = ("as_reported", "date", "figure_id", "locator", "published",
               "source_id", "sources", "token", "url")  # fmt: skip
# What can be the id of a source in a note: with a digit, or in a list of other sources.
_IDS = re.compile(r"\b[a-z]+[a-z-]*\d[a-z\d-]*\b|(?<=(?:also|bi\u00e9n): )[a-z]+\b")
_CONTEXT = ("place", "agency", "population_series", "sources", "figure_id", "note")
_DATES = ("start", "end", "baseline_start", "baseline_end")
_OWN = ("place", "agency", "population_series", "sources", *_DATES)
_COMPARED = ("rate_ratio", "percent_change", "rate_difference", "expected", "averted", "p_score")


@dataclass(frozen=True, slots=True)
class Shown:
    """Something a notebook displays: HTML or a picture, plain text, and findings."""

    bundle: dict[str, Any]
    metadata: dict[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.bundle, self.metadata

    @property
    def findings(self) -> pd.DataFrame:
        """The numbers that are shown, one a row."""
        return pd.DataFrame(self.bundle.get(MIME, {}).get("findings", []))


def show(
    table: pd.DataFrame,
    columns: Sequence[str],
    *,
    caption: str,
    sentence: str = "",
    main: bool = False,
    empty: str = "",
    labels: dict[str, str] | None = None,
) -> Shown:
    """A table to display, with the findings of the same rows.

    ``columns`` are columns of the table, and ``window``, ``baseline`` or ``when`` for the
    periods that its ``start``/``end`` or ``baseline_start``/``baseline_end`` hold. A quantity
    is shown with its limits where the table has ``<name>_lower`` and ``<name>_upper``.
    ``sentence`` stands above the table; ``main=True`` makes it the report's main finding.
    An empty table shows the sentence ``empty`` instead. Cell values are text, never markup.

    >>> years = pd.DataFrame({"start": ["2011-01-01"], "end": ["2011-12-31"], "deaths": [4371]})
    >>> shown = show(years, ["window", "deaths"], caption="Deaths a year")
    >>> shown.findings.loc[0, "name"], float(shown.findings.loc[0, "estimate"])
    ('deaths', 4371.0)
    """
    unknown = [name for name in columns if name not in table and name not in PERIODS]
    if unknown:
        raise KeyError(
            _(
                "no column {column!r} to show; the table has {columns}",
                column=unknown[0],
                columns=", ".join(table),
            )
        )
    if table.empty:
        sentence = " ".join(filter(None, (sentence, empty or ("" if sentence else _("No rows.")))))
    columns, heads = _heads(table, columns, labels or {})
    if "as_reported" in columns:
        table = table.assign(as_reported=as_said(table))
    caption = caption + _limits_note(table, columns)
    cells = [[_cell(row, name) for name in columns] for row in table.to_dict("records")]
    numeric = [name in QUANTITIES for name in columns]
    payload = {
        "findings": [f for row in table.to_dict("records") for f in _row_findings(row, columns)],
        "main": sentence if main else None,
    }
    return Shown(
        {
            "text/html": _html(heads, cells, numeric, caption, sentence),
            "text/plain": _plain(heads, cells, caption, sentence),
            MIME: payload,
        }
    )


def beside_stated(
    stated: pd.DataFrame, result: pd.DataFrame, *, quantity: str = "percent_change"
) -> pd.DataFrame:
    """Stated figures with a computed result beside each of them.

    The result of ``percent_change`` becomes ``computed_decline`` (positive for a fall, as texts
    state it), that of ``averted`` becomes ``computed_averted``, with limits, method and level.
    Raises ValueError unless the result has one row.

    >>> stated = pd.DataFrame({"as_reported": ["nearly 60%"], "value": [60.0]})
    >>> result = pd.DataFrame([{"percent_change": -41.3, "percent_change_lower": -44.1,
    ...     "percent_change_upper": -38.3, "percent_change_method": "exact",
    ...     "percent_change_conf": 0.95}])
    >>> beside_stated(stated, result).iloc[0, 1:5].tolist()
    [60.0, 41.3, 38.3, 44.1]
    """
    if len(result) != 1:
        raise ValueError(
            _("one result is set beside the stated figures, not {number}", number=len(result))
        )
    row = result.iloc[0].to_dict()
    name, sign = ("computed_averted", 1) if quantity == "averted" else ("computed_decline", -1)
    limits = [sign * row[f"{quantity}{end}"] for end in ("_lower", "_upper")]
    columns = {
        name: sign * row[quantity],
        f"{name}_lower": min(limits),
        f"{name}_upper": max(limits),
        f"{name}_method": row[f"{quantity}_method"],
        f"{name}_conf": row[f"{quantity}_conf"],
        f"{name}_note": None,
    }
    # The computed number has dates and sources of its own, which are not those of the text.
    own = {f"{name}_{key}": _context(row, quantity, key) for key in _OWN}
    return stated.assign(**columns, **own)


def who_counted(counted: pd.DataFrame, *, before: str = "", data: Folder | None = None) -> Shown:
    """The agencies that counted a series and the rule of each, and where one follows another.

    ``before`` is a sentence that comes first.

    >>> months = pd.DataFrame({"place": "SLV", "start": [pd.Timestamp("2012-01-01")],
    ...     "end": [pd.Timestamp("2012-01-31")], "deaths": [411.0], "agency": "PNC"})
    >>> who_counted(months).bundle["text/plain"].splitlines()[0]
    'All of these periods were counted by PNC.'
    """
    place = str(counted["place"].iloc[0])
    rules = load_agencies(place, data=data)
    rules = rules[~(rules["start"] > counted["end"].max())]
    known = rules[rules["agency"].isin(counted["agency"])].drop_duplicates(["agency", "rule"])
    return show(
        known, ["agency", "name", "rule"],
        caption=_("Who counted, {where}", where=place_name(place, data=data)),
        sentence=" ".join(filter(None, (before, agencies(counted)))),
    )  # fmt: skip


def note(text: str) -> Shown:
    """A paragraph; nothing where there is none to say.

    >>> note("Few periods are on file.").bundle["text/plain"]
    'Few periods are on file.'
    """
    return Shown({"text/html": f"<p>{html.escape(text)}</p>", "text/plain": text} if text
                 else {"text/plain": ""})  # fmt: skip


def published(place: str, measure: str, *, data: Folder | None = None) -> pd.DataFrame:
    """What others estimated of a measure, by the end of the period, with the source's ``quality``.

    >>> float(published("SLV", "averted_deaths")["estimate"].iloc[0])
    112.0
    """
    found = with_sources(load_estimates(place, measure=measure, data=data), data=data)
    quality = load_sources(data=data)[["source_id", "quality"]]
    return found.merge(quality).sort_values("end", kind="stable")


def provenance(*tables: pd.DataFrame, data: Folder | None = None) -> Shown:
    """What the shown tables rest on: their sources, the tables read, and the versions.

    Takes the tables with ``source_id`` or ``sources``; a derived source brings those that it
    was derived from, and a population series the sources of its figures for the place.

    >>> shown = provenance(pd.DataFrame({"sources": ["unodc-implied"]}))
    >>> shown.bundle[MIME]["provenance"]["sources"]
    ['unodc-implied', 'wb-gal', 'wbpop']
    """
    sources = load_sources(data=data).set_index("source_id")
    wanted: dict[str, None] = {}
    for table in tables:
        for column in ("source_id", "sources", "baseline_sources"):
            for cell in table.get(column, pd.Series(dtype=str)).dropna():
                wanted.update(dict.fromkeys(part for part in str(cell).split(";") if part))
        if {"place", "population_series"} <= set(table):
            wanted.update(dict.fromkeys(_population_sources(table, data)))
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        origin = sources["derived_from"].get(name, "").split(";")
        waiting += [part for part in origin if part and part not in wanted]
        wanted.update(dict.fromkeys(part for part in origin if part))
    known = sources.loc[[name for name in wanted if name in sources.index]].reset_index()
    known["publisher"] = known["publisher"].where(known["publisher"] != "", known["source_id"])
    shown = show(
        known.sort_values("source_id", kind="stable"),
        ["publisher", "title", "date", "url"],
        caption=_("Sources of the figures above"),
    )
    shown.bundle[MIME]["provenance"] = {
        "tables": tables_read(),
        "versions": _versions(),
        "sources": sorted(known["source_id"]),
    }
    return shown


def _population_sources(table: pd.DataFrame, data: Folder | None) -> list[str]:
    """Sources of the population of a table's places, by the series that it names."""
    known = read_table("population", data)
    pairs = table[["place", "population_series"]].dropna().drop_duplicates()
    return list(known.merge(pairs.set_axis(["place", "series"], axis=1))["source_id"].unique())


def _versions() -> dict[str, str]:
    """Versions of what computes and draws."""
    from importlib.metadata import version
    from platform import python_version

    packages = ("homicide-trends", "numpy", "pandas", "scipy", "statsmodels", "matplotlib")
    return {"python": python_version()} | {name: version(name) for name in packages}


def _limits_note(table: pd.DataFrame, columns: Sequence[str]) -> str:
    """What the brackets hold, so that no interval stands without its kind and level."""
    kinds: dict[str, None] = {}
    for name in columns:
        if name in QUANTITIES and f"{name}_lower" in table and f"{name}_conf" in table:
            level = table[f"{name}_conf"].dropna().unique()
            if len(level) == 1:
                kinds[_kind_of_interval(QUANTITIES[name].limits, level_of(level[0]))] = None
    return _(" (in brackets: {intervals})", intervals=listed(kinds)) if kinds else ""


def _kind_of_interval(kind: str, level: str) -> str:
    if kind == "prediction":
        return _("{level} prediction interval", level=level)
    return _("{level} confidence interval", level=level)


PERIODS = {
    "window": ("start", "end"),
    "when": ("start", "end"),
    "baseline": ("baseline_start", "baseline_end"),
    "declared": ("declared_start", "declared_end"),
}


def _cell(row: dict[str, Any], name: str) -> str:
    """One cell as text."""
    if name in PERIODS and name not in row:
        return formats.period(*(row.get(column) for column in PERIODS[name]))
    value = row[name]
    if name not in QUANTITIES:
        if pd.isna(value) or value == "":
            return formats.NONE
        value = " ".join(str(value).splitlines())
        if name not in _AS_WRITTEN:
            return _words(value, name)
        # Dates stay on one line.
        return value.replace("-", "\u2011") if name in ("published", "date", "locator") else value
    quantity = QUANTITIES[name]
    decimals = quantity.decimals
    if decimals < 0:
        decimals = _as_stated(value)  # as it was printed
    text = formats.number(value, decimals)
    lower, upper = row.get(f"{name}_lower"), row.get(f"{name}_upper")
    if lower is not None and upper is not None and not pd.isna(lower):
        text += f" ({formats.interval(lower, upper, decimals)})"
    return text


def _heads(
    table: pd.DataFrame, columns: Sequence[str], labels: dict[str, str]
) -> tuple[list[str], list[str]]:
    """The columns that say something, and what stands above each.

    A quality that is solid in every row is left out; a unit that all rows have stands above the
    value and not in each of them.
    """
    solid = "quality" in columns and set(table["quality"].dropna()) <= {"solid", ""}
    known = [name for name in columns if name != "quality" or not solid]
    values = [name for name in ("estimate", "value") if name in known]
    units = set(table["unit"]) if "unit" in known and values else set()
    if len(units) == 1 and units != {""}:
        known.remove("unit")
        unit = translated(str(units.pop()))
        labels = labels | {name: f"{labels.get(name) or head(name)}, {unit}" for name in values}
    return known, [labels.get(name) or head(name) for name in known]


def _without_ids(text: str) -> str:
    """A note with the publishers of the sources that it names by their ids."""
    if not _IDS.search(text):
        return text
    publishers = load_sources().set_index("source_id")["publisher"]
    return _IDS.sub(lambda found: translated(publishers.get(found[0], found[0])), text)


def _words(value: str, name: str) -> str:
    """Words for people, in the language in force; codes are read as words."""
    if name == "measure":
        value = value.replace("_", " ")
        value = MEASURES.get(value, value)
    if name == "population_series":
        return "; ".join(map(population, value.split("; ")))
    whole = translated(value)
    if name == "title":
        return whole
    if name == "note":
        return _without_ids(whole)
    return whole if whole != value else "; ".join(map(translated, value.split("; ")))


def _as_stated(value: float) -> int:
    """Decimals of a figure that came as it was printed."""
    if not math.isfinite(value):
        return 0
    return len(f"{value:.10f}".rstrip("0").split(".")[1])


def _row_findings(row: dict[str, Any], columns: Sequence[str]) -> list[dict[str, Any]]:
    """The numbers of one shown row."""
    return [
        finding(row, name)
        for name in columns
        if name in QUANTITIES and name in row and not pd.isna(row[name])
    ]


def finding(row: dict[str, Any], name: str) -> dict[str, Any]:
    """One number with all that is needed to use it elsewhere.

    ``interval`` says whether lower and upper are a confidence interval (for a rate or ratio) or
    a prediction interval (for a count).

    >>> row = {"rate": 71.8, "rate_lower": 69.7, "rate_upper": 73.9, "rate_conf": 0.95}
    >>> finding(row, "rate")["interval"], finding(row, "rate")["unit"]
    ('confidence', 'per 100,000 person-years')
    """
    quantity = QUANTITIES[name]
    lower = _plain_value(row.get(f"{name}_lower"))
    limits = quantity.limits or None if lower is not None else None
    context = {key: _plain_value(_context(row, name, key)) for key in (*_CONTEXT, *_DATES)}
    return {
        "name": name,
        "label": label(name),
        "estimate": _plain_value(row[name]),
        "lower": lower,
        "upper": _plain_value(row.get(f"{name}_upper")),
        "unit": quantity.unit or _plain_value(row.get("unit")) or "",
        "method": _plain_value(row.get(f"{name}_method")) or _plain_value(row.get("method")),
        "conf": _plain_value(row.get(f"{name}_conf")),
        "interval": limits,
        "window_start": context.pop("start"),
        "window_end": context.pop("end"),
        **context,
        "sources": context["sources"] or _plain_value(row.get("source_id")),
    }


def _context(row: dict[str, Any], name: str, key: str) -> Any:
    """What a row says beside one of its quantities: who counted, when, from which sources.

    A comparison rests on the sources of its window and of its baseline.
    """
    if f"{name}_{key}" in row:
        return row[f"{name}_{key}"]
    if name.startswith("baseline_") and key in _JOINED:
        return row.get(f"baseline_{key}", row.get(key))
    if name in _COMPARED and key in _JOINED:
        cells = [row.get(f"baseline_{key}"), row.get(key)]
        parts = [part for cell in cells if isinstance(cell, str)
                 for part in cell.split(_JOINED[key]) if part]  # fmt: skip
        return _JOINED[key].join(dict.fromkeys(parts))
    return row.get(key)


_JOINED = {"agency": "; ", "population_series": "; ", "sources": ";"}


def _plain_value(value: Any) -> Any:
    """A value that JSON holds: missing, empty and infinite become null, dates become text."""
    if pd.isna(value) or value == "":
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else None
    return value


def _html(
    heads: list[str], cells: list[list[str]], numeric: list[bool], caption: str, sentence: str
) -> str:
    """Real table markup: a caption, and headers with a scope."""
    opening = f'<p class="finding">{html.escape(sentence)}</p>\n' if sentence else ""
    if not cells:
        return opening
    # JupyterLab sets all cells to the right, which words are hard to read in.
    sides = [' class="number"' if side else ' style="text-align:left"' for side in numeric]
    head = "".join(
        f'<th scope="col"{side}>{html.escape(text)}</th>'
        for text, side in zip(heads, sides, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{side}>{html.escape(text)}</th>'
            if first
            else f"<td{side}>{html.escape(text)}</td>"
            for first, text, side in zip([True] + [False] * (len(row) - 1), row, sides, strict=True)
        )
        + "</tr>\n"
        for row in cells
    )
    return (
        f"{opening}<table>\n<caption>{html.escape(caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
    )


def _plain(heads: list[str], cells: list[list[str]], caption: str, sentence: str) -> str:
    """The same table for a terminal."""
    lines = [sentence] if sentence else []
    if cells:
        widths = [max(len(text) for text in column) for column in zip(heads, *cells, strict=True)]
        rows = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in [heads, *cells]
        ]
        lines += [caption, *rows]
    return "\n".join(lines)
