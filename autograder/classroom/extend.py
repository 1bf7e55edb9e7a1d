"""`autograder extend`: more time for one student, through nbgrader's own extensions; the penalty is worked out anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.classroom import gradebook, record
from autograder.classroom.converters import gradebook as opened
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import ClassFolder
from autograder.classroom.grade import locked


@dataclass(frozen=True)
class Extended:
    """What an extension has changed. `due` in UTC, None where there is neither an extension nor a date."""

    due: datetime | None
    penalty_before: float
    penalty: float
    score: float


def extend(folder: ClassFolder, assignment: str, student: str, more: timedelta) -> Extended:
    """Give a student `more` time than the others, or with zero take it back. Extensions do not add up.

    Raises ClassError when nothing of this student has been graded, since nbgrader keeps an extension with the submission,
    and when the assignment has no due date, since nbgrader cannot even read a submission that has more time than none.
    """
    chosen = folder.assignments.get(assignment)
    if chosen is None:
        there = "\n  ".join(folder.assignments)
        raise ClassError(f"This class has no assignment {assignment}. It has:\n  {there}")
    if more < timedelta(0):
        raise ClassError("An extension gives time, it takes none: days and hours are 0 or more.")
    with locked(folder):
        known = record.load(folder, student, chosen)
        if known is None:
            raise ClassError(f"{student} has no graded hand-in of {assignment}. Grade first, then extend.")
        with opened(folder) as book:
            if more and book.find_assignment(assignment).duedate is None:
                raise ClassError(
                    f"{assignment} has no due date to extend. Set one in the formgrader (Manage Assignments, Edit) or with "
                    f'nbgrader db assignment add {assignment} --duedate "2027-03-01 23:59 UTC", in {folder.root}'
                )
        before = gradebook.penalties(folder, chosen).get(student, 0.0)
        with opened(folder) as book:
            book.grant_extension(assignment, student, minutes=more.total_seconds() / 60)
        # Nothing is run again: the marks are what they were, only their lateness is counted anew.
        gradebook.save(folder, known)
        with opened(folder) as book:
            due = book.find_submission(assignment, student).duedate
    score = gradebook.scores(folder, chosen)[student]
    return Extended(due, before, gradebook.penalties(folder, chosen)[student], score)
