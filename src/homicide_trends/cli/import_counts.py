"""The command import."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..language import N_, _, ngettext
from ..tables.imports.choices import KNOWN
from .messages import Mistake, printable, refused
from .options import LANG, STATUS

_DAY = click.DateTime(["%Y-%m-%d"])


def _choice(name: str, help_text: str) -> Callable[[Any], Any]:
    """An option with a few known values."""
    return click.option(
        f"--{name}", type=click.Choice(list(KNOWN[name.replace("-", "_")])), help=help_text
    )


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several options in the order of the help."""

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_OF_THE_FILE = _options(
    click.option("--date-column", metavar="NAME", help="Column of the dates (or of the years)."),
    click.option("--month-column", metavar="NAME", help="Column of the months, beside the years."),
    click.option("--deaths-column", metavar="NAME", help="Column of the numbers of deaths."),
    _choice("shape", N_("What a row is: a year, a month, a row of months side by side, a day, "
                        "or one death.")),
    click.option("--header-row", type=click.IntRange(min=0), metavar="N",
                 help="Row of the column names (0: none, columns go by number)."),
    _choice("separator", N_("What separates the columns.")),
    click.option("--encoding", metavar="NAME", help="Encoding: utf-8, cp1252, utf-16, ..."),
    _choice("date-order", N_("Whether 03/04/2012 is 3 April (dmy) or 4 March (mdy).")),
    click.option("--two-digit-years", type=click.IntRange(1800, 2001), metavar="YEAR",
                 help="First of the hundred years in which years such as 12 lie."),
    _choice("decimal", N_("What begins decimals.")),
    _choice("thousands", N_("What separates thousands: 1.234 (point), 1,234 (comma).")),
    click.option("--missing", multiple=True, metavar="TEXT",
                 help="A cell that stands for no count, such as n/a (repeatable)."),
    click.option("--skip", multiple=True, metavar="TEXT",
                 help="Leave out rows whose date begins so; '' for no date (repeatable)."),
    click.option("--where", multiple=True, nargs=2, metavar="COLUMN TEXT",
                 help="Take only rows with this text in a column (repeatable)."),
    _choice("gaps", N_("Periods without a count: leave them out (missing), or nobody was killed "
            "(zero).")),
    _choice("duplicates", N_("Several rows for a period: add them up.")),
    _choice("totals", N_("Totals that are not the sum: leave them unasked.")),
    click.option("--from", "start", type=_DAY, metavar="DAY", help="First day that is covered."),
    click.option("--to", "end", type=_DAY, metavar="DAY", help="Last day that is covered."),
    _choice("unit", N_("Length of the periods that days or deaths are added up to. "
                       "[default: month]")),
)  # fmt: skip

_OF_THE_COUNTS = _options(
    click.option("--place", metavar="CODE", help="Place of the counts, as in places.csv."),
    click.option("--place-name", metavar="NAME", help="Its name, if it is new."),
    click.option("--place-kind", type=click.Choice(["country", "municipality"]),
                 help="What it is, if it is new.  [default: by its code]"),
    click.option("--agency", metavar="NAME", help="Who counted, as in agencies.csv."),
    click.option("--agency-name", metavar="NAME", help="Its full name, if it is new."),
    click.option("--agency-rule", metavar="TEXT", help="What it counts, if it is new."),
    click.option("--source", metavar="NAME",
                 help="Source of the counts, as in sources.csv.  [default: the file's name]"),
    click.option("--source-title", metavar="TEXT", help="Its title, if it is new."),
    click.option("--publisher", metavar="TEXT", help="Who published it, if it is new."),
    click.option("--source-date", metavar="DATE", help="When it was published, if it is new."),
    click.option("--url", metavar="ADDRESS", help="Its address, if it is new."),
    click.option("--kind", default="dataset", show_default=True,
                 type=click.Choice(["press", "official", "dataset", "study", "blog"]),
                 help="What it is, if it is new."),
    click.option("--licence", default="facts only", show_default=True, metavar="TEXT",
                 help="Its terms, if it is new."),
    click.option("--quality", default="solid", show_default=True,
                 type=click.Choice(["solid", "weak"]),
                 help="Weak ones are in no default series."),
    click.option("--measure", default="homicides", show_default=True, metavar="NAME",
                 help="What was counted."),
    click.option("--status", metavar="NAME",
                 type=click.Choice(["final", "preliminary", "derived", "rounded", "doubtful"]),
                 help="How firm the counts are.  [default: final; derived where added up]"),
    click.option("--note", metavar="TEXT", help="A remark on each count."),
    click.option("--years/--no-years", default=True, show_default=True,
                 help="Add the sum of each whole year of months, too, as a derived count."),
)  # fmt: skip

_OF_THE_FILE_NAMES = (*KNOWN, "date_column", "month_column", "deaths_column", "header_row",
                      "encoding", "two_digit_years", "missing", "skip", "where", "start",
                      "end")  # fmt: skip


@click.command(name="import", epilog=STATUS)
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    envvar="HOMICIDE_TRENDS_DATA",
    help="Your folder of tables (`homicide-trends new DIR` makes one).",
)
@click.option("--dry-run", is_flag=True, help="Only show what was understood; write nothing.")
@LANG
@click.option("--yes", is_flag=True, help="Write without asking.")
@_OF_THE_COUNTS
@_OF_THE_FILE
def import_counts(file: Path, data: Path | None, dry_run: bool, yes: bool, **options: Any) -> None:
    """Add the counts of a CSV file to counts.csv of your own folder of tables.

    The file may have a row for a year, a month, a day or a death, or months side by side, in any
    encoding and with any separators. What was understood is shown before anything is written.
    Where dates, numbers or rows can be taken in two ways, each is named with the option that
    decides, and nothing is written. Rows that are on file are never changed.

    \b
    homicide-trends import deaths.csv --data mine --place GTM --agency PNC \\
      --agency-name "Policia Nacional Civil" --source-title "Homicides by month" \\
      --publisher "Policia Nacional Civil" --dry-run
    """
    from ..tables import imports

    if data is None:
        raise Mistake(
            [_("--data: name your own folder of tables; `homicide-trends new DIR` makes one")]
        )
    for name in ("start", "end"):
        day: datetime | None = options[name]
        options[name] = day.date() if day else None
    of_file = {name: options.pop(name) for name in _OF_THE_FILE_NAMES}
    with refused():
        understood = imports.understand(file, **of_file)
        lines = imports.account(understood)
        _say(lines)
        proposal = imports.propose(understood, imports.About(**options), data=data)
        _say(_proposed(proposal))
        if not proposal.contents:
            click.echo(_("Nothing to add."), err=True)
            return
        if dry_run:
            click.echo(_("Nothing was written (--dry-run)."), err=True)
            return
        if not yes:
            _confirm(data)
        imports.write(proposal)
    folder = printable(str(data))
    done = ngettext(
        "{number} row added to {file}",
        "{number} rows added to {file}",
        len(proposal.added["counts"]),
        file=f"{folder}/counts.csv",
    )
    click.echo(done, err=True)
    without = _without_population(data, proposal)
    if without:
        lacking = _(
            "Rates need populations: population.csv has none of {places}.",
            places=", ".join(without),
        )
        click.echo(lacking, err=True)
    command = f"homicide-trends render --data {folder} --out FOLDER"
    click.echo(_("Next: {command}", command=command), err=True)


def _without_population(data: Path, proposal: Any) -> list[str]:
    """The places of new counts that have no row in population.csv."""
    from ..tables.problems import Problem
    from ..tables.rawtables import read_raw

    table = read_raw(data / "population.csv")
    known = set() if isinstance(table, Problem) else set(table.column("place"))
    return sorted({row["place"] for row in proposal.added["counts"]} - known)


def _confirm(data: Path) -> None:
    if not sys.stdin.isatty():
        raise Mistake([_("nothing was written: look at the above and add --yes")])
    if not click.confirm(_("Write into {folder}?", folder=printable(str(data))), err=True):
        raise click.Abort


def _say(lines: list[str]) -> None:
    for line in lines:
        name, _tab, text = line.partition("\t")
        click.echo(printable(f"{name:<10}{text}"))


def _proposed(proposal: Any) -> list[str]:
    """A line for each row that is new in other tables, and for all of counts.csv."""
    lines = []
    for table in ("places", "agencies", "sources"):
        for row in proposal.added[table]:
            cells = ", ".join(f"{name} '{value}'" for name, value in row.items() if value)
            text = _("a row of {table}: {cells}", table=f"{table}.csv", cells=cells)
            lines.append(_line(_("New"), text))
    rows = proposal.added["counts"]
    shared = ("place", "measure", "agency", "status", "source_id", "note")
    alike: dict[str, int] = {}
    for row in rows:
        cells = ", ".join(f"{name} '{row[name]}'" for name in shared if row[name])
        alike[cells] = alike.get(cells, 0) + 1
    for cells, number in alike.items():
        text = ngettext("{number} row of counts.csv: {cells}",
                        "{number} rows of counts.csv: {cells}", number, cells=cells)  # fmt: skip
        lines.append(_line(_("New"), text))
    if proposal.present:
        text = ngettext("{number} row of counts.csv, left as it is",
                        "{number} rows of counts.csv, left as they are",
                        proposal.present)  # fmt: skip
        lines.append(_line(_("On file"), text))
    if proposal.beside:
        text = ngettext(
            "{number} count of another source or status for the same agency and period",
            "{number} counts of another source or status for the same agency and period",
            proposal.beside,
        )
        lines.append(_line(_("Beside"), text))
    return lines


def _line(name: str, text: str) -> str:
    return f"{name}\t{text}"
