"""The command claims."""

from pathlib import Path

import click

from ..language import _
from .messages import json_text, printable, refused, suspecting
from .options import DATA, LANG, STATUS


@click.command(epilog=STATUS)
@click.argument("figures", nargs=-1, metavar="[FIGURE_ID]...")
@DATA
@LANG
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
    with refused(), suspecting(data):
        from .. import claims as engine
        from ..tables.load import load_figures

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
        click.echo(json_text(reviews))
    elif not examined:
        click.echo(_("figures.csv states no figure with a value: there is no verdict."), err=True)
    else:
        click.echo(printable("\n\n".join(engine.listing(claim) for claim in examined)))


def _unproven(data: Path | None, texts: Path | None) -> set[str] | None:
    """Figures whose proof failed, or None without texts to prove them in."""
    if texts is None:
        return None
    from ..claims.quotes import prove_figures
    from ..tables.load import load_figures

    figures = load_figures(data=data)["figure_id"]
    rows = {problem.row for problem in prove_figures(data, texts=texts).problems}
    # Line 1 of the table is its header; line 0 stands for the table as a whole.
    if 0 in rows:
        return set(figures)
    return {figure for line, figure in enumerate(figures, start=2) if line in rows}
