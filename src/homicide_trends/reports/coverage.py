"""What a folder of tables covers: places, agencies, population series, figures and dates.

Read with the csv module alone, because an argument error must be answered at once, before
pandas or a kernel is started.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..language import _, current
from ..tables.folders import GROUPS, DataError, closest
from ..tables.problems import Problem, harmless
from ..tables.rawtables import read_bytes
from .parameters import Value

CHOSEN_LATER = {"preferred", "widest"}  # words that stand for an agency that the tables decide


@dataclass(frozen=True, slots=True)
class _Count:
    """Whose count it is, and the days it covers."""

    place: str
    agency: str
    start: str
    end: str


def check_coverage(values: Mapping[str, Value], folder: Path) -> list[str]:
    """A line for every value that the tables do not know, or that leaves nothing to count.

    Looks at parameters called place, places, agency, population_series, measure, figure,
    figure_id, figures, claim, and at the periods baseline and window.
    """
    try:
        return _problems(values, folder)
    except DataError as error:
        return [str(error)]


def _problems(values: Mapping[str, Value], folder: Path) -> list[str]:
    measure = values.get("measure") or "homicides"
    by_measure = _counts(folder)
    if "measure" in values and measure not in by_measure:
        return [
            _(
                "measure: no counts of {measure!r}{known}",
                measure=measure,
                known=closest(measure, by_measure),
            )
        ]
    counts = by_measure.get(str(measure), [])
    if not any(by_measure.values()):
        return [_("counts.csv has no rows; homicide-trends import adds those of a CSV file")]

    places = _texts(values, "place", "places")
    if values.keys() & {"agency", "agencies", "baseline_start", "window_start"}:
        problems = [
            _("{name}: no counts for {value!r}{known}", **said)
            for said in _unknown("place", places, {count.place for count in counts})
        ]
    else:
        named = {row[0] for row in _rows(folder, "places", ("place",))} if places else set()
        problems = [
            _("{name}: no place {value!r}{known}", **said)
            for said in _unknown("place", places, named)
        ]
    if problems:
        return problems
    here = [count for count in counts if not places or count.place in places]
    where = _and(places) or _("any place")

    agencies = [name for name in _texts(values, "agency", "agencies") if name not in CHOSEN_LATER]
    known = {count.agency for count in here}
    problems += [
        _("{name}: no counts for {where} by {value!r}{known}", where=where, **said)
        for said in _unknown("agency", agencies, known)
    ]
    if agencies and not problems:
        here = [count for count in here if count.agency in agencies]
        where = _("{where} by {agencies}", where=where, agencies=_and(agencies))

    chosen = _texts(values, "population_series")
    if chosen:
        population = _rows(folder, "population", ("place", "series"))
        series = {row[1] for row in population if not places or row[0] in places}
        # A place without any population has no rates, which is for its report to say.
        series = series or {row[1] for row in population}
        if not series:
            said = _(
                "population.csv has no rows, and rates need them: add place, year, population, "
                "series, status and source_id by hand, or by homicide-trends update --from worldbank"
            )
            return [*problems, said]
        problems += [
            _("{name}: no population series {value!r}{known}", **said)
            for said in _unknown("population_series", chosen, series)
        ]
    figures = _texts(values, "figure", "figure_id", "figures")
    if figures:
        known = {row[0] for row in _rows(folder, "figures", ("figure_id",))}
        problems += [
            _("{name}: no figure {value!r}{known}", **said)
            for said in _unknown("figure", figures, known)
        ]
    claims = _texts(values, "claim")
    if claims:
        known = {*all_claims(folder), *(row[0] for row in _rows(folder, "figures", ("figure_id",)))}
        problems += [
            _("{name}: no claim {value!r}{known}", **said)
            for said in _unknown("claim", claims, known)
        ]
    for period in ("baseline", "window"):
        problems += _empty(period, values, here, where)
    return problems


def _texts(values: Mapping[str, Value], *names: str) -> list[str]:
    """The values given under any of the names, as a flat list; empty ones mean no choice."""
    found: list[str] = []
    for name in names:
        value = values.get(name)
        found += [str(item) for item in (value if isinstance(value, list) else [value]) if item]
    return found


def _and(names: Sequence[str]) -> str:
    return _(" and ").join(names)


def _unknown(name: str, chosen: Iterable[str], known: set[str]) -> list[dict[str, str]]:
    return [
        {"name": name, "value": value, "known": closest(value, known)}
        for value in chosen
        if value not in known
    ]


def _empty(period: str, values: Mapping[str, Value], counts: list[_Count], where: str) -> list[str]:
    """A line when no count touches the period (an open end reaches as far as the counts do)."""
    start = values.get(f"{period}_start") or ""
    end = values.get(f"{period}_end") or "9999-12-31"
    if not (values.get(f"{period}_start") or values.get(f"{period}_end")) or not counts:
        return []
    if any(count.start <= str(end) and count.end >= str(start) for count in counts):
        return []
    first, last = min(count.start for count in counts), max(count.end for count in counts)
    return [
        _(
            "{period}: no counts for {where} from {start} to {end}; counts.csv covers {first} to "
            "{last}",
            period=period,
            where=where,
            start=start or first,
            end=end,
            first=first,
            last=last,
        )
    ]


def all_figures(folder: Path) -> list[str]:
    """The figures with a value, in the order of the table; raises DataError."""
    return [name for name, value in _rows(folder, "figures", ("figure_id", "value")) if value]


def all_claims(folder: Path) -> list[str]:
    """The claims, in the order of the table; then the figures that none uses and that can be one."""
    listed = _claims(folder)
    used = {figure for _claim, figures, *_questions in listed for figure in figures.split(";")}
    names = [claim for claim, *_rest in listed]
    columns = ("figure_id", "value", "measure")
    alone = [(name, measure) for name, value, measure in _rows(folder, "figures", columns)
             if value and name not in used]  # fmt: skip
    if alone:
        from ..claims.readings import MEASURES

        names += [name for name, measure in alone if measure in MEASURES and name not in names]
    return names


def claim_question(claim: str, folder: Path) -> str:
    """The question of a claim in the language in force; empty for one that has none."""
    for name, _figures, question, spanish in _claims(folder):
        if name == claim:
            return (spanish if current() == "es" else "") or question
    return ""


def _claims(folder: Path) -> list[tuple[str, ...]]:
    """Id, figures and questions of the claims; none where a folder has no such table."""
    columns = ("claim_id", "second_reading_of", "figures", "question", "question_es")
    if not (folder / "claims.csv").is_file():
        return []
    return [(row[0], *row[2:]) for row in _rows(folder, "claims", columns) if not row[1]]


def stated_token(figure: str, folder: Path) -> str:
    """The figure as its text states it, cut to a title's length; its name where that is missing."""
    try:
        rows = _rows(folder, "figures", ("figure_id", "as_reported"))
    except DataError:
        return figure
    return next((harmless(token, 60) for name, token in rows if name == figure and token), figure)


def all_places(folder: Path) -> list[str]:
    """The countries with counts of homicides, in the order of the table; raises DataError."""
    counted = {
        place for place, measure in _rows(folder, "counts", ("place", "measure"))
        if measure == "homicides"
    }  # fmt: skip
    places = _rows(folder, "places", ("place", "kind"))
    return [place for place, kind in places if kind == "country" and place in counted]


def _counts(folder: Path) -> Mapping[str, list[_Count]]:
    """The counts by measure."""
    return _parsed_counts(folder, *_state(folder / "counts.csv"))


@lru_cache(maxsize=4)
def _parsed_counts(folder: Path, changed: int, size: int) -> Mapping[str, list[_Count]]:
    found: dict[str, list[_Count]] = {}
    columns = ("place", "agency", "measure", "start", "end", *GROUPS)
    for place, agency, measure, start, end, *some in _rows(folder, "counts", columns):
        if not any(some):
            found.setdefault(measure, []).append(_Count(place, agency, start, end))
    return found


def _rows(folder: Path, table: str, columns: tuple[str, ...]) -> Sequence[tuple[str, ...]]:
    """Some columns of a table, as text."""
    path = folder / f"{table}.csv"
    return _parsed(path, columns, *_state(path))


def _state(path: Path) -> tuple[int, int]:
    """When a file was changed, and its size."""
    try:
        state = path.stat()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=32)
def _parsed(
    path: Path, columns: tuple[str, ...], changed: int, size: int
) -> Sequence[tuple[str, ...]]:
    """Columns of a table, kept while the file stays as it is: a sweep asks for them often."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        raise DataError(f"{path.parent / str(content)}")
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        header = next(reader, [])
        absent = [name for name in columns if name not in (*header, *GROUPS)]
        if absent:
            raise DataError(_("{path}: no column {column!r}", path=path, column=absent[0]))
        places = [header.index(name) if name in header else len(header) for name in columns]
        blank = [""] * (len(header) + 1)
        rows = (row + blank[len(row) :] for row in reader if row)
        return [tuple([row[place] for place in places]) for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            _("{path}: not a readable table ({error})", path=path, error=error)
        ) from None
