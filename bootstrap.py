"""Set the project up in .venv and run one of its commands; needs nothing but Python.

`make reports` and `python3 bootstrap.py reports` are the same thing.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"homicide-trends needs Python 3.11 or newer, this is {sys.version.split()[0]}; "
        "name another one: make PYTHON=python3.12 reports"
    )

import ast
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NoReturn

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.txt"
OWN = ROOT / "own"  # the reader's own notebooks and tables; git ignores it
VENV = ROOT / ".venv"
STAMP = VENV / "set-up"  # written last: without it the set-up was not finished
GUARD = ROOT / ".venv.lock"  # held during set-up; not empty when a set-up was cut short
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

HELP = """\
make reports    render all reports into reports/            python3 bootstrap.py reports
make site       make a static site in site/                 python3 bootstrap.py site
make test       run the tests                               python3 bootstrap.py test
make env        only set up .venv                           python3 bootstrap.py env
make lab        open JupyterLab on the notebooks            python3 bootstrap.py lab
make lint       ruff and mypy                               python3 bootstrap.py lint
make bench      measure how fast reports are rendered       python3 bootstrap.py bench
make lock       write requirements.txt from pyproject.toml  python3 bootstrap.py lock

Each sets up .venv first where that is needed (once, about half a minute).
More arguments: make test ARGS="-k rates"                   python3 bootstrap.py test -k rates
Another Python: make PYTHON=python3.12 reports              python3.12 bootstrap.py reports
On Windows, type py instead of python3."""


def tool(name: str) -> str:
    """A program of the environment."""
    return str(BIN / (f"{name}.exe" if os.name == "nt" else name))


COMMANDS: dict[str, list[list[str]]] = {
    "env": [],
    "reports": [[tool("homicide-trends"), "render", "--out", "reports"]],
    "site": [[tool("homicide-trends"), "site", "--out", "site"]],
    # One worker a core; a file's tests share a worker, so that what it renders is rendered once.
    "test": [[str(PYTHON), "-m", "pytest", "-n", "logical", "--dist", "loadfile"]],
    "lab": [[tool("jupyter-lab")]],
    "lint": [
        [tool("ruff"), "check", "."],
        [tool("ruff"), "format", "--check", "."],
        [tool("mypy")],
    ],
    "bench": [[str(PYTHON), "benchmarks/render.py"]],
    "lock": [
        [tool("uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        + ["--all-extras", "--generate-hashes", "--no-emit-index-url", "--no-annotate"]
        + ["--custom-compile-command", "make lock"]
        + ["--output-file", "requirements.txt", "pyproject.toml"]
    ],
}


def main(arguments: list[str]) -> None:
    """Run the command that the arguments name, after the set-up where that is needed."""
    name, more = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if name in ("help", "-h", "--help"):
        print(HELP)
        return
    if name not in COMMANDS:
        sys.exit(f"no command {name!r}; there are {', '.join(COMMANDS)} and help")
    if more and name in ("env", "lint"):
        sys.exit(f"{name} takes no arguments, was given {' '.join(more)!r}")
    os.chdir(ROOT)
    set_up()
    environment = clean_environment(os.environ)
    strip_notebooks()
    if name == "lab":
        OWN.mkdir(exist_ok=True)
        environment |= lab_settings(os.environ)
    if name == "lock":
        # The main index alone: an extra index may hold the files of one platform only.
        environment |= uv_settings(pip_settings(), os.environ, extra=False)
    run(COMMANDS[name], more, environment)


def lab_settings(given: Mapping[str, str]) -> dict[str, str]:
    """How JupyterLab shows the notebooks: the start page first, and no question to a network."""
    paths = [str(ROOT / "notebooks" / ".jupyter"), given.get("JUPYTER_CONFIG_PATH", "")]
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}


def strip_notebooks() -> None:
    """Have git see notebooks as they are committed, without what running and saving them adds."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        return
    # Git runs a filter from the top of the checkout, which may be moved.
    python = PYTHON.relative_to(ROOT).as_posix()
    wanted = {"clean": f"{python} -m nbstripout --keep-id", "smudge": "cat"}
    volatile = ("version", "codemirror_mode", "file_extension", "mimetype", "nbconvert_exporter")
    keys = [f"metadata.language_info.{key}" for key in (*volatile, "pygments_lexer")]
    wanted["extrakeys"] = " ".join([*keys, "metadata.widgets"])
    config = ["git", "-C", str(ROOT), "config", "--local"]
    for name, value in wanted.items():
        name = f"filter.nbstripout.{name}"
        # What somebody has set stays.
        if subprocess.run([*config, name], capture_output=True, check=False).returncode == 1:
            subprocess.run([*config, name, value], capture_output=True, check=False)


def run(lines: list[list[str]], more: list[str], environment: dict[str, str]) -> None:
    """Run each line; the last one with more arguments and, where that works, in our place."""
    if not lines:
        return
    codes = [subprocess.call(line, env=environment) for line in lines[:-1]]
    last = lines[-1] + more
    if os.name == "posix" and not any(codes):
        os.execve(last[0], last, environment)
    sys.exit(max([*codes, subprocess.call(last, env=environment)]))


# --- set-up ---------------------------------------------------------------------------------


def set_up() -> None:
    """Make .venv unless it stands and fits; a second one at the same time waits."""
    wanted = digest()
    if is_ready(wanted):
        return
    with guard() as state:
        if is_ready(wanted):  # the one we waited for made it
            return
        if VENV.exists() and not STAMP.exists() and not state.read():
            sys.exit(f"{VENV} was not made by this script; move it away and try again")
        refuse_without_ensurepip()
        began = time.monotonic()
        say("setting up .venv (about half a minute, once)")
        state.write(b"unfinished\n")
        state.flush()
        if VENV.exists():
            shutil.rmtree(VENV)
        base = getattr(sys, "_base_executable", sys.executable)
        checked([base, "-m", "venv", str(VENV)], state)
        install(state)
        STAMP.write_text(wanted + "\n", encoding="utf-8")
        state.truncate(0)
        say(f"done in {time.monotonic() - began:.0f} s")


def digest() -> str:
    """What .venv depends on: the lock, the project's own metadata, the Python and the place."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    metadata = [project["build-system"], project["project"], project["tool"]["hatch"]]
    parts = [
        LOCK.read_text(encoding="utf-8"),
        json.dumps(metadata),
        sys.version,
        str(ROOT),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_ready(wanted: str) -> bool:
    """Say whether .venv was finished for this digest and its Python still runs."""
    return (
        STAMP.exists() and STAMP.read_text(encoding="utf-8").strip() == wanted and PYTHON.exists()
    )


@contextlib.contextmanager
def guard() -> Iterator[BinaryIO]:
    """Hold the guard file; the system lets go of it when its last holder ends, however it ends."""
    with GUARD.open("a+b") as state:
        waiting = False
        while not grab(state):
            if not waiting:
                say("waiting for another set-up of this checkout")
            waiting = True
            time.sleep(0.2)
        state.seek(0)
        yield state


if sys.platform == "win32":
    import msvcrt

    def grab(state: BinaryIO) -> bool:
        """Try to lock the file; the byte lies beyond its end, so that it stays readable."""
        state.seek(1 << 20)
        try:
            msvcrt.locking(state.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def grab(state: BinaryIO) -> bool:
        """Try to lock the file."""
        try:
            fcntl.flock(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: go on without
            return True
        return True


def refuse_without_ensurepip() -> None:
    """Name the package that Debian and Ubuntu split off."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"this Python {version} has no ensurepip; "
            f"on Debian and Ubuntu: sudo apt install python{version}-venv"
        )


def install(state: BinaryIO) -> None:
    """Install the lock with uv, or with pip where uv or its index is out of reach."""
    uv_pins, other_pins = split_lock(LOCK.read_text(encoding="utf-8"))
    (VENV / "uv.txt").write_text(uv_pins, encoding="utf-8")
    (VENV / "lock.txt").write_text(other_pins, encoding="utf-8")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    locked = ["--require-hashes", "--requirement"]
    project = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    if run_quietly([*pip, *locked, str(VENV / "uv.txt"), "--only-binary", "uv"], state) is None:
        uv = [tool("uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
        extra = uv_settings(pip_settings(), os.environ, extra=True)
        trouble = run_quietly([*uv, "--no-deps", *locked, str(VENV / "lock.txt")], state, extra)
        if trouble is None:
            checked([*uv, *project], state, extra)
            return
        say(f"uv could not install the lock, pip will (about two minutes):\n{trouble}")
    else:
        say("uv cannot be had here, pip will do it (about two minutes)")
    checked([*pip, *locked, str(VENV / "lock.txt")], state)
    checked([*pip, *project], state)


def split_lock(text: str) -> tuple[str, str]:
    """The lock's lines for uv itself, and all others."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    is_uv = [block.startswith("uv==") for block in blocks]
    if not any(is_uv):
        fail(f"{LOCK.name} has no pin of uv; it should have the line uv==<version>")
    mine = [block for block, uv in zip(blocks, is_uv, strict=True) if uv]
    others = [block for block, uv in zip(blocks, is_uv, strict=True) if not uv]
    return "".join(mine), "".join(others)


# --- the user's package index ---------------------------------------------------------------


def pip_settings() -> dict[str, str]:
    """What pip's files and variables say about where packages are, as pip itself reads them."""
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        env=clean_environment(os.environ),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return read_pip_settings(listed.stdout)


def read_pip_settings(listed: str) -> dict[str, str]:
    """The settings by name; a variable beats the section [install], and that beats [global]."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        match = re.fullmatch(r"(global|install|:env:)\.([a-z-]+)=(.+)", line.strip())
        if match:
            section, name, value = match.groups()
            found[section][name] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def uv_settings(pip: Mapping[str, str], given: Mapping[str, str], *, extra: bool) -> dict[str, str]:
    """Pip's settings as variables for uv, which reads none of pip's; what is given stays."""
    names = {
        "index-url": ["UV_DEFAULT_INDEX"],
        "trusted-host": ["UV_INSECURE_HOST"],
        "cert": ["SSL_CERT_FILE"],
        "proxy": ["HTTP_PROXY", "HTTPS_PROXY"],
    }
    if extra:
        names |= {
            "extra-index-url": ["UV_INDEX"],
            "find-links": ["UV_FIND_LINKS"],
            "no-index": ["UV_NO_INDEX"],
        }
    settings = {
        variable: " ".join(pip[name].split())
        for name in names.keys() & pip
        for variable in names[name]
    }
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = settings["UV_FIND_LINKS"].replace(" ", ",")
    # As pip does, take a version from whichever index has it: every file has to fit a locked hash.
    settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {variable: value for variable, value in settings.items() if variable not in given}


# --- children -------------------------------------------------------------------------------


def clean_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would lead Python or pip out of .venv, or slow them down."""
    leaks = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE"}
    leaks |= {"PIP_TARGET", "PIP_PREFIX", "PIP_REQUIREMENT", "PIP_CONSTRAINT", "CONDA_PREFIX"}
    environment = {name: value for name, value in given.items() if name not in leaks}
    environment["PIP_USER"] = "0"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["VIRTUAL_ENV"] = str(VENV)
    environment["PATH"] = str(BIN) + os.pathsep + given.get("PATH", os.defpath)
    return environment


def run_quietly(
    line: list[str], state: BinaryIO, extra: Mapping[str, str] | None = None
) -> str | None:
    """Run a step of the set-up; its last words if it fails, without addresses (they hold keys)."""
    # A child keeps the guard: if this process is killed, the next one waits for what it left.
    keep = (state.fileno(),) if os.name == "posix" else ()
    done = subprocess.run(
        line,
        env=clean_environment(os.environ) | dict(extra or {}),
        pass_fds=keep,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return None
    words = re.sub(r"\w+://[^\s`'\")]+", "<address>", done.stdout).strip().splitlines()
    return "\n".join(words[-8:]) or f"{Path(line[0]).name} ended with status {done.returncode}"


def checked(line: list[str], state: BinaryIO, extra: Mapping[str, str] | None = None) -> None:
    """Run a step that has to succeed."""
    trouble = run_quietly(line, state, extra)
    if trouble is not None:
        fail(f"the set-up failed in {Path(line[0]).name} {' '.join(line[1:4])}:\n{trouble}")


def say(text: str) -> None:
    """Tell the person in front, apart from the commands' own output."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> NoReturn:
    """End with a message and without a traceback."""
    sys.exit(f"bootstrap: {text}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
