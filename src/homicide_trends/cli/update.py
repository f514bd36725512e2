"""The command update."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .messages import counted, printable, refused
from .options import STATUS

if TYPE_CHECKING:
    from ..updates import Change, Flip, Proposal

FILES = {
    "counts": "counts.csv: homicides a year, agency UNODC (the rate times the population)",
    "population": "population.csv: series {series}",
}


@click.command(epilog=STATUS)
@click.option(
    "--from",
    "service",
    required=True,
    type=click.Choice(["worldbank"]),
    help="Whom to ask: the World Bank's World Development Indicators (homicide rates of UNODC, "
    "populations).",
)
@click.option("--place", required=True, metavar="CODE", help="A country of places.csv, as SLV.")
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of tables to compare with and to write to (default: in a checkout its own; "
    "tables inside an installed package are never changed).",
)
@click.option("--write", "writing", is_flag=True, help="Append the rows; without it nothing is.")
@click.option(
    "--series",
    metavar="NAME",
    help="Population series of new rows (default: the one on file that agrees in every year, "
    "else WDI- and the day of the World Bank's update).",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="When to give up on the service.",
)
@click.option("--endpoint", metavar="URL", help="Another address of the service, such as a mirror.")
def update(
    service: str,
    place: str,
    data: Path | None,
    writing: bool,
    series: str | None,
    timeout: float,
    endpoint: str | None,
) -> None:
    """Show what a service has that the tables have not, and append it with --write.

    Each year is added, revised, unchanged, or withdrawn (no longer given). Nothing on file is
    overwritten: a revised value stands beside the old one, with its own source, and verdicts
    that the new rows would change are listed. The World Bank gives rates; counts are worked back
    from them as data/README.md tells. Needs the extra: pip install 'homicide-trends[update]'.

    \b
    homicide-trends update --from worldbank --place SLV
    homicide-trends update --from worldbank --place SLV --data mine --write
    """
    with refused():
        from .. import updates

        if writing:
            updates.writable(data)
        if writing and updates.recover(data):
            click.echo("An earlier update that was interrupted is finished now.", err=True)
        sums = updates.sums_of(data)
        name = updates.country(place, data=data)
        answer = updates.retrieve(place, endpoint=endpoint or updates.ENDPOINT, timeout=timeout)
        proposal = updates.propose(answer, series=series, data=data)
        click.echo(
            f"{name} ({place}), World Bank, updated {answer.updated}, retrieved {answer.retrieved}"
        )
        _show(proposal)
        if proposal.empty:
            click.echo("Nothing is new: the tables stay as they are.")
            return
        with updates.staged(proposal, data=data) as staged:
            click.echo("Examining the stated figures without and with the new rows ...", err=True)
            _show_flips(updates.changed_verdicts(data, staged))
            rows = counted(sum(map(len, proposal.rows.values())), "new row")
            if not writing:
                click.echo(f"Nothing is written: {rows}. Add --write to append them.")
                return
            updates.clear(data)
            written = updates.write(staged, sums, data=data)
        click.echo(f"Written: {rows}, in {', '.join(written)}.")


def _show(proposal: "Proposal") -> None:
    """The difference, by table and year."""
    for table, title in FILES.items():
        changes = [each for each in proposal.changes if each.table == table]
        click.echo("\n" + printable(title.format(series=proposal.series)))
        for kind in ("added", "revised", "withdrawn"):
            for each in changes:
                if each.kind == kind:
                    click.echo(printable("  " + _line(each)))
        same = [each.year for each in changes if each.kind == "unchanged"]
        if same:
            click.echo(f"  unchanged  {counted(len(same), 'year')}, {min(same)} to {max(same)}")
        if not changes:
            click.echo("  nothing")
    click.echo()


def _line(change: "Change") -> str:
    if change.kind == "added":
        return f"added      {change.year}  {change.value:,}"
    if change.kind == "withdrawn":
        return f"withdrawn  {change.year}  {change.on_file:,} ({change.source_id}) stays on file"
    return (
        f"revised    {change.year}  {change.value:,} beside {change.on_file:,} ({change.source_id})"
    )


def _show_flips(flips: "list[Flip]") -> None:
    if not flips:
        click.echo("No verdict on a stated figure changes.")
        return
    click.echo("Verdicts that change:")
    for flip in flips:
        click.echo(printable(f"  {flip.figure_id}, {flip.layer}: {flip.before} -> {flip.after}"))
