"""Somebody's file as counts a period, with all that was found out on the way."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..folders import Folder
from .choices import Choices, Question, choices
from .columns import Columns, columns_of
from .counts import Count, count
from .dates import Period
from .files import opened
from .layouts import lay_out

if TYPE_CHECKING:
    import pandas as pd


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
