"""YAML files that hold a mapping."""

from pathlib import Path
from typing import Any

from ..language import _
from .parameters import ParameterError


def read_yaml(path: Path) -> dict[Any, Any]:
    """A YAML file that holds a mapping; a key that stands twice is refused.

    Raises ParameterError with one line that says where.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        """Refuses what YAML would settle silently: of two equal keys it takes the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
            twice = next((key for number, key in enumerate(keys) if key in keys[:number]), None)
            if twice is not None:
                raise yaml.constructor.ConstructorError(
                    None, None, _("{key} stands twice", key=twice), node.start_mark
                )
            return super().construct_mapping(node, deep)

    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader)
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
