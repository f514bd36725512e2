"""Appending proposed rows to a folder of tables: all of its files change, or none does.

The folder as it would be is first made in full elsewhere and checked.
"""

import contextlib
import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ...language import _
from .. import writing
from ..check import check_tables, record
from ..check.descriptor import DESCRIPTOR
from ..folders import shipped
from ..load import DataError, Folder, data_folder, digest
from ..rawtables import RawTable, read_raw
from ..writing import DECIDED, checksum, complete, write_together
from .new_rows import Row
from .proposal import Proposal

# Rows that others refer to are there before the rows that refer to them; the sums come last.
ORDER = ("sources.csv", "agencies.csv", "population.csv", "counts.csv", DESCRIPTOR)


def writable(data: Folder | None = None) -> Path:
    """The folder of tables, if it may be written to.

    Raises DataError for the tables inside an installed package: they belong to its version.

    >>> writable().name
    'data'
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


@contextlib.contextmanager
def staged(proposal: Proposal, *, data: Folder | None = None) -> Iterator[Path]:
    """A copy of the folder as it would be with the proposed rows, checked; gone afterwards.

    Raises DataError where the folder has problems already, or would have one with the new rows.

    >>> from datetime import date
    >>> from homicide_trends.tables.updates import Answer, propose
    >>> day = date(2026, 10, 7)
    >>> answer = Answer("SLV", {2023: 154 / 6309624 * 1e5}, {2023: 6309624}, day, day)
    >>> with staged(propose(answer)) as folder:
    ...     (folder / "counts.csv").read_text(encoding="utf-8").splitlines()[-1]
    'SLV,homicides,2023-01-01,2023-12-31,154,UNODC,derived,unodc-implied-2026-10-07,'
    """
    folder = data_folder(data)
    problems = check_tables(folder)
    if problems:
        raise DataError(
            _(
                "{folder} is not in order and is not changed; the first problem of {count}: "
                "{problem}",
                folder=folder,
                count=len(problems),
                problem=problems[0],
            )
        )
    with tempfile.TemporaryDirectory(prefix="homicide-trends-") as made:
        copy = Path(made) / "data"
        copy.mkdir()
        for path in [*folder.glob("*.csv"), folder / DESCRIPTOR]:
            shutil.copyfile(path, copy / path.name)
        for table, rows in proposal.rows.items():
            path = copy / f"{table}.csv"
            path.write_bytes(_appended(path, rows))
        record(copy)
        problems = check_tables(copy)
        if problems:
            raise DataError(
                _(
                    "the tables would not be in order with the new rows and are not changed; the "
                    "first problem of {count}: {problem}",
                    count=len(problems),
                    problem=problems[0],
                )
            )
        yield copy


def _appended(path: Path, rows: list[Row]) -> bytes:
    """The bytes of a table and after them the new rows, in its own columns and line ends."""
    table = read_raw(path)
    if not isinstance(table, RawTable):
        raise DataError(str(table))
    before = path.read_bytes()
    end = "\r\n" if b"\r\n" in before else "\n"
    written = io.StringIO()
    writer = csv.DictWriter(written, table.header, lineterminator=end)
    for row in rows:
        writer.writerow({name: row.get(name, "") for name in table.header})
    between = b"" if before.endswith(b"\n") else end.encode()
    return before + between + written.getvalue().encode()


def write(new: Path, sums: dict[str, str], *, data: Folder | None = None) -> list[str]:
    """Put the files of ``new`` that differ into the folder, and name them.

    ``sums`` are the SHA-256 of the folder's files when the copy was made: DataError, and nothing
    changed, where one of them is not what it was, or another update is at work.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as made:
    ...     mine = Path(shutil.copytree(shipped("data"), Path(made) / "mine"))
    ...     new = Path(shutil.copytree(mine, Path(made) / "new"))
    ...     _ = (new / "places.csv").write_text("not among those that an update changes")
    ...     _ = (new / "agencies.csv").write_text("place,agency")
    ...     write(new, sums_of(mine), data=mine), (mine / "agencies.csv").read_text()
    (['agencies.csv'], 'place,agency')
    """
    folder = writable(data)
    contents = {name: (new / name).read_bytes() for name in ORDER}
    changed = {name: each for name, each in contents.items() if sums.get(name) != checksum(each)}
    if changed:
        write_together(folder, changed, sums)
    return list(changed)


def sums_of(data: Folder | None = None) -> dict[str, str]:
    """SHA-256 of the files of a folder that an update may change, by name.

    >>> sorted(sums_of())
    ['agencies.csv', 'counts.csv', 'datapackage.json', 'population.csv', 'sources.csv']
    """
    folder = data_folder(data)
    missing = [name for name in ORDER if not (folder / name).is_file()]
    if missing:
        raise DataError(_("{path}: no such table", path=folder / missing[0]))
    return {name: digest(folder / name) for name in ORDER}


def recover(data: Folder | None = None) -> bool:
    """Finish an update that was interrupted after it was decided; whether there was one.

    Raises DataError, and changes nothing, where a file was changed by somebody else meanwhile.

    >>> recover()
    False
    """
    folder = data_folder(data)
    return (folder / DECIDED).is_dir() and complete(writable(folder))


def clear(data: Folder | None = None) -> None:
    """Remove what an update left that was interrupted before it was decided.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as made:
    ...     (Path(made) / ".update.999999999.part").mkdir()
    ...     clear(made)
    ...     list(Path(made).iterdir())
    []
    """
    writing.clear(writable(data))
