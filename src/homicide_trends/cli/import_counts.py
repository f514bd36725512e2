"""The command import."""

import shlex
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..language import N_, _, ngettext
from ..tables.imports.choices import KEPT_AS, KINDS, KNOWN, NAMES, RANGES, Question, UnclearError
from .messages import Mistake, printable, refused
from .options import LANG, PATH, STATUS

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
    click.option("--sheet", metavar="NAME", help="Sheet of a workbook, or file in a .zip."),
    click.option("--header-row", type=click.IntRange(min=0), metavar="N",
                 help="Row of the column names (0: none, columns go by number)."),
    click.option("--date-column", metavar="NAME", help="Column of the dates (or of the years)."),
    click.option("--month-column", metavar="NAME", help="Column of the months, beside the years."),
    click.option("--deaths-column", metavar="NAME", multiple=True,
                 help="Column of the numbers of deaths (several are added up)."),
    click.option("--place-column", metavar="NAME", help="Column of places: a count for each."),
    click.option("--sex-column", metavar="NAME", help="Column of sexes, kept apart."),
    click.option("--age-column", metavar="NAME", help="Column of ages, kept apart."),
    click.option("--mechanism-column", metavar="NAME", help="Column of weapons, kept apart."),
    click.option("--motive-column", metavar="NAME", help="Column of motives, kept apart."),
    _choice("across", N_("What heads the columns of numbers, each with counts of its own.")),
    _choice("shape", N_("What a row is: a year, quarter, month, week, day, one death, or periods "
                        "side by side (wide).")),
    click.option("--where", multiple=True, nargs=2, metavar="COLUMN TEXT",
                 help="Take only rows with this text in a column (repeatable; several texts of a "
                 "column are taken together)."),
    click.option("--sum", multiple=True, metavar="COLUMN",
                 help="Add up the different values of a column (repeatable)."),
    _choice("duplicates", N_("Several rows for a period: add them up.")),
    _choice("totals", N_("Totals that are not the sum: leave them out unasked (ignore), or take "
                         "them for parts (add).")),
    click.option("--skip", multiple=True, metavar="TEXT",
                 help="Leave out rows whose date is or begins so; '' for no date (repeatable)."),
    _choice("gaps", N_("Periods without a count: leave them out (missing), or nobody was killed "
            "(zero).")),
    click.option("--missing", multiple=True, metavar="TEXT",
                 help="A cell that stands for no count, such as few (repeatable)."),
    click.option("--mark", multiple=True, type=(str, click.Choice(KEPT_AS)), metavar="MARK HOW",
                 help="What becomes of a number with a mark, as 12* or <5: final, preliminary, "
                 "rounded, doubtful, range (a least and a most) or missing (repeatable)."),
    _choice("date-order", N_("Whether 03/04/2012 is 3 April (dmy) or 4 March (mdy).")),
    click.option("--two-digit-years", metavar="YEAR",
                 type=click.IntRange(*RANGES["two_digit_years"]),
                 help="First of the hundred years in which years such as 12 lie."),
    click.option("--year", type=click.IntRange(*RANGES["year"]), metavar="YEAR",
                 help="Year of months that stand without one."),
    click.option("--year-starts", type=click.IntRange(*RANGES["year_starts"]), metavar="MONTH",
                 help="Month, 1 to 12, in which years such as 2018/19 begin."),
    _choice("decimal", N_("What begins decimals.")),
    _choice("thousands", N_("What separates thousands: 1.234 (point), 1,234 (comma).")),
    _choice("separator", N_("What separates the columns.")),
    click.option("--encoding", metavar="NAME", help="Encoding: utf-8, cp1252, utf-16, ..."),
    click.option("--from", "start", type=_DAY, metavar="DAY", help="First day that is covered."),
    click.option("--to", "end", type=_DAY, metavar="DAY", help="Last day that is covered."),
    _choice("unit", N_("Length of the periods that days or deaths are added up to. "
                       "[default: month]")),
    click.option("--population", is_flag=True,
                 help="The file has people, not deaths: rows of population.csv."),
)  # fmt: skip

_OF_THE_COUNTS = _options(
    click.option("--place", metavar="CODE",
                 help="Place of the counts, as in places.csv; that of a --place-column's places."),
    click.option("--place-name", metavar="NAME", help="Its name, if it is new."),
    click.option("--place-kind", type=click.Choice(KINDS),
                 help="What it is, if it is new; with --place-column what its places are."),
    click.option("--codes", type=click.Choice(["proposed", "write"]),
                 help="Codes of new places: take those proposed, or write them into "
                 "place_names.csv of the folder, to be edited first."),
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
    click.option("--series", metavar="NAME",
                 help="Series of populations.  [default: the source]"),
    click.option("--status", metavar="NAME",
                 type=click.Choice(["final", "preliminary", "derived", "rounded", "doubtful"]),
                 help="How firm the counts are.  [default: final; derived where added up]"),
    click.option("--note", metavar="TEXT", help="A remark on each count."),
    click.option("--years/--no-years", default=True, show_default=True,
                 help="Add the sum of each whole year of months, too, as a derived count."),
)  # fmt: skip


class _Remembering(click.Command):
    """A command that knows its own words, so that it can say how it is repeated."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[__name__] = list(args)
        return super().parse_args(ctx, args)


@click.command(name="import", cls=_Remembering, epilog=STATUS)
@click.argument("file", metavar="FILE", type=PATH)
@click.option(
    "--data",
    metavar="DIR",
    type=PATH,
    envvar="HOMICIDE_TRENDS_DATA",
    help="Your folder of tables (`homicide-trends new DIR` makes one).",
)
@click.option("--dry-run", is_flag=True, help="Only show what was understood; write nothing.")
@LANG
@click.option("--yes", is_flag=True, help="Write without asking.")
@_OF_THE_COUNTS
@_OF_THE_FILE
@click.pass_context
def import_counts(
    context: click.Context, file: Path, data: Path | None, dry_run: bool, yes: bool, **options: Any
) -> None:
    """Add the counts of a file to counts.csv of your own folder of tables.

    The file may be CSV, TSV, .xlsx, .ods, Parquet, or one of them in a .gz or .zip. A row may be
    a year, a quarter, a month, a week, a day or a death; periods may stand side by side; there may
    be many places in it. What was understood is shown before anything is written. What could be
    taken in two ways is asked, with the total under each answer and the option that gives it; in a
    terminal the answer is taken, and remembered as the command to repeat. Rows that are on file
    are never changed.

    \b
    homicide-trends import deaths.csv --data mine --place GTM --agency PNC \\
      --agency-name "Policia Nacional Civil" --source-title "Homicides by month" \\
      --publisher "Policia Nacional Civil" --dry-run
    """
    if data is None:
        raise Mistake(
            [_("--data: name your own folder of tables; `homicide-trends new DIR` makes one")]
        )
    words: list[str] = []
    with refused():
        from ..tables.appending import finished

        if not dry_run and finished(data):
            click.echo(_("An earlier change that was interrupted is finished now."), err=True)
        while True:
            try:
                proposal, understood = _proposed(file, data, options)
                break
            except UnclearError as error:
                if yes or not _asks():
                    raise
                words += _answered(error)
                options = _with_answers(context, file, options, words)
        if proposal.additions.contents and not dry_run and not yes:
            _confirm(data)
        if words:
            again = [*context.meta[__name__], *words]
            command = f"homicide-trends import {shlex.join(again)}"
            click.echo(_("To repeat: {command}", command=printable(command)), err=True)
        if not proposal.additions.contents:
            click.echo(_("Nothing to add."), err=True)
            return
        if dry_run:
            click.echo(_("Nothing was written (--dry-run)."), err=True)
            return
        proposal.additions.write()
    _say_done(data, proposal, understood)


def _proposed(file: Path, data: Path, options: dict[str, Any]) -> tuple[Any, Any]:
    """What would be added, after both this and what was understood are shown."""
    from ..tables import imports

    of_file = {name: options[name] for name in NAMES if name in options}
    for name in ("start", "end"):
        day: datetime | None = of_file[name]
        of_file[name] = day.date() if day else None
    about = {name: value for name, value in options.items() if name not in of_file}
    understood = imports.understand(file, **of_file)
    _say(imports.account(understood))
    proposal = imports.propose(understood, imports.About(**about), data=data)
    _say(_rows(proposal))
    return proposal, understood


def _answered(error: UnclearError) -> list[str]:
    """The words of the answer to the first question; the others may follow from it."""
    open_ones = [each for each in error.problems if isinstance(each, Question) and each.answers]
    if not open_ones:
        raise error
    first = open_ones[0]
    where = f"{first.column} '{first.value}' " if first.column or first.value else ""
    click.echo(printable(f"{first.file}: {where}{first.message}"), err=True)
    for number, answer in enumerate(first.answers, start=1):
        click.echo(printable(f"  {number}  {answer}"), err=True)
    number = click.prompt(_("Which"), type=click.IntRange(1, len(first.answers)), err=True)
    return list(first.answers[number - 1].words)


def _with_answers(
    context: click.Context, file: Path, options: dict[str, Any], words: list[str]
) -> dict[str, Any]:
    """The options with those that were answered."""
    made = context.command.make_context("import", [str(file), *words])
    given = click.core.ParameterSource.COMMANDLINE
    found = dict(options)
    asked = context.command.make_context("import", list(context.meta[__name__])).params
    for name, value in made.params.items():
        if name in found and made.get_parameter_source(name) == given:
            found[name] = (*asked[name], *value) if isinstance(value, tuple) else value
    return found


def _say_done(data: Path, proposal: Any, understood: Any) -> None:
    folder = printable(str(data))
    if proposal.names and not any(proposal.added.values()):
        done = ngettext("{number} name written to {file}: edit it, then the same without --codes",
                        "{number} names written to {file}: edit, then the same without --codes",
                        proposal.names, file=f"{folder}/place_names.csv")  # fmt: skip
        click.echo(done, err=True)
        return
    table = "population" if understood.chosen.population else "counts"
    rows = proposal.added[table]
    done = ngettext(
        "{number} row added to {file}",
        "{number} rows added to {file}",
        len(rows),
        file=f"{folder}/{table}.csv",
    )
    click.echo(done, err=True)
    if table == "population":
        return
    without = _without_population(data, rows)
    if without:
        lacking = _(
            "Rates need populations: population.csv has none of {places}.",
            places=", ".join(without[:10]) + ", ..." * (len(without) > 10),
        )
        click.echo(lacking, err=True)
    click.echo(_("Next: {command}", command=_next(folder, rows, without)), err=True)


def _next(folder: str, rows: list[dict[str, str]], without: list[str]) -> str:
    """A command that works now: a report about a place with a population, or populations first."""
    data = f"--data {shlex.quote(folder)}"
    place = next((row["place"] for row in rows if row["place"] not in without), "")
    if not place:
        return f"homicide-trends import FILE --population {data} --place {rows[0]['place']}"
    mine = sorted((row["start"], row["end"]) for row in rows if row["place"] == place)
    first, last = mine[0][0], max(end for _start, end in mine)
    render, of = f"homicide-trends render {{}} {data} --out FOLDER", f"-p place {place}"
    if any(start[:7] == end[:7] for start, end in mine):
        return f"{render.format('trend')} {of} -p window_start {first} -p window_end {last}"
    start = max(start for start, _end in mine)
    before = max((end for _start, end in mine if end < start), default="")
    if not before:
        return f"homicide-trends list {data}"
    return (
        f"{render.format('change')} {of} -p baseline_start {first} -p baseline_end {before} "
        f"-p window_start {start} -p window_end {last}"
    )


def _without_population(data: Path, rows: list[dict[str, str]]) -> list[str]:
    """The places of new counts that have no row in population.csv."""
    from ..tables.problems import Problem
    from ..tables.rawtables import read_raw

    table = read_raw(data / "population.csv")
    known = set() if isinstance(table, Problem) else set(table.column("place"))
    return sorted({row["place"] for row in rows} - known)


def _asks() -> bool:
    """Whether there is somebody to answer."""
    return sys.stdin.isatty()


def _confirm(data: Path) -> None:
    if not _asks():
        raise Mistake([_("nothing was written: look at the above and add --yes")])
    if not click.confirm(_("Write into {folder}?", folder=printable(str(data))), err=True):
        raise click.Abort


def _say(lines: list[str]) -> None:
    for line in lines:
        name, _tab, text = line.partition("\t")
        click.echo(printable(f"{name:<10}{text}"))


def _rows(proposal: Any) -> list[str]:
    """A line for each row that is new in other tables, and for all of counts.csv."""
    lines = []
    for table in ("places", "agencies", "sources"):
        rows = proposal.added[table]
        for row in rows[:5]:
            cells = ", ".join(f"{name} '{value}'" for name, value in row.items() if value)
            lines.append(
                f"{_('New')}\t" + _("a row of {table}: {cells}", table=f"{table}.csv", cells=cells)
            )
        if len(rows) > 5:
            text = ngettext(
                "and {number} more like this", "and {number} more like these", len(rows) - 5
            )
            lines.append(f"\t{text}")
    for table in ("counts", "population"):
        alike: dict[str, int] = {}
        for row in proposal.added[table]:
            shared = ("measure", "agency", "series", "status", "source_id", "note")
            cells = ", ".join(f"{name} '{row[name]}'" for name in shared if row.get(name))
            alike[cells] = alike.get(cells, 0) + 1
        for cells, number in list(alike.items())[:8]:
            text = ngettext("{number} row of {table}: {cells}", "{number} rows of {table}: {cells}",
                            number, table=f"{table}.csv", cells=cells)  # fmt: skip
            lines.append(f"{_('New')}\t{text}")
    if proposal.present:
        text = ngettext(
            "{number} row, left as it is", "{number} rows, left as they are", proposal.present
        )
        lines.append(f"{_('On file')}\t{text}")
    if proposal.beside:
        text = ngettext(
            "{number} row of another source or status for the same agency and period",
            "{number} rows of another source or status for the same agency and period",
            proposal.beside,
        )
        lines.append(f"{_('Beside')}\t{text}")
    return lines
