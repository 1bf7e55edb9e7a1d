"""The step that stands in nbgrader's own `autograde` where it executes notebooks: fenced, from a warm parent, guarded.

`autograder nbgrader-config` prints the settings. Everything else stays nbgrader's, its gradebook and its command line too.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from autograder.classroom import plain, plain_marks, record
from autograder.classroom import plan as lesson
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder, Plain, framework_of
from autograder.classroom.intake import Submission, release_notebook
from autograder.classroom.plan import exercise_of
from autograder.classroom.rebuild import grading
from autograder.classroom.stock import nodes
from autograder.engine import run
from autograder.engine.work import Limits, Outcome, Work

Resources = dict[str, Any]
MOST_BYTES = plain.MOST_BYTES


class FencedExecute(NbGraderPreprocessor):
    """Runs a notebook with Tandem's engine and fills in its outputs.

    A hand-in that cannot be graded raises, and nbgrader reports it: a fence that cannot be put up, a link among its files, a
    test whose last value is no score.
    """

    step_seconds = Float(60.0, help="Seconds for one cell.").tag(config=True)
    total_seconds = Float(300.0, help="Seconds for one notebook.").tag(config=True)
    memory_bytes = Integer(4 << 30, help="Memory of one notebook, with all that it starts.").tag(config=True)
    unfenced = Bool(False, help="Run students' code with your own rights where no fence is possible.").tag(config=True)

    def preprocess(self, notebook: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        where = resources["nbgrader"]
        course = self.parent.parent.coursedir
        folder = Path(course.format_path(course.autograded_directory, where["student"], where["assignment"]))
        self.refuse_links(Path(course.format_path(course.submitted_directory, where["student"], where["assignment"])))
        cells = cells_of(notebook)
        # What the class says it is, never what a hand-in says: a lesson's checks do nothing where they are not judged outside.
        root = Path(course.root)
        known = ClassFolder.open(root).assignments if ClassFolder(root).settings_path.is_file() else {}
        assignment = known.get(where["assignment"])
        if assignment is not None and not isinstance(assignment, Plain):
            outputs = self.lesson_outputs(ClassFolder.open(root), assignment, where, cells)
        else:
            source = Path(course.format_path(course.source_directory, ".", where["assignment"]))
            outputs = self.plain_outputs(folder, source, where, cells)
        for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
            cell.outputs = nodes(outputs.get(cell.id, []))
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
        return notebook, resources

    @property
    def limits(self) -> Limits:
        return Limits(self.step_seconds, self.total_seconds, self.memory_bytes)

    def execute(self, work: Work) -> Outcome:
        """Run one notebook. Raises ClassError when the grader failed, and not the student."""
        outcome = run(work, unfenced=self.unfenced)
        if outcome.fault:
            raise ClassError(f"{work.submission}: {outcome.fault}")
        return outcome

    def plain_outputs(self, folder: Path, source: Path, where: dict[str, str], cells: list[Any]) -> dict[str, Any]:
        """Outputs of an assignment with tests of its own, from which nbgrader reads the score that is due."""
        known = {grading(cell)["grade_id"] for cell in cells if grading(cell).get("grade_id")}
        given = [c["source"] for c in cells if c["cell_type"] == "code" and grading(c) and not grading(c).get("solution")]
        notebook = plain.read_json(source / f"{where['notebook']}.ipynb")
        plain.check_kernel(where["assignment"], notebook or {})
        if any(exercise_of(cell) for cell, _ in plain.code_cells(notebook)):
            raise ClassError(
                f"{where['assignment']} is a lesson of Tandem's: only a class made by autograder new-class can mark it"
            )
        authors = [text for _, text in plain.code_cells(notebook)]
        unmarked = [text for cell, text in plain.code_cells(notebook) if not cell.get("metadata", {}).get("nbgrader")]
        files = read_files(folder)
        own = set(files) & set(read_files(source)) - set(self.parent.parent.exclude_overwriting.get(where["assignment"], ()))
        setup = plain.setup_for(
            plain.author_facts(given + unmarked, authors),
            {name: base64.b64encode(data).decode("ascii") for name, data in files.items()},
            tuple(sorted(own)),
            [cell["source"] for cell in cells if cell["cell_type"] == "code"],
        )
        name = f"{where['assignment']}/{where['student']}/{where['notebook']}"
        outcome = self.execute(Work(name, framework_of(folder), plain.steps({"cells": cells}, known), self.limits, setup))
        results = {result.cell_id: result for result in outcome.results}
        outputs = {}
        for cell in cells:
            result = results.get(cell["id"])
            if plain.is_test(cell):
                mark = plain_marks.mark_of(cell, result)
                outputs[cell["id"]] = plain_marks.test_outputs(cell, mark.score, result)
                for flag in plain_marks.flags_of(mark.exercise, result):
                    self.log.warning("%s: %s", name, flag)
            else:
                outputs[cell["id"]] = plain_marks.cell_outputs(result)
        return outputs

    def lesson_outputs(
        self, folder: ClassFolder, assignment: Assignment, where: dict[str, str], cells: list[Any]
    ) -> dict[str, Any]:
        """Outputs of one of Tandem's own lessons: judged outside, with the class's fresh cases. Raises ClassError."""
        made = lesson.plan(folder, assignment, release_notebook(folder, assignment))
        known = {grading(cell).get("grade_id"): cell["id"] for cell in made.release["cells"] if grading(cell)}
        # A check is known by its grade id: cell ids are the student's.
        ids = {cell["id"]: known.get(grading(cell).get("grade_id"), f"own-{i}") for i, cell in enumerate(cells)}
        notebook = {"cells": [{**cell, "id": ids[cell["id"]]} for cell in cells]}
        submission = Submission(where["student"], assignment, notebook, "")
        # The class's own limits: some lessons have more than others.
        outcome = self.execute(lesson.work(submission, made))
        outputs = record.judge(submission, made, outcome).outputs
        return {cell_id: outputs.get(own, []) for cell_id, own in ids.items()}

    def refuse_links(self, folder: Path) -> None:
        """nbgrader copies what a link points to into what graders and students see. Raises ClassError."""
        for parent, folders, files in os.walk(folder):
            for name in folders + files:
                if Path(parent, name).is_symlink():
                    raise ClassError(f"{Path(parent, name)} is a link, and links are not followed")


def cells_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The cells as plain dicts, each with an id of its own."""
    seen: set[str] = set()
    for i, cell in enumerate(notebook.cells):
        if not cell.get("id") or cell.id in seen:
            cell.id = f"cell-{i}"
        seen.add(cell.id)
    if notebook.nbformat == 4:
        notebook.nbformat_minor = max(5, notebook.nbformat_minor)
    return [{"id": c.id, "cell_type": c.cell_type, "source": c.source, "metadata": dict(c.metadata)} for c in notebook.cells]


def read_files(folder: Path) -> dict[str, bytes]:
    """All files of a folder but notebooks, by relative path. Raises ClassError when they are too many bytes."""
    found: dict[str, bytes] = {}
    room = MOST_BYTES
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb" and path.name != "timestamp.txt":
            room -= path.stat().st_size
            if room < 0:
                raise ClassError(f"{folder}: its files make more than {MOST_BYTES >> 20} MB, more than a submission is given.")
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found
