"""Shares of a whole that was counted in full, so without an interval."""

import pandas as pd

from ..language import _, refusal

COLUMNS = ["name", "part", "whole", "share", "qualifier", "as_reported", "publisher", "sources",
           "figure_id", "note"]  # fmt: skip


def share(table: pd.DataFrame, *, part: str = "part", whole: str = "whole") -> pd.DataFrame:
    """The same table with ``share`` in percent of the whole.

    Nothing was sampled, so there is no interval. Raises ValueError when a part is larger than
    its whole or a whole is not positive; a missing part or whole gives a missing share.

    >>> float(share(pd.DataFrame({"part": [11], "whole": [262]}))["share"].round(1).iloc[0])
    4.2
    """
    wrong = (table[whole] <= 0) | (table[part] > table[whole])
    if wrong.any():
        row = table[wrong].iloc[0]
        raise refusal(
            "{part} of {whole} is not a share of a whole",
            part=f"{row[part]:g}",
            whole=f"{row[whole]:g}",
        )
    return table.assign(share=100 * table[part] / table[whole])


def declared(figures: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Stated municipalities and citizens as shares of all municipalities and of the population.

    ``figures`` as ``load_figures`` gives them, with ``publisher``; ``population`` of one
    series. The population is that of the year of the text that states the citizens, or of the
    nearest year on file. Columns ``name, part, whole, share`` (percent) and the ``qualifier`` of
    the part, which is that of the share, with its token and source; no rows where no text states
    such figures.

    >>> import homicide_trends as ht
    >>> figures = ht.tables.with_sources(ht.load_figures("SLV"))
    >>> table = declared(figures, ht.load_population("SLV", series="WPP2024"))
    >>> table["share"].round(1).tolist()
    [4.2, 16.3]
    """
    rows = []
    towns = _first(figures, "municipalities_violence_free")
    everything = _first(figures, "municipalities")
    if towns is not None and everything is not None:
        rows.append(_row(towns, _("the {number} municipalities", number=everything["as_reported"]),
                         everything["value"]))  # fmt: skip
    citizens = _first(figures, "population_represented")
    if citizens is not None and len(population):
        year = int(str(citizens["published"])[:4] or population["year"].max())
        nearest = population.iloc[(population["year"] - year).abs().argmin()]
        rows.append(
            _row(
                citizens,
                _("the population of {year}", year=nearest["year"]),
                nearest["population"],
            )
        )
    return share(pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "share"]))


def _first(figures: pd.DataFrame, measure: str) -> pd.Series | None:
    """The figure of a measure in the text that states most of the others, else the first."""
    found = figures[figures["measure"] == measure]
    if found.empty:
        return None
    complete = figures.loc[figures["measure"] == "municipalities", "source_id"]
    beside = found[found["source_id"].isin(complete)]
    return (found if beside.empty else beside).iloc[0]


def _row(figure: pd.Series, name: str, whole: float) -> dict[str, object]:
    qualifier = "" if pd.isna(figure["qualifier"]) else str(figure["qualifier"])
    return {
        "name": name,
        "part": figure["value"],
        "whole": float(whole),
        "qualifier": qualifier,
        "as_reported": figure["as_reported"],
        "publisher": figure["publisher"],
        "sources": figure["source_id"],
        "figure_id": figure["figure_id"],
        "note": f"the part is stated as {qualifier}" if qualifier else "",
    }
