"""YAML files that cannot be used are refused in one line that says where."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from homicide_trends.cli import cli
from homicide_trends.reports.parameters import ParameterError, read_yaml


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: {c: 1, d: 2, c: 3}", "a.yml, line 2, column 4: c stands twice"),
        ("a: 1\na: 2", "a.yml, line 1, column 1: a stands twice"),
        ("a: [1", "a.yml, line 1, column 6: "),
        ("- a", "a.yml: not a mapping of NAME: value"),
        ("a: !!python/object/apply:os.system [x]", "a.yml, line 1, column 4: could not determine"),
        ("a: \0", "a.yml: unacceptable character"),
        ("? [a]\n: 1", "a.yml, line 1"),
        ("a: {<<: {b: 1}}", "a.yml, line 1, column 5: could not determine"),
        ("".join(f"k{number}: 1\n" for number in range(1001)), "more than 1000 names"),
        (f"a: {'x' * 1_000_000}", "a.yml: larger than a million bytes"),
    ],
)
def test_yaml_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "a.yml"
    path.write_text(text)
    with pytest.raises(ParameterError) as caught:
        read_yaml(path)
    (problem,) = caught.value.problems
    assert message in problem
    assert "\n" not in problem


def test_an_empty_yaml_file_gives_no_values(tmp_path: Path) -> None:
    (tmp_path / "a.yml").touch()
    assert read_yaml(tmp_path / "a.yml") == {}


def test_references_within_references_end_in_a_line_at_once(tmp_path: Path) -> None:
    # Nine levels of nine references each stand for 9**9 values.
    levels = ["a0: &a0 [1]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (tmp_path / "a.yml").write_text("\n".join(levels))
    with pytest.raises(ParameterError, match="stands for more than 1000 values"):
        read_yaml(tmp_path / "a.yml")


def test_a_plain_reference_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("a: &x [1, 2]\nb: *x")
    assert read_yaml(tmp_path / "a.yml") == {"a": [1, 2], "b": [1, 2]}


@pytest.mark.parametrize("text", ["a: &a [*a, *a]", "a: &a {b: *a, c: *a}"])
def test_a_reference_to_itself_ends_in_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(ParameterError, match="stands for more than 1000 values"):
        read_yaml(tmp_path / "a.yml")


def test_references_to_empty_lists_are_counted_as_well(tmp_path: Path) -> None:
    levels = ["a0: &a0 []"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (tmp_path / "a.yml").write_text("\n".join(levels))
    with pytest.raises(ParameterError, match="stands for more than 1000 values"):
        read_yaml(tmp_path / "a.yml")


LEVELS = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
MERGED = [f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]" for n in range(1, 10)]
DAYS = ", ".join(f"{2000 + n // 12}-{n % 12 + 1:02}-01" for n in range(63))
HOSTILE = {
    "aliases": "\n".join(["a0: &a0 [1]", *LEVELS]),
    "merged": "\n".join(["m0: &m0 {k: 1}", *MERGED]),
    "keys": "".join(f"k{n}: 1\n" for n in range(20_000)),
    # 63 ** 4 is 15,752,961.
    "combinations": "report: change\nparameters:\n" + "".join(
        f"  {name}: [{DAYS}]\n"
        for name in ("baseline_start", "baseline_end", "window_start", "window_end")),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "words", ["list --data .", "render trend -f a.yml", "render --sweep a.yml"]
)
def test_small_files_that_stand_for_much_end_in_a_line_at_once(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CliRunner()
    assert run.invoke(cli, ["new", str(tmp_path / "mine")]).exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    Path("a.yml").write_text(HOSTILE[name])
    Path("reports.yml").write_text(HOSTILE[name])
    before = time.process_time()
    done = run.invoke(cli, [*words.split(), *(["--out", "out"] if "render" in words else [])])
    assert time.process_time() - before < 2
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.stderr
    if name == "combinations" and "--sweep" in words:
        assert "15,752,961 combinations; at most 20,000 are rendered" in done.stderr
    assert not Path("out").exists()
