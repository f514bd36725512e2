r"""Every message that can be shown, from sources, templates and notebooks, and what lacks Spanish.

::

    python tests/messages.py                  # how many messages each area has, and lacks
    python tests/messages.py --missing tables # those that lack Spanish, as .po to paste
    python tests/messages.py --all tables     # all of them
    python tests/messages.py --tidy           # take out what is obsolete, and what stands twice
    python tests/messages.py --fill tables LIST.txt   # add to its catalogue from a plain list

A plain list has blocks with a blank line between them: the English message (its singular), with
\n for a new line, then its Spanish after "= " (two such lines for a plural). A line "@ verdict"
first gives the context, lines with ## are remarks.
"""

import argparse
import ast
import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import yaml

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "src" / "homicide_trends"
SPANISH = PACKAGE / "locale" / "es"

# Which catalogue a file's messages stand in: the first that fits, by the path in the checkout.
AREAS = {
    "formats": ("src/homicide_trends/wording/formats.py", "src/homicide_trends/language.py"),
    "claims": ("src/homicide_trends/claims/*",),
    "verdicts": ("src/homicide_trends/wording/claim*",),
    "effect": (
        "src/homicide_trends/wording/effect*",
        "src/homicide_trends/wording/breaks.py",
        "src/homicide_trends/wording/comparisons.py",
        "src/homicide_trends/methods/*",
    ),
    "sentences": ("src/homicide_trends/wording/*",),
    "tables": (
        "src/homicide_trends/display/tables.py",
        "src/homicide_trends/display/quantities.py",
    ),
    "own": (
        "src/homicide_trends/tables/appending.py",
        "src/homicide_trends/tables/imports/*",
        "src/homicide_trends/tables/newfolder/*",
        "src/homicide_trends/cli/new.py",
        "src/homicide_trends/cli/import*",
        "src/homicide_trends/display/explor*",
    ),
    "update": (
        "src/homicide_trends/tables/updates/*",
        "src/homicide_trends/tables/writing.py",
        "src/homicide_trends/cli/update*",
    ),
    "reports": ("src/homicide_trends/reports/*", "src/homicide_trends/tables/folders.py"),
    "notebooks": ("notebooks/*",),
    "data": ("data/*",),
    "plots": ("src/homicide_trends/display/*",),
    "check": (
        "src/homicide_trends/tables/check/*",
        "src/homicide_trends/tables/problems.py",
        "src/homicide_trends/tables/rawtables.py",
        "src/homicide_trends/tables/quotes/*",
    ),
    "site": ("src/homicide_trends/site*", "src/homicide_trends/cli/site.py"),
    "cli": ("src/homicide_trends/cli/*", "src/homicide_trends/__main__.py"),
    "statistics": ("src/homicide_trends/*",),
}

# Prose of the tables that reports show: translated where it is shown. Titles that documents have
# and names of publishers stay what they are called.
PROSE = {
    "agencies": ("name", "rule", "note"),
    "counts": ("note",),
    "estimates": ("method", "note"),
    "events": ("event", "label", "note"),
    "figures": ("note",),
    "municipalities": ("note",),
    "places": ("name",),
    "sources": ("kind", "quality", "title", "note"),
}

_SINGLE = {"_", "gettext", "N_", "refusal"}
_KEYWORDS = {*_SINGLE, "ngettext", "pgettext"}


class Message(NamedTuple):
    """One message: the area and place where it is used, its context, and one or two forms."""

    area: str
    where: str
    context: str | None
    forms: tuple[str, ...]


def area_of(path: str) -> str:
    """The area of a file, by its path in the checkout."""
    return next(
        area
        for area, patterns in AREAS.items()
        if any(
            re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), path)
            for pattern in patterns
        )
    )


def all_messages() -> list[Message]:
    """Every message, in the order of the files."""
    found: list[Message] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        found += of_python(path.read_text("utf-8"), name_of(path))
    for path in sorted(PACKAGE.rglob("*.j2")):
        found += of_template(path.read_text("utf-8"), name_of(path))
    for path in sorted((CHECKOUT / "notebooks").glob("*.ipynb")):
        found += of_notebook(path)
    found += of_list(CHECKOUT / "notebooks" / "reports.yml")
    found += of_description(CHECKOUT / "data" / "datapackage.json")
    found += of_statuses(CHECKOUT / "data" / "README.md")
    found += of_tokens(CHECKOUT / "data" / "claims.csv")
    for table, columns in PROSE.items():
        found += of_table(CHECKOUT / "data" / f"{table}.csv", columns)
    return found


def name_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def of_python(source: str, name: str) -> list[Message]:
    """Messages of calls; raises ValueError for a message that is not a literal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if (
            called not in _KEYWORDS
            or isinstance(node.func, ast.Attribute)
            and not (isinstance(node.func.value, ast.Name) and node.func.value.id == "language")
        ):
            continue
        where = f"{name}:{node.lineno}"
        wanted = 1 if called in _SINGLE else 2
        texts = [part.value for part in node.args[:wanted] if isinstance(part, ast.Constant)]
        if name.endswith("/language.py") and len(texts) < wanted:
            continue
        if len(texts) < wanted or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{where}: the message of {called}() is not a literal")
        if called == "pgettext":
            found.append(Message(area_of(name), where, str(texts[0]), (str(texts[1]),)))
        else:
            found.append(Message(area_of(name), where, None, tuple(map(str, texts))))
    if "/cli/" in name:
        found += of_help(source, name)
    return sorted(found, key=lambda each: int(each.where.rpartition(":")[2]))


def of_help(source: str, name: str) -> list[Message]:
    """Help of commands (their docstrings) and of their options."""
    from homicide_trends.cli.spoken import paragraphs

    texts: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(
            re.match(r"click\.(command|group)\b", ast.unparse(each)) for each in node.decorator_list
        ):
            texts.append((node.lineno, ast.get_docstring(node) or ""))
        elif isinstance(node, ast.Call):
            texts += [
                (node.lineno, each.value.value)
                for each in node.keywords
                if each.arg in ("help", "epilog") and isinstance(each.value, ast.Constant)
            ]
    return [
        Message(area_of(name), f"{name}:{line}", None, (part,))
        for line, text in texts
        for _mark, part in paragraphs(text)
        if part and not all(each.startswith("homicide-trends ") for each in part.split("\n"))
    ]


def of_template(source: str, name: str) -> list[Message]:
    """Messages of a page's template."""
    from jinja2 import Environment

    environment = Environment(extensions=["jinja2.ext.i18n"])
    found = []
    for line, called, text in environment.extract_translations(source, tuple(_KEYWORDS)):
        texts = [text] if isinstance(text, str) else [each for each in text if each is not None]
        context = texts.pop(0) if called == "pgettext" else None
        found.append(Message(area_of(name), f"{name}:{line}", context, tuple(texts)))
    return found


def of_notebook(path: Path) -> list[Message]:
    """A notebook's prose, the help for its parameters, and the messages of its code."""
    from homicide_trends.reports.notebook import paragraphs, read_cells, read_parameters

    name = name_of(path)
    found = []
    for cell in read_cells(path):
        where = f"{name}:{cell['id']}"
        if cell["cell_type"] == "markdown":
            found += [
                Message(area_of(name), where, None, (text,)) for text in paragraphs(cell["source"])
            ]
        elif cell["cell_type"] == "code":
            found += [each._replace(where=where) for each in of_python(cell["source"], name)]
    found += [
        Message(area_of(name), f"{name}:parameters", None, (parameter.help,))
        for parameter in read_parameters(path)
    ]
    return found


def of_list(path: Path) -> list[Message]:
    """Titles of reports."""
    entries = yaml.safe_load(path.read_text("utf-8"))["reports"].values()
    name = name_of(path)
    return [Message(area_of(name), name, None, (entry["title"],)) for entry in entries]


def of_description(path: Path) -> list[Message]:
    """What the description of the tables says of them and of their columns, which a site shows."""
    described = json.loads(path.read_text("utf-8"))
    texts = [described["title"], described["description"]]
    texts += [licence["title"] for licence in described["licenses"]]
    for resource in described["resources"]:
        texts += [resource["title"], resource["description"]]
        texts += [field["description"] for field in resource["schema"]["fields"]]
    return [Message("site", name_of(path), None, (text,)) for text in texts]


def of_statuses(path: Path) -> list[Message]:
    """The statuses of counts, which the README of a new folder explains as ours does."""
    from homicide_trends.tables.newfolder.explanation import STATUS, in_words, section

    texts: list[str] = []
    in_words(section(STATUS), lambda text: texts.append(text) or text)  # type: ignore[func-returns-value]
    return [Message(area_of(name_of(path)), name_of(path), None, (text,)) for text in texts]


def of_table(path: Path, columns: tuple[str, ...]) -> list[Message]:
    """Prose of a table of data."""
    name = name_of(path)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [
        Message(area_of(name), f"{name}:{column}", None, (row[column],))
        for column in columns
        for row in rows
        if row.get(column)
        and (column != "title" or _says_what_it_is(row))
        and not (row.get("kind") == "municipality" and row[column].replace(" ", "").isalpha())
    ]  # a municipality is called the same in both languages


def of_tokens(path: Path) -> list[Message]:
    """The words of a text that a claim has instead of a figure, and who said them."""
    found = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            parts = dict(
                part.strip().split("=", 1) for part in row["words"].split(";") if "=" in part
            )
            found += [text for text in (parts.get("token"), row["who"]) if text]
    return [Message("data", f"{name_of(path)}:words", None, (text,)) for text in found]


def _says_what_it_is(source: dict[str, str]) -> bool:
    """Whether a source has no title of its own: ours are in brackets, or are of our arithmetic."""
    return source["title"].startswith("[") or source["publisher"] == "homicide-trends"


def placeholders(text: str) -> set[str]:
    """The named placeholders of a template."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()  # braces of another kind


def distinct(messages: list[Message]) -> Iterator[Message]:
    """Each message once, where it is used first."""
    seen = set()
    for each in messages:
        key = (each.context, each.forms[0])
        if key not in seen:
            seen.add(key)
            yield each


def po(message: Message) -> str:
    """A message as an entry of a catalogue, its Spanish empty."""
    lines = [f"#: {message.where}"]
    if message.context is not None:
        lines.append(f"msgctxt {quoted(message.context)}")
    lines.append(f"msgid {quoted(message.forms[0])}")
    if len(message.forms) == 1:
        return "\n".join([*lines, 'msgstr ""'])
    return "\n".join(
        [*lines, f"msgid_plural {quoted(message.forms[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
    )


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def entries(listed: str, wanted: dict[tuple[str | None, str], Message]) -> Iterator[str]:
    """Entries of a catalogue from a plain list; raises ValueError for what nothing says."""
    for block in listed.strip("\n").split("\n\n"):
        lines = [
            line.replace("\\n", "\n").replace("\\t", "\t")
            for line in block.split("\n")
            if line[:2] != "##"
        ]
        context = next((line[2:] for line in lines if line.startswith("@ ")), None)
        forms = [line[2:] for line in lines if line.startswith("= ")]
        texts = [line for line in lines if line and not line.startswith(("@ ", "= "))]
        message = wanted.pop((context, texts[0]), None)
        if message is None or len(forms) != len(message.forms):
            raise ValueError(f"not a message without Spanish, or of other forms:\n{block}")
        found = po(message).partition("\n")[2]
        for form in forms:
            found = found.replace('""', quoted(_with_spaces(form)), 1)
        yield found


def _with_spaces(text: str) -> str:
    """No break before the percent sign and between the thousands of a fixed phrase."""
    text = re.sub(r"(?<=\b10) (?=000\b)|(?<=\b100) (?=000\b)", "\N{NO-BREAK SPACE}", text)
    return re.sub(r"(?<=[\d}]) %", "\N{NO-BREAK SPACE}%", text)


def spanish() -> dict[str, dict[tuple[str | None, str], tuple[str, ...]]]:
    """What each area's catalogue holds."""
    from homicide_trends.language import read_catalogue

    return {path.stem: read_catalogue(path) for path in sorted(SPANISH.glob("*.po"))}


def tidy(used: list[Message]) -> None:
    """Leave a message in the catalogue of the area that uses it first, and nowhere else."""
    catalogues = spanish()
    owner = {(each.context, each.forms[0]): each.area for each in used}
    for area, catalogue in catalogues.items():
        gone = {
            key
            for key in catalogue
            if key not in owner or (area != owner[key] and key in catalogues[owner[key]])
        }
        path = SPANISH / f"{area}.po"
        blocks = path.read_text("utf-8").rstrip("\n").split("\n\n")
        kept = [block for block in blocks if not gone & set(read_block(block))]
        if len(kept) < len(blocks):
            path.write_text("\n\n".join(kept) + "\n", "utf-8")


def read_block(block: str) -> Iterator[tuple[str | None, str]]:
    """The message of a block of a catalogue."""
    parts = {"msgctxt": "", "msgid": ""}
    name = ""
    for line in block.split("\n"):
        match = re.fullmatch(r'(?:(msg\w+(?:\[\d\])?) )?(".*")', line)
        if match:
            name = match[1] or name
            parts[name] = parts.get(name, "") + json.loads(match[2])
    yield (parts["msgctxt"] if "msgctxt " in block else None, parts["msgid"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--missing", metavar="AREA", choices=AREAS)
    parser.add_argument("--all", metavar="AREA", choices=AREAS)
    parser.add_argument("--tidy", action="store_true")
    parser.add_argument("--fill", metavar=("AREA", "LIST.txt"), nargs=2)
    chosen = parser.parse_args()
    known = {key for catalogue in spanish().values() for key in catalogue}
    messages = list(distinct(all_messages()))
    missing = [each for each in messages if (each.context, each.forms[0]) not in known]
    if chosen.tidy:
        tidy(messages)
        return
    if chosen.fill:
        area, file = chosen.fill
        wanted = {(each.context, each.forms[0]): each for each in missing}
        added = list(entries(Path(file).read_text("utf-8"), wanted))
        path = SPANISH / f"{area}.po"
        path.write_text("\n\n".join([path.read_text("utf-8").rstrip("\n"), *added]) + "\n", "utf-8")
        return
    area = chosen.missing or chosen.all
    if area:
        shown = [each for each in (missing if chosen.missing else messages) if each.area == area]
        sys.stdout.write("\n\n".join(map(po, shown)) + "\n" * bool(shown))
        return
    for area in AREAS:
        total = sum(each.area == area for each in messages)
        left = sum(each.area == area for each in missing)
        sys.stdout.write(f"{area:12}{total:6} messages{left:6} without Spanish\n")


if __name__ == "__main__":
    main()
