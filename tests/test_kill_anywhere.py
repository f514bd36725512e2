"""A few random moments of what ``python tests/kill_anywhere.py --moments 50`` does at length."""

from __future__ import annotations

from pathlib import Path

import kill_anywhere
import pytest


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no /proc")
def test_a_kill_at_any_moment_loses_nothing() -> None:
    hits = kill_anywhere.main(moments=2, seed=7, reports=2, longest=3)
    assert hits.total() == 2
