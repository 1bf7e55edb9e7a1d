"""nbgrader's gradebook: what is written to it by nbgrader's own converters, and what is read from it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from autograder.classroom.converters import convert, gradebook
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.pages import html_exporter
from autograder.classroom.record import Record, is_summary

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def generate(folder: ClassFolder, assignment: Assignment) -> None:
    """nbgrader generate_assignment: source -> release, with all cells known to the gradebook. Raises ClassError."""
    from nbgrader.converters import GenerateAssignment

    convert(folder, GenerateAssignment, assignment, ".", force=True)


def add_students(folder: ClassFolder, students: list[dict[str, str]]) -> None:
    """Add or change students; each has `id` and perhaps first_name, last_name, email."""
    with gradebook(folder) as book:
        for student in students:
            details = {key: value for key, value in student.items() if key != "id" and value}
            book.update_or_create_student(student["id"], **details)


def save(folder: ClassFolder, record: Record) -> None:
    """Write a record's marks to the gradebook and its outputs to autograded/, then the feedback. Raises ClassError.

    When it is interrupted or fails, `is_saved` says no, and it can be done again.
    """
    from nbgrader.converters import Autograde, GenerateFeedback

    assignment = folder.assignments[record.assignment]
    marker = folder.saved_path(record.student, assignment)
    marker.unlink(missing_ok=True)
    known = _is_known(folder, record.student, assignment)
    # What nbgrader would sanitise, restore and check, `rebuild` has made from the release already.
    steps = {
        "sanitize_preprocessors": [],
        "autograde_preprocessors": [
            _filler(record),
            "nbgrader.preprocessors.SaveAutoGrades",
            "nbgrader.preprocessors.AssignLatePenalties",
        ],
    }
    try:
        convert(folder, Autograde, assignment, record.student, intake=True, force=True, **steps)
    except ClassError:
        # nbgrader has made a submission whose marks are all empty, which it would export as 0.
        if not known:
            forget(folder, record.student, assignment)
        raise
    _set_time(folder, record)
    convert(folder, GenerateFeedback, assignment, record.student, force=True, exporter_class=html_exporter())
    write_text(marker, record.digest)


def _set_time(folder: ClassFolder, record: Record) -> None:
    """Give a submission the time that its own timestamp.txt claims, or none.

    The penalty for being late is counted by now, from the time of receipt. But the formgrader takes a submission for graded
    only when its time in the gradebook is the one that submitted/ gives.
    """
    with gradebook(folder) as book:
        moment = datetime.fromisoformat(record.claimed) if record.claimed else None
        book.find_submission(record.assignment, record.student).timestamp = moment
        book.db.commit()


def is_saved(folder: ClassFolder, record: Record, known: dict[str, float]) -> bool:
    """Whether gradebook and feedback hold this very record; `known` are the assignment's `automatic_scores`."""
    assignment = folder.assignments[record.assignment]
    try:
        marked = folder.saved_path(record.student, assignment).read_text(encoding="utf-8") == record.digest
    except FileNotFoundError:
        return False
    # Stock `nbgrader autograde` may have been here since, which knows the public cases only.
    return marked and abs(known.get(record.student, -1.0) - record.score) < 1e-9


def _is_known(folder: ClassFolder, student: str, assignment: Assignment) -> bool:
    from nbgrader.api import MissingEntry

    with gradebook(folder) as book:
        try:
            return book.find_submission(assignment.name, student) is not None
        except MissingEntry:
            return False


def forget(folder: ClassFolder, student: str, assignment: Assignment) -> None:
    """Remove a submission from the gradebook, if it is there."""
    from nbgrader.api import MissingEntry

    with gradebook(folder) as book, suppress(MissingEntry):
        book.remove_submission(assignment.name, student)


def scores(folder: ClassFolder, assignment: Assignment) -> dict[str, float]:
    """Each student's score in the gradebook, corrections by hand and penalties included."""
    with gradebook(folder) as book:
        submissions = book.assignment_submissions(assignment.name)
        return {s.student_id: max(0.0, s.score - (s.late_submission_penalty or 0.0)) for s in submissions}


def automatic_scores(folder: ClassFolder, assignment: Assignment) -> dict[str, float]:
    """Each student's sum of automatic marks, whatever was corrected by hand."""
    return {student: sum(g[0] for g in cells.values()) for student, cells in _grades(folder, assignment).items()}


def cell_scores(folder: ClassFolder, assignment: Assignment) -> dict[str, dict[str, float]]:
    """For each student the score of each check cell by its grade id, corrections by hand included."""
    return {s: {name: g[1] for name, g in cells.items()} for s, cells in _grades(folder, assignment).items()}


def _grades(folder: ClassFolder, assignment: Assignment) -> dict[str, dict[str, tuple[float, float]]]:
    """For each student and grade id: the automatic score and the one that counts."""
    from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

    with gradebook(folder) as book:
        submissions = {s.id: s.student_id for s in book.assignment_submissions(assignment.name)}
        found: dict[str, dict[str, tuple[float, float]]] = {student: {} for student in submissions.values()}
        query = book.db.query(Grade, SubmittedNotebook.assignment_id).join(SubmittedNotebook).join(SubmittedAssignment)
        for grade, submission in query.filter(SubmittedAssignment.assignment_id.in_(_ids(book, assignment))):
            found[submissions[submission]][grade.cell.name] = (grade.auto_score or 0.0, grade.score or 0.0)
        return found


def _ids(book: Gradebook, assignment: Assignment) -> list[str]:
    from nbgrader.api import MissingEntry

    try:
        return [book.find_assignment(assignment.name).id]
    except MissingEntry:
        return []


def students(folder: ClassFolder) -> dict[str, dict[str, str]]:
    """All students of the gradebook by id, with their names."""
    with gradebook(folder) as book:
        return {s.id: {"first_name": s.first_name or "", "last_name": s.last_name or ""} for s in book.students}


def _filler(record: Record) -> Any:
    """The step that stands where nbgrader executes: it puts the record's outputs into the notebook's cells."""
    from nbgrader.preprocessors import NbGraderPreprocessor

    from autograder.classroom.stock import nodes

    class FillOutputs(NbGraderPreprocessor):
        def preprocess(self, notebook: Any, resources: Any) -> tuple[Any, Any]:
            count = 0
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    count += 1
                    cell.outputs = nodes(record.outputs.get(cell.id, []))
                    cell.execution_count = count
                    if is_summary(cell):
                        cell.metadata["tandem"] = {"ours": True}
                    for output in cell.outputs:
                        if output.output_type == "execute_result":
                            output.execution_count = count
            return notebook, resources

    return FillOutputs()
