"""Debian's Chromium, driven by Playwright, for tests that look at what people see.

A test asks for the fixture ``browser`` (of ``conftest.py``), which skips it where there is no
Chromium, and fails it instead where HOMICIDE_TRENDS_REQUIRE_BROWSER=1 says that there has to be
one. Playwright's own browsers are never fetched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# How people look at a page, and what is asked there. 320 is also a desk's 1280 pixels at 400 %.
SIGHTS: dict[str, tuple[dict[str, int], dict[str, Any], str]] = {
    "light": (DESK, {"color_scheme": "light", "forced_colors": "none"}, "all"),
    "dark": (DESK, {"color_scheme": "dark", "forced_colors": "none"}, "colours"),
    "phone": (PHONE, {"color_scheme": "light", "forced_colors": "none"}, "but colours"),
    "forced colours": (DESK, {"color_scheme": "light", "forced_colors": "active"}, "but colours"),
}
NAMES = ("chromium", "chromium-browser", "google-chrome")
# A container's root has no sandbox, and its /dev/shm is small.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
]


def executable() -> str:
    """Where Chromium is; the test is skipped, or fails where one is required, if nowhere."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    message = f"no {NAMES[0]} on the PATH (Debian: apt-get install chromium)"
    if os.environ.get("HOMICIDE_TRENDS_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium for some tests; nothing of it is left afterwards.

    While it is open, this thread has a running event loop: open it for one module at most.
    """
    path = executable()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def offline(browser: Browser, asked: list[str], **how: object) -> Iterator[BrowserContext]:
    """A context without a network; addresses that a page asks for all the same join ``asked``.

    ``how`` is what Playwright's ``new_context`` takes (viewport, color_scheme, forced_colors).
    """
    context = browser.new_context(**how)  # type: ignore[arg-type]

    def refuse(route: object) -> None:
        asked.append(route.request.url)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    # Pages lie in files and hold their pictures; everything else is a request to somewhere.
    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), refuse)
    context.set_offline(True)
    try:
        yield context
    finally:
        context.close()


def shorten(page: Page) -> None:
    """Cut long tables, for their rows are all alike."""
    page.evaluate("""document.querySelectorAll('tbody').forEach(
        body => [...body.rows].slice(12).forEach(row => row.remove()))""")


def broken_rules(page: Page, axe: str, *, which: str = "all") -> tuple[int, list[str]]:
    """How many rules of WCAG a page keeps, and where it breaks one; by the script of axe-core.

    ``which`` rules: "all", "colours" alone, or "but colours". Contrast is what takes the time; it
    is all that a dark page has to be asked once the light one was asked everything.
    """
    page.evaluate(f"if (!window.axe) {{ {axe} }}")
    options: dict[str, Any] = {"runOnly": WCAG, "resultTypes": ["violations"]}
    if which == "colours":
        options["runOnly"] = ["color-contrast"]
    elif which == "but colours":
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = page.evaluate("options => axe.run(document, options)", options)
    return len(found["passes"]), [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def look(page: Page, sight: str) -> str:
    """See a page as somebody does; which rules it is worth to ask there (of ``broken_rules``)."""
    size, media, which = SIGHTS[sight]
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(**media)
    return which


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide
