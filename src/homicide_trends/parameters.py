"""Parameters of a notebook, and values for them.

The parameters cell is read as data (json and ast), so that naming and checking values takes
no kernel and no import of papermill. Values are converted by the parameter's own type and
never evaluated.
"""

import ast
import datetime
import io
import json
import math
import re
import tokenize
from calendar import month_name, monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folders import closest

Scalar = None | bool | int | float | str
Value = Scalar | list[Scalar]

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN = 80


class NotebookError(ValueError):
    """A notebook's file or its parameters cell is not as it must be."""


class ParameterError(ValueError):
    """Values that a run cannot use; ``problems`` holds one line for each of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a notebook: its type as annotated, its default, and its comment."""

    name: str
    type: str
    default: Value
    help: str

    @property
    def optional(self) -> bool:
        """Whether None is a value."""
        return "None" in self.type or "Optional" in self.type

    @property
    def base(self) -> str:
        """The plain type: str, int, float, bool or list."""
        return _base(self.type)

    @property
    def items(self) -> str:
        """The type of a list's items."""
        inside = re.fullmatch(r"(?:list|List)\[(\w+)\]", _without_none(self.type))
        return inside[1] if inside else "str"

    @property
    def is_date(self) -> bool:
        """Whether values are dates: the default is one, or the name ends in _start or _end."""
        if self.base != "str":
            return False
        if isinstance(self.default, str) and _ISO_DATE.fullmatch(self.default):
            return True
        return not self.default and self.name.endswith(("_start", "_end"))


def _without_none(annotation: str) -> str:
    inside = re.fullmatch(r"Optional\[(.*)\]", annotation)
    text = inside[1] if inside else annotation
    return "|".join(part for part in text.replace(" ", "").split("|") if part != "None")


def _base(annotation: str) -> str:
    return _without_none(annotation).split("[")[0].lower()


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
        raise NotebookError(f"{notebook}: not a notebook") from None
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
        raise NotebookError(f"{notebook}: {len(tagged)} cells are tagged parameters, not one")
    return _parse(tagged[0]["source"], notebook) if tagged else []


def _parse(source: str, notebook: Path) -> list[Parameter]:
    """Parameters of the source of a parameters cell."""
    try:
        statements = ast.parse(source).body
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise NotebookError(f"{notebook}: the parameters cell cannot be read: {error}") from None
    comments = {
        token.start[0]: token.string.lstrip("#").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }
    return [_parameter(statement, comments, notebook) for statement in statements]


def _parameter(statement: ast.stmt, comments: dict[int, str], notebook: Path) -> Parameter:
    """The parameter that one statement declares."""
    wanted = f"{notebook}: line {statement.lineno} of the parameters cell"
    target: ast.expr
    if isinstance(statement, ast.AnnAssign):
        target, value, annotation = statement.target, statement.value, statement.annotation
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value, annotation = statement.targets[0], statement.value, None
    else:
        raise NotebookError(f"{wanted} is not of the form: name: type = value  # help")
    if not isinstance(target, ast.Name) or value is None:
        raise NotebookError(f"{wanted} is not of the form: name: type = value  # help")
    try:
        default = ast.literal_eval(value)
    except ValueError:
        raise NotebookError(f"{wanted}: the default of {target.id} is not a literal") from None
    written = ast.unparse(annotation).strip("'\"") if annotation else type(default).__name__
    if _base(written) not in {"str", "int", "float", "bool", "list"}:
        raise NotebookError(
            f"{wanted}: {target.id} has the type {written}, not str, int, float, bool or list"
        )
    end = statement.end_lineno or statement.lineno
    parameter = Parameter(target.id, written, default, comments.get(end, ""))
    try:
        convert(parameter, default)
    except ValueError as error:
        raise NotebookError(f"{wanted}: {error}") from None
    return parameter


def convert(parameter: Parameter, value: object) -> Value:
    """A value of the parameter's type; raises ValueError naming the value and the remedy.

    Text from a command line goes through ``convert_text`` instead.

    >>> convert(Parameter("conf", "float", 0.95, ""), 1)
    Traceback (most recent call last):
    ValueError: conf: 1.0 is not between 0 and 1
    >>> convert(Parameter("window_end", "str", "2013-12-31", ""), datetime.date(2012, 3, 9))
    '2012-03-09'
    """
    name = parameter.name
    if value is None:
        if parameter.optional:
            return None
        raise ValueError(f"{name}: no value; it takes {_wanted(parameter)}")
    if parameter.base == "list":
        if not isinstance(value, list | tuple):
            raise ValueError(f"{name}: {_show(value)} is not a list, such as [a, b]")
        item = Parameter(name, parameter.items, None, "")
        return [_scalar(item, one) for one in value]
    return _scalar(parameter, value)


def convert_text(parameter: Parameter, text: str) -> Value:
    """The value that a text on the command line means; raises ValueError like ``convert``.

    >>> convert_text(Parameter("years", "int", 5, ""), "12")
    12
    >>> convert_text(Parameter("places", "list[str]", [], ""), "SLV, HND")
    ['SLV', 'HND']
    """
    if parameter.base == "list":
        item = Parameter(parameter.name, parameter.items, None, "")
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [_scalar(item, _typed_text(item, part)) for part in parts]
    if text == "" and parameter.optional:
        return None
    return _scalar(parameter, _typed_text(parameter, text))


def _typed_text(parameter: Parameter, text: str) -> Scalar:
    """Text as the parameter's type where it can be read as one, else the text itself."""
    base = parameter.base
    if base == "bool" and text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if base == "int" and _INTEGER.fullmatch(text):
        return int(text)
    # float() also takes underscores, spaces and other alphabets' digits.
    if base == "float" and re.fullmatch(r"[0-9.eE+-]+|[+-]?(nan|inf|infinity)", text, re.I):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _scalar(parameter: Parameter, value: object) -> Scalar:
    """One checked value that is not a list."""
    name, base = parameter.name, parameter.base
    if parameter.is_date:
        return _date(parameter, value)
    if base == "str":
        if not isinstance(value, str):
            advice = "; in YAML put it in quotes" if isinstance(value, bool | int | float) else ""
            raise ValueError(f"{name}: {_show(value)} is not text{advice}")
        return _text(name, value)
    if base == "bool" and isinstance(value, bool):
        return value
    if base == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if base == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(name, float(value))
    raise ValueError(f"{name}: {_show(value)} is not {_wanted(parameter)}")


def _wanted(parameter: Parameter) -> str:
    if parameter.is_date:
        return "a date written YYYY-MM-DD"
    return {
        "str": "text",
        "bool": "true or false",
        "int": "a whole number",
        "float": "a number",
        "list": "a list",
    }[parameter.base]


def _number(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name}: {value} is not a finite number")
    if name == "conf" and not 0 < value < 1:
        percent = 1 < value < 100
        advice = f"; {value:g} percent is {value / 100:g}" if percent and value != 1 else ""
        raise ValueError(f"{name}: {value} is not between 0 and 1{advice}")
    return value


def _text(name: str, value: str) -> str:
    if "\0" in value:
        raise ValueError(f"{name}: {_show(value)} holds a NUL character")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"{name}: {_show(value)} is not valid Unicode text") from None
    return value


def _date(parameter: Parameter, value: object) -> str:
    """A date as ISO text; an impossible one is refused with what would be possible."""
    name = parameter.name
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if value == "" and not parameter.default:
        return ""
    match = _ISO_DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        example = parameter.default or "2012-03-09"
        raise ValueError(f"{name}: {_show(value)} is not {_wanted(parameter)}, such as {example}")
    year, month, day = (int(part) for part in match.groups())
    if year < 1:
        raise ValueError(f"{name}: {value} is not a date: years start at 0001")
    if not 1 <= month <= 12:
        raise ValueError(f"{name}: {value} is not a date: months go from 01 to 12")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValueError(
            f"{name}: {value} is not a date: {month_name[month]} {year} has {last} days"
        )
    return str(value)


def _show(value: object) -> str:
    """A value for a message, on one line and short."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def check_pairs(values: Mapping[str, Value]) -> list[str]:
    """A line for every period that starts after its end.

    >>> check_pairs({"window_start": "2014-01-01", "window_end": "2013-12-31"})
    ['window_start: 2014-01-01 is after window_end, 2013-12-31']
    """
    problems = []
    for name, start in values.items():
        end = values.get(name.removesuffix("_start") + "_end")
        if name.endswith("_start") and isinstance(start, str) and isinstance(end, str):
            if start and end and start > end:
                end_name = name.removesuffix("_start") + "_end"
                problems.append(f"{name}: {start} is after {end_name}, {end}")
    return problems


def unknown_name(name: str, known: Sequence[str]) -> str:
    """The message for a name that no chosen report has as a parameter."""
    return f"{_show(name)} is not a parameter{closest(name, known)}"
