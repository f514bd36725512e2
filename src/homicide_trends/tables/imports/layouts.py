"""What a row of a file is: a year, a month, a day, a death, or a row of months side by side."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from ...language import N_, _, ngettext, translated
from ..problems import Problem, quoted, suggestion
from .choices import Choices, UnclearError
from .dates import is_total, month_named, month_written, read_dates, unit_of, without_time
from .dialects import Dialect, texts
from .doubts import no_date

_YEAR_NAMES = {"year", "ano", "anio", "annee"}
_MONTH_NAMES = {"month", "mes", "mois"}
_DATE_NAMES = {
    *(_YEAR_NAMES | _MONTH_NAMES),
    *("date", "day", "fecha", "dia", "data", "jour", "period", "periodo", "periode"),
}
_DEATHS_NAMES = {
    *("deaths", "death", "homicides", "homicide", "victims", "murders", "killings", "killed"),
    *("homicidios", "homicidio", "muertes", "muertos", "fallecidos", "victimas", "asesinatos"),
    *("mortes", "obitos", "vitimas", "assassinatos", "morts", "deces", "victimes", "meurtres"),
    *("defunciones", "count", "counts", "conteo", "cantidad", "cases", "casos", "total", "n"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A shape, and the places of its columns (counted from 0; -1: there is none).

    ``labels`` are the columns of a wide table with the year and month of their header (0: not
    said there), ``totals`` its columns of totals, ``filters`` the columns and texts of ``where``.
    """

    shape: str
    date: int
    month: int = -1
    deaths: int = -1
    labels: tuple[tuple[int, int, int], ...] = ()
    totals: tuple[int, ...] = ()
    filters: tuple[tuple[int, str], ...] = ()


def layout(dialect: Dialect, chosen: Choices) -> Layout:
    """The columns that matter and what a row is; UnclearError where that is open."""
    filters = tuple((_place(dialect, name, "--where"), text.strip()) for name, text in chosen.where)
    wide = _wide_labels(dialect)
    may_be_wide = chosen.deaths_column is None and len(wide) > 1
    if chosen.shape == "wide" or (chosen.shape is None and may_be_wide):
        return _wide(dialect, chosen, wide, filters)
    date = _date_place(dialect, chosen)
    month = _month_place(dialect, chosen, date)
    deaths = _deaths_place(dialect, chosen, date, month)
    shape = chosen.shape or _shape(dialect, chosen, date, month, deaths)
    if shape == "deaths" and chosen.deaths_column is None:
        deaths = -1
    if shape != "deaths" and deaths < 0:
        raise UnclearError([_unnamed(dialect, "--deaths-column", also="--shape deaths")])
    if shape == "deaths" and deaths >= 0:
        message = _("is given for a file with one row a death")
        remedy = _("leave --deaths-column out, or name another --shape")
        raise UnclearError([dialect.problem(0, dialect.header[deaths], "", message, remedy)])
    return Layout(shape, date, month, deaths, filters=filters)


def _place(dialect: Dialect, name: str, option: str) -> int:
    """Where a named column stands."""
    wanted = [n for n, each in enumerate(dialect.header) if each == name.strip()]
    if not wanted:
        wanted = [n for n, each in enumerate(dialect.header) if _word(each) == _word(name)]
    if len(wanted) == 1:
        return wanted[0]
    if wanted:
        message = ngettext(
            "stands {number} time in the header", "stands {number} times in the header", len(wanted)
        )
        remedy = _("rename one")
        raise UnclearError([dialect.problem(dialect.header_row, name, "", message, remedy)])
    message = _("is not a column, but {option} names it", option=option)
    remedy = suggestion(name, (each for each in dialect.header if each))
    raise UnclearError([dialect.problem(dialect.header_row, name, "", message, remedy)])


_UNNAMED = {
    "--date-column": N_("does not say which column holds the date"),
    "--deaths-column": N_("does not say which column holds the deaths"),
}


def _unnamed(dialect: Dialect, option: str, also: str = "") -> Problem:
    columns = ", ".join(quoted(name) for name in dialect.header[:20] if name)
    remedy = _("give {option}, one of {columns}", option=option, columns=columns)
    if also:
        remedy += _("; or {option}", option=also)
    if any(unit_of(name) for name in dialect.header) and dialect.header_row:
        remedy += _("; or --header-row 0 where that row is no header, and columns by their number")
    return dialect.problem(dialect.header_row, "", "", translated(_UNNAMED[option]), remedy)


def _date_place(dialect: Dialect, chosen: Choices) -> int:
    if chosen.date_column is not None:
        return _place(dialect, chosen.date_column, "--date-column")
    named = [n for n, name in enumerate(dialect.header) if _word(name) in _DATE_NAMES]
    years = [n for n in named if _word(dialect.header[n]) in _YEAR_NAMES]
    months = [n for n in named if _word(dialect.header[n]) in _MONTH_NAMES]
    if len(named) == 1:
        return named[0]
    if len(named) == 2 and len(years) == len(months) == 1:
        return years[0]
    if not named and len(dialect.header) == 1:
        return 0
    raise UnclearError([_unnamed(dialect, "--date-column")])


def _month_place(dialect: Dialect, chosen: Choices, date: int) -> int:
    if chosen.month_column is not None:
        return _place(dialect, chosen.month_column, "--month-column")
    if not all(re.fullmatch(r"\d{4}", _cell(cells, date)) for _row, cells in dialect.sample[:50]):
        return -1
    months = [
        n for n, name in enumerate(dialect.header) if _word(name) in _MONTH_NAMES and n != date
    ]
    return months[0] if len(months) == 1 else -1


def _deaths_place(dialect: Dialect, chosen: Choices, date: int, month: int) -> int:
    """The column that counts; -1 where none is named so."""
    if chosen.deaths_column is not None:
        place = _place(dialect, chosen.deaths_column, "--deaths-column")
        if place in (date, month):
            message = _("is named for the dates and for the deaths")
            remedy = _("name two columns, or --shape deaths for one row a death")
            raise UnclearError([dialect.problem(dialect.header_row, chosen.deaths_column, "",
                                           message, remedy)])  # fmt: skip
        return place
    others = [n for n in range(len(dialect.header)) if n not in (date, month)]
    named = [n for n in others if _word(dialect.header[n]) in _DEATHS_NAMES]
    if len(named) > 1:
        raise UnclearError([_unnamed(dialect, "--deaths-column")])
    return named[0] if named else -1


def _shape(dialect: Dialect, chosen: Choices, date: int, month: int, deaths: int) -> str:
    """The shape by the first dates of the file."""
    if month >= 0:
        return "months" if deaths >= 0 else _no_shape(dialect)
    first = texts((without_time(_cell(cells, date)), row) for row, cells in dialect.sample)
    dates = {
        text: row
        for text, row in first.items()
        if text and not is_total(text) and not chosen.skips(text)
    }
    units = [unit for text in dates if (unit := unit_of(text))]
    if not units:
        text, row = next(iter(dates.items()), ("", 0))
        message = _("is not a date") if text else _("has no dates")
        remedy = _("name the column with --date-column; rows that are no dates go with --skip")
        message, remedy = no_date(text) or (message, remedy)
        raise UnclearError([dialect.problem(row, dialect.header[date], text, message, remedy)])
    unit = max(sorted(set(units)), key=units.count)
    if deaths >= 0:
        return {"year": "years", "month": "months", "day": "days"}[unit]
    return "deaths" if unit == "day" else _no_shape(dialect)


def _no_shape(dialect: Dialect) -> str:
    also = _("--shape deaths where each row is a death")
    raise UnclearError([_unnamed(dialect, "--deaths-column", also=also)])


def _wide_labels(dialect: Dialect) -> tuple[tuple[int, int, int], ...]:
    """Columns whose header is a month, a year, or a year and month."""
    if not dialect.header_row:
        return ()
    labels = []
    for place, name in enumerate(dialect.header):
        if month := month_named(name):
            labels.append((place, 0, month))
            continue
        when = read_dates({name: 1}, Choices()).dates.get(name) if name else None
        if when and when.unit != "day":
            labels.append((place, when.year, when.month))
    if not labels:  # months as numbers say so only when all twelve are there
        numbers = [(n, 0, month_written(name)) for n, name in enumerate(dialect.header)]
        labels = [each for each in numbers if each[2]]
        if sorted(label[2] for label in labels) != list(range(1, 13)):
            return ()
    return tuple(labels)


def _wide(
    dialect: Dialect,
    chosen: Choices,
    labels: tuple[tuple[int, int, int], ...],
    filters: tuple[tuple[int, str], ...],
) -> Layout:
    if not labels:
        message = _("names no month and no year")
        remedy = _("name the row of the column names with --header-row, or another --shape")
        raise UnclearError([dialect.problem(dialect.header_row, "", "", message, remedy)])
    places = {label[0] for label in labels}
    kinds = {(bool(label[1]), bool(label[2])) for label in labels}
    if len(kinds) > 1:
        message = _("names years and months side by side")
        remedy = _("name the shape with --shape, or its columns")
        raise UnclearError([dialect.problem(dialect.header_row, "", "", message, remedy)])
    others = [n for n in range(len(dialect.header)) if n not in places]
    totals = tuple(n for n in others if is_total(dialect.header[n]))
    rest = [n for n in others if n not in totals]
    if chosen.date_column is not None:
        date = _place(dialect, chosen.date_column, "--date-column")
    elif kinds == {(True, True)}:
        date = -1
    else:
        named = [n for n in rest if _word(dialect.header[n]) in _DATE_NAMES]
        if len(named) != 1 and len(rest) != 1:
            raise UnclearError([_unnamed(dialect, "--date-column")])
        date = (named or rest)[0]
    known = {date, *totals, *(place for place, _ in filters)}
    _refuse_unread(dialect, labels, [n for n in rest if n not in known])
    if date in places:
        message = _("is named for the dates, and is a column of counts")
        remedy = _("name the column of the years or months")
        raise UnclearError(
            [dialect.problem(dialect.header_row, dialect.header[date], "", message, remedy)]
        )
    return Layout("wide", date, labels=labels, totals=totals, filters=filters)


def _refuse_unread(
    dialect: Dialect, labels: tuple[tuple[int, int, int], ...], rest: list[int]
) -> None:
    """Refuse columns that stand where a month, or a year, is missing: their names were not read."""
    for (left, *before), (right, *after) in pairwise(labels):
        unread = [n for n in rest if left < n < right]
        if unread and after != _next(*before):
            message = _("stands where a month or a year is missing, and is not read as one")
            remedy = _(
                "write its name in English, Spanish, Portuguese or French, or as 2012-03; "
                "or take the column out"
            )
            raise UnclearError(
                [dialect.problem(dialect.header_row, dialect.header[n], "", message, remedy)
                 for n in unread]
            )  # fmt: skip


def _next(year: int, month: int) -> list[int]:
    """The label after a month, a year, or a month of a year."""
    if not month:
        return [year + 1, 0]
    if year and month == 12:
        return [year + 1, 1]
    return [year, month + 1]


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place] if 0 <= place < len(cells) else ""


def _word(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).rstrip(".:")
