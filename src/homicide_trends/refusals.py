"""Errors that a notebook shows as one line: the message says what is wrong and what is right."""

import difflib
from collections.abc import Iterable


class RefusedError(ValueError):
    """Something that was asked for cannot be had; IPython shows the message and no traceback.

    >>> RefusedError("conf is 95; it must lie between 0 and 1")._render_traceback_()[0][-7:]
    '0 and 1'
    """

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for its own rendering; the full traceback is in sys.last_exc.
        return [f"\x1b[0;31m{type(self).__name__}\x1b[0m: {self}"]


class MissingExtraError(RefusedError, ImportError):
    """A package of an optional extra is not installed; the message says which and how."""


def nearest(value: object, known: Iterable[object]) -> str | None:
    """The known name that somebody may have meant, in whatever case; None where none is near.

    >>> nearest("svl", ["SLV", "HND"])
    'SLV'
    """
    folded = {str(name).casefold(): str(name) for name in reversed([*known])}
    near = difflib.get_close_matches(str(value).casefold(), list(folded), n=1)
    return folded[near[0]] if near else None
