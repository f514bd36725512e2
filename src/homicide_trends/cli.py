"""The command line: list, render, check, claims.

Results go to standard output, messages to standard error. Exit status 0: done; 1: a notebook
failed, or the check found problems; 2: a mistake in what was asked or given, and nothing was
written; 130: interrupted.
"""

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from . import __version__
from .reports.listing import described, listed
from .reports.progress import Bar

_STATUS = """
\b
Exit status: 0 done; 1 a notebook failed, or the check found problems;
2 a mistake in what was asked or given (nothing is written); 130 interrupted.
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_STATUS,
)
@click.version_option(__version__, prog_name="homicide-trends")
def cli() -> None:
    """Render reports on published homicide figures, and check the tables they read.

    A report tells for which definitions a published figure is true: which baseline, window,
    source, population and method.
    """


def main() -> None:
    """Run the command line; the exit status tells how it went."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        status = cli.main(prog_name="homicide-trends", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        status = 130
    except BrokenPipeError:
        # Whoever read our output stopped; there is nobody left to tell.
        sys.stderr.close()
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


def _terminated(*_: object) -> None:
    """Leave as on Ctrl-C, so that workers and kernels are ended."""
    sys.exit(128 + signal.SIGTERM)


@contextmanager
def _refused() -> Iterator[None]:
    """Turn what is wrong with the input into messages and exit status 2."""
    from .folders import DataError
    from .reports.parameter_cell import NotebookError
    from .reports.parameters import ParameterError

    try:
        yield
    except ParameterError as error:
        raise _Mistake(error.problems) from None
    except (NotebookError, DataError) as error:
        raise _Mistake([str(error)]) from None
    except OSError as error:
        text = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise _Mistake([text]) from None


class _Mistake(click.ClickException):
    """One line for each thing that is wrong."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))

    def show(self, file: Any = None) -> None:
        for line in self.message.split("\n"):
            click.echo(f"Error: {_printable(line)}", file=file, err=file is None)


class _Failed(_Mistake):
    """What went wrong later, when something was written already."""

    exit_code = 1

    def __init__(self, problem: str) -> None:
        super().__init__([problem])


def _printable(text: str) -> str:
    """Text that every terminal and log takes."""
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")


_DATA = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of tables to use instead of the shipped ones.",
)
_NOTEBOOKS = click.option(
    "--notebooks",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of notebooks with a reports.yml to use instead of the shipped ones.",
)


@cli.command("list", epilog=_STATUS)
@_NOTEBOOKS
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_reports(notebooks: Path | None, as_json: bool) -> None:
    """List the reports, their notebooks, and every parameter with type, default and help."""
    with _refused():
        from .reports import load_reports

        reports = load_reports(notebooks).values()
    if as_json:
        entries = [described(report) for report in reports]
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(listed(report) for report in reports))


@cli.command(epilog=_STATUS)
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
@click.option(
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="Value of a parameter, for every report that has it (repeatable; a list is "
    "written a,b,c). Comes before values from -f.",
)
@click.option(
    "-f",
    "file",
    metavar="FILE.yml",
    type=click.Path(path_type=Path),
    help="YAML file of values, NAME: value, for every report that has the parameter, or "
    "REPORT: {NAME: value} for one report.",
)
@click.option(
    "--sweep",
    metavar="FILE.yml",
    type=click.Path(path_type=Path),
    help="Render a report for each combination of values in a YAML file: report (or reports), "
    "parameters (NAME: [value, value]), rows, each (figures or places).",
)
@click.option(
    "--out",
    default=None,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder for the reports.  [default: reports; of a sweep: reports/sweep-FILE]",
)
@_DATA
@_NOTEBOOKS
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["html", "ipynb"]),
    default=("html", "ipynb"),
    help="What to write for each report: the page, the executed notebook (repeatable; "
    "default: both). An earlier file of a format that is left out is removed, because it "
    "would show another run.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many notebooks run at once (default: one a processor).",
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
    jobs: int | None,
    timeout: float | None,
    force: bool,
    dry_run: bool,
    checking: bool,
    fail_fast: bool,
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
        raise click.UsageError("--check renders everything and writes nothing, by itself")
    with _refused():
        from . import reports as library

        known = library.load_reports(notebooks)
        values, own = _from_file(file, set(known)) if file else ({}, {})
        values |= _from_options(given)
        plan = library.plan(
            reports,
            parameters=values,
            own=own,
            sweep=sweep,
            data=data,
            notebooks=notebooks,
            formats=formats,
        )
        folder = out or Path("reports", f"sweep-{plan.sweep['name']}" if plan.sweep else "")
        for line in plan.left_out:
            click.echo(f"Left out: {_printable(line)}", err=True)
        if dry_run:
            _say_due(library.due(plan, out=folder, force=force))
            return
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
                )
        except library.Stopped as error:
            bar.finish()
            done = _counted(len(error.rendered.written), "report")
            raise _Failed(
                f"{error.filename or folder}: {error.strerror}; {done} finished before, and all "
                "others are as they were: the same command renders the rest"
            ) from None
        finally:
            bar.finish()
    if checking:
        _say_compared(compared, folder)
    else:
        _say_rendered(rendered, folder)


def _say_due(due: Mapping[str, str | None]) -> None:
    """What would run and why, then what would not."""
    for name, reason in due.items():
        if reason is not None:
            click.echo(f"would render {name}: {_printable(reason)}")
    fresh = [name for name, reason in due.items() if reason is None]
    for name in fresh:
        click.echo(f"up to date   {name}")
    click.echo(f"{len(due) - len(fresh)} to render, {len(fresh)} up to date", err=True)


def _say_compared(compared: Any, folder: Path) -> None:
    """What --check found; status 1 when that is anything."""
    _say_failures(compared.failures)
    for line in compared.differences:
        click.echo(_printable(line))
    wrong = _counted(len(compared.differences), "difference")
    checked = _counted(compared.reports - len(compared.failures), "report")
    click.echo(f"{wrong} from {folder} in {checked}", err=True)
    if compared.differences or compared.failures:
        raise click.exceptions.Exit(1)


def _say_rendered(rendered: Any, folder: Path) -> None:
    """What was written, what was not and why; status 1 when a notebook failed."""
    _say_failures(rendered.failures, folder / "failed")
    for paths in rendered.written.values():
        for path in paths:
            click.echo(path)
    if rendered.written or rendered.fresh:
        click.echo(rendered.index)
    if rendered.fresh:
        click.echo(f"{_counted(len(rendered.fresh), 'report')} up to date", err=True)
    if rendered.left_out:
        names = ", ".join(rendered.left_out)
        click.echo(f"Not of this sweep any more, and left out of its index: {names}", err=True)
    if rendered.not_run:
        click.echo(f"Not rendered: {', '.join(rendered.not_run)}", err=True)
    if rendered.failures:
        raise click.exceptions.Exit(1)


def _say_failures(failures: list[Any], kept: Path | None = None) -> None:
    for failure in failures:
        click.echo(f"Failed: {_printable(failure.message)}", err=True)
        if kept:
            click.echo(f"  kept for inspection: {kept / failure.report}.ipynb", err=True)


def _from_options(given: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Values of -p; a name given twice is refused."""
    from .reports import Text
    from .reports.parameters import ParameterError

    names = [name for name, _ in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ParameterError([f"-p {name} is given more than once" for name in twice])
    return {name: Text(value) for name, value in given}


def _from_file(
    file: Path, reports: set[str]
) -> tuple[dict[str, object], dict[str, Mapping[str, object]]]:
    """Values of a YAML file: those for all reports, and those for each."""
    from .folders import closest
    from .reports.parameters import ParameterError
    from .reports.yaml_files import read_yaml

    everything = {str(key): value for key, value in read_yaml(file).items()}
    own: dict[str, Mapping[str, object]] = {
        name: value for name, value in everything.items() if isinstance(value, dict)
    }
    unknown = [name for name in own if name not in reports]
    if unknown:
        raise ParameterError(
            [f"{file}: no report {name!r}{closest(name, reports)}" for name in unknown]
        )
    return {name: value for name, value in everything.items() if name not in own}, own


@cli.command(epilog=_STATUS)
@_DATA
@click.option(
    "--texts",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the source texts: prove every stated figure at its place in them.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Write the tables' size and checksum into datapackage.json, after a change that was "
    "meant, then check.",
)
def check(data: Path | None, texts: Path | None, record: bool) -> None:
    """Check the tables, all problems at once, and the stated figures against their texts.

    Each problem is one line: file, row, column, value, and what would be right. Problems give
    exit status 1; a folder that cannot be checked at all gives 2.
    """
    with _refused():
        from . import check as tables
        from .data import DataError

    try:
        if record:
            tables.record(data)
        problems = list(tables.check_tables(data))
        proven = None
        if texts is not None:
            from .quotes import prove_figures

            proof = prove_figures(data, texts=texts)
            proven = f"{proof.proven} of {_counted(proof.total, 'figure')} proven in the texts"
            problems += proof.problems
    except (DataError, OSError) as error:
        raise _Mistake([str(error)]) from None
    for problem in problems:
        click.echo(_printable(str(problem)))
    if proven is not None:
        click.echo(proven)
    click.echo(_counted(len(problems), "problem") if problems else "No problem in the tables.")
    if problems:
        raise click.exceptions.Exit(1)


@cli.command(epilog=_STATUS)
@click.argument("figures", nargs=-1, metavar="[FIGURE_ID]...")
@_DATA
@click.option(
    "--texts",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the texts: prove that each token stands in its text.",
)
@click.option("--conf", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95,
              show_default=True, help="Level of the intervals.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print them as schema.org ClaimReviews.")
def claims(
    figures: tuple[str, ...], data: Path | None, texts: Path | None, conf: float, as_json: bool
) -> None:
    """Print the verdict on stated figures in layers; on all with a value if none is named.

    Each layer comes with the rule that it applied: quoted, consistent, reproduced, robust,
    attribution. "Cannot tell" is a value of every layer.
    """
    with _refused():
        from . import claims as engine
        from .data import load_figures

        known = load_figures(data=data)
        chosen = [engine.figure_row(figure, data=data) for figure in figures] or [
            row for _, row in known[known["value"].notna()].iterrows()
        ]
        unproven = _unproven(data, texts)
        examined = [
            engine.examine(
                row,
                conf=conf,
                data=data,
                proven=None if unproven is None else row["figure_id"] not in unproven,
            )
            for row in chosen
        ]
        reviews = [engine.claim_review(claim, data=data) for claim in examined] if as_json else []
    if as_json:
        click.echo(json.dumps(reviews, ensure_ascii=False, indent=1))
    else:
        click.echo(_printable("\n\n".join(engine.listing(claim) for claim in examined)))


def _unproven(data: Path | None, texts: Path | None) -> set[str] | None:
    """Figures whose proof failed, or None without texts to prove them in."""
    if texts is None:
        return None
    from .data import load_figures
    from .quotes import prove_figures

    figures = load_figures(data=data)["figure_id"]
    rows = {problem.row for problem in prove_figures(data, texts=texts).problems}
    # Line 1 of the table is its header; line 0 stands for the table as a whole.
    if 0 in rows:
        return set(figures)
    return {figure for line, figure in enumerate(figures, start=2) if line in rows}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
