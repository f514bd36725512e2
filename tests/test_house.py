"""The house: dependencies stated once, a lock that fits, a wheel that is whole, imports one way."""

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tokenize
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = CHECKOUT / "src" / "homicide_trends"
# Each module of the package, or folder of modules, with its files.
MODULES = {
    path.stem: [path] if path.is_file() else sorted(path.rglob("*.py"))
    for path in PACKAGE.iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
}

# The ground, then the rooms, each of which imports only from those before it.
GROUND = ["refusals", "language", "arguments"]
ROOMS = ["tables", "series", "rates", "methods", "claims", "wording", "display", "reports", "site",
         "cli"]  # fmt: skip
# Imports against that order, each with what has to move before it can go.
UPWARDS = {
    ("methods", "wording"),
}
# Of extras: where they are used, it is said how to install them.
OPTIONAL = {"distributed", "duckdb", "ipywidgets", "wbgapi"}
HEAVY = {"frictionless", "matplotlib", "nbconvert", "papermill", "statsmodels"}
RENDERING = {"jupyterlab", "nbclient", "nbconvert", "nbformat", "papermill"}


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return table


def requirements(project: dict[str, Any]) -> list[Requirement]:
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(line) for each in lists for line in each]


# --- dependencies, stated once --------------------------------------------------------------


def lock_problems(lock: str, wanted: list[Requirement]) -> list[str]:
    """Where the lock and the stated dependencies disagree, or a pin has no hash."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    pins: dict[str, list[Version]] = {}
    found = []
    for block in blocks:
        name, _, version = re.split(r"[ ;\\]", block, maxsplit=1)[0].partition("==")
        pins.setdefault(canonicalize_name(name), []).append(Version(version))
        if "--hash=sha256:" not in block:
            found.append(f"{name}: no hash")
    for requirement in wanted:
        versions = pins.get(canonicalize_name(requirement.name))
        if versions is None:
            found.append(f"{requirement.name}: not in the lock")
        elif not all(requirement.specifier.contains(version) for version in versions):
            found.append(f"{requirement}: the lock has {', '.join(map(str, versions))}")
    return found


def test_lock_fits_the_stated_dependencies(project: dict[str, Any]) -> None:
    assert lock_problems(read("requirements.txt"), requirements(project)) == []


@pytest.mark.parametrize(
    ("lock", "problem"),
    [
        ("numpy==2.1.0 \\\n    --hash=sha256:0\n", []),
        ("numpy==1.26.4 \\\n    --hash=sha256:0\n", ["numpy>=2.0: the lock has 1.26.4"]),
        ("numpy==2.1.0\n", ["numpy: no hash"]),
        ("numpydoc==2.1.0 \\\n    --hash=sha256:0\n", ["numpy: not in the lock"]),
    ],
)
def test_lock_that_does_not_fit_is_found(lock: str, problem: list[str]) -> None:
    assert lock_problems(lock, [Requirement("numpy>=2.0")]) == problem


@pytest.mark.parametrize(
    "name", ["requirements.txt", "pyproject.toml", "environment.yml", "Makefile", ".ci/run"]
)
def test_no_address_is_written_down(name: str) -> None:
    assert "://" not in read(name)


# What a package is called on conda-forge where that is not its own name.
CONDA = {
    "duckdb": "python-duckdb",
    "jupyter-client": "jupyter_client",
    "lazy-loader": "lazy_loader",
}


def conda_lines(project: dict[str, Any]) -> list[str]:
    """What environment.yml lists after Python: what the reports, JupyterLab and the build need."""
    extras = project["optional-dependencies"]
    build = [
        line for line in extras["test"] if Requirement(line).name in {"editables", "hatchling"}
    ]
    wanted = map(Requirement, [*project["dependencies"], *extras["lab"], *build])
    named = [f"{CONDA.get(each.name, each.name)} {each.specifier}" for each in wanted]
    return [*sorted(named), "pip"]


def environment_problems(text: str, project: dict[str, Any]) -> list[str]:
    """Where environment.yml departs from pyproject.toml, line by line."""
    environment = yaml.safe_load(text)
    python, *others = environment["dependencies"]
    found = []
    if environment["channels"] != ["conda-forge"]:
        found.append(f"channels {environment['channels']}")
    # Binder reads this spelling alone and silently takes an old Python for any other.
    version = re.fullmatch(r"python =(3\.\d+)", str(python))
    if not version:
        found.append(f"{python}: should read python =3.N")
    elif not Requirement("x" + project["requires-python"]).specifier.contains(version.group(1)):
        found.append(f"{python}: not {project['requires-python']}")
    wanted = conda_lines(project)
    found += [f"{line}: missing" for line in wanted if line not in others]
    found += [f"{line}: not in pyproject.toml" for line in others if line not in wanted]
    return found


def test_the_environment_for_conda_is_in_step(project: dict[str, Any]) -> None:
    assert environment_problems(read("environment.yml"), project) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("python =3.12", "python>=3.12"),
        ("python =3.12", "python =3.10"),
        ("  - pip\n", ""),
        ("numpy >=", "numpy >=9."),
        ("  - pip\n", "  - pip\n  - polars\n"),
        ("conda-forge", "defaults"),
    ],
)
def test_mistake_in_the_conda_file_is_found(
    right: str, wrong: str, project: dict[str, Any]
) -> None:
    text = read("environment.yml")
    assert right in text
    assert environment_problems(text.replace(right, wrong, 1), project)


def imported_by(path: Path) -> set[str]:
    """Top-level names of everything that a file imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def undeclared(names: set[str], lists: list[list[str]], own: set[str]) -> set[str]:
    """Which of the imported names no stated dependency accounts for."""
    stated = {canonicalize_name(Requirement(line).name) for each in lists for line in each}
    owners = packages_distributions()
    return {
        name
        for name in names - own - sys.stdlib_module_names
        if not stated & {canonicalize_name(owner) for owner in owners.get(name, [])}
    }


def test_library_imports_only_what_it_declares(project: dict[str, Any]) -> None:
    names = set().union(*map(imported_by, PACKAGE.rglob("*.py")))
    declared = undeclared(names, [project["dependencies"]], own={"homicide_trends", *OPTIONAL})
    assert declared == set()
    extras = project["optional-dependencies"]
    assert undeclared(OPTIONAL, list(extras.values()), own=set()) == set()


def test_nothing_is_declared_that_the_library_does_not_use(project: dict[str, Any]) -> None:
    names = set().union(*map(imported_by, PACKAGE.rglob("*.py")))
    owners = packages_distributions()
    used = {canonicalize_name(owner) for name in names for owner in owners.get(name, [])}
    used.add("ipykernel")  # started by its name, for every notebook
    assert {Requirement(line).name for line in project["dependencies"]} - used == set()


def test_tests_import_only_what_is_declared(project: dict[str, Any]) -> None:
    paths = list((CHECKOUT / "tests").rglob("*.py"))
    own = {"homicide_trends", *(path.stem for path in paths)}
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    assert undeclared(set().union(*map(imported_by, paths)), lists, own) == set()


# --- one direction of imports ---------------------------------------------------------------


def own_imports(path: Path) -> set[str]:
    """The package's rooms that a file imports when it runs, at any depth of its code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    here = ["homicide_trends", *path.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) + 1 - node.level] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{start}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in found if name.startswith("homicide_trends.")]
    return {names[1] for names in parts if names[1] in MODULES}


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    return {name: set().union(*map(own_imports, paths)) - {name} for name, paths in MODULES.items()}


def test_every_module_has_its_room() -> None:
    assert sorted([*GROUND, *ROOMS, "__init__", "__main__"]) == sorted(MODULES)


def test_a_room_imports_only_from_the_rooms_below(graph: dict[str, set[str]]) -> None:
    order = [*GROUND, *ROOMS]
    upwards = {
        (name, other)
        for name in order
        for other in graph[name] & set(order)
        if order.index(other) > order.index(name)
    }
    assert upwards == UPWARDS


def drawing(graph: dict[str, set[str]]) -> str:
    """The rooms and what they import, as a diagram that code hosts draw and people can read."""
    lines = [
        f"  {name} --> {' & '.join(other for other in ROOMS if other in graph[name])}"
        for name in ROOMS
        if graph[name] & set(ROOMS)
    ]
    return "\n".join(["```mermaid", "flowchart BT", *lines, "```", ""])


def test_the_page_on_architecture_draws_the_rooms_as_they_are(graph: dict[str, set[str]]) -> None:
    page = read("docs/architecture.md")
    drawn = page.partition("<!-- rooms -->\n")[2].partition("<!-- end of rooms -->")[0]
    assert drawn == drawing(graph)
    assert len(page.splitlines()) <= 80


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_every_statistical_module_loads_nothing_heavy() -> None:
    rooms = ("series", "rates", "methods")
    paths = [path for room in rooms for path in (PACKAGE / room).glob("[!_]*.py")]
    names = ", ".join(sorted(f"homicide_trends.{path.parent.name}.{path.stem}" for path in paths))
    assert not loaded_after(f"import {names}") & (HEAVY | {"scipy.stats"})


def test_the_library_works_without_the_tools_that_render() -> None:
    rooms = ("tables", "series", "rates", "methods", "claims", "wording", "display")
    paths = [path for room in rooms for path in (PACKAGE / room).glob("[!_]*.py")]
    names = ", ".join(sorted(f"homicide_trends.{path.parent.name}.{path.stem}" for path in paths))
    assert not loaded_after(f"import {names}") & RENDERING


def unstable_sorts(code: str) -> list[str]:
    """Sorts by one key that leave the order of equal rows to the machine."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"sort_values", "argsort"}
        and not any(each.arg == "kind" and "stable" in ast.unparse(each) for each in node.keywords)
        and not (node.args and isinstance(node.args[0], ast.List) and len(node.args[0].elts) > 1)
    ]


def test_equal_rows_keep_their_order_on_every_machine() -> None:
    # By one key, pandas sorts as numpy does by default: equal rows as the processor likes it.
    assert unstable_sorts('a.sort_values("x")') == ["a.sort_values('x')"]
    assert unstable_sorts('a.sort_values("x", kind="stable").sort_values(["x", "y"])') == []
    cells = [
        "".join(cell["source"])
        for path in (CHECKOUT / "notebooks").glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    codes = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    assert [found for code in codes + cells for found in unstable_sorts(code)] == []


def test_names_say_what_a_module_does() -> None:
    vague = {"common", "config", "core", "helpers", "misc", "models", "utils"}
    assert not vague & {path.stem for path in PACKAGE.rglob("*")}


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_identifiers_are_plain_ascii(folder: str) -> None:
    found = [
        f"{path.name}:{token.start[0]} {token.string}"
        for path in (CHECKOUT / folder).rglob("*.py")
        for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline)
        if token.type == tokenize.NAME and not token.string.isascii()
    ]
    assert found == []


# --- what is handed over --------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    return folder


def shipped_files() -> set[str]:
    listed = [*(CHECKOUT / "data").iterdir(), *(CHECKOUT / "notebooks").glob("*.[iy]*")]
    kept = [path for path in listed if path.is_file()]  # JupyterLab leaves folders of its own
    return {f"homicide_trends/_shipped/{path.parent.name}/{path.name}" for path in kept}


def test_wheel_carries_tables_notebooks_and_templates(built: Path) -> None:
    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    assert shipped_files() <= names
    templates = {path for path in PACKAGE.rglob("templates/*") if path.is_file()}
    catalogues = set(PACKAGE.glob("locale/*/*.po"))
    assert templates
    assert catalogues
    templates |= catalogues
    assert {path.relative_to(CHECKOUT / "src").as_posix() for path in templates} <= names
    assert not [name for name in names if "checkpoint" in name or "__pycache__" in name]
    tops = {name.partition("/")[0] for name in names}
    assert {re.sub(r"-[\d.]+\.dist-info", "", name) for name in tops} == {"homicide_trends"}


def test_wheel_works_without_the_checkout(built: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(next(built.glob("*.whl"))).extractall(tmp_path / "site")
    code = (
        "import homicide_trends as ht; from homicide_trends.tables.load import shipped;"
        "print(ht.__file__, shipped('data'), shipped('notebooks'), sep='\\n');"
        "assert len(ht.load_sources()) > 0"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    places = [Path(line) for line in done.stdout.split("\n")[:3]]
    assert all(place.is_relative_to(tmp_path / "site") for place in places)
    listed = subprocess.run(
        [sys.executable, "-m", "homicide_trends", "list"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "01-figures.ipynb" in listed.stdout, listed.stderr


def test_sdist_carries_what_the_tests_and_the_set_up_need(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "README.md",
        "README.es.md",
        "LICENSE",
        "bootstrap.py",
        "Makefile",
        "requirements.txt",
    }
    wanted |= {"tests/test_house.py", "data/counts.csv", "reports/README.md"}
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", ".git/", "reports/index"))]


def test_versions_agree(project: dict[str, Any]) -> None:
    from homicide_trends import __version__

    citation = yaml.safe_load(read("CITATION.cff"))
    assert project["version"] == __version__ == citation["version"]
    assert f"\n## {project['version']}" in read("CHANGELOG.md")
    assert project["license"] == citation["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License")


def test_citation_has_what_the_format_requires() -> None:
    # Citation File Format 1.2.0, section "Valid keys": the required ones.
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"authors", "cff-version", "message", "title"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"


def test_changes_are_sorted_by_what_they_touch() -> None:
    for release in read("CHANGELOG.md").split("\n## ")[1:]:
        sections = re.findall(r"^### (.+)$", release, flags=re.MULTILINE)
        assert sections == ["Data", "Methods", "Findings", "Code"], release.partition("\n")[0]


@pytest.mark.skipif(
    not (shutil.which("git") and (CHECKOUT / ".git").exists()), reason="not a git checkout"
)
@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("reports/index.html", True),
        ("reports/trend.ipynb", True),
        ("reports/failed/trend.ipynb", True),
        ("reports/README.md", False),
        ("reports/readme-figure.svg", False),
        ("src/homicide_trends/reports/__init__.py", False),
        (".venv/bin/python", True),
        (".venv.lock", True),
        ("notebooks/.ipynb_checkpoints/01-figures-checkpoint.ipynb", True),
        ("notebooks/01-figures.ipynb", False),
        ("data/counts.csv", False),
    ],
)
def test_git_ignores_what_is_rendered_and_made(path: str, ignored: bool) -> None:
    done = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=CHECKOUT)
    assert done.returncode == (0 if ignored else 1)


# What builds, renders and earlier runs leave in a checkout.
NOT_OURS = {"__pycache__", "build", "dist", "own", "site"}


def test_the_tree_in_the_readme_is_the_tree() -> None:
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", read("README.md"), flags=re.MULTILINE | re.DOTALL)
    trees = [block for block in blocks if "pyproject.toml" in block]
    assert len(trees) == 1, "README.md should have one block with the annotated tree"
    paths = re.findall(r"^(\S+)|; (\S+):", trees[0], flags=re.MULTILINE)
    paths = ["".join(path) for path in paths]
    assert [path for path in paths if not (CHECKOUT / path).exists()] == []
    shown = {path.partition("/")[0] for path in paths}
    tracked = {
        path.name
        for path in CHECKOUT.iterdir()
        if not path.name.startswith(".") and path.name not in NOT_OURS
    }
    assert tracked <= shown
