"""The demo's sample class: everything is in it, and everybody gets what is due."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from autograder.authoring import source
from autograder.classroom import demo as showing
from autograder.classroom import samples
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import ClassFolder
from autograder.classroom.samples import Sample

pytestmark = [pytest.mark.xdist_group("demo")]


@pytest.fixture
def planned(pristine: Path, lessons: tuple[Path, Path]) -> list[Sample]:
    folder = ClassFolder.open(pristine)
    lesson = source.load("00-try", lessons[0])
    materials = []
    for assignment in folder.assignments.values():
        text = (folder.source / assignment.name / assignment.notebook).read_text()
        materials.append(samples.material(lesson, assignment, json.loads(text)))
    return samples.plan(materials)


def test_every_misconception_is_made_by_somebody(planned: list[Sample]) -> None:
    made = {(exercise, name) for sample in planned for exercise, name in sample.due.items() if name}
    assert made == {("one_hot", "transposed"), ("one_hot", "class count guessed"), ("scale", "adds")}


def test_life_is_in_it(planned: list[Sample]) -> None:
    kinds = {sample.kind for sample in planned}
    assert kinds >= {"right", "right in another way", "crash", "endless loop", "broken file", "cheat", "untouched"}
    assert {sample.assignment.track for sample in planned} == {"pytorch", "tensorflow"}


def test_nobody_hands_in_twice(planned: list[Sample]) -> None:
    pairs = [(sample.student, sample.assignment.name) for sample in planned]
    assert len(set(pairs)) == len(pairs)


def test_the_demo_runs_from_start_to_end(lessons: tuple[Path, Path], tmp_path: Path) -> None:
    screen = Console(file=io.StringIO(), width=160)
    showing.demo(tmp_path / "demo", 2, screen, solutions=lessons[0], generated=lessons[1])
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "got the mark that was due" in text
    assert "In quarantine" in text
    assert (tmp_path / "demo" / "report" / "index.html").is_file()
    assert list((tmp_path / "demo" / "feedback").rglob("*.html"))
    folder = ClassFolder.open(tmp_path / "demo")
    assert showing.compare(folder, [Sample("right", next(iter(folder.assignments.values())), student="nobody")])


def test_only_a_demos_own_folder_is_replaced(tmp_path: Path, lessons: tuple[Path, Path]) -> None:
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(ClassError, match="not empty"):
        showing.demo(tmp_path, 1, Console(file=io.StringIO()), solutions=lessons[0], generated=lessons[1])
    assert (tmp_path / "thesis.txt").read_text() == "years"
