"""A lesson and a track -> a notebook. All nbgrader metadata and all cell ids are made here, never by hand."""

from __future__ import annotations

import re
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.markdown import Block
from autograder.authoring.scripts import strip_solutions
from autograder.authoring.source import Lesson
from course.frameworks import TITLES

STUDENT, INSTRUCTOR = "student", "instructor"
WORDS_STUB = "YOUR ANSWER HERE"
"""What nbgrader's ClearSolutions leaves of an answer in words."""


def weave(lesson: Lesson, track: str, reader: str) -> nbformat.NotebookNode:
    """The notebook of one track for a reader: the student's has stubs, the instructor's has all the answers."""
    return _Weaver(lesson, track, reader).notebook()


def to_text(notebook: nbformat.NotebookNode) -> str:
    """The notebook's JSON, byte for byte the same for the same notebook."""
    return nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False).rstrip("\n") + "\n"


class _Weaver:
    def __init__(self, lesson: Lesson, track: str, reader: str) -> None:
        self.lesson, self.track, self.reader = lesson, track, reader
        self.cells: list[nbformat.NotebookNode] = []
        self.exercise_number = self.question_number = 0

    def notebook(self) -> nbformat.NotebookNode:
        self.markdown("title", self.title())
        self.code("set-up", self.set_up())
        for number, block in enumerate(self.lesson.blocks):
            getattr(self, f"weave_{block.kind}")(block, number)
        self.markdown("done-text", "## Where you stand\n\nWhat the checks of this notebook have said so far:")
        self.code("done", "check.summary()")
        metadata = {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "tandem": {"lesson": self.lesson.name, "track": self.track},
        }
        notebook = new_notebook(cells=self.cells, metadata=metadata)
        notebook.nbformat_minor = 5
        nbformat.validate(notebook)
        return notebook

    def title(self) -> str:
        goals = "\n".join(f"- {goal}" for goal in self.lesson.front.goals)
        other = "tensorflow" if self.track == "pytorch" else "pytorch"
        return (
            f"# {self.lesson.title}\n\n"
            f"**{TITLES[self.track]} track** · about {self.lesson.front.minutes} minutes · "
            f"the same lesson in [{TITLES[other]}]({other}.ipynb)\n\n"
            f"{self.lesson.front.summary}\n\n**You will be able to**\n\n{goals}"
        )

    def set_up(self) -> str:
        return (
            "# Run this cell first: it loads the checks of this lesson.\n"
            "from course import start\n\n"
            f'check = start("{self.lesson.name}", "{self.track}")'
        )

    def weave_prose(self, block: Block, number: int) -> None:
        self.markdown(f"prose-{number}", block.text)

    def weave_only(self, block: Block, number: int) -> None:
        if block.name == self.track:
            self.markdown(f"prose-{number}", block.text)

    def weave_code(self, block: Block, number: int) -> None:
        self.code(block.name, self.source(block))

    def weave_exercise(self, block: Block, number: int) -> None:
        exercise = self.lesson.exercises[block.name]
        self.exercise_number += 1
        points = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
        self.markdown(f"task-{block.name}", f"### ✎ Exercise {self.exercise_number}: `{block.name}` ({points})\n\n{block.text}")
        self.answer(block)
        self.code(
            f"check-{block.name}",
            f'check("{block.name}", {block.name})',
            nbgrader={"grade": True, "points": exercise.points},
            tandem={"exercise": block.name},
        )

    def weave_own(self, block: Block, number: int) -> None:
        self.markdown(f"task-{block.name}", block.text)
        self.answer(block)

    def weave_answer(self, block: Block, number: int) -> None:
        """A question that a person marks: the text, and a cell to answer in."""
        self.question_number += 1
        points = f"{block.points:g} point{'' if block.points == 1 else 's'}"
        head = f"### ✍ Question {self.question_number}: `{block.name}` ({points}, marked by your instructor)"
        self.markdown(f"question-{block.name}", f"{head}\n\n{block.text}")
        text = f"**Model answer.** {block.model}" if self.reader == INSTRUCTOR else WORDS_STUB
        self.markdown(f"answer-{block.name}", text, {"grade": True, "solution": True, "locked": False, "points": block.points})

    def weave_challenge(self, block: Block, number: int) -> None:
        self.markdown(f"task-{block.name}", f"## 🚀 Challenge\n\n{block.text}")
        self.answer(block)

    def weave_quiz(self, block: Block, number: int) -> None:
        when = "Before you start: what do you think?" if block.name == "pre" else "After the lesson: what do you know now?"
        self.markdown(f"quiz-{block.name}-text", f"## {when}\n\nOpen an option to see why it is right or wrong.")
        self.code(f"quiz-{block.name}", f'check.quiz("{block.name}")')

    def weave_review(self, block: Block, number: int) -> None:
        lines = ["## Review questions"]
        for i, item in enumerate(self.lesson.quiz["review"], 1):
            lines.append(f"{i}. {item['question'].strip()}")
            if self.reader == INSTRUCTOR:
                answer = item["answer"].strip().replace("\n", "\n   > ")
                lines.append(f"   > **Model answer.** {answer}")
        self.markdown("review", "\n\n".join(lines))

    def source(self, block: Block) -> str:
        return self.lesson.tracks[self.track][block.name].source

    def answer(self, block: Block) -> None:
        source = self.source(block)
        if self.reader == STUDENT:
            source = strip_solutions(source)
        self.code(block.name, source, nbgrader={"solution": True, "locked": False})

    def markdown(self, name: str, text: str, nbgrader: dict[str, Any] | None = None) -> None:
        metadata = self.metadata(name, nbgrader or {})
        self.cells.append(new_markdown_cell(text.strip("\n"), id=self.cell_id(name), metadata=metadata))

    def code(
        self, name: str, source: str, nbgrader: dict[str, Any] | None = None, tandem: dict[str, Any] | None = None
    ) -> None:
        metadata = self.metadata(name, nbgrader or {})
        if tandem:
            metadata["tandem"] = tandem
        self.cells.append(new_code_cell(source, id=self.cell_id(name), metadata=metadata))

    def metadata(self, name: str, nbgrader: dict[str, Any]) -> dict[str, Any]:
        """nbgrader's metadata: every cell that is not the student's is locked, so that an edit of it is undone."""
        grading = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3} | nbgrader
        grading["grade_id"] = self.cell_id(name)
        if grading["locked"]:
            return {"nbgrader": grading, "deletable": False, "editable": False}
        return {"nbgrader": grading, "deletable": False}

    def cell_id(self, name: str) -> str:
        """Stable id of a cell: the same in every build, unique in the notebook, as nbformat and nbgrader allow."""
        return re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64]
