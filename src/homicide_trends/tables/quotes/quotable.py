"""The texts of the sources, prepared so that a token can be found with its line numbers.

Lines are those that ``sed -n Np`` prints. Runs of blanks and line ends become one blank,
typographic quotes and hyphens plain ones, soft hyphens vanish, and a word hyphenated at the end of
a line is joined, across blank lines too. Letters, digits and case stay as they are.
"""

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...language import _
from ..problems import Problem, quoted
from ..rawtables import RawTable, Record, read_bytes
from ..writing import checksum
from .written_dates import PartialDate

# Stands where a hyphen and a line end stood: it may be a hyphen of the word or only of the line.
_BREAK = "\ue000"
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        _BREAK: "\ufffd",
    }
)


class Text:
    r"""A text prepared for quotations, which knows the line of every character.

    >>> text = Text("fell by  six-\n\nty percent\n")
    >>> text.places("sixty percent"), text.places("six"), text.places("Sixty")
    ([(1, 3)], [], [])
    """

    def __init__(self, content: str) -> None:
        self._lines = content.split("\n")
        self.length = len(self._lines) - (not self._lines[-1])
        self.plain = ""
        self._begins: list[int] = []
        pieces: list[str] = []
        length = 0
        ending = " "
        for line in self._lines:
            body = _plain(line)
            soft = body.endswith("\u00ad")
            body = body.replace("\u00ad", "")
            if length and body and ending:
                pieces.append(ending)
                length += len(ending)
            self._begins.append(length)
            if not body:
                continue
            hyphenated = re.search(r"\w-$", body) is not None
            body = body[:-1] if hyphenated else body
            pieces.append(body)
            length += len(body)
            ending = _BREAK if hyphenated else "" if soft else " "
        self.plain = "".join(pieces)

    def spans(self, token: str) -> Iterator[tuple[int, int]]:
        """Where a token stands whole in the prepared text."""
        wanted = _plain(token).replace("\u00ad", "")
        if not wanted:
            return
        pattern = "".join(
            re.escape(letter) + (f"{_BREAK}?" if letter.isalpha() and following.isalpha() else "")
            for letter, following in zip(wanted, wanted[1:] + " ", strict=True)
        ).replace(re.escape("-"), f"[-{_BREAK}]")
        for hit in re.finditer(pattern, self.plain):
            if _whole(self.plain, *hit.span()):
                yield hit.span()

    def lines_of(self, start: int, end: int) -> tuple[int, int]:
        """The first and last line, from 1, of a span."""
        return bisect_right(self._begins, start), bisect_right(self._begins, end - 1)

    def between(self, first: int, last: int) -> str:
        """The lines from one to another as they were."""
        return "\n".join(self._lines[first - 1 : last])

    def around(self, start: int, end: int, width: int) -> tuple[str, int, int]:
        """The text about a span, its words joined and not cut, and where the span is in it."""
        first = self.plain.rfind(" ", 0, max(0, start - width)) + 1
        last = self.plain.find(" ", end + width)
        before = _joined(self.plain[first:start])
        token = _joined(self.plain[start:end])
        after = _joined(self.plain[end : last if last >= 0 else len(self.plain)])
        return before + token + after, len(before), len(before) + len(token)

    def places(self, token: str) -> list[tuple[int, int]]:
        """First and last line of each place where a token stands whole."""
        return [self.lines_of(*span) for span in self.spans(token)]


def _joined(text: str) -> str:
    """A text without the breaks; between digits a break is a hyphen."""
    return re.sub(rf"(?<=[0-9]){_BREAK}|{_BREAK}(?=[0-9])", "-", text).replace(_BREAK, "")


def _plain(line: str) -> str:
    """A line with plain quotes, hyphens and single blanks."""
    return " ".join(unicodedata.normalize("NFC", line).translate(_PLAIN).split())


def _whole(text: str, start: int, end: int) -> bool:
    """Whether nothing continues the token on either side: a letter, digit, hyphen or mark."""
    before, after = text[max(0, start - 5) : start], text[end : end + 5]
    first, last = text[start], text[end - 1]
    if re.search(rf"[\w{_BREAK}]-?$", before) and (first.isalnum() or first in "$€£"):
        return False
    if re.match(rf"-?[\w{_BREAK}]", after) and last.isalnum():
        return False
    # A sign, a decimal mark, a thousands mark or a thousands blank: -60, 4,500, .5, 4 500
    if first.isdigit() and re.search(r"[-.,]$|[0-9][/:']$", before):
        return False
    if last.isdigit() and re.match(r"[.,/:'][0-9]", after):
        return False
    groups = re.split(r"[^0-9]", text[start:end])
    if re.search(r"(?<![0-9])[0-9]{1,3} $", before) and len(groups[0]) == 3:
        return False
    return not (re.match(r" [0-9]{3}(?![0-9])", after) and 1 <= len(groups[-1]) <= 3)


LARGEST_TEXT = 10_000_000  # bytes
# What is said of a cell: column, what is wrong, what would be right.
Fault = tuple[str, str, str]


@dataclass(frozen=True)
class SourceText:
    """A source's text, whether it is the recorded one, and when it was published."""

    text: Text | None
    sound: bool
    published: PartialDate


class Shelf:
    """The texts of the sources, each read once, and what is wrong with them."""

    def __init__(self, sources: RawTable, texts: Path) -> None:
        self.problems: list[Problem] = []
        self._file = sources.file
        self._texts = texts
        self._records: dict[str, tuple[int, Record]] = {}
        for line, record in sources.records():
            self._records.setdefault(record["source_id"], (line, record))
        self._read: dict[str, SourceText] = {}

    def source(self, identifier: str) -> SourceText | None:
        """The source of an identifier; None when there is no such row."""
        if identifier not in self._records:
            return None
        if identifier not in self._read:
            line, record = self._records[identifier]
            text, faults = self._find(record["reference"], record["sha256"])
            self.problems += [
                Problem(self._file, line, column, record[column], message, remedy)
                for column, message, remedy in faults
            ]
            self._read[identifier] = SourceText(text, not faults, _published(record["date"]))
        return self._read[identifier]

    def _find(self, name: str, recorded: str) -> tuple[Text | None, list[Fault]]:
        """The text of a name or else of a SHA-256, and what is wrong with it."""
        if not re.fullmatch("[0-9a-f]{64}", recorded):
            remedy = _("give that of the text, in hexadecimal")
            return None, [("sha256", _("is not a SHA-256"), remedy)]
        path = self._texts / name
        if not name or Path(name).name != name or not os.path.exists(path):
            same = [each for each in self._files() if _digest_of(each) == recorded]
            if not same:
                message = _(
                    "is not in {folder}, and no file there has the recorded SHA-256",
                    folder=self._texts,
                )
                return None, [("reference", message, _("put the text there"))]
            path = same[0]
        content = read_bytes(path, LARGEST_TEXT)
        if isinstance(content, Problem):
            return None, [("reference", content.message, content.remedy)]
        faults: list[Fault] = []
        found = checksum(content)
        if found != recorded:
            message = _(
                "is expected of {file}, whose SHA-256 is {digest}",
                file=quoted(path.name),
                digest=found,
            )
            remedy = _("restore the text, or check all its figures anew")
            faults.append(("sha256", message, remedy))
        try:
            return Text(content.decode("utf-8")), faults
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = _(
                "holds byte {byte} on line {line}, which is not UTF-8",
                byte=f"0x{content[error.start]:02x}",
                line=line,
            )
            return None, [*faults, ("reference", message, _("save the text as UTF-8"))]

    def _files(self) -> list[Path]:
        return sorted(each for each in self._texts.iterdir() if each.is_file())


def _digest_of(path: Path) -> str:
    content = read_bytes(path, LARGEST_TEXT)
    return "" if isinstance(content, Problem) else checksum(content)


def _published(text: str) -> PartialDate:
    """The date of a source (YYYY, YYYY-MM or YYYY-MM-DD); unsaid in any other shape."""
    parts = re.fullmatch(r"([12][0-9]{3})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", text)
    if not parts:
        return PartialDate()
    when = PartialDate(*(int(part) if part else None for part in parts.groups()))
    return when if when.possible() else PartialDate()
