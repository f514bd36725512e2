"""Writes what the pages of this folder quote: outputs of examples, the reference, the gallery.

    python docs/make.py            # all of it
    python docs/make.py --check    # nothing is written; status 1 names what would change

Examples are blocks of Python with a block of text below; each runs in an empty folder, those of
tutorial.md one after the other in the same one.
"""

import argparse
import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from homicide_trends import language, reports
from homicide_trends.site.reference import reference

DOCS = Path(__file__).resolve().parent
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
GALLERY = ("index.html", "claim-deaths-prevented.html", "change.html")
"""The first page and two reports, each one file."""
LINK = re.compile(r'<a [^>]*href="([^"#:]+)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


def printed(code: str, title: str, names: dict[str, object]) -> str:
    """What a piece of code prints, run in the current folder."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, title, "exec"), names)
    return out.getvalue()


def with_outputs(page: str, title: str, *, together: bool) -> str:
    """A page whose examples print what stands below them; ``together``: in one run."""
    names: dict[str, object] = {"__name__": title}

    def again(found: re.Match[str]) -> str:
        known = names if together else {"__name__": title}
        with contextlib.nullcontext() if together else empty_folder():
            said = printed(found[1], title, known)
        return f"```python\n{found[1]}```\n\n```text\n{said}```\n"

    with empty_folder():
        return EXAMPLE.sub(again, page)


@contextlib.contextmanager
def empty_folder():  # type: ignore[no-untyped-def]
    """A new folder to stand in, without settings, in English before and after."""
    before, setting = Path.cwd(), os.environ.pop("HOMICIDE_TRENDS_DATA", None)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
            language.use("en")
            if setting is not None:
                os.environ["HOMICIDE_TRENDS_DATA"] = setting


def gallery() -> dict[str, bytes]:
    """Pages as they are rendered; a link to a page that is not among them is plain text."""

    def kept(link: re.Match[str]) -> str:
        return link[0] if link[1] in GALLERY else link[2]

    with tempfile.TemporaryDirectory() as folder:
        names = list(reports.load_reports())
        wanted = [name for name in names if name == "change" or name.startswith("claim-")]
        done = reports.render(wanted, out=Path(folder), formats=["html"])
        assert done.failures == []
        pages = {name: (Path(folder) / name).read_text("utf-8") for name in GALLERY}
    return {name: LINK.sub(kept, page).encode() for name, page in pages.items()}


PAGES: dict[str, Callable[[str], str]] = {
    "cookbook.md": lambda page: with_outputs(page, "cookbook.md", together=False),
    "tutorial.md": lambda page: with_outputs(page, "tutorial.md", together=True),
    "reference.md": lambda _page: reference(),
}


def main() -> int:
    """Write every page that differs, or name it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    made = {}
    for name, again in PAGES.items():
        path = DOCS / name
        made[path] = again(path.read_text("utf-8") if path.exists() else "").encode()
    made |= {DOCS / "gallery" / name: page for name, page in gallery().items()}
    changed = [path for path, new in made.items() if not path.exists() or path.read_bytes() != new]
    for path in changed:
        sys.stdout.write(f"{path.relative_to(DOCS.parent)}\n")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(made[path])
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
