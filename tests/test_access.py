"""Everyone can read the pages: by keyboard, by ear, on a phone, enlarged, in the dark, in grey."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import browser as chromium
import pytest
from browser import offline

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_request_is_refused_and_counted(browser: Browser, tmp_path: Path) -> None:
    """Else the other tests would prove nothing."""
    path = tmp_path / "asks.html"
    path.write_text("<title>t</title><img src='http://localhost:9/a.png'><img src='data:,'>")
    asked: list[str] = []
    with offline(browser, asked) as context:
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.title() == "t"
    assert asked == ["http://localhost:9/a.png"]


def test_where_a_browser_is_required_its_absence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    monkeypatch.delenv("HOMICIDE_TRENDS_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-browser"):
        chromium.executable()
    monkeypatch.setenv("HOMICIDE_TRENDS_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-browser"):
        chromium.executable()
