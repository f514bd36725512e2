"""Progress: a line that changes on a terminal, now and then one in a log."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from homicide_trends.reports.progress import Bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, times: Iterator[float], length: int = 50
) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    now = [0.0]
    bar = Bar(lambda: now[0])
    bar.start(length)
    for number, now[0] in enumerate(times, start=1):
        failure = "no" if number == 2 else None
        bar.step(SimpleNamespace(report=f"report-{number}", failure=failure))
    bar.finish()
    return stream.getvalue()


def test_a_terminal_shows_how_many_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(Terminal(), monkeypatch, iter([2.0, 4.0])).split("\r\033[K")
    # 1 in 2 s is 0.5 a second; the other 49 take 98 s, and after 2 in 4 s the other 48 take 96.
    assert shown == [
        "",
        "Rendering 0/50",
        "Rendering 1/50, 0.5 a second, 1:38 min left: report-1",
        "Rendering 2/50, 1 failed, 0.5 a second, 1:36 min left: report-2",
        "",
    ]


def test_a_short_run_leaves_a_log_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(io.StringIO(), monkeypatch, iter([2.0, 14.0])) == ""


def test_a_long_run_is_heard_of_now_and_then_in_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = run(io.StringIO(), monkeypatch, iter([10.0, 20.0, 30.0, 40.0])).splitlines()
    # 2 in 20 s are 0.1 a second: the other 48 take 480 s, after 4 in 40 s the other 46 take 460.
    assert lines == [
        "Rendering 2/50, 1 failed, 0.1 a second, 8:00 min left: report-2",
        "Rendering 4/50, 1 failed, 0.1 a second, 7:40 min left: report-4",
    ]


def test_nothing_to_do_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(Terminal(), monkeypatch, iter([]), 0) == ""
