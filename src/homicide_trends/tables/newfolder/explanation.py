"""What a new folder says of itself: README.md, with what every column holds, and reports.yml.

Keys and values of reports.yml are the same in every language; comments and titles are in the one
in force.
"""

import json
import re
import textwrap
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any

from ...language import N_, _, current, translated
from ..folders import shipped
from ..rawtables import Record

EXAMPLE = "figures.example.csv"
STATUS = "## Status of a count"
LONGEST = 88  # characters


def explanation(package: dict[str, Any], example: Record) -> str:
    """What every column holds, from the descriptions of the schema.

    ``package`` is the content of the folder's datapackage.json, ``example`` a row of figures.csv.
    """
    lines = [f"# {package.get(f'title_{current()}', package['title'])}", "", *_beginning()]
    for resource in package["resources"]:
        lines += ["", f"## {resource['path']}: {translated(resource['title']).lower()}", ""]
        lines += [
            translated(resource["description"]),
            "",
            _row(_("column"), _("filled"), _("what it holds")),
            "|---|---|---|",
        ]
        lines += [_column(field) for field in resource["schema"]["fields"]]
        if resource["name"] == "counts":
            lines += ["", "#" + in_words(section(STATUS), translated)]
        if resource["name"] == "figures":
            lines += ["", *_example(resource, example)]
    return "\n".join(lines) + "\n"


def section(heading: str) -> str:
    """A section of the shipped tables' README."""
    text = (shipped("data") / "README.md").read_text(encoding="utf-8")
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return next(each for each in parts if each.startswith(heading)).strip()


def in_words(markdown: str, said: Callable[[str], str]) -> str:
    """Markdown with each heading, paragraph and cell of prose as ``said`` says it."""
    prose = re.compile(
        r"(?<=^## )[^\n]+"  # a heading
        r"|(?<=\| )[^`|\n]+(?= \|)"  # a cell that is no code
        r"|(?:^|(?<=\n\n))(?![#|])(?:.|\n(?!\n))+"  # a paragraph
    )
    return prose.sub(lambda found: said(found[0]), markdown)


def _beginning() -> list[str]:
    """What the folder is, the commands for it, and where to begin."""
    spoken = "" if current() == "en" else f" --lang {current()}"
    commands = {
        f"import FILE.csv --data DIR{spoken}": _("adds counts from somebody's file"),
        f"check --data DIR{spoken}": _("finds what is wrong, with its remedy"),
        f"check --record --data DIR{spoken}": _("after a change of yours: notes checksums"),
        f"render --data DIR --out OUT{spoken}": _("renders the reports of reports.yml"),
    }
    widest = max(map(len, commands))
    return [
        *wrapped(
            _(
                "A folder of tables for `homicide-trends`. Every row names its source; counts that "
                "conflict stand side by side. Files are UTF-8, comma-separated; an empty cell "
                "means *not known* or *not stated*, never zero; periods include their first and "
                "their last day."
            )
        ),
        "",
        "```",
        *(f"homicide-trends {each:{widest}}   # {does}" for each, does in commands.items()),
        "```",
        "",
        *wrapped(
            _(
                "The tables are described by `datapackage.json`, from which the lists below are "
                "made. Begin with `sources.csv` (where is it from?), then `places.csv` and "
                "`agencies.csv` (who counts?), then `counts.csv`, by hand or by `import`. Rates "
                "need `population.csv`. `figures.csv` takes what texts state; `reports.yml` says "
                "which reports are rendered. For claims about an intervention, `events.csv` has "
                "its day with the role `intervention`."
            )
        ),
    ]


def _column(field: dict[str, Any]) -> str:
    """A row of the list of columns."""
    constraints = field.get("constraints", {})
    kinds = {
        "date": _("A day, as 2012-03-09."),
        "integer": _("A whole number."),
        "number": _("A number."),
    }
    sentences = [translated(field["description"]), kinds.get(field.get("type", ""), "")]
    if "enum" in constraints:
        values = ", ".join(f"`{value}`" for value in constraints["enum"])
        sentences.append(_("One of: {values}.", values=values))
    filled = _("always") if constraints.get("required") else _("if known")
    return _row(f"`{field['name']}`", filled, " ".join(filter(None, sentences)))


def _row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _example(resource: dict[str, Any], example: Record) -> list[str]:
    """The example figure, cell by cell."""
    lines = [
        f"### {_('An example')}",
        "",
        *wrapped(
            _(
                "`{file}` holds one row as an example: a figure of a text about El Salvador. No "
                "command reads that file. Cell by cell:",
                file=EXAMPLE,
            )
        ),
        "",
        _row(_("column"), _("in the example"), _("why")),
        "|---|---|---|",
    ]
    for field in resource["schema"]["fields"]:
        value = example[field["name"]]
        shown = f"`{value}`" if value else _("(empty)")
        lines.append(_row(f"`{field['name']}`", shown, translated(field["description"])))
    lines += [
        "",
        *wrapped(
            _(
                "`value` is 60 and not 0.6 because the text speaks of percent. The baseline is "
                "empty because the text names none: which one makes the figure true is what a "
                "report finds out."
            )
        ),
    ]
    return lines


def wrapped(text: str, mark: str = "") -> list[str]:
    """A paragraph in lines that each begin with a mark; words and options are not broken."""
    return textwrap.wrap(
        text,
        LONGEST,
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )


# --- reports.yml --------------------------------------------------------------------------------

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
