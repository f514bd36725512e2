"""The prose of a notebook in another language, put into its cells before it is run.

One notebook serves every language: its paragraphs and headings are the keys of the catalogue,
so that a changed paragraph is seen to lack its translation, and nothing can be out of step.
"""

import json
import re
from collections.abc import Iterator

from .. import language

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
