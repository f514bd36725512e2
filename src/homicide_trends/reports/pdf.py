"""A report's page on paper: a tagged PDF, printed by an installed Chromium, Chrome or Edge.

The page is the one that people open, with its style sheet for print. The browser runs in a
profile of its own, without a network, and ends with the process that prints.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

from ..language import _
from .engine import end_with

VARIABLE = "HOMICIDE_TRENDS_BROWSER"
OLDEST = 131  # the first that numbers pages by style sheet

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
_ELSEWHERE = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "win32": (
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
        r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    ),
}
_INSTALL = {
    "darwin": "brew install --cask google-chrome",
    "win32": "winget install Google.Chrome",
}
_OPTIONS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--disable-extensions", "--disable-dev-shm-usage"),
    *("--disable-breakpad", "--disable-crash-reporter", "--disable-quic", "--mute-audio"),
    *("--force-color-profile=srgb", "--font-render-hinting=none", "--lang=en"),
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name leads anywhere
    *("--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline"),
)
_VERSION = re.compile(r"\b([0-9]+)(?:\.[0-9]+){1,3}\b")
_TIME = re.compile(rb"/(CreationDate|ModDate) \(D:[0-9]{14}[^)]{0,8}\)")
_LONGEST = 300.0  # seconds for a page, where no other limit is set


class BrowserError(OSError):
    """There is no browser that can print, or it did not."""

    def __init__(self, text: str) -> None:
        super().__init__(None, text)

    def __str__(self) -> str:
        return str(self.strerror)


def browser() -> tuple[Path, str]:
    """The browser that prints, and its version; raises BrowserError with what to do."""
    return _known(os.environ.get(VARIABLE))


@lru_cache(maxsize=4)
def _known(named: str | None) -> tuple[Path, str]:
    install = _INSTALL.get(sys.platform, "sudo apt install chromium")
    if named:
        path = shutil.which(named)
        if path is None:
            raise BrowserError(
                _("{variable}: {path}: no such program", variable=VARIABLE, path=named)
            )
    else:
        path = next(filter(None, map(shutil.which, _candidates())), None)
    if path is None:
        raise BrowserError(
            _(
                "a PDF is printed by Chromium, Chrome or Edge, and none is installed: {command} "
                "(or {variable}=PATH names one)",
                command=install,
                variable=VARIABLE,
            )  # fmt: skip
        )
    version = _version(Path(path))
    number = _VERSION.search(version)
    if number is None or int(number[1]) < OLDEST:
        raise BrowserError(
            _(
                "{path}: a PDF needs version {oldest} of Chromium, Chrome or Edge, or a later "
                "one, and this is {version}: {command}",
                path=path,
                oldest=OLDEST,
                version=version or "?",
                command=install,
            )  # fmt: skip
        )
    return Path(path), version


def _candidates() -> list[str]:
    return [*_NAMES, *map(os.path.expandvars, _ELSEWHERE.get(sys.platform, ()))]


def _version(path: Path) -> str:
    """What a browser says it is; on Windows it says nothing, but lies beside its version."""
    if sys.platform == "win32":
        found = [each.name for each in path.parent.iterdir() if _VERSION.fullmatch(each.name)]
        return max(found, key=lambda name: [*map(int, name.split("."))], default="")
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = _VERSION.search(said)
    return said[: number.end()].strip() if number else ""


def printed(page: bytes, *, within: float | None = None) -> bytes:
    """A page as a PDF, the same bytes for the same page and browser.

    ``within`` is how many seconds it may take (None: five minutes).
    Raises BrowserError where there is no browser, and when it does not print.
    """
    path = browser()[0]
    with tempfile.TemporaryDirectory(prefix="print-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        (folder / "page.html").write_bytes(page)
        status = _run(path, folder, _LONGEST if within is None else max(within, 0.1))
        try:
            content = (folder / "page.pdf").read_bytes()
        except OSError:
            content = b""
    if not content.rstrip().endswith(b"%%EOF"):
        raise BrowserError(
            _("{path} printed nothing (exit status {status})", path=path, status=status)
        )
    # The time of printing is no part of the report; blanks keep every offset of the file.
    return _TIME.sub(lambda match: b" " * len(match[0]), content)


def _run(path: Path, folder: Path, seconds: float) -> int:
    """Print the page in a folder; the browser's exit status."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    process = subprocess.Popen(
        [
            str(path),
            *_OPTIONS,
            *(["--no-sandbox"] if root else []),  # as root it does not start with one
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={folder / 'page.pdf'}",
            (folder / "page.html").as_uri(),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_end_with(os.getpid()),
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise BrowserError(
            _("the browser had not printed the page after {seconds} s", seconds=f"{seconds:.0f}")
        ) from None
    finally:
        if process.poll() is None:
            _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a browser and its own processes."""
    if os.name == "posix":
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _end_with(parent: int) -> Callable[[], object] | None:
    """What lets Linux end the browser when the process that prints is killed."""
    return partial(end_with, parent, signal.SIGKILL) if sys.platform == "linux" else None
