"""The built wheel, installed by pip into an empty environment, in a folder far from the checkout.

Nothing is downloaded: what the wheel requires is found in the environment of the tests, which the
new one is told of by a path file; pip compares versions as it does with any installation.
"""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
BIN = "Scripts" if os.name == "nt" else "bin"

NOTEBOOK = """
import homicide_trends as ht
from homicide_trends import rates, series

months = ht.monthly_series("SLV", start="2011-01-01", end="2012-12-31")
pair = series.compare(months, baseline=("2011-01-01", "2011-12-31"),
                       window=("2012-01-01", "2012-12-31"))
change = rates.percent_change(pair)
print(ht.__file__)
print(round(float(change["percent_change"].iloc[0]), 1))
"""

ASKED = """
import json, sys
from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name="python3")

client.execute("import homicide_trends as ht", reply=True, timeout=120)
client.execute("from homicide_trends import rates", reply=True, timeout=120)
found = {}
for code in json.loads(sys.argv[1]):
    if code.endswith("("):
        said = client.inspect(code, reply=True, timeout=120)["content"]
        found[code] = said["data"].get("text/plain", "")
    else:
        said = client.complete(code, reply=True, timeout=120)["content"]
        found[code] = said["matches"]
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an empty environment into which pip has installed the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "--directory", folder,
        cwd=CHECKOUT)  # fmt: skip
    venv.create(folder / "empty", with_pip=True, symlinks=os.name != "nt")
    found = folder / "empty" / BIN / "python"
    own = run(found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(own) / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (wheel,) = folder.glob("*.whl")
    run(found, "-m", "pip", "install", "--no-index", "--disable-pip-version-check",
        "--ignore-installed", "--no-deps", wheel)  # fmt: skip
    run(found, "-m", "pip", "check", cwd=folder)
    return found


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside the checkout, and no setting that leads into it."""
    for name in ("PYTHONPATH", "HOMICIDE_TRENDS_DATA", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: object, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_notebook_in_another_folder_uses_tables_and_functions(
    python: Path, elsewhere: Path
) -> None:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [],
            "execution_count": None, "source": NOTEBOOK}  # fmt: skip
    book: dict[str, Any] = {"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    (elsewhere / "mine.ipynb").write_text(json.dumps(book), encoding="utf-8")
    run(python, "-m", "papermill", "mine.ipynb", "ran.ipynb", "-k", "python3", "--no-progress-bar")
    ran = json.loads((elsewhere / "ran.ipynb").read_text(encoding="utf-8"))
    place, change = "".join(ran["cells"][0]["outputs"][0]["text"]).split()
    assert Path(place).is_relative_to(python.parents[1])
    # 2,576 deaths of 6,113,975 people in 366 days against 4,371 of 6,090,127 in 365: -41.3 %.
    assert change == "-41.3"


def test_reports_are_rendered_without_the_checkout(python: Path, elsewhere: Path) -> None:
    command = python.parent / "homicide-trends"
    run(command, "render", "change", "--out", "out")
    record = json.loads((elsewhere / "out" / "findings" / "change.json").read_text("utf-8"))
    assert record["findings"]
    assert str(CHECKOUT) not in (elsewhere / "out" / "change.html").read_text(encoding="utf-8")


def test_tab_and_shift_tab_say_what_there_is_and_what_it_needs(
    python: Path, elsewhere: Path
) -> None:
    asked = ["ht.mon", "ht.load_", "rates.", "ht.monthly_series(", "rates.percent_change("]
    found = json.loads(run(python, "-c", ASKED, json.dumps(asked)))
    assert [name.rpartition(".")[2] for name in found["ht.mon"]] == ["monthly_series"]
    assert len(found["ht.load_"]) >= 8
    offered = {name.rpartition(".")[2] for name in found["rates."]}
    assert {"crude_rate", "percent_change", "rate_ratio"} <= offered
    for call, words in {
        "ht.monthly_series(": ["start", "agency", "Raises", ">>>"],
        "rates.percent_change(": ["conf", "percent_change_lower", ">>>"],
    }.items():
        assert [word for word in words if word not in found[call]] == [], found[call]
