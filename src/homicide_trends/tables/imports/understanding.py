"""Somebody's file as counts a period, with all that was found out on the way."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..folders import Folder
from .choices import Choices, choices
from .columns import Table, table
from .counts import Count, Counted, count
from .files import opened
from .layouts import Layout, lay_out

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says: its counts in order, and how it was read."""

    path: Path
    table_read: Table
    layout: Layout
    counted: Counted
    chosen: Choices

    @property
    def counts(self) -> list[Count]:
        """Deaths a period, in order."""
        return self.counted.counts

    @property
    def deaths(self) -> int:
        """All deaths."""
        return sum(each.deaths for each in self.counts)

    @property
    def shape(self) -> str:
        """What a row of the file is."""
        return self.layout.shape

    def table(self) -> "pd.DataFrame":
        """The counts as a table: ``start, end`` (both inclusive), ``count``, what tells them apart.

        ``place``, ``sex``, ``age``, ``mechanism`` where their columns were named, ``low`` and
        ``high`` (deaths) where a number was given as a range.
        """
        import pandas as pd

        found = pd.DataFrame(self.counts, columns=list(Count._fields)).rename(
            columns={"deaths": "count"}
        )
        kept = [
            name
            for name in found
            if name in ("start", "end", "count")
            or found[name].astype(bool).any()
            and found[name].notna().any()
        ]
        types = {"start": "datetime64[s]", "end": "datetime64[s]", "count": "int64"}
        return found[kept].astype(types)


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
        read = table(bytes_read, chosen)
        layout = lay_out(read, chosen)
        return Understood(path, read, layout, count(read, layout, chosen), chosen)
