"""The bytes of a file that is to be imported: one pass that bounds lines and finds the encoding."""

import codecs
import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from ...language import N_, _, localised, pgettext, translated
from ..problems import Problem
from ..rawtables import LONGEST_LINE, foreign_kind
from .choices import UnclearError

# What is tried for bytes that are not UTF-8. Where it has no letter for a byte, the file is asked
# about; Latin-1 is the same but for control characters, which no table holds.
WESTERN = "cp1252"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANK = (b"\n\n", b"\n\r", b"\r\r", b"\n\0\n", b"\n\0\r", b"\r\0\r")
_AS_CSV = N_("save it as CSV (in a spreadsheet: Save as, CSV UTF-8)")


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a file tells: its size, SHA-256, encoding, and how that was found.

    ``blank_lines`` is whether there may be any, which some readers do not count as rows.
    """

    path: Path
    size: int
    sha256: str
    encoding: str
    found_by: str
    blank_lines: bool = False


def scan(path: Path, encoding: str | None = None) -> Scan:
    """Read a file once, piece by piece, however large it is.

    Raises UnclearError when it is no text, has a line of more than a million bytes, or its encoding
    cannot be told.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "t.csv"
    ...     _ = path.write_bytes("año;muertes".encode("cp1252"))
    ...     found = scan(path)
    >>> found.encoding, found.found_by
    ('cp1252', 'byte 0xf1 on line 1 is not UTF-8')
    """
    if encoding is not None:
        try:
            codecs.lookup(encoding).incrementaldecoder  # noqa: B018
            "a,1\n".encode(encoding)
        except (LookupError, AttributeError, TypeError, ValueError):
            message = _("is no encoding")
            remedy = _("--encoding utf-8, cp1252, latin-1, utf-16 and others of Python's names")
            raise UnclearError([_problem(path, 0, encoding, message, remedy)]) from None
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            message, remedy = _("is not a file"), _("name a CSV file")
            raise UnclearError([_problem(path, 0, "", message, remedy)])
        with path.open("rb") as opened:
            return _scanned(path, opened, encoding)
    except FileNotFoundError:
        message, remedy = _("does not exist"), _("name a CSV file")
        raise UnclearError([_problem(path, 0, "", message, remedy)]) from None
    except (OSError, ValueError) as error:
        if isinstance(error, UnclearError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        message, remedy = _("cannot be read ({reason})", reason=reason), _("make it readable")
        raise UnclearError([_problem(path, 0, "", message, remedy)]) from None


def _scanned(path: Path, opened: object, given: str | None) -> Scan:
    read = opened.read  # type: ignore[attr-defined]
    chunk = read(LONGEST_LINE)
    if kind := foreign_kind(chunk):
        message = _("is {kind}, not a CSV file", kind=kind)
        raise UnclearError([_problem(path, 0, "", message, translated(_AS_CSV))])
    marked = next((name for mark, name in _MARKS if chunk.startswith(mark)), None)
    encoding = given or marked or "utf-8"
    wide = _is_wide(encoding)
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(encoding)()
    western = codecs.getincrementaldecoder(WESTERN)()
    size = lines = 0
    blank, tail = False, b"\n"
    not_utf8 = not_western = ""
    while chunk:
        digest.update(chunk)
        ends = chunk.count(b"\n")
        if not wide and b"\0" in chunk:
            message = _("holds a NUL byte: it is no CSV file, or one in another encoding")
            remedy = _("--encoding utf-16-le, or save it as CSV UTF-8")
            line = lines + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise UnclearError([_problem(path, line, "", message, remedy)])
        if len(chunk) == LONGEST_LINE and not ends and b"\r" not in chunk:
            most = localised(f"{LONGEST_LINE:,}")
            message = _("a line has more than {most} bytes", most=most)
            remedy = _("check that it is a CSV file, and that no quote is left open")
            raise UnclearError([_problem(path, lines + 1, "", message, remedy)])
        if not not_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeError as error:
                not_utf8 = _undecodable(error, chunk, lines, encoding)
                if given or marked:
                    raise UnclearError([_undecoded(path, encoding, not_utf8)]) from None
        if not (given or marked or not_western):
            try:
                western.decode(chunk)
            except UnicodeError as error:
                not_western = _undecodable(error, chunk, lines, WESTERN)
        joined = b"" if blank else tail + chunk
        blank = blank or any(pair in joined for pair in _BLANK)
        tail = chunk[-3:]
        size, lines = size + len(chunk), lines + ends
        chunk = read(LONGEST_LINE)
    if not size:
        remedy = _("the first row names the columns, the others hold dates and deaths")
        raise UnclearError([_problem(path, 0, "", pgettext("file", "is empty"), remedy)])
    if not not_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeError:
            not_utf8 = _("its last character is cut off, or it is not UTF-8")
            if given or marked:
                raise UnclearError([_undecoded(path, encoding, not_utf8)]) from None
    found_by = "--encoding" if given else _("its byte-order mark") if marked else ""
    if not_utf8:
        if not_western:
            message = _(
                "is neither UTF-8 nor {encoding}: {reason}", encoding=WESTERN, reason=not_western
            )
            raise UnclearError([_problem(path, 0, "", message, _("name it with --encoding"))])
        encoding, found_by = WESTERN, not_utf8
    return Scan(path, size, digest.hexdigest(), encoding, found_by, blank)


def _is_wide(encoding: str) -> bool:
    """Whether text has NUL bytes in this encoding."""
    return b"\0" in "a".encode(encoding)


def _undecodable(error: UnicodeError, chunk: bytes, lines: int, encoding: str) -> str:
    """The byte that does not fit, and its line."""
    name = "UTF-8" if encoding.startswith("utf-8") else encoding
    if not isinstance(error, UnicodeDecodeError):
        return _("it is not {encoding} ({error})", encoding=name, error=error)
    byte = error.object[error.start]
    line = lines + chunk.count(b"\n", 0, error.start) + 1
    return _(
        "byte {byte} on line {line} is not {encoding}", byte=f"0x{byte:02x}", line=line,
        encoding=name,
    )  # fmt: skip


def _undecoded(path: Path, encoding: str, why: str) -> Problem:
    message = _("is not {encoding}: {reason}", encoding=encoding, reason=why)
    return _problem(path, 0, "", message, _("name another with --encoding"))


def _problem(path: Path, line: int, value: str, message: str, remedy: str) -> Problem:
    return Problem(path.name, line, "", value, message, remedy)
