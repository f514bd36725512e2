"""Counts as people write them: 1234, 1.234, 1,234, 1 234, 12.0."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...language import _
from .choices import MARKS, Choices
from .doubts import OneChoice, only_the_first

_GROUPED = re.compile(r"\d{1,3}(?:([.,'\u2019 \u00a0\u202f])\d{3})(?:\1\d{3})*")
_DECIMAL = re.compile(r"(\d+)([.,])(\d+)")
_BOTH = re.compile(r"(\d{1,3}(?:([.,'\u2019 \u00a0\u202f])\d{3})+)([.,])(\d+)")
_LONGEST = 15  # digits: more than any count of deaths, and exact in every program


@dataclass(frozen=True, slots=True)
class Numbers:
    """Counts by text (None: no count), how they were read, and what is wrong with which text."""

    counts: dict[str, int | None]
    read_as: str = ""
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_numbers(texts: Mapping[str, int], chosen: Choices) -> Numbers:
    """The counts that texts stand for, decided for all together.

    ``texts`` are the different cells of a column with the row where each is first. A mark before
    exactly three digits may group thousands or begin decimals: where no other cell decides, it is
    among the ``wrong`` with what decides it.

    >>> read_numbers({"1.234": 2, "987": 3}, Choices()).wrong["1.234"][0]
    'is 1234 or 1 and a fraction'
    >>> read_numbers({"1.234": 2, "1.234.567": 3}, Choices()).counts["1.234"]
    1234
    >>> read_numbers({"12,0": 2}, Choices()).counts, read_numbers({"1 234": 2}, Choices()).counts
    ({'12,0': 12}, {'1 234': 1234})
    """
    decimal = MARKS[chosen.decimal] if chosen.decimal else None
    thousands = MARKS[chosen.thousands] if chosen.thousands else None
    by = "" if decimal is None and thousands is None else _("as asked")
    if decimal is None or thousands is None:
        evidence = _evidence(texts)
        if decimal is None and thousands in (None, *evidence.thousands):
            decimal = next(iter(evidence.decimal), None)
        if thousands is None:
            grouping = set(evidence.thousands) - {decimal}
            thousands = grouping.pop() if len(grouping) == 1 else None
            if thousands:
                text, row = evidence.thousands[thousands]
                by = by or _("row {row}: '{text}'", row=row, text=text)
    counts: dict[str, int | None] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for text in texts:
        if not text or text in chosen.missing:
            counts[text] = None
            continue
        value = _number(text, decimal, thousands)
        if isinstance(value, int):
            counts[text] = value
        else:
            wrong[text] = value
    wrong = only_the_first(wrong)
    said = []
    if thousands and thousands in "".join(texts):
        grouped = _("thousands separated by '{mark}'", mark=thousands)
        said.append(f"{grouped} ({by})" if by else grouped)
    if decimal and any(_decimal_of(text) == decimal for text in texts):
        said.append(_("decimals after '{mark}'", mark=decimal))
    return Numbers(counts, ", ".join(said) or _("whole numbers without separators"), wrong)


@dataclass(slots=True)
class _Evidence:
    """Marks that can mean one thing only, with the text and row that show it."""

    thousands: dict[str, tuple[str, int]] = field(default_factory=dict)
    decimal: dict[str, tuple[str, int]] = field(default_factory=dict)


def _evidence(texts: Mapping[str, int]) -> _Evidence:
    found = _Evidence()
    for text, row in texts.items():
        both = _BOTH.fullmatch(text)
        if both and both[2] != both[3]:
            found.thousands.setdefault(_plain(both[2]), (text, row))
            found.decimal.setdefault(both[3], (text, row))
        elif grouped := _GROUPED.fullmatch(text):
            mark = _plain(grouped[1])
            if mark not in ".," or text.count(mark) > 1:
                found.thousands.setdefault(mark, (text, row))
        elif (parts := _DECIMAL.fullmatch(text)) and len(parts[3]) != 3:
            found.decimal.setdefault(parts[2], (text, row))
    return found


def _decimal_of(text: str) -> str:
    parts = _DECIMAL.fullmatch(text)
    return parts[2] if parts and not _GROUPED.fullmatch(text) else ""


def _plain(mark: str) -> str:
    """One mark for all blanks, and one for both apostrophes."""
    return " " if mark in "\u00a0\u202f" else "'" if mark == "\u2019" else mark


def _number(text: str, decimal: str | None, thousands: str | None) -> int | tuple[str, str]:
    """The count, or what is wrong and what decides."""
    plain = "".join(map(_plain, text))
    if not plain.isascii() or len(plain) > 2 * _LONGEST:
        return _no_number()
    if re.fullmatch(r"\d+", plain):
        return int(plain) if len(plain) <= _LONGEST else _no_number()
    if re.fullmatch(r"-\s*\d.*|\(\d.*\)", plain):
        remedy = _("deaths are counted from 0; correct it, or --missing for no count")
        return _("is below 0"), remedy
    whole, fraction = plain, ""
    if decimal and decimal in plain:
        whole, _mark, fraction = plain.rpartition(decimal)
        if not re.fullmatch(r"\d+", fraction):
            return _no_number()
        if fraction.strip("0"):
            remedy = _("deaths are whole numbers: which column counts them?")
            return _("is not a whole number"), remedy
    if re.fullmatch(r"\d+", whole):
        return int(whole) if len(whole) <= _LONGEST else _no_number()
    grouped = _GROUPED.fullmatch(whole)
    if not grouped:
        return _no_number()
    mark = grouped[1]
    # Where one of point and comma begins decimals, the other one does not.
    if thousands == mark or (thousands is None and (mark not in ".," or decimal)):
        return int(whole.replace(mark, "")) if len(whole) <= _LONGEST else _no_number()
    if thousands is None and decimal is None and whole.count(mark) == 1:
        first, _mark, rest = whole.partition(mark)
        name = next(name for name, each in MARKS.items() if each == mark)
        remedy = _(
            "--thousands {name} for {whole}, --decimal {name} for the other",
            name=name,
            whole=first + rest,
        )
        message = _(
            "is {whole} or {start} and a fraction", whole=int(first + rest), start=int(first)
        )
        return OneChoice((message, remedy))
    return _no_number()


def _no_number() -> tuple[str, str]:
    return (
        _("is not a number of deaths"),
        _("correct it, or say that it stands for no count with --missing"),
    )
