"""The command site."""

from pathlib import Path

import click

from ..language import _, ngettext
from .messages import Bar, Failed, refused, say_failures
from .options import DATA, JOBS, LANG, NOTEBOOKS, PATH, STATUS, report_names
from .values import FILE, GIVEN, asked_values


@click.command(epilog=STATUS)
@click.argument("reports", nargs=-1, metavar="[REPORT]...", shell_complete=report_names)
@GIVEN
@FILE
@click.option(
    "--out",
    default="site",
    show_default=True,
    metavar="DIR",
    type=PATH,
    help="Folder for the site. One that holds anything else is refused.",
)
@DATA
@LANG
@NOTEBOOKS
@JOBS
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="A report that takes longer fails, and with it the site (default: no limit).",
)
@click.option("--force", is_flag=True, help="Render also reports that are up to date.")
def site(
    reports: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    file: Path | None,
    out: Path,
    data: Path | None,
    notebooks: Path | None,
    jobs: int | None,
    timeout: float | None,
    force: bool,
) -> None:
    """Make a static site of reports, all when none is named, in English and Spanish.

    Beside the reports it has the figures with their verdicts, sources, methods with formulas,
    the columns of the tables, a glossary, downloads and a search. DIR/index.html opens from a
    file and from any host, and asks for nothing elsewhere. Title, description and text about
    the tables come from datapackage.json and README.md of the folder of tables.

    What is up to date is not rendered again: reports are kept in a hidden folder beside DIR.
    DIR is replaced when the new site is whole; a report that fails leaves it as it was.

    \b
    homicide-trends site
    homicide-trends site --data mine --out public
    homicide-trends site --data mine -f mine/values.yml figures change claim
    """
    with refused():
        from ..reports import Stopped, load_reports
        from ..site import build

        values, own = asked_values(given, file, load_reports(notebooks, data=data), reports)

        bar = Bar()

        def started(length: int) -> None:
            nonlocal bar
            bar.finish()
            bar = Bar()  # one for each language
            bar.start(length)

        try:
            built = build(
                out,
                reports,
                parameters=values,
                own=own,
                data=data,
                notebooks=notebooks,
                jobs=jobs,
                timeout=timeout,
                force=force,
                started=started,
                progress=lambda outcome: bar.step(outcome),
            )
        except Stopped as error:
            raise Failed(f"{error.filename or out}: {error.strerror}") from None
        finally:
            bar.finish()
    say_failures(built.failures, built.kept)
    if built.failures:
        raise Failed(_("{folder}: the site stays as it was", folder=out))
    click.echo(out / "index.html")
    said = ngettext(
        "{number} report rendered, {fresh} up to date",
        "{number} reports rendered, {fresh} up to date",
        len(built.rendered),
        fresh=built.fresh,
    )
    click.echo(said, err=True)
    if not built.changed:
        click.echo(_("{folder}: nothing has changed", folder=out), err=True)
