"""Other people's CSV files: what is understood, and what is refused with the choice that decides.

Expected counts are written into each file by hand.
"""

import csv
import io
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homicide_trends.tables import imports
from homicide_trends.tables.folders import DataError
from homicide_trends.tables.imports import UnclearError, Understood, columns, understand
from homicide_trends.tables.imports.dates import readings

CONTROL = {"Cc", "Cf", "Cs"}
SPANISH = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
PORTUGUESE = "jan fev mar\N{LATIN SMALL LETTER C WITH CEDILLA}o abr mai jun jul ago set out nov dez"
FRENCH = (
    "janv. f\N{LATIN SMALL LETTER E WITH ACUTE}vr. mars avr. mai juin juil. "
    "ao\N{LATIN SMALL LETTER U WITH CIRCUMFLEX}t sept. oct. nov. "
    "d\N{LATIN SMALL LETTER E WITH ACUTE}c."
)
ENGLISH = "January February March April May June July August September October November December"


def read(folder: Path, text: str | bytes, name: str = "f.csv", **choices: Any) -> Understood:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return understand(path, **choices)


def refused(folder: Path, text: str | bytes, **choices: Any) -> str:
    """The message of a refusal; the problems are in it, one a line."""
    with pytest.raises(UnclearError) as caught:
        read(folder, text, **choices)
    assert len(str(caught.value)) < 20_000
    return str(caught.value)


def deaths(understood: Understood) -> list[tuple[str, str, int]]:
    return [(str(each.start), str(each.end), each.deaths) for each in understood.counts]


# --- shapes ---------------------------------------------------------------------------------


def test_a_row_for_a_year(tmp_path: Path) -> None:
    found = read(tmp_path, "year,count\n2011,4371\n2012,2594\n")
    assert found.shape == "years"
    assert deaths(found) == [("2011-01-01", "2011-12-31", 4371), ("2012-01-01", "2012-12-31", 2594)]


def test_a_row_for_a_month(tmp_path: Path) -> None:
    found = read(tmp_path, "Mes;Homicidios\nene-2012;411\nfebrero de 2012;402\n2012-03;255\n")
    assert found.shape == "months"
    assert deaths(found) == [
        ("2012-01-01", "2012-01-31", 411),
        ("2012-02-01", "2012-02-29", 402),
        ("2012-03-01", "2012-03-31", 255),
    ]


def test_years_and_months_in_two_columns(tmp_path: Path) -> None:
    found = read(tmp_path, "A\N{LATIN SMALL LETTER N WITH TILDE}o\tMes\tMuertes\n2011\tDiciembre\t"
                           "366\n2012\t1\t411\n")  # fmt: skip
    assert deaths(found) == [("2011-12-01", "2011-12-31", 366), ("2012-01-01", "2012-01-31", 411)]


@pytest.mark.parametrize(
    "names",
    [SPANISH, ENGLISH.split(), PORTUGUESE.split(), FRENCH.split(), [str(n) for n in range(1, 13)]],
)
def test_months_side_by_side(tmp_path: Path, names: list[str]) -> None:
    text = f"year,{','.join(names)},Total\n2011,{','.join(['7'] * 12)},84\n"
    found = read(tmp_path, text)
    assert found.shape == "wide"
    assert [each[2] for each in deaths(found)] == [7] * 12
    assert "column 'Total', a total, equal to the sum" in found.notes


def test_a_month_whose_name_is_not_read_is_not_left_out_silently(tmp_path: Path) -> None:
    message = refused(tmp_path, "year,jan,feb,Machi,apr\n2011,1,2,3,4\n", gaps="missing")
    assert ":1: Machi stands where a month or a year is missing, and is not read as one" in message


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    found = read(tmp_path, "year,jan,feb,mar,Q1,apr\n2011,1,2,3,6,4\n")
    assert found.deaths == 10
    lines = imports.account(found)
    assert (
        "Columns\tdates in 'year', deaths in 4 columns from 'jan' to 'apr', not read: 'Q1'" in lines
    )


def test_years_side_by_side(tmp_path: Path) -> None:
    rows = "".join(f"{name};{n};{n + 100}\n" for n, name in enumerate(SPANISH))
    found = read(tmp_path, f"mes;2011;2012\n{rows}")
    assert deaths(found)[0] == ("2011-01-01", "2011-01-31", 0)
    assert deaths(found)[-1] == ("2012-12-01", "2012-12-31", 111)


def test_days_are_added_up_to_months(tmp_path: Path) -> None:
    days = "".join(f"{day:02}/01/2012,2\n" for day in range(1, 32)) + "01/02/2012,5\n"
    found = read(tmp_path, f"fecha,muertes\n{days}")
    assert found.shape == "days"
    # The file ends on 1 February, so its second count is for that day alone.
    assert deaths(found) == [("2012-01-01", "2012-01-31", 62), ("2012-02-01", "2012-02-01", 5)]


def test_one_row_a_death(tmp_path: Path) -> None:
    text = "id,date,age\n1,2012-01-01 23:10,20\n2,2012-01-31,\n3,2012-02-29T01:00:00Z,31\n"
    found = read(tmp_path, text)
    assert found.shape == "deaths"
    assert deaths(found) == [("2012-01-01", "2012-01-31", 2), ("2012-02-01", "2012-02-29", 1)]


def test_unit_and_covered_days(tmp_path: Path) -> None:
    text = "date\n2012-03-09\n2012-05-02\n"
    found = read(tmp_path, text, unit="year", start=date(2012, 3, 9), end=date(2012, 12, 31))
    assert deaths(found) == [("2012-03-09", "2012-12-31", 2)]


def test_the_last_year_may_be_cut(tmp_path: Path) -> None:
    found = read(tmp_path, "year,count\n2023,10\n2024,6\n", end=date(2024, 8, 31))
    assert deaths(found)[-1] == ("2024-01-01", "2024-08-31", 6)


# --- dialects -------------------------------------------------------------------------------

TEXT = "A\N{LATIN SMALL LETTER N WITH TILDE}o;Muertes\n2011;4371\n2012;2594\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends(
    tmp_path: Path, encoding: str, separator: str, end: str
) -> None:
    content = TEXT.replace(";", separator).replace("\n", end).encode(encoding)
    given = {"encoding": "utf-16-le"} if encoding == "utf-16-le" else {}
    found = read(tmp_path, content, **given)
    assert found.deaths == 4371 + 2594
    assert found.columns.names[0] == "A\N{LATIN SMALL LETTER N WITH TILDE}o"


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "\ufeffSEP=;"])
def test_the_separator_that_a_spreadsheet_names(tmp_path: Path, line: str) -> None:
    found = read(tmp_path, f"{line}\nyear;count\n2011;4\n2012;5\n")
    assert (found.columns.opened.separator, found.columns.header_row) == (";", 2)
    assert found.deaths == 9


def test_header_below_a_title_is_found_and_said(tmp_path: Path) -> None:
    text = "Homicidios por mes\n\nMes;Muertes\nenero 2011;5\nFuente: PNC\n"
    found = read(tmp_path, text)
    assert found.deaths == 5
    assert found.columns.header_row == 3
    assert found.columns.preamble == ["Homicidios por mes"]
    assert found.notes == ["'Fuente: PNC', a row without a number"]
    assert ":5: Mes 'Fuente: PNC' is not a date" in refused(tmp_path, text[:-1] + ";7\n")


def test_no_header(tmp_path: Path) -> None:
    assert "--header-row 0" in refused(tmp_path, "2011,5\n2012,6\n")
    columns = {"header_row": 0, "date_column": "1", "deaths_column": "2"}
    assert read(tmp_path, "2011,5\n2012,6\n", **columns).deaths == 11


def test_rows_of_one_place(tmp_path: Path) -> None:
    text = "year,place,count\n2011,A,5\n2011,B,6\n2012,A,7\n2012,B,8\n"
    message = refused(tmp_path, text + "2012,C,9\n")
    assert "place 'A, B, C' has 3 different values: do their rows add up" in message
    assert "--sum place (35 deaths); --where place B (14 deaths)" in message
    assert read(tmp_path, text, where=(("place", "B"),)).deaths == 14
    assert read(tmp_path, text, duplicates="sum").deaths == 26
    both = (("PLACE", "b"), ("place", "A"))
    assert read(tmp_path, text + "2012,C,9\n", where=both, sum=("place",)).deaths == 26
    assert "place 'C'" in refused(tmp_path, text, where=(("place", "C"),))


# --- ambiguities ----------------------------------------------------------------------------


def test_day_and_month(tmp_path: Path) -> None:
    text = "date,deaths\n03/04/2012,1\n04/04/2012,2\n"
    message = refused(tmp_path, text)
    assert "f.csv:2: date '03/04/2012' is 2012-04-03 or 2012-03-04" in message
    assert "--date-order dmy (2012-04-03)" in message
    assert deaths(read(tmp_path, text, date_order="dmy")) == [("2012-04-03", "2012-04-04", 3)]


def test_one_date_decides_for_all(tmp_path: Path) -> None:
    rows = "".join(f"{month}/{day}/2012,1\n" for month, day in [(1, d) for d in range(1, 32)])
    found = read(tmp_path, f"date,deaths\n{rows}")
    assert deaths(found) == [("2012-01-01", "2012-01-31", 31)]
    assert found.dates_read_as == "month first ('1/13/2012')"


def test_dates_that_contradict_each_other(tmp_path: Path) -> None:
    message = refused(tmp_path, "date,deaths\n25/04/2012,1\n04/26/2012,2\n")
    assert ":3: date '04/26/2012' is in the order mdy, and '25/04/2012' in the order dmy" in message


@pytest.mark.parametrize("rows", ["2009/10,5\n", "2009-10,5\n2010-11,6\n"])
def test_years_that_span_two(tmp_path: Path, rows: str) -> None:
    message = refused(tmp_path, f"year,deaths\n{rows}", gaps="missing")
    assert "is month 10 of 2009, or 2009 to 2010; --shape months; --year-starts 4" in message
    found = read(tmp_path, f"year,deaths\n{rows}", gaps="missing", shape="months")
    assert found.counts[0].start == date(2009, 10, 1)
    assert read(tmp_path, "month,deaths\n2009-10,5\n2009-11,6\n").deaths == 11


def test_a_number_that_a_spreadsheet_shows_as_a_day(tmp_path: Path) -> None:
    # 40179 days from 30 December 1899 is 1 January 2010, where the spreadsheet counts from 1900.
    message = refused(tmp_path, "date,deaths\n40179,5\n40180,6\n")
    assert "'40179' is not a date, and may be a spreadsheet's number of a day" in message


def test_two_digit_years(tmp_path: Path) -> None:
    text = "date,deaths\nmar-12,1\nabr-12,2\n"
    message = refused(tmp_path, text)  # one choice decides, and one line asks for it
    assert "'abr-12' has a year of two digits; --two-digit-years 1950" in message
    assert len(message.splitlines()) == 1
    found = read(tmp_path, text, two_digit_years=1950)
    assert deaths(found)[0] == ("2012-03-01", "2012-03-31", 1)
    assert read(tmp_path, text, two_digit_years=1900).counts[0].start == date(1912, 3, 1)


def test_thousands_or_decimals(tmp_path: Path) -> None:
    text = "year;deaths\n2011;4.371\n2012;987\n"
    message = refused(tmp_path, text)
    assert len(refused(tmp_path, text + "2013;1.200\n").splitlines()) == 1
    assert ":2: deaths '4.371' is 4371 or 4 and a fraction" in message
    assert "--thousands point (5,358 deaths)" in message
    assert read(tmp_path, text, thousands="point").deaths == 4371 + 987
    assert "is not a whole number" in refused(tmp_path, text, decimal="point")
    # Elsewhere in the column a comma begins decimals, so that the point cannot.
    assert read(tmp_path, text + "2013;12,0\n").deaths == 4371 + 987 + 12
    assert read(tmp_path, text + "2013;1.234.567\n").deaths == 4371 + 987 + 1234567


@pytest.mark.parametrize("text", ["1 234", "1\u00a0234", "1\u202f234", "1'234", "1,234.0"])
def test_thousands_that_say_so(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"year;deaths\n2011;{text}\n").deaths == 1234


@pytest.mark.parametrize(
    "cell", ["-5", "12.5", "1e3", "=1+1", "few", "<script>", "\x1b[31m5", "9" * 30, "1,2,3", "5*p6"]
)
def test_cells_that_are_no_number(tmp_path: Path, cell: str) -> None:
    message = refused(tmp_path, f"year;deaths\n2011;{cell}\n2012;4\n")
    assert message.startswith("f.csv:2: deaths '")
    assert "\x1b" not in message


def test_missing_counts_are_said_to_be(tmp_path: Path) -> None:
    text = "year;deaths\n2011;5\n2012;n/d\n2013;6\n"
    message = refused(tmp_path, text, missing=("n/d",))
    assert message == refused(tmp_path, text)  # a word that is known
    assert "'2012' years without a count: 1; --gaps missing (11 deaths)" in message
    found = read(tmp_path, text, missing=("n/d",), gaps="missing")
    assert [each[2] for each in deaths(found)] == [5, 6]
    assert "2012" in found.notes[-1]


def test_gaps(tmp_path: Path) -> None:
    text = "month,deaths\n2012-01,5\n2012-03,6\n"
    message = refused(tmp_path, text)
    assert "'2012-02' months without a count for all of their days: 1; --gaps missing" in message
    assert [each[2] for each in deaths(read(tmp_path, text, gaps="zero"))] == [5, 0, 6]
    assert [each[2] for each in deaths(read(tmp_path, text, gaps="missing"))] == [5, 6]


def test_a_missing_day_leaves_a_month_incomplete(tmp_path: Path) -> None:
    first = date(2012, 1, 1)
    days = [first + timedelta(days=n) for n in range(60) if n != 10]
    text = "date,deaths\n" + "".join(f"{day},1\n" for day in days)
    assert "'2012-01' months without a count for all of their days: 1" in refused(tmp_path, text)
    assert deaths(read(tmp_path, text, gaps="missing")) == [("2012-02-01", "2012-02-29", 29)]
    assert deaths(read(tmp_path, text, gaps="zero"))[0] == ("2012-01-01", "2012-01-31", 30)


def test_what_a_list_of_deaths_covers_is_asked(tmp_path: Path) -> None:
    text = "date\n2012-03-09\n2012-03-20\n"
    message = refused(tmp_path, text)
    assert "--from 2012-03-01 (it does); --from 2012-03-09 (it begins there)" in message
    assert "--to 2012-03-31 (it does); --to 2012-03-20 (it ends there)" in message
    found = read(tmp_path, text, start=date(2012, 3, 1), end=date(2012, 3, 31))
    assert deaths(found) == [("2012-03-01", "2012-03-31", 2)]


def test_a_death_without_a_date_is_no_silent_loss(tmp_path: Path) -> None:
    text = "date,age\n2012-01-01,20\n,33\n\n2012-01-31,40\n"
    assert ":3: date is empty" in refused(tmp_path, text)
    found = read(tmp_path, text, skip=("",))
    assert found.deaths == 2
    assert found.notes == ["'', as asked (--skip)"]


def test_totals_are_compared(tmp_path: Path) -> None:
    text = "year;deaths\n2011;5\n2012;6\nTotal;{}\n"
    found = read(tmp_path, text.format(11))
    assert found.notes == ["'Total', a total, equal to the sum"]
    message = refused(tmp_path, text.format(12))
    assert ":4: deaths '12' is not the sum, which is 11" in message
    assert read(tmp_path, text.format(12), totals="ignore").deaths == 11


def test_totals_of_years_and_of_columns(tmp_path: Path) -> None:
    text = "month;deaths\n2011-11;5\n2011-12;6\nTotal 2011;11\n2012-01;7\nTotal 2012;{}\nTotal;18\n"
    assert read(tmp_path, text.format(7)).deaths == 18
    assert ":6: deaths '8' is not the sum, which is 7" in refused(tmp_path, text.format(8))
    wide = f"year,{','.join(SPANISH)},Total\n2011,{','.join('123456789012')},48\n"
    assert read(tmp_path, wide).deaths == 48
    assert ":2: Total '49' is not the sum, which is 48" in refused(
        tmp_path, wide.replace(",48\n", ",49\n")
    )


def test_a_year_among_months(tmp_path: Path) -> None:
    text = "date,deaths\n2012-01,5\n2012-02,6\n2012,{}\n"
    assert read(tmp_path, text.format(11)).notes == ["'2012', a total, equal to the sum"]
    assert ":4: deaths '12' is not the sum, which is 11" in refused(tmp_path, text.format(12))


def test_every_mistake_at_once(tmp_path: Path) -> None:
    message = refused(tmp_path, "date,deaths\n2012-15,x\n2012-02,6\nnever,-1\n")
    assert len(message.splitlines()) == 4


@pytest.mark.parametrize("columns", ["date,deaths,deaths", "date,killed,victims", "x,y", "a"])
def test_columns_are_asked_for(tmp_path: Path, columns: str) -> None:
    message = refused(tmp_path, f"{columns}\n2011{',5' * columns.count(',')}\n")
    assert "--" in message


def test_choices_that_there_are_not(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="date_order is 'dym'; it can be dmy, mdy, ymd"):
        understand(tmp_path / "f.csv", date_order="dym")
    with pytest.raises(DataError, match="decimal and thousands are both"):
        understand(tmp_path / "f.csv", decimal="comma", thousands="comma")
    assert "'murderz' is not a column" not in refused(tmp_path, "year,murders\n2011,5\n",
                                                      deaths_column="murderz")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("9 de marzo de 2012", "day", ("2012", 3, 9)),
        ("March 9, 2012", "day", ("2012", 3, 9)),
        ("viernes, 9 de marzo de 2012", "day", ("2012", 3, 9)),
        ("9-mar-2012", "day", ("2012", 3, 9)),
        ("2012-03-09", "day", ("2012", 3, 9)),
        ("20120309", "day", ("2012", 3, 9)),
        ("2012/3/9", "day", ("2012", 3, 9)),
        ("Septiembre 2012", "month", ("2012", 9)),
        ("SET. 2012", "month", ("2012", 9)),
        ("2012 agosto", "month", ("2012", 8)),
        ("2012-3", "month", ("2012", 3)),
        ("3/2012", "month", ("2012", 3)),
        ("2012M03", "month", ("2012", 3)),
        ("201203", "month", ("2012", 3)),
        ("ene-20", "month", ("20", 1)),
        ("2012", "year", "2012"),
        ("2012 [YR2012]", "year", "2012"),
        ("2012/13", "span", ("2012", 0)),
        ("2012-2013", "span", ("2012", 0)),
        ("April 2018 to March 2019", "span", ("2018", 4)),
        ("Q1 2012", "quarter", ("2012", 1)),
        ("2012Q4", "quarter", ("2012", 4)),
        ("2012 trim. 2", "quarter", ("2012", 2)),
        ("2012-W03", "week", ("2012", 3)),
    ],
)
def test_periods_in_many_spellings(text: str, kind: str, told: Any) -> None:
    found = readings(text)[kind]
    assert (found[""] if kind == "day" else found) == told


@pytest.mark.parametrize(
    "text", ["2012-02-30", "31/04/2012", "2012-15", "0/2012", "41000", "1799", "2012.0",
             "30 febrero 2012", "lunes 2012", "..", "9/9/9/2012", "\x00", "2012-2014",
             "\uff12\uff10\uff12\uff10", "202\u00b9"]
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert not readings(text).keys() - {"number", "quarter_alone"}


# --- files that are none --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "header"),
        (b"<!DOCTYPE html><table><tr><td>2011", "a web page or XML"),
        (b'[{"year": 2011, "deaths": 4371}]', "JSON"),
        (b"PK\x03\x04rest", "cannot be read"),
        (b"a\0b,c\n", "NUL byte"),
        (b"x" * 3_000_000, "a line has more than 1,000,000 bytes"),
        (b"\x81\xff,a\n1,2\n", "neither UTF-8 nor cp1252"),
        (b'year,deaths\n2011,"5\n', "is not CSV from here on"),
        (b"year,deaths\n2011,1,234\n2012,5\n2013,6\n", "the row has 3 cells, the header 2"),
        (b"year,deaths\n", "has no row below its header"),
        (b"\xff\xfea", "is not utf-16"),
    ],
)
def test_no_csv_file(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(tmp_path, content)


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b.csv"])
def test_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnclearError):
        understand(tmp_path / name)


@pytest.mark.parametrize("encoding", ["klingon", "base64", "punycode", "undefined", ""])
def test_no_encoding(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UnclearError):
        read(tmp_path, "year,deaths\n2011,5\n", encoding=encoding)


# --- both readers ---------------------------------------------------------------------------


def both(monkeypatch: pytest.MonkeyPatch, path: Path, **choices: Any) -> list[Any]:
    """What the csv module and DuckDB make of a file: its counts, or the refusal."""
    results: list[Any] = []
    for large in (1 << 60, 0):
        monkeypatch.setattr(columns, "LARGE", large)
        try:
            found = understand(path, **choices)
            results.append((deaths(found), found.notes))
        except UnclearError as error:
            results.append(str(error))
    return results


@pytest.mark.parametrize(
    "text",
    [
        'date;x\n2012-01-01 10:00;1\n 2012-01-31 ;2\n\n;\n2012-01-15;"a;\nb"\n',
        "date\r\n2012-01-01\r\n2012-01-31\n2012-01-31\r\n",
        "date,x\n2012-01-01,\u00e9\n2012-01-31\n",
        "date,x\n2012-01-01,1,2\n2012-01-31,1\n",
        'date,x\n2012-01-01,"1\n2012-01-31,1\n',
        'date,x\n2012-01-01,"1"2\n2012-01-31,1\n',
        "date,x\n2012-01-01,1,,,\n2012-01-31,1\n",
        "date,x\n2012-01-01,1\nyesterday,2\n",
        "date,x\n2012-01-01,1\n,2\n",
    ],
)
def test_both_readers_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "f.csv"
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        path.write_bytes(text.encode(encoding))
        by_csv, by_duckdb = both(monkeypatch, path)
        assert by_csv == by_duckdb


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.text(alphabet='12,;"\n\r \t-2012x', max_size=40))
def test_both_readers_say_the_same_of_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"date,deaths\n2012-01,5\n" + text.encode())
    choices = {"shape": "months", "date_column": "date", "deaths_column": "deaths",
               "separator": "comma"}  # fmt: skip
    by_csv, by_duckdb = both(monkeypatch, path, **choices)
    assert by_csv == by_duckdb


def test_names_that_duckdb_would_take_for_patterns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "LARGE", 0)
    read(tmp_path, "year,deaths\n2011,999\n", name="deaths1.csv")
    for name in ("deaths[1].csv", "deaths*.csv", "d'; DROP TABLE x; --.csv", "d.csv.gz"):
        assert read(tmp_path, "year,deaths\n2011,5\n", name=name).deaths == 5


def test_duckdb_reads_and_is_not_only_fallen_back_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "LARGE", 0)
    text = "year;place;deaths\n2011;A;5\n2011;B;6\n"
    found = read(tmp_path, text, where=(("place", "B"),))
    assert (found.deaths, found.columns.by) == (6, "duckdb")
    content = text.replace("place", "a\N{LATIN SMALL LETTER N WITH TILDE}o").encode("cp1252")
    found = read(tmp_path, content, date_column="year", duplicates="sum")
    assert (found.deaths, found.columns.by) == (11, "duckdb")


# --- round trips ----------------------------------------------------------------------------

MONTHS = [date(2009 + n // 12, n % 12 + 1, 1) for n in range(36)]
COUNTS = st.lists(st.integers(0, 3_000_000), min_size=36, max_size=36)
WAYS: dict[str, Any] = {
    "iso": lambda month: f"{month:%Y-%m}",
    "number": lambda month: f"{month.month}/{month.year}",
    "Spanish": lambda month: f"{SPANISH[month.month - 1].upper()} {month.year}",
    "English": lambda month: f"{ENGLISH.split()[month.month - 1]} {month.year}",
    "short": lambda month: f"{SPANISH[month.month - 1]}-{month.year % 100:02}",
}


def written(rows: list[list[str]], separator: str, end: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(rows)
    return text.getvalue()


def grouped(count: int, mark: str) -> str:
    return f"{count:,}".replace(",", mark)


@settings(max_examples=80, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    counts=COUNTS,
    way=st.sampled_from(sorted(WAYS)),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    mark=st.sampled_from(["", ".", ",", " ", "'"]),
    total=st.booleans(),
    wide=st.booleans(),
)
def test_months_come_back_from_every_dialect(
    tmp_path: Path, counts: list[int], way: str, separator: str, end: str, encoding: str,
    mark: str, total: bool, wide: bool,
) -> None:  # fmt: skip
    known = dict(zip(MONTHS, counts, strict=True))
    if wide:
        rows = [["A\N{LATIN SMALL LETTER N WITH TILDE}o", *SPANISH, "Total"]]
        for year in (2009, 2010, 2011):
            values = [count for month, count in known.items() if month.year == year]
            rows.append([str(year), *(grouped(v, mark) for v in [*values, sum(values)])])
    else:
        rows = [["Mes", "Homicidios"]]
        rows += [[WAYS[way](month), grouped(count, mark)] for month, count in known.items()]
        if total:
            rows.append(["TOTAL", grouped(sum(counts), mark)])
    choices: dict[str, Any] = {"two_digit_years": 1950}
    names = {".": "point", ",": "comma"}
    if mark in names:
        choices["thousands"] = names[mark]
    found = read(tmp_path, written(rows, separator, end).encode(encoding), **choices)
    assert [(each.start, each.deaths) for each in found.counts] == list(known.items())


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    counts=st.lists(st.integers(0, 3), min_size=59, max_size=59),
    style=st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"]),
    large=st.booleans(),
)
def test_days_and_deaths_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: list[int], style: str, large: bool
) -> None:
    monkeypatch.setattr(columns, "LARGE", 0 if large else 1 << 60)
    days = [date(2011, 1, 1) + timedelta(days=n) for n in range(59)]
    expected = [sum(counts[:31]), sum(counts[31:])]
    daily = "".join(f"{day:{style}};{n}\n" for day, n in zip(days, counts, strict=True))
    found = read(tmp_path, f"fecha;muertes\n{daily}")
    assert [each.deaths for each in found.counts] == expected
    list_of = "".join(f"x;{day:{style}}\n" * n for day, n in zip(days, counts, strict=True))
    if sum(counts):
        covered = {"start": days[0], "end": days[-1], "gaps": "zero", "date_order": None}
        if style in ("%d/%m/%Y", "%d.%m.%Y"):
            covered["date_order"] = "dmy"
        if style == "%m-%d-%Y":
            covered["date_order"] = "mdy"
        found = read(tmp_path, f"id;fecha\n{list_of}", **covered)
        assert [each.deaths for each in found.counts] == expected


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.one_of(st.binary(max_size=300),
                 st.text(alphabet='\n\r",;|\t 0123456789.-/abcejmy\u00f1\x1b', max_size=300)
                 .map(str.encode)))  # fmt: skip
def test_nothing_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    for beginning in (b"", b"date,deaths\n", b"a\xc3\xb1o;ene;feb;total\n2011;1;2;3\n"):
        try:
            found = read(tmp_path, beginning + content)
            said = "\n".join(imports.account(found)).replace("\t", "")
        except UnclearError as error:
            said = str(error)
        assert not {unicodedata.category(letter) for letter in said.replace("\n", "")} & CONTROL
