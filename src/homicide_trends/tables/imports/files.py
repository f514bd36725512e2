"""The bytes of somebody's file: unpacked, decoded, and cut into rows of cells, all of them text."""

import codecs
import contextlib
import csv
import gzip
import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ...language import N_, _, localised, pgettext, translated
from ..problems import Problem, either
from ..rawtables import LONGEST_LINE, foreign_kind
from .choices import SEPARATORS, Choices, UnclearError, answer, question
from .dates import readings
from .numbers import parts

LARGEST_UNPACKED = 4_000_000_000  # bytes of a .gz or of a table in a .zip
LARGEST_SHEET = 500_000_000  # bytes of a workbook when it is unpacked; it is read into memory
MOST_TIMES = 1000  # how much larger a packed file may become
# What is tried for bytes that are not UTF-8. Where it has no letter for a byte, the file is asked
# about; Latin-1 is the same but for control characters, which no table holds.
WESTERN = "cp1252"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANK = (b"\n\n", b"\n\r", b"\r\r")
_AS_CSV = N_("save it as CSV (in a spreadsheet: Save as, CSV UTF-8)")
SEPARATOR_NAMES = {mark: name for name, mark in SEPARATORS.items()}
_WORDS = (N_("comma"), N_("semicolon"), N_("tab"), N_("bar"))

Row = tuple[int, tuple[str, ...]]


@dataclass(slots=True)
class Opened:
    """A file as rows of text cells, how it was read, and where DuckDB may read it instead.

    ``rows`` gives number and stripped cells from the first row on. ``plain`` gives a CSV file in
    UTF-8, or a Parquet file; it is None where only ``rows`` will do.
    """

    file: str
    size: int
    sha256: str
    rows: Callable[[], Iterator[Row]]
    read_as: str
    separator: str = ""
    skipped: int = 0  # rows before the table: a line sep=;
    plain: Callable[[], Path] | None = None
    names: tuple[str, ...] = ()  # of a Parquet file


@contextlib.contextmanager
def opened(path: Path, chosen: Choices) -> Iterator[Opened]:
    """A file of any of the known kinds; what was unpacked is gone afterwards.

    Raises UnclearError for what is no table, cannot be read, or has several of them.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(path.name, _("is not a file"), _("name a file"))
        with tempfile.TemporaryDirectory(prefix="homicide-trends-") as folder:
            yield _unpacked(path, path.name, _sha256(path), chosen, Path(folder))
    except FileNotFoundError:
        raise _refused(path.name, _("does not exist"), _("name a file")) from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, UnclearError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        message = _("cannot be read ({reason})", reason=reason)
        raise _refused(path.name, message, _("look whether it is whole and readable")) from None


def _refused(file: str, message: str, remedy: str, row: int = 0, value: str = "") -> UnclearError:
    return UnclearError(Problem(file, row, "", value, message, remedy))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(path: Path, name: str, digest: str, chosen: Choices, folder: Path) -> Opened:
    """The file itself, or the table inside it."""
    size = path.stat().st_size
    with path.open("rb") as file:
        beginning = file.read(4)
    if beginning[:2] == b"\x1f\x8b":
        inside = _copied(
            gzip.GzipFile(path), folder / f"{len(os.listdir(folder))}.unpacked", name, size
        )
        return _unpacked(inside, name, digest, chosen, folder)
    if beginning == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist()
                       if not each.is_dir() and "__MACOSX" not in each.filename]  # fmt: skip
            names = [each.filename for each in members]
            if "[Content_Types].xml" in names or "mimetype" in names:
                if sum(each.file_size for each in members) > LARGEST_SHEET:
                    raise _too_large(name, LARGEST_SHEET)
                return _sheet(path, name, digest, chosen)
            member = _one_of(name, names, chosen, N_("holds several files"))
            copy = folder / f"{len(os.listdir(folder))}.unpacked"  # never under the archive's names
            inside = _copied(archive.open(member), copy, name, size)
        return _unpacked(inside, name, digest, chosen, folder)
    if beginning == b"\xd0\xcf\x11\xe0":
        return _sheet(path, name, digest, chosen)
    if beginning == b"PAR1":
        return _parquet(path, name, digest, folder)
    return _text(path, name, digest, chosen, folder)


def _copied(packed: IO[bytes] | Any, copy: Path, name: str, size: int) -> Path:
    most = min(LARGEST_UNPACKED, max(size * MOST_TIMES, 1 << 20))
    with packed, copy.open("wb") as opened:
        while chunk := packed.read(1 << 20):
            if opened.tell() + len(chunk) > most:
                raise _too_large(name, most)
            opened.write(chunk)
    return copy


def _too_large(name: str, most: int) -> UnclearError:
    size = localised(f"{most / 1e6:,.0f}")
    message = _("unpacks to more than {megabytes} MB", megabytes=size)
    return _refused(name, message, _("unpack it, look at it, and import the table itself"))


def _one_of(name: str, there: list[str], chosen: Choices, message: str) -> str:
    """The one sheet or member, or the one that was asked for."""
    if chosen.sheet is not None and chosen.sheet in there:
        return chosen.sheet
    if len(there) == 1 and chosen.sheet is None:
        return there[0]
    if not there:
        raise _refused(name, pgettext("file", "is empty"), _("look whether it is the right file"))
    answers = (answer("--sheet", each) for each in there if each.isprintable())
    raise UnclearError(question(name, translated(message), *answers, value=chosen.sheet or ""))


def _sheet(path: Path, name: str, digest: str, chosen: Choices) -> Opened:
    """A sheet of a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {each: book.get_sheet_by_name(each) for each in book.sheet_names}
        filled = [each for each, sheet in sheets.items() if sheet.height > 1]
        sheet = _one_of(name, filled, chosen, N_("has several sheets"))
        table = sheets[sheet].to_python(skip_empty_area=False)
    except CalamineError as error:
        message = _("cannot be read ({reason})", reason=error)
        raise _refused(name, message, translated(_AS_CSV)) from None

    def rows() -> Iterator[Row]:
        for number, row in enumerate(table, start=1):
            yield number, tuple(map(_shown, row))

    return Opened(name, path.stat().st_size, digest, rows, _("sheet '{name}'", name=sheet))


def _shown(cell: object) -> str:
    """A cell of a workbook as it would stand in a CSV file."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00").strip()


def _parquet(path: Path, name: str, digest: str, folder: Path) -> Opened:
    duckdb = duckdb_library(name)
    plain = _linked(path, folder / "rows.parquet")
    with duckdb.connect() as connection:
        try:
            told = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(plain)])
            columns = tuple(row[0] for row in told.fetchall())
        except duckdb.Error as error:
            message = _("cannot be read ({reason})", reason=str(error).partition("\n")[0])
            raise _refused(name, message, _("look whether it is whole and readable")) from None

    def rows() -> Iterator[Row]:
        yield 1, columns
        listed = ", ".join('"' + each.replace('"', '""') + '"::VARCHAR' for each in columns)
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {listed} FROM read_parquet($1)", [str(plain)])
            number = 1
            while some := found.fetchmany(10_000):
                for row in some:
                    number += 1
                    yield number, tuple((cell or "").strip() for cell in row)

    return Opened(
        name, path.stat().st_size, digest, rows, "Parquet", plain=lambda: plain, names=columns
    )


def duckdb_library(name: str = "") -> Any:
    """DuckDB, which long files and Parquet need."""
    try:
        import duckdb
    except ImportError:
        remedy = _("install it: {command}", command="pip install 'homicide-trends[large]'")
        raise _refused(name, _("needs the package duckdb"), remedy) from None
    return duckdb


# --- text -------------------------------------------------------------------------------------


def _text(path: Path, name: str, digest: str, chosen: Choices, folder: Path) -> Opened:
    encoding, why, blank = _encoding(path, name, chosen.encoding)
    separator, skipped = _separator(path, name, encoding, chosen)

    def rows() -> Iterator[Row]:
        return islice(_cells(path, name, encoding, separator), skipped, None)

    # DuckDB leaves out blank lines, and its rows would go by other numbers than ours.
    plain = None if blank else partial(_as_utf8, path, encoding, folder)
    read_as = ", ".join([
        f"{encoding} ({why})" if why else encoding,
        _("separator {name}", name=translated(SEPARATOR_NAMES[separator])),
    ])  # fmt: skip
    size = path.stat().st_size
    return Opened(name, size, digest, rows, read_as, separator, skipped, plain)


def _encoding(path: Path, name: str, given: str | None) -> tuple[str, str, bool]:
    """Encoding, how it was found, and whether there are blank lines."""
    if given is not None:
        try:
            codecs.lookup(given).incrementaldecoder  # noqa: B018
            "a,1\n".encode(given)
        except (LookupError, AttributeError, TypeError, ValueError):
            remedy = _("--encoding utf-8, cp1252, latin-1, utf-16 and others of Python's names")
            raise _refused(name, _("is no encoding"), remedy, value=given) from None
    with path.open("rb") as file:
        beginning = file.read(1000)
    if not beginning:
        remedy = _("the first row names the columns, the others hold dates and deaths")
        raise _refused(name, pgettext("file", "is empty"), remedy)
    marked = next((each for bom, each in _BOMS if beginning.startswith(bom)), None)
    kind = "" if marked else foreign_kind(beginning)
    if kind:
        raise _refused(name, _("is {kind}, not a table", kind=kind), translated(_AS_CSV))
    encoding = given or marked or "utf-8"
    why, blank = _misfit(path, name, encoding)
    if not why:
        found_by = "--encoding" if given else _("its byte-order mark") if marked else ""
        return encoding, found_by, blank
    if given or marked:
        message = _("is not {encoding}: {reason}", encoding=encoding, reason=why)
        raise _refused(name, message, _("name another with --encoding"))
    western, blank = _misfit(path, name, WESTERN)
    if western:
        message = _("is neither UTF-8 nor {encoding}: {reason}", encoding=WESTERN, reason=western)
        raise _refused(name, message, _("name it with --encoding"))
    return WESTERN, why, blank


def _misfit(path: Path, name: str, encoding: str) -> tuple[str, bool]:
    """Why a file is not in an encoding, empty where it is; whether there are blank lines.

    One pass, piece by piece; UnclearError for what is no text.
    """
    wide = b"\0" in "a".encode(encoding)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, blank, tail = 0, False, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(LONGEST_LINE):
            ends = chunk.count(b"\n")
            if not wide and b"\0" in chunk:
                message = _("holds a NUL byte: it is no CSV file, or one in another encoding")
                remedy = _("--encoding utf-16-le, or save it as CSV UTF-8")
                line = lines + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
                raise _refused(name, message, remedy, line)
            if len(chunk) == LONGEST_LINE and not ends and b"\r" not in chunk:
                most = localised(f"{LONGEST_LINE:,}")
                message = _("a line has more than {most} bytes", most=most)
                remedy = _("check that it is a CSV file, and that no quote is left open")
                raise _refused(name, message, remedy, lines + 1)
            try:
                decoder.decode(chunk)
            except UnicodeError as error:
                return _undecodable(error, chunk, lines, encoding), True
            blank = blank or any(pair in tail + chunk for pair in _BLANK)
            tail, lines = chunk[-3:], lines + ends
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return _("its last character is cut off"), True
    return "", blank


def _undecodable(error: UnicodeError, chunk: bytes, lines: int, encoding: str) -> str:
    """The byte that does not fit, and its line."""
    name = "UTF-8" if encoding.startswith("utf-8") else encoding
    if not isinstance(error, UnicodeDecodeError):
        return _("it is not {encoding} ({error})", encoding=name, error=error)
    byte, line = error.object[error.start], lines + chunk.count(b"\n", 0, error.start) + 1
    return _("byte {byte} on line {line} is not {encoding}", byte=f"0x{byte:02x}", line=line,
             encoding=name)  # fmt: skip


def _cells(path: Path, name: str, encoding: str, separator: str) -> Iterator[Row]:
    """Number and stripped cells of each row; UnclearError where it is no CSV file from there on."""
    row = 0
    try:
        with path.open(encoding=encoding, newline="") as text:
            for cells in csv.reader(_without_mark(text), delimiter=separator, strict=True):
                row += 1
                yield row, tuple([cell.strip() for cell in cells])
    except csv.Error as error:
        message = _("is not CSV from here on ({error})", error=error)
        remedy = _("close its quotes, double a quote inside a quoted cell")
        raise _refused(name, message, remedy, row + 1) from None
    except UnicodeError as error:
        message = _("is not {encoding} ({error})", encoding=encoding, error=error)
        raise _refused(name, message, _("name another with --encoding"), row + 1) from None


def _without_mark(text: io.TextIOBase | Any) -> Iterator[str]:
    """Lines without the byte-order mark that an encoding named by hand leaves in."""
    for line in text:
        yield line.lstrip("\ufeff")
        break
    yield from text


def _separator(path: Path, name: str, encoding: str, chosen: Choices) -> tuple[str, int]:
    """What divides the cells, and how many rows a first line such as sep=; takes.

    It is the mark under which most cells of rows of one width are numbers or periods.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        first = text.readline(20).lstrip("\ufeff").strip().strip('"')
    declared = first[4:] or "\t" if first.casefold().startswith("sep=") else ""
    skipped = int(declared in SEPARATOR_NAMES)
    if chosen.separator:
        return SEPARATORS[chosen.separator], skipped
    if skipped:
        return declared, 1
    scores: dict[str, float] = {}
    for mark in SEPARATORS.values():
        try:
            rows = [row for _n, row in islice(_cells(path, name, encoding, mark), 200) if any(row)]
        except UnclearError:
            continue
        widths = [len(row) for row in rows if len(row) > 1]
        if widths:
            width = max(sorted(set(widths)), key=widths.count)
            same = [row for row in rows if len(row) == width]
            known = sum(
                bool(cell and (parts(cell) or readings(cell))) for row in same for cell in row
            )
            scores[mark] = known * len(same) / len(rows)
    if not scores:
        return ",", 0
    best = max(scores.values())
    fitting = [mark for mark, score in scores.items() if score == best]
    if len(fitting) > 1:
        names = either(*(f"--separator {SEPARATOR_NAMES[mark]}" for mark in fitting))
        raise _refused(name, _("is divided by more than one separator"), names, 1)
    return fitting[0], 0


def _as_utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file in UTF-8 under a plain name: DuckDB takes some characters of a name for patterns.

    Its own reading of Latin-1 refuses the bytes 80 to 9F, which Windows-1252 uses.
    """
    plain = folder / "rows.csv"
    if plain.exists():
        return plain
    if encoding in ("utf-8", "utf-8-sig"):
        return _linked(path, plain)
    with (
        path.open(encoding=encoding, newline="") as text,
        plain.open("w", encoding="utf-8", newline="") as copy,
    ):
        shutil.copyfileobj(text, copy, 1 << 20)
    return plain


def _linked(path: Path, plain: Path) -> Path:
    try:
        plain.symlink_to(path.resolve())
    except OSError:  # a system that does not let everybody make links
        shutil.copyfile(path, plain)
    return plain
