"""Somebody's file as counts a period, with all that was found out on the way, and its account."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...language import N_, _, localised, ngettext, translated
from ..folders import Folder
from ..problems import harmless
from .choices import Choices, Question, choices
from .columns import Columns, columns_of
from .counts import Count, count
from .dates import Period
from .files import opened
from .layouts import HEAD, lay_out
from .periods import what_a_row_is

if TYPE_CHECKING:
    import pandas as pd

_ONE_EACH = {
    "year": N_("{start} to {end}, one count a year: {number}"),
    "quarter": N_("{start} to {end}, one count a quarter: {number}"),
    "month": N_("{start} to {end}, one count a month: {number}"),
    "week": N_("{start} to {end}, one count a week: {number}"),
    "day": N_("{start} to {end}, one count a day: {number}"),
}
_APART = {
    "place": N_("places in {column}"),
    "sex": N_("sexes in {column}"),
    "age": N_("ages in {column}"),
    "mechanism": N_("mechanisms in {column}"),
    "motive": N_("motives in {column}"),
}
_SHOWN = 2  # counts at the beginning and at the end


@dataclass(slots=True)
class Understood:
    """What a file says: its counts in order, and how it was read.

    ``shape`` is what a row is. Places of columns are ``when`` (those of the period with what each
    says), ``numbers`` (none: a row is a death), ``across`` (headed by a period),
    ``totals`` (their sums), ``dims`` (those that tell rows of a period apart; first, as many as
    there are names ``apart``, those of places, sexes and so on whose values are kept), ``only``
    (with the texts that rows must have). ``kinds`` says what each text of a period is, ``unit``
    what the counts are for, ``notes`` what was left out.
    """

    path: Path
    columns: Columns
    chosen: Choices
    shape: str = ""
    when: list[tuple[int, str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    across: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    dims: list[int] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    only: dict[int, set[str]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    counts: list[Count] = field(default_factory=list)
    unit: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[Question] = field(default_factory=list)
    dates_read_as: str = ""
    numbers_read_as: str = ""
    example: tuple[str, Period] | None = None

    @property
    def deaths(self) -> int:
        """All deaths."""
        return sum(each.deaths for each in self.counts)

    def table(self) -> "pd.DataFrame":
        """The counts as a table: ``start, end`` (both inclusive), ``count``, what tells them apart.

        ``place``, ``sex``, ``age``, ``mechanism`` where their columns were named, ``low`` and
        ``high`` (deaths) where a number was given as a range.
        """
        import pandas as pd

        found = pd.DataFrame(self.counts, columns=list(Count._fields))
        found = found.rename(columns={"deaths": "count"})
        said = found.notna() & (found != "")
        types = {"start": "datetime64[s]", "end": "datetime64[s]", "count": "int64"}
        return found.loc[:, said.any()].astype(types)


def understand(file: Folder, **given: Any) -> Understood:
    """The counts of a file, whatever its layout, separator, encoding and way of writing dates.

    The choices are the fields of ``Choices`` and, with dashes, the options of
    ``homicide-trends import``; what is not given is found out. Raises UnclearError (a DataError)
    with every problem, each naming column, value and the option that decides, where the file can
    be read in two ways or in none, and DataError for a choice that there is not.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "killed.csv"
    ...     _ = path.write_text("Mes;Homicidios\\nene-2012;1.411\\nfeb-2012;402\\nTotal;1.813\\n")
    ...     found = understand(path, thousands="point")
    >>> found.deaths, found.shape
    (1813, 'months')
    >>> found.table()["end"].astype(str).tolist()
    ['2012-01-31', '2012-02-29']
    """
    chosen = choices(given)
    path = Path(file).expanduser()
    with opened(path, chosen) as bytes_read:
        found = Understood(path, columns_of(bytes_read, chosen), chosen)
        lay_out(found)
        count(found)
    return found


def account(understood: Understood) -> list[str]:
    """Name and text of each line, with a tab between: file, shape, dates, numbers, period, sums."""
    columns, counts = understood.columns, understood.counts
    opened, row = columns.opened, columns.header_row
    header = _("header on row {row}", row=row) if row else _("no header")
    size = ngettext("{number} byte", "{number} bytes", opened.size)
    dates = ""
    if understood.example:
        text, when = understood.example
        order = f", {harmless(understood.dates_read_as, 160)}" if understood.dates_read_as else ""
        dates = _("'{text}' is {date}", text=harmless(text, 80), date=when) + order
    covers = translated(_ONE_EACH[understood.unit]).format(
        start=min(each.start for each in counts), end=max(each.end for each in counts),
        number=localised(f"{len(counts):,}"),
    )  # fmt: skip
    shown = []
    for each in counts:
        deaths = localised(f"{each.deaths:,}")
        whose = (each.place, each.sex, each.age, each.mechanism)
        line = _("{start} to {end}: {deaths}", start=each.start, end=each.end, deaths=deaths)
        shown.append(line + harmless("".join(f", {text}" for text in whose if text), 160))
    if len(shown) > 2 * _SHOWN:
        shown[_SHOWN:-_SHOWN] = ["..."]
    people = understood.chosen.population
    told = (
        (_("File"), [", ".join([harmless(opened.file, 80), size, opened.read_as, header])]),
        (_("Above it"), [harmless(each, 160) for each in columns.preamble[:5]]),
        (_("Shape"), [f"{understood.shape}: {what_a_row_is(understood.shape)}"]),
        (_("Columns"), [_columns(understood)]),
        (_("Dates"), [dates] if dates else []),
        (_("Numbers"), [harmless(each, 160) for each in (understood.numbers_read_as,) if each]),
        (_("Covers"), [covers]),
        (_("People") if people else _("Deaths"), [localised(f"{understood.deaths:,}")]),
        (_("Counts"), shown),
        (_("Left out"), understood.notes),
    )
    return [
        f"{title if number == 0 else ''}\t{line}"
        for title, lines in told
        for number, line in enumerate(lines)
    ]


def _columns(understood: Understood) -> str:
    names = understood.columns.names

    def name(n: int) -> str:
        return f"'{harmless(names[n], 80)}'"

    across = understood.across
    heads = understood.numbers if HEAD in understood.dims else []
    parts = [_("dates in {column}", column=name(n)) for n, _kind in understood.when]
    parts += [_("deaths in {column}", column=name(n)) for n in understood.numbers if not heads]
    if across or heads:
        first, *_others, last = across or [*heads, heads[0]][: max(2, len(heads))]
        parts.append(
            ngettext(
                "deaths in {number} column from {first} to {last}",
                "deaths in {number} columns from {first} to {last}",
                len(across or heads), first=name(first), last=name(last),
            )
        )  # fmt: skip
    apart = dict(zip(understood.apart, understood.dims, strict=False))
    parts += [translated(_APART[what]).format(column=name(n))
              for what, n in apart.items() if n != HEAD]  # fmt: skip
    for n, texts in understood.only.items():
        listed = ", ".join(f"'{harmless(text, 80)}'" for text in sorted(texts))
        parts.append(_("only rows with {column} {text}", column=name(n), text=listed))
    read = {*dict(understood.when), *understood.numbers, *across, *understood.totals,
            *apart.values(), *understood.only}  # fmt: skip
    others = [name(n) for n in range(len(names)) if n not in read]
    if others:
        listed = ", ".join(others[:6]) + (", ..." if len(others) > 6 else "")
        parts.append(_("not read: {columns}", columns=listed))
    return ", ".join(parts)
