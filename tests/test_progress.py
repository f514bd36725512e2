"""The progress bar shows on a terminal only."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from homicide_trends.reports.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    bar = Bar()
    bar.start(2)
    bar.step(SimpleNamespace(report="trend"))
    bar.finish()
    return stream.getvalue()


def test_a_terminal_shows_how_many_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(Terminal(), monkeypatch)
    assert "Rendering" in shown
    assert "1/2" in shown


def test_a_log_stays_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(io.StringIO(), monkeypatch) == ""
