"""The README.md of a new folder: how to begin, and what every column holds."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

from ...language import _, current, translated
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
