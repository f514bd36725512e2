"""The words and marks in which a language writes numbers and dates; English so far."""

from dataclasses import dataclass

from ...language import _


@dataclass(frozen=True)
class Language:
    """The words and marks in which a language writes numbers and dates."""

    small: dict[str, int]
    tens: dict[str, int]
    scales: dict[str, int]
    ordinals: dict[str, int]
    ordinal_suffixes: tuple[str, ...]
    articles: tuple[str, ...]
    conjunctions: tuple[str, ...]
    fractions: tuple[str, ...]
    denominators: tuple[str, ...]
    percent: tuple[str, ...]
    points: tuple[str, ...]
    qualifiers: dict[str, str]
    months: dict[str, int]
    group: str = ","
    decimal: str = "."


def _numbered(words: str, first: int = 1, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(words.split())}


_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_MONTHS = _numbered(
    "January February March April May June July August September October November December"
)
_HEDGES = {
    "nearly": ("nearly", "almost", "close to"),
    "about": ("about", "around", "approximately", "roughly", "some"),
    "estimated": ("estimated",),
    "more than": ("more than", "over"),
    "fewer than": ("fewer than", "less than", "under"),
    "at least": ("at least",),
    "at most": ("at most", "up to"),
}

ENGLISH = Language(
    small=_numbered(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen",
        0,
    ),
    tens=_TENS,
    scales={
        "dozen": 12,
        "hundred": 100,
        "thousand": 1000,
        "million": 10**6,
        "billion": 10**9,
        "trillion": 10**12,
    },
    ordinals=_numbered(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    )
    | {word[:-1] + "ieth": value for word, value in _TENS.items()}
    | {"hundredth": 100, "thousandth": 1000},
    ordinal_suffixes=("st", "nd", "rd", "th"),
    articles=("a", "an"),
    conjunctions=("and",),
    fractions=("half", "halves", "thirds", "quarter", "quarters", "fourths", "fifths", "tenths"),
    denominators=("per", "every"),
    percent=("%", "percent", "per cent", "pct"),
    points=("percentage points", "percentage point", "percent points"),
    qualifiers={phrase: meaning for meaning, phrases in _HEDGES.items() for phrase in phrases},
    months=_MONTHS | {word[:3]: value for word, value in _MONTHS.items()} | {"Sept": 9},
)

LANGUAGES = {"en": ENGLISH}


def language_of(code: str) -> Language:
    """The words of a language by its code; ValueError names the languages there are."""
    if code not in LANGUAGES:
        raise ValueError(
            _("no number words for language {code!r}; there are {known}",
              code=code, known=", ".join(LANGUAGES))
        )  # fmt: skip
    return LANGUAGES[code]
