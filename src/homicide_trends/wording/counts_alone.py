"""Sentences on what the counts alone say of a change, how unusual it is, and by which agency."""

import pandas as pd

from ..language import _, translated
from ..methods.unusual import BEFORE, RankedChange
from . import formats
from .effect_words import Row
from .sentences import listed


def of_counts(name: str) -> str:
    """What the table of `methods.counts_alone` is called.

    >>> of_counts("El Salvador").partition(", with")[0]
    'Change of the homicide rate, El Salvador'
    """
    return _(
        "Change of the homicide rate, {where}, with all months before and without the last",
        where=name,
    )


def _signed(change: float) -> str:
    """A change as more or fewer."""
    said = formats.percent(abs(change), 0)
    return _("{percent} fewer", percent=said) if change < 0 else _("{percent} more", percent=said)


def before_it(found: pd.DataFrame) -> str:
    """The same without the last months before the intervention."""
    if len(found) < 2:
        return ""
    first, second = found["percent_change"].iloc[:2]
    return _(
        "What was agreed or known before the date can have moved counts before it: without the "
        "last {months} months before it the change is {change} ({first} with them).",
        months=BEFORE,
        change=_signed(second),
        first=_signed(first),
    )


def agencies_alone(table: pd.DataFrame) -> str:
    """What each agency's own counts give, beside the series that takes now one, now the other.

    >>> rows = pd.DataFrame({"pair": [1, 1], "curve": ["preferred", "PNC"], "start": "2012-01-01",
    ...     "end": "2012-12-31", "baseline_start": "2011-01-01", "baseline_end": "2011-12-31",
    ...     "percent_change": [-41.3, -40.9]})
    >>> agencies_alone(rows).replace(formats.NBSP, " ")
    '2012 beside 2011: the series as used 41 % fewer and PNC 41 % fewer.'
    """
    if table.empty:
        return _("No agency counted these periods by itself.")
    said = []
    for _pair, some in table.groupby("pair", sort=False):
        rows = some.to_dict("records")
        parts = [f"{_curve(row)} {_signed(row['percent_change'])}" for row in rows]
        first = rows[0]
        said.append(
            _(
                "{window} beside {baseline}: {parts}.",
                window=formats.long_period(first["start"], first["end"]),
                baseline=formats.long_period(first["baseline_start"], first["baseline_end"]),
                parts=listed(parts),
            )
        )
    return " ".join(said)


BY_WHOM = ["agency", "baseline", "baseline_deaths", "window", "deaths", "percent_change"]
"""Columns of `by_whom` that are shown."""


def by_whom(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `agency_by_agency` with `agency` as the curve and what of it was shared out.

    >>> row = pd.DataFrame([{"curve": "PNC", "shared": 0.0, "baseline_shared": 0.25}])
    >>> by_whom(row)["agency"].iloc[0].replace(formats.NBSP, " ")
    'PNC (25 % shared out by days)'
    """
    named = []
    for row in table.to_dict("records"):
        share = formats.percent(100 * max(row["shared"], row["baseline_shared"]), 0)
        named.append(
            _("{agency} ({share} shared out by days)", agency=_curve(row), share=share)
            if max(row["shared"], row["baseline_shared"]) > 0
            else _curve(row)
        )
    return table.assign(agency=named)


def _curve(row: Row) -> str:
    return _("the series as used") if row["curve"] == "preferred" else translated(row["curve"])


def unusual(found: RankedChange, name: str, change: pd.DataFrame | None = None) -> str:
    """The rank of a change among all of its length on file, and among the earlier ones.

    `change` (of `counts_alone`) adds what the last months before the intervention do to it.

    >>> from homicide_trends.methods import ranked_change, years_on_file
    >>> found = ranked_change(years_on_file("SLV"), baseline=("2011", "2011"),
    ...                       window=("2012", "2012"))
    >>> print(unusual(found, "El Salvador"))  # doctest: +NORMALIZE_WHITESPACE
    For El Salvador the change to 2012 is in place 1 of 18 among such changes up to then, and in
    place 3 of 28 among all on file.
    """
    if change is not None:
        return " ".join(filter(None, [unusual(found, name), before_it(change)]))
    if not found.of:
        return _("The years on file do not tell how unusual the change is for {name}.", name=name)
    own = found.changes[found.changes["own"]].iloc[0]
    span = str(own["last"]) if own["first"] == own["last"] else f"{own['first']}\u2013{own['last']}"
    return _(
        "For {name} the change to {span} is in place {earlier} of {before} among such changes up "
        "to then, and in place {rank} of {of} among all on file.",
        name=name, span=span, earlier=found.earlier_rank, before=found.earlier_of,
        rank=found.rank, of=found.of,
    )  # fmt: skip


def several_tests(number: int) -> str:
    """How often one of several tests at 5 percent finds something where nothing is.

    Of three tests 1 - 0.95^3, or 14 percent.

    >>> several_tests(3).replace(formats.NBSP, " ").endswith("in 14 % of series without any.")
    True
    """
    if number < 2:
        return ""
    return _(
        "{number} tests on this page ask for a change at the level of 5 %: were they independent, "
        "one at least would find something in {share} of series without any.",
        number=formats.number(number),
        share=formats.percent(100 * (1 - 0.95**number), 0),
    )
