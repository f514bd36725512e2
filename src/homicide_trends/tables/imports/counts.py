"""From records to counts: totals told from parts, rows added up, gaps and open ends asked about."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from ...language import N_, _, ngettext, translated
from ..problems import Problem, harmless, quoted
from .choices import Answer, Choices, UnclearError, deaths_said, question
from .columns import Table
from .dates import Period, following
from .layouts import Layout, Record, is_total, records
from .numbers import Number, read_numbers
from .periods import Periods, Texts, listed, read_periods, within

_DAY = timedelta(days=1)
_MOST_MEMBERS = 300  # values of a column among which sums are looked for
_SUM_FROM = 20  # deaths: smaller sums come about by chance


class Count(NamedTuple):
    """Deaths from a first day to a last one, both counted; of which place, sex, age, mechanism."""

    start: date
    end: date
    deaths: int
    place: str = ""
    sex: str = ""
    age: str = ""
    mechanism: str = ""
    motive: str = ""
    status: str = ""
    low: int | None = None
    high: int | None = None


class Row(NamedTuple):
    """Rows of one period with the same number, as it was read."""

    period: Period
    dims: Texts
    number: Number
    rows: int
    record: Record


@dataclass(slots=True)
class Counted:
    """Counts in order, the unit of their periods, how they were read and what was left out."""

    counts: list[Count]
    unit: str
    notes: list[str] = field(default_factory=list)
    dates_read_as: str = ""
    numbers_read_as: str = ""
    example: tuple[str, Period] | None = None


def count(table: Table, layout: Layout, chosen: Choices) -> Counted:
    """The counts of a table; UnclearError with every question that is open."""
    found, notes, problems = records(table, layout, chosen)
    if not found:
        message, remedy = _("has no row below its header"), _("check --where and --header-row")
        raise UnclearError([table.problem(message, remedy)])
    periods = read_periods(table, layout, found, chosen)
    cells: Counter[str] = Counter()
    for record in found:
        if record.when not in periods.skipped:
            cells[record.cell] += record.rows
    if layout.shape != "deaths":
        numbers = read_numbers(cells, chosen)
    else:
        numbers = read_numbers({"1": 1}, chosen)
    problems += [*periods.problems, *_wrong_numbers(table, found, numbers.wrong)]
    problems += _period_marks(table, periods, chosen)
    if problems:
        raise UnclearError(problems)
    skipped = [" ".join(t) for t in periods.skipped]
    notes += [_("'{text}', as asked (--skip)", text=harmless(text, 80)) for text in skipped[:3]]
    rows = [
        Row(
            periods.found[r.when],
            r.dims,
            _marked(numbers.counts[r.cell], r.when, periods, chosen),
            r.rows,
            r,
        )
        for r in found
        if r.when in periods.found
    ]
    if not rows:
        message, remedy = (
            _("holds only totals and rows that are left out"),
            _("check --date-column and --skip"),
        )
        raise UnclearError([table.problem(message, remedy)])
    of_totals = [r for r in found if r.when in periods.totals]
    rows = _whole_columns(table, layout, rows, of_totals, chosen, notes)
    _refuse_totals(table, layout, rows, of_totals, periods, numbers.counts, chosen, notes)
    _refuse_decimals(table, layout, rows, chosen)
    series = _added(table, layout, rows, chosen)
    counted = _covered(table, layout, rows, series, chosen, notes)
    counted.dates_read_as, counted.numbers_read_as = periods.read_as, numbers.read_as
    counted.numbers_read_as *= layout.shape != "deaths"
    counted.example = (" ".join(filter(None, rows[0].record.when)), rows[0].period)
    return counted


def _wrong_numbers(
    table: Table, found: Sequence[Record], wrong: dict[str, tuple[str, list[Answer], str]]
) -> Iterator[Problem]:
    for text, (message, answers, also) in sorted(wrong.items())[:5]:
        record = next(each for each in found if each.cell == text)
        row = table.row_of({record.column: text})
        yield question(
            table.file,
            message,
            answers,
            row=row,
            column=table.names[record.column],
            value=text,
            also=also,
        )
    if len(wrong) > 5:
        message = ngettext(
            "and {number} more like this", "and {number} more like these", len(wrong) - 5
        )
        yield table.problem(message, _("correct these first"))


def _period_marks(table: Table, periods: Periods, chosen: Choices) -> Iterator[Problem]:
    known = {mark.replace(" ", "") for mark, _how in chosen.mark}
    for mark in dict.fromkeys(periods.marks.values()):
        if mark.replace(" ", "") not in known:
            text = next(" ".join(each) for each, m in periods.marks.items() if m == mark)
            message = _("has a mark that nobody has decided about: {mark}", mark=mark)
            answers = [Answer(("--mark", mark, how)) for how in ("preliminary", "final", "missing")]
            yield question(table.file, message, answers, value=text)


def _marked(number: Number, when: Texts, periods: Periods, chosen: Choices) -> Number:
    """A number with what the mark of its period says of it."""
    mark = periods.marks.get(when)
    if not mark or number.value is None:
        return number
    how = next(
        each for known, each in chosen.mark if known.replace(" ", "") == mark.replace(" ", "")
    )
    if how == "missing":
        return Number(None)
    return (
        number
        if how == "final"
        else Number(number.value, number.low, number.high, number.status or how)
    )


# --- columns that tell rows of a period apart ---------------------------------------------------


def _whole_columns(
    table: Table,
    layout: Layout,
    rows: list[Row],
    of_totals: list[Record],
    chosen: Choices,
    notes: list[str],
) -> list[Row]:
    """Rows without those that are totals of others; asks about columns that nobody decided."""
    apart = len(layout.apart)
    names = [table.names[n] for n in layout.dims]
    asked: list[Problem] = []
    vary = [k for k in range(len(names)) if len({row.dims[k] for row in rows}) > 1]
    if layout.shape != "deaths" and not _stand_twice(rows, apart):
        vary = [k for k in vary if k < apart]
    open_ones = _independent(rows, vary, apart)
    summed = {n for n, name in enumerate(names) if layout.dims[n] in _named(table, chosen.sum)}
    said = {k: {m for m in {row.dims[k] for row in rows} if is_total(m)} for k in open_ones}
    for k in open_ones:
        if k < apart and list(layout.apart)[k] != "place":
            continue  # of a sex, an age, a mechanism a total is all of them, and stands beside them
        if layout.shape == "deaths":
            if k >= apart and k not in summed and chosen.duplicates != "sum":
                asked.append(_kinds(table, names[k], rows, k, ()))
            continue
        others = [j for j in vary if j != k and not _told_by(rows, k, j)]
        if said[k]:
            equal, parts = _is_sum(rows, k, said[k], others)
            if equal and chosen.totals != "add":
                listed = ", ".join(quoted(each) for each in sorted(said[k]))
                notes.append(
                    _("{column} {values}, the sum of the others", column=names[k], values=listed)
                )
                rows = [row for row in rows if row.dims[k] not in said[k]]
                continue
            if chosen.totals == "ignore" and parts:
                rows = [row for row in rows if row.dims[k] not in said[k]]
            elif chosen.totals != "add":
                asked.append(_total_or_parts(table, names[k], rows, k, said, parts))
                continue
        elif k >= apart and chosen.totals != "add" and (sums := _sums(rows, k, others)):
            asked.append(_total_or_parts(table, names[k], rows, k, {**said, k: sums}, True))
            continue
        if k >= apart and k not in summed and chosen.duplicates != "sum":
            asked.append(
                _kinds(
                    table, names[k], rows, k, {j: said[j] for j in open_ones if j != k and said[j]}
                )
            )
    if asked:
        raise UnclearError(asked)
    return rows


def _named(table: Table, names: Iterable[str]) -> set[int]:
    from .layouts import place

    return {place(table, name, "--sum") for name in names}


def _stand_twice(rows: Sequence[Row], apart: int) -> bool:
    """Whether any period has several rows, so that what tells them apart matters."""
    counted: Counter[object] = Counter()
    for row in rows:
        counted[row.period, row.dims[:apart], row.record.column] += row.rows
    return max(counted.values()) > 1


def _told_by(rows: Sequence[Row], j: int, k: int) -> bool:
    """Whether the value of one column tells that of another, as a code tells its name."""
    pairs = {(row.dims[j], row.dims[k]) for row in rows}
    return len(pairs) == len({j for j, _k in pairs})


def _independent(rows: Sequence[Row], vary: Sequence[int], apart: int) -> list[int]:
    """The columns that no other tells; of a code and its name the one that says total."""
    kept = list(vary)

    def weight(k: int) -> tuple[bool, bool, int, int]:
        values = {row.dims[k] for row in rows}
        return k < apart, any(map(is_total, values)), len(values), -k

    for k in sorted(vary, key=weight):
        if k >= apart and any(j in kept and j != k and _told_by(rows, j, k) for j in vary):
            kept.remove(k)
    return kept


def _value(row: Row) -> Fraction | int:
    return (row.number.value or 0) * row.rows


def _by_group(
    rows: Sequence[Row], k: int, others: Sequence[int]
) -> dict[str, dict[object, Fraction | int]]:
    """The number of each value of a column in each group of period and other columns."""
    found: dict[str, dict[object, Fraction | int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row.dims[k]][row.period, tuple(row.dims[j] for j in others), row.record.column] += (
            _value(row)
        )
    return found


def _is_sum(
    rows: Sequence[Row], k: int, named: set[str], others: Sequence[int]
) -> tuple[bool, bool]:
    """Whether rows called totals are always the sum of the others; whether there are others."""
    by = _by_group(rows, k, others)
    whole = {member: values for member, values in by.items() if member in named}
    parts = {member: values for member, values in by.items() if member not in named}
    groups = {group for values in by.values() for group in values}
    equal = (
        len(whole) == 1
        and bool(parts)
        and all(
            next(iter(whole.values())).get(group)
            == sum(values.get(group, 0) for values in parts.values())
            for group in groups
        )
    )
    return equal, bool(parts)


def _sums(rows: Sequence[Row], k: int, others: Sequence[int]) -> set[str]:
    """Values of a column that are always the sum of others: of all, or of some in a row."""
    by = _by_group(rows, k, others)
    if not 2 <= len(by) <= _MOST_MEMBERS:
        return set()
    groups = sorted({group for values in by.values() for group in values}, key=str)
    vectors = {member: [values.get(group, 0) for group in groups] for member, values in by.items()}
    every = [sum(column) for column in zip(*vectors.values(), strict=True)]
    found = set()
    members = list(vectors)
    for at, member in enumerate(members):
        vector = vectors[member]
        if not any(vector):
            continue
        if all(2 * each == total for each, total in zip(vector, every, strict=True)):
            found.add(member)
            continue
        for block in (members[at + 1 :], members[:at][::-1]):
            summed = [Fraction(0)] * len(groups)
            for number, other in enumerate(block, start=1):
                summed = [a + b for a, b in zip(summed, vectors[other], strict=True)]
                if any(a > b for a, b in zip(summed, vector, strict=True)):
                    break
                if summed == vector and number > 1 and len(groups) > 1 and sum(vector) >= _SUM_FROM:
                    found.add(member)
                    break
    return found


def _total_under(rows: Iterable[Row], at: dict[int, set[str]]) -> float:
    """All deaths of rows that have one of the values in each of some columns."""
    return float(
        sum(_value(row) for row in rows if all(row.dims[k] in values for k, values in at.items()))
    )


def _total_or_parts(
    table: Table, name: str, rows: Sequence[Row], k: int, said: dict[int, set[str]], parts: bool
) -> Problem:
    """The question on rows that are called a total, or are the sum of others."""
    other = {j: values for j, values in said.items() if j != k and values}
    named = sorted(said[k])
    answers = [
        Answer(("--where", name, each), deaths_said(_total_under(rows, {**other, k: {each}})))
        for each in named[:4]
    ]
    rest = {row.dims[k] for row in rows} - said[k]
    if parts and all(map(is_total, named)):
        answers.append(
            Answer(("--totals", "ignore"), deaths_said(_total_under(rows, {**other, k: rest})))
        )
    elif parts:
        answers += [
            Answer(("--where", name, each), deaths_said(_total_under(rows, {**other, k: {each}})))
            for each in sorted(rest)[:2]
        ]
    answers.append(
        Answer(("--sum", name, "--totals", "add"), deaths_said(_total_under(rows, other)))
    )
    message = _("is called a total, and is not the sum of the others")
    if not all(map(is_total, named)):
        message = _("is in every period the sum of others: a total, or a part like them?")
    return question(table.file, message, answers, column=name, value=named[0])


def _kinds(
    table: Table, name: str, rows: Sequence[Row], k: int, said: dict[int, set[str]] | tuple[()]
) -> Problem:
    """The question on a column whose different values nobody has decided about."""
    other = dict(said)
    by: Counter[str] = Counter()
    for row in rows:
        if all(row.dims[j] in values for j, values in other.items()):
            by[row.dims[k]] += float(_value(row))  # type: ignore[assignment]
    answers = [Answer(("--sum", name), deaths_said(_total_under(rows, other)))]
    shown = [(text, deaths) for text, deaths in by.most_common(4) if text]
    answers += [Answer(("--where", name, text), deaths_said(deaths)) for text, deaths in shown]
    answers.append(Answer(("--place-column", name), _("a place each")))
    message = ngettext(
        "has {number} value: do its rows add up, or is one wanted?",
        "has {number} different values: do their rows add up, or is one wanted?",
        len(by),
    )
    return question(table.file, message, answers, column=name, value=", ".join(list(by)[:4]))


def _refuse_totals(
    table: Table,
    layout: Layout,
    rows: Sequence[Row],
    of_totals: Sequence[Record],
    periods: Periods,
    numbers: dict[str, Number],
    chosen: Choices,
    notes: list[str],
) -> None:
    """Refuse rows that are called totals of periods, or are longer ones, and are not the sum."""
    problems = []
    kept = {row.dims for row in rows}
    for record in of_totals:
        name = " ".join(filter(None, record.when))
        said = numbers[record.cell].value if layout.shape != "deaths" else None
        if record.dims not in kept and layout.dims:
            continue  # of rows that are left out themselves
        summed = sum(_value(row) for row in rows
                     if row.dims == record.dims and row.record.column == record.column
                     and within(record.when, record.when, row.period))  # fmt: skip
        if layout.across:
            same = [t for t in record.when if not is_total(t)]
            summed = sum(_value(row) for row in rows if row.dims == record.dims and
                         all(t in row.record.when for t in same))  # fmt: skip
        text = harmless(name, 80)
        if said is None:
            line = _("'{text}', a total, without a number", text=text)
        elif chosen.totals == "ignore":
            line = _("'{text}', a total, unasked (--totals ignore)", text=text)
        else:
            line = _("'{text}', a total, equal to the sum", text=text)
            if said != summed:
                message = _("is not the sum, which is {sum}", sum=f"{float(summed):g}")
                answers = [
                    Answer(("--totals", "ignore"), deaths_said(float(sum(map(_value, rows))))),
                    Answer(("--skip", name)),
                ]
                column = record.column
                at = table.row_of(
                    {
                        column: record.cell,
                        **dict(zip([n for n, _k in layout.when], record.when, strict=False)),
                    }
                )
                problems.append(
                    question(
                        table.file,
                        message,
                        answers,
                        row=at,
                        column=table.names[column],
                        value=record.cell,
                    )
                )
        notes.append(line)
    notes[:] = dict.fromkeys(notes)
    if problems:
        raise UnclearError(problems[:5])


def _refuse_decimals(table: Table, layout: Layout, rows: Sequence[Row], chosen: Choices) -> None:
    broken = next((row for row in rows if isinstance(row.number.value, Fraction)), None)
    if broken is None:
        return
    cell, column = broken.record.cell, broken.record.column
    message = _("is not a whole number")
    remedy = _(
        "deaths are whole numbers: which column counts them? What a model estimates belongs into "
        "estimates.csv, with its limits"
    )
    row = table.row_of({column: cell})
    raise UnclearError(
        [table.problem(message, remedy, row=row, column=table.names[column], value=cell)]
    )


# --- adding up --------------------------------------------------------------------------------


class Sum(NamedTuple):
    """Deaths of a period; the least and most; whether any cell had none; statuses of its parts."""

    deaths: int
    low: int
    high: int
    blank: bool
    status: frozenset[str]


Series = dict[tuple[Texts, Period], Sum | None]


def _added(table: Table, layout: Layout, rows: Sequence[Row], chosen: Choices) -> Series:
    """One number for each period of each place and so on; None: it has none."""
    apart = len(layout.apart)
    by: dict[tuple[Texts, Period], list[Row]] = defaultdict(list)
    for row in rows:
        by[row.dims[:apart], row.period].append(row)
    if layout.shape != "deaths" and chosen.duplicates != "sum":
        _refuse_doubles(table, layout, by, chosen)
    series: Series = {}
    partly = []
    for key, parts in by.items():
        known = [(row.number, row.rows) for row in parts if row.number.value is not None]
        series[key] = None
        if not known:
            continue
        blank = len(known) < len(parts)
        if blank:
            partly.append((key, sum(int(n.value or 0) * times for n, times in known)))
        if blank and chosen.gaps != "zero":
            continue
        series[key] = Sum(
            sum(int(n.value or 0) * times for n, times in known),
            sum(int(n.low if n.high else n.value or 0) * times for n, times in known),
            sum(int(n.high or n.value or 0) * times for n, times in known),
            blank,
            frozenset(n.status for n, _times in known if n.status),
        )
    if partly and chosen.gaps is None:
        left = sum(each.deaths for each in series.values() if each)
        message = ngettext(
            "{number} period has a sum in which a cell has no number",
            "{number} periods have a sum in which a cell has no number",
            len(partly),
        )
        answers = [Answer(("--gaps", "zero"), deaths_said(left + sum(n for _key, n in partly))),
                   Answer(("--gaps", "missing"), deaths_said(left))]  # fmt: skip
        raise UnclearError(
            [question(table.file, message, answers, value=listed(key[1] for key, _n in partly))]
        )
    if not any(series.values()):
        message, remedy = _("has no count at all"), _("name another column with --deaths-column")
        raise UnclearError(
            [table.problem(message, remedy, column=table.names[rows[0].record.column])]
        )
    return series


def _refuse_doubles(
    table: Table, layout: Layout, by: dict[tuple[Texts, Period], list[Row]], chosen: Choices
) -> None:
    """Ask about several rows for a period that no column with a decision tells apart."""
    doubles = []
    for key, rows in by.items():
        told: Counter[object] = Counter()
        for row in rows:
            told[row.dims, row.record.column] += row.rows
        if max(told.values()) > 1:
            doubles.append(key)
    if not doubles:
        return
    first = by[doubles[0]][0].record.when
    total = sum(float(_value(row)) for each in by.values() for row in each)
    answers = [Answer(("--duplicates", "sum"), deaths_said(total))]
    if layout.shape == "days":
        number = sum(row.rows for each in by.values() for row in each)
        answers.append(Answer(("--shape", "deaths"), deaths_said(number)))
    differ = _that_differ(table, layout)
    answers += [Answer(("--where", name, text)) for name, text in differ[:3]]
    columns = [n for n, _kind in layout.when]
    at = table.row_of(dict(zip(columns, first, strict=False)))
    message = ngettext(
        "{number} period has several rows", "{number} periods have several rows", len(doubles)
    )
    also = _("delete those that are not wanted")
    raise UnclearError(
        [
            question(
                table.file,
                message,
                answers,
                row=at,
                value=listed(key[1] for key in doubles),
                also=also,
            )
        ]
    )


def _that_differ(table: Table, layout: Layout) -> list[tuple[str, str]]:
    """Columns that are not read and have a few different values, with the first of them."""
    read = {*dict(layout.when), *layout.deaths, *layout.across, *layout.totals, *layout.dims}
    found = []
    for n, cells in enumerate(table.cells):
        if n not in read and cells is not None and 1 < len(cells) <= 50:
            found.append((table.names[n], next(filter(None, cells), "")))
    return found


# --- what is covered ----------------------------------------------------------------------------


def _covered(
    table: Table,
    layout: Layout,
    rows: Sequence[Row],
    series: Series,
    chosen: Choices,
    notes: list[str],
) -> Counted:
    """The counts of each place and so on, without gaps or open ends that nobody decided about."""
    units = {key[1].unit for key in series}
    unit = units.pop()
    daily = unit == "day"
    if units:
        message = _(
            "has periods of several lengths: {units}", units=", ".join(sorted({unit, *units}))
        )
        raise UnclearError([table.problem(message, _("leave some out with --skip or --where"))])
    if chosen.unit and not daily:
        message, remedy = _("is for days and for one row a death"), _("leave --unit out")
        raise UnclearError([table.problem(message, remedy, value=f"--unit {chosen.unit}")])
    known = {key: each for key, each in series.items() if each is not None}
    first, last = min(key[1] for key in known), max((key[1] for key in known), key=lambda p: p.last)
    start, end = chosen.start or first.first, chosen.end or last.last
    problems: list[Problem] = []
    for period, option, is_outside in (
        (first, f"--from {start}", first.last < start),
        (last, f"--to {end}", last.first > end),
    ):
        if is_outside:
            remedy = _("another day, or leave such rows out with --skip")
            problems.append(
                table.problem(_("is outside {option}", option=option), remedy, value=str(period))
            )
    if layout.shape == "deaths" or (daily and chosen.gaps == "zero"):
        problems += _open_ends(table, first, last, chosen)
    elif chosen.end is None and last.last > date.today():
        message = _("is a period that is not over: up to which day does it count?")
        answers = [Answer(("--to", str(date.today() - _DAY))), Answer(("--skip", str(last)))]
        problems.append(question(table.file, message, answers, value=str(last)))
    if problems:
        raise UnclearError(problems)
    outside = sorted(
        {key[1] for key, each in series.items() if each is None and not first <= key[1] <= last}
    )
    if outside:
        notes.append(ngettext(
            "{number} date without a count before the first or after the last: {dates}",
            "{number} dates without a count before the first or after the last: {dates}",
            len(outside), dates=listed(outside)))  # fmt: skip
    result = Counted([], (chosen.unit or "month") if daily else unit, notes)
    gaps: list[Period] = []
    for apart in dict.fromkeys(key[0] for key in known):
        mine = {key[1]: each for key, each in known.items() if key[0] == apart}
        whole = (
            (start, end)
            if layout.shape == "deaths"
            else (
                max(start, min(mine).first) if not chosen.start else start,
                min(end, max(mine).last) if not chosen.end else end,
            )
        )
        result.counts += _periods(layout, result.unit, apart, mine, whole, chosen, gaps)
    if gaps and chosen.gaps is None:
        raise UnclearError([_gaps(table, series, gaps, result, chosen)])
    if gaps:
        notes.append(ngettext(
            "{number} period without a count, as asked (--gaps missing): {periods}",
            "{number} periods without a count, as asked (--gaps missing): {periods}",
            len(gaps), periods=listed(dict.fromkeys(gaps))))  # fmt: skip
    return result


def _periods(
    layout: Layout, unit: str, apart: Texts, known: dict[Period, Sum], covered: tuple[date, date],
    chosen: Choices, gaps: list[Period],
) -> Iterator[Count]:  # fmt: skip
    """A count for each period that is covered; those that lack one go to ``gaps``."""
    by: dict[date, list[Sum]] = defaultdict(list)
    for period, each in known.items():
        by[_around(period, unit)].append(each)
    named = dict(zip(layout.apart, apart, strict=True))
    kept = {
        name: "" if name != "place" and is_total(text) else text for name, text in named.items()
    }
    day = _around(min(known), unit) if layout.shape != "deaths" else _floor(covered[0], unit)
    if chosen.start:
        day = min(day, _floor(covered[0], unit)) if unit in ("year", "month", "day") else day
    while day <= covered[1]:
        after = following(day, unit)
        start, end = max(day, covered[0]), min(after - _DAY, covered[1])
        found = by.get(day, [])
        wanted = (end - start).days + 1 if layout.shape == "days" else 1
        if start <= end and (len(found) >= wanted or chosen.gaps == "zero"):
            statuses = frozenset().union(*(each.status for each in found))
            low, high = (sum(getattr(each, name) for each in found) for name in ("low", "high"))
            deaths = sum(each.deaths for each in found)
            status = next((s for s in ("doubtful", "rounded", "preliminary") if s in statuses), "")
            limits = (low, high) if (low, high) != (deaths, deaths) else (None, None)
            yield Count(start, end, deaths, **kept, status=status, low=limits[0], high=limits[1])
        elif start <= end:
            gaps.append(Period(start, end, unit))
        day = after


def _around(period: Period, unit: str) -> date:
    """The first day of the longer period in which a period lies."""
    return period.first if period.unit == unit else _floor(period.first, unit)


def _floor(day: date, unit: str) -> date:
    return (
        day.replace(month=1, day=1)
        if unit == "year"
        else day.replace(day=1)
        if unit == "month"
        else day
    )


def _open_ends(table: Table, first: Period, last: Period, chosen: Choices) -> Iterator[Problem]:
    """A list of deaths that begins or ends inside a month does not say what it covers."""
    unit = "year" if chosen.unit == "year" else "month"
    start = _floor(first.first, unit)
    end = following(_floor(last.last, unit), unit) - _DAY
    if chosen.start is None and first.first > start:
        message = _("is the first death: does the list cover the days from {day} on?", day=start)
        answers = [
            Answer(("--from", str(start)), _("it does")),
            Answer(("--from", str(first.first)), _("it begins there")),
        ]
        yield question(table.file, message, answers, value=str(first))
    if chosen.end is None and last.last < end:
        message = _("is the last death: does the list cover the days up to {day}?", day=end)
        answers = [
            Answer(("--to", str(end)), _("it does")),
            Answer(("--to", str(last.last)), _("it ends there")),
        ]
        yield question(table.file, message, answers, value=str(last))


def _gaps(
    table: Table, series: Series, gaps: list[Period], result: Counted, chosen: Choices
) -> Problem:
    """The question on all periods that lack a count, or some of their days."""
    some = sum(each.deaths for each in result.counts)
    every = sum(each.deaths for each in series.values() if each)
    answers = [
        Answer(("--gaps", "missing"), deaths_said(some)),
        Answer(("--gaps", "zero"), deaths_said(every)),
    ]
    different = list(dict.fromkeys(gaps))
    message = translated(_LACKING[result.unit]).format(number=len(different))
    remedy = _("missing leaves them out, zero is for periods in which nobody was killed")
    return question(table.file, message, answers, value=listed(different), also=remedy)


_LACKING = {
    "year": N_("years without a count: {number}"),
    "quarter": N_("quarters without a count: {number}"),
    "month": N_("months without a count for all of their days: {number}"),
    "week": N_("weeks without a count: {number}"),
    "day": N_("days without a count: {number}"),
}
