"""JupyterLab as `make lab` starts it, in a real browser: start page, Run All, sliders, no network.

One server and one page for all tests of this module. Each notebook runs with its own defaults. A
test that fails leaves a picture in pytest's cache and names it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from browser import executable

from homicide_trends import load_places

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CHECKOUT = Path(__file__).resolve().parents[1]
NOTEBOOKS = CHECKOUT / "notebooks"
NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
LONGEST = 240  # seconds that a notebook may take before the test gives up

RUN_ALL = """
async ([path, seconds]) => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute("docmanager:open", {path, factory: "Notebook"});
  const late = new Promise((_, no) => setTimeout(() => no(new Error("too slow")), 1000 * seconds));
  const idle = async () => {
    await panel.context.ready;
    await panel.sessionContext.ready;
    // A run that is asked for before the kernel is idle silently runs nothing.
    while (panel.sessionContext.session?.kernel?.status !== "idle")
      await new Promise(done => setTimeout(done, 100));
  };
  await Promise.race([idle(), late]);
  app.shell.activateById(panel.id);
  await Promise.race([app.commands.execute("notebook:run-all-cells"), late]);
  await Promise.race([idle(), late]);
  return [...panel.content.model.cells].filter(cell => cell.type === "code").map(cell => ({
    id: cell.id, count: cell.executionCount, outputs: cell.outputs.toJSON(),
  }));
}
"""
OPEN = "path => window.jupyterapp.commands.execute('docmanager:open', {path}).then(() => null)"
CLOSE = """
async (path) => {
  const app = window.jupyterapp;
  const panel = await app.commands.execute("docmanager:open", {path});
  await panel.sessionContext?.shutdown();
  await panel.context.save();
  panel.close();
}
"""


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a copy of the notebooks: JupyterLab saves into them."""
    root = tmp_path_factory.mktemp("lab") / "checkout"
    folder = shutil.copytree(NOTEBOOKS, root / "notebooks")
    for name in ("data", "docs"):
        shutil.copytree(CHECKOUT / name, root / name)
    for name in NAMES:
        text = (folder / name).read_text(encoding="utf-8")
        # To save time: fewer simulated series, as anyone would change a parameter.
        for parameter, number in {"runs": 20, "permutations": 99}.items():
            text = re.sub(rf"(?m)^(\s*\"{parameter}: int = )\d+", rf"\g<1>{number}", text)
        (folder / name).write_text(text, encoding="utf-8")
    return Path(folder)


@pytest.fixture(scope="module")
def address(lab_folder: Path) -> Iterator[str]:
    """A JupyterLab with settings of its own."""
    executable()  # without a browser there is no need of a server
    folder = lab_folder.parents[1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    own += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    environment = {**os.environ, **{name: str(folder / name) for name in own}}
    environment["JUPYTER_CONFIG_PATH"] = str(NOTEBOOKS / ".jupyter")  # as bootstrap.py does
    environment.pop("MPLBACKEND", None)
    log = folder / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", str(lab_folder.parent), "--no-browser"]
            + ["--allow-root", f"--port={port}", "--ServerApp.port_retries=0"]
            + ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"],
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended:\n{log.read_text()[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}/api", timeout=5).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def outside() -> list[str]:
    """Addresses that were asked for and are not the server's."""
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, address: str, outside: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)

    def refuse(route: Any) -> None:
        outside.append(route.request.url)
        route.abort()

    context.route(
        lambda url: not url.startswith((address, "data:", "blob:", "about:")),
        refuse,
    )
    shown = context.new_page()
    shown.set_default_timeout(120_000)
    shown.goto(address)
    shown.wait_for_function("window.jupyterapp?.restored")
    shown.evaluate("window.jupyterapp.restored.then(() => true)")
    yield shown
    context.close()


@contextmanager
def pictured(page: Page, request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep what the browser shows when something in here fails."""
    try:
        yield
    except BaseException as error:
        name = re.sub(r"\W+", "-", request.node.name).strip("-")
        path = request.config.cache.mkdir("lab") / f"{name}.png"
        page.screenshot(path=path)
        error.add_note(f"what the browser showed: {path}")
        raise


def failures(cells: list[dict[str, Any]]) -> list[str]:
    """What went wrong in the cells of a notebook that was run."""
    found = [f"{cell['id']}: not run" for cell in cells if not cell["count"]]
    for cell in cells:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                found.append(f"{cell['id']}: {output['ename']}: {output['evalue']}")
            elif output.get("name") == "stderr":
                found.append(f"{cell['id']}: {output['text']}")
    return found


def test_the_start_page_is_shown_and_says_what_each_notebook_answers(
    page: Page, request: pytest.FixtureRequest
) -> None:
    with pictured(page, request):
        preview = page.locator(".jp-MarkdownViewer")
        preview.locator("h1", has_text="Start here").wait_for()
        rows = preview.locator("tbody tr")
        assert rows.count() == len(NAMES)
        assert page.locator(".Notification").count() == 0
        assert page.locator(".jp-Dialog").count() == 0
        rows.nth(1).locator("a").click()
        page.locator(".jp-NotebookPanel h1", has_text="What do the texts say").wait_for()
        page.evaluate(CLOSE, f"notebooks/{NAMES[1]}")


def test_tables_and_docs_open_from_the_start_page(
    page: Page, request: pytest.FixtureRequest
) -> None:
    with pictured(page, request):
        page.evaluate(OPEN, "data/sources.csv")
        page.locator(".jp-CSVViewer").wait_for()
        page.evaluate(CLOSE, "data/sources.csv")


def test_the_first_tab_after_the_package_answers(
    page: Page, request: pytest.FixtureRequest, lab_folder: Path
) -> None:
    new = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import homicide_trends as ht")],
        # Without a kernel's name JupyterLab asks for one.
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(new, lab_folder / "first.ipynb")
    with pictured(page, request):
        page.evaluate(RUN_ALL, ["notebooks/first.ipynb", LONGEST])
        page.evaluate("window.jupyterapp.commands.execute('notebook:insert-cell-below')")
        page.locator(".jp-Notebook .jp-CodeCell .cm-content").last.click()
        page.keyboard.type("ht.load_c")
        page.keyboard.press("Tab")
        # One name fits and is filled in, or a list is shown.
        page.wait_for_function(
            "() => document.querySelector('.jp-Completer:not([hidden])')?.innerText"
            ".includes('load_counts') || [...document.querySelectorAll('.cm-content')]"
            ".some(each => each.innerText.includes('ht.load_counts'))"
        )
        page.evaluate(CLOSE, "notebooks/first.ipynb")


@pytest.mark.parametrize("name", ["00-explore.ipynb", "03-change.ipynb", "07-claim.ipynb"])
def test_run_all_runs_the_notebook(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    """One of each kind: a panel to move, tables and figures, drawings of a claim.

    That all of them run is for ``test_notebooks_run``, that a kernel does the same as what runs
    them there for ``test_engine``.
    """
    with pictured(page, request):
        cells = page.evaluate(RUN_ALL, [f"notebooks/{name}", LONGEST])
        assert cells
        assert failures(cells) == []
        shown = [cell for cell in cells if cell["outputs"]]
        assert len(shown) >= 2
        if name == "00-explore.ipynb":
            explore(page)
        page.evaluate(CLOSE, f"notebooks/{name}")


def explore(page: Page) -> None:
    """Move a slider with the keyboard, and read what has changed and what has not."""
    result = page.locator(".explored")
    result.wait_for()
    before = result.inner_text()
    assert "-p window_end 2013-11-30" in before
    handles = page.locator(".jp-OutputArea .noUi-handle:visible")
    handles.last.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "() => document.querySelector('.explored').innerText.includes('-p window_end 2013-10-31')"
    )
    after = result.inner_text()
    assert "9 March 2012 to 31 October 2013" in after
    assert number(after) != number(before)
    verdict = "Only if the ten weeks before are normal"
    assert verdict in before
    assert verdict in after


def number(text: str) -> float:
    """The deaths fewer that a result states."""
    found = re.search(r"([\d,]+) fewer", text)
    assert found, text
    return float(found.group(1).replace(",", ""))


def test_a_cell_that_fails_is_noticed(
    page: Page, request: pytest.FixtureRequest, lab_folder: Path
) -> None:
    notebook = json.loads((NOTEBOOKS / NAMES[1]).read_text(encoding="utf-8"))
    notebook["cells"] = [
        {"id": "bad", "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
         "source": "import homicide_trends as ht\nht.place_name('SVL')"}
    ]  # fmt: skip
    (lab_folder / "bad.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pictured(page, request):
        cells = page.evaluate(RUN_ALL, ["notebooks/bad.ipynb", LONGEST])
        assert failures(cells) == [
            "bad: DataError: no place 'SVL'; did you mean 'SLV'? there are "
            + ", ".join(sorted(load_places()["place"])[:30]) + ", ... in places.csv"
        ]  # fmt: skip
        # One line, and no traceback.
        assert len(cells[0]["outputs"][0]["traceback"]) == 1
        page.evaluate(CLOSE, "notebooks/bad.ipynb")


def test_nothing_was_asked_of_a_network(page: Page, outside: list[str]) -> None:
    page.wait_for_timeout(200)
    assert outside == []
