"""The two kinds of assignments that a class can have: lessons, judged outside, and assignments with tests of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograder.classroom import intake, plain, plain_intake, plain_marks, plain_proof, record
from autograder.classroom import plan as lesson
from autograder.classroom.folder import Assignment, ClassFolder, Plain
from autograder.classroom.intake import Submission, release_notebook
from autograder.classroom.plain import PlainPlan
from autograder.classroom.plain_intake import PlainSubmission
from autograder.classroom.plan import Plan
from autograder.classroom.record import Record
from autograder.engine.work import Outcome, Work

AnyPlan = Plan | PlainPlan
AnySubmission = Submission | PlainSubmission


def plan(folder: ClassFolder, assignment: Assignment) -> AnyPlan:
    """All that grading needs to know of an assignment. Raises ClassError."""
    if isinstance(assignment, Plain):
        return plain.plan(folder, assignment)
    return lesson.plan(folder, assignment, release_notebook(folder, assignment))


def take(folder: ClassFolder, student: str, assignment: Assignment, plan: AnyPlan) -> AnySubmission:
    """Read a hand-in. Raises Refused."""
    if isinstance(plan, PlainPlan):
        return plain_intake.take(folder, student, plan)
    return intake.take(folder, student, assignment, plan.release)


def prove(folder: ClassFolder, plan: AnyPlan, run: Callable[[list[Work], int], Iterable[Outcome]]) -> None:
    """Run the author's own answers, if that was not done yet. Raises ClassError when a test of theirs gives no score."""
    if isinstance(plan, PlainPlan):
        plain_proof.prove(folder, plan, run)


def works(submission: AnySubmission, plan: AnyPlan) -> list[Work]:
    """The pieces of work that a submission makes."""
    if isinstance(submission, PlainSubmission) and isinstance(plan, PlainPlan):
        name = f"{plan.name}/{submission.student}"
        return plain.works(name, plan, submission.notebooks, submission.files)
    assert isinstance(submission, Submission) and isinstance(plan, Plan)
    return [lesson.work(submission, plan)]


def submission_name(work: str) -> str:
    """ASSIGNMENT/STUDENT of a piece of work; what follows is the notebook."""
    return "/".join(work.split("/")[:2])


def pieces(submission: AnySubmission) -> int:
    """How many pieces of work a submission makes."""
    return len(submission.notebooks) if isinstance(submission, PlainSubmission) else 1


def fingerprint(submission: AnySubmission, plan: AnyPlan) -> str:
    """The same for submissions that would be run and judged the same."""
    if isinstance(submission, PlainSubmission) and isinstance(plan, PlainPlan):
        return plain_marks.fingerprint(submission, plan)
    assert isinstance(submission, Submission) and isinstance(plan, Plan)
    return record.fingerprint(submission, plan)


def judge(submission: AnySubmission, plan: AnyPlan, outcomes: list[Outcome]) -> Record:
    """The record of a run. Raises Refused when there is no score to be had."""
    if isinstance(submission, PlainSubmission) and isinstance(plan, PlainPlan):
        return plain_marks.judge(submission, plan, {outcome.submission.split("/", 2)[2]: outcome for outcome in outcomes})
    assert isinstance(submission, Submission) and isinstance(plan, Plan)
    return record.judge(submission, plan, outcomes[0])
