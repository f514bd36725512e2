"""The command new."""

from datetime import datetime
from pathlib import Path

import click

from ..language import _
from .messages import printable, refused
from .options import LANG, PATH, STATUS


@click.command(epilog=STATUS)
@click.argument("directory", metavar="DIR", type=PATH)
@click.option(
    "--place", metavar="CODE", help="Place it is about: a country's ISO code, such as GTM."
)
@click.option("--name", metavar="NAME", help="The place's name, if it is not among ours.")
@click.option("--intervention", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY",
              help="Day of the event whose effect a text states; reports.yml then compares the "
              "twelve months before with the twelve after.")  # fmt: skip
@LANG
def new(
    directory: Path, place: str | None, name: str | None, intervention: datetime | None
) -> None:
    """Make a folder of tables of your own, with everything but the rows.

    DIR gets the tables with their headers, datapackage.json, a README.md that explains every
    column, an example of a figure, and a reports.yml. A DIR that is not empty is refused.

    \b
    homicide-trends new mine --place GTM
    homicide-trends new kenya --place KEN --name Kenya --intervention 2010-08-27
    """
    with refused():
        from ..tables.newfolder import new_folder

        day = intervention.date() if intervention else None
        files = new_folder(directory, place=place, name=name, intervention=day)
    for file in files:
        click.echo(printable(str(directory / file)))
    folder = printable(str(directory))
    command = f"homicide-trends import FILE.csv --data {folder} --dry-run"
    click.echo(_("Next: {command}", command=command), err=True)
