"""The texts of the sources, found by name or SHA-256, each read once."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ...language import _
from ...tables.problems import Problem, quoted
from ...tables.rawtables import RawTable, Record, read_bytes
from ...tables.writing import checksum
from .quotable import Text
from .written_dates import PartialDate

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
