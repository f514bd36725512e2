"""Cells that can mean two things, or mean none in a way that can be told."""

import re
from collections.abc import Collection, Mapping

from ...language import _, ngettext
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
    remedy = _("give its column a date format in the spreadsheet, and save it as CSV again")
    return _("is not a date, and may be a spreadsheet's number of a day"), remedy


class OneChoice(tuple[str, str]):
    """What is wrong with a cell and its remedy, where one choice decides for all such cells."""

    __slots__ = ()


def only_the_first(wrong: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """What is wrong, with one text for all that one choice decides, and how many others there are.

    >>> a, b = OneChoice(("is open", "decide")), ("is wrong", "correct it")
    >>> only_the_first({"1": a, "2": b, "3": a})
    {'1': ('is open, like 1 other cell', 'decide'), '2': ('is wrong', 'correct it')}
    """
    same = [text for text, each in wrong.items() if isinstance(each, OneChoice)]
    kept = {text: each for text, each in wrong.items() if text not in same[1:]}
    if len(same) > 1:
        problem, remedy = wrong[same[0]]
        said = ngettext(
            "{problem}, like {number} other cell",
            "{problem}, like {number} other cells",
            len(same) - 1,
            problem=problem,
        )
        kept[same[0]] = said, remedy
    return kept


def years_like_months(found: Collection[str], chosen: Choices) -> dict[str, tuple[str, str]]:
    """Years such as 2009/10, which look like months: the first of them, where all can be both.

    >>> from homicide_trends.tables.imports.choices import Choices
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
    message = _(
        "is month {month} of {year}, or {year} to {next}",
        month=month,
        year=year,
        next=int(year) + 1,
    )
    remedy = _("--shape months for the month; a year that spans two is imported by its months")
    return {text: (message, remedy)}
