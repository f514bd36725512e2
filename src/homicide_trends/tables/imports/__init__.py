"""Counts out of other people's files, without guessing silently.

``understand`` reads a file of any size and of many layouts, finds out how it writes dates and
numbers, and asks, naming column, value and the option that decides, where that has two answers.
``propose`` says which rows a folder of tables would get from it; they are written all or none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FROM = {
    "About": "proposals",
    "Choices": "choices",
    "Count": "counts",
    "Proposal": "proposals",
    "Question": "choices",
    "UnclearError": "choices",
    "Understood": "understanding",
    "account": "accounts",
    "propose": "proposals",
    "understand": "understanding",
}

if TYPE_CHECKING:
    from .accounts import account as account
    from .choices import Choices as Choices
    from .choices import Question as Question
    from .choices import UnclearError as UnclearError
    from .counts import Count as Count
    from .proposals import About as About
    from .proposals import Proposal as Proposal
    from .proposals import propose as propose
    from .understanding import Understood as Understood
    from .understanding import understand as understand

__all__ = [*_FROM]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it first is: the command line lists its options without it."""
    if name in _FROM:
        return getattr(import_module(f".{_FROM[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
