"""Assignments that are none of Tandem's lessons, made by hand and handed out by nbgrader."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.classroom import gradebook
from autograder.classroom.adopt import adopt
from autograder.classroom.folder import ClassFolder
from autograder.classroom.grade import Summary, execute, grade
from autograder.engine.parents import Parents
from autograder.engine.process import GraderFault
from autograder.engine.work import Limits

BIN = Path(sys.executable).parent
Cells = list[Any]


def mark(grade_id: str, kind: str, points: float = 0) -> dict[str, Any]:
    """nbgrader's metadata: kind is answer, test, manual, task or locked."""
    own = {
        "grade_id": grade_id,
        "schema_version": 3,
        "grade": kind in ("test", "manual"),
        "solution": kind in ("answer", "manual"),
        "locked": kind in ("test", "locked", "task"),
        "task": kind == "task",
    }
    return {"nbgrader": own | ({"points": points} if kind in ("test", "manual", "task") else {})}


def code(source: str, grade_id: str = "", kind: str = "", points: float = 0) -> Any:
    """A code cell, with nbgrader's mark when it has an id."""
    return new_code_cell(source, metadata=mark(grade_id, kind, points) if grade_id else {})


def prose(source: str, grade_id: str = "", kind: str = "", points: float = 0) -> Any:
    """A Markdown cell."""
    return new_markdown_cell(source, metadata=mark(grade_id, kind, points) if grade_id else {})


def answer(name: str, solution: str) -> Any:
    """An answer cell with the author's solution in it."""
    lines = "\n".join(f"    {line}" for line in ["### BEGIN SOLUTION", *solution.splitlines(), "### END SOLUTION"])
    return code(f"def {name}(x):\n{lines}", name, "answer")


def notebook(*cells: Any) -> Any:
    made = new_notebook(cells=list(cells))
    made.metadata.kernelspec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return made


def fill(made: Any, answers: dict[str, str]) -> Any:
    """A student's notebook with these sources in the cells of these ids."""
    for cell in made.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell.source = answers[grade_id]
    return made


def nbgrader(folder: Path, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "JUPYTER_PLATFORM_DIRS": "1"}
    return subprocess.run(
        [BIN / "nbgrader", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=timeout
    )


class Course:
    """A course folder as nbgrader users make it, then adopted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "source").mkdir(parents=True)
        (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'mine'\n")

    def assignment(self, name: str, files: dict[str, Any]) -> None:
        """Put notebooks and texts into source/, and hand them out."""
        for path, content in files.items():
            target = self.root / "source" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                target.write_text(content)
            else:
                nbformat.write(content, target)
        folder = adopt(self.root)
        from autograder.classroom.folder import Plain

        gradebook.generate(folder, Plain(name, "numpy"))

    @property
    def folder(self) -> ClassFolder:
        return ClassFolder.open(self.root)

    def released(self, name: str, path: str = "p1.ipynb") -> Any:
        return nbformat.read(self.root / "release" / name / path, 4)

    def hand_in(self, student: str, name: str, content: Any, path: str = "p1.ipynb") -> Path:
        target = self.root / "submitted" / student / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, (str, bytes)):
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            nbformat.write(content, target)
        return target

    def answers(self, student: str, name: str, answers: dict[str, str], path: str = "p1.ipynb") -> Path:
        return self.hand_in(student, name, fill(self.released(name, path), answers), path)

    def grade(self, name: str, run: Any = None, **options: Any) -> Summary:
        folder = self.folder
        return grade(folder, [folder.assignments[name]], run=run or self.run, **options)

    run: Callable[..., Any] = staticmethod(execute)

    def scores(self, name: str) -> dict[str, float]:
        folder = self.folder
        return gradebook.scores(folder, folder.assignments[name])

    def cells(self, name: str) -> dict[str, dict[str, float]]:
        folder = self.folder
        return gradebook.cell_scores(folder, folder.assignments[name])

    def output(self, student: str, name: str, grade_id: str, path: str = "p1.ipynb") -> Any:
        made = nbformat.read(self.root / "autograded" / student / name / path, 4)
        return next(c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / "course")


@pytest.fixture(scope="session")
def engine() -> Any:
    """Runs work with warm parents that stay for all tests, fenced where this system has a fence."""
    from autograder.engine import pool

    with Parents() as tried:
        try:
            tried.start("numpy", Limits()).stop()
            unfenced = False
        except GraderFault:
            unfenced = True
    with Parents(unfenced=unfenced) as parents:
        yield lambda works, workers: pool.run_all(works, workers, parents=parents)


@pytest.fixture(autouse=True)
def _warm(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "run", staticmethod(engine))
