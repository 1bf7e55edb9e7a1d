"""Which students may need a word, and which hand-ins look alike: what the marks alone do not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from autograder.classroom.exports import best, points
from autograder.classroom.files import read_json
from autograder.classroom.folder import Assignment, ClassFolder
from autograder.classroom.intake import release_notebook
from autograder.classroom.rebuild import grading
from autograder.classroom.similar import Pair, similar
from autograder.classroom.standing import Standing

LOW, FALL = 0.5, 0.35
FAIR = (
    "Likeness has many causes: work in pairs that you allowed, the same book, help from the same person, or chance. It is a "
    "reason to look at both, and to ask with an open mind; it proves nothing, and no mark was changed for it."
)


def needs_a_word(standing: Standing) -> list[tuple[str, str]]:
    """Students and why: nothing handed in of what others have, marks below half, or far below their own earlier ones."""
    marks, full = best(standing), points(standing)
    missing: dict[str, list[str]] = defaultdict(list)
    for row in standing.missing():
        missing[row.student].append(row.assignment)
    found = []
    for student in sorted(standing.students.keys() | {row.student for row in standing.rows}):
        shares = [marks[student, lesson][0] / full[lesson] for lesson in full if (student, lesson) in marks]
        reasons = []
        if student in missing:
            reasons.append(f"has not handed in {_listed(missing[student])}")
        if shares and sum(shares) / len(shares) < LOW:
            reasons.append(f"has {sum(shares) / len(shares):.0%} of the points on average")
        elif len(shares) > 1 and shares[-1] < sum(shares[:-1]) / (len(shares) - 1) - FALL:
            reasons.append(f"fell to {shares[-1]:.0%}, from {sum(shares[:-1]) / (len(shares) - 1):.0%} before")
        if reasons:
            found.append((student, "; ".join(reasons)))
    return found


@lru_cache(maxsize=1)  # the page and the terminal ask, and a large class has many pairs
def alike(standing: Standing) -> list[Pair]:
    """Pairs of hand-ins, in any assignment, whose unusual code is nearly the same."""
    found: list[Pair] = []
    for name in standing.tasks:
        assignment = standing.folder.assignments[name]
        students = [row.student for row in standing.rows if row.assignment == name]
        answers = {student: own for student in students if (own := _answers(standing.folder, student, assignment))}
        found += similar(name, answers, _handed_out(standing.folder, assignment))
    return found


def _answers(folder: ClassFolder, student: str, assignment: Assignment) -> dict[str, str]:
    """What a student wrote into the cells that are theirs, as it was run."""
    notebook = read_json(folder.intake_folder(student, assignment) / assignment.notebook)
    return _solutions(notebook["cells"]) if isinstance(notebook, dict) else {}


def _handed_out(folder: ClassFolder, assignment: Assignment) -> list[str]:
    """What anybody may have: the stubs, the cells that came with the notebook, and the model answers."""
    model = read_json(folder.source / assignment.name / assignment.notebook)
    cells = release_notebook(folder, assignment)["cells"] + (model["cells"] if isinstance(model, dict) else [])
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _solutions(cells: Iterable[dict]) -> dict[str, str]:
    return {
        grading(cell).get("grade_id", cell.get("id", "")): "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and grading(cell).get("solution")
    }


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
