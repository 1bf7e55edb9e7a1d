"""`autograder new-class`: a course folder for nbgrader, filled with the lessons and known to its gradebook."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from autograder.authoring.markdown import read_lesson_text
from autograder.authoring.source import LESSONS, ROOT, SOLUTIONS, names
from autograder.classroom import config, gradebook
from autograder.classroom.errors import ClassError
from autograder.classroom.files import write_text
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.handin import name_problem
from autograder.engine.work import Limits
from course.frameworks import TRACKS

NBGRADER_FOLDERS = ("source", "release", "submitted", "autograded", "feedback")
CELL_SECONDS = 300
README = """This is a class. It is an ordinary nbgrader course folder, and nbgrader's own tools work on it.

release/     what students get: copy, or hand out with nbgrader or your learning platform
submitted/   what they hand in: submitted/STUDENT/ASSIGNMENT/notebook.ipynb
autograded/, feedback/, gradebook.db   written by `autograder grade`
report/      written by `autograder report`
.tandem/     the class's secret seed, its records and its quarantine: keep it private, and in your backups

  autograder collect {folder} ARCHIVE    a zip of Moodle, Canvas or Gradescope into submitted/
  autograder grade {folder} --all
  autograder report {folder}

Marks and comments by hand: start `jupyter lab` in this folder, menu Nbgrader, Formgrader. They survive every later grading,
and the next `autograder grade` puts them into the students' feedback.
Students are added there too (Manage Students), or with `nbgrader db student import roster.csv` in this folder; due dates are
set there (Manage Assignments, Edit).
Late penalties: the rule stands in nbgrader_config.py, with examples. More time for one student: autograder extend
"""


def create(
    path: Path,
    lessons: list[str] | None = None,
    tracks: list[str] | None = None,
    roster: Path | None = None,
    *,
    lesson_limits: dict[str, dict[str, float]] | None = None,
    solutions: Path = SOLUTIONS,
    generated: Path = LESSONS,
    progress: Callable[[str], None] = lambda name: None,
) -> ClassFolder:
    """Make a class folder. Raises ClassError and leaves nothing behind when it cannot be made."""
    root = path.expanduser().resolve()
    existed = _check_place(path, root)
    chosen = _assignments(lessons, tracks, solutions)
    students = read_roster(roster) if roster else []
    sources = {assignment: _source_files(assignment, solutions, generated) for assignment in chosen}
    try:
        limits = _lesson_limits(chosen, solutions) | (lesson_limits or {})
        return _fill(ClassFolder(root), sources, students, limits, solutions, progress)
    except BaseException:
        _empty(root, existed)
        raise


def _check_place(path: Path, root: Path) -> bool:
    """Whether the folder exists (and is empty). Raises ClassError where no class can be."""
    if root.is_relative_to(ROOT.resolve()):
        raise ClassError(f"{path} lies inside the course's own repository, where students' work and marks must never be.")
    if root.exists() and not root.is_dir():
        raise ClassError(f"{path} is a file.")
    if root.is_dir() and any(root.iterdir()):
        raise ClassError(f"{path} is not empty. A class begins in a new folder.")
    return root.is_dir()


def _empty(root: Path, existed: bool) -> None:
    for inner in list(root.iterdir()) if root.is_dir() else []:
        shutil.rmtree(inner) if inner.is_dir() and not inner.is_symlink() else inner.unlink()
    if root.is_dir() and not existed:
        root.rmdir()


def _assignments(lessons: list[str] | None, tracks: list[str] | None, solutions: Path) -> list[Assignment]:
    there = names(solutions)
    unknown = [name for name in lessons or [] if name not in there]
    if unknown:
        raise ClassError(f"There is no lesson {', '.join(unknown)}. There are: {', '.join(there)}.")
    strange = [track for track in tracks or [] if track not in TRACKS]
    if strange:
        raise ClassError(f"There is no track {', '.join(strange)}. There are: {', '.join(TRACKS)}.")
    chosen = [Assignment(n, t) for n in there if not lessons or n in lessons for t in TRACKS if not tracks or t in tracks]
    if not chosen:
        raise ClassError("There are no lessons.")
    return chosen


def _lesson_limits(chosen: list[Assignment], solutions: Path) -> dict[str, dict[str, float]]:
    """What lessons that compute much ask for in their front matter. Raises AuthorError."""
    found = {name: read_lesson_text(solutions / name / "lesson.md")[0].grading for name in {a.lesson for a in chosen}}
    return {name: limits for name, limits in sorted(found.items()) if limits}


def _source_files(assignment: Assignment, solutions: Path, generated: Path) -> dict[str, str]:
    """The files of source/ASSIGNMENT/: the student's notebook with the instructor's answers in it, and the checks.

    The instructor's notebook itself would not do: its model answers to the review questions stand in a read-only cell,
    and nbgrader hands read-only cells out as they are.
    """
    try:
        instructor = json.loads(_read(solutions / assignment.lesson / f"instructor-{assignment.notebook}"))
        student = json.loads(_read(generated / assignment.lesson / assignment.notebook))
        checks = _read(generated / assignment.lesson / "checks.json")
        answers = {cell["id"]: cell for cell in instructor["cells"]}
        if answers.keys() != {cell["id"] for cell in student["cells"]}:
            raise ClassError(f"{assignment.lesson}: its notebooks are not of one build. Run: make lessons")
        for cell in student["cells"]:
            if cell["metadata"]["nbgrader"]["solution"]:
                cell["source"] = answers[cell["id"]]["source"]
    except (ValueError, KeyError, TypeError):
        raise ClassError(f"{assignment.lesson}: its generated notebooks are damaged. Run: make lessons") from None
    return {assignment.notebook: json.dumps(student, indent=1, ensure_ascii=False) + "\n", "checks.json": checks}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ClassError(f"{path} is missing. Run: make lessons") from None


def _fill(
    folder: ClassFolder,
    sources: dict[Assignment, dict[str, str]],
    students: list[dict[str, str]],
    lesson_limits: dict[str, dict[str, float]],
    solutions: Path,
    progress: Callable[[str], None],
) -> ClassFolder:
    for name in NBGRADER_FOLDERS:
        (folder.root / name).mkdir(parents=True)
    folder.private.mkdir(mode=0o700)
    folder.write_seed()
    folder.write_settings(
        {
            "course": re.sub(r"[^\w.-]+", "-", folder.root.name).strip("-.") or "tandem",
            "assignments": [{"lesson": a.lesson, "track": a.track} for a in sources],
            # What one submission may use; a lesson's own go before the class's.
            "limits": asdict(Limits()),
            "lesson_limits": lesson_limits,
            # Lateness is counted from when a file came into submitted/. Say true when nbgrader's exchange collects.
            "trust_timestamps": False,
        }
    )
    folder = ClassFolder.open(folder.root)
    write_text(folder.config, config.text(folder.course_id, CELL_SECONDS))
    write_text(folder.root / "README.txt", README.format(folder=folder.root))
    for assignment, files in sources.items():
        progress(assignment.name)
        for name, text in files.items():
            write_text(folder.source / assignment.name / name, text)
        snapshot = folder.exercises_path(assignment.lesson)
        if not snapshot.exists():
            write_text(snapshot, _read(solutions / assignment.lesson / "exercises.py"))
        gradebook.generate(folder, assignment)
    gradebook.add_students(folder, students)
    return folder


COLUMNS = {
    "id": ("id", "student", "student id", "username", "user name", "login"),
    "first_name": ("first name", "firstname", "given name", "first"),
    "last_name": ("last name", "lastname", "surname", "family name", "last"),
    "email": ("email", "e-mail", "mail", "email address"),
}


def read_roster(path: Path) -> list[dict[str, str]]:
    """Students of a CSV with a header: id, and if it has them first name, last name, email. Raises ClassError."""
    try:
        text = path.expanduser().read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ClassError(f"The roster {path} is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.") from None
    except OSError as error:
        raise ClassError(f"The roster {path} cannot be read: {error}") from None
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    header = [cell.strip().lower().replace("_", " ") for cell in rows[0]] if rows else []
    places = {key: header.index(name) for key, known in COLUMNS.items() for name in known if name in header}
    if "id" not in places:
        found = f" Its first line has: {', '.join(rows[0])}." if rows else " It is empty."
        raise ClassError(
            f"The roster {path} needs a header with the column `id`; it may have first_name, last_name, email.{found}"
        )
    students: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        student = {key: row[at].strip() if at < len(row) else "" for key, at in places.items()}
        if problem := name_problem(student["id"]):
            raise ClassError(f"The roster {path}, line {number}: {student['id']!r} cannot be an id: {problem}.")
        if student["id"] in students:
            raise ClassError(f"The roster {path}, line {number}: {student['id']!r} is there already.")
        students[student["id"]] = student
    return list(students.values())
