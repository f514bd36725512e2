"""The figures that texts state, each with its verdict, in several orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..claims import LAYERS, SCALE
from ..claims.layers import CANNOT_TELL
from ..language import N_, _, translated

HEADINGS = {
    "quoted": N_("Quoted"),
    "consistent": N_("Consistent"),
    "reproduced": N_("Reproduced"),
    "robust": N_("Robust"),
    "attribution": N_("Attribution"),
}
KINDS = {
    "given": N_("given by some definition"),
    "not-given": N_("given by no definition"),
    "unknown": N_("cannot tell"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """One page of the same figures: its file, what it is sorted by, and the words for that."""

    file: str
    column: str
    label: str


def orders(examined: bool) -> list[Order]:
    """The orders that there is a page for; by verdict first, because most cannot be told.

    >>> [each.file for each in orders(False)]
    ['figures.html', 'figures-by-subject.html']
    """
    subject = Order("figures-by-subject.html", "about", _("by subject"))
    if not examined:
        return [Order("figures.html", "text", _("by text")), subject]
    text = Order("figures-by-text.html", "text", _("by text"))
    return [Order("figures.html", "robust", _("by verdict")), text, subject]


def figure_rows(
    figures: pd.DataFrame, sources: pd.DataFrame, records: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A row a figure as a page shows it, in the language in force.

    ``figures`` and ``sources`` are the tables, ``records`` what is recorded about the reports.
    ``words`` are the verdict's, none where no report examined the figures, and ``robust`` the one
    that says how many definitions give it; ``kind`` is a key of KINDS, empty where there is no
    verdict; ``page`` is the report on the figure, if any.
    """
    verdicts = {row["figure_id"]: row for each in records for row in each.get("verdicts", [])}
    pages = report_pages(records)
    publishers = sources.set_index("source_id")["publisher"]
    texts = list(dict.fromkeys(figures["source_id"]))
    rows = []
    for figure in figures.to_dict("records"):
        verdict = verdicts.get(figure["figure_id"])
        rows.append(
            {
                "figure_id": figure["figure_id"],
                "token": figure["as_reported"],
                "about": translated(str(figure["measure"]).replace("_", " ")),
                "publisher": publishers.get(figure["source_id"], figure["source_id"]),
                "source_id": figure["source_id"],
                "text": texts.index(figure["source_id"]) + 1,
                "line": _("line {line}", line=figure["locator"]) if figure["locator"] else "",
                "page": pages.get(figure["figure_id"]),
                "verdict": verdict or {},
                "told": [verdict[layer] != CANNOT_TELL for layer in LAYERS] if verdict else [],
                "words": [translated(verdict[layer]) for layer in LAYERS] if verdict else [],
                "kind": _kind(verdict),
                "robust": translated(verdict["robust"]) if verdict else "",
            }
        )
    return rows


def report_pages(records: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By figure, the page of the report that examines it."""
    return {
        str(parameter["value"]): f"reports/{record['report']}.html"
        for record in records
        for parameter in record["parameters"]
        if parameter["name"] == "figure"
    }


def in_order(rows: Sequence[dict[str, Any]], order: Order) -> list[dict[str, Any]]:
    """The rows as an order has them; what is equal stays as it stands in the table."""
    if order.column == "about":
        return sorted(rows, key=lambda row: str(row["about"]).casefold())
    if order.column == "robust":
        return sorted(rows, key=lambda row: _rank(row["verdict"]))
    return sorted(rows, key=lambda row: int(row["text"]))


def _kind(verdict: Mapping[str, Any] | None) -> str:
    if verdict is None:
        return ""
    return {"yes": "given", "no": "not-given"}.get(str(verdict["reproduced"]), "unknown")


def _rank(verdict: Mapping[str, Any]) -> tuple[int, ...]:
    """Where a verdict stands on the scales of its layers, what cannot be told last."""
    ranks = []
    for layer in ("robust", "reproduced", "consistent"):
        words = [*SCALE[layer], CANNOT_TELL]
        word = verdict.get(layer)
        ranks.append(words.index(word) if word in words else len(words))
    return tuple(ranks)
