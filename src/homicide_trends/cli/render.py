"""The command render."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from ..language import _, ngettext
from .messages import Bar, Failed, printable, refused, say_failures, suspecting
from .options import DATA, JOBS, LANG, NOTEBOOKS, PATH, STATUS, asked_language, report_names
from .values import FILE, GIVEN, asked_values


@click.command(epilog=STATUS)
@click.argument("reports", nargs=-1, metavar="[REPORT]...", shell_complete=report_names)
@GIVEN
@FILE
@click.option(
    "--sweep",
    metavar="FILE.yml",
    type=PATH,
    help="Render a report for each combination of values in a YAML file: report (or reports), "
    "parameters (NAME: [value, value]), rows, each (figures or places).",
)
@click.option(
    "--out",
    default=None,
    metavar="DIR",
    type=PATH,
    help="Folder for the reports.  [default: reports; of a sweep: reports/sweep-FILE]",
)
@DATA
@LANG
@NOTEBOOKS
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "ipynb", "pdf"]),
    default=("html", "ipynb"),
    help="What to write for each report: the page, the executed notebook, the page on paper "
    "(repeatable; default: html and ipynb). An earlier file of a format that is left out is "
    "removed, because it would show another run. A PDF needs Chromium, Chrome or Edge.",
)
@click.option("--figures", type=click.Choice(["svg", "png"]), default="svg",
              help="What the figures are.  [default: svg]")  # fmt: skip
@JOBS
@click.option(
    "--executor",
    type=click.Choice(["local", "dask"]),
    default="local",
    help="Who does the work: processes of this command, or a Dask cluster (one that ends with "
    "the command, or the one at --scheduler).  [default: local]",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Scheduler of a Dask cluster, such as tcp://10.0.0.1:8786. Its workers must have this "
    "version of the code and of what computes and draws; tables and notebooks are sent along.",
)
@click.option(
    "--kernel",
    is_flag=True,
    help="Run each notebook in an ordinary Jupyter kernel, which takes longer: for a debugger, and "
    "for widgets and whatever else talks to a kernel.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="A report that takes longer fails, and the others go on (default: no limit).",
)
@click.option("--force", is_flag=True, help="Render also what is up to date.")
@click.option("--dry-run", is_flag=True, help="Only say what would be rendered, and why.")
@click.option(
    "--check",
    "checking",
    is_flag=True,
    help="Write nothing: render, compare the findings with those in the folder, and end in "
    "status 1 if any differs.",
)
@click.option("--open", "opening", is_flag=True, help="Open what was rendered in the browser.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first notebook that fails.")
def render(
    reports: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    file: Path | None,
    sweep: Path | None,
    out: Path | None,
    data: Path | None,
    notebooks: Path | None,
    formats: tuple[str, ...],
    figures: str,
    jobs: int | None,
    executor: str,
    scheduler: str | None,
    kernel: bool,
    timeout: float | None,
    force: bool,
    dry_run: bool,
    checking: bool,
    fail_fast: bool,
    opening: bool,
) -> None:
    """Render reports, or all of them when none is named, where anything has changed.

    For each report the folder gets REPORT.html (one file that needs no network), the executed
    notebook REPORT.ipynb, and for all of them index.html, findings.csv and findings.json.
    Values are checked before anything is run. A report is left as it is when its notebook,
    values, tables, code, template and versions are what they were, by their contents, and
    replaced only when the new one is whole; a notebook that fails is kept in DIR/failed.

    \b
    homicide-trends render
    homicide-trends render change averted -p baseline_start 2009-01-01
    homicide-trends render trend -p place HND --out honduras
    homicide-trends render --sweep every-place.yml --dry-run
    """
    if checking and (dry_run or force or fail_fast):
        raise click.UsageError(_("--check renders everything and writes nothing, by itself"))
    if scheduler is not None and executor != "dask":
        raise click.UsageError(_("--scheduler needs --executor dask"))
    if scheduler is not None and not scheduler.strip():
        raise click.UsageError(_("--scheduler needs an address, such as tcp://10.0.0.1:8786"))
    if scheduler and jobs:
        raise click.UsageError(
            _("--jobs is for this machine; a cluster has its own number of workers")
        )
    with refused(), suspecting(data), ExitStack() as stack:
        from .. import reports as library

        known = library.load_reports(notebooks, data=data)
        values, own = asked_values(given, file, known, () if sweep else reports)
        plan = library.plan(
            reports,
            parameters=values,
            own=own,
            sweep=sweep,
            data=data,
            notebooks=notebooks,
            formats=formats,
            lang=asked_language(),
            figures=figures,
        )
        folder = out or Path("reports", f"sweep-{plan.sweep['name']}" if plan.sweep else "")
        for line in plan.left_out:
            click.echo(_("Left out: {what}", what=printable(line)), err=True)
        if dry_run:
            _say_due(library.due(plan, out=folder, force=force))
            return
        more: dict[str, Any] = {"kernel": kernel}
        if executor == "dask":
            from ..reports.cluster import on_cluster

            more["each"] = stack.enter_context(
                on_cluster(scheduler, formats=formats, kernel=kernel)
            )
        bar = Bar()
        try:
            if checking:
                compared = library.compare(
                    plan,
                    out=folder,
                    jobs=jobs,
                    timeout=timeout,
                    started=bar.start,
                    progress=bar.step,
                    **more,
                )
            else:
                rendered = library.carry_out(
                    plan,
                    out=folder,
                    jobs=jobs,
                    timeout=timeout,
                    force=force,
                    fail_fast=fail_fast,
                    started=bar.start,
                    progress=bar.step,
                    **more,
                )
        except library.Stopped as error:
            bar.finish()
            raise Failed(
                ngettext(
                    "{where}: {problem}; {number} report finished before, and all others are as "
                    "they were: the same command renders the rest",
                    "{where}: {problem}; {number} reports finished before, and all others are as "
                    "they were: the same command renders the rest",
                    len(error.rendered.written),
                    where=error.filename or folder,
                    problem=error.strerror,
                )
            ) from None
        finally:
            bar.finish()
    if checking:
        _say_compared(compared, folder)
    else:
        _say_rendered(rendered, folder, opening)


def _say_due(due: Mapping[str, str | None]) -> None:
    """What would run and why, then what would not."""
    for name, reason in due.items():
        if reason is not None:
            click.echo(_("would render {report}: {reason}", report=name, reason=printable(reason)))
    fresh = [name for name, reason in due.items() if reason is None]
    for name in fresh:
        click.echo(_("up to date   {report}", report=name))
    click.echo(
        _("{due} to render, {fresh} up to date", due=len(due) - len(fresh), fresh=len(fresh)),
        err=True,
    )


def _say_compared(compared: Any, folder: Path) -> None:
    """What --check found; status 1 when that is anything."""
    say_failures(compared.failures)
    for line in compared.differences:
        click.echo(printable(line))
    checked = compared.reports - len(compared.failures)
    click.echo(
        ngettext(
            "{number} difference from {folder} in {reports}",
            "{number} differences from {folder} in {reports}",
            len(compared.differences),
            folder=folder,
            reports=ngettext("{number} report", "{number} reports", checked),
        ),
        err=True,
    )
    if compared.differences or compared.failures:
        raise click.exceptions.Exit(1)


def _say_rendered(rendered: Any, folder: Path, opening: bool) -> None:
    """What was written, what was not and why; status 1 when a notebook failed."""
    kept = [folder / "failed" / f"{failure.report}.ipynb" for failure in rendered.failures]
    say_failures(rendered.failures, kept)
    for paths in rendered.written.values():
        for path in paths:
            click.echo(path)
    if rendered.written or rendered.fresh:
        click.echo(rendered.index)
    if rendered.fresh:
        number = len(rendered.fresh)
        click.echo(
            ngettext("{number} report up to date", "{number} reports up to date", number), err=True
        )
    if rendered.left_out:
        names = ", ".join(rendered.left_out)
        click.echo(
            _("Not of this sweep any more, and left out of its index: {reports}", reports=names),
            err=True,
        )
    if rendered.not_run:
        names = ", ".join(rendered.not_run)
        click.echo(_("Not rendered: {reports}", reports=names), err=True)
    every = [path for paths in rendered.written.values() for path in paths]
    pages = [path for path in every if path.suffix == ".html"]
    start = pages[0] if len(pages) == 1 and not rendered.fresh else rendered.index
    if start is not None and (every or rendered.fresh):
        click.echo(_("To read: {address}", address=start.resolve().as_uri()), err=True)
        if opening:
            click.launch(str(start))
    if rendered.failures:
        raise click.exceptions.Exit(1)
