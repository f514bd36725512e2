"""The rows that a folder of tables would get from an imported file, checked before any is written.

A proposal adds rows and never changes one. It is checked as a whole: the folder as it would be
goes through ``check``, and what that finds and had not found before is refused.
"""

import csv
import io
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ...language import N_, _, ngettext
from ..folders import GROUPS, DataError, Folder, data_folder
from ..problems import Problem
from ..rawtables import RawTable, read_raw
from .additions import About, agency_row, place_row, source_row
from .choices import MOST_NAMED, UnclearError
from .whole_years import whole_years

if TYPE_CHECKING:
    from .understanding import Understood

# In the order in which they are put into place: what others refer to comes first, and the record
# of all of them last, so that a kill in between is noticed by `check`.
DESCRIPTOR = "datapackage.json"
TABLES = ("sources", "places", "agencies", "counts")
_KEY = ("place", "measure", "start", "end", "agency", "status", "source_id")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows to add by table, how many are there already, and the files as they would be.

    ``beside`` counts periods of which the folder has another source's count of the same agency.
    """

    folder: Path
    added: dict[str, list[dict[str, str]]]
    present: int
    beside: int
    contents: dict[str, bytes] = field(repr=False, default_factory=dict)
    before: dict[str, bytes] = field(repr=False, default_factory=dict)


def propose(understood: "Understood", about: About, *, data: Folder | None = None) -> Proposal:
    """The rows that a folder of tables would get; nothing is written.

    Raises DataError with everything that has to be said about place, agency and source, and
    UnclearError with the rows that contradict those on file or break a rule of ``check``.

    >>> from homicide_trends.tables import imports, newfolder
    >>> about = About(place="GTM", agency="police", agency_name="Police", source="list",
    ...     source_title="Homicides a year", publisher="Police", source_date="2013-02-01",
    ...     url="https://example.org")
    >>> with tempfile.TemporaryDirectory() as made:
    ...     path, mine = Path(made, "list.csv"), Path(made, "mine")
    ...     _files = newfolder.new_folder(mine, place="GTM")
    ...     _size = path.write_text("year,deaths\\n2011,12\\n2012,9\\n")
    ...     proposed = propose(imports.understand(path), about, data=mine)
    >>> {table: len(rows) for table, rows in proposed.added.items()}, proposed.present
    ({'sources': 1, 'places': 0, 'agencies': 1, 'counts': 2}, 0)
    """
    folder = data_folder(data)
    tables = _tables(folder)
    added: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
    asked: list[str] = []
    place = place_row(tables["places"], about, added["places"], asked)
    agency = agency_row(tables["agencies"], about, place, added["agencies"], asked)
    source = source_row(tables["sources"], about, understood, added["sources"], asked)
    if asked:
        raise DataError("\n".join(asked))
    rows = _counts(understood, about, place, agency, source)
    if about.years and understood.periods.unit == "month":
        rows += whole_years(rows, tables["counts"])
    added["counts"], present, beside = _new(tables["counts"], rows)
    if not added["counts"]:
        return Proposal(folder, {name: [] for name in TABLES}, present, beside)
    before = {f"{name}.csv": (folder / f"{name}.csv").read_bytes() for name in TABLES}
    before[DESCRIPTOR] = (folder / DESCRIPTOR).read_bytes()
    contents = {
        f"{name}.csv": before[f"{name}.csv"] + _written(tables[name], rows, before[f"{name}.csv"])
        for name, rows in added.items()
        if rows
    }
    contents[DESCRIPTOR] = _checked(folder, contents)
    return Proposal(folder, added, present, beside, contents, before)


def write(proposal: Proposal) -> None:
    """Put a proposal's files into place: each is whole before the first one is replaced.

    Raises DataError when a table has changed since the rows were proposed.

    >>> from homicide_trends.tables import newfolder
    >>> with tempfile.TemporaryDirectory() as made:
    ...     _files = newfolder.new_folder(made, place="GTM")
    ...     write(Proposal(Path(made), {}, 0, 0, {"README.md": b"Ours."}))
    ...     Path(made, "README.md").read_text()
    'Ours.'
    """
    for name, content in proposal.before.items():
        if (proposal.folder / name).read_bytes() != content:
            file = proposal.folder / name
            raise DataError(_("{file}: changed meanwhile; import again", file=file))
    waiting: list[tuple[str, Path]] = []
    try:
        for name, content in proposal.contents.items():
            path = proposal.folder / name
            handle, temporary = tempfile.mkstemp(dir=proposal.folder, prefix=f".{name}.")
            waiting.append((temporary, path))
            with os.fdopen(handle, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            os.chmod(temporary, path.stat().st_mode & 0o777)
        while waiting:
            os.replace(*waiting[0])
            waiting.pop(0)
    finally:
        for temporary, _path in waiting:
            os.unlink(temporary)


def _tables(folder: Path) -> dict[str, RawTable]:
    """The tables that an import touches; DataError when one cannot be added to."""
    from ..check.descriptor import differing, read_descriptor, usable

    described = read_descriptor(folder)
    if isinstance(described, Problem):
        raise DataError(f"{folder}: {described}")
    resources, problems = usable(described)
    for name in TABLES if not problems else ():
        problems += differing(folder / f"{name}.csv", resources[name])
    if problems:
        raise UnclearError(problems)
    tables = {}
    for name in TABLES:
        table = read_raw(folder / f"{name}.csv")
        if isinstance(table, Problem):
            raise UnclearError([table])
        fields = {each["name"]: each for each in resources[name]["schema"]["fields"]}
        absent = [each for each, field in fields.items()
                  if each not in table.header and not field.get("optional")]  # fmt: skip
        if absent:
            message, remedy = _("is missing from the header"), _("add the column")
            raise UnclearError([Problem(table.file, 1, absent[0], "", message, remedy)])
        tables[name] = table
    return tables


def _counts(
    understood: "Understood", about: About, place: str, agency: str, source: str
) -> list[dict[str, str]]:
    # Prose of a table: translated where it is shown.
    notes = {"days": N_("counts of days, added up"), "deaths": N_("deaths of a list, counted")}
    note = notes.get(understood.layout.shape, "")
    return [
        {
            "place": place,
            "measure": about.measure,
            "start": str(each.start),
            "end": str(each.end),
            "count": str(each.deaths),
            "agency": agency,
            "status": about.status or ("derived" if note else "final"),
            "source_id": source,
            "note": about.note or note,
        }
        for each in understood.counts
    ]


def _new(counts: RawTable, rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], int, int]:
    """Rows that are not there yet, how many are, and how many periods have another source."""
    known = {}
    periods = set()
    for line, cells in counts.records():
        if any(cells.get(name) for name in GROUPS):  # a part: imports are of all deaths
            continue
        known[tuple(cells[name] for name in _KEY)] = line, cells["count"]
        periods.add(tuple(cells[name] for name in _KEY[:5]))
    added, problems = [], []
    beside = 0
    for row in rows:
        key = tuple(row[name] for name in _KEY)
        if key not in known:
            beside += key[:5] in periods
            added.append(row)
            continue
        line, count = known[key]
        if count != row["count"]:
            message = _(
                "is the count of this source for {start} to {end}; the import has {count}",
                start=row["start"],
                end=row["end"],
                count=row["count"],
            )
            remedy = _("correct one, or import under another --source or --status")
            problems.append(Problem(counts.file, line, "count", count, message, remedy))
    if len(problems) > MOST_NAMED:
        message = ngettext(
            "and {number} more row that differs",
            "and {number} more rows that differ",
            len(problems) - MOST_NAMED,
        )
        remedy = _("decide on these first")
        problems[MOST_NAMED:] = [Problem(counts.file, 0, "", "", message, remedy)]
    if problems:
        raise UnclearError(problems)
    return added, len(rows) - len(added), beside


def _written(table: RawTable, rows: list[dict[str, str]], content: bytes) -> bytes:
    """Rows as the table's file has them: its columns, its line ends."""
    end = "\r\n" if b"\r\n" in content[:100_000] else "\n"
    text = io.StringIO()
    if not content.endswith(b"\n"):
        text.write(end)
    writer = csv.writer(text, lineterminator=end)
    for row in rows:
        writer.writerow(row.get(name, "") for name in table.header)
    return text.getvalue().encode("utf-8")


def _checked(folder: Path, contents: dict[str, bytes]) -> bytes:
    """The descriptor of the folder as it would be; UnclearError for what ``check`` finds there."""
    from ..check import check_tables, record  # pandas and frictionless, which --help can do without

    with tempfile.TemporaryDirectory(prefix="homicide-trends-") as name:
        staged = Path(name)
        for path in sorted(folder.glob("*.csv")):
            shutil.copyfile(path, staged / path.name)
        shutil.copyfile(folder / DESCRIPTOR, staged / DESCRIPTOR)
        for file, content in contents.items():
            (staged / file).write_bytes(content)
        record(staged)
        found = check_tables(staged)
        if found:
            known = set(map(str, check_tables(folder)))
            found = [each for each in found if str(each) not in known]
        if found:
            raise UnclearError(found[: 2 * MOST_NAMED])
        return (staged / DESCRIPTOR).read_bytes()
