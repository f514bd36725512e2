"""A CSV file as counts a period, with all that was found out on the way."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..folders import Folder
from .choices import choices
from .dialects import Dialect, dialect
from .encodings import scan
from .entries import Entries, entries
from .layouts import Layout, layout
from .periods import Count, Periods, periods

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says: its counts in order, and how it was read."""

    path: Path
    dialect: Dialect
    layout: Layout
    entries: Entries
    periods: Periods

    @property
    def counts(self) -> list[Count]:
        """Deaths a period, in order."""
        return self.periods.counts

    @property
    def deaths(self) -> int:
        """All deaths."""
        return sum(count.deaths for count in self.counts)

    def table(self) -> "pd.DataFrame":
        """The counts as a table: ``start, end`` (both inclusive), ``count`` (deaths)."""
        import pandas as pd

        table = pd.DataFrame(
            [(each.start, each.end, each.deaths) for each in self.counts],
            columns=["start", "end", "count"],
        )
        return table.astype({"start": "datetime64[s]", "end": "datetime64[s]", "count": "int64"})


def understand(
    file: Folder,
    *,
    shape: str | None = None,
    date_column: str | None = None,
    month_column: str | None = None,
    deaths_column: str | None = None,
    header_row: int | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    date_order: str | None = None,
    two_digit_years: int | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    missing: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    where: tuple[tuple[str, str], ...] = (),
    gaps: str | None = None,
    duplicates: str | None = None,
    totals: str | None = None,
    start: date | None = None,
    end: date | None = None,
    unit: str | None = None,
) -> Understood:
    """The counts of a CSV file, whatever its separator, encoding and way of writing dates.

    What is None is found out. The choices are those of ``Choices`` and, with dashes, the options
    of ``homicide-trends import``. Raises UnclearError (a DataError) with every problem, each naming
    row, column, value and the choice that decides, where the file can be read in two ways or in
    none, and DataError for a choice that there is not.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "killed.csv"
    ...     _ = path.write_text("Mes;Homicidios\\nene-2012;1.411\\nfeb-2012;402\\nTotal;1.813\\n")
    ...     found = understand(path, thousands="point")
    >>> found.deaths, found.layout.shape
    (1813, 'months')
    >>> found.table()["end"].astype(str).tolist()
    ['2012-01-31', '2012-02-29']
    """
    chosen = choices(
        shape=shape, date_column=date_column, month_column=month_column,
        deaths_column=deaths_column, header_row=header_row, separator=separator,
        encoding=encoding, date_order=date_order, two_digit_years=two_digit_years,
        decimal=decimal, thousands=thousands, missing=missing, skip=skip, where=where, gaps=gaps,
        duplicates=duplicates, totals=totals, start=start, end=end, unit=unit,
    )  # fmt: skip
    path = Path(file).expanduser()
    told = dialect(scan(path, chosen.encoding), chosen)
    laid = layout(told, chosen)
    found = entries(told, laid, chosen)
    return Understood(path, told, laid, found, periods(told, laid, found, chosen))
