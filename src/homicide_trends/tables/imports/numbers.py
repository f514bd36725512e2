"""Counts as people write them: 1234, 1.234, 1,234, 1 234, 12.0, and with marks: 1234*, <5."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ...language import _
from .choices import MARKS, Answer, Choices, answer

_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_DECIMAL = re.compile(r"([0-9]+)([.,])([0-9]+)")
_BOTH = re.compile(r"([0-9]{1,3}(?:([.,' ])[0-9]{3})+)([.,])([0-9]+)")
_CELL = re.compile(r"([<\u2264~\u2248\[(]*)\s*([0-9](?:[0-9.,' ]*[0-9])?)\s*"
                   r"([\])]*\s*(?:[*\u2020\u2021\u00b9\u00b2\u00b3]+|\(?[a-z]{1,2}/?\)?)?[\])]*)",
                   re.IGNORECASE)  # fmt: skip
_LONGEST = 15  # digits: more than any count of deaths, and exact in every program
# Cells that say that there is no number; what they leave open is asked about as a gap.
_MISSING = re.compile(r"|[.:\u2026*\-\u2013\u2014]{1,3}|n\.?[/.]?[ad]\.?|s[/.]?d\.?|null|nan|"
                      r"none|#n/a|:\s?[a-z]{1,2}", re.IGNORECASE)  # fmt: skip


class Number(NamedTuple):
    """A count, or no number (None); its least and most; its status."""

    value: int | Fraction | None
    low: int | Fraction = 0
    high: int | Fraction = 0
    status: str = ""

    def times(self, rows: int) -> "Number":
        """The sum of some rows with this number."""
        return Number((self.value or 0) * rows, self.low * rows, self.high * rows, self.status)


Wrong = tuple[str, list[Answer], str]  # message, answers, another remedy


@dataclass(slots=True)
class Numbers:
    """Counts by text, how they were read, and what is wrong by text."""

    counts: dict[str, Number]
    read_as: str = ""
    wrong: dict[str, Wrong] = field(default_factory=dict)


@lru_cache(1 << 17)
def parts(text: str) -> tuple[str, str] | None:
    """The digits of a cell and the mark around them; None where it is no number.

    >>> parts("1 234*"), parts("[1.260]"), parts("<5"), parts("12 ep"), parts("five")
    (('1 234', '*'), ('1.260', '[]'), ('5', '<'), ('12', 'ep'), None)
    """
    plain = re.sub("[\u00a0\u202f]", " ", text).replace("\u2019", "'").strip()
    match = _CELL.fullmatch(plain)
    if not match or len(match[2]) > 2 * _LONGEST:
        return None
    return match[2], (match[1] + match[3]).replace(" ", "")


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no number.

    >>> [is_missing(text) for text in ("", "..", ":", "n/d", "-", ": c", "12", "few")]
    [True, True, True, True, True, True, False, False]
    """
    return bool(_MISSING.fullmatch(text.strip()))


def has_decimals(text: str) -> bool:
    """Whether a cell is a number with a fraction, whatever its marks mean.

    >>> [has_decimals(text) for text in ("101.52", "1.000", "12,0", "1,234.5")]
    [True, False, False, False]
    """
    core = (parts(text) or ("", ""))[0]
    decimal = _DECIMAL.fullmatch(core)
    return bool(decimal and decimal[3].strip("0") and not _GROUPED.fullmatch(core))


def read_numbers(texts: Mapping[str, int], chosen: Choices) -> Numbers:
    """The counts that texts stand for, decided for all together.

    ``texts`` are the different cells of a column and how many rows have each. A mark before
    exactly three digits may group thousands or begin decimals: where no other cell decides, it is
    among the ``wrong`` with what decides it, and so are marks that nobody decided about.

    >>> read_numbers({"1.234": 1, "987": 1}, Choices()).wrong["1.234"][0]
    'is 1234 or 1 and a fraction'
    >>> read_numbers({"1.234": 1, "1.234.567": 1}, Choices()).counts["1.234"].value
    1234
    >>> read_numbers({"12,0": 1}, Choices()).counts["12,0"].value
    12
    """
    read = {text: parts(text) for text in texts if text not in chosen.missing}
    cores = [cell[0] for cell in read.values() if cell]
    decimal, thousands = _decided(cores, chosen)
    found = Numbers({text: Number(None) for text in texts})
    both: list[str] = []
    marks: dict[str, list[str]] = {}
    for text, cell in read.items():
        core, mark = cell or ("", "")
        value = _value(core, decimal, thousands) if cell else None
        if value is not None and mark and not chosen.kept_as(mark):
            marks.setdefault(mark, []).append(text)
        elif value is not None:
            found.counts[text] = kept(value, mark, chosen.kept_as(mark) or "final")
        elif cell and decimal is None and thousands is None and _GROUPED.fullmatch(core):
            both.append(text)
        elif cell or not is_missing(text):
            found.wrong[text] = _no_number(text)
    if both:
        found.wrong[min(both)] = _thousands_or_decimals(min(both), texts)
    for mark, cells in marks.items():
        rest = {text: rows for text, rows in texts.items() if text not in cells}
        every, others = (total(each, decimal, thousands) for each in (texts, rest))
        found.wrong[min(cells)] = undecided(mark, every, others)
    said = []
    if thousands and any(thousands in core for core in cores):
        said.append(_("thousands separated by '{mark}'", mark=thousands))
    if decimal and any(decimal in core for core in cores):
        said.append(_("decimals after '{mark}'", mark=decimal))
    found.read_as = ", ".join(said) or _("whole numbers without separators")
    return found


def _decided(cores: list[str], chosen: Choices) -> tuple[str | None, str | None]:
    """What begins decimals and what groups thousands; None where nothing says so."""
    decimal = MARKS[chosen.decimal] if chosen.decimal else None
    thousands = MARKS[chosen.thousands] if chosen.thousands else None
    grouping, beginning = set(), set()
    for core in cores:
        both = _BOTH.fullmatch(core)
        if both and both[2] != both[3]:
            grouping.add(both[2])
            beginning.add(both[3])
        elif grouped := _GROUPED.fullmatch(core):
            if grouped[1] not in ".," or core.count(grouped[1]) > 1 or core.startswith("0"):
                (beginning if core.startswith("0") else grouping).add(grouped[1])
        elif (two := _DECIMAL.fullmatch(core)) and len(two[3]) != 3:
            beginning.add(two[2])
    if decimal is None and (thousands is None or thousands in grouping or beginning - {thousands}):
        rest = beginning - grouping - {thousands}
        decimal = rest.pop() if len(rest) == 1 else None
    if thousands is None:
        rest = grouping - {decimal}
        thousands = rest.pop() if len(rest) == 1 else None
    return decimal, thousands


def _value(core: str, decimal: str | None, thousands: str | None) -> int | Fraction | None:
    """The number; None where these separators do not make one."""
    whole, fraction = core, ""
    if decimal and decimal in core:
        whole, _mark, fraction = core.rpartition(decimal)
        if not re.fullmatch("[0-9]+", fraction):
            return None
    if grouped := _GROUPED.fullmatch(whole):
        mark = grouped[1]
        said = mark == thousands or (thousands is None and (mark not in ".," or decimal))
        if mark == decimal or not said:
            return None
        whole = whole.replace(mark, "")
    if not re.fullmatch("[0-9]+", whole) or len(whole) > _LONGEST:
        return None
    return Fraction(f"{whole}.{fraction}") if fraction.strip("0") else int(whole)


def kept(value: int | Fraction, mark: str, how: str) -> Number:
    """A number with a mark, as was decided about the mark.

    >>> kept(5, "<", "range"), kept(5, "*", "preliminary").status, kept(5, "p", "missing").value
    (Number(value=2, low=0, high=4, status='rounded'), 'preliminary', None)
    """
    if how == "missing":
        return Number(None)
    if how == "range":
        high = int(value) - mark.startswith("<")
        return Number(high // 2, 0, high, "rounded")
    return Number(value, value, value, "" if how == "final" else how)


def _no_number(text: str) -> Wrong:
    if re.match(r"[-\u2212]\s*[0-9]", text):
        remedy = _("deaths are counted from 0; correct it, or --missing for no count")
        return _("is below 0"), [], remedy
    remedy = _("correct it, or say that it stands for no count with --missing")
    answers = [answer("--missing", text)] if text.isprintable() and len(text) < 40 else []
    return _("is not a number of deaths"), answers, remedy


def total(
    texts: Mapping[str, int], decimal: str | None = None, thousands: str | None = None
) -> float:
    """The sum of cells, each as often as there are rows with it; what is no number is left out.

    >>> total({"1,234": 1, "5*": 2}), total({"1,5": 2}, ",")
    (1244, 3)
    """
    cores = {text: cell[0] for text in texts if (cell := parts(text))}
    if decimal is None and thousands is None:
        decimal, thousands = _decided(list(cores.values()), Choices())
        if decimal is None and thousands is None:
            marks = {m for core in cores.values() for m in ".," if m in core}
            thousands = marks.pop() if len(marks) == 1 else None
    values = ((_value(core, decimal, thousands), texts[text]) for text, core in cores.items())
    summed = sum((value or 0) * rows for value, rows in values)
    return int(summed) if summed == int(summed) else float(summed)


def _thousands_or_decimals(text: str, texts: Mapping[str, int]) -> Wrong:
    core = (parts(text) or ("", ""))[0]
    mark = next(each for each in ".,' " if each in core)
    name = next(name for name, each in MARKS.items() if each == mark)
    first, _mark, rest = core.partition(mark)
    message = _("is {whole} or {start} and a fraction", whole=int(first + rest), start=int(first))
    return message, [answer("--thousands", name, deaths=total(texts, None, mark)),
                     answer("--decimal", name, deaths=total(texts, mark, None))], ""  # fmt: skip


def undecided(mark: str, every: float | None = None, others: float | None = None) -> Wrong:
    """The question on a mark, with the deaths with and without the numbers that have it."""
    message = _("has a mark that nobody has decided about: {mark}", mark=mark)
    words = ("preliminary", "rounded", "final")
    answers = [answer("--mark", mark, how, deaths=every) for how in words]
    if mark[0] in "<\u2264":
        answers = [answer("--mark", mark, "range", says=_("kept with a least and a most"))]
    elif mark[0] in "~\u2248[(":
        answers[:2] = answers[1::-1]
    return message, [*answers, answer("--mark", mark, "missing", deaths=others)], ""
