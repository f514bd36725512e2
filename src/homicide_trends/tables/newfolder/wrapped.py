"""Prose in the lines of a file that people read as text."""

import textwrap

LONGEST = 88  # characters


def wrapped(text: str, mark: str = "") -> list[str]:
    """A paragraph in lines that each begin with a mark; words and options are not broken.

    >>> wrapped("one two", "# ")
    ['# one two']
    """
    return textwrap.wrap(
        text,
        LONGEST,
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )
