"""The explorer: a page in which a reader moves the baseline and sees what becomes of a figure.

One file without a request: the daily curves of ``claims.explored``, the words of
``wording.explorer`` and the modules beside this file, joined. Every number on it is computed in
the browser from the same knots as in Python.
"""

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from ... import language
from ...arguments import EPOCH
from ...claims import judge
from ...claims.comparisons import PLAIN
from ...claims.evidence import Evidence
from ...claims.explored import (
    MEASURES,
    WITHIN,
    Explored,
    computed_readings,
    explore_place,
    explore_places,
    opening,
)
from ...claims.result import YEAR_BEFORE, ClaimResult, ReadingResult
from ...language import _, ngettext, translated
from ...series.counts import PREFERRED
from ...tables.folders import Folder, shipped
from ...tables.load import load_agencies, load_counts
from ...wording import claims as wording
from ...wording import formats
from ...wording.explorer import dictionary
from ...wording.words import population

HERE = Path(__file__).parent
MODULES = ("curve", "reading", "limits", "address", "words", "charts", "page")
NAMES = {"en": "English", "es": "Espa\N{LATIN SMALL LETTER N WITH TILDE}ol"}
_PARAMETERS = (
    " -p place {place} -p agency {agency} -p baseline_start {base_start} -p baseline_end {base_end}"
    " -p window_start {start} -p window_end {end}"
)
# What gives the same number elsewhere; the script fills the names in braces.
CODE = {
    "change": f"homicide-trends render change{_PARAMETERS}",
    "averted": f"homicide-trends render averted{_PARAMETERS}",
    "people": " -p population_series {population}",
    "nobody": " -p population_series ''",
    "python": """\
from homicide_trends.series import daily_curve

curve = daily_curve({place!}, agency={agency!}, population_series={population!}{data})
deaths, before = curve.deaths([{start!}, {base_start!}], [{end!}, {base_end!}])
time, time_before = {time}
print({formula})
""",
    "python_alone": """\
from homicide_trends.series import daily_curve

curve = daily_curve({place!}, agency={agency!}, population_series={population!}{data})
deaths = float(curve.deaths({start!}, {end!}))
time = {time}
print({formula})
""",
    "python_counted": """\
from homicide_trends.series import daily_curve, reported

curve = daily_curve({place!}, population_series={population!}{data})
counts = reported({place!}, {start!}, {end!}{data})
deaths = counts.loc[counts["agency"] == {agency!}, "deaths"].iloc[0]
time = {time}
print({formula})
""",
    "python_method": """\
from homicide_trends.claims.explored import compare, explore_place

found = compare(explore_place({place!}{data}), agency={agency!}, population={population!},
                baseline=({base_start!}, {base_end!}), study=({start!}, {end!}), method={method!})
print(found.value({kind!}))
""",
    "lived": "curve.person_years([{start!}, {base_start!}], [{end!}, {base_end!}])",
    "lived_alone": "float(curve.person_years({start!}, {end!}))",
    "formula": {
        "percent_decline": "100 * (1 - deaths / time * time_before / before)",
        "percent_increase": "100 * (deaths / time * time_before / before - 1)",
        "rate_ratio": "deaths / time * time_before / before",
        "averted_deaths": "before / time_before * time - deaths",
        "homicide_rate": "1e5 * deaths / time",
        "daily_mean": "deaths / time",
        "homicides": "deaths",
    },
}

OWN = "own"
"""The page for a figure of the reader's own."""

Said = Mapping[str, str]
"""What a page says of its claim: ``question, quote, who, code, verdict, sentence, page``."""


class Explorers:
    """The explorer pages of a folder of tables: one a claim that can be computed, and ``own``.

    Curves and claims are computed once, for both languages.
    """

    def __init__(self, data: Folder | None = None) -> None:
        self.data = data
        self._evidence = Evidence(data)
        counts = load_counts(measure="homicides", data=data)
        held = (
            counts.groupby("place", sort=False).size().sort_values(ascending=False, kind="stable")
        )
        self.places = [place for place in held.index if self._evidence.curves(str(place))]
        found = judge.claims(limits=False, data=data) if self.places else []
        self.claims = [each for each in found if computed_readings(each)]

    def pages(self, home: str, reports: Mapping[str, str]) -> dict[str, bytes]:
        """Every page of the language in force, by its file; ``reports`` are those of claims."""
        if not self.places:
            return {}
        made = {
            f"explorer/{OWN}.html": own_page(
                self.places, file=f"{OWN}.html", home=home, evidence=self._evidence, data=self.data
            )
        }
        for result in self.claims:
            file = f"{result.claim}.html"
            made[f"explorer/{file}"] = claim_page(
                result, said(result, reports.get(result.claim, "")), file=file, home=home,
                evidence=self._evidence, data=self.data,
            )  # fmt: skip
        return made

    def listed(self) -> list[dict[str, str]]:
        """The claims in the language in force: ``file, question, verdict``."""
        return [
            {"file": f"explorer/{each.claim}.html", "question": wording.question(each),
             "verdict": wording.verdict(each)}
            for each in self.claims
        ]  # fmt: skip

    def of_report(self, parameters: Mapping[str, object]) -> str:
        """The page about the claim of a report, by its parameters; empty if there is none."""
        named = {str(parameters.get("claim", "")), str(parameters.get("figure", ""))} - {""}
        for each in self.claims:
            if named & {each.claim, *each.figures}:
                return f"explorer/{each.claim}.html"
        return ""


def said(result: ClaimResult, report: str) -> Said:
    """What a page says of its claim, in the language in force."""
    return {
        "question": wording.question(result),
        "quote": result.as_reported,
        "who": ", ".join(part for part in (result.who, _date(result.date)) if part),
        "code": result.told.verdict.code,
        "verdict": wording.verdict(result),
        "sentence": wording.sentence(result),
        "page": report,
    }


def _date(date: str) -> str:
    """A date of ``sources.csv`` in words: a day, a month or a year."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", date):
        return ""
    period = pd.Period(date)
    return formats.period(period.start_time.normalize(), period.end_time.normalize())


def claim_page(
    result: ClaimResult,
    said: Said,
    *,
    file: str,
    home: str,
    evidence: Evidence | None = None,
    data: Folder | None = None,
) -> bytes:
    """The page of a claim, which opens on the claim's own reading.

    >>> from homicide_trends.claims.judge import claim
    >>> found = claim("fall-2012", limits=False)
    >>> b"Right" in claim_page(found, said(found, ""), file="fall-2012.html", home="Site")
    True
    """
    evidence = evidence or Evidence(data)
    results = computed_readings(result)
    places = explore_places(results, evidence=evidence, data=data)
    counts = {code: _beside(code, results, place) for code, place in places.items()}
    first = results[0]
    event = first.reading.event[:1] or (first.reading.start,)
    return render(
        list(places.values()),
        file=file,
        home=home,
        start=_opening(result, first, counts),
        claim=said,
        readings=[_reading(result, each) for each in results],
        stated=first.reading.baseline,
        anchors=[each for each in event if each is not None],
        counts=counts,
        data=data,
    )


def own_page(
    codes: Sequence[str],
    *,
    file: str,
    home: str,
    evidence: Evidence | None = None,
    data: Folder | None = None,
) -> bytes:
    """The page for any figure of a reader's own about the places of a folder."""
    evidence = evidence or Evidence(data)
    places = [explore_place(code, evidence=evidence, data=data) for code in codes]
    first = places[0]
    opening, closing = first.span()
    begin = first.anchors[0] if first.anchors else pd.Timestamp(closing.year, 1, 1)
    last = min(closing, begin + pd.DateOffset(years=1) - pd.Timedelta(days=1))
    start = {
        "place": first.place, "from": f"{begin:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}",
        "base": YEAR_BEFORE, "who": PREFERRED, "pop": "days", "method": PLAIN,
        "kind": MEASURES[0], "value": "50", "word": "plain",
    }  # fmt: skip
    return render(places, file=file, home=home, start=start, data=data)


def _beside(
    code: str, results: Sequence[ReadingResult], place: Explored
) -> dict[str, dict[str, Any]]:
    """Counts of a claim's comparisons that are no curve, as sources: by the name they have there.

    A count reported for exactly the period; a curve with another's count of the eve.
    """
    found: dict[str, dict[str, Any]] = {}
    for each in results:
        cells = each.cells
        cells = cells[cells["part"].isin(["", code]) | (len(each.reading.places) == 1)]
        for row in cells.drop_duplicates("source").to_dict("records"):
            name, level = str(row["source"]), pd.isna(row["baseline_start"])
            curve, comma, other = name.partition(", ")
            if level:
                days = [_day(row["start"]), _day(row["end"]) + 1]
                found[name] = {
                    "key": f"counted:{len(found)}", "agencies": name.split("; "), "other": "",
                    "days": days, "deaths": [0, float(row["deaths"])], "gaps": [],
                }  # fmt: skip
            elif comma and curve in place.curves:
                found[name] = {**_with_count(place, curve, row), "key": f"{curve}:{other}",
                               "agencies": [curve], "other": other}  # fmt: skip
    return found


def _with_count(place: Explored, agency: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A curve that runs through another's count of a baseline."""
    plain = next(each for each in place.plain()["sources"] if each["key"] == agency)
    begin, until = _day(row["baseline_start"]), _day(row["baseline_end"]) + 1
    at = float(place.curves[agency].deaths(place.span()[0], row["baseline_start"] - ONE_DAY))
    groups = plain.get("groups", [0] * len(plain["days"]))
    knots = dict(zip(plain["days"], zip(plain["deaths"], groups, strict=True), strict=True))
    opening = knots[begin][0] if begin in knots else at
    knots = {day: each for day, each in knots.items() if not begin < day <= until}
    knots[begin] = (opening, knots.get(begin, (0, -1))[1])
    knots[until] = (opening + float(row["baseline_deaths"]), -1)
    days = sorted(knots)
    counted = [[a, b - 1] for a, b in pairwise(plain["days"])]
    return {"counted": counted, **plain, "days": days, "deaths": [knots[day][0] for day in days],
            "groups": [knots[day][1] for day in days]}  # fmt: skip


ONE_DAY = pd.Timedelta(days=1)


def _opening(
    result: ClaimResult, first: ReadingResult, counts: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, str]:
    """The choice that is the claim's own reading: its first voting comparison at its end."""
    row = opening(first)
    place = str(row["part"]) if row["part"] else first.reading.places[0]
    name = str(row["source"])
    return {
        "place": place,
        "from": f"{row['start']:%Y-%m-%d}",
        "to": f"{row['end']:%Y-%m-%d}",
        "base": str(row["baseline"]) or YEAR_BEFORE,
        "who": counts[place][name]["key"] if name in counts[place] else name,
        "pop": str(row["population"]) or "days",
        "method": str(row["method"]),
        "kind": first.reading.measure,
        "value": _number(result.value),
        "word": first.accepted.word if first.accepted else "plain",
    }


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    decimals = 0 if value.is_integer() else len(f"{value:g}".partition(".")[2])
    return formats.number(value, decimals)


def _reading(result: ClaimResult, each: ReadingResult) -> dict[str, Any]:
    """What a script needs of a reading: the range of its value, and what all comparisons give."""
    found = each.accepted
    ends = {} if found is None else {
        "value": found.value, "lower": found.lower, "upper": found.upper,
        "nearLower": found.near_lower, "nearUpper": found.near_upper,
    }  # fmt: skip
    estimates = each.cells["estimate"].dropna().round(9)
    return {
        "kind": each.reading.measure,
        "value": _number(result.value),
        "word": found.word if found else "plain",
        "by_days": each.reading.per != "inhabitant",
        "accepted": {name: value if math.isfinite(value) else None for name, value in ends.items()},
        "estimates": sorted({float(f"{value:.9g}") for value in estimates}),
    }


@lru_cache(maxsize=1)
def script() -> str:
    """The modules as one script: a bundle without its imports and exports."""
    parts = []
    for name in MODULES:
        text = (HERE / f"{name}.mjs").read_text("utf-8")
        text = re.sub(r"^import [^;]*;\n", "", text, flags=re.M)
        parts.append(re.sub(r"^export ", "", text, flags=re.M))
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "})();\n"


def _hashed(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def render(
    places: Sequence[Explored],
    *,
    file: str,
    start: Mapping[str, str],
    home: str,
    claim: Said | None = None,
    readings: Sequence[Mapping[str, Any]] = (),
    stated: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    anchors: Sequence[pd.Timestamp] | None = None,
    counts: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    data: Folder | None = None,
) -> bytes:
    """The page in the language in force.

    ``start`` is the choice on which it opens, in the words of its address. ``anchors`` are the
    days from which a claim's event is counted, those of the place where there is no claim.
    """
    agencies = load_agencies(data=data)
    ours = data is None or Path(data).resolve() == shipped("data").resolve()
    given = {
        "places": {
            each.place: _named(each, agencies, anchors, (counts or {}).get(each.place, {}))
            for each in places
        },
        "start": "#" + "&".join(f"{key}={value}" for key, value in start.items()),
        "view": _view(start, places),
        "stated": None if stated is None else [_day(each) for each in stated],
        "within": WITHIN if anchors is None else 100_000,
        "readings": list(readings),
        "code": {**CODE, **({} if ours else {"folder": "FOLDER_OF_THESE_TABLES"})},
        "cite": _("\u201c{said}\u201d homicide-trends, {link}"),
        "words": dictionary(),
    }
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    code, style = script(), (HERE / "style.css").read_text("utf-8")
    (other,) = [each for each in language.LANGUAGES if each != language.current()]
    question = claim["question"] if claim else _("For which baselines is my figure true?")
    page = _template().render(
        language=language.current(), other=other, other_name=NAMES[other], file=file, home=home,
        title=f"{question} {home}", question=question, claim=claim, several=len(places) > 1,
        style=style, script=code, data=text.replace("<", "\\u003c"),
        policy=f"default-src 'none'; img-src data:; script-src {_hashed(code)}; "
               f"style-src {_hashed(style)}; base-uri 'none'; form-action 'none'",
    )  # fmt: skip
    return page.encode("utf-8", errors="backslashreplace")


@lru_cache(maxsize=1)
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True,
        autoescape=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals |= {"_": _}
    return environment.get_template("page.html.j2")


def _named(
    explored: Explored,
    agencies: pd.DataFrame,
    anchors: Sequence[pd.Timestamp] | None,
    counts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """A place's numbers with names as people read them."""
    own = agencies[agencies["place"] == explored.place].drop_duplicates("agency")
    names = dict(zip(own["agency"], own["name"], strict=True))

    def name(agency: str) -> str:
        if agency == PREFERRED:
            return wording.agency(PREFERRED)
        return translated(str(names.get(agency, agency)))

    plain = explored.plain()
    plain["name"] = translated(plain["name"])
    plain["events"] = [[day, translated(label)] for day, label in plain["events"]]
    if anchors is not None:
        plain["anchors"] = [_day(each) for each in anchors]
    for source in plain["sources"]:
        source["label"], source["agency"] = name(source["key"]), source["key"]
    for called, each in counts.items():
        label, more = name(each["agencies"][0]), len(each["agencies"]) - 1
        if more:
            label = ngettext("{name} and {number} other", "{name} and {number} others", more,
                             name=label)  # fmt: skip
        if each["other"]:
            label = _("{name}; the weeks before as counted by {other}", name=label,
                      other=name(each["other"]))  # fmt: skip
        else:
            label = _("{name}: {count}", name=label, count=formats.number(each["deaths"][1]))
        told = {key: value for key, value in each.items() if key not in ("agencies", "other")}
        told |= {"label": label, "agency": each["agencies"][0], "name": called}
        plain["sources"].append(told)
    for series, people in plain["people"].items():
        people["label"] = population(series)
    for row in plain["reported"]:
        row[3] = name(row[3])
    return plain


def _view(start: Mapping[str, str], places: Sequence[Explored]) -> list[int]:
    """The years drawn at first: three before the period and three after it, as far as counted."""
    spans = [each.span() for each in places]
    first, last = min(a for a, _b in spans), max(b for _a, b in spans)
    opening = pd.Timestamp(start["from"]) - pd.DateOffset(years=3)
    closing = pd.Timestamp(start["to"]) + pd.DateOffset(years=3)
    return [_day(max(opening, first)), _day(min(closing, last))]


def _day(date: pd.Timestamp) -> int:
    return int((date - EPOCH).days)
