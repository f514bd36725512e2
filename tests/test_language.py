"""Spanish: no message lacks it, placeholders agree, and English costs nothing."""

import ast
import csv
import re
import subprocess
import sys
import threading
import unicodedata

import messages
import pytest

import homicide_trends as ht
from homicide_trends import language
from homicide_trends.language import ngettext, pgettext, speaking
from homicide_trends.reports import notebook as prose
from homicide_trends.wording import formats

Used = dict[tuple[str | None, str], messages.Message]
Catalogues = dict[str, dict[tuple[str | None, str], tuple[str, ...]]]


@pytest.fixture(scope="module")
def used() -> Used:
    return {
        (each.context, each.forms[0]): each for each in messages.distinct(messages.all_messages())
    }


@pytest.fixture(scope="module")
def catalogues() -> Catalogues:
    return messages.spanish()


# --- the catalogues -------------------------------------------------------------------------


@pytest.mark.parametrize("area", messages.AREAS)
def test_no_message_lacks_its_spanish(area: str, used: Used, catalogues: Catalogues) -> None:
    known = {key for catalogue in catalogues.values() for key in catalogue}
    missing = [messages.po(each) for key, each in used.items()
               if each.area == area and key not in known]  # fmt: skip
    assert not missing, "\n\n".join(["add to a catalogue in locale/es:", *missing])


def test_every_area_has_one_catalogue_and_every_catalogue_its_area(catalogues: Catalogues) -> None:
    assert sorted(catalogues) == sorted(messages.AREAS)


def test_no_catalogue_holds_what_nothing_says(used: Used, catalogues: Catalogues) -> None:
    obsolete = [
        f"{area}.po: {text!r}"
        for area, catalogue in catalogues.items()
        for context, text in catalogue
        if (context, text) not in used
    ]
    assert obsolete == []


def test_a_message_stands_in_one_catalogue(catalogues: Catalogues) -> None:
    places: dict[tuple[str | None, str], list[str]] = {}
    for area, catalogue in catalogues.items():
        for key in catalogue:
            places.setdefault(key, []).append(area)
    assert {key: areas for key, areas in places.items() if len(areas) > 1} == {}


def test_a_message_stands_once_in_its_catalogue() -> None:
    # A reader of catalogues takes the last of several and says nothing.
    for path in sorted(messages.SPANISH.glob("*.po")):
        blocks = re.split(r"\n\s*\n", path.read_text("utf-8"))
        heads = [block.partition("msgstr")[0] for block in blocks if "msgid" in block]
        heads = [re.sub(r"^#.*\n", "", head, flags=re.MULTILINE) for head in heads]
        assert sorted(heads) == sorted(set(heads)), path.name


def test_placeholders_agree(used: Used, catalogues: Catalogues) -> None:
    wrong = []
    for area, catalogue in catalogues.items():
        for key, forms in catalogue.items():
            if key not in used:
                continue
            asked = set().union(*map(messages.placeholders, used[key].forms))
            found = [messages.placeholders(form) for form in forms]
            # Which form may leave a number out ("one death") is each language's own.
            if asked != set().union(*found) or any(each > asked for each in found):
                wrong.append(f"{area}.po: {key[1]!r} -> {forms}")
            if len(forms) != len(used[key].forms):
                wrong.append(f"{area}.po: {key[1]!r} has {len(forms)} forms")
    assert wrong == []


def test_edges_of_messages_agree(used: Used, catalogues: Catalogues) -> None:
    # Where a sentence starts with a space because another precedes it, so does its translation.
    wrong = [
        f"{area}.po: {text!r}"
        for area, catalogue in catalogues.items()
        for (_context, text), forms in catalogue.items()
        for form in forms
        if (text[:1].isspace(), text[-1:].isspace()) != (form[:1].isspace(), form[-1:].isspace())
    ]
    assert wrong == []


def test_spanish_breaks_no_line_before_a_percent_sign_or_inside_a_number(
    catalogues: Catalogues,
) -> None:
    broken = re.compile(r"[\d}] %|\b10{1,2} 000\b")
    wrong = [
        f"{area}.po: {form!r}"
        for area, catalogue in catalogues.items()
        for forms in catalogue.values()
        for form in forms
        if broken.search(form)
    ]
    assert wrong == []


def test_a_list_becomes_entries_of_a_catalogue() -> None:
    source = (
        'ngettext("{number} death in {n} %", "{number} deaths in {n} %", 2)\npgettext("v", "no")'
    )
    known = messages.of_python(source, "src/homicide_trends/x.py")
    wanted = {(each.context, each.forms[0]): each for each in known}
    listed = "@ v\nno\n= no\n\n## a remark\n{number} death in {n} %\n= una {n} %\n= {number} {n} %"
    assert list(messages.entries(listed, wanted)) == [
        'msgctxt "v"\nmsgid "no"\nmsgstr "no"',
        (
            'msgid "{number} death in {n} %"\nmsgid_plural "{number} deaths in {n} %"\n'
            'msgstr[0] "una {n}\N{NO-BREAK SPACE}%"\nmsgstr[1] "{number} {n}\N{NO-BREAK SPACE}%"'
        ),
    ]


def test_a_message_that_is_no_literal_is_found() -> None:
    with pytest.raises(ValueError, match=r"x\.py:1: the message of _\(\) is not a literal"):
        messages.of_python("_(f'{1} death')", "src/homicide_trends/x.py")


# Raised for programs alone: they are caught, or a module has no such attribute.
UNSEEN = {"__init__.py", "engine.py", "shell.py", "execution.py"}
SAYING = {"echo", "Problem", "problem", "UsageError", "confirm"}


def said_in_english(source: str) -> list[int]:
    """Lines on which words go into an error or to the screen without a look at the language."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        call = node.exc if isinstance(node, ast.Raise) else node
        if not isinstance(call, ast.Call):
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name == "refusal" or (node is call and name not in SAYING):
            continue  # refusal() looks at the language itself
        for given in call.args:
            for part in given.elts if isinstance(given, ast.List) else [given]:
                pieces = part.values if isinstance(part, ast.JoinedStr) else [part]
                texts = [each.value for each in pieces if isinstance(each, ast.Constant)]
                if any(isinstance(text, str) and re.search("[a-z]{2} ", text) for text in texts):
                    lines.append(call.lineno)
    return lines


def test_what_is_said_can_be_said_in_spanish() -> None:
    found = [
        f"{messages.name_of(path)}:{line}"
        for path in sorted(messages.PACKAGE.rglob("*.py"))
        if path.name not in UNSEEN
        for line in said_in_english(path.read_text("utf-8"))
    ]
    assert found == []


def test_words_that_are_said_in_english_are_found() -> None:
    source = "raise E(f'no place {x}')\nclick.echo('it is done')\nraise E(_('no place'))\nf('a b')"
    assert said_in_english(source) == [1, 2]


def test_messages_of_each_kind_are_found() -> None:
    source = "_('a')\nngettext('b', 'c', 2)\npgettext('d', 'e')\nlanguage._('f' 'g')\nother._('h')"
    found = messages.of_python(source, "src/homicide_trends/x.py")
    assert [(each.context, each.forms) for each in found] == [
        (None, ("a",)), (None, ("b", "c")), ("d", ("e",)), (None, ("fg",)),
    ]  # fmt: skip


def test_notebooks_that_are_reports_have_a_language() -> None:
    for report in ht.reports.load_reports().values():
        assert "lang" in {parameter.name for parameter in report.parameters}, report.name


# --- speaking -------------------------------------------------------------------------------


def test_english_reads_no_catalogue_and_does_not_load_babel() -> None:
    code = (
        "import sys; from homicide_trends import language\n"
        "from homicide_trends.wording import formats\n"
        "language.CATALOGUES = None\n"
        "assert language._('{n} of it', n=formats.number(4371.5, 1)) == '4,371.5 of it'\n"
        "assert formats.period('2012-03-01', '2013-12-31') == 'Mar 2012 to Dec 2013'\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'babel']"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_numbers_and_dates_are_written_as_in_el_salvador() -> None:
    # CLDR, es_SV: a comma between thousands and a point before decimals, as in English there.
    with speaking("es"):
        assert formats.number(4371) == "4,371"
        assert formats.percent(-41.3) == f"{formats.MINUS}41.3\N{NO-BREAK SPACE}%"
        assert formats.day("2012-03-09") == "9 mar 2012"
        assert formats.period("2012-03-01", "2013-12-31") == "mar 2012 a dic 2013"
        assert formats.period("2012-01-01", "2012-03-08") == "1 ene a 8 mar 2012"
        assert formats.interval(38.3, 44.1, 1) == "38.3 a 44.1"


def test_the_digits_are_those_of_english() -> None:
    # Babel would round 2.675 as a decimal number; it is a little less than that.
    with speaking("es"):
        assert formats.number(2.675, 2) == "2.67"
    assert formats.number(2.675, 2) == "2.67"


def test_a_language_holds_for_its_block_alone() -> None:
    with speaking("es"):
        with speaking("en"):
            assert language.current() == "en"
        assert language.current() == "es"
    assert language.current() == "en"


def test_a_language_for_the_process_holds_in_other_threads() -> None:
    found = []
    try:
        language.use("es")
        thread = threading.Thread(target=lambda: found.append(language.current()))
        thread.start()
        thread.join()
    finally:
        language.use("en")
    assert found == ["es"]


def test_an_unknown_language_is_refused_and_changes_nothing() -> None:
    with pytest.raises(ValueError, match="no language 'fr'; there are en, es"):
        language.use("fr")
    assert language.current() == "en"


def test_a_message_without_spanish_stays_english() -> None:
    with speaking("es"):
        assert language.translated("Nobody has translated this.") == "Nobody has translated this."
        assert language.translated("") == ""


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 x"), (1, "1 y"), (1.3, "1 y"), (4371, "4,371 x")]
)
def test_the_form_is_that_of_the_number_as_written(number: float, text: str) -> None:
    assert ngettext("{number} y", "{number} x", number) == text


def test_values_are_not_templates() -> None:
    assert language.gettext("{a}", a="{b}") == "{b}"
    assert pgettext("verdict", "{a}", a=1) == "1"


# --- prose of notebooks ---------------------------------------------------------------------


def test_prose_is_taken_apart_and_put_together() -> None:
    source = "# What?\n\nFirst line,\nsecond line.\n\n- one\n- two\n\nThe *end*."
    assert list(prose.paragraphs(source)) == [
        "What?", "First line,\nsecond line.", "one", "two", "The *end*.",
    ]  # fmt: skip
    assert prose.translated(source) == source


def test_prose_is_translated_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "translated", str.upper)
    assert prose.translated("# What?\n\nOne\n- two\n") == "# WHAT?\n\nONE\n- TWO\n"


def test_the_notebook_in_english_is_left_alone() -> None:
    text = '{"cells": [ ]}'
    assert prose.in_language(text, "en") is text


# --- the glossary ---------------------------------------------------------------------------


def glossary() -> list[dict[str, str]]:
    with (messages.SPANISH.parent / "glossary.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def any_number(term: str) -> re.Pattern[str]:
    """A term in the singular or the plural, wherever a word of it may take an ending."""
    words = (rf"{re.escape(word)}(?:e?s)?" for word in term.split())
    return re.compile(rf"\b{' '.join(words)}\b", re.IGNORECASE)


def unaccented(text: str) -> str:
    """Without accents, which come and go with the plural."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def test_the_glossary_is_whole_and_in_order() -> None:
    rows = glossary()
    assert list(rows[0]) == ["term_en", "term_es", "definition_en", "definition_es"]
    assert all(all(row.values()) for row in rows)
    terms = [row["term_en"] for row in rows]
    assert terms == sorted(set(terms))


# Where the English word is not the method's term, what its Spanish has instead.
OTHER_SENSES = {
    "baseline": r"comparacion|compara\w*|periodo elegido",  # as readers say it
    # A verb too; what prose calls them.
    "count": r"cuenta\w*|cont(?:aron|ad[ao]s?|o|ar)|segun|dato|cifras?|registros?|registrad[ao]s?",
    "figure": r"figuras?|figures|publicado",  # a picture; a word that a file of values takes
    "person-years": r"por 100,000 habitantes",  # the denominator is a fixed phrase
    "source": r"textos de origen",  # "source text"
    "token": r"palabras",  # words of a text without a number
}


def with_words_between(term: str) -> re.Pattern[str]:
    """A term whose words may have up to two others between them: "tasa anual de homicidios"."""
    words = (rf"{re.escape(word)}(?:e?s)?" for word in term.split())
    return re.compile(rf"\b{r' (?:[^ ]+ ){0,2}?'.join(words)}\b", re.IGNORECASE)


def prose_of(message: str) -> str:
    """A message without its placeholders, code, files and arguments; nothing of a command."""
    if message.startswith("homicide-trends "):
        return ""
    return re.sub(
        r"\{[^}]*\}|`[^`]*`|'[^']*'|homicide-trends|--[\w-]+|\w+=\S*|\w+\.(?:csv|md|yml)",
        "",
        message,
    )


@pytest.mark.parametrize("row", glossary(), ids=lambda row: row["term_en"])
def test_spanish_has_the_words_of_the_glossary(row: dict[str, str], catalogues: Catalogues) -> None:
    wanted = [with_words_between(unaccented(row["term_es"]))]
    if row["term_en"] in OTHER_SENSES:
        wanted.append(re.compile(rf"\b(?:{OTHER_SENSES[row['term_en']]})\b", re.IGNORECASE))
    english = any_number(row["term_en"])
    used = {
        f"{area}.po: {text!r} -> {forms[0]!r}": any(
            one.search(unaccented(form)) for form in forms for one in wanted
        )
        for area, catalogue in catalogues.items()
        for (_context, text), forms in catalogue.items()
        if english.search(prose_of(text))
    }
    assert used
    assert [message for message, kept in used.items() if not kept] == []
