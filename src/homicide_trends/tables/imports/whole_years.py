"""Sums of whole years, for reports that ask for years where a file has months."""

from datetime import date

from ...language import N_
from ..folders import GROUPS
from ..rawtables import RawTable

_KEY = ("place", "measure", "agency", "start", "end")


def whole_years(months: list[dict[str, str]], counts: RawTable) -> list[dict[str, str]]:
    """A row for each year whose days are all in rows of ``counts.csv``, with their sum.

    The sum is a derived count. It is left out where ``counts`` has a count of the year by the
    same agency from elsewhere.

    >>> month = {"place": "SLV", "measure": "homicides", "agency": "PNC", "status": "final",
    ...          "source_id": "s", "note": ""}
    >>> halves = [{**month, "start": "2012-01-01", "end": "2012-06-30", "count": "1562"},
    ...           {**month, "start": "2012-07-01", "end": "2012-12-31", "count": "1014"}]
    >>> empty = RawTable("counts.csv", list(halves[0]), [], [])
    >>> [(row["start"], row["count"], row["status"]) for row in whole_years(halves, empty)]
    [('2012-01-01', '2576', 'derived')]
    """
    known = {
        tuple(cells[name] for name in _KEY)
        for _line, cells in counts.records()
        if not any(cells.get(name) for name in GROUPS)
        and (cells["source_id"] != months[0]["source_id"] or cells["status"] != "derived")
    }
    by_year: dict[str, list[dict[str, str]]] = {}
    for row in months:
        by_year.setdefault(row["start"][:4], []).append(row)
    found = []
    for year, rows in by_year.items():
        first, last = date(int(year), 1, 1), date(int(year), 12, 31)
        total = {
            **rows[0],
            "start": str(first),
            "end": str(last),
            "count": str(sum(int(row["count"]) for row in rows)),
            "note": N_("sum of the months"),
        }
        if total["status"] == "final":
            total["status"] = "derived"
        whole = sum(map(_days, rows)) == (last - first).days + 1
        if whole and tuple(total[name] for name in _KEY) not in known:
            found.append(total)
    return found


def _days(row: dict[str, str]) -> int:
    return (date.fromisoformat(row["end"]) - date.fromisoformat(row["start"])).days + 1
