"""Parameters and values for them, converted by the parameter's own type, never evaluated."""

import datetime
import math
import re
from calendar import month_name, monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tables.folders import closest
from ..language import LANGUAGES, _, current, locale, refusal

Scalar = None | bool | int | float | str
Value = Scalar | list[Scalar]

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN = 80


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
        return plain_type(self.type)

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


def plain_type(annotation: str) -> str:
    """The type of an annotation without None and items.

    >>> plain_type("list[str] | None")
    'list'
    """
    return _without_none(annotation).split("[")[0].lower()


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
        raise refusal("{name}: no value; it takes {wanted}", name=name, wanted=_wanted(parameter))
    if parameter.base == "list":
        if not isinstance(value, list | tuple):
            raise refusal(
                "{name}: {value} is not a list, such as [a, b]", name=name, value=_show(value)
            )
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
            said = {"name": name, "value": _show(value)}
            if isinstance(value, bool | int | float):
                raise refusal("{name}: {value} is not text; in YAML put it in quotes", **said)
            raise refusal("{name}: {value} is not text", **said)
        if name == "lang" and value not in LANGUAGES:
            raise refusal(
                "{name}: no language {value}{known}",
                name=name,
                value=_show(value),
                known=closest(value, LANGUAGES),
            )
        return _text(name, value)
    if base == "bool" and isinstance(value, bool):
        return value
    if base == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if base == "float" and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(name, float(value))
    raise refusal(
        "{name}: {value} is not {wanted}", name=name, value=_show(value), wanted=_wanted(parameter)
    )


def _wanted(parameter: Parameter) -> str:
    if parameter.is_date:
        return _("a date written YYYY-MM-DD")
    return {
        "str": _("text"),
        "bool": _("true or false"),
        "int": _("a whole number"),
        "float": _("a number"),
        "list": _("a list"),
    }[parameter.base]


def _number(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise refusal("{name}: {value} is not a finite number", name=name, value=value)
    if name == "conf" and not 0 < value < 1:
        percent = 1 < value < 100
        text = _("{name}: {value} is not between 0 and 1", name=name, value=value)
        if percent and value != 1:
            share, whole = f"{value / 100:g}", f"{value:g}"
            text += _("; {percent} percent is {share}", percent=whole, share=share)
        raise ValueError(text)
    return value


def _text(name: str, value: str) -> str:
    if "\0" in value:
        raise refusal("{name}: {value} holds a NUL character", name=name, value=_show(value))
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise refusal(
            "{name}: {value} is not valid Unicode text", name=name, value=_show(value)
        ) from None
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
        raise refusal(
            "{name}: {value} is not {wanted}, such as {example}",
            name=name,
            value=_show(value),
            wanted=_wanted(parameter),
            example=example,
        )
    year, month, day = (int(part) for part in match.groups())
    if year < 1:
        raise refusal("{name}: {value} is not a date: years start at 0001", name=name, value=value)
    if not 1 <= month <= 12:
        raise refusal(
            "{name}: {value} is not a date: months go from 01 to 12", name=name, value=value
        )
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise refusal(
            "{name}: {value} is not a date: {month} {year} has {days} days",
            name=name,
            value=value,
            month=_month(month),
            year=year,
            days=last,
        )
    return str(value)


def _month(number: int) -> str:
    # Not by way of formats, which imports pandas.
    name = month_name[number] if current() == "en" else locale().months["format"]["wide"][number]
    return str(name)


def as_text(value: Value, *, between: str = ",", nothing: str = "") -> str:
    """A value as the command line takes it, or with other words for a list and for nothing.

    >>> as_text(["SLV", "HND"]), as_text(True), as_text(None, nothing="none")
    ('SLV,HND', 'true', 'none')
    """
    if isinstance(value, list):
        return between.join(as_text(each, between=between, nothing=nothing) for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return nothing if value is None else str(value)


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
                problems.append(
                    _(
                        "{name}: {start} is after {end_name}, {end}",
                        name=name,
                        start=start,
                        end_name=end_name,
                        end=end,
                    )
                )
    return problems


def unknown_name(name: str, known: Sequence[str]) -> str:
    """The message for a name that no chosen report has as a parameter."""
    return _("{name} is not a parameter{known}", name=_show(name), known=closest(name, known))


# --- values in a file ---

MOST_NAMES = 1000
LARGEST = 1_000_000  # bytes; parameters of a thousand reports take a tenth of it


def _values(node: Any, most: int) -> int:
    """How many values a part of a file stands for, lists and mappings among them, up to a number.

    A part may refer to itself; counting then ends at the number.
    """
    number, waiting = 0, [node]
    while waiting and number < most:
        node = waiting.pop()
        number += 1
        if not isinstance(node.value, str):
            for part in node.value:
                waiting += part if isinstance(part, tuple) else (part,)
    return number


def read_yaml(path: Path) -> dict[Any, Any]:
    """A YAML file that holds a mapping; a key that stands twice is refused.

    Raises ParameterError with one line that says where.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        """Refuses what YAML would settle silently: of two equal keys it takes the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = Counter(
                key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)
            )
            for key, number in keys.items():
                if number > 1:
                    problem = _("{key} stands twice", key=key)
                    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
            return super().construct_mapping(node, deep)

        def compose_node(self, parent: Any, index: Any) -> Any:
            if isinstance(parent, yaml.MappingNode) and len(parent.value) >= MOST_NAMES:
                problem = _("more than {most} names", most=MOST_NAMES)
                raise yaml.composer.ComposerError(None, None, problem, parent.start_mark)
            # A few references within references can stand for more values than fit into memory.
            if self.check_event(yaml.AliasEvent) and parent is not None:
                event = self.peek_event()
                node = super().compose_node(parent, index)
                if _values(node, MOST_NAMES) >= MOST_NAMES:
                    problem = _("*{name} stands for more than {most} values",
                                name=event.anchor, most=MOST_NAMES)  # fmt: skip
                    raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
                return node
            return super().compose_node(parent, index)

        def flatten_mapping(self, node: Any) -> None:
            """Merge keys (<<) are not read: they would hide names that stand twice."""

    try:
        with path.open("rb") as opened:
            text = opened.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise yaml.YAMLError(_("larger than a million bytes"))
        content = yaml.load(text.decode("utf-8"), Loader)
    except OSError as error:
        raise ParameterError([f"{path}: {error.strerror or error}"]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (
            _("{file}, line {line}, column {column}",
              file=path, line=mark.line + 1, column=mark.column + 1)
            if mark
            else path
        )  # fmt: skip
        raise ParameterError([f"{where}: {error.problem}"]) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ParameterError([f"{path}: {first}"]) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ParameterError([_("{path}: not a mapping of NAME: value", path=path)])
    return content
