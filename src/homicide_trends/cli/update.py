"""The command update."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..language import N_, _, ngettext, translated
from .messages import printable, refused
from .options import LANG, PATH, STATUS

if TYPE_CHECKING:
    from ..tables.folders import Folder
    from ..tables.updates import Change, Proposal

FILES = {
    "counts": N_("counts.csv: homicides a year, agency UNODC (the rate times the population)"),
    "population": N_("population.csv: series {series}"),
}


@click.command(epilog=STATUS)
@LANG
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
    type=PATH,
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
        from ..tables import updates
        from ..tables.appending import finished

        if writing and finished(data):
            click.echo(_("An earlier change that was interrupted is finished now."), err=True)
        name = updates.country(place, data=data)
        answer = updates.retrieve(place, endpoint=endpoint or updates.ENDPOINT, timeout=timeout)
        proposal = updates.propose(answer, series=series, data=data)
        click.echo(
            _(
                "{name} ({place}), World Bank, updated {updated}, retrieved {retrieved}",
                name=name,
                place=place,
                updated=answer.updated,
                retrieved=answer.retrieved,
            )
        )
        _show(proposal)
        if proposal.empty:
            click.echo(_("Nothing is new: the tables stay as they are."))
            return
        additions = proposal.additions(data)
        with additions.staged() as staged:
            click.echo(
                _("Examining the stated figures without and with the new rows ..."), err=True
            )
            _show_flips(changed_verdicts(data, staged))
        count = sum(map(len, proposal.rows.values()))
        rows = ngettext("{number} new row", "{number} new rows", count)
        if not writing:
            click.echo(_("Nothing is written: {rows}. Add --write to append them.", rows=rows))
            return
        written = additions.write()
        click.echo(_("Written: {rows}, in {files}.", rows=rows, files=", ".join(written)))


def _show(proposal: "Proposal") -> None:
    """The difference, by table and year."""
    for table, title in FILES.items():
        changes = [each for each in proposal.changes if each.table == table]
        click.echo("\n" + printable(translated(title).format(series=proposal.series)))
        for kind in ("added", "revised", "withdrawn"):
            for each in changes:
                if each.kind == kind:
                    click.echo(printable("  " + _line(each)))
        same = [each.year for each in changes if each.kind == "unchanged"]
        if same:
            years = ngettext("{number} year", "{number} years", len(same))
            line = _(
                "unchanged  {years}, {first} to {last}",
                years=years,
                first=min(same),
                last=max(same),
            )
            click.echo(f"  {line}")
        if not changes:
            click.echo("  " + _("nothing"))
    click.echo()


def _line(change: "Change") -> str:
    value = "" if change.value is None else f"{change.value:,}"
    on_file = "" if change.on_file is None else f"{change.on_file:,}"
    if change.kind == "added":
        return _("added      {year}  {value}", year=change.year, value=value)
    if change.kind == "withdrawn":
        return _(
            "withdrawn  {year}  {value} ({source}) stays on file",
            year=change.year,
            value=on_file,
            source=change.source_id,
        )
    return _(
        "revised    {year}  {value} beside {old} ({source})",
        year=change.year,
        value=value,
        old=on_file,
        source=change.source_id,
    )


class Flip(NamedTuple):
    """A verdict that changes."""

    claim: str
    before: str
    after: str


def changed_verdicts(before: "Folder | None", after: "Folder | None") -> list[Flip]:
    """Every verdict, in words, that differs between two folders of the same tables."""
    from ..claims import judge
    from ..wording.claims import verdict

    old, new = (
        {each.claim: verdict(each) for each in judge.claims(limits=False, data=folder)}
        for folder in (before, after)
    )
    return [
        Flip(claim, old[claim], new.get(claim, "")) for claim in old if old[claim] != new.get(claim)
    ]


def _show_flips(flips: list[Flip]) -> None:
    if not flips:
        click.echo(_("No verdict on a stated figure changes."))
        return
    click.echo(_("Verdicts that change:"))
    for flip in flips:
        click.echo(printable(f"  {flip.claim}: {flip.before} -> {flip.after}"))
