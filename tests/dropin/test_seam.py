"""nbgrader's own `autograde` with our settings runs fenced and warm; same scores as `autograder grade` and stock."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import Course, answer, code, nbgrader, notebook, prose

from autograder.classroom.config import SEAM

FILES = Path(find_spec("nbgrader").submodule_search_locations[0]) / "tests" / "apps" / "files"  # type: ignore[union-attr,index]
HIDDEN = "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(21) == 42\n### END HIDDEN TESTS"
PARTIAL = "points = 0\nif double(1) == 2: points += 1\nif double(-3) == -6: points += 1.5\npoints"
RIGHT = "def double(x):\n    return 2 * x"
STUDENTS = {
    "right": {"double": RIGHT, "why": "Because *two* is 2.", "draw": "x"},
    "seen": {"double": "def double(x):\n    return {1: 2, -3: -6}[x]"},
    "half": {"double": "def double(x):\n    return abs(x) * 2"},
    "blank": {},
    "broken": {"double": "def double(x:\n    return"},
    "raising": {"double": "def double(x):\n    raise ValueError('no')", "why": "Hm."},
}
Marks = dict[str, dict[str, tuple[Any, ...]]]


def marks(course: Course, name: str) -> Marks:
    """For each student and cell the automatic score, and whether it waits for a person, as nbgrader's gradebook has them."""
    from autograder.classroom.converters import gradebook

    found: Marks = {}
    with gradebook(course.folder) as book:
        for submission in book.assignment_submissions(name):
            mine = found[submission.student_id] = {}
            for made in submission.notebooks:
                for grade in made.grades:
                    mine[f"{made.name}/{grade.cell.name}"] = (grade.auto_score, grade.score, grade.needs_manual_grade)
                for comment in made.comments:
                    mine[f"{made.name}/{comment.cell.name} comment"] = (comment.comment,)
    return found


def three_ways(course: Course, name: str, tmp_path: Path) -> dict[str, Marks]:
    """One assignment graded by stock nbgrader, by nbgrader with our step in it, and by `autograder grade`."""
    found = {}
    for way in ("stock", "seam"):
        copy = Course.__new__(Course)
        copy.root = Path(shutil.copytree(course.root, tmp_path / way))
        if way == "seam":
            with (copy.root / "nbgrader_config.py").open("a") as file:
                file.write(SEAM)
        done = nbgrader(copy.root, "autograde", name)
        assert done.returncode == 0, done.stderr[-3000:]
        found[way] = marks(copy, name)
        if way == "seam":
            done = nbgrader(copy.root, "generate_feedback", name)
            assert done.returncode == 0, done.stderr[-3000:]
    summary = course.grade(name, workers=2)
    assert summary.quarantine == []
    found["ours"] = marks(course, name)
    return found


def test_honest_work_has_the_same_marks_three_ways(course: Course, tmp_path: Path) -> None:
    cells = [
        prose("# Doubling"),
        code("import numpy as np"),
        answer("double", "return 2 * x"),
        code(HIDDEN, "test_double", "test", 2),
        code(PARTIAL, "test_parts", "test", 2.5),
        code("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])", "test_plot", "test", 1),
        code("lines = !echo 3\nassert lines == ['3']\nfrom nbgrader.utils import determine_grade", "test_magic", "test", 1),
        code("table = open('data/table.csv').read()\nassert double(int(table)) == 14", "test_file", "test", 1),
        code("import asyncio\nawait asyncio.sleep(0)\nassert double(2) == 4", "test_await", "test", 1),
        prose("Why does it work?", "why", "manual", 3),
        prose("Draw something.", "draw", "task", 4),
    ]
    second = notebook(answer("triple", "return 3 * x"), code("assert triple(2) == 6", "test_triple", "test", 5))
    course.assignment("ps1", {"p1.ipynb": notebook(*cells), "p2.ipynb": second, "data/table.csv": "7\n"})
    for student, answers in STUDENTS.items():
        course.answers(student, "ps1", {k: v for k, v in answers.items() if k != "draw"})
        if student != "blank":
            course.answers(student, "ps1", {"triple": "def triple(x):\n    return 3 * x"}, "p2.ipynb")
    found = three_ways(course, "ps1", tmp_path)
    assert found["seam"] == found["stock"]
    assert found["ours"] == found["stock"]
    assert found["ours"]["right"]["p1/test_parts"][0] == 2.5
    assert found["ours"]["half"]["p1/test_parts"][0] == 1
    assert found["ours"]["right"]["p1/why"][2] and not found["ours"]["blank"]["p1/why"][2]


@pytest.mark.skipif(not FILES.is_dir(), reason="this nbgrader came without its tests")
@pytest.mark.parametrize(
    ("source", "submitted"),
    [
        ("submitted-unchanged.ipynb", ["submitted-unchanged.ipynb", "submitted-changed.ipynb"]),
        ("submitted-unchanged.ipynb", ["submitted-cheat-attempt.ipynb", "submitted-cheat-attempt-alternative.ipynb"]),
        ("test-hidden-tests.ipynb", ["test-hidden-tests.ipynb"]),
    ],
)
def test_nbgraders_own_situations(course: Course, tmp_path: Path, source: str, submitted: list[str]) -> None:
    course.assignment("ps1", {"p1.ipynb": nbformat.read(FILES / source, 4)})
    for i, name in enumerate(submitted):
        course.hand_in(f"student{i}", "ps1", nbformat.read(FILES / name, 4))
    found = three_ways(course, "ps1", tmp_path)
    assert found["seam"] == found["stock"]
    assert found["ours"] == found["stock"]


def test_the_seam_is_fenced_and_refuses_what_is_no_score(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(SEAM)
    made = notebook(answer("share", "return 0.5"), code("2 * share(1)", "t", "test", 2))
    course.assignment("ps1", {"p1.ipynb": made})
    # From behind the fence there is no gradebook: where it were, this answer would be nothing but an error.
    path = course.root / "gradebook.db"
    course.answers(
        "ana", "ps1", {"share": f"import os\ndef share(x):\n    return 1 if not os.path.exists({str(path)!r}) else {{}}"}
    )
    course.answers("bob", "ps1", {"share": "def share(x):\n    return float('nan')"})
    course.answers("cy", "ps1", {})
    (course.root / "submitted" / "cy" / "ps1" / "link.txt").symlink_to(path)
    done = nbgrader(course.root, "autograde", "ps1")
    assert done.returncode == 1
    assert "ends with nan" in done.stderr
    assert "links are not followed" in done.stderr
    assert course.scores("ps1")["ana"] == 2
    assert not (course.root / "autograded" / "bob" / "ps1").exists()
