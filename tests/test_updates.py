"""Fresh figures: the difference, what is appended, and every way in which a service can fail."""

from __future__ import annotations

import csv
import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from worldbank_service import POPULATION, RATE, Service, row, serving

import homicide_trends as ht
from homicide_trends.cli import cli
from homicide_trends.tables import appending
from homicide_trends.tables.check import check_tables, record
from homicide_trends.tables.load import shipped

pytest.importorskip("wbgapi")

NEW = 154 / 6309624 * 1e5  # 154 deaths in 2023 over the population on file


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def keep(folder: Path, name: str, kept: Callable[[dict[str, str]], bool]) -> None:
    rows = table(folder, name)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(filter(kept, rows))


def state(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped tables with one claim and one country's rows, so that little is examined."""
    mine = Path(shutil.copytree(shipped("data"), tmp_path_factory.mktemp("prepared") / "mine"))
    for name in ("counts", "population", "estimates", "events"):
        keep(mine, name, lambda each: each["place"] == "SLV")
    keep(mine, "counts", lambda each: each["agency"] in ("UNODC", "PNC", "FGR"))
    keep(mine, "towns", lambda each: False)
    keep(mine, "figures", lambda each: each["figure_id"] in ("track6-rate", "track6-rate-year"))
    keep(mine, "claims", lambda each: each["claim_id"] == "rate-2011")
    record(mine)
    return mine


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "mine"))


@pytest.fixture
def service() -> Service:
    """What is on file of El Salvador, and one year more."""
    rows = {name: table(shipped("data"), name) for name in ("counts", "population")}
    made = Service()
    made.people = {
        int(each["year"]): int(each["population"])
        for each in rows["population"]
        if (each["place"], each["series"]) == ("SLV", "WPP2024")
    }
    counts = {
        int(each["start"][:4]): int(each["count"])
        for each in rows["counts"]
        if (each["place"], each["agency"]) == ("SLV", "UNODC")
    }
    made.rates = {year: count / made.people[year] * 1e5 for year, count in counts.items()}
    made.rates[2023] = NEW
    return made


@pytest.fixture
def endpoint(service: Service) -> Iterator[str]:
    with serving(service) as address:
        yield address


def update(folder: Path, endpoint: str, *words: str) -> tuple[int, str, str]:
    given = ["--place", "SLV", "--data", str(folder), "--endpoint", endpoint]
    if "--place" in words:
        given = given[2:]
    result = CliRunner().invoke(cli, ["update", "--from", "worldbank", *given, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


# --- the difference and what is appended ------------------------------------------------------


def test_the_difference_is_shown_and_nothing_is_written(folder: Path, endpoint: str):
    before = state(folder)
    status, out, _ = update(folder, endpoint)
    assert status == 0
    assert "El Salvador (SLV), World Bank, updated 2026-10-07" in out
    assert "  added      2023  154\n" in out
    assert "  unchanged  29 years, 1994 to 2022\n" in out
    assert "revised" not in out
    assert "No verdict on a stated figure changes." in out
    assert "Nothing is written: 4 new rows. Add --write" in out
    assert state(folder) == before


def test_new_rows_come_after_the_old_with_source_date_and_licence(folder: Path, endpoint: str):
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    status, out, _ = update(folder, endpoint, "--write")
    assert (status, "Written: 4 new rows, in sources.csv" in out) == (0, True)
    assert check_tables(folder) == []
    for path in folder.glob("*.csv"):
        assert path.read_bytes().startswith(before[path.name])
    added = table(folder, "counts")[-1]
    assert [added[name] for name in ("start", "count", "agency", "status")] == [
        "2023-01-01", "154", "UNODC", "derived"
    ]  # fmt: skip
    sources = {each["source_id"]: each for each in table(folder, "sources")}
    implied = sources[added["source_id"]]
    rate = next(each for name, each in sources.items() if name.startswith("wdi-homicides-"))
    assert rate["source_id"] in implied["derived_from"].split(";")
    assert rate["licence"] == "CC BY 4.0 (World Bank)"
    assert rate["date"] == "2026-10-07"
    assert f"from {endpoint}" in rate["reference"]
    assert "retrieved 20" in rate["reference"]
    assert sorted(path.name for path in folder.iterdir() if path.name[0] == ".") == []
    status, out, _ = update(folder, endpoint, "--write")
    assert (status, "Nothing is new" in out) == (0, True)


def test_a_revised_count_stands_beside_the_old_and_is_read_first(
    folder: Path, service: Service, endpoint: str
):
    service.rates[2022] = 495 / service.people[2022] * 1e5
    status, out, _ = update(folder, endpoint, "--write")
    assert (status, "  revised    2022  495 beside 496 (unodc-implied)\n" in out) == (0, True)
    rows = [
        (each["count"], each["note"])
        for each in table(folder, "counts")
        if (each["place"], each["agency"], each["start"]) == ("SLV", "UNODC", "2022-01-01")
    ]
    assert rows == [("496", ""), ("495", "revises 496 (unodc-implied)")]
    years = ht.annual_series("SLV", start="2022-01-01", end="2022-12-31", data=folder)
    assert years["deaths"].tolist() == [495.0]
    assert check_tables(folder) == []


def test_a_revised_population_is_a_series_of_its_own_and_verdicts_that_flip_are_listed(
    folder: Path, service: Service, endpoint: str
):
    # Without the text's later dates no population on file was there in time, so that all vote.
    service.people[2011] = 6235000
    status, out, _ = update(folder, endpoint, "--write")
    assert status == 0
    assert "population.csv: series WDI-2026-10-07" in out
    assert "  revised    2011  6,235,000 beside 6,090,127 (wbpop)\n" in out
    assert "  rate-2011: " in out
    assert " -> Depends on the population\n" in out
    # The counts are still whole numbers over the series on file, by which the rate was divided.
    assert "  unchanged  29 years, 1994 to 2022\n" in out
    assert "  added      2023  154\n" in out
    series = ht.load_population("SLV", series="WDI-2026-10-07", data=folder)
    assert len(series) == len(service.people)
    kept = ht.load_population("SLV", series="WPP2024", data=folder).set_index("year")
    assert int(kept["population"][2011]) == 6090127
    assert check_tables(folder) == []


def test_a_place_that_the_agency_never_counted_gets_the_agency_after_its_own(
    folder: Path, endpoint: str
):
    for name in ("counts", "agencies"):
        keep(folder, name, lambda each: (each["place"], each["agency"]) != ("SLV", "UNODC"))
    record(folder)
    status, out, _ = update(folder, endpoint, "--write")
    assert (status, out.count("  added  ")) == (0, 30)
    agency = table(folder, "agencies")[-1]
    assert (agency["place"], agency["agency"], agency["preference"]) == ("SLV", "UNODC", "21")
    assert check_tables(folder) == []


def test_a_rate_printed_coarsely_gives_rounded_counts_and_revises_nothing(
    folder: Path, service: Service, endpoint: str
):
    # With one decimal 71.8 per 100,000 stands for 4,370 to 4,376 deaths: 4,371 is among them.
    service.rates = {year: round(rate, 1) for year, rate in service.rates.items()}
    status, out, _ = update(folder, endpoint, "--write")
    assert (status, "revised" in out) == (0, False)
    # 2.4 * 6,309,624 / 100,000 = 151.4
    added = table(folder, "counts")[-1]
    assert (added["start"], added["count"], added["status"]) == ("2023-01-01", "151", "rounded")


def test_a_year_that_is_no_longer_given_stays_on_file(
    folder: Path, service: Service, endpoint: str
):
    service.rates[2022] = None
    status, out, _ = update(folder, endpoint)
    assert (status, "  withdrawn  2022  496 (unodc-implied) stays on file\n" in out) == (0, True)


def test_pages_are_put_together(folder: Path, service: Service, endpoint: str):
    service.per_page = 20
    status, out, _ = update(folder, endpoint)
    assert (status, "  added      2023  154\n" in out) == (0, True)
    assert len(service.asked) == 1 + 4  # 30 rates and 35 populations by twenties


# --- answers that are not believed ------------------------------------------------------------


def broken(service: Service, **changes: object) -> None:
    for name, value in changes.items():
        setattr(service, name, value)


def lying(
    series: str, year: object, value: object, place: str = "SLV"
) -> Callable[[Service], None]:
    """A row more, after the row for that year was taken out."""

    def tell(service: Service) -> None:
        {RATE: service.rates, POPULATION: service.people}.get(series, {}).pop(year, None)
        service.more.append(row(place, series, year, value))  # type: ignore[arg-type]

    return tell


BAD: dict[str, tuple[Callable[[Service], None], str]] = {
    "an error": (lambda s: broken(s, status=500), "refuses (500 Internal Server Error)"),
    "too many": (lambda s: broken(s, status=429), "refuses (429 Too Many Requests)"),
    "html": (lambda s: broken(s, body=b"<html>Sign in</html>"), "is not JSON"),
    "nothing at all": (lambda s: broken(s, body=b""), "is not JSON"),
    "half an answer": (lambda s: broken(s, body=b'{"page":1,"total":2,"source":{"da'), "not JSON"),
    "cut off": (lambda s: broken(s, cut=20), "breaks off"),
    "a list of nothing": (lambda s: broken(s, body=b"[]"), "is not in the service's format"),
    "another shape": (lambda s: broken(s, body=b'{"total": 1}'), "not in the service's format"),
    "a message": (
        lambda s: broken(s, body=b'[{"message": [{"key": "120", "value": "Invalid\\nvalue"}]}]'),
        "is a message: 120: Invalid\\nvalue",
    ),
    "null": (lambda s: broken(s, body=b"null"), "is not in the service's format"),
    "no values": (lambda s: broken(s, rates={}, people={}), f"gives no value of {RATE} for SLV"),
    "only empty values": (lambda s: broken(s, rates={2011: None}), f"gives no value of {RATE}"),
    "another country": (lying(RATE, 2022, 7.8, "HND"), "is about 'HND', asked was 'SLV'"),
    "another indicator": (lying("SP.POP.0014", 2022, 7.8), "holds the indicator 'SP.POP.0014'"),
    "negative": (lying(RATE, 2022, -7.8), f"gives -7.8 as {RATE} of 2022"),
    "text": (lying(RATE, 2022, "7.8"), f"gives '7.8' as {RATE} of 2022, not a number"),
    "markup": (lying(RATE, 2022, "\x1b[31m<script>"), r"gives '\\x1b[31m<script>' as"),
    "true": (lying(RATE, 2022, True), "gives 'True'"),
    "nan": (lying(RATE, 2022, float("nan")), f"gives nan as {RATE} of 2022"),
    "infinite": (lying(RATE, 2022, float("inf")), f"gives inf as {RATE} of 2022"),
    "endless digits": (lying(RATE, 2022, 10**400), f"gives inf as {RATE} of 2022"),
    "absurd": (lying(RATE, 2022, 1e9), "gives 1e+09 per 100,000"),
    "half a person": (lying(POPULATION, 2022, 6280319.5), "which cannot be true"),
    "nobody": (lying(POPULATION, 2022, 0), "gives 0 persons"),
    "another's population": (lying(POPULATION, 2022, 62803190), "no revision is so large"),
    "a year twice": (
        lambda s: s.more.append(row("SLV", RATE, 2022, 7.8)), f"gives {RATE} of 2022 twice"
    ),
    "a year to come": (lying(RATE, 2090, 7.8), "of 2090, a year that is not over"),
    "too early a year": (lying(RATE, 1900, 7.8), "of 1900, a year that is before 1960"),
    "no year": (lying(RATE, "2022Q1", 7.8), "holds 'YR2022Q1', which is not a year"),
    "the same page for ever": (
        lambda s: broken(s, header={"total": 10**9}), "announces more pages than there can be"
    ),
    "pages of no length": (
        lambda s: broken(s, header={"per_page": 0}), "announces more pages than there can be"
    ),
    "a header of words": (lambda s: broken(s, header={"total": "many"}), "not in the service's"),
    "no day": (lambda s: broken(s, updated=""), "does not say when its data were updated"),
    "a day to come": (lambda s: broken(s, updated="2090-01-01"), "a day to come"),
    "endless": (lambda s: broken(s, body=b"[" * 6_000_000), "is larger than it can be"),
    "slow": (lambda s: broken(s, wait=30), "did not answer within 0.5 seconds"),
    "drop by drop": (lambda s: broken(s, drip=0.01), "did not answer within 0.5 seconds"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_one_line_and_changes_nothing(
    name: str, folder: Path, service: Service, endpoint: str
):
    spoil, said = BAD[name]
    spoil(service)
    before = state(folder)
    seconds = "0.5" if said.endswith("seconds") else "30"
    status, out, err = update(folder, endpoint, "--write", "--timeout", seconds)
    assert (status, out) == (2, "")
    assert err.startswith("Error: ")
    assert err.count("\n") == 1
    assert said in err
    assert "\x1b" not in err
    assert state(folder) == before


def test_without_a_network_one_line_says_so(folder: Path):
    with serving(Service()) as gone:
        pass
    before = state(folder)
    status, out, err = update(folder, gone, "--write")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "could not be reached (ConnectionError); look at the connection" in err
    assert state(folder) == before


def test_settings_of_wbgapi_are_as_they_were(folder: Path, endpoint: str):
    import wbgapi

    before = wbgapi.endpoint, wbgapi.get_options, wbgapi.per_page
    update(folder, endpoint)
    assert (wbgapi.endpoint, wbgapi.get_options, wbgapi.per_page) == before


# --- what is asked ----------------------------------------------------------------------------


def test_without_the_extra_the_message_tells_how_to_install_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "wbgapi", None)
    status, out, err = update(folder, "http://127.0.0.1:9")
    assert (status, out) == (2, "")
    assert "pip install 'homicide-trends[update]'" in err


@pytest.mark.parametrize(
    ("place", "said"),
    [("SVL", "did you mean 'SLV'?"), ("SLV-apopa", "is not a country"), ("../x", "no place")],
)
def test_a_place_that_the_world_bank_cannot_have_is_not_asked_for(
    place: str, said: str, folder: Path, service: Service, endpoint: str
):
    status, out, err = update(folder, endpoint, "--place", place)
    assert (status, out, service.asked) == (2, "", [])
    assert said in err


def test_tables_of_an_installed_package_are_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Service, endpoint: str
):
    inside = tmp_path / "_shipped" / "data"
    shutil.copytree(shipped("data"), inside)
    monkeypatch.setattr(appending, "shipped", lambda name: inside)
    status, out, err = update(inside, endpoint, "--write")
    assert (status, out, service.asked) == (2, "", [])
    assert "belongs to the installed package and is not changed" in err
    assert "--data" in err


def test_a_folder_with_problems_is_refused(folder: Path, endpoint: str):
    with (folder / "places.csv").open("a") as opened:
        opened.write("ABW,Aruba,country,\n")
    before = state(folder)
    status, _, err = update(folder, endpoint, "--write")
    assert (status, state(folder)) == (2, before)
    assert "is not in order and is not changed; the first problem of 1: places.csv" in err


def test_a_name_of_a_series_with_other_values_is_refused(
    folder: Path, service: Service, endpoint: str
):
    service.people[2011] += 1
    status, _, err = update(folder, endpoint, "--write", "--series", "WPP2024")
    assert status == 2
    assert "population.csv has another value of SLV in series 'WPP2024' for 2011" in err
