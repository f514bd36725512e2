"""What a change of the code changes in the reports: every file, byte by byte.

    python benchmarks/record.py REV [--keep DIR]

Renders all reports in both languages and a sweep of 24 twice: at the git revision REV, in a work
tree of its own, and in this checkout. Prints the files that differ, are gone or are new; status 1
when there are any. Nothing is passed over but the lock of a folder and, in the records under
findings/, the checksums of the code and its templates and the versions, which differ by the
change itself.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SWEEP = """\
reports: [change, averted]
parameters:
  window_end: [2012-09-30, 2012-10-31, 2012-11-30, 2012-12-31, 2013-01-31, 2013-02-28,
               2013-03-31, 2013-04-30, 2013-05-31, 2013-06-30, 2013-07-31, 2013-08-31]
"""
WAYS = {
    "en": ["--lang", "en"],
    "es": ["--lang", "es"],
    "sweep": ["--sweep", "sweep.yml"],
}
PASSED_OVER = ("inputs", "files", "checksum")  # of a record; the files themselves are compared


def render(checkout: Path, out: Path) -> None:
    """Render everything with the code, notebooks and tables of a checkout."""
    out.mkdir(parents=True)
    (out / "sweep.yml").write_text(SWEEP)
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    for way, words in WAYS.items():
        command = [sys.executable, "-P", "-m", "homicide_trends", "render", *words, "--out", way]
        subprocess.run(command, cwd=out, env=environment, check=True, stdout=subprocess.DEVNULL)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, as they are compared."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.name not in (".lock", "sweep.yml"):
            found[name] = path.read_bytes()
            if "/findings/" in name and path.suffix == ".json":
                record = json.loads(found[name])
                kept = {key: each for key, each in record.items() if key not in PASSED_OVER}
                found[name] = json.dumps(kept).encode()
    return found


def main() -> None:
    """Render twice and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("revision", metavar="REV")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="leave both there: old and new")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="record-") as made:
        place = chosen.keep.resolve() if chosen.keep else Path(made)
        tree = Path(made, "tree")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", tree, chosen.revision], check=True)
        try:
            render(tree, place / "old")
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)
        render(ROOT, place / "new")
        old, new = contents(place / "old"), contents(place / "new")
    lines = [f"gone     {name}" for name in old if name not in new]
    lines += [f"new      {name}" for name in new if name not in old]
    lines += [f"differs  {name}" for name in new if name in old and old[name] != new[name]]
    print(
        "\n".join(
            [*lines, f"{len(lines)} of {len({*old, *new})} files are not as at {chosen.revision}"]
        )
    )
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
