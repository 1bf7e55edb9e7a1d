"""From a rebuilt notebook to the work of a run: its code cells in order, and a probe in the place of each check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.authoring.source import load_exercises
from autograder.classroom.errors import ClassError
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import Submission
from autograder.classroom.rebuild import Cell, Notebook, grading
from autograder.engine.work import Limits, ProbeStep, RunStep, Work
from autograder.judge import fresh, probe_step
from autograder.spec import Exercise, SpecError
from course.verdict import Expectation


@dataclass(frozen=True)
class Check:
    """A check cell: the exercise that it checks, and what is expected of it. Never leaves the grader's own process."""

    cell_id: str
    grade_id: str
    exercise: Exercise
    expectation: Expectation
    step: ProbeStep


@dataclass(frozen=True)
class Plan:
    """All that grading needs to know of an assignment."""

    assignment: Assignment
    release: Notebook
    checks: dict[str, Check]
    """By cell id, in the notebook's order."""
    fingerprint: str
    limits: Limits


def plan(folder: ClassFolder, assignment: Assignment, release: Notebook) -> Plan:
    """Read the class's snapshot of the exercises and draw its fresh cases. Raises ClassError."""
    exercises = load_exercises(folder.exercises_path(assignment.lesson))
    checks: dict[str, Check] = {}
    for cell in release["cells"]:
        if not grading(cell).get("grade") or cell["cell_type"] != "code":
            continue
        name = exercise_of(cell)
        if name not in exercises:
            raise ClassError(f"{assignment.name}: the check cell {grading(cell).get('grade_id')} belongs to no exercise.")
        # Points that the instructor has changed in source/ count, not those which the lesson came with.
        exercise = _with_points(exercises[name], grading(cell).get("points"), assignment)
        try:
            # The same cases in both tracks, so that a class can be compared.
            expectation = fresh(exercise, f"{folder.seed}/{assignment.lesson}")
        except SpecError as error:
            raise ClassError(f"{assignment.name}: {error}") from None
        grade_id = grading(cell)["grade_id"]
        checks[cell["id"]] = Check(cell["id"], grade_id, exercise, expectation, probe_step(cell["id"], expectation))
    if not checks:
        raise ClassError(f"{assignment.name}: its notebook has no check cells.")
    return Plan(assignment, release, checks, folder.fingerprint(assignment), folder.limits(assignment))


def exercise_of(cell: Cell) -> str:
    """The exercise that a check cell names, "" when it is no check of ours."""
    mark = cell["metadata"].get("tandem")
    name = mark.get("exercise") if isinstance(mark, dict) else ""
    return name if isinstance(name, str) else ""


def _with_points(exercise: Exercise, points: Any, assignment: Assignment) -> Exercise:
    if points == exercise.points:
        return exercise
    try:
        return Exercise(**{**vars(exercise), "points": points})
    except SpecError as error:
        raise ClassError(f"{assignment.name}: {error}") from None


def work(submission: Submission, plan: Plan) -> Work:
    """What a worker is to do for one submission."""
    steps: list[RunStep | ProbeStep] = []
    for cell in submission.notebook["cells"]:
        if cell["id"] in plan.checks:
            steps.append(plan.checks[cell["id"]].step)
        elif cell["cell_type"] == "code" and cell["source"].strip():
            steps.append(RunStep(cell["id"], cell["source"]))
    return Work(f"{submission.assignment.name}/{submission.student}", plan.assignment.track, tuple(steps), plan.limits)
