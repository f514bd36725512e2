"""The command list."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..language import translated
from .messages import json_text, printable, refused
from .options import DATA, LANG, NOTEBOOKS, STATUS

if TYPE_CHECKING:
    from ..reports import Report


@click.command("list", epilog=STATUS)
@DATA
@NOTEBOOKS
@LANG
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_reports(data: Path | None, notebooks: Path | None, as_json: bool) -> None:
    """List the reports, their notebooks, and every parameter with type, default and help."""
    with refused():
        from ..reports import load_reports

        reports = load_reports(notebooks, data=data).values()
    if as_json:
        entries = [described(report) for report in reports]
        click.echo(json_text(entries))
    else:
        click.echo(printable("\n\n".join(listed(report) for report in reports)))


def described(report: "Report") -> dict[str, Any]:
    """A report and its parameters as an object for JSON."""
    return {
        "report": report.name,
        "title": translated(report.title),
        "notebook": report.notebook.name,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "default": report.values.get(parameter.name, parameter.default),
                "help": translated(parameter.help),
            }
            for parameter in report.parameters
        ],
    }


def listed(report: "Report") -> str:
    """A report and its parameters as lines of text."""
    entry = described(report)
    rows = [
        (each["name"], each["type"], json.dumps(each["default"], ensure_ascii=False), each["help"])
        for each in entry["parameters"]
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [f"{report.name}: {entry['title']} ({entry['notebook']})"]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        lines.append("  ".join(["", *cells, row[3]]).rstrip())
    return "\n".join(lines)
