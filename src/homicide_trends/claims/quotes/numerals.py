"""Numbers as texts write them: ``4,500``, ``nearly 60%``, ``one hundred thousand``, ``41st``.

The rules are few, and what they do not cover is not guessed:

- Digits: groups of three with the language's separator or none at all, one decimal mark
  (English ``1,234.5``). Other shapes (``4,50``, ``60k``, ``1980s``, a fraction sign) are numbers
  that cannot be read: their value is NaN. Digits inside a name (``MS13``) are not numbers.
- Words: zero to ``twenty-one`` and on, ``hundred``, ``thousand`` ... ``trillion``, ``dozen``,
  ``a`` before one of these, ``and`` after one of these. A bare ``hundred`` ("several hundred")
  and fractions (``half a million``, ``two thirds``) have the value NaN; ``thousands`` and
  ``twice`` are no numbers at all. ``one`` and ``second`` always count as numbers.
- A scale word multiplies digits: ``165 million``.
- A number after ``per`` or ``every`` that follows another number is that one's denominator.
- A hedging word directly before a number is its qualifier, one word for those of like meaning:
  ``almost`` is ``nearly``, ``some`` and ``around`` are ``about``, ``over`` is ``more than``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from .number_words import Language, language_of

NAN = Decimal("NaN")


@dataclass(frozen=True)
class Number:
    """A number found in a text.

    ``value`` is in full units (165000000 for ``165 million``) and NaN where it cannot be read;
    ``start`` and ``end`` are positions in the text; ``unit`` is ``percent``,
    ``percentage points``, ``ordinal``, the currency sign as printed, or empty; ``noun`` is the
    word that follows; ``denominator`` says that it is what another number is counted per.
    """

    value: Decimal
    start: int
    end: int
    unit: str = ""
    qualifier: str = ""
    noun: str = ""
    denominator: bool = False


@dataclass(frozen=True)
class _Part:
    """A run of letters or digits: its text and where it stands."""

    text: str
    start: int
    end: int


# A full stop or comma belongs to the run only between letters or digits: 4,500 and U.S.
_RUN = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_CURRENCY = re.compile(r"(US\$|\$|€|£|USD|EUR|GBP)\s?$")
_SIGN = re.compile(r"(?:^|(?<=\s)|(?<=[(\"']))[-−]\s?$")
_JOIN = re.compile(r"\s+|\s*-\s*")


def parse_numbers(text: str, *, language: str = "en") -> tuple[Number, ...]:
    """The numbers in a short text, in order; none, one, or several where the text is ambiguous.

    Raises ValueError for a language without number words.

    >>> [str(n.value) for n in parse_numbers("an estimated 4,500 of one hundred and five thousand")]
    ['4500', '105000']
    >>> rate, people = parse_numbers("70.1 for every one hundred thousand")
    >>> rate.value, people.value, people.denominator
    (Decimal('70.1'), Decimal('100000'), True)
    >>> [(n.value, n.unit, n.qualifier) for n in parse_numbers("nearly 60%")]
    [(Decimal('60'), 'percent', 'nearly')]
    >>> [(n.value, n.unit) for n in parse_numbers("US$165 million and the 41st")]
    [(Decimal('165000000'), 'US$'), (Decimal('41'), 'ordinal')]
    >>> [(int(n.value), n.noun) for n in parse_numbers("last fifteen months")]
    [(15, 'months')]
    >>> parse_numbers("half a million")[0].value.is_nan(), parse_numbers("thousands")
    (True, ())
    """
    words = language_of(language)
    parts = [_Part(m.group(), m.start(), m.end()) for m in _RUN.finditer(text)]
    numbers: list[Number] = []
    place = 0
    while place < len(parts):
        found = _number_at(text, parts, place, words)
        if found is None:
            place += 1
            continue
        value, after, ordinal = found
        numbers.append(_described(text, parts, place, after, value, ordinal, words, numbers))
        place = after
    return tuple(numbers)


def _number_at(
    text: str, parts: list[_Part], place: int, words: Language
) -> tuple[Decimal, int, bool] | None:
    """Value, next part and whether it is an ordinal; None where no number begins."""
    part = parts[place]
    lower = part.text.lower()
    if any(letter.isnumeric() for letter in part.text):
        if part.text[0].isalpha():
            return None
        value, ordinal = _digits(part.text, words)
        after = place + 1
        while not ordinal and _joined(text, parts, after) and _scale(parts[after], words):
            value *= _scale(parts[after], words)
            after += 1
    elif lower in words.ordinals:
        return Decimal(words.ordinals[lower]), place + 1, True
    elif lower in words.scales:
        value, after, ordinal = NAN, place + 1, False
    else:
        spelled = _spelled(text, parts, place, words)
        if spelled is None:
            return None
        value, after, ordinal = spelled
    if not ordinal and _fraction_beside(text, parts, place, after, words):
        value = NAN
        if after < len(parts) and parts[after].text.lower() in words.ordinals:
            after += 1
    return value, after, ordinal


def _digits(text: str, words: Language) -> tuple[Decimal, bool]:
    """The value of digits, NaN when they are not written by the rules, and if it is an ordinal."""
    suffixes = "|".join(words.ordinal_suffixes)
    if ordinal := re.fullmatch(rf"([0-9]+)(?:{suffixes})", text):
        return Decimal(ordinal.group(1)), True
    group, decimal = re.escape(words.group), re.escape(words.decimal)
    shape = rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+)(?:{decimal}[0-9]+)?"
    if not re.fullmatch(shape, text):
        return NAN, False
    return Decimal(text.replace(words.group, "").replace(words.decimal, ".")), False


def _joined(text: str, parts: list[_Part], place: int) -> bool:
    """Whether nothing but blanks or one hyphen stands between a part and the one before."""
    if not 0 < place < len(parts):
        return False
    return _JOIN.fullmatch(text, parts[place - 1].end, parts[place].start) is not None


def _scale(part: _Part, words: Language) -> int:
    return words.scales.get(part.text.lower(), 0)


def _spelled(
    text: str, parts: list[_Part], place: int, words: Language
) -> tuple[Decimal, int, bool] | None:
    """A number in words: groups below a thousand, each with a smaller scale than the last."""
    total, largest, first = 0, 10**15, place
    while True:
        group = _below_hundred(text, parts, place, words, article=place == first)
        if group is None:
            break
        value, place, ordinal = group
        if ordinal:
            return Decimal(total + value), place, True
        if _joined(text, parts, place) and _scale(parts[place], words) == 100:
            value, place = value * 100, place + 1
            rest = _below_hundred(text, parts, _past_and(text, parts, place, words), words)
            if rest:
                value, place, ordinal = value + rest[0], rest[1], rest[2]
                if ordinal:
                    return Decimal(total + value), place, True
        scale = _scale(parts[place], words) if _joined(text, parts, place) else 0
        total += value * (scale or 1)
        if not scale or scale >= largest:
            return (NAN if scale else Decimal(total)), place + bool(scale), False
        largest, place = scale, place + 1
        following = _past_and(text, parts, place, words)
        if _below_hundred(text, parts, following, words) is None:
            break
        place = following
    return (Decimal(total), place, False) if place > first else None


def _below_hundred(
    text: str, parts: list[_Part], place: int, words: Language, *, article: bool = False
) -> tuple[int, int, bool] | None:
    """Value, next part and whether it is an ordinal, for a spelled number from 0 to 99."""
    if place >= len(parts) or (not article and not _joined(text, parts, place)):
        return None
    word = parts[place].text.lower()
    following = parts[place + 1].text.lower() if _joined(text, parts, place + 1) else ""
    if article and word in words.articles and following in words.scales:
        return 1, place + 1, False
    if word in words.tens:
        if 0 < words.small.get(following, 0) < 10:
            return words.tens[word] + words.small[following], place + 2, False
        if 0 < words.ordinals.get(following, 0) < 10:
            return words.tens[word] + words.ordinals[following], place + 2, True
        return words.tens[word], place + 1, False
    return (words.small[word], place + 1, False) if word in words.small else None


def _past_and(text: str, parts: list[_Part], place: int, words: Language) -> int:
    """The place after an ``and`` that continues a number."""
    if _joined(text, parts, place) and parts[place].text.lower() in words.conjunctions:
        return place + 1
    return place


def _fraction_beside(
    text: str, parts: list[_Part], place: int, after: int, words: Language
) -> bool:
    """Whether a fraction word touches the number: ``half a million``, ``two thirds``."""
    before = parts[place - 1].text.lower() if _joined(text, parts, place) else ""
    following = parts[after].text.lower() if _joined(text, parts, after) else ""
    return before in words.fractions or following in (*words.fractions, *words.ordinals)


def _described(
    text: str,
    parts: list[_Part],
    place: int,
    after: int,
    value: Decimal,
    ordinal: bool,
    words: Language,
    earlier: list[Number],
) -> Number:
    """The number with its sign, unit, qualifier, noun, and whether it is a denominator."""
    start, end = parts[place].start, parts[after - 1].end
    before = text[:start]
    unit = "ordinal" if ordinal else ""
    if currency := _CURRENCY.search(before):
        unit, start, before = currency.group(1), currency.start(), before[: currency.start()]
    if sign := _SIGN.search(before):
        value, start, before = -value, sign.start(), before[: sign.start()]
    for name, phrases in (("percentage points", words.points), ("percent", words.percent)):
        for phrase in phrases:
            if said := re.compile(rf"[\s-]*{re.escape(phrase)}(?!\w)", re.I).match(text, end):
                return Number(value, start, said.end(), name, _qualifier(before, words))
    noun = parts[after].text if _joined(text, parts, after) else ""
    last_word = before.split()[-1].lower() if before.split() else ""
    per = bool(earlier) and last_word in words.denominators
    return Number(value, start, end, unit, _qualifier(before, words), noun, per)


def qualifier_before(text: str, *, language: str = "en") -> str:
    """The hedging phrase with which a text ends, or empty.

    >>> qualifier_before("it fell by more than"), qualifier_before("it fell by")
    ('more than', '')
    """
    return _qualifier(text, language_of(language))


def _qualifier(before: str, words: Language) -> str:
    said = " " + " ".join(before.lower().split())
    ending = [phrase for phrase in words.qualifiers if said.endswith(" " + phrase)]
    return words.qualifiers[max(ending, key=len)] if ending else ""
