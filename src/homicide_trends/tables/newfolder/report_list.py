"""The reports.yml of a new folder: reports with its place and dates, and what is left to fill in.

Keys and values are the same in every language; comments and titles are in the one in force.
"""

import json
from calendar import monthrange
from datetime import date

from ...language import N_, _, translated
from .explanation import wrapped

_TITLES = {
    "trend": ("02-trend.ipynb", N_("How did the homicide rate change over time?")),
    "change": ("03-change.ipynb", N_("By how much did homicides change?")),
    "averted": ("04-averted.ipynb", N_("How many deaths fewer than expected?")),
    "effect": (
        "08-effect.ipynb",
        N_("What do the methods say about the change at the intervention?"),
    ),
    "figures": ("01-figures.ipynb", N_("What do the texts say, and from where?")),
    "claim": ("07-claim.ipynb", N_("Is the claim true?")),
}


def report_list(place: str | None, intervention: date | None) -> str:
    """The list of reports, with the place and, where there is an intervention, its dates."""
    lines = [
        *wrapped(
            _(
                "The reports that `homicide-trends render --data DIR` makes of this folder when "
                "none is named. `notebook` is one of those that come with the program; "
                "`parameters` are values of their own (`homicide-trends list --data DIR` shows "
                "all that there are)."
            ),
            "# ",
        ),
        *wrapped(
            _(
                "Which months are compared decides the answer: take those that the text itself "
                "speaks of, and say why."
            ),
            "# ",
        ),
        "reports:",
    ]
    code = f"place: {json.dumps(place or 'XXX')}"
    if intervention:
        dates = _around(intervention)
        during = [each for each in dates if each.startswith("window")]
        wanted = {
            "trend": [code, f"window_start: {dates[0].split()[1]}", during[1]],
            "change": [code, *dates],
            "averted": [code, *dates],
            "effect": [code, dates[0], *during],
        }
        for report, values in wanted.items():
            lines += _entry(report, values, "")
    else:
        lines += _entry("trend", [code], "")
        lines += wrapped(_("Fill in the dates of the question, and take the marks away:"), "  # ")
        lines += wrapped(_("(`trend` takes `window_start` and `window_end`, too)"), "  # ")
        dates = [f"{period}_{end}: {_('YYYY-MM-DD')}" for period in ("baseline", "window")
                 for end in ("start", "end")]  # fmt: skip
        for report in ("change", "averted"):
            lines += _entry(report, [code, *dates], "  # ")
    lines += [*_entry("claim", [], ""), "    each: claims"]
    lines += wrapped(_("When figures.csv has rows, take these marks away:"), "  # ")
    lines += _entry("figures", [code], "  # ")
    return "\n".join(lines) + "\n"


def _entry(report: str, values: list[str], mark: str) -> list[str]:
    notebook, title = _TITLES[report]
    indent = mark or "  "
    lines = [
        f"{indent}{report}:",
        f"{indent}  notebook: {notebook}",
        f"{indent}  title: {translated(title)}",
    ]
    if values:
        lines.append(f"{indent}  parameters: {{{', '.join(values)}}}")
    return lines


def _around(intervention: date) -> list[str]:
    """The twelve months before the month of a day, and the twelve from it on."""
    year, month = intervention.year, intervention.month
    before = date(year if month > 1 else year - 1, month - 1 if month > 1 else 12, 1)
    last = before.replace(day=monthrange(before.year, before.month)[1])
    end = date(last.year + 1, last.month, monthrange(last.year + 1, last.month)[1])
    return [
        f"baseline_start: {date(year - 1, month, 1)}",
        f"baseline_end: {last}",
        f"window_start: {date(year, month, 1)}",
        f"window_end: {end}",
    ]
