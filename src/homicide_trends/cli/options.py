"""Options and words that several commands share."""

from pathlib import Path

import click

STATUS = """
\b
Exit status: 0 done; 1 a notebook failed, or the check found problems;
2 a mistake in what was asked or given (nothing is written); 130 interrupted.
"""

DATA = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of tables to use instead of the shipped ones.",
)
NOTEBOOKS = click.option(
    "--notebooks",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of notebooks with a reports.yml to use instead of the shipped ones.",
)
