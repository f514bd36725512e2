"""A notebook as it is given: its parameters cell, and its prose in the language of the report.

Both are read as data (json and ast): naming and checking values takes no kernel and no import of
papermill. One notebook serves every language: its paragraphs and headings are the keys of the
catalogue, so that a changed paragraph is seen to lack its translation, and nothing can be out of
step.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import language
from ..language import _
from .parameters import Parameter, convert, plain_type


class NotebookError(ValueError):
    """A notebook's file or its parameters cell is not as it must be."""


def read_cells(notebook: Path) -> list[dict[str, Any]]:
    """The cells of a notebook file, their source as one string.

    Raises NotebookError when the file is not a notebook.
    """
    try:
        content = json.loads(notebook.read_bytes())
        cells = content["cells"]
        if content["nbformat"] < 4:
            raise ValueError
        for cell in cells:
            cell["source"] = "".join(cell["source"])
    except OSError as error:
        raise NotebookError(f"{notebook}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError):
        raise NotebookError(_("{path}: not a notebook", path=notebook)) from None
    return list(cells)


def read_parameters(notebook: Path) -> list[Parameter]:
    """The parameters of a notebook, in the order of its parameters cell.

    The cell tagged ``parameters`` holds assignments of literals, each with a comment that
    serves as help; a notebook without such a cell has no parameters. Raises NotebookError
    for anything else in that cell.
    """
    tagged = [
        cell
        for cell in read_cells(notebook)
        if cell.get("cell_type") == "code"
        and "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) > 1:
        raise NotebookError(
            _(
                "{path}: {number} cells are tagged parameters, not one",
                path=notebook,
                number=len(tagged),
            )
        )
    return _parse(tagged[0]["source"], notebook) if tagged else []


def _parse(source: str, notebook: Path) -> list[Parameter]:
    """Parameters of the source of a parameters cell."""
    try:
        statements = ast.parse(source).body
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise NotebookError(
            _("{path}: the parameters cell cannot be read: {error}", path=notebook, error=error)
        ) from None
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
    return [_parameter(statement, comments, notebook) for statement in statements]


def _parameter(statement: ast.stmt, comments: dict[int, str], notebook: Path) -> Parameter:
    """The parameter that one statement declares."""
    wanted = _("{path}: line {line} of the parameters cell", path=notebook, line=statement.lineno)
    target: ast.expr
    if isinstance(statement, ast.AnnAssign):
        target, value, annotation = statement.target, statement.value, statement.annotation
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value, annotation = statement.targets[0], statement.value, None
    else:
        raise NotebookError(
            _("{where} is not of the form: name: type = value  # help", where=wanted)
        )
    if not isinstance(target, ast.Name) or value is None:
        raise NotebookError(
            _("{where} is not of the form: name: type = value  # help", where=wanted)
        )
    try:
        default = ast.literal_eval(value)
    except ValueError:
        raise NotebookError(
            _("{where}: the default of {name} is not a literal", where=wanted, name=target.id)
        ) from None
    written = ast.unparse(annotation).strip("'\"") if annotation else type(default).__name__
    if plain_type(written) not in {"str", "int", "float", "bool", "list"}:
        raise NotebookError(
            _(
                "{where}: {name} has the type {type}, not str, int, float, bool or list",
                where=wanted,
                name=target.id,
                type=written,
            )
        )
    end = statement.end_lineno or statement.lineno
    parameter = Parameter(target.id, written, default, comments.get(end, ""))
    try:
        convert(parameter, default)
    except ValueError as error:
        raise NotebookError(f"{wanted}: {error}") from None
    return parameter


# --- prose ---

_BREAK = re.compile(r"(\n\s*\n|\n(?=#{1,6} )|(?<=\n)(?=[-*] ))")
_HEADING = re.compile(r"(#{1,6} +|[-*] +)?(.*)", re.DOTALL)


def paragraphs(source: str) -> Iterator[str]:
    """The paragraphs, headings and items of a list that a cell of prose consists of.

    >>> list(paragraphs("# What?\\n\\nOne thing.\\n\\n- a\\n- b"))
    ['What?', 'One thing.', 'a', 'b']
    """
    for part in _BREAK.split(source):
        text = _text(part)
        if text:
            yield text


def translated(source: str) -> str:
    """A cell of prose in the language in force.

    >>> translated("# What?\\n\\nOne thing.")
    '# What?\\n\\nOne thing.'
    """
    return "".join(_in_language(part) for part in _BREAK.split(source))


def in_language(notebook: str, lang: str) -> str:
    """The text of a notebook's file with its prose in a language."""
    if lang == "en":
        return notebook
    content = json.loads(notebook)
    with language.speaking(lang):
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = translated("".join(cell["source"]))
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _text(part: str) -> str:
    match = _HEADING.fullmatch(part.strip())
    return match[2].strip() if match else ""


def _in_language(part: str) -> str:
    text = _text(part)
    if not text:
        return part
    before, after = part.split(text, 1)
    return before + language.translated(text) + after
