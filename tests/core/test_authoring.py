"""A lesson's source to its notebooks: what is made, and that an author's mistake names its file and line."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import build, source
from autograder.authoring.errors import AuthorError
from autograder.authoring.scripts import strip_solutions
from autograder.authoring.weave import INSTRUCTOR, STUDENT, to_text, weave

FIXTURE = Path(__file__).parent / "tiny-lesson"


@pytest.fixture
def solutions(tmp_path):
    shutil.copytree(FIXTURE, tmp_path / "solutions" / "00-tiny")
    return tmp_path / "solutions"


@pytest.fixture
def edit(solutions):
    def change(name, old, new):
        path = solutions / "00-tiny" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


def made(solutions, tmp_path):
    return {file.path: file.text for file in build.build(None, solutions, tmp_path / "lessons")}


def test_two_builds_are_the_same_byte_for_byte(solutions, tmp_path):
    assert made(solutions, tmp_path) == made(solutions, tmp_path)


def test_what_a_lesson_makes(solutions, tmp_path):
    names = {path.relative_to(tmp_path).as_posix() for path in made(solutions, tmp_path)}
    assert names == {
        "lessons/README.md",
        "lessons/00-tiny/README.md",
        "lessons/00-tiny/checks.json",
        "lessons/00-tiny/pytorch.ipynb",
        "lessons/00-tiny/tensorflow.ipynb",
        "solutions/00-tiny/instructor-pytorch.ipynb",
        "solutions/00-tiny/instructor-tensorflow.ipynb",
    }


def test_only_what_changed_is_written_and_found_stale(solutions, tmp_path):
    def files():
        return build.build(None, solutions, tmp_path / "lessons")

    written, total = build.write(files())
    assert len(written) == total == 7
    assert build.write(files()) == ([], 7)
    assert build.stale(files()) == []
    page = tmp_path / "lessons" / "00-tiny" / "README.md"
    page.write_text(page.read_text() + "by hand")
    assert build.stale(files()) == [page]
    page.unlink()
    assert build.stale(files()) == [page]


@pytest.mark.parametrize("track", ["pytorch", "tensorflow"])
def test_a_students_notebook_holds_no_answer(solutions, track):
    lesson = source.load("00-tiny", solutions)
    student, instructor = (to_text(weave(lesson, track, reader)) for reader in (STUDENT, INSTRUCTOR))
    assert "BEGIN SOLUTION" not in student
    assert "eye" not in student
    assert "Because rows are examples" not in student
    assert "raise NotImplementedError()" in student
    assert "eye" in instructor
    assert "Because rows are examples" in instructor


def test_cells_carry_what_nbgrader_and_nbformat_want(solutions):
    lesson = source.load("00-tiny", solutions)
    notebook = weave(lesson, "pytorch", STUDENT)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [cell.metadata.nbgrader.grade_id for cell in notebook.cells]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    graded = [cell for cell in notebook.cells if cell.metadata.nbgrader.grade]
    assert [(c.metadata.nbgrader.points, c.metadata.tandem.exercise) for c in graded] == [(2, "one_hot")]
    assert all(cell.metadata.nbgrader.locked for cell in notebook.cells if not cell.metadata.nbgrader.solution)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    only = [cell.source for cell in notebook.cells if "idiom" in cell.source]
    assert only == ["PyTorch's idiom."]


def test_the_stub_is_what_nbgrader_would_make(solutions):
    """Stock nbgrader's own ClearSolutions, run on the instructor's notebook, gives the student's cells."""
    from nbgrader.preprocessors import ClearSolutions

    lesson = source.load("00-tiny", solutions)
    cleared, _ = ClearSolutions().preprocess(weave(lesson, "pytorch", INSTRUCTOR), {})
    student = weave(lesson, "pytorch", STUDENT)
    ours = [cell.source for cell in student.cells if cell.metadata.nbgrader.solution]
    assert [cell.source for cell in cleared.cells if cell.metadata.nbgrader.solution] == ours


def test_checks_hold_cases_and_no_code(solutions):
    data = json.loads(build.checks(source.load("00-tiny", solutions)))
    assert data["lesson"] == "00-tiny"
    assert [exercise["name"] for exercise in data["exercises"]] == ["one_hot"]
    assert "def " not in json.dumps(data["exercises"])


PROBLEMS = [
    ("lesson.md", "title: A tiny lesson", "", "lesson.md:1: front matter needs `title`"),
    ("lesson.md", "minutes: 5", "minutes: five", "lesson.md:3: front matter needs `minutes`"),
    ("lesson.md", "needs: []", "needs: []\nauthor: me", "lesson.md:8: front matter has no key `author`"),
    ("lesson.md", "title: A tiny lesson", "title: [", "lesson.md:"),
    ("lesson.md", "```{code} imports", "```{code} import", "lesson.md:17: the slot 'import' is missing in pytorch.py"),
    ("lesson.md", "```{code} imports", "```{cod} imports", "lesson.md:17: unknown directive {cod}"),
    ("lesson.md", "```{code} imports\n```", "", "pytorch.py:3: the slot 'imports' has no place in lesson.md"),
    ("lesson.md", ":::{exercise} one_hot", "::::{exercise} one_hot", "lesson.md:20: the directive {exercise} one_hot is never"),
    (
        "lesson.md",
        "## One",
        "## One\n\n```python\nx",
        "lesson.md:17: the code block opened with ``` is not closed before line 20",
    ),
    ("lesson.md", "```{quiz} pre", "```{quiz} prae", "lesson.md:12: {quiz} is followed by pre or post"),
    ("lesson.md", "```{review}\n```", "", "lesson.md:1: the lesson has no {review}"),
    ("pytorch.py", "### END SOLUTION", "", "pytorch.py:10: ### BEGIN SOLUTION without an ### END SOLUTION"),
    ("pytorch.py", "### BEGIN SOLUTION", "", "pytorch.py:12: ### END SOLUTION without a ### BEGIN SOLUTION"),
    ("pytorch.py", "import torch", "### BEGIN SOLUTION\nimport torch\n### END SOLUTION", "'imports' is shown to students"),
    ("pytorch.py", "# %% one_hot", "# %% onehot", "lesson.md:20: the slot 'one_hot' is missing in pytorch.py"),
    ("pytorch.py", "return torch", "return return", "pytorch.py:11: Python: invalid syntax"),
    (
        "pytorch.py",
        "    ### END SOLUTION",
        "    ### END SOLUTION\n\n\none_hot(1, 2)",
        "pytorch.py:15: 'one_hot' ends in a value",
    ),
    (
        "pytorch.py",
        "    ### END SOLUTION",
        "    ### END SOLUTION\n\n# %% one_hot\n",
        "pytorch.py:14: the slot 'one_hot' is already",
    ),
    ("tensorflow.py", "# %% one_hot", "# %% one_hot\nx = 1\n\n# %% one hot", "tensorflow.py:10: a cell begins with"),
    ("exercises.py", 'name="one_hot"', 'name="two_hot"', "lesson.md:20: the exercise 'one_hot' is not in exercises.py"),
    ("exercises.py", "points=2", "points=-2", "exercises.py:23: one_hot: points are positive"),
    ("exercises.py", "import numpy as np", "import nump as np", "exercises.py:3: ModuleNotFoundError"),
    ("exercises.py", "labels, num_classes):", "labels, num_classes:", "exercises.py:8: Python:"),
    ("quiz.yml", "right: true", "right: maybe", "quiz.yml:2: exactly one option"),
    ("quiz.yml", "why: rows are examples,", "", "quiz.yml:2: an option has `text` and `why`"),
    ("quiz.yml", "post:", "last:", "quiz.yml:1: a quiz has the parts"),
    ("quiz.yml", "pre:", "pre: [", "quiz.yml:"),
    (
        "lesson.md",
        "title: A tiny lesson",
        "title: A lesson: tiny",
        "lesson.md:2: YAML: mapping values are not allowed here; a text",
    ),
    ("lesson.md", ":::{exercise} one_hot", "::: {exercise} one_hot", "lesson.md:20: a directive begins with"),
    ("lesson.md", ":::{exercise} one_hot", "::{exercise} one_hot", "lesson.md:20: a directive begins with"),
    ("lesson.md", "```{code} imports", "``` {code} imports", "lesson.md:17: a directive begins with"),
    ("lesson.md", "```{code} imports", "```{code imports", "lesson.md:17: a directive begins with"),
    ("lesson.md", "## One", "## One\n\n:::", "lesson.md:17: ::: closes nothing"),
    (
        "lesson.md",
        "rows.\n:::",
        "rows.\n",
        "lesson.md:20: the directive {exercise} one_hot is not closed with ::: before line 24",
    ),
    ("lesson.md", "needs: []", "needs: [05-mlp]", "lesson.md:7: `needs` names '05-mlp', which is no lesson; there are 00-tiny"),
    ("pytorch.py", "def one_hot(", "def one_hut(", "pytorch.py:8: the slot 'one_hot' does not define 'one_hot'"),
    ("exercises.py", "EXERCISES = [", "EXERCISES = 2 * [", "exercises.py:24: two exercises are called 'one_hot'"),
    ("quiz.yml", "text: an example", "text: 7", "look at option 1 (a number or yes stands in quotation marks)"),
    (
        "quiz.yml",
        ", right: true",
        ", rigt: true",
        "quiz.yml:2: an option has `text`, `why` and perhaps `right: true`, but option 1 has",
    ),
    ("quiz.yml", ", right: true", "", "quiz.yml:2: exactly one option is `right: true`, and here 0 are"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), PROBLEMS)
def test_an_authors_mistake_names_file_and_line(solutions, tmp_path, edit, name, old, new, message):
    edit(name, old, new)
    with pytest.raises(AuthorError) as caught:
        made(solutions, tmp_path)
    assert message in str(caught.value)


def test_slots_in_another_order_are_found(solutions, tmp_path):
    path = solutions / "00-tiny" / "tensorflow.py"
    head, imports, one_hot = path.read_text().split("# %%")
    path.write_text(f"{head}# %%{one_hot.rstrip()}\n\n# %%{imports}")
    with pytest.raises(AuthorError, match=r"tensorflow.py:3: the slot 'one_hot' stands where lesson.md has 'imports'"):
        made(solutions, tmp_path)


def test_a_twin_that_no_case_tells_is_an_authors_error(solutions, tmp_path, edit):
    edit("exercises.py", "return one_hot(labels, num_classes).T", "return one_hot(labels, num_classes)")
    with pytest.raises(AuthorError, match=r"exercises.py:\d+: one_hot: no case tells 'transposed'"):
        made(solutions, tmp_path)


def test_colons_and_braces_inside_a_code_block_are_no_directive(solutions, tmp_path, edit):
    edit("lesson.md", "## One", "## One\n\n```\n::: {note}\n:::\n```")
    assert any("::: {note}" in text for text in made(solutions, tmp_path).values())


def test_stubs_keep_their_indentation():
    source_text = "def f():\n    a = 1\n    ### BEGIN SOLUTION\n    return a\n    ### END SOLUTION\n\nb = 2"
    assert strip_solutions(source_text) == "def f():\n    a = 1\n    # YOUR CODE HERE\n    raise NotImplementedError()\n\nb = 2"


def test_a_lesson_may_ask_for_more_time_when_it_is_graded(edit, solutions, tmp_path):
    before = made(solutions, tmp_path)
    edit("lesson.md", "title:", "grading: {step_seconds: 240, total_seconds: 1200}\ntitle:")
    assert source.load("00-tiny", solutions).front.grading == {"step_seconds": 240.0, "total_seconds": 1200.0}
    assert made(solutions, tmp_path) == before, "students see nothing of it"


@pytest.mark.parametrize("value", ["3", "{cell: 3}", "{step_seconds: -1}", "{step_seconds: yes}", "{total_seconds: .nan}"])
def test_limits_that_are_none_are_an_authors_error_at_their_line(edit, solutions, value):
    edit("lesson.md", "title:", f"grading: {value}\ntitle:")
    with pytest.raises(AuthorError, match=r"lesson\.md.*2.*step_seconds"):
        source.load("00-tiny", solutions)
