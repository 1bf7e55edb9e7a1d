"""The durable record of one submission: marks, reasons and outputs. With it a run can stop anywhere and go on later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.classroom.discreet import discreet
from autograder.classroom.files import now, read_json, write_json
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import Submission
from autograder.classroom.outputs import Output, display, error, harmless, short, stream
from autograder.classroom.plan import Plan
from autograder.classroom.rebuild import grading
from autograder.engine.work import FAILED, OK, Outcome, StepResult
from autograder.judge import Mark, mark

VERSION = 1


@dataclass
class Record:
    """What is known of a graded submission. `fingerprint` tells whether the same would be run again.

    `outputs` holds the harmless outputs of each cell by its id. `stale` says, when not empty, that a later attempt to
    grade failed and why: then these marks are those of the earlier one.
    """

    student: str
    assignment: str
    fingerprint: str
    received: str
    claimed: str
    graded: str
    marks: list[Mark]
    outputs: dict[str, list[Output]]
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    stale: str = ""

    @property
    def score(self) -> float:
        return sum(mark.score for mark in self.marks)

    @property
    def points(self) -> float:
        return sum(mark.points for mark in self.marks)

    @property
    def digest(self) -> str:
        """Changes with everything that the gradebook or the feedback shows."""
        shown = {"marks": [asdict(m) for m in self.marks], "outputs": self.outputs}
        times = [self.received, self.claimed]
        return hashlib.sha256(json.dumps([self.fingerprint, shown, times], sort_keys=True).encode()).hexdigest()


def fingerprint(submission: Submission, plan: Plan) -> str:
    """The same for submissions that would be run and judged the same."""
    sources = [[cell["id"], cell["source"]] for cell in submission.notebook["cells"] if cell["cell_type"] == "code"]
    points = [[check.exercise.name, check.exercise.points] for check in plan.checks.values()]
    content = json.dumps([VERSION, plan.fingerprint, points, sources])
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def judge(submission: Submission, plan: Plan, outcome: Outcome) -> Record:
    """The record of a run: each check is judged here, in the trusted process."""
    results = {result.cell_id: result for result in outcome.results}
    seen = {cell_id: discreet(results[cell_id], check.step) for cell_id, check in plan.checks.items() if cell_id in results}
    marks = {
        cell_id: mark(check.exercise, check.expectation, seen.get(cell_id), plan.assignment.track)
        for cell_id, check in plan.checks.items()
    }
    return Record(
        student=submission.student,
        assignment=submission.assignment.name,
        fingerprint=fingerprint(submission, plan),
        received=submission.received,
        claimed=submission.claimed,
        graded=now(),
        marks=list(marks.values()),
        outputs=_outputs(submission, marks, results),
        seconds=round(outcome.seconds, 3),
        notes=submission.notes,
        flags=submission.flags,
    )


def _outputs(submission: Submission, marks: dict[str, Mark], results: dict[str, StepResult]) -> dict[str, list[dict[str, Any]]]:
    outputs: dict[str, list[Output]] = {}
    for cell in submission.notebook["cells"]:
        cell_id = cell["id"]
        if cell_id in marks:
            outputs[cell_id] = [verdict_output(marks[cell_id])]
        elif is_summary(cell):
            outputs[cell_id] = [summary_output(list(marks.values()))]
        elif cell_id in results:
            outputs[cell_id] = _run_outputs(results[cell_id])
    return {cell_id: shown for cell_id, shown in outputs.items() if shown}


def verdict_output(mark: Mark) -> Output:
    """A verdict as the output of its check cell: nbgrader gives full marks unless it is an error."""
    if mark.score == mark.points:
        return display(mark.html, mark.words)
    lines = short(mark.words).splitlines()
    return error("NotYet", mark.headline, lines)


def is_summary(cell: dict[str, Any]) -> bool:
    """Whether a cell is the released one that shows how each check stands."""
    return bool(grading(cell).get("locked")) and cell["source"].strip() == "check.summary()"


def summary_output(marks: list[Mark]) -> Output:
    """How each exercise stands. The notebook's own summary would not know: in a grading run its checks do nothing."""
    passed = sum(mark.score == mark.points for mark in marks)
    return stream("\n".join([f"{passed} of {len(marks)} exercises pass", *(mark.headline for mark in marks)]))


def _run_outputs(result: StepResult) -> list[Output]:
    shown = harmless(result.outputs)
    if result.status not in (OK, FAILED) and result.reason:
        shown.append(error("Stopped", result.reason, [result.reason]))
    return shown


def save(folder: ClassFolder, record: Record) -> None:
    """Write a record; it is on disk when this returns."""
    assignment = folder.assignments[record.assignment]
    write_json(folder.result_path(record.student, assignment), {"version": VERSION, **asdict(record)})


def load(folder: ClassFolder, student: str, assignment: Assignment) -> Record | None:
    """A submission's record, or None when there is none that can be read."""
    data = read_json(folder.result_path(student, assignment))
    if not isinstance(data, dict) or data.pop("version", None) != VERSION:
        return None
    try:
        return Record(**{**data, "marks": [Mark(**item) for item in data["marks"]]})
    except (TypeError, KeyError):
        return None


def load_all(folder: ClassFolder, assignment: Assignment) -> Iterator[Record]:
    """All records of an assignment, by student."""
    for path in sorted(folder.result_path("x", assignment).parent.glob("*.json")):
        if not path.name.startswith(".") and (record := load(folder, path.stem, assignment)):
            yield record
