"""nbgrader's own converters, run in this process: release, gradebook, feedback. One writer, one submission at a time."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import PRIVATE, Assignment, ClassFolder
from autograder.classroom.record import Record, is_summary

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from traitlets.config import Config

TRIES = 5


def generate(folder: ClassFolder, assignment: Assignment) -> None:
    """nbgrader generate_assignment: source -> release, with all cells known to the gradebook. Raises ClassError."""
    from nbgrader.converters import GenerateAssignment

    _convert(folder, GenerateAssignment, assignment, ".", force=True)


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
    steps = [
        _filler(record),
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    try:
        _convert(folder, Autograde, assignment, record.student, intake=True, force=True, autograde_preprocessors=steps)
    except ClassError:
        # nbgrader has made a submission whose marks are all empty, which it would export as 0.
        if not known:
            forget(folder, record.student, assignment)
        raise
    _set_time(folder, record)
    _convert(folder, GenerateFeedback, assignment, record.student, force=True)
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


@contextmanager
def gradebook(folder: ClassFolder) -> Iterator[Gradebook]:
    """The class's gradebook, open. Raises ClassError when it cannot be read."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError

    with nbgraders_world():
        try:
            with Gradebook(f"sqlite:///{folder.gradebook}", folder.course_id) as book:
                yield book
        except DatabaseError as error:
            raise ClassError(
                f"{folder.gradebook} cannot be used: {error.orig}. If another program has it open, close that and run this "
                "again; if the file is damaged, restore it from a backup. No mark is lost: .tandem/ has them as well."
            ) from None


@contextmanager
def nbgraders_world() -> Iterator[None]:
    """What nbgrader needs around it, and no warnings about its own insides.

    It calls `alembic` by name when it makes a gradebook, which is not on the path of an environment that nobody activated.
    """
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ["PATH"] = path


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


def _convert(
    folder: ClassFolder, kind: type, assignment: Assignment, student: str, *, intake: bool = False, **traits: Any
) -> None:
    from nbgrader.coursedir import CourseDirectory

    config = _config(folder)
    log = _log(folder)
    places = {"submitted_directory": f"{PRIVATE}/intake"} if intake else {}
    with nbgraders_world():
        coursedir = CourseDirectory(
            config=config, root=str(folder.root), assignment_id=assignment.name, student_id=student, log=log, **places
        )
        converter = kind(coursedir=coursedir, config=config, log=log, **traits)
        _retry(converter.start, folder, f"{assignment.name}, {student}")


def _retry(start: Callable[[], None], folder: ClassFolder, what: str) -> None:
    from nbgrader.converters.base import NbGraderException
    from sqlalchemy.exc import OperationalError

    for attempt in range(1, TRIES + 1):
        before = folder.log.stat().st_size if folder.log.exists() else 0
        try:
            return start()
        except (NbGraderException, OperationalError) as error:
            # Another program may be writing to the gradebook; nbgrader says so in its log only.
            said = _since(folder, before)
            if attempt < TRIES and "locked" in str(error) + said:
                time.sleep(attempt)
                continue
            raise ClassError(f"nbgrader could not process {what} ({_why(said) or error}); its log is {folder.log}") from None
    return None


def _since(folder: ClassFolder, offset: int) -> str:
    """What nbgrader has logged behind an offset."""
    with suppress(FileNotFoundError), folder.log.open("rb") as file:
        file.seek(offset)
        return file.read(100_000).decode("utf-8", "replace")
    return ""


def _why(log: str) -> str:
    """The error of the last traceback in a piece of nbgrader's log."""
    lines = [line for line in log.splitlines() if re.match(r"[A-Za-z_.]+(Error|Exception|Missing\w*): ", line)]
    return lines[-1][:300] if lines else ""


def _config(folder: ClassFolder) -> Config:
    """nbgrader_config.py as nbgrader reads it, so that an instructor's own settings count here too."""
    from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

    try:
        return PyFileConfigLoader(folder.config.name, path=str(folder.root)).load_config()
    except ConfigFileNotFound:
        raise ClassError(f"{folder.config} is missing.") from None
    except Exception as error:
        raise ClassError(f"{folder.config} has a mistake: {type(error).__name__}: {error}") from None


def _log(folder: ClassFolder) -> logging.Logger:
    log = logging.getLogger(f"tandem.nbgrader.{folder.root}")
    if not log.handlers:
        folder.private.mkdir(exist_ok=True)
        handler = logging.FileHandler(folder.log, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        log.propagate = False
        log.setLevel(logging.WARNING)
    return log
