"""What a row of a file is, and which columns say its period, its number, and of whom it is."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from ...language import N_, _, translated
from ..problems import Problem, quoted, shortened, suggestion
from .choices import Answer, Choices, UnclearError, deaths_said, question
from .columns import Cells, Table
from .dates import folded, marked, readings
from .numbers import is_missing, parts, total

PERIODS = ("day", "month", "quarter", "week", "span", "year")
SHAPES = dict(zip(PERIODS, ("days", "months", "quarters", "weeks", "years", "years"), strict=True))


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^| )(?:{pattern})(?: |$)")


_YEAR = _words("year|years|ano|anos|anio|yr|annee|time period|time")
_MONTH, _DAY = _words("month|months|mes|mois"), _words("day|dia|jour")
_QUARTER = _words("quarter|trimestre|trim|qtr")
_DATE = _words(
    "date|day|fecha|dia|data|jour|period|periodo|periode|year|ano|anio|annee|month|mes|mois"
)
_COUNT = _words(
    "deaths?|homicides?|homicidios?|murders?|asesinatos?|assassinatos?|meurtres?|victims?|victimas?|"
    "vitimas?|victimes?|muertes?|muertos?|mortes?|morts?|obitos?|deces|defunciones|fallecidos?|killed|"
    "killings?|counts?|conteo|cantidad|cases|casos|total|n|hom|ocorrencias"
)
_PEOPLE = _words(
    "population|poblacion|populacao|habitantes|inhabitants|people|persons|personas|pop"
)
# A number that counts something else, or only a part of the deaths.
_OTHER = _words(
    "rate|rates|tasa|tasas|taxa|taux|per|por|pop|poblacion|population|populacao|age|edad|idade|lat|lng|"
    "lon|latitude|longitude|percent|porcentaje|pct|upper|lower|low|high|hour|hora|area|index|rank"
)
_PART = _words(
    "women|female|females|mujer|mujeres|mulheres|femmes|men|male|males|hombre|hombres|homens|hommes|"
    "firearms?|guns?|armas?|attempted|tentativas?|tentados?|frustrados?|police|children|minors|menores|"
    "culposos?|accidental|traffic|transito"
)
_CODE = _words("id|code|cod|codigo|cve|clave|iso|iso ?3|fips|folio|no|num|nr|number|index|key|geo")
_KIND = _words(
    "crime|murder|offen[cs]e|delito|fatal|homicide|homicidio|tipo|type|muerte|kind|cause|causa"
)
_TOTAL = re.compile(
    r"(?:(?:sub|gran|grand)[\s-]*)?tot(?:al(?:es|s)?)?\b.*|.*\btotals?|sum|suma|soma|somme|overall|"
    r"(?:national|nacional|nationwide|both|ambos|ambas|all|todos|todas|tous|toutes|ensemble|"
    r"les deux)"
    r"(?: (?:os |los |las |les )?(?:sexes|sexos|sexe|ages|edades|idades|states|estados|regions|"
    r"departamentos|persons|personas|people|country|country total|total))?"
)
_YES_NO = {"", "yes", "no", "si", "s\u00ed", "y", "n", "true", "false", "sim", "n\u00e3o"}


def plain(name: str) -> str:
    """A name as words: small letters without accents.

    >>> plain("A\u00f1o_1"), plain("numberOfDeaths")
    ('ano 1', 'number of deaths')
    """
    return " ".join(re.findall("[a-z]+|[0-9]+", folded(re.sub("(?<=[a-z])(?=[A-Z])", " ", name))))


def is_total(text: str) -> bool:
    """Whether a cell is called a total of others, in one of four languages.

    >>> [is_total(text) for text in ("TOTAL 2012", "Ambos sexos", "All", "Independencia Nacional")]
    [True, True, True, False]
    """
    return bool(_TOTAL.fullmatch(" ".join(re.findall("[a-z0-9]+", folded(text[:80])))))


@dataclass(slots=True)
class Layout:
    """A shape and the places of columns.

    ``when`` are the columns of the period with what each says, ``deaths`` those of numbers (none:
    a row is a death), ``across`` columns headed by a period, ``totals`` their sums, ``dims`` those
    that tell rows of a period apart, ``apart`` those of places, sexes and so on whose values are
    kept, ``only`` the texts that rows must have.
    """

    shape: str
    when: list[tuple[int, str]] = field(default_factory=list)
    deaths: list[int] = field(default_factory=list)
    across: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    dims: list[int] = field(default_factory=list)
    apart: dict[str, int] = field(default_factory=dict)
    only: dict[int, set[str]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()  # what each text of a record's period says


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
    name, rows = plain(name), sum(full.values())
    if not rows:
        return "empty"
    read = {text: readings(marked(text)[0]) for text in full}

    def share(*kinds: str) -> float:
        return (
            sum(full[text] for text, each in read.items() if any(k in each for k in kinds)) / rows
        )

    for kind in ("day", "span", "month", "quarter", "week"):
        digits = all(text.isdigit() for text in full)
        if share(kind) >= 0.6 and not (digits and (_COUNT.search(name) or _PEOPLE.search(name))):
            return kind if kind != "span" or share("span") >= share("month") else "month"
    years = {int(each["year"]) for each in read.values() if "year" in each}
    dense = years and len(years) >= 0.5 * (max(years) - min(years) + 1)
    if (
        share("year") >= 0.6
        and not _COUNT.search(name)
        and (_YEAR.search(name) or _DATE.search(name) or dense)
    ):
        return "year"
    if share("name") >= 0.6 or (share("name", "number") >= 0.6 and _MONTH.search(name)):
        return "name"
    if share("quarter_alone") >= 0.6 and (_QUARTER.search(name) or not share("number")):
        return "quarter_alone"
    if _DAY.search(name) and all(re.fullmatch("0?[1-9]|[12][0-9]|3[01]", text) for text in full):
        return "day_alone"
    numbers = sum(full[text] for text in full if parts(text))
    if numbers < 0.6 * rows and not (numbers and _COUNT.search(name)):
        return "text"
    if _CODE.search(name) or any(re.match("0[0-9]", text) for text in full):
        return "code"
    return "other" if _OTHER.search(name) else "count"


def lay_out(table: Table, chosen: Choices) -> Layout:
    """The columns that matter and what a row is; UnclearError where that is open."""
    kinds = [kind_of(cells, name) for cells, name in zip(table.cells, table.names, strict=True)]
    only = _only(table, chosen)
    apart = {
        each: place(table, name, f"--{each}-column") for each, name in chosen.kept_apart.items()
    }
    heads = _heads(table, chosen)
    headed = {n for n, _kind, _value in heads} & {
        place(table, name, "--deaths-column") for name in chosen.deaths_column
    }
    if headed:
        message = _("is headed by a period, like others beside it")
        remedy = _("leave --deaths-column out: all of them are read")
        name = table.names[min(headed)]
        raise UnclearError([table.problem(message, remedy, row=table.header_row, column=name)])
    if chosen.shape == "wide" and not heads:
        message = _("names no month and no year")
        remedy = _("name the row of the column names with --header-row, or another --shape")
        raise UnclearError([table.problem(message, remedy, row=table.header_row)])
    if heads and chosen.shape in (None, "wide") and not chosen.deaths_column:
        layout = _wide(table, kinds, heads, chosen)
    else:
        layout = _long(table, kinds, only, chosen)
    layout.only, layout.apart = only, apart
    layout.kinds = (*["year"] * (chosen.year is not None), *(kind for _n, kind in layout.when),
                    *(kind for _n, kind, _value in heads[:1] if layout.across))  # fmt: skip
    taken = {*dict(layout.when), *layout.deaths, *layout.across, *layout.totals, *apart.values()}
    dims = [
        n
        for n, kind in enumerate(kinds)
        if n not in taken and kind in ("text", "code", *PERIODS, "name")
    ]
    rows = sum(next((cells for cells in table.cells if cells is not None), Counter()).values())
    dims = [n for n in dims if 1 < len(table.cells[n] or ()) <= max(0.5 * rows, 20)]
    if layout.shape == "deaths":
        asked = {place(table, name, "--sum") for name in chosen.sum}
        dims = [
            n
            for n in dims
            if n in asked or _parts_deaths(table.names[n], table.cells[n] or Counter())
        ]
    layout.dims = [*apart.values(), *dims]
    return layout


def _parts_deaths(name: str, cells: Cells) -> bool:
    """Whether a column of a list of deaths may tell homicides from other things."""
    if {text.casefold() for text in cells} <= _YES_NO:
        return True
    return bool(_KIND.search(plain(name))) and len(cells) <= 40


def place(table: Table, name: str, option: str) -> int:
    """Where a named column stands; UnclearError where none has the name."""
    wanted = [n for n, each in enumerate(table.names) if each == name.strip()]
    wanted = wanted or [n for n, each in enumerate(table.names) if plain(each) == plain(name) != ""]
    if len(wanted) == 1:
        return wanted[0]
    message = _("is not a column, but {option} names it", option=option)
    remedy = suggestion(name, (each for each in table.names if each))
    raise UnclearError([table.problem(message, remedy, row=table.header_row, column=name)])


def _only(table: Table, chosen: Choices) -> dict[int, set[str]]:
    """The cells that rows must have, by column; of several texts of a column one."""
    only: dict[int, set[str]] = {}
    for name, text in chosen.where:
        n = place(table, name, "--where")
        cells = table.cells[n]
        found = {text.strip()} if cells is None else {
            each for each in cells if each.casefold() == text.strip().casefold()
        }  # fmt: skip
        if not found:
            message = _("is in no row, but --where asks for it")
            raise UnclearError(
                [
                    table.problem(
                        message, suggestion(text, cells or ()), column=table.names[n], value=text
                    )
                ]
            )
        only.setdefault(n, set()).update(found)
    return only


# --- periods across ---------------------------------------------------------------------------


def _heads(table: Table, chosen: Choices) -> list[tuple[int, str, Any]]:
    """Columns headed by a period: place, kind and what it says; none where fewer than two are."""
    if not table.header_row:
        return []
    found: dict[str, list[tuple[int, str, Any]]] = {}
    for n, name in enumerate(table.names):
        read = readings(marked(name)[0])
        if "span" in read:  # 2011/12 among 2012/13 is no month
            found.setdefault("span", []).append((n, "span", read["span"]))
            continue
        for kind in ("month", "quarter", "year", "name", "number"):
            if kind in read and "day" not in read:
                found.setdefault(kind, []).append((n, kind, read[kind]))
                break
    if "span" in found and "month" in found:  # 2009-10 among 2009-11 is one
        spans = [(n, "month", m) for n, _k, _v in found.pop("span")
                 if (m := readings(marked(table.names[n])[0]).get("month"))]  # fmt: skip
        found["month"] = sorted(found["month"] + spans)
    numbers = found.pop("number", [])
    if sorted(each[2] for each in numbers) == list(range(1, 13)) and not found:
        return [(n, "name", value) for n, _kind, value in numbers]
    several = {kind: heads for kind, heads in found.items() if len(heads) > 1}
    if len(several) > 1 and all(len(heads) > 1 for heads in several.values()):
        message = _("names years and months side by side")
        remedy = _("take out those that are not wanted")
        raise UnclearError([table.problem(message, remedy, row=table.header_row)])
    return next(iter(several.values()), [])


def _wide(
    table: Table, kinds: Sequence[str], heads: list[tuple[int, str, Any]], chosen: Choices
) -> Layout:
    across, kind = [n for n, _kind, _value in heads], heads[0][1]
    rest = [n for n in range(len(table.names)) if n not in across]
    layout = Layout("wide", across=across, totals=[n for n in rest if is_total(table.names[n])])
    rest = [n for n in rest if n not in layout.totals]
    wanted = {"name": ("year",), "year": ("name",)}.get(kind, ())
    if chosen.date_column is not None:
        n = place(table, chosen.date_column, "--date-column")
        layout.when = [(n, kinds[n] if kinds[n] in ("year", "name") else (wanted or ("year",))[0])]
    else:
        named = [n for n in rest if kinds[n] in wanted]
        if len(named) > 1:
            raise UnclearError([_several_dates(table, named)])
        layout.when = [(n, kinds[n]) for n in named]
    if kind == "name" and not layout.when and chosen.year is None:
        told = {
            y
            for text in (*table.preamble, table.file)
            for y in re.findall(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", text)
        }
        message = _("has months, and no column of years")
        answers = [Answer(("--year", year)) for year in sorted(told) or ["YYYY"]]
        raise UnclearError([question(table.file, message, answers, row=table.header_row)])
    for (left, _k, before), (right, _k2, after) in pairwise(heads):
        unread = [n for n in rest if left < n < right and kinds[n] in ("count", "other", "code")]
        if unread and not _follows(kind, before, after):
            message = _("stands where a month or a year is missing, and is not read as one")
            remedy = _("write its name in English, Spanish, Portuguese or French, or as 2012-03; "
                       "or take the column out")  # fmt: skip
            raise UnclearError(
                [
                    table.problem(message, remedy, row=table.header_row, column=table.names[n])
                    for n in unread
                ]
            )
    return layout


def _follows(kind: str, before: Any, after: Any) -> bool:
    """Whether one heading is the period after the other."""
    if kind in ("year", "name"):
        return int(after) == int(before) + 1
    step = {"month": 12, "quarter": 4, "span": 1}[kind]
    number = [int(each[0]) * step + (each[1] if step > 1 else 0) for each in (before, after)]
    return number[1] == number[0] + 1


# --- a period a row ---------------------------------------------------------------------------


def _long(table: Table, kinds: list[str], only: Collection[int], chosen: Choices) -> Layout:
    when = _when(table, kinds, chosen)
    layout = Layout("", when=when)
    daily = any(kind in ("day", "day_alone") for _n, kind in when)
    if chosen.shape != "deaths":
        layout.deaths = _deaths(table, kinds, {n for n, _kind in when}, only, daily, chosen)
    elif chosen.deaths_column:
        message = _("is given for a file with one row a death")
        remedy = _("leave --deaths-column out, or name another --shape")
        raise UnclearError([table.problem(message, remedy, column=chosen.deaths_column[0])])
    kind = when[-1][1]
    unit = {"name": "months", "quarter_alone": "quarters", "day_alone": "days"}.get(kind) or SHAPES[
        kind
    ]
    layout.shape = chosen.shape if chosen.shape not in (None, "wide") else unit
    if not layout.deaths:
        layout.shape = "deaths"
    return layout


def _when(table: Table, kinds: list[str], chosen: Choices) -> list[tuple[int, str]]:
    """The column of the period, or those of year, month and day, with what each says."""
    months = [n for n, kind in enumerate(kinds) if kind in ("name", "quarter_alone")]
    if chosen.month_column is not None:
        n = place(table, chosen.month_column, "--month-column")
        months = [n]
        kinds[n] = kinds[n] if kinds[n] == "quarter_alone" else "name"
    if chosen.date_column is not None:
        n = place(table, chosen.date_column, "--date-column")
        kind = kinds[n] if kinds[n] in (*PERIODS, "name") else _nearest(table.cells[n]) or "day"
        first = (n, kind)
    else:
        first = _date(table, kinds, months, chosen)
    if first[1] == "name" and first[0] in months and chosen.year is not None:
        return [first]
    if first[1] != "year" or chosen.shape == "years":
        return [first]
    months = [n for n in months if n != first[0]]
    if len(months) > 1 and not _same(table, months):
        raise UnclearError([_several_dates(table, months, "--month-column")])
    days = [n for n, kind in enumerate(kinds) if kind == "day_alone"]
    found = [first, *((n, kinds[n]) for n in months[:1])]
    return [*found, *((n, "day_alone") for n in days[:1] if months)]


def _nearest(cells: Cells | None) -> str:
    """The kind of period that most of those cells of a column are that are one."""
    counted = Counter(
        kind for text in cells or () for kind in readings(marked(text)[0]) if kind in PERIODS
    )
    return counted.most_common(1)[0][0] if counted else ""


def _date(table: Table, kinds: list[str], months: list[int], chosen: Choices) -> tuple[int, str]:
    full = [n for n, kind in enumerate(kinds) if kind in PERIODS and kind != "year"]
    years = [n for n, kind in enumerate(kinds) if kind == "year"]
    if len(full) == 1 and all(_year_of(table, full[0], n) for n in years):
        return full[0], kinds[full[0]]
    if not full and len(years) == 1:
        return years[0], "year"
    if not full and not years and months and chosen.year is not None:
        return months[0], kinds[months[0]]
    if full or years:
        raise UnclearError([_several_dates(table, [*full, *years])])
    if not full and not years and months:
        message = _("has months, and no column of years")
        raise UnclearError(
            [question(table.file, message, [Answer(("--year", "YYYY"))], row=table.header_row)]
        )
    named = [
        n for n, name in enumerate(table.names) if _DATE.search(plain(name)) and table.cells[n]
    ]
    columns = ", ".join(quoted(name) for name in table.names[:20])
    dated = [(n, kind) for n in named if (kind := _nearest(table.cells[n]))]
    if len(dated) == 1:
        return dated[0]  # others are no dates: that is said of each
    if named:
        text = next(filter(None, table.cells[named[0]] or ()), "")
        message = _("is not a date") if text else _("has no dates")
        remedy = _("name the column with --date-column: {columns}", columns=columns)
        if re.fullmatch(r"[2-5][0-9]{4}(?:[.,][0-9]+)?", text):
            message = _("is not a date, and may be a spreadsheet's number of a day")
            remedy = _("give its column a date format in the spreadsheet, and save it again")
        row = table.row_of({named[0]: text})
        raise UnclearError(
            [table.problem(message, remedy, row=row, column=table.names[named[0]], value=text)]
        )
    message = _("does not say which column holds the date")
    remedy = _("give {option}, one of {columns}", option="--date-column", columns=columns)
    raise UnclearError([table.problem(message, remedy, row=table.header_row)])


def _year_of(table: Table, dates: int, years: int) -> bool:
    """Whether a column of years says what a column of dates says."""
    for date, year in table.counted([dates, years], {}):
        told = {
            value[""][0]
            if kind == "day" and "" in value
            else next(iter(value.values()))[0]
            if kind == "day"
            else value[0]
            for kind, value in readings(date).items()
            if kind in ("day", "month", "quarter", "week", "span")
        }
        if told and year and year not in told and year[-2:] not in told:
            return False
    return True


def _same(table: Table, columns: Sequence[int]) -> bool:
    """Whether two columns of months say the same in every row."""
    pairs = table.counted(columns[:2], {})
    return all(len({pair[k] for pair in pairs}) == len(pairs) for k in (0, 1))


def _several_dates(table: Table, columns: Iterable[int], option: str = "--date-column") -> Problem:
    answers = []
    for n in columns:
        cells = sorted(text for text in table.cells[n] or () if readings(text))
        says = _("{first} to {last}", first=cells[0], last=cells[-1]) if cells else ""
        answers.append(Answer((option, table.names[n]), says))
    return question(table.file, _("has several columns of dates"), answers, row=table.header_row)


def _deaths(
    table: Table,
    kinds: Sequence[str],
    taken: set[int],
    only: Collection[int],
    daily: bool,
    chosen: Choices,
) -> list[int]:
    """The columns that count; none where a row is a death; else the question, with each total."""
    if chosen.deaths_column:
        places = [place(table, name, "--deaths-column") for name in chosen.deaths_column]
        if clash := [n for n in places if n in taken]:
            message = _("is named for the dates and for the deaths")
            remedy = _("name two columns, or --shape deaths for one row a death")
            raise UnclearError(
                [table.problem(message, remedy, row=table.header_row, column=table.names[clash[0]])]
            )
        return places
    named = _PEOPLE if chosen.population else _COUNT
    numeric = [
        n
        for n, kind in enumerate(kinds)
        if n not in taken
        and n not in only
        and (
            kind == "count"
            or (kind in ("other", "code", "year") and named.search(plain(table.names[n])))
        )
    ]
    known = [n for n in numeric if named.search(plain(table.names[n])) and (
        chosen.population or not _OTHER.search(plain(table.names[n])))]  # fmt: skip
    others = [n for n in numeric if n not in known]
    part = [n for n in known if _PART.search(plain(table.names[n]))]
    if len(known) == 1 and not (part and others):
        return known
    rows = sum(next((cells for cells in table.cells if cells is not None), Counter()).values())
    if daily and not numeric and not chosen.population and chosen.shape in (None, "deaths"):
        return []
    decimal = [n for n in numeric if _has_decimals(table.cells[n])]
    answers = [Answer(("--deaths-column", table.names[n]), deaths_said(total(table.cells[n] or {})))
               for n in (*known, *others) if n not in decimal]  # fmt: skip
    also = _("given several times, their columns are added up") if len(answers) > 1 else ""
    if not chosen.population and (
        daily or len(table.counted(sorted(taken - set(only)), {})) < rows
    ):
        answers.append(Answer(("--shape", "deaths"), deaths_said(rows)))
    if decimal:
        names = shortened(quoted(table.names[n]) for n in decimal)
        also = _(
            "{columns}: not of whole numbers; what a model estimates belongs into estimates.csv",
            columns=names,
        )
    if not answers and not decimal and not chosen.population:
        answers.append(Answer(("--shape", "deaths"), deaths_said(rows)))
    message = translated(_UNNAMED[chosen.population])
    raise UnclearError([question(table.file, message, answers, row=table.header_row, also=also)])


_UNNAMED = {
    False: N_("does not say which column holds the deaths"),
    True: N_("does not say which column holds the people"),
}


def _has_decimals(cells: Cells | None) -> bool:
    cores = [cell[0] for text in cells or () if (cell := parts(text))]
    return any(
        re.fullmatch(r"[0-9]+[.,][0-9]*[1-9][0-9]*", c)
        and not re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", c)
        for c in cores
    )


# --- records ----------------------------------------------------------------------------------


def records(
    table: Table, layout: Layout, chosen: Choices
) -> tuple[list[Record], list[str], list[Problem]]:
    """Every number with its period; a line for each kind of row left out; totals that are none."""
    when, dims = [n for n, _kind in layout.when], layout.dims
    values = layout.across or layout.deaths
    columns = [*when, *dims, *values, *layout.totals]
    year = (str(chosen.year),) if chosen.year is not None else ()
    found: list[Record] = []
    notes: list[str] = []
    problems: list[Problem] = []
    sums: Counter[tuple[int, bool]] = Counter()
    for key, rows in table.counted(columns, layout.only).items():
        text, got = key[: len(when)], key[len(when) + len(dims) :]
        dim = key[len(when) : len(when) + len(dims)]
        if values and not any(got) and not any(readings(marked(each)[0]) for each in text):
            if any(key):
                notes.append(
                    _("'{text}', a row without a number", text=" ".join(filter(None, key))[:80])
                )
            continue
        if layout.across:
            heads = tuple(table.names[n] for n in layout.across)
            for n, head, cell in zip(layout.across, heads, got, strict=False):
                found.append(Record((*year, *text, head), dim, cell, rows, n))
            numbers = [cell for cell in got[: len(heads)] if parts(cell)]
            for n, cell in zip(layout.totals, got[len(heads) :], strict=True):
                if parts(cell) and chosen.totals != "ignore":
                    summed = total(dict(Counter((*numbers, cell)))) - total({cell: 1})
                    right = _agrees(numbers, cell)
                    sums[n, right] += 1
                    if not right and len(problems) < 5:
                        message = _("is not the sum, which is {sum}", sum=f"{summed:g}")
                        remedy = _(
                            "find which is wrong, or leave totals unasked with --totals ignore"
                        )
                        row = table.row_of(dict(zip(columns, key, strict=True)))
                        problems.append(
                            question(
                                table.file,
                                message,
                                [Answer(("--totals", "ignore"))],
                                row=row,
                                column=table.names[n],
                                value=cell,
                                also=remedy,
                            )
                        )
        elif values:
            found += [
                Record((*year, *text), dim, cell, rows, n)
                for n, cell in zip(values, got, strict=True)
            ]
        else:
            found.append(Record((*year, *text), dim, "1", rows, when[0]))
    for n in layout.totals:
        name = table.names[n]
        if sums[n, True]:
            notes.append(_("column '{name}', a total, equal to the sum", name=name))
        else:
            notes.append(_("column '{name}', a total, unasked (--totals ignore)", name=name))
    return found, list(dict.fromkeys(notes)), problems


def _agrees(numbers: list[str], cell: str) -> bool:
    """Whether a total is the sum of numbers, under one way to write numbers."""
    texts = Counter(numbers)
    return any(
        total(texts, *marks) == total({cell: 1}, *marks)
        for marks in ((None, None), (".", ","), (",", "."), (None, "."), (None, ","), (None, " "))
    )
