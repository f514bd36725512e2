"""The verdict on a figure, in layers, each with the rule that it applied.

The words come from a fixed scale; ``cannot tell`` is a value of every layer.
"""

import pandas as pd

from ..language import N_, _, ngettext, translated
from ..methods.ties import first_lowest
from ..series.counts import annual_series
from ..tables.load import Folder, load_figures, load_sources
from ..wording import formats
from ..wording.sentences import listed
from .grid import AVERTED, CHANGE
from .levels import DECLARED, RATE
from .precision import Accepted, accepted_range

CANNOT_TELL = N_("cannot tell")

SCALE = {
    N_("quoted"): {
        N_("yes"): N_("the token stands in the text named, proven against the text itself"),
        N_("recorded"): N_(
            "token, lines and the text's checksum are on file; the text was not at hand"
        ),
        N_("no"): N_("the token does not stand where it is said to stand"),
    },
    N_("consistent"): {
        N_("yes"): N_("the figure agrees with the other inputs on file, rounding included"),
        N_("no"): N_(
            "the other inputs on file that the rule of the layer names do not give the figure"
        ),
    },
    N_("reproduced"): {
        N_("yes"): N_("at least one definition rounds to the figure"),
        N_("no"): N_("no definition rounds to the figure"),
    },
    N_("robust"): {
        N_("under every definition"): N_("all computable definitions round to the figure"),
        N_("under most definitions"): N_("at least half of them do"),
        N_("under a minority of definitions"): N_("fewer than half of them do"),
        N_("under no definition"): N_("none does"),
    },
    N_("attribution"): {
        N_("unusual here and in the region"): N_(
            "the steepest tenth, both of the place's own earlier changes and of other countries' "
            "changes at the time"
        ),
        N_("unusual here only"): N_("the steepest tenth of the place's own earlier changes only"),
        N_("unusual in the region only"): N_("the steepest tenth of other countries' changes only"),
        N_("not unusual"): N_("neither"),
    },
}


def scale() -> pd.DataFrame:
    """The words of each layer and when each applies: ``layer, word, meaning``.

    >>> "cannot tell" in set(scale()["word"])
    True
    """
    rows = [(layer, word, meaning) for layer in SCALE for word, meaning in SCALE[layer].items()]
    rows += [
        (layer, CANNOT_TELL, N_("the tables on file do not allow an answer")) for layer in SCALE
    ]
    return pd.DataFrame(rows, columns=["layer", "word", "meaning"])


def layer_row(layer: str, word: str, rule: str, finding: str) -> dict[str, str]:
    """One layer of a verdict; its word is one of the scale."""
    assert word == CANNOT_TELL or word in SCALE[layer], (layer, word)
    return {"layer": layer, "verdict": word, "rule": rule, "finding": finding}


def quoted(
    figure: pd.Series, *, proven: bool | None = None, data: Folder | None = None
) -> dict[str, str]:
    """Whether the token stands in the text; ``proven`` is the outcome of a proof, if any."""
    source = load_sources(data=data).set_index("source_id").loc[figure["source_id"]]
    rule = _("the token must stand at its lines in the file with the recorded SHA-256")
    said = {"token": figure["as_reported"], "publisher": source["publisher"]}
    if figure["locator"]:
        where = _("\u201c{token}\u201d, {publisher}, line {line}", line=figure["locator"], **said)
    else:
        where = _("\u201c{token}\u201d, {publisher}", **said)
    if proven is not None:
        return layer_row("quoted", "yes" if proven else "no", rule, where)
    if not source["sha256"]:
        return layer_row(
            "quoted",
            CANNOT_TELL,
            rule,
            _("{place}; no checksum of the text is on file", place=where),
        )
    return layer_row("quoted", "recorded", rule, where)


def consistent(
    figure: pd.Series, definitions: pd.DataFrame, *, data: Folder | None = None
) -> dict[str, str]:
    """Whether the figure's own inputs agree, rounding included."""
    if figure["measure"] == RATE:
        return _rate_consistent(figure, definitions, data)
    if figure["measure"] in (CHANGE, AVERTED):
        return _joint(figure, definitions, data)
    if figure["measure"] == DECLARED:
        return _part_of_whole(figure, data)
    return layer_row("consistent", CANNOT_TELL, _("the inputs of the figure must agree with it"),
                  _("the text gives no inputs and the tables hold none"))  # fmt: skip


def accepted(figure: pd.Series) -> Accepted:
    """The range that a figure of the tables stands for."""
    return accepted_range(
        figure["value"], as_reported=figure["as_reported"], qualifier=figure["qualifier"]
    )


def _settled(figure: pd.Series, definitions: pd.DataFrame, data: Folder | None) -> float:
    """The count that the preferred series has for the figure's period, else the largest."""
    try:
        years = annual_series(
            str(figure["place"]), start=figure["start"], end=figure["end"], data=data
        )
        return float(years["deaths"].iloc[0])
    except ValueError:
        return float(definitions["deaths"].max())


def _rate_consistent(
    figure: pd.Series, definitions: pd.DataFrame, data: Folder | None
) -> dict[str, str]:
    rule = _("the preferred count over some population on file, rounded, must give the rate")
    reported = definitions["computable"] & (definitions["method"] == "reported count")
    known = definitions[reported & (definitions["deaths"] == _settled(figure, definitions, data))]
    if known.empty:
        return layer_row("consistent", CANNOT_TELL, rule, _("no count on file for the period"))
    low, high = accepted(figure)[:2]
    deaths = float(known["deaths"].max())
    need = formats.interval(deaths / high * 1e5, deaths / low * 1e5)
    fits = known[(known["estimate"] >= low) & (known["estimate"] < high)]
    finding = _(
        "{deaths} deaths need a population of {need}", deaths=formats.number(deaths), need=need
    )
    if fits.empty:
        return layer_row("consistent", "no", rule, finding + _("; no series on file has it"))
    names = "; ".join(
        _("{source} over {population}", source=formats.choice(source), population=population)
        for source, population in zip(fits["source"], fits["exposure"], strict=True)
    )
    return layer_row("consistent", "yes", rule, finding + _("; {names} give the rate", names=names))


def _joint(figure: pd.Series, definitions: pd.DataFrame, data: Folder | None) -> dict[str, str]:
    """A decline and a number of averted deaths in one text must come from one definition."""
    rule = _(
        "the decline and the averted deaths that one text states must both follow from one "
        "definition at least"
    )
    figures = load_figures(figure["place"], data=data)
    same = figures[figures["source_id"] == figure["source_id"]]
    declines, totals = (same[same["measure"] == measure] for measure in (CHANGE, AVERTED))
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if declines.empty or totals.empty or known.empty:
        finding = _("the text states no second figure to compare with")
        return layer_row("consistent", CANNOT_TELL, rule, finding)
    decline, total = accepted(declines.iloc[0]), accepted(totals.iloc[0])
    fell = 100 * (1 - known["deaths"] / known["expected"])
    fewer = known["expected"] - known["deaths"]
    both = known[
        (fell >= decline.lower) & (fell < decline.upper)
        & (fewer >= total.lower) & (fewer < total.upper)
    ]  # fmt: skip
    tokens = listed([declines["as_reported"].iloc[0], totals["as_reported"].iloc[0]])
    expected = total.lower / decline.upper * 100, total.upper / decline.lower * 100
    finding = _(
        "together {tokens} imply {expected} expected deaths; {fits} of {all} definitions give both",
        tokens=tokens,
        expected=formats.interval(*expected),
        fits=formats.number(len(both)),
        all=formats.number(len(known)),
    )
    if both.empty:
        return layer_row("consistent", "no", rule, finding)
    best = both.iloc[first_lowest((fewer[both.index] - totals["value"].iloc[0]).abs())]
    where = describe(best.drop("estimate"), None)
    return layer_row("consistent", "yes", rule, finding + _(", for instance {where}", where=where))


def _part_of_whole(figure: pd.Series, data: Folder | None) -> dict[str, str]:
    rule = _("the part must not be larger than the whole that a text states")
    figures = load_figures(figure["place"], data=data)
    whole = figures.loc[figures["measure"] == "municipalities", "value"]
    if whole.empty:
        return layer_row("consistent", CANNOT_TELL, rule, _("no text on file states the whole"))
    word = "yes" if figure["value"] <= whole.iloc[0] else "no"
    share = formats.percent(100 * figure["value"] / whole.iloc[0])
    finding = _(
        "{part} of {whole} is {share}; a full list has no interval",
        part=formats.number(figure["value"]),
        whole=formats.number(whole.iloc[0]),
        share=share,
    )
    return layer_row("consistent", word, rule, finding)


def reproduced(figure: pd.Series, definitions: pd.DataFrame) -> dict[str, str]:
    """Which definitions that end before the text appeared round to the figure."""
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if figure["measure"] == DECLARED:
        # Names found by us are a part of the list: fewer of them do not contradict the number.
        named = "; ".join(
            f"{number:.0f} {', '.join(map(translated, source.split(', ')))}"
            for number, source in zip(known["estimate"], known["source"], strict=True)
        )
        rule = _("a full list would have to have that many names")
        finding = _("no full list is on file; sources name {named}", named=named)
        return layer_row("reproduced", CANNOT_TELL, rule, finding)
    if known.empty:
        return layer_row(
            "reproduced",
            CANNOT_TELL,
            _("a definition must round to the figure"),
            _("no definition of this measure can be computed from the tables"),
        )
    low, high, _step, meaning = accepted(figure)
    decimals = 1 if figure["measure"] in (CHANGE, RATE) else 0
    limits = [formats.number(limit, 2 if limit % 1 else 0) for limit in (low, high)]
    rule = _("{low} up to {high}: {meaning}", low=limits[0], high=limits[1], meaning=meaning)
    fits = int(known["holds"].sum())
    of = ngettext("{fits} of {number} definition", "{fits} of {number} definitions", len(known),
                  fits=formats.number(fits))  # fmt: skip
    if fits:
        good = known[known["holds"]]
        simple = good[good["method"] == "constant"]
        good = simple if len(simple) else good
        example = good.iloc[first_lowest((good["estimate"] - figure["value"]).abs())]
        finding = of + _(", for instance {where}", where=describe(example, decimals))
        return layer_row("reproduced", "yes", rule, finding)
    near = known.iloc[first_lowest((known["estimate"] - figure["value"]).abs())]
    return layer_row(
        "reproduced", "no", rule, of + _("; nearest: {where}", where=describe(near, decimals))
    )


def describe(row: pd.Series, decimals: int | None = 1) -> str:
    """A definition in words, with its estimate unless ``decimals`` is None."""
    if row["method"] in ("constant", "trend", "interrupted"):
        definition = _(
            "{source}, by {exposure}, baseline {baseline} ({before}), window {window}, {method}",
            source=formats.choice(row["source"]),
            exposure=formats.choice(row["exposure"]),
            baseline=formats.choice(row["baseline"]),
            before=formats.period(row["baseline_start"], row["baseline_end"]),
            window=formats.period(row["start"], row["end"]),
            method=formats.choice(row["method"]),
        )
    else:
        definition = f"{formats.choice(row['source'])}, {formats.choice(row['exposure'])}"
    if decimals is None:
        return definition
    return f"{formats.number(row['estimate'], decimals)}: {definition}"


def robust(figure: pd.Series, definitions: pd.DataFrame, drivers: pd.DataFrame) -> dict[str, str]:
    """The share of the grid where the figure holds, and what moves the answer."""
    rule = _("share of computable definitions, ending before the text appeared, that round to it")
    known = definitions[definitions["computable"] & ~definitions["after_publication"]]
    if known.empty or figure["measure"] == DECLARED:
        return layer_row("robust", CANNOT_TELL, rule, _("no definition can be computed"))
    share = float(known["holds"].mean())
    word = (
        "under every definition" if share == 1 else "under most definitions" if share >= 0.5
        else "under a minority of definitions" if share > 0 else "under no definition"
    )  # fmt: skip
    low, middle, high = known["estimate"].quantile([0.05, 0.5, 0.95])
    decimals = 1 if figure["measure"] in (CHANGE, RATE) else 0
    finding = _(
        "{share} of {number} definitions{designs}; their middle is {middle}, nine in ten lie from "
        "{limits}",
        share=formats.percent(100 * share),
        number=formats.number(len(known)),
        designs=_distinct(known),
        middle=formats.number(middle, decimals),
        limits=formats.interval(low, high, decimals),
    )
    if len(drivers):
        first = drivers.iloc[0]
        finding += _(
            "; the choice of {axis} alone carries {share} of the spread",
            axis=translated(first["axis"].replace("_", " ")),
            share=formats.percent(first["share"], 0),
        )
    return layer_row("robust", word, rule, finding)


def _distinct(known: pd.DataFrame) -> str:
    """How many definitions there are when the exposure, which hardly matters, is left aside."""
    if known["exposure"].nunique() < 3 or "count" not in set(known["exposure"].astype(str)):
        return ""
    keys = ["source", "baseline", "window_start", "window_end", "method"]
    designs = known[keys].astype(str).drop_duplicates()
    return _(" ({number} apart from the exposure)", number=formats.number(len(designs)))
