"""The period of each record: what its texts mean, decided for all of them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...language import N_, _, ngettext, translated
from ..problems import either, shortened
from .choices import answer
from .dates import ONE_DAY, ORDERS, Period, following, marked, period, readings
from .layouts import SHAPES, Record
from .words import is_total

if TYPE_CHECKING:
    from .understanding import Understood

Texts = tuple[str, ...]

_CENTURY = "century"
_UNITS = {shape: kind for kind, shape in SHAPES.items()}  # the last, year, is that of years
_ROWS = {
    "years": N_("a row is a year"),
    "quarters": N_("a row is a quarter"),
    "months": N_("a row is a month"),
    "weeks": N_("a row is a week"),
    "days": N_("a row is a day"),
    "wide": N_("periods stand side by side"),
    "deaths": N_("a row is a death"),
}
_STAMPS = {"weeks": N_("and all dates are a week apart: what is a row?"),
           "months": N_("and all dates begin or end a month: what is a row?")}  # fmt: skip


def what_a_row_is(shape: str) -> str:
    """A shape in words."""
    return translated(_ROWS[shape])


@dataclass(slots=True)
class Periods:
    """Periods by text, texts that are totals of others or left out as asked, marks by text."""

    found: dict[Texts, Period] = field(default_factory=dict)
    totals: list[Texts] = field(default_factory=list)
    skipped: list[Texts] = field(default_factory=list)
    marks: dict[Texts, str] = field(default_factory=dict)


def read_periods(file: "Understood", records: Sequence[Record]) -> Periods:
    """What the texts of periods mean; what is open or wrong is among the file's problems."""
    result, before = Periods(), len(file.problems)
    texts = dict.fromkeys(record.when for record in records)
    result.skipped = _skipped(texts, file.chosen.skip)
    kind = file.kinds[-1] if len(file.kinds) == 1 else ""
    bare = {}
    for each in texts:
        if each not in result.skipped:
            parts = [marked(text) for text in each]
            bare[each] = tuple(text for text, _mark in parts)
            if mark := "".join(mark for _text, mark in parts):
                result.marks[each] = mark
    firsts = [each[0] for each in bare.values()]
    order = _order(file, firsts) if kind == "day" else ""
    as_month = kind == "span" and _spans(file, firsts)
    if len(file.problems) > before:
        return result
    wrong: list[Texts] = []
    short: list[Texts] = []
    for each, plain in bare.items():
        read = _period(file, plain, order, as_month)
        if isinstance(read, Period):
            result.found[each] = read
        elif any(map(is_total, each)) or (
            kind in SHAPES and kind != "year" and "year" in readings(" ".join(each))
        ):
            result.totals.append(each)
            result.marks.pop(each, None)
        else:
            (short if read == _CENTURY else wrong).append(each)
    _wrong(file, wrong, short)
    if len(file.problems) == before:
        _stamps(file, result)
    return result


def _skipped(texts: Iterable[Texts], skip: Iterable[str]) -> list[Texts]:
    """Texts that are left out as asked: those that are the same, else those that begin so."""
    left: dict[Texts, None] = {}
    for asked in map(str.casefold, skip):
        ways = {each: {" ".join(filter(None, each)).casefold(), *map(str.casefold, each)}
                for each in texts}  # fmt: skip
        same = [each for each, way in ways.items() if asked in way]
        begin = [each for each, way in ways.items() if any(t.startswith(asked) for t in way)]
        left |= dict.fromkeys(same or (begin if asked else ()))
    return list(left)


def _period(file: "Understood", texts: Texts, order: str, as_month: bool) -> Period | str | None:
    """The period of a record's texts; _CENTURY: its year has two digits; None: it is none."""
    told: dict[str, Any] = {}
    value: Any = None
    for kind, text in zip(file.kinds, texts, strict=True):
        read = readings(text)
        kind = "month" if kind == "span" and as_month else kind
        value = read.get(kind)
        if kind == "name":
            value = value or read.get("number")
        if kind == "day_alone":
            value = int(text) if text.isdigit() and int(text) <= 31 else None
        if kind == "day" and value is not None:
            value = value.get("", value.get(order))
        if value is None:
            return None
        told[kind] = value
    if len(told) > 1:
        unit = "day" if "day_alone" in told else "month" if "name" in told else "quarter"
        month = told.get("name") or 3 * told["quarter_alone"] - 2
        return period(unit, int(told["year"]), month, told.get("day_alone", 1))
    if kind == "year":
        return period("year", int(value))
    if kind in ("name", "quarter_alone"):
        return None
    year, chosen = value[0], file.chosen
    if len(year) == 2:
        if chosen.two_digit_years is None:
            return _CENTURY
        year = chosen.two_digit_years + (int(year) - chosen.two_digit_years) % 100
    if kind == "week":
        try:
            first = date.fromisocalendar(int(year), value[1], 1)
        except ValueError:
            return None
        return Period(first, following(first, "week") - ONE_DAY, "week")
    if kind == "span":
        return period("year", int(year), value[1] or chosen.year_starts or 1)
    month = 3 * value[1] - 2 if kind == "quarter" else value[1]
    return period(kind, int(year), month, value[2] if kind == "day" else 1)


def _order(file: "Understood", texts: Iterable[str]) -> str:
    """The one order of day, month and year that fits all dates."""
    days = {text: readings(text).get("day", {}) for text in texts}
    ordered = {text: each for text, each in days.items() if each and "" not in each}
    if not ordered:
        return ""
    chosen, column = file.chosen, file.when[0][0]
    names = {"dmy": _("day first"), "mdy": _("month first"), "ymd": _("year first")}
    if chosen.date_order:
        file.dates_read_as = f"{names[chosen.date_order]} ({_('as asked')})"
        return chosen.date_order
    fitting = [name for name in ORDERS if all(name in read for read in ordered.values())]
    differing = [text for text, read in ordered.items() if len(set(read.values())) > 1]
    if fitting and (len(fitting) == 1 or not differing):
        shown = min((text for text, read in ordered.items() if len(set(read)) == 1), default="")
        by = f"'{shown}'" if shown else _("all the same either way")
        file.dates_read_as = f"{names[fitting[0]]} ({by})"
        return fitting[0]
    if fitting:
        text, century = min(differing), chosen.two_digit_years or 2000
        given = {name: _written(ordered[text][name], century) for name in fitting}
        answers = [answer("--date-order", name, says=day) for name, day in given.items()]
        message = _("is {options}", options=either(*given.values()))
        file.problems.append(
            file.columns.ask(message, *answers, at={column: text}, column=column, value=text)
        )
        return ""
    left, first = set(ORDERS), next(iter(ordered))
    for text, read in ordered.items():
        if not left & set(read):
            message = _(
                "is in the order {order}, and '{other}' in the order {other_order}",
                order="/".join(read), other=first, other_order="/".join(ordered[first]),
            )  # fmt: skip
            remedy, at = _("correct one of them: one order has to fit all rows"), {column: text}
            file.problems.append(
                file.columns.ask(message, also=remedy, at=at, column=column, value=text)
            )
            break
        first = text if len(read) < len(left) else first
        left &= set(read)
    return ""


def _written(parts: tuple[str, int, int], century: int) -> str:
    year = int(parts[0]) if len(parts[0]) == 4 else century + (int(parts[0]) - century) % 100
    return f"{year:04}-{parts[1]:02}-{parts[2]:02}"


def _spans(file: "Understood", texts: list[str]) -> bool:
    """Whether 2009/10 is a month here; asks where it may be, and in which month years begin."""
    chosen = file.chosen
    read = [each for each in map(readings, texts) if "span" in each]
    lone = len(texts) == 1 and "-" in texts[0] and "month" in read[0]
    if chosen.shape == "months" or (lone and chosen.shape is None and chosen.year_starts is None):
        return True
    if chosen.year_starts is None and any(not each["span"][1] for each in read):
        answers = [answer("--year-starts", n, says=says) for n, says in (
            ("4", _("April to March")), ("7", _("July to June")), ("10", _("October to September")),
            ("1", _("January to December of the first year")))]  # fmt: skip
        message = _("is a year that spans two: in which month does it begin?")
        if all("month" in each for each in read):
            year, month = read[0]["month"]
            message = _("is month {month} of {year}, or {year} to {next}",
                        month=month, year=year, next=int(year) + 1)  # fmt: skip
            answers.insert(0, answer("--shape", "months"))
        file.problems.append(file.columns.ask(message, *answers, value=texts[0]))
    return False


def _wrong(file: "Understood", wrong: list[Texts], short: list[Texts]) -> None:
    """A problem for each text that is no period; one for all years of two digits."""
    columns = [n for n, _kind in file.when]
    for texts in [*sorted(wrong)[:5], *sorted(short)[:1]]:
        shown = texts[: len(columns)] if file.across else texts[len(texts) - len(columns) :]
        whole = " ".join(filter(None, texts))
        message, also = _("is not a date"), _("correct it, or leave such rows out with --skip")
        answers = [answer("--skip", whole)]
        if texts in short:
            message, also = _("has a year of two digits"), _("and so on")
            answers = [answer("--two-digit-years", first, says=f"{first}-{last}")
                       for first, last in (("1950", "2049"), ("1930", "2029"))]  # fmt: skip
        elif not whole:
            message = _("is empty")
            also = _("fill it in, or leave rows without a date out with --skip ''")
        file.problems.append(
            file.columns.ask(
                message, *answers, also=also, at=dict(zip(columns, shown, strict=False)),
                row=file.columns.header_row, column=columns[0] if columns else "", value=whole,
            )
        )  # fmt: skip
    if len(wrong) > 5:
        file.problems.append(
            file.columns.ask(and_more(len(wrong) - 5), also=_("correct these first"))
        )


def and_more(number: int) -> str:
    """How many problems of a kind are not named."""
    return ngettext("and {number} more like this", "and {number} more like these", number)


def _stamps(file: "Understood", result: Periods) -> None:
    """Days that stand for longer periods, such as the first of each month: as asked, or asked."""
    shape, columns = file.chosen.shape, file.columns
    units = {each.unit for each in result.found.values()}
    if file.shape == "deaths":
        return
    if units != {"day"}:
        asked = _UNITS.get(shape or "")
        if asked and units and units != {asked}:
            message = _("is asked for, and a row is for another period")
            remedy, value = _("leave --shape out, or name another"), f"--shape {shape}"
            file.problems.append(columns.ask(message, also=remedy, value=value))
        return
    days = sorted({each.first for each in result.found.values()})
    at_end = all((day + ONE_DAY).day == 1 for day in days)
    fitting = []
    if all(day.day == 1 for day in days) or (len(days) > 1 and at_end):
        fitting.append("months")
        if len({day.month % 3 for day in days}) == 1:
            fitting.append("quarters")
        if len({day.month for day in days}) == 1 and len(days) > 1:
            fitting.append("years")
    elif len(days) > 2 and all((after - before).days % 7 == 0 for before, after in pairwise(days)):
        fitting.append("weeks")
    if shape in (None, "wide") and fitting:
        answers = [answer("--shape", name, says=what_a_row_is(name))
                   for name in (*reversed(fitting), "days")]  # fmt: skip
        text, message = next(iter(result.found))[0], translated(_STAMPS[fitting[0]])
        file.problems.append(columns.ask(message, *answers, value=text, column=file.when[0][0]))
    elif shape in ("months", "quarters", "years", "weeks"):
        unit = _UNITS[shape]
        for when, each in result.found.items():
            first = each.first if unit == "week" else _begins(each.first, unit, at_end)
            result.found[when] = Period(first, following(first, unit) - ONE_DAY, unit)
        file.shape = shape


def _begins(day: date, unit: str, at_end: bool) -> date:
    """The first day of the period that a day stamps: it begins or ends there."""
    if unit == "month" or not at_end:
        return day.replace(day=1)
    number = day.year * 12 + day.month - {"quarter": 3, "year": 12}[unit]
    return date(number // 12, number % 12 + 1, 1)


def within(totals: Texts, found: Period) -> bool:
    """Whether a period is one of those that a row of totals adds up, by the year it names."""
    words = " ".join(totals).replace("-", " ").split()
    years = [word for word in words if "year" in readings(word)]
    return not years or found.first.year == int(years[0])


def listed(periods: Iterable[object]) -> str:
    """The first of several periods, in order."""
    return shortened(sorted({*map(str, periods)}))
