"""The set-up script: what it refuses, what it waits for, and how it reads the user's settings."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SCRIPT = CHECKOUT / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in an empty folder instead of the checkout."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("ROOT", "LOCK", "VENV", "STAMP", "GUARD", "BIN", "PYTHON"):
        moved = tmp_path / getattr(module, name).relative_to(CHECKOUT)
        monkeypatch.setattr(module, name, moved)
    for name in ("pyproject.toml", "requirements.txt"):
        (tmp_path / name).write_bytes((CHECKOUT / name).read_bytes())
    return module


def run_script(code: str, folder: Path = CHECKOUT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=False
    )


def test_old_python_is_refused_in_one_line() -> None:
    done = run_script(
        "import sys, runpy; sys.version_info = (3, 10, 13); sys.version = '3.10.13 (main)';"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer, this is 3.10.13" in done.stderr


def test_missing_ensurepip_names_the_debian_package(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    package = f"python3.{sys.version_info.minor}-venv"
    with pytest.raises(SystemExit, match=f"sudo apt install {re.escape(package)}"):
        bootstrap.refuse_without_ensurepip()


def test_environment_made_by_someone_else_is_left_alone(bootstrap: ModuleType) -> None:
    bootstrap.VENV.mkdir()
    (bootstrap.VENV / "theirs").touch()
    with pytest.raises(SystemExit, match="was not made by this script"):
        bootstrap.set_up()
    assert (bootstrap.VENV / "theirs").exists()


def test_cut_short_set_up_starts_afresh_and_the_stamp_comes_last(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.GUARD.write_bytes(b"unfinished\n")
    bootstrap.VENV.mkdir()
    (bootstrap.VENV / "half").touch()
    steps = []
    monkeypatch.setattr(bootstrap, "checked", lambda line, state: steps.append(line[1:3]))

    def install(state: object) -> None:
        assert not bootstrap.STAMP.exists()
        bootstrap.BIN.mkdir(parents=True)
        bootstrap.PYTHON.touch()

    monkeypatch.setattr(bootstrap, "install", install)
    bootstrap.set_up()
    assert steps == [["-m", "venv"]]
    assert not (bootstrap.VENV / "half").exists()
    assert bootstrap.is_ready(bootstrap.digest())
    assert bootstrap.GUARD.read_bytes() == b""
    bootstrap.set_up()  # nothing left to do
    assert len(steps) == 1


def test_stamp_follows_what_the_environment_depends_on(bootstrap: ModuleType) -> None:
    before = bootstrap.digest()
    project = bootstrap.ROOT / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("line-length = 100", "line-length = 99"), encoding="utf-8")
    assert bootstrap.digest() == before
    project.write_text(text.replace('version = "', 'version = "1.'), encoding="utf-8")
    assert bootstrap.digest() != before
    project.write_text(text, encoding="utf-8")
    bootstrap.LOCK.write_text("numpy==2.0.0\n", encoding="utf-8")
    assert bootstrap.digest() != before


HOLD = """
import os, sys
from pathlib import Path
sys.path.insert(0, {checkout!r})
import bootstrap
bootstrap.GUARD = Path({guard!r})
with bootstrap.guard() as state:
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
@pytest.mark.parametrize("end", ["done", "killed"])
def test_second_set_up_waits_for_the_first_however_it_ends(
    bootstrap: ModuleType, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = HOLD.format(checkout=str(CHECKOUT), guard=str(bootstrap.GUARD))
    with subprocess.Popen(
        [sys.executable, "-B", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout
        assert first.stdin
        assert first.stdout.readline() == "held\n"
        with bootstrap.GUARD.open("a+b") as state:
            assert not bootstrap.grab(state)
        end_first = "import os, sys, time; time.sleep(0.5);" + (
            "os.write(1, b'end\\n')" if end == "done" else f"os.kill({first.pid}, 9)"
        )
        with subprocess.Popen([sys.executable, "-c", end_first], stdout=first.stdin):
            began = time.monotonic()
            with bootstrap.guard():
                waited = time.monotonic() - began
    assert waited > 0.3
    assert first.returncode == (0 if end == "done" else -signal.SIGKILL)
    assert "waiting for another set-up" in capsys.readouterr().err


# --- the user's settings --------------------------------------------------------------------

# As `pip config list` prints them; the addresses are those that RFC 2606 keeps for examples.
LISTED = """\
:env:.index-url='https://variable.example/simple'
global.cert='/etc/ssl/company.pem'
global.extra-index-url='\\nhttps://one.example/simple\\nhttps://two.example/simple'
global.find-links='/wheels /more'
global.index-url='https://global.example/simple'
install.index-url='https://install.example/simple'
install.trusted-host='one.example'
freeze.timeout='10'
"""


def test_variables_beat_sections_as_in_pip(bootstrap: ModuleType) -> None:
    settings = bootstrap.read_pip_settings(LISTED)
    assert settings["index-url"] == "https://variable.example/simple"
    without = "".join(LISTED.splitlines(keepends=True)[1:])
    settings = bootstrap.read_pip_settings(without)
    assert settings["index-url"] == "https://install.example/simple"
    assert "timeout" not in settings


def test_uv_is_told_what_pip_knows(bootstrap: ModuleType) -> None:
    pip = bootstrap.read_pip_settings(LISTED)
    assert bootstrap.uv_settings(pip, {}, extra=True) == {
        "UV_DEFAULT_INDEX": "https://variable.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_INSECURE_HOST": "one.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": "/etc/ssl/company.pem",
    }


def test_lock_is_made_from_the_main_index_alone(bootstrap: ModuleType) -> None:
    settings = bootstrap.uv_settings(bootstrap.read_pip_settings(LISTED), {}, extra=False)
    assert "UV_DEFAULT_INDEX" in settings
    assert settings.keys().isdisjoint({"UV_INDEX", "UV_FIND_LINKS"})


def test_what_the_user_told_uv_stays(bootstrap: ModuleType) -> None:
    pip = bootstrap.read_pip_settings(LISTED)
    given = {"UV_DEFAULT_INDEX": "https://mine.example/simple"}
    assert "UV_DEFAULT_INDEX" not in bootstrap.uv_settings(pip, given, extra=True)


def test_children_do_not_inherit_what_leads_out_of_the_environment(bootstrap: ModuleType) -> None:
    given = {"PYTHONPATH": "/x", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin", "LANG": "C"}
    environment = bootstrap.clean_environment(given)
    assert not {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"} & environment.keys()
    assert environment["LANG"] == "C"
    assert environment["PATH"].split(os.pathsep) == [str(bootstrap.BIN), "/bin"]


def test_failing_step_is_told_without_addresses(bootstrap: ModuleType, tmp_path: Path) -> None:
    bootstrap.BIN.mkdir(parents=True)
    script = "import sys; sys.exit('no answer from https://me:key@index.example/simple (404)')"
    with bootstrap.guard() as state:
        told = bootstrap.run_quietly([sys.executable, "-c", script], state)
    assert told == "no answer from <address> (404)"


def test_lock_is_split_between_uv_and_the_rest(bootstrap: ModuleType) -> None:
    text = "# head\nscipy==1 ; os_name == 'nt' \\\n    --hash=a\nuv==2 \\\n    --hash=b\nyarl==3\n"
    mine, others = bootstrap.split_lock(text)
    assert mine == "uv==2 \\\n    --hash=b\n"
    assert others == "scipy==1 ; os_name == 'nt' \\\n    --hash=a\nyarl==3\n"


def test_lock_without_uv_is_refused(bootstrap: ModuleType) -> None:
    with pytest.raises(SystemExit, match="has no pin of uv"):
        bootstrap.split_lock("uvicorn==1\n")


# --- commands -------------------------------------------------------------------------------


def test_unknown_command_names_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "report"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no command 'report'; there are env, reports, site, test")


def test_make_and_the_script_offer_the_same(bootstrap: ModuleType) -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    assert phony
    assert set(phony.group(1).split()) == {"help", *bootstrap.COMMANDS}
    for name in bootstrap.COMMANDS:
        assert f"make {name} " in bootstrap.HELP
        assert f"bootstrap.py {name}\n" in bootstrap.HELP


@pytest.mark.parametrize("given", [[], ["help"], ["--help"]])
def test_help_needs_no_set_up(given: list[str], tmp_path: Path) -> None:
    (tmp_path / "bootstrap.py").write_bytes(SCRIPT.read_bytes())
    done = subprocess.run(
        [sys.executable, "bootstrap.py", *given],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert "make reports" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["bootstrap.py"]


def test_exit_status_is_the_worst(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("a failure before was forgotten"))
    lines = [[sys.executable, "-c", f"raise SystemExit({code})"] for code in (2, 0)]
    with pytest.raises(SystemExit) as ended:
        bootstrap.run(lines, [], dict(os.environ))
    assert ended.value.code == 2


def test_the_lab_is_told_how_to_show_the_notebooks(bootstrap: ModuleType) -> None:
    settings = bootstrap.lab_settings({"JUPYTER_CONFIG_PATH": "theirs"})
    ours, theirs = settings["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert theirs == "theirs"
    folder = CHECKOUT / Path(ours).relative_to(bootstrap.ROOT)
    assert (folder / "jupyter_lab_config.json").is_file()
