"""A progress bar on a terminal, and nothing elsewhere."""

import sys
from collections.abc import Callable
from typing import Any

import click


class Bar:
    """Shows how many of a batch are done; ``start`` and ``step`` do nothing off a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self.start: Callable[[int], object] = self._start if sys.stderr.isatty() else _nothing
        self.step: Callable[[object], object] = self._step if sys.stderr.isatty() else _nothing

    def _start(self, length: int) -> None:
        self._bar = click.progressbar(
            length=length, label="Rendering", file=sys.stderr, show_pos=True
        )
        self._bar.render_progress()

    def _step(self, outcome: Any) -> None:
        self._bar.update(1, outcome.report)

    def finish(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.render_finish()


def _nothing(_: object) -> None:
    pass
