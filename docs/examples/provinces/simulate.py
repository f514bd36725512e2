"""Write deaths.csv and people.csv: six provinces in one file each, with a known effect in one.

    python docs/examples/provinces/simulate.py [FOLDER]

Costa has 40 killed per 100,000 people a year to the end of 2015 and 28 from 2016 on, 30 % fewer;
the other five have the same rates throughout. Deaths of a month are drawn from Poisson's
distribution. The files are as agencies publish them: a title above, months side by side, totals
below, separators of thousands, and a mark on the numbers of the last year.
"""

import csv
import sys
from pathlib import Path

import numpy as np

PROVINCES = {"Costa": 40, "Lago": 25, "Llano": 12, "Monte": 18, "Norte": 33, "Valle": 9}
PEOPLE = {"Costa": 800_000, "Lago": 350_000, "Llano": 900_000, "Monte": 260_000,
          "Norte": 500_000, "Valle": 150_000}  # fmt: skip
YEARS = range(2012, 2020)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
EFFECT, FROM = 0.70, 2016


def main(folder: Path) -> None:
    """Draw the deaths and write both files."""
    chance = np.random.default_rng(20160101)
    deaths: list[list[object]] = [["Homicides by province and month of death"], []]
    deaths.append(["Province", "Year", *MONTHS, "Total"])
    people: list[list[object]] = [["Province", *YEARS]]
    sums = {year: np.zeros(12, dtype=int) for year in YEARS}
    for name, rate in PROVINCES.items():
        people.append([name, *(f"{grown(name, year):,}" for year in YEARS)])
        for year in YEARS:
            effect = EFFECT if name == "Costa" and year >= FROM else 1
            drawn = chance.poisson(rate * effect * grown(name, year) / 1e5 / 12, 12)
            sums[year] += drawn
            deaths.append(line(name, year, drawn))
    deaths += [line("All provinces", year, sums[year]) for year in YEARS]
    for file, rows in (("deaths.csv", deaths), ("people.csv", people)):
        with (folder / file).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened, delimiter=";", lineterminator="\n").writerows(rows)


def grown(name: str, year: int) -> int:
    """People of a province, one per cent more each year."""
    return round(PEOPLE[name] * 1.01 ** (year - 2012))


def line(name: str, year: int, drawn: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> list[object]:
    """A row of the file; the last year is preliminary."""
    mark = "p" if year == YEARS[-1] else ""
    return [name, year, *(f"{n}{mark}" for n in drawn), f"{drawn.sum():,}{mark}"]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
