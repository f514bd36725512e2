"""The different rows of a file and how often each stands there, in the memory of a laptop.

A row is reduced to its date, month and deaths. Files of some size are added up by DuckDB, which
streams them; smaller ones, and what DuckDB refuses, by the csv module, which tells the row of a
mistake and needs no more memory for a longer file either. Both give the same.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from ...language import _, localised
from ..problems import Problem
from .choices import UnclearError
from .dates import without_time
from .dialects import Dialect
from .layouts import Layout

LARGE = 8_000_000  # bytes from which DuckDB reads
MEMORY = "512MB"  # that DuckDB may use
MOST_GROUPS = 1_000_000  # different rows: more are no dates with counts
_LONGEST_TEXT = 200  # characters of a cell that are looked at

_CHARACTERS = map(chr, range(0x3001))
_BLANKS = "".join(each for each in _CHARACTERS if each.isspace())


class Group(NamedTuple):
    """Rows with the same date, month and deaths: how many, and the number of the first."""

    date: str
    month: str
    deaths: str
    rows: int
    row: int


def groups(dialect: Dialect, layout: Layout) -> tuple[list[Group], int]:
    """The different rows in the order of their first, and how many rows are blank.

    Files of LARGE bytes and more are read by DuckDB. Raises UnclearError for a row
    that has more cells than the header, and where no row passes the filters.
    """
    found = None
    # DuckDB leaves out blank lines, and the numbers of the rows below them would be wrong.
    other_rows = dialect.scan.blank_lines or any("\n" in name for name in dialect.header)
    if dialect.scan.size >= LARGE and not other_rows:
        found = _by_duckdb(dialect, layout)
    if found is None:
        found = _by_csv(dialect, layout)
    counted, blank = found
    if not counted:
        names = ", ".join(f"{dialect.header[n]} '{text}'" for n, text in layout.filters)
        message = (
            _("has no row with {cells}", cells=names) if names else _("has no row below its header")
        )
        remedy = _("check --where and --header-row")
        raise UnclearError([dialect.problem(0, "", "", message, remedy)])
    return counted, blank


def _by_csv(dialect: Dialect, layout: Layout) -> tuple[list[Group], int]:
    """The groups, counted row by row."""
    width = len(dialect.header)
    places = (layout.date, layout.month, layout.deaths)
    counted: dict[tuple[str, str, str], list[int]] = {}
    blank = 0
    for row, cells in dialect.rows():
        if not any(cells):
            blank += 1
            continue
        if any(cells[width:]):
            raise UnclearError([too_many(dialect, row, cells)])
        if any((cells[n] if n < len(cells) else "") != text for n, text in layout.filters):
            continue
        date, month, deaths = (
            cells[n][:_LONGEST_TEXT] if 0 <= n < len(cells) else "" for n in places
        )
        group = counted.setdefault((without_time(date), month, deaths), [0, row])
        group[0] += 1
        if len(counted) > MOST_GROUPS:
            raise UnclearError([_too_different(dialect, layout, row, date)])
    return [Group(*key, *group) for key, group in counted.items()], blank


def too_many(dialect: Dialect, row: int, cells: tuple[str, ...]) -> Problem:
    """The problem of a row with more cells than the header."""
    message = _(
        "the row has {cells} cells, the header {columns}",
        cells=len(cells),
        columns=len(dialect.header),
    )
    remedy = _("quote a cell that holds the separator, or name the header with --header-row")
    return dialect.problem(row, "", cells[len(dialect.header)], message, remedy)


def _too_different(dialect: Dialect, layout: Layout, row: int, text: str) -> Problem:
    most = localised(f"{MOST_GROUPS:,}")
    message = _("and the rows above have more than {most} different dates and counts", most=most)
    remedy = _("check --date-column and --deaths-column")
    return dialect.problem(row, dialect.header[layout.date], text, message, remedy)


def _by_duckdb(dialect: Dialect, layout: Layout) -> tuple[list[Group], int] | None:
    """The groups, counted by DuckDB; None where it refuses the file or has not memory enough."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="homicide-trends-") as folder:
        path = _as_utf8(dialect, Path(folder))
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY,
                "temp_directory": str(Path(folder, "spill")),
                "threads": min(4, os.cpu_count() or 1),
                # No code and no file from elsewhere, whatever stands in the cells.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            rows, parameters = _query(dialect, layout, path)
            fetched = connection.execute(rows, parameters).fetchmany(MOST_GROUPS + 1)
        except duckdb.Error:
            return None
        finally:
            connection.close()
    counted: dict[tuple[str, str, str], list[int]] = {}
    blank = 0
    for is_blank, date, month, deaths, number, row in fetched:
        if is_blank:
            blank += number
            continue
        key = (without_time(date.strip()), month.strip(), deaths.strip())
        group = counted.setdefault(key, [0, row])
        group[0] += number
        group[1] = min(group[1], row)
    if len(counted) > MOST_GROUPS:
        return None
    return [Group(*key, *group) for key, group in counted.items()], blank


def _query(dialect: Dialect, layout: Layout, path: Path) -> tuple[str, dict[str, object]]:
    """The query that groups a file; names of columns are ours, texts are parameters."""
    names = [f"c{n}" for n in range(len(dialect.header))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)

    def cell(place: int) -> str:
        if place < 0:
            return "''"
        return f"left(trim(coalesce(c{place}, ''), $blanks), {_LONGEST_TEXT})"

    date = cell(layout.date)
    cut = f"regexp_replace({date}, $time, $kept, 's')"
    dated = f"CASE WHEN contains({date}, ':') THEN {cut} ELSE {date} END"
    everything = f"trim(concat_ws('', {', '.join(names)}), $blanks) = ''"
    blank = f"(CASE WHEN {date} = '' THEN {everything} ELSE false END)"
    parameters: dict[str, object] = {
        "path": str(path),
        "separator": dialect.separator,
        "blanks": _BLANKS,
        "time": r"([0-9])(?:[tT]|\s+)[0-9]{1,2}:[0-9]{2}.*$",
        "kept": r"\1",
    }
    wanted = ["true"]
    for number, (place, text) in enumerate(layout.filters):
        parameters[f"text{number}"] = text
        wanted.append(f"trim(coalesce(c{place}, ''), $blanks) = $text{number}")
    query = f"""
        SELECT blank, date, month, deaths, count(*), min(number) AS first FROM (
            SELECT {blank} AS blank, {dated} AS date, {cell(layout.month)} AS month,
                {cell(layout.deaths)} AS deaths,
                row_number() OVER () + {dialect.header_row} AS number,
                ({" AND ".join(wanted)}) AS wanted
            FROM read_csv($path, auto_detect = false, header = false, delim = $separator,
                quote = '"', escape = '"', skip = {dialect.header_row},
                columns = {{{columns}}}, compression = 'none', max_line_size = 2100000)
        ) WHERE wanted OR blank GROUP BY ALL ORDER BY first"""
    return query, parameters


def _as_utf8(dialect: Dialect, folder: Path) -> Path:
    """The file in UTF-8 under a plain name: DuckDB takes some characters of a name for patterns."""
    plain = folder / "rows.csv"
    original = dialect.scan.path.resolve()
    if dialect.scan.encoding in ("utf-8", "utf-8-sig"):
        try:
            plain.symlink_to(original)
        except OSError:  # a system that does not let everybody make links
            shutil.copyfile(original, plain)
    else:
        with (
            original.open(encoding=dialect.scan.encoding, newline="") as text,
            plain.open("w", encoding="utf-8", newline="") as copy,
        ):
            shutil.copyfileobj(text, copy, 1 << 20)
    return plain
