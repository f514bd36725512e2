"""The command line in Spanish: help, click's own words, errors, and what is rendered."""

import gettext
import json
from pathlib import Path

import pytest
import tiny
from click.testing import CliRunner, Result

from homicide_trends import language
from homicide_trends.cli import cli
from homicide_trends.cli.spoken import speak


@pytest.fixture(autouse=True)
def _english_again() -> object:
    yield
    speak("en")


def run(*words: object, lang: str | None = None) -> Result:
    env = {"HOMICIDE_TRENDS_LANG": lang, "LANG": "es_SV.UTF-8", "LANGUAGE": "es"}
    return CliRunner().invoke(cli, [str(word) for word in words], env=env)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    spoken = tiny.notebook(
        tiny.markdown("# How was it?\n\nWhat this is about."),
        tiny.parameters('lang: str = "en"  # language'),
        tiny.code("lang"),
    )
    silent = tiny.notebook(tiny.markdown("# How was it?"), tiny.code("1"))
    return tiny.write_notebooks(tmp_path / "notebooks", spoken=spoken, silent=silent)


@pytest.mark.parametrize(
    "words",
    [
        ("--lang", "es", "render", "--help"),
        ("render", "--lang", "es", "--help"),
        ("render", "--help", "--lang", "es"),
        ("render", "--help", "--lang=es"),
    ],
)
def test_help_is_in_spanish_wherever_the_language_is_asked_for(words: tuple[str, ...]) -> None:
    shown = run(*words).stdout
    assert shown.startswith("Uso: ")
    assert "Muestra este mensaje y termina." in shown
    assert "Estado de salida: 0 hecho" in shown
    assert not [word for word in (" the ", " and ", " of ") if word in shown]


def test_the_language_of_the_environment_holds_unless_another_is_asked_for() -> None:
    assert run("--help", lang="es").stdout.startswith("Uso: ")
    assert run("--lang", "en", "--help", lang="es").stdout.startswith("Usage: ")


def test_the_settings_of_the_computer_do_not_choose_the_language() -> None:
    assert run("--help").stdout.startswith("Usage: ")


def test_errors_are_in_spanish() -> None:
    assert (
        "no es una fecha: febrero de 2012 tiene 29 d\u00edas"
        in str(run("render", "change", "-p", "window_end", "2012-02-30", "--lang", "es").exception)
        + run("render", "change", "-p", "window_end", "2012-02-30", "--lang", "es").output
    )


def test_clicks_own_errors_are_in_spanish() -> None:
    assert "No existe la opci\u00f3n '--fooo'." in run("--lang", "es", "list", "--fooo").output


def test_every_word_of_click_is_one_that_it_says_and_its_file_is_made_from_its_words() -> None:
    # What a new version of click says otherwise would silently stay English.
    import click

    folder = Path(click.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    plain = source.replace('"\n', "").replace("\\n", "\n").replace("\\t", "\t")
    words = language.CATALOGUES / "es" / "LC_MESSAGES" / "click.po"
    said = language.read_catalogue(words)
    assert len(said) > 25
    assert [each for _context, each in said if each.partition("{")[0] not in plain] == []
    with words.with_suffix(".mo").open("rb") as made:
        asked = gettext.GNUTranslations(made)
    for (_context, one), forms in said.items():
        assert asked.gettext(one) == forms[0] or asked.ngettext(one, one, 1) == forms[0]
        assert len(forms) == 1 or asked.ngettext(one, one, 2) == forms[1]


def test_an_unknown_language_is_refused() -> None:
    done = run("--lang", "fr", "list")
    assert done.exit_code == 2
    assert "'fr' is not one of 'en', 'es'" in done.output


def test_reports_are_listed_in_spanish() -> None:
    (change,) = [each for each in json.loads(run("list", "--json", "--lang", "es").stdout)
                 if each["report"] == "change"]  # fmt: skip
    assert change["title"] == "\u00bfEn cu\u00e1nto bajaron los homicidios?"


def test_the_language_becomes_a_value_of_every_report_that_has_it(books: Path) -> None:
    from homicide_trends import reports

    planned = reports.plan(notebooks=books, lang="es")
    assert {job.report: job.lang for job in planned.jobs} == {"spoken": "es", "silent": "en"}
    assert planned.jobs[0].command == "homicide-trends render spoken -p lang es"


def test_a_value_that_is_given_comes_before_the_language_asked_for(books: Path) -> None:
    from homicide_trends import reports

    (job,) = reports.plan(["spoken"], parameters={"lang": "en"}, notebooks=books, lang="es").jobs
    assert job.lang == "en"


def test_a_sweep_over_languages_renders_each(books: Path, tmp_path: Path) -> None:
    from homicide_trends import reports

    sweep = tmp_path / "both.yml"
    sweep.write_text("report: spoken\nparameters: {lang: [en, es]}\n", encoding="utf-8")
    planned = reports.plan(sweep=sweep, notebooks=books, lang="es")
    assert {job.report: job.lang for job in planned.jobs} == {
        "spoken--lang-en": "en",
        "spoken--lang-es": "es",
    }


def test_a_language_that_there_is_not_is_refused_before_anything_runs(books: Path) -> None:
    from homicide_trends import reports

    with pytest.raises(ValueError, match="lang: no language 'fr'; there are en, es"):
        reports.plan(["spoken"], parameters={"lang": "fr"}, notebooks=books)


def test_a_report_in_spanish_is_stale_when_the_translation_changes(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from homicide_trends import reports
    from homicide_trends.reports import freshness

    catalogues = tmp_path / "locale"
    (catalogues / "es").mkdir(parents=True)
    (catalogues / "es" / "a.po").write_text("one")
    monkeypatch.setattr(freshness, "CATALOGUES", catalogues)
    english, spanish = (
        reports.plan(["spoken"], notebooks=books, lang=lang).jobs[0] for lang in ("en", "es")
    )
    before = [freshness.Environment().inputs(job, {}) for job in (english, spanish)]
    (catalogues / "es" / "a.po").write_text("two")
    after = [freshness.Environment().inputs(job, {}) for job in (english, spanish)]
    assert before[0] == after[0]
    assert {key for key in before[1] if before[1][key] != after[1][key]} == {"translation"}
    assert "babel" in before[1]["versions"]
    assert "babel" not in before[0]["versions"]
