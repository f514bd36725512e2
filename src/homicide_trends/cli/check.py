"""The command check."""

from pathlib import Path

import click

from ..language import _, ngettext
from .messages import Mistake, printable, refused
from .options import DATA, LANG, PATH, STATUS


@click.command(epilog=STATUS)
@click.argument("folder", required=False, metavar="[DIR]", type=PATH)
@DATA
@LANG
@click.option(
    "--texts",
    metavar="DIR",
    type=PATH,
    help="Folder of the source texts: prove every stated figure at its place in them.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Write the tables' size and checksum into datapackage.json, after a change that was "
    "meant, then check.",
)
def check(folder: Path | None, data: Path | None, texts: Path | None, record: bool) -> None:
    """Check the tables, all problems at once, and the stated figures against their texts.

    DIR is the folder of tables, as --data is; without either, the shipped tables are checked.

    Each problem is one line: file, row, column, value, and what would be right. Problems give
    exit status 1; a folder that cannot be checked at all gives 2. Months that nobody counted, and
    parts that are less than their whole, are remarks: printed on standard error, they change
    nothing.
    """
    if folder is not None and data is not None and folder != data:
        raise click.UsageError(_("give the folder once: DIR, or --data DIR"))
    data = data if folder is None else folder
    with refused():
        from ..tables import check as tables
        from ..tables.load import DataError

    try:
        if record:
            tables.record(data)
        problems = list(tables.check_tables(data))
        noted = tables.remarks(data)
        proven = None
        if texts is not None:
            from ..tables.quotes import prove_figures

            proof = prove_figures(data, texts=texts)
            proven = ngettext(
                "{proven} of {number} figure proven in the texts",
                "{proven} of {number} figures proven in the texts",
                proof.total,
                proven=proof.proven,
            )
            problems += proof.problems
    except (DataError, OSError) as error:
        raise Mistake([str(error)]) from None
    for problem in problems:
        click.echo(printable(str(problem)))
    for remark in noted:
        click.echo(_("Remark: {remark}", remark=printable(str(remark))), err=True)
    if proven is not None:
        click.echo(proven)
    if problems:
        click.echo(ngettext("{number} problem", "{number} problems", len(problems)))
    else:
        click.echo(_("No problem in the tables."))
    if problems:
        raise click.exceptions.Exit(1)
