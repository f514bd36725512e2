"""Progress on standard error: one line that changes on a terminal, now and then one in a log."""

import math
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from ..language import _

_LOG_EVERY = 15.0  # seconds


class Bar:
    """Shows how many of a batch are done, how fast, and how long the rest will take."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._terminal = sys.stderr.isatty()
        self._length = self._done = self._failed = 0
        self._begun = self._said = clock()

    def start(self, length: int) -> None:
        """Begin with nothing done of ``length`` reports."""
        self._length = length
        self._begun = self._said = self._clock()
        if self._terminal and length:
            self._draw("")

    def step(self, outcome: Any) -> None:
        """Count one report; ``outcome`` has its name as ``report``, and perhaps its failure."""
        self._done += 1
        self._failed += getattr(outcome, "failure", None) is not None
        now = self._clock()
        if self._terminal:
            self._draw(outcome.report)
        elif now - self._said >= _LOG_EVERY:
            self._said = now
            sys.stderr.write(f"{self._line(outcome.report)}\n")
            sys.stderr.flush()

    def finish(self) -> None:
        """Leave the terminal as it was."""
        if self._terminal and self._length:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def _draw(self, name: str) -> None:
        width = shutil.get_terminal_size().columns
        sys.stderr.write(f"\r\033[K{self._line(name)[: width - 1]}")
        sys.stderr.flush()

    def _line(self, name: str) -> str:
        parts = [_("Rendering {done}/{all}", done=self._done, all=self._length)]
        if self._failed:
            parts.append(_("{number} failed", number=self._failed))
        seconds = self._clock() - self._begun
        if self._done and seconds > 0:
            rate = self._done / seconds
            if rate >= 0.1:
                parts.append(_("{number} a second", number=f"{rate:.2g}"))
            else:
                parts.append(_("{number} a minute", number=f"{60 * rate:.2g}"))
            left = duration((self._length - self._done) / rate)
            parts.append(_("{duration} left", duration=left))
        return ", ".join(parts) + (f": {name}" if name else "")


def duration(seconds: float) -> str:
    """A duration as people read it.

    >>> duration(7.2), duration(125), duration(3725)
    ('8 s', '2:05 min', '1:02 h')
    """
    whole = math.ceil(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
