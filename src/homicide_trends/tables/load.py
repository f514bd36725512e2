"""The tables: where they are, and rows of them with checked types.

Every loader takes ``data=`` (a folder of tables). Without it the folder named by the
environment variable ``HOMICIDE_TRENDS_DATA`` is used, and without that the tables we ship.
"""

import io
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ..arguments import Window, days_of
from ..language import _
from .folders import ENVIRONMENT_VARIABLE as ENVIRONMENT_VARIABLE
from .folders import GROUPS as GROUPS
from .folders import DataError as DataError
from .folders import Folder as Folder
from .folders import closest as closest
from .folders import data_folder as data_folder
from .folders import shipped as shipped
from .problems import Problem, harmless
from .rawtables import EARLIEST, LATEST, misfit, read_bytes
from .writing import checksum

LARGEST = 2**53  # above it whole numbers are no longer exact


@lru_cache(maxsize=1)
def optional_tables() -> frozenset[str]:
    """Tables that a folder may leave out."""
    package = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    return frozenset(each["name"] for each in package["resources"] if each.get("optional"))


@lru_cache(maxsize=1)
def schemas() -> dict[str, dict[str, dict[str, Any]]]:
    """Column descriptions by table and column, from the shipped ``datapackage.json``.

    >>> schemas()["counts"]["count"]["type"]
    'integer'
    """
    package = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    return {
        resource["name"]: {field["name"]: field for field in resource["schema"]["fields"]}
        for resource in package["resources"]
    }


def digest(path: Folder) -> str:
    """SHA-256 of a file, in hexadecimal.

    >>> len(digest(shipped("data") / "counts.csv"))
    64
    """
    return checksum(Path(path).read_bytes())


_tables_read: dict[str, str] = {}


def tables_read() -> dict[str, str]:
    """SHA-256 of every table file that this process has read, by file name.

    >>> places = read_table("places")
    >>> tables_read()["places.csv"] == digest(shipped("data") / "places.csv")
    True
    """
    return dict(sorted(_tables_read.items()))


def read_table(table: str, data: Folder | None = None) -> pd.DataFrame:
    """A whole table with the types of its schema; missing is NaN, NaT or empty text.

    Raises DataError naming file, line, column and value for a missing file or column and for
    a value of the wrong type. ``homicide-trends check`` finds much more, and all at once.

    >>> read_table("population").dtypes["population"].kind
    'i'
    """
    file = _file(table, data)
    frame, sha256 = _parsed(table, *file)
    _tables_read[file[0].name] = sha256
    return frame.copy()


def _file(table: str, data: Folder | None) -> tuple[Path, int, int]:
    """Where a table is, when it was changed, and its size."""
    path = data_folder(data) / f"{table}.csv"
    try:
        state = path.stat()
        return path.parent.resolve() / path.name, state.st_mtime_ns, state.st_size
    except (OSError, RuntimeError) as error:  # a loop of links is either
        raise DataError(_("{file}: no such table ({error})", file=path, error=error)) from None


@lru_cache(maxsize=32)
def _parsed(table: str, path: Path, changed: int, size: int) -> tuple[pd.DataFrame, str]:
    """A table and its digest, kept while the file stays as it is."""
    frame, sha256 = _as_written(table, path, changed, size)
    return _with_types(frame.copy(), table, path), sha256


@lru_cache(maxsize=32)
def _as_written(table: str, path: Path, changed: int, size: int) -> tuple[pd.DataFrame, str]:
    """A table as text with every column of its schema, and its digest."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        raise DataError(f"{path.parent / str(content)}")
    try:
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, index_col=False)
    except ValueError as error:
        message = _("{file}: not a readable table ({error})", file=path, error=error)
        raise DataError(message) from None
    fields = schemas()[table]
    absent = [name for name in fields if name not in frame.columns]
    needed = [name for name in absent if not fields[name].get("optional")]
    if needed:
        shown = harmless(", ".join(map(str, frame.columns)))
        raise DataError(
            _("{file}: no column {column!r}; it has {known}",
              file=path, column=needed[0], known=shown)
        )  # fmt: skip
    if frame.isna().to_numpy().any():  # rows that end early
        frame = frame.fillna("")
    return frame.assign(**dict.fromkeys(absent, "")), checksum(content)


def _with_types(frame: pd.DataFrame, table: str, path: Path) -> pd.DataFrame:
    """Rows of a table as text, in the types of its schema; the index says on which line each is."""
    for name, field in schemas()[table].items():
        frame[name] = _typed(frame[name], field, path)
        if field.get("constraints", {}).get("unique") and frame[name].duplicated().any():
            row = int(frame[name].duplicated().to_numpy().argmax())
            raise _refused(frame[name], row, path, (_("stands in another row too"),
                                                    _("it must be unique")))  # fmt: skip
    return frame


def _refused(cells: pd.Series, row: int, path: Path, why: tuple[str, str]) -> DataError:
    """What is wrong with a cell, in the words of ``homicide-trends check``."""
    where = str(path), int(cells.index[row]) + 2, str(cells.name)
    return DataError(str(Problem(*where, cells.iloc[row], *why)))


def _typed(cells: pd.Series, field: dict[str, Any], path: Path) -> pd.Series:
    """A column of text in the type of its schema; a number or date in many rows is read once."""
    kind = field.get("type", "string")
    if kind == "string":
        return cells if "".join(cells.to_numpy()).isprintable() else cells.map(_as_text)
    rows, different = pd.factorize(cells.to_numpy())
    column = pd.Series(different, dtype="str")
    empty = column.str.strip() == ""
    if kind == "date":
        typed = pd.to_datetime(column.where(~empty), format="%Y-%m-%d", errors="coerce")
        typed = typed.where(typed.dt.year.between(EARLIEST, LATEST))
    else:
        limits = field.get("constraints", {})
        exact = LARGEST if kind == "integer" else math.inf
        least, most = limits.get("minimum", -exact), limits.get("maximum", exact)
        typed = pd.to_numeric(column.where(~empty), errors="coerce").astype("float64")
        typed = typed.where(typed.between(least, most))
        if kind == "integer":
            typed = typed.where(typed == typed.round())
    required = bool(field.get("constraints", {}).get("required"))
    bad = typed.isna() & (~empty | required)
    if bad.any():
        row = int(bad.to_numpy()[rows].argmax())
        raise _refused(cells, row, path, misfit(cells.iloc[row], field))
    if kind == "integer" and not empty.any():
        typed = typed.astype("int64")
    return pd.Series(typed.to_numpy()[rows], index=cells.index)


def _as_text(cell: str) -> str:
    """A cell whose control and invisible characters are written out, so that nothing obeys them."""
    if cell.isprintable():
        return cell
    return "\n".join(harmless(line, len(line)) for line in cell.split("\n"))


def _only(frame: pd.DataFrame, column: str, value: str | None, table: str) -> pd.DataFrame:
    """Rows whose column is the value; an unknown value is refused with the nearest known one."""
    if value is None:
        return frame
    kept = frame[frame[column] == value]
    if kept.empty:
        raise DataError(
            _(
                "no {table} for {column} {value!r}{known} in {table}.csv",
                table=table,
                column=column,
                value=value,
                known=closest(value, frame[column]),
            )
        )
    return kept.reset_index(drop=True)


@lru_cache(maxsize=32)
def _part(
    path: Path, changed: int, size: int, wanted: tuple[str | None, ...]
) -> tuple[pd.DataFrame, str]:
    """The counts of those who are asked for, and of no others, with the digest of the table.

    Kept, and typed apart from the others: nearly every call asks for all deaths, which are a
    fifth of the rows.
    """
    everyone, sha256 = _as_written("counts", path, changed, size)
    frame = everyone
    for column, value in zip(GROUPS, wanted, strict=True):
        if value is not None:
            frame = frame[frame[column].to_numpy() == value]
        if value and not everyone[column].eq(value).any():
            known = closest(value, set(everyone[column]) - {""})
            raise DataError(
                _("no {column} {value!r}{known} in {file}",
                  column=column, value=value, known=known, file=path.name)
            )  # fmt: skip
    return _with_types(frame.copy(), "counts", path), sha256


def _with_measure(
    frame: pd.DataFrame, place: str | None, measure: str | None, table: str, data: Folder | None
) -> pd.DataFrame:
    """Rows of a place and measure; none on file is no error, an unknown name is.

    Known are the measures that the schema names, so that a folder which holds nothing of one of
    them has no rows of it, and those of the rows.
    """
    named = schemas()[table]["measure"].get("constraints", {}).get("enum", [])
    everywhere = frame["measure"]
    if place is not None:
        place_name(place, data=data)
        frame = frame[frame["place"] == place]
    if measure is not None:
        if measure not in named and not everywhere.eq(measure).any():
            known = closest(measure, {*named, *everywhere})
            raise DataError(
                _("no measure {measure!r}{known} in {table}.csv",
                  measure=measure, known=known, table=table)
            )  # fmt: skip
        frame = frame[frame["measure"] == measure]
    return frame.reset_index(drop=True)


def load_sources(*, data: Folder | None = None) -> pd.DataFrame:
    """Documents and data sets: one row a source.

    Columns ``source_id, publisher, title, date, reference, url, kind, licence, quality,
    derived_from, sha256, note``.

    >>> load_sources().set_index("source_id")["kind"]["interpeace-2013-12"]
    'text'
    """
    return read_table("sources", data)


def load_places(*, data: Folder | None = None) -> pd.DataFrame:
    """Places: ``place`` (code), ``name``, ``kind``, ``within``.

    >>> load_places().set_index("place")["name"]["SLV"]
    'El Salvador'
    """
    return read_table("places", data)


def place_name(place: str, *, data: Folder | None = None) -> str:
    """Name of a place; DataError, with the nearest code, for an unknown one.

    >>> place_name("SLV")
    'El Salvador'
    """
    names = load_places(data=data).set_index("place")["name"]
    if place not in names.index:
        known = closest(place, names.index)
        raise DataError(_("no place {place!r}{known} in places.csv", place=place, known=known))
    return str(names[place])


def with_sources(table: pd.DataFrame, *, data: Folder | None = None) -> pd.DataFrame:
    """The same table with ``publisher, title, published, kind, url`` of each row's source.

    >>> with_sources(load_figures())["publisher"].notna().all()
    np.True_
    """
    sources = load_sources(data=data).set_index("source_id")
    columns = sources[["publisher", "title", "date", "kind", "url"]]
    columns = columns.rename(columns={"date": "published"})
    return table.drop(columns=list(columns), errors="ignore").join(columns, on="source_id")


def with_names(table: pd.DataFrame, *, data: Folder | None = None) -> pd.DataFrame:
    """The same table with ``name``, the name of each row's place.

    >>> with_names(pd.DataFrame({"place": ["GTM"]}))["name"].tolist()
    ['Guatemala']
    """
    names = load_places(data=data).set_index("place")["name"]
    return table.drop(columns="name", errors="ignore").join(names, on="place")


def load_agencies(place: str | None = None, *, data: Folder | None = None) -> pd.DataFrame:
    """Who counts, and whom the default series prefers when: one row an agency and period.

    Columns ``place, agency, start, end, preference`` (1 is preferred), ``name, rule``.

    >>> "PNC" in set(load_agencies("SLV")["agency"])
    True
    """
    return _only(read_table("agencies", data), "place", place, "agencies")


def load_figures(
    place: str | None = None, *, measure: str | None = None, data: Folder | None = None
) -> pd.DataFrame:
    """Figures that the texts state, each with its exact place.

    Columns ``figure_id, source_id, locator`` (lines of the text), ``as_reported`` (the shortest
    token), ``measure, value, unit, qualifier, place, start, end, baseline_start, baseline_end``
    (empty where the text does not say), ``note``. A place or measure of which no text says
    anything gives no rows; an unknown place raises DataError.

    >>> load_figures("SLV", measure="homicide_rate")["as_reported"].tolist()
    ['70.1']
    """
    frame = read_table("figures", data)
    if place is not None:
        place_name(place, data=data)
        frame = frame[frame["place"] == place]
    if measure is not None:
        frame = frame[frame["measure"] == measure]
    return frame.reset_index(drop=True)


def load_claims(*, data: Folder | None = None) -> pd.DataFrame:
    """What the texts claim with their figures, each with its reading: one row a reading.

    Columns ``claim_id, second_reading_of`` (of which claim; empty for a claim), ``question,
    question_es, figures`` (joined by ``;``), ``source_id, who, date, measure, qualifier, per,
    places, start, end, end_rule, event, baseline_start, baseline_end, parts, compared_with,
    method, words, note``. No rows where the folder has no such table.

    >>> "deaths-prevented" in set(load_claims()["claim_id"])
    True
    """
    if not (data_folder(data) / "claims.csv").exists():
        return read_table("claims", shipped("data")).iloc[:0]
    return read_table("claims", data)


def load_counts(
    place: str | None = None,
    *,
    measure: str | None = "homicides",
    within: str | None = None,
    kind: str | None = None,
    sex: str | None = "",
    age: str | None = "",
    mechanism: str | None = "",
    motive: str | None = "",
    data: Folder | None = None,
) -> pd.DataFrame:
    """Counts that someone reported, conflicting ones side by side.

    Columns ``place, measure, start, end`` (both inclusive), ``sex, age, mechanism, motive`` (of
    those who died; empty means all), ``count`` (deaths, or persons for other measures),
    ``agency, status, source_id, note``, and ``low, high`` (the least and most of a count that was
    published as a range, else missing). ``None`` keeps every place or measure;
    ``within="SLV"`` gives the places that lie in El Salvador, with ``kind="municipality"`` those
    of one kind. Counts are of all deaths unless
    a part is asked for: ``sex="female"`` gives women's of every age and by every mechanism, and
    ``None`` keeps the whole and its parts, which must not be added up together. A place of which
    nothing is on file gives no rows; DataError for a place, measure or part that no table knows.

    >>> counts = load_counts("SLV")
    >>> year = (counts["start"] == "2011-01-01") & (counts["end"] == "2011-12-31")
    >>> 4371 in set(counts.loc[year, "count"])
    True
    """
    file = _file("counts", data)
    frame, sha256 = _part(*file, (sex, age, mechanism, motive))
    _tables_read[file[0].name] = sha256
    if within is not None:
        place_name(within, data=data)
        places = load_places(data=data)
        inside = places.loc[places["within"] == within]
        if kind is not None:
            inside = inside[inside["kind"] == kind]
        frame = frame[frame["place"].isin(inside["place"])]
    return _with_measure(frame, place, measure, "counts", data)


def load_other_counts(place: str, *, data: Folder | None = None) -> pd.DataFrame:
    """Counts of anything but homicides, such as disappearances, in a place and within it.

    Columns as ``load_counts`` and ``name`` of the place; no rows where none is on file.

    >>> sorted(set(load_other_counts("SLV")["measure"]))
    ['bodies_found', 'disappearances']
    """
    here = load_counts(place, measure=None, data=data)
    frame = pd.concat([here, load_counts(within=place, measure=None, data=data)])
    frame = frame[frame["measure"] != "homicides"]
    return with_names(frame, data=data).sort_values(["start", "end"], ignore_index=True)


def load_population(
    place: str | None = None, *, series: str | None = None, data: Folder | None = None
) -> pd.DataFrame:
    """Populations: ``place, year, population`` (persons), ``series, status, source_id, note``.

    >>> p = load_population("SLV", series="WPP2024").set_index("year")["population"]
    >>> int(p[2011])
    6090127
    """
    frame = _only(read_table("population", data), "place", place, "population")
    return _only(frame, "series", series, "population")


def load_events(
    place: str | None = None,
    *,
    window: Window | None = None,
    data: Folder | None = None,
) -> pd.DataFrame:
    """Dated events, in order: one row an event; with a ``window`` those that begin in it.

    Columns ``event_id, place, start, end, precision, event, label`` (short name in figures),
    ``role`` (intervention, or empty), ``quality, source_id, note``.

    >>> load_events("SLV")["start"].is_monotonic_increasing
    True
    """
    frame = read_table("events", data)
    if place is not None:
        place_name(place, data=data)
        frame = frame[frame["place"] == place]
    if window is not None:
        frame = frame[frame["start"].between(*days_of(window, "window"))]
    return frame.sort_values("start", kind="stable", ignore_index=True)


def load_municipalities(
    place: str | None = None, *, weak: bool = False, data: Folder | None = None
) -> pd.DataFrame:
    """Municipalities that were, or may have been, declared violence-free.

    Columns ``name, department, place, declared_start, declared_end, status`` (confirmed,
    likely, unconfirmed), ``source_id, note``. ``weak=True`` lets in those whom only a weak source
    names, or none that could be cited.

    >>> "Ilopango" in set(load_municipalities("SLV")["name"])
    True
    """
    frame = read_table("municipalities", data)
    if not weak:
        quality = load_sources(data=data).set_index("source_id")["quality"]
        frame = frame[frame["source_id"].map(quality).ne("weak")].reset_index(drop=True)
    if place is None:
        return frame
    place_name(place, data=data)
    within = load_places(data=data).set_index("place")["within"]
    return frame[frame["place"].map(within) == place].reset_index(drop=True)


def load_towns(country: str | None = None, *, data: Folder | None = None) -> pd.DataFrame:
    """Every municipality of a country: where it lies, and its people at the census.

    Columns ``place, name, department`` (a place), ``pcode, women, men, urban`` (persons, missing
    where not known), ``longitude, latitude`` (degrees, of the centre), ``area_km2, neighbours``
    (places joined by ``;``), ``source_id, geography_source, note``. A folder without the table has
    no rows.

    >>> len(load_towns("SLV"))
    262
    """
    if not (data_folder(data) / "towns.csv").exists():
        return pd.DataFrame(columns=["name", *schemas()["towns"]])
    frame = with_names(read_table("towns", data), data=data)
    if country is not None:
        place_name(country, data=data)
        within = load_places(data=data).set_index("place")["within"]
        frame = frame[frame["place"].map(within) == country]
    return frame.reset_index(drop=True)


def load_estimates(
    place: str | None = None, *, measure: str | None = None, data: Folder | None = None
) -> pd.DataFrame:
    """Published estimates, rates and daily means, as printed.

    Columns ``estimate_id, source_id, place, measure, estimate, lower, upper, unit, start, end,
    baseline_start, baseline_end, method, note``.

    >>> set(load_estimates("SLV", measure="homicide_rate")["unit"])
    {'per 100,000'}
    """
    return _with_measure(read_table("estimates", data), place, measure, "estimates", data)
