"""`autograder prove`: an author's mistake is told in one line, and a verdict that is not due comes with its reason."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.authoring import source
from autograder.cli import app
from course.probes import PROBES

TINY = Path(__file__).parent / "tiny-lesson"


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one small lesson, in a folder of the test's own."""
    shutil.copytree(TINY, tmp_path / "01-one")
    monkeypatch.setattr(source.names, "__defaults__", (tmp_path,))
    monkeypatch.setattr(source.load, "__defaults__", (tmp_path,))
    return tmp_path / "01-one"


def prove(name: str = "01-one") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["prove", name])
    assert done.exception is None or isinstance(done.exception, SystemExit), "no traceback"
    return done.exit_code, " ".join(done.output.split())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_lesson_that_does_not_exist_is_answered_with_those_that_do(lesson: Path) -> None:
    assert prove("01-two") == (2, "There is no lesson 01-two. There are: 01-one.")


MISTAKES = [
    ("exercises.py", "def cases(rng):", "def cases(rng)", "exercises.py:16: Python: expected ':'"),
    ("known_pytorch.py", "wrong | transposed", "wrong | transpozed", "known_pytorch.py:1: one_hot has no misconception"),
    ("known_pytorch.py", "def one_hot(", "nonsense\n\n\ndef one_hot(", "known_pytorch.py:2: NameError: name 'nonsense'"),
    ("known_pytorch.py", "def one_hot(", "def one_hut(", "known_pytorch.py:2: this answer does not define 'one_hot'"),
    ("pytorch.py", "import torch\n", "import torsh\n", "pytorch.py:4: ModuleNotFoundError: No module named 'torsh'"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), MISTAKES)
def test_an_authors_mistake_names_file_and_line(lesson: Path, name: str, old: str, new: str, message: str) -> None:
    edit(lesson / name, old, new)
    status, output = prove()
    assert status == 1
    assert f"01-one/{message}" in output


REASONS = [
    ("wrong | transposed", "right | transposed", "one_hot, transposed: ✘"),
    ("wrong | transposed", "right | another", "one_hot, transposed: known_pytorch.py has no such answer"),
    ("[:, labels]", "[labels]", "one_hot, transposed: no case tells it from a right answer"),
    ("[:, labels]", "[:, labels] * 2", "one_hot, transposed: wrong, but its result is not its twin's"),
    ("[:, labels]", "[nothing]", "one_hot, transposed: fails unlike its twin: NameError: name 'nothing' is not defined"),
]


@pytest.mark.parametrize(("old", "new", "reason"), REASONS)
def test_a_verdict_that_is_not_due_comes_with_its_reason(lesson: Path, old: str, new: str, reason: str) -> None:
    assert prove()[0] == 0
    edit(lesson / "known_pytorch.py", old, new)
    status, output = prove()
    assert status == 1
    assert f"pytorch, {reason}" in output


def test_every_probe_is_listed_with_what_it_does():
    done = CliRunner().invoke(app, ["probes"])
    assert done.exit_code == 0
    for name, probe in PROBES.items():
        assert name in done.output
        assert len(probe.__doc__.splitlines()[0]) > 20
