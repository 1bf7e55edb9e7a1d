"""Plug-ins that nbgrader_config.py names, so that nbgrader's own commands are safe on a class folder as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins.export import CsvExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.classroom.errors import ClassError
from autograder.classroom.folder import ClassFolder
from autograder.classroom.outputs import BEGIN, END, harmless, verbatim
from autograder.classroom.quarantine import unmarked
from autograder.classroom.tables import write_csv

Resources = dict[str, Any]


class TidyMetadata(NbGraderPreprocessor):
    """Forget nbgrader's metadata on cells that lost it by duplication or by hand.

    nbgrader takes an emptied one for an old format, and stops the whole class for it. Cell tags go too: with
    `skip-execution` on a test cell, nbgrader gives full marks for a cell that never ran.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> tuple[NotebookNode, Resources]:
        cell.metadata.pop("tags", None)
        mark = cell.metadata.get("nbgrader")
        if mark is not None and not (isinstance(mark, dict) and mark.get("grade_id")):
            del cell.metadata["nbgrader"]
        return cell, resources


class HarmlessOutputs(NbGraderPreprocessor):
    """Text and pictures only in outputs; a student's own Markdown as plain text. Scores do not change by it."""

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> tuple[NotebookNode, Resources]:
        if cell.cell_type == "code":
            cell.outputs = [NotebookNode(output) for output in nodes(harmless(cell.outputs))]
        elif not cell.metadata.get("nbgrader", {}).get("locked") and not _untouched(cell):
            cell.source = verbatim(cell.source)
        return cell, resources


def _untouched(cell: NotebookNode) -> bool:
    """Whether an answer is still what was handed out: its text is the author's, and nbgrader gives 0 for it by that."""
    from nbgrader.utils import compute_checksum

    mark = cell.metadata.get("nbgrader", {})
    return bool(mark.get("checksum")) and mark["checksum"] == compute_checksum(cell)


class HiddenTestsStayHidden(NbGraderPreprocessor):
    """Feedback without the hidden parts of test cells. nbgrader itself shows them to students."""

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> tuple[NotebookNode, Resources]:
        if cell.metadata.get("nbgrader", {}).get("grade") and BEGIN in cell.source:
            kept: list[str] = []
            hidden = False
            for line in cell.source.split("\n"):
                if BEGIN in line:
                    hidden = True
                    kept.append(line[: len(line) - len(line.lstrip())] + "# hidden tests")
                elif END in line:
                    hidden = False
                elif not hidden:
                    kept.append(line)
            cell.source = "\n".join(kept)
        return cell, resources


class QuietAfterChecks(NbGraderPreprocessor):
    """Drop what cells print after the first check, but for the checks' own verdicts.

    A student's function could keep the inputs that a check gave it and print them later; feedback reaches students.
    """

    def preprocess(self, notebook: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        checked = False
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade"):
                checked = True
            elif checked and cell.cell_type == "code" and not cell.metadata.get("tandem", {}).get("ours"):
                cell.outputs = []
        return notebook, resources


class HonestCsvExport(CsvExportPlugin):
    """nbgrader's CSV with two differences: an empty score where a hand-in waits in quarantine, and quoted cells.

    nbgrader itself writes 0 for whatever it could not mark, and joins cells with commas as they are.
    """

    def export(self, gradebook: Gradebook) -> None:
        path = Path(self.to or "grades.csv")
        try:
            waiting = unmarked(ClassFolder.open(Path(self.parent.coursedir.root)))
        except ClassError:
            waiting = set()
        rows = [
            export_row(gradebook, assignment, student, (student.id, assignment.name) in waiting)
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in map(str, self.assignment)
            # Namesakes, and all who have no name, in the order of their ids: not of who was graded first.
            for student in sorted(gradebook.students, key=lambda s: (s.last_name or "", s.first_name or "", s.id))
            if not self.student or student.id in map(str, self.student)
        ]
        write_csv(path, EXPORT_COLUMNS, rows)
        self.log.info("Exported grades to %s", path)


EXPORT_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def export_row(gradebook: Gradebook, assignment: Any, student: Any, waiting: bool) -> dict[str, Any]:
    """One row of the export; None is an empty cell."""
    row: dict[str, Any] = dict.fromkeys(EXPORT_COLUMNS)
    row |= {"assignment": assignment.name, "duedate": assignment.duedate, "max_score": assignment.max_score}
    row |= {"student_id": student.id, "email": student.email}
    row |= {"last_name": student.last_name, "first_name": student.first_name}
    if waiting:
        return row
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return row | {"raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    penalty = submission.late_submission_penalty
    return row | {
        "timestamp": submission.timestamp,
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
    }


def nodes(outputs: list[dict[str, Any]]) -> list[NotebookNode]:
    """Outputs as nbformat's nodes, dicts inside them too."""
    from nbformat import from_dict

    return [from_dict(output) for output in outputs]
