"""README.md claims only what running it bears out."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends import language
from homicide_trends.claims import judge
from homicide_trends.cli import cli
from homicide_trends.reports import load_reports
from homicide_trends.wording import claims as words

CHECKOUT = Path(__file__).resolve().parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
SPANISH = (CHECKOUT / "README.es.md").read_text(encoding="utf-8")


def blocks(kind: str, page: str = README) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    return [text for each, text in found if each == kind]


def quoted(page: str) -> list[str]:
    """What the text quotes as code, outside blocks."""
    text = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    # What stands in angle brackets is to be filled in, and is in the page's language.
    return [re.sub("<[^>]+>", "<>", each) for each in re.findall(r"`([^`]+)`", text)]


def typed(page: str) -> list[str]:
    """Lines of blocks without what they say of themselves: commands, and the tree."""
    lines = [line for block in blocks("", page) for line in block.splitlines()]
    return [re.split(r"  +", line.partition("#")[0].strip())[0] for line in lines if line]


def commands() -> list[list[str]]:
    """Every ``homicide-trends ...`` that the texts quote."""
    both = [*quoted(README), *quoted(SPANISH), *typed(SPANISH)]
    found = dict.fromkeys(each for each in both if each.startswith("homicide-trends "))
    return [shlex.split(command)[1:] for command in found]


def said_by(page: str) -> str:
    """What the worked example of a page prints."""
    (example,) = blocks("python", page)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(example, "README", "exec"), {})
    finally:
        language.use("en")
    return out.getvalue().replace("\u00a0", " ")


def test_the_worked_example_runs_and_says_what_the_counts_say():
    text = said_by(README)
    # By hand: 4,510 deaths in the 366 days from March 2011, 4,254 in the 671 from March 2012 on.
    assert "6.3 killings a day instead of 12.3" in text
    assert "48.8 % lower" in text


def test_the_worked_example_in_spanish_says_the_same():
    text = said_by(SPANISH)
    assert "6.3 homicidios al día en vez de 12.3" in text
    assert "un 48.8 % más baja" in text


def test_the_page_in_spanish_has_the_same_commands_links_and_tree():
    assert set(quoted(README)) <= set(quoted(SPANISH))
    lang = [line for line in typed(SPANISH) if "--lang es" in line]
    assert [line for line in typed(SPANISH) if line not in lang] == typed(README)
    links = [re.findall(r"\]\(([^)]+)\)", page) for page in (README, SPANISH)]
    assert set(links[0]) - {"README.es.md"} <= set(links[1])
    assert all((CHECKOUT / link).exists() for page in links for link in page)


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_quoted_command_exists(words: list[str]):
    result = CliRunner().invoke(cli, [words[0], "--help"])
    assert result.exit_code == 0
    options = [word for word in words if word.startswith("--")]
    assert all(option in result.output for option in options)


@pytest.mark.parametrize("page", [README, SPANISH], ids=["en", "es"])
def test_every_report_of_the_table_exists(page: str):
    known = {report.notebook.stem[3:] for report in load_reports().values()}
    rows = page.split("\n|---|---|\n")[1].split("\n\n")[0].splitlines()
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named == known


@pytest.mark.parametrize(("page", "lang"), [(README, "en"), (SPANISH, "es")], ids=["en", "es"])
def test_the_answers_are_those_of_the_claims(page: str, lang: str):
    rows = re.findall(r'^\| "([^"]+)".* \| \*\*(.+)\*\* \|$', page, flags=re.MULTILINE)
    language.use(lang)
    try:
        given = {each.as_reported: words.verdict(each) for each in judge.claims(limits=False)}
    finally:
        language.use("en")
    assert len(rows) == 5
    assert dict(rows) == {token: given[token] for token, _verdict in rows}


def test_the_page_is_short_and_python_comes_soon():
    assert len(README.split()) <= 600
    assert len(README.split("`homicide-trends claims`")[1].split("```python")[0].split()) <= 100


def test_the_picture_is_there_and_has_an_alternative_text():
    (alt, path) = re.search(r"!\[([^\]]+)\]\(([^)]+)\)", README).groups()
    assert len(alt) > 40
    assert (CHECKOUT / path).is_file()
