"""What sentences are put together from: lists, quotations, levels, counts with their noun."""

import re
from collections.abc import Iterable

import pandas as pd

from ..language import _, ngettext
from . import formats

# Spanish writes e for y before the sound i: not before hi- that begins a diphthong (hierro).
_SOUNDS_LIKE_I = re.compile(r"\W*(i|\u00ed|hi(?![aeo]))", re.IGNORECASE)


def row_of(result: pd.DataFrame) -> pd.Series:
    """The only row of a result; raises ValueError unless it has one."""
    if len(result) != 1:
        raise ValueError(
            _("a sentence needs a result of one row; this one has {rows}", rows=len(result))
        )
    return result.iloc[0]


def level_of(conf: float) -> str:
    """A confidence level as a percentage.

    >>> level_of(0.95) == "95" + formats.NBSP + "%"
    True
    """
    return f"{100 * conf:.10g}{formats.NBSP}%"


def listed(items: Iterable[object]) -> str:
    """``a, b and c``, each once.

    >>> listed(["a", "b", "c", "a"])
    'a, b and c'
    """
    words = list(dict.fromkeys(str(item) for item in items))
    if len(words) < 2:
        return "".join(words)
    first, last = ", ".join(words[:-1]), words[-1]
    if _SOUNDS_LIKE_I.match(last):
        # Translators: the last item begins with the sound of the Spanish letter i.
        return _("{first} and {i_word}", first=first, i_word=last)
    return _("{first} and {last}", first=first, last=last)


def quoted(tokens: Iterable[object]) -> str:
    """Tokens of a text in quotation marks, each once.

    >>> quoted(["nearly 60%", "about sixty percent", "nearly 60%"])
    '\u201cnearly 60%\u201d and \u201cabout sixty percent\u201d'
    """
    return listed(f"\u201c{token}\u201d" for token in tokens)


def deaths(number: float) -> str:
    """How many deaths.

    >>> deaths(4371), deaths(1)
    ('4,371 deaths', '1 death')
    """
    return ngettext("{number} death", "{number} deaths", number)
