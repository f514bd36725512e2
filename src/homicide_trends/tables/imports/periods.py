"""The period of each record: what its texts mean, decided for all of them together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ...language import N_, _, ngettext, translated
from ..problems import Problem, either, shortened
from .choices import Answer, Choices, question
from .columns import Table
from .dates import ORDERS, Period, following, marked, orders_of, period, readings
from .layouts import PERIODS, Layout, Record, is_total

Texts = tuple[str, ...]

_CENTURY = "century"

_SHAPE_UNITS = {
    "years": "year",
    "quarters": "quarter",
    "months": "month",
    "weeks": "week",
    "days": "day",
}
_UNITS = {"name": "month", "quarter_alone": "quarter", "day_alone": "day", "span": "year"}


@dataclass(slots=True)
class Periods:
    """Periods by text, texts that are totals of others, marks by text, how days were read."""

    found: dict[Texts, Period] = field(default_factory=dict)
    totals: list[Texts] = field(default_factory=list)
    marks: dict[Texts, str] = field(default_factory=dict)
    read_as: str = ""
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Texts] = field(default_factory=list)


def read_periods(
    table: Table, layout: Layout, records: Sequence[Record], chosen: Choices
) -> Periods:
    """What the texts of periods mean; what is open or wrong is among the problems."""
    result = Periods()
    texts = list(dict.fromkeys(record.when for record in records))
    _skip(texts, chosen, result)
    kind = layout.kinds[-1] if len(layout.kinds) == 1 else ""
    bare: dict[Texts, Texts] = {}
    for each in texts:
        parts = [marked(text) for text in each]
        bare[each] = tuple(text for text, _mark in parts)
        if mark := "".join(mark for _text, mark in parts):
            result.marks[each] = mark
    open_texts = [each for each in texts if each not in result.skipped]
    order = (
        _order(table, layout, [bare[t][0] for t in open_texts], chosen, result)
        if kind == "day"
        else ""
    )
    if result.problems:
        return result
    as_month = kind == "span" and _spans(table, [bare[t][0] for t in open_texts], chosen, result)
    wrong: list[Texts] = []
    short: list[Texts] = []
    for each in open_texts:
        whole = " ".join(filter(None, each))
        read = _period(layout.kinds, bare[each], order, as_month, chosen)
        if isinstance(read, Period):
            result.found[each] = read
        elif any(map(is_total, each)) or (
            kind in PERIODS and kind != "year" and "year" in readings(whole)
        ):
            result.totals.append(each)
            result.marks.pop(each, None)
        else:
            (short if read == _CENTURY else wrong).append(each)
    result.problems += _wrong(table, layout, wrong, short)
    if not result.problems:
        _stamps(table, layout, chosen, result)
    return result


def _skip(texts: Iterable[Texts], chosen: Choices, result: Periods) -> None:
    """Texts that are left out as asked: those that are the same, else those that begin so."""
    for asked in chosen.skip:
        folded = asked.casefold()
        ways = {
            each: {" ".join(filter(None, each)).casefold(), *(t.casefold() for t in each)}
            for each in texts
        }
        same = [each for each, way in ways.items() if folded in way]
        if not asked:
            same = [each for each in ways if "" in each]
        begin = [
            each for each, way in ways.items() if asked and any(t.startswith(folded) for t in way)
        ]
        result.skipped += [each for each in same or begin if each not in result.skipped]


def _period(
    kinds: Sequence[str], texts: Texts, order: str, as_month: bool, chosen: Choices
) -> Period | str | None:
    """The period of a record's texts; _CENTURY: its year has two digits; None: it is none."""
    told: dict[str, Any] = {}
    for kind, text in zip(kinds, texts, strict=True):
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
    unit = _UNITS.get(kinds[-1], kinds[-1]) if len(kinds) < 3 else "day"
    if len(kinds) > 1:
        unit = "day" if "day_alone" in told else "month" if "name" in told else "quarter"
        month = told.get("name") or 3 * told["quarter_alone"] - 2
        return period(unit, int(told["year"]), month, told.get("day_alone", 1))
    kind, value = next(iter(told.items()))
    if kind == "year":
        return period("year", int(value))
    if kind in ("name", "quarter_alone"):
        return None
    year = value[0]
    if len(year) == 2:
        if chosen.two_digit_years is None:
            return _CENTURY
        year = chosen.two_digit_years + (int(year) - chosen.two_digit_years) % 100
    if kind == "week":
        try:
            return Period(
                first := date.fromisocalendar(int(year), value[1], 1), first + timedelta(6), "week"
            )
        except ValueError:
            return None
    if kind == "span":
        return period("year", int(year), value[1] or chosen.year_starts or 1)
    month = 3 * value[1] - 2 if kind == "quarter" else value[1]
    return period(kind, int(year), month, value[2] if kind == "day" else 1)


def _order(
    table: Table, layout: Layout, texts: Collection[str], chosen: Choices, result: Periods
) -> str:
    """The one order of day, month and year that fits all dates."""
    ordered = orders_of(texts)
    if not ordered:
        return ""
    names = {"dmy": _("day first"), "mdy": _("month first"), "ymd": _("year first")}
    if chosen.date_order:
        result.read_as = f"{names[chosen.date_order]} ({_('as asked')})"
        return chosen.date_order
    column = layout.when[0][0]
    fitting = [name for name in ORDERS if all(name in read for read in ordered.values())]
    differing = [text for text, read in ordered.items() if len(set(read.values())) > 1]
    if fitting and (len(fitting) == 1 or not differing):
        shown = min((text for text, read in ordered.items() if len(set(read)) == 1), default="")
        by = f"'{shown}'" if shown else _("all the same either way")
        result.read_as = f"{names[fitting[0]]} ({by})"
        return fitting[0]
    if fitting:
        text = min(differing)
        century = chosen.two_digit_years or 2000
        given = {name: _written(ordered[text][name], century) for name in fitting}
        answers = [Answer(("--date-order", name), day) for name, day in given.items()]
        message = _("is {options}", options=either(*given.values()))
        result.problems.append(
            question(
                table.file,
                message,
                answers,
                row=table.row_of({column: text}),
                column=table.names[column],
                value=text,
            )
        )
        return fitting[0]
    left, first = set(ORDERS), next(iter(ordered))
    for text, read in ordered.items():
        if not left & set(read):
            order, other_order = "/".join(read), "/".join(ordered[first])
            message = _(
                "is in the order {order}, and '{other}' in the order {other_order}",
                order=order, other=first, other_order=other_order,
            )  # fmt: skip
            remedy = _("correct one of them: one order has to fit all rows")
            row, name = table.row_of({column: text}), table.names[column]
            result.problems.append(table.problem(message, remedy, row=row, column=name, value=text))
            break
        first = text if len(read) < len(left) else first
        left &= set(read)
    return ""


def _written(parts: tuple[str, int, int], century: int) -> str:
    year = int(parts[0]) if len(parts[0]) == 4 else century + (int(parts[0]) - century) % 100
    return f"{year:04}-{parts[1]:02}-{parts[2]:02}"


def _spans(table: Table, texts: list[str], chosen: Choices, result: Periods) -> bool:
    """Whether 2009/10 is a month here; asks where it may be, and in which month years begin."""
    read = [each for each in map(readings, texts) if "span" in each]
    lone = len(texts) == 1 and "-" in texts[0] and "month" in read[0]
    nothing_said = chosen.shape is None and chosen.year_starts is None
    if chosen.shape == "months" or (lone and nothing_said):
        return True
    if chosen.year_starts is None and any(not each["span"][1] for each in read):
        answers = [Answer(("--year-starts", n), says) for n, says in (
            ("4", _("April to March")), ("7", _("July to June")), ("10", _("October to September")),
            ("1", _("January to December of the first year")))]  # fmt: skip
        message = _("is a year that spans two: in which month does it begin?")
        if all("month" in each for each in read):
            year, month = read[0]["month"]
            message = _(
                "is month {month} of {year}, or {year} to {next}",
                month=month,
                year=year,
                next=int(year) + 1,
            )
            answers.insert(0, Answer(("--shape", "months")))
        result.problems.append(question(table.file, message, answers, value=texts[0]))
    return False


def _wrong(table: Table, layout: Layout, wrong: list[Texts], short: list[Texts]) -> list[Problem]:
    """A problem for each text that is no period; one for all years of two digits."""
    columns = [n for n, _kind in layout.when]
    name = table.names[columns[0]] if columns else ""
    problems: list[Problem] = []
    for texts in [*sorted(wrong)[:5], *sorted(short)[:1]]:
        shown = texts[: len(columns)] if layout.across else texts[len(texts) - len(columns) :]
        row = table.row_of(dict(zip(columns, shown, strict=False))) if columns else table.header_row
        whole = " ".join(filter(None, texts))
        message, also = _("is not a date"), _("correct it, or leave such rows out with --skip")
        answers = [Answer(("--skip", whole))]
        if texts in short:
            message, also = _("has a year of two digits"), _("and so on")
            answers = [Answer(("--two-digit-years", first), f"{first}-{last}")
                       for first, last in (("1950", "2049"), ("1930", "2029"))]  # fmt: skip
        elif not whole:
            message = _("is empty")
            also = _("fill it in, or leave rows without a date out with --skip ''")
        problems.append(
            question(table.file, message, answers, row=row, column=name, value=whole, also=also)
        )
    if len(wrong) > 5:
        more = len(wrong) - 5
        message = ngettext("and {number} more like this", "and {number} more like these", more)
        problems.append(table.problem(message, _("correct these first")))
    return problems


def _stamps(table: Table, layout: Layout, chosen: Choices, result: Periods) -> None:
    """Days that stand for longer periods, such as the first of each month: as asked, or asked."""
    units = {each.unit for each in result.found.values()}
    if layout.shape == "deaths" or units != {"day"}:
        asked = _SHAPE_UNITS.get(chosen.shape or "")
        if asked and layout.shape != "deaths" and units and units != {asked}:
            message = translated(_OTHER_UNIT[min(units)])
            remedy = _("leave --shape out, or name another")
            result.problems.append(table.problem(message, remedy, value=f"--shape {chosen.shape}"))
        return
    days = sorted({each.first for each in result.found.values()})
    fitting = []
    if all(day.day == 1 for day in days) or (
        len(days) > 1 and all((day + timedelta(1)).day == 1 for day in days)
    ):
        fitting.append("months")
        if len({day.month % 3 for day in days}) == 1:
            fitting.append("quarters")
        if len({day.month for day in days}) == 1 and len(days) > 1:
            fitting.append("years")
    elif len(days) > 2 and all((b - a).days % 7 == 0 for a, b in zip(days, days[1:], strict=False)):
        fitting.append("weeks")
    if chosen.shape in (None, "wide") and fitting:
        messages = {"weeks": N_("and all dates are a week apart: what is a row?"),
                    "months": N_("and all dates begin or end a month: what is a row?")}  # fmt: skip
        answers = [
            Answer(("--shape", name), translated(_ROWS[name]))
            for name in (*reversed(fitting), "days")
        ]
        text = next(iter(result.found))[0]
        result.problems.append(
            question(
                table.file,
                translated(messages[fitting[0]]),
                answers,
                value=text,
                column=table.names[layout.when[0][0]],
            )
        )
    elif chosen.shape in ("months", "quarters", "years", "weeks"):
        unit = _SHAPE_UNITS[chosen.shape]
        for when, each in result.found.items():
            first = each.first if unit == "week" else _begins(each.first, unit, days)
            result.found[when] = Period(first, following(first, unit) - timedelta(1), unit)
        layout.shape = chosen.shape


def _begins(day: date, unit: str, days: Sequence[date]) -> date:
    """The first day of the period that a day stamps: it begins or ends there."""
    at_end = all((each + timedelta(1)).day == 1 for each in days)
    if unit == "month":
        return day.replace(day=1)
    months = {"quarter": 3, "year": 12}[unit]
    if not at_end:
        return day.replace(day=1)
    number = day.year * 12 + day.month - months
    return date(number // 12, number % 12 + 1, 1)


_ROWS = {
    "years": N_("a row is a year"),
    "quarters": N_("a row is a quarter"),
    "months": N_("a row is a month"),
    "weeks": N_("a row is a week"),
    "days": N_("a row is a day"),
}
_OTHER_UNIT = {
    "year": N_("is asked for, and a row is for a year"),
    "quarter": N_("is asked for, and a row is for a quarter"),
    "month": N_("is asked for, and a row is for a month"),
    "week": N_("is asked for, and a row is for a week"),
    "day": N_("is asked for, and a row is for a day"),
}


def within(texts: Texts, totals: Texts, found: Period) -> bool:
    """Whether a period is one of those that a row of totals adds up, by the year it names.

    >>> within((), ("2012", "Total"), Period(date(2012, 3, 1), date(2012, 3, 31), "month"))
    True
    """
    years = [
        word
        for text in totals
        for word in text.replace("-", " ").split()
        if "year" in readings(word)
    ]
    return not years or found.first.year == int(years[0])


def grouped(periods: Iterable[Period]) -> Mapping[str, list[Period]]:
    """Periods by their unit."""
    by: dict[str, list[Period]] = defaultdict(list)
    for each in periods:
        by[each.unit].append(each)
    return by


def listed(periods: Iterable[object]) -> str:
    """The first of several periods, in order."""
    return shortened(sorted(map(str, periods)))
