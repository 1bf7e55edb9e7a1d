"""Answers in words, which a person marks, and cells of the student's own, which nobody marks."""

import inspect
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import build, proof, source
from autograder.authoring.errors import AuthorError
from autograder.authoring.weave import INSTRUCTOR, STUDENT, weave

FIXTURE = Path(__file__).parent / "tiny-lesson"
ANSWER = """
:::{answer} why 2.5
Why does it work? Use the numbers above.

A second paragraph.

---
Because of **this**.

And of that.
:::
"""
OWN = """
:::{own} tools
## Your own tools

Bring them.
:::
"""


@pytest.fixture
def solutions(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "solutions" / "00-tiny")
    return tmp_path / "solutions"


def append(solutions, text, slot=""):
    folder = solutions / "00-tiny"
    path = folder / "lesson.md"
    path.write_text(path.read_text() + text)
    for track in ("pytorch", "tensorflow"):
        script = folder / f"{track}.py"
        script.write_text(script.read_text() + slot)


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_a_question_has_its_points_in_front_and_its_model_answer_for_instructors_only(solutions, track):
    append(solutions, ANSWER)
    lesson = source.load("00-tiny", solutions)
    student, instructor = (weave(lesson, track, reader) for reader in (STUDENT, INSTRUCTOR))
    question = cell(student, "question-why")
    assert question.source.startswith("### ✍ Question 1: `why` (2.5 points, marked by your instructor)\n\nWhy does it work?")
    assert "A second paragraph." in question.source
    assert question.metadata.nbgrader.locked
    assert question == cell(instructor, "question-why")
    assert "Because" not in nbformat.writes(student)
    assert cell(student, "answer-why").source == "YOUR ANSWER HERE"
    assert cell(instructor, "answer-why").source == "**Model answer.** Because of **this**.\n\nAnd of that."
    for notebook in (student, instructor):
        answer = cell(notebook, "answer-why")
        assert answer.cell_type == "markdown"
        mark = answer.metadata.nbgrader
        assert (mark.grade, mark.solution, mark.locked, mark.points, mark.task) == (True, True, False, 2.5, False)


def test_nbgrader_takes_the_cell_as_one_to_be_marked_by_hand(solutions):
    from nbgrader import utils
    from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions

    append(solutions, ANSWER)
    notebook = weave(source.load("00-tiny", solutions), "pytorch", INSTRUCTOR)
    CheckCellMetadata().preprocess(notebook, {})
    answer = cell(notebook, "answer-why")
    assert utils.is_grade(answer)
    assert utils.is_solution(answer)
    assert utils.determine_grade(answer)[0] is None  # a person's mark is awaited
    cleared, _ = ClearSolutions().preprocess(notebook, {})
    assert cell(cleared, "answer-why").source == "YOUR ANSWER HERE"
    untouched = cell(cleared, "answer-why")
    untouched.metadata.nbgrader["checksum"] = utils.compute_checksum(untouched)
    assert utils.determine_grade(untouched)[0] == 0  # left as it was handed out


def test_points_count_and_stand_on_the_lessons_page(solutions, tmp_path):
    before = source.load("00-tiny", solutions).points
    append(solutions, ANSWER)
    lesson = source.load("00-tiny", solutions)
    assert lesson.points == before + 2.5
    made = {file.path.name: file.text for file in build.build_lesson(lesson, tmp_path / "lessons" / "00-tiny", {})}
    assert "| `why`, in words | 2.5 |" in made["README.md"]
    assert f"| **all** | **{lesson.points:g}** |" in made["README.md"]
    assert [e["name"] for e in json.loads(made["checks.json"])["exercises"]] == list(lesson.exercises)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ANSWER.replace("why 2.5", "why"), "a name and points"),
        (ANSWER.replace("why 2.5", "why 0"), "a name and points"),
        (ANSWER.replace("why 2.5", "why -1"), "a name and points"),
        (ANSWER.replace("why 2.5", "2.5"), "a name and points"),
        (ANSWER.replace("---\n", ""), "a line of ---"),
        (":::{answer} why 2\n\n---\nBecause.\n:::\n", "a line of ---"),
        (":::{answer} why 2\nWhy?\n\n---\n\n:::\n", "a line of ---"),
        (ANSWER + ANSWER, "already taken"),
    ],
)
def test_an_authors_mistake_names_file_and_line(solutions, text, message):
    append(solutions, text)
    with pytest.raises(AuthorError, match=rf"lesson\.md:\d+: .*{message}"):
        source.load("00-tiny", solutions)


def test_a_cell_of_the_students_own_is_editable_and_not_marked(solutions):
    slot = "\n\n# %% tools\nbase = 40\n### BEGIN SOLUTION\nfound = [base + 2]\n### END SOLUTION\n"
    append(solutions, OWN, slot)
    lesson = source.load("00-tiny", solutions)
    student, instructor = (weave(lesson, "pytorch", reader) for reader in (STUDENT, INSTRUCTOR))
    assert cell(student, "task-tools").source == "## Your own tools\n\nBring them."
    assert cell(student, "tools").source == "base = 40\n# YOUR CODE HERE\nraise NotImplementedError()"
    assert "found = [base + 2]" in cell(instructor, "tools").source
    mark = cell(student, "tools").metadata.nbgrader
    assert (mark.grade, mark.solution, mark.locked) == (False, True, False)


def test_later_answers_find_what_was_made_in_a_cell_of_their_own(solutions):
    slot = "\n\n# %% tools\n### BEGIN SOLUTION\nmade = []\nmade.append(len(made))\n### END SOLUTION\n"
    append(solutions, OWN, slot)
    lesson = source.load("00-tiny", solutions)
    names = proof.namespace(lesson, "pytorch")
    assert names["made"] == [0]
    # Made once: training takes its time.
    assert proof.namespace(lesson, "pytorch")["made"] is names["made"]
    source_ = "made.append(1)\ndef answer():\n    return made"
    assert proof.run(source_, names, "answer") is proof.run(source_, proof.namespace(lesson, "pytorch"), "answer")
    assert names["made"] == [0, 1]


def test_without_such_a_cell_every_run_is_a_new_one(solutions):
    lesson = source.load("00-tiny", solutions)
    names = proof.namespace(lesson, "pytorch")
    source_ = "def answer():\n    return 1"
    assert proof.run(source_, names, "answer") is not proof.run(source_, names, "answer")


def test_an_answers_source_can_be_looked_up_as_in_a_notebook(solutions):
    """AutoGraph compiles the loops of a tf.function from it: without, right answers are refused."""
    lesson = source.load("00-tiny", solutions)
    for source_ in ("def answer():\n    return 1\n", "def answer():\n    return 2\n"):
        answer = proof.run(source_, proof.namespace(lesson, "pytorch"), "answer")
        assert inspect.getsource(answer) == source_
