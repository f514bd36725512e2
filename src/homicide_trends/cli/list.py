"""The command list."""

from pathlib import Path

import click

from ..reports.listing import described, listed
from .messages import json_text, printable, refused
from .options import DATA, LANG, NOTEBOOKS, STATUS


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
