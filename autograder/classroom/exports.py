"""Grades in the form that a learning platform imports: one row a student, one column a lesson, the better of both tracks.

Where there is no mark the cell is empty: an import leaves such a grade alone, and nobody gets a zero for a hand-in that waits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from autograder.classroom.standing import Standing
from autograder.classroom.tables import write_csv


def best(standing: Standing) -> dict[tuple[str, str], tuple[float, str]]:
    """For each student and lesson the best mark, and the track it was made in."""
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for row in standing.marked():
        assignment = standing.folder.assignments[row.assignment]
        key, mine = (row.student, assignment.lesson), (row.score or 0.0, assignment.track)
        if key not in found or mine[0] > found[key][0]:
            found[key] = mine
    return found


def points(standing: Standing) -> dict[str, float]:
    """The points of each lesson of which anything was handed in."""
    return {standing.folder.assignments[row.assignment].lesson: row.points for row in standing.rows if row.points}


def write_canvas(path: Path, standing: Standing) -> None:
    """Canvas: Gradebook, Import. It finds a student by the SIS id, which is the class's id here."""
    marks, full = best(standing), points(standing)
    columns = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *full]
    rows: list[dict[str, Any]] = [{"Student": "    Points Possible", **full}]
    for student, known in _everybody(standing):
        name = ", ".join(filter(None, (known.get("last_name"), known.get("first_name")))) or student
        rows.append({"Student": name, "SIS User ID": student, "SIS Login ID": student} | _marks(student, marks, full))
    write_csv(path, columns, rows)


def write_moodle(path: Path, standing: Standing) -> None:
    """Moodle: Grades, Import, CSV file. Map the user by "Username" or "Email address", and each lesson to its grade item."""
    marks, full = best(standing), points(standing)
    columns = ["Username", "First name", "Last name", "Email address", *full]
    rows = []
    for student, known in _everybody(standing):
        names = {
            "First name": known.get("first_name"),
            "Last name": known.get("last_name"),
            "Email address": known.get("email"),
        }
        rows.append({"Username": student} | names | _marks(student, marks, full))
    write_csv(path, columns, rows)


def _everybody(standing: Standing) -> list[tuple[str, dict[str, str]]]:
    ids = sorted(standing.students.keys() | {row.student for row in standing.rows})
    return [(student, standing.students.get(student, {})) for student in ids]


def _marks(student: str, marks: dict[tuple[str, str], tuple[float, str]], full: dict[str, float]) -> dict[str, float | None]:
    return {lesson: marks[student, lesson][0] if (student, lesson) in marks else None for lesson in full}
