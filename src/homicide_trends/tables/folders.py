"""Where the tables and notebooks are; light, so that the command line answers at once."""

import os
from collections.abc import Iterable
from pathlib import Path

from ..language import _, pgettext
from ..refusals import RefusedError, nearest

Folder = str | os.PathLike[str]

ENVIRONMENT_VARIABLE = "HOMICIDE_TRENDS_DATA"

# Whose deaths a row of counts.csv is about; empty means everyone's. A table may leave them out.
GROUPS = ("sex", "age", "mechanism", "motive")


class DataError(RefusedError):
    """A table, or a value asked of it, is not as it must be; the message names the remedy."""


def shipped(name: str) -> Path:
    """Path of a shipped folder: ``"data"`` or ``"notebooks"``.

    In an installed wheel they lie inside the package, in a checkout beside ``src``.

    >>> shipped("data").name
    'data'
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parents[1] / name


def data_folder(data: Folder | None = None) -> Path:
    """The folder of tables that is in force: ``data``, the environment's, or the shipped one.

    Raises DataError when the folder does not exist.
    """
    chosen = data or os.environ.get(ENVIRONMENT_VARIABLE) or shipped("data")
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise DataError(_("{folder}: no such folder of tables", folder=chosen))
    return folder


def closest(value: object, known: Iterable[object]) -> str:
    """The end of an error message: the nearest known name, and the names there are.

    >>> closest("SVL", ["SLV", "HND"])
    "; did you mean 'SLV'? there are HND, SLV"
    """
    names = sorted({str(name) for name in known})
    near = nearest(value, names)
    shown = ", ".join(names[:30]) + (", ..." if len(names) > 30 else "")
    shown = shown or pgettext("values", "none")
    if near:
        return _("; did you mean {near!r}? there are {known}", near=near, known=shown)
    return _("; there are {known}", known=shown)
