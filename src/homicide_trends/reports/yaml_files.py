"""YAML files that hold a mapping."""

from collections import Counter
from pathlib import Path
from typing import Any

from ..language import _
from .parameters import ParameterError

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
            if len(keys) > MOST_NAMES:
                problem = _("more than {most} names", most=MOST_NAMES)
                raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
            for key, number in keys.items():
                if number > 1:
                    problem = _("{key} stands twice", key=key)
                    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
            return super().construct_mapping(node, deep)

        def compose_node(self, parent: Any, index: Any) -> Any:
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
