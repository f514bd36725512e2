"""Sentences that set a result beside others: other countries, years and agencies, estimates."""

import pandas as pd

from ..language import _, ngettext, translated
from ..methods.estimates import CONSTANT, OWN, PUBLISHED, RE_ESTIMATED
from ..methods.other_countries import Elsewhere
from ..methods.step_models import STEP, TREND
from ..methods.ties import first_highest, first_lowest
from ..methods.unusual import BEFORE, RankedChange
from . import formats
from .words import Row, inside, listed, prediction


def synthetic(found: Elsewhere, name: str) -> str:
    """Whether other countries follow the place, and where it stands; or why nothing is said.

    >>> from homicide_trends.methods import elsewhere
    >>> years = pd.to_datetime(["2009-01-01", "2010-01-01", "2011-01-01", "2012-01-01"] * 3)
    >>> table = pd.DataFrame({"place": list("AAAABBBBCCCC"), "start": years,
    ...     "end": years + pd.offsets.YearEnd(0), "person_years": 100_000.0,
    ...     "rate": [30.0, 34, 32, 20, 20, 26, 21, 22, 40, 42, 43, 40]})
    >>> table["name"] = "Country " + table["place"]
    >>> found = elsewhere(table, place="A", intervention="2012-03-01", start="2009-01-01",
    ...     end="2012-12-31")
    >>> print(synthetic(found, "Country A"))
    Country B (50.0...%) and Country C (50.0...%) together follow Country A from 2009 to
    2011 with a typical gap of 0.0 per 100,000. Afterwards the rate of Country A lay 11.0
    below theirs on average. With the gap after measured by the gap before, Country A is in
    place 1 of 3 countries, each taken in turn as if it were the place; without any effect a
    country has that place or a better one in 33.3...% of cases.
    """
    if found.result is None:
        return ""
    if found.refused:
        refused = _("The comparison is refused: nothing is concluded from it.")
        return f"{found.reason} {refused}"
    before = found.series[~found.series["after"]]
    gap = found.series.loc[found.series["after"], "gap"].mean()
    used = [
        f"{translated(row['name'])} ({formats.percent(row['weight'])})"
        for row in found.donors.to_dict("records")
    ]
    said = {"name": name, "difference": formats.number(abs(gap), 1)}
    follow = _(
        "{countries} together follow {name} from {first} to {last} with a typical gap of {gap} per "
        "100,000.",
        countries=listed(used),
        name=name,
        first=before["year"].iloc[0],
        last=before["year"].iloc[-1],
        gap=formats.number(found.result.rmspe_pre, 1),
    )
    if gap < 0:
        after = _("Afterwards the rate of {name} lay {difference} below theirs on average.", **said)
    else:
        after = _("Afterwards the rate of {name} lay {difference} above theirs on average.", **said)
    place = found.placebos.loc[found.placebos["treated"], "rank"].iloc[0]
    rank = _(
        "With the gap after measured by the gap before, {name} is in place {rank} of {countries} "
        "countries, each taken in turn as if it were the place; without any effect a country has "
        "that place or a better one in {share} of cases.",
        name=name,
        rank=place,
        countries=len(found.placebos),
        share=formats.percent(100 * place / len(found.placebos)),
    )
    return f"{follow} {after} {rank}"


def modelled(beside: pd.DataFrame) -> str:
    """Change from the first to the last year, modelled and counted.

    >>> beside = pd.DataFrame({"start": pd.to_datetime(["2011-01-01", "2013-01-01"]),
    ...     "end": pd.to_datetime(["2011-12-31", "2013-12-31"]), "modelled": [4300.0, 3900.0],
    ...     "deaths": [4371, 2490], "agency": "PNC"})
    >>> print(modelled(beside))
    From 2011 to 2013 the modelled deaths fall by 9.3...%, those counted fall by 43.0...%.
    """
    known = beside.dropna(subset=["modelled", "deaths"])
    if len(known) < 2:
        return ""
    ends = known.iloc[[0, -1]]
    of_model, of_counts = (
        100 * (ends[name].iloc[1] / ends[name].iloc[0] - 1) for name in ("modelled", "deaths")
    )
    first, last = (formats.period(row["start"], row["end"]) for row in ends.to_dict("records"))
    said = {"percent": formats.percent(abs(of_model))}
    if of_model < 0:
        model = _("the modelled deaths fall by {percent}", **said)
    else:
        model = _("the modelled deaths rise by {percent}", **said)
    said = {"percent": formats.percent(abs(of_counts))}
    if of_counts < 0:
        counts = _("those counted fall by {percent}", **said)
    else:
        counts = _("those counted rise by {percent}", **said)
    return _(
        "From {first} to {last} {modelled}, {counted}.",
        first=first,
        last=last,
        modelled=model,
        counted=counts,
    )


def disagreement(estimates: pd.DataFrame, found: Elsewhere, name: str) -> str:
    """How far this report's estimates lie apart, beside the published ones.

    >>> from types import SimpleNamespace
    >>> nothing = pd.DataFrame(columns=["by", "averted"])
    >>> disagreement(nothing, SimpleNamespace(refused=False), "the country")
    'No method of this report gives an estimate for the country.'
    """
    own = estimates[estimates["by"] == OWN].dropna(subset=["averted"])
    if own.empty:
        return _("No method of this report gives an estimate for {name}.", name=name)
    said = [_extremes(own, name), _longer(own) if len(own) > 1 else "", _ratios(estimates)]
    if found.refused:
        said.append(_("The comparison with other countries is refused."))
    return " ".join(filter(None, said))


def _extremes(own: pd.DataFrame, name: str) -> str:
    """The lowest and the highest number of deaths, and on which side of zero they lie."""
    rows = _assumptions(own)
    averted = rows["averted"]
    lowest, highest = rows.iloc[first_lowest(averted)], rows.iloc[first_highest(averted)]
    window = formats.period(rows["start"].iloc[0], rows["end"].iloc[0])
    if len(rows) == 1:
        return _(
            "Expected minus observed homicides in {name}, {window}: {estimate}, the only method "
            "that these counts carry.",
            name=name,
            window=window,
            estimate=_one(lowest),
        )
    return _(
        "Expected minus observed homicides in {name}, {window}: from {lowest} to {highest}, by "
        "what is taken to have gone on otherwise; {signs}.",
        name=name,
        window=window,
        lowest=_one(lowest),
        highest=_one(highest),
        signs=_signs(rows),
    )


def _assumptions(rows: pd.DataFrame) -> pd.DataFrame:
    """Each assumption once: a step without a trend is the constant rate, with wider limits."""
    known = set(rows.loc[rows["averted_lower"].notna(), "name"])
    return rows[rows["name"] != translated(CONSTANT)] if translated(STEP) in known else rows


def _one(row: Row) -> str:
    name = inside(row["name"])
    limits = "" if pd.isna(row["averted_lower"]) else f"; {prediction(row, 'averted')}"
    return f"{formats.number(row['averted'])} ({name}{limits})"


def _signs(rows: pd.DataFrame) -> str:
    known = rows.dropna(subset=["averted_lower"])
    above = int((known["averted_lower"] > 0).sum())
    below = int((known["averted_upper"] < 0).sum())
    around = len(known) - above - below
    parts = [
        *([_("{number} above zero", number=formats.number(above))] if above else []),
        *([_("{number} below zero", number=formats.number(below))] if below else []),
        *([_("{number} around zero", number=formats.number(around))] if around else []),
    ]
    return ngettext(
        "of the prediction intervals of {number} assumption on the same counts, {parts}",
        "of the prediction intervals of {number} assumptions on the same counts, {parts}",
        len(known),
        parts=listed(parts),
    )


def _longer(rows: pd.DataFrame) -> str:
    """How much longer than its baseline a trend is carried on, where it is."""
    some = rows[rows["name"].eq(translated(TREND))]
    if some.empty or "baseline_start" not in rows:
        return ""
    row = some.iloc[0]
    spans = [(row["start"], row["end"]), (row["baseline_start"], row["baseline_end"])]
    after, before = ((pd.Timestamp(end) - pd.Timestamp(start)).days + 1 for start, end in spans)
    if after <= before:
        return ""
    return _(
        "The trend is carried on {times} times as long as it was observed.",
        times=formats.number(after / before, 1),
    )


def _ratios(estimates: pd.DataFrame) -> str:
    """How far the rate ratios of this report lie apart, and the published ones."""
    own = estimates.loc[estimates["by"].isin([OWN, RE_ESTIMATED]), "rate_ratio"].dropna()
    published = estimates.loc[estimates["by"] == PUBLISHED, "rate_ratio"].dropna()
    if own.empty and published.empty:
        return ""
    if published.empty:
        return _("Rate ratios: {here} here.", here=_span(own))
    if own.empty:
        return _(
            "Rate ratios: {published} as published for other units and baselines.",
            published=_span(published),
        )
    return _(
        "Rate ratios: {here} here, {published} as published for other units and baselines.",
        here=_span(own),
        published=_span(published),
    )


def _span(values: pd.Series) -> str:
    low, high = values.min(), values.max()
    same = formats.number(low, 2) == formats.number(high, 2)
    return formats.number(low, 2) if same else formats.interval(low, high, 2)


def of_counts(name: str) -> str:
    """What the table of ``methods.counts_alone`` is called.

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
"""Columns of ``by_whom`` that are shown."""


def by_whom(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``agency_by_agency`` with ``agency`` as the curve and what of it was shared out.

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

    ``change`` (of ``counts_alone``) adds what the last months before the intervention do to it.

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
