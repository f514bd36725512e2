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
from .choices import Answer, Choices, Question, UnclearError, answer, question
from .dates import readings, unmarked, without_time
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
class Columns:
    """Names of columns and their different cells (None: too many to be of use).

    ``header_row`` is the last row of names, 0 where there is none, ``preamble`` what stands above.
    ``timed`` are columns of dates with a time of day, ``divided`` says that the first cell of each
    row holds several columns.
    """

    opened: Opened
    names: list[str]
    header_row: int
    preamble: list[str]
    cells: list[Cells | None] = field(default_factory=list)
    by: str = "csv"
    timed: set[int] = field(default_factory=set)
    divided: bool = False

    def ask(
        self, message: str, *answers: Answer, also: str = "", at: Mapping[int, str] | None = None,
        column: int | str = "", value: str = "", row: int = 0,
    ) -> Question:  # fmt: skip
        """A problem of this file; ``at`` are cells of the row that it is about, by column."""
        row = self.row_of(at) if at else row
        name = self.names[column] if isinstance(column, int) else column
        return question(
            self.opened.file, message, *answers, also=also, row=row, column=name, value=value
        )

    def unclear(self, message: str, *answers: Answer, **where: Any) -> UnclearError:
        """The same as an error."""
        return UnclearError(self.ask(message, *answers, **where))

    @property
    def length(self) -> int:
        """How many rows there are."""
        return sum(next((cells for cells in self.cells if cells is not None), Counter()).values())

    def rows(self) -> Iterator[Row]:
        """Number and cells of every row below the header that is not blank."""
        width, filled = len(self.names), [""] * len(self.names)
        for number, cells in self.opened.rows():
            if number <= self.header_row or not any(cells):
                continue
            if self.divided:
                cells = (*cells[0].split(","), *cells[1:])
            if any(cells[width:]):
                message = _("the row has {cells} cells, the header {columns}",
                            cells=len(cells), columns=width)  # fmt: skip
                remedy = _(
                    "quote a cell that holds the separator, or name the header with --header-row"
                )
                raise self.unclear(message, also=remedy, row=number, value=cells[width])
            yield number, cells if len(cells) == width else (*cells, *filled)[:width]

    def row_of(self, wanted: Mapping[int, str]) -> int:
        """The first row with these cells, for a message; the file is read again for it."""
        for number, cells in self.rows():
            if all(self._cut(cells[n], n) == text for n, text in wanted.items()):
                return number
        return 0

    def _cut(self, cell: str, n: int) -> str:
        return without_time(cell) if n in self.timed else cell

    def counted(
        self, columns: Sequence[int], only: Mapping[int, Collection[str]]
    ) -> Counter[tuple[str, ...]]:
        """How many rows have which cells in some columns, of rows with texts of ``only``."""
        if len(columns) == 1 and not only and (known := self.cells[columns[0]]) is not None:
            return Counter({(text,): rows for text, rows in known.items()})
        found: Counter[tuple[str, ...]] = Counter()
        pairs = (
            self._by_duckdb(columns, only) if self.by == "duckdb" else self._by_csv(columns, only)
        )
        for key, rows in pairs:
            found[key] += rows
            if len(found) > MOST_GROUPS:
                most = localised(f"{MOST_GROUPS:,}")
                message = _("has more than {most} different dates and counts", most=most)
                raise self.unclear(message, also=_("check --date-column and --deaths-column"))
        if not self.timed & {*columns}:
            return found
        cut: Counter[tuple[str, ...]] = Counter()
        for key, rows in found.items():
            cut[tuple(map(self._cut, key, columns))] += rows
        return cut

    def _by_csv(
        self, columns: Sequence[int], only: Mapping[int, Collection[str]]
    ) -> Iterator[tuple[tuple[str, ...], int]]:
        pick = itemgetter(*columns) if len(columns) > 1 else lambda cells: (cells[columns[0]],)
        for _number, cells in self.rows():
            if all(cells[n] in texts for n, texts in only.items()):
                yield pick(cells), 1

    def _by_duckdb(
        self, columns: Sequence[int], only: Mapping[int, Collection[str]]
    ) -> Iterator[tuple[tuple[str, ...], int]]:
        trimmed = (f"trim(coalesce(c{n}, ''), $blanks) IN (SELECT unnest($only{n}))" for n in only)
        where = f" WHERE {' AND '.join(trimmed)}" if only else ""
        picked = ", ".join(map(self._selected, columns))
        query = f"SELECT {picked}, count(*) FROM {self._source()}{where} GROUP BY ALL"
        given = {f"only{n}": list(texts) for n, texts in only.items()}
        for *key, rows in _fetched(self, f"{query} LIMIT {MOST_GROUPS + 1}", given):
            yield tuple(text.strip() for text in key), rows

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
        columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(self.names)))
        return (
            f"read_csv($path, auto_detect = false, header = false, columns = {{{columns}}}, "
            f"delim = '{self.opened.separator}', quote = '\"', escape = '\"', "
            f"skip = {max(self.header_row, self.opened.skipped)}, "
            "compression = 'none', max_line_size = 2100000)"
        )

    def count_columns(self) -> None:
        """Reduce every column to its different cells."""
        sample = [cells for _row, cells in islice(self.rows(), 1000)]
        self.timed = {
            n
            for n in range(len(self.names))
            if 2 * sum(bool(_TIMED.search(cells[n])) for cells in sample) > len(sample)
        }
        if self._count_by_duckdb():
            return
        self.by = "csv"
        self.cells = [Counter() for _name in self.names]
        rows = (cells for _number, cells in self.rows())
        while some := list(islice(rows, 20_000)):
            for n, column in enumerate(zip(*some, strict=True)):
                if (cells := self.cells[n]) is not None:
                    cells.update(map(without_time, column) if n in self.timed else column)
                    self.cells[n] = cells if len(cells) <= MANY else None

    def _count_by_duckdb(self) -> bool:
        """Whether DuckDB has counted a long file: it may be absent, or refuse it."""
        parquet, large = bool(self.opened.names), self.opened.size >= LARGE
        if self.opened.plain is None or self.divided or not (parquet or large):
            return False
        try:
            duckdb = duckdb_library(self.opened.file)
        except UnclearError:
            if parquet:
                raise
            return False  # the csv module is slower, and gives the same
        self.by = "duckdb"
        try:
            self._group_columns()
        except duckdb.Error:
            if parquet:
                raise
            return False  # a row of another width, a quote inside a cell
        # Where every column has empty cells there may be rows of nothing else, which are no rows.
        return parquet or any(c is not None and not c[""] for c in self.cells)

    def _group_columns(self) -> None:
        """All columns in one pass; one with too many different cells among the first is an id."""
        source, places = self._source(), range(len(self.names))
        every = ", ".join(map(self._selected, places))
        first = list(_fetched(self, f"SELECT {every} FROM {source} LIMIT 100000"))
        few = [n for n in places if len({row[n] for row in first}) < MANY * 0.6]
        self.cells = [Counter() if n in few else None for n in places]
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


def _fetched(
    columns: Columns, query: str, given: Mapping[str, object] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Rows of a query; the connection, and its threads, are gone afterwards."""
    duckdb = duckdb_library(columns.opened.file)
    plain: Path = columns.opened.plain()  # type: ignore[misc]
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
    blanks = {"blanks": _BLANKS} if "$blanks" in query else {}
    try:
        found = connection.execute(query, {"path": str(plain), **blanks, **(given or {})})
        while some := found.fetchmany(50_000):
            yield from some
    finally:
        connection.close()


# --- the header -------------------------------------------------------------------------------


def columns_of(opened: Opened, chosen: Choices) -> Columns:
    """The columns of an opened file: its header found, its cells counted.

    Raises UnclearError where no row names the columns.
    """
    top = list(islice(opened.rows(), HEAD))
    width = max((len(cells) for _n, cells in top), default=0)
    names = [str(n) for n in range(1, width + 1)]
    if not any(any(cells) for _n, cells in top):
        message = _("has no cell: the header is not there")
        raise UnclearError(
            question(opened.file, message, also=_("look whether it is the right file"))
        )
    first, last = _header(opened, top, chosen)
    if last:
        names = _joined([cells for number, cells in top if first <= number <= last])
    preamble = [" ".join(filter(None, cells)) for number, cells in top if number < first]
    found = Columns(opened, names, last, list(filter(None, preamble)))
    if last and "\\" in names[0] and "," in names[0] and opened.separator == "\t":  # Eurostat's
        found.names = [*names[0].split("\\")[0].split(","), *names[1:]]
        found.divided = True
    if any("\n" in cell for number, cells in top if number <= last for cell in cells):
        opened.plain = None  # DuckDB skips lines, not rows
    found.count_columns()
    if not any(cells is None or cells for cells in found.cells):
        raise found.unclear(
            _("has no row below its header"), also=_("check --where and --header-row")
        )
    return found


def _header(opened: Opened, top: list[Row], chosen: Choices) -> tuple[int, int]:
    """First and last row of the names of columns; (0, 0): there is none, as asked."""
    row = chosen.header_row
    if row is not None:
        if row and not any(any(cells) for number, cells in top if number == row):
            message = _("has no cell: the header is not there")
            remedy = _("name the row of the column names with --header-row (0: there is none)")
            raise UnclearError(question(opened.file, message, also=remedy, row=row))
        return row, row
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
    remedy, value = _("columns go by their number then, from 1"), next(filter(None, cells))
    raise UnclearError(
        question(opened.file, _("does not name the columns"), answer("--header-row", "0"),
                 also=remedy, row=number, value=value)
    )  # fmt: skip


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether a row may be a header: no numbers and no days, or several periods of one kind."""
    filled = [cell for cell in cells if cell]
    if [cell for cell in filled if cell.isdigit()] == [str(n) for n in range(1, 13)]:
        return True
    # "may" is a month and "Q1" a quarter, and both may head a column.
    alone = {"name", "quarter_alone"}
    words = [cell for cell in filled if not (parts(cell) or readings(cell).keys() - alone)]
    periods = Counter(next(iter(unmarked(cell)), "") for cell in filled)
    several = max(periods[each] for each in ("month", "quarter", "span", "year")) >= 2
    if several and not any(map(_plain_count, filled)):
        return bool(words) or "" in cells or not all(cell.isdigit() for cell in filled)
    return len(words) == len(filled)


def _plain_count(cell: str) -> bool:
    """A number that is no year, quarter or month."""
    return bool(parts(cell) and not readings(cell).keys() - {"number", "quarter_alone"})


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
