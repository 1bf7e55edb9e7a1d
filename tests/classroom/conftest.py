"""A small class to test with: one lesson of two exercises in both tracks, and an engine that needs no process."""

from __future__ import annotations

import contextlib
import copy
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring import build
from autograder.classroom.create import create
from autograder.classroom.folder import ClassFolder
from autograder.engine.work import FAILED, OK, Outcome, RunStep, StepResult, Work
from course import frameworks
from course.codec import decode
from course.probes import observe

LESSON = Path(__file__).parent / "lesson"
RIGHT = {
    "one_hot": "def one_hot(labels, num_classes):\n    return torch.eye(num_classes)[labels]",
    "scale": "def scale(x, factor):\n    return factor * x",
}
TRANSPOSED = "def one_hot(labels, num_classes):\n    return torch.eye(num_classes)[:, labels]"

Notebook = dict[str, Any]


@pytest.fixture(scope="session")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The lesson's source and what is generated from it."""
    base = tmp_path_factory.mktemp("course")
    shutil.copytree(LESSON, base / "solutions")
    build.write(build.build(None, base / "solutions", base / "lessons"))
    return base / "solutions", base / "lessons"


@pytest.fixture(scope="session")
def pristine(lessons: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class folder as new-class makes it."""
    solutions, generated = lessons
    return create(tmp_path_factory.mktemp("pristine") / "class", solutions=solutions, generated=generated).root


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> ClassFolder:
    """A class folder of the test's own."""
    return ClassFolder.open(Path(shutil.copytree(pristine, tmp_path / "class")))


@pytest.fixture
def blank(lessons: tuple[Path, Path]) -> Notebook:
    """The student's PyTorch notebook, nothing answered."""
    return json.loads((lessons[1] / "00-try" / "pytorch.ipynb").read_text(encoding="utf-8"))


def cell(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """The cell with nbgrader's id."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def answered(blank: Notebook, answers: dict[str, str] = RIGHT) -> Notebook:
    """A copy of the notebook with answers in it."""
    notebook = copy.deepcopy(blank)
    for name, source in answers.items():
        cell(notebook, name)["source"] = source
    return notebook


def hand_in(
    folder: ClassFolder, student: str, content: Notebook | str | bytes, name: str = "pytorch.ipynb", track: str = "pytorch"
) -> Path:
    """Put a file into submitted/STUDENT/00-try-TRACK/."""
    path = folder.submitted / student / f"00-try-{track}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """All files below a folder, with times and content: equal when nothing was touched."""
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def fake_engine(works: list[Work], workers: int) -> Iterator[Outcome]:
    """Runs work in this very process: for the tests' own answers only."""
    for work in works:
        yield Outcome(work.submission, run_steps(work))


def run_steps(work: Work) -> list[StepResult]:
    """The steps of one work, without limits or fences: cells first and then the probes, as the engine does."""
    names: dict[str, Any] = {}
    results, places = {}, {}
    for number, step in enumerate(work.steps):
        if isinstance(step, RunStep):
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed):
                    exec(compile(step.source, "<cell>", "exec"), names)
                status, reason = OK, ""
            except Exception as error:
                status, reason = FAILED, str(error)
            shown = [{"output_type": "stream", "name": "stdout", "text": printed.getvalue()}] if printed.getvalue() else []
            results[number] = StepResult(step.cell_id, status, shown, reason=reason)
        else:
            places[number] = (step, names.get(step.name))
    for number, (step, answer) in places.items():
        cases = [decode(case) for case in step.cases]
        seen = observe(step.probe, answer, cases, frameworks.get(work.track), step.options)
        results[number] = StepResult(step.cell_id, OK, observations=seen)
    return [results[number] for number in range(len(work.steps))]


class CountingEngine:
    """The fake engine, counting what it was given; `fault` makes it fail for some submissions."""

    def __init__(self, fault: Callable[[str], str] = lambda submission: "") -> None:
        self.ran: list[str] = []
        self.fault = fault

    def __call__(self, works: list[Work], workers: int) -> Iterator[Outcome]:
        for work in works:
            self.ran.append(work.submission)
            if problem := self.fault(work.submission):
                yield Outcome(work.submission, [], fault=problem)
            else:
                yield Outcome(work.submission, run_steps(work))
