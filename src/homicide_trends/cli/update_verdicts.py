"""Which verdicts on claims are others with the new rows."""

from typing import NamedTuple

from ..claims import judge
from ..tables.load import Folder
from ..wording.claims import verdict


class Flip(NamedTuple):
    """A verdict that changes."""

    claim: str
    before: str
    after: str


def changed_verdicts(before: Folder | None, after: Folder | None) -> list[Flip]:
    """Every verdict, in words, that differs between two folders of the same tables.

    >>> changed_verdicts(None, None)
    []
    """
    old, new = (
        {each.claim: verdict(each) for each in judge.claims(limits=False, data=folder)}
        for folder in (before, after)
    )
    return [
        Flip(claim, old[claim], new.get(claim, "")) for claim in old if old[claim] != new.get(claim)
    ]
