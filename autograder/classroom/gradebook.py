"""nbgrader's gradebook: what is written to it by nbgrader's own converters, and what is read from it."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from autograder.classroom.converters import convert, gradebook
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.pages import html_exporter
from autograder.classroom.plan import exercise_of
from autograder.classroom.rebuild import grading
from autograder.classroom.record import Record, is_summary
from autograder.classroom.transaction import Undone, one_transaction

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
    """Write a record's marks to the gradebook, its outputs to autograded/, and its feedback. Raises ClassError.

    When it is interrupted or fails, `is_saved` says no, and it can be done again.
    """
    from autograder.classroom import feedback

    assignment = folder.assignments[record.assignment]
    save_marks(folder, record)
    hand = by_hand(folder, assignment).get(record.student, "")
    feedback.write(folder, assignment, record.student)
    confirm(folder, record, hand)


def save_marks(folder: ClassFolder, record: Record) -> None:
    """Write a record's marks to the gradebook and its outputs to autograded/. Raises ClassError."""
    assignment = folder.assignments[record.assignment]
    folder.saved_path(record.student, assignment).unlink(missing_ok=True)
    try:
        with one_transaction(folder):
            _write(folder, record, assignment, tries=1)
    except (ClassError, Undone):
        # Perhaps the gradebook was busy. Step by step nbgrader commits often, and waits for others.
        _write_patiently(folder, record, assignment)


def confirm(folder: ClassFolder, record: Record, hand: str) -> None:
    """Note that gradebook and feedback hold this record, and the feedback what `by_hand` called `hand`."""
    path = folder.saved_path(record.student, folder.assignments[record.assignment])
    # Where a power cut takes the note, the gradebook is only written once more.
    write_text(path, f"{record.digest} {hand}".strip(), sync=False)


def _write_patiently(folder: ClassFolder, record: Record, assignment: Assignment) -> None:
    known = _is_known(folder, record.student, assignment)
    try:
        _write(folder, record, assignment)
    except ClassError:
        # nbgrader has made a submission whose marks are all empty, which it would export as 0.
        if not known:
            forget(folder, record.student, assignment)
        if _has_more_time_than_none(folder, assignment, record.student):
            raise ClassError(
                f"{record.student} has an extension of {assignment.name}, which has no due date any more. Set one (formgrader, "
                "Manage Assignments), or take the extension back: "
                f"autograder extend {folder.root} {assignment.name} {record.student} --days 0"
            ) from None
        raise


def _has_more_time_than_none(folder: ClassFolder, assignment: Assignment, student: str) -> bool:
    """Whether a student's submission has an extension and the assignment no date: nbgrader cannot add these two."""
    from nbgrader.api import SubmittedAssignment

    with gradebook(folder) as book:
        query = book.db.query(SubmittedAssignment.extension).filter_by(student_id=student)
        given = query.filter(SubmittedAssignment.assignment_id.in_(_ids(book, assignment)))
        return any(more for (more,) in given) and book.find_assignment(assignment.name).duedate is None


def _write(folder: ClassFolder, record: Record, assignment: Assignment, tries: int | None = None) -> None:
    # What nbgrader would sanitise, restore and check, `rebuild` has made from the release already.
    steps = {
        "autograde_preprocessors": [
            _filler(record),
            "nbgrader.preprocessors.SaveAutoGrades",
            "nbgrader.preprocessors.AssignLatePenalties",
        ],
    }
    convert(folder, _autograde(), assignment, record.student, intake=True, force=True, tries=tries, **steps)
    _set_time(folder, record)


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
    # Stock `nbgrader autograde` may have been here since, which knows the public cases only.
    return _confirmed(folder, record)[:1] == [record.digest] and abs(known.get(record.student, -1.0) - record.score) < 1e-9


def is_told(folder: ClassFolder, record: Record, hand: str) -> bool:
    """Whether the feedback of a saved record holds what a person has done since; `hand` is of `by_hand`."""
    return _confirmed(folder, record)[1:] == hand.split()


def _confirmed(folder: ClassFolder, record: Record) -> list[str]:
    """What `confirm` noted, in pieces."""
    with suppress(FileNotFoundError):
        return folder.saved_path(record.student, folder.assignments[record.assignment]).read_text(encoding="utf-8").split()
    return []


def by_hand(folder: ClassFolder, assignment: Assignment) -> dict[str, str]:
    """For each student with marks or comments by a person a digest of them all."""
    from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

    given: dict[str, list[str]] = defaultdict(list)
    with gradebook(folder) as book:
        for kind, values in ((Grade, (Grade.manual_score, Grade.extra_credit)), (Comment, (Comment.manual_comment,))):
            query = book.db.query(SubmittedAssignment.student_id, kind.cell_id, *values)
            query = query.select_from(kind).join(SubmittedNotebook).join(SubmittedAssignment)
            for student, cell, *found in query.filter(SubmittedAssignment.assignment_id.in_(_ids(book, assignment))):
                if any(value not in (None, "") for value in found):  # a mark of 0 is a mark
                    given[student].append(json.dumps([cell, *found]))
    return {student: sha256("\n".join(sorted(pieces)).encode()).hexdigest() for student, pieces in given.items()}


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


def penalties(folder: ClassFolder, assignment: Assignment) -> dict[str, float]:
    """Each student's penalty for being late, as nbgrader has counted it."""
    with gradebook(folder) as book:
        return {s.student_id: s.late_submission_penalty or 0.0 for s in book.assignment_submissions(assignment.name)}


def automatic_scores(folder: ClassFolder, assignment: Assignment) -> dict[str, float]:
    """Each student's sum of automatic marks, whatever was corrected by hand."""
    return {student: sum(g[0] for g in cells.values()) for student, cells in _grades(folder, assignment).items()}


def cell_scores(folder: ClassFolder, assignment: Assignment) -> dict[str, dict[str, float]]:
    """For each student the score of each check cell by its grade id, corrections by hand included."""
    return {s: {name: g[1] for name, g in cells.items()} for s, cells in _grades(folder, assignment).items()}


def unmarked(folder: ClassFolder, assignment: Assignment) -> dict[str, set[str]]:
    """For each student the cells that wait to be marked by hand, by grade id."""
    return {s: {name for name, g in cells.items() if g[2]} for s, cells in _grades(folder, assignment).items()}


def _grades(folder: ClassFolder, assignment: Assignment) -> dict[str, dict[str, tuple[float, float, bool]]]:
    """For each student and grade id: the automatic score, the one that counts, and whether a person has yet to mark it."""
    from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

    with gradebook(folder) as book:
        submissions = {s.id: s.student_id for s in book.assignment_submissions(assignment.name)}
        found: dict[str, dict[str, tuple[float, float, bool]]] = {student: {} for student in submissions.values()}
        query = book.db.query(Grade, SubmittedNotebook.assignment_id).join(SubmittedNotebook).join(SubmittedAssignment)
        for grade, submission in query.filter(SubmittedAssignment.assignment_id.in_(_ids(book, assignment))):
            mine, name = found[submissions[submission]], grade.cell.name
            # Several notebooks of one assignment may use the same names.
            name = f"{grade.notebook.name}/{name}" if name in mine else name
            # A regrade asks for another look at every mark given by hand; such a mark counts all the same.
            waits = bool(grade.needs_manual_grade) and grade.manual_score is None
            mine[name] = (grade.auto_score or 0.0, grade.score or 0.0, waits)
        return found


def _ids(book: Gradebook, assignment: Assignment) -> list[str]:
    from nbgrader.api import MissingEntry

    try:
        return [book.find_assignment(assignment.name).id]
    except MissingEntry:
        return []


def source_cells(folder: ClassFolder, assignment: Assignment) -> dict[str, dict[str, dict[str, Any]]]:
    """For each notebook of an assignment and each grade id what generate_assignment wrote down, hidden tests included."""
    from nbgrader.api import MissingEntry

    found: dict[str, dict[str, dict[str, Any]]] = {}
    with gradebook(folder) as book, suppress(MissingEntry):
        for notebook in book.find_assignment(assignment.name).notebooks:
            points = {cell.name: float(cell.max_score) for cell in [*notebook.grade_cells, *notebook.task_cells]}
            found[notebook.name] = {
                cell.name: {
                    "source": cell.source,
                    "cell_type": cell.cell_type,
                    "locked": bool(cell.locked),
                    "checksum": cell.checksum,
                    "points": points.get(cell.name),
                }
                for cell in notebook.source_cells
            }
    return found


def students(folder: ClassFolder) -> dict[str, dict[str, str]]:
    """All students of the gradebook by id, with their names and e-mail addresses."""
    with gradebook(folder) as book:
        return {s.id: {key: getattr(s, key) or "" for key in ("first_name", "last_name", "email")} for s in book.students}


@cache
def _autograde() -> type:
    """nbgrader's Autograde without its first pass over a notebook, which would only read and write it unchanged."""
    from nbgrader import utils
    from nbgrader.converters import Autograde

    class Fill(Autograde):
        def convert_single_notebook(self, notebook_filename: str) -> None:
            resources = self.init_single_notebook_resources(notebook_filename)
            self._sanitizing = False
            self._init_preprocessors()
            self._sanitizing = True
            with utils.setenv(NBGRADER_EXECUTION="autograde"):
                output, resources = self.exporter.from_filename(notebook_filename, resources=resources)
            self.write_single_notebook(output, resources)

    return Fill


def prepare() -> None:
    """Import all that saving needs: as long as a framework takes, and so best done while that starts."""
    _autograde()
    html_exporter()


def _filler(record: Record) -> Any:
    """The step that stands where nbgrader executes: it puts the record's outputs into the notebook's cells."""
    from nbgrader.preprocessors import NbGraderPreprocessor

    from autograder.classroom.stock import nodes

    class FillOutputs(NbGraderPreprocessor):
        def preprocess(self, notebook: Any, resources: Any) -> tuple[Any, Any]:
            count, ours = 0, True
            for cell in notebook.cells:
                # Our checks are asked after all cells, so what cells show holds no hidden case and may stand in feedback. A
                # test that runs in its own place may have told the student's code something.
                if grading(cell).get("grade") and not exercise_of(cell):
                    ours = False
                if cell.cell_type == "code":
                    count += 1
                    known = record.outputs.get(f"{resources['nbgrader']['notebook']}/{cell.id}") or record.outputs.get(
                        cell.id, []
                    )
                    cell.outputs = nodes(known)
                    cell.execution_count = count
                    if is_summary(cell) or (ours and not grading(cell).get("grade")):
                        cell.metadata["tandem"] = {"ours": True}
                    for output in cell.outputs:
                        if output.output_type == "execute_result":
                            output.execution_count = count
            return notebook, resources

    return FillOutputs()
