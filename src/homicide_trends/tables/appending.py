"""Rows added to a folder of tables, by an import or an update: all of its files change, or none.

The folder as it would be is made in full elsewhere and checked first. Rows on file never change,
and a change by hand that nobody recorded stays one: sums are written anew of the tables that get
rows, and of no others.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..language import _
from .check import check_tables
from .check.descriptor import DESCRIPTOR, differing, read_descriptor, recorded, usable
from .folders import DataError, Folder, data_folder, shipped
from .problems import Problem
from .rawtables import RawTable, read_raw
from .writing import as_csv, checksum, clear, complete, write_together

Row = dict[str, str]

# Rows that others refer to are there before the rows that refer to them; the sums come last.
ORDER = ("sources", "places", "agencies", "population", "counts")


@dataclass(frozen=True, slots=True)
class Additions:
    """The files of a folder as they would be, and the checksums of those that they replace."""

    folder: Path
    contents: dict[str, bytes] = field(repr=False)
    before: dict[str, str | None] = field(repr=False)

    def write(self) -> list[str]:
        """Put the files into place, and name them; after a kill ``finished`` does the rest.

        Raises DataError, and changes nothing, where one of them has changed meanwhile.
        """
        if self.contents:
            write_together(self.folder, self.contents, self.before)
        return list(self.contents)

    @contextlib.contextmanager
    def staged(self) -> Iterator[Path]:
        """A copy of the folder as it would be; gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="homicide-trends-") as made:
            for path in [*self.folder.glob("*.csv"), self.folder / DESCRIPTOR]:
                shutil.copyfile(path, Path(made, path.name))
            for name, content in self.contents.items():
                Path(made, name).write_bytes(content)
            yield Path(made)


def writable(data: Folder | None = None) -> Path:
    """The folder of tables, if it may be written to.

    Raises DataError for the tables inside an installed package: they belong to its version.
    """
    folder = data_folder(data).resolve()
    own = shipped("data").resolve()
    if own.parent.name == "_shipped" and folder.is_relative_to(own):
        raise DataError(
            _(
                "{folder} belongs to the installed package and is not changed; copy it to a "
                "folder of your own and give that with --data",
                folder=folder,
            )
        )
    return folder


def finished(data: Folder | None = None) -> bool:
    """Finish a change that was interrupted after it was decided, and remove what one left before.

    Whether there was one to finish. Raises DataError where a file was changed meanwhile.
    """
    folder = writable(data)
    done = complete(folder)
    clear(folder)
    return done


def tables_of(folder: Path, names: Sequence[str] = ORDER) -> dict[str, RawTable]:
    """Tables as text, to which rows can be added; DataError where one is not as it was recorded."""
    described = read_descriptor(folder)
    if isinstance(described, Problem):
        raise DataError(f"{folder}: {described}")
    resources, problems = usable(described)
    found = {}
    for name in names if not problems else ():
        problems += differing(folder / f"{name}.csv", resources[name])
        table = read_raw(folder / f"{name}.csv")
        if isinstance(table, Problem):
            problems.append(table)
        else:
            fields = [
                each for each in resources[name]["schema"]["fields"] if not each.get("optional")
            ]
            message, remedy = _("is missing from the header"), _("add the column")
            problems += [Problem(table.file, 1, each["name"], "", message, remedy)
                         for each in fields if each["name"] not in table.header]  # fmt: skip
            found[name] = table
    if problems:
        raise DataError("\n".join(map(str, problems)))
    return found


def additions(
    rows: Mapping[str, list[Row]], folder: Path, beside: Mapping[str, bytes] | None = None
) -> Additions:
    """The files of a folder with new rows, by table, and with files ``beside`` the tables.

    Raises DataError for a table that is not as it was recorded, and for every problem that
    ``check`` would find and does not find now.

    >>> with additions({"places": [{"place": "ABW", "name": "Aruba", "kind": "country"}]},
    ...                shipped("data")).staged() as made:
    ...     (made / "places.csv").read_text().splitlines()[-1]
    'ABW,Aruba,country,'
    """
    wanted = [name for name in ORDER if rows.get(name)]
    tables = tables_of(folder, wanted)
    contents = {f"{n}.csv": _appended(folder / f"{n}.csv", tables[n], rows[n]) for n in wanted}
    before: dict[str, str | None] = {
        name: checksum((folder / name).read_bytes()) for name in contents
    }
    if contents:
        before[DESCRIPTOR] = checksum((folder / DESCRIPTOR).read_bytes())
        contents[DESCRIPTOR] = recorded(folder, contents)
    for name, content in (beside or {}).items():
        path = folder / name
        before[name] = checksum(path.read_bytes()) if path.is_file() else None
        contents[name] = content
    found = Additions(folder, contents, before)
    with found.staged() as copy:
        problems = check_tables(copy)
    if problems:
        known = set(map(str, check_tables(folder)))
        problems = [each for each in problems if str(each) not in known]
    if problems:
        raise DataError("\n".join(map(str, problems[:20])))
    return found


def agency_row(here: Iterable[Row], place: str, agency: str, name: str, rule: str) -> Row:
    """The row of an agency that is new in a place: it comes after all ``here``."""
    ranks = [int(row["preference"]) for row in here if row["preference"].isdecimal()]
    rank = str(max(ranks, default=0) + 1)
    return {"place": place, "agency": agency, "preference": rank, "name": name, "rule": rule}


def _appended(path: Path, table: RawTable, rows: Sequence[Row]) -> bytes:
    """The bytes of a table and after them the new rows, in its own columns and line ends."""
    lost = {name for row in rows for name, value in row.items() if value} - set(table.header)
    if lost:
        remedy = _("a new folder (`homicide-trends new DIR`) has it; or leave its option out")
        message = _("is missing from the header")
        raise DataError(str(Problem(table.file, 1, min(lost), "", message, remedy)))
    before = path.read_bytes()
    end = "\r\n" if b"\r\n" in before[:100_000] else "\n"
    between = b"" if before.endswith(b"\n") else end.encode()
    written = as_csv(([row.get(name, "") for name in table.header] for row in rows), end=end)
    return before + between + written.encode()
