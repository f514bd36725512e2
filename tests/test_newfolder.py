"""A new folder of tables: whole, valid, and a start for reports."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from homicide_trends.language import speaking, translated
from homicide_trends.reports import load_reports
from homicide_trends.reports.notebook import NotebookError
from homicide_trends.tables.check import check_tables
from homicide_trends.tables.folders import DataError, shipped
from homicide_trends.tables.load import schemas
from homicide_trends.tables.newfolder import EXAMPLE, new_folder
from homicide_trends.tables.newfolder.explanation import STATUS, in_words, section


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_table_is_there_without_rows_and_valid(tmp_path: Path) -> None:
    files = new_folder(tmp_path / "mine")
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == files
    assert check_tables(tmp_path / "mine") == []
    for path in shipped("data").glob("*.csv"):
        own = tmp_path / "mine" / path.name
        header = ",".join(schemas()[path.stem])
        assert own.read_text() == header + "\n"
        # The shipped table may leave out columns at the end, such as those of ranges.
        assert header.startswith(path.read_text(encoding="utf-8").split("\n")[0])


def test_a_place_of_ours_brings_its_name_and_populations(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine", place="SLV-apopa")
    assert [row["place"] for row in rows(tmp_path / "mine" / "places.csv")] == ["SLV", "SLV-apopa"]
    population = rows(tmp_path / "mine" / "population.csv")
    assert {row["place"] for row in population} >= {"SLV"}
    sources = {row["source_id"] for row in rows(tmp_path / "mine" / "sources.csv")}
    assert {row["source_id"] for row in population} <= sources
    assert check_tables(tmp_path / "mine") == []


def test_a_place_of_their_own(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine", place="KEN", name="Kenya, the republic")
    assert rows(tmp_path / "mine" / "places.csv") == [
        {"place": "KEN", "name": "Kenya, the republic", "kind": "country", "within": ""}
    ]
    package = json.loads((tmp_path / "mine" / "datapackage.json").read_text())
    assert package["title"] == "Homicides: Kenya, the republic"
    assert "El Salvador" not in json.dumps(package)
    assert check_tables(tmp_path / "mine") == []


@pytest.mark.parametrize(
    ("place", "name", "said"),
    [
        ("KEN", None, "what is the name of 'KEN'"),
        ("SVL", None, "did you mean 'SLV'?"),
        ("../../x", "X", "is no code"),
        ("KEN-nairobi", "Nairobi", "lies in 'KEN' by its code"),
        (None, "Kenya", "give the place's code"),
    ],
)
def test_a_place_that_cannot_be(
    tmp_path: Path, place: str | None, name: str | None, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        new_folder(tmp_path / "mine", place=place, name=name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="is not empty"):
        new_folder(mine)
    assert [path.name for path in mine.iterdir()] == ["notes.txt"]
    with pytest.raises(DataError, match="is a file"):
        new_folder(mine / "notes.txt")
    (mine / "notes.txt").unlink()
    assert EXAMPLE in new_folder(mine)  # an empty folder is as good as none
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_readme_explains_every_column_in_the_schemas_words(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine", place="GTM")
    text = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    package = json.loads((tmp_path / "mine" / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        section = text.split(f"## {resource['path']}")[1].split("\n## ")[0]
        for field in resource["schema"]["fields"]:
            assert f"| `{field['name']}` |" in section
            assert field["description"] in section
            for value in field.get("constraints", {}).get("enum", []):
                assert f"`{value}`" in section
    assert "| `doubtful` |" in text  # the statuses of counts are defined


def test_the_example_is_a_row_of_ours_and_none_of_theirs(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine", place="GTM")
    [example] = rows(tmp_path / "mine" / EXAMPLE)
    assert example in rows(shipped("data") / "figures.csv")
    assert rows(tmp_path / "mine" / "figures.csv") == []


def test_reports_of_a_folder_have_its_place_and_dates(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    new_folder(mine, place="GTM", intervention=date(2012, 3, 9))
    reports = load_reports(data=mine)
    assert list(reports) == ["trend", "change", "averted", "effect"]
    assert reports["change"].values == {
        "place": "GTM",
        "baseline_start": "2011-03-01",
        "baseline_end": "2012-02-29",
        "window_start": "2012-03-01",
        "window_end": "2013-02-28",
    }
    january = tmp_path / "january"
    new_folder(january, place="GTM", intervention=date(2012, 1, 31))
    values = load_reports(data=january)["change"].values
    assert (values["baseline_end"], values["window_end"]) == ("2011-12-31", "2012-12-31")


def test_reports_without_an_intervention_wait_for_their_dates(tmp_path: Path) -> None:
    new_folder(tmp_path / "mine", place="GTM")
    assert list(load_reports(data=tmp_path / "mine")) == ["trend"]
    path = tmp_path / "mine" / "reports.yml"
    text = path.read_text().replace("  # ", "  ").replace("YYYY-MM-DD", "2012-01-01")
    lines = [line for line in text.splitlines() if "Fill in" not in line and "(`trend" not in line
             and "When figures" not in line]  # fmt: skip
    listed = yaml.safe_load("\n".join(lines))["reports"]
    assert list(listed) == ["trend", "change", "averted", "claim", "figures"]
    path.write_text("\n".join(lines))
    # A report for each claim: there is none yet.
    assert set(load_reports(data=tmp_path / "mine")) == set(listed) - {"claim"}


def test_a_folder_of_tables_brings_no_notebook_of_its_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    new_folder(mine, place="GTM")
    (mine / "02-trend.ipynb").write_text("{}")
    assert load_reports(data=mine)["trend"].notebook == shipped("notebooks") / "02-trend.ipynb"
    for name in ("mine.ipynb", "../02-trend.ipynb", str(mine / "02-trend.ipynb")):
        (mine / "reports.yml").write_text(f"reports: {{a: {{notebook: {name}}}}}")
        with pytest.raises(NotebookError, match="no notebook"):
            load_reports(data=mine)
    (mine / "reports.yml").write_text("reports: {a: {notebook: 02-trend.ipynb, parameters: [1]}}")
    with pytest.raises(NotebookError, match="parameters is not a mapping"):
        load_reports(data=mine)
    assert "change" in load_reports(shipped("notebooks"), data=mine)  # --notebooks comes first


# --- in Spanish -----------------------------------------------------------------------------


def without_names(text: str) -> str:
    """Prose without commands and whatever stands as code."""
    return re.sub(r"```.*?```|`[^`]*`|^homicide-trends .*$", "", text, flags=re.DOTALL | re.M)


@pytest.mark.parametrize("intervention", [None, date(2012, 3, 9)])
def test_a_spanish_folder_is_valid_and_has_the_same_tables_and_reports(
    tmp_path: Path, intervention: date | None
) -> None:
    english, spanish = tmp_path / "mine", tmp_path / "mio"
    files = new_folder(english, place="GTM", intervention=intervention)
    with speaking("es"):
        assert new_folder(spanish, place="GTM", intervention=intervention) == files
        assert check_tables(spanish) == []
    in_words = {"README.md", "reports.yml", "datapackage.json", EXAMPLE}
    assert {
        file for file in files if (english / file).read_bytes() != (spanish / file).read_bytes()
    } == in_words
    theirs, ours = load_reports(data=spanish), load_reports(data=english)
    assert list(theirs) == list(ours)
    for name, report in ours.items():
        assert theirs[name].values == report.values
        assert theirs[name].notebook == report.notebook
        with speaking("es"):
            assert theirs[name].title == translated(report.title) != report.title


def test_a_spanish_folder_is_explained_in_spanish(tmp_path: Path) -> None:
    with speaking("es"):
        new_folder(tmp_path / "mio", place="GTM")
    readme = (tmp_path / "mio" / "README.md").read_text(encoding="utf-8")
    listed = (tmp_path / "mio" / "reports.yml").read_text(encoding="utf-8")
    assert readme.startswith("# Homicidios: Guatemala\n\nUna carpeta de tablas para ")
    assert "## counts.csv: registros\n" in readme
    assert "| `count` | siempre | El conteo. Un n\u00famero entero. |" in readme
    assert "### Estado de un conteo\n\n| estado | significado |\n|---|---|\n| `final` |" in readme
    assert "homicide-trends render --data DIR --out OUT --lang es " in readme
    english = re.compile(r"\b(the|and|of|is|that|which|in|if|always)\b", re.IGNORECASE)
    quoted = "'facts only'"  # a value of the table
    assert english.findall(without_names(readme).replace(quoted, "")) == []
    assert english.findall(without_names(listed)) == []
    [example] = rows(tmp_path / "mio" / EXAMPLE)
    assert example["as_reported"] == "nearly 60%"
    assert example["note"].startswith("descenso de las tasas de homicidios")
    package = json.loads((tmp_path / "mio" / "datapackage.json").read_text(encoding="utf-8"))
    assert (package["title"], package["title_es"]) == (
        "Homicides: Guatemala", "Homicidios: Guatemala",
    )  # fmt: skip


def test_spanish_reports_wait_for_their_dates_in_spanish(tmp_path: Path) -> None:
    with speaking("es"):
        new_folder(tmp_path / "mio", place="GTM")
    path = tmp_path / "mio" / "reports.yml"
    text = path.read_text(encoding="utf-8")
    assert "baseline_start: AAAA-MM-DD" in text
    lines = [line.replace("  # ", "  ") for line in text.replace("AAAA-MM-DD", "2012-01-01")
             .splitlines() if not re.match(r"  # (Escriba|\(`trend|Cuando)", line)]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    assert set(load_reports(data=tmp_path / "mio")) == {
        "trend", "change", "averted", "figures",
    }  # fmt: skip


def test_every_text_of_the_statuses_is_translated_where_it_stands() -> None:
    shown = in_words(section(STATUS), str.upper)
    assert shown.startswith(
        "## STATUS OF A COUNT\n\n| STATUS | MEANING |\n|---|---|\n| `final` | REP"
    )
    assert not re.search("[a-z]", re.sub("`[^`]*`", "", shown.replace("`WEAK`", "")))
    assert in_words(section(STATUS), str) == section(STATUS)


def test_what_is_missing_is_said_without_a_gender(tmp_path: Path) -> None:
    with speaking("es"):
        new_folder(tmp_path / "mio", place="GTM")
        places = tmp_path / "mio" / "places.csv"
        places.write_text(places.read_text("utf-8").replace("Guatemala", ""), "utf-8")
        said = [str(each) for each in check_tables(tmp_path / "mio")]
        assert "places.csv:2: name no tiene valor; esta columna nunca queda vac\u00eda" in said
        places.write_text("")
        said = [str(each) for each in check_tables(tmp_path / "mio")]
        assert any(line.startswith("places.csv: est\u00e1 vac\u00edo; ") for line in said)
