"""Numbers, dates and periods as people read them, in the language in force."""

from calendar import month_abbr, month_name
from re import fullmatch

import pandas as pd

from ..language import _, current, locale, localised, pgettext

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
    text = localised(f"{abs(value):,.{decimals}f}")
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
    return _("{lower} to {upper}", lower=number(lower, decimals), upper=number(upper, decimals))


def month(number: int) -> str:
    """The short name of a month.

    >>> month(3)
    'Mar'
    """
    if current() == "en":
        return month_abbr[number]
    return str(locale().months["format"]["abbreviated"][number])


def day(date: pd.Timestamp) -> str:
    """A date in words.

    >>> day(pd.Timestamp("2012-03-09"))
    '9 Mar 2012'
    """
    if pd.isna(date):
        return NONE
    date = pd.Timestamp(date)
    return f"{date.day} {month(date.month)} {date.year}"


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
        opening, closing = month(first.month), month(last.month)
        if (first.year, first.month) == (last.year, last.month):
            return f"{closing} {last.year}"
        opening = opening if first.year == last.year else f"{opening} {first.year}"
        return _("{first} to {last}", first=opening, last=f"{closing} {last.year}")
    opening = f"{first.day} {month(first.month)}"
    opening = opening if first.year == last.year else f"{opening} {first.year}"
    return _("{first} to {last}", first=opening, last=day(last))


def long_month_name(number: int) -> str:
    """The name of a month.

    >>> long_month_name(3)
    'March'
    """
    if current() == "en":
        return month_name[number]
    return str(locale().months["format"]["wide"][number])


def long_month(date: pd.Timestamp) -> str:
    """A month and its year in words, as running text has them.

    >>> long_month(pd.Timestamp("2013-11-30"))
    'November 2013'
    """
    date = pd.Timestamp(date)
    return _("{month} {year}", month=long_month_name(date.month), year=date.year)


def long_month_of(date: pd.Timestamp, last: pd.Timestamp) -> str:
    """A month without its year where that is the year of ``last``.

    >>> long_month_of(pd.Timestamp("2012-04-01"), pd.Timestamp("2012-09-30"))
    'April'
    """
    same = pd.Timestamp(date).year == pd.Timestamp(last).year
    return long_month_name(pd.Timestamp(date).month) if same else long_month(date)


def short_month(date: pd.Timestamp) -> str:
    """A month of an axis.

    >>> short_month(pd.Timestamp("2013-01-01"))
    'Jan 2013'
    """
    date = pd.Timestamp(date)
    return f"{month(date.month)} {date.year}"


def long_day(date: pd.Timestamp) -> str:
    """A date in words, as running text has it.

    >>> long_day(pd.Timestamp("2012-03-09"))
    '9 March 2012'
    """
    date = pd.Timestamp(date)
    name = long_month_name(date.month)
    return _("{day} {month} {year}", day=date.day, month=name, year=date.year)


def written_date(date: str) -> str:
    """A date of a source in words: a year, a month or a day; anything else as it stands.

    >>> written_date("2013-12"), written_date("2013-07-26"), written_date("2013")
    ('December 2013', '26 July 2013', '2013')
    """
    if fullmatch(r"\d{4}-\d{2}", date):
        return long_month(pd.Timestamp(f"{date}-01"))
    return long_day(pd.Timestamp(date)) if fullmatch(r"\d{4}-\d{2}-\d{2}", date) else date


def long_period(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A period in the shortest words that are exact, with whole names of months.

    >>> long_period("2013-07-01", "2013-11-30"), long_period("2011-01-01", "2011-12-31")
    ('July to November 2013', '2011')
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first == last:
        return long_day(first)
    if first.day == 1 and last.is_month_end:
        if (first.month, last.month) == (1, 12):
            return period(first, last)
        if (first.year, first.month) == (last.year, last.month):
            return long_month(last)
        return _("{first} to {last}", first=long_month_of(first, last), last=long_month(last))
    opening, closing = _days(first, last)
    return pgettext("days", "{first} to {last}", first=opening, last=closing)


def during(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A period as it stands inside a sentence.

    >>> during("2012-01-01", "2012-12-31"), during("2012-03-01", "2013-11-30")
    ('in 2012', 'from March 2012 to November 2013')
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    if first == last:
        return _("on {period}", period=long_day(first))
    if first.day != 1 or not last.is_month_end:
        opening, closing = _days(first, last)
        return pgettext("days", "from {first} to {last}", first=opening, last=closing)
    years = (first.month, last.month) == (1, 12)
    if years or (first.year, first.month) == (last.year, last.month):
        return _("in {period}", period=long_period(first, last))
    return _("from {first} to {last}", first=long_month_of(first, last), last=long_month(last))


def _days(first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, str]:
    """First and last day in words, the year once."""
    opening = long_day(first)
    if first.year == last.year:
        opening = _("{day} {month}", day=first.day, month=long_month_name(first.month))
    return opening, long_day(last)
