"""What the library offers, function by function, in the words of its docstrings."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

ROOMS = ("tables", "series", "rates", "methods", "claims", "wording", "display")
WIDTH = 88
_DATE = "str | date | np.datetime64 | Timestamp | Period"


def reference() -> str:
    """One page of Markdown: the package's own names, then those of its rooms.

    >>> page = reference()
    >>> page.splitlines()[0], "### rates.crude_rate" in page
    ('# The library, function by function', True)
    """
    package = import_module("homicide_trends")
    parts = [
        "# The library, function by function",
        """Made from the docstrings, whose examples are tests. What a room offers is listed here;
`from homicide_trends import rates` brings a room, and Tab lists its names.""",
        "## homicide_trends as ht",
        *_entries(package, "ht", set(ROOMS) | {"reports", "language"}),
    ]
    for room in ROOMS:
        module = import_module(f"homicide_trends.{room}")
        about = _prose(inspect.getdoc(module) or "")
        parts += [f"## {room}", about, *_entries(module, room, set())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _entries(module: Any, prefix: str, left_out: set[str]) -> Iterator[str]:
    """A heading, the signature and the docstring of each name that has them; others by name."""
    plain = []
    for name in sorted(set(module.__all__) - left_out, key=lambda name: (name.lower(), name)):
        thing = getattr(module, name)
        if not (inspect.isfunction(thing) or inspect.isclass(thing)):
            plain.append(f"`{prefix}.{name}`")
            continue
        yield f"### {prefix}.{name}"
        yield f"```python\n{_signature(f'{prefix}.{name}', thing)}\n```"
        yield _prose(inspect.getdoc(thing) or "")
    if plain:
        yield "Also: " + ", ".join(plain) + "."


class _Written:
    """An annotation as the code has it, without the quotes of a string."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _signature(name: str, thing: Any) -> str:
    """The call with its parameters, one a line where one line is too long."""

    def written(annotation: Any) -> Any:
        if annotation is inspect.Signature.empty:
            return annotation
        text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
        text = re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])", "", text.replace("'", ""))
        return _Written(text.replace(_DATE, "DateLike"))

    try:
        found = inspect.signature(thing)
    except ValueError:  # an exception takes whatever its parent takes
        return f"{name}(...)"
    parameters = [
        each.replace(annotation=written(each.annotation)) for each in found.parameters.values()
    ]
    found = found.replace(parameters=parameters, return_annotation=written(found.return_annotation))
    line = f"{name}{found}"
    if len(line) <= WIDTH:
        return line
    starred = [str(each) for each in parameters]
    first = next((at for at, each in enumerate(parameters) if each.kind is each.KEYWORD_ONLY), None)
    variable = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    if first is not None and not variable:
        starred.insert(first, "*")
    end = "" if found.return_annotation is inspect.Signature.empty else (
        f" -> {found.return_annotation!r}"
    )  # fmt: skip
    return f"{name}(\n" + "".join(f"    {each},\n" for each in starred) + f"){end}"


def _prose(text: str) -> str:
    """A docstring as Markdown: its examples become blocks of code."""
    parts = re.split(r"(?m)^(>>> (?:.*\n?)+?)(?=^\s*$|\Z)", text)
    return "\n\n".join(
        f"```pycon\n{part.rstrip()}\n```" if part.startswith(">>> ") else part.strip()
        for part in parts
        if part.strip()
    )
