"""Cells of the CSV files that we hand out: exact, the same everywhere, and never a formula."""

import re
from typing import Any

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cell(value: Any) -> str:
    """Text of a cell; what a spreadsheet would run as a formula is given an apostrophe.

    >>> cell("=1+1"), cell("-41.1"), cell("-41.1 %"), cell(None)
    ("'=1+1", '-41.1', "'-41.1 %", '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = ";".join(map(str, value))
    text = value if isinstance(value, str) else repr(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith(("=", "+", "-", "@", "\t", "\n")) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text
