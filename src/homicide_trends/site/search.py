"""The index that a site's search looks words up in: a list of what can be found, as a script.

It is a script and not a file to be fetched, because pages that were opened from a folder may not
fetch anything.
"""

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from ..language import _
from ..wording.sentences import quoted

Entry = dict[str, str]

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_DOT = " \N{MIDDLE DOT} "
_TAG = re.compile(r"<[^>]+>")


def entry(kind: str, title: str, text: str, url: str) -> Entry:
    """One thing that can be found."""
    return {"kind": kind, "title": title, "text": " ".join(text.split()), "url": url}


def of_figures(rows: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """An entry for every figure, with the verdicts on the claims that use it."""
    return [
        entry(
            _("figure"),
            quoted([row["token"]]),
            _DOT.join(
                [
                    row["about"],
                    row["publisher"],
                    row["figure_id"],
                    *(f"{each['question']} {each['verdict']}" for each in row["claims"]),
                ]
            ),
            f"figures.html#figure-{row['figure_id']}",
        )
        for row in rows
    ]


def of_report(record: Mapping[str, Any], page: str) -> list[Entry]:
    """An entry for a report with its main finding, and for each of its sections."""
    url = f"reports/{record['report']}.html"
    found = [entry(_("report"), record["title"], record["main"] or "", url)]
    for anchor, heading in _HEADING.findall(page):
        title = unescape(_TAG.sub("", heading))
        found.append(entry(_("section"), title, record["title"], f"{url}#{unescape(anchor)}"))
    return found


def of_sources(sources: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """An entry for every source."""
    return [
        entry(
            _("source"),
            each["title"],
            _DOT.join(filter(None, [each["publisher"], each["date"], each["source_id"]])),
            f"sources.html#source-{each['source_id']}",
        )
        for each in sources
    ]


def of_tables(tables: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """An entry for every column of a table."""
    return [
        entry(
            _("column"),
            f"{table['name']}.{field['name']}",
            field["description"],
            f"dictionary.html#column-{table['name']}.{field['name']}",
        )
        for table in tables
        for field in table["fields"]
    ]


def of_sections(sections: Mapping[str, str]) -> list[Entry]:
    """An entry for each section on methods."""
    return [
        entry(_("method"), title, "", f"methods.html#{anchor}")
        for anchor, title in sections.items()
    ]


def of_terms(terms: Sequence[Mapping[str, str]]) -> list[Entry]:
    """An entry for every word of the glossary."""
    return [
        entry(_("term"), each["term"], each["definition"], f"glossary.html#term-{each['anchor']}")
        for each in terms
    ]


def script(entries: Sequence[Entry]) -> bytes:
    """The index as a script that sets ``window.siteIndex``.

    >>> script([entry("figure", "70.1", "a </script> b", "x.html")])[-16:]
    b'url":"x.html"}\\n]'
    """
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in entries)
    return f"window.siteIndex=[\n{lines}\n]".replace("<", "\\u003c").encode("ascii")
