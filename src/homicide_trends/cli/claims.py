"""The command claims."""

from pathlib import Path

import click

from ..language import _
from .messages import json_text, printable, refused, suspecting
from .options import DATA, LANG, STATUS


@click.command(epilog=STATUS)
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@DATA
@LANG
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, every comparison too.")
@click.option(
    "--all", "everything", is_flag=True, help="Also list the figures that carry no claim."
)
def claims(claims: tuple[str, ...], data: Path | None, as_json: bool, everything: bool) -> None:
    """Print whether claims are true: question, verdict and a sentence with the numbers.

    CLAIM is an id of claims.csv or of a figure; a claim that is named is printed in full, as its
    page has it. Without one all claims are printed, two or three lines each.
    """
    with refused(), suspecting(data):
        from ..claims import judge
        from ..display.claims import Claim
        from ..tables.load import load_figures
        from ..wording import claim_review as said

        found = (
            [judge.claim(each, data=data) for each in claims]
            if claims
            else judge.claims(limits=as_json, data=data)
        )
        if as_json:
            click.echo(json_text([said.record(each, data=data) for each in found]))
            return
        text = [Claim(each, data).text() if claims else said.brief(each) for each in found]
        if everything:
            used = {figure for each in found for figure in each.figures}
            figures = load_figures(data=data)
            rest = figures[~figures["figure_id"].isin(used)]
            text += [f"{row['figure_id']}: {row['as_reported']}" for row in rest.to_dict("records")]
    if text:
        click.echo(printable("\n".join(text) if not claims else "\n\n".join(text)))
    else:
        click.echo(_("No claim is on file: claims.csv and figures.csv have none."), err=True)
