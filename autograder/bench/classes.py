"""The classes that are measured: right submissions of a light and of a training notebook, in both tracks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from autograder.authoring import build
from autograder.classroom.create import create
from autograder.classroom.folder import Assignment, ClassFolder

SOURCES = Path(__file__).parent / "lessons"
LESSONS = {"light": "01-light", "training": "02-training"}


class Classes:
    """Makes class folders below `base`; each is made once and copied."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.solutions, self.generated = base / "solutions", base / "lessons"

    def prepare(self) -> None:
        """Build the lessons, once."""
        if not self.generated.is_dir():
            shutil.copytree(SOURCES, self.solutions, dirs_exist_ok=True)
            build.write(build.build(None, self.solutions, self.generated))

    def make(self, lesson: str, track: str, submissions: int, name: str) -> tuple[ClassFolder, Assignment]:
        """A new class with right hand-ins of one assignment, none graded."""
        self.prepare()
        pristine = self.base / f"pristine-{lesson}-{track}"
        if not pristine.is_dir():
            create(pristine, [LESSONS[lesson]], [track], solutions=self.solutions, generated=self.generated)
        root = self.base / name
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(pristine, root)
        folder = ClassFolder.open(root)
        assignment = next(iter(folder.assignments.values()))
        text = json.dumps(self.answered(lesson, track))
        for number in range(submissions):
            path = folder.submitted / f"s{number:04}" / assignment.name / assignment.notebook
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
        return folder, assignment

    def answered(self, lesson: str, track: str) -> dict[str, Any]:
        """The student's notebook with the right answers in it."""
        self.prepare()
        notebook = json.loads((self.generated / LESSONS[lesson] / f"{track}.ipynb").read_text(encoding="utf-8"))
        instructor = json.loads((self.solutions / LESSONS[lesson] / f"instructor-{track}.ipynb").read_text(encoding="utf-8"))
        answers = {cell["id"]: cell for cell in instructor["cells"]}
        for cell in notebook["cells"]:
            if cell["metadata"]["nbgrader"]["solution"]:
                cell["source"] = answers[cell["id"]]["source"]
        return notebook
