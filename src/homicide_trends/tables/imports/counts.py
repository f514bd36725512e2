"""From records to counts: totals told from parts, rows added up, gaps and open ends asked about."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ...language import N_, _, ngettext, translated
from ..problems import harmless, quoted
from .choices import Answer, Question, UnclearError, answer
from .dates import ONE_DAY, Period, following, readings
from .layouts import Record, place, records
from .numbers import Number, kept, read_numbers, undecided
from .periods import Texts, and_more, listed, read_periods, within
from .words import is_total, named

if TYPE_CHECKING:
    from .understanding import Understood

_MOST_MEMBERS = 3000  # values of a column among which sums are looked for
_SUM_FROM = 20  # deaths: smaller sums come about by chance
_WEAKEST = ("doubtful", "rounded", "preliminary")  # statuses, the weakest first


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
    """A record whose period and number were read."""

    period: Period
    number: Number
    when: Texts
    dims: Texts
    cell: str
    rows: int
    column: int

    @property
    def deaths(self) -> int | Fraction:
        """The number, as often as there are rows with it."""
        return (self.number.value or 0) * self.rows


def weakest(statuses: Iterable[str]) -> str:
    """The weakest of some statuses; none where all are firm."""
    there = set(statuses)
    return next((each for each in _WEAKEST if each in there), "")


def count(file: "Understood") -> None:
    """Find the counts of a file; UnclearError with every question that is open."""
    columns = file.columns
    found = list(records(file))
    if not found:
        remedy = _("check --where and --header-row")
        raise columns.unclear(_("has no row below its header"), also=remedy)
    periods = read_periods(file, found)
    cells: Counter[str] = Counter()
    for record in found:
        if record.when not in periods.skipped:
            cells[record.cell] += record.rows
    numbers = read_numbers(cells, file.chosen)
    for text, (message, answers, also) in sorted(numbers.wrong.items())[:5]:
        n = next(each.column for each in found if each.cell == text)
        file.problems.append(
            columns.ask(message, *answers, also=also, at={n: text}, column=n, value=text)
        )
    if len(numbers.wrong) > 5:
        remedy = _("correct these first")
        file.problems.append(columns.ask(and_more(len(numbers.wrong) - 5), also=remedy))
    texts = {mark: " ".join(text) for text, mark in reversed(periods.marks.items())}
    for mark in dict.fromkeys(periods.marks.values()):
        if not file.chosen.kept_as(mark):
            message, answers, _also = undecided(mark)
            file.problems.append(columns.ask(message, *answers, value=texts[mark]))
    if file.problems:
        raise UnclearError(*file.problems)
    for skipped in map(" ".join, periods.skipped[:3]):
        file.notes.append(_("'{text}', as asked (--skip)", text=harmless(skipped, 80)))
    rows = []
    for record in found:
        if record.when in periods.found:
            number, mark = numbers.counts[record.cell], periods.marks.get(record.when, "")
            if mark and number.value is not None:
                how = file.chosen.kept_as(mark) or ""
                by_mark = kept(number.value, mark, how)
                status = number.status or by_mark.status
                number = by_mark if how in ("missing", "range") else number
                number = number._replace(status=status)
            rows.append(Row(periods.found[record.when], number, *record))
    if not rows:
        message = _("holds only totals and rows that are left out")
        raise columns.unclear(message, also=_("check --date-column and --skip"))
    of_totals = [record for record in found if record.when in periods.totals]
    rows = _whole_columns(file, rows)
    _refuse_totals(file, rows, of_totals, numbers.counts)
    for row in rows:
        if isinstance(row.number.value, Fraction):
            n, cell = row.column, row.cell
            remedy = _(
                "deaths are whole numbers: which column counts them? What a model estimates "
                "belongs into estimates.csv, with its limits"
            )
            message = _("is not a whole number")
            raise columns.unclear(message, also=remedy, at={n: cell}, column=n, value=cell)
    file.example = (" ".join(filter(None, rows[0].when)), rows[0].period)
    file.numbers_read_as = numbers.read_as if file.numbers or file.across else ""
    _cover(file, _added(file, rows))


# --- columns that tell rows of a period apart ---------------------------------------------------

Named = dict[int, set[str]]  # values of columns, by their place among those that tell rows apart


def _whole_columns(file: "Understood", rows: list[Row]) -> list[Row]:
    """Rows without those that are totals of others; asks about columns that nobody decided."""
    apart, chosen = len(file.apart), file.chosen
    asked: list[Question] = []
    vary = [k for k in range(len(file.dims)) if len({row.dims[k] for row in rows}) > 1]
    if file.shape != "deaths" and not _stand_twice(rows, apart):
        vary = [k for k in vary if k < apart]
    vary = [k for k in vary if k < apart or not _repeats_the_period(rows, k)]
    open_ones = _independent(file, rows, vary, apart)
    summed = {place(file.columns, name, "--sum") for name in chosen.sum}
    said = {k: {m for m in {row.dims[k] for row in rows} if is_total(m)} for k in open_ones}
    # A column beside that of places may tell states from towns of the same name.
    for k in sorted(open_ones, key=lambda k: k < apart):
        if k < apart and file.apart[k] != "place":
            continue  # of a sex, an age, a mechanism a total is all of them, and stands beside them
        decided = k < apart or file.dims[k] in summed or chosen.duplicates == "sum"
        if file.shape == "deaths":
            if not decided:
                asked.append(_kinds(file, rows, k, {}))
            continue
        others = [j for j in vary if j != k and not _told_by(rows, k, j)]
        equal, parts = _is_sum(rows, k, said[k], others) if said[k] else (False, True)
        if chosen.totals != "add" and parts:
            rest = [row for row in rows if row.dims[k] not in said[k]]
            sums: set[str] = set()
            while not equal and (found := _sums(rest, k, others, 3 if k < apart else 2)):
                sums |= found  # towns below states below a country
                rest = [row for row in rest if row.dims[k] not in found]
            held = _hold_totals(rows, k, said[k] | sums, rest)
            ignored = chosen.totals == "ignore" and not held
            if equal or (ignored and (said[k] or sums)):
                rows = rest
                if equal or sums:
                    file.notes.append(_that_are_sums(file, k, said[k] | sums))
            elif said[k] or sums:
                asked.append(_total_or_parts(file, rows, k, {**said, k: said[k] | sums}, not held))
                continue
            # That all kinds of death are in a total does not say that all of them are wanted.
            if equal and (k < apart or not _are_kinds(file, rows, k)):
                continue
        elif said[k] and chosen.totals != "add":
            asked.append(_total_or_parts(file, rows, k, said, False))
            continue
        if not decided and len({row.dims[k] for row in rows}) > 1:
            other = {j: left for j in open_ones if j != k
                     and (left := said[j] & {row.dims[j] for row in rows})}  # fmt: skip
            asked.append(_kinds(file, rows, k, other))
    if asked:
        raise UnclearError(*asked)
    return rows


def _hold_totals(rows: Sequence[Row], k: int, totals: set[str], rest: Sequence[Row]) -> bool:
    """Whether what is left is twice the largest total, or more times, in every period."""
    by: dict[str, Counter[Period]] = defaultdict(Counter)
    for row in rows:
        if row.dims[k] in totals:
            by[row.dims[k]][row.period] += int(row.deaths)
    largest = max(by.values(), key=lambda each: each.total(), default=Counter())
    left: Counter[Period] = Counter()
    for row in rest:
        left[row.period] += int(row.deaths)
    times = {Fraction(left[when], deaths) for when, deaths in largest.items() if deaths}
    return len(times) == 1 and (often := times.pop()) > 1 and often.denominator == 1


def _repeats_the_period(rows: Sequence[Row], k: int) -> bool:
    """Whether a column is a year or a month that the period of its rows tells, too."""
    pairs = {(row.period, row.dims[k]) for row in rows}
    return len(pairs) == len({when for when, _text in pairs}) and all(
        readings(text) for _when, text in pairs
    )


def _are_kinds(file: "Understood", rows: Sequence[Row], k: int) -> bool:
    """Whether a column tells homicides from other things: by its name, or by what it holds."""
    return named(file.columns.names[file.dims[k]], "kind") or any(
        named(text, "deaths", "kind") for text in {row.dims[k] for row in rows}
    )


def _that_are_sums(file: "Understood", k: int, members: set[str]) -> str:
    """The line on values of a column that are left out."""
    values = ", ".join(quoted(each) for each in sorted(members))
    name = file.columns.names[file.dims[k]]
    return _("{column} {values}, the sum of the others", column=name, values=values)


def _stand_twice(rows: Sequence[Row], apart: int) -> bool:
    """Whether any period has several rows, so that what tells them apart matters."""
    counted: Counter[object] = Counter()
    for row in rows:
        counted[row.period, row.dims[:apart], row.column] += row.rows
    return max(counted.values()) > 1


def _told_by(rows: Sequence[Row], j: int, k: int) -> bool:
    """Whether the value of one column tells that of another, as a code tells its name."""
    pairs = {(row.dims[j], row.dims[k]) for row in rows}
    return len(pairs) == len({j for j, _k in pairs})


def _independent(
    file: "Understood", rows: Sequence[Row], vary: Sequence[int], apart: int
) -> list[int]:
    """The columns that no other tells; of a code and its name the one that says total.

    A column that is another in most rows, as the id of a death, tells everything, and nothing.
    """
    left, most = list(vary), max(20, 0.5 * sum(row.rows for row in rows))
    keys = [] if file.across else [k for k in vary if len({row.dims[k] for row in rows}) > most]

    def weight(k: int) -> tuple[bool, bool, int, int]:
        values = {row.dims[k] for row in rows}
        return k < apart, any(map(is_total, values)), len(values), -k

    for k in sorted(vary, key=weight):
        telling = (j for j in left if j != k and (j not in keys or k in keys))
        if k >= apart and any(_told_by(rows, j, k) for j in telling):
            left.remove(k)
    return left


def _by_group(
    rows: Sequence[Row], k: int, others: Sequence[int]
) -> dict[str, Mapping[object, Fraction | int]]:
    """The number of each value of a column in each group of period and other columns."""
    found: dict[str, dict[object, Fraction | int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        group = row.period, tuple(row.dims[j] for j in others), row.column
        found[row.dims[k]][group] += row.deaths
    return {**found}


def _is_sum(rows: Sequence[Row], k: int, of: set[str], others: Sequence[int]) -> tuple[bool, bool]:
    """Whether rows called totals are always the sum of the others; whether there are others."""
    by = _by_group(rows, k, others)
    whole = [values for member, values in by.items() if member in of]
    parts = [values for member, values in by.items() if member not in of]
    groups = {group for values in by.values() for group in values}
    equal = len(whole) == 1 and bool(parts) and all(
        whole[0].get(group) == sum(values.get(group, 0) for values in parts) for group in groups
    )  # fmt: skip
    return equal, bool(parts)


def _sums(rows: Sequence[Row], k: int, others: Sequence[int], fewest: int) -> set[str]:
    """Values of a column that are always the sum of others: of all, or of some in a row."""
    by = _by_group(rows, k, others)
    if not fewest <= len(by) <= _MOST_MEMBERS:
        return set()
    groups = sorted({group for values in by.values() for group in values}, key=str)
    vectors = {member: [values.get(group, 0) for group in groups] for member, values in by.items()}
    every = [sum(column) for column in zip(*vectors.values(), strict=True)]
    members, found = list(vectors), set()
    for at, member in enumerate(members):
        vector = vectors[member]
        if not any(vector):
            continue
        known = (2, 3, 4) if len(groups) > 1 and sum(vector) >= _SUM_FROM else (2,)
        pairs = list(zip(vector, every, strict=True))
        if any(all(often * each == total for each, total in pairs) for often in known):
            found.add(member)
            continue
        for block in (members[at + 1 :], members[:at][::-1]):
            summed: list[Fraction | int] = [0] * len(groups)
            for number, other in enumerate(block, start=1):
                summed = [a + b for a, b in zip(summed, vectors[other], strict=True)]
                if any(a > b for a, b in zip(summed, vector, strict=True)):
                    break
                if summed == vector and number > 1 and len(groups) > 1 and sum(vector) >= _SUM_FROM:
                    found.add(member)
                    break
    return found


def _under(rows: Iterable[Row], at: Mapping[int, Collection[str]]) -> float:
    """All deaths of rows that have one of the values in each of some columns."""
    return float(
        sum(row.deaths for row in rows if all(row.dims[k] in values for k, values in at.items()))
    )


def _total_or_parts(
    file: "Understood", rows: Sequence[Row], k: int, said: Named, parts: bool
) -> Question:
    """The question on rows that are called a total, or are the sum of others."""
    name, whole = file.columns.names[file.dims[k]], sorted(said[k])
    other = {j: values for j, values in said.items() if j != k and values}
    rest = {row.dims[k] for row in rows} - said[k]
    called, apart = all(map(is_total, whole)), k < len(file.apart)
    shown = whole[:4] + (sorted(rest)[:2] if parts and not called else [])
    answers = [
        answer("--where", name, each, deaths=_under(rows, {**other, k: {each}})) for each in shown
    ]
    if parts:
        answers.append(answer("--totals", "ignore", deaths=_under(rows, {**other, k: rest})))
    add = ("--totals", "add") if apart else ("--sum", name, "--totals", "add")
    answers.append(answer(*add, deaths=_under(rows, other)))
    message = _("is called a total, and is not the sum of the others")
    if not called:
        message = _("is in every period the sum of others: a total, or a part like them?")
    return file.columns.ask(message, *answers, column=name, value=whole[0])


def _kinds(file: "Understood", rows: Sequence[Row], k: int, other: Named) -> Question:
    """The question on a column whose different values nobody has decided about."""
    name = file.columns.names[file.dims[k]]
    by: dict[str, float] = defaultdict(float)
    for row in rows:
        if all(row.dims[j] in values for j, values in other.items()):
            by[row.dims[k]] += float(row.deaths)
    largest = sorted(filter(None, by), key=lambda text: -by[text])[:4]
    answers = [
        answer("--sum", name, deaths=_under(rows, other)),
        *(answer("--where", name, text, deaths=by[text]) for text in largest),
        answer("--place-column", name, says=_("a place each")),
    ]
    message = ngettext(
        "has {number} value: do its rows add up, or is one wanted?",
        "has {number} different values: do their rows add up, or is one wanted?",
        len(by),
    )
    return file.columns.ask(message, *answers, column=name, value=", ".join(list(by)[:4]))


def _refuse_totals(
    file: "Understood", rows: Sequence[Row], of_totals: Sequence[Record],
    numbers: Mapping[str, Number],
) -> None:  # fmt: skip
    """Refuse rows that are called totals of periods, or are longer ones, and are not the sum."""
    problems, left = [], {row.dims for row in rows}
    for record in of_totals:
        if record.dims not in left and file.dims:
            continue  # of rows that are left out themselves
        name = " ".join(filter(None, record.when))
        text, said = harmless(name, 80), numbers[record.cell].value
        same = [row for row in rows if row.dims == record.dims]
        if file.across:
            heads = [each for each in record.when if not is_total(each)]
            same = [row for row in same if all(each in row.when for each in heads)]
        else:
            same = [row for row in same if row.column == record.column
                    and within(record.when, row.period)]  # fmt: skip
        summed = sum(row.deaths for row in same)
        if said is None or file.shape == "deaths":
            line = _("'{text}', a total, without a number", text=text)
        elif file.chosen.totals == "ignore":
            line = _("'{text}', a total, unasked (--totals ignore)", text=text)
        else:
            line = _("'{text}', a total, equal to the sum", text=text)
            if said != summed:
                n = record.column
                dates = zip([n for n, _k in file.when], record.when, strict=False)
                problems.append(
                    file.columns.ask(
                        _("is not the sum, which is {sum}", sum=f"{float(summed):g}"),
                        answer("--totals", "ignore", deaths=_under(rows, {})),
                        answer("--skip", name),
                        at={n: record.cell, **dict(dates)}, column=n, value=record.cell,
                    )
                )  # fmt: skip
        file.notes.append(line)
    file.notes[:] = dict.fromkeys(file.notes)
    if problems:
        raise UnclearError(*problems[:5])


# --- adding up --------------------------------------------------------------------------------


Key = tuple[Texts, Period]
Series = dict[Key, Number | None]


def _sum(numbers: Iterable[Number]) -> Number:
    each = list(numbers)
    return Number(sum(n.value or 0 for n in each), sum(n.low for n in each),
                  sum(n.high for n in each), weakest(n.status for n in each))  # fmt: skip


def _added(file: "Understood", rows: Sequence[Row]) -> Series:
    """One number for each period of each place and so on; None: it has none."""
    by: dict[Key, list[Row]] = defaultdict(list)
    if file.shape != "deaths" and file.chosen.duplicates == "sum":
        rows = _without_unnamed_totals(file, rows)
    for row in rows:
        by[row.dims[: len(file.apart)], row.period].append(row)
    if file.shape != "deaths" and file.chosen.duplicates != "sum":
        _refuse_doubles(file, by)
    series: Series = {}
    partly: dict[Key, Number] = {}
    for key, parts in by.items():
        known = [each.number.times(each.rows) for each in parts if each.number.value is not None]
        series[key] = _sum(known) if known else None
        if known and len(known) < len(parts):
            partly[key] = _sum(known)
            if file.chosen.gaps != "zero":
                series[key] = None
    if partly and file.chosen.gaps is None:
        whole = [each for each in series.values() if each]
        left, zero = (float(_sum(each).value or 0) for each in (whole, [*whole, *partly.values()]))
        message = ngettext(
            "{number} period has a sum in which a cell has no number",
            "{number} periods have a sum in which a cell has no number",
            len(partly),
        )
        raise file.columns.unclear(
            message, answer("--gaps", "zero", deaths=zero),
            answer("--gaps", "missing", deaths=left), value=listed(when for _a, when in partly),
        )  # fmt: skip
    if not any(series.values()):
        message, remedy = _("has no count at all"), _("name another column with --deaths-column")
        raise file.columns.unclear(message, also=remedy, column=rows[0].column)
    return series


def _without_unnamed_totals(file: "Understood", rows: Sequence[Row]) -> Sequence[Row]:
    """Rows that nothing tells apart, asked about where one is always the sum of the others."""
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.period, row.dims, row.column].append(row)
    several = [group for group in groups.values() if sum(row.rows for row in group) > 1]
    largest = [max(group, key=lambda row: row.number.value or 0) for group in several]
    whole = {id(row) for row in largest}
    rest = [row._replace(rows=row.rows - (id(row) in whole)) for row in rows]
    often = {
        Fraction(sum(each.deaths for each in group)) / row.number.value
        for row, group in zip(largest, several, strict=True) if row.number.value
    }  # fmt: skip
    deaths = sum(row.number.value or 0 for row in largest)
    # Twice: a total and its parts; three times: those of states in between, too.
    known = [{Fraction(n)} for n in ((2, 3, 4) if len(several) > 1 else (2,))]
    if file.chosen.totals == "add" or deaths < _SUM_FROM or often not in known:
        return rows
    if often == {2} and file.chosen.totals == "ignore":
        return [row for row in rest if row.rows]
    answers = [answer("--totals", "ignore", deaths=_under(rest, {}))] if often == {2} else []
    answers.append(answer("--totals", "add", deaths=_under(rows, {})))
    value, n = largest[0].cell, largest[0].column
    message = _("is in every period the sum of others: a total, or a part like them?")
    raise file.columns.unclear(message, *answers, at={n: value}, column=n, value=value)


def _refuse_doubles(file: "Understood", by: Mapping[Key, Sequence[Row]]) -> None:
    """Ask about several rows for a period that no column with a decision tells apart."""
    doubles = []
    for key, rows in by.items():
        told: Counter[object] = Counter()
        for row in rows:
            told[row.dims, row.column] += row.rows
        if max(told.values()) > 1:
            doubles.append(key)
    if not doubles:
        return
    every = [row for rows in by.values() for row in rows]
    answers = [answer("--duplicates", "sum", deaths=_under(every, {}))]
    if file.shape == "days":
        answers.append(answer("--shape", "deaths", deaths=sum(row.rows for row in every)))
    answers += _that_differ(file)
    at = dict(zip([n for n, _k in file.when], by[doubles[0]][0].when, strict=False))
    message = ngettext(
        "{number} period has several rows", "{number} periods have several rows", len(doubles)
    )
    also, value = _("delete those that are not wanted"), listed(when for _apart, when in doubles)
    raise file.columns.unclear(message, *answers, also=also, at=at, value=value)


def _that_differ(file: "Understood") -> list[Answer]:
    """Columns that are not read and have a few different values, with the first of them."""
    read = {*dict(file.when), *file.numbers, *file.across, *file.totals, *file.dims}
    few = [
        (file.columns.names[n], next(filter(None, cells), ""))
        for n, cells in enumerate(file.columns.cells)
        if n not in read and cells is not None and 1 < len(cells) <= 50
    ]
    return [answer("--where", name, text) for name, text in few[:3]]


# --- what is covered ----------------------------------------------------------------------------


def _cover(file: "Understood", series: Series) -> None:
    """The counts of each place and so on, without gaps or open ends that nobody decided about."""
    columns, chosen = file.columns, file.chosen
    units = sorted({when.unit for _apart, when in series})
    daily, listing = units == ["day"], file.shape == "deaths"
    if len(units) > 1:
        message = _("has periods of several lengths: {units}", units=", ".join(units))
        raise columns.unclear(message, also=_("leave some out with --skip or --where"))
    if chosen.unit and not daily:
        message, value = _("is for days and for one row a death"), f"--unit {chosen.unit}"
        raise columns.unclear(message, also=_("leave --unit out"), value=value)
    known = {key: each for key, each in series.items() if each is not None}
    first = min(when for _apart, when in known)
    last = max((when for _apart, when in known), key=lambda each: each.last)
    start, end = chosen.start or first.first, chosen.end or last.last
    problems = []
    for when, option, is_outside in (
        (first, f"--from {start}", first.last < start),
        (last, f"--to {end}", last.first > end),
    ):
        if is_outside:
            message, remedy = (_("is outside {option}", option=option),
                               _("another day, or leave such rows out with --skip"))  # fmt: skip
            problems.append(columns.ask(message, also=remedy, value=str(when)))
    if listing or (daily and chosen.gaps == "zero"):
        problems += _open_ends(file, first, last)
    elif chosen.end is None and last.last > date.today():
        message = _("is a period that is not over: up to which day does it count?")
        answers = answer("--to", str(date.today() - ONE_DAY)), answer("--skip", str(last))
        problems.append(columns.ask(message, *answers, value=str(last)))
    if problems:
        raise UnclearError(*problems)
    spans: dict[Texts, list[Period]] = {apart: [] for apart, _when in series}
    for apart, when in sorted(known):
        spans[apart].append(when)
    outside = {
        when
        for (apart, when), each in series.items()
        if each is None and not (spans[apart] and spans[apart][0] <= when <= spans[apart][-1])
    }
    if outside:
        file.notes.append(ngettext(
            "{number} date without a count before the first or after the last: {dates}",
            "{number} dates without a count before the first or after the last: {dates}",
            len(outside), dates=listed(outside)))  # fmt: skip
    file.unit = (chosen.unit or "month") if daily else units[0]
    gaps: dict[Period, None] = {}
    for apart, whens in spans.items():
        if whens:
            since = start if listing or chosen.start else min(whens).first
            until = end if listing or chosen.end else min(end, max(whens).last)
            mine = {when: known[apart, when] for when in whens}
            file.counts += _periods(file, apart, mine, (since, until), gaps)
    if gaps and chosen.gaps is None:
        some = sum(each.deaths for each in file.counts)
        every = float(_sum(known.values()).value or 0)
        remedy = _("missing leaves them out, zero is for periods in which nobody was killed")
        raise columns.unclear(
            translated(_LACKING[file.unit]).format(number=len(gaps)),
            answer("--gaps", "missing", deaths=some), answer("--gaps", "zero", deaths=every),
            also=remedy, value=listed(gaps),
        )  # fmt: skip
    if gaps:
        file.notes.append(ngettext(
            "{number} period without a count, as asked (--gaps missing): {periods}",
            "{number} periods without a count, as asked (--gaps missing): {periods}",
            len(gaps), periods=listed(gaps)))  # fmt: skip


_LACKING = {
    "year": N_("years without a count: {number}"),
    "quarter": N_("quarters without a count: {number}"),
    "month": N_("months without a count for all of their days: {number}"),
    "week": N_("weeks without a count: {number}"),
    "day": N_("days without a count: {number}"),
}


def _periods(
    file: "Understood", apart: Texts, known: Mapping[Period, Number], covered: tuple[date, date],
    gaps: dict[Period, None],
) -> Iterator[Count]:  # fmt: skip
    """A count for each period that is covered; those that lack one go to ``gaps``."""
    unit, chosen = file.unit, file.chosen
    by: dict[date, list[Number]] = defaultdict(list)
    for when, each in known.items():
        by[_around(when, unit)].append(each)
    said = dict(zip(file.apart, apart, strict=True))
    whose = {name: "" if name != "place" and is_total(text) else text
             for name, text in said.items()}  # fmt: skip
    listing = file.shape == "deaths"
    day = _floor(covered[0], unit) if listing else _around(min(known), unit)
    if chosen.start and unit in ("year", "month", "day"):
        day = min(day, _floor(covered[0], unit))
    while day <= covered[1]:
        after = following(day, unit)
        start, end = max(day, covered[0]), min(after - ONE_DAY, covered[1])
        found = by.get(day, [])
        wanted = (end - start).days + 1 if file.shape == "days" else 1
        if start <= end and (len(found) >= wanted or chosen.gaps == "zero"):
            summed = _sum(found)
            deaths, low, high = (int(each or 0) for each in summed[:3])
            least, most = (low, high) if not low == high == deaths else (None, None)
            yield Count(start, end, deaths, **whose, status=summed.status, low=least, high=most)
        elif start <= end:
            gaps[Period(start, end, unit)] = None
        day = after


def _around(when: Period, unit: str) -> date:
    """The first day of the longer period in which a period lies."""
    return when.first if when.unit == unit else _floor(when.first, unit)


def _floor(day: date, unit: str) -> date:
    first = {"year": {"month": 1, "day": 1}, "month": {"day": 1}}.get(unit, {})
    return day.replace(**first)


def _open_ends(file: "Understood", first: Period, last: Period) -> Iterator[Question]:
    """A list of deaths that begins or ends inside a month does not say what it covers."""
    unit, ask = "year" if file.chosen.unit == "year" else "month", file.columns.ask
    start = _floor(first.first, unit)
    end = following(_floor(last.last, unit), unit) - ONE_DAY
    if file.chosen.start is None and first.first > start:
        it_does = answer("--from", str(start), says=_("it does"))
        begins = answer("--from", str(first.first), says=_("it begins there"))
        message = _("is the first death: does the list cover the days from {day} on?", day=start)
        yield ask(message, it_does, begins, value=str(first))
    if file.chosen.end is None and last.last < end:
        it_does = answer("--to", str(end), says=_("it does"))
        ends = answer("--to", str(last.last), says=_("it ends there"))
        message = _("is the last death: does the list cover the days up to {day}?", day=end)
        yield ask(message, it_does, ends, value=str(last))
