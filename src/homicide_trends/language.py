"""The language of what people read: English, or Spanish as it is written in El Salvador.

The English text is the key. A module imports ``_`` and wraps whole sentences with named
placeholders; the Spanish stands in gettext catalogues, one for each area, in
``locale/es/AREA.po`` (docs/translating.md says how to add to them)::

    from .language import _, ngettext

    _("In {name} the rate rose by {percent}.", name=name, percent=formats.percent(value))
    ngettext("{number} death", "{number} deaths", deaths)

English is what there is without any catalogue: no file is read and Babel is not imported. A
message without a translation stays English, which tests/test_language.py does not let happen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from .refusals import RefusedError

LANGUAGES = ("en", "es")
# Numbers and dates are written as readers of these places write them: 4,371 and 70.1 in both.
LOCALES = {"es": "es_SV"}
CATALOGUES = Path(__file__).resolve().parent / "locale"

Key = tuple[str | None, str]

# What use() sets holds for the whole process: a notebook runs each cell in a context of its own.
_process = "en"
_here: ContextVar[str | None] = ContextVar("language", default=None)


def current() -> str:
    """The language in force, ``"en"`` or ``"es"``.

    >>> with speaking("es"):
    ...     current()
    'es'
    """
    return _here.get() or _process


def use(lang: str) -> None:
    """Speak this language from now on; raises ValueError for one that is not known.

    >>> use("fr")
    Traceback (most recent call last):
    homicide_trends.refusals.RefusedError: no language 'fr'; there are en, es
    """
    global _process
    _process = known(lang)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak a language inside a ``with``, in this thread alone.

    >>> with speaking("es"):
    ...     current()
    'es'
    """
    token = _here.set(known(lang))
    try:
        yield
    finally:
        _here.reset(token)


def known(lang: str) -> str:
    """The language itself; raises ValueError for one that is not known.

    >>> known("es")
    'es'
    """
    if lang not in LANGUAGES:
        raise refusal(
            "no language {lang!r}; there are {known}", lang=lang, known=", ".join(LANGUAGES)
        )
    return lang


def gettext(message: str, /, **values: object) -> str:
    """The message in the language in force, its named placeholders filled.

    Without values it is not a template, and braces stay.

    >>> gettext("{count} of {all}", count=1, all=2)
    '1 of 2'
    """
    text = translated(message)
    return text.format(**values) if values else text


def refusal(message: str, /, **values: object) -> RefusedError:
    """What to raise where what was asked for cannot be had, said in the language in force.

    >>> raise refusal("no place {place!r}", place="SLB")
    Traceback (most recent call last):
    homicide_trends.refusals.RefusedError: no place 'SLB'
    """
    return RefusedError(gettext(message, **values))


def pgettext(context: str, message: str, /, **values: object) -> str:
    """``gettext`` for a word that needs to say what it is about, because it has several meanings.

    >>> pgettext("verdict", "no")
    'no'
    """
    text = translated(message, context)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, number: float, /, **values: object) -> str:
    """``gettext`` for what goes with a number; ``{number}`` is filled with it.

    The form is that of the number as it is written.

    >>> ngettext("{number} month", "{number} months", 22)
    '22 months'
    >>> ngettext("{number} death in {name}", "{number} deaths in {name}", 1.0, name="Apopa")
    '1 death in Apopa'
    """
    written = _written(number)
    forms = (one, many) if current() == "en" else _found(one, None) or (one, many)
    text = forms[0 if written == "1" else -1]
    return text.format(number=written, **values)


def _written(number: float) -> str:
    """A whole number with separators and a true minus sign; a dash when missing."""
    return localised(f"{number:,.0f}").replace("-", "\u2212") if number == number else "\u2013"


def translated(message: str, context: str | None = None) -> str:
    """A message that stands in no source: a word that ``N_`` marked, or prose of a table.

    What no catalogue has stays as it is.

    >>> with speaking("es"):
    ...     translated("Cannot be told"), translated("a note of somebody's own table")
    ('No se puede saber', "a note of somebody's own table")
    """
    if current() == "en" or not message:
        return message
    found = _found(message, context)
    return found[0] if found else message


def N_(message: str) -> str:  # noqa: N802  (its name wherever gettext is used)
    """The message itself, marked as one to translate where it is shown (``translated``).

    >>> N_("cannot tell")
    'cannot tell'
    """
    return message


def localised(digits: str) -> str:
    """A number written as ``f"{value:,}"`` writes it, with the separators of the language.

    >>> localised("4,371.5")
    '4,371.5'
    """
    if current() == "en":
        return digits
    group, point = _separators(current())
    return digits.translate({ord(","): group, ord("."): point})


def locale() -> Any:
    """Babel's locale of a language other than English.

    >>> with speaking("es"):
    ...     str(locale())
    'es_SV'
    """
    return _locale(current())


_ = gettext


def _found(message: str, context: str | None) -> tuple[str, ...] | None:
    return _messages(current()).get((context, message))


@lru_cache
def _messages(lang: str) -> dict[Key, tuple[str, ...]]:
    """All messages of a language; the catalogues are read once, when the first is needed."""
    found: dict[Key, tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / lang).glob("*.po")):
        found |= read_catalogue(path)
    return found


def read_catalogue(path: Path) -> dict[Key, tuple[str, ...]]:
    """The messages of one catalogue that have a translation, by context and English text.

    A message with a plural is found by its singular, and has two forms.

    >>> read_catalogue(CATALOGUES / "es" / "verdicts.po")[None, "Cannot be told"]
    ('No se puede saber',)
    """
    from babel.messages.pofile import read_po

    with path.open("rb") as lines:
        catalogue = read_po(lines, abort_invalid=True)
    found: dict[Key, tuple[str, ...]] = {}
    for message in catalogue:
        one = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string
        forms = (text,) if isinstance(text, str) else tuple(text or ())
        if one and all(forms) and not message.fuzzy:
            found[message.context, one] = forms
    return found


@lru_cache
def _locale(lang: str) -> Any:
    from babel import Locale

    return Locale.parse(LOCALES[lang])


@lru_cache
def _separators(lang: str) -> tuple[str, str]:
    """Between thousands, and before decimals."""
    symbols = _locale(lang).number_symbols["latn"]
    return symbols["group"], symbols["decimal"]
