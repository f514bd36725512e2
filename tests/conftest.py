"""What all tests share: the options of the vector harness, the shared evidence, the browser."""

from __future__ import annotations

import multiprocessing.forkserver
import os
import platform
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from homicide_trends.reports.pool import Pool

os.environ.setdefault("MPLBACKEND", "Agg")

# A shell has its background jobs ignore Ctrl-C, and what tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and (
    threading.current_thread() is threading.main_thread()
):
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHECKOUT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """Return where the shared evidence would be: HOMICIDE_TRENDS_SHARED or beside the checkout."""
    named = os.environ.get("HOMICIDE_TRENDS_SHARED")
    return Path(named) if named else CHECKOUT.parent / "shared"


def shared_required() -> bool:
    """Return whether an absent shared folder is a failure instead of a skip."""
    return os.environ.get("HOMICIDE_TRENDS_REQUIRE_SHARED") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("reference vectors")
    group.addoption(
        "--vectors",
        action="append",
        metavar="DIR",
        help="folder of reference vectors (JSON, one file a method); repeatable; "
        "default: vectors/ in the shared folder",
    )
    group.addoption(
        "--require",
        action="append",
        default=[],
        metavar="METHOD",
        help="fail when a case of this method cannot be run, or when there is none; repeatable",
    )


# The files that take longest: begun first, so that no worker ends alone with one of them.
LONGEST = ["site", "cluster", "notebooks_run", "explorer", "examples", "access", "claim_pages",
           "engine", "own_data_page", "kill_anywhere", "lab", "cookbook", "check", "updates",
           "own_claims"]  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # else xdist begins with files of many tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))
    # Pages in docs/ state the Python that made them, and its numpy writes their signatures.
    page = Path(__file__).parents[1] / "docs" / "gallery" / "change.html"
    if f"python {platform.python_version()}," not in page.read_text("utf-8"):
        other = pytest.mark.skip(reason="docs/make.py was run by another version of Python")
        for item in items:
            if item.get_closest_marker("locked"):
                item.add_marker(other)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder of texts, evidence and vectors; the test is skipped where it is absent."""
    folder = shared_folder()
    if not folder.is_dir():
        message = f"no shared folder at {folder}; set HOMICIDE_TRENDS_SHARED"
        if shared_required():
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, for the tests of one module (see ``browser.py``)."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, which knows the rules of WCAG."""
    found = find_spec("axe_playwright_python")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


# What reports of all kinds import, as the fork server is told it.
WORDS = ("homicide_trends", "claims", "methods", "joinpoints", "change_points")
_servers: list[Pool] = []


def end_servers() -> None:
    while _servers:
        _servers.pop().end()


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """A fork server that all renders of this process share, so that it imports everything once.

    For tests of what is rendered; a command of its own starts its own, as always.
    """
    from homicide_trends.reports.pool import Pool

    if multiprocessing.forkserver._forkserver._forkserver_pid is None:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("PYTEST_CURRENT_TEST", raising=False)
            made = Pool(WORDS).__enter__()
            _servers.append(made)
            assert made.result(abs, -1, wanted=lambda: True) == 1
    yield
    end_servers()


@pytest.fixture(scope="module")
def cold() -> None:
    """No fork server is there yet: for tests of what starts and ends one."""
    end_servers()


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Addresses that pages ask for: none, whatever else a test is about."""
    addresses: list[str] = []
    yield addresses
    assert addresses == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which methods of the reference vectors were run and which were not, by name."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            method = dict(getattr(report, "user_properties", [])).get("vector_method")
            if method and (report.when == "call" or outcome != "passed"):
                counts.setdefault(str(method), Counter())[outcome] += 1
    if not counts:
        return
    terminalreporter.section("reference vectors")
    for method, by in sorted(counts.items()):
        parts = [f"{by[key]} {key}" for key in ("passed", "failed") if by[key]]
        if by["skipped"]:
            parts.append(f"{by['skipped']} not run")
        terminalreporter.write_line(f"{method}: {', '.join(parts)}")
