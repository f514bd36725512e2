"""Numbers as texts write them: ``4,500``, ``nearly 60%``, ``one hundred thousand``, ``41st``.

The rules are few, and what they do not cover is not guessed:

- Digits: groups of three with commas or none at all, one decimal point
  (``1,234.5``). Other shapes (``4,50``, ``60k``, ``1980s``, a fraction sign) are numbers
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

NAN = Decimal("NaN")


def _numbered(words: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(words.split())}


# The words and marks in which English writes numbers.
SMALL = _numbered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
    0,
)
TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
          "trillion": 10**12}  # fmt: skip
ORDINALS = (
    _numbered(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    )
    | {word[:-1] + "ieth": value for word, value in TENS.items()}
    | {"hundredth": 100, "thousandth": 1000}
)
ORDINAL_SUFFIXES = "st|nd|rd|th"
ARTICLES = ("a", "an")
FRACTIONS = ("half", "halves", "thirds", "quarter", "quarters", "fourths", "fifths", "tenths")
DENOMINATORS = ("per", "every")
_UNITS = {
    "percentage points": ("percentage points", "percentage point", "percent points"),
    "percent": ("%", "percent", "per cent", "pct"),
}
_HEDGES = {
    "nearly": ("nearly", "almost", "close to"),
    "about": ("about", "around", "approximately", "roughly", "some"),
    "estimated": ("estimated",),
    "more than": ("more than", "over"),
    "fewer than": ("fewer than", "less than", "under"),
    "at least": ("at least",),
    "at most": ("at most", "up to"),
}
QUALIFIERS = {phrase: meaning for meaning, phrases in _HEDGES.items() for phrase in phrases}


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


# A full stop or comma belongs to the run only between letters or digits: 4,500 and U.S.
_RUN = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_CURRENCY = re.compile(r"(US\$|\$|€|£|USD|EUR|GBP)\s?$")
_SIGN = re.compile(r"(?:^|(?<=\s)|(?<=[(\"']))[-−]\s?$")
_JOIN = re.compile(r"\s+|\s*-\s*")


def parse_numbers(text: str) -> tuple[Number, ...]:
    """The numbers in a short text, in order; none, one, or several where the text is ambiguous.

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
    return _Run(text).numbers()


class _Run:
    """The words and digits of a text, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [found.span() for found in _RUN.finditer(text)]
        self.words = [text[start:end] for start, end in self.spans]
        self.lower = [word.lower() for word in self.words]

    def numbers(self) -> tuple[Number, ...]:
        found: list[Number] = []
        place = 0
        while place < len(self.words):
            read = self._number_at(place)
            if read is None:
                place += 1
                continue
            value, after, ordinal = read
            found.append(self._described(place, after, value, ordinal, bool(found)))
            place = after
        return tuple(found)

    def _next(self, place: int) -> str:
        """The word at a place, if nothing but blanks or one hyphen stands before it."""
        if not 0 < place < len(self.words):
            return ""
        between = self.spans[place - 1][1], self.spans[place][0]
        return self.lower[place] if _JOIN.fullmatch(self.text, *between) else ""

    def _number_at(self, place: int) -> tuple[Decimal, int, bool] | None:
        """Value, next place and whether it is an ordinal; None where no number begins."""
        word, lower = self.words[place], self.lower[place]
        if any(letter.isnumeric() for letter in word):
            if word[0].isalpha():
                return None
            value, ordinal = _digits(word)
            after = place + 1
            while not ordinal and (scale := SCALES.get(self._next(after), 0)):
                value *= scale
                after += 1
        elif lower in ORDINALS:
            return Decimal(ORDINALS[lower]), place + 1, True
        elif lower in SCALES:
            value, after, ordinal = NAN, place + 1, False
        else:
            spelled = self._spelled(place)
            if spelled is None:
                return None
            value, after, ordinal = spelled
        # A fraction word touches the number: "half a million", "two thirds".
        before = self.lower[place - 1] if self._next(place) else ""
        fraction = before in FRACTIONS or self._next(after) in (*FRACTIONS, *ORDINALS)
        if not ordinal and fraction:
            value = NAN
            if after < len(self.words) and self.lower[after] in ORDINALS:
                after += 1
        return value, after, ordinal

    def _spelled(self, place: int) -> tuple[Decimal, int, bool] | None:
        """A number in words: groups below a thousand, each with a smaller scale than the last."""
        total, largest, first = 0, 10**15, place
        while True:
            group = self._below_hundred(place, article=place == first)
            if group is None:
                break
            value, place, ordinal = group
            if ordinal:
                return Decimal(total + value), place, True
            if SCALES.get(self._next(place)) == 100:
                value, place = value * 100, place + 1
                rest = self._below_hundred(self._past_and(place))
                if rest:
                    value, place, ordinal = value + rest[0], rest[1], rest[2]
                    if ordinal:
                        return Decimal(total + value), place, True
            scale = SCALES.get(self._next(place), 0)
            total += value * (scale or 1)
            if not scale or scale >= largest:
                return (NAN if scale else Decimal(total)), place + bool(scale), False
            largest, place = scale, place + 1
            following = self._past_and(place)
            if self._below_hundred(following) is None:
                break
            place = following
        return (Decimal(total), place, False) if place > first else None

    def _below_hundred(self, place: int, *, article: bool = False) -> tuple[int, int, bool] | None:
        """Value, next place and whether it is an ordinal, for a spelled number from 0 to 99."""
        if place >= len(self.words) or (not article and not self._next(place)):
            return None
        word, following = self.lower[place], self._next(place + 1)
        if article and word in ARTICLES and following in SCALES:
            return 1, place + 1, False
        if word in TENS:
            if 0 < SMALL.get(following, 0) < 10:
                return TENS[word] + SMALL[following], place + 2, False
            if 0 < ORDINALS.get(following, 0) < 10:
                return TENS[word] + ORDINALS[following], place + 2, True
            return TENS[word], place + 1, False
        return (SMALL[word], place + 1, False) if word in SMALL else None

    def _past_and(self, place: int) -> int:
        """The place after an ``and`` that continues a number."""
        return place + (self._next(place) == "and")

    def _described(
        self, place: int, after: int, value: Decimal, ordinal: bool, follows: bool
    ) -> Number:
        """The number with its sign, unit, qualifier, noun, and whether it is a denominator."""
        start, end = self.spans[place][0], self.spans[after - 1][1]
        before = self.text[:start]
        unit = "ordinal" if ordinal else ""
        if currency := _CURRENCY.search(before):
            unit, start, before = currency.group(1), currency.start(), before[: currency.start()]
        if sign := _SIGN.search(before):
            value, start, before = -value, sign.start(), before[: sign.start()]
        qualifier = qualifier_before(before)
        for name, phrases in _UNITS.items():
            for phrase in phrases:
                shape = re.compile(rf"[\s-]*{re.escape(phrase)}(?!\w)", re.I)
                if said := shape.match(self.text, end):
                    return Number(value, start, said.end(), name, qualifier)
        noun = self.words[after] if self._next(after) else ""
        per = follows and (before.lower().split() or [""])[-1] in DENOMINATORS
        return Number(value, start, end, unit, qualifier, noun, per)


def _digits(text: str) -> tuple[Decimal, bool]:
    """The value of digits, NaN when they are not written by the rules, and if it is an ordinal."""
    if ordinal := re.fullmatch(rf"([0-9]+)(?:{ORDINAL_SUFFIXES})", text):
        return Decimal(ordinal.group(1)), True
    if not re.fullmatch(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?", text):
        return NAN, False
    return Decimal(text.replace(",", "")), False


def qualifier_before(text: str) -> str:
    """The hedging phrase with which a text ends, or empty.

    >>> qualifier_before("it fell by more than"), qualifier_before("it fell by")
    ('more than', '')
    """
    said = " " + " ".join(text.lower().split())
    ending = [phrase for phrase in QUALIFIERS if said.endswith(" " + phrase)]
    return QUALIFIERS[max(ending, key=len)] if ending else ""
