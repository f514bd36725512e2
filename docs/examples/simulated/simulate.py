"""Write this folder's tables: a country that does not exist, and an effect that is known.

    python simulate.py [DIR]

The rate of one country falls to 70 percent of what it was on 1 January 2016, at once and for good;
ten other countries have no such step. Deaths of a month are a Poisson draw about the rate times
the person-years of the month. The generator is seeded: the same tables every time.
"""

import calendar
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

SEED = 20160101
PLACE = "SIM"
RATE = 40.0  # deaths per 100,000 person-years before the step
RATE_RATIO = 0.70  # the truth that the reports are held to
YEARS = range(2010, 2020)
STEP = 2016  # the first year with the lower rate
PEOPLE = 3_000_000  # in the first year
GROWTH = 1.01
OTHERS = (18, 22, 27, 31, 36, 41, 45, 52, 60, 70)  # rates of the countries without a step


def main(folder: Path) -> None:
    """Draw the counts and write the two tables that hold them."""
    draw = np.random.default_rng(SEED)
    counts = [*step_country(draw), *other_countries(draw)]
    write(folder / "counts.csv", COUNTS, counts)
    write(folder / "population.csv", POPULATION, populations())


def step_country(draw: np.random.Generator) -> Iterable[Sequence[object]]:
    """Months of the country with the step, by two agencies, and the years that they add up to."""
    for year in YEARS:
        rate = RATE * (RATE_RATIO if year >= STEP else 1)
        total = 0
        for month in range(1, 13):
            days = calendar.monthrange(year, month)[1]
            years = people(year) * days / (366 if calendar.isleap(year) else 365)
            deaths = int(draw.poisson(rate * years / 100_000))
            start, end = f"{year}-{month:02}-01", f"{year}-{month:02}-{days}"
            yield row(PLACE, start, end, deaths, "registry", "final")
            # The second agency misses one death in twenty-five, by chance.
            seen = int(draw.binomial(deaths, 0.96))
            yield row(PLACE, start, end, seen, "police", "final")
            total += deaths
        yield row(PLACE, f"{year}-01-01", f"{year}-12-31", total, "registry", "final")


def other_countries(draw: np.random.Generator) -> Iterable[Sequence[object]]:
    """Years of the countries without a step."""
    for number, rate in enumerate(OTHERS, start=1):
        for year in YEARS:
            deaths = int(draw.poisson(rate * people(year) / 100_000))
            place = f"SIM-{number:02}"
            yield row(place, f"{year}-01-01", f"{year}-12-31", deaths, "registry", "final")


def populations() -> Iterable[Sequence[object]]:
    """Inhabitants of each country at the middle of each year, one year beyond on either side."""
    for place in (PLACE, *(f"SIM-{number:02}" for number in range(1, len(OTHERS) + 1))):
        for year in range(YEARS[0] - 1, YEARS[-1] + 2):
            yield (place, year, round(people(year)), "simulated", "final", "simulation", "")


def people(year: int) -> float:
    """Inhabitants at the middle of a year, the same in every country."""
    return float(PEOPLE * GROWTH ** (year - YEARS[0]))


def row(place: str, start: str, end: str, deaths: int, agency: str, status: str) -> list[object]:
    """A row of counts.csv."""
    return [place, "homicides", start, end, deaths, agency, status, "simulation", ""]


COUNTS = ("place", "measure", "start", "end", "count", "agency", "status", "source_id", "note")
POPULATION = ("place", "year", "population", "series", "status", "source_id", "note")


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
