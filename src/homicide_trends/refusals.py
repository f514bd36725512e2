"""Errors that a notebook shows as one line: the message says what is wrong and what is right."""


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
