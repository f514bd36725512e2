"""Numbers, dates and periods as people read them."""

from calendar import month_abbr

import pandas as pd

MINUS = "\u2212"
NBSP = "\u00a0"
NONE = "\u2013"  # a dash: missing, or between two years


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators and a true minus sign; a dash when missing.

    >>> number(4371), number(-41.06, 1) == MINUS + "41.1", number(float("nan")) == NONE
    ('4,371', True, True)
    """
    if pd.isna(value):
        return NONE
    if value in (float("inf"), float("-inf")):
        return "\u221e" if value > 0 else MINUS + "\u221e"
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit in text for digit in "123456789")
    return MINUS + text if negative else text


def percent(value: float, decimals: int = 1) -> str:
    """A percentage, not a fraction.

    >>> percent(4.2) == "4.2" + NBSP + "%"
    True
    """
    return NONE if pd.isna(value) else f"{number(value, decimals)}{NBSP}%"


def interval(lower: float, upper: float, decimals: int = 0) -> str:
    """Two limits; ``to`` and not a dash, because limits can be negative.

    >>> interval(39.6, 42.8, 1)
    '39.6 to 42.8'
    """
    return f"{number(lower, decimals)} to {number(upper, decimals)}"


def day(date: pd.Timestamp) -> str:
    """A date in words.

    >>> day(pd.Timestamp("2012-03-09"))
    '9 Mar 2012'
    """
    if pd.isna(date):
        return NONE
    date = pd.Timestamp(date)
    return f"{date.day} {month_abbr[date.month]} {date.year}"


def period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A period in the shortest words that are exact.

    >>> period("2011-01-01", "2011-12-31"), period("2012-03-01", "2013-12-31")
    ('2011', 'Mar 2012 to Dec 2013')
    >>> period("2012-01-01", "2012-03-08"), period("2012-03-01", "2012-03-31")
    ('1 Jan to 8 Mar 2012', 'Mar 2012')
    """
    if pd.isna(start) or pd.isna(end):
        return NONE
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first == last:
        return day(first)
    if first.day == 1 and last.is_month_end:
        if first.month == 1 and last.month == 12:
            same = first.year == last.year
            return f"{first.year}" if same else f"{first.year}{NONE}{last.year}"
        opening, closing = (f"{month_abbr[date.month]}" for date in (first, last))
        if (first.year, first.month) == (last.year, last.month):
            return f"{closing} {last.year}"
        if first.year == last.year:
            return f"{opening} to {closing} {last.year}"
        return f"{opening} {first.year} to {closing} {last.year}"
    opening = f"{first.day} {month_abbr[first.month]}"
    opening = opening if first.year == last.year else f"{opening} {first.year}"
    return f"{opening} to {day(last)}"


def count_of(value: float, singular: str, plural: str) -> str:
    """A count with its noun, which goes with the number as it is written.

    >>> count_of(1, "month", "months"), count_of(22, "month", "months")
    ('1 month', '22 months')
    """
    text = number(value)
    return f"{text} {singular if text == '1' else plural}"
