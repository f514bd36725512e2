"""Cells that can mean two things, or mean none in a way that can be told."""

import re
from collections.abc import Collection, Mapping

from .choices import Choices

_TWO_YEARS = re.compile(r"(\d{4})([-/])(\d{2})")
_DAY_NUMBER = re.compile(r"[2-5]\d{4}(?:[.,]\d+)?")


def no_date(text: str) -> tuple[str, str] | None:
    """What is to be said of a number that a spreadsheet means as a date; None for other texts.

    >>> no_date("40179")[0], no_date("n/a")
    ("is not a date, and may be a spreadsheet's number of a day", None)
    """
    if not _DAY_NUMBER.fullmatch(text):
        return None
    remedy = "give its column a date format in the spreadsheet, and save it as CSV again"
    return "is not a date, and may be a spreadsheet's number of a day", remedy


def only_the_first(
    wrong: Mapping[str, tuple[str, str]], message: str
) -> dict[str, tuple[str, str]]:
    """What is wrong, with one text for all that one choice decides, and how many others there are.

    >>> wrong = {"1": ("is open", "a"), "2": ("is wrong", "b"), "3": ("is open", "c")}
    >>> only_the_first(wrong, "open")
    {'1': ('is open, like another cell', 'a'), '2': ('is wrong', 'b')}
    """
    same = [text for text, (said, _) in wrong.items() if said.endswith(message)]
    kept = {text: each for text, each in wrong.items() if text not in same[1:]}
    if len(same) > 1:
        said, remedy = wrong[same[0]]
        others = "another cell" if len(same) == 2 else f"{len(same) - 1} other cells"
        kept[same[0]] = f"{said}, like {others}", remedy
    return kept


def years_like_months(found: Collection[str], chosen: Choices) -> dict[str, tuple[str, str]]:
    """Years such as 2009/10, which look like months: the first of them, where all can be both.

    >>> from homicide_trends.imports.choices import Choices
    >>> years_like_months(["2009/10", "2010/11"], Choices())["2009/10"][0]
    'is month 10 of 2009, or 2009 to 2010'
    >>> years_like_months(["2009-10", "2009-11"], Choices())
    {}
    """
    if chosen.shape is not None or not found:
        return {}
    pairs = {text: _TWO_YEARS.fullmatch(text) for text in found}
    if not all(pair and int(pair[3]) == (int(pair[1]) + 1) % 100 for pair in pairs.values()):
        return {}
    text = next(iter(found))
    if len(found) == 1 and "/" not in text:
        return {}
    year, month = text[:4], text[5:]
    message = f"is month {month} of {year}, or {year} to {int(year) + 1}"
    remedy = "--shape months for the month; a year that spans two is imported by its months"
    return {text: (message, remedy)}
