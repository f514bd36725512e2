"""What a row of a file is, and which columns say its period, its number, and of whom it is."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ...language import N_, _, translated
from ..problems import quoted, shortened, suggestion
from .choices import APART, Question, UnclearError, answer
from .columns import Cells, Columns
from .dates import readings, unmarked
from .numbers import has_decimals, is_missing, parts, total
from .words import YES_NO, is_total, named, plain

if TYPE_CHECKING:
    from .understanding import Understood

SHAPES = {"day": "days", "month": "months", "quarter": "quarters", "week": "weeks",
          "span": "years", "year": "years"}  # fmt: skip
HEAD = -1  # among the columns that tell rows apart: what heads the column of the number


class Record(NamedTuple):
    """Rows that say the same: texts of the period, of what tells rows apart, and the number's."""

    when: tuple[str, ...]
    dims: tuple[str, ...]
    cell: str
    rows: int
    column: int


def kind_of(cells: Cells | None, name: str) -> str:
    """What a column holds, by its different cells; its name tells only what cells cannot.

    >>> kind_of(Counter({"ene-20": 2}), "x"), kind_of(Counter({"2019": 1, "2020": 1}), "x")
    ('month', 'year')
    >>> kind_of(Counter({"12": 3, "1,234*": 1}), "x"), kind_of(Counter({"1": 2, "2": 3}), "mes")
    ('count', 'name')
    """
    if cells is None:
        return "id"
    full = {text: rows for text, rows in cells.items() if text and not is_missing(text)}
    read = {text: unmarked(text) for text in full}
    rows, deaths = sum(full.values()), named(name, "deaths")
    if not rows:
        return "empty"

    def share(*kinds: str) -> float:
        fit = (text for text, each in read.items() if any(kind in each for kind in kinds))
        return sum(full[text] for text in fit) / rows

    counted = all(text.isdigit() for text in full) and (deaths or named(name, "people"))
    for kind in ("day", "span", "month", "quarter", "week"):
        if share(kind) >= 0.6 and not counted:
            return kind if kind != "span" or share("span") >= share("month") else "month"
    years = {int(each["year"]) for each in read.values() if "year" in each}
    dense = years and len(years) >= 0.5 * (max(years) - min(years) + 1)
    if share("year") >= 0.6 and not deaths and (named(name, "year", "date") or dense):
        return "year"
    if share("name") >= 0.6 or (share("name", "number") >= 0.6 and named(name, "month")):
        return "name"
    if share("quarter_alone") >= 0.6 and (named(name, "quarter") or not share("number")):
        return "quarter_alone"
    if named(name, "day") and all(re.fullmatch("0?[1-9]|[12][0-9]|3[01]", text) for text in full):
        return "day_alone"
    numbers = sum(full[text] for text in full if parts(text))
    if numbers < 0.6 * rows and not (numbers and deaths):
        return "text"
    if named(name, "code") or any(re.match("0[0-9]", text) for text in full):
        return "code"
    return "other" if named(name, "other") else "count"


def lay_out(file: "Understood") -> None:
    """Find the columns that matter and what a row is; UnclearError where that is open."""
    columns, chosen = file.columns, file.chosen
    kinds = [kind_of(cells, name) for cells, name in zip(columns.cells, columns.names, strict=True)]
    file.only = _only(file)
    named_apart = {each: getattr(chosen, f"{each}_column") for each in APART}
    apart = {each: place(columns, name, f"--{each}-column")
             for each, name in named_apart.items() if name}  # fmt: skip
    heads = _heads(columns)
    headed = {n for n, _kind, _value in heads}
    named_deaths = [place(columns, name, "--deaths-column") for name in chosen.deaths_column]
    clash = headed if chosen.across else headed & {*named_deaths}
    if clash:
        message = _("is headed by a period, like others beside it")
        option = "--across" if chosen.across else "--deaths-column"
        remedy = _("leave {option} out: all of them are read", option=option)
        raise columns.unclear(message, also=remedy, row=columns.header_row, column=min(clash))
    if chosen.shape == "wide" and not heads:
        message = _("names no month and no year")
        remedy = _("name the row of the column names with --header-row, or another --shape")
        raise columns.unclear(message, also=remedy, row=columns.header_row)
    if heads and chosen.shape in (None, "wide") and not named_deaths:
        _wide(file, kinds, heads)
    else:
        heads = []
        _long(file, kinds, named_deaths, {*apart.values()})
    if chosen.across and file.numbers:
        apart[chosen.across] = HEAD
    file.kinds = (*["year"] * (chosen.year is not None), *(kind for _n, kind in file.when),
                  *(kind for _n, kind, _value in heads[:1]))  # fmt: skip
    taken = {*dict(file.when), *file.numbers, *file.across, *file.totals, *apart.values()}
    summed = [place(columns, name, "--sum") for name in chosen.sum]
    dims = []
    for n, kind in enumerate(kinds):
        cells = columns.cells[n] or Counter()
        if (
            n not in taken
            and kind in ("text", "code", "name", *SHAPES)
            and len(cells) > 1
            # Few different texts tell rows apart; where periods are across, so do many, and a
            # total among many rows doubles a sum.
            and (
                len(cells) <= max(0.5 * columns.length, 20)
                or file.across
                or any(map(is_total, cells))
            )
            and (file.shape != "deaths" or n in summed or _parts_deaths(columns.names[n], cells))
        ):
            dims.append(n)
    file.apart, file.dims = list(apart), [*apart.values(), *dims]


def _parts_deaths(name: str, cells: Cells) -> bool:
    """Whether a column of a list of deaths may tell homicides from other things."""
    few = {text.casefold() for text in cells} <= YES_NO
    return few or (named(name, "kind") and len(cells) <= 40)


def place(columns: Columns, name: str, option: str) -> int:
    """Where a named column stands; UnclearError where none has the name."""
    wanted = [n for n, each in enumerate(columns.names) if each == name.strip()]
    wanted = wanted or [
        n for n, each in enumerate(columns.names) if plain(each) == plain(name) != ""
    ]
    if len(wanted) == 1:
        return wanted[0]
    message = _("is not a column, but {option} names it", option=option)
    remedy = suggestion(name, filter(None, columns.names))
    raise columns.unclear(message, also=remedy, row=columns.header_row, column=name)


def _only(file: "Understood") -> dict[int, set[str]]:
    """The cells that rows must have, by column; of several texts of a column one."""
    only: dict[int, set[str]] = {}
    for name, text in file.chosen.where:
        n = place(file.columns, name, "--where")
        cells, folded = file.columns.cells[n], text.strip().casefold()
        found = {text.strip()} if cells is None else {c for c in cells if c.casefold() == folded}
        if not found:
            message = _("is in no row, but --where asks for it")
            remedy = suggestion(text, cells or ())
            raise file.columns.unclear(message, also=remedy, column=n, value=text)
        only.setdefault(n, set()).update(found)
    return only


# --- periods across ---------------------------------------------------------------------------

Head = tuple[int, str, Any]  # column, kind of its period, what that says


def _heads(columns: Columns) -> list[Head]:
    """Columns headed by a period; none where fewer than two are."""
    found: dict[str, list[Head]] = {}
    for n, name in enumerate(columns.names if columns.header_row else ()):
        read = unmarked(name)
        # 2011/12 among 2012/13 is no month
        kinds = ("span", "month", "quarter", "year", "name", "number")
        if "day" not in read and (kind := next((each for each in kinds if each in read), "")):
            found.setdefault(kind, []).append((n, kind, read[kind]))
    if "span" in found and "month" in found:  # 2009-10 among 2009-11 is one
        spans = [(n, "month", unmarked(columns.names[n]).get("month"))
                 for n, _k, _v in found.pop("span")]  # fmt: skip
        found["month"] = sorted(found["month"] + [each for each in spans if each[2]])
    numbers = found.pop("number", [])
    if sorted(each[2] for each in numbers) == list(range(1, 13)) and not found:
        return [(n, "name", value) for n, _kind, value in numbers]
    several = [heads for heads in found.values() if len(heads) > 1]
    if len(several) > 1:
        message = _("names years and months side by side")
        remedy = _("take out those that are not wanted")
        raise columns.unclear(message, also=remedy, row=columns.header_row)
    return next(iter(several), [])


def _wide(file: "Understood", kinds: Sequence[str], heads: list[Head]) -> None:
    columns, chosen, kind = file.columns, file.chosen, heads[0][1]
    file.shape, file.across = "wide", [n for n, _kind, _value in heads]
    rest = [n for n in range(len(columns.names)) if n not in file.across]
    file.totals = [n for n in rest if is_total(columns.names[n])]
    rest = [n for n in rest if n not in file.totals]
    wanted = {"name": ("year",), "year": ("name",)}.get(kind, ())
    if chosen.date_column is not None:
        n = place(columns, chosen.date_column, "--date-column")
        file.when = [(n, kinds[n] if kinds[n] in ("year", "name") else (wanted or ("year",))[0])]
    else:
        dated = [n for n in rest if kinds[n] in wanted]
        if len(dated) > 1:
            raise UnclearError(_several_dates(columns, dated))
        file.when = [(n, kinds[n]) for n in dated]
    if kind == "name" and not file.when and chosen.year is None:
        years = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
        told = {
            year for text in (*columns.preamble, file.path.name) for year in years.findall(text)
        }
        raise UnclearError(_without_year(columns, sorted(told)))
    for (left, _k, before), (right, _k2, after) in pairwise(heads):
        unread = [n for n in rest if left < n < right and kinds[n] in ("count", "other", "code")]
        if unread and not _follows(kind, before, after):
            message = _("stands where a month or a year is missing, and is not read as one")
            remedy = _("write its name in English, Spanish, Portuguese or French, or as 2012-03; "
                       "or take the column out")  # fmt: skip
            raise columns.unclear(message, also=remedy, row=columns.header_row, column=unread[0])


def _without_year(columns: Columns, years: Sequence[str]) -> Question:
    answers = (answer("--year", year) for year in years or ["YYYY"])
    return columns.ask(_("has months, and no column of years"), *answers, row=columns.header_row)


def _follows(kind: str, before: Any, after: Any) -> bool:
    """Whether one heading is the period after the other."""
    if kind in ("year", "name"):
        return int(after) == int(before) + 1
    step = {"month": 12, "quarter": 4, "span": 1}[kind]
    number = [int(each[0]) * step + (each[1] if step > 1 else 0) for each in (before, after)]
    return number[1] == number[0] + 1


# --- a period a row ---------------------------------------------------------------------------


def _long(
    file: "Understood", kinds: list[str], named_deaths: list[int], apart: Collection[int]
) -> None:
    columns, chosen = file.columns, file.chosen
    file.when = _when(file, kinds)
    dated = {*dict(file.when)}
    if chosen.shape == "deaths" and named_deaths:
        message = _("is given for a file with one row a death")
        remedy = _("leave --deaths-column out, or name another --shape")
        raise columns.unclear(message, also=remedy, column=named_deaths[0])
    if clash := dated & {*named_deaths}:
        message = _("is named for the dates and for the deaths")
        remedy = _("name two columns, or --shape deaths for one row a death")
        raise columns.unclear(message, also=remedy, row=columns.header_row, column=min(clash))
    if chosen.shape != "deaths":
        file.numbers = named_deaths or _deaths(file, kinds, dated | {*apart})
    alone = {"name": "months", "quarter_alone": "quarters", "day_alone": "days"}
    kind = file.when[-1][1]
    asked = chosen.shape if chosen.shape != "wide" else None
    file.shape = (asked or alone.get(kind) or SHAPES[kind]) if file.numbers else "deaths"


def _when(file: "Understood", kinds: list[str]) -> list[tuple[int, str]]:
    """The column of the period, or those of year, month and day, with what each says."""
    columns, chosen = file.columns, file.chosen
    months = [n for n, kind in enumerate(kinds) if kind in ("name", "quarter_alone")]
    if chosen.month_column is not None:
        months = [place(columns, chosen.month_column, "--month-column")]
        kinds[months[0]] = "name" if kinds[months[0]] != "quarter_alone" else "quarter_alone"
    if chosen.date_column is not None:
        n = place(columns, chosen.date_column, "--date-column")
        known = kinds[n] if kinds[n] in (*SHAPES, "name") else _nearest(columns.cells[n])
        first = (n, known or "day")
    else:
        first = _date(file, kinds, months)
    if first[1] != "year" or chosen.shape == "years":
        return [first]
    months = [n for n in months if n != first[0]]
    if len(months) > 1 and not _same(columns, months):
        raise UnclearError(_several_dates(columns, months, "--month-column"))
    days = [n for n, kind in enumerate(kinds) if kind == "day_alone"]
    found = [first, *((n, kinds[n]) for n in months[:1])]
    return [*found, *((n, "day_alone") for n in days[:1] if months)]


def _nearest(cells: Cells | None) -> str:
    """The kind of period that most of those cells of a column are that are one."""
    counted = Counter(kind for text in cells or () for kind in unmarked(text) if kind in SHAPES)
    return counted.most_common(1)[0][0] if counted else ""


def _date(file: "Understood", kinds: list[str], months: list[int]) -> tuple[int, str]:
    columns = file.columns
    full = [n for n, kind in enumerate(kinds) if kind in SHAPES and kind != "year"]
    years = [n for n, kind in enumerate(kinds) if kind == "year"]
    if len(full) == 1 and all(_year_of(columns, full[0], n) for n in years):
        return full[0], kinds[full[0]]
    if not full and len(years) == 1:
        return years[0], "year"
    if full or years:
        raise UnclearError(_several_dates(columns, [*full, *years]))
    if months and file.chosen.year is not None:
        return months[0], kinds[months[0]]
    if months:
        raise UnclearError(_without_year(columns, ()))
    dated = [n for n, name in enumerate(columns.names) if named(name, "date") and columns.cells[n]]
    near = [(n, kind) for n in dated if (kind := _nearest(columns.cells[n]))]
    if len(near) == 1:
        return near[0]  # others are no dates: that is said of each
    known = ", ".join(quoted(name) for name in columns.names[:20])
    if not dated:
        message = _("does not say which column holds the date")
        remedy = _("give {option}, one of {columns}", option="--date-column", columns=known)
        raise columns.unclear(message, also=remedy, row=columns.header_row)
    text = next(filter(None, columns.cells[dated[0]] or ()), "")
    message = _("is not a date") if text else _("has no dates")
    remedy = _("name the column with --date-column: {columns}", columns=known)
    if re.fullmatch(r"[2-5][0-9]{4}(?:[.,][0-9]+)?", text):
        message = _("is not a date, and may be a spreadsheet's number of a day")
        remedy = _("give its column a date format in the spreadsheet, and save it again")
    raise columns.unclear(message, also=remedy, at={dated[0]: text}, column=dated[0], value=text)


def _year_of(columns: Columns, dates: int, years: int) -> bool:
    """Whether a column of years says what a column of dates says."""
    for date, year in columns.counted([dates, years], {}):
        read = readings(date)
        told = {read[kind][0] for kind in ("month", "quarter", "week", "span") if kind in read}
        told |= {value[0] for value in read.get("day", {}).values()}
        if told and year and not told & {year, year[-2:]}:
            return False
    return True


def _same(columns: Columns, two: Sequence[int]) -> bool:
    """Whether two columns of months say the same in every row."""
    pairs = columns.counted(two[:2], {})
    return all(len({pair[k] for pair in pairs}) == len(pairs) for k in (0, 1))


def _several_dates(
    columns: Columns, several: Iterable[int], option: str = "--date-column"
) -> Question:
    answers = []
    for n in several:
        cells = sorted(text for text in columns.cells[n] or () if readings(text))
        says = _("{first} to {last}", first=cells[0], last=cells[-1]) if cells else ""
        answers.append(answer(option, columns.names[n], says=says))
    return columns.ask(_("has several columns of dates"), *answers, row=columns.header_row)


_UNNAMED = {
    False: N_("does not say which column holds the deaths"),
    True: N_("does not say which column holds the people"),
}


def _deaths(file: "Understood", kinds: Sequence[str], taken: Collection[int]) -> list[int]:
    """The columns that count; none where a row is a death; else the question, with each total."""
    columns, chosen = file.columns, file.chosen
    deaths = not chosen.population
    word = "deaths" if deaths else "people"
    numeric = [
        n for n, (kind, name) in enumerate(zip(kinds, columns.names, strict=True))
        if n not in taken and n not in file.only
        and (kind == "count" or (kind in ("other", "code", "year") and named(name, word)))
    ]  # fmt: skip
    if chosen.across and numeric:
        file.totals = [n for n in numeric if is_total(columns.names[n])]
        return [n for n in numeric if n not in file.totals]
    known = [n for n in numeric if named(columns.names[n], word)
             and not (deaths and named(columns.names[n], "other"))]  # fmt: skip
    others = [n for n in numeric if n not in known]
    if len(known) == 1 and not (others and named(columns.names[known[0]], "part")):
        return known
    daily = any(kind in ("day", "day_alone") for _n, kind in file.when)
    if daily and not numeric and deaths and chosen.shape is None:
        return []
    decimal = [n for n in numeric if any(map(has_decimals, columns.cells[n] or ()))]
    whole = [n for n in (*known, *others) if n not in decimal]
    answers = [answer("--deaths-column", columns.names[n], deaths=total(columns.cells[n] or {}))
               for n in whole]  # fmt: skip
    also = _("given several times, their columns are added up") if len(whole) > 1 else ""
    if len(whole) > 1 and not (decimal or any(named(columns.names[n], "part") for n in whole)):
        answers.append(answer("--across", "place", says=_("a place each")))
    dated = sorted({*dict(file.when)} - {*file.only})
    repeated = daily or len(columns.counted(dated, {})) < columns.length
    if deaths and (repeated or not (answers or decimal)):
        answers.append(answer("--shape", "deaths", deaths=columns.length))
    if decimal:
        names = shortened(quoted(columns.names[n]) for n in decimal)
        also = _("{columns}: not of whole numbers; what a model estimates belongs into "
                 "estimates.csv", columns=names)  # fmt: skip
    message = translated(_UNNAMED[chosen.population])
    raise columns.unclear(message, *answers, also=also, row=columns.header_row)


# --- records ----------------------------------------------------------------------------------


def records(file: "Understood") -> Iterator[Record]:
    """Every number with its period; what is left out and totals that are none are noted."""
    columns, names = file.columns, file.columns.names
    when, dims = [n for n, _kind in file.when], [n for n in file.dims if n != HEAD]
    values = file.across or file.numbers
    wanted = [*when, *dims, *values, *file.totals]
    year = (str(file.chosen.year),) if file.chosen.year is not None else ()
    equal: set[int] = set()
    for key, rows in columns.counted(wanted, file.only).items():
        text, told = key[: len(when)], dict(zip(wanted, key, strict=True))
        got = [told[n] for n in values]
        if any(got) and all(told[n] in ("", names[n]) for n in values):
            continue  # the names of the columns again, as in a file of several blocks
        if values and not any(key[len(when) + len(dims) :]) and not any(map(unmarked, text)):
            if any(key):
                line = " ".join(filter(None, key))[:80]
                file.notes.append(_("'{text}', a row without a number", text=line))
            continue
        for n, cell in zip(values, got, strict=True) if values else [(when[0], "1")]:
            head = (names[n],) if file.across else ()
            apart = tuple(names[n] if d == HEAD else told[d] for d in file.dims)
            yield Record((*year, *text, *head), apart, cell, rows, n)
        numbers = list(filter(parts, got))
        for n in file.totals:
            if not parts(told[n]) or file.chosen.totals == "ignore":
                continue
            if _agrees(numbers, told[n]):
                equal.add(n)
            elif len(file.problems) < 5:
                summed = total(Counter([*numbers, told[n]])) - total({told[n]: 1})
                remedy = _("find which is wrong, or leave totals unasked with --totals ignore")
                file.problems.append(
                    columns.ask(
                        _("is not the sum, which is {sum}", sum=f"{summed:g}"),
                        answer("--totals", "ignore"), also=remedy, at=told, column=n, value=told[n],
                    )
                )  # fmt: skip
    for n in file.totals:
        line = _("column '{name}', a total, equal to the sum", name=names[n])
        if n not in equal:
            line = _("column '{name}', a total, unasked (--totals ignore)", name=names[n])
        file.notes.append(line)
    file.notes[:] = dict.fromkeys(file.notes)


def _agrees(numbers: list[str], cell: str) -> bool:
    """Whether a total is the sum of numbers, under one way to write numbers."""
    texts = Counter(numbers)
    return any(
        total(texts, *marks) == total({cell: 1}, *marks)
        for marks in ((None, None), (".", ","), (",", "."), (None, "."), (None, ","), (None, " "))
    )
