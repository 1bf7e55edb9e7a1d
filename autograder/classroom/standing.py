"""How a class stands: marks from the gradebook, reasons from the records, and what waits in quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from autograder.classroom import gradebook, quarantine, record
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import release_notebook
from autograder.classroom.plan import exercise_of
from autograder.classroom.quarantine import EVERY, Entry
from autograder.classroom.rebuild import grading
from autograder.classroom.record import Record

MARKED, STALE, WAITING, MISSING = "marked", "marked from an earlier hand-in", "in quarantine", "not handed in"
BY_HAND = "to be marked by hand"


@dataclass(frozen=True)
class Task:
    """An exercise of an assignment, as the gradebook knows it."""

    assignment: Assignment
    exercise: str
    grade_id: str
    points: float

    @property
    def title(self) -> str:
        return f"{self.assignment.lesson} {self.exercise}"


@dataclass
class Row:
    """One hand-in. `score` is None where there is no mark: that is not a zero."""

    student: str
    assignment: str
    status: str
    score: float | None
    points: float
    exercises: dict[str, float] = field(default_factory=dict)
    """Score of each exercise, by its title."""
    known: Record | None = None
    late: float = 0.0
    """Points taken for being late: the score is without them."""


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment in numbers; `mean` is the mean share of the points, None without marks."""

    assignment: str
    handed_in: int
    marked: int
    mean: float | None
    full: int
    waiting: int


@dataclass
class MistakeRow:
    """A misconception in numbers: how many students of each track made it, and the hint that mends it."""

    lesson: str
    exercise: str
    name: str
    hint: str
    tracks: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.tracks.total()

    @property
    def track(self) -> str:
        return ", ".join(f"{track} {n}" if len(self.tracks) > 1 else track for track, n in sorted(self.tracks.items()))


@dataclass(frozen=True)
class PassRow:
    """How many of those who handed an exercise in have full points for it."""

    task: Task
    passed: int
    total: int

    @property
    def rate(self) -> float:
        return self.passed / self.total


class Standing:
    """The class at one moment. Raises ClassError when the folder cannot be read."""

    def __init__(self, folder: ClassFolder) -> None:
        self.folder = folder
        self.quarantine = quarantine.read(folder)
        self.students = gradebook.students(folder)
        self.tasks: dict[str, list[Task]] = {}
        self.rows: list[Row] = []
        waiting: dict[tuple[str, str], Entry] = {(e.student, e.assignment): e for e in self.quarantine}
        for assignment in folder.assignments.values():
            self.rows += self._rows(assignment, waiting)
        self.rows.sort(key=lambda row: (row.assignment, row.student))

    def _rows(self, assignment: Assignment, waiting: dict[tuple[str, str], Entry]) -> Iterator[Row]:
        scores, cells = gradebook.scores(self.folder, assignment), gradebook.cell_scores(self.folder, assignment)
        unmarked, late = gradebook.unmarked(self.folder, assignment), gradebook.penalties(self.folder, assignment)
        entries = [e for e in waiting.values() if e.assignment == assignment.name]
        if not scores and not entries:
            return
        tasks = self.tasks[assignment.name] = _tasks(self.folder, assignment)
        points = sum(task.points for task in tasks)
        for student in sorted(scores.keys() | {entry.student for entry in entries}):
            entry = waiting.get((student, assignment.name))
            if student not in scores or (entry and not entry.kept):
                yield Row(student, assignment.name, WAITING, None, points)
                continue
            mine = {name: score for name, score in cells[student].items() if name not in unmarked[student]}
            exercises = {task.title: mine[task.grade_id] for task in tasks if task.grade_id in mine}
            known = record.load(self.folder, student, assignment)
            status = STALE if entry or (known and known.stale) else MARKED
            if unmarked[student]:
                # A sum without the answers that a person has yet to read would be a zero for each of them.
                yield Row(student, assignment.name, BY_HAND, None, points, exercises, known)
            else:
                yield Row(student, assignment.name, status, scores[student], points, exercises, known, late[student])

    @cached_property
    def lessons(self) -> list[str]:
        """Lessons of which anything was handed in."""
        return list(dict.fromkeys(self.folder.assignments[row.assignment].lesson for row in self.rows))

    def missing(self) -> list[Row]:
        """Students of the gradebook who handed in a lesson in neither track."""
        there = {(row.student, self.folder.assignments[row.assignment].lesson) for row in self.rows}
        locked = {entry.student for entry in self.quarantine if entry.assignment == EVERY}
        return [
            Row(student, lesson, MISSING, None, 0.0)
            for lesson in self.lessons
            for student in sorted(self.students)
            if (student, lesson) not in there and student not in locked
        ]

    def marked(self) -> list[Row]:
        """The rows that have a mark."""
        return [row for row in self.rows if row.score is not None]

    def by_assignment(self) -> Iterator[AssignmentRow]:
        """Each assignment of which anything was handed in."""
        for name in self.tasks:
            rows = [row for row in self.rows if row.assignment == name]
            shares = [row.score / row.points if row.points else 1.0 for row in rows if row.score is not None]
            yield AssignmentRow(
                assignment=name,
                handed_in=len(rows),
                marked=len(shares),
                mean=sum(shares) / len(shares) if shares else None,
                full=sum(share >= 1 for share in shares),
                waiting=len(rows) - len(shares),
            )

    def pass_rates(self) -> list[PassRow]:
        """Each exercise in each track, in the course's order."""
        found = []
        for name, tasks in self.tasks.items():
            rows = [row for row in self.rows if row.assignment == name]
            for task in tasks:
                scores = [row.exercises[task.title] for row in rows if task.title in row.exercises]
                if scores:
                    found.append(PassRow(task, sum(score >= task.points for score in scores), len(scores)))
        return found

    def mistakes(self) -> list[MistakeRow]:
        """Named misconceptions, the commonest first."""
        found: dict[tuple[str, str, str], MistakeRow] = {}
        for row in self.rows:
            assignment = self.folder.assignments[row.assignment]
            for mark in row.known.marks if row.known else ():
                if mark.mistake:
                    key = (assignment.lesson, mark.exercise, mark.mistake)
                    found.setdefault(key, MistakeRow(*key, mark.hint)).tracks[assignment.track] += 1
        return sorted(found.values(), key=lambda m: (-m.count, m.lesson, m.exercise, m.name))

    def flags(self) -> list[str]:
        """What a person should look at although it was marked."""
        return [f"{row.student}, {row.assignment}: {flag}" for row in self.rows if row.known for flag in row.known.flags]


def _tasks(folder: ClassFolder, assignment: Assignment) -> list[Task]:
    cells = release_notebook(folder, assignment)["cells"]
    graded = [cell for cell in cells if grading(cell).get("grade") or grading(cell).get("task")]
    found = []
    for cell in graded:
        grade_id = grading(cell)["grade_id"]
        found.append(Task(assignment, exercise_of(cell) or grade_id, grade_id, float(grading(cell)["points"])))
    return found
