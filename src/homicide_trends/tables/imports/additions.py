"""What a folder of tables lacks for counts to be added: their place, agency and source."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...language import N_, _
from ..folders import DataError, shipped
from ..problems import Problem
from ..rawtables import RawTable, read_raw

if TYPE_CHECKING:
    from .understanding import Understood


@dataclass(frozen=True, slots=True)
class About:
    """What a file does not say of its counts; None where the folder of tables knows it.

    ``place``, ``agency`` and ``source`` are short names; what follows each describes one that
    the folder does not have yet. ``status`` None is final, or derived where days or deaths were
    added up. ``years`` adds the sum of every whole year whose months are all there, as a derived
    count, unless the folder has that agency's count of the year: some reports ask for years.
    """

    place: str | None = None
    place_name: str | None = None
    place_kind: str | None = None
    agency: str | None = None
    agency_name: str | None = None
    agency_rule: str | None = None
    source: str | None = None
    source_title: str | None = None
    publisher: str | None = None
    source_date: str | None = None
    url: str | None = None
    kind: str = "dataset"
    licence: str = "facts only"
    quality: str = "solid"
    measure: str = "homicides"
    status: str | None = None
    note: str | None = None
    years: bool = True


def place_row(places: RawTable, about: About, added: list[dict[str, str]], asked: list[str]) -> str:
    """The place's code; its row goes to ``added`` if it is new, what is to be said to ``asked``."""
    known = places.column("place")
    place = about.place or (known[0] if len(known) == 1 else "")
    if not place:
        asked.append(_("--place: of which place are these counts?") + _there_are(known))
    elif place not in known:
        shipped_names = {cells["place"]: cells for _line, cells in _shipped_places().records()}
        row = shipped_names.get(place)
        name = about.place_name or (row or {}).get("name")
        if not name:
            question = _(
                "--place-name: what is the name of {place!r}? It is not in places.csv.", place=place
            )
            asked.append(question + _there_are(known))
            return place
        country = re.fullmatch("[A-Z]{3}", place)
        kind = about.place_kind or ("country" if country else "municipality")
        within = "" if kind == "country" else place.partition("-")[0]
        added.append({"place": place, "name": name, "kind": kind, "within": within})
        if within and within not in known:
            asked.append(
                _(
                    "--place: {place!r} lies in {within!r} by its code, which places.csv does "
                    "not have; add that row first, or give --place-kind country",
                    place=place,
                    within=within,
                )
            )
    return place


def _there_are(known: list[str]) -> str:
    """What is on file already, for a question."""
    names = ", ".join(dict.fromkeys(known[:30]))
    return _(" On file: {names}.", names=names) if names else ""


def _shipped_places() -> RawTable:
    table = read_raw(shipped("data") / "places.csv")
    if isinstance(table, Problem):
        raise DataError(str(table))
    return table


def agency_row(
    agencies: RawTable, about: About, place: str, added: list[dict[str, str]], asked: list[str]
) -> str:
    """The agency's short name, likewise; a new one comes after all others of the place."""
    here = [cells for _line, cells in agencies.records() if cells["place"] == place]
    known = list(dict.fromkeys(cells["agency"] for cells in here))
    agency = about.agency or (known[0] if len(known) == 1 else "")
    if not agency:
        asked.append(_("--agency: who counted?") + _there_are(known))
    elif agency not in known:
        if not about.agency_name:
            question = _(
                "--agency-name: what is the full name of {agency!r}? It is not in agencies.csv "
                "for {place!r}.",
                agency=agency,
                place=place,
            )
            asked.append(question + _there_are(known))
            return agency
        ranks = [int(cells["preference"]) for cells in here if cells["preference"].isdecimal()]
        added.append(
            {
                "place": place,
                "agency": agency,
                "preference": str(max(ranks, default=0) + 1),
                "name": about.agency_name,
                "rule": about.agency_rule or N_("its rule is not stated in the sources used"),
            }
        )
    return agency


def source_row(
    sources: RawTable,
    about: About,
    understood: "Understood",
    added: list[dict[str, str]],
    asked: list[str],
) -> str:
    """The source's short name, likewise; a file is told by its checksum."""
    file = understood.path
    known = {cells["source_id"]: (line, cells) for line, cells in sources.records()}
    source = about.source or re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-._")
    digest = understood.dialect.scan.sha256
    if not source:
        asked.append(_("--source: a short name for the file as a source, in letters and digits"))
    elif source in known:
        line, cells = known[source]
        if cells["sha256"] not in ("", digest):
            asked.append(
                _(
                    "--source: {source!r} is another file on line {line} of sources.csv (SHA-256 "
                    "{other}..., this one {this}...); give this one a name of its own",
                    source=source,
                    line=line,
                    other=cells["sha256"][:12],
                    this=digest[:12],
                )
            )
    else:
        if not about.source_title:
            asked.append(
                _("--source-title: what is the title of the source {source!r}?", source=source)
            )
        if not about.publisher:
            asked.append(_("--publisher: who published the source {source!r}?", source=source))
        added.append(
            {
                "source_id": source,
                "publisher": about.publisher or "",
                "title": about.source_title or "",
                "date": about.source_date or "",
                "reference": file.name,
                "url": about.url or "",
                "kind": about.kind,
                "licence": about.licence,
                "quality": about.quality,
                "sha256": digest,
            }
        )
    return source
