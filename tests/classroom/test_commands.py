"""What an instructor types, and is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import answered, fake_engine, hand_in
from typer.testing import CliRunner

from autograder.authoring.source import ROOT
from autograder.classroom import create as creating
from autograder.classroom import grade as grading
from autograder.classroom import gradebook
from autograder.classroom.folder import ClassFolder
from autograder.cli import app


def type_in(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "execute", lambda works, workers, unfenced: fake_engine(works, workers))


@pytest.mark.usefixtures("quick")
def test_a_graded_class_ends_well(folder: ClassFolder, blank: dict[str, Any]) -> None:
    hand_in(folder, "ana", answered(blank))
    done = type_in("grade", folder.root, "--all")
    assert done.exit_code == 0, done.output
    assert "ana" in done.output
    assert "5 of 5" in done.output
    assert "autograder report" in done.output
    again = type_in("grade", folder.root, "00-try-pytorch")
    assert "1 unchanged" in again.output
    shown = type_in("report", folder.root)
    assert shown.exit_code == 0, shown.output
    assert "100%" in shown.output
    assert "index.html" in shown.output


@pytest.mark.usefixtures("quick")
def test_quarantine_makes_the_exit_status(folder: ClassFolder) -> None:
    hand_in(folder, "ana", b"{")
    done = type_in("grade", folder.root, "--all")
    assert done.exit_code == 1
    assert "cut off" in done.output
    assert "each needs a person" in done.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade"], "this class has"),
        (["grade", "--all", "00-try-pytorch"], "this class has"),
        (["grade", "99-none"], "has no assignment 99-none"),
    ],
)
def test_what_is_missing_is_named(folder: ClassFolder, arguments: list[str], words: str) -> None:
    done = type_in(arguments[0], folder.root, *arguments[1:])
    assert done.exit_code == 2
    assert words in done.output.lower().replace("\n", " ") or words in done.output
    assert "Traceback" not in done.output


def test_a_new_class_says_whom_it_holds(folder: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creating, "create", lambda *_, **__: folder)
    assert "no students yet" in type_in("new-class", "x").output
    gradebook.add_students(folder, [{"id": "ana", "first_name": "Ana", "email": ""}, {"id": "bob"}])
    assert "Students: 2. There are no last names and no e-mail addresses" in type_in("new-class", "x").output


def test_a_folder_in_the_repository_is_refused(tmp_path: Path) -> None:
    done = type_in("new-class", ROOT / "build" / "class")
    assert done.exit_code == 2
    assert "repository" in done.output
    assert type_in("grade", tmp_path, "--all").exit_code == 2


def test_a_disk_that_is_full_is_said_in_words(folder: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(grading, "grade", full)
    done = type_in("grade", folder.root, "--all")
    assert done.exit_code == 2
    assert "No space left" in done.output


def test_who_stops_it_is_told_that_nothing_is_lost(folder: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grading, "grade", stopped)
    done = type_in("grade", folder.root, "--all")
    assert done.exit_code == 130
    assert "goes on with the rest" in done.output


def test_the_command_line_is_light() -> None:
    heavy = "{'torch', 'tensorflow', 'nbgrader', 'matplotlib', 'numpy', 'nbformat', 'sqlalchemy'}"
    code = f"import sys, autograder.cli; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"


def test_grading_starts_a_framework_before_it_imports_nbgrader() -> None:
    """Each takes seconds, and together they take no longer than one: as long as nothing imports nbgrader too early."""
    heavy = "{'nbgrader', 'nbconvert', 'sqlalchemy', 'matplotlib'}"
    code = f"import sys, autograder.classroom.grade; print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"
