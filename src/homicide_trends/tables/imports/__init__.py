"""Counts out of other people's CSV files, without guessing silently.

``understand`` reads a file of any size in one of five shapes (a row for a year, a month, a day or
a death, or months side by side), finds out how it writes dates and numbers, and refuses, naming
row, column, value and the choice that decides, where that has two answers. ``propose`` says which
rows a folder of tables would get from it, and ``write`` adds them, all or none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FROM = {
    "About": "additions",
    "Choices": "choices",
    "Count": "periods",
    "Proposal": "proposals",
    "UnclearError": "choices",
    "Understood": "understanding",
    "account": "accounts",
    "propose": "proposals",
    "understand": "understanding",
    "write": "proposals",
}

if TYPE_CHECKING:
    from .accounts import account as account
    from .additions import About as About
    from .choices import Choices as Choices
    from .choices import UnclearError as UnclearError
    from .periods import Count as Count
    from .proposals import Proposal as Proposal
    from .proposals import propose as propose
    from .proposals import write as write
    from .understanding import Understood as Understood
    from .understanding import understand as understand

__all__ = [*_FROM]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it first is: the command line lists its options without it."""
    if name in _FROM:
        return getattr(import_module(f".{_FROM[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
