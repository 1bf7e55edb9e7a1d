"""The student's check: the verdict in the notebook, through the notebook, in both tracks."""

import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from autograder.authoring import build, source
from autograder.authoring.weave import STUDENT, weave
from course import frameworks, install, render
from course.check import Checker, CheckError, NotYet
from course.frameworks import TITLES, TRACKS
from course.functions import FUNCTIONS
from course.notebook import start
from course.recipes import Function

FIXTURE = Path(__file__).parent / "tiny-lesson"


@pytest.fixture(scope="module")
def lesson_folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(FIXTURE, root / "solutions" / "00-tiny")
    build.write(build.build(None, root / "solutions", root / "lessons"))
    return root / "lessons" / "00-tiny"


def eye(track, labels, num_classes):
    return frameworks.get(track).tensor(np.eye(num_classes, dtype=np.float32)[np.asarray(labels)])


@pytest.fixture(params=TRACKS)
def checker(request, lesson_folder):
    return Checker(lesson_folder / "checks.json", request.param)


def test_a_right_answer_passes_and_says_no_more_than_it_knows(checker, capsys):
    assert checker("one_hot", lambda labels, n: eye(checker.track, labels, n)) is None
    assert capsys.readouterr().out == "✔ one_hot: all 2 cases pass\n"


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_any_float_width_and_plain_numpy_pass(checker, dtype):
    assert checker.verdict("one_hot", lambda labels, n: np.eye(n, dtype=dtype)[np.asarray(labels)]).passed
    tensor = frameworks.get(checker.track).tensor
    assert checker.verdict("one_hot", lambda labels, n: tensor(np.eye(n, dtype=dtype)[np.asarray(labels)])).passed


def counting():
    calls = []

    def answer(labels, n):
        calls.append(1)
        return np.eye(n)[np.asarray(labels)] * len(calls)

    return answer


def exits(labels, n):
    raise SystemExit(0)


def asks(labels, n):
    return input("value? ")


def not_written(labels, n):
    raise NotImplementedError()


WRONG = [
    (lambda labels, n: np.eye(n)[np.asarray(labels)].T, "Mistake: transposed"),
    (lambda labels, n: np.eye(n)[np.asarray(labels)] * 2, "Expected: "),
    (lambda labels, n: np.eye(n, dtype=int)[np.asarray(labels)], "should hold floating-point numbers, and holds integer ones"),
    (lambda labels, n: np.full((len(labels), n), np.nan), "is NaN"),
    (lambda labels, n: np.zeros((0,)), "should have the shape (6, 5), and has (0,)"),
    (lambda labels, n: None, "is nothing (None): is there a `return`?\n"),
    (lambda labels, n: np.eye(n)[np.asarray(labels)].tolist(), "is a list or tuple of 6"),
    (lambda labels, n: "full marks", "is a text"),
    (lambda labels, n: {1, 2}, "there was a set"),
    (lambda labels, n: 1 / 0, "ZeroDivisionError"),
    (lambda labels: 1, "it must accept the arguments (labels, num_classes)"),
    (counting, "Called twice with the same inputs, it gave two different results."),
    (exits, "exit()"),
    (asks, "asks for input()"),
    (not_written, "is not written yet"),
    (3, "cannot be called"),
]


@pytest.mark.parametrize(("answer", "words"), WRONG, ids=[words[:25] for _, words in WRONG])
def test_a_wrong_answer_is_told_what_is_wrong(checker, answer, words, capsys):
    with pytest.raises(NotYet):
        checker("one_hot", counting() if answer is counting else answer)
    assert words in capsys.readouterr().out


def test_changing_an_input_in_place_is_seen(lesson_folder, capsys):
    def spoils(labels, n):
        rows = np.eye(n)[np.asarray(labels)]
        labels.zero_()
        return rows

    with pytest.raises(NotYet):
        Checker(lesson_folder / "checks.json", "pytorch")("one_hot", spoils)
    assert "changed its input in place: labels" in capsys.readouterr().out


def test_no_exercise_and_damaged_files_are_said_plainly(lesson_folder, tmp_path, monkeypatch):
    with pytest.raises(CheckError, match="There are: one_hot"):
        Checker(lesson_folder / "checks.json", "pytorch").verdict("two_hot", None)
    for text in ("", "{}", "[1]", '{"lesson": "00-tiny", "exercises": [{}]}'):
        (tmp_path / "checks.json").write_text(text)
        with pytest.raises(CheckError, match="damaged"):
            Checker(tmp_path / "checks.json", "pytorch")
    (tmp_path / "checks.json").write_text('{"lesson": "00-tiny", "exercises": [{"name": "one_hot"}]}')
    with pytest.raises(CheckError, match="damaged"):
        Checker(tmp_path / "checks.json", "pytorch").verdict("one_hot", None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckError, match="beside checks.json"):
        start("99-none", "pytorch")
    with pytest.raises(CheckError, match="no track"):
        start("00-tiny", "jax")
    with pytest.raises(CheckError, match="missing"):
        Checker(tmp_path / "none.json", "pytorch")


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("answer", ["stub", "wrong", "right"])
def test_the_notebook_says_it(lesson_folder, track, answer):
    """Executed as a student does it: the check's output, its error without a traceback, and a quiet stderr."""
    lesson = source.load("00-tiny", lesson_folder.parents[1] / "solutions")
    notebook = weave(lesson, track, STUDENT)
    sources = {"wrong": "def one_hot(labels, n):\n    return labels", "right": lesson.tracks[track]["one_hot"].source}
    if answer in sources:
        next(cell for cell in notebook.cells if cell.id == "one_hot").source = sources[answer]
    client = NotebookClient(notebook, resources={"metadata": {"path": str(lesson_folder)}}, allow_errors=True, timeout=60)
    client.execute()
    assert not [o for cell in notebook.cells for o in cell.get("outputs", []) if o.get("name") == "stderr"]
    outputs = next(cell for cell in notebook.cells if cell.id == "check-one_hot").outputs
    shown = [output for output in outputs if output.output_type == "display_data"]
    assert len(shown) == 1
    assert "role='status'" in shown[0].data["text/html"]
    errors = [output for output in outputs if output.output_type == "error"]
    words = {"stub": "not written yet", "wrong": "not yet right", "right": "all 2 cases pass"}
    assert words[answer] in shown[0].data["text/plain"]
    if answer == "right":
        assert not errors
    else:
        assert [len(error.traceback) for error in errors] == [1]
        assert words[answer] in errors[0].traceback[0]
    assert not [o for o in outputs if o.output_type == "execute_result"]
    summary = next(cell for cell in notebook.cells if cell.id == "done").outputs[0].data["text/html"]
    assert ("1 of 1 exercises pass" in summary) == (answer == "right")
    nbformat.validate(notebook)


def test_an_answer_that_was_not_run_is_said_and_an_older_one_is_not_taken_for_it(lesson_folder):
    """A syntax error leaves the answer of before in the kernel: it would pass, and the notebook would not."""
    cells = [
        "from course import start\ncheck = start('00-tiny', 'pytorch')",
        "check('one_hot', one_hot)",
        "def one_hot(labels, n):\n    return torch.nn.functional.one_hot(labels, n).float()\nimport torch",
        "check('one_hot', one_hot)",
        "def one_hot(labels, n):\n    rows = 1\nreturn rows",
        "check('one_hot', one_hot)",
        "check.summary()",
        "def one_hot(labels, n):\n    return torch.nn.functional.one_hot(labels, n).float()",
        "check('one_hot', one_hot)",
        "other",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(
        notebook, resources={"metadata": {"path": str(lesson_folder)}}, allow_errors=True, timeout=60, kernel_name="python3"
    ).execute()
    errors = {i: "\n".join(o.traceback) for i, cell in enumerate(notebook.cells) for o in cell.outputs if "traceback" in o}
    assert sorted(errors) == [1, 4, 5, 9]
    assert errors[1] == "✎ There is no one_hot yet: run the cell with your answer first. If it ends in an error, mend that."
    assert errors[5].startswith("✘ one_hot: Python cannot read the cell with your answer")
    assert "not checked yet" in notebook.cells[6].outputs[0].data["text/plain"]
    assert "Traceback" in errors[9], "any other name is Python's to explain"


@pytest.mark.parametrize(("missing", "there"), [("torch", "TensorFlow"), ("tensorflow", "PyTorch")])
def test_a_notebook_of_a_framework_that_is_not_installed_says_so(missing, there, monkeypatch):
    monkeypatch.setattr(install, "is_there", lambda track: install.MODULES[track] != missing)
    track = next(name for name, module in install.MODULES.items() if module == missing)
    with pytest.raises(CheckError, match=f"pip install .*\\n.*{there} is installed") as raised:
        start("00-tiny", track)
    assert raised.value._render_traceback_()[0].startswith(TITLES[track])


def test_a_function_that_was_given_is_shown_in_symbols():
    for name in FUNCTIONS:
        assert "c[0]" in render.show(Function(name, (1.0, 2.0))), "with its coefficients"


def test_hostile_values_are_escaped(checker):
    from course import render

    verdict = checker.verdict("one_hot", lambda labels, n: (_ for _ in ()).throw(ValueError("<script>alert(1)</script>")))
    assert "<script>" not in render.html(verdict)
    assert "&lt;script&gt;" in render.html(verdict)
    assert "script" not in render.html(verdict, secret=True)


def test_a_secret_verdict_shows_no_case(checker):
    from course import render

    data = json.loads(checker.path.read_text())["exercises"][0]["cases"][0]["inputs"]["labels"]["data"]
    verdict = checker.verdict("one_hot", lambda labels, n: np.eye(n)[np.asarray(labels)] * 2)
    assert str(data) in render.text(verdict)
    assert "Given" not in render.text(verdict, secret=True)
    assert "Expected" not in render.text(verdict, secret=True)
