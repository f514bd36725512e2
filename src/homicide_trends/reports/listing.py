"""What reports there are, as text and as objects."""

import json
from typing import TYPE_CHECKING, Any

from ..language import translated

if TYPE_CHECKING:
    from . import Report


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
