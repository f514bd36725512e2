"""The explorer: a page in which a reader moves the baseline and sees what becomes of a figure.

One file without a request: the daily curves of ``claims.explored``, the words of
``wording.explorer`` and the modules beside this file, joined. Every number on it is computed in
the browser from the same knots as in Python.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ... import language
from ...claims.explored import Explored
from ...series.curve import EPOCH
from ...language import _, translated
from ...wording.explorer import dictionary

HERE = Path(__file__).parent
MODULES = ("curve", "reading", "limits", "address", "words", "charts", "page")
LARGEST = 250_000
"""Bytes of a page, at most."""


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
    claim: Mapping[str, str] | None = None,
    readings: Sequence[Mapping[str, Any]] = (),
    stated: tuple[pd.Timestamp, pd.Timestamp] | None = None,
) -> bytes:
    """The page in the language in force.

    ``start`` is the choice on which it opens, in the words of its address; ``claim`` what is said
    of one (``question, quote, who, code, verdict, sentence, page``).
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    known = {each.place: _named(each) for each in places}
    spans = [each.span() for each in places]
    code, style = script(), (HERE / "style.css").read_text("utf-8")
    data = {
        "places": known,
        "start": "#" + "&".join(f"{key}={value}" for key, value in start.items()),
        "view": _view(start, spans),
        "stated": None if stated is None else [_day(each) for each in stated],
        "readings": list(readings),
        "code": CODE,
        "cite": _('"{said}" Homicide trends, {link}'),
        "words": dictionary(),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    (other,) = [each for each in language.LANGUAGES if each != language.current()]
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True,
        autoescape=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals |= {"_": _}
    from markupsafe import Markup

    question = claim["question"] if claim else _("For which baselines is my figure true?")
    page = environment.get_template("page.html.j2").render(
        language=language.current(), other=other, other_name=NAMES[other], file=file, home=home,
        title=f"{question} {home}", question=question, claim=claim, several=len(known) > 1,
        claim_page=claim["page"] if claim else "",
        style=Markup(style), script=Markup(code),
        data=Markup(text.replace("<", "\\u003c")),
        policy=f"default-src 'none'; script-src {_hashed(code)}; style-src {_hashed(style)}; "
               "base-uri 'none'; form-action 'none'",
    )  # fmt: skip
    return page.encode()


NAMES = {"en": "English", "es": "Espa\N{LATIN SMALL LETTER N WITH TILDE}ol"}
_PARAMETERS = (
    "-p place {place} -p agency {agency} -p baseline_start {base_start} -p baseline_end {base_end} "
    "-p window_start {start} -p window_end {end}"
)
CODE = {
    kind: {
        "command": f"homicide-trends render {kind} {_PARAMETERS}",
        "people": " -p population_series {population}",
        "python": "",
    }
    for kind in ("change", "averted", "alone")
}


def _named(explored: Explored) -> dict[str, Any]:
    """A place's numbers with names as people read them."""
    plain = explored.plain()
    plain["name"] = translated(plain["name"])
    plain["events"] = [[day, translated(label)] for day, label in plain["events"]]
    for source in plain["sources"]:
        source["label"] = source["agency"] = source["key"]
    for series, people in plain["people"].items():
        people["label"] = series
    return plain


def _view(start: Mapping[str, str], spans: Sequence[tuple[pd.Timestamp, pd.Timestamp]]) -> list[int]:
    """The years drawn at first: three before the period and three after it, as far as counted."""
    first, last = min(a for a, _b in spans), max(b for _a, b in spans)
    opening = pd.Timestamp(start["from"]) - pd.DateOffset(years=3)
    closing = pd.Timestamp(start["to"]) + pd.DateOffset(years=3)
    return [_day(max(opening, first)), _day(min(closing, last))]


def _day(date: pd.Timestamp) -> int:
    return int((date - EPOCH).days)
