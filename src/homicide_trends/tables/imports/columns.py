"""A file as columns: where its header stands, and how many rows have which cells.

A row is never held in memory. Every column is reduced to its different cells with their number of
rows, and what is decided is decided on these: a few thousand, however long the file. Long files
are counted by DuckDB, the others, and what it refuses, by the csv module; both give the same.
"""

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from ...language import _, localised
from ..problems import Problem
from .choices import Answer, Choices, UnclearError, question
from .dates import marked, readings, without_time
from .files import Opened, Row, duckdb_library
from .numbers import parts

LARGE = 8_000_000  # bytes from which DuckDB reads
MEMORY = "512MB"  # that DuckDB may use
MANY = 50_000  # different cells: a column of more is an id, and left alone
MOST_GROUPS = 1_000_000  # different rows: more are no dates with counts
HEAD = 60  # rows among which the header is looked for

_TIMED = re.compile(r"[0-9](?:[tT]|\s+)[0-9]{1,2}:[0-9]{2}")
_BLANKS = "".join(each for each in map(chr, range(0x3001)) if each.isspace())

Cells = Counter[str]


@dataclass(slots=True)
class Table:
    """Names of columns and their different cells (None: too many to be of use).

    ``header_row`` is the last row of names, 0 where there is none, ``preamble`` what stands above.
    """

    opened: Opened
    names: list[str]
    header_row: int
    preamble: list[str]
    width: int
    cells: list[Cells | None] = field(default_factory=list)
    by: str = "csv"
    timed: set[int] = field(default_factory=set)
    divided: bool = False

    @property
    def file(self) -> str:
        """The file's name."""
        return self.opened.file

    def problem(
        self, message: str, remedy: str, *, row: int = 0, column: str = "", value: str = ""
    ) -> Problem:
        """A problem of this file."""
        return Problem(self.file, row, column, value, message, remedy)

    def rows(self) -> Iterator[Row]:
        """Number and cells of every row below the header that is not blank."""
        width, filled = self.width, [""] * self.width
        for number, found in self.opened.rows():
            if number <= self.header_row or not any(found):
                continue
            cells = found
            if self.divided:
                cells = (*found[0].split(","), *found[1:])
            if len(cells) > width and any(cells[width:]):
                message = _(
                    "the row has {cells} cells, the header {columns}",
                    cells=len(cells),
                    columns=width,
                )
                remedy = _(
                    "quote a cell that holds the separator, or name the header with --header-row"
                )
                raise UnclearError([self.problem(message, remedy, row=number, value=cells[width])])
            yield number, cells if len(cells) == width else (*cells, *filled)[:width]

    def row_of(self, wanted: Mapping[int, str]) -> int:
        """The first row with these cells, for a message; the file is read again for it."""
        for number, cells in self.rows():
            if all(self._cell(cells, n) == text for n, text in wanted.items()):
                return number
        return 0

    def _cell(self, cells: Sequence[str], n: int) -> str:
        return without_time(cells[n]) if n in self.timed else cells[n]

    def counted(
        self, columns: Sequence[int], only: Mapping[int, Collection[str]]
    ) -> Counter[tuple[str, ...]]:
        """How many rows have which cells in some columns, of rows with texts of ``only``."""
        if len(columns) == 1 and not only and (known := self.cells[columns[0]]) is not None:
            return Counter({(text,): rows for text, rows in known.items()})
        if self.by == "duckdb":
            found = self._by_duckdb(columns, only)
        else:
            pick = itemgetter(*columns) if len(columns) > 1 else lambda cells: (cells[columns[0]],)
            found = Counter()
            for _number, cells in self.rows():
                if all(cells[n] in texts for n, texts in only.items()):
                    found[pick(cells)] += 1
                    if len(found) > MOST_GROUPS:
                        break
        if len(found) > MOST_GROUPS:
            most = localised(f"{MOST_GROUPS:,}")
            message = _("has more than {most} different dates and counts", most=most)
            raise UnclearError(
                [self.problem(message, _("check --date-column and --deaths-column"))]
            )
        timed = [k for k, n in enumerate(columns) if n in self.timed]
        if not timed:
            return found
        cut: Counter[tuple[str, ...]] = Counter()
        for key, rows in found.items():
            cut[tuple(without_time(c) if k in timed else c for k, c in enumerate(key))] += rows
        return cut

    def _by_duckdb(
        self, columns: Sequence[int], only: Mapping[int, Collection[str]]
    ) -> Counter[tuple[str, ...]]:
        where = [f"{_trimmed(n)} IN (SELECT unnest($only{n}))" for n in only]
        picked = ", ".join(map(self._selected, columns))
        query = f"SELECT {picked}, count(*) FROM {self._source()}"
        query += f" WHERE {' AND '.join(where)}" * bool(where)
        given = {f"only{n}": list(texts) for n, texts in only.items()}
        found: Counter[tuple[str, ...]] = Counter()
        for *key, rows in _fetched(self, f"{query} GROUP BY ALL LIMIT {MOST_GROUPS + 1}", given):
            found[tuple(text.strip() for text in key)] += rows
        return found

    def _selected(self, n: int) -> str:
        cell = f"coalesce(c{n}, '')"
        if n not in self.timed:
            return cell
        cut = (
            f"regexp_replace({cell}, '([0-9])(?:[tT]|\\s+)[0-9]{{1,2}}:[0-9]{{2}}.*$', '\\1', 's')"
        )
        return f"CASE WHEN contains({cell}, ':') THEN {cut} ELSE {cell} END"

    def _source(self) -> str:
        if self.opened.names:
            named = ", ".join('"' + each.replace('"', '""') + f'"::VARCHAR AS c{n}'
                              for n, each in enumerate(self.opened.names))  # fmt: skip
            return f"(SELECT {named} FROM read_parquet($path))"
        columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(self.width))
        return (
            f"read_csv($path, auto_detect = false, header = false, columns = {{{columns}}}, "
            f"delim = '{self.opened.separator}', quote = '\"', escape = '\"', "
            f"skip = {max(self.header_row, self.opened.skipped)}, "
            "compression = 'none', max_line_size = 2100000)"
        )

    def count_columns(self) -> None:
        """Reduce every column to its different cells."""
        sample = list(islice(self.rows(), 1000))
        for n in range(self.width):
            if 2 * sum(bool(_TIMED.search(cells[n])) for _row, cells in sample) > len(sample) > 0:
                self.timed.add(n)
        if self._count_by_duckdb():
            return
        self.by = "csv"
        counted: list[Cells | None] = [Counter() for _ in range(self.width)]
        rows = (cells for _number, cells in self.rows())
        while some := list(islice(rows, 20_000)):
            for n, column in enumerate(zip(*some, strict=True)):
                cells = counted[n]
                if cells is not None:
                    cells.update(map(without_time, column) if n in self.timed else column)
                    counted[n] = cells if len(cells) <= MANY else None
        self.cells = counted

    def _count_by_duckdb(self) -> bool:
        """Whether DuckDB has counted a long file: it may be absent, or refuse it."""
        large = self.opened.size >= LARGE
        if self.opened.plain is None or self.divided or not (self.opened.names or large):
            return False
        try:
            duckdb = duckdb_library(self.file)
        except UnclearError:
            if self.opened.names:
                raise
            return False  # the csv module is slower, and gives the same
        self.by = "duckdb"
        try:
            self._group_columns()
        except duckdb.Error:
            if self.opened.names:
                raise
            return False  # a row of another width, a quote inside a cell
        # Where every column has empty cells there may be rows of nothing else, which are no rows.
        return bool(self.opened.names) or any(c is not None and not c[""] for c in self.cells)

    def _group_columns(self) -> None:
        """All columns in one pass; one with too many different cells among the first is an id."""
        source = self._source()
        every = ", ".join(self._selected(n) for n in range(self.width))
        first = list(_fetched(self, f"SELECT {every} FROM {source} LIMIT 100000"))
        few = [n for n in range(self.width) if len({row[n] for row in first}) < MANY * 0.6]
        self.cells = [Counter() if n in few else None for n in range(self.width)]
        for start in range(0, len(few), 60):  # DuckDB knows at most 64 columns in grouping()
            some = few[start : start + 60]
            names = ", ".join(f"c{n}" for n in some)
            inner = ", ".join(f"{self._selected(n)} AS c{n}" for n in some)
            query = (
                f"SELECT {names}, grouping({names}), count(*) FROM (SELECT {inner} FROM {source}) "
                f"GROUP BY GROUPING SETS ({', '.join(f'(c{n})' for n in some)})"
            )
            for *cells, which, rows in _fetched(self, query):
                at = len(some) - ((1 << len(some)) - 1 - which).bit_length()
                counter = self.cells[some[at]]
                if counter is not None:
                    counter[cells[at].strip()] += rows
        self.cells = [c if c is None or len(c) <= MANY else None for c in self.cells]


def _trimmed(n: int) -> str:
    return f"trim(coalesce(c{n}, ''), $blanks)"


def _fetched(
    table: Table, query: str, given: Mapping[str, object] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Rows of a query; the connection, and its threads, are gone afterwards."""
    duckdb = duckdb_library(table.file)
    plain: Path = table.opened.plain()  # type: ignore[misc]
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(plain.with_suffix(".spill")),
            "threads": min(4, os.cpu_count() or 1),
            # No code and no file from elsewhere, whatever stands in the cells.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    parameters = {"path": str(plain), **(given or {})}
    if "$blanks" in query:
        parameters["blanks"] = _BLANKS
    try:
        found = connection.execute(query, parameters)
        while some := found.fetchmany(50_000):
            yield from some
    finally:
        connection.close()


# --- the header -------------------------------------------------------------------------------


def table(opened: Opened, chosen: Choices) -> Table:
    """The table of an opened file: its header found, its columns counted.

    Raises UnclearError where no row names the columns.

    >>> from types import SimpleNamespace
    >>> rows = [("Table 1", ""), ("", ""), ("year", "deaths"), ("2011", "5")]
    >>> found = table(Opened("f", 1, "", lambda: iter(enumerate(rows, start=1)), ""), Choices())
    >>> found.names, found.header_row, found.preamble, found.cells[1]
    (['year', 'deaths'], 3, ['Table 1'], Counter({'5': 1}))
    """
    top = list(islice(opened.rows(), HEAD))
    width = max((len(cells) for _n, cells in top), default=0)
    if not any(any(cells) for _n, cells in top):
        message = _("has no cell: the header is not there")
        remedy = _("look whether it is the right file")
        raise UnclearError([Problem(opened.file, 0, "", "", message, remedy)])
    first, last = _header(opened, top, chosen)
    names = [str(n) for n in range(1, width + 1)]
    if last:
        names = _joined([cells for number, cells in top if first <= number <= last])
    preamble = [" ".join(filter(None, cells)) for number, cells in top if number < first]
    found = Table(opened, names, last, list(filter(None, preamble)), len(names))
    if last and "\\" in names[0] and "," in names[0] and opened.separator == "\t":  # Eurostat's
        found.names = [*names[0].split("\\")[0].split(","), *names[1:]]
        found.divided, found.width = True, len(found.names)
    if any("\n" in cell for number, cells in top if number <= last for cell in cells):
        opened.plain = None  # DuckDB skips lines, not rows
    found.count_columns()
    if not any(cells is None or cells for cells in found.cells):
        remedy = _("check --where and --header-row")
        raise UnclearError([found.problem(_("has no row below its header"), remedy)])
    return found


def _header(opened: Opened, top: list[Row], chosen: Choices) -> tuple[int, int]:
    """First and last row of the names of columns; (0, 0): there is none, as asked."""
    if chosen.header_row is not None:
        if chosen.header_row and not any(any(c) for n, c in top if n == chosen.header_row):
            message = _("has no cell: the header is not there")
            remedy = _("name the row of the column names with --header-row (0: there is none)")
            raise UnclearError([Problem(opened.file, chosen.header_row, "", "", message, remedy)])
        return chosen.header_row, chosen.header_row
    if opened.names:
        return 1, 1
    filled = [sum(map(bool, cells)) for _n, cells in top]
    usual = max(Counter(n for n in filled if n > 1).items(), key=itemgetter(1, 0), default=(1, 0))
    wide = 0.75 * usual[0] if usual[0] > 1 else 1
    naming = [at for at, (_n, cells) in enumerate(top) if filled[at] and _names_columns(cells)]
    data = next((at for at in range(len(top)) if filled[at] >= wide and at not in naming), len(top))
    above = [at for at in naming if at < data and filled[at] >= min(2, usual[0])]
    last = next((at for at in above if filled[at] >= wide), above[-1] if above else -1)
    while last + 1 in above and last + 2 < len(top) and "" in top[last][1][: usual[0] + 1]:
        last += 1
    first = last
    while first - 1 in above and "" in top[first - 1][1] and top[first - 1][0] == top[first][0] - 1:
        first -= 1
    if last >= 0:
        return top[first][0], top[last][0]
    number, cells = next((n, c) for n, c in top if any(c))
    message = _("does not name the columns")
    remedy = _("columns go by their number then, from 1")
    answers = [Answer(("--header-row", "0"))]
    raise UnclearError(
        [
            question(
                opened.file,
                message,
                answers,
                row=number,
                value=next(filter(None, cells)),
                also=remedy,
            )
        ]
    )


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a row may be a header: no numbers and no days, or several periods of one kind."""
    filled = [cell for cell in cells if cell]
    if [cell for cell in filled if cell.isdigit()] == [str(n) for n in range(1, 13)]:
        return True
    # "may" is a month and "Q1" a quarter, and both may head a column.
    alone = {"name", "quarter_alone"}
    words = [cell for cell in filled if not (parts(cell) or readings(cell).keys() - alone)]
    kinds = Counter(next(iter(readings(marked(cell)[0])), "") for cell in filled)
    periods = max((kinds[each] for each in ("month", "quarter", "span", "year")), default=0)
    if periods >= 2 and not any(map(_plain_count, filled)):
        return bool(words) or "" in cells or not all(cell.isdigit() for cell in filled)
    return len(words) == len(filled)


def _plain_count(cell: str) -> bool:
    """A number that is no year, quarter or month."""
    return bool(cell and parts(cell) and not readings(cell).keys() - {"number", "quarter_alone"})


def _joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name a column, of several rows joined; an upper cell serves the empty ones after it."""
    names = [""] * max(len(row) for row in rows)
    for depth, row in enumerate(rows):
        before = ""
        for n, cell in enumerate((*row, *[""] * (len(names) - len(row)))):
            before = cell or (before if depth < len(rows) - 1 else "")
            names[n] = f"{names[n]} {before}".strip()
    seen: Counter[str] = Counter()
    for n, name in enumerate(names):
        seen[name] += 1
        names[n] = (name or str(n + 1)) + (f" ({seen[name]})" if name and seen[name] > 1 else "")
    return names
